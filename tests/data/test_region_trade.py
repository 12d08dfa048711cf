"""Published trade of regions: what the table says, that the ledger says the same, and how yuan become dollars."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from landbridge import codes
from landbridge.provenance import Figure, Status
from landbridge.release import Data, embedded, load
from landbridge.release.region_trade import ALL_GOODS, MEASURES, YUAN_PER_DOLLAR, RegionTrade, covered

Rows = list[dict[str, str]]
HEADER = "place,partner,measure,period,value,unit,comparator,scope,status,suspect,source,speaker,note"


@pytest.fixture(scope="module")
def rows(root: Path) -> Rows:
    with (root / "tables" / "region_trade.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def data() -> Data:
    return load(release=embedded())


def test_rows_are_in_known_terms_with_a_listed_source(root: Path, rows: Rows) -> None:
    assert (root / "tables" / "region_trade.csv").read_text("utf-8").splitlines()[0] == HEADER
    listed = set()
    for path in (root / "tables" / "sources").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            listed |= {row["id"] for row in csv.DictReader(file)}
    assert len(rows) > 80
    for row in rows:
        place = codes.place(row["place"])
        assert place.kind in ("region", "macro"), row
        if row["partner"]:
            assert codes.place(row["partner"]).kind == "country"
            assert row["partner"] != place.country, row
        assert row["measure"] in MEASURES, row
        assert (row["unit"] == "%") == row["measure"].startswith("share_of"), row
        assert row["unit"] in ("%", "CNY", "USD"), row
        assert row["comparator"] in ("=", "~", ">"), row
        assert row["status"] in set(Status), row
        assert row["suspect"] in ("0", "1"), row
        assert (row["suspect"] == "1") == ("use with care" in row["note"]), row
        assert float(row["value"]) > 0, row
        assert row["source"] in listed, row
        year, months = covered(row["period"])
        assert 2010 < year < 2027, row
        assert 1 <= months <= 12, row
    keys = [
        tuple(row[k] for k in ("place", "partner", "measure", "period", "unit", "scope", "source"))
        for row in rows
    ]
    assert len(keys) == len(set(keys))


def test_forecasts_and_claims_say_so(rows: Rows) -> None:
    other = {(row["place"], row["period"]): row["status"] for row in rows if row["status"] != "reported"}
    assert other == {("RU-FD-FAREAST", "2024"): "forecast", ("CN-LN", "2023-01/2023-09"): "claimed"}


def test_conflicting_figures_stand_side_by_side(rows: Rows) -> None:
    def values(place: str, measure: str, period: str) -> set[float]:
        chosen = [r for r in rows if (r["place"], r["measure"], r["period"]) == (place, measure, period)]
        return {float(row["value"]) for row in chosen}

    assert values("RU-PRI", "turnover", "2024") == {7.5e9, 6.0e9}
    assert values("CN-LN", "exports", "2023-01/2023-09") == {42.64e9}
    assert values("CN-LN", "exports", "2023") == {14.4e9}
    assert values("RU-AMU", "share_of_place", "2025") | values(
        "RU-AMU", "share_of_place", "2025-01/2025-09"
    ) == {65, 76}


def test_a_period_that_the_source_does_not_state_is_said_to_be_none(rows: Rows) -> None:
    """TASS of 24 October 2025 gives 65 per cent without a period; the year is that of the article."""
    (amur,) = [row for row in rows if row["source"] == "tass-2025-10-24-amur"]
    assert amur["period"] == "2025"
    assert "period not stated" in amur["note"]


def test_turnover_is_exports_plus_imports(rows: Rows) -> None:
    groups: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for row in rows:
        if row["scope"] == ALL_GOODS and row["suspect"] == "0" and row["unit"] != "%":
            groups[row["place"], row["period"], row["unit"], row["source"]][row["measure"]] = float(
                row["value"]
            )
    whole = {key: parts for key, parts in groups.items() if len(parts) == 3}
    assert len(whole) >= 8
    for key, parts in whole.items():
        assert parts["exports"] + parts["imports"] == pytest.approx(parts["turnover"], rel=0.01), key


def ledger_says(root: Path) -> set[tuple[str, str, str, float, str]]:
    """Source, measure, period, value and unit of every statement on the trade of a region."""
    out = set()
    content = yaml.safe_load((root / "tables" / "ledger" / "registers" / "trade.yaml").read_text("utf-8"))
    for entry in content["entries"]:
        says: dict[str, Any] = entry["says"]
        for measure in ("turnover", "exports", "imports", "share"):
            said = says.get(measure, [])
            for item in said if isinstance(said, list) else [said]:
                if item["unit"] in ("USD", "CNY", "%"):
                    value = float(item["value"])
                    out.add((entry["source"], measure, str(item["period"]), value, item["unit"]))
    return out


def test_the_ledger_says_the_same(root: Path, rows: Rows) -> None:
    """The two registers rest on one reading of each source; a row that only one of them has is named here."""
    held = ledger_says(root)
    alone = {"xinhua-2024-01-23-heilongjiang"}
    missing = [
        row
        for row in rows
        if (row["source"], row["measure"].split("_")[0], row["period"], float(row["value"]), row["unit"])
        not in held
        and row["source"] not in alone
    ]
    assert [row for row in missing if row["status"] != "forecast"] == []


def test_figures_of_the_reference_material_are_held(shared: Path, rows: Rows) -> None:
    """Every level that was published on a province or region with the partner country, to the last digit."""
    held = {(row["place"], round(float(row["value"]))) for row in rows if row["unit"] in ("CNY", "USD")}
    with (shared / "data" / "facts" / "facts_regional_trade.csv").open(encoding="utf-8", newline="") as file:
        facts = [row for row in csv.DictReader(file) if re.fullmatch(r"(bn|mn) (USD|CNY)", row["unit"])]
    levels = [row for row in facts if re.match(r"(trade|exports|imports|goods exports)", row["metric"])]
    known = [
        row
        for row in levels
        if re.fullmatch(r"(CN|RU|BY)-[A-Z]+", row["entity"]) and row["partner"] in ("CHN", "RUS")
    ]
    assert len(known) > 35
    scale = {"bn": 1e9, "mn": 1e6}
    lost = [
        row
        for row in known
        if (row["entity"], round(float(row["value_low"]) * scale[row["unit"][:2]])) not in held
    ]
    assert lost == []


def test_printed_dollars_beside_yuan_lie_in_the_stated_range_of_rates(data: Data) -> None:
    """54.9 and 7.7 billion in 2023 (Sputnik); 297.83 billion yuan of all trade of Heilongjiang in 2023 (Xinhua) beside
    the 42.38 billion dollars of the statistics office.
    """
    low, high = YUAN_PER_DOLLAR[2023]
    (whole,) = data.region_trade.of("CN-HL", "")
    office = data.observations.latest("CN-HL", "trade_by_trader")
    assert isinstance(office, Figure)
    assert low <= whole.figure.point / office.point <= high
    liaoning = [
        item
        for item in data.region_trade.of("CN-LN", "RUS")
        if item.measure == "turnover" and item.year == 2023
    ]
    yuan, dollars = (
        next(i.figure.point for i in liaoning if i.figure.unit == unit) for unit in ("CNY", "USD")
    )
    assert low <= yuan / dollars <= high
    assert all(0.95 < ends[0] / ends[1] < 0.97 for ends in YUAN_PER_DOLLAR.values())


def test_a_figure_in_yuan_becomes_an_estimated_range_of_dollars(data: Data) -> None:
    (jilin,) = [
        item
        for item in data.region_trade.of("CN-JL", "RUS")
        if item.measure == "exports" and item.year == 2022 and item.scope == ALL_GOODS
    ]
    made = jilin.in_usd()
    assert isinstance(made, Figure)
    assert made.status is Status.ESTIMATED
    assert made.inputs == (jilin.figure,)
    assert made.low == pytest.approx(6.56e9 / 6.87)
    assert made.high == pytest.approx(6.56e9 / 6.60)
    assert (jilin.low_usd, jilin.high_usd) == (made.low, made.high)
    assert jilin.figure.unit == "CNY"


def test_hedges_widen_and_lower_bounds_stay_open(data: Data) -> None:
    held = {item.figure.cell: item for item in data.region_trade.of("RU-TA", "CHN")}
    more = next(item for item in held.values() if item.year == 2024)
    assert (more.low_usd, more.high_usd) == (3.0e9, None)
    about = next(item for item in held.values() if item.figure.period == "2023-H1")
    assert about.low_usd == pytest.approx(1.425e9)
    assert about.high_usd == pytest.approx(1.575e9)
    assert about.months == 6
    assert not about.whole_year


@pytest.mark.parametrize(
    ("period", "year", "months"),
    [("2023", 2023, 12), ("2021-H1", 2021, 6), ("2018-Q1", 2018, 3), ("2021-01/2021-10", 2021, 10)],
)
def test_periods_tell_their_part_of_the_year(period: str, year: int, months: int) -> None:
    assert covered(period) == (year, months)


def test_a_period_in_another_form_is_noticed(data: Data) -> None:
    frame = data.region_trade.frame.head(1).with_columns(period=pl.lit("spring 2023"))
    with pytest.raises(ValueError, match="spring 2023"):
        RegionTrade(frame, data.sources, data.names).of("CN-HL", "RUS")
