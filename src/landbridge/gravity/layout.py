"""The rows in the order the kernels want them: sorted by the effect that is eliminated, the others as slots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.gravity.sparse import Array, Codes, Index, Slots, compiled

BLOCK = 1024
NARROW = 128
"""Levels of an effect up to which `add_up` takes banks."""


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
