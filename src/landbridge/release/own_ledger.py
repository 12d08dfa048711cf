"""A user's own ledger files: read, checked against everything held, and appended to the workspace in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from landbridge import codes
from landbridge.errors import BadFile, NotHeld, Problem
from landbridge.ledger import Ledger, LedgerFile, Statement, check, schema
from landbridge.ledger.admitting import admit, examine
from landbridge.ledger.store import Store
from landbridge.provenance import Source
from landbridge.release import objects
from landbridge.release.data import Data
from landbridge.release.workspace import INDEX, LEDGER, Index, Workspace
from landbridge.sources.guard import all_there


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What a load of ledger files did: one row a file, how many statements were new, and what the user should know."""

    rows: tuple[dict[str, object], ...]
    added: int
    notes: tuple[str, ...] = ()


def load_ledger(
    workspace: Workspace, files: Sequence[Path], data: Data, *, recorded: str = ""
) -> LedgerReport:
    """Append the statements of `files` to the workspace's ledger, all of them or none.

    `data` is what the statements may refer to: its sources and records. They count as `recorded` on the day of entry (today
    if not given), whatever the files say: what this ledger knew by an earlier date does not change afterwards, and the same
    question as of the same date keeps its answer. What is odd but may be is noted. Raises `BadFile` with the problems of all
    files; nothing is written then.
    """
    all_there(files)
    day = recorded or datetime.now(UTC).date().isoformat()
    admitted = admit(files, data.names, data.ledger, today=day)
    found = admitted.found
    said = {item.recorded for _, file in found for item in file.statements} - {day}
    dated = [
        (path, replace(file, statements=tuple(replace(item, recorded=day) for item in file.statements)))
        for path, file in found
    ]
    report = append(workspace, dated)
    told = f"Recorded as of {day}, the day of entry; the files say {', '.join(sorted(said))}."
    beside = beside_held(data.ledger, [item for _, file in dated for item in file.statements])
    return replace(report, notes=(*((told,) if said else ()), *admitted.odd, *beside))


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
    try:
        added = _written(workspace, found)
    except OSError as error:
        raise NotHeld(
            f"the workspace cannot be written to: {error.strerror or error}; nothing was added.",
            where=str(workspace.folder),
            cause="The disk is full, or the folder is read-only or belongs to somebody else.",
            remedy="Make room or make it writable, or name another with `--workspace`.",
        ) from None
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


def _written(workspace: Workspace, found: Sequence[tuple[Path, LedgerFile]]) -> int:
    """How many statements were new. The list of loads comes first: without it the folder would be no workspace."""
    with objects.locked(workspace.folder):
        if not (workspace.folder / INDEX).exists():
            with objects.staging(workspace.folder):
                objects.commit(workspace.folder, {}, INDEX, Index(loads=[]).model_dump_json(indent=1) + "\n")
        store = Store(workspace.folder / LEDGER)
        try:
            statements = [statement for _, file in found for statement in file.statements]
            return store.append(statements, [source for _, file in found for source in file.sources])
        finally:
            store.close()


def problems_of(path: Path, data: Data) -> list[str]:
    """Everything wrong or odd with one ledger file, on its own and against what is held."""
    looked = examine([path], [place.code for place in codes.places()], data.ledger)
    return [*map(str, looked.problems), *looked.odd]


def beside_held(held: Ledger, new: Sequence[Statement]) -> tuple[str, ...]:
    """What new statements say otherwise than the ledger, of properties that have one value; the earlier one is shown."""
    records = {record.subject: record for record in held.records()}
    told: dict[str, None] = {}
    for item in new:
        record = records.get(item.subject)
        if record is None or item.supersedes or schema.kind(item.kind).property(item.property).many:
            continue
        first = record.first(item.property)
        if first is not None and not record.says(item):
            told[
                f"{item.subject}: {item.property} was stated before, as {first.text or first.number} ({first.source}, "
                f"{first.id}); {item.text or item.number} stands beside it, and what was recorded first is shown."
            ] = None
    return tuple(told)


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
