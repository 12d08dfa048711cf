"""Networks that cannot be, tables that cannot be read, and what a good one answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from landbridge.corridors.amounts import Amount, total
from landbridge.corridors.cost import Cargo, Documents
from landbridge.corridors.network import Capacity, Line, Network, Node
from landbridge.corridors.reading import COLUMNS, TABLES, from_folder, from_frames
from landbridge.corridors.routing import routes
from landbridge.corridors.states import states
from landbridge.errors import BadFile, BadNetwork, BadUsage, UnknownLabel
from small_network import CROSSINGS, amount, crossing, lines, machines, nodes, parameters, small, transfers

EMPTY = {"north-rail": CROSSINGS[0], "south-rail": CROSSINGS[1], "south-road": CROSSINGS[2]}


def refused(**parts: Any) -> BadNetwork:
    whole = {
        "nodes": nodes(),
        "lines": lines(),
        "crossings": CROSSINGS,
        "modes": parameters(),
        "transfers": transfers(),
    }
    with pytest.raises(BadNetwork) as caught:
        Network.of(**(whole | parts))
    return caught.value


def changed(position: int = 0, **cells: Any) -> list[Line]:
    held = lines()
    held[position] = replace(held[position], **cells)
    return held


BAD = {
    "a negative length": (
        {"lines": changed(length=Amount(-7, -5, 1, "km", "assumed"))},
        ["line r1-rj: length is negative"],
    ),
    "a length of nought": (
        {"lines": changed(length=Amount(0, 0, 0, "km", "assumed"))},
        ["must be above zero"],
    ),
    "a length that is no number": (
        {"lines": changed(length=Amount(1, float("nan"), 2, "km", "assumed"))},
        ["length is not a finite number"],
    ),
    "an end that is nowhere": (
        {"lines": changed(b="RJJ")},
        ["ends at 'RJJ', which is no node. Nearest: RJ"],
    ),
    "an unknown mode": ({"lines": changed(mode="rails-1520")}, ["unknown mode 'rails-1520'", "rail-1520"]),
    "a range out of order": (
        {"lines": changed(length=Amount(9, 5, 7, "km", "assumed"))},
        ["out of order: low 9, value 5, high 7"],
    ),
    "an unknown status": (
        {"lines": changed(length=Amount(1, 2, 3, "km", "guessed"))},
        ["status 'guessed'", "assumed"],
    ),
    "an id twice": ({"lines": changed(id="rj-r2")}, ["line or crossing rj-r2 is there 2 times"]),
    "a line with the id of a crossing": (
        {"lines": changed(id="north-rail")},
        ["north-rail is there 2 times"],
    ),
    "a node twice": ({"nodes": [*nodes(), nodes()[0]]}, ["the node R1 is there 2 times"]),
    "a line to itself": ({"lines": changed(b="R1")}, ["leads from 'R1' to itself"]),
    "an island": (
        {"nodes": [*nodes(), Node("R9", "Far", "region", "RUS", "RUS", 60, 60)]},
        ["node R9: is an island: no line reaches it"],
    ),
    "two islands joined": (
        {
            "nodes": [*nodes(), *(Node(name, name, "region", "RUS", "RUS", 60, 60) for name in ("R8", "R9"))],
            "lines": [*lines(), Line("far", "R8", "R9", "road", amount(50, "km"))],
        },
        ["node R8: is an island: its lines join only R8, R9", "node R9"],
    ),
    "a crossing that lets nothing pass": (
        {"crossings": [replace(CROSSINGS[0], capacity=Capacity(Amount(0, 0, 0, "trains/day", "assumed")))]},
        ["crossing north-rail: has a capacity of nought: it lets nothing pass. Close it instead"],
    ),
    "a negative time": (
        {"crossings": [crossing("north-rail", "RS", "CS", "rail-1520", "rail-1435", -3)]},
        ["crossing north-rail: time is negative"],
    ),
    "a mode that is not at the station": (
        {"crossings": [crossing("north-road", "RS", "CT", "road", "road", 3)]},
        ["needs road at RS, where no line of that mode begins. Modes of its lines: rail-1520"],
    ),
    "a break of gauge without its time": (
        {"crossings": [replace(CROSSINGS[0], gauge_hours=None)]},
        ["has a break of gauge but no time to change gauge"],
    ),
    "two gauges without a break": (
        {"crossings": [replace(CROSSINGS[0], gauge_break=False)]},
        ["joins rail-1520 to rail-1435 with gauge_break 0"],
    ),
    "a station in another country": (
        {"crossings": [replace(CROSSINGS[0], country_a="KAZ")]},
        ["says that RS lies in KAZ; its node says RUS"],
    ),
    "a mode without a speed": (
        {"modes": [need for need in parameters() if (need.mode, need.name) != ("road", "speed_km_day")]},
        ["mode road: has no speed_km_day in CHN, RUS"],
    ),
    "a mode without a rate": (
        {"modes": [need for need in parameters() if (need.mode, need.name) != ("sea", "rate_usd_tkm")]},
        ["mode sea: has no rate_usd_tkm"],
    ),
    "a speed of nought": (
        {
            "modes": [
                replace(need, amount=Amount(0, 1, 2, need.amount.unit, "assumed")) for need in parameters()
            ]
        },
        ["speed_km_day is 0 km/day, which must be above zero"],
    ),
    "an unknown parameter": (
        {"modes": [*parameters(), replace(parameters()[0], name="colour")]},
        ["unknown parameter 'colour'"],
    ),
    "a transfer to itself": (
        {"transfers": [replace(transfers()[0], mode_b=transfers()[0].mode_a)]},
        ["changes from a mode to itself"],
    ),
    "a transfer twice, once turned round": (
        {"transfers": [*transfers(), replace(transfers()[0], mode_a="sea", mode_b="rail-1520")]},
        ["row of the transfers rail-1520, sea, ALL is there 2 times"],
    ),
    "an unknown kind of node": (
        {"nodes": [replace(nodes()[0], kind="village"), *nodes()[1:]]},
        ["unknown kind 'village'"],
    ),
    "a place of any kind on nothing": (
        {"nodes": [*nodes(), Node("RX", "Lost", "junction", "RUS", "RUS", 60, 60)]},
        ["node RX: is on no line and no crossing"],
    ),
    "a crossing from road to rail": (
        {"crossings": [replace(CROSSINGS[1], mode_a="road")]},
        ["crossing south-rail: joins road to rail-1435. A crossing joins rail to rail or road to road"],
    ),
    "a border at sea": (
        {"crossings": [replace(CROSSINGS[2], mode_a="sea", mode_b="sea")]},
        ["joins sea to sea"],
    ),
    "a road with a break of gauge": (
        {"crossings": [replace(CROSSINGS[2], gauge_break=True)]},
        ["joins road to road with gauge_break 1", "no time to change gauge"],
    ),
    "a line shorter than the Earth is round": (
        {"lines": changed(length=amount(21, "km"))},
        ["line r1-rj: is 21 km long, but R1 and RJ lie 22.239 km apart"],
    ),
    "an estimate from nowhere": (
        {"lines": changed(length=Amount(900, 1000, 1100, "km", "estimated"))},
        ["line r1-rj: length is estimated without a source"],
    ),
    "an assumption with a source": (
        {"lines": changed(length=Amount(900, 1000, 1100, "km", "assumed", ("a-book",)))},
        ["length is assumed, but names a source: a-book"],
    ),
    "a line longer than the Equator": (
        {"lines": changed(length=Amount(900, 1000, 1e308, "km", "assumed"))},
        ["length reaches 1e+308 km: more than 45,000 cannot be"],
    ),
    "a border of half a year": (
        {"crossings": [replace(CROSSINGS[0], hours=Amount(1, 2, 4400, "h", "assumed"))]},
        ["time reaches 4,400 h: more than 2,400 cannot be"],
    ),
    "a speed no aeroplane has": (
        {
            "modes": [
                replace(need, amount=Amount(1, 2, 30_001, need.amount.unit, "assumed"))
                if need.name == "speed_km_day"
                else need
                for need in parameters()
            ]
        },
        ["speed_km_day reaches 30,001 km/day"],
    ),
    "a place off the Earth": ({"nodes": [replace(nodes()[0], lat=95.0), *nodes()[1:]]}, ["nowhere on Earth"]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_network_that_cannot_be_is_refused(case: str) -> None:
    parts, words = BAD[case]
    shown = str(refused(**parts))
    for word in words:
        assert word in shown


def test_all_problems_of_a_network_come_together() -> None:
    error = refused(
        lines=[
            *changed(length=Amount(-7, -5, 1, "km", "assumed")),
            Line("odd", "R1", "Nowhere", "mule", amount(5, "km")),
        ],
        crossings=[replace(CROSSINGS[0], hours=Amount(9, 5, 7, "h", "assumed")), *CROSSINGS[1:]],
    )
    shown = str(error)
    for word in ("negative", "'Nowhere'", "'mule'", "out of order"):
        assert word in shown
    assert len(error.problems) == 4


def test_a_network_changes_only_in_copies() -> None:
    network = small()
    quick = network.changed("north-rail", hours=Amount(1, 2, 3, "h", "assumed"))
    assert quick.crossings["north-rail"].hours.value == 2
    assert network.crossings["north-rail"].hours.value == 30
    shut = network.without("north-rail", "sea")
    assert shut.closed == {"north-rail", "sea"}
    assert shut.without("pipe").closed == {"north-rail", "sea", "pipe"}
    assert not network.closed
    with pytest.raises(UnknownLabel, match="north-rail"):
        network.without("north-rial")
    with pytest.raises(UnknownLabel, match="south-rail"):
        network.changed("south-rial", hours=Amount(1, 2, 3, "h", "assumed"))
    with pytest.raises(BadNetwork, match="negative"):
        network.changed("south-rail", hours=Amount(-1, 2, 3, "h", "assumed"))


def test_a_country_of_its_own_goes_before_everywhere() -> None:
    own = replace(parameters()[0], country="RUS", amount=Amount(900, 900, 900, "km/day", "assumed"))
    network = Network.of(nodes(), lines(), CROSSINGS, [*parameters(), own], transfers())
    assert network.parameter("rail-1520", "RUS", "speed_km_day").value == 900
    assert network.parameter("rail-1520", "CHN", "speed_km_day").value == 500


def test_amounts_add_up_as_envelopes_and_keep_the_weakest_status() -> None:
    first = Amount(1, 2, 4, "h", "reported", ("a",))
    second = Amount(3, 5, 6, "h", "assumed")
    both = total((first, second, Amount.nothing("h")), "h")
    assert both == Amount(4, 7, 10, "h", "assumed", ("a",))
    assert first.over(Amount(2, 4, 8, "km/h", "estimated", ("b",)), "x").ends == (1 / 8, 0.5, 2)
    assert first.times(second, "x").ends == (3, 10, 24)
    assert total((), "h") == Amount.nothing("h")


def test_parallel_lines_are_both_there() -> None:
    """R1 to RJ has two lines: closing the shorter sends cargo over the longer, two hundred kilometres more."""
    cargo = machines()
    near, far = (
        routes(small(), "R1", "R2", cargo, best=1, modes=["rail"], without=shut).routes[0]
        for shut in ((), ("r1-rj",))
    )
    assert far.length_km.value - near.length_km.value == pytest.approx(200)
    graph = states(small())
    assert len(set(zip(graph.tails.tolist(), graph.heads.tolist(), strict=True))) == len(graph.arcs)


def test_calls_that_make_no_sense_are_refused() -> None:
    network, cargo = small(), machines()
    with pytest.raises(UnknownLabel, match="R1"):
        routes(network, "R11", "C1", cargo)
    with pytest.raises(UnknownLabel, match="rail"):
        routes(network, "R1", "C1", cargo, modes=["rial"])
    with pytest.raises(UnknownLabel, match="north-rail"):
        routes(network, "R1", "C1", cargo, without=["north-rial"])
    with pytest.raises(BadUsage, match="to itself"):
        routes(network, "R1", "R1", cargo)
    with pytest.raises(BadUsage, match="best is 0"):
        routes(network, "R1", "C1", cargo, best=0)
    with pytest.raises(BadUsage, match="above zero"):
        Cargo("C28", Amount(0, 5, 9, "USD/t", "assumed"), cargo.day_pct)
    with pytest.raises(BadUsage, match="negative"):
        Documents(Amount(-1, 5, 9, "h", "assumed"), amount(1, "USD/t"))


# Tables


def frames() -> dict[str, pl.DataFrame]:
    """The small network as tables of text, as a user would write them."""
    network = small()
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in TABLES}
    for node in network.nodes.values():
        rows[TABLES[0]].append(
            {
                "node": node.id,
                "name": node.name,
                "kind": node.kind,
                "place": node.place,
                "country": node.country,
                "lat": str(node.lat),
                "lon": str(node.lon),
            }
        )
    for line in network.lines.values():
        rows[TABLES[1]].append(
            {"link": line.id, "a": line.a, "b": line.b, "mode": line.mode, **cells("length_km", line.length)}
        )
    for item in network.crossings.values():
        assert item.capacity is not None
        row = {
            name: getattr(item, name)
            for name in ("name", "a", "b", "mode_a", "mode_b", "country_a", "country_b")
        }
        row |= {"crossing": item.id, "length_km": str(item.length.value), **cells("hours", item.hours)}
        row |= cells("charge_usd_t", item.charge) | cells("capacity", item.capacity.amount)
        row |= {
            "gauge_break": str(int(item.gauge_break)),
            "capacity_unit": "trains/day",
            "capacity_year": "2024",
        }
        for name in ("gauge_hours", "gauge_usd_t"):
            held = getattr(item, name)
            row |= cells(name, held) if held else {}
        rows[TABLES[2]].append(row)
    for need in network.modes.values():
        row = {"mode": need.mode, "country": need.country, "parameter": need.name, "unit": need.amount.unit}
        rows[TABLES[3]].append(row | {key[1:]: cell for key, cell in cells("", need.amount).items()})
    for change in network.transfers.values():
        row = {"mode_a": change.mode_a, "mode_b": change.mode_b, "country": change.country}
        rows[TABLES[4]].append(row | cells("hours", change.hours) | cells("usd_t", change.usd_t))
    return {
        name: pl.DataFrame(held, schema=dict.fromkeys(COLUMNS[name], pl.String)).fill_null("")
        for name, held in rows.items()
    }


def cells(prefix: str, held: Amount) -> dict[str, str]:
    ends = zip(("low", "value", "high"), held.ends, strict=True)
    known = {f"{prefix}_status": held.status, f"{prefix}_source": " ".join(held.source)}
    return {f"{prefix}_{end}": repr(number) for end, number in ends} | known


def write(folder: Path, tables: dict[str, pl.DataFrame]) -> Path:
    for name, frame in tables.items():
        frame.write_csv(folder / f"{name}.csv")
    return folder


def put(frame: pl.DataFrame, row: int, **new: str) -> pl.DataFrame:
    here = pl.int_range(pl.len()) == row
    return frame.with_columns(
        **{name: pl.when(here).then(pl.lit(cell)).otherwise(pl.col(name)) for name, cell in new.items()}
    )


def test_tables_give_back_the_network(tmp_path: Path) -> None:
    network = from_folder(write(tmp_path, frames()))
    here = small()
    assert set(network.nodes) == set(here.nodes)
    assert {line.id: line.length.ends for line in network.lines.values()} == {
        line.id: line.length.ends for line in here.lines.values()
    }
    assert network.crossings["north-rail"].gauge_hours == here.crossings["north-rail"].gauge_hours
    assert network.crossings["north-rail"].capacity == here.crossings["north-rail"].capacity
    assert network.crossings["south-road"].gauge_hours is None
    found, expected = (routes(one, "R1", "C1", machines()).routes for one in (network, here))
    assert [route.generalised_usd_t for route in found] == [route.generalised_usd_t for route in expected]


def test_typed_tables_read_like_text() -> None:
    typed = {
        name: frame.with_columns(
            pl.col(column).replace("", None).cast(pl.Float64)
            for column in frame.columns
            if column in {"lat", "lon", "length_km", "gauge_break"}
            or column.endswith(("low", "value", "high"))
        )
        for name, frame in frames().items()
    }
    network = from_frames(*(typed[name] for name in TABLES))
    assert network == from_frames(*(frames()[name] for name in TABLES))


def test_all_cells_that_cannot_be_read_come_together(tmp_path: Path) -> None:
    tables = frames()
    tables["network_nodes"] = tables["network_nodes"].drop("lat", "kind")
    links = put(tables["network_links"], 3, length_km_value="far")
    tables["network_links"] = put(put(links, 5, length_km_value=""), 6, one_way="perhaps")
    crossings = put(tables["network_crossings"], 0, capacity_value="", capacity_low="", capacity_high="")
    tables["network_crossings"] = put(
        crossings, 1, charge_usd_t_value="", charge_usd_t_low="", charge_usd_t_high=""
    )
    tables["network_modes"] = put(tables["network_modes"], 2, status="")
    with pytest.raises(BadNetwork) as caught:
        from_folder(write(tmp_path, tables))
    shown = str(caught.value)
    for words in (
        "network_nodes, row 1: has no column kind, lat.",
        "network_links, row 5: length_km_value is 'far', which is not a finite number.",
        "network_links, row 7: length_km_value is empty beside a range.",
        "network_links, row 8: one_way is 'perhaps'; write 1 or 0.",
        "network_crossings, row 2: capacity_unit says 'trains/day' but no capacity is given.",
        "network_crossings, row 3: charge_usd_t_value is empty, and missing is not zero.",
        "network_modes, row 4: status is empty.",
    ):
        assert words in shown
    assert len(caught.value.problems) == 7


def test_a_fault_of_a_whole_column_is_one_line(tmp_path: Path) -> None:
    tables = frames()
    tables["network_links"] = tables["network_links"].with_columns(length_km_status=pl.lit(""))
    with pytest.raises(BadNetwork) as caught:
        from_folder(write(tmp_path, tables))
    assert len(caught.value.problems) == 1
    assert "network_links, rows 2, 3, 4, 5, 6, 7, 8, 9 … (18 rows)" in str(caught.value)


def test_files_that_are_absent_are_named(tmp_path: Path) -> None:
    write(tmp_path, {name: frame for name, frame in frames().items() if name != "network_modes"})
    with pytest.raises(BadFile, match=r"not there: network_modes\.csv"):
        from_folder(tmp_path)


FILES = {
    "semicolons": (
        lambda text: text.replace(",", ";"),
        "row 1: the columns are separated by semicolons; write commas.",
    ),
    "an open quote": (
        lambda text: text.replace("\nrj-r2", '\n"rj-r2', 1),
        "row 4: opens a quote that is never closed.",
    ),
    "a cell too many": (
        lambda text: text.replace("\nrj-r2,", "\nrj-r2,,", 1),
        "row 4: has 19 cells, but the header has 18",
    ),
    "nothing": (lambda text: "", "is empty"),
    "a column twice": (
        lambda text: text.replace("link,a,b", "link,a,a", 1),
        "has the column a more than once",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_table_is_refused_in_words_of_its_own(tmp_path: Path, case: str) -> None:
    spoil, said = FILES[case]
    path = write(tmp_path, frames()) / "network_links.csv"
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(BadFile) as caught:
        from_folder(tmp_path)
    shown = str(caught.value)
    assert said in shown
    assert "network_links.csv" in shown
    for advice in ("truncate_ragged_lines", "infer_schema", "polars", "quote_char"):
        assert advice not in shown


def test_a_file_in_another_encoding_is_refused_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    path = write(tmp_path, frames()) / "network_nodes.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("utf-8-sig"))
    assert set(from_folder(tmp_path).nodes) == set(small().nodes)
    path.write_bytes(text.replace("Town R1", "Köln").encode("latin-1"))
    with pytest.raises(BadFile, match="is not UTF-8"):
        from_folder(tmp_path)
