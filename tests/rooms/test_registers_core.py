"""The registers: filters, statements with what they replaced, what falls due, exports; hand-worked and on the release."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless
import pytest

from landbridge.claims.export.tables import unquoted
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.ledger import Ledger, Statement, schema
from landbridge.provenance import Source, Status
from landbridge.registers.nouns import KINDS, NOUNS
from landbridge.registers.register import register
from landbridge.registers.standing import standings, states_of
from landbridge.release import Data, embedded, load

TODAY = "2026-06-30"
SOURCE = Source("desk", "Our desk", "Minutes", "2026-01", "", "facts only")


@pytest.fixture(scope="module")
def release() -> Data:
    return load(release=embedded())


@pytest.fixture(scope="module")
def made(release: Data) -> Callable[[Sequence[Statement]], Data]:
    """The release with a ledger of one's own in the place of its own."""

    def build(statements: Sequence[Statement]) -> Data:
        data = replace(release)
        # What the cached property would hold.
        data.__dict__["ledger"] = Ledger(statements, {"desk": SOURCE})
        return data

    return build


def said(subject: str, name: str, value: str | float, **more: Any) -> Statement:
    """One statement, a number with its unit or a text."""
    content = {"number": value} if isinstance(value, int | float) else {"text": value}
    slots: dict[str, Any] = {"source": "desk", "status": Status.REPORTED, "recorded": "2026-01-01"}
    return Statement(subject, subject.partition("/")[0], name, **slots | content | more, recorder="Desk")


def record(subject: str, parties: str, **texts: str) -> list[Statement]:
    """The plain statements of one record."""
    return [
        said(subject, "parties", parties),
        *(said(subject, name, value) for name, value in texts.items()),
    ]


def tie(slug: str, parties: str, **texts: str) -> list[Statement]:
    return record(f"twinning/{slug}", parties, level="region", **texts)


def subjects(entries: Sequence[Any]) -> list[str]:
    return [item.record.subject.partition("/")[2] for item in entries]


# --- the table of registers ----------------------------------------------------------------------------------------


def test_every_register_is_made_of_kinds_and_properties_that_the_schema_knows() -> None:
    for noun in NOUNS.values():
        kind = schema.kind(noun.kind)
        for name in (*noun.begins, *noun.ends, *noun.about, *filter(None, (noun.form,))):
            assert name in kind.properties, f"{noun.noun}: {name}"
    assert {"mechanisms", "documents", "twins", "events", "projects", "funds", "zones"} <= set(NOUNS)
    assert {"barriers", "steps", "people", "settlements", "actors", "information", "measures"} <= set(NOUNS)


def test_a_kind_without_a_register_is_refused() -> None:
    with pytest.raises(UnknownLabel, match="mechanism"):
        register("mechanisms")


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_of_a_register_has_the_same_columns_and_its_sources(kind: str, release: Data) -> None:
    found = register(kind).list(release, today=release.as_of)
    assert len(found) == len(release.ledger.records(kind)) > 0
    first = set(found[0].row())
    for item in found:
        row = item.row()
        assert set(row) == first
        assert row["sources"] > 0
        assert set(row["ids"].split()) == {s.id for s in item.record.statements}
        json.dumps(row, allow_nan=False)


@pytest.mark.parametrize("kind", KINDS)
def test_stages_and_states_are_those_that_can_be_asked_for(kind: str, release: Data) -> None:
    for standing in standings(release, kind, release.as_of).values():
        assert standing.stage in ("", *states_of(kind))
        assert standing.life is None or standing.life.state in states_of(kind)


# --- list ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ties(made: Callable[[Sequence[Statement]], Data]) -> Data:
    return made(
        [
            *tie("a", "BY-VI CN-HL", since="2013", form="sister"),
            *tie("b", "BLR CHN", since="2015"),
            *tie("c", "BY-MI CN-GD", since="2020", until="2022"),
            *tie("d", "RU-AMU CN-HL", remark="Ties of timber"),
            said("twinning/b", "active", "A fair", period="2025-05", status=Status.CLAIMED),
        ]
    )


TWINS = register("twinning")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        # The region itself first, then what lies around it.
        (("BY-VI",), ["a", "b"]),
        # A country takes in its regions, but comes first itself.
        (("BLR",), ["b", "c", "a"]),
        (("RUS",), ["d"]),
        (("BY-MI", "RU-AMU"), ["d", "c", "b"]),
        (("KAZ",), []),
    ],
)
def test_a_place_finds_what_names_it_lies_inside_it_or_around_it(
    ties: Data, place: tuple[str, ...], expected: list[str]
) -> None:
    found = TWINS.list(ties, today=TODAY, place=place)
    assert sorted(subjects(found)) == sorted(expected)
    ranks = [sum(near.rank for near in item.near) for item in found]
    assert ranks == sorted(ranks)


def test_how_a_record_lies_to_the_place_is_said(ties: Data) -> None:
    rows = {item.record.subject: item.row() for item in TWINS.list(ties, today=TODAY, place=("BY-VI",))}
    assert rows["twinning/a"]["near"] == "BY-VI named"
    assert rows["twinning/b"]["near"] == "BY-VI through BLR around it"


def test_between_asks_for_both_sides(ties: Data) -> None:
    assert subjects(TWINS.list(ties, today=TODAY, between=("BY-VI", "CN-HL"))) == ["a", "b"]
    assert subjects(TWINS.list(ties, today=TODAY, between=("RUS", "CHN"))) == ["d"]
    with pytest.raises(BadUsage, match="named twice"):
        TWINS.list(ties, today=TODAY, between=("CHN", "CHN"))


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"text": "TIMBER"}, ["d"]),
        ({"text": "amur heilongjiang"}, ["d"]),
        ({"text": "timber fair"}, []),
        ({"status": "claimed"}, ["b"]),
        ({"state": "ended"}, ["c"]),
        ({"state": "alive"}, ["b"]),
        ({"on": "2014"}, ["a", "d"]),
        ({"on": "2021-06-30"}, ["a", "b", "c", "d"]),
        ({"on": "2023"}, ["a", "b", "d"]),
    ],
)
def test_filters(ties: Data, filters: dict[str, str], expected: list[str]) -> None:
    assert sorted(subjects(TWINS.list(ties, today=TODAY, **filters))) == expected  # type: ignore[arg-type]


def test_sectors_are_found_by_a_word_of_the_field(made: Callable[[Sequence[Statement]], Data]) -> None:
    data = made(
        [
            *record("project/x", "CHN RUS", name="A mill", sector="Timber and pulp"),
            *record("project/y", "CHN RUS", name="A timber fair hall"),
        ]
    )
    assert subjects(register("project").list(data, today=TODAY, sector="timber")) == ["x"]


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"place": ("BY-V",)}, "BY-VI"),
        ({"status": "claim"}, "claimed"),
        ({"state": "aliv"}, "alive"),
    ],
)
def test_filters_that_do_not_exist_are_refused_with_the_nearest(
    ties: Data, filters: dict[str, Any], told: str
) -> None:
    with pytest.raises(UnknownLabel, match=told):
        TWINS.list(ties, today=TODAY, **filters)


def test_a_record_without_a_name_is_called_by_its_places(ties: Data) -> None:
    assert TWINS.list(ties, today=TODAY, place=("RUS",))[0].row()["name"] == "Amur Oblast and Heilongjiang"


def test_dates_that_sources_differ_on_stand_side_by_side(made: Callable[[Sequence[Statement]], Data]) -> None:
    data = made([*tie("a", "BY-VI CN-HL", since="2013"), said("twinning/a", "since", "2014", comparator="~")])
    (entry,) = TWINS.list(data, today=TODAY)
    assert sorted(entry.row()["begins"].split("; ")) == ["2013", "~2014"]


# --- show ----------------------------------------------------------------------------------------------------------


def chain() -> list[Statement]:
    first = said("twinning/a", "since", "2012")
    second = said("twinning/a", "since", "2013", supersedes=first.id, recorded="2026-02-01")
    third = said("twinning/a", "since", "2014", supersedes=second.id, recorded="2026-03-01")
    return [*tie("a", "BY-VI CN-HL"), third, first, second]


def test_what_was_replaced_stands_before_what_replaced_it(
    made: Callable[[Sequence[Statement]], Data],
) -> None:
    data = made(chain())
    lines = [line for line in TWINS.show(data, "a") if line.statement.property == "since"]
    assert [line.statement.text for line in lines] == ["2012", "2013", "2014"]
    assert [line.row()["stands"] for line in lines] == [False, False, True]
    assert [line.superseded_by for line in lines] == [lines[1].statement.id, lines[2].statement.id, ""]
    assert [line.row()["publisher"] for line in lines] == ["Our desk"] * 3


def test_every_statement_is_shown_in_the_order_of_the_schema(release: Data) -> None:
    (subject,) = [r.subject for r in release.ledger.records("zone") if r.subject == "zone/great-stone"]
    lines = register("zone").show(release, subject)
    assert {line.statement.id for line in lines} == {
        s.id for s in release.ledger.history if s.subject == subject
    }
    order = list(schema.kind("zone").properties)
    places = [order.index(line.statement.property) for line in lines]
    assert places == sorted(places)


def test_a_record_is_found_by_its_slug_its_name_or_a_statement(ties: Data) -> None:
    whole = TWINS.show(ties, "twinning/a")
    assert TWINS.show(ties, "a") == whole
    assert TWINS.show(ties, whole[0].statement.id) == whole


def test_show_on_a_date_leaves_out_what_did_not_hold(made: Callable[[Sequence[Statement]], Data]) -> None:
    subject = "mechanism/m"
    data = made(
        [
            *record(subject, "CHN RUS", name="Bloc", form="bloc", since="2001"),
            said(subject, "member", "IND", valid_from="2017"),
        ]
    )
    shown = register("mechanism").show
    assert "IND" not in [line.statement.text for line in shown(data, "m", on="2010")]
    assert "IND" in [line.statement.text for line in shown(data, "m", on="2018")]


def test_an_unknown_record_is_refused_with_the_nearest_and_another_kind_with_its_register(
    release: Data,
) -> None:
    with pytest.raises(UnknownLabel, match="great-stone"):
        register("zone").show(release, "great-ston")
    with pytest.raises(BadUsage, match="landbridge zones show zone/great-stone"):
        register("project").show(release, "zone/great-stone")


# --- due -----------------------------------------------------------------------------------------------------------


def due(data: Data, kind: str, within: int = 365, today: str = TODAY) -> list[tuple[str, str]]:
    return [(item.period, item.what) for item in register(kind).due(data, today, within)]


@pytest.mark.parametrize(
    ("within", "expected"), [(0, []), (183, []), (184, ["2026"]), (365, ["2026", "2027-06-30"])]
)
def test_a_deadline_is_the_last_day_of_its_time(
    made: Callable[[Sequence[Statement]], Data], within: int, expected: list[str]
) -> None:
    texts = {"name": "Accord", "type": "agreement", "signed": "2026-06-01"}
    data = made(
        [
            *record("document/x", "CHN RUS", **texts),
            said("document/x", "expires", "2027-06-30"),
            said("document/x", "obligation", "Build a bridge", period="2026"),
            said("document/x", "obligation", "Long past", period="2026-06-29"),
            said("document/x", "obligation", "No deadline"),
        ]
    )
    found = register("document").due(data, TODAY, within)
    assert [item.period for item in found if not item.inferred] == ["2026-06-29", *expected]
    assert all(item.in_days == (item.last - found[0].last).days + found[0].in_days for item in found)
    # What nobody answered comes first whatever the window; how long it is overdue is said.
    assert [item.row()["overdue_days"] for item in found[:2]] == [1, None][: len(found)]


def test_what_was_superseded_falls_due_no_more(made: Callable[[Sequence[Statement]], Data]) -> None:
    old = said("document/x", "expires", "2026-09-01")
    texts = {"name": "Accord", "type": "agreement", "signed": "2026-06-01"}
    new = said("document/x", "expires", "2036-09-01", supersedes=old.id)
    data = made([*record("document/x", "CHN RUS", **texts), old, new])
    assert [item for item in due(data, "document") if item[0].endswith("-09-01")] == []


def test_planned_openings_as_last_announced_of_projects_that_have_not_opened(
    made: Callable[[Sequence[Statement]], Data],
) -> None:
    data = made(
        [
            *record("project/late", "CHN RUS", name="Bridge"),
            said("project/late", "planned_opening", "2026-12", as_of="2020"),
            # Any day of 2027 may be meant, so that it may open within the year.
            said("project/late", "planned_opening", "2027", as_of="2025"),
            *record("project/open", "CHN RUS", name="Road"),
            said("project/open", "planned_opening", "2027", as_of="2019"),
            said("project/open", "stage", "operating", period="2024"),
            *record("project/far", "CHN RUS", name="Line"),
            said("project/far", "planned_opening", "2029", as_of="2025"),
        ]
    )
    assert [item for item in due(data, "project") if "planned" in item[1]] == [
        ("2027", "planned opening, as announced by Our desk")
    ]


def test_terms_memberships_and_rules_end_and_begin(made: Callable[[Sequence[Statement]], Data]) -> None:
    data = made(
        [
            *record("mechanism/m", "CHN RUS", name="Council", form="council", until="2027"),
            said("mechanism/m", "co_chair", "A. Petrova", valid_from="2020", valid_to="2026-12-31"),
            said("mechanism/m", "member", "BLR", valid_from="2026-07-05"),
        ]
    )
    assert due(data, "mechanism", 200) == [
        ("2026-07-05", "membership begins: BLR"),
        ("2026-12-31", "term ends: A. Petrova"),
    ]
    assert ("2027", "it ends") in due(data, "mechanism", 549)


def test_silence_falls_due_for_review_on_the_day_the_rule_gives(
    made: Callable[[Sequence[Statement]], Data],
) -> None:
    data = made([*tie("a", "BY-VI CN-HL"), said("twinning/a", "active", "A visit", period="2024-03-01")])
    (item,) = TWINS.due(data, TODAY, 365)
    assert (item.period, item.inferred) == ("2027-03-01", True)
    assert item.what.startswith("look for a sign of life: Last sign of life: A visit, 1 March 2024")
    assert TWINS.due(data, "2027-03-02", 365) == ()


def events(
    *dates: str, series: str = "Fair", status: Status = Status.REPORTED, as_of: str = ""
) -> list[Statement]:
    found = []
    for date in dates:
        subject = f"event/{series.lower()}-{date}"
        found += record(subject, "CHN RUS", name=f"{series} of {date}", form="fair", series=series)
        found.append(said(subject, "date", date, status=status, as_of=as_of))
    return found


def test_editions_are_expected_of_a_series_that_keeps_its_pace(
    made: Callable[[Sequence[Statement]], Data],
) -> None:
    def expected(*dates: str) -> list[str]:
        return [period for period, what in due(made(events(*dates)), "event", 400) if "another" in what]

    assert expected("2022-06", "2024-06", "2025-06") == []
    assert expected("2021-06", "2023-06", "2025-06") == ["2027"]
    assert expected("2024-06", "2025-06") == []
    # What is ahead already is not to be expected besides.
    assert expected("2024-06", "2025-06", "2026-06", "2027-06") == []


def test_events_ahead_and_the_years_after_those_that_were_held(
    made: Callable[[Sequence[Statement]], Data],
) -> None:
    data = made([*events("2026-09-01", "2025-08-10", series="Forum"), *events("2024-12", series="Visit")])
    assert due(data, "event", 365) == [
        ("2026-08-10", "one year after it: look what followed"),
        ("2026-09-01", "it is to take place"),
        ("2026-12-31", "two years after it: look what followed"),
    ]


def late(data: Data, kind: str, today: str = TODAY) -> list[tuple[str, str, int | None]]:
    found = register(kind).due(data, today, 0)
    return [(d.record.subject, d.what, d.overdue_days) for d in found if d.overdue_days is not None]


def test_what_a_source_set_and_nobody_saw_is_overdue(made: Callable[[Sequence[Statement]], Data]) -> None:
    texts = {"name": "Accord", "type": "agreement", "signed": "2020"}
    data = made(
        [
            *record("document/x", "CHN RUS", **texts),
            said("document/x", "obligation", "Build a bridge", period="2025"),
            *record("document/kept", "CHN RUS", **texts),
            said("document/kept", "obligation", "Build a road", period="2025"),
            said("document/kept", "outcome", "The road opens", period="2025-06"),
            *record("document/force", "CHN RUS", **texts),
            said("document/force", "in_force", "2026-06-20", status=Status.FORECAST),
            *record("document/ended", "CHN RUS", **texts),
            said("document/ended", "expires", "2026-06-28", status=Status.FORECAST),
            *record("document/over", "CHN RUS", **texts),
            said("document/over", "expires", "2026-06-28"),
        ]
    )
    assert late(data, "document") == [
        ("document/x", "deadline: Build a bridge", 181),
        ("document/force", "it was to enter into force", 10),
        ("document/ended", "it was to end unless prolonged", 2),
    ]
    # On the last day of its time nothing is overdue yet.
    assert late(data, "document", "2025-12-31") == []


def test_what_was_announced_is_overdue_until_something_is_told(
    made: Callable[[Sequence[Statement]], Data],
) -> None:
    planned = {"status": Status.FORECAST}
    data = made(
        [
            *record("mechanism/m", "CHN RUS", name="Council", form="council"),
            said("mechanism/m", "meeting", "Fourth meeting", period="2026-05", **planned),
            *record("mechanism/n", "CHN RUS", name="Commission", form="commission"),
            said("mechanism/n", "meeting", "Fifth meeting", period="2026-05", **planned),
            said("mechanism/n", "meeting", "Fifth meeting in Minsk", period="2026-06-02"),
            *record("mechanism/y", "CHN RUS", name="Years", form="thematic-year"),
            said("mechanism/y", "until", "2025", **planned),
            *record("project/late", "CHN RUS", name="Bridge"),
            said("project/late", "planned_opening", "2024", as_of="2020"),
            *record("project/opened", "CHN RUS", name="Road"),
            said("project/opened", "planned_opening", "2024", as_of="2020"),
            said("project/opened", "stage", "operating", period="2025"),
            *events("2026-06-01", series="Fair", status=Status.FORECAST),
            *events("2026-06-02", series="Forum", as_of="2026-06"),
            # A source that spoke before the day did not see it, whatever status its word was given.
            *events("2026-06-03", series="Show", as_of="2026-05"),
        ]
    )
    assert late(data, "mechanism") == [
        ("mechanism/y", "it was to end", 181),
        ("mechanism/m", "announced meeting: Fourth meeting", 30),
    ]
    assert [subject for subject, _, _ in late(data, "project")] == ["project/late"]
    assert [(subject, days) for subject, _, days in late(data, "event")] == [
        ("event/fair-2026-06-01", 29),
        ("event/show-2026-06-03", 27),
    ]


def test_due_keeps_to_the_places_asked_for(made: Callable[[Sequence[Statement]], Data]) -> None:
    data = made([*tie("a", "BY-VI CN-HL", until="2026-12-31"), *tie("b", "RU-AMU CN-HL", until="2026-12-30")])
    found = TWINS.due(data, TODAY, 365, place=("BLR",))
    assert [item.record.subject for item in found] == ["twinning/a"]
    assert [item.record.subject for item in TWINS.due(data, TODAY, 365)] == ["twinning/b", "twinning/a"]


def test_a_number_of_days_is_not_negative_and_may_reach_the_end_of_the_calendar(ties: Data) -> None:
    with pytest.raises(BadUsage, match="not negative"):
        TWINS.due(ties, TODAY, -1)
    assert isinstance(TWINS.due(ties, TODAY, 10**9), tuple)


@pytest.mark.parametrize("kind", KINDS)
def test_due_on_the_release_lies_in_the_window_in_order(kind: str, release: Data) -> None:
    found = register(kind).due(release, release.as_of, 3650)
    days = [item.row()["last_day"] for item in found]
    assert days == sorted(days)
    late = [item.row()["overdue_days"] for item in found if item.last.isoformat() < release.as_of]
    assert all(days is not None and days > 0 for days in late)
    assert all(item.overdue_days is None for item in found[len(late) :])
    assert not any(item.inferred for item in found[: len(late)])
    assert all(release.ledger.statement(item.statement.id) is not None for item in found)


# --- export --------------------------------------------------------------------------------------------------------


def test_csv_gives_every_statement_back(made: Callable[[Sequence[Statement]], Data]) -> None:
    data = made([*chain(), said("twinning/a", "remark", "=HYPERLINK(1)"), *record("fund/f", "CHN", name="F")])
    out = TWINS.export(data, "csv", today=TODAY)
    rows = list(csv.DictReader(io.StringIO(out.text)))
    assert {row["id"] for row in rows} == {s.id for s in data.ledger.history if s.kind == "twinning"}
    assert [row["stands"] for row in rows if row["property"] == "since"].count("false") == 2
    (remark,) = [row["text"] for row in rows if row["property"] == "remark"]
    assert remark == "'=HYPERLINK(1)"
    assert unquoted(remark) == "=HYPERLINK(1)"
    assert (out.records, out.statements) == (1, len(rows))


def test_json_gives_the_same_statements_whose_ids_can_be_made_again(release: Data) -> None:
    out = json.loads(register("fund").export(release, "json", today=release.as_of).text)
    held = [row for item in out["records"] for row in item["statements"]]
    assert len(held) == sum(s.kind == "fund" for s in release.ledger.history)
    for row in held:
        slots = {name: row[name] for name in row if name not in ("id", "stands", "detail")}
        assert Statement(**slots | {"status": Status(row["status"])}).id == row["id"]
    assert {row["source"] for row in held} - {"assumed"} == {source["id"] for source in out["sources"]}


def test_a_data_package_is_valid_and_holds_the_kind_alone(release: Data, tmp_path: Path) -> None:
    out = register("zone").export(release, "datapackage", today=release.as_of, folder=tmp_path / "zones")
    assert out.path == tmp_path / "zones" / "datapackage.json"
    package = frictionless.Package(str(out.path))
    assert package.validate().valid
    assert {row["kind"] for row in package.get_resource("statements").read_rows()} == {"zone"}


def test_projects_alone_go_out_as_oc4ids(release: Data) -> None:
    out = register("project").export(release, "oc4ids", today=release.as_of)
    assert json.loads(out.text)["projects"]
    assert all(item["reason"] for item in out.left_out)
    with pytest.raises(BadUsage, match="only projects"):
        register("fund").export(release, "oc4ids", today=release.as_of)


def test_formats_and_folders_that_do_not_fit_are_refused(release: Data, tmp_path: Path) -> None:
    with pytest.raises(UnknownLabel, match="datapackage"):
        TWINS.export(release, "package", today=TODAY)
    with pytest.raises(BadUsage, match="needs a folder"):
        TWINS.export(release, "datapackage", today=TODAY)
    with pytest.raises(BadUsage, match="needs a folder"):
        TWINS.export(release, "csv", today=TODAY, folder=tmp_path)


def test_export_on_a_date_holds_what_held_then(ties: Data) -> None:
    assert TWINS.export(ties, "csv", today=TODAY, on="2014").records == 2
