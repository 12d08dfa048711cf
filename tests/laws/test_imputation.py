"""Laws of balancing and of closing a world table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from landbridge.flows.imputation import (
    NotBalanced,
    balance,
    close_world,
    distance_prior,
    ratio_prior,
    rest_of_world,
    with_row_sums,
)

Array = NDArray[np.float64]


def margins(seed: int, rows: int, columns: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    prior = rng.uniform(0.1, 5.0, (rows, columns))
    target = rng.uniform(0.1, 5.0, (rows, columns))
    return prior, target.sum(axis=1), target.sum(axis=0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(2, 8))
def test_margins_are_met_with_positive_cells(seed: int, rows: int, columns: int) -> None:
    prior, row_totals, column_totals = margins(seed, rows, columns)
    found = balance(prior, row_totals, column_totals, tol=1e-11)
    assert np.all(found.values > 0)
    np.testing.assert_allclose(found.values.sum(axis=1), row_totals, rtol=1e-12)
    np.testing.assert_allclose(found.values.sum(axis=0), column_totals, rtol=1e-10)
    assert found.residual <= 1e-11


def test_zeros_of_the_prior_stay_zero() -> None:
    prior = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 1.0]])
    found = balance(prior, np.array([3.0, 2.0]), np.array([1.0, 2.0, 2.0]))
    assert found.values[0, 0] == 0
    assert found.values[1, 1] == 0


def test_scaling_rows_and_columns_of_the_prior_changes_nothing() -> None:
    prior, row_totals, column_totals = margins(1, 5, 4)
    rng = np.random.default_rng(2)
    scaled = prior * rng.uniform(0.1, 9, (5, 1)) * rng.uniform(0.1, 9, (1, 4))
    first = balance(prior, row_totals, column_totals, tol=1e-13).values
    second = balance(scaled, row_totals, column_totals, tol=1e-13).values
    np.testing.assert_allclose(first, second, rtol=1e-9)


def test_scaling_the_totals_scales_the_table() -> None:
    prior, row_totals, column_totals = margins(3, 4, 4)
    once = balance(prior, row_totals, column_totals, tol=1e-12).values
    np.testing.assert_allclose(
        balance(prior, 7 * row_totals, 7 * column_totals, tol=1e-12).values, 7 * once, rtol=1e-9
    )


def test_cross_ratios_of_the_prior_are_kept() -> None:
    prior, row_totals, column_totals = margins(4, 2, 2)
    found = balance(prior, row_totals, column_totals, tol=1e-13).values

    def cross(x: Array) -> float:
        return float(x[0, 0] * x[1, 1] / (x[0, 1] * x[1, 0]))

    assert cross(found) == pytest.approx(cross(prior), rel=1e-9)


@pytest.mark.parametrize(
    ("prior", "row_totals", "column_totals", "word"),
    [
        # The second column can get only what the first row sells, and that is not enough.
        ([[1.0, 1.0], [1.0, 0.0]], [1.0, 3.0], [1.0, 3.0], "rounds"),
        ([[0.0, 0.0], [1.0, 1.0]], [1.0, 1.0], [1.0, 1.0], "zeros"),
        ([[1.0, 1.0], [1.0, 1.0]], [1.0, 1.0], [1.0, 2.0], "add up"),
        ([[1.0, -1.0], [1.0, 1.0]], [1.0, 1.0], [1.0, 1.0], "negative"),
        ([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [1.0, 1.0], [1.0, 1.0], "shape"),
    ],
)
def test_what_cannot_be_balanced_is_refused(
    prior: list[list[float]], row_totals: list[float], column_totals: list[float], word: str
) -> None:
    with pytest.raises(NotBalanced, match=word) as refused:
        balance(np.array(prior), np.array(row_totals), np.array(column_totals), max_rounds=200)
    assert refused.value.problems[0].remedy


def world(seed: int = 5, sectors: int = 4, places: int = 5) -> tuple[Array, Array, Array]:
    """Intermediate deliveries, other sales and primary inputs of a small consistent world."""
    rng = np.random.default_rng(seed)
    intermediate = rng.uniform(0.1, 1.0, (sectors, places, places))
    intermediate[:, np.arange(places), np.arange(places)] += 6.0
    other = rng.uniform(4.0, 8.0, (sectors, places))
    used = intermediate.sum(axis=(0, 1))
    sold = intermediate.sum(axis=(0, 2)) + other.sum(axis=0)
    return intermediate, other, sold - used


def test_the_closed_world_adds_up() -> None:
    intermediate, other, primary = world()
    prior = ratio_prior(intermediate, np.full(4, 1.2), np.full(4, 0.4))
    closed = close_world(prior, intermediate, other, primary, 0.05)
    np.testing.assert_allclose(closed.final.sum(axis=2) + closed.to_rest, other, rtol=1e-9)
    assert closed.to_rest.sum() == pytest.approx(closed.from_rest.sum(), rel=1e-7)
    flows = intermediate + closed.final
    exports = flows.sum(axis=(0, 2)) + closed.to_rest.sum(axis=0)
    imports = flows.sum(axis=(0, 1)) + closed.from_rest
    np.testing.assert_allclose(exports, imports, rtol=1e-7)


def test_without_the_balanced_trade_rule_rows_still_add_up() -> None:
    intermediate, other, primary = world(6)
    closed = close_world(intermediate, intermediate, other, primary, 0.05, absorption_free=True)
    np.testing.assert_allclose(closed.final.sum(axis=2) + closed.to_rest, other, rtol=1e-12)


def test_a_seller_without_prior_sells_at_home() -> None:
    prior = np.zeros((1, 2, 2))
    np.testing.assert_array_equal(with_row_sums(prior, np.array([[3.0, 0.0]]))[0], [[3.0, 0.0], [0.0, 0.0]])


def test_distance_prior_keeps_home_sales_and_falls_with_distance() -> None:
    sales = np.ones((1, 3, 3))
    distance = np.array([[1.0, 10.0, 40.0], [10.0, 1.0, 30.0], [40.0, 30.0, 1.0]])
    found = distance_prior(sales, np.ones(3), distance)
    np.testing.assert_allclose(found.sum(axis=2), sales.sum(axis=2))
    np.testing.assert_allclose(np.einsum("sii->si", found), 1.0)
    assert found[0, 0, 1] / found[0, 0, 2] == pytest.approx(4.0)


def test_the_rest_of_the_world_uses_and_sells_what_it_makes() -> None:
    inputs = np.array([[0.2, 0.1], [0.3, 0.2]])
    exports, imports = np.array([1.0, 2.0]), np.array([2.0, 1.0])
    rest = rest_of_world(inputs, np.array([1.0, 3.0]), exports, imports, 20.0)
    np.testing.assert_allclose(rest.output + imports, inputs @ rest.output + rest.final + exports)
    value_added = ((1 - inputs.sum(axis=0)) * rest.output).sum()
    assert value_added == pytest.approx(20.0)
    with pytest.raises(NotBalanced, match="exports more"):
        rest_of_world(inputs, np.array([1.0, 3.0]), np.array([60.0, 0.0]), np.array([60.0, 0.0]), 1e-3)
