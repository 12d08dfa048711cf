"""Prospects from the shell: the answer in a sentence, views, a series of one's own, and what people type wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[[str], Any]
ASK = "prospects probability CHN RUS --value 400e9 --by 2030"


def test_the_answer_is_one_sentence_with_its_range_and_caveat(call: Call) -> None:
    ran = call(ASK)
    assert ran.code == 0
    assert "USD 400,000,000,000 in 2030: probability" in ran.err
    assert "it knows nothing of what either side plans" in ran.err
    assert "came true of such probabilities" in ran.out


def test_every_view_has_rows_and_json_the_same_columns(call: Call) -> None:
    seen = set()
    for view in ("answer", "path", "passage", "models", "states", "record", "all"):
        ran = call(f"{ASK} --show {view} --json")
        assert ran.code == 0, ran.err
        body = ran.json
        assert body["verb"] == "prospects probability"
        assert body["rows"]
        seen.add(tuple(body["rows"][0]))
    assert len(seen) == 1


def test_a_figure_of_the_answer_is_explained(call: Call) -> None:
    identifier = call(f"{ASK} --json").json["rows"][0]["id"]
    ran = call(f"explain {identifier}")
    assert ran.code == 0
    assert "Probability of USD 400,000,000,000 or more in 2030" in ran.out


def test_targets_of_the_whole_ledger_and_of_a_pair_have_the_same_columns(call: Call) -> None:
    every, pair = call("targets --json").json["rows"], call("targets CHN RUS --json").json["rows"]
    assert len(every) > len(pair) > 10
    assert list(every[0]) == list(pair[0])
    goal = next(row for row in pair if row["record"] == "target/rus-chn-turnover-2024")
    assert (goal["verdict"], goal["reached"], goal["announced"]) == ("met", "2023", "2018")
    assert goal["got_pct"] > goal["needed_then_pct"] > 0


def test_issued_probabilities_are_shown_unscored(call: Call) -> None:
    ran = call("prospects issued --json")
    assert all(row["outcome"] is None and row["brier"] is None for row in ran.json["rows"])
    assert "none scored yet" in ran.json["notes"][0]


def test_the_record_says_which_models_were_dropped(call: Call) -> None:
    rows = call("prospects record --json").json["rows"]
    assert [row["model"] for row in rows if row["chosen"]] == ["naive"]
    assert {"theta", "ets", "arima", "gravity", "ensemble"} <= {
        row["model"] for row in rows if not row["kept"]
    }
    for view in ("skill", "reliability", "panels", "left-out", "targets"):
        assert call(f"prospects record --show {view} --json").json["rows"]


def test_a_series_of_ones_own(call: Call, tmp_path: Path) -> None:
    rows = [f"{year},{100 + 6 * (year - 2010)}" for year in range(2010, 2025)]
    (tmp_path / "mine.csv").write_text("period,value\n" + "\n".join(rows), encoding="utf-8")
    ran = call("prospects probability --series mine.csv --value 250 --by 2028 --json")
    assert ran.code == 0, ran.err
    assert 0 < ran.json["rows"][0]["value"] < 100
    ran = call("prospects forecast --series mine.csv --until 2027 --json")
    assert [row["year"] for row in ran.json["rows"]] == ["2025", "2026", "2027"]


def test_a_panel_of_ones_own_is_back_tested(call: Call, tmp_path: Path) -> None:
    rows = [
        f"s{k},{year},{50 * (1.03 + 0.01 * k) ** (year - 2000) * (1 + 0.05 * ((year * 7 + k * 3) % 5))}"
        for k in range(6)
        for year in range(2000, 2016)
    ]
    (tmp_path / "panel.csv").write_text("series,year,value\n" + "\n".join(rows), encoding="utf-8")
    ran = call("prospects backtest panel.csv --horizon 2 --model drift --workers 1 --json")
    assert ran.code == 0, ran.err
    found = {(row["part"], row["model"]) for row in ran.json["rows"]}
    assert found >= {("early", "naive"), ("late", "naive"), ("early", "drift")}


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("prospects probability CHN RUS --by 2030", 2, "--value and --by"),
        ("prospects probability CHN --value 4e11 --by 2030", 2, "two places"),
        ("prospects probability CHN RUS --value many --by 2030", 2, "not a positive number"),
        ("prospects probability CHN RUS --value 4e11 --by 2020", 2, "counted already"),
        ("prospects probability CHN RUS --value 4e11 --by 2050", 1, "no 25 steps ahead"),
        ("prospects probability CHN RUS --value 4e11 --by 2030 --show maps", 2, "view"),
        ("prospects probability CHN RUS --value 4e11 --by 2030 --reporter KAZ", 2, "reporter"),
        ("prospects probability CHN RUS --value 4e11 --by 2030 --rule never", 2, "rule"),
        ("prospects probability CHN RUS --value 4e11 --by 2030 --series x.csv", 2, "stands instead"),
        ("prospects probability XXQ RUS --value 4e11 --by 2030", 2, "XXQ"),
        ("prospects forecast CN-HL RU-AMU", 1, "no yearly series"),
        ("prospects forecast --series nothing.csv", 1, "cannot be read"),
        ("prospects backtest nothing.csv", 1, "cannot be read"),
        ("prospects record --show all", 2, "view"),
        ("targets CHN", 2, "one place"),
    ],
)
def test_what_is_typed_wrong_is_told_kindly(call: Call, line: str, code: int, words: str) -> None:
    ran = call(line)
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.err
    said = call(f"{line} --json")
    assert json.loads(said.err)["error"]
