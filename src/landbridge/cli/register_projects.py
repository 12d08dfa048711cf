"""Verbs of projects alone: headlines taken apart, delays, the gate of safety, OC4IDS in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from landbridge.cli import registers
from landbridge.cli.options import Folder, Json, PlaceA, PlaceB
from landbridge.cli.room_options import Asking, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landbridge.provenance import Unavailable
    from landbridge.registers.projects.gate import Gate
    from landbridge.registers.projects.slippage import Summary


@registers.verb("projects")
def headline(
    record: Record,
    show: Annotated[
        str,
        typer.Option("--show", help="sums (default), parts, candidates, apart, claims, rivals or doubtful."),
    ] = "sums",
    asking: Asking = Asking(),
) -> None:
    """A headline sum taken apart: how much of it is named, by whom and when; the rest is unnamed."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.headline import decompose

    asked = rooms.ask("projects headline", *asking.given)
    found = decompose(asked.data.ledger, asked.subject("project", record), asked.today)
    views: rooms.Views = {
        "sums": found.rows,
        "parts": lambda: [item.row() for item in found.parts],
        "candidates": lambda: [item.row() for item in found.candidates],
        "apart": lambda: [item.row() for item in found.apart],
        "claims": lambda: [item.row() for item in found.claims],
        "rivals": lambda: [item.row() for item in found.rivals],
        "doubtful": lambda: [item.row() for item in found.doubtful],
    }
    shown = rooms.chosen("--show", show, views)
    columns = (
        *("kind", "headline", "projects_count", "claimed_on", "by"),
        *("named", "unnamed", "named_low_pct", "candidates"),
    )
    rooms.tell(
        asked,
        shown,
        columns=columns if show == "sums" else tuple(shown[0]) if shown else (),
        notes=[f"{found.name}.", *found.notes],
        nothing=f"The ledger holds no {show} of it." if found.claims else "",
        more=rooms.others(views, show),
    )


@registers.verb("projects")
def headlines(a: PlaceA, b: PlaceB, asking: Asking = Asking()) -> None:
    """Everything said of the headline sets of two countries, oldest claim first: claims side by side, no series."""
    from landbridge import codes
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.claimed import headlines as found_by

    rooms.pair(a, b)
    asked = rooms.ask("projects headlines", *asking.given)
    countries = tuple(codes.place(code).country for code in (a, b))
    rooms.tell(
        asked,
        [item.row() for item in found_by(asked.data.ledger, countries, asked.today)],
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
def duplicates(asking: Asking = Asking()) -> None:
    """Projects and zones that may be one and the same, with the reasons; JSON has the sets that stand for several too."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects import duplicates as room

    asked = rooms.ask("projects duplicates", *asking.given)
    ledger = asked.held.ledger
    rooms.tell(
        asked,
        [item.row() for item in room.suspicions((*ledger.records("project"), *ledger.records("zone")))],
        columns=("record_a", "record_b", "agree", "reasons"),
        notes=["Suspicions for a person to decide; nothing is merged."],
        nothing="No two projects look alike.",
        more={"umbrellas": [item.row() for item in room.umbrellas(ledger)]},
    )


@registers.verb("projects")
def slippage(asking: Asking = Asking()) -> None:
    """Openings as they were announced over time against the opening itself."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.provenance import Unavailable
    from landbridge.registers.projects.slippage import slippage as found_by

    asked = rooms.ask("projects slippage", *asking.given)
    found = found_by(asked.data.ledger, asked.today)
    summary = [] if isinstance(found.summary, Unavailable) else [found.summary.row()]
    delays = ("delay_low_months", "delay_high_months", "overdue_months")
    rooms.tell(
        asked,
        found.rows(),
        columns=("record", "name", "state", "planned", "opened", *delays, "later"),
        notes=[
            _summed(found.summary),
            "An arrow is a plan that was changed; one said again unchanged stands once, and JSON has every statement.",
        ],
        nothing="No project has a planned opening.",
        more={"summary": summary},
    )


@registers.verb("projects")
def journeys(asking: Asking = Asking()) -> None:
    """How long projects took from the first talks to works and to the opening."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.provenance import Unavailable
    from landbridge.registers.projects.slippage import journeys as found_by

    asked = rooms.ask("projects journeys", *asking.given)
    found = found_by(asked.data.ledger, asked.today)
    summary = [] if isinstance(found.summary, Unavailable) else [found.summary.row()]
    whole = ("talks_to_opening_low_years", "talks_to_opening_high_years")
    rooms.tell(
        asked,
        found.rows(),
        columns=("record", "name", "phase", "talks_began", "works_on_record", "opened", *whole),
        notes=[
            _summed(found.summary),
            "A second phase: works first on record after an opening, and the opening after them."
            if any(item.phase for item in found.journeys)
            else "",
        ],
        nothing="Of no project is known when talks began or works were on record.",
        more={"summary": summary},
    )


def _summed(summary: Summary | Unavailable) -> str:
    """The summary of some cases in one line; why there is none where there is none."""
    from landbridge.provenance import Unavailable

    if isinstance(summary, Unavailable):
        return summary.reason
    told = (f"{name.replace('_', ' ')} {value:.3g}" for name, value in summary.row().items())
    return f"Of those that opened: {', '.join(told)}."


@registers.verb("projects")
def gate(asking: Asking = Asking()) -> None:
    """What the ledger says of environmental and biological safety, project by project, before any ranking."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.gate import gate as found_by

    asked = rooms.ask("projects gate", *asking.given)
    found = [found_by(record, asked.today) for record in asked.held.ledger.records("project")]
    kept = _counted([item for item in found if not item.passes])
    passing = sum(item.passes for item in found)
    rooms.tell(
        asked,
        sorted((item.row() for item in found), key=lambda row: (row["safety"] == "unknown", row["record"])),
        columns=("record", "name", "safety", "passes", "since", "reason"),
        notes=[
            f"{passing} of {len(found)} pass; held back: {kept}.",
            "Where nothing is known, nothing was found out: it is no clearance.",
        ],
        nothing="The ledger holds no projects.",
    )


def _counted(held: Sequence[Gate]) -> str:
    """How many projects are held back for which reason."""
    from collections import Counter

    from landbridge.registers.projects.gate import HELD_BACK

    states = Counter(item.state for item in held)
    return ", ".join(f"{states[state]} {state}" for state in HELD_BACK)


@registers.verb("projects")
def ranking(
    by: Annotated[
        str,
        typer.Option(
            "--by",
            help="announced (default), committed, contracted or disbursed: a sum; or delay, in months.",
        ),
    ] = "announced",
    unit: Annotated[str, typer.Option("--unit", metavar="CODE", help="Currency of the sums.")] = "USD",
    asking: Asking = Asking(),
) -> None:
    """Projects that pass the gate of safety, the largest first; JSON has those held back and those without a value."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.projects.ranking import ranked

    asked = rooms.ask("projects ranking", *asking.given)
    found = ranked(asked.held.ledger, by, unit, asked.today)
    rooms.tell(
        asked,
        [item.row() for item in found.ranked],
        columns=("rank", "record", "name", "value", "unit", "safety", "safety_reason"),
        notes=[
            f"Held back by the gate of safety: {len(found.apart)} ({_counted(found.apart)}); "
            "`landbridge projects gate` says why.",
            f"Through the gate and without a value: {len(found.unmeasured)}.",
            "A large value is no merit.",
        ],
        nothing="No project that passes the gate has a value.",
        more={
            "held_back": [item.row() for item in found.apart],
            "unmeasured": [{"record": record} for record in found.unmeasured],
        },
    )


@registers.verb("projects", name="import")
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
