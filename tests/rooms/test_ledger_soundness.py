"""What cannot be in a ledger is refused, all of it at once with its lines; what is odd is named; what is sound passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from landbridge import codes
from landbridge.errors import BadFile
from landbridge.ledger import Ledger, Statement, check, read
from landbridge.ledger.admitting import Admission, admit, examine
from landbridge.ledger.soundness import oddities
from landbridge.provenance import Source, Status

PLACES = [place.code for place in codes.places()]
NOBODY = Ledger((), {})
HEAD = "recorded: 2026-11-20\nrecorder: Anna\nsources:\n  - {id: desk, publisher: Our desk}\nentries:\n"
FIRST = HEAD.count("\n") + 1


def entry(record: str, says: str, source: str = "desk") -> str:
    return f"  - record: {record}\n    source: {source}\n    says: {says}\n"


def looked(folder: Path, *entries: str, held: Ledger = NOBODY, head: str = HEAD) -> Admission:
    path = folder / "our.yaml"
    path.write_text(head + "".join(entries), "utf-8")
    return examine([path], PLACES, held)


def told(admission: Admission) -> list[str]:
    return [str(problem) for problem in admission.problems]


TIE = "parties: [BY-VI, CN-HL], level: region"


@pytest.mark.parametrize(
    ("key", "value"), [("since", "2021-02-30"), ("since", "2026-13-45"), ("until", "2023-02-29")]
)
def test_a_day_that_does_not_exist_is_one_problem_of_one_field(tmp_path: Path, key: str, value: str) -> None:
    found = looked(
        tmp_path,
        entry("twinning/a", f"{{{TIE}, {key}: {value}}}"),
        entry("twinning/b", "{parties: [BY-VI, CN-HL], level: planet}"),
    )
    first, second = told(found)
    assert first.startswith(f"our.yaml, line {FIRST + 2}: twinning/a, {key}: '{value}' is not a date.")
    assert second.startswith(f"our.yaml, line {FIRST + 5}: twinning/b, level: 'planet' is not one of")


def test_an_impossible_day_at_the_head_hides_nothing(tmp_path: Path) -> None:
    head = HEAD.replace("2026-11-20", "2026-13-45")
    first, second = told(looked(tmp_path, entry("twinning/a", "{level: planet}"), head=head))[:2]
    assert first.startswith("our.yaml, line 1: recorded: is not a day")
    assert "level: 'planet'" in second or "parties is missing" in second


def test_problems_of_the_file_and_of_its_records_come_together_each_once_with_its_line(
    tmp_path: Path,
) -> None:
    found = looked(
        tmp_path,
        entry("twinning/a", f"{{{TIE}, since: soon}}"),
        entry("twinning/b", f"{{{TIE}, since: 2022, until: 2019}}", source="nobody"),
        entry("twinning/c", "{remark: x}"),
        entry("document/d", "{name: x}").replace("    source", "    kind: twinning\n    source"),
    )
    lines = [problem.where.rpartition(" ")[2] for problem in found.problems]
    assert lines == [str(FIRST + at) for at in (2, 5, 5, 6, 6, 9)]
    said = "\n".join(told(found))
    for words in (
        "since: 'soon' is not a date",
        "since 2022 is after until 2019",
        "source 'nobody' is not in the list",
        "twinning/c: parties is missing",
        "twinning/c: level is missing",
        "document/d is entered as a twinning",
    ):
        assert said.count(words) == 1


def test_what_is_refused_already_is_not_called_missing(tmp_path: Path) -> None:
    (only,) = told(looked(tmp_path, entry("twinning/a", "{parties: [BY-VI, CN-HL], level: planet}")))
    assert "level: 'planet'" in only


IMPOSSIBLE = {
    "one party": ("twinning/a", "{parties: [CHN], level: region}", "a tie has two sides"),
    "a party twice": ("twinning/a", "{parties: [BLR, BLR], level: region}", "names BLR twice"),
    "a party within another": (
        "twinning/a",
        "{parties: [BLR, BY-VI], level: region}",
        "BY-VI .* lies in BLR",
    ),
    "one country": ("twinning/a", "{parties: [BY-VI, BY-BR], level: region}", "lie in one country"),
    "the year 9999": ("twinning/a", f"{{{TIE}, since: 9999}}", "'9999' lies outside the years"),
    "the year 0001": ("twinning/a", f"{{{TIE}, since: 0001}}", "'0001' lies outside the years"),
    "a period in the year 9999": (
        "twinning/a",
        f"{{{TIE}, active: {{value: x, period: 9999}}}}",
        "'9999' lies outside",
    ),
    "a beginning still to come": (
        "twinning/a",
        f"{{{TIE}, since: 2131}}",
        "since 2131 lies after 20",
    ),
    "alive after the end": (
        "twinning/a",
        f"{{{TIE}, until: 2020, active: {{value: x, period: 2022}}}}",
        "active of 2022 is after its end, until 2020",
    ),
    "a member before the beginning": (
        "mechanism/m",
        "{name: m, form: bloc, parties: [BLR, CHN], since: 2015, member: {value: BLR, from: 2012}}",
        "member BLR from 2012 is before its beginning, since 2015",
    ),
    "a member after the end": (
        "mechanism/m",
        "{name: m, form: bloc, parties: [BLR, CHN], until: 2020, member: {value: BLR, from: 2016, to: 2023}}",
        "member BLR at 2023 is after its end, until 2020",
    ),
    "its own part": (
        "project/p",
        "{name: p, parties: [BLR, CHN], parent: project/p}",
        "names the record itself",
    ),
    "a document for a parent": (
        "project/p",
        "{name: p, parties: [BLR, CHN], document: project/p}",
        "which is a project and no document",
    ),
    "a question mark": (
        "people/p",
        "{name: p, parties: [CHN, RUS], form: tourism, definition: '?', number: {value: 5, unit: trips}}",
        "'\\?' says nothing",
    ),
    "no definition": (
        "people/p",
        "{name: p, parties: [CHN, RUS], form: tourism, number: {value: 5, unit: trips}}",
        "definition is missing",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_what_cannot_be_is_refused(case: str, tmp_path: Path) -> None:
    record, says, words = IMPOSSIBLE[case]
    path = tmp_path / "our.yaml"
    path.write_text(HEAD + entry(record, says), "utf-8")
    with pytest.raises(BadFile, match=words) as refused:
        admit([path], PLACES, NOBODY)
    assert [problem.where for problem in refused.value.problems] == [f"our.yaml, line {FIRST + 2}"] or (
        case == "no definition"
    )


def test_what_is_sound_passes(tmp_path: Path) -> None:
    found = looked(
        tmp_path,
        entry("twinning/a", f"{{{TIE}, since: 2015, until: 2020-05, active: {{value: x, period: 2020}}}}"),
        # A count over many ties is no tie, and a plan may lie ahead.
        entry("twinning/b", "{parties: [CHN], level: region, umbrella: true}"),
        entry("twinning/c", f"{{{TIE}, since: {{value: 2131, status: forecast}}}}"),
        entry(
            "mechanism/m",
            "{name: m, form: bloc, parties: [BLR, CHN], since: 2015-05, member: {value: BLR, from: 2015}}",
        ),
        entry("project/p", "{name: p, parties: [BLR, CHN], parent: project/q}"),
        entry("project/q", "{name: q, parties: [BLR, CHN]}"),
        entry(
            "people/p",
            "{name: p, parties: [CHN, RUS], form: tourism, definition: not stated by the source, "
            "number: {value: 5, unit: trips}}",
        ),
        entry("people/r", "{name: r, parties: [CHN, RUS], form: visa, regime: No visa}"),
    )
    assert (told(found), found.odd) == ([], ())


def test_a_file_dated_back_may_speak_of_what_came_since(tmp_path: Path) -> None:
    head = HEAD.replace("2026-11-20", "2001-01-01")
    assert told(looked(tmp_path, entry("twinning/a", f"{{{TIE}, since: 2021}}"), head=head)) == []


def test_a_circle_of_parts_is_shown(tmp_path: Path) -> None:
    parts = [
        entry(f"project/{a}", f"{{name: x, parties: [BLR, CHN], parent: project/{b}}}")
        for a, b in ("ab", "bc", "ca")
    ]
    said = told(looked(tmp_path, *parts))
    assert len(said) == 3
    assert "project/a: parent leads in a circle: project/a → project/b → project/c → project/a." in said[0]


def test_the_nearest_of_a_part_that_is_not_there_is_another_record(tmp_path: Path) -> None:
    found = looked(
        tmp_path,
        entry("project/bridge-one", "{name: x, parties: [BLR, CHN], parent: project/bridge-onee}"),
        entry("project/bridge-two", "{name: x, parties: [BLR, CHN]}"),
    )
    (only,) = told(found)
    assert only.endswith("which is not there. Nearest: project/bridge-two.")


def test_a_sign_of_life_before_the_beginning_is_odd_until_a_note_explains_it(tmp_path: Path) -> None:
    says = f"{{{TIE}, since: 2019, active: {{value: Visit, period: 2010}}}}"
    found = looked(tmp_path, entry("twinning/a", says))
    assert found.problems == ()
    (odd,) = found.odd
    assert odd.startswith(
        f"our.yaml, line {FIRST + 2}: odd: twinning/a: active of 2010 is before its beginning, since 2019."
    )
    noted = says.replace("period: 2010", "period: 2010, note: under the agreement of 2008")
    assert looked(tmp_path, entry("twinning/a", noted)).odd == ()


def test_two_sources_that_agree_on_dates_out_of_order_give_one_problem() -> None:
    def said(name: str, text: str, source: str) -> Statement:
        return Statement(
            "twinning/a", "twinning", name, source, Status.REPORTED, "2026-11-20", "Anna", text=text
        )

    sources = {name: Source(name, name, "", "", "", "") for name in ("s", "t")}
    base = [said("parties", "BY-VI CN-HL", "s"), said("level", "region", "s")]
    dates = [said("since", "2022", "s"), said("since", "2022", "t"), said("until", "2019", "s")]
    ledger = Ledger([*base, *dates], sources)
    (problem,) = check(ledger)
    assert problem.startswith("twinning/a: since 2022 is after until 2019. One source says both")
    assert oddities(ledger) == []
    assert oddities(ledger) == []


def test_a_later_value_does_not_take_the_place_of_the_first() -> None:
    def named(text: str, recorded: str) -> Statement:
        return Statement("twinning/a", "twinning", "name", text, Status.REPORTED, recorded, "Anna", text=text)

    for early, late in (("x", "y"), ("y", "x")):
        ledger = Ledger([named(late, "2026-12-02"), named(early, "2026-12-01")], {})
        assert ledger.record("twinning/a").text("name") == early


def test_a_file_of_the_future_and_a_source_that_stands_twice_are_refused(tmp_path: Path) -> None:
    head = HEAD.replace("2026-11-20", "2101-01-01").replace(
        "entries:", "  - {id: desk, publisher: Another}\nentries:"
    )
    future, twice = told(looked(tmp_path, entry("twinning/a", f"{{{TIE}}}"), head=head))
    assert future.startswith("our.yaml, line 1: recorded 2101-01-01 lies in the future.")
    assert twice.startswith("our.yaml, line 5: source desk stands twice.")


def two_sources(*says: str) -> str:
    return "".join(
        entry("twinning/a", text, source) for text, source in zip(says, ("desk", "paper"), strict=True)
    )


TWO = HEAD.replace("publisher: Our desk}\n", "publisher: Our desk}\n  - {id: paper, publisher: A paper}\n")


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (
            f"{TIE}, until: 2020",
            "active: {value: x, period: 2025}",
            "active of 2025 is after its end, until 2020",
        ),
        (f"{TIE}, until: 2019", "since: 2022", "since 2022 is after until 2019"),
    ],
)
def test_two_sources_may_contradict_each_other_and_one_may_not(
    tmp_path: Path, first: str, second: str, words: str
) -> None:
    found = looked(tmp_path, two_sources(f"{{{first}}}", f"{{{second}}}"), head=TWO)
    assert found.problems == ()
    (odd,) = found.odd
    assert words in odd
    assert "desk" in odd
    assert "paper" in odd
    assert "contradict each other" in odd
    alone = looked(tmp_path, entry("twinning/a", f"{{{first}, {second}}}"))
    assert [words in text for text in told(alone)] == [True]
    assert alone.odd == ()


def test_a_note_settles_what_two_sources_say_against_each_other(tmp_path: Path) -> None:
    says = f"{{{TIE}, until: 2020}}", "{active: {value: x, period: 2025, note: it was taken up again}}"
    found = looked(tmp_path, two_sources(*says), head=TWO)
    assert (found.problems, found.odd) == ((), ())


def test_an_ended_tie_that_is_held_may_be_seen_alive_by_another(tmp_path: Path) -> None:
    path = tmp_path / "held.yaml"
    path.write_text(HEAD + entry("twinning/a", f"{{{TIE}, until: 2020}}"), "utf-8")
    file = read(path, PLACES)
    held = Ledger(file.statements, {source.id: source for source in file.sources})
    head = HEAD.replace("id: desk, publisher: Our desk", "id: paper, publisher: A paper")
    found = looked(
        tmp_path, entry("twinning/a", "{active: {value: x, period: 2025}}", "paper"), held=held, head=head
    )
    assert found.problems == ()
    assert [item.partition("odd: ")[2].startswith("twinning/a: active of 2025") for item in found.odd] == [
        True
    ]


def test_a_member_that_another_source_dates_before_the_beginning_is_odd(tmp_path: Path) -> None:
    whole = "{name: m, form: bloc, parties: [BLR, CHN], since: 2015}"
    entries = entry("mechanism/m", whole) + entry(
        "mechanism/m", "{member: {value: BLR, from: 2012}}", "paper"
    )
    found = looked(tmp_path, entries, head=TWO)
    assert found.problems == ()
    assert "member BLR from 2012 is before its beginning, since 2015" in " ".join(found.odd)


def test_an_unknown_key_is_compared_with_the_keys_of_its_own_form(tmp_path: Path) -> None:
    head = HEAD.replace("publisher: Our desk", "publisher: Our desk, retrieved: 2026, titel: x")
    first, second = told(looked(tmp_path, entry("twinning/a", f"{{{TIE}}}"), head=head))
    assert "sources.retrieved: there is no such key; valid: id, publisher, title, published" in first
    assert "entries" not in first
    assert "sources.titel: there is no such key; nearest valid: title" in second
