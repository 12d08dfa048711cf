"""Fill the lengths of the lines of the transport network that no published source gives.

    python scripts/measure_network.py tables/network_nodes.csv tables/network_links.csv

Run by hand when a line is added, not in the build. Rows whose length is `reported`, or `assumed` by hand (without the
note on great circles that this script writes), stay as they are. The rest is measured
station to station on the line geometry of the package scgraph_data (railways and highways of OpenStreetMap), at sea with
the package searoute, in the air and along pipelines from great circles. It needs, in an environment of its own,
scgraph 2.15, scgraph_data 2.0.0 and searoute 1.6.0.

The geometry knows neither gauge nor borders and has breaks, so each line is measured between neighbouring stations only,
and the result is refused where a station lies far from the nearest track or where the way is an implausible detour. Then
the length is the great circle times a usual ratio, with a wide range, and the note says so.
With --compare the reported lengths are measured too and the differences printed: they give the ranges below.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

EARTH_KM = 6371.0088
CELL_DEGREES = 0.25
MOST_SNAP_KM = 20.0  # a station farther than this from any track is not on the map
SPREAD_KM = 3.0  # tracks this much farther than the nearest one may be the right ones as well
BREAK_KM = 4.0  # loose ends closer than this are one line that was drawn in two pieces
MOST_DETOUR = 1.5  # of the great circle; beyond it the way found is not the line meant

GEOMETRY = {"rail-1520": "railways", "rail-1435": "railways", "road": "highways"}
LINES_SOURCE = "scgraph-data-2.0.0"
SEA_SOURCE = "searoute-1.6.0"
# Low, central and high length as multiples of the measured one. Rail: from the comparison with reported lengths
# (--compare): the drawing cuts curves, so the reported length is 1.01 (1520 mm) and 1.02 (1435 mm) times the measured one
# in the median. In China the shortest way may follow a high-speed line where freight takes a longer one: up to a tenth
# longer, more in mountains. Road: the published length of the road Chita-Khabarovsk is 1.11 times the measured one.
# Sea: not compared, a usual margin.
RANGES = {
    "rail-1520": (0.97, 1.01, 1.07),
    "rail-1435": (0.97, 1.02, 1.12),
    "road": (0.96, 1.03, 1.15),
    "sea": (0.95, 1.00, 1.10),
}
# Usual ratio of a line to the great circle, with its range, for what could not be measured.
RATIOS = {
    "rail-1520": (1.08, 1.25, 1.55),
    "rail-1435": (1.08, 1.25, 1.55),
    "road": (1.10, 1.30, 1.60),
    "sea": (1.02, 1.30, 2.00),
    "air": (1.00, 1.03, 1.15),
    "crude-pipe": (1.03, 1.15, 1.40),
    "gas-pipe": (1.03, 1.15, 1.40),
}
FALLBACK = "great circle times"

Point = tuple[float, float]
Row = dict[str, str]


def great_circle(a: Point, b: Point) -> float:
    """Kilometres between two points (latitude, longitude in degrees) on a sphere."""
    phi_a, phi_b = math.radians(a[0]), math.radians(b[0])
    half = math.sin((phi_b - phi_a) / 2) ** 2
    half += math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


@dataclass(frozen=True, slots=True)
class Geometry:
    """Points of a line map, the arcs between them in kilometres, and a grid to find points by place."""

    points: Sequence[Point]
    arcs: Sequence[Mapping[int, float]]
    cells: Mapping[tuple[int, int], Sequence[int]]

    @classmethod
    def of(cls, points: Iterable[Sequence[float]], arcs: Sequence[Mapping[int, float]]) -> Geometry:
        """Index the points and join loose ends that nearly touch another line."""
        places = [(float(p[0]), float(p[1])) for p in points]
        cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i, point in enumerate(places):
            cells[cell(point)].append(i)
        joined = [dict(out) for out in arcs]
        raw = cls(places, arcs, cells)
        for i, out in enumerate(arcs):
            if len(out) - (i in out) > 1:
                continue
            for j, km in raw.around(places[i], BREAK_KM):
                if j != i and j not in out:
                    joined[i][j] = min(joined[i].get(j, math.inf), km)
                    joined[j][i] = min(joined[j].get(i, math.inf), km)
        return cls(places, joined, cells)

    def around(self, point: Point, reach_km: float) -> Iterator[tuple[int, float]]:
        """Points within reach, with their distance."""
        rows = math.ceil(reach_km / (111.0 * CELL_DEGREES))
        columns = math.ceil(rows / max(math.cos(math.radians(point[0])), 0.05))
        y, x = cell(point)
        for dy in range(-rows, rows + 1):
            for dx in range(-columns, columns + 1):
                for i in self.cells.get((y + dy, x + dx), ()):
                    km = great_circle(point, self.points[i])
                    if km <= reach_km:
                        yield i, km

    def access(self, point: Point) -> dict[int, float]:
        """Where a station may stand on the map: the nearest point and those hardly farther."""
        near = dict(self.around(point, MOST_SNAP_KM))
        if not near:
            return {}
        reach = min(near.values()) + SPREAD_KM
        return {i: km for i, km in near.items() if km <= reach}

    def length(self, a: Point, b: Point) -> float | None:
        """Length of the shortest way between two stations, or None where the map holds no plausible one."""
        straight = great_circle(a, b)
        starts, ends = self.access(a), self.access(b)
        limit = MOST_DETOUR * straight + SPREAD_KM
        queue = [(great_circle(self.points[i], b) + km, km, i) for i, km in starts.items()]
        heapq.heapify(queue)
        best: dict[int, float] = dict(starts)
        found = math.inf
        while queue and queue[0][0] < min(found, limit):
            _, km, i = heapq.heappop(queue)
            if km > best[i]:
                continue
            if i in ends:
                found = min(found, km + ends[i])
            for j, step in self.arcs[i].items():
                onward = km + step
                if onward < best.get(j, math.inf):
                    best[j] = onward
                    heapq.heappush(queue, (onward + great_circle(self.points[j], b), onward, j))
        return found if found <= limit else None


def cell(point: Point) -> tuple[int, int]:
    """Cell of the grid a point lies in."""
    return math.floor(point[0] / CELL_DEGREES), math.floor(point[1] / CELL_DEGREES)


def geometry(name: str) -> Geometry:
    """One of the line maps of scgraph_data."""
    module = import_module(f"scgraph_data.world_{name}")
    drawn: Any = getattr(module, f"world_{name}_geograph")
    return Geometry.of(drawn.nodes, drawn.graph)


def at_sea(a: Point, b: Point) -> float:
    """Length of the usual sea way, by the Suez Canal where that is shorter."""
    way: Any = import_module("searoute").searoute(
        [a[1], a[0]], [b[1], b[0]], units="km", append_orig_dest=True
    )
    return float(way.properties["length"])


def measured(row: Row, nodes: Mapping[str, Row], maps: dict[str, Geometry]) -> float | None:
    """Length of a line as drawn, or None."""
    a, b = (place(nodes[row[end]]) for end in ("a", "b"))
    if row["mode"] == "sea":
        return at_sea(a, b)
    if row["mode"] not in GEOMETRY:
        return None
    name = GEOMETRY[row["mode"]]
    if name not in maps:
        maps[name] = geometry(name)
    return maps[name].length(a, b)


def by_hand(row: Row) -> bool:
    """Whether a person gave the length: reported, or assumed without the phrase this script writes."""
    status = row["length_km_status"]
    return status == "reported" or (status == "assumed" and FALLBACK not in row["note"])


def place(node: Row) -> Point:
    """Latitude and longitude of a node."""
    return float(node["lat"]), float(node["lon"])


def filled(row: Row, nodes: Mapping[str, Row], maps: dict[str, Geometry]) -> Row:
    """The row with length, range, status, source and note."""
    kept = [part for part in row["note"].split("; ") if part and not part.startswith(FALLBACK)]
    km = measured(row, nodes, maps)
    if km is not None:
        bounds = tuple(km * share for share in RANGES[row["mode"]])
        status, source = "estimated", SEA_SOURCE if row["mode"] == "sea" else LINES_SOURCE
    else:
        ends = [nodes[row[end]] for end in ("a", "b")]
        straight = great_circle(place(ends[0]), place(ends[1]))
        low, value, high = RATIOS[row["mode"]]
        bounds = tuple(straight * ratio for ratio in (low, value, high))
        # Points typed from memory carry no source: then the length is an assumption.
        sources = {end["source"] for end in ends}
        status = "assumed" if "" in sources else "estimated"
        source = "" if "" in sources else " ".join(sorted(sources))
        kept.insert(0, f"{FALLBACK} {value:g} ({low:g} to {high:g})")
    texts = [f"{max(x, 0.5):.1f}" if x < 20 else f"{x:.0f}" for x in bounds]
    lengths = {f"length_km_{name}": text for name, text in zip(("low", "value", "high"), texts, strict=True)}
    return row | lengths | {"length_km_status": status, "length_km_source": source, "note": "; ".join(kept)}


def compare(rows: Iterable[Row], nodes: Mapping[str, Row], maps: dict[str, Geometry]) -> None:
    """Print how measured lengths differ from the reported ones."""
    ratios: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        km = measured(row, nodes, maps) if row["length_km_status"] == "reported" else None
        if km is not None:
            ratio = km / float(row["length_km_value"])
            ratios[row["mode"]].append(ratio)
            print(
                f"{row['link']:45s} reported {row['length_km_value']:>6s} measured {km:7.0f} ratio {ratio:.3f}"
            )
    for mode, found in ratios.items():
        print(
            f"{mode}: {len(found)} lines, ratio {min(found):.3f} to {max(found):.3f}, median {median(found):.3f}"
        )


def read(path: Path) -> list[Row]:
    """Rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Parse the call, measure, write the table of lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("nodes", type=Path, help="table of nodes")
    parser.add_argument("links", type=Path, help="table of lines, written in place")
    parser.add_argument("--compare", action="store_true", help="only compare with the reported lengths")
    options = parser.parse_args()
    nodes = {row["node"]: row for row in read(options.nodes)}
    rows = read(options.links)
    maps: dict[str, Geometry] = {}
    if options.compare:
        compare(rows, nodes, maps)
        return
    done = [row if by_hand(row) else filled(row, nodes, maps) for row in rows]
    with options.links.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(done)


if __name__ == "__main__":
    main()
