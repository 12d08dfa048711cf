"""Mechanisms: membership over time, coverage of pairs, regimes, meetings, dormancy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import landbridge as lb
from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.ledger import Ledger, Statement, read
from landbridge.provenance import Figure, Source, Status
from landbridge.registers.coverage import LIVES, NOTHING, ONCE, TWICE, coverage
from landbridge.registers.dormancy import dormancy
from landbridge.registers.dormancy_rules import RULES, rule_of
from landbridge.registers.mechanisms import covers, mechanism, mechanisms, regime
from landbridge.registers.meetings import lacking, meetings
from landbridge.registers.moments import after, day, in_words, on_or_in
from landbridge.registers.numbering import edition, in_runs
from landbridge.registers.regimes import ORDER
from landbridge.registers.weights import weights
from landbridge.release.data import Data

SOURCES = {"s": Source("s", "Publisher", "Title", "2024-03", "", "facts only")}
CLUB = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: s, publisher: Publisher, published: 2024-03}
entries:
  - record: mechanism/club
    source: s
    says:
      name: Club
      form: council
      parties: [RU-FD-FAREAST, CN-NORTHEAST]
      since: 2010
      member:
        - {value: RU-AMU, from: 2010, to: 2015}
        - {value: RU-KHA}
      meeting: {value: First meeting, period: 2011-05}
  - record: mechanism/other
    source: s
    says: {name: Other, form: council, parties: [RU-AMU, RU-KHA, CN-HL], since: 2012, until: 2020}
  - record: mechanism/states
    source: s
    says: {name: States, form: commission, parties: [RUS, CHN], since: 2012}
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
def club(tmp_path: Path) -> Data:
    return with_ledger(CLUB, tmp_path)


def said(subject: str, prop: str, text: str, **more: object) -> Statement:
    fields: dict[str, object] = {"status": Status.REPORTED} | more
    kind = subject.partition("/")[0]
    return Statement(subject, kind, prop, "s", recorded="2026-01-01", recorder="test", text=text, **fields)  # type: ignore[arg-type]


def life(form: str, *statements: Statement, today: str, **more: object) -> tuple[str, str, str]:
    held = Ledger([said("mechanism/m", "form", form), *statements], SOURCES)
    found = dormancy(held.record("mechanism/m"), today, **more)  # type: ignore[arg-type]
    return found.state, found.since, found.review


# Days


@pytest.mark.parametrize(
    ("begins", "years", "ends"),
    [("2020-02-29", 1, "2021-02-28"), ("2020-02-29", 4, "2024-02-29"), ("2023-08-31", 0.5, "2024-02-29")],
)
def test_a_day_some_years_later(begins: str, years: float, ends: str) -> None:
    assert after(date.fromisoformat(begins), years).isoformat() == ends


def test_today_is_the_last_day_of_a_year_or_month() -> None:
    assert [day(text).isoformat() for text in ("2024", "2024-02", "2024-02-03")] == [
        "2024-12-31",
        "2024-02-29",
        "2024-02-03",
    ]
    for wrong in ("", "soon", "2020/2021", "2020/.."):
        with pytest.raises(BadUsage):
            day(wrong)


def test_periods_in_words() -> None:
    assert in_words("2017-09-08") == "8 September 2017"
    assert in_words("2020/..") == "2020 onwards"
    assert in_words("2024-Q3") == "the third quarter of 2024"
    assert on_or_in("2019-10/2020-10") == "between October 2019 and October 2020"


# Dormancy


def test_a_council_is_alive_within_its_limit_and_dormant_after_it() -> None:
    met = said("mechanism/m", "meeting", "Second meeting", period="2020-06-10")
    first = said("mechanism/m", "meeting", "First meeting", period="2019-05")
    assert life("council", first, met, today="2023-06-10") == ("alive", "2020-06-10", "2023-06-10")
    assert life("council", first, met, today="2023-06-11") == ("dormant", "2023-06-10", "")
    # What lies after the day of the question is not looked at.
    assert life("council", first, met, today="2019-12-31") == ("alive", "2019-05", "2022-05-31")


def test_the_silence_is_counted_from_the_last_day_that_a_date_may_mean() -> None:
    met = said("mechanism/m", "meeting", "Meeting", period="2020")
    assert life("council", met, today="2023-12-31")[0] == "alive"
    assert life("council", met, today="2024-01-01")[0] == "dormant"


def test_a_beginning_alone_never_makes_a_tie_dormant() -> None:
    began = said("mechanism/m", "since", "2001")
    assert life("council", began, today="2003")[0] == "alive"
    assert life("council", began, today="2026")[0] == "unknown"
    assert life("council", began, today="2000")[0] == "unknown"


def test_a_record_without_any_sign_is_unknown_and_says_so() -> None:
    held = Ledger([said("mechanism/m", "form", "council")], SOURCES)
    found = dormancy(held.record("mechanism/m"), "2026")
    assert (found.state, found.last_sign) == ("unknown", None)
    assert "not silence of the tie" in found.why
    assert RULES["mechanism/council"].reason in found.rule


def test_what_is_assumed_is_no_sign_and_what_is_announced_counts_on_the_day_it_was_announced() -> None:
    seen = said("mechanism/m", "meeting", "Meeting", period="2018-01-01")
    assumed = said("mechanism/m", "meeting", "Meeting", period="2022", status=Status.ASSUMED)
    # The source was published in March 2024 and speaks of a meeting in 2025.
    announced = said("mechanism/m", "meeting", "Meeting", period="2025-05", status=Status.FORECAST)
    assert life("council", seen, assumed, today="2023")[0] == "dormant"
    assert life("council", seen, announced, today="2026") == ("alive", "2024-03", "2027-03-31")
    found = dormancy(
        Ledger([said("mechanism/m", "form", "council"), announced], SOURCES).record("mechanism/m"), "2026"
    )
    assert "no source held says that it took place" in found.why


def test_a_ledger_that_misses_most_meetings_is_no_witness_of_a_pause() -> None:
    fifth = said("mechanism/m", "meeting", "Fifth meeting", period="2015")
    first = said("mechanism/m", "meeting", "First meeting", period="2011")
    rest = [said("mechanism/m", "meeting", f"{n} meeting", period="2013") for n in ("Second", "Third")]
    assert life("council", first, fifth, today="2026")[0] == "unknown"
    assert life("council", first, fifth, *rest, today="2026")[0] == "dormant"


def test_silence_after_the_ledger_was_kept_is_its_own() -> None:
    met = said("mechanism/m", "meeting", "Meeting", period="2025-05-01")
    assert life("council", met, today="2035", kept="2026-11-21")[0] == "unknown"
    assert life("council", met, today="2035", kept="2034-01-01")[0] == "dormant"


def test_to_belong_is_no_happening_but_to_join_is() -> None:
    listed = said("mechanism/m", "member", "RU-KHA", as_of="2020")
    joined = said("mechanism/m", "member", "RU-KHA", valid_from="2020")
    assert life("council", listed, today="2021")[0] == "unknown"
    assert life("council", joined, today="2021")[:2] == ("alive", "2020")


def test_an_end_ends_and_a_planned_end_that_passed_is_unknown() -> None:
    began = said("mechanism/m", "since", "2018")
    over = said("mechanism/m", "until", "2019")
    planned = said("mechanism/m", "until", "2019", status=Status.FORECAST)
    assert life("thematic-year", began, over, today="2019-12-31")[0] == "alive"
    assert life("thematic-year", began, over, today="2020-01-01") == ("ended", "2019", "")
    assert life("thematic-year", began, planned, today="2020-01-01")[0] == "unknown"


def test_a_union_lives_by_its_treaty_and_another_limit_may_be_set() -> None:
    began = said("mechanism/m", "since", "1990")
    assert life("union", began, today="2026")[0] == "alive"
    met = said("mechanism/m", "meeting", "Meeting", period="2020-01-01")
    assert life("council", met, today="2022", years=1)[0] == "dormant"
    assert life("council", met, today="2022", years=10)[0] == "alive"


def test_every_state_in_the_shipped_ledger_follows_from_its_last_sign(shipped: Data) -> None:
    today = date(2026, 11, 21)
    states = set()
    for record in shipped.ledger.records("mechanism", "twinning", "document"):
        found = dormancy(record, today.isoformat(), kept=shipped.as_of)
        states.add(found.state)
        rule = rule_of(record)
        assert rule is not None
        assert found.why
        if found.state == "dormant":
            assert rule.years is not None
            assert found.last_sign is not None
            assert found.last_sign.property in (*rule.signs, *rule.founding)
            assert found.last_sign.status is not Status.ASSUMED
            assert date.fromisoformat(found.since) < today
        if found.state == "alive" and found.review:
            assert date.fromisoformat(found.review) >= today
        if found.state == "unknown":
            assert not found.since
        # The same question for the same day has the same answer.
        assert dormancy(record, "2026-11-21", kept=shipped.as_of) == found
    assert {"alive", "dormant", "unknown", "ended"} <= states


# Meetings


def test_numbers_of_meetings() -> None:
    assert edition("Twenty-first meeting, St Petersburg") == 21
    assert edition("Xi and Lukashenko, first meeting of the year") is None
    assert edition("A meeting") is None
    assert in_runs([8, 1, 2, 3, 5]) == "1 to 3, 5, 8"


def test_one_meeting_told_by_two_sources_and_an_event_is_one(shipped: Data) -> None:
    council = shipped.ledger.record("mechanism/volga-yangtze-council")
    found = [item for item in meetings(shipped.ledger, council) if item.period == "2019-05-23"]
    assert [(item.edition, item.event, item.announced) for item in found] == [
        (3, "event/volga-yangtze-2019", False)
    ]
    assert {statement.source for statement in found[0].statements} >= {
        "tatar-inform-2019-05-23-volga-yangtze",
        "grani21-2019-05-volga-yangtze",
    }


def test_a_summit_on_the_day_of_a_commission_is_not_its_meeting() -> None:
    met = {"parties": "CHN BLR", "date": "2023-12-04"}
    held = [
        said("mechanism/m", "form", "commission"),
        said("mechanism/m", "parties", "BLR CHN"),
        said("mechanism/m", "meeting", "The co-chairs meet", period="2023-12-04"),
        *(said("event/summit", name, text) for name, text in {**met, "form": "summit"}.items()),
    ]
    ledger = Ledger(held, SOURCES)
    assert [item.event for item in meetings(ledger, ledger.record("mechanism/m"))] == [""]
    held += [said("event/session", name, text) for name, text in {**met, "form": "meeting"}.items()]
    ledger = Ledger(held, SOURCES)
    assert [item.event for item in meetings(ledger, ledger.record("mechanism/m"))] == ["event/session"]


def test_missing_meetings_are_those_below_the_highest_number() -> None:
    held = [
        said("mechanism/m", "name", "Club"),
        said("mechanism/m", "form", "council"),
        said("mechanism/m", "meeting", "Second meeting", period="2015"),
        said("mechanism/m", "meeting", "Fifth meeting", period="2018"),
    ]
    ledger = Ledger(held, SOURCES)
    assert lacking(meetings(ledger, ledger.record("mechanism/m"))) == (1, 3, 4)


# Membership


def test_named_members_decide_for_the_places_inside_their_macro_region(club: Data) -> None:
    def of(a: str, b: str, on: str) -> dict[str, tuple[str, str]]:
        return {item.record.subject: (item.a.path, item.b.path) for item in covers(club, a, b, on)}

    # No Chinese member is listed, so the macro-region stands for its regions; the Russian list decides.
    assert of("RU-KHA", "CN-HL", "2011") == {"mechanism/club": ("named", "macro-region")}
    assert "mechanism/club" not in of("RU-PRI", "CN-HL", "2011")
    assert "mechanism/club" in of("RU-AMU", "CN-HL", "2015-12-31")
    assert "mechanism/club" not in of("RU-AMU", "CN-HL", "2016-01-01")
    assert of("RU-PRI", "CN-GD", "2013") == {"mechanism/states": ("country", "country")}
    assert of("RUS", "CHN", "2013") == {
        "mechanism/states": ("named", "named"),
        "mechanism/club": ("in part", "in part"),
        "mechanism/other": ("in part", "in part"),
    }
    assert of("RU-FD-FAREAST", "CN-HL", "2013")["mechanism/club"] == ("named", "macro-region")


def test_the_closest_path_comes_first_and_rows_lead_to_statements(club: Data) -> None:
    found = covers(club, "RU-KHA", "CN-HL", "2013")
    assert [item.record.subject for item in found] == [
        "mechanism/other",
        "mechanism/club",
        "mechanism/states",
    ]
    for item in found:
        row = item.row()
        assert all(club.ledger.statement(name) for name in row["ids"].split())
        assert row["since"] == item.record.text("since")


def test_a_pair_inside_one_country_and_unknown_places_are_refused(club: Data) -> None:
    with pytest.raises(BadUsage, match="lie in one country"):
        covers(club, "RU-KHA", "RUS", "2013")
    with pytest.raises(UnknownLabel):
        covers(club, "RU-KHX", "CHN", "2013")
    with pytest.raises(BadUsage, match="is not a date"):
        covers(club, "RU-KHA", "CHN", "last year")


def test_the_far_east_commission_covers_buryatia_since_it_moved_there(shipped: Data) -> None:
    def paths(on: str) -> list[str]:
        return [
            f"{item.a.path} {item.b.path}"
            for item in covers(shipped, "CN-HL", "RU-BU", on)
            if item.record.subject == "mechanism/far-east-northeast-commission"
        ]

    assert paths("2018-10") == []
    assert paths("2018-11") == ["named named"]


# Coverage


def test_pairs_covered_twice_once_and_by_nothing(club: Data) -> None:
    found = coverage(club, ["RU-AMU", "RU-KHA", "RU-PRI"], ["CN-HL", "CN-JL", "CN-GD"], "2013")
    by_pair = {(pair.a, pair.b): pair.covered for pair in found.pairs}
    assert by_pair == {
        ("RU-AMU", "CN-HL"): TWICE,
        ("RU-AMU", "CN-JL"): ONCE,
        ("RU-AMU", "CN-GD"): NOTHING,
        ("RU-KHA", "CN-HL"): TWICE,
        ("RU-KHA", "CN-JL"): ONCE,
        ("RU-KHA", "CN-GD"): NOTHING,
        ("RU-PRI", "CN-HL"): NOTHING,
        ("RU-PRI", "CN-JL"): NOTHING,
        ("RU-PRI", "CN-GD"): NOTHING,
    }
    assert [record.subject for record in found.everywhere] == ["mechanism/states"]
    assert {row["covered"]: row["pairs"] for row in found.summary()} == {TWICE: 2, ONCE: 2, NOTHING: 5}
    regions = {row["region"]: row["covered"] for row in found.regions()}
    assert regions["CN-HL"] == TWICE
    assert regions["CN-JL"] == ONCE
    assert regions["RU-PRI"] == regions["CN-GD"] == NOTHING


def test_coverage_agrees_with_asking_pair_by_pair_on_the_shipped_ledger(shipped: Data) -> None:
    found = coverage(shipped, "CHN", "RUS", "2024")
    assert len(found.pairs) == 31 * 83
    for pair in found.pairs[::97]:
        asked = covers(shipped, pair.a, pair.b, "2024", ("named", "macro-region"))
        assert {item.record.subject for item in asked} == {item.record.subject for item in pair.mechanisms}


def test_weights_are_shares_of_the_published_product(shipped: Data) -> None:
    found = coverage(shipped, "CHN", "RUS", "2024")
    figures = {}
    for region in codes.places("region", "RUS"):
        output = shipped.observations.latest(region.code, "output")
        assert isinstance(output, Figure)
        figures[region.code] = output.point
    total = sum(figures.values())
    pair = next(item for item in found.pairs if item.b == "RU-KHA")
    assert pair.share_b == pytest.approx(figures["RU-KHA"] / total)
    known = [item.weight for item in found.pairs if item.weight is not None]
    assert sum(known) == pytest.approx(1)
    assert known == sorted(known, reverse=True)
    assert sum(row["pairs_pct"] for row in found.summary()) == pytest.approx(100)
    assert sum(row["weight_pct"] for row in found.summary()) == pytest.approx(100)


def test_an_unknown_weight_is_none_and_named(shipped: Data, club: Data) -> None:
    frame = shipped.observations.frame
    lacking_one = replace(club)
    lacking_one.__dict__["ledger"] = club.ledger
    lacking_one.__dict__["observations"] = type(shipped.observations)(
        frame.filter(frame["place"] != "RU-KHA"), shipped.sources, shipped.names
    )
    found = coverage(lacking_one, ["RU-AMU", "RU-KHA"], ["CN-HL"], "2013")
    rows = {row["a"]: row for row in (pair.row() for pair in found.pairs)}
    assert rows["RU-KHA"]["pair_weight_pct"] is None
    assert rows["RU-KHA"]["rank"] is None
    assert rows["RU-KHA"]["weight_note"] == "weight not known for RU-KHA"
    assert rows["RU-AMU"]["rank"] == 1
    assert "RU-KHA" in found.notes()[0]
    assert {row["covered"]: row["weight_unknown"] for row in found.summary()}[TWICE] == 1


def test_a_side_without_regions_or_of_two_countries_is_refused(shipped: Data) -> None:
    with pytest.raises(BadUsage, match="no regions are held for USA"):
        coverage(shipped, "CHN", "USA", "2024")
    with pytest.raises(BadUsage, match="more than one country"):
        coverage(shipped, "CHN", ["RU-KHA", "BY-VI"], "2024")


# Regimes


def test_which_regime_applies_follows_the_accessions(shipped: Data) -> None:
    def state(a: str, b: str, on: str, subject: str) -> str:
        return next(item.state for item in regime(shipped, a, b, on) if item.subject == subject)

    assert state("CHN", "BY-VI", "2024-07-03", "mechanism/sco") == "not yet"
    assert state("CHN", "BY-VI", "2024-07-04", "mechanism/sco") == "in force"
    assert state("CHN", "BLR", "2024", "mechanism/eaeu") == "one side only"
    assert state("RUS", "BLR", "2014", "mechanism/eaeu") == "not yet"
    assert state("RUS", "BLR", "2014", "agreement/eaeu-customs-union") == "in force"
    assert state("RUS", "BLR", "2015", "agreement/eaeu-customs-union") == "over"
    assert state("BLR", "CHN", "2025-12-31", "agreement/blr-chn-services") == "not yet"
    assert state("BLR", "CHN", "2026-01-01", "agreement/blr-chn-services") == "in force"
    # No source says when any of them joined the initiative, and it binds nobody.
    for on in ("2015-05", "2020", "2026"):
        assert state("RUS", "CHN", on, "mechanism/belt-and-road") == "no date held"


def test_a_bloc_held_twice_is_one_row_with_both_kinds_of_evidence(shipped: Data) -> None:
    found = regime(shipped, "RUS", "CHN", "2024")
    sco = [item for item in found if item.subject.endswith("/sco")]
    assert len(sco) == 1
    assert sco[0].statements
    assert sco[0].sources
    assert sco[0].since == "2001-06-15"
    order = [item.state for item in found]
    assert order == sorted(order, key=ORDER.index)


# The register


def test_the_register_lists_members_of_the_day(shipped: Data) -> None:
    assert len(mechanism(shipped, "sco", "2024-07-03").members) + 1 == len(
        mechanism(shipped, "sco", "2024-07-04").members
    )
    rows = [item.row() for item in mechanisms(shipped, "2026-11-21")]
    assert len(rows) == len(shipped.ledger.records("mechanism"))
    assert all(row["name"] and row["why"] for row in rows)
    with pytest.raises(UnknownLabel, match="volga-yangtze-council"):
        mechanism(shipped, "volga-yangtse-council", "2026")


def test_co_chairs_are_those_in_office(tmp_path: Path) -> None:
    more = """      co_chair:
        - {value: Ann, from: 2010, to: 2014}
        - {value: Bea, from: 2015}
      meeting: {value: First"""
    data = with_ledger(CLUB.replace("      meeting: {value: First", more, 1), tmp_path)
    assert mechanism(data, "club", "2012").row()["co_chairs"] == "Ann"
    assert mechanism(data, "club", "2016").row()["co_chairs"] == "Bea"


def test_the_page_on_life_cycles_states_every_limit(root: Path) -> None:
    page = (root / "docs" / "explanation" / "registers-life-cycles.md").read_text(encoding="utf-8")
    table = page.partition("<!-- table: rules -->")[2].partition("<!-- end of table: rules -->")[0]
    stated = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in ("kind", "---"):
            for kind in cells[0].split(", "):
                stated[kind] = cells[1]
    held = {
        kind.rpartition("/")[2]: "none" if rule.years is None else f"{rule.years:g}"
        for kind, rule in RULES.items()
    }
    assert stated == held


def test_an_end_and_a_later_sign_of_life_are_named_as_a_contradiction() -> None:
    began = said("mechanism/m", "since", "2010")
    over = said("mechanism/m", "until", "2020")
    met = said("mechanism/m", "meeting", "Meeting", period="2025-03")
    held = Ledger([said("mechanism/m", "form", "council"), began, over, met], SOURCES)
    found = dormancy(held.record("mechanism/m"), "2026-01-01")
    assert found.state == "alive"
    assert "Its end of 2020 stands against a sign of life of March 2025" in found.why
    assert dormancy(held.record("mechanism/m"), "2024-01-01").state == "ended"
    free = Ledger([said("mechanism/m", "form", "council"), began, met], SOURCES)
    assert "stands against" not in dormancy(free.record("mechanism/m"), "2026-01-01").why


def test_coverage_tells_bodies_seen_alive_from_those_that_nobody_has_seen_meet(club: Data) -> None:
    found = coverage(club, ["RU-AMU", "RU-KHA", "RU-PRI"], ["CN-HL", "CN-JL", "CN-GD"], "2013")
    rows = {
        row["covered"]: (row["seen_alive"], row["seen_silent"], row["never_seen"]) for row in found.summary()
    }
    # The club met in 2011; of the other body no meeting is held.
    assert rows == {TWICE: (2, 0, 0), ONCE: (2, 0, 0), NOTHING: (None, None, None)}
    lone = coverage(club, ["RU-AMU"], ["CN-HL"], "2017")
    assert [row["never_seen"] for row in lone.summary()] == [0, 1, None]
    assert lone.pairs[0].row()["by"] == "only a body that nobody has seen meet"


def test_shipped_coverage_of_china_and_russia_is_split(shipped: Data) -> None:
    found = coverage(shipped, "CHN", "RUS", "2026-11-22")
    covered = [pair for pair in found.pairs if pair.mechanisms]
    lives = {life: sum(pair.life == life for pair in covered) for life in LIVES}
    assert sum(lives.values()) == len(covered)
    assert lives["only a body that nobody has seen meet"] > 0
    assert lives["a body seen alive"] > 0


def test_weights_are_of_the_day_or_say_that_they_are_later(shipped: Data) -> None:
    regions = ["RU-AMU", "RU-KHA"]
    periods = sorted({figure.period for figure in shipped.observations.series("RU-AMU", "output")})
    assert weights(shipped, regions).period == weights(shipped, regions, "2026").period
    early = weights(shipped, regions, "1950")
    assert early.period == periods[0]
    assert "the oldest held, which is later than 1950" in early.words()
    assert "later than" not in weights(shipped, regions, "2026").words()


REGIMES = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: s, publisher: Publisher, published: 2024-03}
entries:
  - record: mechanism/frame
    source: s
    says:
      name: Frame
      form: initiative
      parties: [CHN, RUS, BLR]
      member: [{value: CHN, from: 2013}, {value: RUS, from: 2015-05}, {value: BLR}]
      meeting: {value: A remark, period: 2012-05}
  - record: mechanism/bloc
    source: s
    says: {name: Bloc, form: bloc, parties: [CHN, RUS], meeting: {value: A remark, period: 2012-05}}
"""


def test_a_frame_is_taken_part_in_and_what_has_no_date_is_not_claimed(tmp_path: Path) -> None:
    data = with_ledger(REGIMES, tmp_path)

    def states(a: str, b: str, on: str) -> dict[str, str]:
        return {item.subject: item.state for item in regime(data, a, b, on)}

    assert states("CHN", "RUS", "2016")["mechanism/frame"] == "taking part"
    assert states("CHN", "RUS", "2014")["mechanism/frame"] == "not yet"
    # A remark of 2012 on something else begins no membership.
    for on in ("2010", "2014", "2026"):
        assert states("CHN", "RUS", on)["mechanism/bloc"] == "no date held"
    assert states("CHN", "BLR", "2016")["mechanism/frame"] == "no date held"


@pytest.mark.parametrize(
    ("on", "state"), [("2015-03", "not yet"), ("2015-08-11", "not yet"), ("2015-08-12", "in force")]
)
def test_the_accession_of_a_day_beats_that_of_a_year(shipped: Data, on: str, state: str) -> None:
    found = [item for item in regime(shipped, "RUS", "KGZ", on) if item.subject.endswith("/eaeu")]
    assert [(item.state, item.since_b) for item in found] == [(state, "2015-08-12")]


def test_the_coarser_date_is_named_beside_the_finer(shipped: Data) -> None:
    found = next(item for item in regime(shipped, "RUS", "KGZ", "2015-03") if item.subject.endswith("/eaeu"))
    assert "Kyrgyzstan: the table of agreements dates only 2015" in found.note


def test_a_regime_is_sourced_or_says_that_it_is_from_general_knowledge(shipped: Data) -> None:
    for pair in (("CHN", "RUS"), ("RUS", "BLR"), ("RUS", "KGZ")):
        for item in regime(shipped, *pair, "2026-11-22"):
            if not item.sources:
                assert item.status is Status.ASSUMED, item.subject
                assert "no source is held" in item.note
            if item.subject.startswith("agreement/"):
                assert item.cell
    road = next(
        item for item in regime(shipped, "RUS", "CHN", "2026") if item.subject == "agreement/eaeu-chn"
    )
    assert (road.since, [source.id for source in road.sources]) == ("2019-10-25", ["zdmira-eaeu-roadmap"])


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2023-06-10", ", 3 years before"),
        ("2023-06-11", ", 3 years and 1 day before"),
        ("2023-08-01", ", 3 years and 1 month before"),
        ("2023-05-30", ", 2 years and 11 months before"),
        ("2021-06-10", ", 1 year before"),
        ("2025-06-10", ", 5 years before"),
    ],
)
def test_near_the_limit_the_silence_is_told_in_months_and_days(today: str, words: str) -> None:
    met = said("mechanism/m", "meeting", "Second meeting", period="2020-06-10")
    held = Ledger([said("mechanism/m", "form", "council"), met], SOURCES)
    found = dormancy(held.record("mechanism/m"), today)
    assert words in found.why
    # What is told as past the limit is longer than the limit in words too.
    assert (found.state == "dormant") == (today > "2023-06-10")


def test_a_regime_of_the_table_says_who_is_cited(shipped: Data) -> None:
    rows = {item.subject: item.row() for item in regime(shipped, "CHN", "RUS", "2026-11-22")}
    found = rows["agreement/eaeu-chn"]
    assert found["ids"] is None
    assert found["cell"] == "agreements.csv, eaeu-chn: CHN and RUS"
    assert "zdmira.com" in found["cited"]
    assert all(row["cited"] or row["status"] == "assumed" for row in rows.values())
