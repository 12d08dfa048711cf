"""How often the band of a series carried on holds what came, on simulated series without a shock.

Prints, by length of the series before and by kind of series: the share of first-year sums and of single months (or years)
that lay inside the model's own band and inside the shipped one, and by how much the model's own would have had to be wider
to hold 90 %. `landbridge.forecasting.counterfactual.WIDER` was set on other draws of these kinds; this seed tests it:

    python scripts/band_coverage.py --series 40 --seed 21
"""

from __future__ import annotations

import argparse

import numpy as np

from landbridge.errors import NotConverged
from landbridge.forecasting import counterfactual as room

# Standard deviations, in logs, of level, slope and noise: from a trend that never bends to one that bends every month.
MADE = {
    "noise alone": (0.0, 0.0, 0.05),
    "random walk and noise": (0.03, 0.0, 0.03),
    "random walk": (0.05, 0.0, 0.01),
    "slope bends a little": (0.02, 0.002, 0.04),
    "slope bends": (0.03, 0.01, 0.03),
}
LENGTHS = {12: (40, 60, 84), 1: (8, 10, 14, 20, 30)}
AHEAD = {12: 24, 1: 3}
HELD = 0.90


def made(rng: np.random.Generator, kind: str, size: int, season: int) -> room.Array:
    """One series in logs, (size,)."""
    level, slope, noise = MADE[kind]
    slopes = rng.normal(0.005, 0.005) + np.cumsum(slope * rng.standard_normal(size))
    logs = np.cumsum(slopes + level * rng.standard_normal(size)) + noise * rng.standard_normal(size)
    if season > 1:
        logs += np.resize(0.1 * rng.standard_normal(season), size)
    return np.asarray(logs, dtype=np.float64)


def needed(logs: room.Array, before: int, season: int) -> list[float]:
    """By how much the model's own band has to be widened to hold each: the sum of year one, then every period."""
    fitted = room._fitted(logs[:before], season, "local")
    level, horizon = float(logs[:before].mean()), logs.size - before
    mean, spread = room._ahead(fitted, level, horizon)
    draws = room._drawn(fitted, level, horizon, 1)
    low, point, high = room._by_year(logs[before:], draws, season)[0]
    first_year = max(point / (point - low), -point / (high - point))
    periods = np.abs(logs[before:] - mean) / (room._REACHED * spread)
    return [first_year, *periods.tolist()]


def main() -> None:
    """Simulate, count, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--series", type=int, default=40, help="series for each kind and length")
    asked.add_argument("--season", type=int, choices=(1, 12), default=12)
    asked.add_argument("--lengths", type=int, nargs="*", help="values before; else those of the season")
    asked.add_argument("--seed", type=int, default=21)
    given = asked.parse_args()
    season, size = given.season, AHEAD[given.season]
    for before in given.lengths or LENGTHS[season]:
        found: dict[str, list[list[float]]] = {kind: [] for kind in MADE}
        for place, kind in enumerate(MADE):
            rng = np.random.default_rng((given.seed, before, place))
            for _ in range(given.series):
                try:
                    found[kind].append(needed(made(rng, kind, before + size, season), before, season))
                except NotConverged:
                    print(f"{before} {kind}: one series did not converge")
            print(_line(before, season, kind, np.array(found[kind])), flush=True)
        every = np.concatenate([np.array(rows) for rows in found.values()])
        print(_line(before, season, "all", every), flush=True)


def _line(before: int, season: int, kind: str, ratios: room.Array) -> str:
    wider = room.widened(before, season)
    said = [f"{before:4} {kind:20} {len(ratios):4} series, factor {wider:.2f}"]
    for name, chosen in (("first year", ratios[:, 0]), ("periods", ratios[:, 1:])):
        own, shipped = (float(np.mean(chosen < limit)) for limit in (1.0, wider))
        said.append(f"{name}: own {own:.2f}, shipped {shipped:.2f}, needed {np.quantile(chosen, HELD):.2f}")
    return "; ".join(said)


main()
