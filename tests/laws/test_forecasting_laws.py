"""Two formulations of the same forecast agree, and a change of unit or of order does what it must."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.forecasting import forecast, latest_break, suited
from landbridge.forecasting.ensemble import SEGMENT, _statistics, critical_value, sup_t
from landbridge.forecasting.growth import UNIT_ROOT, _profile, best, fitted, whitened

Array = np.ndarray


def walk(length: int, seed: int) -> Array:
    return np.cumsum(np.random.default_rng(seed).normal(0.05, 0.15, length))


# --- against the libraries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [8, 15, 30])
def test_closed_forms_are_those_of_statsforecast(length: int) -> None:
    from statsforecast.models import Naive, RandomWalkWithDrift, SeasonalNaive

    logs = walk(length, length)
    np.testing.assert_allclose(forecast("naive", logs, 6), Naive().forecast(logs, 6)["mean"], rtol=1e-12)
    np.testing.assert_allclose(
        forecast("drift", logs, 6), RandomWalkWithDrift().forecast(logs, 6)["mean"], rtol=1e-6
    )
    np.testing.assert_allclose(
        forecast("seasonal naive", logs, 9, season=4),
        SeasonalNaive(season_length=4).forecast(logs, 9)["mean"],
        rtol=1e-12,
    )


@pytest.mark.parametrize("length", [8, 12, 20, 30])
@pytest.mark.parametrize(("kind", "order"), [("walk", (0, 0, 0)), ("ar", (1, 0, 0)), ("ma", (0, 0, 1))])
@pytest.mark.parametrize("drift", [False, True])
def test_growth_models_are_the_maximum_of_statsmodels(
    length: int, kind: Any, order: Any, drift: bool
) -> None:
    """Same likelihood, AICc and forecasts as the Kalman filter of statsmodels; never below its maximum.

    Tolerance 1e-4 for forecasts: statsmodels stops its search at a gradient of 1e-5.
    """
    from statsmodels.tsa.arima.model import ARIMA

    for seed in range(3):
        growth = np.diff(walk(length + 1, 100 * length + seed))
        with warnings.catch_warnings():
            # It warns of weak starting values and of its own search; the likelihoods are compared below.
            warnings.simplefilter("ignore")
            other = ARIMA(growth, order=order, trend="c" if drift else "n").fit()
        ours = fitted(kind, growth, drift)
        if ours is None:
            # The maximum lies at a unit root; statsmodels went there too, or stopped at a lower local one.
            at_root = _profile(kind, growth, drift, np.array([-UNIT_ROOT, UNIT_ROOT]))[0].max()
            assert abs(other.params[-2]) > 0.98 or at_root > other.llf
            continue
        assert ours.loglik >= other.llf - 1e-6
        assert ours.loglik == pytest.approx(other.llf, abs=1e-3)
        assert ours.aicc == pytest.approx(other.aicc, abs=2e-3)
        if ours.loglik - other.llf < 1e-6:
            np.testing.assert_allclose(ours.forecast(5), np.cumsum(other.forecast(5)), atol=1e-4)


def test_whitening_is_the_inverse_root_of_the_covariance() -> None:
    """The dense formulation: quadratic form and determinant of the full covariance of an AR(1) and an MA(1)."""
    row = np.random.default_rng(5).normal(size=9)
    lag = np.abs(np.subtract.outer(np.arange(9), np.arange(9)))
    for kind, value in (("ar", 0.6), ("ar", -0.3), ("ma", 0.7), ("ma", -0.9)):
        covariance = (
            value**lag / (1 - value**2)
            if kind == "ar"
            else (1 + value**2) * (lag == 0) + value * (lag == 1.0)
        )
        errors, determinant, _ = whitened(kind, row, np.array([value]))  # type: ignore[arg-type]
        assert np.sum(errors**2) == pytest.approx(row @ np.linalg.solve(covariance, row), rel=1e-10)
        assert determinant[0] == pytest.approx(np.linalg.slogdet(covariance)[1], rel=1e-10)


def test_the_arima_of_a_series_is_the_best_of_its_growth() -> None:
    for seed in range(6):
        logs = walk(16, seed)
        np.testing.assert_allclose(
            forecast("arima", logs, 5), logs[-1] + best(np.diff(logs)).forecast(5), rtol=1e-7, atol=1e-7
        )


@pytest.mark.parametrize("length", [8, 12, 20, 30])
def test_theta_is_smoothing_with_half_the_trend(length: int) -> None:
    """Hyndman and Billah (2003): the theta forecast, which averages the linear trend and the smoothed second theta line, is
    simple exponential smoothing of the series with half the slope of the trend as its drift.

    The library gives only its two estimates, alpha and the first level; both formulations are worked out from the series.
    """
    from statsforecast.models import AutoTheta

    for seed in range(4):
        logs = walk(length, 40 + seed)
        scaled = (logs - logs[-1]) / np.std(logs)
        model = AutoTheta(season_length=1, decomposition_type="additive", model="STM").fit(scaled).model_
        alpha, level = model["par"]["alpha"], model["par"]["initial_smoothed"]
        time = np.arange(1, length + 1)
        slope, intercept = np.polyfit(time, scaled, 1)
        # The line of theta 2, smoothed, averaged with the line of theta 0, which is the trend.
        line = 2 * scaled - intercept - slope * time
        smooth = 2 * level
        for value in line:
            smooth = alpha * value + (1 - alpha) * smooth
        ahead = length + np.arange(1, 6)
        from_lines = 0.5 * (smooth + intercept + slope * ahead)
        # Smoothing of the series itself, with half the slope as drift.
        for value in scaled:
            level = alpha * value + (1 - alpha) * level
        left = (1 - alpha) ** length
        from_drift = (
            level
            + slope / 2 * (np.arange(5) + (1 - left) / alpha)
            + left / 2 * (intercept + slope)  # what the first level leaves out of the trend
        )
        ours = (forecast("theta", logs, 5) - logs[-1]) / np.std(logs)
        np.testing.assert_allclose(ours, from_drift, atol=1e-9)
        np.testing.assert_allclose(ours, from_lines, atol=1e-9)


@pytest.mark.parametrize("length", [8, 12, 20, 30])
def test_exponential_smoothing_against_statsmodels(length: int) -> None:
    """The chosen form is refitted by statsmodels, and by hand from its own parameters.

    Likelihoods of smoothing on short series have several maxima and both libraries search from one start, so that the
    sum of squares may exceed that of statsmodels by a fifth; more would say that the search no longer works.
    """
    from statsforecast.models import AutoETS
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    for seed in range(4):
        logs = walk(length, 70 + seed)
        scaled = (logs - logs[-1]) / np.std(logs)
        for name, damped in (("ets", None), ("damped", True)):
            model = AutoETS(season_length=1, model="AZN", damped=damped).fit(scaled).model_
            form = model["components"]
            trend, is_damped = form[1] == "A", form[3] == "D"
            assert name == "ets" or (trend and is_damped)
            by_hand, squares = smoothed(scaled, model["par"], trend, is_damped, 5)
            ours = (forecast(name, logs, 5) - logs[-1]) / np.std(logs)
            np.testing.assert_allclose(ours, by_hand, atol=1e-9)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                other = ETSModel(
                    scaled,
                    error="add",
                    trend="add" if trend else None,
                    damped_trend=is_damped,
                    bounds={"damping_trend": (0.8, 0.98)} if is_damped else None,
                ).fit(disp=False, maxiter=2000)
            assert squares <= 1.2 * other.sse


def smoothed(row: Array, parameters: Any, trend: bool, damped: bool, horizon: int) -> tuple[Array, float]:
    """Forecasts and squared errors of ETS(A,N,N), (A,A,N) or (A,Ad,N) written out (Hyndman et al. 2008, table 2.2)."""
    alpha, beta, _, phi, level = parameters[:5]
    slope = parameters[5] if trend else 0.0
    beta, phi = (beta if trend else 0.0), (phi if damped else 1.0)
    squares = 0.0
    for value in row:
        error = value - level - phi * slope
        level, slope = level + phi * slope + alpha * error, phi * slope + beta * error
        squares += error**2
    return level + slope * np.cumsum(phi ** np.arange(1, horizon + 1)), squares


def test_seasonal_smoothing_is_carried_on_as_the_library_does() -> None:
    """Where no trend is damped the library's own forecast is right, and the states carried on give the same."""
    from statsforecast.models import AutoETS

    month = np.arange(60)
    for seed in range(3):
        noise = np.random.default_rng(seed).normal(0, 0.05, 60)
        logs = 0.4 * np.sin(2 * np.pi * month / 12) + 0.01 * seed * month + noise
        scaled = (logs - logs[-1]) / np.std(logs)
        model = AutoETS(season_length=12, model="AZZ").fit(scaled)
        assert model.model_["components"][2] == "A"
        if model.model_["components"][3] == "N":
            ours = (forecast("ets", logs, 15, season=12) - logs[-1]) / np.std(logs)
            np.testing.assert_allclose(ours, model.predict(15)["mean"], atol=1e-9)


# --- what a change of unit or order does -------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    length=st.integers(8, 30),
    shift=st.floats(-25, 25),
    stretch=st.floats(0.2, 5),
    name=st.sampled_from(suited(1)),
)
def test_a_change_of_unit_shifts_a_forecast_and_nothing_else(
    seed: int, length: int, shift: float, stretch: float, name: str
) -> None:
    """Multiplying values adds to logs; stretching logs stretches their forecast. To 1e-6: rounding moves a search."""
    logs = walk(length, seed)
    plain = forecast(name, logs, 6)
    np.testing.assert_allclose(forecast(name, logs + shift, 6) - shift, plain, atol=1e-6)
    np.testing.assert_allclose(forecast(name, logs * stretch, 6) / stretch, plain, atol=1e-6)


@pytest.mark.parametrize("name", suited(1))
def test_a_forecast_depends_on_its_own_series_only(name: str) -> None:
    """The same numbers in any order of the series, and after any other: no library keeps a state between them."""
    rows = [walk(length, length) for length in (8, 30, 9, 17, 12)]
    kept = [row.copy() for row in rows]
    forwards = [forecast(name, row, 4) for row in rows]
    backwards = [forecast(name, row, 4) for row in rows[::-1]][::-1]
    for one, other in zip(forwards, backwards, strict=True):
        np.testing.assert_array_equal(one, other)
    for row, before in zip(rows, kept, strict=True):
        np.testing.assert_array_equal(row, before)


@pytest.mark.parametrize("name", suited(1))
def test_shorter_horizons_are_the_beginning_of_longer_ones(name: str) -> None:
    logs = walk(15, 21)
    np.testing.assert_allclose(forecast(name, logs, 3), forecast(name, logs, 9)[:3], atol=1e-12)


def test_a_series_turned_upside_down_turns_its_forecast() -> None:
    """The reciprocal of a series has the reciprocal forecast: additive models on logs know no up or down."""
    for seed in range(6):
        logs = walk(13, seed)
        for name in ("naive", "drift", "arima", "damped", "ets"):
            np.testing.assert_allclose(
                forecast(name, -logs, 5), -forecast(name, logs, 5), atol=2e-3, err_msg=name
            )


# --- breaks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [8, 13, 29])
def test_sup_t_is_the_largest_t_test(length: int) -> None:
    """Against Student's two-sample test at every place."""
    from scipy.stats import ttest_ind

    growth = np.random.default_rng(length).normal(0.03, 0.2, length)
    values = {
        k: abs(float(ttest_ind(growth[:k], growth[k:]).statistic))
        for k in range(SEGMENT, length - SEGMENT + 1)
    }
    value, place = sup_t(growth)
    assert place == max(values, key=lambda k: values[k])
    assert value == pytest.approx(values[place], rel=1e-10)


def test_with_one_place_the_critical_value_is_students() -> None:
    """Eight growth rates leave one place for a break, so the value is the two-sided 5 % point of t with 6 degrees.

    20,000 draws: standard error about 0.025 at this point.
    """
    from scipy.stats import t

    assert critical_value(8) == pytest.approx(t.ppf(0.975, 6), abs=0.1)


@pytest.mark.parametrize("length", [10, 20])
def test_steady_growth_is_called_broken_at_the_stated_rate(length: int) -> None:
    """Fresh normal samples: 5 % false alarms, within four standard errors of 4,000 draws. Any mean and variance."""
    draws = np.random.default_rng(77).normal(0.4, 3.0, (4000, length))
    rate = float(np.mean(_statistics(draws, SEGMENT)[0] > critical_value(length)))
    assert abs(rate - 0.05) < 4 * (0.05 * 0.95 / 4000) ** 0.5


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000), length=st.integers(9, 30), shift=st.floats(-20, 20), tilt=st.floats(-1, 1)
)
def test_breaks_do_not_move_with_unit_or_trend(seed: int, length: int, shift: float, tilt: float) -> None:
    logs = walk(length, seed)
    logs[length // 2 :] += 0.3 * np.arange(length - length // 2)
    found, moved = latest_break(logs), latest_break(logs + shift + tilt * np.arange(length))
    assert (found is None) == (moved is None)
    if found is not None and moved is not None:
        assert found.place == moved.place
        assert moved.after - moved.before == pytest.approx(found.after - found.before, abs=1e-9)
