"""Flows that bear out given final shares: who buys how much when only the sums of the economy may move.

Shares of suppliers in each market, input shares, tariffs and deficits stay, prices too. What is left is linear. With
Q[k,j,m] what place j buys of good k because place m spends one unit on final use (Leontief's series), W[i,m] the value
added of place i in it and R[i,m] its tariff revenue, spending I of all places solves

    I[i] = sum_m (W[i,m] + R[i,m]) I[m] + D[i],      world gross output as it was.
"""

from __future__ import annotations

import numpy as np

from landbridge.equilibrium.checks import cells
from landbridge.equilibrium.economy import Baseline
from landbridge.equilibrium.parts import parts
from landbridge.equilibrium.result import Array
from landbridge.errors import BadBaseline, NotConverged, Problem

SERIES = 5_000
SMALLEST = 1e-17


def settled(base: Baseline) -> Array:
    """Flows (S, exporter, importer) whose final use is in the shares `base.final_share`."""
    _, places = base.shape
    net = base.share if base.tariff is None else base.share / (1.0 + base.tariff)
    bought = _bought(base, net)
    made = net @ bought
    earned = np.einsum("si,sim->im", base.value_added_share, made)
    levied = bought.sum(axis=0) - (net.sum(axis=1)[:, :, None] * bought).sum(axis=0)
    gross = made.sum(axis=(0, 1))
    # Every unit spent is earned or levied somewhere, so the columns of the system add up to zero in each part of the
    # world that trades; its gross output takes the place of what is missing.
    part = parts(base.share.sum(axis=0))
    same = part[:, None] == part
    weight = base.spending / (same @ base.spending)
    before = same @ base.output.sum(axis=0)
    system = np.eye(places) - earned - levied + same * np.outer(weight, gross)
    spending = np.linalg.solve(system, base.deficit + weight * before)
    if not spending.min() > 0:
        what = f"no spending is left to place {cells(spending <= 0, spending)} once flows follow the final shares."
        raise BadBaseline(
            [Problem(what, "final_share", remedy="Mend the shares, or leave them out to have them derived.")]
        )
    return np.asarray(net * (bought @ spending)[:, None, :])


def _bought(base: Baseline, net: Array) -> Array:
    """Q, (S, place that buys, place that spends): final use and all inputs it causes, from home and abroad."""
    sectors, places = base.shape
    added = np.zeros((sectors, places, places))
    at = np.arange(places)
    added[:, at, at] = base.final_share
    total = added.copy()
    uses = base.needs.transpose(0, 2, 1)
    for _ in range(SERIES):
        made = (net @ added).transpose(1, 0, 2)
        added = np.ascontiguousarray((uses @ made).transpose(1, 0, 2))
        total += added
        if added.max() <= SMALLEST * total.max():
            return total
    raise NotConverged(
        f"the inputs of inputs do not fade: after {SERIES:,} terms the last is {added.max():.1e}.",
        where="inputs",
        cause="Sectors that feed each other leave almost no value added.",
        remedy="Mend the input shares; their sum over input sectors is to stay below 1.",
    )
