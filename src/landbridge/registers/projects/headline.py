"""A headline sum taken apart: how much of it is named, by whom and when; the rest is shown as unnamed.

The sum of an umbrella is compared with the sums of the records that name it as their umbrella. Records of the
same countries that were under way at the time and name no umbrella are listed apart as candidates: they might
be parts, and nobody says so. Nothing is converted: a part in roubles names nothing of a headline in dollars
unless the ledger holds it in dollars.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from landbridge.errors import BadUsage
from landbridge.ledger import Ledger, Record
from landbridge.registers.moments import day, span
from landbridge.registers.projects import duplicates
from landbridge.registers.projects.claimed import HeadlineClaim, by_claim, claim_order, nations
from landbridge.registers.projects.family import Family
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
from landbridge.registers.projects.stages import OVER, current, happened, opening

# How long before the headline a project may have ended and still be counted in it. Lists of such projects are
# renewed every two or three years (the portfolio of the Russian-Chinese commission was counted anew in 2020,
# 2023, 2024 and 2025), and works that ended since the last renewal may still be on the list.
WINDOW_YEARS = 3.0
# From what share of the headline's own number or sum on another umbrella counts as another count of the same
# whole.
_RIVAL = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """One project under a headline, or a candidate for it.

    `held` is what it holds by kind and unit. `inside` are records under it whose sums are contained in its own
    and are not added. `why` says why it is listed.
    """

    record: str
    name: str
    sector: str
    stage: str
    held: tuple[Held, ...]
    inside: tuple[str, ...]
    why: str

    def row(self) -> dict[str, Any]:
        """Plain columns; sums as a list with who said them and when."""
        return {
            "record": self.record,
            "name": self.name,
            "sector": self.sector or None,
            "stage": self.stage or None,
            "sums": [claim.row() for held in self.held for claim in held.claims],
            "inside": list(self.inside),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Remainder:
    """One sum of the headline with what of it is named and what is not, all in its own unit.

    `named` is the sum of the parts, `candidates` of the candidates; `unnamed_low` and `unnamed_high` what is
    left when only the parts are taken off, below zero where the parts say more than the headline. `share` is
    the named share of the headline in per cent, low and high.
    """

    claim: Claim
    named: Total
    candidates: Total
    unnamed_low: float
    unnamed_high: float
    comparator: str
    share_low_pct: float
    share_high_pct: float

    def row(self) -> dict[str, Any]:
        """Plain columns; money is in `unit`."""
        low, high = self.claim.bounds
        return {
            "kind": self.claim.kind,
            "unit": self.claim.statement.unit,
            "headline_low": low,
            "headline_high": high,
            "headline_comparator": self.claim.statement.comparator,
            "claimed_on": self.claim.claimed_on or None,
            "by": self.claim.by,
            "named_low": self.named.low,
            "named_high": self.named.high,
            "named_comparator": self.named.comparator,
            "named_parts": len(self.named.parts),
            "candidates_low": self.candidates.low,
            "candidates_high": self.candidates.high,
            "candidate_records": len(self.candidates.parts),
            "unnamed_low": self.unnamed_low,
            "unnamed_high": self.unnamed_high,
            "unnamed_comparator": self.comparator,
            "named_low_pct": self.share_low_pct,
            "named_high_pct": self.share_high_pct,
            "ids": [self.claim.statement.id, *(c.statement.id for c in self.named.claims)],
        }


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A headline taken apart.

    `claims` is everything said of it, oldest first; `rivals` other headlines of the same countries, to be read
    beside it and never added. `remainders` has a row for every sum that counts. `elsewhere` are the sums of the
    parts in kinds or currencies in which the headline has none. `doubtful` are pairs of parts or candidates
    that may be one and the same.
    """

    record: str
    name: str
    number: Claim | None
    claims: tuple[HeadlineClaim, ...]
    rivals: tuple[HeadlineClaim, ...]
    parts: tuple[Part, ...]
    candidates: tuple[Part, ...]
    remainders: tuple[Remainder, ...]
    elsewhere: tuple[Total, ...]
    doubtful: tuple[duplicates.Suspicion, ...]
    notes: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row for every sum of the headline."""
        return [remainder.row() for remainder in self.remainders]


def decompose(ledger: Ledger, umbrella: str, today: str, window_years: float = WINDOW_YEARS) -> Decomposition:
    """Take the headline of an umbrella record apart, as things were known on `today`.

    Of several sums in one currency the latest counts. Raises `BadUsage` where the record is no umbrella.
    """
    record, family = ledger.record(umbrella), Family.of(ledger)
    if not family.umbrella(record):
        raise BadUsage(
            f"{umbrella} is no headline set.",
            cause="It is not marked as an umbrella, and no record names it as its umbrella.",
            remedy="`landbridge projects list` shows which records are.",
        )
    own = claims(ledger, umbrella, today, "number", *KINDS)
    others = _strangers(ledger, family, record)
    rivals = [r for r in others if family.umbrella(r) and _is_rival(ledger, r, own, today)]
    kin = [child for child in map(ledger.record, family.below(umbrella)) if _named_by(child, today)]
    why = f"names {umbrella} as its umbrella"
    parts = tuple(_part(ledger, family, child, today, why) for child in kin)
    free = [r for r in others if r not in rivals and r.subject not in family.parents]
    candidates = _candidates(ledger, family, free, _window(own, today, window_years), today)
    remainders = tuple(
        _remainder(held, parts, candidates) for key, held in latest(own).items() if key[0] != "number"
    )
    counted = [claim for claim in own if claim.kind == "number"]
    number = latest(counted).get(("number", "count"))
    mine = {(r.claim.kind, r.claim.statement.unit) for r in remainders}
    elsewhere = tuple(_sum(key, parts) for key in sorted(_keys(parts) - mine))
    listed = [ledger.record(part.record) for part in (*parts, *candidates)]
    return Decomposition(
        umbrella,
        record.name,
        number.claims[-1] if number else None,
        by_claim(own),
        tuple(
            sorted(
                (c for r in rivals for c in by_claim(claims(ledger, r.subject, today, "number", *KINDS))),
                key=claim_order,
            )
        ),
        parts,
        candidates,
        remainders,
        elsewhere,
        duplicates.suspicions(listed),
        _notes(remainders, parts, candidates, elsewhere, number),
    )


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


def _window(own: Sequence[Claim], today: str, years: float) -> tuple[date, date]:
    """The time in which a project may have been under way to be counted in a headline: up to its last claim."""
    when = [found for claim in own if (found := span(claim.claimed_on)) is not None]
    begin = min((found.first for found in when), default=day(today))
    end = max((found.last or found.first for found in when), default=day(today))
    return begin - timedelta(days=365.25 * years), end


def _candidates(
    ledger: Ledger, family: Family, records: Sequence[Record], window: tuple[date, date], today: str
) -> tuple[Part, ...]:
    """The records that were under way in the window, which nobody names as parts of anything."""
    out = []
    for record in records:
        started, over = _life(record, today)
        if started is None or started > window[1] or (over is not None and over < window[0]):
            continue
        ended = f"over since {over.isoformat()}" if over else "not known to be over"
        why = f"same countries; known since {started.isoformat()}, {ended}; no source counts it in"
        out.append(_part(ledger, family, record, today, why))
    return tuple(out)


def _life(record: Record, today: str) -> tuple[date | None, date | None]:
    """When a project is first spoken of or dated, and since when it has been finished, frozen or cancelled."""
    moments = [
        found.first
        for s in record.statements
        if said_until(s, record.sources, today)
        for text in (s.period if s.property == "stage" else "", s.as_of, _published(record, s.source))
        if (found := span(text)) is not None
    ]
    opened = opening(record, today)
    ends = [s.last for s in happened(record, today) if s.code in OVER and s.last is not None]
    ends += [opened.last] if opened is not None else []
    return min(moments, default=None), max(ends, default=None)


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


def _remainder(headline: Held, parts: Sequence[Part], candidates: Sequence[Part]) -> Remainder:
    key = (headline.kind, headline.unit)
    named, possible = _sum(key, parts), _sum(key, candidates)
    mark = hedge((headline.comparator, opposite(named.comparator)))
    claim = headline.claims[-1]
    return Remainder(
        claim,
        named,
        possible,
        headline.low - named.high,
        headline.high - named.low,
        mark,
        100 * named.low / headline.high if headline.high else 0.0,
        100 * named.high / headline.low if headline.low else 0.0,
    )


def _notes(
    remainders: Sequence[Remainder],
    parts: Sequence[Part],
    candidates: Sequence[Part],
    elsewhere: Sequence[Total],
    number: Held | None,
) -> tuple[str, ...]:
    notes = []
    if number is not None:
        notes.append(f"The headline counts {number.low:g} projects; {len(parts)} are named as its parts.")
    if not remainders:
        notes.append("The headline names no sum, so nothing of one can be named or unnamed.")
    without = [part.record for part in parts if not part.held]
    if without:
        notes.append(f"Named without any sum: {', '.join(without)}.")
    if elsewhere:
        units = ", ".join(f"{item.kind} in {item.unit}" for item in elsewhere)
        notes.append(f"Sums of parts that are not set against the headline ({units}): nothing is converted.")
    if candidates:
        notes.append(
            "Candidates are of the same countries and time; that they are parts is nobody's statement."
        )
    return tuple(notes)
