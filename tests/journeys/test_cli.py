"""The command line as a shell sees it: what goes to stdout and stderr, in which form, with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landbridge.cli.app import app
from landbridge.ledger import schema
from landbridge.release import embedded, manifest

VERBS = {
    "flows": "flows CHN RUS",
    "basket": "basket CHN RUS",
    "indicators": "indicators CHN RUS",
    "potential": "potential CHN RUS",
    "match": "match BY-VI --in CHN",
    "targets": "targets CHN RUS",
    "ties": "ties BY-VI CN-HL",
    "sources": "sources",
    "check": f"check {embedded()}",
}
NAMES = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
BAD = """recorded: 2026-11-21
recorder: Desk
kind: crossing
entries:
  - record: crossing/our
    source: nobody-knows
    says: {name: Ours, parties: [CHN, RUS], mode: rail, cargo: {value: 5, unit: t, period: 2024}}
"""
WORSE = BAD.replace("mode: rail", "mode: train").replace("unit: t,", "unit: TEU,")


Call = Callable[..., Any]


@pytest.mark.parametrize("verb", VERBS)
def test_json_is_one_object_with_the_same_keys_for_every_verb(verb: str, call: Call) -> None:
    ran = call(f"{VERBS[verb]} --json")
    assert ran.code == 0, ran.err
    assert list(ran.json) == ["schema", "verb", "release", "as_of", "rows", "notes", "dropped"]
    assert (ran.json["schema"], ran.json["verb"]) == (f"landbridge/{verb}/1", verb)
    if verb != "check":
        assert ran.json["release"] == manifest.read(embedded()).id
        assert ran.json["rows"]
        assert len({tuple(row) for row in ran.json["rows"]}) == 1, "every row has the same columns"


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ("sources", "check", "match")])
def test_an_unknown_place_is_a_bad_call_and_the_nearest_is_named(verb: str, call: Call) -> None:
    ran = call(f"{verb} CHN russia")
    assert (ran.code, ran.out) == (2, "")
    assert "RUS (Russia)" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "line",
    ["flows VUT NRU", "basket BY-VI CN-HL", "indicators VUT NRU --year 1999", "flows CHN RUS --year 1900"],
)
def test_a_good_question_without_data_is_no_bad_call(line: str, call: Call) -> None:
    ran = call(line)
    assert (ran.code, ran.out) == (1, "")
    assert "landbridge: " in ran.err


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("flows chn RUS", 2, "UnknownLabel"),
        ("flows VUT NRU", 1, "NotHeld"),
        ("flows CHN CHN", 2, "BadUsage"),
        ("basket CHN CHN", 2, "BadUsage"),
        ("brief CHN CN-HL", 2, "BadUsage"),
        ("flows CHN RUS --by hs4", 2, "UnknownLabel"),
        ("ties CHN RUS --kind twin", 2, "UnknownLabel"),
        ("targets CHN RUS --as-of 2026-02-30", 2, "BadUsage"),
        ("explain f-nothing", 2, "UnknownLabel"),
        ("check nowhere", 2, "BadUsage"),
        ("load wheat file.csv", 2, "UnknownLabel"),
        ("flows CHN", 2, "BadUsage"),
        ("flows CHN RUS --colour", 2, "BadUsage"),
        ("flows CHN RUS --year soon", 2, "BadUsage"),
    ],
)
def test_errors_are_json_on_stderr_when_json_was_asked_for(
    line: str, code: int, error: str, call: Call
) -> None:
    ran = call(f"{line} --json")
    assert (ran.code, ran.out) == (code, "")
    body = json.loads(ran.err)
    assert (body["schema"], body["error"]) == ("landbridge/error/1", error)
    assert all(problem["what"] for problem in body["problems"])


@pytest.mark.parametrize("name", NAMES)
def test_every_verb_has_help(name: str, call: Call) -> None:
    ran = call(f"{name} --help")
    assert ran.code == 0
    assert "Usage:" in ran.out
    assert name in ran.out


def test_version_and_no_arguments(call: Call) -> None:
    assert manifest.read(embedded()).id in call("--version").out
    bare = call("")
    assert "Usage:" in bare.out + bare.err


def test_a_bad_option_is_explained_by_its_usage(call: Call) -> None:
    ran = call("flows CHN RUS --colour")
    assert ran.code == 2
    assert "--colour" in ran.err
    assert "Traceback" not in ran.err


def test_a_figure_and_a_statement_seen_in_a_brief_are_explained(call: Call) -> None:
    made = call("brief BY-VI CN-HL --json").json
    for name in [
        next(iter(made["figures"])),
        next(key for key, value in made["figures"].items() if value.get("inputs")),
    ]:
        ran = call(f"explain {name} --json")
        assert ran.code == 0, ran.err
        assert list(ran.json) == ["schema", "verb", "release", "as_of", "rows", "notes", "dropped"]
        assert ran.json["rows"][0]["id"] == name
        assert ran.json["rows"][0]["measure"] in call(f"explain {name}").out
    statement = call("ties BY-VI CN-HL --json").json["rows"][0]
    (found,) = call(f"explain {statement['id']} --json").json["rows"]
    assert (found["subject"], found["source"]) == (statement["record"], statement["source"])


def test_a_figure_is_explained_from_the_brief_that_shows_it(call: Call, tmp_path: Path) -> None:
    made = call("brief DEU FRA --json")
    (tmp_path / "model.json").write_text(made.out, "utf-8")
    name = next(key for key, value in made.json["figures"].items() if value.get("inputs"))
    ran = call(f"explain {name} --in model.json --json")
    assert ran.json["rows"][0]["inputs"][0]["id"].startswith("f-")


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        '{"figures": [1]}',
        '{"figures": {"f-a": 3}}',
        '{"figures": {"f-a": {"inputs": ["f-a"]}}}',
        '{"figures": {"f-a": {"inputs": ["f-b"]}}}',
        "\x00",
    ],
)
def test_a_brief_that_was_damaged_is_refused(content: str, call: Call, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(content, "utf-8")
    ran = call("explain f-a --in model.json --json")
    assert ran.code == 1
    assert json.loads(ran.err)["error"] == "BadFile"


def test_a_page_that_is_no_brief_hides_no_figure(call: Call, tmp_path: Path) -> None:
    (tmp_path / "brief-X-Y.html").write_text("<p>not a brief</p>", "utf-8")
    name = call("targets CHN RUS --json").json["rows"][0]["needed_growth_pct"]
    assert name is None or isinstance(name, float)
    figure = next(iter(call("brief CHN RUS --json").json["figures"]))
    assert call(f"explain {figure} --json").code == 0


def test_check_lists_every_problem_of_a_bad_file(call: Call, tmp_path: Path) -> None:
    (tmp_path / "worse.yaml").write_text(WORSE, "utf-8")
    ran = call("check worse.yaml --json")
    assert ran.code == 1
    said = [row["problem"] for row in ran.json["rows"]]
    # What is wrong with the file and with its record comes together, each at the line of its field.
    assert len(said) == 3
    assert all("worse.yaml, line 7" in problem for problem in said)
    assert call("check worse.yaml").code == 1


def test_check_names_sources_that_are_not_listed(call: Call, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD, "utf-8")
    ran = call("check bad.yaml --json")
    assert ran.code == 1
    assert any("nobody-knows" in row["problem"] for row in ran.json["rows"])


def test_check_reads_releases_and_workspaces_and_refuses_the_rest(call: Call, tmp_path: Path) -> None:
    good = BAD.replace("source: nobody-knows", "source: assumed").replace("value: 5", "low: 4, high: 6")
    (tmp_path / "ours.yaml").write_text(good, "utf-8")
    assert call("check ours.yaml").code == 0
    assert call("load ledger ours.yaml --workspace ws").code == 0
    assert call("check ws --json").json["rows"] == []
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "manifest.json").write_text("[]")
    assert call("check release").code == 1
    (tmp_path / "notes.txt").write_text("x")
    refused = call("check notes.txt")
    assert refused.code == 2
    assert "manifest.json" in refused.err


def test_a_year_of_which_only_turnover_is_held_says_so(call: Call) -> None:
    ran = call("flows RUS CHN --year 2025")
    assert (ran.code, ran.out) == (1, "")
    assert "Trade both ways together is held: " in ran.err
    assert "in 2025, counted by CHN (" in ran.err
    assert "USD 2" in ran.err
    body = json.loads(call("flows RUS CHN --year 2025 --json").err)
    assert "counted by" in body["problems"][0]["cause"]


REGION = """about: Invented for the test.
tested_against_live_download: true
period: {column: year, formats: [yyyy]}
product: {column: hs}
value: {column: value, currency: USD}
exporter: {column: from, by: code, within: RUS}
importer: {column: to, by: code}
nomenclature: HS17
reporter: RUS
"""


def test_totals_of_the_users_own_rows_are_shown_and_explained(call: Call, tmp_path: Path) -> None:
    refused = call("flows RU-PRI CHN")
    assert refused.code == 1
    assert "load csv" in refused.err
    (tmp_path / "map.yaml").write_text(REGION)
    (tmp_path / "own.csv").write_text(
        "year,from,to,hs,value\n2020,RU-PRI,CHN,030614,5\n2020,RU-PRI,CHN,270112,7\n"
    )
    assert call("load csv own.csv --map map.yaml").code == 0
    (row,) = call("flows RU-PRI CHN --json").json["rows"]
    assert (row["period"], row["reporter"], row["value_usd"], row["status"]) == (
        "2020",
        "RUS",
        12.0,
        "reported",
    )
    assert row["source"].startswith("loaded-")
    assert call("flows RU-PRI CHN --year 2021").code == 1
    forget(tmp_path)
    found = call(f"explain {row['id']} --pair RU-PRI CHN --json").json["rows"][0]
    assert "own.csv" in found["citation"]


def test_a_wrong_kind_of_record_lists_all(call: Call) -> None:
    ran = call("ties CHN RUS --kind foo")
    assert ran.code == 2
    assert all(kind in ran.err for kind in schema.kinds())


@pytest.mark.parametrize("code", ["XKX", "UA-43"])
def test_an_unknown_place_names_the_list(code: str, call: Call) -> None:
    assert "landbridge sources --places" in call(f"ties {code} RUS").err


@pytest.mark.parametrize("verb", ["ties", "targets"])
def test_a_ledger_before_its_first_entry_says_so(verb: str, call: Call) -> None:
    ran = call(f"{verb} CHN RUS --as-of 2010-01-01")
    assert (ran.code, ran.out) == (0, "")
    assert "nothing recorded by then (2010-01-01)" in ran.err


@pytest.mark.parametrize(
    "line",
    ["load baci nope", "load comtrade nope", "load ledger nope", "check nope", "explain f-x --in nope"],
)
def test_a_file_that_is_not_there_is_a_bad_call_everywhere(line: str, call: Call, tmp_path: Path) -> None:
    ran = call(line)
    assert (ran.code, ran.out) == (2, "")
    assert "nope: there is no such file or folder." in ran.err
    assert "Errno" not in ran.err
    assert not (tmp_path / "landbridge-data").exists()


@pytest.mark.parametrize(
    "line", ["--out same --xlsx same", "--out same --xlsx ./same", "--xlsx brief-DEU-FRA.html"]
)
def test_one_file_for_page_and_workbook_is_refused(line: str, call: Call, tmp_path: Path) -> None:
    ran = call(f"brief DEU FRA {line}")
    assert ran.code == 2
    assert "same file" in ran.err
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def forget(folder: Path) -> None:
    """Remove every figure that verbs remembered here."""
    remembered = list(folder.rglob("figures/*.json"))
    assert remembered
    for path in remembered:
        path.unlink()


def test_a_derived_figure_is_explained_on_a_machine_that_has_never_shown_it(
    call: Call, tmp_path: Path
) -> None:
    figures = call("brief BY-VI CN-HL --json").json["figures"]
    derived = next(key for key, value in figures.items() if value.get("inputs"))
    shown = call("indicators RUS CHN --json").json["rows"]
    index = next(row["id"] for row in shown if row["id"] and row["indicator"] == "hhi")
    forget(tmp_path)
    lost = call(f"explain {derived}")
    assert lost.code == 2
    assert "--pair A B" in lost.err
    assert call(f"explain {derived} --pair BY-VI CN-HL --json").json["rows"][0]["id"] == derived
    assert call(f"explain {index} --pair RUS CHN").code == 0
    assert call(f"explain {derived} --pair DEU FRA").code == 2
    assert call(f"explain {derived} --pair BY-VI CN-HL --in page.html").code == 2


def test_control_characters_of_a_ledger_file_reach_neither_workspace_nor_terminal(
    call: Call, tmp_path: Path
) -> None:
    good = BAD.replace("source: nobody-knows", "source: assumed").replace("value: 5", "low: 4, high: 6")
    (tmp_path / "bad.yaml").write_text(good.replace("name: Ours", r'name: "A\u0007\e"'), "utf-8")
    for line in ("check bad.yaml", "load ledger bad.yaml"):
        ran = call(line)
        assert ran.code == 1
        assert "bad.yaml, line 7: the text holds U+0007, U+001B." in ran.out + ran.err
        assert "\x1b" not in ran.out + ran.err
    assert not (tmp_path / "landbridge-data").exists()


def test_a_file_name_cannot_speak_to_the_terminal(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J.json").write_text("{}")
    ran = call("load comtrade a\x1b[2J.json")
    assert ran.code == 1
    assert "\x1b" not in ran.err
    assert "a<U+001B>[2J.json" in ran.err


def shell(*words: str, **options: Any) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    code = "from landbridge.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **options,
    )


@pytest.mark.parametrize(
    "words", [("sources",), ("sources", "--json"), ("targets", "CHN", "RUS", "--json"), ("--help",)]
)
def test_a_reader_that_goes_away_is_no_error(words: tuple[str, ...], tmp_path: Path) -> None:
    running = shell(*words, cwd=tmp_path)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    said = running.stderr.read()
    running.stderr.close()
    running.wait(timeout=60)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


def test_answers_go_to_stdout_and_notes_to_stderr(tmp_path: Path) -> None:
    running = shell("flows", "CHN", "RUS", cwd=tmp_path)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "value_usd" in out
    assert "landbridge explain" in err
    assert "landbridge explain" not in out


@pytest.mark.parametrize("verb", ["flows", "basket", "indicators"])
@pytest.mark.parametrize("year", ["-5", "99999", "0"])
def test_a_year_has_four_digits(verb: str, year: str, call: Call) -> None:
    ran = call(f"{verb} CHN RUS --year {year}")
    assert (ran.code, ran.out) == (2, "")
    assert "a year has four digits" in ran.err


def test_what_is_no_file_is_refused_before_anything_is_written(call: Call, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for line in ("--out pipe --xlsx book.xlsx", "--out page.html --xlsx pipe", "--out /dev/full"):
        ran = call(f"brief CHN RUS {line}")
        assert (ran.code, ran.out) == (2, "")
        assert "a device or pipe, not a file" in ran.err
    assert not list(tmp_path.glob("*.html"))
    assert not list(tmp_path.glob("*.xlsx"))


def test_a_range_is_explained_without_an_empty_value(call: Call) -> None:
    from landbridge.release import load as load_data

    ledger = load_data().ledger
    record, said = next((r, s) for r in ledger.records() for s in r.quantities() if s.number is None)
    for identifier in (said.id, record.figure(said).id):
        ran = call(f"explain {identifier}")
        assert ran.code == 0
        assert "None" not in ran.out
        assert "  range: " in ran.out


def test_a_release_is_no_workspace(call: Call) -> None:
    ran = call(f"flows CHN RUS --workspace {embedded()}")
    assert (ran.code, ran.out) == (1, "")
    assert "this is a release, not a workspace" in ran.err
