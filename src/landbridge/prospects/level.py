"""How much of a probability rests on the growth common to the record's years: the same paths with a level median.

Paths drawn with the naive model carry the errors that it made, and trade grew in the years of the record; so their median
climbs. Divided by the growth of their median, the paths keep their spread and lose that growth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from landbridge.forecasting.paths import Chance, Paths, Rule, chance, fan
from landbridge.prospects.basis import Basis
from landbridge.provenance import Figure, Status, derive
from landbridge.release import Data

_CODE = "landbridge.prospects.level.resting"


@dataclass(frozen=True, slots=True)
class Resting:
    """What rests on common growth, in per cent. `growth`: of the paths' median, a year; `level`: the probability without."""

    growth: Figure
    level: Figure


def levelled(paths: Paths) -> Paths:
    """The paths over the growth of their weighted median: a median of `latest` throughout."""
    middle = fan(paths, (50.0,)).levels[0]
    return replace(paths, levels=paths.levels * (paths.latest / middle)[None, :])


def without_growth(paths: Paths, value: float, by: int, rule: Rule = "in year") -> Chance:
    """Probability of a level where the median of the paths stays at the newest value."""
    return chance(levelled(paths), value, by, rule)


def growth_of_median(paths: Paths, by: int) -> float:
    """Constant yearly growth of the weighted median from the newest value to the period `by`, in per cent."""
    steps = paths.until(by)
    middle = float(fan(paths, (50.0,)).levels[0, steps - 1])
    return float(100.0 * ((middle / paths.latest) ** (1.0 / steps) - 1.0))


def resting(
    data: Data,
    stands: Basis,
    *,
    model: str,
    value: float,
    by: int,
    rule: Rule = "in year",
    draws: int = 4000,
    seed: int = 1,
) -> Resting:
    """Both numbers for a target, on the same draws as `landbridge.prospects.probability.target` with these settings."""
    paths = stands.paths(data.forecast_record, model, by, draws, seed)
    said = without_growth(paths, value, by, rule)
    measure = stands.held.newest.measure
    growth = derive(
        f"Yearly growth of the median of the paths; {measure}",
        growth_of_median(paths, by), "%", stands.inputs, _CODE,
        period=f"{stands.series.last}/{by}", status=Status.FORECAST,
    )  # fmt: skip
    level = derive(
        f"Probability of {stands.series.unit} {value:,.0f} or more in {by}, the paths' median kept level; {measure}",
        100.0 * said.point, "%", stands.inputs, _CODE,
        period=str(by), low=100.0 * said.low, high=100.0 * said.high, status=Status.FORECAST,
        note=f"Model {model}, paths over the growth of their median; range: resampled origin years (5 to 95 %).",
    )  # fmt: skip
    return Resting(growth, level)
