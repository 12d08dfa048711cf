"""Editorial rules on the project's own tables and code lists (docs/reference/tables.md)."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from landbridge import codes
from landbridge.provenance import Status
from landbridge.units import UNITS, PriceBasis

COLUMNS = {
    "totals": "exporter importer period measure reporter series value_usd comparator basis status suspect source note",
    "basket_hs2": "exporter importer year chapter value_usd source",
    "observations": "place indicator period value unit status source note",
    "agreements": "agreement name form member side from to status source note",
}
KEYS = {
    "totals": ("exporter", "importer", "period", "measure", "reporter", "source"),
    "basket_hs2": ("exporter", "importer", "year", "chapter"),
    "observations": ("place", "indicator", "period", "source"),
    "agreements": ("agreement", "member", "from"),
}
LISTS = {
    "countries": "code numeric alpha2 name_en name_ru name_zh",
    "regions": "code country name_en name_ru name_zh capital_en lat lon",
    "macro_regions": "code name_en name_ru name_zh members note",
    "sectors": "code name_en group",
    "chapters": "code name_en",
    "systems": "number name_en question",
}
SOURCE_COLUMNS = "id publisher title published url licence kind weak"
SOURCE_KINDS = {
    *("statistics", "customs", "government", "company", "international"),
    *("press", "article", "paper", "dataset"),
}
# Not cited by a row: what the code lists and the embedded input-output table are made from.
PACKAGED = {"oecd-icio-2025", "geonames", "unicode-cldr"}
FORMS = {
    *("free trade area", "customs union", "economic union"),
    *("preferential", "non-preferential", "bloc", "world"),
}
INDICATORS = {
    "population": {"persons"},
    "output": {"CNY", "RUB", "BYN"},
    "gdp": {"USD"},
    "gdp_share": {"%"},
    "exports": {"USD"},
    "imports": {"USD"},
    "trade_by_trader": {"USD"},
    "trade_by_origin": {"USD"},
}
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tables(root: Path) -> dict[str, list[dict[str, str]]]:
    return {name: read(root / "tables" / f"{name}.csv") for name in COLUMNS}


@pytest.fixture(scope="module")
def sources(root: Path) -> dict[str, dict[str, str]]:
    return {
        row["id"]: row for path in sorted((root / "tables" / "sources").glob("*.csv")) for row in read(path)
    }


def repeated(keys: Iterable[object]) -> list[object]:
    return [key for key, count in Counter(keys).items() if count > 1]


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_as_documented(root: Path, name: str) -> None:
    header = (root / "tables" / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == COLUMNS[name].replace(" ", ",")


@pytest.mark.parametrize("name", LISTS)
def test_code_lists_have_the_documented_columns_and_no_repeated_code(root: Path, name: str) -> None:
    path = root / "src" / "landbridge" / "codes" / f"{name}.csv"
    rows = read(path)
    assert list(rows[0]) == LISTS[name].split()
    first = LISTS[name].split()[0]
    assert not repeated(row[first] for row in rows)
    optional = {"numeric", "alpha2"} if name == "countries" else set[str]()
    assert not [row for row in rows for column in row if not row[column] and column not in optional]


@pytest.mark.parametrize("name", COLUMNS)
def test_no_row_occurs_twice(tables: dict[str, list[dict[str, str]]], name: str) -> None:
    assert not repeated(tuple(row[key] for key in KEYS[name]) for row in tables[name])


@pytest.mark.parametrize("name", COLUMNS)
def test_every_row_has_a_source_or_is_assumed(
    tables: dict[str, list[dict[str, str]]], sources: dict[str, dict[str, str]], name: str
) -> None:
    for row in tables[name]:
        if row.get("status") == Status.ASSUMED:
            assert row["source"] == "", row
        else:
            assert row["source"] in sources, row
        assert "status" not in row or row["status"] in set(Status), row


def test_sources_are_complete_and_none_is_an_orphan(
    root: Path, tables: dict[str, list[dict[str, str]]]
) -> None:
    rows = read(root / "tables" / "sources" / "statistics.csv")
    assert list(rows[0]) == SOURCE_COLUMNS.split()
    cited = {row["source"] for table in tables.values() for row in table} | PACKAGED
    assert {row["id"] for row in rows} - cited == set()
    for row in rows:
        assert all(row[column] for column in ("publisher", "title", "licence")), row
        assert row["url"].startswith("http"), row
        assert row["kind"] in SOURCE_KINDS, row
        assert row["weak"] in ("0", "1"), row
        assert row["published"] == "" or DATE.fullmatch(row["published"]), row


def test_a_source_id_occurs_once_in_all_files(root: Path) -> None:
    files = sorted((root / "tables" / "sources").glob("*.csv"))
    assert not repeated(row["id"] for path in files for row in read(path))


def test_regions_are_those_of_iso_3166_2() -> None:
    count = {country: len(codes.places("region", country)) for country in ("CHN", "RUS", "BLR")}
    assert count == {"CHN": 31, "RUS": 83, "BLR": 7}
    for code in ("CN-HK", "CN-MO", "CN-TW", "RU-CR", "RU-SEV"):
        assert code not in {item.code for item in codes.places("region")}


def test_region_names_are_told_apart_in_every_language() -> None:
    for language in ("en", "ru", "zh"):
        assert not repeated(item.names[language] for item in codes.places("region"))
        assert not repeated(item.names[language] for item in codes.places("country"))


def test_region_seats_lie_inside_their_country() -> None:
    boxes = {"CHN": (18, 54, 73, 136), "RUS": (41, 78, 19, 180), "BLR": (51, 57, 23, 33)}
    for item in codes.places("region"):
        south, north, west, east = boxes[item.country]
        assert item.lat is not None
        assert item.lon is not None
        assert south < item.lat < north, item
        assert west < item.lon < east, item


def test_federal_districts_divide_russia_without_overlap() -> None:
    districts = [item for item in codes.places("macro", "RUS") if item.code.startswith("RU-FD-")]
    assert len(districts) == 8
    members = [code for district in districts for code in district.members]
    assert sorted(members) == sorted(codes.place("RUS").members)


def test_lists_have_their_published_length_and_systems_no_digit() -> None:
    assert len(codes.sectors()) == 50
    assert {item.group for item in codes.sectors()} == {
        *("agriculture", "mining", "manufacturing"),
        *("utilities", "construction", "services"),
    }
    assert [item.code for item in codes.chapters()] == [f"{number:02d}" for number in range(1, 98)]
    assert [item.number for item in codes.systems()] == list(range(1, 30))
    assert not [item for item in codes.systems() if re.search(r"\d", item.name + item.question)]


def test_totals_are_between_known_places_in_known_terms(tables: dict[str, list[dict[str, str]]]) -> None:
    for row in tables["totals"]:
        assert codes.place(row["exporter"]) != codes.place(row["importer"])
        assert row["measure"] in ("flow", "turnover"), row
        assert row["measure"] == "flow" or row["exporter"] < row["importer"], row
        assert row["reporter"] in ("", row["exporter"], row["importer"]), row
        assert row["comparator"] in ("=", "~", ">"), row
        assert row["basis"] in set(PriceBasis), row
        assert float(row["value_usd"]) > 1e8, row
        assert DATE.fullmatch(row["period"]), row


def test_every_total_belongs_to_a_series_and_suspect_ones_say_why(
    tables: dict[str, list[dict[str, str]]],
) -> None:
    suspects = set()
    for row in tables["totals"]:
        assert row["series"], row
        assert not re.search(r"\d", row["series"]), row
        assert row["suspect"] in ("0", "1"), row
        assert (row["suspect"] == "1") == ("use with care" in row["note"]), row
        if row["suspect"] == "1":
            suspects.add((row["reporter"], row["exporter"], row["period"]))
    assert suspects == {
        *(("RUS", "CHN", "2016"), ("RUS", "CHN", "2017"), ("BLR", "CHN", "2014")),
        *(("KAZ", "CHN", year) for year in ("2020", "2021", "2022")),
    }


def test_one_series_counts_a_flow_of_a_year_once_to_one_per_cent(
    tables: dict[str, list[dict[str, str]]],
) -> None:
    """Growth is computed inside a series, so two publishers of one series must tell the same."""
    seen: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for row in tables["totals"]:
        key = ("exporter", "importer", "period", "measure", "reporter", "series")
        seen[tuple(row[column] for column in key)].append(float(row["value_usd"]))
    several = {key: values for key, values in seen.items() if len(values) > 1}
    assert len(several) >= 4
    for key, values in several.items():
        assert max(values) / min(values) < 1.01, key
    # Belarus has three: its own statistics, an overview of its agency and a minister's statement do not mix.
    assert len({row["series"] for row in tables["totals"] if row["reporter"] == "BLR"}) == 3


def test_turnover_agrees_with_the_flows_of_the_same_reporter(tables: dict[str, list[dict[str, str]]]) -> None:
    """Within one source to rounding; between sources to two per cent, or the note says by how much."""
    flows: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for row in tables["totals"]:
        if row["measure"] == "flow":
            pair = tuple(sorted((row["exporter"], row["importer"])))
            flows[*pair, row["period"], row["reporter"], row["source"]][row["exporter"]] = float(
                row["value_usd"]
            )
    compared = 0
    for row in tables["totals"]:
        if row["measure"] != "turnover" or row["comparator"] != "=":
            continue
        for (one, other, period, reporter, source), both in flows.items():
            if (one, other, period, reporter) != tuple(
                row[c] for c in ("exporter", "importer", "period", "reporter")
            ):
                continue
            if len(both) < 2:
                continue
            gap = abs(sum(both.values()) / float(row["value_usd"]) - 1)
            compared += 1
            if source == row["source"]:
                assert gap < 0.0015, row
            else:
                assert gap < 0.02 or "%" in row["note"], row
    assert compared >= 10


def test_a_reported_flow_far_from_its_mirror_carries_a_warning(
    tables: dict[str, list[dict[str, str]]],
) -> None:
    """Two counts of one flow differ by freight, insurance and practice; more than a fifth needs a word."""
    seen: dict[tuple[str, str, str], dict[str, dict[str, str]]] = defaultdict(dict)
    for row in tables["totals"]:
        if row["measure"] == "flow" and row["source"].startswith("un-comtrade"):
            seen[row["exporter"], row["importer"], row["period"]][row["reporter"]] = row
    mirrored = [pair for pair in seen.values() if len(pair) == 2]
    assert len(mirrored) >= 8
    for pair in mirrored:
        low, high = sorted(float(row["value_usd"]) for row in pair.values())
        assert high / low < 1.2 or any("use with care" in row["note"] for row in pair.values()), pair


def test_basket_chapters_are_known_positive_and_add_up(tables: dict[str, list[dict[str, str]]]) -> None:
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for row in tables["basket_hs2"]:
        codes.chapter(row["chapter"])
        assert int(row["value_usd"]) > 0, row
        sums[row["exporter"], row["year"]] += int(row["value_usd"])
    assert set(sums) == {(side, str(year)) for side in ("CHN", "RUS") for year in range(2017, 2024)}
    # Reconciled flows stay near the reports of China; 2022 is the year the release's model is solved for.
    assert sums["RUS", "2022"] == pytest.approx(114.15e9, rel=0.001)
    assert sums["CHN", "2022"] == pytest.approx(75.36e9, rel=0.001)
    for row in tables["totals"]:
        if (
            row["reporter"] == "CHN"
            and row["source"] == "un-comtrade-chn-rus-monthly"
            and row["period"] < "2024"
        ):
            assert sums[row["exporter"], row["period"]] == pytest.approx(float(row["value_usd"]), rel=0.13), (
                row
            )


def test_observations_are_in_known_units_about_known_places(tables: dict[str, list[dict[str, str]]]) -> None:
    for row in tables["observations"]:
        codes.place(row["place"])
        assert row["unit"] in UNITS, row
        assert row["unit"] in INDICATORS[row["indicator"]], row
        assert float(row["value"]) > 0, row
        assert DATE.fullmatch(row["period"]), row


def test_every_region_has_a_population_and_output_where_it_is_published(
    tables: dict[str, list[dict[str, str]]],
) -> None:
    held = {(row["place"], row["indicator"]): float(row["value"]) for row in tables["observations"]}
    population: dict[str, float] = defaultdict(float)
    for region in codes.places("region"):
        population[region.country] += held[region.code, "population"]
        assert ((region.code, "output") in held) == (region.country != "BLR"), region
        assert ((region.code, "gdp_share") in held) == (region.country == "BLR"), region
    assert population["CHN"] == pytest.approx(1_407_670_000)
    assert population["RUS"] == pytest.approx(143_972_300)
    assert population["BLR"] == pytest.approx(9_155_978)
    assert sum(value for (_, indicator), value in held.items() if indicator == "gdp_share") == pytest.approx(
        85.0
    )


def test_the_head_office_effect_in_moscow_is_as_the_note_says(
    tables: dict[str, list[dict[str, str]]],
) -> None:
    rows = [r for r in tables["observations"] if r["indicator"] == "exports" and r["place"].startswith("RU-")]
    moscow = next(row for row in rows if row["place"] == "RU-MOW")
    assert "42 %" in moscow["note"]
    assert float(moscow["value"]) / sum(float(row["value"]) for row in rows) == pytest.approx(0.42, abs=0.01)


def in_force(rows: list[dict[str, str]], agreement: str, year: int) -> set[str]:
    """Members in force through the whole of `year`."""
    return {
        row["member"]
        for row in rows
        if row["agreement"] == agreement
        and row["from"] <= f"{year}-01-01"
        and (not row["to"] or row["to"] >= f"{year}")
    }


def test_agreements_speak_of_known_members_in_known_forms(tables: dict[str, list[dict[str, str]]]) -> None:
    named: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in tables["agreements"]:
        assert codes.place(row["member"]).kind == "country"
        assert row["form"] in FORMS, row
        assert DATE.fullmatch(row["from"]), row
        assert row["to"] == "" or (DATE.fullmatch(row["to"]) and row["to"] >= row["from"]), row
        named[row["agreement"]].add((row["name"], row["form"]))
    assert not [agreement for agreement, labels in named.items() if len(labels) > 1]
    members = Counter(row["agreement"] for row in tables["agreements"])
    assert min(members.values()) >= 2


def test_agreements_of_a_bloc_with_a_partner_have_two_sides(tables: dict[str, list[dict[str, str]]]) -> None:
    sides: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in tables["agreements"]:
        sides[row["agreement"]][row["side"]].add(row["member"])
    sided = {agreement: found for agreement, found in sides.items() if set(found) != {""}}
    assert set(sided) >= {"eaeu-vnm", "eaeu-irn-interim", "eaeu-irn", "eaeu-srb", "eaeu-chn", "asean-chn"}
    for agreement, found in sided.items():
        assert len(found) == 2, agreement
        partner = min(found, key=lambda side: len(found[side]))
        assert found[partner] == {partner}, agreement
    assert sided["eaeu-vnm"]["EAEU"] == {"RUS", "BLR", "KAZ", "ARM", "KGZ"}


def test_what_was_replaced_or_suspended_says_so(tables: dict[str, list[dict[str, str]]]) -> None:
    rows = tables["agreements"]
    assert {row["to"] for row in rows if row["agreement"] == "rus-srb"} == {"2021-07-10"}
    assert {row["to"] for row in rows if row["agreement"] == "eaeu-irn-interim"} == {
        row["from"] for row in rows if row["agreement"] == "eaeu-irn"
    }
    suspended = [row for row in rows if "suspended between Russia and Ukraine since 2016" in row["note"]]
    assert {(row["agreement"], row["member"]) for row in suspended} == {
        ("cis-fta-2012", "RUS"),
        ("cis-fta-2012", "UKR"),
    }


def test_memberships_that_results_rest_on(tables: dict[str, list[dict[str, str]]]) -> None:
    rows = tables["agreements"]
    assert in_force(rows, "eaeu", 2022) == {"RUS", "BLR", "KAZ", "ARM", "KGZ"}
    assert in_force(rows, "eaeu-customs-union", 2012) == {"RUS", "BLR", "KAZ"}
    assert not in_force(rows, "eaeu-customs-union", 2015)
    assert len(in_force(rows, "eu", 2019)) == 28
    assert len(in_force(rows, "eu", 2022)) == 27
    assert {"CHN", "RUS"} <= in_force(rows, "wto", 2022)
    assert "RUS" not in in_force(rows, "wto", 2012)
    assert "BLR" not in {row["member"] for row in rows if row["agreement"] == "wto"}
    assert len(in_force(rows, "rcep", 2024)) == 15
    assert "BLR" not in in_force(rows, "sco", 2024)
    assert len(in_force(rows, "sco", 2025)) == 10
    # China and the EAEU lower no tariffs for each other.
    assert {row["form"] for row in rows if row["agreement"] == "eaeu-chn"} == {"non-preferential"}


def test_totals_keep_the_published_figures(shared: Path, tables: dict[str, list[dict[str, str]]]) -> None:
    """Every cited total of the reference material is held, to the dollar."""
    held = {(row["period"], float(row["value_usd"])) for row in tables["totals"]}
    published = read(shared / "data" / "trade" / "annual_totals.csv")
    assert len(published) == 26
    assert [
        row for row in published if (row["year"], round(float(row["value_bn_usd"]) * 1e9)) not in held
    ] == []
