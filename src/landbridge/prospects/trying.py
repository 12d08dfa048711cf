"""A user's own panel of yearly series, for a back-test of the models on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from landbridge.errors import BadFile, BadSample, Problem, UnknownLabel
from landbridge.forecasting.backtest import Panel
from landbridge.forecasting.models import suited
from landbridge.forecasting.series import changed_unit

_COLUMNS = ("series", "year", "value")
_SHOWN = 20


def panel(path: Path) -> Panel:
    """The series of a file with the columns series, year and value; raises `BadFile` with everything wrong in it.

    A year without a row is not held. A value that is zero or negative is no trade to forecast in logs: it is named, not
    dropped.
    """
    frame = _read(path)
    wrong = [*_rows_wrong(frame, path.name)]
    sound = frame.filter(pl.col("year").is_finite() & pl.col("series").is_not_null())
    twice = sound.group_by("series", "year").len().filter(pl.col("len") > 1).sort("series", "year")
    wrong += [
        Problem(f"{row['series']} has {row['len']} values of {row['year']:g}.", path.name, remedy="Keep one.")
        for row in twice.iter_rows(named=True)
    ]
    if twice.is_empty():
        wrong += _units_wrong(sound)
    if wrong:
        more = len(wrong) - _SHOWN
        raise BadFile(wrong[:_SHOWN] + ([Problem(f"and {more} more.", path.name)] if more > 0 else []))
    labels = frame["series"].unique().sort().to_list()
    years = frame["year"].cast(pl.Int64).to_list()
    first, last = min(years), max(years)
    values = np.full((len(labels), last - first + 1), np.nan)
    at = {label: k for k, label in enumerate(labels)}
    for series, year, value in zip(frame["series"], years, frame["value"], strict=True):
        if value is not None:
            values[at[series], year - first] = value
    return Panel(path.stem, "year", first, values, tuple(labels))


def _rows_wrong(frame: pl.DataFrame, file: str) -> Iterator[Problem]:
    """What is wrong with single rows, each with its line."""
    for line, row in enumerate(frame.iter_rows(named=True), start=2):
        where = f"{file}, line {line}"
        if row["series"] is None or not row["series"].strip():
            yield Problem("the series has no name.", where, remedy="Name it, or leave the row out.")
        year, value = row["year"], row["value"]
        if year is None or year != year // 1 or not 1000 <= year <= 9999:
            yield Problem(
                f"the year {row['year as written'] or ''!r} is no year of four digits.",
                where,
                remedy="Write 2015.",
            )
        if value is None and row["value as written"] is not None:
            yield Problem(f"the value {row['value as written']!r} is no number.", where, remedy="Mend it.")
        if value is not None and not (np.isfinite(value) and value > 0):
            yield Problem(f"{value:g} is not positive.", where, remedy="Leave it empty if it is not known.")


def _units_wrong(frame: pl.DataFrame) -> Iterator[Problem]:
    """Series whose unit seems to change inside them, by the same check as a single series."""
    held = frame.filter(pl.col("value").is_not_null()).sort("series", "year")
    for (label,), rows in held.group_by("series", maintain_order=True):
        years = [int(year) for year in rows["year"].to_list()]
        problem = changed_unit(years, rows["value"].to_list(), str(label))
        if problem is not None:
            yield replace(problem, remedy="Convert the values to one unit.")


def _read(path: Path) -> pl.DataFrame:
    """Series, year and value of every row as numbers, null where it is none, and as they were written."""
    try:
        frame = (
            pl.read_parquet(path)
            if path.suffix == ".parquet"
            else pl.read_csv(path, infer_schema_length=None)
        )
        missing = [name for name in _COLUMNS if name not in frame.columns]
        if missing:
            raise BadFile(
                f"the columns {', '.join(missing)} are missing.",
                where=path.name,
                cause=f"It has {', '.join(frame.columns)}.",
                remedy="Name them series, year and value.",
            )
        if frame.is_empty():
            raise BadFile("the file has a header and no rows.", where=path.name, remedy="Add the values.")
        return frame.select(
            pl.col("series").cast(pl.String),
            *(_number(frame, name) for name in ("year", "value")),
            *(pl.col(name).cast(pl.String).alias(f"{name} as written") for name in ("year", "value")),
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadFile("the file cannot be read as a panel.", where=path.name, cause=f"{error}") from None


def _number(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A column as numbers; a date is text here, since its number would count days."""
    column = pl.col(name)
    return (column if frame[name].dtype.is_numeric() else column.cast(pl.String)).cast(
        pl.Float64, strict=False
    )


def origins(held: Panel, least: int) -> tuple[int, ...]:
    """Every year with at least `least` years up to it and one to forecast; raises `BadSample` where there are under two."""
    years = held.values.shape[1]
    found = tuple(range(held.first + least - 1, held.first + years - 1))
    if len(found) < 2:
        raise BadSample(
            f"{held.name} holds {years} years: too few for two origins with {least} years before each.",
            remedy="Lower --least, or hand over longer series.",
        )
    return found


def roster(models: Sequence[str] | None) -> tuple[str, ...]:
    """The models to try, naive always among them; raises `UnknownLabel` for one that is none."""
    every = suited(1)
    for name in models or ():
        if name not in every:
            raise UnknownLabel("model", name, every, remedy=f"Valid: {', '.join(every)}.")
    return tuple(every) if not models else tuple(dict.fromkeys(("naive", *models)))
