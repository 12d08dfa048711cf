"""Words between quotation marks, also where a quotation goes on over paragraphs that open it anew."""

from __future__ import annotations

import re
from dataclasses import dataclass

from landbridge.claims.grammar.blocks import Block

_MARK = re.compile('["“”„«»‘’「」]')
_CLOSES = {"“": "”", "„": "”“", "«": "»", "‘": "’", "「": "」", '"': '"'}
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
        if opened is not None:
            if sign not in _CLOSES[opened[1]]:
                continue
            # A sign that also is an apostrophe closes only where no letter follows.
            if sign == "’" and (after.isalnum() or before.isspace()):
                continue
            if sign == '"' and before.isspace() and after.isalnum():
                continue
            found.append(Quotation(opened[0], at + 1, number, number, True))
            opened = None
        elif sign in "“„«‘「" or (sign == '"' and not after.isspace()):
            if sign != "«" and not (before.isspace() or before in _BEFORE_OPENING or sign in "「„“"):
                continue
            opened = (at, sign)
    if opened is not None and opened[1] not in "‘":
        found.append(Quotation(opened[0], block.end, number, number, False))
    return found
