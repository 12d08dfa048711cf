"""Complexity against published data and independent programs, and the Theil index against a published example.

Anchors: world trade 1998-2000 of the R package economiccomplexity (pachadotdev/economiccomplexity@423d5b4, Apache-2.0), 226
countries and 785 products, with its fitness; ECI as an eigenvector, which ecomplexity 0.5.3 gives as well. Values typed
in are those of ecomplexity 0.5.3 (PCI standardised, proximity, density, outlook) for the same table.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from landbridge import indicators as ix
from landbridge.provenance import Unavailable


@pytest.fixture(scope="module")
def anchors(shared: Path) -> Path:
    return shared / "anchors" / "complexity"


@pytest.fixture(scope="module")
def table(anchors: Path) -> pl.DataFrame:
    return pl.read_parquet(anchors / "balassa_binary_226x785.parquet")


@pytest.fixture(scope="module")
def matrix(table: pl.DataFrame) -> np.ndarray:
    return table.drop("country").to_numpy()


def test_eci_is_the_eigenvector(anchors: Path, table: pl.DataFrame, matrix: np.ndarray) -> None:
    # The eigenvector is unique and the second eigenvalue far from the third, so ten digits hold.
    expected = pl.read_csv(anchors / "eci.csv")
    assert expected["country"].to_list() == table["country"].to_list()
    found = ix.economic_complexity(matrix)
    np.testing.assert_allclose(found.eci, expected["eci_eigen"].to_numpy(), rtol=0, atol=1e-10)
    np.testing.assert_allclose(found.eci, expected["eci_ecomplexity_0_5_3"].to_numpy(), rtol=0, atol=1e-10)
    assert found.eigenvalues == pytest.approx((0.1791339, 0.1209489), abs=1e-7)


def test_twenty_reflections_are_not_the_eigenvector(anchors: Path, matrix: np.ndarray) -> None:
    """A package that stops after twenty reflections is off by up to four hundredths: that is not our number."""
    stopped = pl.read_csv(anchors / "eci.csv")["eci_economic_complexity_0_3_0"].to_numpy()
    assert 0.02 < np.abs(ix.economic_complexity(matrix).eci - stopped).max() < 0.05


def test_fitness_after_nineteen_rounds(anchors: Path, matrix: np.ndarray) -> None:
    # The same arithmetic in the same order of rounds; only rounding differs.
    found = ix.fitness(matrix)
    assert found.rounds == 19
    countries = pl.read_csv(anchors / "fitness_country.csv")["fitness"].to_numpy()
    products = pl.read_csv(anchors / "fitness_product.csv")["complexity"].to_numpy()
    np.testing.assert_allclose(found.fitness, countries, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.complexity, products, rtol=0, atol=1e-8)
    further = ix.fitness(matrix, rounds=20)
    assert np.abs(further.fitness - countries).max() > 1e-5, "a round more is another number"
    assert further.change < found.change, "and nearer to settled"


def test_products_nearness_and_outlook_agree_with_another_program(
    table: pl.DataFrame, matrix: np.ndarray
) -> None:
    products, countries = table.columns[:-1], table["country"].to_list()
    column = {code: products.index(code) for code in ("0011", "7810", "9710")}
    found = ix.economic_complexity(matrix)
    pci = {code: found.pci[at] for code, at in column.items()}
    assert pci == pytest.approx(
        {"0011": -0.667001108499354, "7810": 1.5711467223985007, "9710": -1.6270212181605666}, abs=1e-10
    )
    near = ix.proximity(matrix)
    assert near[column["0011"], products.index("0012")] == pytest.approx(0.36585365853658536, abs=1e-12)
    assert near[column["7810"], products.index("7821")] == pytest.approx(0.6538461538461539, abs=1e-12)
    dense = ix.density(matrix)
    china, russia = countries.index("chn"), countries.index("rus")
    assert [dense[china, at] for at in column.values()] == pytest.approx(
        [0.3760636240416178, 0.3538893097891099, 0.3623341017846362], abs=1e-10
    )
    assert [dense[russia, at] for at in column.values()] == pytest.approx(
        [0.15108544663929468, 0.1488446019056468, 0.16078816898902248], abs=1e-10
    )
    ahead = ix.outlook(matrix, dense, found.pci)
    assert ahead[[china, russia, countries.index("deu")]] == pytest.approx(
        [-8.086081256923748, 3.6287348400666333, -101.72124884391647], abs=1e-8
    )


def test_theil_by_groups_of_a_published_example() -> None:
    """Three items at nothing and three at ten, in two groups: all inequality lies between (pysal/inequality, test_theil)."""
    values, groups = np.array([0.0, 0, 0, 10, 10, 10]), np.array([0, 0, 0, 1, 1, 1])
    found = ix.theil_parts(values, groups)
    assert not isinstance(found, Unavailable)
    # Printed to sixteen digits; it is ln 2.
    assert (found.total, found.between, found.within) == pytest.approx(
        (0.6931471805599453, 0.6931471805599453, 0.0)
    )
