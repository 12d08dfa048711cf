"""A user's own ledger files: read, checked against everything held, and appended to the workspace in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from landbridge import codes
from landbridge.errors import BadFile, Problem
from landbridge.ledger import Ledger, LedgerFile, Statement, check, read
from landbridge.ledger.store import Store
from landbridge.provenance import Source
from landbridge.release import objects
from landbridge.release.data import Data
from landbridge.release.workspace import INDEX, LEDGER, Index, Workspace
from landbridge.sources.guard import all_there


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What a load of ledger files did: one row a file, and how many statements were new."""

    rows: tuple[dict[str, object], ...]
    added: int


def load_ledger(workspace: Workspace, files: Sequence[Path], data: Data) -> LedgerReport:
    """Append the statements of `files` to the workspace's ledger, all of them or none.

    `data` is what the statements may refer to: its sources and records. Raises `BadFile` with the problems of all
    files; nothing is written then.
    """
    all_there(files)
    found: list[tuple[Path, LedgerFile]] = []
    problems: list[Problem] = []
    for path in files:
        try:
            if not path.is_file():
                raise BadFile(
                    "this is not a file.", where=str(path), remedy="Name a single file, not a folder."
                )
            found.append((path, read(path, data.names)))
        except BadFile as error:
            problems += error.problems
    problems += _inconsistent(found, data)
    if problems:
        raise BadFile(problems)
    return append(workspace, found)


def load_read(
    workspace: Workspace, found: Sequence[tuple[Path, LedgerFile]], data: Data, kind: str
) -> LedgerReport:
    """Append what another reader made of files of some `kind`, all of it or none, as `load_ledger` does."""
    problems = _inconsistent(found, data)
    if problems:
        raise BadFile(problems)
    return append(workspace, found, kind)


def append(
    workspace: Workspace, found: Sequence[tuple[Path, LedgerFile]], kind: str = "ledger"
) -> LedgerReport:
    """Write statements that were found sound to the workspace's ledger in one transaction."""
    with objects.locked(workspace.folder):
        store = Store(workspace.folder / LEDGER)
        try:
            statements = [statement for _, file in found for statement in file.statements]
            added = store.append(statements, [source for _, file in found for source in file.sources])
        finally:
            store.close()
        if not (workspace.folder / INDEX).exists():
            with objects.staging(workspace.folder):
                objects.commit(workspace.folder, {}, INDEX, Index(loads=[]).model_dump_json(indent=1) + "\n")
    rows = tuple(
        {
            "file": path.name,
            "kind": kind,
            "statements": len(file.statements),
            "sources": len(file.sources),
        }
        for path, file in found
    )
    return LedgerReport(rows, added)


def problems_of(path: Path, data: Data) -> list[Problem]:
    """Everything wrong with one ledger file, on its own and against what is held."""
    try:
        return _inconsistent([(path, read(path, [place.code for place in codes.places()]))], data)
    except BadFile as error:
        return list(error.problems)


def _inconsistent(found: Sequence[tuple[Path, LedgerFile]], data: Data) -> list[Problem]:
    """What the new statements break that was whole before them."""
    held = data.ledger
    brought = {source.id: source for _, file in found for source in file.sources}
    clashes = [
        Problem(
            f"source {name} is already held with other content.", remedy="Give your source an id of its own."
        )
        for name, source in brought.items()
        if name in held.sources and held.sources[name] != source
    ]
    new = [statement for _, file in found for statement in file.statements]
    where = ", ".join(path.name for path, _ in found)
    return clashes + [Problem(what, where) for what in broken_by(held, new, brought)]


def broken_by(held: Ledger, new: Sequence[Statement], brought: Mapping[str, Source]) -> list[str]:
    """What is wrong with a ledger and new statements together that was not wrong with the ledger alone."""
    before = set(check(held))
    after = check(Ledger([*held.history, *new], {**held.sources, **brought}))
    return [what for what in after if what not in before]
