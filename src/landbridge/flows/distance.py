"""Population-weighted distance between two places: a kernel on points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0


def great_circle_km(first: Array, second: Array) -> Array:
    """Great-circle distances in km between points (n, 2) and (m, 2), latitude and longitude in degrees: (n,
    m).
    """
    lat_a, lon_a = np.radians(first[:, 0])[:, None], np.radians(first[:, 1])[:, None]
    lat_b, lon_b = np.radians(second[:, 0])[None, :], np.radians(second[:, 1])[None, :]
    half = np.sin((lat_a - lat_b) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_a - lon_b) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))), dtype=np.float64)


def weighted_km(
    first: Array, second: Array, shares_first: Array, shares_second: Array, floor_km: float
) -> float:
    """Harmonic mean distance in km of two places, each a set of cities with shares of its population.

    Points as in `great_circle_km`; shares (n,) and (m,) add up to one. The harmonic mean is the aggregation
    under which a distance elasticity of trade of -1 is the same for cities and for the places made of them
    (Head and Mayer 2002, Illusory Border Effects). `floor_km` stands for distances shorter than that, above
    all a city's distance to itself.
    """
    distances = np.maximum(great_circle_km(first, second), floor_km)
    return float(1.0 / (shares_first @ (1.0 / distances) @ shares_second))


def floor_km(area_km2: float, cities: int) -> float:
    """Mean distance in km within one city's hinterland: 0.67 times the radius of an equal share of the area.

    The factor 0.67 is that of Head and Mayer (2002) for a disc with production at the centre.
    """
    return max(0.67 * float(np.sqrt(area_km2 / (np.pi * cities))), 1.0)
