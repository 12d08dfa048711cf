"""Complexity on trade flows: what is left out is listed, what has no answer is refused, and it is quick."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from landbridge import indicators as ix
from landbridge import load
from landbridge.errors import BadSample, BadUsage, NotConverged, NotHeld
from landbridge.flows import TradeFlows
from landbridge.flows.complexity import ranks
from landbridge.provenance import Figure, Source

SOURCE = Source("made-up", "Nobody", "Invented for the test", "2020", "https://example.org", "none")


def flows(cube: np.ndarray, places: list[str], items: list[str], year: int = 2020) -> TradeFlows:
    """Flows by product out of (exporter, importer, item); zeros are not recorded."""
    where = np.nonzero(cube)
    frame = pl.DataFrame(
        {
            "exporter": [places[at] for at in where[0]],
            "importer": [places[at] for at in where[1]],
            "item": [items[at] for at in where[2]],
            "value_usd": cube[where],
            "low_usd": pl.Series([None] * len(where[0]), dtype=pl.Float64),
            "high_usd": pl.Series([None] * len(where[0]), dtype=pl.Float64),
            "status": ["reported"] * len(where[0]),
            "source": [SOURCE.id] * len(where[0]),
        }
    )
    return TradeFlows(year, "hs6", frame, {SOURCE.id: SOURCE})


PLACES = [f"P{at:02}" for at in range(12)]
ITEMS = [f"{at:06}" for at in range(30)]


def world(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    able = rng.lognormal(0, 1.5, (12, 1, 30)) * (
        rng.uniform(size=(12, 1, 30)) < np.linspace(0.3, 1, 12)[:, None, None]
    )
    cube = able * rng.lognormal(0, 0.5, (12, 12, 30))
    cube[np.arange(12), np.arange(12)] = 0
    return cube


def test_the_tables_are_those_of_the_kernels() -> None:
    cube = world()
    found = ix.complexity(flows(cube, PLACES, ITEMS))
    rca = ix.advantage_matrix(cube.sum(axis=1))
    assert isinstance(rca, np.ndarray)
    held = rca >= 1
    kernel, fit = ix.economic_complexity(held), ix.fitness(held)
    table, products = found.table().sort("place"), found.products().sort("item")
    np.testing.assert_allclose(table["eci"], kernel.eci)
    np.testing.assert_allclose(table["fitness"], fit.fitness)
    np.testing.assert_allclose(table["outlook"], ix.outlook(held, ix.density(held), kernel.pci))
    assert table["diversity"].to_list() == held.sum(axis=1).tolist()
    np.testing.assert_allclose(products["pci"], kernel.pci)
    np.testing.assert_allclose(products["quality"], fit.complexity)
    assert found.table()["eci_rank"].to_list() == list(range(1, 13))
    assert (found.basis, found.status, found.fitness_rounds) == ("recorded goods", "reported", 19)
    assert found.fitness_change == fit.change


def test_who_sells_nothing_and_what_nobody_sells_above_the_threshold_are_listed() -> None:
    cube = world()
    cube[4] = 0
    found = ix.complexity(flows(cube, PLACES, ITEMS))
    assert found.excluded_places == ("P04",)
    assert "P04" not in found.table()["place"].to_list()
    # All sell it in proportion to the rest, so nobody has an advantage of 1.6 in it.
    cube[:, :, 0] = 0.1 * cube[:, :, 1:].sum(axis=2)
    strict = ix.complexity(flows(cube, PLACES, ITEMS), threshold=1.6)
    assert "000000" in strict.excluded_items
    assert set(strict.excluded_items).isdisjoint(strict.products()["item"].to_list())
    assert len(strict.excluded_items) + strict.products().height == 30


def test_the_fifty_sectors_say_what_they_count_and_leave_out_the_rest_of_the_world() -> None:
    by_sector = load().by_sector
    both = [ix.complexity(by_sector, intermediates_only=only) for only in (False, True)]
    assert [found.basis for found in both] == ["including imputed final demand", "intermediates only"]
    # The rest of the world is assumed and counts in the world's total; it is not divided by use.
    assert [found.status for found in both] == ["assumed", "reconciled"]
    for found in both:
        assert "ROW" in found.excluded_places
        assert found.table().height == 80
        assert found.table()["eci"].mean() == pytest.approx(0, abs=1e-9)
    ranked = dict(both[1].table().select("place", "eci_rank").iter_rows())
    assert ranked["JPN"] < ranked["RUS"], (
        "exporters of crude oil and coal do not come before exporters of machines"
    )


def test_places_that_share_nothing_with_the_others_are_named() -> None:
    cube = world()
    cube[10:, :, :25] = 0
    cube[:10, :, 25:] = 0
    with pytest.raises(BadSample, match=r"^P10, P11 share no item of advantage with the other places"):
        ix.complexity(flows(cube, PLACES, ITEMS))


def test_flows_of_few_places_or_of_one_reporter_are_not_the_world() -> None:
    pair = flows(world()[:2, :2], PLACES[:2], ITEMS)
    star = world()
    star[1:, 1:] = 0
    for held, why in (
        (pair, r"held for P00, P01 only"),
        (flows(star, PLACES, ITEMS), r"22 of the 132 ordered pairs"),
    ):
        with pytest.raises(NotHeld, match=why) as refused:
            ix.complexity(held)
        assert "Load a world trade data set" in str(refused.value)


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        ([[1, 0], [0, 1]], "falls into 2 parts"),
        ([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]], "falls into 2 parts"),
        (np.ones((4, 5)), "no unique direction"),
        (1 - np.eye(5), "no unique direction"),
        ([[1, 0, 0], [0, 0, 0]], "too few to compare"),
        ([[1, 1, 0], [0, 1, 1]], "sign is undetermined"),
    ],
)
def test_what_has_no_answer_is_refused(matrix: np.ndarray, why: str) -> None:
    with pytest.raises(BadSample, match=why):
        ix.economic_complexity(matrix)


def test_empty_rows_and_columns_are_left_out_by_position() -> None:
    held = np.zeros((5, 6))
    held[np.ix_([0, 2, 4], [1, 2, 5])] = [[1, 1, 1], [1, 1, 0], [0, 1, 0]]
    found = ix.economic_complexity(held)
    assert (found.places.tolist(), found.items.tolist()) == ([0, 2, 4], [1, 2, 5])
    assert np.isfinite(found.eci).all()
    assert np.argmax(found.eci) == 0
    assert ix.fitness(held).places.tolist() == [0, 2, 4]


def test_bad_tables_and_rounds_are_refused() -> None:
    for bad in (np.full((3, 3), 0.5), np.full((3, 3), np.nan), np.ones(3)):
        with pytest.raises(BadUsage, match="zeros and ones"):
            ix.economic_complexity(bad)
    with pytest.raises(BadUsage, match="at least one round"):
        ix.fitness(np.ones((3, 3)), rounds=0)
    with pytest.raises(BadUsage, match="must be positive"):
        ix.complexity(flows(world(), PLACES, ITEMS), threshold=0)


def test_fitness_that_fades_to_zero_is_no_number() -> None:
    """One place with two items of its own and one with a common item: the second's share of fitness halves forever."""
    held = np.zeros((3, 8))
    held[0] = 1
    held[1, :2] = held[2, :1] = 1
    assert ix.fitness(held, 19).change > 0
    with pytest.raises(NotConverged, match="fades to zero"):
        ix.fitness(held, 100_000)


def test_equal_values_share_a_rank_whatever_the_rounding() -> None:
    assert ranks(np.array([0.3, 0.1 + 0.2, 0.5, 0.1])).tolist() == [2, 2, 1, 4]
    twins = np.vstack([world().sum(axis=1), world().sum(axis=1)[[3]]])
    rca = ix.advantage_matrix(twins)
    assert isinstance(rca, np.ndarray)
    found = ranks(ix.economic_complexity(rca >= 1).eci)
    assert found[3] == found[12]


def test_specialisation_against_the_world() -> None:
    by_sector = load().by_sector
    found = ix.specialisation(by_sector, "RUS")
    table = found.table()
    basket = ix.basket(by_sector, "RUS", "CHN").table()
    joined = basket.join(table, on="item", suffix="_place")
    np.testing.assert_allclose(joined["rca"], joined["rca_place"], rtol=1e-9)
    assert table["lafay_pct"].sum() == pytest.approx(0, abs=1e-9)
    counted = found.indicators["items_with_advantage"]
    assert isinstance(counted, Figure)
    assert counted.value == table.filter(pl.col("rca") >= 1).height
    hhi = found.indicators["hhi"]
    assert isinstance(hhi, Figure)
    assert hhi.value == pytest.approx(((table["exports_usd"] / table["exports_usd"].sum()) ** 2).sum())
    assert {figure.cell for figure in counted.inputs} == {
        "deliveries:2022/*/RUS/*",
        "deliveries:2022/*/*/*",
    }


TIMED = """
import time
import numpy as np
from landbridge import indicators as ix

rng = np.random.default_rng(0)
some = rng.uniform(size=(230, 5000)) < rng.uniform(0.02, 0.4, (230, 1)) * rng.uniform(0, 1.5, 5000)
exports = rng.lognormal(0, 2, (230, 5000)) * some
exports[0] += 0.1
taken = []
for _ in range(5):
    start = time.process_time()
    held = ix.advantage_matrix(exports) >= 1
    ix.economic_complexity(held)
    ix.fitness(held)
    taken.append(time.process_time() - start)
print(min(taken))
"""


def test_two_hundred_and_thirty_places_and_five_thousand_items_take_less_than_a_tenth_of_a_second() -> None:
    # On one thread and in processor time, so that other work on the machine does not decide.
    single = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", TIMED], env=single, capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 0.1
