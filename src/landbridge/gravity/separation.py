"""Rows that say nothing about the coefficients: alone in a level, or separated.

A row with y = 0 is separated when some combination z of the regressors and effects is zero wherever y > 0,
nowhere negative where y = 0, and positive in that row: the likelihood then always gains by moving along z, the
fitted mean of the row goes to zero, and the coefficients along z do not exist. Dropping these rows restores an
estimate and changes nothing else (Correia, Guimaraes and Zylkin 2019).

The search is their iterative rectifier: project the indicator of y = 0 on all columns with a large weight on the
rows with y > 0, set what is negative to zero, repeat. Two facts make it short and its answer checked.

* No row is separated as soon as no fitted value u of a row with y = 0 has reached 1. The residuals of all rounds
  so far add up to a vector that is orthogonal to every column and at least 1 - u on those rows, so it is positive
  there; a separating z would have to be orthogonal to it. Ordinary panels stop after one projection.
* Where the rounds settle on fitted values that are zero, up to rounding, wherever y > 0, and nowhere negative,
  these are themselves a separating z. The rows where it is positive are dropped, and the rest is judged anew
  until the first fact holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, NotConverged, Problem
from landbridge.gravity.absorb import independent, project

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]
Index = NDArray[np.int64]

_WEIGHT = 1e4
"""Of a row with y > 0. Large enough to settle ordinary panels at once, small enough to cost no digits."""
_COARSE = 1e-4
_FINE = 1e-10
_CLEAR = 0.5
"""A fitted value below this is below 1 beyond doubt, also when projected at the coarse tolerance."""
_BELOW_ONE = 1.0 - 1e-6
_SETTLED = 1e-9
_POSITIVE = 1e-2
"""Share of the largest fitted value that counts as positive. Rows with less are found in the next search, where the
largest have gone, so a high share costs no row and keeps what has not quite run to zero from being taken for one."""
_ROUNDS = 300
_PROGRAMME_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Separation:
    """Which rows are separated, and why.

    rows (N,)        True where separated
    by_effect        per effect, how many rows lie in a level whose y are all zero (each row counted once, under
                     the first such effect)
    by_combination   rows separated by a combination of regressors and effects
    projections      how many projections the search took; 0 when counting was enough
    """

    rows: Mask
    by_effect: tuple[int, ...]
    by_combination: int
    projections: int

    @property
    def count(self) -> int:
        """Rows separated for any reason."""
        return int(np.count_nonzero(self.rows))


def singletons(effects: tuple[Codes, ...]) -> Mask:
    """Rows (N,) alone in a level of some effect, found again until none is left (Correia 2015)."""
    alone = np.zeros(effects[0].shape[0] if effects else 0, dtype=np.bool_)
    kept = np.arange(alone.shape[0])
    while kept.size:
        found = np.zeros(kept.size, dtype=np.bool_)
        for effect in effects:
            codes = effect[kept]
            found |= np.bincount(codes)[codes] == 1
        if not found.any():
            break
        alone[kept[found]] = True
        kept = kept[~found]
    return alone


def separated(y: Array, x: Array, effects: tuple[Codes, ...]) -> Separation:
    """Judge every row.

    y (N,) not negative; x (N, K), absorbed and collinear columns allowed; effects: codes (N,) each. A constant that
    no effect holds must be a column of x. The set is a property of the data: units, row order and the order of the
    columns do not matter.
    """
    _check(y, x, effects)
    empty = zero_levels(y, effects)
    rows = empty >= 0
    by_combination, projections = 0, 0
    while True:
        kept = np.flatnonzero(~rows)
        zero = y[kept] == 0
        if not zero.any():
            break
        if not rows.any():
            found, rounds = _search(zero, x, effects)
        else:
            found, rounds = _search(zero, x[kept], tuple(_dense(effect[kept]) for effect in effects))
        projections += rounds
        if not found.any():
            break
        rows[kept[found]] = True
        by_combination += int(np.count_nonzero(found))
    by_effect = tuple(int(np.count_nonzero(empty == position)) for position in range(len(effects)))
    return Separation(rows, by_effect, by_combination, projections)


def _check(y: Array, x: Array, effects: tuple[Codes, ...]) -> None:
    lengths = {
        "x": x.shape[0],
        **{f"effect {place}": effect.shape[0] for place, effect in enumerate(effects, 1)},
    }
    problems = [
        Problem(f"{what} has {length} rows, y has {y.shape[0]}.", remedy="Drop the same rows from all.")
        for what, length in lengths.items()
        if length != y.shape[0]
    ]
    for what, bad in (
        ("negative", np.flatnonzero(y < 0)),
        ("not a finite number", np.flatnonzero(~np.isfinite(y))),
    ):
        if bad.size:
            shown = ", ".join(map(str, bad[:5]))
            problems.append(
                Problem(f"y is {what} in {bad.size} rows, first {shown}.", remedy="Mend or drop them.")
            )
    if not problems and not np.any(y > 0):
        problems.append(
            Problem(
                "y is zero in every row, so nothing can be estimated.",
                remedy="Check the unit and the filter.",
            )
        )
    if problems:
        raise BadSample(problems)


def zero_levels(y: Array, effects: tuple[Codes, ...]) -> Index:
    """For each row (N,) the position of the first effect in whose level every y is zero, or -1.

    One pass is enough: the rows found have y = 0, so no level loses a positive y with them.
    """
    first = np.full(y.shape[0], -1, dtype=np.int64)
    positive = y > 0
    for position, effect in enumerate(effects):
        alive = np.zeros(int(effect.max(initial=-1)) + 1, dtype=np.bool_)
        alive[effect[positive]] = True
        if not alive.all():
            first[(first < 0) & ~alive[effect]] = position
    return first


def _dense(codes: Codes) -> Codes:
    occupied = np.bincount(codes) > 0
    return (np.cumsum(occupied, dtype=np.int32) - np.int32(1))[codes]


def _search(zero: Mask, x: Array, effects: tuple[Codes, ...]) -> tuple[Mask, int]:
    """Rows that one separating combination reaches; none only when it is certain that there are none. And the
    number of projections.
    """
    try:
        found, rounds = _rectified(zero, x, effects)
    except NotConverged:
        found, rounds = None, 0
    return (_programme(zero, x, effects) if found is None else found), rounds


def _rectified(zero: Mask, x: Array, effects: tuple[Codes, ...]) -> tuple[Mask | None, int]:
    """The rows that the rectifier finds, None if it does not settle, and its rounds."""
    weights = np.where(zero, 1.0, _WEIGHT)
    target = zero.astype(np.float64)
    if _Fitted(x, effects, weights, tolerance=_COARSE).of(target)[zero].max() < _CLEAR:
        return np.zeros_like(zero), 1
    fitted = _Fitted(x, effects, weights, tolerance=_FINE)
    for rounds in range(2, _ROUNDS + 2):
        values = fitted.of(target)
        rectified = np.where(zero, np.maximum(values, 0.0), 0.0)
        largest = float(rectified.max())
        if largest < _BELOW_ONE:
            return np.zeros_like(zero), rounds
        if float(np.abs(values - rectified).max()) <= _SETTLED * largest:
            return zero & (rectified > _POSITIVE * largest), rounds
        target = rectified
    return None, rounds


class _Fitted:
    """Weighted least-squares fit of a column on regressors and effects; the regressors are projected once."""

    def __init__(self, x: Array, effects: tuple[Codes, ...], weights: Array, *, tolerance: float) -> None:
        self.effects, self.weights, self.tolerance = effects, weights, tolerance
        scale = np.sqrt(np.einsum("ik,ik->k", x, x))
        scaled = x / np.where(scale > 0, scale, 1.0)
        within = project(scaled, effects, weights, tolerance=tolerance)
        keep = independent(scaled, within, weights).keep
        self.root = np.sqrt(weights)
        self.basis = np.linalg.qr(within[:, keep] * self.root[:, None])[0]

    def of(self, column: Array) -> Array:
        left = (
            project(column[:, None], self.effects, self.weights, tolerance=self.tolerance)[:, 0] * self.root
        )
        for _ in range(2):
            left = left - self.basis @ (self.basis.T @ left)
        return column - left / self.root


def _programme(zero: Mask, x: Array, effects: tuple[Codes, ...]) -> Mask:
    """The same set by linear programming, where the rounds settle too slowly: maximise the number of rows with
    y = 0 that one combination lifts to 1.
    """
    from scipy import sparse  # type: ignore[import-untyped]
    from scipy.optimize import linprog  # type: ignore[import-untyped]

    rows = zero.shape[0]
    if rows > _PROGRAMME_ROWS:
        raise NotConverged(
            f"the search for separated observations did not settle within {_ROUNDS} rounds.",
            cause="Some regressors are nearly constant in the rows with positive y.",
            remedy="Leave out regressors with little variation there, or effects with very many small levels.",
        )
    scale = np.abs(x).max(axis=0, initial=0.0)
    blocks = [sparse.csr_array(x / np.where(scale > 0, scale, 1.0))]
    index = np.arange(rows)
    for effect in effects:
        shape = (rows, int(effect.max()) + 1)
        blocks.append(sparse.csr_array((np.ones(rows), (index, effect)), shape=shape))
    columns = sparse.hstack(blocks, format="csr")
    lifted = int(np.count_nonzero(zero))
    solution = linprog(
        np.concatenate([np.zeros(columns.shape[1]), -np.ones(lifted)]),
        A_ub=sparse.hstack([-columns[zero], sparse.eye_array(lifted)], format="csr"),
        b_ub=np.zeros(lifted),
        A_eq=sparse.hstack([columns[~zero], sparse.csr_array((rows - lifted, lifted))], format="csr"),
        b_eq=np.zeros(rows - lifted),
        bounds=[(None, None)] * columns.shape[1] + [(0.0, 1.0)] * lifted,
        method="highs",
    )
    if not solution.success:
        raise NotConverged(
            f"the search for separated observations failed: {solution.message}",
            remedy="Rescale the regressors so that their sizes are alike.",
        )
    found = np.zeros(rows, dtype=np.bool_)
    found[zero] = solution.x[columns.shape[1] :] > 0.5
    return found
