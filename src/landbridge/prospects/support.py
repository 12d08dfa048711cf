"""The record behind one probability: how often such probabilities came true, and how good the model was so far ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landbridge.forecasting.paths import Rule
from landbridge.forecasting.record import ALL, BASE, Record
from landbridge.provenance import Unavailable


@dataclass(frozen=True, slots=True)
class Alone:
    """What came true of the same bin in one panel alone, per cent."""

    panel: str
    said: float
    came: float
    reaches: int


@dataclass(frozen=True, slots=True)
class Support:
    """Shares and skills from the late part of the back-test, on which nothing was chosen.

    `said` and `came` (per cent): the mean of the probabilities in the bin of this one and the share that came true, with
    its range; `cases` thresholds of `forecasts` forecasts from `origin_years` years, `first_step` to `last_step` years
    ahead. `skill_pct`: how much smaller the CRPS was than that of naive at this horizon; `coverage_80_pct`: how often the
    truth lay in the 80 % interval, from `coverage_years` origin years. `alone`: the same bin in each panel; the average of
    all hides how far they differ.
    """

    model: str
    said: float
    came: float
    came_low: float | None
    came_high: float | None
    cases: int
    forecasts: int
    origin_years: int
    target_years: int
    horizon: int
    skill_pct: float | None
    skill_error_pct: float | None
    coverage_80_pct: float | None
    first_step: int
    last_step: int
    coverage_80_error_pct: float | None
    coverage_years: int | None
    alone: tuple[Alone, ...] = ()

    @property
    def ahead(self) -> str:
        """How far ahead the probabilities of the bin were."""
        return f"{self.first_step} to {self.last_step} years ahead"

    def rows(self) -> list[dict[str, Any]]:
        """The record in the columns of a target's table."""
        empty = dict.fromkeys(("what", "item", "period", "value", "low", "high", "unit", "note", "id"))
        years = f"{self.origin_years} origin years, {self.target_years} years forecast"
        rows = [
            {
                **empty,
                "item": f"came true of such probabilities, {self.ahead}",
                "value": self.came,
                "low": self.came_low,
                "high": self.came_high,
                "note": f"said {self.said:.0f} % on average; {self.cases} thresholds of {self.forecasts} forecasts, {years}"
                + ("; the model is naive, and none of the record did better" if self.model == BASE else ""),
            }
        ]
        if self.alone:
            rows.append({**empty, "item": "the same by panel", **self._apart()})
        if self.model != BASE and self.skill_pct is not None:
            rows.append(
                {
                    **empty,
                    "item": f"skill over naive, {self.horizon} ahead",
                    "value": self.skill_pct,
                    "note": f"standard error {self.skill_error_pct:.1f}"
                    if self.skill_error_pct is not None
                    else None,
                }
            )
        if self.coverage_80_pct is not None:
            rows.append(
                {
                    **empty,
                    "item": f"inside the 80 % interval, {self.horizon} ahead",
                    "value": self.coverage_80_pct,
                    "note": self._coverage(),
                }
            )
        return [{**row, "what": "record", "unit": "%"} for row in rows]

    def _apart(self) -> dict[str, Any]:
        """The lowest and highest share of the panels, with each in words."""
        told = "; ".join(
            f"{item.panel}, {self.first_step} to {item.reaches} years ahead: said {item.said:.0f}, came {item.came:.0f}"
            for item in self.alone
        )
        shares = [item.came for item in self.alone]
        return {"low": min(shares), "high": max(shares), "note": told}

    def _coverage(self) -> str | None:
        """How many years the coverage rests on, and how sure it is."""
        if self.coverage_years is None:
            return None
        error = self.coverage_80_error_pct
        doubt = "" if error is None else f"standard error {error:.1f}, "
        return f"{doubt}{self.coverage_years} origin years"


def behind(record: Record, model: str, percent: float, horizon: int, rule: Rule) -> Support | Unavailable:
    """The rows of the record that speak for a probability of `percent` so many years ahead."""
    import polars as pl

    chance = percent / 100
    held = record.reliability.filter(
        (pl.col("model") == model)
        & (pl.col("rule") == rule)
        & (pl.col("first_step") <= horizon)
        & (pl.col("last_step") >= horizon)
        & (pl.col("low") <= chance)
        & ((pl.col("high") > chance) | (pl.col("high") == 1.0))
    )
    bins = held.filter(pl.col("panel") == ALL)
    # Of the spans of horizons that hold this one, the narrowest speaks closest to it.
    bins = bins.with_columns((pl.col("last_step") - pl.col("first_step")).alias("span")).sort("span")
    if bins.is_empty():
        return Unavailable("The record holds no probabilities of this size so far ahead.")
    row = bins.row(0, named=True)
    alone = held.filter(
        (pl.col("panel") != ALL)
        & (pl.col("first_step") == row["first_step"])
        & (pl.col("last_step") == row["last_step"])
    ).sort("panel")
    return _support(model, row, _skill(record, model, horizon), horizon, alone.to_dicts())


def _skill(record: Record, model: str, horizon: int) -> Mapping[str, Any]:
    """Scores at this horizon, or at the longest one under it that enough origin years hold."""
    import polars as pl

    rows = record.skill.filter(
        (pl.col("panel") == ALL)
        & (pl.col("part") == "late")
        & (pl.col("model") == model)
        & (pl.col("horizon") <= horizon)
    ).sort("horizon")
    return rows.row(-1, named=True) if len(rows) else {}


def _support(
    model: str,
    row: Mapping[str, Any],
    skill: Mapping[str, Any],
    horizon: int,
    alone: Sequence[Mapping[str, Any]],
) -> Support:
    return Support(
        model=model,
        said=100 * row["said"],
        came=100 * row["came"],
        came_low=_percent(row["came_low"]),
        came_high=_percent(row["came_high"]),
        cases=row["cases"],
        forecasts=row["forecasts"],
        origin_years=row["origin_years"],
        target_years=row["target_years"],
        horizon=skill.get("horizon", horizon),
        skill_pct=_percent(skill.get("crps_skill")),
        skill_error_pct=_percent(skill.get("crps_skill_se")),
        coverage_80_pct=_percent(skill.get("coverage_80")),
        first_step=row["first_step"],
        last_step=row["reaches"],
        coverage_80_error_pct=_percent(skill.get("coverage_80_se")),
        coverage_years=skill.get("origin_years"),
        alone=tuple(
            Alone(item["panel"], 100 * item["said"], 100 * item["came"], item["reaches"]) for item in alone
        ),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
