"""Routes on the network as it is: published lengths, times and prices it must give back, and laws it must keep.

Times of trains are from departure to arrival, so what a route spends in the terminals at its ends is left out of them.
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from test_network_lines import TOLERANCE, allowed, off

from landbridge.corridors import Amount, Corridors, Route, least_costs, rerouted
from landbridge.corridors.reading import COLUMNS

OUTSIDE = "outside the range"  # what the reason of a check says whose time no end of the ranges reaches
CENTRAL = 0.25  # share by which a central time may miss without a reason
# Trains by corridor, and how far their central times may miss in the mean, sign and all.
CORRIDORS = {
    "Manzhouli": (0.15, "xianning-moscow shijiazhuang-minsk harbin-minsk harbin-biklyan quanzhou-moscow"),
    "Kazakhstan": (0.15, "goryn-chongqing"),
    "Europe": (0.15, "urumqi-duisburg chongqing-duisburg zhengzhou-hamburg"),
    "Mongolia": (0.25, "changsha-minsk"),
    # Expresses that pass no border of China: the central speed in Russia is the mean of these and of Manzhouli.
    "Trans-Siberian": (0.55, "vladivostok-malaszewicze nakhodka-shushary nakhodka-moscow"),
}
# Checks from which the central speed in Russia is worked out.
RUSSIAN_SPEED = [*CORRIDORS["Manzhouli"][1].split(), "nakhodka-shushary", "nakhodka-moscow"]
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
    missed = {row["check"]: off(row, checked(data, row).length_km.value) for row in lengths}
    assert {
        row["check"]: missed[row["check"]] for row in lengths if missed[row["check"]] > allowed(row)
    } == {}


def test_routes_without_stops_are_as_long_as_the_reason_says(data: Corridors, checks: list[Row]) -> None:
    for row in (row for row in checks if row["metric"] == "length_km"):
        free = best(data, row["from"], row["to"], modes=[row["modes"]])
        missed = off(row, free.length_km.value)
        assert missed <= allowed(row, free=True), (row["check"], free.length_km.value)
        if "free up to" in row["reason"]:
            assert missed > TOLERANCE, f"{row['check']} needs no reason any more: {row['reason']}"
        if "Baikal–Amur" in row["reason"]:
            assert "severobaikalsk-novaya-chara-rail" in {leg.id for leg in free.legs}, row["check"]


def test_published_times_lie_in_the_range(data: Corridors, checks: list[Row]) -> None:
    times = [row for row in checks if row["metric"] == "transit_days"]
    assert len(times) >= 14
    for row in times:
        route = checked(data, row)
        inside = in_motion(route, 0) <= float(row["value"]) <= in_motion(route, 2)
        assert inside == (OUTSIDE not in row["reason"]), row["check"]


def central_error(data: Corridors, check: Row) -> float:
    """By how much the central time of a route misses the published one; positive where it is too slow."""
    return in_motion(checked(data, check), 1) / float(check["value"]) - 1


def test_central_times_are_right_in_the_mean_of_every_corridor(data: Corridors, checks: list[Row]) -> None:
    """A range that holds everything proves little, and single trains scatter: no corridor is all too fast or too slow."""
    errors = {
        row["check"].removesuffix("-days"): central_error(data, row)
        for row in checks
        if row["metric"] == "transit_days" and row["modes"] == "rail"
    }
    named = [name for _, names in CORRIDORS.values() for name in names.split()]
    assert sorted(named) == sorted(errors)
    for corridor, (bound, names) in CORRIDORS.items():
        mean = sum(errors[name] for name in names.split()) / len(names.split())
        assert abs(mean) <= bound, (corridor, mean)


def test_a_time_that_misses_says_why(data: Corridors, checks: list[Row]) -> None:
    for row in (row for row in checks if row["metric"] == "transit_days"):
        error = abs(central_error(data, row))
        assert error <= max(CENTRAL, allowed(row)), row["check"]
        assert (error > CENTRAL) == bool(row["reason"]), row["check"]


def test_the_speed_in_russia_is_the_mean_of_what_reported_times_leave_for_it(
    data: Corridors, checks: list[Row]
) -> None:
    implied = []
    for row in (row for row in checks if row["check"].removesuffix("-days") in RUSSIAN_SPEED):
        if row["metric"] != "transit_days":
            continue
        legs = [leg for leg in checked(data, row).legs if leg.kind != "terminal"]
        russian = [
            leg for leg in legs if leg.kind == "line" and data.network.nodes[leg.destination].country == "RUS"
        ]
        other = sum(leg.hours.value for leg in legs if leg not in russian) / 24
        implied.append(sum(leg.length_km.value for leg in russian) / (float(row["value"]) - other))
    assert len(implied) == 7
    held = data.network.parameter("rail-1520", "RUS", "speed_km_day")
    assert held.value == pytest.approx(sum(implied) / 7, rel=0.02), implied
    assert held.low == pytest.approx(min(implied), rel=0.02), implied
    assert max(implied) < held.high


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


def test_nothing_of_belarus_goes_to_china_by_lithuania(data: Corridors) -> None:
    """The transit stopped in February 2022: rail and sea lead by ports of Russia."""
    for sector in ("C20", "C28"):
        cargo = data.cargo("BLR", "CHN", sector)
        for modes in (["rail", "sea"], ["rail", "road", "sea", "air"]):
            found = data.routes("BY-MI", "CN-SH", cargo=cargo, best=3, modes=modes)
            assert found.routes
            passed = {data.network.nodes[leg.destination].country for one in found.routes for leg in one.legs}
            assert "LTU" not in passed
    modes = {line.mode for line in data.network.lines.values() if "klaipeda" in (line.a, line.b)}
    assert modes == {"rail-1520", "road"}


def test_the_coast_of_china_and_the_steppe_are_not_left_for_a_detour(data: Corridors) -> None:
    coast = best(data, "guangzhou", "shanghai", modes=["sea"])
    assert 1500 < coast.length_km.value < 2000
    for port in ("shanghai", "shenzhen", "guangzhou"):
        near, far = (best(data, port, end, modes=["sea"]) for end in ("rotterdam", "hamburg"))
        assert 300 < far.length_km.value - near.length_km.value < 600, port
        assert {leg.kind for leg in near.legs} == {"terminal", "line"}
    road = best(data, "RU-NVS", "CN-XJ", modes=["road"])
    assert "bakhty-tacheng-road" in road.crossings
    assert 1700 < road.length_km.value < 2200


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
    """At rates of containers, coal from Kuzbass would cost nearly all its value to Harbin, and none would be sold."""
    for destination, modes in (("CN-HL", ["rail"]), ("CN-SH", ["rail", "sea"])):
        coal = best(data, "RU-KEM", destination, "B05", modes=modes)
        assert 20 < coal.ad_valorem_pct.value < 60  # of 144 USD a tonne
    cargo = data.cargo("RUS", "CHN", "B05")
    boxes = Corridors.routes(
        data,
        *("RU-KEM", "CN-HL"),
        cargo=type(cargo)(cargo.sector, cargo.usd_t, cargo.day_pct, bulk=False),
        best=1,
        modes=["rail"],
    ).routes[0]
    assert boxes.ad_valorem_pct.value > 80
    assert set(best(data, "RU-KEM", "CN-SH", "B05", modes=["rail", "sea"]).modes) >= {"rail-1520", "sea"}


# Where the cheapest mode is not the one in use: the sector sold by Russia, with the reason.
UNLIKE = {
    "A03": "caught and landed in the Far East, so nothing leaves from Moscow; live crab by air and lorry",
    "C25": "a small flow of dear parts: a typical tonne could pay for air, whose share is assumed at 2 %",
    "C29": "eight million dollars in 2023; what a tonne is worth is hardly known",
}
ASKED = {
    "rail": ["rail"],
    "road": ["road"],
    "sea": ["sea", "rail", "road"],
    "air": ["air", "road"],
}


@pytest.mark.parametrize("ends", [("CN-BJ", "RU-MOW"), ("CN-SH", "RU-MOW")])
@pytest.mark.parametrize("exporter", ["CHN", "RUS"])
def test_the_cheapest_mode_is_in_use(
    root: Path, data: Corridors, exporter: str, ends: tuple[str, str]
) -> None:
    importer = "RUS" if exporter == "CHN" else "CHN"
    shares: dict[tuple[str, str], float] = {}
    for row in read(root / "tables" / "network_use.csv"):
        if (row["exporter"], row["importer"]) == (exporter, importer):
            key = (row["sector"], row["mode"])
            shares[key] = shares.get(key, 0.0) + float(row["share_pct_value"])
    unlike = set()
    for sector in {sector for sector, _ in shares}:
        cargo = data.cargo(exporter, importer, sector)
        costs: dict[str, float] = {}
        for modes in ASKED.values():
            found = data.routes(
                *(ends if exporter == "CHN" else ends[::-1]), cargo=cargo, best=1, modes=modes
            )
            for route in found.routes:
                main = next((mode for mode in ("sea", "air", "rail") if mode in str(route.modes)), "road")
                cost = route.generalised_usd_t.value
                costs[main] = min(cost, costs.get(main, cost))
        if shares.get((sector, min(costs, key=lambda mode: costs[mode])), 0.0) < 3:
            unlike.add(sector)
    assert unlike == (set(UNLIKE) if exporter == "RUS" else set())


def test_potash_bears_the_way_to_china_and_machines_hardly_feel_it(data: Corridors) -> None:
    potash = data.routes("BY-MI", "CN-SH", sector="C20", best=1).routes[0]
    assert data.cargo("BLR", "CHN", "C20").in_bulk
    assert 10 < 100 * potash.usd_t.value / potash.cargo.usd_t.value < 40
    machines = best(data, "CN-SH", "RU-MOW")
    assert not machines.cargo.in_bulk
    assert (
        2 < 100 * machines.usd_t.value / machines.cargo.usd_t.value < 16
    )  # carriers say 2 to 16 % of the price
