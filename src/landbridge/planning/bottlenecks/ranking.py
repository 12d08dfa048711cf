"""Ranks of candidates over draws, and what they rest on. Arrays in, arrays out.

D draws, C candidates. A rank of one is the largest gain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ranks = NDArray[np.int64]

LOW, HIGH = 10.0, 90.0


def ranks(gains: Array) -> Ranks:
    """Rank of every candidate in every draw, (D, C); of equal gains the earlier candidate comes first."""
    order = np.argsort(-gains, axis=1, kind="stable")
    found = np.empty_like(order)
    np.put_along_axis(found, order, np.arange(1, gains.shape[1] + 1)[None, :].repeat(gains.shape[0], 0), 1)
    return np.asarray(found, dtype=np.int64)


def probabilities(ranked: Ranks) -> Array:
    """Share of draws in which a candidate (row) has a rank (column), (C, C); rows and columns add up to one."""
    count = ranked.shape[1]
    found = np.zeros((count, count))
    for place in range(count):
        found[:, place] = (ranked == place + 1).mean(axis=0)
    return found


def variance_share(ranked: Ranks, again: Ranks) -> float | None:
    """Share of the variance of ranks that a group of parameters makes: `again` holds the ranks with that group drawn anew.

    The total effect of Jansen (1999), sum of E[(R - R')^2] / 2 over candidates by the sum of their variances. None where
    no rank varies. Sampling can take it above one.
    """
    total = float(ranked.var(axis=0).sum())
    if total <= 0.0:
        return None
    return float(0.5 * ((ranked - again) ** 2).mean(axis=0).sum() / total)


def interval(ranked: Ranks, again: Ranks, draws: int = 400, seed: int = 1) -> tuple[float, float] | None:
    """5th and 95th percentile of `variance_share` over draws taken anew with replacement; None where no rank varies."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        rows = chance.integers(0, ranked.shape[0], ranked.shape[0])
        share = variance_share(ranked[rows], again[rows])
        if share is not None:
            found.append(share)
    if not found:
        return None
    low, high = np.percentile(found, [5.0, 95.0])
    return float(low), float(high)


def among(ranked: Ranks, first: int) -> Ranks:
    """Whether a candidate is among the first so many in a draw, (D, C), as 1 and 0."""
    return np.asarray(ranked <= first, dtype=np.int64)


def break_even(median: float, best: float) -> float | None:
    """How many times its size a candidate would need for the gain `best`, to first order; None if it brings nothing."""
    return best / median if median > 0.0 else None


@dataclass(frozen=True, slots=True)
class Error:
    """How far first-order gains are off solved ones, in per cent of the solved: median, 90th percentile and largest of
    `count` cells.
    """

    median_pct: float
    most_pct: float
    largest_pct: float
    count: int


def first_order_error(first: Array, solved: Array) -> Error | None:
    """Errors over cells whose solved gain is not nothing; None where there is none."""
    held = np.abs(solved) > 1e-6
    if not held.any():
        return None
    off = 100.0 * np.abs(first[held] / solved[held] - 1.0)
    middle, most = np.percentile(off, [50.0, 90.0])
    return Error(float(middle), float(most), float(off.max()), int(held.sum()))
