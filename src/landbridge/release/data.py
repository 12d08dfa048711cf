"""The one door to data: the embedded release, a workspace over it, or another release folder."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from landbridge import codes
from landbridge.corridors.amounts import Amount
from landbridge.errors import BadUsage, BrokenRelease
from landbridge.flows.accounts import InputOutput
from landbridge.flows.totals import Totals
from landbridge.flows.trade import TradeFlows
from landbridge.ledger import Ledger, Statement, read_file
from landbridge.provenance import Figure, Source
from landbridge.release import manifest as manifests
from landbridge.release.observations import Agreements, Observations
from landbridge.release.parameters import Elasticities, MonthlyTrade, Soya, Tariffs, TimeValues
from landbridge.release.prospects import RECORD, Drivers, record_of, typed
from landbridge.release.region_trade import RegionTrade, RegionValidation
from landbridge.release.trade import Trade
from landbridge.release.worked import Worked
from landbridge.release.workspace import Workspace, default_workspace

if TYPE_CHECKING:
    from landbridge.corridors.corridors import Corridors
    from landbridge.forecasting.record import Record

_FUELS = ("B05", "B06", "C19")
_LANDWARD = ("rail", "road")


@dataclass(frozen=True)
class Data:
    """Everything a verb may ask for. Parts are read when first used."""

    folder: Path
    manifest: manifests.Manifest
    workspace: Workspace | None = field(default=None)
    recorded_by: str = "9999"
    valid_on: str = ""

    def on(self, moment: str) -> Data:
        """The same data with the ledger narrowed to what held on a date (YYYY, YYYY-MM or YYYY-MM-DD)."""
        whole = moment + "-01-01"[len(moment) - 4 :] if len(moment) in (4, 7) else moment
        if not _is_day(whole):
            raise BadUsage(f"{moment!r} is not a date.", remedy="Write it as 2022, 2022-06 or 2022-06-30.")
        return replace(self, valid_on=moment)

    def at(self, recorded_by: str) -> Data:
        """The same data with the ledger as it was recorded by a date (YYYY-MM-DD)."""
        if not _is_day(recorded_by):
            raise BadUsage(f"{recorded_by!r} is not a date.", remedy="Write it as 2026-11-21.")
        return replace(self, recorded_by=recorded_by)

    @property
    def as_of(self) -> str:
        """The date by which everything in the release's ledger was recorded, or the earlier one asked for."""
        return min(max(self.manifest.statements.values(), default=""), self.recorded_by)

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Every source by id."""
        with (self.folder / "sources.csv").open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        return MappingProxyType({row["id"]: Source.of(row) for row in rows})

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The English name of every place."""
        return MappingProxyType({place.code: place.name for place in codes.places()})

    @cached_property
    def ledger(self) -> Ledger:
        """The shipped ledger, with the workspace's own statements over it."""
        statements: list[Statement] = []
        for path in sorted((self.folder / "ledger").rglob("*.yaml")):
            statements += read_file(path, self.names, trusted=True)
        sources = dict(self.sources)
        if self.workspace is not None:
            own, more = self.workspace.ledger()
            statements += own
            sources |= more
        known = Ledger(statements, MappingProxyType(sources)).at(self.recorded_by)
        return known.on(self.valid_on) if self.valid_on else known

    @cached_property
    def totals(self) -> Totals:
        """Published totals of trade between two places."""
        return Totals(self._table("totals"), self.sources, self.names)

    @cached_property
    def observations(self) -> Observations:
        """Single figures about places."""
        return Observations(self._table("observations"), self.sources, self.names)

    @cached_property
    def region_trade(self) -> RegionTrade:
        """Published trade of regions with partner countries."""
        return RegionTrade(self._table("region_trade"), self.sources, self.names)

    @cached_property
    def region_validation(self) -> RegionValidation:
        """How well trade of pseudo-regions was split: the spread behind estimates for regions."""
        return RegionValidation(self._table("region_validation"))

    @cached_property
    def agreements(self) -> Agreements:
        """Who belonged to which agreement when."""
        return Agreements(self._table("agreements"))

    @cached_property
    def elasticities(self) -> Elasticities:
        """The trade elasticity of every sector."""
        return Elasticities(self._table("elasticities"), self._table("elasticity_estimates"), self.sources)

    @cached_property
    def tariffs(self) -> Tariffs:
        """Cited base tariffs."""
        return Tariffs(self._table("tariffs"), self.sources, self.names)

    @cached_property
    def time_values(self) -> TimeValues:
        """What a day under way costs, by sector."""
        return TimeValues(self._table("time_values"), self.sources)

    @cached_property
    def monthly(self) -> MonthlyTrade:
        """Trade by month."""
        return MonthlyTrade(self._table("monthly_trade"), self.sources, self.names)

    @cached_property
    def drivers(self) -> Drivers:
        """Yearly averages of the oil price and the rouble."""
        return Drivers(self._table("drivers"), self.sources)

    @cached_property
    def forecast_record(self) -> Record:
        """How good back-tested forecasts were, and the errors that paths are drawn from."""
        return record_of({name: self._table(name) for name in RECORD})

    @cached_property
    def forecast_panels(self) -> pl.DataFrame:
        """The panels that forecasts were tried on. Columns: docs/reference/tables.md."""
        return typed(self._table("forecast_panels"))

    @cached_property
    def agreement_effects(self) -> pl.DataFrame:
        """What agreements did to trade, estimated from panels. Columns: docs/reference/tables.md."""
        return typed(self._table("agreement_effects"))

    @cached_property
    def issued(self) -> pl.DataFrame:
        """The probabilities that were issued, oldest first. Columns: docs/reference/tables.md."""
        return self._table("issued_probabilities")

    @cached_property
    def soya(self) -> Soya:
        """Published figures on soybeans."""
        return Soya(self._table("soya"), self.sources, self.names)

    @cached_property
    def worked(self) -> Worked:
        """Scenarios that were solved before the release."""
        return Worked(
            self._table("worked_scenarios"),
            self.scenarios,
            self.accounts,
            self.elasticities,
            self.sources,
            self.names,
        )

    @cached_property
    def accounts(self) -> InputOutput:
        """The closed input-output accounts of the world."""
        return InputOutput(self.folder / "flows")

    @cached_property
    def by_sector(self) -> TradeFlows:
        """Trade by sector out of the accounts."""
        return TradeFlows.from_accounts(self.accounts, self.sources)

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """Distance, border and language of every pair of countries."""
        return pl.read_parquet(self.folder / "flows" / "pairs.parquet")

    @cached_property
    def basket(self) -> pl.DataFrame:
        """Products between China and Russia by chapter and year."""
        return self._table("basket_hs2")

    @cached_property
    def scenarios(self) -> Mapping[str, Path]:
        """The file of every worked scenario, by name."""
        found = sorted((self.folder / "scenarios").glob("*.yaml"))
        return MappingProxyType({path.stem: path for path in found})

    @cached_property
    def obstacles(self) -> Mapping[str, Path]:
        """The file of obstacles of every pair that has one, by name."""
        found = sorted((self.folder / "obstacles").glob("*.yaml"))
        return MappingProxyType({path.stem: path for path in found})

    @cached_property
    def rankings(self) -> Mapping[str, Path]:
        """The file of every ranking of bottlenecks that was made before the release, by name."""
        found = sorted((self.folder / "bottlenecks").glob("*.json"))
        return MappingProxyType({path.stem: path for path in found})

    @cached_property
    def outlooks(self) -> Mapping[str, Path]:
        """The file of answers on the future of every pair that has one, by name."""
        found = sorted((self.folder / "prospects").glob("*.json"))
        return MappingProxyType({path.stem: path for path in found})

    @cached_property
    def corridors(self) -> Corridors:
        """How goods can move: the network, who uses which crossing, and what a tonne and a day are worth."""
        # Routing brings SciPy along, which most questions do without.
        from landbridge.corridors.corridors import HELD, Corridors

        days = {sector: self.time_values.per_day(sector) for sector in self.accounts.sectors}
        held = {sector: _amount(figure) for sector, figure in days.items() if isinstance(figure, Figure)}
        frames = {name: self._table(name) for name in HELD}
        return Corridors.of(frames, held, self.sources, self._typical)

    def _typical(self, exporter: str, importer: str) -> tuple[str, str] | None:
        """The sector of which most tonnes go by rail and road from one country to another, and what it was chosen by.

        Tonnes: flow of the accounts × share by rail and road of network_use ÷ value of a tonne. Fuels are left out, which
        go by pipe and sea. Where no tonnes can be reckoned, the largest sector of goods.
        """
        held, known = self.accounts, self.corridors
        if not {exporter, importer} <= set(held.places):
            return None
        priced = known.values_from(exporter, importer)
        column = held.flows[:, held.places.index(exporter), held.places.index(importer)]
        flows = {
            code: float(flow)
            for code, flow in zip(held.sectors, column, strict=True)
            if code not in _FUELS and (*(priced or ("", "")), code) in known.unit_values
        }
        landward = dict.fromkeys(flows, 0.0)
        for row in known.use.rows:
            pair = (row.exporter, row.importer)
            if pair == (exporter, importer) and row.mode in _LANDWARD and row.sector in landward:
                landward[row.sector] += row.share.value
        tonnes = {
            code: flow * landward[code] / known.unit_values[exporter, importer, code].value
            for code, flow in flows.items()
            if landward[code] > 0 and (exporter, importer, code) in known.unit_values
        }
        if any(tonnes.values()):
            return max(tonnes, key=lambda code: tonnes[code]), (
                f"the one of which most tonnes go by rail and road from {exporter} to {importer} (flow of the accounts × "
                "share by rail and road ÷ value of a tonne; fuels left out)"
            )
        if not any(flows.values()):
            return None
        return max(flows, key=lambda code: flows[code]), (
            f"the largest sector of goods from {exporter} to {importer}, fuels left out; its tonnes by rail and road are "
            "not known"
        )

    @property
    def trade(self) -> Trade:
        """Trade by year."""
        return Trade(self)

    def _table(self, name: str) -> pl.DataFrame:
        try:
            return pl.read_parquet(self.folder / "tables" / f"{name}.parquet")
        except (OSError, pl.exceptions.PolarsError) as error:
            raise BrokenRelease(
                f"the table {name} cannot be read.",
                where=str(self.folder),
                cause=f"{error}.",
                remedy="`landbridge check` names every damaged file; install the package again.",
            ) from None


def _amount(figure: Figure) -> Amount:
    """A figure with its range, in the form that the network counts in."""
    low = figure.point if figure.low is None else figure.low
    high = figure.point if figure.high is None else figure.high
    cited = [item.citation for item in (figure, *figure.inputs) if item.citation is not None]
    sources = tuple(dict.fromkeys(citation.source.id for citation in cited))
    return Amount(low, figure.point, high, figure.unit, figure.status.value, sources)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def embedded() -> Path:
    """The folder of the release that comes with the package."""
    return Path(str(files("landbridge").joinpath("data", "release")))


def load(workspace: str | Path | None = None, *, release: str | Path | None = None) -> Data:
    """The embedded release (or the one in folder `release`), with a workspace over it where one is there.

    `workspace` names the folder; without it, $LANDBRIDGE_WORKSPACE and ./landbridge-data are looked at and used only
    if they exist. Raises `BrokenRelease` where a folder is damaged and `NotHeld` where a named workspace is missing.
    """
    folder = embedded() if release is None else Path(release)
    return Data(folder, manifests.read(folder), Workspace.find(workspace, default_workspace(None)))
