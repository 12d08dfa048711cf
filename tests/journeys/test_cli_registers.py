"""The registers from the shell: the same verbs for every noun, what people type wrong, the how-to page as it stands."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer.main

from landbridge.cli import register_answers, register_entries, registers
from landbridge.cli.app import app
from landbridge.registers.nouns import NOUNS
from landbridge.release import Data, embedded, load

Call = Callable[[str], Any]
ROOT = Path(__file__).parents[2]
HOWTO = (ROOT / "docs" / "howto" / "keep-a-register.md").read_text("utf-8")
REFERENCE = (ROOT / "docs" / "reference" / "registers.md").read_text("utf-8")
VERBS = ("list", "show", "due", "add", "supersede", "export")
TIE = '--id x --set "parties=BY-VI CN-HL" --set level=city --set "name=X and Y" --set since=2012 --publisher "Our desk"'


@pytest.fixture(scope="module")
def release() -> Data:
    return load(release=embedded())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, release: Data) -> None:
    """Reading the release takes most of a command's time; without a workspace it does not change."""

    def data(workspace: Path | None = None) -> Data:
        return load(workspace) if workspace or Path("landbridge-data").exists() else release

    for module in (register_answers, register_entries):
        monkeypatch.setattr(module, "load_data", data)


def test_every_register_has_the_six_verbs_with_the_same_options() -> None:
    root: Any = typer.main.get_command(app)
    options: dict[str, set[tuple[str, ...]]] = {name: set() for name in VERBS}
    for noun in NOUNS:
        group = root.commands[noun]
        assert tuple(group.commands)[: len(VERBS)] == VERBS, noun
        for name in VERBS:
            options[name].add(tuple(str(param.name) for param in group.commands[name].params))
    assert {name: len(found) for name, found in options.items()} == dict.fromkeys(VERBS, 1)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_register_answers_in_one_envelope_with_the_same_columns(call: Call, noun: str) -> None:
    listed = call(f"{noun} list --json").json
    assert (listed["schema"], listed["verb"]) == (f"landbridge/{noun} list/1", f"{noun} list")
    assert listed["as_of"]
    assert listed["rows"], noun
    assert {tuple(row) for row in listed["rows"]} == {tuple(_columns("list"))}
    shown = call(f"{noun} show {listed['rows'][0]['record']} --json").json
    assert {tuple(row) for row in shown["rows"]} == {tuple(_columns("show"))}
    due = call(f"{noun} due --within 4000 --json").json
    assert {tuple(row) for row in due["rows"]} <= {tuple(_columns("due"))}
    exported = json.loads(call(f"{noun} export --format json").out)
    assert [row["record"] for row in listed["rows"] if row["record"]] != []
    assert {r["record"] for r in exported["records"]} == {row["record"] for row in listed["rows"]}
    table = call(f"{noun} list")
    assert table.code == 0
    assert table.out.count("\n") > len(listed["rows"])


def _columns(verb: str) -> list[str]:
    """The columns that the reference page names for a verb, in its order."""
    found = re.search(rf"^## `{verb}`\n(.*?)(?=^## )", REFERENCE, re.DOTALL | re.MULTILINE)
    assert found
    table = found[1].split("| column | meaning |")[1].split("\n\n")[0]
    names = [name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split(" | ")[0])]
    order = COLUMNS[verb].split()
    assert sorted(order) == sorted(names), f"docs/reference/registers.md, {verb}"
    return order


COLUMNS = {
    "list": "record name form level parties about begins ends stage state last_sign last_sign_period why near "
    "perhaps_one weakest_status sources statements ids",
    "show": "record property value low high unit comparator period valid_from valid_to as_of status source publisher "
    "locator speaker note recorded recorder stands supersedes superseded_by id",
    "due": "due last_day in_days overdue_days record name what inferred parties status source note id",
}


def test_the_reference_names_every_register(release: Data) -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| ", REFERENCE.split("## `list`")[0], re.MULTILINE)
    assert rows == [(noun.noun, noun.kind) for noun in NOUNS.values()]


def test_a_tie_is_added_shown_corrected_and_asked_for_as_of_dates(call: Call) -> None:
    made = call(f"twins add {TIE} --by Anna --json")
    assert made.code == 0, made.err
    assert [row["new"] for row in made.json["rows"]] == [True] * 4
    since = next(row["id"] for row in made.json["rows"] if row["property"] == "since")
    cited = made.json["rows"][0]["source"]
    again = call(f"twins add {TIE} --by Boris --json").json
    assert [row["new"] for row in again["rows"]] == [False] * 4
    assert "Nothing was new" in again["notes"][-1]
    right = call(f"twins supersede {since} --value 2013 --source {cited} --by Boris --reason Misread --json")
    assert right.json["rows"][0]["supersedes"] == since
    shown = call("twins show x --json").json["rows"]
    dates = [(row["value"], row["stands"]) for row in shown if row["property"] == "since"]
    assert dates == [("2012", False), ("2013", True)]
    assert "twinning/x" in call("twins list --between BY-VI CN-HL").out
    early = call("twins list --between BY-VI CN-HL --as-of 2026-11-21 --json").json["rows"]
    assert "twinning/x" not in [row["record"] for row in early]
    chain = call(f"explain {right.json['rows'][0]['id']} --json")
    assert chain.code == 0
    assert "Our desk" in chain.out


def test_the_day_of_entry_is_that_of_the_clock_whatever_a_file_says(call: Call, tmp_path: Path) -> None:
    (tmp_path / "ties.yaml").write_text(_yaml().replace("2026-11-22", "2001-01-01"))
    assert call("twins add ties.yaml").code == 0
    rows = call("twins show lepel-example --json").json["rows"]
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert {row["recorded"] for row in rows} <= {
        today,
        time.strftime("%Y-%m-%d", time.gmtime(time.time() - 60)),
    }
    assert call("twins show lepel-example --as-of 2001-01-01").code == 2


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("twins show vitebsk-heilongjiang", 2, "heilongjiang-vitebsk"),
        ("twins show zone/great-stone", 2, "landbridge zones show zone/great-stone"),
        ("twins list --place BY-V", 2, "BY-VI"),
        ("twins list --between CHN CHN", 2, "named twice"),
        ("twins list --between CHN", 2, "--between"),
        ("twins list --state alife", 2, "Valid: alive, dormant"),
        ("actors list --state alive", 2, "have none"),
        ("twins list --status sure", 2, "Valid: reported"),
        ("twins list --on soon", 2, "'soon' is not a date"),
        ("twins list --as-of 2020", 2, "Write it as 2026-11-21"),
        ("twins due --within -1", 2, "not negative"),
        ("twins due --within many", 2, "--within"),
        ("twins export --format xml", 2, "csv, json, datapackage"),
        ("twins export --format oc4ids", 2, "only projects"),
        ("twins export --format datapackage", 2, "--out"),
        ("twins export --json", 2, "needs --out"),
        ("twins export --out .", 2, "this is a folder"),
        ("twins add", 2, "nothing is to be added"),
        ("twins add gone.yaml", 2, "no such file"),
        ("twins add some.yaml --by Anna", 2, "given together"),
        ("twins add --id x", 1, "5 problems"),
        (f"twins add {TIE} --title Other --by ''", 1, "--by is missing"),
        ("twins supersede s-nothing --value 1", 2, "no statement is called"),
        ("twins supersede", 2, "STATEMENT"),
        ("twins gone", 2, "gone"),
        ("twin list", 2, "twin"),
    ],
)
def test_refusals_are_kind_and_write_nothing(
    call: Call, tmp_path: Path, line: str, code: int, told: str
) -> None:
    ran = call(line)
    assert ran.code == code, ran.err
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "landbridge-data").exists()
    assert ran.out == ""
    if "--json" not in line:
        body = call(f"{line} --json")
        assert body.code == code or "export" in line
        assert json.loads(body.err)["schema"] == "landbridge/error/1"


def test_what_is_not_there_is_said_and_is_no_error(call: Call) -> None:
    ran = call("twins list --between BY-VI CN-HL --on 1950")
    assert (ran.code, ran.out) == (0, "")
    assert "holds no such twins that held on 1950" in ran.err
    ran = call("zones due --within 0 --json")
    assert (ran.code, ran.json["rows"]) == (0, [])
    assert "Nothing falls due" in ran.json["notes"][-1]


def test_the_same_question_about_the_same_day_has_the_same_answer(call: Call) -> None:
    lines = [f"twins {verb} --as-of 2026-11-21 --json" for verb in ("list", "due")]
    before = [call(line).out for line in lines]
    assert call(f'twins add {TIE} --set "active=Visit @2026-11" --by Anna').code == 0
    assert [call(line).out for line in lines] == before
    assert '"twinning/x"' in call("twins list --json").out
    assert '"twinning/x"' not in before[0]


def test_exports_go_to_stdout_a_file_or_a_folder(call: Call, tmp_path: Path) -> None:
    printed = call("funds export")
    assert printed.out.startswith('"id","stands","subject"')
    assert call("funds export --out funds.csv").code == 0
    assert (tmp_path / "funds.csv").read_text("utf-8") == printed.out
    row = call("funds export --format datapackage --out funds --json").json["rows"][0]
    assert row == {
        "format": "datapackage",
        "records": row["records"],
        "statements": printed.out.count("\n") - 1,
        "path": str(Path("funds") / "datapackage.json"),
    }
    made = call("projects export --format oc4ids --out p.json --json").json
    assert json.loads((tmp_path / "p.json").read_text("utf-8"))["projects"]
    assert made["dropped"]


def test_a_register_may_have_verbs_of_its_own(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "_MORE", {})

    @registers.verb("zones")
    def measure_up(identifier: str) -> None:
        """A verb of this test."""
        print(f"measured {identifier}")

    assert call("zones measure-up great-stone").out == "measured great-stone\n"
    assert call("funds measure-up great-stone").code == 2


def test_help_waits_for_no_register() -> None:
    script = (
        "import sys; sys.argv = ['landbridge', '--help']\n"
        "import landbridge.cli.registers as r\n"
        "r._group = lambda noun: sys.exit(9)\n"
        "from landbridge.cli.app import run\n"
        "try:\n    run()\nfinally:\n"
        "    print(sorted({'polars', 'sqlalchemy', 'yaml', 'landbridge.ledger', 'landbridge.registers.register'}"
        " & set(sys.modules)), file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "mechanisms" in ran.stdout
    assert ran.stderr.strip() == "[]"


def _yaml() -> str:
    found = re.search(r"```yaml file=ties.yaml\n(.*?)```", HOWTO, re.DOTALL)
    assert found
    return found[1]


def test_the_how_to_page_runs_as_it_is_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "ties.yaml").write_text(_yaml())
    lines = [
        line for block in re.findall(r"```sh\n(.*?)```", HOWTO, re.DOTALL) for line in block.splitlines()
    ]
    assert {line.split()[2] for line in lines} == set(VERBS)
    for line in lines:
        words, _, target = line.removeprefix("landbridge ").partition(" > ")
        if "STATEMENT" in words:
            rows = call("twins show lepel-example --json").json["rows"]
            (since,) = [row["id"] for row in rows if row["property"] == "since"]
            words = words.replace("STATEMENT", since)
        ran = call(words)
        assert ran.code == 0, f"{line}: {ran.err}"
        assert "Traceback" not in ran.err
        assert ran.out or "--out" in words, line
        if target:
            assert shlex.split(target) == ["twins.csv"]
    assert (tmp_path / "twins-package" / "datapackage.json").exists()


def test_a_workspace_is_held_against_the_release_alone_wherever_check_runs(call: Call) -> None:
    # Tie x of a visit before it begins: odd, and odd from beside the workspace as from elsewhere.
    assert call(f'twins add {TIE} --by A --set "active=Visit @2008"').code == 0
    beside = call("check landbridge-data")
    assert beside.code == 1
    assert "active of 2008 is before its beginning, since 2012" in " ".join(beside.out.split())
    whole = Path("landbridge-data").resolve()
    Path("elsewhere").mkdir()
    os.chdir("elsewhere")
    assert call(f"check {whole}").out.split() == beside.out.split()


def test_a_name_that_a_record_goes_by_is_not_replaced_unasked(call: Call) -> None:
    asked = 'twins add --id x --set name=Foo --publisher "Another desk" --by B'
    made = call(
        'twins add --id x --set "parties=BY-VI CN-HL" --set level=region --publisher "Our desk" --by A'
    )
    assert made.code == 0
    refused = call(asked)
    assert refused.code == 1
    assert "goes by Vitebsk Oblast and Heilongjiang" in refused.err
    assert call("twins list --text Foo --json").json["rows"] == []
    assert call(f"{asked} --beside").code == 0
    assert [row["name"] for row in call("twins list --text Foo --json").json["rows"]] == ["Foo"]


def test_a_member_of_later_years_is_no_party_before(call: Call) -> None:
    def found(asked: str) -> dict[str, list[str]]:
        rows = call(f"mechanisms list {asked} --json").json["rows"]
        return {row["record"]: row["parties"].split() for row in rows}

    assert "mechanism/sco" not in found("--on 2010 --place BLR")
    assert "mechanism/sco" not in found("--on 2010 --place BY-VI")
    assert "mechanism/sco" not in found("--on 2010 --between BLR CHN")
    assert "BLR" not in found("--on 2010")["mechanism/sco"]
    assert "BLR" in found("--on 2026 --place BLR")["mechanism/sco"]


def test_what_a_load_of_twins_leaves_out_stands_in_the_text(call: Call) -> None:
    head = "city1,country1_iso3,region1,city2,country2_iso3,region2\n"
    rows = ["Baiyin,CHN,CN-GS,Brest,BLR,BY-BR\n", "Har bin,CHN,CN-HL,Orsha,BLR,BY-VI\n"]
    Path("list.csv").write_text(head + "".join(rows * 2), "utf-8")
    ran = call("load twins list.csv")
    told = " ".join(ran.err.split())
    assert "list.csv: left out, 2 of 4 rows: the same tie stands there twice:" in told
    assert "line 4: Baiyin – Brest, as in line 2; line 5: Har bin – Orsha, as in line 3." in told
    assert "perhaps a city that is known, spelt otherwise: Har bin (line 3), held as Harbin." in told
