"""Years of a panel: which rows are the same pair in another year, and years that no row is of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import Problem
from landbridge.gravity.formula import Shift, shifts
from landbridge.gravity.levels import SHOWN, Codes, Labels, Mask, combine, other_period, repeated, rows_of

if TYPE_CHECKING:
    from landbridge.gravity.sample import Request

Array = NDArray[np.float64]
EARLIEST, LATEST = 0, 9999
"""Years beyond these are slips of the pen or no years; nothing is counted from one to the other."""


@dataclass(frozen=True, slots=True)
class Periods:
    """Which rows are the same pair (and product) in another year: `group` (N,), `year` (N,), `known` (N,)."""

    group: Codes
    groups: int
    years: NDArray[np.int64]
    known: Mask

    @classmethod
    def of(cls, labels: Mapping[str, Labels], key: Sequence[str], request: Request) -> Periods | None:
        """From the labels of a table without repeats (see `repeats`); None where time is not in years."""
        time = labels[request.time]
        if not time.values.dtype.is_integer() or time.values.is_empty() or not plausible(time).all():
            return None
        names = [name for name in whole_key(key, request) if name != request.time]
        columns = [labels[name] for name in names]
        codes, places = combine(columns)
        known = np.ones(codes.size, np.bool_)
        for column in (*columns, time):
            if column.missing is not None:
                known &= ~column.missing
        return cls(codes, places[0].size, time.values.to_numpy().astype(np.int64)[time.codes], known)

    def earlier(self, values: Array, years: int) -> Array:
        """`values` (N,) of the row so many years earlier, NaN where there is none."""
        made = np.full(values.size, np.nan)
        rows = np.flatnonzero(self.known)
        if rows.size:
            found = other_period(self.group[rows], self.groups, self.years[rows], years)
            made[rows] = np.where(found >= 0, values[rows[found]], np.nan)
        return made


def whole_key(key: Sequence[str], request: Request) -> tuple[str, ...]:
    """What must be unique for a lag to mean one row: exporter, importer, time, and the rest of the key."""
    return tuple(dict.fromkeys((request.exporter, request.importer, request.time, *key)))


def repeats(labels: Mapping[str, Labels], key: Sequence[str]) -> Mask:
    """Rows (N,) whose key an earlier row already has; rows that miss a part of it are not compared."""
    columns = [labels[name] for name in key]
    codes, places = combine(columns)
    again = repeated(codes, places[0].size)
    for column in columns:
        if column.missing is not None:
            again &= ~column.missing
    return again


def ambiguous(again: Mask, key: Sequence[str]) -> Problem:
    """What is said of a lag where rows (N,) repeat the key that names one row."""
    return Problem(
        f"a lag or lead needs rows that differ in {', '.join(key)}, and {int(again.sum()):,} rows repeat an earlier one.",
        rows_of(again),
        "Which of the repeats is meant cannot be known: the order of rows would decide.",
        "Drop or add up the repeats, or name the column in which they differ: key=[...].",
    )


def plausible(time: Labels) -> NDArray[np.bool_]:
    """Which values of a column of whole numbers can be years, one each of its labels."""
    values = time.values.to_numpy()
    return np.asarray((values >= EARLIEST) & (values <= LATEST))


def calendar(labels: Mapping[str, Labels], request: Request) -> tuple[list[Problem], list[str]]:
    """Problems and notes of the column of time: a missing year is a note for effects and a problem for lags."""
    time = labels.get(request.time)
    if time is None:
        return [], []
    where = f"column {request.time}"
    if not time.values.dtype.is_integer():
        what, remedy = "lags and leads need years as whole numbers.", "Cast it to integers."
        return ([Problem(what, where, remedy=remedy)] if request.shifted else []), []
    likely = plausible(time)
    if not likely.all():
        mask = ~likely[time.codes]
        if time.missing is not None:
            mask &= ~time.missing
        if not mask.any():
            return [], []
        first = time.values[int(time.codes[np.argmax(mask)])]
        return [
            Problem(
                f"{first} is no year: years lie between {EARLIEST} and {LATEST}.",
                f"{where}, {rows_of(mask)}",
                "A slip of the pen, or the column counts something else, such as months written as 202201.",
                "Correct it; say time=... if another column holds the year; as a mere label, cast it to text.",
            )
        ], []
    years = [int(year) for year in time.values]
    return _gaps(years, request, where), _absent(years, request.time)


def _absent(years: Sequence[int], name: str) -> list[str]:
    """A note of the years that are missing between others; `years` ascend."""
    step = math.gcd(*(after - before for before, after in pairwise(years)))
    if not step or (years[-1] - years[0]) // step + 1 == len(years):
        return []
    between = (year for before, after in pairwise(years) for year in range(before + step, after, step))
    spacing = "annual" if step == 1 else f"every {step} years"
    return [f"No row is of {name} {_listed(list(islice(between, SHOWN + 1)))}; the others are {spacing}."]


def _gaps(years: Sequence[int], request: Request, where: str) -> list[Problem]:
    """Years that a lag or lead needs and no row is of."""
    problems = []
    held = set(years)
    asked: dict[Shift, None] = dict.fromkeys(shift for factor in request.right for shift in shifts(factor))
    for shift in asked:
        wanted = {year - shift.years for year in years} - held
        gaps = sorted(year for year in wanted if years[0] < year < years[-1])
        if gaps:
            problems.append(
                Problem(
                    f"`{shift}` needs {request.time} {_listed(gaps)}, which no row is of.",
                    where,
                    "A year of the panel is missing, or the panel is not annual.",
                    "Load that year, take a shift that is a multiple of the spacing, or give the lag as a column.",
                )
            )
    return problems


def _listed(years: Sequence[int]) -> str:
    return ", ".join(map(str, years[:SHOWN])) + (" and others" if len(years) > SHOWN else "")
