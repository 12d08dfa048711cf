"""The prior of a table of trade between regions: gravity with sizes, distances and common borders, drawn over ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage

Array = NDArray[np.float64]
Ends = tuple[float, float]

GRAVITY, PROPORTIONAL = "gravity", "proportional"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Ranges of what is not known; a draw takes each uniformly, the central case takes the middle. All are assumed.

    `elasticity`: of trade to distance; around the customary -0.9 to -1 (Disdier and Head 2008). `detour`: length of a
    route over the great circle, drawn for each pair of regions, because a factor common to all pairs cancels.
    `border`: log points added where two regions touch. `softness`: power (`balancing.Side`) with which trade with all
    partners pulls; `published`: that of published trade with the partner itself, where it is no hard range. `carried`:
    standard error, in logs for each year, of a figure carried to another year.
    """

    elasticity: Ends = (-1.3, -0.6)
    detour: Ends = (1.2, 1.6)
    border: Ends = (0.3, 0.9)
    softness: Ends = (0.2, 0.8)
    published: Ends = (0.8, 0.98)
    carried: float = 0.15

    def __post_init__(self) -> None:
        for name in ("elasticity", "detour", "border", "softness", "published"):
            low, high = getattr(self, name)
            if not low <= high:
                raise BadUsage(f"{name}: the range ends below its beginning ({low}, {high}).")
        soft = all(0 <= low <= high < 1 for low, high in (self.softness, self.published))
        if self.elasticity[1] > 0 or self.detour[0] < 1 or not soft or self.carried < 0:
            raise BadUsage(
                "elasticity must not be positive, a detour not below 1, a power from 0 to below 1, an error not negative.",
                remedy="The defaults are in docs/explanation/potential-regions.md.",
            )


@dataclass(frozen=True, slots=True)
class Drawn:
    """Priors by draw: `values` (draw + 1, 1, row, column), the first of them central, and `softness` (draw + 1)."""

    values: Array
    softness: Array


def gravity(
    row_sizes: Array,
    column_sizes: Array,
    distance_km: Array,
    touching: NDArray[np.bool_],
    assumed: Assumptions,
    draws: int,
    rng: np.random.Generator,
    kind: str = GRAVITY,
) -> Drawn:
    """Size times size times distance to a power, with a bonus for a common border.

    `row_sizes` (draw + 1 or 1, row) and `column_sizes` (draw + 1 or 1, column) > 0, in any unit; `distance_km` (row,
    column) > 0; `touching` (row, column). With `kind` `proportional` sizes alone count.
    """
    if np.any(row_sizes <= 0) or np.any(column_sizes <= 0):
        raise BadSample("a size is zero or negative.", remedy="Leave out regions without output.")
    sizes = row_sizes[:, :, None] * column_sizes[:, None, :]
    sizes = np.broadcast_to(sizes, (draws + 1, *sizes.shape[1:]))
    softness = drawn(assumed.softness, draws, rng)
    if kind == PROPORTIONAL:
        return Drawn(sizes[:, None].copy(), softness)
    if np.any(distance_km <= 0):
        raise BadSample("a distance is not positive, so its logarithm does not exist.")
    elasticity = drawn(assumed.elasticity, draws, rng)[:, None, None]
    border = drawn(assumed.border, draws, rng)[:, None, None]
    detour = rng.uniform(*assumed.detour, size=(draws + 1, *distance_km.shape))
    detour[0] = sum(assumed.detour) / 2
    logs = np.log(sizes) + elasticity * np.log(distance_km * detour) + border * touching
    return Drawn(np.exp(logs - logs.max(axis=(1, 2), keepdims=True))[:, None], softness)


def drawn(ends: Ends, draws: int, rng: np.random.Generator) -> Array:
    """Uniform draws from a range, (draw + 1,), the middle of it first."""
    values = rng.uniform(*ends, size=draws + 1)
    values[0] = sum(ends) / 2
    return values
