"""Well-known claims of the source articles against the release: verdict, definition and reason of each.

The claims are typed after the annotation of the articles (`documents/gold.jsonl` of the reference material). The numbers
they are compared with come out of the release; levels are asserted to the digits that their publishers print. China and
Russia 2018, customs of China: 107.1 billion US dollars. Belarus and China 2022: 5.08 billion by the ambassador of China and
5.79 billion by the deputy prime minister of Belarus (BelTA, 2023).
"""

from __future__ import annotations

from typing import Any

import pytest

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.against import verify
from landbridge.claims.verdicts.verdict import AFTER, Verdict
from landbridge.release.data import Data, load


@pytest.fixture(scope="module")
def data() -> Data:
    return load()


def claim(indicator: str, quote: str = "", **slots: Any) -> Claim:
    start = slots.pop("start", 0)
    known: dict[str, Any] = {"kind": "quantity", "subject": "", "parties": ("CHN", "RUS"), "comparator": "="}
    return Claim(quote=quote, start=start, end=start + len(quote), indicator=indicator, **{**known, **slots})


def one(data: Data, *claims: Claim, **how: Any) -> Verdict:
    return verify(claims, data, **how)[-1]


BELARUS: dict[str, Any] = {"parties": ("BLR", "CHN")}
LEVEL_2022 = claim(
    "trade_turnover",
    "In 2022, trade volume reached $5.08 billion",
    value=5.08e9,
    unit="USD",
    period="2022",
    **BELARUS,
)


def test_5_08_billion_is_what_china_counts_and_not_what_belarus_counts(data: Data) -> None:
    found = one(data, LEVEL_2022, as_of="2023-12")
    assert found.outcome == "consistent_under"
    assert "China" in found.definition
    agrees = {item.reporter: item.agrees for item in found.evidence if item.compared}
    assert agrees == {"CHN": True, "BLR": False}
    assert "Not with goods, Belarus" in found.reason
    assert "12.3 % below it" in found.reason  # 5.08 / 5.79 - 1


def test_the_default_is_the_count_of_the_side_that_speaks(data: Data) -> None:
    def said(value: float, speaker: str) -> str:
        return one(
            data,
            claim(
                "trade_turnover",
                f"{value / 1e9} billion",
                value=value,
                unit="USD",
                period="2022",
                speaker=speaker,
                **BELARUS,
            ),
        ).outcome

    assert said(5.79e9, "Belarusian officials") == "consistent"
    assert said(5.08e9, "Belarusian officials") == "consistent_under"
    assert said(5.08e9, "Chinese customs") == "consistent"


def test_growth_of_33_per_cent_has_no_two_levels_of_one_series(data: Data) -> None:
    """Levels are held of 2021 (Belarus) and of 2022 (Belarus otherwise, China): no growth is made across them."""
    found = one(
        data,
        claim(
            "trade_turnover_growth",
            "a 33 percent year-on-year increase",
            kind="change",
            value=33,
            unit="%",
            period="2022",
            **BELARUS,
        ),
        as_of="2023-12",
    )
    assert found.outcome == "not_checkable"
    assert "different series, which do not compare" in found.reason
    assert "General Administration of Customs of China" in found.needed
    assert {item.figure.period for item in found.evidence if item.figure} == {"2021", "2022"}
    assert not any(item.compared for item in found.evidence)


def test_eight_months_of_2023_are_not_held_and_the_year_stands_beside(data: Data) -> None:
    found = one(
        data,
        claim(
            "trade_turnover",
            "surged to $5.83 billion",
            value=5.83e9,
            unit="USD",
            period="2023-01/2023-08",
            **BELARUS,
        ),
    )
    assert found.outcome == "not_checkable"
    assert "January–August 2023" in found.needed
    assert "2023" in {item.period for item in found.evidence}


def test_80_billion_of_2017_misses_the_customs_of_china_by_five_per_cent(data: Data) -> None:
    speaker = claim(
        "person_role",
        kind="organisation",
        subject="Zhou Liqun: General Manager, China Chengtong International Investment Ltd.",
        parties=("CHN",),
    )
    said = claim(
        "trade_turnover",
        "The current volume of trade is $80 billion",
        value=8e10,
        unit="USD",
        asof="current",
        period_inferred="2017",
        speaker="Zhou Liqun",
    )
    found = one(data, speaker, said, as_of="2018")
    assert found.outcome == "conflicts"
    assert "5.01 % below it" in found.reason  # 80 / 84.22 - 1, customs of China, sum of twelve months
    assert "Rounded to the nearest 10 billion USD it is the claim" in found.reason
    assert "inferred from “current”" in found.reason
    assert "monthly" in found.evidence[0].cell or "totals:" in found.evidence[0].cell


HOPE_2018 = claim(
    "trade_turnover",
    "we will be able to reach $100 billion this year",
    kind="target",
    value=1e11,
    unit="USD",
    asof="this year",
    period_inferred="2018",
    start=900,
)
GOAL_2015 = claim(
    "trade_turnover",
    "up to $100 billion by 2015",
    kind="target",
    value=1e11,
    unit="USD",
    period="2015",
    start=100,
)
GOAL_2020 = claim(
    "trade_turnover",
    "200 billion — by 2020",
    kind="target",
    value=2e11,
    unit="USD",
    period="2020",
    start=128,
)
NEVER = claim("target_missed", "This, however, never happened", kind="statement", comparator=None, start=151)


def test_a_hope_is_an_intention_with_what_was_reached_beside_it(data: Data) -> None:
    found = one(data, HOPE_2018, as_of="2018-06")
    assert found.outcome == "not_checkable"
    assert "reached by the count of China: 107.1 billion USD" in found.reason
    assert "reached by the count of Russia: 108.3 billion USD" in found.reason
    assert all(item.figure is not None for item in found.evidence)


def test_both_targets_were_missed_and_one_deadline_still_lay_ahead(data: Data) -> None:
    found = one(data, HOPE_2018, GOAL_2015, GOAL_2020, NEVER, as_of="2018-06")
    assert found.outcome == "consistent"
    assert "100 billion USD by 2015, 200 billion USD by 2020" in found.definition
    assert "the deadline 2020 had not passed" in found.reason
    # The hope stands behind the statement and is none of the targets meant.
    assert "2018" not in found.definition


def test_the_goal_of_200_billion_in_2022_was_not_reached_by_the_count_of_china(data: Data) -> None:
    goal = claim(
        "trade_turnover", "US$200 billion", kind="target", value=2e11, unit="USD", period="2022", start=10
    )
    met = claim("target_met", "this happened", kind="statement", comparator=None, start=30)
    found = one(data, goal, met)
    assert found.outcome == "conflicts"
    assert "missed by the count of China, 190.3 billion USD" in found.reason
    assert "-4.9 %" in found.reason  # 190.271 / 200 - 1
    missed = claim("target_missed", "never happened", kind="statement", comparator=None, start=30)
    assert one(data, goal, missed).outcome == "consistent"


def test_five_months_of_2022_agree_only_with_an_earlier_vintage(data: Data) -> None:
    """The monthly reports of China held now add up to 66.57 billion, 1.2 % more than the text of the time gives."""
    found = one(
        data,
        claim(
            "trade_turnover",
            "amounted to US$65.8 billion",
            value=6.58e10,
            unit="USD",
            period="2022-01/2022-05",
        ),
    )
    assert found.outcome == "consistent_under"
    assert found.definition.endswith("January–May 2022, a later vintage")
    (item,) = [item for item in found.evidence if item.compared]
    assert item.later_vintage
    assert item.cell.count("monthly_trade:") == 10  # five months, two directions


@pytest.mark.parametrize(
    ("period", "value", "comparator"),
    [("2017", 3.5e6, "="), ("2020", 27e6, ">"), ("2021", 27e6, ">"), ("2022", 55e6, ">")],
)
def test_exports_of_vitebsk_oblast_need_a_regional_series(
    data: Data, period: str, value: float, comparator: str
) -> None:
    slots: dict[str, Any] = {"parties": ("BY-VI", "CHN"), "direction": "BY-VI->CHN", "unit": "USD"}
    said = claim("exports", value=value, period=period, comparator=comparator, **slots)
    found = one(data, said, as_of="2023-10")
    assert found.outcome == "not_checkable"
    assert "exports of Vitebsk Oblast to China" in found.needed
    assert "Belstat" in found.needed


def test_a_region_cannot_sell_more_than_its_country(data: Data) -> None:
    slots: dict[str, Any] = {"parties": ("BY-VI", "CHN"), "direction": "BY-VI->CHN", "unit": "USD"}
    found = one(data, claim("exports", value=3.5e9, period="2017", **slots))
    assert found.outcome == "implausible"
    assert "trade of the whole country" in found.reason
    assert found.cells


def test_soybeans_of_2017_are_known_from_russia_and_not_from_everywhere(data: Data) -> None:
    everywhere = one(
        data,
        claim(
            "soybean_imports",
            "We import over 95 million tonnes of soybeans",
            parties=("CHN",),
            direction="World->CHN",
            value=95e6,
            unit="t",
            comparator=">",
        ),
        as_of="2018",
    )
    assert everywhere.outcome == "not_checkable"
    assert "all origins to China" in everywhere.needed
    russia = one(
        data,
        claim(
            "soybean_imports",
            "Only 500 thousand tonnes of soy come from Russia",
            direction="RUS->CHN",
            value=5e5,
            unit="t",
        ),
        as_of="2018",
    )
    # 458 thousand in 2017, 853 thousand in 2018 (BACI); without a period a miss proves nothing.
    assert russia.outcome == "not_checkable"
    assert "458,343 t" in russia.reason
    assert "9.09 % above it" in russia.reason
    assert "the period that is meant" in russia.needed


def test_a_third_of_soybeans_is_american_in_2022(data: Data) -> None:
    """29.5 of 91.08 million tonnes: 32.4 %, a third as words go. Said of 2018 nothing is held."""
    slots: dict[str, Any] = {
        "parties": ("USA", "CHN"),
        "direction": "USA->CHN",
        "value": 33.3333,
        "unit": "%",
    }
    quote = "a third of which is American"
    later = one(data, claim("soybean_import_share", quote, period="2022", **slots))
    assert later.outcome == "consistent_under"
    assert "fraction in words" in later.tolerance
    assert one(data, claim("soybean_import_share", quote, **slots), as_of="2018").outcome == "not_checkable"


def test_the_initial_capital_of_the_fund_conflicts_with_another_source(data: Data) -> None:
    found = one(
        data,
        claim(
            "fund_capital",
            "exceeded the initial capital of $1.1 billion",
            subject="Russian-Chinese investment fund, initial capital",
            value=1.1e9,
            unit="USD",
        ),
        as_of="2018",
    )
    assert found.outcome == "conflicts"
    assert "Russia–China Investment Fund" in found.definition
    assert "45 % below it" in found.reason  # 1.1 / 2.0 - 1
    assert AFTER in found.evidence[0].note


def test_no_bridge_over_the_border_depends_on_the_date(data: Data) -> None:
    bridges = claim("border_bridges", "there is not a single bridge at our border", value=0, unit="count")
    early, late = one(data, bridges, as_of="2018-06"), one(data, bridges, as_of="2023-06")
    # That none of 2018 is held proves nothing: the register is no full list.
    assert early.outcome == "not_checkable"
    assert late.outcome == "conflicts"
    assert "Blagoveshchensk–Heihe" in late.reason


def test_a_text_is_not_its_own_witness(data: Data) -> None:
    """The ledger holds these under the very names used here, from the articles alone that claim them."""
    for said in (
        claim(
            "bilateral_documents",
            subject="Documents of the Vitebsk Oblast executive committee with Chinese partners",
            value=8,
            unit="count",
            parties=("BY-VI", "CHN"),
            period="2023",
        ),
        claim(
            "investment_projects_count",
            subject="Projects of Russia and China under way, headline",
            value=78,
            unit="count",
            period="2023",
        ),
        claim("summit", "Xi-Lukashenko summit", kind="event", period="2023-12-04", **BELARUS),
    ):
        found = one(data, said)
        assert found.outcome == "not_checkable"
        cited = [figure.citation for figure in found.figures()]
        assert not any(item and item.source.id.startswith("article-") for item in cited)


def test_russia_is_the_first_destination_of_belarus_in_the_accounts(data: Data) -> None:
    found = one(
        data,
        claim(
            "partner_rank",
            "the primary destination for its exports",
            parties=("RUS", "BLR"),
            direction="BLR->RUS",
            value=1,
            unit="rank",
        ),
        as_of="2023-12",
    )
    assert found.outcome == "consistent_under"
    assert "input–output accounts" in found.definition


def test_russia_is_not_the_first_partner_of_china(data: Data) -> None:
    found = one(
        data,
        claim("partner_rank", "China's largest trading partner", value=1, unit="rank", period="2022"),
    )
    assert found.outcome == "implausible"
    assert "United States" in found.reason
