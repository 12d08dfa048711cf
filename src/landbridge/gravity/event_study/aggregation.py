"""Averages of cell effects with errors by the delta method: over all, by time since the policy, by cohort.

An average is a linear form w'delta with fixed weights w that add up to one, so its variance is w'Vw. Weights are numbers of
treated rows (Nagengast and Yotov, 2025), or the trade that the rows would have had without the policy. The per cent
100 (exp(w'delta) - 1) has the ends of the interval of w'delta.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from landbridge.gravity.event_study.extended import Extended

Array = NDArray[np.float64]
Weights = Literal["rows", "trade"]


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect in logs with its standard error, interval and two-sided p, and the same in per cent.

    `at` is the time since the policy (in periods) or the cohort, None for all; cells and rows are what it averages.
    """

    name: str
    at: int | None
    log: float
    std_error: float
    low: float
    high: float
    p_value: float
    cells: int
    rows: int

    @property
    def percent(self) -> float:
        """The effect on trade, per cent."""
        return 100 * float(np.expm1(self.log))

    @property
    def percent_range(self) -> tuple[float, float]:
        """Its interval, per cent."""
        return 100 * float(np.expm1(self.low)), 100 * float(np.expm1(self.high))

    def row(self) -> dict[str, Any]:
        """For tables and JSON."""
        low, high = self.percent_range
        return {**asdict(self), "percent": self.percent, "percent_low": low, "percent_high": high}


def effect(
    name: str, at: int | None, log: float, variance: float, cells: int, rows: int, level: float
) -> Effect:
    """An effect with its normal interval; the variance is positive."""
    from scipy import special  # type: ignore[import-untyped]

    error = float(np.sqrt(variance))
    width = float(special.ndtri(0.5 + level / 2)) * error
    tail = 2 * float(special.ndtr(-abs(log) / error)) if error > 0 else float(log == 0)
    return Effect(name, at, log, error, log - width, log + width, tail, cells, rows)


def average(
    made: Extended, chosen: Sequence[int], name: str, at: int | None, weights: Weights, level: float
) -> Effect:
    """The weighted average of the cells numbered `chosen`."""
    cells = [made.cells[each] for each in chosen]
    mass = np.array([cell.rows if weights == "rows" else cell.without for cell in cells], np.float64)
    w = mass / mass.sum()
    index = np.asarray(chosen)
    log = float(w @ made.delta[index])
    variance = float(w @ made.covariance[np.ix_(index, index)] @ w)
    return effect(name, at, log, variance, len(cells), sum(cell.rows for cell in cells), level)


def overall(made: Extended, weights: Weights, level: float) -> Effect:
    """Over every cell."""
    return average(made, range(len(made.cells)), f"overall by {weights}", None, weights, level)


def by_event(made: Extended, level: float) -> tuple[Effect, ...]:
    """By periods since the policy, from 0; later ones are averages of fewer and older cohorts."""
    return _by(made, [cell.event for cell in made.cells], "event", level)


def by_cohort(made: Extended, level: float) -> tuple[Effect, ...]:
    """By first period of the policy."""
    return _by(made, [cell.cohort for cell in made.cells], "cohort", level)


def _by(made: Extended, keys: Sequence[int], name: str, level: float) -> tuple[Effect, ...]:
    groups: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        groups.setdefault(key, []).append(place)
    return tuple(average(made, places, name, key, "rows", level) for key, places in sorted(groups.items()))
