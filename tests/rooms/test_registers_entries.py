"""What is typed into the registers: read, held to the schema, told in full where it is wrong, and superseded in the open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landbridge.errors import BadFile, BadUsage, UnknownLabel
from landbridge.registers.entries import Form, Origin
from landbridge.registers.writing import Report, add, add_files, supersede
from landbridge.release import Data, embedded, load
from landbridge.release.workspace import Workspace
from register_desk import DAY, DESK, entered, of, opened, own, tie


@pytest.fixture(scope="module")
def release() -> Data:
    return load(release=embedded())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "space"


# --- adding --------------------------------------------------------------------------------------------------------


def test_a_record_is_added_with_its_source_and_read_back_as_it_was_typed(place: Path, release: Data) -> None:
    form = tie(
        "x",
        "since=2013-05",
        "city_pairs=~5 count @2024",
        "active=Visit of the mayor @2024-05",
        "active={value: Fair, period: 2023, note: online}",
        "number=3..4 @2020",
        locator="page 2",
        speaker="The mayor",
        said_on="2026-10",
    )
    report = entered(place, release, form)
    assert report.added == len(report.statements) == 8
    assert report.notes == ("twinning/x is new.",)
    held = opened(place).ledger.record("twinning/x")
    (pairs,) = held.all("city_pairs")
    assert (pairs.number, pairs.unit, pairs.comparator, pairs.period) == (5.0, "count", "~", "2024")
    (range_,) = held.all("number")
    assert (range_.low, range_.high, range_.number) == (3.0, 4.0, None)
    assert [(s.text, s.period, s.note) for s in held.all("active")] == [
        ("Fair", "2023", "online"),
        ("Visit of the mayor", "2024-05", ""),
    ]
    assert {(s.recorder, s.recorded, s.locator, s.speaker, s.as_of) for s in held.statements} == {
        ("Anna", DAY, "page 2", "The mayor", "2026-10")
    }
    (source,) = {s.source for s in held.statements}
    assert held.sources[source].publisher == "Our desk"


def test_adding_the_same_again_adds_nothing(place: Path, release: Data) -> None:
    assert entered(place, release, tie("x")).added == 3
    again = entered(place, release, tie("x", by="Boris"), "2027-01-01")
    assert again.added == 0
    assert "held already" in again.notes[-1]
    assert {(s.recorder, s.recorded) for s in own(place)} == {("Anna", DAY)}


def test_a_second_source_may_say_otherwise_and_is_told_so(place: Path, release: Data) -> None:
    form = Form("zone", "great-stone", ("since=2011",), "Anna", origin=DESK)
    before = release.ledger.record("zone/great-stone").text("since")
    with pytest.raises(BadFile, match=r"since of zone/great-stone is held as .* --beside"):
        entered(place, release, form)
    report = entered(place, release, replace(form, beside=True))
    # What was recorded first is what readers are shown; the other stands beside it.
    assert opened(place).ledger.record("zone/great-stone").text("since") == before
    assert report.notes[0] == "zone/great-stone is known."
    assert "since was stated before" in report.notes[1]
    texts = [s.text for s in opened(place).ledger.record("zone/great-stone").all("since")]
    assert "2011" in texts
    assert len(texts) > 1


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_written(place: Path, release: Data) -> None:
    form = Form(
        "twinning",
        "Bad slug",
        (
            "parties=BY-VI CN-XXX",
            "since=soon",
            "since=2013",
            "lvel=city",
            "active=Visit @2024-13",
            "city_pairs=1,000",
            "number=-4",
            "nothing",
            "form={value: [a, b]}",
            "remark=bell \x07",
            "document={value: x",
        ),
        "",
        source="tass",
        status="sure",
        said_on="then",
    )
    with pytest.raises(BadFile) as refused:
        entered(place, release, form)
    told = str(refused.value)
    for words in (
        "--by is missing",
        "'Bad slug' is no name",
        "no source is called 'tass'",
        "no status is called 'sure'",
        "--said: 'then' is not a period",
        "'CN-XXX' is not a place code",
        "--set since=soon: 'soon' is not a date",
        "since is stated more than once",
        "no property of twinning is called 'lvel'. Nearest valid: level",
        "'2024-13' is not a period",
        "'1,000' is not a number",
        "below zero",
        "not of the form NAME=VALUE",
        "not a list",
        "U+0007",
        "--set document={value: x",
    ):
        assert words in told, words
    assert not place.exists()


def test_what_a_record_must_have_is_asked_for_unless_it_is_held(place: Path, release: Data) -> None:
    with pytest.raises(BadFile, match=r"parties is missing.*\n.*level is missing"):
        entered(place, release, Form("twinning", "x", ("since=2013",), "Anna", origin=DESK))
    entered(place, release, tie("x"))
    # The same data, from before: what others wrote meanwhile counts all the same.
    later = add(
        Workspace.open(place), opened(place), Form("twinning", "x", ("since=2013",), "Anna", origin=DESK)
    )
    assert later.added == 1


def test_records_that_are_named_must_be_there(place: Path, release: Data) -> None:
    with pytest.raises(BadFile, match="names document/nothing, which is not there"):
        entered(place, release, tie("x", "document=document/nothing"))


def test_what_is_assumed_must_be_a_range(place: Path, release: Data) -> None:
    with pytest.raises(BadFile, match="what is assumed must be a range"):
        entered(place, release, tie("x", "city_pairs=5", origin=Origin(), source="assumed"))
    assert entered(place, release, tie("x", "city_pairs=5..7", origin=Origin(), source="assumed")).added == 4


def test_a_source_held_with_other_content_is_not_overwritten(place: Path, release: Data) -> None:
    entered(place, release, tie("x", source="our-desk"))
    with pytest.raises(BadFile, match="our-desk is already held with other content"):
        entered(place, release, tie("y", source="our-desk", origin=Origin("Another desk")))


FILE = """
recorded: 2020-01-01
recorder: Anna
kind: twinning
sources: [{id: our-minutes, publisher: Our desk}]
entries:
  - record: twinning/from-a-file
    source: our-minutes
    says: {name: From a file, parties: [BY-VI, CN-HL], level: city}
"""


def test_files_are_recorded_on_the_day_on_which_they_are_entered(
    place: Path, release: Data, tmp_path: Path
) -> None:
    (tmp_path / "ties.yaml").write_text(FILE)
    report = add_files(
        Workspace.open_or_create(place), release, "twinning", [tmp_path / "ties.yaml"], recorded=DAY
    )
    assert report.added == 3
    assert {s.recorded for s in own(place)} == {DAY}
    assert "the files say 2020-01-01" in report.notes[0]


def test_files_of_another_kind_are_sent_to_their_register(place: Path, release: Data, tmp_path: Path) -> None:
    (tmp_path / "ties.yaml").write_text(FILE)
    (tmp_path / "bad.yaml").write_text(FILE.replace("level: city", "level: village"))
    with pytest.raises(BadFile) as refused:
        add_files(
            Workspace.open_or_create(place),
            release,
            "document",
            [tmp_path / "ties.yaml", tmp_path / "bad.yaml", tmp_path],
        )
    told = str(refused.value)
    assert "landbridge twins add" in told
    assert "'village' is not one of" in told
    assert "Name a single file" in told
    assert not place.exists()


# --- superseding ---------------------------------------------------------------------------------------------------


def replaced(place: Path, statement: str, value: str, **slots: Any) -> Report:
    (cited,) = {s.source for s in own(place)}
    given = {"by": "Boris", "source": cited, "reason": "Recounted"} | slots
    return supersede(Workspace.open(place), opened(place), statement, value=value, **given)


def test_the_old_statement_stays_and_the_new_one_keeps_what_was_not_given_anew(
    place: Path, release: Data
) -> None:
    entered(place, release, tie("x", "city_pairs={value: 5, period: 2024, comparator: '~', note: by hand}"))
    old = of(place, "city_pairs")
    report = replaced(place, old.id, "6")
    (new,) = report.statements
    assert (new.number, new.unit, new.period, new.comparator) == (6.0, "count", "2024", "~")
    assert new.note == "by hand; Replaced because: Recounted"
    assert new.supersedes == old.id
    ledger = opened(place).ledger
    assert ledger.statement(old.id) == old
    assert [s.id for s in ledger.record("twinning/x").all("city_pairs")] == [new.id]
    (third,) = replaced(place, new.id, "{value: 7, period: 2025}", reason="Again").statements
    assert third.note == "by hand; Replaced because: Again"
    assert third.period == "2025"


def test_what_is_superseded_already_is_not_superseded_again(place: Path, release: Data) -> None:
    entered(place, release, tie("x", "since=2012"))
    old = of(place, "since")
    (second,) = replaced(place, old.id, "2013").statements
    (third,) = replaced(place, second.id, "2014").statements
    with pytest.raises(BadUsage, match=rf"by {third.id} \(Boris.*2014"):
        replaced(place, old.id, "2015")
    # Asked again in the same words nothing is new, as with adding.
    assert replaced(place, second.id, "2014").added == 0
    assert [s.text for s in opened(place).ledger.record("twinning/x").all("since")] == ["2014"]


def test_a_file_cannot_supersede_what_was_superseded_nor_what_is_about_something_else(
    place: Path, release: Data, tmp_path: Path
) -> None:
    entered(place, release, tie("x", "since=2012"))
    old = of(place, "since")
    replaced(place, old.id, "2013")
    for name, told in (("since", "superseded already"), ("name", "which is about twinning/x, since")):
        says = f"says: {{{name}: {{value: '2015', supersedes: {old.id}}}}}"
        text = FILE.split("    says")[0].replace("from-a-file", "x") + f"    {says}\n"
        (tmp_path / "f.yaml").write_text(text)
        with pytest.raises(BadFile, match=told):
            add_files(Workspace.open(place), opened(place), "twinning", [tmp_path / "f.yaml"])


@pytest.mark.parametrize(
    ("slots", "told"),
    [
        ({"value": "2012"}, "says what the old one says"),
        ({"value": "soon"}, "--value: 'soon' is not a date"),
        ({"reason": " "}, "--reason is missing"),
        ({"by": ""}, "--by is missing"),
        ({"source": ""}, "write --source our-desk"),
        ({"source": "nobody"}, "no source is called 'nobody'"),
        ({"value": ""}, "--value is missing"),
        ({"kind": "document"}, "Use `landbridge twins supersede`"),
    ],
)
def test_a_replacement_that_cannot_be_made_is_refused(
    place: Path, release: Data, slots: dict[str, str], told: str
) -> None:
    entered(place, release, tie("x", "since=2012"))
    with pytest.raises((BadFile, BadUsage), match=told):
        replaced(place, of(place, "since").id, slots.pop("value", "2013"), **slots)
    assert len(own(place)) == 4


def test_what_is_not_there_or_a_claim_cannot_be_superseded(place: Path, release: Data) -> None:
    entered(place, release, tie("x"))
    with pytest.raises(UnknownLabel):
        replaced(place, "s-nothing", "x")
    claim = next(s for s in release.ledger.statements if s.kind == "claim")
    with pytest.raises(BadUsage, match="claims review"):
        replaced(place, claim.id, "x")


def test_statements_of_the_release_are_superseded_in_the_workspace_alone(place: Path, release: Data) -> None:
    old = release.ledger.record("zone/great-stone").all("since")[0]
    report = supersede(
        Workspace.open_or_create(place),
        release,
        old.id,
        value="2011",
        by="Anna",
        source=old.source,
        reason="Test",
    )
    (new,) = report.statements
    # A correction cannot be known before what it corrects.
    assert new.recorded >= old.recorded
    assert opened(place).ledger.statement(old.id) == old
    assert old.id not in {s.id for s in opened(place).ledger.statements}
    assert old.id in {s.id for s in release.ledger.statements}
