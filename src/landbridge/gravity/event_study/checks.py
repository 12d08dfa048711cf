"""Whether the comparison deserves belief: trends before the policy, dates that were not, and what could have been seen.

pre-trend    effects of the periods before the policy, jointly zero by a Wald test with clustered covariance
shifted      dates moved earlier, on rows without the policy only; the estimate should be zero
reassigned   the dates given at random to pairs that never had the policy; how far from zero chance alone goes
power        the smallest effect found in four of five cases: from the standard error, (z_{1-a/2} + z_{0.8}) times it
             (Bloom, 1995), and from the reassigned dates
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadSample, NotConverged
from landbridge.gravity.event_study.aggregation import Effect, effect, overall
from landbridge.gravity.event_study.cohorts import PAIR, NotIdentified, Panel
from landbridge.gravity.event_study.extended import estimate
from landbridge.gravity.event_study.imputation import cell_effects, counterfactual
from landbridge.gravity.ppml import Newton

Array = NDArray[np.float64]
Codes = NDArray[np.int32]
POWER = 0.8
FEWEST_DRAWS = 20
"""A quantile of 2.5 per cent needs at least so many draws to mean anything."""


@dataclass(frozen=True, slots=True)
class PreTrend:
    """Joint test of the leads: Wald statistic, chi squared with as many degrees as leads; `leads` one by one."""

    statistic: float
    degrees_of_freedom: int
    p_value: float
    leads: tuple[Effect, ...]

    def row(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "statistic": self.statistic,
            "degrees_of_freedom": self.degrees_of_freedom,
            "p_value": self.p_value,
            "leads": [lead.row() for lead in self.leads],
        }


@dataclass(frozen=True, slots=True)
class Reassigned:
    """Estimates (D,) under dates given at random to pairs without the policy, by imputation; `pairs` got a date in each.

    failed draws gave no estimate. `p_value` is the share of draws at least as far from zero as the imputed estimate.
    """

    draws: Array
    failed: int
    pairs: int
    seed: int
    actual: float
    p_value: float

    @property
    def mean(self) -> float:
        """Their mean; zero but for chance."""
        return float(self.draws.mean())

    @property
    def spread(self) -> float:
        """Their standard deviation: a standard error that no formula was used for."""
        return float(self.draws.std(ddof=1))

    def detectable(self, level: float) -> float:
        """The smallest effect in logs found in four of five draws by a one-sided reading of a two-sided test.

        An effect put into every row of the dated pairs adds itself to the estimate, exactly, because the counterfactual
        does not move. It is found where the sum passes the upper quantile of what chance gives.
        """
        upper, low = np.quantile(self.draws, [0.5 + level / 2, 1 - POWER])
        return float(upper - low)

    def row(self, level: float) -> dict[str, Any]:
        """For JSON."""
        return {
            "draws": self.draws.size,
            "failed": self.failed,
            "pairs": self.pairs,
            "seed": self.seed,
            "actual": self.actual,
            "mean": self.mean,
            "spread": self.spread,
            "p_value": self.p_value,
            "detectable": self.detectable(level),
        }


def detectable(std_error: float, level: float) -> float:
    """Minimum detectable effect at a power of 80 per cent, in logs."""
    from scipy import special  # type: ignore[import-untyped]

    return float(special.ndtri(0.5 + level / 2) + special.ndtri(POWER)) * std_error


def pre_trend(
    panel: Panel,
    *,
    effects: Sequence[str],
    cluster: Sequence[str],
    leads: int,
    level: float,
    corrected: bool | None = None,
    settings: Newton | None = None,
) -> PreTrend | NotIdentified:
    """The test, with as many leads as the panel has periods for."""
    events = panel.table.filter(pl.col("event") < 0)["event"]
    deepest = -int(str(events.min())) if events.len() else 0
    asked = min(leads, deepest)
    if asked < 2:
        return NotIdentified(
            "no pair has two periods before the policy, so no trend before it can be seen.",
            "Add earlier periods.",
            {"periods_before": deepest},
        )
    made = estimate(
        panel, effects=effects, cluster=cluster, leads=asked, corrected=corrected, settings=settings
    )
    if made is None or not made.leads.size:
        return NotIdentified(
            "the periods before the policy cannot be told from the fixed effects.",
            "Add pairs without the policy.",
        )
    from scipy import special

    matrix = made.lead_covariance
    rank = int(np.linalg.matrix_rank(matrix, hermitian=True))
    statistic = float(made.leads @ np.linalg.pinv(matrix, hermitian=True) @ made.leads)
    rows = {int(e): int(n) for e, n in panel.table.group_by("event").len().drop_nulls().rows()}
    told = []
    for place, at in enumerate(made.lead_at):
        size = sum(n for e, n in rows.items() if e == at or (at == -asked and e < at))
        told.append(effect("lead", at, float(made.leads[place]), float(matrix[place, place]), 1, size, level))
    return PreTrend(statistic, rank, float(special.chdtrc(rank, statistic)), tuple(told))


def shifted(
    panel: Panel,
    by: int,
    *,
    effects: Sequence[str],
    cluster: Sequence[str],
    level: float,
    corrected: bool | None = None,
    settings: Newton | None = None,
) -> Effect | NotIdentified:
    """The estimate on rows without the policy, its dates moved `by` periods earlier."""
    periods = panel.periods
    before = panel.untreated()
    earlier = pl.col("cohort").replace_strict(
        {now: periods[at - by] if at >= by else None for at, now in enumerate(periods)},
        return_dtype=pl.Int64,
        default=None,
    )
    dates = before.table.select(*PAIR, "cohort").unique().with_columns(had=pl.col("cohort").is_not_null())
    dates = dates.with_columns(earlier.alias("cohort"))
    # A pair whose date cannot be moved that far would turn into one that never had the policy.
    moved = before.dated(dates.filter(pl.col("cohort").is_not_null() | ~pl.col("had")).drop("had"))
    gone = dates.filter(pl.col("cohort").is_null() & pl.col("had")).select(PAIR)
    moved = replace(moved, table=moved.table.join(gone, on=PAIR, how="anti"))
    made = None
    if moved.table["treated"].any():
        made = estimate(moved, effects=effects, cluster=cluster, corrected=corrected, settings=settings)
    if made is None:
        return NotIdentified(
            f"no pair has {by + 1} periods before the policy, so dates cannot be moved {by} earlier.",
            "Add earlier periods.",
        )
    found = overall(made, "rows", level)
    return replace(found, name=f"dates {by} periods earlier", at=-by)


def codes_of(panel: Panel, effects: Sequence[str]) -> tuple[Codes, ...]:
    """Codes (N,) of the effects in the rows of the panel."""
    table = panel.table
    made = []
    for name in effects:
        label = table.select(pl.struct(name.split("^")).rank("dense").alias("code"))["code"]
        made.append((label.to_numpy() - 1).astype(np.int32))
    return tuple(made)


def imputed(panel: Panel, effects: Sequence[str], settings: Newton | None) -> float | None:
    """The average effect in logs by imputation, cells weighted by rows; None where nothing can be imputed."""
    table = panel.table
    cells = table.select(pl.struct("cohort", "period").rank("dense").alias("c"))["c"].to_numpy() - 1
    return _imputed(
        table["outcome"].cast(pl.Float64).to_numpy(),
        codes_of(panel, effects),
        table["treated"].to_numpy(),
        cells.astype(np.int64),
        settings,
    )


def _imputed(
    y: Array,
    codes: tuple[Codes, ...],
    treated: NDArray[np.bool_],
    cells: NDArray[np.int64],
    settings: Newton | None,
) -> float | None:
    found = counterfactual(y, codes, treated, settings)
    if not found.known.any():
        return None
    log, rows = cell_effects(y[treated][found.known], found.without[found.known], cells[treated][found.known])
    used = rows > 0
    return float(np.average(log[used], weights=rows[used])) if used.any() else None


def reassigned(
    panel: Panel, *, effects: Sequence[str], draws: int, seed: int, settings: Newton | None
) -> Reassigned | NotIdentified:
    """Dates at random, as many as there are in the shares of the cohorts, for partnerships that never had the policy.

    Both directions of a partnership get the same date. At most half of the partnerships get one, so that controls stay.
    """
    actual = imputed(panel, effects, settings)
    pure = replace(panel, table=panel.table.filter(pl.col("cohort").is_null()))
    abroad = panel.table.filter(pl.col("border") == "abroad")
    dated = abroad.filter(pl.col("cohort").is_not_null()).select("pair", "cohort").unique()
    free = pure.table.filter(pl.col("border") == "abroad")["pair"].unique().sort()
    many = min(dated.height, free.len() // 2)
    counts = {"never_treated_partnerships": free.len(), "treated_partnerships": dated.height}
    if actual is None or many < 2:
        return NotIdentified(
            "too few pairs never had the policy to give them its dates.", "Add such pairs.", counts
        )
    rng = np.random.default_rng(seed)
    dates = dated.sort("pair", "cohort")["cohort"].to_numpy()
    y = pure.table["outcome"].cast(pl.Float64).to_numpy()
    period = pure.table["period"].to_numpy()
    codes = codes_of(pure, effects)
    number = {pair: at for at, pair in enumerate(free)}
    which = pure.table["pair"].replace_strict(number, default=-1, return_dtype=pl.Int64).to_numpy()
    home = (pure.table["border"] == "home").to_numpy()
    never = int(period.max()) + 1
    made, failed = [], 0
    for _ in range(draws):
        given = np.full(free.len(), never, np.int64)
        given[rng.choice(free.len(), many, replace=False)] = rng.choice(
            dates, many, replace=many > dates.size
        )
        cohort = np.where(home, never, given[which])
        treated = period >= cohort
        _, cells = np.unique(cohort * (never + 1) + period, return_inverse=True)
        try:
            found = _imputed(y, codes, treated, cells.astype(np.int64), settings)
        except (NotConverged, BadSample):
            found = None
        if found is None:
            failed += 1
        else:
            made.append(found)
    if len(made) < FEWEST_DRAWS:
        reason = f"only {len(made)} of {draws} reassignments of dates gave an estimate."
        return NotIdentified(reason, "Ask for more draws, or add pairs without the policy.", counts)
    drawn = np.array(made)
    p = (1 + int((np.abs(drawn) >= abs(actual)).sum())) / (1 + drawn.size)
    return Reassigned(drawn, failed, many, seed, actual, p)
