"""Forecasts of a back-test scored with nothing but what was known when the late part of their panel began.

What a late origin is scored with (the pooled volatility, the error trajectories) ends there: outcomes of later years, of any
panel, are taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample
from landbridge.forecasting.backtest import Trials
from landbridge.forecasting.paths import LEAST_YEARS, Errors, shrunk
from landbridge.forecasting.scores import Truth, When, crps, inside

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

# Synthetic thresholds, in multiples of the value at the origin. Set before any result was seen.
THRESHOLDS = (0.8, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
INTERVALS = (50.0, 80.0, 95.0)
# All cases of a panel and horizon share them, so their chance shifts all probabilities together, by about a hundredth, and
# no standard error holds it; fewer would shift them more.
MEMBERS = 2000
EARLY, LATE = "early", "late"
_PORTION = 1000


@dataclass(frozen=True, slots=True)
class Cases:
    """Scored forecasts of one panel, part and model at one horizon; all arrays begin with (cases,).

    `absolute`: absolute log error; `crps` in logs; `inside` (cases, 3): in the 50, 80 and 95 % interval; `chances`,
    `happened` (cases, 7, 2): probability and outcome of each threshold, in the year and by the year.
    """

    panel: str
    part: str
    model: str
    horizon: int
    key: NDArray[np.str_]
    when: When
    absolute: Array
    crps: Array
    inside: Truth
    chances: Array
    happened: Truth

    def take(self, rows: Truth | Whole) -> Cases:
        """These cases alone."""
        return Cases(
            self.panel,
            self.part,
            self.model,
            self.horizon,
            self.key[rows],
            self.when.take(rows),
            self.absolute[rows],
            self.crps[rows],
            self.inside[rows],
            self.chances[rows],
            self.happened[rows],
        )


def errors_of(trials: Trials, model: str, frequency: str = "year") -> Errors:
    """Error trajectories of one model. The pooled volatility is the median of its series, each panel counting equally."""
    mine = trials.take(trials.model == model)
    if mine.size == 0:
        raise BadSample(f"no trials of the model {model!r}.")
    panels, which = np.unique(mine.panel, return_inverse=True)
    pooled = float(np.mean([np.median(mine.own[which == k]) for k in range(panels.size)]))
    if not (np.isfinite(pooled) and pooled > 0):
        raise BadSample(
            f"the series of {', '.join(panels.tolist())} do not move: their pooled volatility is {pooled:g}.",
            cause="Values that never change give no scale to errors.",
            remedy="Leave constant series out.",
        )
    scales = shrunk(mine.own, mine.steps.astype(np.float64), pooled)
    names = tuple(str(name) for name in panels)
    return Errors(
        model, mine.error / scales[:, None], mine.year, which.astype(np.int64), names, pooled, frequency
    )


def score(
    cases: Trials, pool: Errors, horizon: int, part: str, seed: int = 1, members: int = MEMBERS
) -> Cases:
    """Score the forecasts of one panel and model, `horizon` steps ahead, with members drawn from the pool of errors."""
    held = cases.take(cases.lengths >= horizon)
    drawn = pool.z[pool.drawn(horizon, members, seed), :horizon]
    scales = shrunk(held.own, held.steps.astype(np.float64), pool.pooled)
    z = held.error[:, horizon - 1] / scales
    end = drawn[:, -1]
    ranked = scales * crps(z, end)
    if not (np.isfinite(z).all() and np.isfinite(ranked).all()):
        # A comparison with NaN is false, so it would count as an outcome outside every interval.
        raise BadSample(f"a forecast of {pool.model}, {horizon} ahead, has no finite score.")
    chances, happened = _thresholds(held, scales, drawn, horizon)
    return Cases(
        panel=str(held.panel[0]) if held.size else "",
        part=part,
        model=pool.model,
        horizon=horizon,
        key=np.char.add(np.char.add(held.series, "@"), held.origin.astype(np.str_)),
        when=When(held.year, held.year + horizon),
        absolute=np.abs(held.error[:, horizon - 1]),
        crps=ranked,
        inside=inside(z, end, INTERVALS),
        chances=chances,
        happened=happened,
    )


def _thresholds(held: Trials, scales: Array, drawn: Array, horizon: int) -> tuple[Array, Truth]:
    """Probability and outcome of each threshold, in the year and by it: both (cases, thresholds, 2)."""
    levels = np.log(np.array(THRESHOLDS))
    chances = np.empty((held.size, levels.size, 2))
    growth = held.growth[:, :horizon]
    actual = growth + held.error[:, :horizon]
    for start in range(0, held.size, _PORTION):
        part = slice(start, start + _PORTION)
        last = growth[part, -1, None] + scales[part, None] * drawn[None, :, -1]
        highest = last.copy()
        for step in range(horizon - 1):
            here = growth[part, step, None] + scales[part, None] * drawn[None, :, step]
            np.maximum(highest, here, out=highest)
        for k, level in enumerate(levels.tolist()):
            chances[part, k, 0] = (last >= level).mean(axis=1)
            chances[part, k, 1] = (highest >= level).mean(axis=1)
    happened = np.stack(
        [actual[:, -1, None] >= levels, actual.max(axis=1, initial=-np.inf)[:, None] >= levels], axis=2
    )
    return chances, np.asarray(happened)


def scored(trials: Trials, late: Mapping[str, int], horizon: int, seed: int = 1) -> tuple[Cases, ...]:
    """All cases of all panels, parts and models that can be scored without seeing what came later.

    `late`: first late origin of each panel. Late cases are scored with errors known at the end of that year, early ones,
    which are for choosing and not for reporting, with errors known at the end of their own origin year.
    """
    out: list[Cases] = []
    for panel in sorted(late):
        known = trials.until(late[panel])
        here = known.take(known.panel == panel)
        before = {int(year): trials.until(int(year)) for year in np.unique(here.year)}
        for model in dict.fromkeys(trials.model[trials.panel == panel].tolist()):
            after = trials.take(
                (trials.panel == panel) & (trials.model == model) & (trials.year >= late[panel])
            )
            parts = [(LATE, after, _pool(known, model))]
            mine = here.take(here.model == model)
            for year, seen in before.items():
                parts.append((EARLY, mine.take(mine.year == year), _pool(seen, model)))
            for h in range(1, horizon + 1):
                for name in (LATE, EARLY):
                    made = [
                        score(cases, pool, h, name, seed)
                        for part, cases, pool in parts
                        if part == name and pool is not None and _can(cases, pool, h)
                    ]
                    out.extend([united(made)] if made else [])
    return tuple(out)


def _pool(known: Trials, model: str) -> Errors | None:
    """Errors of a model known so far, if there are any."""
    return errors_of(known, model) if (known.model == model).any() else None


def _can(cases: Trials, pool: Errors, horizon: int) -> bool:
    """Whether there are cases so far ahead, and errors of two origin years to score them with."""
    return bool((cases.lengths >= horizon).any()) and pool.years(horizon).size >= LEAST_YEARS


def united(parts: Sequence[Cases]) -> Cases:
    """Cases of several origin years, horizons or panels as one."""
    first = parts[0]
    return Cases(
        first.panel,
        first.part,
        first.model,
        first.horizon,
        np.concatenate([part.key for part in parts]),
        When(
            np.concatenate([part.when.origin for part in parts]),
            np.concatenate([part.when.target for part in parts]),
        ),
        np.concatenate([part.absolute for part in parts]),
        np.concatenate([part.crps for part in parts]),
        np.concatenate([part.inside for part in parts]),
        np.concatenate([part.chances for part in parts]),
        np.concatenate([part.happened for part in parts]),
    )


def beside(cases: Cases, base: Cases) -> tuple[Cases, Cases]:
    """The cases that both hold, in the same order."""
    _, mine, other = np.intersect1d(cases.key, base.key, assume_unique=True, return_indices=True)
    return cases.take(mine), base.take(other)
