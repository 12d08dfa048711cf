"""What is overdue: a source set a day, the day has passed, and no source held says that what was set for it came.

Only what a source set can be overdue here. What follows from a rule alone (a review of silence, the next edition of a
series) shows as the state of its record. That no source says so may be the silence of the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from landbridge.ledger import Record
from landbridge.provenance import Status
from landbridge.registers.moments import Dated, dated, day, span
from landbridge.registers.nouns import KINDS
from landbridge.release.data import Data


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something of a record whose day has passed; `when` is the time that the source set."""

    record: Record
    what: str
    when: Dated

    def in_days(self, today: date) -> int:
        """How far off its last day is: below zero."""
        return (self.when.last - today).days


def overdue(data: Data, kind: str, today: str) -> Iterator[Overdue]:
    """What is overdue in one register on a day, in no order."""
    now = day(today)
    for record in data.ledger.records(kind):
        # The lives of documents and the plans of projects are read as a whole.
        if kind != "document":
            yield from _ends(record, now)
        for name in ("meeting",) if kind != "project" else ("stage",):
            yield from _awaited(record, name, now)
    yield from _OF_KIND.get(kind, _none)(data, today)


def _none(data: Data, today: str) -> Iterator[Overdue]:
    return iter(())


def _passed(when: Dated | None, now: date) -> bool:
    """Whether the last day that a time may mean has passed; an open end never passes."""
    return when is not None and when.days.last is not None and when.last < now


def _ends(record: Record, now: date) -> Iterator[Overdue]:
    """An end that was only planned. One that a source states has come, or is stated anew, is none."""
    for name in KINDS[record.kind].ends:
        held = [(said, when) for said in record.all(name) if (when := dated(said, own=True)) is not None]
        if any(said.status is not Status.FORECAST or not _passed(when, now) for said, when in held):
            continue
        for _, when in held:
            yield Overdue(record, "it was to end", when)


def _awaited(record: Record, name: str, now: date) -> Iterator[Overdue]:
    """Stages and meetings that were announced, with none told since then. Openings are read with their plans."""
    from landbridge.registers.projects.stages import OPEN

    said = record.all(name)
    told = [when.last for s in said if s.status is not Status.FORECAST and (when := dated(s)) is not None]
    for item in said:
        when = dated(item) if item.status is Status.FORECAST and item.period else None
        if when is None or not _passed(when, now) or item.text in OPEN:
            continue
        if not any(when.first <= moment for moment in told):
            words = "expected stage" if name == "stage" else "announced meeting"
            yield Overdue(record, f"{words}: {item.text}", when)


def _documents(data: Data, today: str) -> Iterator[Overdue]:
    """Promises past their deadline without an outcome, ends without a word on them, days of force never confirmed."""
    from landbridge.registers.documents import documents

    now = day(today)
    for item in documents(data, today):
        for promise in item.obligations:
            when = dated(promise.statement)
            if promise.state == "past, nothing named" and when is not None:
                what = f"deadline: {promise.statement.text}"
                yield Overdue(item.record, what, when)
        for stage in item.stages:
            if stage.state != "overdue" or stage.name not in _WORDS or not stage.statements:
                continue
            when = dated(stage.statements[-1], own=True)
            if when is not None and _passed(when, now):
                yield Overdue(item.record, _WORDS[stage.name], when)


_WORDS = MappingProxyType(
    {
        "signed": "it was to be signed",
        "in force": "it was to enter into force",
        "expiry": "it was to end unless prolonged",
    }
)


def _projects(data: Data, today: str) -> Iterator[Overdue]:
    """Openings as they were last announced, of projects that are not known to have opened or to be given up."""
    from landbridge.registers.projects.slippage import slippage

    for case in slippage(data.ledger, today).cases:
        if case.state != "planned time passed, no opening recorded":
            continue
        latest = case.plans[-1]
        for plan in case.plans:
            held = span(plan.planned)
            same = (plan.claimed_on, plan.statement.source) == (latest.claimed_on, latest.statement.source)
            if same and held is not None:
                words = f"planned opening, as announced by {plan.by}"
                when = Dated(plan.statement, plan.planned, held)
                yield Overdue(data.ledger.record(case.record), words, when)


def _events(data: Data, today: str) -> Iterator[Overdue]:
    """Events that were announced for a time that is over, and of which nobody tells."""
    from landbridge.registers.events import events

    now = day(today)
    for item in events(data, today):
        if item.state == "announced only" and item.when is not None and _passed(item.when, now):
            yield Overdue(item.record, "it was to take place", item.when)


_OF_KIND: Mapping[str, Callable[[Data, str], Iterator[Overdue]]] = MappingProxyType(
    {"document": _documents, "event": _events, "project": _projects}
)
