"""Absorbed effects: columns residualised on them, their coefficients recovered, regressors they hold found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import NotConverged
from landbridge.gravity.layout import Layout, arrange
from landbridge.gravity.sparse import (
    Array,
    Codes,
    Rows,
    inner,
    multiply,
    precondition,
    score,
    solve,
    weigh,
)

NO_ROWS: Array = np.empty(0)
NO_COLUMNS: Array = np.empty((0, 0))
ROUNDING = 1e-14
"""Relative size of what rounding leaves in the sum of a level; an iteration that goes on below it goes astray."""
ABSORBED = 1e-7
"""A regressor whose residual norm is below this share of its own spread is held by the effects or by other regressors."""
CONSTANT = 1e-13
"""The same for a residual beside the regressor's size about zero: a constant has no spread to compare with."""
MOST = 10_000
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Weighted:
    """A layout under weights: w (N,) in sorted order, inverse (G,), diagonal (L,), weight (L,) as `sparse.weigh` says."""

    layout: Layout
    w: Array
    inverse: Array
    diagonal: Array
    weight: Array

    @property
    def levels(self) -> int:
        """How many levels the kept effects have in all."""
        return int(self.layout.slots[-1])

    @property
    def rows(self) -> Rows:
        """What the kernels take."""
        lay = self.layout
        return Rows(self.w, lay.codes, lay.narrow, lay.starts, lay.blocks, self.inverse)

    def multiply(self, v: Array, base: Array, keep: Array, dense: Array = NO_COLUMNS) -> Array:
        """H' W M (base + H v), shape of v; M (base + H v) goes to `keep`. All in sorted order."""
        out = np.empty_like(v)
        multiply(v, out, base, keep, dense, self.rows)
        return out

    def spread(self, v: Array, keep: Array, dense: Array) -> None:
        """M H v (N,) to `keep`."""
        multiply(v, NO_ROWS, NO_ROWS, keep, dense, self.rows)


def weighted(layout: Layout, w: Array) -> Weighted:
    """`w` (N,) in sorted order."""
    return Weighted(
        layout, w, *weigh(w, layout.codes, layout.narrow, layout.starts, layout.slots, layout.repeated)
    )


def residualise(system: Weighted, rows: Array, *, tolerance: float) -> int:
    """Project every row of `rows` (M, N), in sorted order, off all effects, in place. Returns the multiplications used.

    Stops when the root of r'Pr, the size of the level means that are still in the column, is `tolerance` times the
    root of the weighted square of what is left of the column, or is as small as rounding lets it become. Judged on the
    residual itself, computed anew, not on the recurrence of the iteration.
    """
    used = 0
    v, z = np.zeros(system.levels), np.empty(system.levels)
    for row in rows:
        floor = rounding(system, system.diagonal, row)
        v[:] = 0.0
        r = system.multiply(v, row, row)
        product = precondition(r, system.diagonal, NO_COLUMNS, z)
        for rounds in range(ROUNDS + 1):
            square = inner(system.w, row * row)
            if product <= max(4.0 * floor, tolerance**2 * square):
                break
            if rounds == ROUNDS:
                raise not_absorbed(used, (product / max(square, floor)) ** 0.5, tolerance)
            # A little more than is asked for, so that the residual computed anew passes too.
            used += solve(
                r, v, NO_COLUMNS, NO_COLUMNS, system.rows, system.diagonal, square, 0.25 * tolerance**2, 0.5 * floor, MOST
            )[0]  # fmt: skip
            before = product
            np.negative(v, out=v)
            r = system.multiply(v, row, row)
            product = precondition(r, system.diagonal, NO_COLUMNS, z)
            # Large coefficients that nearly cancel in every row leave rounding of their own size.
            largest = float(np.max(np.abs(v), initial=0.0))
            floor = max(floor, (ROUNDING * largest) ** 2 * inner(system.diagonal, system.weight**2))
            if product >= before and before <= 100.0 * floor:
                # The round found nothing but rounding to work on: undone.
                np.negative(v, out=v)
                system.multiply(v, row, row)
                break
    return used


def rounding(system: Weighted, diagonal: Array, row: Array) -> float:
    """What r'Pr cannot fall below: the rounding of each level's sum, by Cauchy and Schwarz, times the level's inverse."""
    lay = system.layout
    squares = score(system.w * row * row, lay.codes, lay.narrow, NO_COLUMNS, system.levels)
    return float(ROUNDING**2 * inner(diagonal, system.weight * squares))


def not_absorbed(count: int, violation: float, tolerance: float) -> NotConverged:
    """What is said of a projection that did not end."""
    return NotConverged(
        f"the absorbed effects were not solved for: after {count} iterations the violation is {violation:.1e}, "
        f"wanted {tolerance:.1e}.",
        cause="The effects are nearly collinear: some levels are tied to the rest by few or very light rows.",
        remedy="Check the effects for parts that hang together by single rows, or leave one effect out.",
    )


def project(
    columns: Array, effects: tuple[Codes, ...], weights: Array | None = None, *, tolerance: float = 1e-10
) -> Array:
    """Residuals (N, M) of the weighted projection of `columns` (N, M) on all effects together.

    effects: codes (N,) each; weights (N,) or None for ones. The conditions G'W residual = 0 hold to `tolerance` of the
    residual's own weighted norm (Frisch and Waugh, 1933; Guimaraes and Portugal, 2010, solve the same by alternation).
    """
    if not effects or columns.shape[1] == 0:
        return np.array(columns, dtype=np.float64)
    layout = arrange(effects, None if weights is None else np.array(weights, dtype=np.float64))
    rows = np.ascontiguousarray(columns.T[:, layout.order], dtype=np.float64)
    residualise(weighted(layout, sorted_weights(weights, layout)), rows, tolerance=tolerance)
    return unsorted(rows, layout)


def sorted_weights(weights: Array | None, layout: Layout) -> Array:
    """Weights in sorted order; ones where there are none."""
    if weights is None:
        return np.ones(len(layout.order))
    return np.take(np.asarray(weights, dtype=np.float64), layout.order)


def unsorted(rows: Array, layout: Layout) -> Array:
    """(M, N) in sorted order to (N, M) in the caller's."""
    columns = np.empty((rows.shape[1], rows.shape[0]), order="F")
    for position, row in enumerate(rows):
        columns[layout.order, position] = row
    return columns


def recover(
    values: Array, effects: tuple[Codes, ...], weights: Array | None = None, *, tolerance: float = 1e-13
) -> tuple[Array, ...]:
    """Level coefficients a_f with sum_f a_f[g_f] = `values` (N,), in the weighted least-squares sense.

    The data do not identify all of them. The normalisation: the coefficients of every effect but the first are
    orthogonal, under the weight of their levels, to every direction the data leave free, and the first effect takes up
    the rest. So with two effects each connected part of the second has weighted mean zero (one part: the whole effect
    has), and with any number every effect but the first has weighted mean zero. It depends on the order of the effects
    and on the weights, not on the order of the rows.
    """
    if not effects:
        return ()
    layout = arrange(effects, eliminated=0)
    system = weighted(layout, sorted_weights(weights, layout))
    target = np.ascontiguousarray(values, dtype=np.float64)[layout.order]
    light = np.divide(1.0, system.weight, out=np.zeros(system.levels), where=system.weight > 0.0)
    v = np.zeros(system.levels)
    if layout.kept:
        r = system.multiply(v, target, NO_ROWS)
        floor = max(tolerance**2 * inner(system.w, target * target), rounding(system, light, target))
        count, product, _ = solve(
            r, v, NO_COLUMNS, NO_COLUMNS, system.rows, light, 0.0, 0.0, floor, MOST
        )  # fmt: skip
        if count >= MOST:
            raise not_absorbed(count, product**0.5, floor**0.5)
    kept = {
        position: v[layout.slots[place] : layout.slots[place + 1]].copy()
        for place, position in enumerate(layout.kept)
    }
    for codes in layout.codes:
        target -= v[codes]
    kept[0] = np.add.reduceat(system.w * target, layout.starts[:-1]) * system.inverse
    return tuple(kept[position] for position in range(len(effects)))


@dataclass(frozen=True, slots=True)
class Independence:
    """Which regressors can be estimated: keep (K,), and for every one '', 'absorbed' or 'collinear'."""

    keep: NDArray[np.bool_]
    reasons: tuple[str, ...]


def independent(x: Array, within: Array, weights: Array | None = None) -> Independence:
    """Judge regressors x (N, K) by their residuals `within` (N, K) of `project`, from left to right.

    'absorbed': the weighted norm of the residual is below 1e-7 of the regressor's own spread. 'collinear': what the
    earlier kept residuals leave of it is below 1e-7 of its residual. Zero weights hide rows; positive ones do not matter.
    """
    n, k = x.shape
    w = np.full(n, 1.0 / max(n, 1)) if weights is None else weights / weights.sum()
    root = np.sqrt(w)[:, None]
    mean = np.einsum("i,ij->j", w, x)
    spread, size = (np.sqrt(np.einsum("i,ij->j", w, part * part)) for part in (x - mean, x))
    scaled = np.asfortranarray(within * root)
    norms = np.sqrt(np.einsum("ij,ij->j", scaled, scaled))
    held = (norms <= ABSORBED * spread) | (norms <= CONSTANT * size)
    reasons = ["absorbed" if each else "" for each in held]
    basis: list[Array] = []
    for j in range(k):
        if held[j]:
            continue
        column = scaled[:, j] / norms[j]
        for _ in range(2):
            for earlier in basis:
                column -= inner(earlier, column) * earlier
        left = float(np.sqrt(inner(column, column)))
        if left <= ABSORBED:
            reasons[j] = "collinear"
        else:
            basis.append(column / left)
    return Independence(np.array([not reason for reason in reasons], dtype=np.bool_), tuple(reasons))
