"""The card of a fund or credit line: who stands behind it, what it has, what it placed, and what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landbridge.errors import BadUsage
from landbridge.ledger import Ledger, Record, Statement
from landbridge.registers.projects.money import Claim, Held, claims, latest, said_until
from landbridge.registers.projects.transparency import Transparency, transparency

KINDS = ("capital", "invested", "number")


@dataclass(frozen=True, slots=True)
class Card:
    """One fund as the ledger knows it on a day.

    `capital`, `invested` and `projects` are every claim, oldest first; `newest` are the newest firm ones by
    kind and unit, and `expected` what was only hoped for or planned. Claims may count different things, as
    their notes say, and come from different sources on different days, so no share of one in the other is
    formed.
    """

    record: str
    name: str
    parties: tuple[str, ...]
    sponsors: tuple[Statement, ...]
    since: str
    sectors: tuple[str, ...]
    discloses: tuple[Statement, ...]
    capital: tuple[Claim, ...]
    invested: tuple[Claim, ...]
    projects: tuple[Claim, ...]
    newest: tuple[Held, ...]
    expected: tuple[Claim, ...]
    transparency: Transparency

    def row(self) -> dict[str, Any]:
        """Plain columns; claims as lists, each in its own currency."""
        said = self.transparency.row()
        return {
            "record": self.record,
            "name": self.name,
            "parties": list(self.parties),
            "sponsors": [statement.text for statement in self.sponsors],
            "since": self.since or None,
            "sectors": list(self.sectors),
            "capital": [claim.row() for claim in self.capital],
            "invested": [claim.row() for claim in self.invested],
            "projects": [claim.row() for claim in self.projects],
            "discloses": [statement.text for statement in self.discloses],
            "transparency_pct": said["score_pct"],
            "missing": said["missing"],
            "ids": [s.id for s in (*self.sponsors, *self.discloses)]
            + [c.statement.id for c in (*self.capital, *self.invested, *self.projects)],
        }


def card(ledger: Ledger, subject: str, today: str) -> Card:
    """The card of one fund as things were known on `today`; raises `BadUsage` where the record is no fund."""
    record = ledger.record(subject)
    if record.kind != "fund":
        raise BadUsage(f"{subject} is no fund.", remedy="`landbridge funds list` shows them.")
    said = claims(ledger, subject, today, *KINDS)
    firm = [claim for claim in said if not claim.expected]
    return Card(
        subject,
        record.name,
        record.parties,
        _known(record, "sponsor", today),
        record.text("since"),
        tuple(statement.text for statement in _known(record, "sector", today)),
        _known(record, "discloses", today),
        tuple(claim for claim in said if claim.kind == "capital"),
        tuple(claim for claim in said if claim.kind == "invested"),
        tuple(claim for claim in said if claim.kind == "number"),
        tuple(latest(firm).values()),
        tuple(claim for claim in said if claim.expected and not claim.superseded_by),
        transparency(record, today),
    )


def cards(ledger: Ledger, today: str) -> tuple[Card, ...]:
    """The card of every fund, by subject."""
    return tuple(card(ledger, record.subject, today) for record in ledger.records("fund"))


def _known(record: Record, name: str, today: str) -> tuple[Statement, ...]:
    return tuple(s for s in record.all(name) if said_until(s, record.sources, today))
