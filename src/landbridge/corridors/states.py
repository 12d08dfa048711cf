"""The graph that routes run through: one state for every node and mode, and an arc for every leg.

Beside the states (node, mode), every node has a gate out, from which cargo is loaded, and a gate in, where it is
unloaded; no arc leads from a gate in or to a gate out, so no route unloads and loads again on its way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from landbridge.corridors.amounts import Amount
from landbridge.corridors.cost import RELIABILITY_RATIO, Cargo, Documents, Leg, Move, Stay
from landbridge.corridors.network import FAMILY, Crossing, Line, Network

Floats = NDArray[np.float64]
# Pipelines carry what they were built for; any other cargo takes them only when a call names them.
PIPED = frozenset({"B06"})
PIPES = frozenset({"crude-pipe", "gas-pipe"})
# At a junction trains and lorries meet, but nothing is loaded.
_NO_TRANSFER = frozenset({"junction"})
_GATEWAYS = frozenset({"port", "airport"})
_MEMO = "states"


@dataclass(frozen=True, slots=True)
class Arc:
    """One arc: its legs in order (a crossing with a break of gauge has two), the id that closes it (empty for none)
    and what a route over it passes, in the sense of `routes` (`crossing ...`, `port ...`, `mode ...`, or empty).
    """

    tail: int
    head: int
    legs: tuple[Leg, ...]
    id: str = ""
    passes: str = ""


@dataclass(frozen=True, slots=True)
class States:
    """The state graph of one network, in compressed sparse rows.

    `arcs` in the order of the rows; `heads` (A) and `starts` (S + 1) are the index arrays, `tails` (A) the row of
    each arc; `usd` (A, 3), `hours` (A, 3), `deviation` (A, 3) are the low, central and high money (USD/t), hours
    and standard deviation of hours of each arc; `crosses` (A) is 1 on crossings.
    `gates_out` and `gates_in` give the state of each node's gates; `names` what arcs pass, and `passes` (A) the
    position in it, -1 for nothing. `between` gives the arc from state to state, `at` the state of a node and mode,
    `positions` the arcs of a line or crossing, `by_mode` (A) whether an arc has a leg of a mode.
    """

    arcs: tuple[Arc, ...]
    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    starts: NDArray[np.int32]
    usd: Floats
    hours: Floats
    deviation: Floats
    crosses: Floats
    gates_out: dict[str, int]
    gates_in: dict[str, int]
    names: tuple[str, ...]
    passes: NDArray[np.int32]
    between: dict[tuple[int, int], int]
    at: dict[tuple[str, str], int]
    positions: dict[str, tuple[int, ...]]
    by_mode: dict[str, NDArray[np.bool_]]

    @property
    def size(self) -> int:
        """How many states there are."""
        return len(self.starts) - 1

    def weights(self, cargo: Cargo | None, documents: Documents | None = None) -> Floats:
        """Central generalised cost of each arc, USD/t, shape (A,); money alone without a cargo."""
        cost = self.usd[:, 1].copy()
        hours = self.hours[:, 1] + RELIABILITY_RATIO.value * self.deviation[:, 1]
        if documents is not None:
            cost += self.crosses * documents.usd_t.value
            hours = hours + self.crosses * documents.hours.value
        return cost if cargo is None else cost + cargo.hour_usd_t.value * hours

    def shut(self, ids: Iterable[str], modes: frozenset[str]) -> NDArray[np.bool_]:
        """True on arcs that are closed by `ids` or that move by none of `modes`, shape (A,)."""
        found = np.zeros(len(self.arcs), dtype=bool)
        for mode in FAMILY:
            if mode not in modes:
                found |= self.by_mode[mode]
        for label in ids:
            # A crossing or line that is held has arcs; the second half of a parallel one has no id of its own.
            found[list(self.positions.get(label, ()))] = True
        return found

    def matrix(self, weights: Floats) -> csr_array:
        """The graph with these weights (A,); an infinite weight shuts an arc."""
        return csr_array((weights, self.heads, self.starts), shape=(self.size, self.size))

    def along(self, path: Sequence[int]) -> tuple[int, ...]:
        """The arcs of a path of states."""
        return tuple(self.between[pair] for pair in pairwise(path))


def states(network: Network) -> States:
    """The state graph of a network, built once."""
    found = network.memo.get(_MEMO)
    if not isinstance(found, States):
        found = _build(network)
        network.memo[_MEMO] = found
    return found


def modes_for(cargo: Cargo | None, asked: Iterable[str] | None) -> frozenset[str]:
    """The modes open to a cargo: those asked for (families such as `rail` stand for their members), or all but
    pipelines, which are open to crude oil and gas (`PIPED`) alone.
    """
    if asked is None:
        piped = cargo is not None and cargo.sector in PIPED
        return frozenset(FAMILY) - (frozenset() if piped else PIPES)
    wanted = frozenset(asked)
    return frozenset(mode for mode, family in FAMILY.items() if {mode, family} & wanted)


class _Numbers:
    """States by name, numbered as they turn up."""

    def __init__(self) -> None:
        self.number: dict[tuple[str, ...], int] = {}

    def __call__(self, *name: str) -> int:
        return self.number.setdefault(name, len(self.number))


def _build(network: Network) -> States:
    number = _Numbers()
    gates_out = {node: number("gate", "out", node) for node in network.nodes}
    gates_in = {node: number("gate", "in", node) for node in network.nodes}
    arcs: list[Arc] = []
    for line in network.lines.values():
        arcs += _line(network, line, number)
    for crossing in network.crossings.values():
        arcs += _crossing(network, crossing, number)
    held = [(name[0], name[1]) for name in number.number if len(name) == 2]
    arcs += _handling(network, held, number)
    at = {name: number(*name) for name in held}
    return _frozen(_parted(arcs, number), len(number.number), gates_out, gates_in, at)


def _line(network: Network, line: Line, number: _Numbers) -> list[Arc]:
    sides = ((line.a, line.mode), (line.b, line.mode))
    there = Leg.of("line", line.id, line.mode, (line.a, line.b), moves=_moves(network, sides, line.length))
    start, end = (number(*side) for side in sides)
    passes = f"mode {FAMILY[line.mode]}"
    found = [Arc(start, end, (there,), line.id, passes)]
    if not line.one_way:
        found.append(Arc(end, start, (there.reverse(),), line.id, passes))
    return found


def _moves(network: Network, sides: Sequence[tuple[str, str]], length: Amount) -> tuple[Move, ...]:
    """Half of the length with the parameters of the mode and country at either end, or all of it where they agree."""
    if not length.high:
        return ()
    at = [(mode, network.nodes[node].country) for node, mode in sides]
    found = []
    for mode, country in dict.fromkeys(at):
        part = length.scaled(at.count((mode, country)) / 2)
        names = ("speed_km_day", "rate_usd_tkm", "emission_kg_tkm", "reliability_share")
        found.append(Move(part, *(network.parameter(mode, country, name) for name in names)))
    return tuple(found)


def _crossing(network: Network, crossing: Crossing, number: _Numbers) -> list[Arc]:
    sides = ((crossing.a, crossing.mode_a), (crossing.b, crossing.mode_b))
    stays = (
        Stay("crossing hours", crossing.hours, Amount.nothing("USD/t")),
        Stay("crossing charges", Amount.nothing("h"), crossing.charge),
    )
    moves = _moves(network, sides, crossing.length)
    found = []
    for (tail, tail_mode), (head, head_mode) in (sides, sides[::-1]):
        legs = [Leg.of("crossing", crossing.id, tail_mode, (tail, head), moves, stays)]
        if crossing.gauge_break and crossing.gauge_hours is not None and crossing.gauge_usd_t is not None:
            change = Stay("gauge change", crossing.gauge_hours, crossing.gauge_usd_t)
            legs.append(Leg.of("gauge", crossing.id, head_mode, (head, head), stays=(change,)))
        ends = number(tail, tail_mode), number(head, head_mode)
        found.append(Arc(*ends, tuple(legs), crossing.id, f"crossing {crossing.id}"))
    return found


def _handling(network: Network, held: Sequence[tuple[str, str]], number: _Numbers) -> list[Arc]:
    """Terminals at every node and mode, and transfers between the modes that meet at a node."""
    found = []
    at: dict[str, list[str]] = {}
    for node, mode in held:
        at.setdefault(node, []).append(mode)
        country = network.nodes[node].country
        stay = Stay(
            "terminals",
            network.parameter(mode, country, "terminal_hours"),
            network.parameter(mode, country, "terminal_usd_t"),
        )
        leg = (Leg.of("terminal", node, mode, (node, node), stays=(stay,)),)
        found.append(Arc(number("gate", "out", node), number(node, mode), leg))
        found.append(Arc(number(node, mode), number("gate", "in", node), leg))
    for node, modes in at.items():
        kind = network.nodes[node].kind
        if kind in _NO_TRANSFER:
            continue
        passes = f"{kind} {node}" if kind in _GATEWAYS else ""
        for tail in modes:
            for head in modes:
                change = network.transfer(tail, head, network.nodes[node].country) if tail != head else None
                if change is not None:
                    stay = Stay("transfers", change.hours, change.usd_t)
                    leg = (Leg.of("transfer", node, head, (node, node), stays=(stay,)),)
                    found.append(Arc(number(node, tail), number(node, head), leg, passes=passes))
    return found


def _parted(arcs: Sequence[Arc], number: _Numbers) -> list[Arc]:
    """Arcs such that no two join the same states: the second of two parallel lines runs through a state of its own."""
    seen: set[tuple[int, int]] = set()
    found: list[Arc] = []
    for arc in arcs:
        if (arc.tail, arc.head) in seen:
            middle = number("beside", "another", arc.id, str(len(found)))
            found.append(Arc(arc.tail, middle, arc.legs, arc.id, arc.passes))
            found.append(Arc(middle, arc.head, ()))
        else:
            seen.add((arc.tail, arc.head))
            found.append(arc)
    return found


def _frozen(
    arcs: Sequence[Arc],
    size: int,
    gates_out: dict[str, int],
    gates_in: dict[str, int],
    at: dict[tuple[str, str], int],
) -> States:
    ordered = tuple(sorted(arcs, key=lambda arc: (arc.tail, arc.head)))
    tails = np.array([arc.tail for arc in ordered], dtype=np.int32)
    names = tuple(sorted({arc.passes for arc in ordered} - {""}))
    place = {name: position for position, name in enumerate(names)}
    size = max(size, *(arc.head + 1 for arc in ordered)) if ordered else size
    sums = [
        [
            [math.fsum(getattr(leg, name).ends[end] for leg in arc.legs) for end in range(3)]
            for name in ("usd_t", "hours", "deviation")
        ]
        for arc in ordered
    ]
    money = np.array(sums, dtype=np.float64).reshape(len(ordered), 3, 3)
    positions: dict[str, list[int]] = {}
    for position, arc in enumerate(ordered):
        if arc.id:
            positions.setdefault(arc.id, []).append(position)
    return States(
        arcs=ordered,
        tails=tails,
        heads=np.array([arc.head for arc in ordered], dtype=np.int32),
        starts=np.searchsorted(tails, np.arange(size + 1)).astype(np.int32),
        usd=money[:, 0],
        hours=money[:, 1],
        deviation=money[:, 2],
        crosses=np.array(
            [bool(arc.legs) and arc.legs[0].kind == "crossing" for arc in ordered], dtype=np.float64
        ),
        gates_out=gates_out,
        gates_in=gates_in,
        names=names,
        passes=np.array([place.get(arc.passes, -1) for arc in ordered], dtype=np.int32),
        between={(arc.tail, arc.head): position for position, arc in enumerate(ordered)},
        at=at,
        positions={label: tuple(held) for label, held in positions.items()},
        by_mode={
            mode: np.array([any(leg.mode == mode for leg in arc.legs) for arc in ordered], dtype=bool)
            for mode in FAMILY
        },
    )
