"""People, information and settlement: definitions never mixed, wording kept, gaps named, shares of what they are of."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

import landbridge as lb
from landbridge import codes
from landbridge.errors import BadFile, UnknownLabel
from landbridge.ledger import Ledger, read
from landbridge.registers.information import (
    LANGUAGES,
    NONE,
    NOT_SAID,
    SEEN,
    SUPPOSED,
    TRANSLATED,
    Topic,
    gaps,
    information,
    topics,
)
from landbridge.registers.people import NOT_STATED, Table, people, rules, surveys
from landbridge.registers.settlement import settlement
from landbridge.registers.topic_words import read as read_topics
from landbridge.registers.topic_words import topic_of
from landbridge.release.data import Data

TODAY = "2026-11-22"
TEXT = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: one, publisher: First Paper, published: 2024-03}
  - {id: two, publisher: Second Paper, published: 2024-03}
entries:
  - record: people/trips
    source: one
    says:
      name: Trips
      parties: [CHN, RUS]
      form: tourism
      definition: Border service, purpose tourism
      number: [{value: 100, unit: trips, period: 2022}, {value: 200, unit: trips, period: 2023}]
  - record: people/visitors
    source: one
    says:
      name: Visitors
      parties: [CHN, RUS]
      form: tourism
      definition: Border service, purpose tourism
      number: {value: 50, unit: persons, period: 2023}
  - record: people/said
    source: one
    says:
      name: Said
      parties: [CHN, RUS]
      form: tourism
      definition: Not stated; wider than the others
      number: {value: 477, unit: trips, period: 2023}
  - record: people/bare
    source: one
    says: {name: Bare, parties: [CHN, RUS], form: tourism, number: {value: 9, unit: trips, period: 2023}}
  - record: people/mixed
    source: one
    says:
      name: Mixed
      parties: [CHN, RUS]
      form: students
      definition: With preparatory courses
      number: {value: 5, unit: persons, period: 2022}
  - record: people/mixed
    source: two
    says: {number: {value: 7, unit: persons, period: 2023}}
  - record: people/poll
    source: one
    says:
      name: Poll
      parties: [RUS, CHN]
      form: survey
      definition: A pollster
      wording: {value: How do you feel?, period: 2020}
      share: [{value: 60, unit: "%", period: 2020}, {value: 70, unit: "%", period: 2024}]
  - record: information/guide
    source: one
    says: {name: Guide, parties: [RUS, CHN], topic: How to register, language: ru}
  - record: information/guide
    source: assumed
    says: {language: zh}
  - record: information/list
    source: two
    says: {name: List, parties: [RUS, CHN], topic: how to register, language: zh}
  - record: settlement/share
    source: one
    says:
      name: Share of own money
      parties: [RUS, CHN]
      share:
        - {value: 95, unit: "%", as_of: 2023-11-20, note: of total trade}
        - {value: 90, unit: "%", period: 2024, note: "of all payments; a copy"}
"""


def with_ledger(text: str, folder: Path) -> Data:
    path = folder / "ledger.yaml"
    path.write_text(text, encoding="utf-8")
    file = read(path, [place.code for place in codes.places()])
    data = replace(lb.load())
    data.__dict__["ledger"] = Ledger(file.statements, {source.id: source for source in file.sources})
    return data


@pytest.fixture
def held(tmp_path: Path) -> Data:
    return with_ledger(TEXT, tmp_path)


@pytest.fixture(scope="module")
def shipped() -> Data:
    return lb.load()


def table_of(tables: tuple[Table, ...], subject: str) -> Table:
    return next(t for t in tables for c in t.counts if c.record.subject == subject)


def test_trips_and_visitors_stay_apart_even_under_one_definition(held: Data) -> None:
    tables = people(held, TODAY, form="tourism")
    trips, visitors = table_of(tables, "people/trips"), table_of(tables, "people/visitors")
    assert trips is not visitors
    assert [c.figure.value for c in trips.counts] == [100, 200]
    assert trips.one_series
    assert visitors.unit == "persons"


def test_without_a_definition_a_number_stands_under_its_own_heading(held: Data) -> None:
    tables = people(held, TODAY, form="tourism")
    bare = table_of(tables, "people/bare")
    assert bare is table_of(tables, "people/said")
    assert (bare.definition, bare.one_series) == (NOT_STATED, False)
    # What the source hints at is kept beside.
    assert {row["as_given"] for row in bare.rows()} == {None, "Not stated; wider than the others"}


def test_a_definition_that_only_one_source_states_makes_no_series(held: Data) -> None:
    mixed = table_of(people(held, TODAY), "people/mixed")
    assert not mixed.one_series
    assert mixed.why == "not every source states the definition"


def test_the_wording_of_one_wave_is_not_lent_to_another(held: Data) -> None:
    found = surveys(held, TODAY)
    assert [(c.figure.period, c.wording) for c in found] == [
        ("2020", "How do you feel?"),
        ("2024", "not held"),
    ]
    assert not table_of(people(held, TODAY), "people/poll").one_series
    assert [c.figure.period for c in surveys(held, "2023")] == ["2020"]


def test_no_table_of_the_shipped_ledger_mixes_definitions_units_or_records(shipped: Data) -> None:
    tables = people(shipped, TODAY)
    numbers = [c.statement.id for table in tables for c in table.counts]
    assert len(numbers) == len(set(numbers))
    stated = {
        said.id
        for record in shipped.ledger.records("people")
        for said in record.quantities("number", "share", "growth")
    }
    # Every number is in one table, and every number in a table is a statement: no sum, no index.
    assert set(numbers) == stated
    for table in tables:
        assert {c.definition for c in table.counts} == {table.definition}
        assert {c.figure.unit for c in table.counts} == {table.unit}
        if table.definition != NOT_STATED:
            assert len({c.record.subject for c in table.counts}) == 1


def test_shipped_counts_of_one_year_do_not_meet(shipped: Data) -> None:
    """Trips of 2023 from China to Russia: 199,800 by the border service, 477,000 by a deputy prime minister."""
    tables = people(shipped, TODAY, between=("CHN", "RUS"), form="tourism")
    trips = table_of(tables, "people/chn-rus-tourism-trips")
    said = table_of(tables, "people/chn-rus-tourists-government")
    groups = table_of(tables, "people/rus-chn-visa-free-groups")
    assert len({id(trips), id(said), id(groups)}) == 3
    assert said.definition == NOT_STATED
    assert 477000 not in [c.figure.value for c in trips.counts]


def test_every_shipped_answer_has_a_wording_or_says_that_none_is_held(shipped: Data) -> None:
    found = surveys(shipped, TODAY)
    assert found
    assert all(c.wording for c in found)
    assert any(c.wording == "not held" for c in found)


def test_topics_join_what_exists_and_name_what_does_not(held: Data) -> None:
    found = topics(held)
    assert len(found) == 1
    assert [found[0].state(code) for code in ("ru", "zh", "en")] == [SEEN, SEEN, NONE]
    # One record alone knows Chinese from general knowledge only.
    guide = next(item for item in information(held) if item.record.subject == "information/guide")
    assert dict(guide.states)["zh"] == SUPPOSED
    assert [item.lacking for item in gaps(held)] == [("en",)]
    assert gaps(held, language="ru") == ()


def spoken(item: Topic) -> list[set[str]]:
    """The languages of each thing that can be read on a topic; empty where no source says in which it is."""
    return [{said.text for said in r.record.all("language")} for r in item.readings]


def test_shipped_gaps_are_exactly_the_topics_without_a_language(shipped: Data) -> None:
    every = topics(shipped, between=("CHN", "RUS"))
    for code in LANGUAGES:
        lacking = {
            item.topic
            for item in every
            # What exists in a language that nobody said may exist in this one.
            if all(held and code not in held for held in spoken(item))
        }
        assert {item.topic for item in gaps(shipped, between=("CHN", "RUS"), language=code)} == lacking
    assert gaps(shipped, language="zh")


def test_a_share_says_of_what_and_whether_the_date_is_that_of_the_speech(held: Data) -> None:
    rows = [item.row() for item in settlement(held, TODAY)]
    assert [(row["value"], row["of_what"], row["date_is"]) for row in rows] == [
        (95, "total trade", "of the statement"),
        (90, "all payments", "of what is counted"),
    ]
    assert len({row["series"] for row in rows}) == 2


def test_shipped_shares_of_different_things_are_different_series(shipped: Data) -> None:
    rows = [item.row() for item in settlement(shipped, TODAY, between=("RUS", "CHN"), measure="share")]
    own = [row for row in rows if row["record"] == "settlement/rus-chn-national-currencies"]
    by_value = {row["value"]: row["of_what"] for row in own}
    assert by_value[95] == "total trade"
    assert by_value[90] == "all payments"
    # One source gives both numbers and names the whole once.
    assert by_value[2] == by_value[25] == "settlements"
    assert all(row["of_what"] for row in rows)
    # Shares of Russia with all partners are not of the pair.
    assert "settlement/rus-yuan-exports" not in {row["record"] for row in rows}


def test_what_lies_ahead_is_left_out(shipped: Data) -> None:
    early = settlement(shipped, "2022-12-31")
    assert early
    assert all((item.statement.period or item.statement.as_of)[:4] <= "2022" for item in early)


def test_refusals(shipped: Data) -> None:
    with pytest.raises(UnknownLabel, match="tourism"):
        people(shipped, TODAY, form="tourist")
    with pytest.raises(UnknownLabel, match="zh"):
        gaps(shipped, language="cn")
    with pytest.raises(UnknownLabel, match="share"):
        settlement(shipped, TODAY, measure="shares")


def test_topics_that_teach_the_same_thing_are_one_and_their_gap_is_joined(shipped: Data) -> None:
    duties = next(item for item in topics(shipped) if item.topic == "duties of China by line")
    assert {item.record.subject for item in duties.readings} == {
        "information/china-tariff-english",
        "information/china-tariff-chinese",
    }
    assert (duties.state("en"), duties.state("zh"), duties.lacking) == (SEEN, SEEN, ("ru",))
    assert "Duty by line with the Chinese names of goods" in duties.row()["wordings"]


def test_every_shipped_wording_has_one_topic_and_every_topic_of_the_vocabulary_is_held(shipped: Data) -> None:
    held = {record.text("topic") for record in shipped.ledger.records("information")}
    raw = yaml.safe_load(files("landbridge.registers").joinpath("topics.yaml").read_bytes())
    assert {words for aliases in raw.values() for words in aliases} == held
    assert {topic_of(words) for words in held} == set(raw)


def test_a_topic_of_ones_own_stands_by_itself_and_a_wording_has_one_topic() -> None:
    assert topic_of("Prices of birch juice") == "Prices of birch juice"
    assert topic_of("  duty by line with the chinese names of Goods ") == "duties of China by line"
    with pytest.raises(BadFile, match="'x' stands under 'a' and under 'b'"):
        read_topics("a: [x]\nb: [x]\n", "topics.yaml")


COUNTED = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: one, publisher: First Paper, published: 2024-03}
entries:
  - record: people/poll
    source: one
    says:
      name: Those with a good attitude
      parties: [RUS, CHN]
      form: survey
      definition: A pollster; a good attitude
      share:
        - {value: 81, unit: "%", period: 2024}
        - {value: 9, unit: "%", period: 2024, note: bad attitude}
        - {value: 78, unit: "%", period: 2017, note: "1,600 asked in 48 regions"}
  - record: people/groups
    source: one
    says:
      name: Groups
      parties: [RUS, CHN]
      form: tourism
      definition: Organised groups
      number:
        - {value: 2, unit: persons, period: 2025, note: Russia to China}
        - {value: 3, unit: persons, period: 2025, note: China to Russia}
        - {value: 4, unit: persons, period: 2024, note: academic year}
      growth:
        - {value: 13, unit: "%", period: 2025, note: on the year before}
        - {value: 25, unit: "%", period: 2025, note: air traffic}
      regime: {value: Groups go without a visa, as_of: 2025}
  - record: people/visas
    source: one
    says:
      name: Visas
      parties: [CHN, RUS]
      form: visa
      regime:
        - {value: No visa, from: 2025-09-15, to: 2026-09-14}
        - {value: No visa for drivers, from: 2027}
"""


def test_what_a_number_counts_stands_in_a_column_of_its_own(tmp_path: Path) -> None:
    found = [row for table in people(with_ledger(COUNTED, tmp_path), TODAY) for row in table.rows()]
    assert {(row["value"], row["counted"]) for row in found} == {
        (81.0, "Those with a good attitude"),
        (9.0, "bad attitude"),
        (78.0, "Those with a good attitude"),
        (2.0, "Russia to China"),
        (3.0, "China to Russia"),
        (4.0, "Groups"),
        (13.0, "change of Groups, on the year before"),
        (25.0, "change of air traffic, against an unstated base"),
    }


def test_shipped_rows_of_one_definition_and_time_are_told_apart(shipped: Data) -> None:
    for table in people(shipped, TODAY):
        if table.definition != NOT_STATED:
            told = [(row["period"], row["counted"]) for row in table.rows()]
            assert len(told) == len(set(told)), table.definition


def test_rules_of_travel_are_shown_with_the_state_of_the_day(tmp_path: Path, shipped: Data) -> None:
    data = with_ledger(COUNTED, tmp_path)
    states = {item.statement.text: item.state for item in rules(data, TODAY, form="visa")}
    assert states == {
        "No visa": "ended, unless prolonged",
        "No visa for drivers": "ahead",
        "Groups go without a visa": "as stated, no date held",
    }
    assert {item.statement.text: item.state for item in rules(data, "2026-01-01", form="visa")}[
        "No visa"
    ] == "in force"
    with pytest.raises(UnknownLabel, match="tourism"):
        rules(data, TODAY, form="turism")
    held = rules(shipped, TODAY, between=("CHN", "RUS"), form="visa")
    over = {item.record.subject for item in held if item.state == "ended, unless prolonged"}
    assert over == {"people/visa-china-for-russians", "people/visa-russia-for-chinese"}
    assert {item.statement.valid_to for item in held if item.state == "ended, unless prolonged"} == {
        "2026-09-14"
    }


def test_an_original_known_by_its_translation_counts_and_what_exists_is_not_unknown(tmp_path: Path) -> None:
    text = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: one, publisher: First Paper, published: 2024-03}
entries:
  - record: information/decree
    source: one
    says:
      name: Decree
      parties: [RUS, CHN]
      topic: Decrees
      language: {value: ru, note: language of the original; a translation into English was read}
  - record: information/list
    source: one
    says: {name: List, parties: [RUS, CHN], topic: Lists}
"""
    rows = {item.topic: item.row() for item in topics(with_ledger(text, tmp_path))}
    assert (rows["Decrees"]["russian"], rows["Decrees"]["nothing_in"]) == (TRANSLATED, "Chinese, English")
    assert rows["Decrees"]["exists"] == "Decree (Russian)"
    assert {rows["Lists"][name] for name in ("russian", "chinese", "english")} == {NOT_SAID}
    assert rows["Lists"]["nothing_in"] is None
    assert rows["Lists"]["exists"] == "List (language not said)"


def test_shipped_shares_of_firms_are_not_shares_through_intermediaries(shipped: Data) -> None:
    held = settlement(shipped, TODAY, between=("CHN", "RUS"), measure="share")
    agents = [item for item in held if item.record.subject == "settlement/rus-chn-intermediaries"]
    assert [item.of_what for item in agents] == ["payments"]
    firms = {item.statement.number: item.of_what for item in held if "firms" in item.record.name}
    assert {20.0, 30.0} <= set(firms)
    assert firms[20.0].endswith("with full access")
    assert firms[30.0].endswith("with limited access")
