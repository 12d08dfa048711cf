"""The figures that a simulated result rests on, and their plain form in the folder of a run."""

from __future__ import annotations

import hashlib
from typing import Any

from landbridge.provenance import Citation, Figure, Source, Status, derive
from landbridge.provenance.citation import Span
from landbridge.release import Data
from landbridge.scenarios.plan import ELASTICITIES, SIZES, Parameter, Plan
from landbridge.scenarios.sizes import Cited
from landbridge.scenarios.spec import Scenario
from landbridge.units import UNITS

_UNITS = {"1": "index", "d": "days", "% a year": "%"}


def evidence(scenario: Scenario, plan: Plan, data: Data) -> tuple[Figure, ...]:
    """The figures that a simulated result rests on besides the accounts: sizes, parameters, trade elasticities."""
    found = []
    for label, change in zip(scenario.labels, scenario.changes, strict=True):
        units = change.sizes()
        for name, size in change.ranges().items():
            words = f"{label}: {name.rsplit('_pct', 1)[0].replace('_', ' ')}"
            unit = _known(units[name].unit)
            source = change.source_of(name)
            cited = source if isinstance(source, Cited) else None
            found.append(
                Figure(
                    words,
                    size.value,
                    unit,
                    str(scenario.base_year),
                    Status.ASSUMED if cited is None else Status.REPORTED,
                    low=None if size.certain else size.low,
                    high=None if size.certain else size.high,
                    citation=None if cited is None else cited_from(cited),
                    cell=f"scenario:{label}/{name}",
                )
            )
    given = [
        _parameter(item, scenario) for item in plan.parameters if item.group not in (SIZES, ELASTICITIES)
    ]
    elastic = [_elasticity(item, scenario, data) for item in plan.parameters if item.group == ELASTICITIES]
    if elastic:
        numbers = [figure.point for figure in elastic]
        found.append(
            derive(
                "trade elasticities by sector, lowest and highest central value",
                None,
                "index",
                elastic,
                "landbridge.scenarios.evidence.evidence",
                low=min(numbers),
                high=max(numbers),
            )
        )
    return (*found, *given)


def _elasticity(item: Parameter, scenario: Scenario, data: Data) -> Figure:
    """The release's own figure, with its citations, unless the run was given another number."""
    held = data.elasticities.theta(item.name.removeprefix("theta "))
    return held if held.point == item.value else _parameter(item, scenario)


def _parameter(item: Parameter, scenario: Scenario) -> Figure:
    certain = item.low == item.high
    return Figure(
        item.name,
        item.value,
        _known(item.unit),
        str(scenario.base_year),
        Status.ASSUMED,
        low=None if certain else item.low,
        high=None if certain else item.high,
        cell=f"parameter:{item.name}",
        note="" if item.source in ("", "assumed") else f"As used in the run; from: {item.source}",
    )


def _known(unit: str) -> str:
    return unit if unit in UNITS else _UNITS.get(unit, "index")


def cited_from(cited: Cited) -> Citation:
    """A source that an author wrote, as what figures cite."""
    name = f"scenario-{hashlib.sha256(cited.url.encode()).hexdigest()[:10]}"
    source = Source(
        name, cited.publisher, cited.title, cited.date, cited.url, "as at source", "cited in a scenario"
    )
    return Citation(source, cited.words and f"“{cited.words}”")


def plain(figure: Figure) -> dict[str, Any]:
    """A figure with everything under it as JSON knows it."""
    names = ("measure", "value", "unit", "period", "low", "high", "cell", "code", "note", "comparator")
    out: dict[str, Any] = {name: getattr(figure, name) for name in names}
    out["status"] = figure.status.value
    out["inputs"] = [plain(item) for item in figure.inputs]
    out["citation"] = None if figure.citation is None else plain_citation(figure.citation)
    return out


def plain_citation(citation: Citation) -> dict[str, Any]:
    """A citation as JSON knows it."""
    source = citation.source
    names = ("id", "publisher", "title", "published", "url", "licence", "kind", "weak")
    span = citation.span and [citation.span.start, citation.span.end, citation.span.sha256]
    return {
        "source": {name: getattr(source, name) for name in names},
        "locator": citation.locator,
        "span": span,
        "speaker": citation.speaker,
    }


def figure_of(held: dict[str, Any]) -> Figure:
    """The figure that `plain` wrote; its id is the same."""
    return Figure(
        **{
            **held,
            "status": Status(held["status"]),
            "inputs": tuple(figure_of(item) for item in held["inputs"]),
            "citation": None if held["citation"] is None else citation_of(held["citation"]),
        }
    )


def citation_of(held: dict[str, Any]) -> Citation:
    """The citation that `plain_citation` wrote."""
    span = None if held["span"] is None else Span(*held["span"])
    return Citation(Source(**held["source"]), held["locator"], span, held["speaker"])
