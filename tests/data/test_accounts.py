"""The embedded input-output account: published check sums, identities, honest shares of imputation."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from landbridge.errors import BadUsage, BrokenRelease, NotHeld, UnknownLabel
from landbridge.flows import InputOutput, TradeFlows, change, indicators
from landbridge.flows.loaded import one_account
from landbridge.provenance import Figure, Source, Status, Unavailable


@pytest.fixture(scope="module")
def accounts(root: Path) -> InputOutput:
    return InputOutput(root / "src" / "landbridge" / "data" / "release" / "flows")


@pytest.fixture(scope="module")
def sources(root: Path) -> dict[str, Source]:
    out = {}
    for path in (root / "tables" / "sources").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                out[row["id"]] = Source.of(row)
    return out


@pytest.fixture(scope="module")
def flows(accounts: InputOutput, sources: dict[str, Source]) -> TradeFlows:
    return TradeFlows.from_accounts(accounts, sources)


@pytest.mark.parametrize(
    ("exporter", "importer", "sector", "bn_usd"),
    [
        ("RUS", "CHN", None, 87.1),
        ("RUS", "CHN", "B06", 34.5),
        ("RUS", "CHN", "C19", 9.4),
        ("CHN", "RUS", None, 27.1),
        ("CHN", "RUS", "C26", 4.5),
        ("BLR", "CHN", None, 2.2),
        ("BLR", "CHN", "C20", 1.07),
        ("CHN", "BLR", None, 1.2),
        ("BLR", "RUS", None, 10.1),
        ("RUS", "BLR", None, 15.9),
        ("CHN", "USA", None, 193.4),
        ("USA", "CHN", None, 145.9),
    ],
)
def test_intermediate_deliveries_have_the_published_sums(
    accounts: InputOutput, exporter: str, importer: str, sector: str | None, bn_usd: float
) -> None:
    cells = accounts.intermediate[:, accounts.place(exporter), accounts.place(importer)]
    found = (cells.sum() if sector is None else cells[accounts.sector(sector)]) / 1e3
    assert found == pytest.approx(bn_usd, abs=0.5 * 10 ** -(2 if sector == "C20" else 1))


def test_sales_add_up_to_gross_output(accounts: InputOutput) -> None:
    published = accounts.frame("output").sort("sector", "place")["output_musd"].to_numpy()
    published = published.reshape(len(accounts.sectors), len(accounts.places))
    large = published > 100
    np.testing.assert_allclose(accounts.output[large], published[large], rtol=1e-4, atol=0.05)
    assert accounts.output.sum() == pytest.approx(published.sum(), rel=1e-6)
    assert accounts.notes["dropped_musd"] < 1e-6 * published.sum()


def test_every_place_buys_what_it_uses(accounts: InputOutput) -> None:
    """Purchases = intermediate use + final use, with final use never pushed up from below zero."""
    used = np.einsum("ksj,sj->kj", accounts.inputs, accounts.output)
    bought = accounts.flows.sum(axis=1)
    assert np.min(bought - used) > -1e-3 * bought.max(axis=0).min()
    np.testing.assert_allclose((used + accounts.final_use).sum(axis=0), bought.sum(axis=0), rtol=1e-6)
    np.testing.assert_allclose(accounts.final_share.sum(axis=0), 1)
    assert np.all(accounts.primary_share > 0)


def test_total_trade_is_balanced_by_assumption_everywhere(accounts: InputOutput) -> None:
    exports, imports = accounts.flows.sum(axis=(0, 2)), accounts.flows.sum(axis=(0, 1))
    np.testing.assert_allclose(exports, imports, rtol=1e-4)


def test_china_to_russia_is_mostly_imputed_and_says_so(flows: TradeFlows) -> None:
    found = flows.explain("CHN", "RUS")
    assert isinstance(found, Figure)
    used, final = found.inputs
    assert found.value is not None
    assert final.value is not None
    assert 0.60 <= final.value / found.value <= 0.72
    assert (used.status, final.status, found.status) == (Status.RECONCILED, Status.IMPUTED, Status.IMPUTED)
    assert found.low is not None
    assert found.high is not None
    # The centre may be an end of the range: it is one of the methods, not their middle.
    assert found.low < found.value <= found.high
    # The order of magnitude that customs data give (75.4 bn USD of goods) lies inside the published range.
    assert found.low < 75.4e9 < found.high


@pytest.mark.parametrize(
    ("exporter", "importer", "low", "high", "centre"),
    [
        ("CHN", "RUS", 40.9, 85.7, "the highest of eight"),
        ("RUS", "CHN", 93.3, 108.6, "the second lowest of eight"),
        ("BLR", "RUS", 11.2, 23.0, "the fourth lowest of eight"),
    ],
)
def test_range_of_a_pair_is_that_of_the_methods_own_totals(
    flows: TradeFlows, exporter: str, importer: str, low: float, high: float, centre: str
) -> None:
    """Adding up extremes of cells would claim a range that no method gives."""
    found = flows.explain(exporter, importer)
    assert isinstance(found, Figure)
    assert found.low is not None
    assert found.high is not None
    used, final = found.inputs
    assert (found.low / 1e9, found.high / 1e9) == pytest.approx((low, high), abs=0.05)
    assert flows.spread is not None
    methods = flows.spread.filter(exporter=exporter, importer=importer)
    assert methods["method"].n_unique() == methods.height == 8
    totals = (used.point + methods["final_usd"]).sort().to_list()
    assert (found.low, found.high) == pytest.approx((totals[0], totals[-1]), rel=1e-5)
    # The published centre is one of the methods, and the figure says which place it has.
    assert methods.filter("central")["final_usd"].to_list() == pytest.approx([final.point], rel=1e-4)
    assert centre in found.note
    assert centre in final.note


def test_ranges_of_all_pairs_lie_inside_the_sums_of_cells(flows: TradeFlows) -> None:
    assert flows.spread is not None
    assert flows.spread.height == 8 * 80 * 80
    cells = (
        flows.frame.filter(pl.col("final_usd").is_not_null())
        .group_by("exporter", "importer")
        .agg(pl.col("intermediate_usd", "final_usd", "low_usd", "high_usd").sum())
    )
    ends = flows.spread.group_by("exporter", "importer").agg(
        low=pl.col("final_usd").min(), high=pl.col("final_usd").max()
    )
    both = cells.join(ends, on=["exporter", "importer"], how="inner")
    assert both.height == cells.height
    # Ends of cells keep ten bits, and cells below a thousand dollars are dropped.
    slack = 1e-3 * pl.col("high_usd") + 5e4
    outside = both.filter(
        (pl.col("intermediate_usd") + pl.col("low") < pl.col("low_usd") - slack)
        | (pl.col("intermediate_usd") + pl.col("high") > pl.col("high_usd") + slack)
        | (pl.col("low") > pl.col("high"))
    )
    assert outside.is_empty()
    # Cells of a sector keep their own extremes, and a sum without totals by method adds them up and says so.
    sector = flows.explain("CHN", "RUS", sector="C26")
    assert isinstance(sector, Figure)
    cell = flows.between("CHN", "RUS").filter(item="C26")
    assert (sector.low, sector.high) == pytest.approx((cell["low_usd"][0], cell["high_usd"][0]))
    bare = TradeFlows(flows.year, "sector", flows.frame, flows.sources).explain("CHN", "RUS")
    whole = flows.explain("CHN", "RUS")
    assert isinstance(bare, Figure)
    assert isinstance(whole, Figure)
    assert bare.low is not None
    assert whole.low is not None
    assert bare.low < whole.low
    assert "sector by sector" in bare.note
    basket_total = indicators.basket(flows, "CHN", "RUS").total
    assert isinstance(basket_total, Figure)
    assert (basket_total.low, basket_total.high) == (whole.low, whole.high)


def test_a_spread_without_its_columns_is_refused(flows: TradeFlows) -> None:
    with pytest.raises(BadUsage, match="a spread of methods lacks the column"):
        TradeFlows(
            flows.year, "sector", flows.frame, flows.sources, pl.DataFrame({"exporter": [], "importer": []})
        )


def test_ranges_contain_the_value_and_the_rest_of_the_world_is_assumed(flows: TradeFlows) -> None:
    frame = flows.table()
    assert frame.filter(
        (pl.col("value_usd") < pl.col("low_usd")) | (pl.col("value_usd") > pl.col("high_usd"))
    ).is_empty()
    rest = frame.filter((pl.col("exporter") == "ROW") | (pl.col("importer") == "ROW"))
    assert rest["status"].unique().to_list() == ["assumed"]
    assert rest["final_usd"].null_count() == rest.height
    assert frame.filter(pl.col("exporter") == pl.col("importer")).is_empty()


def test_origins_of_a_flow_add_up_to_it(accounts: InputOutput, flows: TradeFlows) -> None:
    found = accounts.origin_of("BLR", "RUS")
    total = flows.explain("BLR", "RUS")
    assert isinstance(total, Figure)
    assert found.table()["value_usd"].sum() == pytest.approx(total.value, rel=1e-4)
    assert found.table()["share_pct"].sum() == pytest.approx(100)
    ends = found.table().select("share_low_pct", "share_pct", "share_high_pct").to_numpy()
    assert np.all(np.diff(ends, axis=1) >= 0)
    assert np.all((ends >= 0) & (ends <= 100))
    assert found.table().filter(origin="BLR")["share_high_pct"][0] > found.share_pct("BLR") + 0.1
    # Refining Russian crude makes Russia the second origin of what Belarus sells to it.
    assert found.table()["origin"].to_list()[:2] == ["BLR", "RUS"]
    shares = accounts.frame("origin").group_by("sector", "place").agg(pl.col("share").cast(pl.Float64).sum())
    np.testing.assert_allclose(shares["share"].to_numpy(), 1, atol=2e-5)


def test_labels_are_exact(accounts: InputOutput, flows: TradeFlows) -> None:
    with pytest.raises(UnknownLabel, match="RUS"):
        flows.explain("RUSS", "CHN")
    with pytest.raises(UnknownLabel, match="B06"):
        flows.explain("RUS", "CHN", sector="B6")
    with pytest.raises(UnknownLabel):
        accounts.origin_of("RUS", "ROW")
    with pytest.raises(BadUsage):
        flows.explain("RUS", "CHN", product="27")


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BrokenRelease, match="rebuild"):
        InputOutput(tmp_path).frame("deliveries")


def test_basket_has_figures_with_chains(flows: TradeFlows) -> None:
    found = indicators.basket(flows, "RUS", "CHN")
    assert found.table()["item"][0] == "B06"
    assert found.table()["share_pct"].sum() == pytest.approx(100)
    assert found.basis == "including imputed final demand"
    sold, returned, exports, imports, world = (
        "deliveries:2022/*/RUS/CHN",
        "deliveries:2022/*/CHN/RUS",
        "deliveries:2022/*/RUS/*",
        "deliveries:2022/*/*/CHN",
        "deliveries:2022/*/*/*",
    )
    expected = {
        "hhi": [sold],
        "effective_items": [sold],
        "effective_items_entropy": [sold],
        "complementarity": [exports, imports],
        "intensity": [sold, exports, imports, world],
        "exporter_dependence_pct": [sold, exports],
        "importer_dependence_pct": [sold, imports],
        "similarity": [sold, returned],
    }
    assert list(found.indicators) == list(expected)
    for name, figure in found.indicators.items():
        assert isinstance(figure, Figure), name
        # The total of a pair is derived from its two uses, whose cells name it.
        cells = [item.cell or item.inputs[0].cell.partition("#")[0] for item in figure.inputs]
        assert cells == expected[name]
        # World totals hold trade with the rest of the world, which is assumed.
        assert figure.status is (Status.ASSUMED if exports in cells or imports in cells else Status.IMPUTED)
        if name.endswith("_pct"):
            assert figure.low is not None
            assert figure.high is not None
            assert figure.low <= figure.point <= figure.high
        else:
            assert figure.low is None
            assert "No range is given" in figure.note
            assert re.search(
                r"(49|50) items from A01 to [ST] in the cells deliveries:2022/ITEM/", figure.note
            )
    intensity = found.indicators["intensity"]
    assert isinstance(intensity, Figure)
    flow, out, into, everything = (item.point for item in intensity.inputs)
    assert intensity.value == pytest.approx((flow / out) / (into / everything))
    only = indicators.basket(flows, "RUS", "CHN", intermediates_only=True)
    assert isinstance(only.total, Figure)
    assert only.total.status is Status.RECONCILED
    assert only.basis == "intermediates only"
    for figure in only.indicators.values():
        assert isinstance(figure, Figure)
        assert (figure.status, figure.low) == (Status.RECONCILED, None)
        assert all(item.cell.endswith("#intermediate_musd") for item in figure.inputs)


def test_the_imputed_share_of_a_pair_spans_what_the_methods_span(flows: TradeFlows) -> None:
    total = flows.explain("CHN", "RUS")
    assert isinstance(total, Figure)
    found = indicators.share("imputed part", total.inputs[1], total)
    assert isinstance(found, Figure)
    assert (found.low, found.high) == pytest.approx((33.7, 68.4), abs=0.05)


def test_world_totals_of_several_sources_name_each(sources: dict[str, Source]) -> None:
    first, second = sorted(sources)[:2]
    places = [f"X{i:02}" for i in range(10)]
    frame = pl.DataFrame(
        {
            "exporter": ["X00"] * 9,
            "importer": places[1:],
            "item": ["27"] * 9,
            "value_usd": [1.0] * 9,
            "status": ["reconciled"] * 8 + ["claimed"],
            "source": [first] * 8 + [second],
        }
    ).with_columns(low_usd=pl.lit(None, pl.Float64), high_usd=pl.lit(None, pl.Float64))
    found = TradeFlows(2022, "hs2", frame, sources).whole(exporter="X00")
    assert isinstance(found, Figure)
    assert (found.value, found.status) == (9.0, Status.CLAIMED)
    assert [item.citation.source.id for item in found.inputs if item.citation] == [first, second]


def test_baskets_of_two_places_have_no_world(root: Path, sources: dict[str, Source]) -> None:
    path = root / "tables" / "basket_hs2.csv"
    if not path.is_file():
        pytest.skip("tables/basket_hs2.csv is absent")
    rows = pl.read_csv(path, schema_overrides={"chapter": pl.String})
    years = {
        year: TradeFlows.from_basket(rows.filter(pl.col("year") == year), year, sources)
        for year in (2021, 2022)
    }
    found = indicators.basket(years[2022], "RUS", "CHN")
    assert isinstance(found.indicators["complementarity"], Unavailable)
    assert isinstance(found.indicators["hhi"], Figure)
    assert found.table()["rca"].null_count() == found.table().height
    moved = change(years[2021], years[2022], "CHN", "RUS")
    assert set(moved["state"]) <= {"new", "lost", "kept"}
    assert moved["value_after_usd"].sum() == pytest.approx(
        years[2022].between("CHN", "RUS")["value_usd"].sum(), rel=1e-12
    )
    assert isinstance(years[2022].explain("CHN", "RUS", product="27"), Figure)


def loaded(**changed: list[object]) -> pl.LazyFrame:
    columns: dict[str, list[object]] = {
        "exporter": ["RUS", "RUS", "RUS", "CHN"],
        "importer": ["CHN", "CHN", "CHN", "RUS"],
        "period": ["2022", "2022", "2022", "2022-03"],
        "product": ["270900", "270900", "27", "850440"],
        "nomenclature": ["HS17"] * 4,
        "value_usd": [5.0, 6.0, 7.0, 8.0],
        "reporter": ["RUS", "CHN", "CHN", "CHN"],
        "basis": ["fob", "cif", "cif", "fob"],
        "status": ["reported"] * 4,
        "source": ["OECD"] * 4,
    }
    return pl.LazyFrame(columns | changed)


def test_loaded_reports_are_never_added_up() -> None:
    """Of two reports one counts; a chapter beside its products, or a lone month, does not."""
    found = one_account(loaded(), 2022, "hs2")
    assert found.select("exporter", "item", "value_usd").rows() == [("RUS", "27", 6.0)]
    first_known = loaded(status=["reconciled", "reported", "reported", "reported"])
    assert one_account(first_known, 2022, "hs6")["value_usd"].to_list() == [5.0]
    with pytest.raises(NotHeld, match="complete year"):
        one_account(loaded(), 2021, "hs6")


def test_pairs_cover_the_world_and_are_symmetric(accounts: InputOutput) -> None:
    pairs = accounts.frame("pairs")
    assert {"CHN", "RUS", "BLR", "MNG", "KAZ"} <= set(pairs["exporter"])
    back = pairs.rename({"exporter": "importer", "importer": "exporter"})
    both = pairs.join(back, on=["exporter", "importer"], suffix="_back")
    assert both.height == pairs.height
    for name in ("distance_km", "contiguous", "common_language"):
        assert (both[name] == both[f"{name}_back"]).all(), name
    neighbours = pairs.filter((pl.col("exporter") == "CHN") & pl.col("contiguous"))["importer"]
    assert {"RUS", "MNG", "KAZ"} <= set(neighbours)
    assert "BLR" not in set(neighbours)


@pytest.mark.shared
def test_distances_agree_with_geodist(accounts: InputOutput, shared: Path) -> None:
    other = pl.read_parquet(shared / "data" / "geography" / "geodist.parquet")
    both = (
        accounts.frame("pairs")
        .join(other, left_on=["exporter", "importer"], right_on=["origin", "destination"])
        .filter(pl.col("exporter") != pl.col("importer"))
        .drop_nulls("distwces_km")
    )
    ratio = np.log((both["distance_km"].cast(pl.Float64) / both["distwces_km"]).to_numpy())
    assert abs(np.median(ratio)) < 0.01
    assert np.quantile(np.abs(ratio), 0.95) < 0.10


@pytest.mark.shared
def test_final_use_ratios_follow_from_the_wiod_table(root: Path, shared: Path) -> None:
    with np.load(shared / "data" / "io" / "wiod_2011.npz", allow_pickle=True) as held:
        used = held["Z_musd"].astype(float).reshape(41, 35, 41, 35).sum(axis=3)
        final = np.maximum(held["F_musd"].astype(float).reshape(41, 35, 41, 5).sum(axis=3), 0)
    home = np.eye(41, dtype=bool)[:, None, :]
    rows = pl.read_csv(root / "tables" / "final_use_ratios.csv")
    assert rows.height == 50
    for row in rows.iter_rows(named=True):
        k = [int(code[1:]) - 1 for code in row["wiod_industries"].split()]
        for name, side in (("domestic_ratio", home), ("cross_border_ratio", ~home)):
            ratio = (final[:, k] * side).sum() / (used[:, k] * side).sum()
            assert row[name] == pytest.approx(ratio, abs=1e-4), (row["sector"], name)


def test_every_chapter_is_split_into_known_sectors(root: Path, accounts: InputOutput) -> None:
    rows = pl.read_csv(
        root / "src" / "landbridge" / "codes" / "chapter_to_sector.csv",
        schema_overrides={"chapter": pl.String},
    )
    sums = rows.group_by("chapter").agg(pl.col("weight").sum())
    np.testing.assert_allclose(sums["weight"].to_numpy(), 1)
    assert sums.height == 96
    assert set(rows["sector"]) <= set(accounts.sectors)
