"""`TradeFlows`: what moved between places in one year, by sector or by product, each value with its status
and source.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

import polars as pl

from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.flows.accounts import REST, InputOutput
from landbridge.flows.indices import Array, totals_by
from landbridge.flows.loaded import one_account
from landbridge.provenance import Citation, Figure, Source, Status, Unavailable, derive, weakest

CLASSIFICATIONS = ("sector", "hs2", "hs6")
COLUMNS = ("exporter", "importer", "item", "value_usd", "low_usd", "high_usd", "status", "source")
USES = ("intermediate_usd", "final_usd")
ACCOUNTS_SOURCE = "oecd-icio-2025"
METHOD_COLUMNS = ("exporter", "importer", "method", "final_usd", "central")
# Said of a single sector, and of a sum whose totals by method are not at hand.
_CELLS = "low and high are the extremes of eight methods, sector by sector"
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NTH = ("", "", "second ", "third ", "fourth ", "fifth ")
_TABLE = {"sector": "deliveries", "hs2": "basket_hs2", "hs6": "products"}


@dataclass(frozen=True)
class TradeFlows:
    """Trade between places in `year` by `classification`: `sector`, `hs2` (chapters) or `hs6`; sales at home
    are not trade.

    `frame` has the columns of `COLUMNS` in US dollars at current prices; for sectors also `intermediate_usd`
    and `final_usd` (null where the use is not known). Missing rows are flows not recorded, not zeros.
    `sources` maps the ids in column `source` to `Source` objects. `spread` has the columns of `METHOD_COLUMNS`:
    final sales of a pair, all sectors together, by method of imputation; `central` marks the published one.
    """

    year: int
    classification: str
    frame: pl.DataFrame = field(repr=False)
    sources: Mapping[str, Source] = field(repr=False)
    spread: pl.DataFrame | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.classification not in CLASSIFICATIONS:
            raise UnknownLabel("classification of trade", self.classification, CLASSIFICATIONS)
        wanted = COLUMNS + (USES if self.classification == "sector" else ())
        _complete("a frame of trade flows", self.frame, wanted)
        if self.spread is not None:
            _complete("a spread of methods", self.spread, METHOD_COLUMNS)
        unknown = sorted(set(self.frame["source"].unique().to_list()) - set(self.sources))
        if unknown:
            raise BadUsage(
                f"no source was given for {', '.join(unknown)}.",
                remedy="Pass a Source for every id in `source`.",
            )

    @classmethod
    def from_accounts(cls, accounts: InputOutput, sources: Mapping[str, Source]) -> TradeFlows:
        """Trade by sector out of the closed input-output account; `sources` must hold `ACCOUNTS_SOURCE`.

        Cells of the 80 economies are `imputed` as far as they hold final sales, `reconciled` where there are
        none; cells with `ROW` are `assumed`, with the range of the assumption.
        """
        rest = accounts.notes["rest_trade"]
        low, high = rest["low"] / rest["value"], rest["high"] / rest["value"]
        musd = [name for name in accounts.frame("deliveries").columns if name.endswith("_musd")]
        use, undivided = pl.col("intermediate_musd"), pl.col("undivided_musd")
        frame = (
            accounts.frame("deliveries")
            .filter(pl.col("exporter") != pl.col("importer"))
            .with_columns(pl.col(musd).cast(pl.Float64) * 1e6)
            .select(
                "exporter",
                "importer",
                item="sector",
                value_usd=pl.coalesce(undivided, use + pl.col("final_musd")),
                low_usd=pl.coalesce(low * undivided, use + pl.col("final_low_musd")),
                high_usd=pl.coalesce(high * undivided, use + pl.col("final_high_musd")),
                status=pl.when(undivided.is_not_null())
                .then(pl.lit(Status.ASSUMED.value))
                .when(pl.col("final_high_musd") > 0)
                .then(pl.lit(Status.IMPUTED.value))
                .otherwise(pl.lit(Status.RECONCILED.value)),
                source=pl.lit(ACCOUNTS_SOURCE),
                intermediate_usd=use,
                final_usd=pl.col("final_musd"),
            )
        )
        spread = accounts.frame("spread").select(
            "exporter",
            "importer",
            "method",
            final_usd=pl.col("final_musd").cast(pl.Float64) * 1e6,
            central=pl.col("method") == accounts.notes["central"],
        )
        return cls(accounts.year, "sector", frame, sources, spread)

    @classmethod
    def from_basket(cls, rows: pl.DataFrame, year: int, sources: Mapping[str, Source]) -> TradeFlows:
        """Reconciled trade by chapter: `rows` with exporter, importer, chapter, value_usd, source
        (tables/basket_hs2.csv).
        """
        frame = rows.select(
            "exporter",
            "importer",
            item=pl.col("chapter").cast(pl.String),
            value_usd=pl.col("value_usd").cast(pl.Float64),
            low_usd=pl.lit(None, pl.Float64),
            high_usd=pl.lit(None, pl.Float64),
            status=pl.lit(Status.RECONCILED.value),
            source="source",
        )
        return cls(year, "hs2", frame, sources)

    @classmethod
    def from_loaded(
        cls, rows: pl.LazyFrame, year: int, classification: str, sources: Mapping[str, Source]
    ) -> TradeFlows:
        """Trade by product out of loaded tables; one account a pair counts (see `loaded.one_account`)."""
        return cls(year, classification, one_account(rows, year, classification), sources)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """All places that export or import here, sorted."""
        both = pl.concat([self.frame["exporter"], self.frame["importer"].rename("exporter")])
        return tuple(both.unique().sort().to_list())

    @cached_property
    def items(self) -> tuple[str, ...]:
        """All sectors or products that occur, sorted."""
        return tuple(self.frame["item"].unique().sort().to_list())

    def table(self) -> pl.DataFrame:
        """The whole frame."""
        return self.frame

    def between(self, exporter: str, importer: str) -> pl.DataFrame:
        """Flows of `exporter` to `importer`, largest first; raises `UnknownLabel` for places not held."""
        key = (exporter, importer)
        if key not in self._pairs:
            self._check(exporter, importer)
            picked = self.frame.filter((pl.col("exporter") == exporter) & (pl.col("importer") == importer))
            self._pairs[key] = picked.sort("value_usd", "item", descending=[True, False])
        return self._pairs[key]

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], pl.DataFrame]:
        return {}

    def _check(self, *places: str) -> None:
        for place in places:
            if place not in self.places:
                raise UnknownLabel(f"place in the trade flows of {self.year}", place, self.places)

    def _item(self, item: str) -> None:
        if item not in self.items:
            raise UnknownLabel("sector" if self.classification == "sector" else "product", item, self.items)

    def explain(
        self, exporter: str, importer: str, *, sector: str | None = None, product: str | None = None
    ) -> Figure | Unavailable:
        """The flow of one sector or product, or of all of them, as a `Figure` that can be walked back.

        `sector` for flows by sector, `product` for flows by chapter or six-digit code. `Unavailable` where no
        flow is recorded: missing is not zero.

        Low and high of one sector are the extremes of the methods in that cell; of a whole pair they are the
        lowest and highest of the methods' totals, because the methods reach their extremes in
        different sectors.
        """
        wrong = product if self.classification == "sector" else sector
        if wrong is not None:
            held = "sectors" if self.classification == "sector" else "products"
            raise BadUsage(f"these flows are by {held}; {wrong!r} was asked for as something else.")
        item = sector if self.classification == "sector" else product
        # Many parts of a brief stand on the same cells, and a figure never changes.
        key = (exporter, importer, item)
        if key not in self._figures:
            self._figures[key] = self._explained(*key)
        return self._figures[key]

    @cached_property
    def _figures(self) -> dict[tuple[str, str, str | None], Figure | Unavailable]:
        return {}

    def _explained(self, exporter: str, importer: str, item: str | None) -> Figure | Unavailable:
        rows = self.between(exporter, importer)
        if item is not None:
            self._item(item)
            rows = rows.filter(pl.col("item") == item)
        if rows.is_empty():
            what = f" of {item}" if item else ""
            return Unavailable(
                f"No flow{what} from {exporter} to {importer} is recorded for {self.year}.",
                "Missing is not zero.",
            )
        label = f"{item}, {exporter} to {importer}" if item else f"{exporter} to {importer}"
        cell = self.cells(exporter, importer, item or "*")
        if self.classification == "sector" and REST not in (exporter, importer):
            return self._by_use(rows, label, cell, whole=item is None)
        return self._as_listed(rows, label, cell)

    def by_item(
        self, column: str = "value_usd", *, exporter: str | None = None, importer: str | None = None
    ) -> Array:
        """Trade of one pair in the order of `items`, (items,), US dollars; a side left out stands for all places."""
        key = (column, exporter, importer)
        if key not in self._vectors:
            rows = self._rows(exporter, importer)
            positions = rows["item"].cast(pl.Enum(self.items)).to_physical().cast(pl.Int64).to_numpy()
            values = rows[column].cast(pl.Float64).fill_null(0.0).to_numpy()
            self._vectors[key] = totals_by(positions, values, len(self.items))
        return self._vectors[key]

    @cached_property
    def _vectors(self) -> dict[tuple[str, str | None, str | None], Array]:
        return {}

    def _rows(self, exporter: str | None, importer: str | None) -> pl.DataFrame:
        sides = {"exporter": exporter, "importer": importer}
        return self.frame.filter(*(pl.col(side) == place for side, place in sides.items() if place))

    def cells(self, exporter: str | None, importer: str | None, item: str = "*", use: str = "") -> str:
        """The name of cells of these flows, `*` for a side or item that takes all values."""
        name = f"{_TABLE[self.classification]}:{self.year}/{item}/{exporter or '*'}/{importer or '*'}"
        return f"{name}#{use}" if use else name

    def whole(
        self, *, exporter: str | None = None, importer: str | None = None, intermediates_only: bool = False
    ) -> Figure | Unavailable:
        """All that one place sells, or buys, or that all places trade: the sum of the cells, with their weakest status.

        Deliveries for intermediate use leave out the rest of the world, whose trade is not divided by use. The sum has
        no range: methods of imputation shift sales between partners, so that ends of cells do not add up.
        """
        column = "intermediate_usd" if intermediates_only else "value_usd"
        rows = self._rows(exporter, importer).filter(pl.col(column) > 0)
        label = f"{exporter or 'all places'} to {importer or 'all places'}"
        if rows.is_empty():
            return Unavailable(f"No flow from {label} is recorded for {self.year}.", "Missing is not zero.")
        what = (
            f"sales for intermediate use, {label}"
            if intermediates_only
            else f"trade in {self._what()}, {label}"
        )
        cell = self.cells(exporter, importer, use="intermediate_musd" if intermediates_only else "")
        parts = []
        for source in rows["source"].unique().sort().to_list():
            held = rows.filter(pl.col("source") == source)
            known = [Status.RECONCILED.value] if intermediates_only else held["status"].unique().to_list()
            status = weakest(map(Status, known))
            assumed = held.filter(pl.col("status") == Status.ASSUMED.value).height
            note = f"Sum of {held.height} cells."
            if assumed:
                note += f" {assumed} of them, trade with the rest of the world, are assumed."
            if status is not Status.RECONCILED and held["low_usd"].null_count() < held.height:
                note += " No range is given: what the methods of imputation move between partners does not add up."
            parts.append(
                Figure(
                    measure=what,
                    value=_sum(held[column]),
                    unit="USD",
                    period=str(self.year),
                    status=status,
                    citation=self._cite(source, f"{self.year}, {label}, sum of cells"),
                    cell=cell,
                    note=note,
                )
            )
        if len(parts) == 1:
            return parts[0]
        return derive(
            f"{what}, all sources",
            math.fsum(part.point for part in parts),
            "USD",
            parts,
            "landbridge.flows.trade.TradeFlows.whole",
        )

    def item(self, exporter: str, importer: str, item: str) -> Figure | Unavailable:
        """One item, sector or product, as these flows are classified; see `explain`."""
        if self.classification == "sector":
            return self.explain(exporter, importer, sector=item)
        return self.explain(exporter, importer, product=item)

    def _cite(self, source: str, locator: str) -> Citation:
        return Citation(self.sources[source], locator)

    def _as_listed(self, rows: pl.DataFrame, label: str, cell: str) -> Figure:
        """One figure for rows of one source that need no division by use."""
        source = rows["source"].unique().sort().to_list()
        if len(source) != 1:
            raise NotHeld(
                f"the flow {label} mixes the sources {', '.join(source)}.",
                remedy="Ask for one product, or keep each source in flows of its own.",
            )
        status = max((Status(s) for s in rows["status"].unique().to_list()), key=lambda s: s.rank)
        return Figure(
            measure=f"trade in {self._what()}, {label}",
            value=_sum(rows["value_usd"]),
            unit="USD",
            period=str(self.year),
            status=status,
            low=_sum(rows["low_usd"]) if rows["low_usd"].null_count() == 0 else None,
            high=_sum(rows["high_usd"]) if rows["high_usd"].null_count() == 0 else None,
            citation=self._cite(source[0], f"{self.year}, {label}"),
            cell=cell,
            note="Trade with the rest of the world is an assumed share of all cross-border trade."
            if status is Status.ASSUMED
            else "",
        )

    def _what(self) -> str:
        return "goods and services" if self.classification == "sector" else "goods"

    def _by_use(self, rows: pl.DataFrame, label: str, cell: str, *, whole: bool) -> Figure:
        """Total = intermediate deliveries (reconciled) + final sales (imputed, with the spread of the
        methods).
        """
        figure = partial(Figure, unit="USD", period=str(self.year))
        used, final = _sum(rows["intermediate_usd"]), _sum(rows["final_usd"])
        low, high, spread = _sum(rows["low_usd"]) - used, _sum(rows["high_usd"]) - used, _CELLS
        if whole and (methods := self._methods(rows["exporter"][0], rows["importer"][0], final)) is not None:
            low, high, spread = methods
        # Ends of cells are differences of sums and can miss the value by rounding.
        low, high = min(low, final), max(high, final)
        source = rows["source"][0]
        parts = (
            figure(
                measure=f"sales for intermediate use, {label}",
                value=used,
                status=Status.RECONCILED,
                citation=self._cite(source, f"intermediate deliveries {self.year}, {label}, basic prices"),
                cell=f"{cell}#intermediate_musd",
                note="The OECD balances national tables and trade statistics into one world table.",
            ),
            figure(
                measure=f"sales for final use, {label}",
                value=final,
                status=Status.IMPUTED,
                low=low,
                high=high,
                citation=self._cite(
                    source, f"gross output less intermediate deliveries {self.year}, seller's total"
                ),
                cell=f"{cell}#final_musd",
                code="landbridge.flows.imputation.close_world",
                note=f"Imputed by destination; {spread}.",
            ),
        )
        return derive(
            f"trade in goods and services, {label}",
            used + final,
            "USD",
            parts,
            "landbridge.flows.trade.TradeFlows.explain",
            low=used + low,
            high=used + high,
            note=f"{100 * final / (used + final):.1f} % imputed; {spread}; at basic prices, unlike customs values."
            if used + final
            else "",
        )

    def _methods(self, exporter: str, importer: str, final: float) -> tuple[float, float, str] | None:
        """Lowest and highest total of final sales by method, and words for where the central one, `final`,
        lies among them.
        """
        if self.spread is None:
            return None
        rows = self.spread.filter((pl.col("exporter") == exporter) & (pl.col("importer") == importer))
        if rows.is_empty():
            return None
        # The central total is stored with fewer digits than the sum of its cells, which is what is published.
        others: list[float] = rows.filter(~pl.col("central"))["final_usd"].to_list()
        totals = [final, *others]
        where = _position(1 + sum(total > final for total in others), len(totals))
        number = _word(_COUNTS, len(totals), str(len(totals)))
        words = f"low and high are the extremes of {number} methods' totals, and the centre is {where} of {number}"
        return min(totals), max(totals), words


def _word(words: tuple[str, ...], number: int, otherwise: str) -> str:
    return words[number] if number < len(words) else otherwise


def _position(place: int, count: int) -> str:
    """`place` counted from the highest, said from the nearer end."""
    from_below = count + 1 - place
    nearer, end = (place, "highest") if place <= from_below else (from_below, "lowest")
    return f"the {_word(_NTH, nearer, f'{nearer}th ')}{end}"


def _complete(what: str, frame: pl.DataFrame, wanted: tuple[str, ...]) -> None:
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise BadUsage(
            f"{what} lacks the column(s) {', '.join(missing)}.",
            cause=f"It has {', '.join(frame.columns)}.",
            remedy="Rename or add the columns; values are in US dollars.",
        )


def _sum(values: pl.Series) -> float:
    """The exactly rounded sum of what is known: the same whatever the order of the rows and the number of threads."""
    return math.fsum(values.drop_nulls().to_list())
