"""The network: nodes, lines, crossings, what a mode needs, and where cargo may change modes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from landbridge.corridors.amounts import Amount
from landbridge.errors import BadNetwork, UnknownLabel

NODE_KINDS = ("region", "junction", "station", "port", "airport", "pump", "terminal")
# What a traveller would call the mode: gauges and pipes are told apart only where wheels and valves are.
FAMILY: Mapping[str, str] = MappingProxyType(
    {
        "rail-1520": "rail",
        "rail-1435": "rail",
        "road": "road",
        "sea": "sea",
        "air": "air",
        "crude-pipe": "crude-pipe",
        "gas-pipe": "gas-pipe",
    }
)
MODES = tuple(FAMILY)
# The unit of each parameter that a mode needs: what is missing is not zero.
PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        "speed_km_day": "km/day",
        "rate_usd_tkm": "USD/tkm",
        "emission_kg_tkm": "kg CO2e/tkm",
        "reliability_share": "share",
        "terminal_hours": "h",
        "terminal_usd_t": "USD/t",
    }
)
# What cargo in bulk pays instead, by the parameter it takes the place of. Where a mode has none, bulk pays the same.
BULK_PARAMETERS: Mapping[str, str] = MappingProxyType(
    {"rate_usd_tkm": "bulk_rate_usd_tkm", "terminal_usd_t": "bulk_terminal_usd_t"}
)
UNITS: Mapping[str, str] = MappingProxyType(
    {**PARAMETERS, **{own: PARAMETERS[name] for name, own in BULK_PARAMETERS.items()}}
)
EVERYWHERE = "ALL"


@dataclass(frozen=True, slots=True)
class Node:
    """A place where lines meet. A first-level region is the node with its ISO 3166-2 code, at its capital.

    `kind` is one of `NODE_KINDS`; `place` the region or country it lies in; `country` ISO 3166-1 alpha-3; `lat`
    and `lon` degrees north and east.
    """

    id: str
    name: str
    kind: str
    place: str
    country: str
    lat: float
    lon: float
    locode: str = ""
    source: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much can pass: an amount in its own unit (trains a day, tonnes a year) and the year it holds for."""

    amount: Amount
    year: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """How much passed: an amount in its own unit and the year."""

    amount: Amount
    year: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of one mode between two nodes, without a controlled border. Both ways unless `one_way` (a to b)."""

    id: str
    a: str
    b: str
    mode: str
    length: Amount
    capacity: Capacity | None = None
    one_way: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A controlled border between the stations `a` and `b`, with the mode on either side.

    `hours` is formalities and waiting without the change of gauge, which stands apart in `gauge_hours` (h) and
    `gauge_usd_t` (USD/t) and is needed when `gauge_break`; `charge` in USD/t; `length` in km; `record` is the
    id of its record in the ledger, or empty.
    """

    id: str
    name: str
    a: str
    b: str
    mode_a: str
    mode_b: str
    country_a: str
    country_b: str
    length: Amount
    hours: Amount
    charge: Amount
    gauge_break: bool = False
    gauge_hours: Amount | None = None
    gauge_usd_t: Amount | None = None
    capacity: Capacity | None = None
    volume: Volume | None = None
    hours_year: str = ""
    open_from: str = ""
    record: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter (of those in `UNITS`) of a mode, in one country (ISO 3166-1 alpha-3) or in `ALL`."""

    mode: str
    country: str
    name: str
    amount: Amount
    note: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """What changing between two modes costs, either way: hours and USD/t, in one country or in `ALL`."""

    mode_a: str
    mode_b: str
    country: str
    hours: Amount
    usd_t: Amount
    note: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """A checked network. Build one with `Network.of`, `from_frames` or `from_folder`.

    `nodes`, `lines` and `crossings` by id; `modes` by (mode, country, parameter) and `transfers` by (mode, mode,
    country) with the modes in alphabetical order; `closed` holds the ids that nothing may pass. What is closed
    stays in the tables, so that a refused route can say which closure cut it.
    """

    nodes: Mapping[str, Node]
    lines: Mapping[str, Line]
    crossings: Mapping[str, Crossing]
    modes: Mapping[tuple[str, str, str], Parameter]
    transfers: Mapping[tuple[str, str, str], Transfer]
    closed: frozenset[str] = frozenset()
    # What is computed once per network (its state graph); never part of equality.
    memo: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        nodes: Iterable[Node],
        lines: Iterable[Line],
        crossings: Iterable[Crossing],
        modes: Iterable[Parameter],
        transfers: Iterable[Transfer],
    ) -> Network:
        """The network of these parts; raises `BadNetwork` with all problems at once."""
        from landbridge.corridors.checks import problems

        at, along, over = tuple(nodes), tuple(lines), tuple(crossings)
        needs, changes = tuple(modes), tuple(transfers)
        found = problems(at, along, over, needs, changes)
        if found:
            raise BadNetwork(found)
        return cls(
            MappingProxyType({node.id: node for node in at}),
            MappingProxyType({line.id: line for line in along}),
            MappingProxyType({crossing.id: crossing for crossing in over}),
            MappingProxyType({(need.mode, need.country, need.name): need for need in needs}),
            MappingProxyType({transfer_key(change): change for change in changes}),
        )

    def without(self, *ids: str) -> Network:
        """The same network with these lines or crossings closed; raises `UnknownLabel` for an id it lacks."""
        for label in ids:
            self.require(label)
        # The state graph knows nothing of closures, so both may share it.
        return replace(self, closed=self.closed | set(ids))

    def changed(
        self,
        crossing: str,
        *,
        hours: Amount | None = None,
        charge: Amount | None = None,
        gauge_hours: Amount | None = None,
    ) -> Network:
        """The same network with other hours (h), charge (USD/t) or gauge hours (h) at one crossing.

        Raises `UnknownLabel` for a crossing it lacks and `BadNetwork` for an amount that cannot be.
        """
        from landbridge.corridors.checks import amount_problems

        if crossing not in self.crossings:
            raise UnknownLabel("crossing", crossing, self.crossings)
        asked = {"hours": hours, "charge": charge, "gauge_hours": gauge_hours}
        given = {name: amount for name, amount in asked.items() if amount is not None}
        found = [
            problem
            for name, amount in given.items()
            for problem in amount_problems(amount, f"crossing {crossing}", name.replace("_", " "))
        ]
        if found:
            raise BadNetwork(found)
        new = replace(self.crossings[crossing], **given)  # type: ignore[arg-type]
        return replace(self, crossings=MappingProxyType({**self.crossings, crossing: new}), memo={})

    def node(self, label: str) -> Node:
        """The node with this id; raises `UnknownLabel` with the nearest ids."""
        try:
            return self.nodes[label]
        except KeyError:
            raise UnknownLabel("node of the network", label, self.nodes) from None

    def require(self, label: str) -> Line | Crossing:
        """The line or crossing with this id; raises `UnknownLabel` with the nearest ids."""
        found = self.lines.get(label) or self.crossings.get(label)
        if found is None:
            raise UnknownLabel("line or crossing", label, (*self.crossings, *self.lines))
        return found

    def parameter(self, mode: str, country: str, name: str, *, bulk: bool = False) -> Amount:
        """A parameter of a mode in a country: the country's own row, else the row for `ALL`.

        For cargo in `bulk` a row for bulk (`BULK_PARAMETERS`), of the country or for `ALL`, goes before both.
        """
        names = (BULK_PARAMETERS[name], name) if bulk and name in BULK_PARAMETERS else (name,)
        for wanted in names:
            held = self.modes.get((mode, country, wanted)) or self.modes.get((mode, EVERYWHERE, wanted))
            if held is not None:
                return held.amount
        raise KeyError((mode, country, name))

    def transfer(self, mode: str, other: str, country: str) -> Transfer | None:
        """What changing between two modes costs in a country, or None where cargo cannot change between them."""
        first, second = sorted((mode, other))
        return self.transfers.get((first, second, country)) or self.transfers.get((first, second, EVERYWHERE))


def transfer_key(transfer: Transfer) -> tuple[str, str, str]:
    """The key of a transfer: its modes in alphabetical order and its country."""
    first, second = sorted((transfer.mode_a, transfer.mode_b))
    return first, second, transfer.country
