"""First-order effects of costs and tariffs: against differences of exact solves, a dense linearisation and identities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import landbridge as lb
import sectoral_levels as made
from landbridge.equilibrium import baseline, real_income_elasticities, solve
from landbridge.equilibrium.economy import Baseline
from landbridge.equilibrium.sensitivity import Sensitivity
from landbridge.errors import BadUsage, NotConverged, UnknownLabel

Array = np.ndarray


def difference(function: Callable[[float], Array], step: float) -> Array:
    """Central difference of fourth order."""
    near, far = function(step) - function(-step), function(2 * step) - function(-2 * step)
    return (8 * near - far) / (12 * step)


def by_cost(base: Baseline, theta: Array, deficits: str, way: Array, step: float = 1e-3) -> Array:
    """d ln real income of all places along `way`, a table of log costs."""
    return difference(
        lambda x: np.log(
            solve(base, theta=theta, cost_hat=np.exp(x * way), deficits=deficits, tol=1e-12).real_income_hat
        ),
        step,
    )


def by_tariff(base: Baseline, theta: Array, deficits: str, way: Array, step: float = 1e-3) -> Array:
    """The same along a table of tariff fractions, from those of the baseline."""
    rates = np.zeros_like(base.flows) if base.tariff is None else base.tariff
    return difference(
        lambda x: np.log(
            solve(base, theta=theta, tariff_new=rates + x * way, deficits=deficits, tol=1e-12).real_income_hat
        ),
        step,
    )


def along(table: Array | None, way: Array) -> Array:
    assert table is not None
    return np.einsum("psij,sij->p", table, way)


def full(base: Baseline, theta: object, **options: object) -> Sensitivity:
    return real_income_elasticities(base, theta=theta, places=range(base.shape[1]), **options)


@pytest.mark.parametrize("deficits", ["additive", "multiplicative"])
@pytest.mark.parametrize("taxed", [False, True])
@pytest.mark.parametrize(("seed", "sectors", "places"), [(0, 1, 3), (1, 3, 4), (2, 4, 5), (3, 3, 6)])
def test_effects_are_those_of_small_shocks(
    seed: int, sectors: int, places: int, taxed: bool, deficits: str
) -> None:
    """Single cells that trade, and all cells at once in a random direction; zero flows, idle and absent goods included.

    1e-6 of the largest effect on any place: differences of solves to 1e-12 are good to about 1e-8.
    """
    drawn, base = made.economy(seed, sectors=sectors, places=places, taxed=taxed)
    found = full(base, drawn.theta, deficits=deficits)
    assert found.residual <= 1e-10
    rng = np.random.default_rng(seed)
    cells = np.argwhere(drawn.flows > 0)
    ways = [rng.normal(size=drawn.flows.shape)]
    for at in rng.choice(cells, size=4, replace=False):
        way = np.zeros_like(drawn.flows)
        way[tuple(at)] = 1.0
        ways.append(way)
    for way in ways:
        for table, exact in ((found.cost, by_cost), (found.tariff, by_tariff)):
            wanted = exact(base, drawn.theta, deficits, way)
            assert np.abs(wanted).max() > 1e-7
            assert along(table, way) == pytest.approx(wanted, rel=1e-6, abs=1e-6 * np.abs(wanted).max())


def test_effects_on_the_account_of_the_release_are_those_of_small_shocks() -> None:
    """Fifty sectors and eighty-one places, 5 % of all cells made dearer; reached: 1e-9 of every place's effect."""
    data = lb.load()
    base = baseline(data.accounts)
    theta = np.array([data.elasticities.theta(sector).point for sector in data.accounts.sectors])
    rng = np.random.default_rng(5)
    way = rng.random(base.flows.shape) * (rng.random(base.flows.shape) < 0.05)
    places = rng.choice(base.shape[1], size=3, replace=False)
    found = real_income_elasticities(base, theta=theta, places=places)
    assert along(found.cost, way) == pytest.approx(by_cost(base, theta, "additive", way)[places], rel=1e-7)
    assert along(found.tariff, way) == pytest.approx(
        by_tariff(base, theta, "additive", way)[places], rel=1e-6
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_world_loses_what_is_shipped(seed: int) -> None:
    """Hulten (1978): without tariffs, gains weighted with spending add up to minus the value of the flow made dearer,
    whatever the links, deficits and elasticities.
    """
    drawn, base = made.economy(seed, sectors=4, places=5, taxed=False)
    for deficits in ("additive", "multiplicative"):
        found = real_income_elasticities(
            base, theta=drawn.theta, places=base.spending[None, :], deficits=deficits
        )
        assert found.cost[0] == pytest.approx(-base.flows, rel=1e-8, abs=1e-9 * base.spending.sum())


@pytest.mark.parametrize("seed", range(3))
def test_a_buyer_bears_what_makes_all_its_purchases_dearer(seed: int) -> None:
    """Without links a place's shares of sellers do not move when all of them become dearer, home included: it loses its
    final share and nobody else anything. A tariff on all of it is paid back to those who pay it: nobody loses.
    """
    drawn, base = made.economy(seed, links=False, taxed=False)
    found = full(base, drawn.theta)
    places = base.shape[1]
    assert found.cost.sum(axis=2) == pytest.approx(
        -np.eye(places)[:, None, :] * base.final_share[None, :, :], abs=1e-9
    )
    assert found.tariff is not None
    assert found.tariff.sum(axis=(1, 2)) == pytest.approx(np.zeros((places, places)), abs=1e-9)


@pytest.mark.parametrize("deficits", ["additive", "multiplicative"])
def test_all_costs_up_lowers_all_incomes_by_one_over_the_share_of_value_added(deficits: str) -> None:
    """With one share of value added everywhere, prices rise by one over it and nothing else moves; tariffs and deficits
    do not matter.
    """
    drawn = made.small(2, 3, 4, zeros=0.0, taxed=False)
    inputs = 0.4 * drawn.inputs / drawn.inputs.sum(axis=0)
    base = baseline(drawn.flows, inputs, final_share=np.full((3, 4), 1 / 3), tariff=None)
    found = full(base, drawn.theta, deficits=deficits)
    assert found.cost.sum(axis=(1, 2, 3)) == pytest.approx(-np.ones(4) / 0.6, rel=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_one_sector_agrees_with_a_dense_linearisation(seed: int) -> None:
    """Armington without links: the wage equations written out cell by cell and solved densely, shock by shock."""
    drawn = made.small(seed, 1, 5, zeros=0.0, links=False, taxed=False)
    flows, theta = drawn.flows[0], float(drawn.theta[0])
    base = baseline(drawn.flows)
    found = full(base, theta)
    income, bought = flows.sum(axis=1), flows.sum(axis=0)
    share = flows / bought
    places = income.size
    # d ln X_ij = d ln E_j - theta (w_i + k_ij - p_j), p_j = sum_i share_ij (w_i + k_ij), E_j dlnE_j = Y_j w_j.
    slopes = np.zeros((places, places))
    for i in range(places):
        slopes[i, i] += income[i] + theta * flows[i].sum()
        for j in range(places):
            slopes[i, j] -= flows[i, j] * income[j] / bought[j]
            slopes[i] -= theta * flows[i, j] * share[:, j]
    # World output keeps its value in place of the last market.
    slopes[-1] = income
    for i in range(places):
        for j in range(places):
            right = theta * flows[:, j] * share[i, j]
            right[i] -= theta * flows[i, j]
            right[-1] = 0.0
            wage = np.linalg.solve(slopes, right)
            price = share.T @ wage
            price[j] += share[i, j]
            assert found.cost[:, 0, i, j] == pytest.approx(
                income * wage / bought - price, rel=1e-8, abs=1e-10
            )


def test_two_worlds_that_do_not_trade_keep_to_themselves() -> None:
    one, other = (made.small(seed, 2, 3, zeros=0.0, taxed=True) for seed in (0, 1))
    flows, rates = np.zeros((2, 6, 6)), np.zeros((2, 6, 6))
    for at, drawn in ((slice(3), one), (slice(3, 6), other)):
        flows[:, at, at], rates[:, at, at] = drawn.flows, drawn.tariff
    base = baseline(flows, np.concatenate([one.inputs, other.inputs], axis=2), tariff=rates)
    found = full(base, one.theta)
    for at, drawn in ((slice(3), one), (slice(3, 6), other)):
        alone = full(baseline(drawn.flows, drawn.inputs, tariff=drawn.tariff), one.theta)
        assert found.cost[at, :, at, at] == pytest.approx(alone.cost, rel=1e-8, abs=1e-10)
        assert found.tariff is not None
        assert alone.tariff is not None
        assert found.tariff[at, :, at, at] == pytest.approx(alone.tariff, rel=1e-8, abs=1e-10)
    assert np.abs(found.cost[:3, :, 3:, 3:]).max() < 1e-10


def test_weights_add_places_up_and_pairs_pick_cells() -> None:
    drawn, base = made.economy(1, sectors=3, places=5)
    every = full(base, drawn.theta)
    assert every.tariff is not None
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(2, 5))
    mixed = real_income_elasticities(base, theta=drawn.theta, places=weights)
    assert mixed.cost == pytest.approx(np.einsum("pn,nsij->psij", weights, every.cost), rel=1e-7, abs=1e-9)
    pairs = [(0, 3), (3, 0), (2, 2)]
    few = real_income_elasticities(base, theta=drawn.theta, places=[4, 1], pairs=pairs)
    exporter, importer = np.array(pairs).T
    assert few.pairs == tuple(pairs)
    assert few.cost.shape == (2, 3, 3)
    assert few.cost == pytest.approx(every.cost[[4, 1]][:, :, exporter, importer], rel=1e-7, abs=1e-10)
    assert few.tariff == pytest.approx(every.tariff[[4, 1]][:, :, exporter, importer], rel=1e-7, abs=1e-10)
    assert real_income_elasticities(base, theta=drawn.theta, places=[0], tariff=False).tariff is None


def test_what_does_not_trade_has_no_effect() -> None:
    drawn, base = made.economy(3, sectors=4, places=5)
    found = full(base, drawn.theta)
    assert found.tariff is not None
    assert (base.flows == 0).any()
    assert np.abs(found.cost[:, base.flows == 0]).max() == 0
    assert np.abs(found.tariff[:, base.flows == 0]).max() == 0


def test_results_cannot_be_written_over() -> None:
    _, base = made.economy(0)
    found = full(base, 4.0)
    with pytest.raises(ValueError, match="read-only"):
        found.cost[0] = 0.0


def test_without_deficits_there_are_none_to_remove() -> None:
    drawn = made.small(0, 2, 3, zeros=0.0, taxed=False)
    flows = drawn.flows + drawn.flows.transpose(0, 2, 1)
    base = baseline(flows)
    assert np.abs(base.deficit).max() < 1e-12 * base.spending.max()
    removed, kept = (full(base, drawn.theta, deficits=rule).cost for rule in ("removed", "additive"))
    assert removed == pytest.approx(kept, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"deficits": "removed"}, BadUsage, "no derivative at the baseline"),
        ({"deficits": "additiv"}, UnknownLabel, "additive"),
        ({"places": []}, BadUsage, "one or more"),
        ({"places": [0, 9]}, BadUsage, "no place at position 9"),
        ({"places": [-1]}, BadUsage, "no place at position -1"),
        ({"places": np.ones((2, 3))}, BadUsage, "with 4 places"),
        ({"places": np.zeros((1, 4))}, BadUsage, "not all of them zero"),
        ({"theta": -4.0}, BadUsage, "above 0"),
        ({"theta": [4.0, 4.0]}, BadUsage, "one per sector"),
        ({"pairs": [(0, 4)]}, BadUsage, "from 0 to 3"),
        ({"pairs": [0, 1]}, BadUsage, "exporter, importer"),
        ({"tol": 0.0}, BadUsage, "between 0 and 1"),
        ({"tol": 1e-30}, NotConverged, "Ask for a larger tol"),
    ],
)
def test_refusals_say_why(options: dict[str, object], error: type[Exception], told: str) -> None:
    drawn, base = made.economy(0)
    call: dict[str, object] = {"theta": drawn.theta, "places": [0]} | options
    with pytest.raises(error, match=told):
        real_income_elasticities(base, **call)


def test_all_that_is_wrong_is_said_at_once() -> None:
    _, base = made.economy(0)
    with pytest.raises(BadUsage) as refusal:
        real_income_elasticities(base, theta=0.0, places=[7], pairs=[(1, 8)])
    assert len(refusal.value.problems) == 3
