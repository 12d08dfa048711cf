"""Which change makes how much of a result: Shapley values over changes, each subset solved again with central parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import NotHeld
from landbridge.scenarios import network, views
from landbridge.scenarios.changes import Change
from landbridge.scenarios.compiling import compile
from landbridge.scenarios.context import context
from landbridge.scenarios.outcomes import Layout, Measure
from landbridge.scenarios.plan import Context, Known
from landbridge.scenarios.solving import Economy, Prepared
from landbridge.scenarios.spec import Scenario
from landbridge.scenarios.views import View

if TYPE_CHECKING:
    from landbridge.release import Data
    from landbridge.scenarios.run import Run

Array = NDArray[np.float64]
Subset = frozenset[int]

MOST = 7
SHAPLEY, ORDER = (
    "Shapley value, exact over all subsets",
    "in the order of the list, each added to those before",
)
FITTED = "agreement coefficient (fitted)"
_ORDER_NOTE = (
    f"More than {MOST} parts: each is added to those before it, so the shares depend on their order."
)


def parts(count: int, value: Callable[[Subset], Array]) -> tuple[Array, Array, str]:
    """What each of `count` parts adds, (count, width), what there is without any, (width,), and the method.

    `value` of a subset is a vector (width,). Up to `MOST` parts: the Shapley value (Shapley 1953), the mean over all
    orders of what a part adds, 2^count evaluations. Beyond: in the given order, count + 1 evaluations. Either way the
    parts add up to the whole.
    """
    nothing = value(frozenset())
    if count > MOST:
        steps = [nothing, *(value(frozenset(range(k + 1))) for k in range(count))]
        return np.diff(np.array(steps), axis=0), nothing, ORDER
    known: dict[Subset, Array] = {frozenset(): nothing}
    for code in range(1, 2**count):
        subset = frozenset(i for i in range(count) if code >> i & 1)
        known[subset] = value(subset)
    out = np.zeros((count, nothing.size))
    for subset, held in known.items():
        for i in range(count):
            if i not in subset:
                weight = factorial(len(subset)) * factorial(count - len(subset) - 1) / factorial(count)
                out[i] += weight * (known[subset | {i}] - held)
    return out, nothing, SHAPLEY


@dataclass(frozen=True, slots=True)
class Solver:
    """Solves variations of a run centrally, with the data that the run was made from."""

    economy: Economy
    context: Context
    layout: Layout

    @classmethod
    def of(cls, run: Run, data: Data | None, layout: Layout) -> Solver:
        """For a run; raises `NotHeld` where `data` (the installed release, when None) has other accounts."""
        if data is None:
            from landbridge.release import load

            data = load()
        if data.accounts.fingerprint != run.inputs["accounts_sha256"]:
            raise NotHeld(
                "the accounts at hand are not those of the run.",
                where=run.id,
                remedy="Give the data of the release that it was solved on, or solve again.",
            )
        held = data.accounts.variant(run.central.variants[0])
        known = context(data, network=network.needed(run.scenario.changes))
        for item in run.inputs["parameters"]:
            if item["name"] == FITTED:
                fitted = Known(item["low"], item["value"], item["high"], item["source"], "estimated")
                known = replace(known, agreement=fitted)
        made = Economy(held.name, held.sectors, held.places, held.flows, held.inputs, held.final_share)
        return cls(made, known, layout)

    def outcomes(
        self, scenario: Scenario, changes: Sequence[tuple[str, Change]], values: Mapping[str, float]
    ) -> Array:
        """Outcomes (1, width) of a scenario with these labelled changes alone; parameters as in `values` by name."""
        named = tuple(change.model_copy(update={"label": label}) for label, change in changes)
        plan = compile(scenario.model_copy(update={"changes": named, "places": ()}), self.context)
        point = {name: values.get(name, central) for name, central in plan.central().items()}
        return Prepared(self.economy, plan).outcome(self.layout, point)[None, :]


def central_values(run: Run) -> dict[str, float]:
    """Central value of every parameter of a run, by name."""
    return {item["name"]: item["value"] for item in run.inputs["parameters"]}


def rows(
    measures: Sequence[Measure], labels: Sequence[str], found: Array, method: str, whole: Array
) -> list[dict[str, Any]]:
    """One row per measure and part, with its share in the `whole` (measures,)."""
    out = []
    for m, measure in enumerate(measures):
        for k, label in enumerate(labels):
            total = float(whole[m])
            out.append(
                {
                    "measure": measure.kind.replace("_", " "),
                    "place": measure.place or None,
                    "exporter": measure.exporter or None,
                    "importer": measure.importer or None,
                    "unit": measure.unit,
                    "part": label,
                    "contribution": float(found[k, m]),
                    "whole": total,
                    "method": method,
                }
            )
    return out


def contributions(run: Run, data: Data | None = None) -> View:
    """What each change of a run adds to every headline; with up to `MOST` changes whatever their order."""
    solver = Solver.of(run, data, run.layout)
    scenario, values = run.scenario, central_values(run)
    changes = list(zip(scenario.labels, scenario.changes, strict=True))
    measures = [item.measure for item in run.headlines]

    def value(subset: Subset) -> Array:
        outcomes = solver.outcomes(scenario, [changes[i] for i in sorted(subset)], values)
        return np.array([run.layout.values(item, outcomes)[0] for item in measures])

    found, nothing, method = parts(len(changes), value)
    labels = [label for label, _ in changes]
    if np.abs(nothing).max(initial=0.0) > 0.0 and scenario.deficits != "additive":
        labels, found = [f"closure: deficits {scenario.deficits}", *labels], np.vstack([nothing, found])
    notes = ("Central parameters, central imputation of final demand.",)
    whole = nothing + found.sum(axis=0) if labels[0] == changes[0][0] else found.sum(axis=0)
    made = rows(measures, labels, found, method, whole)
    return views.view(made, run.central, (*notes, _ORDER_NOTE) if method == ORDER else notes)
