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
    Unit("in 100", "share", "in a hundred"),
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
    Unit("USD/bbl", "price", "US dollars a barrel"),
    Unit("RUB/USD", "price", "roubles for a US dollar"),
    Unit("RUB/day", "price of time", "roubles a day"),
    Unit("EUR/day", "price of time", "euros a day"),
    Unit("%/day", "price of time", "per cent of value a day"),
)

UNITS: Mapping[str, Unit] = MappingProxyType({unit.code: unit for unit in _UNITS})

MONEY = "money"
# The alphabetic codes of ISO 4217, those of former currencies too, for sums of the past are in them; without metals,
# the code for tests and the one for no currency.
_ISO_4217 = (
    "ADP AED AFA AFN ALK ALL AMD ANG AOA AOK AON AOR ARA ARP ARS ARY ATS AUD AWG AYM AZM AZN BAD BAM BBD BDT "
    "BEC BEF BEL BGJ BGK BGL BGN BHD BIF BMD BND BOB BOP BOV BRB BRC BRE BRL BRN BRR BSD BTN BUK BWP BYB BYN "
    "BYR BZD CAD CDF CHC CHE CHF CHW CLF CLP CNY COP COU CRC CSD CSJ CSK CUC CUP CVE CYP CZK DDM DEM DJF DKK "
    "DOP DZD ECS ECV EEK EGP ERN ESA ESB ESP ETB EUR FIM FJD FKP FRF GBP GEK GEL GHC GHP GHS GIP GMD GNE GNF "
    "GNS GQE GRD GTQ GWE GWP GYD HKD HNL HRD HRK HTG HUF IDR IEP ILP ILR ILS INR IQD IRR ISJ ISK ITL JMD JOD "
    "JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAJ LAK LBP LKR LRD LSL LSM LTL LTT LUC LUF LUL LVL LVR LYD MAD "
    "MDL MGA MGF MKD MLF MMK MNT MOP MRO MRU MTL MTP MUR MVQ MVR MWK MXN MXP MXV MYR MZE MZM MZN NAD NGN NIC "
    "NIO NLG NOK NPR NZD OMR PAB PEH PEI PEN PES PGK PHP PKR PLN PLZ PTE PYG QAR RHD ROK ROL RON RSD RUB RUR "
    "RWF SAR SBD SCR SDD SDG SDP SEK SGD SHP SIT SKK SLL SOS SRD SRG SSP STD STN SUR SVC SYP SZL THB TJR TJS "
    "TMM TMT TND TOP TPE TRL TRY TTD TWD TZS UAH UAK UGS UGW UGX USD USN USS UYI UYN UYP UYU UYW UZS VEB VEF "
    "VES VNC VND VUV WST XAF XBA XBB XBC XBD XCD XDR XEU XFO XFU XOF XPF XRE XSU XUA YDD YER YUD YUM YUN ZAL "
    "ZAR ZMK ZMW ZRN ZRZ ZWC ZWD ZWL ZWN ZWR SLE VED XCG ZWG "
)
CURRENCIES = frozenset(_ISO_4217.split())


def unit(code: str) -> Unit:
    """The unit called `code`; raises `UnknownLabel` with the nearest valid codes.

    Currencies that are not in the list above are read by their code.
    """
    try:
        return UNITS[code]
    except KeyError:
        if code in CURRENCIES:
            return Unit(code, MONEY, code, True)
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
