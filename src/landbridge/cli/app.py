"""Verbs and their options. Everything a verb needs is imported when it runs, so that `--help` stays quick."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Optional, Tuple  # noqa: UP035  (typer reads Tuple)

import typer

from landbridge import __version__
from landbridge.cli import (
    claims,
    corridors,
    prospects,
    register_borders,
    register_contacts,  # noqa: F401
    register_disclosure,  # noqa: F401
    register_projects,  # noqa: F401  (its verbs join their registers when it is imported)
    register_relations,  # noqa: F401
    registers,
)
from landbridge.cli.options import Folder, Json, PlaceA, PlaceB
from landbridge.errors import BadUsage, LandbridgeError

app = typer.Typer(
    name="landbridge",
    help="What flows between two places, what they promised each other, and what stands in the way. "
    "Places are ISO codes: CHN, RUS, BLR for countries, CN-HL or BY-VI for regions.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Year = Annotated[Optional[int], typer.Option("--year", help="Year; else the newest held.")]  # noqa: UP045
By = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--by", help="sector, hs2 or hs6; else products where held."),
]
AsOf = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--as-of", metavar="DATE", help="Show the ledger as it was recorded by DATE (YYYY-MM-DD)."),
]


def _version(asked: bool) -> None:
    if asked:
        from landbridge.release import embedded, manifest

        typer.echo(f"landbridge {__version__}, release {manifest.read(embedded()).id}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print version and release, then exit."
        ),
    ] = False,
) -> None:
    pass


@app.command()
def brief(
    a: PlaceA,
    b: PlaceB,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="Where to write the page; else brief-A-B.html here."),
    ] = None,
    xlsx: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--xlsx", metavar="FILE", help="Also write every table behind it to a workbook."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the document model instead of writing a page.")
    ] = False,
    as_of: AsOf = None,
    workspace: Folder = None,
) -> None:
    """Write a brief on two places as one HTML file."""
    from landbridge.cli import verbs

    verbs.brief(a, b, out=out, xlsx=xlsx, as_json=as_json, as_of=as_of, workspace=workspace)


@app.command()
def flows(
    a: PlaceA,
    b: PlaceB,
    year: Annotated[Optional[int], typer.Option("--year", help="One year only.")] = None,  # noqa: UP045
    by: Annotated[
        str, typer.Option("--by", help="total (each reporter's count), sector, hs2 or hs6.")
    ] = "total",
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """A's exports to B: totals by reporter and year, with those of your own files, or one year by sector or product."""
    from landbridge.cli import verbs

    verbs.flows(a, b, year=year, by=by, as_json=as_json, workspace=workspace)


@app.command()
def basket(
    a: PlaceA,
    b: PlaceB,
    year: Year = None,
    by: By = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """What A sells to B and B to A, item by item, with shares and comparative advantage."""
    from landbridge.cli import verbs

    verbs.basket(a, b, year=year, by=by, as_json=as_json, workspace=workspace)


@app.command()
def indicators(
    a: PlaceA,
    b: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="[B]", help="Second place; some views need none."),
    ] = None,
    show: Annotated[
        str,
        typer.Option(
            "--show",
            help="pair (default), specialisation, intra-industry, concentration, complexity, products, rivals "
            "or market-share.",
        ),
    ] = "pair",
    year: Year = None,
    by: By = None,
    item: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--item", metavar="CODE", help="For --show rivals: who sells A this sector or product."),
    ] = None,
    since: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--since", help="For --show market-share and rivals: the earlier year."),
    ] = None,
    intermediates_only: Annotated[
        bool,
        typer.Option("--intermediates-only", help="Leave out final use, which is imputed by destination."),
    ] = False,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Concentration, complementarity, intensity, dependence and similarity of A and B, or another classical measure."""
    from landbridge.cli import classical, verbs

    asked = classical.Asked(a, b, year, by, item, since, intermediates_only)
    if show == classical.PAIR:
        verbs.indicators(asked, as_json=as_json, workspace=workspace)
    else:
        classical.view(show, asked, as_json=as_json, workspace=workspace)


@app.command()
def fit(
    spec: Annotated[
        Path, typer.Argument(metavar="SPEC", help="A YAML file: data, formula, effects, cluster, ...")
    ],
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="Also write the table to FILE (.csv or .parquet)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Estimate a gravity equation: Poisson or least squares with fixed effects, as a specification says."""
    from landbridge.cli import estimates

    estimates.run(spec, as_json=as_json, out=out)


@app.command()
def potential(
    a: PlaceA,
    b: PlaceB,
    show: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--show",
            help="For countries: normal (default), opportunities, peers, costs, rivals, supply-demand or new-products.",
        ),
    ] = None,
    to: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--to", metavar="LIST", help="Peers for --show peers or costs: KAZ,VNM or CHN-KAZ,CHN-VNM."
        ),
    ] = None,
    item: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--item", metavar="CODE", help="The sector of --show rivals, such as C20."),
    ] = None,
    assume_output: Annotated[
        bool,
        typer.Option(
            "--assume-output", help="For regions that publish no trade: split by output, as an assumption."
        ),
    ] = False,
    year: Year = None,
    by: By = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """What trade would be normal between A and B, both ways, and where the gap is; for regions, bounds first."""
    from landbridge.cli import potentials

    asked = potentials.Asked(year, by, potentials.peers_of(to), item, assume_output)
    potentials.potential(a, b, show, asked, as_json=as_json, workspace=workspace)


@app.command()
def match(
    place: Annotated[
        str, typer.Argument(metavar="PLACE", help="A region or country that looks for partners.")
    ],
    country: Annotated[str, typer.Option("--in", metavar="COUNTRY", help="The country to look in.")],
    show: Annotated[str, typer.Option("--show", help="regions (default) or sectors.")] = "regions",
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Partner regions in a country, ranked by size over distance, with reasons for and against; then sectors."""
    from landbridge.cli import potentials

    potentials.match(place, country, show, as_json=as_json, workspace=workspace)


@app.command()
def solve(
    scenario: Annotated[
        Path,
        typer.Argument(
            metavar="SCENARIO", help="A YAML file with name and changes, or the name of a worked scenario."
        ),
    ],
    draws: Annotated[
        int, typer.Option("--draws", help="Joint draws of elasticities, sizes, parameters and imputation.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 1,
    runs: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--runs", metavar="DIR", help="Folder that keeps runs; else ./runs."),
    ] = None,
    model: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--model", help="caliendo-parro, without-links or one-sector; else the scenario's."),
    ] = None,
    show: Annotated[
        str,
        typer.Option(
            "--show", help="headlines (default), sectors, diversion, decomposition or contributions."
        ),
    ] = "headlines",
    workers: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--workers", help="Processes for the draws; else as many as there are cores."),
    ] = None,
    dask: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--dask", metavar="ADDRESS", help="Draw on the Dask cluster at this address instead."),
    ] = None,
    as_json: Json = False,
) -> None:
    """What a scenario does to real income and trade, long-run; kept as a run and found again by its content."""
    from landbridge.cli import scenarios

    asked = scenarios.Asked(draws, seed, model, workers, dask, show)
    scenarios.solve(scenario, asked, runs=runs, as_json=as_json)


@app.command()
def compare(
    run_a: Annotated[
        str, typer.Argument(metavar="RUN_A", help="A run: its folder, id, or the beginning of it.")
    ],
    run_b: Annotated[str, typer.Argument(metavar="RUN_B", help="The run to compare it with.")],
    runs: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--runs", metavar="DIR", help="Folder that keeps runs; else ./runs."),
    ] = None,
    as_json: Json = False,
) -> None:
    """What differs between two runs: first what went in, then results, then which change makes which difference."""
    from landbridge.cli import scenarios

    scenarios.compare(run_a, run_b, runs=runs, as_json=as_json)


corridors.register(app)
claims.register(app)
prospects.register(app)
registers.register(app)
register_borders.register(app)


@app.command()
def targets(
    a: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="[A]", help="First place; without places every target of the ledger."),
    ] = None,
    b: Annotated[Optional[str], typer.Argument(metavar="[B]", help="Second place.")] = None,  # noqa: UP045
    as_json: Json = False,
    as_of: AsOf = None,
    workspace: Folder = None,
) -> None:
    """Stated targets, of A and B or all: who set them when, what happened by whose count, and revisions."""
    from landbridge.cli import scorecards

    scorecards.targets(a, b, as_json=as_json, as_of=as_of, workspace=workspace)


@app.command()
def ties(
    a: PlaceA,
    b: PlaceB,
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--kind",
            help="One kind of record only: mechanism, document, twinning, event, project, ...; a wrong one lists all.",
        ),
    ] = None,
    on: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--on", metavar="DATE", help="Only what held on DATE (YYYY, YYYY-MM or YYYY-MM-DD)."),
    ] = None,
    timeline: Annotated[
        bool,
        typer.Option("--timeline", help="One moment a line, year by year, to be read; `--on` is its day."),
    ] = False,
    as_json: Json = False,
    as_of: AsOf = None,
    workspace: Folder = None,
) -> None:
    """Every record of the ledger that touches both places, statement by statement."""
    if timeline:
        from landbridge.cli import timelines

        timelines.between(a, b, kind, (on, as_of, workspace, as_json))
        return
    from landbridge.cli import verbs

    verbs.ties(a, b, kind=kind, on=on, as_json=as_json, as_of=as_of, workspace=workspace)


@app.command()
def sources(
    places: Annotated[bool, typer.Option("--places", help="List the place codes instead.")] = False,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Every source with publisher, licence and address."""
    from landbridge.cli import verbs

    verbs.sources(places=places, as_json=as_json, workspace=workspace)


@app.command()
def load(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="baci, comtrade, csv, ledger or twins.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The files to load.")],
    map_file: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--map", metavar="MAP", help="For csv: a map file, or the name of a preset."),
    ] = None,
    publisher: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--source", metavar="NAME", help="For twins: who published the list."),
    ] = None,
    licence: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--licence", metavar="TEXT", help="For twins: the licence of the list."),
    ] = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Bring your own files into a workspace, with a report of every row dropped and why."""
    from landbridge.cli import verbs

    verbs.load(
        kind,
        files,
        map_file=map_file,
        publisher=publisher,
        licence=licence,
        as_json=as_json,
        workspace=workspace,
    )


@app.command()
def check(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A ledger file, a release folder or a workspace.")
    ],
    as_json: Json = False,
) -> None:
    """Check a ledger file, a release or a workspace, and name everything that is wrong with it."""
    from landbridge.cli import verbs

    verbs.check(path, as_json=as_json)


@app.command()
def explain(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A figure (f-...) or statement (s-...).")],
    page: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--in", metavar="FILE", help="The brief (HTML or JSON) that shows the figure."),
    ] = None,
    pair: Annotated[
        Optional[Tuple[str, str]],  # noqa: UP006, UP045
        typer.Option(
            "--pair",
            metavar="A B",
            help="The two places of the brief that shows the figure; it is composed again.",
        ),
    ] = None,
    as_json: Json = False,
    workspace: Folder = None,
) -> None:
    """Walk a figure back to the cells, citations and code that made it."""
    from landbridge.cli import verbs

    verbs.explain(identifier, page=page, pair=pair, as_json=as_json, workspace=workspace)


def run() -> None:
    """Run the command line; a refusal is printed without a traceback and sets the exit code."""
    as_json = "--json" in sys.argv
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except LandbridgeError as error:
        raise SystemExit(_refuse(error, as_json)) from None
    except BrokenPipeError:
        # The reader of our output went away (`landbridge sources | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except OSError as error:
        problem = BadUsage(f"{error.strerror or error}.", where=str(error.filename or ""))
        raise SystemExit(_refuse(problem, as_json)) from None
    except Exception as error:
        # The parser's own refusals; typer does not export their class.
        if not hasattr(error, "format_message"):
            raise
        raise SystemExit(_misspelt(error, as_json)) from None
    raise SystemExit(code if isinstance(code, int) else 0)


def _misspelt(error: Any, as_json: bool) -> int:
    if as_json:
        return _refuse(BadUsage(error.format_message(), remedy="See `landbridge --help`."), as_json)
    error.show()
    return int(error.exit_code)


def _refuse(error: LandbridgeError, as_json: bool) -> int:
    if as_json:
        import json

        problems = [problem.as_dict() for problem in error.problems]
        body = {"schema": "landbridge/error/1", "error": type(error).__name__, "problems": problems}
        print(json.dumps(body, ensure_ascii=False), file=sys.stderr)
    else:
        from landbridge.codes.matching import plain

        print(f"landbridge: {plain(str(error))}", file=sys.stderr)
    return error.exit_code
