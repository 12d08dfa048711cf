"""Units of measure: a closed list, base units only, and a refusal to mix.

Values are kept in base units (dollars, tonnes, persons) so that no column needs a scale; how a number is shown
(`USD 240.1 billion`) is decided where it is shown. Currencies are units of their own: nothing converts them
silently, and a price basis travels beside the unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from landbridge.errors import UnitMismatch, UnknownLabel


class PriceBasis(StrEnum):
    """At which point of the journey goods are valued."""

    FOB = "fob"
    CIF = "cif"
    BASIC = "basic prices"
    MIXED = "exports fob, imports cif"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `code` as written in tables, the `dimension` it measures, its `label` for readers.

    `scaled` says that large numbers are shown in millions; `one` is the label beside a single one.
    """

    code: str
    dimension: str
    label: str
    scaled: bool = False
    one: str = ""


_UNITS = (
    Unit("USD", "money", "US dollars", True),
    Unit("CNY", "money", "yuan", True),
    Unit("RUB", "money", "roubles", True),
    Unit("BYN", "money", "Belarusian roubles", True),
    Unit("EUR", "money", "euros", True),
    Unit("t", "mass", "tonnes", True, one="tonne"),
    Unit("t/year", "mass per time", "tonnes a year", True),
    Unit("m3", "volume", "cubic metres", True),
    Unit("m3/year", "volume per time", "cubic metres a year", True),
    Unit("TEU", "containers", "twenty-foot equivalent units", True, one="twenty-foot equivalent unit"),
    Unit("persons", "people", "persons", True, one="person"),
    Unit("trips", "people", "trips", True, one="trip"),
    Unit("passengers", "people", "passengers", True, one="passenger"),
    Unit("count", "count", ""),
    Unit("%", "share", "per cent"),
    Unit("pp", "share difference", "percentage points"),
    Unit("x", "ratio", "times"),
    Unit("index", "index", ""),
    Unit("rank", "rank", ""),
    Unit("years", "duration", "years", one="year"),
    Unit("months", "duration", "months", one="month"),
    Unit("days", "duration", "days", one="day"),
    Unit("h", "duration", "hours", one="hour"),
    Unit("min", "duration", "minutes", one="minute"),
    Unit("h/day", "share of day", "hours a day", one="hour a day"),
    Unit("km", "length", "kilometres", one="kilometre"),
    Unit("m", "length", "metres", one="metre"),
    Unit("km2", "area", "square kilometres"),
    Unit("m2", "area", "square metres"),
    Unit("ha", "area", "hectares", one="hectare"),
    Unit("km/h", "speed", "kilometres an hour"),
    Unit("km/day", "speed", "kilometres a day"),
    Unit("vehicles", "vehicles", "vehicles", True, one="vehicle"),
    Unit("trains", "trains", "trains", True, one="train"),
    Unit("vehicles/day", "vehicles per time", "vehicles a day", one="vehicle a day"),
    Unit("vehicles/week", "vehicles per time", "vehicles a week", one="vehicle a week"),
    Unit("vehicles/month", "vehicles per time", "vehicles a month", one="vehicle a month"),
    Unit("vehicles/year", "vehicles per time", "vehicles a year", True),
    Unit("trains/day", "trains per time", "trains a day", one="train a day"),
    Unit("trains/week", "trains per time", "trains a week", one="train a week"),
    Unit("per week", "frequency", "a week"),
    Unit("USD/container", "price", "US dollars a container"),
    Unit("USD/FEU", "price", "US dollars a forty-foot container"),
    Unit("USD/500km/20t", "price", "US dollars for twenty tonnes over five hundred kilometres"),
    Unit("RUB/day", "price of time", "roubles a day"),
    Unit("EUR/day", "price of time", "euros a day"),
    Unit("%/day", "price of time", "per cent of value a day"),
)

UNITS: Mapping[str, Unit] = MappingProxyType({unit.code: unit for unit in _UNITS})


def unit(code: str) -> Unit:
    """The unit called `code`; raises `UnknownLabel` with the nearest valid codes."""
    try:
        return UNITS[code]
    except KeyError:
        raise UnknownLabel("unit", code, UNITS, remedy="The list is in docs/reference/units.md.") from None


def require_same(what: str, *codes: str) -> str:
    """The single unit (or price basis) that all of `codes` name; raises `UnitMismatch` otherwise."""
    distinct = sorted(set(codes))
    if len(distinct) != 1:
        raise UnitMismatch(
            f"{what} cannot combine {' with '.join(distinct)}.",
            cause="Their units, currencies or price bases differ.",
            remedy="Convert them first, naming the rate and its source; Landbridge never converts silently.",
        )
    return distinct[0]
