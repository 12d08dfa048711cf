"""The verbs `prospects agreements` and `prospects effect`: what dated policies did to trade, shipped and for own data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from landbridge.cli.options import Folder, Json

if TYPE_CHECKING:
    import polars as pl

    from landbridge.gravity import NotIdentified, Staggered

_Text = Optional[str]  # noqa: UP045  (typer reads Optional)
_File = Optional[Path]  # noqa: UP045
_ROLES = {
    "outcome": "trade",
    "exporter": "exporter",
    "importer": "importer",
    "period": "year",
    "treated": "treated",
}
_SINCE = "since"
_NAMED = 8
_VIEWS = ("summary", "events", "cohorts", "cells", "checks")
_SHORT = (
    "panel",
    "question",
    "estimator",
    "name",
    "at",
    "percent",
    "percent_low",
    "percent_high",
    "p_value",
    "verdict",
)
_ALONE = ("overall by rows", "plain", "not identified", "logs adjusted")
_EFFECT = ("name", "at", "percent", "percent_low", "percent_high", "p_value", "cells", "rows")


def agreements(
    question: Annotated[
        _Text,
        typer.Option(
            "--question", metavar="WORD", help="Only questions with this word, such as China or twinnings."
        ),
    ] = None,
    show: Annotated[
        str, typer.Option("--show", help="summary (default), or all: every event, cohort and check.")
    ] = "summary",
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """What trade agreements did to trade, estimated from two panels, with a verdict; and what data cannot tell."""
    import polars as pl

    from landbridge.cli.output import answer
    from landbridge.errors import NotHeld, UnknownLabel
    from landbridge.release import load

    if show not in ("summary", "all"):
        raise UnknownLabel("view", show, ("summary", "all"), remedy="Valid: summary, all.")
    data = load(workspace)
    table = data.agreement_effects
    if question is not None:
        held = table["question"].unique().sort().to_list()
        table = table.filter(
            pl.col("question").str.to_lowercase().str.contains(question.lower(), literal=True)
        )
        if table.is_empty():
            raise NotHeld(f"no question has the word {question!r}.", remedy=f"Held: {'; '.join(held)}.")
    shown = table.filter(pl.col("name").is_in(_ALONE)) if show == "summary" else table
    notes = [*dict.fromkeys(f"{q}: {note}" for q, name, note in _remarks(shown) if name == "not identified")]
    notes.append("What the numbers do not mean: docs/explanation/agreements.md.")
    answer(
        "prospects agreements",
        data,
        (table if as_json else shown).to_dicts(),
        as_json=as_json,
        notes=notes,
        columns=_SHORT,
    )


def effect(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Flows, csv or parquet: one row a pair and year.")
    ],
    outcome: Annotated[_Text, typer.Option("--outcome", help="Column of the flow; else trade.")] = None,
    exporter: Annotated[
        _Text, typer.Option("--exporter", help="Column of the seller; else exporter.")
    ] = None,
    importer: Annotated[_Text, typer.Option("--importer", help="Column of the buyer; else importer.")] = None,
    period: Annotated[_Text, typer.Option("--period", help="Column of the year; else year.")] = None,
    treated: Annotated[
        _Text,
        typer.Option("--treated", help="Column that is 1 while the tie is in force, else 0; else treated."),
    ] = None,
    since: Annotated[
        _Text,
        typer.Option(
            "--since", help="Instead of --treated: column of the first year in force, empty for never."
        ),
    ] = None,
    map_file: Annotated[
        _File,
        typer.Option(
            "--map", metavar="MAP", help="A YAML file that names the columns: outcome: value_usd, ..."
        ),
    ] = None,
    effects: Annotated[
        _Text,
        typer.Option(
            "--effects",
            help="Fixed effects apart by commas; else exporter^period,importer^period,exporter^importer.",
        ),
    ] = None,
    cluster: Annotated[
        str, typer.Option("--cluster", help="Errors by: pair, or exporter,importer.")
    ] = "pair",
    ended: Annotated[
        str, typer.Option("--ended", help="Pairs whose tie ends: until (default), drop or stay.")
    ] = "until",
    draws: Annotated[int, typer.Option("--draws", help="Random dates for the placebo; 0 for none.")] = 99,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the random dates.")] = 1,
    beside: Annotated[
        bool, typer.Option("--beside", help="Also the estimate of Callaway and Sant'Anna on logs.")
    ] = False,
    show: Annotated[
        str, typer.Option("--show", help="summary (default), events, cohorts, cells or checks.")
    ] = "summary",
    as_json: Json = False,
) -> None:
    """What a dated tie, an agreement or a twinning, did to flows in your own file; `not identified` is an answer."""
    from landbridge.cli.estimates import table_of
    from landbridge.errors import BadUsage, UnknownLabel
    from landbridge.gravity import robust, staggered

    if show not in _VIEWS:
        raise UnknownLabel("view", show, _VIEWS, remedy=f"Valid: {', '.join(_VIEWS)}.")
    if treated is not None and since is not None:
        raise BadUsage("--treated and --since exclude each other.", remedy="Give the one your file has.")
    given = {
        "outcome": outcome,
        "exporter": exporter,
        "importer": importer,
        "period": period,
        "treated": treated,
    }
    columns = _columns({**given, _SINCE: since}, map_file)
    table = _dated(table_of(path), columns)
    named: dict[str, Any] = {role: columns[role] for role in _ROLES if role != "treated"}
    named |= {"treated": "_in_force" if _SINCE in columns else columns["treated"], "reversals": ended}
    found = staggered(
        table,
        **named,
        effects=None if effects is None else _listed(effects),
        cluster=_listed(cluster),
        draws=draws,
        seed=seed,
    )
    also = robust(table, **named).to_dict() if beside else None
    _tell(found, also, show, as_json)


def _remarks(table: pl.DataFrame) -> list[tuple[str, str, str]]:
    return [(q, name, note) for q, name, note in table.select("question", "name", "note").rows() if note]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _columns(given: Mapping[str, str | None], map_file: Path | None) -> dict[str, str]:
    """The column of each role: by option, else by the map, else its own name. Raises `BadFile` for a map of other keys."""
    from landbridge.errors import BadFile
    from landbridge.sources.guard import all_there, yaml_file

    roles = (*_ROLES, _SINCE)
    mapped: dict[str, str] = {}
    if map_file is not None:
        all_there([map_file])
        content = yaml_file(map_file)
        if not (
            isinstance(content, dict) and all(k in roles and isinstance(v, str) for k, v in content.items())
        ):
            raise BadFile(
                "the map names columns by role, and nothing else.",
                where=map_file.name,
                remedy=f"Write lines such as `outcome: value_usd`; roles: {', '.join(roles)}.",
            )
        mapped = dict(content)
    asked = {role: column for role, column in given.items() if column is not None}
    if "treated" in asked:
        mapped.pop(_SINCE, None)
    return {**_ROLES, **mapped, **asked}


def _dated(table: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """The table with `_in_force`, where a column of first years is named."""
    if _SINCE not in columns:
        return table
    import polars as pl

    from landbridge.errors import BadSample, Problem
    from landbridge.gravity.frames import known

    since, period = columns[_SINCE], columns["period"]
    sides = [columns["exporter"], columns["importer"]]
    known([since, period, *sides], table.columns)
    if table[since].null_count() == table.height:
        # An empty column has no kind of its own; nobody has the tie.
        return table.with_columns(pl.lit(0, pl.Int8).alias("_in_force"))
    problems = [
        Problem(
            f"this column holds {table[column].dtype}, and years are needed.",
            f"column {column}",
            remedy="Write years such as 2015, and leave the first year empty where there is no tie.",
        )
        for column in (since, period)
        if not table[column].dtype.is_numeric()
    ]
    if table[since].dtype.is_numeric():
        first = pl.col(since).cast(pl.Float64)
        if odd := table.filter(~(first.is_finite() & (first.round() == first))).height:
            problems.append(
                Problem(
                    f"{odd:,} cells are no whole years.",
                    f"column {since}",
                    remedy="Write years such as 2015.",
                )
            )
    several = table.group_by(sides).agg(pl.col(since).n_unique().alias("dates")).filter(pl.col("dates") > 1)
    if several.height:
        named = ["–".join(map(str, pair)) for pair in several.select(sides).sort(sides).rows()]
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        problems.append(
            Problem(
                f"several first years, or one and none, stand for {', '.join(named[:_NAMED])}{more}.",
                f"column {since}",
                remedy="Write the same first year in every row of a pair, or use --treated for ties that come and go.",
            )
        )
    if problems:
        raise BadSample(problems)
    force = pl.col(period) >= pl.col(since).cast(pl.Float64)
    return table.with_columns(force.fill_null(False).cast(pl.Int8).alias("_in_force"))


def _tell(found: Staggered | NotIdentified, also: dict[str, Any] | None, show: str, as_json: bool) -> None:
    from landbridge.cli.output import answer
    from landbridge.gravity import NotIdentified

    verb = "prospects effect"
    if isinstance(found, NotIdentified):
        rows = [{"verdict": found.verdict, "reason": found.reason, "remedy": found.remedy}]
        counts = [{"name": name, "count": count} for name, count in found.counts.items()]
        notes = [f"{each['name']}: {each['count']:,}" for each in counts]
        answer(verb, None, rows, as_json=as_json, notes=notes, more={"counts": counts})
        return
    told = found.to_dict()
    more = {"answer": [told], **({"beside": [also]} if also else {})}
    rows = [{**row, "verdict": found.verdict} for row in _rows(found, also, show)]
    dropped = told["left_out"]
    answer(
        verb, None, rows, as_json=as_json, notes=found.before(), dropped=dropped, columns=_EFFECT, more=more
    )


def _rows(found: Staggered, also: dict[str, Any] | None, show: str) -> Sequence[dict[str, Any]]:
    if show == "summary":
        extra = [also["as_they_are"], also["adjusted"]] if also and "as_they_are" in also else []
        return [found.overall.row(), found.by_trade.row(), found.plain.row(), *(row for row in extra if row)]
    if show == "checks":
        return [
            row
            for row in found.table().to_dicts()
            if row["name"] == "lead" or row["name"].startswith("dates")
        ]
    return [
        each.row()
        for each in {"events": found.by_event, "cohorts": found.by_cohort, "cells": found.cells}[show]
    ]
