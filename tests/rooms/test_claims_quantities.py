"""Whole claims out of sentences of our own: each indicator of the vocabulary, and the ways in which figures are told on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

import pytest
import yaml

from landbridge.claims.claim import Claim
from landbridge.claims.grammar.ready import claims_of
from landbridge.claims.languages import language

ENGLISH = language("en")
TITLE = "Kazakhstan and China deepen cooperation\n\nThe two neighbours speak of trade, investment and transit.\n\n"
BOTH = ("CHN", "KAZ")


def read(sentence: str, *, dated: str = "2023-11", title: str = TITLE) -> list[Claim]:
    """The claims with a value of a sentence that stands below a title on Kazakhstan and China."""
    text = title + sentence
    found = claims_of(text, ENGLISH, dated=dated)
    assert all(text[claim.start : claim.end] == claim.quote for claim in found)
    return [claim for claim in found if claim.start >= len(title) and claim.value is not None]


@dataclass(frozen=True)
class Told:
    """What a sentence says."""

    said: str
    indicator: str
    value: float
    unit: str
    kind: str
    comparator: str
    period: str | None
    direction: str | None
    parties: list[str]


def table(text: str) -> Iterator[Told]:
    """Rows of two lines: a sentence, and what it says: indicator, value, unit, and what differs from the usual.

    Usual are a `quantity`, `=`, no period, no direction, and the two parties of the title; others stand behind `@`.
    """
    lines = text.strip().splitlines()
    for said, row in zip(lines[::2], lines[1::2], strict=True):
        indicator, value, unit, *rest = row.split()
        kind = next((one for one in rest if one in ("change", "target", "twinning")), "quantity")
        sign = next((one for one in rest if one in ("~", "<", ">", "<=", ">=")), "=")
        period = next((one for one in rest if one[0].isdigit()), None)
        way = next((one for one in rest if "->" in one), None)
        parties = next((one[1:].split(",") for one in rest if one[0] == "@"), list(BOTH))
        yield Told(said, indicator, float(value), unit, kind, sign, period, way, parties)


TELLING = list(
    table("""
Trade turnover between Kazakhstan and China reached $31.2 billion in 2022.
    trade_turnover 3.12e+10 USD 2022
Trade turnover with China rose by 34 per cent in 2022.
    trade_turnover_growth 34 % change 2022
In 2021 mutual trade fell by 8%.
    trade_turnover_growth -8 % change 2021
Bilateral trade doubled in 2019.
    trade_turnover_growth 2 x change 2019
Kazakhstan's exports to China amounted to $13.2 billion.
    exports 1.32e+10 USD KAZ->CHN
Exports from Kazakhstan to China grew by 27 per cent.
    exports_growth 27 % change KAZ->CHN
Kazakhstan's imports from China came to $11.1 billion.
    imports 1.11e+10 USD CHN->KAZ
Imports from China declined by 6.5 percent in 2020.
    imports_growth -6.5 % change 2020 CHN->KAZ
The foreign trade of Kazakhstan totalled $134 billion in 2022.
    total_foreign_trade 1.34e+11 USD 2022 @KAZ
The foreign trade of Kazakhstan grew by 32 per cent.
    total_foreign_trade_growth 32 % change @KAZ
The total exports of Kazakhstan stood at $84.4 billion.
    total_exports 8.44e+10 USD @KAZ
The total exports of Kazakhstan fell by 18 per cent.
    total_exports_growth -18 % change @KAZ
The total imports of Kazakhstan were $50 billion.
    total_imports 5e+10 USD @KAZ
The total imports of Kazakhstan rose by 20 per cent.
    total_imports_growth 20 % change @KAZ
China accounts for 18 per cent of the foreign trade of Kazakhstan.
    trade_share 18 %
A third of Kazakhstan's exports goes to China.
    trade_share 33.3333 % KAZ->CHN
The share of China in 2020 was 20 per cent.
    trade_share 20 % 2020
Its export basket holds 140 positions.
    export_positions 140 count
Metals make up 60 per cent of Kazakhstan's exports to China.
    basket_share 60 % KAZ->CHN
China imported 91 million tonnes of soybeans in 2022.
    soybean_imports 9.1e+07 t 2022 World->CHN @CHN
Russia supplies 1 per cent of China's soybean imports.
    soybean_import_share 1 % RUS->CHN @CHN,RUS
Container traffic between Kazakhstan and China grew by 22 per cent.
    container_traffic_growth 22 % change
Transit freight through Kazakhstan rose by 19 per cent.
    transit_cargo_growth 19 % change
Railways carried 23 million tonnes of freight between Kazakhstan and China.
    rail_cargo_volume 2.3e+07 t
Railways carry 70 per cent of the trade between Kazakhstan and China.
    rail_trade_share 70 %
Some 400 lorries a day cross the border at Khorgos.
    daily_border_traffic 400 count ~
About 5,000 people a day cross the border at Khorgos.
    daily_border_traffic 5000 persons ~
The common border of Kazakhstan and China is 1,783 km long.
    border_length 1783 km
There are seven border crossings between Kazakhstan and China.
    border_ports_count 7 count
Three bridges span the border river.
    border_bridges 3 count
The bridge is 540 metres long.
    bridge_length 540 m
Kazakhstan and China have 25 pairs of twin cities.
    twinned_regions 25 count twinning
During the visit the sides signed 30 documents.
    bilateral_documents 30 count
Kazakhstan keeps regular contacts with 12 provinces of China.
    partner_provinces 12 count
Kazakhstan keeps up ties with 20 cities of China.
    partner_cities 20 count
Nine cooperation mechanisms work between the two countries.
    cooperation_mechanisms_count 9 count
Kazakhstan and China carry out 52 joint projects.
    investment_projects_count 52 count
Not a single project was completed in 2019.
    investment_projects_count 0 count 2019
The joint projects are worth $21.2 billion.
    investment_projects_value 2.12e+10 USD
The two sides agreed on 15 infrastructure projects.
    infrastructure_projects_count 15 count
The construction of the plant cost $1.9 billion.
    project_value 1.9e+09 USD
The refinery was built in four years.
    project_duration 4 years
The industrial park covers 12 square kilometres.
    project_area 12 km2
Accumulated Chinese investment in Kazakhstan reached $24 billion.
    investment_stock 2.4e+10 USD
The joint fund has a capital of $2 billion.
    fund_capital 2e+09 USD
The fund has invested $600 million in the region.
    fund_investments 6e+08 USD
China granted Kazakhstan a loan of $3.5 billion.
    loan_amount 3.5e+09 USD
The loan bears interest of 2.5 per cent a year.
    interest_rate 2.5 %
The loan was granted for 15 years.
    loan_term 15 years
The debt of Tajikistan amounts to 36 per cent of GDP.
    debt_to_gdp 36 % @TJK
The railway will raise the GDP of Kyrgyzstan by 2 per cent.
    gdp_effect 2 % target @KGZ
Kyrgyzstan needs $1.1 billion to service its debt.
    financing_need 1.1e+09 USD @KGZ
Companies signed contracts worth $4.7 billion.
    contract_value 4.7e+09 USD
Chinese investors paid $90 million in taxes.
    taxes_paid 9e+07 USD @CHN
Some 46 companies are registered in the zone.
    enterprises_count 46 count ~
As of October 2022 the park had 60 residents.
    enterprises_count 60 count 2022-10
China and Kazakhstan opened three economic zones.
    zones_count 3 count
The plant created 1,200 jobs.
    jobs 1200 persons
The fair brought together 3,400 participants.
    participants 3400 persons
The exhibition covers 15,000 square metres.
    exhibition_area 15000 m2
The list holds 128 goods allowed for export to China.
    export_goods_count 128 count KAZ->CHN
In 2019 some 170,000 tourists from China visited Kazakhstan.
    tourists 170000 persons ~ 2019 CHN->KAZ
At present 20 flights a week connect the two countries.
    flights 20 count
Airlines carried 300,000 passengers between the two countries in 2019.
    air_passengers 300000 passengers 2019
Air traffic between Kazakhstan and China grew by 40 per cent.
    air_traffic_growth 40 % change
The two presidents have met 19 times.
    leader_meetings 19 count
Diplomatic relations turned 30 years old in 2022.
    relations_age 30 years 2022
In 2022 the two countries marked the 30th anniversary of diplomatic relations.
    relations_age 30 years 2022
The negotiations on the pipeline lasted six years.
    negotiation_duration 6 years
China will build two nuclear power plants in Kazakhstan.
    nuclear_plants_count 2 count target
The number of contacts between universities grew threefold.
    university_contacts_growth 3 x change
Some 11,700 students from Kazakhstan study in China.
    students 11700 persons ~ KAZ->CHN
China produces 30 per cent of the world's animated films.
    content_production_share 30 % @CHN
The Chinese film market is worth $9 billion.
    content_market_value 9e+09 USD @CHN
Two thirds of China's seaborne trade pass the strait.
    maritime_trade_share 66.6667 % @CHN
The programme covers 65 countries.
    countries_count 65 count
Trade turnover reached 200 billion yuan in 2022.
    trade_turnover 2e+11 CNY 2022
Trade turnover exceeded $30 billion in 2023.
    trade_turnover 3e+10 USD > 2023
Trade turnover exceeded the mark of $30 billion in 2023.
    trade_turnover 3e+10 USD > 2023
Trade turnover fell short of $30 billion in 2022.
    trade_turnover 3e+10 USD < 2022
Trade in January-August 2023 came to $19 billion.
    trade_turnover 1.9e+10 USD 2023-01/2023-08
In the first half of 2023 mutual trade grew 1.4 times.
    trade_turnover_growth 1.4 x change 2023-H1
In the third quarter of 2023 exports to China fell by a quarter.
    exports_growth -25 % change 2023-Q3 KAZ->CHN
Since 2013 trade has grown fivefold.
    trade_turnover_growth 5 x change 2013/..
Between 2015 and 2020 trade grew by 60 per cent.
    trade_turnover_growth 60 % change 2015/2020
By the end of 2021 accumulated investment from China had reached $22 billion.
    investment_stock 2.2e+10 USD 2021
Compared with 2021, exports rose by 27 per cent in 2022.
    exports_growth 27 % change 2022
Exports to China were almost twice as high in 2022 as in 2017.
    exports_growth 2 x change ~ 2022 KAZ->CHN
Trade rose 12 per cent in 2020.
    trade_turnover_growth 12 % change 2020
Exports to China were 12 per cent higher in 2020.
    exports_growth 12 % change 2020 KAZ->CHN
The decline of trade was 12 per cent in 2020.
    trade_turnover_growth -12 % change 2020
Trade: -12% in 2020.
    trade_turnover_growth -12 % change 2020
Trade changed by –3% in 2020.
    trade_turnover_growth -3 % change 2020
Exports were 127 per cent of the level of 2021.
    exports_growth 27 % change
Exports to China grew by $2 billion in 2022.
    exports 2e+09 USD change 2022 KAZ->CHN
Exports to China fell by $2 billion in 2022.
    exports -2e+09 USD change 2022 KAZ->CHN
Trade is to reach $35 billion by 2030.
    trade_turnover 3.5e+10 USD target 2030
The presidents set a target of $40 billion in trade by 2030.
    trade_turnover 4e+10 USD target 2030
We hope that trade will double by 2030.
    trade_turnover_growth 2 x target 2030
The government plans to raise exports to at least $15 billion by 2027.
    exports 1.5e+10 USD target >= 2027
The sides intend to bring trade to no less than $40 billion.
    trade_turnover 4e+10 USD target >=
Trade between China and Russia reached $240 billion in 2023.
    trade_turnover 2.4e+11 USD 2023 @CHN,RUS
Uzbekistan's trade with China reached $9 billion in 2022.
    trade_turnover 9e+09 USD 2022 @CHN,UZB
Belarusian exports to Russia reached $23 billion in 2022.
    exports 2.3e+10 USD 2022 BLR->RUS @BLR,RUS
Russia bought Belarusian goods worth $23 billion in 2022.
    imports 2.3e+10 USD 2022 BLR->RUS @BLR,RUS
Exports of wheat to China reached 500,000 tonnes in 2022.
    other 500000 t 2022
Freight rates fell by 40 per cent in 2023.
    other -40 % change 2023
The trade deficit reached $1.2 billion in 2022.
    other 1.2e+09 USD 2022
""")
)
T = "trade_turnover"


@pytest.mark.parametrize("told", TELLING, ids=lambda told: told.said)
def test_one_sentence_one_claim(told: Told) -> None:
    [claim] = read(told.said)
    assert (claim.indicator, claim.unit, claim.kind) == (told.indicator, told.unit, told.kind)
    assert claim.value == pytest.approx(told.value, rel=1e-6)
    assert (claim.period, claim.comparator) == (told.period, told.comparator)
    assert sorted(claim.parties) == sorted(told.parties)
    assert claim.direction == told.direction


def test_each_indicator_with_a_value_is_told_once_at_least() -> None:
    raw = yaml.safe_load(resources.files("landbridge.ledger").joinpath("vocabulary.yaml").read_bytes())
    valued = {name for name, entry in raw["indicators"].items() if entry.get("units")}
    ranked = {"partner_rank", "partner_rank_duration", "investor_rank"}  # test_claims_ranks.py
    assert valued - {told.indicator for told in TELLING} == ranked


Short = tuple[str, float, str | None]
CARRIED: list[tuple[str, list[Short]]] = [
    (
        "Exports to China reached $9 billion, imports — 7.5.",
        [("exports", 9e9, None), ("imports", 7.5e9, None)],
    ),
    (
        "In 2022 exports to China reached $9 billion, and in 2023 — 11.",
        [("exports", 9e9, "2022"), ("exports", 11e9, "2023")],
    ),
    (
        "Trade turnover reached $24 billion in 2022 and $31 billion in 2023.",
        [(T, 24e9, "2022"), (T, 31e9, "2023")],
    ),
    (
        "Trade grew from $24 billion in 2021 to $31 billion in 2022.",
        [(T, 24e9, "2021"), (T, 31e9, "2022")],
    ),
    (
        "Trade reached $31 billion in 2022, compared with $24 billion in 2021.",
        [(T, 31e9, "2022"), (T, 24e9, "2021")],
    ),
    (
        "Trade fell by 12 per cent in 2020 and rose by 30 per cent in 2021.",
        [(f"{T}_growth", -12, "2020"), (f"{T}_growth", 30, "2021")],
    ),
    (
        "Trade has fallen by $7 billion, or 29 per cent, in 2022.",
        [(T, -7e9, "2022"), (f"{T}_growth", -29, "2022")],
    ),
    (
        "Trade in January-August 2023 came to $19 billion, 22% more than a year earlier.",
        [(T, 19e9, "2023-01/2023-08"), (f"{T}_growth", 22, "2023-01/2023-08")],
    ),
    ("In 2020 and 2021 trade stood at $21 billion.", [(T, 21e9, "2020"), (T, 21e9, "2021")]),
    (
        "The volume of mutual trade is about $31 billion, of which exports make up $13 billion.",
        [(T, 31e9, None), ("exports", 13e9, None)],
    ),
    ("Mutual trade stood at $24–31 billion in 2023.", [(T, 24e9, "2023"), (T, 31e9, "2023")]),
    (
        "At the forum 30 agreements worth $565 million were signed.",
        [("bilateral_documents", 30, None), ("contract_value", 565e6, None)],
    ),
    (
        "There are 52 joint projects, of which 18 are in operation.",
        [("investment_projects_count", 52, None), ("investment_projects_count", 18, None)],
    ),
]


@pytest.mark.parametrize(("said", "expected"), CARRIED)
def test_what_is_left_out_is_carried_on(said: str, expected: list[Short]) -> None:
    found = [(claim.indicator, claim.value, claim.period) for claim in read(said)]
    assert found == [(name, pytest.approx(value), period) for name, value, period in expected]


def test_money_without_its_unit_keeps_the_other_reading() -> None:
    [_, imports] = read("Exports to China reached $9 billion, imports — 7.5.")
    assert imports.unit == "USD"
    assert imports.readings["unit"] == ("USD", "count")


def test_a_goal_and_what_came_of_it() -> None:
    said = "The goal of $20 billion by 2015 was missed: trade reached only $14 billion in 2015."
    assert [(claim.kind, claim.value) for claim in read(said)] == [("target", 20e9), ("quantity", 14e9)]
    said = "Some 52 projects are planned, of which 18 are in operation."
    assert [(claim.kind, claim.value) for claim in read(said)] == [("target", 52), ("quantity", 18)]


def test_the_ends_of_a_hope() -> None:
    found = read("Trade may reach $35 to $40 billion by 2030.")
    assert [(claim.kind, claim.value, claim.comparator) for claim in found] == [
        ("target", 35e9, ">="),
        ("target", 40e9, "<="),
    ]


def test_a_claim_goes_on_in_the_next_sentence() -> None:
    found = read("Exports to China reached $9 billion in 2022. They will grow to $12 billion by 2026.")
    assert [(claim.indicator, claim.value, claim.period, claim.kind) for claim in found] == [
        ("exports", 9e9, "2022", "quantity"),
        ("exports", 12e9, "2026", "target"),
    ]


def test_a_new_paragraph_starts_anew() -> None:
    [claim] = read("Exports to China reached $9 billion in 2022.\n\nThe figure was 12.")
    assert claim.value == 9e9


@pytest.mark.parametrize(
    ("said", "asof", "period"),
    [
        ("Trade turnover exceeded $30 billion last year.", "last year", "2022"),
        ("This year trade will reach $35 billion.", "This year", "2023"),
        ("At present 20 flights a week connect the two countries.", "At present", "2023"),
    ],
)
def test_words_of_the_time_of_writing(said: str, asof: str, period: str) -> None:
    [dated], [undated] = read(said), read(said, dated="")
    assert (dated.asof, dated.period, dated.period_inferred) == (asof, None, period)
    assert (undated.asof, undated.period, undated.period_inferred) == (asof, None, None)


def test_who_says_it() -> None:
    [claim] = read("“Trade reached $31 billion in 2022,” Minister Serik Zhumangarin said.")
    assert claim.speaker == "Serik Zhumangarin"
    [claim] = read("Trade reached $31 billion in 2022.")
    assert claim.speaker is None


def test_the_places_of_the_text_stand_in_for_those_not_named() -> None:
    said = "Mutual trade reached $5 billion in 2022."
    [claim] = read(
        said, title="Uzbekistan and Turkey talk of trade\n\nThe two countries plan investment.\n\n"
    )
    assert sorted(claim.parties) == ["TUR", "UZB"]


NOTHING_TOLD = [
    "The two sides will meet again.",
    "The forum begins at 10:00 on May 16, 2024 in hall 3.",
    "Article 5 of the agreement and Resolution 2231 apply to investment.",
    "The 5th forum is the first of its kind; three priorities were named.",
    "The agreement was signed on May 8, 2015 in Almaty.",
    "Call +7 (495) 123-45-67 for questions on trade.",
    "The minister, 54, has been in office for years.",
    "The COVID-19 pandemic, the G20 and the Boeing 737-800 were discussed.",
    "In the 21st century two neighbours need each other.",
    "First, second and third, trade needs trust.",
    "The exhibition is open from 9 to 18 in pavilion 2.",
    "He named three reasons and five directions of cooperation.",
    "These two projects and both bridges matter.",
    "In 2030 they will look back.",
    "Beat 3 eggs with 200 g of sugar, add 5 spoons of flour and bake for 40 minutes at 180 degrees.",
]
OTHER_TEXTS = [
    "The home side won 3-1 after leading 2-0 at the break, before 41,000 fans.",
    "White moved the knight to f3 and lost a pawn on move 24.",
    "The sum of the first 100 integers is 5050.",
    "A patient of 54 years was given 20 mg twice a day for 14 days.",
    "Highs of 31 degrees are expected, with winds of 15 metres per second.",
    "The novel has 480 pages and sold 2 million copies in China.",
    "Under Article 12 paragraph 3 the tenant pays within 30 days.",
    "Version 3.11.4 fixes 27 bugs and is 20% faster.",
    "The flat has 3 rooms, 75 square metres, and costs $1,200 a month.",
    "In 1812 an army of 600,000 men crossed the river; 400,000 died.",
    "The wall in China is 21,196 km long and about 2,300 years old.",
    "Chinese cuisine uses 8 basic flavours; Russian soups need 2 hours.",
]


@pytest.mark.parametrize("said", NOTHING_TOLD)
def test_numbers_that_tell_nothing_in_a_text_of_the_field(said: str) -> None:
    assert [claim.quote for claim in read(said)] == []


@pytest.mark.parametrize("text", OTHER_TEXTS)
def test_texts_about_something_else(text: str) -> None:
    assert [claim.quote for claim in claims_of(text, ENGLISH, dated="2023") if claim.numeric] == []
