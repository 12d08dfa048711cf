"""Review of claims: what is not sound is refused, what is interrupted leaves no trace, what is done at once is not lost."""

from __future__ import annotations

import itertools
import multiprocessing
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from landbridge.claims.review import Review, claim_id
from landbridge.errors import BadUsage, BrokenRelease, NotHeld, UnknownLabel
from landbridge.release import load as load_data
from landbridge.release import objects
from landbridge.release.workspace import Workspace
from reviewed_sample import (
    AGAIN,
    CLAIMS,
    DOC,
    ID,
    WHO,
    ledger,
    standing,
)


@pytest.fixture
def review(tmp_path: Path) -> Review:
    seconds = itertools.count()
    return Review.open(
        tmp_path / "w", clock=lambda: datetime(2024, 2, 1, tzinfo=UTC) + timedelta(seconds=next(seconds))
    )


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("corrected", "words"),
    [
        ({"unit": "USDD"}, "Nearest valid: USD"),
        ({"unit": "t"}, "Valid: USD, CNY"),
        ({"unit": None}, "needs a unit"),
        ({"indicator": "trade_turnovr"}, "Nearest valid: trade_turnover"),
        ({"indicator": "sanctions", "kind": "barrier"}, "carries none"),
        ({"kind": "barrier"}, "does not go with trade_turnover"),
        ({"kind": "quantty"}, "Nearest valid: quantity"),
        ({"period": "2023-13"}, "not a period"),
        ({"period": "last year"}, "not a period"),
        ({"period": "2023-02-30"}, "not a period"),
        ({"period_inferred": "2023/2022"}, "not a period"),
        ({"value": "1,5"}, "not a number"),
        ({"value": "nan"}, "not a number"),
        ({"value": float("inf")}, "not a finite number"),
        ({"value": 10**400}, "not a finite number"),
        ({"value": True}, "not a number"),
        ({"indicator": "exports_growth", "kind": "change", "unit": "t"}, "Valid: %, x"),
        ({"indicator": "tourists", "unit": "persons", "value": -5}, "below zero"),
        ({"valu": 5}, "Nearest valid: value"),
        ({"quote": "else"}, "no slot of a claim"),
        ({"start": 5000}, "no span"),
        ({"start": "x"}, "not a whole number"),
        ({"system": 30}, "from 1 to 29"),
        ({"asserts": "Trade was 240 billion: {value}."}, "digit"),
        ({"asserts": "Trade was large."}, "{value}"),
        ({"comparator": "=="}, "no comparator"),
        ({"kind": ""}, "may not be empty"),
        ({"parties": []}, "needs place codes"),
        ({"parties": [1]}, "needs place codes"),
        ({"subject": ["a"]}, "not a text"),
        ({"value": 240.1e9}, "changes nothing"),
        ({}, "needs the slots"),
    ],
)
def test_a_correction_that_is_not_sound_is_refused_and_nothing_is_written(
    review: Review, corrected: Mapping[str, Any], words: str
) -> None:
    with pytest.raises(BadUsage) as caught:
        review.decide(DOC, CLAIMS, ID, "correct", **WHO, corrected=corrected)
    assert words in str(caught.value)
    assert not review.folder.exists()


def test_several_faults_of_a_correction_are_told_at_once(review: Review) -> None:
    with pytest.raises(BadUsage) as caught:
        review.decide(
            DOC, CLAIMS, ID, "correct", **WHO, corrected={"kind": "barrier", "period": "x", "unit": "t"}
        )
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"by": "  "}, "`by` is empty"),
        ({"reason": "\n"}, "`reason` is empty"),
        ({"by": "x" * 201}, "more than 200"),
        ({"action": "acept"}, "Nearest valid: accept"),
        ({"action": "lapse"}, "no decision is called"),
        ({"corrected": {"value": 1}}, "only `correct`"),
        ({"into": "c-other"}, "only `merge`"),
        ({"action": "merge"}, "needs the id"),
        ({"action": "merge", "into": ID}, "into itself"),
        ({"action": "merge", "into": ID[:-1] + "0"}, "Nearest valid: c-"),
        ({"claim": ID[:-1] + "0"}, f"Nearest valid: {ID}"),
    ],
)
def test_a_call_that_is_not_sound_is_refused(review: Review, change: dict[str, Any], words: str) -> None:
    call: dict[str, Any] = {"claim": ID, "action": "accept", **WHO} | change
    with pytest.raises(BadUsage) as caught:
        review.decide(DOC, CLAIMS, **call)
    assert words in str(caught.value)
    assert not review.folder.exists()


def test_marks_that_cannot_be_seen_are_written_out(review: Review) -> None:
    decision = review.decide(DOC, CLAIMS, ID, "accept", by="A\u202eB", reason="C\x07")
    assert (decision.by, decision.reason) == ("A<U+202E>B", "C<U+0007>")


def test_merging_in_a_circle_is_refused_however_long(review: Review) -> None:
    ids = [claim_id(DOC, item) for item in CLAIMS]
    for first, second in itertools.pairwise(ids):
        review.decide(DOC, CLAIMS, first, "merge", **WHO, into=second)
    before = files(review.folder)
    with pytest.raises(BadUsage, match="closes a circle"):
        review.decide(DOC, CLAIMS, ids[3], "merge", **WHO, into=ids[0])
    assert files(review.folder) == before
    review.decide(DOC, CLAIMS, ids[1], "accept", **WHO)
    review.decide(DOC, CLAIMS, ids[3], "merge", **WHO, into=ids[0])


@pytest.mark.parametrize("command", ["UPDATE claim_decision SET by = 'x'", "DELETE FROM claim_decision"])
def test_what_was_decided_cannot_be_changed_behind_our_back(review: Review, command: str) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    raw = sqlite3.connect(review.folder / "ledger.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        raw.execute(command)
    raw.close()


def test_history_of_an_unknown_claim_names_the_nearest(review: Review) -> None:
    with pytest.raises(UnknownLabel):
        review.history(ID)
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    with pytest.raises(UnknownLabel, match=ID):
        review.history(ID[:-1])


def test_a_foreign_folder_and_a_damaged_ledger_are_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BadUsage, match="neither a workspace"):
        Review.open(tmp_path)
    spoilt = Review.open(tmp_path / "w")
    spoilt.decide(DOC, CLAIMS, ID, "accept", **WHO)
    (spoilt.folder / "ledger.sqlite").write_bytes(b"no database at all, whatever its name says" * 100)
    with pytest.raises(BrokenRelease):
        spoilt.decisions()


def test_a_write_that_fails_half_way_leaves_neither_decision_nor_statement(
    review: Review,
) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    before = (review.decisions(), ledger(review).history)
    reached = []

    def full(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("INSERT INTO claim_decision"):
            reached.append(connection.exec_driver_sql("SELECT count(*) FROM statement").scalar())
            raise sqlite3.OperationalError("database or disk is full")

    event.listen(Engine, "before_cursor_execute", full)
    try:
        with pytest.raises(BrokenRelease, match="cannot be read"):
            review.decide(DOC, CLAIMS, claim_id(DOC, AGAIN), "accept", **WHO)
    finally:
        event.remove(Engine, "before_cursor_execute", full)
    assert reached == [2]
    assert (review.decisions(), ledger(review).history) == before


KILLED = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
sys.path.insert(0, {here!r})
import reviewed_sample as t

@event.listens_for(Engine, "commit")
def die(connection):
    if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'claim_decision'").scalar():
        os._exit(9)

t.Review.open(Path({folder!r})).decide(t.DOC, t.CLAIMS, t.ID, "accept", **t.WHO)
"""


def test_killed_before_the_commit_the_workspace_is_as_it_was(review: Review) -> None:
    script = KILLED.format(here=str(Path(__file__).parents[1]), folder=str(review.folder))
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert ended.returncode == 9, ended.stderr
    assert review.decisions() == ()
    assert Workspace.open_or_create(review.folder).ledger()[0] == []
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    assert len(standing(review)) == 1


def _decide(folder: Path, who: str, times: int) -> None:
    review = Review.open(folder)
    for number in range(times):
        item = CLAIMS[number % len(CLAIMS)]
        action = "accept" if number % 3 else "reject"
        review.decide(DOC, CLAIMS, claim_id(DOC, item), action, by=who, reason=f"Round {number}.")


def test_two_reviewers_at_once_lose_nothing(review: Review) -> None:
    context = multiprocessing.get_context("spawn")
    people = [context.Process(target=_decide, args=(review.folder, who, 8)) for who in ("Anna", "Li")]
    for person in people:
        person.start()
    for person in people:
        person.join(120)
    assert [person.exitcode for person in people] == [0, 0]
    held = review.decisions()
    assert {(item.by, item.reason) for item in held} == {
        (who, f"Round {number}.") for who in ("Anna", "Li") for number in range(8)
    }
    stands = {name for name, state in review.states(DOC, CLAIMS).items() if state.stands}
    assert len(standing(review)) == len(stands)


def test_a_writer_that_holds_on_is_named(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landbridge.claims.review._PATIENCE", 0.05)
    with objects.locked(review.folder), pytest.raises(NotHeld, match="another load"):
        review.decide(DOC, CLAIMS, ID, "accept", **WHO)


def test_the_ledger_of_the_release_is_left_alone(review: Review, root: Path) -> None:
    shipped: Callable[[], list[str]] = lambda: [s.id for s in load_data().ledger.statements]  # noqa: E731
    before = shipped()
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    assert shipped() == before
    assert len(load_data(review.folder).ledger.statements) == len(before) + 1
