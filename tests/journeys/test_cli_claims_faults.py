"""`claims` with what people really type and hand over: refusals are kind, bounded, and leave nothing half done."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landbridge.claims.documents.limits import MIB

Call = Callable[[str], Any]
TEXT = "Trade between China and Russia reached $240.1 billion in 2023.\n"
OTHER = "Trade between China and Russia reached $300 billion in 2023.\n"


@pytest.fixture(autouse=True)
def texts(tmp_path: Path, call: Call) -> Path:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").write_text(OTHER)
    return tmp_path


def problems(err: str) -> list[dict[str, str]]:
    """What is wrong, from the one JSON object that stderr then is."""
    body = json.loads(err)
    assert body["schema"] == "landbridge/error/1"
    return list(body["problems"])


@pytest.mark.parametrize("verb", ["read", "verify"])
def test_what_can_be_read_is_answered_and_the_rest_refused_together(
    call: Call, texts: Path, verb: str
) -> None:
    (texts / "empty.txt").write_bytes(b"")
    (texts / "folder").mkdir()
    ran = call(f"claims {verb} gone.txt a.txt empty.txt folder --json")
    assert ran.code == 1
    found = ran.json if verb == "read" else ran.json["rows"]
    assert [row["quote"] for row in found] == [TEXT[: len(found[0]["quote"])]]
    told = problems(ran.err)
    assert [problem["where"] for problem in told] == ["gone.txt", "empty.txt", "folder"]
    assert all(problem["remedy"] for problem in told)
    plain = call(f"claims {verb} gone.txt a.txt empty.txt folder")
    assert plain.code == 1
    assert "3 problems:" in plain.err
    assert "Traceback" not in plain.err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("read a.txt --dated soon", "'soon' is not a date"),
        ("read a.txt --dated 2023/..", "is not a date"),
        ("read a.txt --language xx", "Valid: en, ru, zh"),
        ("read a.txt --format odt", "Formats are text, html, pdf, docx"),
        ("read", "FILE"),
        ("verify a.txt --as-of 2020", "Write it as 2026-11-21"),
        ("verify a.txt --show all", "Valid: verdicts, findings, evidence"),
        ("verify a.txt --author Me", "--author belongs to --claimreview"),
        ("verify a.txt --claimreview x --prov x", "one place"),
        ("verify ledger --prov x.json", "--prov needs documents"),
        ("verify ledger a.txt --package out", "--package needs documents"),
        ("verify a.txt --package .", "not a new or empty folder"),
        ("verify a.txt --claimreview .", "this is a folder"),
        ("review a.txt accept", "--claim is missing"),
        ("review a.txt accept --claim c-x --by A", "--reason is missing"),
        ("review a.txt --by A", "accept, correct, reject or merge"),
        ("review a.txt maybe --claim c-x --by A --reason B", "Valid: accept, correct, reject, merge"),
        ("review a.txt accept --claim c-x --by A --reason B", "c-x"),
        ("review a.txt correct --claim c-x --by A --reason B --set value", "--set value=5.08e9"),
        ("review a.txt correct --claim c-x --by A --reason B --set value=1 --set value=2", "given twice"),
        ("frobnicate a.txt", "frobnicate"),
    ],
)
def test_a_wrong_call_leaves_with_two_and_says_what_is_right(
    call: Call, texts: Path, line: str, told: str
) -> None:
    before = sorted(texts.rglob("*"))
    ran = call(f"claims {line}")
    assert ran.code == 2, ran.err
    # The parser draws a box and breaks lines.
    assert " ".join(told.split()) in " ".join(ran.err.replace("│", " ").split())
    assert "Traceback" not in ran.err
    assert [path for path in sorted(texts.rglob("*")) if "cache" not in str(path)] == before


def test_a_correction_that_the_claim_cannot_hold_is_refused_before_anything_is_written(
    call: Call, texts: Path
) -> None:
    name = call("claims read a.txt --json").json[0]["id"]
    for slots, told in (
        ("value=much", "not a number"),
        ("colour=red", "slot of a claim"),
        ("unit=kg", "unit"),
    ):
        ran = call(f"claims review a.txt correct --claim {name} --by A --reason B --set {slots} --json")
        assert ran.code == 2
        assert told in json.dumps(problems(ran.err))
    assert not (texts / "landbridge-data").exists()


def test_everything_wrong_with_a_correction_is_said_at_once(call: Call, texts: Path) -> None:
    name = call("claims read a.txt --json").json[0]["id"]
    slots = (
        "value=much",
        "colour=red",
        "unit=kgs",
        "period=soon",
        "kind=quantty",
        "system=99",
        "x",
        "asserts=5",
    )
    given = " ".join(f"--set {slot}" for slot in slots)
    ran = call(f"claims review a.txt correct --claim {name} --by A --reason B {given} --json")
    assert ran.code == 2
    told = [problem["what"] for problem in problems(ran.err)]
    for words in ("'much'", "'colour'", "'kgs'", "'soon'", "'quantty'", "system", "'x'", "asserts"):
        assert any(words in what for what in told), (words, told)
    assert len(told) == len(set(told))
    # What could not be read as a slot alone is enough to refuse, though the rest is sound.
    ran = call(f"claims review a.txt correct --claim {name} --by A --reason B --set value=5e9 --set x")
    assert ran.code == 2
    assert not (texts / "landbridge-data").exists()


def test_list_in_a_workspace_that_is_not_there(call: Call) -> None:
    ran = call("claims list --workspace nowhere")
    assert ran.code == 1
    assert "there is no workspace here" in ran.err


def test_text_out_never_replaces_another_text(call: Call, texts: Path) -> None:
    ran = call("claims read a.txt --text-out b.txt")
    assert ran.code == 2
    assert "something else is here already" in ran.err
    assert (texts / "b.txt").read_text() == OTHER
    assert ran.out == ""


def test_text_out_of_several_writes_all_or_nothing(call: Call, texts: Path) -> None:
    (texts / "out").mkdir()
    (texts / "out" / "b.txt.txt").write_text("mine")
    assert call("claims read a.txt b.txt --text-out out").code == 2
    assert [path.name for path in (texts / "out").iterdir()] == ["b.txt.txt"]
    assert (texts / "out" / "b.txt.txt").read_text() == "mine"


def test_texts_of_one_name_do_not_cover_each_other(call: Call, texts: Path) -> None:
    (texts / "sub").mkdir()
    (texts / "sub" / "a.txt").write_text(OTHER)
    ran = call("claims read a.txt sub/a.txt --text-out out")
    assert ran.code == 2
    assert "two of the documents" in ran.err
    assert not (texts / "out").exists()


def test_several_texts_need_a_folder(call: Call) -> None:
    ran = call("claims read a.txt b.txt --text-out b.txt")
    assert ran.code == 2
    assert "need a folder" in ran.err


def test_an_export_that_cannot_be_written_names_its_option(call: Call) -> None:
    ran = call("claims verify a.txt --prov nowhere/x.json")
    assert ran.code == 2
    assert "--prov" in ran.err


EVIL = (
    "Trade between [bold red]China[/bold red] and Russia \x1b[31mreached\u202e $240.1 billion in 2023. "
    "<script>alert(1)</script>\n"
)


def test_markup_and_control_characters_are_shown_as_text(call: Call, texts: Path) -> None:
    (texts / "evil[b].txt").write_text(EVIL)
    for line in ("read 'evil[b].txt'", "verify 'evil[b].txt'", "review 'evil[b].txt'"):
        ran = call(f"claims {line}")
        assert ran.code == 0
        shown = " ".join(ran.out.split())
        assert "[bold red]China" in shown
        assert "evil[b].txt" in ran.out + ran.err
        assert not {"\x1b", "\u202e"} & set(ran.out + ran.err)


def test_json_has_the_very_characters_but_a_terminal_cannot_obey_them(call: Call, texts: Path) -> None:
    (texts / "evil.txt").write_text(EVIL)
    ran = call("claims read evil.txt --json")
    assert not {"\x1b", "\u202e"} & set(ran.out)
    row = ran.json[0]
    assert row["quote"] == EVIL[row["start"] : row["end"]]
    assert "\x1b" in row["quote"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
@pytest.mark.parametrize("line", ["read pipe", "verify pipe", "verify pipe.yaml", "review pipe"])
def test_a_pipe_is_refused_and_not_waited_for(call: Call, texts: Path, line: str) -> None:
    os.mkfifo(texts / line.split()[1])
    assert call(f"claims {line}").code == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("recorded: '2024-03-02'\nrecorder: A\nkind: event\nentries: []\n", "holds no claims"),
        ("a: &a [*a, *a]\n", "broken.yaml"),
        ("{" * 5000, "broken.yaml"),
    ],
    ids=["a register", "aliases", "braces"],
)
def test_a_ledger_file_without_claims_is_refused(call: Call, texts: Path, content: str, told: str) -> None:
    (texts / "broken.yaml").write_text(content)
    ran = call("claims verify broken.yaml a.txt --json")
    assert ran.code == 1
    assert [row["document"] for row in ran.json["rows"]] == ["a.txt"]
    assert told in json.dumps(problems(ran.err))


@pytest.mark.parametrize("source", ["big.txt", "-"])
def test_fifty_megabytes_are_refused_at_once(
    call: Call, texts: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"Trade was 5 billion dollars in 2023. " * (50 * MIB // 37 + 1)
    if source == "-":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    else:
        (texts / source).write_bytes(content)
    began = time.monotonic()
    ran = call(f"claims read {source} --json")
    assert ran.code == 1
    assert ran.json == []
    assert "at most 50" in problems(ran.err)[0]["what"]
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("filler", ["1", "a", "(", "1,", "$ ", "in in ", "\u200f", "“"])
def test_bait_is_read_in_bounded_time(call: Call, texts: Path, filler: str) -> None:
    (texts / "bait.txt").write_text(filler * (100_000 // len(filler)) + "\n" + TEXT)
    began = time.monotonic()
    ran = call("claims read bait.txt --json")
    assert ran.code == 0
    assert 240.1e9 in [row["value"] for row in ran.json]
    assert time.monotonic() - began < 15
