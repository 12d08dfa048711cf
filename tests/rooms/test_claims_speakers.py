"""Who speaks in a text: quotations, interviews, indirect speech, sources; and where sentences end."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest

from landbridge.claims.grammar.blocks import blocks, sentences
from landbridge.claims.grammar.quotations import quotations
from landbridge.claims.grammar.speakers import Turn, speaker_at, speakers
from landbridge.claims.languages import detect, language


def turns(text: str) -> tuple[Turn, ...]:
    tongue = detect(text)
    parts = blocks(text)
    return speakers(text, parts, sentences(text, parts, tongue), tongue)


def split(text: str) -> list[str]:
    return [text[one.start : one.end] for one in sentences(text, blocks(text), language("en"))]


def speaker_of(text: str, words: str) -> str | None:
    turn = speaker_at(turns(text), text.index(words))
    return turn.speaker if turn else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Petrov met Dr. Li. They spoke.", ["Mr. Petrov met Dr. Li.", "They spoke."]),
        (
            "Exports of Sinotrans Co. Ltd. rose. It grew.",
            ["Exports of Sinotrans Co. Ltd. rose.", "It grew."],
        ),
        ("The U.S. Treasury objected. Trade fell.", ["The U.S. Treasury objected.", "Trade fell."]),
        ("Goods went to the U.S. The rest stayed.", ["Goods went to the U.S.", "The rest stayed."]),
        ("See vol. 3 of No. 17. The answer is no. The end.", None),
        ("Trade was approx. 5 billion. V. Putin came.", ["Trade was approx. 5 billion.", "V. Putin came."]),
        ("“It grew 3.5 percent.” He left.", ["“It grew 3.5 percent.”", "He left."]),
        ("1. The parties agree. 2. They sign.", None),
        ("“The first. <…> The second,” he said.", ["“The first.", "<…> The second,” he said."]),
    ],
)
def test_a_full_stop_of_an_abbreviation_ends_no_sentence(text: str, expected: list[str] | None) -> None:
    if expected is None:
        expected = {
            "S": ["See vol. 3 of No. 17.", "The answer is no.", "The end."],
            "1": ["1. The parties agree.", "2. They sign."],
        }[text[0]]
    assert split(text) == expected


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Trade grew, the Ministry of Commerce said on Monday.", "Trade", "Ministry of Commerce"),
        (
            "According to the General Administration of Customs of China, exports rose 4%.",
            "exports",
            "General Administration of Customs of China",
        ),
        ("Customs data show that imports doubled.", "imports", "Customs data"),
        ("Data from Chinese customs showed a fall in imports.", "fall", "Data from Chinese customs"),
        ("Xinhua reported that the bridge would open.", "bridge", "Xinhua"),
        ("Exports fell, according to a report by the World Bank.", "fell", "report by the World Bank"),
        ("As Zhang Wei put it, the road is open.", "road", "Zhang Wei"),
        (
            "Pavel Orlov, the deputy head of JSC Northern Railways, notes that traffic grew.",
            "traffic",
            "Pavel Orlov",
        ),
        ("Prime Minister of Belarus Roman Kozlov said trade grew.", "trade", "Roman Kozlov"),
        (
            "Industry and Trade Minister Denis Sokolov told reporters that exports doubled.",
            "exports",
            "Denis Sokolov",
        ),
        (
            "Officials in Minsk met. Belarusian officials believe that it will grow.",
            "grow",
            "Belarusian officials",
        ),
        ("Exports grew, noted the minister.", "Exports", "minister"),
    ],
)
def test_indirect_speech_names_its_source(text: str, words: str, speaker: str) -> None:
    assert speaker_of(text, words) == speaker


@pytest.mark.parametrize(
    "text",
    [
        "Trade grew by five percent. The ports of Russia were busy.",
        "Cooperation is carried out according to the model of great powers.",
        "According to the agreement, trade will reach $5 billion.",
        "Weak information exchange added to the difficulties of the group.",
        "The bridge adds value to the region, and the states parties met.",
        "It is said that trade grew.",
        'The pandemic "froze" projects in the region.',
    ],
)
def test_plain_narration_has_no_speaker(text: str) -> None:
    assert turns(text) == ()


def test_a_name_behind_a_quotation_is_its_speaker_with_role_and_home() -> None:
    text = (
        "“Trade grew. We expect more,” Anna Orlova, Director of the Chinese Trade Centre.\n"
        "Prices rose.\n“It is late,” Orlova."
    )
    found = turns(text)
    assert [(one.speaker, one.how) for one in found] == [("Anna Orlova", "quote"), ("Anna Orlova", "quote")]
    assert found[0].affiliation == "Director of the Chinese Trade Centre"
    assert found[0].home == ("CHN",)
    assert text[found[0].start : found[0].end] == "“Trade grew. We expect more,”"
    assert speaker_at(found, text.index("Prices")) is None


@pytest.mark.parametrize(("opening", "closing"), [("“", "”"), ('"', '"'), ("«", "»"), ("‘", "’"), ("’", "’")])
def test_every_pair_of_marks_holds_a_quotation(opening: str, closing: str) -> None:
    text = f"Lu Han stated, {opening}China’s trade with us grew. It will grow again.{closing} The sun shone."
    assert speaker_of(text, "It will") == "Lu Han"
    assert speaker_of(text, "The sun") is None


def test_a_quotation_goes_on_over_paragraphs_that_open_it_anew() -> None:
    text = (
        "“This is the first paragraph about trade.\n“This is the second one,” said Anna Orlova.\nPlain words."
    )
    assert speaker_of(text, "first paragraph") == "Anna Orlova"
    assert speaker_of(text, "Plain") is None


def test_attribution_is_carried_to_pronouns_and_to_the_next_quotation() -> None:
    text = (
        "“We will build a port,” said Ivan Petrov, the head of the terminal. “It will be ready in two years.” "
        "He added that it costs a lot. The port lies on the coast."
    )
    assert [one.speaker for one in turns(text)] == ["Ivan Petrov"] * 4
    assert speaker_of(text, "It will be") == "Ivan Petrov"
    assert speaker_of(text, "He added") == "Ivan Petrov"
    assert speaker_of(text, "The port lies") is None


def test_the_minister_is_the_one_just_named() -> None:
    text = "Trade Minister Alexei Ivanov met his guests. The minister said the talks went well."
    assert speaker_of(text, "talks") == "Alexei Ivanov"


def test_short_forms_of_a_name_lead_to_the_fullest() -> None:
    text = "Chinese President Xi Jinping came. Later Xi announced that trade grew."
    assert speaker_of(text, "trade") == "Xi Jinping"


@pytest.mark.parametrize("dash", ["—", "–", "-"])
def test_answers_of_an_interview_belong_to_the_one_named_in_the_lead(dash: str) -> None:
    text = (
        "Our conversation with Olga Kim, analyst at the Centre of Asian Studies.\n"
        f"{dash} How is trade?\n{dash} It grows.\nIt grew before, too.\n{dash} And then?\n{dash} We shall see.\n"
        "Leave a Reply\nFields are marked."
    )
    assert speaker_of(text, "It grows") == "Olga Kim"
    assert speaker_of(text, "It grew before") == "Olga Kim"
    assert speaker_of(text, "How is trade") is None
    assert speaker_of(text, "Fields") is None
    assert {one.how for one in turns(text)} == {"interview"}


def test_turns_may_be_labelled() -> None:
    lettered = (
        "We spoke with Deputy Minister Pavel Utkin.\nQ: How is it?\nA: It grows.\nQ: And now?\nA: More."
    )
    assert speaker_of(lettered, "It grows") == "Pavel Utkin"
    assert speaker_of(lettered, "How is") is None
    named = "Wang Lei: How is it?\nSergei Orlov: It grows.\nWang Lei: And now?\nSergei Orlov: More."
    assert speaker_of(named, "It grows") == "Sergei Orlov"
    assert speaker_of(named, "How is") == "Wang Lei"
    assert turns("Q: How is it?\nA: It grows.\nQ: And now?\nA: More.") == ()


def test_a_source_inside_an_interview_is_nearer_than_the_interviewee() -> None:
    text = (
        "An interview with Olga Kim, economist.\n— How is it?\n— It grows. According to Chinese customs, it fell. It rose.\n"
        "— And then?\n— We shall see."
    )
    assert speaker_of(text, "it fell") == "Chinese customs"
    assert speaker_of(text, "It grows") == speaker_of(text, "It rose") == "Olga Kim"


def test_the_small_packs_know_their_verbs_and_phrases() -> None:
    russian = "«Мы построим мост», — сказал Иван Петров. По данным Росстата, экспорт вырос."
    assert speaker_of(russian, "построим") == "Иван Петров"
    assert speaker_of(russian, "экспорт") == "Росстата"
    chinese = "据海关总署统计，贸易额增长。商务部发言人表示，双方将扩大合作。天气很好。"
    assert speaker_of(chinese, "贸易额") == "海关总署"
    assert speaker_of(chinese, "双方") == "商务部发言人"
    assert speaker_of(chinese, "天气") is None


def test_the_speaker_of_every_annotated_claim(shared: Path) -> None:
    """All 115 rows, those of narration among them; the rules were written with these articles in view."""
    rows = [
        json.loads(line)
        for line in (shared / "documents" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    wrong = []
    for name in sorted({row["doc"] for row in rows}):
        text = (shared / "documents" / "articles" / name).read_text(encoding="utf-8")
        found = turns(text)
        for row in rows:
            if row["doc"] == name:
                turn = speaker_at(found, row["start"])
                if (turn.speaker if turn else None) != row["speaker"]:
                    wrong.append(row["id"])
    assert wrong == []


@pytest.mark.parametrize(
    "bait",
    [
        '“ ‘ " ',
        "Xi ",
        "Ivan Petrov, president of, ",
        "“a” said ",
        "“open\n",
        "said ",
        "customs of ",
        "Ivan Petrov: yes.\n",
        "— What is it?\n",
        "A. ",
    ],
)
def test_hostile_texts_take_linear_time_and_turns_never_overlap(bait: str) -> None:
    def seconds(times: int) -> float:
        text = bait * times
        started = time.perf_counter()
        found = turns(text)
        assert all(left.end <= right.start for left, right in pairwise(found))
        return time.perf_counter() - started

    seconds(100)
    # Quadratic work would take sixteen times as long; the floor is for the noise of a busy machine.
    assert seconds(8_000) < max(12 * seconds(2_000), 4.0)


def test_quotations_do_not_overlap_and_apostrophes_open_none() -> None:
    text = 'China’s trade and the leaders’ talks. “A ‘so-called’ plan” and "another".'
    found = quotations(text, blocks(text))
    assert [text[one.start : one.end] for one in found] == ["“A ‘so-called’ plan”", '"another"']
