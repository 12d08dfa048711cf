"""The registers on the command line: one group for each noun, all made from one table; their options alone.

A group makes its verbs when it is first used, so that `--help` and the other verbs do not wait for them. What a verb needs
is imported when it runs. Verbs that only one register has are added with `verb`.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Optional, Tuple  # noqa: UP035  (typer reads Tuple)

import typer
import typer.main
from typer.core import TyperGroup

from landbridge.cli.options import Folder, Json
from landbridge.cli.room_options import AsOf as AsOf
from landbridge.cli.room_options import Told, spread
from landbridge.registers.nouns import NOUNS, Noun

On = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--on", metavar="DATE", help="Only what held on DATE (YYYY, YYYY-MM or YYYY-MM-DD)."),
]
Places = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--place",
        metavar="CODE",
        help="Only records that name this place, one inside it or one around it; may be given again.",
    ),
]
Between = Annotated[
    Optional[Tuple[str, str]],  # noqa: UP006, UP045
    typer.Option("--between", metavar="A B", help="Only records that touch both places."),
]


@dataclass(frozen=True, slots=True)
class _Verb:
    """A verb that only one register has."""

    function: Callable[..., None]
    name: str
    help: str | None


_MORE: dict[str, list[_Verb]] = {}


def verb(
    noun: str, name: str = "", help: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add a function with Typer's options to one register as a verb of its own.

    It bears `name`, else that of the function, and `help`, else what the function says of itself. A parameter that is
    a dataclass of options stands for them all, as in `room_options.spread`. To be used when the command line is put
    together, before the register's group is first asked for its verbs.
    """

    def added(function: Callable[..., None]) -> Callable[..., None]:
        made = _Verb(function, name or function.__name__.replace("_", "-"), help)
        _MORE.setdefault(NOUNS[noun].noun, []).append(made)
        return function

    return added


def register(app: typer.Typer) -> None:
    """Add a group for each register to the command line."""
    for noun in NOUNS.values():
        app.add_typer(
            typer.Typer(
                name=noun.noun,
                cls=_Group,
                help=noun.doc,
                no_args_is_help=True,
                rich_markup_mode=None,
                pretty_exceptions_enable=False,
            )
        )


class _Group(TyperGroup):
    """The group of one register, which makes its verbs when they are first asked for."""

    _made: MutableMapping[str, Any] | None = None

    @property
    def commands(self) -> MutableMapping[str, Any]:
        """The verbs by name."""
        if self._made is None:
            self._made = typer.main.get_group(_group(NOUNS[str(self.name)])).commands
        return self._made

    @commands.setter
    def commands(self, given: MutableMapping[str, Any]) -> None:
        """Typer gives every group the commands that were registered with it: here none."""


def _group(noun: Noun) -> typer.Typer:
    made = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    for add in (_list, _show, _due, _add, _supersede, _export):
        add(made, noun.noun)
    for own in _MORE.get(noun.noun, ()):
        made.command(own.name, help=own.help)(spread(own.function))
    return made


def _list(group: typer.Typer, noun: str) -> None:
    @group.command("list", help=f"The {noun} of the ledger, one a row, with dates, state and sources.")
    def run(
        place: Places = None,
        between: Between = None,
        text: Annotated[
            str, typer.Option("--text", metavar="WORDS", help="Only where all these words are said.")
        ] = "",
        sector: Annotated[
            str, typer.Option("--sector", metavar="WORD", help="Only where this word names the field.")
        ] = "",
        status: Annotated[
            str, typer.Option("--status", help="Only with a statement of this status, such as forecast.")
        ] = "",
        state: Annotated[
            str,
            typer.Option("--state", help="Only in this state or stage; a wrong one lists all."),
        ] = "",
        on: On = None,
        as_of: AsOf = None,
        as_json: Json = False,
        workspace: Folder = None,
    ) -> None:
        from landbridge.cli import register_answers as answers

        asked = answers.Asked(noun, on, as_of, workspace, as_json)
        answers.listed(asked, answers.Filters(tuple(place or ()), between, text, sector, status, state))


def _show(group: typer.Typer, noun: str) -> None:
    @group.command("show", help="Every statement of one record, with its source and what it replaced.")
    def run(
        record: Annotated[
            str,
            typer.Argument(
                metavar="ID", help="The record, its slug alone, or the id of one of its statements."
            ),
        ],
        on: On = None,
        as_of: AsOf = None,
        as_json: Json = False,
        workspace: Folder = None,
    ) -> None:
        from landbridge.cli import register_answers as answers

        answers.show(answers.Asked(noun, on, as_of, workspace, as_json), record)


def _due(group: typer.Typer, noun: str) -> None:
    @group.command(
        "due", help=f"What is overdue among the {noun}, and what falls due within some days of a date."
    )
    def run(
        within: Annotated[
            int, typer.Option("--within", metavar="DAYS", help="How many days ahead to look.")
        ] = 365,
        on: Annotated[
            Optional[str],  # noqa: UP045
            typer.Option(
                "--on", metavar="DATE", help="The date to look ahead from; else that of the ledger."
            ),
        ] = None,
        place: Places = None,
        between: Between = None,
        as_of: AsOf = None,
        as_json: Json = False,
        workspace: Folder = None,
    ) -> None:
        from landbridge.cli import register_answers as answers

        asked = answers.Asked(noun, on, as_of, workspace, as_json)
        answers.due(asked, within, answers.Filters(tuple(place or ()), between))


def _add(group: typer.Typer, noun: str) -> None:
    @group.command(
        "add", help="Add one record from options, or records from ledger files, to your workspace."
    )
    @spread
    def run(
        files: Annotated[
            Optional[list[Path]],  # noqa: UP045
            typer.Argument(metavar="[FILE...]", help="Ledger files (YAML) instead of options."),
        ] = None,
        record: Annotated[
            str, typer.Option("--id", metavar="SLUG", help="Name of the record, new or known.")
        ] = "",
        sets: Annotated[
            Optional[list[str]],  # noqa: UP045
            typer.Option(
                "--set",
                metavar="NAME=VALUE",
                help="Something said of it; may be given again. `docs/reference/registers.md` shows the forms.",
            ),
        ] = None,
        beside: Annotated[
            bool,
            typer.Option(
                "--beside", help="Let another value than the one held stand beside it, as sources differ."
            ),
        ] = False,
        told: Told = Told(),
        as_json: Json = False,
        workspace: Folder = None,
    ) -> None:
        from landbridge.cli import register_entries as entries

        entries.add(noun, tuple(files or ()), record, tuple(sets or ()), beside, told, workspace, as_json)


def _supersede(group: typer.Typer, noun: str) -> None:
    @group.command(
        "supersede", help="Put a new statement in the place of another, which stays in the ledger."
    )
    @spread
    def run(
        statement: Annotated[
            str, typer.Argument(metavar="STATEMENT", help="The id of the statement; `show` lists them.")
        ],
        value: Annotated[str, typer.Option("--value", help="What holds instead, as in `add --set`.")] = "",
        reason: Annotated[
            str, typer.Option("--reason", metavar="WORDS", help="Why the old statement does not hold.")
        ] = "",
        told: Told = Told(),
        as_json: Json = False,
        workspace: Folder = None,
    ) -> None:
        from landbridge.cli import register_entries as entries

        entries.supersede(noun, statement, value, reason, told, workspace, as_json)


def _export(group: typer.Typer, noun: str) -> None:
    @group.command("export", help="The statements behind the register, superseded ones too, to hand on.")
    def run(
        format: Annotated[
            str,
            typer.Option("--format", help="csv (default), json, datapackage; for projects also oc4ids."),
        ] = "csv",
        out: Annotated[
            Optional[Path],  # noqa: UP045
            typer.Option(
                "--out", metavar="PATH", help="File, or new folder for a Data Package; else stdout."
            ),
        ] = None,
        on: On = None,
        as_of: AsOf = None,
        as_json: Json = False,
        workspace: Folder = None,
    ) -> None:
        from landbridge.cli import register_answers as answers

        answers.export(answers.Asked(noun, on, as_of, workspace, as_json), format, out)
