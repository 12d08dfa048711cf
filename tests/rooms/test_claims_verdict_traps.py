"""Traps for verdicts: other definitions, unknown places, one side's count, later evidence, shares, editions, targets.

The figures of the release that are named here: China and Russia both ways 2019, 110.9 (China) and 111.5 billion dollars
(Russia); Russia's own counts end with 2021. Heilongjiang, all partners, 2023: 297.83 billion yuan (Harbin customs).
Soybeans of 2023, customs of China: 24.21 million tonnes from the United States of 99.4 million from everywhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.verdicts.against import verify
from landbridge.claims.verdicts.arithmetic import arithmetic
from landbridge.claims.verdicts.context import Context, around, unknown
from landbridge.claims.verdicts.contradictions import across, within
from landbridge.claims.verdicts.dates import outcomes
from landbridge.claims.verdicts.findings import Finding
from landbridge.claims.verdicts.flow import Flow
from landbridge.claims.verdicts.growth import growths
from landbridge.claims.verdicts.measured import measured
from landbridge.claims.verdicts.spans import calendar_year
from landbridge.claims.verdicts.tolerance import MIRROR_POINTS
from landbridge.claims.verdicts.verdict import Verdict, times
from landbridge.release.data import Data, load


@pytest.fixture(scope="module")
def data() -> Data:
    return load()


def claim(indicator: str, quote: str = "", **slots: Any) -> Claim:
    start = slots.pop("start", 0)
    known: dict[str, Any] = {"kind": "quantity", "subject": "", "parties": ("CHN", "RUS"), "comparator": "="}
    return Claim(quote=quote, start=start, end=start + len(quote), indicator=indicator, **{**known, **slots})


def one(data: Data, said: Claim, **how: Any) -> Verdict:
    (found,) = verify([said], data, **how)
    return found


def document(text: str, name: str = "a.txt") -> Document:
    digest = hashlib.sha256(f"{name}{text}".encode()).hexdigest()
    return Document(name, text, digest, digest, "typed", "text")


def quoted(text: str, quote: str, indicator: str, **slots: Any) -> Claim:
    return claim(indicator, quote, start=text.index(quote), **slots)


def checks(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.check, finding.outcome) for finding in found]


LEVEL = claim("trade_turnover", value=240.1e9, unit="USD", period="2023")
EQUAL_TO_GOODS = 240.1e9


# --- other definitions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quote",
    [
        "trade in goods and services was 240.1 billion dollars",
        "trade, including services, was 240.1 billion dollars",
        "services trade was 240.1 billion dollars",
        "trade in national currencies was 240.1 billion dollars",
        "trade in roubles and yuan was 240.1 billion dollars",
        "trade settled in yuan was 240.1 billion dollars",
        "Exports of cars were 240.1 billion dollars",
        "trade in agricultural products was 240.1 billion dollars",
        "oil trade was 240.1 billion dollars",
        "non-oil trade was 240.1 billion dollars",
        "private trade was 240.1 billion dollars",
        "cross-border e-commerce was 240.1 billion dollars",
        "border trade was 240.1 billion dollars",
        "trade by rail was 240.1 billion dollars",
        "Объём торговли услугами составил 240,1 млрд долларов",
        "跨境电商贸易额2401亿美元",
    ],
)
def test_what_is_not_all_goods_is_never_judged_against_all_goods(data: Data, quote: str) -> None:
    for value in (EQUAL_TO_GOODS, 20e9, 9e13):
        found = one(data, replace(LEVEL, quote=quote, end=len(quote), value=value))
        assert found.outcome == "not_checkable"
        assert "not of trade in all goods" in found.reason
        assert found.needed
        assert not any(item.compared for item in found.evidence)


@pytest.mark.parametrize(
    "quote",
    [
        "trade between China and Russia reached $240.1 billion",
        "China's customs services put trade at 240.1 billion dollars",
        "trade in goods, without services, was 240.1 billion dollars",
        "trade of the two countries was 240.1 billion dollars",
        "trade in excess of 240.1 billion dollars",
        "turnover of bilateral trade was 240.1 billion dollars",
    ],
)
def test_usual_words_of_trade_change_nothing(data: Data, quote: str) -> None:
    assert one(data, replace(LEVEL, quote=quote, end=len(quote))).outcome == "consistent"


def test_the_subject_and_the_sentence_count_too(data: Data) -> None:
    assert one(data, replace(LEVEL, subject="trade in services")).outcome == "not_checkable"
    text = "Including services, trade was 240.1 billion dollars in 2023. All else is goods."
    said = replace(LEVEL, quote="trade was 240.1 billion dollars", start=20, end=51)
    assert text[said.start : said.end] == said.quote
    assert one(data, said).outcome == "consistent"
    assert one(data, said, text=text).outcome == "not_checkable"


def test_goods_with_services_are_compared_with_goods_and_services(data: Data) -> None:
    """About 12 billion of Belarus with China in 2025 is held of goods and services, and nothing else of them."""
    slots: dict[str, Any] = {"unit": "USD", "period": "2025", "parties": ("BLR", "CHN")}
    quote = "trade in goods and services was 12 billion dollars"
    found = one(data, claim("trade_turnover", quote, value=12e9, **slots))
    assert found.outcome == "consistent_under"
    compared = [item for item in found.evidence if item.compared]
    assert compared
    assert all(item.scope == "goods and services" for item in compared)


def test_targets_and_records_of_something_else_are_not_set_beside_goods(data: Data) -> None:
    goal = claim("trade_turnover", "trade in services", kind="target", value=2e11, unit="USD", period="2022")
    found = one(data, goal)
    assert found.outcome == "not_checkable"
    assert not found.evidence
    high = claim(
        "record_high", "services trade hit a record", kind="statement", period="2023", comparator=None
    )
    assert one(data, high).outcome == "not_checkable"


def test_some_goods_of_a_region_refute_nothing_and_answer_for_themselves(data: Data) -> None:
    """Vehicles sold by Jilin to Russia in 2022: 2.63 billion yuan of 6.56 billion of all goods."""
    slots: dict[str, Any] = {
        "unit": "CNY",
        "period": "2022",
        "parties": ("CN-JL", "RUS"),
        "direction": "CN-JL->RUS",
    }
    cars = claim("exports", "exports of vehicles were 2.63 billion yuan", value=2.63e9, **slots)
    assert one(data, cars).outcome == "consistent_under"
    everything = one(data, claim("exports", "exports were 6.56 billion yuan", value=6.56e9, **slots))
    assert everything.outcome == "consistent"


def test_a_list_of_words_is_no_trap_for_time() -> None:
    long = "trade of " * 50_000
    assert measured(claim("trade_turnover", long, value=1.0, unit="USD")) is None


# --- unknown places -------------------------------------------------------------------------------------------


def test_a_place_that_nothing_is_known_of_is_never_dropped(data: Data) -> None:
    assert unknown(("CHN", "Atlantis", "World", "CN-HL", "Russian Far East")) == ("Atlantis",)
    for indicator, unit, value in (
        ("trade_turnover", "USD", EQUAL_TO_GOODS),
        ("trade_turnover_growth", "%", 26.2),
    ):
        said = claim(indicator, value=value, unit=unit, period="2023", parties=("CHN", "Atlantis"))
        found = one(data, said)
        assert found.outcome == "not_checkable"
        assert "“Atlantis”" in found.reason
    twins = claim("sister_regions", kind="twinning", parties=("BY-VI", "CN-HL"), comparator=None)
    assert one(data, twins).outcome == "consistent"
    assert one(data, replace(twins, parties=("BY-VI", "Atlantis"))).outcome == "not_checkable"
    assert one(data, replace(twins, parties=("BY-VI", "CN-HL", "Atlantis"))).outcome == "not_checkable"


def test_a_count_over_many_ties_bears_out_no_single_one(data: Data) -> None:
    twins = claim("sister_regions", kind="twinning", parties=("BY-MI", "CHN"), comparator=None)
    found = one(data, twins)
    assert found.outcome == "not_checkable"
    assert not any("counted together" in item.definition for item in found.evidence)


def test_parties_out_of_the_text_around_are_marked(data: Data) -> None:
    said = replace(LEVEL, readings={"parties": (("CHN", "RUS"), ())})
    assert "taken from the text around" in one(data, said).reason


# --- one side's count -----------------------------------------------------------------------------------------


def test_one_side_refutes_nothing_where_the_other_is_not_held(data: Data) -> None:
    said = claim("trade_turnover", value=150e9, unit="USD", period="2023")
    found = one(data, said)
    assert found.outcome == "not_checkable"
    assert "The count of Russia may be meant and is not held" in found.reason
    assert "37.5 % below it" in found.reason  # 150 / 240.01 - 1
    assert any(item.compared for item in found.evidence)
    # The speaker's own side is held and disagrees, or another side's is.
    assert one(data, replace(said, speaker="Chinese customs")).outcome == "conflicts"
    assert one(data, replace(said, speaker="Russian customs")).outcome == "not_checkable"
    assert one(data, replace(said, value=1.5e9)).outcome == "implausible"


def test_both_sides_refute_what_neither_comes_near(data: Data) -> None:
    said = claim("trade_turnover", value=150e9, unit="USD", period="2019")
    assert one(data, said).outcome == "conflicts"
    near = one(data, replace(said, value=120e9))
    assert near.outcome == "not_checkable"
    assert "differ by as much (up to 25%)" in near.reason
    assert one(data, replace(said, value=120e9, speaker="Russian customs")).outcome == "conflicts"


def test_a_mirror_never_refutes_a_seller_whose_count_is_not_held(data: Data) -> None:
    """China's imports from Russia of 2022 are held, Russia's exports are not; of 2021 both are."""
    said = claim("exports", value=70e9, unit="USD", period="2022", direction="RUS->CHN")
    assert one(data, said).outcome == "not_checkable"
    assert one(data, replace(said, speaker="Russian customs")).outcome == "not_checkable"
    assert one(data, replace(said, value=110e9, period="2021")).outcome == "conflicts"
    belarus = claim(
        "exports", value=2.7e9, unit="USD", period="2021", parties=("CHN", "BLR"), direction="CHN->BLR"
    )
    found = one(data, belarus)
    assert found.outcome == "not_checkable"
    assert "20.7 % below it" in found.reason


def test_growth_follows_the_same_rule(data: Data) -> None:
    said = claim("trade_turnover_growth", kind="change", value=-10, unit="%", period="2021")
    assert one(data, said).outcome == "conflicts"
    assert one(data, replace(said, value=30.0)).outcome == "not_checkable"
    assert one(data, replace(said, period="2023")).outcome == "not_checkable"


def test_the_room_for_two_sides_growth_is_measured(data: Data) -> None:
    gaps = []
    for year in range(2016, 2025):
        by_side: dict[str, list[float]] = {}
        for item in growths(Context(data), Flow("turnover", "CHN", "RUS"), calendar_year(year), "%"):
            if item.figure is not None and item.binding:
                by_side.setdefault(item.reporter, []).append(item.figure.point)
        if {"CHN", "RUS"} <= set(by_side):
            gaps.append(max(abs(a - b) for a in by_side["CHN"] for b in by_side["RUS"]))
    assert len(gaps) > 2
    assert MIRROR_POINTS / 3 < max(gaps) < MIRROR_POINTS


def test_a_count_of_nobody_named_refutes_no_soybeans(data: Data) -> None:
    """Of 2024 the press alone is held: 105 million tonnes, whose count it is is not named."""
    said = claim(
        "soybean_imports", value=60e6, unit="t", period="2024", parties=("CHN",), direction="World->CHN"
    )
    found = one(data, said)
    assert found.outcome == "not_checkable"
    assert "42.9 % below it" in found.reason


# --- evidence of a later day ----------------------------------------------------------------------------------


def test_what_was_published_after_the_day_is_shown_and_left_out(data: Data) -> None:
    early, late = one(data.at("2023-01-31"), LEVEL), one(data.at("2026-06-01"), LEVEL)
    assert early.outcome == "not_checkable"
    assert "Left out, published after 2023-01-31: 240.1 billion USD" in early.reason
    assert any("published after 2023-01-31" in item.note and not item.compared for item in early.evidence)
    assert late.outcome == "consistent"
    assert "is not held for every figure" in late.reason
    assert "published" not in one(data, LEVEL).reason


def test_bounds_records_and_targets_know_the_day_too(data: Data) -> None:
    absurd = one(data.at("2023-01-31"), replace(LEVEL, value=9e13))
    assert absurd.outcome == "implausible"
    assert not any(item.period == "2023" and item.compared for item in absurd.evidence)
    goal = claim("trade_turnover", "200 billion", kind="target", value=2e11, unit="USD", period="2024")
    assert "Its deadline has passed" in one(data, goal).reason
    assert "No level of calendar year 2024 is held" in one(data.at("2023-01-31"), goal).reason
    high = claim("record_high", kind="statement", period="2023", comparator=None)
    assert one(data, high).outcome == "consistent_under"
    assert one(data.at("2023-01-31"), high).outcome == "not_checkable"


def test_a_text_older_than_all_that_is_compared_is_told(data: Data) -> None:
    """The capital of the fund is held from a page published after 2018."""
    said = claim(
        "fund_capital",
        "1.1 billion",
        value=1.1e9,
        unit="USD",
        subject="Russian-Chinese investment fund, initial capital",
    )
    words = "All that is compared was published after the claim."
    assert words in one(data, said, as_of="2018").reason
    assert words not in one(data, said, as_of="2026").reason


# --- shares ---------------------------------------------------------------------------------------------------

SHARES = (
    "In 2021 energy accounted for 60 percent of Russia's exports to China. "
    "In 2021 timber accounted for 30 percent of Russia's exports to China. "
    "In 2021 food accounted for 25 percent of Russia's exports to China."
)


def shares_of(text: str, *figures: float, **slots: Any) -> list[Claim]:
    known: dict[str, Any] = {"unit": "%", "period": "2021", "subject": "accounted for"}
    claims = []
    for value in figures:
        written = next(w for w in (f"{value:g} percent", f"{value:g} %") if w in text)
        claims.append(quoted(text, written, "trade_share", value=value, **{**known, **slots}))
    return claims


def test_shares_of_different_products_come_to_more_than_the_whole() -> None:
    found = within(document(SHARES), shares_of(SHARES, 60, 30, 25))
    assert checks(found) == [("shares_of_one_whole", "conflicts")]
    assert len(found[0].claims) == 3
    less = SHARES.replace("60 percent", "40 percent")
    assert checks(within(document(less), shares_of(less, 40, 30, 25))) == [("shares_of_one_whole", "holds")]


@pytest.mark.parametrize(
    "text",
    [
        "Oil accounted for 60 percent of Russia's exports to China, gas for 30 percent and timber for 25 percent.",
        "It sold 60 percent energy, 30 percent timber and 25 percent food of exports.",
        "Exports were 60 % energy, 30 % timber, 25 % food.",
        "Of all exports, 60 percent was energy, 30 percent was timber and 25 percent was food.",
    ],
)
def test_a_list_names_its_whole_once(text: str) -> None:
    found = within(document(text), shares_of(text, 60, 30, 25))
    assert checks(found) == [("shares_of_one_whole", "conflicts")]


def test_shares_of_different_wholes_are_not_added() -> None:
    text = (
        "In 2021 energy accounted for 60 percent of Russia's exports to China. "
        "In 2021 energy accounted for 50 percent of Russia's exports to Japan."
    )
    claims = shares_of(text, 60, 50)
    assert not within(document(text), [claims[0], replace(claims[1], parties=("RUS", "JPN"))])
    # Another year is another whole.
    moved = shares_of(SHARES, 60, 30, 25)
    moved[0] = replace(moved[0], period="2020")
    assert checks(within(document(SHARES), moved)) == [("shares_of_one_whole", "holds")]


def test_two_values_need_one_part_and_one_whole() -> None:
    text = (
        "In 2020 China accounted for 18 percent of Russia's trade. "
        "In 2020 China accounted for 70 percent of Russia's trade."
    )
    assert ("two_values", "contradiction") in checks(within(document(text), shares_of(text, 18, 70)))
    other = text.replace("70 percent of Russia's", "70 percent of Mongolia's")
    assert "two_values" not in {
        finding.check for finding in within(document(other), shares_of(other, 18, 70))
    }


def test_two_values_of_different_trade_are_no_contradiction() -> None:
    text = "In 2020 trade was 120 billion dollars. In 2020 services trade was 15 billion dollars."
    goods = quoted(
        text, "trade was 120 billion dollars", "trade_turnover", value=120e9, unit="USD", period="2020"
    )
    services = quoted(
        text, "services trade was 15 billion dollars", "trade_turnover", value=15e9, unit="USD", period="2020"
    )
    assert not within(document(text), [goods, services])
    again = replace(services, quote="trade was 15 billion dollars")
    assert checks(within(document(""), [goods, again])) == [("two_values", "contradiction")]


def test_origins_are_told_apart_by_place_and_not_by_the_name_of_the_goods() -> None:
    slots: dict[str, Any] = {"unit": "%", "period": "2023"}
    usa = claim("soybean_import_share", value=60.0, direction="USA->CHN", parties=("USA", "CHN"), **slots)
    brazil = replace(usa, value=70.0, direction="BRA->CHN", parties=("BRA", "CHN"), subject="soya", start=9)
    twice = replace(usa, subject="soy", start=20)
    found = arithmetic(document(""), [replace(usa, subject="soybeans"), twice])
    assert not [f for f in found if f.check == "shares_of_one_whole"]
    found = arithmetic(document(""), [replace(usa, subject="soya"), brazil])
    assert [f.outcome for f in found if f.check == "shares_of_one_whole"] == ["conflicts"]


def test_the_whole_that_is_named_is_the_one_that_counts(data: Data) -> None:
    """Russia's part in China's trade of 2020 is held (2.3 %); China's part in Russia's trade is not."""
    text = "In 2020 China accounted for 2.3 percent of Russia's trade."
    said = quoted(text, "accounted for 2.3 percent", "trade_share", value=2.3, unit="%", period="2020")
    found = one(data, said, text=text)
    assert found.outcome == "not_checkable"
    assert "trade of Russia with the other side and with all partners" in found.needed
    assert not any(item.compared for item in found.evidence)
    turned = "In 2020 Russia accounted for 2.3 percent of China's trade."
    held = one(
        data,
        quoted(turned, "accounted for 2.3 percent", "trade_share", value=2.3, unit="%", period="2020"),
        text=turned,
    )
    assert held.outcome == "consistent"
    assert "share of Russia in all trade of China" in held.definition


def test_a_part_of_what_two_trade_is_no_share_of_a_partner(data: Data) -> None:
    text = "In 2020 energy accounted for 14 percent of China's imports from Russia."
    said = quoted(text, "accounted for 14 percent", "trade_share", value=14.0, unit="%", period="2020")
    found = one(data, said, text=text)
    assert found.outcome == "not_checkable"
    assert not any(item.compared for item in found.evidence)


def test_a_region_in_the_trade_of_its_country_and_in_its_own(data: Data) -> None:
    """Heilongjiang, first half of 2021: 14.7 % of China's trade with Russia; Russia has 64.4 % of its own trade."""
    slots: dict[str, Any] = {"unit": "%", "period": "2021-H1", "parties": ("CN-HL", "RUS")}
    text = "Heilongjiang accounted for 14.7 percent of China's trade with Russia."
    other = "Russia accounted for 14.7 percent of Heilongjiang's trade."
    said = quoted(text, "accounted for 14.7 percent", "trade_share", value=14.7, **slots)
    assert one(data, said, text=text).outcome == "consistent_under"
    wrong = quoted(other, "accounted for 14.7 percent", "trade_share", value=14.7, **slots)
    assert one(data, wrong, text=other).outcome == "not_checkable"


# --- held totals and uneven sources ---------------------------------------------------------------------------


def test_the_total_trade_of_a_region_is_looked_up_where_it_is_held(data: Data) -> None:
    said = claim(
        "total_foreign_trade", "297.8 billion", value=297.8e9, unit="CNY", period="2023", parties=("CN-HL",)
    )
    found = one(data, said)
    assert found.outcome == "consistent"
    assert found.cells == ("region_trade:CN-HL/*/turnover/2023/CNY/xinhua-2024-01-23-heilongjiang",)
    assert one(data, replace(said, value=200e9, quote="200 billion")).outcome == "conflicts"
    assert one(data, replace(said, period="2011")).outcome == "not_checkable"


def test_shares_of_soybeans_follow_from_levels(data: Data) -> None:
    said = claim(
        "soybean_import_share", "24 percent", value=24.0, unit="%", period="2023", parties=("USA", "CHN"),
        direction="USA->CHN",
    )  # fmt: skip
    found = one(data, said)
    assert found.outcome == "consistent"
    (item,) = [item for item in found.evidence if item.compared and item.agrees]
    assert item.value == pytest.approx(100 * 24.21 / 99.4)


@pytest.mark.parametrize(("value", "speaker"), [(6e9, "Alexei Kolmogorov"), (7.5e9, "Konstantin Sidorenko")])
def test_two_officials_who_differ_are_both_named_and_neither_is_the_default(
    data: Data, value: float, speaker: str
) -> None:
    found = one(
        data, claim("trade_turnover", value=value, unit="USD", period="2024", parties=("RU-PRI", "CHN"))
    )
    assert found.outcome == "consistent_under"
    assert speaker in found.definition
    assert "Not with" in found.reason


def test_goods_or_goods_with_services_is_said_and_is_no_default(data: Data) -> None:
    """Of Belarus with China in 2020 two figures are held: 4.366 billion of goods, and 4.617 of which it is not stated."""
    slots: dict[str, Any] = {"unit": "USD", "period": "2020", "parties": ("BLR", "CHN")}
    plain = one(data, claim("trade_turnover", "4.37 billion", value=4.37e9, **slots))
    overview = one(data, claim("trade_turnover", "4.62 billion", value=4.62e9, **slots))
    assert plain.outcome == "consistent"
    assert overview.outcome == "consistent_under"
    assert overview.definition.startswith("goods, or goods with services: not stated")


# --- editions -------------------------------------------------------------------------------------------------


def expo(sentence: str, year: str, start: int = 0) -> Claim:
    return claim("fair", sentence, kind="event", subject=sentence, period=year, comparator=None, start=start)


@pytest.mark.parametrize(
    ("first", "year", "second", "later"),
    [
        (
            "The 10th Russian-Chinese Expo was held in Harbin in 2020",
            "2020",
            "The 10th Russian-Chinese Expo",
            "2023",
        ),
        (
            "The 9th China-Russia Expo took place in 2024",
            "2024",
            "The ninth China-Russia Expo opened",
            "2023",
        ),
        (
            "The seventh Russian-Chinese Expo took place",
            "2023",
            "The 7th China-Russia Expo was held in 2018",
            "2018",
        ),
        (
            "The 5th China-Russia Expo was held",
            "2018",
            "The 6th Sino-Russian International Exposition",
            "2018",
        ),
    ],
)
def test_editions_are_matched_within_a_text_and_across(
    first: str, second: str, year: str, later: str
) -> None:
    one_text = within(document(""), [expo(first, year), expo(second, later, 100)])
    assert checks(one_text) == [("editions", "contradiction")]
    apart = across(
        [(document("", "a.txt"), [expo(first, year)]), (document("", "b.txt"), [expo(second, later)])]
    )
    assert checks(apart) == [("editions", "contradiction")]


def test_other_fairs_are_other_fairs() -> None:
    first = expo("The 5th China-Russia Expo was held in Harbin in 2018", "2018")
    for other in (
        "The 6th China-Belarus Expo was held in 2018",
        "The 6th China-Russia Energy Forum met in 2018",
    ):
        second = replace(
            expo(other, "2018", 100), parties=("CHN", "BLR") if "Belarus" in other else ("CHN", "RUS")
        )
        assert not within(document(""), [first, second])


# --- targets --------------------------------------------------------------------------------------------------

NEVER = "Trade of 200 billion dollars by 2020 never happened between China and Russia"
GOALS = (
    claim("trade_turnover", "100 billion", kind="target", value=1e11, unit="USD", period="2015", start=0),
    claim("trade_turnover", "200 billion", kind="target", value=2e11, unit="USD", period="2024", start=40),
)
MISSED = claim("target_missed", NEVER, kind="statement", period="2020", comparator=None, start=90)


@pytest.mark.parametrize("indicator", ["trade_turnover", "other"])
def test_the_target_of_the_sentence_itself_is_the_one_that_was_missed(data: Data, indicator: str) -> None:
    own = claim(indicator, "Trade of 200 billion dollars", value=2e11, unit="USD", period="2020", start=90)
    found = verify([*GOALS, own, MISSED], data)[-1]
    assert found.outcome == "consistent"
    assert found.definition == "level at the deadline against the target: 200 billion USD by 2020"
    assert "2015" not in found.reason


def test_a_statement_with_a_deadline_is_never_judged_by_another_target(data: Data) -> None:
    found = verify([*GOALS, MISSED], data)[-1]
    assert found.outcome == "not_checkable"
    assert not found.evidence
    same = verify([*GOALS, replace(MISSED, period="2024")], data)[-1]
    assert same.outcome == "conflicts"


def test_arithmetic_pairs_a_statement_with_its_own_target() -> None:
    assert [goal.period for _, goal in outcomes([*GOALS, MISSED])] == []
    own = claim(
        "trade_turnover",
        "Trade of 200 billion",
        kind="target",
        value=2e11,
        unit="USD",
        period="2020",
        start=90,
    )
    assert [goal.period for _, goal in outcomes([*GOALS, own, MISSED])] == ["2020"]
    assert [goal.period for _, goal in outcomes([*GOALS, replace(MISSED, period=None)])] == ["2015", "2024"]


# --- words ----------------------------------------------------------------------------------------------------


def test_large_distances_are_told_in_times(data: Data) -> None:
    found = one(data, replace(LEVEL, value=90e12))
    assert "the claim is 375 times as much" in found.reason
    assert "e+" not in found.reason
    assert [times(ratio) for ratio in (1.349, 374.84, 37_483.0, 9.996e7)] == [
        "1.35 times",
        "375 times",
        "37,500 times",
        "100,000,000 times",
    ]


def test_a_sentence_ends_at_its_stop_and_not_in_a_figure() -> None:
    text = "Nothing here. Trade grew by 1.3 per cent in 2020, no more. The rest."
    said = quoted(text, "1.3 per cent", "trade_turnover_growth")
    assert around(text, said) == ("Trade grew by ", " in 2020, no more")
    assert around("another text", said) == ("", "")
