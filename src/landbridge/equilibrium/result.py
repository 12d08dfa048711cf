"""What a solved equilibrium is: numbers that clear the markets, and how well they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ADDITIVE, MULTIPLICATIVE, REMOVED = "additive", "multiplicative", "removed"
DEFICITS = (ADDITIVE, MULTIPLICATIVE, REMOVED)


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """Changes between a baseline and the equilibrium after a shock; `_hat` is new over old. Exists only when solved.

    S sectors, N places. `real_income_hat` (N,): final spending, tariff revenue and deficit included, over
    `price_index_hat` (N,); `wage_hat` (N,): price of a place's own factor; `spending_hat` (N,): final spending;
    `flows_hat`: shape of the flows, values net of tariff, 1 where the base flow is 0; `unit_cost_hat`: price at the
    seller's door, (S, N), or (N,) with one sector; `output_hat`: gross output, same shape, 1 where there was none;
    `tariff_revenue` (N,): after the shock, unit of the flows. World gross output is the numeraire.

    `residual`: largest gap of any market relative to its size, checked on the table of new flows at the solution;
    `history`: residual of each round; `iterations`: rounds; `method`, `closure` (what becomes of deficits, and the
    numeraire) and `concept` (`conditional`, `endowment GE`, `sectoral GE`, `spatial GE`) in words; `repairs`: steps
    taken on the baseline before anything was solved; `settled_flows`: the base that hats refer to, where it is not the one
    given.
    """

    real_income_hat: Array
    wage_hat: Array
    price_index_hat: Array
    spending_hat: Array
    flows_hat: Array
    unit_cost_hat: Array
    output_hat: Array
    tariff_revenue: Array
    residual: float
    history: tuple[float, ...]
    iterations: int
    method: str
    closure: str
    concept: str
    repairs: tuple[str, ...] = ()
    settled_flows: Array | None = None

    def __post_init__(self) -> None:
        # Frozen all through: a number that was solved for is not written over.
        for name in self.__dataclass_fields__:
            held = getattr(self, name)
            if isinstance(held, np.ndarray) and name != "settled_flows":
                held.flags.writeable = False

    def __str__(self) -> str:
        places = self.real_income_hat.size
        told = (
            f"{self.concept}, {places} places: residual {self.residual:.1e} after {self.iterations} rounds "
            f"({self.method}; {self.closure})"
        )
        return "; ".join((told, *self.repairs))
