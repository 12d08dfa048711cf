"""Csv with a map: presets, encodings, number styles, leading zeros, and maps that contradict themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from landbridge import codes
from landbridge.errors import BadFile, BadUsage
from landbridge.sources import Loaded, presets, read_map, table
from landbridge.sources.tablemap import TableMap, map_path

PLAIN: dict[str, Any] = {
    "about": "A test table.",
    "tested_against_live_download": True,
    "period": {"column": "year", "formats": ["yyyy"]},
    "product": {"column": "hs"},
    "value": {"column": "value", "currency": "USD", "scale": 1000},
    "exporter": {"column": "from"},
    "importer": {"column": "to", "by": "code"},
    "nomenclature": "HS17",
}


def load(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "t.csv", **changes: Any) -> Loaded:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return table.read(path, TableMap.model_validate(PLAIN | changes), scratch=folder)


def preset(folder: Path, map_name: str, text: str, encoding: str, name: str) -> Loaded:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return table.read(path, read_map(map_path(map_name)), scratch=folder)


CHINA = (
    "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,"
    "注册地编码,注册地名称,第一数量,第一计量单位,第二数量,第二计量单位,美元,\n"
    '202203,87032342,"小轿车, 2.0升",344,俄罗斯联邦,10,一般贸易,23,黑龙江省,12,辆,"18,000",千克,"1,234,567",\n'
    "202203,87032342,小轿车,344,俄罗斯,19,边境小额贸易,23,黑龙江省,1,辆,500,千克,433,\n"
    "202203,01012100,马,340,白俄罗斯,10,一般贸易,11,北京市,500,千克,1,头,99,\n"
    "202203,01012100,马,999,国(地)别不详,10,一般贸易,11,北京市,1,千克,,,7,\n"
)


def test_a_map_with_what_cannot_be_seen_is_refused_with_every_line(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    text = yaml.safe_dump(PLAIN, sort_keys=False, default_flow_style=None)
    path.write_text(
        'about: "A\\u0007"\nnotes: ["fine", "\\uFFFE"]\n# \u202e\n' + text.partition("\n")[2], "utf-8"
    )
    with pytest.raises(BadFile) as refused:
        read_map(path)
    said = sorted((problem.where, problem.what) for problem in refused.value.problems)
    assert said == [
        ("map.yaml, line 1", "the text holds U+0007."),
        ("map.yaml, line 2", "the text holds U+FFFE."),
        ("map.yaml, line 3", "the text holds U+202E."),
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_provinces_of_china(tmp_path: Path, encoding: str) -> None:
    loaded = preset(tmp_path, "china-customs-province", CHINA, encoding, "出口 2022.csv")
    rows = loaded.frame.collect().sort("importer").rows(named=True)
    assert [(r["exporter"], r["importer"], r["period"], r["product"]) for r in rows] == [
        ("CN-BJ", "BLR", "2022-03", "010121"),
        ("CN-HL", "RUS", "2022-03", "870323"),
    ]
    assert rows[1]["value_usd"] == 1_235_000
    assert rows[1]["quantity_t"] == 18.5
    assert (rows[1]["basis"], rows[1]["reporter"], rows[1]["nomenclature"]) == ("fob", "CHN", "HS22")
    account = {item.reason: item for item in loaded.dropped}
    assert account["partner is not a country in the code list"].value_usd == 7
    assert account["added to the row of the same places, period and product"].count == 1
    assert loaded.rows_in == 4 == loaded.rows_kept + 2
    assert loaded.value_in_usd == pytest.approx(sum(r["value_usd"] for r in rows) + 7)
    assert any("not been tested against a live download" in note for note in loaded.notes)


def test_direction_of_a_chinese_table_comes_from_the_file_name(tmp_path: Path) -> None:
    imports = preset(tmp_path, "china-customs-province", CHINA, "gb18030", "import-2022.csv")
    assert set(imports.frame.collect()["importer"]) == {"CN-HL", "CN-BJ"}
    assert set(imports.frame.collect()["basis"]) == {"cif"}
    with pytest.raises(BadFile, match="exports or imports"):
        preset(tmp_path, "china-customs-province", CHINA, "gb18030", "table.csv")


def test_a_chinese_table_in_yuan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="美元"):
        preset(tmp_path, "china-customs-province", CHINA.replace("美元", "人民币"), "gb18030", "export.csv")


RUSSIA = (
    "NAPR\tPERIOD\tSTRANA\tTNVED\tEDIZM\tSTOIM\tNETTO\tKOL\tREGION\tREGION_S\n"
    "ЭК\t01/2021\tCN\t4407119300\tМ3\t517346,5\t1850969\t3861\t76000 - ЗАБАЙКАЛЬСКИЙ КРАЙ\t07\n"
    "ЭК\t01/2021\tCN\t4407119400\tМ3\t100\t\t1\t76000 - ЗАБАЙКАЛЬСКИЙ КРАЙ\t07\n"
    "ИМ\t01/2021\tBY\t0406900100\t\t1063.25\t2000\t0\t45000 - Г.МОСКВА\t01\n"
    "ИМ\t01/2021\tCN\t8703231940\tШТ\t50\t1\t1\t35000 - X\t09\n"
    "ИМ\t01/2021\t??\t8703231940\tШТ\t60\t1\t1\t45000 - Г.МОСКВА\t01\n"
)


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
def test_regions_of_russia(tmp_path: Path, encoding: str) -> None:
    loaded = preset(tmp_path, "russian-customs-region", RUSSIA, encoding, "2021-01.csv")
    rows = loaded.frame.collect().sort("product").rows(named=True)
    assert [(r["exporter"], r["importer"], r["product"]) for r in rows] == [
        ("BLR", "RU-MOW", "040690"),
        ("RU-ZAB", "CHN", "440711"),
    ]
    assert rows[0]["value_usd"] == 1063.25
    assert rows[1]["value_usd"] == 517446.5
    assert rows[1]["quantity_t"] is None, "a sum with a missing part is missing"
    assert {item.reason.split()[0]: item.value_usd for item in loaded.dropped} == {
        "home": 50,
        "partner": 60,
        "added": 0,
    }


def test_presets_say_that_they_are_untested_and_cover_every_region() -> None:
    assert presets() == ("china-customs-province", "russian-customs-region")
    maps = {name: read_map(map_path(name)) for name in presets()}
    assert not any(item.tested_against_live_download for item in maps.values())
    home = maps["russian-customs-region"].home
    assert home is not None
    assert sorted(home.aliases.values()) == sorted(place.code for place in codes.places("region", "RUS"))


def test_names_in_three_languages(tmp_path: Path) -> None:
    text = "year,from,to,hs,value\n" + "".join(
        f"2022,{name},RUS,01012{at},1.5\n"
        for at, name in enumerate(["China", "  КИТАЙ ", "中国", "Atlantis"])
    )
    loaded = load(tmp_path, text)
    assert loaded.frame.collect()["exporter"].to_list() == ["CHN"] * 3
    assert loaded.frame.collect()["value_usd"].to_list() == [1500.0] * 3
    assert loaded.dropped[0].example == "line 5: Atlantis"


@pytest.mark.parametrize(
    ("style", "cell", "value"),
    [
        ({"decimal": ","}, '"1234,5"', 1234.5),
        ({"decimal": ",", "thousands": "."}, '"1.234,5"', 1234.5),
        ({"decimal": ",", "thousands": " "}, '"1 234,5"', 1234.5),
        ({"thousands": ","}, '"1,234.5"', 1234.5),
        ({"decimal": ","}, "1234.5", None),
        ({"thousands": ","}, '"12,34"', None),
        ({}, '"1,5"', None),
        ({"decimal": "either"}, '"1,5"', 1.5),
    ],
)
def test_number_styles(tmp_path: Path, style: dict[str, str], cell: str, value: float | None) -> None:
    text = f"year,from,to,hs,value\n2022,China,RUS,010121,{cell}\n"
    if value is None:
        with pytest.raises(BadFile, match=r"line 2: the value is not a number.*decimal"):
            load(tmp_path, text, **style)
    else:
        assert load(tmp_path, text, **style).frame.collect()["value_usd"].to_list() == [value * 1000]


def test_lost_leading_zeros_are_refused_or_restored_as_the_map_says(tmp_path: Path) -> None:
    text = "year,from,to,hs,value\n2022,China,RUS,10121,1\n2022,China,RUS,270900,1\n"
    with pytest.raises(BadFile, match="restore_zeros"):
        load(tmp_path, text)
    loaded = load(tmp_path, text, product={"column": "hs", "restore_zeros": True})
    assert sorted(loaded.frame.collect()["product"]) == ["010121", "270900"]
    assert any("put back in 1 product" in note for note in loaded.notes)


def test_repeats_are_refused_unless_the_map_adds_them(tmp_path: Path) -> None:
    text = "year,from,to,hs,value\n2022,China,RUS,010121,1\n2022,China,RUS,010121,2\n"
    with pytest.raises(BadFile, match="repeats: add"):
        load(tmp_path, text)
    loaded = load(tmp_path, text, repeats="add")
    assert loaded.frame.collect()["value_usd"].to_list() == [3000.0]
    assert loaded.rows_in == 2 == loaded.rows_kept + loaded.dropped[0].count


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "red"}, "colour"),
        ({"value": {"column": "value", "currency": "CNY"}}, "currency"),
        ({"home": {"column": "h"}}, "exporter and importer"),
        ({"thousands": ",", "decimal": ","}, "decimal sign"),
        ({"encodings": ["rot13"]}, "encodings"),
        ({"exporter": {"column": "from", "aliases": {"X": "ZZZ"}}}, "not in the code list"),
        ({"exporter": {"column": "from", "within": "China"}}, "alpha-3"),
        ({"period": {"column": "year", "formats": []}}, "formats"),
    ],
)
def test_a_wrong_map_is_refused_with_the_key(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(yaml.safe_dump(PLAIN | changes, allow_unicode=True))
    with pytest.raises(BadFile, match=words) as refusal:
        read_map(path)
    assert "map.yaml" in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x\n",
        "!!python/object/apply:os.system ['true']\n",
        "a: [",
        "- 1\n",
        "\x00",
        "x" * (2 << 20),
        "[" * 1_000_000,
    ],
    ids=["alias", "object", "open", "list", "nul", "large", "deep"],
)
def test_hostile_yaml_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text)
    with pytest.raises(BadFile):
        read_map(path)


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(BadUsage, match="china-customs-province"):
        map_path("china-custom-province")


def test_the_map_in_the_guide_reads_a_table(root: Path, tmp_path: Path) -> None:
    guide = (root / "docs" / "howto" / "load-your-own-trade.md").read_text(encoding="utf-8")
    written = yaml.safe_load(guide.split("```yaml\n")[1].split("```")[0])
    path = tmp_path / "sent.csv"
    header = "Month;HS;Thousand USD;Amount;Unit;Region;Country;Flow\n"
    path.write_text(header + "03/2021;03031400;1 234,5;2 000;kg;Primorye;CN;E\n", encoding="utf-8")
    row = (
        table.read(path, TableMap.model_validate(written), scratch=tmp_path)
        .frame.collect()
        .row(0, named=True)
    )
    assert (row["exporter"], row["importer"], row["product"]) == ("RU-PRI", "CHN", "030314")
    assert (row["value_usd"], row["quantity_t"], row["period"]) == (1_234_500, 2.0, "2021-03")


def test_a_file_may_call_its_columns_what_landbridge_calls_them(tmp_path: Path) -> None:
    own = {
        "period": {"column": "period", "formats": ["yyyymm"]},
        "product": {"column": "product", "digits": 8},
        "value": {"column": "value_usd", "currency": "USD", "scale": 1000},
        "quantity": [{"column": "quantity_t", "tonnes_per_unit": 0.5}],
        "exporter": {"column": "importer"},
        "importer": {"column": "exporter", "by": "code"},
    }
    head = "period,product,value_usd,quantity_t,importer,exporter,reason,status\n"
    row = (
        load(tmp_path, head + "202203,01012100,2,4,China,RUS,x,y\n", **own).frame.collect().row(0, named=True)
    )
    assert (row["exporter"], row["importer"], row["period"], row["product"]) == (
        "CHN",
        "RUS",
        "2022-03",
        "010121",
    )
    assert (row["value_usd"], row["quantity_t"], row["status"]) == (2000, 2, "reported")
    for bad in (
        "202203,01012100,two,4,China,RUS,x,y",
        "2022,01012100,2,4,China,RUS,x,y",
        "202203,1012100,2,4,China,RUS,x,y",
    ):
        with pytest.raises(BadFile, match="line 2"):
            load(tmp_path, head + bad + "\n", **own)


def test_a_quantity_without_its_unit_column_is_missing(tmp_path: Path) -> None:
    text = "year,from,to,hs,value,q\n2022,China,RUS,010121,1,5\n"
    loaded = load(tmp_path, text, quantity=[{"column": "q", "unit_column": "unit", "tonnes_per": {"t": 1}}])
    assert loaded.frame.collect()["quantity_t"].to_list() == [None]
