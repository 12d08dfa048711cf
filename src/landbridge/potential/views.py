"""The split tables as seen from two places: rows of bounds, estimates and what the user's own files hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import NotHeld
from landbridge.flows.loaded import one_account
from landbridge.potential.bounds import Range, cell_bounds, item_bounds
from landbridge.potential.pseudo import from_quantiles
from landbridge.potential.splitting import Split
from landbridge.provenance import Citation, Status

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
_WIDE = (
    "What is published allows values more than ten times apart, or none at all: the bounds are the headline."
)
_FIXED = "What is published fixes it to within ten times."


@dataclass(frozen=True, slots=True)
class View:
    """Two places, at least one of them a region, in the table split among the regions of their countries.

    `silent` are the regions whose country publishes no trade of its regions; they are refused unless `assume_output`.
    """

    data: Data
    made: Split
    places: tuple[Place, Place]
    silent: tuple[str, ...]
    assume_output: bool
    rng: np.random.Generator
    observed: dict[tuple[str, str], Citation] = field(default_factory=dict)

    def rows(self, direction: int) -> Iterator[dict[str, Cell]]:
        """The rows of one direction: the total, then the items, largest first."""
        ends = self.places if direction == 0 else self.places[::-1]
        names: dict[str, Cell] = {"exporter": ends[0].code, "importer": ends[1].code}
        seen = self._seen(ends[0].code, ends[1].code)
        if seen is not None:
            for item, value in (
                (TOTAL, sum(seen.values())),
                *sorted(seen.items(), key=lambda pair: -pair[1]),
            ):
                yield names | {"item": item} | _same(value)
            return
        total = float(self.made.whole.totals[direction])
        drawn, bounds = self._drawn(direction), self._pair_bounds(direction)
        yield (
            names
            | {"item": TOTAL}
            | self._row(bounds, drawn, self._spread("total", direction, drawn.size - 1))
        )
        values, items = self.made.whole.values[direction], self.made.whole.items
        if not items:
            return
        parts = item_bounds(*bounds, Range.exact(values), (total, total))
        own = self._own(direction)
        for k in (int(k) for k in np.argsort(-values, kind="stable")):
            if values[k] > 0:
                cell = float(parts.lower[0, k]), float(parts.upper[0, k])
                amount = drawn / total * values[k]
                if own:
                    cell, amount = _within(cell, drawn, amount, total, values[k], [(m[k], s) for m, s in own])
                spread = self._spread("item", direction, drawn.size - 1)
                yield names | {"item": items[k]} | self._row(cell, amount, spread)

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
        found = cell_bounds(rows, columns, (total, most), tol=1e-6)
        return float(found.lower[i, j]), min(float(found.upper[i, j]), most)

    def _drawn(self, direction: int) -> Array:
        """The pair's trade by draw, (draw + 1,), the central one first."""
        i, j = self.at
        cells = self.made.cells[:, direction]
        rows = cells.sum(axis=1) if i is None else cells[:, i]
        return np.asarray(rows.sum(axis=1) if j is None else rows[:, j], dtype=np.float64)

    def _own(self, direction: int) -> list[tuple[Array, float]]:
        """What the user's files say of either region with the other country: by item, and in sum."""
        found = [
            part.loaded.get((place.code, direction))
            for part, place in zip(self.made.parts, self.places, strict=True)
        ]
        return [(values[:-1], float(values.sum())) for values in found if values is not None]

    def _spread(self, what: str, direction: int, draws: int) -> Array:
        """Ratios that stand for what sizes, distances and margins do not tell, as pseudo-regions have it."""
        told = sum(
            (place.code, direction) in part.told
            for part, place in zip(self.made.parts, self.places, strict=True)
        )
        row = None in self.at
        if row and told and what == "total":
            return np.ones(draws)
        case = "neither" if row else ("neither", "one", "both")[told]
        return ratios(self.data, f"{'row' if row else 'cell'} {what}", self.made.prior, case, draws, self.rng)

    def _seen(self, exporter: str, importer: str) -> dict[str, float] | None:
        """The user's own rows on exactly these two places, by item."""
        space, year = self.data.workspace, self.made.whole.year
        if space is None or year not in space.years():
            return None
        here = (pl.col("exporter") == exporter) & (pl.col("importer") == importer)
        try:
            rows = one_account(space.trade(year).filter(here), year, "hs2")
        except NotHeld:
            return None
        self.observed[exporter, importer] = Citation(space.sources()[rows["source"][0]])
        out: dict[str, float] = {}
        for item, value in rows.select("item", "value_usd").iter_rows():
            out[item] = out.get(item, 0.0) + value
        return out

    def _row(self, bounds: tuple[float, float], drawn: Array, spread: Array) -> dict[str, Cell]:
        lower, upper = bounds
        base: dict[str, Cell] = {"lower_bound_usd": lower, "upper_bound_usd": upper}
        if self.silent and not self.assume_output:
            nothing: dict[str, Cell] = dict.fromkeys(("estimate_usd", "low_usd", "high_usd"))
            return (
                base | nothing | {"status": "estimated", "headline": REFUSED, "reason": self._why_refused()}
            )
        ends = np.quantile(drawn[1:] * spread, [(1 - NOMINAL) / 2, (1 + NOMINAL) / 2])
        low, high = (float(end) for end in np.clip(ends, lower, upper))
        wide = lower <= 0 or upper > APART * lower
        reason = _WIDE if wide else _FIXED
        status = Status.ASSUMED if self.silent else Status.ESTIMATED
        base |= {"estimate_usd": float(np.clip(drawn[0], low, high)), "low_usd": low, "high_usd": high}
        base |= {"status": status.value, "headline": BOUNDS if wide else ESTIMATE}
        return base | {
            "reason": f"Assumed in proportion to output, on request. {reason}" if self.silent else reason
        }

    def _why_refused(self) -> str:
        return (
            f"No trade of {' or '.join(self.silent)} with any partner is published as a series, so nothing but its output "
            "could tell its part; only the bounds are known."
        )


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


def _within(
    cell: tuple[float, float],
    drawn: Array,
    amount: Array,
    total: float,
    item: float,
    own: list[tuple[float, float]],
) -> tuple[tuple[float, float], Array]:
    """Bounds and draws of one item where the user's files tell the trade of one or both regions in it.

    `own` holds (trade in the item, trade in all items) of each region told. The draws keep the interaction of the split.
    """
    values = [value for value, _ in own]
    most = max(item, *values)
    lower = max(0.0, sum(values) - most) if len(own) == 2 else 0.0
    upper = min(values) if len(own) == 2 else min(cell[1], values[0])
    scale = float(np.prod([value / whole if whole > 0 else 0.0 for value, whole in own]))
    told = drawn * scale * (total / most if len(own) == 2 else 1.0)
    return (lower, upper), np.clip(told, lower, upper)
