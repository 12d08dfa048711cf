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
