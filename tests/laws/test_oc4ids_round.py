"""The way round: a package of somebody else, taken in, sent out and taken into another empty workspace, says the same.

The package has the shape of the published example of OC4IDS 0.9 (a project with an id of a registered prefix, identifiers
and classifications of the publisher, locations, budget with finance, contracting processes, completion, metrics,
milestones, related projects) with values of its own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landbridge.ledger import Ledger, Statement
from landbridge.registers.oc4ids import exporting, importing, mapping
from landbridge.release import Data, load
from landbridge.release.workspace import Workspace

TODAY = "2026-11-21"
RECORD = "project/oc4ids-zz9abc-ferry-7"
# What a package gives no source of its own; on the way back it cites the package.
_UNSOURCED = {"name", "remark", "parties", "place", "sector", "actor"}


def theirs(name: str = "oc4ids-zz9abc-Ferry.7") -> dict[str, Any]:
    """A package of a ministry."""
    pounds = {"currency": "GBP"}
    project = {
        "id": name,
        "updated": "2024-03-01T00:00:00Z",
        "identifiers": [{"id": "F/7", "scheme": "internal"}],
        "title": "Expansion of a ferry pier",
        "description": "A second berth. It takes lorries.",
        "status": "maintenance",
        "type": "expansion",
        "sector": ["transport", "transport.water"],
        "additionalClassifications": [{"scheme": "COFOG", "id": "04.5.2", "description": "Water transport"}],
        "period": {"startDate": "2020-01-01T00:00:00Z", "endDate": "2023-06-30T00:00:00Z"},
        "locations": [
            {"id": "001", "description": "West pier", "address": {"countryName": "United Kingdom"}},
            {"id": "002", "description": "East pier"},
        ],
        "budget": {
            "description": "Budget of the ports",
            "amount": {"amount": 12.5, **pounds},
            "approvalDate": "2019-10-01T00:00:00Z",
            "finance": [{"id": "1", "title": "Loan", "value": {"amount": 6, "currency": "USD"}}],
        },
        "parties": [{"id": "GB-1", "name": "Ports", "roles": ["publicAuthority", "funder"]}],
        "environment": {"hasImpactAssessment": True},
        "contractingProcesses": [
            {
                "id": "c-1",
                "summary": {
                    "title": "Works",
                    "contractValue": {"amount": 9, **pounds},
                    "contractPeriod": {"startDate": "2020-02-01T00:00:00Z"},
                    "finalValue": {"amount": 10, **pounds},
                },
            }
        ],
        "completion": {"endDate": "2023-09-05T00:00:00Z", "finalValue": {"amount": 13, **pounds}},
        "metrics": [{"id": "progress", "title": "Progress", "observations": [{"id": "1", "measure": "50"}]}],
        "milestones": [{"id": "m-1", "title": "Grant", "status": "met", "dateMet": "2020-05-01T00:00:00Z"}],
        "relatedProjects": [
            {
                "id": "1",
                "scheme": "oc4ids",
                "identifier": "oc4ids-zz9abc-6",
                "relationship": "construction",
                "title": "First",
            }
        ],
    }
    return {
        "uri": "https://example.org/package.json",
        "publisher": {"name": "A ministry"},
        "publishedDate": "2024-05-31T00:00:00Z",
        "version": "0.9",
        "projects": [project],
    }


@pytest.fixture(scope="module")
def shipped() -> Data:
    return load()


def _into(folder: Path, package: dict[str, Any], shipped: Data) -> tuple[Ledger, importing.Conversion]:
    path = folder.with_suffix(".json")
    path.write_text(json.dumps(package), "utf-8")
    workspace = Workspace.open_or_create(folder)
    report = importing.import_package(workspace, path, shipped, TODAY, f"Who reads {folder.name}")
    return load(folder).ledger, report.conversion


def _out(held: Ledger) -> dict[str, Any]:
    export = exporting.package(held, TODAY, [RECORD])
    assert export.left_out == ()
    return export.package


def _content(said: Statement, *, sourced: bool) -> tuple[Any, ...]:
    value = (said.property, said.text, said.number, said.unit, said.note)
    return (said.id, *value) if sourced else value


@pytest.mark.parametrize("name", ["oc4ids-zz9abc-Ferry.7", "oc4ids-zz9abc-ferry 7"])
def test_a_package_of_somebody_else_keeps_its_id_and_what_the_ledger_holds(
    name: str, shipped: Data, tmp_path: Path
) -> None:
    first, _ = _into(tmp_path / "first", theirs(name), shipped)
    sent = _out(first)
    assert sent["projects"][0]["id"] == name
    second, conversion = _into(tmp_path / "second", sent, shipped)
    assert conversion.left_out == (), "a package of this product's own making comes in whole"
    again = _out(second)
    # A third workspace is a copy of the second: nothing wears off.
    third, _ = _into(tmp_path / "third", again, shipped)
    once, twice, thrice = sent["projects"][0], again["projects"][0], _out(third)["projects"][0]
    for project in (once, twice, thrice):
        # Names and places cite the package they came by, so each round adds a source.
        project["documents"] = [d for d in project["documents"] if d["description"] != mapping.SOURCE]
    assert twice == once
    assert thrice == once

    def contents(held: Ledger) -> set[tuple[Any, ...]]:
        said = held.record(RECORD).statements
        return {_content(one, sourced=one.property not in _UNSOURCED) for one in said}

    assert len(contents(first)) > 15
    assert contents(second) == contents(first), "sums, stages and dates come back under their own ids"
    assert contents(third) == contents(first)


def test_what_the_ledger_has_no_place_for_is_told_on_the_way_in(shipped: Data, tmp_path: Path) -> None:
    """The same list stands in the reference: it is lost on the first way in, and said so there."""
    _, conversion = _into(tmp_path / "first", theirs(), shipped)
    assert {item.field.removesuffix("[]") for item in conversion.left_out} == {
        "identifiers",
        "type",
        "additionalClassifications",
        "period",
        "locations",
        "budget",
        "contractingProcesses",
        "metrics",
        "milestones",
        "relatedProjects",
    }
