"""Whether a change of cost leaves a cost above zero everywhere in the ranges of its sizes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from landbridge.errors import Problem
from landbridge.scenarios.plan import CostStep, Parameter
from landbridge.scenarios.translation import FORMULAS

# The others cannot reach zero within the bounds of their sizes.
_OPEN = ("waiting", "settling")


def impossible(step: CostStep, drawn: Mapping[str, Parameter]) -> Problem | None:
    """What is wrong where some corner of the ranges leaves no cost: the formulas are monotonic in each size."""
    if step.formula not in _OPEN:
        return None
    theta = np.ones(step.sectors.size)
    ends = [(_end(names, drawn, "low"), _end(names, drawn, "high")) for names in step.sizes.values()]
    days = [_end(step.days, drawn, end) for end in ("low", "high")] if step.days else [np.zeros(theta.size)]
    for corner in itertools.product(*ends):
        sizes = dict(zip(step.sizes, corner, strict=True))
        for day in days:
            cost = FORMULAS[step.formula](sizes, theta, day)
            least = float(cost.min())
            if least <= 0.0:
                at = int(cost.argmin())
                held = {name: float(np.broadcast_to(size, theta.shape)[at]) for name, size in sizes.items()}
                shown = ", ".join(f"{name} {size:g}" for name, size in held.items())
                what = f"at {shown} nothing would be left of the cost (it would be {least:.2f} times what it was)."
                return Problem(what, remedy="Give smaller sizes or a smaller share.")
    return None


def _end(names: str | Sequence[str], drawn: Mapping[str, Parameter], end: str) -> Any:
    """The low or high end of a parameter, or of several, (k,)."""
    if isinstance(names, str):
        return getattr(drawn[names], end)
    return np.array([getattr(drawn[name], end) for name in names])
