"""One solution of a scenario on one account: the shock it makes, the equilibrium after it, and the outcomes kept.

Imports neither frames nor files, so that a worker process is ready at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from landbridge.equilibrium import Baseline, Equilibrium, baseline
from landbridge.equilibrium import solve as clear
from landbridge.errors import BadBaseline, BadUsage, NotConverged, NotHeld
from landbridge.scenarios.refusals import in_words
from landbridge.scenarios.translation import translate

if TYPE_CHECKING:
    from landbridge.scenarios.outcomes import Layout
    from landbridge.scenarios.plan import Plan, Shock, Target

Array = NDArray[np.float64]

LINKS, NO_LINKS, ONE_SECTOR = "caliendo-parro", "without-links", "one-sector"
# A target is met when the logarithm of new over wanted flow is this small.
TARGET_TOL = 1e-8
# How far markets may be from clearing, as a part of their size.
TOL = 1e-10
# Flows cannot be met more sharply than markets clear.
_PER_TOL = 100.0
_MOST_STEPS = 60
_LONGEST_STEP = 1.0


@dataclass(frozen=True, slots=True)
class Economy:
    """An account without its readers: what is sent to where it is solved.

    `flows` (S, N, N), million US dollars; `inputs` (S, S, N); `final_share` (S, N); `variant` names the imputation.
    """

    variant: str
    sectors: tuple[str, ...]
    places: tuple[str, ...]
    flows: Array
    inputs: Array
    final_share: Array


@dataclass(frozen=True, slots=True)
class ShadowCost:
    """What a capacity costs: the ad-valorem cost in per cent that makes a flow of a pair what the capacity lets pass."""

    sectors: tuple[str, ...]
    exporter: str
    importer: str
    flow_hat: float
    cost_pct: float


@dataclass(frozen=True, slots=True)
class Solved:
    """One equilibrium with the baseline it departs from, the trade elasticities `theta` (S,), all costs, (S, N, N) new over
    old, and the shadow costs among them.
    """

    base: Baseline
    found: Equilibrium
    theta: Array
    cost_hat: Array
    shadow: tuple[ShadowCost, ...]


class Prepared:
    """An economy made ready once for many shocks of a plan. The baseline is checked again only if its tariffs differ.

    `tol`: how far markets may be from clearing, as a part of their size.
    """

    def __init__(self, economy: Economy, plan: Plan, tol: float = TOL) -> None:
        self.economy, self.plan, self.tol = economy, plan, tol
        self._tariff: Array | None = None
        self._base: Baseline | None = None

    def base(self, tariff: Array | None) -> Baseline:
        """The baseline with these base tariffs (S, N, N), or none."""
        same = self._tariff is tariff or (
            tariff is not None and self._tariff is not None and np.array_equal(tariff, self._tariff)
        )
        if self._base is None or not same:
            it = self.economy
            if self.plan.model == ONE_SECTOR:
                self._base = baseline(it.flows.sum(axis=0, keepdims=True))
            elif self.plan.model == NO_LINKS:
                # Without links all purchases are final, so shares follow from the flows.
                self._base = baseline(it.flows, tariff=tariff)
            else:
                # With tariffs purchases are dearer than the account says; what is left of them for final use follows.
                share = it.final_share if tariff is None else None
                self._base = baseline(it.flows, it.inputs, final_share=share, tariff=tariff)
            self._tariff = tariff
        return self._base

    def under(self, plan: Plan) -> Prepared:
        """The same economy for another plan; its baseline is made once for all plans that levy the same tariffs."""
        other = Prepared(self.economy, plan, self.tol)
        other._tariff, other._base = self._tariff, self._base
        return other

    def solve(self, values: Mapping[str, float] | None = None) -> Solved:
        """The equilibrium of the plan at these parameters (None: the central ones).

        Raises `NotConverged` where markets were not cleared or a capacity was not met.
        """
        try:
            return self._solved(values)
        except (NotConverged, BadBaseline) as error:
            sectors = ("all sectors",) if self.plan.model == ONE_SECTOR else self.economy.sectors
            raise type(error)(in_words(error.problems, sectors, self.economy.places)) from error

    def _solved(self, values: Mapping[str, float] | None) -> Solved:
        shock = translate(self.plan, values)
        if self.plan.model == ONE_SECTOR:
            shock = self._one_sector(shock)
        base = self.base(shock.tariff)
        found, logs = _meet(base, shock, self.plan.deficits, self.tol)
        shadow = tuple(self._shadow(target, cost) for target, cost in zip(shock.targets, logs, strict=True))
        return Solved(base, found, shock.theta, _with_shadow(shock, logs), shadow)

    def outcome(self, layout: Layout, values: Mapping[str, float]) -> Array:
        """The outcomes of one draw, (width of the layout,)."""
        solved = self.solve(values)
        return layout.vector(solved.base.spending, solved.base.flows, solved.found)

    def _shadow(self, target: Target, log_cost: float) -> ShadowCost:
        places = self.economy.places
        return ShadowCost(
            tuple(self.economy.sectors[s] for s in target.sectors),
            places[target.exporter],
            places[target.importer],
            target.flow_hat,
            100.0 * float(np.expm1(log_cost)),
        )

    def _one_sector(self, shock: Shock) -> Shock:
        """The shock to all sectors as one: costs averaged by each pair's flows, as trade itself would weigh them.

        The elasticity is the mean over sectors by cross-border trade. Tariffs become costs: one sector has no revenue.
        """
        if shock.targets:
            raise BadUsage(
                f"a capacity by sector cannot be solved in the model {ONE_SECTOR}.",
                remedy=f"Use the model {LINKS}.",
            )
        flows = self.economy.flows
        abroad = flows.sum(axis=(1, 2)) - np.einsum("sii->s", flows)
        theta = float(shock.theta @ abroad / abroad.sum())
        cost = shock.cost_hat
        if shock.tariff_new is not None:
            old = 0.0 if shock.tariff is None else shock.tariff
            cost = cost * (1.0 + shock.tariff_new) / (1.0 + old)
        total = flows.sum(axis=0)
        moved = (flows * cost ** -shock.theta[:, None, None]).sum(axis=0)
        power = np.divide(moved, total, out=np.ones_like(total), where=total > 0)
        with np.errstate(divide="ignore"):
            mean = power ** (-1.0 / theta)
        return replace(shock, cost_hat=mean[None], tariff=None, tariff_new=None, theta=np.array([theta]))


def _meet(base: Baseline, shock: Shock, deficits: str, tol: float) -> tuple[Equilibrium, Array]:
    """The equilibrium in which every target is met, and the logarithm of the cost that meets it, (targets,).

    Broyden's method on the logarithms of the costs, begun from the partial elasticity of trade; steps are capped.
    """
    targets = shock.targets
    if not targets:
        return _cleared(base, shock, shock.cost_hat, deficits, tol), np.zeros(0)
    for target in targets:
        if not _flow(base.flows, target) > 0:
            raise NotHeld(
                "a capacity is set for a flow that is zero in the base year.",
                remedy="Take the capacity out, or name sectors in which the pair trades.",
            )
    log_cost = np.zeros(len(targets))
    slope = np.array([-shock.theta[list(target.sectors)].mean() for target in targets])
    inverse = np.diag(1.0 / slope)
    met = max(TARGET_TOL, _PER_TOL * tol)
    miss, found = _missed(base, shock, deficits, log_cost, tol)
    for _ in range(_MOST_STEPS):
        if np.abs(miss).max() <= met:
            return found, log_cost
        step = np.clip(-inverse @ miss, -_LONGEST_STEP, _LONGEST_STEP)
        new_miss, found = _missed(base, shock, deficits, log_cost + step, tol)
        change = new_miss - miss
        moved = inverse @ change
        scale = float(step @ moved)
        if scale != 0.0:
            inverse = inverse + np.outer(step - moved, step @ inverse) / scale
        log_cost, miss = log_cost + step, new_miss
    raise NotConverged(
        f"no cost was found that meets every capacity: after {_MOST_STEPS} steps a flow is off by "
        f"{100 * float(np.abs(np.expm1(miss)).max()):.2g} per cent.",
        cause="Capacities may contradict each other, or lie far beyond what trade reaches.",
        remedy="Move the capacity nearer to the base flow, or set one at a time.",
    )


def _missed(
    base: Baseline, shock: Shock, deficits: str, log_cost: Array, tol: float
) -> tuple[Array, Equilibrium]:
    """Logarithm of new over wanted flow of every target at these costs, and the equilibrium."""
    found = _cleared(base, shock, _with_shadow(shock, log_cost), deficits, tol)
    new = base.flows * found.flows_hat
    wanted = [target.flow_hat * _flow(base.flows, target) for target in shock.targets]
    reached = [_flow(new, target) for target in shock.targets]
    return np.log(np.array(reached) / np.array(wanted)), found


def _with_shadow(shock: Shock, log_cost: Array) -> Array:
    """The costs of the shock with those of its targets, (S, N, N)."""
    if not shock.targets:
        return shock.cost_hat
    cost = shock.cost_hat.copy()
    for target, log in zip(shock.targets, log_cost, strict=True):
        cost[list(target.sectors), target.exporter, target.importer] *= np.exp(log)
    return cost


def _flow(flows: Array, target: Target) -> float:
    return float(flows[list(target.sectors), target.exporter, target.importer].sum())


def _cleared(base: Baseline, shock: Shock, cost: Array, deficits: str, tol: float) -> Equilibrium:
    rates = None if shock.tariff_new is shock.tariff else shock.tariff_new
    return clear(base, theta=shock.theta, cost_hat=cost, tariff_new=rates, deficits=deficits, tol=tol)
