"""Paragraphs and sentences of a text, as spans of code points."""

from __future__ import annotations

import re
from dataclasses import dataclass

from landbridge.claims.languages import Language

HEADING, PARAGRAPH = "heading", "paragraph"
# A paragraph longer than this is no prose; it is cut, so that no rule ever looks at more at once.
MOST_IN_SENTENCE = 2_000
_LINE = re.compile(r"[^\n\r\u2028\u2029\x0b\x0c]+")
_CLOSING = "\"'”’»)]"
_OPENING = "\"'“‘«([—–-"
# Marks that end a sentence with what closes behind them, before a blank and what may begin another.
_END = re.compile(
    rf"(?:[.!?…]+[{re.escape(_CLOSING)}]*)(?=[\s\u00a0]+[{re.escape(_OPENING)}]*[^\W_a-z])|[。！？；]+[”’」』）]*"
)
_LONGEST_HEADING = 140


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading: a span of the text."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: a span of the text, and the number of the block it stands in."""

    start: int
    end: int
    block: int


def blocks(text: str) -> tuple[Block, ...]:
    """The paragraphs and headings of a text, a line each, without the blanks around them."""
    found = []
    for line in _LINE.finditer(text):
        words = line[0].strip()
        if not words:
            continue
        start = line.start() + line[0].index(words[0])
        end = start + len(words)
        heading = len(words) <= _LONGEST_HEADING and words[-1] not in '.!?…:;,”"»。！？'
        found.append(Block(start, end, HEADING if heading else PARAGRAPH))
    return tuple(found)


def sentences(text: str, parts: tuple[Block, ...], language: Language) -> tuple[Sentence, ...]:
    """The sentences of each block. Abbreviations of the pack (`numbers`: `abbreviations`) do not end one."""
    kept = frozenset(str(word).casefold() for word in language.part("speech").get("abbreviations", ()))
    found: list[Sentence] = []
    for number, block in enumerate(parts):
        start = block.start
        for mark in _END.finditer(text, block.start, block.end):
            if _abbreviated(text, start, mark, kept):
                continue
            found += _cut(text, start, mark.end(), number)
            start = mark.end()
        found += _cut(text, start, block.end, number)
    return tuple(found)


def _abbreviated(text: str, start: int, mark: re.Match[str], kept: frozenset[str]) -> bool:
    if text[mark.start()] != "." or mark.end() - mark.start() > 1:
        return False
    begin = mark.start()
    while begin > start and not text[begin - 1].isspace() and text[begin - 1] not in _OPENING:
        begin -= 1
    word = text[begin : mark.start()].casefold()
    # A single capital is an initial; `U.S` ends in one too.
    return (
        word in kept or (len(word) == 1 and word.isalpha()) or re.fullmatch(r"(?:\w\.)+\w", word) is not None
    )


def _cut(text: str, start: int, end: int, block: int) -> list[Sentence]:
    """The span without blanks around it, in pieces where it is longer than any sentence is."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    pieces = []
    while end - start > MOST_IN_SENTENCE:
        space = text.rfind(" ", start + MOST_IN_SENTENCE // 2, start + MOST_IN_SENTENCE)
        stop = space if space > 0 else start + MOST_IN_SENTENCE
        pieces.append(Sentence(start, stop, block))
        start = stop
    return [*pieces, Sentence(start, end, block)] if end > start else pieces
