"""Trade of two countries split among their regions: what is published, turned into one balanced table a draw."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge import codes
from landbridge.errors import NotHeld
from landbridge.flows.distance import great_circle_km
from landbridge.potential.balancing import Side, balance
from landbridge.potential.bounds import Range
from landbridge.potential.margins import (
    BOTH,
    RANGE,
    TARGET,
    Margin,
    National,
    by_direction,
    published,
    ranges,
)
from landbridge.potential.own import Own, read
from landbridge.potential.prior import GRAVITY, PROPORTIONAL, Assumptions, drawn, gravity

if TYPE_CHECKING:
    from landbridge.release import Data

Array = NDArray[np.float64]

# Head offices declare at their seat, so the sums of these countries' regions are soft.
DECLARED_BY_HEAD_OFFICES = frozenset({"RUS"})
# The seat of most of them: its share is drawn between that of its output and the declared one.
HEAD_OFFICES = frozenset({"RU-MOW"})
_UNKNOWN_KM = 1000.0
_ROOM = 1e-3


@dataclass(frozen=True, slots=True)
class Part:
    """One country with its regions: `sizes` (draw + 1 or 1, region) in any unit; `low` and `high` (2, region) what is
    known of each region's trade with the other country by direction; `told` which regions have a figure on a direction.

    `loaded` holds by region and direction what the user's own files say of trade with the other country.
    """

    country: str
    regions: tuple[str, ...]
    sizes: Array = field(repr=False)
    low: Array = field(repr=False)
    high: Array = field(repr=False)
    told: frozenset[tuple[str, int]]
    loaded: Mapping[tuple[str, int], Own] = field(repr=False)

    def range(self, direction: int, total: float) -> Range:
        """What is known of the regions' sums in one direction, none above the national total."""
        return Range(np.minimum(self.low[direction], total), np.minimum(self.high[direction], total))


@dataclass(frozen=True, slots=True)
class Split:
    """The balanced tables: `cells` (draw + 1, direction, region of the first country, of the second), the first central."""

    whole: National
    parts: tuple[Part, Part]
    margins: tuple[Margin, ...]
    cells: Array = field(repr=False)
    rounds: int
    residual: float
    prior: str


def split(
    data: Data,
    whole: National,
    *,
    draws: int,
    seed: int,
    assumed: Assumptions,
    left_out: Iterable[str] = (),
    assume_output: bool = False,
) -> Split:
    """Splits the trade of two countries. `left_out` names regions whose published figures must not be looked at."""
    rng = np.random.default_rng(seed)
    margins = published(data, whole, left_out)
    first, second = (_part(data, whole, side, margins, draws, rng) for side in (0, 1))
    points = [_points(part) for part in (first, second)]
    known = points[0] is not None and points[1] is not None
    shape = len(first.regions), len(second.regions)
    distance = great_circle_km(points[0], points[1]) if known else np.full(shape, _UNKNOWN_KM)  # type: ignore[arg-type]
    kind = GRAVITY if known else PROPORTIONAL
    prior = gravity(
        first.sizes, second.sizes, distance, _touching(data, first, second), assumed, draws, rng, kind
    )
    sides = [
        _side(data, whole, part, side, margins, prior.softness, assumed, rng, assume_output)
        for side, part in enumerate((first, second))
    ]
    values = np.broadcast_to(prior.values, (draws + 1, 2, *shape))
    table = balance(values, whole.totals[None], sides[0], sides[1])
    return Split(whole, (first, second), margins, table.values, table.rounds, table.residual, kind)


def _part(
    data: Data, whole: National, side: int, margins: tuple[Margin, ...], draws: int, rng: np.random.Generator
) -> Part:
    country = whole.countries[side]
    regions = tuple(place.code for place in codes.places("region", country)) or (country,)
    sizes = _sizes(data, country, regions, draws, rng)
    low, high = ranges(margins, regions)
    loaded = _loaded(data, whole, regions, side)
    for (region, direction), own in loaded.items():
        i = regions.index(region)
        least, most = _own_range(own, whole, direction)
        if own.total is not None:
            # The user's own count replaces what is published, and may contradict it.
            low[direction, i], high[direction, i] = least, most
            low[BOTH, i], high[BOTH, i] = 0.0, np.inf
        else:
            low[direction, i] = min(max(low[direction, i], least), most)
            high[direction, i] = most if high[direction, i] < least else min(high[direction, i], most)
        if high[BOTH, i] < low[:BOTH, i].sum():
            high[BOTH, i] = np.inf
        low[BOTH, i] = min(low[BOTH, i], high[:BOTH, i].sum())
    high[:2] = np.minimum(high[:2], np.maximum(whole.totals[:, None], low[:2]))
    low, high = by_direction(low, high)
    told = {(m.place, m.direction) for m in margins if m.use in (RANGE, TARGET) and m.low_usd > 0}
    told |= {key for key, own in loaded.items() if own.total is not None}
    return Part(country, regions, sizes, low, high, frozenset(told), loaded)


def _sizes(data: Data, country: str, regions: tuple[str, ...], draws: int, rng: np.random.Generator) -> Array:
    """Output of each region, or shares of the country's output with the part that is not allocated drawn."""
    if regions == (country,):
        return np.ones((1, 1))
    for indicator in ("output", "gdp_share"):
        held = newest(data, regions, indicator)
        if len(held) == len(regions):
            values = np.array([held[region] for region in regions])
            if indicator == "output":
                return values[None]
            rest = max(100.0 - values.sum(), 0.0)
            extra = np.vstack([values / values.sum(), rng.dirichlet(np.ones(len(regions)), size=draws)])
            return np.asarray(values + rest * extra, dtype=np.float64)
    raise NotHeld(
        f"the output of the regions of {country} is not in this release, so that its trade cannot be split.",
        remedy="Ask for the country itself.",
    )


def newest(data: Data, regions: tuple[str, ...], indicator: str) -> dict[str, float]:
    """The newest value of one indicator for each of the regions that has one."""
    chosen = (pl.col("indicator") == indicator) & pl.col("place").is_in(regions)
    rows = data.observations.frame.filter(chosen).sort("period", "source").select("place", "value")
    return dict(rows.iter_rows())


def _points(part: Part) -> Array | None:
    places = [codes.place(code) for code in part.regions]
    if any(place.lat is None or place.lon is None for place in places):
        return None
    return np.array([[place.lat, place.lon] for place in places], dtype=np.float64)


def _touching(data: Data, first: Part, second: Part) -> NDArray[np.bool_]:
    """Pairs of regions with a crossing on their common border, by the ledger."""
    out = np.zeros((len(first.regions), len(second.regions)), dtype=bool)
    rows, columns = ({code: i for i, code in enumerate(part.regions)} for part in (first, second))
    for record in data.ledger.records("crossing"):
        near = {code for statement in record.all("near") for code in statement.places}
        for one in near & rows.keys():
            for other in near & columns.keys():
                out[rows[one], columns[other]] = True
    return out


def _loaded(data: Data, whole: National, regions: tuple[str, ...], side: int) -> dict[tuple[str, int], Own]:
    """The user's own rows on trade of these regions with the other country, by region and direction."""
    other = whole.countries[1 - side]
    if regions == (whole.countries[side],):
        return {}
    sold, bought = read(data, whole, regions, [other]), read(data, whole, [other], regions)
    return {(x, side): own for (x, _), own in sold.items()} | {
        (y, 1 - side): own for (_, y), own in bought.items()
    }


def _own_range(own: Own, whole: National, direction: int) -> tuple[float, float]:
    """What a user's file leaves to a region's total: itself, or from its sum to that with all that it lacks."""
    if own.total is not None:
        return own.total, own.total
    most = own.most(whole.items, whole.values[direction]) if whole.items else float(whole.totals[direction])
    return own.sum, max(own.sum, most)


def _side(
    data: Data,
    whole: National,
    part: Part,
    side: int,
    margins: tuple[Margin, ...],
    softness: Array,
    assumed: Assumptions,
    rng: np.random.Generator,
    assume_output: bool,
) -> Side:
    draws, n = softness.size, len(part.regions)
    out = Side.unknown(2, n, draws)
    shares = part.sizes / part.sizes.sum(axis=1, keepdims=True)
    everyone = {} if assume_output and _without_margin(data, part) else _all_partners(data, part, side)
    if assume_output and _without_margin(data, part):
        # Asked for: in proportion to output, and nothing else.
        out.low[:, :2] = whole.totals[None, :, None] * shares[:, None, :]
        out.high[:, :2] = out.low[:, :2]
        return out
    for direction, values in everyone.items():
        declared = np.broadcast_to(values / values.sum(), (draws, n)).copy()
        for seat in HEAD_OFFICES & set(part.regions):
            i = part.regions.index(seat)
            lean = drawn((0.0, 1.0), draws - 1, rng)
            declared[:, i] = np.exp((1 - lean) * np.log(shares[:, i]) + lean * np.log(declared[:, i]))
        out.target[:, direction] = whole.totals[direction] * declared
        out.power[:, direction] = softness[:, None] * (values > 0)
    _publish(out, part, margins, whole, assumed, rng)
    if part.country not in DECLARED_BY_HEAD_OFFICES:
        _hold(out, *ranges(margins, part.regions), rng)
    for (region, direction), own in part.loaded.items():
        i = part.regions.index(region)
        least, most = _own_range(own, whole, direction)
        for ends in (out.low, out.high):
            ends[:, direction, i] = np.clip(ends[:, direction, i], least, most)
        if own.total is not None:
            out.low[:, BOTH, i], out.high[:, BOTH, i] = 0.0, np.inf
        out.high[:, BOTH, i] = np.maximum(out.high[:, BOTH, i], out.low[:, :BOTH, i].sum(axis=1))
        out.low[:, BOTH, i] = np.minimum(out.low[:, BOTH, i], out.high[:, :BOTH, i].sum(axis=1))
    if part.loaded:
        _fit(out, whole.totals)
    return out


def _fit(out: Side, totals: Array) -> None:
    """Own files and the national total are two counts: where ranges of all regions miss it, they give way in proportion.

    Gross differences have been refused by then (`own.check`).
    """
    for direction, total in ((0, totals[0]), (1, totals[1]), (BOTH, totals.sum())):
        if total <= 0:
            continue
        low, high = out.low[:, direction], out.high[:, direction]
        held = low == high
        room = np.where(held.all(axis=1), 0.0, _ROOM)
        least = low.sum(axis=1) / ((1 - room) * total)
        over = (least > 1.0) | held.all(axis=1)
        low[over] /= least[over, None]
        high[:] = np.where(held & over[:, None], low, high)
        most = np.where(held.all(axis=1), 1.0, (1 + _ROOM) * total / np.maximum(high.sum(axis=1), 1e-300))
        high *= np.maximum(most, 1.0)[:, None]


def _without_margin(data: Data, part: Part) -> bool:
    """Whether a country publishes no trade of its regions, not even with all partners."""
    return part.regions != (part.country,) and not _all_partners(data, part, 0)


def _all_partners(data: Data, part: Part, side: int) -> dict[int, Array]:
    """Trade of the regions with all partners by direction, newest year: exports and imports, or their sum for both."""
    out: dict[int, Array] = {}
    for direction, names in (
        (side, ("exports", "trade_by_trader")),
        (1 - side, ("imports", "trade_by_trader")),
    ):
        for name in names:
            found = newest(data, part.regions, name)
            if len(found) == len(part.regions):
                out[direction] = np.array([found[region] for region in part.regions])
                break
    return out if len(part.regions) > 1 else {}


def _publish(
    out: Side,
    part: Part,
    margins: tuple[Margin, ...],
    whole: National,
    assumed: Assumptions,
    rng: np.random.Generator,
) -> None:
    """Published figures as soft targets: those of other years, and those of regions where head offices declare."""
    power = drawn(assumed.published, out.power.shape[0] - 1, rng)
    soft = part.country in DECLARED_BY_HEAD_OFFICES
    here = [margin for margin in margins if margin.place in part.regions and margin.low_usd > 0]
    here = [margin for margin in here if margin.use in (RANGE, TARGET)]
    for margin in here:
        i = part.regions.index(margin.place)
        if margin.use == TARGET or (soft and margin.months == 12):
            out.target[:, margin.direction, i] = _draws_of(margin, whole.year, assumed, power.size, rng)
            out.power[:, margin.direction, i] = power
        for direction in (0, 1) if margin.direction == BOTH else ():
            # A turnover with the partner says more than trade with all partners; gravity tells the directions apart.
            if not any(other.place == margin.place and other.direction == direction for other in here):
                out.power[:, direction, i] = 0.0


def _hold(out: Side, low: Array, high: Array, rng: np.random.Generator) -> None:
    """Hard ranges (3, place): a draw takes one value anywhere in a range with two ends, and the range itself of others."""
    told = (low > 0) & np.isfinite(high)
    # Where both directions are told, their sum is; the published sum adds nothing but rounding.
    both = told[0] & told[1]
    low[BOTH, both], high[BOTH, both], told[BOTH, both] = 0.0, np.inf, False
    at = rng.uniform(size=out.low.shape)
    at[0] = 0.5
    inside = low + at * np.where(told, high - low, 0.0)
    out.low[:] = np.where(told, inside, low)
    out.high[:] = np.where(told, inside, high)


def _draws_of(margin: Margin, year: int, assumed: Assumptions, count: int, rng: np.random.Generator) -> Array:
    """What a figure stands for, (count,): anywhere in its range, with an error that grows with the years it is carried."""
    low, high = math.log(margin.low_usd), math.log(min(margin.high_usd, 2 * margin.low_usd))
    away = abs(margin.year - year) + (1 - margin.months / 12)
    logs = rng.uniform(low, high, count) + assumed.carried * away * rng.standard_normal(count)
    # "More than" a figure is mostly a little more.
    logs[0] = (low + high) / 2 if margin.high_usd < math.inf else low
    return np.asarray(np.exp(logs), dtype=np.float64)
