"""Rolling-origin back-tests: every model forecasts every series from every origin, seeing nothing later.

A series enters at an origin with its newest run of positive values that ends there. What cannot enter is counted with
the reason. A portion of the work is a pure function of what can be pickled, so it runs on any executor; results depend
neither on the portions nor on their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage, NotConverged
from landbridge.forecasting.paths import STILL, medians, volatility

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Text = NDArray[np.str_]
Progress = Callable[[str, int, int], None]

CHUNK = 50
GRAVITY = "gravity"
SEASONS = {"year": 1, "month": 12}


@dataclass(frozen=True, slots=True)
class Panel:
    """Series of one source and definition. `values` (series, periods): NaN where not held; `first`: period of column 0.

    Incomes known with them, in the same periods: `exporter_income`, `importer_income` (series, periods), `world`
    (periods,). `smallest`: a series below it in the origin period does not enter there.
    """

    name: str
    frequency: str
    first: int
    values: Array
    labels: tuple[str, ...]
    exporter_income: Array | None = None
    importer_income: Array | None = None
    world: Array | None = None
    smallest: float = 0.0

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[0] != len(self.labels):
            raise BadSample(
                f"panel {self.name}: values must be (series, periods) with one label each; "
                f"here {self.values.shape} and {len(self.labels)} labels."
            )
        if self.frequency not in SEASONS:
            raise BadUsage(
                f"panel {self.name}: frequency is {self.frequency!r}; known: {', '.join(SEASONS)}."
            )
        if len(set(self.labels)) != len(self.labels):
            raise BadSample(f"panel {self.name}: labels repeat; two series were spliced or counted twice.")
        parts = (self.exporter_income, self.importer_income, self.world)
        if any(part is None for part in parts) != all(part is None for part in parts):
            raise BadSample(
                f"panel {self.name}: incomes of exporter, importer and world come together or not at all."
            )
        shapes = ((self.values.shape, self.values.shape, self.values.shape[1:]), parts)
        if any(part is not None and part.shape != shape for shape, part in zip(*shapes, strict=True)):
            raise BadSample(f"panel {self.name}: incomes have other shapes than the values.")

    def rows(self, chosen: Sequence[int]) -> Panel:
        """The panel of these series alone."""
        at = np.asarray(chosen, dtype=np.int64)
        return replace(
            self,
            values=self.values[at],
            labels=tuple(self.labels[k] for k in at.tolist()),
            exporter_income=None if self.exporter_income is None else self.exporter_income[at],
            importer_income=None if self.importer_income is None else self.importer_income[at],
        )


@dataclass(frozen=True, slots=True)
class Left:
    """What did not enter, or entered less than whole: how many pairs of series and origin, and why."""

    panel: str
    model: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Trials:
    """Forecasts and what came of them, a row for each panel, series, origin and model.

    `error` (rows, horizon): log actual less log forecast; `growth` (rows, horizon): log forecast less the log of the value
    at the origin; both NaN after the last period held. `own` (rows,): volatility of the series as known at the origin,
    over `steps` growths. `origin`: the period; `year`: its calendar year.
    """

    panel: Text
    series: Text
    origin: Whole
    year: Whole
    model: Text
    error: Array
    growth: Array
    own: Array
    steps: Whole
    left: tuple[Left, ...] = ()

    @property
    def size(self) -> int:
        """Number of rows."""
        return int(self.origin.size)

    @property
    def lengths(self) -> Whole:
        """Steps of each row whose outcome is held."""
        return np.asarray(np.isfinite(self.error).sum(axis=1), dtype=np.int64)

    def take(self, rows: NDArray[np.bool_] | Whole) -> Trials:
        """These rows alone."""
        return Trials(
            panel=self.panel[rows],
            series=self.series[rows],
            origin=self.origin[rows],
            year=self.year[rows],
            model=self.model[rows],
            error=self.error[rows],
            growth=self.growth[rows],
            own=self.own[rows],
            steps=self.steps[rows],
            left=self.left,
        )

    def until(self, year: int) -> Trials:
        """What was known at the end of `year` (annual series): steps with a later outcome are taken out."""
        reach = self.year[:, None] + np.arange(1, self.error.shape[1] + 1)
        error = np.where(reach <= year, self.error, np.nan)
        growth = np.where(reach <= year, self.growth, np.nan)
        return replace(self, error=error, growth=growth).take(np.isfinite(error[:, 0]))


@dataclass(frozen=True, slots=True)
class _Task:
    panel: Panel
    origins: tuple[int, ...]
    models: tuple[str, ...]
    horizon: int
    least: int


@dataclass(frozen=True, slots=True)
class _Done:
    trials: Trials
    left: Counter[tuple[str, str, str]]


def rolling(
    panels: Sequence[Panel],
    *,
    models: Sequence[str] | Mapping[str, Sequence[str]],
    origins: Mapping[str, Sequence[int]],
    horizon: int | Mapping[str, int],
    least: int = 8,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Trials:
    """Forecast all series of all panels from all origins. `models` and `horizon` may be given by panel.

    A model that needs incomes runs only on panels that carry them. `least`: observations needed up to the origin.
    Without an executor the work is done here, or by `workers` processes.
    """
    names = [panel.name for panel in panels]
    if len(set(names)) != len(names):
        raise BadUsage("two panels have the same name.")
    if least < 3:
        raise BadUsage("at least three observations are needed before an origin.")
    width = max([horizon] if isinstance(horizon, int) else [horizon[name] for name in names])
    tasks = []
    for panel in panels:
        if panel.name not in origins:
            raise BadUsage(f"no origins are given for the panel {panel.name!r}.")
        asked = models[panel.name] if isinstance(models, Mapping) else models
        fit = tuple(name for name in asked if name != GRAVITY or panel.world is not None)
        steps = horizon if isinstance(horizon, int) else horizon[panel.name]
        for start in range(0, len(panel.labels), CHUNK):
            part = panel.rows(range(start, min(start + CHUNK, len(panel.labels))))
            tasks.append(_Task(part, tuple(sorted(set(origins[panel.name]))), fit, steps, least))
    done: list[_Done | None] = [None] * len(tasks)
    with _place(executor, workers) as where:
        for k, made in _carried(tasks, where):
            done[k] = made
            if progress is not None:
                progress("back-test", sum(item is not None for item in done), len(tasks))
    return _joined([item for item in done if item is not None], width)


@contextmanager
def _place(executor: Executor | None, workers: int | None) -> Iterator[Executor | None]:
    """Where the work is done; processes started here are ended here."""
    if executor is not None or workers is None or workers <= 1:
        yield executor
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as mine:
        yield mine


def _carried(tasks: Sequence[_Task], where: Executor | None) -> Iterator[tuple[int, _Done]]:
    """Each portion as it is done, with its position."""
    if where is None:
        for k, task in enumerate(tasks):
            yield k, _work(task)
        return
    under_way = {where.submit(_work, task): k for k, task in enumerate(tasks)}
    try:
        for future in as_completed(under_way):
            yield under_way[future], future.result()
    finally:
        for future in under_way:
            future.cancel()


def _work(task: _Task) -> _Done:
    """All forecasts of a portion."""
    left: Counter[tuple[str, str, str]] = Counter()
    rows: list[tuple[str, int, str, Array, Array, float, int]] = []
    name = task.panel.name
    for origin in task.origins:
        for k, label in enumerate(task.panel.labels):
            window, reason = _window(task, k, origin)
            if reason:
                left[name, "", reason] += 1
                continue
            logs = np.log(task.panel.values[k, window])
            actual, cut = _outcome(task, k, window.stop)
            if cut:
                left[name, "", "zero or negative after the origin: the trajectory ends before it"] += 1
            if actual.size == 0:
                left[name, "", "no outcome held"] += 1
                continue
            own = volatility(logs)
            if own <= STILL:
                left[
                    name, "", f"{label} grows at one rate, or not at all: no volatility to scale errors"
                ] += 1
                continue
            for model in task.models:
                try:
                    made = _median(task, model, k, window, logs)
                except (BadSample, NotConverged) as error:
                    left[name, model, f"refused by the model ({type(error).__name__})"] += 1
                    continue
                both = np.full((2, task.horizon), np.nan)
                both[0, : actual.size] = actual - made[: actual.size]
                both[1, : actual.size] = made[: actual.size] - logs[-1]
                rows.append((label, origin, model, both[0], both[1], own, logs.size - 1))
    return _Done(_trials(task, rows), left)


def _window(task: _Task, k: int, origin: int) -> tuple[slice, str]:
    """The columns of the newest positive run up to the origin, or why the series does not enter."""
    stop = origin - task.panel.first + 1
    values = task.panel.values[k]
    if not 0 < stop <= values.size or np.isnan(values[stop - 1]):
        return slice(0, 0), "not held in the origin period"
    if values[stop - 1] <= 0:
        return slice(0, 0), "zero or negative in the origin period"
    if values[stop - 1] < task.panel.smallest:
        return slice(0, 0), f"smaller than {task.panel.smallest:g} in the origin period"
    bad = np.flatnonzero(~(values[:stop] > 0))
    start = int(bad[-1]) + 1 if bad.size else 0
    if stop - start < task.least:
        why = "a gap, zero or negative value" if start else "the start of the panel"
        return slice(0, 0), f"fewer than {task.least} observations since {why}"
    return slice(start, stop), ""


def _outcome(task: _Task, k: int, stop: int) -> tuple[Array, bool]:
    """Logs of what came after the origin, up to the first period without a positive value, and whether that was a zero."""
    after = task.panel.values[k, stop : stop + task.horizon]
    bad = np.flatnonzero(~(after > 0))
    end = int(bad[0]) if bad.size else after.size
    return np.log(after[:end]), bool(bad.size and after[end] <= 0)


def _median(task: _Task, model: str, k: int, window: slice, logs: Array) -> Array:
    """Median log forecasts of one model for one series; incomes end at the origin too."""
    incomes = None
    panel = task.panel
    if model == GRAVITY:
        parts = (panel.exporter_income, panel.importer_income, panel.world)
        cut = [np.asarray(part)[..., window] for part in parts if part is not None]
        chosen = [cut[0][k], cut[1][k], cut[2]]
        if any(not np.all(part > 0) for part in chosen):
            raise BadSample("incomes must be held and positive in all periods of the series.")
        incomes = (np.log(chosen[0]), np.log(chosen[1]), np.log(chosen[2]))
    made = np.asarray(medians(model, logs, task.horizon, incomes, SEASONS[panel.frequency]), dtype=np.float64)
    if made.shape != (task.horizon,) or not np.isfinite(made).all():
        raise NotConverged(f"the model {model} gave no finite forecast.")
    return made


def _trials(task: _Task, rows: Sequence[tuple[str, int, str, Array, Array, float, int]]) -> Trials:
    """Rows as columns."""
    origin = np.array([row[1] for row in rows], dtype=np.int64)
    monthly = task.panel.frequency == "month"
    shape = (len(rows), task.horizon)
    return Trials(
        panel=np.array([task.panel.name] * len(rows), dtype=np.str_),
        series=np.array([row[0] for row in rows], dtype=np.str_),
        origin=origin,
        year=origin // 12 if monthly else origin,
        model=np.array([row[2] for row in rows], dtype=np.str_),
        error=np.array([row[3] for row in rows], dtype=np.float64).reshape(shape),
        growth=np.array([row[4] for row in rows], dtype=np.float64).reshape(shape),
        own=np.array([row[5] for row in rows], dtype=np.float64),
        steps=np.array([row[6] for row in rows], dtype=np.int64),
    )


def _joined(done: Sequence[_Done], width: int) -> Trials:
    """All portions in one, in the order of panels and series."""
    left: Counter[tuple[str, str, str]] = sum((item.left for item in done), Counter())
    parts = [item.trials for item in done]

    def wide(values: Array) -> Array:
        return np.pad(values, ((0, 0), (0, width - values.shape[1])), constant_values=np.nan)

    return Trials(
        panel=np.concatenate([part.panel for part in parts]),
        series=np.concatenate([part.series for part in parts]),
        origin=np.concatenate([part.origin for part in parts]),
        year=np.concatenate([part.year for part in parts]),
        model=np.concatenate([part.model for part in parts]),
        error=np.concatenate([wide(part.error) for part in parts]),
        growth=np.concatenate([wide(part.growth) for part in parts]),
        own=np.concatenate([part.own for part in parts]),
        steps=np.concatenate([part.steps for part in parts]),
        left=tuple(Left(*key, count) for key, count in sorted(left.items())),
    )
