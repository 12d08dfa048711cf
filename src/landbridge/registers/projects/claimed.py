"""The table of what was said of headline sets, by date: number of projects and sums side by side, never a series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from landbridge import codes
from landbridge.ledger import Ledger, Record
from landbridge.registers.moments import in_words, span
from landbridge.registers.projects.family import Family
from landbridge.registers.projects.money import KINDS, Claim, claims


@dataclass(frozen=True, slots=True)
class HeadlineClaim:
    """What one source said of an umbrella on one day: the number of projects and the sums, side by side."""

    record: str
    name: str
    claimed_on: str
    by: str
    source: str
    claims: tuple[Claim, ...]

    @property
    def number(self) -> Claim | None:
        """How many projects it counts as a whole; None where it does not say."""
        return next((c for c in self.claims if c.kind == "number" and not c.part), None)

    @property
    def sums(self) -> tuple[Claim, ...]:
        """The sums it names."""
        return tuple(claim for claim in self.claims if claim.kind != "number")

    @property
    def standing(self) -> bool:
        """Whether any sum or number in it was not superseded."""
        return any(not claim.superseded_by for claim in self.claims)

    @property
    def words(self) -> str:
        """When what was said, and by whom, in a line."""
        counted = f"{self.number.words} projects" if self.number else "projects without a number"
        sums = ", ".join(
            claim.words + " as converted by the source" * claim.converted
            for claim in self.sums
            if _whole(claim)
        )
        when = in_words(self.claimed_on) if self.claimed_on else "undated"
        return f"{when}: {counted}, {sums or 'no sum'}, says {self.by}"

    def row(self) -> dict[str, Any]:
        """Plain columns; sums as a list, each in its own currency."""
        number = self.number
        return {
            "record": self.record,
            "name": self.name,
            "claimed_on": self.claimed_on or None,
            "by": self.by,
            "source": self.source,
            "projects_count": None if number is None else number.statement.number,
            "of_which_count": [c.row() for c in self.claims if c.kind == "number" and c.part],
            "sums": [claim.row() for claim in self.sums],
            "sums_in_words": "; ".join(claim.words for claim in self.sums) or None,
            "superseded": any(claim.superseded_by for claim in self.claims),
            "ids": [claim.statement.id for claim in self.claims],
        }


def headlines(ledger: Ledger, countries: Iterable[str], today: str) -> tuple[HeadlineClaim, ...]:
    """Everything said of the umbrellas between some countries, oldest claim first: a table of claims, not a
    series.

    The rows may count different things (projects under consideration, being carried out, of note); they are
    never added, and a difference between two of them is no growth.
    """
    wanted = frozenset(codes.place(code).country for code in countries)
    family = Family.of(ledger)
    found = [
        claim
        for record in ledger.records("project")
        if family.umbrella(record) and nations(record) == wanted
        for claim in by_claim(claims(ledger, record.subject, today, "number", *KINDS))
    ]
    return tuple(sorted(found, key=claim_order))


def nations(record: Record) -> frozenset[str]:
    """The countries behind a record; regions stand for theirs."""
    return frozenset(codes.place(code).country for code in record.parties)


def by_claim(said: Iterable[Claim]) -> tuple[HeadlineClaim, ...]:
    """Claims of one record grouped by day and source, oldest first.

    One source may date its number to the day and its sum to the month; what may be of one day is one claim.
    """
    grouped: list[list[Claim]] = []
    for claim in said:
        same = (
            g for g in grouped if g[0].statement.source == claim.statement.source and _may_meet(g[0], claim)
        )
        group = next(same, None)
        if group is None:
            grouped.append([claim])
        else:
            group.append(claim)
    rows = [
        HeadlineClaim(
            group[0].record,
            group[0].name,
            max((claim.claimed_on for claim in group), key=len),
            group[0].by,
            group[0].statement.source,
            tuple(group),
        )
        for group in grouped
    ]
    return tuple(sorted(rows, key=claim_order))


def _may_meet(one: Claim, other: Claim) -> bool:
    """Whether two claims may be of one day."""
    if one.claimed_on == other.claimed_on:
        return True
    a, b = span(one.claimed_on), span(other.claimed_on)
    if a is None or b is None:
        return False
    return a.first <= (b.last or b.first) and b.first <= (a.last or a.first)


def shown(said: Iterable[HeadlineClaim]) -> tuple[HeadlineClaim, ...]:
    """The newest claim, whole: its number and its sums belong together and to no other claim.

    One that names a sum comes before one that only counts. Several of the newest day stand side by side.
    """
    standing = [claim for claim in said if claim.standing]
    pool = [claim for claim in standing if any(_whole(c) for c in claim.sums)] or standing
    last = max((claim_order(claim)[0] for claim in pool), default=None)
    return tuple(claim for claim in pool if claim_order(claim)[0] == last)


def _whole(claim: Claim) -> bool:
    return not (claim.part or claim.superseded_by)


def claim_order(claim: HeadlineClaim) -> tuple[date, str, str]:
    """By the day of the claim, then by record and source."""
    found = span(claim.claimed_on)
    return (date.min if found is None else found.last or found.first, claim.record, claim.source)
