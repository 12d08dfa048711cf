"""Time and memory of gravity estimates, beside pyfixest where it can be imported.

    python scripts/bench_gravity.py [--panel PANEL.parquet] [--trade TRADE.parquet] [--runs 7] [--large]

PANEL is the Advanced Guide's panel (exporter, importer, pair_id, year, trade, dist, cntg, lang, clny, rta), TRADE the data
set `trade` of fixest (origin, destination, product, year, dist_km, value_eur). Without PANEL a synthetic one of the same
shape is drawn. Both programs run in this process, in turns, after one call each that is not counted; whole public calls
are timed, from frame to clustered standard errors. Compile time and peak memory are measured in processes of their own.
`--large` fits ten million rows with three effects in a process of its own, and needs no other option.

The script reports and does not judge, because a loaded machine would make any verdict a lie.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

YEARS = [1986, 1990, 1994, 1998, 2002, 2006]
DISTANCE = "log_dist + cntg + lang + clny"
TRIAD = 10_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """One estimate: what both programs are asked for."""

    name: str
    frame: pl.DataFrame
    formula: str
    effects: tuple[str, ...]
    cluster: str


def synthetic(countries: int, years: int, seed: int = 1) -> pl.DataFrame:
    """A panel of all pairs of countries in all years, with the columns of the Advanced Guide's."""
    rng = np.random.default_rng(seed)
    i, j, t = (
        axis.ravel()
        for axis in np.meshgrid(
            *(np.arange(n, dtype=np.int32) for n in (countries, countries, years)), indexing="ij"
        )
    )
    low, high = np.minimum(i, j), np.maximum(i, j)
    place = rng.uniform(0, 100, size=(countries, 2))
    size = rng.normal(scale=1.5, size=(2, countries, years))
    dist = 100.0 * np.hypot(*(place[i] - place[j]).T) + 50.0
    between = {name: (rng.random((countries, countries)) < share)[low, high] for name, share in
               (("cntg", 0.03), ("lang", 0.2), ("clny", 0.05), ("partners", 0.4))}  # fmt: skip
    rta = (
        between["partners"] & (t >= rng.integers(0, 2 * years, (countries, countries))[low, high]) & (i != j)
    )
    level = size[0, i, t] + size[1, j, t] - 0.8 * np.log(dist) + 0.5 * rta + 3.0 * (i == j)
    mean = np.exp(level + rng.normal(size=(countries, countries))[low, high])
    trade = mean * rng.gamma(0.6, 1 / 0.6, len(mean)) * ((rng.random(len(mean)) > 0.08) | (i == j))
    return pl.DataFrame(
        {"exporter": i, "importer": j, "year": t + YEARS[0], "pair_id": high * (high + 1) // 2 + low + 1,
         "trade": trade, "dist": dist, "rta": rta, "cntg": between["cntg"], "lang": between["lang"],
         "clny": between["clny"]}
    ).with_columns(pl.col("rta", "cntg", "lang", "clny").cast(pl.Int16)).sort("year", "exporter", "importer")  # fmt: skip


OWN = pl.col("exporter") == pl.col("importer")


def annual(panel: pl.DataFrame) -> Case:
    """The headline: all years, three effects, domestic trade under one pair."""
    panel = panel.with_columns(pair=pl.when(OWN).then(0).otherwise("pair_id"))
    return Case(
        "three-way, annual", panel, "trade ~ rta", ("exporter^year", "importer^year", "pair"), "pair_id"
    )


def cases(panel: pl.DataFrame, trade: pl.DataFrame | None) -> list[Case]:
    """The estimates of the Advanced Guide's Tables 1 and 3 and of the fixest documentation."""
    first = annual(panel)
    panel = first.frame.with_columns(
        log_dist=pl.col("dist").log(),
        border=pl.when(OWN)
        .then("exporter")
        .otherwise(pl.lit("-") if panel["exporter"].dtype == pl.String else -1),
    )
    spaced = panel.filter(pl.col("year").is_in(YEARS))
    ey, iy = "exporter^year", "importer^year"
    found = [
        first,
        Case("two-way (t1c4)", spaced.filter(~OWN), f"trade ~ {DISTANCE}", (ey, iy), "pair_id"),
        Case("three-way, spaced (t3c4)", spaced, "trade ~ rta", (ey, iy, "pair"), "pair_id"),
        Case("borders (t3c3)", spaced, f"trade ~ {DISTANCE} + rta", (ey, iy, "border"), "pair_id"),
    ]
    if trade is not None:
        trade = trade.with_columns(log_dist=pl.col("dist_km").log())
        effects = ("origin", "destination", "product", "year")
        found.append(Case("four-way (fixest trade)", trade, "value_eur ~ log_dist", effects, "origin"))
    return found


def ours(case: Case) -> Any:
    """The whole public call."""
    from landbridge.gravity import fit

    return fit(case.frame, case.formula, effects=case.effects, cluster=case.cluster)


def theirs(case: Case, **tolerances: float) -> Callable[[], Any]:
    """The same call of pyfixest, its frame made ready beforehand."""
    import pyfixest  # type: ignore[import-not-found]

    frame = case.frame.to_pandas()
    formula = f"{case.formula} | {' + '.join(case.effects)}"

    def call() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pyfixest.fepois(formula, data=frame, vcov={"CRV1": case.cluster}, **tolerances)

    return call


def timed(calls: list[Callable[[], Any]], runs: int) -> list[float]:
    """The median seconds of each call, the calls taking turns."""
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(runs):
        for call, own in zip(calls, seconds, strict=True):
            begun = time.perf_counter()
            call()
            own.append(time.perf_counter() - begun)
    return [float(np.median(own)) for own in seconds]


def compare(case: Case, runs: int, peer: bool) -> None:
    """One row of the table: both medians, their ratio, the steps, and how far the coefficients are apart."""
    fit = ours(case)
    inner = sum(step.inner for step in fit.steps)
    steps = f"{fit.n:>8,}{len(fit.steps):>7}{inner:>8}"
    if not peer:
        (mine,) = timed([lambda: ours(case)], runs)
        print(f"{case.name:<26}{steps}{mine:>10.4f}")
        return
    call = theirs(case)
    call()
    mine, other = timed([lambda: ours(case), call], runs)
    exact = theirs(case, fixef_tol=1e-11, iwls_tol=1e-11)().coef()
    terms = [str(term) for term in fit.terms]
    apart = max(abs(float(exact[term]) - value) for term, value in zip(terms, fit.estimates, strict=True))
    print(f"{case.name:<26}{steps}{mine:>10.4f}{other:>10.4f}{other / mine:>8.1f}{apart:>11.1e}")


def multiplication(fit: Any, runs: int) -> tuple[float, int]:
    """Seconds of one multiplication by the normal equations at the solution, and the bytes that it reads."""
    from landbridge.gravity.absorb import weighted
    from landbridge.gravity.layout import arrange

    layout = arrange(tuple(effect.codes for effect in fit.absorbed), fit.observed)
    system = weighted(layout, fit.fitted[layout.order])
    v, none = np.ones(system.levels), np.empty(0)
    (once,) = timed([lambda: system.multiply(v, none, none)], runs)
    return once, fit.n * (8 + 4 * len(layout.kept))


def kernel(case: Case, runs: int) -> None:
    """The kernel alone, the time of one multiplication, and what memory bandwidth would allow."""
    from landbridge.gravity.ppml import poisson

    fit = ours(case)
    effects = tuple(effect.codes for effect in fit.absorbed)
    (whole,) = timed([lambda: poisson(fit.observed, fit.x, effects)], runs)
    once, moved = multiplication(fit, 20 * runs)
    n = fit.n
    cached, memory = bandwidth(n, 200), bandwidth(TRIAD, 3)
    print(
        f"\n{case.name}: kernel {1e3 * whole:.1f} ms; one multiplication {1e6 * once:.0f} us, {1e9 * once / n:.2f} ns a row"
    )
    print(
        f"  moves {moved / 1e6:.2f} MB; triad of the same length {cached:.1f} GB/s -> bound {moved / cached / 1e3:.0f} us"
    )
    print(f"  triad of {TRIAD:,} doubles {memory:.1f} GB/s -> bound {moved / memory / 1e3:.0f} us")


def bandwidth(length: int, runs: int) -> float:
    """GB/s of a = b + s c over doubles, one thread, 24 bytes a row, best of the runs."""
    from numba import njit

    @njit(fastmath=True)
    def triad(a: Any, b: Any, c: Any, s: float) -> None:
        for i in range(a.size):
            a[i] = b[i] + s * c[i]

    a, b, c = np.zeros(length), np.ones(length), np.ones(length)
    triad(a, b, c, 2.0)
    best = np.inf
    for _ in range(runs):
        begun = time.perf_counter()
        triad(a, b, c, 2.0)
        best = min(best, time.perf_counter() - begun)
    return 24.0 * length / best / 1e9


def alone(arguments: list[str], cache: str) -> dict[str, float]:
    """What this script prints as JSON when it is run with the arguments in a process of its own."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    done = subprocess.run(
        [sys.executable, __file__, *arguments], check=True, capture_output=True, env=environment, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def peak() -> float:
    """Peak memory of this process in MB. Not `ru_maxrss`: a child inherits that from the process that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def first_call(path: str | None) -> None:
    """In a process of its own: import, first and second call of the annual three-way estimate, as JSON."""
    panel = pl.read_parquet(path) if path else synthetic(69, 21)
    case = annual(panel)
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        ours(case)
        seconds.append(time.perf_counter() - begun)
    print(json.dumps({"first": seconds[0], "warm": seconds[2], "peak": peak()}))


def large() -> None:
    """Ten million rows, three effects: 400 countries, 63 years, 80,200 pairs."""
    frame = synthetic(400, 63).select("exporter", "importer", "year", "pair_id", "trade", "rta")
    case = Case("ten million", frame, "trade ~ rta", ("exporter^year", "importer^year", "pair_id"), "pair_id")
    begun = time.perf_counter()
    fit = ours(case)
    seconds = time.perf_counter() - begun
    inner = sum(step.inner for step in fit.steps)
    top = peak()
    once, moved = multiplication(fit, 5)
    print(json.dumps({"rows": fit.n, "seconds": seconds, "steps": len(fit.steps), "inner": inner,
                      "estimate": float(fit.estimates[0]), "peak": top, "once": once,
                      "bound": moved / bandwidth(TRIAD, 3) / 1e9}))  # fmt: skip


def processes(path: str | None) -> None:
    """Compile time with an empty cache, the first call with a full one, and peak memory."""
    arguments = ["--first-call", *(["--panel", path] if path else [])]
    with tempfile.TemporaryDirectory() as cache:
        empty = alone(arguments, cache)
        full = alone(arguments, cache)
    print(
        f"\nfirst call, nothing compiled {empty['first']:.2f} s; compiled before {full['first']:.2f} s",
        end="; ",
    )
    print(f"warm {full['warm']:.3f} s")
    print(f"peak memory of that process {full['peak']:.0f} MB")


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panel")
    parser.add_argument("--trade")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--first-call", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--large-call", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.first_call:
        first_call(chosen.panel)
        return
    if chosen.large_call:
        large()
        return
    if chosen.large:
        cache = os.environ.get("NUMBA_CACHE_DIR") or str(Path(tempfile.gettempdir()) / "landbridge-numba")
        found = alone(["--large-call"], cache)
        print(f"{found['rows']:,} rows: {found['seconds']:.1f} s, {found['steps']} Newton steps", end=", ")
        print(
            f"{found['inner']} multiplications, peak memory {found['peak'] / 1024:.1f} GB, rta {found['estimate']:.4f}"
        )
        print(f"one multiplication {1e3 * found['once']:.0f} ms; memory bound {1e3 * found['bound']:.0f} ms")
        return
    peer = importlib.util.find_spec("pyfixest") is not None
    panel = pl.read_parquet(chosen.panel) if chosen.panel else synthetic(69, 21)
    trade = pl.read_parquet(chosen.trade) if chosen.trade else None
    print(
        "Seconds of the whole call, median, warm."
        + ("" if peer else " pyfixest is not installed: ours only.")
    )
    head = f"{'estimate':<26}{'rows':>8}{'steps':>7}{'inner':>8}{'ours':>10}"
    print(head + (f"{'pyfixest':>10}{'ratio':>8}{'apart':>11}" if peer else ""))
    every = cases(panel, trade)
    for case in every:
        compare(case, chosen.runs, peer)
    for case in every[:2]:
        kernel(case, chosen.runs)
    processes(chosen.panel)


if __name__ == "__main__":
    main()
