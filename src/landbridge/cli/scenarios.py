"""The verbs `solve` and `compare`: a scenario file to a run, and two runs side by side."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from landbridge.cli.output import answer
from landbridge.cli.progress import bars
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.release import Data
from landbridge.release import load as load_data
from landbridge.scenarios import reading
from landbridge.scenarios.comparing import compare as compare_runs
from landbridge.scenarios.headlines import GROUPS, prior_column
from landbridge.scenarios.making import load_run
from landbridge.scenarios.making import solve as solve_scenario
from landbridge.scenarios.outcomes import DOLLARS
from landbridge.scenarios.run import Run
from landbridge.scenarios.store import DEFAULT
from landbridge.scenarios.views import View

_KEY = ("measure", "place", "exporter", "importer", "unit")
_HEADLINES = (*_KEY, "central", "low", "high", "prior_low", "prior_high", "verdict", "reason", "id")
# Tables for a reader count dollars in millions; JSON keeps dollars.
_MILLION, _IN_MILLIONS = 1e6, "USD million"
_MONEY = ("central", "low", "high")
_TAIL = ("concept", "closure", "residual", "horizon")
_VIEWS = ("headlines", "sectors", "diversion", "decomposition", "contributions")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call of `solve` asks for, beside the scenario."""

    draws: int = 0
    seed: int = 1
    model: str | None = None
    workers: int | None = None
    dask: str | None = None
    show: str = "headlines"


def solve(path: Path, asked: Asked, *, runs: Path | None, as_json: bool) -> None:
    """Solve a scenario, keep the run, and show its headlines or another view of it."""
    if asked.show not in _VIEWS:
        raise UnknownLabel("view of a run", asked.show, _VIEWS, remedy=f"Valid: {', '.join(_VIEWS)}.")
    if asked.dask is not None and asked.workers is not None:
        raise BadUsage(
            "--dask and --workers exclude each other.", remedy="The cluster has workers of its own."
        )
    data = load_data()
    scenario = reading.read(_file(path, data))
    executor = nullcontext() if asked.dask is None else _dask(asked.dask)
    with executor as remote, bars() as show:
        try:
            run = solve_scenario(
                scenario,
                data,
                draws=asked.draws,
                seed=asked.seed,
                executor=remote,
                workers=asked.workers,
                runs=runs or DEFAULT,
                progress=None if show is None else partial(show, "solving"),
                model=asked.model,
            )
        except KeyboardInterrupt:
            print(
                "Interrupted. What was solved is kept; the same command goes on from there.", file=sys.stderr
            )
            raise
    from landbridge.brief import tracing

    tracing.remember(data.manifest.id, run.figures())
    kept = f"Run {run.id}, kept in {run.folder}. `landbridge explain ID` walks a headline back."
    if asked.show != "headlines":
        shown = _view(run, asked.show)
        columns = [name for name in shown.frame.columns if name not in _TAIL]
        notes = [*run.notes, *shown.notes, kept]
        _say(notes, as_json)
        answer(
            "solve",
            data,
            shown.frame.to_dicts(),
            as_json=as_json,
            notes=notes if as_json else (),
            columns=columns,
        )
        return
    notes = [*run.notes, *(run.variance().notes if run.sampled else ()), kept]
    rows = run.table().to_dicts()
    _say(notes, as_json)
    if as_json:
        answer("solve", data, rows, as_json=True, notes=notes)
        return
    answer("solve", data, [_spoken(row) for row in rows], as_json=False, columns=_worded(_HEADLINES))
    print("\nCentral value by imputation of final demand")
    answer(
        "solve",
        data,
        [_spoken(row) for row in rows],
        as_json=False,
        columns=_worded((*_KEY, *map(prior_column, run.central.variants))),
    )
    if run.sampled is not None:
        print(
            "\nShare of the variance of the draws by source, per cent, ± standard error (above 100: sampling error)"
        )
        answer("solve", data, [_shares(row) for row in rows], as_json=False, columns=(*_KEY, *GROUPS))


def _worded(columns: Iterable[str]) -> list[str]:
    """Headings that break between words."""
    return [name.replace("_", " ") for name in columns]


def _spoken(row: dict[str, Any]) -> dict[str, Any]:
    """A row for a reader: headings in words, dollars in millions."""
    shown = dict(row)
    if row["unit"] == DOLLARS:
        shown["unit"] = _IN_MILLIONS
        for name, value in row.items():
            if value is not None and (name in _MONEY or name.startswith("prior_")):
                shown[name] = value / _MILLION
    return {name.replace("_", " "): value for name, value in shown.items()}


def _shares(row: dict[str, Any]) -> dict[str, Any]:
    """The sources of a headline's variance, each share with its standard error."""
    shown = {name: row[name] for name in _KEY}
    for group in GROUPS:
        share, error = row[f"variance_{group}_pct"], row[f"variance_{group}_error_pct"]
        shown[group] = None if share is None else f"{share:.1f} ± {error:.1f}"
    return shown


def _file(named: Path, data: Data) -> Path:
    """The scenario file at a path, or the worked scenario of that name."""
    if named.exists() or named.suffix or len(named.parts) > 1:
        return named
    if named.name not in data.scenarios:
        remedy = f"Name a file, or one of the worked scenarios: {', '.join(data.scenarios)}."
        raise UnknownLabel("scenario file or worked scenario", named.name, data.scenarios, remedy=remedy)
    return data.scenarios[named.name]


def compare(first: str, second: str, *, runs: Path | None, as_json: bool) -> None:
    """Two runs: what differs in what went in, then in results, then which difference makes which."""
    a, b = (load_run(named, runs) for named in (first, second))
    data = load_data()
    found = compare_runs(a, b, data)
    notes = [f"A is {a.id} ({a.scenario.name}), B is {b.id} ({b.scenario.name}).", *found.notes]
    _say([*notes, *found.inputs.notes], as_json)
    if as_json:
        rows = found.table().to_dicts()
        answer("compare", data, rows, as_json=True, notes=[*notes, *found.inputs.notes])
        return
    views = {"What went in": found.inputs, "Results, B less A": found.results}
    if isinstance(found.attribution, View):
        views["Which difference makes which"] = found.attribution
    for title, shown in views.items():
        if shown.frame.is_empty():
            continue
        print(f"\n{title}")
        columns = [name for name in shown.frame.columns if name not in _TAIL]
        answer("compare", data, shown.frame.to_dicts(), as_json=False, columns=columns)


def _say(notes: list[str], as_json: bool) -> None:
    """Notes before the numbers; with JSON they are inside it."""
    if not as_json:
        for note in notes:
            print(plain(note), file=sys.stderr)


def _view(run: Run, show: str) -> View:
    """A view for every place or pair that the scenario names, in one table."""
    if show == "contributions":
        return run.contributions()
    if show == "diversion":
        shown = [run.diversion(a, b) for a, b in run.layout.pairs]
    else:
        one = run.sectors if show == "sectors" else run.decomposition
        shown = [one(place) for place in run.scenario.headlines]
    if not shown:
        raise NotHeld(
            f"there is nothing to show under {show}.",
            cause="The scenario names no pair." if show == "diversion" else "The scenario names no place.",
            remedy="Add `places:` to the scenario.",
        )
    notes = tuple(dict.fromkeys(note for item in shown for note in item.notes))
    return View(pl.concat([item.frame for item in shown]), notes)


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    """The executor of a Dask cluster at an address such as tcp://127.0.0.1:8786."""
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise BadUsage(
            "--dask needs the package distributed.", remedy="Install it with `pip install landbridge[dask]`."
        ) from None
    try:
        client = distributed.Client(address, timeout="10s")
    except (OSError, ValueError, TimeoutError) as error:
        raise BadUsage(
            f"--dask {address}: no cluster answers.",
            cause=f"{error}".strip().split("\n")[0],
            remedy="Give the address that the scheduler printed, such as tcp://127.0.0.1:8786.",
        ) from None
    with client:
        yield client.get_executor()
