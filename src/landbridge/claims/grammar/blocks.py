"""Paragraphs and sentences of a text, as spans of code points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from landbridge.claims.languages import Language

HEADING, PARAGRAPH = "heading", "paragraph"
# A paragraph longer than this is no prose; it is cut, so that no rule ever looks at more at once.
MOST_IN_SENTENCE = 2_000
_LINE = re.compile(r"[^\n\r\u2028\u2029\x0b\x0c]+")
_CLOSING = "\"'”’»)]"
_OPENING = "\"'“‘«([—–-"
# Marks that end a sentence with what closes behind them, before a blank and what may begin another; an editor's mark
# of words left out (`<…>`) may stand between.
_END = re.compile(
    rf"(?<![.!?…])(?:[.!?…]+[{re.escape(_CLOSING)}]*)"
    rf"(?=[\s\u00a0]+(?:[<\[(](?:…|\.\.\.)[>\])][\s\u00a0]+)?[{re.escape(_OPENING)}]*[^\W_a-zа-яё])"
    r"|[。！？；]+[”’」』）]*"
)
_NEXT_WORD = re.compile(rf"[\s\u00a0{re.escape(_OPENING)}]*(\w+)")
_DOTTED = re.compile(r"(?:\w\.)+\w")
_LONGEST_HEADING = 140
# Lines between these widths may have been broken by a program; a line is full from this share of the longest on.
_NARROWEST, _WIDEST, _FILLED, _FEWEST_LINES = 40, 130, 0.75, 4
_STOPS = ".!?…:;。！？"
_WORD = re.compile(r"\S+")


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
    """The paragraphs and headings of a text, a line each, without the blanks around them.

    A text whose lines were broken at a fixed width has its paragraphs put together again: a line that fills the width and
    ends within a sentence goes on in the next.
    """
    lines = []
    for line in _LINE.finditer(text):
        words = line[0].strip()
        if words:
            start = line.start() + line[0].index(words[0])
            lines.append((start, start + len(words)))
    width = _width(text, lines)
    found: list[Block] = []
    for start, end in lines:
        if found and width and _goes_on(text, found[-1], start, width):
            start = found.pop().start
        heading = end - start <= _LONGEST_HEADING and text[end - 1] not in '.!?…:;,”"»。！？'
        found.append(Block(start, end, HEADING if heading else PARAGRAPH))
    return tuple(found)


def _width(text: str, lines: list[tuple[int, int]]) -> int:
    """The width at which a text's lines were broken, 0 where each line is a paragraph.

    Lines were broken if most that end within a sentence come close to the longest, itself no longer than a screen is wide.
    """
    longest = max((end - start for start, end in lines), default=0)
    if len(lines) < _FEWEST_LINES or not _NARROWEST <= longest <= _WIDEST:
        return 0
    open_ended = [end - start for start, end in lines if text[end - 1] not in _STOPS]
    full = sum(length >= _FILLED * longest for length in open_ended)
    return longest if open_ended and 2 * full > len(open_ended) else 0


def _goes_on(text: str, block: Block, start: int, width: int) -> bool:
    """True where the line that begins at `start` continues the block before it: no empty line between, a full last line."""
    between = text[block.end : start]
    if between.count("\n") + between.count("\r") - between.count("\r\n") > 1:
        return False
    last = (
        max(
            text.rfind("\n", block.start, block.end),
            text.rfind("\r", block.start, block.end),
            block.start - 1,
        )
        + 1
    )
    # A line that has room for the next word was ended on purpose.
    word = _WORD.match(text, start)
    return block.end - last + 1 + (len(word[0]) if word else 0) > _FILLED * width


@dataclass(frozen=True, slots=True)
class _Abbreviations:
    """The lists of a pack that say whether a full stop ends a sentence."""

    never: frozenset[str]
    before_numbers: frozenset[str]
    may_end: frozenset[str]
    openers: frozenset[str]


@lru_cache(maxsize=8)
def _abbreviations(language: Language) -> _Abbreviations:
    lists = language.part("speech")

    def words(name: str) -> frozenset[str]:
        return frozenset(str(word).casefold() for word in lists.get(name, ()))

    return _Abbreviations(
        words("abbreviations"),
        words("abbreviations_before_numbers"),
        words("abbreviations_may_end"),
        words("openers"),
    )


def sentences(text: str, parts: tuple[Block, ...], language: Language) -> tuple[Sentence, ...]:
    """The sentences of each block. Abbreviations of the pack (`speech`) do not end one."""
    lists = _abbreviations(language)
    found: list[Sentence] = []
    for number, block in enumerate(parts):
        start = block.start
        for mark in _END.finditer(text, block.start, block.end):
            if _abbreviated(text, start, mark, lists):
                continue
            found += _cut(text, start, mark.end(), number)
            start = mark.end()
        found += _cut(text, start, block.end, number)
    return tuple(found)


def _abbreviated(text: str, start: int, mark: re.Match[str], lists: _Abbreviations) -> bool:
    """True where the full stop belongs to an abbreviation, an initial or the number of a list."""
    if text[mark.start()] != "." or mark.end() - mark.start() > 1:
        return False
    begin = mark.start()
    while begin > start and not text[begin - 1].isspace() and text[begin - 1] not in _OPENING:
        begin -= 1
    written = text[begin : mark.start()]
    word = written.casefold()
    # The number of an item that opens the sentence: `1. The parties ...`.
    if word.isdigit() and len(word) <= 2 and not text[start:begin].strip():
        return True
    if word in lists.never:
        return True
    follows = _NEXT_WORD.match(text, mark.end())
    after = follows[1].casefold() if follows else ""
    if word in lists.before_numbers and after[:1].isdigit():
        return True
    # A single capital is an initial, `U.S` ends in one too; both may close a sentence, before a word that opens one.
    if word in lists.may_end or _DOTTED.fullmatch(word) or (len(word) == 1 and written.isupper()):
        return after not in lists.openers
    return False


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
