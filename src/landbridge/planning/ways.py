"""Which borders lie on the way between two countries over land."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import polars as pl

Border = frozenset[str]


def borders_between(pairs: pl.DataFrame, place_a: str, place_b: str) -> frozenset[Border]:
    """The borders crossed on the shortest ways over land between two countries, and on ways with one border more.

    A way goes from neighbour to neighbour and with every step comes nearer to its end, in either direction, by
    population-weighted distance; for neighbours their own border alone counts. `pairs`: exporter, importer,
    distance_km, contiguous. Empty where no land way leads, or distances are not held.
    """
    edges: dict[str, list[str]] = {}
    touching = pairs.filter(pl.col("contiguous").cast(pl.Boolean)).select("exporter", "importer")
    for here, there in touching.iter_rows():
        edges.setdefault(here, []).append(there)
    if place_b in edges.get(place_a, ()):
        return frozenset({frozenset((place_a, place_b))})
    there = _borders(edges, _distances(pairs, place_b), place_a, place_b)
    return there & _borders(edges, _distances(pairs, place_a), place_b, place_a)


def _distances(pairs: pl.DataFrame, end: str) -> dict[str, float]:
    near = pairs.filter(pl.col("importer") == end).select("exporter", "distance_km")
    return {**dict(near.drop_nulls().iter_rows()), end: 0.0}


def _borders(
    edges: Mapping[str, list[str]], distance: Mapping[str, float], start: str, end: str
) -> frozenset[Border]:
    ways: list[tuple[str, ...]] = [(start,)] if start in distance else []
    arrived: list[tuple[str, ...]] = []
    while ways and (not arrived or len(ways[0]) <= len(arrived[0])):
        longer = [
            (*way, place)
            for way in ways
            for place in sorted(edges.get(way[-1], ()))
            if place in distance and distance[place] < distance[way[-1]]
        ]
        arrived += [way for way in longer if way[-1] == end]
        ways = [way for way in longer if way[-1] != end]
    return frozenset(frozenset(step) for way in arrived for step in itertools.pairwise(way))
