"""Who takes which route: logit shares with a path-size correction, who uses a link, and what a closure does.

    P_r  = PS_r exp(-scale c_r / c_min) / sum over routes s of PS_s exp(-scale c_s / c_min)
    PS_r = sum over arcs a of r of (c_a / c_r) / (number of routes that use a)

after Ben-Akiva and Bierlaire (1999, "Discrete choice methods and their applications to short term travel
decisions", Handbook of Transportation Science), with the generalised cost of an arc as its length. `c` is the central
generalised cost. The scale is per cent of the cheapest cost: at a share of one half, a cost higher by one per cent
loses half a scale per cent of the cargo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra  # type: ignore[import-untyped]

from landbridge.corridors.amounts import Amount
from landbridge.corridors.cost import Cargo, Documents, Leg, time_usd_t
from landbridge.corridors.network import FAMILY, Network
from landbridge.corridors.routing import Routes, routes
from landbridge.corridors.states import PIPES, Floats, modes_for, states
from landbridge.errors import BadUsage, Problem, UnknownLabel

if TYPE_CHECKING:
    import polars as pl

# How sharply cargo turns to the cheaper route. No estimate for these corridors is held.
LOGIT_SCALE = Amount(2.0, 5.0, 12.0, "ratio", "assumed")


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes from a node to a node: an amount (any unit, not negative) of a cargo."""

    origin: str
    destination: str
    cargo: Cargo
    amount: float


@dataclass(frozen=True, slots=True)
class User:
    """One flow and the part of it (`share`, 0 to 1) that uses the selected line or crossing; `used` is the amount.

    `why` is empty, or says why the flow has no route: then it uses nothing, and nothing else either.
    """

    flow: Flow
    share: float
    used: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class SelectedLink:
    """Who uses one line or crossing: a `User` per flow in the order given, and the amount over it."""

    id: str
    users: tuple[User, ...]

    @property
    def used(self) -> float:
        """The amount of all flows together over the line or crossing."""
        return float(sum(user.used for user in self.users))

    def table(self) -> pl.DataFrame:
        """One row per flow: origin, destination, sector, amount, share_pct, used, why."""
        from landbridge.corridors.views import user_rows

        return user_rows(self)


@dataclass(frozen=True, slots=True)
class Rerouted:
    """Routes before and after a closure. Differences are None when there is no route before or after."""

    without: tuple[str, ...]
    before: Routes
    after: Routes

    @property
    def cost_usd_t(self) -> float | None:
        """Rise of the central generalised cost of the cheapest route, USD/t; None without one."""
        return self._rise("generalised_usd_t")

    @property
    def hours(self) -> float | None:
        """Rise of the central hours of the cheapest route, which may be negative; None without one."""
        return self._rise("hours")

    @property
    def share(self) -> float:
        """The part of the cargo (0 to 1) that took a route before which is closed now."""
        hit = (route for route in self.before.routes if route.uses & set(self.without))
        return float(sum(route.share or 0.0 for route in hit))

    def table(self) -> pl.DataFrame:
        """The tables of both, with a first column `when`: before or after."""
        from landbridge.corridors.views import rerouted_rows

        return rerouted_rows(self)

    def _rise(self, name: str) -> float | None:
        if not (self.before.routes and self.after.routes):
            return None
        before, after = (getattr(found.routes[0], name).value for found in (self.before, self.after))
        return float(after - before)


def path_sizes(lengths: Floats, uses: NDArray[np.bool_]) -> Floats:
    """Path size of each route, shape (R,), between 1 / R and 1.

    `lengths` (R, A) is the length of arc a as part of route r and `uses` (R, A) whether r runs over a. A route that
    shares no arc has the size one; each of n equal routes has 1 / n.
    """
    routes_on = np.maximum(uses.sum(axis=0), 1)
    parts = np.where(uses, lengths, 0.0)
    found: Floats = (parts / routes_on).sum(axis=1) / parts.sum(axis=1)
    return found


def logit_shares(costs: Floats, sizes: Floats, scale: float) -> Floats:
    """Share of each route, shape (R,), adding up to one; `costs` (R,) above zero, `sizes` (R,) from `path_sizes`."""
    utility = np.log(sizes) - scale * costs / costs.min()
    weight = np.exp(utility - utility.max())
    found: Floats = weight / weight.sum()
    return found


def with_shares(found: Routes, scale: Amount = LOGIT_SCALE) -> Routes:
    """The same routes with the share of each, at the central `scale`."""
    if not found.routes:
        return found
    things = [[(leg.kind, leg.id, leg.origin, leg.mode) for leg in route.legs] for route in found.routes]
    place = {
        thing: position for position, thing in enumerate(dict.fromkeys(t for row in things for t in row))
    }
    lengths = np.zeros((len(things), len(place)))
    for row, (route, names) in enumerate(zip(found.routes, things, strict=True)):
        for leg, name in zip(route.legs, names, strict=True):
            lengths[row, place[name]] += _cost(leg, route.cargo)
    uses = np.zeros(lengths.shape, dtype=bool)
    for row, names in enumerate(things):
        uses[row, [place[name] for name in names]] = True
    costs = np.array([route.generalised_usd_t.value for route in found.routes])
    if costs.min() <= 0 or lengths.sum(axis=1).min() <= 0:
        raise BadUsage(
            f"a route from {found.origin} to {found.destination} costs nothing, so shares cannot be told.",
            remedy="Give its modes a rate or the cargo a value of time.",
        )
    shares = logit_shares(costs, path_sizes(lengths, uses), scale.value)
    shared = (replace(route, share=float(share)) for route, share in zip(found.routes, shares, strict=True))
    return replace(found, routes=tuple(shared))


def select_link(
    network: Network,
    flows: Sequence[Flow],
    link: str,
    *,
    best: int = 3,
    modes: Iterable[str] | None = None,
    without: Iterable[str] = (),
    documents: Documents | None = None,
) -> SelectedLink:
    """Which part of each flow uses a line or crossing, from the shares of its `best` routes.

    Raises `UnknownLabel` for a line or crossing the network lacks, `BadUsage` for a negative amount, and as `routes`.
    """
    network.require(link)
    users = []
    for flow in flows:
        if not flow.amount >= 0:
            raise BadUsage(f"the flow from {flow.origin} to {flow.destination} is {flow.amount:g}.")
        found = routes(
            network,
            *(flow.origin, flow.destination, flow.cargo),
            best=best,
            modes=modes,
            without=without,
            documents=documents,
        )
        share = float(sum(route.share or 0.0 for route in found.routes if link in route.uses))
        users.append(User(flow, share, share * flow.amount, found.why))
    return SelectedLink(link, tuple(users))


def rerouted(
    network: Network,
    origin: str,
    destination: str,
    cargo: Cargo,
    *,
    without: Iterable[str],
    best: int = 3,
    modes: Iterable[str] | None = None,
    documents: Documents | None = None,
) -> Rerouted:
    """The routes before and after closing the lines and crossings `without`. Raises as `routes`."""
    closed = tuple(without)
    asked = None if modes is None else tuple(modes)
    before, after = (
        routes(network, origin, destination, cargo, best=best, modes=asked, without=shut, documents=documents)
        for shut in ((), closed)
    )
    return Rerouted(closed, before, after)


def fed_by(
    network: Network,
    crossing: str,
    weights: Mapping[str, float],
    side: str,
    *,
    cargo: Cargo | None = None,
    through: bool = False,
    modes: Iterable[str] | None = None,
    leave_out: bool = False,
) -> dict[str, float]:
    """Which part of what passes a crossing uses each line behind it, by id, 0 to 1, largest first.

    `weights` says how much each node on the `side` (a country of the crossing) sends or receives through it.
    Each takes the cheapest way to the station of its side, for `cargo` or by money alone, without passing
    another crossing; or `through` those of other borders, as in transit, which are then among the ids. `modes` (or
    families of modes) are the only ones open. What nothing uses is left out.

    Raises `UnknownLabel` for a crossing or node the network lacks, and `BadUsage` for a side the crossing does not
    have, weights that are negative or add up to nothing, and nodes that cannot reach the station.
    """
    if crossing not in network.crossings:
        raise UnknownLabel("crossing", crossing, network.crossings)
    border = network.crossings[crossing]
    ends = {border.country_a: (border.a, border.mode_a), border.country_b: (border.b, border.mode_b)}
    if side not in ends:
        raise BadUsage(f"{crossing} has no side in {side}.", remedy=f"Its sides: {', '.join(ends)}.")
    held = _weights(network, weights)
    graph = states(network, cargo)
    across = {border.country_a, border.country_b}
    barred = {
        name
        for name, other in network.crossings.items()
        if not through or {other.country_a, other.country_b} == across
    }
    open_modes = frozenset(FAMILY) - PIPES if modes is None else modes_for(cargo, modes)
    shut = graph.shut(network.closed | barred, open_modes)
    station, mode = ends[side]
    # Towards the station: on a network whose lines may be one-way, that is the way of what leaves.
    source_of = {node: graph.gates_out[node] for node in held}
    goal = graph.at[station, mode]
    arc_weights = np.where(shut, np.inf, graph.weights(cargo))
    costs, before = dijkstra(
        graph.matrix(arc_weights), indices=list(source_of.values()), return_predecessors=True
    )
    lost = [node for node, cost in zip(source_of, costs[:, goal], strict=True) if not np.isfinite(cost)]
    if leave_out and len(lost) < len(held):
        held = _weights(network, {node: part for node, part in held.items() if node not in lost})
    elif lost:
        raise BadUsage(
            f"{', '.join(lost)} cannot reach {station} without passing {'it' if through else 'another crossing'}.",
            remedy="Leave them out of the weights, or choose the crossing they use.",
        )
    found: dict[str, float] = {}
    for row, (node, source) in enumerate(source_of.items()):
        if node not in held:
            continue
        here = goal
        while here != source:
            arc = graph.arc(int(before[row, here]), here)
            if arc.id:
                found[arc.id] = found.get(arc.id, 0.0) + held[node]
            here = int(before[row, here])
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _weights(network: Network, weights: Mapping[str, float]) -> dict[str, float]:
    """The weights above zero, adding up to one."""
    for node in weights:
        network.node(node)
    wrong = [
        Problem(f"the weight of {node} is {weight:g}.") for node, weight in weights.items() if not weight >= 0
    ]
    if wrong:
        raise BadUsage(wrong)
    whole = sum(weights.values())
    if not 0 < whole < np.inf:
        raise BadUsage(
            "the weights add up to nothing that can be shared out.", remedy="Give at least one above zero."
        )
    return {node: weight / whole for node, weight in weights.items() if weight > 0}


def _cost(leg: Leg, cargo: Cargo) -> float:
    return leg.usd_t.value + time_usd_t(leg.hours, leg.deviation, cargo).value
