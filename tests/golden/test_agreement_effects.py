"""The extended estimate against an independent program, and the shipped table against the panel it came from.

Numbers of the first test: pyfixest 0.60, `fepois` with the same dummies of cohort and period, effects of exporter-year,
importer-year and pair, errors clustered by partnership with the factor G/(G-1), tolerances 1e-12, on the synthetic panel
that `dated_panel.world` draws. Coefficients and errors are unique, so 1e-6 covers what both leave of their iterations.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dated_panel import NAMES, answered, world
from landbridge.gravity.event_study.aggregation import overall
from landbridge.gravity.event_study.checks import PreTrend
from landbridge.gravity.event_study.cohorts import read
from landbridge.gravity.event_study.extended import estimate, plain

TREND = 15.233271333028862


def test_cells_errors_and_leads_are_those_of_an_independent_program() -> None:
    frame = world(11, countries=8, years=6, starts=(2, 4), spread=0.5)
    assert frame["trade"].sum() == pytest.approx(1174.5876469814607, rel=1e-12)
    found = answered(frame, corrected=False, leads=3, fewest=5)
    cells = [-0.569216506094, 0.323263051103, 0.519802202866, 1.27995172457, 0.66330375717, 0.914708885006]
    errors = [0.2088346675, 0.1439425022, 0.1787469718, 0.2158482404, 0.1419674409, 0.2243338474]
    np.testing.assert_allclose([cell.log for cell in found.cells], cells, rtol=1e-6)
    np.testing.assert_allclose([cell.std_error for cell in found.cells], errors, rtol=1e-6)
    assert found.overall.log == pytest.approx(0.5219688524374431, rel=1e-6)
    assert found.overall.std_error == pytest.approx(0.10169506017908005, rel=1e-6)
    assert found.plain.log == pytest.approx(0.43991666935193846, rel=1e-6)
    assert found.plain.std_error == pytest.approx(0.15865153539456112, rel=1e-6)
    assert isinstance(found.pre_trend, PreTrend)
    assert found.pre_trend.statistic == pytest.approx(TREND, rel=1e-5)
    assert [lead.log for lead in found.pre_trend.leads] == pytest.approx([-0.24066603, -0.78825331], abs=1e-7)


@pytest.mark.shared
def test_the_shipped_effect_comes_from_its_panel(shared: Path, root: Path) -> None:
    """The Advanced Guide's panel (Yotov, Piermartini, Monteiro and Larch, 2016) every four years, anew."""
    rows = pl.read_parquet(shared / "anchors" / "agtpa" / "panel.parquet").with_columns(treated="rta")
    panel = read(rows.filter((pl.col("year") - 1986) % 4 == 0), **NAMES)
    made = estimate(panel, effects=panel.effects, cluster=("pair",))
    assert made is not None
    found = overall(made, "rows", 0.95)
    log, _ = plain(panel, effects=panel.effects, cluster=("pair",), corrected=False)
    shipped = pl.read_csv(root / "tables" / "agreement_effects.csv").filter(
        (pl.col("panel") == "AGTPA every 4 years") & (pl.col("question") == "all agreements")
    )
    said = {(row["estimator"], row["name"]): row for row in shipped.to_dicts()}
    ours, theirs = said["extended PPML", "overall by rows"], said["three-way PPML", "plain"]
    assert (ours["log"], ours["std_error"]) == pytest.approx((found.log, found.std_error), rel=1e-6)
    assert (ours["rows"], ours["cells"]) == (found.rows, found.cells)
    assert theirs["log"] == pytest.approx(log, rel=1e-6)
    assert found.log > 1.5 * log, "Nagengast and Yotov (2025): one dummy is biased downward by more than half"
