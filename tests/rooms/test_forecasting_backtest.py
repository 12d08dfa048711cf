"""Rolling origins: nothing later than the origin is seen, what is left out is counted, any executor gives the same."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import polars as pl
import pytest

from landbridge.errors import BadSample, BadUsage
from landbridge.forecasting.backtest import Panel, Trials, rolling
from landbridge.forecasting.cases import Cases, errors_of
from landbridge.forecasting.models import forecast
from landbridge.forecasting.record import Record, pooled, record, select, skill, skill_row
from landbridge.forecasting.scores import When, ratio

MODELS = ("naive", "drift", "theta")
NAN = float("nan")
BOTH = (("naive", 0.1), ("drift", 0.05))


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


def tried(values: np.ndarray, late: int, models: tuple[str, ...] = ("naive", "drift")) -> Record:
    labels = tuple(f"S{k}" for k in range(len(values)))
    held = Panel("mine", "year", 2000, values, labels)
    trials = rolling([held], models=models, origins={"mine": range(2005, 2015)}, horizon=2, least=6)
    return record(trials, {"mine": late}, 2)


def walks(count: int, years: int) -> np.ndarray:
    return np.asarray(np.exp(5 + np.random.default_rng(3).normal(0, 0.2, (count, years)).cumsum(axis=1)))


def test_a_constant_series_is_left_out_by_name_and_counted() -> None:
    values = np.vstack([walks(30, 16), np.full((1, 16), 7.0)])
    made = tried(values, 2011)
    told = made.left.filter(made.left["reason"].str.contains("S30 "))
    assert told["count"].to_list() == [10]
    numbers = made.skill.select(pl.selectors.float())
    assert all(column.drop_nulls().is_finite().all() for column in numbers)


def test_series_that_never_move_are_refused_and_not_scored() -> None:
    with pytest.raises(BadSample, match="no series entered"):
        tried(np.full((5, 16), 7.0), 2011)
    still = Trials(
        panel=np.array(["mine"]), series=np.array(["S0"]), origin=np.array([2010]), year=np.array([2010]),
        model=np.array(["naive"]), error=np.zeros((1, 1)), growth=np.zeros((1, 1)), own=np.zeros(1),
        steps=np.array([9]),
    )  # fmt: skip
    with pytest.raises(BadSample, match="do not move"):
        errors_of(still, "naive")


def test_a_score_that_is_not_finite_is_refused() -> None:
    when = When(np.array([2000, 2001]), np.array([2001, 2002]))
    with pytest.raises(BadSample, match="not finite"):
        ratio(np.array([1.0, np.nan]), np.ones(2), when)
    with pytest.raises(BadSample, match="zero"):
        ratio(np.zeros(2), np.zeros(2), when)


def case(
    panel: str, part: str, model: str, horizon: int, years: range, many: int, error: float = 0.1
) -> Cases:
    """Cases with one error: so many a year, in these origin years."""
    year = np.repeat(np.array(years, dtype=np.int64), many)
    key = np.array([f"{panel}-{k}@{y}" for k, y in enumerate(year.tolist())])
    blank = np.zeros((year.size, 7, 2))
    size = np.full(year.size, error)
    within = np.ones((year.size, 3), dtype=bool)
    when = When(year, year + horizon)
    return Cases(panel, part, model, horizon, key, when, size, size, within, blank, blank > 0)


def test_a_model_without_late_scores_is_neither_kept_nor_chosen() -> None:
    cases = [case("mine", "early", name, 1, range(2000, 2004), 5, size) for name, size in BOTH]
    cases.append(case("mine", "late", "naive", 1, range(2006, 2009), 5))
    told = {item.model: item for item in select(cases)}
    assert told["drift"].early == pytest.approx(0.5)
    assert not told["drift"].kept
    assert not told["drift"].chosen
    assert told["drift"].reason.startswith("not enough origins")


def test_where_nothing_can_be_scored_early_every_verdict_says_so() -> None:
    told = select([case("mine", "late", name, 1, range(2006, 2009), 5, size) for name, size in BOTH])
    assert all("no model could be scored on early ones" in item.reason for item in told)
    assert [item.model for item in told if item.kept] == ["naive"]
    assert not any(item.chosen for item in told)


def test_panels_are_equal_over_several_horizons() -> None:
    """One panel of three horizons, one of one: each is half of all, and horizons are equal in their panel."""
    long = [case("long", "late", "naive", h, range(2000, 2005), 9, 0.1 * h) for h in (1, 2, 3)]
    short = case("short", "late", "naive", 1, range(2000, 2005), 2, 1.0)
    found = skill_row(pooled([(item, item) for item in (*long, short)]))
    assert found["absolute_error"] == pytest.approx((0.2 + 1.0) / 2)


def test_one_origin_year_does_not_enter_the_rows_of_all_panels() -> None:
    """36 cases of a single year are one draw of what a year brings, whatever their number."""
    few = case("few", "late", "naive", 2, range(2000, 2001), 36, 1.0)
    many = [case("many", "late", "naive", h, range(2000, 2005), 9, 0.1) for h in (1, 2)]
    rows = {(row["panel"], row["horizon"]): row for row in skill([few, *many])}
    assert rows["few", 2]["absolute_error"] == pytest.approx(1.0)
    assert rows["all", 2]["absolute_error"] == pytest.approx(0.1)
    assert rows["all", 2]["cases"] == 45
