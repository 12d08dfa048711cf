"""First-order parts of a change of real income: terms of trade and volume of trade (Caliendo and Parro 2015, equation
15), and what trade itself costs.

They add up to the first-order change, not to the exact one: after a large shock the two differ, and neither is a
better number for the other. The exact change is `real_income_hat` of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from landbridge.equilibrium.checks import Findings
from landbridge.equilibrium.economy import Baseline
from landbridge.equilibrium.result import Array, Equilibrium


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Log points of real income. `terms_of_trade`, `volume_of_trade` and `delivery` (S, partner, place): what a place
    owes to trade in a sector with a partner; sums over the first two axes are a place's. `exact` (N,): log of the
    exact change.
    """

    terms_of_trade: Array
    volume_of_trade: Array
    delivery: Array
    exact: Array

    @property
    def first_order(self) -> Array:
        """The parts added up over sectors and partners, (N,)."""
        parts = (self.terms_of_trade, self.volume_of_trade, self.delivery)
        return np.asarray(sum(part.sum(axis=(0, 1)) for part in parts))


def decomposition(base: Baseline, found: Equilibrium, *, cost_hat: Any = None) -> Decomposition:
    """What cheaper imports, dearer exports, more taxed imports and cheaper delivery bring each place, to first order.

    With sales F (S, i, n), unit cost c, change of iceberg cost kappa, base tariff t and final spending I, all of the
    baseline: terms of trade (1/I_n) [F_sni dln c_sn - F_sin dln c_si], volume of trade (1/I_n) t_sin F_sin (dln F_sin -
    dln c_si - dln kappa_sin), delivery -(1/I_n) F_sin dln kappa_sin. Changes are logs of exact changes. Sales at home
    cancel in the first. `cost_hat` is what the shock was solved with; the paper moves tariffs alone, so its equation
    has no third part. Flows that are closed have no first-order part: they are left out.
    """
    found_out = Findings()
    change = found_out.costs(cost_hat, base.flows.shape)
    found_out.settle()
    cost = np.log(found.unit_cost_hat)
    sold = base.flows * cost[:, :, None]
    terms = (sold.transpose(0, 2, 1) - sold) / base.spending
    open_ = np.isfinite(change) & (found.flows_hat > 0)
    dearer = np.log(np.where(open_, change, 1.0))
    delivery = -base.flows * dearer / base.spending
    volume = np.zeros_like(base.flows)
    if base.tariff is not None:
        moved = np.log(np.where(open_, found.flows_hat, 1.0)) - cost[:, :, None] - dearer
        volume = np.where(open_, base.tariff * base.flows * moved, 0.0) / base.spending
    return Decomposition(terms, volume, delivery, np.log(found.real_income_hat))
