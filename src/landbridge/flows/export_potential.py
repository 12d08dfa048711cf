"""Export potential after Decreux and Spies: supply x demand x ease of trade; and items a place might newly sell.

`potential_values` is the kernel, on long arrays; `export_potential` and `new_products` apply it to trade flows of the
world, by sector or by product. docs/explanation/indicators.md tells what the numbers do not mean.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage, NotHeld
from landbridge.flows.complexity import advantages, density, economic_complexity, ranks
from landbridge.flows.indices import Array
from landbridge.flows.scope import INTERMEDIATES, Codes, Scope, scope
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Figure, Status, Unavailable, derive


@dataclass(frozen=True, slots=True)
class PotentialValues:
    """`supply` (places, items): projected share in world exports; `demand` (places, items): projected imports, in the
    unit of the values; `ease` (exporters, importers): trade over what it would be at world shares, zero where that
    would be nothing.
    """

    supply: Array
    demand: Array
    ease: Array

    def pair(self, exporter: int, importer: int) -> Array:
        """Potential exports of one pair by item, (items,), without market access."""
        return np.asarray(
            self.supply[exporter] * self.demand[importer] * self.ease[exporter, importer], dtype=np.float64
        )


def potential_values(
    exporter: Codes,
    importer: Codes,
    item: Codes,
    value: Array,
    shape: tuple[int, int],
    *,
    reexports: bool = False,
    supply_growth: Array | None = None,
    demand_growth: Array | None = None,
    supply_access: Array | None = None,
) -> PotentialValues:
    """Parts of the export potential indicator EPI_ijk = supply_ik x demand_jk x ease_ij (Decreux and Spies 2016).

    Rows (rows,) of exporter, importer and item, as positions from 0, and value; `shape` is (places, items). With v a
    value, a missing index a sum, and m_ik the imports of the exporter itself:

    supply_ik = g_i v_ik / sum_i g_i v_ik x min(1, v_ik / m_ik) x a_ik; the middle factor, with `reexports`, takes out
    what is bought to be sold on; g is `supply_growth` (places,), expected over present output, and a is
    `supply_access` (places, items), one plus the mean tariff the exporter meets over one plus that all exporters meet.
    demand_jk = h_jk v_jk, with h `demand_growth` (places, items), expected over present imports.
    ease_ij = v_ij / sum_k (v_ik / v_k) v_jk, of present trade.

    Without growth, access and re-exports, potentials of a pair add up to its trade: ease is made so.
    """
    places, items = shape
    if not bool((np.isfinite(value) & (value >= 0)).all()):
        raise BadSample(
            "trade below zero, or none at all, stands among the values.", remedy="Drop those rows."
        )

    def summed(first: Codes, second: Codes, count: int) -> Array:
        sums = np.bincount(first * count + second, weights=value, minlength=places * count)
        return np.asarray(sums.reshape(places, count), dtype=np.float64)

    exports, imports, pairs = (
        summed(exporter, item, items),
        summed(importer, item, items),
        summed(exporter, importer, places),
    )
    share = _over(exports, exports.sum(axis=0)[None, :])
    ease = _over(pairs, share @ imports.T)
    grown = exports if supply_growth is None else exports * supply_growth[:, None]
    supply = _over(grown, grown.sum(axis=0)[None, :])
    if reexports:
        supply = supply * np.where(imports > exports, _over(exports, imports), 1.0)
    if supply_access is not None:
        supply = supply * supply_access
    demand = imports if demand_growth is None else imports * demand_growth
    return PotentialValues(supply, demand, ease)


def _over(above: Array, below: Array) -> Array:
    below = np.broadcast_to(below, above.shape)
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


@dataclass(frozen=True, slots=True)
class Adjustments:
    """What changes supply and demand from today's, each a ratio by name; None leaves it out, and the result says so.

    `supply_growth`: expected over present output, by exporter. `demand_growth`: expected over present imports of the
    importer, by item. `supply_access`: one plus the mean tariff the exporter meets in the world over one plus that all
    meet, by item. `market_access`: one plus the mean tariff of the importer over one plus that on the exporter, by item.
    """

    supply_growth: Mapping[str, float] | None = None
    demand_growth: Mapping[str, float] | None = None
    supply_access: Mapping[str, float] | None = None
    market_access: Mapping[str, float] | None = None


_IN_WORDS = {
    "supply_growth": "growth of supply",
    "demand_growth": "growth of demand",
    "supply_access": "tariffs met in the world",
    "market_access": "tariffs met in the market",
}


@dataclass(frozen=True, slots=True)
class ExportPotential:
    """Export potential of `exporter` in the market `importer`, by item.

    `absent` names the adjustments that were not given. `ease` is the ease of trade of the pair, `actual` and
    `potential` are sums over items.
    """

    exporter: str
    importer: str
    year: int
    classification: str
    basis: str
    absent: tuple[str, ...]
    ease: Figure
    actual: Figure
    potential: Figure
    note: str
    frame: pl.DataFrame = field(repr=False)

    def table(self) -> pl.DataFrame:
        """One row an item, largest unrealised potential first: actual_usd, potential_usd, unrealised_usd (potential less
        actual, below zero where more is sold), supply_share, demand_usd, ease, note, status.
        """
        return self.frame


def export_potential(
    flows: TradeFlows,
    exporter: str,
    importer: str,
    *,
    adjust: Adjustments | None = None,
    reexports: bool | None = None,
    intermediates_only: bool = False,
) -> ExportPotential:
    """The export potential indicator of Decreux and Spies (2016) for one pair.

    `reexports` takes out what is bought to be sold on; left open, it is done for six-digit products and not for
    coarser items, in which most two-way trade is no re-export. Raises `NotHeld` where the flows are not those of the
    world, or hold no trade of the pair.
    """
    counted = scope(flows, intermediates_only=intermediates_only)
    counted.place(exporter, importer)
    counted.require_world("Export potential sets a pair against world trade")
    actual = flows.whole(exporter=exporter, importer=importer, intermediates_only=intermediates_only)
    if isinstance(actual, Unavailable) or exporter == importer:
        raise NotHeld(
            f"No trade from {exporter} to {importer} is recorded for {flows.year}, so ease of trade is unknown.",
            remedy="Ask for a pair that trades; `new_products` needs no trade of the pair.",
        )
    adjust = adjust or Adjustments()
    reexports = flows.classification == "hs6" if reexports is None else reexports
    i, j = counted.places.index(exporter), counted.places.index(importer)
    given = _Given(counted, adjust, (counted.exports[i] > 0) & (counted.imports[j] > 0))
    parts = potential_values(
        *counted.rows,
        (len(counted.places), len(counted.items)),
        reexports=reexports,
        supply_growth=given.supply_growth(),
        demand_growth=given.by_item("demand_growth", j),
        supply_access=given.by_item("supply_access", i),
    )
    access = given.vector("market_access")
    access = np.ones(len(counted.items)) if access is None else access
    frame = _rows(counted, (exporter, importer), parts, access, given.status)
    absent = tuple(words for name, words in _IN_WORDS.items() if getattr(adjust, name) is None)
    absent += () if reexports else ("re-exports",)
    figures = [actual, *_totals(counted, exporter, importer)]
    what, note = f"{exporter} to {importer}, {counted.basis}", _note(absent)

    def found(measure: str, value: float, unit: str) -> Figure:
        code = "landbridge.flows.export_potential.potential_values"
        return derive(f"{measure}, {what}", value, unit, figures, code, note=note, status=given.status)

    return ExportPotential(
        exporter,
        importer,
        flows.year,
        flows.classification,
        counted.basis,
        absent,
        found("ease of trade", float(parts.ease[i, j]), "x"),
        actual,
        found("export potential", math.fsum(frame["potential_usd"].to_list()), "USD"),
        note,
        frame.sort("unrealised_usd", "item", descending=[True, False]),
    )


def _rows(
    counted: Scope, pair: tuple[str, str], parts: PotentialValues, access: Array, status: Status
) -> pl.DataFrame:
    """The rows of `ExportPotential.table`, in the order of items."""
    i, j = (counted.places.index(place) for place in pair)
    sold = counted.flows.by_item(counted.column, exporter=pair[0], importer=pair[1])
    potential = parts.pair(i, j) * access
    return pl.DataFrame(
        {
            "item": counted.items,
            "actual_usd": sold,
            "potential_usd": potential,
            "unrealised_usd": potential - sold,
            "supply_share": parts.supply[i],
            "demand_usd": parts.demand[j] * access,
            "ease": [float(parts.ease[i, j])] * len(sold),
            "note": _remarks(sold, potential),
            "status": [counted.status(least=status)] * len(sold),
        }
    ).filter((pl.col("actual_usd") > 0) | (pl.col("potential_usd") > 0))


def _totals(counted: Scope, exporter: str, importer: str) -> list[Figure]:
    """All exports of the one, all imports of the other, all trade."""
    only = counted.basis == INTERMEDIATES
    wholes = (
        counted.flows.whole(exporter=a, importer=b, intermediates_only=only)
        for a, b in ((exporter, None), (None, importer), (None, None))
    )
    return [whole for whole in wholes if isinstance(whole, Figure)]


def _remarks(sold: Array, potential: Array) -> list[str]:
    unsold = np.where(sold == 0, "nothing is recorded from this exporter", "")
    remarks: list[str] = np.where(sold > potential, "more is sold than the potential", unsold).tolist()
    return remarks


@dataclass(frozen=True, slots=True)
class _Given:
    """The adjustments given, laid out by place and item; `needed` (items,) marks items that can have a potential."""

    counted: Scope
    adjust: Adjustments
    needed: NDArray[np.bool_]

    @property
    def status(self) -> Status:
        """A method with error; a forecast where growth is expected."""
        growth = self.adjust.supply_growth is not None or self.adjust.demand_growth is not None
        return Status.FORECAST if growth else Status.ESTIMATED

    def supply_growth(self) -> Array | None:
        ratios = self.adjust.supply_growth
        sells = self.counted.exports.sum(axis=1) > 0
        return None if ratios is None else _laid("supply_growth", ratios, self.counted.places, sells)

    def vector(self, name: str) -> Array | None:
        ratios = getattr(self.adjust, name)
        return None if ratios is None else _laid(name, ratios, self.counted.items, self.needed)

    def by_item(self, name: str, place: int) -> Array | None:
        """Ratios of one place, (places, items), one for all others, of which nothing is asked."""
        row = self.vector(name)
        if row is None:
            return None
        out = np.ones((len(self.counted.places), len(self.counted.items)))
        out[place] = row
        return out


def _laid(
    name: str, ratios: Mapping[str, float], labels: tuple[str, ...], needed: NDArray[np.bool_]
) -> Array:
    missing = [
        label for label, want in zip(labels, needed.tolist(), strict=True) if want and label not in ratios
    ]
    bad = [label for label in labels if label in ratios and not 0 < ratios[label] < np.inf]
    if missing or bad:
        wrong, what = (missing, "lacks") if missing else (bad, "is not positive for")
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise BadUsage(
            f"`{name}` {what} {', '.join(wrong[:5])}{more}.",
            cause="A ratio left out is not one.",
            remedy="Give a ratio, expected over present, for each; 1.0 says unchanged.",
        )
    return np.array([ratios.get(label, 1.0) for label in labels], dtype=np.float64)


def _note(absent: tuple[str, ...]) -> str:
    note = "Supply x demand x ease of trade (Decreux and Spies 2016). "
    if absent:
        note += f"Not counted: {', '.join(absent)}. "
    if len(absent) == len(fields(Adjustments)) + 1:
        note += (
            "So the potentials add up to actual trade: the table says how the trade of this pair would spread over items, "
            "not that it is too small. "
        )
    return note + "A benchmark, neither a ceiling nor a forecast of sales."


@dataclass(frozen=True, slots=True)
class NewProducts:
    """Items `exporter` does not sell with revealed advantage, in the order of nearness, complexity and demand together.

    Ranks only, one the best among the items listed; `demand_of` is the market, or `all places`. `left_out` counts items
    the market does not buy.
    """

    exporter: str
    demand_of: str
    year: int
    classification: str
    basis: str
    left_out: int
    note: str
    frame: pl.DataFrame = field(repr=False)

    def table(self) -> pl.DataFrame:
        """One row an item: rank, density_rank, complexity_rank, demand_rank, state (`not sold` or `sold below`), status."""
        return self.frame


def new_products(
    flows: TradeFlows,
    exporter: str,
    importer: str = "",
    *,
    threshold: float = 1.0,
    intermediates_only: bool = False,
) -> NewProducts:
    """Items to which `exporter` might branch out: near what it sells, complex, and bought by `importer` or by all.

    In the spirit of the product diversification indicator of Decreux and Spies (2016), with the density of Hidalgo et
    al. (2007) and the PCI. The order is that of the product of the three places counted from the bottom,
    which no unit or scale can sway and in which being last in one respect weighs most.
    Raises `NotHeld` where the flows are not those of the world.
    """
    held = advantages(flows, intermediates_only=intermediates_only, threshold=threshold)
    counted = held.scope
    counted.place(exporter, *([importer] if importer else []))
    at = counted.places.index(exporter)
    if at not in held.place_rows:
        raise NotHeld(
            f"{exporter} sells nothing with revealed advantage, so nothing is near to what it sells.",
            remedy="Lower `threshold`.",
        )
    kept = held.matrix[np.ix_(held.place_rows, held.item_columns)]
    near = density(kept)[int(np.flatnonzero(held.place_rows == at)[0])]
    found = economic_complexity(kept)
    demand = (counted.imports[counted.places.index(importer)] if importer else counted.imports.sum(axis=0))[
        held.item_columns
    ]
    lacking = held.matrix[at, held.item_columns] == 0
    pick = np.flatnonzero(lacking & (demand > 0))
    by_density, by_complexity, by_demand = (ranks(v[pick]) for v in (near, found.pci, demand))
    # From the bottom: one for the worst. So an item that is worst in one respect stays low, whatever the others say.
    together = np.prod([len(pick) + 1.0 - by for by in (by_density, by_complexity, by_demand)], axis=0)
    own = counted.exports[at, held.item_columns][pick]
    frame = pl.DataFrame(
        {
            "rank": ranks(together),
            "item": [counted.items[column] for column in held.item_columns[pick]],
            "density_rank": by_density,
            "complexity_rank": by_complexity,
            "demand_rank": by_demand,
            "state": np.where(own > 0, "sold below", "not sold").tolist(),
            "status": [counted.status(least=Status.ESTIMATED)] * len(pick),
        }
    ).sort("rank", "demand_rank", "item")
    return NewProducts(
        exporter,
        importer or "all places",
        flows.year,
        flows.classification,
        counted.basis,
        int((lacking & (demand <= 0)).sum()),
        "Ranks say where to look, not what to make: nearness is a statistical habit of other places, "
        "and neither cost nor policy is in it.",
        frame,
    )
