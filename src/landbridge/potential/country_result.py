"""What is said about the potential of a pair of countries: lines, opportunities, adding-up and figures.

gap = expected - observed: plus is trade that is missing, minus is trade above what is expected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl

from landbridge.errors import BadUsage, UnknownLabel
from landbridge.potential import conditional
from landbridge.potential.expected import Fitted
from landbridge.potential.panel import Panel
from landbridge.provenance import Figure, Status, Unavailable, derive

ABOVE, WITHIN, BELOW, REFUSED = "above normal", "within the normal range", "below normal", "refused"
SUM = "-sum"
"""Ending of the code of a line that adds up the expectations of items instead of fitting their sum."""
CAPABLE_RCA = 0.5
CAPABLE_SHARE = 0.02
NOT_A_FORECAST = (
    "Potential is neither a forecast nor a recommendation: "
    "it says what the pair would trade if it behaved like the rest."
)
ZERO_SUM = (
    "With exporter and importer effects the gaps of a country add up to zero over its partners: one pair's gap is "
    "another's surplus."
)
CODE = "landbridge.potential.countries."
Observed = Callable[[str, tuple[str, ...]], Figure | Unavailable]
"""From the name of a line and the codes of its items to the observed flow as a figure."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a pair; numbers are None where `reason` says why. `low` and `high` are ends of 95 % intervals.

    `normal_low` and `normal_high`: where four of five other pairs of the same expected size lie; `percentile`: how many
    of a hundred of them trade less than this pair, compared with what is expected of them. `in_sample_usd` is the
    fitted value with the pair in the sample, pulled towards its own flow.
    """

    item: str
    name: str
    kind: str
    observed_usd: float | None
    expected_usd: float | None
    expected_low_usd: float | None
    expected_high_usd: float | None
    normal_low_usd: float | None
    normal_high_usd: float | None
    percentile: float | None
    in_sample_usd: float | None
    gap_usd: float | None
    verdict: str
    reason: str
    rca: float | None = None
    world_share_pct: float | None = None


@dataclass(frozen=True, slots=True)
class AddingUp:
    """Why a gap is nobody's alone: in-sample gaps of one item over all partners, US dollars.

    `exporter_sum_usd` and `importer_sum_usd` are zero but for rounding; `counterparts` holds who has the opposite sign:
    side, partner, gap_usd.
    """

    item: str
    gap_usd: float
    exporter_sum_usd: float
    importer_sum_usd: float
    counterparts: pl.DataFrame

    def table(self) -> pl.DataFrame:
        """The counterparts, largest first on either side."""
        return self.counterparts


class Gain(NamedTuple):
    """What a pair would deliver more at the low end, the centre and the high end of its expectation, US dollars."""

    low: float
    value: float
    high: float
    residual: float


@dataclass(frozen=True, slots=True)
class CountryPotential:
    """What `exporter` would be expected to sell `importer`, item by item. Numbers have status `estimated`.

    `notes` are to be read first; `method` is the equation; `dropped` are rows left out with their count.
    """

    exporter: str
    importer: str
    period: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    method: str
    dropped: tuple[tuple[str, int], ...]
    _panel: Panel = field(repr=False, compare=False)
    _fitted: Fitted = field(repr=False, compare=False)
    _observed: Observed = field(repr=False, compare=False)
    # Gains already solved, by item: markets of many items clear in one go, and figures ask for them one by one.
    _solved: dict[str, Gain] = field(default_factory=dict, init=False, repr=False, compare=False)

    def line(self, item: str) -> Line:
        """One item; raises `UnknownLabel`."""
        for line in self.lines:
            if line.item == item:
                return line
        raise UnknownLabel("item of this potential", item, [line.item for line in self.lines])

    def table(self) -> pl.DataFrame:
        """One row an item: observed, expected with its interval, the normal range, the gap and the verdict."""
        rows = [
            {
                **{name: getattr(line, name) for name in _COLUMNS},
                "reason": line.reason or None,
                "status": Status.ESTIMATED.value,
            }
            for line in self.lines
        ]
        text = dict.fromkeys(("item", "name", "kind", "verdict", "reason", "status"), pl.String)
        return pl.DataFrame(
            rows, schema={name: text.get(name, pl.Float64) for name in (*_COLUMNS, "reason", "status")}
        )

    def opportunities(self) -> pl.DataFrame:
        """Items with less trade than expected, by what the pair would gain, where the estimate is supported.

        `gain_usd` is no residual: the pair's access is moved to the expected level and the markets of the item clear again
        with output and spending of every place as they are (`conditional`; the largest relative gap is `residual`).
        `gain_low_usd` and `gain_high_usd` are the same at the ends of the 95 % interval of the expectation; `gap_usd` is the
        plain difference; `to_normal_usd` what is missing to the lower end of the normal range. Only what the
        exporter shows it can make: its share in the exports of the item is at least half its share in all exports (RCA
        0.5), or it sells 2 % of what all places sell of it.
        """
        schema = {name: pl.String if name in _WORDS else pl.Float64 for name in _OPPORTUNITY}
        lines = [line for line in self.lines if _is_opportunity(line)]
        if not lines:
            return pl.DataFrame(schema=schema)
        rows = [
            {
                **{name: getattr(line, name) for name in _OPPORTUNITY if hasattr(line, name)},
                "gain_usd": found.value,
                "gain_low_usd": found.low,
                "gain_high_usd": found.high,
                "to_normal_usd": max((line.normal_low_usd or 0.0) - (line.observed_usd or 0.0), 0.0),
                "concept": conditional.CONCEPT,
                "residual": found.residual,
                "status": Status.SIMULATED.value,
            }
            for line, found in zip(lines, self._gains(lines), strict=True)
        ]
        return pl.DataFrame(rows, schema=schema).sort("gain_usd", "item", descending=[True, False])

    def _gains(self, lines: Sequence[Line]) -> list[Gain]:
        """Gains at the low end, the centre and the high end of the expectation, and how well markets clear."""
        new = [line for line in lines if line.item not in self._solved]
        if new:
            flows = self._panel.flows[[self._panel.item(line.item) for line in new]]
            ends = ("expected_low_usd", "expected_usd", "expected_high_usd")
            levels = np.array([[getattr(line, end) for line in new] for end in ends], dtype=np.float64)
            seller, buyer = self._panel.place(self.exporter), self._panel.place(self.importer)
            after, residual = conditional.settled(flows, seller, buyer, levels)
            for line, (low, gain, high) in zip(
                new, (after - flows[:, seller, buyer]).T.tolist(), strict=True
            ):
                self._solved[line.item] = Gain(low, gain, high, residual)
        return [self._solved[line.item] for line in lines]

    def _gain(self, line: Line, expected: Figure) -> Figure:
        (found,) = self._gains([line])
        return derive(
            f"gain at the expected level of access, {line.name}, {self.exporter} to {self.importer}",
            found.value,
            "USD",
            (expected,),
            "landbridge.potential.conditional.settled",
            low=found.low,
            high=found.high,
            status=Status.SIMULATED,
            note=f"Conditional equilibrium: output and spending as they are, sums kept to {found.residual:.0e}. "
            f"{NOT_A_FORECAST}",
        )

    def adding_up(self, item: str, count: int = 5) -> AddingUp:
        """Sums of in-sample gaps over partners, and the `count` largest counterparts on either side."""
        at = self._panel.item(item)
        why = self._fitted.solution.reason[at]
        if why:
            raise BadUsage(f"{item} has no estimate: {why}.", remedy="Ask for an item that has one.")
        mean = self._fitted.solution.mean[at]
        gaps = np.where(self._panel.known[at], mean - self._panel.flows[at], 0.0)
        seller, buyer = self._panel.place(self.exporter), self._panel.place(self.importer)
        own = float(gaps[seller, buyer])
        rows: list[tuple[str, str, float]] = []
        for side, values in (
            (f"other buyers of {self.exporter}", gaps[seller]),
            (f"other sellers to {self.importer}", gaps[:, buyer]),
        ):
            opposite = [at for at in np.argsort(values * math.copysign(1.0, own)) if values[at] * own < 0]
            rows += [(side, self._panel.places[at], float(values[at])) for at in opposite[:count]]
        return AddingUp(
            item,
            own,
            float(gaps[seller].sum()),
            float(gaps[:, buyer].sum()),
            pl.DataFrame(
                rows, schema={"side": pl.String, "partner": pl.String, "gap_usd": pl.Float64}, orient="row"
            ),
        )

    def _parts(self, item: str) -> tuple[str, ...]:
        """The items whose cells a line adds up: itself, all parts of a sum, or those with an estimate."""
        chosen = self._panel.items[self._panel.item(item.removesuffix(SUM))]
        codes = [self._panel.items[at].code for at in chosen.parts] or [chosen.code]
        if not item.endswith(SUM):
            return tuple(codes)
        return tuple(code for code in codes if self.line(code).verdict != REFUSED)

    def figure(self, item: str, of: str = "expected") -> Figure | Unavailable:
        """One number of one item as a figure that can be walked back to the observed cell.

        `expected`, `in-sample`, `normal` (a range without a value), `gap`, `gain` (see `opportunities`) or `observed`.
        """
        kinds = ("expected", "in-sample", "normal", "gap", "gain", "observed")
        if of not in kinds:
            raise UnknownLabel("figure of a potential", of, kinds)
        line = self.line(item)
        if of != "observed" and (line.expected_usd is None or line.gap_usd is None):
            return Unavailable(f"No expected trade of {line.name}: {line.reason}.", "Ask for another item.")
        seen = self._observed(line.name, self._parts(item))
        if of == "observed" or isinstance(seen, Unavailable):
            return seen
        assert line.expected_usd is not None
        assert line.expected_low_usd is not None
        assert line.expected_high_usd is not None
        label = f"{line.name}, {self.exporter} to {self.importer}"
        found = derive(
            f"expected sales, {label}",
            line.expected_usd,
            "USD",
            (seen,),
            CODE + "potential",
            low=line.expected_low_usd,
            high=line.expected_high_usd,
            status=Status.ESTIMATED,
            note=f"{self.method} {_normal(line)} The observed cell is what is compared, and not part of the estimate.",
        )
        if of == "expected":
            return found
        if of == "in-sample":
            return derive(
                f"fitted sales with the pair in the sample, {label}",
                line.in_sample_usd,
                "USD",
                (seen,),
                CODE + "potential",
                status=Status.ESTIMATED,
                note="Pulled towards the observed flow, which is in the sample; for comparison only.",
            )
        if of == "gain":
            if item.endswith(SUM):
                return Unavailable(
                    "Markets are those of single items.", "Ask for one of the items of the sum."
                )
            return self._gain(line, found)
        if of == "normal":
            return derive(
                f"normal range of sales, {label}",
                None,
                "USD",
                (found,),
                CODE + "potential",
                low=line.normal_low_usd,
                high=line.normal_high_usd,
                note="Expected sales times the 10th and the 90th percentile of observed over expected sales of the other "
                "pairs nearest in size, each left out in its turn.",
            )
        return derive(
            f"gap between expected and observed sales, {label}",
            line.expected_usd - seen.point,
            "USD",
            (found, seen),
            CODE + "CountryPotential.figure",
            low=line.expected_low_usd - seen.point,
            high=line.expected_high_usd - seen.point,
            note=f"Expected less observed; minus means more trade than expected. {ZERO_SUM} {NOT_A_FORECAST}",
        )


_COLUMNS = (
    *("item", "name", "kind", "observed_usd", "expected_usd", "expected_low_usd", "expected_high_usd"),
    *("normal_low_usd", "normal_high_usd", "percentile", "in_sample_usd", "gap_usd", "verdict"),
)
_WORDS = ("item", "name", "verdict", "concept", "status")
_OPPORTUNITY = (
    *("item", "name", "observed_usd", "expected_usd", "gain_usd", "gain_low_usd", "gain_high_usd", "gap_usd"),
    *("to_normal_usd", "percentile", "verdict", "rca", "world_share_pct", "concept", "residual", "status"),
)


def _normal(line: Line) -> str:
    assert line.normal_low_usd is not None
    assert line.normal_high_usd is not None
    return (
        f"Four of five pairs of this size lie between {line.normal_low_usd / 1e6:,.1f} and "
        f"{line.normal_high_usd / 1e6:,.1f} million US dollars."
    )


def _is_opportunity(line: Line) -> bool:
    if line.kind not in ("sector", "product", "item") or line.gap_usd is None or line.gap_usd <= 0:
        return False
    able = line.rca is not None and line.rca >= CAPABLE_RCA
    return able or (line.world_share_pct is not None and line.world_share_pct >= 100 * CAPABLE_SHARE)
