"""Numbers that scenarios rest on: trade elasticities, base tariffs, the value of time, monthly trade, facts on soya."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.provenance import Citation, Figure, Source, Status, Unavailable

SOYA = {
    "crop": "Soybean crop of {exporter}",
    "trade_quantity": "Soybeans from {exporter} to {importer}, quantity",
    "trade_value": "Soybeans from {exporter} to {importer}, value",
}
Row = Mapping[str, str | None]


class Elasticities:
    """The trade elasticity of each of the fifty sectors. Columns: docs/reference/tables.md, `elasticities.csv`.

    `estimates` holds the published coefficients on ln(1 + tariff) that they were made from.
    """

    def __init__(self, frame: pl.DataFrame, estimates: pl.DataFrame, sources: Mapping[str, Source]) -> None:
        self.frame = frame
        self.estimates = estimates
        self._sources = sources
        self._rows = {str(row["sector"]): row for row in frame.iter_rows(named=True)}
        self._coefficients = {str(row["gtap_sector"]): row for row in estimates.iter_rows(named=True)}

    def theta(self, sector: str) -> Figure:
        """Theta > 0: trade net of tariff moves by cost_hat**-theta. Low and high hold both readings of the evidence.

        Where published coefficients stand behind it they are its inputs; the others cite the work that assumes them.
        """
        row = self._rows[codes.sector(sector).code]
        inputs = tuple(self._inputs(row))
        return Figure(
            measure=f"Trade elasticity, {codes.sector(sector).name}",
            value=_number(row, "theta"),
            unit="index",
            period="2001/2016" if inputs else "2014",
            status=Status(str(row["status"])),
            low=_number(row, "low"),
            high=_number(row, "high"),
            citation=None if inputs else _citation(row, self._sources),
            cell=f"elasticities:{sector}",
            inputs=inputs,
            code="landbridge.release.parameters.Elasticities.theta" if inputs else "",
            note=str(row["note"] or ""),
        )

    def table(self) -> pl.DataFrame:
        """One row a sector: sector, theta, low, high, status, source, note."""
        return self.frame.select(
            "sector",
            pl.col("theta", "low", "high").cast(pl.Float64),
            "status",
            pl.col("source", "note").fill_null(""),
        )

    def _inputs(self, row: Row) -> list[Figure]:
        """The coefficients by product and the values of the second source that the range takes in."""
        found = []
        for product in (row["sector_map"] or "").split():
            coefficient = self._coefficients[product]
            if coefficient["coefficient"] is not None:
                found.append(
                    Figure(
                        f"Coefficient on ln(1 + tariff), GTAP sector {product}",
                        _number(coefficient, "coefficient"),
                        "index",
                        "2001/2016",
                        Status.ESTIMATED,
                        citation=_citation(coefficient, self._sources),
                        cell=f"elasticity_estimates:{product}",
                    )
                )
        for position, value in enumerate((row["second_values"] or "").split(), 1):
            found.append(
                Figure(
                    "Trade elasticity of a sector that holds it, second source",
                    float(value),
                    "index",
                    "1993",
                    Status.ESTIMATED,
                    citation=Citation(self._sources[str(row["second_source"])]),
                    cell=f"elasticities:{row['sector']}#second_values/{position}",
                )
            )
        return found


class Tariffs:
    """Cited base tariffs. What has no row is unknown, never zero. Columns: docs/reference/tables.md, `tariffs.csv`."""

    def __init__(self, frame: pl.DataFrame, sources: Mapping[str, Source], names: Mapping[str, str]) -> None:
        self.frame = frame
        self._sources = sources
        self._names = names

    def rate(
        self, importer: str, exporter: str, sector: str, *, year: int | None = None
    ) -> Figure | Unavailable:
        """The ad-valorem rate of `importer` on a sector of `exporter` in %: of `year`, or the newest that is cited."""
        name = codes.sector(sector).name
        chosen = (
            (pl.col("importer") == codes.place(importer).code)
            & (pl.col("exporter") == codes.place(exporter).code)
            & (pl.col("sector") == sector)
        )
        if year is not None:
            chosen &= pl.col("year") == year
        rows = self.frame.filter(chosen).sort("year")
        pair = f"{self._names[importer]} on {name} from {self._names[exporter]}"
        if rows.is_empty():
            when = "" if year is None else f" of {year}"
            return Unavailable(
                f"No tariff{when} of {pair} is cited in this release; it is unknown, not zero.",
                "Give a change of cost instead of a change of tariff, or state the tariff with its source.",
            )
        row = rows.row(-1, named=True)
        return Figure(
            measure=f"Tariff of {pair}",
            value=_number(row, "rate_pct"),
            unit="%",
            period=str(row["year"]),
            status=Status(row["status"]),
            low=_number(row, "low_pct"),
            high=_number(row, "high_pct"),
            citation=_citation(row, self._sources),
            cell=f"tariffs:{importer}<{exporter}/{sector}/{row['year']}",
            note=" ".join(filter(None, (f"Method: {row['method']}.", row["note"]))),
        )

    def table(self) -> pl.DataFrame:
        """Every cited rate: importer, exporter, sector, rate_pct, low_pct, high_pct, year, status, source, method, note."""
        return self.frame.with_columns(pl.col("rate_pct", "low_pct", "high_pct").cast(pl.Float64))


class TimeValues:
    """What a day under way costs, by sector. Columns: docs/reference/tables.md, `time_values.csv`."""

    def __init__(self, frame: pl.DataFrame, sources: Mapping[str, Source]) -> None:
        self.frame = frame
        self._sources = sources
        self._rows = {str(row["sector"]): row for row in frame.iter_rows(named=True)}

    def per_day(self, sector: str) -> Figure | Unavailable:
        """Per cent of value a day; a range alone where the evidence names no centre. Services have none."""
        name = codes.sector(sector).name
        row = self._rows[sector]
        if row["low"] is None:
            return Unavailable(f"{name}: a day under way has no cost that is held. {row['note']}.")
        return Figure(
            measure=f"Value of a day under way, {name}",
            value=_number(row, "pct_per_day"),
            unit="%/day",
            period="2013" if row["source"] else "",
            status=Status(str(row["status"])),
            low=_number(row, "low"),
            high=_number(row, "high"),
            citation=_citation(row, self._sources),
            cell=f"time_values:{sector}",
            note=f"Basis: {row['basis']}. {row['note']}.",
        )

    def table(self) -> pl.DataFrame:
        """One row a sector: sector, pct_per_day, low, high, basis, status, source, note; services empty."""
        return self.frame.with_columns(pl.col("pct_per_day", "low", "high").cast(pl.Float64))


class MonthlyTrade:
    """Trade between two places by month. Columns: docs/reference/tables.md, `monthly_trade.csv`."""

    def __init__(self, frame: pl.DataFrame, sources: Mapping[str, Source], names: Mapping[str, str]) -> None:
        self.frame = frame
        self._sources = sources
        self._names = names

    def series(self, exporter: str, importer: str) -> tuple[Figure, ...]:
        """Every month of one flow, oldest first, in US dollars; empty where none is held."""
        words = f"Exports of {self._names.get(exporter, exporter)} to {self._names.get(importer, importer)}"
        chosen = (pl.col("exporter") == exporter) & (pl.col("importer") == importer)
        return tuple(
            Figure(
                measure=f"{words}, by month",
                value=row["value_usd"],
                unit="USD",
                period=row["period"],
                status=Status(row["status"]),
                citation=_citation(row, self._sources),
                cell=f"monthly_trade:{exporter}>{importer}/{row['period']}",
            )
            for row in self.frame.filter(chosen).sort("period").iter_rows(named=True)
        )


class Soya:
    """Published figures on soybeans, conflicts side by side. Columns: docs/reference/tables.md, `soya.csv`."""

    def __init__(self, frame: pl.DataFrame, sources: Mapping[str, Source], names: Mapping[str, str]) -> None:
        self.frame = frame
        self._sources = sources
        self._names = names

    def figures(self, indicator: str, exporter: str, importer: str = "") -> tuple[Figure, ...]:
        """Every figure by period: `crop` of a country, or `trade_quantity` and `trade_value`; `*` is all places."""
        if indicator not in SOYA:
            raise UnknownLabel("indicator of soya", indicator, SOYA)
        if (indicator == "crop") == bool(importer):
            raise BadUsage(f"{indicator} takes {'no' if importer else 'an'} importer.")
        chosen = (
            (pl.col("indicator") == indicator)
            & (pl.col("exporter") == exporter)
            & (pl.col("importer").fill_null("") == importer)
        )
        words = SOYA[indicator].format(exporter=self._name(exporter), importer=self._name(importer))
        return tuple(
            Figure(
                measure=words,
                value=row["value"],
                unit=row["unit"],
                period=row["period"],
                status=Status(row["status"]),
                citation=Citation(self._sources[row["source"]], speaker=row["speaker"] or ""),
                cell=f"soya:{indicator}/{exporter}>{importer or '-'}/{row['period']}/{row['source']}",
                note=row["note"] or "",
                comparator=row["comparator"],
            )
            for row in self.frame.filter(chosen).sort("period", "source").iter_rows(named=True)
        )

    def _name(self, code: str) -> str:
        return "all places" if code == "*" else self._names.get(code, code)


def _number(row: Row, name: str) -> float | None:
    text = row[name]
    return None if text is None else float(text)


def _citation(row: Row, sources: Mapping[str, Source]) -> Citation | None:
    return Citation(sources[row["source"]]) if row["source"] else None
