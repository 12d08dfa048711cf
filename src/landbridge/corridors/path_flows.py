"""The compiled passes of assignment: trees of shortest paths, and moving flow from dearer paths to the cheapest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Numba, cached, one thread: the same input gives the same bits."""
    return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))


@compiled
def shortest_trees(
    leaving: Index, order: Index, head: Index, cost: Array, origins: Index, first_through: int, nodes: int
) -> tuple[Array, Index]:
    """Cost from each origin to each node (O, nodes), and the last link on the way (-1 where there is none); first in, first
    out (Bellman, 1958; Ford, 1956; Moore, 1959). A node below `first_through` passes nothing on, unless it is the origin.
    """
    away = np.full((len(origins), nodes), np.inf)
    last = np.full((len(origins), nodes), -1, dtype=np.int64)
    line = np.empty(nodes + 1, dtype=np.int64)
    for o in range(len(origins)):
        waiting = np.zeros(nodes, dtype=np.bool_)
        away[o, origins[o]] = 0.0
        line[0] = origins[o]
        begin, end = 0, 1
        while begin != end:
            node = line[begin]
            begin = (begin + 1) % (nodes + 1)
            waiting[node] = False
            if node < first_through and node != origins[o]:
                continue
            for at in range(leaving[node], leaving[node + 1]):
                link = order[at]
                reach = away[o, node] + cost[link]
                if reach < away[o, head[link]]:
                    away[o, head[link]] = reach
                    last[o, head[link]] = link
                    if not waiting[head[link]]:
                        waiting[head[link]] = True
                        line[end] = head[link]
                        end = (end + 1) % (nodes + 1)
    return away, last


@compiled
def sweep(
    t0: Array, capacity: Array, b: Array, power: Array, charge: Array,
    pair_start: Index, path_start: Index, on: Index, path_flow: Array, flow: Array,
) -> tuple[float, float]:  # fmt: skip
    """Once over all pairs; changes `path_flow` and `flow` as it goes. Returns what dearer paths cost above the cheapest,
    and total cost, both as met on the way.
    """
    cost = charge + t0 * (1 + b * (flow / capacity) ** power)
    side = np.zeros(len(flow))
    differ = np.empty(2 * len(flow), dtype=np.int64)
    excess, total = 0.0, 0.0
    for k in range(len(pair_start) - 1):
        first, end = pair_start[k], pair_start[k + 1]
        dear = np.empty(end - first)
        for p in range(first, end):
            dear[p - first] = 0.0
            for at in range(path_start[p], path_start[p + 1]):
                dear[p - first] += cost[on[at]]
            total += path_flow[p] * dear[p - first]
        best = first + np.argmin(dear)
        for p in range(first, end):
            if p == best or path_flow[p] <= 0:
                continue
            excess += path_flow[p] * (dear[p - first] - dear[best - first])
            # Links of the cheapest path gain (+1), of the other lose (-1), common ones neither.
            count = 0
            for at in range(path_start[best], path_start[best + 1]):
                side[on[at]] += 1.0
                differ[count] = on[at]
                count += 1
            for at in range(path_start[p], path_start[p + 1]):
                side[on[at]] -= 1.0
                if side[on[at]] < 0:
                    differ[count] = on[at]
                    count += 1
            moved = _moved(t0, capacity, b, power, charge, flow, side, differ[:count], path_flow[p])
            path_flow[p] -= moved
            path_flow[best] += moved
            for link in differ[:count]:
                if side[link] != 0:
                    flow[link] = max(flow[link] + side[link] * moved, 0.0)
                    cost[link] = charge[link] + t0[link] * (
                        1 + b[link] * (flow[link] / capacity[link]) ** power[link]
                    )
                    side[link] = 0.0
    return excess, total


@compiled
def _moved(
    t0: Array, capacity: Array, b: Array, power: Array, charge: Array, flow: Array, side: Array, differ: Index,
    most: float,
) -> float:  # fmt: skip
    """The flow, 0 to `most`, whose move brings two paths to within a tenth of their difference: Newton's, kept within a
    bracket, because a power law is flat where flow is nil and steep where it is not.
    """
    low, high, x, begun, whole = 0.0, most, 0.0, -1.0, False
    for _ in range(40):
        ahead, slope = 0.0, 0.0
        for link in differ:
            if side[link] == 0:
                continue
            at = max(flow[link] + side[link] * x, 0.0) / capacity[link]
            ahead -= side[link] * (charge[link] + t0[link] * (1 + b[link] * at ** power[link]))
            slope += t0[link] * b[link] * power[link] * at ** (power[link] - 1) / capacity[link]
        if begun < 0:
            if ahead <= 0:
                return 0.0
            begun = ahead
        elif abs(ahead) <= 0.1 * begun or (x == most and ahead >= 0):
            return x
        if ahead > 0:
            low = x
        else:
            high = x
        step = x + ahead / slope if slope > 0 else most
        if step >= most and not whole:
            x, whole = most, True
        else:
            x = step if low < step < high else (low + high) / 2
    return x
