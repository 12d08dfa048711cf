"""Cargo in bulk: which it is, what it pays, and stops on the way."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from landbridge.corridors import Corridors
from landbridge.corridors.amounts import Amount
from landbridge.corridors.choice import LOGIT_SCALE, fed_by, with_shares
from landbridge.corridors.cost import Cargo
from landbridge.corridors.network import Network, Parameter
from landbridge.corridors.routing import Route, Routes, least_costs, routes
from landbridge.corridors.use import Use
from landbridge.errors import BadNetwork, BadUsage, UnknownLabel
from small_network import CROSSINGS, amount, lines, machines, nodes, ore, parameters, small, transfers

DAY = Amount(0.1, 0.5, 1.0, "%/day", "assumed")


def worth(sector: str, usd_t: float, bulk: bool | None = None) -> Cargo:
    return Cargo(sector, amount(usd_t, "USD/t"), DAY, bulk)


def test_a_sector_of_both_kinds_is_in_bulk_where_a_tonne_is_worth_little() -> None:
    assert worth("B05", 207).in_bulk
    assert worth("B05", 1500).in_bulk
    assert worth("C20", 429).in_bulk
    assert not worth("C20", 1860).in_bulk
    assert not worth("C28", 300).in_bulk
    assert worth("C28", 300, bulk=True).in_bulk
    assert not worth("B05", 207, bulk=False).in_bulk


def test_bulk_pays_its_own_rates_where_there_are_some() -> None:
    """R1 to R2 by rail, 1,400 km: 0.011 USD/tkm and 2.5 USD/t at each end instead of 0.03 and 8."""
    network = small()
    plain, bulk = (
        routes(network, "R1", "R2", replace(ore(), bulk=bulk), best=1, modes=["rail"]).routes[0]
        for bulk in (False, True)
    )
    assert bulk.usd_t.value == pytest.approx(1400 * 0.011 + 2 * 2.5)
    assert plain.usd_t.value == pytest.approx(1400 * 0.03 + 2 * 8)
    assert (bulk.hours, bulk.kg_t, bulk.length_km) == (plain.hours, plain.kg_t, plain.length_km)
    road = [
        routes(network, "R1", "R2", replace(ore(), bulk=bulk), best=1, modes=["road"]).routes[0].usd_t
        for bulk in (False, True)
    ]
    assert road[0] == road[1]


def test_the_rate_of_a_country_goes_before_that_of_all_and_bulk_before_both() -> None:
    own = Parameter("rail-1520", "RUS", "rate_usd_tkm", amount(0.05, "USD/tkm"))
    network = Network.of(nodes(), lines(), CROSSINGS, [*parameters(), own], transfers())
    assert network.parameter("rail-1520", "RUS", "rate_usd_tkm").value == 0.05
    assert network.parameter("rail-1520", "RUS", "rate_usd_tkm", bulk=True).value == 0.011
    assert network.parameter("rail-1435", "CHN", "rate_usd_tkm", bulk=True).value == 0.019
    assert network.parameter("rail-1435", "KAZ", "rate_usd_tkm", bulk=True).value == 0.028
    assert network.parameter("rail-1520", "RUS", "speed_km_day", bulk=True).value == 500


def test_both_kinds_of_cargo_keep_apart_on_one_network() -> None:
    network = small()
    first = [least_costs(network, ["R1"], ["C1"], cargo)[0, 0] for cargo in (machines(), ore(), None)]
    again = [least_costs(small(), ["R1"], ["C1"], cargo)[0, 0] for cargo in (None, ore(), machines())]
    assert first == again[::-1]
    free = replace(machines(), day_pct=Amount(0, 0, 0, "%/day", "assumed"))
    assert first[2] == pytest.approx(least_costs(network, ["R1"], ["C1"], free)[0, 0])


def test_bulk_feeds_a_crossing_the_way_its_own_rates_lead() -> None:
    """With lorries at 0.012 USD/tkm, boxes go to RT by road (26 USD/t against 63) and ore by rail (23)."""
    cheap = [
        replace(need, amount=amount(0.012, "USD/tkm"))
        if need.mode == "road" and "rate" in need.name
        else need
        for need in parameters()
    ]
    network = Network.of(nodes(), lines(), CROSSINGS, cheap, transfers())
    boxes = replace(ore(), bulk=False)
    assert fed_by(network, "south-rail", {"R2": 1.0}, "RUS", cargo=boxes) == {"r2-rt-road": 1.0}
    assert fed_by(network, "south-rail", {"R2": 1.0}, "RUS", cargo=ore()) == {"r2-rt": 1.0}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("bulk_speed_km_day", 5, "unknown parameter"),
        ("bulk_rate_usd_tkm", -1, "bulk_rate_usd_tkm is negative"),
    ],
)
def test_a_rate_of_bulk_that_cannot_be_is_refused(name: str, value: float, words: str) -> None:
    point = Amount(value, value, value, "USD/tkm", "assumed")
    with pytest.raises(BadNetwork, match=words):
        Network.of(
            nodes(), lines(), CROSSINGS, [*parameters(), Parameter("road", "ALL", name, point)], transfers()
        )


def test_bulk_among_finished_goods_has_the_time_of_minerals() -> None:
    values = {("RUS", "CHN", name): amount(500, "USD/t") for name in ("C20", "C28")}
    days = {"B08": Amount(0.01, 0.03, 0.04, "%/day", "assumed"), "C20": DAY, "C28": DAY}
    data = Corridors(small(), Use(()), values, days)
    assert data.cargo("RUS", "CHN", "C20").day_pct == days["B08"]
    assert data.cargo("RUS", "CHN", "C28").day_pct == DAY
    dear = replace(data, unit_values={("RUS", "CHN", "C20"): amount(1500, "USD/t")})
    assert dear.cargo("RUS", "CHN", "C20").day_pct == DAY


# Stops


def test_stops_that_cannot_be_are_refused() -> None:
    for via, words in ((["north-rial"], "north-rail"), (["C22"], "C2")):
        with pytest.raises(UnknownLabel, match=words):
            routes(small(), "R1", "C1", machines(), via=via)
    with pytest.raises(BadUsage, match="C2 is to be passed twice in a row"):
        routes(small(), "R1", "C1", machines(), via=["C2", "C2"])
    with pytest.raises(BadUsage, match="via is the text"):
        routes(small(), "R1", "C1", machines(), via="C2")


def test_no_route_with_stops_says_what_cut_it() -> None:
    shut = routes(small(), "R1", "C1", machines(), via=["north-rail"], without=["north-rail"])
    assert shut.routes == ()
    assert shut.why == (
        "No route from R1 to C1 by air, rail, road, sea passes north-rail in this order: north-rail is closed."
    )
    pipe = routes(small(), "R1", "C1", machines(), via=["CO"])
    assert pipe.why.endswith("passes CO in this order: without these stops there is one.")
    cut = ["north-rail", "south-rail", "south-road", "sea"]
    none = routes(small(), "R1", "C1", machines(), via=["C2"], without=cut)
    assert "opening any one of these would give one" in none.why


def test_stops_may_be_given_by_name_but_not_by_country() -> None:
    data = Corridors(small(), Use(()), {}, {})
    found = data.routes("R1", "C1", cargo=machines(), via=["town r2", "south-rail"], best=1)
    assert found.routes == routes(small(), "R1", "C1", machines(), via=["R2", "south-rail"], best=1).routes
    with pytest.raises(BadUsage, match="CHN is a country"):
        data.routes("R1", "C1", cargo=machines(), via=["CHN"])
    with pytest.raises(BadUsage, match="via is the text"):
        data.routes("R1", "C1", cargo=machines(), via="R2")


def test_a_stop_in_a_blind_alley_is_gone_to_and_come_back_from() -> None:
    """R1 to R2 by way of CS, across the border and back: over the northern crossing twice."""
    network = small().without("cs-c1")
    found = routes(network, "R1", "R2", machines(), via=["CS"], best=1).routes[0]
    assert found.crossings == ("north-rail", "north-rail")
    assert found.legs[0].origin == "R1"
    assert found.legs[-1].destination == "R2"
    assert found.share == pytest.approx(1)


def test_a_leg_gone_twice_weighs_twice_in_the_shares() -> None:
    """Path sizes by hand: (2 a + b / 2) / (2 a + b) for the route that repeats a, one half for the one of b alone."""
    legs = routes(small(), "R1", "C1", machines(), best=1).routes[0].legs
    a, b = legs[1], legs[2]
    made = tuple(Route.of(held, machines()) for held in ((b,), (a, a, b)))
    shares = [route.share or 0.0 for route in with_shares(Routes("R1", "C1", machines(), made)).routes]
    near, far = (route.generalised_usd_t.value for route in made)
    sizes = (0.5, (far - near + near / 2) / far)
    expected = sizes[1] / sizes[0] * math.exp(-LOGIT_SCALE.value * (far / near - 1))
    assert shares[1] / shares[0] == pytest.approx(expected, rel=1e-9)


def test_the_studies_of_congestion_are_at_hand() -> None:
    import landbridge.corridors as room

    assert room.queues.mmc(1.0, 0.5, 1).wait == pytest.approx(0.5)
    assert room.loading.clearing(300, 100).last_served == pytest.approx(3)
    assert room.simulation.METHODS == room.queues.METHODS
    assert callable(room.assignment.user_equilibrium)
    assert set(room.__all__) >= {"assignment", "loading", "queues", "simulation"}
