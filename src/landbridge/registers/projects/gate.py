"""The gate of environmental and biological safety, which stands before every ranking of projects.

A project is ranked only where somebody has looked at its safety, has not refused it, and no stated concern stands
without an answer. What is refused, what a concern stands against, and what nobody is known to have looked at is
held back with the reason: unknown is not safe. The answer to a concern is a permit, with or without conditions,
that came after it. The gate reads what was published; it judges no project itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from landbridge.errors import BadUsage
from landbridge.ledger import Record, Statement
from landbridge.provenance import Status
from landbridge.registers.moments import day, in_words, span
from landbridge.registers.projects.money import claimed_on, said_by, said_until

State = Literal["assessed", "permitted", "conditional", "refused", "concern", "unknown"]

# Of statements about the same day the gravest decides, so they are read in this order and the last one counts.
_GRAVITY = ("not-published", "assessed", "permitted", "conditional", "concern", "refused")
# A refusal is lifted by a permit, not by another study, a worry or silence; a worry not by a study that tells
# no result.
_LIFTS = {
    "refused": ("refused", "permitted", "conditional"),
    "concern": ("concern", "refused", "permitted", "conditional"),
    "permitted": ("permitted", "conditional", "concern", "refused"),
    "conditional": ("permitted", "conditional", "concern", "refused"),
    "assessed": ("assessed", "permitted", "conditional", "concern", "refused"),
    "unknown": ("assessed", "permitted", "conditional", "concern", "refused"),
}
# What is held back. A concern that nobody answered would else go through the gate without a word, and whoever reads
# the ranking would take the project for cleared.
HELD_BACK: tuple[State, ...] = ("refused", "concern", "unknown")


@dataclass(frozen=True, slots=True)
class Gate:
    """What is known of the safety of one project, and whether it may be ranked.

    `since` is the time of the statement that decides, `statements` everything said, in the order of time.
    """

    record: str
    name: str
    state: State
    reason: str
    since: str
    statements: tuple[Statement, ...]

    @property
    def passes(self) -> bool:
        """False for what is refused, what a concern stands against, and what nobody is known to have looked at."""
        return self.state not in HELD_BACK

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "record": self.record,
            "name": self.name,
            "safety": self.state,
            "passes": self.passes,
            "reason": self.reason,
            "since": self.since or None,
            "ids": [statement.id for statement in self.statements],
        }


@dataclass(frozen=True, slots=True)
class Ranked:
    """One project in a ranking with its value and its gate."""

    rank: int
    record: str
    name: str
    value: float
    unit: str
    gate: Gate

    def row(self) -> dict[str, Any]:
        """Plain columns; `value` is in `unit`."""
        return {
            "rank": self.rank,
            "record": self.record,
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "safety": self.gate.state,
            "safety_reason": self.gate.reason,
        }


@dataclass(frozen=True, slots=True)
class Ranking:
    """Projects in order, those that the gate put apart, and those without a value."""

    ranked: tuple[Ranked, ...]
    apart: tuple[Gate, ...]
    unmeasured: tuple[str, ...]


def gate(record: Record, today: str) -> Gate:
    """What the ledger says of a project's environmental and biological safety by `today`.

    The latest word counts, with two exceptions: a refusal stands until a permit, and a worry until a permit or
    a refusal. What is assumed does not count. Of two words of the same day the graver counts.
    """
    if record.kind != "project":
        raise BadUsage(f"{record.subject} is no project.", remedy="The gate is for projects.")
    said = _said(record, today)
    state: State = "unknown"
    deciding: Statement | None = None
    worries: list[Statement] = []
    for statement in said:
        if statement.text == "concern":
            worries.append(statement)
        if statement.text in _LIFTS[state]:
            state, deciding = statement.text, statement  # type: ignore[assignment]
    if deciding is None:
        return Gate(record.subject, record.name, state, _silence(record, said), "", said)
    reason = _told(record, deciding)
    if state == "concern":
        reason = f"held back: stated {reason}"
    elif state == "refused":
        reason = f"held back: {reason}"
    elif worries:
        # A permit that answers a concern carries it along, so that no concern vanishes in a ranking.
        reason += f"; before it {_told(record, worries[-1])}"
    return Gate(record.subject, record.name, state, reason, _moment(record, deciding), said)


def _told(record: Record, statement: Statement) -> str:
    """One word on safety in a line: what, when, by whom, and the note."""
    moment = _moment(record, statement)
    when = f", {in_words(moment)}" if moment else ""
    note = f": {statement.note}" if statement.note else ""
    return f"{statement.text}{when}, by {said_by(statement, record.sources)}{note}"


def _said(record: Record, today: str) -> tuple[Statement, ...]:
    now = day(today)

    def moment(statement: Statement) -> date:
        found = span(_moment(record, statement))
        return date.min if found is None else found.last or found.first

    def come(statement: Statement) -> bool:
        found = span(statement.period)
        return said_until(statement, record.sources, today) and (found is None or found.first <= now)

    held = [s for s in record.all("safety") if s.status not in (Status.ASSUMED, Status.FORECAST) and come(s)]
    return tuple(sorted(held, key=lambda s: (moment(s), _GRAVITY.index(s.text), s.id)))


def _moment(record: Record, statement: Statement) -> str:
    return statement.period or claimed_on(statement, record.sources)[0]


def _silence(record: Record, said: tuple[Statement, ...]) -> str:
    if said:
        return f"held back: nothing is published, says {said_by(said[-1], record.sources)}"
    return "held back: the ledger holds nothing on its environmental or biological safety"


def rank(
    records: Iterable[Record],
    today: str,
    value: Callable[[Record], float | None],
    unit: str,
) -> Ranking:
    """Projects from the largest value to the smallest, after the gate.

    Equal values share a rank. What the gate holds back is put apart with the reason and has no rank; what has no
    value is listed too. Every ranking of projects goes through here.
    """
    gates = {record.subject: (record, gate(record, today)) for record in records}
    apart = tuple(found for _, found in gates.values() if not found.passes)
    measured: list[tuple[float, Record, Gate]] = []
    unmeasured: list[str] = []
    for record, found in gates.values():
        if not found.passes:
            continue
        measure = value(record)
        if measure is None:
            unmeasured.append(record.subject)
        else:
            measured.append((measure, record, found))
    measured.sort(key=lambda item: (-item[0], item[1].subject))
    ranked = tuple(
        Ranked(1 + sum(other > measure for other, _, _ in measured), r.subject, r.name, measure, unit, found)
        for measure, r, found in measured
    )
    return Ranking(ranked, tuple(sorted(apart, key=lambda g: g.record)), tuple(sorted(unmeasured)))
