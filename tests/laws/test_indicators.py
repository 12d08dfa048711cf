"""Laws of the indicators: bounds, and formulas that must agree."""

from __future__ import annotations

import dataclasses
import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.errors import UnitMismatch
from landbridge.flows import gap
from landbridge.flows import indices as ix
from landbridge.flows.indicators import share
from landbridge.provenance import Citation, Figure, Source, Status, Unavailable

vectors = st.lists(st.floats(0, 1e6), min_size=3, max_size=12).map(np.array).filter(lambda v: v.sum() > 1e-3)


def number(found: float | Unavailable) -> float:
    assert not isinstance(found, Unavailable)
    return found


@given(vectors)
def test_concentration_is_bounded_and_its_two_counts_are_ordered(values: np.ndarray) -> None:
    n = np.count_nonzero(values)
    index = number(ix.herfindahl(values))
    assert 1 / n - 1e-9 <= index <= 1 + 1e-9
    by_squares, by_entropy = number(ix.effective_number(values)), number(ix.effective_number_entropy(values))
    assert 1 - 1e-9 <= by_squares <= by_entropy * (1 + 1e-9) <= n * (1 + 1e-6)


def test_equal_items_count_as_many_as_they_are() -> None:
    values = np.full(7, 3.0)
    assert number(ix.effective_number(values)) == pytest.approx(7)
    assert number(ix.effective_number_entropy(values)) == pytest.approx(7)


def test_world_weighted_mean_of_revealed_advantage_is_one() -> None:
    rng = np.random.default_rng(1)
    trade = rng.uniform(0, 5, (6, 9))
    world = trade.sum(axis=0)
    for exports in trade:
        rca = ix.revealed_advantage(exports, world)
        assert not isinstance(rca, Unavailable)
        assert (rca * world / world.sum()).sum() == pytest.approx(1)
    # And over exporters, weighted by their size, for every item.
    stacked = np.stack([np.asarray(ix.revealed_advantage(row, world)) for row in trade])
    np.testing.assert_allclose((stacked * (trade.sum(axis=1) / trade.sum())[:, None]).sum(axis=0), 1)


@given(st.integers(0, 1000))
def test_complementarity_equals_similarity_and_is_bounded(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(0, 1, 8), rng.uniform(0, 1, 8)
    found = number(ix.complementarity(a, b))
    assert found == pytest.approx(number(ix.similarity(a, b)))
    assert 0 <= found <= 1
    assert number(ix.similarity(a, 3 * a)) == pytest.approx(1)
    assert number(ix.similarity(np.array([1.0, 0.0]), np.array([0.0, 1.0]))) == 0


def test_intensity_is_one_where_trade_follows_size() -> None:
    exports, imports = np.array([3.0, 5.0, 2.0]), np.array([4.0, 4.0, 2.0])
    flow = exports[0] * imports[1] / 10
    assert number(ix.intensity(flow, 3.0, 4.0, 10.0)) == pytest.approx(1)


def test_dependence_of_parts_adds_up_to_that_of_the_whole() -> None:
    partner, everyone = np.array([1.0, 0.0, 3.0]), np.array([4.0, 0.0, 6.0])
    by_item = ix.dependence(partner, everyone)
    assert by_item[1] == 0
    assert (by_item * everyone).sum() / everyone.sum() == pytest.approx(0.4)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1e9)), min_size=1, max_size=40), st.randoms())
def test_sums_by_group_do_not_depend_on_the_order_of_rows(
    rows: list[tuple[int, float]], chance: random.Random
) -> None:
    def summed(given: list[tuple[int, float]]) -> list[float]:
        codes, values = np.array([row[0] for row in given]), np.array([row[1] for row in given])
        found: list[float] = ix.totals_by(codes, values, 5).tolist()
        return found

    mixed = list(rows)
    chance.shuffle(mixed)
    assert summed(mixed) == summed(rows)
    expected = [sum(value for code, value in rows if code == group) for group in range(5)]
    assert summed(rows) == pytest.approx(expected)


@given(st.integers(0, 500))
def test_ends_of_a_share_are_reached_and_never_passed(seed: int) -> None:
    """Against every corner of the box of sales: the ends are the lowest and the highest of them."""
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 2, 5)
    high = low + rng.uniform(0, 3, 5)
    parts = rng.dirichlet(np.ones(3), 5).T
    least, most = ix.share_range(low, high, parts)
    corners = [
        parts @ np.where(pick, high, low) / np.where(pick, high, low).sum()
        for pick in itertools.product([False, True], repeat=5)
    ]
    np.testing.assert_allclose(least, np.min(corners, axis=0))
    np.testing.assert_allclose(most, np.max(corners, axis=0))


def test_a_share_of_a_range_is_a_range_and_moves_the_whole_with_its_part() -> None:
    part = dataclasses.replace(report(60.0), low=20.0, high=80.0)
    found = share("share of the part", part, report(100.0))
    assert isinstance(found, Figure)
    assert (found.value, found.low, found.high) == pytest.approx((60.0, 100 * 20 / 60, 100 * 80 / 120))
    assert "leave the rest of the whole" in found.note
    bare = share("share of the part", report(60.0), report(100.0))
    assert isinstance(bare, Figure)
    assert (bare.low, bare.high, bare.note) == (None, None, "")
    assert isinstance(share("share of nothing", report(0.0), report(0.0)), Unavailable)


def test_nothing_to_divide_by_is_said_and_not_nan() -> None:
    empty, some = np.zeros(3), np.ones(3)
    for found in (
        ix.herfindahl(empty),
        ix.effective_number(empty),
        ix.revealed_advantage(empty, some),
        ix.complementarity(some, empty),
        ix.similarity(empty, some),
        ix.intensity(1.0, 0.0, 1.0, 1.0),
    ):
        assert isinstance(found, Unavailable)


def report(value: float, period: str = "2022", unit: str = "USD") -> Figure:
    source = Source("s", "Customs", "Table", "2023", "https://example.org", "facts only")
    return Figure("exports", value, unit, period, Status.REPORTED, citation=Citation(source))


def test_mirror_gap_keeps_both_sides_and_has_no_opinion_without_a_base() -> None:
    found = gap(report(100.0), report(108.0))
    assert isinstance(found.gap_pct, Figure)
    assert found.gap_pct.value == pytest.approx(8)
    assert found.table()["value"].to_list() == [100.0, 108.0]
    assert isinstance(gap(report(0.0), report(1.0)).gap_pct, Unavailable)
    assert isinstance(gap(report(1.0), report(1.0, "2023")).gap_pct, Unavailable)
    with pytest.raises(UnitMismatch):
        gap(report(1.0), report(1.0, unit="CNY"))
