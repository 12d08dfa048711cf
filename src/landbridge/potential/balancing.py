"""The table nearest to a prior, in relative entropy, that meets what is known: exact totals, ranges, soft targets.

Arrays in, frozen result out. Many draws of the prior are balanced in one call. Axis order everywhere: (draw, direction,
row, column). Nothing here identifies the interaction of a row with a column: that comes from the prior alone, margins
only scale it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, NotConverged

Array = NDArray[np.float64]

INNER = 6
"""Turns between the sums of single directions and of all of them within one round."""
RETIRE = 0.5
"""Draws that are settled leave the rounds once they are this share: one slow draw must not cost the time of all."""


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of the sums of one side of the table, rows or columns, n of them.

    All arrays are (draw or 1, direction + 1, n): one slice a direction and a last one for all directions together (a
    published turnover). A sum must lie between `low` and `high`. It is drawn to `target` with `power` from 0 (not at
    all) to below 1: the penalty on relative entropy is power / (1 - power). Targets with power 0 are not looked at.
    """

    low: Array
    high: Array
    target: Array
    power: Array

    @classmethod
    def unknown(cls, directions: int, count: int, draws: int = 1) -> Side:
        """A side of which nothing is known."""
        shape = (draws, directions + 1, count)
        return cls(np.zeros(shape), np.full(shape, np.inf), np.zeros(shape), np.zeros(shape))

    def only(self, at: NDArray[np.int64]) -> Side:
        """The sums at some places."""
        return Side(self.low[..., at], self.high[..., at], self.target[..., at], self.power[..., at])


@dataclass(frozen=True, slots=True)
class Table:
    """Balanced cells: `values` (draw, direction, row, column), `rounds` taken, largest relative `residual`."""

    values: Array
    rounds: int
    residual: float


def balance(
    prior: Array, totals: Array, rows: Side, columns: Side, *, tol: float = 1e-7, max_rounds: int = 3000
) -> Table:
    """Minimises KL(x | prior) + sum of penalties KL(sum | target) subject to the totals and the ranges of sums.

    `prior` (draw, direction, row, column) > 0; `totals` (draw or 1, direction): exact sums of all cells. Each round
    maximises the dual in one group of constraints after the other, so that a range that does not bind leaves no trace:
    Bregman (1967) for ranges, Chizat, Peyré, Schmitzer and Vialard (2018), Scaling algorithms for unbalanced optimal
    transport, for soft targets; RAS is the case of exact sums. Raises `NotConverged` where sums still move by more
    than `tol` of the total, or a range is missed by as much, after `max_rounds`.
    """
    _check(prior, totals, rows, columns)
    draws, directions, n, m = prior.shape
    cells = prior / prior.sum(axis=(2, 3), keepdims=True)
    want = np.ones((draws, directions))
    # In units of the larger total, so that one tolerance serves all draws.
    scale = np.broadcast_to(totals, (draws, directions)).sum(axis=1)
    want = np.broadcast_to(totals, (draws, directions)) / scale[:, None]
    a, b = (
        _Factors.start(rows, scale, (draws, directions, n)),
        _Factors.start(columns, scale, (draws, directions, m)),
    )
    level = want.copy()
    previous = np.zeros((draws, directions, n + m))
    miss = np.full(draws, np.inf)
    settled_at, residual, open_ = np.empty_like(cells), 0.0, np.arange(draws)
    for done in range(1, max_rounds + 1):
        level = a.settle((cells @ b.whole[..., None])[..., 0], level, want)
        by_column = (a.whole[..., None, :] @ cells)[..., 0, :]
        level = b.settle(by_column, level, want)
        row_sums = (cells @ b.whole[..., None])[..., 0] * a.whole * level[..., None]
        column_sums = by_column * b.whole * level[..., None]
        # Columns are right by construction; rows have moved since they were, so the change tells convergence.
        now = np.concatenate([row_sums, column_sums], axis=2)
        miss = np.maximum.reduce(
            [
                np.abs(now - previous).max(axis=(1, 2)),
                np.abs(column_sums.sum(axis=2) - want).max(axis=1),
                a.miss(row_sums),
                b.miss(column_sums),
            ]
        )
        previous = now
        settled = miss <= tol
        if settled.all() or settled.mean() > RETIRE:
            values = (cells * a.whole[..., :, None] * b.whole[..., None, :] * level[..., None, None])[settled]
            values *= (want[settled] / values.sum(axis=(2, 3)))[..., None, None]
            settled_at[open_[settled]] = values
            residual = max(residual, float(miss[settled].max()))
            if settled.all():
                return Table(settled_at * scale[:, None, None, None], done, residual)
            stay = ~settled
            open_, cells, want, level, previous = (
                part[stay] for part in (open_, cells, want, level, previous)
            )
            a, b = a.of(stay), b.of(stay)
    raise NotConverged(
        f"the table still misses its margins by {miss.max():.1e} of its total after {max_rounds} rounds.",
        cause="The ranges and totals leave no room together, or hold only in the limit.",
        remedy="Widen the ranges by what their counts differ, or allow more rounds.",
    )


@dataclass(slots=True)
class _Factors:
    """The multipliers of one side: `own` (draw, direction, n) by direction, `joint` (draw, n) for all directions together,
    `whole` their product, `give` how far a sum follows a change of the level: 1 freely, 0 where it is held fast. `at`
    are the places with something known of all directions together.
    """

    side: Side
    own: Array
    joint: Array
    whole: Array
    give: Array
    at: NDArray[np.int64]

    @classmethod
    def start(cls, side: Side, scale: Array, shape: tuple[int, int, int]) -> _Factors:
        by = scale[:, None, None]
        scaled = Side(side.low / by, side.high / by, side.target / by, side.power + 0 * by)
        low, high, power = (part[:, -1] for part in (scaled.low, scaled.high, scaled.power))
        at = np.flatnonzero(((low > 0) | np.isfinite(high) | (power > 0)).any(axis=0))
        own = np.ones(shape)
        return cls(scaled, own, np.ones((shape[0], shape[2])), own.copy(), own.copy(), at)

    def settle(self, base: Array, level: Array, want: Array) -> Array:
        """New multipliers for sums `base` (draw, direction, n) as they are without them and without the `level` (draw,
        direction) of all cells; returns the level at which they add up to `want`, to first order.

        Where most sums are held fast, the few that are free carry all of a change of level. Without its division by
        their share each round would close that share of the gap only.
        """
        self._update(base * level[..., None])
        sums = base * level[..., None] * self.whole
        found = np.maximum(sums.sum(axis=2), 1e-300)
        free = (sums * self.give).sum(axis=2) / found
        step = np.clip(np.log(np.maximum(want, 1e-300) / found) / np.maximum(free, 1e-3), -2.0, 2.0)
        moved = level * np.exp(step)
        self._update(base * moved[..., None])
        return np.asarray(moved, dtype=np.float64)

    def _update(self, base: Array) -> None:
        by_direction, together = slice(None, -1), slice(-1, None)
        self.own, self.give = _factor(base * self.joint[:, None, :], self.side, by_direction)
        if self.at.size:
            # Sums of one direction and of both pull at the same cells: a few turns between them save many whole rounds.
            side, part = self.side.only(self.at), base[:, :, self.at]
            joint = self.joint[:, None, self.at]
            for _ in range(INNER):
                own, give = _factor(part * joint, side, by_direction)
                joint, joint_give = _factor((part * own).sum(axis=1)[:, None, :], side, together)
            self.own[:, :, self.at], self.joint[:, self.at] = own, joint[:, 0]
            # A sum over directions that is held fast leaves each direction about half free.
            self.give[:, :, self.at] = give * (0.5 + 0.5 * joint_give)
        self.whole = self.own * self.joint[:, None, :]

    def of(self, draws: NDArray[np.bool_]) -> _Factors:
        """The multipliers of some draws."""
        side = Side(
            *(part[draws] for part in (self.side.low, self.side.high, self.side.target, self.side.power))
        )
        return _Factors(
            side, self.own[draws], self.joint[draws], self.whole[draws], self.give[draws], self.at
        )

    def miss(self, sums: Array) -> Array:
        """By how much sums (draw, direction, n) of each draw lie outside their ranges, (draw,)."""
        every = np.concatenate([sums, sums.sum(axis=1, keepdims=True)], axis=1)
        under, over = self.side.low - every, every - self.side.high
        return np.asarray(np.maximum(np.maximum(under, over).max(axis=(1, 2)), 0.0), dtype=np.float64)


def _factor(base: Array, side: Side, which: slice) -> tuple[Array, Array]:
    """The multiplier of each sum `base` that is best given all others, drawn to the target and kept in the range; and
    how far the sum then follows a change of its base.
    """
    low, high, target, power = (part[:, which] for part in (side.low, side.high, side.target, side.power))
    held = np.maximum(base, 1e-300)
    if not power.any():
        best = np.clip(1.0, low / held, high / held)
        return np.asarray(best, dtype=np.float64), np.where(best == 1.0, 1.0, 0.0)
    drawn = np.exp(power * np.log(np.where(power > 0, target, held) / held))
    best = np.clip(drawn, low / held, high / held)
    return np.asarray(best, dtype=np.float64), np.where(best == drawn, 1.0 - power, 0.0)


def _check(prior: Array, totals: Array, rows: Side, columns: Side) -> None:
    if prior.ndim != 4 or totals.shape[-1] != prior.shape[1]:
        raise BadSample(
            f"the prior has shape {prior.shape}, the totals {totals.shape}.", remedy="See the docstring."
        )
    if not np.all(np.isfinite(prior)) or np.any(prior <= 0):
        raise BadSample(
            "the prior has cells that are zero, negative or missing.",
            cause="A prior of zero rules trade out for good.",
            remedy="Give every cell a positive value.",
        )
    if not np.all(np.isfinite(totals)) or np.any(totals < 0) or np.any(totals.sum(axis=-1) <= 0):
        raise BadSample("a total is missing, negative or all of them are zero.")
    for name, side, count in (("row", rows, prior.shape[2]), ("column", columns, prior.shape[3])):
        if side.low.shape[1:] != (prior.shape[1] + 1, count):
            raise BadSample(f"the {name} side has shape {side.low.shape}, the prior {prior.shape}.")
        if np.any(side.low > side.high) or np.any(side.power < 0) or np.any(side.power >= 1):
            raise BadSample(f"a {name} range ends below its beginning, or a power is not from 0 to below 1.")
        if np.any((side.power > 0) & (side.target <= 0)):
            raise BadSample(
                f"a soft {name} target is not positive.", remedy="Give it power 0 to leave it out."
            )
