"""Laws of the indicators: bounds, and formulas that must agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.errors import UnitMismatch
from landbridge.flows import gap
from landbridge.flows import indices as ix
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


def test_new_and_lost_items_mirror_each_other() -> None:
    before, after = np.array([1.0, 0.0, 2.0]), np.array([0.0, 5.0, 2.0])
    np.testing.assert_array_equal(ix.appeared(before, after), [False, True, False])
    np.testing.assert_array_equal(ix.vanished(before, after), ix.appeared(after, before))


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
