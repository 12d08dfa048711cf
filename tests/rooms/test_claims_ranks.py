"""Ranks among partners and investors: the words that state one, those that do not, and whose rank it is."""

from __future__ import annotations

import pytest

from landbridge.claims.grammar.ranks import INVESTOR, PARTNER, ranks
from landbridge.claims.grammar.ready import claims_of
from landbridge.claims.languages import language

ENGLISH = language("en")
TITLE = "Kazakhstan and China deepen cooperation\n\nThe two neighbours speak of trade, investment and transit.\n\n"

STATED = [
    ("China is the largest trading partner of Kazakhstan.", 1, "=", PARTNER),
    ("China is the second largest trading partner of Kazakhstan.", 2, "=", PARTNER),
    ("Germany is the third-largest trade partner of Kazakhstan.", 3, "=", PARTNER),
    ("China is the main trading partner of Kazakhstan.", 1, "=", PARTNER),
    ("China is Kazakhstan's number one export market.", 1, "=", PARTNER),
    ("China ranks first among the trading partners of Kazakhstan.", 1, "=", PARTNER),
    ("Kazakhstan ranks 30th among China's trading partners.", 30, "=", PARTNER),
    ("China took fourth place among the foreign-trade partners of Kazakhstan.", 4, "=", PARTNER),
    ("China is among the top five trading partners of Kazakhstan.", 5, "<=", PARTNER),
    ("China is among the five largest trading partners of Kazakhstan.", 5, "<=", PARTNER),
    ("China entered into the top 10 trading partners of Kazakhstan.", 10, "<=", PARTNER),
    ("China is Kazakhstan's largest investor.", 1, "=", INVESTOR),
    ("China is the fourth largest investor in Kazakhstan.", 4, "=", INVESTOR),
    ("China is among the top three foreign investors in Kazakhstan.", 3, "<=", INVESTOR),
]
NO_RANK = [
    "China is one of the largest trading partners of Kazakhstan.",
    "Among the biggest investors are banks.",
    "China is an important trading partner of Kazakhstan.",
    "China is a key partner.",
    "Almaty is the largest city of Kazakhstan.",
    "The first trading day was Monday.",
    "It is the second meeting of the partners.",
]


@pytest.mark.parametrize(("said", "value", "sign", "indicator"), STATED)
def test_ranks_that_are_stated(said: str, value: float, sign: str, indicator: str) -> None:
    [rank] = ranks(said, 0, len(said), ENGLISH)
    assert (rank.value, rank.comparator, rank.indicator) == (value, sign, indicator)
    assert 0 <= rank.start < rank.end <= len(said)


@pytest.mark.parametrize("said", NO_RANK)
def test_words_that_state_no_rank(said: str) -> None:
    assert ranks(said, 0, len(said), ENGLISH) == ()


@pytest.mark.parametrize(
    ("said", "parties"),
    [
        ("China is the largest trading partner of Kazakhstan.", ("CHN", "KAZ")),
        ("China is Kazakhstan's largest trading partner.", ("CHN", "KAZ")),
        ("Kazakhstan ranks 30th among China's trading partners.", ("KAZ", "CHN")),
        ("Germany is the third-largest trading partner of Kazakhstan.", ("DEU", "KAZ")),
    ],
)
def test_the_holder_of_a_rank_comes_first(said: str, parties: tuple[str, ...]) -> None:
    [claim] = [one for one in claims_of(TITLE + said, ENGLISH) if one.unit == "rank"]
    assert claim.parties == parties
    assert (claim.kind, claim.direction) == ("quantity", None)


def test_how_long_a_rank_has_been_held() -> None:
    said = TITLE + "China has been the largest trading partner of Kazakhstan for seven years."
    found = {claim.indicator: claim for claim in claims_of(said, ENGLISH) if claim.numeric}
    assert set(found) == {"partner_rank", "partner_rank_duration"}
    assert (found["partner_rank_duration"].value, found["partner_rank_duration"].unit) == (7, "years")


def test_a_rank_for_so_many_years_in_a_row() -> None:
    said = TITLE + "For the fifth consecutive year China was the largest trading partner of Kazakhstan."
    found = {claim.indicator: claim.value for claim in claims_of(said, ENGLISH) if claim.numeric}
    assert found == {"partner_rank": 1, "partner_rank_duration": 5}


def test_the_number_of_a_rank_is_no_other_claim() -> None:
    said = TITLE + "China is among the top five trading partners of Kazakhstan."
    assert [claim.indicator for claim in claims_of(said, ENGLISH) if claim.numeric] == ["partner_rank"]
