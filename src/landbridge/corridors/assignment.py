"""Congested assignment: the flows at which nobody gains by another route (Wardrop, 1952), when time grows with flow.

Cost of a link: charge + t0 (1 + b (v / capacity)^power) (Bureau of Public Roads, 1964). The equilibrium is the least of the
objective of Beckmann, McGuire and Winsten (1956), the sum of the integrals of cost over flow; link flows are unique
where costs rise. Solved over paths by gradient projection (Jayakrishnan, Tsai, Prashker and Rajadhyaksha, 1994), one
pair after another: trees of shortest paths add paths, and each dearer path gives flow to the cheapest of its pair by
a safeguarded Newton step on the links in which the two differ. With b multiplied by (1 + power) the same solve
gives the system optimum, because marginal cost then takes the place of cost.

Arrays are over links (L,), nodes counted from 0, demand (origin zone, destination zone).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge.corridors.path_flows import shortest_trees, sweep
from landbridge.corridors.queues import Findings
from landbridge.errors import BadNetwork, BadUsage, NotConverged

Array = NDArray[np.float64]
Index = NDArray[np.int64]

GAP = 1e-12
ROUNDS = 200
# Passes over all pairs between two searches for new paths.
SWEEPS = 60
SHOWN = 5


@dataclass(frozen=True, slots=True)
class LinkUse:
    """What a pair of zones sends over a link: `flow`, its share of all flow on the link, and of the pair's demand."""

    origin: int
    destination: int
    flow: float
    share_of_link: float
    share_of_pair: float


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """A user equilibrium. By link (L,): `flow`, `cost`. `objective`: Beckmann's; `total_time`: flow times cost; `gap`: the
    share of it that shortest paths would save; `rounds`: searches for paths.

    By path (P,): `path_flow`, `path_cost`, `pair_of` (P,) into `pairs` (K, 2) of zones with demand, and
    the links of path p in order, `path_links[path_start[p]:path_start[p + 1]]`. Link flows and costs are unique; path
    flows are NOT: any split of the same link flows over paths of equal cost is an equilibrium too, and this is the
    one the solve came to. What is drawn from them (`select_link`) is a possible answer, not the only one.
    """

    flow: Array
    cost: Array
    objective: float
    total_time: float
    gap: float
    rounds: int
    pairs: Index
    demand: Array
    path_flow: Array
    path_cost: Array
    pair_of: Index
    path_start: Index
    path_links: Index

    def select_link(self, link: int) -> tuple[LinkUse, ...]:
        """Who uses a link, largest flow first, by the path flows of this solve (which are not unique: see the class)."""
        if not 0 <= link < len(self.flow):
            raise BadUsage(f"link {link} is not one of the {len(self.flow)} links.", where="link")
        path_of = np.repeat(np.arange(len(self.path_flow)), np.diff(self.path_start))
        over = path_of[self.path_links == link]
        by_pair = np.bincount(self.pair_of[over], self.path_flow[over], minlength=len(self.pairs))
        total = by_pair.sum()
        return tuple(
            LinkUse(
                int(self.pairs[k, 0]),
                int(self.pairs[k, 1]),
                float(by_pair[k]),
                float(by_pair[k] / total),
                float(by_pair[k] / self.demand[k]),
            )
            for k in np.argsort(-by_pair, kind="stable")
            if by_pair[k] > 0
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Links:
    """Links as checked; `order` sorts them by the node they leave, `leaving` (nodes + 1) says where each node's begin."""

    tail: Index
    head: Index
    t0: Array
    capacity: Array
    b: Array
    power: Array
    charge: Array
    nodes: int
    order: Index
    leaving: Index


def user_equilibrium(
    tail: Any,
    head: Any,
    t0: Any,
    capacity: Any,
    demand: Any,
    *,
    b: Any = 0.15,
    power: Any = 4.0,
    charge: Any = 0.0,
    zones: Any = None,
    first_through: int = 0,
    gap: float = GAP,
    rounds: int = ROUNDS,
) -> Assignment:
    """Loads `demand` (Z, Z) on links from node `tail` to node `head`, each (L,).

    `t0`, `capacity`, `b`, `power` and `charge` (a cost that does not grow, in the unit of `t0`) are one number or (L,); a
    capacity may be infinite. `zones` (Z,): the nodes at which demand begins and ends, nodes 0 to Z - 1 if not given. Paths
    pass through no node numbered below `first_through`. `BadUsage` lists what is wrong with the arguments,
    `BadNetwork` names pairs that no path joins, `NotConverged` says how far it came.
    """
    found = Findings()
    links = _checked_links(tail, head, t0, capacity, b, power, charge, found)
    trips, at = _checked_demand(demand, zones, links.nodes, found)
    if not gap > 0 or rounds < 2:
        found.add(f"{gap!r} and {rounds!r}; above 0, and at least 2.", "gap, rounds")
    found.settle()
    pairs = np.argwhere(trips > 0)
    wanted = trips[pairs[:, 0], pairs[:, 1]]
    paths = _Paths(links, at[pairs], wanted, first_through)
    flow = np.zeros(len(links.tail))
    reached = np.inf
    for count in range(1, rounds + 1):
        cost = _cost(links, flow)
        shortest = paths.search(cost)
        if count > 1:
            reached = paths.gap(cost, shortest)
            if reached <= gap:
                return _made(links, flow, cost, reached, count, pairs, wanted, paths)
        flow = paths.balance(max(0.01 * min(reached, 1.0), 0.1 * gap))
    raise NotConverged(
        f"relative gap {reached:.2g} after {rounds} searches for paths, {gap:g} was asked for.",
        where="user_equilibrium",
        cause="Demand far above capacity with a high power, or a gap below what floats resolve.",
        remedy="Allow more rounds, or ask for a wider gap.",
    )


class _Paths:
    """The paths in use, by pair, and their flows; grows by `search`, moves flow in `balance`."""

    def __init__(self, links: _Links, ends: Index, wanted: Array, first_through: int) -> None:
        self.links, self.ends, self.wanted, self.first_through = links, ends, wanted, first_through
        self.origins, self.tree_of = np.unique(ends[:, 0], return_inverse=True)
        self.of_pair: list[dict[tuple[int, ...], float]] = [{} for _ in wanted]
        self.flat()

    def search(self, cost: Array) -> Array:
        """Adds each pair's shortest path at these costs; returns their costs (K,)."""
        links = self.links
        away, last = shortest_trees(
            links.leaving, links.order, links.head, cost, self.origins, self.first_through, links.nodes
        )
        shortest = away[self.tree_of, self.ends[:, 1]]
        lost = ~np.isfinite(shortest)
        if lost.any():
            _refuse_lost(self.ends[lost])
        for k, held in enumerate(self.of_pair):
            path, node, before = [], self.ends[k, 1], last[self.tree_of[k]]
            while node != self.ends[k, 0]:
                path.append(int(before[node]))
                node = links.tail[path[-1]]
            held.setdefault(tuple(reversed(path)), 0.0 if held else float(self.wanted[k]))
        self.flat()
        return np.asarray(shortest)

    def flat(self) -> None:
        """Lays the paths out side by side for the compiled passes."""
        found = [(k, path, flow) for k, held in enumerate(self.of_pair) for path, flow in held.items()]
        self.pair_of = np.array([k for k, _, _ in found], dtype=np.int64)
        self.flow = np.array([flow for _, _, flow in found], dtype=np.float64)
        self.start = np.concatenate(([0], np.cumsum([len(path) for _, path, _ in found]))).astype(np.int64)
        self.on = np.array([link for _, path, _ in found for link in path], dtype=np.int64)
        self.pair_start = np.searchsorted(self.pair_of, np.arange(len(self.wanted) + 1))

    def costs(self, cost: Array) -> Array:
        """Cost of each path (P,)."""
        return np.asarray(np.add.reduceat(cost[self.on], self.start[:-1]))

    def gap(self, cost: Array, shortest: Array) -> float:
        """Share of total cost that shortest paths would save, summed over paths so that it does not cancel."""
        dear = self.costs(cost)
        total = float(self.flow @ dear)
        saved = float(self.flow @ np.maximum(dear - shortest[self.pair_of], 0.0))
        return saved / total if total > 0 else 0.0

    def balance(self, enough: float) -> Array:
        """Moves flow between the paths held until they differ by `enough` of total cost; returns link flows (L,). Forgets
        paths left without flow.
        """
        links = self.links
        for _ in range(SWEEPS):
            # Summed afresh each pass, so that rounding does not pile up.
            flow = self.on_links()
            excess, total = sweep(
                links.t0, links.capacity, links.b, links.power, links.charge,
                self.pair_start, self.start, self.on, self.flow, flow,
            )  # fmt: skip
            if excess <= enough * total:
                break
        for held in self.of_pair:
            held.clear()
        for p in np.flatnonzero(self.flow > 0):
            path = tuple(int(link) for link in self.on[self.start[p] : self.start[p + 1]])
            self.of_pair[self.pair_of[p]][path] = float(self.flow[p])
        self.flat()
        return self.on_links()

    def on_links(self) -> Array:
        """Flow on each link (L,)."""
        by_path = np.repeat(self.flow, np.diff(self.start))
        return np.bincount(self.on, by_path, minlength=len(self.links.tail)).astype(np.float64)


def _made(
    links: _Links,
    flow: Array,
    cost: Array,
    gap: float,
    rounds: int,
    pairs: Index,
    wanted: Array,
    paths: _Paths,
) -> Assignment:
    rising = links.t0 * links.b / (links.power + 1) * (flow / links.capacity) ** links.power
    objective = float(flow @ (links.charge + links.t0 + rising))
    used = np.flatnonzero(paths.flow > 0)
    lengths = np.diff(paths.start)
    start = np.concatenate(([0], np.cumsum(lengths[used])))
    on = paths.on[np.repeat(paths.flow > 0, lengths)]
    return Assignment(
        flow, cost, objective, float(flow @ cost), gap, rounds, pairs, wanted,
        paths.flow[used], paths.costs(cost)[used], paths.pair_of[used], start, on,
    )  # fmt: skip


def _cost(links: _Links, flow: Array) -> Array:
    return np.asarray(
        links.charge + links.t0 * (1 + links.b * (flow / links.capacity) ** links.power), dtype=np.float64
    )


def _refuse_lost(ends: Index) -> None:
    named = ", ".join(f"{a} to {b}" for a, b in ends[:SHOWN])
    more = f" and {len(ends) - SHOWN:,} more" if len(ends) > SHOWN else ""
    raise BadNetwork(
        f"no path joins nodes {named}{more}, but there is demand between them.",
        where="demand",
        cause="The network is in pieces, a link runs one way only, or zones on the way are closed to through traffic.",
        remedy="Add the links, or set this demand to zero.",
    )


def _refuse_at(found: Findings, where: str, what: str, bad: NDArray[np.bool_]) -> None:
    """Adds a problem that names the first positions where `bad`, if any."""
    at = np.argwhere(bad)
    if len(at):
        named = ", ".join(str(tuple(each)) if len(each) > 1 else str(each[0]) for each in at[:SHOWN].tolist())
        found.add(f"{what} At {named}; {len(at)} in all.", where)


def _nodes(found: Findings, where: str, given: Any) -> Index:
    made = np.atleast_1d(np.asarray(given))
    if made.ndim != 1 or not len(made) or not np.issubdtype(made.dtype, np.integer) or made.min() < 0:
        found.add("is not a row of whole numbers from 0, the numbers of nodes.", where)
        return np.zeros(1, dtype=np.int64)
    return made.astype(np.int64)


def _per_link(found: Findings, where: str, given: Any, size: int, least: float) -> Array:
    """(L,); a capacity is above `least` and may be infinite, anything else is finite and at least that."""
    capacity = where == "capacity"
    made = np.asarray(given, dtype=np.float64)
    if made.ndim and made.shape != (size,):
        found.add(f"shape {made.shape}; one number, or one for each of {size} links.", where)
        return np.ones(size)
    # A copy of its own: arrays of another layout, or read-only, would be compiled for anew.
    made = np.array(np.broadcast_to(made, (size,)))
    good = made > least if capacity else (made >= least) & (made < np.inf)
    _refuse_at(
        found, where, f"{'not above' if capacity else 'not a finite number of at least'} {least:g}.", ~good
    )
    return made


def _checked_links(
    tail: Any, head: Any, t0: Any, capacity: Any, b: Any, power: Any, charge: Any, found: Findings
) -> _Links:
    tails, heads = _nodes(found, "tail", tail), _nodes(found, "head", head)
    if len(tails) != len(heads):
        found.add(f"{len(tails)} and {len(heads)} nodes; one of each for a link.", "tail, head")
        heads = np.resize(heads, len(tails))
    _refuse_at(found, "tail, head", "a link ends where it begins.", tails == heads)
    size = len(tails)
    nodes = int(max(tails.max(), heads.max())) + 1
    order = np.argsort(tails, kind="stable")
    return _Links(
        tails,
        heads,
        _per_link(found, "t0", t0, size, 0.0),
        _per_link(found, "capacity", capacity, size, 0.0),
        _per_link(found, "b", b, size, 0.0),
        _per_link(found, "power", power, size, 1.0),
        _per_link(found, "charge", charge, size, 0.0),
        nodes,
        order.astype(np.int64),
        np.searchsorted(tails[order], np.arange(nodes + 1)).astype(np.int64),
    )


def _checked_demand(demand: Any, zones: Any, nodes: int, found: Findings) -> tuple[Array, Index]:
    trips = np.asarray(demand, dtype=np.float64)
    if trips.ndim != 2 or trips.shape[0] != trips.shape[1] or not trips.size:
        found.add(f"shape {trips.shape}; as many origins as destinations.", "demand")
        return np.ones((1, 1)), np.zeros(1, dtype=np.int64)
    _refuse_at(found, "demand", "not a finite number of at least 0.", ~((trips >= 0) & (trips < np.inf)))
    own = np.diag(np.diag(trips)) != 0
    _refuse_at(found, "demand", "a zone sends to itself, which uses no link; make it zero.", own)
    if not trips.any():
        found.add("is zero everywhere: there is nothing to assign.", "demand")
    at = _nodes(found, "zones", np.arange(len(trips)) if zones is None else zones)
    if len(at) != len(trips) or len(np.unique(at)) < len(at) or at.max() >= nodes:
        found.add(f"{len(trips)} zones of demand need a node below {nodes} each, no two the same.", "zones")
    return trips, at
