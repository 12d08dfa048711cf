"""A break in the mean growth, and the ensemble that knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from landbridge.forecasting import models

SEGMENT = 4
"""Fewest growth rates on either side of a break. Convention: the mean of fewer is mostly noise."""
LEVEL = 0.05
DRAWS = 20_000
_SEED = 1


@dataclass(frozen=True, slots=True)
class Break:
    """A change of the mean growth.

    `place` is the index of the newest value before it: growth from `place` to `place + 1` is the first of the new
    regime. `before` and `after` are mean growth rates in logs of the two segments, `statistic` the largest t value
    over all places, `critical` what it had to exceed.
    """

    place: int
    before: float
    after: float
    statistic: float
    critical: float


def sup_t(growth: NDArray[np.float64], segment: int = SEGMENT) -> tuple[float, int]:
    """Largest two-sample t value (pooled variance) of a change of the mean of growth float64[n], and where.

    The square root of the sup-F statistic of Andrews (1993), https://doi.org/10.2307/2951764, for a change of the mean
    with at least `segment` observations on either side. The place is the number of growth rates before the change.
    """
    values, places = _statistics(growth[None, :], segment)
    return float(values[0]), int(places[0])


def _statistics(growth: NDArray[np.float64], segment: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Of every row of growth float64[draws, n]: the largest |t| and the number of rates before the change."""
    count = growth.shape[1]
    centred = growth - growth.mean(axis=1, keepdims=True)
    total = np.sum(centred**2, axis=1)
    before = np.arange(segment, count - segment + 1)
    sums = np.cumsum(centred, axis=1)[:, before - 1]
    # Between-segment sum of squares: n1 m1^2 + n2 m2^2, where the two sums cancel because the row is centred.
    between = sums**2 * (1.0 / before + 1.0 / (count - before))
    within = total[:, None] - between
    place = np.argmax(between, axis=1)
    rows = np.arange(len(growth))
    largest, rest = between[rows, place], within[rows, place]
    floor = np.finfo(np.float64).tiny
    return np.sqrt(largest * (count - 2) / np.maximum(rest, floor)), before[place].astype(np.int64)


@lru_cache(maxsize=256)
def critical_value(count: int, segment: int = SEGMENT, level: float = LEVEL) -> float:
    """What `sup_t` of `count` independent normal growth rates exceeds with probability `level`.

    Simulated with a fixed seed and 20,000 draws, because the asymptotic values of Andrews (1993) hold for long series and
    trimming by a share, not for ten growth rates and four on either side. The statistic does not depend on mean or
    variance of growth, so the value holds for every normal sample of this length.
    """
    draws = np.random.default_rng(_SEED).standard_normal((DRAWS, count))
    return float(np.quantile(_statistics(draws, segment)[0], 1.0 - level))


def latest_break(logs: NDArray[np.float64], *, segment: int = SEGMENT, level: float = LEVEL) -> Break | None:
    """The newest change of mean growth of logs float64[T], or None where none is found.

    The largest t value over all places is compared with `critical_value`; after a break is found, the part after it is
    searched again, as in the sequential procedure of Bai (1997), https://doi.org/10.1017/S0266466600005831. Fewer than
    2 * segment growth rates cannot show a break. One break at a time is looked for, so that two opposite changes of the same
    size can hide each other: a fall and a recovery may be told as no break.
    """
    growth = np.diff(logs)
    found: Break | None = None
    start = 0
    while len(growth) - start >= 2 * segment:
        part = growth[start:]
        # Growth that never changes has no variance to compare with, and no break.
        if float(np.ptp(part)) <= 1e-12 * max(1.0, float(np.abs(logs).max())):
            break
        statistic, place = sup_t(part, segment)
        critical = critical_value(len(part), segment, level)
        if statistic <= critical:
            break
        found = Break(
            place=start + place,
            before=float(part[:place].mean()),
            after=float(part[place:].mean()),
            statistic=statistic,
            critical=critical,
        )
        start += place
    return found


def drift_after_break(logs: NDArray[np.float64], horizon: int) -> NDArray[np.float64]:
    """Drift from the newest break on; from the beginning where there is none. float64[horizon]."""
    broken = latest_break(logs)
    return models.drift(logs if broken is None else logs[broken.place :], horizon)


MEMBERS = ("naive", "damped", "theta", "ets")
"""Members of the ensemble beside the drift after the newest break."""


def ensemble(logs: NDArray[np.float64], horizon: int) -> NDArray[np.float64]:
    """The median, horizon by horizon, of naive, damped trend, theta, ETS and the drift after the newest break.

    Break-aware because the drift forgets the growth before the break; a median because one member that runs away must
    not take the rest along (Petropoulos and Svetunkov 2020, https://doi.org/10.1016/j.ijforecast.2019.01.006). A member
    that cannot fit raises: an ensemble of whatever happened to converge would change its meaning from series to series.
    """
    made = [models.forecast(name, logs, horizon) for name in MEMBERS]
    made.append(drift_after_break(logs, horizon))
    return np.asarray(np.median(np.stack(made), axis=0), dtype=np.float64)
