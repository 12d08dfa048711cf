"""Whether an agreement binds already, so that its effect would be counted twice, or binds nobody who could leave it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from landbridge.errors import Problem
from landbridge.scenarios.changes import Agreement
from landbridge.scenarios.plan import Context
from landbridge.scenarios.sizes import FITTED, Cited

_SHOWN = 5


def bound(label: str, change: Agreement, context: Context) -> tuple[str, Problem | None]:
    """A note, or what is wrong: an agreement that is in force already, or the leaving of one that is not.

    A coefficient with a source of its own may be that of a deeper agreement, which the note tells.
    """
    held = context.agreements
    if held is None:
        return "", None
    pairs = list(itertools.combinations(sorted(change.members or change.between or ()), 2))
    year = context.year
    if not change.in_force:
        free = [f"{one} and {other}" for one, other in pairs if not held.get((one, other))]
        if not free:
            return "", None
        what = f"no free trade area or union in force in {year} is held between {_shown(free)}."
        remedy = "Name members of one that is in force, or write a change of kind trade_cost."
        return "", Problem(what, "", "What does not bind cannot be left.", remedy)
    found = [(pair, held[pair]) for pair in pairs if held.get(pair)]
    if not found:
        return "", None
    shown = _shown([f"{one} and {other} ({', '.join(names)})" for (one, other), names in found])
    own = "coefficient" in change.sources or isinstance(change.source, Cited)
    if change.coefficient != FITTED and own:
        return (
            f"{label}: an agreement was in force in {year} already between {shown}; its effect is inside the flows, and "
            "the coefficient is read as that of a deeper one."
        ), None
    what = f"an agreement was in force in {year} already between {shown}."
    remedy = (
        "Leave these members out; or, for a deeper agreement, give its coefficient a source of its own: "
        "sources: {coefficient: ...}."
    )
    return "", Problem(what, "", "Its effect is inside the flows and would be counted twice.", remedy)


def _shown(words: Sequence[str]) -> str:
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more
