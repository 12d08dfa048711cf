"""The timeline of a pair: order, one line for one fact, both sources named, what is ahead, what has no date."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import landbridge as lb
from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.ledger import Ledger, read
from landbridge.registers.timeline import KINDS, Moment, Timeline, timeline
from landbridge.release.data import Data

HEAD = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: one, publisher: First Paper, published: 2024-03}
  - {id: two, publisher: Second Paper, published: 2024-04}
entries:
"""
BRIDGE = (
    HEAD
    + """
  - record: project/bridge
    source: one
    says:
      name: Long river bridge
      parties: [RU-AMU, CN-HL]
      stage: [{value: construction, period: 2016-12}, {value: operating, period: 2022-06}]
      planned_opening: {value: 2019-10, as_of: 2018}
  - record: project/bridge
    source: two
    says:
      stage: {value: operating, period: 2022-06-10}
      planned_opening: {value: 2019-10, as_of: 2018}
  - record: crossing/bridge
    source: two
    says: {name: River bridge, parties: [RUS, CHN], near: [RU-AMU, CN-HL], mode: bridge-road, opened: 2022-06-10}
  - record: event/opening
    source: one
    speaker: The governor
    says:
      name: Opening of the river bridge
      form: opening
      parties: [RU-AMU, CN-HL]
      date: 2022-06-10
      result: Eight lorries cross
  - record: event/other
    source: one
    says: {name: Opening of a school, form: opening, parties: [RU-AMU, CN-HL], date: 2022-06-10}
  - record: document/pact
    source: one
    says:
      name: The pact
      type: agreement
      parties: [RUS, CHN]
      signed: 2015-03-02
      obligation: [{value: Build it, period: 2018}, Be friends]
  - record: document/pact
    source: two
    says: {signed: 2015}
  - record: document/quarrel
    source: one
    says: {name: Quarrel, type: agreement, parties: [RUS, CHN], signed: 2011}
  - record: document/quarrel
    source: two
    says: {signed: 2012}
  - record: target/trade
    source: one
    says:
      name: Trade of the two
      parties: [RUS, CHN]
      indicator: trade_turnover
      announcer: A minister
      announced: 2020-05
      value: {value: 300000000000, unit: USD, period: 2030}
  - record: mechanism/club
    source: one
    says:
      name: The Club
      form: bloc
      parties: [RUS, CHN]
      since: 2001-06-15
      member:
        - {value: CHN, from: 2001-06-15}
        - {value: RUS, from: 2001-06-15}
        - {value: IND, from: 2017-06-09}
  - record: barrier/duty
    source: one
    says:
      name: Duty
      form: tariff
      parties: [RUS, CHN]
      since: 2020-01-01
      until: {value: 2028-12-31, status: forecast}
  - record: twinning/tie
    source: one
    says:
      parties: [RU-KHA, CN-HL]
      level: region
      active: {value: Delegation in Harbin, period: 2019-05-02}
  - record: event/visit
    source: one
    says: {name: Delegation of the krai, form: visit, parties: [RU-KHA, CN-HL], date: 2019-05-02}
  - record: document/undated
    source: one
    says: {name: Nobody knows when, type: memorandum, parties: [RU-KHA, CN-HL]}
"""
)


def with_ledger(text: str, folder: Path) -> Data:
    path = folder / "ledger.yaml"
    path.write_text(text, encoding="utf-8")
    file = read(path, [place.code for place in codes.places()])
    data = replace(lb.load())
    data.__dict__["ledger"] = Ledger(file.statements, {source.id: source for source in file.sources})
    return data


@pytest.fixture
def held(tmp_path: Path) -> Data:
    return with_ledger(BRIDGE, tmp_path)


@pytest.fixture(scope="module")
def shipped() -> Data:
    return lb.load()


def of(found: Timeline, record: str) -> list[Moment]:
    return [item for item in (*found.moments, *found.undated) if record in {r.subject for r in item.records}]


def test_one_opening_in_three_registers_is_one_line_with_both_sources(held: Data) -> None:
    found = timeline(held, "RUS", "CHN", "2026-11-22")
    opening = next(item for item in found.moments if "Eight lorries" in item.what)
    # The month of one source lies within the day of the other: one fact, dated by the more exact.
    assert opening.period == "2022-06-10"
    assert {r.subject for r in opening.records} == {"event/opening", "crossing/bridge", "project/bridge"}
    assert set(opening.said_by) == {"The governor, in First Paper", "First Paper", "Second Paper"}
    # Another opening on the same day between the same regions is another fact.
    school = of(found, "event/other")
    assert len(school) == 1
    assert school[0].records == (held.ledger.record("event/other"),)


def test_a_plan_told_twice_is_one_line_and_never_reads_as_done(held: Data) -> None:
    found = timeline(held, "RUS", "CHN", "2026-11-22")
    plans = [item for item in found.moments if item.what.startswith("Planned opening")]
    assert [item.period for item in plans] == ["2019-10"]
    assert sorted(plans[0].said_by) == ["First Paper", "Second Paper"]
    assert plans[0].state == "was expected"


def test_a_less_exact_date_joins_and_another_date_stays_apart(held: Data) -> None:
    found = timeline(held, "RUS", "CHN", "2026-11-22")
    signed = [item for item in of(found, "document/pact") if item.what.startswith("Signed")]
    assert [item.period for item in signed] == ["2015-03-02"]
    assert sorted(signed[0].said_by) == ["First Paper", "Second Paper"]
    quarrel = of(found, "document/quarrel")
    assert [item.period for item in quarrel] == ["2011", "2012"]
    assert quarrel[0].note == "sources differ: also given as 2012"


def test_deadlines_and_ends_move_with_the_day(held: Data) -> None:
    def states(today: str) -> dict[str, str]:
        found = timeline(held, "RUS", "CHN", today)
        return {item.what: item.state for item in (*found.moments, *found.undated)}

    build, goal = "Promise of The pact: Build it", "Target falls due: Trade of the two, 300 billion USD"
    assert states("2018-12-31")[build] == "deadline ahead"
    assert states("2019")[build] == "deadline passed"
    assert states("2026-11-22")[goal] == "deadline ahead"
    assert states("2026")["Barrier ends: Duty"] == "ahead"
    # That it was to end does not say that it did.
    assert states("2029")["Barrier ends: Duty"] == "was expected"
    assert states("2019")["Barrier from then: Duty"] == "ahead"
    # A promise without a deadline has none, and stands apart.
    assert states("2029")["Promise of The pact: Be friends"] == "no date"


def test_members_that_found_a_mechanism_are_its_beginning_and_third_ones_do_not_count(held: Data) -> None:
    club = of(timeline(held, "RUS", "CHN", "2026-11-22"), "mechanism/club")
    assert [(item.period, item.what) for item in club] == [("2001-06-15", "Begins: The Club")]
    assert len(club[0].statements) == 3


def test_a_sign_of_life_is_put_to_the_event_it_tells_of(held: Data) -> None:
    found = timeline(held, "RUS", "CHN", "2026-11-22")
    visit = of(found, "twinning/tie")
    assert len(visit) == 1
    assert visit[0].what == "Delegation of the krai"


def test_order_years_and_undated(held: Data) -> None:
    found = timeline(held, "RUS", "CHN", "2026-11-22")
    days = [(item.first, item.last) for item in found.moments]
    assert days == sorted(days)
    assert list(found.years) == sorted(found.years)
    assert sum(len(items) for items in found.years.values()) == len(found.moments)
    assert "Nobody knows when" in {item.what for item in found.undated}
    assert all(item.first is None and item.state == "no date" for item in found.undated)
    assert found.text().index("2001") < found.text().index("Signed: The pact") < found.text().index("No date")


def test_a_pair_of_regions_sees_its_own_records_and_the_country_only_when_asked(held: Data) -> None:
    own = timeline(held, "RU-AMU", "CN-HL", "2026-11-22")
    assert of(own, "event/opening")
    assert not of(own, "document/pact")
    assert not of(own, "twinning/tie")
    wide = timeline(held, "RU-AMU", "CN-HL", "2026-11-22", wide=True)
    assert of(wide, "document/pact")[0].near == "RU-AMU through RUS around it; CN-HL through CHN around it"


def test_refusals(held: Data) -> None:
    with pytest.raises(BadUsage, match="named twice"):
        timeline(held, "RUS", "RUS", "2026-11-22")
    with pytest.raises(UnknownLabel):
        timeline(held, "RUS", "XXX", "2026-11-22")
    with pytest.raises(BadUsage, match="claim"):
        timeline(held, "RUS", "CHN", "2026-11-22", kinds=("claim",))
    with pytest.raises(BadUsage, match="not a date"):
        timeline(held, "RUS", "CHN", "soon")


@pytest.mark.parametrize(("a", "b"), [("CHN", "RUS"), ("BLR", "CHN"), ("RU-AMU", "CN-HL")])
def test_nothing_of_the_shipped_ledger_is_lost_or_told_twice(shipped: Data, a: str, b: str) -> None:
    found = timeline(shipped, a, b, "2026-11-22")
    every = (*found.moments, *found.undated)
    # No statement stands behind two lines, but where it begins something on one day and ends it on another.
    lines: dict[str, list[Moment]] = {}
    for item in every:
        assert item.kind in KINDS
        for said in item.statements:
            lines.setdefault(said.id, []).append(item)
    for identifier, where in lines.items():
        said = shipped.ledger.statement(identifier)
        assert said is not None
        assert len(where) == 1 or (said.valid_from and said.valid_to), said
    # Every dated signature, event and stage of a record on the page is behind some line.
    for subject in {record.subject for item in every for record in item.records}:
        record = shipped.ledger.record(subject)
        for name in ("signed", "in_force", "date", "stage", "since", "opened", "active", "meeting"):
            if name in {item.property for item in record.statements}:
                assert {said.id for said in record.all(name)} <= set(lines)
    words = [(item.period, item.what) for item in every]
    assert len(words) == len(set(words))


def test_shipped_opening_of_the_bridge_is_one_line_from_several_registers(shipped: Data) -> None:
    found = timeline(shipped, "RUS", "CHN", "2026-11-22")
    whole = of(found, "event/blagoveshchensk-bridge-opening")
    opening = next(item for item in whole if item.statements[0].property == "date")
    assert opening.period == "2022-06-10"
    assert "crossing/blagoveshchensk-heihe-road" in {record.subject for record in opening.records}
    assert len(opening.said_by) > 1


def test_same_question_same_answer_whatever_the_order_of_the_ledger(shipped: Data) -> None:
    turned = replace(shipped)
    turned.__dict__["ledger"] = Ledger(tuple(reversed(shipped.ledger.history)), shipped.ledger.sources)
    one = timeline(shipped, "BLR", "CHN", "2026-11-22").rows()
    two = timeline(turned, "BLR", "CHN", "2026-11-22").rows()
    assert [row["what"] for row in one] == [row["what"] for row in two]
    assert [row["ids"] for row in one] == [row["ids"] for row in two]
