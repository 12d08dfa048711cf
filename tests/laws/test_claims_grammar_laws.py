"""Laws of the grammar of claims: what holds whatever the text is, and what stays when one thing in it changes."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.claims.claim import Claim
from landbridge.claims.grammar.amounts import amounts
from landbridge.claims.grammar.ready import claims_of
from landbridge.claims.languages import detect, language
from landbridge.ledger.forms import is_period

ENGLISH = language("en")
FOLDER = Path(__file__).parents[1] / "claims_texts"
TEXTS = [file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*/*.txt"))]
DEV = sorted((FOLDER / "dev").glob("*.txt"))
LINES = sorted({line for text in TEXTS for line in text.splitlines() if line.strip()})
WORDS = sorted({word for line in LINES for word in line.split()})
VOCABULARY = yaml.safe_load(resources.files("landbridge.ledger").joinpath("vocabulary.yaml").read_bytes())
KINDS, INDICATORS = frozenset(VOCABULARY["kinds"]), {*VOCABULARY["indicators"], "other"}
SIGNS = {"=", "~", "<", ">", "<=", ">="}

# No lone surrogates: a text read from bytes has none.
anything = st.text(st.characters(exclude_categories=("Cs",)), max_size=300)
shuffled = st.lists(st.sampled_from(LINES), max_size=6).flatmap(
    lambda lines: st.sampled_from(["\n\n".join(lines), " ".join(lines), "".join(lines)])
)
salad = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)
floods = st.one_of(
    st.text("0123456789., -–", max_size=400),
    st.text(".,;:!?…—–-()[]“”«»'\"’", max_size=400),
    st.text("\u200f\u200e\u202e\u202d\u2066\u2069\x00\ufeff\u00ad 5$%tradeChina", max_size=200),
    st.text("٠١٢٣٤５６７²½ %$", max_size=100),
)
woven = st.tuples(shuffled, floods, salad).map("\n".join)
texts = st.one_of(anything, shuffled, salad, floods, woven)


def lawful(text: str, found: tuple[Claim, ...]) -> None:
    for claim in found:
        assert 0 <= claim.start < claim.end <= len(text)
        assert text[claim.start : claim.end] == claim.quote
        assert claim.quote.strip() == claim.quote
        assert claim.kind in KINDS
        assert claim.indicator in INDICATORS
        assert claim.value is None or math.isfinite(claim.value)
        assert (claim.value is None) is (claim.unit is None)
        assert claim.comparator is None or claim.comparator in SIGNS
        assert claim.period is None or is_period(claim.period)
        assert claim.period_inferred is None or (claim.period is None and is_period(claim.period_inferred))
        assert len(claim.parties) == len(set(claim.parties))
        if claim.direction is not None:
            assert claim.direction.count("->") == 1
        for slot, values in claim.readings.items():
            assert values[0] == getattr(claim, slot)
            assert len(values) == len(set(values)) > 1
    order = [(claim.start, claim.end, claim.indicator) for claim in found]
    assert order == sorted(order)
    told = [
        (one.start, one.end, one.indicator, one.value, one.period, one.comparator)
        for one in found
        if one.numeric
    ]
    assert len(set(told)) == len(told)


@settings(max_examples=250, deadline=None)
@given(texts, st.sampled_from(["", "2018", "2023-12", "2024-02-29"]))
def test_any_text_is_read_lawfully_and_alike_each_time(text: str, dated: str) -> None:
    found = claims_of(text, detect(text), dated=dated)
    lawful(text, found)
    assert claims_of(text, detect(text), dated=dated) == found


@settings(max_examples=100, deadline=None)
@given(texts)
def test_any_text_is_read_by_any_pack(text: str) -> None:
    for code in ("en", "ru", "zh"):
        lawful(text, claims_of(text, language(code)))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_real_prose_is_read_lawfully(text: str) -> None:
    lawful(text, claims_of(text, detect(text), dated="2023-06"))


@settings(max_examples=300, deadline=None)
@given(st.one_of(floods, salad, anything))
def test_amounts_lie_in_order_inside_the_text(text: str) -> None:
    found = amounts(text, 0, len(text), ENGLISH)
    for one in found:
        assert 0 <= one.start <= one.number < one.end <= len(text)
        assert math.isfinite(one.value)
        assert math.isfinite(one.scale)
        assert one.comparator in SIGNS | {""}
    for first, second in pairwise(found):
        same = (first.start, first.end) == (second.start, second.end)
        assert first.end <= second.start or (same and first.comparator == ">=" and second.comparator == "<=")


# One claim each; every currency sum is {sum}, and the places are {one} and {two}.
TEMPLATES = [
    "Trade turnover between {one} and {two} reached {sum} in 2022.",
    "Exports from {one} to {two} amounted to more than {sum} in 2021.",
    "{one}'s imports from {two} came to about {sum} last year.",
    "Trade between {one} and {two} is to reach {sum} by 2030.",
    "Investments from {two} in {one} amounted to {sum} in 2020.",
    "The joint projects of {one} and {two} are worth {sum}.",
    "{two} granted {one} a loan of {sum}.",
    "Trade between {one} and {two} grew by {sum} in 2022.",
]
TITLE = (
    "{one} and {two} deepen cooperation\n\nThe neighbours {one} and {two} speak of trade and investment.\n\n"
)
PAIRS = {
    ("Kazakhstan", "China"): ("KAZ", "CHN"),
    ("Uzbekistan", "Turkey"): ("UZB", "TUR"),
    ("Belarus", "Russia"): ("BLR", "RUS"),
    ("Mongolia", "Japan"): ("MNG", "JPN"),
}


def told(template: str, names: tuple[str, str], amount: str) -> Claim:
    words = {"one": names[0], "two": names[1], "sum": amount}
    text = (TITLE + template).format(**words)
    [claim] = [claim for claim in claims_of(text, ENGLISH, dated="2023") if claim.numeric]
    return claim


@pytest.mark.parametrize("template", TEMPLATES)
def test_another_sum_changes_only_the_value(template: str) -> None:
    five, seven = (told(template, ("Kazakhstan", "China"), f"${figure} billion") for figure in (5, 7))
    assert (five.value, seven.value) == (5e9, 7e9)
    subject = seven.subject.replace("$7", "$5")
    assert replace(seven, value=5e9, quote=five.quote, subject=subject) == five


@pytest.mark.parametrize("template", TEMPLATES)
def test_another_currency_changes_only_the_unit(template: str) -> None:
    dollars, yuan = (
        told(template, ("Kazakhstan", "China"), f"5 billion {unit}") for unit in ("dollars", "yuan")
    )
    assert (dollars.unit, yuan.unit) == ("USD", "CNY")
    slots = ("kind", "indicator", "value", "period", "period_inferred", "comparator", "parties", "direction")
    assert [getattr(yuan, slot) for slot in slots] == [getattr(dollars, slot) for slot in slots]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("names", PAIRS)
def test_another_pair_changes_only_the_parties(template: str, names: tuple[str, str]) -> None:
    first, other = told(template, ("Kazakhstan", "China"), "$5 billion"), told(template, names, "$5 billion")
    codes = dict(zip(("KAZ", "CHN"), PAIRS[names], strict=True))
    assert sorted(other.parties) == sorted(codes[code] for code in first.parties)
    way = first.direction
    assert other.direction == (way and "->".join(codes[code] for code in way.split("->")))
    slots = ("kind", "indicator", "value", "unit", "period", "period_inferred", "comparator", "rule")
    assert [getattr(other, slot) for slot in slots] == [getattr(first, slot) for slot in slots]


RECIPE = (
    "\n\nBeat 3 eggs with 200 g of sugar, add 5 spoons of flour and bake for 40 minutes at 180 degrees. "
    "Serve 4 slices each, and keep half of it for the next day.\n"
)


@pytest.mark.parametrize("file", DEV, ids=lambda file: file.stem)
def test_a_recipe_at_the_end_adds_no_claim(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert claims_of(text + RECIPE, ENGLISH) == claims_of(text, ENGLISH)


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2009", "\u3000"])
@pytest.mark.parametrize("file", DEV, ids=lambda file: file.stem)
def test_the_kind_of_blank_changes_nothing_but_the_quote(file: Path, blank: str) -> None:
    text = file.read_text(encoding="utf-8")
    other = text.replace(" ", blank)
    plain = [claim.row() | {"quote": ""} for claim in claims_of(text, ENGLISH)]
    assert [claim.row() | {"quote": ""} for claim in claims_of(other, ENGLISH)] == plain
    assert all(other[claim.start : claim.end] == claim.quote for claim in claims_of(other, ENGLISH))


@pytest.mark.parametrize("file", DEV, ids=lambda file: file.stem)
def test_digits_of_other_scripts_and_straight_quotes_read_alike(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("'", "’")
    wide = text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}).replace("’", "'")
    slots = ("start", "end", "kind", "indicator", "value", "unit", "period", "parties")
    plain = [[getattr(claim, slot) for slot in slots] for claim in claims_of(text, ENGLISH)]
    assert [[getattr(claim, slot) for slot in slots] for claim in claims_of(wide, ENGLISH)] == plain
