"""Projects as an OC4IDS 0.9.5 project package. What the standard has no place for is listed, not bent.

Every statement about a project is either in the package or in the list of what was left out; stages, dates, sums and
capacities stand in it under their own ids.
A time known only to the month or the year is given in words, because the standard's dates are exact to the
second. A claimed sum becomes an observation of a metric with who said it and when in its dimensions; the newest
announced sum is the budget too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from landbridge import codes
from landbridge.errors import BadUsage, NotHeld
from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Status
from landbridge.registers.moments import day
from landbridge.registers.oc4ids import mapping
from landbridge.registers.oc4ids.shapes import exact, instant, observations, told, value
from landbridge.registers.projects.money import claimed_on, claims, latest, said_until
from landbridge.registers.projects.stages import OPEN, current, opening

_PREFIX = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
_MOMENTS = ("talks_began", "stage", "planned_opening", "safety")
_WHY = {
    "umbrella": "the standard knows projects only, no headline sets",
    "number": "the standard knows projects only, no headline sets",
    "duration": "a stated duration without dates has no field",
    "depth": "the standard has no field for how far cooperation goes",
    "remark": "a remark on the record is no description of the project",
    "parent": "given as a related project",
}


@dataclass(frozen=True, slots=True)
class NotExported:
    """A record or one statement that the package does not hold, and why."""

    record: str
    property: str
    id: str
    reason: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "record": self.record,
            "property": self.property or None,
            "id": self.id or None,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Export:
    """A project package as plain data, and what it leaves out."""

    package: dict[str, Any]
    left_out: tuple[NotExported, ...]

    def text(self) -> str:
        """The package as JSON."""
        return json.dumps(self.package, ensure_ascii=False, indent=2) + "\n"


@dataclass(slots=True)
class _Making:
    """One project on its way out: what was said, what has found a place, and why other things have not."""

    ledger: Ledger
    record: Record
    today: str
    prefix: str
    used: set[str] = field(default_factory=set)
    why: dict[str, str] = field(default_factory=dict)

    def said(self, name: str) -> tuple[Statement, ...]:
        """The statements of one property that had been made by the day of the question."""
        return tuple(s for s in self.record.all(name) if said_until(s, self.record.sources, self.today))

    def take(self, statement: Statement) -> Statement:
        """Note that a statement has found its place."""
        self.used.add(statement.id)
        return statement


def package(
    ledger: Ledger,
    today: str,
    subjects: Iterable[str] | None = None,
    *,
    prefix: str = mapping.PREFIX,
    uri: str = "",
    publisher: str = "Landbridge, compiled from published sources",
) -> Export:
    """The projects of a ledger (all, or some) as a project package, as things were known on `today`.

    `prefix` begins the ids of projects that did not bring one along; the registered one of a publisher belongs
    there, and the default is not registered. Headline sets are left out. Raises `NotHeld` where no project is
    left.
    """
    if not _PREFIX.fullmatch(prefix):
        raise BadUsage(f"{prefix!r} is no prefix for ids.", remedy="Write small letters, digits and hyphens.")
    names = (
        [r.subject for r in ledger.records("project")] if subjects is None else list(dict.fromkeys(subjects))
    )
    projects: list[dict[str, Any]] = []
    out: list[NotExported] = []
    for record in map(ledger.record, names):
        if record.kind != "project":
            raise BadUsage(f"{record.subject} is no project.", remedy="Only projects have a form in OC4IDS.")
        if record.text("umbrella") == "true":
            out.append(NotExported(record.subject, "", "", "a headline set, not a project"))
            continue
        made = _Making(ledger, record, today, prefix)
        projects.append(_project(made))
        out += _rest(made)
    if not projects:
        raise NotHeld("there is no project to export.", remedy="`landbridge projects list` shows them.")
    _require_unique(projects)
    return Export(
        {
            "uri": uri or f"urn:landbridge:oc4ids:{day(today).isoformat()}",
            "publishedDate": instant(day(today)),
            "version": mapping.VERSION,
            "publisher": {"name": publisher},
            "projects": projects,
        },
        tuple(out),
    )


def _require_unique(projects: Sequence[dict[str, Any]]) -> None:
    seen: dict[str, str] = {}
    for project in projects:
        first = seen.setdefault(project["id"], project["title"])
        if first != project["title"]:
            raise BadUsage(
                f"two projects would have the id {project['id']}: {first!r} and {project['title']!r}.",
                remedy="Export them into two packages.",
            )


def _project(made: _Making) -> dict[str, Any]:
    record = made.record
    name = record.first("name")
    note = made.take(name).note if name else ""
    found: dict[str, Any] = {
        "id": mapping.project_id(record.subject, made.prefix, note),
        "identifiers": [{"id": record.subject, "scheme": mapping.RECORDS}],
        "title": record.name,
        "description": _description(made),
        "status": _status(made),
        "type": mapping.work(record.name),
        "sector": _sector(made),
        "additionalClassifications": list(_classifications(made)),
        "period": _period(made),
        "locations": _locations(made),
        "budget": _budget(made),
        "parties": (parties := _parties(made)),
        "publicAuthority": _authority(parties),
        "documents": [],
        "environment": _environment(made),
        "milestones": _milestones(made),
        "metrics": list(_metrics(made)),
        "completion": _completion(made),
        "relatedProjects": list(_related(made)),
    }
    found["documents"] = list(_documents(made))
    return {key: item for key, item in found.items() if item not in ("", [], {}, None)}


def _description(made: _Making) -> str:
    """The description that a project was imported with; other remarks describe nothing."""
    found = [s for s in made.said("remark") if s.note == mapping.DESCRIPTION]
    return made.take(found[0]).text if found else ""


def _status(made: _Making) -> str:
    stage = current(made.record, made.today)
    return "" if stage is None else mapping.STATUS_OF_STAGE.get(stage.code, "")


def _sector(made: _Making) -> list[str]:
    found = [mapping.sector(s.text) for s in made.said("sector")]
    return sorted(filter(None, dict.fromkeys(found)))


def _classifications(made: _Making) -> Iterator[dict[str, Any]]:
    """Places and sectors in the ledger's own terms, which the standard's lists do not hold."""
    for statement in made.said("parties"):
        for code in made.take(statement).places:
            yield {"scheme": mapping.PLACES, "id": code, "description": codes.place(code).name}
    for statement in made.said("sector"):
        yield {"scheme": mapping.SECTORS, "id": made.take(statement).text}


def _period(made: _Making) -> dict[str, str]:
    """The planned end, where the newest plan is known to the day."""
    plans = [(s.as_of or s.recorded, s.id, s.text) for s in made.said("planned_opening")]
    plans += [
        (claimed_on(s, made.record.sources)[0], s.id, s.period)
        for s in made.said("stage")
        if s.status is Status.FORECAST and s.text in OPEN
    ]
    ends = exact(max(plans)[2]) if plans else None
    return {"endDate": ends} if ends else {}


def _locations(made: _Making) -> list[dict[str, str]]:
    return [
        {"id": str(number), "description": made.take(statement).text}
        for number, statement in enumerate(made.said("place"), 1)
    ]


def _budget(made: _Making) -> dict[str, Any]:
    """The newest announced sum, where it is one sum in one currency."""
    said = claims(made.ledger, made.record.subject, made.today, "announced")
    found = list(latest(said).values())
    if len(found) != 1 or found[0].low != found[0].high or found[0].unit not in mapping.LISTED:
        return {}
    claim = found[0].claims[-1]
    parts = [
        f"Announced, stated by {claim.by}",
        claim.claimed_on and f"in {claim.claimed_on}",
        claim.statement.note,
    ]
    return {
        "description": "; ".join(part for part in parts if part),
        "amount": value(found[0].low, found[0].unit),
    }


def _parties(made: _Making) -> list[dict[str, Any]]:
    grouped: dict[str, dict[str, Any]] = {}
    for statement in sorted(made.said("actor"), key=lambda s: s.text):
        name, said, roles = mapping.actor(made.take(statement).text)
        party = grouped.setdefault(name, {"name": name, "id": f"{made.prefix}-{_slug(name)}"})
        if roles:
            party["roles"] = sorted({*party.get("roles", ()), *roles})
        if said:
            party.setdefault("classifications", []).append(
                {"scheme": mapping.ACTORS, "id": _slug(said), "description": said}
            )
    # In the order of names, which the way back keeps; statements come in the order of their ids, which it need not.
    return [grouped[name] for name in sorted(grouped)]


def _slug(name: str) -> str:
    # Names in other scripts keep their letters: an id is any string, and a lost one would make two names the
    # same.
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-") or "unnamed"


def _authority(parties: Sequence[dict[str, Any]]) -> dict[str, str]:
    found = [party for party in parties if "publicAuthority" in party.get("roles", ())]
    return {"name": found[0]["name"], "id": found[0]["id"]} if len(found) == 1 else {}


def _documents(made: _Making) -> Iterator[dict[str, Any]]:
    """The instruments behind the project, and the sources of what the package says of it."""
    for statement in made.said("document"):
        held = made.ledger.record(made.take(statement).text)
        signed = exact(held.text("signed"))
        yield {
            "id": held.subject,
            "title": held.name,
            "description": f"{held.text('type').capitalize() or 'Document'} behind the project",
            **({"datePublished": signed} if signed else {}),
        }
    cited = dict.fromkeys(s.source for s in made.record.statements if s.id in made.used)
    for name in cited:
        source = made.record.sources.get(name)
        if source is None:
            continue
        published = exact(source.published)
        yield {
            "id": source.id,
            "title": source.title or source.publisher,
            "description": mapping.SOURCE,
            "author": source.publisher,
            **({"url": source.url} if _URI.fullmatch(source.url) else {}),
            **({"datePublished": published} if published else {}),
        }


def _environment(made: _Making) -> dict[str, bool]:
    """That an assessment was made, where a source says so; other words on safety have no field."""
    found = [s for s in made.said("safety") if s.text == "assessed" and s.status is not Status.FORECAST]
    for statement in found:
        made.take(statement)
    return {"hasImpactAssessment": True} if found else {}


def _milestones(made: _Making) -> list[dict[str, Any]]:
    """Talks, stages, planned openings and assessments in the order of their times, whatever their ids."""
    return [one for name in _MOMENTS for one in sorted(_moments(made, name), key=_without_id)]


def _moments(made: _Making, name: str) -> Iterator[dict[str, Any]]:
    for statement in made.said(name):
        coded = name in ("stage", "safety")
        if name == "safety" and statement.text != "assessed":
            continue
        made.take(statement)
        title, when = (
            (statement.text, statement.period) if coded else (name.replace("_", " "), statement.text)
        )
        ahead = name == "planned_opening" or (coded and statement.status is Status.FORECAST)
        exact_day = exact(when)
        yield {
            "id": statement.id,
            "title": title,
            "code": f"{mapping.METRIC}{name.replace('_', '-')}",
            "description": told(statement, when, made.record.sources),
            "status": "scheduled" if ahead else "met",
            **({"dueDate" if ahead else "dateMet": exact_day} if exact_day else {}),
        }


def _without_id(one: dict[str, Any]) -> str:
    """What orders a member by what it says; its id, which the way back makes anew, does not count."""
    return json.dumps({key: item for key, item in one.items() if key != "id"}, sort_keys=True)


def _metrics(made: _Making) -> Iterator[dict[str, Any]]:
    for kind, title in (*mapping.KINDS_OF_SUM.items(), ("capacity", "Capacity")):
        stated = [statement for statement in made.said(kind) if statement.is_quantity]
        seen = [list(observations(made.take(statement))) for statement in stated]
        ordered = sorted(seen, key=lambda ends: [_without_id(one) for one in ends])
        if seen:
            listed = [one for ends in ordered for one in ends]
            yield {"id": f"{mapping.METRIC}{kind}", "title": title, "observations": listed}


def _completion(made: _Making) -> dict[str, Any]:
    """The opening, where it is known to the day, and what was paid, where it is one sum and the project has opened."""
    opened = opening(made.record, made.today)
    if opened is None:
        return {}
    found: dict[str, Any] = {}
    if opened.first == opened.last:
        found["endDate"] = instant(opened.last)
    paid = list(latest(claims(made.ledger, made.record.subject, made.today, "disbursed")).values())
    if len(paid) == 1 and paid[0].low == paid[0].high and paid[0].unit in mapping.LISTED:
        found["finalValue"] = value(paid[0].low, paid[0].unit)
    return found


def _related(made: _Making) -> Iterator[dict[str, Any]]:
    for number, statement in enumerate(made.said("parent"), 1):
        parent = made.ledger.record(made.take(statement).text)
        yield {
            "id": str(number),
            "scheme": mapping.RECORDS,
            "identifier": parent.subject,
            "relationship": "umbrella",
            "title": parent.name,
        }


def _rest(made: _Making) -> Iterator[NotExported]:
    """Every statement about the project that has no place in the package."""
    stage = current(made.record, made.today)
    if stage is not None and stage.code not in mapping.STATUS_OF_STAGE:
        reason = f"the standard has no status for a project that is {stage.code}; see its milestones"
        yield NotExported(made.record.subject, "stage", stage.statement.id, reason)
    for statement in made.record.statements:
        if statement.id in made.used:
            continue
        if not said_until(statement, made.record.sources, made.today):
            reason = "said only later"
        else:
            reason = _WHY.get(statement.property, "the standard has no field for it")
        yield NotExported(made.record.subject, statement.property, statement.id, reason)
