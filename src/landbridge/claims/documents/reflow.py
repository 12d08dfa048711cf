"""Lines of pages into paragraphs: what the width of a page cut apart is one line again.

The grammar takes a line for a paragraph, and a claim that runs over two lines of a page is one claim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from landbridge.claims.documents.extract import line

_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff01-\uff60]")
_ENDS = ".!?…:;。！？：；"
_CLOSES = "\"'”’»)]」』）"
# What begins a line of its own: a bullet, a number or letter of a list, the number of a section.
_ITEM = re.compile(
    r"[•●▪■◦‣*·]\s|\(?\d{1,3}[.)]\s|\(?[a-zа-я]\)\s|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+[^\W\d_a-zа-я]"
)
_DASH = re.compile(r"[–—-]\s")
_NUMBER = re.compile(
    r"\W{0,8}(?:page|p\.|стр\.|с\.|第)?\s{0,3}(\d{1,4})\s{0,3}(?:(?:of|/|из)\s{0,3}\d{1,4})?\s{0,3}页?\W{0,8}",
    re.I,
)
_FIRST_NUMBER = re.compile(r"\W{0,4}(\d{1,4})(?![.,]?\d)(?!\w)")
_LAST_NUMBER = re.compile(r"(?<![\w.,])(\d{1,4})\W{0,4}\Z")
_HYPHENS = "-\u2010\u00ad"
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_EDGES = 2
# A line is full where it has so much of the width of its page; letters differ in width, so lines differ in length.
_FULL = 0.8
_SHORTEST = 20
_FEWEST_PAGES = 3
_LONGEST_HEAD = 150


def reflowed(pages: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The text of `pages`, a line a paragraph, and a note on running heads and page numbers left out.

    Paragraphs go on over the end of a page. A hyphen at the end of a line goes, unless the same text has the word
    with the hyphen elsewhere.
    """
    lines = [[line(words) for words in page.splitlines()] for page in pages]
    heads = _heads(lines)
    numbered = [list(enumerate(page)) for page in lines]
    kept = [[words for at, words in page if at not in out] for page, out in zip(numbered, heads, strict=True)]
    gone = dict.fromkeys(page[at] for page, out in zip(lines, heads, strict=True) for at in sorted(out))
    hyphened = {
        word.casefold()
        for page in kept
        for words in page
        for word in _WORD.findall(words)
        if not word.isalpha()
    }
    text = "\n".join(_joined(lines, hyphened) for lines in _paragraphs(kept))
    if not gone:
        return text, ()
    shown = ", ".join(repr(words[:60]) for words in list(gone)[:3])
    return text, (
        f"Running heads and page numbers were left out of the text: {shown}{' …' if len(gone) > 3 else ''}.",
    )


def _paragraphs(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The lines of each paragraph. An empty line ends one, the end of a page does not."""
    found: list[list[str]] = []
    before, column = "", 0
    # A page of short lines (slides, a table, the last page) is no narrower than the others.
    usual = _column([words for page in pages for words in page])
    for page in pages:
        width = max(usual, _column(page))
        for words in page:
            if words and before and _goes_on(before, column, words, _width(words) >= _FULL * width):
                found[-1].append(words)
            elif words:
                found.append([words])
            before, column = words, width
    return found


def _width(words: str) -> int:
    return len(words) if words.isascii() else len(words) + len(_WIDE.findall(words))


def _column(lines: Sequence[str]) -> int:
    """The width that full lines have: that of the upper fifth begins here, as some lines are short and a few stick out."""
    widths = sorted(_width(words) for words in lines if words)
    return widths[int(0.8 * (len(widths) - 1))] if widths else 0


def _goes_on(before: str, column: int, words: str, wide: bool) -> bool:
    """Whether the line `words` goes on with the paragraph whose last line so far is `before`.

    `column` is the width of the page of `before`; `wide` says whether `words` fills its own.
    """
    lower = words[0].islower()
    if before[-1] in _HYPHENS and lower:
        return True
    ended = before.rstrip(_CLOSES)[-1:] in _ENDS
    # A dash at the start of a line begins an item or an answer, but in the midst of a sentence it is a dash.
    if _ITEM.match(words) or (ended and _DASH.match(words)):
        return False
    first = words[0] if _WIDE.match(words) else words.split(" ", 1)[0]
    if _width(before) + 1 + _width(first) < _FULL * column:
        # The next word had room in the line: it ends a paragraph or is a heading, unless the sentence plainly goes on.
        return lower and not ended and len(before) > _SHORTEST
    # A paragraph ends in a full stop, so a short line without one is a heading or the row of a table.
    heading = ended and not wide and not lower and words.rstrip(_CLOSES)[-1:] not in _ENDS
    return not heading


def _joined(lines: Sequence[str], hyphened: set[str]) -> str:
    pieces = [lines[0]]
    for words in lines[1:]:
        before = pieces[-1]
        if before[-1] in _HYPHENS and len(before) > 1 and before[-2].isalpha() and words[0].islower():
            first = _last_word(before[:-1])
            second = _WORD.match(words)
            whole = f"{first}-{second[0] if second else ''}".casefold()
            pieces[-1] = before if whole in hyphened and before[-1] != "\u00ad" else before[:-1]
            pieces.append(words)
        else:
            # Chinese needs no blank, and neither does what a hyphen or dash ties together.
            tied = before[-1] in _HYPHENS + "–—/" and len(before) > 1 and not before[-2].isspace()
            wide = _WIDE.match(before[-1]) or _WIDE.match(words[0])
            pieces.append(words if tied or wide else " " + words)
    return "".join(pieces)


def _last_word(words: str) -> str:
    start = len(words)
    while start and (words[start - 1].isalpha() or words[start - 1] in "-\u2010"):
        start -= 1
    return words[start:]


def _heads(pages: Sequence[Sequence[str]]) -> list[set[int]]:
    """For each page the lines that are running heads or page numbers: at its edge, and on page after page the same."""
    keys = [{at: _key(page[at], number) for at in _edge(page)} for number, page in enumerate(pages)]
    counts = Counter(key for page in keys for key in set(page.values()))
    needed = max(_FEWEST_PAGES, 0.3 * len(pages))
    return [{at for at, key in page.items() if key and counts[key] >= needed} for page in keys]


def _edge(page: Sequence[str]) -> tuple[int, ...]:
    """The places of the first and last lines of a page that are not empty."""
    held = [at for at, words in enumerate(page) if words]
    return tuple(dict.fromkeys(held[:_EDGES] + held[-_EDGES:]))


def _key(words: str, number: int) -> str:
    """What a line at the edge of page `number` is known by on others: its words, and how far a number at its start or end
    is from that of the page. Empty for what is no running head: a sentence may stand at the edge of several pages.
    """
    if len(words) > _LONGEST_HEAD:
        return ""
    if alone := _NUMBER.fullmatch(words):
        return f"#{int(alone[1]) - number}"
    found = _FIRST_NUMBER.match(words) or _LAST_NUMBER.search(words)
    away = int(found[1]) - number if found else None
    bare = words[: found.start(1)] + words[found.end(1) :] if found else words
    bare = bare.strip().casefold()
    if not any(char.isalpha() for char in bare) or bare[-1] in _ENDS + ",":
        return ""
    # A number that does not count pages (the year of a report) belongs to the words.
    return f"{bare}#{away}" if found else bare
