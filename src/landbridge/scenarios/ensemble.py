"""Many solutions of one scenario: which are needed, in which portions, and how they are carried out anywhere.

A portion is a pure function of what can be pickled, so it runs in another process or on another machine; it holds rows of
one account alone, and every row is solved on its own, so results depend neither on the portions nor on their order.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadUsage, LandbridgeError, NotConverged
from landbridge.scenarios.draws import sample
from landbridge.scenarios.outcomes import Layout
from landbridge.scenarios.solving import Economy, Prepared

if TYPE_CHECKING:
    from landbridge.scenarios.plan import Parameter, Plan

T = TypeVar("T")
R = TypeVar("R")
Array = NDArray[np.float64]
Rows = NDArray[np.int64]

# Fewer draws give no share of variance; more pairs than this add little to one.
LEAST_DRAWS, MOST_PAIRS = 50, 200
IMPUTATION = "imputation"
CHUNK = 32
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which rows an ensemble has: `draws` joint draws, then for each of `groups` the first `pairs` of them with that group
    drawn anew.
    """

    draws: int
    groups: tuple[str, ...]
    pairs: int

    @property
    def rows(self) -> int:
        """Number of solutions."""
        return self.draws + len(self.groups) * self.pairs

    def again(self, group: str) -> Rows:
        """Rows of a group drawn anew; row k of it repeats draw k."""
        start = self.draws + self.groups.index(group) * self.pairs
        return np.arange(start, start + self.pairs)


@dataclass(frozen=True, slots=True)
class Design:
    """What is to be solved in each row: `values` (rows, parameters), and the position of its account, `variant` (rows,)."""

    shape: Shape
    values: Array
    variant: Rows

    def portions(self, size: int = CHUNK) -> dict[str, Rows]:
        """Rows of one account each, at most `size`, by name; in the order in which they are begun."""
        out = []
        for variant in np.unique(self.variant):
            rows = np.flatnonzero(self.variant == variant)
            for k, start in enumerate(range(0, rows.size, size)):
                out.append((f"{variant:02d}-{k:04d}", rows[start : start + size]))
        # The first draws first, so that an interrupted ensemble holds whole draws rather than one account's.
        return dict(sorted(out, key=lambda part: (int(part[1][0]), part[0])))


def design(parameters: Sequence[Parameter], variants: int, draws: int, seed: int) -> Design:
    """All rows of an ensemble. Accounts are drawn uniformly, each equally often up to one."""
    streams = np.random.SeedSequence(seed).generate_state(3)
    values = sample(parameters, draws, seed)
    variant = np.random.default_rng(streams[0]).permutation(np.arange(draws) % variants)
    named = tuple(dict.fromkeys(item.group for item in parameters if not item.fixed))
    groups = (*named, *((IMPUTATION,) if variants > 1 else ()))
    pairs = min(draws, MOST_PAIRS) if draws >= LEAST_DRAWS else 0
    shape = Shape(draws, groups if pairs else (), pairs)
    if not pairs:
        return Design(shape, values, variant)
    anew = sample(parameters, pairs, int(streams[1]))
    other = np.random.default_rng(streams[2]).integers(0, variants, pairs)
    all_values, all_variants = [values], [variant]
    for group in groups:
        mine = np.array([item.group == group for item in parameters], dtype=bool)
        all_values.append(np.where(mine[None, :], anew, values[:pairs]))
        all_variants.append(other if group == IMPUTATION else variant[:pairs])
    return Design(shape, np.concatenate(all_values), np.concatenate(all_variants))


@dataclass(frozen=True, slots=True)
class Task:
    """A portion: `values` (rows, parameters of the plan) of the rows `rows`, to be solved on one account."""

    name: str
    plan: Plan
    economy: Economy
    layout: Layout
    rows: Rows
    values: Array


@dataclass(frozen=True, slots=True)
class Done:
    """A portion solved: `outcomes` (solved rows, width of the layout), and why the `failed` rows have none."""

    name: str
    rows: Rows
    outcomes: Array
    failed: tuple[tuple[int, str], ...] = ()


def work(task: Task) -> Done:
    """Solve every row of a portion; a row that did not converge is reported, any other refusal is raised."""
    prepared = Prepared(task.economy, task.plan)
    rows, outcomes, failed = [], [], []
    for row, values in zip(task.rows.tolist(), task.values, strict=True):
        point = dict(zip(task.plan.names, values.tolist(), strict=True))
        try:
            outcomes.append(prepared.outcome(task.layout, point))
        except NotConverged as error:
            failed.append((row, str(error)))
        else:
            rows.append(row)
    made = np.array(outcomes, dtype=np.float64).reshape(len(rows), task.layout.width)
    return Done(task.name, np.array(rows, dtype=np.int64), made, tuple(failed))


def carry_out(
    tasks: Iterable[T],
    executor: Executor,
    take: Callable[[R], None],
    window: int,
    solve: Callable[[T], R],
) -> None:
    """`solve` tasks on any executor and hand each result to `take` as it comes; no more than `window` are under way.

    On an interrupt or a failure what has not begun is cancelled; what was handed over stays.
    """
    left = iter(tasks)
    under_way: set[Future[R]] = set()
    try:
        while True:
            for task in left:
                under_way.add(executor.submit(solve, task))
                if len(under_way) >= window:
                    break
            if not under_way:
                return
            ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for future in ended:
                take(future.result())
    except BrokenProcessPool:
        raise BadUsage(
            "a worker process ended before its work was done.",
            cause="Either memory ran out, or a script calls `solve` at its top level and is run again by every worker.",
            remedy='Put the call under `if __name__ == "__main__":`, or ask for fewer workers.',
        ) from None
    finally:
        for future in under_way:
            future.cancel()


def own_workers(workers: int | None, portions: int) -> int:
    """How many processes to start: as many as asked for, else as there are cores; never more than there is work for."""
    return max(1, min(workers or os.cpu_count() or 1, portions))


@contextmanager
def own_executor(workers: int | None, portions: int) -> Iterator[ProcessPoolExecutor]:
    """Fresh processes (none is forked), each with one thread for linear algebra; they leave interrupts to this one."""
    count = own_workers(workers, portions)
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_leave_interrupts)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _leave_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@dataclass(frozen=True, slots=True)
class Collected:
    """All rows of an ensemble: `outcomes` (rows, width), meaningful where `solved` (rows,); `failures`: reason and count."""

    shape: Shape
    outcomes: Array
    solved: NDArray[np.bool_]
    failures: tuple[tuple[str, int], ...]

    def draws(self) -> Array:
        """Outcomes of the joint draws that were solved."""
        count = self.shape.draws
        return self.outcomes[:count][self.solved[:count]]

    def pairs(self, group: str) -> tuple[Array, Array]:
        """Outcomes of draws, and of the same with `group` drawn anew, where both were solved."""
        again, count = self.shape.again(group), self.shape.pairs
        both = self.solved[again] & self.solved[:count]
        return self.outcomes[:count][both], self.outcomes[again][both]


def collect(shape: Shape, width: int, done: Iterable[Done]) -> Collected:
    """Rows of all portions put in their places; a missing row is an error: an ensemble is whole or is none."""
    outcomes, solved = np.zeros((shape.rows, width)), np.zeros(shape.rows, dtype=bool)
    seen = np.zeros(shape.rows, dtype=bool)
    reasons: dict[str, int] = {}
    for part in done:
        outcomes[part.rows], solved[part.rows], seen[part.rows] = part.outcomes, True, True
        for row, reason in part.failed:
            seen[row] = True
            reasons[reason] = reasons.get(reason, 0) + 1
    if not seen.all():
        raise LandbridgeError(f"{int((~seen).sum())} of {shape.rows} rows of the ensemble are missing.")
    ordered = tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
    return Collected(shape, outcomes, solved, ordered)
