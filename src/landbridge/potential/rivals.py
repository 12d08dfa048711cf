"""Who holds the gap: suppliers of an importer that sell more than would be expected of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from landbridge.errors import BadUsage
from landbridge.potential import countries
from landbridge.potential.country_result import NOT_A_FORECAST
from landbridge.potential.panel import Panel, of_accounts
from landbridge.provenance import Status

if TYPE_CHECKING:
    from landbridge.release import Data


@dataclass(frozen=True, slots=True)
class Rivals:
    """Suppliers of one item to one importer against what is expected of them, US dollars.

    In the sample the gaps of all suppliers add up to zero (`balance_usd`, but for rounding), so what one supplier lacks
    others have: `surplus_usd` is the sum of all that is above expectation.
    """

    importer: str
    item: str
    period: str
    balance_usd: float
    surplus_usd: float
    frame: pl.DataFrame
    notes: tuple[str, ...]

    def table(self) -> pl.DataFrame:
        """One row a supplier, largest surplus first.

        supplier, observed_usd, in_sample_usd, gap_usd (expected less observed, in the sample), share_of_surplus_pct,
        left_out_usd and left_out_gap_usd (the same with the pair left out, by one step; null outside support), share_pct
        (of all that the importer buys abroad), status.
        """
        return self.frame


def rivals(data: Data, importer: str, item: str) -> Rivals:
    """Suppliers of `item` (a sector, `goods`, `services` or `all`) to `importer`; deliveries for intermediate use.

    Raises `BadUsage` where the item has no estimate.
    """
    return of_panel(of_accounts(data.accounts, data.agreements), importer, item)


def of_panel(world: Panel, importer: str, item: str) -> Rivals:
    """`rivals` for any panel."""
    at, buyer = world.item(item), world.place(importer)
    whole = countries.fitted(world)
    if whole.solution.reason[at]:
        raise BadUsage(
            f"{item} has no estimate: {whole.solution.reason[at]}.", remedy="Ask for an item that is traded."
        )
    sellers = np.flatnonzero(world.known[at, :, buyer])
    observed = world.flows[at, sellers, buyer]
    inside = whole.solution.mean[at, sellers, buyer]
    outside = whole.left_out[at, sellers, buyer]
    kept = whole.supported[at, sellers, buyer]
    gap = inside - observed
    surplus = float(-gap[gap < 0].sum())
    bought = float(observed.sum())
    frame = pl.DataFrame(
        {
            "supplier": [world.places[seller] for seller in sellers],
            "observed_usd": observed,
            "in_sample_usd": inside,
            "gap_usd": gap,
            "share_of_surplus_pct": 100 * np.maximum(-gap, 0.0) / surplus if surplus else np.zeros_like(gap),
            "left_out_usd": [
                float(value) if held else None for value, held in zip(outside, kept, strict=True)
            ],
            "left_out_gap_usd": [
                float(value) if held else None for value, held in zip(outside - observed, kept, strict=True)
            ],
            "share_pct": 100 * observed / bought if bought else np.zeros_like(observed),
            "status": [Status.ESTIMATED.value] * len(sellers),
        },
        schema_overrides={"supplier": pl.String, "left_out_usd": pl.Float64, "left_out_gap_usd": pl.Float64},
    ).sort("gap_usd", "supplier")
    return Rivals(
        importer,
        item,
        world.period,
        float(gap.sum()),
        surplus,
        frame,
        (
            "In the sample the gaps of an importer add up to zero: a supplier above expectation holds what another lacks.",
            "Who sells more than expected may be near, cheap, allied or the only one that still delivers; the equation "
            "does not say which.",
            NOT_A_FORECAST,
        ),
    )
