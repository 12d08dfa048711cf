"""Trade between two places against the statistics: levels and changes, one way and both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import Question, answer
from landbridge.claims.verdicts.bounds import impossible, level_ruled_out
from landbridge.claims.verdicts.context import WORLD, Context, is_country, resolved, unknown
from landbridge.claims.verdicts.flow import EXPORTS, TURNOVER, Flow, flows
from landbridge.claims.verdicts.growth import across, bases, growths
from landbridge.claims.verdicts.judging import Asked, judge, ruled_out, unheld
from landbridge.claims.verdicts.measured import GOODS, Measured, measured
from landbridge.claims.verdicts.needs import topic_needed, trade_needed
from landbridge.claims.verdicts.series import in_unit, levels
from landbridge.claims.verdicts.spans import Span
from landbridge.claims.verdicts.verdict import Evidence, Held, Verdict, beside, times
from landbridge.claims.verdicts.world import world

_TOTALS = {"total_foreign_trade": "trade", "total_exports": "exports", "total_imports": "imports"}
_SHOWN = 4


def check(context: Context, claim: Claim) -> Verdict:
    """The verdict on a claim of turnover, exports, imports, their totals, or a change of one of them."""
    if (wrong := impossible(claim)) is not None:
        return wrong
    if claim.value is None:
        needed = "a number to compare with"
        return unheld(claim, Asked(needed), words="The claim states a direction or an intention, no number.")
    if strangers := unknown(claim.parties):
        return _stranger(context, claim, strangers)
    meant = flows(claim) if claim.indicator.removesuffix("_growth") not in _TOTALS else _of_regions(claim)
    if (other := measured(claim, context.sentence(claim))) is not None:
        return _otherwise(context, claim, meant, other)
    if not meant and claim.indicator.removesuffix("_growth") not in _TOTALS:
        return unheld(
            claim, Asked(topic_needed(claim)), words="Whose trade with whom is meant is not stated."
        )
    return answer(
        context,
        claim,
        Question(
            held=partial(_held, context, claim, meant),
            years=partial(_years, context, claim, meant),
            needed=partial(_needed, context, claim, meant),
            ruled_out=partial(_ruled_out, context, claim, meant),
            beside=partial(_beside, context, claim, meant),
            lead=partial(_lead, context, claim, meant),
            reporters=_reporters(claim, meant),
            mirrored=claim.indicator.removesuffix("_growth") not in _TOTALS,
            uncounted=partial(_uncounted, context, claim, meant),
        ),
    )


def _stranger(context: Context, claim: Claim, strangers: Sequence[str]) -> Verdict:
    """A place that nothing is known of is no other place: nothing held can be of its trade."""
    named = " and ".join(f"“{party}”" for party in strangers)
    asked = Asked(f"trade of {' and '.join(map(context.name, claim.parties))}, as published by either side")
    return unheld(claim, asked, words=f"The code lists know no place {named}.")


def _otherwise(context: Context, claim: Claim, meant: Sequence[Flow], other: Measured) -> Verdict:
    """What is no trade in all goods, against series of that very definition alone."""
    period = context.span(claim)
    found = list(_of_period(context, claim, meant, period)) if period is not None and not period.open else []
    held = [item for item in found if item.scope == other.scope]
    who = " and ".join(context.name(place) for place in claim.parties)
    words = f"The claim is of {other.scope}, not of trade in all goods: {other.why}. It is not compared with all goods."
    asked = Asked(f"{other.needed} ({who})", reporters=(), dating=words if held else "", lead=words)
    return judge(context, claim, held, asked)


def _of_regions(claim: Claim) -> tuple[Flow, ...]:
    """The flows of a region with all partners, which tables of regions hold and those of countries do not."""
    places = [resolved(party) for party in claim.parties if party != WORLD]
    if len(places) != 1 or is_country(places[0]):
        return ()
    what = _TOTALS[claim.indicator.removesuffix("_growth")]
    if what == "trade":
        return (Flow(TURNOVER, *sorted((places[0], WORLD))),)
    return (Flow(EXPORTS, places[0], WORLD) if what == "exports" else Flow(EXPORTS, WORLD, places[0]),)


def _uncounted(context: Context, claim: Claim, meant: Sequence[Flow], period: Span) -> Iterator[str]:
    """Whose counts the definition admits and are not held: both sides' of both ways, the seller's or the buyer's of one.

    Of a region and a country it is the region that counts.
    """
    if claim.indicator.removesuffix("_growth") in _TOTALS:
        return
    for flow in meant:
        found = _of_flow(context, claim, flow, period)
        held = {item.reporter for item in found if item.span == period and item.main and item.binding}
        converted = {item.reporter for item in found if item.span == period and "|converted" in item.series}
        yield from (place for place in _counting(claim, flow) if place not in held | converted)


def _counting(claim: Claim, flow: Flow) -> tuple[str, ...]:
    if WORLD in flow.ends:
        return ()
    regions = tuple(place for place in flow.ends if not is_country(place))
    if regions or flow.measure == TURNOVER:
        return regions or flow.ends
    return (flow.exporter,) if claim.indicator.startswith("exports") else (flow.importer,)


def _of_flow(context: Context, claim: Claim, flow: Flow, period: Span) -> tuple[Held, ...]:
    unit = claim.unit or ""
    if claim.indicator.endswith("_growth"):
        return growths(context, flow, period, unit)
    return in_unit((item for item in levels(context, flow, period) if item.span == period), unit)


def _years(context: Context, claim: Claim, meant: Sequence[Flow]) -> set[int]:
    """Every year for which anything is held of the trade that the claim is about."""
    return {
        item.span.first // 12
        for item in _all_levels(context, claim, meant)
        if item.span is not None and item.span.year
    }


def _all_levels(context: Context, claim: Claim, meant: Sequence[Flow]) -> Iterator[Held]:
    what = _TOTALS.get(claim.indicator.removesuffix("_growth"))
    if what is not None:
        yield from (item for place in claim.parties if place != WORLD for item in world(context, place, what))
    for flow in meant:
        yield from levels(context, flow)


def _held(context: Context, claim: Claim, meant: Sequence[Flow], period: Span) -> Iterator[Held]:
    """What is held for the very period that may be set beside trade in all goods."""
    for item in _of_period(context, claim, meant, period):
        # Some goods are no count of all: they can be more than the claim, and never as much.
        if item.scope == GOODS or not item.refutes:
            yield item


def _of_period(context: Context, claim: Claim, meant: Sequence[Flow], period: Span) -> Iterator[Held]:
    """What is held for the very period, in the unit of the claim."""
    what = _TOTALS.get(claim.indicator.removesuffix("_growth"))
    unit = claim.unit or ""
    if what is not None and not claim.indicator.endswith("_growth"):
        yield from in_unit(
            (i for p in claim.parties if p != WORLD for i in world(context, p, what, period)), unit
        )
    for flow in meant:
        yield from _of_flow(context, claim, flow, period)


def _reporters(claim: Claim, meant: Sequence[Flow]) -> tuple[str, ...] | None:
    """Whose count is the default: the seller's of exports, the buyer's of imports, every side's of both ways.

    Where two readings stand, none is the default.
    """
    if len(meant) > 1:
        return ()
    if not meant or meant[0].measure == TURNOVER:
        return None
    flow = meant[0]
    return (flow.exporter,) if claim.indicator.startswith("exports") else (flow.importer,)


def _needed(context: Context, claim: Claim, meant: Sequence[Flow], period: Span | None) -> str:
    when = period.words() if period else ""
    if claim.indicator.removesuffix("_growth") in _TOTALS or not meant:
        who = " and ".join(context.name(place) for place in claim.parties if place != WORLD)
        return f"trade of {who or 'the country'} with all partners{f', {when}' if when else ''}"
    needed = trade_needed(context, meant[0], when)
    if claim.indicator.endswith("_growth"):
        return f"{needed}, and the same series a year earlier"
    return needed


def _ruled_out(context: Context, claim: Claim, meant: Sequence[Flow], period: Span | None) -> Verdict | None:
    if claim.indicator.endswith("_growth"):
        return _growth_ruled_out(context, claim, meant, period) if period is not None else None
    found = [level_ruled_out(context, claim, flow, period) for flow in meant]
    return found[0] if found and all(item is not None for item in found) else None


def _growth_ruled_out(context: Context, claim: Claim, meant: Sequence[Flow], period: Span) -> Verdict | None:
    """A change that no two levels held come near, even across series and with a wide margin."""
    base, end = bases(period)
    assert claim.value is not None
    ratio = claim.value if claim.unit == "x" else 1 + claim.value / 100
    for flow in meant:
        then = [item for item in levels(context, flow, base) if item.span == base]
        now = [item for item in levels(context, flow, end) if item.span == end]
        around = across(then, now)
        if around is None or around[0] <= ratio <= around[1]:
            return None
        items = tuple(beside(item, context.dated, "a level, not a change") for item in (*then, *now))
        reason = (
            f"A change to {times(ratio)} the base lies outside what the levels held allow even across series and with a "
            f"margin: {times(around[0])} to {times(around[1])}."
        )
        return ruled_out(claim, reason, items)
    return None


def _beside(
    context: Context, claim: Claim, meant: Sequence[Flow], period: Span, settled: bool
) -> Iterator[Evidence]:
    """For orientation: levels behind a change that cannot be computed, other periods near one that is not held."""
    if claim.indicator.endswith("_growth"):
        ends = () if settled else bases(period)
        for flow in meant:
            for when in ends:
                near = [item for item in levels(context, flow, when) if item.span == when]
                yield from (beside(item, context.dated, "a level, not a change") for item in near)
        return
    for flow in meant:
        marked = [i for i in levels(context, flow, period) if i.span is None and i.figure is not None]
        for item in marked:
            if item.figure is not None and item.figure.period == claim.moment:
                yield beside(item, context.dated)
        if not settled:
            near = [i for i in levels(context, flow) if i.span and _touches(i.span, period)]
            for item in near[:_SHOWN]:
                yield beside(item, context.dated, "another period")


def _lead(context: Context, claim: Claim, meant: Sequence[Flow], period: Span) -> str:
    """Why a change cannot be computed although levels are held."""
    if not claim.indicator.endswith("_growth"):
        return ""
    held = [
        any(item.span == when for flow in meant for item in levels(context, flow, when))
        for when in bases(period)
    ]
    if all(held):
        return "Levels of both periods are held, but of different series, which do not compare."
    return "A level of one of the two periods alone is held." if any(held) else ""


def _touches(held: Span, period: Span) -> bool:
    return held != period and held.first // 12 <= period.last // 12 and period.first // 12 <= held.last // 12
