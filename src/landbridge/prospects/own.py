"""A user's own series: a table with one value a year, checked in full before anything is forecast from it.

Columns: `period` (2024) and `value`; `unit` (else US dollars, which is told) and `reporter` (else the file), so that two
units or two reporters in one series are seen and refused. Months are refused: the record is of forecasts by year.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from landbridge.errors import BadFile, BadSample, Problem, UnknownLabel
from landbridge.forecasting.series import prepared
from landbridge.prospects.basis import Basis, known, repairs_told
from landbridge.prospects.counted import Held
from landbridge.provenance import Citation, Figure, Source, Status
from landbridge.units import unit as unit_named

_PERIOD = re.compile(r"(?P<year>[12]\d{3})(?:-(?P<month>0[1-9]|1[0-2]))?")
_LICENCE = "the user's own"
DOLLARS = "USD"


def own(path: Path, *, repair: Sequence[str] = ()) -> Basis:
    """The series of a file as what a forecast stands on.

    Raises `BadFile` with every row that cannot be read, and with everything that `landbridge.forecasting.prepared` refuses;
    `repair` names the steps that may mend it, each of which is told.
    """
    known(repair)
    frame = _read(path)
    wrong: list[Problem] = []
    periods: list[int] = []
    values: list[float | None] = []
    monthly: set[bool] = set()
    for line, row in enumerate(frame.iter_rows(named=True), start=2):
        where = f"{path.name}, line {line}"
        found = _PERIOD.fullmatch((row["period"] or "").strip())
        if found is None:
            wrong.append(Problem(f"{row['period']!r} is no period.", where, remedy="Write 2024."))
            continue
        monthly.add(found["month"] is not None)
        year = int(found["year"])
        periods.append(12 * year + int(found["month"]) - 1 if found["month"] else year)
        values.append(_number(row["value"], where, wrong))
    if monthly == {True}:
        raise BadFile(
            "a series by month is not forecast.",
            where=path.name,
            cause="The record holds errors of forecasts by year alone, which do not fit steps of a month.",
            remedy="Add the months up to whole years, one row a year.",
        )
    if len(monthly) > 1:
        wrong.append(
            Problem("years and months stand in one series.", path.name, remedy="Keep one of the two.")
        )
    stated = [(text or "").strip() for text in _column(frame, "unit")]
    units = [text or DOLLARS for text in stated]
    for name in dict.fromkeys(units):
        try:
            unit_named(name)
        except UnknownLabel as error:
            wrong += [Problem(p.what, path.name, p.cause, p.remedy) for p in error.problems]
    if wrong:
        raise BadFile(wrong)
    counters = [(text or path.name).strip() for text in _column(frame, "reporter")]
    try:
        series = prepared(periods, values, unit=units, counters=counters, name=path.stem, repair=repair)
    except BadSample as error:
        raise BadFile(
            [Problem(p.what, p.where or path.name, p.cause, p.remedy) for p in repairs_told(error, repair)]
        ) from None
    source = _source(path)
    years = {
        str(period): Figure(
            path.stem,
            value,
            series.unit,
            str(period),
            Status.CLAIMED,
            citation=Citation(source),
            cell=f"{path.name}:{period}",
        )
        for period, value in zip(series.periods.tolist(), series.values.tolist(), strict=True)
    }
    return Basis(
        Held("own series", "", "", (series.counter, path.name), years, (), {}),
        series,
        years,
        None,
        _notes(stated, series.unit),
    )


def _notes(stated: Sequence[str], unit: str) -> tuple[str, ...]:
    """What the unit of a series means for its forecast."""
    if not all(stated):
        some = "of some rows " if any(stated) else ""
        return (f"Unit {some}not stated: taken as US dollars.",)
    if unit != DOLLARS:
        return (
            f"The series is in {unit}; the record is of trade in US dollars, whose errors are laid on it. How well they fit "
            "is not tested.",
        )
    return ()


def _read(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadFile(
            "the file cannot be read as a table.",
            where=path.name,
            cause=f"{error}",
            remedy="Hand over a CSV file.",
        ) from None
    missing = [name for name in ("period", "value") if name not in frame.columns]
    if missing:
        raise BadFile(
            f"the columns {', '.join(missing)} are missing.",
            where=path.name,
            cause=f"It has {', '.join(frame.columns)}.",
            remedy="Name the columns period and value; unit and reporter may be added.",
        )
    return frame


def _column(frame: pl.DataFrame, name: str) -> list[str | None]:
    return frame[name].to_list() if name in frame.columns else [None] * len(frame)


def _number(text: str | None, where: str, wrong: list[Problem]) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        wrong.append(Problem(f"{text!r} is no number.", where, remedy="Write it with a point: 1234.5."))
        return None


def _source(path: Path) -> Source:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return Source(f"file-{digest}", _LICENCE, path.name, "", "", _LICENCE, "dataset")
