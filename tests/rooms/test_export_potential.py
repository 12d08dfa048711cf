"""Export potential, new products, rivals, market shares and concentration on trade flows: cases worked by hand, refusals
that help.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from landbridge import indicators as ix
from landbridge import load
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.flows import TradeFlows
from landbridge.provenance import Figure, Source, Unavailable

SOURCE = Source("made-up", "Nobody", "Invented for the test", "2020", "https://example.org", "none")
PLACES = [f"P{at:02}" for at in range(12)]
ITEMS = [f"{at:06}" for at in range(15)]


def flows(cube: np.ndarray, year: int = 2020, by: str = "hs6", places: list[str] = PLACES) -> TradeFlows:
    """Flows out of (exporter, importer, item); zeros are not recorded."""
    where = np.nonzero(cube)
    empty = pl.Series([None] * len(where[0]), dtype=pl.Float64)
    frame = pl.DataFrame(
        {
            "exporter": [places[at] for at in where[0]],
            "importer": [places[at] for at in where[1]],
            "item": [ITEMS[at] for at in where[2]],
            "value_usd": cube[where],
            "low_usd": empty,
            "high_usd": empty,
            "status": ["reported"] * len(where[0]),
            "source": [SOURCE.id] * len(where[0]),
        }
    )
    return TradeFlows(year, by, frame, {SOURCE.id: SOURCE})


def world(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    cube = rng.lognormal(0, 1, (12, 12, 15)) * rng.lognormal(0, 1, (12, 1, 15))
    cube *= rng.uniform(size=(12, 1, 15)) < 0.8
    cube[np.arange(12), np.arange(12)] = 0
    return cube


@pytest.fixture(scope="module")
def two_countries(shared: Path) -> TradeFlows:
    """China and Russia by six digits: BACI of 2023, both directions and nobody else."""
    rows = pl.read_parquet(shared / "data" / "trade" / "baci_chn_rus_hs6.parquet").filter(
        pl.col("year") == 2023
    )
    frame = rows.select(
        "exporter",
        "importer",
        item="product_hs6",
        value_usd=pl.col("value_kusd") * 1000,
        low_usd=pl.lit(None, pl.Float64),
        high_usd=pl.lit(None, pl.Float64),
        status=pl.lit("reconciled"),
        source=pl.lit(SOURCE.id),
    )
    return TradeFlows(2023, "hs6", frame, {SOURCE.id: SOURCE})


# --- three places, two items, by hand
#
# Item p: A to B 6, A to C 2, B to C 2: ten in all, eight by A, two by B; B buys six, C four.
# Item q: B to A 3, C to A 1, C to B 4, A to B 2: ten in all, two by A, three by B, five by C; A buys four, B six.

A, B, C, P, Q = 0, 1, 2, 0, 1
HAND = [(A, B, P, 6), (A, C, P, 2), (B, C, P, 2), (B, A, Q, 3), (C, A, Q, 1), (C, B, Q, 4), (A, B, Q, 2)]


def by_hand(**adjusted: object) -> ix.PotentialValues:
    exporter, importer, item, value = (np.array(column) for column in zip(*HAND, strict=True))
    return ix.potential_values(exporter, importer, item, value.astype(float), (3, 2), **adjusted)  # type: ignore[arg-type]


def test_supply_demand_and_ease_by_hand() -> None:
    found = by_hand()
    np.testing.assert_allclose(found.supply, [[0.8, 0.2], [0.2, 0.3], [0.0, 0.5]])
    np.testing.assert_allclose(found.demand, [[0, 4], [6, 6], [4, 0]])
    # A to B trade 8; at world shares it would be 0.8 x 6 + 0.2 x 6 = 6. C to A 1; it would be 0.5 x 4 = 2.
    assert found.ease[A, B] == pytest.approx(8 / 6)
    assert found.ease[C, A] == pytest.approx(1 / 2)
    assert found.ease[C, B] == pytest.approx(4 / 3)
    assert found.ease[C, C] == 0
    # 0.8 x 6 x 4/3 and 0.2 x 6 x 4/3: together 8, as traded.
    np.testing.assert_allclose(found.pair(A, B), [6.4, 1.6])


def test_reexports_growth_and_access_by_hand() -> None:
    # A buys four of q and sells two: half of what it sells counts. Of p it buys nothing.
    np.testing.assert_allclose(by_hand(reexports=True).pair(A, B), [6.4, 0.8])
    # A doubles: its share is 16/18 of p and 4/12 of q. Demand of B for p grows by half, to nine. Ease is of today.
    grown = by_hand(supply_growth=np.array([2.0, 1, 1]), demand_growth=np.array([[1, 1], [1.5, 1], [1, 1]]))
    np.testing.assert_allclose(grown.pair(A, B), [16 / 18 * 9 * 4 / 3, 4 / 12 * 6 * 4 / 3])
    # Tariffs met in the world a tenth above those of others on q.
    np.testing.assert_allclose(by_hand(supply_access=np.array([[1, 1.1]] * 3)).pair(A, B), [6.4, 1.76])


# --- on flows


def test_the_table_follows_the_kernel_and_says_what_is_absent() -> None:
    cube = world()
    found = ix.export_potential(flows(cube), "P00", "P01", reexports=False)
    table = found.table().sort("item")
    where = np.nonzero(cube)
    kernel = ix.potential_values(*where, cube[where], (12, 15))
    by_item = dict(zip(ITEMS, kernel.pair(0, 1), strict=True))
    np.testing.assert_allclose(table["potential_usd"], [by_item[item] for item in table["item"]])
    np.testing.assert_allclose(table["unrealised_usd"], table["potential_usd"] - table["actual_usd"])
    np.testing.assert_allclose(
        table["potential_usd"], table["supply_share"] * table["demand_usd"] * table["ease"]
    )
    assert set(table["status"]) == {"estimated"}
    assert found.absent == (
        "growth of supply",
        "growth of demand",
        "tariffs met in the world",
        "tariffs met in the market",
        "re-exports",
    )
    assert found.potential.value == pytest.approx(found.actual.value)
    assert "not that it is too small" in found.note
    above = table.filter(pl.col("note") == "more is sold than the potential")
    assert (above["unrealised_usd"] < 0).all()
    assert above.height > 0


def test_reexports_are_taken_out_of_products_and_not_of_chapters() -> None:
    for by, absent in (("hs6", False), ("hs2", True)):
        found = ix.export_potential(flows(world(), by=by), "P00", "P01")
        assert ("re-exports" in found.absent) is absent
        assert found.potential.value is not None
        assert found.actual.value is not None
        assert (found.potential.value < 0.999 * found.actual.value) is not absent


def test_an_item_not_yet_sold_has_a_potential_and_a_remark() -> None:
    cube = world()
    cube[0, 1, 3] = 0
    cube[0, 2, 3] = 5
    row = (
        ix.export_potential(flows(cube), "P00", "P01")
        .table()
        .row(by_predicate=pl.col("item") == ITEMS[3], named=True)
    )
    assert row["actual_usd"] == 0
    assert row["unrealised_usd"] == row["potential_usd"] > 0
    assert row["note"] == "nothing is recorded from this exporter"


def test_growth_makes_it_a_forecast_and_names_who_lacks_a_ratio() -> None:
    held = flows(world())
    even = dict.fromkeys(PLACES, 1.2)
    plain = ix.export_potential(held, "P00", "P01")
    # All grow alike: shares do not move.
    alike = ix.export_potential(held, "P00", "P01", adjust=ix.Adjustments(supply_growth=even))
    assert alike.potential.value == pytest.approx(plain.potential.value)
    assert set(alike.table()["status"]) == {"forecast"} == {alike.potential.status.value}
    access = ix.Adjustments(market_access=dict.fromkeys(ITEMS, 0.9))
    taxed = ix.export_potential(held, "P00", "P01", adjust=access)
    assert taxed.potential.value == pytest.approx(0.9 * (plain.potential.value or 0))
    assert taxed.potential.status.value == "estimated"
    assert "tariffs met in the market" not in taxed.absent
    del even["P03"]
    with pytest.raises(BadUsage, match=r"`supply_growth` lacks P03\."):
        ix.export_potential(held, "P00", "P01", adjust=ix.Adjustments(supply_growth=even))
    with pytest.raises(BadUsage, match=r"`market_access` is not positive for 000002\."):
        ix.export_potential(
            held,
            "P00",
            "P01",
            adjust=ix.Adjustments(market_access=dict.fromkeys(ITEMS, 1.0) | {ITEMS[2]: 0.0}),
        )


def test_sectors_say_which_use_they_count() -> None:
    by_sector = load().by_sector
    for only, basis, status in (
        (False, "including imputed final demand", "assumed"),
        (True, "intermediates only", "estimated"),
    ):
        found = ix.export_potential(by_sector, "CHN", "RUS", intermediates_only=only)
        assert (found.basis, found.classification) == (basis, "sector")
        assert set(found.table()["status"]) == {status}
        # Aggregate trade of the two lies above what world shares would make it.
        assert found.ease.value is not None
        assert found.ease.value > 1


def test_a_pair_that_does_not_trade_has_no_ease() -> None:
    cube = world()
    cube[0, 1] = 0
    with pytest.raises(NotHeld, match="ease of trade is unknown"):
        ix.export_potential(flows(cube), "P00", "P01")


# --- new products


def test_new_products_are_those_without_advantage_in_the_order_of_three_ranks() -> None:
    cube = world(4)
    held = flows(cube)
    table = ix.new_products(held, "P02", "P05").table()
    rca = ix.advantage_matrix(cube.sum(axis=1))
    assert isinstance(rca, np.ndarray)
    assert set(table["item"]) == {item for item, value in zip(ITEMS, rca[2], strict=True) if value < 1}
    near, pci = ix.density(rca >= 1)[2], ix.economic_complexity(rca >= 1).pci
    demand = cube[:, 5].sum(axis=0)
    for column, values in (("density_rank", near), ("complexity_rank", pci), ("demand_rank", demand)):
        ordered = table.sort(column)["item"].to_list()
        expected = sorted(ordered, key=lambda item, values=values: -values[ITEMS.index(item)])
        assert ordered == expected
    score = np.prod(
        table.height + 1 - table.select("density_rank", "complexity_rank", "demand_rank").to_numpy(), axis=1
    )
    assert (np.diff(score) <= 0).all()
    assert not [name for name in table.columns if name.endswith("usd")], "ranks only"
    states = dict(table.select("item", "state").iter_rows())
    assert all(
        (state == "sold below") == (cube[2, :, ITEMS.index(item)].sum() > 0) for item, state in states.items()
    )


def test_what_the_market_does_not_buy_is_left_out_and_counted() -> None:
    cube = world(4)
    rca = ix.advantage_matrix(cube.sum(axis=1))
    assert isinstance(rca, np.ndarray)
    lacking = int(np.argmin(rca[2]))
    cube[:, 5, lacking] = 0
    found = ix.new_products(flows(cube), "P02", "P05")
    assert ITEMS[lacking] not in found.table()["item"].to_list()
    assert found.left_out == 1
    assert ix.new_products(flows(cube), "P02").demand_of == "all places"


# --- rivals


def test_rivals_hold_all_purchases_and_their_shares_add_up() -> None:
    cube, later = world(1), world(2)
    later[3, 1, 4] = 0
    found = ix.rivals(flows(later, 2022), "P01", ITEMS[4], earlier=flows(cube, 2020))
    table = found.table()
    assert table["share_pct"].sum() == pytest.approx(100)
    assert table["share_before_pct"].sum() == pytest.approx(100)
    assert table["share_change_pp"].sum() == pytest.approx(0, abs=1e-9)
    rca = ix.advantage_matrix(later.sum(axis=1))
    assert isinstance(rca, np.ndarray)
    for seller, value in table.select("exporter", "rca").iter_rows():
        assert value == pytest.approx(rca[PLACES.index(seller), 4])
    gone = table.row(by_predicate=pl.col("exporter") == "P03", named=True)
    assert (gone["value_usd"], gone["share_pct"]) == (0, 0)
    assert gone["share_change_pp"] == -gone["share_before_pct"] < 0
    assert found.earlier_year == 2020


def test_rivals_of_one_reporter_have_no_advantage_and_say_so() -> None:
    cube = world(1)
    cube[:, [at for at in range(12) if at != 1]] = 0
    found = ix.rivals(flows(cube), "P01", ITEMS[4])
    assert found.table()["rca"].null_count() == found.table().height >= 8
    assert "No revealed advantage is given" in found.note
    with pytest.raises(NotHeld, match=r"with 1 partners \(P02\) only"):
        ix.rivals(flows(cube[2:3], places=["P02", *PLACES]), "P00", ITEMS[4])


def test_rivals_by_sector_keep_the_status_of_the_sale() -> None:
    by_sector = load().by_sector
    found = ix.rivals(by_sector, "RUS", "C28")
    assert set(found.table().filter(pl.col("exporter") != "ROW")["status"]) == {"imputed"}
    assert found.table().row(0, named=True)["exporter"] == "CHN"
    assert set(ix.rivals(by_sector, "RUS", "C28", intermediates_only=True).table()["status"]) == {
        "reconciled"
    }
    with pytest.raises(UnknownLabel, match="no sector is called 'C82'"):
        ix.rivals(by_sector, "RUS", "C82")


# --- market shares


def test_effects_of_market_share_add_up_to_the_change() -> None:
    before, after = world(1), world(2)
    one = ix.market_share(flows(before, 2018), flows(after, 2021), "P00", "P01")
    assert list(one.effects) == ["growth", "items", "competitiveness", "change"]
    all_markets = ix.market_share(flows(before, 2018), flows(after, 2021), "P00")
    assert list(all_markets.effects) == ["growth", "items", "markets", "competitiveness", "change"]
    for found, change in ((one, (after - before)[0, 1].sum()), (all_markets, (after - before)[0].sum())):
        *parts, total = (figure.value for figure in found.effects.values() if isinstance(figure, Figure))
        assert (
            sum(part for part in parts if part is not None) == pytest.approx(total) == pytest.approx(change)
        )
        columns = [f"{name}_usd" for name in found.effects]
        by_item = found.table().select(columns).sum().row(0)
        assert by_item == pytest.approx((*parts, total))
        figure = found.effects["growth"]
        assert isinstance(figure, Figure)
        assert figure.period == "2018/2021"


def test_market_share_wants_two_years_of_one_classification() -> None:
    one = flows(world(1), 2018)
    with pytest.raises(BadUsage, match="must come before"):
        ix.market_share(one, one, "P00", "P01")
    with pytest.raises(BadUsage, match="no items in common"):
        ix.market_share(one, flows(world(2), 2021, by="hs2"), "P00", "P01")


# --- concentration


def test_margins_and_own_groups_of_a_basket() -> None:
    cube = world(1)
    cube[0, 1, :5] = 0
    held = flows(cube)
    found = ix.theil(held, "P00", "P01")
    sold = int((cube[0, 1] > 0).sum())
    assert isinstance(found.between, Figure)
    assert found.between.value == pytest.approx(np.log(15 / sold))
    assert dict(found.table().select("group", "items").iter_rows()) == {"sold": sold, "not sold": 15 - sold}
    groups = {item: item[-1] for item in ITEMS}
    grouped = ix.theil(held, "P00", "P01", groups=groups)
    assert isinstance(grouped.index, Figure)
    assert isinstance(found.index, Figure)
    assert grouped.index.value == pytest.approx(found.index.value)
    table = grouped.table()
    assert table["between"].sum() + table["within"].sum() == pytest.approx(found.index.value)
    with pytest.raises(BadUsage, match="no group is given for 000014"):
        ix.theil(held, "P00", groups=dict.fromkeys(ITEMS[:-1], "one"))


# --- two countries are no world


def test_measures_of_the_world_are_refused_for_two_countries(two_countries: TradeFlows) -> None:
    asked = {
        "Complexity": lambda: ix.complexity(two_countries),
        "Specialisation": lambda: ix.specialisation(two_countries, "RUS"),
        "Export potential": lambda: ix.export_potential(two_countries, "CHN", "RUS"),
        "Rivals": lambda: ix.rivals(two_countries, "RUS", "870323"),
        "Concentration": lambda: ix.theil(two_countries, "RUS"),
        "Constant market share": lambda: ix.market_share(
            TradeFlows(2022, "hs6", two_countries.frame, two_countries.sources), two_countries, "CHN", "RUS"
        ),
    }
    for begins, call in asked.items():
        with pytest.raises(NotHeld, match=rf"^{begins} .*(CHN|RUS).* only\.") as refused:
            call()
        assert "Load a world" in str(refused.value)
    with pytest.raises(NotHeld, match="Complexity"):
        ix.new_products(two_countries, "CHN", "RUS")


def test_measures_of_a_pair_work_on_two_countries(two_countries: TradeFlows) -> None:
    found = ix.intra_industry(two_countries, "CHN", "RUS")
    assert isinstance(found.total, Figure)
    assert isinstance(found.limit, Figure)
    assert found.total.value is not None
    assert found.limit.value is not None
    # Oil one way and machines the other: hardly any product goes both ways.
    assert 0 < found.total.value < 0.1 < found.limit.value
    rows = found.table()
    assert rows["sold_usd"].sum() == pytest.approx(110.7e9, rel=0.05)
    assert set(rows["direction"]) == {"both", "sold only", "bought only"}
    assert (rows.filter(pl.col("direction") != "both")["grubel_lloyd"] == 0).all()
    margins = ix.theil(two_countries, "RUS", "CHN")
    assert isinstance(margins.between, Figure)
    assert isinstance(margins.within, Figure)
    assert (margins.between.value or 0) > 0.5
    assert (margins.within.value or 0) > 2


def test_a_pair_without_trade_is_unavailable_and_not_zero() -> None:
    cube = world()
    cube[0, 1] = 0
    found = ix.intra_industry(flows(cube), "P00", "P01")
    assert isinstance(found.total, Unavailable)
    assert set(found.table()["direction"]) == {"bought only"}
    assert isinstance(ix.theil(flows(cube), "P00", "P01").index, Unavailable)
    with pytest.raises(UnknownLabel, match="no place in the trade flows of 2020 is called 'P99'"):
        ix.intra_industry(flows(cube), "P00", "P99")
