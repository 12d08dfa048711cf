"""Sums of money by kind, source and day of claim; what may be added and what may not.

A sum is a claim: somebody said it on some day. The history of a record is the list of its claims, superseded
ones marked. Three things are never added: different currencies, different kinds (announced, committed,
contracted, disbursed), and an umbrella with its parts. Within one record nothing is added at all: the latest
claim counts, and where several sources made different ones on the same day, the answer is a range.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Figure, Source, Status, Unavailable, derive
from landbridge.registers.moments import day, span
from landbridge.registers.projects.family import Family

KINDS = ("announced", "committed", "contracted", "disbursed")
# How a ledger file marks a figure that is part of another one of the same record: by the first words of its
# note.
_PART = "of which"
# Statements that stand for a conversion of another one say so in their note; the sum as first stated is the
# claim.
_CONVERTED = "the same sum"
# What a ledger file writes as the speaker where an article says something itself and signs it with no name.
ITSELF = "the article"
_DISTANT = date.min
_HEDGES = {"~": "about ", ">": "more than ", ">=": "at least ", "<": "less than ", "<=": "at most "}


@dataclass(frozen=True, slots=True)
class Claim:
    """One quantity of one record, as one source stated it on one day.

    `claimed_on` is when it was said and `dated_by` how that is known: `as_of` (the statement's own date),
    `published` (the day of the source), `period` (the time that the figure is about) or empty. `by` is who said
    it. `superseded_by` is the id of the statement that took its place.
    """

    record: str
    name: str
    kind: str
    statement: Statement
    claimed_on: str
    dated_by: str
    by: str
    superseded_by: str = ""

    @property
    def part(self) -> bool:
        """True for a figure that is contained in another one of the record."""
        return self.statement.note.lower().startswith(_PART)

    @property
    def converted(self) -> bool:
        """True where the source only converted into another currency what it had stated in the first."""
        return self.statement.note.lower().startswith(_CONVERTED)

    @property
    def expected(self) -> bool:
        """True for what had not happened yet when it was said."""
        return self.statement.status is Status.FORECAST

    @property
    def bounds(self) -> tuple[float, float]:
        """The lower and the upper end; equal for a single value."""
        statement = self.statement
        if statement.low is not None and statement.high is not None:
            return statement.low, statement.high
        assert statement.number is not None
        return statement.number, statement.number

    @property
    def words(self) -> str:
        """The sum in words, with the hedge of its source; a count without its unit."""
        unit = "" if self.statement.unit == "count" else f" {self.statement.unit}"
        return f"{amount(*self.bounds, self.statement.comparator)}{unit}"

    def row(self) -> dict[str, Any]:
        """Plain columns; `value`, `low` and `high` are in `unit`."""
        said = self.statement
        return {
            "record": self.record,
            "name": self.name,
            "kind": self.kind,
            "value": said.number,
            "low": said.low,
            "high": said.high,
            "unit": said.unit,
            "comparator": said.comparator,
            "period": said.period or None,
            "claimed_on": self.claimed_on or None,
            "dated_by": self.dated_by or None,
            "by": self.by,
            "source": said.source,
            "status": said.status.value,
            "part": self.part,
            "note": said.note or None,
            "superseded_by": self.superseded_by or None,
            "id": said.id,
        }


@dataclass(frozen=True, slots=True)
class Held:
    """What counts for one record, one kind and one unit: the latest claim, or the range of those made on that day."""

    kind: str
    unit: str
    low: float
    high: float
    comparator: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that a sum does not hold, and why."""

    record: str
    name: str
    reason: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {"record": self.record, "name": self.name, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over records in one kind and one unit, with everything it rests on and everything it leaves out."""

    kind: str
    unit: str
    low: float
    high: float
    comparator: str
    parts: tuple[Held, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim in the sum."""
        return tuple(claim for part in self.parts for claim in part.claims)

    def figure(self, sources: Mapping[str, Source]) -> Figure | Unavailable:
        """The sum as a figure that leads to its claims; `Unavailable` where no record is in it, for nothing is not zero."""
        if not self.parts:
            return Unavailable(f"No record states a sum {self.kind} in {self.unit} that may be added.")
        inputs = [claim.statement.figure(f"{claim.name}: {claim.kind}", sources) for claim in self.claims]
        one = self.low == self.high
        return derive(
            f"{self.kind} sums of {len(self.parts)} records",
            self.low if one else None,
            self.unit,
            inputs,
            "landbridge.registers.projects.money.total",
            low=None if one else self.low,
            high=None if one else self.high,
            comparator=self.comparator,
        )

    def row(self) -> dict[str, Any]:
        """Plain columns; `low` and `high` are in `unit`."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "low": self.low if self.parts else None,
            "high": self.high if self.parts else None,
            "comparator": self.comparator,
            "records": len(self.parts),
            "left_out": len(self.left_out),
            "ids": [claim.statement.id for claim in self.claims],
        }


def amount(low: float, high: float, comparator: str) -> str:
    """A number or a range as a person writes it, with its hedge."""
    return f"{_HEDGES.get(comparator, '')}{low:,.0f}" + (f" to {high:,.0f}" if high != low else "")


def claimed_on(statement: Statement, sources: Mapping[str, Source]) -> tuple[str, str]:
    """When a statement was made, and how that is known; empty where nothing tells."""
    if statement.as_of:
        return statement.as_of, "as_of"
    source = sources.get(statement.source)
    if source is not None and span(source.published) is not None:
        return source.published, "published"
    if statement.period and statement.status is not Status.FORECAST:
        return statement.period, "period"
    return "", ""


def said_by(statement: Statement, sources: Mapping[str, Source]) -> str:
    """Who made a statement: the speaker and where it stands, or the publisher."""
    source = sources.get(statement.source)
    publisher = source.publisher if source is not None else "assumed, without a source"
    if statement.speaker == ITSELF:
        return "an unsigned article: " + publisher.replace(" (", ", ").rstrip(")")
    return f"{statement.speaker} ({publisher})" if statement.speaker else publisher


def said_until(statement: Statement, sources: Mapping[str, Source], today: str) -> bool:
    """Whether a statement had been made by a day. What nothing dates is kept: nothing says that it came later.

    A time that covers the day (a year, of which the day is one) counts as come, as `Ledger.on` has it.
    """
    moment, _ = claimed_on(statement, sources)
    found = span(moment)
    return found is None or found.first <= day(today)


def claims(ledger: Ledger, subject: str, today: str, *kinds: str) -> tuple[Claim, ...]:
    """Every quantity claimed of a record by `today`, oldest claim first, superseded ones marked as such.

    `kinds` are properties that hold numbers; without any, the four kinds of money.
    """
    record = ledger.record(subject)
    wanted = kinds or KINDS
    said, replaced = _history(ledger)
    found = [
        _claim(record, statement, replaced)
        for statement in said.get(subject, ())
        if statement.property in wanted
        and statement.is_quantity
        and said_until(statement, ledger.sources, today)
    ]
    return tuple(sorted(found, key=lambda c: (_day_of(c), wanted.index(c.kind), c.statement.id)))


# A ledger never changes, so its history is sorted by record once, not once a question.
_SORTED: WeakKeyDictionary[Ledger, tuple[dict[str, list[Statement]], dict[str, str]]] = WeakKeyDictionary()


def _history(ledger: Ledger) -> tuple[dict[str, list[Statement]], dict[str, str]]:
    """Everything ever said, superseded or not, by record; and by what each superseded statement was replaced."""
    if ledger not in _SORTED:
        said: dict[str, list[Statement]] = {}
        for statement in ledger.history:
            said.setdefault(statement.subject, []).append(statement)
        _SORTED[ledger] = said, {s.supersedes: s.id for s in ledger.history if s.supersedes}
    return _SORTED[ledger]


def _claim(record: Record, statement: Statement, replaced: Mapping[str, str]) -> Claim:
    moment, basis = claimed_on(statement, record.sources)
    by = said_by(statement, record.sources)
    return Claim(
        record.subject,
        record.name,
        statement.property,
        statement,
        moment,
        basis,
        by,
        replaced.get(statement.id, ""),
    )


def _day_of(claim: Claim) -> date:
    found = span(claim.claimed_on)
    return _DISTANT if found is None else found.last or found.first


def latest(said: Iterable[Claim]) -> dict[tuple[str, str], Held]:
    """What counts, by kind and unit: the latest claim, or the range of all that were made on that day.

    Parts of other figures, conversions and superseded claims do not count. Nor does what is only expected to be
    committed, contracted or disbursed; an announcement is about the future by its nature and counts.
    """
    grouped: dict[tuple[str, str], list[Claim]] = {}
    for claim in said:
        expected = claim.expected and claim.kind in KINDS[1:]
        if not (claim.part or claim.converted or claim.superseded_by or expected):
            grouped.setdefault((claim.kind, claim.statement.unit), []).append(claim)
    return {key: _newest(key, group) for key, group in sorted(grouped.items())}


def _newest(key: tuple[str, str], group: Sequence[Claim]) -> Held:
    last = max(_day_of(claim) for claim in group)
    newest = tuple(claim for claim in group if _day_of(claim) == last)
    low = min(claim.bounds[0] for claim in newest)
    high = max(claim.bounds[1] for claim in newest)
    return Held(*key, low, high, hedge(claim.statement.comparator for claim in newest), newest)


def hedge(comparators: Iterable[str]) -> str:
    """The hedge of a sum: more than, where some part is only known from below; about, where the hedges point both ways."""
    found = {mark for mark in comparators if mark != "="}
    if not found:
        return "="
    if found <= {">", ">="}:
        return ">" if ">" in found else ">="
    if found <= {"<", "<="}:
        return "<" if "<" in found else "<="
    return "~"


def opposite(comparator: str) -> str:
    """The hedge of what is subtracted: less than where it was more than."""
    return {">": "<", ">=": "<=", "<": ">", "<=": ">="}.get(comparator, comparator)


def total(ledger: Ledger, subjects: Iterable[str], today: str) -> tuple[Total, ...]:
    """Sums over records, one for each kind and currency that occurs.

    Umbrellas are left out, being counts over projects and no projects, and so is a record whose parent is in
    the same sum. Every record of `subjects` is either in a sum or left out of it with the reason.
    """
    records = [ledger.record(subject) for subject in dict.fromkeys(subjects)]
    held = {record.subject: latest(claims(ledger, record.subject, today)) for record in records}
    family = Family.of(ledger)
    keys = sorted({key for found in held.values() for key in found})
    return tuple(_total(family, key, records, held) for key in keys)


def _total(
    family: Family,
    key: tuple[str, str],
    records: Sequence[Record],
    held: Mapping[str, dict[tuple[str, str], Held]],
) -> Total:
    parts: list[Held] = []
    out: list[LeftOut] = []
    stating = {r.subject for r in records if key in held[r.subject] and r.text("umbrella") != "true"}
    for record in records:
        if record.text("umbrella") == "true":
            reason = "a headline set; it is never added to projects"
        elif key not in held[record.subject]:
            reason = f"no sum {key[0]} in {key[1]} is held"
        elif inside := next((p for p in family.above(record.subject) if p in stating), ""):
            reason = f"part of {inside}, which is in the sum"
        else:
            parts.append(held[record.subject][key])
            continue
        out.append(LeftOut(record.subject, record.name, reason))
    return add(key, parts, out)


def add(key: tuple[str, str], parts: Sequence[Held], left_out: Sequence[LeftOut] = ()) -> Total:
    """The sum of what several records hold in one kind and unit."""
    low, high = math.fsum(part.low for part in parts), math.fsum(part.high for part in parts)
    return Total(*key, low, high, hedge(part.comparator for part in parts), tuple(parts), tuple(left_out))
