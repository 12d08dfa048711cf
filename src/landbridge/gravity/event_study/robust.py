"""Callaway and Sant'Anna (2021) beside the gravity estimate: group-time comparisons of pairs, through the package diff-diff.

It compares changes of log trade of a cohort with those of pairs not yet treated. It cannot carry two things of gravity: rows
of zero trade, which have no log, and effects of each exporter and importer in each period. So it is told twice: on logs as
they are, and on logs less the exporter-period and importer-period effects that untreated rows give by least squares (a
first stage whose error its standard errors do not contain).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from landbridge.gravity.absorb import recover
from landbridge.gravity.event_study.aggregation import Effect, effect
from landbridge.gravity.event_study.checks import codes_of
from landbridge.gravity.event_study.cohorts import PAIR, THREE_WAY, NotIdentified, Panel, Reversals, read

_LEFT = (
    "Rows of zero trade are left out, and pairs without positive trade in every period.",
    "Each pair counts alike, small flows as much as large ones.",
    "What an exporter or importer went through in a period is left in `as they are`; it is taken off in `adjusted`, whose "
    "first stage is treated as known.",
)


@dataclass(frozen=True, slots=True)
class Robust:
    """Average effects by Callaway and Sant'Anna, in logs; `left` says what the estimator does not carry.

    as_they_are: on logs of trade. adjusted: on logs less exporter-period and importer-period effects; None where untreated
    rows do not give them.
    """

    as_they_are: Effect
    adjusted: Effect | None
    pairs: int
    left_out: int
    left: tuple[str, ...] = _LEFT

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "as_they_are": self.as_they_are.row(),
            "adjusted": None if self.adjusted is None else self.adjusted.row(),
            "pairs": self.pairs,
            "left_out": self.left_out,
            "left": list(self.left),
        }


def robust(
    frame: Any,
    *,
    outcome: str = "trade",
    exporter: str = "exporter",
    importer: str = "importer",
    period: str = "year",
    treated: str = "treated",
    reversals: Reversals = "until",
    level: float = 0.95,
) -> Robust | NotIdentified:
    """The estimate of pairs that trade in every period, both directions of a partnership one cluster.

    Arguments as of `staggered`. A pair whose policy ends is left out under every rule but `stay`, as rows may not miss.
    """
    panel = read(
        frame,
        outcome=outcome,
        exporter=exporter,
        importer=importer,
        period=period,
        treated=treated,
        reversals=reversals,
    )
    table = panel.table.filter((pl.col("border") == "abroad") & (pl.col("outcome") > 0))
    whole = table.filter(pl.len().over(PAIR) == len(panel.periods))
    pairs = whole.select(PAIR).unique().height
    left_out = panel.table.filter(pl.col("border") == "abroad").select(PAIR).unique().height - pairs
    groups = whole.group_by(PAIR).agg(pl.col("cohort").first())["cohort"]
    if groups.null_count() == len(groups) or not groups.null_count():
        return NotIdentified(
            "of the pairs that trade in every period, all or none have the policy.",
            "Add pairs, or take fewer periods.",
            {"pairs": pairs, "left_out": left_out},
        )
    whole = whole.with_columns(pl.col("outcome").cast(pl.Float64).log().alias("log"))
    raw = _group_time(whole, "logs as they are", level)
    net = _net(whole, panel)
    return Robust(raw, None if net is None else _group_time(net, "logs adjusted", level), pairs, left_out)


def _net(whole: pl.DataFrame, panel: Panel) -> pl.DataFrame | None:
    """Logs less the effects of exporters and importers by period, of pairs for which untreated rows give all of them."""
    codes = codes_of(replace(panel, table=whole), THREE_WAY)
    log, free = whole["log"].to_numpy(), ~whole["treated"].to_numpy()
    taken, known = np.zeros(log.size), np.ones(log.size, np.bool_)
    dense = [np.unique(each[free], return_inverse=True) for each in codes]
    found = recover(log[free], tuple(inverse.astype(np.int32) for _, inverse in dense))
    for (levels, _), values, each in zip(dense[:2], found[:2], codes[:2], strict=True):
        at = np.minimum(np.searchsorted(levels, each), levels.size - 1)
        known &= levels[at] == each
        taken += values[at]
    net = whole.with_columns(pl.Series("log", log - taken), pl.Series("known", known))
    net = net.filter(pl.col("known").all().over(PAIR))
    cohorts = net.group_by(PAIR).agg(pl.col("cohort").first())["cohort"]
    return net if 0 < cohorts.null_count() < len(cohorts) else None


def _group_time(table: pl.DataFrame, name: str, level: float) -> Effect:
    import pandas as pd  # type: ignore[import-untyped]
    from diff_diff import CallawaySantAnna  # type: ignore[import-untyped]

    unit = table.select(pl.struct(PAIR).rank("dense").alias("unit"))["unit"]
    cluster = table.select(pl.col("pair").rank("dense").alias("cluster"))["cluster"]
    frame = pd.DataFrame(
        {
            "unit": unit.to_numpy().astype(np.int64),
            "cluster": cluster.to_numpy().astype(np.int64),
            "period": table["period"].to_numpy(),
            "first": table["cohort"].fill_null(0).to_numpy(),
            "log": table["log"].to_numpy(),
        }
    )
    model = CallawaySantAnna(
        control_group="not_yet_treated", estimation_method="reg", cluster="cluster", alpha=1 - level
    )
    with warnings.catch_warnings():
        # The package warns of small groups one by one; the counts are told in the answer.
        warnings.simplefilter("ignore")
        made = model.fit(frame, outcome="log", unit="unit", time="period", first_treat="first")
    rows = int(table["treated"].sum())
    cells = len(made.group_time_effects)
    return effect(name, None, float(made.att), float(made.se) ** 2, cells, rows, level)
