"""The split tables as seen from two places: rows of bounds, estimates and what the user's own files hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from landbridge.potential.bounds import Range, cell_bounds, item_bounds
from landbridge.potential.own import Own
from landbridge.potential.pseudo import from_quantiles
from landbridge.potential.splitting import Split
from landbridge.provenance import Status

if TYPE_CHECKING:
    from landbridge.codes import Place
    from landbridge.release import Data

Array = NDArray[np.float64]
Cell = str | float | None

COLUMNS = (
    *("exporter", "importer", "item", "lower_bound_usd", "upper_bound_usd"),
    *("estimate_usd", "low_usd", "high_usd", "status", "headline", "reason"),
)
TOTAL = "TOTAL"
BOUNDS, ESTIMATE, REFUSED, OBSERVED = "bounds", "estimate", "refused", "observed"
# Low and high of the model hold this share of the cases.
NOMINAL = 0.8
# Bounds this far apart say more about what is unknown than an estimate inside them.
APART = 10.0
_LOADED = "Counted in your own files; the estimate is not needed."
_WIDE = "What is published on {what} allows values more than ten times apart, or none at all: the bounds are the headline."
_FIXED = "What is published on {what} fixes it to within ten times."
# Significant digits of estimates and their ends, and of bounds: more would promise what the intervals do not hold.
DIGITS, BOUND_DIGITS = 2, 3


@dataclass(frozen=True, slots=True)
class View:
    """Two places, at least one of them a region, in the table split among the regions of their countries.

    `silent` are the regions whose country publishes no trade of its regions; they are refused unless `assume_output`.
    `seen` holds what the user's own files say of exactly these two places.
    """

    data: Data
    made: Split
    places: tuple[Place, Place]
    silent: tuple[str, ...]
    assume_output: bool
    rng: np.random.Generator
    seen: Mapping[tuple[str, str], Own]

    def rows(self, direction: int) -> Iterator[dict[str, Cell]]:
        """The rows of one direction: the total, then the items, largest first."""
        ends = self.places if direction == 0 else self.places[::-1]
        names: dict[str, Cell] = {"exporter": ends[0].code, "importer": ends[1].code}
        seen = self.seen.get((ends[0].code, ends[1].code))
        drawn, bounds = self._drawn(direction), self._pair_bounds(direction)
        items, values = self.made.whole.items, self.made.whole.values[direction]
        if seen is not None:
            bounds = _from_seen(bounds, seen, items, values)
            drawn = np.clip(drawn, *bounds)
        parts = self._item_bounds(direction, bounds, seen)
        if seen is not None or self._own(direction):
            bounds = _tightened(bounds, parts, self._extra(direction, seen))
        total = self._spread("total", direction, drawn.size - 1)
        if seen is not None and seen.total is not None:
            yield names | {"item": TOTAL} | _same(seen.total)
        else:
            least = 0.0 if seen is None else seen.sum
            yield names | {"item": TOTAL} | self._row(direction, bounds, drawn, total, least)
        if seen is not None:
            for item, value in sorted(seen.chapters.items(), key=lambda pair: -pair[1]):
                yield names | {"item": item} | _same(value)
            if seen.closed:
                return
        amounts = self._amounts(direction, drawn, seen) if items else np.zeros((0, 0))
        for k in (int(k) for k in np.argsort(-values, kind="stable")) if items else ():
            if values[k] > 0 and (seen is None or items[k] not in seen.chapters):
                cell = float(parts[0][k]), float(parts[1][k])
                spread = self._spread("item", direction, drawn.size - 1, items[k])
                yield names | {"item": items[k]} | self._row(direction, cell, amounts[:, k], spread)

    @property
    def at(self) -> tuple[int | None, int | None]:
        """Positions of the two places among the regions of their countries; None for a country as a whole."""
        found = [
            part.regions.index(place.code) if place.kind == "region" else None
            for part, place in zip(self.made.parts, self.places, strict=True)
        ]
        return found[0], found[1]

    def _pair_bounds(self, direction: int) -> tuple[float, float]:
        total = float(self.made.whole.totals[direction])
        # The user's own files may count a little more than the national total.
        most = max(total, *(float(part.low[direction].sum()) for part in self.made.parts))
        rows, columns = (part.range(direction, most) for part in self.made.parts)
        i, j = self.at
        if i is None:
            rows, i = Range.unknown(1), 0
        if j is None:
            columns, j = Range.unknown(1), 0
        # And a little less: two counts that together do not reach the total are no contradiction of this pair.
        least = min(total, float(rows.high.sum()), float(columns.high.sum()))
        found = cell_bounds(rows, columns, (least, most), tol=1e-6)
        return float(found.lower[i, j]), min(float(found.upper[i, j]), most)

    def _item_bounds(
        self, direction: int, bounds: tuple[float, float], seen: Own | None
    ) -> tuple[Array, Array]:
        """Bounds of each item: those of Fréchet with the pair's range, and where the user's files tell of either region."""
        whole = self.made.whole
        values, total = whole.values[direction], float(whole.totals[direction])
        ends = min(bounds[0], total), min(bounds[1], total)
        free = item_bounds(*ends, Range.exact(values), (total, total))
        lower, upper = free.lower[0], free.upper[0]
        told = [self._margin(side, direction) for side in (0, 1)]
        most = np.maximum.reduce([values, *(low for low, _ in told)])
        if all(np.isfinite(high).all() for _, high in told):
            lower = np.maximum(lower, told[0][0] + told[1][0] - most)
        for _, high in told:
            upper = np.minimum(upper, high)
        if seen is not None and whole.items:
            held = seen.held(whole.items)
            own = seen.values(whole.items)
            rest = max(bounds[1] - seen.sum, 0.0)
            lower = np.where(held, own, np.minimum(lower, rest))
            upper = np.where(held, own, np.minimum(upper, rest))
        return np.minimum(lower, upper), upper

    def _margin(self, side: int, direction: int) -> tuple[Array, Array]:
        """Range of each item of one side: as the user's files have it, nothing known, or a country as a whole."""
        whole, part, at = self.made.whole, self.made.parts[side], self.at[side]
        values = whole.values[direction]
        if at is None:
            return values, values
        own = part.loaded.get((part.regions[at], direction))
        if own is None or not whole.items:
            return np.zeros_like(values), np.full_like(values, np.inf)
        held, counted = own.held(whole.items), own.values(whole.items)
        rest = 0.0 if own.closed else max(float(part.high[direction, at]) - own.sum, 0.0)
        return counted, np.where(held, counted, np.minimum(values, rest))

    def _extra(self, direction: int, seen: Own | None) -> float:
        """Trade in chapters that the national total does not have, by the user's files."""
        owns = [*self._own(direction), *([seen] if seen is not None else [])]
        items = self.made.whole.items
        return max(own.sum - float(own.values(items).sum()) for own in owns)

    def _amounts(self, direction: int, drawn: Array, seen: Own | None) -> Array:
        """The pair's trade by draw and item, (draw + 1, item): the interaction of the split on the margins of each item.

        An item that no file tells of is split like the whole, or like what the region's file leaves.
        """
        whole = self.made.whole
        values, total = whole.values[direction], float(whole.totals[direction])
        cells = self.made.cells[:, direction]
        out = np.repeat(drawn[:, None], values.size, axis=1)
        most = values.copy()
        for side, at in enumerate(self.at):
            part = self.made.parts[side]
            own = None if at is None else part.loaded.get((part.regions[at], direction))
            if at is None or own is None:
                out *= values / total
                continue
            sums = np.take(cells.sum(axis=2 - side), at, axis=1)
            held, counted = own.held(whole.items), own.values(whole.items)
            open_ = np.where(held, 0.0, values)
            rest = np.zeros_like(sums) if own.closed else np.maximum(sums - own.sum, 0.0)
            share = open_ / open_.sum() if open_.sum() > 0 else open_
            margin = np.where(held, counted, rest[:, None] * share)
            out *= margin / np.maximum(sums, 1e-9)[:, None]
            most = np.maximum(most, counted)
        out *= np.where(most > 0, total / np.where(most > 0, most, 1.0), 0.0)
        if seen is not None:
            open_ = ~seen.held(whole.items)
            left = out[:, open_].sum(axis=1)
            scale = np.where(left > 0, np.maximum(drawn - seen.sum, 0.0) / np.where(left > 0, left, 1.0), 0.0)
            out[:, open_] *= scale[:, None]
        return out

    def _drawn(self, direction: int) -> Array:
        """The pair's trade by draw, (draw + 1,), the central one first."""
        i, j = self.at
        cells = self.made.cells[:, direction]
        rows = cells.sum(axis=1) if i is None else cells[:, i]
        return np.asarray(rows.sum(axis=1) if j is None else rows[:, j], dtype=np.float64)

    def _own(self, direction: int) -> list[Own]:
        """What the user's files say of either region with the other country."""
        found = [
            part.loaded.get((place.code, direction))
            for part, place in zip(self.made.parts, self.places, strict=True)
        ]
        return [own for own in found if own is not None]

    def _spread(self, what: str, direction: int, draws: int, item: str = TOTAL) -> Array:
        """Ratios that stand for what sizes, distances and margins do not tell, as pseudo-regions have it."""
        told = sum(
            (place.code, direction) in part.told
            or ((own := part.loaded.get((place.code, direction))) is not None and item in own.chapters)
            for part, place in zip(self.made.parts, self.places, strict=True)
        )
        row = None in self.at
        if row and told and what == "total":
            return np.ones(draws)
        case = "neither" if row else ("neither", "one", "both")[told]
        return ratios(self.data, f"{'row' if row else 'cell'} {what}", self.made.prior, case, draws, self.rng)

    def _row(
        self,
        direction: int,
        bounds: tuple[float, float],
        drawn: Array,
        spread: Array,
        least: float = 0.0,
    ) -> dict[str, Cell]:
        """One row. `least` of the drawn amounts is counted and does not spread."""
        lower, upper = down(bounds[0]), up(bounds[1])
        base: dict[str, Cell] = {"lower_bound_usd": lower, "upper_bound_usd": upper}
        silent = self._silent(direction)
        if silent and not self.assume_output:
            nothing: dict[str, Cell] = dict.fromkeys(("estimate_usd", "low_usd", "high_usd"))
            reason = _why_refused(silent)
            return base | nothing | {"status": "estimated", "headline": REFUSED, "reason": reason}
        amounts = least + np.maximum(drawn[1:] - least, 0.0) * spread
        ends = np.quantile(amounts, [(1 - NOMINAL) / 2, (1 + NOMINAL) / 2])
        low, high = (float(end) for end in np.clip(nearest(ends), lower, upper))
        wide = bounds[0] <= 0 or bounds[1] > APART * bounds[0]
        what = "goods by customs count" if self.made.whole.goods else "deliveries for use in production"
        reason = (_WIDE if wide else _FIXED).format(what=what)
        status = Status.ASSUMED if silent else Status.ESTIMATED
        estimate = float(np.clip(nearest(drawn[:1])[0], low, high))
        base |= {"estimate_usd": estimate, "low_usd": low, "high_usd": high}
        base |= {"status": status.value, "headline": BOUNDS if wide else ESTIMATE}
        return base | {
            "reason": f"Assumed in proportion to output, on request. {reason}" if silent else reason
        }

    def _silent(self, direction: int) -> tuple[str, ...]:
        """The silent regions of which the user's own files do not tell this direction either."""
        told = self.made.parts[0].told | self.made.parts[1].told
        return tuple(code for code in self.silent if (code, direction) not in told)


def _why_refused(silent: tuple[str, ...]) -> str:
    return (
        f"No trade of {' or '.join(silent)} with any partner is published as a series, so nothing but its output "
        "could tell its part; only the bounds are known."
    )


def nearest(values: Array) -> Array:
    """Values >= 0 rounded to `DIGITS` significant digits."""
    return np.array([float(f"{value:.{DIGITS}g}") for value in values])


def down(value: float) -> float:
    """A lower bound rounded to `BOUND_DIGITS` significant digits, never above itself."""
    return _towards(value, math.floor, 1e-9)


def up(value: float) -> float:
    """An upper bound rounded to `BOUND_DIGITS` significant digits, never below itself."""
    return _towards(value, math.ceil, -1e-9)


def _towards(value: float, turn: Callable[[float], int], hair: float) -> float:
    if value <= 0:
        return 0.0
    digits = BOUND_DIGITS - 1 - math.floor(math.log10(value))
    # The hair keeps a value that has no more digits where it is.
    return round(turn(value * 10.0**digits + hair) / 10.0**digits, max(digits, 0) + 3)


def _from_seen(
    bounds: tuple[float, float], seen: Own, items: tuple[str, ...], national: Array
) -> tuple[float, float]:
    """The pair's range where some of its own chapters are counted: at least their sum."""
    if seen.total is not None:
        return seen.total, seen.total
    lower = max(bounds[0], seen.sum)
    return lower, max(lower, min(bounds[1], seen.most(items, national)))


def _tightened(bounds: tuple[float, float], parts: tuple[Array, Array], extra: float) -> tuple[float, float]:
    """The range of a total that its items add up to; `extra` is trade outside the items."""
    lower = max(bounds[0], float(parts[0].sum()))
    upper = min(bounds[1], float(parts[1].sum()) + extra)
    return min(lower, bounds[1]), max(upper, min(lower, bounds[1]))


def ratios(data: Data, level: str, prior: str, case: str, draws: int, rng: np.random.Generator) -> Array:
    """Known over split flows drawn from the validated spread of one level, prior and set of margins."""
    spread = data.region_validation.spread(level, prior, case)
    at, values = (np.array(part) for part in zip(*spread.quantiles, strict=True))
    return from_quantiles(at, values, rng.uniform(size=draws))


def _same(value: float) -> dict[str, Cell]:
    known: dict[str, Cell] = dict.fromkeys(
        ("lower_bound_usd", "upper_bound_usd", "estimate_usd", "low_usd", "high_usd"), float(value)
    )
    return known | {"status": Status.REPORTED.value, "headline": OBSERVED, "reason": _LOADED}
