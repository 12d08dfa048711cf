"""People and minds: trips, students, flights, surveys; every number under its definition, and no composite index.

Trips, visitors and visa-free groups are different things. A table holds the numbers of one record under one definition and
one unit, and nothing is ever added over tables. Numbers whose source states no definition stand under one heading of their
own, apart from every defined one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from landbridge.errors import UnknownLabel
from landbridge.ledger import Record, Statement, schema
from landbridge.provenance import Figure, Status
from landbridge.registers.moments import dated, day, span
from landbridge.registers.naming import name_of
from landbridge.registers.people_words import counted
from landbridge.registers.timeline import touching
from landbridge.release.data import Data

NOT_STATED = "definition not stated"
# What a definition says where there is none that would tell what is counted; and where sources count different things.
_NONE = ("not stated", "not known")
_DIFFERS = "not the same"
_MEASURES = ("number", "share", "growth")


@dataclass(frozen=True, slots=True)
class Count:
    """One number about people with what it counts."""

    record: Record
    statement: Statement
    figure: Figure
    definition: str
    wording: str

    def row(self) -> dict[str, Any]:
        """Plain columns; the figure's id leads to its source."""
        said, figure = self.statement, self.figure
        return {
            "definition": self.definition,
            "as_given": "; ".join(dict.fromkeys(item.text for item in self.record.all("definition"))) or None,
            "record": self.record.subject,
            "name": name_of(self.record),
            "form": self.record.text("form"),
            "parties": " ".join(self.record.parties),
            "measure": said.property,
            "counted": counted(self.record, said),
            "value": figure.value,
            "low": figure.low,
            "high": figure.high,
            "unit": figure.unit,
            "comparator": figure.comparator,
            "period": figure.period or None,
            "wording": self.wording or None,
            "note": said.note or None,
            "status": said.status.value,
            "speaker": said.speaker or None,
            "source": said.source,
            "figure": figure.id,
            "id": said.id,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers that one definition and one unit hold together. `one_series` is False where they must not be compared.

    The table `definition not stated` holds numbers of any record: each stands for itself.
    """

    definition: str
    unit: str
    counts: tuple[Count, ...]
    one_series: bool
    why: str

    def rows(self) -> tuple[dict[str, Any], ...]:
        """Its numbers, oldest first."""
        return tuple({**item.row(), "one_series": self.one_series, "why": self.why} for item in self.counts)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of travel: visas, groups without a visa, permitted flights. `state` is that of the day asked about."""

    record: Record
    statement: Statement
    state: str

    def row(self) -> dict[str, Any]:
        """Plain columns; the id leads to the statement."""
        said = self.statement
        return {
            "record": self.record.subject,
            "name": name_of(self.record),
            "form": self.record.text("form"),
            "parties": " ".join(self.record.parties),
            "rule": said.text,
            "since": said.valid_from or None,
            "until": said.valid_to or None,
            "state": self.state,
            "note": said.note or None,
            "status": said.status.value,
            "speaker": said.speaker or None,
            "source": said.source,
            "id": said.id,
        }


def rules(
    data: Data, today: str, *, between: tuple[str, str] | None = None, form: str = ""
) -> tuple[Rule, ...]:
    """The rules under which people travel, with what is over and what lies ahead, by record and beginning.

    `form` keeps one field; `visa` keeps every rule on visas, in whatever field its record stands. Raises `UnknownLabel`.
    """
    now = day(today)
    _require_form(form)
    found = [
        Rule(record, said, _state(said, now))
        for record in data.ledger.records("people")
        if between is None or touching(record, *between, wide=True) is not None
        for said in record.all("regime")
        if not form
        or record.text("form") == form
        or (form == "visa" and re.search(r"\bvisas?\b", said.text) is not None)
    ]
    return tuple(sorted(found, key=lambda r: (r.record.subject, r.statement.valid_from, r.statement.id)))


def _state(said: Statement, now: date) -> str:
    """Whether a rule holds on a day, as far as its source dates it."""
    begins, ends = span(said.valid_from), span(said.valid_to)
    if ends is not None and ends.last is not None and ends.last < now:
        return "ended, unless prolonged"
    if begins is not None and begins.first > now:
        return "ahead"
    if said.status is Status.FORECAST:
        return "expected, not confirmed"
    return "in force" if begins is not None else "as stated, no date held"


def _require_form(form: str) -> None:
    forms = schema.kind("people").property("form").codes
    if form and form not in forms:
        raise UnknownLabel("field", form, forms, remedy=f"Valid: {', '.join(forms)}.")


def people(
    data: Data, today: str, *, between: tuple[str, str] | None = None, form: str = ""
) -> tuple[Table, ...]:
    """The numbers of the register in tables that never mix definitions; what is not yet over on `today` is left out.

    `between` keeps what touches two places, `form` one field of `tourism, students, flights, …`. Raises `UnknownLabel`.
    """
    now = day(today)
    _require_form(form)
    defined: dict[tuple[str, str, str, str], list[Count]] = {}
    undefined: dict[str, list[Count]] = {}
    for record in data.ledger.records("people"):
        if form and record.text("form") != form:
            continue
        if between is not None and touching(record, *between, wide=True) is None:
            continue
        for item in _counts(record):
            when = dated(item.statement)
            if when is not None and when.first > now:
                continue
            if item.definition == NOT_STATED:
                undefined.setdefault(item.figure.unit, []).append(item)
            else:
                key = (record.subject, item.definition, item.statement.property, item.figure.unit)
                defined.setdefault(key, []).append(item)
    tables = [_table(definition, unit, items) for (_, definition, _, unit), items in defined.items()]
    apart = [
        Table(
            NOT_STATED, unit, _ordered(items), False, "no source says what is counted; each stands for itself"
        )
        for unit, items in undefined.items()
    ]
    return (*tables, *apart)


def surveys(data: Data, today: str, *, between: tuple[str, str] | None = None) -> tuple[Count, ...]:
    """The answers of surveys, each with the pollster and the wording as far as it is held, by record and date."""
    tables = people(data, today, between=between, form="survey")
    found = [item for table in tables for item in table.counts]
    return tuple(sorted(found, key=lambda c: (c.record.subject, c.figure.period, c.statement.id)))


def definition_of(record: Record, said: Statement) -> str:
    """What a number counts: the definition of its own source, else the record's; `NOT_STATED` where there is none."""
    stated = record.all("definition")
    own = [item.text for item in stated if item.source == said.source]
    texts = dict.fromkeys(own or [item.text for item in stated])
    if any(words in text.casefold() for text in texts for words in _NONE):
        return NOT_STATED
    return "; ".join(texts) or NOT_STATED


def wording_of(record: Record, said: Statement) -> str:
    """The question behind an answer as it was put: that of the same wave, else of the same source; else none is held.

    The question of another year is not lent: pollsters change their wording.
    """
    stated = record.all("wording")
    for same in (
        [item for item in stated if item.period == said.period],
        [item for item in stated if item.source == said.source and not item.period],
    ):
        if same:
            return "; ".join(
                dict.fromkeys(f"{item.text}{f' [{item.note}]' if item.note else ''}" for item in same)
            )
    return ""


def _counts(record: Record) -> Iterator[Count]:
    for said in record.quantities(*_MEASURES):
        survey = record.text("form") == "survey"
        wording = wording_of(record, said) or ("not held" if survey else "")
        yield Count(record, said, record.figure(said), definition_of(record, said), wording)


def _table(definition: str, unit: str, items: list[Count]) -> Table:
    counts = _ordered(items)
    if definition.casefold().startswith(_DIFFERS):
        return Table(definition, unit, counts, False, "the sources count different things; see the notes")
    if len({item.wording for item in counts}) > 1:
        return Table(definition, unit, counts, False, "the wording differs or is not held for every wave")
    if counts[0].record.text("form") == "survey" and counts[0].wording == "not held":
        return Table(definition, unit, counts, False, "the wording is not held")
    told = {item.source for item in counts[0].record.all("definition")}
    sources = {item.statement.source for item in counts}
    if len(sources) > 1 and not sources <= told:
        return Table(definition, unit, counts, False, "not every source states the definition")
    periods = [item.figure.period for item in counts]
    if len(periods) != len(set(periods)):
        return Table(
            definition,
            unit,
            counts,
            False,
            "several numbers of one time, which count different things; see the notes",
        )
    return Table(definition, unit, counts, True, "one definition and one unit")


def _ordered(items: list[Count]) -> tuple[Count, ...]:
    return tuple(sorted(items, key=lambda item: (item.figure.period, item.record.subject, item.statement.id)))
