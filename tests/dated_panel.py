"""Synthetic trade of countries, some pairs of which get a policy in one of several periods, for tests of event studies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

import landbridge as lb
from landbridge.gravity import Staggered

Array = np.ndarray
NEVER = 99
NAMES = {
    "outcome": "trade",
    "exporter": "exporter",
    "importer": "importer",
    "period": "year",
    "treated": "treated",
}


def world(
    seed: int,
    *,
    countries: int = 12,
    years: int = 8,
    starts: tuple[int, ...] = (2, 4, 6),
    share: float = 0.45,
    spread: float = 0.0,
    effect: Callable[[Array, Array], Array] = lambda g, e: 0.1 * g + 0.15 * e,
    before: Callable[[Array], Array] = lambda e: 0.0 * e,
    home: bool = False,
) -> pl.DataFrame:
    """A panel of all pairs; `effect(cohort, periods since)` and `before(periods since, below zero)` are in logs."""
    rng = np.random.default_rng(seed)
    i, j, t = (
        v.ravel() for v in np.meshgrid(range(countries), range(countries), range(years), indexing="ij")
    )
    keep = (i != j) | home
    i, j, t = i[keep], j[keep], t[keep]
    low, high = np.minimum(i, j), np.maximum(i, j)
    cohorts = np.where(
        rng.random((countries, countries)) < share, rng.choice(starts, (countries, countries)), NEVER
    )
    g = np.where(i == j, NEVER, cohorts[low, high])
    size = rng.normal(size=(2, countries, 1)) + 0.2 * rng.normal(size=(2, countries, years)).cumsum(axis=2)
    pair = 0.7 * rng.normal(size=(countries, countries)) + 2.0 * np.eye(countries)
    treated = t >= g
    log = size[0, i, t] + size[1, j, t] + pair[i, j] + 0.5 * (g < NEVER)
    log = (
        log
        + np.where(treated, effect(g, t - g), np.where(g < NEVER, before(t - g), 0.0))
        - 0.1 * t * (i == j)
    )
    trade = np.exp(log) * (rng.gamma(1 / spread**2, spread**2, log.size) if spread else 1.0)
    return pl.DataFrame(
        {
            "exporter": [f"C{each:02}" for each in i],
            "importer": [f"C{each:02}" for each in j],
            "year": 2000 + t,
            "trade": trade,
            "treated": treated.astype(np.int8),
            "true": np.where(treated, effect(g, t - g), 0.0),
        }
    )


def answered(frame: pl.DataFrame, **options: Any) -> Staggered:
    found = lb.gravity.staggered(frame, **options)
    assert isinstance(found, Staggered), str(found)
    return found
