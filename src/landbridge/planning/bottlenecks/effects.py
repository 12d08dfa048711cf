"""What each candidate brings each place in every draw: to first order for all, solved anew for some.

To first order the gain of a place is its final spending times the sum over cells of (elasticity of its real income to the
cost of the cell) times (log change of that cost), and likewise for tariffs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.equilibrium.sensitivity import real_income_elasticities
from landbridge.errors import NotConverged
from landbridge.planning.bottlenecks.programme import Cell, Compiled, Programme
from landbridge.scenarios.plan import CostStep, Plan, TargetStep, TariffStep
from landbridge.scenarios.solving import Economy, Prepared
from landbridge.scenarios.translation import FORMULAS, translate

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


# Markets cleared to this leave gains off by less than a thousand dollars a year.
ENOUGH = 1e-8


@dataclass(frozen=True, slots=True)
class Task:
    """Draws `rows` of one account, to be answered for `places` (positions).

    `plans` are solved in turn for every draw; `costs` and `tariffs` are the cells at which elasticities are wanted, of the
    economy of the first plan.
    """

    name: str
    plans: tuple[Plan, ...]
    economy: Economy
    places: tuple[int, ...]
    rows: Rows
    values: Array
    costs: tuple[Cell, ...] = ()
    tariffs: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A portion answered: `table` (answered rows, width), and why the `failed` rows have no answer."""

    name: str
    rows: Rows
    table: Array
    failed: tuple[tuple[int, str], ...] = ()


def slopes(task: Task) -> Done:
    """At every row the spending of P places, then their elasticities to C costs and to T tariffs: width P (1 + C + T)."""
    named = dict.fromkeys((cell[1], cell[2]) for cell in (*task.costs, *task.tariffs))
    pairs = {pair: at for at, pair in enumerate(named)}
    prepared = Prepared(task.economy, task.plans[0])

    def answer(values: dict[str, float]) -> Array:
        shock = translate(prepared.plan, values)
        base = prepared.base(shock.tariff)
        made = real_income_elasticities(base, theta=shock.theta, places=task.places, pairs=list(pairs))
        assert made.tariff is not None
        parts = _picked(made.cost, task.costs, pairs), _picked(made.tariff, task.tariffs, pairs)
        return np.concatenate([base.spending[list(task.places)], *(part.ravel() for part in parts)])

    return _each(task, answer, len(task.places) * (1 + len(task.costs) + len(task.tariffs)))


def exact(task: Task) -> Done:
    """At every row the gain of P places in million US dollars a year under each plan, solved: width plans times P."""
    chosen = list(task.places)
    prepared = Prepared(task.economy, task.plans[0], ENOUGH)

    def answer(values: dict[str, float]) -> Array:
        # All plans levy the same tariffs before the change, so one baseline serves them.
        prepared.base(translate(prepared.plan, values).tariff)
        found = []
        for plan in task.plans:
            solved = prepared.under(plan).solve(values)
            found.append((solved.found.real_income_hat[chosen] - 1.0) * solved.base.spending[chosen])
        return np.concatenate(found)

    return _each(task, answer, len(task.plans) * len(chosen))


def _each(task: Task, answer: Callable[[dict[str, float]], Array], width: int) -> Done:
    """Every row on its own; one that does not settle is told, any other refusal is raised."""
    rows, found, failed = [], [], []
    for row, values in zip(task.rows.tolist(), task.values, strict=True):
        try:
            found.append(answer(dict(zip(task.plans[0].names, values.tolist(), strict=True))))
        except NotConverged as error:
            failed.append((row, str(error)))
        else:
            rows.append(row)
    table = np.array(found, dtype=np.float64).reshape(len(rows), width)
    return Done(task.name, np.array(rows, dtype=np.int64), table, tuple(failed))


def _picked(whole: Array, cells: Sequence[Cell], pairs: Mapping[tuple[int, int], int]) -> Array:
    """(P, S, pairs) at cells, (P, cells)."""
    sectors = [cell[0] for cell in cells]
    return np.asarray(whole[:, sectors, [pairs[cell[1], cell[2]] for cell in cells]])


@dataclass(frozen=True, slots=True)
class Slopes:
    """Elasticities of D draws: `spending` (D, P) in million US dollars, `cost` (D, P, C), `tariff` (D, P, T)."""

    places: tuple[str, ...]
    cost_cells: Mapping[Cell, int]
    tariff_cells: Mapping[Cell, int]
    spending: Array
    cost: Array
    tariff: Array

    @classmethod
    def of(cls, places: tuple[str, ...], programme: Programme, table: Array) -> Slopes:
        """Out of the table of all portions, in the order of draws."""
        costs, tariffs = programme.cells
        p, c, t = len(places), len(costs), len(tariffs)
        cut = np.split(table, [p, p + p * c], axis=1)
        return cls(
            places,
            {cell: at for at, cell in enumerate(costs)},
            {cell: at for at, cell in enumerate(tariffs)},
            cut[0],
            cut[1].reshape(len(table), p, c),
            cut[2].reshape(len(table), p, t),
        )


def gains(programme: Programme, slopes: Slopes, values: Array, chosen: Sequence[int] | None = None) -> Array:
    """First-order gains (D, candidates, P), million US dollars a year, where the parameters are `values` (D, parameters).

    `chosen`: positions of the only candidates wanted.
    """
    held = {name: values[:, at] for at, name in enumerate(programme.names)}
    theta = np.stack([held[name] for name in programme.theta], axis=1)
    wanted = [programme.compiled[at] for at in (range(len(programme.compiled)) if chosen is None else chosen)]
    out = np.zeros((values.shape[0], len(wanted), len(slopes.places)))
    for at, one in enumerate(wanted):
        out[:, at] = _gain(one, slopes, held, theta)
    return out


def _gain(one: Compiled, slopes: Slopes, held: Mapping[str, Array], theta: Array) -> Array:
    """Gains of one candidate, (D, P)."""
    total = np.zeros_like(slopes.spending)
    for step in one.costs:
        logs = np.log(_factor(step, theta, held))
        for exporter, importer in zip(step.exporters.tolist(), step.importers.tolist(), strict=True):
            at = [slopes.cost_cells[int(s), exporter, importer] for s in step.sectors]
            total += np.einsum("dpc,dc->dp", slopes.cost[:, :, at], logs)
    for target in one.targets:
        at = [slopes.cost_cells[s, target.exporter, target.importer] for s in target.sectors]
        total += np.einsum("dpc,dc->dp", slopes.cost[:, :, at], _shadow(target, theta, held))
    for rates in one.tariffs:
        cells = zip(rates.sectors.tolist(), rates.exporters.tolist(), rates.importers.tolist(), strict=True)
        at = [slopes.tariff_cells[cell] for cell in cells]
        total += np.einsum("dpc,dc->dp", slopes.tariff[:, :, at], _cut(rates, held))
    return total * slopes.spending


def _factor(step: CostStep, theta: Array, held: Mapping[str, Array]) -> Array:
    """New over old cost in every draw, (D, k): `translation.factor` for many draws at once."""
    sizes = {name: _size(parameter, held) for name, parameter in step.sizes.items()}
    some = theta[:, step.sectors]
    day = np.stack([held[name] for name in step.days], axis=1) if step.days else np.zeros_like(some)
    return 1.0 + step.part * (FORMULAS[step.formula](sizes, some, day) - 1.0)


def _size(parameter: str | tuple[str, ...], held: Mapping[str, Array]) -> Array:
    """A size in every draw, (D, 1), or (D, k) where it differs by sector."""
    if isinstance(parameter, str):
        return held[parameter][:, None]
    return np.stack([held[name] for name in parameter], axis=1)


def _shadow(target: TargetStep, theta: Array, held: Mapping[str, Array]) -> Array:
    """Log cost that moves a flow by its target at given prices, (D, k): -ln(flow_hat) / theta."""
    hat = 1.0 + held[target.size][:, None] / 100.0
    return np.asarray(-np.log(hat) / theta[:, list(target.sectors)])


def _cut(rates: TariffStep, held: Mapping[str, Array]) -> Array:
    """New less base tariff as a fraction, (D, cells)."""
    base = np.stack([held[name] for name in rates.base], axis=1)
    return np.asarray((held[rates.new][:, None] - base) / 100.0)
