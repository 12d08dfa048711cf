"""Arguments and options that several verbs share. Imports nothing heavy, so that `--help` stays quick."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Optional

import typer

from landbridge.errors import BadUsage

PlaceA = Annotated[str, typer.Argument(metavar="A", help="First place; in `flows`, the exporter.")]
PlaceB = Annotated[str, typer.Argument(metavar="B", help="Second place; in `flows`, the importer.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
Folder = Annotated[
    Optional[Path],  # noqa: UP045  (typer reads Optional)
    typer.Option(
        "--workspace",
        metavar="DIR",
        help="Workspace folder; else $LANDBRIDGE_WORKSPACE, else ./landbridge-data.",
    ),
]


def span(option: str, text: str) -> tuple[float, float, float]:
    """A number, or low, middle and high apart by commas; raises `BadUsage` where it is neither."""
    try:
        ends = [float(part) for part in text.split(",")]
    except ValueError:
        ends = []
    if len(ends) not in (1, 3) or not all(map(math.isfinite, ends)) or ends != sorted(ends):
        raise BadUsage(
            f"{option} {text!r} is not a number, nor a low, a middle and a high one.",
            remedy=f"Write {option} 6, or {option} 4,6,8.",
        )
    return ends[0], ends[len(ends) // 2], ends[-1]
