"""A user's own panel of yearly series, for a back-test of the models on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from landbridge.errors import BadFile, BadSample, Problem, UnknownLabel
from landbridge.forecasting.backtest import Panel
from landbridge.forecasting.models import suited

_COLUMNS = ("series", "year", "value")
_SHOWN = 20


def panel(path: Path) -> Panel:
    """The series of a file with the columns series, year and value; raises `BadFile` with everything wrong in it.

    A year without a row is not held. A value that is zero or negative is no trade to forecast in logs: it is named, not
    dropped.
    """
    frame = _read(path)
    wrong: list[Problem] = []
    for line, row in enumerate(frame.iter_rows(named=True), start=2):
        where = f"{path.name}, line {line}"
        if row["year"] is None or not 1000 <= row["year"] <= 9999:
            wrong.append(Problem("the year is no year of four digits.", where))
        if row["value"] is not None and not (np.isfinite(row["value"]) and row["value"] > 0):
            wrong.append(
                Problem(
                    f"{row['value']:g} is not positive.", where, remedy="Leave it empty if it is not known."
                )
            )
    twice = frame.group_by("series", "year").len().filter(pl.col("len") > 1).sort("series", "year")
    wrong += [
        Problem(f"{row['series']} has {row['len']} values of {row['year']}.", path.name, remedy="Keep one.")
        for row in twice.iter_rows(named=True)
    ]
    if wrong:
        more = len(wrong) - _SHOWN
        raise BadFile(wrong[:_SHOWN] + ([Problem(f"and {more} more.", path.name)] if more > 0 else []))
    labels = frame["series"].unique().sort().to_list()
    first, last = int(frame["year"].min()), int(frame["year"].max())  # type: ignore[arg-type]
    values = np.full((len(labels), last - first + 1), np.nan)
    at = {label: k for k, label in enumerate(labels)}
    for series, year, value in frame.select(*_COLUMNS).iter_rows():
        if value is not None:
            values[at[series], year - first] = value
    return Panel(path.stem, "year", first, values, tuple(labels))


def _read(path: Path) -> pl.DataFrame:
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
        return frame.select(
            pl.col("series").cast(pl.String), pl.col("year").cast(pl.Int64), pl.col("value").cast(pl.Float64)
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadFile("the file cannot be read as a panel.", where=path.name, cause=f"{error}") from None


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
