"""What is published about the sums of a table of trade between regions: national totals, and what single regions trade.

Directions: 0 is exports of the first country to the second, 1 the way back, 2 both together (a turnover).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge import codes
from landbridge.errors import NotHeld
from landbridge.provenance import Figure, Status, derive
from landbridge.release.region_trade import (
    ALL_GOODS,
    EXPORTS,
    SHARE_OF_BILATERAL,
    TURNOVER,
    RegionFigure,
)

if TYPE_CHECKING:
    from landbridge.flows import TradeFlows
    from landbridge.release import Data

Array = NDArray[np.float64]
Ends = tuple[float, float]

RANGE, TARGET, UNUSED = "range", "target", "not used"
# Figures are carried over this many years at most.
CARRIED_YEARS = 5
# How far the counts of two customs services may be apart where no pair of them is held; assumed.
UNKNOWN_COUNT = 0.15
BOTH = 2
_CODE = "landbridge.potential.margins"
COLUMNS = (
    *("place", "direction", "period", "published", "unit", "comparator", "low_usd", "high_usd"),
    *("use", "why", "status", "weak", "source", "figure"),
)


@dataclass(frozen=True, slots=True)
class National:
    """Trade between two countries in one year: what the parts must add up to.

    `values` (2, item) in US dollars, zero where nothing is recorded; `figures` are the totals of both directions.
    `scale` holds by reporter and direction the range of factors from its count to `values`.
    """

    countries: tuple[str, str]
    year: int
    classification: str
    items: tuple[str, ...]
    values: Array = field(repr=False)
    figures: tuple[Figure, Figure] = field(repr=False)
    scale: Mapping[tuple[str, int], Ends] = field(repr=False)
    flows: TradeFlows | None = field(default=None, repr=False)

    @property
    def totals(self) -> Array:
        """All items together, (2,)."""
        return np.asarray(self.values.sum(axis=1), dtype=np.float64)

    @property
    def goods(self) -> bool:
        """Whether it counts goods as customs do, so that regional trade figures speak of the same thing."""
        return self.classification != "sector"


@dataclass(frozen=True, slots=True)
class Margin:
    """One published figure on a region as it enters the estimate.

    `low_usd` and `high_usd` are in the count and year of the national total; `high_usd` may be infinite. `use` is
    `range` (a hard range; the bounds rest on it), `target` (a soft target of the model alone) or `not used`.
    """

    place: str
    direction: int
    low_usd: float
    high_usd: float
    year: int
    months: int
    use: str
    why: str
    figure: Figure
    weak: bool


def national(data: Data, a: str, b: str, year: int | None = None, by: str | None = None) -> National:
    """Chapters or products where they are held, else totals of the year asked for, else sectors of the accounts.

    Of the accounts deliveries for intermediate use alone are taken: final sales by destination are imputed.
    """
    if by != "sector":
        try:
            flows = data.trade.best(a, b, year, "hs2")
        except NotHeld:
            flows = None
        if flows is not None and all(
            flows.by_item(exporter=x, importer=y).sum() > 0 for x, y in ((a, b), (b, a))
        ):
            return _of_flows(data, flows, a, b)
        if year is not None and year != data.accounts.year:
            return _of_totals(data, a, b, year)
    flows = data.trade.best(a, b, year, "sector")
    return _of_flows(data, flows, a, b)


def _of_flows(data: Data, flows: TradeFlows, a: str, b: str) -> National:
    sector = flows.classification == "sector"
    column = "intermediate_usd" if sector else "value_usd"
    values = np.stack([flows.by_item(column, exporter=x, importer=y) for x, y in ((a, b), (b, a))])
    used = values.sum(axis=0) > 0
    figures = []
    for x, y in ((a, b), (b, a)):
        found = flows.whole(exporter=x, importer=y, intermediates_only=sector)
        if not isinstance(found, Figure):
            raise NotHeld(found.reason, remedy=found.remedy)
        figures.append(found)
    kept = values[:, used]
    items = tuple(item for item, here in zip(flows.items, used, strict=True) if here)
    scale = {} if sector else _scales(data, a, b, flows.year, kept.sum(axis=1))
    return National(
        (a, b), flows.year, flows.classification, items, kept, (figures[0], figures[1]), scale, flows
    )


def _of_totals(data: Data, a: str, b: str, year: int) -> National:
    for reporter in sorted({a, b}, key=lambda side: side != "CHN"):
        found = [
            data.totals.flow_by_reporter(x, y).get(reporter, {}).get(str(year)) for x, y in ((a, b), (b, a))
        ]
        there, back = found
        if there is not None and back is not None:
            values = np.array([[there.point], [back.point]])
            scale = _scales(data, a, b, year, values.sum(axis=1))
            return National((a, b), year, "total", (), values, (there, back), scale)
    raise NotHeld(
        f"neither products nor totals of both directions between {a} and {b} in {year} are held.",
        remedy="Leave the year out, or load a BACI year with `landbridge load baci FILE`.",
    )


def _scales(data: Data, a: str, b: str, year: int, totals: Array) -> dict[tuple[str, int], Ends]:
    """From each side's count of a direction to the national totals used here: a range that holds 1."""
    out: dict[tuple[str, int], Ends] = {}
    for direction, (x, y) in enumerate(((a, b), (b, a))):
        held = data.totals.flow_by_reporter(x, y)
        gaps = [gap.importer_report.point / gap.exporter_report.point for gap in data.totals.mirror(x, y)]
        for reporter, other in ((a, b), (b, a)):
            own = held.get(reporter, {}).get(str(year))
            theirs = held.get(other, {}).get(str(year))
            if own is not None:
                ratios = [totals[direction] / own.point]
            elif theirs is not None and gaps:
                # The importer's count over the exporter's, in the years that have both.
                turned = [gap if reporter == y else 1 / gap for gap in gaps]
                ratios = [totals[direction] / (theirs.point * gap) for gap in turned]
            else:
                ratios = [1 - UNKNOWN_COUNT, 1 + UNKNOWN_COUNT]
            out[reporter, direction] = min(1.0, *ratios), max(1.0, *ratios)
    return out


def published(data: Data, whole: National, left_out: Iterable[str] = ()) -> tuple[Margin, ...]:
    """Every published figure on trade of the regions of either country with the other, as far as it can be used.

    `left_out` names regions whose figures are held out.
    """
    if not whole.goods:
        return ()
    out: list[Margin] = []
    a, b = whole.countries
    for side, (country, partner) in enumerate(((a, b), (b, a))):
        for found in data.region_trade.with_partner(country, partner):
            if found.place not in set(left_out):
                out.append(_margin(data, whole, found, country, side))
        out += _all_partners(data, whole, country, side)
    return tuple(_one_target(out, whole.year))


def direction_of(measure: str, side: int) -> int:
    """Which direction a measure of a region of side 0 or 1 speaks of."""
    if measure in (TURNOVER, SHARE_OF_BILATERAL):
        return BOTH
    return side if measure == EXPORTS else 1 - side


def _margin(data: Data, whole: National, found: RegionFigure, country: str, side: int) -> Margin:
    direction = direction_of(found.measure, side)
    blank = Margin(
        found.place, direction, 0.0, math.inf, found.year, found.months, UNUSED, "", found.figure, found.weak
    )
    if found.figure.status is not Status.REPORTED or found.suspect:
        return replace(blank, why="a forecast, a claim or a figure out of line")
    if found.scope != ALL_GOODS:
        return replace(blank, why=f"{found.scope} only")
    if found.measure == SHARE_OF_BILATERAL:
        return _share(whole, found, blank)
    if found.figure.unit == "%" or found.low_usd is None:
        return replace(blank, why="a share of the region's trade, whose total of that year is not held")
    low, high = _scale(whole, country, direction)
    most = math.inf if found.high_usd is None else found.high_usd * high
    if found.year == whole.year and not found.weak:
        if found.whole_year:
            return replace(
                blank,
                low_usd=found.low_usd * low,
                high_usd=most,
                use=RANGE,
                why="same year, in the count of the total",
            )
        why = f"{found.months} months of the same year: at least this much"
        return replace(blank, low_usd=found.low_usd * low, use=RANGE, why=why)
    return _carried(data, whole, found, country, blank)


def _scale(whole: National, country: str, direction: int) -> Ends:
    ways = (0, 1) if direction == BOTH else (direction,)
    ends = [whole.scale[country, way] for way in ways]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _share(whole: National, found: RegionFigure, blank: Margin) -> Margin:
    if abs(found.year - whole.year) > CARRIED_YEARS or found.figure.comparator in (">", ">="):
        return replace(blank, why="a lower bound of a share, or too old")
    value = found.figure.point / 100 * float(whole.totals.sum())
    why = f"share of {found.figure.period} times the national total of {whole.year}"
    return replace(blank, low_usd=value, high_usd=value, use=TARGET, why=why)


def _carried(data: Data, whole: National, found: RegionFigure, country: str, blank: Margin) -> Margin:
    """The figure's share in the national total of its own year, times the total of the year wanted."""
    if abs(found.year - whole.year) > CARRIED_YEARS:
        return replace(blank, why=f"more than {CARRIED_YEARS} years from {whole.year}")
    base = _national_then(data, whole, country, blank.direction, found.year)
    if base is None or found.low_usd is None:
        return replace(blank, why=f"no national total of {found.year} in the same count is held")
    ways = [0, 1] if blank.direction == BOTH else [blank.direction]
    yearly = 12 / found.months * float(whole.totals[ways].sum()) / base
    low = found.low_usd * yearly
    high = (found.low_usd if found.high_usd is None else found.high_usd) * yearly
    part = f", {found.months} months taken as their part of the year" if not found.whole_year else ""
    weak = ", weak source" if found.weak else ""
    why = f"share in the national total of {found.year} times the total of {whole.year}{part}{weak}"
    return replace(blank, low_usd=low, high_usd=high, use=TARGET, why=why)


def _national_then(data: Data, whole: National, country: str, direction: int, year: int) -> float | None:
    a, b = whole.countries
    ways = ((a, b), (b, a)) if direction == BOTH else (((a, b), (b, a))[direction],)
    total = 0.0
    for x, y in ways:
        held = data.totals.flow_by_reporter(x, y)
        # The country's own count, else the partner's: the difference is inside the range of the carried figure.
        figure = held.get(country, {}).get(str(year)) or held.get(b if country == a else a, {}).get(str(year))
        if figure is None:
            return None
        total += figure.point
    return total


def _all_partners(data: Data, whole: National, country: str, side: int) -> list[Margin]:
    """Trade with all partners of the same year is an upper bound of trade with one of them."""
    out = []
    for indicator, direction in (("trade_by_trader", BOTH), ("exports", side), ("imports", 1 - side)):
        held = (pl.col("indicator") == indicator) & (pl.col("period") == str(whole.year))
        here = set(data.observations.frame.filter(held)["place"])
        for region in codes.places("region", country):
            for figure in data.observations.series(region.code, indicator) if region.code in here else ():
                if figure.period == str(whole.year):
                    high = figure.point * _scale(whole, country, direction)[1]
                    why = "trade with all partners in the same year: at most this much"
                    out.append(
                        Margin(region.code, direction, 0.0, high, whole.year, 12, RANGE, why, figure, False)
                    )
    return out


def _one_target(margins: list[Margin], year: int) -> list[Margin]:
    """Of several soft targets for one sum the nearest in time counts, then the stronger source, then the longer period."""
    best: dict[tuple[str, int], tuple[tuple[int, bool, int, str], int]] = {}
    for at, margin in enumerate(margins):
        if margin.use == TARGET:
            key = margin.place, margin.direction
            order = abs(margin.year - year), margin.weak, -margin.months, margin.figure.id
            best[key] = min(best.get(key, (order, at)), (order, at))
    settled = {(m.place, m.direction) for m in margins if m.use == RANGE and m.months == 12 and m.low_usd > 0}
    chosen = {at for key, (_, at) in best.items() if key not in settled}
    return [
        replace(margin, use=UNUSED, why="a newer, longer or better figure on the same sum is held")
        if margin.use == TARGET and at not in chosen
        else margin
        for at, margin in enumerate(margins)
    ]


def ranges(margins: Iterable[Margin], places: tuple[str, ...]) -> tuple[Array, Array]:
    """Low and high of each region's sums, both (3, place): all ranges of one sum that agree narrow it together;
    published figures that conflict widen it to hold each of them.
    """
    low, high = np.zeros((3, len(places))), np.full((3, len(places)), np.inf)
    at = {place: i for i, place in enumerate(places)}
    groups: dict[tuple[int, int], list[Margin]] = {}
    for margin in margins:
        if margin.use == RANGE and margin.place in at:
            groups.setdefault((margin.direction, at[margin.place]), []).append(margin)
    for where, found in groups.items():
        lows, highs = max(m.low_usd for m in found), min(m.high_usd for m in found)
        if lows > highs:
            lows, highs = (
                min(m.low_usd for m in found if m.high_usd < math.inf),
                max(m.high_usd for m in found if m.high_usd < math.inf),
            )
        low[where], high[where] = lows, highs
    return low, high


def by_direction(low: Array, high: Array) -> tuple[Array, Array]:
    """What ranges of a turnover leave to each direction: from (3, place) to (2, place)."""
    out_low, out_high = low[:2].copy(), high[:2].copy()
    for way in (0, 1):
        out_high[way] = np.minimum(high[way], high[BOTH] - low[1 - way])
        out_low[way] = np.maximum(low[way], low[BOTH] - np.minimum(high[1 - way], np.finfo(float).max))
    return out_low, out_high


def table(margins: Iterable[Margin], whole: National) -> pl.DataFrame:
    """The margins as a frame: what is published, for when, by whom, and what was made of it."""
    a, b = whole.countries
    words = (f"{a} to {b}", f"{b} to {a}", "both ways")
    rows = [
        {
            "place": margin.place,
            "direction": words[margin.direction],
            "period": margin.figure.period,
            "published": margin.figure.point,
            "unit": margin.figure.unit,
            "comparator": margin.figure.comparator,
            "low_usd": margin.low_usd if margin.use != UNUSED else None,
            "high_usd": margin.high_usd if margin.use != UNUSED and margin.high_usd < math.inf else None,
            "use": margin.use,
            "why": margin.why,
            "status": margin.figure.status.value,
            "weak": margin.weak,
            "source": margin.figure.citation.source.id if margin.figure.citation else "",
            "figure": margin.figure.id,
        }
        for margin in margins
    ]
    kinds = {"published": pl.Float64, "low_usd": pl.Float64, "high_usd": pl.Float64, "weak": pl.Boolean}
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.String) for name in COLUMNS})


def figure_of(margin: Margin, whole: National) -> Figure:
    """A margin as it enters: a range in dollars of the national total's year and count."""
    high = margin.high_usd if margin.high_usd < math.inf else float(whole.totals.sum())
    return derive(
        f"{margin.figure.measure}, in the count of the national total of {whole.year}",
        None,
        "USD",
        [margin.figure],
        f"{_CODE}.published",
        period=str(whole.year),
        low=margin.low_usd,
        high=max(high, margin.low_usd),
        status=Status.ESTIMATED,
        note=f"{margin.why.capitalize()}.",
    )
