"""The cheapest routes between two nodes, and why there is none.

Routes are ranked by the central generalised cost of a tonne (see `cost`). `best=3` should give three ways to choose
from, not three ways around the same suburb: each further route is the cheapest that lacks something which each
route before it passes, where a route passes crossings, ports and airports at which it changes mode, and
modes. That set is searched exactly, by branching over what to do without, as in Lawler's (1972, Management Science
18) procedure, with Dijkstra's algorithm at each branch. With `distinct=False` the k cheapest paths without a loop are
given instead (Yen 1971, Management Science 17).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra, yen  # type: ignore[import-untyped]

from landbridge.corridors.access import ACCESS, MAIN, with_access
from landbridge.corridors.amounts import Amount, total, weakest_of
from landbridge.corridors.cost import Cargo, Documents, Leg, Stay, ad_valorem_pct, time_usd_t
from landbridge.corridors.network import FAMILY, MODES, Network
from landbridge.corridors.stages import checked_stops, staged
from landbridge.corridors.states import PIPES, Floats, Rows, States, modes_for, states
from landbridge.errors import BadUsage, UnknownLabel

if TYPE_CHECKING:
    import polars as pl

MOST_ROUTES = 1_000
# Each route that has to differ from all before it multiplies what must be tried; so many searches take some seconds.
MOST_TRIED = 10_000


@dataclass(frozen=True, slots=True)
class Route:
    """One way for a tonne of a cargo, as legs in order.

    Amounts are envelopes over the legs: `length_km` (km), `hours` (h), `usd_t` (money, USD/t), `generalised_usd_t`
    (money and time, USD/t), `ad_valorem_pct` (% of the value of the cargo), `kg_t` (kg CO2e/t). `share` is the
    part of the cargo that would take it among the routes found with it, after `choice`.
    """

    cargo: Cargo
    legs: tuple[Leg, ...]
    length_km: Amount
    hours: Amount
    deviation: Amount
    usd_t: Amount
    generalised_usd_t: Amount
    ad_valorem_pct: Amount
    kg_t: Amount
    share: float | None = None

    @classmethod
    def of(cls, legs: Sequence[Leg], cargo: Cargo) -> Route:
        """The route over these legs."""
        length, hours = total((leg.length_km for leg in legs), "km"), total((leg.hours for leg in legs), "h")
        deviation = total((leg.deviation for leg in legs), "h")
        money = total((leg.usd_t for leg in legs), "USD/t")
        return cls(
            cargo,
            tuple(legs),
            length,
            hours,
            deviation,
            money,
            total((money, time_usd_t(hours, deviation, cargo)), "USD/t"),
            ad_valorem_pct(money, hours, deviation, cargo),
            total((leg.kg_t for leg in legs), "kg CO2e/t"),
        )

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes in order, each change once."""
        moved = [leg.mode for leg in self.legs if leg.kind == "line"]
        return tuple(mode for mode, before in zip(moved, (None, *moved), strict=False) if mode != before)

    @property
    def crossings(self) -> tuple[str, ...]:
        """The ids of the crossings passed, in order."""
        return tuple(leg.id for leg in self.legs if leg.kind == "crossing")

    @property
    def uses(self) -> frozenset[str]:
        """The ids of the lines and crossings it runs over."""
        return frozenset(leg.id for leg in self.legs if leg.kind in {"line", "crossing"})

    @property
    def via(self) -> tuple[str, ...]:
        """Crossings, pipelines and the nodes at which it changes mode, in order, none twice in a row."""
        return tuple(place for place, _ in self.stations)

    @property
    def stations(self) -> tuple[tuple[str, str], ...]:
        """As `via`, each with the family of modes that it changes to there, empty where it changes none."""
        found: list[tuple[str, str]] = []
        for leg in self.legs:
            piped = leg.kind == "line" and leg.mode in PIPES
            if not piped and leg.kind not in {"crossing", "transfer"}:
                continue
            onward = FAMILY[leg.mode] if leg.kind == "transfer" else ""
            if found and found[-1][0] == leg.id:
                found.pop()
            found.append((leg.id, onward))
        return tuple(found)

    @property
    def status(self) -> str:
        """The weakest status of what the route is made of."""
        return weakest_of((self.length_km, self.generalised_usd_t, self.kg_t))


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes found, cheapest first. With none, `why` says what cut them: it is no error not to be reachable."""

    origin: str
    destination: str
    cargo: Cargo
    routes: tuple[Route, ...]
    why: str = ""

    def table(self) -> pl.DataFrame:
        """One row per route: rank, via, modes, and each amount as value, `_low` and `_high`."""
        from landbridge.corridors.views import route_rows

        return route_rows(self)

    def legs(self) -> pl.DataFrame:
        """One row per leg of each route with km, hours and USD/t so far: the staircase of time and cost."""
        from landbridge.corridors.views import leg_rows

        return leg_rows(self)


def routes(
    network: Network,
    origin: str,
    destination: str,
    cargo: Cargo,
    *,
    best: int = 3,
    modes: Iterable[str] | None = None,
    without: Iterable[str] = (),
    via: Sequence[str] = (),
    documents: Documents | None = None,
    distinct: bool = True,
) -> Routes:
    """The `best` cheapest routes for a tonne of `cargo` between two nodes, with their shares.

    `modes` limits them to modes or families of modes (`rail`); pipelines are open to the sector `B06` alone unless
    named. `modes` of `sea` or `air` alone imply road and rail, without a crossing, between either end and one port or
    airport: of the pairs joined by that mode, the one they reach at least cost. `without` closes lines and crossings by
    id. `documents` adds a document step at every crossing. See the module for what makes routes `distinct`; there may be
    fewer of them than asked for.

    `via` are nodes, lines or crossings that every route passes, in this order, with anything else between them. Each of the
    `best` routes is the cheapest with these stops, whole, that differs as above from those before it: the ways between
    the stops are not ranked one by one. A route may come back from a stop the way it went.

    Raises `UnknownLabel` for a node, mode, line or crossing the network lacks, and `BadUsage` for `best` below one or above
    `MOST_ROUTES` or more than can be told apart in `MOST_TRIED` searches, a route from a node to itself, or a stop named
    twice in a row. No route is no error: see `Routes.why`.
    """
    from landbridge.corridors.choice import with_shares

    closed = _checked(network, origin, destination, best, modes, without)
    stops = checked_stops(network, via)
    graph, open_modes = states(network, cargo), modes_for(cargo, modes)
    weights = graph.weights(cargo, documents)
    rows = staged(graph, stops)
    source, sink = graph.gates_out[origin], len(stops) * graph.size + graph.gates_in[destination]
    if len(open_modes) == 1 and open_modes <= MAIN:
        weights[graph.shut(closed, open_modes | ACCESS)] = np.inf
        rows, sink = with_access(graph, rows, weights, min(open_modes), (source, sink))
    else:
        weights[graph.shut(closed, open_modes)] = np.inf
    edges = (_distinct if distinct else _yen)(rows, weights[rows.arc_of], source, sink, best)
    found = [rows.arc_of[list(path)] for path in edges]
    if not found:
        from landbridge.corridors.reasons import why

        reason = why(network, origin, destination, cargo, open_modes, closed, stops)
        return Routes(origin, destination, cargo, (), reason)
    made = tuple(Route.of(_legs(graph, arcs, documents), cargo) for arcs in found)
    return with_shares(Routes(origin, destination, cargo, made))


def least_costs(
    network: Network,
    origins: Sequence[str],
    destinations: Sequence[str],
    cargo: Cargo | None,
    *,
    modes: Iterable[str] | None = None,
    without: Iterable[str] = (),
    documents: Documents | None = None,
) -> Floats:
    """Central generalised cost of the cheapest route, USD/t, shape (origins, destinations); infinite for no route.

    Money alone without a cargo; `modes` are those named and no others. Raises `UnknownLabel` like `routes`.
    """
    closed = _closed(network, modes, without)
    graph = states(network, cargo)
    weights = graph.weights(cargo, documents)
    weights[graph.shut(closed, modes_for(cargo, modes))] = np.inf
    rows = [graph.gates_out[network.node(label).id] for label in origins]
    columns = [graph.gates_in[network.node(label).id] for label in destinations]
    found: Floats = np.asarray(dijkstra(graph.matrix(weights), indices=rows))
    return found.reshape(len(rows), graph.size)[:, columns]


def _checked(
    network: Network,
    origin: str,
    destination: str,
    best: int,
    modes: Iterable[str] | None,
    without: Iterable[str],
) -> frozenset[str]:
    """The ids that are closed; refuses a call that asks for nothing sensible."""
    for label in (origin, destination):
        network.node(label)
    if origin == destination:
        raise BadUsage(f"a route from {origin} to itself was asked for.", remedy="Name two places.")
    if best < 1:
        raise BadUsage(f"best is {best}.", remedy="Ask for one route or more.")
    if best > MOST_ROUTES:
        raise BadUsage(f"best is {best}.", remedy=f"Ask for {MOST_ROUTES:,} routes or fewer.")
    return _closed(network, modes, without)


def _closed(network: Network, modes: Iterable[str] | None, without: Iterable[str]) -> frozenset[str]:
    for mode in modes or ():
        if mode not in MODES and mode not in FAMILY.values():
            raise UnknownLabel("mode", mode, (*MODES, *FAMILY.values()))
    closed = frozenset(without)
    for label in sorted(closed):
        network.require(label)
    return closed | network.closed


def _shortest(graph: Rows, weights: Floats, source: int, sink: int) -> tuple[float, tuple[int, ...]]:
    """Cost and edges of the cheapest path; infinite and empty when there is none."""
    cost, before = dijkstra(graph.matrix(weights), indices=source, return_predecessors=True)
    if not np.isfinite(cost[sink]):
        return np.inf, ()
    return float(cost[sink]), graph.along(_path(before, source, sink))


def _path(before: NDArray[np.int32], source: int, sink: int) -> list[int]:
    path = [sink]
    while path[-1] != source:
        path.append(int(before[path[-1]]))
    return path[::-1]


def _distinct(graph: Rows, weights: Floats, source: int, sink: int, best: int) -> list[tuple[int, ...]]:
    """The cheapest path, then again and again the cheapest that lacks something of each path before it.

    A branch is a set of things to do without. The cheapest branch is taken up: if its path lacks something of every
    path so far it is the next; either way it branches, once for each thing of the path it repeats or that it is.
    """
    found: list[tuple[int, ...]] = []
    passed: list[frozenset[int]] = []
    tried: set[frozenset[int]] = set()
    waiting: list[tuple[float, tuple[int, ...], tuple[int, ...]]] = []

    def branch(lacking: frozenset[int]) -> None:
        if lacking in tried:
            return
        tried.add(lacking)
        # Edges that pass nothing in particular have -1, and nothing lacks that.
        open_weights = (
            np.where(np.isin(graph.passes, tuple(lacking)), np.inf, weights) if lacking else weights
        )
        cost, edges = _shortest(graph, open_weights, source, sink)
        if edges:
            heapq.heappush(waiting, (cost, tuple(sorted(lacking)), edges))

    branch(frozenset())
    while waiting and len(found) < best:
        if len(tried) > MOST_TRIED:
            raise BadUsage(
                f"{best} routes that differ cannot be found in reasonable time; {len(found)} were.",
                cause="What must be done without grows with every route that has to differ.",
                remedy=f"Ask for {len(found)} or fewer, or for routes that need not differ (`distinct=False`).",
            )
        _, lacking, edges = heapq.heappop(waiting)
        passes = frozenset(int(graph.passes[edge]) for edge in edges) - {-1}
        repeated = next((earlier for earlier in passed if earlier <= passes), None)
        if repeated is None:
            found.append(edges)
            passed.append(passes)
            repeated = passes
        for thing in sorted(repeated):
            branch(frozenset(lacking) | {thing})
    return found


def _yen(graph: Rows, weights: Floats, source: int, sink: int, best: int) -> list[tuple[int, ...]]:
    """The k cheapest paths without a loop."""
    costs, before = yen(graph.matrix(weights), source, sink, best, return_predecessors=True)
    return [
        graph.along(_path(row, source, sink))
        for cost, row in zip(costs, before, strict=True)
        if np.isfinite(cost)
    ]


def _legs(graph: States, arcs: Iterable[int], documents: Documents | None) -> list[Leg]:
    """The legs of a path, with the document step written into its crossings."""
    legs = [leg for arc in arcs for leg in graph.legs(int(arc))]
    if documents is None:
        return legs
    step = Stay("documents", documents.hours, documents.usd_t)
    return [
        Leg.of(leg.kind, leg.id, leg.mode, (leg.origin, leg.destination), leg.moves, (*leg.stays, step))
        if leg.kind == "crossing"
        else leg
        for leg in legs
    ]
