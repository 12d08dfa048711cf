"""Headlines: a change with its range over draws, its value under every imputation, a verdict, and causes of the range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.provenance import Figure, Status, Unavailable
from landbridge.scenarios.outcomes import PERCENT, Layout, Measure
from landbridge.scenarios.variance import TotalEffect, total_effect

Array = NDArray[np.float64]

GAIN, LOSS, UNDETERMINED = "gain", "loss", "undetermined"
GROUPS = ("elasticities", "sizes", "parameters", "imputation")
LOW, HIGH = 10.0, 90.0
LEAST_FOR_RANGE = 10
# What a solution to a market-clearing residual of 1e-10 resolves, with a wide margin, as a share of the base value.
RESOLUTION = 1e-8
CODE = "landbridge.scenarios.making.solve"
_WORDS = ("measure", "place", "exporter", "importer", "unit", "verdict", "reason", "id")
# A share of variance and its standard error.
_PARTS = ("pct", "error_pct")
_NUMBERS = ("central", "low", "high", "prior_low", "prior_high", "prior_spread")
# A column that happens to be empty keeps its type.
TYPES: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(_WORDS, pl.String),
    **dict.fromkeys(
        (*_NUMBERS, *(f"variance_{group}_{part}" for group in GROUPS for part in _PARTS)), pl.Float64
    ),
}


@dataclass(frozen=True, slots=True)
class Sampled:
    """Outcomes behind ranges: of every joint `draws` (D, width), and per group of draws run again and again anew."""

    draws: Array
    pairs: Mapping[str, tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class Headline:
    """One answer of a scenario.

    `figure`: central value on the central account, low and high the 10th and 90th percentile of draws where drawn;
    `priors`: central value by imputation of final demand; `shares`: per source of uncertainty its total effect on the
    variance of draws, or why there is none.
    """

    measure: Measure
    figure: Figure
    priors: Mapping[str, float]
    verdict: str
    reason: str
    shares: Mapping[str, TotalEffect | Unavailable]

    @property
    def spread(self) -> float:
        """Largest less smallest central value over the imputations."""
        return max(self.priors.values()) - min(self.priors.values())

    def row(self) -> dict[str, Any]:
        """The headline as a row: the columns are the same for every headline of every run."""
        figure, measure = self.figure, self.measure
        shares = {
            f"variance_{group}_{part}": value
            for group in GROUPS
            for effect in [self.shares.get(group)]
            for part, value in zip(
                _PARTS,
                (effect.share_pct, effect.error_pct) if isinstance(effect, TotalEffect) else (None, None),
                strict=True,
            )
        }
        return {
            **_asked(measure),
            "central": figure.value,
            "low": figure.low,
            "high": figure.high,
            "prior_low": min(self.priors.values()),
            "prior_high": max(self.priors.values()),
            "prior_spread": self.spread,
            "verdict": self.verdict,
            "reason": self.reason or None,
            **shares,
            **{prior_column(name): value for name, value in self.priors.items()},
            "id": figure.id,
        }

    def prior_rows(self) -> list[dict[str, Any]]:
        """One row per imputation."""
        key = _asked(self.measure)
        return [{**key, "imputation": name, "central": value} for name, value in self.priors.items()]

    def variance_rows(self) -> list[dict[str, Any]]:
        """One row per source of uncertainty, with the standard error or the reason why there is no share."""
        out = []
        for group, effect in self.shares.items():
            out.append(
                {
                    **_asked(self.measure),
                    "source": group,
                    "share_pct": effect.share_pct if isinstance(effect, TotalEffect) else None,
                    "error_pct": effect.error_pct if isinstance(effect, TotalEffect) else None,
                    "reason": str(effect) if isinstance(effect, Unavailable) else None,
                }
            )
        return out


def _asked(measure: Measure) -> dict[str, Any]:
    return {
        "measure": measure.kind.replace("_", " "),
        "place": measure.place or None,
        "exporter": measure.exporter or None,
        "importer": measure.importer or None,
        "unit": measure.unit,
    }


def prior_column(imputation: str) -> str:
    """The column of an imputation in tables."""
    return f"prior_{imputation.replace(' ', '_')}"


def no_answer(measure: Measure, why: Unavailable, variants: Sequence[str]) -> dict[str, Any]:
    """The row of a headline that has no number, with the columns of the others."""
    shares = (f"variance_{group}_{part}" for group in GROUPS for part in _PARTS)
    empty = dict.fromkeys((*_NUMBERS, "verdict", "reason", *shares, *map(prior_column, variants), "id"))
    return {**_asked(measure), **empty, "verdict": UNDETERMINED, "reason": str(why)}


def verdict(
    central: float, priors: Sequence[float], low: float | None, high: float | None, resolution: float
) -> tuple[str, str]:
    """`gain`, `loss` or `undetermined`, and in words why it is not determined."""
    if abs(central) <= resolution:
        return UNDETERMINED, "The change is smaller than what the solver resolves."
    reasons = []
    spread = max(priors) - min(priors)
    if abs(central) < spread:
        reasons.append("The change is smaller than the spread between imputations of final demand.")
    if low is not None and high is not None and low <= 0.0 <= high:
        reasons.append("The range of the draws holds zero.")
    if reasons:
        return UNDETERMINED, " ".join(reasons)
    return (GAIN if central > 0 else LOSS), ""


def headline(
    measure: Measure,
    layout: Layout,
    solutions: Array,
    variants: Sequence[str],
    sampled: Sampled | None,
    *,
    what: str,
    period: str,
    evidence: tuple[Figure, ...],
) -> Headline | Unavailable:
    """A headline from `solutions` (variants, width), the central one first, and what was sampled."""
    base = layout.base_usd(measure, solutions)
    if not base[0] > 0:
        return Unavailable(f"{what}: there is no trade in the base year, so a change of it is not simulated.")
    by_prior = layout.values(measure, solutions)
    central = float(by_prior[0])
    resolution = RESOLUTION * (100.0 if measure.unit == PERCENT else float(base[0]))
    low = high = None
    shares: dict[str, TotalEffect | Unavailable] = {
        group: Unavailable("Nothing was drawn.", "Ask for draws.") for group in GROUPS
    }
    if sampled is not None:
        drawn = layout.values(measure, sampled.draws)
        if drawn.size >= LEAST_FOR_RANGE:
            low, high = (float(end) for end in np.percentile(drawn, [LOW, HIGH]))
        shares = {group: _share(group, measure, layout, drawn, sampled, resolution) for group in GROUPS}
    word, reason = verdict(central, by_prior.tolist(), low, high, resolution)
    figure = Figure(
        what,
        central,
        measure.unit,
        period,
        Status.SIMULATED,
        low=low,
        high=high,
        inputs=evidence,
        code=CODE,
        note="Long-run, full employment: what changes once the economy has adjusted, beside the base year.",
    )
    priors = dict(zip(variants, by_prior.tolist(), strict=True))
    return Headline(measure, figure, priors, word, reason, shares)


def _share(
    group: str, measure: Measure, layout: Layout, drawn: Array, sampled: Sampled, resolution: float
) -> TotalEffect | Unavailable:
    if group not in sampled.pairs:
        return Unavailable(f"The scenario draws no {group}: they are given without a range.")
    first, again = (layout.values(measure, outcomes) for outcomes in sampled.pairs[group])
    return total_effect(group, drawn, first, again, resolution)
