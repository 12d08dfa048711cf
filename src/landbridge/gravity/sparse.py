"""Kernels for normal equations with many absorbed effects. Compiled once, cached on disk.

Write the rows' level indicators as G = [G0 | G1], with G0 one effect chosen for elimination and G1 the others side by
side, and W = diag(w). G0'WG0 is diagonal, so G0 drops out exactly, and what remains is the Schur complement

    S = H' W M H,   H = [G1 | X],   M = I - G0 (G0'WG0)^-1 G0'W,

with dense columns X beside the levels where the caller wants them. S is never formed. Rows are sorted by the eliminated
effect, so one sweep over the rows, in blocks that stay in the first cache, gathers H v, takes out the group means and
scatters back: one multiplication by S. The system is solved by preconditioned conjugate gradients (Hestenes and
Stiefel, 1952); S has the null space that the effects leave unidentified, which conjugate gradients never enter.
Sums run in a fixed order in one thread, so the same input gives the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
Index = NDArray[np.int64]
Slots = NDArray[np.uint32]
"""Levels within the kernels. Unsigned: an index that may be negative costs Numba a test at every access."""


class Rows(NamedTuple):
    """The rows of a system, sorted by the eliminated effect, as the kernels take them.

    w (N,), codes (R, N), narrow (R,), starts (G+1,), blocks (B+1,), inverse (G,) = 1 / (G0'WG0). A plain tuple with names,
    because Numba takes it apart without cost.
    """

    w: Array
    codes: Slots
    narrow: NDArray[np.bool_]
    starts: Index
    blocks: Index
    inverse: Array


Function = TypeVar("Function", bound=Callable[..., Any])

NOTHING = 1e-12
"""A level keeps this share of its weight after elimination, or it counts as one the eliminated effect already holds."""


def compiled(function: Function) -> Function:
    """Numba, cached. Sums may be regrouped for the vector units; NaN and infinity keep their meaning."""
    decorate = njit(cache=True, nogil=True, fastmath={"reassoc", "nsz", "contract"}, error_model="numpy")
    return cast(Function, decorate(function))


@compiled
def add_up(values: Array, row: Slots, banks: Array, narrow: bool) -> None:
    """Adds values (n,) to the slots that row (n,) names, for a narrow effect in four banks in turn.

    Where levels are few, neighbouring rows name the same slot, and each addition to it waits for the one before; with
    four banks it waits for the fourth before. Where levels are many that is rare, and banks would cost cache.
    """
    if not narrow:
        only = banks[0]
        for i in range(row.size):
            only[row[i]] += values[i]
        return
    a, b, c, d = banks[0], banks[1], banks[2], banks[3]
    whole = row.size - row.size % 4
    for i in range(0, whole, 4):
        a[row[i]] += values[i]
        b[row[i + 1]] += values[i + 1]
        c[row[i + 2]] += values[i + 2]
        d[row[i + 3]] += values[i + 3]
    for i in range(whole, row.size):
        a[row[i]] += values[i]


@compiled
def banks_for(narrow: NDArray[np.bool_], slots: int) -> Array:
    """Zeros for `add_up`: four rows if any effect is narrow, else one."""
    banks = 1
    for r in range(narrow.size):
        if narrow[r]:
            banks = 4
    return np.zeros((banks, slots))


@compiled
def multiply(
    v: Array,
    out: Array,
    base: Array,
    keep: Array,
    dense: Array,
    rows: Rows,
) -> None:
    """out (L+K,) or (0,) = H' W M (base + H v). base (N,) or (0,); keep (N,) or (0,) receives M (base + H v).

    v (L+K,), dense (K, N).
    """
    w, codes, narrow, starts, blocks, inverse = rows
    kept, columns = codes.shape[0], dense.shape[0]
    levels = v.size - columns
    longest = 0
    for b in range(blocks.size - 1):
        longest = max(longest, starts[blocks[b + 1]] - starts[blocks[b]])
    t = np.empty(longest)
    banks = banks_for(narrow, out.size)
    for b in range(blocks.size - 1):
        first, last = starts[blocks[b]], starts[blocks[b + 1]]
        size = last - first
        for i in range(size):
            t[i] = base[first + i] if base.size else 0.0
        for r in range(kept):
            row = codes[r, first:last]
            for i in range(size):
                t[i] += v[row[i]]
        for k in range(columns):
            column, factor = dense[k, first:last], v[levels + k]
            for i in range(size):
                t[i] += factor * column[i]
        weight = w[first:last]
        for g in range(blocks[b], blocks[b + 1]):
            part = t[starts[g] - first : starts[g + 1] - first]
            own = w[starts[g] : starts[g + 1]]
            total = 0.0
            for i in range(part.size):
                total += own[i] * part[i]
            total *= inverse[g]
            for i in range(part.size):
                part[i] -= total
        if keep.size:
            for i in range(size):
                keep[first + i] = t[i]
        if not out.size:
            continue
        for i in range(size):
            t[i] *= weight[i]
        for r in range(kept):
            add_up(t[:size], codes[r, first:last], banks, narrow[r])
        for k in range(columns):
            column = dense[k, first:last]
            total = 0.0
            for i in range(size):
                total += column[i] * t[i]
            banks[0, levels + k] += total
    for c in range(out.size):
        total = 0.0
        for b in range(banks.shape[0]):
            total += banks[b, c]
        out[c] = total


@compiled
def weigh(
    w: Array,
    codes: Slots,
    narrow: NDArray[np.bool_],
    starts: Index,
    slots: Index,
    repeated: NDArray[np.bool_],
) -> tuple[Array, Array, Array]:
    """1 / (G0'WG0) (G,), the diagonal of the Schur complement inverted (L,), and the weight of each kept level (L,).

    A level that lies within groups of the eliminated effect has nothing left; its inverse is zero, which pins it.
    """
    groups, levels = starts.size - 1, slots[-1]
    inverse = np.zeros(groups)
    weight, lost = np.zeros(levels), np.zeros(levels)
    cell = banks_for(narrow, levels)
    for g in range(groups):
        own = w[starts[g] : starts[g + 1]]
        total = 0.0
        for i in range(own.size):
            total += own[i]
        if total > 0.0:
            inverse[g] = 1.0 / total
        for r in range(codes.shape[0]):
            row = codes[r, starts[g] : starts[g + 1]]
            if not repeated[r]:
                for i in range(own.size):
                    weight[row[i]] += own[i]
                    lost[row[i]] += own[i] * own[i] * inverse[g]
                continue
            add_up(own, row, cell, narrow[r])
            by_level = slots[r + 1] - slots[r] <= own.size
            for i in range(slots[r + 1] - slots[r] if by_level else own.size):
                c = slots[r] + i if by_level else np.int64(row[i])
                here = 0.0
                for b in range(cell.shape[0]):
                    here += cell[b, c]
                    cell[b, c] = 0.0
                weight[c] += here
                lost[c] += here * here * inverse[g]
    for c in range(levels):
        left = weight[c] - lost[c]
        lost[c] = 1.0 / left if left > NOTHING * weight[c] else 0.0
    return inverse, lost, weight


@compiled
def precondition(r: Array, diagonal: Array, block: Array, z: Array) -> float:
    """z = P r with P the inverted diagonal of the levels and the inverted block (K, K) of the columns; r'z returned."""
    levels = diagonal.size
    product = 0.0
    for c in range(levels):
        z[c] = diagonal[c] * r[c]
        product += z[c] * r[c]
    for k in range(block.shape[0]):
        total = 0.0
        for j in range(block.shape[0]):
            total += block[k, j] * r[levels + j]
        z[levels + k] = total
        product += total * r[levels + k]
    return product


@compiled
def solve(
    r: Array,
    v: Array,
    dense: Array,
    block: Array,
    rows: Rows,
    diagonal: Array,
    square: float,
    share: float,
    target: float,
    most: int,
) -> tuple[int, float, float]:
    """Conjugate gradients for S v = r from v = 0; v (L+K,) and r (L+K,) are overwritten.

    Stops when r'Pr is at most `target`, or at most `share` of what is left of the weighted square `square` of the
    column that r came from. Returns the multiplications used, the last r'Pr, and what is left of the square.
    """
    for c in range(v.size):
        v[c] = 0.0
    nothing = np.empty(0)
    z, image = np.empty_like(r), np.empty_like(r)
    product = precondition(r, diagonal, block, z)
    direction = z.copy()
    count = 0
    while product > target and product > share * square and count < most:
        multiply(direction, image, nothing, nothing, dense, rows)
        count += 1
        curvature = 0.0
        for c in range(r.size):
            curvature += direction[c] * image[c]
        if not curvature > 0.0:
            break
        length = product / curvature
        for c in range(r.size):
            v[c] += length * direction[c]
            r[c] -= length * image[c]
        square -= length * product
        before = product
        product = precondition(r, diagonal, block, z)
        ratio = product / before
        for c in range(r.size):
            direction[c] = z[c] + ratio * direction[c]
    return count, product, square


@compiled
def sweep(
    eta: Array,
    m: Array,
    codes: Slots,
    narrow: NDArray[np.bool_],
    starts: Index,
    slots: Index,
    totals: Array,
    group_totals: Array,
) -> None:
    """One round of proportional scaling, in place: m = w exp(eta) meets the totals of each kept effect in turn, then of
    the eliminated one. totals (L,), group_totals (G,). Each scaling is the exact block maximiser of the Poisson
    likelihood (Deming and Stephan, 1940). A level whose fitted total has run to zero stays as it is.
    """
    factor, shift = np.ones(totals.size), np.zeros(totals.size)
    banks = banks_for(narrow, totals.size)
    for r in range(codes.shape[0]):
        row = codes[r]
        for b in range(banks.shape[0]):
            for c in range(totals.size):
                banks[b, c] = 0.0
        add_up(m, row, banks, narrow[r])
        for c in range(slots[r], slots[r + 1]):
            fitted = 0.0
            for b in range(banks.shape[0]):
                fitted += banks[b, c]
            factor[c] = totals[c] / fitted if fitted > 0.0 and totals[c] > 0.0 else 1.0
            shift[c] = np.log(factor[c])
        for i in range(m.size):
            m[i] *= factor[row[i]]
            eta[i] += shift[row[i]]
    for g in range(group_totals.size):
        own, level = m[starts[g] : starts[g + 1]], eta[starts[g] : starts[g + 1]]
        total = 0.0
        for i in range(own.size):
            total += own[i]
        if total > 0.0 and group_totals[g] > 0.0:
            ratio = group_totals[g] / total
            step = np.log(ratio)
            for i in range(own.size):
                own[i] *= ratio
                level[i] += step


@compiled
def score(u: Array, codes: Slots, narrow: NDArray[np.bool_], dense: Array, levels: int) -> Array:
    """H'u (L+K,): sums of u (N,) by kept level, then inner products with the columns (K, N)."""
    out = np.zeros(levels + dense.shape[0])
    banks = banks_for(narrow, levels)
    for r in range(codes.shape[0]):
        add_up(u, codes[r], banks, narrow[r])
    for b in range(banks.shape[0]):
        for c in range(levels):
            out[c] += banks[b, c]
    for k in range(dense.shape[0]):
        total = 0.0
        for i in range(u.size):
            total += dense[k, i] * u[i]
        out[levels + k] = total
    return out


@compiled
def gram(dense: Array, w: Array) -> Array:
    """X'WX (K, K) of columns (K, N)."""
    columns = dense.shape[0]
    out = np.empty((columns, columns))
    for k in range(columns):
        for j in range(k + 1):
            total = 0.0
            for i in range(w.size):
                total += w[i] * dense[k, i] * dense[j, i]
            out[k, j] = total
            out[j, k] = total
    return out


@compiled
def secant(wy: Array, m: Array) -> Array:
    """Curvatures (N,) for steps far from the solution: m, but (wy - m) / log(wy / m) where the row is fitted too low.

    The Poisson objective of one row then has its minimum where the quadratic has it, at wy; with m in its place the
    step for such a row would be wy / m - 1 instead of log(wy / m), beyond all bounds for a row fitted far too low.
    """
    w = np.empty(m.size)
    for i in range(m.size):
        ratio = wy[i] / m[i] if m[i] > 0.0 else 1.0
        w[i] = (wy[i] - m[i]) / np.log(ratio) if ratio > 1.0001 else m[i]
    return w


@compiled
def measures(y: Array, eta: Array, mu: Array, w: Array) -> tuple[float, float]:
    """Deviance and log-likelihood, each row's large terms cancelled before rows are added up.

    log Gamma(y + 1) from 16 upwards by Stirling's series, whose error there is below 1e-12.
    """
    half = 0.5 * np.log(2.0 * np.pi)
    deviance, likelihood = 0.0, 0.0
    for i in range(y.size):
        v = y[i]
        if v > 0.0:
            log = np.log(v)
            excess = v * (log - eta[i]) - (v - mu[i])
        else:
            log = 0.0
            excess = mu[i]
        if v < 16.0:
            rest = math.lgamma(v + 1.0) - v * log + v
        else:
            q = 1.0 / (v * v)
            rest = 0.5 * log + half + (1.0 / 12.0 - q * (1.0 / 360.0 - q * (1.0 / 1260.0 - q / 1680.0))) / v
        deviance += 2.0 * w[i] * excess
        likelihood -= w[i] * (excess + rest)
    return deviance, likelihood


@compiled
def inner(a: Array, b: Array) -> float:
    """a'b in one thread and a fixed order, which a threaded product does not promise."""
    total = 0.0
    for i in range(a.size):
        total += a[i] * b[i]
    return total
