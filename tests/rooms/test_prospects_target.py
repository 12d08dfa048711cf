"""How likely a target is: what the number does when the question moves, and what is refused."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

import landbridge as lb
from landbridge.errors import BadSample, BadUsage, NotHeld, OutsideSupport, UnknownLabel
from landbridge.forecasting.counterfactual import Counterfactual, Effect
from landbridge.forecasting.paths import Chance
from landbridge.prospects import shocks
from landbridge.prospects.basis import basis
from landbridge.prospects.counted import held
from landbridge.prospects.drivers import slope
from landbridge.prospects.mirror import Mirror, mirrored
from landbridge.prospects.probability import reckoned, widened
from landbridge.prospects.shock_outcome import Outcome, Rare
from landbridge.provenance import Figure, Status, Unavailable


@pytest.fixture(scope="module")
def data() -> lb.Data:
    return lb.load()


def asked(data: lb.Data, value: float = 400e9, by: int = 2030, **more: object) -> lb.prospects.Target:
    return lb.target(data, "trade_turnover", "CHN", "RUS", value=value, by=by, **more)  # type: ignore[arg-type]


def test_a_target_has_a_probability_with_its_range_and_stands_on_one_series(data: lb.Data) -> None:
    found = asked(data)
    said = found.probability
    assert said.unit == "%"
    assert said.status.value == "forecast"
    assert 0 < said.low < said.value < said.high < 100  # type: ignore[operator]
    assert found.basis.held.counted == ("CHN", "customs statistics")
    assert {figure.unit for figure in found.basis.years.values()} == {"USD"}
    assert said.inputs == tuple(found.basis.years.values())


def test_a_higher_level_is_less_likely_and_any_year_at_least_as_likely_as_one(data: lb.Data) -> None:
    low, high = asked(data, 300e9), asked(data, 400e9)
    assert low.probability.point > high.probability.point
    either = asked(data, 400e9, rule="by year")
    assert either.probability.point >= high.probability.point
    # First passages up to the deadline are the same question, asked year by year.
    assert sum(figure.point for _, figure in either.passage) == pytest.approx(either.probability.point)
    assert sum(figure.point for _, figure in either.passage) + either.never.point == pytest.approx(100)


def test_needed_growth_leads_from_the_newest_count_to_the_level(data: lb.Data) -> None:
    found = asked(data)
    newest = found.basis.latest
    years = 2030 - int(newest.period)
    reached = newest.point * (1 + found.needed_growth.point / 100) ** years
    assert reached == pytest.approx(400e9)


def test_the_same_seed_gives_the_same_answer(data: lb.Data) -> None:
    assert asked(data, seed=3).probability == asked(data, seed=3).probability
    assert asked(data, seed=3).probability != asked(data, seed=4).probability


def test_the_fan_widens_and_holds_its_own_quartiles(data: lb.Data) -> None:
    fan = asked(data).fan
    width = [math.log(band.middle.high / band.middle.low) for band in fan]  # type: ignore[operator]
    assert width[-1] > width[0]
    for band in fan:
        assert band.middle.low < band.inner[0] < band.middle.value < band.inner[1] < band.middle.high  # type: ignore[operator]


def test_a_reporter_who_fell_silent_is_carried_on_by_the_partner_with_the_gap(data: lb.Data) -> None:
    found = asked(data, reporter="RUS")
    silent = found.basis.mirror
    assert isinstance(silent, Mirror)
    assert (silent.silent_since, silent.partner) == ("2021", "CHN")
    # Worked by hand: the mean of the logs of ours over theirs in the common years.
    ours, theirs = found.basis.held.doubted | found.basis.held.years, silent.years
    assert silent.doubted
    assert not set(silent.doubted) & set(found.basis.held.years)
    gaps = [math.log(ours[year].point / theirs[year].point) for year in silent.common]
    assert silent.gap == pytest.approx(sum(gaps) / len(gaps))
    assert silent.ratio in found.probability.inputs
    assert any("published nothing comparable after 2021" in note for note in found.notes)


def test_the_gap_makes_the_paths_wider_than_the_partners_own(data: lb.Data) -> None:
    own = basis(data, "trade_turnover", "CHN", "RUS", reporter="CHN")
    silent = basis(data, "trade_turnover", "CHN", "RUS", reporter="RUS")
    assert silent.mirror is not None
    record = data.forecast_record
    near = np.log(own.paths(record, record.chosen, 2026, 4000, 1).levels[:, 0])
    loud = replace(silent, mirror=replace(silent.mirror, spread=0.3))
    far = np.log(loud.paths(record, record.chosen, 2026, 4000, 1).levels[:, 0])
    assert far.std() > near.std() * 1.2


def test_too_few_common_years_leave_the_silent_reporter_unanswered(data: lb.Data) -> None:
    found = held(data, "trade_turnover", "CHN", "RUS", reporter="RUS")
    few = replace(found, years={year: found.years[year] for year in sorted(found.years)[-2:]}, doubted={})
    said = mirrored(few)
    assert isinstance(said, Unavailable)
    assert "only 2 years" in said.reason


def test_oil_is_answered_and_the_rouble_says_what_is_missing(data: lb.Data) -> None:
    found = asked(data)
    oil = [state for state in found.states if not isinstance(state, Unavailable)]
    assert [state.state for state in oil] == ["a third lower", "as now", "a third higher"]
    assert oil[0].probability.point < oil[1].probability.point < oil[2].probability.point
    missing = [state for state in found.states if isinstance(state, Unavailable)]
    assert len(missing) == 1
    assert "Not held of it: 2024" in missing[0].reason


def test_a_slope_is_the_least_squares_one(data: lb.Data) -> None:
    years = basis(data, "trade_turnover", "CHN", "RUS").years
    drivers = data.drivers.series("brent")
    found = slope("brent", drivers, years)
    assert not isinstance(found, Unavailable)
    both = sorted(years)[1:]
    x, y = (
        np.array([math.log(held[year].point / held[str(int(year) - 1)].point) for year in both])
        for held in (drivers, years)
    )
    again, _ = np.polyfit(x, y, 1)
    assert found.b == pytest.approx(again)
    assert found.years == len(both)


def test_a_shock_laid_on_the_paths_lowers_the_chance(data: lb.Data) -> None:
    stands = basis(data, "trade_turnover", "CHN", "RUS")
    effect = Effect("a fall by a third", np.log(np.array([[0.6, 2 / 3, 0.75]])))
    found = reckoned(data, stands, value=300e9, by=2030, stress=effect)
    assert found.stressed is not None
    assert found.stressed.probability.point < found.probability.point - 10


def test_the_record_behind_the_number_is_that_of_its_bin(data: lb.Data) -> None:
    found = asked(data)
    assert not isinstance(found.support, Unavailable)
    chance = found.probability.point
    rows = data.forecast_record.reliability.filter(
        (data.forecast_record.reliability["model"] == found.model)
        & (data.forecast_record.reliability["panel"] == "all")
        & (data.forecast_record.reliability["low"] <= chance / 100)
        & (data.forecast_record.reliability["high"] > chance / 100)
    )
    assert found.support.cases in rows["cases"].to_list()
    assert found.support.origin_years >= 3
    # At five years ahead too few origin years are held to say how often intervals held: the longest that is held speaks.
    assert found.support.horizon == 4
    assert found.support.coverage_80_pct is not None


def test_the_panels_behind_an_average_are_shown_apart(data: lb.Data) -> None:
    found = asked(data).support
    assert not isinstance(found, Unavailable)
    assert {item.panel for item in found.alone} == {"agtpa", "china", "wiod"}
    assert min(item.came for item in found.alone) <= found.came <= max(item.came for item in found.alone)
    row = next(row for row in found.rows() if row["item"].startswith("the same by panel"))
    assert row["low"] == min(item.came for item in found.alone)
    assert "agtpa, 3 to 6 years ahead: said" in row["note"]


def test_the_state_as_now_is_the_answer_itself_and_says_so(data: lb.Data) -> None:
    found = asked(data)
    now = next(
        state for state in found.states if not isinstance(state, Unavailable) and state.state == "as now"
    )
    assert now.probability.value == found.probability.value
    assert "without a state" in now.words


def test_every_number_of_the_table_can_be_explained(data: lb.Data) -> None:
    found = asked(data)
    ids = {figure.id for figure in found.figures}
    assert {row["id"] for row in found.rows() if row["id"] is not None} <= ids
    assert found.table().columns == ["what", "item", "period", "value", "low", "high", "unit", "note", "id"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"by": 2024}, BadUsage),
        ({"value": -1.0}, BadUsage),
        ({"value": float("nan")}, BadUsage),
        ({"by": 2060}, OutsideSupport),
        ({"reporter": "USA"}, UnknownLabel),
        ({"definition": "customs"}, UnknownLabel),
        ({"rule": "some day"}, BadUsage),
    ],
)
def test_what_cannot_be_asked_is_refused(
    data: lb.Data, more: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        asked(data, **more)  # type: ignore[arg-type]


def test_a_pair_without_a_series_says_so(data: lb.Data) -> None:
    with pytest.raises(NotHeld, match="no yearly series"):
        lb.target(data, "trade_turnover", "BLR", "MNG", value=1e9, by=2030)
    with pytest.raises(UnknownLabel):
        lb.target(data, "tourists", "CHN", "RUS", value=1e9, by=2030)


def test_a_bound_is_no_value_of_a_series(data: lb.Data) -> None:
    found = held(data, "trade_turnover", "CHN", "RUS")
    assert all(figure.comparator == "=" for figure in found.years.values())


def test_the_range_in_the_tail_moves_with_the_level_and_never_jumps(data: lb.Data) -> None:
    levels = (300e9, 400e9, 600e9, 1000e9, 1500e9, 2000e9, 3000e9, 50_000e9)
    said = [asked(data, level).probability for level in levels]
    for harder, easier in itertools.pairwise(reversed(said)):
        assert harder.point <= easier.point
        assert harder.low <= easier.low  # type: ignore[operator]
        assert harder.high <= easier.high  # type: ignore[operator]
    # From one path in thousands to none there is no step: the bound is that of so many origin years.
    assert said[-1].high == pytest.approx(100 * stats.beta.ppf(0.95, 0.5, 18.5))
    assert said[5].high - said[6].high < 0.2  # type: ignore[operator]


def test_a_range_is_never_narrower_than_its_origin_years_allow() -> None:
    narrow = widened(Chance(0.25, 0.24, 0.26, 20))
    assert (narrow.low, narrow.high) == pytest.approx(stats.beta.ppf((0.05, 0.95), 5.5, 15.5).tolist())
    wide = widened(Chance(0.25, 0.01, 0.9, 20))
    assert (wide.low, wide.high) == (0.01, 0.9)
    assert (widened(Chance(0.0, 0.0, 0.0, 9)).low, widened(Chance(1.0, 1.0, 1.0, 9)).high) == (0.0, 1.0)


def test_of_several_series_the_one_that_can_be_forecast_is_taken(data: lb.Data) -> None:
    found = held(data, "trade_turnover", "BLR", "CHN")
    assert found.counted == ("BLR", "foreign trade statistics (UN Comtrade)")
    assert any(said == "CHN, ambassador of China (2022)" for said in found.listed)
    assert mirrored(found) is None, "a single speech carries no series on"


def test_a_year_beyond_the_record_is_refused_with_what_else_is_held(data: lb.Data) -> None:
    for call in (lb.target, lb.prospects.forecast):
        more = {"value": 10e9, "by": 2030} if call is lb.target else {"until": 2030}
        with pytest.raises(OutsideSupport, match="9 years after the newest count") as refused:
            call(data, "trade_turnover", "BLR", "CHN", **more)  # type: ignore[operator]
        assert "6 years ahead" in str(refused.value)
        assert "ambassador of China (2022)" in str(refused.value)


def test_a_series_that_is_too_short_names_the_others(data: lb.Data) -> None:
    with pytest.raises(BadSample, match=r"UN Comtrade\) \(2015–2021\)"):
        lb.target(data, "trade_turnover", "BLR", "CHN", value=10e9, by=2026, reporter="CHN")


def test_too_few_draws_are_refused(data: lb.Data) -> None:
    with pytest.raises(BadUsage, match="too few"):
        asked(data, draws=199)


def test_a_forecast_says_from_which_times_its_errors_come(data: lb.Data) -> None:
    found = lb.prospects.forecast(data, "trade_turnover", "CHN", "RUS", until=2030)
    assert any("were made from 1991 to 2020" in note for note in found.notes)


def blow(found: Counterfactual, low: float, point: float, high: float) -> Outcome:
    """A blow of that size on trade both ways."""
    event = SimpleNamespace(name="a shock", since="2020-01", shocks=(), start=2020 * 12, frequency="month")
    effect = Figure("gap", point, "%", "2020", Status.ASSUMED, low=low, high=high)
    return Outcome(event, "trade_turnover", "own past, by month", None, found, effect)  # type: ignore[arg-type]


def measured(p_placebo: float | None, placebos: int) -> Counterfactual:
    flat = np.ones(12)
    yearly = np.log(np.array([[0.6, 0.7, 0.8]]))
    return Counterfactual(
        "structural", 60, 0.7 * flat, flat, 0.9 * flat, 1.1 * flat, (-0.5, -0.36, -0.2), 12, yearly, p_placebo,
        placebos, 0.05, by_month=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("share", "high", "words"),
    [
        (0.4, -20.0, "ordinary among 12 placebos, the shock among them: 40 % went as far"),
        (None, -20.0, "too few placebos"),
        (0.4, 5.0, "-30 % (-40 to +5)"),
    ],
)
def test_a_shock_not_told_from_ordinary_movement_is_not_laid_on_paths(
    share: float | None, high: float, words: str
) -> None:
    said = blow(measured(share, 12), -40.0, -30.0, high).told
    assert isinstance(said, Unavailable)
    assert words in said.reason
    assert "not told from ordinary movement" in said.reason


def test_a_rare_shock_is_laid_on_with_size_range_and_verdict(data: lb.Data) -> None:
    effect = blow(measured(0.08, 12), -40.0, -30.0, -20.0).told
    assert isinstance(effect, Rare)
    stands = basis(data, "trade_turnover", "CHN", "RUS")
    found = reckoned(data, stands, value=300e9, by=2030, stress=effect)
    (row,) = [row for row in found.rows() if row["what"] == "stress"]
    assert row["note"].startswith("laid on: -30 % in its first year (-40 to -20); rare among 12 placebos")


def test_the_shock_of_2022_on_trade_both_ways_is_refused_with_its_placebos(data: lb.Data) -> None:
    said = shocks.measured(data, "CHN", "RUS", "sanctions-russia-2022", "trade_turnover")
    assert isinstance(said, Unavailable)
    assert re.search(r"[+-]\d+ % \([+-]\d+ to [+-]\d+\), ordinary among \d+ placebos", said.reason)
    assert re.search(r"\d+ % went as far; not told from ordinary movement", said.reason)


def test_the_record_says_how_far_ahead_and_on_how_many_years_it_rests(data: lb.Data) -> None:
    rows = [row for row in asked(data).rows() if row["what"] == "record"]
    assert all(row["value"] is not None or row["low"] is not None for row in rows)
    # The bin was asked for 3 to 6 years ahead; what is held by three origin years and more reaches 4.
    assert rows[0]["item"] == "came true of such probabilities, 3 to 4 years ahead"
    assert re.fullmatch(r"standard error \d+\.\d, \d+ origin years", rows[-1]["note"])


def test_a_chance_that_no_past_path_bore_out_is_not_called_impossible(data: lb.Data) -> None:
    found = asked(data, 50_000e9)
    assert found.probability.value == 0
    assert isinstance(found.probability, Figure)
    assert found.probability.high > 5  # type: ignore[operator]


def test_a_year_that_others_have_counted_is_not_forecast_and_newer_counts_are_named(data: lb.Data) -> None:
    with pytest.raises(BadUsage, match="counted already, by others"):
        lb.target(data, "trade_turnover", "BLR", "CHN", value=8e9, by=2025)
    found = lb.target(data, "trade_turnover", "BLR", "CHN", value=8e9, by=2026)
    assert any("newer counts of this trade are held by others" in note for note in found.notes)


def test_a_deadline_beyond_the_pooled_record_says_so_and_a_year_is_a_whole_number(data: lb.Data) -> None:
    assert any("the pooled record reaches 4" in note for note in asked(data).notes)
    with pytest.raises(BadUsage, match="a deadline is a year"):
        asked(data, by="2030")  # type: ignore[arg-type]
