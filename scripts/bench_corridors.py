"""Time of routes, queues, assignment and the ranking of bottlenecks, as ratios to what was promised and to a peer.

    python scripts/bench_corridors.py [--peer PYTHON] [--tntp FOLDER] [--runs 15] [--ranking]

PYTHON is an interpreter that has networkx: it looks for the same cheapest routes on the same graph in a process of its own.
FOLDER holds the Sioux Falls network of the Transportation Networks for Research collection (net and trips). `--ranking`
adds the whole ranking of China and Russia with 200 draws, which takes a minute or two on two cores.

Calls are timed warm, least and median of the clock. The script reports and does not judge, because a loaded machine
would make any verdict a lie.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

import landbridge as lb
from landbridge.corridors import least_costs, queues, simulation
from landbridge.corridors.network import FAMILY
from landbridge.corridors.states import states
from landbridge.release import Data

PAIRS = (
    ("CN-CQ", "BY-HM"),
    ("CN-HL", "RU-MOW"),
    ("CN-SH", "RU-SPE"),
    ("RU-KEM", "CN-HL"),
    ("CN-XJ", "BY-VI"),
)
BEST = 3
ROUTES_MS, MATRIX_MS, RANKING_S = 10.0, 50.0, 120.0

PEER = """
import itertools, json, sys, time
import networkx as nx, numpy as np
held = np.load(sys.argv[1])
graph = nx.DiGraph()
graph.add_weighted_edges_from(zip(held["tails"].tolist(), held["heads"].tolist(), held["weights"].tolist()))
best, runs, took, costs = int(held["best"]), int(held["runs"]), [], []
for source, sink in held["pairs"].tolist():
    laps = []
    for _ in range(runs):
        begun = time.perf_counter()
        found = list(itertools.islice(nx.shortest_simple_paths(graph, source, sink, weight="weight"), best))
        laps.append(time.perf_counter() - begun)
    took.append(min(laps))
    costs.append([nx.path_weight(graph, path, "weight") for path in found])
print(json.dumps({"seconds": took, "costs": costs, "version": nx.__version__}))
"""


def timed(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """Least and median seconds of a call that was made once before."""
    work()
    laps = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        laps.append(time.perf_counter() - begun)
    return min(laps), float(np.median(laps))


def told(what: str, least: float, median: float, promise: float | None = None) -> None:
    """One line of the report."""
    ratio = "" if promise is None else f"   {least / promise:5.2f} of what was promised"
    print(f"{what:58s} {1e3 * least:10.2f} ms least {1e3 * median:10.2f} ms median{ratio}")


def routing(data: Data, runs: int, peer: str | None) -> None:
    """The three cheapest routes of some pairs: distinct ones, plain ones, and those of the peer."""
    corridors = data.corridors
    regions = [node.id for node in corridors.network.nodes.values() if node.kind == "region"]
    for origin, destination in PAIRS:
        ask = partial(corridors.routes, origin, destination, best=BEST, sector="C28")
        told(f"{BEST} distinct routes {origin} to {destination}", *timed(ask, runs), ROUTES_MS / 1e3)
    cargo = corridors.cargo("CHN", "RUS", "C28")
    matrix = partial(least_costs, corridors.network, regions, regions, cargo)
    told(f"costs between all {len(regions)} regions", *timed(matrix, runs), MATRIX_MS / 1e3)
    if peer is None:
        return
    graph = states(corridors.network, cargo)
    weights = graph.weights(cargo)
    ends = [(graph.gates_out[a], graph.gates_in[b]) for a, b in PAIRS]
    own = []
    for origin, destination in PAIRS:
        ask = partial(
            corridors.routes,
            origin,
            destination,
            best=BEST,
            cargo=cargo,
            distinct=False,
            modes=FAMILY.values(),
        )
        own.append((timed(ask, runs)[0], ask()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.npz"
        pairs = np.array(ends)
        np.savez(path, tails=graph.tails, heads=graph.heads, weights=weights, pairs=pairs, best=BEST, runs=3)
        done = subprocess.run([peer, "-c", PEER, str(path)], capture_output=True, text=True, check=True)
    theirs = json.loads(done.stdout)
    for (a, b), (least, found), seconds, costs in zip(
        PAIRS, own, theirs["seconds"], theirs["costs"], strict=True
    ):
        mine = [route.generalised_usd_t.value for route in found.routes]
        off = max(abs(x / y - 1.0) for x, y in zip(mine, costs, strict=True))
        print(
            f"{BEST} plain routes {a} to {b}: {1e3 * least:.2f} ms, networkx {theirs['version']} {1e3 * seconds:.1f} ms, "
            f"{seconds / least:.0f} times; costs differ by {off:.1e}"
        )


def waiting(runs: int) -> None:
    """One exact queue, and a million customers simulated."""
    told("M/M/17 by formula", *timed(partial(queues.mmc, 16.0, 1.0, 17), runs))
    million = partial(simulation.simulate, 16.0, 1.0, 17, customers=1_000_000, seed=1)
    told("G/G/17, a million customers simulated", *timed(million, max(3, runs // 5)))


def assignment(folder: Path, runs: int) -> None:
    """User equilibrium on Sioux Falls to a relative gap of 1e-12."""
    from landbridge.corridors.assignment import user_equilibrium

    rows = []
    for line in next(folder.glob("*net.tntp")).read_text().split("<END OF METADATA>")[1].splitlines():
        cells = line.strip().rstrip(";").split()
        if cells and not line.strip().startswith("~"):
            rows.append([float(cell) for cell in cells])
    links = np.array(rows)
    tail, head = links[:, 0].astype(int) - 1, links[:, 1].astype(int) - 1
    count = int(max(tail.max(), head.max())) + 1
    demand = np.zeros((count, count))
    origin = 0
    for line in next(folder.glob("*trips.tntp")).read_text().split("<END OF METADATA>")[1].splitlines():
        if line.startswith("Origin"):
            origin = int(line.split()[1]) - 1
        for cell in filter(str.strip, line.split(";") if ":" in line else ()):
            zone, trips = cell.split(":")
            demand[origin, int(zone) - 1] = float(trips)
    solve = partial(
        user_equilibrium, tail, head, links[:, 4], links[:, 2], demand, b=links[:, 5], power=links[:, 6]
    )
    told("Sioux Falls to a relative gap of 1e-12", *timed(solve, runs))
    print(f"   objective {solve().objective:.8f}, gap {solve().gap:.1e}")


def ranking(data: Data) -> None:
    """The whole ranking of China and Russia."""
    begun = time.perf_counter()
    found = lb.bottlenecks(data, "CHN", "RUS")
    took = time.perf_counter() - begun
    print(
        f"{len(found.candidates)} candidates x {found.draws} draws, {len(found.solved)} of them solved in every draw: "
        f"{took:.0f} s, {took / RANKING_S:.2f} of what was promised"
    )


def main() -> None:
    """Time everything that was asked for."""
    parser = argparse.ArgumentParser(description="Time corridors and rankings.")
    parser.add_argument("--peer", default=None)
    parser.add_argument("--tntp", type=Path, default=None)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--ranking", action="store_true")
    asked = parser.parse_args()
    data = lb.load()
    routing(data, asked.runs, asked.peer)
    waiting(asked.runs)
    if asked.tntp is not None:
        assignment(asked.tntp, asked.runs)
    if asked.ranking:
        ranking(data)


if __name__ == "__main__":
    main()
