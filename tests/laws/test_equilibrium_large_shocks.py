"""Large shocks and tariffs in the many-sector equilibrium: autarky, embargoes, costs times five, what has no equilibrium,
the optimum tariff, and the first-order parts of a gain.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

import sectoral_levels as made
from landbridge.equilibrium import baseline, decomposition, gains_from_trade, solve
from landbridge.equilibrium.result import Equilibrium
from landbridge.errors import NotConverged

APART = ~np.eye(4, dtype=bool)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("links", [False, True])
def test_autarky_is_the_closed_form(seed: int, links: bool) -> None:
    """Costinot and Rodriguez-Clare (2014), equation 29, with costs that are infinite, and as the limit of large ones."""
    drawn, base = made.balanced(seed, zeros=0.0, links=links)
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
    drawn, base = made.balanced(seed, zeros=0.0)
    shut = np.ones_like(base.flows)
    shut[:, 0, 1:] = shut[:, 1:, 0] = math.inf
    found = solve(base, theta=drawn.theta, cost_hat=shut, deficits="removed")
    lost = gains_from_trade(base.flows, base.inputs, theta=drawn.theta).lost
    assert 1 - found.real_income_hat[0] == pytest.approx(lost[0], abs=1e-8)
    made.accounts_hold(base, None, found)
    assert found.real_income_hat.max() < 1.2
    new = base.flows * found.flows_hat
    alone = baseline(new[:, 1:, 1:], base.inputs[:, :, 1:])
    assert alone.deficit == pytest.approx(0, abs=1e-8 * new.sum())
    assert alone.final_share == pytest.approx(base.final_share[:, 1:], abs=1e-8)


# Seeds whose fixed deficits no longer fit the trade that is left.
BROKE = {"one place": (4, 7, 13), "all": (7, 9, 17, 19)}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("whom", ["one place", "all"])
def test_costs_times_five_clear_or_say_why_not(seed: int, whom: str) -> None:
    drawn, base = made.economy(seed)
    cost_hat = np.ones_like(base.flows)
    if whom == "all":
        cost_hat[:, APART] = 5.0
    else:
        cost_hat[:, 2, [0, 1, 3]] = cost_hat[:, [0, 1, 3], 2] = 5.0
    for deficits in ("multiplicative", "removed"):
        found = solve(base, theta=drawn.theta, cost_hat=cost_hat, deficits=deficits)
        made.accounts_hold(base, base.tariff, found)
    if seed not in BROKE[whom]:
        made.accounts_hold(base, base.tariff, solve(base, theta=drawn.theta, cost_hat=cost_hat))
        return
    with pytest.raises(NotConverged, match="cannot pay its surplus"):
        solve(base, theta=drawn.theta, cost_hat=cost_hat)
    drawn = replace(drawn, cost_hat=cost_hat, tariff_new=drawn.tariff)
    assert made.in_levels(drawn, "additive") is None


def test_a_market_without_supplier_is_named() -> None:
    drawn, base = made.economy(10, zeros=0.0)
    flows = base.flows.copy()
    flows[1, 2, :] = 0.0
    base = baseline(flows, 0.5 * base.inputs)
    shut = np.ones_like(flows)
    shut[1, :, 2] = math.inf
    with pytest.raises(NotConverged, match=r"1 markets have no supplier left, \[place, sector\] \[2, 1\]"):
        solve(base, theta=drawn.theta, cost_hat=shut)


def test_deficits_that_cannot_be_paid_are_named() -> None:
    drawn, base = made.economy(11)
    shut = np.ones_like(base.flows)
    shut[:, 3, :3] = shut[:, :3, 3] = math.inf
    with pytest.raises(NotConverged, match="place 0, 1, 2, 3 cannot trade with the rest"):
        solve(base, theta=drawn.theta, cost_hat=shut)
    made.accounts_hold(
        base, base.tariff, solve(base, theta=drawn.theta, cost_hat=shut, deficits="multiplicative")
    )
    flows = np.array([[[50.0, 45.0], [1.0, 50.0]]])
    dear = np.array([[[1.0, 3.0], [1.0, 1.0]]])
    with pytest.raises(NotConverged, match="place 0 cannot pay its surplus: it owes 44"):
        solve(baseline(flows, np.full((1, 1, 2), 0.3)), theta=8.0, cost_hat=dear)


def test_the_optimum_tariff_of_two_places() -> None:
    """With one good of each of two places the best tariff is 1 / (theta lambda), lambda the share of its own good in what
    the other place buys at that tariff (Gros 1987, with sigma - 1 = theta). Below it a rise helps, beyond it harms. The
    other place always loses.
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


@pytest.mark.parametrize("seed", [3, 5, 7])
def test_the_parts_of_a_gain_add_up_to_the_first_order(seed: int) -> None:
    """Caliendo and Parro (2015), equation 15: what the two parts miss falls with the square of the change of tariffs."""
    drawn, base = made.economy(seed)
    missed = []
    for size in (0.02, 0.01, 0.005):
        rates = drawn.tariff + size * (drawn.tariff_new - drawn.tariff)
        found = solve(base, theta=drawn.theta, tariff_new=rates, tol=1e-13)
        parts = decomposition(base, found)
        assert parts.exact == pytest.approx(np.log(found.real_income_hat), rel=1e-15)
        missed.append(np.abs(parts.first_order - parts.exact).max())
    assert 0 < missed[2] < 0.1 * np.abs(parts.exact).max()
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


def test_iceberg_costs_have_a_part_of_their_own() -> None:
    """Costs and tariffs together: with what delivery costs, the parts miss no more than the square of the shock."""
    drawn, base = made.economy(5)
    missed = []
    for size in (0.02, 0.01):
        cost_hat, rates = (
            drawn.cost_hat**size,
            drawn.tariff + size * (drawn.tariff_new - drawn.tariff),
        )
        found = solve(base, theta=drawn.theta, cost_hat=cost_hat, tariff_new=rates, tol=1e-13)
        parts = decomposition(base, found, cost_hat=cost_hat)
        missed.append(np.abs(parts.first_order - parts.exact).max())
    assert missed[0] / missed[1] == pytest.approx(4, rel=0.1)
    assert np.abs(parts.delivery.sum(axis=(0, 1))).max() > 20 * missed[1]
