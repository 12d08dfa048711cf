"""What treated trade would have been, from untreated rows alone: an estimate that shares no step with the cells.

Fixed effects are fitted by PPML on rows that are not treated (yet) and carried to the treated rows: Borusyak, Jaravel and
Spiess (2024), with the exponential mean of Wooldridge (2023). Where each treated cell has its own effect and the other
effects do not tell rows of a cell apart, it equals the pooled estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.gravity.absorb import recover
from landbridge.gravity.ppml import Newton, poisson
from landbridge.gravity.separation import separated

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]
_IDENTIFIED = 1e-6


@dataclass(frozen=True, slots=True)
class Imputed:
    """without (M,): trade of each treated row had it not been treated; NaN where untreated rows do not say, which is so
    where `known` (M,) is false. fitted: how many untreated rows carried the estimate.
    """

    without: Array
    known: Mask
    fitted: int


def counterfactual(
    y: Array, effects: tuple[Codes, ...], treated: Mask, settings: Newton | None = None
) -> Imputed:
    """y (N,), effects codes (N,) each, treated (N,): the trade of treated rows without the treatment.

    A level without trade in untreated rows has no finite effect, and nothing is said of treated rows in it.
    """
    rows = np.flatnonzero(~treated)
    if (y[rows] > 0).any():
        rows = rows[~separated(y[rows], np.empty((rows.size, 0)), _dense(effects, rows)).rows]
    else:
        rows = rows[:0]
    out = np.flatnonzero(treated)
    if not rows.size:
        return Imputed(np.full(out.size, np.nan), np.zeros(out.size, np.bool_), 0)
    codes = _dense(effects, rows)
    made = poisson(y[rows], np.empty((rows.size, 0)), codes, settings=settings)
    found = recover(made.eta, codes, None)
    places, held = [], np.ones(out.size, np.bool_)
    for each in effects:
        levels = np.unique(each[rows])
        at = np.minimum(np.searchsorted(levels, each[out]), levels.size - 1)
        held &= levels[at] == each[out]
        places.append(at)
    held &= _told(codes, places)
    linear = sum((level[at] for level, at in zip(found, places, strict=True)), np.zeros(out.size))
    without = np.where(held, np.exp(np.where(held, linear, 0.0)), np.nan)
    return Imputed(without, held, rows.size)


def _dense(effects: tuple[Codes, ...], rows: NDArray[np.int64]) -> tuple[Codes, ...]:
    return tuple(np.unique(each[rows], return_inverse=True)[1].astype(np.int32) for each in effects)


def _told(codes: tuple[Codes, ...], places: list[NDArray[np.int64]]) -> Mask:
    """Whether the sum of effects at `places` is the same for every set of effects that fits the rows alike.

    A random set of level effects less its own recovery from the rows is a random member of those that add up to zero on
    every row; a sum that it moves is not identified.
    """
    rng = np.random.default_rng(0)
    drawn = [rng.normal(size=int(each.max()) + 1) for each in codes]
    total = sum((level[each] for level, each in zip(drawn, codes, strict=True)), np.zeros(codes[0].size))
    again = recover(total, codes, None)
    moved = sum(
        ((one - other)[at] for one, other, at in zip(drawn, again, places, strict=True)),
        np.zeros(places[0].size),
    )
    return np.abs(moved) < _IDENTIFIED


def cell_effects(y: Array, without: Array, cells: NDArray[np.int64]) -> tuple[Array, Array]:
    """Log of actual over counterfactual trade by cell, and rows, both (C,); y, without, cells (M,) of known rows.

    A cell without any trade has no log and is NaN, with no rows.
    """
    count = int(cells.max()) + 1 if cells.size else 0
    there, base = np.bincount(cells, y, count), np.bincount(cells, without, count)
    rows = np.bincount(cells, minlength=count).astype(np.float64)
    good = (there > 0) & (base > 0)
    ratio = np.full(count, np.nan)
    ratio[good] = np.log(there[good] / base[good])
    return ratio, np.where(good, rows, 0.0)
