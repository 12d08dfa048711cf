"""The section on claims: what can be checked with verdict and figure, what contradicts, and how much is neither."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import landbridge as lb
import reviewed_sample as reviewed
import sample_document as sample
from landbridge.brief.catalogue import catalogue
from landbridge.brief.document import Paragraph, Refusal, Table
from landbridge.brief.numbers import show
from landbridge.brief.sections import checked, claims
from landbridge.brief.setting import Setting, setting
from landbridge.brief.text import Code, Name, Writer, atoms
from landbridge.claims.acceptance import source_of, withdrawal
from landbridge.claims.recorded import readings
from landbridge.claims.verifying import verify
from landbridge.ledger import Ledger, Statement
from landbridge.provenance import Figure, Source, Status
from landbridge.release import Data

OWN = Source("own-article", "An imagined paper", "A leader on trade", "2024-02-01", "", "none", "document")
OTHER = Source("own-letter", "An imagined letter", "A letter", "2024-03-01", "", "none", "document")
Made = Callable[..., Setting]


@pytest.fixture(scope="module")
def data() -> Data:
    return lb.load()


def words(part: Any) -> str:
    return "" if part is None else "".join(p if isinstance(p, str) else show(p) for p in atoms(part))


def figures(part: Any) -> list[Figure]:
    return [] if part is None else [piece for piece in atoms(part) if isinstance(piece, Figure)]


def statement(text: str, start: int, source: Source = OWN, **slots: Any) -> Statement:
    """A claim on trade of the two countries in 2023, unless the slots say otherwise."""
    detail = {
        "system": "1",
        "kind": "quantity",
        "indicator": "trade_turnover",
        "parties": "CHN RUS",
        **slots.pop("detail", {}),
    }
    base: dict[str, Any] = {"period": "2023", "unit": "USD", "as_of": "2024-02", **slots}
    return Statement(
        subject=f"claim/{source.id}-{start}",
        kind="claim",
        property="asserts",
        source=source.id,
        status=Status.CLAIMED,
        recorded="2024-03-02",
        recorder="a test",
        text=text,
        start=start,
        end=start + 40,
        sha256=("a" if source is OWN else "b") * 64,
        detail=detail,
        **base,
    )


@pytest.fixture
def made(data: Data) -> Made:
    """The setting of two places whose ledger holds these claims alone."""

    def make(*held: Statement, a: str = "CHN", b: str = "RUS") -> Setting:
        own = replace(data)
        ledger = Ledger(held, {**data.ledger.sources, OWN.id: OWN, OTHER.id: OTHER})
        object.__setattr__(own, "ledger", ledger)
        return setting(own, Writer(catalogue()), a, b)

    return make


def tables(section: Any) -> dict[str, Table]:
    return {block.name: block for block in section.blocks if isinstance(block, Table)}


RIGHT = statement("Trade both ways came to {value} in {period}.", 10, number=240.1e9)
WRONG = statement("Trade both ways came to {value} in {period}.", 100, number=300e9)
# Both sides' counts of that year are held, so that it can be refuted.
REFUTED = statement("Trade both ways came to {value} in {period}.", 100, number=150e9, period="2019")
HOPE = statement(
    "Both sides look ahead with hope.",
    200,
    unit="",
    period="",
    detail={"kind": "event", "indicator": "other"},
)


def test_a_claim_stands_with_its_verdict_and_the_figure_it_was_set_beside(made: Made) -> None:
    table = tables(claims.section(made(RIGHT, HOPE)))["claims checked"]
    ((claim, verdict, held, near, definition, who),) = table.rows
    assert [figure.value for figure in figures(claim)] == [240.1e9]
    assert words(verdict) == "● agrees"
    (distance,) = figures(near)
    assert distance.value == pytest.approx(100 * (240.1e9 / held.value - 1), abs=1e-6)
    assert {figure.value for figure in distance.inputs} == {240.1e9, held.value}
    assert "tolerance: half a unit of the last significant digit" in words(near)
    assert isinstance(held, Figure)
    assert held.value == pytest.approx(240.1e9, rel=1e-3)
    assert held.citation is not None or held.inputs
    assert "China (customs statistics)" in words(definition)
    assert "2023" in words(definition)
    assert words(who) == "An imagined paper"


def test_what_does_not_agree_comes_first_with_the_nearest_figure(made: Made) -> None:
    table = tables(claims.section(made(RIGHT, replace(REFUTED, start=700, end=740, source=OTHER.id))))
    rows = table["claims checked"].rows
    assert [words(row[1]) for row in rows] == ["▲ does not agree", "● agrees"]
    assert [figure.value for figure in figures(rows[0][0])] == [150e9]
    assert figures(rows[0][2])[0].value == pytest.approx(110e9, rel=0.02)


@pytest.mark.parametrize("source", [OWN, OTHER], ids=["in one text", "across texts"])
def test_a_contradiction_shows_both_claims_and_both_addresses(made: Made, source: Source) -> None:
    second = statement(WRONG.text, 100, source, number=300e9)
    table = tables(claims.section(made(RIGHT, second)))["claims that contradict"]
    ((one, other, why, places),) = table.rows
    assert {figure.value for part in (one, other) for figure in figures(part)} == {240.1e9, 300e9}
    assert words(why) == "two figures for one thing and time"
    assert {piece.code for piece in atoms(places) if isinstance(piece, Code)} == {"10–50", "100–140"}
    named = [piece.text for piece in atoms(places) if isinstance(piece, Name)]
    assert named == list(dict.fromkeys((OWN.publisher, source.publisher)))


def test_no_contradiction_no_table(made: Made) -> None:
    assert "claims that contradict" not in tables(claims.section(made(RIGHT, HOPE)))


def test_the_extent_counts_claims_and_says_that_absence_is_no_verdict(made: Made) -> None:
    said = next(
        block for block in claims.section(made(RIGHT, REFUTED, HOPE)).blocks if isinstance(block, Paragraph)
    )
    assert [figure.value for figure in figures(said.sentences[0])] == [3, 2]
    assert "neither for nor against" in words(said.sentences[-1])
    assert len(said.sentences) == 2
    # Every count can be walked back to the articles that it was counted in.
    assert all(item.citation is not None for figure in figures(said.sentences[0]) for item in figure.inputs)


def test_where_nothing_can_be_checked_there_is_no_table_of_verdicts(made: Made) -> None:
    section = claims.section(made(HOPE))
    assert list(tables(section)) == ["claims"]
    said = next(block for block in section.blocks if isinstance(block, Paragraph))
    assert [figure.value for figure in figures(said.sentences[0])] == [1]


def test_claims_of_other_pairs_are_left_out(made: Made) -> None:
    far = replace(RIGHT, start=900, end=940, detail={**RIGHT.detail, "parties": "CHN USA"})
    table = tables(claims.section(made(RIGHT, far)))["claims checked"]
    assert len(table.rows) == 1
    assert isinstance(claims.section(made(far)).blocks[0], Refusal)


@pytest.mark.parametrize(("a", "b"), [("CHN", "RUS"), ("CHN", "BLR"), ("CN-HL", "BY-VI")])
def test_the_brief_says_what_the_verb_says(data: Data, a: str, b: str) -> None:
    here = setting(data, Writer(catalogue()), a, b)
    mine = checked.check(here, claims.concerning(here))
    judged = verify(readings(data.ledger), data)
    outcomes: dict[Any, str] = {
        (reading.document.name, verdict.claim.start, verdict.claim.end, verdict.claim.quote): verdict.outcome
        for reading, verdict in judged.each()
    }
    assert len(mine.verdicts) == len(claims.concerning(here))
    for stated, verdict in mine.verdicts:
        assert outcomes[stated.source, stated.start, stated.end, stated.text] == verdict.outcome
    told = {
        finding
        for finding in judged.findings()
        if finding.outcome in ("contradiction", "conflicts", "implausible")
    }
    assert {finding for _, finding in mine.findings} <= told


def test_claims_accepted_in_the_workspace_are_counted_apart_and_name_file_and_reviewer(made: Made) -> None:
    read = source_of(reviewed.document())
    own = statement("Trade came to {value} in {period}.", 500, read, number=240.1e9)
    own = replace(own, recorder="Anna Petrova", sha256="c" * 64)
    here = made(RIGHT, HOPE, own)
    here.ledger.sources[read.id] = read
    section = claims.section(here)
    said = next(block for block in section.blocks if isinstance(block, Paragraph))
    articles, documents, _ = said.sentences
    assert [figure.value for figure in figures(articles)] == [2, 1]
    assert [figure.value for figure in figures(documents)] == [1, 1]
    assert "accepted in this workspace" in words(documents)
    for name in ("claims checked", "claims"):
        told = [words(row[-1 if name == "claims checked" else 3]) for row in tables(section)[name].rows]
        assert "digest.txt (A digest); accepted by Anna Petrova" in told
        assert "An imagined paper" in told


def test_a_claim_that_nothing_measures_says_so_in_words_and_shape(made: Made) -> None:
    (row,) = tables(claims.section(made(HOPE)))["claims"].rows
    assert words(row[-1]) == "○ not checkable"


def test_on_a_phone_the_words_of_the_columns_go_with_each_cell(made: Made) -> None:
    from landbridge.brief.page import render

    html = render(replace(sample.document(), body=(claims.section(made(RIGHT)),)))
    table = html[html.index('class="stack"') :].partition("</table>")[0]
    labels = re.findall(r'role="(?:rowheader|cell)" data-column="([^"]+)"', table)
    heads = [re.sub("<[^>]+>", "", head) for head in re.findall(r'role="columnheader">(.*?)</th>', table)]
    assert labels == heads[: len(labels)]
    assert len(heads) == 6


def test_a_target_with_two_deadlines_is_a_contradiction_however_it_is_worded(made: Made) -> None:
    goal = {"kind": "target", "indicator": "trade_turnover"}
    one = statement(
        "Trade both ways was to reach {value} by {period}.", 10, number=2e11, period="2020", detail=goal
    )
    other = statement(
        "Trade both ways was meant to reach {value} in {period}.",
        10,
        OTHER,
        number=2e11,
        period="2022",
        detail=goal,
    )
    ours = statement(
        "Target: trade turnover, bilateral trade, China and Russia: {value} by {period}.",
        10, OTHER, number=2e11, period="2022", detail=goal,
    )  # fmt: skip
    meat = replace(other, text="Trade in meat was meant to reach {value} in {period}.")
    for second in (other, ours):
        ((_, _, why, _),) = tables(claims.section(made(one, second)))["claims that contradict"].rows
        assert words(why) == "one target with two deadlines"
    assert "claims that contradict" not in tables(claims.section(made(one, meat)))


def test_a_withdrawn_claim_is_no_reading(made: Made) -> None:
    gone = withdrawal(RIGHT, why="rejected", by="Li", recorded="2024-03-03", reason="Not said.")
    assert readings(made(RIGHT, gone, WRONG).ledger)[0].claims[0].value == 300e9
    assert len(readings(made(RIGHT, gone, WRONG).ledger)[0].claims) == 1


def test_markup_in_a_claim_is_text_on_the_page(made: Made) -> None:
    from landbridge.brief.page import render

    evil = replace(RIGHT, text="<script>alert(1)</script> Trade came to {value} in {period}.")
    section = claims.section(made(evil))
    html = render(replace(sample.document(), body=(section,)))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
