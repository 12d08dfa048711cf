"""Routes by sea or air alone for places that are no port: road and rail to one port or airport, and from another.

The graph is copied four times: on the way to the port, loaded there, under way by the main mode, on the way from the
port. Transfers to the main mode lead from the first copy to the second, its lines to the third, transfers from it to the
last, and loading or unloading at a port itself does as a transfer. A crossing belongs to no copy, so nobody reaches a port
abroad through a border.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra  # type: ignore[import-untyped]

from landbridge.corridors.states import Arc, Floats, Rows, States

MAIN = frozenset({"sea", "air"})
ACCESS = frozenset({"rail-1520", "rail-1435", "road"})
_COPIES = 4
_BEFORE, _LOADED, _MOVED, _AFTER = range(_COPIES)
_LAND = [_BEFORE, _AFTER]
_NOWHERE = -1


def with_access(
    graph: States, rows: Rows, weights: Floats, mode: str, ends: tuple[int, int]
) -> tuple[Rows, int]:
    """`rows` in four copies, open at one pair of ports alone, and the position of the sink in it.

    `weights` (A,) of the arcs of `graph`, infinite where shut; `ends` the source and sink in `rows`. The pair is that
    which road and rail reach at least cost, both ends together, among those that `mode` joins. Where one port is nearest
    to both ends nothing is open: nobody would ship from a port to itself.
    """
    onward = _onward(graph, mode)
    sink = (_COPIES - 1) * rows.size + ends[1]
    whole = _copied(graph, rows, onward)
    # Any saving on the way to a port outweighs all that follows: the least access comes first, then the least in all.
    finite = weights[np.isfinite(weights)]
    heavy = weights * np.where(onward[_MOVED] == _MOVED, 1.0, 1.0 + float(finite.sum()))
    cost, before = dijkstra(whole.matrix(heavy[whole.arc_of]), indices=ends[0], return_predecessors=True)
    if not np.isfinite(cost[sink]):
        return whole, sink
    changing = (onward[_BEFORE] == _LOADED) | (onward[_MOVED] == _AFTER)
    places, here = set(), sink
    while here != ends[0]:
        tail = int(before[here])
        arc = int(whole.arc_of[whole.edge(tail, here)])
        if changing[arc]:
            places.add(_place(graph.arcs[arc]))
        here = tail
    joined = len(places) > 1
    shut = [
        arc
        for arc in np.flatnonzero(changing).tolist()
        if not joined or _place(graph.arcs[arc]) not in places
    ]
    onward[:, shut] = _NOWHERE
    return _copied(graph, rows, onward), sink


def _place(arc: Arc) -> str:
    return arc.parts[0].ends[0]


def _onward(graph: States, mode: str) -> NDArray[np.int64]:
    """The copy that each arc leads to from each copy, shape (4, A); -1 where it is not there."""
    mode_of = {state: held for (_, held), state in graph.at.items()}
    loaded = set(graph.gates_out.values())
    found = np.full((_COPIES, len(graph.arcs)), _NOWHERE)
    for position, arc in enumerate(graph.arcs):
        if not arc.parts:
            # The second half of a parallel line.
            found[:, position] = np.arange(_COPIES)
            continue
        kind = arc.parts[0].kind
        start, end = int(graph.tails[position]), int(graph.heads[position])
        if kind == "line":
            if arc.parts[0].mode == mode:
                found[[_LOADED, _MOVED], position] = _MOVED
            else:
                found[_LAND, position] = _LAND
        elif kind != "crossing":
            # A transfer joins two modes, a terminal a mode and a gate.
            if mode_of.get(end) == mode:
                found[_BEFORE, position] = _LOADED
            elif mode_of.get(start) == mode:
                found[_MOVED, position] = _AFTER
            elif kind == "transfer":
                found[_LAND, position] = _LAND
            else:
                copy = _BEFORE if start in loaded else _AFTER
                found[copy, position] = copy
    return found


def _copied(graph: States, rows: Rows, onward: NDArray[np.int64]) -> Rows:
    """Four copies of `rows`; state s of copy k is k times `rows.size` plus s."""
    tails = np.repeat(np.arange(rows.size), np.diff(rows.starts))
    parts = []
    for copy in range(_COPIES):
        reached = onward[copy, rows.arc_of]
        held = reached != _NOWHERE
        parts.append(
            (
                tails[held] + copy * rows.size,
                rows.heads[held] + reached[held] * rows.size,
                rows.arc_of[held],
            )
        )
    starts, heads, arcs = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((heads, starts))
    bounds = np.searchsorted(starts[order], np.arange(_COPIES * rows.size + 1))
    arcs = arcs[order].astype(np.int32)
    return Rows(heads[order].astype(np.int32), bounds.astype(np.int32), arcs, graph.passes[arcs])
