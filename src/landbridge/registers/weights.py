"""Economic weight of the regions of a side: gross regional product or exports, as shares of the side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from landbridge.provenance import Figure
from landbridge.registers.moments import day, span
from landbridge.release.data import Data
from landbridge.release.observations import INDICATORS

# What measures weight, best first: product of the region, its share in the product of the country, what it sells abroad.
_MEASURES = ("output", "gdp_share", "exports", "trade_by_origin", "trade_by_trader")


@dataclass(frozen=True, slots=True)
class Weights:
    """What the regions of one side weigh by one measure, unit and period.

    `figures` and `shares` hold those regions for which it is known (shares of 1 add up over them); `unknown` are the
    others. `measure` is empty where nothing is known of any. `later_than` is the day asked about where
    nothing so old is held.
    """

    measure: str
    unit: str
    period: str
    figures: Mapping[str, Figure]
    shares: Mapping[str, float]
    unknown: tuple[str, ...]
    later_than: str = ""

    def words(self) -> str:
        """What the weight is, for people."""
        if not self.measure:
            return "no economic weight of these regions is held"
        missing = f"; not known for {', '.join(self.unknown)}" if self.unknown else ""
        later = f", the oldest held, which is later than {self.later_than}" if self.later_than else ""
        return f"{INDICATORS[self.measure]} in {self.unit}, {self.period}{later}{missing}"


def weights(data: Data, regions: Sequence[str], on: str = "") -> Weights:
    """The measure held for most of some regions in one unit and period, the first of `_MEASURES` where several are.

    Of its periods the newest that is over on the day `on` counts; where none is, the oldest, which `words` then says.
    Figures of different measures, units or years are never mixed: a region without the chosen one has no weight.
    """
    limit = day(on) if on else date.max
    chosen = _best(data.observations.frame, regions, limit)
    if chosen is None:
        return Weights("", "", "", {}, {}, tuple(regions))
    measure, unit, period = chosen
    figures: dict[str, Figure] = {}
    for code in regions:
        for figure in data.observations.series(code, measure):
            if (figure.unit, figure.period) == (unit, period):
                figures.setdefault(code, figure)
    total = sum(figure.point for figure in figures.values())
    shares = {code: figure.point / total for code, figure in figures.items()} if total > 0 else {}
    unknown = tuple(code for code in regions if code not in shares)
    later = on if not _over(period, limit) else ""
    return Weights(measure, unit, period, figures if shares else {}, shares, unknown, later)


def _over(period: str, limit: date) -> bool:
    held = span(period)
    return held is not None and held.last is not None and held.last <= limit


def _best(frame: pl.DataFrame, regions: Sequence[str], limit: date) -> tuple[str, str, str] | None:
    counts = (
        frame.filter(pl.col("place").is_in(list(regions)) & pl.col("indicator").is_in(_MEASURES))
        .group_by("indicator", "unit", "period")
        .agg(pl.col("place").n_unique().alias("held"))
    )
    rows = [
        (-row["held"], _MEASURES.index(row["indicator"]), row["period"], row["unit"])
        for row in counts.iter_rows(named=True)
    ]
    if not rows:
        return None
    most, place = min(row[:2] for row in rows)
    # The newest of the periods that hold as many regions, what is not over by the day left out.
    equal = [row for row in rows if row[:2] == (most, place)]
    by_then = [row for row in equal if _over(row[2], limit)]
    _, _, period, unit = max(by_then) if by_then else min(equal)
    return _MEASURES[place], unit, period
