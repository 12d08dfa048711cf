"""Settlement: how trade is paid, row by row, with what each share is a share of.

Shares of different things are no series.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from landbridge.errors import UnknownLabel
from landbridge.ledger import Record, Statement
from landbridge.provenance import Figure
from landbridge.registers.moments import dated, day
from landbridge.registers.naming import name_of
from landbridge.registers.timeline import touching
from landbridge.release.data import Data

_MEASURES = ("share", "fee", "delay")


@dataclass(frozen=True, slots=True)
class Payment:
    """One statement on payments: a share, a fee, a delay or a happening. `of_what` says what a share is a share of.

    `series` is the same for rows that count the same thing; rows of different series are not to be joined.
    """

    record: Record
    statement: Statement
    figure: Figure | None
    of_what: str
    series: str

    def row(self) -> dict[str, Any]:
        """Plain columns; the figure's id leads to its source."""
        said, figure = self.statement, self.figure
        return {
            "record": self.record.subject,
            "name": name_of(self.record),
            "parties": " ".join(self.record.parties),
            "measure": said.property,
            "date": said.period or said.as_of or None,
            "date_is": "of what is counted" if said.period else "of the statement" if said.as_of else None,
            "value": None if figure is None else figure.value,
            "low": None if figure is None else figure.low,
            "high": None if figure is None else figure.high,
            "unit": None if figure is None else figure.unit,
            "comparator": said.comparator,
            "of_what": self.of_what or None,
            "series": self.series,
            "happened": said.text or None,
            "note": said.note or None,
            "status": said.status.value,
            "speaker": said.speaker or None,
            "source": said.source,
            "figure": None if figure is None else figure.id,
            "id": said.id,
        }


def settlement(
    data: Data, today: str, *, between: tuple[str, str] | None = None, measure: str = ""
) -> tuple[Payment, ...]:
    """What is held of payments up to a day, by record, measure and date.

    `between` keeps what touches two places; rows on one country with all its partners are then left out, for they are not
    about the pair. `measure` keeps `share`, `fee`, `delay` or `happened`. Raises `UnknownLabel` for another.
    """
    now = day(today)
    valid = (*_MEASURES, "happened")
    if measure and measure not in valid:
        raise UnknownLabel("measure of settlement", measure, valid, remedy=f"Valid: {', '.join(valid)}.")
    found = [
        item
        for record in data.ledger.records("settlement")
        if between is None or touching(record, *between, wide=True) is not None
        for item in _payments(record)
        if (not measure or item.statement.property == measure)
        and ((when := dated(item.statement)) is None or when.first <= now)
    ]
    return tuple(sorted(found, key=_order))


def share_of(record: Record, said: Statement) -> str:
    """What a share is a share of: the clause of its note that says so, else what the record's name says."""
    # One source that gives two numbers of one share names the whole once.
    same = [item for item in record.all(said.property) if item.source == said.source]
    wholes = {whole for item in same if (whole := _whole(item))}
    if stated := _whole(said) or (wholes.pop() if len(wholes) == 1 else ""):
        return stated
    name = record.name
    for marker in (" in settlements ", " in payments "):
        head, found, tail = name.partition(marker)
        if found and head.startswith("Share"):
            return f"{marker.strip().removeprefix('in ')} {tail}"
    # A survey counts firms: its first clause says which answer they gave.
    answer = said.note.partition(";")[0]
    return f"{name}: {answer}" if answer else f"not stated; {name}"


def _whole(said: Statement) -> str:
    """The clause of a note that begins with `of`; empty where there is none."""
    clauses = [clause.strip() for clause in said.note.split(";")]
    return next((clause.removeprefix("of ") for clause in clauses if clause.startswith("of ")), "")


def _payments(record: Record) -> Iterator[Payment]:
    for said in record.quantities(*_MEASURES):
        of_what = share_of(record, said) if said.property == "share" else ""
        series = f"{record.subject} {said.property}{f' of {of_what}' if of_what else ''}"
        yield Payment(record, said, record.figure(said), of_what, series)
    for said in record.all("happened"):
        yield Payment(record, said, None, "", f"{record.subject} happened")


def _order(item: Payment) -> tuple[str, str, str, str]:
    said = item.statement
    return (item.record.subject, said.property, said.period or said.as_of, said.id)
