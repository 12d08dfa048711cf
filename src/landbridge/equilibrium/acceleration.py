"""Anderson acceleration of a fixed point, with a guard against long steps."""

from __future__ import annotations

import numpy as np

from landbridge.equilibrium.result import Array


class Anderson:
    """Mixes the last steps of z -> z + g so that the residual of the mix is least (Anderson 1965; Walker and Ni 2011,
    type II).

    `memory` steps are kept; the residual is judged by the first `judged` of `size` entries, the rest is carried
    along. `longest` bounds the extrapolated move of any variable: variables are logarithms, so that a bound of 1
    allows a factor of e.
    """

    __slots__ = ("_changes", "_count", "_g", "_gram", "_moves", "_z", "judged", "longest", "memory")

    def __init__(self, size: int, judged: int, memory: int, longest: float = 2.0) -> None:
        self.memory, self.judged, self.longest = memory, judged, longest
        self._changes = np.empty((memory, judged))
        self._moves = np.empty((memory, size))
        self._gram = np.empty((memory, memory))
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
        if self._z is not None and self._g is not None:
            self._remember(z - self._z, g - self._g)
        self._z, self._g = z, g
        move = g
        held = min(self._count, self.memory)
        if held:
            gram = self._gram[:held, :held].copy()
            # A trace of ridge: near the solution the steps become parallel.
            gram.flat[:: held + 1] += 1e-14 * np.trace(gram) + np.finfo(float).tiny
            weights = np.linalg.solve(gram, self._changes[:held] @ g[: self.judged])
            move = g - weights @ self._moves[:held]
        if not np.isfinite(move).all():
            self.forget()
            move = g
        return z + np.clip(move, -self.longest, self.longest)

    def _remember(self, move: Array, change: Array) -> None:
        """Keeps a pair of differences in place of the oldest."""
        row = self._count % self.memory
        self._count += 1
        held = min(self._count, self.memory)
        np.add(move, change, out=self._moves[row])
        self._changes[row] = change[: self.judged]
        self._gram[row, :held] = self._gram[:held, row] = self._changes[:held] @ self._changes[row]
