"""Why a shock may leave no equilibrium: what is refused before anything is solved, and what is said when a solve fails."""

from __future__ import annotations

import numpy as np

from landbridge.equilibrium.checks import cells
from landbridge.equilibrium.economy import Baseline
from landbridge.equilibrium.parts import Parts, by_part, components
from landbridge.equilibrium.result import ADDITIVE, REMOVED, Array
from landbridge.errors import NotConverged

# A deficit smaller than this part of spending is rounding of the accounts: nothing can be bought with it.
NO_DEFICIT = 1e-6


def tied(base: Baseline, part: Parts) -> None:
    """Raises where additive deficits are asked of a part of the world that trades with no other."""
    left, size = by_part(base.deficit, part), by_part(base.spending, part)
    cut = np.abs(left) > 1e-9 * size
    if cut.any():
        lost = np.flatnonzero(cut[part])
        raise NotConverged(
            f"no equilibrium: after the shock place {', '.join(map(str, lost[:5]))} cannot trade with the rest of the "
            "world, yet the accounts give a deficit or surplus that only such trade could pay.",
            where="deficits",
            cause="An additive deficit is paid by trade with others, and the shock ends that trade.",
            remedy="Use deficits='removed' or 'multiplicative', or leave some trade open.",
        )


def both_ways(base: Baseline, share: Array, deficits: str) -> None:
    """Raises where a group of places could only sell to the others, or only buy, without a deficit to match."""
    open_ = share.sum(axis=0) > 0
    if (open_ & open_.T).all(axis=0).any():
        # Somebody trades with everybody in both directions.
        return
    group = components(open_, one_way=True)
    deficit = np.zeros(group.size) if deficits == REMOVED else base.deficit
    left, size = by_part(deficit, group), by_part(base.spending, group)
    across = open_ & (group[:, None] != group[None, :])
    sells, buys = (np.bincount(group, weights=across.any(axis=axis)) > 0 for axis in (1, 0))
    cut = [
        (np.flatnonzero(lost[group]), verb, other)
        for lost, verb, other in (
            (buys & ~sells & ~(left > NO_DEFICIT * size), "sell", "buy"),
            (sells & ~buys & ~(left < -NO_DEFICIT * size), "buy", "sell"),
        )
        if lost.any()
    ]
    if cut:
        where, verb, other = min(cut, key=lambda found: found[0].size)
        raise NotConverged(
            f"no equilibrium: after the shock place {', '.join(map(str, where[:5]))} can still {other} abroad but "
            f"no longer {verb} there, and has no deficit that would pay for it.",
            where="cost_hat",
            cause="Trade in one direction alone is never balanced, at any wage.",
            remedy="Close both directions, or leave a flow of the other direction open at a high cost.",
        )


def supplied(total: Array) -> None:
    """Raises where a market that was served has no supplier left; `total` (N, S) is 1 where nothing is bought."""
    empty = total <= 0
    if empty.any():
        raise NotConverged(
            f"no equilibrium: {int(empty.sum())} markets have no supplier left, [place, sector] {cells(empty)}.",
            where="cost_hat",
            cause="The shock closes every flow to a place that buys the good and does not make it.",
            remedy="Leave one supplier open, or raise its cost by a large factor instead of closing it.",
        )


def unsolved(base: Baseline, deficits: str, income: Array, history: tuple[float, ...]) -> NotConverged:
    """Why there is no result, as far as it can be told."""
    owes = base.deficit < -NO_DEFICIT * base.spending
    poor = np.flatnonzero((income <= 0.02 * base.spending) & owes)
    if deficits == ADDITIVE and poor.size:
        at = int(poor[0])
        return NotConverged(
            f"place {at} cannot pay its surplus: it owes {-base.deficit[at]:.6g} a year to others, fixed in world "
            "output, and the shock leaves it too little to earn.",
            where="deficits",
            remedy="Use deficits='multiplicative' or 'removed', or a smaller shock.",
        )
    tail = ", ".join(f"{gap:.1e}" for gap in history[-3:])
    return NotConverged(
        f"markets did not clear: the last gaps of {len(history)} rounds were {tail}.",
        cause="The shock is very large, or leaves places tied by almost no trade.",
        remedy="Try a smaller shock first, deficits='removed', or close the flow with inf instead of a huge cost.",
    )
