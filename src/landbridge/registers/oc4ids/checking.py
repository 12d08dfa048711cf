"""A structural check of a project package: what the published schema would refuse, all of it at once.

It needs no schema file and no network: the essentials of the schema are kept in short. The full schema remains the
judge; the tests put packages before both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from landbridge.errors import Problem
from landbridge.registers.oc4ids import essentials, mapping

_REQUIRED = ("uri", "publisher", "publishedDate", "projects", "version")


def problems(package: Any) -> tuple[Problem, ...]:
    """What is wrong with a package, each with its place in it; nothing for a sound one."""
    if not isinstance(package, dict):
        return (Problem("a project package is a JSON object.", "package", remedy=_REMEDY),)
    return tuple(_package(package))


_REMEDY = "See the documentation of OC4IDS on project packages."


def _package(package: dict[str, Any]) -> Iterator[Problem]:
    for name in _REQUIRED:
        if package.get(name) is None:
            yield Problem(f"{name} is {'null' if name in package else 'missing'}.", "package", remedy=_REMEDY)
    version = package.get("version")
    if version is not None and not re.fullmatch(r"\d+\.\d+", str(version)):
        yield Problem(f"version is {version!r}, not major.minor such as {mapping.VERSION}.", "package")
    uri = package.get("uri")
    if uri is not None and not essentials.is_uri(uri):
        yield Problem(f"uri {uri!r} is no URI.", "package")
    published = package.get("publishedDate")
    if published is not None and not essentials.is_instant(published):
        yield Problem(f"{published!r} is no date and time such as 2024-05-31T00:00:00Z.", "publishedDate")
    publisher = package.get("publisher")
    if publisher is not None:
        called = publisher.get("name") if isinstance(publisher, dict) else None
        if not isinstance(called, str) or not called.strip():
            yield Problem("the publisher has no name.", "package")
    projects = package.get("projects")
    if isinstance(projects, list) and projects:
        yield from _projects(projects)
    elif projects is not None:
        yield Problem("projects is not a list of at least one project.", "package", remedy=_REMEDY)
    # What is told of the list itself is not told again.
    yield from _walk({key: value for key, value in package.items() if key != "projects" or value}, "")


def _projects(projects: list[Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, project in enumerate(projects):
        where = f"projects[{number}]"
        if not isinstance(project, dict):
            yield Problem("this is no project.", where)
            continue
        name = project.get("id")
        if isinstance(name, str) and name:
            if name in seen:
                yield Problem(
                    f"the id {name} is used twice.", where, remedy="Ids are unique within a package."
                )
            seen.add(name)
        yield from essentials.faults(project, "Project", where)


def _walk(node: Any, where: str) -> Iterator[Problem]:
    """Empty texts, lists and objects, wherever they stand."""
    if node in ("", [], {}):
        yield Problem("this is empty.", where, remedy="Leave out what is not known.")
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _walk(value, f"{where}.{key}" if where else key)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _walk(value, f"{where}[{number}]")
