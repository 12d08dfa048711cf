"""Stages of a project with their dates: which were reached, which were only planned, when it opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from landbridge.ledger import Record, Statement, schema
from landbridge.provenance import Status
from landbridge.registers.moments import day, span
from landbridge.registers.projects.money import claimed_on, said_by, said_until

OPEN = ("operating", "completed")
OVER = ("frozen", "cancelled")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage, as one source dates it.

    `first` and `last` are the first and the last day that the stated time may mean. `exact` is False where the
    source gives no moment of its own but only shows the project in that stage in a span of time or at the time
    of speaking; then the stage was reached on `last` at the latest. So it is with a year of operation: who works in
    2020 had opened by its end, and maybe long before. `planned` marks what lay ahead when it was said.
    """

    statement: Statement
    code: str
    period: str
    first: date | None
    last: date | None
    exact: bool
    planned: bool
    claimed_on: str
    by: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "stage": self.code,
            "period": self.period or None,
            "exact": self.exact,
            "planned": self.planned,
            "claimed_on": self.claimed_on or None,
            "by": self.by,
            "source": self.statement.source,
            "status": self.statement.status.value,
            "note": self.statement.note or None,
            "id": self.statement.id,
        }


@dataclass(frozen=True, slots=True)
class Reached:
    """When a stage was reached: not before `first` (None where nothing tells) and not after `last`."""

    code: str
    first: date | None
    last: date
    statements: tuple[Statement, ...]

    @property
    def words(self) -> str:
        """The time as a period, or `by ...` where only the latest possible day is known."""
        if self.first is None:
            return f"by {self.last.isoformat()}"
        return (
            self.last.isoformat()
            if self.first == self.last
            else f"{self.first.isoformat()}/{self.last.isoformat()}"
        )


def order(code: str) -> int:
    """The place of a stage in the list of the schema, which runs from the announcement to the end."""
    return schema.kind("project").property("stage").codes.index(code)


def stages(record: Record, today: str) -> tuple[Stage, ...]:
    """Every stage stated of a project by `today`, in the order of time; undated ones first."""
    found = [
        _stage(record, statement)
        for statement in record.all("stage")
        if said_until(statement, record.sources, today)
    ]
    return tuple(sorted(found, key=lambda s: (s.last or date.min, s.planned, order(s.code), s.statement.id)))


def _stage(record: Record, statement: Statement) -> Stage:
    period = statement.period or statement.valid_from or statement.as_of
    days = span(period)
    own = statement.period or statement.valid_from
    moment, _ = claimed_on(statement, record.sources)
    return Stage(
        statement,
        statement.text,
        period,
        days.first if days else None,
        (days.last or days.first) if days else None,
        bool(own) and "/" not in own and not (statement.text == "operating" and _YEAR.fullmatch(own)),
        statement.status is Status.FORECAST,
        moment,
        said_by(statement, record.sources),
    )


def happened(record: Record, today: str) -> Iterator[Stage]:
    """The stages that were reached by `today`, in the order of time."""
    now = day(today)
    for stage in stages(record, today):
        if not stage.planned and stage.statement.status is not Status.ASSUMED:
            if stage.first is not None and stage.first > now:
                continue
            yield stage


def current(record: Record, today: str) -> Stage | None:
    """The latest stage that was reached; of those dated to the same day the furthest. None where none is stated.

    What is known to operate is not set back by a completion, which is its past, nor by one that is dated where the
    operation is not.
    """

    def rank(stage: Stage) -> tuple[date, int, str]:
        return stage.last or date.min, order(stage.code), stage.statement.id

    found = tuple(happened(record, today))
    latest = max(found, key=rank, default=None)
    if latest is not None and latest.code == "completed":
        working = (stage for stage in found if stage.code == "operating")
        return max(working, key=rank, default=latest)
    return latest


def reached(record: Record, today: str, *codes: str, after: date = date.min) -> Reached | None:
    """When the first of some stages was reached; None where no source says that one was.

    `after` leaves out what came before a day, for the stages of a later phase.

    A moment that a source gives (a day, a month, a year) holds as it stands. Where the project was only seen in
    that stage, the last day of the span is the latest possible one, and the last day on which it was seen in an
    earlier stage the earliest.
    """
    seen = [s for s in happened(record, today) if s.code in codes and s.last is not None and s.last >= after]
    if not seen:
        return None
    best = min(seen, key=lambda s: (s.last, not s.exact, s.statement.id))
    assert best.last is not None
    shown = tuple(s.statement for s in seen if (s.last, s.exact) == (best.last, best.exact))
    if best.exact:
        return Reached(best.code, best.first, best.last, shown)
    lowest = min(order(code) for code in codes)
    before = [
        s
        for s in happened(record, today)
        if s.last is not None and s.last <= best.last and order(s.code) < lowest
    ]
    floor = max((s.last for s in before if s.last is not None), default=None)
    behind = tuple(s.statement for s in before if s.last == floor)
    return Reached(best.code, floor, best.last, shown + behind)


def opening(record: Record, today: str, *, after: date = date.min) -> Reached | None:
    """When a project opened: when it began to operate, or, where nobody says so, when it was completed."""
    began = reached(record, today, "operating", after=after)
    return began or reached(record, today, "completed", after=after)
