"""Which flows answer: loads in pieces are passed over, the newest year of products wins, sums of rows are told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landbridge.errors import NotHeld
from landbridge.provenance import Status
from landbridge.release import Data
from landbridge.release import load as load_data
from landbridge.release.loading import load
from landbridge.release.workspace import Workspace

MAP = """
about: Regional customs, invented for the test.
tested_against_live_download: true
period: {column: period, formats: [yyyy, yyyy-mm]}
product: {column: hs, digits: 6, keep: KEEP}
value: {column: value, currency: USD}
exporter: {column: from, by: code, within: RUS}
importer: {column: to, by: code}
nomenclature: HS17
reporter: RUS
basis: fob
"""


def baci(folder: Path, year: int, *rows: str) -> Path:
    path = folder / f"BACI_HS17_Y{year}_V202501.csv"
    held = rows or ("156,643,010121,5,1", "643,156,270900,7,2")
    path.write_text("\n".join(["t,i,j,k,v,q", *(f"{year},{row}" for row in held)]) + "\n")
    return path


def answer(folder: Path, name: str, *rows: tuple[str, str, str, str, float]) -> Path:
    """An answer of the API: period, reporter, partner, product, value of exports."""
    keys = ("period", "reporterCode", "partnerCode", "cmdCode", "primaryValue")
    data: list[dict[str, Any]] = [
        {**dict(zip(keys, row, strict=True)), "flowCode": "X", "classificationCode": "H5"} for row in rows
    ]
    path = folder / name
    path.write_text(json.dumps({"data": data}))
    return path


def regional(folder: Path, *rows: str, keep: int = 6) -> Data:
    (folder / "map.yaml").write_text(MAP.replace("KEEP", str(keep)))
    (folder / "own.csv").write_text("\n".join(["period,from,to,hs,value", *rows]) + "\n")
    load(folder / "w", "csv", [folder / "own.csv"], map=str(folder / "map.yaml"))
    return load_data(folder / "w")


PIECES = {
    "a total": ("2021", "156", "643", "TOTAL", 9.0),
    "a heading": ("2021", "156", "643", "8703", 9.0),
    "a month": ("202106", "156", "643", "870323", 9.0),
}


@pytest.mark.parametrize("case", PIECES)
def test_a_year_in_pieces_is_passed_over(case: str, tmp_path: Path) -> None:
    load(tmp_path / "w", "baci", [baci(tmp_path, 2019)])
    load(tmp_path / "w", "comtrade", [answer(tmp_path, "answer.json", PIECES[case])])
    trade = load_data(tmp_path / "w").trade
    assert trade.years("hs6") == (2019,)
    assert trade.best("CHN", "RUS", by="hs6").year == 2019
    assert 2021 in trade.years("hs2"), "the release holds that year by chapter"
    assert trade.year(2021, "hs2").frame["value_usd"].sum() > 1e9
    with pytest.raises(NotHeld, match=r"^No flows of 2021 by hs6 .*Loaded, but not whole: 2021") as refused:
        trade.year(2021, "hs6")
    assert "2019" in str(refused.value)


def test_a_brief_is_written_over_a_load_in_pieces(tmp_path: Path) -> None:
    from landbridge.brief import brief

    load(tmp_path / "w", "baci", [baci(tmp_path, 2022)])
    load(tmp_path / "w", "comtrade", [answer(tmp_path, "answer.json", *PIECES.values())])
    assert "basket" in brief(load_data(tmp_path / "w"), "CHN", "RUS").html


def test_twelve_months_are_a_year(tmp_path: Path) -> None:
    months = [(f"2021{month:02}", "156", "643", "870323", 1.0) for month in range(1, 13)]
    load(tmp_path / "w", "comtrade", [answer(tmp_path, "answer.json", *months)])
    assert load_data(tmp_path / "w").trade.years("hs6") == (2021,)


def test_whether_a_year_is_whole_is_decided_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(tmp_path / "w", "baci", [baci(tmp_path, 2019)])
    data = load_data(tmp_path / "w")
    held = data.trade.held()
    monkeypatch.setattr("landbridge.release.workspace.Workspace.trade", None)
    assert data.trade.years("hs6") == (2019,)
    assert data.trade.held() == held


def test_the_decision_lives_no_longer_than_the_workspace(tmp_path: Path) -> None:
    load(tmp_path / "w", "baci", [baci(tmp_path, 2019)])
    first = load_data(tmp_path / "w")
    assert first.trade.years("hs6") == (2019,)
    assert first.workspace is not None
    assert first.workspace.whole[2019, "hs6"]
    assert Workspace.open(tmp_path / "w").whole == {}, "nothing is kept beside the workspace"
    assert Workspace.open(tmp_path / "w") == first.workspace, "what was looked up is no part of what it is"


def test_the_newest_year_of_products_comes_first_and_the_finer_one_within_it(tmp_path: Path) -> None:
    shipped = load_data().trade.best("CHN", "RUS")
    load(tmp_path / "w", "baci", [baci(tmp_path, shipped.year - 1)])
    trade = load_data(tmp_path / "w").trade
    found = trade.best("CHN", "RUS")
    assert (found.year, found.classification) == (shipped.year, "hs2")
    assert trade.best("CHN", "RUS", year=shipped.year - 1).classification == "hs6"
    assert trade.best("CHN", "RUS", by="hs6").year == shipped.year - 1
    load(tmp_path / "w", "baci", [baci(tmp_path, shipped.year)])
    found = load_data(tmp_path / "w").trade.best("CHN", "RUS")
    assert (found.year, found.classification) == (shipped.year, "hs6")
    assert trade.best("CHN", "RUS", by="sector").classification == "sector"


def test_a_load_of_another_pair_hides_nothing(tmp_path: Path) -> None:
    newest = load_data().trade.best("CHN", "RUS").year
    rows = ("156,840,010121,5,1", "643,840,270900,7,2")
    load(tmp_path / "w", "baci", [baci(tmp_path, newest, *rows), baci(tmp_path, newest + 1, *rows)])
    trade = load_data(tmp_path / "w").trade
    assert (trade.best("CHN", "RUS").year, trade.best("CHN", "RUS").classification) == (newest, "hs2")
    assert (trade.best("CHN", "RUS", by="hs6").year) == newest + 1, "both places, though nothing between them"
    assert trade.best("DEU", "FRA").classification == "sector"


def test_where_nothing_is_held_the_reason_begins_a_sentence() -> None:
    with pytest.raises(NotHeld, match=r"^No trade between VUT and NRU is held"):
        load_data().trade.best("VUT", "NRU")


def test_rows_of_a_region_are_summed_with_their_status_and_source(tmp_path: Path) -> None:
    data = regional(
        tmp_path, "2020,RU-PRI,CHN,030614,5", "2020,RU-PRI,CHN,270112,7", "2021,RU-PRI,CHN,030614,2"
    )
    first, second = data.trade.totals("RU-PRI", "CHN")
    assert (first.period, first.reporter, first.figure.value, first.figure.status) == (
        "2020", "RUS", 12.0, Status.REPORTED,
    )  # fmt: skip
    assert first.figure.citation is not None
    assert first.figure.citation.source.id == data.workspace.loads[0].source  # type: ignore[union-attr]
    assert (second.period, second.figure.value) == ("2021", 2.0)
    assert data.trade.totals("CHN", "RU-PRI") == ()
    assert first.figure.id != second.figure.id


def test_months_become_a_year_only_when_there_are_twelve_and_never_count_twice(tmp_path: Path) -> None:
    rows = [f"2020-{month:02},RU-PRI,CHN,030614,1" for month in range(1, 13)]
    rows += ["2021-01,RU-PRI,CHN,030614,1", "2021-02,RU-PRI,CHN,030614,1"]
    rows += ["2022,RU-PRI,CHN,030614,9", "2022-01,RU-PRI,CHN,030614,1"]
    found = [
        (total.period, total.figure.value)
        for total in regional(tmp_path, *rows).trade.totals("RU-PRI", "CHN")
    ]
    assert found == [("2020", 12.0), ("2021-01", 1.0), ("2021-02", 1.0), ("2022", 9.0)]


def test_two_reporters_stay_side_by_side(tmp_path: Path) -> None:
    load(tmp_path / "w", "baci", [baci(tmp_path, 2019)])
    load(tmp_path / "w", "comtrade", [answer(tmp_path, "answer.json", ("2019", "156", "643", "TOTAL", 9.0))])
    found = load_data(tmp_path / "w").trade.totals("CHN", "RUS")
    assert [(total.reporter, total.figure.value, total.figure.status.value) for total in found] == [
        ("", 5000.0, "reconciled"), ("CHN", 9.0, "reported"),
    ]  # fmt: skip
