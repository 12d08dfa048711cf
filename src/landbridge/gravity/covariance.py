"""Covariance of coefficients after absorbed effects: iid, robust, and clustered in one or several ways.

Every kind is a sandwich bread · meat · bread with bread = (Σ hᵢ x̃ᵢ x̃ᵢ')⁻¹. What the software of the field does
not share is the small-sample factor, so the factor has a name:

    stata   the convention of Stata's ppml, ppmlhdfe and reghdfe. Likelihood models know no (N-1)/(N-K):
            clustered G/(G-1), robust N/(N-1), iid 1. Least squares: clustered (N-1)/(N-K) · G/(G-1),
            robust N/(N-K), iid residual variance over N-K.
    fixest  the default of R's fixest, the same for every model: (N-1)/(N-K), times G/(G-1) when clustered and
            N/(N-1) when robust. Effects nested in a cluster are not counted in K.
    none    no factor; the residual variance of least squares is divided by N.

With several clusters both conventions use one factor, that of the way with the fewest groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage, Problem, nearest

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
Kind = Literal["iid", "robust", "cluster"]
Convention = Literal["stata", "fixest", "none"]
Model = Literal["poisson", "least_squares"]


@dataclass(frozen=True, slots=True)
class Covariance:
    """A covariance matrix and how it was made.

    matrix               (K, K), symmetric, positive semidefinite
    kind, convention     as asked for
    groups               number of groups of each way of clustering; empty unless clustered
    factor               small-sample factor that multiplies the matrix
    parameters           K of that factor: coefficients and the effects that count
    degrees_of_freedom   of Student's t; None where the convention uses the normal distribution
    repair               share of the largest eigenvalue that the most negative one had before it was set to zero
                         (Cameron, Gelbach and Miller 2011); 0.0 when nothing was repaired
    """

    matrix: Array
    kind: Kind
    convention: Convention
    groups: tuple[int, ...]
    factor: float
    parameters: int
    degrees_of_freedom: float | None
    repair: float = 0.0

    @property
    def std_error(self) -> Array:
        """Square roots of the diagonal, (K,)."""
        return np.sqrt(np.diag(self.matrix))


def parameters(coefficients: int, effects: Sequence[Codes], nested_in: Sequence[Codes] = ()) -> int:
    """How many parameters the factor (N-1)/(N-K) counts.

    Coefficients + Σ levels - (effects - 1), as if the effects hung together in one piece: the count that R's fixest
    uses. An effect nested in one of `nested_in` (each level inside one cluster) is left out; the constant stays.
    """
    if not effects:
        return coefficients
    counted = [effect for effect in effects if not any(nested(effect, cluster) for cluster in nested_in)]
    # Each effect holds the constant once more; a nested effect has it from its cluster.
    constants = len(counted) - 1
    return coefficients + sum(int(effect.max()) + 1 for effect in counted) - constants


def nested(inner: Codes, outer: Codes) -> bool:
    """Whether every level of `inner` lies in one group of `outer`."""
    representative = np.zeros(int(inner.max()) + 1, dtype=outer.dtype)
    representative[inner] = outer
    return bool(np.array_equal(representative[inner], outer))


def sandwich(
    within: Array,
    score: Array,
    hessian: Array,
    *,
    kind: Kind = "robust",
    clusters: tuple[Codes, ...] = (),
    convention: Convention = "stata",
    parameters: int,
    model: Model = "poisson",
) -> Covariance:
    """Covariance of the coefficients.

    within (N, K)   regressors less their projection on the effects under the weights `hessian`
    score (N,)      w·(y - mu) for Poisson, w·residual for least squares
    hessian (N,)    w·mu for Poisson, w (ones without weights) for least squares
    clusters        one code array (N,) per way of clustering; Cameron, Gelbach and Miller (2011)
    parameters      K of the small-sample factor, see the function `parameters`
    """
    problems = call_problems(kind, convention, bool(clusters), model)
    if problems:
        raise BadUsage(problems)
    groups = _check_sample(within, score, hessian, clusters, parameters, kind, convention, model)
    bread = bread_of(within, hessian)
    repair = 0.0
    if kind == "iid":
        matrix = bread
    else:
        left = within * score[:, None]
        meat = left.T @ left if kind == "robust" else _clustered_meat(left, clusters)
        matrix = bread @ meat @ bread
        if len(clusters) > 1:
            matrix, repair = repaired(matrix)
    rows = within.shape[0]
    factor = _factor(kind, convention, model, rows, parameters, groups)
    if kind == "iid" and model == "least_squares":
        positive = hessian > 0
        factor *= float(np.sum(score[positive] ** 2 / hessian[positive])) / rows
    matrix = factor * matrix
    return Covariance(
        matrix=(matrix + matrix.T) / 2,
        kind=kind,
        convention=convention,
        groups=groups,
        factor=factor,
        parameters=parameters,
        degrees_of_freedom=_degrees_of_freedom(convention, model, rows, parameters, groups),
        repair=repair,
    )


def bread_of(within: Array, hessian: Array) -> Array:
    """(Σ hᵢ x̃ᵢ x̃ᵢ')⁻¹, (K, K), from columns scaled to unit length so that units of measurement cost no digits."""
    weighted = within * np.sqrt(hessian)[:, None]
    length = np.sqrt(np.einsum("ik,ik->k", weighted, weighted))
    if not np.all(length > 0):
        raise BadSample(
            f"regressor {int(np.argmin(length))} (counting from 0) does not vary within the fixed effects.",
            remedy="Drop it: its coefficient is not identified.",
        )
    scaled = weighted / length
    gram = scaled.T @ scaled
    values, vectors = np.linalg.eigh(gram)
    if values[0] <= 1e-13 * gram.shape[0]:
        raise BadSample(
            "the regressors are collinear once the fixed effects are taken out, so no covariance exists.",
            remedy="Drop one of the collinear regressors.",
        )
    inverse = (vectors / values) @ vectors.T
    return np.asarray(inverse / np.outer(length, length))


def call_problems(kind: str, convention: str, clustered: bool, model: str = "poisson") -> list[Problem]:
    """What is wrong with the kind, the convention and the clusters that a call asks for together."""
    problems = []
    for what, given, named in (
        ("kind of covariance", kind, Kind),
        ("convention", convention, Convention),
        ("model", model, Model),
    ):
        valid = get_args(named)
        if given not in valid:
            close = ", ".join(nearest(str(given), valid) or valid)
            problems.append(Problem(f"no {what} is called {given!r}.", remedy=f"Nearest valid: {close}."))
    if (kind == "cluster") != clustered:
        what = f"covariance={kind!r} with {'a' if clustered else 'no'} cluster."
        problems.append(Problem(what, remedy="Give cluster=..., or take covariance='robust' without one."))
    return problems


def _check_sample(
    within: Array,
    score: Array,
    hessian: Array,
    clusters: tuple[Codes, ...],
    counted: int,
    kind: Kind,
    convention: Convention,
    model: Model,
) -> tuple[int, ...]:
    rows = within.shape[0]
    problems = [
        Problem(
            f"{what} has {array.shape[0]} rows, the regressors have {rows}.",
            remedy="Drop the same rows from both.",
        )
        for what, array in (("the score", score), ("the weight", hessian))
        if array.shape[0] != rows
    ]
    groups = []
    for way, codes in enumerate(clusters, start=1):
        where = f"cluster variable {way}"
        if codes.shape != (rows,):
            problems.append(
                Problem(
                    f"it has {codes.shape[0]} codes, the sample has {rows} rows.",
                    where,
                    "Rows were probably dropped from the sample but not from the clusters.",
                    "Drop the same rows from both.",
                )
            )
            continue
        if rows and int(codes.min()) < 0:
            problems.append(
                Problem("it is missing in some rows.", where, remedy="Fill it or drop these rows.")
            )
            continue
        groups.append(int(np.count_nonzero(np.bincount(codes))))
        if groups[-1] < 2:
            problems.append(
                Problem(
                    "it has one group only, so the spread between groups cannot be seen.",
                    where,
                    remedy="Cluster by something finer, or ask for a robust covariance.",
                )
            )
    divides = convention == "fixest" or (convention == "stata" and model == "least_squares")
    if divides and counted >= rows:
        problems.append(
            Problem(
                f"{rows} rows and {counted} parameters leave no degree of freedom for the convention "
                f"{convention!r} of a {kind} covariance.",
                remedy="Use fewer effects or more rows.",
            )
        )
    if problems:
        raise BadSample(problems)
    return tuple(groups)


def _factor(
    kind: Kind, convention: Convention, model: Model, rows: int, counted: int, groups: tuple[int, ...]
) -> float:
    if convention == "none":
        return 1.0
    between = {"iid": 1.0, "robust": rows / (rows - 1)}.get(kind)
    if between is None:
        between = min(groups) / (min(groups) - 1)
    if model == "least_squares" and kind == "iid":
        return rows / (rows - counted)
    if convention == "stata" and model == "poisson":
        return between
    return between * (rows - 1) / (rows - counted)


def _degrees_of_freedom(
    convention: Convention, model: Model, rows: int, counted: int, groups: tuple[int, ...]
) -> float | None:
    if model == "poisson" or convention == "none":
        return None
    return float(min(groups) - 1) if groups else float(rows - counted)


def _clustered_meat(left: Array, clusters: tuple[Codes, ...]) -> Array:
    """Σ over non-empty sets of ways, + for odd and - for even ones, of the meat of their intersection."""
    meat = np.zeros((left.shape[1], left.shape[1]))
    for size in range(1, len(clusters) + 1):
        for ways in combinations(clusters, size):
            sums = _group_sums(left, _intersection(ways))
            meat += (-1.0) ** (size + 1) * (sums.T @ sums)
    return meat


def _intersection(ways: tuple[Codes, ...]) -> NDArray[np.int64]:
    joint = ways[0].astype(np.int64)
    for codes in ways[1:]:
        joint = joint * (int(codes.max()) + 1) + codes
        if len(ways) > 1:
            joint = np.unique(joint, return_inverse=True)[1]
    return joint


def _group_sums(left: Array, codes: NDArray[np.int64]) -> Array:
    """Column sums by group, (G, K)."""
    count = int(codes.max()) + 1
    return np.column_stack([np.bincount(codes, weights=column, minlength=count) for column in left.T])


def repaired(matrix: Array) -> tuple[Array, float]:
    """The matrix with negative eigenvalues set to zero, and the share of the largest that the worst one had."""
    # Judged on correlations, so that a regressor in small units is not taken for a negative eigenvalue.
    symmetric = (matrix + matrix.T) / 2
    scale = np.sqrt(np.abs(np.diag(symmetric)))
    scale[scale == 0] = 1.0
    values, vectors = np.linalg.eigh(symmetric / np.outer(scale, scale))
    if values[0] >= -1e-12 * values[-1]:
        return symmetric, 0.0
    share = float(-values[0] / values[-1]) if values[-1] > 0 else float("inf")
    mended = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return np.asarray(mended * np.outer(scale, scale)), share
