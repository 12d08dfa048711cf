"""Candidates compiled together: one list of parameters, so that one draw serves all of them alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from landbridge.planning.bottlenecks.candidate import Candidate
from landbridge.scenarios.compiling import compile
from landbridge.scenarios.plan import Context, CostStep, Parameter, Plan, TargetStep, TariffStep
from landbridge.scenarios.spec import Scenario

Cell = tuple[int, int, int]


@dataclass(frozen=True)
class Compiled:
    """A candidate as steps; `tariffs` are rates that it sets itself."""

    candidate: Candidate
    costs: tuple[CostStep, ...]
    tariffs: tuple[TariffStep, ...]
    targets: tuple[TargetStep, ...]

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters that its steps read, elasticities left out."""
        found = {name for step in self.costs for name in step.parameters}
        found |= {name for rates in self.tariffs for name in (*rates.base, rates.new)}
        return frozenset(found | {target.size for target in self.targets})

    @cached_property
    def cells(self) -> tuple[set[Cell], set[Cell]]:
        """Cells (sector, exporter, importer) whose cost, and those whose tariff it changes."""
        costs = {
            (int(s), int(i), int(j))
            for step in self.costs
            for s in step.sectors
            for i, j in zip(step.exporters, step.importers, strict=True)
        }
        costs |= {(s, step.exporter, step.importer) for step in self.targets for s in step.sectors}
        rates = {
            (int(s), int(i), int(j))
            for step in self.tariffs
            for s, i, j in zip(step.sectors, step.exporters, step.importers, strict=True)
        }
        return costs, rates


@dataclass(frozen=True)
class Programme:
    """All candidates of one question with the parameters of all of them.

    `theta` names the parameter of each sector's elasticity. `base` maps a cell to the parameter of its base tariff, for
    every cell whose tariff some candidate changes: all candidates depart from the same economy, in which these tariffs
    are levied.
    """

    context: Context
    theta: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    compiled: tuple[Compiled, ...]
    base: tuple[tuple[Cell, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters, in their order."""
        return tuple(parameter.name for parameter in self.parameters)

    @cached_property
    def cells(self) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
        """Every cell whose cost, and every cell whose tariff some candidate changes, in order."""
        costs: set[Cell] = set()
        rates: set[Cell] = set()
        for one in self.compiled:
            mine = one.cells
            costs |= mine[0]
            rates |= mine[1]
        return tuple(sorted(costs)), tuple(sorted(rates))

    def plan(self, *positions: int) -> Plan:
        """The plan in which the candidates at these positions are relaxed together; none: nothing changes."""
        chosen = [self.compiled[at] for at in positions]
        own = {
            cell: (step, at)
            for one in chosen
            for step in one.tariffs
            for at, cell in enumerate(zip(step.sectors, step.exporters, step.importers, strict=True))
        }
        tariffs = []
        for cell, base in self.base:
            new = own[cell][0].new if cell in own else base
            ends = [np.array([axis], dtype=np.intp) for axis in cell]
            tariffs.append(TariffStep(ends[0], ends[1], ends[2], (base,), new))
        return Plan(
            "caliendo-parro",
            "additive",
            self.context.sectors,
            self.context.places,
            self.theta,
            self.parameters,
            tuple(step for one in chosen for step in one.costs),
            tuple(tariffs),
            tuple(step for one in chosen for step in one.targets),
            (),
        )


def programme(candidates: Sequence[Candidate], context: Context) -> Programme:
    """Compile candidates against what is held. Raises what `compile` raises, for the first candidate that is wrong."""
    drawn: dict[str, Parameter] = {}
    compiled: list[Compiled] = []
    theta: tuple[str, ...] = ()
    for candidate in candidates:
        costs: list[CostStep] = []
        tariffs: list[TariffStep] = []
        targets: list[TargetStep] = []
        alike = all(step.change.ranges() == candidate.steps[0].change.ranges() for step in candidate.steps)
        for at, step in enumerate(candidate.steps, 1):
            # Labels make the names of sizes: a candidate's are drawn apart from all others, and alike where they are.
            own = candidate.id if alike else f"{candidate.id} {at}"
            change = step.change.model_copy(update={"label": own, "drawn_with": ""})
            plan = compile(Scenario(name=candidate.id, changes=(change,)), context)
            theta = plan.theta
            drawn |= {item.name: item for item in plan.parameters}
            costs += [replace(item, part=step.part) if step.part != 1.0 else item for item in plan.costs]
            tariffs += plan.tariffs
            targets += plan.targets
        compiled.append(Compiled(candidate, tuple(costs), tuple(tariffs), tuple(targets)))
    base: dict[Cell, str] = {}
    for one in compiled:
        for rates in one.tariffs:
            cells = zip(
                rates.sectors.tolist(), rates.exporters.tolist(), rates.importers.tolist(), strict=True
            )
            base |= dict(zip(cells, rates.base, strict=True))
    return Programme(context, theta, tuple(drawn.values()), tuple(compiled), tuple(sorted(base.items())))
