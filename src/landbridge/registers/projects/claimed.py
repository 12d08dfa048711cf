"""The table of what was said of headline sets, by date: number of projects and sums side by side, never a series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from landbridge import codes
from landbridge.ledger import Ledger, Record
from landbridge.registers.moments import span
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
    """Claims of one record grouped by day and source, oldest first."""
    grouped: dict[tuple[str, str], list[Claim]] = {}
    for claim in said:
        grouped.setdefault((claim.claimed_on, claim.statement.source), []).append(claim)
    rows = [
        HeadlineClaim(group[0].record, group[0].name, moment, group[0].by, source, tuple(group))
        for (moment, source), group in grouped.items()
    ]
    return tuple(sorted(rows, key=claim_order))


def claim_order(claim: HeadlineClaim) -> tuple[date, str, str]:
    """By the day of the claim, then by record and source."""
    found = span(claim.claimed_on)
    return (date.min if found is None else found.last or found.first, claim.record, claim.source)
