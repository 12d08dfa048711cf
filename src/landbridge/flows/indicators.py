"""`Basket`: what one place sells to another, item by item, with the indicators of the pair as traceable
figures.

The formulas are in `landbridge.flows.indices`, and can be had from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from landbridge.errors import BadUsage
from landbridge.flows import indices as kernels
from landbridge.flows.accounts import REST
from landbridge.flows.indices import (
    complementarity,
    dependence,
    effective_number,
    effective_number_entropy,
    herfindahl,
    intensity,
    revealed_advantage,
    shares,
    similarity,
)
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Figure, Unavailable, derive

__all__ = [
    "Basket",
    "basket",
    "change",
    "complementarity",
    "dependence",
    "effective_number",
    "effective_number_entropy",
    "herfindahl",
    "intensity",
    "revealed_advantage",
    "shares",
    "similarity",
]

WITH_FINAL = "including imputed final demand"
INTERMEDIATES = "intermediates only"
PRODUCTS = "recorded goods"
_CODE = "landbridge.flows.indices."


@dataclass(frozen=True, slots=True)
class Basket:
    """Exports of `exporter` to `importer` in `year`: `total`, item rows, and indicators by name.

    `basis` says what is counted: `intermediates only`, `including imputed final demand` or `recorded goods`.
    Each indicator is a `Figure`, or `Unavailable` with the reason.
    """

    exporter: str
    importer: str
    year: int
    basis: str
    total: Figure | Unavailable
    indicators: dict[str, Figure | Unavailable]
    frame: pl.DataFrame = field(repr=False)

    def table(self) -> pl.DataFrame:
        """One row an item, largest first: value, range, share, revealed advantage, dependence on either side,
        status.
        """
        return self.frame


def basket(flows: TradeFlows, exporter: str, importer: str, *, intermediates_only: bool = False) -> Basket:
    """The basket of `exporter` in trade with `importer`; raises `UnknownLabel` for places not held.

    Revealed advantage, complementarity and dependence need the trade of both places with the whole world.
    They are computed for flows by sector and are `Unavailable` for flows by product that hold few pairs.
    """
    if intermediates_only and flows.classification != "sector":
        raise BadUsage(
            "flows by product are not divided into intermediate and final use.", remedy="Use flows by sector."
        )
    column = "intermediate_usd" if intermediates_only else "value_usd"
    basis = (
        PRODUCTS if flows.classification != "sector" else INTERMEDIATES if intermediates_only else WITH_FINAL
    )
    rows = flows.between(exporter, importer).filter(pl.col(column) > 0)
    items = flows.items
    total = _total(flows, exporter, importer, intermediates_only)
    sold = kernels.aligned(items, rows["item"].to_list(), rows[column].to_list())
    found: dict[str, Figure | Unavailable] = {}

    def keep(name: str, measure: str, unit: str, value: float | Unavailable, code: str) -> None:
        if isinstance(value, Unavailable) or isinstance(total, Unavailable):
            found[name] = value if isinstance(value, Unavailable) else kernels.EMPTY
            return
        found[name] = derive(
            f"{measure}, {exporter} to {importer}, {basis}", value, unit, (total,), _CODE + code
        )

    keep("hhi", "Herfindahl-Hirschman index of the basket", "index", kernels.herfindahl(sold), "herfindahl")
    keep(
        "effective_items",
        "effective number of items",
        "count",
        kernels.effective_number(sold),
        "effective_number",
    )
    keep(
        "effective_items_entropy",
        "effective number of items by entropy",
        "count",
        kernels.effective_number_entropy(sold),
        "effective_number_entropy",
    )
    exports, imports, world = (
        _world(flows, items, column, exporter=exporter),
        _world(flows, items, column, importer=importer),
        _world(flows, items, column),
    )
    reason = _partial(flows)
    rca: kernels.Array | Unavailable = reason or kernels.revealed_advantage(exports, world)
    keep(
        "complementarity",
        "trade complementarity",
        "index",
        reason or kernels.complementarity(exports, imports),
        "complementarity",
    )
    keep(
        "intensity",
        "trade intensity",
        "x",
        reason
        or kernels.intensity(
            float(sold.sum()), float(exports.sum()), float(imports.sum()), float(world.sum())
        ),
        "intensity",
    )
    for name, measure, whole in (
        ("exporter_dependence_pct", "share of the importer in all exports of the exporter", exports),
        ("importer_dependence_pct", "share of the exporter in all imports of the importer", imports),
    ):
        share = kernels.dependence(np.array([sold.sum()]), np.array([whole.sum()]))
        keep(name, measure, "%", reason or 100 * float(share[0]), "dependence")
    back = flows.between(importer, exporter).filter(pl.col(column) > 0)
    returned = kernels.aligned(items, back["item"].to_list(), back[column].to_list())
    keep(
        "similarity",
        "similarity of the two baskets",
        "index",
        kernels.similarity(sold, returned),
        "similarity",
    )

    def item_column(values: kernels.Array | Unavailable, scale: float = 1.0) -> list[float | None]:
        if isinstance(values, Unavailable):
            return [None] * rows.height
        return [scale * float(values[items.index(item)]) for item in rows["item"]]

    value = rows[column]
    frame = pl.DataFrame(
        {
            "item": rows["item"],
            "value_usd": value,
            "low_usd": value if intermediates_only else rows["low_usd"],
            "high_usd": value if intermediates_only else rows["high_usd"],
            "share_pct": 100 * value / value.sum() if rows.height else value,
            "rca": pl.Series(item_column(rca), dtype=pl.Float64),
            "exporter_dependence_pct": pl.Series(
                item_column(reason or kernels.dependence(sold, exports), 100.0), dtype=pl.Float64
            ),
            "importer_dependence_pct": pl.Series(
                item_column(reason or kernels.dependence(sold, imports), 100.0), dtype=pl.Float64
            ),
            "status": pl.Series(["reconciled"] * rows.height) if intermediates_only else rows["status"],
        }
    ).sort("value_usd", "item", descending=[True, False])
    return Basket(exporter, importer, flows.year, basis, total, found, frame)


def change(earlier: TradeFlows, later: TradeFlows, exporter: str, importer: str) -> pl.DataFrame:
    """Items of both years: value_before_usd, value_after_usd, change_pct, and `state`: new, lost or kept.

    New and lost mean recorded in one of the years only. Raises `BadUsage` when the classifications differ.
    """
    if earlier.classification != later.classification:
        raise BadUsage(
            f"flows by {earlier.classification} and by {later.classification} have no items in common."
        )
    before, after = (
        held.between(exporter, importer)
        .filter(pl.col("value_usd") > 0)
        .select("item", pl.col("value_usd").alias(name))
        for held, name in ((earlier, "value_before_usd"), (later, "value_after_usd"))
    )
    old, new = pl.col("value_before_usd"), pl.col("value_after_usd")
    return (
        before.join(after, on="item", how="full", coalesce=True)
        .with_columns(
            change_pct=100 * (new / old - 1),
            state=pl.when(old.is_null())
            .then(pl.lit("new"))
            .when(new.is_null())
            .then(pl.lit("lost"))
            .otherwise(pl.lit("kept")),
        )
        .sort(pl.max_horizontal(old, new), "item", descending=[True, False])
    )


def _total(flows: TradeFlows, exporter: str, importer: str, intermediates_only: bool) -> Figure | Unavailable:
    total = flows.explain(exporter, importer)
    if not intermediates_only or isinstance(total, Unavailable):
        return total
    if REST in (exporter, importer):
        return Unavailable("Trade with the rest of the world is not divided by use.")
    return total.inputs[0]


def _world(
    flows: TradeFlows,
    items: Sequence[str],
    column: str,
    *,
    exporter: str | None = None,
    importer: str | None = None,
) -> kernels.Array:
    frame = flows.frame
    if exporter is not None:
        frame = frame.filter(pl.col("exporter") == exporter)
    if importer is not None:
        frame = frame.filter(pl.col("importer") == importer)
    # One order of summation: the last bits decide the ids of figures.
    sums = frame.group_by("item", maintain_order=True).agg(pl.col(column).sum())
    return kernels.aligned(items, sums["item"].to_list(), sums[column].to_list())


def _partial(flows: TradeFlows) -> Unavailable | None:
    """Why world totals cannot be formed, if they cannot: fewer than ten places are no world."""
    if len(flows.places) >= 10:
        return None
    return Unavailable(
        f"Flows of {flows.year} by {flows.classification} are held for {', '.join(flows.places)} only.",
        "Load a world trade data set, or ask by sector.",
    )
