"""The register of mechanisms: what each is, who belongs to it on a date, when it met, whether it shows signs of life."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from landbridge import codes
from landbridge.ledger import Ledger, Record, Statement
from landbridge.registers.coverage import coverage
from landbridge.registers.dormancy import Dormancy
from landbridge.registers.meetings import Meeting, lacking, last, meetings, state
from landbridge.registers.membership import Membership, covers, members
from landbridge.registers.moments import day, span
from landbridge.registers.numbering import in_runs
from landbridge.registers.regimes import regime
from landbridge.release.data import Data

__all__ = ["Mechanism", "coverage", "covers", "mechanism", "mechanisms", "meetings", "regime"]


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One mechanism as it stood on a day. `members` are those of that day, `meetings` all that are held."""

    record: Record
    today: str
    members: tuple[Membership, ...]
    meetings: tuple[Meeting, ...]
    dormancy: Dormancy

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that the ledger says of it."""
        return self.record.statements

    def row(self) -> dict[str, Any]:
        """Plain columns; the id leads to the last sign of life."""
        record = self.record
        latest = last(self.meetings, self.today)
        absent = lacking(self.meetings)
        return {
            "mechanism": record.subject,
            "name": record.name,
            "form": record.text("form"),
            "level": record.text("level") or None,
            "parties": " ".join(record.parties),
            "members": len(self.members),
            "members_assumed": sum(item.assumed for item in self.members),
            "since": record.text("since") or None,
            "until": record.text("until") or None,
            "meetings": len(self.meetings),
            "last_meeting": latest.period if latest else None,
            "last_meeting_announced": latest.announced if latest else None,
            "meetings_missing": in_runs(absent) or None,
            "co_chairs": "; ".join(_serving(record, self.today)) or None,
            "secretariat": record.text("secretariat") or None,
            "sectors": "; ".join(dict.fromkeys(said.text for said in record.all("sector"))) or None,
            "act": record.text("act") or None,
            "document": record.text("document") or None,
        } | self.dormancy.row()

    def member_rows(self) -> tuple[dict[str, Any], ...]:
        """One row for each member: since when, until when, who says so."""
        return tuple(
            {
                "mechanism": self.record.subject,
                "member": item.place,
                "name": codes.place(item.place).name,
                "since": item.begins or None,
                "until": item.ends or None,
                "status": item.statement.status.value,
                "source": item.statement.source,
                "note": item.statement.note or None,
                "id": item.statement.id,
            }
            for item in self.members
        )


def mechanism(data: Data, subject: str, today: str, years: float | None = None) -> Mechanism:
    """One mechanism on a day; raises `UnknownLabel` with the nearest ones. `years` sets another limit of dormancy."""
    record = data.ledger.record(subject if "/" in subject else f"mechanism/{subject}")
    return _seen(data.ledger, record, today, data.as_of, years)


def mechanisms(data: Data, today: str, years: float | None = None) -> tuple[Mechanism, ...]:
    """Every mechanism, by name, with its members and its state on a day (a year or month stands for its last day)."""
    ledger = data.ledger
    found = (_seen(ledger, record, today, data.as_of, years) for record in ledger.records("mechanism"))
    return tuple(sorted(found, key=lambda item: (item.record.name, item.record.subject)))


def _seen(ledger: Ledger, record: Record, today: str, kept: str, years: float | None) -> Mechanism:
    day(today)
    belonging = tuple(_holding(members(record), today))
    held = meetings(ledger, record)
    return Mechanism(record, today, belonging, held, state(ledger, record, today, kept, years))


def _holding(found: Iterable[Membership], today: str) -> Iterable[Membership]:
    return (item for item in found if _covers(item.begins, item.ends, today))


def _serving(record: Record, today: str) -> tuple[str, ...]:
    """Who leads it on a day; who is only known to have led it at some time bears that time."""
    found: dict[str, None] = {}
    for said in record.all("co_chair"):
        seen = said.period or said.as_of
        known = span(seen)
        if _covers(said.valid_from, said.valid_to, today) and (known is None or known.first <= day(today)):
            undated = seen and not said.valid_from and not said.valid_to
            found[f"{said.text} (as of {seen})" if undated else said.text] = None
    return tuple(found)


def _covers(begins: str, ends: str, today: str) -> bool:
    """Whether a span covers any day of a year or month, or a day; what states no beginning or end is open there."""
    asked, first, final = span(today), span(begins), span(ends)
    assert asked is not None
    begun = first is None or asked.last is None or first.first <= asked.last
    over = final is not None and final.last is not None and final.last < asked.first
    return begun and not over
