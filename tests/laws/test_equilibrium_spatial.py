"""Laws of the equilibrium with places that share a country, and agreement with a formulation in levels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

from landbridge.equilibrium.endowment import armington
from landbridge.equilibrium.places import Spatial, spatial
from landbridge.equilibrium.result import DEFICITS, Equilibrium
from landbridge.errors import BadUsage, NotConverged

Array = np.ndarray

COUNTRY = ["A", "A", "A", "B", "B", "C", "B"]
HOME = np.array([0, 0, 0, 1, 1, 2, 1])
INFINITE = math.inf


def economy(seed: int, spread: float = 0.25) -> tuple[Array, Array, Array]:
    """Flows with small deficits, cost factors and people of seven places in three countries."""
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(scale=0.7, size=(7, 7)))
    flows = flows + flows.T
    flows *= 1 + 0.05 * rng.normal(size=(7, 7)).clip(-2, 2)
    flows[np.arange(7), np.arange(7)] += flows.sum(axis=1)
    return flows, np.exp(rng.normal(scale=spread, size=(7, 7))), rng.uniform(0.5, 3.0, 7)


def solved(seed: int, mobility: float | None, **more: Any) -> Spatial:
    flows, cost_hat, people = economy(seed)
    call: dict[str, Any] = {"theta": 4.0, "cost_hat": cost_hat, "country": COUNTRY, "population": people}
    return spatial(flows, **(call | {"mobility": mobility, "deficits": "multiplicative"} | more))


@pytest.mark.parametrize("mobility", [None, 1.5, INFINITE])
@pytest.mark.parametrize("deficits", DEFICITS)
def test_nothing_changes_without_a_shock(mobility: float | None, deficits: str) -> None:
    flows, _, people = economy(0)
    if deficits == "removed":
        flows = flows + flows.T
    found = spatial(
        flows,
        theta=4.0,
        cost_hat=np.ones_like(flows),
        country=COUNTRY,
        population=people,
        mobility=mobility,
        agglomeration=0.05,
        congestion=0.2,
        deficits=deficits,
    )
    for values in (
        found.real_income_hat,
        found.population_hat,
        found.welfare_hat,
        found.flows_hat,
        found.wage_hat,
    ):
        assert np.abs(values - 1).max() < 1e-11


@pytest.mark.parametrize("deficits", DEFICITS)
def test_where_nobody_moves_it_is_the_endowment_equilibrium(deficits: str) -> None:
    flows, cost_hat, _ = economy(1)
    plain = armington(flows, theta=4.0, cost_hat=cost_hat, deficits=deficits)
    found = spatial(
        flows, theta=4.0, cost_hat=cost_hat, country=COUNTRY, agglomeration=0.1, deficits=deficits
    )
    assert isinstance(found, Equilibrium)
    for name in ("real_income_hat", "wage_hat", "price_index_hat", "spending_hat", "flows_hat"):
        assert getattr(found, name) == pytest.approx(getattr(plain, name), rel=1e-12)
    assert (found.population_hat == 1).all()
    # People who hardly care stay too: another route to the same point.
    rigid = spatial(
        flows,
        theta=4.0,
        cost_hat=cost_hat,
        country=COUNTRY,
        population=np.ones(7),
        mobility=1e-10,
        deficits=deficits,
    )
    assert rigid.real_income_hat == pytest.approx(plain.real_income_hat, rel=1e-8)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 100_000),
    mobility=st.sampled_from([0.3, 1.0, 3.0, 20.0, INFINITE]),
    agglomeration=st.floats(0.0, 0.1),
    congestion=st.floats(0.1, 0.4),
    deficits=st.sampled_from(["multiplicative", "removed"]),
)
def test_people_and_markets_add_up(
    seed: int, mobility: float, agglomeration: float, congestion: float, deficits: str
) -> None:
    """Nobody is lost; the choice of place is what the law of mobility says; rows are incomes and columns spending."""
    flows, _, people = economy(seed)
    found = solved(seed, mobility, agglomeration=agglomeration, congestion=congestion, deficits=deficits)
    new = flows * found.flows_hat
    lives = people * found.population_hat
    assert np.bincount(HOME, lives) == pytest.approx(np.bincount(HOME, people), rel=1e-11)
    assert new.sum(axis=1) == pytest.approx(found.output_hat * flows.sum(axis=1), rel=1e-10)
    assert new.sum(axis=0) == pytest.approx(found.spending_hat * flows.sum(axis=0), rel=1e-10)
    assert new.sum() == pytest.approx(flows.sum(), rel=1e-11)
    assert found.output_hat == pytest.approx(found.wage_hat * found.population_hat, rel=1e-12)
    assert found.unit_cost_hat == pytest.approx(
        found.wage_hat * found.population_hat**-agglomeration, rel=1e-10
    )
    welfare = found.real_income_per_head_hat * found.population_hat**-congestion
    if mobility == INFINITE:
        assert welfare == pytest.approx(found.welfare_hat[HOME], rel=1e-10)
    else:
        pull = people / np.bincount(HOME, people)[HOME] * welfare**mobility
        whole = np.bincount(HOME, pull)
        chosen = welfare**mobility / whole[HOME]
        assert found.population_hat == pytest.approx(chosen, rel=1e-9)
        assert found.welfare_hat == pytest.approx(whole ** (1 / mobility), rel=1e-9)
    # The only place of country C keeps its people.
    assert found.population_hat[5] == pytest.approx(1, rel=1e-11)


def test_growing_mobility_tends_to_free_movement() -> None:
    free = solved(2, INFINITE)
    gaps = [
        np.abs(solved(2, mobility).population_hat - free.population_hat).max()
        for mobility in (10, 1e3, 1e5, 1e7)
    ]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1e-5 < gaps[0]
    head = free.real_income_per_head_hat
    assert head[:3] == pytest.approx(head[0], rel=1e-11)
    assert np.ptp(solved(2, None).real_income_per_head_hat[:3]) > 1e-2


def test_symmetric_places_stay_symmetric() -> None:
    """Two countries, mirror images of each other, two like places each; a shock that keeps the mirror."""
    near, far = 3.0, 1.0
    flows = np.full((4, 4), far)
    flows[:2, :2] = flows[2:, 2:] = near
    np.fill_diagonal(flows, 20.0)
    cost_hat = np.ones((4, 4))
    cost_hat[0, 1] = cost_hat[1, 0] = cost_hat[2, 3] = cost_hat[3, 2] = 1.2
    found = spatial(
        flows,
        theta=5.0,
        cost_hat=cost_hat,
        country=["A", "A", "B", "B"],
        population=np.ones(4),
        mobility=INFINITE,
        agglomeration=0.1,
        congestion=0.3,
    )
    assert np.abs(found.population_hat - 1).max() < 1e-11
    assert found.real_income_hat == pytest.approx(found.real_income_hat[0], rel=1e-11)
    assert found.real_income_hat[0] < 1


def test_units_do_not_matter() -> None:
    base = solved(3, 2.0, congestion=0.1)
    flows, cost_hat, people = economy(3)
    call: dict[str, Any] = {"theta": 4.0, "country": COUNTRY, "mobility": 2.0, "congestion": 0.1}
    call["deficits"] = "multiplicative"
    other = spatial(1e6 * flows, cost_hat=cost_hat, population=1e3 * people, **call)
    dearer = spatial(flows, cost_hat=1.3 * cost_hat, population=people, **call)
    assert other.real_income_hat == pytest.approx(base.real_income_hat, rel=1e-11)
    assert dearer.welfare_hat == pytest.approx(base.welfare_hat / 1.3, rel=1e-11)
    assert dearer.population_hat == pytest.approx(base.population_hat, rel=1e-11)


def in_levels(
    seed: int, mobility: float, agglomeration: float, congestion: float
) -> tuple[Array, Array, Array]:
    """Wages, people and welfare of the economy after the shock, by a general root finder.

    Levels: productivity, amenities and costs are backed out of the flows at base wages of output per head; labour is chosen
    by the Frechet law in levels, so no equation is a ratio of new to old.
    """
    flows, cost_hat, people = economy(seed)
    output, theta, places = flows.sum(axis=1), 4.0, 7
    wage = output / people
    cost = (flows / flows.sum(axis=0)) ** (-1 / theta) / wage[:, None] * people[:, None] ** agglomeration

    def prices(wages: Array, lives: Array, costs: Array) -> tuple[Array, Array]:
        delivered = (wages * lives**-agglomeration)[:, None] * costs
        return delivered, (delivered**-theta).sum(axis=0) ** (-1 / theta)

    ratio = flows.sum(axis=0) / output
    _, index = prices(wage, people, cost)
    worth = wage * ratio / index * people**-congestion
    total = np.bincount(HOME, people)[HOME]
    taste = people / total * worth**-mobility

    def wrong(unknown: Array) -> Array:
        wages, lives = np.exp(unknown[:places]), np.exp(unknown[places:])
        delivered, level = prices(wages, lives, cost * cost_hat)
        made = wages * lives
        lam = made.sum() / (ratio * made).sum()
        bought = lam * ratio * made
        sold = ((delivered / level) ** -theta * bought).sum(axis=1)
        excess = sold / made - 1
        excess[0] = made.sum() / output.sum() - 1
        pull = taste * (lam * wages * ratio / level * lives**-congestion) ** mobility
        return np.concatenate([excess, lives / (total * pull / np.bincount(HOME, pull)[HOME]) - 1])

    start = np.log(np.concatenate([wage, people]))
    found = root(wrong, start, method="hybr", tol=1e-14)
    assert np.abs(wrong(found.x)).max() < 1e-11
    wages, lives = np.exp(found.x[:places]), np.exp(found.x[places:])
    made = wages * lives
    _, level = prices(wages, lives, cost * cost_hat)
    new_worth = wages * ratio * made.sum() / (ratio * made).sum() / level * lives**-congestion
    before = np.bincount(HOME, taste * worth**mobility) ** (1 / mobility)
    return (
        wages / wage,
        lives / people,
        np.bincount(HOME, taste * new_worth**mobility) ** (1 / mobility) / before,
    )


@pytest.mark.parametrize(
    ("seed", "mobility", "agglomeration", "congestion"),
    [(4, 1.5, 0.0, 0.0), (5, 3.0, 0.05, 0.3), (6, 0.5, 0.2, 0.0)],
)
def test_a_root_finder_in_levels_agrees(
    seed: int, mobility: float, agglomeration: float, congestion: float
) -> None:
    wage, people, welfare = in_levels(seed, mobility, agglomeration, congestion)
    found = solved(seed, mobility, agglomeration=agglomeration, congestion=congestion)
    assert found.wage_hat == pytest.approx(wage, rel=1e-9)
    assert found.population_hat == pytest.approx(people, rel=1e-9)
    assert found.welfare_hat == pytest.approx(welfare, rel=1e-9)


def test_a_closed_border_leaves_movement_within_the_country() -> None:
    flows, _, people = economy(7)
    cost_hat = np.where(HOME[:, None] == HOME, 1.0, math.inf)
    found = solved(7, 2.0, cost_hat=cost_hat)
    new = flows * found.flows_hat
    assert (new[HOME[:, None] != HOME] == 0).all()
    # Each country keeps its output and its people, and loses.
    for values in (flows.sum(axis=1), people):
        hat = found.output_hat if values is not people else found.population_hat
        assert np.bincount(HOME, values * hat) == pytest.approx(np.bincount(HOME, values), rel=1e-10)
    assert (found.welfare_hat < 1).all()


def test_several_equilibria_are_refused() -> None:
    with pytest.raises(BadUsage, match=r"0\.3 exceeds congestion \+ 1/mobility = 0\.25"):
        solved(8, 4.0, agglomeration=0.3)
    with pytest.raises(BadUsage, match="exceeds"):
        solved(8, INFINITE, agglomeration=0.01)
    assert solved(8, 4.0, agglomeration=0.25).residual < 1e-10


def test_bad_calls_are_refused() -> None:
    with pytest.raises(BadUsage, match="how many live where"):
        solved(9, 2.0, population=None)
    with pytest.raises(BadUsage, match="6 labels for 7 places") as refusal:
        solved(9, -1.0, country=COUNTRY[:6], congestion=-1.0)
    assert len(refusal.value.problems) == 3
    with pytest.raises(BadUsage, match=r"population: finite numbers above 0 .*\[2\] = 0"):
        solved(9, 2.0, population=[1, 1, 0, 1, 1, 1, 1])


def test_deficits_that_do_not_move_with_the_people_are_named_when_they_leave_no_equilibrium() -> None:
    """A place that owes half its output to others for good empties when people may leave freely."""
    flows = np.full((3, 3), 1.0)
    np.fill_diagonal(flows, 3.0)
    flows[0, 1:] = 6.0
    with pytest.raises(NotConverged, match="does not move with the people"):
        spatial(
            flows,
            theta=8.0,
            cost_hat=np.where(np.eye(3) == 1, 1.0, 1.3),
            country=["A", "A", "B"],
            population=np.ones(3),
            mobility=INFINITE,
        )
