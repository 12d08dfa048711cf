"""What dated shocks did to the trade of a pair: the gap to what it would have been, whether placebos show as much, recovery.

Shocks are events of the ledger. Those that lie within three months of each other (in the same year, for yearly series) are
one blow: no series tells them apart. By month a direction is carried on from its own past; by year it is set beside
other partners of the same country. Neither names a cause: what else happened at that time is in the gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.forecasting.counterfactual import Effect, laid
from landbridge.prospects.shock_events import Blow, Shock, every, together
from landbridge.prospects.shock_measuring import alone, monthly, yearly
from landbridge.prospects.shock_outcome import RARE, Outcome
from landbridge.prospects.shock_series import PARTS, Line, TooShort, by_month, other_parts
from landbridge.provenance import Unavailable
from landbridge.release import Data

__all__ = [
    "PARTS",
    "Blow",
    "Effect",
    "Outcome",
    "Recovery",
    "Shock",
    "measured",
    "recovery",
    "shocks",
    "stress",
]


@dataclass(frozen=True, slots=True)
class Recovery:
    """Every shock of a pair on every part of its trade, and the parts that cannot be measured at all."""

    a: str
    b: str
    outcomes: tuple[Outcome, ...]
    too_short: tuple[TooShort, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a shock, part and method."""
        return [outcome.row() for outcome in self.outcomes]

    @property
    def judged(self) -> tuple[Outcome, ...]:
        """The outcomes that were set against placebos: each might have been rare by chance."""
        return tuple(outcome for outcome in self.outcomes if outcome.p_placebo is not None)

    @property
    def chance(self) -> str:
        """How many outcomes would be rare if nothing had happened, in a sentence; empty where none was judged."""
        judged = self.judged
        if not judged:
            return ""
        rare = sum(outcome.verdict == "rare" for outcome in judged)
        rows = "row was" if len(judged) == 1 else "rows were"
        return (
            f"{len(judged)} {rows} set against placebos, each at one in {1 / RARE:.0f}: up to {RARE * len(judged):.1f} "
            f"would be rare by chance if no shock had done anything; found rare: {rare}. The verdict is of each row alone, "
            "and rows of one pair move together."
        )


def shocks(data: Data, a: str, b: str) -> tuple[Shock, ...]:
    """The shocks of the ledger that concern a pair, by date."""
    first, second = codes.place(a).country, codes.place(b).country
    return tuple(shock for shock in every(data) if shock.concerns(first, second))


def recovery(
    data: Data, a: str, b: str, shock: str | None = None, *, parts: Sequence[str] = PARTS
) -> Recovery:
    """What the shocks of a pair did to its trade. `shock` names one of them; `parts` are of `PARTS`.

    Other parts of the relation are measured where a series of the ledger is long enough, and listed where none is.
    Raises `UnknownLabel` for a shock that does not concern the pair, with those that do.
    """
    for part in parts:
        if part not in PARTS:
            raise UnknownLabel("part of the trade", part, PARTS, remedy=f"Parts: {', '.join(PARTS)}.")
    first, second = codes.place(a).code, codes.place(b).code
    known = shocks(data, first, second)
    wanted = _wanted(shock, known)
    others = other_parts(data, first, second)

    def asked(blow: Blow) -> bool:
        return wanted is None or any(one.subject == wanted for one in blow.shocks)

    outcomes: list[Outcome] = []
    for part in parts:
        months = by_month(data, first, second, part)
        outcomes += monthly(months, part, together(known, "month"), asked)
        outcomes += yearly(data, first, second, part, together(known, "year"))
    for line in others:
        if isinstance(line, Line):
            outcomes += alone(line, together(known, "year"))
    chosen = [outcome for outcome in outcomes if asked(outcome.blow)]
    chosen.sort(key=lambda outcome: min(one.date for one in outcome.blow.shocks))
    return Recovery(
        first, second, tuple(chosen), tuple(line for line in others if isinstance(line, TooShort))
    )


def measured(data: Data, a: str, b: str, shock: str, part: str) -> Effect | Unavailable:
    """A shock of a pair as it can be laid on yearly paths: by its own past by month, else beside other partners.

    `Unavailable` with size, range and placebo share where it is not told from ordinary movement.
    """
    found = recovery(data, a, b, shock, parts=(part,)).outcomes
    sizes = [outcome.told for outcome in found]
    told = [size for size in sizes if isinstance(size, Effect)]
    if told:
        return told[0]
    reasons = dict.fromkeys(size.reason for size in sizes if isinstance(size, Unavailable))
    return Unavailable(" ".join(reasons) or f"{shock}: no series of {part} tells what it did.")


def stress(
    levels: NDArray[np.float64], effect: Effect, *, first: int, year: int, seed: int = 1
) -> NDArray[np.float64]:
    """Paths float64[D, H] by year from `first` on with a shock of that size striking in `year`."""
    if not first <= year < first + levels.shape[1]:
        raise BadUsage(
            f"the shock strikes in {year}; the paths run from {first} to {first + levels.shape[1] - 1}.",
            remedy="Choose a year of the paths.",
        )
    return np.exp(laid(np.log(levels), effect, year - first, seed))


def _wanted(shock: str | None, known: Sequence[Shock]) -> str | None:
    if shock is None:
        return None
    subject = shock if "/" in shock else f"event/{shock}"
    names = [one.subject for one in known]
    if subject not in names:
        raise UnknownLabel("shock of this pair", shock, names, remedy=f"Held: {', '.join(names) or 'none'}.")
    return subject
