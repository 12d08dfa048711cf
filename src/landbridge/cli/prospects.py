"""The verbs under `prospects`: their options alone. What they need is imported when one runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Optional

import typer

from landbridge.cli import effects, shocks
from landbridge.cli.options import Folder, Json

group = typer.Typer(
    help="What is to be expected: how likely a target is and how good such numbers were, forecasts, shocks, and whether "
    "agreements worked.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

A = Annotated[
    Optional[str],  # noqa: UP045
    typer.Argument(metavar="[A]", help="First place; left out with --series."),
]
B = Annotated[
    Optional[str],  # noqa: UP045
    typer.Argument(metavar="[B]", help="Second place."),
]
Indicator = Annotated[
    str,
    typer.Option("--indicator", help="trade_turnover (default), exports (A to B) or imports (B to A)."),
]
Reporter = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--reporter", metavar="CODE", help="Whose statistics; else the newest series that can be forecast."
    ),
]
Definition = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--definition", metavar="WORDS", help="Which of that reporter's statistics."),
]
Own = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--series",
        metavar="FILE",
        help="A series of your own instead of A and B: a CSV with period and value, and unit and reporter if you like.",
    ),
]
Repair = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--repair",
        metavar="STEP",
        help="A step that may mend the series, each told: sort, interpolate, 'latest run', 'one counter' or rescale; may be "
        "given again.",
    ),
]
Draws = Annotated[int, typer.Option("--draws", help="How many paths to draw: 200 or more.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same paths.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    verbs: tuple[Callable[..., None], ...] = (
        probability,
        forecast,
        record,
        issued,
        backtest,
        shocks.shocks,
        effects.agreements,
        effects.effect,
    )
    for verb in verbs:
        group.command()(verb)
    app.add_typer(group, name="prospects")


def probability(
    a: A = None,
    b: B = None,
    value: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--value", metavar="USD", help="The level, such as 400e9; of --series in its unit."),
    ] = None,
    by: Annotated[Optional[int], typer.Option("--by", help="The year of the deadline.")] = None,  # noqa: UP045
    indicator: Indicator = "trade_turnover",
    reporter: Reporter = None,
    definition: Definition = None,
    rule: Annotated[
        str,
        typer.Option(
            "--rule", help="'in year' (default): in the count of that year; 'by year': in any year up to it."
        ),
    ] = "in year",
    stress: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--stress",
            metavar="SHOCK",
            help="Lay a shock of the ledger on the paths, by its record's name; refused where it is not told from ordinary "
            "movement.",
        ),
    ] = None,
    own: Own = None,
    repair: Repair = None,
    show: Annotated[
        str,
        typer.Option("--show", help="answer (default), path, passage, models, states, record, or all."),
    ] = "answer",
    picture: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--picture", metavar="FILE.svg", help="Also draw the fan of paths."),
    ] = None,
    draws: Draws = 4000,
    seed: Seed = 1,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """How likely a target is, with its range, the growth it needs, and how often such probabilities were right."""
    from landbridge.cli import outlooks

    asked = outlooks.Asked(indicator, reporter, definition, own, tuple(repair or ()), draws, seed)
    outlooks.probability(
        a,
        b,
        asked,
        value=value,
        by=by,
        rule=rule,
        stress=stress,
        show=show,
        picture=picture,
        as_json=as_json,
        workspace=workspace,
    )


def forecast(
    a: A = None,
    b: B = None,
    until: Annotated[
        int | None, typer.Option("--until", help="The last year; else five years ahead.")
    ] = None,
    indicator: Indicator = "trade_turnover",
    reporter: Reporter = None,
    definition: Definition = None,
    own: Own = None,
    repair: Repair = None,
    picture: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--picture", metavar="FILE.svg", help="Also draw the fan of paths."),
    ] = None,
    draws: Draws = 4000,
    seed: Seed = 1,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """The fan of paths of trade between A and B, or of your own series, by the best model of the record."""
    from landbridge.cli import outlooks

    asked = outlooks.Asked(indicator, reporter, definition, own, tuple(repair or ()), draws, seed)
    outlooks.forecast(a, b, asked, until=until, picture=picture, as_json=as_json, workspace=workspace)


def record(
    show: Annotated[
        str,
        typer.Option("--show", help="models (default), skill, reliability, panels, left-out, or targets."),
    ] = "models",
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """How good back-tested forecasts and probabilities were; and, apart from it, the announced targets that have passed."""
    from landbridge.cli import outlooks

    outlooks.record(show=show, as_json=as_json, workspace=workspace)


def issued(as_json: Json = False, workspace: Folder = None) -> None:
    """Every probability this project has issued, by date, with outcome and Brier score once the year is counted."""
    from landbridge.cli import outlooks

    outlooks.issued(as_json=as_json, workspace=workspace)


def backtest(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Many yearly series, csv or parquet: series, year, value."),
    ],
    horizon: Annotated[int, typer.Option("--horizon", help="Years ahead.")] = 5,
    least: Annotated[int, typer.Option("--least", help="Fewest years before an origin.")] = 8,
    late: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--late", metavar="YEAR", help="First late origin; else the middle one."),
    ] = None,
    model: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--model", help="Only these models and naive; may be given again."),
    ] = None,
    workers: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--workers", help="Processes; else one for each core."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Try the models on your own panel from rolling origins: skill against naive, coverage, CRPS."""
    from landbridge.cli import outlooks

    outlooks.backtest(
        path, horizon=horizon, least=least, late=late, models=model, workers=workers, as_json=as_json
    )
