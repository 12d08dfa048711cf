"""Documents: stages of their life, promises, lineage, counted sets, what ends soon, what produced nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import landbridge as lb
from landbridge import codes
from landbridge.errors import BadFile, UnknownLabel
from landbridge.ledger import Ledger, read
from landbridge.registers.documents import document, documents, expiring, sets, silent
from landbridge.registers.lineage import lineage
from landbridge.release.data import Data

HEAD = """
recorded: 2026-01-01
recorder: test
sources:
  - {id: s, publisher: Publisher, published: 2024-03}
entries:
"""
LIFE = (
    HEAD
    + """
  - record: document/plain
    source: s
    says:
      name: Plain
      type: agreement
      level: state
      parties: [RUS, CHN]
      signed: 2018-05-17
      in_force: {value: 2019-01-01, status: forecast}
      expires: 2028-05-16
      obligation:
        - {value: Build the bridge, period: 2022}
        - {value: Buy gas, period: 2025/2030}
        - Be friends
      outcome:
        - {value: The bridge stands, period: 2021-06}
        - {value: More trade, period: 2029, status: forecast}
  - record: document/renewal
    source: s
    says: {name: Renewal, type: agreement, level: state, parties: [RUS, CHN], signed: 2024, replaces: document/plain}
  - record: document/under
    source: s
    says: {name: Under, type: programme, level: region, parties: [RU-KHA, CN-HL], signed: 2020-03-01, parent: document/plain}
  - record: document/wish
    source: s
    says: {name: Wish, type: protocol, parties: [RUS, CHN], intended: true}
  - record: document/quiet
    source: s
    says: {name: Quiet, type: memorandum, level: region, parties: [RU-KHA, CN-HL], signed: 2015}
  - record: document/many
    source: s
    says: {name: Many, type: set, parties: [RUS, CHN], signed: 2019, number: {value: 15, period: 2019}}
  - record: twinning/tie
    source: s
    says:
      parties: [RU-KHA, CN-HL]
      level: region
      document: document/quiet
      active:
        - {value: A visit, period: 2021}
        - {value: A visit to come, period: 2027, status: forecast}
"""
)


def with_ledger(text: str, folder: Path) -> Data:
    path = folder / "ledger.yaml"
    path.write_text(text, encoding="utf-8")
    file = read(path, [place.code for place in codes.places()])
    data = replace(lb.load())
    data.__dict__["ledger"] = Ledger(file.statements, {source.id: source for source in file.sources})
    return data


@pytest.fixture
def held(tmp_path: Path) -> Data:
    return with_ledger(LIFE, tmp_path)


@pytest.fixture(scope="module")
def shipped() -> Data:
    return lb.load()


def states(data: Data, subject: str, today: str) -> dict[str, str]:
    return {stage.name: stage.state for stage in document(data, subject, today).stages}


def test_stages_move_with_the_day(held: Data) -> None:
    assert states(held, "plain", "2018-01") == {
        "signed": "ahead",
        "in force": "ahead",
        "activity": "unknown",
        "outcome": "unknown",
        "expiry": "ahead",
    }
    # Entry into force was only expected for 2019; nobody says that it came, but by 2020 something is done under it.
    assert states(held, "plain", "2019-06")["in force"] == "overdue"
    assert states(held, "plain", "2020-06")["in force"] == "unknown"
    assert states(held, "plain", "2021-12")["outcome"] == "known"
    # A document concluded under it is something done under it.
    assert states(held, "plain", "2020-03-01")["activity"] == "known"
    assert states(held, "plain", "2020-02-28")["activity"] == "unknown"


def test_an_agreement_of_states_should_enter_into_force_and_a_memorandum_of_regions_need_not(
    held: Data,
) -> None:
    assert states(held, "renewal", "2026-12-31")["in force"] == "unknown"
    assert states(held, "renewal", "2027-01-01")["in force"] == "overdue"
    assert states(held, "quiet", "2027")["in force"] == "unknown"


def test_a_missed_deadline_makes_the_outcome_overdue_only_where_nothing_came(tmp_path: Path) -> None:
    text = LIFE.replace("        - {value: The bridge stands, period: 2021-06}\n", "")
    bare = with_ledger(text, tmp_path)
    assert states(bare, "plain", "2022-12-31")["outcome"] == "unknown"
    assert states(bare, "plain", "2023-01-01")["outcome"] == "overdue"


def test_a_document_that_ran_out_is_over_and_a_renewed_one_is_replaced(held: Data, tmp_path: Path) -> None:
    assert document(held, "plain", "2027").reached == "replaced"
    alone = with_ledger(LIFE.replace(", replaces: document/plain", ""), tmp_path)
    assert document(alone, "plain", "2028-05-16").reached == "with an outcome"
    assert document(alone, "plain", "2028-05-17").reached == "over"
    # The renewal of 2024 replaces nothing before its year.
    assert document(held, "plain", "2023").reached == "with an outcome"
    assert document(held, "wish", "2027").reached == "intended"
    assert document(held, "wish", "2027").stages[2].state == "none"


def test_promises_and_what_may_answer_them(held: Data) -> None:
    found = {item.statement.text: item for item in document(held, "plain", "2026-11-21").obligations}
    assert found["Build the bridge"].state == (
        "past; an outcome is named, whether it answers this promise is not stated"
    )
    assert found["Buy gas"].state == "ahead"
    # The bridge of 2021 cannot answer a promise for 2025 to 2030; what is only expected answers nothing.
    assert found["Buy gas"].outcomes == ()
    assert found["Be friends"].state == (
        "no deadline; an outcome is named, whether it answers this promise is not stated"
    )
    row = found["Build the bridge"].row()
    assert row["by"] == "RUS CHN"
    assert row["in_days"] < 0
    assert "does not say which promise" in row["outcomes_read"]
    assert all(held.ledger.statement(name) for name in row["ids"].split())


def test_signs_of_life_of_a_tie_are_activity_of_its_document(held: Data, tmp_path: Path) -> None:
    assert states(held, "quiet", "2026")["activity"] == "known"
    assert "document/quiet" not in {item.record.subject for item in silent(held, "2026")}
    # Before the visit nothing had been done.
    assert "document/quiet" in {item.record.subject for item in silent(held, "2020")}
    alone = with_ledger(LIFE.replace("      document: document/quiet\n", ""), tmp_path)
    assert states(alone, "quiet", "2026")["activity"] == "overdue"
    assert states(alone, "quiet", "2017-12-31")["activity"] == "unknown"
    assert [item.record.subject for item in silent(alone, "2023")] == ["document/quiet", "document/under"]


def test_what_happened_before_or_at_the_signature_was_not_done_under_it(tmp_path: Path) -> None:
    early = with_ledger(
        LIFE.replace("{value: A visit, period: 2021}", "{value: A visit, period: 2015}"), tmp_path
    )
    assert states(early, "quiet", "2026")["activity"] == "overdue"


def test_a_counted_set_is_no_document(held: Data) -> None:
    assert "document/many" not in {item.record.subject for item in documents(held, "2026")}
    rows = [item.row() for item in sets(held)]
    assert [(row["set"], row["documents"]) for row in rows] == [("document/many", 15)]
    assert rows[0]["figure"].startswith("f-")


def test_what_ends_soon(held: Data) -> None:
    found = expiring(held, "2028-05-01", 30)
    assert [(item.what, item.in_days) for item in found] == [("it ends unless prolonged", 15)]
    assert expiring(held, "2028-05-01", 14) == ()
    assert expiring(held, "2028-05-17", 300) == ()
    assert [item.what for item in expiring(held, "2022-12-01", 31)] == ["deadline: Build the bridge"]


def test_lineage_both_ways(held: Data) -> None:
    family = lineage(held.ledger, held.ledger.record("document/plain"))
    assert [other.subject for other in family.replaced_by] == ["document/renewal"]
    assert [other.subject for other in family.over] == ["document/under"]
    back = lineage(held.ledger, held.ledger.record("document/renewal"))
    assert [other.subject for other in back.replaces] == ["document/plain"]


def test_a_long_chain_is_followed_nearest_first(tmp_path: Path) -> None:
    entries = "".join(
        f"  - record: document/d{n}\n    source: s\n    says: {{name: D{n}, type: agreement, parties: [RUS, CHN]"
        + (f", replaces: document/d{n - 1}" if n else "")
        + "}\n"
        for n in range(3000)
    )
    data = with_ledger(HEAD + entries, tmp_path)
    family = lineage(data.ledger, data.ledger.record("document/d2999"))
    assert [other.subject for other in family.replaces[:2]] == ["document/d2998", "document/d2997"]
    assert len(family.replaces) == 2999


@pytest.mark.parametrize("links", [(("a", "replaces", "a"),), (("a", "replaces", "b"), ("b", "parent", "a"))])
def test_a_circle_is_refused_and_named(tmp_path: Path, links: tuple[tuple[str, str, str], ...]) -> None:
    entries = "".join(
        f"  - record: document/{one}\n    source: s\n"
        f"    says: {{name: {one}, type: agreement, parties: [RUS, CHN], {name}: document/{other}}}\n"
        for one, name, other in links
    )
    data = with_ledger(HEAD + entries, tmp_path)
    with pytest.raises(BadFile, match=r"document/a.* stand in a circle") as refused:
        documents(data, "2026")
    assert "Supersede" in str(refused.value)


def test_an_unknown_document_is_refused_with_the_nearest(held: Data) -> None:
    with pytest.raises(UnknownLabel, match="document/plain"):
        document(held, "plane", "2026")


# The shipped ledger


def test_the_visa_free_regimes_of_2025_end_within_two_months_of_august_2026(shipped: Data) -> None:
    due = {item.record.subject: item.in_days for item in expiring(shipped, "2026-08-01", 60)}
    assert due["document/china-visa-free-trial-2025"] == 44
    assert due["document/russia-visa-free-2025"] == 44


def test_an_assumed_entry_into_force_says_so_until_a_source_is_found(shipped: Data) -> None:
    def force(data: Data) -> str:
        return document(data, "eaeu-china-2018", "2021").stages[1].why

    # What was recorded by that day knew the entry into force from memory only.
    assert "assumed" in force(shipped.at("2026-11-21"))
    assert "assumed" not in force(shipped)


def test_the_agreement_of_the_union_with_china_came_to_a_joint_commission(shipped: Data) -> None:
    assert states(shipped, "eaeu-china-2018", "2020-10-27")["outcome"] == "unknown"
    assert states(shipped, "eaeu-china-2018", "2020-10-28")["outcome"] == "known"
    assert "document/eaeu-china-2018" not in {item.record.subject for item in silent(shipped, "2021")}


def test_every_row_of_the_shipped_register_is_plain_and_every_set_is_apart(shipped: Data) -> None:
    found = documents(shipped, shipped.as_of)
    singles = {item.record.subject for item in found}
    counted = {item.record.subject for item in sets(shipped)}
    assert singles.isdisjoint(counted)
    every = {record.subject for record in shipped.ledger.records("document")}
    assert singles | counted | {s for s in every if shipped.ledger.record(s).text("type") == "set"} == every
    for item in found:
        row = item.row()
        assert all(value is None or isinstance(value, str | int) for value in row.values())
        if row["produced"]:
            assert row["activity"] in ("unknown", "overdue")
            assert row["outcome"] in ("unknown", "overdue")
        for stage in item.stages:
            assert stage.why
            assert (stage.state == "known") <= bool(stage.statements)


BEFORE = (
    HEAD
    + """
  - record: document/directive
    source: s
    says:
      name: Directive
      type: decree
      parties: [BLR]
      signed: 2021-12-03
      obligation: {value: Attract finance, period: 2022/2023}
      outcome: {value: Projects are counted, period: 2008/2024-10}
      activity: [{value: Contacts, period: 2005}, {value: In the year itself, period: 2021}]
"""
)


def test_what_began_before_a_document_is_shown_and_is_no_sign_of_life_of_it(tmp_path: Path) -> None:
    found = document(with_ledger(BEFORE, tmp_path), "directive", "2026-11-21")
    stages = {stage.name: stage for stage in found.stages}
    assert stages["outcome"].state == "overdue"
    assert "began before it" in stages["outcome"].why
    # A year that holds the day of signature proves nothing.
    assert (stages["activity"].state, stages["activity"].period) == ("known", "2021")
    promise = found.obligations[0]
    assert promise.state == "past, nothing named"
    assert "began before the document" in promise.row()["outcomes"]
    without = with_ledger(BEFORE.replace(", {value: In the year itself, period: 2021}", ""), tmp_path)
    bare = document(without, "directive", "2026-11-21")
    assert bare.silent
    assert bare.dormancy.state == "unknown"
    assert "never shown it at work" in bare.dormancy.why


def test_the_shipped_directive_of_2021_has_no_outcome_of_2008() -> None:
    found = document(lb.load(), "blr-directive-china-2021", "2026-11-22")
    assert next(stage.state for stage in found.stages if stage.name == "outcome") != "known"
    assert found.dormancy.last_sign is None or found.dormancy.last_sign.property == "signed"
