"""What would have been: two formulations agree, a known shock comes back, and what cannot be told is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from landbridge.errors import BadSample, BadUsage
from landbridge.forecasting import counterfactual as room
from landbridge.forecasting.counterfactual import Counterfactual, Effect, Refusal, laid, structural, synthetic

MONTHS, BEFORE = 84, 60


def _months(seed: int = 3, shock: float = 0.0, lasting: int = 6) -> np.ndarray:
    """A level that grows by half a per cent a month, with a season, three per cent of noise and a shock that ends."""
    rng = np.random.default_rng(seed)
    t = np.arange(MONTHS)
    logs = 21 + 0.005 * t + 0.1 * np.sin(2 * np.pi * t / 12) + 0.03 * rng.standard_normal(MONTHS)
    logs[BEFORE : BEFORE + lasting] += shock
    return np.exp(logs)


def _years(seed: int = 5, shock: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Twelve years of eight partners that share two trends; the first is hit from the ninth year on."""
    rng = np.random.default_rng(seed)
    common = np.cumsum(rng.normal(0.03, 0.08, (12, 2)), axis=0)
    loads = rng.uniform(0.2, 0.8, (2, 9))
    logs = 20 + rng.normal(0, 2, 9) + common @ loads + 0.01 * rng.standard_normal((12, 9))
    logs[8:, 0] += shock
    return np.exp(logs[:, 0]), np.exp(logs[:, 1:])


@pytest.fixture(scope="module")
def hit() -> Counterfactual:
    found = structural(_months(shock=-0.5), season=12, before=BEFORE, seed=2)
    assert isinstance(found, Counterfactual)
    return found


def test_drawn_paths_have_the_moments_of_the_filter() -> None:
    logs = np.log(_months()[:BEFORE])
    fitted = room._fitted(logs, 12, "local")
    mean, spread = room._ahead(fitted, float(logs.mean()), 12)
    drawn = room._drawn(fitted, float(logs.mean()), 12, 7)
    # 2000 draws: the mean is known to 1/45 of a standard deviation, the deviation itself to 1/63; four of each.
    assert np.abs((drawn.mean(axis=0) - mean) / spread).max() < 4 / 45
    assert np.abs(drawn.std(axis=0) / spread - 1).max() < 4 / 63


def test_the_band_is_the_models_own_widened_by_what_simulation_asks_for(hit: Counterfactual) -> None:
    logs = np.log(_months(shock=-0.5)[:BEFORE])
    _, spread = room._ahead(room._fitted(logs, 12, "local"), float(logs.mean()), hit.actual.size)
    # 1.645 standard deviations hold 90 % where the variances are known. They are not.
    assert np.log(hit.high / hit.without) == pytest.approx(1.30 * 1.6449 * spread, rel=1e-3)
    assert np.log(hit.without / hit.low) == pytest.approx(1.30 * 1.6449 * spread, rel=1e-3)
    # Draws of the sum are widened alike: the range of the year is wider than that of the draws as they are.
    plain = room._drawn(room._fitted(logs, 12, "local"), float(logs.mean()), 12, 2)
    own = np.subtract(*np.percentile(np.log(np.exp(plain).sum(axis=1)), (95, 5)))
    assert hit.total[2] - hit.total[0] == pytest.approx(1.30 * own, rel=0.02)
    # Fewer values, wider; beyond the lengths simulated, as at the nearest; between them on a line.
    assert [room.widened(n, 12) for n in (36, 40, 50, 60, 84, 200)] == pytest.approx(
        [1.40, 1.40, 1.35, 1.30, 1.20, 1.20]
    )
    assert [room.widened(n, 1) for n in (8, 15, 40)] == pytest.approx([1.45, 1.375, 1.30])


# Standard deviations, in logs, of level, slope and noise.
CALM = ((0.03, 0.0, 0.03), (0.05, 0.0, 0.01), (0.02, 0.002, 0.04), (0.03, 0.01, 0.03))


def _calm(rng: np.random.Generator, kind: int, size: int, season: int) -> np.ndarray:
    """A series to which nothing happens: trend that wanders, fixed season, noise."""
    level, slope, noise = CALM[kind]
    slopes = 0.005 + np.cumsum(slope * rng.standard_normal(size))
    logs = np.cumsum(slopes + level * rng.standard_normal(size)) + noise * rng.standard_normal(size)
    return np.exp(logs + np.resize(0.1 * (season > 1) * rng.standard_normal(season), size))


@pytest.mark.parametrize(
    ("season", "before", "count", "least", "most"),
    # 90 % of so many, and two binomial standard deviations either way. The model's own band holds 78 of the hundred.
    [(1, 9, 100, 84, 96), (12, 40, 16, 12, 16)],
)
def test_ranges_hold_nine_in_ten_where_nothing_happened(
    season: int, before: int, count: int, least: int, most: int
) -> None:
    rng, held = np.random.default_rng(season), 0
    for k in range(count):
        values = _calm(rng, k % len(CALM), before + season, season)
        found = structural(values, season=season, before=before, placebos=False)
        assert isinstance(found, Counterfactual)
        held += found.total[0] <= 0 <= found.total[2]
    assert least <= held <= most


def test_structural_finds_a_shock_of_known_size_and_its_end(hit: Counterfactual) -> None:
    # exp(-0.5) - 1 = -39 %; noise of three per cent a month.
    assert np.abs(hit.gap_pct[:6] + 39.3).max() < 10
    assert np.abs(hit.gap_pct[6:12]).max() < 12
    assert hit.recovered == 6
    assert hit.p_placebo == pytest.approx(1 / (1 + hit.placebos))
    assert hit.placebos == room.MOST_DATES
    low, point, high = hit.total
    # Half a year at exp(-0.5) and half a year as it would have been.
    assert low < np.log((np.exp(-0.5) + 1) / 2) < high
    assert low < point < high
    assert hit.yearly.shape == (2, 3)
    assert hit.yearly[0].tolist() == pytest.approx(hit.total)


def test_a_lone_month_outside_counts_only_in_the_month_of_the_shock() -> None:
    def after(*outside: int, months: bool = True) -> int | None:
        actual = np.ones(12)
        actual[list(outside)] = 0.5
        ones = np.ones(12)
        return Counterfactual(
            "structural", 60, actual, ones, 0.8 * ones, 1.2 * ones, (0, 0, 0), 12, np.zeros((1, 3)), None, 0, 0.1,
            by_month=months,
        ).recovered  # fmt: skip

    assert after() == 0
    assert after(0) == 1
    assert after(7) == 0
    assert after(0, 1, 2, 9) == 3
    assert after(4, 5) == 6
    assert after(10, 11) is None
    assert after(7, months=False) == 8


def test_structural_tells_nothing_where_nothing_happened() -> None:
    found = structural(_months(seed=4), season=12, before=BEFORE, until=BEFORE + 12)
    assert isinstance(found, Counterfactual)
    assert found.p_placebo is not None
    assert found.p_placebo > 0.1
    assert found.total[0] < 0 < found.total[2]


def test_the_unit_of_a_series_does_not_matter(hit: Counterfactual) -> None:
    other = structural(1e-6 * _months(shock=-0.5), season=12, before=BEFORE, placebos=False, seed=2)
    assert isinstance(other, Counterfactual)
    assert other.gap_pct == pytest.approx(hit.gap_pct, abs=1e-4)
    assert other.p_placebo is None


def test_no_placebo_date_falls_into_another_shock() -> None:
    shocked = np.zeros(MONTHS, dtype=bool)
    shocked[30:54] = True
    found = structural(_months(), season=12, before=BEFORE, shocked=shocked.tolist())
    assert isinstance(found, Counterfactual)
    # Dates 24 and 54 alone keep their six months free of it.
    assert found.placebos == 2
    assert found.p_placebo is None


def test_synthetic_weights_are_those_of_a_dense_minimisation() -> None:
    target, donors = _years()
    found = synthetic(target, donors, before=8)
    assert isinstance(found, Counterfactual)
    y, x = np.log(target), np.log(donors)
    y, x = y[:8] - y[:8].mean(), x[:8] - x[:8].mean(axis=0)
    dense = minimize(
        lambda w: float(((y - x @ w) ** 2).sum()),
        np.full(8, 1 / 8),
        bounds=[(0, 1)] * 8,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert dense.success
    assert np.array(found.weights) == pytest.approx(dense.x, abs=1e-4)


def test_synthetic_finds_a_shock_of_known_size() -> None:
    found = synthetic(*_years(shock=-0.4), before=8)
    assert isinstance(found, Counterfactual)
    assert np.log(found.actual / found.without) == pytest.approx(np.full(4, -0.4), abs=0.08)
    assert found.p_placebo == pytest.approx(1 / 9)
    assert found.recovered is None
    without = synthetic(*_years(), before=8)
    assert isinstance(without, Counterfactual)
    assert without.p_placebo is not None
    assert without.p_placebo > 1 / 9


@pytest.mark.parametrize(
    ("before", "donors", "word"),
    [(4, 8, "at least 5"), (12, 8, "ends before"), (8, 2, "at least 3")],
)
def test_synthetic_refuses_what_is_too_short_or_too_few(before: int, donors: int, word: str) -> None:
    target, others = _years()
    found = synthetic(target, others[:, :donors], before=before)
    assert isinstance(found, Refusal)
    assert word in found.reason


def test_synthetic_refuses_a_mix_that_does_not_follow_and_one_that_follows_anything() -> None:
    target, donors = _years()
    wild = target * np.exp(np.resize([0.5, -0.5], 12))
    poor = synthetic(wild, donors, before=8)
    assert isinstance(poor, Refusal)
    assert "too poor" in poor.reason
    # Five years and six partners of which four are in the mix: one year is left to be wrong in.
    rng = np.random.default_rng(1)
    free = np.exp(np.cumsum(rng.normal(0, 0.1, (7, 6)), axis=0))
    mixed = np.exp(np.log(free) @ np.array([0.25, 0.25, 0.25, 0.25, 0, 0]))
    exact = synthetic(mixed, free, before=5)
    assert isinstance(exact, Refusal)
    assert "tells nothing" in exact.reason


def test_structural_refuses_what_is_short_poor_or_not_positive() -> None:
    short = structural(_months(), season=12, before=35)
    assert isinstance(short, Refusal)
    assert "need 36" in short.reason
    rng = np.random.default_rng(0)
    wild = structural(np.exp(rng.normal(0, 1, MONTHS)), season=12, before=BEFORE)
    assert isinstance(wild, Refusal)
    assert "too poor" in wild.reason
    with pytest.raises(BadSample, match="positive"):
        structural(-_months(), season=12, before=BEFORE)
    with pytest.raises(BadUsage, match="season"):
        structural(_months(), season=4, before=BEFORE)


def test_a_shock_is_laid_on_paths_from_its_year_on() -> None:
    paths = np.zeros((4000, 5))
    effect = Effect("x", np.array([[-0.5, -0.3, -0.2], [-0.2, -0.1, 0.1]]))
    struck = laid(paths, effect, 1)
    assert not struck[:, 0].any()
    low, middle, high = np.percentile(struck[:, 1], (5, 50, 95))
    assert (low, middle, high) == pytest.approx((-0.5, -0.3, -0.2), abs=0.015)
    # Nothing measured says that the second year's effect fades.
    assert struck[:, 2] == pytest.approx(struck[:, 3])
    assert struck[:, 3] == pytest.approx(struck[:, 4])
    # A path hit hard in the first year is hit hard in the second.
    assert np.corrcoef(struck[:, 1], struck[:, 2])[0, 1] > 0.9
    assert not paths.any()
    with pytest.raises(BadUsage, match="column 5"):
        laid(paths, effect, 5)
    with pytest.raises(BadUsage, match="no whole year"):
        laid(paths, Effect("x", np.zeros((0, 3))), 1)
