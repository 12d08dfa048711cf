"""The last look at a page: no digit may stand in it without saying which typed part it belongs to."""

from __future__ import annotations

from html.parser import HTMLParser

from landbridge.brief.text import refuse_digits
from landbridge.errors import Problem, UntracedDigit

_MARKS = frozenset(
    {
        "data-figure",
        "data-date",
        "data-code",
        "data-label",
        "data-name",
        "data-quote",
        "data-source",
        "data-id",
    }
)
_SPOKEN = ("alt", "title", "aria-label", "aria-description", "desc", "placeholder", "summary", "label")
_UNSEEN = frozenset({"script", "style"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


def check_page(html: str) -> None:
    """Raise `UntracedDigit` with every text and spoken attribute that holds a digit outside a marked element."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.problems:
        raise UntracedDigit(reader.problems)


class _Reader(HTMLParser):
    """Follows which elements are open and whether one of them is marked."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        # Tag, whether it or an element around it is marked, and whether it or one around it is unseen.
        self.open: list[tuple[str, bool, bool]] = []
        self.problems: list[Problem] = []

    @property
    def traced(self) -> bool:
        """Whether the place just read lies in a marked element."""
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element as open, and look at what a screen reader would say of it."""
        marked = any(name in _MARKS for name, _ in attrs)
        for name, value in attrs:
            if name in _SPOKEN and value and not marked and not self.traced:
                self._look(value, f"attribute {name} of <{tag}>")
            if (
                tag == "meta"
                and name == "content"
                and value
                and not marked
                and ("name", "description") in attrs
            ):
                self._look(value, "the description of the page")
        if tag not in _VOID:
            unseen = tag in _UNSEEN or (bool(self.open) and self.open[-1][2])
            self.open.append((tag, marked or self.traced, unseen))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element closed at once, as SVG has them."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element and whatever was left open in it."""
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Look at a text."""
        if not self.open or not (self.open[-1][1] or self.open[-1][2]):
            self._look(data, f"text in <{self.open[-1][0]}>" if self.open else "text")

    def _look(self, text: str, where: str) -> None:
        try:
            refuse_digits(text.strip(), where=f"line {self.getpos()[0]}, {where}")
        except UntracedDigit as error:
            self.problems.extend(error.problems)
