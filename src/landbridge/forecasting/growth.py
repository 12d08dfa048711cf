"""ARIMA models of growth: AR(1) and MA(1) around a mean, by exact maximum likelihood.

With p + q at most one the likelihood has one parameter once mean and variance are taken out in closed form, so that
it is searched over a grid and refined: no starting value, no local maximum missed. This is done here because ARIMA of
statsforecast 2.1.1 stops short of the maximum on short series: up to 2.7 log points below statsmodels on series of 8 to
30 values, which `tests/laws/test_forecasting_laws.py` takes as the judge of what is done here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Kind = Literal["walk", "ar", "ma"]

UNIT_ROOT = 0.99
"""A coefficient this near to one is not told from one, and the model is no candidate. After `auto.arima` of the R package
`forecast`, which leaves out roots below 1.01."""
_GRID = np.linspace(-UNIT_ROOT, UNIT_ROOT, 133)
_ZOOMS = 4


@dataclass(frozen=True, slots=True)
class GrowthFit:
    """One model fitted to growth float64[n]: its coefficient, mean, log likelihood, AICc, and last value and residual.

    `coefficient` is phi of an AR(1), theta of an MA(1), 0 of a random walk. `pull` is what the model adds to the mean one
    period ahead: phi (g_n - mean), or theta times the last innovation.
    """

    kind: Kind
    coefficient: float
    mean: float
    loglik: float
    aicc: float
    pull: float

    def forecast(self, horizon: int) -> Array:
        """Cumulated growth, float64[horizon]."""
        ahead = np.arange(horizon)
        decay = self.coefficient**ahead if self.kind == "ar" else (ahead == 0).astype(np.float64)
        return np.asarray(np.cumsum(self.mean + self.pull * decay), dtype=np.float64)


def whitened(kind: Kind, row: Array, coefficients: Array) -> tuple[Array, Array, Array]:
    """The row float64[n] turned into independent errors of equal variance, under every coefficient float64[k].

    Errors float64[n, k], log determinant of the covariance (over the variance) float64[k], and the last innovation in
    units of the row divided by its relative variance, float64[k] (what theta multiplies in an MA forecast). AR(1): the
    stationary likelihood, Hamilton (1994), equation 5.2.9. MA(1): the prediction error decomposition, his 5.4.
    """
    errors = np.empty((len(row), len(coefficients)))
    if kind != "ma":
        errors[0] = np.sqrt(1 - coefficients**2) * row[0]
        errors[1:] = row[1:, None] - coefficients * row[:-1, None]
        return errors, -np.log1p(-(coefficients**2)), errors[-1]
    relative = 1 + coefficients**2
    innovation = np.full(len(coefficients), row[0])
    determinant = np.log(relative)
    errors[0] = innovation / np.sqrt(relative)
    for t in range(1, len(row)):
        innovation = row[t] - coefficients / relative * innovation
        relative = 1 + coefficients**2 - coefficients**2 / relative
        determinant = determinant + np.log(relative)
        errors[t] = innovation / np.sqrt(relative)
    return errors, determinant, innovation / relative


def _profile(kind: Kind, growth: Array, drift: bool, coefficients: Array) -> tuple[Array, Array, Array]:
    """Log likelihood with the variance taken out, mean and last innovation, each float64[k]."""
    errors, determinant, last = whitened(kind, growth, coefficients)
    mean = np.zeros(len(coefficients))
    if drift:
        ones, _, last_one = whitened(kind, np.ones(len(growth)), coefficients)
        mean = np.sum(ones * errors, axis=0) / np.sum(ones**2, axis=0)
        errors = errors - mean * ones
        last = last - mean * last_one
    variance = np.maximum(np.mean(errors**2, axis=0), np.finfo(np.float64).tiny)
    count = len(growth)
    return -0.5 * (count * (np.log(2 * np.pi * variance) + 1) + determinant), mean, last


def fitted(kind: Kind, growth: Array, drift: bool) -> GrowthFit | None:
    """The exact maximum-likelihood fit, or None where the maximum lies at a unit root.

    AICc counts the coefficient, the mean and the variance (Hurvich and Tsai 1989,
    https://doi.org/10.1093/biomet/76.2.297).
    """
    grid = np.zeros(1) if kind == "walk" else _GRID
    loglik, mean, last = _profile(kind, growth, drift, grid)
    best = int(np.argmax(loglik))
    if kind != "walk":
        if best in (0, len(grid) - 1):
            return None
        for _ in range(_ZOOMS):
            best = min(max(best, 1), len(grid) - 2)
            grid = np.linspace(grid[best - 1], grid[best + 1], 21)
            loglik, mean, last = _profile(kind, growth, drift, grid)
            best = int(np.argmax(loglik))
    coefficient = float(grid[best])
    centre = float(mean[best])
    pull = coefficient * float(growth[-1] - centre if kind == "ar" else last[best])
    parameters = 1 + drift + (kind != "walk")
    penalty = 2 * parameters + 2 * parameters * (parameters + 1) / (len(growth) - parameters - 1)
    value = float(loglik[best])
    return GrowthFit(kind, coefficient, centre, value, -2 * value + penalty, pull)


def best(growth: Array) -> GrowthFit:
    """The candidate with the lowest AICc: random walk, AR(1) and MA(1), each with and without a mean."""
    kinds: tuple[Kind, ...] = ("walk", "ar", "ma")
    found = [fitted(kind, growth, drift) for kind in kinds for drift in (False, True)]
    return min((fit for fit in found if fit is not None), key=lambda fit: fit.aicc)
