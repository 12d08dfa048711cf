"""How much of the spread of draws each source of uncertainty makes: total effects by pick-freeze.

For a group of inputs g the model is run again on `n` of the draws with that group alone drawn anew. Half the mean squared
difference estimates E[Var(y | all inputs but g)]; over the variance of y it is the total effect of g, its interactions
with other groups included (Jansen 1999, Computer Physics Communications 117, 35-43; Saltelli et al. 2010, same journal
181, 259-270, table 2 f). Total effects add up to more than one where groups interact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.provenance import Unavailable
from landbridge.scenarios.ensemble import LEAST_DRAWS

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TotalEffect:
    """Share of the variance of an outcome due to a group, in per cent, with its standard error; `pairs` behind it."""

    group: str
    share_pct: float
    error_pct: float
    pairs: int


def total_effect(
    group: str, draws: Array, first: Array, again: Array, resolution: float = 0.0
) -> TotalEffect | Unavailable:
    """The total effect of a group on an outcome.

    `draws` (D,): the outcome of every draw; `first` (n,): of the draws that were run again; `again` (n,): with the group
    drawn anew. A standard deviation below `resolution`, what the solver resolves, is none. The standard error is that
    of the ratio of the two means, by the delta method over the n pairs.
    """
    if draws.size < LEAST_DRAWS:
        return Unavailable(
            f"Shares of variance need {LEAST_DRAWS} draws; there are {draws.size}.", "Ask for more draws."
        )
    middle = float(draws.mean())
    variance = float(draws.var(ddof=1))
    if variance <= max(resolution, 1e-300) ** 2:
        return Unavailable("The outcome does not vary over the draws.")
    if first.size < 2:
        return Unavailable("Too few solutions of this group succeeded.", "Ask for more draws.")
    halves = 0.5 * (first - again) ** 2
    share = float(halves.mean()) / variance
    rest = halves - share * (first - middle) ** 2
    error = float(rest.std(ddof=1)) / (np.sqrt(first.size) * variance)
    return TotalEffect(group, 100.0 * share, 100.0 * error, first.size)
