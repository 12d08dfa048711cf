"""What an indicator is called in a language: the words that name a measure, and the nouns that are counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.languages import Language

MONEY, PERCENT, TIMES, MASS, COUNT = "money", "percent", "times", "mass", "count"
_CLASS = {
    "%": PERCENT,
    "pp": PERCENT,
    "x": TIMES,
    "t": MASS,
    "km": "length_km",
    "m": "length_m",
    "km2": "area_km2",
    "m2": "area_m2",
    "years": "span",
    "months": "span",
    "count": COUNT,
    "": COUNT,
    "ordinal": "ordinal",
    "TEU": "containers",
    "persons": COUNT,
    "passengers": COUNT,
    "rank": "rank",
}
_NOTHING = re.compile("(?!)")
_CURRENCY = re.compile("[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator that is found by words beside an amount with a unit."""

    indicator: str
    units: frozenset[str]
    growth: str
    share: str
    parties: int
    flow: str
    needs: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of a sentence that name a measure."""

    start: int
    end: int
    measure: Measure


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator that is found by the noun that is counted."""

    indicator: str
    kind: str
    unit: str
    noun: re.Pattern[str]
    needs: re.Pattern[str] | None


class Syntax(dict[str, re.Pattern[str]]):
    """The small turns of a language by name (`syntax.yaml`); one that it does not have matches nothing."""

    def __missing__(self, name: str) -> re.Pattern[str]:
        return _NOTHING


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of `indicators.yaml`, compiled."""

    cues: tuple[tuple[Measure, re.Pattern[str]], ...]
    counted: tuple[Counted, ...]
    up: re.Pattern[str]
    down: re.Pattern[str]
    plain: re.Pattern[str]
    share: re.Pattern[str]
    target: re.Pattern[str]
    done: re.Pattern[str]
    domain: re.Pattern[str]
    we: re.Pattern[str]
    both: re.Pattern[str]
    world: re.Pattern[str]
    vague: re.Pattern[str]
    persons: re.Pattern[str]
    more: re.Pattern[str]
    ends: frozenset[str]
    light: frozenset[str]
    syntax: Syntax
    barriers: Mapping[str, float]


def unit_class(unit: str) -> str:
    """The class of amounts that a unit belongs to; every currency is `money`."""
    return _CLASS.get(unit) or (MONEY if _CURRENCY.fullmatch(unit) else "physical")


def cues(text: str, start: int, end: int, language: Language, *, wider: int) -> tuple[Cue, ...]:
    """The words in `text[start:end]` that name a measure, in order; they may overlap.

    What a measure needs besides its cue may stand in the sentence before, which begins at `wider`.
    """
    found = []
    for measure, pattern in words(language).cues:
        if measure.needs is not None and not measure.needs.search(text, wider, end):
            continue
        found += [
            Cue(match.start(), match.end(), measure)
            for match in pattern.finditer(text, start, end)
            if match.end() > match.start()
        ]
    return tuple(sorted(found, key=lambda cue: (cue.start, -cue.end)))


def longest(found: Iterable[Cue]) -> tuple[Cue, ...]:
    """Cues without those that lie inside a longer one."""
    kept: list[Cue] = []
    for cue in sorted(found, key=lambda cue: (cue.start - cue.end, cue.start)):
        if not any(one.start <= cue.start and cue.end <= one.end for one in kept):
            kept.append(cue)
    return tuple(sorted(kept, key=lambda cue: cue.start))


def phrase(text: str, amount: Amount, end: int, language: Language) -> tuple[int, int]:
    """The noun phrase right behind a number: a span, empty where a verb or preposition follows."""
    ends = words(language).ends
    more = words(language).more.match(text, amount.end, end)
    at = stop = more.end() if more else amount.end
    for number, match in enumerate(_WORD.finditer(text, at, end)):
        if number >= _LONGEST_PHRASE or not _GAP.fullmatch(text, stop, match.start()):
            break
        if match[0].casefold() in ends or match[0][0].isdigit():
            break
        stop = match.end()
    first = _WORD.search(text, at, stop)
    return (first.start(), stop) if first else (at, at)


_WORD = re.compile(r"[^\W_][\w’'-]*")
_GAP = re.compile(r"[ \u00a0]*-?[ \u00a0]*")
_LONGEST_PHRASE = 6


def counted(
    text: str, span: tuple[int, int], sentence: tuple[int, int], language: Language
) -> tuple[Counted, int, int] | None:
    """What the noun phrase `span` counts, with the span of the noun: the first entry of the pack whose noun is its head."""
    best: tuple[Counted, int, int] | None = None
    # Where the head comes first (`50 проектов предприятий`, `30家企业`), the phrase begins with it and its adjectives.
    first = language.part("indicators").get("head") == "first"
    for entry in words(language).counted:
        for match in entry.noun.finditer(text, *span):
            if entry.needs is not None and not entry.needs.search(text, *sentence):
                continue
            if first and match.start() != span[0]:
                continue
            # The head of an English phrase is its last noun: the match that reaches furthest right counts.
            if best is None or match.end() > best[2]:
                best = (entry, match.start(), match.end())
    return best


@lru_cache(maxsize=8)
def words(language: Language) -> Words:
    """The compiled lists of a language."""
    part = language.part("indicators")
    edge = language.part("numbers").get("spaced", True)
    found = []
    for name, entry in part.get("measures", {}).items():
        measure = Measure(
            name,
            frozenset(entry.get("units", ())),
            entry.get("growth", ""),
            entry.get("share", ""),
            int(entry.get("parties", 2)),
            entry.get("flow", ""),
            _one(entry["needs"]) if entry.get("needs") else None,
        )
        found.append((measure, _any(entry["cues"], edge=edge)))
    nouns = tuple(
        Counted(
            entry.get("indicator", name),
            entry.get("kind", "quantity"),
            entry.get("unit", "count"),
            _any(entry["nouns"], edge=edge),
            _one(entry["needs"]) if entry.get("needs") else None,
        )
        for name, entry in part.get("counts", {}).items()
    )
    change = part.get("change", {})
    return Words(
        cues=tuple(found),
        counted=nouns,
        syntax=Syntax({name: _one(pattern) for name, pattern in language.part("syntax").items()}),
        light=frozenset(str(word) for word in part.get("light", ())),
        more=re.compile(rf"\s+(?:{'|'.join(part.get('more', ())) or '(?!)'})(?!\w|\s+than\b)", re.IGNORECASE),
        ends=frozenset(str(word) for word in part.get("phrase_ends", ())),
        barriers={str(word): float(cost) for word, cost in part.get("barriers", {}).items()},
        **{
            name: _any(change.get(name, ()), edge=edge)
            for name in ("up", "down", "plain", "share", "target", "done")
        },
        **{
            name: _any(part.get(name, ()), edge=edge)
            for name in ("domain", "we", "both", "world", "vague", "persons")
        },
    )


def _one(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _any(patterns: Sequence[Any], *, edge: bool) -> re.Pattern[str]:
    """One pattern for all, whole words in languages that have blanks; nothing matches an empty list."""
    joined = "|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)"
    return re.compile(rf"\b(?:{joined})(?!\w)" if edge else f"(?:{joined})", re.IGNORECASE)
