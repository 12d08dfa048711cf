"""The fan of paths of one series: what may be expected of trade between two places, without a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landbridge.errors import BadSample, BadUsage, NotConverged, OutsideSupport
from landbridge.forecasting.paths import Paths
from landbridge.forecasting.paths import fan as percentiles
from landbridge.forecasting.record import Record
from landbridge.prospects.basis import Basis, basis
from landbridge.provenance import Figure, Status, derive
from landbridge.release import Data

if TYPE_CHECKING:
    import polars as pl

_CODE = "landbridge.prospects.outlook.forecast"
LEAST_DRAWS = 200
"""Fewest paths: with less, a chance of one in a hundred is told by a path or two. Convention."""
_CRISIS = 2007
_PERCENTS = (5.0, 25.0, 50.0, 75.0, 95.0)


@dataclass(frozen=True, slots=True)
class Band:
    """One year of the fan: `middle` is the median with the range that holds 90 % of the paths; `inner` holds 50 %."""

    year: str
    middle: Figure
    inner: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What may be expected: the fan of one model's paths. `notes`: whose count it continues, and when the errors arose."""

    basis: Basis
    model: str
    fan: tuple[Band, ...]
    notes: tuple[str, ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """One row a year: year, value, low_90, low_50, high_50, high_90, unit, model, status, id."""
        return [
            {
                "year": band.year,
                "value": band.middle.value,
                "low_90": band.middle.low,
                "low_50": band.inner[0],
                "high_50": band.inner[1],
                "high_90": band.middle.high,
                "unit": band.middle.unit,
                "model": self.model,
                "status": band.middle.status.value,
                "id": band.middle.id,
            }
            for band in self.fan
        ]

    def table(self) -> pl.DataFrame:
        """The rows as a frame."""
        import polars as pl

        return pl.DataFrame(self.rows())


def forecast(
    data: Data,
    indicator: str,
    a: str,
    b: str,
    *,
    until: int,
    reporter: str | None = None,
    definition: str | None = None,
    repair: Sequence[str] = (),
    draws: int = 4000,
    seed: int = 1,
) -> Outlook:
    """The fan of paths of trade between `a` and `b` up to the year `until`, by the best model of the record that fits.

    Arguments and errors as in `landbridge.prospects.probability.target`.
    """
    stands = basis(data, indicator, a, b, reporter=reporter, definition=definition, repair=repair)
    return continued(data, stands, until=until, draws=draws, seed=seed)


def continued(data: Data, stands: Basis, *, until: int, draws: int = 4000, seed: int = 1) -> Outlook:
    """The same for a series that is chosen already, such as a user's own."""
    if until <= stands.series.last:
        raise BadUsage(f"{until} is counted already: the series ends in {stands.series.last}.")
    record = data.forecast_record
    within(stands, record, until)
    enough(draws)
    failed: list[str] = []
    for name in (record.chosen, *(kept for kept in record.kept if kept != record.chosen)):
        # The gravity-driven model needs yearly incomes, which no release holds.
        if name == "gravity":
            continue
        try:
            fan = bands(stands, stands.paths(record, name, until, draws, seed))
            origins = record.trajectories(name).years(until - stands.series.last)
            return Outlook(stands, name, fan, (*stands.said, times(origins.tolist())))
        except (BadSample, NotConverged) as error:
            failed.append(f"{name}: {error}")
    raise NotConverged("no model with a record could be fitted to this series.", cause="; ".join(failed))


def enough(draws: int) -> None:
    """Refuses so few paths that their shares are chance alone."""
    if draws < LEAST_DRAWS:
        raise BadUsage(
            f"{draws} draws are too few for a probability.", remedy=f"Draw {LEAST_DRAWS} paths or more."
        )


def within(stands: Basis, record: Record, until: int) -> None:
    """Refuses a year farther ahead than the record reaches, and names what else is counted of this trade."""
    ahead, most = until - stands.series.last, record.trajectories(record.chosen).longest
    if ahead <= most:
        return
    others = "; ".join(stands.held.listed)
    raise OutsideSupport(
        f"{until} is {ahead} years after the newest count ({stands.series.last}); the record of forecast errors reaches "
        f"{most} years ahead.",
        where=f"series of {stands.series.counter}",
        cause=f"Also held: {others}." if others else "",
        remedy=f"Ask for {stands.series.last + most} or earlier, or load newer years with `landbridge load`.",
    )


def times(years: Sequence[int]) -> str:
    """From which times the errors come: trade in dollars grew faster before the crisis of 2008 than after."""
    after = sum(year > _CRISIS for year in years)
    return (
        f"Forecasts that far ahead were made from {years[0]} to {years[-1]} in {len(years)} origin years, {after} of them "
        f"after {_CRISIS}; the growth common to those times is part of the paths."
    )


def bands(stands: Basis, paths: Paths) -> tuple[Band, ...]:
    """One band a year out of drawn paths."""
    spread = percentiles(paths, _PERCENTS)
    return tuple(
        _band(stands, str(year), spread.levels[:, k].tolist()) for k, year in enumerate(paths.periods)
    )


def _band(stands: Basis, year: str, levels: Sequence[float]) -> Band:
    low, under, middle, over, high = levels
    figure = derive(
        f"Path of: {stands.held.newest.measure}",
        middle,
        stands.series.unit,
        stands.inputs,
        _CODE,
        period=year,
        low=low,
        high=high,
        status=Status.FORECAST,
        note="Median of the paths; the range holds 90 % of them.",
    )
    return Band(year, figure, (under, over))
