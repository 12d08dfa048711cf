"""What a release holds on the future: drivers, the record of back-tests, effects of agreements, issued probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from landbridge.provenance import Citation, Figure, Source, Status

if TYPE_CHECKING:
    from landbridge.forecasting.record import Record

# The names by which a page or an answer calls a driver of trade.
NAMES = {"brent": "Price of Brent crude oil", "rouble": "Roubles for a US dollar"}


class Drivers:
    """Yearly averages of what moves trade: oil price, exchange rate. Columns: docs/reference/tables.md, `drivers.csv`.

    A year that no source states is not there; nothing is filled in.
    """

    def __init__(self, frame: pl.DataFrame, sources: Mapping[str, Source]) -> None:
        self.frame = frame
        self._sources = sources

    @property
    def names(self) -> tuple[str, ...]:
        """The drivers that are held, by code."""
        return tuple(self.frame["driver"].unique().sort())

    def series(self, driver: str) -> dict[str, Figure]:
        """Year → yearly average of one driver, oldest first; empty where it is not held."""
        rows = self.frame.filter(pl.col("driver") == driver).sort("year")
        return {
            str(row["year"]): Figure(
                measure=f"{NAMES.get(driver, driver)}, yearly average",
                value=row["value"],
                unit=row["unit"],
                period=str(row["year"]),
                status=Status(row["status"]),
                citation=Citation(self._sources[row["source"]]),
                cell=f"drivers:{driver}/{row['year']}",
                note=row["note"] or "",
            )
            for row in rows.iter_rows(named=True)
        }


# The tables of the record of forecasts, as `scripts/build_forecast_record.py` writes them.
RECORD = (
    "forecast_skill",
    "forecast_reliability",
    "forecast_errors",
    "forecast_models",
    "forecast_left_out",
    "forecast_panels",
)
_WORDS = frozenset(
    (
        "panel",
        "part",
        "model",
        "against",
        "rule",
        "reason",
        "early_by_panel",
        "series",
        "title",
        "source",
        "licence",
    )
)
_TRUTHS = ("kept", "chosen")


def record_of(tables: Mapping[str, pl.DataFrame]) -> Record:
    """The record of forecasts out of its shipped tables, each column with its own kind again."""
    from landbridge.forecasting.record import Record

    skill, reliability, errors, models, left = (typed(tables[name]) for name in RECORD[:5])
    return Record(skill=skill, reliability=reliability, errors=errors, models=models, left=left)


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """A table of texts with numbers as numbers, whole ones as whole, and yes or no as truths; empty stays missing."""
    kinds: dict[str, pl.Expr] = {}
    for name in frame.columns:
        if name in _TRUTHS:
            kinds[name] = pl.col(name) == "true"
        elif name not in _WORDS and frame.schema[name] == pl.String:
            number = frame[name].cast(pl.Float64, strict=False)
            if number.null_count() == frame[name].null_count():
                whole = bool(
                    (number.drop_nulls() == number.drop_nulls().round()).all()
                ) and not name.startswith("z")
                kinds[name] = (
                    pl.col(name).cast(pl.Float64).cast(pl.Int64) if whole else pl.col(name).cast(pl.Float64)
                )
    return frame.with_columns(**kinds)
