"""Verbs of barriers, steps, people, information and settlements alone, and the dossier of a sector."""

from __future__ import annotations

from typing import Annotated

import typer

from landbridge.cli import registers
from landbridge.cli.options import Folder, Json, PlaceA, PlaceB
from landbridge.cli.registers import AsOf
from landbridge.cli.room_options import AnyA, AnyB, Day

Form = Annotated[str, typer.Option("--form", help="One sort only; a wrong one lists all.")]


@registers.verb("barriers")
def in_force(
    a: PlaceA,
    b: PlaceB,
    product: Annotated[str, typer.Option("--product", metavar="WORDS", help="Barriers on these goods.")] = "",
    side: Annotated[
        str, typer.Option("--side", metavar="CODE", help="Barriers that this place imposes.")
    ] = "",
    form: Form = "",
    every: Annotated[
        bool, typer.Option("--all", help="Also those that are over, ahead or not dated.")
    ] = False,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """The barriers in force between two places on a day, and those without dates are counted."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.barriers import barriers

    places = rooms.pair(a, b)
    asked = rooms.ask("barriers in-force", on, as_of, workspace, as_json)
    found = barriers(asked.data, asked.today, between=places, side=side, form=form, product=product)
    kept = [item for item in found if every or item.state == "in force"]
    undated = sum(item.state == "not dated" for item in found)
    rooms.tell(
        asked,
        [item.row() for item in kept],
        columns=(
            "barrier",
            "name",
            "form",
            "side",
            "product",
            "since",
            "until",
            "state",
            "size",
            "equivalent_pct",
        ),
        notes=[
            f"On {asked.today}.",
            f"{undated} more have no dates, so nobody can say whether they are in force; `--all` lists them."
            if undated and not every
            else "",
        ],
        nothing=f"The ledger holds no such barrier in force between {a} and {b}.",
    )


@registers.verb("steps")
def needed(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="Where the goods start.")],
    destination: Annotated[str, typer.Argument(metavar="TO", help="Where they go.")],
    mode: Annotated[
        str, typer.Option("--mode", help="rail, road, sea or air; else the cheapest route.")
    ] = "",
    cargo: Annotated[str, typer.Option("--cargo", metavar="WORDS", help="What the goods are.")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Also steps that are held for the other way only.")
    ] = False,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Which documents and procedures a consignment needs on its way, and which of them are electronic on each side."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.steps import steps

    asked = rooms.ask("steps needed", on, as_of, workspace, as_json)
    found = steps(asked.data, origin, destination, mode, cargo, asked.today)
    way = " → ".join(found.passage.countries)
    kept = [item for item in found.steps if every or item.way != "the other way"]
    hidden = len(found.steps) - len(kept)
    rooms.tell(
        asked,
        [item.row() for item in kept],
        columns=(
            "side",
            "name",
            "needed",
            "names_your_goods",
            "electronic",
            "electronic_since",
            "electronic_status",
            "issuer",
            "sources",
        ),
        notes=[
            f"By {', '.join(found.passage.modes) or 'no known mode'}: {way}.",
            *found.unknown,
            f"{hidden} more are held for the other way only; `--all` lists them." if hidden else "",
        ],
        nothing="The ledger holds no step on this way.",
        more={"sides": found.summary()},
    )


@registers.verb("people")
def by_definition(
    a: PlaceA,
    b: PlaceB,
    form: Form = "",
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Numbers on people between two places, in tables that never mix definitions; wording kept; rules on visas apart."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.people import people, rules

    places = rooms.pair(a, b)
    asked = rooms.ask("people by-definition", on, as_of, workspace, as_json)
    tables = people(asked.data, asked.today, between=places, form=form)
    numbers = [row for table in tables for row in table.rows()]
    held = [item.row() for item in rules(asked.data, asked.today, between=places, form=form)]
    if held and not numbers:
        rooms.tell(
            asked,
            held,
            columns=("name", "rule", "since", "until", "state", "note", "status", "source", "id"),
            notes=[f"Rules on {asked.today}; of those that ended no source held says what came after."],
        )
        return
    rooms.tell(
        asked,
        numbers,
        columns=(
            "definition",
            "name",
            "counted",
            "comparator",
            "value",
            "low",
            "high",
            "unit",
            "period",
            "wording",
            "one_series",
            "source",
        ),
        notes=[
            "Trips, visitors and visa-free groups are different things: rows of two definitions do not compare.",
            f"{len(held)} rules of travel stand beside; `--form visa` lists those on visas." if held else "",
        ],
        nothing=f"The ledger holds no such number between {a} and {b}.",
        more={"rules": held},
    )


@registers.verb("information")
def gap(
    a: AnyA = None,
    b: AnyB = None,
    language: Annotated[str, typer.Option("--language", help="ru, zh or en; else any of them.")] = "",
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """The topics on which nothing is known in Russian, Chinese or English, and what exists in the others."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.information import gaps, topics

    places = rooms.pair(a, b)
    asked = rooms.ask("information gap", on, as_of, workspace, as_json)
    found = gaps(asked.held, between=places, language=language)
    rooms.tell(
        asked,
        [item.row() for item in found],
        columns=("topic", "russian", "chinese", "english", "nothing_in", "exists"),
        notes=[
            f"{len(found)} of {len(topics(asked.held, between=places))} topics. "
            "What nobody has found may exist; nothing says that it does not."
        ],
        nothing="On every topic something is known.",
    )


@registers.verb("settlements")
def paid(
    a: PlaceA,
    b: PlaceB,
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """How trade of two places is paid, by measure and date, with what each share is a share of."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.settlement import settlement

    places = rooms.pair(a, b)
    asked = rooms.ask("settlements paid", on, as_of, workspace, as_json)
    rooms.tell(
        asked,
        [item.row() for item in settlement(asked.data, asked.today, between=places)],
        columns=(
            "name",
            "measure",
            "date",
            "comparator",
            "value",
            "low",
            "high",
            "unit",
            "of_what",
            "happened",
            "source",
        ),
        notes=["Shares of different wholes do not compare; `of_what` says of what."],
        nothing=f"The ledger holds nothing on payments between {a} and {b}.",
    )


def dossier(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="energy, agri-food, timber, ...; a wrong one names the nearest."),
    ],
    a: PlaceA,
    b: PlaceB,
    show: Annotated[
        str, typer.Option("--show", help="summary (default), lines, depth or missing.")
    ] = "summary",
    on: Day = None,
    as_of: AsOf = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """One sector between two places on a page: flows, projects, documents, barriers, actors, and how deep it went."""
    from landbridge.cli import register_rooms as rooms
    from landbridge.registers.dossiers import dossier as found_by

    asked = rooms.ask("dossier", on, as_of, workspace, as_json)
    found = found_by(asked.data, name, a, b, asked.today)
    views: rooms.Views = {
        "summary": found.summary,
        "lines": found.rows,
        "depth": lambda: [item.row() for item in found.depth.evidence],
        "missing": lambda: [item.row() for item in found.missing],
    }
    rows = rooms.chosen("--show", show, views)
    rooms.tell(
        asked,
        rows,
        columns=("part", "what", "detail", "value", "unit", "period", "weakest_status", "near", "found_by")
        if show == "lines"
        else tuple(rows[0])
        if rows
        else (),
        notes=[f"{found.sector.title}, {a} and {b}, on {asked.today}. {found.depth.why}", found.sector.note],
        nothing=f"The ledger holds no {show} of it.",
        more=rooms.others(views, show),
    )


def register(app: typer.Typer) -> None:
    """Add the verbs that belong to no register."""
    app.command()(dossier)
