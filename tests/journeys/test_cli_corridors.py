"""`route`, `crossings` and `bottlenecks`, as typed: rows, notes, pictures, networks of one's own, refusals."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from landbridge.cli import rankings
from landbridge.corridors.reading import COLUMNS, TABLES
from landbridge.errors import BrokenRelease
from landbridge.planning.bottlenecks import Bottlenecks, gathered
from landbridge.release import Data, embedded, load, manifest

Call = Callable[[str], Any]
ROUTE = "route CN-CQ BY-MI --sector C28"
KEYS = ["schema", "verb", "release", "as_of", "rows", "notes", "dropped"]
FEW = ("documents-both-sides", "settlement-as-before", "hours-zabaikalsk-manzhouli-road", "access-crops")


@pytest.fixture(scope="module", autouse=True)
def data() -> Data:
    held = load()
    try:
        assert held.corridors.network.crossings
    except BrokenRelease:
        pytest.skip("the embedded release holds no network yet: build it anew")
    return held


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.code == 0, answer.err
    found = answer.json
    assert list(found) == KEYS
    assert found["release"] == manifest.read(embedded()).id
    assert len({tuple(row) for row in found["rows"]}) == 1, "every row has the same columns"
    return list(found["rows"])


# route


def test_a_route_has_every_column_of_its_table_and_its_ranges_hold(call: Call, data: Data) -> None:
    found = rows(call(f"{ROUTE} --json"))
    assert found == data.corridors.routes("CN-CQ", "BY-MI", sector="C28").table().to_dicts()
    assert [row["rank"] for row in found] == [1, 2, 3]
    costs = [row["generalised_usd_t"] for row in found]
    assert costs == sorted(costs)
    assert sum(row["share_pct"] for row in found) == pytest.approx(100)
    for row in found:
        for name in ("length_km", "hours", "cost_usd_t", "ad_valorem_pct", "emissions_kg_t"):
            assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"]
        assert row["via"]


def test_a_reader_gets_days_ranges_and_how_they_are_known(call: Call, data: Data) -> None:
    ran = call(ROUTE)
    best = data.corridors.routes("CN-CQ", "BY-MI", sector="C28").routes[0]
    line = next(line for line in ran.out.splitlines() if best.crossings[0] in line)
    assert f"{best.hours.value / 24:.1f}" in line
    assert f"{best.hours.value:,.0f} ({best.hours.low:,.0f} to {best.hours.high:,.0f})" in line
    cargo = best.cargo
    assert f"C28 (Machinery): a tonne is worth USD {cargo.usd_t.value:,.0f}" in ran.err
    assert f"{cargo.day_pct.value:.3g} % of that" in ran.err
    assert "after hummels-schaur-2013" in ran.err
    assert "envelopes" in ran.err
    shares = re.search(r"of the kilometres of lines (.*?); of the hours (.*?)\.\n", ran.err)
    assert shares is not None
    for told in shares.groups():
        assert sum(float(part) for part in re.findall(r"(?<!under )\b(\d+) %", told)) in (99, 100, 101)


def test_legs_add_up_to_the_route(call: Call) -> None:
    whole = rows(call(f"{ROUTE} --best 1 --json"))[0]
    legs = rows(call(f"{ROUTE} --best 1 --show legs --json"))
    assert sum(leg["hours"] for leg in legs) == pytest.approx(whole["hours"])
    last = legs[-1]
    assert last["total_cost_usd_t"] == pytest.approx(whole["cost_usd_t"])
    assert last["total_hours_high"] == pytest.approx(whole["hours_high"])
    assert {"terminal", "line", "crossing"} <= {leg["kind"] for leg in legs}
    shown = call(f"{ROUTE} --best 1 --show legs").out
    assert f"{last['total_hours'] / 24:.1f}" in shown.splitlines()[-1]


def test_what_the_range_comes_from_adds_up(call: Call) -> None:
    found = rows(call(f"{ROUTE} --best 1 --show uncertainty --json"))
    assert sum(row["share_pct"] for row in found) == pytest.approx(100)
    groups = {row["group"] for row in found}
    assert {"value of time", "speeds", "crossing hours", "interaction"} <= groups
    assert found[0]["low_pct"] < found[0]["mean_pct"] < found[0]["high_pct"]


def test_a_closed_crossing_is_not_passed_and_modes_are_kept(call: Call) -> None:
    first = rows(call(f"{ROUTE} --best 1 --json"))[0]
    closed = first["via"].split(", ")[0]
    other = rows(call(f"{ROUTE} --without {closed} --json"))
    assert all(closed not in row["via"].split(", ") for row in other)
    assert other[0]["generalised_usd_t"] > first["generalised_usd_t"]
    road = rows(call(f"{ROUTE} --mode road --json"))
    assert {row["modes"] for row in road} == {"road"}


def test_a_country_stands_for_a_node_and_a_cargo_may_be_ones_own(call: Call) -> None:
    ran = call("route zabaikalsk RUS --tonne-usd 300,500,900 --day-pct 0.02 --best 1")
    assert ran.code == 0, ran.err
    assert "RUS stands for Moscow (RU-MOW)." in ran.err
    assert "as you gave it: a tonne is worth USD 500 (300 to 900; assumed)" in ran.err
    assert "no crossing" in ran.out
    assert "borrowed" not in ran.err


@pytest.mark.parametrize(
    ("ends", "lending"),
    [
        ("zabaikalsk RUS", "CHN to RUS"),
        ("CN-CQ duisburg", "CHN to RUS"),
        ("warsaw CN-SC", "RUS to CHN"),
        ("KAZ MNG", "CHN to RUS"),
    ],
)
def test_a_pair_without_values_of_its_own_borrows_them_and_says_so(
    call: Call, ends: str, lending: str
) -> None:
    ran = call(f"route {ends} --best 1")
    assert ran.code == 0, ran.err
    assert f"it is borrowed from {lending}, its range widened" in ran.err
    assert "; assumed); a day costs" in ran.err


def test_the_cargo_taken_is_that_of_most_tonnes_by_rail_and_road(call: Call, data: Data) -> None:
    """The tonnes are reckoned once more out of the public tables."""
    ran = call("route CHN RUS --best 1")
    held, flows = data.corridors, data.accounts
    column = flows.flows[:, flows.places.index("CHN"), flows.places.index("RUS")]
    tonnes: dict[str, float] = {}
    for row in held.use.table().iter_rows(named=True):
        known = held.unit_values.get(("CHN", "RUS", row["sector"]))
        if (row["exporter"], row["importer"]) != ("CHN", "RUS") or row["mode"] not in ("rail", "road"):
            continue
        if known is not None and row["sector"] not in ("B05", "B06", "C19"):
            part = column[flows.sectors.index(row["sector"])] * row["share_pct"] / known.value
            tonnes[row["sector"]] = tonnes.get(row["sector"], 0.0) + part
    most = max(tonnes, key=lambda sector: tonnes[sector])
    assert f"Cargo {most} (" in ran.err
    assert "of which most tonnes go by rail and road from CHN to RUS" in ran.err
    assert "stands in the middle" not in ran.err
    assert "the largest sector of goods from CHN to DEU" in call("route CN-CQ duisburg --best 1").err
    assert "No sector was named" not in call("route CHN RUS --best 1 --sector C28").err


def test_by_sea_or_air_alone_a_region_reaches_its_port(call: Call) -> None:
    ran = call("route CN-SH RU-SPE --mode sea --json")
    for row in rows(ran):
        assert "sea" in row["modes"]
        assert "-rail" not in row["via"]
    assert "road and rail between either place and its port" in " ".join(ran.json["notes"])
    air = rows(call("route CN-CQ RU-MOW --mode air --json"))
    assert all("air" in row["modes"] and "sea" not in row["modes"] for row in air)


def test_no_route_says_why(call: Call) -> None:
    line = "route CN-CQ BY-MI --mode crude-pipe"
    ran = call(line)
    assert (ran.code, ran.out) == (1, "")
    assert "No route from CN-CQ to BY-MI by crude-pipe" in ran.err
    refused = json.loads(call(f"{line} --json").err)
    assert refused["schema"] == "landbridge/error/1"
    assert "No route" in refused["problems"][0]["what"]


def test_a_picture_is_drawn_and_its_figures_are_remembered(call: Call, tmp_path: Path) -> None:
    ran = call(f"{ROUTE} --picture way.svg")
    assert ran.code == 0, ran.err
    assert "Wrote way.svg." in ran.err
    root = ElementTree.parse(tmp_path / "way.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    ids = {node.get("data-figure") for node in root.iter() if node.get("data-figure")}
    assert len(ids) > 5
    chain = rows(call(f"explain {sorted(filter(None, ids))[0]} --json"))[0]
    assert chain["unit"] in ("days", "USD", "km")
    refused = call(f"{ROUTE} --picture way.png")
    assert refused.code == 2
    assert "way.svg" in refused.err
    assert not (tmp_path / "way.png").exists()


AMOUNT = ("low", "value", "high")
NODES = (("here", "CHN", "100"), ("east", "CHN", "101"), ("west", "RUS", "102"), ("there", "RUS", "103"))
NEEDS = (
    ("speed_km_day", "480", "km/day"),
    ("rate_usd_tkm", "0.05", "USD/tkm"),
    ("emission_kg_tkm", "0.1", "kg CO2e/tkm"),
    ("reliability_share", "0", "share"),
    ("terminal_hours", "6", "h"),
    ("terminal_usd_t", "2", "USD/t"),
)


def exact(name: str, value: str) -> dict[str, str]:
    return {**{f"{name}_{end}": value for end in AMOUNT}, f"{name}_status": "assumed"}


SMALL: dict[str, list[dict[str, str]]] = {
    "network_nodes": [
        {"node": node, "name": node, "kind": "region", "place": at, "country": at, "lat": "50", "lon": lon}
        for node, at, lon in NODES
    ],
    "network_links": [
        {"link": f"{a}-{b}", "a": a, "b": b, "mode": "road", **exact("length_km", km)}
        for a, b, km in (("here", "east", "480"), ("west", "there", "720"))
    ],
    "network_crossings": [
        {
            "crossing": "east-west",
            "name": "East–West",
            "a": "east",
            "b": "west",
            "mode_a": "road",
            "mode_b": "road",
            "country_a": "CHN",
            "country_b": "RUS",
            "length_km": "10",
            "gauge_break": "0",
            **exact("hours", "30"),
            **exact("charge_usd_t", "5"),
        }
    ],
    "network_modes": [
        {"mode": "road", "country": "ALL", "parameter": name, "unit": unit, "status": "assumed"}
        | dict.fromkeys(AMOUNT, value)
        for name, value, unit in NEEDS
    ],
    "network_transfers": [],
}


def put(folder: Path, tables: dict[str, list[dict[str, str]]]) -> Path:
    folder.mkdir()
    for name in TABLES:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, COLUMNS[name])
            writer.writeheader()
            writer.writerows(tables[name])
    return folder


def test_a_network_of_ones_own_by_hand(call: Call, tmp_path: Path) -> None:
    """1,210 km at 20 km an hour, six hours at either end, thirty at the border; five cents a tonne-km, 2 + 5 + 2 USD."""
    put(tmp_path / "own", SMALL)
    (found,) = rows(call("route here there --network own --sector C28 --json"))
    assert found["hours"] == pytest.approx(1210 / 20 + 6 + 30 + 6)
    assert found["cost_usd_t"] == pytest.approx(1210 * 0.05 + 2 + 5 + 2)
    assert found["emissions_kg_t"] == pytest.approx(121)
    assert found["via"] == "east-west"
    (crossing,) = rows(call("crossings --network own --json"))
    assert (crossing["crossing"], crossing["hours"]) == ("east-west", 30)


def test_a_bad_network_is_refused_with_every_problem(call: Call, tmp_path: Path) -> None:
    crossing = SMALL["network_crossings"][0] | {"hours_low": "-3"}
    links = [SMALL["network_links"][0], SMALL["network_links"][1] | {"b": "theer"}]
    put(tmp_path / "bad", SMALL | {"network_crossings": [crossing], "network_links": links})
    ran = call("route here there --network bad --sector C28")
    assert (ran.code, ran.out) == (1, "")
    assert "east-west: time is negative" in ran.err
    assert "theer" in ran.err
    assert "there" in ran.err
    problems = json.loads(call("route here there --network bad --json").err)["problems"]
    assert len(problems) >= 2
    assert call("route here there --network nowhere").code == 2


# crossings


def test_every_crossing_with_hours_status_and_source(call: Call, data: Data) -> None:
    found = rows(call("crossings --json"))
    assert found == data.corridors.crossings().to_dicts()
    for row in found:
        assert row["hours_low"] <= row["hours"] <= row["hours_high"]
        assert bool(row["hours_source"]) == (row["hours_status"] != "assumed"), row["crossing"]
    shown = call("crossings")
    assert all(row["crossing"] in shown.out for row in found), "an id is never broken over two lines"
    assert "assumed" in shown.err


def test_crossings_are_chosen_by_border_and_mode(call: Call) -> None:
    rail = rows(call("crossings --between RUS CHN --mode rail --json"))
    assert {"zabaikalsk-manzhouli-rail", "grodekovo-suifenhe-rail"} <= {row["crossing"] for row in rail}
    assert all({row["country_a"], row["country_b"]} == {"CHN", "RUS"} for row in rail)
    assert all(row["gauge_break"] == (row["mode_a"] != row["mode_b"]) for row in rail)
    kazakh = rows(call("crossings --country KAZ --json"))
    assert all("KAZ" in (row["country_a"], row["country_b"]) for row in kazakh)
    assert {row["mode_a"] for row in rows(call("crossings --mode road --json"))} == {"road"}


def test_who_uses_a_crossing_the_largest_share_first(call: Call, data: Data) -> None:
    found = rows(call("crossings --users zabaikalsk-manzhouli-rail --json"))
    shares = [row["share_pct"] for row in found]
    assert shares == sorted(shares, reverse=True)
    first = found[0]
    key = (first["exporter"], first["importer"], first["sector"], "zabaikalsk-manzhouli-rail")
    assert data.corridors.use.share(*key).ends == (
        first["share_pct_low"],
        first["share_pct"],
        first["share_pct_high"],
    )
    assert {row["sector"] for row in rows(call("crossings --users skovorodino-mohe --json"))} == {"B06"}


POST = "crossings --curve zabaikalsk-manzhouli-road --lanes 17"


def test_a_crossing_without_counted_arrivals_gets_a_curve(call: Call) -> None:
    ran = call(f"{POST} --capacity 400 --json")
    found = rows(ran)
    delays = [row["delay_h"] for row in found]
    assert delays == sorted(delays)
    assert all(row["delay_h_low"] <= row["delay_h"] <= row["delay_h_high"] for row in found)
    assert all(row["vehicles_day"] == pytest.approx(400 * row["load"]) for row in found)
    notes = " ".join(ran.json["notes"])
    assert "not a number" in notes
    assert "assumed" in notes


def test_the_capacity_held_widens_the_curve(call: Call, data: Data) -> None:
    capacity = data.corridors.network.crossings["zabaikalsk-manzhouli-road"].capacity
    assert capacity is not None
    assert capacity.amount.low < capacity.amount.high
    held, exact = (
        rows(call(f"{POST} {more} --json")) for more in ("", f"--capacity {capacity.amount.value}")
    )
    assert all(one["delay_h"] == other["delay_h"] for one, other in zip(held, exact, strict=True))
    assert all(one["delay_h_high"] > other["delay_h_high"] for one, other in zip(held, exact, strict=True))


def test_a_what_if_has_a_row_for_each_capacity_and_a_growing_line_where_it_is_too_small(call: Call) -> None:
    below = rows(call(f"{POST} --capacity 400 --arrivals 360 --json"))
    assert [row["capacity"] for row in below] == ["low", "middle", "high"]
    assert below[1]["load"] == pytest.approx(0.9)
    same = next(row for row in rows(call(f"{POST} --capacity 400 --json")) if row["load"] == 0.9)
    assert below[1]["delay_h"] == pytest.approx(same["delay_h"])
    above = call(f"{POST} --capacity 400 --arrivals 460")
    assert above.code == 0
    assert "grows by 60 a day, 420 in a week" in above.err
    low, middle, high = rows(call(f"{POST} --capacity 300,400,500 --arrivals 360 --json"))
    assert (low["delay_h"], low["growth_vehicles_day"]) == (None, 60)
    assert middle["delay_h"] > high["delay_h"] > 0
    assert middle["growth_vehicles_day"] is None
    full = rows(call(f"{POST} --capacity 400 --arrivals 400 --json"))[1]
    assert (full["load"], full["delay_h"], full["growth_vehicles_day"]) == (1, None, 0)


@pytest.mark.parametrize("arrivals", ["", "--arrivals 1", "--arrivals 713", "--arrivals 50000"])
def test_delays_are_written_out_and_what_passed_is_said(call: Call, data: Data, arrivals: str) -> None:
    ran = call(f"{POST} {arrivals}")
    assert ran.code == 0, ran.err
    assert not re.search(r"\de[+-]\d", ran.out + ran.err)
    volume = data.corridors.network.crossings["zabaikalsk-manzhouli-road"].volume
    assert volume is not None
    assert f"{volume.amount.value:g} {volume.amount.unit} passed" in ran.err
    assert "not published" not in ran.err
    if arrivals == "--arrivals 1":
        assert ran.out.count("under 0.02 h") == 3


# bottlenecks


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, data: Data) -> list[dict[str, Any]]:
    """The ranking of four candidates instead of a hundred, made once; what it was asked for."""
    chosen = [one for one in gathered(data, "CHN", "RUS") if one.id in FEW]
    assert len(chosen) == len(FEW)
    asked: list[dict[str, Any]] = []
    make = cache(lambda: make_ranking(data, "CHN", "RUS", candidates=chosen, **asked[0]))
    make_ranking = rankings.rank

    def rank(_: Data, *places: str, **options: Any) -> Bottlenecks:
        assert places == ("CHN", "RUS")
        asked.append(options)
        return make()

    monkeypatch.setattr(rankings, "rank", rank)
    return asked


RANK = "bottlenecks CHN RUS --draws 10 --workers 1"


def test_a_ranking_with_its_headline_and_other_views(
    call: Call, few: list[dict[str, Any]], tmp_path: Path
) -> None:
    ran = call(f"{RANK} --json")
    found = rows(ran)
    assert {row["candidate"] for row in found} == set(FEW)
    gains = [row["gain_value_musd"] for row in found]
    assert gains == sorted(gains, reverse=True)
    for row in found:
        assert row["gain_low_musd"] <= row["gain_value_musd"] <= row["gain_high_musd"]
        assert (row["p_first_pct"] is None) == (row["evidence"] == "assumed")
    assert (tmp_path / "runs" / "bottlenecks").is_dir()
    options = {name: value for name, value in few[0].items() if name != "progress"}
    assert options == {"draws": 10, "seed": 1, "workers": 1, "runs": Path("runs/bottlenecks")}

    chain = rows(call(f"explain {found[0]['id']} --json"))[0]
    assert chain["value"] == pytest.approx(1e6 * found[0]["gain_value_musd"])

    shown = call(f"{RANK} --top 2")
    headline = ran.json["notes"][0]
    assert shown.err.splitlines()[0] == headline
    assert "2 of 4 candidates are shown" in shown.err
    assert "USD million" in shown.out
    assert found[0]["id"] in shown.out
    assert found[2]["id"] not in shown.out

    ranks = rows(call(f"{RANK} --show ranks --json"))
    for place in {row["rank"] for row in ranks}:
        assert sum(row["probability_pct"] for row in ranks if row["rank"] == place) == pytest.approx(100)
    topics = rows(call(f"{RANK} --show topics --json"))
    assert all(row["share_pct"] > 0 for row in topics)
    uncosted = rows(call(f"{RANK} --show uncosted --json"))
    assert all(row["record"].startswith("barrier/") and row["grade"] in "ABCDE" for row in uncosted)
    together = call(f"{RANK} --show together --json")
    assert together.code == 0
    assert together.json["rows"] or "No two obstacles" in " ".join(together.json["notes"])


def test_a_size_reads_as_words() -> None:
    cut = {"size_low": -44.0, "size_value": -22.0, "size_high": -9.0, "size_unit": "h"}
    assert rankings._size(cut) == "22 h less (9 to 44)"
    assert rankings._size(cut | {"size_low": -22.0, "size_high": -22.0}) == "22 h less"
    assert rankings._size({"size_low": 8.0, "size_value": 17.0, "size_high": 29.0, "size_unit": "%"}) == (
        "17 % more trade (8 to 29)"
    )
    assert rankings._size(cut | {"size_high": 3.0}) == "-22 (-44 to 3) h"


def test_an_interrupt_says_that_the_work_is_kept(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> Bottlenecks:
        raise KeyboardInterrupt

    monkeypatch.setattr(rankings, "rank", stopped)
    ran = call("bottlenecks CHN RUS")
    assert ran.code == 130
    assert "What was solved is kept" in ran.err


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("route CN-CQ BY-MII", 2, "BY-MI"),
        ("route CN-CQ CN-CQ", 2, "one node"),
        ("route CN-CQ BY-MI --sector C99", 2, "C29"),
        ("route CN-CQ BY-MI --sector potash", 2, "potash is inside C20 (Chemicals)"),
        ("route CN-CQ BY-MI --mode rali", 2, "rail"),
        ("route CN-CQ BY-MI --without zabaikalsk-manzhouli", 2, "zabaikalsk-manzhouli-rail"),
        ("route CN-CQ BY-MI --best 0", 2, "one route or more"),
        ("route CN-CQ BY-MI --show leg", 2, "legs"),
        ("route CN-CQ BY-MI --tonne-usd 9,1,2 --day-pct 1", 2, "--tonne-usd"),
        ("route CN-CQ BY-MI --tonne-usd 900", 2, "--day-pct"),
        ("route CN-CQ BY-MI --picture none/way.svg", 2, "--picture"),
        ("crossings --country KZA", 2, "KAZ"),
        ("crossings --between CHN CHN", 2, "twice"),
        ("crossings --between CHN USA", 1, "RUS-CHN"),
        ("crossings --between CHN RUS --country KAZ", 2, "exclude"),
        ("crossings --mode sea", 2, "rail, road"),
        ("crossings --users zabaikalsk-manzhouli-rial", 2, "zabaikalsk-manzhouli-rail"),
        ("crossings --users gudogai-kena-rail", 1, "no flow"),
        ("crossings --curve zabaikalsk-manzhouli-road", 2, "--lanes"),
        ("crossings --curve zabaikalsk-road --lanes 4", 2, "zabaikalsk-manzhouli-road"),
        ("crossings --curve grodekovo-suifenhe-rail --lanes 2", 1, "Mt/yr"),
        ("crossings --curve zabaikalsk-manzhouli-road --lanes 1.5", 2, "whole"),
        ("crossings --arrivals 5", 2, "--curve"),
        ("bottlenecks CHN RUSS", 2, "RUS"),
        ("bottlenecks CHN CHN", 2, "CHN"),
        ("bottlenecks CHN RUS --draws 2", 2, "draws"),
        ("bottlenecks CHN RUS --top 0", 2, "--top"),
        ("bottlenecks CHN RUS --show rank", 2, "ranking"),
    ],
)
def test_refusals_name_the_remedy(call: Call, line: str, code: int, said: str) -> None:
    ran = call(line)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
    as_json = call(f"{line} --json")
    assert (as_json.code, as_json.out) == (code, "")
    assert json.loads(as_json.err)["schema"] == "landbridge/error/1"
