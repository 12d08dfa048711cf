"""Small many-sector economies with a seed, and their equilibrium in levels: no hats, dense, no step shared with the product.

The model of Caliendo and Parro (2015) with technologies, tastes, workers, wages and prices in levels. Base wages, base
prices and iceberg costs are drawn at random; technologies and tastes are then such that the base flows come about. What
the draws are must not matter, which is a test of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import root

from landbridge.equilibrium import baseline, solve
from landbridge.equilibrium.economy import Baseline
from landbridge.equilibrium.result import Equilibrium

Array = np.ndarray


@dataclass(frozen=True)
class Small:
    """flows (S, N, N) net of tariff; inputs (input, user, place); tariff, tariff_new and cost_hat (S, N, N); theta (S,)."""

    flows: Array
    inputs: Array
    tariff: Array
    tariff_new: Array
    cost_hat: Array
    theta: Array


def small(
    seed: int,
    sectors: int = 3,
    places: int = 4,
    *,
    zeros: float = 0.2,
    spread: float = 0.2,
    links: bool = True,
    taxed: bool = True,
) -> Small:
    """Zero flows, goods that a place does not make (also not at home), goods that it neither makes nor buys, deficits."""
    rng = np.random.default_rng([seed, sectors, places])
    shape = (sectors, places, places)
    flows = np.exp(rng.normal(size=shape)) * (rng.random(shape) >= zeros)
    at = np.arange(places)
    ring = (at + 1) % places
    flows[0, at, ring] += 0.5
    flows[0, ring, at] += 0.5
    home = flows.sum(axis=2) * rng.uniform(0.5, 3.0, (sectors, places)) + 0.2
    flows[:, at, at] = home * (rng.random((sectors, places)) >= zeros / 2)
    flows[0, at, at] = home[0]
    if sectors > 1 and zeros > 0:
        idle = rng.random((sectors, places)) < zeros / 2
        absent = rng.random((sectors, places)) < zeros / 3
        idle[0] = absent[0] = False
        flows[idle] = 0.0
        flows.transpose(0, 2, 1)[absent] = 0.0
    tariff = rng.uniform(0.0, 0.3, shape) * (rng.random(shape) < 0.7) if taxed else np.zeros(shape)
    tariff_new = rng.uniform(0.0, 0.3, shape) if taxed else np.zeros(shape)
    tariff[:, at, at] = tariff_new[:, at, at] = 0.0
    inputs = np.zeros((sectors, sectors, places))
    if links:
        inputs = rng.dirichlet(np.ones(sectors + 1), (sectors, places))[..., :sectors].transpose(2, 0, 1)
        # Households are left a tenth of every market at least.
        used = np.einsum("ksj,sj->kj", inputs, flows.sum(axis=2))
        bought = (flows * (1 + tariff)).sum(axis=1)
        inputs = inputs * np.minimum(1.0, 0.9 * bought / np.where(used > 0, used, 1.0))[:, None, :]
    cost_hat = np.exp(rng.normal(scale=spread, size=shape))
    theta = rng.uniform(1.5, 9.0, sectors)
    return Small(flows, inputs, tariff, tariff_new, cost_hat, theta)


class NoRoot(Exception):
    """The root finder did not get there."""


@dataclass(frozen=True)
class Levels:
    """What a solution in levels says, as new over old: (N,) real income, wage, price index; flows (S, N, N) themselves."""

    real_income_hat: Array
    wage_hat: Array
    price_index_hat: Array
    flows: Array
    revenue: Array


class World:
    """The economy in levels. Index order: sector, exporter or place, importer."""

    def __init__(self, given: Small, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.given = given
        flows, inputs = given.flows, given.inputs
        self.sectors, self.places = flows.shape[:2]
        self.share = 1.0 - inputs.sum(axis=0)
        output = flows.sum(axis=2)
        gross = flows * (1 + given.tariff)
        bought = gross.sum(axis=1)
        final = bought - np.einsum("ksj,sj->kj", inputs, output)
        self.final_share = final / final.sum(axis=0)
        self.deficit = flows.sum(axis=(0, 1)) - output.sum(axis=0)
        earned = (self.share * output).sum(axis=0)
        self.ratio = 1 + self.deficit / earned
        self.world = flows.sum()
        self.wage = rng.uniform(0.5, 2.0, self.places)
        self.workers = earned / self.wage
        price = rng.uniform(0.5, 2.0, (self.sectors, self.places))
        self.iceberg = rng.uniform(1.0, 2.0, flows.shape)
        self.technology = rng.uniform(0.5, 2.0, (self.sectors, self.places))
        self.live = bought > 0
        price[~self.live] = 1.0
        door = self.cost(self.wage, price)[:, :, None] * self.iceberg * (1 + given.tariff)
        power = given.theta[:, None, None]
        shares = gross / np.where(self.live, bought, 1.0)[:, None, :]
        self.taste = shares * (door / price[:, None, :]) ** power

    def cost(self, wage: Array, price: Array) -> Array:
        """Unit cost (S, N): Cobb-Douglas in the factor and in inputs."""
        logs = self.share * np.log(wage) + np.einsum("ksj,kj->sj", self.given.inputs, np.log(price))
        return self.technology * np.exp(logs)

    def prices(self, wage: Array, iceberg: Array, tariff: Array) -> tuple[Array, Array]:
        """Prices (S, N) for given wages, iterated to the last digit; and shares of purchases (S, N, N)."""
        power = self.given.theta[:, None, None]
        price = np.ones((self.sectors, self.places))
        for _ in range(20_000):
            door = self.cost(wage, price)[:, :, None] * iceberg * (1 + tariff)
            valued = self.taste * door**-power
            total = np.where(self.live, valued.sum(axis=1), 1.0)
            new = total ** (-1 / self.given.theta[:, None])
            moved = np.abs(np.log(new / price)).max()
            price = new
            if moved < 1e-15:
                break
        return price, valued / total[:, None, :]

    def accounts(
        self, wage: Array, shares: Array, tariff: Array, deficits: str
    ) -> tuple[Array, Array, Array, Array]:
        """Purchases (S, N) with tariff, flows net of it, revenue and final spending, from one dense linear system."""
        s, n = self.sectors, self.places
        earned = wage * self.workers
        net = shares / (1 + tariff)
        made = np.zeros((s, n, s, n))  # output of (sector, place) out of purchases of (sector, place)
        for k in range(s):
            made[k, :, k, :] = net[k]
        levied = (shares - net).sum(axis=1)
        spent = np.zeros((n, s, n))  # final spending beyond earnings out of purchases
        for j in range(n):
            spent[j, :, j] = levied[:, j]
        fixed = earned
        if deficits == "additive":
            spent += (
                self.deficit[:, None, None] * made.sum(axis=(0, 1))[None] / self.world
            )  # fixed in world output
        elif deficits == "multiplicative":
            fixed = earned * self.ratio
            fixed = fixed * earned.sum() / fixed.sum()
        system = np.einsum("ksj,sjtm->kjtm", self.given.inputs, made)
        system += self.final_share[:, :, None, None] * spent[None]
        purchases = np.linalg.solve(
            np.eye(s * n) - system.reshape(s * n, s * n), (self.final_share * fixed).ravel()
        )
        purchases = purchases.reshape(s, n)
        final = fixed + np.einsum("jsm,sm->j", spent, purchases)
        return purchases, net * purchases[:, None, :], (levied * purchases).sum(axis=0), final

    def solve(self, cost_hat: Array, tariff: Array, deficits: str, wage_hat: Array | None = None) -> Levels:
        """Wages by a general root finder, one market left out; then all values in units of base world output."""
        iceberg = self.iceberg * cost_hat

        def excess(log_wage: Array) -> Array:
            wage = self.wage * np.exp(np.concatenate([[0.0], log_wage]))
            _, shares = self.prices(wage, iceberg, tariff)
            _, flows, _, _ = self.accounts(wage, shares, tariff, deficits)
            paid = (self.share * flows.sum(axis=2)).sum(axis=0)
            # Not a number where somebody's spending is so far below zero that others sell less than nothing.
            with np.errstate(invalid="ignore"):
                return np.log(paid / (wage * self.workers))[1:]

        start = np.zeros(self.places) if wage_hat is None else np.log(wage_hat / wage_hat[0])
        found = root(excess, start[1:], method="hybr", options={"xtol": 1e-14})
        if not np.abs(excess(found.x)).max() < 1e-11:
            raise NoRoot
        wage = self.wage * np.exp(np.concatenate([[0.0], found.x]))
        price, shares = self.prices(wage, iceberg, tariff)
        _, flows, revenue, final = self.accounts(wage, shares, tariff, deficits)
        unit = self.world / flows.sum()
        before, _ = self.prices(self.wage, self.iceberg, self.given.tariff)
        base = self.accounts(
            self.wage,
            self.prices(self.wage, self.iceberg, self.given.tariff)[1],
            self.given.tariff,
            "additive",
        )
        index = unit * np.exp((self.final_share * np.log(price / before)).sum(axis=0))
        spending_hat = unit * final / base[3]
        return Levels(spending_hat / index, unit * wage / self.wage, index, unit * flows, unit * revenue)


def economy(seed: int, **kind: float | bool) -> tuple[Small, Baseline]:
    drawn = small(seed, **kind)  # type: ignore[arg-type]
    return drawn, baseline(drawn.flows, drawn.inputs, tariff=drawn.tariff if drawn.tariff.any() else None)


def balanced(seed: int, **kind: float | bool) -> tuple[Small, Baseline]:
    """A random economy without deficits and tariffs."""
    drawn, base = economy(seed, taxed=False, **kind)
    level = solve(base, theta=drawn.theta, deficits="removed", tol=1e-13)
    return drawn, baseline(drawn.flows * level.flows_hat, drawn.inputs)


def accounts_hold(base: Baseline, tariff: Array | None, found: Equilibrium, tolerance: float = 1e-9) -> Array:
    """Adding up, from the new table of flows alone; gives back the deficits it implies."""
    new = base.flows * found.flows_hat
    levied = np.zeros_like(new) if tariff is None else new * tariff
    output, bought = new.sum(axis=2), (new + levied).sum(axis=1)
    earned = (base.value_added_share * output).sum(axis=0)
    deficit = new.sum(axis=(0, 1)) - output.sum(axis=0)
    spent = found.spending_hat * base.spending
    assert earned == pytest.approx(found.wage_hat * base.value_added, rel=tolerance)
    assert levied.sum(axis=(0, 1)) == pytest.approx(found.tariff_revenue, rel=tolerance, abs=1e-12)
    assert earned + found.tariff_revenue + deficit == pytest.approx(
        spent, rel=tolerance, abs=tolerance * bought.sum()
    )
    used = np.einsum("ksj,sj->kj", base.inputs, output)
    assert used + base.final_share * spent == pytest.approx(bought, rel=tolerance)
    assert new.sum() == pytest.approx(base.flows.sum(), rel=tolerance)
    assert found.real_income_hat * found.price_index_hat == pytest.approx(found.spending_hat, rel=1e-13)
    assert (found.flows_hat[base.flows == 0] == 1).all()
    assert found.output_hat * base.output == pytest.approx(output, rel=tolerance)
    assert found.residual <= tolerance
    assert found.iterations == len(found.history)
    return deficit


def in_levels(drawn: Small, deficits: str, steps: int = 40) -> Levels | None:
    """The solution in levels, at once or with the shock let in by steps; None if on the way somebody is left with nothing
    to spend, as fixed deficits can have it.
    """
    world, wage_hat, held = World(drawn), None, None
    try:
        held = world.solve(drawn.cost_hat, drawn.tariff_new, deficits)
    except NoRoot:
        for part in np.arange(1, steps + 1) / steps:
            tariff = drawn.tariff + part * (drawn.tariff_new - drawn.tariff)
            held = world.solve(drawn.cost_hat**part, tariff, deficits, wage_hat)
            if held.real_income_hat.min() <= 0:
                break
            wage_hat = held.wage_hat
    return held if held is not None and held.real_income_hat.min() > 0 else None
