"""Every draw of every candidate: slopes for all, exact solutions for those that matter, kept so that work can resume."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import LandbridgeError, NotConverged
from landbridge.planning.bottlenecks.effects import Done, Slopes, Task, exact, gains, slopes
from landbridge.planning.bottlenecks.programme import Programme
from landbridge.planning.bottlenecks.ranking import ranks
from landbridge.scenarios.draws import sample
from landbridge.scenarios.ensemble import carry_out, own_executor, own_workers
from landbridge.scenarios.plan import ELASTICITIES, Plan
from landbridge.scenarios.sizes import ASSUMED
from landbridge.scenarios.solving import Economy
from landbridge.scenarios.store import Store

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Progress = Callable[[str, int, int], None]

# A candidate that reaches this rank in any draw is solved in every draw.
TOP = 10
# First-order gains of others that are solved too, to tell how far first order is off.
CHECKED = 40
# Draws of one account in a portion: small enough that progress is seen and an interrupt loses little.
CHUNK = 5
MOST_FAILED = 0.05
_WINDOW = 16


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a programme: for which `places` (codes), on which accounts, with which draws.

    `values` (D, parameters), `anew` the same with every assumed parameter but elasticities drawn again, `variant` (D,).
    """

    programme: Programme
    places: tuple[str, ...]
    economies: Mapping[str, Economy]
    values: Array
    anew: Array
    variant: Rows
    seed: int

    @property
    def ranked(self) -> int:
        """How many candidates are ranked: they come first, those that join others after them."""
        return sum(not one.candidate.joins for one in self.programme.compiled)

    @property
    def positions(self) -> tuple[int, ...]:
        """The places as positions on the axes of the accounts."""
        return tuple(self.programme.context.places.index(place) for place in self.places)


def question(
    programme: Programme,
    places: tuple[str, ...],
    economies: Mapping[str, Economy],
    draws: int,
    seed: int,
) -> Question:
    """Joint draws over every parameter, and accounts each equally often up to one."""
    streams = np.random.SeedSequence(seed).generate_state(2)
    values = sample(programme.parameters, draws, seed)
    other = sample(programme.parameters, draws, int(streams[0]))
    mine = np.array([assumed(item.source, item.group) for item in programme.parameters], dtype=bool)
    variant = np.random.default_rng(streams[1]).permutation(np.arange(draws) % max(1, len(economies)))
    return Question(programme, places, economies, values, np.where(mine, other, values), variant, seed)


def assumed(source: str, group: str) -> bool:
    """Whether a parameter is assumed; elasticities count as evidence, because slopes are taken at them."""
    return group != ELASTICITIES and source == ASSUMED


@dataclass(frozen=True, slots=True)
class Answer:
    """Gains in million US dollars a year: `first` and `final` (D, C, P), where `final` is exact for the candidates `solved`.

    `anew` (D, C, P): first-order gains with assumed parameters drawn again. `checked`: draw, candidate and solved gains
    (P,) of cells drawn at random among the others. `kept` (D,): draws in which everything cleared; `failures` say why
    others did not.
    """

    first: Array
    final: Array
    anew: Array
    solved: tuple[int, ...]
    checked: tuple[tuple[int, int, Array], ...]
    kept: NDArray[np.bool_]
    failures: tuple[str, ...]
    slopes: Slopes


def answer(
    asked: Question,
    *,
    store: Store | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Carry everything out. Raises `NotConverged` where more than one draw in twenty fails."""
    kept = np.ones(asked.values.shape[0], dtype=bool)
    failures: list[str] = []
    with nullcontext(executor) if executor is not None else own_executor(workers, kept.size) as pool:
        runner = _Runner(asked, store, pool, _window(executor, workers), progress)
        table = runner.portions("slopes", slopes, ((),), kept, failures)
        found = Slopes.of(asked.places, asked.programme, table)
        wanted = range(asked.ranked)
        first, anew = (gains(asked.programme, found, values, wanted) for values in (asked.values, asked.anew))
        ranked = ranks(first.sum(axis=2))
        chosen = tuple(np.flatnonzero((ranked <= TOP).any(axis=0)).tolist())
        made = runner.portions("exact", exact, tuple((at,) for at in chosen), kept, failures)
        checked = runner.checks([at for at in wanted if at not in chosen])
    final = first.copy()
    final[:, list(chosen)] = made.reshape(len(made), len(chosen), len(asked.places))
    if (~kept).mean() > MOST_FAILED:
        raise NotConverged(
            f"{int((~kept).sum())} of {kept.size} draws failed, more than {100 * MOST_FAILED:g} per cent.",
            cause=f"The first reason: {failures[0]}",
            remedy="Narrow the ranges of the sizes.",
        )
    return Answer(first, final, anew, chosen, checked, kept, tuple(dict.fromkeys(failures)), found)


def _window(executor: Executor | None, workers: int | None) -> int:
    """How many portions are under way at once: on processes of our own two for each."""
    if executor is None:
        return 2 * own_workers(workers, _WINDOW)
    return 2 * workers if workers else _WINDOW


@dataclass
class _Runner:
    asked: Question
    store: Store | None
    pool: Executor
    window: int
    progress: Progress | None

    def portions(
        self,
        stage: str,
        work: Callable[[Task], Done],
        relaxed: tuple[tuple[int, ...], ...],
        kept: NDArray[np.bool_],
        failures: list[str],
    ) -> Array:
        """One row for every draw, (D, width), where `relaxed` names the candidates of each plan."""
        wanted: dict[str, tuple[Rows, int]] = {}
        for at in range(len(self.asked.economies)):
            rows = np.flatnonzero(self.asked.variant == at)
            for k, start in enumerate(range(0, rows.size, CHUNK)):
                wanted[f"{stage}-{at:02d}-{k:03d}"] = (rows[start : start + CHUNK], at)
        held = {
            name: done for name, (rows, _) in wanted.items() if (done := self._kept(name, rows)) is not None
        }
        left = {name: item for name, item in wanted.items() if name not in held}

        def take(done: Done) -> None:
            held[done.name] = done
            self._keep(done)
            self._tell(stage, len(held), len(wanted))

        self._tell(stage, len(held), len(wanted))
        plans = tuple(self.asked.programme.plan(*together) for together in relaxed)
        tasks = (self._task(name, plans, rows, at, stage) for name, (rows, at) in left.items())
        carry_out(tasks, self.pool, take, self.window, work)
        out = np.zeros((kept.size, max(done.table.shape[1] for done in held.values())))
        for done in held.values():
            out[done.rows] = done.table
            for row, reason in done.failed:
                kept[row] = False
                failures.append(reason)
        return out

    def checks(self, others: Sequence[int]) -> tuple[tuple[int, int, Array], ...]:
        """Solved gains of some candidates in some draws, drawn at random."""
        if not others:
            return ()
        chance = np.random.default_rng([self.asked.seed, 1])
        cells = [
            (int(chance.integers(self.asked.values.shape[0])), int(chance.choice(others)))
            for _ in range(CHECKED)
        ]
        found: list[tuple[int, int, Array]] = []
        tasks = [
            self._task(
                f"{draw}/{at}",
                (self.asked.programme.plan(at),),
                np.array([draw]),
                int(self.asked.variant[draw]),
                "check",
            )
            for draw, at in dict.fromkeys(cells)
        ]

        def take(done: Done) -> None:
            draw, at = (int(part) for part in done.name.split("/"))
            if done.rows.size:
                found.append((draw, at, done.table[0]))

        carry_out(tasks, self.pool, take, self.window, exact)
        return tuple(sorted(found, key=lambda item: item[:2]))

    def _task(self, name: str, plans: tuple[Plan, ...], rows: Rows, at: int, stage: str) -> Task:
        programme, variant = self.asked.programme, list(self.asked.economies)[at]
        costs, tariffs = programme.cells if stage == "slopes" else ((), ())
        economy, values = self.asked.economies[variant], self.asked.values[rows]
        return Task(name, plans, economy, self.asked.positions, rows, values, costs, tariffs)

    def _tell(self, stage: str, done: int, wanted: int) -> None:
        if self.progress is not None:
            self.progress(stage, done, wanted)

    def _keep(self, done: Done) -> None:
        if self.store is None:
            return
        columns: dict[str, object] = {"row": done.rows}
        columns |= {f"v{at}": done.table[:, at] for at in range(done.table.shape[1])}
        if done.failed:
            # A portion with failures is solved again next time rather than kept half.
            return
        self.store.write_frame(f"draws/{done.name}.parquet", pl.DataFrame(columns))

    def _kept(self, name: str, rows: Rows) -> Done | None:
        frame = None if self.store is None else self.store.read_frame(f"draws/{name}.parquet")
        if frame is None or frame["row"].to_list() != rows.tolist():
            return None
        return Done(name, rows, frame.drop("row").to_numpy().astype(np.float64))


def central(asked: Question, *relaxed: int) -> Array:
    """Gains (P,) at the central value of every parameter on the central account, the candidates relaxed together."""
    plan = asked.programme.plan(*relaxed)
    values = np.array([[parameter.value for parameter in asked.programme.parameters]])
    economy = next(iter(asked.economies.values()))
    done = exact(Task("central", (plan,), economy, asked.positions, np.array([0]), values))
    if done.failed:
        raise NotConverged(done.failed[0][1])
    if not done.rows.size:
        raise LandbridgeError("the central draw was not solved.")
    return np.asarray(done.table[0])
