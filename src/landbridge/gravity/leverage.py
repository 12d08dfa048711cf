"""Meat of a clustered covariance in which every cluster's scores are set right for its leverage.

The residuals of a fit with many effects are smaller than the errors they stand for: a cluster draws its effects to
itself. With P the cluster's own block of the projection that makes the fitted values, E[S S'] is about (I - P) times
the true outer product, so (I - P)⁻¹ S S' replaces S S' (Weidner and Zylkin 2021). Everything is stated for
rows multiplied by the root of their fitted mean lambda, where P is symmetric with eigenvalues from 0 to 1.

Pair effects are profiled out first. For a pair inside the cluster its own part of P does nothing, because the scores
of a pair sum to zero; a pair that reaches over several clusters keeps its part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample
from landbridge.gravity.sparse import compiled

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]

LARGEST = 12_000
"""More effects of countries and years than this would need an inverse of over 1 GB."""
_SMALL = 400
"""Up to this size an inverse is swept out here, beyond it LAPACK's blocks are faster."""
_PIECE = 2_000_000
"""So many numbers of projection blocks are held at once."""
NULL = 1e-11
"""Pivots below this share, after scaling to unit diagonal, belong to what the effects leave free."""
_WHOLE = 1e-8
"""A leverage closer to 1 than this means that the effects fit the rows exactly."""


def dense_codes(codes: Codes | Index) -> Index:
    """The same groups numbered 0, 1, ... without gaps."""
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def grouped(codes: Index) -> tuple[Index, Index]:
    """Rows in the order of their group, (N,), and where each group starts, (G + 1,)."""
    order = np.argsort(codes, kind="stable")
    return order, np.concatenate([[0], np.cumsum(np.bincount(codes))])


@dataclass(frozen=True, slots=True)
class _Effects:
    """Two sets of levels with pair effects profiled out.

    a, b, pair (N,): codes; b counts on after a. total (P,): lambda by pair. inverse (F + R, F + R): of the
    information on all levels, then the means of the R pairs that reach over several clusters; place (P,) is where
    such a pair stands there, -1 for the others.
    """

    a: Index
    b: Index
    pair: Index
    total: Array
    inverse: Array
    place: Index


def leverage_meat(
    score: Array, lam: Array, x: Array, bread: Array, a: Index, b: Index, pair: Index, cluster: Index
) -> tuple[Array, int]:
    """Σ over clusters of x'S S'(I - P)⁻¹x, symmetrised, (K, K), and how many clusters have leverage 1.

    score, lam (N,); x (N, K) less its projection on all effects, bread (K, K) its inverse information; a, b, pair,
    cluster (N,): dense codes, b counted on after a. Where a cluster has leverage 1 its score is zero, and stays so.
    """
    effects = _effects(lam, a, b, pair, cluster)
    root = np.sqrt(lam)
    meat, whole = np.zeros_like(bread), 0
    for mine in _alike(cluster):
        own, part, scores = root[mine], x[mine], score[mine]
        projection = part @ bread @ part.transpose(0, 2, 1) + _blocks(effects, mine, lam[mine])
        projection *= own[:, :, None] * own[:, None, :]
        inverse, rank = generalised_inverses(np.eye(mine.shape[1]) - projection, _WHOLE)
        whole += int(np.count_nonzero(rank < mine.shape[1]))
        solved = np.einsum("gnm,gm->gn", inverse, scores / own)
        meat += np.einsum("gnk,gn->gk", part, scores).T @ np.einsum("gnk,gn->gk", part, own * solved)
    return (meat + meat.T) / 2, whole


def _alike(cluster: Index) -> Iterator[Index]:
    """Rows of clusters of one size, (g, n), in pieces that keep (g, n, n) small."""
    rows, starts = grouped(cluster)
    sizes = np.diff(starts)
    for size in np.unique(sizes):
        first = starts[:-1][sizes == size]
        step = max(1, _PIECE // int(size) ** 2)
        for begin in range(0, first.size, step):
            yield rows[first[begin : begin + step, None] + np.arange(size)]


def _blocks(effects: _Effects, mine: Index, lam: Array) -> Array:
    """The effects' blocks of the projection, (g, n, n), before the roots of lambda multiply them; `mine`, lam (g, n)."""

    def at(left: Index, right: Index) -> Array:
        return effects.inverse[left[:, :, None], right[:, None, :]]

    a, b, pair = effects.a[mine], effects.b[mine], effects.pair[mine]
    block = at(a, a) + at(a, b) + at(b, a) + at(b, b)
    same = (pair[:, :, None] == pair[:, None, :]) / effects.total[pair][:, :, None]
    reach = effects.place[pair] >= 0
    if reach.any():
        # A pair that reaches beyond the cluster: its mean is a column of the inverse, and its effect has leverage.
        mean = np.where(reach, effects.place[pair], 0)
        across = (at(mean, a) + at(mean, b)) * reach[:, :, None]
        block -= across + across.transpose(0, 2, 1)
        block += (at(mean, mean) + same) * (reach[:, :, None] & reach[:, None, :])
    # A pair inside the cluster: its rows less their mean over the pair, weighted by lambda.
    demean = np.eye(mine.shape[1]) - same * (lam[:, None, :] * ~reach[:, :, None])
    within: Array = demean @ block @ demean.transpose(0, 2, 1)
    return within


def _effects(lam: Array, a: Index, b: Index, pair: Index, cluster: Index) -> _Effects:
    from scipy import sparse  # type: ignore[import-untyped]

    rows, levels, pairs = lam.size, int(b.max()) + 1, int(pair.max()) + 1
    reaching = np.flatnonzero(_reaching(pair, cluster))
    size = levels + reaching.size
    if size > LARGEST:
        raise BadSample(
            f"the corrected standard errors need the inverse for {size:,} country-time effects; the most is {LARGEST:,}.",
            remedy="Use fewer years, or cluster so that every pair lies inside one cluster.",
        )
    index = np.arange(rows)
    indicators = sparse.csr_array(
        (np.ones(2 * rows), (np.r_[index, index], np.r_[a, b])), shape=(rows, levels)
    )
    sums = sparse.csr_array((lam, (pair, index)), shape=(pairs, rows)) @ indicators
    total = np.bincount(pair, weights=lam).astype(np.float64)
    means = sparse.diags_array(1.0 / total) @ sums
    information = (indicators.T @ sparse.diags_array(lam) @ indicators - sums.T @ means).toarray()
    inverse = _pivoted_inverse(information)
    place = np.full(pairs, -1, dtype=np.int64)
    if reaching.size:
        place[reaching] = np.arange(levels, size)
        column = inverse @ means[reaching].toarray().T
        inverse = np.block([[inverse, column], [column.T, means[reaching] @ column]])
    return _Effects(a, b, pair, total, inverse, place)


def _reaching(pair: Index, cluster: Index) -> Mask:
    """Which pairs (by code) lie in more than one cluster."""
    one = np.zeros(int(pair.max()) + 1, dtype=np.int64)
    one[pair] = cluster
    reaching = np.zeros(one.shape[0], dtype=np.bool_)
    reaching[pair[one[pair] != cluster]] = True
    return reaching


def _pivoted_inverse(information: Array) -> Array:
    """A generalised inverse of a positive semidefinite matrix: the inverse of its largest regular part, else zero."""
    scale = np.sqrt(np.maximum(np.diag(information), 0.0))
    scale = np.where(scale > 0, scale, 1.0)
    scaled = information / np.outer(scale, scale)
    if scale.size <= _SMALL:
        return np.asarray(
            generalised_inverses(scaled[None], NULL * scale.size)[0][0] / np.outer(scale, scale)
        )
    from scipy.linalg import lapack  # type: ignore[import-untyped]

    factor, pivots, rank, _ = lapack.dpstrf(scaled, tol=NULL * scale.size, lower=1, overwrite_a=1)
    kept = pivots[:rank] - 1
    part, _ = lapack.dpotri(factor[:rank, :rank], lower=1)
    inverse = np.zeros_like(information)
    inverse[np.ix_(kept, kept)] = (np.tril(part) + np.tril(part, -1).T) / np.outer(scale[kept], scale[kept])
    return inverse


def generalised_inverses(matrices: Array, least: float) -> tuple[Array, Index]:
    """Of positive semidefinite matrices (B, n, n): the inverse of the part whose pivots exceed `least`, zero for the
    rest; and the ranks (B,).
    """
    inverses = np.array(matrices, order="C")
    ranks = np.zeros(inverses.shape[0], dtype=np.int64)
    _sweep_all(inverses, ranks, least)
    return inverses, ranks


@compiled
def _sweep_all(matrices: Array, ranks: Index, least: float) -> None:
    """Sweeps each matrix on its diagonal, the largest pivot first (Goodnight 1979, A tutorial on the SWEEP operator)."""
    n = matrices.shape[1]
    for g in range(matrices.shape[0]):
        a = matrices[g]
        done = np.zeros(n, dtype=np.bool_)
        for _ in range(n):
            k, pivot = -1, least
            for i in range(n):
                if not done[i] and a[i, i] > pivot:
                    k, pivot = i, a[i, i]
            if k < 0:
                break
            done[k] = True
            ranks[g] += 1
            for j in range(n):
                a[k, j] /= pivot
            for i in range(n):
                if i != k:
                    share = a[i, k]
                    for j in range(n):
                        a[i, j] -= share * a[k, j]
                    a[i, k] = -share / pivot
            a[k, k] = 1.0 / pivot
        for i in range(n):
            for j in range(n):
                if not (done[i] and done[j]):
                    a[i, j] = 0.0
