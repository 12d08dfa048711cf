"""The kernels of gravity against dense formulations with dummy columns, at the edges, and in their refusals."""

from __future__ import annotations

import json
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from landbridge.errors import BadSample, NotConverged
from landbridge.gravity.absorb import independent, project, recover, residualise, unsorted, weighted
from landbridge.gravity.layout import BLOCK, NARROW, arrange
from landbridge.gravity.least_squares import least_squares
from landbridge.gravity.ppml import Newton, PoissonFit, poisson

Array = np.ndarray
Effects = tuple[Array, ...]


def codes(values: Array) -> Array:
    return np.unique(values, return_inverse=True)[1].astype(np.int32)


def dummies(effects: Effects, n: int) -> Array:
    return np.concatenate([np.empty((n, 0)), *(np.eye(e.max() + 1)[e] for e in effects)], axis=1)


def panel(rng: np.random.Generator, n: int, sizes: tuple[int, ...], k: int) -> tuple[Array, Array, Effects]:
    """Trade with noise and zeros, regressors correlated with the effects; every level has some trade."""
    effects = tuple(codes(rng.integers(0, size, n)) for size in sizes)
    shift = sum((rng.normal(size=e.max() + 1)[e] for e in effects), np.zeros(n))
    x = rng.normal(size=(n, k)) + 0.7 * shift[:, None]
    if not effects:
        x[:, 0] = 1.0
    mean = np.exp(0.8 * shift + x @ np.linspace(0.6, -0.4, k))
    y = mean * rng.gamma(0.5, 2.0, n) * (rng.random(n) > 0.3)
    return y, x, effects


def dense_poisson(y: Array, x: Array, effects: Effects, w: Array, offset: Array) -> Array:
    """Fitted means by plain Newton with least-squares steps on all dummy columns, run until rounding."""
    z = np.concatenate([x, dummies(effects, len(y))], axis=1)
    z = z / np.sqrt((z**2).mean(axis=0))
    mu = (y + y.mean()) / 2
    eta = np.log(mu)
    for _ in range(100):
        root = np.sqrt(w * mu)
        working = eta - offset + (y - mu) / mu
        coefficients = np.linalg.lstsq(z * root[:, None], working * root, rcond=1e-13)[0]
        eta = offset + z @ coefficients
        mu = np.exp(eta)
    return mu


CASES = [
    ((), 2),
    ((25,), 0),
    ((25,), 2),
    ((40, 30), 0),
    ((40, 30), 3),
    ((30, 12, 20), 2),
    ((15, 15, 20, 10), 1),
    ((9, 8, 7, 6, 5), 1),
]


@pytest.mark.parametrize(("sizes", "k"), CASES)
@pytest.mark.parametrize(("weighted", "shifted"), [(False, False), (True, True)])
def test_poisson_is_the_dense_maximum(sizes: tuple[int, ...], k: int, weighted: bool, shifted: bool) -> None:
    rng = np.random.default_rng(len(sizes) * 10 + k)
    y, x, effects = panel(rng, 900, sizes, k)
    w = rng.uniform(0.2, 3.0, 900) if weighted else np.ones(900)
    offset = rng.normal(size=900) if shifted else np.zeros(900)
    fit = poisson(y, x, effects, weights=w if weighted else None, offset=offset if shifted else None)
    mu = dense_poisson(y, x, effects, w, offset)
    np.testing.assert_allclose(fit.mu, mu, rtol=2e-8)
    # beta is what is left of the dense linear predictor once the effects are projected off it.
    level = np.log(mu) - offset
    within = project(np.column_stack([level, x]), effects, w * mu)
    beta = np.linalg.lstsq(within[:, 1:], within[:, 0], rcond=None)[0]
    np.testing.assert_allclose(fit.beta, beta, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(fit.within, within[:, 1:], atol=1e-6)
    np.testing.assert_allclose(np.exp(fit.eta), fit.mu, rtol=1e-13)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(y > 0, y * np.log(y / mu), 0.0)
    assert fit.deviance == pytest.approx(2 * np.sum(w * (logs - (y - mu))), rel=1e-9)
    assert fit.violation <= 1e-9


def test_the_log_likelihood_is_that_of_the_poisson_distribution() -> None:
    from scipy.stats import poisson as distribution

    y = np.array([0.0, 1.0, 3.0, 15.0, 16.0, 17.0, 400.0, 12.0])
    x = np.column_stack([np.ones(8), np.arange(8.0)])
    fit = poisson(y, x, ())
    assert fit.log_likelihood == pytest.approx(distribution.logpmf(y, fit.mu).sum(), rel=1e-13)


@pytest.mark.parametrize(("sizes", "m"), [((25,), 2), ((40, 30), 3), ((30, 12, 20), 2), ((9, 8, 7, 6), 2)])
def test_projection_is_the_dense_projection(sizes: tuple[int, ...], m: int) -> None:
    rng = np.random.default_rng(3)
    effects = tuple(codes(rng.integers(0, size, 700)) for size in sizes)
    w = rng.exponential(size=700)
    columns = rng.normal(size=(700, m)) + effects[0][:, None]
    root = np.sqrt(w)[:, None]
    z = dummies(effects, 700)
    expected = columns - z @ np.linalg.lstsq(z * root, columns * root, rcond=1e-12)[0]
    np.testing.assert_allclose(project(columns, effects, w), expected, atol=1e-8)
    np.testing.assert_allclose(project(columns, effects, w, tolerance=1e-14), expected, atol=1e-12)


def test_projection_holds_its_conditions_under_extreme_weights() -> None:
    """Rows of weight 1e4 and 1 in effects that nearly nest: an iteration that goes on below rounding goes astray here."""
    column = np.array([[0, 0, 0, 0.04, 0, 0.04, 0.98, 0, 1.02]]).T
    w = np.array([1e4, 1e4, 1e4, 1, 1e4, 1, 1, 1, 1])
    effects = tuple(
        np.array(e, dtype=np.int32)
        for e in ([1, 0, 2, 0, 2, 0, 0, 1, 0], [0, 0, 1, 0, 1, 0, 1, 0, 1], [1, 2, 0, 1, 0, 1, 2, 2, 1])
    )
    for tolerance in (1e-8, 1e-11, 1e-15):
        residual = project(column, effects, w, tolerance=tolerance)[:, 0]
        for e in effects:
            np.testing.assert_allclose(np.bincount(e, w * residual), 0.0, atol=1e-9)
        # What was taken off is a combination of the effects: projecting that leaves nothing.
        taken = column[:, 0] - residual
        np.testing.assert_allclose(project(taken[:, None], effects, w), 0.0, atol=1e-10)


def test_rows_in_long_groups_and_repeated_cells() -> None:
    """A group longer than a block, and several rows in one cell, take their own paths through the kernels."""
    rng = np.random.default_rng(5)
    n = 4 * BLOCK
    effects = (codes(rng.integers(0, 2, n)), codes(rng.integers(0, 3, n)), codes(rng.integers(0, 2, n)))
    assert arrange(effects).repeated.all()
    y = rng.poisson(3.0, n).astype(float)
    x = rng.normal(size=(n, 1))
    fit = poisson(y, x, effects)
    mu = dense_poisson(y, x, effects, np.ones(n), np.zeros(n))
    np.testing.assert_allclose(fit.mu, mu, rtol=1e-9)


def test_wide_and_narrow_effects_side_by_side() -> None:
    """More levels than NARROW and fewer are added up in different ways; both must give the dense answer."""
    rng = np.random.default_rng(19)
    effects = tuple(codes(rng.integers(0, size, 2000)) for size in (3 * NARROW, 2 * NARROW, 6))
    layout = arrange(effects, eliminated=0)
    assert layout.narrow.tolist() == [False, True]
    columns = rng.normal(size=(2000, 2))
    z = dummies(effects, 2000)
    expected = columns - z @ np.linalg.lstsq(z, columns, rcond=1e-12)[0]
    rows = np.ascontiguousarray(columns.T[:, layout.order])
    residualise(weighted(layout, np.ones(2000)), rows, tolerance=1e-12)
    np.testing.assert_allclose(unsorted(rows, layout), expected, atol=1e-10)


def test_the_effect_that_is_eliminated_is_a_matter_of_speed_only() -> None:
    """Exporters and importers tied by domestic trade: one of them goes, though pairs have the most levels."""
    c, t = 12, 5
    i, j, year = (grid.ravel() for grid in np.meshgrid(range(c), range(c), range(t), indexing="ij"))
    pair = np.where(i == j, -1, np.minimum(i, j) * c + np.maximum(i, j))
    effects = (codes(i * t + year), codes(j * t + year), codes(pair))
    mass = np.where(i == j, 1000.0, 1.0)
    assert effects[2].max() > effects[0].max()
    assert arrange(effects, mass).eliminated in (0, 1)
    column = np.random.default_rng(20).normal(size=len(mass))
    found = []
    for eliminated in range(3):
        layout = arrange(effects, eliminated=eliminated)
        rows = column[layout.order][None, :].copy()
        residualise(weighted(layout, mass[layout.order]), rows, tolerance=1e-12)
        found.append(unsorted(rows, layout)[:, 0])
    np.testing.assert_allclose(found[1], found[0], atol=1e-10)
    np.testing.assert_allclose(found[2], found[0], atol=1e-10)


def test_effects_that_nest_and_parts_that_do_not_hang_together() -> None:
    """A redundant effect changes nothing, nor do two halves of the sample that share no level."""
    rng = np.random.default_rng(6)
    y, x, (a, b) = panel(rng, 800, (20, 15), 2)
    coarse = (a // 4).astype(np.int32)
    plain = poisson(y, x, (a, b))
    for effects in ((a, b, coarse), (coarse, a, b), (b, coarse, a)):
        np.testing.assert_allclose(poisson(y, x, effects).beta, plain.beta, rtol=1e-9)
    both = (np.concatenate([a, a + 20]).astype(np.int32), np.concatenate([b, b + 15]).astype(np.int32))
    twice = poisson(np.tile(y, 2), np.tile(x, (2, 1)), both)
    np.testing.assert_allclose(twice.beta, plain.beta, rtol=1e-9)


def test_recovered_effects_add_up_and_are_normalised() -> None:
    rng = np.random.default_rng(7)
    y, x, effects = panel(rng, 900, (30, 12, 20), 2)
    fit = poisson(y, x, effects)
    values = fit.eta - x @ fit.beta
    found = recover(values, effects)
    added = sum(part[e] for part, e in zip(found, effects, strict=True))
    np.testing.assert_allclose(added, values, atol=1e-10)
    for part, e in zip(found[1:], effects[1:], strict=True):
        assert float(np.mean(part[e])) == pytest.approx(0.0, abs=1e-10)
    # Two parts that share no level: each has its own mean zero.
    a, b = effects[0], effects[1]
    two = (np.concatenate([a, a + 30]).astype(np.int32), np.concatenate([b, b + 12]).astype(np.int32))
    _, second = recover(rng.normal(size=30)[a].tolist() * 2 + rng.normal(size=24)[two[1]], two)
    for half in (slice(0, 900), slice(900, 1800)):
        assert float(np.mean(second[two[1]][half])) == pytest.approx(0.0, abs=1e-9)


def test_absorbed_and_collinear_regressors_are_named() -> None:
    rng = np.random.default_rng(8)
    a, b = codes(rng.integers(0, 20, 600)), codes(rng.integers(0, 15, 600))
    good, other = rng.normal(size=600), 1e6 * rng.normal(size=600)
    of_level = rng.normal(size=20)[a] + 3.0 * rng.normal(size=15)[b]
    nearly = of_level + 1e-4 * rng.normal(size=600)
    year = 2000.0 + rng.integers(0, 9, 600)
    x = np.column_stack(
        [good, np.ones(600), of_level, good + of_level, other, 2 * good - other / 3, nearly, year, 0 * good]
    )
    found = independent(x, project(x, (a, b)))
    assert found.reasons == ("", "absorbed", "absorbed", "collinear", "", "collinear", "", "", "absorbed")
    assert found.keep.tolist() == [not reason for reason in found.reasons]
    # Without effects a constant is a regressor like any other.
    alone = independent(x[:, :2], x[:, :2])
    assert alone.keep.all()


@pytest.mark.parametrize("sizes", [(), (25,), (40, 30), (30, 12, 20)])
def test_least_squares_is_the_dense_regression(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(9)
    _, x, effects = panel(rng, 900, sizes, 2)
    w = rng.exponential(size=900)
    y = x @ [0.5, -2.0] + rng.normal(size=900) + sum((rng.normal(size=e.max() + 1)[e] for e in effects), 0.0)
    fit = least_squares(y, x, effects, weights=w)
    z = np.concatenate([x, dummies(effects, 900)], axis=1)
    root = np.sqrt(w)
    dense = np.linalg.lstsq(z * root[:, None], y * root, rcond=1e-12)[0]
    np.testing.assert_allclose(fit.beta, dense[:2], rtol=1e-9)
    np.testing.assert_allclose(fit.residual, y - z @ dense, atol=1e-8)


def test_extreme_scales_are_the_same_problem() -> None:
    rng = np.random.default_rng(10)
    y, x, effects = panel(rng, 900, (40, 30), 2)
    plain = poisson(y, x, effects)
    for scale in (1e-9, 1e12):
        np.testing.assert_allclose(poisson(y * scale, x, effects).beta, plain.beta, rtol=1e-9)
        np.testing.assert_allclose(poisson(y, x * scale, effects).beta * scale, plain.beta, rtol=1e-9)
    far = poisson(y, x, effects, offset=np.full(900, 800.0))
    np.testing.assert_allclose(far.beta, plain.beta, rtol=1e-9)
    np.testing.assert_allclose(far.mu, plain.mu, rtol=1e-9)


def test_a_start_changes_the_way_and_not_the_end() -> None:
    rng = np.random.default_rng(11)
    y, x, effects = panel(rng, 900, (40, 30), 2)
    plain = poisson(y, x, effects)
    for start in (plain.beta, np.array([5.0, -5.0])):
        fit = poisson(y, x, effects, start=start)
        np.testing.assert_allclose(fit.beta, plain.beta, rtol=1e-9, atol=1e-10)
    assert len(poisson(y, x, effects, start=plain.beta).steps) <= len(plain.steps)


def test_a_domestic_flow_fitted_far_too_low_does_not_throw_the_steps_off() -> None:
    """Trade with oneself a thousand times trade with others, under symmetric pair effects and one border level: plain
    Newton steps from scaled effects run away here, because a country is tied to the rest by its domestic rows only."""
    rng = np.random.default_rng(12)
    c, t = 14, 6
    i, j, year = (grid.ravel() for grid in np.meshgrid(range(c), range(c), range(t), indexing="ij"))
    size = np.exp(rng.normal(scale=2.5, size=c))
    y = size[i] * size[j] * np.where(i == j, 2000.0, np.exp(rng.normal(size=(c, c)))[i, j])
    y = y * rng.gamma(0.6, 1.0, len(y)) * (rng.random(len(y)) > 0.1)
    pair = np.where(i == j, -1, np.minimum(i, j) * c + np.maximum(i, j))
    x = (rng.random(len(y)) > 0.5).astype(float)[:, None]
    effects = (codes(i * t + year), codes(j * t + year), codes(pair))
    keep = np.ones(len(y), bool)
    for e in effects:
        keep &= np.bincount(e, y)[e] > 0
    effects = tuple(codes(e[keep]) for e in effects)
    fit = poisson(y[keep], x[keep], effects)
    for e in effects:
        np.testing.assert_allclose(np.bincount(e, fit.mu), np.bincount(e, y[keep]), rtol=1e-8)
    assert len(fit.steps) < 15


def test_same_input_same_bits() -> None:
    rng = np.random.default_rng(13)
    y, x, effects = panel(rng, 900, (30, 12, 20), 2)
    first, second = poisson(y, x, effects), poisson(y.copy(), x.copy(order="F"), effects)
    for name in ("beta", "eta", "mu", "within"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    assert first.steps == second.steps


def test_the_deviance_falls_with_every_step() -> None:
    rng = np.random.default_rng(14)
    y, x, effects = panel(rng, 900, (30, 12, 20), 2)
    deviances = [step.deviance for step in poisson(y, x, effects).steps]
    assert all(after <= before * (1 + 1e-9) for before, after in pairwise(deviances))


def test_too_few_steps_are_refused() -> None:
    rng = np.random.default_rng(15)
    y, x, effects = panel(rng, 900, (40, 30), 2)
    with pytest.raises(NotConverged, match=r"no maximum after 1 Newton steps.*violated by .*wanted 1\.0e-09"):
        poisson(y, x, effects, settings=Newton(iterations=1))


def test_separation_left_in_the_sample_is_refused_and_named() -> None:
    """The regressor is zero wherever there is trade: its coefficient runs to minus infinity while the score vanishes."""
    rng = np.random.default_rng(16)
    y, x, effects = panel(rng, 900, (20, 15), 1)
    mark = ((y == 0) & (rng.random(900) < 0.3)).astype(float)
    with pytest.raises(NotConverged, match="Separation"):
        poisson(y, np.column_stack([x, mark]), effects)


def test_levels_of_zeros_and_collinear_regressors_are_refused() -> None:
    rng = np.random.default_rng(17)
    y, x, effects = panel(rng, 900, (20, 15), 1)
    with pytest.raises(BadSample, match="1 level of the effects hold only zeros"):
        poisson(np.where(effects[0] == 3, 0.0, y), x, effects)
    with pytest.raises(NotConverged, match=r"cannot be solved|no maximum"):
        poisson(y, np.column_stack([x, 2 * x]), effects)
    with pytest.raises(NotConverged, match="no single solution"):
        least_squares(y, np.column_stack([x, 0 * x]), effects)


# Anchors: Advanced Guide, chapter 1 (full precision by an independent estimation), and the fixest trade data.


def guide(shared: Path) -> pl.DataFrame:
    return pl.read_parquet(shared / "anchors/agtpa/panel.parquet").with_columns(
        log_dist=pl.col("dist").log(),
        border=(pl.col("exporter") != pl.col("importer")).cast(pl.Float64),
        country=pl.when(pl.col("exporter") == pl.col("importer")).then("exporter").otherwise(pl.lit("-")),
        pair2=pl.when(pl.col("exporter") == pl.col("importer")).then(0).otherwise("pair_id"),
        **{f"ib{year}": ((pl.col("exporter") != pl.col("importer")) & (pl.col("year") == year)).cast(pl.Float64)
           for year in (1986, 1990, 1994, 1998, 2002)},
    )  # fmt: skip


def fitted(frame: pl.DataFrame, terms: list[str], effects: list[list[str]]) -> tuple[int, PoissonFit]:
    """The fit of trade, without levels that trade nothing."""
    while True:
        found = tuple(codes(frame.select(pl.struct(e).rank("dense")).to_series().to_numpy()) for e in effects)
        y = frame["trade"].to_numpy()
        keep = np.all([np.bincount(e, y)[e] > 0 for e in found], axis=0)
        if keep.all():
            x = frame.select(terms).to_numpy().astype(np.float64)
            return len(frame), poisson(y, x, found)
        frame = frame.filter(pl.Series(keep))


EY, IY = ["exporter", "year"], ["importer", "year"]
DISTANCE = ["log_dist", "cntg", "lang", "clny"]
LAGS = ["rta", "rta_lag4", "rta_lag8", "rta_lag12"]
TABLES: dict[str, tuple[list[str], list[list[str]], bool]] = {
    "t1c4_ppml_fe": (DISTANCE, [EY, IY], False),
    "t3c2": ([*DISTANCE, "rta"], [EY, IY], False),
    "t3c3": ([*DISTANCE, "rta"], [EY, IY, ["country"]], True),
    "t3c4": (["rta"], [EY, IY, ["pair2"]], True),
    "t3c5": (["rta", "rta_lead4"], [EY, IY, ["pair2"]], True),
    "t3c6": (LAGS, [EY, IY, ["pair2"]], True),
    "t3c7": ([*LAGS, "ib1986", "ib1990", "ib1994", "ib1998", "ib2002"], [EY, IY, ["pair2"]], True),
}


@pytest.mark.shared
@pytest.mark.parametrize("name", TABLES)
def test_advanced_guide_at_full_precision(shared: Path, name: str) -> None:
    """Yotov, Piermartini, Monteiro and Larch (2016), chapter 1. The maximum is unique, so 1e-8 relative: the reference
    was estimated at tolerance 1e-10, and the largest difference found is 1e-9."""
    text = (shared / "anchors/agtpa/chapter1_tables.json").read_text()
    anchor: dict[str, Any] = json.loads(text)["full_precision"]["results"][name]
    terms, effects, domestic = TABLES[name]
    frame = guide(shared).filter(pl.col("year").is_in([1986, 1990, 1994, 1998, 2002, 2006]))
    n, fit = fitted(frame if domestic else frame.filter(pl.col("border") == 1), terms, effects)
    assert n == anchor["n"]
    for term, estimate in zip(terms, fit.beta, strict=True):
        assert estimate == pytest.approx(anchor["coef"][term], rel=1e-8), term


@pytest.mark.shared
def test_the_annual_three_way_panel(shared: Path) -> None:
    """fixest_anchors.json prints seven digits of the coefficient."""
    n, fit = fitted(guide(shared), ["rta"], [EY, IY, ["pair2"]])
    assert n == 99_981
    assert fit.beta[0] == pytest.approx(0.5473864, abs=5e-8)


@pytest.mark.shared
def test_the_fixest_trade_data(shared: Path) -> None:
    anchor = json.loads((shared / "anchors/ppml/fixest_anchors.json").read_text())
    frame = pl.read_parquet(shared / "anchors/ppml/fixest_trade.parquet").select(
        "origin", "destination", "product", "year", trade="value_eur", log_dist=pl.col("dist_km").log()
    )
    n, fit = fitted(frame, ["log_dist"], [["origin"], ["destination"], ["product"], ["year"]])
    assert n == 38_325
    assert fit.beta[0] == pytest.approx(anchor["coef"], abs=1e-10)
    assert fit.deviance == pytest.approx(anchor["deviance"], rel=1e-11)
    assert fit.log_likelihood == pytest.approx(anchor["loglik"], rel=1e-11)


def test_every_pairing_of_settings_is_within_the_tolerance_it_asks_for() -> None:
    rng = np.random.default_rng(18)
    y, x, effects = panel(rng, 900, (30, 12, 20), 2)
    best = poisson(y, x, effects, settings=Newton(tolerance=1e-12)).beta
    for tolerance, forcing in product((1e-6, 1e-9), (0.01, 0.9)):
        fit = poisson(y, x, effects, settings=Newton(tolerance=tolerance, forcing=forcing))
        assert fit.violation <= tolerance
        np.testing.assert_allclose(fit.beta, best, atol=tolerance)
