"""Records that may be one and the same, and sets that are not marked as sets. Suspicions are explained; nothing
is merged.

Two records are suspected where at least two of four things agree, one of them the name or a sum: place, name,
sums, dates. The very same sum between the same countries is enough by itself, because a name may be translated. A
stated difference ends the suspicion: another place in the same script, or other numbers in the name (units 3 and 4 are
not units 7 and 8). A project and a zone are suspected where the words of one name are all in the other; what is entered
as the same as another is no suspicion.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from landbridge import codes
from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Status
from landbridge.registers.moments import span
from landbridge.registers.projects.likeness import alike, alike_pairs, words
from landbridge.registers.projects.money import KINDS

# Two sums are the same where they differ by rounding: press rounds to two digits, which is 5 per cent at most.
SAME_SUM_PCT = 5.0
# In powers of ten; half of it is more than the distance of two sums that count as the same.
_STEP = 0.05
# Two names are alike where they share most of what is left of them once words that any such record could bear
# are gone.
SAME_NAME = 0.6
# How many own words a name needs, for its being contained in another one to tell anything.
_OWN_WORDS = 2
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
    """What is compared of a record, worked out once. `days` are the steps that it took on a known day."""

    record: Record
    subject: str
    parent: str
    numbers: frozenset[str]
    name: frozenset[str]
    place: frozenset[str]
    same: str
    sums: tuple[tuple[Statement, float], ...]
    days: tuple[tuple[Statement, tuple[str, str, str]], ...]

    @classmethod
    def of(cls, record: Record) -> _Traits:
        named = record.name
        steps = (s for name in _DATES.get(record.kind, ()) for s in record.all(name))
        return cls(
            record,
            record.subject,
            record.text("parent"),
            frozenset(re.findall(r"\d+", named)),
            words(named),
            words(record.text("place"), frozenset()),
            record.text("same_as"),
            tuple((s, _point(s)) for s in _sums(record)),
            tuple((s, step) for s in steps if (step := _step(s)) is not None),
        )

    @property
    def sizes(self) -> frozenset[object]:
        """The classes of size of its sums."""
        return frozenset((s.property, s.unit, size) for s, point in self.sums for size in _sizes(point))

    @property
    def exact(self) -> frozenset[object]:
        """Its sums as they stand."""
        return frozenset((s.property, s.unit, point) for s, point in self.sums)

    @property
    def steps(self) -> frozenset[object]:
        """The steps that it took on a known day."""
        return frozenset(step for _, step in self.days)


def suspicions(records: Iterable[Record]) -> tuple[Suspicion, ...]:
    """Every pair of records that may be one, by subject; the same records give the same pairs in any order.

    An umbrella and its part are no pair. Only records of the same countries are compared, and of the same kind or
    projects with zones.
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
    for (kind, countries, _), zones in grouped.items():
        if kind == "zone":
            projects = grouped.get(("project", countries, False), ())
            found += filter(None, (_across(p, z) for p, z in product(projects, zones)))
    return tuple(sorted(found, key=lambda s: (s.a, s.b)))


def _across(project: Record, zone: Record) -> Suspicion | None:
    """A project that bears the name of a zone: all own words of one name, two at least, stand in the other."""
    if project.text("same_as") == zone.subject:
        return None
    mine, theirs = words(project.name), words(zone.name)
    if min(len(mine), len(theirs)) < _OWN_WORDS or not (mine <= theirs or theirs <= mine):
        return None
    shared = " ".join(sorted(mine & theirs))
    reason = f"a project and a zone, and the names {project.name!r} and {zone.name!r} share {shared!r}"
    shown = tuple(s for s in (project.first("name"), zone.first("name")) if s)
    return Suspicion(project.subject, zone.subject, ("name",), (reason,), shown)


def _pairs(group: Sequence[Record]) -> Iterator[tuple[_Traits, _Traits]]:
    """Pairs that may agree in two things, one of them the name or a sum; every pair that does is among them.

    A block holds the records that share a sum, or a size of one and a word of the place or a step on a day. Pairs whose
    names may be alike come from the words of the names, and have to share any of the other three.
    """
    traits = [_Traits.of(record) for record in group]
    blocks: dict[object, list[int]] = {}
    for position, one in enumerate(traits):
        for key in product(one.sizes, one.place | one.steps):
            blocks.setdefault(key, []).append(position)
        for sum_ in one.exact:
            blocks.setdefault(sum_, []).append(position)
    pairs = {pair for block in blocks.values() for pair in _inside(block, traits)}
    marks = [one.place | one.sizes | one.steps for one in traits]
    for i, j in alike_pairs([one.name for one in traits], SAME_NAME):
        if not marks[i].isdisjoint(marks[j]):
            pairs.add((i, j))
    return ((traits[i], traits[j]) for i, j in sorted(pairs))


def _inside(block: Sequence[int], traits: Sequence[_Traits]) -> Iterator[tuple[int, int]]:
    """The pairs of a block that no numbers in the names tell apart."""
    by_numbers: dict[frozenset[str], list[int]] = {}
    for position in block:
        by_numbers.setdefault(traits[position].numbers, []).append(position)
    without = by_numbers.pop(frozenset(), [])
    yield from combinations(without, 2)
    for numbered in by_numbers.values():
        yield from combinations(numbered, 2)
        yield from (((i, j) if i < j else (j, i)) for i, j in product(without, numbered))


def _sizes(point: float) -> tuple[tuple[int, int], ...]:
    """The class of a sum on two grids, the second shifted by half a step: sums that count as the same share one of them."""
    place = math.log10(point) / _STEP
    return (0, math.floor(place)), (1, math.floor(place + 0.5))


def _step(statement: Statement) -> tuple[str, str, str] | None:
    """What happened on which day; None where only a month or a year is known, which is too wide, or a plan was made."""
    stage = statement.property == "stage"
    when = statement.period if stage else statement.text
    found = span(when)
    if found is None or found.first != found.last or statement.status is Status.FORECAST:
        return None
    return statement.property, statement.text if stage else "", when


def compare(a: Record, b: Record) -> Suspicion | None:
    """What two records have in common, or None where that is too little or something tells them apart."""
    return _compare(_Traits.of(a), _Traits.of(b))


def _compare(one: _Traits, two: _Traits) -> Suspicion | None:
    if _elsewhere(one.place, two.place) or one.same == two.subject or two.same == one.subject:
        return None
    if one.numbers and two.numbers and one.numbers != two.numbers:
        return None
    if two.subject == one.parent or one.subject == two.parent:
        return None
    a, b = one.record, two.record
    agree: list[str] = []
    reasons: list[str] = []
    shown: list[Statement] = []
    if one.place & two.place:
        agree.append("place")
        reasons.append(f"both stand at {a.text('place')} / {b.text('place')}")
        shown += [s for s in (a.first("place"), b.first("place")) if s]
    likeness = alike(one.name, two.name)
    if likeness >= SAME_NAME:
        agree.append("name")
        reasons.append(f"the names {a.name!r} and {b.name!r} share {likeness:.0%} of their own words")
        shown += [s for s in (a.first("name"), b.first("name")) if s]
    for label, found in (("sums", _same_sum(one, two)), ("dates", _same_date(one, two))):
        if found is not None:
            agree.append(label)
            reasons.append(found[0])
            shown += found[1]
    alone = one.exact & two.exact
    if alone and "sums" in agree and len(agree) == 1:
        reasons.append("the same countries and the very same sum: a name may be a translation")
    elif len(agree) < 2 or not {"name", "sums"} & set(agree):
        return None
    first, second = sorted((one.subject, two.subject))
    return Suspicion(first, second, tuple(agree), tuple(reasons), tuple(shown))


def _elsewhere(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two stated places contradict each other; words of different scripts cannot be compared."""
    if not mine or not theirs or mine <= theirs or theirs <= mine:
        return False
    return _scripts(mine) == _scripts(theirs)


def _scripts(names: frozenset[str]) -> frozenset[str]:
    """The scripts of some words by the first word of the name of each letter: LATIN, CYRILLIC, CJK."""
    return frozenset(unicodedata.name(letter, "?").split()[0] for name in names for letter in name)


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
    for (mine, x), (theirs, y) in product(a.sums, b.sums):
        kinds = (mine.property, mine.unit), (theirs.property, theirs.unit)
        if kinds[0] == kinds[1] and abs(x - y) <= SAME_SUM_PCT / 100 * max(x, y):
            return f"both {mine.property} about {x:,.0f} and {y:,.0f} {mine.unit}", [mine, theirs]
    return None


def _same_date(a: _Traits, b: _Traits) -> tuple[str, list[Statement]] | None:
    """The same step on the same day; months and years are too wide to say anything."""
    for (mine, step), (theirs, other) in product(a.days, b.days):
        if step == other:
            return f"both {step[1] or step[0]} on {step[2]}", [mine, theirs]
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
