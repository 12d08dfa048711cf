"""Editorial rules on the nodes and lines of the transport network, and published lengths it must reproduce.

A line over a controlled border, a length shorter than the crow flies, a figure without evidence or a region left without
access breaks one of these.
"""

from __future__ import annotations

import csv
import heapq
import math
import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

NODE_COLUMNS = "node,name,kind,place,country,locode,lat,lon,source,note"
LENGTH = ",".join(f"length_km_{name}" for name in ("low", "value", "high", "status", "source"))
CAPACITY = ",".join(
    f"capacity_{name}" for name in ("low", "value", "high", "unit", "status", "source", "year")
)
LINK_COLUMNS = f"link,a,b,mode,{LENGTH},{CAPACITY},one_way,note"
CHECK_COLUMNS = "check,from,to,via,modes,metric,low,value,high,source,note,reason"
KINDS = {"region", "junction", "station", "port", "airport", "pump", "terminal"}
LAND = {"rail-1520", "rail-1435", "road"}
SUFFIXES = {"rail-1520": "-rail", "rail-1435": "-rail", "road": "-road", "sea": "-sea", "air": "-air"}
PIPES = {"crude-pipe", "gas-pipe"}
GAUGES = {"rail-1520": {"RUS", "BLR", "KAZ", "MNG", "LTU"}, "rail-1435": {"CHN", "POL", "DEU", "NLD"}}
EUROPEAN_UNION = {"POL", "DEU", "LTU", "LVA", "NLD", "BEL"}
CAPACITY_UNITS = {"Mt/yr", "bcm/yr", "trains/day"}
STATUSES = {"reported", "estimated", "assumed", "claimed"}
# What no road or railway of the network reaches, with its reason: only the sea does.
BY_SEA_ONLY = {
    *("RU-KGD", "kaliningrad"),  # an exclave: transit through Lithuania is not in the network
    *("RU-SAK", "kholmsk", "korsakov"),  # an island
    *("RU-KAM", "petropavlovsk", "RU-CHU", "anadyr"),  # no road to the rest of the country
    "sabetta",  # gas port; its railway is not in public use
}
TOLERANCE = 0.03
# What the column `reason` of a check allows: on the way past its stops and, where it says "free", without them.
ALLOWED = re.compile(r"(free )?up to (\d+) %")
Row = dict[str, str]
Arcs = dict[str, list[tuple[str, float, str]]]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def nodes(root: Path) -> list[Row]:
    return read(root / "tables" / "network_nodes.csv")


@pytest.fixture(scope="module")
def links(root: Path) -> list[Row]:
    return read(root / "tables" / "network_links.csv")


@pytest.fixture(scope="module")
def crossings(root: Path) -> list[Row]:
    path = root / "tables" / "network_crossings.csv"
    if not path.is_file():
        pytest.skip("no table of crossings yet")
    return read(path)


@pytest.fixture(scope="module")
def checks(root: Path) -> list[Row]:
    return read(root / "tables" / "network_checks.csv")


@pytest.fixture(scope="module")
def sources(root: Path) -> set[str]:
    return {row["id"] for path in (root / "tables" / "sources").glob("*.csv") for row in read(path)}


@pytest.fixture(scope="module")
def country(nodes: list[Row]) -> dict[str, str]:
    return {row["node"]: row["country"] for row in nodes}


@pytest.fixture(scope="module")
def arcs(links: list[Row], crossings: list[Row]) -> Arcs:
    """Neighbours with length and mode (the two gauges count as one mode: a crossing joins them)."""
    held: Arcs = defaultdict(list)
    ways = [(row["a"], row["b"], row["length_km_value"], row["mode"]) for row in links]
    ways += [(row["a"], row["b"], row["length_km"], row["mode_a"]) for row in crossings]
    for a, b, km, mode in ways:
        held[a].append((b, float(km), mode.split("-")[0]))
        held[b].append((a, float(km), mode.split("-")[0]))
    return held


def great_circle(a: Row, b: Row) -> float:
    phi_a, phi_b = math.radians(float(a["lat"])), math.radians(float(b["lat"]))
    turn = math.radians(float(b["lon"]) - float(a["lon"]))
    cosine = math.sin(phi_a) * math.sin(phi_b) + math.cos(phi_a) * math.cos(phi_b) * math.cos(turn)
    return 6371.0 * math.acos(min(1.0, cosine))


def reached(arcs: Arcs, start: str, modes: set[str]) -> set[str]:
    seen, stack = {start}, [start]
    while stack:
        for onward, _, mode in arcs[stack.pop()]:
            if mode in modes and onward not in seen:
                seen.add(onward)
                stack.append(onward)
    return seen


def shortest(arcs: Arcs, start: str, end: str, mode: str) -> float:
    best, queue = {start: 0.0}, [(0.0, start)]
    while queue:
        km, here = heapq.heappop(queue)
        if here == end:
            return km
        for onward, step, by in arcs[here]:
            if by == mode and km + step < best.get(onward, math.inf):
                best[onward] = km + step
                heapq.heappush(queue, (km + step, onward))
    raise AssertionError(f"no {mode} way from {start} to {end}")


def allowed(check: Row, free: bool = False) -> float:
    """The share by which a published figure may be missed; a reason given for the way past the stops holds without them."""
    shares = {bool(word): int(percent) / 100 for word, percent in ALLOWED.findall(check["reason"])}
    return max(TOLERANCE, shares.get(False, 0.0), shares.get(True, 0.0) if free else 0.0)


def off(check: Row, km: float) -> float:
    """How far a length lies outside the published range, as a share of its nearer end."""
    return max(0.0, 1 - km / float(check["low"]), km / float(check["high"]) - 1)


def miss(arcs: Arcs, check: Row) -> float:
    """How far the shortest way past the stops of a check lies outside the published range."""
    stops = [check["from"], *check["via"].split(), check["to"]]
    return off(check, sum(shortest(arcs, a, b, check["modes"]) for a, b in pairwise(stops)))


def test_columns_and_names_are_unique(nodes: list[Row], links: list[Row], checks: list[Row]) -> None:
    for rows, columns in ((nodes, NODE_COLUMNS), (links, LINK_COLUMNS), (checks, CHECK_COLUMNS)):
        assert ",".join(rows[0]) == columns
        key = next(iter(rows[0]))
        assert [name for name, n in Counter(row[key] for row in rows).items() if n > 1] == []
    ends = Counter((*sorted((row["a"], row["b"])), row["mode"]) for row in links)
    assert [key for key, n in ends.items() if n > 1] == []


def test_nodes_lie_where_the_code_list_has_them(root: Path, nodes: list[Row], sources: set[str]) -> None:
    listed = {row["code"]: row for row in read(root / "src" / "landbridge" / "codes" / "regions.csv")}
    held = {row["node"]: row for row in nodes if row["kind"] == "region"}
    assert set(held) == set(listed)
    for code, row in held.items():
        assert great_circle(row, listed[code]) < 1, code
    for row in nodes:
        assert row["kind"] in KINDS, row["node"]
        assert re.fullmatch(r"[A-Z]{2}-[A-Z]+|[a-z]+(-[a-z]+)*", row["node"]), row["node"]
        if row["place"] in listed:
            assert listed[row["place"]]["country"] == row["country"], row["node"]
        else:
            assert row["place"] == row["country"], row["node"]
            assert row["country"] not in {"CHN", "RUS", "BLR"}, row["node"]
        # A point without a source must say that it is rough.
        assert bool(row["source"]) != ("approximate point" in row["note"]), row["node"]
        assert set(row["source"].split()) <= sources, row["node"]


def test_locodes_begin_with_the_country(root: Path, nodes: list[Row]) -> None:
    countries = read(root / "src" / "landbridge" / "codes" / "countries.csv")
    alpha2 = {row["code"]: row["alpha2"] for row in countries}
    for row in nodes:
        if row["locode"]:
            assert re.fullmatch(alpha2[row["country"]] + "[A-Z2-9]{3}", row["locode"]), row["node"]


def test_lines_join_nodes_and_are_named_after_them(nodes: list[Row], links: list[Row]) -> None:
    held = {row["node"] for row in nodes}
    for row in links:
        assert {row["a"], row["b"]} <= held, row["link"]
        assert row["a"] != row["b"], row["link"]
        assert row["mode"] in LAND | PIPES | {"sea", "air"}, row["link"]
        assert row["link"] == f"{row['a']}-{row['b']}{SUFFIXES.get(row['mode'], '')}".lower()
        assert row["one_way"] in {"0", "1"}, row["link"]


def test_every_length_has_a_range_and_its_evidence(links: list[Row], sources: set[str]) -> None:
    for row in links:
        low, value, high = (float(row[f"length_km_{name}"]) for name in ("low", "value", "high"))
        assert 0 < low <= value <= high, row["link"]
        cited = row["length_km_source"].split()
        assert row["length_km_status"] in STATUSES, row["link"]
        assert bool(cited) == (row["length_km_status"] != "assumed"), row["link"]
        assert set(cited) <= sources, row["link"]
        if row["length_km_status"] == "assumed":
            assert row["note"], f"{row['link']}: an assumption says how it was made"


def test_a_capacity_is_whole_or_absent(links: list[Row], sources: set[str]) -> None:
    names = [name for name in LINK_COLUMNS if name.startswith("capacity_")]
    for row in links:
        given = [name for name in names if row[name]]
        if not given:
            continue
        assert row["capacity_unit"] in CAPACITY_UNITS, row["link"]
        assert row["capacity_status"] in STATUSES, row["link"]
        low, value, high = (float(row[f"capacity_{name}"]) for name in ("low", "value", "high"))
        assert 0 < low <= value <= high, row["link"]
        assert set(row["capacity_source"].split()) <= sources, row["link"]
        assert bool(row["capacity_source"]) == (row["capacity_status"] != "assumed"), row["link"]
        assert re.fullmatch(r"20\d\d", row["capacity_year"]), row["link"]
        assert (row["capacity_unit"] == "bcm/yr") == (row["mode"] == "gas-pipe"), row["link"]
        assert (row["capacity_unit"] == "trains/day") <= row["mode"].startswith("rail"), row["link"]


def test_the_eastern_polygon_is_one_capacity_not_one_a_line(links: list[Row]) -> None:
    shared = [row for row in links if "eastern-polygon:" in row["note"]]
    assert {"taishet-ru-irk-rail", "tynda-novy-urgal-rail"} <= {row["link"] for row in shared}
    # 180 million tonnes a year are published for both lines together: a copy on each line would double them.
    assert not any(row["capacity_value"] for row in shared)


def test_no_line_is_shorter_than_the_crow_flies(nodes: list[Row], links: list[Row]) -> None:
    held = {row["node"]: row for row in nodes}
    short = []
    for row in links:
        straight = great_circle(held[row["a"]], held[row["b"]])
        if float(row["length_km_high"]) < straight - 3:  # stations lie up to 3 km from the points of towns
            short.append((row["link"], row["length_km_high"], round(straight)))
    assert short == []


def test_lines_keep_to_one_gauge(links: list[Row], country: dict[str, str]) -> None:
    for row in links:
        if row["mode"] in GAUGES:
            assert {country[row["a"]], country[row["b"]]} <= GAUGES[row["mode"]], row["link"]


def test_land_lines_cross_free_borders_only(links: list[Row], country: dict[str, str]) -> None:
    for row in links:
        two = {country[row["a"]], country[row["b"]]}
        if row["mode"] not in LAND or len(two) == 1:
            continue
        free = two == {"RUS", "BLR"} or two <= EUROPEAN_UNION
        free |= two == {"RUS", "KAZ"} and row["mode"] == "rail-1520"
        assert free, f"{row['link']} crosses a controlled border: it belongs among the crossings"
        assert "border" in row["note"], f"{row['link']}: say why the border is free"


def test_ships_call_at_ports_and_aircraft_at_airports(nodes: list[Row], links: list[Row]) -> None:
    kind = {row["node"]: row["kind"] for row in nodes} | {"kozmino": "port"}
    for row in links:
        if row["mode"] in ("sea", "air"):
            wanted = "port" if row["mode"] == "sea" else "airport"
            assert kind[row["a"]] == kind[row["b"]] == wanted, row["link"]
    assert {row["a"] for row in links if row["b"] == "kozmino" and row["mode"] in LAND} == set()


def test_every_region_has_a_land_line(nodes: list[Row], links: list[Row]) -> None:
    served = {row[end] for row in links if row["mode"] in LAND for end in ("a", "b")}
    assert {row["node"] for row in nodes if row["kind"] == "region"} <= served
    used = {row[end] for row in links for end in ("a", "b")}
    assert {row["node"] for row in nodes} == used


def test_the_network_is_connected(nodes: list[Row], arcs: Arcs) -> None:
    everything = {row["node"] for row in nodes}
    assert reached(arcs, "RU-MOW", {"rail", "road", "sea", "air", "crude", "gas"}) == everything
    standing = {
        row["node"] for row in nodes if any(mode in ("rail", "road") for _, _, mode in arcs[row["node"]])
    }
    by_land = reached(arcs, "RU-MOW", {"rail", "road"})
    assert standing - by_land == BY_SEA_ONLY - {"sabetta"}
    assert reached(arcs, "RU-MOW", {"rail", "road", "sea"}) >= BY_SEA_ONLY


def test_pipelines_flow_one_way_and_say_which(
    nodes: list[Row], links: list[Row], country: dict[str, str]
) -> None:
    names = {row["node"]: row["name"] for row in nodes}
    pipes = [row for row in links if row["mode"] in PIPES]
    assert {row["link"] for row in links if row["one_way"] == "1"} == {row["link"] for row in pipes}
    for row in pipes:
        assert f"flows from {names[row['a']]} to {names[row['b']]}" in row["note"], row["link"]
    # Oil and gas come from Russia: to China and Belarus, by themselves or through Kazakhstan, and none comes back.
    abroad = {(country[row["a"]], country[row["b"]]) for row in pipes} - {("RUS", "RUS"), ("CHN", "CHN")}
    assert abroad == {("RUS", "CHN"), ("RUS", "BLR"), ("RUS", "KAZ"), ("KAZ", "CHN")}


def test_crossings_join_stations_of_the_network(nodes: list[Row], crossings: list[Row]) -> None:
    held = {row["node"] for row in nodes}
    assert {row[end] for row in crossings for end in ("a", "b")} <= held


def test_checks_name_nodes_and_sources(nodes: list[Row], checks: list[Row], sources: set[str]) -> None:
    held = {row["node"] for row in nodes}
    for row in checks:
        assert {row["from"], row["to"], *row["via"].split()} <= held, row["check"]
        assert row["source"], row["check"]
        assert set(row["source"].split()) <= sources, row["check"]
        assert row["metric"] in {"length_km", "transit_days"}, row["check"]
        assert 0 < float(row["low"]) <= float(row["value"]) <= float(row["high"]), row["check"]


def test_the_network_reproduces_published_lengths(arcs: Arcs, checks: list[Row]) -> None:
    lengths = [row for row in checks if row["metric"] == "length_km"]
    assert len(lengths) >= 25
    missed = {row["check"]: round(miss(arcs, row), 3) for row in lengths}
    assert {row["check"] for row in lengths if missed[row["check"]] > allowed(row)} == set()
    # Most need no excuse.
    assert sum(share <= TOLERANCE for share in missed.values()) >= 0.75 * len(lengths)


def test_what_differs_says_why_and_still_differs(arcs: Arcs, checks: list[Row]) -> None:
    for row in checks:
        assert not row["reason"] or re.fullmatch(rf"{ALLOWED.pattern}.*: .+", row["reason"]), row["check"]
        if row["metric"] == "length_km" and allowed(row) > TOLERANCE:
            assert miss(arcs, row) > TOLERANCE, f"{row['check']} needs no reason any more: {row['reason']}"
            assert allowed(row) < miss(arcs, row) + 0.03, row["check"]
