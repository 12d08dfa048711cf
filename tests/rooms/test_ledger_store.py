"""Statements in SQLite: added once, never changed, superseded in the open; and records as views over them."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from landbridge.errors import BrokenRelease, UnknownLabel
from landbridge.ledger import Ledger, Statement, check
from landbridge.ledger.store import Store
from landbridge.provenance import Source, Status

SOURCE = Source("tass-x", "TASS", "A queue", "2024", "https://example.org", "facts only", weak=True)


def statement(**changes: object) -> Statement:
    base = {
        "subject": "crossing/x",
        "kind": "crossing",
        "property": "waiting",
        "source": "tass-x",
        "status": Status.REPORTED,
        "recorded": "2026-11-01",
        "recorder": "Desk",
        "low": 5.0,
        "high": 7.0,
        "unit": "days",
        "as_of": "2024-09",
    }
    return Statement(**{**base, **changes})  # type: ignore[arg-type]


CLAIM = statement(
    subject="claim/x",
    kind="claim",
    property="asserts",
    text="Trade grew by {value}.",
    number=0.1,
    unit="%",
    start=3,
    end=9,
    sha256="ab",
    detail=MappingProxyType({"system": "6", "indicator": "трейд"}),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def test_what_is_read_equals_what_was_written_ids_included(path: Path) -> None:
    written = [statement(), CLAIM, statement(low=None, high=None, number=1 / 3)]
    store = Store(path)
    assert store.append(written, [SOURCE]) == 3
    store.close()
    again = Store(path)
    assert again.statements() == sorted(written, key=lambda item: item.id)
    assert [item.id for item in again.statements()] == sorted(item.id for item in written)
    assert again.sources() == {"tass-x": SOURCE}
    again.close()


def test_adding_the_same_statement_twice_adds_nothing(path: Path) -> None:
    store = Store(path)
    assert store.append([statement(), CLAIM]) == 2
    assert store.append([statement(), CLAIM]) == 0
    assert store.append([statement(recorded="2027-01-01", recorder="Another")]) == 0
    assert len(store) == 2
    assert {item.recorded for item in store.statements()} == {"2026-11-01"}
    store.close()


@pytest.mark.parametrize(
    "command", ["UPDATE statement SET text = 'x'", "DELETE FROM statement", "DELETE FROM source"]
)
def test_nothing_is_changed_or_deleted(path: Path, command: str) -> None:
    store = Store(path)
    store.append([statement()], [SOURCE])
    store.close()
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="never changed or deleted"):
        connection.execute(command)
    connection.close()


def test_a_ledger_of_another_version_is_refused_and_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.execute("CREATE TABLE other (a)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(BrokenRelease, match="schema version 9"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be looked at " * 40, b"SQLite format 3\x00junk"]
)
def test_a_damaged_file_is_named_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(BrokenRelease) as refused:
        Store(path)
    assert str(path) in str(refused.value)
    assert path.read_bytes() == content


def test_damage_inside_a_file_is_named_and_left_alone(path: Path) -> None:
    store = Store(path)
    store.append([statement(note="x" * 50, as_of=str(year)) for year in range(1000, 1400)])
    store.close()
    content = bytearray(path.read_bytes())
    half = len(content) // 2 // 4096 * 4096
    content[half : half + 8192] = b"\xff" * 8192
    path.write_bytes(bytes(content))
    with pytest.raises(BrokenRelease):
        Store(path).statements()
    assert path.read_bytes() == bytes(content)


def test_the_ledger_is_shown_as_it_was_recorded_by_a_date(path: Path) -> None:
    old = statement()
    new = statement(low=1.0, high=2.0, recorded="2026-12-01", supersedes=old.id)
    ledger = Ledger([old, new], {"tass-x": SOURCE})
    assert ledger.statements == (new,)
    assert ledger.history == (old, new)
    assert ledger.statement(old.id) is old
    assert ledger.at("2026-11-30").statements == (old,)
    assert ledger.at("2026-12-01").statements == (new,)
    assert ledger.at("2026-10-31").statements == ()
    store = Store(path)
    store.append([old, new])
    assert store.statements("2026-11-30") == [old]
    store.close()


def test_as_of_is_when_it_was_recorded_not_when_it_was_said() -> None:
    early = statement(recorded="2026-11-01", as_of="2030-01", period="2030")
    assert Ledger([early], {}).at("2026-11-01").statements == (early,)


def test_an_id_ignores_who_recorded_it_and_nothing_else() -> None:
    assert statement().id == statement(recorded="2027-01-01", recorder="B").id
    changed = [
        {"low": 4.0},
        {"note": "n"},
        {"speaker": "s"},
        {"period": "2024"},
        {"status": Status.CLAIMED},
        {"locator": "p"},
    ]
    assert len({statement(**change).id for change in changed} | {statement().id}) == len(changed) + 1
    assert replace(CLAIM, detail={"system": "7"}).id != CLAIM.id


def test_check_names_orphans_missing_properties_and_stages_out_of_order() -> None:
    shared = {"kind": "document", "subject": "document/x", "low": None, "high": None, "unit": "", "as_of": ""}
    said = [
        statement(**shared, property="signed", text="2018-05-17"),
        statement(**shared, property="in_force", text="2018-01"),
        statement(
            **{**shared, "kind": "measure", "subject": "measure/x"}, property="against", text="barrier/none"
        ),
        statement(source="unheard-of", supersedes="s-gone"),
    ]
    wrong = "\n".join(check(Ledger(said, {"tass-x": SOURCE})))
    for part in (
        "signed 2018-05-17 is after in_force 2018-01",
        "barrier/none, which is not there",
        "name is missing",
        "'unheard-of'",
        "s-gone",
    ):
        assert part in wrong


@pytest.mark.parametrize(
    ("signed", "in_force"),
    [("2018", "2018-05-17"), ("2018-05-17", "2018"), ("2024-H1", "2024-03"), ("2017", "2018")],
)
def test_dates_are_compared_at_the_coarser_precision(signed: str, in_force: str) -> None:
    shared = {"kind": "document", "subject": "document/x", "low": None, "high": None, "unit": "", "as_of": ""}
    said = [
        statement(**shared, property="signed", text=signed),
        statement(**shared, property="in_force", text=in_force),
    ]
    assert not [line for line in check(Ledger(said, {"tass-x": SOURCE})) if "after" in line]


def test_an_unknown_record_names_the_nearest() -> None:
    with pytest.raises(UnknownLabel) as refused:
        Ledger([statement()], {}).record("crossing/xx")
    assert refused.value.nearest == ("crossing/x",)
