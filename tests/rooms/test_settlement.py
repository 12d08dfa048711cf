"""Settlement: a known break is found, a common shock is not attributed, and the release's own verdict holds up."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from landbridge.errors import BadSample
from landbridge.provenance import Figure, Unavailable
from landbridge.release import Data, embedded, load
from landbridge.scenarios.settlement import (
    CAPITAL_COST,
    NO_BREAK,
    NOT_SEPARABLE,
    OWN_BREAK,
    BreakTest,
    break_test,
    calibration,
    change_test,
    verdict,
)

AT, MONTHS = 84, 96
CONTROLS = [0.01, 0.03, 0.06]


@pytest.fixture(scope="module")
def data() -> Data:
    return load(release=embedded())


def series(seed: int, shift: float = 0.0, noise: float = 0.04) -> NDArray[np.float64]:
    """Trade with drift, season and noise, and a lasting shift of logs from position `AT` on."""
    random = np.random.default_rng(seed)
    month = np.arange(MONTHS)
    logs = 0.005 * month + 0.2 * np.sin(2 * np.pi * month / 12) + random.normal(0, noise, MONTHS)
    logs[AT:] += shift
    return np.exp(logs)


def both_tests(values: NDArray[np.float64]) -> dict[str, BreakTest]:
    return {"change": change_test(values, AT), "break": break_test(values, AT)}


def test_statistics_by_hand() -> None:
    """Trade of 1 a month that doubles at the date: the logs of 2 and of 2 less 0; a steady doubling breaks nothing."""
    step = np.where(np.arange(MONTHS) < AT, 1.0, 2.0)
    assert change_test(step, AT).value == pytest.approx(np.log(2))
    assert break_test(step, AT).value == pytest.approx(np.log(2))
    steady = 2.0 ** (np.arange(MONTHS) / 12)
    assert change_test(steady, AT).value == pytest.approx(np.log(2))
    assert break_test(steady, AT).value == pytest.approx(0, abs=1e-12)


def test_placebo_windows_end_before_the_date_and_p_counts_them() -> None:
    calm = series(1)
    shifted = calm.copy()
    shifted[AT:] *= 0.5
    for test in (change_test, break_test):
        np.testing.assert_array_equal(test(calm, AT).placebos, test(shifted, AT).placebos)
    found = change_test(shifted, AT)
    assert found.placebos.size == AT - 6 - 12 + 1
    assert break_test(shifted, AT).placebos.size == AT - 6 - 18 + 1
    assert found.p_value == pytest.approx(1 / (1 + found.placebos.size))
    calm[AT:] *= 3
    assert change_test(calm, AT).p_value == 1


def test_a_known_break_of_its_own_is_found() -> None:
    exports, imports = both_tests(series(2, shift=-0.3)), both_tests(series(3))
    assert exports["change"].value == pytest.approx(0.06 - 0.3, abs=0.06)
    assert exports["break"].value == pytest.approx(-0.3, abs=0.08)
    assert verdict(exports, imports, own=-0.2, controls=CONTROLS) == OWN_BREAK


def test_a_common_shock_is_not_attributed() -> None:
    exports = both_tests(series(2, shift=-0.3))
    both_ways = both_tests(series(3, shift=-0.3))
    assert verdict(exports, both_ways, own=-0.2, controls=CONTROLS) == NOT_SEPARABLE
    # Other partners fell as much, or none is known.
    elsewhere = both_tests(series(3))
    assert verdict(exports, elsewhere, own=-0.2, controls=[-0.25, 0.02]) == NOT_SEPARABLE
    assert verdict(exports, elsewhere, own=-0.2, controls=[]) == NOT_SEPARABLE


def test_without_a_break_the_rule_rarely_finds_one() -> None:
    calm = [verdict(both_tests(series(s)), both_tests(series(100 + s)), 0.06, CONTROLS) for s in range(60)]
    assert calm.count(OWN_BREAK) == 0
    # Two statistics at 10 % each, so between a tenth and a fifth of dates look unusual.
    assert 0.70 <= calm.count(NO_BREAK) / 60 < 0.97


def test_a_series_too_short_or_without_trade_is_refused() -> None:
    with pytest.raises(BadSample, match="no placebo date"):
        break_test(series(1)[:30], 24)
    with pytest.raises(BadSample, match="positive trade"):
        change_test(np.where(np.arange(MONTHS) == 40, 0.0, 1.0), AT)
    with pytest.raises(BadSample):
        change_test(series(1), MONTHS - 2)


def test_the_release_says_not_separable_and_why(data: Data) -> None:
    found = calibration(data)
    assert found.verdict == NOT_SEPARABLE
    change, surprise = found.exports["change"], found.exports["break"]
    # Half a year over the same half-year of 2023, straight from the monthly figures.
    months = {f.period: f.point for f in data.monthly.series("CHN", "RUS")}
    halves = [sum(months[f"{year}-{month:02}"] for month in range(1, 7)) for year in (2023, 2024)]
    assert change.value.point == pytest.approx(100 * (halves[1] / halves[0] - 1))
    assert change.value.point == pytest.approx(-1.3, abs=0.05)
    assert surprise.value.point == pytest.approx(-22.5, abs=0.05)
    # Below what drift would give, but such a miss has occurred before, and the year grew more than to most partners.
    assert surprise.placebo.low is not None
    assert surprise.placebo.low < surprise.value.point
    assert 0.05 < surprise.p_value.point < change.p_value.point < 0.15
    assert min(item.p_value.point for item in found.imports.values()) > 0.10
    assert len(found.controls) >= 5
    assert sum(control.point < found.growth.point for control in found.controls) > len(found.controls) / 2
    assert len(found.missing) == 3
    assert len(found.reasons) == 5


def test_the_bound_comes_from_fees_and_delays_not_from_the_regression(data: Data) -> None:
    found = calibration(data)
    assert isinstance(found.friction, Figure)
    fee, delay, capital = found.friction.inputs
    assert (fee.point, delay.low, delay.high) == (6, 30, 40)
    assert (capital.low, capital.high) == CAPITAL_COST
    assert found.friction.value is None
    assert found.friction.low == 0
    assert found.friction.high == pytest.approx(6 + 40 * 20 / 365)
    assert found.implied.low is not None
    assert found.implied.high is not None
    assert 0 < found.implied.low < found.implied.high < 15
    # Before the reports were recorded there is no bound, and no zero in its place.
    assert isinstance(calibration(data.at("2020-01-01")).friction, Unavailable)


def test_every_figure_walks_back_to_a_source(data: Data) -> None:
    found = calibration(data)
    measured = [*found.exports.values(), *found.imports.values()]
    figures = [f for item in measured for f in (item.value, item.placebo, item.p_value)]
    for figure in [*figures, found.growth, *found.controls]:
        assert figure.inputs, figure.measure
        assert all(item.citation is not None for item in figure.inputs), figure.measure
