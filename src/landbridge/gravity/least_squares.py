"""Least squares with absorbed effects, on the projector of `absorb` (Frisch and Waugh, 1933)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landbridge.errors import NotConverged
from landbridge.gravity.absorb import residualise, sorted_weights, unsorted, weighted
from landbridge.gravity.layout import arrange, bare
from landbridge.gravity.sparse import (
    Array,
    Codes,
    gram,
    score,
)


@dataclass(frozen=True, slots=True)
class LeastSquaresFit:
    """A regression. N rows in the caller's order, K regressors.

    beta (K,), residual (N,) = y - fitted, within (N, K): the regressors residualised on the effects.
    """

    beta: Array
    residual: Array
    within: Array


def least_squares(
    y: Array,
    x: Array,
    effects: tuple[Codes, ...],
    *,
    weights: Array | None = None,
    tolerance: float = 1e-10,
) -> LeastSquaresFit:
    """Regress y (N,) on x (N, K) and effects, codes (N,) each, with weights (N,) or None.

    x comes without regressors that `absorb.independent` refuses. Solved by Cholesky on the residualised regressors
    scaled to equal size, with one step of refinement.
    """
    n, k = x.shape
    weights = None if weights is None else np.array(weights, dtype=np.float64)
    layout = arrange(effects, weights) if effects else bare(n)
    w = sorted_weights(weights, layout)
    rows = np.empty((k + 1, n))
    for j in range(k):
        np.take(x[:, j], layout.order, out=rows[j])
    rows[k] = np.asarray(y, dtype=np.float64)[layout.order]
    if effects:
        residualise(weighted(layout, w), rows, tolerance=tolerance)
    columns, target = rows[:k], rows[k]
    beta, residual = _solved(columns, target, w)
    out = unsorted(np.vstack([columns, residual[None, :]]), layout)
    return LeastSquaresFit(beta=beta, residual=out[:, k].copy(), within=out[:, :k])


def _solved(columns: Array, target: Array, w: Array) -> tuple[Array, Array]:
    """beta (K,) and the residual (N,) of `target` (N,) on `columns` (K, N) under weights w (N,)."""
    k = len(columns)
    residual = target.copy()
    beta = np.zeros(k)
    if not k:
        return beta, residual
    products = gram(columns, w)
    size = np.sqrt(np.diag(products))
    none = np.empty((0, len(target)), np.uint32)
    try:
        factor = np.linalg.cholesky(products / np.outer(size, size) if size.all() else np.zeros((k, k)))
    except np.linalg.LinAlgError:
        raise NotConverged(
            "the regression has no single solution.",
            cause="A regressor is a combination of others and the effects.",
            remedy="Drop one of the regressors that move together.",
        ) from None
    for _ in range(2):
        gradient = score(w * residual, none, np.zeros(0, np.bool_), columns, 0) / size
        step = np.linalg.solve(factor.T, np.linalg.solve(factor, gradient)) / size
        beta += step
        residual -= np.einsum("k,kn->n", step, columns)
    return beta, residual
