"""Bias of three-way PPML in coefficients and standard errors, after Weidner and Zylkin (2021).

With exporter-time, importer-time and pair effects PPML is consistent for a fixed number of years T, but its
estimate is off by a term of order 1/N in the number N of countries, the order of its standard error; and the
clustered covariance is too small by a share of order 1/N (Bias and consistency in three-way gravity models, Journal
of International Economics 132, 103513).

The pair effect is profiled out: given the total of a pair, its flows are multinomial over its cells with shares
theta = lambda / sum(lambda). Per pair, with x the regressors less their projection on all effects,

    S = y - lambda                                              score,
    H = sum(lambda) (diag(theta) - theta theta')                minus the Hessian,
    G x = -sum(lambda) (diag(theta x) - (theta x) theta' - theta (theta x)')   third derivatives times x.

The bias is W⁻¹ times the sum over exporters i, and likewise over importers, of

    -tr[ Hᵢ⁺ Σⱼ (H x) S' ] + ½ tr[ (Σⱼ G x) Hᵢ⁺ (Σⱼ S S') Hᵢ⁺ ],     Hᵢ = Σⱼ H,   W = Σ lambda x x',

each sum with the factor n/(n-1) for n exporters or importers. The meat of the covariance, Σ x'S S'x, becomes
Σ x'(I - P)⁻¹ S S'x with P the part of the pair in the projection that makes the fitted values: the leverage of the
pair. This is what the authors' program ppml_fe_bias (version 1.1, option `exact`) computes.

The formula treats the exporter's and the importer's effects of a country apart, because no pair holds both. That is
not so where a pair effect joins the two directions of a pair, or where domestic flows, which are large, are in the
sample. The same expansion then goes by country, with blocks of 2T effects; without such rows the two agree to the
order that the expansion has. This extension is not in the paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage, Problem
from landbridge.gravity.covariance import Covariance, bread_of, repaired
from landbridge.gravity.leverage import NULL, dense_codes, generalised_inverses, grouped, leverage_meat
from landbridge.gravity.sparse import compiled

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
Index = NDArray[np.int64]
By = Literal["side", "country"]

_VIOLATION = 1e-4
_CODES = ("exporter", "importer", "time", "pair")


@dataclass(frozen=True, slots=True)
class Corrected:
    """Coefficients and covariance after the correction.

    beta (K,)         corrected coefficients, the estimate less the bias
    bias (K,)         of the estimate
    covariance        with leverage correction, clustered; its factor is G/(G-1)
    by                "side" where exporters and importers are expanded apart, as in the paper; else "country"
    whole_clusters    clusters that some effects fit exactly: in these directions there is no residual to correct
    cluster           what the clusters are called; empty where only their codes are known
    """

    beta: Array
    bias: Array
    covariance: Covariance
    by: By
    whole_clusters: int
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class _Panel:
    """Rows of a three-way fit.

    score, lam (N,), x (N, K); a, b (N,): exporter-time and importer-time level, b counted on after a; block and
    position (2, N): where these levels stand in the blocks of the inverse; width: levels per block;
    factor (B,): degrees of freedom of each block; pair, cluster (N,): dense codes.
    """

    score: Array
    lam: Array
    x: Array
    a: Index
    b: Index
    block: Index
    position: Index
    width: int
    factor: Array
    pair: Index
    cluster: Index
    by: By


def three_way(
    beta: Array,
    within: Array,
    score: Array,
    hessian: Array,
    *,
    exporter: Codes,
    importer: Codes,
    time: Codes,
    pair: Codes,
    cluster: Codes | None = None,
    by: By | None = None,
) -> Corrected:
    """Correct a PPML fit with the effects exporter-time, importer-time and pair.

    beta (K,), within (N, K), score (N,) = w·(y - mu), hessian (N,) = w·mu: of the converged fit.
    exporter, importer (N,): codes in one common list of countries. time (N,). pair (N,): the third absorbed effect,
    of directed or undirected pairs. cluster (N,): independent groups of rows; the pairs unless given. by: "side" for
    the paper's formula, "country" for its extension; unless given, the paper's where pairs are directed and abroad.
    """
    panel = _panel(within, score, hessian, exporter, importer, time, pair, cluster, by)
    bread = bread_of(panel.x, panel.lam)
    bias = bread @ _expansion(panel)
    meat, whole = leverage_meat(
        panel.score, panel.lam, panel.x, bread, panel.a, panel.b, panel.pair, panel.cluster
    )
    groups = int(panel.cluster.max()) + 1
    factor = groups / (groups - 1)
    matrix, repair = repaired(factor * (bread @ meat @ bread))
    covariance = Covariance(
        matrix=matrix,
        kind="cluster",
        convention="stata",
        groups=(groups,),
        factor=factor,
        parameters=beta.shape[0],
        degrees_of_freedom=None,
        repair=repair,
    )
    return Corrected(beta - bias, bias, covariance, panel.by, whole)


def _panel(
    within: Array,
    score: Array,
    hessian: Array,
    exporter: Codes,
    importer: Codes,
    time: Codes,
    pair: Codes,
    cluster: Codes | None,
    by: By | None,
) -> _Panel:
    lengths = {
        name: codes.shape[0] for name, codes in zip(_CODES, (exporter, importer, time, pair), strict=True)
    }
    lengths |= {
        "the score": score.shape[0],
        "the cluster": score.shape[0] if cluster is None else cluster.shape[0],
    }
    problems = [
        Problem(
            f"{name} has {length} rows, the regressors have {within.shape[0]}.",
            remedy="Drop the same rows from both.",
        )
        for name, length in lengths.items()
        if length != within.shape[0]
    ]
    if problems:
        raise BadSample(problems)
    # Rows whose weight or mean is zero carry nothing and would only divide by zero.
    used = hessian > 0
    score, lam, x = score[used], hessian[used], within[used]
    exporter, importer, times = exporter[used], importer[used], dense_codes(time[used])
    years, countries = int(times.max()) + 1, int(max(exporter.max(), importer.max())) + 1
    a = dense_codes(exporter.astype(np.int64) * years + times)
    b = dense_codes(importer.astype(np.int64) * years + times)
    pairs = dense_codes(pair[used])
    if by is None:
        by = (
            "side" if _directed(exporter, importer, pairs) and not np.any(exporter == importer) else "country"
        )
    apart, later = (countries, 0) if by == "side" else (0, years)
    panel = _Panel(
        score=score,
        lam=lam,
        x=np.ascontiguousarray(x),
        a=a,
        b=b + int(a.max()) + 1,
        block=np.stack([exporter, importer + apart]).astype(np.int64),
        position=np.stack([times, times + later]),
        width=years + later,
        factor=_freedom(exporter, importer, countries, by),
        pair=pairs,
        cluster=pairs if cluster is None else dense_codes(cluster[used]),
        by=by,
    )
    _check_panel(panel, exporter, importer)
    return panel


def _directed(exporter: Codes, importer: Codes, pairs: Index) -> bool:
    """Whether every pair effect belongs to one exporter and one importer."""
    first = np.zeros((2, int(pairs.max()) + 1), dtype=np.int64)
    sides = np.stack([exporter, importer])
    first[:, pairs] = sides
    return bool(np.array_equal(first[:, pairs], sides))


def _freedom(exporter: Codes, importer: Codes, countries: int, by: By) -> Array:
    """n/(n-1) for each block, n the number of countries on its side of the pairs."""
    if by == "side":
        count = np.repeat([np.unique(exporter).size, np.unique(importer).size], countries)
    else:
        count = np.full(countries, np.union1d(exporter, importer).size)
    return np.asarray(count / np.maximum(count - 1, 1))


def _check_panel(panel: _Panel, exporter: Codes, importer: Codes) -> None:
    problems = [
        Problem(
            f"there is one {side} only.", remedy="The correction needs at least two exporters and importers."
        )
        for side, codes in (("exporter", exporter), ("importer", importer))
        if np.unique(codes).size < 2
    ]
    if int(panel.cluster.max()) < 1:
        problems.append(Problem("there is one cluster only.", remedy="Cluster by pair."))
    if problems:
        raise BadSample(problems)
    scale = float(np.abs(panel.score).sum())
    for name, codes in (("exporter-time", panel.a), ("importer-time", panel.b), ("pair", panel.pair)):
        left = float(np.abs(np.bincount(codes, weights=panel.score)).sum())
        if left > _VIOLATION * scale:
            raise BadUsage(
                f"the residuals do not sum to zero by {name}, as they would at a maximum with {name} effects.",
                cause="The fit did not absorb this effect, or the codes are not those of the fit.",
                remedy="Fit with exporter-time, importer-time and pair effects and hand over the same codes.",
            )


def _expansion(panel: _Panel) -> Array:
    """Sum over the blocks of their two terms, (K,)."""
    blocks, width, columns = panel.factor.shape[0], panel.width, panel.x.shape[1]
    square = (blocks, width, width)
    information, outer = np.zeros(square), np.zeros(square)
    product, third = np.zeros((columns, *square)), np.zeros((columns, *square))
    rows, starts = grouped(panel.pair)
    _add_pairs(rows, starts, panel.lam, panel.x, panel.block, panel.position, information, third)
    rows, starts = grouped(panel.cluster)
    _add_clusters(rows, starts, panel.score, panel.lam, panel.x, panel.block, panel.position, outer, product)
    inverse = _inverses(information)
    middle = inverse @ outer @ inverse
    first = np.einsum("bst,kbts->kb", inverse, product)
    second = np.einsum("kbst,bts->kb", third, middle)
    return np.asarray((second / 2 - first) @ panel.factor)


@compiled
def _add_pairs(
    rows: Index,
    starts: Index,
    lam: Array,
    x: Array,
    block: Index,
    position: Index,
    information: Array,
    third: Array,
) -> None:
    """Adds every pair's H and G x to the blocks of its effects."""
    for group in range(starts.size - 1):
        total = 0.0
        for place in range(starts[group], starts[group + 1]):
            total += lam[rows[place]]
        for left in range(starts[group], starts[group + 1]):
            r = rows[left]
            for right in range(starts[group], starts[group + 1]):
                s = rows[right]
                own = 1.0 if r == s else 0.0
                for f in range(2):
                    for g in range(2):
                        if block[f, r] == block[g, s]:
                            at, u, v = block[f, r], position[f, r], position[g, s]
                            share = lam[r] * lam[s] / total
                            information[at, u, v] += own * lam[r] - share
                            for k in range(x.shape[1]):
                                third[k, at, u, v] += share * (x[r, k] + x[s, k]) - own * lam[r] * x[r, k]


@compiled
def _add_clusters(
    rows: Index,
    starts: Index,
    score: Array,
    lam: Array,
    x: Array,
    block: Index,
    position: Index,
    outer: Array,
    product: Array,
) -> None:
    """Adds every cluster's S S' and (H x) S' to the blocks of its effects; H x = lambda x, as x is free of pair means."""
    for group in range(starts.size - 1):
        for left in range(starts[group], starts[group + 1]):
            r = rows[left]
            for right in range(starts[group], starts[group + 1]):
                s = rows[right]
                for f in range(2):
                    for g in range(2):
                        if block[f, r] == block[g, s]:
                            at, u, v = block[f, r], position[f, r], position[g, s]
                            outer[at, u, v] += score[r] * score[s]
                            for k in range(x.shape[1]):
                                product[k, at, u, v] += lam[r] * x[r, k] * score[s]


def _inverses(information: Array) -> Array:
    """Generalised inverses of positive semidefinite blocks (B, L, L).

    Any will do: scores and third derivatives are orthogonal to what the effects leave free.
    """
    scale = np.sqrt(np.maximum(np.einsum("bii->bi", information), 0.0))
    scale = np.where(scale > 0, scale, 1.0)
    scaling = scale[:, :, None] * scale[:, None, :]
    inverses, _ = generalised_inverses(information / scaling, NULL * information.shape[1])
    rescaled: Array = inverses / scaling
    return rescaled
