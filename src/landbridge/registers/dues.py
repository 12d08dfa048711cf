"""What falls due: ends of validity, deadlines, planned openings, events ahead, editions to be expected, reviews of silence.

A deadline falls due on the last day that its time may mean: one of 2026 on 31 December. What is to happen or to open some
time in a period falls due if any day of that period lies ahead and within the days asked for. Before all this comes what is
overdue (`landbridge.registers.overdue`): a source set a day that has passed, and no source held says that it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from landbridge.ledger import Record, Statement
from landbridge.provenance import Status
from landbridge.registers.moments import Dated, after, dated, day, in_words, span
from landbridge.registers.naming import name_of
from landbridge.registers.nouns import KINDS
from landbridge.registers.standing import standings
from landbridge.release.data import Data

if TYPE_CHECKING:
    from landbridge.registers.events import Series

# The words of the plain ends and beginnings of validity, by property; other properties are named as they are.
_ENDS = MappingProxyType({"co_chair": "term ends", "member": "membership ends", "regime": "rule ends"})
_BEGINS = MappingProxyType(
    {"co_chair": "term begins", "member": "membership begins", "regime": "rule begins"}
)
# Properties whose forecast is something to be looked for on its day; forecasts of numbers are none.
_AWAITED = MappingProxyType({"stage": "expected stage", "meeting": "announced meeting"})
# Two equal gaps between editions are the least from which a pace can be told.
_GAPS = 2


@dataclass(frozen=True, slots=True)
class Due:
    """Something with a day ahead or, where it is overdue, a day that has passed.

    `period` is the time as the ledger writes it, `last` its last day, `in_days` how far off that is, below zero where it has
    passed. `inferred` is true where no source sets the day: it follows from a rule that `what` states. `statement` is what
    sets the day, or what the rule starts from.
    """

    record: Record
    what: str
    period: str
    last: date
    in_days: int
    inferred: bool
    statement: Statement

    @property
    def overdue_days(self) -> int | None:
        """How many days ago it should have come; None where its day is still ahead."""
        return -self.in_days if self.in_days < 0 else None

    def row(self) -> dict[str, Any]:
        """Plain columns; the id leads to the statement behind."""
        return {
            "due": self.period,
            "last_day": self.last.isoformat(),
            "in_days": self.in_days,
            "overdue_days": self.overdue_days,
            "record": self.record.subject,
            "name": name_of(self.record),
            "what": self.what,
            "inferred": self.inferred,
            "parties": " ".join(dict.fromkeys(self.record.parties)),
            "status": self.statement.status.value,
            "source": self.statement.source,
            "note": self.statement.note or None,
            "id": self.statement.id,
        }


@dataclass(frozen=True, slots=True)
class _Window:
    """The days asked for."""

    today: date
    limit: date

    def deadline(self, when: Dated) -> bool:
        """Whether the last day that a time may mean lies in the window; an open end is no deadline."""
        return when.days.last is not None and self.today <= when.last <= self.limit

    def touches(self, when: Dated) -> bool:
        """Whether any day that a time may mean lies in the window."""
        return when.first <= self.limit and when.last >= self.today

    def due(self, record: Record, what: str, when: Dated, *, inferred: bool = False) -> Due:
        """What falls due in it."""
        return Due(
            record, what, when.period, when.last, (when.last - self.today).days, inferred, when.statement
        )


def dues(data: Data, kind: str, today: str, within_days: int) -> tuple[Due, ...]:
    """What is overdue in one register on a day, longest first, and what falls due within so many days, soonest first."""
    from landbridge.registers.overdue import overdue

    now = day(today)
    try:
        window = _Window(now, now + timedelta(days=within_days))
    except OverflowError:
        window = _Window(now, date.max)
    found = [
        Due(
            item.record,
            item.what,
            item.when.period,
            item.when.last,
            item.in_days(now),
            False,
            item.when.statement,
        )
        for item in overdue(data, kind, today)
    ]
    for record in data.ledger.records(kind):
        found += _validity(record, window)
        found += _awaited(record, window)
    found += _reviews(data, kind, today, window)
    found += _OF_KIND.get(kind, _nothing)(data, today, window)
    unique = {(item.record.subject, item.what, item.period, item.statement.id): item for item in found}
    return tuple(sorted(unique.values(), key=lambda d: (d.last, d.record.subject, d.what, d.statement.id)))


def _nothing(data: Data, today: str, window: _Window) -> Iterator[Due]:
    return iter(())


def _validity(record: Record, window: _Window) -> Iterator[Due]:
    """Ends and beginnings of validity, of the record and of single statements."""
    for item in KINDS[record.kind].ends:
        # The expiry of documents is read with their obligations.
        for said in () if item == "expires" else record.all(item):
            when = dated(said, own=True)
            if when is not None and window.deadline(when):
                yield window.due(record, "it ends", when)
    for said in record.statements:
        words = said.property.replace("_", " ")
        for moment, table, verb in (
            (said.valid_to, _ENDS, f"{words} ends"),
            (said.valid_from, _BEGINS, f"{words} begins"),
        ):
            held = span(moment)
            when = None if held is None else Dated(said, moment, held)
            if when is not None and window.deadline(when):
                yield window.due(record, _with(table.get(said.property, verb), said.text), when)


def _awaited(record: Record, window: _Window) -> Iterator[Due]:
    """Stages and meetings that were announced for a time ahead. Openings of projects are read with their plans."""
    from landbridge.registers.projects.stages import OPEN

    for name, words in _AWAITED.items():
        for said in record.all(name):
            when = dated(said) if said.status is Status.FORECAST and said.period else None
            if when is not None and window.touches(when) and said.text not in OPEN:
                yield window.due(record, _with(words, said.text), when)


def _reviews(data: Data, kind: str, today: str, window: _Window) -> Iterator[Due]:
    """The days on which living records pass the limit of silence, unless another sign of life is entered."""
    for subject, standing in standings(data, kind, today).items():
        life, record = standing.life, data.ledger.record(subject)
        if life is None or not life.review or life.last_sign is None:
            continue
        when = _on(life.last_sign, life.review)
        # What is meant to last to a day and no longer is due on it already.
        ends = {end.last for item in record.all("until") if (end := dated(item, own=True)) is not None}
        if window.deadline(when) and when.last not in ends:
            what = f"look for a sign of life: {life.why}"
            yield window.due(record, what, when, inferred=True)


def _documents(data: Data, today: str, window: _Window) -> Iterator[Due]:
    from landbridge.registers.documents import expiring

    for item in expiring(data, today, (window.limit - window.today).days):
        when = dated(item.statement, own=item.statement.property == "expires")
        if when is not None:
            yield window.due(item.record, item.what, when)


def _projects(data: Data, today: str, window: _Window) -> Iterator[Due]:
    """Openings as they were last announced, of projects that are not known to have opened or to be given up."""
    from landbridge.registers.projects.slippage import slippage

    for case in slippage(data.ledger, today).cases:
        if case.state != "awaited":
            continue
        latest = case.plans[-1]
        for plan in case.plans:
            if (plan.claimed_on, plan.statement.source) != (latest.claimed_on, latest.statement.source):
                continue
            held = span(plan.planned)
            when = None if held is None else Dated(plan.statement, plan.planned, held)
            if when is not None and window.touches(when):
                words = f"planned opening, as announced by {plan.by}"
                yield window.due(data.ledger.record(case.record), words, when)


def _events(data: Data, today: str, window: _Window) -> Iterator[Due]:
    """Events ahead, the first and second years after events, and editions that a steady series leads one to expect."""
    from landbridge.registers.events import events, series

    for item in events(data, today):
        if item.when is None:
            continue
        if item.state == "ahead" and window.touches(item.when):
            yield window.due(item.record, "it is to take place", item.when)
        if item.state != "held" or item.record.text("form") == "shock":
            continue
        for years, words in ((1, "one year"), (2, "two years")):
            when = _on(item.when.statement, after(item.when.last, years).isoformat())
            if window.deadline(when):
                what = f"{words} after it: look what followed"
                yield window.due(item.record, what, when, inferred=True)
    yield from _editions(series(data, today), window)


def _editions(found: Iterable[Series], window: _Window) -> Iterator[Due]:
    """The year in which each series would come again, where its last editions kept one pace."""
    for line in found:
        held = [(item.record, item.when) for item in line.editions if item.when is not None]
        gaps = [later.last.year - earlier.last.year for (_, earlier), (_, later) in pairwise(held)]
        pace = set(gaps[-_GAPS:])
        if len(gaps) < _GAPS or len(pace) > 1 or (step := pace.pop()) < 1:
            continue
        record, last = held[-1]
        when = _on(last.statement, str(last.last.year + step))
        if window.touches(when):
            steady = "every year" if step == 1 else f"every {step} years"
            what = (
                f"another edition of {line.name}, if the series keeps its pace: the last {_GAPS + 1} editions held here "
                f"came {steady}, the latest {in_words(last.period)}"
            )
            yield window.due(record, what, when, inferred=True)


def _on(statement: Statement, moment: str) -> Dated:
    """A statement with a time that follows from it."""
    held = span(moment)
    assert held is not None
    return Dated(statement, moment, held)


def _with(words: str, text: str) -> str:
    return f"{words}: {text}" if text else words


_OF_KIND: Mapping[str, Callable[[Data, str, _Window], Iterator[Due]]] = MappingProxyType(
    {"document": _documents, "event": _events, "project": _projects}
)
