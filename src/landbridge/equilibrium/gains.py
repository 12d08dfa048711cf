"""Gains from trade against autarky in closed form: what a place would lose if it traded with nobody.

With lambda[s,j] the share of its own goods in what place j buys of sector s, beta[s,j] the shares of sectors in final
spending, theta[s] the trade elasticity and A_j[s,k] the share of input k in the output of sector s, real income falls by

    1 - exp( beta_j' (I - A_j)^-1 log(lambda_j) / theta )

(Arkolakis, Costinot and Rodriguez-Clare, 2012, with one sector; Costinot and Rodriguez-Clare, 2014, equations 23 and
29, with many sectors and with inputs; perfect competition, balanced trade). The using sector is the row of A; its
transpose gives plausible but wrong numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from landbridge.equilibrium.checks import Findings, cells
from landbridge.equilibrium.result import Array
from landbridge.errors import OutsideSupport, Problem

ROUNDING = 1e-9
NO_WEIGHT = 1e-12


@dataclass(frozen=True, slots=True)
class Gains:
    """Gains from trade. `lost` (N,): fraction of real income lost in autarky; `by_sector` (S, N): its parts in log
    points, so that `lost = 1 - exp(by_sector.sum(axis=0))`; `domestic_share` (S, N): lambda, 1 where nothing is
    bought; `weight` (S, N): what a rise of a sector's price by one per cent adds to the cost of living, beta' (I -
    A)^-1; `final_share` (S, N): beta as used. With one sector S is 1.
    """

    lost: Array
    by_sector: Array
    domestic_share: Array
    weight: Array
    final_share: Array


def gains_from_trade(flows: Any, inputs: Any = None, *, theta: Any, final_share: Any = None) -> Gains:
    """The real income every place would lose in autarky.

    `flows` (N, N), or (S, N, N) by sector, domestic sales included; `inputs[input_sector, using_sector, place]` (S, S, N)
    shares of the using sector's gross output, None without links between sectors; `theta` > 0, a number or (S,);
    `final_share` (S, N), adding up to 1 over sectors. Without it final spending is what is bought less what sectors use.

    Refuses with the cells where a place buys of a sector, and nothing of it from itself: autarky would then cost
    everything, and the closed form is no answer.
    """
    found = Findings()
    one = np.ndim(flows) == 2
    table = found.flows(flows, sectors=not one)
    table = table[None] if one else table
    sectors, places = table.shape[:2]
    elasticity = found.elasticity(theta, sectors)
    links = np.zeros((sectors, sectors, places))
    if inputs is not None:
        links = found.shares(inputs, links.shape, "inputs")
        _value_added(found, links)
    given = None if final_share is None else found.shares(final_share, (sectors, places), "final_share")
    found.settle()
    bought = table.sum(axis=1)
    share = _final_share(found, given, bought, table.sum(axis=2), links)
    found.settle()
    share = share / share.sum(axis=0)
    # For place j the weights m solve (I - A_j)' m = beta_j, and A_j' is inputs[:, :, j].
    system = np.eye(sectors) - links.transpose(2, 0, 1)
    weight = np.linalg.solve(system, share.T[:, :, None])[:, :, 0].T
    weight = np.where(weight > NO_WEIGHT, weight, 0.0)
    own = np.diagonal(table, axis1=1, axis2=2)
    domestic = np.divide(own, bought, out=np.ones_like(bought), where=bought > 0)
    _finite(bought, domestic, weight)
    log_share = np.log(domestic, out=np.zeros_like(domestic), where=(weight > 0) & (domestic > 0))
    parts = weight * log_share / elasticity[:, None]
    return Gains(-np.expm1(parts.sum(axis=0)), parts, domestic, weight, share)


def _value_added(found: Findings, links: Array) -> None:
    used = links.sum(axis=0)
    if (used > 1 + ROUNDING).any():
        what = f"inputs exceed output in [using sector, place] {cells(used > 1 + ROUNDING, used)}."
        found.of_baseline.append(Problem(what, "inputs", remedy="Value added is 1 less the sum over inputs."))
    elif (used.min(axis=0) >= 1).any():
        what = f"no sector has value added in place {cells(used.min(axis=0) >= 1)}."
        found.of_baseline.append(Problem(what, "inputs"))


def _final_share(found: Findings, given: Array | None, bought: Array, sold: Array, links: Array) -> Array:
    """Final spending by sector and place, as given or as what is bought less what sectors use."""
    if given is not None:
        off = np.abs(given.sum(axis=0) - 1) > 1e-6
        if off.any():
            what = f"shares of sectors add up to 1 in every place; they do not in {cells(off, given.sum(axis=0))}."
            found.of_baseline.append(Problem(what, "final_share"))
        return given
    final: Array = bought - np.einsum("ksj,sj->kj", links, sold)
    wrong = final < -ROUNDING * bought.sum(axis=0)
    if wrong.any():
        what = f"sectors use more than is bought in [sector, place] {cells(wrong, final)}."
        found.of_baseline.append(
            Problem(
                what,
                "inputs",
                remedy="Mend the inputs, or hand over final_share: changes in stocks may be in.",
            )
        )
    return np.maximum(final, 0.0)


def _finite(bought: Array, domestic: Array, weight: Array) -> None:
    without = (weight > 0) & (bought > 0) & (domestic == 0)
    absent = (weight > 0) & (bought == 0)
    problems = []
    if without.any():
        what = f"nothing is bought at home in [sector, place] {cells(without)}, so autarky would cost everything."
        problems.append(
            Problem(what, "flows", remedy="Join the sector with another, or leave the place out.")
        )
    if absent.any():
        what = f"final demand or inputs count on a sector of which nothing is bought, [sector, place] {cells(absent)}."
        problems.append(Problem(what, "flows", remedy="Mend the flows, or the shares."))
    if problems:
        raise OutsideSupport(problems)
