"""Whether a sentence tells of what was, or of what is planned: the nearest verb or word of intent decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from landbridge.claims.grammar.dates import either, plain, words
from landbridge.claims.languages import Language

PAST, PLAN, PRESENT = "past", "plan", "present"
CLAUSE = re.compile(r"[,;:()—–]\s|\s[—–(]|[，；：。（）]")


@dataclass(frozen=True, slots=True)
class _Marks:
    words: re.Pattern[str]
    kinds: dict[str, str]
    neither: frozenset[str]
    passive: re.Pattern[str]


@lru_cache(maxsize=8)
def _marks(language: Language) -> _Marks:
    part = language.part("periods")
    tense, spaced = part.get("tense", {}), bool(part.get("spaced", True))
    kinds = {plain(str(word)): kind for kind in (PAST, PRESENT, PLAN) for word in tense.get(kind, ())}
    endings = rf"|[^\W\d_]{{2,30}}{either(tense['past_endings'])}" if tense.get("past_endings") else ""
    edges = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
    return _Marks(
        re.compile(rf"{edges[0]}(?:{either(kinds)}{edges[1]}{endings}{edges[1]})", re.IGNORECASE),
        kinds,
        frozenset(plain(str(word)) for word in tense.get("neither", ())),
        # `is planned`, `to be fully completed`: not the past.
        re.compile(rf"(?<!\w){either(tense.get('passive', ()))}\s(?:\w{{1,20}}ly\s)?$", re.IGNORECASE),
    )


def tense(
    sentence: str, start: int, end: int, language: Language, *, of: tuple[str, ...] = (PAST, PLAN)
) -> str:
    """`past`, `plan` or `present` after the mark that governs a span of the sentence, or nothing.

    A mark in the same clause before the span governs it, else one behind it in that clause; else, where the span opens its
    clause, the next one behind; else the nearest before.
    """
    found = [(at, kind) for at, kind in _found(sentence, language) if kind in of and not start <= at < end]
    clauses = [match.end() for match in CLAUSE.finditer(sentence)]
    begins = max((at for at in clauses if at <= start), default=0)
    ends = min((at for at in clauses if at >= end), default=len(sentence))
    before = [kind for at, kind in found if begins <= at < start]
    if before:
        return before[-1]
    after = [kind for at, kind in found if end <= at < ends]
    if after:
        return after[0]
    opens = not sentence[begins:start].strip()
    rest = [kind for at, kind in found if at >= ends]
    earlier = [kind for at, kind in found if at < begins]
    if rest and (begins == 0 or not earlier) and (opens or not earlier):
        return rest[0]
    return earlier[-1] if earlier else ""


@lru_cache(maxsize=64)
def _found(sentence: str, language: Language) -> tuple[tuple[int, str], ...]:
    """The marks of a sentence with their places; every date of the sentence asks for them."""
    marks, ready = _marks(language), words(language)
    found = []
    for match in marks.words.finditer(sentence):
        word = plain(match[0])
        # The month of May is no verb.
        if word in ready.months and match[0][0].isupper():
            continue
        kind = marks.kinds.get(word)
        if kind is None:
            passive = marks.passive.search(sentence, max(0, match.start() - 30), match.start())
            if word in marks.neither or passive:
                continue
            kind = PAST
        found.append((match.start(), kind))
    return tuple(found)
