"""Anderson acceleration of a fixed point, with a guard against long steps."""

from __future__ import annotations

import numpy as np

from landbridge.equilibrium.result import Array
from landbridge.equilibrium.rounds import compiled


class Anderson:
    """Mixes the last steps of z -> z + g so that the residual of the mix is least (Anderson 1965; Walker and Ni 2011,
    type II).

    `memory` steps are kept; the residual is judged by the first `judged` of `size` entries, the rest is carried
    along. `longest` bounds the extrapolated move of any variable: variables are logarithms, so that a bound of 1
    allows a factor of e.
    """

    __slots__ = ("_changes", "_count", "_g", "_gram", "_moves", "_right", "_z", "judged", "longest", "memory")

    def __init__(self, size: int, judged: int, memory: int, longest: float = 2.0) -> None:
        self.memory, self.judged, self.longest = memory, judged, longest
        self._changes = np.empty((memory, judged))
        self._moves = np.empty((memory, size))
        self._gram = np.empty((memory, memory))
        self._right = np.empty(memory)
        self._count = 0
        self._z: Array | None = None
        self._g: Array | None = None

    def forget(self) -> None:
        """Start anew."""
        self._count, self._z, self._g = 0, None, None

    def step(self, z: Array, g: Array) -> Array:
        """The next point after `z` (size,), from which a plain step would go `g` further. Keeps both: give fresh
        arrays.
        """
        held = 0
        if self._z is not None and self._g is not None:
            row = self._count % self.memory
            self._count += 1
            held = min(self._count, self.memory)
            remember(z, g, self._z, self._g, row, held, self._moves, self._changes, self._gram, self._right)
        self._z, self._g = z, g
        if held:
            gram = self._gram[:held, :held].copy()
            # A trace of ridge: near the solution the steps become parallel.
            gram.flat[:: held + 1] += 1e-14 * np.trace(gram) + np.finfo(float).tiny
            weights = np.asarray(np.linalg.solve(gram, self._right[:held]), dtype=np.float64)
            out = np.empty_like(z)
            if np.isfinite(mixed(z, g, weights, self._moves, self.longest, out)):
                return out
            self.forget()
        return z + np.clip(g, -self.longest, self.longest)


@compiled
def remember(
    z: Array,
    g: Array,
    z_old: Array,
    g_old: Array,
    row: int,
    held: int,
    moves: Array,
    changes: Array,
    gram: Array,
    right: Array,
) -> None:
    """Keeps the last pair of differences in `row`, in place of the oldest: `moves` (memory, size), `changes` (memory,
    judged), their products `gram` (memory, memory), and `right` (memory,), products with `g`.
    """
    judged = changes.shape[1]
    for i in range(z.size):
        change = g[i] - g_old[i]
        moves[row, i] = z[i] - z_old[i] + change
        if i < judged:
            changes[row, i] = change
    for m in range(held):
        product, wanted = 0.0, 0.0
        for i in range(judged):
            product += changes[m, i] * changes[row, i]
            wanted += changes[m, i] * g[i]
        gram[row, m] = product
        gram[m, row] = product
        right[m] = wanted


@compiled
def mixed(z: Array, g: Array, weights: Array, moves: Array, longest: float, out: Array) -> float:
    """`out` (size,): the point after the mix, no variable moved further than `longest`. Returns the sum of moves, not
    finite where one of them is not.
    """
    out[:] = g
    for m in range(weights.size):
        for i in range(z.size):
            out[i] -= weights[m] * moves[m, i]
    total = 0.0
    for i in range(z.size):
        total += abs(out[i])
        out[i] = z[i] + min(max(out[i], -longest), longest)
    return total
