"""First-order parts of a change of real income: terms of trade and volume of trade (Caliendo and Parro 2015, equation 15).

They add up to the first-order change, not to the exact one: after a large shock the two differ, and neither is a
better number for the other. The exact change is `real_income_hat` of the result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landbridge.equilibrium.economy import Baseline
from landbridge.equilibrium.result import Array, Equilibrium


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Log points of real income. `terms_of_trade` and `volume_of_trade` (S, partner, place): what a place owes to trade in a
    sector with a partner; sums over the first two axes are a place's. `exact` (N,): log of the exact change.
    """

    terms_of_trade: Array
    volume_of_trade: Array
    exact: Array

    @property
    def first_order(self) -> Array:
        """Both parts added up over sectors and partners, (N,)."""
        return np.asarray(self.terms_of_trade.sum(axis=(0, 1)) + self.volume_of_trade.sum(axis=(0, 1)))


def decomposition(base: Baseline, found: Equilibrium) -> Decomposition:
    """What cheaper imports, dearer exports and more taxed imports bring each place, to the first order.

    With sales F (S, i, n), unit cost c, import price c kappa at the door of the buyer net of tariff, base tariff t and final
    spending I, all of the baseline: terms of trade (1/I_n) [F_sni dln c_sn - F_sin dln c_si], volume of trade
    (1/I_n) t_sin F_sin (dln F_sin - dln c_si). Changes are logs of exact changes. Sales at home cancel. Iceberg costs are
    not in it: a change of `cost_hat` shows in the exact number alone.
    """
    cost = np.log(found.unit_cost_hat)
    sold = base.flows * cost[:, :, None]
    terms = (sold.transpose(0, 2, 1) - sold) / base.spending
    volume = np.zeros_like(base.flows)
    if base.tariff is not None:
        open_ = found.flows_hat > 0
        moved = np.log(np.where(open_, found.flows_hat, 1.0)) - cost[:, :, None]
        volume = np.where(open_, base.tariff * base.flows * moved, 0.0) / base.spending
    return Decomposition(terms, volume, np.log(found.real_income_hat))
