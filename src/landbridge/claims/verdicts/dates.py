"""Dates inside one text: what cannot have been known, or cannot lie ahead, on the day the text was written."""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.verdicts.findings import Finding, finding

# How far apart in the text, in code points, two claims may stand to be taken as spoken of together.
NEAR = 400
_AROUND = 120
# One statement speaks of no more targets than these, the last ones before it.
_MOST_TARGETS = 20
_MOMENT = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?|-([HQ])(\d))?", re.ASCII)
# Words of what is still to come; where a claim has none beside it, its tense is not known.
_AHEAD = re.compile(
    r"\b(?:will|shall|is to|are to|plans?|planned|planning|scheduled|upcoming|expects?|expected|hopes?|intends?|aims?"
    r"|going to|forecast|projected|next year|would|буд[еу]т|планиру\w{1,6}|ожидае\w{1,4}|намерен\w{0,3})\b"
    r"|[将拟]|计划|预计|争取",
    re.IGNORECASE,
)
# Words that put an old plan into the past: what was planned may well have had a deadline that is over.
_BEHIND = re.compile(
    r"\b(?:was|were|had|did|agreed|aimed|hoped|expected to have|once|at that time|earlier|previously|never"
    r"|был[аио]?|ранее|тогда)\b|曾|当时|此前",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.!?](?=\s|$)|[。！？\n]")
_OUTCOMES = ("target_met", "target_missed")
_TOLD = frozenset(("quantity", "change"))
_HAPPENED = frozenset(("event", "agreement"))


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of a period; `last` is None where the end is open."""

    first: date
    last: date | None


def days(period: str) -> Days | None:
    """The days of a period as the ledger writes it, even one that ends before it begins; None for what is no period."""
    begins, _, ends = period.partition("/")
    one = _bounds(begins)
    other = None if ends == ".." else _bounds(ends or begins)
    if one is None or (other is None and ends != ".."):
        return None
    return Days(one[0], other[1] if other else None)


def _bounds(moment: str) -> tuple[date, date] | None:
    found = _MOMENT.fullmatch(moment)
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    first, last = (month, month) if month else (1, 12)
    if found[4]:
        length = 6 if found[4] == "H" else 3
        last = int(found[5]) * length
        first = last - length + 1
    try:
        return date(year, first, day or 1), date(year, last, day or monthrange(year, last)[1])
    except ValueError:
        return None


def together(one: Claim, other: Claim) -> bool:
    """True where two claims stand so near each other that one may speak of the other."""
    gap = max(one.start, other.start) - min(one.end, other.end)
    return gap <= NEAR


def outcomes(claims: Sequence[Claim]) -> tuple[tuple[Claim, Claim], ...]:
    """(Statement that a target was met or missed, target it speaks of): the targets shortly before it, of its parties."""
    targets = sorted((claim for claim in claims if claim.kind == "target"), key=lambda claim: claim.start)
    starts = [target.start for target in targets]
    return tuple(
        (statement, target)
        for statement in claims
        if statement.indicator in _OUTCOMES
        for target in _spoken_of(statement, targets, starts)
    )


def _spoken_of(statement: Claim, targets: Sequence[Claim], starts: Sequence[int]) -> list[Claim]:
    """The targets that stand in the statement itself; else those of its deadline; else the nearest before it."""
    first, last = bisect_left(starts, statement.start), bisect_left(starts, statement.end)
    if inside := targets[first : min(last, first + _MOST_TARGETS)]:
        return list(inside)
    near = [
        target
        for target in targets[max(0, first - _MOST_TARGETS) : first]
        if together(target, statement)
        and (not statement.parties or bool(set(statement.parties) & set(target.parties)))
    ]
    # A statement with a deadline of its own speaks of no target with another.
    return [target for target in near if not statement.period or target.moment[:4] == statement.period[:4]]


def chronology(document: Document, claims: Sequence[Claim]) -> tuple[Finding, ...]:
    """Periods that end before they begin and, where the date of the document is known, what it dates wrongly."""
    found = [
        finding("period_reversed", "conflicts", document, (claim,), "reversed", period=claim.period)
        for claim in claims
        if claim.period and _reversed(claim.period)
    ]
    written = days(document.dated) if document.dated else None
    if written is None or written.last is None:
        return tuple(found)
    tolerance = f"document dated {document.dated}, by {document.dated_by or 'the reader'}"
    found += _declared(document, claims, written, tolerance)
    found += _after(document, claims, written, tolerance)
    found += _passed(document, claims, written, tolerance)
    return tuple(found)


def _reversed(period: str) -> bool:
    held = days(period)
    return held is not None and held.last is not None and held.last < held.first


def _declared(document: Document, claims: Sequence[Claim], written: Days, tolerance: str) -> list[Finding]:
    """Targets declared failed before or after their deadline; in the year of the deadline itself nothing is said."""
    out = []
    for statement, target in outcomes(claims):
        deadline = days(target.moment) if statement.indicator == "target_missed" else None
        if deadline is None or deadline.last is None or written.last is None:
            continue
        slots = {"deadline": target.moment, "dated": document.dated}
        pair = (target, statement)
        # `By 2020` may mean its first day, so only a text from before that day is sure to speak too early.
        if written.last < deadline.first:
            out.append(
                finding(
                    "target_failed_early",
                    "conflicts",
                    document,
                    pair,
                    "failed_early",
                    None,
                    "",
                    tolerance,
                    **slots,
                )
            )
        elif written.first > deadline.last:
            out.append(
                finding(
                    "target_failed_early",
                    "holds",
                    document,
                    pair,
                    "failed_holds",
                    None,
                    "",
                    tolerance,
                    **slots,
                )
            )
    return out


def _after(document: Document, claims: Sequence[Claim], written: Days, tolerance: str) -> list[Finding]:
    """Claims whose stated period begins after the text, with no word beside them that looks ahead."""
    out = []
    for claim in claims:
        held = days(claim.period) if claim.period and claim.kind in _TOLD | _HAPPENED else None
        if held is None or written.last is None or held.first <= written.last:
            continue
        if _AHEAD.search(_beside(document, claim)):
            continue
        out.append(
            finding(
                "event_after_text",
                # An event may be announced by its name alone; a value that was counted may not.
                "conflicts" if claim.kind in _TOLD else "implausible",
                document,
                (claim,),
                "after_text",
                None,
                "",
                tolerance,
                period=claim.period or "",
                dated=document.dated,
            )
        )
    return out


def _passed(document: Document, claims: Sequence[Claim], written: Days, tolerance: str) -> list[Finding]:
    """Targets with a stated deadline before the text, told with words that look ahead and none that look back."""
    judged = {id(target) for _, target in outcomes(claims)}
    out = []
    for claim in claims:
        if claim.kind != "target" or not claim.period or id(claim) in judged:
            continue
        held = days(claim.period)
        if held is None or held.last is None or held.last >= written.first:
            continue
        beside = _beside(document, claim)
        if _AHEAD.search(beside) and not _BEHIND.search(beside):
            out.append(
                finding(
                    "deadline_passed",
                    "conflicts",
                    document,
                    (claim,),
                    "deadline_passed",
                    None,
                    "",
                    tolerance,
                    period=claim.period,
                    dated=document.dated,
                )
            )
    return out


def _beside(document: Document, claim: Claim) -> str:
    """The quote, the subject, and what stands around the quote in its own sentence."""
    before = document.text[max(0, claim.start - _AROUND) : claim.start]
    after = document.text[claim.end : claim.end + _AROUND]
    before, after = _STOP.split(before)[-1], _STOP.split(after)[0]
    return f"{before} {claim.quote} {after} {claim.subject}"
