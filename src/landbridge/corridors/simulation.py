"""Waiting lines by simulation: G/G/c, first come first served, also with a night in which nobody is served.

The recursion of Kiefer and Wolfowitz (1955): the next customer starts when the first server is free. Times between
arrivals and services are drawn by their mean and scv: a clock (0), gamma (up to 1; 1 is exponential), or a mixture of two
exponentials with balanced means (above 1). Two moments do not fix a distribution; with other shapes of the same scv the
wait differs, more so for few customers and scv above 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numba import njit
from scipy.special import stdtrit  # type: ignore[import-untyped]

from landbridge.corridors.queues import METHODS, Array, Findings, ggc, steady

SEED = 20240916
LEAST_PER_BATCH = 10


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a simulation measured after its warm-up; times in the caller's unit of time.

    A `..._half_width` is that of the 95 per cent interval by batch means. `batch_correlation` is that of each batch's mean
    wait with the next one's: well above zero says that batches are too short and the interval too narrow. `queue`
    by Little's law. `wait_quantiles`: pairs of share of customers and wait.
    """

    customers: int
    seed: int
    load: float
    wait: float
    wait_half_width: float
    waiting_probability: float
    waiting_half_width: float
    sojourn: float
    queue: float
    wait_quantiles: tuple[tuple[float, float], ...]
    batch_correlation: float


@dataclass(frozen=True, slots=True)
class ApproximationError:
    """One approximation against one simulation; `error_pct` of the simulated wait, from `low_pct` to `high_pct` over the
    simulation's interval. Waits in services.
    """

    method: str
    servers: int
    load: float
    service_scv: float
    arrival_scv: float
    simulated: float
    half_width: float
    approximate: float
    error_pct: float
    low_pct: float
    high_pct: float


def simulate(
    arrival_rate: float,
    service_mean: float,
    servers: int,
    *,
    arrival_scv: float = 1.0,
    service_scv: float = 1.0,
    opens: float = 0.0,
    closes: float | None = None,
    day: float = 24.0,
    customers: int = 400_000,
    warm_up: float = 0.1,
    batches: int = 30,
    quantiles: Sequence[float] = (0.5, 0.9, 0.95),
    seed: int = SEED,
) -> Simulated:
    """`customers` in one long run, the first `warm_up` share of them dropped.

    With `closes` the servers start no service outside opens..closes of each `day` (in the unit of time); a service begun
    is finished, arrivals go on round the clock. The load refused at one counts opening hours only, although
    what is finished after closing adds a little capacity.
    """
    found = Findings()
    arrival_rate = found.number("arrival_rate", arrival_rate, above=True)
    service_mean = found.number("service_mean", service_mean, above=True)
    servers = found.whole("servers", servers)
    arrival_scv = found.number("arrival_scv", arrival_scv)
    service_scv = found.number("service_scv", service_scv)
    day = found.number("day", day, above=True)
    opens = found.number("opens", opens)
    ends = day if closes is None else found.number("closes", closes)
    if not opens < ends <= day:
        found.add(f"opens {opens:g} and closes {ends:g} are no hours of a day of {day:g}.", "opens, closes")
    batches = found.whole("batches", batches, least=5)
    customers = found.whole("customers", customers, least=LEAST_PER_BATCH * batches)
    if not 0 <= warm_up <= 0.9:
        found.add(f"{warm_up!r} is not a share from 0 to 0.9.", "warm_up")
    if not all(0 <= share <= 1 for share in quantiles):
        found.add(f"{tuple(quantiles)!r} are not all shares from 0 to 1.", "quantiles")
    seed = found.whole("seed", seed, least=0)
    found.settle()
    load = steady(arrival_rate, service_mean, servers, open_share=(ends - opens) / day)
    arrivals, services = (np.random.default_rng(each) for each in np.random.SeedSequence(seed).spawn(2))
    arrived = np.cumsum(draws(arrivals, 1 / arrival_rate, arrival_scv, customers))
    served = draws(services, service_mean, service_scv, customers)
    closed = closes is not None and ends - opens < day
    waits = np.empty(customers)
    _recursion(arrived, served, servers, opens, ends, day if closed else 0.0, waits)
    return _measured(waits, arrival_rate, service_mean, load, warm_up, batches, quantiles, seed)


def approximation_error(
    *,
    loads: Sequence[float] = (0.5, 0.8, 0.95),
    service_scvs: Sequence[float] = (0.25, 0.5, 2.0, 4.0),
    servers: Sequence[int] = (2, 5, 17, 28),
    arrival_scv: float = 1.0,
    methods: Sequence[str] = METHODS,
    customers: int = 4_000_000,
    seed: int = SEED,
) -> tuple[ApproximationError, ...]:
    """Every approximation of `queues.ggc` against a simulation of `customers`, over all combinations."""
    rows = []
    for count in servers:
        for load in loads:
            for scv in service_scvs:
                rate = load * count
                run = simulate(
                    rate, 1.0, count, arrival_scv=arrival_scv, service_scv=scv, customers=customers, seed=seed
                )
                for method in methods:
                    wait = ggc(rate, 1.0, count, service_scv=scv, arrival_scv=arrival_scv, method=method).wait
                    rows.append(_compared(method, count, load, scv, arrival_scv, run, wait))
    return tuple(rows)


def draws(rng: np.random.Generator, mean: float, scv: float, size: int) -> Array:
    """`size` independent times with that mean and scv; see the head of this file."""
    if scv == 0:
        return np.full(size, mean)
    if scv == 1:
        return rng.exponential(mean, size)
    if scv < 1:
        return rng.gamma(1 / scv, mean * scv, size)
    often = (1 + math.sqrt((scv - 1) / (scv + 1))) / 2
    part = np.where(rng.random(size) < often, often, 1 - often)
    return np.asarray(rng.exponential(mean, size) / (2 * part))


def _measured(
    waits: Array,
    arrival_rate: float,
    service_mean: float,
    load: float,
    warm_up: float,
    batches: int,
    quantiles: Sequence[float],
    seed: int,
) -> Simulated:
    customers = len(waits)
    size = int(customers * (1 - warm_up)) // batches
    kept = waits[customers - size * batches :].reshape(batches, size)
    means = kept.mean(axis=1)
    wait, half = _interval(means)
    waited, waited_half = _interval((kept > 0).mean(axis=1))
    off = means - wait
    spread = float(off @ off)
    correlation = float(off[1:] @ off[:-1]) / spread if spread > 0 else 0.0
    at = tuple((float(share), float(np.quantile(kept, share))) for share in quantiles)
    return Simulated(
        size * batches, seed, load, wait, half, waited, waited_half, wait + service_mean, arrival_rate * wait, at,
        correlation,
    )  # fmt: skip


def _interval(means: Array) -> tuple[float, float]:
    """Mean of batch means and half the width of its 95 per cent interval (Student)."""
    count = len(means)
    half = float(stdtrit(count - 1, 0.975)) * float(means.std(ddof=1)) / math.sqrt(count)
    return float(means.mean()), half


def _compared(
    method: str, servers: int, load: float, scv: float, arrival_scv: float, run: Simulated, wait: float
) -> ApproximationError:
    least, most = run.wait - run.wait_half_width, run.wait + run.wait_half_width
    error, low = (100 * (wait / simulated - 1) for simulated in (run.wait, most))
    high = 100 * (wait / least - 1) if least > 0 else math.inf
    return ApproximationError(
        method, servers, load, scv, arrival_scv, run.wait, run.wait_half_width, wait, error, low, high
    )  # fmt: skip


def _waits(
    arrived: Array, served: Array, servers: int, opens: float, closes: float, day: float, waits: Array
) -> None:
    """Fills `waits`. `free` holds when each server is free, earliest first; `day` 0 says open round the clock."""
    free = np.zeros(servers)
    for i in range(len(arrived)):
        start = max(arrived[i], free[0])
        if day > 0:
            hour = start % day
            if hour < opens:
                start += opens - hour
            elif hour >= closes:
                start += day - hour + opens
        waits[i] = start - arrived[i]
        done = start + served[i]
        place = 1
        while place < servers and free[place] < done:
            free[place - 1] = free[place]
            place += 1
        free[place - 1] = done


_recursion = cast(Any, njit(cache=True, nogil=True)(_waits))
