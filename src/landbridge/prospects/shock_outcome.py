"""What one blow did to one part of a relation, as a figure, a row and a path."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from landbridge.forecasting.counterfactual import Counterfactual, Effect
from landbridge.forecasting.series import written
from landbridge.prospects.shock_events import Blow
from landbridge.prospects.shock_series import Line
from landbridge.provenance import Figure, Unavailable

RARE = 0.10
"""Placebo share up to which a departure counts as one that ordinary times rarely show. Convention."""


@dataclass(frozen=True, slots=True)
class Rare(Effect):
    """A blow that is told from ordinary movement; `verdict` says by what, in words."""

    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one blow did to one part of the trade by one method, or why it cannot be said.

    `effect` is the gap in % over `over` periods taken together (a year, or as long as is held). `fixed` is the same with a
    trend that does not bend, for series by month: where the two differ, the answer rests on the trend.
    """

    blow: Blow
    part: str
    method: str
    line: Line | None
    found: Counterfactual | Unavailable
    effect: Figure | Unavailable
    fixed: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def p_placebo(self) -> float | None:
        """The share of placebos that departed as far; None where there are too few, or nothing is told."""
        return None if isinstance(self.found, Unavailable) else self.found.p_placebo

    @property
    def verdict(self) -> str:
        """`rare`, `ordinary` (placebos depart as far), `too few placebos` or `not said`; of this outcome alone."""
        if isinstance(self.found, Unavailable):
            return "not said"
        p = self.found.p_placebo
        if p is not None and p <= RARE:
            return "rare"
        # Farther than every placebo, and still not rare: there are not enough of them to be.
        alone = p is None or p <= 1 / (1 + self.found.placebos)
        return "too few placebos" if alone else "ordinary"

    @property
    def back(self) -> str | None:
        """The period from which the part is back inside the band for good; None where it is not, or never left."""
        if isinstance(self.found, Unavailable) or not self.found.recovered:
            return None
        return written(self.blow.start + self.found.recovered, self.blow.frequency)

    @property
    def recovery(self) -> str:
        """In words: whether the part left the band, and after how long it was back inside for good."""
        if isinstance(self.found, Unavailable):
            return "not said"
        after = self.found.recovered
        if after is None:
            return "outside the band at the end"
        periods = f"{after} {self.blow.frequency}{'s' if after > 1 else ''}"
        return f"back inside the band after {periods}" if after else "never left the band"

    @property
    def stressed(self) -> Effect | Unavailable:
        """The blow as it can be laid on the paths of a forecast, by its size alone; `told` asks for more."""
        if isinstance(self.found, Unavailable):
            return self.found
        if self.found.yearly.shape[0] == 0:
            return Unavailable(f"{self.blow.name}: followed for less than a year, so it has no yearly size.")
        return Effect(f"{self.blow.name} ({self.blow.since}), {self.part}", self.found.yearly)

    @property
    def told(self) -> Rare | Unavailable:
        """The same, only where it is told from ordinary movement: rare among placebos, its range not around zero.

        The reason of a refusal holds size, range and placebo share: who still wants such a size laid on has `stressed`.
        """
        size = self.stressed
        if isinstance(size, Unavailable):
            return size
        assert isinstance(self.found, Counterfactual)
        p, count = self.found.p_placebo, self.found.placebos
        share = "" if p is None else f", the shock among them: {100 * p:.0f} % went as far"
        among = f"{self.verdict} among {count} placebos{share}"
        if not isinstance(self.effect, Figure) or self.effect.low is None or self.effect.high is None:
            return Unavailable(f"{self.blow.name}: no size with a range is told.")
        moved = f"{self.effect.point:+.0f} % ({self.effect.low:+.0f} to {self.effect.high:+.0f})"
        if self.verdict != "rare" or self.effect.low <= 0 <= self.effect.high:
            return Unavailable(
                f"{self.part} after {self.blow.since}, {self.method}: {moved}, {among}; not told from ordinary movement."
            )
        return Rare(size.name, size.logs, among)

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        found, effect = self.found, self.effect
        row: dict[str, Any] = {
            "shock": " ".join(shock.subject for shock in self.blow.shocks),
            "name": self.blow.name,
            "since": self.blow.since,
            "part": self.part,
            "series": self.line.words if self.line else None,
            "method": self.method,
            "verdict": self.verdict,
        }
        told = isinstance(found, Counterfactual) and isinstance(effect, Figure)
        row |= dict.fromkeys(("effect_pct", "low_pct", "high_pct", "over", "p_placebo", "placebos"))
        row |= dict.fromkeys(
            ("worst_pct", "worst_in", "last_pct", "recovery", "back_since", "periods_outside", "fit_pct")
        )
        if told:
            assert isinstance(found, Counterfactual)
            assert isinstance(effect, Figure)
            worst = int(np.abs(np.log(found.actual / found.without)).argmax())
            row |= {
                "effect_pct": effect.value,
                "low_pct": effect.low,
                "high_pct": effect.high,
                "over": f"{found.over} {self.blow.frequency}{'s' if found.over > 1 else ''}",
                "p_placebo": found.p_placebo,
                "placebos": found.placebos,
                "worst_pct": float(found.gap_pct[worst]),
                "worst_in": written(self.blow.start + worst, self.blow.frequency),
                "last_pct": float(found.gap_pct[-1]),
                "recovery": self.recovery,
                "back_since": self.back,
                "periods_outside": int(found.outside.sum()),
                "fit_pct": 100 * math.expm1(found.fit),
            }
        return row | {
            "fixed_trend_pct": self.fixed,
            "reason": found.reason if isinstance(found, Unavailable) else None,
            "notes": " ".join(self.notes) or None,
            "sources": " ".join(dict.fromkeys(name for shock in self.blow.shocks for name in shock.sources)),
            "figure": effect.id if isinstance(effect, Figure) else None,
        }

    def path(self) -> list[dict[str, Any]]:
        """Period by period: what was, what would have been with its band, and the gap in %."""
        if isinstance(self.found, Unavailable):
            return []
        found = self.found
        return [
            {
                "shock": " ".join(shock.subject for shock in self.blow.shocks),
                "part": self.part,
                "method": self.method,
                "period": written(self.blow.start + k, self.blow.frequency),
                "actual": float(found.actual[k]),
                "without": float(found.without[k]),
                "low": float(found.low[k]),
                "high": float(found.high[k]),
                "gap_pct": float(found.gap_pct[k]),
                "outside": bool(found.outside[k]),
            }
            for k in range(found.actual.size)
        ]
