"""Many possible paths of one series: a model's median, carried by errors that the same model once made on other series.

Errors are kept as whole trajectories, so the years of a path hang together, and by the year they started from, so what
hit all pairs at once (2009, 2020) stays common: first an origin year is drawn, then a trajectory of that year. Nothing
is assumed about the shape of the tails; they are those that happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage, OutsideSupport

if TYPE_CHECKING:
    from landbridge.forecasting.series import Series

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Rule = Literal["in year", "by year"]
RULES: tuple[Rule, ...] = ("in year", "by year")

# Weight of the pooled volatility, in observations. Set before any result was seen, never tuned.
SHRINKAGE = 5.0
# Fewer origin years than this say nothing on what one year has in common.
LEAST_YEARS = 2
# A volatility not above this is rounding: the series is constant, or grows at one rate.
STILL = 1e-9
BOOTSTRAPS = 2000
RANGE = (5.0, 95.0)


@dataclass(frozen=True, slots=True)
class Errors:
    """Error trajectories of one model. `z` (N, H): log actual less log forecast over the series' scale, NaN after its end.

    `origin` (N,): the calendar year a trajectory started from, its cluster. `panel` (N,): position in `panels`.
    `pooled`: the volatility (of one step, in logs) to which the scale of every series was shrunk.
    """

    model: str
    z: Array
    origin: Whole
    panel: Whole
    panels: tuple[str, ...]
    pooled: float
    frequency: str = "year"

    @property
    def lengths(self) -> Whole:
        """Steps held of each trajectory, (N,)."""
        return np.asarray(np.isfinite(self.z).sum(axis=1), dtype=np.int64)

    def years(self, horizon: int) -> Whole:
        """Origin years that hold a trajectory of at least `horizon` steps."""
        return np.unique(self.origin[self.lengths >= horizon])

    @property
    def longest(self) -> int:
        """The longest horizon that at least two origin years hold; 0 if none."""
        steps = range(self.z.shape[1], 0, -1)
        return next((h for h in steps if self.years(h).size >= LEAST_YEARS), 0)

    def drawn(self, horizon: int, draws: int, seed: int) -> Whole:
        """Positions of `draws` trajectories of at least `horizon` steps, as many from every origin year (give or take one).

        Within a year the panels that hold it are equally likely, so that no panel rules by its size.
        """
        held = self.lengths >= horizon
        years = self.years(horizon)
        if years.size < LEAST_YEARS:
            raise OutsideSupport(
                f"the record of forecast errors holds no {horizon} steps ahead from two origin years.",
                cause=f"the longest horizon that it holds is {self.longest}.",
                remedy="Ask for an earlier year.",
            )
        rng = np.random.default_rng(seed)
        chosen = np.empty(draws, dtype=np.int64)
        slot = rng.permutation(np.arange(draws) % years.size)
        for k, year in enumerate(years.tolist()):
            rows = np.flatnonzero(held & (self.origin == year))
            _, which, count = np.unique(self.panel[rows], return_inverse=True, return_counts=True)
            weight = 1.0 / (count[which] * count.size)
            mine = np.flatnonzero(slot == k)
            chosen[mine] = rng.choice(rows, size=mine.size, p=weight)
        return chosen


def volatility(logs: Array) -> float:
    """Standard deviation of the growth of one series, in logs and per step."""
    if logs.size < 3:
        raise BadSample(f"volatility needs three observations; the series has {logs.size}.")
    return float(np.diff(logs).std(ddof=1))


def shrunk(own: Array, steps: Array, pooled: float, k: float = SHRINKAGE) -> Array:
    """Scale from a series' own volatility over `steps` growths: sqrt((n s^2 + k pooled^2) / (n + k)); any shape."""
    return np.asarray(np.sqrt((steps * own**2 + k * pooled**2) / (steps + k)), dtype=np.float64)


def scale(logs: Array, pooled: float, k: float = SHRINKAGE) -> float:
    """Volatility of one series as known at its newest observation, shrunk to the pooled one."""
    return float(shrunk(np.array(volatility(logs)), np.array(logs.size - 1.0), pooled, k))


@dataclass(frozen=True, slots=True)
class Paths:
    """Possible paths of one series. `levels` (draws, horizon); `origin` (draws,): origin year of each draw's errors.

    `first` is the period of the first column; `median` (horizon,) is what the model alone says.
    """

    levels: Array
    origin: Whole
    median: Array
    first: int
    latest: float
    series: str
    model: str
    unit: str
    frequency: str = "year"

    @property
    def periods(self) -> tuple[int, ...]:
        """Period of each column."""
        return tuple(range(self.first, self.first + self.levels.shape[1]))

    @property
    def years(self) -> int:
        """Number of origin years the errors come from."""
        return int(np.unique(self.origin).size)

    def until(self, by: int) -> int:
        """Number of columns up to the period `by`."""
        if not self.first <= by < self.first + self.levels.shape[1]:
            raise OutsideSupport(
                f"the paths of {self.series} run from {self.periods[0]} to {self.periods[-1]}; {by} is outside.",
                remedy="Draw paths up to the year that is asked about.",
            )
        return by - self.first + 1


def draw(
    series: Series,
    model: str,
    errors: Errors,
    horizon: int,
    draws: int = 4000,
    seed: int = 1,
    incomes: tuple[Array, Array, Array] | None = None,
) -> Paths:
    """Paths of a series: the model's median, times exp(scale x a whole trajectory of past errors of that model).

    `incomes`: logs of the exporter's, the importer's and world income over the periods of the series, for `gravity`.
    """
    if errors.model != model:
        raise BadUsage(f"these are errors of the model {errors.model!r}; the forecast is of {model!r}.")
    if errors.frequency != series.frequency:
        raise BadUsage(
            f"errors of steps of one {errors.frequency} do not fit {series.name}, a series by {series.frequency}.",
            remedy="Add the series up to years, or use errors of its own frequency.",
        )
    if horizon < 1 or draws < 1:
        raise BadUsage(f"horizon and draws must be 1 or more; here {horizon} and {draws}.")
    rows = errors.drawn(horizon, draws, seed)
    logs = np.asarray(series.logs, dtype=np.float64)
    median = medians(model, logs, horizon, incomes, 12 if series.frequency == "month" else 1)
    spread = scale(logs, errors.pooled)
    levels = np.exp(median[None, :] + spread * errors.z[rows, :horizon])
    return Paths(
        levels=levels,
        origin=errors.origin[rows],
        median=np.exp(median),
        first=series.last + 1,
        latest=float(series.values[-1]),
        series=series.name,
        model=model,
        unit=series.unit,
        frequency=series.frequency,
    )


def medians(
    model: str, logs: Array, horizon: int, incomes: tuple[Array, Array, Array] | None, season: int = 1
) -> Array:
    """Median log forecasts (horizon,) of any model, the gravity-driven one included."""
    if model != "gravity":
        from landbridge.forecasting.models import forecast

        return forecast(model, logs, horizon, season=season)
    from landbridge.forecasting.driven import driven

    if incomes is None:
        raise BadUsage(
            "the gravity-driven model needs incomes of exporter, importer and world, known at the origin.",
            remedy="Hand over `incomes`, or choose another model.",
        )
    return driven(logs, *incomes, horizon)


@dataclass(frozen=True, slots=True)
class Chance:
    """Probability of a level, with a range over resampled blocks of origin years, and their number."""

    point: float
    low: float
    high: float
    years: int


def reached(paths: Paths, level: float, by: int, rule: Rule = "in year") -> NDArray[np.bool_]:
    """Which draws have the level: in the period `by` itself, or in any period up to it; (draws,)."""
    if rule not in RULES:
        raise BadUsage(f"no rule is called {rule!r}. Rules: {', '.join(RULES)}.")
    if not (np.isfinite(level) and level > 0):
        raise BadUsage(f"a level must be a positive number; here {level}.")
    steps = paths.until(by)
    seen = paths.levels[:, steps - 1] if rule == "in year" else paths.levels[:, :steps].max(axis=1)
    return np.asarray(seen >= level)


def chance(paths: Paths, level: float, by: int, rule: Rule = "in year", seed: int = 1) -> Chance:
    """Probability that the level is reached. Each origin year counts equally.

    Range: circular block bootstrap over origin years (Politis and Romano 1992), 5 to 95 %. A block is as long as the
    horizon, because errors whose years overlap are not independent, but at most a third of the years: one block that
    holds them all would give no range.
    """
    hit = reached(paths, level, by, rule)
    years, which = np.unique(paths.origin, return_inverse=True)
    share = np.bincount(which, weights=hit) / np.bincount(which)
    block = min(paths.until(by), max(1, years.size // 3))
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, years.size, (BOOTSTRAPS, -(-years.size // block)))
    picked = (starts[:, :, None] + np.arange(block)) % years.size
    means = share[picked.reshape(BOOTSTRAPS, -1)[:, : years.size]].mean(axis=1)
    point = float(share.mean())
    low, high = np.percentile(means, RANGE).tolist()
    return Chance(point, min(low, point), max(high, point), int(years.size))


@dataclass(frozen=True, slots=True)
class Passage:
    """When a level is first reached: probability of each period, and of none within the horizon; they add up to 1."""

    periods: tuple[int, ...]
    chances: Array
    never: float


def first_passage(paths: Paths, level: float) -> Passage:
    """Distribution of the first period with the level; each origin year counts equally."""
    reached(paths, level, paths.first)
    above = paths.levels >= level
    first = np.where(above.any(axis=1), above.argmax(axis=1), above.shape[1])
    weights = _weights(paths)
    mass = np.bincount(first, weights=weights, minlength=above.shape[1] + 1).astype(np.float64)
    return Passage(paths.periods, mass[:-1], float(mass[-1]))


@dataclass(frozen=True, slots=True)
class Fan:
    """Percentiles of the paths: `levels` (percentiles, periods)."""

    periods: tuple[int, ...]
    percents: tuple[float, ...]
    levels: Array


def fan(paths: Paths, percents: Sequence[float] = (5, 25, 50, 75, 95)) -> Fan:
    """Percentiles of the paths in every period; each origin year counts equally."""
    if not all(0 <= item <= 100 for item in percents):
        raise BadUsage("percentiles lie between 0 and 100.")
    weights = _weights(paths)
    columns = [weighted(paths.levels[:, k], weights, percents) for k in range(paths.levels.shape[1])]
    return Fan(paths.periods, tuple(float(item) for item in percents), np.stack(columns, axis=1))


def weighted(values: Array, weights: Array, percents: Sequence[float]) -> Array:
    """Percentiles of weighted values: the smallest value below or at which that share of the weight lies."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    at = np.searchsorted(share, np.asarray(percents, dtype=np.float64) / 100.0 - 1e-12)
    return np.asarray(values[order][np.minimum(at, values.size - 1)], dtype=np.float64)


def _weights(paths: Paths) -> Array:
    """Weight of each draw, (draws,), so that origin years weigh the same; sums to 1."""
    _, which, count = np.unique(paths.origin, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / (count[which] * count.size), dtype=np.float64)
