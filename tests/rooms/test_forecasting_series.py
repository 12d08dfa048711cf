"""What may be forecast: every fault is told at once, and mended only by a step that was asked for and is reported."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landbridge.forecasting as forecasting
from landbridge.errors import BadSample, BadUsage, UnknownLabel
from landbridge.forecasting import REPAIRS, Series, prepared

YEARS = [2015, 2016, 2017, 2018, 2019, 2020]
VALUES = [100.0, 110.0, 121.0, 90.0, 95.0, 105.0]


def made(periods: list[int] = YEARS, values: list[Any] = VALUES, **given: Any) -> Series:
    return prepared(
        periods, values, **({"unit": "USD", "counters": "CHN", "name": "turnover CHN-RUS"} | given)
    )


def refused(*args: Any, **given: Any) -> str:
    with pytest.raises(BadSample) as caught:
        made(*args, **given)
    assert all(problem.where == "turnover CHN-RUS" and problem.remedy for problem in caught.value.problems)
    return str(caught.value)


def test_a_sound_series_is_taken_as_it_is() -> None:
    series = made()
    assert (series.first, series.last, series.unit, series.counter, series.repairs) == (
        2015,
        2020,
        "USD",
        "CHN",
        (),
    )
    assert list(series.periods) == YEARS
    np.testing.assert_allclose(np.exp(series.logs), VALUES, rtol=1e-15)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([100, 110, None, 90, 95, 105], "no value: 2017"),
        ([100, 110, float("nan"), 90, 95, 105], "no value: 2017"),
        ([100, 110, 0, 90, 95, 105], "zero: 2017"),
        ([100, 110, -3, 90, 95, 105], "negative value: 2017"),
        ([100, 110, float("inf"), 90, 95, 105], "infinite value: 2017"),
        ([1, 1.1, 1.2, 900, 950, 1050], "stays: 2018"),
        ([1000, 1100, 1200, 9, 9.5, 10.5], "stays: 2018"),
        ([100, 110, 121, 90, 95, 105_000], "stays: 2020"),
    ],
)
def test_bad_values_are_named_with_their_year(values: list[Any], words: str) -> None:
    assert words in refused(values=values)


def test_a_spike_that_goes_back_is_no_changed_unit() -> None:
    assert made(values=[100, 110, 50_000, 90, 95, 105]).repairs == ()
    assert made(values=[100, 110, 120, 90, 50_000, 105]).repairs == ()


def test_two_years_in_another_unit_are_seen_going_and_coming_back() -> None:
    values = [1.0, 1.1, 1100.0, 1200.0, 1.2, 1.3]
    assert "stays: 2017, 2019" in refused(values=values)
    series = made(values=values, repair=["rescale"])
    np.testing.assert_allclose(series.values, [1.0, 1.1, 1.1, 1.2, 1.2, 1.3])


def test_every_problem_is_told_at_once() -> None:
    text = refused(
        [2015, 2014, 2017, 2017],
        [1.0, -2.0, 0.0, 4.0],
        unit=["USD", "USD", "EUR", "EUR"],
        counters=["CHN", "CHN", "RUS", "RUS"],
    )
    for words in (
        "order of time: 2014",
        "more than once: 2017",
        "no value: 2016",
        "negative value: 2014",
        "zero: 2017",
        "several units: EUR, USD",
        "several counters: CHN, RUS",
        "4 observations, and at least 5",
    ):
        assert words in text
    assert text.startswith("8 problems")


def test_one_observation_and_none_are_refused() -> None:
    assert "1 observation, and at least 5" in refused([2020], [4.0])
    assert "no observation at all" in refused([], [])


def test_a_month_is_written_as_a_month() -> None:
    months = list(range(12 * 2020, 12 * 2020 + 6))
    assert "no value: 2020-03" in refused(months, [1, 2, None, 4, 5, 6], frequency="month")


def test_lengths_and_labels_are_checked_before_anything_else() -> None:
    with pytest.raises(BadUsage, match="6 periods, but 5 values, 2 counters"):
        made(values=VALUES[:5], counters=["CHN", "RUS"])
    with pytest.raises(BadUsage, match="not a whole number"):
        made([2015.5, *YEARS[1:]])  # type: ignore[list-item]
    with pytest.raises(UnknownLabel, match="interpolate"):
        made(repair=["interpolat"])


def test_sorting_is_a_named_step() -> None:
    turned = (YEARS[::-1], VALUES[::-1])
    assert "order of time" in refused(*turned)
    series = made(*turned, repair=["sort"])
    np.testing.assert_array_equal(series.values, VALUES)
    assert [repair.step for repair in series.repairs] == ["sort"]
    assert set(series.repairs[0].periods) == set(YEARS)


def test_a_single_hole_is_filled_by_the_geometric_mean() -> None:
    series = made([2015, 2016, 2018, 2019, 2020], [100, 110, 90, 95, 105], repair=["interpolate"])
    assert series.values[2] == pytest.approx((110 * 90) ** 0.5)
    assert series.repairs[0].periods == (2017,)
    assert "2017" in series.repairs[0].words
    assert made(values=[100, 110, None, 90, 95, 105], repair=["interpolate"]).values[2] == pytest.approx(
        (110 * 90) ** 0.5
    )


def test_a_hole_of_two_years_is_not_filled() -> None:
    assert "no value: 2017, 2018" in refused(
        [2015, 2016, 2019, 2020, 2021, 2022], VALUES, repair=["interpolate"]
    )


def test_the_newest_value_is_never_invented() -> None:
    assert "no value: 2020" in refused(values=[*VALUES[:5], None], repair=["interpolate"])


def test_the_latest_run_keeps_the_newest_values() -> None:
    series = made([2009, 2010, *YEARS], [70, 80, *VALUES], repair=["latest run"])
    assert series.first == 2015
    assert series.repairs[0].periods == (2009, 2010)
    assert "at least 5" in refused([*range(2000, 2010), 2015], [5.0] * 11, repair=["latest run"])


def test_holes_at_both_ends_are_left_out_by_name() -> None:
    series = made([2014, *YEARS, 2021], [None, *VALUES, None], repair=["latest run"])
    assert (series.first, series.last) == (2015, 2020)
    assert series.repairs[0].periods == (2014, 2021)


def test_two_reporters_are_refused_or_one_is_kept() -> None:
    periods, values = [*range(2010, 2016), *YEARS], [200.0] * 6 + VALUES
    counters = ["RUS"] * 6 + ["CHN"] * 6
    text = refused(periods, values, counters=counters)
    assert "several counters: CHN, RUS" in text
    assert "more than once: 2015" in text
    series = made(periods, values, counters=counters, repair=["one counter"])
    assert (series.counter, series.first) == ("CHN", 2015)
    np.testing.assert_array_equal(series.values, VALUES)
    assert series.repairs[0].periods == tuple(range(2010, 2016))


def test_who_counted_the_newest_must_be_one() -> None:
    counters = ["RUS"] * 5 + ["CHN", "RUS"]
    assert "several counters" in refused(
        [*YEARS, 2020], [*VALUES, 100.0], counters=counters, repair=["one counter"]
    )


@pytest.mark.parametrize(("factor", "power"), [(1000.0, 1000.0), (1e-3, 1e-3), (1.04e6, 1e6), (960.0, 1e3)])
def test_a_jump_near_a_power_of_1000_is_rescaled(factor: float, power: float) -> None:
    values = [100.0, 110.0, 120.0, 120.0 * factor, 130.0 * factor, 140.0 * factor]
    series = made(values=values, repair=["rescale"])
    np.testing.assert_allclose(series.values[:3], np.array(values[:3]) * power)
    np.testing.assert_array_equal(series.values[3:], values[3:])
    assert series.repairs[0].periods == (2015, 2016, 2017)


def test_two_changes_of_unit_are_both_rescaled() -> None:
    values = [1e9, 1.1e9, 1.1e6, 1.2e6, 1.2e3, 1.3e3]
    series = made(values=values, repair=["rescale"])
    np.testing.assert_allclose(series.values, [1e3, 1.1e3, 1.1e3, 1.2e3, 1.2e3, 1.3e3])
    assert len(series.repairs) == 2


def test_a_jump_far_from_a_power_of_1000_stays_refused() -> None:
    assert "stays: 2018" in refused(values=[1, 1.1, 1.2, 1300, 1400, 1500], repair=["rescale"])


def test_repairs_are_taken_in_their_order_whatever_order_was_asked() -> None:
    periods = [2020, 2019, 2018, 2016, 2015, 2014, 2010]
    values = [100.0, 90.0, 80.0, 70.0, 60.0, 50.0, 40.0]
    series = made(periods, values, repair=["latest run", "interpolate", "sort"])
    assert [repair.step for repair in series.repairs] == ["sort", "interpolate", "latest run"]
    assert (series.first, series.last) == (2014, 2020)
    assert list(REPAIRS) == ["sort", "one counter", "interpolate", "latest run", "rescale"]


def test_an_unasked_repair_is_not_taken() -> None:
    assert made(repair=list(REPAIRS)).repairs == ()


def test_the_public_names_are_what_they_say() -> None:
    """A file named like a public function would take its place once imported."""
    for name in forecasting.__all__:
        first = getattr(forecasting, name)
        assert getattr(forecasting, name) is first
        assert type(first).__name__ != "module", name
    with pytest.raises(AttributeError, match="no attribute 'guess'"):
        forecasting.guess  # noqa: B018
