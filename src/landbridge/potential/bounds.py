"""Sharp bounds of the cells of a table of which only margins are known, each margin a range. Arrays in, arrays out.

The classical case is Fréchet (1951), Sur les tableaux de corrélation dont les marges sont données: with exact margins a
cell lies between max(0, row + column - total) and min(row, column), and every value between is possible. With ranges
the ends follow from Hoffman's circulation theorem (1960): each way to cut the network total - rows - columns gives one
inequality, and the cuts below are all that are not implied by others. Nothing else is known of the cells, so nothing
narrower can be said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, Problem

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Range:
    """Margins known to lie between `low` and `high`, both (n,), in money; 0 and infinity where nothing is known."""

    low: Array
    high: Array

    @classmethod
    def unknown(cls, count: int) -> Range:
        """`count` margins of which nothing is known."""
        return cls(np.zeros(count), np.full(count, np.inf))

    @classmethod
    def exact(cls, values: Array) -> Range:
        """Margins known to the unit."""
        known = np.asarray(values, dtype=np.float64)
        return cls(known, known.copy())

    def others(self) -> Range:
        """What the other margins add up to, for each: (n,)."""
        return Range(_others(self.low), _others(self.high))


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and the highest value that each cell can have, (rows, columns)."""

    lower: Array
    upper: Array


def cell_bounds(rows: Range, columns: Range, total: tuple[float, float], *, tol: float = 1e-9) -> Bounds:
    """Sharp bounds of every cell of a non-negative table.

    `rows` (n,) and `columns` (m,) are ranges of its row and column sums, `total` the range of the sum of all cells. An
    exact total is (T, T). Raises `BadSample` where no table at all has such margins; differences up to `tol` of the
    total pass as rounding.
    """
    t1, t2 = total
    _check(rows, columns, t1, t2, tol)
    r1, r2 = rows.low[:, None], rows.high[:, None]
    c1, c2 = columns.low[None, :], columns.high[None, :]
    other_rows, other_columns = rows.others(), columns.others()
    o1, o2 = other_rows.low[:, None], other_rows.high[:, None]
    q1, q2 = other_columns.low[None, :], other_columns.high[None, :]
    lower = _largest(r1 + c1 - t2, r1 - q2, c1 - o2, t1 - o2 - q2, np.zeros((1, 1)))
    upper = _smallest(
        r2 + 0 * c1,
        c2 + 0 * r1,
        t2 - o1,
        t2 - q1,
        c2 + q2 - o1,
        r2 + o2 - q1,
        r2 + c2 + q2 - t1,
        r2 + o2 + c2 - t1,
    )
    # Margins that contradict each other by rounding alone leave ends that cross by as much.
    return Bounds(np.minimum(lower, np.maximum(upper, 0.0)), np.maximum(upper, 0.0))


def item_bounds(lower: float, upper: float, items: Range, total: tuple[float, float]) -> Bounds:
    """Bounds of each item's part of one cell that is known over all items together, as a table (1, items).

    `lower` and `upper` bound the cell, `items` (k,) are the totals of the items over all cells, `total` that of
    everything. The split of cells by item is free, so with exact totals of the items these bounds are sharp too: they
    are those of Fréchet for three margins.
    """
    table = Range(np.array([lower, 0.0]), np.array([upper, np.inf]))
    found = cell_bounds(table, items, total)
    return Bounds(found.lower[:1], found.upper[:1])


def _check(rows: Range, columns: Range, t1: float, t2: float, tol: float) -> None:
    problems = []
    for name, side in (("row", rows), ("column", columns)):
        if np.any(np.isnan(side.low)) or np.any(np.isnan(side.high)) or np.any(side.low < 0):
            problems.append(
                Problem(f"a {name} margin is missing or negative.", remedy="Use 0 and infinity for unknown.")
            )
        for at in np.flatnonzero(side.low > side.high):
            problems.append(Problem(f"the range of {name} {at} ends below its beginning."))
    lows = {"the total": t1, "the rows": float(rows.low.sum()), "the columns": float(columns.low.sum())}
    highs = {"the total": t2, "the rows": float(rows.high.sum()), "the columns": float(columns.high.sum())}
    least, most = max(lows, key=lambda key: lows[key]), min(highs, key=lambda key: highs[key])
    if lows[least] > highs[most] + tol * max(abs(highs[most]), 1.0):
        problems.append(
            Problem(
                f"{least} ask for at least {lows[least]:.6g}, {most} allow at most {highs[most]:.6g}.",
                cause="The margins contradict each other: different years, price bases or concepts, as a rule.",
                remedy="Use margins of one count, or widen them by what the counts differ.",
            )
        )
    if problems:
        raise BadSample(problems)


def _others(values: Array) -> Array:
    """The sum of all values but one's own, (n,); exact where one of them is infinite."""
    infinite = np.isinf(values)
    finite = np.where(infinite, 0.0, values)
    # Not sum minus own: that would leave rounding where the others are zero.
    before = np.concatenate([[0.0], np.cumsum(finite)[:-1]])
    after = np.concatenate([np.cumsum(finite[::-1])[::-1][1:], [0.0]])
    return np.where(infinite.sum() - infinite > 0, np.inf, before + after)


def _largest(*ends: Array) -> Array:
    out = ends[0]
    for end in ends[1:]:
        out = np.maximum(out, end)
    return np.asarray(out, dtype=np.float64)


def _smallest(*ends: Array) -> Array:
    out = ends[0]
    for end in ends[1:]:
        out = np.minimum(out, end)
    return np.asarray(out, dtype=np.float64)
