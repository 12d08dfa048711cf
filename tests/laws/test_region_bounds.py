"""Bounds are sharp and balanced tables optimal: each against an independent formulation of the same problem."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog, minimize

from landbridge.errors import BadSample, NotConverged
from landbridge.flows.imputation import balance as ras
from landbridge.potential.balancing import Side, balance
from landbridge.potential.bounds import Range, cell_bounds, item_bounds

Array = NDArray[np.float64]


def around(values: Array, rng: np.random.Generator) -> Range:
    """Ranges that hold the truth: exact, wide, open above, or nothing at all."""
    low = np.maximum(values - rng.integers(0, 4, values.size), 0).astype(float)
    high = (values + rng.integers(0, 4, values.size)).astype(float)
    kind = rng.random(values.size)
    low[kind < 0.25], high[kind < 0.35] = 0.0, np.inf
    exact = kind > 0.7
    low[exact], high[exact] = values[exact], values[exact]
    return Range(low, high)


def constraints(rows: Range, columns: Range, total: tuple[float, float]) -> tuple[Array, Array]:
    """The same margins as inequalities over the cells, for a linear program."""
    n, m = rows.low.size, columns.low.size
    left, right = [], []
    masks = [(np.arange(n)[:, None] == i) & np.ones((n, m), bool) for i in range(n)]
    masks += [(np.arange(m)[None, :] == j) & np.ones((n, m), bool) for j in range(m)] + [
        np.ones((n, m), bool)
    ]
    lows, highs = [*rows.low, *columns.low, total[0]], [*rows.high, *columns.high, total[1]]
    for mask, low, high in zip(masks, lows, highs, strict=True):
        left.append(-mask.ravel().astype(float))
        right.append(-low)
        if np.isfinite(high):
            left.append(mask.ravel().astype(float))
            right.append(high)
    return np.array(left), np.array(right)


@pytest.mark.parametrize("seed", range(60))
def test_bounds_of_ranges_are_those_of_a_linear_program(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 5, size=2)
    truth = rng.integers(0, 6, (n, m)) * (rng.random((n, m)) < 0.7)
    rows, columns = around(truth.sum(axis=1), rng), around(truth.sum(axis=0), rng)
    total = float(max(truth.sum() - rng.integers(0, 3), 0)), float(truth.sum() + rng.integers(0, 3))
    found = cell_bounds(rows, columns, total)
    left, right = constraints(rows, columns, total)
    for i, j in product(range(n), range(m)):
        cost = np.zeros((n, m))
        cost[i, j] = 1.0
        least, most = linprog(cost.ravel(), left, right), linprog(-cost.ravel(), left, right)
        assert found.lower[i, j] == pytest.approx(least.fun, abs=1e-7)
        assert found.upper[i, j] == pytest.approx(-most.fun, abs=1e-7)


def test_exact_margins_give_frechets_bounds_and_every_table_lies_between() -> None:
    """All 2 x 3 tables of whole numbers with these margins, one by one."""
    rows, columns = np.array([4.0, 3.0]), np.array([2.0, 4.0, 1.0])
    tables = [
        np.array([first, columns - first])
        for first in product(range(3), range(5), range(2))
        if sum(first) == rows[0]
    ]
    seen = np.array(tables)
    assert len(seen) > 5
    found = cell_bounds(Range.exact(rows), Range.exact(columns), (7.0, 7.0))
    assert np.array_equal(found.lower, seen.min(axis=0))
    assert np.array_equal(found.upper, seen.max(axis=0))
    frechet = np.maximum(0, rows[:, None] + columns - 7), np.minimum(rows[:, None], columns)
    assert np.array_equal(found.lower, frechet[0])
    assert np.array_equal(found.upper, frechet[1])


def test_an_absent_margin_leaves_the_whole_total_open() -> None:
    rows = Range(np.array([0.0, 2.0]), np.array([np.inf, 5.0]))
    found = cell_bounds(rows, Range.unknown(3), (10.0, 10.0))
    assert found.lower.max() == 0
    assert np.array_equal(found.upper, [[8.0] * 3, [5.0] * 3])


@pytest.mark.parametrize("seed", range(25))
def test_bounds_by_item_are_those_of_a_linear_program_over_all_cells_and_items(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    truth = rng.integers(0, 5, (3, 2, 3)) * (rng.random((3, 2, 3)) < 0.8)
    items = truth.sum(axis=(1, 2)).astype(float)
    total = float(items.sum())
    rows, columns = around(truth.sum(axis=(0, 2)), rng), around(truth.sum(axis=(0, 1)), rng)
    pair = cell_bounds(rows, columns, (total, total))
    left, right = constraints(rows, columns, (total, total))
    wide = np.tile(left, (1, 3))
    equal = np.kron(np.eye(3), np.ones(6))
    for i, j in product(range(2), range(3)):
        found = item_bounds(pair.lower[i, j], pair.upper[i, j], Range.exact(items), (total, total))
        for k in range(3):
            cost = np.zeros((3, 2, 3))
            cost[k, i, j] = 1.0
            ends = [linprog(sign * cost.ravel(), wide, right, equal, items).fun for sign in (1, -1)]
            assert found.lower[0, k] == pytest.approx(ends[0], abs=1e-7)
            assert found.upper[0, k] == pytest.approx(-ends[1], abs=1e-7)


@pytest.mark.parametrize(
    ("rows", "total", "words"),
    [
        (Range(np.array([5.0, 7.0]), np.array([6.0, 8.0])), (10.0, 10.0), "at least 12"),
        (Range(np.array([0.0, 0.0]), np.array([2.0, 3.0])), (10.0, 10.0), "allow at most 5"),
        (Range(np.array([3.0, 0.0]), np.array([2.0, 9.0])), (10.0, 10.0), "row 0 ends below"),
        (Range(np.array([np.nan, 0.0]), np.array([2.0, 9.0])), (10.0, 10.0), "missing or negative"),
    ],
)
def test_margins_that_contradict_each_other_are_refused(
    rows: Range, total: tuple[float, float], words: str
) -> None:
    with pytest.raises(BadSample, match=words):
        cell_bounds(rows, Range.unknown(2), total)


def exact(values: Array) -> Side:
    side = Side.unknown(1, values.size)
    side.low[0, 0], side.high[0, 0] = values, values
    return side


def test_with_exact_margins_balancing_is_ras() -> None:
    rng = np.random.default_rng(3)
    prior = np.exp(rng.normal(size=(6, 9)))
    rows = rng.dirichlet(np.ones(6)) * 50
    columns = rng.dirichlet(np.ones(9)) * 50
    found = balance(prior[None, None], np.array([[50.0]]), exact(rows), exact(columns), tol=1e-11)
    assert found.values[0, 0] == pytest.approx(ras(prior, rows, columns, tol=1e-12).values, rel=1e-8)


def test_soft_and_ranged_margins_solve_the_penalised_problem() -> None:
    """The same minimum by a general solver that knows nothing of scaling: two directions, a turnover, soft targets."""
    rng = np.random.default_rng(4)
    n, m = 3, 2
    prior = np.exp(rng.normal(size=(1, 2, n, m)))
    totals = np.array([[6.0, 10.0]])
    rows, columns = Side.unknown(2, n), Side.unknown(2, m)
    rows.low[0, 0, 0], rows.high[0, 0, 0] = 3.5, 4.0
    rows.low[0, 2, 1], rows.high[0, 2, 1] = 7.0, 7.5
    columns.target[0, :2], columns.power[0, :2] = [[1.0, 5.0], [8.0, 2.0]], 0.6
    columns.target[0, 2, 0], columns.power[0, 2, 0] = 4.0, 0.5
    found = balance(prior, totals, rows, columns, tol=1e-12)

    def divergence(x: Array, y: Array) -> float:
        return float(np.sum(x * np.log(x / y) - x + y))

    def cost(flat: Array) -> float:
        x = flat.reshape(2, n, m)
        sums = x.sum(axis=1)
        base = divergence(x, prior[0] / prior[0].sum(axis=(1, 2), keepdims=True))
        soft = 0.6 / 0.4 * divergence(sums, columns.target[0, :2])
        return base + soft + 0.5 / 0.5 * divergence(sums.sum(axis=0)[:1], columns.target[0, 2, :1])

    def equal(flat: Array) -> Array:
        return np.asarray(flat.reshape(2, -1).sum(axis=1) - totals[0])

    def inside(flat: Array) -> Array:
        x = flat.reshape(2, n, m)
        first, turnover = x[0, 0].sum(), x[:, 1].sum()
        return np.array([first - 3.5, 4.0 - first, turnover - 7.0, 7.5 - turnover])

    limits = [{"type": "eq", "fun": equal}, {"type": "ineq", "fun": inside}]
    start = np.full(2 * n * m, 16 / (2 * n * m))
    other = minimize(
        cost, start, method="SLSQP", bounds=[(1e-9, None)] * start.size, constraints=limits,
        options={"maxiter": 2000, "ftol": 1e-14},
    )  # fmt: skip
    assert other.success
    assert found.values[0].ravel() == pytest.approx(other.x, abs=2e-4)
    assert cost(found.values[0].ravel()) <= other.fun + 1e-7
    # The margins do bind, otherwise the test would say nothing of them.
    free = balance(prior, totals, Side.unknown(2, n), Side.unknown(2, m))
    assert np.abs(free.values - found.values).max() > 0.2


def test_every_draw_meets_its_own_margins() -> None:
    rng = np.random.default_rng(5)
    prior = np.exp(rng.normal(0, 1.5, (50, 2, 7, 9)))
    rows, columns = Side.unknown(2, 7, 50), Side.unknown(2, 9)
    rows.low[:, 0, 2] = rows.high[:, 0, 2] = rng.uniform(1, 3, 50)
    rows.high[:, 2, 4] = 0.5
    columns.target[0, :2], columns.power[0, :2] = 2.0, 0.7
    found = balance(prior, np.array([[20.0, 30.0]]), rows, columns)
    assert found.values.sum(axis=(2, 3)) == pytest.approx(np.tile([20.0, 30.0], (50, 1)))
    assert found.values[:, 0, 2].sum(axis=1) == pytest.approx(rows.low[:, 0, 2], rel=1e-5)
    assert found.values[:, :, 4].sum(axis=(1, 2)).max() <= 0.5 + 1e-4
    assert found.residual < 1e-6


def test_what_cannot_be_met_is_no_table() -> None:
    rows = Side.unknown(1, 2)
    rows.low[0, 0], rows.high[0, 0] = [8.0, 8.0], [9.0, 9.0]
    with pytest.raises(NotConverged, match="misses its margins"):
        balance(np.ones((1, 1, 2, 2)), np.array([[10.0]]), rows, Side.unknown(1, 2), max_rounds=200)
    with pytest.raises(BadSample, match="zero, negative or missing"):
        balance(np.zeros((1, 1, 2, 2)), np.array([[10.0]]), Side.unknown(1, 2), Side.unknown(1, 2))
    bad = Side.unknown(1, 2)
    bad.power[0, 0, 0] = 0.5
    with pytest.raises(BadSample, match="soft row target is not positive"):
        balance(np.ones((1, 1, 2, 2)), np.array([[10.0]]), bad, Side.unknown(1, 2))


def test_balancing_does_not_touch_the_interaction() -> None:
    """Odds ratios of the prior survive any margins: margins identify nothing about who trades with whom."""
    rng = np.random.default_rng(6)
    prior = np.exp(rng.normal(size=(1, 1, 4, 5)))
    found = balance(
        prior,
        np.array([[50.0]]),
        exact(rng.dirichlet(np.ones(4)) * 50),
        exact(rng.dirichlet(np.ones(5)) * 50),
        tol=1e-11,
    ).values

    def odds(x: Array) -> Array:
        return np.asarray(x[0, 0, 0, 0] * x[0, 0, 1:, 1:] / (x[0, 0, 0, 1:] * x[0, 0, 1:, :1]))

    assert odds(found) == pytest.approx(odds(prior), rel=1e-7)
