"""Assertions without a number: agreements, twinnings, events, projects, bodies, against the records of the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import dating
from landbridge.claims.verdicts.context import Context, country, resolved
from landbridge.claims.verdicts.judging import Asked, unheld
from landbridge.claims.verdicts.needs import topic_needed
from landbridge.claims.verdicts.spans import Span, span
from landbridge.claims.verdicts.verdict import (
    CONSISTENT,
    CONSISTENT_UNDER,
    Evidence,
    Verdict,
    published_words,
)
from landbridge.ledger import Record, Statement


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
_EVENT = "event"
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(("with", "from", "that", "this", "between", "international", "economic", "trade", "held"))


def check(context: Context, claim: Claim) -> Verdict:
    """`consistent` where a record of an independent source says the same, `not_checkable` else: absence is no conflict."""
    kind = _KINDS[claim.indicator]
    found = [
        (record, statement)
        for record in _matching(context, claim, kind)
        if (statement := _witness(context, record)) is not None
    ]
    asked = Asked(topic_needed(claim), dating=dating(claim))
    if not found:
        words = "No record of an independent source says so in this release; that says nothing against it."
        return unheld(claim, asked, words=words)
    items = tuple(_evidence(context, record, statement) for record, statement in found)
    reported = [
        item for item, (_, statement) in zip(items, found, strict=True) if statement.status == "reported"
    ]
    best = (reported or items)[0]
    outcome = CONSISTENT if reported else CONSISTENT_UNDER
    also = "" if reported else " That source is itself somebody's word."
    reason = f"Recorded from another source: {best.definition}.{also} {dating(claim)}".strip()
    return Verdict(claim, outcome, best.definition, items, reason)


def _matching(context: Context, claim: Claim, kind: Kind) -> Iterator[Record]:
    parties = {resolved(party) for party in claim.parties if country(party)}
    if not parties:
        return
    for record in context.data.ledger.records(*kind.kinds):
        forms = {record.text("form"), record.text("type"), record.text("level")}
        if not parties <= set(record.places) or (kind.forms and not forms & set(kind.forms)):
            continue
        if record.intended or (kind.named and not _shares_name(context, record, claim)):
            continue
        if _in_time(context, record, claim):
            yield record


def _shares_name(context: Context, record: Record, claim: Claim) -> bool:
    """Whether the claim names what the record names, by two telling words, or by one where the name has no more."""
    stems = tuple(
        context.name(place)[:4].lower()
        for party in claim.parties
        for place in {resolved(party), country(party)} - {""}
    )
    own, said = (
        {w for word in _WORD.findall(text) if (w := word.lower()) not in _COMMON and not w.startswith(stems)}
        for text in (record.name, f"{claim.subject} {claim.quote[:2_000]}")
    )
    return bool(own) and len(own & said) >= min(2, len(own))


def _in_time(context: Context, record: Record, claim: Claim) -> bool:
    """An event must lie in the period of the claim; what lasts must not begin after it."""
    own = context.span(claim)
    begins = next((record.text(n) for n in ("date", "since", "signed", "opened") if record.text(n)), "")
    about = span(begins) if begins else None
    if record.kind == _EVENT:
        return own is not None and about is not None and _overlap(own, about)
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
