"""A project of somebody else's package as statements, field by field, with an account of every value that became none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from landbridge import codes
from landbridge.errors import Problem
from landbridge.ledger import schema
from landbridge.registers.oc4ids import mapping
from landbridge.registers.oc4ids.essentials import LARGEST
from landbridge.registers.oc4ids.reading import Fields, Path, pattern

# Why fields of the standard have no place in the ledger; the longest beginning counts.
_WHY = {
    "identifiers": "the ledger keeps one id of a project, its record",
    "contractingProcesses[].summary.tender": "the ledger keeps no tenders",
    "contractingProcesses[].releases": "the ledger keeps no procurement releases",
    "contractingProcesses[].summary.modifications": "the ledger keeps no changes of contracts",
    "documents": "the ledger keeps instruments between places, not project files",
    "parties[].people": "the ledger keeps no persons and no contacts",
    "parties[].beneficialOwners": "the ledger keeps no persons and no contacts",
    "parties[].contactPoint": "the ledger keeps no persons and no contacts",
    "locations": "the ledger names a place in words, without geometry",
    "forecasts": "the ledger keeps no progress by date",
    "metrics": "the ledger keeps no progress by date",
    "lobbyingMeetings": "the ledger keeps no meetings of a project",
    "budget.budgetBreakdowns": "parts of the budget, which the ledger keeps as a whole",
    "social": "the ledger has no property for social impact",
    "benefits": "the ledger has no property for benefits",
}
_DEFAULT = "the ledger has no property for it"


@dataclass(frozen=True, slots=True)
class Taken:
    """One statement that came out of a package."""

    project: str
    record: str
    property: str
    field: str
    value: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {name: getattr(self, name) for name in ("project", "record", "property", "field", "value")}


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A field that became no statement: how many values it had, and why it was left."""

    project: str
    field: str
    count: int
    reason: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {name: getattr(self, name) for name in ("project", "field", "count", "reason")}


@dataclass(slots=True)
class Project:
    """One project on its way in."""

    name: str
    where: str
    record: str
    fields: Fields
    as_of: str
    says: dict[str, Any] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    why: dict[Path, str] = field(default_factory=dict)

    def say(self, prop: str, value: Any, at: str, **more: Any) -> None:
        """One statement out of the field `at`."""
        stated = {"value": value, "locator": f"{self.where}.{at}", **{k: v for k, v in more.items() if v}}
        if stated not in self.says.setdefault(prop, []):
            self.says[prop].append(stated)
        shown = f"{value} {more['unit']}" if "unit" in more else str(value)
        self.taken.append(Taken(self.name, self.record, prop, at, shown))

    def sum(self, kind: str, path: Path, note: Callable[[], str], period: Path = ()) -> None:
        """The sum of money at a path, where the ledger keeps its currency; what is said of it is read only then."""
        found = self.fields.money(*path)
        if found is None:
            return
        amount, currency = found
        held = schema.kind("project").property(kind)
        if not held.takes(currency):
            self.why[path] = f"the ledger keeps no sums in {currency}, only in {held.allowed}"
        elif amount >= LARGEST:
            self.why[path] = "a sum too large to be one"
        elif amount < 0:
            self.why[path] = "a sum below zero is no sum of a project"
        else:
            self.fields.took(*path)
            when = self.fields.day(*period) if period else ""
            self.say(kind, amount, pattern(path), unit=currency, as_of=self.as_of, note=note(), period=when)


def take(project: Project, parties: Sequence[str], wrong: list[Problem]) -> None:
    """The statements of a project of somebody else."""
    fields, as_of = project.fields, project.as_of
    name = fields.text("title") or project.name
    project.say("name", name, "title", note=mapping.note_of_id(project.name))
    if description := fields.text("description"):
        project.say("remark", description, "description", note=mapping.DESCRIPTION)
    where = _countries(fields) or tuple(parties)
    if where:
        # A list of codes is one value of a ledger file, so it stands alone.
        project.says["parties"] = {"value": list(where), "locator": project.where}
        project.taken.append(
            Taken(project.name, project.record, "parties", "address.countryName", " ".join(where))
        )
    else:
        wrong.append(
            Problem(
                f"the project {project.name} names no country that the code list knows.",
                project.where,
                "Addresses of locations and parties were looked at.",
                "Name the places with --parties, such as --parties BLR,CHN.",
            )
        )
    places = [t for at in fields.each("locations") if (t := fields.text(*at, "description"))]
    if places:
        project.say("place", "; ".join(places), "locations[].description")
    if sectors := fields.texts("sector"):
        project.say("sector", ", ".join(sectors), "sector")
    _stages(project, as_of)
    _sums(project)
    _actors(project)
    if fields.get("environment", "hasImpactAssessment") is True:
        fields.skip("environment", "hasImpactAssessment")
        project.say("safety", "assessed", "environment.hasImpactAssessment", as_of=as_of)


def _countries(fields: Fields) -> tuple[str, ...]:
    """The countries in the addresses of locations and parties, by their name or code."""
    known = {place.code.casefold(): place.code for place in codes.places("country")}
    known |= {name.casefold(): p.code for p in codes.places("country") for name in p.names.values() if name}
    found: dict[str, None] = {}
    for at in (*fields.each("locations"), *fields.each("parties")):
        path = (*at, "address", "countryName")
        named = fields.get(*path)
        if isinstance(named, str) and named.strip().casefold() in known:
            fields.text(*path)
            found[known[named.strip().casefold()]] = None
    return tuple(found)


def _stages(project: Project, as_of: str) -> None:
    fields = project.fields
    status = fields.get("status")
    if isinstance(status, str) and status in mapping.STAGE_OF_STATUS:
        fields.text("status")
        note = f"status {status} in OC4IDS, of which this is the least that it proves"
        project.say("stage", mapping.STAGE_OF_STATUS[status], "status", as_of=as_of, note=note)
    if approved := fields.day("budget", "approvalDate"):
        note = "budget approved"
        project.say("stage", "committed", "budget.approvalDate", period=approved, as_of=as_of, note=note)
    if planned := fields.day("period", "endDate"):
        project.say(
            "planned_opening", planned, "period.endDate", as_of=as_of, note="planned end of the project"
        )
    if begins := fields.day("implementationPeriod", "startDate"):
        project.say(
            "stage",
            "construction",
            "implementationPeriod.startDate",
            period=begins,
            as_of=as_of,
            status="forecast",
            note="planned beginning of implementation, procurement included",
        )
    if ended := fields.day("completion", "endDate"):
        note = fields.text("completion", "endDateDetails")
        project.say("stage", "completed", "completion.endDate", period=ended, as_of=as_of, note=note)


def _sums(project: Project) -> None:
    """Sums of the whole project; those of single loans, contracts and payments are marked as parts."""
    fields = project.fields
    project.sum("announced", ("budget", "amount"), lambda: fields.text("budget", "description"))
    for at in fields.each("budget", "finance"):
        said = [(*at, "title"), (*at, "type"), (*at, "source"), (*at, "financingParty", "name")]
        project.sum("committed", (*at, "value"), _part(fields, "finance", said))
    for at in fields.each("contractingProcesses"):
        title, begins = [(*at, "summary", "title")], (*at, "summary", "contractPeriod", "startDate")
        note = _part(fields, "contract", title)
        project.sum("contracted", (*at, "summary", "contractValue"), note, begins)
        note = _part(fields, "final value of the contract", title)
        project.sum("disbursed", (*at, "summary", "finalValue"), note)
    for at in fields.each("transactions"):
        note = _part(fields, "payment", [(*at, "payer", "name"), (*at, "payee", "name")])
        project.sum("disbursed", (*at, "value"), note, (*at, "date"))
    project.sum("disbursed", ("completion", "finalValue"), lambda: _final(fields))


def _final(fields: Fields) -> str:
    return ": ".join(filter(None, ("final value", fields.text("completion", "finalValueDetails"))))


def _part(fields: Fields, what: str, said: Sequence[Path]) -> Callable[[], str]:
    """The note of a sum that is part of the whole, as the ledger marks it, with what the package says of it."""

    def note() -> str:
        words = ", ".join(text for path in said if (text := fields.text(*path)))
        return f"of which {what}{': ' if words else ''}{words}"

    return note


def _actors(project: Project) -> None:
    fields = project.fields
    for at in fields.each("parties"):
        name = fields.text(*at, "name").replace(",", " ")
        if not name:
            continue
        words = ", ".join(mapping.role_words(role) for role in fields.texts(*at, "roles"))
        fields.text(*at, "id")
        project.say("actor", f"{' '.join(name.split())}{', ' if words else ''}{words}", "parties[]")
    if any(fields.get("publicAuthority", "name") == fields.get(*at, "name") for at in fields.each("parties")):
        fields.skip("publicAuthority")


def left(project: Project) -> Iterator[NotTaken]:
    """The report on what a project said and the ledger does not: by field, with the number of values in it."""
    counted: Counter[tuple[str, str]] = Counter()
    for path in project.fields.unread():
        at = pattern(path)
        sum_of = next((p for p in project.why if path[: len(p)] == p), None)
        head = max((key for key in _WHY if at.startswith(key)), key=len, default="")
        if sum_of is not None:
            counted[pattern(sum_of), project.why[sum_of]] += 1
        else:
            counted[head or at.partition(".")[0], _WHY.get(head, _DEFAULT)] += 1
    for (at, reason), count in sorted(counted.items()):
        yield NotTaken(project.name, at, count, reason)
