"""Words between quotation marks, also where a quotation goes on over paragraphs that open it anew."""

from __future__ import annotations

import re
from dataclasses import dataclass

from landbridge.claims.grammar.blocks import Block

_MARK = re.compile("[\"“”„«»‘’'「」]")
# Texts made even write one apostrophe for all, so that it opens, too.
_APOSTROPHES = "‘’'"
_CLOSES = {"“": "”", "„": "”“", "«": "»", "「": "」", '"': '"', **dict.fromkeys(_APOSTROPHES, "’'")}
_ONLY_CLOSING = "”»」"
_BEFORE_OPENING = "([—–-/<>"


@dataclass(frozen=True, slots=True)
class Quotation:
    """A span with its marks, from the block `first` to the block `last`; `closed` where the closing mark is there."""

    start: int
    end: int
    first: int
    last: int
    closed: bool


def quotations(text: str, parts: tuple[Block, ...]) -> tuple[Quotation, ...]:
    """The quotations of a text in order; they do not overlap, a quotation inside another belongs to the outer one."""
    out: list[Quotation] = []
    for number, block in enumerate(parts):
        inside = _in_block(text, block, number)
        goes_on = (
            out
            and inside
            and not out[-1].closed
            and out[-1].last == number - 1
            and inside[0].start == block.start
        )
        if goes_on:
            before = out.pop()
            opened = inside[0]
            inside[0] = Quotation(before.start, opened.end, before.first, number, opened.closed)
        out += inside
    # A mark that nothing closes and nothing continues is a slip of the pen: its quotation ends with the paragraph.
    return tuple(out)


def _in_block(text: str, block: Block, number: int) -> list[Quotation]:
    found: list[Quotation] = []
    opened: tuple[int, str] | None = None
    for mark in _MARK.finditer(text, block.start, block.end):
        sign, at = mark[0], mark.start()
        before = text[at - 1] if at > block.start else " "
        after = text[at + 1] if at + 1 < block.end else " "
        if opened is None:
            if _opens(sign, before, after):
                opened = (at, sign)
        elif sign in _CLOSES[opened[1]] and not _inner(sign, before, after):
            found.append(Quotation(opened[0], at + 1, number, number, True))
            opened = None
    # An apostrophe taken for a mark closes nothing.
    if opened is not None and opened[1] not in _APOSTROPHES:
        found.append(Quotation(opened[0], block.end, number, number, False))
    return found


def _opens(sign: str, before: str, after: str) -> bool:
    """True where a mark opens a quotation: after a blank or dash, before a word."""
    if sign in "«「":
        return True
    if sign in _ONLY_CLOSING or after.isspace():
        return False
    return sign in "“„" or before.isspace() or before in _BEFORE_OPENING


def _inner(sign: str, before: str, after: str) -> bool:
    """True where a mark that could close stands inside the words, as an apostrophe does."""
    if sign in _APOSTROPHES:
        return after.isalnum() or before.isspace()
    return sign == '"' and before.isspace() and after.isalnum()
