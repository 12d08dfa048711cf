"""What only some registers answer, from the shell: a known row of the shipped ledger, one envelope, kind refusals."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landbridge.cli import project_packages, register_answers
from landbridge.release import Data, embedded, load

Call = Callable[[str], Any]


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
    "projects headline rus-chn-headline-2023": {"headline_low": 160e9, "unit": "USD", "named_parts": 0},
    "projects headline rus-chn-headline-2023 --show claims": {"claimed_on": "2023", "projects_count": 78.0},
    "projects headlines CHN RUS": {
        "record": "project/rus-chn-nuclear-2018",
        "claimed_on": "2018-06",
        "sums_in_words": "> 100,000,000,000 CNY; > 20,000,000,000 CNY",
    },
    "projects duplicates": {"record_b": "project/rus-chn-significant-projects"},
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
        "electronic_since": "2017-11-30",
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
