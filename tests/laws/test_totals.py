"""Totals and targets: sums, preferences, gaps, verdicts and growth, on numbers small enough to check by hand."""

from __future__ import annotations

import math
from types import MappingProxyType

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.flows.totals import Totals
from landbridge.ledger import Ledger, Statement
from landbridge.planning import targets
from landbridge.provenance import Figure, Source, Status, Unavailable

SOURCES = {
    name: Source(
        name, name.upper(), "Totals", "2025", "https://example.org", "facts only", weak=name == "blog"
    )
    for name in ("gacc", "fcs", "blog", "other")
}
NAMES = MappingProxyType({"CHN": "China", "RUS": "Russia"})
COLUMNS = (
    "exporter",
    "importer",
    "period",
    "measure",
    "reporter",
    "series",
    "suspect",
    "value_usd",
    "comparator",
    "basis",
    "status",
    "source",
    "note",
)


def row(
    value: float,
    year: str = "2020",
    way: str = "both",
    reporter: str | None = "CHN",
    comparator: str = "=",
    source: str = "gacc",
    series: str = "customs statistics",
    suspect: str = "0",
) -> tuple[object, ...]:
    exporter, importer = {"both": ("CHN", "RUS"), "out": ("CHN", "RUS"), "in": ("RUS", "CHN")}[way]
    measure = "turnover" if way == "both" else "flow"
    return (
        exporter,
        importer,
        year,
        measure,
        reporter,
        series,
        suspect,
        value,
        comparator,
        "unstated",
        "reported",
        source,
        None,
    )


def totals(*rows: tuple[object, ...]) -> Totals:
    return Totals(
        pl.DataFrame(
            rows, schema=dict.fromkeys(COLUMNS, pl.String) | {"value_usd": pl.Float64}, orient="row"
        ),
        SOURCES,
        NAMES,
    )


def target(
    value: float,
    deadline: str,
    announced: str = "2015",
    parties: str = "CHN RUS",
    indicator: str = "trade_turnover",
) -> Ledger:
    shared = {
        "subject": "target/x",
        "kind": "target",
        "source": "gacc",
        "recorded": "2026-01-01",
        "recorder": "t",
    }
    said = [
        Statement(**shared, status=Status.REPORTED, property="name", text="Goal"),
        Statement(**shared, status=Status.REPORTED, property="parties", text=parties),
        Statement(**shared, status=Status.REPORTED, property="indicator", text=indicator),
        Statement(**shared, status=Status.REPORTED, property="announced", text=announced),
        Statement(
            **shared, status=Status.FORECAST, property="value", number=value, unit="USD", period=deadline
        ),
    ]
    return Ledger(said, SOURCES)


def verdict(held: Totals, ledger: Ledger, today: str = "2026-11-21") -> targets.Scored:
    return targets.scorecard(ledger, held, ("CHN",), ("RUS",), ("CHN", "RUS"), today)[0]


def test_a_reporters_two_flows_add_up_to_its_turnover_whichever_side_is_named_first() -> None:
    held = totals(row(30, way="out"), row(12, way="in"), row(40, way="out", reporter="RUS", source="fcs"))
    for pair in (("CHN", "RUS"), ("RUS", "CHN")):
        by = held.turnover_by_reporter(*pair)
        assert set(by) == {"CHN"}
        assert by["CHN"]["2020"].value == 42
        assert sorted(item.value or 0 for item in by["CHN"]["2020"].inputs) == [12, 30]


def test_a_published_turnover_comes_before_a_sum() -> None:
    by = totals(row(30, way="out"), row(12, way="in"), row(41.5)).turnover_by_reporter("CHN", "RUS")
    assert by["CHN"]["2020"].value == 41.5
    assert by["CHN"]["2020"].citation is not None


def test_exact_comes_before_hedged_and_strong_before_weak() -> None:
    hedged, weak, strong = row(50, comparator=">"), row(44, source="blog"), row(43, source="other")
    for rows in ((hedged, weak, strong), (strong, weak, hedged)):
        assert totals(*rows).turnover_by_reporter("CHN", "RUS")["CHN"]["2020"].value == 43
    assert totals(hedged, weak).turnover_by_reporter("CHN", "RUS")["CHN"]["2020"].value == 44
    assert len(totals(hedged, weak, strong).turnover("RUS", "CHN")) == 3, "the others stay"


def test_a_weaker_status_of_one_flow_is_carried_into_the_sum() -> None:
    claimed = (*row(12, way="in")[:10], "claimed", *row(12)[11:])
    assert (
        totals(row(30, way="out"), claimed).turnover_by_reporter("CHN", "RUS")["CHN"]["2020"].status
        is Status.CLAIMED
    )


def test_parts_of_a_year_and_unnamed_reporters_enter_no_sum() -> None:
    held = totals(row(30, "2020-H1", "out"), row(12, "2020-H1", "in"), row(9, way="out", reporter=None))
    assert held.turnover_by_reporter("CHN", "RUS") == {}
    assert held.flow_by_reporter("CHN", "RUS") == {}


def test_two_series_of_one_reporter_stay_apart() -> None:
    held = totals(
        row(10, "2019"),
        row(11, "2020"),
        row(30, "2020", series="press overview"),
        row(33, "2021", series="press overview", comparator="~"),
        row(99, "2022", suspect="1"),
    )
    by = held.turnover_by_series("CHN", "RUS")
    assert set(by) == {("CHN", "customs statistics"), ("CHN", "press overview")}
    assert [figure.value for figure in held.turnover_by_reporter("CHN", "RUS")["CHN"].values()] == [
        10,
        11,
        33,
    ]
    assert len(held.turnover("CHN", "RUS")) == 5, "a suspect value stays where every published total stands"
    change = targets.growth_between(
        by["CHN", "customs statistics"]["2020"], by["CHN", "press overview"]["2021"]
    )
    assert isinstance(change, Unavailable), "growth is within one series only"


def test_the_mirror_gap_is_positive_when_the_importer_says_more() -> None:
    held = totals(row(100, way="out"), row(110, way="out", reporter="RUS", source="fcs"))
    (gap,) = held.mirror("CHN", "RUS")
    assert isinstance(gap.gap_pct, Figure)
    assert gap.gap_pct.value == pytest.approx(10)
    assert held.mirror("RUS", "CHN") == ()


CASES = {
    "met by both": ([row(210, "2024"), row(205, "2024", reporter="RUS")], targets.MET),
    "met by one": ([row(210, "2024"), row(195, "2024", reporter="RUS")], targets.DISPUTED),
    "met exactly": ([row(200, "2024")], targets.MET),
    "met late": ([row(180, "2024"), row(220, "2025")], targets.LATE),
    "missed": ([row(180, "2024"), row(190, "2025")], targets.MISSED),
    "reached early, lost again": ([row(201, "2022"), row(180, "2024")], targets.MISSED),
    "reached before it was set": ([row(250, "2010"), row(180, "2024")], targets.MISSED),
    "not counted yet": ([row(180, "2023")], targets.UNCOUNTED),
    "no count of its year, reached before": ([row(210, "2023"), row(190, "2025")], targets.SKIPPED),
    "no count of its year, reached after": ([row(150, "2023"), row(210, "2025")], targets.SKIPPED),
    "no count of its year, not reached": ([row(150, "2023"), row(190, "2025")], targets.SKIPPED),
    "lost, then regained": ([row(201, "2022"), row(180, "2024"), row(210, "2025")], targets.LATE),
    "nothing held": ([], targets.UNMEASURED),
}


@pytest.mark.parametrize("case", CASES)
def test_verdicts(case: str) -> None:
    rows, said = CASES[case]
    assert verdict(totals(*rows), target(200, "2024")).verdict == said


def test_a_target_is_open_to_the_end_of_its_year() -> None:
    early = totals(row(250, "2023"))
    for today, said in (("2024-12-31", targets.OPEN), ("2025-01-01", targets.UNCOUNTED)):
        assert verdict(early, target(200, "2024"), today).verdict == said, "only its own year's count decides"


def test_what_is_not_turnover_of_the_pair_is_not_judged() -> None:
    held = totals(row(210, "2024"))
    for ledger in (
        target(1, "2024", indicator="exports"),
        target(1, "2024", parties="CHN RUS BLR"),
        target(1, "2024-06"),
    ):
        scored = verdict(held, ledger)
        assert scored.verdict == targets.UNMEASURED
        assert isinstance(scored.needed_growth, Unavailable)


@given(last=st.floats(1e9, 1e12), goal=st.floats(1e9, 1e12), years=st.integers(1, 15))
def test_needed_growth_compounds_back_to_the_target_and_equals_its_log_form(
    last: float, goal: float, years: int
) -> None:
    scored = verdict(totals(row(last, "2020")), target(goal, str(2020 + years)))
    assert isinstance(scored.needed_growth, Figure)
    growth = scored.needed_growth.value
    assert growth is not None
    value = last
    for _ in range(years):
        value *= 1 + growth / 100
    assert value == pytest.approx(goal, rel=1e-9)
    assert growth == pytest.approx(
        100 * math.expm1((math.log(goal) - math.log(last)) / years), rel=1e-6, abs=1e-9
    )
    assert scored.needed_growth.period == f"2020/{2020 + years}"
    assert scored.needed_growth.status is Status.FORECAST


def test_no_growth_leads_from_nothing() -> None:
    assert isinstance(verdict(totals(row(0, "2020")), target(5, "2024")).needed_growth, Unavailable)


def test_the_outlook_spans_the_slowest_and_the_fastest_past() -> None:
    values = {2015: 100.0, 2016: 110.0, 2017: 99.0, 2018: 150.0, 2019: 151.0, 2020: 160.0}
    series = totals(*(row(value, str(year)) for year, value in values.items())).turnover_by_reporter(
        "CHN", "RUS"
    )
    ratios = [values[year + 2] / values[year] for year in range(2015, 2019)]
    last = series["CHN"]["2020"]
    outlook = targets.outlook(last, series, 2022)
    assert isinstance(outlook, Figure)
    assert outlook.low == pytest.approx(160 * min(ratios))
    assert outlook.high == pytest.approx(160 * max(ratios))
    assert (outlook.value, outlook.status, outlook.period) == (None, Status.FORECAST, "2022")
    assert isinstance(targets.outlook(last, series, 2020), Unavailable)
    assert isinstance(targets.outlook(last, series, 2025), Unavailable), "one span says nothing"
    assert isinstance(targets.outlook(last, {}, 2022), Unavailable)


def test_a_year_of_zero_starts_no_span() -> None:
    rows = [row(value, str(2015 + at)) for at, value in enumerate((0, 10, 11, 12, 13))]
    growth = targets.past_growth(totals(*rows).turnover_by_reporter("CHN", "RUS"), 1)
    assert isinstance(growth, Figure)
    assert growth.high == pytest.approx(10)


def test_the_newest_value_and_the_longest_series_are_of_one_reporter() -> None:
    rows = [
        row(9, "2024", reporter="RUS"),
        *(row(5, str(year)) for year in (2022, 2023, 2024)),
        row(7, "2024", reporter=None),
    ]
    series = totals(*rows).turnover_by_reporter("CHN", "RUS")
    reporter, years = targets.longest(series)
    assert reporter == "CHN"
    assert targets.newest_value(series) == ("2024", years["2024"])
    assert targets.longest({}) == ("", {})
    assert targets.newest_value({}) is None
