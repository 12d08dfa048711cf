"""A headline sum taken apart: how much of it is named, by whom and when; the rest is shown as unnamed.

The newest claim about an umbrella is shown whole, its number of projects with its sums, and compared with the sums of
the records that name it as their umbrella. Records of the same countries that were alive or worked when it was claimed
are listed apart as candidates: they might be parts, and nobody says so; what had been refused, frozen or cancelled by
then is listed as such. Nothing is converted: a part in roubles names nothing of a headline in dollars unless the ledger
holds it in dollars.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from landbridge.errors import BadUsage
from landbridge.ledger import Ledger, Record
from landbridge.registers.moments import day, in_words, span
from landbridge.registers.projects import duplicates
from landbridge.registers.projects.claimed import HeadlineClaim, by_claim, claim_order, nations, shown
from landbridge.registers.projects.family import Family
from landbridge.registers.projects.gate import gate
from landbridge.registers.projects.money import (
    KINDS,
    Claim,
    Held,
    LeftOut,
    Total,
    add,
    claims,
    hedge,
    latest,
    opposite,
    said_until,
)
from landbridge.registers.projects.pieces import Part, Remainder
from landbridge.registers.projects.stages import OVER, current

# From what share of the headline's own number or sum on another umbrella counts as another count of the same
# whole.
_RIVAL = 0.5


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A headline taken apart.

    `claims` is everything said of it, oldest first, and `shown` the newest claim, of which `number` and
    `remainders` are the number and the sums; `rivals` other headlines of the same countries, to be read beside
    it and never added. `candidates` were alive or at work when it was claimed, `apart` had been refused, frozen
    or cancelled by then. `elsewhere` are the sums of the parts in kinds or currencies in which the headline has
    none. `doubtful` are pairs of parts or candidates that may be one and the same.
    """

    record: str
    name: str
    number: Claim | None
    claims: tuple[HeadlineClaim, ...]
    shown: tuple[HeadlineClaim, ...]
    rivals: tuple[HeadlineClaim, ...]
    parts: tuple[Part, ...]
    candidates: tuple[Part, ...]
    apart: tuple[Part, ...]
    remainders: tuple[Remainder, ...]
    elsewhere: tuple[Total, ...]
    doubtful: tuple[duplicates.Suspicion, ...]
    notes: tuple[str, ...]

    @property
    def counted(self) -> Claim | None:
        """How many projects it has: the number of the claim taken apart, else the newest held, of a day of its own."""
        if self.number is not None:
            return self.number
        held = (claim.number for claim in reversed(self.claims))
        return next((number for number in held if number is not None and not number.superseded_by), None)

    def rows(self) -> list[dict[str, Any]]:
        """One row for every sum of the headline."""
        return [remainder.row() for remainder in self.remainders]


def decompose(ledger: Ledger, umbrella: str, today: str) -> Decomposition:
    """Take the headline of an umbrella record apart, as things were known on `today`.

    Of several claims the newest is taken apart, whole. Raises `BadUsage` where the record is no umbrella.
    """
    record, family = ledger.record(umbrella), Family.of(ledger)
    if not family.umbrella(record):
        raise BadUsage(
            f"{umbrella} is no headline set.",
            cause="It is not marked as an umbrella, and no record names it as its umbrella.",
            remedy="`landbridge projects list` shows which records are.",
        )
    own = claims(ledger, umbrella, today, "number", *KINDS)
    said = by_claim(own)
    newest = shown(said)
    others = _strangers(ledger, family, record)
    rivals = [r for r in others if family.umbrella(r) and _is_rival(ledger, r, own, today)]
    kin = [child for child in map(ledger.record, family.below(umbrella)) if _named_by(child, today)]
    why = f"names {umbrella} as its umbrella"
    parts = tuple(_part(ledger, family, child, today, why) for child in kin)
    free = _free(family, others, rivals, today)
    candidates, apart = _candidates(ledger, family, free, newest, today)
    remainders = tuple(
        _remainder(claim, one.number, parts, candidates)
        for one in newest
        for claim in one.sums
        if not (claim.part or claim.superseded_by)
    )
    mine = {(r.claim.kind, r.claim.statement.unit) for r in remainders}
    elsewhere = tuple(_sum(key, parts) for key in sorted(_keys(parts) - mine))
    listed = [ledger.record(part.record) for part in (*parts, *candidates, *apart)]
    beside = (c for r in rivals for c in by_claim(claims(ledger, r.subject, today, "number", *KINDS)))
    theirs = tuple(sorted(beside, key=claim_order))
    found = Decomposition(
        umbrella,
        record.name,
        next((one.number for one in newest if one.number is not None), None),
        said,
        newest,
        theirs,
        parts,
        candidates,
        apart,
        remainders,
        elsewhere,
        duplicates.suspicions(listed),
        (),
    )
    return replace(found, notes=_notes(found, today, _first_claimed(ledger, umbrella)))


def _first_claimed(ledger: Ledger, umbrella: str) -> str:
    """When a headline was first claimed, whatever the day of the question; empty where nothing dates it."""
    ever = by_claim(claims(ledger, umbrella, date.max.isoformat(), "number", *KINDS))
    return next((claim.claimed_on for claim in ever if claim.claimed_on), "")


def _free(family: Family, others: Sequence[Record], rivals: Sequence[Record], today: str) -> list[Record]:
    """Records that may be candidates: no rivals, and no parts of another record that is listed itself.

    A part of a rival stays one: that it is on another list does not keep it off this one.
    """
    counting = {rival.subject for rival in rivals}
    listed = {record.subject for record in others} - counting
    return [
        r
        for r in others
        if r.subject in listed and not (_named_by(r, today) and set(family.above(r.subject)) & listed)
    ]


def _strangers(ledger: Ledger, family: Family, record: Record) -> list[Record]:
    """The other projects of the same countries that stand neither above nor below it."""
    mine, above = nations(record), family.above(record.subject)
    return [
        other
        for other in ledger.records("project")
        if other.subject != record.subject
        and nations(other) == mine
        and other.subject not in above
        and record.subject not in family.above(other.subject)
    ]


def _is_rival(ledger: Ledger, other: Record, own: Sequence[Claim], today: str) -> bool:
    """Whether an umbrella counts the same whole: it holds at least half as many projects, or half the sum, at any time."""
    theirs = claims(ledger, other.subject, today, "number", *KINDS)
    for kind, unit in {(c.kind, c.statement.unit) for c in own if not c.part}:
        mine = [c.bounds[1] for c in own if (c.kind, c.statement.unit) == (kind, unit) and not c.part]
        said = [c.bounds[1] for c in theirs if (c.kind, c.statement.unit) == (kind, unit) and not c.part]
        if said and max(said) >= _RIVAL * min(mine):
            return True
    return False


def _named_by(record: Record, today: str) -> bool:
    named = record.first("parent")
    return named is not None and said_until(named, record.sources, today)


def _part(ledger: Ledger, family: Family, record: Record, today: str, why: str) -> Part:
    """One part with its sums; what lies under it fills in only the kinds and currencies that it does not state itself."""
    held = latest(claims(ledger, record.subject, today))
    under = [_part(ledger, family, ledger.record(child), today, "") for child in family.below(record.subject)]
    below = sorted({(h.kind, h.unit) for part in under for h in part.held} - set(held))
    for key in below:
        summed = _sum(key, under)
        held[key] = Held(*key, summed.low, summed.high, summed.comparator, summed.claims)
    stage = current(record, today)
    return Part(
        record.subject,
        record.name,
        record.text("sector"),
        stage.code if stage else "",
        tuple(held[key] for key in sorted(held)),
        tuple(part.record for part in under),
        why,
    )


def _candidates(
    ledger: Ledger,
    family: Family,
    records: Sequence[Record],
    newest: Sequence[HeadlineClaim],
    today: str,
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The records known by the day of the claim, which nobody names as parts of it: alive or at work, and the others."""
    when = [found for claim in newest if (found := span(claim.claimed_on)) is not None]
    last = min(max((found.last or found.first for found in when), default=day(today)), day(today))
    alive, apart = [], []
    for record in records:
        started = _known_since(record, today)
        if started is None or started > last:
            continue
        why = f"same countries; known since {started.isoformat()}"
        ended = _ended(record, last.isoformat())
        if ended:
            apart.append(_part(ledger, family, record, today, f"{why}; {ended}"))
            continue
        stage = current(record, last.isoformat())
        state = f"{stage.code} by then" if stage is not None else "its stage is not known"
        listed = next((name for name in family.above(record.subject) if _named_by(record, today)), "")
        nobody = f"counted in {listed} and, by any source, not here" if listed else "no source counts it in"
        alive.append(_part(ledger, family, record, today, f"{why}; {state}; {nobody}"))
    return tuple(alive), tuple(apart)


def _known_since(record: Record, today: str) -> date | None:
    """When a project is first spoken of or dated."""
    moments = [
        found.first
        for s in record.statements
        if said_until(s, record.sources, today)
        for text in (s.period if s.property == "stage" else "", s.as_of, _published(record, s.source))
        if (found := span(text)) is not None
    ]
    return min(moments, default=None)


def _ended(record: Record, on: str) -> str:
    """Why a project was no live one on a day: frozen, cancelled or refused; empty where it was. Works that operate live."""
    stage = current(record, on)
    if stage is not None and stage.code in OVER:
        return f"{stage.code} {in_words(stage.period)}" if stage.period else stage.code
    safety = gate(record, on)
    return f"refused {in_words(safety.since)}" if safety.state == "refused" else ""


def _published(record: Record, source: str) -> str:
    held = record.sources.get(source)
    return held.published if held is not None else ""


def _keys(parts: Iterable[Part]) -> set[tuple[str, str]]:
    return {(held.kind, held.unit) for part in parts for held in part.held}


def _sum(key: tuple[str, str], parts: Sequence[Part]) -> Total:
    found: list[Held] = []
    out: list[LeftOut] = []
    for part in parts:
        held = next((h for h in part.held if (h.kind, h.unit) == key), None)
        if held is not None:
            found.append(held)
        else:
            others = ", ".join(sorted({f"{h.kind} {h.unit}" for h in part.held}))
            reason = f"states no sum {key[0]} in {key[1]}" + (f", only {others}" if others else "")
            out.append(LeftOut(part.record, part.name, reason))
    return add(key, found, out)


def _remainder(
    claim: Claim, number: Claim | None, parts: Sequence[Part], candidates: Sequence[Part]
) -> Remainder:
    key = (claim.kind, claim.statement.unit)
    named, possible = _sum(key, parts), _sum(key, candidates)
    low, high = claim.bounds
    sums = [(part, held) for part in candidates for held in part.held if (held.kind, held.unit) == key]
    return Remainder(
        claim,
        number,
        named,
        possible,
        low - named.high,
        high - named.low,
        hedge((claim.statement.comparator, opposite(named.comparator))),
        100 * named.low / high if high else 0.0,
        100 * named.high / low if low else 0.0,
        max(sums, key=lambda pair: pair[1].low, default=None),
    )


def _notes(found: Decomposition, today: str, first: str) -> tuple[str, ...]:
    """What is known of a headline in sentences: what was claimed and when, what is named, what stands beside it."""
    if not found.claims:
        since = f" It was first claimed {in_words(first)}." if first else ""
        return (f"The headline had not been claimed by {in_words(today)}.{since}",)
    notes = [f"Claimed, {claim.words}." for claim in found.claims]
    if len(found.claims) > len(found.shown):
        notes.append(f"Taken apart, the newest: {'; '.join(claim.words for claim in found.shown)}.")
    parts = found.parts
    count = f" of {found.counted.words} projects" if found.counted is not None else ""
    if found.number is None and found.counted is not None:
        count += f" ({in_words(found.counted.claimed_on) or 'undated'}, the newest count held)"
    named = f"{len(parts)}{count}" if parts else f"none{count}; no source held lists them"
    notes.append(f"Named as its parts: {named}.")
    if not any(claim.sums for claim in found.shown):
        notes.append("The headline names no sum, so nothing of one can be named or unnamed.")
    without = [part.record for part in parts if not part.held]
    if without:
        notes.append(f"Named without any sum: {', '.join(without)}.")
    if found.elsewhere:
        units = ", ".join(f"{item.kind} in {item.unit}" for item in found.elsewhere)
        notes.append(f"Sums of parts that are not set against the headline ({units}): nothing is converted.")
    if found.rivals:
        notes.append(
            "Other headline sets of the same countries, which may count other things and make no series:"
        )
        notes += [f"- {claim.words}." for claim in found.rivals]
    if found.candidates:
        notes.append(
            f"Candidates, apart: {len(found.candidates)} records of the same countries, alive or at work when it was "
            "claimed; that they are parts is nobody's statement."
        )
    if found.apart:
        ended = "; ".join(f"{part.name} ({part.why.rpartition('; ')[2]})" for part in found.apart)
        notes.append(f"Refused, frozen or cancelled by then and no candidates: {ended}.")
    return tuple(notes)
