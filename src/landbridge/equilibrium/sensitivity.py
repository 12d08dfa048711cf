"""First-order effects of every cost and tariff of the world on the real income of a few places, by one transposed solve.

The model is that of `sectoral.solve` (Caliendo and Parro 2015, equations 2 and 4 to 10); the derivatives are exact at the
baseline and say nothing about how fast they change away from it.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landbridge.equilibrium import checks
from landbridge.equilibrium.adjoint import Adjoint, Worth
from landbridge.equilibrium.economy import Baseline
from landbridge.equilibrium.result import ADDITIVE, REMOVED, Array
from landbridge.errors import Problem

# A deficit below this part of spending is none.
NO_DEFICIT = 1e-9


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Derivatives of P objectives, each the log real income of a place or a weighted sum of such, at the baseline.

    `cost` (P, S, exporter, importer): by the log of the iceberg cost of a cell; minus the sum over `cost[p, s, n, :]` is
    the effect of productivity of sector s in n. `tariff`, same shape: by the tariff fraction (0.01 is one percentage
    point), its revenue included; None where it was not asked for. With `pairs` given, the last two axes are one,
    (P, S, number of pairs), in the order of `pairs`.

    `residual`: largest gap of the linearised system over the largest multiplier; `iterations`: products with it.
    """

    cost: Array
    tariff: Array | None
    pairs: tuple[tuple[int, int], ...] | None
    residual: float
    iterations: int

    def __post_init__(self) -> None:
        for held in (self.cost, self.tariff):
            if held is not None:
                held.flags.writeable = False


def real_income_elasticities(
    base: Baseline,
    *,
    theta: Any,
    places: Any,
    deficits: str = ADDITIVE,
    tol: float = 1e-10,
    tariff: bool = True,
    pairs: Sequence[tuple[int, int]] | None = None,
) -> Sensitivity:
    """By how much real income answers to each trade cost and each tariff, to first order at the baseline.

    `theta`: trade elasticity > 0, a number or (S,). `places`: positions of places, one objective each; or weights
    (P, N), the objective being sum_n weights[p, n] ln real income of n (with `base.spending` as weights: the world's gain in
    the money of the flows). Real income is that of `Equilibrium.real_income_hat`: tariff revenue and deficit included.
    `pairs`: positions (exporter, importer) of the only cells wanted. `deficits`: `additive` or `multiplicative`, as in
    `solve`; `removed` is refused unless there are none, because the baseline is then no equilibrium to differentiate at.
    `tol` bounds the gaps of the linearised system over its largest multiplier.

    With multipliers x of sales, I of income and p of log prices (see `adjoint`), share and sales X of a cell, d / d ln cost
    is p_sj share_sij + theta_s X_sij (I_j - x_si), and d / dt is that plus X_sij (I_j - x_si), over 1 + t. A flow that is
    zero has no effect. Raises `NotConverged` where the gaps stay above `tol`.
    """
    sectors, count = base.shape
    found = checks.Findings()
    elasticity = found.elasticity(theta, sectors)
    weights = _weights(found, places, count)
    cells = None if pairs is None else _cells(found, pairs, count)
    if not 0 < tol < 1:
        found.of_call.append(Problem(f"{tol}: a tolerance lies between 0 and 1.", "tol"))
    if checks.deficits(deficits) == REMOVED and (np.abs(base.deficit) > NO_DEFICIT * base.spending).any():
        what = "removing deficits moves the economy by itself, so there is no derivative at the baseline."
        remedy = "Use deficits='additive' or 'multiplicative', or compare two results of `solve`."
        found.of_call.append(Problem(what, "deficits", remedy=remedy))
    found.settle()
    worth = Adjoint(base, np.ascontiguousarray(elasticity), deficits).solve(weights, tol)
    cost, rates = _derivatives(base, elasticity, worth, cells, tariff)
    named = None if cells is None else tuple(zip(*(axis.tolist() for axis in cells), strict=True))
    return Sensitivity(cost, rates, named, worth.residual, worth.iterations)


def _derivatives(
    base: Baseline, theta: Array, worth: Worth, cells: tuple[Any, Any] | None, tariff: bool
) -> tuple[Array, Array | None]:
    """By log cost and, if asked, by tariff fraction: (P, S, N, N), or (P, S, pairs) at the `cells`."""
    price, sale, income = worth.price.transpose(0, 2, 1), worth.sale.transpose(0, 2, 1), worth.income
    flows, share, rates = base.flows, base.share, base.tariff
    if cells is None:
        elasticity = theta[:, None, None]
        gap = income[:, None, None, :] - sale[:, :, :, None]
        price = price[:, :, None, :]
    else:
        exporter, importer = cells
        elasticity = theta[:, None]
        gap = income[:, None, importer] - sale[:, :, exporter]
        price = price[:, :, importer]
        flows, share = flows[:, exporter, importer], share[:, exporter, importer]
        rates = None if rates is None else rates[:, exporter, importer]
    gap *= flows
    cost = gap * elasticity
    cost += price * share
    if not tariff:
        return cost, None
    gap += cost
    if rates is not None:
        gap /= 1.0 + rates
    return cost, gap


def _weights(found: checks.Findings, places: Any, count: int) -> Array:
    """Weights (P, N) of the objectives, from positions or as given."""
    given = np.asarray(places)
    if given.ndim == 2:
        if given.shape[1] != count or given.shape[0] == 0 or given.dtype.kind not in "iuf":
            what = f"shape {given.shape}; weights are numbers (objective, place), with {count} places."
            found.of_call.append(Problem(what, "places"))
            return np.ones((1, count))
        made = given.astype(np.float64)
        if not np.isfinite(made).all() or not (made != 0).any(axis=1).all():
            what = "weights of an objective are finite numbers, not all of them zero."
            found.of_call.append(Problem(what, "places", remedy="Mend the rows, or leave them out."))
            return np.ones((1, count))
        return made
    if given.ndim != 1 or given.size == 0 or given.dtype.kind not in "iu":
        what = (
            f"{places!r}: positions of places are whole numbers, one or more; weights are (objective, place)."
        )
        found.of_call.append(Problem(what, "places", remedy=f"Write [0] for the first of {count} places."))
        return np.ones((1, count))
    if given.min() < 0 or given.max() >= count:
        wrong = given[(given < 0) | (given >= count)].tolist()
        what = f"no place at position {', '.join(map(str, wrong))}; positions run from 0 to {count - 1}."
        found.of_call.append(Problem(what, "places"))
        return np.ones((1, count))
    return np.asarray(np.eye(count)[given])


def _cells(found: checks.Findings, pairs: Any, count: int) -> tuple[Any, Any]:
    """Positions of exporters and of importers."""
    try:
        made = np.array([(operator.index(i), operator.index(j)) for i, j in pairs], dtype=np.intp)
    except (TypeError, ValueError):
        made = np.empty((0, 2), dtype=np.intp)
    if made.size == 0 or made.min() < 0 or made.max() >= count:
        what = f"pairs are one or more (exporter, importer), each a position from 0 to {count - 1}."
        found.of_call.append(Problem(what, "pairs"))
        made = np.zeros((1, 2), dtype=np.intp)
    return made[:, 0], made[:, 1]
