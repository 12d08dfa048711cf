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
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
Index = NDArray[np.int64]
Slots = NDArray[np.uint32]
"""Levels within the kernels. Unsigned: an index that may be negative costs Numba a test at every access."""
Function = TypeVar("Function", bound=Callable[..., Any])

BLOCK = 1024
NARROW = 128
"""Levels of an effect up to which `add_up` takes banks."""
NOTHING = 1e-12
"""A level keeps this share of its weight after elimination, or it counts as one the eliminated effect already holds."""


def compiled(function: Function) -> Function:
    """Numba, cached. Sums may be regrouped for the vector units; NaN and infinity keep their meaning."""
    decorate = njit(cache=True, nogil=True, fastmath={"reassoc", "nsz", "contract"}, error_model="numpy")
    return cast(Function, decorate(function))


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows sorted by the eliminated effect. N rows, R kept effects with L levels in all, G groups, B blocks.

    order (N,): sorted row -> row of the caller. codes (R, N): kept levels by sorted row, as slots 0..L-1 of one vector.
    starts (G+1,): first sorted row of each group. blocks (B+1,): first group of each block.
    slots (R+1,): where each kept effect begins. narrow (R,): whether it has few levels.
    repeated (R,): whether some level has two rows in one group.
    eliminated, kept: positions in the caller's tuple of effects.
    """

    order: Index
    codes: Slots
    starts: Index
    blocks: Index
    slots: Index
    narrow: NDArray[np.bool_]
    repeated: NDArray[np.bool_]
    eliminated: int
    kept: tuple[int, ...]


def arrange(
    effects: tuple[Codes, ...], mass: Array | None = None, *, eliminated: int | None = None
) -> Layout:
    """Sort the rows by one effect, the one that `best_eliminated` names unless the caller does. mass (N,) as there."""
    own = [np.ascontiguousarray(codes, dtype=np.uint32) for codes in effects]
    levels = [int(codes.max()) + 1 for codes in own]
    if eliminated is None:
        eliminated = best_eliminated(own, levels, mass)
    kept = tuple(position for position in range(len(effects)) if position != eliminated)
    order, starts = sort_rows(own[eliminated], levels[eliminated])
    slots = np.zeros(len(kept) + 1, np.int64)
    codes = np.empty((len(kept), len(order)), np.uint32)
    for place, position in enumerate(kept):
        np.take(own[position], order, out=codes[place])
        codes[place] += np.uint32(slots[place])
        slots[place + 1] = slots[place] + levels[position]
    repeated = repetitions(codes, starts, int(slots[-1]))
    narrow = np.diff(slots) <= NARROW
    return Layout(order, codes, starts, block_bounds(starts), slots, narrow, repeated, eliminated, kept)


def best_eliminated(effects: list[Slots], levels: list[int], mass: Array | None) -> int:
    """Which effect to eliminate. With two, the one with more levels: the system is then smallest.

    With more, what slows conjugate gradients is the coupling of the effects that stay, so the one goes whose absence
    leaves least of it. Coupling of two effects: sum over their cells of mass^2 / (mass of level a x mass of level b),
    the squared correlation of their indicators (domestic trade ties an exporter to the importer it also is, say).
    """
    count = len(effects)
    if count < 3:
        return int(np.argmax(levels))
    mass = np.ones(len(effects[0])) if mass is None else mass
    shares = [
        np.divide(1.0, t, out=np.zeros_like(t), where=t > 0)
        for t in map(totals, effects, levels, [mass] * count)
    ]
    tie = np.zeros((count, count))
    for a in range(count):
        for b in range(a):
            tie[a, b] = tie[b, a] = coupling(effects[a], effects[b], shares[a], shares[b], mass)
    return int(np.argmin(tie.sum() / 2 - tie.sum(axis=1)))


def bare(rows: int) -> Layout:
    """No effects at all: the rows as they are, in groups of no meaning whose inverse weight the caller leaves at zero."""
    starts = np.append(np.arange(0, rows, BLOCK, dtype=np.int64), rows)
    empty = np.empty((0, rows), np.uint32)
    blocks, none = np.arange(len(starts)), np.zeros(0, np.bool_)
    return Layout(np.arange(rows), empty, starts, blocks, np.zeros(1, np.int64), none, none, -1, ())


@compiled
def block_bounds(starts: Index) -> Index:
    """Cut the groups into blocks of at most BLOCK rows; a longer group is a block of its own."""
    bounds = np.zeros(starts.size, np.int64)
    blocks = 0
    for g in range(starts.size - 1):
        if g == bounds[blocks] or starts[g + 1] - starts[bounds[blocks]] <= BLOCK:
            continue
        blocks += 1
        bounds[blocks] = g
    bounds[blocks + 1] = starts.size - 1
    return bounds[: blocks + 2].copy()


@compiled
def totals(codes: Slots, levels: int, mass: Array) -> Array:
    """Sums of mass (N,) by level (levels,)."""
    out = np.zeros(levels)
    for i in range(codes.size):
        out[codes[i]] += mass[i]
    return out


@compiled
def coupling(a: Slots, b: Slots, share_a: Array, share_b: Array, mass: Array) -> float:
    """Sum over cells of mass^2 / (mass of a x mass of b); the shares are one over the masses of the levels.

    Where cells far outnumber rows, each row counts as a cell.
    """
    total = 0.0
    if share_a.size * share_b.size <= 4 * a.size:
        cells = np.zeros((share_a.size, share_b.size))
        for i in range(a.size):
            cells[a[i], b[i]] += mass[i]
        for c in range(share_a.size):
            for d in range(share_b.size):
                total += cells[c, d] * cells[c, d] * share_a[c] * share_b[d]
    else:
        for i in range(a.size):
            total += mass[i] * share_a[a[i]] * mass[i] * share_b[b[i]]
    return total


@compiled
def repetitions(codes: Slots, starts: Index, levels: int) -> NDArray[np.bool_]:
    """Whether, by kept effect, some level has more than one row in a group (R,)."""
    repeated = np.zeros(codes.shape[0], np.bool_)
    seen = np.full(levels, -1)
    for r in range(codes.shape[0]):
        for g in range(starts.size - 1):
            row = codes[r, starts[g] : starts[g + 1]]
            for i in range(row.size):
                if seen[row[i]] == g:
                    repeated[r] = True
                seen[row[i]] = g
    return repeated


@compiled
def sort_rows(codes: Slots, levels: int) -> tuple[Index, Index]:
    """Counting sort, stable: the order of the rows and where each level begins."""
    starts = np.zeros(levels + 1, np.int64)
    for i in range(codes.size):
        starts[codes[i] + 1] += 1
    for g in range(levels):
        starts[g + 1] += starts[g]
    place = starts[:-1].copy()
    order = np.empty(codes.size, np.int64)
    for i in range(codes.size):
        order[place[codes[i]]] = i
        place[codes[i]] += 1
    return order, starts


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
    return np.zeros((4 if narrow.any() else 1, slots))


@compiled
def multiply(
    v: Array,
    out: Array,
    base: Array,
    keep: Array,
    dense: Array,
    w: Array,
    codes: Slots,
    narrow: NDArray[np.bool_],
    starts: Index,
    blocks: Index,
    inverse: Array,
) -> None:
    """out (L+K,) or (0,) = H' W M (base + H v). base (N,) or (0,); keep (N,) or (0,) receives M (base + H v).

    v (L+K,), dense (K, N), w (N,), codes (R, N), starts (G+1,), blocks (B+1,), inverse (G,) = 1 / (G0'WG0).
    """
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
        if base.size:
            t[:size] = base[first:last]
        else:
            t[:size] = 0.0
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
            keep[first:last] = t[:size]
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
    w: Array,
    codes: Slots,
    narrow: NDArray[np.bool_],
    starts: Index,
    blocks: Index,
    inverse: Array,
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
    v[:] = 0.0
    nothing = np.empty(0)
    z, image = np.empty_like(r), np.empty_like(r)
    product = precondition(r, diagonal, block, z)
    direction = z.copy()
    count = 0
    while product > target and product > share * square and count < most:
        multiply(direction, image, nothing, nothing, dense, w, codes, narrow, starts, blocks, inverse)
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
        banks[:] = 0.0
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
        out[:levels] += banks[b]
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
