"""Time and rounds of equilibria in changes, as ratios to what was promised and to other ways of solving them.

    python scripts/bench_equilibrium.py [--panel PANEL.parquet] [--peer PYTHON] [--runs 15] [--draws 1000]

PANEL is the Advanced Guide's panel (exporter, importer, year, trade, dist, cntg; domestic trade included), of which 2006 is
used; without it an economy of 69 countries is drawn. PYTHON is an interpreter that has gegravity: it solves the same data
in a process of its own, at 30 and at all countries (the latter takes minutes on a slow machine). The many-sector task has
a plain NumPy program beside it, the wage tatonnement of replication packages with a dense solve for spending in each step.

Whole public calls are timed, warm: least and median of the clock, and the median time the processor spent on them, which
a busy machine stretches less. The ratio is the least over the promise, made for two idle cores. The script reports and does
not judge, because a loaded machine would make any verdict a lie.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import landbridge as lb
from landbridge.equilibrium import (
    Baseline,
    Equilibrium,
    armington,
    baseline,
    caliendo_parro,
    conditional,
    solve,
)
from landbridge.errors import NotConverged

Array = NDArray[np.float64]

THETA = 4.0
ONE_SECTOR_THETA = 6.0
EUROPE = ("AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN "
          "SWE USA CAN JPN")  # fmt: skip

PEER = """
import json, sys, time, warnings
import numpy as np, pandas as pd, gegravity as ge
warnings.simplefilter("ignore")
data = np.load(sys.argv[1])
n = len(data["output"])
name = [f"c{i:03d}" for i in range(n)]
i, j = (axis.ravel() for axis in np.indices((n, n)))
frame = pd.DataFrame({"exporter": [name[k] for k in i], "importer": [name[k] for k in j], "year": "2006",
                      "trade": data["flows"].ravel(), "Y": data["output"][i], "E": data["spending"][j],
                      "cost": data["cost"].ravel()})
weights = ge.CostCoeffs(pd.DataFrame({"var": ["cost"], "coeff": [1.0]}), identifier_col="var", coeff_col="coeff")
begun = time.perf_counter()
base = ge.BaselineData(frame, imp_var_name="importer", exp_var_name="exporter", year_var_name="year",
                       trade_var_name="trade", expend_var_name="E", output_var_name="Y")
model = ge.OneSectorGE(base, year="2006", expend_var_name="E", output_var_name="Y", cost_coeff_values=weights,
                       cost_variables=["cost"], reference_importer=name[-1], sigma=float(data["sigma"]), quiet=True)
model.build_baseline(mr_max_iter=100000)
changed = model.baseline_data.copy()
changed["cost"] = data["cost_new"].ravel()
model.define_experiment(changed)
model.simulate(ge_max_iter=100000)
seconds = time.perf_counter() - begun
of = [model.country_set[k] for k in name]
print(json.dumps({
    "seconds": seconds,
    "solved": all(v.success for v in model.solver_diagnostics.values()),
    "outward": [c._conditional_omr_ratio / c._baseline_omr_ratio for c in of],
    "inward": [c._conditional_imr_ratio / c._baseline_imr_ratio for c in of],
    "gdp": (1 + model.country_results["GDP change (percent)"].loc[name] / 100).tolist(),
}))
"""


@dataclass(frozen=True, slots=True)
class Times:
    """Least and median seconds of a call by the clock, and the median of the processor's time for it."""

    least: float
    median: float
    processor: float


def once(call: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of a call by the clock, and of this thread's work."""
    begun, worked = time.perf_counter(), time.thread_time()
    call()
    return time.perf_counter() - begun, time.thread_time() - worked


def timed(call: Callable[[], Any], runs: int) -> Times:
    """Times of a call, after one that is not counted."""
    call()
    seconds = np.array([once(call) for _ in range(runs)])
    least, (median, processor) = seconds[:, 0].min(), np.median(seconds, axis=0)
    return Times(float(least), float(median), float(processor))


HEAD = f"{'task':<48}{'promised':>10}{'least':>10}{'median':>10}{'processor':>11}{'ratio':>7}{'rounds':>8}{'gap':>8}"


def row(
    task: str, times: Times, target: float | None, rounds: object = "", residual: float | None = None
) -> None:
    """One line of the table, times in milliseconds."""
    promise = "" if target is None else f"{1e3 * target:g}"
    ratio = "" if target is None else f"{times.least / target:.2f}"
    gap = "" if residual is None else f"{residual:.0e}"
    clocks = "".join(f"{1e3 * value:>{wide}.2f}" for value, wide in
                     ((times.least, 10), (times.median, 10), (times.processor, 11)))  # fmt: skip
    print(f"{task:<48}{promise:>10}{clocks}{ratio:>7}{rounds!s:>8}{gap:>8}", flush=True)


@dataclass(frozen=True, slots=True)
class World:
    """One sector: `flows`, log `cost` to the power -theta and the same after the shock, all (N, N)."""

    flows: Array
    cost: Array
    cost_new: Array

    def part(self, count: int) -> World:
        """The places with most output among themselves, their trade that of the gravity model."""
        at = np.sort(np.argsort(-self.flows.sum(axis=1))[:count])
        some = self.flows[np.ix_(at, at)]
        cost, cost_new = self.cost[np.ix_(at, at)], self.cost_new[np.ix_(at, at)]
        return World(scaled(np.exp(cost), some.sum(axis=1), some.sum(axis=0)), cost, cost_new)

    @property
    def cost_hat(self) -> Array:
        """The change of cost."""
        return np.asarray(np.exp((self.cost_new - self.cost) / -ONE_SECTOR_THETA))


def scaled(table: Array, rows: Array, columns: Array) -> Array:
    """The table with its rows and columns scaled to sums."""
    for _ in range(2000):
        table = table * (rows / table.sum(axis=1))[:, None]
        table = table * (columns / table.sum(axis=0))
    return table


def world(path: str | None) -> World:
    """Observed flows of 2006 and a tenth off the estimated effect of borders, or a drawn world of 69 countries."""
    if path is None:
        rng = np.random.default_rng(1)
        spot, size = rng.uniform(0, 100, (69, 2)), np.exp(rng.normal(scale=1.5, size=69))
        abroad = ~np.eye(69, dtype=bool)
        apart = np.hypot(*(spot[:, None] - spot[None]).transpose(2, 0, 1)) + 5.0
        cost = -0.8 * np.log(apart) - 2.5 * abroad
        flows = scaled(np.exp(cost), size, size)
        return World(flows, cost, cost + 0.25 * abroad)
    panel = pl.read_parquet(path).filter(pl.col("year") == 2006).sort("exporter", "importer")
    panel = panel.with_columns(
        log_dist=pl.col("dist").log(), border=(pl.col("exporter") != pl.col("importer")).cast(pl.Int8)
    )
    terms = ["log_dist", "cntg", "border"]
    fit = lb.gravity.fit(panel, "trade ~ " + " + ".join(terms), ["exporter", "importer"])
    weight = dict(zip([str(term) for term in fit.terms], fit.estimates, strict=True))
    n = panel["exporter"].n_unique()
    square = {name: panel[name].to_numpy().astype(np.float64).reshape(n, n) for name in [*terms, "trade"]}
    cost = sum((float(weight[name]) * square[name] for name in terms), np.zeros((n, n)))
    return World(square["trade"], cost, cost - 0.1 * float(weight["border"]) * square["border"])


def peer(python: str, case: World) -> None:
    """gegravity on the same modelled flows: its time, and how far its two steps are from ours."""
    output, spending = case.flows.sum(axis=1), case.flows.sum(axis=0)
    weight = np.outer(output, spending) / output.sum() ** 2
    level = np.log((np.exp(case.cost) * weight).sum())  # its solver starts from ones
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "world.npz")
        np.savez(file, flows=case.flows, output=output, spending=spending, cost=case.cost - level,
                 cost_new=case.cost_new - level, sigma=ONE_SECTOR_THETA + 1)  # fmt: skip
        done = subprocess.run([python, "-c", PEER, file], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    theta, cost_hat = ONE_SECTOR_THETA, case.cost_hat
    mine = timed(lambda: armington(case.flows, theta=theta, cost_hat=cost_hat, deficits="multiplicative"), 9)
    held = conditional(case.flows, theta=theta, cost_hat=cost_hat)
    full = armington(case.flows, theta=theta, cost_hat=cost_hat, deficits="multiplicative")
    trade = cost_hat**-theta * np.outer(found["outward"], found["inward"])
    gdp = np.array(found["gdp"])
    with_held = held.unit_cost_hat / held.price_index_hat
    with_full = full.wage_hat / full.price_index_hat
    print(f"\ngegravity, {len(output)} countries: {found['seconds']:.2f} s (its solver reports success: {found['solved']}); "
          f"ours {1e3 * mine.least:.2f} ms, ratio {found['seconds'] / mine.least:,.0f}")  # fmt: skip
    print(
        f"  conditional step, flows: largest relative difference {np.abs(trade / held.flows_hat - 1).max():.0e}"
    )
    print(
        f"  its full step, real GDP: {np.abs(gdp / with_held - 1).max():.0e} from one over the product of our conditional"
    )
    print(
        f"  resistances, {100 * np.abs(gdp - with_full).max():.3f} percentage points (gains {_span(with_full)}) from the"
    )
    print("  equilibrium: it holds shares of output and spending at the baseline while prices move.")


def _span(hat: Array) -> str:
    return f"{100 * (hat.min() - 1):.2f} to {100 * (hat.max() - 1):.2f} %"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn economy: `flows` and `tariff` (S, N, N), `inputs` (S, S, N)."""

    flows: Array
    inputs: Array
    tariff: Array


def draw(sectors: int, places: int, seed: int, *, services: int = 0, tariffs: bool = False) -> Drawn:
    """Gravity in every sector, the last `services` of them sold at home only; accounts settled by going round them."""
    rng = np.random.default_rng(seed)
    spot, size = rng.uniform(0, 100, (places, 2)), np.exp(rng.normal(scale=1.0, size=places))
    apart = np.hypot(*(spot[:, None] - spot[None]).transpose(2, 0, 1)) + 5.0
    home = np.eye(places)
    weight = size[:, None] * np.exp(rng.normal(scale=0.8, size=(sectors, places, 1))) * apart**-0.9
    weight = weight * np.where(home > 0, 12.0, 1.0)
    weight[sectors - services :] *= home
    rates = rng.uniform(0, 0.2, (sectors, places, places)) * (1 - home) if tariffs else np.zeros_like(weight)
    rates[sectors - services :] = 0.0
    share = weight / weight.sum(axis=1, keepdims=True)
    inputs = rng.dirichlet(np.full(sectors, 0.3), (sectors, places)).transpose(2, 0, 1)
    inputs = inputs * rng.uniform(0.3, 0.7, (sectors, places))
    final = rng.dirichlet(np.full(sectors, 2.0), places).T
    own = 1.0 - inputs.sum(axis=0)
    bought = final * size
    for _ in range(60):
        flows = share / (1.0 + rates) * bought[:, None, :]
        made = flows.sum(axis=2)
        income = (own * made).sum(axis=0) + (rates * flows).sum(axis=(0, 1))
        bought = np.einsum("ksj,sj->kj", inputs, made) + final * income
    return Drawn(flows, inputs, rates)


def plain(base: Baseline, cost_hat: Array, tariff_new: Array, tol: float = 1e-10) -> tuple[Array, int]:
    """Real income by the wage tatonnement of replication packages, and its steps: prices for given wages by repetition,
    spending for given shares by one dense solve, wages up by a part of the excess demand for labour.
    """
    sectors, places = base.shape
    size = sectors * places
    bend = (cost_hat * (1 + tariff_new) / (1 + (0.0 if base.tariff is None else base.tariff))) ** -THETA
    moved = base.share * bend
    wage, price, world_output = np.ones(places), np.ones((sectors, places)), base.output.sum()
    for step in range(1, 2001):
        for _ in range(1000):
            cost = wage**base.value_added_share * np.exp(np.einsum("ksj,kj->sj", base.inputs, np.log(price)))
            new = (moved * cost[:, :, None] ** -THETA).sum(axis=1) ** (-1 / THETA)
            settled = np.abs(new / price - 1).max() < tol / 10
            price = new
            if settled:
                break
        share = moved * cost[:, :, None] ** -THETA / price[:, None, :] ** -THETA
        net = share / (1 + tariff_new)
        table = np.einsum("ksj,sjn->kjsn", base.inputs, net)
        levied = (tariff_new * net).sum(axis=1)
        at = np.arange(places)
        table[:, at, :, at] += base.final_share.T[:, :, None] * levied.T[:, None, :]
        income = wage * base.value_added + base.deficit
        right = (base.final_share * income).ravel()
        bought = np.linalg.solve(np.eye(size) - table.reshape(size, size), right).reshape(sectors, places)
        output = (net * bought[:, None, :]).sum(axis=2)
        asked = (base.value_added_share * output).sum(axis=0) / (wage * base.value_added)
        if np.abs(asked - 1).max() < tol:
            spending = income + (levied * bought).sum(axis=0)
            index = np.exp((base.final_share * np.log(price)).sum(axis=0))
            return spending / base.spending / index, step
        wage = wage * asked**0.5
        wage *= world_output / output.sum()
    raise NotConverged("the plain program did not clear its markets.")


def many_sectors(runs: int) -> None:
    """Caliendo and Parro's size: tariffs away, and tariffs doubled; beside the plain program."""
    made = draw(40, 31, 2, services=20, tariffs=True)
    base = baseline(made.flows, made.inputs, tariff=made.tariff)
    news = (np.zeros_like(made.tariff), 2 * made.tariff)

    def pair() -> list[Equilibrium]:
        start = baseline(made.flows, made.inputs, tariff=made.tariff)
        return [solve(start, theta=THETA, tariff_new=new) for new in news]

    found = pair()
    rounds = "+".join(str(one.iterations) for one in found)
    times = timed(pair, runs)
    row(
        "31 x 40, tariffs: baseline and a pair of solves",
        times,
        0.1,
        rounds,
        max(one.residual for one in found),
    )
    begun, worked = time.perf_counter(), time.process_time()
    others = [plain(base, np.ones_like(made.flows), new) for new in news]
    took, work = time.perf_counter() - begun, time.process_time() - worked
    apart = max(np.abs(a - b.real_income_hat).max() for (a, _), b in zip(others, found, strict=True))
    steps = "+".join(str(count) for _, count in others)
    row("  plain NumPy, dense solve per step", Times(took, took, work), None, steps)
    print(f"  ratio {took / times.least:.0f}; real income differs by at most {apart:.0e}")


def bilateral(places: tuple[str, ...], shape: tuple[int, ...]) -> Array:
    """Five per cent off the cost of all that China and Russia sell each other."""
    cost = np.ones(shape)
    i, j = places.index("CHN"), places.index("RUS")
    cost[:, i, j] = cost[:, j, i] = 0.95
    return cost


def embedded(runs: int) -> tuple[Baseline, int]:
    """The account of the release; the rounds it took."""
    account = lb.load().accounts
    base = baseline(account, final_share=account.final_share)
    cost = bilateral(account.places, base.flows.shape)
    found = solve(base, theta=THETA, cost_hat=cost)

    def whole() -> Equilibrium:
        return caliendo_parro(
            account.flows, account.inputs, theta=THETA, final_share=account.final_share, cost_hat=cost
        )

    places, sectors = base.shape[1], base.shape[0]
    named = f"{places} x {sectors} account"
    row(f"{named}, bilateral: solve", timed(lambda: solve(base, theta=THETA, cost_hat=cost), runs), 0.015,
        found.iterations, found.residual)  # fmt: skip
    row("  the whole call, baseline included", timed(whole, runs), None)
    return base, found.iterations


def large_shocks(base: Baseline, places: tuple[str, ...]) -> None:
    """Shocks far from the baseline on the account of the release: rounds and time, or why there is no result."""
    count = base.shape[1]
    home = np.eye(count, dtype=bool)
    china, russia = places.index("CHN"), places.index("RUS")
    bloc = [places.index(code) for code in EUROPE.split() if code in places]
    one = np.zeros_like(home)
    one[china, :] = one[:, china] = True
    banned = np.zeros_like(home)
    banned[russia, bloc] = banned[bloc, russia] = True
    shocks = (
        ("cost x 5, all trade of China", np.where(one & ~home, 5.0, 1.0), "additive"),
        ("cost x 5, all trade of all", np.where(~home, 5.0, 1.0), "multiplicative"),
        (f"embargo, Russia and {len(bloc)} economies", np.where(banned, np.inf, 1.0), "additive"),
        ("autarky of Russia", np.where((home[russia][:, None] ^ home[russia]), np.inf, 1.0), "removed"),
        ("cost x 1,000, all trade of all", np.where(~home, 1000.0, 1.0), "removed"),
        ("autarky of all", np.where(~home, np.inf, 1.0), "removed"),
    )
    for name, factor, deficits in shocks:
        cost = np.broadcast_to(factor, base.flows.shape)
        try:
            found = solve(base, theta=THETA, cost_hat=cost, deficits=deficits)
        except NotConverged as error:
            print(f"{name} ({deficits}): {str(error).splitlines()[0][:150]}")
            continue
        times = timed(lambda c=cost, d=deficits: solve(base, theta=THETA, cost_hat=c, deficits=d), 3)  # type: ignore[misc]
        row(f"{name} ({deficits})", times, None, found.iterations, found.residual)


def autarky() -> None:
    """All borders of a drawn economy closed, in which every place makes all it needs."""
    made = draw(40, 31, 2)
    base = baseline(made.flows, made.inputs)
    cost = np.broadcast_to(np.where(np.eye(31, dtype=bool), 1.0, np.inf), made.flows.shape)
    found = solve(base, theta=THETA, cost_hat=cost, deficits="removed")
    times = timed(lambda: solve(base, theta=THETA, cost_hat=cost, deficits="removed"), 3)
    row("autarky of all 31 x 40 (removed)", times, None, found.iterations, found.residual)


def regions(runs: int) -> tuple[Baseline, int]:
    """200 places by 20 sectors, the cost of all trade between two tenths of them down by a tenth."""
    made = draw(20, 200, 3)
    base = baseline(made.flows, made.inputs)
    cost = np.ones_like(made.flows)
    cost[:, :20, 20:40] = cost[:, 20:40, :20] = 0.9
    found = solve(base, theta=THETA, cost_hat=cost)
    row("200 places x 20 sectors: solve", timed(lambda: solve(base, theta=THETA, cost_hat=cost), runs), 0.2,
        found.iterations, found.residual)  # fmt: skip
    whole = timed(lambda: caliendo_parro(made.flows, made.inputs, theta=THETA, cost_hat=cost), runs)
    row("  the whole call, baseline included", whole, 0.2)
    return base, found.iterations


def bound(name: str, base: Baseline, rounds: int) -> None:
    """The tables a round reads, and how long that takes at the speed of a copy."""
    sectors, places = base.shape
    shares, inputs = 8 * sectors * places**2, 8 * places * sectors**2
    moved = 2 * (shares + inputs)
    speed = copying(shares // 8)
    tables = f"{2 * shares / 1e6:.2f} of shares, {2 * inputs / 1e6:.2f} of inputs"
    print(f"{name}: a round reads {moved / 1e6:.2f} MB ({tables}); "
          f"copy of that length {speed:.1f} GB/s -> {1e3 * moved / speed / 1e9:.3f} ms a round, "
          f"{1e3 * rounds * moved / speed / 1e9:.2f} ms in {rounds}")  # fmt: skip


def copying(length: int) -> float:
    """GB/s of a copy of doubles, one thread, read and written bytes counted, best of 50."""
    a, b = np.ones(length), np.zeros(length)
    return 16.0 * length / timed(lambda: np.copyto(b, a), 50).least / 1e9


def ensemble(draws: int) -> None:
    """A scenario with its ensemble, workers started and stopped in the time."""
    size = lb.Range(-9, -6)
    change = lb.BorderTime(crossing="zabaikalsk-manzhouli", between=("CHN", "RUS"), hours=size, share_pct=lb.Range(10, 30),
                           source=lb.ASSUMED)  # fmt: skip
    begun, worked = time.perf_counter(), _worked()
    counted: list[int] = [0]
    lb.solve(lb.Scenario(name="one-stop border", changes=(change,)), lb.load(), draws=draws,
             progress=lambda done, wanted: counted.__setitem__(0, max(counted[0], wanted)))  # fmt: skip
    took, work = time.perf_counter() - begun, _worked() - worked
    row(
        f"{draws:,} draws, {counted[0]:,} solves, {os.cpu_count()} processes",
        Times(took, took, work),
        0.01 * draws,
    )


def _worked() -> float:
    """Seconds of the processor for this process and for those it waited for."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def peak() -> float:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--panel")
    parser.add_argument("--peer")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--draws", type=int, default=1000, help="0 leaves the ensemble out")
    chosen = parser.parse_args()
    if "OPENBLAS_NUM_THREADS" not in os.environ:
        # On a busy machine threads of linear algebra wait for each other; the dense solves beside ours would suffer most.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    print(
        f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores; milliseconds, warm; gap: of the new flows"
    )
    print(HEAD)
    case = world(chosen.panel)
    theta, cost_hat = ONE_SECTOR_THETA, case.cost_hat
    found = armington(case.flows, theta=theta, cost_hat=cost_hat)
    times = timed(lambda: armington(case.flows, theta=theta, cost_hat=cost_hat), 3 * chosen.runs)
    row(f"{len(case.flows)} countries, one sector", times, 0.005, found.iterations, found.residual)
    before = peak()
    base, rounds = embedded(chosen.runs)
    memory = peak()
    many_sectors(chosen.runs)
    wide, wide_rounds = regions(chosen.runs)
    large_shocks(base, lb.load().accounts.places)
    autarky()
    print()
    bound("account", base, rounds)
    bound("200 x 20", wide, wide_rounds)
    print(f"peak memory {before:.0f} MB before the account was solved, {memory:.0f} MB after")
    if chosen.draws:
        ensemble(chosen.draws)
    if chosen.peer:
        for part in (case.part(30), case.part(len(case.flows))):
            peer(chosen.peer, part)
    print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
