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

from landbridge.errors import BadUsage, NotHeld
from landbridge.registers import turns
from landbridge.registers.entries import Form
from landbridge.registers.nouns import KINDS
from landbridge.registers.register import register
from landbridge.registers.writing import Report, add, supersede
from landbridge.release import Data, embedded, load, objects
from landbridge.release.workspace import INDEX, LEDGER, Workspace
from register_desk import DESK, entered, of, opened, own, tie


@pytest.fixture(scope="module")
def release() -> Data:
    return load(release=embedded())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "space"


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
    entered(place, release, tie("x"))
    monkeypatch.setattr(turns, "_PATIENCE", 0.2)
    with objects.locked(place), pytest.raises(NotHeld, match="another load is writing"):
        entered(place, release, tie("y"))
    assert entered(place, release, tie("y")).added == 3


def test_a_ledger_narrowed_to_a_date_is_not_written_to(place: Path, release: Data) -> None:
    for narrowed in (release.at("2026-11-22"), release.on("2020")):
        with pytest.raises(BadUsage, match="narrowed to a date"):
            add(Workspace.open_or_create(place), narrowed, tie("x"))
