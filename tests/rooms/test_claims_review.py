"""Review of claims: nothing counts before a person accepts it, and nothing outlives its text."""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from landbridge import codes
from landbridge.brief.catalogue import catalogue
from landbridge.brief.sections.claims import concerning, section
from landbridge.brief.setting import setting
from landbridge.brief.text import Writer
from landbridge.claims.acceptance import our_words, source_of, systems, vocabulary
from landbridge.claims.correcting import claim_of
from landbridge.claims.review import Review, Reviewed, State, claim_id, origin_of
from landbridge.errors import BadUsage
from landbridge.release import load as load_data
from reviewed_sample import (
    AGAIN,
    CLAIMS,
    DOC,
    ID,
    LEVEL,
    ORIGIN,
    SALES,
    TEXT,
    WHO,
    claim,
    document,
    ledger,
    standing,
)


@pytest.fixture
def review(tmp_path: Path) -> Review:
    seconds = itertools.count()
    return Review.open(
        tmp_path / "w", clock=lambda: datetime(2024, 2, 1, tzinfo=UTC) + timedelta(seconds=next(seconds))
    )


def test_same_text_span_and_slots_give_the_same_id_and_any_other_gives_another() -> None:
    assert claim_id(DOC, LEVEL) == "c-" + ID[2:] == claim_id(document(name="copy.txt"), LEVEL)
    assert claim_id(DOC, replace(LEVEL, value=240_100_000_000)) == ID
    others = [
        replace(LEVEL, start=LEVEL.start + 1),
        replace(LEVEL, end=LEVEL.end + 1),
        replace(LEVEL, kind="target"),
        replace(LEVEL, indicator="exports"),
        replace(LEVEL, value=240.2e9),
        replace(LEVEL, value=None),
        replace(LEVEL, unit="CNY"),
        replace(LEVEL, period="2022"),
    ]
    ids = [claim_id(DOC, other) for other in others] + [claim_id(document(TEXT + " "), LEVEL)]
    assert len({ID, *ids}) == 10


def test_nothing_is_ledger_fact_before_a_person_accepts_it(review: Review) -> None:
    assert set(review.states(DOC, CLAIMS).values()) == {State("open")}
    assert review.reviewed() == ()
    assert review.lapsing(DOC, origin=ORIGIN) == ()
    assert review.settle(DOC, origin=ORIGIN) == ()
    assert not review.folder.exists()
    decision = review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    (statement,) = standing(review)
    assert decision.statement == statement.id
    assert (statement.kind, statement.property) == ("claim", "asserts")
    assert (statement.number, statement.unit, statement.period) == (240.1e9, "USD", "2023")
    assert (statement.start, statement.end, statement.sha256) == (LEVEL.start, LEVEL.end, DOC.text_sha256)
    assert DOC.text[statement.start : statement.end] == LEVEL.quote
    assert (statement.status.value, statement.recorder, statement.recorded) == (
        "claimed",
        "Anna Petrova",
        "2024-02-01",
    )
    assert statement.detail == {
        "kind": "quantity",
        "indicator": "trade_turnover",
        "system": "6",
        "parties": "CHN RUS",
    }
    source = ledger(review).sources[statement.source]
    assert source == source_of(DOC)
    assert DOC.sha256 in source.title
    assert "text 1" in source.title
    states = review.states(DOC, CLAIMS)
    assert [states[claim_id(DOC, item)].name for item in CLAIMS] == ["accepted", "open", "open", "open"]


def test_an_accepted_claim_has_the_keys_of_shipped_claims_and_shows_in_briefs(review: Review) -> None:
    for item in CLAIMS:
        review.decide(DOC, CLAIMS, claim_id(DOC, item), "accept", **WHO)
    data = load_data(review.folder)
    shipped = [s for s in load_data().ledger.statements if s.kind == "claim"]
    ours = [s for s in data.ledger.statements if s.recorder == "Anna Petrova"]
    assert len(ours) == 4
    keys = {key for statement in shipped for key in statement.detail}
    assert all(set(statement.detail) <= keys for statement in ours)
    sides = setting(data, Writer(catalogue()), "BLR", "CHN")
    shown = {statement.number for statement in concerning(sides) if statement in ours}
    assert shown == {84e6}
    words = repr(section(sides))
    assert "Quantity: exports, trade, from Belarus to China" in words
    review.decide(DOC, CLAIMS, claim_id(DOC, SALES), "reject", **WHO)
    without = setting(load_data(review.folder), Writer(catalogue()), "BLR", "CHN")
    assert not [statement for statement in concerning(without) if statement.recorder == "Anna Petrova"]


def test_claims_that_share_span_and_indicator_are_records_of_their_own(review: Review) -> None:
    years = [replace(LEVEL, period=year) for year in ("2022", "2023")]
    for item in years:
        review.decide(DOC, years, claim_id(DOC, item), "accept", **WHO)
    assert len({record.subject for record in ledger(review).records("claim")}) == 2


def test_a_decision_records_who_why_when_and_on_what(review: Review) -> None:
    decision = review.decide(DOC, CLAIMS, ID, "reject", by=" Anna  Petrova ", reason="A slip of the parser.")
    (held,) = review.history(ID)
    assert held == decision
    assert (held.by, held.reason, held.decided) == (
        "Anna Petrova",
        "A slip of the parser.",
        "2024-02-01T00:00:00.000000+00:00",
    )
    assert (held.document, held.sha256, held.text_sha256, held.extractor) == (
        DOC.name,
        DOC.sha256,
        DOC.text_sha256,
        DOC.extractor,
    )
    assert claim_of(held.row) == LEVEL
    assert held.statement == ""
    assert standing(review) == []


def test_later_decisions_override_and_everything_stays(review: Review) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    review.decide(DOC, CLAIMS, ID, "correct", by="Li Wei", reason="Scale.", corrected={"value": "2.401e12"})
    review.decide(DOC, CLAIMS, ID, "reject", by="Oleg Sidorov", reason="Not said.")
    assert standing(review) == []
    review.decide(DOC, CLAIMS, ID, "accept", by="Anna Petrova", reason="It is said.")
    assert [item.action for item in review.history(ID)] == ["accept", "correct", "reject", "accept"]
    assert [item.by for item in review.history(ID)] == [
        "Anna Petrova",
        "Li Wei",
        "Oleg Sidorov",
        "Anna Petrova",
    ]
    assert [statement.number for statement in standing(review)] == [240.1e9]
    held = ledger(review)
    assert len(held.history) == 4
    assert sorted(filter(None, (s.supersedes for s in held.history))) == sorted(
        item.statement for item in review.history(ID)[:3]
    )
    assert len(held.records("claim")) == 1


def test_a_rejected_claim_is_withdrawn_in_the_open_and_touches_no_place(review: Review) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    review.decide(DOC, CLAIMS, ID, "reject", by="Li Wei", reason="Not said.")
    (left,) = ledger(review).statements
    assert left.detail["withdrawn"] == "rejected"
    assert (left.number, left.unit, left.period, left.speaker) == (None, "", "", "")
    assert ledger(review).record(left.subject).places == ()
    assert "Li Wei" in left.note
    assert ledger(review).between(["CHN"], ["RUS"]) == ()
    assert ledger(review).at("2024-01-31").statements == ()


def test_accepting_twice_decides_twice_but_states_once(review: Review) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    second = review.decide(DOC, CLAIMS, ID, "accept", by="Li Wei", reason="I agree.")
    assert second.statement == ""
    assert len(review.history(ID)) == 2
    assert len(ledger(review).history) == 1
    review.decide(DOC, CLAIMS, ID, "reject", **WHO)
    assert standing(review) == []


def test_a_correction_stands_in_the_ledger_and_keeps_what_was_read(review: Review) -> None:
    end = TEXT.index(",")
    fixed = {
        "value": 240.0e9,
        "comparator": ">",
        "parties": "RUS CHN",
        "end": end,
        "system": 7,
        "speaker": None,
    }
    decision = review.decide(DOC, CLAIMS, ID, "correct", **WHO, corrected=fixed)
    (statement,) = standing(review)
    assert (statement.number, statement.comparator, statement.end) == (240.0e9, ">", end)
    assert statement.detail["parties"] == "RUS CHN"
    assert statement.detail["system"] == "7"
    assert claim_of(decision.row) == LEVEL
    (seen,) = review.reviewed()
    assert isinstance(seen, Reviewed)
    assert (seen.id, seen.state.name, seen.claim.value) == (ID, "corrected", 240.0e9)
    assert seen.claim.quote == TEXT[seen.claim.start : end]


def test_a_correction_settles_what_was_ambiguous(review: Review) -> None:
    unsure = replace(LEVEL, readings={"period": ("2023", "2022"), "unit": ("USD", "CNY")})
    review.decide(DOC, [unsure], ID, "correct", **WHO, corrected={"period": "2022"})
    assert review.reviewed()[0].claim.readings == {"unit": ("USD", "CNY")}


def test_merging_points_at_the_claim_repeated_and_withdraws_the_repetition(review: Review) -> None:
    again = claim_id(DOC, AGAIN)
    review.decide(DOC, CLAIMS, again, "accept", **WHO)
    review.decide(DOC, CLAIMS, again, "merge", **WHO, into=ID)
    assert standing(review) == []
    state = review.states(DOC, CLAIMS)[again]
    assert state.name == "merged"
    assert state.decision is not None
    assert state.decision.into == ID


def test_merging_into_a_claim_of_another_document(review: Review) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    other = document(name="other.txt", text="Once more: " + TEXT)
    repeated = claim("reached $240.1 billion", other.text)
    review.decide(other, [repeated], claim_id(other, repeated), "merge", **WHO, into=ID)
    assert [item.state.name for item in review.reviewed()] == ["accepted", "merged"]


def test_when_the_text_changes_the_acceptance_lapses_and_can_be_given_again(review: Review) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO, origin=ORIGIN)
    new = document("Corrected on Friday. " + TEXT)
    moved = claim("reached $240.1 billion", new.text)
    other = claim(
        "up 26.3 percent", new.text, indicator="trade_turnover_growth", kind="change", value=26.3, unit="%"
    )
    states = review.states(new, [moved, other], origin=ORIGIN)
    assert [state.name for state in states.values()] == ["lapsed", "open"]
    assert states[claim_id(new, moved)].decision == review.history(ID)[0]
    assert len(standing(review)) == 1

    (old,) = review.lapsing(new, origin=ORIGIN)
    assert (old.action, old.claim) == ("accept", ID)
    assert len(standing(review)) == 1
    assert review.lapsing(new, origin="") == review.lapsing(new, origin="https://example.org/else") == ()
    (lapse,) = review.settle(new, origin=ORIGIN)
    assert (lapse.action, lapse.by, lapse.claim) == ("lapse", "Landbridge", ID)
    assert DOC.text_sha256 in lapse.reason
    assert standing(review) == []
    assert review.settle(new, origin=ORIGIN) == ()
    assert [item.state.name for item in review.reviewed()] == ["lapsed"]

    review.decide(new, [moved, other], claim_id(new, moved), "accept", **WHO, origin=ORIGIN)
    (statement,) = standing(review)
    assert statement.sha256 == new.text_sha256
    assert [state.name for state in review.states(new, [moved, other], origin=ORIGIN).values()] == [
        "accepted",
        "open",
    ]
    # And back: a decision on the new text lapses, the old one is not revived by itself.
    assert review.states(DOC, CLAIMS, origin=ORIGIN)[ID].name == "lapsed"
    review.decide(DOC, CLAIMS, ID, "accept", **WHO, origin=ORIGIN)
    assert [statement.sha256 for statement in standing(review)] == [DOC.text_sha256]
    assert [item.action for item in review.history(ID)] == ["accept", "lapse", "accept"]


def test_a_decision_on_the_new_text_alone_makes_the_others_lapse(review: Review) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO, origin=ORIGIN)
    review.decide(DOC, CLAIMS, claim_id(DOC, AGAIN), "reject", **WHO, origin=ORIGIN)
    new = document(TEXT + " The end.")
    sales = claim("sold 84 million dollars", new.text, value=84e6)
    review.decide(new, [sales], claim_id(new, sales), "accept", **WHO, origin=ORIGIN)
    assert [statement.number for statement in standing(review)] == [84e6]
    assert {item.id: item.state.name for item in review.reviewed()} == {
        ID: "lapsed",
        claim_id(DOC, AGAIN): "lapsed",
        claim_id(new, sales): "accepted",
    }


def test_another_extractor_that_gives_the_same_text_changes_nothing(review: Review) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO, origin=ORIGIN)
    same = replace(DOC, extractor="text 2", sha256="0" * 64)
    assert review.settle(same, origin=ORIGIN) == ()
    assert review.states(same, CLAIMS, origin=ORIGIN)[ID].name == "accepted"


def test_without_an_origin_a_decision_belongs_to_the_text_alone(review: Review) -> None:
    review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    new = document(TEXT + " The end.")
    sales = claim("sold 84 million dollars", new.text, value=84e6)
    review.decide(new, [sales], claim_id(new, sales), "accept", **WHO)
    assert sorted(filter(None, (statement.number for statement in standing(review)))) == [84e6, 240.1e9]


def test_files_are_known_by_their_full_path(review: Review, tmp_path: Path) -> None:
    here, there = tmp_path / "a" / "digest.txt", tmp_path / "b" / "digest.txt"
    review.decide(DOC, CLAIMS, ID, "accept", **WHO, origin=here)
    new = document(TEXT + " The end.")
    assert review.lapsing(new, origin=there) == ()
    assert len(review.lapsing(new, origin=tmp_path / "b" / ".." / "a" / "digest.txt")) == 1
    assert origin_of(here) == str(here.resolve())


def test_decisions_of_a_workspace_that_kept_no_origins_are_read_and_added_to(review: Review) -> None:
    first = review.decide(DOC, CLAIMS, ID, "accept", **WHO)
    raw = sqlite3.connect(review.folder / "ledger.sqlite")
    raw.execute("ALTER TABLE claim_decision DROP COLUMN origin")
    raw.commit()
    raw.close()
    assert review.decisions() == (first,)
    second = review.decide(DOC, CLAIMS, claim_id(DOC, AGAIN), "accept", **WHO, origin=ORIGIN)
    assert review.decisions() == (first, second)
    assert [item.origin for item in review.decisions()] == ["", ORIGIN]
    assert len(review.lapsing(document(TEXT + " The end."), origin=ORIGIN)) == 1


def test_what_has_no_place_code_is_told_in_the_note(review: Review) -> None:
    loose = replace(LEVEL, parties=("CHN", "Russian Far East"), direction="CHN->Harbin")
    review.decide(DOC, [loose], ID, "accept", **WHO)
    (statement,) = standing(review)
    assert statement.detail["parties"] == "CHN"
    assert "direction" not in statement.detail
    assert "Russian Far East, Harbin" in statement.note


def test_other_needs_a_system_that_a_person_names(review: Review) -> None:
    odd = replace(LEVEL, indicator="other", subject="pandas lent in 2023", unit="count", value=2.0)
    name = claim_id(DOC, odd)
    with pytest.raises(BadUsage, match="system"):
        review.decide(DOC, [odd], name, "accept", **WHO)
    review.decide(DOC, [odd], name, "correct", **WHO, corrected={"system": 24})
    (statement,) = standing(review)
    assert statement.detail["system"] == "24"
    assert not any(sign.isnumeric() for sign in statement.text)


def test_every_indicator_has_a_system_and_our_words_pass_the_ledger(review: Review) -> None:
    _, indicators = vocabulary()
    assert set(systems()) == set(indicators)
    assert set(systems().values()) <= {system.number for system in codes.systems()}
    many = []
    for position, indicator in enumerate(indicators.values()):
        numeric = bool(indicator.units)
        many.append(
            replace(
                LEVEL,
                start=position,
                end=position + 5,
                kind=indicator.kinds[0],
                indicator=indicator.name,
                value=5.0 if numeric else None,
                unit=indicator.units[0] if numeric else None,
                subject="what {ten} of 2018 say" if position % 2 else "some {subject}",
            )
        )
    for item in many:
        review.decide(DOC, many, claim_id(DOC, item), "accept", **WHO)
    assert len(standing(review)) == len(indicators)
    target = replace(LEVEL, kind="target", period="2030", comparator=">=")
    assert our_words(target, filled=True) == (
        "Target: trade turnover, trade, China and Russia: at least 240.1 billion USD by 2030"
    )


def test_a_target_for_trade_stands_with_the_promises(review: Review) -> None:
    target = replace(LEVEL, kind="target", period="2030", unit="RUB")
    review.decide(DOC, [target], claim_id(DOC, target), "accept", **WHO)
    assert standing(review)[0].detail["system"] == "7"
