"""Rankings of bottlenecks: first order and exact agree where they must, draws are shared, ranks add up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import landbridge as lb
from landbridge.planning.bottlenecks import Candidate, Step, bottlenecks, gathered
from landbridge.planning.bottlenecks import ranking as ranks_of
from landbridge.planning.bottlenecks.candidate import ASSUMED, SOURCED
from landbridge.planning.bottlenecks.programme import programme
from landbridge.planning.bottlenecks.result import Bottlenecks
from landbridge.scenarios.changes import BorderTime, Capacity, Tariff, TradeCost
from landbridge.scenarios.context import context
from landbridge.scenarios.sizes import ASSUMED as NO_SOURCE
from landbridge.scenarios.sizes import Range

DATA = lb.load()


def cost(
    identifier: str, size: Range, sectors: tuple[str, ...] = ("goods",), evidence: str = ASSUMED
) -> Candidate:
    change = TradeCost(between=("CHN", "RUS"), sectors=sectors, change_pct=size, source=NO_SOURCE)
    return Candidate(identifier, "information", identifier, "none", (Step(change),), size, "%", evidence)


def ranked(*candidates: Candidate, **more: object) -> Bottlenecks:
    with ThreadPoolExecutor(2) as pool:
        return bottlenecks(DATA, "CHN", "RUS", draws=10, candidates=candidates, executor=pool, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def some() -> Bottlenecks:
    return ranked(
        cost("whole", Range(-2, -1)),
        cost("half", Range(-1, -0.5)),
        cost("machines", Range(-2, -1), ("C28",), SOURCED),
        cost("nothing", Range(0)),
    )


def test_a_small_change_is_worth_what_its_slope_says() -> None:
    tiny = cost("tiny", Range(-0.001))
    others = [cost(f"other {at}", Range(-5 - at)) for at in range(12)]
    found = ranked(tiny, *others)
    at = [one.id for one in found.candidates].index("tiny")
    assert at not in found.solved
    again = ranked(tiny)
    assert again.solved == (0,)
    np.testing.assert_allclose(found.gains[:, at], again.gains[:, 0], rtol=2e-3)


def test_what_is_larger_ranks_higher_in_every_draw_when_all_else_is_alike(some: Bottlenecks) -> None:
    order = [row["candidate"] for row in some.rows()]
    assert order[0] == "whole"
    assert order[-1] == "nothing"
    joint = some.gains.sum(axis=2)
    assert (joint[:, 0] > joint[:, 2]).all(), "all goods gain more than machines alone, draw by draw"


def test_nothing_relaxed_brings_nothing(some: Bottlenecks) -> None:
    np.testing.assert_allclose(some.gains[:, 3], 0.0, atol=1e-3)


def test_candidates_meet_the_same_elasticities_and_accounts() -> None:
    twice = ranked(cost("one", Range(-1)), cost("two", Range(-1)))
    np.testing.assert_array_equal(twice.gains[:, 0], twice.gains[:, 1])


def test_a_tariff_departs_from_the_economy_in_which_it_is_levied() -> None:
    tariff = Tariff(exporter="CHN", importer="RUS", sectors=("C29",), to_pct=Range(0), source=NO_SOURCE)
    one = Candidate("cars", "tariff", "cars", "none", (Step(tariff),), Range(-10), "%", SOURCED)
    made = programme((one, cost("other", Range(-1))), context(DATA))
    assert len(made.base) == 1
    for chosen in ((0,), (1,), ()):
        plan = made.plan(*chosen)
        assert [step.base for step in plan.tariffs] == [("tariff of RUS on CHN, C29",)]
    assert made.plan(1).tariffs[0].new == made.plan(1).tariffs[0].base[0]
    assert made.plan(0).tariffs[0].new != made.plan(0).tariffs[0].base[0]


def test_hours_at_a_crossing_touch_no_pipeline() -> None:
    hours = BorderTime(crossing="zabaikalsk-manzhouli-rail", hours=Range(-10), source=NO_SOURCE)
    one = Candidate("hours", "hours", "hours", "none", (Step(hours),), Range(-10), "h", ASSUMED)
    known = context(DATA)
    cells, rates = programme((one,), known).cells
    assert cells
    assert not rates
    oil, russia, china = known.sectors.index("B06"), known.places.index("RUS"), known.places.index("CHN")
    assert (oil, russia, china) not in cells, "Russia's oil and gas go by pipe and sea"
    pairs = {(known.places[i], known.places[j]) for _, i, j in cells}
    assert ("RUS", "CHN") in pairs
    assert ("CHN", "RUS") in pairs
    assert ("CHN", "USA") not in pairs


def test_a_capacity_is_worth_its_shadow_price() -> None:
    change = Capacity(
        exporter="RUS", importer="CHN", sectors=("B05",), flow_change_pct=Range(5), source=NO_SOURCE
    )
    one = Candidate("line", "capacity", "line", "none", (Step(change),), Range(5), "%", ASSUMED)
    found = ranked(one)
    assert found.solved == (0,)
    assert (found.gains[:, 0].sum(axis=1) > 0).all()


def test_the_same_question_has_the_same_answer_and_goes_on_where_it_stopped(tmp_path: object) -> None:
    asked = (cost("one", Range(-2, -1)), cost("two", Range(-3, 0)))
    calls: list[tuple[str, int, int]] = []
    first = ranked(*asked, runs=tmp_path)
    second = ranked(*asked, runs=tmp_path, progress=lambda *told: calls.append(told))
    np.testing.assert_array_equal(first.gains, second.gains)
    assert all(done == wanted for _, done, wanted in calls), "nothing is solved twice"
    assert first.table().equals(second.table())


def test_what_joins_others_is_not_ranked() -> None:
    parts = (cost("one", Range(-1)), cost("two", Range(-2)))
    change = TradeCost(between=("CHN", "RUS"), change_pct=Range(-6), source=NO_SOURCE)
    whole = Candidate(
        "both", "information", "both", "none", (Step(change),), Range(-6), "%", ASSUMED, joins=("one", "two")
    )
    found = ranked(whole, *parts)
    assert {one.id for one in found.candidates} == {"one", "two"}
    told = {row["parts"]: row for row in found.together_table().to_dicts()}
    row = told["one + two"]
    assert row["extra_musd"] == pytest.approx(row["gain_together_musd"] - row["gain_alone_musd"])
    assert row["extra_musd"] > 0


def test_ranks_are_a_permutation_and_chances_add_up() -> None:
    gains = np.random.default_rng(5).normal(size=(200, 7))
    ranked_ = ranks_of.ranks(gains)
    assert (np.sort(ranked_, axis=1) == np.arange(1, 8)).all()
    assert (np.take_along_axis(gains, ranked_.argmin(axis=1)[:, None], 1)[:, 0] == gains.max(axis=1)).all()
    chances = ranks_of.probabilities(ranked_)
    np.testing.assert_allclose(chances.sum(axis=0), 1.0)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)


def test_the_share_of_variance_knows_its_ends() -> None:
    rng = np.random.default_rng(6)
    mine, other = rng.normal(size=(2, 20_000, 5))
    ranked_ = ranks_of.ranks(mine)
    assert ranks_of.variance_share(ranked_, ranked_) == 0.0
    assert ranks_of.variance_share(ranked_, ranks_of.ranks(other)) == pytest.approx(1.0, abs=0.02)
    fixed = np.tile(np.arange(5.0), (10, 1))
    assert ranks_of.variance_share(ranks_of.ranks(fixed), ranks_of.ranks(fixed)) is None


def test_half_of_two_equal_causes_is_told() -> None:
    """Ranks of two candidates by the sign of a sum of two equal causes: either alone has a total effect of one half."""
    rng = np.random.default_rng(7)
    a, b, again = rng.normal(size=(3, 200_000))
    first = np.stack([a + b, np.zeros_like(a)], axis=1)
    other = np.stack([again + b, np.zeros_like(a)], axis=1)
    # P(sign changes) = arccos(1/2) / pi = 1/3, and the variance of a coin's rank is 1/4: (1/3) / 2 / (1/4) = 2/3.
    share = ranks_of.variance_share(ranks_of.ranks(first), ranks_of.ranks(other))
    assert share == pytest.approx(2 / 3, abs=0.01)


def test_break_even_is_the_size_that_reaches_the_best() -> None:
    assert ranks_of.break_even(2.0, 6.0) == 3.0
    assert ranks_of.break_even(0.0, 6.0) is None
    whole = cost("bounded", Range(-2))
    assert whole.reaches(100.0), "a size without a bound reaches anything"


def test_every_candidate_of_the_release_compiles() -> None:
    for a, b in (("CHN", "RUS"), ("BLR", "CHN"), ("BLR", "RUS")):
        found = gathered(DATA, a, b)
        made = programme(found, context(DATA))
        assert len({one.id for one in found}) == len(found)
        assert len(made.compiled) == len(found)
        assert all(one.costs or one.tariffs or one.targets for one in made.compiled)


def test_what_joins_others_may_rest_on_assumptions_of_its_own() -> None:
    parts = (cost("one", Range(-2, -1)), cost("two", Range(-3, -1)))
    change = TradeCost(between=("CHN", "RUS"), change_pct=Range(-6, -2), source=NO_SOURCE)
    whole = Candidate(
        "both",
        "information",
        "both",
        "none",
        (Step(change),),
        Range(-6, -2),
        "%",
        ASSUMED,
        joins=("one", "two"),
    )
    found = ranked(whole, *parts)
    assert found.gains.shape[1] == 2
    assert all("both" not in topic for topic, _ in found.topics)
