"""The verb `prospects shocks`: what dated shocks did to the trade of a pair, and which parts came back."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from landbridge.cli.options import Folder, Json, PlaceA, PlaceB

_VIEWS = ("effects", "paths", "list")
_SHORT = (
    "since",
    "shock",
    "part",
    "method",
    "verdict",
    "effect_pct",
    "low_pct",
    "high_pct",
    "over",
    "p_placebo",
    "placebos",
    "recovery",
    "back_since",
)


def shocks(
    a: PlaceA,
    b: PlaceB,
    shock: Annotated[
        Optional[str],  # noqa: UP045  (typer reads Optional)
        typer.Option("--shock", metavar="ID", help="Only this one: sanctions-russia-2022."),
    ] = None,
    part: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--part",
            help="exports (A to B), imports (B to A) or trade_turnover; may be given again. Else all of them.",
        ),
    ] = None,
    show: Annotated[
        str,
        typer.Option(
            "--show",
            help="effects (default), paths (period by period, with the band), or list: the shocks held, without measuring.",
        ),
    ] = "effects",
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """What shocks did to the trade of A and B, against what it would have been, with placebos; which parts came back."""
    from landbridge.cli.output import answer
    from landbridge.errors import UnknownLabel
    from landbridge.prospects import shocks as room
    from landbridge.release import load

    if show not in _VIEWS:
        raise UnknownLabel("view", show, _VIEWS, remedy=f"Valid: {', '.join(_VIEWS)}.")
    data = load(workspace)
    if show == "list":
        held = [one.row() for one in room.shocks(data, a, b)]
        nothing = () if held else (f"The ledger holds no shock of {a} and {b}.",)
        answer("prospects shocks", data, held, as_json=as_json, notes=nothing)
        return
    found = room.recovery(data, a, b, shock, parts=tuple(part) if part else room.PARTS)
    rows = found.rows()
    paths = [row for outcome in found.outcomes for row in outcome.path()]
    told = [row for row in rows if row["verdict"] != "not said"]
    refused = [row for row in rows if row["verdict"] == "not said"]
    notes = [f"Not said: {row['since']}, {row['part']}, {row['method']}: {row['reason']}" for row in refused]
    notes += [f"Not measurable: {line.reason}" for line in found.too_short]
    notes += [
        f"{row['since']}, {row['part']}, {row['method']}: {row['notes']}" for row in told if row["notes"]
    ]
    if found.chance:
        notes.append(found.chance)
    notes.append("A gap holds whatever else happened at that time: docs/explanation/shocks.md.")
    answer(
        "prospects shocks",
        data,
        paths if show == "paths" else (rows if as_json else told),
        as_json=as_json,
        notes=notes,
        columns=() if show == "paths" else _SHORT,
        more={} if show == "paths" else {"paths": paths},
    )
