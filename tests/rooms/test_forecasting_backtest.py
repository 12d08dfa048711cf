"""Rolling origins: nothing later than the origin is seen, what is left out is counted, any executor gives the same."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from landbridge.errors import BadSample, BadUsage
from landbridge.forecasting.backtest import Panel, Trials, rolling
from landbridge.forecasting.models import forecast

MODELS = ("naive", "drift", "theta")
NAN = float("nan")


def panel(count: int = 120, seed: int = 1, name: str = "made") -> Panel:
    rng = np.random.default_rng(seed)
    values = np.exp(5 + rng.normal(0.05, 0.2, (count, 14)).cumsum(axis=1))
    return Panel(name, "year", 2000, values, tuple(f"S{k}" for k in range(count)))


def same(one: Trials, other: Trials) -> bool:
    names = ("panel", "series", "origin", "year", "model", "own", "steps")
    exact = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
    wide = all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in ("error", "growth")
    )
    return exact and wide and one.left == other.left


def test_serial_threads_and_processes_give_the_same() -> None:
    ask = {"models": ("naive", "drift"), "origins": {"made": (2008, 2010, 2011)}, "horizon": 3}
    one = rolling([panel()], **ask)  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as threads:
        assert same(one, rolling([panel()], executor=threads, **ask))  # type: ignore[arg-type]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        assert same(one, rolling([panel()], executor=processes, **ask))  # type: ignore[arg-type]
    assert one.size == 120 * 2 * 3


def test_errors_are_actual_less_forecast_in_logs() -> None:
    held = panel(3)
    made = rolling([held], models=["theta"], origins={"made": [2009]}, horizon=3)
    logs = np.log(held.values)
    for k in range(3):
        median = forecast("theta", logs[k, :10], 3)
        np.testing.assert_allclose(made.error[k], logs[k, 10:13] - median)
        np.testing.assert_allclose(made.growth[k], median - logs[k, 9])
        assert made.own[k] == pytest.approx(np.diff(logs[k, :10]).std(ddof=1))


def test_nothing_after_the_origin_is_seen() -> None:
    held = panel(40)
    later = held.values.copy()
    later[:, 10:] *= 7.0
    ask = {"models": MODELS, "origins": {"made": [2009]}, "horizon": 4}
    one = rolling([held], **ask)  # type: ignore[arg-type]
    other = rolling([replace(held, values=later)], **ask)  # type: ignore[arg-type]
    assert np.array_equal(one.growth, other.growth)
    assert np.array_equal(one.own, other.own)
    np.testing.assert_allclose(other.error - one.error, np.log(7.0))


def test_incomes_end_at_the_origin_too() -> None:
    rng = np.random.default_rng(4)
    incomes = np.exp(8 + rng.normal(0.04, 0.03, (5, 14)).cumsum(axis=1))
    held = replace(
        panel(5), exporter_income=incomes, importer_income=incomes[::-1], world=incomes.sum(axis=0)
    )
    changed = incomes.copy()
    changed[:, 10:] *= 3.0
    other = replace(held, exporter_income=changed, importer_income=changed[::-1], world=changed.sum(axis=0))
    ask = {"models": ["naive", "gravity"], "origins": {"made": [2009]}, "horizon": 3}
    one, two = (rolling([item], **ask) for item in (held, other))  # type: ignore[arg-type]
    assert (one.model == "gravity").sum() == 5
    assert np.array_equal(one.growth, two.growth)
    assert not np.allclose(one.growth[one.model == "gravity"], 0.0)


def test_gravity_runs_only_where_incomes_are_held() -> None:
    made = rolling([panel(2)], models=["naive", "gravity"], origins={"made": [2009]}, horizon=1)
    assert set(made.model.tolist()) == {"naive"}


def test_what_is_left_out_is_counted_with_the_reason() -> None:
    rows = {
        "whole": [5.0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
        "hole": [5, 6, 7, 8, NAN, 10, 11, 12, 13, 14, 15, 16],
        "zero": [5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 15, 16],
        "ends": [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, NAN, NAN],
        "falls": [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0],
        "absent": [5, 6, 7, 8, 9, 10, 11, 12, 13, NAN, 15, 16],
        "small": [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6],
    }
    held = Panel("made", "year", 2000, np.array(list(rows.values())), tuple(rows), smallest=5.0)
    made = rolling([held], models=["naive"], origins={"made": [2009]}, horizon=2)
    assert made.series.tolist() == ["whole", "falls"]
    assert made.lengths.tolist() == [2, 1]
    assert {(item.reason, item.count) for item in made.left} == {
        ("fewer than 8 observations since a gap, zero or negative value", 1),
        ("zero or negative in the origin period", 1),
        ("no outcome held", 1),
        ("zero or negative after the origin: the trajectory ends before it", 1),
        ("not held in the origin period", 1),
        ("smaller than 5 in the origin period", 1),
    }


def test_a_model_that_needs_more_values_is_counted_not_skipped_in_silence() -> None:
    made = rolling([panel(3)], models=["naive", "ets"], origins={"made": [2005]}, horizon=1, least=6)
    assert set(made.model.tolist()) == {"naive"}
    assert [(item.model, item.reason, item.count) for item in made.left] == [
        ("ets", "refused by the model (BadSample)", 3)
    ]


def test_until_takes_out_what_came_later() -> None:
    made = rolling([panel(2)], models=["naive"], origins={"made": [2007, 2009, 2010]}, horizon=3)
    known = made.until(2010)
    assert known.year.tolist() == [2007, 2007, 2009, 2009]
    assert known.lengths.tolist() == [3, 3, 1, 1]
    assert made.lengths.tolist() == [3] * 6


def test_progress_counts_all_portions() -> None:
    seen: list[tuple[str, int, int]] = []
    rolling(
        [panel(120)],
        models=["naive"],
        origins={"made": [2009]},
        horizon=1,
        progress=lambda *told: seen.append(told),
    )
    assert seen == [("back-test", k, 3) for k in (1, 2, 3)]


def test_months_run_in_months_and_cluster_by_year() -> None:
    t = np.arange(72)
    values = np.exp(3 + 0.01 * t + 0.3 * np.sin(2 * np.pi * t / 12))[None, :]
    held = Panel("by month", "month", 12 * 2018, values, ("S",))
    made = rolling([held], models=["seasonal naive"], origins={"by month": [12 * 2021 + 11]}, horizon=12)
    np.testing.assert_allclose(made.error[0], 0.12)
    assert made.year.tolist() == [2021]


def test_panels_that_contradict_themselves_are_refused() -> None:
    values = np.ones((2, 10))
    with pytest.raises(BadSample, match="one label each"):
        Panel("p", "year", 2000, values, ("a",))
    with pytest.raises(BadSample, match="labels repeat"):
        Panel("p", "year", 2000, values, ("a", "a"))
    with pytest.raises(BadSample, match="come together"):
        Panel("p", "year", 2000, values, ("a", "b"), exporter_income=values)
    with pytest.raises(BadSample, match="other shapes"):
        Panel("p", "year", 2000, values, ("a", "b"), values, values, np.ones(9))
    with pytest.raises(BadUsage, match="no origins"):
        rolling([panel(2)], models=["naive"], origins={}, horizon=1)
    with pytest.raises(BadUsage, match="same name"):
        rolling([panel(2), panel(2)], models=["naive"], origins={"made": [2009]}, horizon=1)
