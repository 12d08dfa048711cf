"""Parameters of scenarios: what the tables say, that they follow from their sources by the stated rules, and readers."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import fmean

import polars as pl
import pytest

from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.provenance import Figure, Status, Unavailable
from landbridge.release import Data, embedded, load
from landbridge.release.parameters import SOYA
from landbridge.units import UNITS

Rows = list[dict[str, str]]
HEADERS = {
    "elasticities": "sector theta low high status source sector_map second_values second_source note",
    "elasticity_estimates": "gtap_sector coefficient source",
    "tariffs": "importer exporter sector rate_pct low_pct high_pct year status source method note",
    "hs4_to_sector": "first last sector status",
    "time_values": "sector pct_per_day low high basis status source note",
    "monthly_trade": "exporter importer period value_usd status source",
    "soya": "indicator exporter importer period value unit comparator status source speaker words note",
}
KEYS = {
    "elasticities": ("sector",),
    "elasticity_estimates": ("gtap_sector",),
    "tariffs": ("importer", "exporter", "sector", "year"),
    "hs4_to_sector": ("first",),
    "time_values": ("sector",),
    "monthly_trade": ("exporter", "importer", "period"),
    "soya": ("indicator", "exporter", "importer", "period", "source"),
}
NULL_PRODUCTS = {"coa", "gas", "gdt", "gro"}
GOODS = {s.code for s in codes.sectors() if s.code[0] in "ABC" and s.code != "B09"}


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tables(root: Path) -> dict[str, Rows]:
    return {name: read(root / "tables" / f"{name}.csv") for name in HEADERS}


@pytest.fixture(scope="module")
def data() -> Data:
    return load(release=embedded())


@pytest.mark.parametrize("name", HEADERS)
def test_columns_are_as_documented_and_keys_unique(root: Path, tables: dict[str, Rows], name: str) -> None:
    header = (root / "tables" / f"{name}.csv").read_text("utf-8").splitlines()[0]
    assert header == HEADERS[name].replace(" ", ",")
    page = (root / "docs" / "reference" / "tables.md").read_text("utf-8")
    assert f"## `tables/{name}.csv`" in page
    for column in HEADERS[name].split():
        assert f"`{column}`" in page, column
    keys = [tuple(row[key] for key in KEYS[name]) for row in tables[name]]
    assert not [key for key, count in Counter(keys).items() if count > 1]


def test_sources_are_listed_and_none_is_an_orphan(root: Path, tables: dict[str, Rows]) -> None:
    files = sorted((root / "tables" / "sources").glob("*.csv"))
    listed = {row["id"] for path in files for row in read(path)}
    cited = {row[name] for rows in tables.values() for row in rows for name in row if name.endswith("source")}
    assert cited - {""} <= listed
    own = read(root / "tables" / "sources" / "parameters.csv")
    assert {row["id"] for row in own} <= cited
    for row in own:
        assert row["url"].startswith("http"), row
        assert row["weak"] in ("0", "1"), row
        assert all(row[name] for name in ("publisher", "title", "licence", "kind")), row


def test_what_has_no_source_is_assumed(tables: dict[str, Rows]) -> None:
    for name in ("elasticities", "tariffs", "time_values", "monthly_trade", "soya"):
        for row in tables[name]:
            if row.get("basis") == "not applicable":
                assert row["status"] == row["source"] == row["low"] == "", row
                continue
            assert row["status"] in set(Status), row
            assert row["source"] or row["status"] == "assumed", row


def test_every_sector_has_an_elasticity_in_its_range(tables: dict[str, Rows]) -> None:
    rows = tables["elasticities"]
    assert [row["sector"] for row in rows] == [sector.code for sector in codes.sectors()]
    for row in rows:
        low, theta, high = (float(row[name]) for name in ("low", "theta", "high"))
        assert 0 < low < theta < high < 20, row
        assert row["status"] in ("estimated", "assumed"), row


def test_elasticities_follow_from_the_coefficients_by_the_stated_rule(tables: dict[str, Rows]) -> None:
    """Centre: mean of -coefficient - 1. Range: both readings, a quarter each side, second values in 1 to 20."""
    held = {row["gtap_sector"]: row["coefficient"] for row in tables["elasticity_estimates"]}
    assert {product for product, value in held.items() if not value} == NULL_PRODUCTS
    mapped = Counter[str]()
    for row in tables["elasticities"]:
        products = row["sector_map"].split()
        mapped.update(products)
        if not products:
            assert (row["theta"], row["low"], row["high"], row["status"]) == ("5", "3", "8", "assumed")
            assert row["sector"] not in GOODS
            continue
        if row["sector"] == "B05":
            assert products == ["coa"]
            products = ["oil", "oxt"]
        known = [float(held[product]) for product in products if held[product]]
        second = [float(value) for value in row["second_values"].split()]
        assert all(1 <= value <= 20 for value in second), row
        centre = fmean(-value - 1 for value in known)
        low = min([*(-value - 1 for value in known), 0.75 * centre, *second])
        high = max([*(-value for value in known), 1.25 * centre, *second])
        if row["sector"] == "D":
            low = 3
        found = [float(row[name]) for name in ("theta", "low", "high")]
        assert found == pytest.approx([centre, low, high], rel=1e-5), row
        # What stands in for a missing estimate is named, and the row is then assumed unless others carry it.
        missing = NULL_PRODUCTS & set(row["sector_map"].split())
        assert all(f"({product})" in row["note"] for product in missing), row
        assert (row["status"] == "assumed") == bool(missing - {"gro"}), row
    assert set(mapped) == set(held)
    assert {product for product, count in mapped.items() if count > 1} == {"oxt", "otn"}


def test_extreme_second_values_are_named_and_left_out(tables: dict[str, Rows]) -> None:
    notes = {row["sector"]: row["note"] for row in tables["elasticities"]}
    assert "51.08" in notes["C19"]
    assert "64.44" in notes["C19"]
    for sector in ("C29", "C301", "C302T309"):
        assert "0.37" in notes[sector]
    left_out = {sector for sector, note in notes.items() if "outside 1 to 20" in note}
    assert left_out == {"C19", "C29", "C301", "C302T309"}


def test_coefficients_are_the_published_ones(shared: Path, tables: dict[str, Rows]) -> None:
    published = read(shared / "data" / "elasticities" / "trade_elasticities_gtap.csv")
    assert {row["gtap_sector"]: row["trade_elasticity"] for row in published} == {
        row["gtap_sector"]: row["coefficient"] for row in tables["elasticity_estimates"]
    }


def test_headings_fall_into_one_sector_each(tables: dict[str, Rows]) -> None:
    last = ""
    for row in tables["hs4_to_sector"]:
        assert re.fullmatch(r"\d{4}", row["first"])
        assert last < row["first"] <= row["last"], row
        last = row["last"]
        codes.sector(row["sector"])
    chapters = {f"{n:02}" for row in tables["hs4_to_sector"] for n in _chapters(row)}
    assert {f"{n:02}" for n in range(1, 98)} - chapters == {"77"}


def _chapters(row: dict[str, str]) -> range:
    return range(int(row["first"][:2]), int(row["last"][:2]) + 1)


def test_tariffs_are_cited_cells_inside_their_range(tables: dict[str, Rows]) -> None:
    for row in tables["tariffs"]:
        assert row["source"], row
        assert row["sector"] in GOODS, row
        assert row["rate_pct"] or (row["low_pct"] and row["high_pct"]), row
        ends = [float(row[name]) for name in ("low_pct", "rate_pct", "high_pct") if row[name]]
        assert ends == sorted(ends), row
        assert 0 <= ends[0] <= ends[-1] < 15, row
    russian = {r["sector"] for r in tables["tariffs"] if (r["importer"], r["exporter"]) == ("RUS", "CHN")}
    assert russian == GOODS
    chinese = {(r["exporter"], r["sector"]) for r in tables["tariffs"] if r["importer"] == "CHN"}
    assert chinese == {("RUS", "B05"), ("RUS", "B06"), ("BLR", "C20")}


def test_tariffs_of_russia_are_means_of_headings_by_the_rule(shared: Path, tables: dict[str, Rows]) -> None:
    """Recomputed heading by heading: 2023 weighted by imports; ends over both years, weighted and not."""
    cells: dict[tuple[str, str], list[tuple[float, float | None]]] = defaultdict(list)
    for row in read(shared / "data" / "tariffs" / "rus_on_chn_hs4.csv"):
        sectors = [r["sector"] for r in tables["hs4_to_sector"] if r["first"] <= row["hs4"] <= r["last"]]
        assert len(sectors) == 1, row
        if row["tariff_pct"]:
            imports = float(row["imports_usd"]) if row["imports_usd"] else None
            cells[row["year"], sectors[0]].append((float(row["tariff_pct"]), imports))

    def means(year: str, sector: str) -> tuple[float, float]:
        weighed = [(rate, imports) for rate, imports in cells[year, sector] if imports is not None]
        weighted = sum(rate * imports for rate, imports in weighed) / sum(imports for _, imports in weighed)
        return weighted, fmean(rate for rate, _ in cells[year, sector])

    checked = 0
    for row in tables["tariffs"]:
        if (row["importer"], row["exporter"]) != ("RUS", "CHN"):
            continue
        newer, older = means("2023", row["sector"]), means("2021", row["sector"])
        expected = [min(*newer, *older), newer[0], max(*newer, *older)]
        found = [float(row[name]) for name in ("low_pct", "rate_pct", "high_pct")]
        assert found == pytest.approx(expected, abs=6e-4), row
        checked += 1
    assert checked == len(GOODS)


def test_time_is_dear_for_manufactures_and_cheap_for_bulk(tables: dict[str, Rows]) -> None:
    rows = {row["sector"]: row for row in tables["time_values"]}
    assert list(rows) == [sector.code for sector in codes.sectors()]
    for sector, row in rows.items():
        assert (row["basis"] == "not applicable") == (sector not in GOODS), row
        if row["basis"] == "hummels-schaur":
            assert (row["low"], row["high"], row["pct_per_day"]) == ("0.6", "2.1", ""), row
        elif row["basis"] == "inventory":
            ends = [float(row[name]) * 365 for name in ("low", "pct_per_day", "high")]
            assert ends == pytest.approx([5, 10, 15], rel=2e-3), row
            assert row["status"] == "assumed"
        elif row["basis"] == "mixed":
            assert float(row["low"]) * 365 == pytest.approx(5, rel=2e-3)
            assert row["status"] == "assumed"
    assert {rows[s]["basis"] for s in ("B05", "B06", "B07", "C19", "C24A", "A01")} == {"inventory"}
    assert {rows[s]["basis"] for s in ("C26", "C28", "C29", "C13T15")} == {"hummels-schaur"}


def test_months_are_whole_and_add_up_to_published_years(tables: dict[str, Rows], data: Data) -> None:
    periods = [f"{year}-{month:02}" for year in range(2017, 2025) for month in range(1, 13)]
    for exporter, importer in (("CHN", "RUS"), ("RUS", "CHN")):
        series = data.monthly.series(exporter, importer)
        assert [figure.period for figure in series] == periods
        assert all(figure.unit == "USD" and 1e9 < figure.point < 2e10 for figure in series)
        years = data.totals.flow_by_reporter(exporter, importer)["CHN"]
        for year in ("2017", "2020", "2022", "2023", "2024"):
            added = sum(figure.point for figure in series if figure.period.startswith(year))
            assert added == pytest.approx(years[year].point, rel=0.007), year
    assert len(tables["monthly_trade"]) == 2 * len(periods)
    assert data.monthly.series("BLR", "CHN") == ()


def test_months_are_those_published(shared: Path, data: Data) -> None:
    published = read(shared / "data" / "trade" / "chn_rus_monthly_2017_2024.csv")
    found = [figure.point / 1e9 for figure in data.monthly.series("CHN", "RUS")]
    assert found == pytest.approx([float(row["chn_exports_to_rus_bn_usd"]) for row in published], abs=1e-9)


def test_soya_figures_are_quoted_and_a_third_of_american_supply_exceeds_the_crop(
    tables: dict[str, Rows], data: Data
) -> None:
    for row in tables["soya"]:
        assert row["indicator"] in SOYA
        assert row["unit"] == ("USD" if row["indicator"] == "trade_value" else "t")
        assert row["unit"] in UNITS
        assert row["comparator"] in ("=", "~", "<", ">", ">="), row
        assert len(row["words"].split()) <= 12, row
        assert row["words"] or row["status"] == "reconciled", row
    crop = max(f.point for f in data.soya.figures("crop", "RUS") if f.period == "2024")
    sold = {f.period: f.point for f in data.soya.figures("trade_quantity", "USA", "CHN")}
    assert sold["2024"] / 3 > crop
    assert sold["2022"] / 3 > crop
    # One product, two counts: customs of China and the reconciled flow differ by less than a tenth.
    values = [f.point for f in data.soya.figures("trade_value", "RUS", "CHN") if f.period == "2023"]
    assert len(values) == 2
    assert max(values) / min(values) < 1.1


def test_an_elasticity_carries_what_it_was_made_from(data: Data) -> None:
    food = data.elasticities.theta("C10T12")
    assert food.status is Status.ESTIMATED
    coefficients = [f.point for f in food.inputs if f.cell.startswith("elasticity_estimates:")]
    assert len(coefficients) == 8
    assert food.value == pytest.approx(fmean(-value - 1 for value in coefficients), rel=1e-5)
    assert all(figure.citation is not None for figure in food.inputs)
    finance = data.elasticities.theta("K")
    assert finance.status is Status.ASSUMED
    assert finance.citation is not None
    assert data.elasticities.theta("B05").status is Status.ASSUMED
    with pytest.raises(UnknownLabel, match="C10T12"):
        data.elasticities.theta("C10")
    table = data.elasticities.table()
    assert table.height == 50
    assert table.schema["theta"] == pl.Float64


def test_an_unknown_tariff_is_never_zero(data: Data) -> None:
    cars = data.tariffs.rate("RUS", "CHN", "C29")
    assert isinstance(cars, Figure)
    assert cars.unit == "%"
    assert cars.low is not None
    assert cars.low <= cars.point
    unknown = data.tariffs.rate("CHN", "RUS", "A01")
    assert isinstance(unknown, Unavailable)
    assert "not zero" in str(unknown)
    union = data.tariffs.rate("BLR", "RUS", "C28")
    assert isinstance(union, Figure)
    assert union.value == 0
    # The newest is given unless a year is asked for: coal was free of duty in 2023.
    newest, earlier = (
        data.tariffs.rate("CHN", "RUS", "B05"),
        data.tariffs.rate("CHN", "RUS", "B05", year=2023),
    )
    assert isinstance(newest, Figure)
    assert isinstance(earlier, Figure)
    assert (newest.value, newest.low, newest.high, earlier.value) == (None, 3, 6, 0)
    assert isinstance(data.tariffs.rate("CHN", "RUS", "B05", year=2020), Unavailable)
    with pytest.raises(UnknownLabel):
        data.tariffs.rate("RUSS", "CHN", "C29")


def test_time_has_a_value_for_goods_and_a_reason_for_services(data: Data) -> None:
    machinery = data.time_values.per_day("C28")
    assert isinstance(machinery, Figure)
    assert (machinery.value, machinery.low, machinery.high, machinery.unit) == (None, 0.6, 2.1, "%/day")
    assert isinstance(data.time_values.per_day("K"), Unavailable)
    with pytest.raises(UnknownLabel):
        data.time_values.per_day("ZZ")


def test_soya_refuses_words_it_does_not_know(data: Data) -> None:
    with pytest.raises(UnknownLabel, match="crop"):
        data.soya.figures("crops", "RUS")
    with pytest.raises(BadUsage, match="importer"):
        data.soya.figures("trade_value", "RUS")
    assert data.soya.figures("crop", "BLR") == ()
