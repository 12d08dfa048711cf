"""Indicators of trade: pure functions on vectors, and `basket`, which applies them to one pair of places.

Vectors hold values of the same items in the same order, zero or positive. A function returns a number, or
`Unavailable` with the reason; never NaN.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def appeared(before: Array, after: Array) -> NDArray[np.bool_]:
    """Items recorded after but not before, (items,)."""
    return np.asarray((before <= 0) & (after > 0), dtype=np.bool_)


def vanished(before: Array, after: Array) -> NDArray[np.bool_]:
    """Items recorded before but not after, (items,)."""
    return appeared(after, before)


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


def aligned(items: Sequence[str], keys: Sequence[str], values: Sequence[float]) -> Array:
    """`values` of `keys` laid out in the order of `items`, zero where not recorded."""
    where = {key: i for i, key in enumerate(items)}
    out = np.zeros(len(items))
    for key, value in zip(keys, values, strict=True):
        out[where[key]] += value
    return out
