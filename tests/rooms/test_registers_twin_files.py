"""Lists of twinned places into a workspace: whole or not at all, once, with every row accounted for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from landbridge import codes, load
from landbridge.errors import BadFile, BadUsage
from landbridge.ledger import Record
from landbridge.provenance import Status
from landbridge.registers import twin_tables
from landbridge.registers.twin_files import Origin, TwinReport, load_twins
from landbridge.release import Data
from landbridge.release.workspace import Workspace

HEAD = "pair,city1,country1_iso3,lat1,lon1,region1,match1,city2,country2_iso3,lat2,lon2,region2,match2\n"
BAIYIN = "CHN-BLR,Baiyin,CHN,36.5,104.1,CN-GS,same name,Brest,BLR,52.1,23.7,BY-BR,same name\n"
# The shipped ledger has this tie as twinning/vitebsk-jinan, the other way round.
JINAN = "CHN-BLR,Jinan,CHN,36.7,117.0,CN-SD,,Vitebsk,BLR,55.2,30.2,BY-VI,\n"
LINKS = "cn_regions,partner_regions,since,status,source,url,since_note\n"
DAY = "2026-11-22"
NOBODY = Origin()


@pytest.fixture
def space(tmp_path: Path) -> Path:
    return tmp_path / "space"


Loader = Callable[..., TwinReport]


@pytest.fixture
def loaded(tmp_path: Path, space: Path) -> Loader:
    """Load texts as files of one call."""

    def run(*texts: str | bytes, origin: Origin = NOBODY, names: tuple[str, ...] = ()) -> TwinReport:
        files = []
        for at, text in enumerate(texts):
            path = tmp_path / (names[at] if names else f"list{at}.csv")
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            files.append(path)
        data = load(space) if space.exists() else load()
        return load_twins(Workspace.open_or_create(space), files, data, origin, recorded=DAY)

    return run


def held(space: Path) -> Data:
    return load(space)


def own(space: Path) -> dict[str, Record]:
    """The records with at least one statement of a list."""
    records = held(space).ledger.records("twinning")
    return {r.subject: r for r in records if any(s.source.startswith("twins-") for s in r.statements)}


def test_a_row_becomes_a_record_with_its_list_as_source(loaded: Loader, space: Path) -> None:
    report = loaded(HEAD + BAIYIN, origin=Origin("A list of twins", "CC BY-SA 4.0"), names=("my twins.csv",))
    assert report.rows == (
        {
            "file": "my twins.csv",
            "kind": "twins",
            "rows_in": 1,
            "rows_kept": 1,
            "ties": 1,
            "held_before": 0,
            "statements": 3,
            "sources": 1,
        },
    )
    record = own(space)["twinning/baiyin-brest"]
    assert (record.name, record.parties, record.text("level")) == (
        "Baiyin and Brest",
        ("CN-GS", "BY-BR"),
        "city",
    )
    said = record.statements[0]
    assert said.status is Status.REPORTED
    assert (said.recorded, said.locator) == (DAY, "Baiyin – Brest")
    source = record.sources[said.source]
    assert (source.publisher, source.licence, source.weak) == ("A list of twins", "CC BY-SA 4.0", False)
    found = record.first("parties")
    assert found is not None
    assert found.note == "region of Baiyin by same name; region of Brest by same name"


def test_a_list_without_a_publisher_is_a_weak_source(loaded: Loader, space: Path) -> None:
    loaded(HEAD + BAIYIN)
    record = own(space)["twinning/baiyin-brest"]
    source = record.sources[record.statements[0].source]
    assert source.weak
    assert source.licence == "not stated"
    assert "list0.csv" in source.publisher


def test_loading_again_adds_nothing_and_neither_does_another_order(loaded: Loader, space: Path) -> None:
    first = loaded(HEAD + BAIYIN + JINAN)
    before = [s.id for s in held(space).ledger.history]
    again = loaded(HEAD + BAIYIN + JINAN)
    turned = loaded(HEAD + JINAN + BAIYIN)
    assert (first.added, again.added, turned.added) == (6, 0, 0)
    assert [s.id for s in held(space).ledger.history] == before
    assert again.rows[0]["held_before"] == 2


def test_a_row_added_to_a_list_leaves_the_others_as_they_were(loaded: Loader, space: Path) -> None:
    loaded(HEAD + JINAN)
    assert loaded(HEAD + BAIYIN + JINAN).added == 3


def test_a_tie_that_the_ledger_knows_gets_a_source_more_and_not_a_record(loaded: Loader, space: Path) -> None:
    shipped = load().ledger.record("twinning/vitebsk-jinan")
    report = loaded(HEAD + JINAN)
    assert report.rows[0]["held_before"] == 1
    assert list(own(space)) == ["twinning/vitebsk-jinan"]
    record = held(space).ledger.record("twinning/vitebsk-jinan")
    assert len({s.source for s in record.statements}) == len({s.source for s in shipped.statements}) + 1


def test_a_tie_known_by_its_record_alone_is_found_too(loaded: Loader, space: Path) -> None:
    # The shipped twinning/beijing-moscow has no name.
    loaded(HEAD + "CHN-RUS,Beijing,CHN,,,CN-BJ,,Moscow,RUS,,,RU-MOW,\n")
    assert list(own(space)) == ["twinning/beijing-moscow"]


def test_two_towns_of_one_name_stay_two(loaded: Loader, space: Path) -> None:
    rows = "CHN-RUS,Fuzhou,CHN,,,CN-FJ,,Omsk,RUS,,,RU-OMS,\nCHN-RUS,Fuzhou,CHN,,,CN-JX,,Omsk,RUS,,,RU-OMS,\n"
    loaded(HEAD + rows)
    assert set(own(space)) == {"twinning/fuzhou-omsk", "twinning/fuzhou-omsk-cn-jx-ru-oms"}
    assert loaded(HEAD + rows).added == 0


def test_a_region_found_later_is_the_same_tie(loaded: Loader, space: Path) -> None:
    loaded(HEAD + "CHN-RUS,Heihe,CHN,,,,,Omsk,RUS,,,RU-OMS,\n")
    report = loaded(HEAD + "CHN-RUS,Heihe,CHN,,,CN-HL,,Omsk,RUS,,,RU-OMS,\n")
    assert list(own(space)) == ["twinning/heihe-omsk"]
    assert (report.rows[0]["held_before"], report.added) == (1, 1)


def test_two_lists_of_one_call_meet_in_one_record(loaded: Loader, space: Path) -> None:
    report = loaded(HEAD + BAIYIN, HEAD + "CHN-BLR,Brest,BLR,,,BY-BR,,Baiyin,CHN,,,CN-GS,\n")
    assert [row["ties"] for row in report.rows] == [1, 1]
    assert list(own(space)) == ["twinning/baiyin-brest"]


def test_names_in_other_scripts_have_records_of_their_own(loaded: Loader, space: Path) -> None:
    rows = "CHN-RUS,黑河,CHN,,,CN-HL,,Омск,RUS,,,RU-OMS,\nCHN-RUS,大庆,CHN,,,CN-HL,,Омск,RUS,,,RU-OMS,\n"
    assert loaded(HEAD + rows).rows[0]["ties"] == 2
    assert {record.name for record in own(space).values()} == {"黑河 and Омск", "大庆 and Омск"}
    assert loaded(HEAD + rows).added == 0


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ("Heihe", "Omsk", "city"),
        ("Changli County", "Omsk", "district"),
        ("Heihe", "Sokol (Moscow)", "district"),
        ("Harbin – Daoli", "Omsk", "district"),
        ("Heihe", "Novosibirsky District", "district"),
        ("爱辉区", "Omsk", "district"),
    ],
)
def test_the_level_is_read_from_the_names(first: str, second: str, level: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEAD + f",{first},CHN,,,CN-HL,,{second},RUS,,,RU-OMS,\n", "utf-8")
    (tie,) = twin_tables.read(path).ties
    assert (tie.level, tie.level_note) == (level, "read from the names")


def test_a_name_that_is_a_region_is_placed_by_it(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        HEAD
        + ",Harbin,CHN,,,CN-HL,,Sverdlovsk Oblast,RUS,,,,\n"
        + ",Hainan,CHN,,,CN-HI,,Grodno Region,BLR,,,,\n"
        + ",Chongqing,CHN,,,CN-CQ,,Omsk,RUS,,,,\n",
        "utf-8",
    )
    city, region, seat = twin_tables.read(path).ties
    assert (city.level, city.parties) == ("city", ("CN-HL", "RU-SVE"))
    assert (region.level, region.parties, region.names) == ("region", ("CN-HI", "BY-HR"), ())
    # Chongqing is a region and a city; Omsk without a region stands under its country.
    assert (seat.level, seat.parties) == ("city", ("CN-CQ", "RUS"))


def test_a_city_without_a_region_is_kept_under_its_country_and_named(loaded: Loader, space: Path) -> None:
    report = loaded(HEAD + "CHN-RUS,Heihe,CHN,,,CN-HL,,Nowhere District,RUS,,,,unmatched\n")
    assert own(space)["twinning/heihe-nowhere-district"].parties == ("CN-HL", "RUS")
    assert any(
        "1 cities have no region" in note and "Nowhere District (RUS), line 2" in note
        for note in report.notes
    )


def test_a_country_whose_regions_are_not_held_stands_for_them(loaded: Loader, space: Path) -> None:
    loaded(HEAD + "CHN-DEU,Wuhan,CHN,,,CN-HB,,Duisburg,DEU,,,DE-NW,\n")
    assert own(space)["twinning/duisburg-wuhan"].parties == ("CN-HB", "DEU")


def test_rows_that_stand_twice_are_counted_and_shown(loaded: Loader, space: Path) -> None:
    report = loaded(HEAD + BAIYIN + BAIYIN + ",Brest,BLR,,,BY-BR,,Baiyin,CHN,,,CN-GS,\n")
    row = report.rows[0]
    assert (row["rows_in"], row["rows_kept"], row["ties"]) == (3, 1, 1)
    (left,) = report.dropped
    assert (left["count"], left["reason"]) == (2, "the same tie stands there twice")
    assert "line 3" in str(left["example"])
    assert "line 2" in str(left["example"])


def test_what_may_be_one_tie_written_twice_is_kept_and_named(loaded: Loader) -> None:
    report = loaded(
        HEAD
        + "RUS-BLR,Mytishchi,RUS,55.9167,37.7333,RU-MOS,,Baranavichy,BLR,53.1323,26.0139,BY-BR,\n"
        + "RUS-BLR,Mytishchi,RUS,55.9167,37.7333,RU-MOS,,Baranovichi,BLR,53.1333,26.0139,BY-BR,\n"
        + "RUS-BLR,Mytishchi,RUS,55.9167,37.7333,RU-MOS,,Pinsk,BLR,52.1,26.1,BY-BR,\n"
        + "RUS-BLR,Dmitrov,RUS,56.35,37.5,RU-MOS,,Puchavichy,BLR,56.35,37.5,BY-MI,\n"
        + "RUS-BLR,Tver,RUS,,,RU-TVE,,Minsk,BLR,,,BY-HM,\nRUS-BLR,Tula,RUS,,,RU-TUL,,Leninsky (Minsk),BLR,,,BY-MI,\n"
    )
    assert report.rows[0]["ties"] == 6
    notes = " ".join(report.notes)
    assert "Mytishchi – Baranavichy (line 2) and Mytishchi – Baranovichi (line 3)" in notes
    assert "Pinsk" not in notes
    assert "Dmitrov – Puchavichy, line 5" in notes
    assert "Leninsky (Minsk) is in BY-MI, Minsk in BY-HM (line 7)" in notes


def test_all_problems_of_all_files_come_at_once_and_nothing_is_written(loaded: Loader, space: Path) -> None:
    bad = (
        "CHN-RUS,Heihe,CHM,,,,,Omsk,RUS,,,RU-OMS,\n"  # line 2: no such country
        "CHN-RUS,Heihe,CHN,,,CN-XX,,Omsk,RUS,,,BY-VI,\n"  # line 3: no such region; a region of Belarus
        "CHN-RUS,Omsk,RUS,,,RU-OMS,,omsk,RUS,,,RU-OMS,\n"  # line 4: with itself
        "CHN-RUS,Omsk,RUS,,,RU-OMS,,Tver,RUS,,,RU-TVE,\n"  # line 5: one country
        "CHN-RUS,,CHN,,,CN-HL,,Omsk,RUS,95,x,RU-OMS,\n"  # line 6: empty; two bad degrees
        "CHN-BLR,Heihe,CHN,,,CN-HL,,Omsk,RUS,,,RU-OMS,\n"  # line 7: the pair says another country
        "CHN-RUS,Hei\u202ehe,CHN,,,CN-HL,,Omsk,RUS,,,RU-OMS,\n"  # line 8: hides something
        "CHN-RUS,Heihe,CHN,,,CN-HL,,Omsk,RUS\n"  # line 9: cut short
        f"CHN-RUS,{'H' * 200},CHN,,,CN-HL,,Omsk,RUS,,,RU-OMS,\n"  # line 10: too long
    )
    with pytest.raises(BadFile) as refused:
        loaded(HEAD + bad, "city1,city2\na,b\n", HEAD + BAIYIN)
    text = str(refused.value)
    lines = [f"list0.csv, line {line}:" for line in range(2, 11)]
    assert [line for line in lines if line not in text] == []
    for words in (
        "country1_iso3 'CHM'",
        "CHN (China)",
        "region1 'CN-XX'",
        "It is BY-VI",
        "twinned with itself",
        "both lie in RUS",
        "city1 is empty",
        "lat2 '95'",
        "lon2 'x'",
        "pair 'CHN-BLR'",
        "U+202E",
        "9 cells",
        "200 characters",
        "list1.csv, line 1: the header has no column country1_iso3, region1, country2_iso3, region2",
    ):
        assert words in text
    assert not space.exists() or not own(space)


def test_a_second_bad_file_keeps_the_first_out(loaded: Loader, space: Path) -> None:
    loaded(HEAD + BAIYIN)
    with pytest.raises(BadFile):
        loaded(HEAD + JINAN, HEAD + "CHN-RUS,Heihe,CHN,,,CN-XX,,Omsk,RUS,,,RU-OMS,\n")
    assert list(own(space)) == ["twinning/baiyin-brest"]


def test_rows_that_contradict_each_other_are_refused(loaded: Loader) -> None:
    head = "city1,country1_iso3,region1,city2,country2_iso3,region2,since,form,url\n"
    rows = "Heihe,CHN,CN-HL,Omsk,RUS,RU-OMS,1992,,\nHeihe,CHN,CN-HL,Omsk,RUS,RU-OMS,1993,,\n"
    with pytest.raises(BadFile, match="line 3: Heihe – Omsk stands in line 2 already"):
        loaded(head + rows)
    with pytest.raises(BadFile) as refused:
        loaded(head + "Heihe,CHN,CN-HL,Omsk,RUS,RU-OMS,May 1992,cousins,javascript:x\n")
    for words in ("since 'May 1992' is not a date", "form 'cousins'", "url 'javascript:x' is not an address"):
        assert words in str(refused.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (HEAD.encode(), "no row under the header"),
        (
            HEAD.encode() + "CHN-RUS,Хэйхэ,CHN,,,CN-HL,,Омск,RUS,,,RU-OMS,\n".encode("cp1251"),
            "line 2: bytes that are not utf-8",
        ),
        ((HEAD + BAIYIN).encode("utf-16"), "not utf-8|NUL"),
        (b"PK\x03\x04" + HEAD.encode(), "zip archive or an Excel"),
        (HEAD.encode() + b'"Heihe' + BAIYIN.encode(), "not csv"),
        (b"city1,city1\nx,y\n", "city1 twice"),
        (b"\n\n\n", "no column"),
    ],
)
def test_files_that_are_no_list(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=words) as refused:
        twin_tables.read(path)
    assert "map file" not in str(refused.value)


def test_a_file_that_is_too_large_and_one_that_is_not_there(tmp_path: Path, space: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text(HEAD + BAIYIN * 20)
    with pytest.raises(BadFile, match="at most"):
        twin_tables.read(path, largest=1000)
    assert twin_tables.LARGEST == 50 * 2**20
    with pytest.raises(BadUsage, match="no such file"):
        load_twins(Workspace.open_or_create(space), [tmp_path / "nope.csv"], load())


def test_semicolons_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + BAIYIN).replace(",", ";").encode())
    assert [tie.names for tie in twin_tables.read(path).ties] == [("Baiyin", "Brest")]


def test_a_list_of_regions_gives_a_tie_for_every_pair_or_one_of_all(loaded: Loader, space: Path) -> None:
    report = loaded(
        LINKS
        + '"CN-QH,CN-GX",RU-TVE,2013-05,friendly relations,Tver news,https://example.org/a,"approximate: ""ten years"""\n'
        + '"CN-QH,CN-GX",RU-TUL,2022,tripartite MoU,Tula news,https://example.org/b,\n'
        + "CN-QH,14 subjects of Volga FD,,council,Volga news,,\n"
    )
    row = report.rows[0]
    assert (row["rows_in"], row["rows_kept"], row["ties"], row["sources"]) == (3, 2, 3, 2)
    assert report.dropped[0]["reason"] == "one side is not given as place codes"
    records = own(space)
    assert {frozenset(record.parties) for record in records.values()} == {
        frozenset({"CN-QH", "RU-TVE"}),
        frozenset({"CN-GX", "RU-TVE"}),
        frozenset({"CN-QH", "CN-GX", "RU-TUL"}),
    }
    tver = next(r for r in records.values() if set(r.parties) == {"CN-QH", "RU-TVE"})
    since = tver.first("since")
    assert since is not None
    assert (since.text, since.comparator, tver.text("form"), tver.text("level")) == (
        "2013-05",
        "~",
        "friendship",
        "region",
    )
    assert tver.sources[since.source].url == "https://example.org/a"
    joint = next(r for r in records.values() if len(r.parties) == 3)
    assert joint.text("form") == "memorandum"


def test_region_codes_that_do_not_exist_are_refused(loaded: Loader) -> None:
    with pytest.raises(BadFile) as refused:
        loaded(LINKS + "CN-QQ,RU-TVE,,,,,\nCN-QH,CN-GX,,,,,\nCN-QH,RU-TVE,soon,,,,\n")
    for words in (
        "line 2: no place is called 'CN-QQ'",
        "line 3: CN-QH and CN-GX lie in one country",
        "since 'soon'",
    ):
        assert words in str(refused.value)


def test_the_command_line_loads_and_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from landbridge.cli import verbs

    path = tmp_path / "cities.csv"
    path.write_text(HEAD + BAIYIN + BAIYIN)
    verbs.load(
        "twins",
        [path],
        map_file=None,
        publisher="Somebody",
        licence="CC0",
        as_json=True,
        workspace=tmp_path / "space",
    )
    body = json.loads(capsys.readouterr().out)
    assert body["rows"][0]["ties"] == 1
    assert body["dropped"][0]["count"] == 1
    with pytest.raises(BadUsage, match="--source and --licence"):
        verbs.load(
            "ledger", [path], map_file=None, publisher="Somebody", as_json=True, workspace=tmp_path / "space"
        )


def test_the_real_list_of_cities_loads_in_seconds(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "regions" / "twin_cities.csv"
    space = tmp_path / "space"
    data = load()
    _ = data.ledger
    begun = time.perf_counter()
    report = load_twins(
        Workspace.open_or_create(space), [path], data, Origin("Wikipedia", "CC BY-SA 4.0"), recorded=DAY
    )
    assert time.perf_counter() - begun < 5
    # 369 rows and the countries of each: data/README.md of the reference material. Six cities are unmatched there; the
    # one that is a region by its name is placed.
    assert (report.rows[0]["rows_in"], report.rows[0]["ties"], report.dropped) == (369, 369, ())
    assert any("5 cities have no region" in note for note in report.notes)
    records = own(space)
    pairs = [frozenset(codes.place(code).country for code in record.parties) for record in records.values()]
    counted = {two: pairs.count(frozenset(two.split("-"))) for two in ("CHN-RUS", "CHN-BLR", "RUS-BLR")}
    assert counted == {"CHN-RUS": 124, "CHN-BLR": 26, "RUS-BLR": 219}
    again = load_twins(
        Workspace.open(space), [path], load(space), Origin("Wikipedia", "CC BY-SA 4.0"), recorded=DAY
    )
    assert again.added == 0


def test_every_cited_link_of_regions_is_shipped(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "regions" / "region_twins.csv"
    report = load_twins(Workspace.open_or_create(tmp_path / "space"), [path], load(), recorded=DAY)
    row = report.rows[0]
    assert (row["rows_in"], row["rows_kept"]) == (16, 15)
    assert row["held_before"] == row["ties"] == 24
    assert "14 subjects of Volga FD" in str(report.dropped[0]["example"])
    assert "RU-FD-VOLGA" in load().ledger.record("twinning/volga-yangtze").parties


def test_a_page_that_is_held_is_no_second_source(shared: Path, tmp_path: Path) -> None:
    """Every cited link of regions is shipped: of 24 ties only what a page newly says is new, and no page enters twice."""
    place = Workspace(tmp_path / "space")
    before = load().ledger
    report = load_twins(place, [shared / "data" / "regions" / "region_twins.csv"], load(), recorded=DAY)
    assert report.rows[0]["held_before"] == report.rows[0]["ties"] == 24
    assert report.rows[0]["sources"] == 0
    after = held(tmp_path / "space").ledger
    assert after.sources.keys() == before.sources.keys()
    said = {(s.subject, s.property, s.text, s.source) for s in before.history}
    new = [s for s in after.history if before.statement(s.id) is None]
    assert len(new) == report.added < 5
    assert not said & {(s.subject, s.property, s.text, s.source) for s in new}


def test_an_address_is_known_again_however_it_is_written(loaded: Loader, space: Path) -> None:
    url = "http://en.gdfao.gov.cn/wsyw/content/post_1023416.html"
    row = "CN-GD,RU-KHA,2012,sister province,Guangdong FAO,{url},\n"
    first = loaded(LINKS + row.format(url=url.replace("http://", "https://www.") + "#top"))
    assert (first.rows[0]["sources"], first.added) == (0, 0)
    # Another page is another source, of the same tie.
    other = loaded(LINKS + row.format(url=url.replace("1023416", "7")))
    assert other.rows[0]["sources"] == 1
    assert other.added > 0


def test_line_breaks_in_names_are_spaces_and_the_report_agrees_with_itself(
    loaded: Loader, space: Path
) -> None:
    def row(first: str, second: str) -> str:
        ends = {"h": "CHN,45,126,CN-HL,m", "m": "BLR,53,27,BY-HM,m"}
        return f"CHN-BLR,{first},{ends[first.strip().strip(chr(34)).lower()[0]]},{second},{ends[second[0].lower()]}\n"

    report = loaded(
        HEAD
        + row('"Har\nbin"', "Minsk")
        + row("Minsk", "Harbin")
        + row("harbin ", "MINSK")
        + row("Harbin", "Minsk")
    )
    assert (report.rows[0]["rows_kept"], [item["count"] for item in report.dropped]) == (2, [2])
    assert {record.text("name") for record in own(space).values()} == {
        "Har bin and Minsk",
        "Minsk and Harbin",
    }
    left, note, spelt = report.notes
    assert "left out, 2 of 4 rows" in left
    assert spelt.endswith("spelt otherwise: Har bin (line 3), held as Harbin.")
    # Only rows that were kept are called kept.
    assert note.endswith("both kept: Har bin – Minsk (line 3) and Minsk – Harbin (line 4).")


def test_one_relation_under_two_names_is_noted(loaded: Loader) -> None:
    cities = "CHN-RUS,Saint Petersburg,RUS,59.9,30.3,RU-SPE,m,Shanghai,CHN,31.2,121.5,CN-SH,m\n"
    # Saint Petersburg and Shanghai are regions too, and tied as such in the shipped ledger.
    (federal,) = loaded(HEAD + cities).notes
    assert "twinning/saint-petersburg-shanghai and twinning/shanghai-st-petersburg" in federal
    one = "CHN-RUS,Chita,RUS,52.0,113.5,RU-ZAB,m,{name},CHN,{lat},119.7,CN-NM,m\n"
    twice = HEAD + one.format(name="Hailar (Hulunbuir)", lat=49.2)
    (spelt, *_) = loaded(twice + one.format(name="Hulunbuir Hailar", lat=49.9)).notes
    assert "written in two ways" in spelt


@pytest.mark.parametrize("name", ["Har bin", "HARBIN", "Har-bin"])
def test_a_city_spelt_otherwise_than_a_known_one_is_loaded_and_named(
    loaded: Loader, space: Path, name: str
) -> None:
    report = loaded(f"{HEAD}CHN-BLR,{name},CHN,,,CN-HL,,Orsha,BLR,,,BY-VI,\n")
    assert report.added == 3
    (note,) = [note for note in report.notes if "spelt otherwise" in note]
    assert f"{name} (line 2), held as Harbin" in note


def test_a_city_spelt_in_two_ways_within_a_list_is_named_and_other_cities_are_not(loaded: Loader) -> None:
    rows = "CHN-BLR,{},CHN,,,CN-GS,,{},BLR,,,BY-BR,\n"
    report = loaded(HEAD + rows.format("Baiyin", "Kamenets") + rows.format("Jinchang", "Kame-nets"))
    (note,) = [note for note in report.notes if "spelt otherwise" in note]
    assert note.endswith("spelt otherwise: Kame-nets (line 3), held as Kamenets.")


def test_every_row_left_out_is_named_with_its_own_line_and_the_rest_counted(loaded: Loader) -> None:
    report = loaded(HEAD + (BAIYIN + JINAN) * 7)
    assert [item["count"] for item in report.dropped] == [12]
    (note,) = [note for note in report.notes if "left out" in note]
    assert note.startswith(
        "list0.csv: left out, 12 of 14 rows: the same tie stands there twice: line 4: Baiyin"
    )
    assert "line 13: Jinan – Vitebsk, as in line 3; and 2 more." in note
