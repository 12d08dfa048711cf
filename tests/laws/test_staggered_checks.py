"""The checks of an event study speak when they should, and stay silent when they should; and what cannot be said is not."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

import landbridge as lb
from dated_panel import NAMES, answered, world
from landbridge.errors import BadSample, BadUsage, UnknownLabel
from landbridge.gravity import NotIdentified, Robust, Staggered
from landbridge.gravity.event_study import checks
from landbridge.gravity.event_study.aggregation import Effect
from landbridge.gravity.event_study.cohorts import THREE_WAY, read


def test_a_trend_before_the_policy_is_rejected_and_named_in_the_verdict() -> None:
    trending = answered(world(1, spread=0.1, before=lambda e: 0.15 * e, effect=lambda g, e: 0.3 + 0.0 * e))
    assert isinstance(trending.pre_trend, checks.PreTrend)
    assert trending.pre_trend.p_value < 1e-6
    assert trending.verdict == "pre-trend rejected"
    assert [lead.at for lead in trending.pre_trend.leads] == [-2, -3, -4]
    assert trending.pre_trend.leads[0].log == pytest.approx(-0.15, abs=0.1)
    quiet = answered(world(1, spread=0.1))
    assert isinstance(quiet.pre_trend, checks.PreTrend)
    assert quiet.pre_trend.p_value > 0.01
    assert isinstance(quiet.shifted, Effect)
    assert abs(quiet.shifted.log) < 4 * quiet.shifted.std_error


def test_the_wald_statistic_is_its_quadratic_form() -> None:
    """With two leads, one of the last period but one and one of all before, it is recomputed from one fit."""
    from landbridge.gravity.event_study.extended import estimate

    panel = read(world(2, spread=0.3), **NAMES)
    made = estimate(panel, effects=THREE_WAY, cluster=("pair",), leads=3)
    assert made is not None
    assert made.lead_at == (-2, -3)
    inverse = np.linalg.inv(made.lead_covariance)
    found = answered(world(2, spread=0.3), leads=3).pre_trend
    assert isinstance(found, checks.PreTrend)
    assert found.statistic == pytest.approx(float(made.leads @ inverse @ made.leads), rel=1e-9)
    assert found.degrees_of_freedom == 2


def test_a_policy_that_works_early_is_caught_by_earlier_dates() -> None:
    early = answered(world(3, spread=0.1, before=lambda e: np.where(e >= -2, 0.4, 0.0)), leads=2)
    assert isinstance(early.shifted, Effect)
    assert early.shifted.log == pytest.approx(0.4, abs=0.1)
    assert early.shifted.name == "dates 2 periods earlier"
    assert early.verdict in ("pre-trend rejected", "placebo rejected")


def test_random_dates_find_nothing_and_their_spread_is_a_standard_error() -> None:
    frame = world(4, countries=14, share=0.3, spread=0.3)
    found = answered(frame, draws=60, seed=2)
    drawn = found.reassigned
    assert isinstance(drawn, checks.Reassigned)
    assert drawn.draws.size + drawn.failed == 60
    assert abs(drawn.mean) < 0.05
    assert 0.5 < drawn.spread / found.overall.std_error < 2.0
    assert drawn.p_value == pytest.approx(1 / (1 + drawn.draws.size))
    again = answered(frame, draws=60, seed=2).reassigned
    assert isinstance(again, checks.Reassigned)
    np.testing.assert_array_equal(again.draws, drawn.draws)


def test_an_effect_put_in_adds_itself_exactly() -> None:
    """The identity behind the simulated power: trade of treated rows times exp(d) moves the imputed estimate by d."""
    frame = world(5, spread=0.4)
    one = checks.imputed(read(frame, **NAMES), THREE_WAY, None)
    more = frame.with_columns(pl.col("trade") * (0.25 * pl.col("treated")).exp())
    other = checks.imputed(read(more, **NAMES), THREE_WAY, None)
    assert one is not None
    assert other is not None
    assert other - one == pytest.approx(0.25, abs=1e-9)


def test_the_detectable_effect_is_found_four_times_of_five() -> None:
    rng = np.random.default_rng(0)
    smallest = checks.detectable(0.05, 0.95)
    drawn = smallest + 0.05 * rng.normal(size=200_000)
    assert (drawn > 1.959964 * 0.05).mean() == pytest.approx(0.8, abs=0.005)
    chance = checks.Reassigned(0.05 * rng.normal(size=200_000), 0, 10, 0, 0.0, 1.0)
    assert chance.detectable(0.95) == pytest.approx(smallest, rel=0.02)


def test_nothing_to_compare_with_is_an_answer_with_its_reason() -> None:
    frame = world(6, spread=0.3)
    asked = {
        "no pair has the policy": frame.with_columns(treated=pl.lit(0)),
        "since its first row": frame.with_columns(
            treated=pl.col("treated").max().over("exporter", "importer")
        ),
        "from the same period on": frame.with_columns(treated=(pl.col("year") >= 2004).cast(pl.Int8)),
        "are needed": frame.with_columns(
            treated=pl.when(pl.col("exporter") < "C01").then("treated").otherwise(0)
        ),
        "hold the policy entirely": frame.with_columns(
            treated=((pl.col("year") >= 2004) & (pl.col("exporter") < "C05")).cast(pl.Int8)
        ),
    }
    for words, table in asked.items():
        found = lb.gravity.staggered(table)
        assert isinstance(found, NotIdentified), words
        assert words in found.reason
        assert found.remedy
        assert found.counts["rows"] >= 0
        assert json.loads(json.dumps(found.to_dict()))["verdict"] == "not identified"


def test_no_time_before_leaves_the_trend_unidentified_but_not_the_effect() -> None:
    found = answered(world(7, years=4, starts=(1,), spread=0.3))
    assert isinstance(found.pre_trend, NotIdentified)
    assert isinstance(found.shifted, NotIdentified)
    assert "no trend before it can be seen" in found.summary()


def test_where_all_join_in_the_end_the_last_to_join_are_the_control_until_they_do() -> None:
    frame = world(8, share=1.1, starts=(3, 6), spread=0.05)
    found = answered(frame)
    assert found.counts["never_treated_pairs"] > 0
    assert max(cell.at or 0 for cell in found.cells) == 2005
    assert any("the cohort of 2006 is the control" in note for note in found.notes)
    assert found.by_cohort[0].log == pytest.approx(0.1 * 3 + 0.15, abs=0.05)
    assert len(found.by_cohort) == 1


def test_policies_that_end_follow_the_rule_that_was_asked_for() -> None:
    frame = world(9, spread=0.1)
    ends = (pl.col("exporter") == "C00") & (pl.col("year") >= 2007)
    frame = frame.with_columns(treated=pl.when(ends).then(0).otherwise("treated"))
    ended = frame.filter(
        (pl.col("exporter") == "C00") & (pl.col("treated").max().over("exporter", "importer") == 1)
    )
    pairs = ended["importer"].n_unique()
    panels = {rule: read(frame, **NAMES, reversals=rule) for rule in ("until", "drop", "stay")}  # type: ignore[arg-type]
    assert [(each.rows, each.pairs) for each in panels["until"].left_out] == [(pairs, pairs)]
    assert [(each.rows, each.pairs) for each in panels["drop"].left_out] == [(8 * pairs, pairs)]
    assert panels["stay"].left_out == ()
    assert panels["stay"].table["treated"].sum() == world(9)["treated"].sum()


def test_every_problem_of_the_rows_is_told_at_once() -> None:
    frame = world(1)
    wrong = pl.concat([frame, frame.head(1)]).with_columns(
        treated=pl.when(pl.col("year") == 2003).then(2).otherwise("treated")
    )
    with pytest.raises(BadSample) as caught:
        lb.gravity.staggered(wrong)
    assert len(caught.value.problems) == 2
    with pytest.raises(BadUsage):
        lb.gravity.staggered(frame, draws=5, leads=1)
    with pytest.raises(UnknownLabel, match="exporter"):
        lb.gravity.staggered(frame, effects=("exportr^period",))
    with pytest.raises(UnknownLabel):
        lb.gravity.staggered(frame, treated="treat")


def test_callaway_and_santanna_find_the_effect_and_say_what_they_leave_out() -> None:
    frame = world(2, countries=14, spread=0.1, effect=lambda g, e: 0.3 + 0.0 * e)
    found = lb.gravity.robust(frame)
    assert isinstance(found, Robust)
    assert found.adjusted is not None
    assert found.adjusted.log == pytest.approx(0.3, abs=4 * found.adjusted.std_error)
    assert found.adjusted.std_error < found.as_they_are.std_error
    assert found.as_they_are.log == pytest.approx(0.3, abs=4 * found.as_they_are.std_error)
    assert any("exporter or importer" in words for words in found.left)
    assert isinstance(lb.gravity.robust(frame.with_columns(treated=pl.lit(0))), NotIdentified)


def test_an_answer_is_one_json_object() -> None:
    found = answered(world(1, spread=0.3), draws=20)
    assert isinstance(found, Staggered)
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["overall"]["percent"] == pytest.approx(found.overall.percent)
    assert {row["name"] for row in found.table().to_dicts()} >= {
        "overall by rows",
        "plain",
        "lead",
        "event",
        "cohort",
    }
