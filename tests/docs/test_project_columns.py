"""docs/reference/registers.md names every column that the verbs of projects, funds and zones print, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from landbridge.cli import project_packages, registers
from landbridge.release import Data

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "registers.md").read_text("utf-8")
HEADLINE = "projects headline rus-chn-nuclear-2018"
PORTFOLIO = "projects headline rus-chn-headline-2023"

# Section of the page, command, key of the JSON. `rows` is what the table shows; the others stand in the JSON alone.
PRINTED: list[tuple[str, str, str]] = [
    ("`projects headline`", HEADLINE, "rows"),
    ("`projects headline`", f"{HEADLINE} --show parts", "sums"),
    ("`projects headline --show parts`", f"{HEADLINE} --show parts", "rows"),
    ("`projects headline --show parts`", PORTFOLIO, "candidates"),
    ("`projects headline --show claims`", f"{PORTFOLIO} --show claims", "rows"),
    ("`projects headline --show claims`", f"{PORTFOLIO} --show rivals", "rows"),
    ("`projects headline --show claims`", "projects headlines CHN RUS", "rows"),
    ("`projects duplicates`", "projects duplicates", "rows"),
    ("`projects duplicates`: `umbrellas`", "projects duplicates", "umbrellas"),
    ("`projects slippage`", "projects slippage", "rows"),
    ("`projects slippage`: `summary`", "projects slippage", "summary"),
    ("`projects journeys`", "projects journeys", "rows"),
    ("`projects transparency`", "projects transparency", "rows"),
    ("`projects transparency`", "projects transparency vitebsk-hydropower", "score"),
    ("`projects transparency`", "funds transparency", "rows"),
    ("`projects transparency ID`", "projects transparency vitebsk-hydropower", "rows"),
    ("`projects transparency ID`", "funds transparency china-assistance-belarus", "rows"),
    ("`projects gate`", "projects gate", "rows"),
    ("`projects gate`", "projects ranking", "held_back"),
    ("`funds card`", "funds card china-assistance-belarus", "rows"),
    ("`funds card`: `card`", "funds card china-assistance-belarus", "card"),
    ("`zones profile`", "zones profile great-stone", "rows"),
    ("`projects headline --show parts`", PORTFOLIO, "apart"),
    ("`zones profile`: `profile`", "zones profile great-stone", "profile"),
]
# Lists inside a row, each with the section that describes its rows.
INSIDE: list[tuple[str, str, str, str]] = [
    ("`funds card`", "funds card russia-china-investment-fund", "card", "capital"),
    ("`funds card`", f"{PORTFOLIO} --show claims", "rows", "sums"),
    ("`funds card`", PORTFOLIO, "candidates", "sums"),
    ("`zones profile`: `ratios`", "zones profile great-stone", "profile", "ratios"),
]


def documented(heading: str) -> list[str]:
    """The columns in the first cells of the table under a heading, in their order."""
    found = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"no section {heading}"
    cells = re.findall(r"^\| (`[^|]*`) \| (?!---)(.+) \|$", found[1], re.MULTILINE)
    assert all(len(meaning.split()) > 1 for _, meaning in cells)
    return [name for cell, _ in cells for name in re.findall(r"`(\w+)`", cell)]


def compared(heading: str, rows: Iterable[dict[str, Any]]) -> None:
    told, rows = documented(heading), list(rows)
    assert rows, f"no rows to compare with {heading}"
    assert len(told) == len(set(told)), f"{heading} names a column twice"
    for row in rows:
        assert set(row) == set(told), f"{heading}: {sorted(set(row) ^ set(told))}"


@pytest.fixture
def asked(landbridge: Callable[[str], Any]) -> Callable[[str], dict[str, Any]]:
    def made(line: str) -> dict[str, Any]:
        answer = landbridge(f"landbridge {line} --json")
        assert answer.exit_code == 0, answer.output
        body: dict[str, Any] = json.loads(answer.stdout)
        return body

    return made


@pytest.mark.parametrize(("heading", "line", "key"), PRINTED)
def test_the_columns_of_the_page_are_those_printed(
    heading: str, line: str, key: str, asked: Callable[[str], dict[str, Any]]
) -> None:
    compared(heading, asked(line)[key])


@pytest.mark.parametrize(("heading", "line", "key", "column"), INSIDE)
def test_the_columns_of_lists_inside_a_row_are_those_printed(
    heading: str, line: str, key: str, column: str, asked: Callable[[str], dict[str, Any]]
) -> None:
    compared(heading, (inner for row in asked(line)[key] for inner in row[column]))


def test_the_columns_of_a_ranking_of_projects_are_those_printed(
    landbridge: Callable[[str], Any], asked: Callable[[str], dict[str, Any]]
) -> None:
    """No shipped project passes the gate with a sum, so one is entered that does, and one that has none."""
    entry = "--set 'parties=BLR CHN' --set 'safety=permitted @2020-05' --source desk --by Anna"
    more = "--set 'announced=5 USD @2019' --publisher Desk --published 2021"
    for slug, sums in (("one", more), ("two", "")):
        made = landbridge(f"landbridge projects add --id {slug} --set name={slug} {entry} {sums}")
        assert made.exit_code == 0, made.output
    body = asked("projects ranking")
    compared("`projects ranking`", body["rows"])
    assert [row["record"] for row in body["rows"]] == ["project/one"]
    assert body["unmeasured"] == [{"record": "project/two"}]


def test_the_columns_of_an_import_are_those_printed(
    held: Data, monkeypatch: pytest.MonkeyPatch, asked: Callable[[str], dict[str, Any]]
) -> None:
    monkeypatch.setattr(project_packages, "load_data", lambda workspace=None: held)
    package = {
        "version": "0.9",
        "uri": "https://example.org/package.json",
        "publishedDate": "2026-01-02T00:00:00Z",
        "publisher": {"name": "Ministry of Examples"},
        "projects": [{"id": "oc4ids-abc-1", "title": "Bridge of examples", "purpose": "To cross"}],
    }
    Path("package.json").write_text(json.dumps(package), "utf-8")
    body = asked("projects import package.json --by Anna --parties BLR --parties CHN")
    compared("`projects import`", body["rows"])
    compared("`projects import`: `dropped`", body["dropped"])


def test_every_verb_of_projects_funds_and_zones_has_its_section() -> None:
    for noun in ("projects", "funds", "zones"):
        for verb in registers._MORE[noun]:
            assert re.search(rf"`{noun} {verb.name}\b", PAGE), f"{noun} {verb.name} has no section"
