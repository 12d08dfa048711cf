"""Poisson pseudo-maximum-likelihood with absorbed effects, by Newton's method in all parameters at once.

Santos Silva and Tenreyro (2006), The Log of Gravity; Correia, Guimaraes and Zylkin (2020) for many effects. The first-order
conditions are G'w(y - mu) = 0 for the effects and X'w(y - mu) = 0 for the regressors, mu = exp(offset + X beta + effects).

A Newton step solves [G X]'W[G X] d = [G X]'w(y - mu), W = diag(w mu), once, by conjugate gradients (`sparse.solve`),
only as exactly as the distance to the solution deserves (Dembo, Eisenstat and Steihaug, 1982). Three things make it short.
One effect is eliminated, and profiled out: after each step its levels are rescaled to their totals. X is replaced by X
less a combination of the effects that leaves it nearly orthogonal to them, which changes no coefficient of X but all but
uncouples the two parts of the system. Far from the solution W is the secant of `sparse.secant`, which does not overshoot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landbridge.errors import BadSample, BadUsage, NotConverged, Problem
from landbridge.gravity.absorb import Weighted, residualise, sorted_weights, unsorted, weighted
from landbridge.gravity.layout import Layout, arrange, bare
from landbridge.gravity.sparse import (
    Array,
    Codes,
    gram,
    inner,
    measures,
    precondition,
    score,
    secant,
    solve,
    sweep,
)

SWEEPS = 3
_TINY = 1e-300
"""In place of a zero that would be divided by: a violation of zero, where trade is fitted exactly from the start."""
HALVINGS = 12
FAR = 0.2
"""Violations above this are far from the solution: steps take the secant."""
STILL_MOVING = 0.1
"""A step that moves some linear predictor by more than this was not the last, however small the violation."""
LOOSE = 0.1
"""The first residuals of the regressors need no more: they only uncouple the system."""


@dataclass(frozen=True, slots=True)
class Newton:
    """Settings. tolerance: the largest violation of a first-order condition, as `PoissonFit` defines it; iterations:
    Newton steps at most; inner: multiplications at most within one step; forcing: the largest share of the violation that
    a step may leave; within: tolerance of the regressors' residuals at the solution (`absorb.residualise`).
    """

    tolerance: float = 1e-9
    iterations: int = 60
    inner: int = 5_000
    forcing: float = 0.3
    within: float = 1e-8

    def __post_init__(self) -> None:
        """Raises `BadUsage` with every setting that can have no meaning."""
        problems = [
            Problem(f"Newton({name}={given!r}): it must be {wanted}.", remedy=f"Write {name}={default}.")
            for name, given, fits, wanted, default in (
                (
                    "tolerance",
                    self.tolerance,
                    _between(self.tolerance, 1e-4),
                    "above 0 and at most 1e-4",
                    "1e-9",
                ),
                ("iterations", self.iterations, _counts(self.iterations), "a whole number above 0", "60"),
                ("inner", self.inner, _counts(self.inner), "a whole number above 0", "5000"),
                ("forcing", self.forcing, _between(self.forcing, 0.9), "above 0 and at most 0.9", "0.3"),
                ("within", self.within, _between(self.within, 1e-4), "above 0 and at most 1e-4", "1e-8"),
            )
            if not fits
        ]
        if problems:
            raise BadUsage(problems)


def _between(given: object, most: float) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and 0.0 < given <= most


def _counts(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and given >= 1


@dataclass(frozen=True, slots=True)
class Step:
    """One Newton step: the deviance and the violation it left, the multiplications it took, how often it was halved."""

    deviance: float
    violation: float
    inner: int
    halvings: int


@dataclass(frozen=True, slots=True)
class PoissonFit:
    """A maximum. N rows in the caller's order, K regressors.

    beta (K,), eta (N,) = offset + x beta + effects, mu (N,) = exp(eta), within (N, K): the regressors residualised on the
    effects under the weights w mu. violation: the largest of |sum w (y - mu)| / sum w y over the levels of every effect
    and |sum w (y - mu) r| / sqrt(sum w mu r^2 sum w y) over the regressors' residuals r: the Newton step still to make,
    in standard deviations of the residual. log_likelihood counts log Gamma(y + 1), also for y that are not whole numbers.
    """

    beta: Array
    eta: Array
    mu: Array
    within: Array
    deviance: float
    log_likelihood: float
    violation: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Problem:
    """The data in sorted order: wy (N,), x (K, N), offset and weights (N,) or None; totals of w y by level and group."""

    layout: Layout
    wy: Array
    x: Array
    weights: Array | None
    offset: Array | None
    totals: Array
    group_totals: Array
    total: float
    saturated: float

    def means(self, eta: Array) -> Array:
        """W exp(eta); infinite where that overflows, which makes the objective infinite and the step be halved."""
        with np.errstate(over="ignore"):
            m = np.exp(eta)
            return m if self.weights is None else np.multiply(m, self.weights, out=m)

    def objective(self, eta: Array, m: Array) -> float:
        """Half the deviance: the negative log-likelihood less that of a perfect fit."""
        with np.errstate(invalid="ignore"):
            found = float(np.sum(m)) - inner(self.wy, eta) - self.saturated
        return found if np.isfinite(found) else np.inf

    def system(self, w: Array) -> Weighted:
        """The normal equations under weights w (N,)."""
        if self.layout.kept or self.layout.eliminated >= 0:
            return weighted(self.layout, w)
        groups = len(self.layout.starts) - 1
        return Weighted(self.layout, w, np.zeros(groups), np.zeros(0), np.zeros(0))


@dataclass(slots=True)
class _State:
    """Where the iteration stands. columns (K, N): the regressors less some combination of the effects."""

    beta: Array
    eta: Array
    m: Array
    columns: Array
    objective: float
    moved: float = np.inf


def poisson(
    y: Array,
    x: Array,
    effects: tuple[Codes, ...],
    *,
    weights: Array | None = None,
    offset: Array | None = None,
    settings: Newton | None = None,
    start: Array | None = None,
) -> PoissonFit:
    """Fit y (N,) on x (N, K) and effects, codes (N,) each; any number of either, none included.

    y and x come without singletons, separated rows and regressors that `absorb.independent` refuses. weights, offset (N,)
    or None. start: beta (K,) to begin from. Raises `NotConverged`, and `BadSample` for a level of zeros only.
    """
    settings = settings or Newton()
    # Own arrays: read-only ones, as frames give them, are another type to Numba and would be compiled for anew.
    y = np.array(y, dtype=np.float64)
    weights = None if weights is None else np.array(weights, dtype=np.float64)
    problem = _arranged(y, x, effects, weights, offset)
    state = _begin(problem, start)
    steps: list[Step] = []
    violation, gradient, block = _violation(problem, state)
    careful = False
    while True:
        if violation <= settings.tolerance and state.moved <= STILL_MOVING:
            system = problem.system(state.m)
            residualise(system, state.columns, tolerance=settings.within)
            violation, gradient, block = _violation(problem, state)
            if violation <= settings.tolerance:
                break
        if len(steps) == settings.iterations:
            raise _not_converged(problem, state, len(steps), violation, settings)
        count, halvings = _step(problem, state, gradient, block, violation, careful, settings)
        if halvings > HALVINGS and careful:
            raise _not_converged(problem, state, len(steps), violation, settings)
        # A step that had to be given up is tried once more along the secant, which cannot overshoot a row.
        careful = halvings > HALVINGS
        violation, gradient, block = _violation(problem, state)
        steps.append(Step(2.0 * state.objective, violation, count, halvings))
    return _finished(problem, state, gradient, block, violation, tuple(steps), y, weights)


def _arranged(
    y: Array, x: Array, effects: tuple[Codes, ...], weights: Array | None, offset: Array | None
) -> _Problem:
    wy = y if weights is None else y * weights
    layout = arrange(effects, wy) if effects else bare(len(y))
    order = layout.order
    ys, wy = y[order], wy[order]
    rows = np.empty((x.shape[1], len(y)))
    for k in range(x.shape[1]):
        np.take(x[:, k], order, out=rows[k])
    none = np.empty((0, len(y)))
    totals = score(wy, layout.codes, layout.narrow, none, int(layout.slots[-1]))
    group_totals = np.add.reduceat(wy, layout.starts[:-1]) if effects else np.zeros(0)
    empty = int((totals <= 0).sum() + (group_totals <= 0).sum())
    if empty:
        raise BadSample(
            f"{empty} level{'s' if empty > 1 else ''} of the effects hold only zeros.",
            cause="Their fitted values would have to be zero, so that no maximum exists.",
            remedy="Drop the rows of these levels first; `gravity.fit` does.",
        )
    log_y = np.log(ys, out=np.zeros_like(ys), where=ys > 0)
    return _Problem(
        layout=layout,
        wy=wy,
        x=rows,
        weights=None if weights is None else sorted_weights(weights, layout),
        offset=None if offset is None else np.asarray(offset, dtype=np.float64)[order],
        totals=totals,
        group_totals=group_totals,
        total=float(np.sum(wy)),
        saturated=float(np.sum(wy)) - inner(wy, log_y),
    )


def _begin(problem: _Problem, start: Array | None) -> _State:
    """Effects by proportional scaling around the given beta, or around zero; without effects one weighted regression."""
    n, k = len(problem.wy), len(problem.x)
    offset = np.zeros(n) if problem.offset is None else problem.offset
    beta = np.zeros(k) if start is None else np.array(start, dtype=np.float64)
    if not problem.group_totals.size and start is None and k:
        weights = np.ones(n) if problem.weights is None else problem.weights
        level = problem.total / float(np.sum(weights))
        mu = 0.5 * (np.divide(problem.wy, weights, out=np.zeros(n), where=weights > 0) + level)
        working = np.log(mu) + (problem.wy - weights * mu) / (weights * mu + (weights == 0)) - offset
        beta = _inverse(gram(problem.x, weights * mu)) @ score(
            weights * mu * working, problem.layout.codes, problem.layout.narrow, problem.x, 0
        )
    eta = offset + np.einsum("k,kn->n", beta, problem.x)
    if problem.group_totals.size:
        eta -= eta.max()
    m = problem.means(eta)
    lay = problem.layout
    for _ in range(SWEEPS if problem.group_totals.size else 0):
        sweep(eta, m, lay.codes, lay.narrow, lay.starts, lay.slots, problem.totals, problem.group_totals)
    columns = problem.x.copy()
    if problem.group_totals.size:
        residualise(problem.system(m), columns, tolerance=LOOSE)
    return _State(beta, eta, m, columns, problem.objective(eta, m))


def _violation(problem: _Problem, state: _State) -> tuple[float, Array, Array]:
    """The largest violation, the gradient (L+K,), and the weighted products (K, K) of the columns."""
    lay = problem.layout
    levels = len(problem.totals)
    residual = problem.wy - state.m
    gradient = score(residual, lay.codes, lay.narrow, state.columns, levels)
    block = gram(state.columns, state.m)
    violation = float(np.max(np.abs(gradient[:levels]) / problem.totals, initial=0.0))
    if len(block):
        size = np.sqrt(np.diag(block) * problem.total)
        violation = max(violation, float(np.max(np.abs(gradient[levels:]) / np.maximum(size, _TINY))))
    if problem.group_totals.size:
        # Held to rounding by the scaling that ends every step; looked at because a total may have run to zero.
        left = np.abs(np.add.reduceat(residual, lay.starts[:-1]))
        violation = max(violation, float(np.max(left / problem.group_totals)))
    return violation, gradient, block


def _inverse(block: Array) -> Array:
    try:
        factor = np.linalg.inv(np.linalg.cholesky(block))
    except np.linalg.LinAlgError:
        raise NotConverged(
            "the regressors' part of a Newton step cannot be solved.",
            cause="A regressor is a combination of others and the effects, or is zero wherever trade is not.",
            remedy="Drop one of the regressors that move together.",
        ) from None
    return np.asarray(factor.T @ factor, dtype=np.float64)


def _step(
    problem: _Problem,
    state: _State,
    gradient: Array,
    block: Array,
    violation: float,
    careful: bool,
    settings: Newton,
) -> tuple[int, int]:
    """One Newton step, halved until the objective falls. Returns the multiplications and the halvings."""
    lay = problem.layout
    levels = len(problem.totals)
    w = state.m
    if violation > FAR or careful:
        w = secant(problem.wy, state.m)
        block = gram(state.columns, w)
    system = problem.system(w)
    inverse = _inverse(block)
    v = np.zeros(len(gradient))
    size = precondition(gradient, system.diagonal, inverse, np.empty_like(gradient))
    # As exact as quadratic convergence can use, and no more exact than the tolerance asks of the last step.
    share = max(min(settings.forcing, violation), min(0.1, 0.1 * settings.tolerance / max(violation, _TINY)))
    count = solve(
        gradient, v, state.columns, inverse, system.rows, system.diagonal, 0.0, 0.0, share**2 * size, settings.inner
    )[0]  # fmt: skip
    change = np.empty_like(state.eta)
    system.spread(v, change, state.columns)
    allowed = state.objective + 1e-12 * (abs(state.objective) + abs(problem.saturated))
    length = 1.0
    for halvings in range(HALVINGS + 1):
        eta = state.eta + length * change
        m = problem.means(eta)
        if problem.group_totals.size:
            sweep(eta, m, lay.codes, lay.narrow, lay.starts, lay.slots, problem.totals, problem.group_totals)
        objective = problem.objective(eta, m)
        if objective <= allowed:
            state.beta = state.beta + length * v[levels:]
            state.eta, state.m, state.objective = eta, m, objective
            state.moved = length * float(max(change.max(), -change.min()))
            return count, halvings
        length *= 0.5
    return count, HALVINGS + 1


def _finished(
    problem: _Problem,
    state: _State,
    gradient: Array,
    block: Array,
    violation: float,
    steps: tuple[Step, ...],
    y: Array,
    weights: Array | None,
) -> PoissonFit:
    """The result. One more step in beta alone, free once the residuals are exact, takes out what the effects' own
    violation still means for it."""
    lay = problem.layout
    eta = state.eta
    if len(block):
        last = _inverse(block) @ gradient[len(problem.totals) :]
        state.beta = state.beta + last
        eta += np.einsum("k,kn->n", last, state.columns)
    out = np.empty_like(eta)
    out[lay.order] = eta
    mu = np.exp(out)
    w = np.ones(len(y)) if weights is None else weights
    deviance, log_likelihood = measures(y, out, mu, w)
    return PoissonFit(
        beta=state.beta,
        eta=out,
        mu=mu,
        within=unsorted(state.columns, lay),
        deviance=deviance,
        log_likelihood=log_likelihood,
        violation=violation,
        steps=steps,
    )


def _not_converged(
    problem: _Problem, state: _State, iterations: int, violation: float, settings: Newton
) -> NotConverged:
    """What is said of an iteration that did not end, with its likeliest cause."""
    small = state.m < 1e-9 * problem.total / len(state.m)
    falling = int(
        (small & (problem.wy == 0) & (True if problem.weights is None else problem.weights > 0)).sum()
    )
    if falling and state.moved > STILL_MOVING:
        cause = (
            f"Separation: {falling:,} rows with no trade are being fitted ever closer to zero, without end."
        )
        remedy = "Drop separated rows first (`gravity.fit` does), or leave out the regressor that tells them apart."
    elif violation > settings.tolerance and iterations < settings.iterations:
        cause = "No step along the Newton direction raises the likelihood: regressors or effects are nearly collinear."
        remedy = (
            "Drop a regressor, rescale one that is very large or very small, or ask for a looser tolerance."
        )
    else:
        cause = (
            "The effects hang together by few or light rows, or the tolerance is below what rounding allows."
        )
        remedy = "Allow more iterations or a looser tolerance in `Newton`, or take coarser effects."
    return NotConverged(
        f"no maximum after {iterations} Newton steps: the first-order conditions are violated by {violation:.1e}, "
        f"wanted {settings.tolerance:.1e}.",
        cause=cause,
        remedy=remedy,
    )
