"""Trade between two places against the statistics: levels and changes, one way and both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import Question, answer
from landbridge.claims.verdicts.bounds import impossible, level_ruled_out
from landbridge.claims.verdicts.context import WORLD, Context
from landbridge.claims.verdicts.flow import TURNOVER, Flow, flows
from landbridge.claims.verdicts.growth import across, bases, growths
from landbridge.claims.verdicts.judging import Asked, ruled_out, unheld
from landbridge.claims.verdicts.needs import topic_needed, trade_needed
from landbridge.claims.verdicts.series import in_unit, levels
from landbridge.claims.verdicts.spans import Span
from landbridge.claims.verdicts.verdict import Evidence, Held, Verdict, beside
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
    meant = flows(claim) if claim.indicator.removesuffix("_growth") not in _TOTALS else ()
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
        ),
    )


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
    """What is held for the very period, in the unit of the claim."""
    what = _TOTALS.get(claim.indicator.removesuffix("_growth"))
    unit = claim.unit or ""
    if claim.indicator.endswith("_growth"):
        for flow in meant:
            yield from growths(context, flow, period, unit)
        return
    if what is not None:
        yield from in_unit(
            (i for p in claim.parties if p != WORLD for i in world(context, p, what, period)), unit
        )
    for flow in meant:
        yield from in_unit((item for item in levels(context, flow, period) if item.span == period), unit)


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
    if not meant:
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
            f"A factor of {ratio:.3g} lies outside what the levels held allow even across series and with a "
            f"margin: {around[0]:.2g} to {around[1]:.2g}."
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
