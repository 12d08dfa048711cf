"""Traffic on a network: agreement with trade written out pair by pair and walk by walk, and what elasticities must obey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from landbridge.equilibrium import link_elasticities, network_equilibrium
from landbridge.equilibrium.traffic import NetworkEquilibrium
from landbridge.errors import BadNetwork, BadUsage, NotConverged

Array = np.ndarray
PARAMETERS = [(0.0, 0.0, 0.0), (0.1, -0.3, 0.0), (0.0, 0.0, 0.1), (-0.12, -0.1, 0.3), (0.1, -0.3, 1.0)]


@dataclass(frozen=True)
class Drawn:
    """A ring of two-way links with shortcuts, some of them one way; no two places alike."""

    productivity: Array
    amenity: Array
    links: Array


def network(seed: int, places: int = 8) -> Drawn:
    rng = np.random.default_rng(seed)
    open_ = rng.random((places, places)) < 0.15
    at = np.arange(places)
    open_[at, np.roll(at, 1)] = open_[np.roll(at, 1), at] = True
    np.fill_diagonal(open_, False)
    links = np.where(open_, rng.uniform(1.5, 2.2, (places, places)), np.inf)
    productivity, amenity = np.exp(rng.normal(scale=0.25, size=(2, places)))
    return Drawn(productivity, amenity, links)


def solved(drawn: Drawn, links: Array | None = None, **options: Any) -> NetworkEquilibrium:
    given = drawn.links if links is None else links
    return network_equilibrium(
        drawn.productivity, drawn.amenity, given, **({"sigma": 5.0, "tol": 1e-11} | options)
    )


@pytest.mark.parametrize(("alpha", "beta", "congestion"), PARAMETERS)
@pytest.mark.parametrize("seed", range(3))
def test_equations_of_the_paper_hold_pair_by_pair(
    seed: int, alpha: float, beta: float, congestion: float
) -> None:
    """Trade costs as a sum over walks, gravity, and the traffic of a link added up over all pairs that use it."""
    drawn = network(seed)
    found = solved(drawn, alpha=alpha, beta=beta, congestion=congestion, total_labour=3.0)
    theta, places = 4.0, drawn.productivity.size
    linked = np.isfinite(drawn.links)
    weight = np.zeros_like(drawn.links)
    cost = drawn.links[linked] * found.link_traffic[linked] ** congestion
    weight[linked] = cost**-theta
    walks, ahead = np.eye(places), np.eye(places)
    for _ in range(4000):
        ahead = ahead @ weight
        walks = walks + ahead
    assert ahead.max() < 1e-15
    tau = walks ** (-1 / theta)
    assert found.tau == pytest.approx(tau, rel=1e-9)
    assert found.link_cost[linked] == pytest.approx(cost, rel=1e-9)
    # Gravity: prices at the door, price indices, expenditure of each place.
    door = found.wages / (drawn.productivity * found.labour**alpha)
    price = ((tau * door[:, None]) ** -theta).sum(axis=0) ** (-1 / theta)
    income = found.wages * found.labour
    trade = np.array(
        [
            [(tau[i, j] * door[i] / price[j]) ** -theta * income[j] for j in range(places)]
            for i in range(places)
        ]
    )
    assert trade.sum(axis=1) == pytest.approx(income, rel=1e-9)
    assert found.trade == pytest.approx(trade, rel=1e-9)
    assert found.price_index == pytest.approx(price, rel=1e-9)
    assert income.sum() == pytest.approx(1.0, rel=1e-10)
    assert found.labour.sum() == pytest.approx(3.0, rel=1e-10)
    real = found.wages * drawn.amenity * found.labour**beta / price
    assert real == pytest.approx(np.full(places, found.welfare), rel=1e-9)
    # Expected uses of a link on the way from i to j: (tau_ij / (tau_ik kappa_kl tau_lj))^theta.
    for k, m in np.argwhere(linked):
        used = (tau / (tau[:, [k]] * found.link_cost[k, m] * tau[[m], :])) ** theta
        assert found.link_traffic[k, m] == pytest.approx((trade * used).sum(), rel=1e-9)
    assert not found.link_traffic[~linked].any()


@pytest.mark.parametrize(("alpha", "beta", "congestion"), PARAMETERS)
@pytest.mark.parametrize("seed", range(2))
def test_elasticities_are_those_of_small_changes(
    seed: int, alpha: float, beta: float, congestion: float
) -> None:
    """Every link, by differences of fourth order; 1e-9 is what solves to 1e-11 leave."""
    drawn = network(seed, places=6)
    options = {"alpha": alpha, "beta": beta, "congestion": congestion}
    effect = link_elasticities(solved(drawn, **options))
    step = 1e-3
    for link in np.argwhere(np.isfinite(drawn.links)):
        welfare = []
        for moved in (step, -step, 2 * step, -2 * step):
            links = drawn.links.copy()
            links[tuple(link)] *= np.exp(moved)
            welfare.append(np.log(solved(drawn, links, **options).welfare))
        exact = (8 * (welfare[0] - welfare[1]) - (welfare[2] - welfare[3])) / (12 * step)
        assert effect[tuple(link)] == pytest.approx(exact, abs=1e-9)
    assert not effect[~np.isfinite(drawn.links)].any()


@pytest.mark.parametrize("seed", range(6))
def test_without_congestion_and_externalities_a_link_is_worth_its_traffic(seed: int) -> None:
    found = solved(network(seed, places=10), sigma=4.0 + seed / 2)
    assert link_elasticities(found) == pytest.approx(-found.link_traffic, abs=1e-11)


@pytest.mark.parametrize("options", [{"congestion": 0.1}, {"alpha": 0.1, "beta": -0.3}])
def test_otherwise_it_is_not(options: dict[str, float]) -> None:
    found = solved(network(0), **options)
    linked = np.isfinite(found.link_cost)
    ratio = -link_elasticities(found)[linked] / found.link_traffic[linked]
    assert np.abs(ratio - 1).max() > 0.02


def test_congestion_can_change_which_link_is_worth_most() -> None:
    """The link with most traffic is then not the one worth most in some of ten networks; without congestion the two ranks
    of all links are one.
    """
    changed = 0
    for seed in range(10):
        drawn = network(seed)
        linked = np.isfinite(drawn.links)
        free, slow = solved(drawn), solved(drawn, congestion=0.4)
        by_gain, by_traffic = (
            np.argsort(-rank[linked]) for rank in (-link_elasticities(slow), slow.link_traffic)
        )
        changed += by_gain[0] != by_traffic[0]
        assert (np.argsort(link_elasticities(free)[linked]) == np.argsort(-free.link_traffic[linked])).all()
    assert changed > 0


def test_the_unit_of_people_and_of_quality_scales_welfare_alone() -> None:
    drawn = network(1)
    one = solved(drawn, congestion=0.2)
    doubled = network_equilibrium(
        drawn.productivity, 2 * drawn.amenity, drawn.links, sigma=5.0, congestion=0.2, total_labour=7.0
    )
    assert doubled.welfare == pytest.approx(2 * one.welfare, rel=1e-9)
    assert doubled.labour == pytest.approx(7 * one.labour, rel=1e-9)
    assert doubled.link_traffic == pytest.approx(one.link_traffic, rel=1e-9)


def test_one_place_lives_on_its_own() -> None:
    found = network_equilibrium([2.0], [3.0], [[np.inf]], sigma=4.0)
    assert found.welfare == pytest.approx(6.0)
    assert found.tau == pytest.approx(np.ones((1, 1)))


def test_two_places_by_hand() -> None:
    """Alike in everything, K = [[0, q], [q, 0]] with q = kappa^-theta: tau_ii^-theta = 1 / (1 - q^2), tau_ij^-theta = q
    times that, P^-theta = w^-theta / (1 - q), and traffic each way q / (2 (1 - q)) of world income.
    """
    kappa = np.array([[np.inf, 1.6], [1.6, np.inf]])
    found = network_equilibrium([1.0, 1.0], [1.0, 1.0], kappa, sigma=5.0)
    q = 1.6**-4.0
    assert found.tau[0] ** -4.0 == pytest.approx([1 / (1 - q**2), q / (1 - q**2)])
    assert found.welfare == pytest.approx((1 - q) ** -0.25)
    assert found.link_traffic[0, 1] == pytest.approx(q / (2 * (1 - q)))


def test_islands_are_named() -> None:
    drawn = network(0)
    links = drawn.links.copy()
    links[[2, 5], :] = links[:, [2, 5]] = np.inf
    links[2, 5] = links[5, 2] = 1.8
    with pytest.raises(BadNetwork, match=r"islands \[2, 5\]"):
        solved(drawn, links)
    one_way = drawn.links.copy()
    one_way[3, :] = np.inf
    with pytest.raises(BadNetwork, match=r"islands \[3\].*\n?.*one way"):
        solved(drawn, one_way)


def test_endless_detours_are_refused() -> None:
    drawn = network(0)
    links = drawn.links.copy()
    pair = tuple(np.argwhere(np.isfinite(links) & np.isfinite(links.T))[0])
    links[pair] = links[pair[::-1]] = 1.0
    with pytest.raises(BadNetwork, match="no finite trade cost: the largest root") as refusal:
        solved(drawn, links)
    assert f"[{pair[0]}, {pair[1]}]" in str(refusal.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"sigma": 1.0}, "above 1"),
        ({"alpha": 0.4, "beta": -0.3}, "Several equilibria"),
        ({"congestion": -0.1}, "0 or more"),
        ({"total_labour": 0.0}, "above 0"),
        ({"beta": float("nan")}, "from -1"),
        ({"tol": 0.0}, "between 0 and 1"),
    ],
)
def test_parameters_out_of_range_are_refused(options: dict[str, float], told: str) -> None:
    with pytest.raises(BadUsage, match=told):
        solved(network(0), **options)


def test_all_that_is_wrong_is_said_at_once() -> None:
    links = network(0).links.copy()
    links[0, 0] = 1.2
    with pytest.raises(BadUsage) as refusal:
        network_equilibrium(np.zeros(8), np.full(8, -1.0), links, sigma=0.5)
    assert len(refusal.value.problems) == 4


def test_what_cannot_be_solved_so_well_is_no_result() -> None:
    with pytest.raises(NotConverged, match="larger tol"):
        solved(network(0), tol=1e-30)
