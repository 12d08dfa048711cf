"""Project packages of the open contracting standard on their way into a workspace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from landbridge import codes
from landbridge.cli.output import answer
from landbridge.errors import BadUsage
from landbridge.registers.oc4ids import importing
from landbridge.release import load as load_data
from landbridge.release.workspace import Workspace, default_workspace

# How many reasons the text names; the JSON has them all.
_REASONS = 5


def take_in(file: Path, by: str, parties: tuple[str, ...], workspace: Path | None, as_json: bool) -> None:
    """One statement taken a row; under `dropped` every field that became none, with the reason."""
    if not by.strip():
        raise BadUsage("who enters the package is not said.", remedy="Add --by NAME.")
    for code in parties:
        codes.place(code)
    # The file is read before a workspace is made, so that a bad one leaves nothing behind.
    importing.read(file)
    folder = default_workspace(workspace)
    target = Workspace.open_or_create(folder)
    data = load_data(workspace) if target.exists else load_data()
    day = datetime.now(UTC).date().isoformat()
    report = importing.import_package(target, file, data, day, by, parties)
    rows = [item.row() for item in report.conversion.taken]
    lost = report.rows()
    notes = [f"workspace: {folder}", f"{report.added} statements were new.", *_lost(lost)]
    answer("projects import", data, rows, as_json=as_json, notes=notes, dropped=lost)


def _lost(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """How many values were not taken, with the commonest reasons and the fields of each."""
    if not rows:
        return []
    counts: Counter[str] = Counter()
    fields: dict[str, dict[str, None]] = {}
    for row in rows:
        counts[row["reason"]] += row["count"]
        fields.setdefault(row["reason"], {})[row["field"]] = None
    told = [f"{sum(counts.values())} values were not taken; JSON names each field and why. Most of them:"]
    told += [
        f"- {count}: {reason} ({', '.join(fields[reason])})" for reason, count in counts.most_common(_REASONS)
    ]
    if len(counts) > _REASONS:
        rest = sum(counts.values()) - sum(count for _, count in counts.most_common(_REASONS))
        told.append(f"- {rest} for {len(counts) - _REASONS} more reasons")
    return told
