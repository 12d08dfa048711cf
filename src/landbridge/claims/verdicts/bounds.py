"""What arithmetic and magnitudes rule out, whether or not the claim's own series is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.context import Context, is_country
from landbridge.claims.verdicts.flow import Flow
from landbridge.claims.verdicts.judging import ruled_out
from landbridge.claims.verdicts.series import in_unit, levels
from landbridge.claims.verdicts.spans import Span, calendar_year
from landbridge.claims.verdicts.tolerance import MIRROR, NEARBY, ORDER
from landbridge.claims.verdicts.verdict import Held, Verdict, beside, claimed_range, shown
from landbridge.claims.verdicts.world import world

_SHARES = (
    "trade_share",
    "basket_share",
    "soybean_import_share",
    "rail_trade_share",
    "content_production_share",
    "maritime_trade_share",
)


def impossible(claim: Claim) -> Verdict | None:
    """Claims that no world allows: a part above its whole, a fall by more than everything, a rank before the first."""
    value = claim.value
    if value is None:
        return None
    if claim.unit == "%" and claim.indicator in _SHARES and not 0 <= value <= 100:
        return ruled_out(claim, f"A share of {value:g} % is no part of a whole.", ())
    if claim.unit == "%" and claim.indicator.endswith("_growth") and value < -100:
        return ruled_out(claim, f"A fall by {-value:g} % leaves less than nothing.", ())
    if claim.unit == "x" and claim.indicator.endswith("_growth") and value < 0:
        return ruled_out(claim, "A factor below zero leaves less than nothing.", ())
    if claim.unit == "rank" and value < 1:
        return ruled_out(claim, "Ranks begin with the first.", ())
    return None


def level_ruled_out(context: Context, claim: Claim, flow: Flow, period: Span | None) -> Verdict | None:
    """A level above its whole, a part of a year above the year, or a magnitude that nothing nearby comes near."""
    wanted = claimed_range(claim)
    if wanted is None or claim.unit not in ("USD", "CNY"):
        return None
    low, high = wanted.wide.low, wanted.sure.high
    if low is None or high is None or claim.comparator in ("<", "<="):
        low = 0.0
    for why, held in (
        *_wholes(context, flow, period, claim.unit),
        *_years(context, flow, period, claim.unit),
    ):
        figure = held.figure
        if figure is not None and low > figure.point * MIRROR:
            reason = (
                f"More than {why}: {shown(figure.point, figure.unit)} [{figure.id}] ({held.definition}), "
                f"with {MIRROR - 1:.0%} for differences between counts."
            )
            return ruled_out(claim, reason, (beside(held, context.dated, "a bound"),), held.definition)
    return _out_of_order(context, claim, flow, period, (low, high))


def _wholes(context: Context, flow: Flow, period: Span | None, unit: str) -> Iterator[tuple[str, Held]]:
    """The larger flows of which this one is a part: the nation's for a region's, all partners' for one partner's."""
    if period is None or not period.within:
        return
    year = calendar_year(int(period.within))
    if flow.national != flow:
        held_of_nation = (h for h in levels(context, flow.national) if h.span == year and not h.left_out)
        whole = _largest(in_unit(held_of_nation, unit))
        if whole is not None:
            yield "the trade of the whole country in that year", whole
    for place in filter(is_country, flow.ends):
        for held in in_unit(world(context, place, "trade", year), unit):
            if held.binding:
                yield f"all foreign trade of {context.name(place)} in that year", held


def _years(context: Context, flow: Flow, period: Span | None, unit: str) -> Iterator[tuple[str, Held]]:
    """The whole year of which the period is a part."""
    if period is None or not period.within or period.year:
        return
    year = calendar_year(int(period.within))
    held = [item for item in levels(context, flow) if item.span == year and item.main and item.binding]
    whole = _largest(in_unit(held, unit))
    if whole is not None:
        yield "the whole of the year in which it lies", whole


def _largest(held: Sequence[Held]) -> Held | None:
    return max(held, key=lambda item: item.figure.point if item.figure else 0.0, default=None)


def _out_of_order(
    context: Context, claim: Claim, flow: Flow, period: Span | None, ends: tuple[float, float | None]
) -> Verdict | None:
    """An order of magnitude off every year held nearby; for part of a year only above."""
    near = [
        item
        for item in in_unit(levels(context, flow), claim.unit or "")
        if item.span and item.span.year and item.binding and item.main and _nearby(item.span, period)
    ]
    if not near:
        return None
    largest = max(near, key=lambda item: item.figure.point if item.figure else 0.0)
    least = min(near, key=lambda item: item.figure.point if item.figure else 0.0)
    assert largest.figure is not None
    assert least.figure is not None
    low, high = ends
    whole = period is None or bool(period.year)
    if low > largest.figure.point * ORDER:
        found, words = largest, "above the largest"
    elif whole and high is not None and high < least.figure.point / ORDER:
        found, words = least, "below the least"
    else:
        return None
    assert found.figure is not None
    reason = (
        f"More than {ORDER:g} times {words} of the years held nearby: "
        f"{shown(found.figure.point, found.figure.unit)} [{found.figure.id}] ({found.definition})."
    )
    return ruled_out(claim, reason, (beside(found, context.dated, "a bound"),), found.definition)


def _nearby(held: Span, period: Span | None) -> bool:
    return period is None or abs(held.first // 12 - period.first // 12) <= NEARBY
