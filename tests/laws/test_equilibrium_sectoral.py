"""Laws of the many-sector equilibrium, and agreement with a formulation in levels that shares no step with it.

The random economies of `sectoral_levels` have zero flows, goods that a place does not make or does not want, tariffs, links,
and deficits of up to several times value added.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import sectoral_levels as made
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from landbridge.equilibrium import armington, baseline, caliendo_parro, decomposition, gains_from_trade, solve
from landbridge.equilibrium.economy import Baseline
from landbridge.equilibrium.result import DEFICITS, Equilibrium
from landbridge.errors import NotConverged

Array = np.ndarray
SEEDS = st.integers(0, 100_000)
APART = ~np.eye(4, dtype=bool)


def economy(seed: int, **kind: float | bool) -> tuple[made.Small, Baseline]:
    drawn = made.small(seed, **kind)  # type: ignore[arg-type]
    return drawn, baseline(drawn.flows, drawn.inputs, tariff=drawn.tariff if drawn.tariff.any() else None)


def balanced(seed: int, **kind: float | bool) -> tuple[made.Small, Baseline]:
    """A random economy without deficits and tariffs."""
    drawn, base = economy(seed, taxed=False, **kind)
    level = solve(base, theta=drawn.theta, deficits="removed", tol=1e-13)
    return drawn, baseline(drawn.flows * level.flows_hat, drawn.inputs)


def accounts_hold(base: Baseline, tariff: Array | None, found: Equilibrium, tolerance: float = 1e-9) -> Array:
    """Adding up, from the new table of flows alone; gives back the deficits it implies."""
    new = base.flows * found.flows_hat
    levied = np.zeros_like(new) if tariff is None else new * tariff
    output, bought = new.sum(axis=2), (new + levied).sum(axis=1)
    earned = (base.value_added_share * output).sum(axis=0)
    deficit = new.sum(axis=(0, 1)) - output.sum(axis=0)
    spent = found.spending_hat * base.spending
    assert earned == pytest.approx(found.wage_hat * base.value_added, rel=tolerance)
    assert levied.sum(axis=(0, 1)) == pytest.approx(found.tariff_revenue, rel=tolerance, abs=1e-12)
    assert earned + found.tariff_revenue + deficit == pytest.approx(
        spent, rel=tolerance, abs=tolerance * bought.sum()
    )
    used = np.einsum("ksj,sj->kj", base.inputs, output)
    assert used + base.final_share * spent == pytest.approx(bought, rel=tolerance)
    assert new.sum() == pytest.approx(base.flows.sum(), rel=tolerance)
    assert found.real_income_hat * found.price_index_hat == pytest.approx(found.spending_hat, rel=1e-13)
    assert (found.flows_hat[base.flows == 0] == 1).all()
    assert found.output_hat * base.output == pytest.approx(output, rel=tolerance)
    assert found.residual <= tolerance
    assert found.iterations == len(found.history)
    return deficit


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
        assert deficits == "additive"
        assert "cannot pay its surplus" in str(refusal)
        with np.errstate(invalid="ignore"):
            try:
                held = made.World(drawn).solve(drawn.cost_hat, drawn.tariff_new, deficits)
            except AssertionError:
                return  # the root finder finds none either
        assert held.real_income_hat.min() <= 0
        return
    held = made.World(drawn).solve(drawn.cost_hat, drawn.tariff_new, deficits)
    assert found.real_income_hat == pytest.approx(held.real_income_hat, rel=1e-9)
    assert found.wage_hat == pytest.approx(held.wage_hat, rel=1e-9)
    assert found.price_index_hat == pytest.approx(held.price_index_hat, rel=1e-9)
    assert found.flows_hat * drawn.flows == pytest.approx(held.flows, rel=1e-9, abs=1e-12)
    assert found.tariff_revenue == pytest.approx(held.revenue, rel=1e-9, abs=1e-12)
    accounts_hold(base, drawn.tariff_new, found, 1e-10)


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
    drawn, base = economy(seed, taxed=taxed)
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
    drawn, base = economy(seed, spread=spread)
    found = solve(
        base,
        theta=drawn.theta,
        cost_hat=drawn.cost_hat,
        tariff_new=drawn.tariff_new,
        deficits=deficits,
        tol=1e-11,
    )
    deficit = accounts_hold(base, drawn.tariff_new, found, 1e-10)
    assert deficit.sum() == pytest.approx(0, abs=1e-10 * base.flows.sum())
    if deficits == "removed":
        assert np.abs(deficit).max() < 1e-10 * base.flows.sum()
    else:
        ratio = (1 + deficit / (found.wage_hat * base.value_added)) / (1 + base.deficit / base.value_added)
        assert ratio == pytest.approx(ratio[0], rel=1e-8)
        assert abs(ratio[0] - 1) < 1


def test_additive_deficits_keep_their_value_in_world_output() -> None:
    drawn, base = economy(3, spread=0.1)
    found = solve(base, theta=drawn.theta, cost_hat=drawn.cost_hat, tariff_new=drawn.tariff_new)
    deficit = accounts_hold(base, drawn.tariff_new, found)
    assert np.abs(base.deficit).max() > 0.01 * base.flows.sum()
    assert deficit == pytest.approx(base.deficit, abs=1e-9 * base.flows.sum())


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_flows_obey_gravity_with_costs_and_tariffs_apart(seed: int) -> None:
    """A tariff turns buyers away just as an iceberg cost of its size does, and the part of the price that is revenue is
    not in the flow: flows_hat * (1 + t)_hat is (c k (1 + t))^-theta times something of the buyer alone.
    """
    drawn, base = economy(seed, spread=0.3)
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
    drawn, base = economy(5)
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
    drawn, base = economy(7)
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
    flows[:, range(5), range(5)] *= 5
    inputs = np.broadcast_to(rng.dirichlet(np.ones(4), 3)[:, :3].T[:, :, None] * 0.4, (3, 3, 5))
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


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("links", [False, True])
def test_autarky_is_the_closed_form(seed: int, links: bool) -> None:
    """Costinot and Rodriguez-Clare (2014), equation 29, with costs that are infinite, and as the limit of large ones."""
    drawn, base = balanced(seed, zeros=0.0, links=links)
    lost = gains_from_trade(base.flows, base.inputs, theta=drawn.theta).lost
    closed = np.where(APART, math.inf, 1.0) * np.ones_like(base.flows)
    found = solve(base, theta=drawn.theta, cost_hat=closed, deficits="removed")
    assert 1 - found.real_income_hat == pytest.approx(lost, abs=1e-8)
    assert found.wage_hat == pytest.approx(found.spending_hat, rel=1e-9)
    assert (found.flows_hat[:, APART] == 0).all()
    theta = np.maximum(drawn.theta, 5.0)
    far = solve(
        base, theta=theta, cost_hat=np.where(APART, 1e3, 1.0) * np.ones_like(base.flows), deficits="removed"
    )
    lost = gains_from_trade(base.flows, base.inputs, theta=theta).lost
    assert 1 - far.real_income_hat == pytest.approx(lost, abs=1e-8)


@pytest.mark.parametrize("seed", range(10))
def test_an_embargo_takes_one_place_out(seed: int) -> None:
    """The place that is cut off loses its gains from trade; the others trade as a world of their own would."""
    drawn, base = balanced(seed, zeros=0.0)
    shut = np.ones_like(base.flows)
    shut[:, 0, 1:] = shut[:, 1:, 0] = math.inf
    found = solve(base, theta=drawn.theta, cost_hat=shut, deficits="removed")
    lost = gains_from_trade(base.flows, base.inputs, theta=drawn.theta).lost
    assert 1 - found.real_income_hat[0] == pytest.approx(lost[0], abs=1e-8)
    accounts_hold(base, None, found)
    assert found.real_income_hat.max() < 1.2
    new = base.flows * found.flows_hat
    alone = baseline(new[:, 1:, 1:], base.inputs[:, :, 1:])
    assert alone.deficit == pytest.approx(0, abs=1e-8 * new.sum())
    assert alone.final_share == pytest.approx(base.final_share[:, 1:], abs=1e-8)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("whom", ["one place", "all"])
def test_costs_times_five_clear_or_say_why_not(seed: int, whom: str) -> None:
    drawn, base = economy(seed)
    cost_hat = np.ones_like(base.flows)
    if whom == "all":
        cost_hat[:, APART] = 5.0
    else:
        cost_hat[:, 2, [0, 1, 3]] = cost_hat[:, [0, 1, 3], 2] = 5.0
    for deficits in ("multiplicative", "removed"):
        found = solve(base, theta=drawn.theta, cost_hat=cost_hat, deficits=deficits)
        accounts_hold(base, base.tariff, found)
    try:
        accounts_hold(base, base.tariff, solve(base, theta=drawn.theta, cost_hat=cost_hat))
    except NotConverged as refusal:
        assert "cannot pay its surplus" in str(refusal)


def test_a_market_without_supplier_is_named() -> None:
    drawn, base = economy(10, zeros=0.0)
    flows = base.flows.copy()
    flows[1, 2, :] = 0.0
    base = baseline(flows, 0.5 * base.inputs)
    shut = np.ones_like(flows)
    shut[1, :, 2] = math.inf
    with pytest.raises(NotConverged, match=r"1 markets have no supplier left, \[place, sector\] \[2, 1\]"):
        solve(base, theta=drawn.theta, cost_hat=shut)


def test_deficits_that_cannot_be_paid_are_named() -> None:
    drawn, base = economy(11)
    shut = np.ones_like(base.flows)
    shut[:, 3, :3] = shut[:, :3, 3] = math.inf
    with pytest.raises(NotConverged, match="deficits do not add up to zero; first place"):
        solve(base, theta=drawn.theta, cost_hat=shut)
    accounts_hold(base, base.tariff, solve(base, theta=drawn.theta, cost_hat=shut, deficits="multiplicative"))
    flows = np.array([[[50.0, 45.0], [1.0, 50.0]]])
    dear = np.array([[[1.0, 3.0], [1.0, 1.0]]])
    with pytest.raises(NotConverged, match="place 0 cannot pay its surplus: it owes 44"):
        solve(baseline(flows, np.full((1, 1, 2), 0.3)), theta=8.0, cost_hat=dear)


def test_the_optimum_tariff_of_two_places() -> None:
    """With one good of each of two places the best tariff is 1 / (theta lambda), lambda the share of its own good in what
    the other place buys, at the tariff in question (Gros 1987, for sigma - 1 = theta). Below it a rise helps, beyond it harms; the other place
    always loses.
    """
    base = baseline(np.array([[[60.0, 40.0], [40.0, 90.0]]]))
    theta = 4.0

    def after(rate: float) -> Equilibrium:
        levied = np.zeros((1, 2, 2))
        levied[0, 1, 0] = rate
        return solve(base, theta=theta, tariff_new=levied, tol=1e-13)

    def missed(rate: float) -> float:
        new = base.flows * after(rate).flows_hat
        return float(rate - new[0, :, 1].sum() / (theta * new[0, 1, 1]))

    best = brentq(missed, 0.05, 2.0, xtol=1e-12)
    grid = [after(rate).real_income_hat for rate in np.linspace(0, 2 * best, 9)]
    home, other = np.array(grid).T
    assert (np.diff(home[:5]) > 0).all()
    assert (np.diff(home[4:]) < 0).all()
    assert (np.diff(other) < 0).all()
    step = 1e-4
    slope = (after(best + step).real_income_hat[0] - after(best - step).real_income_hat[0]) / (2 * step)
    assert abs(slope) < 1e-7
    assert home[1] - home[0] > 1e-4


def test_the_way_does_not_matter() -> None:
    """Half of the shock, a new baseline from where that leads, then the other half: as all of it at once."""
    drawn, base = economy(3, spread=0.2)
    half = np.sqrt(drawn.cost_hat)
    once = solve(base, theta=drawn.theta, cost_hat=drawn.cost_hat, tariff_new=drawn.tariff_new, tol=1e-12)
    first = solve(base, theta=drawn.theta, cost_hat=half, tol=1e-12)
    between = baseline(base.flows * first.flows_hat, drawn.inputs, tariff=drawn.tariff)
    second = solve(between, theta=drawn.theta, cost_hat=half, tariff_new=drawn.tariff_new, tol=1e-12)
    for name in ("real_income_hat", "wage_hat", "price_index_hat", "flows_hat", "unit_cost_hat"):
        assert getattr(first, name) * getattr(second, name) == pytest.approx(getattr(once, name), rel=1e-9)


def test_the_same_bits_every_time() -> None:
    """Again, after other solves, and from arrays in another layout."""
    drawn, base = economy(13)
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


@pytest.mark.parametrize("seed", [3, 5, 7])
def test_the_parts_of_a_gain_add_up_to_the_first_order(seed: int) -> None:
    """Caliendo and Parro (2015), equation 15: what the two parts miss falls with the square of the change of tariffs."""
    drawn, base = economy(seed)
    missed = []
    for size in (0.02, 0.01, 0.005):
        rates = drawn.tariff + size * (drawn.tariff_new - drawn.tariff)
        found = solve(base, theta=drawn.theta, tariff_new=rates, tol=1e-13)
        parts = decomposition(base, found)
        assert parts.exact == pytest.approx(np.log(found.real_income_hat), rel=1e-15)
        missed.append(np.abs(parts.first_order - parts.exact).max())
    assert missed[0] < 0.05 * np.abs(parts.exact).max()
    assert missed[0] / missed[1] == pytest.approx(4, rel=0.1)
    assert missed[1] / missed[2] == pytest.approx(4, rel=0.1)
    large = decomposition(
        base, solve(base, theta=drawn.theta, tariff_new=3 * drawn.tariff_new, deficits="additive")
    )
    assert np.abs(large.first_order - large.exact).max() > 1e-2


def test_the_parts_by_hand() -> None:
    """Two places, one good: place 0 takes its tariff of 0.2 away."""
    flows = np.array([[[60.0, 30.0], [25.0, 80.0]]])
    tariff = np.zeros((1, 2, 2))
    tariff[0, 1, 0] = 0.2
    base = baseline(flows, tariff=tariff)
    found = solve(base, theta=3.0, tariff_new=np.zeros((1, 2, 2)))
    parts = decomposition(base, found)
    cost, flow = np.log(found.unit_cost_hat[0]), math.log(found.flows_hat[0, 1, 0])
    assert base.spending == pytest.approx([60 + 25 * 1.2, 30 + 80])
    assert parts.terms_of_trade.sum(axis=(0, 1)) == pytest.approx(
        [(30 * cost[0] - 25 * cost[1]) / 90, (25 * cost[1] - 30 * cost[0]) / 110]
    )
    assert parts.volume_of_trade.sum(axis=(0, 1)) == pytest.approx([0.2 * 25 * (flow - cost[1]) / 90, 0.0])
