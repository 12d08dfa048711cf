"""What the oil price and the rouble change in a forecast, as far as the series tell.

Yearly growth of the trade is regressed on the driver's growth in the same year (least squares, one driver at a time):
dln X = a + b dln D + e. A state of the driver by the deadline moves the paths' logs by b ln(state), growing evenly from
the newest year. The slope is drawn from its Student's t. Two drivers at once are not fitted: the oil price and the
rouble move together, and ten years do not tell them apart. No cause is claimed: the slope holds what went along.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.provenance import Figure, Unavailable, derive
from landbridge.release.prospects import NAMES

LEAST = 8
"""Fewest yearly changes held by both series. A slope with fewer has no usable range."""
AS_NOW = "as now"
STATES = (("a third lower", 2 / 3), (AS_NOW, 1.0), ("a third higher", 4 / 3))
"""Where the driver stands at the deadline against its newest year. A convention: Brent moved by as much or more in eight of
the eleven five-year spans that begin in 2010 to 2020."""
_CODE = "landbridge.prospects.drivers.slope"


@dataclass(frozen=True, slots=True)
class Slope:
    """How the trade's yearly growth went along with a driver's: `b` with its standard error over `years` changes.

    `figure` is b in per cent of trade for a per cent of the driver, with the range that holds 95 % of it.
    """

    driver: str
    b: float
    error: float
    years: int
    figure: Figure

    @property
    def told(self) -> bool:
        """Whether the range of the slope leaves out zero."""
        assert self.figure.low is not None
        assert self.figure.high is not None
        return self.figure.low > 0 or self.figure.high < 0

    def shift(self, state: float, horizon: int, draws: int, seed: int) -> NDArray[np.float64]:
        """What a state at the horizon adds to the logs of the paths, float64[draws, horizon]."""
        from scipy import stats  # type: ignore[import-untyped]

        drawn = self.b + self.error * stats.t.rvs(
            self.years - 2, size=draws, random_state=np.random.default_rng(seed)
        )
        reached = np.arange(1, horizon + 1) / horizon
        return np.asarray(drawn[:, None] * (math.log(state) * reached)[None, :], dtype=np.float64)


def slope(driver: str, figures: dict[str, Figure], years: dict[str, Figure]) -> Slope | Unavailable:
    """The slope of a trade series on a driver, over the years in which both changed; `Unavailable` with under eight."""
    called = NAMES.get(driver, driver)
    changed = [
        year
        for year in sorted(years)
        if all(before in held for before in (str(int(year) - 1),) for held in (years, figures))
        and year in figures
    ]
    if len(changed) < LEAST:
        missing = [year for year in sorted(years) if year not in figures]
        gap = f" Not held of it: {', '.join(missing)}." if missing and figures else ""
        return Unavailable(
            f"{called}: {len(changed)} yearly changes are held together with this trade, and a slope needs {LEAST}.{gap}"
        )
    y = np.array([_change(years, year) for year in changed])
    x = np.array([_change(figures, year) for year in changed])
    spread = float(((x - x.mean()) ** 2).sum())
    b = float(((x - x.mean()) * (y - y.mean())).sum()) / spread
    left = y - y.mean() - b * (x - x.mean())
    error = math.sqrt(float((left**2).sum()) / (len(y) - 2) / spread)
    from scipy import stats

    reach = float(stats.t.ppf(0.975, len(y) - 2)) * error
    figure = derive(
        f"Change of the trade that went along with one per cent of: {called}",
        b,
        "%",
        [held[year] for year in changed for held in (years, figures)],
        _CODE,
        low=b - reach,
        high=b + reach,
        note=f"Least squares over {len(changed)} yearly changes; the range holds 95 %. Not a cause.",
    )
    return Slope(driver, b, error, len(changed), figure)


def _change(figures: dict[str, Figure], year: str) -> float:
    return math.log(figures[year].point / figures[str(int(year) - 1)].point)
