"""The page of worked scenarios shows what the table says; the page on writing one ends in a comparison that works."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import build_scenarios  # noqa: E402
from landbridge.release.worked import ROLES  # noqa: E402
from landbridge.scenarios.reading import read  # noqa: E402

PAGE = build_scenarios.PAGE.read_text("utf-8")
HOWTO = (ROOT / "docs" / "howto" / "write-a-scenario.md").read_text("utf-8")


def section(slug: str) -> str:
    """What the page says of a scenario: from its heading to the next."""
    (found,) = (
        part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if f"<!-- table: {slug} -->" in part
    )
    return found


def test_the_tables_of_the_page_are_those_of_the_csv() -> None:
    held = build_scenarios.held()
    assert re.findall(r"<!-- table: ([\w-]+) -->", PAGE) == list(held)
    assert build_scenarios.refreshed(PAGE, held) == PAGE, "run: python scripts/build_scenarios.py --pages"


@pytest.mark.parametrize("slug", build_scenarios.SLUGS)
def test_the_page_tells_of_each_scenario_how_to_run_it_and_what_it_leaves_out(slug: str) -> None:
    told = section(slug)
    assert f"landbridge solve {slug} --draws {build_scenarios.DRAWS}" in told
    for word in ("**What is changed.**", "**Verdict.**", "**What drives the range.**", "**Not captured.**"):
        assert word in told, word


@pytest.mark.parametrize("slug", build_scenarios.SLUGS)
def test_every_cited_source_is_linked_on_the_page(slug: str) -> None:
    told = section(slug)
    for change in read(build_scenarios.SCENARIOS / f"{slug}.yaml").changes:
        for source in (change.source, *change.sources.values()):
            if source != "assumed":
                assert source.url in told, change.label


def test_the_verdicts_in_words_are_those_of_the_table() -> None:
    """`**Verdict.** CHN gain, RUS undetermined` and so on, in the order of the table."""
    for slug, rows in build_scenarios.held().items():
        income = [row for row in rows if row["measure"] == "real income" and row["unit"] == "%"]
        wanted = ", ".join(f"{row['place']} {row['verdict']}" for row in income)
        assert f"**Verdict.** {wanted}." in section(slug), (slug, wanted)


def test_verdicts_on_the_page_follow_the_table() -> None:
    held = build_scenarios.held()
    changed = {slug: [{**row, "verdict": "undetermined"} for row in rows] for slug, rows in held.items()}
    told = re.findall(r"\*\*Verdict\.\*\* ([^.]*)\.", build_scenarios.refreshed(PAGE, changed))
    assert len(told) == len(held)
    assert all(set(re.findall(r"[a-z]+", words)) == {"undetermined"} for words in told)


def test_every_scenario_says_what_it_is_and_what_decides_its_reading() -> None:
    assert set(build_scenarios.ROLES) == set(build_scenarios.SLUGS)
    for slug, rows in build_scenarios.held().items():
        (found,) = {(row["role"], row["caveat"]) for row in rows}
        assert found == build_scenarios.ROLES[slug]
        assert found[0] in ROLES
        assert found[1]


def test_a_share_of_variance_has_its_standard_error_beside_it() -> None:
    row = {
        **build_scenarios.held()["soya"][0],
        "variance_sizes_pct": "58.2",
        "variance_sizes_error_pct": "9.6",
        "variance_parameters_pct": "",
    }
    table = build_scenarios.causes([row, {**row, "unit": "USD"}])
    assert "| 58 ± 10 |" in table
    assert "| none |" in table


def test_the_pair_of_runs_can_be_compared(tmp_path: Path, landbridge: Callable[[str], Any]) -> None:
    ids = []
    for name, body in re.findall(r"^```yaml file=(\S+)\n(.*?)^```", HOWTO, re.DOTALL | re.MULTILINE):
        (tmp_path / name).write_text(body, "utf-8")
        answer = landbridge(f"landbridge solve {name}")
        assert answer.exit_code == 0, answer.output
        ids += re.findall(r"Run (r-\w+), kept in", answer.output)
    (command,) = re.findall(r"^(landbridge compare .*)$", HOWTO, re.MULTILINE)
    answer = landbridge(command.replace("FIRST", ids[0]).replace("SECOND", ids[1][:8]) + " --json")
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)["rows"]
    differing = [(row["item"], row["a"], row["b"]) for row in found if row["section"] == "inputs"]
    assert differing == [
        ("name", "One-stop border", "One-stop border, containers only"),
        ("border_time 1: share_pct", "27.5 (15 to 40)", "12.5 (5 to 20)"),
    ]
    russia = [row for row in found if row["place"] == "RUS" and row["unit"] == "%"]
    assert {row["section"] for row in russia} == {"results", "attribution"}


# What the page says of causes in words: scenario, place, source, from, to (per cent of variance).
CAUSES = (
    ("halve-border-time", "RUS", "sizes", 30, 50),
    ("halve-border-time", "RUS", "parameters", 30, 50),
    ("halve-border-time", "RUS", "imputation", 15, 25),
    ("halve-border-time", "RUS", "elasticities", 0, 5),
    ("tariff-free-food", "CHN", "imputation", 50, 90),
    ("tariff-free-food", "RUS", "imputation", 20, 80),
    ("tariff-free-food", "RUS", "sizes", 15, 60),
    ("settlement-friction", "RUS", "sizes", 75, 100),
    ("settlement-friction", "CHN", "imputation", 10, 20),
    ("belarus-china-services", "BLR", "sizes", 75, 100),
    ("slowdown-and-devaluation", "RUS", "sizes", 90, 110),
    ("slowdown-and-devaluation", "BLR", "imputation", 40, 60),
    ("soya", "RUS", "imputation", 50, 70),
    ("soya", "CHN", "imputation", 60, 80),
    ("soya", "USA", "elasticities", 55, 75),
)


@pytest.mark.parametrize(("slug", "place", "source", "low", "high"), CAUSES)
def test_what_drives_a_range_is_what_the_page_says(
    slug: str, place: str, source: str, low: float, high: float
) -> None:
    (row,) = (
        row
        for row in build_scenarios.held()[slug]
        if row["measure"] == "real income" and row["place"] == place and row["unit"] == "%"
    )
    assert low <= float(row[f"variance_{source}_pct"]) <= high
