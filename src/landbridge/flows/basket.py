"""`Basket`: what one place sells to another, item by item, with the indicators of the pair as traceable
figures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from landbridge.errors import BadUsage
from landbridge.flows import indices as kernels
from landbridge.flows.accounts import REST
from landbridge.flows.scope import scope, world_gap
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Figure, Status, Unavailable, derive

_CODE = "landbridge.flows.indices."


@dataclass(frozen=True, slots=True)
class _Measure:
    """One indicator as data: `kernel` takes the vectors named by `vectors`, whose totals become the inputs.

    Without a kernel it is the share of the first total in the second, with a range (see `share`).

    The vectors are `sold` and `returned`, what either place sells the other; `exports` of the one and `imports` of the
    other with all places; and `world`, all trade.
    """

    name: str
    words: str
    unit: str
    code: str
    kernel: Callable[..., kernels.Number] | None
    vectors: tuple[str, ...]


def _intensity(*vectors: kernels.Array) -> kernels.Number:
    return kernels.intensity(*(float(vector.sum()) for vector in vectors))


_MEASURES = (
    _Measure(
        "hhi",
        "Herfindahl-Hirschman index of the basket",
        "index",
        "herfindahl",
        kernels.herfindahl,
        ("sold",),
    ),
    _Measure(
        "effective_items",
        "effective number of items",
        "count",
        "effective_number",
        kernels.effective_number,
        ("sold",),
    ),
    _Measure(
        "effective_items_entropy",
        "effective number of items by entropy",
        "count",
        "effective_number_entropy",
        kernels.effective_number_entropy,
        ("sold",),
    ),
    _Measure(
        "complementarity",
        "trade complementarity",
        "index",
        "complementarity",
        kernels.complementarity,
        ("exports", "imports"),
    ),
    _Measure(
        "intensity",
        "trade intensity",
        "x",
        "intensity",
        _intensity,
        ("sold", "exports", "imports", "world"),
    ),
    _Measure(
        "exporter_dependence_pct",
        "share of the importer in all exports of the exporter",
        "%",
        "share",
        None,
        ("sold", "exports"),
    ),
    _Measure(
        "importer_dependence_pct",
        "share of the exporter in all imports of the importer",
        "%",
        "share",
        None,
        ("sold", "imports"),
    ),
    _Measure(
        "similarity",
        "similarity of the two baskets",
        "index",
        "similarity",
        kernels.similarity,
        ("sold", "returned"),
    ),
)
# Statuses weaker than this rest on imputation or assumption.
_OBSERVED = Status.ESTIMATED.rank
_NO_RANGE = (
    "No range is given: methods of imputation reach their extremes in different cells, so the spread by cell does not "
    "carry over to an index of many."
)
_SHARE_ENDS = (
    "Low and high take the part at its own low and high and leave the rest of the whole at its value; "
    "where the range of the part comes from stands in its note."
)


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
    basis = scope(flows, intermediates_only=intermediates_only).basis
    pair = _pair(flows, exporter, importer, intermediates_only)
    what = f"{exporter} to {importer}, {basis}"
    found = {measure.name: _indicator(pair, measure, what) for measure in _MEASURES}
    return Basket(exporter, importer, flows.year, basis, pair.totals["sold"], found, _items(pair))


@dataclass(frozen=True, slots=True)
class _Pair:
    """What the indicators of one pair are made of, by the names in `_Measure`.

    `sides` are exporter and importer, None for all places; `totals` the sums as figures, or why there are none;
    `vectors` the values by item in the order of `flows.items`, only where there is a total.
    """

    flows: TradeFlows
    intermediates_only: bool
    sides: dict[str, tuple[str | None, str | None]]
    totals: dict[str, Figure | Unavailable]
    vectors: dict[str, kernels.Array]

    def where(self, name: str) -> str:
        """A vector in words: how many items, from which to which, and the cells that they stand in."""
        held = [item for item, value in zip(self.flows.items, self.vectors[name], strict=True) if value > 0]
        use = "intermediate_musd" if self.intermediates_only else ""
        cells = self.flows.cells(*self.sides[name], item="ITEM", use=use)
        return f"{len(held)} items from {held[0]} to {held[-1]} in the cells {cells}"


def _pair(flows: TradeFlows, a: str, b: str, intermediates_only: bool) -> _Pair:
    sides: dict[str, tuple[str | None, str | None]] = {
        "sold": (a, b),
        "returned": (b, a),
        "exports": (a, None),
        "imports": (None, b),
        "world": (None, None),
    }
    partial = world_gap(flows)
    totals: dict[str, Figure | Unavailable] = {
        "sold": _total(flows, a, b, intermediates_only),
        "returned": _total(flows, b, a, intermediates_only),
    }
    for name in ("exports", "imports", "world"):
        exporter, importer = sides[name]
        totals[name] = partial or flows.whole(
            exporter=exporter, importer=importer, intermediates_only=intermediates_only
        )
    column = "intermediate_usd" if intermediates_only else "value_usd"
    vectors = {
        name: flows.by_item(column, exporter=exporter, importer=importer)
        for name, (exporter, importer) in sides.items()
        if isinstance(totals[name], Figure)
    }
    return _Pair(flows, intermediates_only, sides, totals, vectors)


def _total(flows: TradeFlows, exporter: str, importer: str, intermediates_only: bool) -> Figure | Unavailable:
    total = flows.explain(exporter, importer)
    if not intermediates_only or isinstance(total, Unavailable):
        return total
    if REST in (exporter, importer):
        return Unavailable("Trade with the rest of the world is not divided by use.")
    return total.inputs[0]


def _indicator(pair: _Pair, measure: _Measure, what: str) -> Figure | Unavailable:
    """The figure of one measure, or why there is none."""
    inputs: list[Figure] = []
    for name in measure.vectors:
        total = pair.totals[name]
        if isinstance(total, Unavailable):
            return total
        inputs.append(total)
    words = f"{measure.words}, {what}"
    if measure.kernel is None:
        return share(words, *inputs)
    value = measure.kernel(*(pair.vectors[name] for name in measure.vectors))
    if isinstance(value, Unavailable):
        return value
    note = f"Computed from {'; '.join(pair.where(name) for name in measure.vectors)}."
    if any(total.low is not None or total.status.rank > _OBSERVED for total in inputs):
        note += f" {_NO_RANGE}"
    return derive(words, value, measure.unit, inputs, _CODE + measure.code, note=note)


def share(measure: str, part: Figure, whole: Figure) -> Figure | Unavailable:
    """`part` in per cent of the `whole` that holds it, as a figure named `measure`.

    Where the part has a low and a high, so has the share: the part is taken at either end and the rest of the whole
    at its value, so that no share exceeds 100. `Unavailable` where the whole is zero.
    """
    if whole.point <= 0:
        return kernels.EMPTY
    rest = max(whole.point - part.point, 0.0)
    # Nothing left of the whole at this end: the part keeps its share at the centre only.
    low, high = (
        None if end is None or rest + end <= 0 else 100 * end / (rest + end) for end in (part.low, part.high)
    )
    return derive(
        measure,
        100 * part.point / whole.point,
        "%",
        (part, whole),
        "landbridge.flows.indicators.share",
        low=low,
        high=high,
        note=_SHARE_ENDS if low is not None and high is not None else "",
    )


def _items(pair: _Pair) -> pl.DataFrame:
    """The rows of `Basket.table`."""
    flows, only = pair.flows, pair.intermediates_only
    exporter, importer = pair.sides["sold"]
    assert exporter is not None
    assert importer is not None
    column = "intermediate_usd" if only else "value_usd"
    rows = flows.between(exporter, importer).filter(pl.col(column) > 0)
    # Without a figure for the pair there is no vector of it either, and the frame is empty.
    sold = pair.vectors.get("sold")

    def laid_out(values: kernels.Array | Unavailable | None) -> pl.Series:
        if values is None or isinstance(values, Unavailable):
            return pl.Series([None] * rows.height, dtype=pl.Float64)
        by_item = dict(zip(flows.items, values.tolist(), strict=True))
        return pl.Series([by_item[item] for item in rows["item"]], dtype=pl.Float64)

    def dependence_on(name: str) -> pl.Series:
        whole = pair.vectors.get(name)
        return laid_out(None if sold is None or whole is None else 100 * kernels.dependence(sold, whole))

    exports, world = pair.vectors.get("exports"), pair.vectors.get("world")
    advantage = None if exports is None or world is None else kernels.revealed_advantage(exports, world)
    value = rows[column]
    return pl.DataFrame(
        {
            "item": rows["item"],
            "value_usd": value,
            "low_usd": value if only else rows["low_usd"],
            "high_usd": value if only else rows["high_usd"],
            "share_pct": value if sold is None else 100 * value / sold.sum(),
            "rca": laid_out(advantage),
            "exporter_dependence_pct": dependence_on("exports"),
            "importer_dependence_pct": dependence_on("imports"),
            "status": pl.Series(["reconciled"] * rows.height, dtype=pl.String) if only else rows["status"],
        }
    ).sort("value_usd", "item", descending=[True, False])


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
