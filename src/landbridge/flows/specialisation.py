"""What a place is specialised in, and how concentrated and how two-way its trade is: indices of
`landbridge.flows.indices` applied to trade flows.

Each result says what it counts (`basis`) and in which classification; docs/explanation/indicators.md tells the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadUsage
from landbridge.flows import indices as kernels
from landbridge.flows.indices import Array
from landbridge.flows.scope import Scope, index_figure, known_column, scope
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Figure, Unavailable


@dataclass(frozen=True, slots=True)
class Specialisation:
    """Specialisation of `place` in its trade with all others in `year`.

    `indicators`: hhi and theil of its exports, grubel_lloyd of its trade, items_with_advantage.
    """

    place: str
    year: int
    classification: str
    basis: str
    indicators: dict[str, Figure | Unavailable]
    frame: pl.DataFrame = field(repr=False)

    def table(self) -> pl.DataFrame:
        """One row an item, largest exports first: exports_usd, imports_usd, rca, symmetric_rca, lafay_pct, grubel_lloyd,
        status.
        """
        return self.frame


def specialisation(flows: TradeFlows, place: str, *, intermediates_only: bool = False) -> Specialisation:
    """What `place` is specialised in against the world: raises `NotHeld` where the flows are those of a few places."""
    counted = scope(flows, intermediates_only=intermediates_only)
    counted.place(place)
    counted.require_world("Specialisation compares a place with the world")
    at = counted.places.index(place)
    exports, imports, world = counted.exports[at], counted.imports[at], counted.exports.sum(axis=0)
    both = exports + imports
    advantage = kernels.revealed_advantage(exports, world)
    frame = pl.DataFrame(
        {
            "item": counted.items,
            "exports_usd": exports,
            "imports_usd": imports,
            "rca": known_column(advantage, world > 0),
            "symmetric_rca": known_column(
                advantage if isinstance(advantage, Unavailable) else kernels.symmetric_advantage(advantage),
                world > 0,
            ),
            "lafay_pct": known_column(kernels.lafay(exports, imports), both > 0),
            "grubel_lloyd": known_column(kernels.grubel_lloyd(exports, imports), both > 0),
            "status": [counted.status()] * len(counted.items),
        }
    )
    sold, bought, all_trade = (
        flows.whole(exporter=a, importer=b, intermediates_only=intermediates_only)
        for a, b in ((place, None), (None, place), (None, None))
    )
    what = f"{place}, {counted.basis}"
    found = {
        "hhi": index_figure(
            f"Herfindahl-Hirschman index of exports, {what}",
            "herfindahl",
            lambda: kernels.herfindahl(exports),
            sold,
        ),
        "theil": index_figure(
            f"Theil index of exports, {what}", "theil_index", lambda: kernels.theil_index(exports), sold
        ),
        "grubel_lloyd": index_figure(
            f"intra-industry trade with all places, {what}",
            "grubel_lloyd_total",
            lambda: kernels.grubel_lloyd_total(exports, imports),
            sold,
            bought,
        ),
        "items_with_advantage": index_figure(
            f"items with revealed advantage, {what}",
            "revealed_advantage",
            lambda: advantage if isinstance(advantage, Unavailable) else float((advantage >= 1).sum()),
            sold,
            all_trade,
            unit="count",
        ),
    }
    return Specialisation(
        place,
        flows.year,
        flows.classification,
        counted.basis,
        found,
        frame.sort("exports_usd", "item", descending=[True, False]),
    )


@dataclass(frozen=True, slots=True)
class IntraIndustry:
    """Two-way trade of `place_a` and `place_b` in the same items.

    `total` is the Grubel-Lloyd index over all items; `limit` the highest it could be with trade as unbalanced as it is.
    """

    place_a: str
    place_b: str
    year: int
    classification: str
    basis: str
    total: Figure | Unavailable
    limit: Figure | Unavailable
    frame: pl.DataFrame = field(repr=False)

    def table(self) -> pl.DataFrame:
        """One row an item, most traded first: sold_usd (A to B), bought_usd, grubel_lloyd, direction, status."""
        return self.frame


def intra_industry(
    flows: TradeFlows, place_a: str, place_b: str, *, intermediates_only: bool = False
) -> IntraIndustry:
    """The Grubel-Lloyd index of the trade of two places, by item and in total.

    An item recorded in one direction counts as not traded in the other. Finer items give lower indices, so indices of
    different classifications do not compare.
    """
    counted = scope(flows, intermediates_only=intermediates_only)
    counted.place(place_a, place_b)
    sold = flows.by_item(counted.column, exporter=place_a, importer=place_b)
    bought = flows.by_item(counted.column, exporter=place_b, importer=place_a)
    inputs = (
        flows.whole(exporter=place_a, importer=place_b, intermediates_only=intermediates_only),
        flows.whole(exporter=place_b, importer=place_a, intermediates_only=intermediates_only),
    )
    what = f"{place_a} and {place_b}, {counted.basis}"
    note = f"By {flows.classification}: finer items give a lower index."
    total = index_figure(
        f"intra-industry trade, {what}",
        "grubel_lloyd_total",
        lambda: kernels.grubel_lloyd_total(sold, bought),
        *inputs,
        note=note,
    )
    limit = index_figure(
        f"highest intra-industry trade that the balance of trade allows, {what}",
        "grubel_lloyd_total",
        lambda: kernels.grubel_lloyd_total(sold.sum(keepdims=True), bought.sum(keepdims=True)),
        *inputs,
        note="The index of one item that holds all trade.",
    )
    rows = counted.counted.filter(
        pl.col("exporter").is_in([place_a, place_b]) & pl.col("importer").is_in([place_a, place_b])
    )
    traded = sold + bought > 0
    frame = pl.DataFrame(
        {
            "item": counted.items,
            "sold_usd": sold,
            "bought_usd": bought,
            "grubel_lloyd": kernels.grubel_lloyd(sold, bought),
            "direction": np.where(
                bought == 0, "sold only", np.where(sold == 0, "bought only", "both")
            ).tolist(),
            "status": [counted.status(rows)] * len(sold),
        }
    ).filter(pl.Series(traded))
    return IntraIndustry(
        place_a,
        place_b,
        flows.year,
        flows.classification,
        counted.basis,
        total,
        limit,
        frame.sort(pl.col("sold_usd") + pl.col("bought_usd"), "item", descending=[True, False]),
    )


@dataclass(frozen=True, slots=True)
class Concentration:
    """Theil index of the exports of `exporter` to `importer`, or to all where that is empty, by groups of items.

    `index` = `between` + `within`. Without groups of one's own these are the extensive margin (how few of the
    `item_count` items are sold at all) and the intensive one (how unequally those are).
    """

    exporter: str
    importer: str
    year: int
    classification: str
    basis: str
    item_count: int
    index: Figure | Unavailable
    between: Figure | Unavailable
    within: Figure | Unavailable
    frame: pl.DataFrame = field(repr=False)

    def table(self) -> pl.DataFrame:
        """One row a group: items, share_pct, theil (inside it), between, within (what it adds), status."""
        return self.frame


def theil(
    flows: TradeFlows,
    exporter: str,
    importer: str = "",
    *,
    groups: Mapping[str, str] | None = None,
    intermediates_only: bool = False,
) -> Concentration:
    """The Theil index of exports with its parts between and within groups of items.

    `groups` names the group of each item; without it items are `sold` or `not sold`, and the parts are the margins of
    Cadot, Carrere and Strauss-Kahn (2011). The items are those that occur in `flows` at all, which in flows of two
    places are fewer than the classification has. Raises `NotHeld` for exports to all that are held with a few partners.
    """
    counted = scope(flows, intermediates_only=intermediates_only)
    counted.place(exporter, *([importer] if importer else []))
    if not importer:
        counted.require_side("Concentration is of all exports of a place", exporter=exporter)
    values = flows.by_item(counted.column, exporter=exporter, importer=importer or None)
    total = flows.whole(exporter=exporter, importer=importer or None, intermediates_only=intermediates_only)
    names, codes = _groups(counted, values, groups)
    found = kernels.theil_parts(values, codes)
    what = f"exports of {exporter} to {importer or 'all places'}, {counted.basis}"
    note = f"Over {len(values)} items by {flows.classification} that occur in the flows held."

    def part(words: str, value: Callable[[kernels.TheilParts], float]) -> Figure | Unavailable:
        return index_figure(
            f"{words}, {what}",
            "theil_parts",
            lambda: found if isinstance(found, Unavailable) else value(found),
            total,
            note=note,
        )

    rows = counted.counted.filter(pl.col("exporter") == exporter)
    rows = rows.filter(pl.col("importer") == importer) if importer else rows
    return Concentration(
        exporter,
        importer,
        flows.year,
        flows.classification,
        counted.basis,
        len(values),
        part("Theil index", lambda parts: parts.total),
        part(
            "Theil index between groups" if groups else "Theil index, extensive margin",
            lambda parts: parts.between,
        ),
        part(
            "Theil index within groups" if groups else "Theil index, intensive margin",
            lambda parts: parts.within,
        ),
        _by_group(found, names, counted.status(rows)),
    )


def _by_group(found: kernels.TheilParts | Unavailable, names: list[str], status: str) -> pl.DataFrame:
    """The rows of `Concentration.table`."""
    schema = {"group": pl.String, "items": pl.Int64, "share_pct": pl.Float64, "theil": pl.Float64}
    schema |= {"between": pl.Float64, "within": pl.Float64, "status": pl.String}
    if isinstance(found, Unavailable):
        return pl.DataFrame(schema=schema)
    columns = {
        "group": names,
        "items": found.items,
        "share_pct": 100 * found.share,
        "theil": known_column(found.inside, found.share > 0),
        "between": found.between_by_group,
        "within": found.within_by_group,
        "status": [status] * len(names),
    }
    return pl.DataFrame(columns, schema=schema).sort("share_pct", "group", descending=[True, False])


def _groups(
    counted: Scope, values: Array, groups: Mapping[str, str] | None
) -> tuple[list[str], NDArray[np.int64]]:
    """Names of groups and the group of each item."""
    if groups is None:
        sold = values > 0
        names = ["sold", "not sold"] if not sold.all() else ["sold"]
        return names, np.where(sold, 0, 1).astype(np.int64)
    missing = [item for item in counted.items if item not in groups]
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise BadUsage(
            f"no group is given for {', '.join(missing[:5])}{more}.",
            remedy="Name a group for every item of the flows: `flows.items`.",
        )
    names = sorted({groups[item] for item in counted.items})
    place = {name: at for at, name in enumerate(names)}
    return names, np.array([place[groups[item]] for item in counted.items], dtype=np.int64)
