"""Ranks among trading partners: from balanced accounts of one year, and as a bound from the partners that are held."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import polars as pl

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import Question, answer
from landbridge.claims.verdicts.bounds import impossible
from landbridge.claims.verdicts.context import Context, country, is_country, resolved
from landbridge.claims.verdicts.flow import TURNOVER, Flow, arrow
from landbridge.claims.verdicts.judging import Asked, ruled_out, unheld
from landbridge.claims.verdicts.needs import publishers
from landbridge.claims.verdicts.series import levels
from landbridge.claims.verdicts.spans import Span, calendar_year
from landbridge.claims.verdicts.tolerance import MIRROR
from landbridge.claims.verdicts.verdict import Held, Verdict, beside, claimed_range
from landbridge.flows.accounts import REST
from landbridge.provenance import Figure, Status, derive

CODE = "landbridge.claims.verdicts.rank"
_ABOVE = 5


def check(context: Context, claim: Claim) -> Verdict:
    """The verdict on a rank of one party among the trading partners of the other."""
    if (wrong := impossible(claim)) is not None:
        return wrong
    readings = tuple(_readings(context, claim))
    regions = tuple(place for place in map(resolved, claim.parties) if country(place) not in ("", place))
    needed = partial(_needed, context, readings, regions)
    if claim.value is None or not readings:
        return unheld(claim, Asked(needed(None)))
    if len(readings) == 1 and (outside := _bound(context, claim, *readings[0])) is not None:
        return outside
    return answer(
        context,
        claim,
        Question(
            held=lambda period: [item for reading in readings for item in _ranked(context, *reading, period)],
            years=lambda: (context.data.accounts.year,),
            needed=needed,
        ),
    )


def _readings(context: Context, claim: Claim) -> Iterator[tuple[str, str, str]]:
    """(Whose partners, the partner ranked, `trade` or `exports`): as directed or said, else both ways."""
    if len(claim.parties) != 2 or not all(map(is_country, claim.parties)):
        return
    directed = arrow(claim)
    if directed is not None and all(map(is_country, directed)):
        yield (*directed, "exports")
        return
    first, second = claim.parties
    words = f"{claim.subject} {claim.quote}"[:4_000]
    owners = [place for place in (first, second) if _owns(words, context.name(place))]
    for owner in owners if len(owners) == 1 else (first, second):
        yield owner, second if owner == first else first, "trade"


def _owns(words: str, name: str) -> bool:
    """Whether the partners are said to be those of a place: `Russia's largest partner`, `the partners of Russia`."""
    known = re.escape(name)
    return re.search(rf"\b{known}['’]s\b|\bpartners? (?:of|for) {known}\b", words) is not None


def _ranked(context: Context, owner: str, partner: str, what: str, period: Span) -> Iterator[Held]:
    """The rank in the input-output accounts: goods and services at basic prices, the rest of the world left out."""
    flows = context.data.by_sector
    if period != calendar_year(flows.year) or not {owner, partner} <= set(flows.places) - {REST}:
        return
    by_partner = _by_partner(flows.frame, owner, what)
    larger = [place for place, value in by_partner.items() if value > by_partner.get(partner, 0.0)]
    if partner not in by_partner:
        return
    compared = (*larger[:_ABOVE], partner)
    ends = [(owner, place) for place in compared]
    if what == "trade":
        ends += [(place, owner) for place in compared]
    inputs = [figure for pair in ends if isinstance(figure := flows.explain(*pair), Figure)]
    figure = derive(
        f"Rank of {context.name(partner)} among partners of {context.name(owner)}, {what}",
        float(len(larger) + 1),
        "rank",
        inputs,
        CODE,
        period=str(flows.year),
        status=Status.IMPUTED,
        note="Among the economies that the accounts hold one by one; the rest of the world is left out.",
    )
    yield Held(
        definition=f"{what} of {context.name(owner)} in goods and services at basic prices, input–output accounts, "
        f"calendar year {flows.year}",
        figure=figure,
        span=period,
        reporter="",
        series="accounts",
        basis="basic prices",
        main=False,
        refutes=False,
    )


def _by_partner(frame: pl.DataFrame, owner: str, what: str) -> dict[str, float]:
    """Partner → what the owner sells there, or sells and buys; largest first."""
    sold = frame.filter(pl.col("exporter") == owner).select(partner="importer", value="value_usd")
    parts = [sold]
    if what == "trade":
        parts.append(frame.filter(pl.col("importer") == owner).select(partner="exporter", value="value_usd"))
    added = pl.concat(parts).filter(pl.col("partner") != REST).group_by("partner").agg(pl.col("value").sum())
    ordered = added.sort("value", "partner", descending=[True, False])
    return dict(ordered.iter_rows())


def _bound(context: Context, claim: Claim, owner: str, partner: str, what: str) -> Verdict | None:
    """A rank better than the partners held allow: some of them trade more with the owner by any count.

    Only partners with published totals are known, so that the true rank may be lower still; it cannot be higher.
    """
    period, wanted = context.span(claim), claimed_range(claim)
    if what != "trade" or period is None or not period.year or wanted is None or wanted.sure.high is None:
        return None
    mine = _sizes(context, owner, partner, period)
    if not mine:
        return None
    most = max(item.figure.point for item in mine if item.figure)
    rivals = [
        min(found, key=lambda item: item.figure.point if item.figure else 0.0)
        for place in _partners(context, owner) - {partner}
        if (found := _sizes(context, owner, place, period))
    ]
    above = [item for item in rivals if item.figure and item.figure.point > most * MIRROR]
    if wanted.sure.high >= len(above) + 1:
        return None
    names = ", ".join(sorted(context.name(item.reporter) for item in above))
    reason = (
        f"At least {len(above)} partners traded more with {context.name(owner)} in that year by any count: {names}. "
        f"{context.name(partner)} ranks {len(above) + 1} at best."
    )
    items = tuple(beside(item, context.dated, "a bound") for item in (*above, *mine))
    return ruled_out(claim, reason, items)


def _sizes(context: Context, owner: str, partner: str, period: Span) -> list[Held]:
    flow = Flow(TURNOVER, *sorted((owner, partner)))
    return [item for item in levels(context, flow) if item.span == period and item.main and item.binding]


def _partners(context: Context, owner: str) -> set[str]:
    frame = context.data.totals.frame
    sold = frame.filter(pl.col("exporter") == owner)["importer"].to_list()
    return {*sold, *frame.filter(pl.col("importer") == owner)["exporter"].to_list()}


def _needed(
    context: Context, readings: tuple[tuple[str, str, str], ...], regions: tuple[str, ...], _: Span | None
) -> str:
    owners = tuple(dict.fromkeys(owner for owner, _, _ in readings)) or regions
    if not owners:
        return "trade of the place whose partners are meant with all its partners"
    names = " or ".join(context.name(owner) for owner in owners)
    return f"trade of {names} with every partner, by year, as published by {publishers(owners)}"
