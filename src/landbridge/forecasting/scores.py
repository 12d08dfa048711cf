"""Scores of forecasts and their uncertainty when whole years err together.

Errors of one year are not independent: 2009 and 2020 hit all pairs at once. A standard error therefore counts years, not
cases. At one horizon the origin year and the target year are the same clusters; errors of neighbouring origins overlap in
the years they cover, and the standard error allows for that as Driscoll and Kraay (1998) do. Over several horizons both
clusterings are computed, and the wider is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Truth = NDArray[np.bool_]

# From two years a spread between years would rest on one difference.
LEAST_YEARS = 3
_PORTION = 500


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean or ratio, its standard error (None where fewer than three years were seen), cases, and years of either kind."""

    value: float
    error: float | None
    cases: int
    origin_years: int
    target_years: int


@dataclass(frozen=True, slots=True)
class When:
    """When each case began and came due: `origin`, `target` (cases,) in calendar years."""

    origin: Whole
    target: Whole

    @property
    def overlap(self) -> int:
        """Number of neighbouring origins whose errors share years."""
        return int((self.target - self.origin).max()) - 1 if self.origin.size else 0

    def take(self, rows: Truth | Whole) -> When:
        """These cases alone."""
        return When(self.origin[rows], self.target[rows])


def mean(values: Array, when: When, weights: Array | None = None) -> Estimate:
    """Weighted mean of (cases,) with a standard error by years."""
    return ratio(values, np.ones_like(values), when, weights)


def ratio(values: Array, base: Array, when: When, weights: Array | None = None) -> Estimate:
    """Ratio of two weighted means, values over base, with a standard error by years (delta method)."""
    if values.size == 0:
        raise BadSample("no cases to score.")
    w = np.ones(values.size) if weights is None else weights
    below = float((w * base).sum())
    if not (below > 0 and np.isfinite(values).all() and np.isfinite(base).all()):
        raise BadSample(
            "a score is not finite, or what it is compared with is zero.",
            cause="Series that never change have no error to compare with.",
        )
    found = float((w * values).sum()) / below
    influence = w * (values - found * base) / below
    origins, targets = np.unique(when.origin).size, np.unique(when.target).size
    error = None
    if min(origins, targets) >= LEAST_YEARS:
        error = max(
            _spread(influence, when.origin, when.overlap), _spread(influence, when.target, when.overlap)
        )
    return Estimate(found, error, values.size, int(origins), int(targets))


def _spread(influence: Array, years: Whole, lags: int) -> float:
    """Standard error of a sum of influences clustered by years; the wider of none and `lags` lags.

    Bartlett weights on sums by year: Driscoll and Kraay (1998), equation 9, after Newey and West (1987).
    """
    first = int(years.min())
    sums = np.bincount(years - first, weights=influence)
    held = np.unique(years).size
    plain = float(sums @ sums)
    lagged = plain
    for lag in range(1, min(lags, sums.size - 1) + 1):
        lagged += 2.0 * (1.0 - lag / (lags + 1.0)) * float(sums[lag:] @ sums[:-lag])
    return float(np.sqrt(max(plain, lagged) * held / (held - 1.0)))


def crps(outcomes: Array, members: Array) -> Array:
    """CRPS of outcomes (cases,) against equally likely members (members,) or (cases, members).

    Gneiting and Raftery (2007), equation 20, through the package scoringrules.
    """
    # The package carries no types.
    from scoringrules import crps_ensemble  # type: ignore[import-untyped]

    made = np.empty(outcomes.size)
    members = np.sort(members, axis=-1)
    for start in range(0, outcomes.size, _PORTION):
        part = slice(start, start + _PORTION)
        these = outcomes[part]
        drawn = (
            members[part]
            if members.ndim == 2
            else np.ascontiguousarray(np.broadcast_to(members, (these.size, members.size)))
        )
        made[part] = crps_ensemble(these, drawn, estimator="qd", sorted_ensemble=True, backend="numpy")
    return made


def inside(outcomes: Array, members: Array, percents: Sequence[float]) -> Truth:
    """Whether outcomes (cases,) lie in the central intervals of members (members,); (cases, percents)."""
    tails = (100.0 - np.asarray(percents, dtype=np.float64)) / 2.0
    low, high = np.percentile(members, tails), np.percentile(members, 100.0 - tails)
    return np.asarray((outcomes[:, None] >= low) & (outcomes[:, None] <= high))


@dataclass(frozen=True, slots=True)
class Brier:
    """The Brier score and its parts: score = reliability - resolution + uncertainty + within.

    `within` is what remains because probabilities differ inside a bin (Stephenson, Coelho and Jolliffe 2008).
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def binned(chances: Array, count: int = 10) -> Whole:
    """Position of each probability among `count` equal bins; 1 belongs to the last."""
    return np.minimum((chances * count).astype(np.int64), count - 1)


def brier(chances: Array, happened: Truth, weights: Array | None = None, count: int = 10) -> Brier:
    """Brier score of probabilities (cases,) and its decomposition (Murphy 1973) over equal bins."""
    if chances.size == 0:
        raise BadSample("no probabilities to score.")
    w = np.ones(chances.size) if weights is None else weights
    w = w / w.sum()
    hit = happened.astype(np.float64)
    which = binned(chances, count)
    mass = np.bincount(which, weights=w, minlength=count)
    held = mass > 0
    said = np.bincount(which, weights=w * chances, minlength=count)[held] / mass[held]
    came = np.bincount(which, weights=w * hit, minlength=count)[held] / mass[held]
    overall = float(w @ hit)
    score = float(w @ (chances - hit) ** 2)
    reliability = float(mass[held] @ (said - came) ** 2)
    resolution = float(mass[held] @ (came - overall) ** 2)
    uncertainty = overall * (1.0 - overall)
    return Brier(score, reliability, resolution, uncertainty, score - reliability + resolution - uncertainty)


@dataclass(frozen=True, slots=True)
class Bin:
    """What happened when a probability in [low, high) was given: mean probability said, share that came true."""

    low: float
    high: float
    said: float
    came: Estimate


def reliability(
    chances: Array, happened: Truth, when: When, weights: Array | None = None, count: int = 10
) -> tuple[Bin, ...]:
    """The reliability curve: bins that hold cases, lowest first."""
    w = np.ones(chances.size) if weights is None else weights
    which = binned(chances, count)
    out = []
    for k in np.unique(which).tolist():
        rows = which == k
        said = float(np.average(chances[rows], weights=w[rows]))
        came = mean(happened[rows].astype(np.float64), when.take(rows), w[rows])
        out.append(Bin(k / count, (k + 1) / count, said, came))
    return tuple(out)


def band(estimate: Estimate, level: float = 0.9) -> tuple[float, float] | None:
    """Range of a share from its standard error, with Student's t of years less one; None without a standard error."""
    # The package carries no types.
    from scipy.stats import t  # type: ignore[import-untyped]

    if estimate.error is None:
        return None
    years = min(estimate.origin_years, estimate.target_years)
    reach = float(t.ppf(0.5 + level / 2.0, years - 1)) * estimate.error
    return max(0.0, estimate.value - reach), min(1.0, estimate.value + reach)
