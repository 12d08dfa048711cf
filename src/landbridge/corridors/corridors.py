"""The corridors a release holds: network, use and values of a tonne, asked by the names of places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from landbridge.corridors.amounts import Amount
from landbridge.corridors.cargoes import lender, lent, named, require_sector
from landbridge.corridors.cost import Cargo, Documents
from landbridge.corridors.network import Network, Node
from landbridge.corridors.reading import TABLES, RowProblem, from_frames, rows_of, together
from landbridge.corridors.use import Use
from landbridge.errors import BadFile, BadUsage, NotHeld, UnknownLabel
from landbridge.provenance import Source

if TYPE_CHECKING:
    import polars as pl

    from landbridge.corridors.routing import Routes

HELD = (*TABLES, "network_use", "unit_values")
"""The tables of a release that corridors are made of."""
# Timber, potash or scrap among finished goods (see `BULK`) lose by time what the capital tied up in them costs, as
# the minerals of this sector do; the value of time of their own sector is that of what it holds besides.
_BULK_TIME = "B08"
# The node that stands for a country when no weights say which of its regions trades most.
SEATS: Mapping[str, str] = MappingProxyType(
    {
        "CHN": "CN-BJ",
        "RUS": "RU-MOW",
        "BLR": "BY-HM",
        "KAZ": "astana",
        "MNG": "ulaanbaatar",
        "POL": "warsaw",
        "DEU": "duisburg",
    }
)


@dataclass(frozen=True, slots=True)
class Corridors:
    """How goods can move between places, who uses what, and what a tonne is worth.

    `unit_values` by (exporter, importer, sector), USD/t; `day_pct` by sector, % of value a day; `sources` by id. `typical`
    tells the sector that stands for the cargo from one country to another and in words what makes it so, or None.
    """

    network: Network
    use: Use
    unit_values: Mapping[tuple[str, str, str], Amount]
    day_pct: Mapping[str, Amount]
    sources: Mapping[str, Source] = field(default_factory=dict)
    typical: Callable[[str, str], tuple[str, str] | None] | None = field(default=None, compare=False)

    @classmethod
    def of(
        cls,
        frames: Mapping[str, pl.DataFrame],
        day_pct: Mapping[str, Amount],
        sources: Mapping[str, Source] | None = None,
        typical: Callable[[str, str], tuple[str, str] | None] | None = None,
    ) -> Corridors:
        """The corridors in the tables of a release, by their names: the five of a network, network_use, unit_values.

        Raises `BadNetwork` and `BadFile` with all problems of a table, `NotHeld` when a table is absent.
        """
        absent = [name for name in HELD if name not in frames]
        if absent:
            raise NotHeld(f"the release holds no {', '.join(absent)}.", remedy="Build the release anew.")
        network = from_frames(*(frames[name] for name in TABLES))
        use = Use.of_frame(frames["network_use"])
        tonnes = unit_values(frames["unit_values"])
        return cls(network, use, tonnes, dict(day_pct), dict(sources or {}), typical)

    def node(self, label: str, weights: Mapping[str, float] | None = None) -> Node:
        """The node that a region code, a node id, a node's name or a country code stands for.

        A country stands for its node of the largest weight, or for its seat (`SEATS`) without weights. Raises
        `UnknownLabel` with the nearest labels, and `BadUsage` for a country without a seat or a name held twice.
        """
        held = self.network.nodes
        if label in held:
            return held[label]
        inside = [node for node in held.values() if node.country == label]
        if inside:
            return self._main(label, inside, weights or {})
        named = [node for node in held.values() if node.name.casefold() == label.casefold()]
        if len(named) > 1:
            raise BadUsage(
                f"{label!r} names {len(named)} nodes.",
                remedy=f"Say which: {', '.join(node.id for node in named)}.",
            )
        if not named:
            labels = (
                *held,
                *(node.name for node in held.values()),
                *sorted({n.country for n in held.values()}),
            )
            raise UnknownLabel("region, country or node of the network", label, labels)
        return named[0]

    def cargo(self, exporter: str, importer: str, sector: str | None = None) -> Cargo:
        """The cargo of a sector between two countries (ISO 3166-1 alpha-3).

        Without a sector, the one of `usual`: in a release that of which most tonnes go by rail and road from the exporter
        to the importer, fuels left out, or the largest sector of goods where those tonnes are not known; the one in the
        middle by the value of its tonne only where nothing is known of flows. Values of a tonne are those of the pair, or
        borrowed (see `values_from`): then `assumed`, with half of the low and twice the high end. Cargo in bulk has the
        value of time of minerals, whatever else its sector holds. Raises `UnknownLabel` for what is no sector, and
        `NotHeld` when no value of a tonne or of a day is held.
        """
        if sector is not None:
            require_sector(sector)
        values = self._values(exporter, importer)
        wanted = self.usual(exporter, importer)[0] if sector is None and values else sector
        if wanted is None or wanted not in values:
            what = f"sector {named((wanted,))}" if wanted else "any sector"
            raise NotHeld(
                f"the value of a tonne and of its time is not held for {what} from {exporter} to {importer}.",
                cause=f"Sectors held for this pair: {named(sorted(values)) or 'none'}.",
                remedy="Pass `cargo=Cargo(...)` with values of your own.",
            )
        cargo = Cargo(wanted, values[wanted], self.day_pct[wanted])
        if cargo.in_bulk and _BULK_TIME in self.day_pct:
            return replace(cargo, day_pct=self.day_pct[_BULK_TIME])
        return cargo

    def usual(self, exporter: str, importer: str) -> tuple[str, str]:
        """The sector taken when none is named, and in words what makes it so; raises `NotHeld` where none is held."""
        found = self.typical(exporter, importer) if self.typical is not None else None
        if found is not None:
            return found
        values = self._values(exporter, importer)
        if not values:
            raise NotHeld(f"no value of a tonne is held from {exporter} to {importer}.")
        ordered = sorted(values, key=lambda name: (values[name].value, name))
        return (
            ordered[(len(ordered) - 1) // 2],
            "the one in the middle by value of a tonne, for nothing is known of flows by sector",
        )

    def values_from(self, exporter: str, importer: str) -> tuple[str, str] | None:
        """The pair whose values of a tonne are used: the pair itself, else China–Russia in the direction that fits
        (out of China where neither end says), or None where that is not held either.
        """
        held = {key[:2] for key in self.unit_values}
        return next(
            (pair for pair in ((exporter, importer), lender(exporter, importer)) if pair in held), None
        )

    def _values(self, exporter: str, importer: str) -> dict[str, Amount]:
        """Values of a tonne by sector, of the pair or borrowed, where the value of a day is held as well."""
        pair = self.values_from(exporter, importer)
        own = pair == (exporter, importer)
        return {
            key[2]: amount if own else lent(amount)
            for key, amount in self.unit_values.items()
            if key[:2] == pair and key[2] in self.day_pct
        }

    def routes(
        self,
        origin: str,
        destination: str,
        *,
        best: int = 3,
        sector: str | None = None,
        cargo: Cargo | None = None,
        modes: Iterable[str] | None = None,
        without: Iterable[str] = (),
        via: Sequence[str] = (),
        documents: Documents | None = None,
        distinct: bool = True,
        weights: Mapping[str, float] | None = None,
    ) -> Routes:
        """The cheapest routes between two places (see `node`), for the cargo of a `sector` or a `cargo` of your own.

        `modes=("sea",)` or `("air",)` alone implies road and rail between either place and its port or airport.
        `weights` (node to any unit) choose the node a country stands for. `via` may give nodes by their names as well,
        but not countries. The rest, and what is raised, is as in
        `landbridge.corridors.routing.routes`, `node` and `cargo`.
        """
        # Who uses what and what a tonne is worth are asked without a route, and so without SciPy.
        from landbridge.corridors.routing import routes

        if cargo is not None and sector is not None:
            raise BadUsage("both a sector and a cargo were given.", remedy="Give one of them.")
        start, end = self.node(origin, weights), self.node(destination, weights)
        carried = cargo if cargo is not None else self.cargo(start.country, end.country, sector)
        return routes(
            self.network,
            *(start.id, end.id, carried),
            best=best,
            modes=modes,
            without=without,
            via=self._stops(via),
            documents=documents,
            distinct=distinct,
        )

    def crossings(self) -> pl.DataFrame:
        """All crossings, one row each: amounts with range, status and sources, and whether it is closed."""
        from landbridge.corridors.views import crossing_rows

        return crossing_rows(self.network)

    def _stops(self, via: Sequence[str]) -> Sequence[str]:
        """The ids of stops, some of which may be given as names."""
        if isinstance(via, str):
            return via
        found = []
        for stop in via:
            if any(node.country == stop for node in self.network.nodes.values()):
                raise BadUsage(
                    f"{stop} is a country, which is no stop.",
                    remedy="Name a node, a line or a crossing in it.",
                )
            named = [
                node.id for node in self.network.nodes.values() if node.name.casefold() == stop.casefold()
            ]
            known = stop in self.network.nodes or len(named) != 1
            found.append(stop if known else named[0])
        return found

    def _main(self, country: str, inside: list[Node], weights: Mapping[str, float]) -> Node:
        weighed = [node for node in inside if weights.get(node.id, 0.0) > 0]
        if weighed:
            return max(weighed, key=lambda node: weights[node.id])
        seat = SEATS.get(country, "")
        if seat in self.network.nodes:
            return self.network.nodes[seat]
        if len(inside) == 1:
            return inside[0]
        raise BadUsage(
            f"no node is named to stand for {country}.",
            remedy=f"Name one of its nodes: {', '.join(sorted(node.id for node in inside)[:10])}.",
        )


def unit_values(frame: pl.DataFrame) -> Mapping[tuple[str, str, str], Amount]:
    """The value of a tonne (USD/t) by exporter, importer and sector, from a frame like unit_values.csv.

    Rows without a value are left out: not held. Raises `BadFile` with all problems.
    """
    found: list[RowProblem] = []
    held: dict[tuple[str, str, str], Amount] = {}
    for row in rows_of("unit_values", frame, found):
        key = (row.needed("exporter"), row.needed("importer"), row.needed("sector"))
        amount = row.amount("usd_t", "USD/t")
        if amount is None:
            continue
        for words in amount.problems(positive=True):
            row.wrong(f"value of a tonne {words}.")
        if key in held:
            row.wrong(f"{' '.join(key)} is there twice.", "Keep one row.")
        held[key] = amount
    if found:
        raise BadFile(together(found))
    return MappingProxyType(held)
