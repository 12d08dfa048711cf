"""The reader of worked scenarios: what it says is what a run says, walked back to the accounts and the sizes."""

from __future__ import annotations

import pytest

from landbridge.errors import UnknownLabel
from landbridge.provenance import Figure, Status, Unavailable
from landbridge.release import Data, embedded, load
from landbridge.release.worked import (
    DOLLARS,
    HOLDS_ZERO,
    PERCENT,
    REAL_INCOME,
    SOURCES_OF_VARIANCE,
    TOO_SMALL,
    TRADE,
    UNDETERMINED,
    WITHIN_SPREAD,
    WORLD,
    Worked,
)
from landbridge.scenarios import headlines
from landbridge.scenarios.compiling import compile
from landbridge.scenarios.context import context
from landbridge.scenarios.evidence import evidence
from landbridge.scenarios.reading import read


@pytest.fixture(scope="module")
def data() -> Data:
    return load(release=embedded())


@pytest.fixture(scope="module")
def worked(data: Data) -> Worked:
    return data.worked


def held(found: Figure | Unavailable) -> Figure:
    assert isinstance(found, Figure), found
    return found


def test_scenarios_of_a_pair_are_those_that_speak_of_it_its_own_trade_first(worked: Worked) -> None:
    own = worked.between("CHN", "RUS")
    assert {"halve-border-time", "tariff-free-food", "settlement-friction"} <= set(own)
    assert set(worked.between("RUS", "CHN")) == set(own)
    belarus = worked.between("BLR", "CHN")
    assert belarus[0] == "belarus-china-services"
    # A third country's trade is not in the scenario, its real income is.
    assert "settlement-friction" in belarus[1:]
    assert "halve-border-time" not in belarus
    assert worked.between("DEU", "FRA") == ()
    assert set(worked.slugs) == set(worked.frame["slug"])


@pytest.mark.parametrize(
    ("slug", "measure", "where"),
    [
        ("halve-border-time", REAL_INCOME, "CHN"),
        ("halve-border-time", REAL_INCOME, WORLD),
        ("halve-border-time", TRADE, ("CHN", "RUS")),
        ("tariff-free-food", REAL_INCOME, "RUS"),
        ("soya", TRADE, ("USA", "CHN")),
    ],
    ids=str,
)
def test_dollars_are_the_per_cent_of_the_base_under_them(
    worked: Worked, slug: str, measure: str, where: str | tuple[str, str]
) -> None:
    dollars, percent = (held(worked.figure(slug, measure, where, unit)) for unit in (DOLLARS, PERCENT))
    base = dollars.inputs[0]
    assert base.status is Status.IMPUTED
    assert base.citation is not None
    assert base == percent.inputs[0] == worked.base(where)
    # The table keeps ten digits; the accounts in the solver are the same account. Spending in a scenario that takes a
    # tariff off holds its revenue too: Russia's duties on food from China are two hundredths of a per cent of it.
    exact = slug != "tariff-free-food"
    assert dollars.point == pytest.approx(percent.point / 100 * base.point, rel=1e-7 if exact else 5e-4)
    assert dollars.status is percent.status is Status.SIMULATED
    assert (dollars.period, dollars.code) == (str(2022), headlines.CODE)
    assert dollars.low is not None
    assert dollars.high is not None
    assert dollars.low < dollars.high
    spread = held(worked.imputations(slug, measure, where, DOLLARS))
    assert spread.low is not None
    assert spread.high is not None
    assert spread.low <= dollars.point <= spread.high
    assert spread.inputs == dollars.inputs


def test_sizes_are_those_that_a_run_rests_on(worked: Worked, data: Data) -> None:
    surroundings = context(data)
    for slug in worked.slugs:
        scenario = read(data.scenarios[slug])
        made = evidence(scenario, compile(scenario, surroundings), data)
        sizes = [figure for figure in made if figure.cell.startswith("scenario:")]
        ours = [item.figure for item in worked.assumptions(slug)]
        # A file may write the sizes of a change in any order.
        assert sorted(figure.id for figure in ours) == sorted(figure.id for figure in sizes), slug
        assert {item.change for item in worked.assumptions(slug)} == set(scenario.labels)
        assert worked.not_captured(slug) == scenario.not_captured
        assert worked.title(slug) == scenario.name
        figure = next(
            found
            for place in scenario.headlines
            if isinstance(found := worked.figure(slug, REAL_INCOME, place, DOLLARS), Figure)
        )
        assert set(ours) <= set(figure.inputs)
        assert worked.elasticities in figure.inputs


def test_elasticities_span_all_sectors(worked: Worked, data: Data) -> None:
    theta = data.elasticities.table()["theta"]
    assert (worked.elasticities.low, worked.elasticities.high) == (theta.min(), theta.max())


def test_verdict_and_reasons_are_the_words_of_a_run(worked: Worked) -> None:
    assert headlines.GROUPS == SOURCES_OF_VARIANCE
    assert headlines.verdict(0.0, [0.0], None, None, 1e-8) == (UNDETERMINED, TOO_SMALL)
    assert headlines.verdict(1.0, [0.0, 2.0], None, None, 0.0) == (UNDETERMINED, WITHIN_SPREAD)
    assert headlines.verdict(1.0, [1.0], -1.0, 2.0, 0.0) == (UNDETERMINED, HOLDS_ZERO)
    seen = set()
    for row in worked.frame.iter_rows(named=True):
        where = row["place"] or (row["exporter"], row["importer"])
        asked = (row["slug"], row["measure"], where, row["unit"])
        verdict, reason = worked.verdict(*asked), worked.reason(*asked)
        assert (reason == "") is (verdict != UNDETERMINED)
        assert any(text in reason for text in (TOO_SMALL, WITHIN_SPREAD, HOLDS_ZERO)) is bool(reason)
        assert f"Verdict: {verdict}." in held(worked.figure(*asked)).note
        assert reason in held(worked.figure(*asked)).note
        seen.add(verdict)
    assert len(seen) == 3


def test_shares_rest_on_the_figure_whose_variance_they_divide(worked: Worked) -> None:
    asked = ("halve-border-time", REAL_INCOME, "RUS", DOLLARS)
    shares = worked.shares(*asked)
    assert {"elasticities", "sizes", "imputation"} <= set(shares) <= set(SOURCES_OF_VARIANCE)
    for share in shares.values():
        assert share.unit == PERCENT
        assert share.point >= 0
        assert share.inputs == (worked.figure(*asked),)
    # The effects are total: together at least the whole, but for the noise of the draws.
    assert sum(share.point for share in shares.values()) > 80


def test_what_is_not_kept_is_refused_with_the_call_that_makes_it(worked: Worked) -> None:
    found = worked.figure("halve-border-time", REAL_INCOME, "BRA", DOLLARS)
    assert isinstance(found, Unavailable)
    assert "landbridge solve halve-border-time --draws 500" in found.remedy
    assert isinstance(worked.imputations("halve-border-time", TRADE, ("BRA", "CHN"), PERCENT), Unavailable)
    assert worked.shares("halve-border-time", REAL_INCOME, "BRA", DOLLARS) == {}
    assert worked.verdict("halve-border-time", REAL_INCOME, "BRA", DOLLARS) == UNDETERMINED
    assert "Brazil" in worked.reason("halve-border-time", REAL_INCOME, "BRA", DOLLARS)
    with pytest.raises(UnknownLabel, match="halve-border-time"):
        worked.title("halve-border-tim")
