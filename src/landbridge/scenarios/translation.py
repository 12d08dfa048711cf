"""From a plan and one value for each parameter to a shock: costs, tariffs and targets.

Trade moves by cost to the power of minus theta; several changes of one flow multiply. Pure NumPy, so that worker
processes load nothing else. docs/reference/scenarios.md derives every formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from landbridge.scenarios.plan import Array, CostStep, Plan, Shock, Target

Sizes = Mapping[str, Any]

_HOURS, _DAYS = 24.0, 365.0


def ad_valorem(sizes: Sizes, theta: Array, day: Array) -> Array:
    """1 + change: an ad-valorem equivalent, the same in every sector."""
    return np.full(theta.shape, 1.0 + sizes["change_pct"] / 100.0)


def waiting(sizes: Sizes, theta: Array, day: Array) -> Array:
    """1 + share (hours / 24 day + cost + charge / value of a tonne): time at its value of a day (k,) and fees, on the
    share that meets them.
    """
    cost = sizes.get("hours", 0.0) / _HOURS * day / 100.0 + sizes.get("cost_pct", 0.0) / 100.0
    if "charge_usd_t" in sizes:
        cost = cost + sizes["charge_usd_t"] / sizes["usd_t"]
    return np.asarray(1.0 + sizes["share_pct"] / 100.0 * cost)


def settling(sizes: Sizes, theta: Array, day: Array) -> Array:
    """1 + share (fee + days / 365 capital cost): what it costs to be paid."""
    delay = sizes.get("delay_days", 0.0) / _DAYS * sizes.get("capital_cost_pct", 0.0)
    return np.full(
        theta.shape, 1.0 + sizes["share_pct"] / 100.0 * (sizes.get("fee_pct", 0.0) + delay) / 100.0
    )


def closing(sizes: Sizes, theta: Array, day: Array) -> Array:
    """(1 - share)^(-1/theta): at given prices the flow loses that share; infinite where nothing is left."""
    left = 1.0 - sizes["share_pct"] / 100.0
    return np.full(theta.shape, np.inf) if left <= 0.0 else np.asarray(left ** (-1.0 / theta))


def producing(sizes: Sizes, theta: Array, day: Array) -> Array:
    """1 / (1 + change): more output per unit of inputs is a lower cost of every sale, at home too."""
    return np.full(theta.shape, 1.0 / (1.0 + sizes["change_pct"] / 100.0))


def agreeing(sizes: Sizes, theta: Array, day: Array) -> Array:
    """exp(-coefficient / theta): the cost that moves trade by exp(coefficient) at given prices."""
    return np.asarray(np.exp(-sizes["coefficient"] / theta))


def leaving(sizes: Sizes, theta: Array, day: Array) -> Array:
    """exp(coefficient / theta): the same undone."""
    return np.asarray(np.exp(sizes["coefficient"] / theta))


FORMULAS: Mapping[str, Callable[[Sizes, Array, Array], Array]] = {
    "ad_valorem": ad_valorem,
    "waiting": waiting,
    "settling": settling,
    "closing": closing,
    "producing": producing,
    "agreeing": agreeing,
    "leaving": leaving,
}
"""Sizes by field, theta (k,) and the value of a day in per cent (k,) to the cost of k sectors, new over old."""


def translate(plan: Plan, values: Mapping[str, float] | None = None) -> Shock:
    """The shock of a plan at `values` (by name of parameter), or at their central values.

    `cost_hat` is 1 where nothing changes. `tariff` holds the base rates of the cells that a change of tariff sets, zero
    elsewhere, where rates are unknown and inside the flows; `tariff_new` differs from it in those cells alone.
    """
    held = plan.central() if values is None else values
    size = (len(plan.sectors), len(plan.places), len(plan.places))
    theta = np.array([held[name] for name in plan.theta])
    cost = np.ones(size)
    for step in plan.costs:
        change = factor(step, theta, held)
        cost[step.sectors[:, None], step.exporters, step.importers] *= change[:, None]
    tariff, tariff_new = (np.zeros(size), np.zeros(size)) if plan.tariffs else (None, None)
    for rates in plan.tariffs:
        assert tariff is not None
        assert tariff_new is not None
        cells = rates.sectors, rates.exporters, rates.importers
        tariff[cells] = np.array([held[name] for name in rates.base]) / 100.0
        tariff_new[cells] = held[rates.new] / 100.0
    if tariff is not None and tariff_new is not None and np.array_equal(tariff, tariff_new):
        # Levied before and after alike: a solve then has no rates to compare.
        tariff_new = tariff
    targets = tuple(
        Target(step.sectors, step.exporter, step.importer, 1.0 + held[step.size] / 100.0)
        for step in plan.targets
    )
    return Shock(cost, tariff, tariff_new, targets, theta, plan.notes)


def factor(step: CostStep, theta: Array, held: Mapping[str, float]) -> Array:
    """New over old cost of the k sectors of a step, (k,), at `theta` (S,) and the parameters `held`."""
    sizes = {name: _size(parameter, held) for name, parameter in step.sizes.items()}
    day = np.array([held[name] for name in step.days]) if step.days else np.zeros(step.sectors.size)
    whole = FORMULAS[step.formula](sizes, theta[step.sectors], day)
    return whole if step.part == 1.0 else 1.0 + step.part * (whole - 1.0)


def _size(parameter: str | tuple[str, ...], held: Mapping[str, float]) -> Any:
    return held[parameter] if isinstance(parameter, str) else np.array([held[name] for name in parameter])
