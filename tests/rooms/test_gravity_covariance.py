"""Covariance kinds and conventions on small samples against dense formulas, and refusals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from landbridge.errors import BadSample, BadUsage
from landbridge.gravity.covariance import bread_of, parameters, sandwich

N, K = 60, 3


def sample(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, K)), rng.normal(size=N), rng.uniform(0.5, 2.0, N)


def groups(count: int, seed: int) -> np.ndarray:
    codes = np.random.default_rng(seed).integers(0, count, N)
    codes[:count] = np.arange(count)
    return codes.astype(np.int32)


def by_definition(x: np.ndarray, score: np.ndarray, hessian: np.ndarray, same: np.ndarray) -> np.ndarray:
    """Sandwich with the (N, N) matrix of which rows may be correlated."""
    bread = np.linalg.inv(x.T @ np.diag(hessian) @ x)
    return bread @ x.T @ (np.outer(score, score) * same) @ x @ bread


def test_kinds_follow_their_definitions() -> None:
    x, score, hessian = sample()
    codes = groups(7, 2)
    cases = {
        "robust": np.eye(N),
        "cluster": (codes[:, None] == codes[None, :]).astype(float),
    }
    for kind, same in cases.items():
        found = sandwich(
            x,
            score,
            hessian,
            kind=kind,  # type: ignore[arg-type]
            clusters=(codes,) if kind == "cluster" else (),
            convention="none",
            parameters=K,
        )
        assert found.matrix == pytest.approx(by_definition(x, score, hessian, same), rel=1e-11)
        assert found.std_error == pytest.approx(np.sqrt(np.diag(found.matrix)))
        assert (found.factor, found.degrees_of_freedom) == (1.0, None)
    iid = sandwich(x, score, hessian, kind="iid", convention="none", parameters=K)
    assert iid.matrix == pytest.approx(np.linalg.inv(x.T @ (x * hessian[:, None])), rel=1e-11)


def test_conventions_differ_by_their_factors_only() -> None:
    x, score, hessian = sample()
    codes, k = groups(7, 2), 9
    base = {kind: sandwich(x, score, hessian, kind=kind, clusters=ways, convention="none", parameters=k).matrix
            for kind, ways in (("iid", ()), ("robust", ()), ("cluster", (codes,)))}  # type: ignore[arg-type]  # fmt: skip
    between, small = 7 / 6, (N - 1) / (N - k)
    expected = {
        ("poisson", "stata", "iid"): 1.0,
        ("poisson", "stata", "robust"): N / (N - 1),
        ("poisson", "stata", "cluster"): between,
        ("poisson", "fixest", "iid"): small,
        ("poisson", "fixest", "robust"): N / (N - k),
        ("poisson", "fixest", "cluster"): between * small,
        ("least_squares", "stata", "robust"): N / (N - k),
        ("least_squares", "stata", "cluster"): between * small,
        ("least_squares", "fixest", "cluster"): between * small,
    }
    for (model, convention, kind), factor in expected.items():
        found = sandwich(
            x,
            score,
            hessian,
            kind=kind,  # type: ignore[arg-type]
            clusters=(codes,) if kind == "cluster" else (),
            convention=convention,  # type: ignore[arg-type]
            parameters=k,
            model=model,  # type: ignore[arg-type]
        )
        assert found.factor == pytest.approx(factor, rel=1e-14)
        assert found.matrix == pytest.approx(factor * base[kind], rel=1e-12)


def test_least_squares_iid_is_the_textbook_formula() -> None:
    x, residual, weights = sample()
    bread = np.linalg.inv(x.T @ (x * weights[:, None]))
    spread = float(np.sum(weights * residual**2))
    for convention, divisor in (("stata", N - 9), ("fixest", N - 9), ("none", N)):
        found = sandwich(
            x,
            weights * residual,
            weights,
            kind="iid",
            convention=convention,  # type: ignore[arg-type]
            parameters=9,
            model="least_squares",
        )
        assert found.matrix == pytest.approx(bread * spread / divisor, rel=1e-12)
    assert (
        sandwich(
            x,
            weights * residual,
            weights,
            kind="iid",
            convention="stata",
            parameters=9,
            model="least_squares",
        ).degrees_of_freedom
        == N - 9
    )


@pytest.mark.parametrize("ways", [2, 3])
def test_several_ways_count_every_pair_of_rows_that_shares_a_group_once(ways: int) -> None:
    """Inclusion and exclusion is the same as one look at which rows share any group at all."""
    x, score, hessian = sample(3)
    clusters = tuple(groups(4 + way, 10 + way) for way in range(ways))
    share = np.zeros((N, N), dtype=bool)
    for codes in clusters:
        share |= codes[:, None] == codes[None, :]
    wanted = by_definition(x, score, hessian, share.astype(float))
    found = sandwich(x, score, hessian, kind="cluster", clusters=clusters, convention="stata", parameters=K)
    assert found.groups == tuple(4 + way for way in range(ways))
    assert found.factor == pytest.approx(4 / 3)
    if found.repair == 0.0:
        assert found.matrix == pytest.approx(4 / 3 * wanted, rel=1e-10)
    else:
        assert np.linalg.eigvalsh(wanted)[0] < 0
    assert np.linalg.eigvalsh(found.matrix)[0] >= -1e-12 * np.linalg.eigvalsh(found.matrix)[-1]


def test_a_negative_eigenvalue_is_repaired_and_reported() -> None:
    x, score, hessian = sample()
    repaired = untouched = 0
    for first, second in combinations(range(12), 2):
        clusters = (groups(5, first), groups(6, second))
        share = np.logical_or.reduce([codes[:, None] == codes[None, :] for codes in clusters])
        raw = by_definition(x, score, hessian, share.astype(float)) * 5 / 4
        found = sandwich(
            x, score, hessian, kind="cluster", clusters=clusters, convention="stata", parameters=K
        )
        if np.linalg.eigvalsh(raw)[0] < -1e-10 * np.abs(raw).max():
            repaired += 1
            assert found.repair > 0
            assert np.linalg.eigvalsh(found.matrix)[0] > -1e-12 * np.abs(raw).max()
        else:
            untouched += 1
            assert found.repair == 0.0
    # Both happen in this sample, or the test would prove nothing.
    assert repaired > 0
    assert untouched > 0


def test_units_of_a_regressor_scale_its_errors_and_nothing_else() -> None:
    x, score, hessian = sample()
    codes, units = groups(9, 4), np.array([1e-9, 1.0, 1e9])
    plain = sandwich(x, score, hessian, kind="cluster", clusters=(codes,), parameters=K)
    scaled = sandwich(x * units, score, hessian, kind="cluster", clusters=(codes,), parameters=K)
    assert scaled.std_error * units == pytest.approx(plain.std_error, rel=1e-10)


def test_parameters_count_effects_but_not_nested_ones() -> None:
    exporter, year, pair = groups(6, 1), groups(4, 2), np.arange(N, dtype=np.int32) // 2
    nested = (exporter * 30 + pair).astype(np.int32)
    nested = np.unique(nested, return_inverse=True)[1].astype(np.int32)
    assert parameters(3, ()) == 3
    assert parameters(3, (exporter,)) == 3 + 6
    assert parameters(3, (exporter, year)) == 3 + 6 + 4 - 1
    assert parameters(3, (exporter, year, pair)) == 3 + 6 + 4 + 30 - 2
    # Nested in the cluster: gone, but the constant stays.
    assert parameters(3, (nested,), (exporter,)) == 3 + 1
    assert parameters(3, (exporter, nested), (exporter,)) == 3 + 1
    assert parameters(3, (exporter, year, nested), (exporter,)) == 3 + 4
    assert parameters(3, (exporter, year), (pair,)) == 3 + 6 + 4 - 1


def test_refusals_of_the_call() -> None:
    x, score, hessian = sample()
    with pytest.raises(BadUsage, match="no kind of covariance is called 'hc3'") as refused:
        sandwich(x, score, hessian, kind="hc3", convention="sas", parameters=K)  # type: ignore[arg-type]
    assert len(refused.value.problems) == 2
    with pytest.raises(BadUsage, match="with no cluster"):
        sandwich(x, score, hessian, kind="cluster", parameters=K)
    with pytest.raises(BadUsage, match="with a cluster"):
        sandwich(x, score, hessian, kind="robust", clusters=(groups(3, 1),), parameters=K)


def test_refusals_of_the_sample_come_together() -> None:
    x, score, hessian = sample()
    clusters = (np.zeros(N, dtype=np.int32), groups(5, 1)[:10], np.full(N, -1, dtype=np.int32))
    with pytest.raises(BadSample) as refused:
        sandwich(x, score, hessian, kind="cluster", clusters=clusters, parameters=K)
    text = str(refused.value)
    assert "cluster variable 1: it has one group only" in text
    assert "cluster variable 2: it has 10 codes, the sample has 60 rows" in text
    assert "cluster variable 3: it is missing in some rows" in text
    with pytest.raises(BadSample, match="leave no degree of freedom"):
        sandwich(x, score, hessian, kind="robust", convention="fixest", parameters=N)


def test_bread_refuses_what_is_not_identified() -> None:
    x, _, hessian = sample()
    with pytest.raises(BadSample, match=r"regressor 1 .* does not vary"):
        bread_of(x * np.array([1.0, 0.0, 1.0]), hessian)
    with pytest.raises(BadSample, match="collinear"):
        bread_of(np.column_stack([x[:, 0], x[:, 1], x[:, 0] - 2 * x[:, 1]]), hessian)
