"""Shares of trade: of a partner in all trade of a country or region, of a region in its country's trade with a partner."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import Question, answer
from landbridge.claims.verdicts.bounds import impossible
from landbridge.claims.verdicts.context import Context, country, is_country, resolved
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
_LONGEST = 1_000
# Shorter names are looked for as they are: their last letter tells too much.
_SHORTEST = 4
_KINDS = r"(?:total|overall|entire|foreign|external|international|all|trade|goods)"
_PARTNER = re.compile(r"\w{0,10}\s{1,3}(?:to|with|from)\s")
_FLOW = r"trade|turnover|commerce|exports|imports"
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
    said = _whole(context, claim, pair)
    if said is not None and said.measure != "trade":
        partner = pair[1] if said.owner == pair[0] else pair[0]
        flow = (
            Flow(EXPORTS, said.owner, partner)
            if said.measure == "exports"
            else Flow(EXPORTS, partner, said.owner)
        )
    return answer(
        context,
        claim,
        Question(
            held=partial(_held, context, flow, said),
            years=lambda: {
                year
                for item in (*_regional(context, flow), *levels(context, flow))
                if item.span and (year := item.span.first // 12)
            },
            needed=lambda period: (
                f"{said.measure} of {context.name(said.owner)} "
                f"{'with the other side by part' if said.within else 'with the other side and with all partners'}"
                f"{f', {period.words()},' if period else ''} as published by {publishers((said.owner,))}"
                if said is not None
                else f"trade of {context.name(pair[0])} with {context.name(pair[1])} and with all partners"
                f"{f', {period.words()},' if period else ''} as published by {publishers(pair)}"
            ),
            lead=lambda _: (
                f"The share is of the {said.measure} of {context.name(said.owner)}"
                f"{' with the other side alone' if said.within else ''}, and no share of that whole is held."
                if said is not None
                else ""
            ),
            mirrored=True,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Whole:
    """What the text says a share is of: the `trade`, `exports` or `imports` of a place.

    `within` says that only what goes between two places is the whole: of that no partner has a share.
    """

    owner: str
    measure: str
    within: bool


def _whole(context: Context, claim: Claim, pair: tuple[str, str]) -> _Whole | None:
    """The whole as the sentence names it: `of Russia's foreign trade`, `of the exports of Belarus`; else None."""
    before, after = context.around(claim)
    found = []
    for place in pair:
        for owner in dict.fromkeys((place, country(place))):
            for words in (
                claim.quote[:_LONGEST] + after,
                f"{before}{claim.quote[:_LONGEST]}",
                claim.subject[:_LONGEST],
            ):
                if owner and (said := _owned(words, context.name(owner))):
                    measure = "trade" if said[0] in ("turnover", "commerce") else said[0]
                    found.append(_Whole(owner, measure, said[1]))
    return found[0] if len(set(found)) == 1 else None


def _owned(words: str, name: str) -> tuple[str, bool] | None:
    """(Which flow of a place a share is said to be of, whether with one partner alone); None where it is not said."""
    stem = re.escape(name[:-1] if name.isalpha() and len(name) > _SHORTEST else name)
    kinds = rf"(?:{_KINDS}\s{{1,3}}){{0,3}}({_FLOW})"
    owned = rf"\b(?:of|in)\s{{1,3}}(?:the\s{{1,3}})?{stem}\w{{0,4}}(?:['’]s?)?\s{{1,3}}{kinds}\b"
    of = rf"\b(?:of|in)\s{{1,3}}(?:the\s{{1,3}}|all\s{{1,3}})?{kinds}\s{{1,3}}of\s{{1,3}}(?:the\s{{1,3}})?{stem}"
    for pattern in (owned, of):
        if found := re.search(pattern, words, re.IGNORECASE):
            return found[1].lower(), _PARTNER.match(words, found.end()) is not None
    return None


def _held(context: Context, flow: Flow, said: _Whole | None, period: Span) -> Iterator[Held]:
    for item in _regional(context, flow):
        # Of a place's own trade, or of its country's with the partner: the whole that is named tells which.
        own = item.series == SHARE_OF_PLACE
        meant = (item.reporter, False) if own else (country(item.reporter), True)
        if item.span == period and (said is None or (said.owner, said.within) == meant):
            yield item
    if all(map(is_country, flow.ends)) and period.year:
        for item in _of_countries(context, flow, calendar_year(int(period.year))):
            if said is None:
                yield item
            elif said.owner == item.reporter and not said.within:
                yield replace(item, main=True, refutes=True)


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
