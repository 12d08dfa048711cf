"""Shares of trade: of a partner in all trade of a country or region, of a region in its country's trade with a partner."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import Question, answer
from landbridge.claims.verdicts.bounds import impossible
from landbridge.claims.verdicts.context import Context, is_country, resolved
from landbridge.claims.verdicts.flow import EXPORTS, TURNOVER, Flow, arrow
from landbridge.claims.verdicts.judging import Asked, unheld
from landbridge.claims.verdicts.needs import publishers
from landbridge.claims.verdicts.series import levels
from landbridge.claims.verdicts.spans import Span, calendar_year, span
from landbridge.claims.verdicts.tolerance import REVISION
from landbridge.claims.verdicts.verdict import Held, Verdict
from landbridge.claims.verdicts.world import world
from landbridge.provenance import derive
from landbridge.release.region_trade import SHARE_OF_BILATERAL, SHARE_OF_PLACE

CODE = "landbridge.claims.verdicts.shares"
_WORDS = {
    SHARE_OF_BILATERAL: "share of {place} in the trade of its country with {partner}",
    SHARE_OF_PLACE: "share of {partner} in all trade of {place}",
}


def check(context: Context, claim: Claim) -> Verdict:
    """The verdict on a share of trade. What it is a share of is often not said: agreement names the reading."""
    if (wrong := impossible(claim)) is not None:
        return wrong
    ends = arrow(claim) or (tuple(map(resolved, claim.parties)) if len(claim.parties) == 2 else None)
    if claim.value is None or ends is None or len(ends) != 2:
        return unheld(claim, Asked("both ends of the trade that the share is of, and the larger flow"))
    pair = (ends[0], ends[1])
    flow = Flow(EXPORTS, *pair) if arrow(claim) else Flow(TURNOVER, *sorted(pair))
    return answer(
        context,
        claim,
        Question(
            held=partial(_held, context, flow),
            years=lambda: {
                year
                for item in (*_regional(context, flow), *levels(context, flow))
                if item.span and (year := item.span.first // 12)
            },
            needed=lambda period: (
                f"trade of {context.name(pair[0])} with {context.name(pair[1])} and with all partners"
                f"{f', {period.words()},' if period else ''} as published by {publishers(pair)}"
            ),
        ),
    )


def _held(context: Context, flow: Flow, period: Span) -> Iterator[Held]:
    yield from (item for item in _regional(context, flow) if item.span == period)
    if all(map(is_country, flow.ends)) and period.year:
        yield from _of_countries(context, flow, calendar_year(int(period.year)))


def _of_countries(context: Context, flow: Flow, period: Span) -> Iterator[Held]:
    """A pair's trade over all trade of one of the two, both as that one counts them."""
    for place in flow.ends:
        one_way = "exports" if place == flow.exporter else "imports"
        what = "trade" if flow.measure == TURNOVER else one_way
        for whole in world(context, place, what, period):
            for part in levels(context, flow):
                mine = part.span == period and part.reporter == place and part.main
                if not mine or part.figure is None or whole.figure is None or whole.figure.point <= 0:
                    continue
                other = next(end for end in flow.ends if end != place)
                figure = derive(
                    f"Share of {context.name(other)} in all {what} of {context.name(place)}",
                    100 * part.figure.point / whole.figure.point,
                    "%",
                    (part.figure, whole.figure),
                    CODE,
                    period=part.figure.period,
                )
                yield Held(
                    definition=f"share of {context.name(other)} in all {what} of {context.name(place)}: {part.definition}",
                    figure=figure,
                    span=period,
                    reporter=place,
                    series=part.series,
                    main=False,
                    slack=2 * REVISION * figure.point,
                    # The same words may mean a share in the other one's trade.
                    refutes=False,
                )


def _regional(context: Context, flow: Flow) -> Iterator[Held]:
    for place, partner in (flow.ends, flow.ends[::-1]):
        if is_country(place) or flow.measure != TURNOVER:
            continue
        for item in context.data.region_trade.of(place, partner):
            measure = item.figure.cell.split("/")[2]
            when = span(item.figure.period)
            if measure not in _WORDS or when is None or item.suspect:
                continue
            words = _WORDS[measure].format(place=context.name(place), partner=context.name(partner))
            speaker = item.figure.citation.speaker if item.figure.citation else ""
            yield Held(
                definition=f"{words}, {speaker or 'press'}, {when.words()}",
                figure=item.figure,
                span=when,
                reporter=place,
                series=measure,
                main=False,
                refutes=False,
                note=item.figure.note,
            )
