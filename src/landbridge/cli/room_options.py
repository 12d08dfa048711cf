"""Options and arguments that the verbs of single registers share. Imports nothing heavy, so that `--help` stays quick."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

Day = Annotated[
    Optional[str],  # noqa: UP045  (typer reads Optional)
    typer.Option("--on", metavar="DATE", help="The day asked about; else that of the ledger."),
]
Record = Annotated[str, typer.Argument(metavar="ID", help="The record, or its slug alone.")]
AnyRecord = Annotated[
    Optional[str],  # noqa: UP045
    typer.Argument(metavar="[ID]", help="The record, or its slug alone; without it every record, one a row."),
]
AnyA = Annotated[Optional[str], typer.Argument(metavar="[A]", help="First place; without places all.")]  # noqa: UP045
AnyB = Annotated[Optional[str], typer.Argument(metavar="[B]", help="Second place.")]  # noqa: UP045
First = Annotated[
    int, typer.Option("--first", metavar="N", help="How many rows a table shows; JSON has all.")
]
