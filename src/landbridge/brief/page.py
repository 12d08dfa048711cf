"""A brief as one self-contained HTML file: no request leaves it, every figure opens its origin."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from landbridge.brief import charts, lint, writing
from landbridge.brief.catalogue import catalogue
from landbridge.brief.chart_surface import marks
from landbridge.brief.document import Answer, Block, Chart, Document, Section, Table
from landbridge.brief.numbers import show, show_period, show_range
from landbridge.brief.statuses import flag, meaning, used
from landbridge.brief.text import Atom, Part, atoms, plain
from landbridge.provenance import Figure, Status
from landbridge.units import unit

_LONG, _WORDY = 26, 30


Pictures = Mapping[str, Future[str]]


def render(document: Document, *, locale: str = "en", pictures: Pictures | None = None) -> str:
    """The page of a document as text. `locale` formats numbers and dates; the words follow the document's language.
    `pictures`: charts that are being drawn already in this locale, by id.

    Raises `UntracedDigit` where a digit would stand on the page without an origin.
    """
    page = _Page(document, locale, begun(document.sections, locale) if pictures is None else pictures)
    html = page.html()
    lint.check_page(html)
    return html


def begun(sections: Iterable[Section], locale: str) -> dict[str, Future[str]]:
    """The charts of sections by id, drawn from now on while other work goes on."""
    parts = partial(show, locale=locale)
    return {name: picture for section in sections for name, picture in charts.drawing(section, parts).items()}


def write(html: str, path: Path) -> None:
    """Write a page to `path`; what was there stays if writing fails. Raises `BadUsage` where nothing can be written."""
    writing.replace(path, html.encode())


@dataclass(frozen=True)
class _Page:
    """What the templates ask for while one document is rendered."""

    document: Document
    locale: str
    pictures: Pictures

    @cached_property
    def gettext(self) -> Callable[[str], str]:
        return catalogue(self.document.language).gettext

    @cached_property
    def show(self) -> Callable[[Atom], str]:
        return partial(show, locale=self.locale)

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        return self.document.figures(on_page=True)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The place of each figure in the list at the end; on paper it stands beside the figure."""
        return {identifier: place for place, identifier in enumerate(self.figures, 1)}

    def html(self) -> str:
        environment = Environment(
            loader=PackageLoader("landbridge.brief", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {"_": self.gettext, "page": self}
        environment.filters["words"] = lambda part: plain(part, self.show)
        script = _asset(environment, "page.js")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        return environment.get_template("page.html.j2").render(
            document=self.document,
            script=Markup(script),
            style=Markup(_asset(environment, "page.css")),
            policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; "
            "base-uri 'none'; form-action 'none'",
            records=_json(self._records()),
            messages=_json(self._messages()),
        )

    def pieces(self, part: Part) -> Iterator[dict[str, Any]]:
        """Words and typed parts in reading order, each with the kind that chooses its markup."""
        for piece in atoms(part):
            if isinstance(piece, str):
                yield {"kind": "words", "text": piece}
            else:
                yield {"kind": type(piece).__name__.lower(), "text": self.show(piece), "atom": piece}

    def marks(self, part: Part) -> dict[str, str]:
        """The attributes that tie one element to all typed parts it shows."""
        return marks(atoms(part))

    def numbered(self, table: Table) -> int:
        """Where a table stands in the document, for its id."""
        return next(place for place, item in enumerate(self.document.tables(), 1) if item is table)

    def groups(self, blocks: tuple[Block, ...]) -> Iterator[tuple[str, list[Block]]]:
        """Blocks by kind; answers that follow each other come together, so that they can stand side by side."""
        for (kind, _), found in groupby(
            enumerate(blocks),
            key=lambda item: (_kind(item[1]), 0 if isinstance(item[1], Answer) else item[0]),
        ):
            yield kind, [block for _, block in found]

    def draw(self, chart: Chart) -> Markup:
        """The chart's two settings; safe, because the SVG is serialised from a tree."""
        return Markup(self.pictures[chart.id].result())

    def data_kind(self, chart: Chart) -> str:
        return type(chart.data).__name__.lower()

    def traits(self, chart: Chart) -> frozenset[str]:
        return charts.traits(chart)

    def shown_in(self, chart: Chart) -> tuple[Figure, ...]:
        return charts.figures(chart)

    def places(self, chart: Chart) -> str:
        """Where the chart's figures stand in the list at the end: `12–15, 20`."""
        places = sorted(self.numbers[figure.id] for figure in charts.figures(chart))
        runs = [
            [place for _, place in run]
            for _, run in groupby(enumerate(places), key=lambda item: item[1] - item[0])
        ]
        return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)

    def looks(self, table: Table) -> list[str]:
        """A class for each column: `number` for figures alone (flush right), `wordy` where text needs room."""
        return [self._look([row[place] for row in table.rows]) for place in range(len(table.columns))]

    def _look(self, cells: list[Part | None]) -> str:
        known = [cell for cell in cells if cell is not None]
        if known and all(isinstance(cell, Figure) for cell in known):
            return "number"
        longest = max((len(plain(cell, self.show)) for cell in known), default=0)
        return "wordy" if longest > _WORDY else ""

    def hint(self, figure: Figure) -> str:
        """What a reader without scripts sees of a figure: its status and source."""
        return " · ".join(item for item in (figure.status.value, self.source_line(figure)) if item)

    def source_line(self, figure: Figure) -> str:
        """Publisher and date of the source, or the sources under a derived figure."""
        if figure.citation is not None:
            source = figure.citation.source
            return ", ".join(item for item in (source.publisher, source.published) if item)
        below = dict.fromkeys(
            item for source in figure.inputs for item in self.source_line(source).split("; ") if item
        )
        return "; ".join(below)

    def wraps(self, figure: Figure) -> bool:
        """Whether a figure is too long to be kept on one line."""
        return len(self.show(figure)) > _LONG

    def flag(self, status: Status) -> str:
        return flag(status)

    def meaning(self, status: Status) -> str:
        return self.gettext(meaning(status))

    def statuses(self) -> list[Status]:
        """The statuses that occur, strongest first: the legend."""
        return used(self.figures.values())

    def range(self, figure: Figure) -> str:
        return show_range(figure, self.locale) if figure.value is not None else ""

    def period(self, text: str) -> str:
        return show_period(text, self.locale) if text else ""

    def datetime(self, period: str) -> str:
        """The period as HTML writes it, where HTML has a form for it."""
        return period if re.fullmatch(r"\d{4}(-\d\d){0,2}", period) else ""

    def link(self, address: str) -> str:
        return web_address(address)

    def _records(self) -> dict[str, dict[str, Any]]:
        """The figures as the model gives them, with how a reader sees value, range and period, and where they stand."""
        records = {identifier: figure.record() for identifier, figure in self.figures.items()}
        for identifier, figure in self.figures.items():
            shown = {
                "shown": self.show(figure),
                "shown_range": self.range(figure),
                "shown_period": self.period(figure.period),
                "unit_label": self.gettext(unit(figure.unit).label) if unit(figure.unit).label else "",
                "place": str(self.numbers[identifier]),
            }
            records[identifier] |= {name: text for name, text in shown.items() if text}
        return records

    def _messages(self) -> dict[str, str]:
        """The words that the script writes, and the meaning of each status."""
        _ = self.gettext
        words = {
            "value": _("Value"),
            "range": _("Range"),
            "unit": _("Unit"),
            "period": _("Period"),
            "status": _("Status"),
            "source": _("Source"),
            "weak": _("A copy, an aggregator or an anonymous page."),
            "open": _("Open the source"),
            "licence": _("Licence"),
            "cell": _("Cell"),
            "code": _("Computed by"),
            "inputs": _("From these figures"),
            "note": _("Note"),
            "id": _("Figure"),
            "explain": _("On the command line"),
            "pair": " ".join(self.document.pair),
            "close": _("Close"),
            "assumed": _("none: an assumption"),
        }
        return words | {f"is-{status.value}": self.meaning(status) for status in Status}


def web_address(address: str) -> str:
    """The address if it is an http or https address, else an empty text."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return address.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def _json(data: object) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _asset(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]
