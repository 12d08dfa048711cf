"""Laws of the one-sector equilibrium, and agreement with formulations that share no step with it.

Random economies have zero flows, deficits and domestic sales of very different weight. Shocks include cost factors far from
1, closed flows, embargoes of a place and autarky.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, root

from landbridge.equilibrium.endowment import armington, conditional
from landbridge.equilibrium.gains import gains_from_trade
from landbridge.equilibrium.result import DEFICITS, Equilibrium
from landbridge.errors import BadBaseline, BadUsage, NotConverged, OutsideSupport, UnknownLabel

Array = np.ndarray


def economy(seed: int, places: int = 8, zeros: float = 0.2, spread: float = 0.3) -> tuple[Array, Array]:
    """Flows with zeros off the diagonal, never a whole row or column; and cost factors."""
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(scale=1.2, size=(places, places)))
    flows *= rng.random((places, places)) >= zeros
    ring = np.arange(places)
    flows[ring, (ring + 1) % places] += 0.5
    flows[(ring + 1) % places, ring] += 0.5
    flows[ring, ring] = flows.sum(axis=1) * rng.uniform(0.5, 4.0, places)
    return flows, np.exp(rng.normal(scale=spread, size=(places, places)))


def markets_clear(flows: Array, found: Equilibrium, tolerance: float = 1e-10) -> None:
    """Adding up, on the table of new flows: rows are incomes, columns are spending, the world is what it was."""
    new = flows * found.flows_hat
    assert new.sum(axis=1) == pytest.approx(found.wage_hat * flows.sum(axis=1), rel=tolerance)
    assert new.sum(axis=0) == pytest.approx(found.spending_hat * flows.sum(axis=0), rel=tolerance)
    assert new.sum() == pytest.approx(flows.sum(), rel=tolerance)
    assert found.residual < tolerance
    assert found.real_income_hat * found.price_index_hat == pytest.approx(found.spending_hat, rel=1e-12)


@pytest.mark.parametrize("deficits", DEFICITS)
def test_nothing_changes_without_a_shock(deficits: str) -> None:
    flows, _ = economy(1)
    if deficits == "removed":
        flows = flows + flows.T
    found = armington(flows, theta=4.0, cost_hat=np.ones_like(flows), deficits=deficits)
    for values in (found.real_income_hat, found.wage_hat, found.price_index_hat, found.flows_hat):
        assert np.abs(values - 1).max() < 1e-13
    held = conditional(flows, theta=4.0, cost_hat=np.ones_like(flows))
    assert np.abs(held.flows_hat - 1).max() < 1e-13


SEEDS = st.integers(0, 100_000)


@settings(max_examples=60, deadline=None)
@given(
    seed=SEEDS,
    places=st.integers(2, 12),
    theta=st.floats(0.5, 12.0),
    zeros=st.floats(0.0, 0.7),
    spread=st.floats(0.0, 0.5),
    deficits=st.sampled_from(["multiplicative", "removed"]),
)
def test_random_economies_clear(
    seed: int, places: int, theta: float, zeros: float, spread: float, deficits: str
) -> None:
    flows, cost_hat = economy(seed, places, zeros, spread)
    markets_clear(flows, armington(flows, theta=theta, cost_hat=cost_hat, deficits=deficits))


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, theta=st.floats(1.0, 9.0), kind=st.sampled_from(["times five", "embargo", "autarky"]))
def test_large_shocks_clear(seed: int, theta: float, kind: str) -> None:
    """With deficits that can follow, the five-fold cost, the embargo of a place and autarky have an equilibrium."""
    flows, cost_hat = economy(seed)
    apart = ~np.eye(len(flows), dtype=bool)
    if kind == "embargo":
        cost_hat[2, apart[2]] = cost_hat[apart[:, 2], 2] = math.inf
    else:
        cost_hat = np.where(apart, 5.0 if kind == "times five" else math.inf, 1.0)
    for deficits in ("multiplicative", "removed"):
        found = armington(flows, theta=theta, cost_hat=cost_hat, deficits=deficits)
        markets_clear(flows, found)
        assert (found.flows_hat[np.isinf(cost_hat) & (flows > 0)] == 0).all()
        if kind == "embargo":
            assert found.wage_hat[2] == pytest.approx(1, rel=1e-11)


def test_who_only_buys_can_live_on_a_deficit_and_on_nothing_else() -> None:
    flows, _ = economy(12)
    flows[:, 2] *= 1.6
    flows[2, 2] /= 1.6
    one_way = np.ones_like(flows)
    one_way[2, np.arange(len(flows)) != 2] = math.inf
    deficit = flows[:, 2].sum() - flows[2].sum()
    assert deficit > 0
    found = armington(flows, theta=4.0, cost_hat=one_way)
    markets_clear(flows, found)
    new = flows * found.flows_hat
    assert new[:, 2].sum() - new[2, 2] == pytest.approx(deficit, rel=1e-10)
    with pytest.raises(NotConverged, match=r"place \[2\] still sells to or buys from others, but not both"):
        armington(flows, theta=4.0, cost_hat=one_way, deficits="removed")


def test_fixed_deficits_clear_with_large_costs_or_say_who_is_in_the_way() -> None:
    flows, _ = economy(3, spread=0.2)
    apart = ~np.eye(len(flows), dtype=bool)
    markets_clear(flows, armington(flows, theta=4.0, cost_hat=np.where(apart, 5.0, 1.0)))
    cut = np.ones_like(flows)
    cut[3, apart[3]] = cut[apart[3], 3] = math.inf
    with pytest.raises(NotConverged, match=r"part of place \[3\] is left with deficits"):
        armington(flows, theta=4.0, cost_hat=cut)
    with pytest.raises(NotConverged, match=r"part of place \[3\] is left with deficits"):
        conditional(flows, theta=4.0, cost_hat=cut)


def test_two_parts_of_the_world_keep_their_own_output() -> None:
    flows, cost_hat = economy(4)
    left = np.arange(len(flows)) < 3
    cost_hat[np.ix_(left, ~left)] = cost_hat[np.ix_(~left, left)] = math.inf
    found = armington(flows, theta=5.0, cost_hat=cost_hat, deficits="removed")
    output = flows.sum(axis=1)
    for part in (left, ~left):
        assert (found.wage_hat * output)[part].sum() == pytest.approx(output[part].sum(), rel=1e-12)
        inner = np.ix_(part, part)
        # Alone, with domestic sales that bring row sums to what they were, shares of purchases being the same.
        shares = flows[inner] / flows[:, part].sum(axis=0)
        assert found.price_index_hat[part] == pytest.approx(
            ((shares * (found.wage_hat[part, None] * cost_hat[inner]) ** -5.0).sum(axis=0)) ** (-1 / 5.0)
        )
    assert "2 parts" in found.closure


def test_units_do_not_matter() -> None:
    """Flows in another currency; all costs, domestic too, times a constant; a permutation of places."""
    flows, cost_hat = economy(5)
    for deficits in DEFICITS:
        base = armington(flows, theta=4.0, cost_hat=cost_hat, deficits=deficits)
        other = armington(1000 * flows, theta=4.0, cost_hat=cost_hat, deficits=deficits)
        assert other.real_income_hat == pytest.approx(base.real_income_hat, rel=1e-12)
        dearer = armington(flows, theta=4.0, cost_hat=1.7 * cost_hat, deficits=deficits)
        assert dearer.real_income_hat == pytest.approx(base.real_income_hat / 1.7, rel=1e-12)
        assert dearer.wage_hat == pytest.approx(base.wage_hat, rel=1e-12)
        order = np.random.default_rng(0).permutation(len(flows))
        moved = armington(
            flows[np.ix_(order, order)], theta=4.0, cost_hat=cost_hat[np.ix_(order, order)], deficits=deficits
        )
        assert moved.real_income_hat == pytest.approx(base.real_income_hat[order], rel=1e-12)


def test_what_becomes_of_deficits() -> None:
    flows, cost_hat = economy(6)
    output, spending = flows.sum(axis=1), flows.sum(axis=0)
    new = {
        deficits: flows * armington(flows, theta=4.0, cost_hat=cost_hat, deficits=deficits).flows_hat
        for deficits in DEFICITS
    }
    left = {deficits: table.sum(axis=0) - table.sum(axis=1) for deficits, table in new.items()}
    assert left["additive"] == pytest.approx(spending - output, abs=1e-11 * flows.sum())
    assert np.abs(left["removed"]).max() < 1e-11 * flows.sum()
    assert left["multiplicative"].sum() == pytest.approx(0, abs=1e-11 * flows.sum())
    ratio = new["multiplicative"].sum(axis=0) / new["multiplicative"].sum(axis=1) / (spending / output)
    assert ratio == pytest.approx(ratio[0], rel=1e-11)
    assert np.abs(left["multiplicative"] - left["additive"]).max() > 1e-3


def test_autarky_is_the_closed_form() -> None:
    """Arkolakis, Costinot and Rodriguez-Clare (2012): the loss is 1 - lambda^(1/theta). At once, and as a limit."""
    flows, _ = economy(7)
    flows = flows + flows.T
    apart = ~np.eye(len(flows), dtype=bool)
    lost = gains_from_trade(flows, theta=4.0).lost
    for cost, tolerance in ((math.inf, 1e-12), (1e4, 1e-12), (50.0, 1e-5)):
        found = armington(flows, theta=4.0, cost_hat=np.where(apart, cost, 1.0), deficits="additive")
        assert 1 - found.real_income_hat == pytest.approx(lost, abs=tolerance)


def levels(flows: Array, theta: float, cost_hat: Array, deficits: str) -> Array:
    """The same equilibrium in levels: preference weights and quantities, goods markets solved by a general root finder.

    Quantities are base output; the weight of each origin is such that base flows come about at base prices of 1.
    """
    output, spending = flows.sum(axis=1), flows.sum(axis=0)
    weight, places = flows / spending, len(flows)

    def demand(price: Array) -> tuple[Array, Array]:
        value = price * output
        if deficits == "additive":
            bought = value + spending - output
        elif deficits == "removed":
            bought = value
        else:
            bought = value * spending / output
            bought = bought * value.sum() / bought.sum()
        delivered = price[:, None] * cost_hat
        index = (weight * delivered**-theta).sum(axis=0) ** (-1 / theta)
        return (weight * (delivered / index) ** -theta * bought).sum(axis=1), bought / spending / index

    def wrong(log_price: Array) -> Array:
        price = np.exp(log_price)
        bought, _ = demand(price)
        # One market follows from the others; the numeraire takes its place.
        excess = bought / (price * output) - 1
        excess[0] = (price * output).sum() / output.sum() - 1
        return excess

    found = root(wrong, np.zeros(places), method="hybr", tol=1e-14)
    assert np.abs(wrong(found.x)).max() < 1e-11
    price = np.exp(found.x)
    return np.stack([price, demand(price)[1]])


@pytest.mark.parametrize(("seed", "deficits"), list(itertools.product(range(4), DEFICITS)))
def test_a_root_finder_in_levels_agrees(seed: int, deficits: str) -> None:
    flows, cost_hat = economy(20 + seed, places=6, spread=0.2)
    price, real_income = levels(flows, 4.0, cost_hat, deficits)
    found = armington(flows, theta=4.0, cost_hat=cost_hat, deficits=deficits)
    assert found.wage_hat == pytest.approx(price, rel=1e-9)
    assert found.real_income_hat == pytest.approx(real_income, rel=1e-9)


def test_two_places_by_bisection_even_far_away() -> None:
    """Two places, balanced, cost twenty-fold one way: one equation in one unknown."""
    flows = np.array([[70.0, 30.0], [30.0, 20.0]])
    theta, cost_hat = 6.0, np.array([[1.0, 20.0], [0.9, 1.0]])
    share = flows / flows.sum(axis=0) * cost_hat**-theta

    def gap(log_wage: float) -> float:
        weights = share * np.exp(-theta * np.array([log_wage, 0.0]))[:, None]
        new = weights / weights.sum(axis=0)
        return float(np.log(new[0, 1] * 50 / (new[1, 0] * 100 * math.exp(log_wage))))

    relative = brentq(gap, -20, 20, xtol=1e-15, rtol=1e-15)
    found = armington(flows, theta=theta, cost_hat=cost_hat)
    assert math.log(found.wage_hat[0] / found.wage_hat[1]) == pytest.approx(relative, abs=1e-11)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, theta=st.floats(0.5, 9.0))
def test_the_conditional_step_is_plain_scaling(seed: int, theta: float) -> None:
    """RAS by alternating rows and columns, which shares no step with Newton; sums of rows and columns stay."""
    flows, cost_hat = economy(seed, zeros=0.1)
    found = conditional(flows, theta=theta, cost_hat=cost_hat)
    table = flows * cost_hat**-theta
    rows, columns = flows.sum(axis=1), flows.sum(axis=0)
    for _ in range(100_000):
        table = table * (rows / table.sum(axis=1))[:, None]
        factor = columns / table.sum(axis=0)
        table = table * factor
        if np.abs(factor - 1).max() < 1e-15:
            break
    assert flows * found.flows_hat == pytest.approx(table, rel=1e-8, abs=1e-14 * flows.sum())
    seller, buyer = found.unit_cost_hat, found.price_index_hat
    product = (seller[:, None] * cost_hat / buyer) ** -theta
    assert found.flows_hat[flows > 0] == pytest.approx(product[flows > 0], rel=1e-9)
    assert (seller * rows).sum() == pytest.approx(rows.sum(), rel=1e-10)


def test_bad_calls_and_baselines_are_refused_with_all_their_cells() -> None:
    flows, cost_hat = economy(8)
    bad = flows.copy()
    bad[1, 2], bad[3, 4] = -1.0, math.nan
    with pytest.raises(BadBaseline, match=r"\[1, 2\] = -1, \[3, 4\] = nan") as refusal:
        armington(bad, theta=-4.0, cost_hat=0 * cost_hat)
    assert len(refusal.value.problems) == 3
    bad = flows.copy()
    bad[:, 5] = 0
    with pytest.raises(BadBaseline, match=r"buys nothing: importer \[5\]"):
        armington(bad, theta=4.0, cost_hat=cost_hat)
    with pytest.raises(BadUsage, match="and 59 more"):
        armington(flows, theta=4.0, cost_hat=-cost_hat)
    with pytest.raises(BadUsage, match="theta = sigma - 1"):
        armington(flows, theta=0.0, cost_hat=cost_hat)
    with pytest.raises(UnknownLabel, match="additive"):
        armington(flows, theta=4.0, cost_hat=cost_hat, deficits="aditive")
    closed = cost_hat.copy()
    closed[:, 1] = math.inf
    with pytest.raises(NotConverged, match=r"place \[1\] can no longer buy"):
        armington(flows, theta=4.0, cost_hat=closed)


def test_gains_refuse_what_has_no_autarky() -> None:
    """A sector bought, and nothing of it at home; but a sector that no one wants does no harm."""
    flows = np.stack([economy(9, 4)[0], economy(10, 4)[0]])
    flows[1, 2, 2] = 0.0
    with pytest.raises(OutsideSupport, match=r"\[1, 2\]"):
        gains_from_trade(flows, theta=4.0)
    flows[1, :, 2] = 0.0
    found = gains_from_trade(flows, theta=4.0)
    assert found.weight[1, 2] == 0
    assert found.lost[2] == pytest.approx(gains_from_trade(flows[0], theta=4.0).lost[2], rel=1e-12)
    with pytest.raises(BadBaseline, match="inputs exceed output"):
        gains_from_trade(flows, np.full((2, 2, 4), 0.6), theta=4.0)


def test_gains_with_equal_sectors_are_those_of_one_sector() -> None:
    """Two copies of one sector, each using both: the gain is that of one sector with theta times the value-added share."""
    flow = economy(11, 5)[0]
    flow = flow + flow.T
    flows, inputs = np.stack([flow, flow]), np.full((2, 2, 5), 0.2)
    found = gains_from_trade(flows, inputs, theta=4.0)
    assert found.lost == pytest.approx(gains_from_trade(flow, theta=4.0 * 0.6).lost, rel=1e-12)
    assert found.final_share == pytest.approx(0.5)
