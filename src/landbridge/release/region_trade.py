"""Published trade of a region with a partner country, conflicts side by side, and how well regions can be split."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from landbridge.codes import place as place_named
from landbridge.errors import NotHeld
from landbridge.provenance import Citation, Figure, Source, Status, derive

TURNOVER, EXPORTS, IMPORTS = "turnover", "exports", "imports"
SHARE_OF_BILATERAL, SHARE_OF_PLACE = "share_of_bilateral", "share_of_place"
MEASURES = {
    TURNOVER: "Trade of {place} with {partner}, both ways",
    EXPORTS: "Exports of {place} to {partner}",
    IMPORTS: "Imports of {place} from {partner}",
    SHARE_OF_BILATERAL: "Share of {place} in the trade of its country with {partner}",
    SHARE_OF_PLACE: "Share of {partner} in all trade of {place}",
}
ALL_GOODS = "all goods"
# Yuan for a US dollar, yearly ranges. They are assumed: two per cent on each side of the average of the year, from
# general knowledge. Dollar figures printed beside yuan for the same period lie inside (tests/data/test_region_trade.py).
YUAN_PER_DOLLAR: Mapping[int, tuple[float, float]] = MappingProxyType(
    {
        2016: (6.51, 6.78),
        2017: (6.62, 6.89),
        2018: (6.48, 6.75),
        2019: (6.77, 7.05),
        2020: (6.76, 7.04),
        2021: (6.32, 6.58),
        2022: (6.60, 6.87),
        2023: (6.94, 7.23),
        2024: (7.05, 7.34),
        2025: (7.04, 7.33),
    }
)
# How far a hedge of the source may be from the figure; assumed.
ABOUT = 0.05
_MONTHS = {"H1": 6, "H2": 6, "Q1": 3, "Q2": 3, "Q3": 3, "Q4": 3}


@dataclass(frozen=True, slots=True)
class RegionFigure:
    """One published figure. `figure` is as published (yuan, dollars or per cent); the rest reads it.

    `months` is the part of the year `year` that it covers. `low_usd` and `high_usd` are the dollars it stands for:
    one number for dollars as stated, a range for yuan (`YUAN_PER_DOLLAR`) and for hedges (about, more than). `high_usd`
    is None where the source gives a lower bound alone; both are None for a share.
    """

    place: str
    partner: str
    measure: str
    year: int
    months: int
    scope: str
    suspect: bool
    figure: Figure
    low_usd: float | None
    high_usd: float | None

    @property
    def whole_year(self) -> bool:
        """Whether it covers twelve months."""
        return self.months == 12

    @property
    def weak(self) -> bool:
        """Whether it comes from a copy, an aggregator or an anonymous page."""
        return self.figure.citation is not None and self.figure.citation.source.weak

    def in_usd(self) -> Figure | None:
        """The same figure in dollars: as published, or an estimated range at the rates of its year."""
        if self.low_usd is None or self.figure.unit == "USD":
            return self.figure if self.figure.unit == "USD" else None
        low_rate, high_rate = YUAN_PER_DOLLAR[self.year]
        return derive(
            f"{self.figure.measure}, in dollars",
            self.figure.point / ((low_rate + high_rate) / 2),
            "USD",
            [self.figure],
            "landbridge.release.region_trade.RegionFigure.in_usd",
            low=self.figure.point / high_rate,
            high=self.figure.point / low_rate,
            status=Status.ESTIMATED,
            comparator=self.figure.comparator,
            note=f"Converted at {low_rate} to {high_rate} yuan for a dollar, an assumed range for {self.year}.",
        )


class RegionTrade:
    """Published trade of regions with partners. Columns of `frame`: docs/reference/tables.md, `region_trade.csv`."""

    def __init__(self, frame: pl.DataFrame, sources: Mapping[str, Source], names: Mapping[str, str]) -> None:
        self.frame = frame
        self._sources = sources
        self._names = names

    def of(self, place: str, partner: str) -> tuple[RegionFigure, ...]:
        """Every figure on the trade of a region with a country (empty for all partners), oldest first."""
        return self._read(pl.col("place") == place, pl.col("partner").fill_null("") == partner)

    def with_partner(self, country: str, partner: str) -> tuple[RegionFigure, ...]:
        """Every figure on the trade of a country's regions (not macro-regions) with a partner country."""
        found = self._read(pl.col("partner") == partner)
        return tuple(
            item
            for item in found
            if (known := place_named(item.place)).kind == "region" and known.country == country
        )

    def _read(self, *chosen: pl.Expr) -> tuple[RegionFigure, ...]:
        rows = self.frame.with_row_index("line").filter(*chosen).sort("place", "period", "measure", "line")
        return tuple(self._figure(row) for row in rows.iter_rows(named=True))

    def _figure(self, row: Mapping[str, object]) -> RegionFigure:
        place, partner, measure, period = (
            str(row[name] or "") for name in ("place", "partner", "measure", "period")
        )
        scope, source, unit = str(row["scope"]), str(row["source"]), str(row["unit"])
        words = MEASURES[measure].format(
            place=self._names.get(place, place),
            partner=self._names.get(partner, partner) if partner else "all partners",
        )
        figure = Figure(
            measure=words if scope == ALL_GOODS else f"{words}, {scope}",
            value=float(str(row["value"])),
            unit=unit,
            period=period,
            status=Status(str(row["status"])),
            citation=Citation(self._sources[source], speaker=str(row["speaker"] or "")),
            cell=f"region_trade:{place}/{partner or '*'}/{measure}/{period}/{unit}/{source}",
            note=str(row["note"] or ""),
            comparator=str(row["comparator"]),
        )
        year, months = covered(period)
        low, high = _dollars(figure, year)
        suspect = row["suspect"] == "1"
        return RegionFigure(place, partner, measure, year, months, scope, suspect, figure, low, high)


def covered(period: str) -> tuple[int, int]:
    """The year in which a period ends and how many months it covers: `2023`, `2021-H1`, `2021-01/2021-10`."""
    if re.fullmatch(r"\d{4}", period):
        return int(period), 12
    if (part := re.fullmatch(r"(\d{4})-([HQ]\d)", period)) is not None:
        return int(part[1]), _MONTHS[part[2]]
    if (span := re.fullmatch(r"(\d{4})-(\d\d)/(\d{4})-(\d\d)", period)) is not None:
        first, last = int(span[1]) * 12 + int(span[2]), int(span[3]) * 12 + int(span[4])
        return int(span[3]), last - first + 1
    raise ValueError(f"{period!r} is not a period of region_trade.csv")


def _dollars(figure: Figure, year: int) -> tuple[float | None, float | None]:
    if figure.unit not in ("USD", "CNY"):
        return None, None
    low = high = figure.point
    if figure.unit == "CNY":
        if year not in YUAN_PER_DOLLAR:
            raise NotHeld(f"no range of rates of the yuan is stated for {year}.", where=figure.cell)
        low, high = low / YUAN_PER_DOLLAR[year][1], high / YUAN_PER_DOLLAR[year][0]
    if figure.comparator == "~":
        return low * (1 - ABOUT), high * (1 + ABOUT)
    return low, None if figure.comparator in (">", ">=") else high


@dataclass(frozen=True, slots=True)
class Spread:
    """How far splits of pseudo-regions were from the truth (docs/explanation/potential-regions.md).

    `quantiles` holds (probability, known flow over split flow) in rising order; zero means a flow that was not there.
    """

    level: str
    prior: str
    margins: str
    quantiles: tuple[tuple[float, float], ...]
    coverage_80_pct: float
    median_abs_log_error: float


class RegionValidation:
    """The results of scripts/validate_regions.py. Columns of `frame`: docs/reference/tables.md."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def spread(self, level: str, prior: str, margins: str) -> Spread:
        """The spread of one level, prior and set of margins; raises `NotHeld` for combinations not validated."""
        wanted = {"level": level, "prior": prior, "margins": margins}
        rows = self.frame.filter(*(pl.col(name) == value for name, value in wanted.items()))
        if rows.height != 1:
            raise NotHeld(
                f"no spread was validated for {level}, {prior}, {margins}.",
                remedy="Run scripts/validate_regions.py and rebuild the release.",
            )
        row = rows.row(0, named=True)
        return Spread(
            level,
            prior,
            margins,
            tuple((int(name[1:]) / 1000, float(row[name])) for name in _quantile_columns(rows.columns)),
            float(row["coverage_80_pct"]),
            float(row["median_abs_log_error"]),
        )


def _quantile_columns(columns: Iterable[str]) -> list[str]:
    return sorted(name for name in columns if re.fullmatch(r"q\d{3}", name))
