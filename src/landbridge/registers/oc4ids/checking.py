"""A structural check of a project package: what the published schema would refuse, for the fields that this
product writes.

It needs no schema file and no network. The full schema remains the judge; the tests put exported packages
before both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from landbridge.errors import Problem
from landbridge.registers.oc4ids import mapping

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# fmt: off
_DATES = frozenset((
    "publishedDate", "updated", "startDate", "endDate", "maxExtentDate", "date", "datePublished", "dateModified",
    "dueDate", "dateMet", "requestDate", "approvalDate",
))
# Lists of objects that the schema requires to carry an id.
_IDENTIFIED = frozenset((
    "projects", "identifiers", "locations", "documents", "milestones", "metrics", "forecasts", "observations",
    "relatedProjects", "contractingProcesses", "transactions", "finance", "budgetBreakdowns", "budgetBreakdown",
    "costMeasurements", "modifications",
))
# fmt: on
_REQUIRED = ("uri", "publisher", "publishedDate", "projects", "version")
_CLOSED = {"status": mapping.STATUSES, "type": mapping.TYPES}


def problems(package: Any) -> tuple[Problem, ...]:
    """What is wrong with a package, each with its place in it; nothing for a sound one."""
    if not isinstance(package, dict):
        return (Problem("a project package is a JSON object.", remedy=_REMEDY),)
    return tuple(_package(package))


_REMEDY = "See the documentation of OC4IDS on project packages."


def _package(package: dict[str, Any]) -> Iterator[Problem]:
    for name in _REQUIRED:
        if name not in package:
            yield Problem(f"{name} is missing.", "package", remedy=_REMEDY)
    version = package.get("version")
    if version is not None and not re.fullmatch(r"\d+\.\d+", str(version)):
        yield Problem(f"version is {version!r}, not major.minor such as {mapping.VERSION}.", "package")
    uri = package.get("uri")
    if uri is not None and not (isinstance(uri, str) and _URI.fullmatch(uri)):
        yield Problem(f"uri {uri!r} is no URI.", "package")
    publisher = package.get("publisher")
    if publisher is not None and not (isinstance(publisher, dict) and publisher.get("name")):
        yield Problem("the publisher has no name.", "package")
    projects = package.get("projects")
    if projects is None:
        return
    if not isinstance(projects, list) or not projects:
        yield Problem("projects is not a list of at least one project.", "package", remedy=_REMEDY)
        return
    yield from _projects(projects)
    yield from _walk(package, "")


def _projects(projects: list[Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, project in enumerate(projects):
        where = f"projects[{number}]"
        if not isinstance(project, dict):
            yield Problem("this is no project.", where)
            continue
        name = project.get("id")
        if not isinstance(name, str) or not name:
            continue
        if name in seen:
            yield Problem(f"the id {name} is used twice.", where, remedy="Ids are unique within a package.")
        seen.add(name)
        for key, valid in _CLOSED.items():
            if key in project and project[key] not in valid:
                yield Problem(
                    f"{key} {project[key]!r} is not in the list.", where, remedy=f"Valid: {', '.join(valid)}."
                )


def _walk(node: Any, where: str) -> Iterator[Problem]:
    """Empty texts, lists and objects, dates, sums and members without id, wherever they stand."""
    if node in ("", [], {}):
        yield Problem("this is empty.", where, remedy="Leave out what is not known.")
    elif isinstance(node, dict):
        for key, value in node.items():
            at = f"{where}.{key}" if where else key
            if key in _DATES and not _is_instant(value):
                yield Problem(f"{value!r} is no date and time such as 2024-05-31T00:00:00Z.", at)
            elif key == "currency" and not (isinstance(value, str) and _CURRENCY.fullmatch(value)):
                yield Problem(f"{value!r} is no currency.", at)
            elif key == "amount" and not isinstance(value, int | float | dict):
                yield Problem(f"{value!r} is no amount.", at)
            yield from _walk(value, at)
    elif isinstance(node, list):
        listed = where.rpartition(".")[2] in _IDENTIFIED
        for number, value in enumerate(node):
            at = f"{where}[{number}]"
            # A gazetteer's identifiers are plain texts; only members that are objects need an id.
            if listed and isinstance(value, dict) and not (isinstance(value.get("id"), str) and value["id"]):
                yield Problem("this has no id.", at)
            yield from _walk(value, at)


def _is_instant(value: Any) -> bool:
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    try:
        date.fromisoformat(found.group(1))
    except ValueError:
        return False
    return True
