"""Routes that pass given nodes, lines or crossings in order: the state graph once for every stage of the way.

With n stops the graph has n + 1 copies. An arc that does what the next stop asks leads into the next copy, all others stay
in theirs; a route that ends in the last copy has passed all stops in order. The cheapest paths of this graph are
therefore the cheapest routes with those stops, and the search for further routes needs to know nothing of them. A route may
go to a stop and come back the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from landbridge.corridors.network import Network
from landbridge.corridors.states import Rows, States
from landbridge.errors import BadUsage, UnknownLabel


def checked_stops(network: Network, via: Sequence[str]) -> tuple[str, ...]:
    """The stops; raises `UnknownLabel` for one the network lacks, `BadUsage` for one named twice in a row."""
    if isinstance(via, str):
        raise BadUsage(f"via is the text {via!r}.", remedy="Give the stops in a tuple or list, in order.")
    for stop in via:
        if stop not in network.nodes and stop not in network.crossings and stop not in network.lines:
            labels = (*network.nodes, *network.crossings, *network.lines)
            raise UnknownLabel("node, line or crossing", stop, labels)
    for stop, after in pairwise(via):
        if stop == after:
            raise BadUsage(f"{stop} is to be passed twice in a row.", remedy="Name it once.")
    return tuple(via)


def staged(graph: States, via: Sequence[str]) -> Rows:
    """The state graph in len(via) + 1 copies; state s of copy k is k times `graph.size` plus s."""
    if not via:
        return graph.rows
    stages = len(via) + 1
    reached = _reached(graph, via)
    tails = np.concatenate([graph.tails + stage * graph.size for stage in range(stages)])
    heads = np.concatenate([graph.heads + reached[stage] * graph.size for stage in range(stages)])
    order = np.lexsort((heads, tails))
    bounds = np.searchsorted(tails[order], np.arange(stages * graph.size + 1))
    return Rows(
        heads[order].astype(np.int32),
        bounds.astype(np.int32),
        np.tile(graph.rows.arc_of, stages)[order],
        np.tile(graph.passes, stages)[order],
    )


def _reached(graph: States, via: Sequence[str]) -> NDArray[np.int64]:
    """The stage after each arc, shape (stages, arcs): an arc first passes itself and then the node at its end."""
    node_of = {state: node for (node, _), state in graph.at.items()}
    ends = [node_of.get(int(head), "") for head in graph.heads]
    found = np.repeat(np.arange(len(via) + 1)[:, None], len(graph.arcs), axis=1)
    for stage, stop in enumerate(via):
        onward = via[stage + 1] if stage + 1 < len(via) else None
        for position, arc in enumerate(graph.arcs):
            if stop == arc.id:
                found[stage, position] += 1 + (onward is not None and onward == ends[position])
            elif stop == ends[position]:
                found[stage, position] += 1
    return found
