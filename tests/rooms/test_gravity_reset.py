"""Ramsey's test: its size under a right form, its power under a wrong one, and one case worked densely."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from landbridge.errors import BadSample, BadUsage
from landbridge.gravity.ppml import poisson
from landbridge.gravity.reset import Reset, reset


def draw(seed: int, bend: float) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    rng = np.random.default_rng(seed)
    i, j = (axis.ravel() for axis in np.indices((14, 14)))
    x = rng.normal(size=(i.size, 2))
    index = 1.5 + rng.normal(0, 0.3, 14)[i] + rng.normal(0, 0.3, 14)[j] + x @ [0.4, -0.3]
    y = rng.poisson(np.exp(index + bend * (index - 1.5) ** 2)).astype(float)
    return y, x, (i.astype(np.int32), j.astype(np.int32))


def judge(seed: int, bend: float, highest: int = 2) -> Reset:
    y, x, effects = draw(seed, bend)
    made = poisson(y, x, effects)
    return reset(y, x, effects, made.eta, beta=made.beta, highest=highest)


def test_rejects_rarely_when_right_and_often_when_wrong() -> None:
    right = np.array([judge(seed, 0.0).p_value for seed in range(150)])
    wrong = np.array([judge(seed, 0.25).p_value for seed in range(40)])
    # 5 % of 150 is 7.5; a binomial count above 18 has probability below 0.001.
    assert np.sum(right < 0.05) <= 18
    assert np.mean(wrong < 0.05) > 0.8


def test_equals_a_dense_refit_with_the_square_added() -> None:
    """No effects: the added square is not centred, and a general-purpose optimiser finds the same Wald statistic."""
    rng = np.random.default_rng(3)
    n = 200
    x = np.column_stack([np.ones(n), rng.normal(size=n)])
    y = rng.poisson(np.exp(x @ [1.0, 0.5] + 0.1 * x[:, 1] ** 2)).astype(float)
    made = poisson(y, x, ())
    found = reset(y, x, (), made.eta, kind="robust", convention="none")
    wide = np.column_stack([x, made.eta**2])
    best = optimize.minimize(
        lambda b: np.sum(np.exp(wide @ b) - y * (wide @ b)),
        np.zeros(3),
        jac=lambda b: wide.T @ (np.exp(wide @ b) - y),
        hess=lambda b: wide.T @ (wide * np.exp(wide @ b)[:, None]),
        method="trust-exact",
        options={"gtol": 1e-9},
    )
    mean = np.exp(wide @ best.x)
    bread = np.linalg.inv(wide.T @ (wide * mean[:, None]))
    covariance = bread @ (wide.T @ (wide * ((y - mean) ** 2)[:, None])) @ bread
    assert found.statistic == pytest.approx(best.x[2] ** 2 / covariance[2, 2], rel=1e-6)
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 1), rel=1e-12)
    assert found.degrees_of_freedom == 1


def test_cube_beside_the_square_and_units_of_trade() -> None:
    both = judge(1, 0.15, highest=3)
    assert (both.powers, both.degrees_of_freedom, len(both.coefficients)) == ((2, 3), 2, 2)
    assert both.statistic > judge(1, 0.15).statistic * 0.5
    y, x, effects = draw(1, 0.15)
    made = poisson(1e6 * y, x, effects)
    again = reset(1e6 * y, x, effects, made.eta, highest=3)
    # Robust: the units of y leave the statistic as it is, though the square of the predictor changes.
    assert again.statistic == pytest.approx(both.statistic, rel=1e-5)


def test_refuses_where_the_square_is_in_the_model_already() -> None:
    rng = np.random.default_rng(4)
    dummy = (rng.random(100) < 0.5).astype(float)
    y = rng.poisson(2.0 + dummy).astype(float)
    effect = (np.zeros(100, dtype=np.int32),)
    made = poisson(y, dummy[:, None], effect)
    with pytest.raises(BadSample, match="does not exist here"):
        reset(y, dummy[:, None], effect, made.eta)
    with pytest.raises(BadUsage, match="the highest power is 1"):
        reset(y, dummy[:, None], effect, made.eta, highest=1)
