"""Ramsey's RESET test of the functional form of a PPML fit.

Santos Silva and Tenreyro (2006, The Log of Gravity): the square of the fitted linear predictor is added
to the regressors and the model estimated again; under a right functional form its coefficient is zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage
from landbridge.gravity.absorb import independent, project
from landbridge.gravity.covariance import Convention, Kind, parameters, sandwich
from landbridge.gravity.ppml import Newton, poisson

Array = NDArray[np.float64]
Codes = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Reset:
    """Wald test that the added powers have no coefficient.

    statistic            chi squared with `degrees_of_freedom`, the number of powers
    p_value              probability of a larger one if the functional form is right
    powers               of the linear predictor that were added
    coefficients (P,)    of the powers of the predictor less its weighted mean, over its standard deviation
    std_errors (P,)      theirs
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    powers: tuple[int, ...]
    coefficients: tuple[float, ...]
    std_errors: tuple[float, ...]


def reset(
    y: Array,
    x: Array,
    effects: tuple[Codes, ...],
    eta: Array,
    *,
    beta: Array | None = None,
    weights: Array | None = None,
    offset: Array | None = None,
    kind: Kind = "robust",
    clusters: tuple[Codes, ...] = (),
    convention: Convention = "stata",
    highest: int = 2,
    settings: Newton | None = None,
) -> Reset:
    """Test a converged PPML fit of y (N,) on x (N, K) and effects.

    eta (N,): its linear predictor, with the offset; beta (K,): its coefficients, where the second fit then starts.
    Powers from 2 to `highest` are added. Kind, clusters and convention of the covariance: those of the fit.
    """
    if highest < 2:
        raise BadUsage(
            f"the highest power is {highest}, but the first that can be added is 2.", remedy="Take 2 or 3."
        )
    powers = tuple(range(2, highest + 1))
    ones = np.ones(y.shape[0]) if weights is None else weights
    added = _powers(eta if offset is None else eta - offset, ones, powers, centred=bool(effects))
    wide = np.column_stack([x, added])
    mean = ones * np.exp(eta)
    judged = independent(wide, project(wide, effects, mean), mean)
    if not judged.keep[x.shape[1] :].all():
        raise BadSample(
            "the RESET test does not exist here: the power of the fitted predictor is itself a combination of the "
            "regressors and the effects.",
            cause="The regressors are dummies that leave the predictor only two values beside the effects.",
            remedy="Leave the test out; this model cannot be wrong in the way it looks for.",
        )
    start = None if beta is None else np.concatenate([beta, np.zeros(len(powers))])
    made = poisson(
        y, wide, effects, weights=weights, offset=offset, settings=settings or Newton(), start=start
    )
    covariance = sandwich(
        made.within,
        ones * (y - made.mu),
        ones * made.mu,
        kind=kind,
        clusters=clusters,
        convention=convention,
        parameters=parameters(wide.shape[1], effects, clusters),
    )
    return _wald(made.beta[x.shape[1] :], covariance.matrix[x.shape[1] :, x.shape[1] :], powers)


def _powers(index: Array, weights: Array, powers: tuple[int, ...], *, centred: bool) -> Array:
    """Powers of the predictor, (N, P). Where effects hold the constant, centring it changes the columns only by lower
    powers, which are all in the model; the test is the same and the columns stay apart.
    """
    mean = float(np.average(index, weights=weights))
    deviation = float(np.sqrt(np.average((index - mean) ** 2, weights=weights)))
    standard = (index - (mean if centred else 0.0)) / (deviation if deviation > 0 else 1.0)
    return np.column_stack([standard**power for power in powers])


def _wald(estimate: Array, matrix: Array, powers: tuple[int, ...]) -> Reset:
    from scipy import special  # type: ignore[import-untyped]

    statistic = float(estimate @ np.linalg.solve(matrix, estimate))
    return Reset(
        statistic=statistic,
        degrees_of_freedom=len(powers),
        p_value=float(special.chdtrc(len(powers), statistic)),
        powers=powers,
        coefficients=tuple(map(float, estimate)),
        std_errors=tuple(map(float, np.sqrt(np.diag(matrix)))),
    )
