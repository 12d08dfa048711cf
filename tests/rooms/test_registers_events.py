"""Events: series and editions, participants, results, what followed after one and two years."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import landbridge as lb
from landbridge import codes
from landbridge.errors import UnknownLabel
from landbridge.ledger import Ledger, read
from landbridge.provenance import Figure, Unavailable
from landbridge.registers.events import event, events, series
from landbridge.registers.followup import INSIDE, READING, SAME, follow_up, follow_ups
from landbridge.registers.moments import after
from landbridge.release.data import Data

FAIRS = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: s, publisher: Publisher, published: 2024-03}
entries:
  - record: event/fair-3
    source: s
    says:
      name: 3rd Fair
      form: fair
      series: Fair
      parties: [CHN, RUS]
      date: 2010-06-10/2010-06-12
      participants:
        - {value: 40, unit: count, period: 2010, comparator: ">", note: firms}
        - {value: 900, unit: persons, period: 2010, status: forecast, note: visitors}
      contracts: {value: 5000000, unit: USD, period: 2010}
      followed:
        - {value: A second mission, period: 2011-02}
        - {value: A mission planned, period: 2011-03, status: forecast}
  - record: event/fair-5
    source: s
    says: {name: 5th Fair, form: fair, series: Fair, parties: [CHN, RUS], date: 2012-06}
  - record: event/fair-again
    source: s
    says: {name: Fair again, form: fair, series: fair, edition: {value: 5, unit: count}, parties: [CHN, RUS], date: 2013-06}
  - record: event/fair-4
    source: s
    says: {name: Fourth Fair, form: fair, series: Fair, parties: [CHN, RUS], date: 2014-06}
  - record: event/days-2
    source: s
    says: {name: Second Days of Culture, form: days, parties: [CN-HL, RU-KHA], date: {value: 2020-05, status: forecast}}
  - record: event/home
    source: s
    says: {name: At home, form: fair, parties: [CHN, CN-HL], date: 2012}
  - record: document/next-day
    source: s
    says: {name: Next day, type: agreement, parties: [CHN, RUS], signed: 2010-06-13}
  - record: document/same-day
    source: s
    says: {name: Same day, type: agreement, parties: [CHN, RUS], signed: 2010-06-12}
  - record: document/one-year
    source: s
    says: {name: One year, type: agreement, parties: [RU-KHA, CN-HL], signed: 2011-06-12}
  - record: document/second-year
    source: s
    says: {name: Second year, type: agreement, parties: [CHN, RUS, KAZ], signed: 2011-06-13}
  - record: document/too-late
    source: s
    says: {name: Too late, type: agreement, parties: [CHN, RUS], signed: 2012-06-13}
  - record: document/coarse
    source: s
    says: {name: Coarse, type: agreement, parties: [CHN, RUS], signed: 2010}
  - record: document/elsewhere
    source: s
    says: {name: Elsewhere, type: agreement, parties: [CHN, BLR], signed: 2010-09}
  - record: document/wish
    source: s
    says: {name: Wish, type: agreement, parties: [CHN, RUS], signed: {value: 2010-09, status: forecast}}
  - record: project/mill
    source: s
    says:
      name: Mill
      parties: [CHN, RUS]
      stage:
        - {value: negotiated, period: 2009}
        - {value: construction, period: 2011}
  - record: twinning/tie
    source: s
    says: {parties: [RU-KHA, CN-HL], level: region, since: 2011}
"""


@pytest.fixture(scope="module")
def shipped() -> Data:
    return lb.load()


def with_ledger(text: str, folder: Path) -> Data:
    path = folder / "ledger.yaml"
    path.write_text(text, encoding="utf-8")
    file = read(path, [place.code for place in codes.places()])
    data = replace(lb.load())
    data.__dict__["ledger"] = Ledger(file.statements, {source.id: source for source in file.sources})
    return data


@pytest.fixture
def fairs(tmp_path: Path) -> Data:
    return with_ledger(FAIRS, tmp_path)


def test_a_series_names_gaps_numbers_borne_twice_and_numbers_that_fall(fairs: Data) -> None:
    found = {item.name: item for item in series(fairs, "2026")}
    fair = found["Fair"]
    assert [item.number for item in fair.editions] == [3, 5, 5, 4]
    assert fair.gaps == ()
    assert fair.twice == (5,)
    assert [(one.record.subject, other.record.subject) for one, other in fair.backward] == [
        ("event/fair-again", "event/fair-4")
    ]
    row = fair.row()
    assert (row["numbers"], row["twice"]) == ("3 to 5", "5")
    assert found["Days of Culture"].row()["series_from"] == "names"


def test_a_stated_edition_comes_before_the_name(fairs: Data) -> None:
    assert event(fairs, "fair-again", "2026").number == 5
    assert event(fairs, "fair-4", "2026").number == 4
    assert event(fairs, "home", "2026").number is None


def test_an_event_that_was_only_announced_is_not_called_held(fairs: Data) -> None:
    assert event(fairs, "days-2", "2020-04").state == "ahead"
    assert event(fairs, "days-2", "2020-06").state == "announced only"
    assert event(fairs, "fair-3", "2026").state == "held"


def test_numbers_of_one_event_stand_side_by_side_with_what_they_count(fairs: Data) -> None:
    fair = event(fairs, "fair-3", "2026")
    row = fair.row()
    assert row["participants"] in (
        "more than 40 (firms); 900 persons (visitors, expected)",
        "900 persons (visitors, expected); more than 40 (firms)",
    )
    assert row["contracts"] == "5,000,000 USD"
    assert row["figures"].split() == [figure.id for figure in (*fair.participants, *fair.contracts)]


def test_what_followed_keeps_to_the_days_and_the_places(fairs: Data) -> None:
    found = follow_up(fairs, "fair-3", "2026")
    rows = {
        item.record.subject: (item.within, item.certain, item.closeness)
        for item in found.followed
        if item.what != "said to have followed"
    }
    assert rows == {
        "document/next-day": (1, True, SAME),
        "document/one-year": (1, True, INSIDE),
        "document/second-year": (2, True, SAME),
        # Some day of 2010, which may lie before the fair; some day of 2011, which may lie within either year.
        "document/coarse": (1, False, SAME),
        "twinning/tie": (1, False, INSIDE),
    }
    assert [item.statement.text for item in found.followed if item.what == "said to have followed"] == [
        "A second mission"
    ]
    assert {item.row()["reading"] for item in found.followed} == {READING}


def test_the_question_of_an_earlier_day_does_not_see_what_came_later(fairs: Data) -> None:
    found = follow_up(fairs, "fair-3", "2010-12-31")
    assert "document/next-day" in {item.record.subject for item in found.followed}
    assert "document/one-year" not in {item.record.subject for item in found.followed}
    assert found.open == (1, 2)
    assert follow_up(fairs, "fair-3", "2011-06-13").open == (2,)
    assert follow_up(fairs, "fair-3", "2012-06-13").open == ()


def test_an_event_without_a_pair_and_one_ahead_say_why_nothing_is_looked_for(fairs: Data) -> None:
    home = follow_up(fairs, "home", "2026").row()
    assert home["followed_1y"] is None
    assert "one country only" in home["reading"]
    assert "lies ahead" in follow_up(fairs, "fair-5", "2011").row()["reading"]
    with pytest.raises(UnknownLabel, match="event/fair-3"):
        follow_up(fairs, "fare-3", "2026")


def test_trade_after_an_event_is_one_series_of_one_reporter(shipped: Data) -> None:
    found = follow_up(shipped, "xi-state-visit-russia-2019", "2026-11-21")
    (pair,) = found.trade
    assert (pair.base, pair.last) == (2018, 2019)
    rows = shipped.totals.frame.filter(
        (pl.col("series") == "customs statistics")
        & (pl.col("reporter") == "CHN")
        & pl.col("exporter").is_in(["CHN", "RUS"])
        & pl.col("importer").is_in(["CHN", "RUS"])
        & (pl.col("suspect") != "1")
    )

    def turnover(year: str) -> float:
        held = rows.filter(pl.col("period") == year)
        whole = held.filter(pl.col("measure") == "turnover")
        return float((whole if len(whole) else held)["value_usd"].sum())

    assert pair.counted_by == "China (customs statistics)"
    for years in (1, 2):
        change = pair.change(years)
        assert isinstance(change, Figure)
        expected = 100 * (turnover(str(2019 + years)) / turnover("2018") - 1)
        assert change.value == pytest.approx(expected, abs=0.2)
        assert {figure.id for figure in change.inputs} <= {figure.id for figure in pair.years.values()}
        assert "not its effect" in change.note


def test_a_year_that_the_series_lacks_gives_no_change(shipped: Data) -> None:
    found = follow_up(shipped, "russia-visa-free-start", "2026-11-21")
    pair = found.trade[0]
    change = pair.change(2)
    assert isinstance(change, Unavailable)
    assert "2027" in change.reason
    assert pair.row()["change_2_pct"] is None


# The shipped ledger


def test_the_editions_of_the_harbin_fair_come_from_its_names(shipped: Data) -> None:
    harbin = next(item for item in series(shipped, "2026-11-21") if item.name == "Harbin fair")
    numbers = {item.record.subject: item.number for item in harbin.editions}
    assert numbers["event/harbin-fair-30"] == 30
    assert numbers["event/harbin-fair-32"] == 32
    held = set(numbers.values()) - {None}
    assert set(harbin.gaps) == set(range(min(held), max(held))) - held  # type: ignore[type-var]


def test_everything_that_followed_lies_within_its_years_and_names_both_sides(shipped: Data) -> None:
    today = "2026-11-21"
    found = follow_ups(shipped, today)
    assert {item.event.record.text("form") for item in found}.isdisjoint({"shock"})
    assert sum(len(item.followed) for item in found) > 0
    for item in found:
        assert item.event.when is not None or item.why_nothing
        for other in item.followed:
            assert item.event.when is not None
            assert other.within in (1, 2)
            assert len({codes.place(code).country for code in other.record.parties}) >= 2
            if other.certain and other.within == 1:
                assert other.period[:10] <= after(item.event.when.last, 1).isoformat()
            assert other.row()["reading"] == READING
        row = item.row()
        if not item.why_nothing:
            assert row["followed_2y"] >= row["followed_1y"] >= row["followed_1y_same_places"]


def test_every_event_has_a_plain_row(shipped: Data) -> None:
    found = events(shipped, "2026-11-21")
    assert len(found) == len(shipped.ledger.records("event"))
    for item in found:
        row = item.row()
        assert row["name"]
        assert all(value is None or isinstance(value, str | int) for value in row.values())


def test_an_event_that_every_source_spoke_of_before_it_came_is_announced_only(tmp_path: Path) -> None:
    text = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: early, publisher: Publisher, published: 2018-07-17}
  - {id: late, publisher: Publisher, published: 2018-09}
entries:
  - record: event/told
    source: early
    says: {name: Told, form: opening, parties: [CHN, RUS], date: 2018-08-10}
  - record: event/seen
    source: early
    says: {name: Seen, form: opening, parties: [CHN, RUS], date: 2018-08-10}
  - record: event/seen
    source: late
    says: {date: 2018-08-10}
"""
    data = with_ledger(text, tmp_path)
    assert event(data, "told", "2026").state == "announced only"
    assert event(data, "seen", "2026").state == "held"


def test_the_shipped_fair_planned_for_2018_is_not_said_to_have_been_held() -> None:
    assert event(lb.load(), "ciie-2018-announced", "2026-11-22").state == "announced only"
