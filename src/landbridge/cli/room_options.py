"""Options and arguments that the verbs of single registers share. Imports nothing heavy, so that `--help` stays quick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, Optional, get_type_hints

import typer

from landbridge.cli.options import Folder, Json

AsOf = Annotated[
    Optional[str],  # noqa: UP045  (typer reads Optional)
    typer.Option("--as-of", metavar="DATE", help="Use the ledger as it was recorded by DATE (YYYY-MM-DD)."),
]
Day = Annotated[
    Optional[str],  # noqa: UP045
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


@dataclass(frozen=True, slots=True)
class Asking:
    """The options of every question: the day, the ledger of which day, the form of the answer, the folder."""

    on: Day = None
    as_of: AsOf = None
    as_json: Json = False
    workspace: Folder = None

    @property
    def given(self) -> tuple[str | None, str | None, Path | None, bool]:
        """As `register_rooms.ask` takes them."""
        return self.on, self.as_of, self.workspace, self.as_json


@dataclass(frozen=True, slots=True)
class Told:
    """The options of every entry: its source, held or new, where it says so, who speaks, and who enters it."""

    source: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--source",
            metavar="ID",
            help="A source that is held, the id of a new one, or the word `assumed`.",
        ),
    ] = None
    publisher: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--publisher", metavar="NAME", help="Who published a new source."),
    ] = None
    title: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--title", metavar="TEXT", help="Title of the new source."),
    ] = None
    published: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--published", metavar="DATE", help="When the new source was published."),
    ] = None
    url: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--url", metavar="URL", help="Address of the new source."),
    ] = None
    licence: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--licence", metavar="TEXT", help="Licence of the new source."),
    ] = None
    source_kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--source-kind", metavar="TEXT", help="Sort of the new source, such as government or press."
        ),
    ] = None
    weak: Annotated[
        bool, typer.Option("--weak", help="The new source is a copy, an aggregator or an anonymous page.")
    ] = False
    locator: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--locator", metavar="TEXT", help="Where in the source: a page, table or paragraph."),
    ] = None
    speaker: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--speaker", metavar="NAME", help="Who says so in the source."),
    ] = None
    status: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--status", help="reported (default), claimed, forecast, estimated or assumed."),
    ] = None
    said: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--said", metavar="DATE", help="The date at which the source speaks."),
    ] = None
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--by", metavar="NAME", help="Who enters it."),
    ] = None

    @property
    def given(self) -> bool:
        """Whether any of it was typed."""
        return self != Told()


def spread(verb: Callable[..., None]) -> Callable[..., None]:
    """The verb with the fields of each parameter that is a dataclass in its place, every field an option of its own.

    Typer reads options from the signature alone; the verb itself gets each dataclass whole.
    """
    hints = get_type_hints(verb, include_extras=True)
    groups: dict[str, type] = {}
    shown: list[Parameter] = []
    for name, own in signature(verb).parameters.items():
        if not is_dataclass(hints[name]):
            shown.append(own.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY))
            continue
        groups[name] = hints[name]
        told = get_type_hints(hints[name], include_extras=True)
        shown += [
            Parameter(field.name, Parameter.KEYWORD_ONLY, default=field.default, annotation=told[field.name])
            for field in fields(hints[name])
        ]
    if not groups:
        return verb

    @wraps(verb)
    def whole(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{field.name: given.pop(field.name) for field in fields(group)})
        verb(**given)

    whole.__signature__ = Signature(shown)  # type: ignore[attr-defined]
    whole.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return whole
