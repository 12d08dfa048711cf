"""Every target with what came of it, and the dated ledger of probabilities."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

import landbridge as lb
from landbridge.planning.targets import LATE, MET, MISSED, SKIPPED, UNCOUNTED, UNMEASURED, score
from landbridge.prospects.issued import FIRST, Issued, Judged, broken, issued, judged, mean_brier
from landbridge.prospects.scorecard import CHANGED, MOVED, UNORDERED, Entry, later, scorecard
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


def kinds(entry: Entry) -> set[tuple[str, str]]:
    return {(item.kind, item.subject.removeprefix("target/rus-chn-turnover-")) for item in entry.revisions}


def test_a_goal_that_came_back_with_a_later_year_is_a_revision(entries: dict[str, Entry]) -> None:
    assert (MOVED, "2024") in kinds(entries["target/rus-chn-turnover-2020"])
    # Announced in 2018, before the task of 2023: that one moved the goal, not the other way round.
    assert (MOVED, "2023") in kinds(entries["target/rus-chn-turnover-2024"])
    assert not {"2020", "2024"} & {subject for _, subject in kinds(entries["target/rus-chn-turnover-2023"])}


def test_without_a_date_the_order_of_two_targets_is_not_known(entries: dict[str, Entry]) -> None:
    assert kinds(entries["target/rus-chn-turnover-2030"]) == {(UNORDERED, "2030-officials")}
    assert kinds(entries["target/rus-chn-turnover-2030-officials"]) == {(UNORDERED, "2030")}
    assert not any(item.kind == CHANGED for entry in entries.values() for item in entry.revisions)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("2018", "2012-04-30", True),
        ("2012-04-30", "2018", False),
        ("2023-05", "2023", None),
        ("2023", "2023", None),
        ("2023-05-23", "2023-05-23", False),
        ("", "2018", None),
    ],
)
def test_a_date_is_later_only_where_that_is_known(one: str, other: str, said: bool | None) -> None:
    assert later(one, other) is said


class Counts:
    """Stands in for the totals: one reporter's turnover of China and Russia by year."""

    def __init__(self, data: lb.Data, **years: float) -> None:
        made = data.totals.turnover_by_reporter("CHN", "RUS")["CHN"]["2020"]
        self.years = {name[1:]: replace(made, value=value, period=name[1:]) for name, value in years.items()}

    def turnover_by_reporter(self, *_: str) -> dict[str, dict[str, Figure]]:
        return {"CHN": self.years}


@pytest.mark.parametrize(
    ("years", "verdict", "reached"),
    [
        # The deadline is 2020, the goal 200 billion of April 2012.
        ({"y2019": 250e9, "y2021": 120e9}, SKIPPED, "2019"),
        ({"y2019": 120e9, "y2021": 250e9}, SKIPPED, "2021"),
        ({"y2019": 120e9, "y2021": 130e9}, SKIPPED, ""),
        ({"y2019": 250e9, "y2020": 120e9, "y2022": 230e9}, LATE, "2022"),
        ({"y2019": 250e9, "y2020": 120e9, "y2022": 130e9}, MISSED, "2019"),
        ({"y2019": 250e9, "y2020": 210e9}, MET, "2019"),
        ({"y2019": 250e9}, UNCOUNTED, "2019"),
    ],
)
def test_only_the_count_of_the_deadlines_year_decides(
    data: lb.Data, years: dict[str, float], verdict: str, reached: str
) -> None:
    record = data.ledger.record("target/rus-chn-turnover-2020")
    found = score(record, Counts(data, **years), ("CHN", "RUS"), "2026-11-22")  # type: ignore[arg-type]
    assert (found.verdict, found.reached) == (verdict, reached)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("pipeline-gas-all", "No series of gas is held; no deadline is stated."),
        ("power-of-siberia-2024", "stand in the ledger under crossing/power-of-siberia."),
        ("blr-chn-turnover-2007", "No deadline is stated."),
        ("far-east-china-turnover-2024", "a party is no country of its own"),
        ("blr-chn-services-exports", "No series of exports is held."),
    ],
)
def test_what_is_not_measurable_says_why(entries: dict[str, Entry], subject: str, words: str) -> None:
    assert words.lower() in entries[f"target/{subject}"].why.lower()
    assert all(bool(entry.why) == (entry.scored.verdict == UNMEASURED) for entry in entries.values())


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
