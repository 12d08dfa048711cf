"""Factors of a formula evaluated over the rows of a table: logs, powers, and other periods of the same pair."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from landbridge.errors import Problem
from landbridge.gravity.formula import Column, Factor, Log, Power, Shift, column_of
from landbridge.gravity.levels import Mask, rows_of
from landbridge.gravity.periods import Array, Periods

LARGEST = 1e100
"""Values beyond this overflow once they are squared and added up."""


class Regressors:
    """The numeric columns of one table, read once each, and what factors make of them. Missing is NaN here."""

    def __init__(self, table: pl.DataFrame, periods: Periods | None) -> None:
        self.table, self.periods = table, periods
        self._made: dict[Factor, Array] = {}
        self._outside: dict[Factor, Mask] = {}

    def column(self, name: str) -> Array:
        """A column (N,) as floats."""
        return self.values(Column(name))

    def missing(self, name: str) -> Mask | None:
        """Where a column is missing, or None if nowhere."""
        cells = self.table[name]
        return cells.is_null().to_numpy() if cells.null_count() else None

    def unusable(self, name: str) -> Mask:
        """Where a column is there, but is not a number, infinite or too large to be squared."""
        with np.errstate(invalid="ignore"):
            bad: Mask = ~(np.abs(self.column(name)) <= LARGEST)
        missing = self.missing(name)
        return bad if missing is None else bad & ~missing

    def values(self, factor: Factor) -> Array:
        """A factor (N,). A log of what is not positive is NaN, and told by `unlogged`."""
        if factor not in self._made:
            self._made[factor] = self._evaluate(factor)
        return self._made[factor]

    def unlogged(self, factor: Factor) -> Mask | None:
        """Rows (N,) where a factor has no value because it takes a log of what is not positive, in their own period or
        in the one they look to; None if there are none. The factor has been evaluated before.
        """
        if isinstance(factor, Column):
            return None
        found = self.unlogged(factor.of)
        if isinstance(factor, Shift) and found is not None:
            if self.periods is not None:
                found = self.periods.earlier(found.astype(np.float64), factor.years) == 1.0
        elif isinstance(factor, Log) and factor in self._outside:
            found = self._outside[factor] if found is None else found | self._outside[factor]
        return found if found is not None and found.any() else None

    def _evaluate(self, factor: Factor) -> Array:
        if isinstance(factor, Column):
            return self.table[factor.name].cast(pl.Float64).to_numpy()
        inner = self.values(factor.of)
        if isinstance(factor, Power):
            with np.errstate(over="ignore", under="ignore"):
                made: Array = inner**factor.exponent
            return made
        if isinstance(factor, Shift):
            # Without periods the refusal is already written down; nothing is computed with these values.
            return inner if self.periods is None else self.periods.earlier(inner, factor.years)
        bad = inner <= 0
        if bad.any():
            self._outside[factor] = bad
        made = np.full(inner.size, np.nan)
        np.log(inner, out=made, where=inner > 0)
        return made


def without_value(regressors: Regressors, factors: tuple[Factor, ...], alive: Mask) -> Iterator[Problem]:
    """Problems of the rows `alive` (N,) whose factors, all evaluated before, are logs of nothing or too large."""
    for factor in factors:
        where = f"column {column_of(factor)}"
        outside = regressors.unlogged(factor)
        if outside is not None and (outside & alive).any():
            yield Problem(
                f"`{factor}` takes the log of a value that is zero or negative.",
                f"{where}, {rows_of(outside & alive)}",
                "A distance of zero inside a country, or a missing value written as 0.",
                "Give these rows a positive value, make them missing, or drop them.",
            )
        if (
            isinstance(factor, Power)
            and (large := (np.abs(regressors.values(factor)) > LARGEST) & alive).any()
        ):
            yield Problem(
                f"`{factor}` is too large a number.",
                f"{where}, {rows_of(large)}",
                "A power of a column in small units.",
                "Divide the column by a thousand or a million first.",
            )
