"""The worked scenarios: files that are read and sourced, sizes that follow from tables, and a csv that is not stale."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landbridge.release import Data, embedded, load
from landbridge.scenarios.headlines import RESOLUTION, verdict
from landbridge.scenarios.making import solve
from landbridge.scenarios.reading import read
from landbridge.scenarios.sizes import ASSUMED, Cited, Range
from landbridge.scenarios.spec import Scenario

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import build_scenarios  # noqa: E402

SLUGS = build_scenarios.SLUGS
# Markets clear to 1e-10: a change is known to that part of its base, however small it is itself.
CLEARED = 1e-10


@pytest.fixture(scope="module")
def data() -> Data:
    return load(release=embedded())


@pytest.fixture(scope="module")
def held() -> dict[str, list[dict[str, str]]]:
    return build_scenarios.held()


def scenario(slug: str) -> Scenario:
    return read(build_scenarios.SCENARIOS / f"{slug}.yaml")


def soya(indicator: str, period: str, **where: str) -> float:
    """The first figure of tables/soya.csv that fits."""
    with (ROOT / "tables" / "soya.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            fits = all(row[key] == value for key, value in where.items())
            if fits and (row["indicator"], row["period"]) == (indicator, period):
                return float(row["value"])
    raise AssertionError((indicator, period, where))


def test_every_file_is_in_the_build() -> None:
    assert {path.stem for path in build_scenarios.SCENARIOS.glob("*.yaml")} == set(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_size_has_a_range_and_a_source_and_the_file_says_what_is_missing(slug: str) -> None:
    found = scenario(slug)
    assert found.description
    assert len(found.not_captured) >= 4
    assert len(set(found.labels)) == len(found.changes)
    for change in found.changes:
        for source in (change.source, *change.sources.values()):
            assert source == ASSUMED or (isinstance(source, Cited) and source.publisher and source.date)
        for name, size in change.ranges().items():
            # A tariff taken off is the question, not a guess.
            assert not size.certain or name == "to_pct", (change.label, name)


@pytest.mark.parametrize("slug", SLUGS)
def test_central_values_are_those_of_the_csv(
    slug: str, data: Data, held: dict[str, list[dict[str, str]]]
) -> None:
    run = solve(scenario(slug), data)
    found = run.table().to_dicts()
    assert len(found) == len(held[slug])
    for now, then, measure in zip(
        found, held[slug], run.layout.measures(run.scenario.headlines), strict=True
    ):
        for name in ("measure", "place", "exporter", "importer", "unit", "concept", "closure"):
            assert (now[name] or "") == then[name]
        base = 100.0
        if measure.unit != "%":
            base = float(run.layout.base_usd(measure, run.central.outcomes).max())
        for name in ("value", "prior_low", "prior_high", "spread"):
            assert now[build_scenarios.COLUMNS[name]] == pytest.approx(
                float(then[name]), rel=1e-6, abs=CLEARED * base
            ), (measure.key, name)
        assert now["residual"] < 1e-9


def test_the_csv_is_small_and_whole(held: dict[str, list[dict[str, str]]]) -> None:
    assert tuple(held) == SLUGS
    assert build_scenarios.TABLE.stat().st_size < 100_000
    for slug, rows in held.items():
        assert {row["title"] for row in rows} == {scenario(slug).name}
        assert {(row["draws"], row["seed"]) for row in rows} == {("500", "1")}
        for row in rows:
            assert tuple(row) == build_scenarios.HEADER
            assert float(row["low"]) < float(row["high"])
            assert float(row["prior_low"]) <= float(row["value"]) <= float(row["prior_high"])


def test_verdicts_follow_the_rule(held: dict[str, list[dict[str, str]]]) -> None:
    for rows in held.values():
        for row in rows:
            if "solver" in row["reason"]:
                assert row["verdict"] == "undetermined"
                continue
            numbers: list[Any] = [
                float(row[name]) for name in ("value", "prior_low", "prior_high", "low", "high")
            ]
            value, prior_low, prior_high, low, high = numbers
            wanted = verdict(value, [prior_low, prior_high], low, high, 0.0)
            assert (row["verdict"], row["reason"]) == wanted
    assert RESOLUTION < 1e-6


def test_a_third_of_american_soya_is_more_than_russia_grows() -> None:
    third = soya("trade_quantity", "2022", exporter="USA") / 3
    assert third > soya("crop", "2023", exporter="RUS")
    extra = soya("crop", "2025", exporter="RUS") - soya("crop", "2023", exporter="RUS")
    assert 0 < extra < third


@pytest.mark.parametrize(("slug", "part"), [("soya", "third"), ("soya-within-crop", "crop")])
def test_changes_of_soya_are_its_value_over_the_sector(slug: str, part: str, data: Data) -> None:
    dollars_a_tonne = soya("trade_value", "2022", exporter="RUS") / soya(
        "trade_quantity", "2022", exporter="RUS"
    )
    extra = soya("crop", "2025", exporter="RUS") - soya("crop", "2023", exporter="RUS")
    value = soya("trade_value", "2022", exporter="USA") / 3 if part == "third" else extra * dollars_a_tonne
    for change, sign in zip(scenario(slug).changes, (1, -1), strict=True):
        bases = []
        for name in data.accounts.variants:
            account = data.accounts.variant(name)
            cell = tuple(
                labels.index(label)
                for labels, label in (
                    (account.sectors, "A01"),
                    (account.places, change.exporter),
                    (account.places, change.importer),
                )
            )
            bases.append(float(account.flows[cell]) * 1e6)
        size = change.ranges()["flow_change_pct"]
        wanted = sign * 100 * value / np.array(bases)
        assert size.value == pytest.approx(wanted[0], rel=0.02)
        assert (size.low, size.high) == pytest.approx((wanted.min(), wanted.max()), rel=0.02)


def test_what_china_would_lose_in_revenue_on_food(data: Data) -> None:
    """About 0.34 billion dollars at the central rates, all of it counted."""
    account = data.accounts.variant("composite")
    at = account.places.index("RUS"), account.places.index("CHN")
    lost = 0.0
    for change in scenario("tariff-free-food").changes[1:]:
        (code,) = change.codes
        assert change.to_pct == Range(0)
        rate = change.ranges()["from_pct"].value / 100
        lost += rate * float(account.flows[account.sectors.index(code), *at])
    assert lost == pytest.approx(340, abs=30)


def test_with_its_revenue_counted_china_gains_little_and_not_for_certain(data: Data) -> None:
    """As a fall of cost without revenue the same rates gave it 430 million dollars, nearly all of it revenue lost."""
    rows = solve(scenario("tariff-free-food"), data).real_income("CHN").table().to_dicts()
    (row,) = (row for row in rows if (row["place"], row["unit"]) == ("CHN", "USD"))
    assert row["central"] == pytest.approx(47e6, rel=0.1)
    assert row["prior_low"] < 0 < row["prior_high"]
    assert row["verdict"] == "undetermined"


@pytest.mark.parametrize(
    ("slug", "assumed"),
    [
        ("settlement-friction", {"money sent back": {"capital_cost_pct", "share_pct"}}),
        ("halve-border-time", {"Other goods to China by rail": {"share_pct"}}),
    ],
)
def test_what_a_file_assumes_is_not_laid_to_its_source(slug: str, assumed: dict[str, set[str]]) -> None:
    held = dict(zip(scenario(slug).labels, scenario(slug).changes, strict=True))
    for label, names in assumed.items():
        change = held[label]
        assert isinstance(change.source, Cited)
        assert {name for name in change.ranges() if change.source_of(name) == ASSUMED} == names


def test_services_between_belarus_and_china(data: Data) -> None:
    """0.8 billion dollars, most of it transport and trade margins."""
    account = data.accounts.variant("composite")
    one, other = account.places.index("BLR"), account.places.index("CHN")
    both = account.flows[:, one, other] + account.flows[:, other, one]
    held = dict(zip(account.sectors, both.tolist(), strict=True))
    codes = scenario("belarus-china-services").changes[0].codes
    assert len(codes) == 23
    total = sum(held[code] for code in codes)
    assert total == pytest.approx(800, abs=50)
    assert sum(held[code] for code in ("G", "H49", "H50", "H51", "H52", "H53")) > 0.6 * total


def parts(slug: str, place: str, unit: str, data: Data) -> dict[str, float]:
    """What each change of a scenario adds to real income of a place."""
    found = solve(scenario(slug), data).contributions(data).table().to_dicts()
    return {row["part"]: row["contribution"] for row in found if (row["place"], row["unit"]) == (place, unit)}


def test_russia_loses_from_its_own_cut_and_gains_from_that_of_china(data: Data) -> None:
    found = parts("tariff-free-food", "RUS", "USD", data)
    own, *others = (found[label] for label in scenario("tariff-free-food").labels)
    assert own < 0 < min(others)


def test_without_balanced_trade_tariff_free_food_is_worth_more_to_russia(data: Data) -> None:
    """Two and a third to three and three quarter times."""
    run = solve(scenario("tariff-free-food"), data)
    income = next(row for row in run.table().to_dicts() if row["place"] == "RUS" and row["unit"] == "%")
    free = [income[name] / income["central"] for name in income if name.endswith("_free")]
    assert len(free) == 4
    assert (min(free), max(free)) == pytest.approx((2.34, 3.71), abs=0.1)


@pytest.mark.parametrize(("place", "called", "factor"), [("RUS", "Russia", 1.9), ("CHN", "China", 2.5)])
def test_lower_productivity_counts_again_through_inputs(
    place: str, called: str, factor: float, data: Data
) -> None:
    slowdown = next(
        change
        for change in scenario("slowdown-and-devaluation").changes
        if change.label == f"slowdown in {called}"
    )
    size = slowdown.ranges()["change_pct"].value
    found = parts("slowdown-and-devaluation", place, "%", data)
    assert found[slowdown.label] / size == pytest.approx(factor, abs=0.15)


def test_other_sales_of_russia_fall_when_soya_rises(
    held: dict[str, list[dict[str, str]]], data: Data
) -> None:
    account = data.accounts.variant("composite")
    farm = account.flows[
        account.sectors.index("A01"), account.places.index("RUS"), account.places.index("CHN")
    ]
    (row,) = (row for row in held["soya"] if (row["exporter"], row["unit"]) == ("RUS", "USD"))
    soya_alone = scenario("soya").changes[0].ranges()["flow_change_pct"].value / 100 * float(farm) * 1e6
    assert float(row["value"]) < 0.9 * soya_alone


def test_what_soya_would_have_to_cost(data: Data) -> None:
    """The page says a third cheaper and 8 % dearer."""
    russian, american = solve(scenario("soya"), data).central.shadow
    assert (russian.exporter, american.exporter) == ("RUS", "USA")
    assert russian.cost_pct == pytest.approx(-34.5, abs=1)
    assert american.cost_pct == pytest.approx(8.3, abs=0.4)
