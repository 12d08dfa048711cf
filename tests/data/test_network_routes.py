"""Routes on the network as it is: published lengths, times and prices it must give back, and laws it must keep.

Times of trains are from departure to arrival, so what a route spends in the terminals at its ends is left out of them.
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from test_network_lines import DIFFERENT, TOLERANCE

from landbridge.corridors import Amount, Corridors, Route, least_costs, rerouted
from landbridge.corridors.reading import COLUMNS

# Published times outside the range of the model, with the reason.
SLOWER = {
    "urumqi-moscow-road-days": "a seller's 20 to 25 days, formalities and waiting for a full load with them; "
    "motion, rest and two borders make 6 to 18",
}
CONTAINER_T = 18.8  # 770 t in 41 containers of the first train Xianning to Moscow
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def data(root: Path) -> Corridors:
    frames = {name: pl.read_csv(root / "tables" / f"{name}.csv", infer_schema=False) for name in COLUMNS}
    days = {}
    for row in read(root / "tables" / "time_values.csv"):
        if row["low"]:
            low, high = float(row["low"]), float(row["high"])
            value = float(row["pct_per_day"] or (low + high) / 2)
            days[row["sector"]] = Amount(low, value, high, "%/day", row["status"])
    return Corridors.of(frames, days)


@pytest.fixture(scope="module")
def checks(root: Path) -> list[Row]:
    return read(root / "tables" / "network_checks.csv")


def best(data: Corridors, origin: str, destination: str, sector: str = "C28", **asked: object) -> Route:
    """The cheapest route of a sector's cargo as it goes from China to Russia, or the other way for what Russia sells."""
    pair = ("CHN", "RUS") if sector == "C28" else ("RUS", "CHN")
    found = data.routes(origin, destination, cargo=data.cargo(*pair, sector), best=1, **asked)  # type: ignore[arg-type]
    assert found.routes, found.why
    return found.routes[0]


def checked(data: Corridors, check: Row) -> Route:
    """The cheapest route by the mode of a check and past its stops; a station at a border stands for the crossing there."""
    stops = []
    for stop in check["via"].split():
        over = [
            crossing.id
            for crossing in data.network.crossings.values()
            if stop in (crossing.a, crossing.b) and crossing.mode_a.startswith(check["modes"])
        ]
        stops.append(over[0] if len(over) == 1 else stop)
    return best(data, check["from"], check["to"], modes=[check["modes"]], via=stops)


def in_motion(route: Route, end: int) -> float:
    """Days from departure to arrival at one end of all ranges: 0 fastest, 1 central, 2 slowest."""
    return sum(leg.hours.ends[end] for leg in route.legs if leg.kind != "terminal") / 24


def test_routes_have_the_published_lengths(data: Corridors, checks: list[Row]) -> None:
    lengths = [row for row in checks if row["metric"] == "length_km"]
    assert len(lengths) >= 25
    missed = {}
    for row in lengths:
        km = checked(data, row).length_km.value
        miss = max(0.0, 1 - km / float(row["low"]), km / float(row["high"]) - 1)
        if miss > DIFFERENT.get(row["check"], (TOLERANCE, ""))[0]:
            missed[row["check"]] = round(miss, 3)
    assert missed == {}


def test_published_times_lie_in_the_range(data: Corridors, checks: list[Row]) -> None:
    times = [row for row in checks if row["metric"] == "transit_days"]
    assert len(times) >= 14
    outside = {}
    for row in times:
        route = checked(data, row)
        low, high = in_motion(route, 0), in_motion(route, 2)
        if not low <= float(row["value"]) <= high:
            outside[row["check"]] = (round(low, 1), row["value"], round(high, 1))
    assert set(outside) == set(SLOWER), outside


def test_times_of_container_trains_are_near_the_centre(data: Corridors, checks: list[Row]) -> None:
    """A range that holds everything proves little: half of the published times lie within a quarter of the central one."""
    times = [row for row in checks if row["metric"] == "transit_days" and row["check"] not in SLOWER]
    near = [row for row in times if abs(in_motion(checked(data, row), 1) / float(row["value"]) - 1) <= 0.25]
    assert len(near) >= len(times) / 2


def test_the_short_way_from_chongqing_to_minsk_leads_through_kazakhstan(data: Corridors) -> None:
    route = best(data, "CN-CQ", "BY-MI", modes=["rail"])
    passed = {data.network.nodes[leg.destination].country for leg in route.legs}
    assert {"CHN", "KAZ", "RUS", "BLR"} == passed
    first = data.network.crossings[route.crossings[0]]
    assert {first.country_a, first.country_b} == {"KAZ", "CHN"}
    # The other way round, by the crossing that is named, it is longer and dearer.
    north = best(data, "CN-CQ", "BY-MI", modes=["rail"], via=["zabaikalsk-manzhouli-rail"])
    assert north.crossings == ("zabaikalsk-manzhouli-rail",)
    assert north.length_km.value > route.length_km.value
    assert north.generalised_usd_t.value > route.generalised_usd_t.value


def test_hours_at_zabaikalsk_touch_trains_and_not_oil_in_the_pipe(data: Corridors) -> None:
    slug = "zabaikalsk-manzhouli-rail"
    quick = Corridors(
        data.network.changed(slug, hours=Amount(0, 0, 0, "h", "assumed")),
        *(data.use, data.unit_values, data.day_pct),
    )
    before, after = (best(one, "skovorodino", "daqing", "B06") for one in (data, quick))
    assert before.modes == ("crude-pipe",)
    assert before == after
    trains = [best(one, "CN-HL", "RU-MOW", modes=["rail"]) for one in (data, quick)]
    saved = trains[0].hours.value - trains[1].hours.value
    assert saved == pytest.approx(data.network.crossings[slug].hours.value)
    assert trains[1].generalised_usd_t.value < trains[0].generalised_usd_t.value


def test_closing_zabaikalsk_sends_harbin_another_way_at_a_price(data: Corridors) -> None:
    cargo = data.cargo("CHN", "RUS", "C28")
    moved = rerouted(
        data.network, "CN-HL", "RU-MOW", cargo, without=["zabaikalsk-manzhouli-rail"], modes=["rail"]
    )
    assert moved.before.routes[0].crossings == ("zabaikalsk-manzhouli-rail",)
    assert moved.share > 0.3
    assert moved.cost_usd_t is not None
    assert 0 < moved.cost_usd_t < moved.before.routes[0].generalised_usd_t.value
    assert all("zabaikalsk-manzhouli-rail" not in route.crossings for route in moved.after.routes)


def test_what_lies_beyond_the_sea_is_reached_over_it(data: Corridors) -> None:
    cargo = data.cargo("CHN", "RUS", "C28")
    far = ["RU-KGD", "RU-SAK", "RU-KAM", "RU-CHU", "RU-MAG"]
    assert float(least_costs(data.network, ["CN-SH", "BY-HM"], far, cargo).max()) < float("inf")
    for place in ("RU-KGD", "RU-SAK", "RU-KAM", "RU-CHU"):
        assert "sea" in best(data, "RU-MOW", place, modes=["rail", "road", "sea"]).modes, place
        by_land = data.routes("RU-MOW", place, cargo=cargo, modes=["rail", "road"])
        assert by_land.routes == ()
        assert "allowing" in by_land.why


def test_oil_flows_out_of_russia_and_not_back(data: Corridors) -> None:
    cargo = data.cargo("RUS", "CHN", "B06")
    there, back = (
        data.routes(*pair, cargo=cargo, modes=["crude-pipe"])
        for pair in (("RU-KHM", "CN-HL"), ("CN-HL", "RU-KHM"))
    )
    assert there.routes
    assert back.routes == ()
    # The tariff of the network, 3,147 roubles at 62.556 a dollar, is for the Russian part.
    russian = [
        leg for leg in there.routes[0].legs if leg.kind == "line" and leg.id.startswith(("ru-", "tai", "sko"))
    ]
    assert sum(leg.usd_t.low for leg in russian) < 3147 / 62.556 < sum(leg.usd_t.high for leg in russian)


@pytest.mark.parametrize(
    ("origin", "destination", "asked", "usd"),
    [
        ("shanghai", "hamburg", {"modes": ["sea"]}, 2500),  # Rail Engineer, 2018
        ("shanghai", "rotterdam", {"modes": ["sea"]}, 1957),  # Drewry, December 2025
        (
            "shanghai",
            "RU-MOW",
            {"modes": ["sea", "rail"], "via": ["shanghai-vladivostok-sea"]},
            5305,
        ),  # October 2025
        (
            "shanghai",
            "RU-MOW",
            {"modes": ["sea", "rail"], "via": ["shanghai-vladivostok-sea"]},
            6159,
        ),  # December 2025
        ("CN-SH", "RU-MOW", {"modes": ["rail"]}, 5647),  # Centre for Price Indices, May 2024
        ("CN-CQ", "RU-MOW", {"modes": ["rail"]}, 5050),
    ],
)
def test_a_container_costs_what_it_was_sold_for(
    data: Corridors, origin: str, destination: str, asked: dict[str, list[str]], usd: float
) -> None:
    low, value, high = (end * CONTAINER_T for end in best(data, origin, destination, **asked).usd_t.ends)
    assert low < usd < high
    assert value == pytest.approx(usd, rel=0.2)


def test_coal_pays_the_rates_of_wagons_and_bulkers(data: Corridors) -> None:
    """At rates of containers, coal from Kuzbass would cost two thirds of its value to Harbin, and none would be sold."""
    for destination, modes in (("CN-HL", ["rail"]), ("CN-SH", ["rail", "sea"])):
        coal = best(data, "RU-KEM", destination, "B05", modes=modes)
        assert 20 < coal.ad_valorem_pct.value < 50
    cargo = data.cargo("RUS", "CHN", "B05")
    boxes = Corridors.routes(
        data,
        *("RU-KEM", "CN-HL"),
        cargo=type(cargo)(cargo.sector, cargo.usd_t, cargo.day_pct, bulk=False),
        best=1,
        modes=["rail"],
    ).routes[0]
    assert boxes.ad_valorem_pct.value > 60
    assert set(best(data, "RU-KEM", "CN-SH", "B05", modes=["rail", "sea"]).modes) >= {"rail-1520", "sea"}


def test_potash_bears_the_way_to_china_and_machines_hardly_feel_it(data: Corridors) -> None:
    potash = data.routes("BY-MI", "CN-SH", sector="C20", best=1).routes[0]
    assert data.cargo("BLR", "CHN", "C20").in_bulk
    assert 10 < 100 * potash.usd_t.value / potash.cargo.usd_t.value < 40
    machines = best(data, "CN-SH", "RU-MOW")
    assert not machines.cargo.in_bulk
    assert (
        2 < 100 * machines.usd_t.value / machines.cargo.usd_t.value < 16
    )  # carriers say 2 to 16 % of the price
