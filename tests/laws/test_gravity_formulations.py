"""Two formulations of the same Poisson estimate agree, and its identities hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from landbridge.gravity.absorb import project, recover
from landbridge.gravity.least_squares import least_squares
from landbridge.gravity.ppml import PoissonFit, poisson

Array = np.ndarray
Effects = tuple[Array, ...]
COUNTRIES, YEARS = 9, 4


def trade(seed: int) -> tuple[Array, Array, Effects]:
    """A panel of all pairs of countries with exporter-year, importer-year and symmetric pair effects."""
    rng = np.random.default_rng(seed)
    i, j, t = (
        g.ravel() for g in np.meshgrid(*(range(s) for s in (COUNTRIES, COUNTRIES, YEARS)), indexing="ij")
    )
    low, high = np.minimum(i, j), np.maximum(i, j)
    pair = high * (high + 1) // 2 + low
    effects = tuple(e.astype(np.int32) for e in (i * YEARS + t, j * YEARS + t, pair))
    size = rng.normal(scale=1.5, size=(COUNTRIES, 2))
    x = ((rng.random((COUNTRIES, COUNTRIES)) < 0.5)[low, high] & (t > rng.integers(0, 4, len(t)))).astype(
        float
    )
    y = np.exp(size[i, 0] + size[j, 1] + 0.5 * x + 3.0 * (i == j)) * rng.gamma(0.7, 1.4, len(t))
    y[(rng.random(len(t)) < 0.15) & (i != j)] = 0.0
    return y, x[:, None], effects


def scaled(y: Array, start: Array, effects: Effects) -> Array:
    """Proportional scaling (RAS) of `start` to the totals of y, by levels of every effect, until nothing moves."""
    mu = start.copy()
    totals = [np.bincount(e, y) for e in effects]
    for _ in range(100_000):
        worst = 0.0
        for e, total in zip(effects, totals, strict=True):
            ratio = total / np.bincount(e, mu)
            worst = max(worst, float(np.abs(ratio - 1).max()))
            mu *= ratio[e]
        if worst < 1e-14:
            return mu
    raise AssertionError("scaling did not end")


@pytest.mark.parametrize("effects_used", [2, 3])
def test_newton_finds_the_root_of_the_profile_score_by_scaling(effects_used: int) -> None:
    """For a given coefficient the effects' conditions are solved by RAS of exp(x beta); the coefficient's own condition
    is then one equation in one unknown. Bisection and scaling share no step with Newton and conjugate gradients."""
    y, x, effects = trade(1)
    effects = effects[:effects_used]
    column = x[:, 0]

    def profile_score(beta: float) -> float:
        return float(column @ (y - scaled(y, np.exp(column * beta), effects)))

    beta = brentq(profile_score, -3.0, 3.0, xtol=1e-13, rtol=1e-14)
    fit = poisson(y, x, effects)
    assert fit.beta[0] == pytest.approx(beta, abs=1e-9)
    np.testing.assert_allclose(fit.mu, scaled(y, np.exp(column * beta), effects), rtol=1e-7)


def test_without_regressors_the_estimate_is_ras_of_the_offset() -> None:
    """The observation that general-equilibrium steps rest on: an offset and two effects make PPML a biproportional fit."""
    y, _, effects = trade(2)
    costs = np.random.default_rng(0).normal(size=len(y))
    fit = poisson(y, np.empty((len(y), 0)), effects[:2], offset=costs)
    np.testing.assert_allclose(fit.mu, scaled(y, np.exp(costs), effects[:2]), rtol=1e-8)


def test_fitted_totals_are_the_observed_totals() -> None:
    y, x, effects = trade(3)
    fit = poisson(y, x, effects)
    for e in effects:
        np.testing.assert_allclose(np.bincount(e, fit.mu), np.bincount(e, y), rtol=1e-8)
    assert float(x[:, 0] @ (y - fit.mu)) == pytest.approx(0.0, abs=1e-8 * float(x[:, 0] @ y))


def agree(one: PoissonFit, other: PoissonFit) -> None:
    np.testing.assert_allclose(one.beta, other.beta, rtol=0, atol=1e-9)


seeds = st.integers(0, 10_000)


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_a_weight_is_a_number_of_rows(seed: int) -> None:
    y, x, effects = trade(seed)
    times = np.random.default_rng(seed).integers(1, 4, len(y))
    weighted = poisson(y, x, effects, weights=times.astype(float))
    rows = np.repeat(np.arange(len(y)), times)
    repeated = poisson(y[rows], x[rows], tuple(e[rows] for e in effects))
    agree(weighted, repeated)
    np.testing.assert_allclose(weighted.mu[rows], repeated.mu, rtol=1e-7)
    assert weighted.deviance == pytest.approx(repeated.deviance, rel=1e-9)
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-9)


@settings(max_examples=12, deadline=None)
@given(seeds, st.floats(-12, 12))
def test_the_unit_of_trade_moves_the_fit_and_not_the_coefficient(seed: int, power: float) -> None:
    y, x, effects = trade(seed)
    one, other = poisson(y, x, effects), poisson(y * 10.0**power, x, effects)
    agree(one, other)
    np.testing.assert_allclose(other.mu, one.mu * 10.0**power, rtol=1e-7)


@settings(max_examples=12, deadline=None)
@given(seeds, st.floats(-3, 3))
def test_a_known_part_of_the_coefficient_may_stand_in_the_offset(seed: int, known: float) -> None:
    y, x, effects = trade(seed)
    one, other = poisson(y, x, effects), poisson(y, x, effects, offset=known * x[:, 0])
    np.testing.assert_allclose(other.beta, one.beta - known, rtol=0, atol=1e-9)
    np.testing.assert_allclose(other.eta, one.eta, rtol=0, atol=1e-6)


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_the_order_of_rows_levels_and_effects_says_nothing(seed: int) -> None:
    y, x, effects = trade(seed)
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(y))
    relabelled = tuple(rng.permutation(e.max() + 1).astype(np.int32)[e][rows] for e in effects)
    one, other = poisson(y, x, effects), poisson(y[rows], x[rows], relabelled[::-1])
    agree(one, other)
    np.testing.assert_allclose(other.mu, one.mu[rows], rtol=1e-7)


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_what_the_effects_hold_may_be_added_to_regressors_and_offset(seed: int) -> None:
    y, x, effects = trade(seed)
    rng = np.random.default_rng(seed)
    held = sum(rng.normal(size=e.max() + 1)[e] for e in effects)
    agree(poisson(y, x, effects), poisson(y, x + held[:, None], effects, offset=held))


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_a_projection_is_idempotent_and_orthogonal(seed: int) -> None:
    y, x, effects = trade(seed)
    columns = np.column_stack([x[:, 0], np.log1p(y)])
    w = np.random.default_rng(seed).exponential(size=len(y))
    once = project(columns, effects, w)
    np.testing.assert_allclose(project(once, effects, w), once, atol=1e-8)
    for e in effects:
        sums = np.column_stack([np.bincount(e, w * column) for column in once.T])
        np.testing.assert_allclose(sums, 0.0, atol=1e-7)
    # What was taken off is carried by the levels alone.
    taken = columns[:, 1] - once[:, 1]
    levels = recover(taken, effects, w)
    np.testing.assert_allclose(sum(a[e] for a, e in zip(levels, effects, strict=True)), taken, atol=1e-8)


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_least_squares_takes_weights_for_rows_and_leaves_orthogonal_residuals(seed: int) -> None:
    y, x, effects = trade(seed)
    y = np.log1p(y)
    times = np.random.default_rng(seed).integers(1, 4, len(y))
    fit = least_squares(y, x, effects, weights=times.astype(float))
    rows = np.repeat(np.arange(len(y)), times)
    repeated = least_squares(y[rows], x[rows], tuple(e[rows] for e in effects))
    np.testing.assert_allclose(fit.beta, repeated.beta, rtol=0, atol=1e-9)
    assert float(x[:, 0] @ (times * fit.residual)) == pytest.approx(0.0, abs=1e-7)
    for e in effects:
        np.testing.assert_allclose(np.bincount(e, times * fit.residual), 0.0, atol=1e-7)


def test_newton_ends_at_the_fixed_point_of_reweighted_least_squares() -> None:
    """At the maximum one weighted regression of the working variable gives the same coefficients back."""
    y, x, effects = trade(4)
    fit = poisson(y, x, effects)
    working = fit.eta + (y - fit.mu) / fit.mu
    again = least_squares(working, x, effects, weights=fit.mu)
    np.testing.assert_allclose(again.beta, fit.beta, rtol=0, atol=1e-9)
