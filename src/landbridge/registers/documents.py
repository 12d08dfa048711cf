"""The register of documents: signed, in force, activity, outcome, expiry; what was promised and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Status
from landbridge.registers.dormancy import Dormancy, dormancy
from landbridge.registers.lineage import Families, Lineage
from landbridge.registers.moments import dated, day
from landbridge.registers.promises import Obligation, obligations
from landbridge.registers.stages import Stage, stages
from landbridge.release.data import Data

# What other records show of a document: a council that met under it, a tie that was alive, a project that went on.
_SHOWN = {"mechanism": ("meeting",), "twinning": ("active",), "project": ("stage",), "document": ("signed",)}


@dataclass(frozen=True, slots=True)
class Document:
    """The life of one document as it stood on a day.

    `stages` are signed, in force, activity, outcome and expiry, in this order. `under` are statements of other records
    that rest on it: documents concluded under it, meetings of the council it founded, signs of life of a tie it began.
    `replaced` are the documents that had taken its place by that day.
    """

    record: Record
    today: str
    stages: tuple[Stage, ...]
    obligations: tuple[Obligation, ...]
    lineage: Lineage
    under: tuple[Statement, ...]
    replaced: tuple[Record, ...]
    dormancy: Dormancy

    @property
    def reached(self) -> str:
        """How far it got: `intended`, `signed`, `in force`, `active`, `with an outcome`, `over`, `replaced` or `unknown`."""
        known = [stage.name for stage in self.stages if stage.state == "known"]
        if self.record.intended:
            return "intended"
        if self.replaced:
            return "replaced"
        if "expiry" in known:
            return "over"
        words = {
            "signed": "signed",
            "in force": "in force",
            "activity": "active",
            "outcome": "with an outcome",
        }
        return next((words[name] for name in reversed(known)), "unknown")

    @property
    def silent(self) -> bool:
        """True for a signed document of which no source names anything done under it."""
        known = {stage.name for stage in self.stages if stage.state == "known"}
        begun = not known.isdisjoint(("signed", "in force"))
        return begun and known.isdisjoint(("activity", "outcome")) and not is_set(self.record)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that the ledger says of it."""
        return self.record.statements

    def row(self) -> dict[str, Any]:
        """Plain columns: one for each stage with its date or state."""
        record = self.record
        by_name = {stage.name: stage for stage in self.stages}
        return {
            "document": record.subject,
            "name": record.name,
            "type": record.text("type"),
            "level": record.text("level") or None,
            "parties": " ".join(record.parties),
            "subject": record.text("subject") or None,
            "sectors": "; ".join(dict.fromkeys(said.text for said in record.all("sector"))) or None,
            "reached": self.reached,
            "signed": by_name["signed"].short,
            "in_force": by_name["in force"].short,
            "activity": by_name["activity"].short,
            "outcome": by_name["outcome"].short,
            "expiry": by_name["expiry"].short,
            "overdue": "; ".join(s.name for s in self.stages if s.state == "overdue") or None,
            "obligations": len(self.obligations),
            "obligations_open": sum(
                not item.outcomes or "nothing named" in item.state or item.state == "no deadline stated"
                for item in self.obligations
            ),
            "produced": "nothing that a source names" if self.silent else None,
            "replaces": " ".join(other.subject for other in self.lineage.replaces) or None,
            "replaced_by": " ".join(other.subject for other in self.lineage.replaced_by) or None,
            "parent": " ".join(other.subject for other in self.lineage.under) or None,
            "state": self.dormancy.state,
            "why": self.dormancy.why,
        }


@dataclass(frozen=True, slots=True)
class Due:
    """Something with a day ahead: the expiry of a document or the deadline of an obligation."""

    record: Record
    what: str
    period: str
    in_days: int
    statement: Statement

    def row(self) -> dict[str, Any]:
        """Plain columns; the id leads to the statement that sets the day."""
        return {
            "document": self.record.subject,
            "name": self.record.name,
            "what": self.what,
            "date": self.period,
            "in_days": self.in_days,
            "note": self.statement.note or None,
            "id": self.statement.id,
        }


@dataclass(frozen=True, slots=True)
class Counted:
    """A set: a number of documents that its source does not list. It is no document and is never added to any."""

    record: Record
    statement: Statement

    def row(self) -> dict[str, Any]:
        """Plain columns; the figure's id leads to the source."""
        figure = self.record.figure(self.statement)
        return {
            "set": self.record.subject,
            "name": self.record.name,
            "level": self.record.text("level") or None,
            "parties": " ".join(self.record.parties),
            "documents": figure.value,
            "comparator": figure.comparator,
            "date": figure.period or None,
            "status": figure.status.value,
            "speaker": self.statement.speaker or None,
            "note": figure.note or None,
            "figure": figure.id,
            "id": self.statement.id,
        }


def is_set(record: Record) -> bool:
    """True for a counted set, which is no document."""
    return record.text("type") == "set"


def document(data: Data, subject: str, today: str) -> Document:
    """One document on a day; raises `UnknownLabel` with the nearest ones and `BadFile` where its lineage is a circle."""
    record = data.ledger.record(subject if "/" in subject else f"document/{subject}")
    return _seen(record, Families(data.ledger), _resting(data.ledger), today, data.as_of)


def documents(data: Data, today: str) -> tuple[Document, ...]:
    """Every single document on a day, by date of signature, undated ones last. Counted sets are left out: see `sets`."""
    families, resting = Families(data.ledger), _resting(data.ledger)
    found = [
        _seen(record, families, resting, today, data.as_of)
        for record in data.ledger.records("document")
        if not is_set(record)
    ]
    return tuple(sorted(found, key=lambda item: (item.record.text("signed") or "9999", item.record.subject)))


def sets(data: Data) -> tuple[Counted, ...]:
    """Every count of documents that a source gives without listing them."""
    return tuple(
        Counted(record, said)
        for record in data.ledger.records("document")
        if is_set(record)
        for said in record.all("number")
    )


def silent(data: Data, today: str) -> tuple[Document, ...]:
    """The signed documents under which no source held names anything done: nothing was produced, or nobody told."""
    return tuple(item for item in documents(data, today) if item.silent)


def expiring(data: Data, today: str, within_days: int) -> tuple[Due, ...]:
    """What ends or falls due from a day on within so many days: expiries and deadlines of obligations, soonest first."""
    now = day(today)
    limit = now + timedelta(days=within_days)
    found = []
    for record in data.ledger.records("document"):
        for name, what in (("expires", "it ends unless prolonged"), ("obligation", "deadline")):
            for said in record.all(name):
                when = dated(said, own=True) if name == "expires" else (dated(said) if said.period else None)
                if when is None or when.days.last is None or not now <= when.last <= limit:
                    continue
                words = what if name == "expires" else f"{what}: {said.text}"
                found.append(Due(record, words, when.period, (when.last - now).days, said))
    return tuple(sorted(found, key=lambda item: (item.in_days, item.record.subject, item.statement.id)))


def _seen(
    record: Record, families: Families, resting: Mapping[str, Sequence[Statement]], today: str, kept: str
) -> Document:
    family = families.of(record)
    under = tuple(said for said in resting.get(record.subject, ()) if _later(said, record))
    replaced = tuple(other for other in family.replaced_by if _had_begun(other, day(today)))
    return Document(
        record,
        today,
        stages(record, under, replaced, today),
        obligations(record, today),
        family,
        under,
        replaced,
        dormancy(record, today, also=under, kept=kept),
    )


def _later(said: Statement, record: Record) -> bool:
    """Whether something came after a document was signed; what happened on the day is the signature itself."""
    signed = [when for s in record.all("signed") if (when := dated(s, own=True))]
    when = dated(said, own=said.property == "signed")
    if when is None or not signed:
        return when is not None
    return when.last > min(item.last for item in signed) or said.property == "signed"


def _had_begun(record: Record, now: date) -> bool:
    """Whether a document had been signed, or was in force, by a day; an undated one is taken to have been."""
    days = [when for name in ("signed", "in_force") for s in record.all(name) if (when := dated(s, own=True))]
    return not record.intended and (not days or min(when.first for when in days) <= now)


def _resting(ledger: Ledger) -> dict[str, list[Statement]]:
    """Document → what other records show as done under it, announcements left out."""
    found: dict[str, list[Statement]] = {}
    for kind, names in _SHOWN.items():
        for other in ledger.records(kind):
            for link in other.all("parent" if kind == "document" else "document"):
                found.setdefault(link.text, []).extend(_firm(other, names))
    return found


def _firm(record: Record, names: Sequence[str]) -> list[Statement]:
    return [
        said
        for name in names
        for said in record.all(name)
        if said.status not in (Status.FORECAST, Status.ASSUMED)
    ]
