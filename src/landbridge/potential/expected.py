"""Expected trade of a pair that is left out, and what is normal around it: kernels on arrays.

The pair's two cells leave the sample and the equation is solved again exactly; the mean it then gives the pair is what
trade would be if the pair behaved like the rest. What is normal around that is read from other pairs, each left out
in the same way by one Newton step with its leverage (Pregibon 1981, eq. 4.5, for two cells at once), so the
range holds the uncertainty of the parameters as well as the spread of single pairs (the jackknife
interval of Barber, Candes, Ramdas and Tibshirani 2021, on pairs of similar size).

Axis order: item s, exporter i, importer j, regressor k.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from landbridge.potential import dense
from landbridge.potential.dense import Array, Dense, Mask
from landbridge.potential.influence import Information, information, quadratic_forms

CONFIDENCE = 1.96
"""Half width of the 95 per cent interval of the parameters, in standard errors of the logarithm."""
NORMAL = (0.10, 0.90)
"""Quantiles of the ratio of observed to expected trade between which trade is called normal."""
WINDOW = 300
"""How many pairs of nearest expected size are compared with."""


@dataclass(frozen=True, slots=True)
class Support:
    """When a pair may be given a number. The limits are conventions, stated with every result.

    `partners`: least number of partners with positive trade that the exporter and the importer must have in the item
    besides each other; `leverage`: largest weight of the pair's own cell in its fitted value; `floor`: smallest
    expected trade in the unit of the flows; `span`: largest ratio of the two ends of the 95 per cent interval;
    `comparables`: least number of other pairs that keep the same rules.
    """

    partners: int = 10
    leverage: float = 0.7
    floor: float = 1e6
    span: float = 10.0
    comparables: int = 100


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """An equation for every item, solved once for all pairs.

    `flows`, `left_out` (one step), `leverage`: (S, N, N); `supported` (S, N, N): cells that keep the rules of
    `support`; `ratio` = flows / left_out where supported, else zero.
    """

    flows: Array
    regressors: Array
    known: Mask
    solution: Dense
    left_out: Array
    leverage: Array
    partners: tuple[NDArray[np.int64], NDArray[np.int64]]
    supported: Mask
    support: Support


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One direction of one pair, (S,): exact prediction without the pair, standard error of its logarithm, and why not.

    `normal_low`, `normal_high`, `percentile` compare with other pairs; `reason` is empty where the numbers stand.
    """

    observed: Array
    expected: Array
    log_error: Array
    in_sample: Array
    normal_low: Array
    normal_high: Array
    percentile: Array
    leverage: Array
    reason: tuple[str, ...]


def solve(flows: Array, regressors: Array, known: Mask, support: Support | None = None) -> Fitted:
    """Fit `flows` (S, N, N) on `regressors` (K, N, N) over the cells `known` (S, N, N), and leave out every pair once."""
    rule = support or Support()
    solution = dense.fit(flows, regressors, known)
    inverse = information(solution, regressors)
    own, cross = quadratic_forms(inverse, regressors)
    left_out = _one_step(flows, solution, own, cross)
    leverage = np.where(solution.used, solution.mean * own, 0.0)
    positive = known & (flows > 0)
    sold, bought = positive.sum(axis=2), positive.sum(axis=1)
    supported = (
        solution.used
        & solution.solved[:, None, None]
        & (sold[:, :, None] - positive >= rule.partners)
        & (bought[:, None, :] - positive >= rule.partners)
        & (leverage <= rule.leverage)
        & (left_out >= rule.floor)
    )
    return Fitted(flows, regressors, known, solution, left_out, leverage, (sold, bought), supported, rule)


def _one_step(flows: Array, solution: Dense, own: Array, cross: Array) -> Array:
    """Means of every cell with both cells of its pair deleted, by one Newton step, (S, N, N); zero where not used."""
    mean, error = solution.mean, np.where(solution.used, flows - solution.mean, 0.0)
    other = mean.transpose(0, 2, 1)
    first, second = 1.0 - mean * own, 1.0 - other * own.transpose(0, 2, 1)
    across = mean * cross
    determinant = first * second - across * across.transpose(0, 2, 1)
    safe = np.where(np.abs(determinant) > 1e-12, determinant, np.inf)
    weight = (second * error + across * error.transpose(0, 2, 1)) / safe
    shift = -(own * weight + cross * weight.transpose(0, 2, 1))
    return np.asarray(mean * np.exp(np.clip(shift, -20.0, 20.0)))


def without_pair(fitted: Fitted, one: int, other: int) -> tuple[Dense, Information]:
    """The exact solution without both cells of a pair, and its inverse information."""
    known = fitted.known.copy()
    known[:, one, other] = known[:, other, one] = False
    solution = dense.fit(fitted.flows, fitted.regressors, known, start=fitted.solution)
    return solution, information(solution, fitted.regressors)


def leave_out(fitted: Fitted, refit: tuple[Dense, Information], exporter: int, importer: int) -> LeftOut:
    """What `exporter` would be expected to sell `importer`, by the solution without the pair (`without_pair`)."""
    solution, inverse = refit
    solved = solution.solved & solution.sells[:, exporter] & solution.buys[:, importer]
    expected = np.where(solved, _predict(solution, fitted.regressors, exporter, importer), 0.0)
    error = np.where(solved, log_error(fitted, solution, inverse, exporter, importer), 0.0)
    cell = (slice(None), exporter, importer)
    reason = _refusals(fitted, solution, expected, error, exporter, importer)
    low, high, percentile = (np.zeros(len(expected)) for _ in range(3))
    for item in range(len(expected)):
        if reason[item]:
            continue
        ratios = comparables(fitted, item, expected[item], exporter, importer)
        if len(ratios) < fitted.support.comparables:
            reason[item] = f"only {len(ratios)} other pairs keep the rules of support"
            continue
        low[item], high[item], percentile[item] = position(
            ratios, fitted.flows[item, exporter, importer] / expected[item], expected[item]
        )
    return LeftOut(
        fitted.flows[cell],
        expected,
        error,
        np.where(fitted.solution.solved, fitted.solution.mean[cell], 0.0),
        low,
        high,
        percentile,
        fitted.leverage[cell],
        tuple(reason),
    )


def position(ratios: Array, own: float, expected: float) -> tuple[float, float, float]:
    """Ends of the normal range in the unit of `expected`, and the percentile of the ratio `own` among `ratios`."""
    low, high = np.quantile(ratios, NORMAL)
    below, equal = float((ratios < own).mean()), float((ratios == own).mean())
    return float(low * expected), float(high * expected), 100.0 * (below + equal / 2)


def comparables(fitted: Fitted, item: int, expected: float, exporter: int, importer: int) -> Array:
    """Ratios of observed to left-out trade of the `WINDOW` supported pairs nearest to `expected` in size, any order."""
    usable = fitted.supported[item].copy()
    usable[exporter, importer] = usable[importer, exporter] = False
    sizes = fitted.left_out[item][usable]
    return nearest(sizes, fitted.flows[item][usable] / sizes, expected)


def nearest(sizes: Array, ratios: Array, expected: float, count: int = WINDOW) -> Array:
    """The `ratios` of the `count` cells whose logarithm of size is nearest to that of `expected`."""
    if len(sizes) <= count:
        return ratios
    return ratios[np.argpartition(np.abs(np.log(sizes / expected)), count - 1)[:count]]


def log_error(fitted: Fitted, solution: Dense, inverse: Information, exporter: int, importer: int) -> Array:
    """Standard error of the logarithm of the predicted mean of a cell outside the sample, (S,), by the delta method.

    Sandwich with the scores summed by exporter and by importer (Cameron, Gelbach and Miller 2011, each with G/(G-1)),
    or without clusters where that is larger, because two-way sums can fall below it in small samples.
    """
    size, sectors = solution.a.shape[1], len(solution.a)
    aim = np.zeros((sectors, inverse.inverse.shape[1]))
    aim[:, importer] = 1.0
    aim[:, size:] = fitted.regressors[:, exporter, importer]
    # H^-1 x of the predicted cell, in the parts of exporters, importers and regressors.
    rest = np.einsum("srt,st->sr", inverse.inverse, aim - inverse.scaled[:, exporter])
    rows = -np.einsum("sir,sr->si", inverse.scaled, rest)
    rows[:, exporter] += inverse.weight[:, exporter]
    influence = rows[:, :, None] + rest[:, None, :size]
    if len(fitted.regressors):
        flat = fitted.regressors.reshape(len(fitted.regressors), -1)
        influence += (rest[:, size:] @ flat).reshape(sectors, size, size)
    score = np.where(solution.used, (fitted.flows - solution.mean) * influence, 0.0)
    plain = (score**2).sum(axis=(1, 2))
    clustered = -plain
    for axis, groups in ((2, solution.sells.sum(axis=1)), (1, solution.buys.sum(axis=1))):
        clustered = clustered + (score.sum(axis=axis) ** 2).sum(axis=1) * groups / np.maximum(groups - 1, 1)
    return np.asarray(np.sqrt(np.maximum(plain, clustered)))


def _predict(solution: Dense, regressors: Array, exporter: int, importer: int) -> Array:
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(solution.predict(regressors, exporter, importer), nan=0.0)


def _refusals(
    fitted: Fitted, solution: Dense, expected: Array, error: Array, exporter: int, importer: int
) -> list[str]:
    """Why an item has no number, by the rules of support in their order; empty where it has one."""
    rule, (sold, bought) = fitted.support, fitted.partners
    known = fitted.known[:, exporter, importer]
    traded = known & (fitted.flows[:, exporter, importer] > 0)
    out = []
    for item in range(len(expected)):
        sells, buys = (
            int(side[item]) - int(traded[item]) for side in (sold[:, exporter], bought[:, importer])
        )
        if not known[item]:
            out.append("no flow of the pair is recorded, and missing is not zero")
        elif fitted.solution.reason[item] or solution.reason[item]:
            out.append(f"no estimate: {fitted.solution.reason[item] or solution.reason[item]}")
        elif sells < rule.partners:
            out.append(f"the exporter sells to {sells} other partners only, {rule.partners} are asked for")
        elif buys < rule.partners:
            out.append(f"the importer buys from {buys} other partners only, {rule.partners} are asked for")
        elif fitted.leverage[item, exporter, importer] > rule.leverage:
            out.append(
                f"the pair makes up too much of the estimate: leverage {fitted.leverage[item, exporter, importer]:.2f}, "
                f"at most {rule.leverage:g}"
            )
        elif expected[item] < rule.floor:
            out.append(f"expected trade is below {rule.floor:,.0f}")
        elif np.exp(2 * CONFIDENCE * error[item]) > rule.span:
            out.append(f"the ends of the interval are more than {rule.span:g} times apart")
        else:
            out.append("")
    return out


def together(
    fitted: Fitted, left: LeftOut, items: NDArray[np.int64], exporter: int, importer: int
) -> LeftOut:
    """The sum of the expectations of `items`, those refused left out, as a single line (S = 1).

    Compared with the same sum of every other pair. The standard errors are added as if the items erred together, which
    makes the interval of the sum wide rather than narrow.
    """
    taken = np.array([item for item in items if not left.reason[item]], dtype=np.int64)
    if not taken.size:
        return replace(
            left, **{name: np.zeros(1) for name in _NUMBERS}, reason=("none of its items is supported",)
        )
    expected, observed = float(left.expected[taken].sum()), float(left.observed[taken].sum())
    error = float((left.expected[taken] * left.log_error[taken]).sum() / expected)
    # One step is no guide to a cell that makes its own estimate, so that other pairs are summed without such cells.
    steady = fitted.solution.used[taken] & (fitted.leverage[taken] <= fitted.support.leverage)
    sums = np.where(steady, fitted.left_out[taken], 0.0).sum(axis=0)
    seen = np.where(steady, fitted.flows[taken], 0.0).sum(axis=0)
    usable: Mask = np.asarray(sums >= fitted.support.floor)
    usable[exporter, importer] = usable[importer, exporter] = False
    ratios = nearest(sums[usable], seen[usable] / sums[usable], expected)
    reason = ""
    low = high = percentile = 0.0
    if len(ratios) < fitted.support.comparables:
        reason = f"only {len(ratios)} other pairs keep the rules of support"
    else:
        low, high, percentile = position(ratios, observed / expected, expected)
    inside = float(left.in_sample[taken].sum())
    numbers = (observed, expected, error, inside, low, high, percentile, 0.0)
    made = {name: np.array([number]) for name, number in zip(_NUMBERS, numbers, strict=True)}
    return LeftOut(**made, reason=(reason,))


_NUMBERS = (
    "observed",
    "expected",
    "log_error",
    "in_sample",
    "normal_low",
    "normal_high",
    "percentile",
    "leverage",
)
