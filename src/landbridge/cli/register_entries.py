"""What is entered into the registers: new statements into the ledger of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from landbridge.cli.output import answer
from landbridge.cli.room_options import Told
from landbridge.errors import BadUsage
from landbridge.registers import writing
from landbridge.registers.entries import Form, Origin
from landbridge.registers.nouns import NOUNS
from landbridge.release import Data
from landbridge.release import load as load_data
from landbridge.release.workspace import Workspace, default_workspace

_COLUMNS = ("record", "property", "value", "low", "high", "unit", "period", "status", "source", "new", "id")


def add(
    noun: str,
    files: Sequence[Path],
    record: str,
    sets: Sequence[str],
    beside: bool,
    told: Told,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Add one record from options, or those of ledger files."""
    kind = NOUNS[noun].kind
    if files and (record or sets or beside or told.given):
        raise BadUsage(
            "files and options for a record were given together.",
            remedy="A file names records, sources and who enters them itself; give one or the other.",
        )
    if not files and not (record or sets or told.given):
        raise BadUsage(
            "nothing is to be added.",
            remedy=f'Such as `landbridge {noun} add --id SLUG --set name="..." --source ID --by NAME`, or name a file.',
        )
    target, data = _opened(workspace)
    if files:
        report = writing.add_files(target, data, kind, files)
    else:
        form = Form(
            *(kind, record, tuple(sets), told.by or "", told.source or "", _origin(told)),
            *(told.locator or "", told.speaker or "", told.status or "", told.said or ""),
            beside=beside,
        )
        report = writing.add(target, data, form)
    _told(noun, "add", report, target, data, as_json)


def supersede(
    noun: str,
    statement: str,
    value: str,
    reason: str,
    told: Told,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Put a new statement in the place of another."""
    target, data = _opened(workspace)
    report = writing.supersede(
        target,
        data,
        statement,
        value=value,
        by=told.by or "",
        source=told.source or "",
        reason=reason,
        kind=NOUNS[noun].kind,
        origin=_origin(told),
        locator=told.locator or "",
        speaker=told.speaker or "",
        status=told.status or "",
        said_on=told.said or "",
    )
    _told(noun, "supersede", report, target, data, as_json)


def _origin(told: Told) -> Origin:
    """The new source as it was typed, what was not said left empty."""
    return Origin(
        publisher=told.publisher or "",
        title=told.title or "",
        published=told.published or "",
        url=told.url or "",
        licence=told.licence or "",
        kind=told.source_kind or "",
        weak=told.weak,
    )


def _opened(workspace: Path | None) -> tuple[Workspace, Data]:
    target = Workspace.open_or_create(default_workspace(workspace))
    return target, load_data(workspace) if target.exists else load_data()


def _told(noun: str, verb: str, report: writing.Report, target: Workspace, data: Data, as_json: bool) -> None:
    rows = report.rows()
    notes = [f"workspace: {target.folder}", f"{report.added} statements were new.", *report.notes]
    columns = [name for name in _COLUMNS if any(row[name] not in (None, "") for row in rows)]
    answer(f"{noun} {verb}", data, rows, as_json=as_json, notes=notes, columns=columns)
