"""Laws of periods: whatever stands in a sentence, moments are ordered, valid, alike each time, and found in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.claims.grammar.dating import resolve, text_date
from landbridge.claims.grammar.periods import Moment, periods
from landbridge.claims.languages import language
from landbridge.ledger.forms import is_period

CODES = ("en", "ru", "zh")
ROLES = {"at", "deadline", "since", "asof", "base", "each"}
PIECES = [
    "in",
    "by",
    "since",
    "from",
    "to",
    "the",
    "until",
    "and",
    "between",
    "compared",
    "with",
    "of",
    "end",
    "first",
    "half",
    "quarter",
    "months",
    "five",
    "last",
    "this",
    "year",
    "May",
    "March",
    "January",
    "August",
    "2022",
    "2023",
    "1999",
    "2101",
    "31",
    "29",
    "February",
    "30",
    "4",
    "Q3",
    "H1",
    "2021-2023",
    "2022/23",
    "16.05.2024",
    "2024-05-16",
    "year-on-year",
    "will",
    "was",
    "reached",
    ",",
    ".",
    "(",
    ")",
    "—",
    "–",
    "-",
    ":",
    "$5",
    "billion",
    "33%",
    "late",
    "over",
    "against",
    "level",
    "1990s",
    "Tuesday",
    "в",
    "к",
    "с",
    "2022",
    "году",
    "году",
    "г.",
    "за",
    "по",
    "январь",
    "мая",
    "сравнению",
    "прошлом",
    "году",
    "полугодие",
    "2023年",
    "1至8月",
    "上半年",
    "今年",
    "去年",
    "到",
    "截至",
    "自",
    "以来",
    "同比",
    "第三季度",
    "年底",
]

MONTHS = [
    ("January", "января"),
    ("February", "февраля"),
    ("March", "марта"),
    ("April", "апреля"),
    ("May", "мая"),
    ("June", "июня"),
    ("July", "июля"),
    ("August", "августа"),
    ("September", "сентября"),
    ("October", "октября"),
    ("November", "ноября"),
    ("December", "декабря"),
]

prose = st.lists(st.sampled_from(PIECES), max_size=40).flatmap(
    lambda pieces: st.sampled_from([" ".join(pieces), "".join(pieces), "\u00a0".join(pieces)])
)
anything = st.one_of(
    prose, st.text(max_size=200), st.text(alphabet="0123456789 -–/.,:年月到in", max_size=200)
)


@given(text=anything, before=st.text(max_size=20), after=st.text(max_size=20), code=st.sampled_from(CODES))
@settings(max_examples=400, deadline=None)
def test_moments_are_valid_ordered_and_of_their_sentence(
    text: str, before: str, after: str, code: str
) -> None:
    pack = language(code)
    found = periods(text, 0, len(text), pack)
    reached = (0, 0)
    for moment in found:
        assert 0 <= moment.start < moment.end <= len(text)
        assert moment.start >= reached[1] or (moment.start, moment.end) == reached
        reached = (moment.start, moment.end)
        assert moment.role in ROLES
        assert moment.period is None or (is_period(moment.period) and moment.asof is None)
        assert moment.asof is None or moment.asof == text[moment.start : moment.end]
        assert (moment.role == "since") == (moment.period or "/..").endswith("/..") or moment.period is None
    # The same sentence in the midst of another text: the same moments, farther on.
    whole, shift = before + text + after, len(before)
    assert periods(whole, shift, shift + len(text), pack) == tuple(
        Moment(m.start + shift, m.end + shift, m.period, m.asof, m.role, m.relative) for m in found
    )


@given(text=anything, code=st.sampled_from(CODES), day=st.dates())
@settings(max_examples=300, deadline=None)
def test_what_resolves_is_a_period(text: str, code: str, day) -> None:  # type: ignore[no-untyped-def]
    for dated in (day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]):
        for moment in periods(text, 0, len(text), language(code)):
            found = resolve(moment, dated)
            assert found is None or (is_period(found) and moment.period is None)


@given(text=anything, code=st.sampled_from(CODES))
@settings(max_examples=200, deadline=None)
def test_the_date_of_a_text_is_a_moment_or_nothing(text: str, code: str) -> None:
    found = text_date(text, language(code))
    assert found == "" or (is_period(found) and "/" not in found)


@given(year=st.integers(1900, 2100), month=st.integers(1, 12), day=st.integers(1, 31))
@settings(deadline=None)
def test_a_day_is_read_alike_however_it_is_written(year: int, month: int, day: int) -> None:
    name, russian = MONTHS[month - 1]
    written = [
        (f"They met on {day} {name} {year}.", "en"),
        (f"They met on {name} {day}, {year}.", "en"),
        (f"They met on {day:02}.{month:02}.{year}.", "en"),
        (f"They met on {year}-{month:02}-{day:02}.", "en"),
        (f"Они встретились {day} {russian} {year} года.", "ru"),
        (f"{year}年{month}月{day}日两国元首会晤。", "zh"),
    ]
    period = f"{year}-{month:02}-{day:02}"
    expected = [period] if is_period(period) else []
    for sentence, code in written:
        found = periods(sentence, 0, len(sentence), language(code))
        assert [moment.period for moment in found] == expected, sentence


@pytest.mark.parametrize(
    "bait",
    [
        "1",
        "-",
        " ",
        "in ",
        "the ",
        "from ",
        "2021-",
        "2021 and ",
        "2021, ",
        "(2021",
        "in 2021 ",
        "May ",
        "1 May to ",
        "first ",
        "last year ",
        "compared with 5 ",
        "from 5 billion ",
        "year on ",
        "ed ",
        "will ",
        "一年",
        "в 2021 ",
        "с 5 ",
        "\u00a0",
    ],
)
@pytest.mark.parametrize("code", CODES)
def test_bait_takes_no_time(bait: str, code: str) -> None:
    text = (bait * 2000)[:2000]
    pack = language(code)
    periods("warm", 0, 4, pack)
    begin = time.perf_counter()
    periods(text, 0, len(text), pack)
    # A sentence of this length takes a few hundredths of a second on a slow core; backtracking would take minutes.
    assert time.perf_counter() - begin < 2.0
