"""OC4IDS out and in: valid against the published schema, nothing lost unseen, ids and sums kept on the way round."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landbridge import codes
from landbridge.errors import BadFile, BadUsage, NotHeld
from landbridge.ledger import Ledger, Statement, read
from landbridge.provenance import Source, Status
from landbridge.registers.oc4ids import essentials, exporting, importing, mapping
from landbridge.registers.oc4ids.checking import problems
from landbridge.registers.oc4ids.reading import Fields, leaves, pattern
from landbridge.registers.projects import money
from landbridge.release import Data, load
from landbridge.release.workspace import Workspace
from landbridge.units import CURRENCIES

TODAY = "2026-11-21"
PAPER = Source("paper", "A paper", "A page", "2020-05-01", "https://example.org/page", "facts only")
RECORD = "project/mill"


def say(prop: str, value: str | float, unit: str = "", record: str = RECORD, **more: Any) -> Statement:
    held: dict[str, Any] = {"source": "paper", "status": Status.REPORTED} | more
    held |= {"text": value} if isinstance(value, str) else {"number": float(value), "unit": unit}
    kind = record.partition("/")[0]
    return Statement(subject=record, kind=kind, property=prop, recorded="2026-01-01", recorder="test", **held)


def ledger(*said: Statement) -> Ledger:
    return Ledger(said, {"paper": PAPER})


def mill() -> Ledger:
    """A small ledger with everything that a project may state."""
    assumed: dict[str, Any] = {"source": "assumed", "status": Status.ASSUMED}
    return ledger(
        say("name", "Modernisation of the Orsha mill"),
        say("parties", "BLR CHN BY-VI"),
        say("place", "Orsha"),
        say("sector", "electricity"),
        say("parent", "project/set"),
        say("stage", "contracted", period="2010-12"),
        say("stage", "construction", period="2012-04-11", note="first stone. By the lake"),
        say("stage", "operating", period="2019", status=Status.FORECAST, as_of="2012"),
        say("stage", "operating", period="2017-07-31"),
        say("planned_opening", "2016-01-01", as_of="2013-05"),
        say("talks_began", "2005"),
        say("announced", 120.5, "EUR", as_of="2011-06-01", comparator="~"),
        say("announced", 150, "EUR", as_of="2014"),
        say("contracted", 90, "CNY", period="2010-12", speaker="A minister"),
        Statement(**_range("disbursed", 10, 20, "RUB")),
        Statement(**(_range("committed", 5, 6, "USD") | assumed)),
        say("capacity", 400000, "t/year", as_of="2014"),
        say("actor", "Vitebskenergo, owner"),
        say("actor", "Export-Import Bank of China, lender of a concessional loan"),
        say("actor", "Nobody in particular"),
        say("safety", "assessed", period="2011"),
        say("remark", "A remark"),
        say("depth", "making"),
        say("name", "Set", record="project/set"),
        say("parties", "BLR CHN", record="project/set"),
        say("umbrella", "true", record="project/set"),
        say("announced", 5e9, "USD", record="project/set"),
    )


def _range(prop: str, low: float, high: float, unit: str) -> dict[str, Any]:
    return {
        "subject": RECORD,
        "kind": "project",
        "property": prop,
        "source": "paper",
        "status": Status.REPORTED,
        "recorded": "2026-01-01",
        "recorder": "test",
        "low": low,
        "high": high,
        "unit": unit,
        "period": "2012/2017",
    }


@pytest.fixture(scope="module")
def shipped() -> Data:
    return load()


@pytest.fixture(scope="module")
def validate(shared: Path) -> Callable[[Any], list[str]]:
    """The published schema of project packages as a judge, dates and addresses included."""
    from jsonschema import Draft4Validator, FormatChecker
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT4

    folder = shared / "schemas" / "oc4ids"
    named = ("project-package-schema.json", "project-schema.json")
    schemas = [json.loads((folder / name).read_text("utf-8")) for name in named]
    registry: Registry[Any] = Registry().with_resources(
        (schema["id"], Resource.from_contents(schema, default_specification=DRAFT4)) for schema in schemas
    )
    formats = FormatChecker(["email"])
    instant = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
    formats.checks("date-time")(lambda value: not isinstance(value, str) or bool(instant.fullmatch(value)))
    formats.checks("uri")(
        lambda value: not isinstance(value, str) or bool(re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", value))
    )
    judge = Draft4Validator(schemas[0], registry=registry, format_checker=formats)
    return lambda package: [f"{list(e.path)}: {e.message}" for e in judge.iter_errors(package)]


# Out


def test_the_shipped_projects_are_valid_against_the_published_schema(
    validate: Callable[[Any], list[str]], shipped: Data
) -> None:
    package = exporting.package(shipped.ledger, TODAY).package
    assert validate(package) == []
    assert len(package["projects"]) >= 13


def test_an_export_of_everything_a_project_may_state_is_valid(validate: Callable[[Any], list[str]]) -> None:
    assert validate(exporting.package(mill(), TODAY).package) == []


def test_the_judge_judges(validate: Callable[[Any], list[str]]) -> None:
    sound = exporting.package(mill(), TODAY).package
    for spoil in (
        lambda p: p["projects"][0].update(status="frozen"),
        lambda p: p["projects"][0]["budget"]["amount"].update(currency="euro"),
        lambda p: p["projects"][0]["milestones"][0].pop("id"),
        lambda p: p.pop("uri"),
        lambda p: p.update(publishedDate="2026-11-21"),
    ):
        spoilt = copy.deepcopy(sound)
        spoil(spoilt)
        assert validate(spoilt) != []
        assert problems(spoilt) != (), "the structural check sees it too, without the schema"


def test_the_structural_check_needs_no_schema_and_finds_every_project_sound(shipped: Data) -> None:
    assert problems(exporting.package(shipped.ledger, TODAY).package) == ()
    assert problems(exporting.package(mill(), TODAY).package) == ()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda p: p.update(projects=[]), "not a list of at least one"),
        (lambda p: p["projects"].append(p["projects"][0]), "used twice"),
        (lambda p: p["projects"][0].update(title=""), "empty"),
        (lambda p: p["projects"][0].update(type="modernisation"), "not in the list"),
        (lambda p: p["projects"][0]["locations"][0].pop("id"), "no id"),
        (lambda p: p["projects"][0]["milestones"][1].update(dateMet="2017-02-30T00:00:00Z"), "no date"),
        (lambda p: p.update(version="0.9.5"), "major.minor"),
        (lambda p: p.update(publisher={}), "no name"),
    ],
)
def test_the_structural_check_says_what_is_wrong_and_where(spoil: Callable[[Any], Any], said: str) -> None:
    package = copy.deepcopy(exporting.package(mill(), TODAY).package)
    spoil(package)
    found = problems(package)
    assert any(said in problem.what for problem in found)
    assert all(problem.where for problem in found)


def test_what_the_ledger_says_stands_in_its_place() -> None:
    (project,) = exporting.package(mill(), TODAY).package["projects"]
    assert project["id"] == "landbridge-mill"
    assert project["identifiers"] == [{"id": RECORD, "scheme": mapping.RECORDS}]
    assert (project["status"], project["type"], project["sector"]) == (
        "maintenance",
        "rehabilitation",
        ["energy"],
    )
    assert project["budget"]["amount"] == {"amount": 150, "currency": "EUR"}
    assert project["completion"] == {"endDate": "2017-07-31T00:00:00Z"}, "a range is no final value"
    assert project["environment"] == {"hasImpactAssessment": True}
    roles = {party["name"]: party.get("roles") for party in project["parties"]}
    assert roles == {
        "Vitebskenergo": ["publicAuthority"],
        "Export-Import Bank of China": ["funder"],
        "Nobody in particular": None,
    }
    assert project["publicAuthority"]["name"] == "Vitebskenergo"
    assert project["relatedProjects"][0]["identifier"] == "project/set"
    (source,) = [d for d in project["documents"] if d["id"] == "paper"]
    assert source["url"] == "https://example.org/page"
    ahead = {
        m["title"]: m["status"] for m in project["milestones"] if "dueDate" in m or m["status"] == "scheduled"
    }
    assert ahead == {"operating": "scheduled", "planned opening": "scheduled"}


def test_a_date_known_to_the_month_is_not_made_exact() -> None:
    (project,) = exporting.package(mill(), TODAY).package["projects"]
    dates = {m["title"]: m.get("dateMet") for m in project["milestones"] if m["status"] == "met"}
    assert dates["contracted"] is None
    assert dates["talks began"] is None
    assert dates["construction"] == "2012-04-11T00:00:00Z"


def test_every_statement_is_in_the_package_or_in_the_list_of_what_was_left_out(shipped: Data) -> None:
    for held in (mill(), shipped.ledger):
        export = exporting.package(held, TODAY)
        text = export.text()
        out = {item.id for item in export.left_out} | {item.record for item in export.left_out if not item.id}
        # Names, places and parties carry no id in the standard; what they say is there in words.
        plain = ("name", "parties", "place", "sector", "parent", "document", "actor", "safety")
        for record in held.records("project"):
            for statement in record.statements:
                inside = statement.id in text or statement.property in plain
                left = statement.id in out or record.subject in out
                assert inside or left, (record.subject, statement.property)
        assert all(item.reason for item in export.left_out)


def test_headline_sets_are_left_out_and_named() -> None:
    export = exporting.package(mill(), TODAY)
    assert [item.record for item in export.left_out if not item.property] == ["project/set"]
    with pytest.raises(NotHeld, match="no project to export"):
        exporting.package(mill(), TODAY, ["project/set"])
    with pytest.raises(BadUsage, match="no prefix"):
        exporting.package(mill(), TODAY, prefix="No prefix")


def test_what_was_said_later_is_not_exported() -> None:
    held = mill()
    early = exporting.package(held, "2013-12-31", [RECORD])
    text = early.text()
    assert '"amount": 150' not in text
    assert '"amount": 120.5' in text
    assert any(item.reason == "said only later" for item in early.left_out)
    assert exporting.package(held, "2013-12-31", [RECORD]).text() == text


@pytest.mark.parametrize(
    "stage",
    [
        "announced",
        "negotiated",
        "committed",
        "contracted",
        "construction",
        "completed",
        "operating",
        "cancelled",
        "frozen",
    ],
)
def test_every_stage_has_a_status_or_is_reported(stage: str) -> None:
    held = ledger(say("name", "Mill"), say("parties", "BLR CHN"), say("stage", stage, period="2015"))
    export = exporting.package(held, TODAY)
    (project,) = export.package["projects"]
    status = project.get("status")
    assert status in mapping.STATUSES or (stage == "frozen" and status is None)
    assert (status is None) == any("no status" in item.reason for item in export.left_out)


def test_a_currency_newer_than_the_list_of_the_standard_is_a_measure_and_comes_back(
    validate: Callable[[Any], list[str]], tmp_path: Path
) -> None:
    held = ledger(
        say("name", "A dam"), say("parties", "CHN RUS"), say("announced", 7e6, "ZWG", as_of="2025-01-02")
    )
    export = exporting.package(held, TODAY)
    assert validate(export.package) == []
    assert problems(export.package) == ()
    assert "budget" not in export.package["projects"][0]
    path = tmp_path / "package.json"
    path.write_text(export.text(), "utf-8")
    assert _sums(
        _back(importing.convert(importing.read(path), TODAY, "A tester"), tmp_path), RECORD
    ) == _sums(held, RECORD)


# In


def test_the_example_of_the_standard_is_taken_into_a_workspace(
    shared: Path, shipped: Data, tmp_path: Path
) -> None:
    path = shared / "schemas" / "oc4ids" / "example.json"
    workspace = Workspace.open_or_create(tmp_path / "own")
    report = importing.import_package(workspace, path, shipped, TODAY, "A tester")
    assert report.added == len(report.conversion.taken) > 15
    held = load(tmp_path / "own").ledger
    record = held.record("project/oc4ids-bu3kcz-m75-junctions-4-to-5-smart-motorway")
    assert record.name == "M75 Junctions 4 to 5 upgrade smart motorway"
    assert record.parties == ("GBR",)
    assert {s.text for s in record.all("stage")} == {"committed", "construction", "completed", "operating"}
    assert record.text("planned_opening") == "2018-12-10"
    (loan,) = [s for s in record.all("committed") if s.unit == "USD"]
    assert (loan.number, loan.unit) == (50e6, "USD")
    assert loan.note.startswith("of which finance")
    assert record.text("safety") == "assessed"
    assert "Motorways Administrator UK, contract administrator" in {s.text for s in record.all("actor")}
    sources = {s.source for s in record.statements}
    assert {held.sources[name].publisher for name in sources} == {"Open Data Services Co-operative Limited"}
    again = importing.import_package(workspace, path, load(tmp_path / "own"), TODAY, "Another")
    assert again.added == 0


def test_every_sum_of_the_example_is_a_statement_or_in_the_report(shared: Path) -> None:
    package = importing.read(shared / "schemas" / "oc4ids" / "example.json")
    found = importing.convert(package, TODAY, "A tester")
    (entry,) = found.form["entries"]
    sums = {s["value"] for kind in money.KINDS for s in entry["says"].get(kind, ())}
    left = {item.field for item in found.left_out}
    for path in leaves(package["projects"][0]):
        if path[-1] != "amount":
            continue
        value = Fields(package["projects"][0]).get(*path)
        at = pattern(path)
        assert value in sums or any(at.startswith(field.removesuffix("[]")) for field in left), at
    # The example is in pounds: all of it comes in, whatever the currency.
    assert not [item for item in found.left_out if "keeps no sums" in item.reason]
    assert {s["unit"] for s in entry["says"]["announced"]} == {"GBP"}


def test_the_example_leaves_the_ledger_as_a_valid_package_with_its_own_id(
    shared: Path, shipped: Data, tmp_path: Path, validate: Callable[[Any], list[str]]
) -> None:
    path = shared / "schemas" / "oc4ids" / "example.json"
    importing.import_package(Workspace.open_or_create(tmp_path / "own"), path, shipped, TODAY, "A tester")
    held = load(tmp_path / "own").ledger
    subject = "project/oc4ids-bu3kcz-m75-junctions-4-to-5-smart-motorway"
    package = exporting.package(held, TODAY, [subject]).package
    assert validate(package) == []
    assert package["projects"][0]["id"] == json.loads(path.read_text("utf-8"))["projects"][0]["id"]
    assert package["projects"][0]["description"].startswith("Upgrading the 5km stretch")
    assert package["projects"][0]["status"] == "maintenance", "a dated completion does not set operation back"
    assert package["projects"][0]["budget"]["amount"] == {"amount": 40000000, "currency": "GBP"}


def _package(**project: Any) -> dict[str, Any]:
    return {
        "uri": "https://example.org/package.json",
        "publisher": {"name": "A ministry"},
        "publishedDate": "2024-05-31T00:00:00Z",
        "version": "0.9",
        "projects": [{"id": "oc4ids-abc-1", "title": "A road", **project}],
    }


def _countries(*names: str) -> dict[str, Any]:
    return {"locations": [{"id": str(n), "address": {"countryName": name}} for n, name in enumerate(names)]}


def test_countries_are_found_by_name_or_code_and_asked_for_otherwise() -> None:
    for names in (("Belarus", "China"), ("BLR", "chn"), ("Беларусь", "Китай")):
        found = importing.convert(_package(**_countries(*names)), TODAY, "A tester")
        assert found.form["entries"][0]["says"]["parties"]["value"] == ["BLR", "CHN"]
    with pytest.raises(BadFile, match="names no country"):
        importing.convert(_package(), TODAY, "A tester")
    given = importing.convert(_package(), TODAY, "A tester", parties=("BLR",))
    assert given.form["entries"][0]["says"]["parties"]["value"] == ["BLR"]


def test_sums_of_contracts_are_parts_and_the_budget_is_the_whole(tmp_path: Path, shipped: Data) -> None:
    contracts = [
        {
            "id": str(n),
            "summary": {"title": f"Lot {n}", "contractValue": {"amount": 10 * n, "currency": "CNY"}},
        }
        for n in (1, 2)
    ]
    package = _package(
        **_countries("Belarus"),
        budget={"amount": {"amount": 50, "currency": "CNY"}},
        contractingProcesses=contracts,
        updated="2024-04-01T00:00:00Z",
    )
    path = tmp_path / "package.json"
    path.write_text(json.dumps(package), "utf-8")
    importing.import_package(Workspace.open_or_create(tmp_path / "own"), path, shipped, TODAY, "A tester")
    held = load(tmp_path / "own").ledger
    said = money.claims(held, "project/oc4ids-abc-1", TODAY)
    assert {(c.kind, c.statement.number, c.part) for c in said} == {
        ("announced", 50, False),
        ("contracted", 10, True),
        ("contracted", 20, True),
    }
    assert {c.claimed_on for c in said} == {"2024-04-01"}
    (total,) = [t for t in money.total(held, ["project/oc4ids-abc-1"], TODAY) if t.kind == "announced"]
    assert total.low == 50
    assert not [t for t in money.total(held, ["project/oc4ids-abc-1"], TODAY) if t.kind == "contracted"]


def test_ids_that_differ_only_in_signs_stay_apart() -> None:
    package = _package(**_countries("Belarus"))
    package["projects"].append(package["projects"][0] | {"id": "OC4IDS-abc.1"})
    found = importing.convert(package, TODAY, "A tester")
    records = [entry["record"] for entry in found.form["entries"]]
    assert records[0] == "project/oc4ids-abc-1"
    assert records[1].startswith("project/oc4ids-abc-1-")
    assert records == [e["record"] for e in importing.convert(package, TODAY, "A tester").form["entries"]]


@pytest.mark.parametrize(
    "raw",
    [b"", b"[1, 2", b"[]", b'{"projects": NaN}', b"\xff\xfe", b'{"projects": {}}', b"[" * 100_000],
)
def test_a_broken_package_is_refused_kindly(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(raw)
    with pytest.raises(BadFile):
        importing.read(path)


def test_wrong_types_become_rows_of_the_report_and_no_statements() -> None:
    package = _package(
        **_countries("Belarus"),
        description=7,
        status="planned",
        budget={"amount": {"amount": "much", "currency": "USD"}},
        period={"endDate": "soon"},
        parties="none",
        sector="roads",
    )
    found = importing.convert(package, TODAY, "A tester")
    (entry,) = found.form["entries"]
    assert set(entry["says"]) == {"name", "parties"}
    assert {item.field for item in found.left_out} >= {
        "description",
        "status",
        "budget",
        "period",
        "parties",
        "sector",
    }


def test_the_essentials_are_those_of_the_published_schema(shared: Path) -> None:
    schema = json.loads((shared / "schemas" / "oc4ids" / "project-schema.json").read_text("utf-8"))
    held = essentials.shapes()

    def walked(name: str, node: dict[str, Any]) -> None:
        assert set(held[name].fields) == set(node.get("properties", {})), name
        assert list(held[name].required) == node.get("required", []), name
        for field, one in node.get("properties", {}).items():
            form = held[name].fields[field]
            if one.get("type") in ("object", ["object"]):
                walked(form, one)
            elif "$ref" in one:
                assert form == one["$ref"].rpartition("/")[2]
            elif "enum" in one and len(one["enum"]) < 100:
                assert form.split()[1:] == one["enum"]
            assert form.startswith("[") == (one.get("type") in ("array", ["array"])), (name, field)

    walked("Project", schema)
    for name, node in schema["definitions"].items():
        walked(name, node)
    currencies = {code for code in schema["definitions"]["Value"]["properties"]["currency"]["enum"] if code}
    assert currencies >= mapping.LISTED
    assert len(currencies - mapping.LISTED) == 6, "metals, tests and no currency"
    assert not currencies & (CURRENCIES - mapping.LISTED), "codes that the published list does not know yet"


@pytest.mark.parametrize(
    "spoil",
    [
        {"title": 5},
        {"budget": {"amount": {"amount": 5, "currency": "ZZZ"}}},
        {"budget": {"amount": {"amount": True, "currency": "EUR"}}},
        {"parties": "none"},
        {"locations": [{"id": "1"}, {"id": "1"}]},
        {"milestones": [{"id": "1", "status": "done"}]},
        {"status": "frozen"},
        {"environment": {"hasImpactAssessment": "yes"}},
        {"documents": [{"title": "without an id"}]},
        {"sector": ["transport", None]},
    ],
)
def test_what_the_published_schema_refuses_is_refused_before_an_import(
    spoil: dict[str, Any], tmp_path: Path, validate: Callable[[Any], list[str]]
) -> None:
    package = _package(**spoil)
    assert validate(package) != []
    path = tmp_path / "package.json"
    path.write_text(json.dumps(package), "utf-8")
    with pytest.raises(BadFile):
        importing.read(path)


def test_all_faults_are_told_at_once_and_a_sum_of_400_digits_is_one_of_them(tmp_path: Path) -> None:
    package = _package(title=5, budget={"amount": {"amount": 10**400, "currency": "ZZZ"}})
    path = tmp_path / "package.json"
    path.write_text(json.dumps(package), "utf-8")
    with pytest.raises(BadFile) as caught:
        importing.read(path)
    told = str(caught.value)
    assert "5 is no text" in told
    assert "too large" in told
    assert "'ZZZ' is no currency" in told
    # Without the check of the file the sum is left out and reported.
    huge = {"amount": {"amount": 10**400, "currency": "EUR"}}
    found = importing.convert(_package(**_countries("Belarus"), budget=huge), TODAY, "A tester")
    assert any("too large" in item.reason for item in found.left_out)


@pytest.mark.parametrize("empty", ["uri", "publisher", "publishedDate", "version", "projects"])
def test_a_required_field_that_is_null_is_a_problem_beside_all_others(empty: str, tmp_path: Path) -> None:
    package = _package(title=5) | {"license": "", empty: None}
    path = tmp_path / "null.json"
    path.write_text(json.dumps(package), "utf-8")
    with pytest.raises(BadFile) as caught:
        importing.read(path)
    told = [(problem.where, problem.what) for problem in caught.value.problems]
    assert (f"{path}: package", f"{empty} is null.") in told
    assert (f"{path}: license", "this is empty.") in told
    assert empty == "projects" or any("5 is no text" in what for _, what in told)


def test_a_problem_says_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "l.json"
    path.write_text("[]", "utf-8")
    with pytest.raises(BadFile) as caught:
        importing.read(path)
    assert [problem.where for problem in caught.value.problems] == [f"{path}: package"]


def test_the_largest_number_of_the_ledger_is_refused_in_the_package_itself(tmp_path: Path) -> None:
    """Every value of the ledger lies below 1e300; a sum of just that is found at its field."""
    package = _package(**_countries("Belarus"), budget={"amount": {"amount": 1e300, "currency": "GBP"}})
    path = tmp_path / "gbp.json"
    path.write_text(json.dumps(package), "utf-8")
    with pytest.raises(BadFile) as caught:
        importing.read(path)
    (problem,) = caught.value.problems
    assert problem.where == f"{path}: projects[0].budget.amount.amount"
    found = importing.convert(package, TODAY, "A tester")
    assert any("too large" in item.reason for item in found.left_out)


def test_what_the_ledger_refuses_is_told_of_the_package_and_its_field(tmp_path: Path, shipped: Data) -> None:
    path = tmp_path / "w.json"
    path.write_text(json.dumps(_package(**_countries("Belarus"), title="???")), "utf-8")
    workspace = Workspace.open_or_create(tmp_path / "own")
    with pytest.raises(BadFile) as caught:
        importing.import_package(workspace, path, shipped, TODAY, "A tester")
    assert [problem.where for problem in caught.value.problems] == [f"{path}: projects[0].title"]
    path.write_text(json.dumps(_package()), "utf-8")
    with pytest.raises(BadFile, match="names no country") as caught:
        importing.import_package(workspace, path, shipped, TODAY, "A tester")
    assert [problem.where for problem in caught.value.problems] == [f"{path}: projects[0]"]


# Round


def _told(package: dict[str, Any]) -> Any:
    """What a package says, without the ids of statements and the sources of what has none of its own."""
    told = copy.deepcopy(package["projects"])
    for project in told:
        project["documents"] = [d for d in project.get("documents", []) if d["description"] != mapping.SOURCE]
        for milestone in project.get("milestones", []):
            del milestone["id"]
        for metric in project.get("metrics", []):
            for observation in metric["observations"]:
                del observation["id"]
    return told


def test_out_and_in_and_out_again_is_the_same_package(shipped: Data, tmp_path: Path) -> None:
    held = shipped.ledger
    sent = exporting.package(held, TODAY)
    mine = {project["identifiers"][0]["id"] for project in sent.package["projects"]}
    rest = Ledger([s for s in held.history if s.subject not in mine], held.sources)
    path = tmp_path / "package.json"
    path.write_text(sent.text(), "utf-8")
    conversion = importing.convert(importing.read(path), TODAY, "A tester", held=rest)
    assert conversion.left_out == ()
    back = _back(conversion, tmp_path)
    whole = Ledger([*rest.history, *back.history], {**rest.sources, **back.sources})
    assert _told(exporting.package(whole, TODAY).package) == _told(sent.package)


def test_a_package_of_our_own_gives_back_records_ids_and_sums(tmp_path: Path) -> None:
    held = mill()
    export = exporting.package(held, TODAY)
    path = tmp_path / "package.json"
    path.write_text(export.text(), "utf-8")
    back = _back(importing.convert(importing.read(path), TODAY, "A tester"), tmp_path)
    assert [r.subject for r in back.records("project")] == [RECORD]
    assert _sums(back, RECORD) == _sums(held, RECORD)
    assert _stages(back) == _stages(held)
    for prop in ("name", "place", "sector", "talks_began", "planned_opening"):
        assert back.record(RECORD).text(prop) == held.record(RECORD).text(prop)
    assert back.record(RECORD).parties == held.record(RECORD).parties
    assert {s.text for s in back.record(RECORD).all("actor")} == {
        s.text for s in held.record(RECORD).all("actor")
    }
    again = exporting.package(back, TODAY)
    ids = [p["id"] for p in export.package["projects"]]
    assert [p["id"] for p in again.package["projects"]] == ids
    assert problems(again.package) == ()


def test_the_shipped_projects_make_the_way_round(shipped: Data, tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text(exporting.package(shipped.ledger, TODAY).text(), "utf-8")
    back = _back(importing.convert(importing.read(path), TODAY, "A tester"), tmp_path)
    sent = [r for r in shipped.ledger.records("project") if r.text("umbrella") != "true"]
    assert {r.subject for r in back.records("project")} == {r.subject for r in sent}
    for record in sent:
        assert _sums(back, record.subject) == _sums(shipped.ledger, record.subject), record.subject
    # Into a workspace over the ledger that it came from, it adds nothing.
    workspace = Workspace.open_or_create(tmp_path / "own")
    report = importing.import_package(workspace, path, shipped, TODAY, "A tester")
    assert report.added == 0
    assert {item.reason for item in report.conversion.left_out} == {"the ledger holds it already"}


def test_an_umbrella_that_nobody_holds_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text(exporting.package(mill(), TODAY).text(), "utf-8")
    found = importing.convert(importing.read(path), TODAY, "A tester")
    assert any("project/set, which it names" in item.reason for item in found.left_out)


def _back(conversion: importing.Conversion, folder: Path) -> Ledger:
    """The ledger that a conversion makes by itself, read by the ledger's own reader."""
    path = folder / "back.yaml"
    path.write_text(conversion.text(), "utf-8")
    found = read(path, [place.code for place in codes.places()])
    return Ledger(found.statements, {source.id: source for source in found.sources})


def _sums(held: Ledger, subject: str) -> set[tuple[Any, ...]]:
    said = money.claims(held, subject, TODAY, *money.KINDS, "capacity")
    return {
        (
            c.kind,
            s.number,
            s.low,
            s.high,
            s.unit,
            s.comparator,
            s.period,
            s.as_of,
            s.status,
            s.speaker,
            s.note,
            s.source,
        )
        for c in said
        for s in [c.statement]
    }


def _stages(held: Ledger) -> set[tuple[str, ...]]:
    return {(s.text, s.period, s.as_of, s.status, s.note, s.source) for s in held.record(RECORD).all("stage")}
