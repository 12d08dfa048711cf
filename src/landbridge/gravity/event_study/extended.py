"""The extended two-way fixed effects estimate: one effect for each cohort and period, by PPML.

    E[X_ijt] = exp(alpha_it + gamma_jt + eta_ij + sum_{g} sum_{t >= g} delta_gt D_ijgt)

D is one where the pair ij belongs to cohort g and the policy is in force in t; never treated and not yet treated rows
are the controls. Nagengast and Yotov (2025), after Wooldridge (2023). With sales at home a border effect of each period
is absorbed too, so that what all borders did is not put down to the policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadSample
from landbridge.gravity.event_study.cohorts import BORDER, THREE_WAY, Panel
from landbridge.gravity.fitting import fit
from landbridge.gravity.ppml import Newton

if TYPE_CHECKING:
    from landbridge.gravity.result import Fit

Array = NDArray[np.float64]
MOST = 60
"""Beyond so many regressors errors are not corrected for leverage unless asked for: the time grows with their square."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cohort in one period: rows used, each a directed pair, and the trade they would have had without the policy."""

    cohort: int
    period: int
    event: int
    rows: int
    without: float


@dataclass(frozen=True, slots=True)
class Extended:
    """Effects of cells. delta (C,) in logs, covariance (C, C), cells in the same order; leads (L,) of the events `lead_at`
    with their covariance (L, L), empty unless asked for. `lost` are cells that the data cannot tell from the fixed
    effects; their rows are left out, so that nothing else is compared with them.
    """

    fit: Fit
    cells: tuple[Cell, ...]
    delta: Array
    covariance: Array
    lead_at: tuple[int, ...]
    leads: Array
    lead_covariance: Array
    lost: tuple[tuple[int, int], ...]


def estimate(
    panel: Panel,
    *,
    effects: Sequence[str],
    cluster: Sequence[str],
    leads: int = 0,
    corrected: bool | None = None,
    settings: Newton | None = None,
) -> Extended | None:
    """The estimate, or None where no cell is identified.

    leads: how many periods before the policy get an effect of their own, the farthest for all before it too; the last
    period before the policy is the one compared with. corrected: errors corrected for leverage; None where it can be done.
    """
    table = panel.table
    lost: list[tuple[int, int]] = []
    while True:
        keys = table.filter("treated").select("cohort", "period", "event").unique().sort("cohort", "period")
        if keys.is_empty():
            return None
        design = table.with_columns(*_dummies(keys), *_leads(leads))
        names = [f"cell_{at}" for at in range(keys.height)]
        names += [name for name in design.columns if name.startswith("lead_")]
        try:
            made = _fitted(replace(panel, table=design), names, effects, cluster, corrected, settings)
        except BadSample as error:
            if "no regressor varies" in str(error):
                return None
            raise
        gone = [int(item.term[5:]) for item in made.omitted if item.term.startswith("cell_")]
        if not gone and "cell_0" in made.terms:
            return _read(made, design, keys, tuple(lost))
        if not gone:
            return None
        # A cell that is left out of the regressors would become a control; its rows go instead.
        away = keys[gone].select("cohort", "period")
        lost += [(int(g), int(t)) for g, t in away.rows()]
        table = table.join(away, on=["cohort", "period"], how="anti")


def plain(
    panel: Panel,
    *,
    effects: Sequence[str],
    cluster: Sequence[str],
    corrected: bool | None = None,
    settings: Newton | None = None,
) -> tuple[float, float]:
    """Three-way PPML with one effect for all treated rows, as the field did before staggering was understood: the effect
    in logs and its variance.
    """
    table = panel.table.with_columns(pl.col("treated").cast(pl.Float64))
    made = _fitted(replace(panel, table=table), ["treated"], effects, cluster, corrected, settings)
    return float(made.estimates[0]), float(covariance_of(made)[0, 0])


def correctable(effects: Sequence[str], cluster: Sequence[str], regressors: int) -> bool:
    """Whether errors can be corrected for leverage, in a time that a reader would wait."""
    three = {frozenset(name.split("^")) for name in effects if name != BORDER}
    return (
        three == {frozenset(name.split("^")) for name in THREE_WAY}
        and len(cluster) == 1
        and regressors <= MOST
    )


def covariance_of(made: Fit) -> Array:
    """The covariance of the estimates, corrected for leverage where the fit was asked for it (Weidner and Zylkin, 2021).

    Estimates stay the maximum of the likelihood: their own bias is of the order of the error divided by the countries.
    """
    return made.covariance.matrix if made.corrected is None else made.corrected.covariance.matrix


def _fitted(
    panel: Panel,
    names: Sequence[str],
    effects: Sequence[str],
    cluster: Sequence[str],
    corrected: bool | None,
    settings: Newton | None,
) -> Fit:
    """PPML with the columns `names`. Border effects are columns too: all pairs have an effect, so one period needs none."""
    absorbed, table, columns = list(effects), panel.table, list(names)
    if BORDER in absorbed:
        absorbed.remove(BORDER)
        home = pl.col("border") == "home"
        table = table.with_columns(
            (home & (pl.col("period") == t)).cast(pl.Float64).alias(f"home_{t}") for t in panel.periods[1:]
        )
        columns += [f"home_{t}" for t in panel.periods[1:]]
    able = correctable(effects, cluster, len(columns)) if corrected is None else corrected
    return fit(
        table,
        f"outcome ~ {' + '.join(columns)}",
        absorbed,
        cluster=list(cluster),
        time="period",
        bias_correction=able,
        settings=settings,
    )


def _dummies(keys: pl.DataFrame) -> list[pl.Expr]:
    return [
        ((pl.col("cohort") == g) & (pl.col("period") == t))
        .fill_null(False)
        .cast(pl.Float64)
        .alias(f"cell_{at}")
        for at, (g, t, _) in enumerate(keys.rows())
    ]


def _leads(leads: int) -> list[pl.Expr]:
    exact = [(pl.col("event") == -at).alias(f"lead_{at}") for at in range(2, leads)]
    rest = [(pl.col("event") <= -leads).alias(f"lead_{leads}")] if leads >= 2 else []
    return [each.fill_null(False).cast(pl.Float64) for each in (*exact, *rest)]


def _read(made: Fit, design: pl.DataFrame, keys: pl.DataFrame, lost: tuple[tuple[int, int], ...]) -> Extended:
    count = keys.height
    used = (
        design[made.rows]
        .select("exporter", "importer", "cohort", "period", "treated")
        .with_columns(pl.Series("fitted", made.fitted))
    )
    found = (
        keys.join(
            used.filter("treated").group_by("cohort", "period").agg(pl.len(), pl.col("fitted").sum()),
            on=["cohort", "period"],
            how="left",
        )
        .sort("cohort", "period")
        .rows(named=True)
    )
    delta = made.estimates[:count]
    cells = tuple(
        Cell(row["cohort"], row["period"], row["event"], row["len"], row["fitted"] * float(np.exp(-d)))
        for row, d in zip(found, delta, strict=True)
    )
    matrix = covariance_of(made)
    ahead = [place for place, term in enumerate(made.terms) if term.startswith("lead_")]
    return Extended(
        fit=made,
        cells=cells,
        delta=delta,
        covariance=matrix[:count, :count],
        lead_at=tuple(-int(made.terms[place][5:]) for place in ahead),
        leads=made.estimates[ahead],
        lead_covariance=matrix[np.ix_(ahead, ahead)],
        lost=lost,
    )
