"""Verbs of projects alone: headlines taken apart, delays, the gate of safety, OC4IDS in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from landbridge.cli import registers
from landbridge.cli.options import Folder, Json, PlaceA, PlaceB
from landbridge.cli.registers import AsOf
from landbridge.cli.room_options import Day, Record

if TYPE_CHECKING:
    from landbridge.provenance import Unavailable
    from landbridge.registers.projects.slippage import Summary


@registers.verb("projects")
def headline(
    record: Record,
    show: Annotated[
        str, typer.Option("--show", help="sums (default), parts, candidates, claims, rivals or doubtful.")
    ] = "sums",
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """A headline sum taken apart: how much of it is named, by whom and when; the rest is unnamed."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.headline import decompose

    asked = rooms.ask("projects headline", on, as_of, workspace, as_json)
    found = decompose(asked.data.ledger, asked.subject("project", record), asked.today)
    views: rooms.Views = {
        "sums": found.rows,
        "parts": lambda: [item.row() for item in found.parts],
        "candidates": lambda: [item.row() for item in found.candidates],
        "claims": lambda: [item.row() for item in found.claims],
        "rivals": lambda: [item.row() for item in found.rivals],
        "doubtful": lambda: [item.row() for item in found.doubtful],
    }
    shown = rooms.chosen("--show", show, views)
    headed = ("kind", "unit", "headline_comparator", "headline_low", "headline_high", "claimed_on", "by")
    named = ("named_low", "named_parts", "unnamed_comparator", "unnamed_low", "unnamed_high", "named_low_pct")
    rooms.tell(
        asked,
        shown,
        columns=(*headed, *named) if show == "sums" else tuple(shown[0]) if shown else (),
        notes=[f"{found.name}.", *found.notes],
        nothing=f"The ledger holds no {show} of it.",
        more=rooms.others(views, show),
    )


@registers.verb("projects")
def headlines(
    a: PlaceA, b: PlaceB, on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None
) -> None:
    """Everything said of the headline sets of two countries, oldest claim first: claims side by side, no series."""
    from landbridge import codes
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.claimed import headlines as found_by

    rooms.pair(a, b)
    asked = rooms.ask("projects headlines", on, as_of, workspace, as_json)
    countries = tuple(codes.place(code).country for code in (a, b))
    rows = []
    for item in found_by(asked.data.ledger, countries, asked.today):
        row = item.row()
        said = [_sum(one) for one in row["sums"]]
        rows.append({**row, "sums_in_words": "; ".join(said) or None})
    rooms.tell(
        asked,
        rows,
        columns=(
            "claimed_on",
            "record",
            "name",
            "projects_count",
            "sums_in_words",
            "by",
            "superseded",
            "source",
        ),
        notes=["Each counts what it likes; two of them make no growth."],
        nothing=f"The ledger holds no headline set of {a} and {b}.",
    )


@registers.verb("projects")
def duplicates(on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None) -> None:
    """Records that may be one and the same, with the reasons; JSON has the sets that stand for several too."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects import duplicates as room

    asked = rooms.ask("projects duplicates", on, as_of, workspace, as_json)
    ledger = asked.held.ledger
    rooms.tell(
        asked,
        [item.row() for item in room.suspicions(ledger.records("project"))],
        columns=("record_a", "record_b", "agree", "reasons"),
        notes=["Suspicions for a person to decide; nothing is merged."],
        nothing="No two projects look alike.",
        more={"umbrellas": [item.row() for item in room.umbrellas(ledger)]},
    )


@registers.verb("projects")
def slippage(on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None) -> None:
    """Openings as they were announced over time against the opening itself."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.provenance import Unavailable
    from landbridge.registers.projects.slippage import slippage as found_by

    asked = rooms.ask("projects slippage", on, as_of, workspace, as_json)
    found = found_by(asked.data.ledger, asked.today)
    summary = [] if isinstance(found.summary, Unavailable) else [found.summary.row()]
    rows = [{**row, "planned": " → ".join(plan["planned"] for plan in row["plans"])} for row in found.rows()]
    delays = ("delay_low_months", "delay_high_months", "overdue_months")
    rooms.tell(
        asked,
        rows,
        columns=("record", "name", "state", "planned", "opened", *delays),
        notes=[_summed(found.summary)],
        nothing="No project has a planned opening.",
        more={"summary": summary},
    )


@registers.verb("projects")
def journeys(on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None) -> None:
    """How long projects took from the first talks to works and to the opening."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.provenance import Unavailable
    from landbridge.registers.projects.slippage import journeys as found_by

    asked = rooms.ask("projects journeys", on, as_of, workspace, as_json)
    found = found_by(asked.data.ledger, asked.today)
    summary = [] if isinstance(found.summary, Unavailable) else [found.summary.row()]
    whole = ("talks_to_opening_low_years", "talks_to_opening_high_years")
    rooms.tell(
        asked,
        found.rows(),
        columns=("record", "name", "talks_began", "works_on_record", "opened", *whole),
        notes=[_summed(found.summary)],
        nothing="Of no project is known when talks began or works were on record.",
        more={"summary": summary},
    )


def _sum(said: Mapping[str, Any]) -> str:
    """A sum in words, with the hedge of its source; a range where it is one."""
    hedge = "" if said["comparator"] == "=" else f"{said['comparator']} "
    ends = [said["value"]] if said["value"] is not None else [said["low"], said["high"]]
    return f"{hedge}{' to '.join(f'{end:,.0f}' for end in ends if end is not None)} {said['unit']}"


def _summed(summary: Summary | Unavailable) -> str:
    """The summary of some cases in one line; why there is none where there is none."""
    from landbridge.provenance import Unavailable

    if isinstance(summary, Unavailable):
        return summary.reason
    told = (f"{name.replace('_', ' ')} {value:.3g}" for name, value in summary.row().items())
    return f"Of those that opened: {', '.join(told)}."


@registers.verb("projects")
def gate(on: Day = None, as_of: AsOf = None, as_json: Json = False, workspace: Folder = None) -> None:
    """What the ledger says of environmental and biological safety, project by project, before any ranking."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.gate import gate as found_by

    asked = rooms.ask("projects gate", on, as_of, workspace, as_json)
    rows = [found_by(record, asked.today).row() for record in asked.held.ledger.records("project")]
    rooms.tell(
        asked,
        sorted(rows, key=lambda row: (row["safety"] == "unknown", row["record"])),
        columns=("record", "name", "safety", "passes", "since", "reason"),
        notes=["Where nothing is known, nothing was found out: it is no clearance."],
        nothing="The ledger holds no projects.",
    )


def take_in(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OC4IDS 0.9.5 project package (JSON).")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who enters it.")] = "",
    parties: Annotated[
        Optional[list[str]],  # noqa: UP045  (typer reads Optional)
        typer.Option(
            "--parties", metavar="CODE", help="Places of packages that name none; may be given again."
        ),
    ] = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Take the projects of an OC4IDS package into your workspace, with an account of what could not be taken."""
    from landbridge.cli import project_packages

    project_packages.take_in(file, by, tuple(parties or ()), workspace, as_json)


# A verb bears the name of its function, and `import` is no name that a function can be defined under.
take_in.__name__ = "import"
registers.verb("projects")(take_in)
