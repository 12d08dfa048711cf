"""Indicators of trade: pure functions on vectors.

Vectors hold values of the same items in the same order, zero or positive. A function returns a number, or
`Unavailable` with the reason; never NaN. `landbridge.flows.indicators.basket` applies them to pairs of places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample
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


def advantage_matrix(exports: Array) -> Array | Unavailable:
    """Revealed comparative advantage of every place in every item (Balassa 1965), (places, items).

    `exports` (places, items) of all places there are; zero where a place or an item has none.
    """
    total = exports.sum()
    if total <= 0:
        return EMPTY
    expected = np.outer(exports.sum(axis=1) / total, exports.sum(axis=0))
    return np.divide(exports, expected, out=np.zeros_like(exports), where=expected > 0)


def symmetric_advantage(advantage: Array) -> Array:
    """Symmetric revealed advantage (Dalum, Laursen and Villumsen 1998; Laursen 2015): (RCA - 1) / (RCA + 1).

    From -1, not sold, through 0, sold as the world does, to 1; same shape as `advantage`.
    """
    return np.asarray((advantage - 1) / (advantage + 1), dtype=np.float64)


def theil_index(values: Array) -> Number:
    """Theil index of concentration: sum_k s_k ln(n s_k), from 0, all equal, to ln n, one item alone (Theil 1967, 1972).

    `values` (items,) over all n items that could be traded, zeros included; T = (1/n) sum (x_k/mu) ln(x_k/mu).
    """
    held = shares(values)
    if isinstance(held, Unavailable):
        return held
    some = held[held > 0]
    return float((some * np.log(len(values) * some)).sum())


@dataclass(frozen=True, slots=True)
class TheilParts:
    """`total` = `between` + `within`; by group, each (groups,): share, number of items, Theil index inside the group,
    and what the group adds to either part.
    """

    total: float
    between: float
    within: float
    share: Array
    items: NDArray[np.int64]
    inside: Array
    between_by_group: Array
    within_by_group: Array


def theil_parts(values: Array, groups: NDArray[np.integer[Any]]) -> TheilParts | Unavailable:
    """The Theil index by groups of items (Theil 1972; Cadot, Carrere and Strauss-Kahn 2011).

    `groups` (items,) from 0. With n_g items, share S_g and index T_g of a group: between = sum S_g ln(S_g n / n_g),
    within = sum S_g T_g. Groups that sell nothing add nothing.
    """
    held = shares(values)
    if isinstance(held, Unavailable):
        return held
    count = int(groups.max()) + 1
    items = np.bincount(groups, minlength=count)
    share = np.asarray(np.bincount(groups, weights=held, minlength=count), dtype=np.float64)
    # One group that holds all has a share of exactly one, and nothing lies between groups.
    share /= share.sum()
    sold = share > 0
    between = np.zeros(count)
    between[sold] = share[sold] * np.log(share[sold] * len(values) / items[sold])
    inside = np.zeros(count)
    for group in np.flatnonzero(sold):
        found = theil_index(values[groups == group])
        inside[group] = 0.0 if isinstance(found, Unavailable) else found
    within = share * inside
    whole = float(between.sum() + within.sum())
    return TheilParts(whole, float(between.sum()), float(within.sum()), share, items, inside, between, within)


def theil_margins(values: Array) -> TheilParts | Unavailable:
    """The Theil index by margin: group 1 what is sold, group 0 what is not (Cadot, Carrere and Strauss-Kahn 2011).

    Between is ln(n / n_sold), the extensive margin: how few items are sold. Within is the index of those sold, the
    intensive margin: how unequally.
    """
    return theil_parts(values, (values > 0).astype(np.int64))


def grubel_lloyd(exports: Array, imports: Array) -> Array:
    """Intra-industry trade by item (Grubel and Lloyd 1975): 1 - |x - m| / (x + m), (items,), from 0 to 1.

    0 as well for items that are not traded.
    """
    both = exports + imports
    return np.divide(both - np.abs(exports - imports), both, out=np.zeros_like(both), where=both > 0)


def grubel_lloyd_total(exports: Array, imports: Array) -> Number:
    """Intra-industry trade over all items, weighted by trade: 1 - sum |x - m| / sum (x + m) (Grubel and Lloyd 1975).

    At most 1 - |X - M| / (X + M): with unbalanced trade it cannot reach one.
    """
    both = (exports + imports).sum()
    return EMPTY if both <= 0 else float(1 - np.abs(exports - imports).sum() / both)


def lafay(exports: Array, imports: Array) -> Array | Unavailable:
    """Lafay index of specialisation by item, (items,), in per cent of trade; the sum over items is zero (Lafay 1992).

    100 (b_k - b) t_k, with b_k = (x_k - m_k) / (x_k + m_k), b the same of all trade and t_k the item's share in trade.
    """
    both = exports + imports
    total = both.sum()
    if total <= 0:
        return EMPTY
    balance = exports - imports
    return np.asarray(100 * (balance - both * (balance.sum() / total)) / total, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class MarketShare:
    """What moved exports, each (items, markets), in the unit of the values; the four add up to the change in each cell.

    `growth`: had they grown as world trade; `items` and `markets`: what they sold, and where, grew otherwise;
    `competitiveness`: the rest, shares gained or lost.
    """

    growth: Array
    items: Array
    markets: Array
    competitiveness: Array


def constant_market_share(
    before: Array,
    after: Array,
    world_before: Array,
    world_after: Array,
    *,
    first: Literal["items", "markets"] = "items",
) -> MarketShare | Unavailable:
    """Constant market share in the form of Leamer and Stern (1970, chapter 7), with weights of the first year.

    All (items, markets): exports of one place in two years, and of all places, itself included. With r, r_i, r_ij the
    growth of world trade, of item i, and of i in market j: X' - X = r X + sum (r_i - r) X_i + sum (r_ij - r_i) X_ij +
    sum (X'_ij - (1 + r_ij) X_ij). Which of the two middle effects comes `first` changes both (Richardson 1971); with
    `markets` the growth of the market takes the place of that of the item. A cell in which the world sold nothing
    before has no growth: what is sold there is all competitiveness.
    """
    if bool((before > world_before * (1 + 1e-9)).any()) or bool((after > world_after * (1 + 1e-9)).any()):
        raise BadSample(
            "a place sells more of an item in a market than all places together.",
            cause="World trade must include the place itself, from the same source.",
            remedy="Add the exports of the place to those of the others.",
        )
    total = world_before.sum()
    if total <= 0:
        return EMPTY

    def grown(old: Array, new: Array) -> Array:
        return np.divide(new - old, old, out=np.zeros_like(old), where=old > 0)

    overall = world_after.sum() / total - 1
    axis = 1 if first == "items" else 0
    outer = grown(world_before.sum(axis=axis, keepdims=True), world_after.sum(axis=axis, keepdims=True))
    cell = grown(world_before, world_after)
    one, other = (outer - overall) * before, (cell - outer) * before
    items, markets = (one, other) if first == "items" else (other, one)
    return MarketShare(overall * before, items, markets, after - (1 + cell) * before)


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
