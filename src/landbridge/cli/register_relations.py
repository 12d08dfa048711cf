"""Verbs of mechanisms and documents alone: which of them cover whom, and what became of what was signed."""

from __future__ import annotations

from typing import Annotated

import typer

from landbridge.cli import registers
from landbridge.cli.options import Folder, Json, PlaceA, PlaceB
from landbridge.cli.registers import AsOf
from landbridge.cli.room_options import AnyRecord, Day, First, Record


@registers.verb("mechanisms")
def cover(
    a: PlaceA, b: PlaceB, on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None
) -> None:
    """The mechanisms that cover a pair of places on a date, and by which path: named, by macro-region, by country."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.membership import covers

    asked = rooms.ask("mechanisms cover", on, as_of, workspace, as_json)
    rows = [item.row() for item in covers(asked.data, a, b, asked.today)]
    rooms.tell(
        asked,
        rows,
        columns=("mechanism", "name", "form", "path_a", "path_b", "since", "until", "state", "ids"),
        notes=[f"On {asked.today}; `--on DATE` asks about another day."],
        nothing=f"The ledger holds no mechanism that covered {a} and {b} on {asked.today}.",
    )


@registers.verb("mechanisms")
def coverage(
    a: PlaceA,
    b: PlaceB,
    show: Annotated[str, typer.Option("--show", help="summary (default), pairs or regions.")] = "summary",
    first: First = 30,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Which pairs of regions mechanisms cover twice, once or not at all, beside what the regions weigh."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.coverage import coverage as found_by

    rooms.require_positive("--first", first)
    asked = rooms.ask("mechanisms coverage", on, as_of, workspace, as_json)
    found = found_by(asked.data, a, b, asked.today)
    views: rooms.Views = {
        "summary": found.summary,
        "pairs": lambda: tuple(item.row() for item in found.pairs),
        "regions": found.regions,
    }
    rows = rooms.chosen("--show", show, views)
    cut = len(rows) > first and show == "pairs" and not as_json
    notes = [
        *found.notes(),
        f"The {first} heaviest of {len(rows)} pairs; `--first N` shows more." if cut else "",
    ]
    columns = {
        "pairs": (
            "rank",
            "a",
            "a_name",
            "b",
            "b_name",
            "covered",
            "by",
            "mechanisms",
            "states",
            "pair_weight_pct",
        )
    }
    rooms.tell(asked, rows[:first] if cut else rows, columns=columns.get(show, ()), notes=notes)


@registers.verb("mechanisms")
def regime(
    a: PlaceA, b: PlaceB, on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None
) -> None:
    """Which blocs, unions and agreements apply between two places on a date, and which do not or no more."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.regimes import regime as found_by

    asked = rooms.ask("mechanisms regime", on, as_of, workspace, as_json)
    rooms.tell(
        asked,
        [item.row() for item in found_by(asked.data, a, b, asked.today)],
        columns=(
            "regime",
            "name",
            "form",
            "state",
            "since",
            "until",
            "since_a",
            "since_b",
            "status",
            "note",
            "cited",
            "cell",
            "ids",
        ),
        notes=[
            f"On {asked.today}; `--on DATE` asks about another day.",
            "`landbridge explain ID` walks a statement back to its source. A row without ids is of the table of agreements, "
            "which has no statements: `cell` names its row there, `cited` who says so.",
        ],
        nothing=f"Neither the ledger nor the table of agreements holds a regime of both {a} and {b}.",
    )


@registers.verb("mechanisms")
def meetings(
    record: Record, on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None
) -> None:
    """Every meeting of one mechanism that a source names, the numbers that are lacking, and whether it is alive."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.mechanisms import mechanism
    from landbridge.registers.meetings import lacking

    asked = rooms.ask("mechanisms meetings", on, as_of, workspace, as_json)
    found = mechanism(asked.data, asked.subject("mechanism", record), asked.today)
    gone = lacking(found.meetings)
    rooms.tell(
        asked,
        [item.row() for item in found.meetings],
        columns=("date", "edition", "meeting", "state", "event", "sources", "ids"),
        notes=[
            f"{found.dormancy.state} on {asked.today}: {found.dormancy.why}",
            f"Held, by the count of later ones, but not in the ledger: no. {', '.join(map(str, gone))}."
            if gone
            else "",
        ],
        nothing="The ledger holds no meeting of it.",
        more={"members": found.member_rows()},
    )


@registers.verb("documents")
def life(
    record: AnyRecord = None,
    show: Annotated[
        str, typer.Option("--show", help="Of one document: stages (default), obligations or lineage.")
    ] = "stages",
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """From signature to expiry: every document in one row, or the stages, obligations or lineage of one."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers import documents

    asked = rooms.ask("documents life", on, as_of, workspace, as_json)
    if record is None:
        every = [item.row() for item in documents.documents(asked.held, asked.today)]
        sets = [item.row() for item in documents.sets(asked.held)]
        note = f"{len(sets)} sets of documents that a source only counts are not among them; JSON has them."
        columns = (
            "document",
            "name",
            "signed",
            "in_force",
            "activity",
            "outcome",
            "expiry",
            "overdue",
            "state",
        )
        rooms.tell(asked, every, columns=columns, notes=[note], nothing=_NO_DOCUMENT, more={"sets": sets})
        return
    subject = asked.subject("document", record)
    if asked.data.ledger.record(subject).text("type") == "set":
        counted = [item.row() for item in documents.sets(asked.data) if item.record.subject == subject]
        rooms.tell(asked, counted, notes=["This is a counted set; a set has no stages."])
        return
    found = documents.document(asked.data, subject, asked.today)
    views: rooms.Views = {
        "stages": lambda: [item.row() for item in found.stages],
        "obligations": lambda: [item.row() for item in found.obligations],
        "lineage": found.lineage.rows,
    }
    rows = rooms.chosen("--show", show, views)
    notes = [f"{found.dormancy.state} on {asked.today}: {found.dormancy.why}"]
    more = rooms.others(views, show)
    rooms.tell(asked, rows, notes=notes, nothing=f"The ledger holds no {show} of it.", more=more)


_NO_DOCUMENT = "The ledger holds no such document."


@registers.verb("documents")
def silent(on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None) -> None:
    """Signed documents under which no source held names anything done."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers import documents

    asked = rooms.ask("documents silent", on, as_of, workspace, as_json)
    rooms.tell(
        asked,
        [item.row() for item in documents.silent(asked.held, asked.today)],
        columns=("document", "name", "type", "level", "parties", "signed", "overdue", "state", "why"),
        notes=["Nothing was done, or nobody told: the ledger cannot say which."],
        nothing=_NO_DOCUMENT,
    )


@registers.verb("documents")
def expiring(
    within: Annotated[
        int, typer.Option("--within", metavar="DAYS", help="How many days ahead to look.")
    ] = 365,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """What ends or falls due under documents: expiries and deadlines of obligations, soonest first."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers import documents

    rooms.require_positive("--within", within)
    asked = rooms.ask("documents expiring", on, as_of, workspace, as_json)
    rooms.tell(
        asked,
        [item.row() for item in documents.expiring(asked.data, asked.today, within)],
        notes=[f"From {asked.today} on, within {within} days."],
        nothing="Nothing ends in that time, as far as the ledger knows.",
    )
