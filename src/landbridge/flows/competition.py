"""What moved a place's exports, and who holds a market beside it.

Each result says what it counts (`basis`) and in which classification; docs/explanation/indicators.md tells the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl

from landbridge.errors import BadUsage, UnknownLabel
from landbridge.flows import indices as kernels
from landbridge.flows.indices import Array
from landbridge.flows.scope import INTERMEDIATES, Scope, index_figure, scope, world_gap
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Figure, Status, Unavailable, weakest

_EFFECTS = {
    "growth": "growth of all that is bought",
    "items": "effect of which items are sold",
    "markets": "effect of where they are sold",
    "competitiveness": "effect of shares gained or lost",
    "change": "change",
}


@dataclass(frozen=True, slots=True)
class MarketShareChange:
    """What moved the exports of `exporter` to `importer` between two years (constant market share).

    `effects`: growth, items, markets (where markets are all), competitiveness and their sum, change, in US dollars.
    `markets` is absent for one importer: it has no other market to compare with.
    """

    exporter: str
    importer: str
    years: tuple[int, int]
    classification: str
    basis: str
    effects: dict[str, Figure | Unavailable]
    frame: pl.DataFrame = field(repr=False)

    def table(self) -> pl.DataFrame:
        """One row an item, largest change first: value_before_usd, value_after_usd, change_usd, the effects, status."""
        return self.frame


def market_share(
    before: TradeFlows,
    after: TradeFlows,
    exporter: str,
    importer: str = "",
    *,
    first: Literal["items", "markets"] = "items",
    intermediates_only: bool = False,
) -> MarketShareChange:
    """Constant market share of `exporter` in `importer`, or in all markets (Leamer and Stern 1970; Richardson 1971).

    For one market, growth is that of all its imports. Raises `NotHeld` where the trade of the market, or of the world,
    is held with a few places only, and `BadUsage` for two classifications.
    """
    years = _two_years(before, after, exporter, importer, intermediates_only)
    items = tuple(sorted({*before.items, *after.items}))
    markets = (importer,) if importer else tuple(sorted({*before.places, *after.places}))
    own, world = zip(*(_by_market(counted, exporter, items, markets) for counted in years), strict=True)
    found = kernels.constant_market_share(*own, *world, first=first)
    columns: dict[str, Array] = {}
    if not isinstance(found, Unavailable):
        columns = {"change": own[1] - own[0], "growth": found.growth, "items": found.items}
        columns |= {} if importer else {"markets": found.markets}
        columns["competitiveness"] = found.competitiveness
    wholes = [
        flows.whole(exporter=seller, importer=importer or None, intermediates_only=intermediates_only)
        for flows in (before, after)
        for seller in (exporter, None)
    ]
    what = f"exports of {exporter} to {importer or 'all places'}, {before.year} to {after.year}, {years[0].basis}"
    note = "The effects add up to the change; weights are those of the first year."

    def total(name: str) -> Figure | Unavailable:
        value = found if isinstance(found, Unavailable) else float(columns[name].sum())
        code = "constant_market_share"
        return index_figure(f"{_EFFECTS[name]}, {what}", code, lambda: value, *wholes, unit="USD", note=note)

    statuses = [Status(counted.status(_purchases(counted, importer))) for counted in years]
    frame = pl.DataFrame(
        {
            "item": items,
            "value_before_usd": own[0].sum(axis=1),
            "value_after_usd": own[1].sum(axis=1),
            **{f"{name}_usd": cells.sum(axis=1) for name, cells in columns.items()},
            "status": [weakest(statuses).value] * len(items),
        }
    ).filter((pl.col("value_before_usd") > 0) | (pl.col("value_after_usd") > 0))
    moved = (pl.col("value_after_usd") - pl.col("value_before_usd")).abs()
    return MarketShareChange(
        exporter,
        importer,
        (before.year, after.year),
        before.classification,
        years[0].basis,
        {name: total(name) for name in _EFFECTS if name != "markets" or not importer},
        frame.sort(moved, "item", descending=[True, False]),
    )


def _two_years(
    before: TradeFlows, after: TradeFlows, exporter: str, importer: str, intermediates_only: bool
) -> list[Scope]:
    """What counts of either year; raises `BadUsage` and `NotHeld` where the two cannot be compared."""
    _same_items(before, after)
    if before.year >= after.year:
        raise BadUsage(f"the first year ({before.year}) must come before the second ({after.year}).")
    years = [scope(flows, intermediates_only=intermediates_only) for flows in (before, after)]
    why = "Constant market share compares a place with all that sell"
    for counted in years:
        counted.place(exporter, *([importer] if importer else []))
        if importer:
            counted.require_side(why, importer=importer)
        else:
            counted.require_world(why)
    return years


def _same_items(one: TradeFlows, other: TradeFlows) -> None:
    if one.classification != other.classification:
        raise BadUsage(
            f"flows by {one.classification} and by {other.classification} have no items in common."
        )


def _purchases(counted: Scope, importer: str) -> pl.DataFrame:
    return counted.counted.filter(pl.col("importer") == importer) if importer else counted.counted


def _by_market(
    counted: Scope, exporter: str, items: tuple[str, ...], markets: tuple[str, ...]
) -> tuple[Array, Array]:
    """Sales of `exporter`, and of all, two (items, markets)."""
    rows = counted.counted.filter(pl.col("importer").is_in(markets))
    item = rows["item"].cast(pl.Enum(items)).to_physical().cast(pl.Int64).to_numpy()
    market = rows["importer"].cast(pl.Enum(markets)).to_physical().cast(pl.Int64).to_numpy()
    value = rows[counted.column].cast(pl.Float64).to_numpy()
    own = (rows["exporter"] == exporter).to_numpy()
    cell, size = item * len(markets) + market, len(items) * len(markets)
    sums = (
        np.bincount(cell[pick], weights=value[pick], minlength=size)
        for pick in (own, np.full(len(own), True))
    )
    mine, every = (np.asarray(held.reshape(len(items), len(markets)), dtype=np.float64) for held in sums)
    return mine, every


@dataclass(frozen=True, slots=True)
class Rivals:
    """Who sells `item` to `importer`: all sellers with their shares, and what they are good at.

    `earlier_year` is the year changes count from, zero without one. `note` says what
    revealed advantage rests on, and why a column is empty, if one is.
    """

    importer: str
    item: str
    year: int
    earlier_year: int
    classification: str
    basis: str
    note: str
    frame: pl.DataFrame = field(repr=False)

    def table(self) -> pl.DataFrame:
        """One row a seller, largest first: value_usd, share_pct, share_before_pct, share_change_pp, rca, status.

        `share_change_pp` is in percentage points; `rca` the seller's revealed advantage in the item in all its exports.
        """
        return self.frame


def rivals(
    flows: TradeFlows,
    importer: str,
    item: str,
    *,
    earlier: TradeFlows | None = None,
    intermediates_only: bool = False,
) -> Rivals:
    """Who holds the purchases of `item` by `importer`; with `earlier` flows also whose share grew.

    Raises `NotHeld` where the purchases are held with a few sellers only.
    """
    frame, counted = _sellers(flows, importer, item, intermediates_only)
    notes = []
    before = None
    if earlier is not None:
        _same_items(earlier, flows)
        before, _ = _sellers(earlier, importer, item, intermediates_only)
    if earlier is not None and before is not None and before.is_empty():
        notes.append(
            f"No purchases of {item} are recorded for {earlier.year}, so shares of then are unknown."
        )
    if before is None or before.is_empty():
        frame = frame.with_columns(share_before_pct=pl.lit(None, pl.Float64))
    else:
        # Both years are held with all sellers, so a seller absent from one had no recorded share in it.
        old = before.select("exporter", "status", share_before_pct="share_pct")
        frame = frame.join(old, on="exporter", how="full", coalesce=True).with_columns(
            pl.col("value_usd", "share_pct", "share_before_pct").fill_null(0.0),
            pl.coalesce("status", "status_right"),
        )
    advantage, words = _advantage(counted, item)
    notes.append(words)
    frame = frame.with_columns(
        share_change_pp=pl.col("share_pct") - pl.col("share_before_pct"),
        rca=pl.Series([advantage.get(seller) for seller in frame["exporter"]], dtype=pl.Float64),
    ).select("exporter", "value_usd", "share_pct", "share_before_pct", "share_change_pp", "rca", "status")
    return Rivals(
        importer,
        item,
        flows.year,
        earlier.year if earlier is not None else 0,
        flows.classification,
        counted.basis,
        " ".join(notes),
        frame.sort("value_usd", "exporter", descending=[True, False]),
    )


def _sellers(
    flows: TradeFlows, importer: str, item: str, intermediates_only: bool
) -> tuple[pl.DataFrame, Scope]:
    """Exporters of one item to one place: exporter, value_usd, share_pct, status; and what counts."""
    counted = scope(flows, intermediates_only=intermediates_only)
    counted.place(importer)
    if item not in counted.items:
        raise UnknownLabel("sector" if flows.classification == "sector" else "product", item, counted.items)
    counted.require_side("Rivals are found among all who sell to a place", importer=importer)
    rows = counted.counted.filter((pl.col("importer") == importer) & (pl.col("item") == item))
    value, total = pl.col(counted.column), math.fsum(rows[counted.column].to_list())
    status = pl.lit(Status.RECONCILED.value) if counted.basis == INTERMEDIATES else pl.col("status")
    frame = rows.select("exporter", value_usd=value, share_pct=100 * value / total, status=status)
    return frame, counted


def _advantage(counted: Scope, item: str) -> tuple[dict[str, float], str]:
    """Revealed advantage in the item by place, and what it rests on or why there is none."""
    partial = world_gap(counted.flows)
    rca = kernels.advantage_matrix(counted.exports) if partial is None else partial
    if isinstance(rca, Unavailable):
        return {}, f"No revealed advantage is given. {rca}"
    column = rca[:, counted.items.index(item)].tolist()
    return dict(zip(counted.places, column, strict=True)), (
        f"Status is that of the sale; revealed advantage rests on all trade, {counted.basis}, which is {counted.status()}."
    )
