"""What only some registers answer, from the shell: a known row of the shipped ledger, one envelope, kind refusals."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from landbridge.cli import project_packages, register_answers
from landbridge.cli.app import app
from landbridge.release import Data, embedded, load

Call = Callable[[str], Any]
PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "registers.md").read_text("utf-8")


@pytest.fixture(scope="module")
def release() -> Data:
    return load(release=embedded())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, release: Data) -> None:
    """Reading the release takes most of a command's time; without a workspace it does not change."""

    def data(workspace: Path | None = None) -> Data:
        return load(workspace) if workspace or Path("landbridge-data").exists() else release

    for module in (register_answers, project_packages):
        monkeypatch.setattr(module, "load_data", data)


# A line, and cells that one of its rows has; each is a statement of a cited source in tables/ledger/registers, or
# follows from one.
KNOWN: dict[str, dict[str, Any]] = {
    "mechanisms cover CN-HL RU-AMU": {
        "mechanism": "mechanism/far-east-northeast-commission",
        "path_a": "named member",
    },
    "mechanisms coverage CHN RUS": {"covered": "nothing"},
    "mechanisms coverage CHN RUS --show pairs": {
        "a": "CN-GD",
        "b": "RU-MOW",
        "covered": "nothing",
        "rank": 1,
    },
    "mechanisms coverage CHN RUS --show regions": {"region": "CN-AH", "mechanisms": "Volga–Yangtze council"},
    "mechanisms regime BLR CHN": {"regime": "agreement/blr-chn-services", "since": "2026-01-01"},
    "mechanisms meetings far-east-northeast-commission": {
        "date": "2017-09-08",
        "edition": 1,
        "state": "held",
    },
    "documents life": {"document": "document/khabarovsk-heilongjiang-1992", "signed": "1992"},
    "documents life eaeu-china-2018": {"stage": "in force", "state": "known", "date": "2019-10-25"},
    "documents life eaeu-china-2018 --show obligations": {
        "document": "document/eaeu-china-2018",
        "deadline": None,
    },
    "documents life eaeu-china-2018 --show lineage": {"relative": "document/eaeu-china-roadmap-2023"},
    "documents silent": {"document": "document/nizhny-sichuan-2011", "activity": "overdue"},
    "documents expiring --within 400 --on 2026-11-22": {"document": "document/blr-chn-science-protocol-2025"},
    "events series": {"series": "China International Import Expo", "first": "2023-11"},
    "events followed": {"event": "event/harbin-fair-32"},
    "events followed harbin-fair-32": {"record": "document/five-cities-agreement", "date": "2023"},
    "twins between BY-VI CN-HL": {"region_ties": 1, "a_name": "Vitebsk Oblast", "earliest_since": "2013"},
    "twins ought BLR CHN": {"rank": 1, "a": "BY-HM"},
    "twins dormant CHN RUS --on 2026-11-22": {"record": "twinning/beijing-st-petersburg", "state": "dormant"},
    "twins counts": {"record": "twinning/all-blr-chn-regions", "value_count": 2.0},
    "projects headline rus-chn-headline-2023": {
        "headline_low": 160e9,
        "unit": "USD",
        "named_parts": 0,
        "unnamed": "all of it",
    },
    "projects headline rus-chn-headline-2023 --show claims": {"claimed_on": "2023", "projects_count": 78.0},
    "projects headlines CHN RUS": {
        "record": "project/rus-chn-nuclear-2018",
        "claimed_on": "2018-06",
        "sums_in_words": "more than 100,000,000,000 CNY; more than 20,000,000,000 CNY",
    },
    "projects duplicates": {"record_b": "project/rus-chn-investment-commission-portfolio"},
    "projects slippage": {"record": "project/amazar-pulp-mill", "planned": "2008 → 2010 → 2019"},
    "projects journeys": {"record": "project/amazar-pulp-mill", "talks_began": "1999"},
    "projects transparency": {"record": "project/amazar-pulp-mill"},
    "projects transparency amazar-pulp-mill": {"item": "owner", "state": "missing"},
    "projects gate": {"record": "project/amazar-pulp-mill", "safety": "concern"},
    "funds card china-assistance-belarus": {"kind": "capital", "value": 3e8, "unit": "CNY"},
    "funds transparency": {"record": "fund/china-assistance-belarus"},
    "zones profile great-stone": {"kind": "area", "value": 91.5, "unit": "km2"},
    "barriers in-force CHN RUS --on 2026-11-22": {
        "barrier": "barrier/beef-safeguard-china",
        "until": "2028-12-31",
    },
    "steps needed CN-HL RU-MOW --mode road": {
        "step": "step/china-customs-declaration",
        "electronic": "yes",
        "electronic_since": None,
        "electronic_said_on": "2017-11-30",
    },
    "people by-definition CHN RUS --form tourism": {
        "definition": "Border service, all purposes",
        "unit": "trips",
    },
    "information gap CHN RUS": {"russian": "read", "chinese": "none known", "english": "read"},
    "settlements paid CHN RUS": {
        "record": "settlement/rus-chn-banks",
        "measure": "happened",
        "date": "2023-12",
    },
    "dossier energy CHN RUS": {"part": "depth", "what": "buying"},
    "dossier energy CHN RUS --show lines": {"part": "projects", "record": "project/power-of-siberia"},
    "ties BY-VI CN-HL --timeline": {"year": 2013, "kind": "document", "state": "past"},
}


# The line behind each part of docs/reference/registers.md, "Verbs of one register".
DOCUMENTED = {
    "mechanisms cover": "mechanisms cover CN-HL RU-AMU",
    "mechanisms coverage": "mechanisms coverage CHN RUS",
    "mechanisms coverage --show pairs": "mechanisms coverage CN-HL RU-AMU --show pairs",
    "mechanisms coverage --show regions": "mechanisms coverage CN-HL RU-AMU --show regions",
    "mechanisms regime": "mechanisms regime BLR CHN",
    "mechanisms meetings": "mechanisms meetings far-east-northeast-commission",
    "documents life": "documents life",
    "documents life --show stages": "documents life eaeu-china-2018",
    "documents life --show obligations": "documents life eaeu-china-2018 --show obligations",
    "documents life --show lineage": "documents life eaeu-china-2018 --show lineage",
    "documents expiring": "documents expiring --within 400 --on 2026-11-22",
    "events series": "events series",
    "events followed": "events followed",
    "events followed EVENT": "events followed harbin-fair-32",
    "twins between": "twins between BY-VI CN-HL",
    "twins dormant": "twins dormant CHN RUS --on 2026-11-22",
    "twins ought": "twins ought BLR CHN",
    "twins counts": "twins counts",
    "barriers in-force": "barriers in-force CHN RUS --on 2026-11-22",
    "steps needed": "steps needed CN-HL RU-MOW --mode road",
    "people by-definition": "people by-definition CHN RUS --form tourism",
    "information gap": "information gap CHN RUS",
    "settlements paid": "settlements paid CHN RUS",
    "ties A B --timeline": "ties BY-VI CN-HL --timeline",
    "dossier": "dossier energy CHN RUS",
    "dossier --show lines": "dossier energy CHN RUS --show lines",
    "dossier --show depth": "dossier energy CHN RUS --show depth",
    "dossier --show missing": "dossier energy CHN RUS --show missing",
}
OWN = (
    "mechanisms",
    "documents",
    "events",
    "twins",
    "barriers",
    "steps",
    "people",
    "information",
    "settlements",
)


def described(title: str) -> list[str]:
    """The columns that the reference page names for a verb."""
    part = PAGE.split(f"\n### `{title}`\n", 1)[1].split("\n#", 1)[0]
    rows = part.split("| column | meaning |")[1].split("\n\n")[0].splitlines()[2:]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split(" | ")[0])]


@pytest.mark.parametrize("title", DOCUMENTED)
def test_the_reference_names_every_column_of_a_verb(call: Call, title: str) -> None:
    (row, *_) = call(f"{DOCUMENTED[title]} --json").json["rows"]
    named = described(title)
    assert sorted(named) == sorted(row), title
    assert len(set(named)) == len(named)


def test_the_reference_has_a_part_for_every_verb_of_one_register() -> None:
    root: Any = typer.main.get_command(app)
    common = {"list", "show", "due", "add", "supersede", "export"}
    own = {f"{noun} {name}" for noun in OWN for name in root.commands[noun].commands if name not in common}
    # It is said there that it has the columns of another.
    assert own - {"documents silent"} <= set(DOCUMENTED)


def test_the_reference_lists_the_vocabulary_of_topics() -> None:
    raw = yaml.safe_load(files("landbridge.registers").joinpath("topics.yaml").read_bytes())
    for topic, wordings in raw.items():
        assert f"| {topic} | {'; '.join(wordings)} |" in PAGE


@pytest.mark.parametrize("line", KNOWN)
def test_the_verb_answers_with_a_known_row_in_the_envelope_of_the_house(call: Call, line: str) -> None:
    began = time.perf_counter()
    answer = call(f"{line} --json")
    assert answer.code == 0, answer.err
    assert time.perf_counter() - began < 10
    body = answer.json
    words = line.split(" --")[0].split()
    verb = (
        "ties timeline"
        if "--timeline" in line
        else words[0]
        if words[0] == "dossier"
        else " ".join(words[:2])
    )
    assert (body["verb"], body["schema"]) == (verb, f"landbridge/{verb}/1")
    assert body["release"]
    assert len({tuple(row) for row in body["rows"]}) == 1
    wanted = KNOWN[line]
    assert any(wanted.items() <= row.items() for row in body["rows"]), body["rows"][:3]
    table = call(line)
    assert table.code == 0
    assert table.out.count("\n") > 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("mechanisms cover CN-HL XX-YY", "XX-YY"),
        ("mechanisms cover CN-HL CN-SD", "one country"),
        ("mechanisms coverage CHN RUS --show pair", "Valid: summary, pairs, regions"),
        ("mechanisms coverage CHN RUS --first 0", "--first 0"),
        ("mechanisms regime CHN QQQ", "QQQ"),
        ("mechanisms meetings far-east-northeast-comission", "far-east-northeast-commission"),
        ("documents life eaeu-chin-2018", "eaeu-china-2018"),
        ("documents life project/great-wall-belarus", "great-wall-belarus"),
        ("documents expiring --within 0", "--within 0"),
        ("documents silent --on 2026-13", "2026-13"),
        ("events followed harbin-fair-23", "harbin-fair"),
        ("events series --as-of yesterday", "yesterday"),
        ("twins between CHN CHN", "twice"),
        ("twins ought CHN CHN", "another country"),
        ("twins dormant CHN XX", "XX"),
        ("twins counts CHN", "second place"),
        ("projects headline amazar-pulp-mill", "no headline set"),
        ("projects headline rus-chn-headline-2022", "rus-chn-headline-2023"),
        ("projects ranking --by sums", "Valid"),
        ("projects ranking --unit GBX", "GBX"),
        ("projects transparency fund/china-assistance-belarus", "fund"),
        ("projects import nothing.json", "--by"),
        ("projects import nothing.json --by Anna", "nothing.json"),
        ("projects import nothing.json --by Anna --parties XQ", "XQ"),
        ("funds card china-asistance-belarus", "china-assistance-belarus"),
        ("zones profile great-ston", "great-stone"),
        ("barriers in-force CHN RUS --form tarif", "tariff"),
        ("steps needed CN-HL RU-MOW --mode rocket", "rail"),
        ("steps needed CN-HL CN-SD", "border"),
        ("people by-definition CHN RUS --form turism", "tourism"),
        ("information gap --language fr", "ru"),
        ("settlements paid CHN CHN", "twice"),
        ("dossier energi CHN RUS", "energy"),
        ("ties CHN CHN --timeline", "twice"),
        ("ties CHN RUS --timeline --kind corridor", "Valid"),
    ],
)
def test_what_people_type_wrong_is_refused_kindly(call: Call, line: str, says: str) -> None:
    answer = call(line)
    assert answer.code in (1, 2), answer.out
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    refusal = json.loads(call(f"{line} --json").err or call(f"{line} --json").out)
    assert refusal["schema"] == "landbridge/error/1"


def test_a_date_asks_about_another_day(call: Call) -> None:
    assert call("mechanisms cover CN-HL RU-AMU --on 1995 --json").json["rows"] == []
    now = {row["record"] for row in call("twins dormant CHN RUS --on 2026-11-22 --json").json["rows"]}
    then = {row["record"] for row in call("twins dormant CHN RUS --on 2026-01-01 --json").json["rows"]}
    assert "twinning/beijing-st-petersburg" in now - then
    regimes = {
        row["regime"]: row["state"] for row in call("mechanisms regime BLR CHN --on 2020 --json").json["rows"]
    }
    assert regimes.get("agreement/blr-chn-services") != "in force"


def test_disclosure_on_a_day_is_what_was_out_by_then(call: Call) -> None:
    """The page of WWF Russia tells of March 2018, so that it held nothing for anybody in 2006."""
    line = "projects transparency amazar-pulp-mill"
    now, then = (
        {row["item"]: row["state"] for row in call(f"{line}{on} --json").json["rows"]}
        for on in ("", " --on 2006")
    )
    assert (now["sector"], then["sector"]) == ("held", "missing")
    assert "held" not in then.values()
    later = call(f"{line} --on 2020 --json").json
    assert {row["item"]: row["state"] for row in later["rows"]}["sector"] == "undated"
    (score,) = later["score"]
    assert score["score_pct"] < score["score_high_pct"]
    early = call("projects transparency belgee --on 1990 --json").json
    assert early["rows"] == []
    assert "had not begun" in early["notes"][0]
    counts = [
        {row["record"]: row["held_count"] for row in call(f"projects transparency{on} --json").json["rows"]}
        for on in (" --on 2015", "")
    ]
    assert counts[0]["project/vitebsk-hydropower"] < counts[1]["project/vitebsk-hydropower"]


def test_a_stated_concern_does_not_pass_the_gate(call: Call) -> None:
    rows = {row["record"]: row for row in call("projects gate --json").json["rows"]}
    assert not rows["project/amazar-pulp-mill"]["passes"]
    assert rows["project/amazar-pulp-mill"]["reason"].startswith(
        "held back: stated concern, March 2018, by WWF Russia"
    )
    for order in ("--by announced --unit EUR", "--by delay"):
        body = call(f"projects ranking {order} --json").json
        ranked = {row["record"] for row in body["rows"]}
        assert not ranked & {name for name, row in rows.items() if not row["passes"]}
        assert "project/svetlogorsk-pulp-mill" in {row["record"] for row in body["held_back"]}


def test_a_headline_tells_who_claimed_what_and_when(call: Call) -> None:
    told = call("projects headline rus-chn-headline-2023").err
    assert "Claimed, 2023: 78 projects, 160,000,000,000 USD, says an unsigned article" in told
    assert "Named as its parts: none of 78 projects; no source held lists them." in told
    assert "- 2024: 80 projects, about 200,000,000,000 USD, says Business Upturn." in told


def test_a_headline_of_later_says_since_when_it_was_claimed(call: Call) -> None:
    told = call("projects headline rus-chn-headline-2023 --on 2020-01-01").err
    assert "had not been claimed by 1 January 2020. It was first claimed 2023." in told
    assert "no sum" not in told


def test_the_import_of_the_example_tells_the_commonest_reasons(call: Call, shared: Path) -> None:
    told = call(f"projects import {shared / 'schemas' / 'oc4ids' / 'example.json'} --by Anna").err
    assert "values were not taken; JSON names each field and why. Most of them:" in told
    assert "the ledger keeps no tenders (contractingProcesses[].summary.tender)" in told
    assert "keeps no sums in GBP" not in told


def test_what_was_not_recorded_yet_is_not_answered(call: Call) -> None:
    answer = call("documents life --as-of 2020-01-01 --json").json
    assert answer["rows"] == []
    assert "The ledger holds no such document." in answer["notes"]


def test_the_same_question_for_the_same_date_has_the_same_answer(call: Call) -> None:
    line = "projects slippage --on 2026-11-22 --as-of 2026-11-22 --json"
    assert call(line).out == call(line).out


def test_a_package_goes_out_and_comes_in_again_without_anything_new(call: Call) -> None:
    assert call("projects export --format oc4ids --out package.json").code == 0
    answer = call("projects import package.json --by Anna --json")
    assert answer.code == 0, answer.err
    assert answer.json["verb"] == "projects import"
    assert "0 statements were new." in answer.json["notes"]


def test_a_foreign_package_is_taken_in_and_shown(call: Call) -> None:
    package = {
        "version": "0.9",
        "uri": "https://example.org/package.json",
        "publishedDate": "2026-01-02T00:00:00Z",
        "publisher": {"name": "Ministry of Examples"},
        "projects": [{"id": "oc4ids-abc-1", "title": "Bridge of examples", "sector": ["transport.road"]}],
    }
    Path("package.json").write_text(json.dumps(package), "utf-8")
    refused = call("projects import package.json --by Anna")
    assert refused.code == 1
    assert "--parties" in refused.err
    answer = call("projects import package.json --by Anna --parties BLR --parties CHN --json")
    assert answer.code == 0, answer.err
    assert {tuple(row) for row in answer.json["rows"]} == {
        ("project", "record", "property", "field", "value")
    }
    listed = call("projects list --text 'Bridge of examples' --json").json["rows"]
    assert [row["name"] for row in listed] == ["Bridge of examples"]


def test_the_timeline_reads_year_by_year(call: Call) -> None:
    out = call("ties BY-VI CN-HL --timeline").out.splitlines()
    years = [int(line) for line in out if line.isdigit()]
    assert years == sorted(set(years))
    assert 2013 in years
    assert any("Signed" in line for line in out)


def test_steps_of_the_other_way_stand_behind_an_option(call: Call) -> None:
    line = "steps needed CN-HL RU-MOW --mode rail"
    plain, every = call(f"{line} --json").json["rows"], call(f"{line} --all --json").json["rows"]
    other = [row for row in every if "the other way" in row["needed"]]
    assert other
    assert [row for row in every if row not in other] == plain
    assert f"{len(other)} more are held for the other way only" in call(line).err


def test_the_rules_on_visas_are_shown(call: Call) -> None:
    rows = call("people by-definition CHN RUS --form visa --on 2026-11-22 --json").json["rows"]
    over = [row for row in rows if row["until"] == "2026-09-14"]
    assert {row["state"] for row in over} == {"ended, unless prolonged"}
    assert {row["record"] for row in over} == {
        "people/visa-china-for-russians",
        "people/visa-russia-for-chinese",
    }


def test_a_timeline_of_a_day_is_not_that_of_today(call: Call) -> None:
    rows = call("ties BLR CHN --timeline --on 2012 --json").json["rows"]
    assert rows
    assert not [row for row in rows if (row["year"] or 0) > 2012 and row["state"] == "past"]


@pytest.mark.parametrize("noun", ["actors", "information", "settlements", "steps"])
def test_a_list_has_no_column_that_its_register_does_not_know(call: Call, noun: str) -> None:
    head = call(f"{noun} list").out.splitlines()[0].split()
    assert not {"stage", "state", "begins"} & set(head)
    rows = call(f"{noun} list --json").json["rows"]
    assert "stage" not in rows[0] or rows[0]["stage"] is None
