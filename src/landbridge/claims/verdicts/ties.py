"""Assertions without a number: agreements, twinnings, events, projects, bodies, against the records of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import dating
from landbridge.claims.verdicts.context import Context, country, resolved
from landbridge.claims.verdicts.judging import Asked, unheld
from landbridge.claims.verdicts.naming import same, touches
from landbridge.claims.verdicts.needs import topic_needed
from landbridge.claims.verdicts.spans import Span, later, span
from landbridge.claims.verdicts.verdict import (
    CONSISTENT,
    CONSISTENT_UNDER,
    Evidence,
    Verdict,
    published_words,
)
from landbridge.ledger import Record, Statement
from landbridge.provenance import Status


@dataclass(frozen=True, slots=True)
class Kind:
    """The records that can bear out an indicator: kind, and codes of `form`, `type` or `level`.

    `named` asks that the claim names what the record names. Dated records must agree in time.
    """

    kinds: tuple[str, ...]
    forms: tuple[str, ...] = ()
    named: bool = True


_KINDS = {
    "sister_regions": Kind(("twinning",), ("region",), named=False),
    "cooperation_memorandum": Kind(
        ("document",), ("memorandum", "agreement", "protocol", "programme"), named=False
    ),
    "content_agreement": Kind(("document",)),
    "interregional_mechanism": Kind(("mechanism",), ("council", "commission"), named=False),
    "thematic_year": Kind(("mechanism",), ("thematic-year",)),
    "belt_and_road": Kind(("mechanism",), ("initiative",), named=False),
    "fair": Kind(("event",), ("fair",)),
    "forum": Kind(("event",), ("forum",)),
    "summit": Kind(("event",), ("summit", "meeting"), named=False),
    "state_visit": Kind(("event",), ("visit",), named=False),
    "delegation_visit": Kind(("event",), ("delegation",)),
    "regional_days": Kind(("event",), ("days",), named=False),
    "flight_launch": Kind(("event", "people"), ("opening", "flights")),
    "infrastructure_opening": Kind(("event",), ("opening",)),
    "bridge": Kind(("project",)),
    "power_plant": Kind(("project",)),
    "industrial_modernisation": Kind(("project",)),
    "industrial_park": Kind(("zone", "project")),
    "border_infrastructure": Kind(("project",)),
    "investment_fund": Kind(("fund",)),
}
INDICATORS = frozenset(_KINDS)
# What happens on a day: the day has to be that of the claim.
_HAPPENING = ("event", "document")


def check(context: Context, claim: Claim) -> Verdict:
    """`consistent` where a record of an independent source surely says the same; absence is never a conflict.

    Where it may be another thing, or the source is a claim itself, the verdict is `consistent_under` that record.
    """
    kind = _KINDS[claim.indicator]
    found = [
        (record, statement)
        for record in _matching(context, claim, kind)
        if (statement := _witness(context, record)) is not None
    ]
    asked = Asked(topic_needed(claim), dating=dating(claim))
    late = [
        pair for pair in found if later(context.data.ledger.sources[pair[1].source].published, context.day)
    ]
    found = [pair for pair in found if pair not in late]
    if not found:
        words = "No record of an independent source says so in this release; that says nothing against it."
        if late:
            words = f"What is recorded of it was published after {context.day} and is left out."
        return unheld(claim, asked, tuple(_evidence(context, *pair) for pair in late), words)
    found.sort(key=lambda pair: (not _sure(context, pair[0], claim, kind), pair[1].status.rank))
    record, statement = found[0]
    items = tuple(_evidence(context, *pair) for pair in found)
    sure = _sure(context, record, claim, kind)
    reported = statement.status is Status.REPORTED
    said = [f"Recorded from another source: {items[0].definition}."]
    if not reported:
        said.append("That source is itself somebody's word.")
    if not sure:
        said.append("Whether it is the very same is not certain from the names and dates.")
    reason = " ".join([*said, dating(claim)]).strip()
    outcome = CONSISTENT if reported and sure else CONSISTENT_UNDER
    return Verdict(claim, outcome, items[0].definition, items, reason)


def _sure(context: Context, record: Record, claim: Claim, kind: Kind) -> bool:
    """Whether the record is the very thing: by its name where such things have names, else by its date or parties."""
    if kind.named:
        return same(context, record, claim) and (
            record.kind not in _HAPPENING or context.span(claim) is not None
        )
    return record.kind not in _HAPPENING or context.span(claim) is not None


def _matching(context: Context, claim: Claim, kind: Kind) -> Iterator[Record]:
    # A party that is no known place is a party all the same: a record without it is of something else.
    parties = {resolved(party) for party in claim.parties}
    if not parties:
        return
    for record in context.data.ledger.records(*kind.kinds):
        forms = {record.text("form"), record.text("type"), record.text("level")}
        named = {party for party in parties if not country(party) and party in record.name}
        if not parties - named <= set(record.places) or (kind.forms and not forms & set(kind.forms)):
            continue
        # A count over many ties names every place and says of no two that they are tied.
        if not record.standing or (kind.named and not touches(context, record, claim)):
            continue
        if _in_time(context, record, claim):
            yield record


def _in_time(context: Context, record: Record, claim: Claim) -> bool:
    """What happened must lie in the period that the claim states; what lasts must not begin after it."""
    own = context.span(claim)
    begins = next((record.text(n) for n in ("date", "since", "signed", "opened") if record.text(n)), "")
    about = span(begins) if begins else None
    if record.kind in _HAPPENING and own is not None:
        return about is not None and _overlap(own, about)
    if about is None or own is None:
        return True
    return about.first <= own.last or own.open


def _overlap(one: Span, other: Span) -> bool:
    if one.open:
        return other.last >= one.first
    return one.first <= other.last and other.first <= one.last


def _witness(context: Context, record: Record) -> Statement | None:
    """The strongest statement of a source that is no text under check; none for what was only ever announced."""
    own = [
        s
        for s in record.statements
        if s.source not in context.texts and s.source != "assumed" and s.status in ("reported", "claimed")
    ]
    return min(own, key=lambda statement: statement.status.rank, default=None)


def _evidence(context: Context, record: Record, statement: Statement) -> Evidence:
    source = context.data.ledger.sources[statement.source]
    published = published_words(source.published, context.dated) if context.dated else ""
    when = next((record.text(n) for n in ("date", "since", "signed", "opened") if record.text(n)), "")
    words = (
        f"{record.name} ({record.kind}{f', {when}' if when else ''}), {statement.speaker or source.publisher}"
    )
    return Evidence(
        definition=words,
        value=None,
        low=None,
        high=None,
        unit="",
        period=when,
        figure=None,
        reporter="",
        basis="",
        tolerance="",
        agrees=True,
        cell=f"ledger:{statement.id}",
        note=published,
    )
