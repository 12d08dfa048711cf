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
      meeting: [{value: Summit in the west, period: 2010-05}, {value: Summit in the south, period: 2018-05}]
  - record: mechanism/wide
    source: one
    says:
      name: The Wide One
      form: bloc
      parties: [BLR, CHN, KAZ]
      member: {value: CHN, from: 2001}
      meeting: {value: A meeting, period: 2015}
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
    # The duty of 2020 was told in 2024: on a day of 2019 nobody knew of it.
    assert "Barrier from then: Duty" not in states("2019")
    # A promise without a deadline has none, and stands apart.
    assert states("2029")["Promise of The pact: Be friends"] == "no date"


def test_members_that_found_a_mechanism_are_its_beginning_and_third_ones_do_not_count(held: Data) -> None:
    club = of(timeline(held, "RUS", "CHN", "2026-11-22"), "mechanism/club")
    assert [(item.period, item.what) for item in club] == [
        ("2001-06-15", "Begins: The Club"),
        ("2010-05", "The Club: Summit in the west"),
        ("2018-05", "The Club: Summit in the south"),
    ]
    assert len(club[0].statements) == 3


def test_a_line_of_a_mechanism_counts_only_while_both_belong(held: Data) -> None:
    club = of(timeline(held, "IND", "CHN", "2026-11-22"), "mechanism/club")
    assert [(item.period, item.what) for item in club] == [
        ("2017-06-09", "India joins The Club"),
        ("2018-05", "The Club: Summit in the south"),
    ]
    assert all(not item.note for item in club)


def test_since_when_a_side_belongs_is_said_to_be_unknown(held: Data) -> None:
    union = of(timeline(held, "BLR", "CHN", "2026-11-22"), "mechanism/wide")
    assert [item.what for item in union] == ["China joins The Wide One", "The Wide One: A meeting"]
    assert {item.note for item in union} == {"since when Belarus belongs to it is not held"}


def test_shipped_bloc_does_not_reach_back_before_belarus_joined(shipped: Data) -> None:
    found = of(timeline(shipped, "BLR", "CHN", "2026-11-22"), "mechanism/sco")
    assert found[0].what == "Belarus joins Shanghai Cooperation Organisation"
    assert all(item.first is not None and item.first.isoformat() >= "2024-07-04" for item in found)
    older = of(timeline(shipped, "RUS", "CHN", "2026-11-22"), "mechanism/sco")
    assert older[0].period == "2001-06-15"


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
        # What a mechanism did before both belonged to it is not theirs.
        if record.kind == "mechanism" and any(item.valid_from for item in record.all("member")):
            continue
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


LATER = (
    HEAD
    + """
  - record: document/first
    source: one
    says:
      name: First paper
      type: agreement
      parties: [BLR, CHN]
      signed: 2010-05
      expires: {value: 2030, as_of: 2010-05}
      activity: [{value: Contacts are kept, period: 2005}, {value: A visit, period: 2020}]
  - record: project/mill
    source: one
    says:
      name: Mill
      parties: [BLR, CHN]
      planned_opening: {value: 2016, as_of: 2011}
      stage: {value: operating, period: 2018}
  - record: event/talks
    source: one
    says:
      name: Talks
      form: visit
      parties: [BLR, CHN]
      date: 2011-03
      result: [{value: Early fruit, period: 2011}, {value: Late fruit, period: 2022}]
  - record: document/no-day
    source: one
    says: {name: No day, type: memorandum, parties: [BLR, CHN]}
"""
)


def test_a_timeline_of_a_day_holds_what_had_come_or_was_foreseen_by_then(tmp_path: Path) -> None:
    data = with_ledger(LATER, tmp_path)
    early = timeline(data, "BLR", "CHN", "2012")
    assert {(item.period, item.state) for item in early.moments} == {
        ("2005", "past"),
        ("2010-05", "past"),
        ("2011-03", "past"),
        ("2016", "ahead"),
        ("2030", "ahead"),
    }
    assert not early.undated, "its source spoke in 2024 only"
    assert "Early fruit" in (talks := next(item.what for item in early.moments if item.period == "2011-03"))
    assert "Late fruit" not in talks
    late = timeline(data, "BLR", "CHN", "2026-11-22")
    assert {"2018", "2020"} <= {item.period for item in late.moments}
    assert [item.what for item in late.undated] == ["No day"]


def test_what_was_done_before_a_paper_was_signed_is_not_told_as_done_under_it(tmp_path: Path) -> None:
    found = timeline(with_ledger(LATER, tmp_path), "BLR", "CHN", "2026")
    told = {item.period: item.what for item in found.moments}
    assert told["2005"] == "First paper, begun before it: Contacts are kept"
    assert told["2020"] == "First paper, done under it: A visit"


def test_one_happening_in_three_registers_is_one_line_and_literature_is_none(tmp_path: Path) -> None:
    text = (
        HEAD.replace("published: 2024-04}", "published: 2024-04, kind: paper}")
        + """
  - record: event/halt
    source: one
    says: {name: Large banks stop payments of banks under sanctions, form: shock, parties: [CHN, RUS], date: 2024-01}
  - record: settlement/banks
    source: one
    says: {name: Banks, parties: [CHN, RUS], happened: {value: Three large banks stop payments, period: 2024-01}}
  - record: settlement/other
    source: one
    says: {name: Other, parties: [CHN, RUS], happened: {value: A clearing house opens, period: 2024-01}}
  - record: barrier/refusals
    source: one
    says:
      name: Money comes back
      form: payment
      parties: [RUS, CHN]
      since: {value: 2024-01, note: month in which large banks stop payments}
  - record: barrier/day-in-transit
    source: two
    says: {name: A day in transit, form: transport, parties: [CHN, RUS], size: {value: 1, unit: "%/day", period: 2013}}
"""
    )
    found = timeline(with_ledger(text, tmp_path), "CHN", "RUS", "2026-11-22")
    lines = {item.what: {record.subject for record in item.records} for item in found.moments}
    assert lines == {
        "Large banks stop payments of banks under sanctions": {
            "event/halt",
            "settlement/banks",
            "barrier/refusals",
        },
        "A clearing house opens": {"settlement/other"},
    }
    halt = next(item for item in found.moments if item.kind == "event")
    assert "also: Barrier from then: Money comes back" in halt.note
    assert found.undated == ()


def test_the_shipped_timeline_of_2012_ends_with_what_was_foreseen(shipped: Data) -> None:
    found = timeline(shipped, "BLR", "CHN", "2012")
    assert found.moments
    assert all(
        item.state in ("past", "ahead", "deadline passed", "deadline ahead", "was expected")
        for item in found.moments
    )
    assert not [item for item in found.moments if item.year and item.year > 2012 and item.state == "past"]
    assert len(found.moments) < len(timeline(shipped, "BLR", "CHN", "2026-11-22").moments) / 2
