"""How likely a target is: what the number does when the question moves, and what is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import landbridge as lb
from landbridge.errors import BadUsage, NotHeld, OutsideSupport, UnknownLabel
from landbridge.forecasting.counterfactual import Effect
from landbridge.prospects.basis import basis
from landbridge.prospects.counted import held
from landbridge.prospects.drivers import slope
from landbridge.prospects.mirror import Mirror, mirrored
from landbridge.prospects.probability import reckoned
from landbridge.provenance import Figure, Unavailable


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
    ours, theirs = found.basis.held.years, silent.years
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
    few = replace(found, years={year: found.years[year] for year in sorted(found.years)[-2:]})
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
    assert found.support.coverage_80_pct is not None


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


def test_a_chance_that_no_past_path_bore_out_is_not_called_impossible(data: lb.Data) -> None:
    found = asked(data, 50_000e9)
    assert found.probability.value == 0
    assert isinstance(found.probability, Figure)
    assert found.probability.high > 5  # type: ignore[operator]
