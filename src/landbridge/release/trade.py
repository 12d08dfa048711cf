"""Trade by year: which classification answers, from the release or from the user's own files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from landbridge.errors import NotHeld, UnknownLabel
from landbridge.flows.loaded import MONTHS, one_account
from landbridge.flows.totals import FLOW, Total
from landbridge.flows.trade import CLASSIFICATIONS, TradeFlows
from landbridge.provenance import Citation, Figure, Status
from landbridge.release.workspace import Workspace
from landbridge.units import PriceBasis

if TYPE_CHECKING:
    from landbridge.release.data import Data

_PRODUCTS = ("hs6", "hs2")


@dataclass(frozen=True, slots=True)
class Trade:
    """Trade by year, in the classification asked for or in what is held."""

    data: Data

    def year(self, year: int, by: str | None = None) -> TradeFlows:
        """The flows of one year; `by` is `sector`, `hs2` or `hs6`, and without it what covers most places comes first.

        Raises `NotHeld`, naming what is held and what to load.
        """
        for classification in _chosen(by, CLASSIFICATIONS):
            if year in self.years(classification):
                return next(self._flows(year, classification))
        raise NotHeld(
            f"No flows of {year}{f' by {by}' if by else ''} are held.",
            cause=self._why(year),
            remedy="Load a BACI year with `landbridge load baci FILE`.",
        )

    def years(self, by: str) -> tuple[int, ...]:
        """The years held in one classification; a loaded year counts where it is whole for at least one pair."""
        if by == "sector":
            return (self.data.accounts.year,)
        space = self.data.workspace
        loaded = {year for year in space.years() if _whole(space, year, by)} if space else set()
        return tuple(sorted(loaded | self._shipped(by)))

    def held(self) -> tuple[str, ...]:
        """What is held, in words."""
        return tuple(
            f"by {by} {', '.join(map(str, years))}" for by in CLASSIFICATIONS if (years := self.years(by))
        )

    def best(self, place_a: str, place_b: str, year: int | None = None, by: str | None = None) -> TradeFlows:
        """The flows that tell most of two places: products in the newest year that holds both, else sectors.

        Among the years a recorded flow between the two comes before none; in one year six digits come before chapters,
        and the user's own files before the release. `year` and `by` narrow the choice. Raises `NotHeld` where nothing
        holds both places.
        """
        wanted = [name for name in _PRODUCTS if name in _chosen(by, CLASSIFICATIONS)]
        silent: TradeFlows | None = None
        for at in sorted({at for name in wanted for at in self._candidates(name)}, reverse=True):
            for name in wanted if year in (None, at) else ():
                for flows in self._flows(at, name, (place_a, place_b)):
                    if not {place_a, place_b} <= set(flows.places):
                        continue
                    both = pl.col("exporter").is_in([place_a, place_b]) & pl.col("importer").is_in(
                        [place_a, place_b]
                    )
                    if not flows.frame.filter(both).is_empty():
                        return flows
                    silent = silent or flows
        if silent is not None:
            return silent
        if by in (None, "sector") and year in (None, self.data.accounts.year):
            flows = self.data.by_sector
            if {place_a, place_b} <= set(flows.places):
                return flows
        words = " ".join([*([f"by {by}"] if by else []), *([f"in {year}"] if year else [])])
        raise NotHeld(
            f"No trade between {place_a} and {place_b} {words}".rstrip() + " is held by sector or product.",
            cause=self._why(year),
            remedy="Load a BACI year with `landbridge load baci FILE`; trade of regions comes with `landbridge load csv`.",
        )

    def totals(self, exporter: str, importer: str) -> tuple[Total, ...]:
        """Sums of the user's own rows on the exports of one place to another, each load and reporter by itself.

        A year counted in twelve months is one total, one of fewer months a total a month; where a load has both the
        year and its months, the year counts. Empty where nothing is loaded.
        """
        space = self.data.workspace
        if space is None:
            return ()
        account = ["source", "kind", "reporter", "basis", "status", "nomenclature"]
        pair = (pl.col("exporter") == exporter) & (pl.col("importer") == importer)
        moments = (
            space.trade()
            .filter(pair & pl.col("value_usd").is_not_null())
            .group_by(*account, "period")
            .agg(pl.col("value_usd").sum(), pl.len().alias("rows"))
            .with_columns(year=pl.col("period").str.slice(0, 4), annual=pl.col("period").str.len_chars() == 4)
            .collect()
        )
        months = (~pl.col("annual")).sum().over([*account, "year"])
        whole = pl.col("annual").any().over([*account, "year"])
        found = (
            moments.filter(pl.col("annual") | ~whole)
            .with_columns(period=pl.when(months == MONTHS).then("year").otherwise("period"))
            .group_by(*account, "period")
            .agg(pl.col("value_usd").sum(), pl.col("rows").sum())
            .sort("period", "reporter", "source", "basis", "status", "nomenclature")
        )
        return tuple(self._total(exporter, importer, row, space) for row in found.iter_rows(named=True))

    def _total(self, exporter: str, importer: str, row: dict[str, Any], space: Workspace) -> Total:
        names, reporter = self.data.names, row["reporter"]
        by = f", as counted by {names.get(reporter, reporter)}" if reporter else ""
        figure = Figure(
            measure=f"Exports of {names.get(exporter, exporter)} to {names.get(importer, importer)}{by}: "
            "sum of the rows loaded",
            value=row["value_usd"],
            unit="USD",
            period=row["period"],
            status=Status(row["status"]),
            citation=Citation(space.sources()[row["source"]]),
            cell=f"loaded:{row['source']}/{exporter}>{importer}/{row['period']}/{reporter or '-'}/"
            f"{row['basis']}/{row['status']}/{row['nomenclature']}",
            note=f"Price basis: {row['basis']}. Sum of {row['rows']:,} rows; whole only if the file is.",
        )
        basis = PriceBasis(row["basis"])
        return Total(exporter, importer, FLOW, row["period"], reporter, row["kind"], basis, False, figure)

    def _flows(
        self, year: int, classification: str, touching: tuple[str, str] | None = None
    ) -> Iterator[TradeFlows]:
        """What is held of one year, the workspace before the release; only tables that hold `touching` where given."""
        data = self.data
        if classification == "sector":
            yield data.by_sector
            return
        space = data.workspace
        if space is not None and year in space.years():
            there = (
                _whole(space, year, classification)
                if touching is None
                else _holds(space, year, classification, touching)
            )
            if there:
                yield TradeFlows.from_loaded(space.trade(year), year, classification, space.sources())
        if year in self._shipped(classification):
            yield TradeFlows.from_basket(data.basket.filter(pl.col("year") == year), year, data.sources)

    def _candidates(self, classification: str) -> set[int]:
        loaded = set(self.data.workspace.years()) if self.data.workspace else set()
        return loaded | self._shipped(classification)

    def _shipped(self, classification: str) -> set[int]:
        return set(self.data.basket["year"].to_list()) if classification == "hs2" else set()

    def _why(self, year: int | None) -> str:
        """What is held, and which loaded years are in pieces."""
        space = self.data.workspace
        pieces = [
            at
            for at in (space.years() if space else ())
            if space and year in (None, at) and not any(_whole(space, at, by) for by in _PRODUCTS)
        ]
        broken = (
            f" Loaded, but not whole: {', '.join(map(str, pieces))} (only totals, other digits, or fewer than "
            "twelve months)."
            if pieces
            else ""
        )
        return f"Held: {'; '.join(self.held())}.{broken}"


def _chosen(by: str | None, order: tuple[str, ...]) -> tuple[str, ...]:
    if by is None:
        return order
    if by not in CLASSIFICATIONS:
        raise UnknownLabel(
            "classification of trade", by, CLASSIFICATIONS, remedy=f"Valid: {', '.join(CLASSIFICATIONS)}."
        )
    return (by,)


def _whole(space: Workspace, year: int, by: str) -> bool:
    """Whether `one_account` would find anything: a row for the whole year, else one series of twelve months."""
    key = (year, by)
    if key not in space.whole:
        rows = space.trade(year)
        digits = pl.col("product").str.len_chars().is_in([6] if by == "hs6" else [2, 6])
        annual = digits & (pl.col("period").str.len_chars() == 4) & pl.col("value_usd").is_not_null()
        whole = pl.col("product").str.contains(r"^\d+$") & annual
        # The first such row settles it, so that a year of eleven million rows is not gone through for nothing.
        space.whole[key] = not rows.filter(whole).head(1).collect().is_empty() or _found(rows, year, by)
    return space.whole[key]


def _holds(space: Workspace, year: int, by: str, places: tuple[str, str]) -> bool:
    """Whether both places would be among the flows of a year, told from the rows that touch them."""
    rows = space.trade(year)
    return all(
        _found(rows.filter((pl.col("exporter") == place) | (pl.col("importer") == place)), year, by)
        for place in places
    )


def _found(rows: pl.LazyFrame, year: int, by: str) -> bool:
    try:
        return not one_account(rows, year, by).is_empty()
    except NotHeld:
        return False
