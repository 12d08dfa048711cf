"""Gains from trade of Costinot and Rodriguez-Clare (2014), Table 1: four columns, 34 economies, WIOD 2008.

Inputs and full precision from their replication package (through SandersBas/NBBQTSM@ec58d4c). Tolerance: half a unit of
the last printed digit for the table (plus a hair for numbers that end in 5), 1e-7 for full precision, the form being closed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landbridge.equilibrium.gains import Gains, gains_from_trade

pytestmark = pytest.mark.shared

# Sectors of WIOD in the order of the 20 sectors of Caliendo and Parro; all that they have no estimate for take the last.
CALIENDO_PARRO = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18] + [19] * 17


@pytest.fixture(scope="module")
def package(shared: Path) -> dict[str, np.ndarray]:
    with np.load(shared / "anchors/crc2014/wiod2008_34x31.npz") as held:
        return dict(held)


@pytest.fixture(scope="module")
def expected(shared: Path) -> Any:
    return json.loads((shared / "anchors/crc2014/expected_gains.json").read_text("utf-8"))


def one_sector(package: dict[str, np.ndarray]) -> Gains:
    return gains_from_trade(package["X_ijs"].sum(axis=2), theta=5.0)


def many(package: dict[str, np.ndarray], theta: np.ndarray, inputs: np.ndarray | None = None) -> Gains:
    return gains_from_trade(
        package["X_ijs"].transpose(2, 0, 1), inputs, theta=theta, final_share=package["beta_js"].T
    )


def with_links(package: dict[str, np.ndarray]) -> Gains:
    # alpha_tilde[using sector, place, input]; ours is inputs[input, using sector, place].
    return many(package, package["epsilon_s"], package["alpha_tilde_sjk"].transpose(2, 0, 1))


FORMS: dict[str, Callable[[dict[str, np.ndarray]], Gains]] = {
    "one_sector_eps5": one_sector,
    "multi_noint": lambda package: many(package, package["epsilon_s"]),
    "multi_noint_CPtheta_99": lambda package: many(package, -package["cp_theta_99"][CALIENDO_PARRO]),
    "multi_int": with_links,
}


@pytest.mark.parametrize("column", FORMS)
def test_table_1(column: str, package: dict[str, np.ndarray], expected: Any) -> None:
    lost = 100 * FORMS[column](package).lost
    countries = package["countries"].tolist()
    assert [row["country"] for row in expected["full_precision"]] == countries
    full = np.array([row[column] for row in expected["full_precision"]])
    assert lost == pytest.approx(full, abs=1e-7)
    printed = np.array([row[column] for row in expected["rounded_to_published_digits"]])
    assert np.abs(lost - printed).max() <= 0.05 + 1e-9


def test_the_transposed_links_give_other_numbers(package: dict[str, np.ndarray], expected: Any) -> None:
    """So the table above can tell the using sector from the input sector."""
    inputs = package["alpha_tilde_sjk"].transpose(2, 0, 1)
    full = np.array([row["multi_int"] for row in expected["full_precision"]])
    wrong = np.minimum(inputs.transpose(1, 0, 2), 1.0)
    wrong = wrong / np.maximum(1.0, wrong.sum(axis=0) / 0.99)
    assert np.abs(100 * many(package, package["epsilon_s"], wrong).lost - full).max() > 1.0
