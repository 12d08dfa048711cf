"""Everything that can be wrong with the parts of a network, found in one pass."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from landbridge.corridors.amounts import Amount
from landbridge.corridors.network import (
    EVERYWHERE,
    FAMILY,
    NODE_KINDS,
    PARAMETERS,
    UNITS,
    Capacity,
    Crossing,
    Line,
    Node,
    Parameter,
    Transfer,
    Volume,
    transfer_key,
)
from landbridge.errors import Problem, nearest

# More than this no length, time, speed, price or emission on Earth is; by unit.
MOST: Mapping[str, float] = MappingProxyType(
    {
        "km": 45_000.0,
        "h": 2_400.0,
        "km/day": 30_000.0,
        "USD/t": 1e6,
        "USD/tkm": 1e3,
        "kg CO2e/tkm": 1e3,
        "share": 10.0,
    }
)
_EARTH_KM = 6371.0088
_SHORTEST = 0.98
_CROSSED = frozenset({"rail", "road"})


def problems(
    nodes: Sequence[Node],
    lines: Sequence[Line],
    crossings: Sequence[Crossing],
    modes: Sequence[Parameter],
    transfers: Sequence[Transfer],
) -> list[Problem]:
    """All problems of these parts, in the order of the tables; empty when they make a network."""
    known = {node.id: node for node in nodes}
    ways: list[Line | Crossing] = [*lines, *crossings]
    found = [
        *_twice("node", (node.id for node in nodes)),
        *_twice("line or crossing", (item.id for item in ways)),
        *_twice("row of the modes", ((need.mode, need.country, need.name) for need in modes)),
        *_twice("row of the transfers", map(transfer_key, transfers)),
    ]
    for node in nodes:
        found += _node(node)
    found += _alone(nodes, ways)
    for line in lines:
        found += _line(line, known)
    for crossing in crossings:
        found += _crossing(crossing, known)
    found += _stations(lines, crossings, known)
    for need in modes:
        found += _parameter(need)
    for change in transfers:
        found += _transfer(change)
    found += _needs(lines, crossings, modes, known)
    found += _islands(nodes, ways)
    return found


def amount_problems(amount: Amount, where: str, what: str, *, positive: bool = False) -> Iterator[Problem]:
    """The problems of one amount, as problems of a row."""
    for words in amount.problems(positive=positive):
        yield Problem(f"{what} {words}.", where)


def _evident(amount: Amount, where: str, what: str, *, positive: bool = False) -> Iterator[Problem]:
    """The problems of an amount of a table: its numbers, their magnitude, and whether it says how it is known."""
    yield from amount_problems(amount, where, what, positive=positive)
    most = MOST.get(amount.unit, math.inf)
    if most < max(amount.ends) < math.inf:
        yield Problem(
            f"{what} reaches {max(amount.ends):,.6g} {amount.unit}: more than {most:,.0f} cannot be.",
            where,
            remedy="Mind the unit of the column.",
        )
    if amount.status == "assumed" and amount.source:
        yield Problem(
            f"{what} is assumed, but names a source: {' '.join(amount.source)}.",
            where,
            remedy="Say reported or estimated, or empty the source.",
        )
    if amount.status not in {"assumed", ""} and not amount.source and not amount.problems():
        yield Problem(
            f"{what} is {amount.status} without a source.", where, remedy="Name the source, or say assumed."
        )


def _alone(nodes: Sequence[Node], ways: Sequence[Line | Crossing]) -> Iterator[Problem]:
    """Places nothing leads to; what is not a region, for regions are seen to with islands. Airports and pumps may wait."""
    touched = {end for item in ways for end in (item.a, item.b)}
    for node in nodes:
        if node.id not in touched and node.kind not in {"region", "airport", "pump"}:
            yield Problem(
                "is on no line and no crossing.", f"node {node.id}", remedy="Add its line, or leave it out."
            )


def _too_short(line: Line, known: dict[str, Node]) -> Iterator[Problem]:
    """A line shorter than the way over the globe between its ends: coordinates of towns explain two per cent."""
    if line.a not in known or line.b not in known:
        return
    straight = _great_circle_km(known[line.a], known[line.b])
    if 0 < line.length.value < _SHORTEST * straight:
        yield Problem(
            f"is {line.length.value:,.6g} km long, but {line.a} and {line.b} lie {straight:,.6g} km apart.",
            f"line {line.id}",
            remedy="Correct its length or their places.",
        )


def _great_circle_km(one: Node, other: Node) -> float:
    """The shortest way over the globe, by the haversine formula."""
    phi, psi = math.radians(one.lat), math.radians(other.lat)
    across = math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    half = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * across
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def _twice(what: str, labels: Iterable[Hashable]) -> Iterator[Problem]:
    for label, count in Counter(labels).items():
        if count > 1:
            shown = ", ".join(map(str, label)) if isinstance(label, tuple) else label
            yield Problem(
                f"the {what} {shown} is there {count} times.",
                remedy="Keep one, or give each an id of its own.",
            )


def _node(node: Node) -> Iterator[Problem]:
    where = f"node {node.id}"
    if node.kind not in NODE_KINDS:
        yield Problem(f"is of unknown kind {node.kind!r}.", where, remedy=f"Kinds: {', '.join(NODE_KINDS)}.")
    if not (-90 <= node.lat <= 90 and -180 <= node.lon <= 180):
        yield Problem(f"lies at {node.lat:g}, {node.lon:g}, which is nowhere on Earth.", where)


def _ends(where: str, item: Line | Crossing, known: dict[str, Node]) -> Iterator[Problem]:
    for end in (item.a, item.b):
        if end not in known:
            close = nearest(end, known)
            hint = f"Nearest: {', '.join(close)}." if close else ""
            yield Problem(f"ends at {end!r}, which is no node.", where, hint, "Mend the end or add the node.")
    if item.a == item.b:
        yield Problem(f"leads from {item.a!r} to itself.", where)


def _mode(where: str, mode: str) -> Iterator[Problem]:
    if mode not in FAMILY:
        yield Problem(f"is of unknown mode {mode!r}.", where, remedy=f"Modes: {', '.join(FAMILY)}.")


def _line(line: Line, known: dict[str, Node]) -> Iterator[Problem]:
    where = f"line {line.id}"
    yield from _ends(where, line, known)
    yield from _mode(where, line.mode)
    yield from _evident(line.length, where, "length", positive=True)
    yield from _too_short(line, known)
    yield from _capacity(where, line.capacity)


def _capacity(where: str, capacity: Capacity | None) -> Iterator[Problem]:
    if capacity is None:
        return
    yield from _evident(capacity.amount, where, "capacity")
    if capacity.amount.high == 0:
        yield Problem(
            "has a capacity of nought: it lets nothing pass.",
            where,
            remedy="Close it instead (`without`), or leave its capacity empty where it is not known.",
        )


def _crossing(crossing: Crossing, known: dict[str, Node]) -> Iterator[Problem]:
    where = f"crossing {crossing.id}"
    yield from _ends(where, crossing, known)
    yield from _mode(where, crossing.mode_a)
    yield from _mode(where, crossing.mode_b)
    yield from _length(crossing, where)
    yield from _evident(crossing.hours, where, "time")
    yield from _evident(crossing.charge, where, "charge")
    for end, country in ((crossing.a, crossing.country_a), (crossing.b, crossing.country_b)):
        if end in known and known[end].country != country:
            yield Problem(f"says that {end} lies in {country}; its node says {known[end].country}.", where)
    for amount, what in (
        (crossing.gauge_hours, "time to change gauge"),
        (crossing.gauge_usd_t, "gauge charge"),
    ):
        if amount is not None:
            yield from _evident(amount, where, what)
        elif crossing.gauge_break:
            yield Problem(
                f"has a break of gauge but no {what}.", where, remedy="Give it, as a range if need be."
            )
    yield from _gauge(where, crossing)
    yield from _capacity(where, crossing.capacity)
    volume: Volume | None = crossing.volume
    if volume is not None:
        yield from _evident(volume.amount, where, "volume")


def _length(crossing: Crossing, where: str) -> Iterator[Problem]:
    # No source is asked for: its stations face each other, and tables hold no column for it.
    yield from amount_problems(crossing.length, where, "length")
    if MOST["km"] < crossing.length.high < math.inf:
        yield Problem(f"length reaches {crossing.length.high:,.6g} km, which cannot be.", where)


def _gauge(where: str, crossing: Crossing) -> Iterator[Problem]:
    """Only rail meets rail and road meets road; the gauge breaks where, and only where, two rail modes differ."""
    mode_a, mode_b = crossing.mode_a, crossing.mode_b
    if mode_a not in FAMILY or mode_b not in FAMILY:
        return
    if FAMILY[mode_a] != FAMILY[mode_b] or FAMILY[mode_a] not in _CROSSED:
        yield Problem(
            f"joins {mode_a} to {mode_b}.",
            where,
            remedy="A crossing joins rail to rail or road to road; cargo changes modes at a node, by a transfer.",
        )
    elif (mode_a != mode_b) != crossing.gauge_break:
        yield Problem(
            f"joins {mode_a} to {mode_b} with gauge_break {int(crossing.gauge_break)}.",
            where,
            remedy="Modes differ where, and only where, the gauge breaks.",
        )


def _stations(
    lines: Sequence[Line], crossings: Sequence[Crossing], known: dict[str, Node]
) -> Iterator[Problem]:
    """Crossings whose station no line of their mode reaches: what crossed could not go on."""
    at: dict[str, set[str]] = {}
    for line in lines:
        for end in (line.a, line.b):
            at.setdefault(end, set()).add(line.mode)
    for crossing in crossings:
        for end, mode in ((crossing.a, crossing.mode_a), (crossing.b, crossing.mode_b)):
            if end in known and mode in FAMILY and mode not in at.get(end, set()):
                held = ", ".join(sorted(at.get(end, set()))) or "none"
                yield Problem(
                    f"needs {mode} at {end}, where no line of that mode begins.",
                    f"crossing {crossing.id}",
                    f"Modes of its lines: {held}.",
                    "Add the line, or correct the mode or the station.",
                )


def _parameter(need: Parameter) -> Iterator[Problem]:
    where = f"mode {need.mode}, {need.country}"
    yield from _mode(where, need.mode)
    if need.name not in UNITS:
        yield Problem(
            f"has the unknown parameter {need.name!r}.", where, remedy=f"Known: {', '.join(UNITS)}."
        )
    yield from _evident(need.amount, where, need.name, positive=need.name == "speed_km_day")


def _transfer(change: Transfer) -> Iterator[Problem]:
    where = f"transfer {change.mode_a} to {change.mode_b}, {change.country}"
    for mode in (change.mode_a, change.mode_b):
        yield from _mode(where, mode)
    if change.mode_a == change.mode_b:
        yield Problem("changes from a mode to itself.", where)
    yield from _evident(change.hours, where, "time")
    yield from _evident(change.usd_t, where, "charge")


def _needs(
    lines: Sequence[Line], crossings: Sequence[Crossing], modes: Sequence[Parameter], known: dict[str, Node]
) -> Iterator[Problem]:
    """Modes in use without a parameter: a speed or a rate that is missing is not zero."""
    held = {(need.mode, need.country, need.name) for need in modes}
    used = {(line.mode, known[end].country) for line in lines for end in (line.a, line.b) if end in known}
    for crossing in crossings:
        for end, mode in ((crossing.a, crossing.mode_a), (crossing.b, crossing.mode_b)):
            if end in known:
                used.add((mode, known[end].country))
    lacking: dict[tuple[str, str], list[str]] = {}
    for mode, country in sorted(used):
        for name in PARAMETERS:
            if mode in FAMILY and not {(mode, country, name), (mode, EVERYWHERE, name)} & held:
                lacking.setdefault((mode, name), []).append(country)
    for (mode, name), countries in lacking.items():
        yield Problem(
            f"has no {name} in {', '.join(countries)}.",
            f"mode {mode}",
            remedy=f"Add a row for the country or for {EVERYWHERE}.",
        )


def _islands(nodes: Sequence[Node], ways: Sequence[Line | Crossing]) -> Iterator[Problem]:
    """Regions outside the largest part of the network that hangs together."""
    beside: dict[str, set[str]] = {node.id: set() for node in nodes}
    for item in ways:
        if item.a in beside and item.b in beside:
            beside[item.a].add(item.b)
            beside[item.b].add(item.a)
    part: dict[str, int] = {}
    for start in beside:
        if start in part:
            continue
        number, waiting = len(set(part.values())), [start]
        while waiting:
            here = waiting.pop()
            if here not in part:
                part[here] = number
                waiting += beside[here]
    regions = [node for node in nodes if node.kind == "region"]
    sizes = Counter(part[node.id] for node in nodes)
    main = max(sizes, key=lambda number: (sizes[number], -number), default=0)
    for node in regions:
        if not beside[node.id]:
            yield Problem(
                "is an island: no line reaches it.", f"node {node.id}", remedy="Add its road, rail or sea."
            )
        elif part[node.id] != main:
            others = sorted(other for other, number in part.items() if number == part[node.id])
            yield Problem(
                f"is an island: its lines join only {', '.join(others[:5])}.",
                f"node {node.id}",
                remedy="Add a line to the rest of the network.",
            )
