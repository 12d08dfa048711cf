"""A package that Landbridge made, read back: records, sources, stages and sums as they were stated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from landbridge.ledger import Ledger, Record
from landbridge.ledger.forms import RECORD
from landbridge.registers.oc4ids import mapping
from landbridge.registers.oc4ids.reading import Fields

_TOLD = re.compile(
    r"Stated time: (?P<time>\S+)\. Stated as of: (?P<as_of>\S+)\. Status: (?P<status>[a-z]+)\. Source: (?P<source>\S+)\. "
    r"(?:Comparator: (?P<comparator>\S+)\. )?(?:Speaker: (?P<speaker>.+?)\. )?"
    r"(?:Place in the source: (?P<locator>.+?)\. )?Said .*?(?: Note: (?P<note>.*))?"
)
# Fields that say again what the milestones and metrics say in full.
_AGAIN = ("identifiers", "status", "type", "period", "budget", "completion", "publicAuthority", "environment")


@dataclass(slots=True)
class Restored:
    """What came back of one project: entries of a ledger file, the sources they cite, what was told, what was not taken."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)


def is_own(fields: Fields) -> bool:
    """True for a project that carries the name of its record."""
    return bool(record_of(fields))


def record_of(fields: Fields) -> str:
    """The record that a project stands for, where it says so."""
    for at in fields.each("identifiers"):
        name = fields.get(*at, "id")
        if fields.get(*at, "scheme") == mapping.RECORDS and isinstance(name, str):
            return name if RECORD.fullmatch(name) and name.startswith("project/") else ""
    return ""


def restore(
    fields: Fields, record: str, package: str, held: Ledger | None, inside: frozenset[str]
) -> Restored:
    """The statements of one project. Those that `held` has already are not taken again.

    Names, places and actors carry no source of their own in a package; they cite `package`, the id of the
    package as a source. `inside` are the records of the package: an umbrella that is neither there nor held
    cannot be named.
    """
    out = Restored()
    known = _sources(fields)
    subjects = frozenset(r.subject for r in held.records()) if held is not None else frozenset()
    for name in _AGAIN:
        fields.skip(name)
    says: dict[str, Any] = {}
    for prop, value, at, note in _plain(fields):
        if held is not None and record in subjects and _holds(held.record(record), prop, value):
            out.left[at, "the ledger holds it already"] += 1
            continue
        if prop in ("parent", "document") and value not in inside | subjects:
            out.left[at, f"{value}, which it names, is neither in the package nor held"] += 1
            continue
        says.setdefault(prop, []).append({"value": value, "note": note} if note else value)
        out.told.append((prop, at, str(value)))
    # A list of places is one value, not several.
    if "parties" in says:
        says["parties"] = says["parties"][0]
    if says:
        out.entries.append({"record": record, "source": package, "says": says})
    for identifier, prop, at, value, source, status in (*_milestones(fields), *_metrics(fields)):
        if held is not None and held.statement(identifier) is not None:
            out.left[at, "the ledger holds it already"] += 1
            continue
        cited = source if source in known or source == "assumed" else package
        stated = {"record": record, "source": cited, "says": {prop: value}}
        out.entries.append(stated | ({"status": status} if status else {}))
        out.told.append((prop, at, str(value.get("value", value.get("low")))))
    out.sources = [known[entry["source"]] for entry in out.entries if entry["source"] in known]
    return out


def _holds(record: Record, prop: str, value: Any) -> bool:
    text = " ".join(value) if isinstance(value, list) else value
    return any(statement.text == text for statement in record.all(prop))


def _sources(fields: Fields) -> dict[str, dict[str, Any]]:
    """The sources that a package lists among the documents."""
    found: dict[str, dict[str, Any]] = {}
    for at in fields.each("documents"):
        name = fields.get(*at, "id")
        if fields.get(*at, "description") != mapping.SOURCE or not isinstance(name, str):
            continue
        found[name] = {
            "id": name,
            "publisher": fields.text(*at, "author"),
            "title": fields.text(*at, "title"),
            "published": fields.day(*at, "datePublished"),
            "url": fields.text(*at, "url"),
            "licence": "as at source",
        }
        fields.skip(*at)
    return found


def _plain(fields: Fields) -> Iterator[tuple[str, Any, str, str]]:
    """Name, description, places, sector, umbrella and actors: property, value, field, note.

    An id that is not the one this product would make stays with the project, as it does for a package of somebody
    else: ids of the standard are for life.
    """
    given = fields.text("id")
    made = mapping.project_id(record_of(fields), mapping.PREFIX)
    yield "name", fields.text("title") or given, "title", "" if given == made else mapping.note_of_id(given)
    if description := fields.text("description"):
        yield "remark", description, "description", mapping.DESCRIPTION
    places = []
    for at in fields.each("additionalClassifications"):
        scheme, code = fields.get(*at, "scheme"), fields.get(*at, "id")
        if scheme == mapping.PLACES:
            places.append(code)
        elif scheme == mapping.SECTORS:
            yield "sector", code, "additionalClassifications[]", ""
        if scheme in (mapping.PLACES, mapping.SECTORS):
            fields.skip(*at)
    fields.skip("sector")
    if places:
        yield "parties", places, "additionalClassifications[]", ""
    for at in fields.each("locations"):
        fields.text(*at, "id")
        yield "place", fields.text(*at, "description"), "locations[].description", ""
    for at in fields.each("relatedProjects"):
        if fields.get(*at, "scheme") == mapping.RECORDS:
            yield "parent", fields.get(*at, "identifier"), "relatedProjects[].identifier", ""
            fields.skip(*at)
    for at in fields.each("documents"):
        name = fields.get(*at, "id")
        if isinstance(name, str) and RECORD.fullmatch(name):
            yield "document", name, "documents[].id", ""
            fields.skip(*at)
    for at in fields.each("parties"):
        name, said = fields.text(*at, "name"), ""
        for seen in fields.each(*at, "classifications"):
            if fields.get(*seen, "scheme") == mapping.ACTORS:
                said = fields.text(*seen, "description")
                yield "actor", f"{name}, {said}", "parties[]", ""
        fields.skip(*at)
        if not said:
            yield "actor", name, "parties[]", ""


def _milestones(fields: Fields) -> Iterator[tuple[str, str, str, dict[str, Any], str, str]]:
    """Stages and dates: id of the statement, property, field, value, source, status."""
    for at in fields.each("milestones"):
        code = str(fields.get(*at, "code") or "")
        told = _TOLD.fullmatch(str(fields.get(*at, "description") or ""))
        if not code.startswith(mapping.METRIC) or told is None:
            continue
        prop = code.removeprefix(mapping.METRIC).replace("-", "_")
        when = _known(told["time"])
        as_of = _known(told["as_of"])
        coded = prop in ("stage", "safety")
        stated = {"value": fields.get(*at, "title"), "period": when} if coded else {"value": when}
        more = {
            "as_of": as_of,
            **{name: told[name] or "" for name in ("comparator", "speaker", "locator", "note")},
        }
        value = {key: item for key, item in (stated | more).items() if item}
        fields.skip(*at)
        yield str(fields.get(*at, "id")), prop, "milestones[]", value, told["source"], told["status"]


def _known(word: str) -> str:
    return "" if word == "none" else word


def _metrics(fields: Fields) -> Iterator[tuple[str, str, str, dict[str, Any], str, str]]:
    """Sums and capacities: id of the statement, property, field, value, source, status. A range has two observations."""
    for metric in fields.each("metrics"):
        code = str(fields.get(*metric, "id") or "")
        if not code.startswith(mapping.METRIC):
            continue
        grouped: dict[str, dict[str, Any]] = {}
        for at in fields.each(*metric, "observations"):
            told = fields.get(*at, "dimensions")
            if not isinstance(told, dict):
                continue
            bound = str(told.get("bound", "value"))
            name = str(fields.get(*at, "id")).removesuffix(f"-{bound}")
            amount = fields.get(*at, "value", "amount")
            unit = fields.get(*at, "value", "currency") or fields.get(*at, "unit", "name")
            found = grouped.setdefault(name, {"unit": unit, "told": told, "note": fields.get(*at, "notes")})
            found[bound] = fields.get(*at, "measure") if amount is None else amount
        fields.skip(*metric)
        for name, found in grouped.items():
            told = found.pop("told")
            named = {
                "period": "statedPeriod",
                "as_of": "claimedOn",
                "comparator": "comparator",
                "speaker": "speaker",
                "locator": "locator",
            }
            found |= {key: told.get(word) for key, word in named.items()}
            value = {key: item for key, item in found.items() if item is not None}
            value = {key: float(v) if key in ("value", "low", "high") else v for key, v in value.items()}
            prop = code.removeprefix(mapping.METRIC)
            yield (
                name,
                prop,
                "metrics[].observations[]",
                value,
                str(told.get("source", "")),
                str(told.get("status", "")),
            )
