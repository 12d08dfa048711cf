"""What is kept of one solution: a vector of numbers with a fixed layout, and the measures read from such vectors.

A measure never looks at an equilibrium, only at these vectors, so that the central solution, the solutions by method of
imputation and every draw are measured by the same formula.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.equilibrium import Equilibrium

Array = NDArray[np.float64]

WORLD = "WLD"
REAL_INCOME, TRADE = "real_income", "trade"
PERCENT, DOLLARS = "%", "USD"


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions in a vector of outcomes: N real incomes (new over old), base final spending of the N places, then base and
    new trade of every pair of `pairs`. Money is in million US dollars.
    """

    places: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """A name for every position."""
        both = (f"{when}_musd:{a}:{b}" for a, b in self.pairs for when in ("base", "new"))
        hats = (f"real_income_hat:{place}" for place in self.places)
        return (*hats, *(f"base_spending_musd:{place}" for place in self.places), *both)

    @property
    def width(self) -> int:
        """Length of a vector."""
        return 2 * (len(self.places) + len(self.pairs))

    def vector(self, spending: Array, flows: Array, found: Equilibrium) -> Array:
        """The outcomes of one solution; `spending` (N,) base final spending, `flows` (S, N, N) base flows."""
        out: list[Array] = [found.real_income_hat, spending]
        for a, b in self.pairs:
            at = (slice(None), self.places.index(a), self.places.index(b))
            base = flows[at]
            out.append(np.array([base.sum(), (base * found.flows_hat[at]).sum()]))
        return np.concatenate(out)

    def measures(self, places: tuple[str, ...]) -> tuple[Measure, ...]:
        """The headlines of a scenario: real income of `places` and of the world, trade of every pair."""
        units = (PERCENT, DOLLARS)
        found = [Measure(REAL_INCOME, place, unit=unit) for place in (*places, WORLD) for unit in units]
        found += [Measure(TRADE, "", a, b, unit) for a, b in self.pairs for unit in units]
        return tuple(found)

    def base_usd(self, measure: Measure, outcomes: Array) -> Array:
        """What a measure is a change of, in US dollars a year, of every row of `outcomes` (rows, width)."""
        n = len(self.places)
        if measure.kind == TRADE:
            at = 2 * (n + self.pairs.index((measure.exporter, measure.importer)))
            return np.asarray(1e6 * outcomes[:, at], dtype=np.float64)
        spending = 1e6 * outcomes[:, n : 2 * n]
        if measure.place == WORLD:
            return np.asarray(spending.sum(axis=1), dtype=np.float64)
        return np.asarray(spending[:, self.places.index(measure.place)], dtype=np.float64)

    def values(self, measure: Measure, outcomes: Array) -> Array:
        """A measure of every row of `outcomes` (rows, width): per cent, or US dollars a year; 0 per cent of nothing."""
        n = len(self.places)
        base = self.base_usd(measure, outcomes)
        if measure.kind == TRADE:
            at = 2 * (n + self.pairs.index((measure.exporter, measure.importer)))
            change = 1e6 * outcomes[:, at + 1] - base
        else:
            gains = 1e6 * (outcomes[:, :n] - 1.0) * outcomes[:, n : 2 * n]
            world = measure.place == WORLD
            change = gains.sum(axis=1) if world else gains[:, self.places.index(measure.place)]
        if measure.unit == DOLLARS:
            return np.asarray(change, dtype=np.float64)
        return np.divide(100.0 * change, base, out=np.zeros_like(base), where=base > 0)


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing a scenario is asked about: real income of a `place`, or trade from `exporter` to `importer`."""

    kind: str
    place: str = ""
    exporter: str = ""
    importer: str = ""
    unit: str = PERCENT

    @property
    def key(self) -> str:
        """A short name: `real_income:CHN:%`."""
        where = self.place or f"{self.exporter}:{self.importer}"
        return f"{self.kind}:{where}:{self.unit}"

    def words(self, names: dict[str, str]) -> str:
        """What is measured, in words; `names` maps codes to names."""
        if self.kind == TRADE:
            return f"change in trade from {names[self.exporter]} to {names[self.importer]}"
        return f"change in real income, {names[self.place]}"
