"""Project packages of the open contracting standard on their way into a workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from landbridge import codes
from landbridge.cli.output import answer
from landbridge.errors import BadUsage
from landbridge.registers.oc4ids import importing
from landbridge.release import load as load_data
from landbridge.release.workspace import Workspace, default_workspace


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
    notes = [
        f"workspace: {folder}",
        f"{report.added} statements were new.",
        f"{sum(row['count'] for row in lost)} values were not taken; JSON names each field and why."
        if lost
        else "",
    ]
    answer(
        "projects import", data, rows, as_json=as_json, notes=[note for note in notes if note], dropped=lost
    )
