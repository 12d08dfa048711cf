"""Obligations of a document: what was promised, by whom, until when, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from landbridge.ledger import Record, Statement
from landbridge.provenance import Status
from landbridge.registers.before import began_before
from landbridge.registers.moments import Dated, dated, day, in_words

State = Literal[
    "ahead",
    "past; an outcome is named, whether it answers this promise is not stated",
    "past, nothing named",
    "no deadline; an outcome is named, whether it answers this promise is not stated",
    "no deadline stated",
]


@dataclass(frozen=True, slots=True)
class Obligation:
    """One promise. `by` are the places bound by it, which are all parties: the ledger does not tell them apart.

    `outcomes` are what the ledger names as having come of the document. It does not say which promise an outcome answers, so
    the same outcomes stand beside each promise that they may answer.
    """

    record: Record
    statement: Statement
    deadline: str
    state: State
    in_days: int | None
    outcomes: tuple[Statement, ...]

    @property
    def by(self) -> tuple[str, ...]:
        """The parties to the document."""
        return self.record.parties

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The promise and what may answer it."""
        return (self.statement, *self.outcomes)

    def row(self) -> dict[str, Any]:
        """Plain columns; the ids lead to the promise and to what may answer it."""
        return {
            "document": self.record.subject,
            "promise": self.statement.text,
            "by": " ".join(self.by),
            "deadline": self.deadline or None,
            "in_days": self.in_days,
            "state": self.state,
            "outcomes": "; ".join(_told(said, self.record) for said in self.outcomes) or None,
            "outcomes_read": "outcomes of the document; the ledger does not say which promise they answer"
            if self.outcomes
            else None,
            "status": self.statement.status.value,
            "speaker": self.statement.speaker or None,
            "note": self.statement.note or None,
            "ids": " ".join(said.id for said in self.statements),
        }


def obligations(record: Record, today: str) -> tuple[Obligation, ...]:
    """Every promise of a document as it stands on a day, the earliest deadline first, those without one last."""
    now = day(today)
    outcomes = tuple(said for said in record.all("outcome") if happened(said, today))
    found = []
    for said in record.all("obligation"):
        # The period of a promise is its deadline; when it was made or said is none.
        when = dated(said) if said.period else None
        bounded = when if when is not None and when.days.last is not None else None
        answers = tuple(other for other in outcomes if _may_answer(other, said))
        after = any(not began_before(record, other) for other in answers)
        if bounded is None:
            state: State = (
                "no deadline; an outcome is named, whether it answers this promise is not stated"
                if after
                else "no deadline stated"
            )
        elif bounded.last >= now:
            state = "ahead"
        else:
            state = (
                "past; an outcome is named, whether it answers this promise is not stated"
                if after
                else "past, nothing named"
            )
        in_days = None if bounded is None else (bounded.last - now).days
        found.append(Obligation(record, said, said.period, state, in_days, answers))
    return tuple(sorted(found, key=lambda item: (item.in_days is None, item.in_days or 0, item.statement.id)))


def happened(said: Statement, today: str) -> bool:
    """True for what a source tells as done by a day, not for what somebody expects or nobody saw."""
    if said.status in (Status.FORECAST, Status.ASSUMED):
        return False
    when = dated(said)
    return when is None or when.first <= day(today)


def _may_answer(outcome: Statement, promise: Statement) -> bool:
    """An outcome that lies before the time for which something was promised does not answer the promise."""
    done, due = dated(outcome), (dated(promise) if promise.period else None)
    return done is None or due is None or done.last >= due.first or _single(due)


def _single(due: Dated) -> bool:
    """True for a deadline; a span from one date to another is the time in which the promise is to be kept."""
    return "/" not in due.period


def _told(said: Statement, record: Record) -> str:
    when = dated(said)
    before = ", began before the document" if began_before(record, said) else ""
    return f"{said.text} ({in_words(when.period)}{before})" if when else said.text
