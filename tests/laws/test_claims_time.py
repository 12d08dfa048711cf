"""Time laws of the grammar of claims: bait, floods and long texts take time and memory in proportion to their length."""

from __future__ import annotations

import time
import tracemalloc
from functools import cache
from pathlib import Path

import pytest

from landbridge.claims.grammar.ready import claims_of
from landbridge.claims.languages import detect, language

ENGLISH = language("en")
FOLDER = Path(__file__).parents[1] / "claims_texts"
PROSE = "\n\n".join(
    file.read_text(encoding="utf-8")
    for kind in ("dev", "held_out", "nothing")
    for file in sorted((FOLDER / kind).glob("*.txt"))
)
HEAD = "Kazakhstan and China deepen cooperation in trade and investment.\n\n"
# A page of print, in characters.
PAGE = 1_800

# What repeats in a text of a million characters, fewer where every repeat is a paragraph or a mark.
FLOODS = {
    "trade of": "trade of ",
    "sums": "$1 ",
    "numbers": "5 ",
    "comparators": "more than ",
    "full stops": ".",
    "marks": "?!",
    "blanks": " ",
    "no-break blanks": "\u00a0",
    "digits": "7",
    "opening brackets": "(",
    "quotes": "“",
    "letters": "x",
    "right-to-left marks": "\u200f\u202e",
    "nul": "\x00",
    "lines": "a\n",
}
SLOWER = {"lines", "quotes", "opening brackets", "right-to-left marks"}
# Characters of the longest text of each flood, and of sentences.
LONG = {flood: 100_000 if flood in SLOWER else 300_000 for flood in FLOODS}
PROSE_LENGTH = 100_000
# One sentence each, with what repeats in it: alternatives that overlap, repeats within repeats, and beginnings of long cues.
BAITS = [
    "of the ",
    "of our total ",
    "size of the country’s ",
    "share of the mutual ",
    "of Kazakhstan’s ",
    "the volume of mutual bilateral ",
    "soft state export ",
    "common shared land ",
    "accumulated direct foreign ",
    "two hundred and ",
    "twenty-",
    "one million ",
    "half a ",
    "a third of a ",
    "more than about ",
    "between 5 and ",
    "from 5 to ",
    "5 (five) ",
    "1,234,567 ",
    "1 234 ",
    "1.234.",
    "+375 17 ",
    "5-",
    "$5bn-",
    "one of the ",
    "among the top ",
    "largest trading ",
    "in 2020 and ",
    "compared with ",
    "projects will be ",
    "the number of ",
    "universities and ",
    "’s ",
    "of of ",
    "Mr. ",
    "said that ",
    "“a” said B. ",
    "Minister of ",
    "-",
    "— ",
]


def took(text: str) -> float:
    """Seconds of work to read a text; those of other processes do not count."""
    begun = time.process_time()
    claims_of(text, ENGLISH, dated="2023")
    return time.process_time() - begun


def flooded(flood: str, size: int) -> str:
    again = FLOODS[flood]
    return HEAD + (again * (size // len(again) + 1))[:size]


@cache
def took_long(flood: str) -> float:
    """Seconds for the longest flood, read once for both laws about it."""
    return took(flooded(flood, LONG[flood]))


@cache
def took_prose() -> float:
    """Seconds for a long text of sentences, read once for both laws about it."""
    return took((PROSE * 2)[:PROSE_LENGTH])


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """The packs are compiled once, before anything is timed."""
    for code in ("en", "ru", "zh"):
        claims_of(HEAD, language(code))


@pytest.mark.parametrize("bait", BAITS)
def test_a_sentence_of_bait_is_read_at_once(bait: str) -> None:
    """A sentence has at most 2,000 characters; ordinary ones of that length take some milliseconds."""
    text = HEAD + "Trade grew: " + (bait * (2_000 // len(bait) + 1))[:1_980] + "end."
    # Once more where something held the first reading up.
    assert took(text) < 2 or took(text) < 2


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_read_in_time(flood: str) -> None:
    assert took_long(flood) < 40


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_ten_times_as_long_takes_about_ten_times_the_time(flood: str) -> None:
    short = flooded(flood, LONG[flood] // 10)
    first = min(took(short) for _ in range(2))
    # A time in proportion to the square of the length would be a hundred times as long.
    assert took_long(flood) < 30 * first + 0.5


def test_prose_is_read_in_reasonable_time() -> None:
    assert 60 * PROSE_LENGTH / PAGE / took_prose() > 60


def test_the_time_for_prose_is_in_proportion_to_its_length() -> None:
    short = PROSE[: PROSE_LENGTH // 8]
    # Eight times the length; its square would be sixty-four times as long.
    assert took_prose() < 24 * took(short) + 0.5


def test_memory_stays_in_proportion_to_the_text() -> None:
    text = PROSE[:40_000]
    tracemalloc.start()
    try:
        claims_of(text, ENGLISH)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200 * len(text)


def test_a_paragraph_without_an_end_is_read_as_well() -> None:
    """One line of 100,000 characters, without a full stop: cut into sentences, no rule sees more than one of them."""
    line = " ".join(PROSE.replace(".", ",").split())
    assert took((line * 2)[:100_000]) < 30


@pytest.mark.parametrize(
    "again", ["торговли ", "более чем на 5 ", "5 млрд ", "со ста двумя ", "экспорт и импорт "]
)
def test_floods_of_russian(again: str) -> None:
    begun = time.perf_counter()
    claims_of(again * (100_000 // len(again)), language("ru"))
    assert time.perf_counter() - begun < 20


@pytest.mark.parametrize("again", ["贸易额", "5亿", "超过", "同比增长", "中国和俄罗斯的"])
def test_floods_of_chinese(again: str) -> None:
    text = again * (100_000 // len(again))
    assert detect(text).code == "zh"
    begun = time.perf_counter()
    claims_of(text, language("zh"))
    assert time.perf_counter() - begun < 20
