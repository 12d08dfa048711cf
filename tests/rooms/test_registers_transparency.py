"""Transparency: items of CoST and OC4IDS, which of them the ledger holds, and that the score is only a share of them."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from landbridge.errors import BadUsage
from landbridge.ledger import Ledger, Statement, schema
from landbridge.provenance import Source, Status, Unavailable
from landbridge.registers.oc4ids import mapping
from landbridge.registers.projects.stages import happened
from landbridge.registers.projects.transparency import Item, Transparency, items, transparency
from landbridge.release import Data, load

TODAY = "2026-11-22"
RECORD = "project/a"
ALL: list[tuple[str, Item]] = [(kind, item) for kind, listed in items().items() for item in listed]


def say(
    prop: str, text: str = "", number: float | None = None, record: str = RECORD, **more: Any
) -> Statement:
    held: dict[str, Any] = {"source": "paper", "status": Status.REPORTED} | more
    return Statement(
        subject=record,
        kind=record.partition("/")[0],
        property=prop,
        text=text,
        number=number,
        unit="USD" if number is not None else "",
        recorded="2026-01-01",
        recorder="test",
        **held,
    )


def scored(*said: Statement, record: str = RECORD, today: str = TODAY) -> Transparency:
    paper = Source("paper", "A paper", "Page", "2020", "https://example.org", "facts only")
    other = Source("other", "Another", "Page", "", "https://example.org/2", "facts only")
    base = [say("name", "A", record=record), say("parties", "BLR CHN", record=record)]
    return transparency(Ledger([*base, *said], {"paper": paper, "other": other}).record(record), today)


def state(found: Transparency, item: str) -> str:
    return next(answer.state for answer in found.answers if answer.item.id == item)


def test_ids_are_unique_and_conditions_name_properties_of_the_ledger() -> None:
    for kind, listed in items().items():
        assert len({item.id for item in listed}) == len(listed)
        for item in listed:
            for condition in item.holds:
                prop = schema.kind(kind).property(condition.property)
                assert set(condition.codes) <= set(prop.codes)
            if item.due:
                assert set(item.due) <= set(schema.kind("project").property("stage").codes)


def test_the_items_of_a_project_are_those_that_oc4ids_maps_from_cost() -> None:
    """Seven on identification, seven on preparation, six on completion, thirteen on procurement, six on implementation.

    github.com/open-contracting/infrastructure, mapping/{project,process}-level-*.csv.
    """
    groups: dict[str, int] = {}
    for item in items()["project"]:
        groups[item.group] = groups.get(item.group, 0) + 1
    assert groups == {
        "identification": 7,
        "preparation": 7,
        "completion": 6,
        "procurement": 13,
        "implementation": 6,
    }


@pytest.mark.parametrize(("kind", "item"), ALL, ids=[f"{kind}-{item.id}" for kind, item in ALL])
def test_every_field_is_in_the_published_schema(shared: Path, kind: str, item: Item) -> None:
    """The path walks the schema, and the code in brackets is in the list that the schema or the documentation names."""
    folder = shared / "schemas" / "oc4ids"
    whole = json.loads((folder / "project-schema.json").read_text("utf-8"))
    path, _, code = item.field.partition("[")
    node: dict[str, Any] = whole
    for step in path.split("."):
        node = _inside(whole, node)
        assert step in node["properties"], f"{kind} {item.id}: {step} of {item.field}"
        node = node["properties"][step]
    if code:
        listed = _codes(folder, path, node)
        assert code.removesuffix("]") in listed


def _inside(whole: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The object that a field holds: the target of its reference, or the members of its list."""
    node = node.get("items", node) if node.get("type") in ("array", ["array"]) else node
    if "$ref" in node:
        node = whole["definitions"][node["$ref"].rpartition("/")[2]]
    return node


def _codes(folder: Path, path: str, node: dict[str, Any]) -> set[str]:
    name = "documentType.csv" if path == "documents" else node["codelist"]
    with (folder / "codelists" / name).open(encoding="utf-8", newline="") as handle:
        return {row["Code"] for row in csv.DictReader(handle)}


def test_the_score_is_held_over_held_and_missing() -> None:
    found = scored(say("sector", "energy"), say("actor", "Some bank, lender"), say("announced", number=5))
    held, missing = len(found.among("held")), len(found.among("missing"))
    assert {a.item.id for a in found.among("held")} == {"name", "sector", "funding", "budget"}
    assert found.score_pct == 100 * held / (held + missing)
    assert held + missing + len(found.among("not due")) + len(found.among("not kept")) == len(
        items()["project"]
    )
    row = found.row()
    assert row["held_count"] == len(row["held"]) == 4
    assert "Project owner" in row["missing"]
    assert "Purpose" in row["not_kept"]


def test_items_of_contracts_and_completion_are_due_only_then() -> None:
    assert state(scored(say("stage", "announced", period="2015")), "price") == "not due"
    assert state(scored(say("stage", "contracted", period="2015")), "price") == "missing"
    assert state(scored(say("stage", "contracted", period="2015")), "final-cost") == "not due"
    opened = scored(say("stage", "operating", period="2016"))
    assert state(opened, "final-cost") == "missing"
    assert state(opened, "completion-date") == "held"
    # A plan makes nothing due and holds no date.
    planned = scored(say("stage", "operating", period="2030", status=Status.FORECAST))
    assert state(planned, "completion-date") == "not due"
    assert state(planned, "status") == "missing"


def test_what_was_known_on_a_day_leaves_out_what_came_later_and_what_nothing_dates_is_a_range() -> None:
    """The page of 2020 was out neither in 2006 nor in 2019; one without a date may have been, until it was entered."""
    undated = say("sector", "energy", source="other")
    assert state(scored(undated), "sector") == "held"
    then = scored(undated, say("announced", number=5), today="2006")
    assert state(then, "sector") == "undated"
    assert (state(then, "name"), state(then, "budget")) == ("missing", "missing")
    due = sum(len(then.among(s)) for s in ("held", "undated", "missing"))
    assert (then.score_pct, then.score_high_pct) == (0, 100 / due)
    assert (then.row()["undated_count"], then.row()["undated"]) == (1, ["Sector"])
    now = scored(undated, say("announced", number=5))
    assert now.score_pct == now.score_high_pct
    assert now.row()["undated_count"] == 0


def test_a_page_that_tells_of_later_events_was_not_out_before_them() -> None:
    told = (
        say("sector", "energy", source="other"),
        say("stage", "construction", period="2015-06", source="other"),
        # What was planned for 2030 tells nothing of the day of the page.
        say("planned_opening", "2030", period="2030", source="other", status=Status.FORECAST),
    )
    assert state(scored(*told, today="2010"), "sector") == "missing"
    assert state(scored(*told, today="2010"), "status") == "missing"
    assert state(scored(*told, today="2016"), "sector") == "undated"


def test_knowledge_never_shrinks_as_days_pass() -> None:
    """Of every shipped record, what is surely held on a day is held on every later one, and the range closes."""
    days = ("1995", "2006", "2014-06", "2018", "2021", "2024", "2026-11-22")
    moved = 0
    for record in load().ledger.records("project", "fund"):
        held = [{a.item.id for a in transparency(record, day).among("held")} for day in days]
        assert all(early <= late for early, late in itertools.pairwise(held))
        assert not transparency(record, days[-1]).among("undated")
        moved += held[1] != held[-1]
    assert moved > 10


def test_what_is_assumed_or_said_later_is_not_published() -> None:
    assert (
        state(scored(say("announced", number=5, source="assumed", status=Status.ASSUMED)), "budget")
        == "missing"
    )
    late = say("announced", number=5, as_of="2019")
    assert state(scored(late, today="2018-12-31"), "budget") == "missing"
    assert state(scored(late, today="2019-12-31"), "budget") == "held"


@pytest.mark.parametrize(
    ("actor", "roles"),
    [
        ("Vitebskenergo, owner", ("publicAuthority",)),
        ("China Development Bank, lender", ("funder",)),
        ("Export-Import Bank of China and ICBC, lenders in the draft agreement", ("funder",)),
        ("CITIC Construction, general contractor", ("supplier",)),
        ("Some fund, owner and lender", ("publicAuthority", "funder")),
        ("Owner Limited", ()),
    ],
)
def test_roles_come_from_what_an_actor_is_said_to_be_and_not_from_its_name(
    actor: str, roles: tuple[str, ...]
) -> None:
    assert mapping.actor(actor)[2] == roles


def test_more_knowledge_never_lowers_the_number_of_items_held() -> None:
    said = [
        say("sector", "energy"),
        say("place", "Minsk"),
        say("stage", "contracted", period="2015"),
        say("contracted", number=3),
        say("stage", "operating", period="2016"),
        say("disbursed", number=4),
        say("safety", "permitted", period="2014"),
    ]
    counts = [len(scored(*said[:n]).among("held")) for n in range(len(said) + 1)]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_every_shipped_project_and_fund_has_a_list_that_leads_to_statements() -> None:
    data: Data = load()
    for record in data.ledger.records("project", "fund"):
        found = transparency(record, TODAY)
        assert len(found.answers) == len(items()[record.kind])
        for answer in found.answers:
            assert (answer.state in ("held", "undated")) == bool(answer.statements)
            assert all(s.subject == record.subject for s in answer.statements)
        score = found.score_pct
        assert isinstance(score, Unavailable) or 0 < score <= 100
    vitebsk = transparency(data.ledger.record("project/vitebsk-hydropower"), TODAY)
    assert {"owner", "funding", "firms", "budget", "status", "completion-date"} <= {
        a.item.id for a in vitebsk.among("held")
    }
    assert {s.code for s in happened(data.ledger.record("project/vitebsk-hydropower"), TODAY)} >= {
        "completed"
    }
    # The memorandum on the fund in renminbi names an expected size, which is no capital.
    fund = transparency(data.ledger.record("fund/russia-china-rmb-fund"), TODAY)
    assert "capital" in {item.id for item in fund.missing}


def test_there_are_lists_for_projects_and_funds_only() -> None:
    with pytest.raises(BadUsage, match="no list of items"):
        scored(record="zone/a")


def test_the_owner_of_a_project_can_be_met_by_what_the_ledger_holds() -> None:
    """The owner is read off the words of an actor; projects of Russia with China name one too."""
    data: Data = load()
    owned = {
        record.subject
        for record in data.ledger.records("project")
        if "owner" in {answer.item.id for answer in transparency(record, TODAY).among("held")}
    }
    assert owned >= {
        "project/vitebsk-hydropower",
        "project/tianwan-units-7-8",
        "project/nizhneleninskoye-tongjiang-bridge",
        "project/amur-gas-chemical-complex",
    }
