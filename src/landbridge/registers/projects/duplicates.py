"""Records that may be one and the same, and sets that are not marked as sets. Suspicions are explained; nothing
is merged.

Two records are suspected where at least two of four things agree, one of them the name or a sum: place, name,
sums, dates. A stated difference ends the suspicion: another place, or other numbers in the name (units 3 and 4
are not units 7 and 8).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations, product
from typing import Any

from landbridge import codes
from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Status
from landbridge.registers.moments import span
from landbridge.registers.projects.money import KINDS

# Two sums are the same where they differ by rounding: press rounds to two digits, which is 5 per cent at most.
SAME_SUM_PCT = 5.0
# In powers of ten; half of it is more than the distance of two sums that count as the same.
_STEP = 0.1
# Two names are alike where they share most of what is left of them once words that any such record could bear
# are gone. Spelling varies by a letter or two in a word of eight (Xudabao, Xudapu), so a word counts as the
# same from three quarters on.
SAME_NAME = 0.6
_SAME_WORD = 0.75
# fmt: off
_COMMON = frozenset((
    "the", "of", "and", "in", "on", "at", "to", "for", "with", "by", "a", "an", "project", "projects", "joint",
    "construction", "reconstruction", "modernisation", "building", "works", "plant", "mill", "factory", "bridge",
    "road", "rail", "railway", "crossing", "checkpoint", "permanent", "unit", "units", "park", "zone", "industrial",
    "pipeline", "headline", "under", "way", "help",
))
# fmt: on
_MONEY = {"project": KINDS, "fund": ("capital", "invested"), "zone": ("declared_investment", "invested")}
_DATES = {"project": ("stage",), "fund": ("since",), "zone": ("since",)}


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Two records that may be one, with what agrees and the statements that show it."""

    a: str
    b: str
    agree: tuple[str, ...]
    reasons: tuple[str, ...]
    statements: tuple[Statement, ...]

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "record_a": self.a,
            "record_b": self.b,
            "agree": list(self.agree),
            "reasons": list(self.reasons),
            "ids": [statement.id for statement in self.statements],
        }


@dataclass(frozen=True, slots=True)
class Umbrella:
    """A record that stands for several projects. `declared` is False where it is not marked as such and only behaves so."""

    record: str
    name: str
    declared: bool
    reasons: tuple[str, ...]
    parts: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "record": self.record,
            "name": self.name,
            "declared": self.declared,
            "reasons": list(self.reasons),
            "parts": list(self.parts),
        }


@dataclass(frozen=True, slots=True)
class _Traits:
    """What is compared of a record, worked out once."""

    record: Record
    numbers: frozenset[str]
    place: frozenset[str]
    sums: tuple[Statement, ...]
    dates: tuple[Statement, ...]

    @classmethod
    def of(cls, record: Record) -> _Traits:
        dates = tuple(s for name in _DATES.get(record.kind, ()) for s in record.all(name))
        place = words(record.text("place"), frozenset())
        return cls(record, frozenset(re.findall(r"\d+", record.name)), place, tuple(_sums(record)), dates)

    def marks(self) -> set[object]:
        """Everything but the name in which another record may agree."""
        found: set[object] = set(self.place)
        found |= {(s.property, s.unit, step) for s in self.sums for step in _steps(s)}
        return found | {(s.property, _when(s)) for s in self.dates}


def suspicions(records: Iterable[Record]) -> tuple[Suspicion, ...]:
    """Every pair of records that may be one, by subject; the same records give the same pairs in any order.

    An umbrella and its part are no pair. Only records of the same countries and kind are compared.
    """
    grouped: dict[tuple[str, frozenset[str], bool], list[Record]] = {}
    for record in sorted({r.subject: r for r in records}.values(), key=lambda r: r.subject):
        countries = frozenset(codes.place(code).country for code in record.parties)
        grouped.setdefault((record.kind, countries, record.text("umbrella") == "true"), []).append(record)
    found = [
        suspicion
        for group in grouped.values()
        for a, b in _pairs(group)
        if (suspicion := _compare(a, b)) is not None
    ]
    return tuple(sorted(found, key=lambda s: (s.a, s.b)))


def _pairs(group: Sequence[Record]) -> Iterator[tuple[_Traits, _Traits]]:
    """Pairs that share a word of the place, a size of a sum or a dated step. Whatever agrees in two things shares one of
    these, for the name is but one thing; so no pair is lost.
    """
    traits = [_Traits.of(record) for record in group]
    blocks: dict[object, list[int]] = {}
    for position, one in enumerate(traits):
        for key in one.marks():
            blocks.setdefault(key, []).append(position)
    pairs = {pair for block in blocks.values() for pair in combinations(block, 2)}
    return ((traits[i], traits[j]) for i, j in sorted(pairs))


def _when(statement: Statement) -> str:
    return statement.period if statement.property == "stage" else statement.text


def _steps(statement: Statement) -> tuple[tuple[int, int], ...]:
    """Its class of size on two grids, the second shifted by half a step: sums that count as the same share one of them."""
    place = math.log10(_point(statement)) / _STEP
    return (0, math.floor(place)), (1, math.floor(place + 0.5))


def compare(a: Record, b: Record) -> Suspicion | None:
    """What two records have in common, or None where that is too little or something tells them apart."""
    return _compare(_Traits.of(a), _Traits.of(b))


def _compare(one: _Traits, two: _Traits) -> Suspicion | None:
    if one.place and two.place and not (one.place <= two.place or two.place <= one.place):
        return None
    if one.numbers and two.numbers and one.numbers != two.numbers:
        return None
    a, b = one.record, two.record
    if b.subject == a.text("parent") or a.subject == b.text("parent"):
        return None
    agree: list[str] = []
    reasons: list[str] = []
    shown: list[Statement] = []
    if one.place and two.place:
        agree.append("place")
        reasons.append(f"both stand at {a.text('place')} / {b.text('place')}")
        shown += [s for s in (a.first("place"), b.first("place")) if s]
    likeness = alike(a.name, b.name)
    if likeness >= SAME_NAME:
        agree.append("name")
        reasons.append(f"the names {a.name!r} and {b.name!r} share {likeness:.0%} of their own words")
        shown += [s for s in (a.first("name"), b.first("name")) if s]
    for label, found in (("sums", _same_sum(one, two)), ("dates", _same_date(one, two))):
        if found is not None:
            agree.append(label)
            reasons.append(found[0])
            shown += found[1]
    if len(agree) < 2 or not {"name", "sums"} & set(agree):
        return None
    first, second = sorted((a.subject, b.subject))
    return Suspicion(first, second, tuple(agree), tuple(reasons), tuple(shown))


@lru_cache(maxsize=65536)
def words(text: str, common: frozenset[str] = _COMMON) -> frozenset[str]:
    """The words of a name that are its own: case, accents, digits and words that any record could bear are dropped."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    found = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return frozenset(found) - common


def alike(a: str, b: str) -> float:
    """The share of words that two names have in common, spelling variants counted as the same; 0 where one has none."""
    left, right = sorted(words(a)), sorted(words(b))
    if not left or not right:
        return 0.0
    free = list(right)
    shared = 0
    for word in left:
        best = max(free, key=lambda other: (_ratio(word, other), other), default="")
        if best and _ratio(word, best) >= _SAME_WORD:
            free.remove(best)
            shared += 1
    return shared / (len(left) + len(right) - shared)


@lru_cache(maxsize=65536)
def _ratio(a: str, b: str) -> float:
    # The matcher is not symmetric; the words are put in order so that the answer is.
    first, second = sorted((a, b))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _sums(record: Record) -> list[Statement]:
    named = _MONEY.get(record.kind, ())
    return [
        s for s in record.quantities(*named) if not s.note.lower().startswith("of which") and _point(s) >= 1
    ]


def _point(statement: Statement) -> float:
    if statement.number is not None:
        return statement.number
    assert statement.low is not None
    assert statement.high is not None
    return (statement.low + statement.high) / 2


def _same_sum(a: _Traits, b: _Traits) -> tuple[str, list[Statement]] | None:
    for mine in a.sums:
        for theirs in b.sums:
            if (mine.property, mine.unit) != (theirs.property, theirs.unit):
                continue
            x, y = _point(mine), _point(theirs)
            if abs(x - y) <= SAME_SUM_PCT / 100 * max(x, y):
                return f"both {mine.property} about {x:,.0f} and {y:,.0f} {mine.unit}", [mine, theirs]
    return None


def _same_date(a: _Traits, b: _Traits) -> tuple[str, list[Statement]] | None:
    """The same step on the same day; months and years are too wide to say anything."""
    for mine, theirs in product(a.dates, b.dates):
        if mine.property != theirs.property:
            continue
        when = [_when(s) for s in (mine, theirs)]
        found = span(when[0])
        single = found is not None and found.first == found.last
        firm = Status.FORECAST not in (mine.status, theirs.status)
        if single and firm and when[0] == when[1] and (mine.property != "stage" or mine.text == theirs.text):
            step = mine.text if mine.property == "stage" else mine.property
            return f"both {step} on {when[0]}", [mine, theirs]
    return None


def umbrellas(ledger: Ledger) -> tuple[Umbrella, ...]:
    """Project records that stand for several: those marked as such, and those that only behave so, with the reasons."""
    children: dict[str, list[str]] = {}
    for record in ledger.records("project"):
        if record.text("parent"):
            children.setdefault(record.text("parent"), []).append(record.subject)
    out = []
    for record in ledger.records("project"):
        declared = record.text("umbrella") == "true"
        reasons = ["it is marked as a headline set"] if declared else []
        parts = tuple(sorted(children.get(record.subject, ())))
        if parts:
            reasons.append(f"{len(parts)} records name it as their umbrella")
        several = max((_point(s) for s in record.all("number") if s.is_quantity), default=0)
        if several > 1:
            reasons.append(f"it is said to count {several:g} projects")
        if reasons:
            out.append(Umbrella(record.subject, record.name, declared, tuple(reasons), parts))
    return tuple(out)
