"""What an event study answers: the effect, what it rests on, and a verdict in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from landbridge.gravity.event_study.aggregation import Effect
from landbridge.gravity.event_study.checks import PreTrend, Reassigned, detectable
from landbridge.gravity.event_study.cohorts import LeftOut, NotIdentified

REJECTED = 0.05
"""Below this p a check speaks against the comparison. Each check is read at this level by itself, see `joint_level`."""


@dataclass(frozen=True, slots=True)
class Staggered:
    """Effects of a policy that came at different times.

    overall      average of the cells, weighted by treated rows: the answer
    by_trade     the same, weighted by the trade that treated rows would have had
    plain        three-way PPML with one dummy, beside it: biased where effects differ by cohort or grow with time
    imputed      the average by imputation, in logs, without an error; None where nothing can be imputed
    by_event, by_cohort, cells       averages by periods since the policy and by cohort, and every cell
    pre_trend, shifted, reassigned   checks, each of which may itself not be identified; reassigned None if not asked for
    """

    overall: Effect
    by_trade: Effect
    plain: Effect
    imputed: float | None
    by_event: tuple[Effect, ...]
    by_cohort: tuple[Effect, ...]
    cells: tuple[Effect, ...]
    pre_trend: PreTrend | NotIdentified
    shifted: Effect | NotIdentified
    reassigned: Reassigned | NotIdentified | None
    counts: Mapping[str, int]
    left_out: tuple[LeftOut, ...]
    effects: tuple[str, ...]
    cluster: tuple[str, ...]
    corrected: bool
    level: float
    notes: tuple[str, ...]

    @property
    def detectable(self) -> float:
        """The smallest effect, in logs, that the standard error lets be seen in four of five cases."""
        return detectable(self.overall.std_error, self.level)

    @property
    def checks(self) -> tuple[float, ...]:
        """The p of every check that may turn the comparison down: trends before the policy, and earlier dates."""
        trend = (self.pre_trend.p_value,) if isinstance(self.pre_trend, PreTrend) else ()
        return (*trend, self.shifted.p_value) if isinstance(self.shifted, Effect) else trend

    @property
    def joint_level(self) -> float:
        """How often, at most, a sound comparison is turned down by one check or another (Bonferroni).

        The checks are not corrected for their number: a correction such as Holm's would turn down fewer sound comparisons
        by letting more unsound ones pass, and a check is there against those. The level is told instead. The p of random
        dates turns nothing down: it belongs to the effect.
        """
        return REJECTED * len(self.checks)

    @property
    def verdict(self) -> str:
        """`trade rose`, `trade fell`, `no effect seen`, `pre-trend rejected` or `placebo rejected`.

        A rejected check stands before any effect: the number is shown, and is not to be read as what the policy did.
        """
        if isinstance(self.pre_trend, PreTrend) and self.pre_trend.p_value < REJECTED:
            return "pre-trend rejected"
        if isinstance(self.shifted, Effect) and self.shifted.p_value < REJECTED:
            return "placebo rejected"
        if self.overall.low > 0:
            return "trade rose"
        return "trade fell" if self.overall.high < 0 else "no effect seen"

    def table(self) -> pl.DataFrame:
        """One row an effect: averages, the plain estimate, leads, the placebo, events, cohorts."""
        leads = self.pre_trend.leads if isinstance(self.pre_trend, PreTrend) else ()
        placebo = (self.shifted,) if isinstance(self.shifted, Effect) else ()
        rows = [self.overall, self.by_trade, self.plain, *leads, *placebo, *self.by_event, *self.by_cohort]
        return pl.DataFrame([row.row() for row in rows], infer_schema_length=None)

    def before(self) -> tuple[str, ...]:
        """What must be known before the numbers are read."""
        said = [f"Verdict: {self.verdict}."]
        there = "; ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in self.counts.items())
        said.append(f"Compared: {there}.")
        said += [
            f"Left out, {each.reason}: {each.rows:,} rows of {each.pairs:,} pairs." for each in self.left_out
        ]
        said.append(_test(self.pre_trend))
        if isinstance(self.shifted, Effect):
            placebo = self.shifted
            said.append(f"Placebo, {placebo.name}: {placebo.percent:.1f} %, p = {placebo.p_value:.3f}.")
        else:
            said.append(f"Placebo of earlier dates. {self.shifted}")
        if self.checks:
            many = "one check" if len(self.checks) == 1 else f"each of {len(self.checks)} checks"
            said.append(
                f"Read at {100 * REJECTED:g} % by {many}, uncorrected: up to {100 * self.joint_level:g} % of sound "
                "comparisons are turned down."
            )
        if isinstance(self.reassigned, Reassigned):
            drawn = self.reassigned
            said.append(
                f"Placebo, {drawn.draws.size} times dates at random for {drawn.pairs:,} partnerships without the policy: "
                f"mean {drawn.mean:.3f}, spread {drawn.spread:.3f} in logs; p = {drawn.p_value:.3f}."
            )
        elif self.reassigned is not None:
            said.append(f"Placebo of random dates. {self.reassigned}")
        said.append(
            f"Four of five times an effect of {_percent(self.detectable):.1f} % or more would be seen."
        )
        return (*said, *self.notes)

    def summary(self) -> str:
        """A text, checks first."""
        with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
            shown = str(
                self.table().select("name", "at", "percent", "percent_low", "percent_high", "p_value", "rows")
            )
        return "\n".join([*self.before(), shown])

    def to_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""

        def told(check: PreTrend | Effect | NotIdentified) -> dict[str, Any]:
            return check.to_dict() if isinstance(check, NotIdentified) else check.row()

        drawn = self.reassigned
        return {
            "verdict": self.verdict,
            "overall": self.overall.row(),
            "by_trade": self.by_trade.row(),
            "plain": self.plain.row(),
            "imputed": self.imputed,
            "by_event": [each.row() for each in self.by_event],
            "by_cohort": [each.row() for each in self.by_cohort],
            "cells": [each.row() for each in self.cells],
            "pre_trend": told(self.pre_trend),
            "shifted": told(self.shifted),
            "checks_level": REJECTED,
            "checks_joint_level": self.joint_level,
            "reassigned": drawn.row(self.level)
            if isinstance(drawn, Reassigned)
            else drawn.to_dict()
            if drawn is not None
            else None,
            "detectable": self.detectable,
            "counts": dict(self.counts),
            "left_out": [
                {"reason": each.reason, "rows": each.rows, "pairs": each.pairs} for each in self.left_out
            ],
            "effects": list(self.effects),
            "cluster": list(self.cluster),
            "corrected": self.corrected,
            "level": self.level,
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return self.summary()


def _test(check: PreTrend | NotIdentified) -> str:
    if isinstance(check, NotIdentified):
        return f"Trends before the policy. {check}"
    freedom = check.degrees_of_freedom
    return f"Trends before the policy: chi squared {check.statistic:.2f} with {freedom} degrees, p = {check.p_value:.3f}."


def _percent(log: float) -> float:
    import math

    return 100 * math.expm1(log)
