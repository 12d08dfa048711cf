"""Models of one series: hand-worked cases, what they need, what they refuse."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

from landbridge.errors import BadSample, BadUsage, NotConverged, UnknownLabel
from landbridge.forecasting import ROSTER, ensemble, forecast, latest_break, models, suited
from landbridge.forecasting.driven import DAMPING, carried_on, driven
from landbridge.forecasting.growth import best, fitted

Array = np.ndarray


def walk(length: int, seed: int = 1, growth: float = 0.05, spread: float = 0.15) -> Array:
    return np.cumsum(np.random.default_rng(seed).normal(growth, spread, length))


def test_naive_drift_and_seasonal_naive_by_hand() -> None:
    logs = np.array([1.0, 2.0, 1.5, 2.5])
    np.testing.assert_allclose(forecast("naive", logs, 2), [2.5, 2.5])
    np.testing.assert_allclose(forecast("drift", logs, 2), [3.0, 3.5])
    np.testing.assert_allclose(
        forecast("seasonal naive", np.arange(13.0), 14, season=12), [*range(1, 13), 1, 2]
    )


def test_exact_growth_is_carried_on() -> None:
    """Growth of 0.1 a year without noise: the models with a full trend go on with it, theta with half of it, and the
    damped trend with a share between 0.8 and 0.98 of the growth before."""
    logs = 3.0 + 0.1 * np.arange(10)
    for name in ("drift", "ets", "arima"):
        np.testing.assert_allclose(np.diff(forecast(name, logs, 4)), 0.1, rtol=1e-3, err_msg=name)
    np.testing.assert_allclose(np.diff(forecast("theta", logs, 4)), 0.05, rtol=1e-6)
    steps = np.diff(forecast("damped", logs, 6))
    np.testing.assert_allclose(steps[1:] / steps[:-1], steps[1] / steps[0], rtol=1e-6)
    assert 0.8 <= steps[1] / steps[0] <= 0.98


@pytest.mark.parametrize("name", list(ROSTER))
def test_a_constant_series_stays(name: str) -> None:
    np.testing.assert_array_equal(forecast(name, np.full(14, 7.25), 5), np.full(5, 7.25))


@pytest.mark.parametrize("name", list(ROSTER))
def test_one_value_less_than_needed_is_refused(name: str) -> None:
    least = ROSTER[name].least
    assert np.all(np.isfinite(forecast(name, walk(least), 3)))
    with pytest.raises(BadSample, match=f"{least - 1} values, and the model '{name}' needs {least}"):
        forecast(name, walk(least - 1) if least > 1 else np.empty(0), 3)


@pytest.mark.parametrize("name", suited(12))
def test_monthly_models_need_whole_seasons_and_find_them(name: str) -> None:
    needed = ROSTER[name].needed(12)
    month = np.arange(needed + 24)
    logs = 0.3 * np.sin(2 * np.pi * month / 12) + np.random.default_rng(3).normal(0, 0.01, len(month))
    with pytest.raises(BadSample, match=f"needs {needed}"):
        forecast(name, logs[: needed - 1], 12, season=12)
    truth = 0.3 * np.sin(2 * np.pi * (month[-1] + 1 + np.arange(12)) / 12)
    assert np.abs(forecast(name, logs, 12, season=12) - truth).max() < 0.08


def test_which_models_suit_which_season() -> None:
    assert suited(1) == ("naive", "drift", "damped", "theta", "ets", "arima", "ensemble")
    assert suited(12) == ("theta", "ets", "seasonal naive")


def test_rough_series_give_numbers_or_a_reason() -> None:
    """Heavy tails, steps and near-constants: every model answers with finite numbers or NotConverged, never NaN."""
    rng = np.random.default_rng(11)
    rough = [np.cumsum(rng.standard_t(1.5, n)) for n in (8, 9, 11, 16, 28) for _ in range(6)]
    rough += [np.r_[np.zeros(6), np.full(6, 5.0)], np.r_[np.zeros(9), 1.0], 1e-9 * walk(10), 1e6 * walk(10)]
    for logs in rough:
        for name in suited(1):
            try:
                found = forecast(name, logs, 6)
            except NotConverged:
                continue
            assert found.shape == (6,)
            assert np.all(np.isfinite(found)), name


def test_a_library_that_fails_is_not_converged(monkeypatch: pytest.MonkeyPatch) -> None:
    import statsforecast.models

    def without_number(self: Any, y: Array) -> Any:
        self.model_ = {"components": "ANNN", "par": np.zeros(4), "states": np.full((1, 1), np.nan)}
        return self

    def fails(self: Any, y: Array) -> Any:
        raise ValueError("no model able to be fitted")

    monkeypatch.setattr(statsforecast.models.AutoETS, "fit", without_number)
    with pytest.raises(NotConverged, match="'ets' gave no finite forecast"):
        forecast("ets", walk(12), 3)
    monkeypatch.setattr(statsforecast.models.AutoETS, "fit", fails)
    with pytest.raises(NotConverged, match="'damped' could not be fitted to 12 values: no model"):
        forecast("damped", walk(12), 3)
    with pytest.raises(NotConverged):
        forecast("ensemble", walk(12), 3)


def test_bad_calls_are_refused() -> None:
    with pytest.raises(UnknownLabel, match="theta"):
        forecast("teta", walk(12), 3)
    with pytest.raises(BadUsage, match="horizon 0"):
        forecast("naive", walk(12), 0)
    with pytest.raises(BadSample, match="finite"):
        forecast("naive", np.array([1.0, np.nan]), 1)
    with pytest.raises(BadSample, match="one row"):
        forecast("naive", np.ones((2, 8)), 1)


def test_all_models_of_an_origin_take_milliseconds() -> None:
    """The budget is 10,000 origins in minutes on two cores: 50 ms an origin for all models would be 250 s."""
    logs = [walk(15, seed) for seed in range(20)]
    for name in suited(1):
        forecast(name, logs[0], 5)
    begun = time.process_time()
    for row in logs:
        for name in suited(1):
            forecast(name, row, 5)
    assert (time.process_time() - begun) / len(logs) < 0.05


def test_the_package_imports_no_library_before_it_is_needed() -> None:
    code = (
        "import sys, landbridge.forecasting as f; f.ROSTER, f.prepared, f.latest_break; "
        "assert not {'statsforecast', 'pandas', 'scipy'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_break_is_found_where_it_was_put() -> None:
    growth = np.r_[np.full(10, 0.2), np.full(10, -0.1)] + np.random.default_rng(2).normal(0, 0.03, 20)
    found = latest_break(np.r_[0.0, np.cumsum(growth)])
    assert found is not None
    assert found.place == 10
    assert found.before == pytest.approx(growth[:10].mean())
    assert found.after == pytest.approx(growth[10:].mean())
    assert found.statistic > found.critical


def test_the_newest_of_two_breaks_is_told() -> None:
    growth = np.r_[np.full(8, 0.4), np.full(8, 0.1), np.full(8, -0.3)]
    growth += np.random.default_rng(4).normal(0, 0.03, 24)
    logs = np.r_[0.0, np.cumsum(growth)]
    found = latest_break(logs)
    assert found is not None
    assert found.place == 16
    np.testing.assert_allclose(
        ensemble.drift_after_break(logs, 2), logs[-1] + growth[16:].mean() * np.array([1, 2])
    )


def test_no_break_in_steady_or_short_growth() -> None:
    assert latest_break(0.1 * np.arange(20)) is None
    assert latest_break(np.array([0.0, 1, 2, 3, 3, 3, 3, 3])) is None
    logs = walk(20, 6)
    assert latest_break(logs) is None
    np.testing.assert_array_equal(ensemble.drift_after_break(logs, 3), models.drift(logs, 3))


def test_the_ensemble_is_the_median_of_its_members() -> None:
    logs = walk(14, 9)
    members = [forecast(name, logs, 5) for name in ensemble.MEMBERS] + [ensemble.drift_after_break(logs, 5)]
    np.testing.assert_array_equal(forecast("ensemble", logs, 5), np.sort(members, axis=0)[2])


def test_growth_at_a_unit_root_is_no_candidate() -> None:
    """The growth of pure noise around a level is an MA(1) at minus one, which a short sample often puts exactly there."""
    growth = np.diff(np.random.default_rng(2).normal(size=20))
    assert fitted("ma", growth, False) is None
    chosen = best(growth)
    assert chosen.kind == "ar"
    assert -0.99 < chosen.coefficient < 0


def test_incomes_carry_trade_with_unit_elasticities() -> None:
    """Hand-worked: incomes that grow by 4, 2 and 3 per cent in logs, damped by 0.9, move trade by 4 + 2 - 3."""
    years = np.arange(6.0)
    trade = np.array([1.0, 1.4, 1.2, 1.3, 1.5, 1.6])
    found = driven(trade, 0.04 * years, 5 + 0.02 * years, 9 + 0.03 * years, 3)
    np.testing.assert_allclose(found, 1.6 + 0.03 * np.array([0.9, 0.9 + 0.81, 0.9 + 0.81 + 0.729]))
    np.testing.assert_allclose(carried_on(0.04 * years, 1), [0.2 + 0.04 * DAMPING])


def test_trade_that_moves_with_the_world_alone_stays() -> None:
    """Both incomes and the world's doubling in step cancel once: trade doubles with it."""
    years = 0.05 * np.arange(8)
    np.testing.assert_allclose(
        driven(walk(8), years, years, years, 4) - walk(8)[-1], carried_on(years, 4) - years[-1]
    )


def test_incomes_that_do_not_fit_are_refused() -> None:
    good = walk(8)
    with pytest.raises(BadSample, match="income of the importer: 7 values"):
        driven(good, good, good[1:], good, 2)
    with pytest.raises(BadSample, match="not finite: income of the world"):
        driven(good, good, good, np.r_[np.nan, good[1:]], 2)
    with pytest.raises(BadSample, match="needs 5"):
        driven(good[:4], good[:4], good[:4], good[:4], 2)
    with pytest.raises(BadUsage, match="horizon"):
        driven(good, good, good, good, 0)
