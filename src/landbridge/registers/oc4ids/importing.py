"""OC4IDS project packages into ledger statements, with a report of what could not be taken over.

A package becomes a ledger file: it can be read, corrected and loaded like any other, and the loading is the
ledger's own, all or nothing. Every leaf of the package is either behind a statement or in the report. A package
of this product's own making gives back its records and sums; see `own`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path as File
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from landbridge.errors import BadFile, Problem
from landbridge.ledger import Ledger
from landbridge.registers.oc4ids import foreign, own
from landbridge.registers.oc4ids.checking import problems
from landbridge.registers.oc4ids.foreign import NotTaken, Project, Taken
from landbridge.registers.oc4ids.reading import Fields
from landbridge.release.data import Data
from landbridge.release.own_ledger import load_ledger
from landbridge.release.workspace import Workspace
from landbridge.sources.guard import regular_file

MAX_BYTES = 64 * 2**20
# The ledger file that a package passes through on its way into a workspace; no message names it.
_MADE = "package.yaml"
_LINE = re.compile(rf"{re.escape(_MADE)}, line (\d+)")


@dataclass(frozen=True, slots=True)
class Conversion:
    """A package as a ledger file, with the report of what it took and what it left."""

    form: dict[str, Any]
    taken: tuple[Taken, ...]
    left_out: tuple[NotTaken, ...]

    def text(self) -> str:
        """The ledger file as YAML."""
        return yaml.safe_dump(self.form, allow_unicode=True, sort_keys=False, width=120)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: the conversion, and how many statements were new to the workspace."""

    conversion: Conversion
    added: int

    def rows(self) -> list[dict[str, Any]]:
        """One row a field left out."""
        return [item.row() for item in self.conversion.left_out]


def read(path: File) -> dict[str, Any]:
    """A package from a JSON file; raises `BadFile` with everything that is wrong with it."""
    where = str(path)
    raw = regular_file(path, MAX_BYTES).read_bytes()

    def refuse(word: str) -> Any:
        raise ValueError(f"{word} is no number")

    try:
        content = json.loads(raw.decode("utf-8-sig"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BadFile(
            "this is not JSON.", where=where, cause=f"{error}.", remedy="Export the package again."
        ) from None
    wrong = problems(content)
    if wrong:
        raise BadFile([Problem(p.what, f"{where}: {p.where}", p.cause, p.remedy) for p in wrong])
    assert isinstance(content, dict)
    return content


def convert(
    package: Mapping[str, Any],
    recorded: str,
    recorder: str,
    *,
    parties: Sequence[str] = (),
    held: Ledger | None = None,
) -> Conversion:
    """A package as a ledger file recorded on a day by somebody.

    `parties` are the place codes of projects whose countries the package does not name. `held` is a ledger
    whose statements are not taken again from a package of its own making. Raises `BadFile` where a project
    names no country that the code list knows and `parties` is empty, or where no statement is left.
    """
    source = _source(package)
    made: list[Project] = []
    entries: list[dict[str, Any]] = []
    wrong: list[Problem] = []
    brought: dict[str, dict[str, Any]] = {source["id"]: source}
    left: list[NotTaken] = []
    inside = frozenset(own.record_of(Fields(dict(node))) for node in package["projects"])
    for number, node in enumerate(package["projects"]):
        fields = Fields(dict(node))
        project = _begin(fields, f"projects[{number}]", {p.record for p in made}, str(source["published"]))
        made.append(project)
        if own.is_own(fields):
            found = own.restore(fields, project.record, source["id"], held, inside)
            entries += found.entries
            brought |= {s["id"]: s for s in found.sources}
            project.taken += [Taken(project.name, project.record, *told) for told in found.told]
            left += [NotTaken(project.name, at, count, why) for (at, why), count in found.left.items()]
        else:
            foreign.take(project, parties, wrong)
            entries.append({"record": project.record, "source": source["id"], "says": project.says})
        left += foreign.left(project)
    if wrong:
        raise BadFile(wrong)
    cited = {entry["source"] for entry in entries}
    known = held.sources if held is not None else {}
    form = {
        "recorded": recorded,
        "recorder": recorder,
        "kind": "project",
        "sources": [s for name, s in sorted(brought.items()) if name in cited and name not in known],
        "entries": entries,
    }
    taken = tuple(item for project in made for item in project.taken)
    return Conversion(form, taken, tuple(left))


def import_package(
    workspace: Workspace,
    path: File,
    data: Data,
    recorded: str,
    recorder: str,
    parties: Sequence[str] = (),
) -> Report:
    """Read a package and append its statements to a workspace, all of them or none.

    Raises `BadFile` with everything that stands against it: the package's own faults, and what the ledger would
    refuse.
    """
    package = read(path)
    try:
        conversion = convert(package, recorded, recorder, parties=parties, held=data.ledger)
    except BadFile as error:
        raise BadFile([replace(found, where=f"{path}: {found.where}") for found in error.problems]) from None
    if not conversion.form["entries"]:
        return Report(conversion, 0)
    text = conversion.text()
    with TemporaryDirectory() as folder:
        made = File(folder) / _MADE
        made.write_text(text, "utf-8")
        try:
            return Report(conversion, load_ledger(workspace, [made], data, recorded=recorded).added)
        except BadFile as error:
            raise BadFile([_in_package(found, path, text) for found in error.problems]) from None


def _in_package(problem: Problem, path: File, text: str) -> Problem:
    """A problem of the ledger file that was made for a moment, told of the package and, where it is known, its field."""
    found = _LINE.fullmatch(problem.where)
    if found is None:
        return replace(problem, where=str(path)) if problem.where == _MADE else problem
    # The field stands in the same value: at its line or below, before the next value begins.
    below = text.split("\n")[int(found[1]) - 1 :]
    own = [below[0], *takewhile(lambda line: not line.lstrip().startswith("- "), below[1:])]
    fields = [line.partition("locator: ")[2] for line in own if line.lstrip(" -").startswith("locator: ")]
    return replace(problem, where=f"{path}: {fields[0]}" if fields else str(path))


def _source(package: Mapping[str, Any]) -> dict[str, Any]:
    """The package itself as a source; its id is a hash of its content, so that the same package is the same source."""
    digest = hashlib.sha256(json.dumps(package, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    licence = package.get("license")
    return {
        "id": f"oc4ids-{digest[:10]}",
        "publisher": str(package["publisher"]["name"]),
        "title": "OC4IDS project package",
        "published": str(package["publishedDate"])[:10],
        "url": str(package["uri"]) if str(package["uri"]).startswith(("http://", "https://")) else "",
        "licence": licence if isinstance(licence, str) and licence else "as at source",
        "kind": "dataset",
    }


def _begin(fields: Fields, where: str, others: set[str], published: str) -> Project:
    name = fields.text("id")
    mine = own.record_of(fields)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"
    record = mine or f"project/{slug}"
    if record in others:
        # Two ids may differ only in signs that a record's name cannot have; the hash of the id tells them
        # apart.
        record += f"-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return Project(name, where, record, fields, fields.day("updated") or published)
