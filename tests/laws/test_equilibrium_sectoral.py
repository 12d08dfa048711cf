"""Laws of the many-sector equilibrium, and agreement with a formulation in levels that shares no step with it.

The random economies of `sectoral_levels` have zero flows, goods that a place does not make or does not want, tariffs, links,
and deficits of up to several times value added.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sectoral_levels as made
from landbridge.equilibrium import armington, baseline, caliendo_parro, solve
from landbridge.equilibrium.result import DEFICITS
from landbridge.errors import NotConverged

Array = np.ndarray
SEEDS = st.integers(0, 100_000)
APART = ~np.eye(4, dtype=bool)


@settings(max_examples=60, deadline=None)
@given(
    seed=SEEDS,
    sectors=st.integers(1, 4),
    places=st.integers(2, 5),
    zeros=st.sampled_from([0.0, 0.2, 0.5]),
    links=st.booleans(),
    taxed=st.booleans(),
    deficits=st.sampled_from(DEFICITS),
)
def test_levels_agree(
    seed: int, sectors: int, places: int, zeros: float, links: bool, taxed: bool, deficits: str
) -> None:
    """Real income, wages, prices, flows and revenue to 1e-9; and where the product finds no equilibrium, none is there:
    somebody would have to spend less than nothing.
    """
    drawn = made.small(seed, sectors, places, zeros=zeros, links=links, taxed=taxed)
    base = baseline(drawn.flows, drawn.inputs, tariff=drawn.tariff)
    shock = {"theta": drawn.theta, "cost_hat": drawn.cost_hat, "tariff_new": drawn.tariff_new}
    try:
        found = solve(base, **shock, deficits=deficits, tol=1e-12)
    except NotConverged as refusal:
        why = str(refusal)
        found = None
    held = made.in_levels(drawn, deficits)
    if found is None or held is None:
        assert found is held
        assert deficits == "additive"
        assert "cannot pay its surplus" in why
        return
    assert found.real_income_hat == pytest.approx(held.real_income_hat, rel=1e-9)
    assert found.wage_hat == pytest.approx(held.wage_hat, rel=1e-9)
    assert found.price_index_hat == pytest.approx(held.price_index_hat, rel=1e-9)
    assert found.flows_hat * drawn.flows == pytest.approx(held.flows, rel=1e-9, abs=1e-12)
    assert found.tariff_revenue == pytest.approx(held.revenue, rel=1e-9, abs=1e-12)
    made.accounts_hold(base, drawn.tariff_new, found, 1e-10)


def test_the_levels_do_not_depend_on_what_they_were_drawn_with() -> None:
    drawn = made.small(1)
    one, other = (
        made.World(drawn, seed).solve(drawn.cost_hat, drawn.tariff_new, "additive") for seed in (0, 1)
    )
    assert one.real_income_hat == pytest.approx(other.real_income_hat, rel=1e-11)
    assert one.flows == pytest.approx(other.flows, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("taxed", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_nothing_changes_without_a_shock(seed: int, taxed: bool) -> None:
    drawn, base = made.economy(seed, taxed=taxed)
    for deficits in ("additive", "multiplicative"):
        for tariff_new in (None, drawn.tariff.copy()):
            found = solve(
                base,
                theta=drawn.theta,
                cost_hat=np.ones_like(drawn.flows),
                tariff_new=tariff_new,
                deficits=deficits,
            )
            for values in (found.real_income_hat, found.wage_hat, found.price_index_hat, found.flows_hat):
                assert np.abs(values - 1).max() < 1e-12
            assert found.unit_cost_hat == pytest.approx(1, rel=1e-12)
            assert found.tariff_revenue == pytest.approx(base.revenue, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, deficits=st.sampled_from(["multiplicative", "removed"]), spread=st.floats(0.0, 0.6))
def test_markets_add_up_and_deficits_follow_their_rule(seed: int, deficits: str, spread: float) -> None:
    drawn, base = made.economy(seed, spread=spread)
    found = solve(
        base,
        theta=drawn.theta,
        cost_hat=drawn.cost_hat,
        tariff_new=drawn.tariff_new,
        deficits=deficits,
        tol=1e-11,
    )
    deficit = made.accounts_hold(base, drawn.tariff_new, found, 1e-10)
    assert deficit.sum() == pytest.approx(0, abs=1e-10 * base.flows.sum())
    if deficits == "removed":
        assert np.abs(deficit).max() < 1e-10 * base.flows.sum()
    else:
        ratio = (1 + deficit / (found.wage_hat * base.value_added)) / (1 + base.deficit / base.value_added)
        assert ratio == pytest.approx(ratio[0], rel=1e-8)
        assert abs(ratio[0] - 1) < 1


def test_additive_deficits_keep_their_value_in_world_output() -> None:
    drawn, base = made.economy(3, spread=0.1)
    found = solve(base, theta=drawn.theta, cost_hat=drawn.cost_hat, tariff_new=drawn.tariff_new)
    deficit = made.accounts_hold(base, drawn.tariff_new, found)
    assert np.abs(base.deficit).max() > 0.01 * base.flows.sum()
    assert deficit == pytest.approx(base.deficit, abs=1e-9 * base.flows.sum())


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_flows_obey_gravity_with_costs_and_tariffs_apart(seed: int) -> None:
    """A tariff turns buyers away just as an iceberg cost of its size does, and the part of the price that is revenue is
    not in the flow: flows_hat * (1 + t)_hat is (c k (1 + t))^-theta times something of the buyer alone.
    """
    drawn, base = made.economy(seed, spread=0.3)
    found = solve(
        base,
        theta=drawn.theta,
        cost_hat=drawn.cost_hat,
        tariff_new=drawn.tariff_new,
        deficits="removed",
        tol=1e-12,
    )
    gross = (1 + drawn.tariff_new) / (1 + drawn.tariff)
    door = np.log(found.unit_cost_hat[:, :, None] * drawn.cost_hat * gross)
    buyers = np.log(found.flows_hat * gross) + drawn.theta[:, None, None] * door
    for s in range(3):
        for j in range(4):
            own = buyers[s, drawn.flows[s, :, j] > 0, j]
            if own.size:
                assert np.ptp(own) < 1e-10


@pytest.mark.parametrize("factor", [1000.0, 1e-6])
@pytest.mark.parametrize("deficits", DEFICITS)
def test_units_do_not_matter(factor: float, deficits: str) -> None:
    drawn, base = made.economy(5)
    shock = {"theta": drawn.theta, "cost_hat": drawn.cost_hat, "tariff_new": drawn.tariff_new, "tol": 1e-12}
    one = solve(base, **shock, deficits=deficits)
    other = solve(
        baseline(factor * drawn.flows, drawn.inputs, tariff=drawn.tariff), **shock, deficits=deficits
    )
    assert other.real_income_hat == pytest.approx(one.real_income_hat, rel=1e-11)
    assert other.flows_hat == pytest.approx(one.flows_hat, rel=1e-10)
    assert other.tariff_revenue == pytest.approx(factor * one.tariff_revenue, rel=1e-10)


def test_costs_dearer_everywhere_by_one_factor() -> None:
    """With value added a share v of output in all sectors, prices rise by x through costs and by (1 - v) of themselves
    through inputs: log P = log x + (1 - v) log P, so real income falls by x^(1/v). Nothing else moves.
    """
    drawn = made.small(6, zeros=0.0)
    left = 0.35
    inputs = np.random.default_rng(6).dirichlet(np.ones(3), (3, 4)).transpose(2, 0, 1) * left
    inputs *= min(
        1.0,
        0.9
        * ((drawn.flows * (1 + drawn.tariff)).sum(axis=1) / np.einsum("ksj,sj->kj", inputs, drawn.flows.sum(axis=2)))
        .min(),
    )  # fmt: skip
    added = 1 - inputs.sum(axis=0)
    assert added == pytest.approx(added[0, 0], rel=1e-12)
    base = baseline(drawn.flows, inputs, tariff=drawn.tariff)
    for factor in (1.3, 0.5):
        found = solve(
            base,
            theta=drawn.theta,
            cost_hat=factor * np.ones_like(drawn.flows),
            deficits="additive",
            tol=1e-12,
        )
        assert found.real_income_hat == pytest.approx(factor ** (-1 / added[0, 0]), rel=1e-10)
        assert found.wage_hat == pytest.approx(1, rel=1e-10)
        assert found.flows_hat == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("deficits", DEFICITS)
def test_the_order_of_sectors_and_places_does_not_matter(deficits: str) -> None:
    drawn, base = made.economy(7)
    shock = {"theta": drawn.theta, "cost_hat": drawn.cost_hat, "tariff_new": drawn.tariff_new}
    one = solve(base, **shock, deficits=deficits, tol=1e-12)
    sector, place = np.array([2, 0, 1]), np.array([3, 1, 0, 2])
    table = np.ix_(sector, place, place)
    base = baseline(
        drawn.flows[table], drawn.inputs[np.ix_(sector, sector, place)], tariff=drawn.tariff[table]
    )
    other = solve(
        base,
        theta=drawn.theta[sector],
        cost_hat=drawn.cost_hat[table],
        tariff_new=drawn.tariff_new[table],
        deficits=deficits,
        tol=1e-12,
    )
    assert other.real_income_hat == pytest.approx(one.real_income_hat[place], rel=1e-11)
    assert other.flows_hat == pytest.approx(one.flows_hat[table], rel=1e-10)


def test_places_that_are_alike_fare_alike() -> None:
    """Places on a ring, all the same; a cost that is the same for all leaves wages at 1."""
    rng = np.random.default_rng(8)
    row, cost = np.exp(rng.normal(size=(2, 3, 5)))
    turn = (np.arange(5)[None, :] - np.arange(5)[:, None]) % 5
    flows, cost_hat = row[:, turn], cost[:, turn]
    flows[:, range(5), range(5)] *= 9
    inputs = np.broadcast_to(rng.dirichlet(np.ones(4), 3)[:, :3].T[:, :, None] * 0.2, (3, 3, 5))
    rates = rng.uniform(0, 0.2, (3, 5))[:, turn]
    found = caliendo_parro(flows, inputs, theta=[3.0, 5.0, 8.0], cost_hat=cost_hat, tariff_new=rates)
    assert found.wage_hat == pytest.approx(found.wage_hat[0], rel=1e-9)
    assert found.real_income_hat == pytest.approx(found.real_income_hat[0], rel=1e-9)
    assert abs(found.real_income_hat[0] - 1) > 1e-3


@pytest.mark.parametrize("deficits", DEFICITS)
def test_one_sector_without_links_is_the_endowment_equilibrium(deficits: str) -> None:
    for seed in range(5):
        drawn = made.small(seed, 1, 5, links=False, taxed=False)
        one = armington(drawn.flows[0], theta=4.0, cost_hat=drawn.cost_hat[0], deficits=deficits)
        many = solve(baseline(drawn.flows), theta=4.0, cost_hat=drawn.cost_hat, deficits=deficits, tol=1e-12)
        assert many.real_income_hat == pytest.approx(one.real_income_hat, rel=1e-9)
        assert many.wage_hat == pytest.approx(one.wage_hat, rel=1e-9)
        assert many.price_index_hat == pytest.approx(one.price_index_hat, rel=1e-9)
        assert many.flows_hat[0] == pytest.approx(one.flows_hat, rel=1e-8)


def test_no_inputs_are_inputs_of_zero() -> None:
    drawn = made.small(9, links=False)
    shock = {"theta": drawn.theta, "tariff": drawn.tariff, "tariff_new": drawn.tariff_new}
    one = caliendo_parro(drawn.flows, None, **shock)
    other = caliendo_parro(drawn.flows, np.zeros((3, 3, 4)), **shock)
    assert np.array_equal(one.real_income_hat, other.real_income_hat)
    assert np.array_equal(one.flows_hat, other.flows_hat)


def test_the_way_does_not_matter() -> None:
    """Half of the shock, a new baseline from where that leads, then the other half: as all of it at once."""
    drawn, base = made.economy(3, spread=0.2)
    half = np.sqrt(drawn.cost_hat)
    once = solve(base, theta=drawn.theta, cost_hat=drawn.cost_hat, tariff_new=drawn.tariff_new, tol=1e-12)
    first = solve(base, theta=drawn.theta, cost_hat=half, tol=1e-12)
    between = baseline(base.flows * first.flows_hat, drawn.inputs, tariff=drawn.tariff)
    second = solve(between, theta=drawn.theta, cost_hat=half, tariff_new=drawn.tariff_new, tol=1e-12)
    for name in ("real_income_hat", "wage_hat", "price_index_hat", "flows_hat", "unit_cost_hat"):
        assert getattr(first, name) * getattr(second, name) == pytest.approx(getattr(once, name), rel=1e-9)


def test_the_same_bits_every_time() -> None:
    """Again, after other solves, and from arrays in another layout."""
    drawn, base = made.economy(13)
    shock = {"theta": drawn.theta, "cost_hat": drawn.cost_hat, "tariff_new": drawn.tariff_new}
    one = solve(base, **shock)
    solve(base, theta=2.0, deficits="removed")
    columns = {name: np.asfortranarray(values) for name, values in shock.items()}
    again = baseline(
        np.asfortranarray(drawn.flows),
        np.asfortranarray(drawn.inputs),
        tariff=np.asfortranarray(drawn.tariff),
    )
    for other in (solve(base, **shock), solve(again, **columns)):
        for name in ("real_income_hat", "wage_hat", "flows_hat", "tariff_revenue"):
            assert np.array_equal(getattr(one, name), getattr(other, name))
        assert one.history == other.history
