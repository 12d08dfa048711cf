"""What a user asks of the corridors: places by name, tables, use of crossings, and words for no route."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from landbridge.corridors import Corridors, from_folder, least_costs
from landbridge.corridors.amounts import Amount
from landbridge.corridors.choice import Flow, fed_by, rerouted, select_link
from landbridge.corridors.cost import Leg
from landbridge.corridors.network import FAMILY, Line, Network
from landbridge.corridors.reading import COLUMNS
from landbridge.corridors.routing import routes
from landbridge.corridors.use import Use, UseRow
from landbridge.corridors.views import via_words
from landbridge.errors import BadFile, BadUsage, NotHeld, UnknownLabel
from small_network import CROSSINGS, amount, lines, machines, nodes, ore, parameters, small, transfers

HELD = {
    ("RUS", "CHN", name): amount(value, "USD/t")
    for name, value in (("A01", 300), ("C20", 900), ("C28", 9000))
}
DAYS = {name: Amount(0.1, 0.5, 1.0, "%/day", "assumed") for name in ("A01", "C20", "C28", "C29")}


def row(
    crossing: str, value: float, sector: str = "C28", mode: str = "rail", status: str = "assumed"
) -> UseRow:
    share = Amount(value / 2, value, min(100.0, value * 1.5), "%", status)
    return UseRow("RUS", "CHN", sector, mode, crossing, share)


def used() -> Use:
    return Use.of(
        [row("north-rail", 60), row("south-rail", 30), row("sea", 10, mode="sea"), row("pipe", 100, "B06")]
    )


def corridors() -> Corridors:
    return Corridors(small(), used(), HELD, DAYS)


def test_places_are_found_by_region_country_and_name() -> None:
    data = corridors()
    assert data.node("R1").id == "R1"
    assert data.node("town cs").id == "CS"
    assert data.node("RUS", {"R1": 1.0, "R2": 4.0, "C1": 9.0}).id == "R2"
    with pytest.raises(BadUsage, match=r"no node is named to stand for RUS.*R1, R2"):
        data.node("RUS")
    with pytest.raises(UnknownLabel, match="Town CS"):
        data.node("Town CSS")
    again = {**data.network.nodes, "R2": replace(data.network.nodes["R2"], name="Town R1")}
    twice = replace(data, network=replace(data.network, nodes=again))
    with pytest.raises(BadUsage, match="names 2 nodes"):
        twice.node("Town R1")


def test_routes_are_asked_by_country_and_sector() -> None:
    data = corridors()
    found = data.routes("RUS", "C1", sector="C28", weights={"R2": 1.0}, best=2)
    assert (found.origin, found.destination, found.cargo.sector) == ("R2", "C1", "C28")
    assert found.routes == routes(data.network, "R2", "C1", data.cargo("RUS", "CHN", "C28"), best=2).routes
    assert data.cargo("RUS", "CHN").sector == "C20"
    with pytest.raises(NotHeld, match=r"C29 \(Motor vehicles\) from RUS to CHN"):
        data.routes("R1", "C1", sector="C29")
    with pytest.raises(NotHeld, match="any sector from CHN to RUS"):
        data.routes("C1", "R1")
    with pytest.raises(BadUsage, match="both"):
        data.routes("R1", "C1", sector="C28", cargo=ore())


def test_a_table_of_routes_shows_every_amount_with_its_range() -> None:
    found = routes(small(), "R1", "C1", machines(), best=3)
    table = found.table()
    assert table["rank"].to_list() == [1, 2, 3]
    for name in ("length_km", "hours", "cost_usd_t", "generalised_usd_t", "ad_valorem_pct", "emissions_kg_t"):
        assert (table[f"{name}_low"] < table[name]).all()
        assert (table[name] < table[f"{name}_high"]).all()
    assert table["share_pct"].sum() == pytest.approx(100)
    assert set(table["status"]) == {"assumed"}
    assert table["via"][0] == ", ".join(found.routes[0].via)


def test_the_staircase_ends_where_the_route_does() -> None:
    found = routes(small(), "R1", "C1", machines(), best=2)
    legs = found.legs()
    for rank, route in enumerate(found.routes, start=1):
        own = legs.filter(pl.col("rank") == rank)
        assert own["total_hours"].is_sorted()
        assert own["total_hours"][-1] == pytest.approx(route.hours.value)
        assert own["total_cost_usd_t_high"][-1] == pytest.approx(route.usd_t.high)
        assert own["kind"].to_list()[:: len(own) - 1] == ["terminal", "terminal"]
        assert own["origin"][0] == "R1"
        assert own["destination"].to_list()[:-1] == own["origin"].to_list()[1:]
    assert "gauge" in legs["kind"].to_list()


def test_the_crossings_are_listed_with_status_and_source() -> None:
    table = replace(corridors(), network=small().without("sea", "south-road")).crossings()
    assert table["crossing"].to_list() == ["north-rail", "south-rail", "south-road"]
    assert table["closed"].to_list() == [False, False, True]
    assert table["hours_status"].to_list() == ["estimated"] * 3
    assert table["gauge_hours"].to_list() == [15, 15, None]
    assert table["capacity_unit"][0] == "trains/day"
    assert table["volume"].null_count() == 3


def test_no_route_says_what_cut_it() -> None:
    cargo = machines()
    closed = ["north-rail", "south-rail", "south-road", "sea"]
    cut = routes(small(), "R1", "C1", cargo, without=closed)
    assert cut.routes == ()
    assert cut.table().height == cut.legs().height == 0
    assert "opening any one of these would give one" in cut.why
    last = routes(small().without(*closed[1:]), "R1", "C1", cargo, without=[closed[0]], modes=["rail"])
    assert last.why == (
        "No route from R1 to C1: north-rail, south-rail are closed; opening any one of these would give one."
    )
    both = routes(small(), "R1", "C1", cargo, modes=["rail"], without=["cs-c1", "c1-c2"])
    assert "opening any one" in both.why
    chain = routes(small(), "RO", "CO", cargo)
    assert chain.why == (
        "No route from RO to CO by air, rail, road, sea: allowing crude-pipe as well would give one. "
        "Pipelines carry the goods of B06 unless named."
    )
    assert routes(small(), "RO", "CO", cargo, modes=["crude-pipe"]).routes
    island = routes(small(), "R1", "CO", cargo)
    assert "only crude-pipe reaches CO" in island.why


def test_two_closures_in_a_row_are_named_together() -> None:
    found = routes(
        small(),
        "R1",
        "C1",
        machines(),
        modes=["rail"],
        without=["north-rail", "south-rail", "cs-c1", "c1-c2"],
    )
    assert found.why.startswith("No route from R1 to C1: ")
    assert found.why.endswith("are closed; opening them together would give one.")
    named = found.why.removeprefix("No route from R1 to C1: ").split(" are ")[0].split(", ")
    assert set(named) == {"north-rail", "cs-c1"} or set(named) == {"south-rail", "c1-c2"}


def test_a_gap_that_no_opening_mends_is_said_to_be_one() -> None:
    """A region whose only line comes in: nothing leaves it."""
    one_way = Line("in", "C2", "C3", "road", amount(20, "km"), one_way=True)
    network = Network.of(
        [*nodes(), replace(nodes()[7], id="C3")], [*lines(), one_way], CROSSINGS, parameters(), transfers()
    )
    assert routes(network, "R1", "C3", machines()).routes
    back = routes(network, "C3", "R1", machines())
    assert back.routes == ()
    assert "no chain of lines, crossings and transfers" in back.why


def test_who_uses_a_link_and_what_a_closure_does_are_tables() -> None:
    network = small()
    flows = [Flow("R1", "C1", machines(), 10.0), Flow("RO", "C1", machines(), 5.0)]
    chosen = select_link(network, flows, "north-rail")
    assert chosen.table()["used"].to_list() == [user.used for user in chosen.users]
    assert 0 < chosen.users[0].share < 1
    assert chosen.users[1].used == 0
    assert "only crude-pipe reaches RO" in chosen.table()["why"][1]
    with pytest.raises(BadUsage, match="-1"):
        select_link(network, [Flow("R1", "C1", machines(), -1.0)], "north-rail")
    table = rerouted(network, "R1", "C1", machines(), without=["north-rail"]).table()
    assert table["when"].unique(maintain_order=True).to_list() == ["before", "after"]


def test_what_cannot_feed_a_crossing_is_refused() -> None:
    with pytest.raises(BadUsage, match="no side in KAZ"):
        fed_by(small(), "north-rail", {"R1": 1.0}, "KAZ")
    with pytest.raises(BadUsage, match="RO cannot reach RS"):
        fed_by(small(), "north-rail", {"R1": 1.0, "RO": 1.0}, "RUS")
    with pytest.raises(BadUsage, match="add up to nothing"):
        fed_by(small(), "north-rail", {"R1": 0.0}, "RUS")
    with pytest.raises(BadUsage, match="weight of R1 is -1"):
        fed_by(small(), "north-rail", {"R1": -1.0}, "RUS")
    with pytest.raises(UnknownLabel, match="north-rail"):
        fed_by(small(), "north-rial", {"R1": 1.0}, "RUS")


def test_use_tells_shares_and_users() -> None:
    use = used()
    assert use.share("RUS", "CHN", "C28", "north-rail").ends == (30, 60, 90)
    none = use.share("RUS", "CHN", "B06", "north-rail")
    assert (none.ends, none.status) == ((0, 0, 0), "assumed")
    assert [item.sector for item in use.users("pipe")] == ["B06"]
    assert use.table().height == 4
    with pytest.raises(NotHeld, match="C29"):
        use.share("RUS", "CHN", "C29", "north-rail")
    with pytest.raises(UnknownLabel, match="north-rail"):
        use.users("north-rial")


def test_use_that_cannot_be_is_refused_at_once() -> None:
    with pytest.raises(BadFile) as caught:
        Use.of([row("north-rail", 60), row("north-rail", 60), row("sea", -5, "C29", "sea")])
    shown = str(caught.value)
    for words in ("is there twice", "add up to 120 %", "share is negative", "add up to -5 %"):
        assert words in shown


def test_the_corridors_of_a_release_come_from_its_tables(root: Path) -> None:
    names = [name for name in COLUMNS if (root / "tables" / f"{name}.csv").is_file()]
    frames = {name: pl.read_csv(root / "tables" / f"{name}.csv", infer_schema=False) for name in names}
    data = Corridors.of(frames, DAYS)
    assert data.routes("CN-HL", "BY-VI", sector="C28").routes
    with pytest.raises(NotHeld, match="unit_values"):
        Corridors.of({name: frame for name, frame in frames.items() if name != "unit_values"}, DAYS)


def test_what_needs_no_route_needs_no_scipy() -> None:
    script = "import sys; from landbridge.corridors import Corridors, Use; assert 'scipy' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_every_region_of_the_network_reaches_every_other(root: Path) -> None:
    network = from_folder(root / "tables")
    regions = [node.id for node in network.nodes.values() if node.kind == "region"]
    assert len(regions) == 31 + 83 + 7
    costs = least_costs(network, regions, regions, machines())
    assert float(costs.max()) < float("inf")


def test_cutting_the_hours_of_zabaikalsk_leaves_the_pipelines_as_they_were(root: Path) -> None:
    network = from_folder(root / "tables")
    quick = network.changed("zabaikalsk-manzhouli-rail", hours=Amount(0, 0, 0, "h", "assumed"))
    crude = replace(ore(), sector="B06")
    before, after = (routes(one, "skovorodino", "mohe", crude).routes for one in (network, quick))
    assert before == after
    assert before[0].modes == ("crude-pipe",)
    rail = [
        routes(one, "RU-ZAB", "CN-HL", machines(), best=1, modes=["rail"]).routes[0]
        for one in (network, quick)
    ]
    assert rail[0].crossings == ("zabaikalsk-manzhouli-rail",)
    saved = rail[0].hours.value - rail[1].hours.value
    assert saved == pytest.approx(network.crossings["zabaikalsk-manzhouli-rail"].hours.value)


def test_more_routes_than_can_be_told_apart_in_time_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    held = small()
    ends = [node.id for node in held.nodes.values() if node.kind == "region"][:2]
    with pytest.raises(BadUsage, match="1,000 routes or fewer"):
        routes(held, *ends, machines(), best=1001)
    monkeypatch.setattr("landbridge.corridors.routing.MOST_TRIED", 1)
    with pytest.raises(BadUsage, match="or for routes that need not differ"):
        routes(held, *ends, machines(), best=50)
    assert routes(held, *ends, machines(), best=50, distinct=False).routes


def test_values_of_a_tonne_are_borrowed_where_a_pair_has_none() -> None:
    """Into China those of Russia with China; out of it, and between others, those of China with Russia."""
    outward = {("CHN", "RUS", "C28"): amount(5000, "USD/t", status="estimated")}
    data = replace(corridors(), unit_values={**HELD, **outward})
    assert data.values_from("RUS", "CHN") == ("RUS", "CHN")
    assert data.values_from("KAZ", "CHN") == ("RUS", "CHN")
    for pair in (("CHN", "POL"), ("KAZ", "MNG"), ("CHN", "CHN"), ("RUS", "RUS")):
        assert data.values_from(*pair) == ("CHN", "RUS"), pair
    lent = data.cargo("KAZ", "MNG", "C28").usd_t
    own = outward["CHN", "RUS", "C28"]
    assert lent == Amount(own.low / 2, own.value, own.high * 2, "USD/t", "assumed")
    assert data.cargo("CHN", "RUS", "C28").usd_t == own
    with pytest.raises(NotHeld, match=r"C20 \(Chemicals\) from KAZ to MNG"):
        data.cargo("KAZ", "MNG", "C20")


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("potash", r"potash is inside C20 \(Chemicals\)"),
        ("Timber", r"A02 \(Forestry\), C16 \(Wood products\)"),
        ("coal", "B05"),
        ("oil", "B06"),
        ("gas", "B06"),
        ("grain", "A01"),
        ("cars", "C29"),
        ("machinery", r"C28 \(Machinery\)"),
        ("C99", r"C29 \(Motor vehicles\)"),
        ("xyzzy", r"Sectors of goods: A01 \(Agriculture"),
    ],
)
def test_a_wrong_sector_gets_what_may_have_been_meant(label: str, said: str) -> None:
    with pytest.raises(UnknownLabel, match=said):
        corridors().cargo("RUS", "CHN", label)


def test_the_sector_taken_is_the_typical_one_and_the_middle_one_only_without() -> None:
    data = replace(corridors(), typical=lambda *_: ("A01", "chosen by a test"))
    assert data.cargo("RUS", "CHN").sector == "A01"
    assert data.usual("RUS", "CHN") == ("A01", "chosen by a test")
    unknown = replace(data, typical=lambda *_: None)
    assert unknown.cargo("RUS", "CHN").sector == "C20"
    assert "nothing is known of flows" in unknown.usual("RUS", "CHN")[1]


def test_by_sea_alone_road_and_rail_lead_to_one_port_and_from_one() -> None:
    found = routes(small(), "R1", "C1", machines(), modes=["sea"])
    assert found.routes
    for route in found.routes:
        assert route.crossings == ()
        assert [leg.id for leg in route.legs if leg.mode == "sea" and leg.kind == "line"] == ["sea"]
    free = routes(
        small(), "R1", "C1", machines(), modes=["sea", "rail", "road"], without=[one.id for one in CROSSINGS]
    )
    assert found.routes[0].generalised_usd_t == free.routes[0].generalised_usd_t
    home = routes(small(), "R1", "R2", machines(), modes=["sea"])
    assert home.routes == ()
    assert routes(small(), "RP", "CP", machines(), modes=["sea"]).routes[0].modes == ("sea",)


def test_by_sea_alone_the_nearest_of_two_ports_is_taken_though_the_other_ship_is_cheaper() -> None:
    """C1 has CP at 400 km by road; a second port far inland of it would be reached by a longer road for a short sea."""
    far = replace(nodes()[11], id="CQ", name="Town CQ")
    more = [
        Line("cq-c2-road", "CQ", "C2", "road", amount(2500, "km", 0)),
        Line("short-sea", "RP", "CQ", "sea", amount(100, "km", 0)),
    ]
    network = Network.of([*nodes(), far], [*lines(), *more], CROSSINGS, parameters(), transfers())
    for route in routes(network, "R1", "C1", machines(), modes=["sea"]).routes:
        assert "sea" in route.uses
        assert "short-sea" not in route.uses


def test_via_repeats_nothing_names_pipelines_and_parts_routes_that_read_alike() -> None:
    piped = routes(small(), "RO", "CO", machines(), modes=["crude-pipe"])
    assert piped.routes[0].via == ("pipe",)
    found = routes(small(), "R1", "R2", machines(), modes=["rail", "road"], best=2)
    assert [route.via for route in found.routes] == [(), ()]
    assert found.table()["via"].to_list() == [FAMILY[route.modes[0]] for route in found.routes]
    assert set(found.table()["via"]) == {"rail", "road"}
    (only,) = routes(small(), "R1", "R2", machines(), modes=["rail"], best=1).table()["via"].to_list()
    assert only == ""
    held = found.routes[0]
    end = held.legs[-1]
    changes = [Leg.of("transfer", "RP", mode, ("RP", "RP")) for mode in ("road", "sea")]
    back = [
        replace(one, id="CP", mode=mode) for one, mode in zip(changes, ("road", "rail-1435"), strict=True)
    ]
    sail = replace(end, kind="line", id="sea", mode="sea")
    by_road, by_rail = (replace(held, legs=(*held.legs, *changes, sail, one)) for one in back)
    assert by_road.via == by_rail.via == ("RP", "CP")
    assert via_words((by_road, by_rail)) == ["RP (sea), CP (road)", "RP (sea), CP (rail)"]
    assert via_words((by_road,)) == ["RP, CP"]
