"""The verbs `route`, `crossings` and `bottlenecks`: their options alone. What they need is imported when one runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional, Tuple  # noqa: UP035  (typer reads Tuple)

import typer

from landbridge.cli.options import Json, PlaceA, PlaceB

Network = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--network",
        metavar="DIR",
        help="A folder with the five tables of a network of your own, instead of the release's.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (route, crossings, bottlenecks):
        app.command()(verb)


def route(
    origin: Annotated[
        str, typer.Argument(metavar="FROM", help="A region, a country, or a node of the network: zabaikalsk.")
    ],
    destination: Annotated[str, typer.Argument(metavar="TO", help="Where to; as FROM.")],
    best: Annotated[int, typer.Option("--best", help="How many ways to show.")] = 3,
    sector: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--sector",
            metavar="CODE",
            help="The cargo; else the sector of which most tonnes go by rail and road from one country to the other, fuels "
            "left out; where those are not known the largest sector of goods.",
        ),
    ] = None,
    mode: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--mode",
            help="Only by rail, road, sea, air, crude-pipe or gas-pipe; may be given again. With sea or air alone, road and "
            "rail from either place to its port or airport are implied.",
        ),
    ] = None,
    without: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--without", metavar="ID", help="A crossing or line to close; may be given again."),
    ] = None,
    show: Annotated[
        str,
        typer.Option(
            "--show", help="routes (default), legs, or uncertainty: what the range of the cost comes from."
        ),
    ] = "routes",
    picture: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--picture", metavar="FILE.svg", help="Also draw time against cost, step by step, of the first."
        ),
    ] = None,
    network: Network = None,
    tonne_usd: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--tonne-usd", metavar="USD", help="Value of a tonne of your own cargo: 2000 or 1000,2000,4000."
        ),
    ] = None,
    day_pct: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--day-pct", metavar="PCT", help="What a day costs it, % of its value: 0.6 or 0.3,0.6,1.2."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """The cheapest ways from one place to another for a tonne of cargo: time, cost and emissions, with their range."""
    from landbridge.cli import routes

    asked = routes.Asked(
        best, sector, tuple(mode or ()), tuple(without or ()), show, picture, network, tonne_usd, day_pct
    )
    routes.route(origin, destination, asked, as_json=as_json)


def crossings(
    between: Annotated[
        Optional[Tuple[str, str]],  # noqa: UP006, UP045
        typer.Option("--between", metavar="A B", help="Only crossings between these two countries."),
    ] = None,
    country: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--country", metavar="CODE", help="Only crossings of this country."),
    ] = None,
    mode: Annotated[Optional[str], typer.Option("--mode", help="rail or road.")] = None,  # noqa: UP045
    users: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--users", metavar="ID", help="Instead: who uses this crossing, and for which share."),
    ] = None,
    curve: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--curve", metavar="ID", help="Instead: delay at this crossing over its load."),
    ] = None,
    lanes: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--lanes", metavar="N", help="For --curve: how many lanes serve, 6 or 4,6,8."),
    ] = None,
    capacity: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--capacity", metavar="N", help="For --curve: vehicles a day, 500 or 400,500,600; else as held."
        ),
    ] = None,
    arrivals: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            "--arrivals",
            metavar="N",
            help="For --curve: the delay with N vehicles a day, at low, middle and high capacity.",
        ),
    ] = None,
    network: Network = None,
    as_json: Json = False,
) -> None:
    """Every crossing of a border: hours, charge, capacity, volume; who uses one; how delay grows with its load."""
    from landbridge.cli import crossings as posts

    asked = posts.Asked(between, country, mode, users, curve, lanes, capacity, arrivals, network)
    posts.crossings(asked, as_json=as_json)


def bottlenecks(
    a: PlaceA,
    b: PlaceB,
    draws: Annotated[
        int, typer.Option("--draws", help="Joint draws of every uncertain size, the same for all obstacles.")
    ] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 1,
    workers: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--workers", help="Processes for the draws; else as many as there are cores."),
    ] = None,
    runs: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--runs", metavar="DIR", help="Folder that keeps what is solved; else runs/bottlenecks."
        ),
    ] = None,
    top: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--top", help="How many rows of the ranking; else 20 in a table and all in JSON."),
    ] = None,
    show: Annotated[
        str,
        typer.Option("--show", help="ranking (default), ranks, together, uncosted or topics."),
    ] = "ranking",
    as_json: Json = False,
) -> None:
    """What stands in the way between A and B, ranked by what relaxing it is worth; or why it cannot be ranked."""
    from landbridge.cli import rankings

    asked = rankings.Asked(draws, seed, workers, runs, top, show)
    rankings.bottlenecks(a, b, asked, as_json=as_json)
