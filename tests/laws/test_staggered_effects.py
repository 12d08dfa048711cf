"""Effects of policies that came at different times: known ones are found, and two formulations give the same.

Synthetic trade of countries with effects of exporters and importers by period, of pairs, and a policy that some pairs get in
one of several periods, with an effect that differs by cohort and grows.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import landbridge as lb
from dated_panel import NAMES, answered, world
from landbridge.gravity import NotIdentified
from landbridge.gravity.event_study import checks
from landbridge.gravity.event_study.aggregation import overall
from landbridge.gravity.event_study.cohorts import THREE_WAY, read
from landbridge.gravity.event_study.extended import estimate
from landbridge.gravity.event_study.imputation import counterfactual


@pytest.mark.parametrize("home", [False, True])
def test_known_effects_are_found_and_one_dummy_misses_them(home: bool) -> None:
    frame = world(1, spread=0.02, home=home)
    found = answered(frame)
    true = float(frame.filter(pl.col("treated") == 1)["true"].mean())  # type: ignore[arg-type]
    assert found.overall.log == pytest.approx(true, abs=4 * found.overall.std_error)
    assert found.overall.std_error < 0.01
    assert found.plain.log < true - 0.08, (
        "one dummy compares with pairs treated before, whose effect still grows"
    )
    for cell in found.cells:
        cohort = int(cell.name.split()[1]) - 2000
        event = cell.at - 2000 - cohort if cell.at is not None else -1
        assert cell.log == pytest.approx(0.1 * cohort + 0.15 * event, abs=0.04)
    assert isinstance(found.pre_trend, checks.PreTrend)
    assert max(abs(lead.log) for lead in found.pre_trend.leads) < 0.02
    assert ("border^period" in found.effects) == home
    assert found.corrected


def test_without_noise_every_cell_is_exact() -> None:
    """Noise of pairs that leaves totals alone would be needed for errors; the cells themselves need none."""
    panel = read(world(2, spread=1e-5), **NAMES)
    made = estimate(panel, effects=THREE_WAY, cluster=("pair",))
    assert made is not None
    true = [0.1 * (cell.cohort - 2000) + 0.15 * cell.event for cell in made.cells]
    np.testing.assert_allclose(made.delta, true, atol=1e-4)


def test_one_date_and_one_period_after_it_are_the_plain_estimate() -> None:
    """With one cohort seen once after its date there is one cell, and the cell is the dummy."""
    found = answered(world(3, years=4, starts=(3,), spread=0.4))
    assert found.overall.log == pytest.approx(found.plain.log, abs=1e-9)
    assert found.overall.std_error == pytest.approx(found.plain.std_error, rel=1e-6)
    assert [each.name for each in found.cells] == ["cohort 2003"]


def test_one_date_without_dynamics_agrees_with_the_plain_estimate() -> None:
    found = answered(world(4, starts=(4,), spread=1e-4, effect=lambda g, e: 0.3 + 0.0 * e))
    assert found.overall.log == pytest.approx(0.3, abs=1e-3)
    assert found.plain.log == pytest.approx(found.overall.log, abs=1e-3)


def test_imputation_is_the_pooled_estimate_where_cells_are_saturated() -> None:
    """Wooldridge (2023): with the canonical link, fitting untreated rows and imputing equals pooling. Each treated pair is a
    cohort of its own here and only one direction is treated, so a cell is a row and the fixed effects cannot tell more."""
    frame = world(5, countries=10, years=12, share=0.0, spread=0.5)
    pairs = [(f"C{at:02}", f"C{at + 1:02}") for at in range(9)]
    dates = pl.DataFrame(
        {"exporter": [a for a, _ in pairs], "importer": [b for _, b in pairs], "g": range(2002, 2011)}
    )
    frame = frame.join(dates, on=["exporter", "importer"], how="left")
    frame = frame.with_columns(
        (pl.col("year") >= pl.col("g")).fill_null(False).cast(pl.Int8).alias("treated")
    )
    panel = read(frame.drop("g"), **NAMES)
    made = estimate(panel, effects=THREE_WAY, cluster=("pair",))
    assert made is not None
    assert all(cell.rows == 1 for cell in made.cells)
    pooled = float(np.mean(made.delta))
    assert checks.imputed(panel, THREE_WAY, None) == pytest.approx(pooled, abs=1e-7)
    table = panel.table
    found = counterfactual(
        table["outcome"].to_numpy(),
        checks.codes_of(panel, THREE_WAY),
        table["treated"].to_numpy(),
    )
    assert found.known.all()
    without = {(c.cohort, c.period): c.without for c in made.cells}
    keys = table.filter("treated").select("cohort", "period").rows()
    np.testing.assert_allclose(found.without, [without[key] for key in keys], rtol=1e-6)


def test_imputation_is_the_pooled_estimate_with_effects_of_pairs_and_periods() -> None:
    """Two-way and balanced: the sum over a cohort has the same counterfactual whichever way it is worked out."""
    frame = world(6, spread=0.5)
    effects = ("exporter^importer", "period")
    panel = read(frame, **NAMES)
    made = estimate(panel, effects=effects, cluster=("pair",))
    assert made is not None
    pooled = float(np.average(made.delta, weights=[cell.rows for cell in made.cells]))
    assert checks.imputed(panel, effects, None) == pytest.approx(pooled, abs=1e-7)


def test_a_counterfactual_that_untreated_rows_do_not_tell_is_not_given() -> None:
    """An exporter whose every flow is treated in a period has no effect of that period among untreated rows."""
    frame = world(7, countries=8, share=0.3, spread=1e-5)
    lone = pl.col("exporter") == "C00"
    frame = frame.with_columns(
        pl.when(lone & (pl.col("year") >= 2005))
        .then(1)
        .otherwise(pl.when(lone).then(0).otherwise("treated"))
        .alias("treated"),
        (pl.col("trade") / pl.when(lone).then(pl.col("true").exp()).otherwise(1.0)).alias("trade"),
        pl.when(lone).then(0.0).otherwise("true").alias("true"),
    )
    panel = read(frame, **NAMES)
    found = counterfactual(
        panel.table["outcome"].to_numpy(),
        checks.codes_of(panel, THREE_WAY),
        panel.table["treated"].to_numpy(),
    )
    rows = panel.table.filter("treated")
    unknown = (rows["exporter"] == "C00").to_numpy()
    assert unknown.any()
    assert not found.known[unknown].any()
    assert found.known[~unknown].all()
    np.testing.assert_allclose(
        found.without[~unknown],
        (
            rows.join(
                frame.select(
                    "exporter", "importer", pl.col("year").cast(pl.Int64).alias("period"), "trade", "true"
                ),
                on=["exporter", "importer", "period"],
                how="left",
            )
            .select(pl.col("trade") / pl.col("true").exp())["trade"]
            .to_numpy()
        )[~unknown],
        rtol=1e-3,
    )
    made = estimate(panel, effects=THREE_WAY, cluster=("pair",))
    assert made is not None
    cohort = {cell.cohort for cell in made.cells}
    assert cohort <= {2002, 2004, 2005, 2006}


def test_two_identified_levels_do_not_make_an_identified_sum() -> None:
    """Exporters A and B, importers X and Y, two blocks without a bridge: A to Y is nobody's to tell."""
    y = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    sellers = np.array([0, 0, 1, 1, 0], np.int32)
    buyers = np.array([0, 1, 2, 3, 2], np.int32)
    found = counterfactual(y, (sellers, buyers), np.array([False, False, False, False, True]))
    assert not found.known[0]
    bridged = counterfactual(
        np.append(y, 6.0),
        (np.append(sellers, 0).astype(np.int32), np.append(buyers, 3).astype(np.int32)),
        np.arange(6) == 4,
    )
    assert bridged.known.tolist() == [True]


def test_an_average_has_the_error_of_its_linear_form() -> None:
    found = answered(world(8, spread=0.4))
    panel = read(world(8, spread=0.4), **NAMES)
    made = estimate(panel, effects=THREE_WAY, cluster=("pair",))
    assert made is not None
    weight = np.array([cell.rows for cell in made.cells], float)
    drawn = np.random.default_rng(0).multivariate_normal(made.delta, made.covariance, 40_000)
    sums = drawn @ (weight / weight.sum())
    assert found.overall.std_error == pytest.approx(float(sums.std()), rel=0.02)
    by_event = sum(each.log * each.rows for each in found.by_event) / sum(
        each.rows for each in found.by_event
    )
    by_cohort = sum(each.log * each.rows for each in found.by_cohort) / sum(
        each.rows for each in found.by_cohort
    )
    assert by_event == pytest.approx(found.overall.log, abs=1e-12) == by_cohort


def test_corrected_errors_are_of_the_size_of_the_error() -> None:
    """Errors over their own standard error spread about one when corrected for leverage, and more when they are not."""
    ratios: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(100, 120):
        frame = world(seed, countries=9, years=6, spread=0.3, starts=(2, 4))
        panel = read(frame, **NAMES)
        true = float(frame.filter(pl.col("treated") == 1)["true"].mean())  # type: ignore[arg-type]
        for corrected in ratios:
            made = estimate(panel, effects=THREE_WAY, cluster=("pair",), corrected=corrected)
            assert made is not None
            found = overall(made, "rows", 0.95)
            ratios[corrected].append((found.log - true) / found.std_error)
    spread = {corrected: float(np.std(each)) for corrected, each in ratios.items()}
    assert 0.6 < spread[True] < 1.4
    assert spread[False] > 1.2 * spread[True]


def test_the_order_of_rows_and_the_unit_say_nothing() -> None:
    frame = world(9, spread=0.4)
    one = answered(frame)
    other = answered(frame.sample(fraction=1.0, shuffle=True, seed=1).with_columns(pl.col("trade") * 1e6))
    assert other.overall.log == pytest.approx(one.overall.log, abs=1e-8)
    assert other.overall.std_error == pytest.approx(one.overall.std_error, rel=1e-6)


def test_dated_ties_with_no_tie_anywhere_are_not_identified() -> None:
    found = lb.gravity.staggered(world(1).with_columns(treated=pl.lit(0)))
    assert isinstance(found, NotIdentified)
    assert found.reason == "no pair has the policy."
