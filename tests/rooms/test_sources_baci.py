"""BACI: units, country numbers, leading zeros, and an account in which nothing gets lost."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from landbridge.errors import BadFile
from landbridge.sources import SCHEMA, Loaded, baci

NAME = "BACI_HS17_Y2022_V202501.csv"
ROWS = (
    "2022,156,643,010121,12.345,3.5",
    "2022,643,156,270900,50000,100000",
    "2022,251,381,870323,7,NA",
    "2022,842,156,851712,8.5,           NA",
    "2022,490,156,854231,100,0.5",
    "2022,156,697,854231,40,0.25",
    "2022,699,757,999999,1,",
    "2022,579,156,9999AA,2,1",
)


def write(folder: Path, *rows: str, name: str = NAME, header: str = "t,i,j,k,v,q") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def adds_up(loaded: Loaded) -> pl.DataFrame:
    frame = loaded.frame.collect()
    assert dict(frame.schema) == SCHEMA
    assert frame.height == loaded.rows_kept == loaded.rows_in - sum(item.count for item in loaded.dropped)
    lost = sum(item.value_usd for item in loaded.dropped)
    assert frame["value_usd"].sum() + lost == pytest.approx(loaded.value_in_usd)
    return frame


def test_units_statuses_and_country_numbers(tmp_path: Path) -> None:
    loaded = baci.read(write(tmp_path, *ROWS), scratch=tmp_path)
    frame = adds_up(loaded)
    assert loaded.rows_in == len(ROWS)
    assert loaded.value_in_usd == pytest.approx(1000 * (12.345 + 50000 + 7 + 8.5 + 100 + 40 + 1 + 2))
    first = frame.row(0, named=True)
    assert first == {
        "exporter": "CHN",
        "importer": "RUS",
        "period": "2022",
        "product": "010121",
        "nomenclature": "HS17",
        "value_usd": pytest.approx(12345),
        "quantity_t": 3.5,
        "reporter": "",
        "basis": "fob",
        "status": "reconciled",
    }
    pairs = frame.select("exporter", "importer").rows()
    assert {("FRA", "ITA"), ("USA", "CHN"), ("IND", "CHE")} <= set(pairs)
    assert frame.filter(pl.col("product") == "851712")["quantity_t"].to_list() == [None]


def test_every_dropped_row_has_a_reason_and_a_place(tmp_path: Path) -> None:
    loaded = baci.read(write(tmp_path, *ROWS), scratch=tmp_path)
    account = {item.reason.split()[0]: item for item in loaded.dropped}
    assert account["exporter"].count == account["importer"].count == account["product"].count == 1
    assert account["exporter"].value_usd == pytest.approx(100_000)
    assert account["exporter"].example == "line 6: 490"
    assert account["product"].example == "line 9: 9999AA"


def test_the_published_country_list_decides(tmp_path: Path) -> None:
    listed = tmp_path / "country_codes_V202501.csv"
    text = "country_code,country_name,country_iso2,country_iso3\n156,China,CN,CHN\n380,Italy,IT,ITA\n"
    listed.write_bytes((text + '384,Côte d\'Ivoire,CI,CIV\n490,"Other Asia, nes",,S19\n').encode("cp1252"))
    known = baci.read_countries(listed, scratch=tmp_path)
    assert dict(known) == {156: "CHN", 380: "ITA", 384: "CIV"}
    rows = ("2022,156,380,010121,1,1", "2022,156,643,010121,1,1")
    loaded = baci.read(write(tmp_path, *rows), scratch=tmp_path, countries=known)
    assert adds_up(loaded)["importer"].to_list() == ["ITA"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2021,156,643,010121,1,1", "year is not 2022"),
        ("2022,CHN,643,010121,1,1", "exporter is not a number"),
        ("2022,156,643,10121,1,1", "leading zeros"),
        ("2022,156,643,010121,abc,1", "value is not a number"),
        ("2022,156,643,010121,inf,1", "value is not a number"),
        ("2022,156,643,010121,1e999,1", "value is not a number"),
        ("2022,156,643,010121,-1,1", "negative"),
        ("2022,156,643,010121,1,much", "quantity is not a number"),
        ("2022,643,156,270900,1,1", "2 rows"),
        ("2022,156,643,010122", "4 cells where the header has 6"),
    ],
)
def test_a_wrong_cell_refuses_the_file_and_says_where(tmp_path: Path, row: str, words: str) -> None:
    with pytest.raises(BadFile, match=words) as refusal:
        baci.read(write(tmp_path, ROWS[1], row), scratch=tmp_path)
    assert NAME in str(refusal.value)
    if words != "2 rows":
        assert "line 3" in str(refusal.value)


def test_missing_is_not_zero(tmp_path: Path) -> None:
    rows = ("2022,156,643,010121,,", "2022,156,643,010129,0,0")
    frame = adds_up(baci.read(write(tmp_path, *rows), scratch=tmp_path)).sort("product")
    assert frame["value_usd"].to_list() == [None, 0.0]
    assert frame["quantity_t"].to_list() == [None, 0.0]


def test_a_renamed_file_is_refused_as_its_edition_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="published name"):
        baci.read(write(tmp_path, ROWS[0], name="trade.csv"), scratch=tmp_path)


def test_many_problems_are_counted_not_all_listed(tmp_path: Path) -> None:
    rows = [f"2022,156,643,{at:06d},x,1" for at in range(100)]
    with pytest.raises(BadFile) as refusal:
        baci.read(write(tmp_path, *rows), scratch=tmp_path)
    assert len(refusal.value.problems) == 21
    assert "80 more" in str(refusal.value.problems[-1])


@pytest.mark.shared
def test_rewritten_rows_of_the_reference_come_back_unchanged(shared: Path, tmp_path: Path) -> None:
    table = pl.read_parquet(shared / "data" / "trade" / "baci_chn_rus_hs6.parquet")
    numbers = {"CHN": "156", "RUS": "643"}
    for year in (2017, 2022):
        rows = table.filter(pl.col("year") == year)
        path = tmp_path / f"BACI_HS17_Y{year}_V202501.csv"
        rows.select(
            t="year",
            i=pl.col("exporter").replace_strict(numbers),
            j=pl.col("importer").replace_strict(numbers),
            k="product_hs6",
            v="value_kusd",
            q=pl.col("quantity_t").cast(pl.String).fill_null("           NA"),
        ).write_csv(path)
        frame = adds_up(baci.read(path, scratch=tmp_path))
        key = ["exporter", "importer", "product"]
        expected = rows.rename({"product_hs6": "product"}).sort(key)
        assert frame.sort(key).select(key).equals(expected.select(key))
        assert frame.sort(key)["value_usd"].to_list() == pytest.approx(
            (expected["value_kusd"] * 1000).to_list()
        )
        assert frame.sort(key)["quantity_t"].to_list() == expected["quantity_t"].to_list()
