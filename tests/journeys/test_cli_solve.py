"""`solve` and `compare`, as typed: rows, notes, runs that are found again, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landbridge.scenarios.making import load_run

Call = Callable[[str], Any]

RAIL = """\
name: cheaper rail
changes:
  - {kind: trade_cost, between: [CHN, RUS], sectors: goods, change_pct: [-5, -1], source: assumed}
not_captured:
  - queues at single crossings
"""


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.code == 0, answer.err
    return list(json.loads(answer.out)["rows"])


@pytest.fixture
def rail(tmp_path: Path) -> str:
    path = tmp_path / "rail.yaml"
    path.write_text(RAIL)
    return path.name


def test_headlines_as_rows_and_the_run_behind_them(call: Call, rail: str, tmp_path: Path) -> None:
    answer = call(f"solve {rail} --draws 12 --workers 1 --json")
    found = rows(answer)
    assert [(row["place"], row["unit"]) for row in found if row["measure"] == "real income"] == [
        (place, unit) for place in ("CHN", "RUS", "WLD") for unit in ("%", "USD")
    ]
    pairs = {(row["exporter"], row["importer"]) for row in found if row["measure"] == "trade"}
    assert pairs == {("CHN", "RUS"), ("RUS", "CHN")}
    for row in found:
        assert row.keys() == found[0].keys()
        assert row["concept"] == "sectoral GE"
        assert row["horizon"] == "long-run, full employment"
        assert row["residual"] < 1e-9
        assert row["low"] < row["central"] < row["high"]
        assert row["prior_low"] <= row["prior_composite"] <= row["prior_high"]
        assert row["variance_sizes_pct"] is None
    income = next(row for row in found if row["place"] == "RUS" and row["unit"] == "%")
    assert income["verdict"] == "gain"
    (folder,) = (tmp_path / "runs").iterdir()
    run = load_run(folder)
    assert list(run.table().columns) == list(found[0])
    assert run.table().to_dicts() == found
    notes = json.loads(answer.out)["notes"]
    assert any("12 of 12 draws" in note for note in notes)
    assert "Not captured: queues at single crossings" in notes

    again = call(f"solve {rail} --draws 12 --workers 1 --json")
    assert again.out == answer.out
    assert len(list((tmp_path / "runs").iterdir())) == 1

    chain = rows(call(f"explain {income['id']} --json"))[0]
    assert chain["value"] == income["central"]
    assert chain["status"] == "simulated"
    assert chain["inputs"][0]["source"] == "oecd-icio-2025"


def test_tables_for_a_reader_with_notes_before_them(call: Call, rail: str) -> None:
    answer = call(f"solve {rail} --runs kept")
    assert answer.code == 0
    assert "Central value by imputation of final demand" in answer.out
    assert "Share of the variance" not in answer.out
    assert "closure: deficits fixed in world output" in answer.err.splitlines()[0]
    assert "Markets clear to" in answer.err
    assert "kept in kept/r-" in answer.err
    assert "undetermined" not in answer.out or "smaller than" in answer.out


def test_a_reader_gets_millions_and_whole_headings_and_a_program_dollars(call: Call, rail: str) -> None:
    exact = rows(call(f"solve {rail} --draws 60 --workers 1 --json"))
    shown = call(f"solve {rail} --draws 60 --workers 1").out
    money = next(row for row in exact if row["place"] == "RUS" and row["unit"] == "USD")
    (line,) = (
        line for line in shown.splitlines() if "RUS" in line and "USD million" in line and money["id"] in line
    )
    assert f"{money['central'] / 1e6:.4g}".replace(",", "") in line.replace(",", "")
    head = shown.splitlines()[0:3]
    assert all(word in " ".join(head) for word in ("central", "verdict", "exporter", "importer"))
    shares = shown[shown.index("Share of the variance") :]
    assert f"{money['variance_sizes_pct']:.1f} ± {money['variance_sizes_error_pct']:.1f}" in shares
    assert "sampling error" in shares


def test_other_views_of_a_run(call: Call, rail: str) -> None:
    sectors = rows(call(f"solve {rail} --show sectors --json"))
    assert {row["place"] for row in sectors} == {"CHN", "RUS"}
    market = rows(call(f"solve {rail} --show diversion --json"))
    assert {row["role"] for row in market} == {"the pair", "at home", "third country"}
    parts = rows(call(f"solve {rail} --show contributions --json"))
    assert {row["part"] for row in parts} == {"trade_cost 1"}
    exact = rows(call(f"solve {rail} --show decomposition --json"))
    assert len(exact) == 2 * 5


def test_two_runs_side_by_side(call: Call, rail: str, tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(
        RAIL.replace("[-5, -1]", "[-7, -1]").replace("cheaper", "much cheaper")
    )
    ids = []
    for file in (rail, "more.yaml"):
        assert call(f"solve {file} --json").code == 0
        ids.append(next(p.name for p in (tmp_path / "runs").iterdir() if p.name not in ids))
    found = rows(call(f"compare {ids[0]} {ids[1][:7]} --json"))
    sections = [row["section"] for row in found]
    assert sections == sorted(sections, key=["inputs", "results", "attribution"].index)
    told = [(row["input"], row["a"], row["b"]) for row in found if row["section"] == "inputs"]
    assert told == [
        ("scenario", "cheaper rail", "much cheaper rail"),
        ("size of a change", "-3 (-5 to -1)", "-4 (-7 to -1)"),
    ]
    russia = [row for row in found if row["place"] == "RUS" and row["unit"] == "%"]
    result, part = russia
    assert result["difference"] == pytest.approx(result["value_b"] - result["value_a"])
    assert result["verdict"] == "higher"
    assert part["contribution"] == pytest.approx(result["difference"], rel=1e-6)
    shown = call(f"compare runs/{ids[0]} {ids[1]}")
    order = [shown.out.index(title) for title in ("What went in", "Results, B less A", "Which difference")]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("solve none.yaml", 2, "none.yaml"),
        ("solve {rail} --model caliendo", 2, "caliendo-parro"),
        ("solve {rail} --show sector", 2, "sectors"),
        ("solve {rail} --draws -1", 2, "-1 draws"),
        ("solve {rail} --draws 5 --workers 0", 2, "workers"),
        ("solve {rail} --dask 127.0.0.1:1 --workers 2", 2, "exclude each other"),
        ("compare a b", 1, "there are no runs here"),
    ],
)
def test_refusals_name_the_remedy(call: Call, rail: str, line: str, code: int, said: str) -> None:
    answer = call(line.format(rail=rail))
    assert answer.code == code
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert not answer.out
    as_json = call(line.format(rail=rail) + " --json")
    assert as_json.code == code
    assert json.loads(as_json.err)["schema"] == "landbridge/error/1"


def test_a_bad_scenario_is_refused_with_every_problem(call: Call, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(RAIL.replace("change_pct", "chnge_pct").replace("name:", "nam:"))
    answer = call("solve bad.yaml")
    assert answer.code == 1
    assert "change_pct" in answer.err
    assert "nam" in answer.err
    assert not (tmp_path / "runs").exists()
