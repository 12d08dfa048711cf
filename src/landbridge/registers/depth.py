"""How far cooperation in a sector went: from buying to assembling, making and developing, with evidence.

A rung counts where a source says of a named project that it was reached by the day of the question. What is only
foreseen does not count. Where no project says anything, trade alone shows buying, and no more than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from landbridge.ledger import Record, Statement
from landbridge.provenance import Status
from landbridge.registers.moments import dated, day
from landbridge.registers.naming import name_of

RUNGS = ("buying", "assembling", "making", "developing")
"""From the first rung to the last."""
# What is foreseen or merely supposed is no evidence that a rung was reached.
_NO_EVIDENCE = (Status.FORECAST, Status.ASSUMED)


@dataclass(frozen=True, slots=True)
class Rung:
    """One source's word on how far a project went. `now` is the last stage of the project that is known."""

    record: Record
    statement: Statement
    reached: bool
    now: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        said = self.statement
        return {
            "depth": said.text,
            "reached": self.reached,
            "project": self.record.subject,
            "name": name_of(self.record),
            "since": said.period or None,
            "said_on": said.as_of or None,
            "stage_now": self.now or None,
            "note": said.note or None,
            "status": said.status.value,
            "source": said.source,
            "id": said.id,
        }


@dataclass(frozen=True, slots=True)
class Depth:
    """How far cooperation went.

    `furthest` is empty where nothing tells; `basis` is `projects`, `trade alone` or `nothing`.

    `evidence` are the rungs reached, furthest first, `foreseen` those that are only announced, `silent` the projects of
    which no source says how far they go, `ids` the figures and statements behind `trade alone`.
    """

    furthest: str
    basis: str
    evidence: tuple[Rung, ...]
    foreseen: tuple[Rung, ...]
    silent: tuple[Record, ...]
    ids: tuple[str, ...]
    why: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "furthest": self.furthest or None,
            "basis": self.basis,
            "projects": " ".join(dict.fromkeys(item.record.subject for item in self.evidence)) or None,
            "foreseen": "; ".join(f"{i.statement.text}: {name_of(i.record)}" for i in self.foreseen) or None,
            "not_stated": " ".join(record.subject for record in self.silent) or None,
            "why": self.why,
            "ids": " ".join((*(item.statement.id for item in self.evidence), *self.ids)) or None,
        }


def depth_of(
    projects: Sequence[Record], sales: Sequence[tuple[str, bool, tuple[str, ...]]], today: str
) -> Depth:
    """How far cooperation went by a day.

    `sales` are what was sold: in words, whether it is of this sector alone, and the ids behind.
    """
    rungs = [rung for record in projects for rung in _rungs(record, today)]
    evidence = sorted((rung for rung in rungs if rung.reached), key=_order)
    foreseen = tuple(sorted((rung for rung in rungs if not rung.reached), key=_order))
    known = {rung.record.subject for rung in evidence}
    silent = tuple(record for record in projects if record.subject not in known)
    if evidence:
        furthest = evidence[0].statement.text
        words = f"{name_of(evidence[0].record)} reached {furthest}, as a source says of it"
        now = f"; it is {evidence[0].now} now" if evidence[0].now in ("frozen", "cancelled") else ""
        return Depth(furthest, "projects", tuple(evidence), foreseen, silent, (), f"{words}{now}.")
    if sales:
        own = [sale for sale in sales if sale[1]]
        chosen = own or sales
        ids = tuple(identifier for sale in chosen for identifier in sale[2])
        none = (
            "no project of this sector is held" if not projects else "no source says how far its projects go"
        )
        caution = "" if own else ", in an industry that holds other goods too"
        why = f"Trade alone shows buying{caution} ({chosen[0][0]}); {none}."
        return Depth("buying", "trade alone", (), foreseen, silent, ids, why)
    why = "Neither a project with a stated depth nor trade in this sector is held."
    return Depth("", "nothing", (), foreseen, silent, (), why)


def _rungs(record: Record, today: str) -> Iterable[Rung]:
    now = day(today)
    for said in record.all("depth"):
        when = dated(said)
        ahead = when is not None and when.first > now
        yield Rung(record, said, said.status not in _NO_EVIDENCE and not ahead, last_stage(record, today))


def last_stage(record: Record, today: str) -> str:
    """The last stage of a project that a source saw by a day; empty where none did."""
    now = day(today)
    seen = [
        (when.first, said.id, said.text)
        for said in record.all("stage")
        if said.status is not Status.FORECAST and (when := dated(said)) is not None and when.first <= now
    ]
    return max(seen)[2] if seen else ""


def _order(rung: Rung) -> tuple[int, int, str, str]:
    said = rung.statement
    return (-RUNGS.index(said.text), said.status.rank, said.period or "9999", said.id)
