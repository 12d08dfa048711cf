"""What clears must balance: trade in one direction alone has no equilibrium, and wages are right where trade is rare."""

from __future__ import annotations

import math

import numpy as np
import pytest

from landbridge.equilibrium import armington, baseline, solve
from landbridge.errors import BadBaseline, NotConverged

THREE = np.array([[10.0, 2.0, 1.0], [2.0, 10.0, 2.0], [1.0, 2.0, 10.0]])


@pytest.mark.parametrize("way", ["exports", "imports"])
@pytest.mark.parametrize("deficits", ["additive", "multiplicative", "removed"])
def test_trade_in_one_direction_is_refused(way: str, deficits: str) -> None:
    cost = np.ones((1, 3, 3))
    if way == "exports":
        cost[0, 0, 1:] = math.inf
    else:
        cost[0, 1:, 0] = math.inf
    with pytest.raises(NotConverged, match="place 0 can still"):
        solve(baseline(THREE[None]), theta=4.0, cost_hat=cost, deficits=deficits)


@pytest.mark.parametrize("factor", [5.0, 20.0, 100.0])
@pytest.mark.parametrize("theta", [4.0, 8.0])
def test_wages_are_those_of_one_sector_however_rare_trade_is(factor: float, theta: float) -> None:
    """The one-sector solver leaves sales at home out of both sides; this one has to find the same wages."""
    rng = np.random.default_rng(7)
    flows = rng.uniform(0.1, 1.0, (6, 6)) + np.diag(rng.uniform(5, 20, 6))
    cost = np.where(np.eye(6, dtype=bool), 1.0, factor)
    one = armington(flows, theta=theta, cost_hat=cost, deficits="removed")
    many = solve(baseline(flows[None]), theta=theta, cost_hat=cost[None], deficits="removed")
    assert many.wage_hat == pytest.approx(one.wage_hat, rel=1e-7)
    assert many.residual <= 1e-10


def test_the_residual_told_is_never_above_the_tolerance() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        flows = rng.lognormal(0, 2, (4, 5, 5))
        base = baseline(flows)
        cost = rng.uniform(0.8, 1.3, flows.shape)
        found = solve(base, theta=rng.uniform(1, 40, 4), cost_hat=cost, deficits="removed")
        assert found.residual <= 1e-10


def test_final_shares_of_another_order_are_refused() -> None:
    rng = np.random.default_rng(3)
    flows = rng.uniform(0.5, 1.0, (3, 4, 4)) * np.array([1.0, 20.0, 400.0])[:, None, None]
    shares = baseline(flows).final_share
    with pytest.raises(BadBaseline, match="another order"):
        baseline(flows, final_share=shares[::-1])


def test_a_solved_number_cannot_be_written_over() -> None:
    found = solve(baseline(THREE[None]), theta=4.0)
    with pytest.raises(ValueError, match="read-only"):
        found.real_income_hat[0] = 2.0
