"""Verification of claims: tolerances, periods, defaults, outcomes, and what a slip of a digit does to them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.claims.claim import SLOTS, Claim
from landbridge.claims.verdicts.against import verify
from landbridge.claims.verdicts.spans import calendar_year, later, span
from landbridge.claims.verdicts.tolerance import (
    REVISION,
    SLIP,
    Range,
    admitted,
    rounding,
    stands_for,
)
from landbridge.claims.verdicts.verdict import AFTER, OUTCOMES, Verdict
from landbridge.errors import BadUsage
from landbridge.provenance import Citation, Figure, Source, Status
from landbridge.release.data import Data, load

SOURCE = Source("here", "Somebody", "Something", "2023", "", "")


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


LEVEL = claim("trade_turnover", "190.27 billion", value=190.27e9, unit="USD", period="2022")


# --- tolerance ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "quote", "half"),
    [
        (5.08e9, "USD", "$5.08 billion", 0.005e9),
        (5.1e9, "USD", "$5.10 billion", 0.005e9),
        (80e9, "USD", "$80 billion", 0.5e9),
        (200e9, "USD", "200 billion", 1e9),  # 0.5 % of the value, above half a billion
        (5_080_000_000, "USD", "5,080,000,000 dollars", 25.4e6),
        (458_343, "t", "458,343 tonnes", 0.5),
        (33, "%", "33 percent", 0.5),
        (3.5, "%", "3,5 %", 0.05),
        (13, "count", "met 13 times", 0.5),
        (2, "x", "2 times", 0.2),
        (100 / 3, "%", "a third of which", 2.5),
        (100 / 3, "%", "33.3333 %", 0.00005),
        (8.4e7, "USD", "eighty-four million", 0.5e6),
        (0, "count", "not a single bridge", 0.5),
    ],
)
def test_half_a_unit_of_the_last_digit(value: float, unit: str, quote: str, half: float) -> None:
    # 33.3333 as written is the float nearest to a third only to four digits.
    value = 33.3333 if quote.startswith("33.") else value
    assert rounding(value, unit, quote)[0] == pytest.approx(half, rel=1e-6)


def test_comparators_widen_to_their_side() -> None:
    about = admitted(100.0, "USD", "~", "100").sure
    exact = admitted(100.0, "USD", "=", "100").sure
    assert about.low is not None
    assert exact.low is not None
    assert about.low == pytest.approx(exact.low - 5)
    over = admitted(55e6, "USD", ">", "over 55 million")
    assert (over.sure.low, over.sure.high) == (55e6, pytest.approx(60.5e6))
    assert over.wide.high == pytest.approx(55e6 * SLIP)
    under = admitted(5, "rank", "<=", "among the five")
    assert (under.sure.low, under.sure.high) == (1, 5)
    fall = admitted(-20.0, "%", ">", "fell by more than 20 %")
    assert fall.sure.meets(Range(-21, -21))
    assert not fall.wide.meets(Range(-19, -19))


@given(
    st.floats(1e-3, 1e15, allow_nan=False),
    st.sampled_from(("USD", "%", "t", "count", "x")),
    st.sampled_from(("=", "~", ">", "<", ">=", "<=")),
    st.text(max_size=60),
)
def test_a_claim_admits_its_own_value(value: float, unit: str, comparator: str, quote: str) -> None:
    found = admitted(value, unit, comparator, quote)
    here = Range(value, value)
    assert found.wide.meets(here)
    assert found.sure.meets(here)


@given(st.floats(1, 1e12), st.sampled_from(("=", "~", ">", "<", ">=", "<=")))
def test_no_claim_in_dollars_admits_ten_times_or_a_tenth_of_itself(value: float, comparator: str) -> None:
    found = admitted(value, "USD", comparator, "")
    assert not found.wide.meets(Range(value * 10, value * 10))
    assert not found.wide.meets(Range(value / 10, value / 10))


def test_a_figure_stands_for_its_hedge_and_its_digits() -> None:
    def figure(**slots: Any) -> Figure:
        known: dict[str, Any] = {"unit": "USD", "period": "2023", "status": Status.REPORTED}
        return Figure("Trade", citation=Citation(SOURCE), **{**known, **slots})

    assert stands_for(figure(value=8.5e9)).low == pytest.approx(8.45e9)
    assert stands_for(figure(value=8.5e9, comparator="~")).high == pytest.approx(8.5e9 * 1.05 + 0.05e9)
    assert stands_for(figure(value=1e9, comparator=">")).low == 1e9
    assert stands_for(figure(value=None, low=1.0, high=3.0)).high == 3.0


def test_the_revision_band_holds_every_pair_of_vintages_of_the_release(data: Data) -> None:
    """The constant is measured: published years of the customs of China against its monthly reports added."""
    from landbridge.claims.verdicts.context import Context
    from landbridge.claims.verdicts.flow import Flow
    from landbridge.claims.verdicts.series import levels

    by_year: dict[str, list[float]] = {}
    for item in levels(Context(data), Flow("turnover", "CHN", "RUS")):
        if item.reporter == "CHN" and item.span and item.span.year and item.figure:
            by_year.setdefault(item.span.year, []).append(item.figure.point)
    gaps = [max(values) / min(values) - 1 for values in by_year.values() if len(values) > 1]
    assert len(gaps) > 3
    assert REVISION / 2 < max(gaps) < REVISION


# --- periods ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "words", "months"),
    [
        ("2022", "calendar year 2022", 12),
        ("2022-10", "October 2022", 1),
        ("2023-01/2023-08", "January–August 2023", 8),
        ("2021-H1", "January–June 2021", 6),
        ("2018-Q3", "July–September 2018", 3),
        ("2018/2020", "years 2018 to 2020", 36),
        ("2018-06/2019-05", "June 2018 to May 2019", 12),
    ],
)
def test_periods_are_months(period: str, words: str, months: int) -> None:
    found = span(period)
    assert found is not None
    assert found.words() == words
    assert len(found.months) == months


def test_twelve_months_are_a_calendar_year_only_from_january() -> None:
    assert span("2022-01/2022-12") == calendar_year(2022) == span("2022")
    shifted = span("2018-06/2019-05")
    assert shifted is not None
    assert shifted.year == ""
    assert span("last year") is None
    assert span("2013/..") is not None


def test_dates_compare_at_the_coarser_precision() -> None:
    assert later("2023-07-13", "2023") is False
    assert later("2024", "2023-07") is True
    assert later("", "2023") is None


# --- outcomes -----------------------------------------------------------------------------------------------------------


def test_a_claim_that_agrees_with_the_default_is_consistent(data: Data) -> None:
    found = one(data, LEVEL)
    assert found.outcome == "consistent"
    assert found.tolerance == "half a unit of the last digit stated"
    assert all(item.figure is not None and item.cell for item in found.evidence)


@pytest.mark.parametrize("factor", [10.0, 0.1, 1000.0])
@pytest.mark.parametrize(
    "said",
    [
        LEVEL,
        claim(
            "exports",
            "128.9 billion",
            value=128.9e9,
            unit="USD",
            period="2023",
            direction="RUS->CHN",
        ),
        claim("trade_turnover", value=5.08e9, unit="USD", period="2022", parties=("BLR", "CHN")),
        claim("trade_turnover", value=18.99e9, unit="USD", period="2011", parties=("CN-HL", "RUS")),
        claim("total_exports", value=3.59e12, unit="USD", period="2022", parties=("CHN",)),
        claim("trade_turnover", value=65.8e9, unit="USD", period="2022-01/2022-05"),
        claim("soybean_imports", value=91.08e6, unit="t", period="2022", direction="World->CHN"),
    ],
    ids=lambda said: f"{said.indicator}-{said.moment}-{'-'.join(said.parties)}",
)
def test_a_slipped_scale_never_passes(data: Data, said: Claim, factor: float) -> None:
    assert one(data, said).outcome in ("consistent", "consistent_under")
    assert said.value is not None
    assert one(data, replace(said, value=said.value * factor, quote="")).outcome == "implausible"


@pytest.mark.parametrize("shift", [0.9, 1.1])
def test_a_tenth_off_the_own_count_conflicts_and_says_by_how_much(data: Data, shift: float) -> None:
    found = one(data, replace(LEVEL, value=190.27e9 * shift, quote="", speaker="Chinese customs"))
    assert found.outcome == "conflicts"
    (nearest,) = [item for item in found.evidence if item.definition == found.definition]
    assert nearest.gap_pct == pytest.approx(100 * (shift - 1), abs=0.5)
    assert f"{abs(nearest.gap_pct):.3g} %" in found.reason


def test_a_slipped_growth_never_passes(data: Data) -> None:
    said = claim("trade_turnover_growth", "29.4 %", kind="change", value=29.4, unit="%", period="2022")
    assert one(data, said).outcome in ("consistent", "consistent_under")
    for wrong in (294.0, 2.94, -29.4, 2940.0):
        slipped = replace(said, value=wrong, quote="")
        assert one(data, slipped).outcome in ("not_checkable", "implausible")
        assert one(data, replace(slipped, speaker="Chinese customs")).outcome in ("conflicts", "implausible")


def test_growth_stays_within_one_series(data: Data) -> None:
    """Every growth is made of two figures that one reporter counts on one basis."""
    found = one(data, claim("trade_turnover_growth", value=33, unit="%", period="2019", kind="change"))
    compared = [item for item in found.evidence if item.compared]
    assert {item.reporter for item in compared} == {"CHN", "RUS"}
    for item in compared:
        assert item.figure is not None
        first, last = item.figure.inputs
        assert (first.measure, first.unit) == (last.measure, last.unit)
        assert item.value == pytest.approx(100 * (last.point / first.point - 1))


def test_a_suspect_figure_is_shown_and_not_compared(data: Data) -> None:
    """The imports that Russia reported of 2017 stand out of line in the table: they may neither save nor sink a claim."""
    found = one(
        data,
        claim("imports", value=56.95e9, unit="USD", period="2017", direction="CHN->RUS", speaker="Russia"),
    )
    assert [item.reporter for item in found.evidence if item.compared] == ["CHN"]
    marked = [item for item in found.evidence if "out of line" in item.note]
    assert marked
    assert not any(item.compared for item in marked)


def test_the_count_of_the_side_that_speaks_may_be_missing(data: Data) -> None:
    """Russia's count of 2023 is not held: a tenth off China's count is no conflict then, a tenth of it is ruled out."""
    said = claim("trade_turnover", value=220e9, unit="USD", period="2023", speaker="Russian customs")
    assert one(data, said).outcome == "not_checkable"
    assert "whose side speaks, is not held" in one(data, said).reason
    assert one(data, replace(said, speaker=None)).outcome == "not_checkable"
    assert one(data, replace(said, speaker="Chinese customs")).outcome == "conflicts"
    assert one(data, replace(said, value=22e9)).outcome == "implausible"


def test_homes_tell_the_side_of_a_speaker(data: Data) -> None:
    said = claim(
        "trade_turnover", "5.79 billion", value=5.79e9, unit="USD", period="2022", parties=("BLR", "CHN")
    )
    named = replace(said, speaker="Nikolai Snopkov")
    assert one(data, named).outcome == "consistent_under"
    assert one(data, named, homes={"Nikolai Snopkov": "BY-VI"}).outcome == "consistent"


def test_exports_without_a_direction_name_the_reading(data: Data) -> None:
    said = claim("exports", "111 billion", value=111e9, unit="USD", period="2023")
    assert one(data, said).outcome == "consistent_under"
    assert "exports of China to Russia" in one(data, said).definition
    # Two readings stay two readings, whoever speaks.
    assert one(data, replace(said, speaker="Chinese customs")).outcome == "consistent_under"
    assert one(data, replace(said, direction="CHN->RUS")).outcome == "consistent"


def test_a_mirror_is_a_named_definition(data: Data) -> None:
    found = one(
        data,
        claim("exports", "128.9 billion", value=128.9e9, unit="USD", period="2023", direction="RUS->CHN"),
    )
    assert found.outcome == "consistent_under"
    assert "mirror" in found.definition


def test_an_unattributed_figure_refutes_nothing(data: Data) -> None:
    """Of Belarus and China in 2023 a press figure alone is held, about 8.5 billion, whose count it is unknown."""
    said = claim(
        "trade_turnover", "8.5 billion", value=8.5e9, unit="USD", period="2023", parties=("BLR", "CHN")
    )
    assert one(data, said).outcome == "consistent_under"
    other = one(data, replace(said, value=7e9, quote="7 billion"))
    assert other.outcome == "not_checkable"
    assert "refutes nothing" in other.reason


@pytest.mark.parametrize(
    "said",
    [
        claim("trade_turnover", value=1e9, unit="USD", period="2022", parties=("CHN", "BRA")),
        claim("trade_turnover", value=1e9, unit="USD", period="1999"),
        claim("exports", value=1e9, unit="USD", period="2022", direction="BRA->ARG", parties=("BRA", "ARG")),
        claim("container_traffic_growth", value=55, unit="%", period="2017", kind="change"),
        claim("basket_share", value=97, unit="%", period="2006", parties=("BY-VI", "CHN")),
        claim("sister_regions", kind="twinning", parties=("CN-XZ", "BY-MA"), comparator=None),
        claim("protectionism", kind="barrier", comparator=None),
        claim("students", kind="target", parties=("BY-VI", "CHN"), comparator=None),
    ],
    ids=lambda said: said.indicator,
)
def test_what_is_not_held_is_not_checkable_and_names_what_is_needed(data: Data, said: Claim) -> None:
    found = one(data, said)
    assert found.outcome == "not_checkable"
    assert found.needed
    assert f"Needed: {found.needed}" in found.reason


@pytest.mark.parametrize(
    "said",
    [
        claim("trade_share", value=130, unit="%", period="2022"),
        claim("soybean_import_share", value=-5, unit="%", direction="USA->CHN"),
        claim("exports_growth", value=-140, unit="%", period="2022", direction="CHN->RUS"),
        claim("partner_rank", value=0, unit="rank"),
        claim("twinned_regions", value=510, unit="count"),
        claim("trade_turnover", value=9e12, unit="USD", period="2015"),
        claim("trade_turnover", value=math.inf, unit="USD", period="2015"),
        claim("students", value=math.nan, unit="persons", kind="target"),
    ],
    ids=lambda said: f"{said.indicator}-{said.value}",
)
def test_what_arithmetic_rules_out_is_implausible(data: Data, said: Claim) -> None:
    assert one(data, said).outcome == "implausible"


def test_more_than_all_trade_of_a_party_is_ruled_out(data: Data) -> None:
    """The pair is not held at all, the trade of China with all others is."""
    found = one(data, claim("trade_turnover", value=9e12, unit="USD", period="2022", parties=("CHN", "BRA")))
    assert found.outcome == "implausible"
    assert "all foreign trade of China" in found.reason
    assert "observations:CHN/exports/2022" in found.cells[0]


def test_part_of_a_year_is_not_more_than_the_year(data: Data) -> None:
    said = claim("trade_turnover", value=9e9, unit="USD", period="2022-01/2022-08", parties=("BLR", "CHN"))
    found = one(data, said)
    assert found.outcome == "implausible"
    assert "the whole of the year" in found.reason
    assert one(data, replace(said, value=4e9)).outcome == "not_checkable"


def test_a_unit_that_the_indicator_does_not_take_is_not_compared(data: Data) -> None:
    """A growth in dollars would be a nonsense figure; nothing is made of it."""
    found = one(data, claim("imports_growth", value=12, unit="USD", period="2022", direction="CHN->RUS"))
    assert found.outcome == "not_checkable"
    assert "takes % or x" in found.reason
    assert found.evidence == ()


def test_an_undated_claim_is_never_a_conflict(data: Data) -> None:
    for value in (5e9, 80e9, 107.1e9, 300e9, 500e9):
        found = one(data, claim("trade_turnover", value=value, unit="USD"))
        assert found.outcome != "conflicts"
    assert one(data, claim("trade_turnover", "107.1 billion", value=107.1e9, unit="USD")).definition.endswith(
        "calendar year 2018"
    )


def test_a_count_below_the_records_held_conflicts_and_above_does_not(data: Data) -> None:
    def twins(number: float) -> Verdict:
        return one(
            data,
            claim(
                "twinned_regions", f"{number:g} regions", value=number, unit="count", parties=("RUS", "CHN")
            ),
            as_of="2023",
        )

    held = next(item for item in twins(51).evidence if "lower bound" in item.definition)
    assert held.value is not None
    assert held.value >= 2
    assert twins(held.value - 1).outcome == "conflicts"
    assert twins(held.value).outcome == "consistent_under"
    assert twins(held.value + 1).outcome == "not_checkable"


def test_ties_are_borne_out_by_another_source_and_never_refuted(data: Data) -> None:
    twins = claim("sister_regions", kind="twinning", parties=("CN-HL", "BY-VI"), comparator=None)
    found = one(data, twins)
    assert found.outcome == "consistent"
    assert found.evidence[0].cell.startswith("ledger:s-")
    fair = claim(
        "fair",
        "the 32nd Harbin International Trade and Economic Fair",
        kind="event",
        parties=("BY-VI", "CN-HL"),
        period="2023-06",
        comparator=None,
    )
    assert one(data, fair).outcome == "consistent"
    assert one(data, replace(fair, period="2011-06")).outcome == "not_checkable"


def test_an_edition_is_not_another_edition(data: Data) -> None:
    def fair(words: str) -> Verdict:
        return one(
            data,
            claim("fair", words, kind="event", parties=("BY-VI", "CN-HL"), period="2023-06", comparator=None),
        )

    assert fair("the 32nd Harbin fair").outcome == "consistent"
    assert fair("the 31st Harbin fair").outcome == "not_checkable"


def test_a_fund_for_farming_is_not_the_fund(data: Data) -> None:
    """The Russia–China Investment Fund is held with 2 billion: only a claim that surely means it is measured by that."""

    def capital(subject: str) -> str:
        said = claim("fund_capital", "1.1 billion", value=1.1e9, unit="USD", subject=subject)
        return one(data, said, as_of="2019").outcome

    assert capital("Russian-Chinese investment fund, initial capital") == "conflicts"
    assert capital("Russian-Chinese agricultural investment fund") == "not_checkable"
    assert capital("") == "not_checkable"


@pytest.mark.parametrize("indicator", ["bilateral_documents", "leader_meetings", "zones_count"])
def test_a_count_of_a_part_is_not_measured_by_all_records(data: Data, indicator: str) -> None:
    """One document signed at one meeting does not conflict with the many that are held; none at all does."""
    said = claim(indicator, "one", value=1, unit="count")
    assert one(data, said, as_of="2025").outcome == "not_checkable"
    found = one(data, replace(said, value=0), as_of="2025")
    assert found.outcome in ("conflicts", "not_checkable")
    if found.outcome == "conflicts":
        assert found.evidence[0].figure is not None


def test_documents_between_the_countries_refute_that_there_are_none(data: Data) -> None:
    found = one(data, claim("bilateral_documents", "no documents", value=0, unit="count"), as_of="2025")
    assert found.outcome == "conflicts"
    assert "ledger:s-" in found.cells[0]


def test_goods_and_services_bear_out_and_refute_nothing(data: Data) -> None:
    """About 12 billion of Belarus with China in 2025 counts services in, and whose count it is is not said."""
    slots: dict[str, Any] = {"unit": "USD", "period": "2025", "parties": ("BLR", "CHN")}
    agrees = one(data, claim("trade_turnover", "12 billion", value=12e9, **slots))
    assert agrees.outcome == "consistent_under"
    assert "goods and services" in agrees.definition
    assert one(data, claim("trade_turnover", "7 billion", value=7e9, **slots)).outcome == "not_checkable"


def test_every_annotated_claim_gets_a_verdict_and_none_rests_on_the_articles(
    data: Data, shared: Path
) -> None:
    rows = [
        json.loads(line) for line in (shared / "documents" / "gold.jsonl").read_text("utf-8").splitlines()
    ]
    claims = [
        Claim(**{slot: tuple(row[slot]) if slot == "parties" else row[slot] for slot in SLOTS if slot in row})
        for row in rows
    ]
    found = verify(claims, data)
    assert len(found) == len(claims) == 115
    assert all(verdict.claim is said for verdict, said in zip(found, claims, strict=True))
    cited = {
        figure.citation.source.id for verdict in found for figure in verdict.figures() if figure.citation
    }
    assert not any(source.startswith("article-") for source in cited)


def test_records_are_judged_within_one_series(data: Data) -> None:
    high = claim("record_high", kind="statement", period="2023", comparator=None)
    assert one(data, high).outcome == "consistent_under"
    assert one(data, replace(high, period="2020")).outcome != "consistent"
    assert one(data, replace(high, indicator="record_low")).outcome == "conflicts"


def test_a_target_of_another_passage_is_not_the_one_that_was_missed(data: Data) -> None:
    goal = claim(
        "trade_turnover", "200 billion", kind="target", value=2e11, unit="USD", period="2022", start=10
    )
    missed = claim("target_missed", "never happened", kind="statement", comparator=None, start=60)
    near, far = (verify([goal, replace(missed, start=at, end=at + 14)], data)[1] for at in (60, 5_000))
    assert near.outcome == "consistent"
    assert far.outcome == "not_checkable"
    assert (
        verify([goal, replace(missed, start=5_000, end=5_014, period="2022")], data)[1].outcome
        == "consistent"
    )


def test_a_target_is_never_judged_and_an_open_one_says_so(data: Data) -> None:
    goal = claim("trade_turnover", kind="target", value=4e11, unit="USD", period="2030")
    found = one(data, goal)
    assert found.outcome == "not_checkable"
    assert "No level of calendar year 2030 is held" in found.reason


def test_yuan_are_compared_at_the_range_of_rates_of_the_year(data: Data) -> None:
    said = claim("trade_turnover", "1.28 trillion yuan", value=1.28e12, unit="CNY", period="2022")
    found = one(data, said)
    assert found.outcome == "consistent_under"
    assert "yuan for a dollar" in found.definition
    other = replace(said, value=1.6e12, quote="1.6 trillion", speaker="Chinese customs")
    assert one(data, other).outcome == "conflicts"


def test_what_was_published_later_is_shown_and_marked(data: Data) -> None:
    early, late = one(data, LEVEL, as_of="2023-01"), one(data, LEVEL, as_of="2026")
    marks = [item.note for item in early.evidence if item.compared]
    assert any(AFTER in note for note in marks)
    assert not any(AFTER in item.note for item in late.evidence)
    assert early.outcome == late.outcome


def test_the_date_of_the_data_stands_in_for_as_of(data: Data) -> None:
    found = one(data.at("2023-01-31"), LEVEL)
    assert any(AFTER in item.note for item in found.evidence)
    with pytest.raises(BadUsage, match="is not a date"):
        verify([LEVEL], data, as_of="yesterday")


def test_rows_are_plain_and_every_number_can_be_explained(data: Data) -> None:
    claims = [
        LEVEL,
        replace(LEVEL, value=1e9, quote=""),
        claim("trade_share", "3.0 %", value=3.0, unit="%", period="2022"),
        claim("border_bridges", value=0, unit="count", period="2023"),
    ]
    for found in verify(claims, data):
        row = json.loads(json.dumps(found.row()))
        assert set(row) == {
            "outcome",
            "definition",
            "reason",
            "claimed",
            "held",
            "tolerance",
            "cells",
            "needed",
        }
        for held in row["held"]:
            assert held["figure"].startswith("f-") == (held["value"] is not None)
            assert held["cell"]
        ids = {figure.id for figure in found.figures()}
        assert {held["figure"] for held in row["held"]} <= ids


PLACES = ("CHN", "RUS", "BLR", "USA", "BY-VI", "CN-HL", "RU-FD-FAREAST", "Harbin", "World", "", "ZZZ", "<b>")
INDICATORS = (
    "trade_turnover",
    "trade_turnover_growth",
    "exports",
    "imports_growth",
    "total_exports",
    "trade_share",
    "partner_rank",
    "soybean_imports",
    "soybean_import_share",
    "twinned_regions",
    "border_bridges",
    "leader_meetings",
    "fund_capital",
    "tourists",
    "target_met",
    "record_high",
    "sister_regions",
    "fair",
    "person_role",
    "other",
)


@lru_cache(maxsize=1)
def release() -> Data:
    """Not a fixture, so that a failing example does not print all of it."""
    return load()


@settings(max_examples=150, deadline=None)
@given(
    indicator=st.sampled_from(INDICATORS),
    kind=st.sampled_from(("quantity", "change", "target", "statement", "event")),
    parties=st.lists(st.sampled_from(PLACES), max_size=3).map(tuple),
    direction=st.none() | st.sampled_from(("CHN->RUS", "World->CHN", "->", "a->b->c", "BY-VI->CHN")),
    period=st.none()
    | st.sampled_from(("2022", "2022-01/2022-05", "2013/..", "soon", "2022-13", "9999", "0000")),
    value=st.none() | st.floats(allow_nan=True, allow_infinity=True),
    unit=st.none() | st.sampled_from(("USD", "CNY", "%", "x", "t", "count", "rank", "bushels")),
    comparator=st.none() | st.sampled_from(("=", "~", ">", "<", ">=", "<=", "?")),
    quote=st.text(max_size=80) | st.sampled_from(("9" * 2_000, "1,111" * 400, "٣٫٥", "\u202e5.08")),
    as_of=st.sampled_from(("", "2018", "2023-12")),
)
def test_any_claim_gets_one_verdict(as_of: str, **slots: Any) -> None:
    found = one(release(), claim(**slots), as_of=as_of)
    assert found.outcome in OUTCOMES
    assert found.reason
    if found.outcome in ("conflicts", "implausible"):
        assert slots["value"] is not None or slots["indicator"] in ("target_met", "record_high")
    json.dumps(found.row())
