"""Ensembles: which rows are solved, results that depend on nothing else, failures, interrupts, shares of variance."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import small_world as small
from landbridge.errors import BadUsage, NotConverged
from landbridge.provenance import Unavailable
from landbridge.scenarios import ensemble, making
from landbridge.scenarios.compiling import compile
from landbridge.scenarios.context import context
from landbridge.scenarios.ensemble import Design, Task, carry_out, collect, design, work
from landbridge.scenarios.making import solve
from landbridge.scenarios.outcomes import Layout
from landbridge.scenarios.plan import Parameter
from landbridge.scenarios.solving import Prepared
from landbridge.scenarios.variance import TotalEffect, total_effect

PARAMETERS = (
    Parameter("theta A01", "elasticities", 3.0, 4.0, 6.0, "1", "assumed"),
    Parameter("theta C20", "elasticities", 2.0, 5.0, 7.0, "1", "assumed"),
    Parameter("cut", "sizes", -8.0, -5.0, -2.0, "%", "assumed"),
    Parameter("fixed", "parameters", 1.0, 1.0, 1.0, "%", "assumed"),
)


def planned(draws: int, *, seed: int = 1) -> tuple[Any, Layout, Design]:
    data = small.world()
    plan = compile(small.scenario(), context(data))
    return plan, Layout(small.PLACES, (("CHN", "RUS"),)), design(plan.parameters, 3, draws, seed)


def tasks(plan: Any, layout: Layout, wanted: Design, size: int) -> dict[str, Task]:
    data = small.world()
    out = {}
    for name, rows in wanted.portions(size).items():
        economy = making.economy_of(data, small.VARIANTS[int(wanted.variant[rows[0]])])
        out[name] = Task(name, plan, economy, layout, rows, wanted.values[rows])
    return out


def solved(size: int, executor: Any, *, backwards: bool = False, window: int = 3) -> Any:
    plan, layout, wanted = planned(60)
    made = tasks(plan, layout, wanted, size)
    done: dict[str, ensemble.Done] = {}
    order = reversed(made.values()) if backwards else made.values()
    carry_out(order, executor, lambda part: done.update({part.name: part}), window, work)
    return collect(wanted.shape, layout.width, done.values())


def test_a_group_drawn_anew_changes_that_group_alone() -> None:
    wanted = design(PARAMETERS, 8, 64, 5)
    shape = wanted.shape
    # The fixed parameter is the only one of its group, so there is nothing to draw anew.
    assert shape.groups == ("elasticities", "sizes", "imputation")
    assert shape.rows == wanted.variant.size == 64 + 3 * 64
    columns = {"elasticities": [0, 1], "sizes": [2], "imputation": []}
    for group, mine in columns.items():
        again = shape.again(group)
        moved = wanted.values[again] != wanted.values[:64]
        assert moved[:, mine].all()
        assert not np.delete(moved, mine, axis=1).any()
        other = wanted.variant[again] != wanted.variant[:64]
        assert other.any() == (group == "imputation")


def test_accounts_are_drawn_equally_often_and_portions_hold_one_each() -> None:
    wanted = design(PARAMETERS, 8, 83, 2)
    counts = np.bincount(wanted.variant[:83], minlength=8)
    assert counts.max() - counts.min() == 1
    rows = np.concatenate(list(wanted.portions(10).values()))
    assert sorted(rows) == list(range(wanted.shape.rows))
    for part in wanted.portions(10).values():
        assert len(part) <= 10
        assert len(set(wanted.variant[part])) == 1


def test_few_draws_are_not_solved_again() -> None:
    assert design(PARAMETERS, 8, 49, 1).shape.rows == 49
    assert design(PARAMETERS, 8, 500, 1).shape.rows == 500 + 3 * 200


def test_results_do_not_depend_on_portions_order_or_executor() -> None:
    with ThreadPoolExecutor(2) as threads:
        first = solved(7, threads)
        assert first.solved.all()
        for other in (solved(32, threads), solved(7, threads, backwards=True, window=1)):
            assert np.array_equal(first.outcomes, other.outcomes)
    with ensemble.own_executor(2, 10) as processes:
        assert np.array_equal(first.outcomes, solved(20, processes).outcomes)


def test_a_missing_portion_is_never_overlooked() -> None:
    plan, layout, wanted = planned(60)
    done = [ensemble.work(task) for task in tasks(plan, layout, wanted, 40).values()]
    assert collect(wanted.shape, layout.width, done).solved.all()
    with pytest.raises(Exception, match="rows of the ensemble are missing"):
        collect(wanted.shape, layout.width, done[1:])


class _Failing:
    """Makes the solution of a draw fail whenever its size lies beyond a limit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, limit: float) -> None:
        inner = Prepared.outcome

        def outcome(self: Prepared, layout: Layout, values: Mapping[str, float]) -> Any:
            if values["trade_cost 1: change_pct"] > limit:
                raise NotConverged("markets were not cleared.")
            return inner(self, layout, values)

        monkeypatch.setattr(Prepared, "outcome", outcome)


def test_failed_draws_are_counted_with_their_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    _Failing(monkeypatch, -2.1)
    with ThreadPoolExecutor(1) as threads:
        run = solve(small.scenario(), small.world(), draws=100, executor=threads)
    assert run.sampled is not None
    reason, count = run.failures[0]
    assert reason == "markets were not cleared."
    assert 0 < count <= 0.05 * 400
    assert 0 < 100 - len(run.sampled.draws) <= count
    assert any("failed and are left out: markets were not cleared." in note for note in run.notes)
    first, again = run.sampled.pairs["sizes"]
    assert first.shape == again.shape
    assert len(first) < 100


def test_too_many_failures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _Failing(monkeypatch, -3.5)
    with ThreadPoolExecutor(1) as threads, pytest.raises(NotConverged, match="no fair sample"):
        solve(small.scenario(), small.world(), draws=60, executor=threads)


class _Interrupted(ThreadPoolExecutor):
    """An executor whose user presses Ctrl-C after some portions."""

    def __init__(self, after: int) -> None:
        super().__init__(1)
        self.left = after
        self.begun = 0

    def submit(self, function: Any, /, *args: Any, **more: Any) -> Future[Any]:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        self.begun += 1
        future = super().submit(function, *args, **more)
        future.exception()
        return future


def test_an_interrupted_ensemble_resumes_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_FOREIGN_WINDOW", 1)
    question = small.scenario(), small.world()
    with pytest.raises(KeyboardInterrupt), _Interrupted(2) as executor:
        solve(*question, draws=60, executor=executor, runs=tmp_path)
    folder = next(tmp_path.iterdir())
    kept = sorted(path.name for path in (folder / "draws").glob("*.parquet"))
    assert len(kept) == 2
    seen: list[tuple[int, int]] = []
    with _Interrupted(99) as executor:
        run = solve(
            *question, draws=60, executor=executor, runs=tmp_path, progress=lambda *at: seen.append(at)
        )
        total = len(list((folder / "draws").glob("*.parquet")))
        assert executor.begun == total - 2
    assert seen[0][0] > 0
    assert seen[-1] == (240, 240)
    with ThreadPoolExecutor(1) as threads:
        whole = solve(*question, draws=60, executor=threads)
    assert run.sampled is not None
    assert whole.sampled is not None
    assert np.array_equal(run.sampled.draws, whole.sampled.draws)
    assert run.table().equals(whole.table())


def test_wrong_calls_are_refused_together() -> None:
    with pytest.raises(BadUsage) as refused:
        solve(small.scenario(), small.world(), draws=-1, seed=-2, workers=0)
    assert [problem.where for problem in refused.value.problems] == ["draws", "seed", "workers"]


def effect(function: Any, groups: int, which: int, count: int = 20_000) -> TotalEffect:
    rng = np.random.default_rng(3)
    x, z = rng.uniform(-1, 1, (2, count, groups))
    again = x.copy()
    again[:, which] = z[:, which]
    found = total_effect("g", function(x), function(x)[:200], function(again)[:200])
    assert isinstance(found, TotalEffect)
    return found


def test_total_effects_of_a_sum_are_its_parts() -> None:
    # y = 3 a + b on equal ranges: the variance is 9 + 1 parts.
    for which, share in ((0, 90.0), (1, 10.0)):
        found = effect(lambda x: 3 * x[:, 0] + x[:, 1], 2, which)
        assert abs(found.share_pct - share) < 3 * found.error_pct
        assert 0 < found.error_pct < 15


def test_total_effects_of_a_product_add_up_to_more_than_the_whole() -> None:
    # y = a b around zero is all interaction: each is the cause of everything.
    for which in (0, 1):
        found = effect(lambda x: x[:, 0] * x[:, 1], 2, which)
        assert abs(found.share_pct - 100.0) < 3 * found.error_pct


def test_standard_errors_are_honest() -> None:
    """Over many small samples the estimate misses the truth by about its stated error."""
    rng = np.random.default_rng(11)
    misses = []
    for _ in range(200):
        x, z = rng.uniform(-1, 1, (2, 200, 2))
        again = np.column_stack([z[:, 0], x[:, 1]])
        y, other = (3 * v[:, 0] + v[:, 1] for v in (x, again))
        found = total_effect("g", y, y, other)
        assert isinstance(found, TotalEffect)
        misses.append((found.share_pct - 90.0) / found.error_pct)
    assert 0.8 < float(np.std(misses)) < 1.25
    assert abs(float(np.mean(misses))) < 0.3


def test_no_shares_without_enough_draws_or_without_variance() -> None:
    few = total_effect("g", np.arange(49.0), np.arange(49.0), np.arange(49.0))
    assert isinstance(few, Unavailable)
    assert "50 draws" in few.reason
    flat = total_effect("g", np.ones(60), np.ones(60), np.ones(60))
    assert isinstance(flat, Unavailable)
    assert "does not vary" in flat.reason
