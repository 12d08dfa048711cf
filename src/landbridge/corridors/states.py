"""The graph that routes run through: one state for every node and mode, and an arc for every leg.

Beside the states (node, mode), every node has a gate out, from which cargo is loaded, and a gate in, where it is
unloaded; no arc leads from a gate in or to a gate out, so no route unloads and loads again on its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from landbridge.corridors.amounts import Amount
from landbridge.corridors.cost import HOURS_A_DAY, RELIABILITY_RATIO, Cargo, Documents, Leg, Move, Stay
from landbridge.corridors.network import FAMILY, Crossing, Line, Network

Floats = NDArray[np.float64]
# Pipelines carry what they were built for; any other cargo takes them only when a call names them.
PIPED = frozenset({"B06"})
PIPES = frozenset({"crude-pipe", "gas-pipe"})
# At a junction trains and lorries meet, but nothing is loaded.
_NO_TRANSFER = frozenset({"junction"})
_GATEWAYS = frozenset({"port", "airport"})


@dataclass(frozen=True, slots=True)
class Part:
    """What a leg will be made of. Its sums (`Leg.of`) are left until a route runs over it, for most never do."""

    kind: str
    id: str
    mode: str
    ends: tuple[str, str]
    moves: tuple[Move, ...] = ()
    stays: tuple[Stay, ...] = ()

    @property
    def leg(self) -> Leg:
        """The leg, with its sums."""
        return Leg.of(self.kind, self.id, self.mode, self.ends, self.moves, self.stays)

    @property
    def central(self) -> tuple[float, float, float]:
        """Central money (USD/t), hours and standard deviation of hours."""
        money = sum(stay.usd_t.value for stay in self.stays)
        hours = sum(stay.hours.value for stay in self.stays)
        deviation = 0.0
        for move in self.moves:
            moving = HOURS_A_DAY * move.length.value / move.speed.value
            money += move.length.value * move.rate.value
            hours += moving
            deviation += moving * move.spread.value
        return money, hours, deviation


@dataclass(frozen=True, slots=True)
class Arc:
    """One arc: its parts in order (a crossing with a break of gauge has two), the id that closes it (empty for none)
    and what a route over it passes, in the sense of `routes` (`crossing ...`, `port ...`, `mode ...`, or empty).
    """

    tail: int
    head: int
    parts: tuple[Part, ...]
    id: str = ""
    passes: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """A graph in compressed sparse rows: `heads` (E) and `starts` (S + 1), at most one edge from a state to a state.

    Each edge stands for one arc of a state graph: `arc_of` (E) is its position there, and `passes` (E) what it passes.
    """

    heads: NDArray[np.int32]
    starts: NDArray[np.int32]
    arc_of: NDArray[np.int32]
    passes: NDArray[np.int32]

    @property
    def size(self) -> int:
        """How many states there are."""
        return len(self.starts) - 1

    def matrix(self, weights: Floats) -> csr_array:
        """The graph with these weights of its edges (E,); an infinite weight shuts an edge."""
        return csr_array((weights, self.heads, self.starts), shape=(self.size, self.size))

    def edge(self, tail: int, head: int) -> int:
        """The edge from a state to a state."""
        first = int(self.starts[tail])
        return first + int(np.flatnonzero(self.heads[first : self.starts[tail + 1]] == head)[0])

    def along(self, path: Sequence[int]) -> tuple[int, ...]:
        """The edges of a path of states."""
        return tuple(self.edge(tail, head) for tail, head in pairwise(path))


@dataclass(frozen=True, slots=True)
class States:
    """The state graph of one network at the rates of one kind of cargo.

    `arcs` in the order of `rows`; `tails` and `heads` (A) their states; `usd`, `hours` and `deviation` (A) the central money
    (USD/t), hours and standard deviation of hours of each arc; `crosses` (A) is 1 on crossings. `gates_out` and
    `gates_in` give the state of each node's gates; `names` what arcs pass, and `passes` (A) the position in
    it, -1 for nothing. `at` gives the state of a node and mode, `positions` the arcs of a line or crossing, `by_mode` (A)
    whether an arc has a part of a mode.
    """

    arcs: tuple[Arc, ...]
    tails: NDArray[np.int32]
    heads: NDArray[np.int32]
    rows: Rows
    usd: Floats
    hours: Floats
    deviation: Floats
    crosses: Floats
    gates_out: dict[str, int]
    gates_in: dict[str, int]
    names: tuple[str, ...]
    passes: NDArray[np.int32]
    at: dict[tuple[str, str], int]
    positions: dict[str, tuple[int, ...]]
    by_mode: dict[str, NDArray[np.bool_]]
    # Legs that some route has asked for.
    made: dict[int, tuple[Leg, ...]] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        """How many states there are."""
        return self.rows.size

    def legs(self, arc: int) -> tuple[Leg, ...]:
        """The legs of an arc, made once."""
        if arc not in self.made:
            self.made[arc] = tuple(part.leg for part in self.arcs[arc].parts)
        return self.made[arc]

    def weights(self, cargo: Cargo | None, documents: Documents | None = None) -> Floats:
        """Central generalised cost of each arc, USD/t, shape (A,); money alone without a cargo."""
        cost = self.usd.copy()
        hours = self.hours + RELIABILITY_RATIO.value * self.deviation
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
        return self.rows.matrix(weights)

    def arc(self, tail: int, head: int) -> Arc:
        """The arc from a state to a state."""
        return self.arcs[self.rows.edge(tail, head)]


def states(network: Network, cargo: Cargo | None = None) -> States:
    """The state graph of a network at the rates of a cargo, built once for cargo in bulk and once for any other."""
    bulk = cargo is not None and cargo.in_bulk
    key = "states, bulk" if bulk else "states"
    found = network.memo.get(key)
    if not isinstance(found, States):
        found = _Builder(network, bulk).build()
        network.memo[key] = found
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


class _Builder:
    """Numbers states by name as they turn up, and collects the arcs between them."""

    def __init__(self, network: Network, bulk: bool) -> None:
        self.network, self.bulk = network, bulk
        self.number: dict[tuple[str, ...], int] = {}
        self.arcs: list[Arc] = []
        # Hundreds of lines share the parameters of a few modes and countries.
        self.known: dict[tuple[str, str, str], Amount] = {}

    def build(self) -> States:
        """The whole state graph."""
        gates_out = {node: self.state("gate", "out", node) for node in self.network.nodes}
        gates_in = {node: self.state("gate", "in", node) for node in self.network.nodes}
        for line in self.network.lines.values():
            self.line(line)
        for crossing in self.network.crossings.values():
            self.crossing(crossing)
        at = {(name[0], name[1]): state for name, state in self.number.items() if len(name) == 2}
        for (node, mode), state in at.items():
            self.terminal(node, mode, state, gates_out[node], gates_in[node])
        self.transfers(at)
        self.part_parallels()
        return _frozen(self.arcs, len(self.number), gates_out, gates_in, at)

    def state(self, *name: str) -> int:
        """The number of a state."""
        return self.number.setdefault(name, len(self.number))

    def parameter(self, mode: str, node: str, name: str) -> Amount:
        """A parameter of a mode in the country of a node, for the kind of cargo at hand."""
        key = (mode, self.network.nodes[node].country, name)
        if key not in self.known:
            self.known[key] = self.network.parameter(*key, bulk=self.bulk)
        return self.known[key]

    def line(self, line: Line) -> None:
        """The arc of a line, and the one back."""
        sides = ((line.a, line.mode), (line.b, line.mode))
        moves = self.moves(sides, line.length)
        passes = f"mode {FAMILY[line.mode]}"
        for (tail, _), (head, _) in (sides,) if line.one_way else (sides, sides[::-1]):
            part = Part("line", line.id, line.mode, (tail, head), moves)
            ends = self.state(tail, line.mode), self.state(head, line.mode)
            self.arcs.append(Arc(*ends, (part,), line.id, passes))

    def moves(self, sides: Sequence[tuple[str, str]], length: Amount) -> tuple[Move, ...]:
        """Half of the length with the parameters of the mode and country at either end, or all where they agree."""
        if not length.high:
            return ()
        at = {(mode, self.network.nodes[node].country): node for node, mode in sides}
        part = length if len(at) == 1 else length.scaled(1 / len(at))
        names = ("speed_km_day", "rate_usd_tkm", "emission_kg_tkm", "reliability_share")
        return tuple(
            Move(part, *(self.parameter(mode, node, name) for name in names))
            for (mode, _), node in at.items()
        )

    def crossing(self, crossing: Crossing) -> None:
        """The arcs of a crossing, either way, with the change of gauge behind it."""
        sides = ((crossing.a, crossing.mode_a), (crossing.b, crossing.mode_b))
        stays = (
            Stay("crossing hours", crossing.hours, Amount.nothing("USD/t")),
            Stay("crossing charges", Amount.nothing("h"), crossing.charge),
        )
        moves = self.moves(sides, crossing.length)
        for (tail, tail_mode), (head, head_mode) in (sides, sides[::-1]):
            parts = [Part("crossing", crossing.id, tail_mode, (tail, head), moves, stays)]
            if crossing.gauge_break and crossing.gauge_hours is not None and crossing.gauge_usd_t is not None:
                change = Stay("gauge change", crossing.gauge_hours, crossing.gauge_usd_t)
                parts.append(Part("gauge", crossing.id, head_mode, (head, head), stays=(change,)))
            ends = self.state(tail, tail_mode), self.state(head, head_mode)
            self.arcs.append(Arc(*ends, tuple(parts), crossing.id, f"crossing {crossing.id}"))

    def terminal(self, node: str, mode: str, state: int, gate_out: int, gate_in: int) -> None:
        """Loading and unloading at a node."""
        hours, charge = (self.parameter(mode, node, f"terminal_{what}") for what in ("hours", "usd_t"))
        parts = (Part("terminal", node, mode, (node, node), stays=(Stay("terminals", hours, charge),)),)
        self.arcs.append(Arc(gate_out, state, parts))
        self.arcs.append(Arc(state, gate_in, parts))

    def transfers(self, at: dict[tuple[str, str], int]) -> None:
        """Changes between the modes that meet at a node."""
        meeting: dict[str, list[str]] = {}
        for name, mode in at:
            meeting.setdefault(name, []).append(mode)
        for name, modes in meeting.items():
            node = self.network.nodes[name]
            if node.kind in _NO_TRANSFER:
                continue
            passes = f"{node.kind} {name}" if node.kind in _GATEWAYS else ""
            for before, after in permutations(modes, 2):
                change = self.network.transfer(before, after, node.country)
                if change is not None:
                    stay = Stay("transfers", change.hours, change.usd_t)
                    parts = (Part("transfer", name, after, (name, name), stays=(stay,)),)
                    self.arcs.append(Arc(at[name, before], at[name, after], parts, passes=passes))

    def part_parallels(self) -> None:
        """Sees to it that no two arcs join the same states: the second of two runs through a state of its own."""
        seen: set[tuple[int, int]] = set()
        found: list[Arc] = []
        for arc in self.arcs:
            if (arc.tail, arc.head) in seen:
                middle = self.state("beside", "another", arc.id, str(len(found)))
                found.append(Arc(arc.tail, middle, arc.parts, arc.id, arc.passes))
                found.append(Arc(middle, arc.head, ()))
            else:
                seen.add((arc.tail, arc.head))
                found.append(arc)
        self.arcs = found


def _frozen(
    arcs: Sequence[Arc],
    size: int,
    gates_out: dict[str, int],
    gates_in: dict[str, int],
    at: dict[tuple[str, str], int],
) -> States:
    ordered = tuple(sorted(arcs, key=lambda arc: (arc.tail, arc.head)))
    tails = np.array([arc.tail for arc in ordered], dtype=np.int32)
    heads = np.array([arc.head for arc in ordered], dtype=np.int32)
    names = tuple(sorted({arc.passes for arc in ordered} - {""}))
    place = {name: position for position, name in enumerate(names)}
    passes = np.array([place.get(arc.passes, -1) for arc in ordered], dtype=np.int32)
    central = np.zeros((len(ordered), 3))
    by_mode = {mode: np.zeros(len(ordered), dtype=bool) for mode in FAMILY}
    positions: dict[str, list[int]] = {}
    for position, arc in enumerate(ordered):
        for part in arc.parts:
            central[position] += part.central
            by_mode[part.mode][position] = True
        if arc.id:
            positions.setdefault(arc.id, []).append(position)
    crosses = [bool(arc.parts) and arc.parts[0].kind == "crossing" for arc in ordered]
    starts = np.searchsorted(tails, np.arange(size + 1)).astype(np.int32)
    return States(
        arcs=ordered,
        tails=tails,
        heads=heads,
        rows=Rows(heads, starts, np.arange(len(ordered), dtype=np.int32), passes),
        usd=central[:, 0],
        hours=central[:, 1],
        deviation=central[:, 2],
        crosses=np.array(crosses, dtype=np.float64),
        gates_out=gates_out,
        gates_in=gates_in,
        names=names,
        passes=passes,
        at=at,
        positions={label: tuple(held) for label, held in positions.items()},
        by_mode=by_mode,
    )
