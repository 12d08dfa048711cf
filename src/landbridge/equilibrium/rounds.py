"""Compiled passes of one round over the tables of a many-sector economy.

The table of shares (S, N, N) is read twice a round, the table of inputs (N, S, S) twice; all that is done with the
input table of one place is done at once, while it stays in the first-level cache. Logarithms and exponentials are
left to NumPy, which takes eight at a time. One thread, sums in one order: the same input gives the same bits, in any
process. Arrays of a round are (place, sector).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

from landbridge.equilibrium.result import Array

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Numba, cached. Sums may be regrouped for the vector units; NaN and infinity keep their meaning."""
    decorate = njit(cache=True, nogil=True, fastmath={"reassoc", "nsz", "contract"}, error_model="numpy")
    return cast(Function, decorate(function))


@compiled
def reach(share: Array, level: Array, total: Array) -> None:
    """`total` (importer, S): `share` (S, exporter, importer) times `level` (exporter, S), summed over exporters."""
    places, sectors = level.shape
    row = np.empty(places)
    for s in range(sectors):
        row[:] = 0.0
        for i in range(places):
            factor = level[i, s]
            for j in range(places):
                row[j] += share[s, i, j] * factor
        for j in range(places):
            total[j, s] = row[j]


@compiled
def sales(net: Array, level: Array, demand: Array, sold: Array) -> None:
    """`sold` (exporter, S): `level` (exporter, S) times `net` (S, exporter, importer) times `demand` (importer, S),
    summed over importers.
    """
    places, sectors = level.shape
    row = np.empty(places)
    for s in range(sectors):
        for j in range(places):
            row[j] = demand[j, s]
        for i in range(places):
            total = 0.0
            for j in range(places):
                total += net[s, i, j] * row[j]
            sold[i, s] = level[i, s] * total


@compiled
def balance(net: Array, level: Array, demand: Array, exports: Array, imports: Array) -> None:
    """Sales abroad and purchases abroad, net of tariff, of every place, (N,). Sales at home are never added, so that nothing
    is lost to rounding where trade is a millionth of output. Axes as in `sales`.
    """
    places, sectors = level.shape
    exports[:] = 0.0
    imports[:] = 0.0
    for s in range(sectors):
        for i in range(places):
            for j in range(places):
                if i != j:
                    flow = net[s, i, j] * level[i, s] * demand[j, s]
                    exports[i] += flow
                    imports[j] += flow


@compiled
def times(needs: Array, j: int, vector: Array, out: Array) -> None:
    """`out` (S,): the input table of place `j` times a vector by input sector. Vectors of their own, which nothing else
    writes to, are what makes this quick.
    """
    for s in range(vector.size):
        total = 0.0
        for k in range(vector.size):
            total += needs[j, s, k] * vector[k]
        out[s] = total


@compiled
def settle_prices(
    needs: Array,
    own: Array,
    dom: Array,
    live: Array,
    found: Array,
    wage: Array,
    terms: int,
    price: Array,
    cost: Array,
) -> float:
    """Moves log `price` to `found` and by what that causes through inputs bought at home, `terms` terms of the series
    (I - dom needs)^-1; then log unit `cost`. Returns the largest gap. `needs` (N, using sector, input sector);
    `live`: 1 where something is bought.
    """
    places, sectors = own.shape
    gap, moved, out = np.empty(sectors), np.empty(sectors), np.empty(sectors)
    worst = 0.0
    for j in range(places):
        for s in range(sectors):
            gap[s] = (found[j, s] - price[j, s]) * live[j, s]
            worst = max(worst, abs(gap[s]))
            moved[s] = gap[s]
        for _ in range(terms):
            times(needs, j, moved, out)
            for s in range(sectors):
                moved[s] = gap[s] + dom[j, s] * out[s]
        for s in range(sectors):
            moved[s] += price[j, s]
            price[j, s] = moved[s]
        times(needs, j, moved, out)
        for s in range(sectors):
            cost[j, s] = out[s] + own[j, s] * wage[j]
    return worst


@compiled
def settle_markets(
    needs: Array,
    own: Array,
    final: Array,
    dom: Array,
    sold: Array,
    income: Array,
    purchases: Array,
    terms: int,
    rise: Array,
    labour: Array,
    ahead: Array,
) -> float:
    """By what part purchases have to `rise`: use by sectors that sell `sold` and by households that spend `income`,
    with what it causes through home sales, `terms` terms of the series (I - needs' dom)^-1. `labour` (N,): earnings
    that sales pay; `ahead` (N,): with those that the rise will pay at home. Returns the largest relative gap of a
    market.
    """
    places, sectors = sold.shape
    gap, moved, out = np.empty(sectors), np.empty(sectors), np.empty(sectors)
    worst = 0.0
    for j in range(places):
        pay = 0.0
        for k in range(sectors):
            gap[k] = final[j, k] * income[j] - purchases[j, k]
            pay += own[j, k] * sold[j, k]
        for s in range(sectors):
            made = sold[j, s]
            for k in range(sectors):
                gap[k] += needs[j, s, k] * made
        for k in range(sectors):
            if purchases[j, k] == 0.0:
                gap[k] = 0.0
            else:
                worst = max(worst, abs(gap[k] / purchases[j, k]))
            moved[k] = gap[k]
        for _ in range(terms):
            for k in range(sectors):
                out[k] = gap[k]
            for s in range(sectors):
                made = dom[j, s] * moved[s]
                for k in range(sectors):
                    out[k] += needs[j, s, k] * made
            for k in range(sectors):
                moved[k] = out[k] if purchases[j, k] > 0.0 else 0.0
        more = 0.0
        for k in range(sectors):
            more += own[j, k] * dom[j, k] * moved[k]
            rise[j, k] = moved[k] / purchases[j, k] if purchases[j, k] > 0.0 else 0.0
        labour[j] = pay
        ahead[j] = pay + more
    return worst


@compiled
def advance(
    push: Array, rise: Array, dom: Array, content: Array, price: Array, spent: Array, cost: Array
) -> None:
    """Adds the log `rise` to log purchases, and what a `push` (N,) of wages causes at home to prices, purchases and
    unit costs.
    """
    places, sectors = price.shape
    for j in range(places):
        for s in range(sectors):
            made = content[j, s] * push[j]
            price[j, s] += dom[j, s] * made
            cost[j, s] += made
            spent[j, s] += rise[j, s] + push[j]


@compiled
def table(
    net: Array, level: Array, demand: Array, flows: Array, hat: Array, output: Array, bought: Array
) -> None:
    """The new table of flows over the old, `hat` (S, exporter, importer), 1 where there was none, and its sums
    `output` (exporter, S) and `bought` (importer, S).
    """
    places, sectors = level.shape
    row, column = np.empty(places), np.empty(places)
    for s in range(sectors):
        column[:] = 0.0
        for j in range(places):
            row[j] = demand[j, s]
        for i in range(places):
            factor, total = level[i, s], 0.0
            for j in range(places):
                new = net[s, i, j] * factor * row[j]
                total += new
                column[j] += new
                old = flows[s, i, j]
                hat[s, i, j] = new / old if old > 0.0 else 1.0
            output[i, s] = total
        for j in range(places):
            bought[j, s] = column[j]
