"""Indicators of trade: pure functions on vectors.

Vectors hold values of the same items in the same order, zero or positive. A function returns a number, or
`Unavailable` with the reason; never NaN. `landbridge.flows.indicators.basket` applies them to pairs of places.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge.provenance import Unavailable

Array = NDArray[np.float64]
Number = float | Unavailable

EMPTY = Unavailable("There is no recorded flow to divide by.", "Missing is not zero.")


def shares(values: Array) -> Array | Unavailable:
    """Each item's share of the total, (items,)."""
    total = values.sum()
    return EMPTY if total <= 0 else np.asarray(values / total, dtype=np.float64)


def herfindahl(values: Array) -> Number:
    """Herfindahl-Hirschman index: sum of squared shares, from 1/items to 1 (Hirschman 1945, 1964)."""
    held = shares(values)
    return held if isinstance(held, Unavailable) else float((held**2).sum())


def effective_number(values: Array) -> Number:
    """Number of equal items with the same Herfindahl index, its inverse: from 1 to the number of items
    (Laakso and Taagepera 1979).
    """
    index = herfindahl(values)
    return index if isinstance(index, Unavailable) else 1 / index


def effective_number_entropy(values: Array) -> Number:
    """Number of equal items with the same entropy: exp(-sum s ln s) (Theil 1967; Hill 1973). At least
    `effective_number`.
    """
    held = shares(values)
    if isinstance(held, Unavailable):
        return held
    held = held[held > 0]
    return float(np.exp(-(held * np.log(held)).sum()))


def revealed_advantage(exports: Array, world: Array) -> Array | Unavailable:
    """Revealed comparative advantage (Balassa 1965): an item's share in exports over its share in world
    exports, (items,).

    0 for items not exported; items the world does not export have no value and are NaN-free zeros here as
    well.
    """
    own, all_ = shares(exports), shares(world)
    if isinstance(own, Unavailable):
        return own
    if isinstance(all_, Unavailable):
        return all_
    return np.divide(own, all_, out=np.zeros_like(own), where=all_ > 0)


def similarity(first: Array, second: Array) -> Number:
    """Export similarity (Finger and Kreinin 1979): sum of the smaller share of each item, from 0 to 1."""
    a, b = shares(first), shares(second)
    if isinstance(a, Unavailable):
        return a
    return b if isinstance(b, Unavailable) else float(np.minimum(a, b).sum())


def complementarity(exports: Array, imports: Array) -> Number:
    """Trade complementarity (Michaely 1996): 1 - sum |import share - export share| / 2, from 0 to 1.

    `exports`: what one place sells to all; `imports`: what the other buys from all. It equals `similarity` of
    the two vectors; both names are in use.
    """
    a, b = shares(exports), shares(imports)
    if isinstance(a, Unavailable):
        return a
    return b if isinstance(b, Unavailable) else float(1 - np.abs(a - b).sum() / 2)


def dependence(with_partner: Array, with_all: Array) -> Array:
    """Share of one partner in a place's trade of each item with all partners, (items,); 0 where nothing is
    traded.
    """
    return np.divide(with_partner, with_all, out=np.zeros_like(with_all), where=with_all > 0)


def intensity(flow: float, exports: float, imports: float, world: float) -> Number:
    """Trade intensity (Brown 1949, Kojima 1964): share of the partner in exports over its share in world
    imports.

    `flow` of the pair, `exports` of one to all, `imports` of the other from all, `world` trade. One is
    neutral.
    """
    if min(exports, imports, world) <= 0:
        return EMPTY
    return (flow / exports) / (imports / world)


def totals_by(codes: NDArray[np.integer[Any]], values: Array, count: int) -> Array:
    """Sums of `values` (rows,) by group, (count,); `codes` (rows,) are the groups, 0 to count - 1.

    Each group is added from its smallest value to its largest, one after the other, so the last bits depend neither
    on the order of the rows nor on the number of threads that made them.
    """
    order = np.lexsort((values, codes))
    sums = np.bincount(codes[order], weights=values[order], minlength=count)
    return np.asarray(sums, dtype=np.float64)


def share_range(low: Array, high: Array, parts: Array) -> tuple[Array, Array]:
    """Lowest and highest share of each origin in the whole, two (origins,), when each sale may lie anywhere in its range.

    `low`, `high` (sectors,): ends of the sales; `parts` (origins, sectors): what of each unit sold is of an origin. A
    quotient of sums is largest with the sales richest in the origin at one end and the others at the other end, so
    only the cuts between them in that order are tried. The whole is what all origins add up to, and is positive.
    """
    weight = parts.sum(axis=0)
    # Where nothing is traced, a sector counts in neither sum and its place in the order is free.
    richness = np.divide(parts, weight, out=np.zeros_like(parts), where=weight > 0)

    order = np.argsort(-richness, axis=1, kind="stable")
    own, every = np.take_along_axis(parts, order, axis=1), weight[order]

    def cuts(rich: Array, poor: Array) -> Array:
        """The share with the first n sectors of the order at `rich` and the rest at `poor`, (origins, n)."""
        moved = (rich - poor)[order]
        start = np.zeros((len(parts), 1))
        of_origin = (parts * poor).sum(axis=1)[:, None] + np.hstack([start, np.cumsum(own * moved, axis=1)])
        of_all = (weight * poor).sum() + np.hstack([start, np.cumsum(every * moved, axis=1)])
        some = of_all > 1e-12 * (weight * high).sum()
        shares_cut = np.divide(of_origin, of_all, out=np.full_like(of_all, np.nan), where=some)
        return np.asarray(shares_cut, dtype=np.float64)

    return np.nanmin(cuts(low, high), axis=1), np.nanmax(cuts(high, low), axis=1)
