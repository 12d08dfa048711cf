"""Numbers of a sentence: how they are written, how near they are meant, which belong together, and what is no amount."""

from __future__ import annotations

import pytest

from landbridge.claims.grammar.amounts import Amount, amounts
from landbridge.claims.languages import language

ENGLISH = language("en")
Row = tuple[float, str, str, str]


def found(text: str) -> tuple[Amount, ...]:
    return amounts(text, 0, len(text), ENGLISH)


def rows(text: str) -> list[Row]:
    """Value, unit, comparator and the words of each amount."""
    return [(one.value, one.unit, one.comparator, text[one.start : one.end]) for one in found(text)]


MONEY = [
    ("The mill cost $5 billion.", 5e9, "USD", "$5 billion"),
    ("The mill cost US$5.08 billion.", 5.08e9, "USD", "US$5.08 billion"),
    ("The mill cost 5.08 billion US dollars.", 5.08e9, "USD", "5.08 billion US dollars"),
    ("The mill cost 5.08 bn USD.", 5.08e9, "USD", "5.08 bn USD"),
    ("The mill cost USD 5,080 million.", 5.08e9, "USD", "USD 5,080 million"),
    ("The mill cost USD1.2bn.", 1.2e9, "USD", "USD1.2bn"),
    ("The mill cost 1,200 million dollars.", 1.2e9, "USD", "1,200 million dollars"),
    ("The mill cost $ 5.", 5, "USD", "$ 5"),
    ("The mill cost 5$.", 5, "USD", "5$"),
    ("The mill cost $5,000.50 in all.", 5000.5, "USD", "$5,000.50"),
    ("The mill cost $80m.", 8e7, "USD", "$80m"),
    ("The mill cost $1.2b at the time.", 1.2e9, "USD", "$1.2b"),
    ("The mill cost 80m dollars.", 8e7, "USD", "80m dollars"),
    ("The mill cost $2tn.", 2e12, "USD", "$2tn"),
    ("The mill cost 67.57 billion dollars.", 67.57e9, "USD", "67.57 billion dollars"),
    ("It was a $5 billion deal.", 5e9, "USD", "$5 billion"),
    ("It was a 5-billion-dollar deal.", 5e9, "USD", "5-billion-dollar"),
    ("The mill cost €1.234.567,89 in all.", 1234567.89, "EUR", "€1.234.567,89"),
    ("The mill cost 1.234,56 euros.", 1234.56, "EUR", "1.234,56 euros"),
    ("The mill cost 1,5 billion euros.", 1.5e9, "EUR", "1,5 billion euros"),
    ("The mill cost £3bn.", 3e9, "GBP", "£3bn"),
    ("The mill cost ¥300 billion.", 3e11, "XXX", "¥300 billion"),
    ("The mill cost RMB 45.6 bn.", 45.6e9, "CNY", "RMB 45.6 bn"),
    ("The mill cost 12.345.678 yuan.", 12345678, "CNY", "12.345.678 yuan"),
    ("The mill cost 40 trillion rubles.", 4e13, "RUB", "40 trillion rubles"),
    ("The mill cost ₽250 million.", 2.5e8, "RUB", "₽250 million"),
    ("The mill cost 7 million Belarusian rubles.", 7e6, "BYN", "7 million Belarusian rubles"),
    ("The mill cost 90 billion tenge.", 9e10, "KZT", "90 billion tenge"),
    ("The mill cost HK$2 million.", 2e6, "HKD", "HK$2 million"),
    ("The mill cost 5 million 300 thousand dollars.", 5.3e6, "USD", "5 million 300 thousand dollars"),
    ("The mill cost 5 (five) million dollars.", 5e6, "USD", "5 (five) million dollars"),
    ("The mill cost 5\u00a0billion\u00a0dollars.", 5e9, "USD", "5\u00a0billion\u00a0dollars"),
    ("The mill cost 5.2 billion dollars3 in all.", 5.2e9, "USD", "5.2 billion dollars"),
]
WORDS = [
    ("half a billion dollars", 5e8, "USD"),
    ("a quarter of a million dollars", 2.5e5, "USD"),
    ("two and a half billion dollars", 2.5e9, "USD"),
    ("a billion dollars", 1e9, "USD"),
    ("twenty-five million dollars", 2.5e7, "USD"),
    ("twenty one dollars", 21, "USD"),
    ("two hundred and fifty million dollars", 2.5e8, "USD"),
    ("a hundred thousand tonnes", 1e5, "t"),
    ("a hundred and twenty tonnes", 120, "t"),
    ("one hundred and five", 105, ""),
    ("twenty-five hundred", 2500, ""),
    ("one thousand two hundred", 1200, ""),
    ("one million five hundred thousand", 1.5e6, ""),
    ("two dozen", 24, ""),
    ("half a dozen", 6, ""),
    ("ninety-nine", 99, ""),
    ("zero tonnes", 0, "t"),
    ("one and a half years", 1.5, "years"),
    ("two decades", 20, "years"),
    ("three-year", 3, "years"),
    ("ten-fold", 10, "x"),
    ("sevenfold", 7, "x"),
    ("doubled", 2, "x"),
    ("tripled", 3, "x"),
    ("halved", 0.5, "x"),
    ("twice", 2, "x"),
    ("one and a half times", 1.5, "x"),
]
MEASURES = [
    ("33 percent", 33, "%"),
    ("33 per cent", 33, "%"),
    ("33.5%", 33.5, "%"),
    ("100,5 %", 100.5, "%"),
    ("30-percent", 30, "%"),
    ("3 percentage points", 3, "pp"),
    ("3 p.p.", 3, "pp"),
    ("1.9 times", 1.9, "x"),
    ("2.4-fold", 2.4, "x"),
    ("5x", 5, "x"),
    ("3 million tonnes", 3e6, "t"),
    ("80m tonnes", 8e7, "t"),
    ("500 kg", 0.5, "t"),
    ("5 miles", 8.04672, "km"),
    ("1,500 metres", 1500, "m"),
    ("40-kilometre", 40, "km"),
    ("5 thousand kilometers", 5000, "km"),
    ("30 hectares", 0.3, "km2"),
    ("2.5 sq km", 2.5, "km2"),
    ("5 km2", 5, "km2"),
    ("4 000 m²", 4000, "m2"),
    ("12 million cubic metres", 1.2e7, "m3"),
    ("38 bcm", 3.8e10, "m3"),
    ("800 TEU", 800, "TEU"),
    ("18 months", 18, "months"),
    ("5 GW", 5000, "MW"),
    ("40 thousand", 4e4, ""),
    ("40k", 4e4, ""),
    ("1 000 000", 1e6, ""),
    ("1\u202f000\u202f000", 1e6, ""),
    ("1'000'000", 1e6, ""),
    ("1,234", 1234, ""),
    ("1.234", 1.234, ""),
    ("0,125 tonnes", 0.125, "t"),
    ("123456789012345", 123456789012345, ""),
]
NEAR = [
    ("about 40 tonnes", "~"),
    ("nearly $40", "~"),
    ("almost 40%", "~"),
    ("some 40 tonnes", "~"),
    ("~40 tonnes", "~"),
    ("an estimated 40 tonnes", "~"),
    ("close to another 40 tonnes", "~"),
    ("just under 40 tonnes", "~"),
    ("40 tonnes or so", "~"),
    ("more than 40 tonnes", ">"),
    ("over 40 tonnes", ">"),
    ("well over 40 tonnes", ">"),
    ("in excess of 40 tonnes", ">"),
    ("exceeded 40 tonnes", ">"),
    ("north of 40 tonnes", ">"),
    ("more than half a billion dollars", ">"),
    ("40+ tonnes", ">"),
    ("$5+ billion", ">"),
    ("40-odd tonnes", ">"),
    ("40 tonnes plus", ">"),
    ("at least 40 tonnes", ">="),
    ("no fewer than 40 tonnes", ">="),
    ("a minimum of 40 tonnes", ">="),
    ("40 or more tonnes", ">="),
    ("40 tonnes and above", ">="),
    ("less than 40 tonnes", "<"),
    ("fewer than 40", "<"),
    ("short of 40 tonnes", "<"),
    ("up to 40 tonnes", "<="),
    ("no more than 40 tonnes", "<="),
    ("not exceeding 40 tonnes", "<="),
    ("40 tonnes or less", "<="),
    ("exactly 40 tonnes", "="),
    ("a total of 40 tonnes", "="),
]
RANGES = [
    ("40-50 tonnes", 40, 50, "t"),
    ("40–50 tonnes", 40, 50, "t"),
    ("40 to 50 tonnes", 40, 50, "t"),
    ("between 40 and 50 tonnes", 40, 50, "t"),
    ("between five and six million dollars", 5e6, 6e6, "USD"),
    ("from 40 to 50 tonnes", 40, 50, "t"),
    ("$3-5 billion", 3e9, 5e9, "USD"),
    ("$3 billion to $5 billion", 3e9, 5e9, "USD"),
    ("$5bn-$7bn", 5e9, 7e9, "USD"),
    ("$900 million to $1.2 billion", 9e8, 1.2e9, "USD"),
    ("3 million to 5 billion dollars", 3e6, 5e9, "USD"),
    ("300–350 thousand tonnes", 3e5, 3.5e5, "t"),
    ("20 000 – 30 000 dollars", 2e4, 3e4, "USD"),
    ("two to three times", 2, 3, "x"),
    ("3 to 4 per cent", 3, 4, "%"),
    ("3%–4%", 3, 4, "%"),
]
SHARES = [
    ("It took a third of the load.", 33.3333, "a third"),
    ("It took two-thirds of the load.", 66.6667, "two-thirds"),
    ("It took three quarters of the load.", 75, "three quarters"),
    ("It took half the load.", 50, "half"),
    ("It fell by a quarter.", 25, "a quarter"),
    ("One in five is full.", 20, "One in five"),
    ("Nine out of ten are full.", 90, "Nine out of ten"),
]
NO_AMOUNT = [
    "COVID-19 came.",
    "Article 5 applies.",
    "See page 40.",
    "Flight 302 left.",
    "No. 7 came in.",
    "Resolution 2231 passed.",
    "The Boeing 737-800 took off.",
    "Form 12-345 is needed.",
    "Call 8-800-555-35-35 now.",
    "Call +375 17 222 33 44 now.",
    "Call +7 (495) 123-45-67 now.",
    "ISBN 978-3-16-148410-0",
    "The score was 3:2.",
    "It began at 14:30.",
    "It began on 12/05/2023.",
    "It began on 12.05.2023.",
    "It began on 2023-05-14.",
    "Version 3.11.4 came out.",
    "The host is 192.168.0.1.",
    "Write to 5@post.example.",
    "See http://a.example/2023/44.",
    "The A380 landed.",
    "The G20 met.",
    "The 5G network works.",
    "The 3D printer works.",
    "The room is 3x4 large.",
    "The code 0x1F is hex.",
    "The reading was 10,20,30.",
    "The reading was 1e5 or so.",
    "The reading was 1234567890123456.",
    "One of them came.",
    "The one who came left.",
    "It ran for a year.",
    "Half an hour passed.",
    "Profits of 80m.",
    "Hundreds came.",
    "It cost $.",
]


@pytest.mark.parametrize(("text", "value", "unit", "words"), MONEY)
def test_sums_of_money(text: str, value: float, unit: str, words: str) -> None:
    assert rows(text) == [(value, unit, "", words)]


@pytest.mark.parametrize(("words", "value", "unit"), WORDS)
def test_numbers_in_words(words: str, value: float, unit: str) -> None:
    assert rows(f"It was {words} then.") == [(value, unit, "", words)]


@pytest.mark.parametrize(("words", "value", "unit"), MEASURES)
def test_numbers_in_digits(words: str, value: float, unit: str) -> None:
    assert rows(f"It was {words} then.") == [(pytest.approx(value, rel=1e-12), unit, "", words)]


@pytest.mark.parametrize(("words", "sign"), NEAR)
def test_how_near_a_number_is_meant(words: str, sign: str) -> None:
    [(value, _, comparator, quote)] = rows(f"It was {words} then.")
    assert (comparator, quote) == (sign, words)
    assert value in (40, 5e9, 5e8)


@pytest.mark.parametrize(("words", "low", "high", "unit"), RANGES)
def test_a_range_gives_both_ends_over_one_span(words: str, low: float, high: float, unit: str) -> None:
    text = f"It was {words} then."
    first, second = found(text)
    assert (first.value, first.unit, first.comparator) == (low, unit, ">=")
    assert (second.value, second.unit, second.comparator) == (high, unit, "<=")
    assert (first.start, first.end) == (second.start, second.end)
    assert (first.other, second.other) == (second.value, first.value)
    assert text[first.start : first.end].endswith(words.split("between ")[-1].split("from ")[-1])


def test_two_levels_and_a_list_are_no_range() -> None:
    assert [one.comparator for one in found("It grew from 40 to 50 tonnes.")] == ["", ""]
    assert [(one.value, one.comparator) for one in found("It has 8 and 10 wheels.")] == [(8, ""), (10, "")]
    assert [one.value for one in found("It takes 10, 20 and 30 tonnes.")] == [10, 20, 30]
    assert [one.value for one in found("five six seven")] == [5, 6, 7]


@pytest.mark.parametrize(("text", "value", "words"), SHARES)
def test_fractions_are_shares(text: str, value: float, words: str) -> None:
    assert rows(text) == [(value, "%", "", words)]


def test_parts_of_a_year_and_of_a_row_are_no_shares() -> None:
    for text in ("The third quarter was good.", "The second half of the year was good."):
        assert [one.unit for one in found(text)] == ["ordinal"]


def test_a_limit_behind_a_verb_of_growth_is_a_goal() -> None:
    assert rows("The increase up to 100 tonnes is planned.") == [(100, "t", "=", "up to 100 tonnes")]
    assert rows("They take up to 100 tonnes.") == [(100, "t", "<=", "up to 100 tonnes")]


@pytest.mark.parametrize("words", ["Not a single", "No single", "Not one single", "Not even one"])
def test_none_at_all(words: str) -> None:
    assert rows(f"{words} lorry came.") == [(0, "count", "=", words)]


@pytest.mark.parametrize(("words", "value"), [("fifth", 5), ("5th", 5), ("21st", 21)])
def test_ordinals(words: str, value: float) -> None:
    [one] = found(f"It was their {words} fair.")
    assert (one.value, one.unit, one.form) == (value, "ordinal", "ordinal")


@pytest.mark.parametrize(
    ("words", "value"), [("-3%", -3), ("–3%", -3), ("+5%", 5), ("(-7.8%)", -7.8), ("(+0.5 %)", 0.5)]
)
def test_a_sign_before_a_per_cent_makes_it_a_change(words: str, value: float) -> None:
    [one] = found(f"Trade {words} then.")
    assert (one.value, one.signed) == (value, True)


def test_a_dash_between_words_and_a_per_cent_is_no_sign() -> None:
    [one] = found("Its part — 12% — is small.")
    assert (one.value, one.signed) == (12, False)


def test_a_letter_is_a_unit_of_length_only_before_words_of_size() -> None:
    assert rows("The fence is 80m long.") == [(80, "m", "", "80m")]
    assert rows("The town has 80m people.") == []


@pytest.mark.parametrize("text", NO_AMOUNT)
def test_what_names_dates_or_numbers_something_is_no_amount(text: str) -> None:
    assert rows(text) == []


def test_only_the_part_asked_for_is_read() -> None:
    text = "It cost $5 billion and weighed 40 tonnes."
    start = text.index("and")
    assert [one.unit for one in amounts(text, start, len(text), ENGLISH)] == ["t"]
    assert [one.unit for one in amounts(text, 0, start, ENGLISH)] == ["USD"]


def test_where_the_number_itself_begins() -> None:
    [one] = found("It cost more than US$5 billion.")
    assert (one.start, one.number) == (8, 21)
    assert one.scale == 1e9
