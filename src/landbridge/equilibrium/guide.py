"""The general-equilibrium PPML loop of the Advanced Guide, as it was published and iterated to its end.

Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade Policy Analysis, chapter 2, after Anderson,
Larch and Yotov (2018). The guide fits a Poisson model with two sets of fixed effects again in every round. With trade
costs given, its first-order conditions say only that fitted row and column sums equal those of trade; so each fit is a
biproportional scaling of exp(log cost), and is done as one here.

This is the replication mode. `armington` solves the same economy at once; with balanced trade the converged loop and
`armington` agree, with imbalances they treat deficits differently (here spending is a fixed multiple of output).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from landbridge.equilibrium.checks import Findings, cells
from landbridge.equilibrium.endowment import CONDITIONAL, Market, clear
from landbridge.equilibrium.parts import parts
from landbridge.equilibrium.result import Array
from landbridge.errors import NotConverged, Problem, UnknownLabel

GUIDE, CONVERGED = "guide", "converged"
PUBLISHED_RULE = 0.01
SETTLED = 1e-11
ROUNDS = 2_000
SWEEPS = 10
SCALING = 1e-12


@dataclass(frozen=True, slots=True)
class GuideResult:
    """Results of the loop as the guide's tables name them, one per place; changes in per cent of the baseline.

    `change_xi_cdl`: exports, conditional step (output and spending fixed); `change_xi_full`: exports, full endowment
    step; `change_price_full`: factory-gate price; `change_imr_full`: inward multilateral resistance to the power
    1/(1 - sigma), that is, the consumer price index; `change_rgdp_full`: output over that index; `y_bln`: output of the
    baseline; `y_full`: price change times `y_bln` (not the row sum of the last table of trade). Resistances and prices
    are relative to those of the reference place, whose importer effect is normalised.

    `iterations`: rounds of the full step; `history`: largest change of a price factor in each round; `stopping`: the
    rule; `residual`: largest relative gap between the last fitted table's rows and columns and the sums it was fitted to.
    """

    change_xi_cdl: Array
    change_xi_full: Array
    change_price_full: Array
    change_imr_full: Array
    change_rgdp_full: Array
    y_bln: Array
    y_full: Array
    residual: float
    iterations: int
    history: tuple[float, ...]
    stopping: str


@dataclass(frozen=True, slots=True)
class _Case:
    """The new costs (N, N), output and spending of the baseline (N,), sigma and the reference place."""

    log_cost: Array
    output: Array
    spending: Array
    sigma: float
    reference: int

    def price(self, effects: Array) -> Array:
        """Change of factory-gate prices that goes with a change of sellers' effects."""
        return effects ** (1 / (1 - self.sigma))


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A fitted table and its effects: trade[i,j] = seller[i] exp(log_cost[i,j]) buyer[j], buyer 1 at the reference."""

    trade: Array
    seller: Array
    buyer: Array
    residual: float


@dataclass(frozen=True, slots=True)
class _Round:
    """One full step: fitted table, output, spending, resistances (to the power 1 - sigma) and what moved since the
    last.
    """

    fit: _Scaled
    output: Array
    spending: Array
    outward: Array
    inward: Array
    price_factor: Array
    outward_factor: Array
    inward_factor: Array


def ge_ppml(
    trade: Any, *, sigma: float, log_cost: Any, log_cost_new: Any, reference: int, stopping: str = GUIDE
) -> GuideResult:
    """Conditional and full endowment effects of a change in trade costs, by the loop of the guide.

    `trade[exporter, importer]` (N, N), with domestic sales; `log_cost` (N, N): what costs add to log trade in the fitted
    model, that is log t^(1 - sigma), coefficients times regressors without the effects; `log_cost_new`: the same
    after the change. `reference`: index of the place whose importer effect is normalised.

    `stopping="guide"` stops as published: when the standard deviation and the (signed) maximum of the change of the price
    factors over a round are both at most 0.01. That is short of convergence. `"converged"` goes on until no price factor
    differs from 1 by 1e-11.
    """
    found = Findings()
    trade = found.flows(trade, sectors=False)
    given = {"log_cost": log_cost, "log_cost_new": log_cost_new}
    costs = [_logs(found, values, name, trade.shape) for name, values in given.items()]
    sigma = _sigma(found, sigma)
    if not 0 <= reference < len(trade):
        found.of_call.append(Problem(f"{reference}: there are places 0 to {len(trade) - 1}.", "reference"))
    found.settle()
    if stopping not in (GUIDE, CONVERGED):
        raise UnknownLabel("stopping rule", str(stopping), (GUIDE, CONVERGED), where="stopping")
    case = _Case(costs[1], trade.sum(axis=1), trade.sum(axis=0), sigma, reference)
    base = _fit(costs[0], case.output, case.spending, reference)
    held = _fit(costs[1], case.output, case.spending, reference)
    last, history = _iterate(case, base, held, stopping)
    return _report(case, base, held, last, history, stopping)


def _logs(found: Findings, values: Any, name: str, shape: tuple[int, ...]) -> Array:
    made = np.asarray(values, dtype=np.float64)
    if made.shape != shape:
        found.of_call.append(Problem(f"shape {made.shape}, where {shape} is needed.", name))
        return np.zeros(shape)
    if not np.isfinite(made).all():
        what = f"finite logarithms are needed; {cells(~np.isfinite(made), made)}."
        found.of_call.append(Problem(what, name, remedy="Closed flows are for armington."))
    return made


def _sigma(found: Findings, sigma: Any) -> float:
    number = isinstance(sigma, int | float) and not isinstance(sigma, bool) and 1 < sigma < math.inf
    if not number:
        found.of_call.append(Problem(f"{sigma!r}: the elasticity of substitution exceeds 1.", "sigma"))
    return float(sigma) if number else 2.0


def _fit(log_cost: Array, rows: Array, columns: Array, reference: int, start: Array | None = None) -> _Scaled:
    """exp(`log_cost`) scaled to the given sums: what Poisson with this offset and both effects would fit."""
    shift = log_cost.max(axis=0)
    table = np.exp(log_cost - shift)
    seller = np.ones_like(rows) if start is None else start
    for _ in range(SWEEPS):
        seller = rows / (table @ (columns / (table.T @ seller)))
    weights = table * seller[:, None]
    weights /= weights.sum(axis=0)
    deficit = columns - rows * (columns.sum() / rows.sum())
    market = Market(
        weights, weights, np.zeros_like(rows), rows, columns, deficit, 1.0, parts(weights), CONDITIONAL
    )
    state = clear(market, SCALING).state
    trade = state.shares * columns
    seller = seller * np.exp(-state.x)
    buyer = columns / (table.T @ seller) / np.exp(shift)
    worst = max(np.abs(trade.sum(axis=1) / rows - 1).max(), np.abs(trade.sum(axis=0) / columns - 1).max())
    return _Scaled(trade, seller * buyer[reference], buyer / buyer[reference], float(worst))


def _iterate(case: _Case, base: _Scaled, held: _Scaled, stopping: str) -> tuple[_Round, tuple[float, ...]]:
    """Full steps from the conditional one until the rule holds."""
    ones, place = np.ones_like(case.output), case.reference
    resistances = _resistances(held, case.output, case.spending, place)
    price = case.price(held.seller / base.seller)
    now = _Round(held, case.output, case.spending, *resistances, price, ones, ones)
    moved = price
    history: list[float] = []
    for _ in range(ROUNDS):
        wanted = now.fit.trade * (now.price_factor / now.outward_factor)[:, None]
        wanted *= now.price_factor / now.inward_factor
        fit = _fit(case.log_cost, wanted.sum(axis=1), wanted.sum(axis=0), place, now.fit.seller)
        output = fit.trade.sum(axis=1)
        spending = case.spending / case.output * output
        outward, inward = _resistances(fit, output, spending, place)
        price = case.price(fit.seller / now.fit.seller / (spending[place] / now.spending[place]))
        factors = (price, outward / now.outward, inward / now.inward)
        history.append(float(np.abs(price - 1).max()))
        # The rule looks at the price factors before this round, as the published loop does; its maximum is signed.
        spread = np.std(np.repeat(moved, len(moved)), ddof=1)
        published = spread <= PUBLISHED_RULE and abs(moved.max()) <= PUBLISHED_RULE
        moved = price - now.price_factor
        now = _Round(fit, output, spending, outward, inward, *factors)
        if published if stopping == GUIDE else history[-1] <= SETTLED:
            return now, tuple(history)
    raise NotConverged(
        f"the loop did not settle in {ROUNDS:,} rounds; prices still move by {history[-1]:.1e}.",
        remedy="Use armington, which solves the same economy without a loop.",
    )


def _resistances(fit: _Scaled, output: Array, spending: Array, reference: int) -> tuple[Array, Array]:
    """Outward and inward resistances to the power 1 - sigma, out of the effects of a fit."""
    return output * spending[reference] / fit.seller, spending / (fit.buyer * spending[reference])


def _report(
    case: _Case, base: _Scaled, held: _Scaled, last: _Round, history: tuple[float, ...], stopping: str
) -> GuideResult:
    place = case.reference
    scale = last.spending[place] / case.spending[place]
    price = case.price(last.fit.seller / base.seller / scale)
    output = price * case.output
    spending = case.spending / case.output * output
    outward = output * last.spending[place] / last.fit.seller
    trade = np.outer(output / outward, spending / last.inward) * np.exp(case.log_cost)
    _, inward = _resistances(base, case.output, case.spending, place)
    index = (last.inward / inward) ** (1 / (1 - case.sigma))
    before = _exports(base.trade)

    def percent(ratio: Array) -> Array:
        return 100 * (ratio - 1)

    return GuideResult(
        change_xi_cdl=percent(_exports(held.trade) / before),
        change_xi_full=percent(_exports(trade) / before),
        change_price_full=percent(price),
        change_imr_full=percent(index),
        change_rgdp_full=percent(price / index),
        y_bln=case.output,
        y_full=output,
        residual=last.fit.residual,
        iterations=len(history),
        history=history,
        stopping=stopping,
    )


def _exports(trade: Array) -> Array:
    foreign = trade.copy()
    np.fill_diagonal(foreign, 0.0)
    return np.asarray(foreign.sum(axis=1), dtype=np.float64)
