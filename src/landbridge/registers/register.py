"""Registers: for each kind of record one view over the ledger, with the same questions asked of every kind.

A register lists its records, shows every statement of one with what it replaced, names what falls due, and hands itself
on. It holds nothing itself. Each answer depends on the data and on the day that the caller names, never on the clock:
the same question about the same day has the same answer for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.ledger import Ledger, Record, Statement, schema
from landbridge.provenance import Status
from landbridge.provenance.status import weakest
from landbridge.registers import dues, exporting
from landbridge.registers.dormancy import said
from landbridge.registers.moments import day
from landbridge.registers.naming import moment_of, name_of
from landbridge.registers.nearness import Near, near, not_members
from landbridge.registers.nouns import KINDS, Noun
from landbridge.registers.standing import Standing, standings, states_of
from landbridge.release.data import Data

# Where kinds say what field they are of; a barrier has goods, a document a subject.
SECTORAL = ("sector", "product", "cargo", "subject", "topic")


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a register as it stood on a day.

    `near` says how it lies to the places asked for; `absent` are parties that were no members on the date asked about.
    """

    record: Record
    noun: Noun
    standing: Standing
    near: tuple[Near, ...] = ()
    absent: frozenset[str] = frozenset()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that the ledger says of it and lets stand."""
        return self.record.statements

    def row(self) -> dict[str, Any]:
        """Plain columns, the same for every kind; `ids` lead to the statements."""
        record, life = self.record, self.standing.life
        last = None if life is None else life.last_sign
        return {
            "record": record.subject,
            "name": name_of(record),
            "form": (self.noun.form and record.text(self.noun.form)) or None,
            "level": record.text("level") or None,
            "parties": " ".join(code for code in record.parties if code not in self.absent),
            "about": "; ".join(_texts(record, self.noun.about)) or None,
            "begins": _dates(record, self.noun.begins),
            "ends": _dates(record, self.noun.ends),
            "stage": self.standing.stage or None,
            "state": None if life is None else life.state,
            "last_sign": None if last is None else said(last),
            "last_sign_period": None if last is None else (moment_of(last) or None),
            "why": None if life is None else life.why,
            "near": "; ".join(map(str, self.near)) or None,
            "perhaps_one": " ".join(self.standing.perhaps) or None,
            "weakest_status": weakest(statement.status for statement in record.statements).value,
            "sources": len({statement.source for statement in record.statements}),
            "statements": len(record.statements),
            "ids": " ".join(sorted(statement.id for statement in record.statements)),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One statement of a record. `superseded_by` is the id of the one that took its place, empty where it stands."""

    statement: Statement
    publisher: str
    superseded_by: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        item = self.statement
        return {
            "record": item.subject,
            "property": item.property,
            "value": item.text or item.number,
            "low": item.low,
            "high": item.high,
            "unit": item.unit or None,
            "comparator": item.comparator,
            "period": item.period or None,
            "valid_from": item.valid_from or None,
            "valid_to": item.valid_to or None,
            "as_of": item.as_of or None,
            "status": item.status.value,
            "source": item.source,
            "publisher": self.publisher or None,
            "locator": item.locator or None,
            "speaker": item.speaker or None,
            "note": item.note or None,
            "recorded": item.recorded,
            "recorder": item.recorder,
            "stands": not self.superseded_by,
            "supersedes": item.supersedes or None,
            "superseded_by": self.superseded_by or None,
            "id": item.id,
        }


@dataclass(frozen=True, slots=True)
class Register:
    """The register of one kind of record; see `register`."""

    noun: Noun

    @property
    def kind(self) -> str:
        """The kind of record that it keeps."""
        return self.noun.kind

    def list(
        self,
        data: Data,
        *,
        today: str,
        on: str = "",
        place: Sequence[str] = (),
        between: tuple[str, str] | None = None,
        text: str = "",
        sector: str = "",
        status: str = "",
        state: str = "",
    ) -> tuple[Entry, ...]:
        """The records as they stood on `today`, nearest to the places asked for first, then by name.

        `on` keeps what held on a date. Of the places in `place` one must be touched, of `between` both: by name, by
        something inside, or by something around; each entry says which. `text` are words that must all stand in
        what is said of a record, `sector` a word of its field, `status` that of at least one statement, `state` its state
        or stage. Raises `UnknownLabel` for a place, status or state that does not exist.
        """
        day(today)
        held = data.ledger.on(on) if on else data.ledger
        known = standings(data, self.kind, today)
        _require_status(status)
        _require_state(state, self.kind)
        found = [
            Entry(record, self.noun, known.get(record.subject, Standing()), lies, absent)
            for record, lies, absent in self._near(held, place, between, data.ledger)
            if _speaks_of(record, text)
            and _of_sector(record, sector)
            and (not status or any(item.status == status for item in record.statements))
        ]
        kept = [item for item in found if not state or state in _states(item.standing)]
        return tuple(sorted(kept, key=_order))

    def show(self, data: Data, identifier: str, *, on: str = "") -> tuple[Line, ...]:
        """Every statement of one record in the order of the schema, what was superseded right before what took its place.

        `identifier` is the record, its slug alone, or the id of one of its statements. With `on`, of the statements that
        stand only those that held then. Raises `UnknownLabel` with the nearest records.
        """
        subject = self.find(data.ledger, identifier)
        whole = data.ledger
        by = {item.supersedes: item.id for item in whole.history if item.supersedes}
        standing = {item.id for item in (whole.on(on) if on else whole).statements}
        chosen = [
            item
            for item in whole.history
            if item.subject == subject and (item.id in standing or item.id in by)
        ]
        names = tuple(schema.kind(self.kind).properties)
        return tuple(
            Line(item, _publisher(whole, item), by.get(item.id, "")) for item in _in_chains(chosen, by, names)
        )

    def due(
        self,
        data: Data,
        today: str,
        within_days: int,
        *,
        place: Sequence[str] = (),
        between: tuple[str, str] | None = None,
    ) -> tuple[dues.Due, ...]:
        """What is overdue on a day, and what falls due within so many days, soonest first: see `dues`."""
        if within_days < 0:
            raise BadUsage(f"within {within_days} days: a number of days is not negative.")
        near_by = {record.subject for record, *_ in self._near(data.ledger, place, between, data.ledger)}
        return tuple(
            item for item in dues.dues(data, self.kind, today, within_days) if item.record.subject in near_by
        )

    def export(
        self, data: Data, format: str, *, today: str, on: str = "", folder: Path | None = None
    ) -> exporting.Exported:
        """The register as csv, json, a Data Package in `folder`, or for projects OC4IDS: see `exporting`."""
        return exporting.export(data, self.noun, format, today=today, on=on, folder=folder)

    def find(self, ledger: Ledger, identifier: str) -> str:
        """The subject of the record meant; raises `UnknownLabel` with the nearest ones, `BadUsage` for another kind."""
        statement = ledger.statement(identifier)
        subject = (
            statement.subject
            if statement is not None
            else identifier
            if "/" in identifier
            else f"{self.kind}/{identifier}"
        )
        known = {record.subject: record.kind for record in ledger.records()}
        kind = known.get(subject)
        if kind == self.kind:
            return subject
        if kind is not None:
            other = KINDS.get(kind)
            remedy = f"Ask `landbridge {other.noun} show {subject}`." if other else ""
            raise BadUsage(f"{subject} is of the kind {kind}, not {self.kind}.", remedy=remedy)
        own = [name for name, held in known.items() if held == self.kind]
        valid = own if "/" in identifier else [name.partition("/")[2] for name in own]
        remedy = f"`landbridge {self.noun.noun} list` shows all {len(own)}."
        raise UnknownLabel(self.kind, identifier, valid, remedy=remedy)

    def _near(
        self, held: Ledger, place: Sequence[str], between: tuple[str, str] | None, whole: Ledger
    ) -> Iterator[tuple[Record, tuple[Near, ...], frozenset[str]]]:
        """The records of this kind that touch the places asked for, with how they do, and who was no member then.

        `whole` is the ledger of which `held` is what held on a date.
        """
        for code in (*place, *(between or ())):
            codes.place(code)
        if between is not None and between[0] == between[1]:
            raise BadUsage(f"{between[0]} is named twice.", remedy="Name two places.")
        for record in held.records(self.kind):
            absent = not_members(record, whole.record(record.subject))
            sides = tuple(near(record, code, absent) for code in between or ())
            some = tuple(item for code in place if (item := near(record, code, absent)) is not None)
            if None in sides or (place and not some):
                continue
            yield record, (*(item for item in sides if item is not None), *some), absent


def register(kind: str) -> Register:
    """The register of a kind of record; raises `UnknownLabel` for a kind of which none is kept."""
    try:
        return Register(KINDS[kind])
    except KeyError:
        raise UnknownLabel("register", kind, KINDS, remedy=f"Valid: {', '.join(KINDS)}.") from None


def _texts(record: Record, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.text for name in names for item in record.all(name) if item.text))


def _dates(record: Record, names: Iterable[str]) -> str | None:
    """The dates of the first property stated, each once, with the hedge of its source; of stages the earliest."""
    for name in names:
        stated = record.all(name)
        if not stated:
            continue
        if schema.kind(record.kind).property(name).type != "date":
            return min((item.period for item in stated if item.period), default=None)
        return "; ".join(
            dict.fromkeys(f"{'' if s.comparator == '=' else s.comparator}{s.text}" for s in stated)
        )
    return None


def _publisher(ledger: Ledger, statement: Statement) -> str:
    source = ledger.sources.get(statement.source)
    return source.publisher if source else ""


def _in_chains(
    chosen: Sequence[Statement], by: Mapping[str, str], names: Sequence[str]
) -> Iterator[Statement]:
    """Statements by property and time, each behind everything that it replaced, oldest first."""
    held = {item.id: item for item in chosen}
    before = {by[item.id]: item for item in chosen if item.id in by}
    last = [item for item in chosen if by.get(item.id) not in held]
    last.sort(key=lambda s: (names.index(s.property), s.period or s.as_of, s.id))
    for item in last:
        chain = [item]
        while (older := before.get(chain[-1].id)) is not None:
            chain.append(older)
        yield from reversed(chain)


def _speaks_of(record: Record, text: str) -> bool:
    words = text.casefold().split()
    if not words:
        return True
    parts = [record.subject, name_of(record), *(codes.place(code).name for code in record.parties)]
    parts += [part for item in record.statements for part in (item.text, item.note, item.speaker)]
    whole = " ".join(parts).casefold()
    return all(word in whole for word in words)


def _of_sector(record: Record, sector: str) -> bool:
    return not sector or any(
        sector.casefold() in item.text.casefold() for name in SECTORAL for item in record.all(name)
    )


def _states(standing: Standing) -> tuple[str, ...]:
    return (standing.stage, standing.life.state if standing.life else "")


def _require_status(status: str) -> None:
    if status and status not in tuple(Status):
        raise UnknownLabel("status", status, tuple(Status), remedy=f"Valid: {', '.join(Status)}.")


def _require_state(state: str, kind: str) -> None:
    valid = states_of(kind)
    if state and state not in valid:
        remedy = f"Valid: {', '.join(valid)}." if valid else "Records of this kind have none."
        raise UnknownLabel("state", state, valid, remedy=remedy)


def _order(item: Entry) -> tuple[int, str, str]:
    return (sum(found.rank for found in item.near), name_of(item.record).casefold(), item.record.subject)
