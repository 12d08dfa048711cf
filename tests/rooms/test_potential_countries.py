"""Potential of country pairs: what is answered, what is refused and in which words."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import landbridge as lb
import landbridge.potential as room
from landbridge import codes
from landbridge.errors import BadSample, BadUsage, NotHeld, OutsideSupport, UnknownLabel
from landbridge.flows.trade import TradeFlows
from landbridge.potential import countries, country_result, expected, inverse, panel, peers, rivals
from landbridge.provenance import Figure, Source, Status, Unavailable
from landbridge.release.observations import Agreements

FORMULA = "value_usd ~ log(distance_km) + border"
SOURCE = Source("made-up", "A test", "Trade made up", "2026", "https://example.org", "CC0", "dataset")


@pytest.fixture(scope="module")
def data() -> lb.Data:
    return lb.load()


def world(seed: int = 2, places: int = 30, lift: float = 1.0) -> pl.DataFrame:
    """Trade of made-up places by a known equation with noise; P00 to P01 is `lift` times what it would be."""
    rng = np.random.default_rng(seed)
    names = [f"P{number:02d}" for number in range(places)]
    spot = rng.random((places, 2)) * 5000
    distance = 50 + np.linalg.norm(spot[:, None] - spot[None, :], axis=2)
    border = distance < 900
    size = np.exp(rng.normal(size=(2, places)))
    value = 1e12 * size[0][:, None] * size[1][None, :] * distance**-1.0 * np.exp(0.5 * border)
    value *= np.exp(rng.normal(scale=0.4, size=value.shape))
    value[0, 1] *= lift
    i, j = np.nonzero(~np.eye(places, dtype=bool))
    return pl.DataFrame(
        {
            "exporter": [names[n] for n in i],
            "importer": [names[n] for n in j],
            "value_usd": value[i, j],
            "distance_km": distance[i, j],
            "border": border[i, j],
        }
    )


@pytest.mark.parametrize(
    ("lift", "verdict"),
    [(30.0, country_result.ABOVE), (1 / 30, country_result.BELOW)],
)
def test_a_pair_lifted_or_pressed_is_found(lift: float, verdict: str) -> None:
    plain = countries.expected(world(), FORMULA, "P00", "P01").line("all")
    moved = countries.expected(world(lift=lift), FORMULA, "P00", "P01").line("all")
    assert moved.verdict == verdict
    assert plain.observed_usd is not None
    assert plain.expected_usd is not None
    assert moved.observed_usd == pytest.approx(lift * plain.observed_usd)
    assert moved.expected_usd == pytest.approx(plain.expected_usd, rel=1e-8)
    assert moved.gap_usd == pytest.approx(moved.expected_usd - moved.observed_usd)
    assert moved.in_sample_usd is not None
    assert (moved.in_sample_usd > moved.expected_usd) == (lift > 1)


def test_the_table_has_the_promised_columns(data: lb.Data) -> None:
    table = room(data, "CHN", "RUS").table()
    assert table.columns == [
        *("item", "name", "kind", "observed_usd", "expected_usd", "expected_low_usd", "expected_high_usd"),
        *("normal_low_usd", "normal_high_usd", "percentile", "in_sample_usd", "gap_usd"),
        *("verdict", "reason", "status"),
    ]
    assert table.height == 56
    assert set(table["status"]) == {"estimated"}
    refused = table.filter(verdict="refused")
    assert refused["reason"].null_count() == 0
    numbers = ("expected_usd", "normal_low_usd", "percentile", "in_sample_usd", "gap_usd")
    assert all(refused[name].null_count() == refused.height for name in numbers)
    kept = table.filter(pl.col("verdict") != "refused")
    assert kept["reason"].null_count() == kept.height
    assert (
        kept.select((pl.col("gap_usd") - pl.col("expected_usd") + pl.col("observed_usd")).abs().max()).item()
        < 1e-3
    )
    assert kept.filter(~pl.col("expected_usd").is_between("expected_low_usd", "expected_high_usd")).is_empty()


def test_only_observed_cells_enter(data: lb.Data) -> None:
    """Observed values are intermediate deliveries, not sums with imputed final sales; sums of items match the cells."""
    found = room(data, "RUS", "CHN")
    for item in ("B06", "C20"):
        seen = data.by_sector.explain("RUS", "CHN", sector=item)
        assert isinstance(seen, Figure)
        assert found.line(item).observed_usd == pytest.approx(seen.inputs[0].point)
    assert found.line("all").observed_usd == pytest.approx(87.1e9, rel=0.001)  # OECD table: 87.1 billion USD
    parts = [line.observed_usd or 0.0 for line in found.lines if line.kind == "sector" and not line.reason]
    assert found.line("all-sum").observed_usd == pytest.approx(math.fsum(parts))


def test_trade_of_china_and_russia_in_2022_is_told_without_favour(data: lb.Data) -> None:
    """Sums lie within the normal range both ways; wood and paper from Russia lie above, plastics below."""
    there, back = room(data, "CHN", "RUS"), room(data, "RUS", "CHN")
    for found in (there, back):
        for item in ("goods", "goods-sum", "services", "all", "all-sum"):
            assert found.line(item).verdict == country_result.WITHIN
    assert {back.line(item).verdict for item in ("C16", "C17_18")} == {country_result.ABOVE}
    assert back.line("C22").verdict == country_result.BELOW


def test_opportunities_are_gaps_of_what_the_exporter_can_make(data: lb.Data) -> None:
    found = room(data, "CHN", "RUS")
    table = found.opportunities()
    assert table["gain_usd"].is_sorted(descending=True)
    # Others give way in part when one pair moves, so the gain is a part of the gap.
    assert (table["gain_usd"] > 0).all()
    assert (table["gain_usd"] < table["gap_usd"]).all()
    assert (table["gain_low_usd"] <= table["gain_usd"]).all()
    assert (table["gain_usd"] <= table["gain_high_usd"]).all()
    assert table["residual"].max() < 1e-9
    assert set(table["concept"]) == {"conditional"}
    assert table["gap_usd"].min() > 0
    assert table.filter((pl.col("rca") < 0.5) & (pl.col("world_share_pct") < 2)).is_empty()
    assert not set(table["item"]) & {"goods", "services", "all"}
    refused = {line.item for line in found.lines if line.verdict == country_result.REFUSED}
    assert not set(table["item"]) & refused


def test_a_figure_walks_back_to_the_observed_cell(data: lb.Data) -> None:
    found = room(data, "CHN", "RUS")
    gap = found.figure("C20", "gap")
    assert isinstance(gap, Figure)
    assert gap.status is Status.ESTIMATED
    assert gap.value == pytest.approx(found.line("C20").gap_usd)
    assert gap.inputs[1].cell == "deliveries:2022/C20/CHN/RUS#intermediate_musd"
    assert "neither a forecast" in gap.note
    for item in ("all", "all-sum", "services-sum"):
        whole = found.figure(item, "gap")
        assert isinstance(whole, Figure)
        assert whole.value == pytest.approx(found.line(item).gap_usd)
    normal = found.figure("C20", "normal")
    assert isinstance(normal, Figure)
    line = found.line("C20")
    assert (normal.value, normal.low, normal.high) == (None, line.normal_low_usd, line.normal_high_usd)
    refused = next(line.item for line in found.lines if line.verdict == country_result.REFUSED)
    assert isinstance(found.figure(refused), Unavailable)
    with pytest.raises(UnknownLabel):
        found.figure("C20", "hope")
    with pytest.raises(UnknownLabel, match="C28"):
        found.line("C2O")


def test_support_refuses_with_its_reason() -> None:
    """Few partners, a cell that makes its own estimate, small trade, a pair without a row: no number for any."""
    frame = world()
    strict = expected.Support(partners=40)
    assert (
        "28 other partners only"
        in countries.expected(frame, FORMULA, "P00", "P01", support=strict).line("all").reason
    )
    # One great seller and one great buyer: their own trade is most of what either effect is read from.
    high = frame.with_columns(
        value_usd=pl.col("value_usd")
        * pl.when(pl.col("exporter") == "P00").then(100.0).otherwise(1.0)
        * pl.when(pl.col("importer") == "P01").then(100.0).otherwise(1.0)
    )
    steep = expected.Support(leverage=0.5)
    assert "leverage" in countries.expected(high, FORMULA, "P00", "P01", support=steep).line("all").reason
    floor = expected.Support(floor=1e15)
    assert "below" in countries.expected(frame, FORMULA, "P00", "P01", support=floor).line("all").reason
    narrow = expected.Support(span=1.01)
    assert "apart" in countries.expected(frame, FORMULA, "P00", "P01", support=narrow).line("all").reason
    lonely = expected.Support(comparables=10_000)
    assert (
        "other pairs" in countries.expected(frame, FORMULA, "P00", "P01", support=lonely).line("all").reason
    )
    own = (pl.col("exporter") == "P00") & (pl.col("importer") == "P01")
    line = countries.expected(frame.filter(~own), FORMULA, "P00", "P01").line("all")
    assert "missing is not zero" in line.reason
    assert line.observed_usd is None
    for each in (strict, floor, narrow, lonely):
        made = countries.expected(frame, FORMULA, "P00", "P01", support=each).line("all")
        assert (made.expected_usd, made.gap_usd, made.percentile) == (None, None, None)
        assert made.verdict == country_result.REFUSED


def test_rows_left_out_are_counted() -> None:
    frame = world()
    home = frame.filter(pl.col("exporter") == "P02").head(1).with_columns(importer=pl.lit("P02"))
    missing = frame.with_columns(
        value_usd=pl.when(pl.col("importer") == "P05").then(None).otherwise("value_usd")
    )
    found = countries.expected(pl.concat([missing, home]), FORMULA, "P00", "P01")
    assert dict(found.dropped) == {"missing: value_usd": 29, "sales at home": 1}


def test_items_have_equations_of_their_own() -> None:
    two = pl.concat(
        [world(seed).with_columns(item=pl.lit(name)) for seed, name in ((2, "wood"), (3, "steel"))]
    )
    one = world(3).drop("distance_km", "border").join(world(2).drop("value_usd"), on=["exporter", "importer"])
    both = pl.concat([two.filter(item="wood"), one.with_columns(item=pl.lit("steel")).select(two.columns)])
    found = countries.expected(both, FORMULA, "P00", "P01", item="item", source=SOURCE)
    alone = countries.expected(one, FORMULA, "P00", "P01")
    assert found.line("steel").expected_usd == pytest.approx(alone.line("all").expected_usd)
    assert found.line("wood").expected_usd != pytest.approx(alone.line("all").expected_usd, rel=0.01)
    figure = found.figure("wood", "gap")
    assert isinstance(figure, Figure)
    assert figure.value == pytest.approx(found.line("wood").gap_usd)
    with pytest.raises(BadSample, match="another regressor"):
        countries.expected(two, FORMULA, "P00", "P01", item="item")


def test_bad_frames_are_refused_by_name() -> None:
    frame = world()
    negative = frame.with_columns(value_usd=-pl.col("value_usd"))
    with pytest.raises(BadSample, match="negative"):
        countries.expected(negative, FORMULA, "P00", "P01")
    with pytest.raises(BadSample, match="repeat"):
        countries.expected(pl.concat([frame, frame.head(3)]), FORMULA, "P00", "P01")
    with pytest.raises(BadSample, match="log"):
        countries.expected(frame.with_columns(distance_km=pl.lit(0.0)), FORMULA, "P00", "P01")
    with pytest.raises(BadSample, match="one exporter only"):
        countries.expected(frame.filter(pl.col("exporter") == "P00"), FORMULA, "P00", "P01")
    few = frame.filter(pl.col("exporter") < "P12", pl.col("importer") < "P12")
    with pytest.raises(BadSample, match="12 exporters"):
        countries.expected(few, FORMULA, "P00", "P01")
    with pytest.raises(NotHeld, match="P99"):
        countries.expected(frame, FORMULA, "P00", "P99")
    found = countries.expected(frame, FORMULA, "P00", "P01")
    assert isinstance(found.figure("all"), Unavailable)


def test_wrong_calls_are_refused(data: lb.Data) -> None:
    with pytest.raises(UnknownLabel):
        room(data, "CHN", "RUSS")
    with pytest.raises(BadUsage, match="twice"):
        room(data, "CHN", "CHN")
    with pytest.raises(NotHeld, match="MNG"):
        room(data, "CHN", "MNG")
    with pytest.raises(BadUsage, match="2022"):
        room(data, "CHN", "RUS", year=2020)
    with pytest.raises(NotHeld, match="places only"):
        room(data, "CHN", "RUS", by="loaded")
    with pytest.raises(UnknownLabel, match="hs6"):
        room(data, "CHN", "RUS", by="hs6")


def test_regions_go_to_their_own_room(data: lb.Data, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    class Rooms:
        def __init__(self, name: str) -> None:
            self.name = name

        def potential(self, *given: object, **options: object) -> str:
            asked.append((self.name, *map(str, given[1:]), *options))
            return "done"

    monkeypatch.setattr(room, "import_module", Rooms)
    assert room(data, "BY-VI", "CN-HL", year=2022) == "done"
    assert room(data, "CHN", "RUS") == "done"
    assert asked == [
        ("landbridge.potential.regions", "BY-VI", "CN-HL", "year"),
        ("landbridge.potential.countries", "CHN", "RUS"),
    ]


def test_loaded_chapters_make_a_panel(data: lb.Data) -> None:
    rng = np.random.default_rng(8)
    places = [place for place in data.accounts.places if place != "ROW"][:25]
    rows = [
        (one, other, chapter, float(rng.gamma(0.5, 1e8)))
        for one in places
        for other in places
        if one != other and {one, other} != {places[0], places[1]}
        for chapter in ("27", "84")
        if rng.random() > 0.1
    ]
    schema = {"exporter": pl.String, "importer": pl.String, "item": pl.String, "value_usd": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        low_usd=pl.lit(None, pl.Float64),
        high_usd=pl.lit(None, pl.Float64),
        status=pl.lit("reconciled"),
        source=pl.lit("made-up"),
    )
    made = panel.of_flows(TradeFlows(2022, "hs2", frame, {"made-up": SOURCE}), data.pairs, data.agreements)
    assert [item.code for item in made.items] == ["27", "84", "all"]
    assert made.items[0].name == codes.chapter("27").name
    assert not made.known[:, 0, 1].any()  # the pair without a row is unknown, not zero
    recorded = frame.group_by("exporter", "importer").len().height
    assert int(made.known[0].sum()) == recorded
    assert made.flows[2].sum() == pytest.approx(frame["value_usd"].sum())
    assert (made.flows[0][made.known[0]] == 0).any()


def test_agreements_as_a_matrix_are_those_in_force(data: lb.Data) -> None:
    places = ("BLR", "CHN", "DEU", "GBR", "KAZ", "RUS", "USA", "VNM", "FRA")
    for year in (2012, 2019, 2022):
        matrix = panel.agreement_matrix(data.agreements, places, year)
        for i, one in enumerate(places):
            for j, other in enumerate(places):
                held = data.agreements.in_force(one, other, str(year)) if i != j else ()
                assert matrix[i, j] == any(ours.form in panel.FREE_TRADE for ours, _ in held), (
                    one,
                    other,
                    year,
                )


def test_sides_of_an_agreement_are_not_bound_to_each_other() -> None:
    rows = [
        ("x", "X", "free trade area", "AAA", "S", "2000"),
        ("x", "X", "free trade area", "BBB", "S", "2000"),
    ]
    rows += [("x", "X", "free trade area", "CCC", "CCC", "2000"), ("y", "Y", "bloc", "AAA", "", "2000")]
    frame = pl.DataFrame(rows, schema=["agreement", "name", "form", "member", "side", "from"], orient="row").with_columns(
        to=pl.lit(None, pl.String), status=pl.lit("assumed"), source=pl.lit(None, pl.String), note=pl.lit(None, pl.String)
    )  # fmt: skip
    bound = panel.agreement_matrix(Agreements(frame), ("AAA", "BBB", "CCC"), 2022)
    assert bound.tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]


def test_peers_are_named_and_refused_kindly(data: lb.Data) -> None:
    made = peers.peers(data, "CHN", "RUS")
    assert len(made.peers) == peers.LARGEST
    assert made.rule == peers.RULE
    assert all(one == "CHN" or other == "RUS" for one, other in made.peers)
    assert set(made.table()["concept"]) == {"conditional"}
    assert set(made.table()["status"]) == {"simulated"}
    named = peers.peers(data, "CHN", "RUS", to=["KAZ", ("CHN", "IND")], items=["C20"])
    assert named.peers == (("CHN", "KAZ"), ("KAZ", "RUS"), ("CHN", "IND"))
    with pytest.raises(BadUsage, match="own peer"):
        peers.peers(data, "CHN", "RUS", to=[("CHN", "RUS")])
    with pytest.raises(BadUsage, match="single sectors"):
        peers.peers(data, "CHN", "RUS", items=["goods"])
    with pytest.raises(OutsideSupport):
        peers.peers(data, "CHN", "RUS", items=["B06"])


def test_counterfactuals_and_costs_are_figures_too(data: lb.Data) -> None:
    moved = peers.peers(data, "CHN", "RUS", to=["KAZ"], items=["C20", "C28"])
    for item in ("all", "C28"):
        change = moved.figure(item)
        assert isinstance(change, Figure)
        assert change.status is Status.SIMULATED
        assert change.value == pytest.approx(moved.table().filter(item=item)["change_usd"][0])
        assert "conditional" in change.note
    with pytest.raises(UnknownLabel):
        moved.figure("C19")
    found = inverse.tariff_equivalents(data, "CHN", "RUS", items=["goods", "T"])
    cost = found.figure("CHN", "RUS")
    assert isinstance(cost, Figure)
    assert (cost.unit, cost.status, len(cost.inputs)) == ("%", Status.ASSUMED, 4)
    home, _, there, back = (figure.point for figure in cost.inputs)
    other = cost.inputs[1].point
    assert cost.value == pytest.approx(100 * ((home * other / (there * back)) ** (1 / 14) - 1))
    assert isinstance(found.figure("CHN", "RUS", "T"), Unavailable)
    with pytest.raises(UnknownLabel):
        found.figure("CHN", "KAZ")


def test_tariff_equivalents_tell_what_is_missing(data: lb.Data) -> None:
    table = inverse.tariff_equivalents(data, "CHN", "RUS", peers=["KAZ"]).table()
    assert table.height == 3 * 28
    assert table.filter(pl.col("low_pct") > pl.col("tariff_equivalent_pct")).is_empty()
    assert set(table["status"]) == {"assumed"}
    empty = inverse.tariff_equivalents(data, "CHN", "RUS", items=["T"]).table()
    assert empty["tariff_equivalent_pct"].null_count() == 1
    assert "No trade is recorded" in empty["reason"][0]
    with pytest.raises(BadUsage):
        inverse.tariff_equivalents(data, "CHN", "RUS", sigma=(0.5, 8.0, 10.0))


def test_rivals_of_an_item_without_trade_are_refused(data: lb.Data) -> None:
    with pytest.raises(BadUsage, match="no trade"):
        rivals.rivals(data, "RUS", "T")
    with pytest.raises(UnknownLabel):
        rivals.rivals(data, "RUS", "C99")


def test_customs_data_of_2023_put_china_and_russia_above_normal(shared: Path) -> None:
    """BACI totals 2023 with distances of CEPII: all goods, final ones too, a year later than the table of sectors."""
    trade = pl.read_parquet(shared / "data/trade/baci_2023_matrix.parquet")
    near = pl.read_parquet(shared / "data/geography/geodist.parquet")
    frame = trade.with_columns(value_usd=1000 * pl.col("value_kusd")).join(
        near.rename({"origin": "exporter", "destination": "importer"}),
        on=["exporter", "importer"],
        how="left",
    )
    for one, other in (("CHN", "RUS"), ("RUS", "CHN")):
        found = countries.expected(
            frame, "value_usd ~ log(dist_km) + contig + comlang_off + colony", one, other
        )
        line = found.line("all")
        assert line.verdict == country_result.ABOVE
        assert line.observed_usd is not None
        assert line.expected_usd is not None
        assert line.in_sample_usd is not None
        assert line.observed_usd > 2 * line.expected_usd
        assert line.expected_usd < line.in_sample_usd < line.observed_usd
        assert dict(found.dropped)["missing: value_usd"] == 12_044
    missing = countries.expected(frame, "value_usd ~ log(dist_km) + contig", "RUS", "BLR").line("all")
    assert missing.verdict == country_result.REFUSED
