"""What a series would have been without a shock, and whether the difference is more than ordinary movement.

Two ways, both on logs. `structural`: trend and season of the series' own past carried on (statsmodels, unobserved
components); the placebos are earlier dates at which nothing happened. `synthetic`: a weighted mean of other series that
moved alike before (diff-diff, synthetic control); the placebos are the other series, each treated as if it had been hit.
Neither says what caused a difference. A difference that placebos show as often is not told from ordinary movement.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage, NotConverged

Array = NDArray[np.float64]
Trend = Literal["local", "fixed"]

# Conventions, set before any result was seen.
LEAST_MONTHS, LEAST_YEARS, LEAST_SYNTHETIC = 36, 8, 5
"""Fewest values before the shock: three seasons for months, eight years alone, five years beside other series."""
LEAST_DONORS = 3
LEAST_DATES = 5
"""Fewest placebo dates that give a share worth stating."""
MOST_DATES = 12
LEAST_SPARE = 2
"""By how many the years before have to exceed the series in the mix (its weights but one, and the mean, are estimated)."""
NOISE = 0.01
"""A fit better than this, in logs, counts as this good: no trade statistic is more exact."""
REACH = {1: 2, 12: 6}
"""Over how many periods after its date a shock is set against placebo dates, by length of the season."""
POOR_STRUCTURAL, POOR_SYNTHETIC = 0.25, 0.10
"""Root mean square error of fit, in logs, from which a fit before the shock is too poor to carry on."""
DRAWS = 2000
WIDER = {12: ((40, 1.40), (60, 1.30), (84, 1.20)), 1: ((10, 1.45), (20, 1.30))}
"""How much wider the band is than the model's own, by season: values held before the shock, and factor; a line between.

Variances are estimated on few values and often put at zero; the model's own band takes them as known. The factors were set
once on simulated series (`scripts/band_coverage.py`), never on a series that is answered for.
"""
_REACHED = 1.6448536269514722  # normal quantile of 95 %: bands hold 90 %


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no counterfactual is given, and what would help."""

    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A series after a shock beside what it would have been. Arrays are float64[K], one a period from the shock on.

    `low` and `high` bound `without`: 90 % of predictions (structural), or as far as any placebo series went (synthetic).
    `total` is (low, point, high) of the log difference over the first `over` periods taken together; `yearly` float64[Y, 3]
    the same for each whole year since the shock. `p_placebo` is the share of placebos, the shock among them, that departed
    at least as far; None where there are too few. `recovered` counts periods from the shock to the first from which the
    series stays inside the band up to the end; 0 where it never left it, None where it ends outside. A lone month outside
    later on does not count.
    """

    method: Literal["structural", "synthetic"]
    before: int
    actual: Array
    without: Array
    low: Array
    high: Array
    total: tuple[float, float, float]
    over: int
    yearly: Array
    p_placebo: float | None
    placebos: int
    fit: float
    weights: tuple[float, ...] = ()
    at_dates: tuple[float, ...] = ()
    by_month: bool = False

    @property
    def gap_pct(self) -> Array:
        """Actual over without, in per cent."""
        return np.asarray(100.0 * (self.actual / self.without - 1.0), dtype=np.float64)

    @property
    def outside(self) -> NDArray[np.bool_]:
        """In which periods the series lay outside the band."""
        return np.asarray((self.actual < self.low) | (self.actual > self.high))

    @property
    def recovered(self) -> int | None:
        """Periods from the shock until the series is back inside the band for good; None where it ends outside."""
        left = self.outside
        if self.by_month:
            # One month in ten is outside by chance: alone it counts only in the month of the shock itself.
            apart = np.concatenate([[True], left, [False]])
            left = left & (apart[:-2] | apart[2:])
        back = int(np.flatnonzero(left)[-1]) + 1 if left.any() else 0
        return back if back < self.actual.size else None


def structural(
    values: Array,
    *,
    season: int,
    before: int,
    until: int | None = None,
    shocked: Sequence[bool] | None = None,
    trend: Trend = "local",
    placebos: bool = True,
    seed: int = 1,
) -> Counterfactual | Refusal:
    """Trend and season of `values[:before]` carried on to `until`.

    `values` float64[T] are positive; `season` is 12 for months and 1 for years; `shocked` bool[T] marks periods of other
    shocks, in which no placebo date may fall. Local linear trend with fixed season and irregular (Harvey 1989, Forecasting,
    Structural Time Series Models and the Kalman Filter, eq. 2.3.27 to 2.3.29 with 2.3.45); `fixed` keeps the slope. Bands
    are wider than the model's own by `WIDER`, so that they hold 90 % with variances that are estimated. The
    placebo statistic is the root mean square of the gap in standard deviations of its own prediction, over `REACH`.
    """
    logs = _logs(values)
    if season not in REACH:
        raise BadUsage(f"season is 1 (years) or 12 (months); here {season}.")
    end = logs.size if until is None else min(until, logs.size)
    least = LEAST_MONTHS if season > 1 else LEAST_YEARS
    unit = "months" if season > 1 else "years"
    if before < least:
        return Refusal(
            f"{unit} held before the shock: {max(before, 0)}; trend and season need {least}.",
            "Load an earlier part of the series.",
        )
    if end <= before:
        return Refusal("the series ends before the shock.", "Load the newer part of the series.")
    fitted = _fitted(logs[:before], season, trend)
    # The first errors come from starting values, not from the model: one for each state without a prior.
    fit = _rms(np.asarray(fitted.resid, dtype=np.float64)[int(fitted.loglikelihood_burn) :])
    if fit > POOR_STRUCTURAL:
        return Refusal(
            f"before the shock the series is missed by {_pct(fit)} from one of the {unit} to the next; more than "
            f"{_pct(POOR_STRUCTURAL)} is too poor to carry on."
        )
    level = float(logs[:before].mean())
    mean, spread = _ahead(fitted, level, end - before)
    wider = widened(before, season)
    draws = mean + wider * (_drawn(fitted, level, end - before, seed) - mean)
    gaps = logs[before:end] - mean
    over = min(season, end - before) if season > 1 else 1
    reach = min(REACH[season], end - before)
    found = _at_dates(logs, before, reach, season, trend, shocked) if placebos else ()
    own = _rms(gaps[:reach] / spread[:reach])
    p = (1 + sum(other >= own for other in found)) / (1 + len(found)) if len(found) >= LEAST_DATES else None
    return Counterfactual(
        method="structural",
        before=before,
        actual=np.exp(logs[before:end]),
        without=np.exp(mean),
        low=np.exp(mean - wider * _REACHED * spread),
        high=np.exp(mean + wider * _REACHED * spread),
        total=_together(logs[before : before + over], draws[:, :over]),
        over=over,
        yearly=_by_year(logs[before:end], draws, season),
        p_placebo=p,
        placebos=len(found),
        fit=fit,
        at_dates=found,
        by_month=season > 1,
    )


def widened(before: int, season: int) -> float:
    """The factor of `WIDER` for a band that rests on `before` values; beyond the lengths simulated, that of the nearest."""
    lengths, factors = zip(*WIDER[season], strict=True)
    return float(np.interp(before, lengths, factors))


def _fitted(logs: Array, season: int, trend: Trend) -> Any:
    """The model estimated on logs about their mean."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning  # type: ignore[import-untyped]
    from statsmodels.tsa.statespace.structural import (  # type: ignore[import-untyped]
        UnobservedComponents,
    )

    shape: dict[str, Any] = {"level": "lltrend" if trend == "local" else "lldtrend"}
    if season > 1:
        shape |= {"seasonal": season, "stochastic_seasonal": False}
    model = UnobservedComponents(logs - logs.mean(), **shape)
    found = []
    with warnings.catch_warnings():
        # Said again by `converged`, which is read below.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # Variances often lie at zero, where gradients stall: two searches without gradients, and the better one counts.
        for method in ("powell", "nm"):
            fitted = model.fit(method=method, disp=False, maxiter=1000, cov_type="none")
            if fitted.mle_retvals["converged"] and np.isfinite(fitted.llf):
                found.append(fitted)
    if found:
        return max(found, key=lambda fitted: float(fitted.llf))
    raise NotConverged(
        f"trend and season of {logs.size} values could not be estimated: the likelihood did not settle.",
        remedy="Use a longer part of the series.",
    )


def _ahead(fitted: Any, level: float, horizon: int) -> tuple[Array, Array]:
    """Mean and standard deviation of the next values, (horizon,) each."""
    ahead = fitted.get_forecast(horizon)
    mean = np.asarray(ahead.predicted_mean, dtype=np.float64) + level
    return mean, np.asarray(ahead.se_mean, dtype=np.float64)


def _drawn(fitted: Any, level: float, horizon: int, seed: int) -> Array:
    """Drawn paths of the next values, (DRAWS, horizon): state and disturbances are drawn, parameters are as estimated.

    Durbin and Koopman (2012), Time Series Analysis by State Space Methods, eq. 3.1. Sums over months need whole paths: the
    errors of neighbouring months go together.
    """
    # The searches share one model, which holds the variances of whichever was tried last.
    fitted.model.update(fitted.params)
    space, rng = fitted.model.ssm, np.random.default_rng(seed)
    design, passing = space["design"], space["transition"]
    shaken = space["selection"] @ np.sqrt(space["state_cov"])
    noise = math.sqrt(float(space["obs_cov"][0, 0]))
    begin, doubt = fitted.predicted_state[:, -1], fitted.predicted_state_cov[:, :, -1]
    state = rng.multivariate_normal(begin, (doubt + doubt.T) / 2, size=DRAWS, method="eigh")
    paths = np.empty((DRAWS, horizon))
    for step in range(horizon):
        paths[:, step] = state @ design[0] + noise * rng.standard_normal(DRAWS)
        state = state @ passing.T + rng.standard_normal((DRAWS, shaken.shape[1])) @ shaken.T
    return paths + level


def _at_dates(
    logs: Array, before: int, reach: int, season: int, trend: Trend, shocked: Sequence[bool] | None
) -> tuple[float, ...]:
    """The placebo statistic at earlier dates: the model is fitted anew to what lies before each."""
    hit = np.zeros(logs.size, dtype=bool) if shocked is None else np.asarray(shocked, dtype=bool)
    first = 2 * season if season > 1 else LEAST_YEARS - 2
    dates = [t for t in range(first, before - reach + 1) if not hit[t : t + reach].any()]
    if len(dates) > MOST_DATES:
        dates = [dates[k] for k in np.linspace(0, len(dates) - 1, MOST_DATES).round().astype(int)]
    found = []
    for t in dates:
        try:
            mean, spread = _ahead(_fitted(logs[:t], season, trend), float(logs[:t].mean()), reach)
        except NotConverged:
            continue
        found.append(_rms((logs[t : t + reach] - mean) / spread))
    return tuple(found)


def synthetic(
    target: Array, donors: Array, *, before: int, until: int | None = None
) -> Counterfactual | Refusal:
    """A weighted mean of `donors` that moved as `target` did before the shock, carried on.

    `target` float64[T] and `donors` float64[T, J] are positive, by year. Every series is taken in logs less its mean before
    the shock, so that growth is matched and size is not (Ferman and Pinto 2021, https://doi.org/10.3982/QE1596); weights are
    not negative and add up to one (Abadie, Diamond and Hainmueller 2010, https://doi.org/10.1198/jasa.2009.ap08746), every
    year before counting alike. `p_placebo` is the rank of the ratio of the error after to the error before among all series;
    with J donors it cannot be below 1 / (J + 1). `at_dates` are mean gaps found when the shock is put at earlier years.
    """
    y, x = _logs(target), np.column_stack([_logs(column) for column in np.asarray(donors).T])
    end = y.size if until is None else min(until, y.size)
    if before < LEAST_SYNTHETIC:
        return Refusal(
            f"years held before the shock: {max(before, 0)}; other partners are weighted on at least {LEAST_SYNTHETIC}.",
            "Load an earlier part of the series.",
        )
    if end <= before:
        return Refusal("the series ends before the shock.", "Load the newer part of the series.")
    if x.shape[1] < LEAST_DONORS:
        return Refusal(
            f"other series held for all years: {x.shape[1]}; at least {LEAST_DONORS} are needed.",
            "Load totals of more partners.",
        )
    y, x = y[:end], x[:end]
    gaps, weights = _gaps(y, x, before)
    fit = _rms(gaps[:before])
    if fit > POOR_SYNTHETIC:
        return Refusal(
            f"before the shock no mix of the other {x.shape[1]} series follows this one: missed by {_pct(fit)} a year; more "
            f"than {_pct(POOR_SYNTHETIC)} is too poor.",
            "Load totals of partners that are more alike.",
        )
    spare = before - int((weights > 1e-6).sum())
    if spare < LEAST_SPARE:
        return Refusal(
            f"a mix of {before - spare} other series fits all {before} years before the shock whatever they are: it would "
            "follow anything and tells nothing.",
            "Load an earlier part of the series.",
        )
    others = [_gaps(x[:, j], np.delete(x, j, axis=1), before)[0] for j in range(x.shape[1])]
    ratios = [_ratio(other, before) for other in others]
    own = _ratio(gaps, before)
    after = np.array(others)[:, before:]
    without = y[before:] - gaps[before:]
    lowest, highest = after.min(axis=0), after.max(axis=0)
    yearly = np.stack([gaps[before:] - highest, gaps[before:], gaps[before:] - lowest], axis=1)
    dates = tuple(
        float(_gaps(y[:before], x[:before], t)[0][t:].mean()) for t in range(LEAST_SYNTHETIC, before)
    )
    return Counterfactual(
        method="synthetic",
        before=before,
        actual=np.exp(y[before:]),
        without=np.exp(without),
        low=np.exp(without + lowest),
        high=np.exp(without + highest),
        total=(float(yearly[0, 0]), float(yearly[0, 1]), float(yearly[0, 2])),
        over=1,
        yearly=yearly,
        p_placebo=(1 + sum(other >= own for other in ratios)) / (1 + len(ratios)),
        placebos=len(ratios),
        fit=fit,
        weights=tuple(float(weight) for weight in weights),
        at_dates=dates,
    )


def _gaps(y: Array, x: Array, before: int) -> tuple[Array, Array]:
    """Logs of the target less those of its synthetic control, (T,), both about their means before; and the weights, (J,)."""
    y, x = y - y[:before].mean(), x - x[:before].mean(axis=0)
    weights = _weights(y, x, before)
    return y - x @ weights, weights


def _weights(y: Array, x: Array, before: int) -> Array:
    import pandas as pd  # type: ignore[import-untyped]
    from diff_diff import SyntheticControl  # type: ignore[import-untyped]

    periods, units = np.arange(y.size), x.shape[1] + 1
    if units == 2:
        return np.ones(1)
    panel = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), y.size),
            "time": np.tile(periods, units),
            "y": np.concatenate([y, x.T.ravel()]),
            "hit": np.concatenate([periods >= before, np.zeros(x.size, dtype=bool)]).astype(int),
        }
    )
    # Years are of one scale already and count alike; with the importance given, nothing is searched for.
    control = SyntheticControl(v_method="custom", custom_v=np.ones(before), standardize="none")
    with warnings.catch_warnings():
        # A mix of few series may leave a poor fit; the caller measures it and refuses.
        warnings.simplefilter("ignore", UserWarning)
        found = control.fit(panel, "y", "hit", "unit", "time", treated_unit=0, pre_period_outcomes="all")
    weights = np.array([found.donor_weights.get(k, 0.0) for k in range(1, units)], dtype=np.float64)
    if not math.isclose(float(weights.sum()), 1.0, abs_tol=1e-4):
        raise NotConverged("the weights of the synthetic control do not add up to one.")
    return weights


def _ratio(gaps: Array, before: int) -> float:
    return _rms(gaps[before:]) / max(_rms(gaps[:before]), NOISE)


def _logs(values: Array) -> Array:
    given = np.asarray(values, dtype=np.float64)
    if given.ndim != 1 or not np.all(np.isfinite(given)) or not np.all(given > 0):
        raise BadSample(
            "a counterfactual needs positive values without holes.",
            remedy="Make the series with landbridge.forecasting.prepared.",
        )
    return np.log(given)


def _together(logs: Array, draws: Array) -> tuple[float, float, float]:
    """Log of the sum of the actual values over the sum of the drawn ones: 5, 50 and 95 %."""
    against = float(np.log(np.exp(logs).sum())) - np.log(np.exp(draws).sum(axis=1))
    low, point, high = (float(value) for value in np.percentile(against, (5, 50, 95)))
    return low, point, high


def _by_year(logs: Array, draws: Array, season: int) -> Array:
    whole = logs.size // season
    spans = [slice(k * season, (k + 1) * season) for k in range(whole)]
    return np.array([_together(logs[span], draws[:, span]) for span in spans]).reshape(whole, 3)


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _pct(logs: float) -> str:
    return f"{100 * math.expm1(logs):.0f} %"


@dataclass(frozen=True, slots=True)
class Effect:
    """A measured shock, to be laid on paths: `logs` float64[Y, 3], low, point and high by whole year since the shock."""

    name: str
    logs: Array


def laid(log_paths: Array, effect: Effect, start: int, seed: int = 1) -> Array:
    """Log paths float64[D, H] by year with the shock striking in column `start`.

    Each path draws once how hard the shock is: point plus a normal deviate with its two halves scaled so that low and high
    hold 90 %. Years after the last measured one keep its effect: nothing says that it would fade.
    """
    draws, horizon = log_paths.shape
    if not 0 <= start < horizon:
        raise BadUsage(f"the shock strikes in column {start}; the paths have {horizon}.")
    if effect.logs.shape[0] == 0:
        raise BadUsage(
            f"{effect.name}: no whole year was measured, so there is nothing to lay on yearly paths."
        )
    hard = np.random.default_rng(seed).standard_normal((draws, 1)) / _REACHED
    rows = np.minimum(np.arange(horizon - start), effect.logs.shape[0] - 1)
    chosen = np.take(effect.logs, rows, axis=0)
    low, point, high = chosen[:, 0], chosen[:, 1], chosen[:, 2]
    struck = np.array(log_paths, dtype=np.float64)
    struck[:, start:] += point + np.where(hard > 0, hard * (high - point), hard * (point - low))
    return struck
