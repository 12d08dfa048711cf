"""Joint draws: the same for the same seed, evenly spread, with the central value in the middle."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.errors import BadUsage
from landbridge.scenarios.draws import CORRELATION, sample
from landbridge.scenarios.plan import ELASTICITIES, PARAMETERS, SIZES, Parameter

DRAWS = 400
GIVEN = (
    Parameter("theta A01", ELASTICITIES, 1.0, 4.0, 12.0, "1", "a paper"),
    Parameter("theta C28", ELASTICITIES, 3.0, 4.0, 9.0, "1", "a paper"),
    Parameter("theta K", ELASTICITIES, 5.0, 5.0, 5.0, "1", "a paper"),
    Parameter("rail: hours", SIZES, -9.0, -7.0, -6.0, "h", "assumed"),
    Parameter("day", PARAMETERS, 0.6, 0.6, 2.1, "%/day", "a paper"),
)


def levels(values: np.ndarray, parameter: Parameter) -> np.ndarray:
    """Where each draw lies in the distribution of its parameter, from 0 to 1: the two pieces undone."""
    below = (values - parameter.low) / (2 * (parameter.value - parameter.low))
    over = 0.5 + (values - parameter.value) / (2 * (parameter.high - parameter.value))
    return np.where(values < parameter.value, below, over)


def test_the_same_seed_gives_the_same_bits() -> None:
    one, other = sample(GIVEN, DRAWS, 7), sample(GIVEN, DRAWS, 7)
    assert one.shape == (DRAWS, len(GIVEN))
    assert one.tobytes() == other.tobytes()
    assert not np.array_equal(one, sample(GIVEN, DRAWS, 8))


@pytest.mark.parametrize("at", [0, 1, 3])
def test_every_layer_of_a_range_is_drawn_once(at: int) -> None:
    drawn = np.floor(levels(sample(GIVEN, DRAWS, 1)[:, at], GIVEN[at]) * DRAWS + 1e-9).astype(int)
    assert sorted(np.clip(drawn, 0, DRAWS - 1)) == list(range(DRAWS))


@pytest.mark.parametrize("at", [0, 1, 3, 4])
def test_the_central_value_is_the_median_and_no_draw_leaves_its_range(at: int) -> None:
    drawn, given = sample(GIVEN, DRAWS, 3)[:, at], GIVEN[at]
    assert given.low <= drawn.min()
    assert drawn.max() <= given.high
    assert (drawn <= given.value).sum() == DRAWS / 2
    # Evenly within each half.
    upper = drawn[drawn > given.value]
    assert upper.mean() == pytest.approx((given.value + given.high) / 2, rel=5e-3)


def test_a_parameter_without_range_is_a_constant_and_disturbs_nothing() -> None:
    drawn = sample(GIVEN, DRAWS, 1)
    assert (drawn[:, 2] == 5.0).all()
    without = sample([p for p in GIVEN if not p.fixed], DRAWS, 1)
    np.testing.assert_array_equal(np.delete(drawn, 2, axis=1), without)
    np.testing.assert_array_equal(sample([GIVEN[2]], 3, 1), np.full((3, 1), 5.0))


def test_elasticities_move_together_and_nothing_else_does() -> None:
    from scipy.special import ndtri
    from scipy.stats import spearmanr

    drawn = sample(GIVEN, 4000, 11)
    scores = [ndtri(np.clip(levels(drawn[:, at], GIVEN[at]), 1e-9, 1 - 1e-9)) for at in (0, 1, 3)]
    found = np.corrcoef(scores)
    # Standard error of a correlation of a half in 4000 draws: 0.012.
    assert found[0, 1] == pytest.approx(CORRELATION, abs=0.04)
    assert abs(found[0, 2]) < 0.05
    assert abs(found[1, 2]) < 0.05
    assert abs(spearmanr(drawn[:, 0], drawn[:, 4]).statistic) < 0.05


@pytest.mark.parametrize(("draws", "seed"), [(0, 1), (-3, 1), (5, -1)])
def test_impossible_calls_are_refused(draws: int, seed: int) -> None:
    with pytest.raises(BadUsage):
        sample(GIVEN, draws, seed)
