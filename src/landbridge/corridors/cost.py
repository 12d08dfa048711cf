"""Generalised cost of carrying one tonne: money, and time at the value of time of the cargo.

    generalised cost (USD/t) = money + v (hours + rho sd)
    v (USD/t an hour)        = usd_t day_pct / 100 / 24
    ad-valorem equivalent (%) = 100 money / usd_t + day_pct / 24 (hours + rho sd)

`hours` is time in motion and all waiting, `sd` the standard deviation of the time in motion and rho the reliability
ratio, the value of an hour of standard deviation in hours of time. Standard deviations are added up along a route, as if
delays came together: that errs on the high side, and makes cost a sum over legs. `day_pct`, per cent of the
value of the cargo a day, is after Hummels and Schaur (2013, "Time as a trade barrier", American Economic Review
103) for finished goods, and the cost of the capital tied up for bulk.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from landbridge.corridors.amounts import Amount, total, weakest_of
from landbridge.errors import BadUsage, Problem

HOURS_A_DAY = 24.0
# Hours of sure delay that weigh as much as an hour of standard deviation. Known from memory of freight surveys, which
# scatter widely.
RELIABILITY_RATIO = Amount(0.3, 0.8, 1.5, "ratio", "assumed")
# Sectors whose goods go in bulk (wagons, holds and tanks, not boxes), with the value of a tonne (USD) below which they
# do. Timber, coal, oil, ores and minerals always; a sector that holds both is on one side by assumption, by its
# value: grain but not fruit (A01), sawn wood but not furniture board (C16), fuel but not lubricants (C19), potash and
# fertilisers but not fine chemicals (C20), pig iron and slabs but not worked steel (C24A).
BULK: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(("A02", "B05", "B06", "B07", "B08"), math.inf),
        **dict.fromkeys(("A01", "C16", "C19", "C20", "C24A"), 1000.0),
    }
)


@dataclass(frozen=True, slots=True)
class Cargo:
    """What is carried: `usd_t`, the value of a tonne (USD/t, above zero), and `day_pct`, the value of a day of its
    time (% of value a day). `bulk` says whether it pays the rates of bulk; if None, its sector and value do (`BULK`).
    Raises `BadUsage` for amounts that cannot be.
    """

    sector: str
    usd_t: Amount
    day_pct: Amount
    bulk: bool | None = None

    def __post_init__(self) -> None:
        wrong = [f"value of a tonne {words}" for words in self.usd_t.problems(positive=True)]
        wrong += [f"value of a day {words}" for words in self.day_pct.problems()]
        if wrong:
            raise BadUsage([Problem(f"{words}.", f"cargo {self.sector}") for words in wrong])

    @property
    def in_bulk(self) -> bool:
        """Whether it pays the rates of bulk."""
        if self.bulk is not None:
            return self.bulk
        return self.usd_t.value < BULK.get(self.sector, 0.0)

    @property
    def hour_usd_t(self) -> Amount:
        """The value of an hour, in USD per tonne."""
        return self.usd_t.times(self.day_pct, "USD/t/h").scaled(1 / 100 / HOURS_A_DAY)


@dataclass(frozen=True, slots=True)
class Documents:
    """What the papers of one border crossing take on top of its queue: hours, and USD/t. Same for every crossing."""

    hours: Amount
    usd_t: Amount

    def __post_init__(self) -> None:
        wrong = [words for amount in (self.hours, self.usd_t) for words in amount.problems()]
        if wrong:
            raise BadUsage([Problem(f"document step {words}.") for words in wrong])


@dataclass(frozen=True, slots=True)
class Move:
    """Going `length` km at `speed` (km/day), for `rate` (USD/tkm), emitting `emission` (kg CO2e/tkm, after the tonne-
    kilometre method of ISO 14083), with a standard deviation of `spread` as a share of the time in motion.
    """

    length: Amount
    speed: Amount
    rate: Amount
    emission: Amount
    spread: Amount

    @property
    def hours(self) -> Amount:
        """Time in motion, hours."""
        return self.length.over(self.speed, "h").scaled(HOURS_A_DAY)

    @property
    def deviation(self) -> Amount:
        """Standard deviation of the time in motion, hours."""
        return self.hours.times(self.spread, "h")

    @property
    def usd_t(self) -> Amount:
        """Freight, USD/t."""
        return self.length.times(self.rate, "USD/t")

    @property
    def kg_t(self) -> Amount:
        """Emissions, kg CO2e/t."""
        return self.length.times(self.emission, "kg CO2e/t")


@dataclass(frozen=True, slots=True)
class Stay:
    """Hours and money spent without moving; `group` says on what, in the words of `uncertainty`."""

    group: str
    hours: Amount
    usd_t: Amount


@dataclass(frozen=True, slots=True)
class Leg:
    """One piece of a route: a line, a crossing, the change of gauge at one, a transfer or a terminal.

    `id` names the line or crossing, or the node of a transfer or terminal; `origin` and `destination` are nodes.
    Emissions are those of moving: what handling and waiting emit is not held.
    """

    kind: str
    id: str
    mode: str
    origin: str
    destination: str
    moves: tuple[Move, ...]
    stays: tuple[Stay, ...]
    length_km: Amount
    hours: Amount
    deviation: Amount
    usd_t: Amount
    kg_t: Amount

    @classmethod
    def of(
        cls,
        kind: str,
        id: str,
        mode: str,
        ends: tuple[str, str],
        moves: tuple[Move, ...] = (),
        stays: tuple[Stay, ...] = (),
    ) -> Leg:
        """The leg made of these moves and stays, with their sums: km, h (and its standard deviation), USD/t, kg/t."""
        parts: tuple[Move | Stay, ...] = (*moves, *stays)
        return cls(
            kind,
            id,
            mode,
            *ends,
            moves,
            stays,
            total((move.length for move in moves), "km"),
            total((part.hours for part in parts), "h"),
            total((move.deviation for move in moves), "h"),
            total((part.usd_t for part in parts), "USD/t"),
            total((move.kg_t for move in moves), "kg CO2e/t"),
        )

    @property
    def status(self) -> str:
        """The weakest status of what the leg is made of."""
        return weakest_of((self.length_km, self.hours, self.usd_t, self.kg_t))


def time_usd_t(hours: Amount, deviation: Amount, cargo: Cargo) -> Amount:
    """What `hours` and their standard `deviation` (hours) cost a tonne of `cargo`, USD/t."""
    weighed = total((hours, deviation.times(RELIABILITY_RATIO, "h")), "h")
    return weighed.times(cargo.hour_usd_t, "USD/t")


def ad_valorem_pct(usd_t: Amount, hours: Amount, deviation: Amount, cargo: Cargo) -> Amount:
    """Money (USD/t) and time as per cent of the value of the cargo.

    The value of a tonne cancels out of the cost of time, so the envelope is narrower than that of the generalised
    cost over the value of a tonne.
    """
    money = usd_t.over(cargo.usd_t, "%").scaled(100)
    weighed = total((hours, deviation.times(RELIABILITY_RATIO, "h")), "h")
    return total((money, weighed.times(cargo.day_pct, "%").scaled(1 / HOURS_A_DAY)), "%")
