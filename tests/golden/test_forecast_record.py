"""The shipped record of forecasts: recomputed from the reference panels where they are present, and consistent in itself.

Recomputed rows are compared to the four digits (errors: three decimals) that the tables carry: naive and drift are closed
forms and members are drawn with a fixed seed, so nothing else may differ.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from landbridge.errors import OutsideSupport, UnknownLabel
from landbridge.forecasting.backtest import Panel, Trials, rolling
from landbridge.forecasting.cases import beside, errors_of, score
from landbridge.forecasting.paths import chance, draw, shrunk
from landbridge.forecasting.record import BASE, Record, pooled, skill_row
from landbridge.forecasting.series import prepared

NAMES = ("panels", "models", "skill", "reliability", "errors", "left_out")
LAST = {"agtpa": 2006, "wiod": 2011, "china": 2025}
STEPS = [f"z{k}" for k in range(1, 7)]


@pytest.fixture(scope="module")
def tables(root: Path) -> dict[str, pl.DataFrame]:
    return {
        name: pl.read_csv(root / "tables" / f"forecast_{name}.csv", infer_schema_length=None)
        for name in NAMES
    }


@pytest.fixture(scope="module")
def shipped(tables: dict[str, pl.DataFrame]) -> Record:
    return Record(
        tables["skill"], tables["reliability"], tables["errors"], tables["models"], tables["left_out"]
    )


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("forecasts", root / "scripts" / "build_forecast_record.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def trials(shared: Path, script: ModuleType) -> Trials:
    """Naive and drift on every series of the record."""
    held: tuple[Panel, ...] = script.panels(shared / "anchors" / "agtpa", shared / "data" / "trade", 1000, 1)
    yearly = [panel for panel in held if panel.frequency == "year"]
    return rolling(
        yearly,
        models=("naive", "drift"),
        origins=script.ORIGINS,
        horizon=script.HORIZON,
        least=script.LEAST,
    )


@pytest.mark.shared
def test_trajectories_are_those_of_the_panels(trials: Trials, tables: dict[str, pl.DataFrame]) -> None:
    mine = tables["errors"].filter(pl.col("model") == BASE).sample(400, seed=5)
    naive = trials.take(trials.model == BASE)
    keys = zip(naive.panel.tolist(), naive.series.tolist(), naive.origin.tolist(), strict=True)
    at = {key: k for k, key in enumerate(keys)}
    rows = np.array([at[key] for key in mine.select("panel", "series", "origin").iter_rows()])
    whole = errors_of(trials, BASE)
    assert mine["pooled"].to_list() == pytest.approx([whole.pooled] * 400, abs=5e-5)
    shown = mine.select(STEPS).cast(float).fill_null(float("nan")).to_numpy()
    scales = shrunk(naive.own[rows], naive.steps[rows].astype(float), whole.pooled)
    np.testing.assert_allclose(shown, naive.error[rows] / scales[:, None], atol=5.1e-4)


@pytest.mark.shared
@pytest.mark.parametrize(("panel", "horizon"), [("agtpa", 5), ("wiod", 2), ("china", 3)])
def test_late_scores_are_those_of_the_panels(
    trials: Trials, tables: dict[str, pl.DataFrame], script: ModuleType, panel: str, horizon: int
) -> None:
    known = trials.until(script.LATE[panel])
    scores = {}
    for model in ("naive", "drift"):
        mine = (trials.panel == panel) & (trials.model == model) & (trials.year >= script.LATE[panel])
        scores[model] = score(trials.take(mine), errors_of(known, model), horizon, "late", 1)
    for model, cases in scores.items():
        found = skill_row(pooled([beside(cases, scores["naive"])]))
        held = tables["skill"].filter(
            (pl.col("panel") == panel)
            & (pl.col("part") == "late")
            & (pl.col("model") == model)
            & (pl.col("horizon") == horizon)
        )
        row = held.row(0, named=True)
        for name, value in found.items():
            expected = None if value is None else pytest.approx(value, rel=5.1e-4, abs=1e-12)
            assert row[name] == expected, name


def test_every_model_that_lost_was_dropped_and_says_why(
    shipped: Record, tables: dict[str, pl.DataFrame]
) -> None:
    for row in tables["models"].iter_rows(named=True):
        if row["model"] != BASE:
            assert row["kept"] == (row["early_ratio"] < 1.0 and row["late_ratio"] < 1.0), row
            assert row["kept"] != row["reason"].startswith("dropped"), row
    assert set(tables["errors"]["model"].unique()) == set(shipped.kept)
    assert shipped.chosen in shipped.kept
    assert tables["models"]["chosen"].sum() <= 1
    assert set(tables["models"]["model"]) >= {
        "naive", "drift", "damped", "theta", "ets", "arima", "ensemble", "gravity",
    }  # fmt: skip


def test_trajectories_have_no_holes_and_end_with_their_panel(tables: dict[str, pl.DataFrame]) -> None:
    errors = tables["errors"]
    held = errors.select(STEPS).cast(float).fill_null(float("nan")).to_numpy()
    lengths = np.isfinite(held).sum(axis=1)
    assert (np.isfinite(held) == (np.arange(6) < lengths[:, None])).all()
    assert (lengths >= 1).all()
    last = np.array([LAST[name] for name in errors["panel"]])
    assert (errors["origin"].to_numpy() + lengths <= last).all()
    assert errors.select("model", "panel", "series", "origin").is_unique().all()
    late = dict(tables["panels"].select("panel", "first_late_origin").iter_rows())
    parts = ["early" if y < late[p] else "late" for p, y in errors.select("panel", "origin").iter_rows()]
    assert errors["part"].to_list() == parts


def test_scores_are_possible_numbers(tables: dict[str, pl.DataFrame]) -> None:
    skill = tables["skill"]
    for name in ("coverage_50", "coverage_80", "coverage_95", "brier"):
        assert skill[name].drop_nulls().is_between(0, 1).all()
    assert (skill["coverage_50"].drop_nulls() <= skill["coverage_80"].drop_nulls()).all()
    assert (skill["coverage_80"].drop_nulls() <= skill["coverage_95"].drop_nulls()).all()
    naive = skill.filter((pl.col("model") == BASE) & (pl.col("against") == BASE))
    assert (naive["relative_error"] == 1.0).all()
    assert (naive["crps_skill"] == 0.0).all()
    few = skill.filter((pl.col("origin_years") < 3) | (pl.col("target_years") < 3))
    assert few.height > 0
    assert few["crps_skill_se"].null_count() == few.height


def test_reliability_bins_hold_what_they_say(tables: dict[str, pl.DataFrame]) -> None:
    curve = tables["reliability"]
    assert ((curve["said"] >= curve["low"] - 1e-4) & (curve["said"] <= curve["high"] + 1e-4)).all()
    assert (curve["forecasts"] <= curve["cases"]).all()
    assert curve["origin_years"].is_between(1, 17).all()
    banded = curve.drop_nulls("came_low")
    assert ((banded["came_low"] <= banded["came"]) & (banded["came"] <= banded["came_high"])).all()
    assert set(curve["panel"].unique()) == {"all", "agtpa", "wiod", "china"}
    assert set(curve["rule"].unique()) == {"in year", "by year"}
    # All probabilities of all late cases are there: seven thresholds of each case of the skill table.
    spans = curve.filter(
        (pl.col("first_step") == 1) & (pl.col("last_step") == 6) & (pl.col("rule") == "in year")
    )
    late = tables["skill"].filter((pl.col("part") == "late") & pl.col("horizon").is_null())
    for panel, model, cases in late.select("panel", "model", "cases").iter_rows():
        mine = spans.filter((pl.col("panel") == panel) & (pl.col("model") == model))
        assert mine.is_empty() or mine["cases"].sum() == 7 * cases


def test_no_panel_speaks_for_all_from_fewer_than_three_origin_years(tables: dict[str, pl.DataFrame]) -> None:
    late = tables["skill"].filter(
        (pl.col("part") == "late") & (pl.col("model") == BASE) & pl.col("horizon").is_not_null()
    )
    mine = late.filter(pl.col("panel") != "all")
    enough = mine.filter(pl.col("origin_years") >= 3)
    pooled_rows = late.filter((pl.col("panel") == "all") & (pl.col("against") == BASE))
    assert enough.height < mine.height
    assert set(pooled_rows["horizon"]) == set(enough["horizon"])
    for horizon, cases, error in pooled_rows.select("horizon", "cases", "absolute_error").iter_rows():
        here = enough.filter(pl.col("horizon") == horizon)
        assert cases == here["cases"].sum()
        # Each panel counts equally; both sides are rounded to four digits.
        assert error == pytest.approx(here["absolute_error"].mean(), rel=2e-4)
    curve = tables["reliability"].filter(pl.col("panel") == "all")
    assert curve["reaches"].max() == enough["horizon"].max()


def test_the_record_draws_paths_without_the_panels(shipped: Record) -> None:
    errors = shipped.trajectories(shipped.chosen)
    values = [90.0, 100, 95, 110, 120, 118, 130, 140, 150, 149]
    series = prepared(range(2015, 2025), values, unit="USD", counters="CHN", name="made")
    paths = draw(series, shipped.chosen, errors, 6)
    held = chance(paths, 160.0, 2030)
    assert 0.0 < held.low < held.point < held.high < 1.0
    assert paths.years >= 10
    with pytest.raises(OutsideSupport, match="no 7 steps ahead"):
        draw(series, shipped.chosen, errors, 7)
    with pytest.raises(UnknownLabel, match="model with a record"):
        shipped.trajectories("oracle")


def test_every_panel_has_a_source_and_a_licence(tables: dict[str, pl.DataFrame]) -> None:
    panels = tables["panels"]
    assert set(tables["errors"]["panel"].unique()) <= set(panels["panel"])
    assert set(tables["left_out"]["panel"].unique()) <= set(panels["panel"])
    for name in ("title", "source", "licence"):
        assert panels[name].str.len_chars().min() > 3  # type: ignore[operator]
    assert (panels["series_entered"] <= panels["series"]).all()


def test_the_record_is_small(root: Path) -> None:
    assert sum((root / "tables" / f"forecast_{name}.csv").stat().st_size for name in NAMES) < 1_000_000


def test_the_page_shows_the_tables(
    root: Path, tables: dict[str, pl.DataFrame], shipped: Record, script: ModuleType
) -> None:
    page = (root / "docs" / "explanation" / "forecast-record.md").read_text(encoding="utf-8")
    assert page == script.filled(page, script.page_parts(tables, shipped.chosen))
    assert page.count("<!-- table: ") == 8
    # Its words rest on these: if a rebuild changes them, the words must change too.
    assert "No model beat the naive forecast" in page
    assert shipped.kept == (BASE,)
    strays = {row[0]: row[1:] for row in script.strays(tables["reliability"], shipped.chosen)}
    assert strays["agtpa"] == ("60", "26", "26", "0", "17")
    assert strays["china"] == ("60", "16", "11", "5", "12")
    assert strays["wiod"] == ("60", "5", "0", "5", "14")
    assert strays["all"] == ("60", "0", "0", "0", "")
    assert "in 26 of 60 rows of `agtpa` and 16 of 60 of `china`" in page
    assert tables["skill"]["origin_years"].max() == 17
