"""UN Comtrade: direction, basis, the numbers 251, 381 and 842, and nothing counted twice."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from landbridge.errors import BadFile
from landbridge.sources import Loaded, comtrade


def record(**changes: Any) -> dict[str, Any]:
    base = {
        "typeCode": "C",
        "freqCode": "A",
        "refYear": 2022,
        "period": "2022",
        "reporterCode": 156,
        "flowCode": "X",
        "partnerCode": 643,
        "partner2Code": 0,
        "classificationCode": "H6",
        "cmdCode": "010121",
        "customsCode": "C00",
        "mosCode": "0",
        "motCode": 0,
        "netWgt": 2500.0,
        "fobvalue": 1000.0,
        "cifvalue": None,
        "primaryValue": 1000.0,
    }
    return base | changes


def read(folder: Path, *records: dict[str, Any], bare: bool = False) -> Loaded:
    path = folder / "answer.json"
    path.write_text(json.dumps(list(records) if bare else {"data": records, "count": len(records)}))
    return comtrade.read(path, scratch=folder)


def reasons(loaded: Loaded) -> dict[str, int]:
    frame = loaded.frame.collect()
    assert frame.height == loaded.rows_kept
    lost = sum(item.value_usd for item in loaded.dropped)
    assert frame["value_usd"].sum() + lost == pytest.approx(loaded.value_in_usd)
    return {item.reason: item.count for item in loaded.dropped}


@pytest.mark.parametrize("bare", [False, True])
def test_exports_and_imports_point_the_right_way(tmp_path: Path, bare: bool) -> None:
    imports = record(flowCode="M", fobvalue=None, cifvalue=1100.0, primaryValue=1100.0)
    loaded = read(tmp_path, record(), imports, bare=bare)
    assert reasons(loaded) == {}
    rows = loaded.frame.sort("value_usd").collect().rows(named=True)
    assert [(r["exporter"], r["importer"], r["reporter"], r["basis"]) for r in rows] == [
        ("CHN", "RUS", "CHN", "fob"),
        ("RUS", "CHN", "CHN", "cif"),
    ]
    assert rows[0]["quantity_t"] == 2.5
    assert rows[0]["nomenclature"] == "HS22"
    assert rows[0]["status"] == "reported"


def test_numbers_that_are_not_iso(tmp_path: Path) -> None:
    partners = {251: "FRA", 381: "ITA", 842: "USA", 579: "NOR", 699: "IND", 757: "CHE"}
    loaded = read(tmp_path, *(record(partnerCode=number) for number in partners))
    assert sorted(loaded.frame.collect()["importer"]) == sorted(partners.values())


def test_basis_is_unstated_where_the_answer_does_not_say(tmp_path: Path) -> None:
    loaded = read(tmp_path, record(fobvalue=None))
    assert loaded.frame.collect()["basis"].to_list() == ["unstated"]


def test_rows_that_would_multiply_the_trade_are_dropped(tmp_path: Path) -> None:
    loaded = read(
        tmp_path,
        record(),
        record(motCode=2100, primaryValue=600.0),
        record(customsCode="C01", primaryValue=700.0),
        record(partner2Code=344, primaryValue=100.0),
        record(partnerCode=0, primaryValue=9e6),
        record(partnerCode=490, primaryValue=5.0),
        record(flowCode="RX", primaryValue=3.0),
        record(typeCode="S", primaryValue=2.0),
        record(classificationCode="S4", cmdCode="001", primaryValue=2.0),
        record(cmdCode="TOTAL", primaryValue=1000.0),
        record(cmdCode="01", primaryValue=1000.0),
        record(cmdCode="0101", primaryValue=1000.0),
        record(),
    )
    assert loaded.frame.collect()["value_usd"].to_list() == [1000.0]
    found = reasons(loaded)
    assert sum(found.values()) == 12
    assert found["total or heading whose finer rows are in the file"] == 3
    assert found["repeats an earlier row"] == 1
    assert sum(count for reason, count in found.items() if reason.startswith("breakdown")) == 3


def test_totals_alone_are_kept(tmp_path: Path) -> None:
    loaded = read(tmp_path, record(cmdCode="TOTAL", netWgt=0), record(cmdCode="TOTAL", partnerCode=112))
    frame = loaded.frame.sort("importer").collect()
    assert frame["product"].to_list() == ["TOTAL", "TOTAL"]
    assert frame["quantity_t"].to_list() == [2.5, None], "a weight of 0 is a missing weight"


def test_months_keep_their_period(tmp_path: Path) -> None:
    assert read(tmp_path, record(period="202203")).frame.collect()["period"].to_list() == ["2022-03"]


def test_csv_with_a_trailing_comma_and_a_latin_name(tmp_path: Path) -> None:
    path = tmp_path / "TradeData.csv"
    with path.open("w", encoding="cp1252", newline="") as file:
        rows = csv.writer(file)
        keys = [*record(), "partnerDesc"]
        rows.writerow(keys)
        rows.writerow([*record(partnerCode=384).values(), "Côte d'Ivoire", ""])
    loaded = comtrade.read(path, scratch=tmp_path)
    assert loaded.frame.collect()["importer"].to_list() == ["CIV"]
    assert any("cp1252" in note for note in loaded.notes)


def test_a_full_preview_is_suspected_to_be_cut(tmp_path: Path) -> None:
    loaded = read(tmp_path, *(record(cmdCode=f"{at:06d}") for at in range(500)))
    assert any("cuts its answers" in note for note in loaded.notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"data": [{"period"', "not a readable JSON"),
        ('{"statusCode": 429, "message": "Rate limit"}', "Rate limit"),
        ('{"data": [], "count": 0}', "no records"),
        ('{"data": [{"period": "2022"}]}', "no reporterCode"),
        ("[1, 2]", "list of records"),
        ("[" * 100_000, "not a readable JSON"),
        ('{"data": [{"primaryValue": NaN}]}', "not a readable JSON"),
        ('{"data": [' + json.dumps(record()) + '], "count": 7}', "announces 7"),
    ],
)
def test_answers_that_are_no_data(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "answer.json"
    path.write_text(text)
    with pytest.raises(BadFile, match=words):
        comtrade.read(path, scratch=tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cmdCode": 10121}, "odd number of digits"),
        ({"period": "2022-03"}, "YYYYMM"),
        ({"primaryValue": "1,000"}, "not a number"),
        ({"primaryValue": -5}, "negative"),
        ({"partnerCode": None}, "partner is not a number"),
        ({"netWgt": [1]}, "not a single value"),
    ],
)
def test_a_wrong_cell_refuses_the_answer(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadFile, match=words) as refusal:
        read(tmp_path, record(cmdCode="0102"), record(**change))
    assert "record 2" in str(refusal.value)


def test_two_values_for_one_flow_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="2 rows"):
        read(tmp_path, record(), record(primaryValue=1001.0))


def test_a_heading_of_another_pair_is_not_covered(tmp_path: Path) -> None:
    loaded = read(tmp_path, record(), record(cmdCode="01", partnerCode=112))
    assert loaded.frame.filter(pl.col("importer") == "BLR").collect()["product"].to_list() == ["01"]
