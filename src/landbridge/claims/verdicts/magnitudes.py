"""Orders of magnitude: values that no such thing can have, or that none known to us comes near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.verdicts.findings import Finding, Interval, extent, finding, shown, usable

COUNTED = frozenset(("count", "persons", "passengers", "rank"))
# Trade of the whole world in a year, a value assumed well above any count of it: no claim about a pair or a country may
# exceed it. The yuan has been worth more than a tenth of a dollar in all years that claims speak of (assumed).
WORLD_TRADE_USD = 6e13
_PER_YUAN = 10
# One aircraft; the largest in service are certified for fewer (assumed).
PASSENGERS_ABOARD = 1_000


@dataclass(frozen=True, slots=True)
class Bound:
    """The values from `low` to `high` that an indicator in a unit may have, and why; `by` is `definition` or `assumed`."""

    low: float
    high: float
    why: str
    by: str = "assumed"


# By definition of the unit or the word.
_SHARE = Bound(0, 100, "a share lies between nothing and the whole", "definition")
_GROWTH = Bound(-100, inf, "nothing falls by more than all of itself", "definition")
_FACTOR = Bound(0, inf, "a factor is not negative", "definition")
_RANK = Bound(1, inf, "ranks count from one", "definition")
_LEVEL = Bound(0, inf, "it is measured upwards from nothing", "definition")
# Generous, so that what lies beyond is a slip of a scale word, a unit or a digit. All assumed.
_BY_UNIT = {
    "USD": Bound(0, 1e15, "several times the yearly output of the world"),
    "CNY": Bound(0, 1e15 * _PER_YUAN, "several times the yearly output of the world"),
    "persons": Bound(0, 1e10, "more than all people"),
    "passengers": Bound(0, 1e11, "more than all journeys by air in a year"),
    "rank": Bound(1, 1_000, "a longer list than any of countries or investors"),
    "years": Bound(0, 1_000, "no relation, loan or project lasts so long"),
    "months": Bound(0, 12_000, "no relation, loan or project lasts so long"),
    "t": Bound(0, 2e10, "more than all seaborne cargo of the world in a year"),
    "km2": Bound(0, 5.1e8, "more than the surface of the Earth"),
    "km": Bound(0, 40_100, "more than the girth of the Earth"),
    "x": Bound(0, 10_000, "growth far beyond any known"),
}
_WORLD = "more than all trade of the world"
_BY_INDICATOR = {
    **{(name, "USD"): Bound(0, WORLD_TRADE_USD, _WORLD) for name in ("trade_turnover", "exports", "imports")},
    **{
        (f"total_{name}", "USD"): Bound(0, WORLD_TRADE_USD, _WORLD)
        for name in ("foreign_trade", "exports", "imports")
    },
    ("soybean_imports", "t"): Bound(0, 2e9, "several times the harvest of the world"),
    ("bridge_length", "m"): Bound(0, 500_000, "several times the longest bridge"),
    ("exhibition_area", "m2"): Bound(0, 1e7, "larger than any exhibition ground"),
    ("interest_rate", "%"): Bound(-10, 1_000, "no loan between states or banks bears it"),
    ("debt_to_gdp", "%"): Bound(0, 2_000, "several times the highest debt of a state"),
    ("gdp_effect", "%"): Bound(-100, 1_000, "no project multiplies an economy so"),
    ("countries_count", "count"): Bound(0, 250, "more than there are countries"),
    ("nuclear_plants_count", "count"): Bound(0, 1_000, "more than there are plants"),
    ("border_bridges", "count"): Bound(0, 10_000, "more than any border has"),
    ("leader_meetings", "count"): Bound(0, 1_000, "more than heads of state meet in a lifetime"),
}
_BY_INDICATOR |= {
    (name, "CNY"): Bound(0, bound.high * _PER_YUAN, bound.why)
    for (name, unit), bound in tuple(_BY_INDICATOR.items())
    if unit == "USD"
}
_FASTEST = Bound(-100, 1_000_000, "growth far beyond any known")


def bounds(indicator: str, unit: str) -> tuple[Bound, ...]:
    """The bounds that apply to an indicator in a unit; those by definition come first."""
    grows = indicator.endswith("_growth")
    if unit == "x":
        return _FACTOR, _BY_UNIT["x"]
    if unit == "%":
        if grows:
            return _GROWTH, _FASTEST
        held = _BY_INDICATOR.get((indicator, unit))
        return (_SHARE,) if indicator.endswith("_share") else ((held,) if held else ())
    if grows:
        # Growth in units of the level itself may be negative, and how large it may be is not known here.
        return ()
    first = _RANK if unit == "rank" else _LEVEL
    held = _BY_INDICATOR.get((indicator, unit)) or _BY_UNIT.get(unit)
    return (first, held) if held else (first,)


def magnitudes(document: Document, claims: Sequence[Claim]) -> tuple[Finding, ...]:
    """A finding for every value out of bounds. A value inside them is no evidence, so nothing is said of it."""
    return tuple(
        found for claim in claims if usable(claim) for found in (_of(document, claim),) if found is not None
    )


def _of(document: Document, claim: Claim) -> Finding | None:
    value, unit = claim.value or 0.0, claim.unit or ""
    slots = {"value": shown(claim), "indicator": claim.indicator.replace("_", " ")}
    for bound in bounds(claim.indicator, unit):
        if _beyond(value, claim.comparator or "=", bound):
            held = Interval(bound.low, bound.high)
            return finding(
                "magnitude",
                "implausible",
                document,
                (claim,),
                "out_of_bounds",
                held,
                unit,
                "bound by definition" if bound.by == "definition" else "assumed bound, generous",
                bound=extent(held, unit),
                why=bound.why,
                **slots,
            )
    if unit in COUNTED and not claim.indicator.endswith("_growth") and value != round(value):
        return finding(
            "magnitude", "implausible", document, (claim,), "not_whole", None, unit, "exact", **slots
        )
    return None


def _beyond(value: float, comparator: str, bound: Bound) -> bool:
    """True where no value that the claim allows lies within the bound; the figure is taken as written."""
    if comparator in (">", ">="):
        reached = comparator == ">" and value == bound.high
        # Beside a decline the comparator speaks of its size.
        return (
            value > bound.high or reached if value >= 0 else value < bound.low or value == -100 == bound.low
        )
    if comparator in ("<", "<="):
        return value < bound.low or (comparator == "<" and value == bound.low and value >= 0)
    return not bound.low <= value <= bound.high
