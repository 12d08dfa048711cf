"""`solve`: from a scenario to a run, reusing whatever of it is already kept; and `load_run`."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from landbridge.errors import BadFile, BadUsage, NotConverged, Problem, UnknownLabel
from landbridge.provenance import Citation, Figure
from landbridge.release import Data
from landbridge.scenarios import evidence, network, reading
from landbridge.scenarios.central import Central, restore, save, solve_central
from landbridge.scenarios.changes import Agreement
from landbridge.scenarios.compiling import compile
from landbridge.scenarios.context import context as context_of
from landbridge.scenarios.ensemble import (
    Collected,
    Design,
    Done,
    Shape,
    Task,
    carry_out,
    collect,
    design,
    own_executor,
    own_workers,
    work,
)
from landbridge.scenarios.headlines import Sampled
from landbridge.scenarios.inputs import described
from landbridge.scenarios.outcomes import Layout
from landbridge.scenarios.plan import Context, Plan
from landbridge.scenarios.run import Run
from landbridge.scenarios.sizes import FITTED
from landbridge.scenarios.solving import Economy
from landbridge.scenarios.spec import MODELS, Scenario
from landbridge.scenarios.store import DEFAULT, Store, find, run_id

Progress = Callable[[int, int], None]

# A run of which more solutions than this fail is refused: what is left is no fair sample.
MOST_FAILED = 0.05
MOST_PAIRS = 12
MOST_DRAWS = 100_000
ACCOUNTS = "oecd-icio-2025"
_FOREIGN_WINDOW = 16


def solve(
    scenario: Scenario,
    data: Data,
    *,
    draws: int = 0,
    seed: int = 1,
    executor: Executor | None = None,
    workers: int | None = None,
    runs: str | Path | None = None,
    progress: Progress | None = None,
    model: str | None = None,
    context: Context | None = None,
) -> Run:
    """Solve a scenario on the release's accounts: centrally under every imputation of final demand, then `draws` times.

    Draws are joint over elasticities, sizes of changes, parameters and the imputation; for shares of variance at most 200
    of them are solved again for each of these sources. They run on `executor`, any of `concurrent.futures` or a Dask
    client's `get_executor()`, else on `workers` processes of our own (as many as there are cores). `runs` is a folder to
    keep the run in: the same question is then answered from there, and what an interrupt left undone is done. `progress`
    is called with solutions done and wanted. `model` replaces that of the scenario. `context`: what is known besides flows,
    by default what the release holds, with the coefficient of agreements fitted on it where a change asks for that.

    Raises `NotConverged` where a central solution, or more than one draw in twenty, does not clear its markets.
    """
    _check_call(draws, seed, workers)
    scenario = _asked(scenario, model)
    held = _context(scenario, data) if context is None else context
    if not scenario.headlines:
        # Where only a crossing is named, the headlines are those of the countries that use it.
        scenario = scenario.model_copy(update={"places": network.places(scenario.changes, held)})
    plan = compile(scenario, held)
    inputs = described(scenario, plan, data, data.accounts.variants, draws, seed)
    store = None if runs is None else Store.begin(Path(runs), inputs)
    if store is not None:
        kept = restored(store, inputs)
        if kept is not None:
            return replace(kept, scenario=scenario)
    about = About(
        Layout(plan.places, named_pairs(scenario)),
        evidence.evidence(scenario, plan, data),
        Citation(data.sources[ACCOUNTS], f"closed account of {data.accounts.year}"),
        plan.notes,
    )
    central = None if store is None else restore(store)
    if central is None:
        economies = [economy_of(data, name) for name in data.accounts.variants]
        central = solve_central(plan, economies, about.layout)
    if store is not None:
        store.write("about.json", about.text())
        save(store, central)
    found = None
    if draws:
        wanted = design(plan.parameters, len(data.accounts.variants), draws, seed)
        found = _ensemble(wanted, plan, data, about.layout, store, executor, workers, progress)
    return _run(scenario, inputs, about, central, found, store)


def load_run(named: str | Path, runs: str | Path | None = None) -> Run:
    """A run that was kept: its folder, or its id or the beginning of one in `runs`.

    Raises `BadFile` where it is not whole, `UnknownLabel` or `NotHeld` where there is none.
    """
    folder = find(named, DEFAULT if runs is None else Path(runs))
    store, inputs = Store.open(folder)
    found = restored(store, inputs)
    if found is None:
        raise BadFile(
            "the run is not whole.",
            where=str(folder),
            cause="It was interrupted, or a file in it is damaged or of another run.",
            remedy="`landbridge solve` with the same scenario, draws and seed does what is missing.",
        )
    return found


def restored(store: Store, inputs: dict[str, Any]) -> Run | None:
    """The run in a folder, None where any part of it is missing or damaged."""
    text, central = store.read("about.json"), restore(store)
    if text is None or central is None:
        return None
    about = About.of(text)
    found = None
    if inputs["draws"]:
        found = _kept_ensemble(store, about.layout, inputs)
        if found is None:
            return None
    return _run(reading.scenario(inputs["scenario"]), inputs, about, central, found, store)


@dataclass(frozen=True, slots=True)
class About:
    """What a run keeps beside numbers: which outcomes, which figures they rest on, what to cite, what to say."""

    layout: Layout
    evidence: tuple[Figure, ...]
    accounts: Citation
    said: tuple[str, ...]

    def text(self) -> bytes:
        """As JSON."""
        content = {
            "places": list(self.layout.places),
            "pairs": [list(pair) for pair in self.layout.pairs],
            "evidence": [evidence.plain(figure) for figure in self.evidence],
            "accounts": evidence.plain_citation(self.accounts),
            "said": list(self.said),
        }
        return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def of(cls, text: bytes) -> About:
        """Out of its JSON."""
        held = json.loads(text)
        pairs = tuple((str(a), str(b)) for a, b in held["pairs"])
        return cls(
            Layout(tuple(held["places"]), pairs),
            tuple(evidence.figure_of(item) for item in held["evidence"]),
            evidence.citation_of(held["accounts"]),
            tuple(held["said"]),
        )


def named_pairs(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """The ordered pairs whose trade a scenario asks about: those its changes name, else all among its places.

    No more than `MOST_PAIRS`; `Run.trade` knows every other.
    """
    found: list[tuple[str, str]] = []
    for change in scenario.changes:
        one_way = getattr(change, "exporter", None), getattr(change, "importer", None)
        several = getattr(change, "between", None) or getattr(change, "members", None) or ()
        ways = [one_way] if None not in one_way else itertools.permutations(several, 2)
        found += [(a, b) for a, b in ways if a is not None and b is not None and "all" not in (a, b)]
    return tuple(dict.fromkeys(found or itertools.permutations(scenario.headlines, 2)))[:MOST_PAIRS]


def _run(
    scenario: Scenario,
    inputs: dict[str, Any],
    about: About,
    central: Central,
    found: Collected | None,
    store: Store | None,
) -> Run:
    sampled = None
    if found is not None:
        sampled = Sampled(found.draws(), {group: found.pairs(group) for group in found.shape.groups})
    return Run(
        run_id(inputs),
        scenario,
        inputs,
        about.layout,
        central,
        sampled,
        () if found is None else found.failures,
        about.evidence,
        about.accounts,
        about.said,
        None if store is None else store.folder,
    )


def _ensemble(
    wanted: Design,
    plan: Plan,
    data: Data,
    layout: Layout,
    store: Store | None,
    executor: Executor | None,
    workers: int | None,
    progress: Progress | None,
) -> Collected:
    """Solve every row of a design that is not kept yet, and keep it as it comes."""
    portions = wanted.portions()
    held: dict[str, Done] = {}
    if store is not None:
        content = {**asdict(wanted.shape), "names": list(plan.names)}
        content["portions"] = {name: rows.tolist() for name, rows in portions.items()}
        store.write("draws/design.json", json.dumps(content).encode())
        for name, rows in portions.items():
            kept = store.read_portion(name, layout, rows.tolist(), plan.names, wanted.values[rows])
            if kept is not None:
                held[name] = kept

    def count() -> int:
        return sum(part.rows.size + len(part.failed) for part in held.values())

    def take(done: Done) -> None:
        held[done.name] = done
        if store is not None:
            store.write_portion(done, layout, plan.names, wanted.values[portions[done.name]])
        if progress is not None:
            progress(count(), wanted.shape.rows)

    left = {name: rows for name, rows in portions.items() if name not in held}
    if left:
        names = data.accounts.variants
        economies = {
            at: economy_of(data, names[at]) for at in {int(wanted.variant[r[0]]) for r in left.values()}
        }
        tasks = (
            Task(name, plan, economies[int(wanted.variant[rows[0]])], layout, rows, wanted.values[rows])
            for name, rows in left.items()
        )
        if progress is not None:
            progress(count(), wanted.shape.rows)
        if executor is None:
            with own_executor(workers, len(left)) as own:
                carry_out(tasks, own, take, 2 * own_workers(workers, len(left)), work)
        else:
            carry_out(tasks, executor, take, 2 * workers if workers else _FOREIGN_WINDOW, work)
    return _fair(collect(wanted.shape, layout.width, (held[name] for name in portions)))


def _kept_ensemble(store: Store, layout: Layout, inputs: dict[str, Any]) -> Collected | None:
    text = store.read("draws/design.json")
    if text is None:
        return None
    held = json.loads(text)
    shape = Shape(held["draws"], tuple(held["groups"]), held["pairs"])
    parts = []
    for name, rows in held["portions"].items():
        part = store.read_portion(name, layout, rows, tuple(held["names"]))
        if part is None:
            return None
        parts.append(part)
    return _fair(collect(shape, layout.width, parts))


def _fair(found: Collected) -> Collected:
    """The ensemble, unless so many of its solutions failed that the rest is no fair sample."""
    failed = sum(number for _, number in found.failures)
    if failed > MOST_FAILED * found.shape.rows:
        reason, number = found.failures[0]
        raise NotConverged(
            f"{failed} of {found.shape.rows} solutions of the ensemble failed, more than {100 * MOST_FAILED:g} per cent; "
            "what is left would be no fair sample.",
            cause=f"The commonest reason, {number} times: {reason}",
            remedy="Narrow the ranges of the sizes, or solve without draws.",
        )
    return found


def economy_of(data: Data, variant: str) -> Economy:
    """The release's account under one imputation of final demand, ready to be sent to a worker."""
    held = data.accounts.variant(variant)
    return Economy(variant, held.sectors, held.places, held.flows, held.inputs, held.final_share)


def _asked(scenario: Scenario, model: str | None) -> Scenario:
    if not isinstance(scenario, Scenario):
        raise BadUsage(
            f"{type(scenario).__name__} is no scenario.",
            remedy="Give a Scenario; `landbridge.scenarios.reading.read(path)` reads one from a file.",
        )
    if model is None or model == scenario.model:
        return scenario
    if model not in MODELS:
        raise UnknownLabel("model", model, MODELS, remedy=f"Valid: {', '.join(MODELS)}.")
    return scenario.model_copy(update={"model": model})


def _check_call(draws: int, seed: int, workers: int | None) -> None:
    problems = []
    if not 0 <= draws <= MOST_DRAWS:
        problems.append(
            Problem(f"{draws} draws cannot be made.", "draws", remedy=f"From 0 to {MOST_DRAWS:,}.")
        )
    if seed < 0:
        problems.append(Problem(f"{seed} is no seed.", "seed", remedy="A seed is a whole number from 0."))
    if workers is not None and workers < 1:
        problems.append(Problem(f"{workers} workers cannot work.", "workers", remedy="Ask for one or more."))
    if problems:
        raise BadUsage(problems)


def _context(scenario: Scenario, data: Data) -> Context:
    """What the release knows; an equation is fitted only where a change takes its coefficient."""
    needed = network.needed(scenario.changes)
    if not any(isinstance(change, Agreement) and change.coefficient == FITTED for change in scenario.changes):
        return context_of(data, network=needed)
    from landbridge.scenarios import agreement

    fitted, equation = agreement.fitted(data), agreement.EQUATION
    return context_of(data, agreement=fitted, equation=equation, network=needed)
