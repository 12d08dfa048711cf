"""Steps of a consignment: side, mode, way and goods; electronic on a day; nothing added up that no source states."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.ledger import Ledger, read
from landbridge.registers.steps import DIFFER, UNKNOWN, Passage, Steps, along, electronic, steps
from landbridge.release.data import Data

TODAY = "2026-11-22"
TEXT = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: one, publisher: First Paper, published: 2024-03}
  - {id: two, publisher: Second Paper, published: 2024-03}
entries:
  - record: step/note
    source: one
    says:
      name: Consignment note
      parties: [CHN, RUS]
      side: RUS
      mode: rail
      electronic:
        - {value: "no", as_of: 2017-06}
        - {value: planned, as_of: 2020}
        - {value: "yes", from: 2025-01-01}
      hours: {low: 2, high: 6, unit: h}
  - record: step/declaration
    source: one
    says: {name: Declaration, parties: [CHN, RUS], side: RUS, mode: any, hours: {value: 1, unit: days}}
  - record: step/food
    source: one
    says:
      name: Food certificate
      parties: [CHN, RUS]
      side: RUS
      mode: any
      cargo: Food and feed
      electronic: {value: partly, as_of: 2024}
  - record: step/food
    source: two
    says: {electronic: {value: "no", as_of: 2024}}
  - record: step/export
    source: one
    says: {name: Export paper, parties: [RUS, CHN], side: CHN, mode: any}
  - record: step/lorry
    source: one
    says: {name: Lorry permit, parties: [CHN, RUS], side: RUS, mode: road}
  - record: step/paper
    source: two
    says: {name: Customs paper, parties: [CHN, RUS, BLR], side: CHN, mode: any, cargo: All goods, both_ways: true}
  - record: step/supposed
    source: assumed
    says: {name: Invoice, parties: [CHN, RUS, BLR], side: CHN, mode: any}
"""
RAIL = Passage(("CHN", "RUS"), ("rail",), ("somewhere",))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    path = tmp_path / "ledger.yaml"
    path.write_text(TEXT, encoding="utf-8")
    file = read(path, [place.code for place in codes.places()])
    return Ledger(file.statements, {source.id: source for source in file.sources})


@pytest.fixture(scope="module")
def shipped() -> Data:
    return lb.load()


def needed(found: Steps) -> set[str]:
    return {item.record.subject for item in found.needed}


def test_side_mode_and_way_choose_the_steps(ledger: Ledger) -> None:
    found = along(ledger, RAIL, "", TODAY)
    assert needed(found) == {"step/note", "step/declaration", "step/supposed", "step/paper"}
    back = next(item for item in found.steps if item.record.subject == "step/export")
    assert back.way == "the other way"
    assert "unknown" in back.needed
    assert "step/lorry" not in {item.record.subject for item in found.steps}
    assert needed(along(ledger, Passage(("RUS", "CHN"), ("rail",), ()), "", TODAY)) == {
        "step/export",
        "step/paper",
    }


def test_a_step_held_both_ways_serves_either_and_one_statement_stands_behind_both(ledger: Ledger) -> None:
    there, back = (
        along(ledger, Passage(way, ("rail",), ()), "", TODAY) for way in (("CHN", "RUS"), ("RUS", "CHN"))
    )
    for found in (there, back):
        row = next(row for row in found.rows() if row["step"] == "step/paper")
        assert (row["needed"], row["both_ways"]) == ("every consignment", True)
    assert not any(row["both_ways"] for row in back.rows() if row["step"] != "step/paper")
    # Passed only, it is still of the part of the way between its own ends.
    passed = along(ledger, Passage(("KAZ", "CHN", "RUS"), ("rail",), ()), "", TODAY)
    (part,) = [item for item in passed.steps if item.record.subject == "step/paper"]
    assert part.needed == "held for goods between CHN and BLR; whether it is needed in transit is unknown"


def test_a_country_that_is_only_passed_asks_for_nothing_that_a_source_named_for_arrivals(
    ledger: Ledger,
) -> None:
    found = along(ledger, Passage(("CHN", "RUS", "BLR"), ("rail",), ()), "", TODAY)
    assert needed(found) == {"step/supposed", "step/paper"}
    transit = next(item for item in found.steps if item.record.subject == "step/declaration")
    assert transit.way == "part of the way"
    assert transit.needed == "held for goods from CHN to RUS; whether it is needed in transit is unknown"
    assert "No step of Belarus is held on this way." in found.unknown


def test_goods_named_are_needed_and_others_stay_conditions(ledger: Ledger) -> None:
    food = along(ledger, RAIL, "food", TODAY)
    assert "step/food" in needed(food)
    timber = along(ledger, RAIL, "timber", TODAY)
    assert "step/food" not in needed(timber)
    # That the words differ does not prove that it is not needed.
    held = next(item for item in timber.steps if item.record.subject == "step/food")
    assert held.fits is None
    assert held.needed == "if the goods are: Food and feed"
    assert any("1 more steps hang on the goods" in line for line in timber.unknown)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2016", UNKNOWN),
        ("2018", "no"),
        ("2021", "planned"),
        ("2024-12-31", "planned"),
        ("2025-01-01", "yes"),
    ],
)
def test_electronic_is_that_of_the_day(ledger: Ledger, day: str, state: str) -> None:
    assert electronic(ledger.record("step/note"), day).state == state


def test_sources_that_differ_are_not_reconciled(ledger: Ledger) -> None:
    form = electronic(ledger.record("step/food"), TODAY)
    assert form.state == DIFFER
    assert {said.source for said in form.statements} == {"one", "two"}


def test_hours_are_added_only_where_stated_and_the_rest_is_named(ledger: Ledger) -> None:
    found = along(ledger, RAIL, "", TODAY)
    assert found.hours == (26.0, 30.0)
    assert (found.timed, len(found.needed)) == (2, 4)
    assert any("2 of 4 steps" in line for line in found.unknown)
    assert along(ledger, Passage(("RUS", "CHN"), ("rail",), ()), "", TODAY).hours is None


def test_what_is_assumed_or_unknown_is_said(ledger: Ledger) -> None:
    lines = " ".join(along(ledger, RAIL, "", TODAY).unknown)
    assert "without a source: Invoice." in lines
    assert "not known: Customs paper; Invoice; Declaration." in lines


def test_summary_counts_each_side(ledger: Ledger) -> None:
    rows = {row["side"]: row for row in along(ledger, RAIL, "food", TODAY).summary()}
    assert rows["RUS"]["steps"] == 3
    assert rows["RUS"]["electronic_yes"] == rows["RUS"]["electronic_sources_differ"] == 1
    assert rows["CHN"]["electronic_unknown"] == rows["CHN"]["steps"] == 2
    assert rows["CHN"]["hours_low"] is None


def test_shipped_route_gives_countries_modes_and_crossings(shipped: Data) -> None:
    found = steps(shipped, "RU-AMU", "CN-HL", "road", "food", TODAY)
    assert found.passage == Passage(("RUS", "CHN"), ("road",), ("blagoveshchensk-heihe-road",))
    assert "step/russia-road-e-queue" in needed(found)
    assert "step/china-food-registration" in needed(found)
    assert not any("rail" in item.record.subject for item in found.steps)
    for row in found.rows():
        assert row["ids"]
        assert row["electronic"] in ("yes", "no", "partly", "planned", DIFFER, UNKNOWN)


def test_shipped_declaration_of_china_serves_both_ways_by_the_words_of_its_source(shipped: Data) -> None:
    record = shipped.ledger.record("step/china-customs-declaration")
    (said,) = record.all("both_ways")
    assert (said.text, said.source) == ("true", "dailymailnews-2017-11-30-single-window")
    for way in (("CHN", "RUS"), ("RUS", "CHN"), ("CHN", "BLR"), ("BLR", "CHN")):
        assert record.subject in needed(along(shipped.ledger, Passage(way, ("road",), ()), "", TODAY)), way
    # A certificate for goods sold to China is asked for one way alone.
    home = along(shipped.ledger, Passage(("CHN", "RUS"), ("road",), ()), "food", TODAY)
    assert "step/china-food-registration" not in needed(home)


def test_shipped_booking_of_a_time_did_not_exist_before_september_2023(shipped: Data) -> None:
    record = shipped.ledger.record("step/russia-road-e-queue")
    assert electronic(record, "2023-08-31").state == UNKNOWN
    assert electronic(record, "2023-09-01").state == "yes"


def test_sea_needs_no_papers_of_the_road(shipped: Data) -> None:
    found = steps(shipped, "CHN", "RUS", "sea", "", TODAY)
    assert found.passage.modes == ("sea",)
    assert "step/sea-bill-of-lading" in needed(found)
    assert "step/driver-visa-russia" not in {item.record.subject for item in found.steps}


def test_refusals(shipped: Data, ledger: Ledger) -> None:
    with pytest.raises(UnknownLabel, match="rail"):
        steps(shipped, "CHN", "RUS", "rails")
    with pytest.raises(BadUsage, match="no border"):
        along(ledger, Passage(("RUS",), ("rail",), ()), "", TODAY)


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("CN-HL", "RU-MOW"), ("CN-HL", "RU-SVE"), ("CN-HL", "RU-SPE"), ("CN-JL", "RU-TUL")],
)
def test_a_way_that_leaves_a_country_and_enters_it_again_ends_there(
    shipped: Data, origin: str, destination: str
) -> None:
    found = steps(shipped, origin, destination, "rail", "", TODAY)
    assert (found.passage.countries[0], found.passage.countries[-1]) == ("CHN", "RUS")
    assert {"step/china-customs-declaration", "step/russia-customs-declaration"} <= needed(found)
    assert [row["side"] for row in found.summary()] == list(found.passage.sides)
    assert len(found.passage.sides) == len(set(found.passage.sides))


def test_a_country_entered_twice_counts_once_and_both_its_borders_are_crossed(ledger: Ledger) -> None:
    round_way = along(ledger, Passage(("CHN", "RUS", "KAZ", "RUS"), ("rail",), ()), "", TODAY)
    straight = along(ledger, Passage(("CHN", "RUS"), ("rail",), ()), "", TODAY)
    assert needed(round_way) == needed(straight)
    back = along(ledger, Passage(("RUS", "KAZ", "RUS", "CHN"), ("rail",), ()), "", TODAY)
    assert needed(back) == needed(along(ledger, Passage(("RUS", "CHN"), ("rail",), ()), "", TODAY))


def test_since_is_what_a_source_says_and_not_the_day_on_which_it_spoke(ledger: Ledger) -> None:
    record = ledger.record("step/note")
    assert [
        (form.state, form.since, form.said_on)
        for form in (electronic(record, on) for on in ("2018", "2021", "2026"))
    ] == [
        ("no", "", "2017-06"),
        ("planned", "", "2020"),
        ("yes", "2025-01-01", ""),
    ]


def test_the_status_of_an_electronic_form_is_shown(shipped: Data) -> None:
    rows = {row["step"]: row for row in steps(shipped, "CHN", "RUS", "rail", "", TODAY).rows()}
    own = rows["step/russia-customs-declaration"]
    assert (own["electronic"], own["electronic_status"]) == ("yes", "assumed")
    assert all((row["electronic_status"] is None) == (row["electronic"] == UNKNOWN) for row in rows.values())
