"""The two clocks of the ledger: what was recorded by a date, and what held on one."""

from __future__ import annotations

import pytest

import landbridge as lb
from landbridge.errors import BadUsage
from landbridge.ledger import Ledger, Statement
from landbridge.provenance import Source, Status

SOURCES = {"s": Source("s", "Publisher", "Title", "2024", "", "facts only")}


def said(subject: str, prop: str, text: str, **more: str) -> Statement:
    return Statement(
        subject, "mechanism", prop, "s", Status.REPORTED, "2026-01-01", "test", text=text, **more
    )


LEDGER = Ledger(
    [
        said("mechanism/club", "name", "Club"),
        said("mechanism/club", "since", "2001-06-15"),
        said("mechanism/club", "member", "CHN", valid_from="2001-06-15"),
        said("mechanism/club", "member", "BLR", valid_from="2024-07-04"),
        said("mechanism/years", "name", "Thematic years"),
        said("mechanism/years", "since", "2018"),
        said("mechanism/years", "until", "2019"),
    ],
    SOURCES,
)


@pytest.mark.parametrize(
    ("date", "members", "records"),
    [
        ("2000", [], []),
        ("2001", ["CHN"], ["mechanism/club"]),
        ("2001-06-14", [], []),
        ("2018-05", ["CHN"], ["mechanism/club", "mechanism/years"]),
        ("2019-12-31", ["CHN"], ["mechanism/club", "mechanism/years"]),
        ("2020", ["CHN"], ["mechanism/club"]),
        ("2024-07-03", ["CHN"], ["mechanism/club"]),
        ("2024-07-04", ["BLR", "CHN"], ["mechanism/club"]),
    ],
)
def test_what_held_on_a_date(date: str, members: list[str], records: list[str]) -> None:
    held = LEDGER.on(date)
    assert [record.subject for record in held.records()] == records
    assert sorted(s.text for s in held.statements if s.property == "member") == members


def entry(subject: str, prop: str = "name", **more: object) -> Statement:
    kind, status = (
        subject.partition("/")[0],
        Status.CLAIMED if subject.startswith("claim") else Status.REPORTED,
    )
    fields: dict[str, object] = {"text": "x", "status": status} | more
    return Statement(subject, kind, prop, "s", recorded="2026-01-01", recorder="test", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statements", "held"),
    [
        (
            [entry("document/d", "signed", text="2011-05-01"), entry("document/d", "in_force", text="2012")],
            False,
        ),
        (
            [entry("document/d", "signed", text="2009-05-01"), entry("document/d", "in_force", text="2012")],
            True,
        ),
        ([entry("crossing/c", "opened", text="2022")], False),
        (
            [
                entry("corridor/c"),
                entry("corridor/c", "volume", period="2016"),
                entry("corridor/c", as_of="2024"),
            ],
            False,
        ),
        ([entry("corridor/c", "volume", period="2005"), entry("corridor/c", "volume", period="2016")], True),
        ([entry("corridor/c")], True),
        ([entry("claim/c", "asserts", as_of="2018-05")], False),
        ([entry("claim/c", "asserts", period="2018/2030")], False),
        ([entry("claim/c", "asserts", detail={"period_inferred": "2017"})], False),
        ([entry("claim/c", "asserts", period="2005", as_of="2018")], True),
        ([entry("claim/c", "asserts", period="2010-H1")], True),
        ([entry("claim/c", "asserts", period="2010-H2")], False),
        ([entry("claim/c", "asserts", period="2010-Q3")], False),
        ([entry("target/t", "value", period="2030", as_of="2009")], True),
        ([entry("target/t", "value", period="2030")], True),
        ([entry("target/t", "value", period="2030", as_of="2019")], False),
        ([entry("project/p", period="2020", status=Status.FORECAST)], True),
    ],
)
def test_what_is_only_dated_later_did_not_hold_yet(statements: list[Statement], held: bool) -> None:
    assert bool(Ledger(statements, SOURCES).on("2010-03").records()) is held


def test_a_claim_dated_in_words_is_as_old_as_its_text() -> None:
    ledger = Ledger([entry("claim/a", "asserts", as_of="2018"), entry("claim/b", "asserts")], SOURCES)
    assert ledger.on("2010").records() == ()
    assert len(ledger.on("2018").records()) == 2


def test_no_claim_of_the_release_holds_before_it_was_made_or_is_about() -> None:
    ledger = lb.load().on("2010-01-01").ledger
    later = [
        record.subject
        for record in ledger.records("claim")
        for said in record.statements
        if min(filter(None, (said.period, said.detail.get("period_inferred", ""), said.as_of)), default="")
        > "2010-01"
    ]
    assert later == []


def test_belarus_joins_the_organisation_on_its_day() -> None:
    data = lb.load()
    for date, joined in (("2024-07-03", False), ("2024-07-04", True)):
        members = {
            statement.text
            for record in data.on(date).ledger.records("mechanism")
            if "Shanghai Cooperation" in record.name
            for statement in record.all("member")
        }
        assert "CHN" in members
        assert ("BLR" in members) is joined


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(BadUsage, match="is not a date"):
        lb.load().on("2022-13")
