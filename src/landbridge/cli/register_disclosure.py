"""What projects and funds disclose, the card of a fund and the profile of a zone."""

from __future__ import annotations

from pathlib import Path

from landbridge.cli import registers
from landbridge.cli.options import Folder, Json
from landbridge.cli.registers import AsOf
from landbridge.cli.room_options import AnyRecord, Day, Record


def disclosed(
    noun: str, record: str | None, options: tuple[str | None, str | None, Path | None, bool]
) -> None:
    """Items of disclosure of one project or fund, or the score of all."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.nouns import NOUNS
    from landbridge.registers.projects.transparency import transparency as found_by

    asked = rooms.ask(f"{noun} transparency", *options)
    kind = NOUNS[noun].kind
    note = "Counted is what the ledger holds from published sources, not what was published at all."
    if record is not None:
        found = found_by(asked.data.ledger.record(asked.subject(kind, record)), asked.today)
        score = found.row()
        missing = f"{score['held_count']} items held, {score['missing_count']} missing."
        told = ("item", "title", "group", "oc4ids_field", "state", "by")
        rooms.tell(asked, found.rows(), columns=told, notes=[missing, note], more={"score": [score]})
        return
    rows = [found_by(item, asked.today).row() for item in asked.held.ledger.records(kind)]
    columns = ("record", "name", "score_pct", "held_count", "missing_count", "not_due_count", "missing")
    rooms.tell(asked, rows, columns=columns, notes=[note], nothing=f"The ledger holds no {noun}.")


@registers.verb("projects")
def transparency_of_projects(
    record: AnyRecord = None,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Which items of disclosure the ledger holds of a project and which are missing; without ID the score of all."""
    disclosed("projects", record, (on, as_of, workspace, as_json))


transparency_of_projects.__name__ = "transparency"


@registers.verb("funds")
def card(
    record: Record, on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None
) -> None:
    """The card of a fund: sums claimed by date and source, what it tells of itself and what it does not."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.funds import card as found_by

    asked = rooms.ask("funds card", on, as_of, workspace, as_json)
    found = found_by(asked.data.ledger, asked.subject("fund", record), asked.today)
    whole = found.row()
    said = [claim.row() for claim in (*found.capital, *found.invested, *found.projects)]
    rooms.tell(
        asked,
        said,
        columns=(
            "kind",
            "comparator",
            "value",
            "low",
            "high",
            "unit",
            "claimed_on",
            "by",
            "status",
            "note",
            "id",
        ),
        notes=[
            f"{found.name}. Sponsors: {'; '.join(whole['sponsors']) or 'none named'}.",
            f"It tells of itself: {'; '.join(whole['discloses']) or 'nothing that a source held reports'}.",
            f"Missing: {'; '.join(whole['missing']) or 'nothing'}.",
        ],
        nothing="No sum and no number of projects is held.",
        more={"card": [whole]},
    )


@registers.verb("funds")
def transparency_of_funds(
    record: AnyRecord = None,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Which items of disclosure the ledger holds of a fund and which are missing; without ID the score of all."""
    disclosed("funds", record, (on, as_of, workspace, as_json))


transparency_of_funds.__name__ = "transparency"


@registers.verb("zones")
def profile(
    record: Record, on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None
) -> None:
    """The profile of a zone: residents, area, investment, exports and jobs by date, each by source."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.zones import profile as found_by

    asked = rooms.ask("zones profile", on, as_of, workspace, as_json)
    found = found_by(asked.data.ledger, asked.subject("zone", record), asked.today)
    rooms.tell(
        asked,
        found.rows(),
        columns=(
            "kind",
            "comparator",
            "value",
            "low",
            "high",
            "unit",
            "claimed_on",
            "by",
            "status",
            "note",
            "id",
        ),
        notes=[
            f"{found.name}, {found.place or 'place not stated'}. Ratios, of one source and date, are in the JSON."
        ],
        nothing="No figure is held of it.",
        more={"profile": [found.row()]},
    )
