"""`potential`, `match` and the views of `indicators`, as typed: rows, notes, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[[str], Any]


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.code == 0, answer.err
    return list(json.loads(answer.out)["rows"])


def test_both_ways_with_every_sector_or_its_reason(call: Run) -> None:
    found = rows(call("potential CHN RUS --json"))
    for way in (("CHN", "RUS"), ("RUS", "CHN")):
        own = [row for row in found if (row["exporter"], row["importer"]) == way]
        sectors = [row for row in own if row["kind"] == "sector"]
        assert len(sectors) == 50
        for row in sectors:
            if row["verdict"] == "refused":
                assert row["reason"]
                assert row["expected_usd"] is None
                assert row["id"] is None
            else:
                assert row["expected_low_usd"] < row["expected_usd"] < row["expected_high_usd"]
                assert row["gap_usd"] == pytest.approx(row["expected_usd"] - row["observed_usd"])
        gaps = [row["gap_usd"] for row in sectors if row["gap_usd"] is not None]
        assert gaps == sorted(gaps, reverse=True)
        assert {row["item"] for row in own} >= {"goods", "goods-sum", "services", "all"}
    assert {row["status"] for row in found} == {"estimated"}


def test_the_notes_say_what_potential_is_not(call: Run) -> None:
    said = call("potential CHN RUS --show opportunities").err
    assert "neither a forecast nor a recommendation" in said
    assert "another's surplus" in said


def test_a_shown_id_walks_back_to_the_observed_cell(call: Run) -> None:
    found = rows(call("potential RUS CHN --json"))
    chosen = next(row for row in found if row["item"] == "C20" and row["exporter"] == "RUS")
    chain = json.loads(call(f"explain {chosen['id']} --json").out)["rows"][0]
    assert chain["value"] == pytest.approx(chosen["expected_usd"])
    assert chain["inputs"][0]["value"] == pytest.approx(chosen["observed_usd"])
    assert "deliveries:2022/C20/RUS/CHN" in chain["inputs"][0]["cell"]


def test_views_answer(call: Run) -> None:
    peers = rows(call("potential RUS CHN --show peers --to KAZ --json"))
    assert {row["concept"] for row in peers} == {"conditional"}
    assert max(row["residual"] for row in peers) < 1e-10
    costs = rows(call("potential RUS CHN --show costs --to KAZ --json"))
    assert {row["status"] for row in costs} == {"assumed"}
    assert {(row["place_a"], row["place_b"]) for row in costs} == {
        ("RUS", "CHN"),
        ("RUS", "KAZ"),
        ("CHN", "KAZ"),
    }
    rivals = rows(call("potential RUS CHN --show rivals --item C20 --json"))
    assert "RUS" in {row["supplier"] for row in rivals}
    assert sum(row["gap_usd"] for row in rivals) == pytest.approx(
        0, abs=1e-3 * sum(row["observed_usd"] for row in rivals)
    )
    assert rows(call("potential BLR CHN --show supply-demand --json"))
    assert rows(call("potential BLR CHN --show new-products --json"))[0]["rank"] == 1


def test_regions_get_bounds_and_belarus_no_estimate_unless_asked(call: Run) -> None:
    plain = rows(call("potential BY-VI CN-HL --json"))
    assert {row["headline"] for row in plain} == {"refused"}
    assert all(row["estimate_usd"] is None and row["upper_bound_usd"] > 0 and row["id"] for row in plain)
    assumed = rows(call("potential BY-VI CN-HL --assume-output --json"))
    assert {row["status"] for row in assumed} == {"assumed"}
    for row in assumed:
        assert (
            row["lower_bound_usd"]
            <= row["low_usd"]
            <= row["estimate_usd"]
            <= row["high_usd"]
            <= row["upper_bound_usd"]
        )
    assert "No trade of BY-VI" in call("potential BY-VI CN-HL").err


def test_match_ranks_regions_and_lists_sectors(call: Run) -> None:
    regions = rows(call("match BY-VI --in CHN --json"))
    assert [row["rank"] for row in regions] == list(range(1, 32))
    assert all(row["reasons"] or row["counter_reasons"] for row in regions)
    tied = next(row for row in regions if row["place"] == "CN-HL")
    assert tied["ties"] > 0
    assert "twinning/" in tied["records"] or "document/" in tied["records"]
    gaps = [row["gain_usd"] for row in rows(call("match BY-VI --in CHN --show sectors --json"))]
    assert gaps == sorted(gaps, reverse=True)
    assert "neither a forecast nor a recommendation" in call("match BY-VI --in CHN").err


@pytest.mark.parametrize(
    "line",
    [
        "indicators RUS --show specialisation",
        "indicators RUS CHN --show intra-industry",
        "indicators BLR --show concentration",
        "indicators CHN --show complexity --intermediates-only",
        "indicators CHN --show products",
        "indicators CHN --show rivals --item C20",
    ],
)
def test_classical_views_say_what_they_count(call: Run, line: str) -> None:
    answer = call(f"{line}")
    assert answer.code == 0, answer.err
    assert "2022 by sector" in answer.err
    assert all(row["status"] for row in rows(call(f"{line} --json")))


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("potential CHN RUS --show gap", 2, "opportunities"),
        ("potential CHN RUS --to KAZ", 2, "--show peers"),
        ("potential CHN RUS --show rivals", 2, "--item"),
        ("potential CHN RUS --show costs --to CHN-KAZ", 2, "KAZ,VNM"),
        ("potential CHN MNG", 1, "80 places"),
        ("potential CHN CHN", 2, "two"),
        ("potential CN-HL CN-JL", 2, "one country"),
        ("potential BY-VI CN-HL --show peers", 2, "two countries"),
        ("potential CHN RUS --assume-output", 2, "regions"),
        ("potential CHN RUS --show peers --year 2021", 2, "one year"),
        ("potential CHN RUS --show rivals --item C20 --by hs2", 2, "sector"),
        ("potential CHN RUS --show peers --to ,", 2, "names no peer"),
        ("match BY-VI --in BLR", 2, "across a border"),
        ("match BY-VI --in KAZ", 1, "CHN, RUS, BLR"),
        ("match BY-VI", 2, "--in"),
        ("indicators RUS", 2, "--show specialisation"),
        ("indicators RUS --show speciality", 2, "specialisation"),
        ("indicators RUS CHN --show market-share", 2, "--since"),
        ("indicators RUS --show intra-industry", 2, "partner second"),
    ],
)
def test_refusals_name_the_remedy(call: Run, line: str, code: int, words: str) -> None:
    answer = call(f"{line}")
    assert answer.code == code, answer.err
    assert words in answer.err
    assert "Traceback" not in answer.err


def test_every_shown_id_is_found_by_its_pair_on_another_machine(
    call: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = rows(call("potential CHN RUS --json")) + rows(
        call("potential CHN RUS --show opportunities --json")
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    chosen = {
        row["item"]: row["id"]
        for row in found
        if row["item"] in ("all-sum", "C22") and row["exporter"] == "CHN"
    }
    for identifier in chosen.values():
        assert call(f"explain {identifier} --pair CHN RUS").code == 0
