"""Congested assignment: Wardrop's condition, Braess' paradox, and a link-based solution found another way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from landbridge.corridors.assignment import Assignment, user_equilibrium
from landbridge.errors import BadNetwork, BadUsage, NotConverged


def one_pair(flow: float, nodes: int) -> np.ndarray:
    demand = np.zeros((nodes, nodes))
    demand[0, nodes - 1] = flow
    return demand


def grid(side: int, seed: int) -> dict[str, Any]:
    """A grid of streets both ways with random times and capacities, and random demand well above what is free."""
    rng = np.random.default_rng(seed)
    node = np.arange(side * side).reshape(side, side)
    ways = np.concatenate(
        [
            np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], axis=1),
            np.stack([node[:-1].ravel(), node[1:].ravel()], axis=1),
        ]
    )
    ways = np.concatenate([ways, ways[:, ::-1]])
    demand = rng.uniform(0, 60, (side * side, side * side)) * (rng.random((side * side, side * side)) < 0.3)
    np.fill_diagonal(demand, 0)
    return {
        "tail": ways[:, 0],
        "head": ways[:, 1],
        "t0": rng.uniform(1, 5, len(ways)),
        "capacity": rng.uniform(200, 800, len(ways)),
        "demand": demand,
        "b": rng.uniform(0.1, 1.0, len(ways)),
        "power": rng.uniform(1.0, 5.0, len(ways)),
    }


def frank_wolfe(case: dict[str, Any], rounds: int) -> tuple[float, float]:
    """Beckmann's objective from above and from below, by link flows alone: all to the shortest paths, then a line search."""
    tail, head, demand = case["tail"], case["head"], case["demand"]
    size = len(demand)

    def cost(flow: np.ndarray) -> np.ndarray:
        return case["t0"] * (1 + case["b"] * (flow / case["capacity"]) ** case["power"])

    def objective(flow: np.ndarray) -> float:
        rising = case["b"] / (case["power"] + 1) * (flow / case["capacity"]) ** case["power"]
        return float((case["t0"] * flow * (1 + rising)).sum())

    number = {(a, b): link for link, (a, b) in enumerate(zip(tail, head, strict=True))}

    def all_or_nothing(times: np.ndarray) -> np.ndarray:
        _, before = dijkstra(csr_array((times, (tail, head)), shape=(size, size)), return_predecessors=True)
        flow = np.zeros(len(tail))
        for o, d in np.argwhere(demand > 0):
            node = d
            while node != o:
                flow[number[before[o, node], node]] += demand[o, d]
                node = before[o, node]
        return flow

    flow, below = all_or_nothing(case["t0"]), -np.inf
    for _ in range(rounds):
        times = cost(flow)
        move = all_or_nothing(times) - flow
        below = max(below, objective(flow) + float(times @ move))
        low, high = 0.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if cost(flow + middle * move) @ move < 0 else (low, middle)
        flow = flow + low * move
    return objective(flow), below


def balances(found: Assignment, case: dict[str, Any]) -> np.ndarray:
    out = np.bincount(case["tail"], found.flow, minlength=len(case["demand"]))
    back = np.bincount(case["head"], found.flow, minlength=len(case["demand"]))
    return np.asarray(out - back)


@pytest.fixture(scope="module")
def case() -> dict[str, Any]:
    return grid(5, 7)


@pytest.fixture(scope="module")
def solved(case: dict[str, Any]) -> Assignment:
    return user_equilibrium(**case)


def test_paths_in_use_cost_the_same_and_none_is_cheaper(case: dict[str, Any], solved: Assignment) -> None:
    """Wardrop's first principle; shortest paths by another program."""
    size = len(case["demand"])
    least = dijkstra(csr_array((solved.cost, (case["tail"], case["head"])), shape=(size, size)))
    ends = solved.pairs[solved.pair_of]
    assert solved.path_cost == pytest.approx(least[ends[:, 0], ends[:, 1]], rel=1e-6)
    used = np.bincount(solved.pair_of)
    assert used.min() >= 1
    assert used.max() >= 2, "the case is not congested enough to split a pair"
    assert solved.gap <= 1e-12
    saving = solved.total_time - float((case["demand"] * least)[case["demand"] > 0].sum())
    assert saving == pytest.approx(0, abs=1e-9 * solved.total_time)


def test_flow_is_conserved(case: dict[str, Any], solved: Assignment) -> None:
    wanted = case["demand"].sum(axis=1) - case["demand"].sum(axis=0)
    assert balances(solved, case) == pytest.approx(wanted, abs=1e-8)
    by_pair = np.bincount(solved.pair_of, solved.path_flow)
    assert by_pair == pytest.approx(solved.demand, rel=1e-12)
    walked = np.bincount(solved.path_links, np.repeat(solved.path_flow, np.diff(solved.path_start)))
    assert walked == pytest.approx(solved.flow, rel=1e-12)


def test_link_flows_found_another_way(case: dict[str, Any], solved: Assignment) -> None:
    """Frank and Wolfe (1956) encloses the objective from both sides, and is slow: 2e-4 apart after 400 rounds."""
    above, below = frank_wolfe(case, 400)
    assert below < solved.objective < above
    assert above - below < 2e-4 * solved.objective
    assert above / solved.objective - 1 < 5e-5


def test_select_link(case: dict[str, Any], solved: Assignment) -> None:
    link = int(np.argmax(solved.flow))
    users = solved.select_link(link)
    assert sum(user.flow for user in users) == pytest.approx(solved.flow[link], rel=1e-12)
    assert sum(user.share_of_link for user in users) == pytest.approx(1.0, rel=1e-12)
    assert [user.flow for user in users] == sorted((user.flow for user in users), reverse=True)
    for user in users:
        assert user.share_of_pair == pytest.approx(user.flow / case["demand"][user.origin, user.destination])
        assert 0 < user.share_of_pair <= 1 + 1e-12
    with pytest.raises(BadUsage, match="80 links"):
        solved.select_link(80)


# Braess (1968): 10 v on the outer links 0-1 and 2-3, 50 + v on 0-2 and 1-3, and a bridge 1-2 of 10 + v; six go from 0 to 3.
BRAESS: dict[str, Any] = {
    "tail": np.array([0, 2, 0, 1, 1]),
    "head": np.array([1, 3, 2, 3, 2]),
    "t0": np.array([1e-9, 1e-9, 50.0, 50.0, 10.0]),
    "capacity": np.array([1.0, 1.0, 50.0, 50.0, 10.0]),
    "b": np.array([1e10, 1e10, 1.0, 1.0, 1.0]),
    "power": 1.0,
    "demand": one_pair(6.0, 4),
}


def without_bridge(case: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value[:4] if isinstance(value, np.ndarray) and value.shape == (5,) else value
        for name, value in case.items()
    }


def test_braess() -> None:
    """A new road makes everyone slower: 83 each without the bridge, 92 with it; worked by hand in Braess (1968)."""
    before = user_equilibrium(**without_bridge(BRAESS))
    after = user_equilibrium(**BRAESS)
    assert before.flow == pytest.approx([3, 3, 3, 3], abs=1e-6)
    assert before.path_cost == pytest.approx([83, 83], abs=1e-6)
    assert after.flow == pytest.approx([4, 4, 2, 2, 2], abs=1e-6)
    assert after.path_cost == pytest.approx([92, 92, 92], abs=1e-6)
    assert after.objective < before.objective, "the equilibrium minimises Beckmann's objective, not time"
    # Planned rather than chosen, the bridge stays empty: marginal costs are b (1 + power).
    best = user_equilibrium(**{**BRAESS, "b": BRAESS["b"] * 2})
    assert best.flow == pytest.approx([3, 3, 3, 3, 0], abs=1e-6)


def test_two_roads_by_hand() -> None:
    # 10 (1 + v/100) against 15 + 0 v with 80 to send: v = 50 on the first, the rest on the road without limit.
    found = user_equilibrium(
        [0, 0, 2],
        [1, 2, 1],
        [10.0, 10.0, 5.0],
        [100.0, np.inf, np.inf],
        [[0, 80.0], [0, 0]],
        b=1.0,
        power=1.0,
    )
    assert found.flow == pytest.approx([50, 30, 30], rel=1e-9)
    assert found.cost == pytest.approx([15, 10, 5], rel=1e-9)
    assert found.total_time == pytest.approx(80 * 15)
    # A charge of 2.5 on the second road moves 25 more to the first; zones may be any nodes.
    charged = user_equilibrium(
        [5, 5, 2], [1, 2, 1], [10.0, 10.0, 5.0], [100.0, np.inf, np.inf], [[0, 80.0], [0, 0]],
        b=1.0, power=1.0, charge=[0.0, 2.5, 0.0], zones=[5, 1],
    )  # fmt: skip
    assert charged.flow == pytest.approx([75, 5, 5], rel=1e-9)


def test_no_way_through_zones() -> None:
    # 0-1-2 is short, but 1 is a zone; 0-3-2 is long.
    case: dict[str, Any] = {
        "tail": [0, 1, 0, 3],
        "head": [1, 2, 3, 2],
        "t0": [1.0, 1.0, 9.0, 9.0],
        "capacity": np.inf,
        "demand": [[0, 4.0, 5.0], [0, 0, 6.0], [0, 0, 0]],
    }
    assert user_equilibrium(**case).flow.tolist() == [9, 11, 0, 0]
    assert user_equilibrium(**case, first_through=3).flow.tolist() == [4, 6, 5, 5]
    with pytest.raises(BadNetwork, match="0 to 2"):
        user_equilibrium(**case, first_through=4)


def test_more_capacity_on_one_road_is_never_used_less() -> None:
    flows = [
        user_equilibrium([0, 0, 2], [1, 2, 1], [10.0, 6.0, 5.0], [capacity, 40.0, 40.0], one_pair(100.0, 2)).flow[0]
        for capacity in (10.0, 30.0, 90.0)
    ]  # fmt: skip
    assert flows == sorted(flows)
    assert flows[0] < flows[-1]


def test_refusals() -> None:
    with pytest.raises(BadUsage) as caught:
        user_equilibrium(
            [0, 1, 1], [1, 0, 1], [1.0, -1.0, 1.0], [0.0, 5.0, 5.0], [[3.0, np.nan], [-1.0, 0]], power=0.5
        )
    said = str(caught.value)
    assert {problem.where for problem in caught.value.problems} == {
        "tail, head", "t0", "capacity", "power", "demand",
    }  # fmt: skip
    assert "(0, 1)" in said
    assert "(1, 0)" in said
    with pytest.raises(BadUsage, match="nothing to assign"):
        user_equilibrium([0], [1], 1.0, 1.0, np.zeros((2, 2)))
    with pytest.raises(BadUsage, match="whole numbers"):
        user_equilibrium([0.5], [1], 1.0, 1.0, one_pair(1.0, 2))
    with pytest.raises(BadNetwork, match="1 to 0"):
        user_equilibrium([0], [1], 1.0, 1.0, [[0, 1.0], [2.0, 0]])
    with pytest.raises(NotConverged, match="relative gap"):
        user_equilibrium(**grid(5, 7), rounds=2)
