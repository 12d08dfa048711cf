"""One sector, goods told apart by origin: the endowment equilibrium in changes, and the conditional step.

Places i sell, places j buy. X[i,j] are base flows with domestic sales, Y[i] their row sums (output), E[j] their column
sums (spending), pi[i,j] = X[i,j] / E[j]. After a shock to costs (exact hat algebra; Dekle, Eaton and Kortum, 2008;
Anderson and Yotov, 2016; Costinot and Rodriguez-Clare, 2014, section 3):

    pi'[i,j] = pi[i,j] (w[i] c[i,j])^-theta / sum_k pi[k,j] (w[k] c[k,j])^-theta
    w[i] Y[i] = sum_j pi'[i,j] E'[j],      sum_i w[i] Y[i] = sum_i Y[i]

with w and c changes (new over old) and E' the new spending, which depends on what becomes of deficits D = E - Y.

Solved by Newton in log w. Domestic sales are left out of both sides of a market (they cancel), and the diagonal of the
Jacobian is minus the sum of its column. So nothing is lost to rounding where trade is a millionth of output.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from landbridge.equilibrium.checks import Findings, cells
from landbridge.equilibrium.checks import deficits as treatment
from landbridge.equilibrium.parts import Parts, components, parts
from landbridge.equilibrium.result import ADDITIVE, MULTIPLICATIVE, REMOVED, Array, Equilibrium
from landbridge.errors import NotConverged

T = TypeVar("T")

CONDITIONAL = "conditional"
ROUNDS = 30
HALVINGS = 14
LONGEST_STEP = 2.0
SMALL_STEP = 1e-6
SHORTEST_STRIDE = 1e-3
ROUNDING = 4 * float(np.finfo(np.float64).eps)
DRIFT = 1e-12
NO_DEFICIT = 1e-13
CLOSED = -40.0
CLOSURES = {
    ADDITIVE: "deficits keep their value (additive)",
    MULTIPLICATIVE: "spending over output keeps its proportions (multiplicative)",
    REMOVED: "deficits removed: every place spends its output",
    CONDITIONAL: "output and spending of every place fixed",
}


@dataclass(frozen=True, slots=True)
class Market:
    """A one-sector economy after the shock, in the terms the solver needs. N places.

    `before` (N, N): base shares pi; `weights` (N, N): pi * c^-theta, each column divided by exp(`shift`) so that nothing
    overflows; `output`, `spending`, `deficit` (N,): of the baseline; `part` (N,): number of the connected part a place
    belongs to, all 0 if trade hangs together; `closure`: a key of `CLOSURES`.
    """

    before: Array
    weights: Array
    shift: Array
    output: Array
    spending: Array
    deficit: Array
    theta: float
    part: Parts
    closure: str

    def total(self, values: Array) -> Array:
        """The sum of `values` over the part each place belongs to, (N,)."""
        return np.asarray(np.bincount(self.part, values)[self.part], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class State:
    """What a market looks like at log prices `x` (N,). `shares` (N, N): new import shares pi'; `foreign`: the same
    without the diagonal; `income`, `spending`, `sales` (N,): output at the new prices, spending, and what is bought of
    each place; `gap` (N,): income less sales, without domestic sales on either side.
    """

    x: Array
    shares: Array
    foreign: Array
    log_price_index: Array
    income: Array
    spending: Array
    sales: Array
    gap: Array


@dataclass(frozen=True, slots=True)
class Cleared:
    """A market that cleared: its state, the residual of each round, and how it was reached."""

    state: State
    history: tuple[float, ...]
    method: str


def armington(
    flows: Any, *, theta: float, cost_hat: Any, deficits: str = ADDITIVE, tol: float = 1e-12
) -> Equilibrium:
    """The endowment equilibrium after trade costs changed by `cost_hat`.

    `flows[exporter, importer]` (N, N), with domestic sales; `theta` > 0, so trade moves by `cost_hat**-theta`;
    `cost_hat` (N, N) new over old iceberg cost, infinity closes a flow. World output is the numeraire. `deficits`:

    - `additive`: E' = w Y + D, the deficit fixed in units of world output;
    - `multiplicative`: E' = lambda (E / Y) w Y, lambda such that deficits add up to zero;
    - `removed`: E' = w Y.

    Where trade falls apart into parts that no longer deal with each other, nothing ties their prices together. Each part
    then keeps its own output as numeraire, and lambda is its own. Deficits that the remaining trade of a part cannot
    carry have no equilibrium: `NotConverged` names the places. `real_income_hat` is spending over the price index.
    """
    word = treatment(deficits)
    market, flows = market_after(flows, theta, cost_hat, word)
    found = clear(market, tol)
    return result(flows, market, found, "endowment GE")


def conditional(flows: Any, *, theta: float, cost_hat: Any, tol: float = 1e-12) -> Equilibrium:
    """Trade after the shock with output and spending of every place as before: only multilateral resistances move.

    Arguments as in `armington`. The new flows are flows * cost_hat**-theta scaled by rows and columns back to the old
    sums (Anderson and van Wincoop, 2003; the conditional step of Yotov et al., 2016). `unit_cost_hat` is one over the
    change of outward resistance, `price_index_hat` the change of inward resistance. Only their product is determined;
    they are normalised so that the mean of `unit_cost_hat`, weighted with output, is 1. `wage_hat` and `spending_hat`
    are 1 by construction and `real_income_hat` is one over `price_index_hat`.
    """
    market, flows = market_after(flows, theta, cost_hat, CONDITIONAL)
    found = clear(market, tol)
    return result(flows, market, found, CONDITIONAL)


def market_after(flows: Any, theta: Any, cost_hat: Any, closure: str) -> tuple[Market, Array]:
    """The market after the shock and the flows, both checked."""
    found = Findings()
    flows = found.flows(flows, sectors=False)
    theta = found.elasticity(theta)
    cost_hat = found.costs(cost_hat, flows.shape)
    found.settle()
    output, spending = flows.sum(axis=1), flows.sum(axis=0)
    bent = np.log(cost_hat)
    bent *= -float(theta)
    bent[flows == 0] = -np.inf
    shift = bent.max(axis=0)
    if np.isneginf(shift).any():
        _nobody(np.isneginf(shift), "buy from anybody, not even at home")
    bent -= shift
    before = flows / spending
    weights = np.exp(bent, out=bent)
    weights *= before
    if not weights.any(axis=1).all():
        _nobody(~weights.any(axis=1), "sell to anybody, not even at home")
    own = np.diag(flows)
    deficit = (spending - own) - (output - own)
    # What rounding leaves of a balanced place is no deficit; near autarky there would be no trade to carry even that.
    deficit[np.abs(deficit) < NO_DEFICIT * (output + spending)] = 0.0
    market = Market(before, weights, shift, output, spending, deficit, float(theta), parts(weights), closure)
    _carried(market)
    return market, flows


def _nobody(places: NDArray[np.bool_], cannot: str) -> None:
    raise NotConverged(
        f"there is no equilibrium: after the shock place {cells(places)} can no longer {cannot}.",
        cause="All its open flows were closed, and domestic sales are zero or closed too.",
        remedy="Leave at least one flow open, or take the place out.",
    )


def _carried(market: Market) -> None:
    """Refuses a part of the world whose fixed deficits do not add up to zero."""
    if market.closure not in (ADDITIVE, CONDITIONAL) or not market.part.any():
        return
    left_over = np.abs(market.total(market.deficit)) > DRIFT * market.total(market.output)
    if left_over.any():
        sizes = np.where(left_over, market.total(np.ones_like(market.output)), math.inf)
        least = market.part == market.part[int(np.argmin(sizes))]
        raise NotConverged(
            f"there is no equilibrium: trade falls apart, and the part of place {cells(least)} is left with deficits of "
            f"{market.deficit[least].sum():g} in sum.",
            cause="The remaining trade cannot carry a deficit that is fixed in value.",
            remedy='Use deficits="multiplicative" or "removed", or leave the part a flow to the rest of the world.',
        )


def at(market: Market, x: Array, output: Array | None = None) -> State:
    """The market at log prices `x`; `output` (N,) in place of the baseline's, where people have moved."""
    produced = market.output if output is None else output
    power = -market.theta * x
    top = power.max()
    shares = market.weights * np.exp(power - top)[:, None]
    level = shares.sum(axis=0)
    shares /= level
    foreign = shares.copy()
    np.fill_diagonal(foreign, 0.0)
    log_price_index = -(np.log(level) + (top + market.shift)) / market.theta
    income = produced * np.exp(x)
    deficit = market.deficit
    if market.closure == CONDITIONAL:
        income = produced
    elif market.closure == MULTIPLICATIVE:
        wanted = income * (market.spending / market.output)
        deficit = market.total(income) / market.total(wanted) * wanted - income
    elif market.closure == REMOVED:
        deficit = np.zeros_like(income)
    spending = income + deficit
    exports = foreign @ spending
    gap = foreign.sum(axis=0) * spending - deficit - exports
    return State(x, shares, foreign, log_price_index, income, spending, income - gap, gap)


def slopes(market: Market, state: State) -> Array:
    """Derivative of `gap` by log price, (N, N): buyers turn elsewhere, and the seller's income changes."""
    made = state.shares @ (state.shares * state.spending).T
    made *= -market.theta
    if market.closure != CONDITIONAL:
        made += earning(market, state)
    return balanced(made)


def earning(market: Market, state: State) -> Array:
    """Derivative of `gap` by log income at given prices, (N, N)."""
    made = state.foreign * -(state.spending if market.closure == MULTIPLICATIVE else state.income)
    if market.closure == MULTIPLICATIVE:
        rise = (state.income - state.spending) / market.total(state.income)
        made -= np.outer(state.sales, rise) * (market.part[:, None] == market.part)
    return balanced(made)


def balanced(slope: Array) -> Array:
    """`slope` with the diagonal that makes columns add up to zero, as they must: gaps add up to a constant."""
    np.fill_diagonal(slope, 0.0)
    np.fill_diagonal(slope, -slope.sum(axis=0))
    return slope


def anchors(market: Market, state: State) -> Array:
    """What each market carries of the gap of the numeraire, (N,): about as much as it trades, so that neither drowns."""
    traded = market.total(state.foreign.sum(axis=0) * state.spending) / market.total(market.output)
    return market.output / market.total(market.output) * np.where(traded > 0, traded, 1.0)


def clear(market: Market, tol: float) -> Cleared:
    """Log prices at which no market has a gap above `tol` of its size."""
    history: list[float] = []

    def solve(of: Market, start: State | None) -> tuple[State, bool]:
        return newton(of, np.zeros_like(of.output) if start is None else start.x, tol, history)

    state, method, solved = approach(market, solve)
    if not solved:
        raise unsolved(market, state, history)
    return Cleared(state, tuple(history), method)


def approach(market: Market, solve: Callable[[Market, T | None], tuple[T, bool]]) -> tuple[T, str, bool]:
    """Solves at once from the baseline; if that stalls, lets the shock in little by little, in logs, and solves each
    part from the one before. Returns the last state, the method, and whether it is a solution.
    """
    state, solved = solve(market, None)
    if solved:
        return state, "Newton", True
    before = market.before
    with np.errstate(divide="ignore"):
        bent = np.log(np.divide(market.weights, before, out=np.ones_like(before), where=before > 0))
    bent = np.maximum(bent, CLOSED)
    reached, stride, steps = 0.0, 0.25, 0
    start = None
    while reached < 1.0:
        aim = min(1.0, reached + stride)
        weights, shift = before * np.exp(aim * bent), aim * market.shift
        partly = replace(market, weights=weights, shift=shift, part=np.zeros_like(market.part))
        state, solved = solve(market if aim == 1.0 else partly, start)
        if solved:
            start, reached, stride, steps = state, aim, 1.5 * stride, steps + 1
        elif stride < SHORTEST_STRIDE:
            return state, "Newton", False
        else:
            stride /= 2
    return state, f"Newton, the shock let in over {steps} steps", True


def newton(market: Market, x: Array, tol: float, history: list[float]) -> tuple[State, bool]:
    """Newton from log prices `x`: the last state, and whether it clears the markets. Adds residuals to `history`."""
    state = at(market, x)
    anchor = anchors(market, state)
    same = market.part[:, None] == market.part if market.part.any() else None
    history.append(_residual(market, state))
    for _ in range(ROUNDS):
        valued = market.output * np.exp(state.x)
        jacobian = slopes(market, state)
        pinned = np.outer(anchor, valued)
        jacobian += pinned if same is None else pinned * same
        try:
            step = np.linalg.solve(jacobian, -(state.gap + anchor * _drift(market, state)))
        except np.linalg.LinAlgError:
            return state, False
        found, taken = _shortened(market, state, np.asarray(step, dtype=np.float64), anchor)
        if found is None:
            return state, False
        state = found
        history.append(_residual(market, state))
        if history[-1] <= tol and taken * (1 + market.theta) <= SMALL_STEP:
            return state, True
    return state, False


def _drift(market: Market, state: State) -> Array:
    """Output of each part at new prices less that of the baseline, (N,)."""
    return market.total(market.output * np.exp(state.x)) - market.total(market.output)


def _residual(market: Market, state: State) -> float:
    drift = np.abs(_drift(market, state)) / market.total(market.output)
    return float(max((np.abs(state.gap) / state.income).max(), drift.max()))


def _merit(market: Market, state: State, anchor: Array) -> float:
    wrong = (state.gap + anchor * _drift(market, state)) / market.output
    return float(wrong @ wrong) if state.spending.min() > 0 else math.inf


def rounding(market: Market, state: State, anchor: Array) -> float:
    """The merit that rounding alone leaves of markets that clear: gaps are differences of trade flows, whose logs carry
    the rounding of log prices.
    """
    digits = ROUNDING * (1 + market.theta * float(np.abs(state.x).max()))
    traded = state.foreign.sum(axis=0) * state.spending + state.foreign @ state.spending
    size = traded + np.abs(state.spending - state.income) + anchor * market.total(market.output)
    noise = digits * size / market.output
    return float(noise @ noise)


def _shortened(market: Market, state: State, step: Array, anchor: Array) -> tuple[State | None, float]:
    """The first of the step, its half, its quarter ... that shrinks the gaps, and its length; None if none does."""
    longest = float(np.abs(step).max())
    if not math.isfinite(longest):
        return None, math.inf
    before = _merit(market, state, anchor)
    share = min(1.0, LONGEST_STEP / longest) if longest > 0 else 1.0
    for _ in range(HALVINGS):
        tried = at(market, state.x + share * step)
        # Below the smallest gap that numbers can hold nothing shrinks any more; the step is then taken as it is.
        enough = max((1 - 0.2 * share) * before, rounding(market, state, anchor))
        if _merit(market, tried, anchor) <= enough:
            return tried, share * longest
        share /= 2
    return None, math.inf


def unsolved(market: Market, state: State, history: list[float]) -> NotConverged:
    """Why there is no result: a deficit that cannot be carried, one-way trade, or simply no end."""
    worst = int(np.argmax(np.abs(state.gap) / state.income))
    said = f"the markets did not clear: after {len(history):,} rounds place [{worst}] has a gap of {history[-1]:.1e}."
    poorest = int(np.argmin(state.spending / market.spending))
    if market.closure == ADDITIVE and state.spending[poorest] < 0.05 * market.spending[poorest]:
        return NotConverged(
            said,
            cause=f"Place [{poorest}] has a deficit of {market.deficit[poorest]:g} that its remaining trade cannot carry.",
            remedy='Use deficits="multiplicative" or "removed", or a smaller shock.',
        )
    label = components(market.weights > 0, one_way=True)
    if label.max() > market.part.max():
        alone = int(np.argmin(np.bincount(label)))
        return NotConverged(
            said,
            cause=f"After the shock place {cells(label == alone)} still sells to or buys from others, but not both.",
            remedy="Such a place can only live on a deficit or pay for one; close both directions, or neither.",
        )
    return NotConverged(said, cause="The shock is very large.", remedy="Divide it into smaller steps.")


def result(flows: Array, market: Market, found: Cleared, concept: str) -> Equilibrium:
    """What is handed back; the residual is that of the table of new flows."""
    state = found.state
    price_index = np.exp(state.log_price_index)
    output_hat, spending_hat = state.income / market.output, state.spending / market.spending
    table = state.shares * state.spending
    flows_hat = np.divide(table, flows, out=np.ones_like(flows), where=flows > 0)
    new = flows * flows_hat
    rows = np.abs(new.sum(axis=1) / state.income - 1).max()
    columns = np.abs(new.sum(axis=0) / state.spending - 1).max()
    apart = int(market.part.max()) + 1
    numeraire = "world output is the numeraire"
    if apart > 1:
        numeraire = f"{apart} parts without trade between them, each keeps its own output"
    return Equilibrium(
        real_income_hat=spending_hat / price_index,
        wage_hat=output_hat.copy(),
        price_index_hat=price_index,
        spending_hat=spending_hat,
        flows_hat=flows_hat,
        unit_cost_hat=np.exp(state.x),
        output_hat=output_hat,
        tariff_revenue=np.zeros_like(price_index),
        residual=float(max(rows, columns)),
        history=found.history,
        iterations=len(found.history) - 1,
        method=found.method,
        closure=f"{CLOSURES[market.closure]}; {numeraire}",
        concept=concept,
    )
