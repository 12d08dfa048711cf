"""Why there is no route: the closure, the mode or the gap that cuts it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra  # type: ignore[import-untyped]

from landbridge.corridors.cost import Cargo
from landbridge.corridors.network import FAMILY, Network
from landbridge.corridors.states import PIPED, PIPES, States, states


def why(
    network: Network,
    origin: str,
    destination: str,
    cargo: Cargo,
    modes: frozenset[str],
    closed: frozenset[str],
    via: tuple[str, ...] = (),
) -> str:
    """In words, what would give a route from `origin` to `destination`: one thing reopened, several, other modes,
    other stops than `via`, or nothing that the network holds. Call it only when there is no route.
    """
    graph = states(network, cargo)
    source, sink = graph.gates_out[origin], graph.gates_in[destination]
    if via and _reaches(graph, source, sink, modes, closed):
        return _stops(origin, destination, modes, closed, via)
    single = _single(graph, source, sink, modes, closed)
    head = f"No route from {origin} to {destination}"
    if single:
        each = "any one of these" if len(single) > 1 else "this"
        return f"{head}: {', '.join(single)} {_are(single)} closed; opening {each} would give one."
    together = _together(graph, graph.weights(cargo), source, sink, modes, closed)
    if together:
        return f"{head}: {', '.join(together)} are closed; opening them together would give one."
    words = _words(modes)
    other = _other_modes(graph, graph.weights(cargo), source, sink, modes, closed)
    if other:
        pipes = (
            f" Pipelines carry the goods of {', '.join(sorted(PIPED))} unless named." if other & PIPES else ""
        )
        return f"{head} by {words}: allowing {', '.join(sorted(other))} as well would give one.{pipes}"
    for node in (origin, destination):
        lines = [line.id for line in network.lines.values() if node in (line.a, line.b)]
        if not lines:
            return f"{head}: {node} is an island, for no line of the network reaches it."
        reached = [label for label in lines if network.lines[label].mode in modes]
        if not reached:
            held = ", ".join(sorted({network.lines[label].mode for label in lines}))
            return f"{head} by {words}: only {held} reaches {node}."
    return f"{head}: no chain of lines, crossings and transfers of this network joins them, closed ones included."


def _stops(
    origin: str, destination: str, modes: frozenset[str], closed: frozenset[str], via: tuple[str, ...]
) -> str:
    """Why no route passes the stops, where there is one without them."""
    head = f"No route from {origin} to {destination} by {_words(modes)} passes {', '.join(via)} in this order"
    shut = [stop for stop in via if stop in closed]
    cause = f"{', '.join(shut)} {_are(shut)} closed" if shut else "without these stops there is one"
    return f"{head}: {cause}."


def _words(modes: frozenset[str]) -> str:
    return ", ".join(sorted({FAMILY[mode] for mode in modes})) or "no mode at all"


def _are(ids: list[str]) -> str:
    return "are" if len(ids) > 1 else "is"


def _shut(graph: States, modes: frozenset[str], closed: frozenset[str]) -> NDArray[np.float64]:
    """Weights of one on open arcs and infinite on shut ones."""
    return np.where(graph.shut(closed, modes), np.inf, 1.0)


def _reaches(graph: States, source: int, sink: int, modes: frozenset[str], closed: frozenset[str]) -> bool:
    return bool(np.isfinite(dijkstra(graph.matrix(_shut(graph, modes, closed)), indices=source)[sink]))


def _single(
    graph: States, source: int, sink: int, modes: frozenset[str], closed: frozenset[str]
) -> list[str]:
    """Closed ids each of which alone, reopened, gives a route."""
    return [
        label for label in sorted(closed) if _reaches(graph, source, sink, modes, closed - frozenset({label}))
    ]


def _other_modes(
    graph: States,
    weights: NDArray[np.float64],
    source: int,
    sink: int,
    modes: frozenset[str],
    closed: frozenset[str],
) -> set[str]:
    """The modes outside `modes` on the cheapest route by any mode; empty when there is none."""
    price = np.where(graph.shut(closed, frozenset(FAMILY)), np.inf, weights)
    costs, before = dijkstra(graph.matrix(price), indices=source, return_predecessors=True)
    found: set[str] = set()
    here = sink if np.isfinite(costs[sink]) else source
    while here != source:
        arc = graph.arc(int(before[here]), here)
        found |= {part.mode for part in arc.parts} - modes
        here = int(before[here])
    return found


def _together(
    graph: States,
    weights: NDArray[np.float64],
    source: int,
    sink: int,
    modes: frozenset[str],
    closed: frozenset[str],
) -> list[str]:
    """The closed ids on a route that passes as few of them as can be; empty when even all of them would not do."""
    shut = graph.shut((), modes)
    barred = graph.shut(closed, modes) & ~shut
    price = np.where(shut, np.inf, weights)
    price[barred] += weights.sum() + 1.0
    costs, before = dijkstra(graph.matrix(price), indices=source, return_predecessors=True)
    if not np.isfinite(costs[sink]):
        return []
    found, here = [], sink
    while here != source:
        arc = graph.rows.edge(int(before[here]), here)
        if barred[arc]:
            found.append(graph.arcs[arc].id)
        here = int(before[here])
    return found[::-1]
