"""What is entered stays: killed, crowded or refused, no acknowledged statement is lost, and no earlier answer changes."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from landbridge.errors import BadFile, BadUsage, NotHeld, UnknownLabel
from landbridge.ledger import Statement
from landbridge.registers.entries import Form, Origin
from landbridge.registers.nouns import KINDS
from landbridge.registers.register import register
from landbridge.registers.writing import Report, add, add_files, supersede
from landbridge.release import Data, embedded, load
from landbridge.release.workspace import INDEX, LEDGER, Workspace

DAY = "2026-12-01"
DESK = Origin("Our desk", "Minutes", "2026-10-14")


@pytest.fixture(scope="module")
def release() -> Data:
    return load(release=embedded())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "space"


def tie(slug: str, *more: str, by: str = "Anna", **slots: Any) -> Form:
    sets = ("parties=BY-VI CN-HL", "level=city", f"name={slug}", *more)
    return Form("twinning", slug, sets, by, **{"origin": DESK} | slots)


def entered(place: Path, release: Data, form: Form, recorded: str = DAY) -> Report:
    return add(Workspace.open_or_create(place), release, form, recorded=recorded)


def opened(place: Path) -> Data:
    return load(place)


def own(place: Path) -> list[Statement]:
    statements, _ = Workspace.open(place).ledger()
    return statements


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
    report = entered(place, release, form)
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


def of(place: Path, name: str) -> Statement:
    (found,) = [s for s in own(place) if s.property == name and not s.supersedes]
    return found


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


# --- answers stay --------------------------------------------------------------------------------------------------


def answers(data: Data, as_of: str) -> str:
    """Everything that the registers say as of a date."""
    narrowed = data.at(as_of)
    rows = {}
    for kind in KINDS:
        asked = register(kind)
        listed = asked.list(narrowed, today=as_of)
        rows[kind] = [
            [item.row() for item in listed],
            [item.row() for item in asked.list(narrowed, today="2020", on="2020")],
            [item.row() for item in asked.due(narrowed, as_of, 2000)],
            [line.row() for item in listed for line in asked.show(narrowed, item.record.subject)],
            asked.export(narrowed, "csv", today=as_of).text,
        ]
    return json.dumps(rows)


def noise(data: Data, rng: random.Random) -> Iterator[Callable[[Workspace, Data], Report]]:
    """Later entries of every sort: new records, more about known ones, replacements, new sources."""
    ledger = data.ledger
    for number in range(4):
        form = tie(f"late-{number}", f"since={rng.randrange(1990, 2026)}", by="Late")
        yield lambda space, held, form=form: add(space, held, form, recorded="2027-03-01")  # type: ignore[misc]
    for kind, slots in (
        ("twinning", "active=A late visit @2026-11"),
        ("mechanism", "meeting=A late session @2026-11"),
        ("document", "activity=Something late @2026-11"),
        ("project", "stage=cancelled @2026-10"),
        ("zone", "residents=1 count @2026-10"),
        ("barrier", "size=1 % @2026-10"),
    ):
        subject = rng.choice(ledger.records(kind)).subject
        form = Form(kind, subject, (slots,), "Late", origin=DESK)
        yield lambda space, held, form=form: add(space, held, form, recorded="2027-03-02")  # type: ignore[misc]
    texts = [s for s in ledger.statements if s.kind in KINDS and s.property in ("name", "since", "signed")]
    for old in rng.sample(texts, 8):
        value = "1999" if old.property != "name" else "Another name"
        yield lambda space, held, old=old, value=value: supersede(  # type: ignore[misc]
            *(space, held, old.id),
            value=value,
            by="Late",
            source=old.source,
            reason="Late",
            recorded="2027-03-03",
        )


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_entered_later_changes_no_answer_as_of_an_earlier_date(
    place: Path, release: Data, seed: int
) -> None:
    entered(place, release, tie("early", "since=2013", "active=Early @2026-01"), "2026-12-01")
    before = opened(place)
    dates = ("2026-11-21", "2026-12-01", "2027-02-28")
    first = {date: answers(before, date) for date in dates}
    assert first["2026-11-21"] != first["2026-12-01"]
    for write in noise(before, random.Random(seed)):
        assert write(Workspace.open(place), opened(place) if seed == 1 else before).added > 0
    after = opened(place)
    for date in dates:
        assert answers(after, date) == first[date]
    assert answers(after, "2027-03-03") != first["2027-02-28"]


# --- killed, crowded, refused --------------------------------------------------------------------------------------


ADDING = """
import sys
from pathlib import Path
from landbridge.registers.entries import Form, Origin
from landbridge.registers.writing import add
from landbridge.release import load
from landbridge.release.workspace import Workspace

space, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
data = load()
{before}
for number in range(count):
    sets = ("parties=BY-VI CN-HL", "level=city", f"name={{who}} {{number}}")
    form = Form("twinning", f"{{who}}-{{number}}", sets, who, origin=Origin("Desk of " + who))
    report = add(Workspace.open_or_create(space), data, form, recorded="2026-12-01")
    # Acknowledged once it stands here.
    print(*(item.id for item in report.statements), flush=True)
"""


def started(place: Path, who: str, count: int, before: str = "") -> subprocess.Popen[str]:
    script = textwrap.dedent(ADDING.format(before=before))
    folder = place.parent / f"home-{who}"
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", script, str(place), who, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={key: value for key, value in os.environ.items() if key != "LANDBRIDGE_WORKSPACE"},
    )


KILL = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
# Where a writer dies, by what it is about to do or has just done when it is killed.
MOMENTS = {
    "before the files are put in place": f"""
from landbridge.release import objects
def die(*_):
    {KILL}
objects.commit = die
""",
    "when the files are in place but not the list": f"""
from pathlib import Path
true = Path.replace
def replace(self, target):
    done = true(self, target)
    if Path(target).name == "ledger.sqlite":
        {KILL}
    return done
Path.replace = replace
""",
    "after statements, before their sources": f"""
from sqlalchemy import Engine, event
@event.listens_for(Engine, "after_cursor_execute")
def die(connection, cursor, statement, *_):
    if statement.startswith("INSERT INTO statement"):
        {KILL}
""",
    "before the commit": f"""
from sqlalchemy import Engine, event
@event.listens_for(Engine, "commit")
def die(connection):
    if connection.get_transaction() and connection.exec_driver_sql("SELECT count(*) FROM statement").scalar():
        {KILL}
""",
    "between the commit and the answer": f"""
from landbridge.registers import writing
def die(*_):
    {KILL}
writing.Report = die
""",
}


@pytest.mark.parametrize("standing", [False, True], ids=["the first write", "a later write"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_writer_killed_at_any_moment_loses_nothing_and_stops_nobody(
    place: Path, release: Data, moment: str, standing: bool
) -> None:
    before: set[str] = set()
    if standing:
        before = {s.id for s in entered(place, release, tie("x")).statements}
    process = started(place, "victim", 1, MOMENTS[moment])
    out, err = process.communicate(timeout=120)
    if standing and "files" in moment:
        # A workspace that is there already needs no files.
        assert process.returncode == 0, err
    else:
        assert process.returncode == -signal.SIGKILL, err
        assert out == ""
    left = {s.id for s in own(place)} if (place / INDEX).exists() else set()
    assert before <= left
    # All of a write or nothing of it.
    assert len(left - before) in (0, 3)
    if moment == "between the commit and the answer":
        assert len(left - before) == 3
    after = entered(place, release, tie("after"))
    assert after.added == 3
    assert {s.id for s in own(place)} == left | {s.id for s in after.statements}
    check_sound(place)


def test_what_was_acknowledged_before_a_kill_is_there(place: Path) -> None:
    process = started(place, "victim", 500)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().split() for _ in range(6)]
    process.kill()
    process.communicate(timeout=60)
    assert all(len(ids) == 3 for ids in acknowledged)
    assert {name for ids in acknowledged for name in ids} <= {s.id for s in own(place)}
    assert len(own(place)) % 3 == 0
    check_sound(place)


def check_sound(place: Path) -> None:
    connection = sqlite3.connect(place / LEDGER)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    # Nothing in it can be changed, however it came to be.
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        connection.execute("UPDATE statement SET text = 'x'")
    connection.close()


def test_two_writers_at_once_lose_nothing(place: Path) -> None:
    both = [started(place, who, 50) for who in ("anna", "boris")]
    told: list[str] = []
    for process in both:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        told += out.split()
    assert len(told) == len(set(told)) == 2 * 50 * 3
    assert {s.id for s in own(place)} == set(told)
    check_sound(place)


def test_of_two_who_replace_the_same_statement_one_learns_of_the_other(place: Path, release: Data) -> None:
    entered(place, release, tie("x", "since=2012"))
    old = of(place, "since")
    # Both looked before either wrote.
    seen = opened(place)
    slots = {"by": "Anna", "source": old.source, "reason": "Recounted"}
    supersede(Workspace.open(place), seen, old.id, value="2013", **slots)
    with pytest.raises(BadUsage, match="superseded already"):
        supersede(Workspace.open(place), seen, old.id, value="2014", **slots)
    assert [s.text for s in opened(place).ledger.record("twinning/x").all("since")] == ["2013"]


@pytest.fixture
def pragma() -> Iterator[Callable[[str], None]]:
    """Gives every connection to a ledger a limit of SQLite's own."""
    given: list[Callable[..., None]] = []

    def give(line: str) -> None:
        def connected(connection: Any, _: Any) -> None:
            connection.execute(line)

        event.listen(Engine, "connect", connected)
        given.append(connected)

    yield give
    for function in given:
        event.remove(Engine, "connect", function)


@pytest.mark.parametrize(
    ("line", "told"),
    [("PRAGMA max_page_count = 1", "the disk is full"), ("PRAGMA query_only = ON", "read-only")],
)
def test_a_full_disk_or_a_read_only_one_is_named_and_nothing_is_lost(
    place: Path, release: Data, pragma: Callable[[str], None], line: str, told: str
) -> None:
    first = {s.id for s in entered(place, release, tie("x")).statements}
    pragma(line)
    many = tuple(f"active={'long ' * 200}{number}" for number in range(40))
    with pytest.raises(NotHeld, match=told) as refused:
        entered(place, release, tie("y", *many))
    assert "nothing was added" in str(refused.value)
    assert {s.id for s in own(place)} == first


def test_a_disk_that_stops_in_the_middle_leaves_what_was_there(place: Path, release: Data) -> None:
    first = {s.id for s in entered(place, release, tie("x")).statements}
    limit = (place / LEDGER).stat().st_size + 8192
    before = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
"""
    process = started(place, "victim", 200, before)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "NotHeld" in err
    assert "nothing was added" in err
    acknowledged = set(out.split())
    assert acknowledged
    assert {s.id for s in own(place)} == first | acknowledged
    check_sound(place)


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path, release: Data) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotHeld, match="cannot be written to"):
        add(Workspace(tmp_path / "file"), release, tie("x"))
    if os.geteuid() == 0:
        pytest.skip("the superuser may write into any folder")
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(NotHeld, match="cannot be written to"):
        add(Workspace(tmp_path / "locked"), release, tie("x"))


def test_a_writer_waits_for_its_turn_and_says_so_when_it_does_not_come(
    place: Path, release: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    from landbridge.registers import writing
    from landbridge.release import objects

    entered(place, release, tie("x"))
    monkeypatch.setattr(writing, "_PATIENCE", 0.2)
    with objects.locked(place), pytest.raises(NotHeld, match="another load is writing"):
        entered(place, release, tie("y"))
    assert entered(place, release, tie("y")).added == 3


def test_a_ledger_narrowed_to_a_date_is_not_written_to(place: Path, release: Data) -> None:
    for narrowed in (release.at("2026-11-22"), release.on("2020")):
        with pytest.raises(BadUsage, match="narrowed to a date"):
            add(Workspace.open_or_create(place), narrowed, tie("x"))
