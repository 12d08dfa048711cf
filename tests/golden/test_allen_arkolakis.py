"""Traffic equilibrium on a grid of nine places, against an independent solution of Allen and Arkolakis (2022).

Levels to 1e-8: both are solved to rounding. Link elasticities to 1e-6: the expected ones are finite differences, good to
about 1e-8; theirs are gains from a cheaper link, ours derivatives by its cost, hence the sign.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landbridge.equilibrium import link_elasticities, network_equilibrium
from landbridge.equilibrium.traffic import NetworkEquilibrium

Array = np.ndarray


@pytest.fixture(scope="module")
def grid(shared: Path) -> dict[str, Any]:
    return dict(json.loads((shared / "anchors/transport/allen_arkolakis_3x3.json").read_text("utf-8")))


def table(grid: dict[str, Any], held: dict[str, float], empty: float) -> Array:
    made = np.full((grid["N"], grid["N"]), empty)
    for i, j in grid["edges"]:
        made[i, j] = held[f"{i}-{j}"]
    return made


def solved(grid: dict[str, Any], case: dict[str, Any]) -> NetworkEquilibrium:
    return network_equilibrium(
        grid["A_bar"],
        grid["u_bar"],
        table(grid, grid["kappa_bar"], np.inf),
        sigma=case["sigma"],
        alpha=case["alpha"],
        beta=case["beta"],
        congestion=case["lam"],
        tol=1e-12,
    )


@pytest.mark.shared
@pytest.mark.parametrize("name", ["efficient", "congestion_only"])
def test_levels(name: str, grid: dict[str, Any]) -> None:
    case = grid["cases"][name]
    found = solved(grid, case)
    assert found.welfare == pytest.approx(case["W"], rel=1e-8)
    assert found.wages == pytest.approx(np.array(case["w"]), rel=1e-8)
    assert found.labour == pytest.approx(np.array(case["L"]), rel=1e-8)
    assert found.tau == pytest.approx(np.array(case["tau"]), rel=1e-8)
    assert found.link_cost == pytest.approx(table(grid, case["kappa"], np.inf), rel=1e-8)
    assert found.link_traffic == pytest.approx(table(grid, case["traffic_share"], 0.0), rel=1e-8)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["efficient", "congestion_only"])
def test_link_elasticities(name: str, grid: dict[str, Any]) -> None:
    case = grid["cases"][name]
    effect = link_elasticities(solved(grid, case))
    assert -effect == pytest.approx(table(grid, case["welfare_elasticity_fd"], 0.0), abs=1e-6)


@pytest.mark.shared
def test_congestion_breaks_the_tie_of_gain_and_traffic(grid: dict[str, Any]) -> None:
    """The link from 0 to 1 carries 0.358 of world income and is worth 0.078 of it, printed to three decimals."""
    found = solved(grid, grid["cases"]["congestion_only"])
    assert found.link_traffic[0, 1] == pytest.approx(0.358, abs=5e-4)
    assert link_elasticities(found)[0, 1] == pytest.approx(-0.078, abs=5e-4)
