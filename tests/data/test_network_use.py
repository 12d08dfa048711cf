"""Editorial rules on crossings, modes, transfers, who uses what, and the value of a tonne.

A swapped direction, a copied number or a share that leaves nothing for the sea breaks one of these; whether the
figures make a network is the business of the tests of the room.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

import polars as pl
import pytest
import yaml

from landbridge import codes

TABLES = ("network_crossings", "network_modes", "network_transfers", "network_use", "unit_values")
# Columns low, value, high, status and source of every quantity with evidence.
QUANTITIES = {
    "network_crossings": ("hours", "charge_usd_t", "gauge_hours", "gauge_usd_t", "capacity"),
    "network_transfers": ("hours", "usd_t"),
}
RANGES = {"network_modes": "", "network_use": "share_pct_", "unit_values": "usd_t_"}
STATUSES = {"reported", "estimated", "assumed", "claimed"}
GOODS = [item.code for item in codes.sectors() if item.code[0] in "ABC" and item.code != "B09"]
PAIRS = {("CHN", "RUS"), ("RUS", "CHN"), ("CHN", "BLR"), ("BLR", "CHN"), ("RUS", "BLR"), ("BLR", "RUS")}
PARAMETERS = {
    *("speed_km_day", "rate_usd_tkm", "emission_kg_tkm"),
    *("reliability_share", "terminal_hours", "terminal_usd_t"),
}
# What cargo in bulk pays instead, where a source or an assumption tells.
BULK_PARAMETERS = {"bulk_rate_usd_tkm", "bulk_terminal_usd_t"}
NETWORK_MODES = {"rail": ("rail-1520", "rail-1435")}
# Million dollars, Russia to China 2023, BACI V202501 by the project's table of headings: the three fuels and all goods.
FUELS_2023 = {"B05": 14401.4, "B06": 72386.1, "C19": 7842.2}
ALL_2023 = 129002.5
CONTAINER_T = 18.8  # 770 t in 41 containers of the first train Xianning to Moscow
Row = dict[str, str]
Tables = dict[str, list[Row]]
Use = dict[tuple[str, str, str], dict[tuple[str, str], float]]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tables(root: Path) -> Tables:
    return {name: read(root / "tables" / f"{name}.csv") for name in TABLES}


@pytest.fixture(scope="module")
def crossings(tables: Tables) -> dict[str, Row]:
    return {row["crossing"]: row for row in tables["network_crossings"]}


@pytest.fixture(scope="module")
def use(tables: Tables) -> Use:
    """Central shares by (exporter, importer, sector) and (mode, crossing)."""
    found: Use = defaultdict(dict)
    for row in tables["network_use"]:
        flow = (row["exporter"], row["importer"], row["sector"])
        found[flow][row["mode"], row["crossing"]] = float(row["share_pct_value"])
    return found


@pytest.fixture(scope="module")
def sources(root: Path) -> set[str]:
    return {row["id"] for path in (root / "tables" / "sources").glob("*.csv") for row in read(path)}


def amounts(tables: Tables) -> list[tuple[str, str, str, str, str, str]]:
    """(where, low, value, high, status, source) of every quantity given in the five tables."""
    found = []
    for name, rows in tables.items():
        for number, row in enumerate(rows, start=2):
            for quantity in QUANTITIES.get(name, ("",)):
                head = f"{quantity}_" if quantity else RANGES[name]
                evidence = f"{quantity}_" if quantity else ""
                ends = [row[head + end] for end in ("low", "value", "high")]
                if any(ends):
                    where = f"{name}, row {number}, {quantity or 'value'}"
                    found.append((where, *ends, row[evidence + "status"], row[evidence + "source"]))
    return found


def parameter(rows: list[Row], mode: str, country: str, name: str) -> list[float]:
    """Low, value and high: the row of the country, else of all."""
    for place in (country, "ALL"):
        for row in rows:
            if (row["mode"], row["country"], row["parameter"]) == (mode, place, name):
                return [float(row[end]) for end in ("low", "value", "high")]
    raise AssertionError((mode, country, name))


def test_ranges_are_whole_and_in_order(tables: Tables) -> None:
    found = amounts(tables)
    assert len(found) > 1400
    for where, low, value, high, *_ in found:
        assert low, where
        assert value, where
        assert high, where
        assert 0 <= float(low) <= float(value) <= float(high), where


def test_what_is_assumed_cites_nothing_and_what_is_not_cites_a_known_source(
    tables: Tables, sources: set[str]
) -> None:
    for where, *_, status, source in amounts(tables):
        assert status in STATUSES, where
        assert (status == "assumed") == (not source), where
        assert set(source.split()) <= sources, (where, source)
    for row in tables["network_crossings"]:
        if row["volume_value"]:
            assert row["volume_status"] in STATUSES - {"assumed"}, row
            assert set(row["volume_source"].split()) <= sources, row
            assert row["volume_source"], row


def test_what_is_worked_out_says_how(tables: Tables) -> None:
    for name in TABLES:
        for row in tables[name]:
            told = row.get("status") not in {"estimated", "claimed"} and name in {
                "network_modes",
                "network_use",
            }
            assert told or row["note"], row


def test_sources_of_this_file_are_complete_and_cited(root: Path, tables: Tables) -> None:
    rows = read(root / "tables" / "sources" / "crossings.csv")
    assert list(rows[0]) == ["id", "publisher", "title", "published", "url", "licence", "kind", "weak"]
    columns = [
        cell
        for table in tables.values()
        for row in table
        for name, cell in row.items()
        if name.endswith("source")
    ]
    cited = set(" ".join(columns).split())
    assert {row["id"] for row in rows} - cited == set()
    assert all(row["url"].startswith("http") and row["publisher"] and row["title"] for row in rows)


def test_crossings_join_two_countries_and_change_gauge_where_the_lines_differ(
    root: Path, crossings: dict[str, Row], tables: Tables
) -> None:
    assert len(crossings) == len(tables["network_crossings"]) >= 28
    places = {row["node"]: row["country"] for row in read(root / "tables" / "network_nodes.csv")}
    countries = {item.code for item in codes.places("country")}
    for slug, row in crossings.items():
        assert row["country_a"] != row["country_b"], slug
        assert {row["country_a"], row["country_b"]} <= countries, slug
        assert places[row["a"]] == row["country_a"], slug
        assert places[row["b"]] == row["country_b"], slug
        assert row["gauge_break"] == str(int(row["mode_a"] != row["mode_b"])), slug
        assert bool(row["gauge_hours_value"]) == bool(row["gauge_usd_t_value"]) == (row["gauge_break"] == "1")
        assert slug.endswith("-rail" if row["mode_a"].startswith("rail") else "-road"), slug


def test_hours_lengths_and_capacities_are_above_nothing(crossings: dict[str, Row]) -> None:
    for slug, row in crossings.items():
        assert float(row["hours_low"]) > 0, slug
        assert 0 < float(row["length_km"]) < 50, slug
        assert bool(row["capacity_value"]) == bool(row["capacity_unit"]), slug
        assert not row["capacity_value"] or float(row["capacity_low"]) > 0, slug
        assert row["capacity_unit"] in {"", "Mt/yr", "trains/day", "trucks/day", "vehicles/day"}, slug
        if row["volume_value"] and row["volume_unit"] == row["capacity_unit"]:
            # What passed must be able to pass.
            assert float(row["volume_value"]) <= float(row["capacity_high"]), slug


def test_records_are_in_the_ledger(root: Path, crossings: dict[str, Row]) -> None:
    register = root / "tables" / "ledger" / "registers" / "crossings.yaml"
    known = {
        entry["record"]: entry["says"]
        for entry in yaml.safe_load(register.read_text(encoding="utf-8"))["entries"]
        if "parties" in entry["says"]
    }
    cited = [row for row in crossings.values() if row["record"]]
    assert len(cited) > 20
    for row in cited:
        assert {row["country_a"], row["country_b"]} <= set(known[row["record"]]["parties"]), row["crossing"]
    own = {f"crossing/{slug}" for slug in crossings} & set(known)
    assert own <= {row["record"] for row in cited}


def test_hours_of_carec_are_the_printed_ones(shared: Path, crossings: dict[str, Row]) -> None:
    facts = {
        (row["entity"], row["metric"], row["period"]): row["value"]
        for row in read(shared / "data" / "corridors" / "facts.csv")
    }
    printed = {
        "dostyk-alashankou-rail": ("hours_value", facts["Alashankou rail", "avg clearance", "2022"]),
        "altynkol-khorgos-rail": ("hours_value", facts["Horgos rail", "avg clearance", "2022"]),
        "dostyk-alashankou-road": ("hours_value", facts["Alashankou road", "avg clearance", "2022"]),
        "nurzholy-khorgos-road": ("hours_low", facts["Horgos road", "avg clearance", "2022"]),
        "zamyn-uud-erenhot-rail": ("hours_low", facts["PRC rail BCPs average", "TFI1", "2023"]),
    }
    for slug, (column, value) in printed.items():
        assert float(crossings[slug][column]) == float(value), slug
        assert crossings[slug]["hours_status"] == "reported", slug
    assert float(crossings["naushki-sukhbaatar-rail"]["hours_value"]) == 12.2
    # CAREC does not measure Russia: no crossing between Russia and China may cite it.
    for slug, row in crossings.items():
        if {row["country_a"], row["country_b"]} == {"RUS", "CHN"}:
            assert "carec" not in row["hours_source"], slug


@pytest.mark.parametrize(("slug", "usd"), [("dostyk-alashankou-rail", 329), ("zamyn-uud-erenhot-rail", 120)])
def test_gauge_charges_are_the_printed_dollars_over_a_container(
    crossings: dict[str, Row], slug: str, usd: float
) -> None:
    row = crossings[slug]
    assert float(row["gauge_usd_t_value"]) == pytest.approx(usd / CONTAINER_T, rel=0.01)
    assert float(row["gauge_usd_t_low"]) == pytest.approx(usd / 60, rel=0.01)
    assert float(row["gauge_usd_t_high"]) == pytest.approx(usd / 12, rel=0.01)


def test_every_mode_in_use_has_every_parameter_once(tables: Tables) -> None:
    rows = tables["network_modes"]
    keys = Counter((row["mode"], row["country"], row["parameter"]) for row in rows)
    assert max(keys.values()) == 1
    assert {row["parameter"] for row in rows} == PARAMETERS | BULK_PARAMETERS
    used = {row["mode"] for row in tables["network_use"]}
    modes = {mode for name in used for mode in NETWORK_MODES.get(name, (name,))}
    assert modes == {row["mode"] for row in rows}
    for mode in modes:
        assert all((mode, "ALL", name) in keys for name in PARAMETERS), mode
    for row in rows:
        assert "terminal" in row["parameter"] or float(row["low"]) > 0, row
        if row["parameter"] in BULK_PARAMETERS:
            # Wagons and holds are cheaper than boxes, and no cheaper than a third of them on the same way.
            boxes = parameter(rows, row["mode"], row["country"], row["parameter"].removeprefix("bulk_"))
            assert boxes[1] / 3 <= float(row["value"]) < boxes[1], row


def test_emission_factors_are_those_of_the_united_kingdom(shared: Path, tables: Tables) -> None:
    file = shared / "data" / "corridors" / "freight_emission_factors.csv"
    printed = {float(row["factor_kg_co2e_per_tkm"]) for row in read(file)}
    cited = [
        row
        for row in tables["network_modes"]
        if row["parameter"] == "emission_kg_tkm" and row["status"] == "reported"
    ]
    assert {row["mode"] for row in cited} == {"rail-1520", "rail-1435", "road", "sea", "air"}
    for row in cited:
        assert {float(row[end]) for end in ("low", "value", "high")} <= printed, row


def test_rates_follow_from_the_printed_ones(tables: Tables) -> None:
    rows = tables["network_modes"]
    apart = 28  # ends, border and gauge in USD/t, counted on their own
    low, value, high = parameter(rows, "rail-1520", "RUS", "rate_usd_tkm")
    mean = (5000 + 5050 + 5647 + 5674) / 4
    for rate, usd in ((low, 5000), (value, mean), (high, 8000)):
        assert rate == pytest.approx((usd / CONTAINER_T - apart) / 9700, rel=0.01)
    carec = 500 * 20
    assert parameter(rows, "rail-1435", "CHN", "rate_usd_tkm")[2] == 612 / carec
    assert parameter(rows, "road", "CHN", "rate_usd_tkm")[2] == 2042 / carec
    assert parameter(rows, "rail-1520", "MNG", "rate_usd_tkm")[:2] == [360 / carec, 440 / carec]
    assert parameter(rows, "road", "MNG", "rate_usd_tkm")[1] == 1455 / carec


def kilometres(root: Path, *links: str) -> float:
    held = {row["link"]: float(row["length_km_value"]) for row in read(root / "tables" / "network_links.csv")}
    return sum(held[link] for link in links)


def test_sea_rates_of_containers_follow_from_the_printed_ones(root: Path, tables: Tables) -> None:
    ends = 20.0  # two ends in USD/t, counted on their own
    hamburg = (2500 / CONTAINER_T - ends) / kilometres(root, "shanghai-hamburg-sea")
    rotterdam = (1957 / CONTAINER_T - ends) / kilometres(root, "shanghai-rotterdam-sea")
    low, value, high = parameter(tables["network_modes"], "sea", "ALL", "rate_usd_tkm")
    assert low == pytest.approx(rotterdam, rel=0.01)
    assert value == pytest.approx((hamburg + rotterdam) / 2, rel=0.01)
    rail = parameter(tables["network_modes"], "rail-1520", "RUS", "rate_usd_tkm")[1] * 9289
    left = 6159 / CONTAINER_T - rail - 28  # two ends and the port
    assert high == pytest.approx(left / kilometres(root, "shanghai-vladivostok-sea"), rel=0.01)


def test_rates_of_bulk_follow_from_the_printed_ones(root: Path, tables: Tables) -> None:
    rows = tables["network_modes"]
    belarus = parameter(rows, "rail-1520", "BLR", "bulk_rate_usd_tkm")
    russia_2012 = 1070 / (1658.1e9 / 953.1e6) / (40 / 1.25)  # roubles a tonne, km, roubles a dollar
    assert belarus == pytest.approx([3 / 381, 3.5 / 381, russia_2012], rel=0.01)
    yuan = (300 / 42.6, 14 / 2.2)  # a dollar, by two reports that print both
    china = parameter(rows, "rail-1435", "CHN", "bulk_rate_usd_tkm")
    assert china == pytest.approx([0.1031 / yuan[0], 0.167 / yuan[0], 0.167 / yuan[1]], rel=0.01)
    tanker = kilometres(root, "dalian-vostochny-sea")
    coaster = kilometres(root, "dalian-nakhodka-sea")
    sea = parameter(rows, "sea", "ALL", "bulk_rate_usd_tkm")
    assert sea == pytest.approx([4 / tanker, 5.6 / tanker, 18.5 / coaster], rel=0.01)
    # Since April 2022 a tanker of 100,000 t costs above a million dollars, before 2025 less than 1.65 million.
    assert sea[1] < 10 / tanker < 16.5 / tanker < sea[2]


def test_pipeline_rates_follow_from_the_printed_tariffs(root: Path, tables: Tables) -> None:
    rows = tables["network_modes"]
    to_skovorodino = kilometres(root, "ru-khm-taishet-oil", "taishet-oil-skovorodino")
    china = to_skovorodino + kilometres(root, "skovorodino-mohe")
    pacific = to_skovorodino + kilometres(root, "skovorodino-kozmino")
    usd = 3147 / 62.556
    expected = [usd / pacific, 2 * usd / (pacific + china), usd / china]
    assert parameter(rows, "crude-pipe", "ALL", "rate_usd_tkm") == pytest.approx(expected, rel=0.01)
    transit, own = 1673.89 / 149.22 / 1000, 3818 / 149.22 / 1000
    kazakhstan = parameter(rows, "crude-pipe", "KAZ", "rate_usd_tkm")
    assert kazakhstan == pytest.approx([transit, transit, own], rel=0.01)


@pytest.mark.parametrize(
    ("train", "crossing", "km_1435", "km", "days"),
    [
        # Chinese part by the distance tables of memory, to some tens of kilometres; totals and days as reported.
        ("Xianning-Moscow", "zabaikalsk-manzhouli-rail", 3050, 9700, (14, 14)),
        ("Shijiazhuang-Minsk", "zabaikalsk-manzhouli-rail", 2150, 9500, (15, 15)),
        ("Chongqing-Brest Oblast", "altynkol-khorgos-rail", 4000, 9000, (12, 14)),
    ],
)
def test_reported_train_times_lie_in_the_range(
    tables: Tables,
    crossings: dict[str, Row],
    train: str,
    crossing: str,
    km_1435: float,
    km: float,
    days: tuple[float, float],
) -> None:
    modes, border = tables["network_modes"], crossings[crossing]

    def time(end: int) -> float:
        """Days at one end of all ranges: 0 fastest, 1 central, 2 slowest."""
        chinese = parameter(modes, "rail-1435", "CHN", "speed_km_day")[2 - end]
        russian = parameter(modes, "rail-1520", "RUS", "speed_km_day")[2 - end]
        ends = 2 * parameter(modes, "rail-1520", "RUS", "terminal_hours")[end]
        name = ("low", "value", "high")[end]
        stop = float(border[f"hours_{name}"]) + float(border[f"gauge_hours_{name}"]) + ends
        return km_1435 / chinese + (km - km_1435) / russian + stop / 24

    assert time(0) < days[0], train
    assert days[1] < time(2), train
    assert time(1) == pytest.approx(sum(days) / 2, rel=0.25), train


def test_shares_of_every_flow_are_whole(tables: Tables, use: Use) -> None:
    keys = Counter(
        tuple(row[name] for name in ("exporter", "importer", "sector", "mode", "crossing"))
        for row in tables["network_use"]
    )
    assert max(keys.values()) == 1
    assert set(use) == {(*pair, sector) for pair in PAIRS for sector in GOODS}
    for flow, shares in use.items():
        assert sum(shares.values()) == pytest.approx(100, abs=0.05), flow
    for row in tables["network_use"]:
        assert float(row["share_pct_high"]) <= 100, row
        # One share of 100 could not be wrong; every other is a guess or a count with an error.
        assert float(row["share_pct_low"]) < float(row["share_pct_high"]), row


def test_shares_go_over_crossings_of_the_two_countries_or_their_neighbours(
    root: Path, tables: Tables, crossings: dict[str, Row]
) -> None:
    pipes = {
        row["link"]: row["mode"]
        for row in read(root / "tables" / "network_links.csv")
        if row["mode"].endswith("pipe")
    }
    for row in tables["network_use"]:
        pair, mode, over = {row["exporter"], row["importer"]}, row["mode"], row["crossing"]
        if pair == {"RUS", "BLR"}:
            assert over == "free", row
        elif mode in {"sea", "air"}:
            assert over == mode, row
        elif mode.endswith("pipe"):
            assert pipes[over] == mode, row
            assert row["sector"] == "B06", row
        else:
            assert crossings[over]["mode_a"].split("-")[0] == mode, row
            assert "CHN" in {crossings[over]["country_a"], crossings[over]["country_b"]}, row


def test_fuels_are_three_quarters_of_exports_to_china_and_go_by_pipe_and_sea(use: Use) -> None:
    assert sum(FUELS_2023.values()) / ALL_2023 == pytest.approx(0.75, abs=0.03)
    by_mode: dict[str, float] = defaultdict(float)
    for sector, value in FUELS_2023.items():
        for (mode, _), share in use["RUS", "CHN", sector].items():
            by_mode[mode] += value * share / 100
    fuels = sum(FUELS_2023.values())
    water_and_pipe = by_mode["sea"] + by_mode["crude-pipe"] + by_mode["gas-pipe"]
    assert water_and_pipe / fuels > 0.93
    assert water_and_pipe / ALL_2023 > 2 / 3
    assert set(use["RUS", "CHN", "B06"]) == {
        ("crude-pipe", "skovorodino-mohe"),
        ("crude-pipe", "atasu-alashankou-oil"),
        ("gas-pipe", "chayanda-heihe-gas"),
        ("sea", "sea"),
    }


def test_crude_and_gas_are_divided_by_what_was_carried(use: Use) -> None:
    shares, sector = use["RUS", "CHN", "B06"], FUELS_2023["B06"]
    crude, pipeline_gas = 60679.2, 6435.6  # BACI 2023, headings 270900 and 271121, million dollars
    assert shares["crude-pipe", "skovorodino-mohe"] == pytest.approx(30 * crude / sector, abs=0.2)
    assert shares["crude-pipe", "atasu-alashankou-oil"] == pytest.approx(10 * crude / sector, abs=0.2)
    assert shares["gas-pipe", "chayanda-heihe-gas"] == pytest.approx(100 * pipeline_gas / sector, abs=0.2)


def baci(root: Path, shared: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Million dollars and million tonnes of 2023 by (exporter, sector of the project), China and Russia."""
    spans = [
        (int(row["first"]), int(row["last"]), row["sector"])
        for row in read(root / "tables" / "hs4_to_sector.csv")
    ]
    frame = pl.read_parquet(shared / "data" / "trade" / "baci_chn_rus_hs6.parquet")
    found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in frame.filter((pl.col("year") == 2023) & (pl.col("quantity_t") > 0)).iter_rows(named=True):
        heading = int(row["product_hs6"][:4])
        sector = next(name for first, last, name in spans if first <= heading <= last)
        cell = found[row["exporter"], sector]
        cell[0] += row["value_kusd"] / 1e3
        cell[1] += row["quantity_t"] / 1e6
    return {key: (value, tonnes) for key, (value, tonnes) in found.items()}


Lines = dict[tuple[str, str], dict[int, list[tuple[float, float]]]]


def lines(root: Path, shared: Path) -> Lines:
    """Dollars and tonnes of products by (exporter, sector) and year, where the trade data hold tonnes."""
    spans = [
        (int(row["first"]), int(row["last"]), row["sector"])
        for row in read(root / "tables" / "hs4_to_sector.csv")
    ]
    frame = pl.read_parquet(shared / "data" / "trade" / "baci_chn_rus_hs6.parquet")
    found: Lines = defaultdict(lambda: defaultdict(list))
    for row in frame.filter((pl.col("year") >= 2017) & (pl.col("quantity_t") > 0)).iter_rows(named=True):
        heading = int(row["product_hs6"][:4])
        sector = next(name for first, last, name in spans if first <= heading <= last)
        found[row["exporter"], sector][row["year"]].append((row["value_kusd"] * 1e3, row["quantity_t"]))
    return found


def middle(products: list[tuple[float, float]]) -> tuple[float, float]:
    """Value over tonnes of the products that hold the middle half of the tonnes, and the cheapest of these."""
    ordered = sorted(products, key=lambda line: line[0] / line[1])
    whole, before, kept = sum(tonnes for _, tonnes in ordered), 0.0, []
    for value, tonnes in ordered:
        if before < 0.75 * whole and before + tonnes > 0.25 * whole:
            kept.append((value, tonnes))
        before += tonnes
    return sum(v for v, _ in kept) / sum(t for _, t in kept), kept[0][0] / kept[0][1]


def test_values_of_a_tonne_are_those_of_baci(root: Path, shared: Path, tables: Tables) -> None:
    values = baci(root, shared)
    for sector, typed in FUELS_2023.items():
        assert values["RUS", sector][0] == pytest.approx(typed, abs=0.1)
    whole = sum(value for (exporter, _), (value, _) in values.items() if exporter == "RUS")
    assert whole == pytest.approx(ALL_2023, rel=0.002)  # lines without tonnes are missing here
    held = lines(root, shared)
    cited = [row for row in tables["unit_values"] if "cepii-baci-v202501" in row["source"]]
    assert len(cited) == 2 * len(GOODS)
    for row in cited:
        by_year = held[row["exporter"], row["sector"]]
        means = {year: sum(v for v, _ in got) / sum(t for _, t in got) for year, got in by_year.items()}
        value, cheapest = middle([line for got in by_year.values() for line in got])
        if "middle half" in row["note"]:
            assert row["exporter"] == "RUS", row
            assert float(row["usd_t_low"]) <= 1.006 * min(cheapest, *means.values()), row
        elif row["sector"] == "B05" and row["exporter"] == "RUS":
            value = FUELS_2023["B05"] / 100  # million tonnes said; the trade data have 69
        else:
            value = median(mean for year, mean in means.items() if year >= 2021)
            assert float(row["usd_t_low"]) == pytest.approx(min(means.values()), rel=0.006), row
        # Written with three figures.
        assert float(row["usd_t_value"]) == pytest.approx(value, rel=0.006), row
        assert float(row["usd_t_high"]) == pytest.approx(max(means.values()), rel=0.006), row


def test_values_of_a_tonne_cover_every_flow_in_use(tables: Tables) -> None:
    keys = Counter((row["exporter"], row["importer"], row["sector"]) for row in tables["unit_values"])
    assert set(keys) == {(*pair, sector) for pair in PAIRS for sector in GOODS}
    assert max(keys.values()) == 1
    potash = next(
        row
        for row in tables["unit_values"]
        if (row["exporter"], row["importer"], row["sector"]) == ("BLR", "CHN", "C20")
    )
    assert float(potash["usd_t_value"]) == pytest.approx(1500 / 3.5, rel=0.005)
    assert float(potash["usd_t_high"]) == pytest.approx(900 / 1.9, rel=0.005)
    for row in tables["unit_values"]:
        assert 0 < float(row["usd_t_low"]) < float(row["usd_t_value"]) < float(row["usd_t_high"]), row
        if "BLR" in (row["exporter"], row["importer"]) and row["status"] == "assumed":
            assert float(row["usd_t_high"]) >= 1.9 * float(row["usd_t_value"]), row
            assert float(row["usd_t_low"]) <= 0.55 * float(row["usd_t_value"]), row


# Million tonnes a year that the shares must carry, with the year and the room for rounding and for other years.
CARRIED = {
    ("RUS", "zabaikalsk-manzhouli-rail"): (19.5, 0.15),  # RZD by TASS, 2023
    ("CHN", "zabaikalsk-manzhouli-rail"): (2.5, 0.2),  # 22.0 less 19.5
    ("CHN", "zamyn-uud-erenhot-rail"): (1.5, 0.2),  # transit by Naushki 2023, "more than"
    ("RUS", "zamyn-uud-erenhot-rail"): (3.6, 0.3),  # transit by Naushki 2023
    ("RUS", "grodekovo-suifenhe-rail"): (8.2, 0.2),  # 4.1 of half of 2024, twice; coal of BACI is too little
    ("RUS", "nizhneleninskoye-tongjiang-rail"): (2.7, 0.3),  # 1.6 of seven months of 2023, times 12/7
    ("CHN", "zabaikalsk-manzhouli-road"): (1.62, 0.35),  # 812 kt of half of 2023, twice
    ("RUS", "skovorodino-mohe"): (30, 0.1),
    ("RUS", "atasu-alashankou-oil"): (10, 0.1),
}


@pytest.mark.parametrize(("exporter", "crossing"), CARRIED)
def test_shares_carry_the_tonnes_that_were_counted(
    root: Path, shared: Path, use: Use, exporter: str, crossing: str
) -> None:
    """Tonnes of a sector times its share of value: the counts at the crossings played no part in most shares."""
    values, importer = baci(root, shared), {"RUS": "CHN", "CHN": "RUS"}[exporter]
    tonnes = sum(
        values[exporter, sector][1] * share / 100
        for sector in GOODS
        for (_, over), share in use[exporter, importer, sector].items()
        if over == crossing
    )
    counted, room = CARRIED[exporter, crossing]
    assert tonnes == pytest.approx(counted, rel=room)


def test_imports_from_china_divide_by_mode_as_containers_did(root: Path, shared: Path, use: Use) -> None:
    """Containers into Russia in 2024 (TeDo): sea 41, rail 36, road 22 %; by value road has more, for it has the dear."""
    values = baci(root, shared)
    by_mode: dict[str, float] = defaultdict(float)
    for sector in GOODS:
        for (mode, _), share in use["CHN", "RUS", sector].items():
            by_mode[mode] += values["CHN", sector][0] * share / 100
    whole = sum(by_mode.values())
    assert by_mode["sea"] / whole == pytest.approx(0.41, abs=0.08)
    assert by_mode["rail"] / whole == pytest.approx(0.36, abs=0.06)
    assert 0.22 < by_mode["road"] / whole < 0.35
    assert by_mode["air"] / whole < 0.06


def test_transfers_join_two_modes_once(tables: Tables) -> None:
    modes = {row["mode"] for row in tables["network_modes"]}
    keys = [({row["mode_a"], row["mode_b"]}, row["country"]) for row in tables["network_transfers"]]
    assert all(len(pair) == 2 and pair <= modes and keys.count((pair, place)) == 1 for pair, place in keys)
