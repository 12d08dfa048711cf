"""Scores against their definitions, and probabilities that keep the laws of probability."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.forecasting.backtest import Panel, rolling
from landbridge.forecasting.cases import beside, errors_of, scored, united
from landbridge.forecasting.paths import Errors, chance, draw
from landbridge.forecasting.record import record, select
from landbridge.forecasting.scores import When, band, brier, crps, inside, mean, ratio, reliability
from landbridge.forecasting.series import prepared


def test_crps_is_the_integral_of_the_squared_difference() -> None:
    rng = np.random.default_rng(1)
    members, outcomes = rng.normal(size=25), rng.normal(size=8) * 2
    grid = np.linspace(-12, 12, 480_001)
    below = np.searchsorted(np.sort(members), grid, side="right") / members.size
    for outcome, found in zip(outcomes, crps(outcomes, members), strict=True):
        integral = np.sum((below - (grid >= outcome)) ** 2) * (grid[1] - grid[0])
        assert found == pytest.approx(integral, abs=2e-4)


def test_crps_of_one_member_is_the_absolute_error() -> None:
    assert crps(np.array([1.0, 4.0]), np.array([2.5])).tolist() == [1.5, 1.5]
    own = crps(np.array([1.0, 4.0]), np.array([[1.0, 1.0], [2.0, 2.0]]))
    assert own.tolist() == [0.0, 2.0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12))
def test_brier_parts_add_up(seed: int, bins: int) -> None:
    rng = np.random.default_rng(seed)
    chances, weights = rng.uniform(size=200), rng.uniform(0.1, 2.0, 200)
    happened = rng.uniform(size=200) < chances**2
    parts = brier(chances, happened, weights, bins)
    whole = np.average((chances - happened) ** 2, weights=weights)
    assert parts.score == pytest.approx(whole)
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.within
    assert total == pytest.approx(whole)
    # Probabilities that are the same within each bin leave nothing over: Murphy's three parts alone.
    flat = (np.minimum((chances * bins).astype(int), bins - 1) + 0.5) / bins
    assert brier(flat, happened, weights, bins).within == pytest.approx(0.0, abs=1e-12)


def test_standard_error_counts_years_not_cases() -> None:
    rng = np.random.default_rng(2)
    shocks = rng.normal(size=12)
    years = np.repeat(np.arange(12), 400)
    when = When(years, years + 1)
    found = mean(shocks[years] + rng.normal(0, 0.1, years.size), when)
    assert found.error == pytest.approx(shocks.std(ddof=1) / np.sqrt(12), rel=0.02)
    assert (found.cases, found.origin_years, found.target_years) == (4800, 12, 12)


def test_overlapping_horizons_widen_the_standard_error() -> None:
    """A moving sum of three yearly shocks: three origins share years, and the plain clustered error misses it."""
    rng = np.random.default_rng(5)
    shocks = rng.normal(size=4002)
    sums = np.convolve(shocks, np.ones(3), "valid")
    years = np.arange(4000)
    plain = mean(sums, When(years, years + 1)).error
    aware = mean(sums, When(years, years + 3)).error
    assert plain is not None
    assert aware is not None
    # Autocorrelations 2/3 and 1/3 with Bartlett weights 2/3 and 1/3: 1 + 2 (4/9 + 1/9) = 19/9.
    assert aware / plain == pytest.approx(np.sqrt(19 / 9), rel=0.05)


def test_the_wider_of_two_clusterings_is_reported() -> None:
    origin = np.repeat(np.arange(2000, 2010), 3)
    target = origin + np.tile([1, 1, 1], 10)
    hit = (origin == 2008).astype(float)
    mixed = np.where(np.arange(30) % 3 == 0, 2015, target)
    one = mean(hit, When(origin, target)).error
    two = mean(hit, When(origin, mixed)).error
    assert one is not None
    assert two is not None
    assert two >= one


def test_two_years_give_no_standard_error_and_no_band() -> None:
    years = np.array([2000, 2000, 2001, 2001])
    found = mean(np.array([1.0, 0, 1, 1]), When(years, years + 1))
    assert found.value == 0.75
    assert found.error is None
    assert band(found) is None


def test_ratio_of_a_thing_to_itself_is_one_without_error() -> None:
    years = np.arange(2000, 2010)
    values = np.linspace(1, 2, 10)
    found = ratio(values, values, When(years, years + 1))
    assert found.value == 1.0
    assert found.error == pytest.approx(0.0, abs=1e-12)


def test_reliability_of_true_probabilities_lies_on_the_diagonal() -> None:
    rng = np.random.default_rng(8)
    chances = rng.uniform(size=40_000)
    years = rng.integers(1990, 2010, chances.size)
    curve = reliability(chances, rng.uniform(size=chances.size) < chances, When(years, years + 1))
    assert len(curve) == 10
    for item in curve:
        assert item.came.value == pytest.approx(item.said, abs=0.03)
        assert item.low <= item.said <= item.high


def walks(
    count: int, seed: int, names: tuple[str, ...] = ("one",), low: float = 0.1, high: float = 0.3
) -> list[Panel]:
    """Random walks of known volatility, no two series alike in it."""
    made = []
    for k, name in enumerate(names):
        rng = np.random.default_rng(seed + k)
        spread = rng.uniform(low, high, (count, 1))
        values = np.exp(6 + (spread * rng.normal(size=(count, 24))).cumsum(axis=1))
        made.append(Panel(name, "year", 1980, values, tuple(f"S{j}" for j in range(count))))
    return made


def test_coverage_of_a_known_normal_process_is_near_nominal() -> None:
    trials = rolling(walks(300, 1), models=["naive"], origins={"one": range(1988, 2003)}, horizon=3)
    cases = [item for item in scored(trials, {"one": 1996}, 3) if item.part == "late"]
    assert [item.horizon for item in cases] == [1, 2, 3]
    for item in cases:
        held = item.inside.mean(axis=0)
        np.testing.assert_allclose(held, [0.5, 0.8, 0.95], atol=0.03)


def test_probabilities_of_a_known_process_come_true_as_said() -> None:
    held = walks(400, 11, low=0.15, high=0.25)
    trials = rolling(held, models=["naive"], origins={"one": range(1988, 2003)}, horizon=3)
    cases = united([item for item in scored(trials, {"one": 1996}, 3) if item.part == "late"])
    for k in (0, 1):
        said, came = cases.chances[:, :, k].ravel(), cases.happened[:, :, k].ravel()
        for low in np.arange(0, 1, 0.2):
            rows = (said >= low) & (said < low + 0.2)
            assert came[rows].mean() == pytest.approx(said[rows].mean(), abs=0.05)


def test_late_scores_see_nothing_later_than_the_split() -> None:
    """Outcomes after the first late origin change neither the pool of errors nor the probabilities said."""
    held = walks(60, 3, ("one", "two"))
    wild = held[1].values.copy()
    wild[:, 17:] *= np.exp(np.random.default_rng(1).normal(0, 3, wild[:, 17:].shape))
    other = [held[0], Panel("two", "year", 1980, wild, held[1].labels)]
    ask = {"models": ["naive"], "origins": {"one": range(1988, 2002), "two": range(1988, 2002)}, "horizon": 3}
    one, two = (rolling(item, **ask) for item in (held, other))  # type: ignore[arg-type]
    late = {"one": 1996, "two": 1996}
    calm, shaken = (
        {(c.horizon, c.part): c for c in scored(item, late, 3) if c.panel == "one"} for item in (one, two)
    )
    assert calm.keys() == shaken.keys()
    for key, cases in calm.items():
        assert np.array_equal(cases.chances, shaken[key].chances)
        assert np.array_equal(cases.crps, shaken[key].crps)


def test_selection_drops_what_loses_to_naive() -> None:
    """On random walks without drift the estimated drift is noise: it loses, and naive is chosen."""
    trials = rolling(walks(150, 21), models=["naive", "drift"], origins={"one": range(1988, 2003)}, horizon=3)
    verdicts = {item.model: item for item in select(scored(trials, {"one": 1997}, 3))}
    assert verdicts["naive"].chosen
    assert verdicts["drift"].early is not None
    assert verdicts["drift"].early > 1.0
    assert not verdicts["drift"].kept


def test_selection_keeps_what_beats_naive() -> None:
    """Series with growth of their own that lasts: drift beats naive and is chosen."""
    rng = np.random.default_rng(31)
    growth = rng.normal(0, 0.2, (150, 1)) + rng.normal(0, 0.05, (150, 24))
    held = Panel("one", "year", 1980, np.exp(6 + growth.cumsum(axis=1)), tuple(f"S{j}" for j in range(150)))
    trials = rolling([held], models=["naive", "drift"], origins={"one": range(1988, 2003)}, horizon=3)
    made = record(trials, {"one": 1997}, 3)
    assert made.chosen == "drift"
    assert made.kept == ("naive", "drift")
    assert made.dropped.is_empty()
    late = made.skill.filter(
        (made.skill["part"] == "late") & (made.skill["model"] == "drift") & made.skill["horizon"].is_null()
    )
    assert all(value < 0.6 for value in late["relative_error"])
    again = made.trajectories("drift")
    whole = errors_of(trials, "drift")
    assert again.pooled == pytest.approx(whole.pooled, abs=1e-4)
    assert again.longest == 3


def test_no_panel_rules_by_its_size() -> None:
    """Ten times the series in one panel: the score of all is still the mean of both."""
    big, small = walks(200, 41, ("big",))[0], walks(20, 52, ("small",))[0]
    origins = {"big": range(1988, 2003), "small": range(1988, 2003)}
    trials = rolling([big, small], models=["naive", "drift"], origins=origins, horizon=2)
    made = record(trials, {"big": 1996, "small": 1996}, 2)
    rows = made.skill.filter(
        (made.skill["part"] == "late") & (made.skill["model"] == "drift") & (made.skill["horizon"] == 1)
    )
    found = dict(zip(rows["panel"], rows["absolute_error"], strict=True))
    assert found["all"] == pytest.approx((found["big"] + found["small"]) / 2)
    assert abs(found["big"] - found["small"]) > 1e-4


def test_cases_are_compared_on_the_same_series_and_origins() -> None:
    trials = rolling(
        walks(30, 61), models=["naive", "ets"], origins={"one": [1986, 1990]}, horizon=1, least=6
    )
    pool = Errors("x", np.ones((2, 1)), np.array([1, 2]), np.zeros(2, dtype=np.int64), ("one",), 0.2)
    from landbridge.forecasting.cases import score

    naive, ets = (score(trials.take(trials.model == name), pool, 1, "late") for name in ("naive", "ets"))
    assert (naive.key.size, ets.key.size) == (60, 30)
    one, other = beside(ets, naive)
    assert one.key.tolist() == other.key.tolist()
    assert all(key.endswith("@1990") for key in one.key)


def pool(seed: int = 1) -> Errors:
    rng = np.random.default_rng(seed)
    z = rng.normal(0.1, 1, (400, 5)).cumsum(axis=1)
    return Errors(
        "drift", z, np.repeat(np.arange(1990, 2010), 20), np.zeros(400, dtype=np.int64), ("p",), 0.2
    )


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.floats(1.0, 90.0), min_size=8, max_size=15),
    st.floats(0.2, 5.0),
    st.floats(1.01, 3.0),
    st.floats(1e-6, 1e9),
)
def test_laws_of_a_probability(values: list[float], level: float, more: float, factor: float) -> None:
    def paths(scaled: float) -> object:
        made = [scaled * item for item in values]
        series = prepared(range(2000, 2000 + len(made)), made, unit="USD", counters="x", name="s")
        return draw(series, "drift", pool(), 4, draws=800)

    by = 2000 + len(values) + 2
    here, there = paths(1.0), paths(factor)
    target = level * values[-1]
    in_year = chance(here, target, by)  # type: ignore[arg-type]
    by_year = chance(here, target, by, "by year")  # type: ignore[arg-type]
    assert in_year.point <= by_year.point
    assert chance(here, target * more, by).point <= in_year.point  # type: ignore[arg-type]
    assert chance(here, target, by - 1, "by year").point <= by_year.point  # type: ignore[arg-type]
    assert 0.0 <= in_year.low <= in_year.point <= in_year.high <= 1.0
    # Another unit of the same money: the same probability, but for draws that lie on the level to the last bit.
    assert chance(there, factor * target, by).point == pytest.approx(in_year.point, abs=2 / 800)  # type: ignore[arg-type]


def test_coverage_by_hand() -> None:
    members = np.arange(101.0)
    found = inside(np.array([50.0, 20.0, 95.0, 98.0]), members, (50, 80, 95))
    assert found.tolist() == [[True] * 3, [False, True, True], [False, False, True], [False] * 3]
