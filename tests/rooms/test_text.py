"""No number without an origin, and how numbers, ranges and periods read."""

from __future__ import annotations

import pytest

from landbridge.brief.catalogue import catalogue
from landbridge.brief.numbers import quantity, show, show_figure, show_period, show_range
from landbridge.brief.text import (
    Code,
    Date,
    Label,
    Name,
    Quote,
    Sentence,
    Writer,
    atoms,
    plain,
    refuse_digits,
)
from landbridge.errors import UnknownLabel, UntracedDigit
from landbridge.provenance import Figure, Status
from landbridge.units import UNITS

DIGITS = ["7", "٣", "३", "²", "½", "①", "７", "Ⅷ", "𝟗", "৪"]
say = Writer(catalogue())


def assumed(
    unit: str = "USD", comparator: str = "=", value: float | None = None, low: float = 1.0, high: float = 2.0
) -> Figure:
    return Figure("x", value, unit, "2024", Status.ASSUMED, low=low, high=high, comparator=comparator)


@pytest.mark.parametrize("digit", DIGITS)
def test_a_digit_of_any_script_is_refused_in_plain_words(digit: str) -> None:
    with pytest.raises(UntracedDigit):
        refuse_digits(f"about {digit} trains")
    with pytest.raises(UntracedDigit):
        say(f"about {digit} trains")


@pytest.mark.parametrize("digit", ["7", "seven", 7, 7.0, None, ["7"]])
def test_a_slot_takes_typed_parts_only(digit: object) -> None:
    with pytest.raises(UntracedDigit):
        say("about {many} trains", many=digit)  # type: ignore[arg-type]


def test_a_plain_word_hidden_in_a_list_is_refused_when_it_is_read() -> None:
    hidden = say("trains: {list}", list=(Date("2024"), ("7",)))  # type: ignore[arg-type]
    with pytest.raises(UntracedDigit):
        list(hidden.parts())


def test_words_for_numbers_pass_in_english_and_chinese() -> None:
    refuse_digits("seven of twelve, 七 of 一万")


@pytest.mark.parametrize(
    "slots", [{}, {"a": Date("2024")}, {"a": Date("2024"), "b": Date("2023"), "c": Code("X")}]
)
def test_slots_must_match_the_template(slots: dict[str, Date]) -> None:
    with pytest.raises(ValueError, match="slots"):
        say("from {a} to {b}", **slots)


def test_parts_come_in_reading_order_with_nested_sentences_opened() -> None:
    inner = say("in {year}", year=Date("2024"))
    outer = say("{who} spoke {when}.", who=Name("A. Ivanov", "actor/a"), when=inner)
    assert list(outer.parts()) == [Name("A. Ivanov", "actor/a"), " spoke ", "in ", Date("2024"), "."]
    assert plain(outer, show) == "A. Ivanov spoke in 2024."


def test_lists_are_told_apart() -> None:
    simple = (Label("China", "CHN"), Label("Russia", "RUS"))
    assert plain(simple, show) == "China, Russia"
    assert plain((Name("Forum, Harbin", "event/a"), Code("X")), show) == "Forum, Harbin; X"


def test_atoms_show_their_text() -> None:
    shown = [
        show(part) for part in (Date("2024-06"), Code("B06"), Label("Crude", "B06"), Quote("as said", "s-a"))
    ]
    assert shown == ["June 2024", "B06", "Crude", "as said"]
    assert list(atoms(Code("B06"))) == [Code("B06")]
    assert Sentence("words").parts()


def test_languages_without_a_catalogue_are_refused() -> None:
    with pytest.raises(UnknownLabel):
        catalogue("fr")


@pytest.mark.parametrize("code", UNITS)
def test_every_unit_shows_a_number_a_range_and_its_name(code: str) -> None:
    for value in (0.0, 0.034, 1.0, 7.5, 1234.5, 2.401e11, -3.0, -0.25):
        text = quantity([value], code)
        assert any(sign.isdigit() for sign in text)
        assert not text.partition(" ")[0].startswith("-"), "a minus is a minus, not a hyphen"
        assert ("−" in text) == (value < 0)
    assert "–" in quantity([5.0, 7.0], code)
    label = UNITS[code].label
    if UNITS[code].dimension != "money" and code not in ("%", "pp", "x"):
        assert quantity([5.0], code).endswith(label)


@pytest.mark.parametrize(
    ("values", "code", "text"),
    [
        ([240.1e9], "USD", "USD 240.1 billion"),
        ([1.6e12], "RUB", "RUB 1.6 trillion"),
        ([22e6], "t", "22 million tonnes"),
        ([950.0], "TEU", "950 twenty-foot equivalent units"),
        ([5.0, 7.0], "days", "5–7 days"),
        ([0.0, 1e9], "USD", "USD 0–1 billion"),
        ([12.34], "%", "12.3 %"),
        ([-0.5], "%", "−0.5 %"),
        ([0.0123], "%", "0.012 %"),
        ([2.0], "x", "2 times"),
        ([3.0], "pp", "3 points"),
        ([8.0], "count", "8"),
        ([1_234_567.0], "count", "1,234,567"),
        ([5.0], "per week", "5 a week"),
    ],
)
def test_numbers_read_as_readers_expect(values: list[float], code: str, text: str) -> None:
    assert quantity(values, code) == text


@pytest.mark.parametrize(
    ("sign", "word"),
    [("~", "about "), (">", "more than "), ("<", "less than "), (">=", "at least "), ("<=", "up to ")],
)
def test_a_source_keeps_its_hedge(sign: str, word: str) -> None:
    assert show_figure(assumed("days", sign, value=5.0)) == f"{word}5 days"


def test_a_range_stands_where_no_value_is_known() -> None:
    assert show_figure(assumed("h", low=6.0, high=9.0)) == "6–9 hours"
    assert show_figure(assumed("h", low=6.0, high=6.0)) == "6 hours"
    assert show_range(assumed("h", low=6.0, high=9.0, value=7.0)) == "6–9 hours"


@pytest.mark.parametrize(
    ("period", "text"),
    [
        ("2023", "2023"),
        ("2024-06", "June 2024"),
        ("2024-06-24", "24 June 2024"),
        ("2024-H1", "first half of 2024"),
        ("2024-H2", "second half of 2024"),
        ("2024-Q3", "third quarter of 2024"),
        ("2023-01/2023-08", "January–August 2023"),
        ("2022-11/2023-02", "November 2022 – February 2023"),
        ("2013/..", "since 2013"),
        ("2013-05/..", "since May 2013"),
        ("2013/2018", "2013 – 2018"),
        ("2024-01-05/2024-02-06", "5 January 2024 – 6 February 2024"),
    ],
)
def test_periods_read_as_words(period: str, text: str) -> None:
    assert show_period(period) == text
