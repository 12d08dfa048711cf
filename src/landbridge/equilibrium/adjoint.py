"""The linearised many-sector economy, transposed, and how it is solved for a few objectives at once.

One solve tells what a unit of money is worth to an objective wherever it may arrive, and with that the objective's
derivative by every cost and tariff of the world. Rounds are products of the tables of shares with thin arrays; no table
of (places x sectors) squared is ever made.

To first order around the baseline, with w log wages, p log prices, c log unit costs, Q purchases, Y sales, R revenue, I
final spending, net shares of purchases net of tariff, and sums over repeated indices left out:

    c = own w + needs p                           p = share' c + (kappa)
    dY = net dQ + theta F p - theta Y c + (Y)     dR = (1 - net') dQ + theta F' c - theta net' Q p + (R)
    dQ = needs' dY + final dI                     dI = V w + dR + dD          V w = own dY

where brackets hold what a shock adds. With multipliers x of sales, c of unit costs (as money) and w of earnings, the
transposed system is `Adjoint.gaps`. It holds with any constant added to w and x: one labour market is redundant. A mean
of zero, over the part of the world that trades, settles which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landbridge.equilibrium.economy import Baseline
from landbridge.equilibrium.parts import parts
from landbridge.equilibrium.result import MULTIPLICATIVE, Array
from landbridge.errors import NotConverged

MOST = 200
ATTEMPTS = 6
# Terms of the series that stands for the inverse of a place's own input table.
TERMS = 2
SMALL = 0.01
# Least slope of a labour market, as for a shock.
SLOPE = 1e-3


@dataclass(frozen=True, slots=True)
class Worth:
    """What a unit of money is worth, for each of P objectives: `sale` (P, N, S) of a place's sector, `income` (P, N) of its
    households; `price` (P, N, S): the objective by the log price of what a place buys. `residual`: largest gap of the
    system over the largest worth; `iterations` of the solve.
    """

    sale: Array
    income: Array
    price: Array
    residual: float
    iterations: int


class Adjoint:
    """The transposed system of one baseline. Arrays are (place, objective, sector), wages (place, objective)."""

    def __init__(self, base: Baseline, theta: Array, deficits: str) -> None:
        self.base = base
        self.taxed = base.tariff is not None and bool(base.tariff.any())
        bought = np.ascontiguousarray(base.purchases.T)
        some = np.where(base.purchases > 0, base.purchases, 1.0)
        self.share = base.share
        self.net = base.flows / some[:, None, :] if self.taxed else base.share
        self.kept = np.where(bought > 0, self.net.sum(axis=1).T if self.taxed else 1.0, 0.0)
        self.levied = np.where(bought > 0, 1.0 - self.kept, 0.0)
        self.sold = np.ascontiguousarray(base.output.T)
        self.unit = np.where(self.sold > 0, self.sold, 1.0)[:, None, :]
        self.demand, self.supply = (theta * bought)[:, None, :], (theta * self.sold)[:, None, :]
        self.spent = 1.0 / (1.0 - (base.final * self.levied).sum(axis=1))
        self.home, self.own, self.uses = base.home_share[:, None, :], base.own[:, None, :], base.needs
        self.needs = base.needs.transpose(0, 2, 1)
        part = parts(base.share.sum(axis=0))
        same = (part[:, None] == part).astype(np.float64)
        earned, deficit = base.value_added, base.deficit
        self.mean = same * earned / (same @ earned)[:, None]
        # What a rise of sales and of earnings does to the deficits of all, by their rule.
        self.by_sales, self.by_wages = np.zeros_like(same), np.eye(earned.size)
        if deficits == MULTIPLICATIVE:
            most = (earned + deficit) / (same @ earned)
            own = np.diag(1.0 + deficit / earned)
            self.by_wages = own - same * np.outer(deficit / earned, most)
        else:
            self.by_sales = same * deficit / (same @ base.output.sum(axis=0))[:, None]
        self.lost = (theta * np.maximum(self.sold - base.rivalry, 0.0))[:, None, :]
        at_home = (base.content * base.home).sum(axis=1) / (base.content * self.sold).sum(axis=1)
        slope = (self.lost[:, 0, :] * base.content**2).sum(axis=1) / earned + 1.0 - at_home
        self.step = 1.0 / np.maximum(slope, SLOPE)[:, None]

    def solve(self, weights: Array, tol: float) -> Worth:
        """For the objectives sum_n weights[p, n] d ln real income of n; `tol` bounds the gaps over the largest worth."""
        base, count = self.base, len(weights)
        places, sectors = base.own.shape
        of_income = np.ascontiguousarray((weights / base.spending).T)
        of_price = -weights.T[:, :, None] * base.final[:, None, :]
        none = np.zeros((count, places * (1 + 2 * sectors)))
        no_income, no_price = np.zeros_like(of_income), np.zeros_like(of_price)
        found, iterations, off = none, 0, np.inf
        for _ in range(ATTEMPTS):
            ahead = self._round(found, of_income, of_price)
            step, used = _krylov(lambda v: -self._round(v, no_income, no_price), ahead, 0.1 * tol)
            found, iterations = found + step, iterations + used
            wage, sale, cost = self._views(found)
            gaps, income, price = self.gaps(wage, sale, cost, of_income, of_price)
            size = np.maximum(np.abs(wage).max(axis=0), np.abs(income).max(axis=0))
            live = self.sold[:, None, :] > 0
            worst = [
                np.abs(gaps[0]),
                np.abs(gaps[1] * live).max(axis=2),
                np.abs(gaps[2] / self.unit).max(axis=2),
            ]
            off = float((np.max(worst, axis=(0, 1)) / size).max())
            if off <= tol:
                return Worth(sale.transpose(1, 0, 2), income.T, price.transpose(1, 0, 2), off, iterations)
        raise NotConverged(
            f"the linearised economy was solved to {off:.1e}, not to {tol:.1e}.",
            cause="Rounding is of this size where places are tied by almost no trade.",
            remedy="Ask for a larger tol.",
        )

    def gaps(
        self, wage: Array, sale: Array, cost: Array, of_income: Array, of_price: Array
    ) -> tuple[tuple[Array, Array, Array], Array, Array]:
        """By what the three multipliers miss the transposed system; worth of income (N, P) and of log prices (N, P, S)."""
        base = self.base
        reached = _across(sale, self.net)
        income = (of_income + (reached @ base.final[:, :, None])[:, :, 0]) * self.spent[:, None]
        spread = self.demand * income[:, :, None]
        bought = reached if not self.taxed else reached + self.levied[:, None, :] * income[:, :, None]
        sales = bought @ self.needs
        sales += self.own * wage[:, :, None]
        sales += (self.by_sales @ income)[:, :, None]
        sales -= sale
        price = cost @ self.uses
        price += of_price
        price += self.demand * reached
        if self.taxed:
            price -= self.kept[:, None, :] * spread
            costs = _across(price, self.share, back=True) + _across(spread, self.net, back=True)
        else:
            costs = _across(price, self.share, back=True)
            price -= spread
        costs -= self.supply * sale
        paid = (costs @ base.own[:, :, None])[:, :, 0] / base.value_added[:, None] + self.by_wages @ income
        costs -= cost
        return (paid - wage - self.mean @ wage, sales, costs), income, price

    def _round(self, point: Array, of_income: Array, of_price: Array) -> Array:
        """From `point` (P, all), gaps made into steps: through each place's own input table, and by its wage's own slope."""
        base = self.base
        places = base.value_added.size
        (paid, sales, costs), _, _ = self.gaps(*self._views(point), of_income, of_price)
        due = costs
        for _ in range(TERMS):
            due = costs + self.home * (due @ self.uses)
        paid += ((due - costs) @ base.own[:, :, None])[:, :, 0] / base.value_added[:, None]
        wage = self.step * paid
        sales += self.own * wage[:, :, None]
        worth = sales
        for _ in range(TERMS):
            worth = sales + (self.home * worth) @ self.needs
        due = (due - self.lost * worth) / self.unit
        out = np.empty_like(point)
        out[:, :places] = wage.T
        block = out[:, places:].reshape(len(out), 2, places, -1)
        block[:, 0] = worth.transpose(1, 0, 2)
        block[:, 1] = due.transpose(1, 0, 2)
        return out

    def _views(self, point: Array) -> tuple[Array, Array, Array]:
        """Wage (N, P), sale and cost (N, P, S) of `point`, which holds costs per unit of sales; here they are money."""
        places = self.step.size
        block = point[:, places:].reshape(len(point), 2, places, -1).transpose(1, 2, 0, 3)
        return point[:, :places].T, block[0], block[1] * self.unit


def _across(values: Array, table: Array, *, back: bool = False) -> Array:
    """From `values` (place, P, S) to their sums over the table (S, exporter, importer): over exporters, or with `back` over
    importers.
    """
    thin = np.ascontiguousarray(values.transpose(2, 1, 0))
    summed = thin @ (table.transpose(0, 2, 1) if back else table)
    return np.ascontiguousarray(summed.transpose(2, 1, 0))


def _krylov(apply: Callable[[Array], Array], right: Array, tol: float) -> tuple[Array, int]:
    """Solves apply(x) = right, (P, n), for all P in one sweep: GMRES (Saad and Schultz 1986), each with its own small
    problem, the products shared. Stops when every residual is `tol` of its right side, or after `MOST` products.
    """
    count, size = right.shape
    norm = np.sqrt((right**2).sum(axis=1))
    basis = np.zeros((count, MOST + 1, size))
    basis[:, 0] = right / np.where(norm > 0, norm, 1.0)[:, None]
    table = np.zeros((count, MOST + 1, MOST))
    # The vector across all columns of the table, 1 in front: the residual is one over its length.
    across = np.zeros((count, MOST + 1))
    across[:, 0] = 1.0
    used = 0
    for k in range(MOST):
        new = apply(basis[:, k])
        held, whole = basis[:, : k + 1], np.sqrt((new**2).sum(axis=1))
        for _ in range(2):
            part = held @ new[:, :, None]
            table[:, : k + 1, k] += part[:, :, 0]
            new = new - (part.transpose(0, 2, 1) @ held)[:, 0, :]
            left = np.sqrt((new**2).sum(axis=1))
            # Once is enough unless little is left, which is then mostly rounding (Daniel et al. 1976).
            if (left > SMALL * whole).all():
                break
        table[:, k + 1, k] = left
        ended = left <= 1e-15 * whole
        basis[:, k + 1] = np.where(ended[:, None], 0.0, new / np.where(ended, 1.0, left)[:, None])
        inside = (across[:, : k + 1] * table[:, : k + 1, k]).sum(axis=1)
        ahead = -inside / np.where(ended, 1e-15 * whole + 1e-300, left)
        across[:, k + 1] = np.clip(ahead, -1e100, 1e100)
        used = k + 1
        if ((across**2).sum(axis=1) >= tol**-2).all() or ended.all():
            break
    first = np.zeros(used + 1)
    out = np.empty_like(right)
    for p in range(count):
        first[0] = norm[p]
        weights = np.linalg.lstsq(table[p, : used + 1, :used], first, rcond=None)[0]
        out[p] = weights @ basis[p, :used]
    return out, used
