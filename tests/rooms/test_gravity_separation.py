"""Singletons and separated rows on hand-worked cases, against linear programming, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from landbridge.errors import BadSample
from landbridge.gravity.separation import separated, singletons


def codes(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


NO_COLUMNS = np.empty((0, 0))


def test_singletons_are_found_again_after_each_round() -> None:
    # Row 0 is alone in level 0 of the first effect; without it row 1 is alone in level 0 of the second.
    first, second = codes(0, 1, 1, 1, 2, 2), codes(0, 0, 1, 1, 1, 1)
    assert singletons((first, second)).tolist() == [True, True, False, False, False, False]
    assert not singletons((codes(0, 0, 1, 1),)).any()
    assert singletons((codes(0, 1, 2),)).all()
    assert singletons(()).size == 0


def test_levels_of_zeros_are_counted_by_effect_once() -> None:
    y = np.array([0.0, 0, 1, 2, 0, 3])
    found = separated(y, np.empty((6, 0)), (codes(0, 0, 1, 1, 1, 1), codes(0, 1, 0, 1, 2, 1)))
    assert found.rows.tolist() == [True, True, False, False, True, False]
    assert (found.by_effect, found.by_combination, found.projections) == ((2, 1), 0, 0)
    assert found.count == 3


def test_a_dummy_that_is_one_only_where_y_is_zero_separates_these_rows() -> None:
    y = np.array([0.0, 0, 1, 2, 3, 0])
    effect = codes(0, 0, 0, 0, 0, 0)
    found = separated(y, column(1, 1, 0, 0, 0, 0), (effect,))
    assert found.rows.tolist() == [True, True, False, False, False, False]
    assert (found.by_effect, found.by_combination) == ((0,), 2)
    # One positive flow with the dummy, and its coefficient exists.
    assert separated(y, column(1, 1, 1, 0, 0, 0), (effect,)).count == 0


def test_signs_must_agree_for_separation() -> None:
    y, effect = np.array([0.0, 0, 1, 2]), codes(0, 0, 0, 0)
    assert separated(y, column(1, -1, 0, 0), (effect,)).count == 0
    assert separated(y, column(-1, -2, 0, 0), (effect,)).count == 2


def test_two_effects_alone_can_separate() -> None:
    # Positive flows tie exporters {0, 1} to importers {0, 1} and exporter 2 to importer 2; the zero from 0 to 2 is the
    # only flow between the two parts, so their levels can drift apart.
    exporter, importer = codes(0, 0, 1, 1, 2, 0), codes(0, 1, 0, 1, 2, 2)
    y = np.array([1.0, 2, 1, 1, 5, 0])
    found = separated(y, np.empty((6, 0)), (exporter, importer))
    assert found.rows.tolist() == [False] * 5 + [True]
    # A zero the other way as well, and no drift is free.
    exporter, importer = np.append(exporter, 2).astype(np.int32), np.append(importer, 0).astype(np.int32)
    assert separated(np.append(y, 0.0), np.empty((7, 0)), (exporter, importer)).count == 0


def test_nothing_is_separated_where_no_flow_is_zero() -> None:
    found = separated(np.array([1.0, 2, 3]), column(1, 0, 0), (codes(0, 0, 0),))
    assert found.count == 0
    assert found.projections == 0


@pytest.mark.parametrize("seed", range(120))
def test_agrees_with_linear_programming_on_random_tables(seed: int) -> None:
    """The definition itself: lift as many rows with y = 0 as possible by one combination that is zero where y > 0."""
    rng = np.random.default_rng(seed)
    n, columns, kinds = int(rng.integers(6, 40)), int(rng.integers(0, 4)), int(rng.integers(0, 4))
    y = (rng.random(n) < rng.choice([0.15, 0.4, 0.7])).astype(float)
    y[0] = 1
    x = (
        rng.integers(-2, 3, (n, columns)).astype(float)
        if seed % 2
        else rng.normal(size=(n, columns)).round(1)
    )
    x = x if kinds else np.column_stack([x, np.ones(n)])
    effects = tuple(
        np.unique(rng.integers(0, max(2, n // 3), n), return_inverse=True)[1].astype(np.int32)
        for _ in range(kinds)
    )
    design = np.hstack([x, *(np.eye(int(effect.max()) + 1)[effect] for effect in effects)])
    zero = y == 0
    lifted = int(zero.sum())
    solution = linprog(
        np.concatenate([np.zeros(design.shape[1]), -np.ones(lifted)]),
        A_ub=np.hstack([-design[zero], np.eye(lifted)]),
        b_ub=np.zeros(lifted),
        A_eq=np.hstack([design[~zero], np.zeros((n - lifted, lifted))]),
        b_eq=np.zeros(n - lifted),
        bounds=[(None, None)] * design.shape[1] + [(0, 1)] * lifted,
    )
    wanted = np.zeros(n, dtype=bool)
    wanted[zero] = solution.x[design.shape[1] :] > 0.5
    assert separated(y, x, effects).rows.tolist() == wanted.tolist()


def test_a_clean_panel_needs_one_projection_and_a_planted_regressor_is_found() -> None:
    rng = np.random.default_rng(5)
    i, j, t = (axis.ravel() for axis in np.indices((25, 25, 6)))
    y = rng.poisson(np.exp(rng.normal(0.5, 1.0, i.size))).astype(float)
    effects = tuple(code.astype(np.int32) for code in (i * 6 + t, j * 6 + t, i * 25 + j))
    kept = np.bincount(effects[2], weights=y)[effects[2]] > 0
    effects = tuple(np.unique(code[kept], return_inverse=True)[1].astype(np.int32) for code in effects)
    y = y[kept]
    clean = separated(y, rng.normal(size=(y.size, 2)), effects)
    assert (clean.count, clean.projections) == (0, 1)
    planted = np.zeros(y.size)
    planted[np.flatnonzero(y == 0)[:7]] = rng.uniform(1, 2, 7)
    found = separated(y, np.column_stack([rng.normal(size=y.size), planted]), effects)
    assert found.rows.tolist() == (planted > 0).tolist()


def test_refusals_name_the_rows() -> None:
    with pytest.raises(BadSample, match="negative in 1 rows, first 2"):
        separated(np.array([0.0, 1, -1]), np.empty((3, 0)), (codes(0, 0, 0),))
    with pytest.raises(BadSample, match="not a finite number in 2 rows, first 0, 1"):
        separated(np.array([np.nan, np.inf, 1]), np.empty((3, 0)), (codes(0, 0, 0),))
    with pytest.raises(BadSample, match="zero in every row"):
        separated(np.zeros(3), np.empty((3, 0)), (codes(0, 0, 0),))
    with pytest.raises(BadSample, match="effect 2 has 2 rows, y has 3"):
        separated(np.ones(3), np.empty((3, 0)), (codes(0, 0, 0), codes(0, 0)))
