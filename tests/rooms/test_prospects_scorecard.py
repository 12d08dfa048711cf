"""Every target with what came of it, and the dated ledger of probabilities."""

from __future__ import annotations

import polars as pl
import pytest

import landbridge as lb
from landbridge.prospects.issued import FIRST, Issued, Judged, broken, issued, judged, mean_brier
from landbridge.prospects.scorecard import CHANGED, MOVED, Entry, scorecard
from landbridge.provenance import Figure, Unavailable


@pytest.fixture(scope="module")
def data() -> lb.Data:
    return lb.load()


@pytest.fixture(scope="module")
def entries(data: lb.Data) -> dict[str, Entry]:
    return {entry.record.subject: entry for entry in scorecard(data)}


def test_every_target_of_the_ledger_with_a_value_is_listed(data: lb.Data, entries: dict[str, Entry]) -> None:
    stated = [record for record in data.ledger.records("target") if record.first("value") is not None]
    assert set(entries) == {record.subject for record in stated}


def test_the_goal_for_2024_was_met_early_by_growth_above_what_it_needed(entries: dict[str, Entry]) -> None:
    entry = entries["target/rus-chn-turnover-2024"]
    assert entry.scored.verdict == "met"
    assert entry.scored.reached == "2023"
    assert entry.announced == "2018"
    assert "Presidents of Russia and China" in entry.announcers
    # From China's count of 2017 (USD 84 billion) to 2024.
    assert isinstance(entry.needed_then, Figure)
    assert isinstance(entry.got, Figure)
    base, end = entry.got.inputs
    assert (base.period, end.period) == ("2017", "2024")
    assert entry.needed_then.point == pytest.approx(100 * ((200e9 / base.point) ** (1 / 7) - 1))
    assert entry.got.point > entry.needed_then.point


def test_a_goal_that_came_back_with_a_later_year_is_a_revision(entries: dict[str, Entry]) -> None:
    kinds = {(item.kind, item.subject) for item in entries["target/rus-chn-turnover-2020"].revisions}
    assert (MOVED, "target/rus-chn-turnover-2024") in kinds
    kinds = {(item.kind, item.subject) for item in entries["target/rus-chn-turnover-2030"].revisions}
    assert (CHANGED, "target/rus-chn-turnover-2030-officials") in kinds


def test_growth_needed_is_not_told_where_the_base_is_not_held(entries: dict[str, Entry]) -> None:
    entry = entries["target/rus-chn-turnover-2015"]
    assert entry.announced == "2012-04-30"
    assert isinstance(entry.needed_then, Unavailable)
    assert "not held" in entry.needed_then.reason


def test_a_target_of_a_region_is_not_measured_by_the_country(entries: dict[str, Entry]) -> None:
    entry = entries["target/far-east-china-turnover-2024"]
    assert entry.pair == ()
    assert entry.scored.verdict == "not measurable"


def row(previous: str, probability: float = 30.0, by: int = 2030, value: float = 400e9) -> Issued:
    return Issued(
        "2020-01-01",
        "",
        "trade_turnover",
        "CHN",
        "RUS",
        "CHN",
        "customs statistics",
        "in year",
        value,
        by,
        probability,
        10.0,
        50.0,
        "naive",
        2019,
        1e11,
        "0",
        previous,
    )


def table(*rows: Issued) -> pl.DataFrame:
    return pl.DataFrame([{name: str(value) for name, value in item.row().items()} for item in rows])


def test_a_changed_or_missing_row_breaks_the_chain() -> None:
    first = row(FIRST)
    second = row(first.id, 40.0)
    third = row(second.id, 50.0)
    whole = table(first, second, third)
    assert broken(whole) is None
    assert issued(whole) == (first, second, third)
    assert broken(table(first, third)) == third.id
    assert broken(whole.with_columns(probability_pct=pl.lit("99.0"))) == first.id


def test_the_shipped_chain_is_whole(data: lb.Data) -> None:
    assert broken(data.issued) is None
    assert len(data.issued) > 0
    assert {item.record for item in issued(data.issued)} >= {"target/rus-chn-turnover-2030"}


def test_an_outcome_is_judged_by_the_count_it_was_issued_for(data: lb.Data) -> None:
    early = row(FIRST, 30.0, by=2020, value=100e9)

    class Held:
        """Stands in for the data with rows of its own."""

        issued = table(early, row(early.id, 80.0, by=2021, value=300e9))
        totals = data.totals

    first, second = judged(Held())  # type: ignore[arg-type]
    # China counted USD 107.8 billion in 2020 and far less than 300 in 2021.
    assert (first.outcome, second.outcome) == (1, 0)
    assert first.brier == pytest.approx(0.49)
    assert second.brier == pytest.approx(0.64)
    assert mean_brier((first, second)) == pytest.approx(0.565)


def test_what_is_not_counted_yet_has_no_score() -> None:
    assert Judged(row(FIRST), None, None).brier is None
    assert mean_brier([Judged(row(FIRST), None, None)]) is None
