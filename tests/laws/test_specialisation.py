"""Laws of specialisation, concentration, two-way trade, market shares, complexity and potential: two formulations agree,
parts add up, hand-worked cases come out.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge import indicators as ix
from landbridge.errors import BadSample
from landbridge.provenance import Unavailable

seeds = st.integers(0, 10_000)


def known(found: object) -> np.ndarray:
    assert not isinstance(found, Unavailable)
    return np.asarray(found)


def sparse(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Trade with many zeros."""
    return rng.lognormal(0, 2, shape) * (rng.uniform(size=shape) < 0.6)


# --- revealed advantage


@given(seeds)
def test_the_table_of_advantage_is_that_of_its_rows(seed: int) -> None:
    exports = sparse(np.random.default_rng(seed), 5, 7) + 0.01
    exports[2] = 0.0
    table = known(ix.advantage_matrix(exports))
    for row, own in zip(table, exports, strict=True):
        expected = ix.revealed_advantage(own, exports.sum(axis=0))
        np.testing.assert_allclose(row, 0.0 if isinstance(expected, Unavailable) else expected, rtol=1e-12)


def test_symmetric_advantage_treats_twice_and_half_alike() -> None:
    found = ix.symmetric_advantage(np.array([0.0, 0.5, 1.0, 2.0]))
    np.testing.assert_allclose(found, [-1, -1 / 3, 0, 1 / 3])


# --- Theil


@given(seeds)
def test_theil_is_its_definition_and_the_sum_of_its_parts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, groups = sparse(rng, 12), rng.integers(0, 4, 12)
    values[0] = 1.0
    groups[0] = 3
    ratio = values / values.mean()
    definition = np.mean([r * np.log(r) if r > 0 else 0.0 for r in ratio])
    assert ix.theil_index(values) == pytest.approx(definition)
    found = ix.theil_parts(values, groups)
    assert not isinstance(found, Unavailable)
    assert found.total == pytest.approx(definition)
    assert found.between + found.within == pytest.approx(found.total)
    assert found.between >= -1e-12
    assert found.within >= -1e-12
    assert found.share.sum() == pytest.approx(1)


def test_theil_runs_from_equal_to_one_item_alone() -> None:
    assert ix.theil_index(np.full(9, 4.0)) == pytest.approx(0)
    assert ix.theil_index(np.eye(9)[3]) == pytest.approx(np.log(9))


@given(seeds)
def test_the_extensive_margin_counts_items_sold(seed: int) -> None:
    values = sparse(np.random.default_rng(seed), 20)
    values[0] = 1.0
    found = ix.theil_margins(values)
    assert not isinstance(found, Unavailable)
    sold = values[values > 0]
    assert found.between == pytest.approx(np.log(20 / len(sold)))
    assert found.within == pytest.approx(known(ix.theil_index(sold)))


# --- two-way trade


@given(seeds)
def test_two_way_trade_is_bounded_symmetric_and_grows_with_coarser_items(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, m = sparse(rng, 8) + 0.01, sparse(rng, 8)
    by_item, total = ix.grubel_lloyd(x, m), known(ix.grubel_lloyd_total(x, m))
    np.testing.assert_allclose(by_item, 2 * np.minimum(x, m) / (x + m))
    assert total == pytest.approx((by_item * (x + m)).sum() / (x + m).sum())
    assert total == pytest.approx(known(ix.grubel_lloyd_total(m, x)))
    coarse = known(ix.grubel_lloyd_total(x.reshape(4, 2).sum(axis=1), m.reshape(4, 2).sum(axis=1)))
    limit = 1 - abs(x.sum() - m.sum()) / (x.sum() + m.sum())
    assert total <= coarse + 1e-12 <= limit + 2e-12


@given(seeds)
def test_lafay_adds_to_nothing_and_turns_with_the_flows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, m = sparse(rng, 8) + 0.01, sparse(rng, 8) + 0.01
    found = known(ix.lafay(x, m))
    whole = (x.sum() - m.sum()) / (x.sum() + m.sum())
    written_out = 100 * ((x - m) / (x + m) - whole) * (x + m) / (x + m).sum()
    np.testing.assert_allclose(found, written_out, atol=1e-10)
    assert found.sum() == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(known(ix.lafay(m, x)), -found, atol=1e-10)


def test_nothing_traded_is_said() -> None:
    none = np.zeros(3)
    for found in (
        ix.theil_index(none),
        ix.theil_margins(none),
        ix.grubel_lloyd_total(none, none),
        ix.lafay(none, none),
        ix.advantage_matrix(np.zeros((2, 3))),
        ix.constant_market_share(*(np.zeros((2, 2)),) * 4),
    ):
        assert isinstance(found, Unavailable)


# --- constant market share


def market(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    before, after = sparse(rng, 4, 3), sparse(rng, 4, 3)
    return before, after, before + sparse(rng, 4, 3), after + sparse(rng, 4, 3)


def effects(found: ix.MarketShare | Unavailable) -> list[np.ndarray]:
    assert not isinstance(found, Unavailable)
    return [found.growth, found.items, found.markets, found.competitiveness]


def test_market_share_worked_by_hand() -> None:
    """World 200 to 280: r = 0.4. Items grow by 0.2 and 0.6; markets by 0.6 and 0.2; cells by 0.2, 0.2, 1, 0.2.

    The place sells 10 of the first item in the first market (then 12) and 10 of the second in the second (then 15).
    Growth 0.4 x 20 = 8; items (0.2 - 0.4) 10 + (0.6 - 0.4) 10 = 0; markets (0.2 - 0.2) 10 + (0.2 - 0.6) 10 = -4;
    competitiveness (12 - 12) + (15 - 12) = 3; change 7. Markets first: markets (0.6 - 0.4) 10 + (0.2 - 0.4) 10 = 0.
    """
    world, later = np.full((2, 2), 50.0), np.array([[60.0, 60.0], [100.0, 60.0]])
    own, own_later = np.diag([10.0, 10.0]), np.diag([12.0, 15.0])
    found = effects(ix.constant_market_share(own, own_later, world, later))
    assert [part.sum() for part in found] == pytest.approx([8, 0, -4, 3])
    found = effects(ix.constant_market_share(own, own_later, world, later, first="markets"))
    assert [part.sum() for part in found] == pytest.approx([8, -4, 0, 3])


@given(seeds)
def test_effects_add_up_in_every_cell_and_order_moves_only_the_middle_ones(seed: int) -> None:
    held = market(np.random.default_rng(seed))
    one, other = (effects(ix.constant_market_share(*held, first=first)) for first in ("items", "markets"))
    for found in (one, other):
        np.testing.assert_allclose(sum(found), held[1] - held[0], atol=1e-9 * held[3].max())
    np.testing.assert_allclose(one[0], other[0])
    np.testing.assert_allclose(one[3], other[3])


def test_constant_shares_leave_nothing_to_competitiveness() -> None:
    rng = np.random.default_rng(3)
    world, later = rng.uniform(1, 5, (4, 3)), rng.uniform(1, 5, (4, 3))
    share = rng.uniform(0, 1, (4, 3))
    *_, competitiveness = effects(ix.constant_market_share(share * world, share * later, world, later))
    np.testing.assert_allclose(competitiveness, 0, atol=1e-12)
    growth, items, markets, _ = effects(ix.constant_market_share(share * world, world, world, 2 * world))
    np.testing.assert_allclose(growth, share * world)
    np.testing.assert_allclose([items, markets], 0, atol=1e-12)


def test_one_market_has_no_effect_of_markets_and_a_new_cell_is_competitiveness() -> None:
    own, later = np.array([[4.0], [0.0]]), np.array([[5.0], [3.0]])
    found = effects(ix.constant_market_share(own, later, np.array([[8.0], [0.0]]), np.array([[12.0], [3.0]])))
    np.testing.assert_allclose(found[2], 0, atol=1e-12)
    assert found[3][1, 0] == 3.0


def test_more_sold_than_the_world_sells_is_refused() -> None:
    with pytest.raises(BadSample, match="World trade must include the place itself"):
        ix.constant_market_share(np.ones((1, 1)), np.ones((1, 1)), np.full((1, 1), 0.5), np.ones((1, 1)))


# --- complexity


def matrix(rng: np.random.Generator, places: int, items: int) -> np.ndarray:
    """A table of uneven places and items, in one piece."""
    table = rng.uniform(size=(places, items)) < rng.uniform(0.1, 0.9, (places, 1)) * rng.uniform(
        0.3, 1, items
    )
    table[0] = True
    table[:, 0] = True
    return table


@pytest.mark.parametrize("shape", [(6, 15), (15, 6)])
@pytest.mark.parametrize("seed", range(4))
def test_eci_is_the_eigenvector_of_the_written_out_matrix(shape: tuple[int, int], seed: int) -> None:
    """Against the general eigenproblem of D^-1 M U^-1 M', whichever side is the smaller."""
    held = matrix(np.random.default_rng(seed), *shape).astype(float)
    found = ix.economic_complexity(held)
    diversity, ubiquity = held.sum(axis=1), held.sum(axis=0)
    values, vectors = np.linalg.eig((held / diversity[:, None]) @ (held / ubiquity).T)
    order = np.argsort(values.real)
    raw = vectors[:, order[-2]].real
    raw *= np.sign(np.corrcoef(raw, diversity)[0, 1])
    np.testing.assert_allclose(found.eci, (raw - raw.mean()) / raw.std(), atol=1e-9)
    of_items = raw @ held / ubiquity
    np.testing.assert_allclose(found.pci, (of_items - of_items.mean()) / of_items.std(), atol=1e-9)
    assert found.eigenvalues == pytest.approx(tuple(values.real[order[[-2, -3]]]))
    assert found.alignment == pytest.approx(np.corrcoef(found.eci, diversity)[0, 1])
    assert found.alignment > 0


def test_complexity_follows_its_rows_and_columns() -> None:
    rng = np.random.default_rng(8)
    held = matrix(rng, 9, 20)
    rows, columns = rng.permutation(9), rng.permutation(20)
    one, other = ix.economic_complexity(held), ix.economic_complexity(held[np.ix_(rows, columns)])
    np.testing.assert_allclose(other.eci, one.eci[rows], atol=1e-10)
    np.testing.assert_allclose(other.pci, one.pci[columns], atol=1e-10)


@pytest.mark.parametrize("rounds", [1, 5, 19])
def test_fitness_is_its_definition_written_out(rounds: int) -> None:
    held = matrix(np.random.default_rng(5), 5, 8)
    fit, quality = [1.0] * 5, [1.0] * 8
    for _ in range(rounds):
        f = [sum(quality[p] for p in range(8) if held[c, p]) for c in range(5)]
        q = [1 / sum(1 / fit[c] for c in range(5) if held[c, p]) for p in range(8)]
        fit, quality = [v / (sum(f) / 5) for v in f], [v / (sum(q) / 8) for v in q]
    found = ix.fitness(held, rounds)
    np.testing.assert_allclose(found.fitness, fit, rtol=1e-12)
    np.testing.assert_allclose(found.complexity, quality, rtol=1e-12)


def test_nearness_is_its_definition_across_blocks() -> None:
    """More items than one block holds; one of them nobody sells."""
    held = matrix(np.random.default_rng(6), 4, 1100).astype(float)
    held[:, 1050] = 0
    ubiquity = held.sum(axis=0)
    sellers = np.maximum.outer(ubiquity, ubiquity)
    near = np.divide(held.T @ held, sellers, out=np.zeros_like(sellers), where=sellers > 0)
    np.testing.assert_allclose(ix.proximity(held), near)
    total = near.sum(axis=1)
    expected = np.divide(held @ near, total, out=np.zeros((4, 1100)), where=total > 0)
    found = ix.density(held)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert (found[:, 1050] == 0).all()
    np.testing.assert_allclose(
        found[0], np.where(total > 0, 1.0, 0.0), err_msg="who sells all is near to all"
    )


# --- export potential


def rows_of(cube: np.ndarray) -> tuple[np.ndarray, ...]:
    where = np.nonzero(cube)
    return *(axis.astype(np.int64) for axis in where), cube[where]


@pytest.mark.parametrize("seed", range(4))
def test_potential_on_rows_is_that_of_the_cube(seed: int) -> None:
    """Against the formula on a dense cube (exporter, importer, item), with every adjustment."""
    rng = np.random.default_rng(seed)
    cube = sparse(rng, 5, 5, 6)
    cube[np.arange(5), np.arange(5)] = 0
    growth, wanted, access = (
        rng.uniform(0.5, 2, 5),
        rng.uniform(0.5, 2, (5, 6)),
        rng.uniform(0.8, 1.2, (5, 6)),
    )
    found = ix.potential_values(
        *rows_of(cube),
        (5, 6),
        reexports=True,
        supply_growth=growth,
        demand_growth=wanted,
        supply_access=access,
    )
    sold, bought = np.einsum("ijk->ik", cube), np.einsum("ijk->jk", cube)
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = np.where(bought > 0, np.minimum(1, sold / bought), 1)
    supply = growth[:, None] * sold / np.einsum("i,ijk->k", growth, cube) * kept * access
    ease = np.einsum("ijk->ij", cube) / np.einsum("ik,jk->ij", sold / cube.sum(axis=(0, 1)), bought)
    expected = np.einsum("ik,jk,ij->ijk", supply, bought * wanted, ease)
    for i in range(5):
        for j in set(range(5)) - {i}:
            np.testing.assert_allclose(found.pair(i, j), expected[i, j], rtol=1e-10)


def test_unadjusted_potentials_add_up_to_trade() -> None:
    cube = sparse(np.random.default_rng(2), 6, 6, 9)
    cube[np.arange(6), np.arange(6)] = 0
    found = ix.potential_values(*rows_of(cube), (6, 9))
    for i in range(6):
        for j in range(6):
            assert found.pair(i, j).sum() == pytest.approx(cube[i, j].sum())


def test_trade_below_zero_is_refused() -> None:
    at = np.array([0], dtype=np.int64)
    for bad in (-1.0, float("nan")):
        with pytest.raises(BadSample, match="Drop those rows"):
            ix.potential_values(at, at, at, np.array([bad]), (1, 1))
