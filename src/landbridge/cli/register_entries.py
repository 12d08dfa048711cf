"""What is entered into the registers: new statements into the ledger of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from landbridge.cli.output import answer
from landbridge.errors import BadUsage
from landbridge.registers import writing
from landbridge.registers.entries import Form, Origin
from landbridge.registers.nouns import NOUNS
from landbridge.release import Data
from landbridge.release import load as load_data
from landbridge.release.workspace import Workspace, default_workspace

_COLUMNS = ("record", "property", "value", "low", "high", "unit", "period", "status", "source", "new", "id")


@dataclass(frozen=True, slots=True)
class New:
    """A new source as it was typed."""

    publisher: str | None = None
    title: str | None = None
    published: str | None = None
    url: str | None = None
    licence: str | None = None
    kind: str | None = None
    weak: bool = False

    @property
    def origin(self) -> Origin:
        """The source, what was not said left empty."""
        return Origin(
            publisher=self.publisher or "",
            title=self.title or "",
            published=self.published or "",
            url=self.url or "",
            licence=self.licence or "",
            kind=self.kind or "",
            weak=self.weak,
        )


@dataclass(frozen=True, slots=True)
class Cited:
    """Who says something, where, and who enters it, as it was typed."""

    source: str | None = None
    new: New = New()
    locator: str | None = None
    speaker: str | None = None
    status: str | None = None
    said: str | None = None
    by: str | None = None

    @property
    def given(self) -> bool:
        """Whether any of it was typed."""
        return self != Cited()


def add(
    noun: str,
    files: Sequence[Path],
    record: str,
    sets: Sequence[str],
    cited: Cited,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Add one record from options, or those of ledger files."""
    kind = NOUNS[noun].kind
    if files and (record or sets or cited.given):
        raise BadUsage(
            "files and options for a record were given together.",
            remedy="A file names records, sources and who enters them itself; give one or the other.",
        )
    if not files and not (record or sets or cited.given):
        raise BadUsage(
            "nothing is to be added.",
            remedy=f'Such as `landbridge {noun} add --id SLUG --set name="..." --source ID --by NAME`, or name a file.',
        )
    target, data = _opened(workspace)
    if files:
        report = writing.add_files(target, data, kind, files)
    else:
        form = Form(
            *(kind, record, tuple(sets), cited.by or "", cited.source or "", cited.new.origin),
            *(cited.locator or "", cited.speaker or "", cited.status or "", cited.said or ""),
        )
        report = writing.add(target, data, form)
    _told(noun, "add", report, target, data, as_json)


def supersede(
    noun: str,
    statement: str,
    value: str,
    reason: str,
    cited: Cited,
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
        by=cited.by or "",
        source=cited.source or "",
        reason=reason,
        kind=NOUNS[noun].kind,
        origin=cited.new.origin,
        locator=cited.locator or "",
        speaker=cited.speaker or "",
        status=cited.status or "",
        said_on=cited.said or "",
    )
    _told(noun, "supersede", report, target, data, as_json)


def _opened(workspace: Path | None) -> tuple[Workspace, Data]:
    target = Workspace.open_or_create(default_workspace(workspace))
    return target, load_data(workspace) if target.exists else load_data()


def _told(noun: str, verb: str, report: writing.Report, target: Workspace, data: Data, as_json: bool) -> None:
    rows = report.rows()
    notes = [f"workspace: {target.folder}", f"{report.added} statements were new.", *report.notes]
    columns = [name for name in _COLUMNS if any(row[name] not in (None, "") for row in rows)]
    answer(f"{noun} {verb}", data, rows, as_json=as_json, notes=notes, columns=columns)
