"""The seven questions of an interview with a regional analyst, in order: answered, or refused with a reason."""

from __future__ import annotations

import pytest

from landbridge.brief import brief
from landbridge.brief.document import Block, Heading, Paragraph, Points, Refusal, Section, Table
from landbridge.brief.numbers import show
from landbridge.brief.text import plain
from landbridge.release import embedded, load

# The interviewer's own words for what is asked, each of which the brief's question must hold.
ASKED = (
    ("relations",),
    ("pandemic", "affect"),
    ("happened", "economic"),
    ("trade", "stable", "profitable"),
    ("attractive", "changed"),
    ("interest", "besides"),
    ("prospects", "cooperation"),
)


@pytest.fixture(scope="module")
def interview() -> Section:
    made = brief(load(release=embedded()), "BY-VI", "CN-HL").document
    return next(section for section in made.body if section.id == "interview")


@pytest.fixture(scope="module")
def answers(interview: Section) -> list[tuple[str, list[Block]]]:
    """Each question with the blocks that follow it."""
    out: list[tuple[str, list[Block]]] = []
    for block in interview.blocks:
        if isinstance(block, Heading):
            out.append((plain(block.text, show), []))
        else:
            out[-1][1].append(block)
    return out


def test_the_questions_come_in_the_order_of_the_interview(answers: list[tuple[str, list[Block]]]) -> None:
    assert len(answers) == len(ASKED)
    for (question, _), words in zip(answers, ASKED, strict=True):
        assert all(word in question for word in words), question


@pytest.mark.parametrize("position", range(7), ids=[words[0] for words in ASKED])
def test_each_is_answered_or_refused_with_a_reason(
    answers: list[tuple[str, list[Block]]], position: int
) -> None:
    _, blocks = answers[position]
    assert blocks
    for block in blocks:
        match block:
            case Refusal():
                assert len(plain(block.why, show).split()) >= 5
            case Points():
                assert all(plain(item, show) for item in block.items)
            case Paragraph():
                assert all(plain(item, show) for item in block.sentences)
            case Table():
                assert block.rows


def test_claims_name_their_speaker_and_regional_trade_is_refused(
    answers: list[tuple[str, list[Block]]],
) -> None:
    voices = [
        plain(item, show)
        for _, blocks in answers
        for block in blocks
        if isinstance(block, Paragraph)
        for item in block.sentences
        if plain(item, show).startswith("Claimed by")
    ]
    assert voices
    assert all(len(voice) > len("Claimed by :") for voice in voices)
    trade = dict(answers)[answers[3][0]]
    assert any(
        isinstance(block, Refusal) and "Nobody publishes it" in plain(block.why, show) for block in trade
    )


def test_every_question_is_answered_from_evidence_or_openly_refused(
    answers: list[tuple[str, list[Block]]],
) -> None:
    answered = [
        question for question, blocks in answers if any(not isinstance(block, Refusal) for block in blocks)
    ]
    assert len(answered) >= 5
