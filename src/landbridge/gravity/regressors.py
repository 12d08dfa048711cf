"""Factors of a formula evaluated over the rows of a table: logs, powers, and other periods of the same pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.gravity.formula import Column, Factor, Log, Power, Shift, shifts
from landbridge.gravity.levels import Codes, Labels, Mask, combine, other_period

if TYPE_CHECKING:
    from landbridge.gravity.sample import Request

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Periods:
    """Which rows are the same pair (and product) in another year: `group` (N,), `year` (N,), `known` (N,)."""

    group: Codes
    groups: int
    years: NDArray[np.int64]
    known: Mask

    @classmethod
    def of(cls, labels: Mapping[str, Labels], key: Sequence[str], request: Request) -> Periods | None:
        """From the labels of a table; None where time is not in whole numbers."""
        time = labels[request.time]
        if not time.values.dtype.is_integer() or time.values.is_empty():
            return None
        names = dict.fromkeys((request.exporter, request.importer, *key))
        columns = [labels[name] for name in names if name != request.time]
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


class Regressors:
    """The numeric columns of one table, read once each, and what factors make of them. Missing is NaN here."""

    def __init__(self, table: pl.DataFrame, periods: Periods | None) -> None:
        self.table, self.periods = table, periods
        self.outside: dict[Factor, Mask] = {}
        self._made: dict[Factor, Array] = {}

    def column(self, name: str) -> Array:
        """A column (N,) as floats."""
        return self.values(Column(name))

    def missing(self, name: str) -> Mask | None:
        """Where a column is missing, or None if nowhere."""
        cells = self.table[name]
        return cells.is_null().to_numpy() if cells.null_count() else None

    @staticmethod
    def plain(name: str) -> Column:
        """A column as a factor."""
        return Column(name)

    def values(self, factor: Factor) -> Array:
        """A factor (N,). Logs of what is not positive are NaN, and kept in `outside`."""
        if factor not in self._made:
            self._made[factor] = self._evaluate(factor)
        return self._made[factor]

    def unlogged(self, factor: Factor) -> Mask:
        """Where a factor is NaN because a log around a shift has no value: a problem, not a missing period."""
        none = np.zeros(self.table.height, np.bool_)
        while isinstance(factor, Log | Power) and next(shifts(factor), None) is not None:
            if factor in self.outside:
                return self.outside[factor]
            factor = factor.of
        return none

    def _evaluate(self, factor: Factor) -> Array:
        if isinstance(factor, Column):
            return self.table[factor.name].cast(pl.Float64).to_numpy()
        inner = self.values(factor.of)
        if isinstance(factor, Power):
            made: Array = inner**factor.exponent
            return made
        if isinstance(factor, Shift):
            # Without periods the refusal is already written down; nothing is computed with these values.
            return inner if self.periods is None else self.periods.earlier(inner, factor.years)
        bad = inner <= 0
        if bad.any():
            self.outside[factor] = bad
        made = np.full(inner.size, np.nan)
        np.log(inner, out=made, where=inner > 0)
        return made
