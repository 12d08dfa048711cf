"""Prospects from the shell: the answer in a sentence, views, a series of one's own, and what people type wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landbridge.prospects import shocks
from landbridge.prospects.shock_outcome import Rare

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


def test_the_table_of_targets_shows_definition_parties_and_revisions_in_short(call: Call) -> None:
    ran = call("targets CN-HL RU-AMU")
    assert ran.out.split("\n")[0].split() == ["parties", "by", "value", "verdict", "what", "is", "known"]
    for words in ("USD 400 bn", "30 bn m3", "definition: not stated", "deadline moved", "counted by CHN"):
        assert words in ran.out, words
    assert "all targets of CHN and RUS" in ran.err
    assert "all targets" not in call("targets CHN RUS").err
    ran = call("targets BLR CHN")
    assert "at least 12–15 %" in ran.out
    row = next(row for row in call("targets BLR CHN --json").json["rows"] if "services" in row["record"])
    assert (row["value"], row["low"], row["high"]) == (None, 12, 15)
    assert row["why"] == "No series of exports is held."


def test_a_shock_that_is_told_stands_in_the_answer(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    fall = Rare("a fall by a third", np.log(np.array([[0.6, 2 / 3, 0.75]])), "rare among 12 placebos")
    monkeypatch.setattr(shocks, "measured", lambda *_: fall)
    ask = f"{ASK} --stress sanctions-russia-2022"
    ran = call(ask)
    assert ran.code == 0, ran.err
    assert "If a fall by a third struck again in 2026:" in ran.err
    assert "a fall by a third again in 2026" in ran.out
    rows = [row for row in call(f"{ask} --json").json["rows"] if row["what"] == "stress"]
    assert len(rows) == 1
    assert rows[0]["note"] == "laid on: -33 % in its first year (-40 to -25); rare among 12 placebos"


def test_issued_probabilities_are_shown_unscored(call: Call) -> None:
    ran = call("prospects issued --json")
    assert all(row["outcome"] is None and row["brier"] is None for row in ran.json["rows"])
    assert "none scored yet" in ran.json["notes"][0]
    assert all(row["row"] and "id" not in row for row in ran.json["rows"])
    assert "seal" in ran.json["notes"][1]


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
        ("prospects probability CHN RUS --value 4e11 --by 2050", 1, "25 years after the newest count"),
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
        (
            "prospects probability CHN RUS --value 4e11 --by 2030 --stress sanctions-russia-2022",
            1,
            "not told from ordinary movement",
        ),
        (
            "prospects probability --series x.csv --value 4e11 --by 2030 --stress x",
            2,
            "cannot be laid on --series",
        ),
        ("prospects probability CHN RUS --value 4e11 --by 2030 --draws 1", 2, "200"),
        ("prospects probability CHN RUS --value 4e11 --by 2030 --picture x.png", 2, "end in .svg"),
        ("prospects forecast CHN RUS --picture nowhere/x.svg", 2, "--picture nowhere/x.svg"),
        ("prospects probability CHN RUS --value 4e11 --by 2030 --repair foo", 2, "latest run, rescale"),
        ("prospects probability CHN RUS --value 4e11 --by 2030 --indicator foo", 2, "exports, imports"),
        ("prospects probability BLR CHN --value 1e10 --by 2030", 1, "9 years after the newest count"),
    ],
)
def test_what_is_typed_wrong_is_told_kindly(call: Call, line: str, code: int, words: str) -> None:
    ran = call(line)
    assert ran.code == code
    assert words in ran.err
    assert "Traceback" not in ran.err
    said = call(f"{line} --json")
    assert json.loads(said.err)["error"]


def test_constant_series_and_mixed_units_of_a_panel_are_told(call: Call, tmp_path: Path) -> None:
    walks = np.exp(5 + np.random.default_rng(2).normal(0, 0.2, (8, 18)).cumsum(axis=1))
    rows = [f"s{k},{2000 + t},{value:.6g}" for k, row in enumerate(walks) for t, value in enumerate(row)]
    flat = [f"flat,{2000 + t},7" for t in range(18)]
    for name, lines in (("some", rows + flat), ("flat", flat), ("none", [])):
        (tmp_path / f"{name}.csv").write_text("\n".join(["series,year,value", *lines]) + "\n", "utf-8")
    ran = call("prospects backtest some.csv --horizon 2 --model drift --workers 1")
    assert ran.code == 0, ran.err
    assert "left out (all models): flat grows at one rate, or not at all" in ran.err
    ran = call("prospects backtest flat.csv --horizon 2 --model drift --workers 1")
    assert (ran.code, "no series entered" in ran.err) == (1, True)
    ran = call("prospects backtest none.csv")
    assert (ran.code, "no rows" in ran.err) == (1, True)
