"""Two-way Poisson pseudo-maximum likelihood on full matrices: an own formulation in plain NumPy, many sectors at once.

Mean mu[s,i,j] = exp(a[s,i] + b[s,j] + beta[s] . z[:,i,j]) (Santos Silva and Tenreyro 2006, eq. 9, with exporter and
importer effects as in Feenstra 2004). Newton's method on all parameters together; the exporter effects are
eliminated by a Schur complement, so that a step costs one system of N + K unknowns a sector. With no regressor and
an offset the first-order conditions are those of biproportional scaling (RAS), which `balance` solves.

Axis order everywhere: sector s, exporter i, importer j, regressor k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import NotConverged

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

TOLERANCE = 1e-10
"""Largest relative gap between observed and fitted sums at which a sector counts as solved."""
ROUNDS = 60
_SWEEPS = 4
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Dense:
    """Fits of S sectors; numbers of a sector stand for something only where `reason` is empty.

    `a` (S, N), `b` (S, N) effects, minus infinity where the exporter or importer was dropped; `beta` (S, K); `mean`
    (S, N, N) fitted values, zero outside `used`; `used` (S, N, N) cells in the likelihood; `sells`, `buys` (S, N): who
    takes part; `residual` (S,): largest relative gap of the first-order conditions; `rounds` (S,); `reason`: why a
    sector has no fit.
    """

    a: Array
    b: Array
    beta: Array
    mean: Array
    used: Mask
    sells: Mask
    buys: Mask
    residual: Array
    rounds: NDArray[np.int64]
    reason: tuple[str, ...]

    @property
    def solved(self) -> Mask:
        """Sectors with a fit, (S,)."""
        return np.array([not why for why in self.reason], dtype=np.bool_)

    def predict(self, regressors: Array, exporter: int, importer: int) -> Array:
        """Mean of one cell in every sector, (S,), used in the fit or not; zero where a party was dropped."""
        return np.asarray(
            np.exp(self.a[:, exporter] + self.b[:, importer] + self.beta @ regressors[:, exporter, importer])
        )


def _participants(flows: Array, used: Mask) -> tuple[Mask, Mask, Mask]:
    """Cells kept, and who sells and buys: parties with nothing but zeros are perfectly predicted and leave."""
    value = np.where(used, flows, 0.0)
    sells, buys = value.sum(axis=2) > 0, value.sum(axis=1) > 0
    return used & sells[:, :, None] & buys[:, None, :], sells, buys


def fit(
    flows: Array,
    regressors: Array,
    used: Mask,
    *,
    start: Dense | None = None,
    offset: Array | None = None,
    tolerance: float = TOLERANCE,
) -> Dense:
    """Maximise the Poisson pseudo-likelihood of `flows` (S, N, N) on `regressors` (K, N, N) over the cells `used`.

    `used` (S, N, N); cells out of it may hold anything finite. `offset` (S, N, N) is added to the linear predictor.
    `start` is an earlier fit of the same shape, whose parameters begin the iteration. A sector whose maximum does not
    exist or was not reached has a `reason` and no numbers to use.
    """
    kept, sells, buys = _participants(flows, used)
    empty = ~kept.any(axis=(1, 2))
    reasons = np.array([""] * len(flows), dtype=object)
    reasons[empty] = "no trade in any cell"
    reasons[~empty] = _existence(flows[~empty], regressors, kept[~empty], sells[~empty], buys[~empty])
    todo = np.flatnonzero(reasons == "")
    state = _State.begin(flows, regressors, kept, sells, buys, offset, start, todo)
    while state.running.size and state.round < ROUNDS:
        state.step(tolerance)
    reasons[state.running] = f"not converged within {ROUNDS} rounds"
    return state.result(tuple(str(why) for why in reasons))


def balance(seed: Array, rows: Array, columns: Array, *, tolerance: float = 1e-12) -> Array:
    """Biproportional scaling of `seed` (S, N, N) to row sums `rows` and column sums `columns` (S, N), by Newton.

    Poisson first-order conditions with offset log(seed) and no regressor are exactly these sums. Raises
    `NotConverged` where the zeros of the seed cannot carry the sums.
    """
    used: Mask = np.asarray((seed > 0) & (rows > 0)[:, :, None] & (columns > 0)[:, None, :])
    state = _State.begin(
        seed,
        np.zeros((0, *seed.shape[1:])),
        used,
        rows > 0,
        columns > 0,
        np.log(np.where(used, seed, 1.0)),
        None,
        np.flatnonzero(rows.sum(axis=1) > 0),
        (rows, columns),
    )
    while state.running.size and state.round < ROUNDS:
        state.step(tolerance)
    if state.running.size:
        worst = state.running[int(np.argmax(state.residual[state.running]))]
        raise NotConverged(
            "balancing to fixed row and column sums did not converge.",
            where=f"matrix {int(worst)}, largest relative gap {state.residual[worst]:.1e}",
            cause="The pattern of zeros cannot carry the sums, or the sums of rows and columns differ.",
            remedy="Check that both sets of sums add up to the same total.",
        )
    return state.mean


def _existence(flows: Array, regressors: Array, kept: Mask, sells: Mask, buys: Mask) -> list[str]:
    """Why no finite maximum exists, by sector; empty where it surely does (Santos Silva and Tenreyro 2010).

    Sufficient: the cells with positive trade connect all parties, and on them alone the regressors are independent of
    each other and of the effects.
    """
    positive = kept & (flows > 0)
    out = []
    effects = blocks(positive.astype(np.float64), regressors, sells, buys)
    scale = np.einsum("sij,kij->sk", positive.astype(np.float64), regressors**2)
    k = len(regressors)
    for sector in range(len(flows)):
        if not _connected(positive[sector], sells[sector], buys[sector]):
            out.append("the parties fall into groups that do not trade with each other")
            continue
        schur = effects[1][sector]
        links, moments = schur[:-k, :-k], schur[-k:, -k:]
        if k and np.any(
            np.linalg.eigvalsh(
                (moments - schur[-k:, :-k] @ np.linalg.solve(links, schur[:-k, -k:]))
                / np.sqrt(np.outer(scale[sector], scale[sector]) + 1e-300)
            )
            < 1e-10
        ):
            out.append(
                "a regressor does not vary among the cells with trade once exporters and importers are held"
            )
            continue
        out.append("")
    return out


def _connected(positive: Mask, sells: Mask, buys: Mask) -> bool:
    """Whether positive cells link every seller to every buyer, directly or through others."""
    rows: Mask = np.zeros(sells.shape, dtype=np.bool_)
    rows[np.argmax(sells)] = True
    columns: Mask = np.zeros(buys.shape, dtype=np.bool_)
    while True:
        reached: Mask = np.asarray(positive[rows].any(axis=0))
        further: Mask = np.asarray(positive[:, reached].any(axis=1)) | rows
        if np.array_equal(further, rows) and np.array_equal(reached, columns):
            return bool(np.array_equal(rows & sells, sells) and np.array_equal(columns & buys, buys))
        rows, columns = further, reached


def blocks(mean: Array, regressors: Array, sells: Mask, buys: Mask) -> tuple[Array, Array, Array]:
    """D (S, N), the Schur complement (S, N+K, N+K) made regular, and D^-1 B (S, N, N+K).

    The constant that can move from exporters to importers is held by adding a matrix of rank one to the importers'
    block; what is estimable does not depend on which.
    """
    sectors, size, _ = mean.shape
    k = len(regressors)
    row, column = mean.sum(axis=2), mean.sum(axis=1)
    row_safe = np.where(sells, row, 1.0)
    against = np.empty((sectors, size, size + k))
    against[:, :, :size] = mean
    schur = np.empty((sectors, size + k, size + k))
    schur[:, :size, :size] = 0.0
    for at in range(k):
        weighted = mean * regressors[at]
        against[:, :, size + at] = weighted.sum(axis=2)
        schur[:, :size, size + at] = schur[:, size + at, :size] = weighted.sum(axis=1)
        for other in range(at + 1):
            cross = np.einsum("sij,ij->s", weighted, regressors[other])
            schur[:, size + at, size + other] = schur[:, size + other, size + at] = cross
    scaled = against / row_safe[:, :, None]
    schur -= against.transpose(0, 2, 1) @ scaled
    # The importers' block is a Laplacian: its diagonal is the sum of the rest of the row, free of cancellation where a
    # place trades almost only with itself.
    links, diagonal = schur[:, :size, :size], np.arange(size)
    links[:, diagonal, diagonal] = 0.0
    links[:, diagonal, diagonal] = -links.sum(axis=2)
    # Weights of the size of the columns keep small importers apart from large ones in floating point.
    total = column.sum(axis=1)
    hold = column / np.sqrt(np.where(total > 0, total, 1.0))[:, None]
    links += hold[:, :, None] * hold[:, None, :]
    links[:, diagonal, diagonal] += ~buys
    return row_safe, schur, scaled


def _solved(schur: Array, right: Array) -> Array:
    """Newton's systems, (S, N+K); a singular one has no step, so that its sector ends as not converged."""
    try:
        return np.asarray(np.linalg.solve(schur, right[:, :, None])[:, :, 0])
    except np.linalg.LinAlgError:
        step = np.zeros_like(right)
        for at in range(len(right)):
            try:
                step[at] = np.linalg.solve(schur[at], right[at])
            except np.linalg.LinAlgError:
                continue
        return step


@dataclass(slots=True)
class _State:
    """The iteration: parameters of every sector and which sectors still run."""

    regressors: Array
    used: Mask
    sells: Mask
    buys: Mask
    offset: Array | None
    rows: Array
    columns: Array
    moments: Array
    a: Array
    b: Array
    beta: Array
    mean: Array
    residual: Array
    rounds: NDArray[np.int64]
    running: NDArray[np.int64]
    round: int = 0

    @classmethod
    def begin(
        cls,
        flows: Array,
        regressors: Array,
        used: Mask,
        sells: Mask,
        buys: Mask,
        offset: Array | None,
        start: Dense | None,
        running: NDArray[np.int64],
        sums: tuple[Array, Array] | None = None,
    ) -> _State:
        """The start; `sums` of rows and columns (S, N) stand for those of the flows where they are given."""
        value = np.where(used, flows, 0.0)
        sectors, size, _ = value.shape
        rows, columns = (value.sum(axis=2), value.sum(axis=1)) if sums is None else sums
        moments = value.reshape(sectors, -1) @ regressors.reshape(len(regressors), size * size).T
        if start is None:
            a, b, beta = (
                np.zeros((sectors, size)),
                np.zeros((sectors, size)),
                np.zeros((sectors, len(regressors))),
            )
        else:
            a = np.where(np.isfinite(start.a), start.a, 0.0)
            b = np.where(np.isfinite(start.b), start.b, 0.0)
            beta = start.beta.copy()
        state = cls(
            regressors, used, sells, buys, offset, rows, columns, moments, a, b, beta,
            np.zeros_like(value), np.full(sectors, np.inf), np.zeros(sectors, dtype=np.int64), running,
        )  # fmt: skip
        if start is None:
            state._sweep()
        state.mean[running] = state._means(running, a[running], b[running], beta[running])
        return state

    def _means(self, which: NDArray[np.int64], a: Array, b: Array, beta: Array) -> Array:
        size = a.shape[1]
        if len(self.regressors):
            eta = (beta @ self.regressors.reshape(len(self.regressors), size * size)).reshape(-1, size, size)
            eta += a[:, :, None]
        else:
            eta = np.repeat(a[:, :, None], size, axis=2)
        eta += b[:, None, :]
        if self.offset is not None:
            eta += self.offset[which]
        eta[~self.used[which]] = -np.inf
        with np.errstate(over="ignore"):
            np.exp(eta, out=eta)
        return eta

    def _sweep(self) -> None:
        """A few rounds of RAS on the effects, so that Newton begins in the right order of size."""
        if not self.running.size:
            return
        which = self.running
        mean = self._means(which, self.a[which], self.b[which], self.beta[which])
        for _ in range(_SWEEPS):
            for effect, sums, observed, axis in (
                (self.a, mean.sum(axis=2), self.rows, 2),
                (self.b, None, self.columns, 1),
            ):
                found = mean.sum(axis=axis) if sums is None else sums
                ratio = np.where(found > 0, observed[which] / np.where(found > 0, found, 1.0), 1.0)
                ratio = np.where(ratio > 0, ratio, 1.0)
                effect[which] += np.log(ratio)
                mean *= ratio[:, :, None] if axis == 2 else ratio[:, None, :]

    def step(self, tolerance: float) -> None:
        """One Newton step of every running sector, halved where the likelihood would fall; sectors solved leave."""
        self.round += 1
        which, size = self.running, self.a.shape[1]
        mean = self.mean[which]
        gap_rows = self.rows[which] - mean.sum(axis=2)
        gap_columns = self.columns[which] - mean.sum(axis=1)
        flat = self.regressors.reshape(len(self.regressors), size * size)
        gap_moments = self.moments[which] - mean.reshape(len(which), -1) @ flat.T
        self.residual[which] = self._conditions(which, mean, gap_rows, gap_columns, gap_moments)
        done = self.residual[which] <= tolerance
        if done.any():
            self.running = which[~done]
            if not self.running.size:
                return
            which, mean = self.running, mean[~done]
            gap_rows, gap_columns, gap_moments = gap_rows[~done], gap_columns[~done], gap_moments[~done]
        row, schur, scaled = blocks(mean, self.regressors, self.sells[which], self.buys[which])
        right = np.concatenate([gap_columns, gap_moments], axis=1)
        right -= np.einsum("sir,si->sr", scaled, gap_rows)
        rest = _solved(schur, right)
        move_a = gap_rows / row - np.einsum("sir,sr->si", scaled, rest)
        self._advance(which, move_a, rest[:, :size], rest[:, size:])
        self.rounds[which] = self.round

    def _conditions(
        self, which: NDArray[np.int64], mean: Array, rows: Array, columns: Array, moments: Array
    ) -> Array:
        """Largest relative gap of sums and moments, (S,)."""

        def worst(gap: Array, size: Array) -> Array:
            if gap.shape[1] == 0:
                return np.zeros(len(gap))
            return np.asarray((np.abs(gap) / np.where(size > 0, size, 1.0)).max(axis=1))

        size = mean.shape[1]
        flat = np.abs(self.regressors.reshape(len(self.regressors), size * size))
        sizes = mean.reshape(len(which), -1) @ flat.T
        sums = np.maximum(worst(rows, self.rows[which]), worst(columns, self.columns[which]))
        return np.asarray(np.maximum(sums, worst(moments, sizes)))

    def _advance(self, which: NDArray[np.int64], move_a: Array, move_b: Array, move_beta: Array) -> None:
        gain = (
            (self.rows[which] * move_a).sum(axis=1)
            + (self.columns[which] * move_b).sum(axis=1)
            + (self.moments[which] * move_beta).sum(axis=1)
        )
        before = self.mean[which].sum(axis=(1, 2))
        slack = 1e-12 * np.maximum(before, 1.0)
        share, open_ = np.ones(len(which)), np.arange(len(which))
        for _ in range(_HALVINGS):
            at = which[open_]
            step = share[open_, None]
            a = self.a[at] + step * move_a[open_]
            b = self.b[at] + step * move_b[open_]
            beta = self.beta[at] + step * move_beta[open_]
            mean = self._means(at, a, b, beta)
            total = mean.sum(axis=(1, 2))
            # The likelihood is linear in the parameters but for the sum of means.
            better = np.isfinite(total) & (
                share[open_] * gain[open_] - (total - before[open_]) >= -slack[open_]
            )
            taken = at[better]
            self.a[taken], self.b[taken], self.beta[taken] = a[better], b[better], beta[better]
            self.mean[taken] = mean[better]
            open_ = open_[~better]
            if not open_.size:
                return
            share[open_] /= 2

    def result(self, reason: tuple[str, ...]) -> Dense:
        return Dense(
            np.where(self.sells, self.a, -np.inf),
            np.where(self.buys, self.b, -np.inf),
            self.beta,
            self.mean,
            self.used,
            self.sells,
            self.buys,
            self.residual,
            self.rounds,
            reason,
        )
