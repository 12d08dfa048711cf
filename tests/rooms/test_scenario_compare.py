"""Two runs side by side: inputs that differ, results that differ, and which difference makes which."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl
import pytest

import small_world as small
from landbridge.provenance import Unavailable
from landbridge.scenarios.comparing import ONLY_A, ONLY_B, SIZE, Comparison, compare
from landbridge.scenarios.making import solve
from landbridge.scenarios.run import Run
from landbridge.scenarios.views import View

RAIL = {"kind": "trade_cost", "between": ["CHN", "RUS"], "sectors": "goods", "change_pct": [-6, -2]}
SHUT = {"kind": "closure", "between": ["CHN", "RUS"], "sectors": ["J61"], "share_pct": 50}
MORE = {"kind": "productivity", "place": "BLR", "change_pct": 2}


def made(*changes: dict[str, Any], draws: int = 0, seed: int = 1, world: int = 7, **more: Any) -> Run:
    with ThreadPoolExecutor(1) as threads:
        return solve(
            small.scenario(*changes, **more), small.world(world), draws=draws, seed=seed, executor=threads
        )


def inputs(found: Comparison) -> list[tuple[str, str, str | None, str | None]]:
    return found.inputs.table().rows()


def result(found: Comparison, place: str, unit: str = "%") -> dict[str, Any]:
    rows = found.results.table().filter(pl.col("place") == place, pl.col("unit") == unit)
    return rows.row(0, named=True)


def attributed(found: Comparison, place: str) -> dict[str, float]:
    assert isinstance(found.attribution, View)
    rows = found.attribution.table().filter(pl.col("place") == place, pl.col("unit") == "%")
    return dict(rows.select("part", "contribution").rows())


def test_changes_on_one_side_and_sizes_that_differ_are_told_first() -> None:
    other = {**RAIL, "change_pct": [-8, -2]}
    found = compare(made(RAIL, SHUT), made(other, MORE), small.world())
    assert inputs(found) == [
        (SIZE, "trade_cost 1: change_pct", "-4 (-6 to -2)", "-5 (-8 to -2)"),
        (ONLY_A, "closure 2", "closure CHN, RUS share_pct 50", None),
        (ONLY_B, "productivity 2", None, "productivity BLR change_pct 2"),
    ]
    table = found.table()
    sections = table["section"].to_list()
    assert sections == sorted(sections, key=["inputs", "results", "attribution"].index)


def test_differences_of_results_are_b_less_a() -> None:
    a, b = made(RAIL), made(RAIL, SHUT)
    found = compare(a, b, small.world())
    for place in ("CHN", "RUS"):
        held = result(found, place)
        one, two = (run.real_income([place]).table()["central"][0] for run in (a, b))
        assert (held["value_a"], held["value_b"]) == (one, two)
        assert held["difference"] == two - one < 0
        assert held["verdict"] == "lower"
        assert held["low"] is None
    trade = (
        found.results.table().filter(pl.col("exporter") == "CHN", pl.col("unit") == "USD").row(0, named=True)
    )
    assert trade["difference"] < 0


def test_attribution_adds_up_to_the_difference_and_names_its_makers() -> None:
    other = {**RAIL, "change_pct": [-8, -2]}
    a, b = made(RAIL, SHUT), made(other, MORE)
    found = compare(a, b, small.world())
    for place in ("CHN", "RUS", "BLR"):
        held = attributed(found, place)
        assert sum(held.values()) == pytest.approx(result(found, place)["difference"], rel=1e-6)
    held = attributed(found, "RUS")
    # Cheaper rail, an end of the closure: both raise Russia's real income.
    assert held["trade_cost 1"] > 0 < held["closure 2 (only in A)"]
    belarus = attributed(found, "BLR")
    assert belarus["productivity 2 (only in B)"] == max(belarus.values())


def test_labels_that_mean_another_change_in_the_other_run_are_not_mixed_up() -> None:
    # In A `trade_cost 1` is rail, in B it is another pair, and rail is `trade_cost 2`.
    other = {"kind": "trade_cost", "between": ["BLR", "RUS"], "change_pct": -9}
    a, b = made(RAIL), made(other, {**RAIL, "change_pct": -3})
    found = compare(a, b, small.world())
    assert [row[0] for row in inputs(found)] == [SIZE, ONLY_B]
    for place in ("CHN", "RUS", "BLR"):
        assert sum(attributed(found, place).values()) == pytest.approx(
            result(found, place)["difference"], rel=1e-6
        )


def test_closure_and_model_are_a_part_of_their_own() -> None:
    found = compare(made(RAIL), made(RAIL, MORE, deficits="removed", model="without-links"), small.world())
    kinds = [row[0] for row in inputs(found)]
    assert kinds == [ONLY_B, "model", "deficits"]
    for place in ("CHN", "BLR"):
        held = attributed(found, place)
        assert set(held) == {"productivity 2 (only in B)", "model and closure"}
        assert sum(held.values()) == pytest.approx(result(found, place)["difference"], rel=1e-6)
    assert " | " in found.results.table()["closure"][0]


def test_the_same_run_differs_in_nothing() -> None:
    run = made(RAIL)
    found = compare(run, run, small.world())
    assert inputs(found) == []
    assert found.inputs.notes == ("The two runs have the same inputs.",)
    assert set(found.results.table()["verdict"]) == {"same"}
    assert isinstance(found.attribution, Unavailable)
    assert set(found.table()["section"]) == {"results"}


def test_a_note_or_a_name_is_no_change_of_result() -> None:
    again = {**RAIL, "note": "said again", "sources": {"change_pct": "assumed"}}
    found = compare(made(RAIL), made(again, name="again"), small.world())
    assert inputs(found) == [("scenario", "name", "a test", "again")]
    assert isinstance(found.attribution, Unavailable)


def test_other_accounts_are_told_and_not_attributed() -> None:
    found = compare(made(RAIL), made(RAIL, world=8), small.world())
    assert [row[0] for row in inputs(found)] == ["accounts_sha256"]
    assert isinstance(found.attribution, Unavailable)
    assert "different accounts" in found.attribution.reason
    assert result(found, "CHN")["difference"] != 0


def test_runs_are_compared_even_where_the_data_at_hand_cannot_attribute() -> None:
    found = compare(made(RAIL), made(RAIL, SHUT), small.world(8))
    assert isinstance(found.attribution, Unavailable)
    assert "not those of the run" in found.attribution.reason
    assert result(found, "CHN")["difference"] < 0


def test_equal_draws_are_compared_draw_by_draw() -> None:
    a, b = made(RAIL, draws=60), made({**RAIL, "change_pct": [-7, -3]}, draws=60)
    found = compare(a, b, small.world())
    assert a.sampled is not None
    assert b.sampled is not None
    at = small.PLACES.index("RUS")
    gaps = 100 * (b.sampled.draws[:, at] - a.sampled.draws[:, at])
    held = result(found, "RUS")
    assert (held["low"], held["high"]) == pytest.approx(tuple(np.percentile(gaps, [10, 90])), rel=1e-9)
    assert held["verdict"] == "higher"
    assert any("draw by draw" in note for note in found.notes)


def test_unequal_draws_are_taken_as_independent_and_wider() -> None:
    a, b = made(RAIL, draws=60), made({**RAIL, "change_pct": [-7, -3]}, draws=60)
    c = made({**RAIL, "change_pct": [-7, -3]}, draws=60, seed=2)
    near, far = (result(compare(a, other, small.world()), "RUS") for other in (b, c))
    assert far["high"] - far["low"] > 2 * (near["high"] - near["low"])
    found = compare(a, c, small.world())
    assert ("seed", "seed", "1", "2") in inputs(found)
    assert any("independent" in note for note in found.notes)
