"""What may be relaxed: an obstacle, the benchmark it is relaxed to, and the changes of cost that this means."""

from __future__ import annotations

from dataclasses import dataclass, replace

from landbridge.errors import BadUsage, Problem
from landbridge.scenarios.changes import Change
from landbridge.scenarios.sizes import Cited, Range

SOURCED, ASSUMED = "sourced", "assumed"
KINDS = {
    "hours": "time at a crossing",
    "gauge": "change of gauge",
    "line": "time on a line",
    "capacity": "capacity",
    "documents": "documents",
    "tariff": "tariff",
    "access": "access for food",
    "settlement": "payment",
    "information": "information",
}
"""Every kind of candidate, and its name."""
# The sizes of a change that tell how far an obstacle is relaxed; shares tell whom it concerns.
_SIZES = ("hours", "cost_pct", "change_pct", "fee_pct", "delay_days", "flow_change_pct", "to_pct")


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a relaxation, and the part of it that reaches the flows concerned: one, or that of what passes a
    crossing which uses a line behind it.
    """

    change: Change
    part: float = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An obstacle between two places and its relaxation to a benchmark.

    `id` is short and stable, `kind` one of `KINDS`. `size`, `unit`: how far it is relaxed, central, low and high.
    `evidence`: `sourced` where the size of every step rests on a source or is computed from one (`cited`), else
    `assumed`; who uses the thing relaxed may be assumed all the same. `also` names candidates without which this one
    brings nothing, because both limit the same flow; `joins` those that it relaxes together, and it is then not ranked
    itself. `barriers`: records of the ledger that it puts a cost on. `whole`: all of the obstacle that there is, as a
    size; None where it has no bound.
    """

    id: str
    kind: str
    label: str
    benchmark: str
    steps: tuple[Step, ...]
    size: Range
    unit: str
    evidence: str
    note: str = ""
    also: tuple[str, ...] = ()
    barriers: tuple[str, ...] = ()
    whole: float | None = None
    joins: tuple[str, ...] = ()
    cited: tuple[Cited, ...] = ()

    def __post_init__(self) -> None:
        found = []
        if self.kind not in KINDS:
            found.append(
                Problem(f"no kind of obstacle is called {self.kind!r}.", remedy=f"Valid: {', '.join(KINDS)}.")
            )
        if self.evidence not in (SOURCED, ASSUMED):
            found.append(
                Problem(f"{self.evidence!r} is no evidence.", remedy=f"Write {SOURCED!r} or {ASSUMED!r}.")
            )
        if not self.steps:
            found.append(
                Problem("a candidate without steps changes nothing.", remedy="Give one change or more.")
            )
        if found:
            raise BadUsage([replace(problem, where=self.id) for problem in found])

    @property
    def sourced(self) -> bool:
        """Whether the size of the relaxation rests on a source."""
        return self.evidence == SOURCED

    @property
    def statement(self) -> Cited | None:
        """Who states the size of a sourced relaxation, or what it is computed from; None for an assumed one."""
        if not self.sourced:
            return None
        first = self.steps[0].change.source
        return self.cited[0] if self.cited else first if isinstance(first, Cited) else None

    def reaches(self, factor: float) -> bool:
        """Whether so many times the size is still no more than the whole obstacle."""
        return self.whole is None or abs(factor * self.size.value) <= abs(self.whole)


def size_of(change: Change) -> tuple[Range, str, str]:
    """The size that says how far a change goes, its unit, and whether a source states it."""
    for name in _SIZES:
        size = change.ranges().get(name)
        if size is not None:
            stated = isinstance(change.source_of(name), Cited)
            return size, change.sizes()[name].unit, SOURCED if stated else ASSUMED
    raise BadUsage(f"a change of kind {change.kind} has no size.", remedy="Give hours, a cost or a flow.")
