"""Paths: how errors are drawn, what a probability is made of, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.errors import BadSample, BadUsage, OutsideSupport
from landbridge.forecasting.paths import (
    Errors,
    chance,
    draw,
    fan,
    first_passage,
    scale,
    volatility,
    weighted,
)
from landbridge.forecasting.series import Series, prepared


def errors(model: str = "naive", seed: int = 3) -> Errors:
    """Random-walk errors from ten origin years; the panel `large` holds nine times the trajectories of `small`."""
    rng = np.random.default_rng(seed)
    origin = np.repeat(np.arange(1991, 2001), 100)
    panel = np.tile((np.arange(100) >= 90).astype(np.int64), 10)
    shock = rng.normal(0, 0.5, (10, 6)).cumsum(axis=1)
    z = shock[origin - 1991] + rng.normal(0, 1, (1000, 6)).cumsum(axis=1)
    z[origin > 1996, 4:] = np.nan
    return Errors(model, z, origin, panel, ("large", "small"), pooled=0.2)


def series(factor: float = 1.0) -> Series:
    values = factor * np.array([10, 12, 11, 15, 18, 17, 21, 26, 24.0])
    return prepared(range(2015, 2024), values.tolist(), unit="USD", counters="CHN", name="CHN-RUS")


def test_scale_is_shrunk_between_own_and_pooled_volatility() -> None:
    logs = np.log(series().values)
    own = float(np.diff(logs).std(ddof=1))
    assert volatility(logs) == pytest.approx(own)
    assert scale(logs, 0.1) ** 2 == pytest.approx((8 * own**2 + 5 * 0.01) / 13)
    assert scale(np.log(np.full(9, 5.0)), 0.1) == pytest.approx(np.sqrt(5 * 0.01 / 13))
    with pytest.raises(BadSample, match="three observations"):
        volatility(np.zeros(2))


def test_every_origin_year_and_every_panel_in_it_is_drawn_equally() -> None:
    pool = errors()
    rows = pool.drawn(4, 4000, 1)
    years, counts = np.unique(pool.origin[rows], return_counts=True)
    assert years.tolist() == list(range(1991, 2001))
    assert counts.tolist() == [400] * 10
    assert 0.45 < pool.panel[rows].mean() < 0.55, "ten of a hundred trajectories belong to the small panel"


def test_long_horizons_use_only_whole_trajectories() -> None:
    pool = errors()
    paths = draw(series(), "naive", pool, 6, draws=600)
    assert sorted(set(paths.origin.tolist())) == list(range(1991, 1997))
    assert np.isfinite(paths.levels).all()
    assert pool.longest == 6


def test_horizon_beyond_the_record_is_refused() -> None:
    with pytest.raises(OutsideSupport, match="longest horizon that it holds is 6"):
        draw(series(), "naive", errors(), 7)
    paths = draw(series(), "naive", errors(), 3)
    with pytest.raises(OutsideSupport, match="2024 to 2026; 2030 is outside"):
        chance(paths, 30.0, 2030)


def test_a_path_is_the_median_times_a_whole_trajectory() -> None:
    pool = errors()
    paths = draw(series(), "naive", pool, 4, draws=50, seed=9)
    rows = pool.drawn(4, 50, 9)
    spread = scale(np.log(series().values), 0.2)
    np.testing.assert_allclose(paths.levels, 24.0 * np.exp(spread * pool.z[rows, :4]))
    assert paths.periods == (2024, 2025, 2026, 2027)
    assert paths.unit == "USD"
    assert paths.latest == 24.0


def test_a_seed_gives_the_same_paths_and_another_seed_others() -> None:
    one, same, other = (draw(series(), "naive", errors(), 4, seed=k) for k in (1, 1, 2))
    assert np.array_equal(one.levels, same.levels)
    assert not np.array_equal(one.levels, other.levels)
    assert chance(one, 30.0, 2026) == chance(same, 30.0, 2026)


def test_chance_is_the_mean_share_of_origin_years() -> None:
    paths = draw(series(), "naive", errors(), 4)
    found = chance(paths, 30.0, 2026)
    shares = [np.mean(paths.levels[paths.origin == year, 2] >= 30.0) for year in range(1991, 2001)]
    assert found.point == pytest.approx(np.mean(shares))
    assert found.years == 10
    assert found.low < found.point < found.high


def test_the_range_widens_when_years_err_together() -> None:
    pool = errors()
    alone = Errors(
        "naive", np.random.default_rng(1).permuted(pool.z, axis=0), pool.origin, pool.panel, pool.panels, 0.2
    )
    together = chance(draw(series(), "naive", pool, 4), 30.0, 2026)
    apart = chance(draw(series(), "naive", alone, 4), 30.0, 2026)
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_first_passage_adds_up_and_agrees_with_by_year() -> None:
    paths = draw(series(), "naive", errors(), 4)
    found = first_passage(paths, 30.0)
    assert found.chances.sum() + found.never == pytest.approx(1.0)
    for k, year in enumerate(paths.periods):
        assert found.chances[: k + 1].sum() == pytest.approx(chance(paths, 30.0, year, "by year").point)


def test_fan_is_ordered_and_holds_the_stated_share() -> None:
    paths = draw(series(), "naive", errors(), 4)
    found = fan(paths)
    assert found.percents == (5.0, 25.0, 50.0, 75.0, 95.0)
    assert (np.diff(found.levels, axis=0) > 0).all()
    assert np.mean(paths.levels[:, 2] <= found.levels[4, 2]) == pytest.approx(0.95, abs=0.01)


def test_weighted_percentiles_by_hand() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3])
    assert weighted(values, weights, (50, 51, 80, 81, 100)).tolist() == [1.0, 2.0, 2.0, 3.0, 3.0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw(series(), "drift", errors(), 3), "errors of the model 'naive'"),
        (lambda: draw(series(), "gravity", errors("gravity"), 3), "needs incomes"),
        (lambda: draw(series(), "naive", errors(), 0), "1 or more"),
        (lambda: chance(draw(series(), "naive", errors(), 3), -1.0, 2025), "positive number"),
        (lambda: chance(draw(series(), "naive", errors(), 3), 9.0, 2025, "ever"), "no rule is called"),  # type: ignore[arg-type]
        (lambda: fan(draw(series(), "naive", errors(), 3), (120,)), "between 0 and 100"),
    ],
)
def test_bad_calls_are_refused_with_a_reason(call: object, words: str) -> None:
    with pytest.raises(BadUsage, match=words):
        call()  # type: ignore[operator]


def test_yearly_errors_do_not_fit_a_monthly_series() -> None:
    monthly = prepared(
        range(12 * 2020, 12 * 2020 + 9),
        series().values.tolist(),
        unit="USD",
        counters="CHN",
        name="by month",
        frequency="month",
    )
    with pytest.raises(BadUsage, match="errors of steps of one year do not fit"):
        draw(monthly, "naive", errors(), 3)
