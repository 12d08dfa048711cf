"""Own ledger files in a workspace: the day of entry counts whatever a file says, and a full disk is called one."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from landbridge.errors import NotHeld
from landbridge.release import Data, embedded, load, objects, own_ledger
from landbridge.release.own_ledger import load_ledger
from landbridge.release.workspace import INDEX, LEDGER, Workspace

FILE = """recorded: {recorded}
recorder: Anna
kind: twinning
sources:
  - {{id: our-desk, publisher: Our desk, published: 2026-10-14}}
entries:
  - record: twinning/{slug}
    source: our-desk
    says: {{name: X and Y, parties: [BY-VI, CN-HL], level: city, since: 2012}}
"""


@pytest.fixture(scope="module")
def release() -> Data:
    return load(release=embedded())


def written(folder: Path, slug: str = "x", recorded: str = "2020-01-01") -> Path:
    path = folder / f"{slug}.yaml"
    path.write_text(FILE.format(slug=slug, recorded=recorded), "utf-8")
    return path


@pytest.mark.parametrize("stated", ["2020-01-01", "2026-11-21"])
def test_a_file_is_recorded_on_the_day_of_entry(tmp_path: Path, release: Data, stated: str) -> None:
    place = tmp_path / "ws"
    report = load_ledger(
        Workspace(place), [written(tmp_path, recorded=stated)], release, recorded="2026-12-01"
    )
    assert report.added == 4
    assert report.notes == (f"Recorded as of 2026-12-01, the day of entry; the files say {stated}.",)
    statements, _ = Workspace.open(place).ledger()
    assert {item.recorded for item in statements} == {"2026-12-01"}


def test_a_file_dated_back_changes_no_answer_as_of_an_earlier_date(tmp_path: Path, release: Data) -> None:
    place = tmp_path / "ws"
    before = {item.id for item in release.at("2026-11-30").ledger.statements}
    load_ledger(Workspace(place), [written(tmp_path)], release, recorded="2026-12-01")
    assert {item.id for item in load(place).at("2026-11-30").ledger.statements} == before
    assert "twinning/x" in {
        record.subject for record in load(place).at("2026-12-01").ledger.records("twinning")
    }


def test_loading_again_adds_nothing_and_dates_nothing_anew(tmp_path: Path, release: Data) -> None:
    place = tmp_path / "ws"
    load_ledger(Workspace(place), [written(tmp_path)], release, recorded="2026-12-01")
    again = load_ledger(Workspace.open(place), [written(tmp_path)], load(place), recorded="2026-12-09")
    assert again.added == 0
    statements, _ = Workspace.open(place).ledger()
    assert {item.recorded for item in statements} == {"2026-12-01"}


def test_without_a_day_it_is_that_of_the_clock(tmp_path: Path, release: Data) -> None:
    place = tmp_path / "ws"
    days = [datetime.now(UTC).date().isoformat()]
    report = load_ledger(Workspace(place), [written(tmp_path)], release)
    days.append(datetime.now(UTC).date().isoformat())
    statements, _ = Workspace.open(place).ledger()
    assert {item.recorded for item in statements} <= set(days)
    # A file that says the day itself is not spoken of.
    said = load_ledger(
        Workspace.open(place), [written(tmp_path, "y", "2026-12-03")], load(place), recorded="2026-12-03"
    )
    assert (bool(report.notes), said.notes) == (True, ())


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
def test_a_full_disk_is_called_full_and_what_was_held_stays(
    tmp_path: Path, release: Data, pragma: Callable[[str], None], line: str, told: str
) -> None:
    place = tmp_path / "ws"
    load_ledger(Workspace(place), [written(tmp_path)], release)
    held = (place / LEDGER).read_bytes()
    pragma(line)
    long = written(tmp_path, "long")
    long.write_text(long.read_text("utf-8").replace("X and Y", "X and Y " * 4000), "utf-8")
    with pytest.raises(NotHeld, match=told) as refused:
        load_ledger(Workspace.open(place), [long], release)
    assert "nothing was added" in str(refused.value)
    assert "cannot be read" not in str(refused.value)
    assert (place / LEDGER).read_bytes() == held


def test_a_disk_that_is_full_before_the_ledger_is_made_is_called_full(
    tmp_path: Path, release: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(objects, "commit", full)
    with pytest.raises(NotHeld, match="No space left on device; nothing was added") as refused:
        load_ledger(Workspace(tmp_path / "ws"), [written(tmp_path)], release)
    assert "Make room" in str(refused.value)
    assert not (tmp_path / "ws" / INDEX).exists()


def test_the_list_of_loads_is_there_before_the_ledger(
    tmp_path: Path, release: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(own_ledger.Store, "append", killed)
    with pytest.raises(KeyboardInterrupt):
        load_ledger(Workspace(tmp_path / "ws"), [written(tmp_path)], release)
    assert Workspace.open(tmp_path / "ws").ledger() == ([], {})
