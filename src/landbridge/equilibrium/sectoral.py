"""Many sectors with input-output links, tariffs and revenue, in exact changes (Caliendo and Parro 2015)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from landbridge.equilibrium import checks, rounds
from landbridge.equilibrium.clearing import Shock, Solved, fixed_point
from landbridge.equilibrium.economy import EXACT, Baseline, economy
from landbridge.equilibrium.parts import parts
from landbridge.equilibrium.result import ADDITIVE, MULTIPLICATIVE, REMOVED, Array, Equilibrium
from landbridge.equilibrium.settling import settled
from landbridge.errors import BadBaseline, NotConverged

CONCEPT = "sectoral GE"
METHOD = "exact changes, Anderson acceleration"
ATTEMPTS = 4
# Final shares that miss by more than this part of a place's spending are of another table.
FARTHEST = 0.5
# Below this part of all cells it is quicker to pick out those that a shock moves.
FEW = 0.1
_RULES = {
    ADDITIVE: "deficits fixed in world output",
    MULTIPLICATIVE: "deficits in proportion to value added, scaled to add up to zero",
    REMOVED: "deficits removed",
}


def baseline(flows: Any, inputs: Any = None, *, final_share: Any = None, tariff: Any = None) -> Baseline:
    """An economy in which every market clears, ready to be shocked many times.

    `flows` (S, exporter, importer): sales net of tariff, those at home included; or an object with `flows` and `inputs`,
    such as `lb.load().accounts`. `inputs` (input sector, using sector, place): shares of gross output, None for one
    factor and no links. `final_share` (S, N), columns adding up to one; derived as purchases less intermediate use
    when None. `tariff` (S, exporter, importer): ad-valorem fractions.

    Given final shares that the flows do not bear out, and negative final use set to zero, are met by settling the
    economy once with trade shares, input shares and deficits as they are: `flows` of the answer then differ from
    those given and `repairs` says by how much. Raises `BadBaseline` naming cells for what describes no economy.
    """
    if inputs is None and hasattr(flows, "flows") and hasattr(flows, "inputs"):
        flows, inputs = flows.flows, flows.inputs
    base, miss = economy(flows, inputs, final_share, tariff)
    if miss <= EXACT:
        return base
    if miss > FARTHEST:
        raise BadBaseline(
            f"final shares miss what the flows leave for final use by up to {100 * miss:.3g} % of a place's spending.",
            where="final_share",
            cause="They are of another table, or their sectors or places are in another order.",
            remedy="Put them in the order of the flows, or leave them out to have them derived.",
        )
    moved = settled(base)
    part = float(np.abs(moved - base.flows).sum() / base.flows.sum())
    told = (
        f"flows settled to the final shares, which missed the accounts by up to {100 * miss:.3g} % of a place's spending; "
        f"{100 * part:.3g} % of all sales moved",
    )
    again, _ = economy(moved, base.inputs, base.final_share, tariff)
    return replace(again, repairs=base.repairs + told, settled=True)


def solve(
    base: Baseline,
    *,
    theta: Any,
    cost_hat: Any = None,
    tariff_new: Any = None,
    deficits: str = ADDITIVE,
    tol: float = 1e-10,
) -> Equilibrium:
    """The equilibrium after a change of trade costs and tariffs.

    `theta`: trade elasticity > 0, a number or (S,); `cost_hat` (S, exporter, importer): new over old iceberg cost,
    inf closes a flow; `tariff_new`: fractions after the change, None for those of the baseline. Productivity of a
    place up by a factor a is a cost of 1/a on all its sales, those at home included. `deficits`: `additive` (fixed in
    world output), `multiplicative` (in proportion to value added, with one factor for all so that they add up to
    zero) or `removed`. Where a shock cuts the world into parts, each keeps its own gross output as numeraire.

    Equations 2 and 4 to 10 of Caliendo and Parro (2015) in changes. `tol` bounds the relative gap of every labour
    market, price and market for a good in a place. Raises `NotConverged` with the reason; a result that did not clear
    its markets does not exist.
    """
    found = checks.Findings()
    sectors, _ = base.shape
    elasticity = found.elasticity(theta, sectors)
    costs = None if cost_hat is None else found.costs(cost_hat, base.flows.shape)
    rates = base.tariff if tariff_new is None else found.rates(tariff_new, base.flows.shape, "tariff_new")
    found.settle()
    checks.deficits(deficits)
    shock = _shock(base, np.ascontiguousarray(elasticity), costs, rates, deficits)
    wanted = tol
    for _ in range(ATTEMPTS):
        made = _told(base, shock, rates, fixed_point(base, shock, wanted))
        if made.residual <= tol:
            return made
        # The table of flows multiplies what prices are off by theta.
        wanted *= 0.5 * tol / made.residual
    raise NotConverged(
        f"markets clear to {made.residual:.1e} of their size in the table of new flows, not to {tol:.1e}.",
        cause="Rounding is of this size where trade elasticities are very high or markets very small.",
        remedy="Ask for a larger tol.",
    )


def caliendo_parro(
    flows: Any,
    inputs: Any,
    *,
    theta: Any,
    final_share: Any = None,
    cost_hat: Any = None,
    tariff: Any = None,
    tariff_new: Any = None,
    deficits: str = ADDITIVE,
    tol: float = 1e-10,
) -> Equilibrium:
    """`baseline` and `solve` in one call; see there for shapes, units and errors.

    Where given final shares made it necessary to settle the flows, all hats refer to `settled_flows` of the answer.
    """
    base = baseline(flows, inputs, final_share=final_share, tariff=tariff)
    return solve(base, theta=theta, cost_hat=cost_hat, tariff_new=tariff_new, deficits=deficits, tol=tol)


def _shock(base: Baseline, theta: Array, costs: Array | None, rates: Array | None, deficits: str) -> Shock:
    """Shares of purchases moved by the change of cost and tariff; only cells that change are raised to a power."""
    change = costs
    if rates is not base.tariff:
        none = np.zeros(1)
        step = (1.0 + (none if rates is None else rates)) / (
            1.0 + (none if base.tariff is None else base.tariff)
        )
        change = step if change is None else change * step
    share = base.share
    if change is not None:
        moved = np.flatnonzero(change != 1.0)
        if moved.size > FEW * change.size:
            share = share * change ** -theta[:, None, None]
        else:
            share = share.copy()
            sector = moved // (change.shape[1] * change.shape[2])
            share.reshape(-1)[moved] *= change.reshape(-1)[moved] ** -theta[sector]
    taxed = rates is not None and bool(rates.any())
    net = share / (1.0 + rates) if taxed and rates is not None else share
    return Shock(theta, share, net, deficits)


def _told(base: Baseline, shock: Shock, rates: Array | None, found: Solved) -> Equilibrium:
    """The answer, with the gaps of all markets taken anew from the table of flows."""
    level = np.exp(-shock.theta * found.cost)
    demand = found.purchases * np.exp(shock.theta * found.price)
    flows_hat = np.empty_like(base.flows)
    output, net = np.empty_like(level), np.empty_like(level)
    rounds.table(shock.net, level, demand, base.flows, flows_hat, output, net)
    output, net = np.ascontiguousarray(output.T), np.ascontiguousarray(net.T)
    revenue = np.zeros(net.shape[1])
    purchases = net
    if shock.net is not shock.share and rates is not None:
        levied = np.einsum("sij,sij->sj", rates, base.flows * flows_hat)
        revenue, purchases = levied.sum(axis=0), net + levied
    wage = np.exp(found.wage)
    residual = _residual(base, wage, found.spending, output, purchases)
    spending_hat = found.spending / base.spending
    price_index = np.exp((base.final_share.T * found.price).sum(axis=1))
    return Equilibrium(
        real_income_hat=spending_hat / price_index,
        wage_hat=wage,
        price_index_hat=price_index,
        spending_hat=spending_hat,
        flows_hat=flows_hat,
        unit_cost_hat=np.ascontiguousarray(np.exp(found.cost).T),
        output_hat=np.divide(output, base.output, out=np.ones_like(output), where=base.output > 0),
        tariff_revenue=revenue,
        residual=residual,
        history=found.history,
        iterations=len(found.history),
        method=METHOD,
        closure=f"{_RULES[shock.deficits]}; {_numeraire(shock)}",
        concept=CONCEPT,
        repairs=base.repairs,
        settled_flows=base.flows if base.settled else None,
    )


def _numeraire(shock: Shock) -> str:
    """World output, or that of each part where the shock has cut the world."""
    count = int(parts(shock.share.sum(axis=0)).max()) + 1
    if count == 1:
        return "numeraire: world gross output"
    return f"numeraire: gross output of each of {count} parts that trade with no other"


def _residual(base: Baseline, wage: Array, spending: Array, output: Array, purchases: Array) -> float:
    """Largest relative gap of a labour market, or of a place's market for a good, on the table of new flows."""
    earned = wage * base.value_added
    labour = np.abs((base.value_added_share * output).sum(axis=0) / earned - 1.0)
    used = (output.T[:, None, :] @ base.needs)[:, 0, :].T
    wanted = used + base.final_share * spending
    goods = np.abs(purchases - wanted) / np.where(wanted > 0, wanted, 1.0)
    return float(max(labour.max(), goods.max()))
