"""Waiting lines in a steady state: exact where theory is, approximate where it says so.

Exact: M/M/c (Erlang), M/G/1 (Pollaczek and Khinchine), M/D/c (Crommelin), M/M/c//N (finite source). Approximate: G/G/c,
by Lee and Longton or Allen and Cunneen, and by Kimura. `a = arrival_rate * service_mean` is the work offered, in servers;
`load = a / servers` must be below one, otherwise there is no steady state and `loading` has the growing line.

Any unit of time will do: rates are per that unit, and times come back in it (vehicles an hour, hours). An `scv` is a
squared coefficient of variation, variance over squared mean: 0 is a clock, 1 is exponential.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import lambertw, pdtrc  # type: ignore[import-untyped]

from landbridge.errors import BadUsage, OutsideSupport, Problem, UnknownLabel

Array = NDArray[np.float64]

ALLEN_CUNNEEN = "allen-cunneen"
KIMURA = "kimura"
METHODS = (ALLEN_CUNNEEN, KIMURA)

# Terms of Crommelin's series up to which it is summed; beyond, near full load, the roots are as exact and cheaper.
TERMS = 2_000
# A term of the series below exp(-40) of the first is below what a float holds.
NEGLIGIBLE = 40.0
# Waits below this are lost in the smallest floats, and so is their ratio.
FAINT = 1e-250


@dataclass(frozen=True, slots=True)
class Queue:
    """A line in its steady state. Times in the caller's unit of time; `queue` and `in_system` in customers, means over time.

    `arrival_rate`: customers let in a unit of time (a finite source lets in fewer when many wait); `utilisation`: share
    of time a server works; `waiting_probability`: share of customers who find all servers busy, None where the method
    gives none; `wait`: mean time before service; `sojourn`: wait and service; `queue`: mean number waiting;
    `in_system`: waiting and served; `tail_rate`: where the wait of those who wait is exactly exponential, its rate.
    """

    model: str
    exact: bool
    arrival_rate: float
    service_mean: float
    servers: int
    utilisation: float
    waiting_probability: float | None
    wait: float
    sojourn: float
    queue: float
    in_system: float
    tail_rate: float | None = None

    def wait_exceeds(self, time: float) -> float:
        """The share of customers who wait longer than `time`; exact, for M/M/c only."""
        probability, rate = self._tail()
        if not time >= 0:
            raise BadUsage(f"a time to wait is 0 or more, not {time!r}.", where="time")
        return probability * math.exp(-rate * time)

    def wait_quantile(self, share: float) -> float:
        """The time within which `share` of the customers are served; exact, for M/M/c only."""
        probability, rate = self._tail()
        if not 0 <= share < 1:
            raise BadUsage(f"a share of customers is from 0 to below 1, not {share!r}.", where="share")
        if share <= 1 - probability:
            return 0.0
        return math.log(probability / (1 - share)) / rate

    def _tail(self) -> tuple[float, float]:
        if self.waiting_probability is None or self.tail_rate is None:
            raise OutsideSupport(
                f"the distribution of the wait is not held for {self.model}.",
                cause="Only its mean has a known form there.",
                remedy="Take quantiles from simulation.simulate.",
            )
        return self.waiting_probability, self.tail_rate


class Findings:
    """Collects what is wrong with the arguments of a call; `settle` raises `BadUsage` with all of it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, what: str, where: str, remedy: str = "") -> None:
        """One more problem."""
        self.problems.append(Problem(what, where, remedy=remedy))

    def number(self, where: str, value: Any, *, least: float = 0.0, above: bool = False) -> float:
        """A finite number, at least (or, with `above`, greater than) `least`."""
        bound = f"{'above' if above else 'at least'} {least:g}"
        try:
            made = float(value)
        except (TypeError, ValueError):
            made = math.nan
        if not (math.isfinite(made) and (made > least if above else made >= least)):
            self.add(f"{value!r} is not a finite number {bound}.", where)
            return least + 1.0
        return made

    def whole(self, where: str, value: Any, *, least: int = 1) -> int:
        """A whole number, at least `least`."""
        try:
            made = operator.index(value)
        except TypeError:
            made = least - 1
        if made < least:
            self.add(f"{value!r} is not a whole number of at least {least}.", where)
            return least
        return made

    def settle(self) -> None:
        """Raises if anything was found."""
        if self.problems:
            raise BadUsage(self.problems)


def steady(arrival_rate: float, service_mean: float, servers: int, *, open_share: float = 1.0) -> float:
    """The load, if it is below one. `OutsideSupport` otherwise: the call is well formed, but what it describes never
    settles, so any mean wait would be made up. `open_share` of the time servers work.
    """
    load = arrival_rate * service_mean / (servers * open_share)
    if load >= 1:
        most = servers * open_share / service_mean
        needed = math.floor(arrival_rate * service_mean / open_share) + 1
        raise OutsideSupport(
            f"load {load:.4g} of capacity: the line grows without end, so there is no mean wait.",
            where=f"arrival_rate = {arrival_rate:g}, service_mean = {service_mean:g}, servers = {servers}",
            cause=f"{servers} servers pass at most {most:.6g} a unit of time.",
            remedy=f"Fewer than {most:.6g} arrivals, or {needed} servers, settle; loading.fluid gives the growing line.",
        )
    return load


def erlang_b(offered: float, servers: int) -> float:
    """Share of customers turned away where none may wait (Erlang, 1917), by the recursion that cannot overflow."""
    found = Findings()
    offered, servers = found.number("offered", offered), found.whole("servers", servers, least=0)
    found.settle()
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = offered * blocked / (server + offered * blocked)
    return blocked


def erlang_c(offered: float, servers: int) -> float:
    """Share of customers who wait in M/M/c; `offered` below `servers`."""
    found = Findings()
    offered, servers = found.number("offered", offered), found.whole("servers", servers)
    found.settle()
    load = steady(offered, 1.0, servers)
    blocked = erlang_b(offered, servers)
    return blocked / (1 - load * (1 - blocked))


def mmc(arrival_rate: float, service_mean: float, servers: int) -> Queue:
    """M/M/c, exact: Poisson arrivals, exponential services, `servers` alike, first come first served."""
    arrival_rate, service_mean, servers, _ = _arguments(arrival_rate, service_mean, servers)
    load = steady(arrival_rate, service_mean, servers)
    waits = erlang_c(arrival_rate * service_mean, servers)
    rate = servers * (1 - load) / service_mean
    return _queue("M/M/c", True, arrival_rate, service_mean, servers, waits / rate, waits, rate)


def mg1(arrival_rate: float, service_mean: float, service_scv: float) -> Queue:
    """M/G/1, exact: Poisson arrivals, one server (Pollaczek, 1930; Khinchine, 1932)."""
    arrival_rate, service_mean, _, (scv,) = _arguments(arrival_rate, service_mean, 1, service_scv=service_scv)
    load = steady(arrival_rate, service_mean, 1)
    wait = load * service_mean * (1 + scv) / (2 * (1 - load))
    rate = (1 - load) / service_mean if scv == 1 else None
    return _queue("M/G/1", True, arrival_rate, service_mean, 1, wait, load, rate)


def mdc(arrival_rate: float, service_mean: float, servers: int) -> Queue:
    """M/D/c, exact: Poisson arrivals, services all of one length (Crommelin, 1932)."""
    arrival_rate, service_mean, servers, _ = _arguments(arrival_rate, service_mean, servers)
    load = steady(arrival_rate, service_mean, servers)
    wait = service_mean * _crommelin(load, servers)
    return _queue("M/D/c", True, arrival_rate, service_mean, servers, wait, load if servers == 1 else None)


def finite_source(sources: int, rest_mean: float, service_mean: float, servers: int) -> Queue:
    """M/M/c//N, exact: `sources` customers in all, each away for an exponential time of mean `rest_mean` between services
    (a fixed fleet of trucks). Always steady. p(n) by products of birth over death rates, summed in logs.
    """
    found = Findings()
    sources, servers = found.whole("sources", sources), found.whole("servers", servers)
    rest_mean = found.number("rest_mean", rest_mean, above=True)
    service_mean = found.number("service_mean", service_mean, above=True)
    found.settle()
    present = _present(sources, servers, service_mean / rest_mean)
    count = np.arange(sources + 1)
    in_system = float(present @ count)
    queue = float(present @ np.maximum(count - servers, 0))
    served = float(present @ np.minimum(count, servers))
    rate = served / service_mean
    # A customer who arrives sees the line as it would be without him (arrival theorem).
    waits = float(_present(sources - 1, servers, service_mean / rest_mean)[servers:].sum())
    wait = queue / rate
    return Queue(
        "M/M/c//N", True, rate, service_mean, servers, served / servers, waits, wait, wait + service_mean, queue,
        in_system,
    )  # fmt: skip


def ggc(
    arrival_rate: float,
    service_mean: float,
    servers: int,
    *,
    service_scv: float,
    arrival_scv: float = 1.0,
    method: str = KIMURA,
) -> Queue:
    """G/G/c, approximate: the mean wait from two moments each of services and of times between arrivals.

    `allen-cunneen`: W(M/M/c) (ca2 + cs2) / 2; with Poisson arrivals that is Lee and Longton (1959), exact for one server
    (Allen, 1990). `kimura` (1986; 1994, Queueing Systems 17, on system interpolation): with Poisson arrivals

        W = (1 + cs2) / ((1 - cs2) / W(M/D/c) + 2 cs2 / W(M/M/c)),

    exact for clockwork and for exponential services and for one server; W(M/D/c) is the exact one here. For other
    arrivals it takes Allen and Cunneen's factor (ca2 + cs2) / (1 + cs2), which is right only near full load: with arrivals
    of scv 4 and 17 servers it reads 8 per cent low at load 0.95, a third at 0.8, four fifths at 0.5 (where waits are
    slight); with arrivals more regular than Poisson it reads as much too high, and more.
    `simulation.approximation_error` measures both.
    """
    arrival_rate, service_mean, servers, (cs2, ca2) = _arguments(
        arrival_rate, service_mean, servers, service_scv=service_scv, arrival_scv=arrival_scv
    )
    if method not in METHODS:
        raise UnknownLabel("approximation of G/G/c", str(method), METHODS, where="method")
    load = steady(arrival_rate, service_mean, servers)
    wait = mmc(arrival_rate, service_mean, servers).wait * (ca2 + cs2) / 2
    if method == KIMURA:
        # Kimura's over Lee and Longton's, with half the wait of M/M/c over that of M/D/c.
        wait *= 2 / ((1 - cs2) / _regularity(load, servers) + 2 * cs2)
    return _queue(f"G/G/c {method}", False, arrival_rate, service_mean, servers, wait, None)


def _arguments(
    arrival_rate: Any, service_mean: Any, servers: Any, **scv: Any
) -> tuple[float, float, int, Sequence[float]]:
    found = Findings()
    rate = found.number("arrival_rate", arrival_rate)
    mean = found.number("service_mean", service_mean, above=True)
    count = found.whole("servers", servers)
    variations = [found.number(name, value) for name, value in scv.items()]
    found.settle()
    return rate, mean, count, variations


def _queue(
    model: str,
    exact: bool,
    arrival_rate: float,
    service_mean: float,
    servers: int,
    wait: float,
    waits: float | None,
    tail_rate: float | None = None,
) -> Queue:
    """The rest of a queue from its mean wait, by Little's law."""
    sojourn = wait + service_mean
    load = arrival_rate * service_mean / servers
    queue, in_system = arrival_rate * wait, arrival_rate * sojourn
    return Queue(
        model, exact, arrival_rate, service_mean, servers, load, waits, wait, sojourn, queue, in_system, tail_rate
    )  # fmt: skip


def _regularity(load: float, servers: int) -> float:
    """W(M/D/c) over W(M/M/c): from c / (c + 1) in light traffic down to a half near full load."""
    exponential = mmc(load * servers, 1.0, servers).wait
    if exponential < FAINT:
        return servers / (servers + 1)
    return _crommelin(load, servers) / exponential


def _crommelin(load: float, servers: int) -> float:
    """Mean wait of M/D/c in services. Crommelin's series, sum over i of P(X >= ic) - P(X > ic) / load with X Poisson of mean
    i c load; where that is long, the mean queue by the roots of z^c = exp(-c load (1 - z)) within the unit circle,
    each a Lambert W. The roots cancel where load is low, the series does not.
    """
    if load == 0:
        return 0.0
    if servers == 1:
        return load / (2 * (1 - load))
    terms = math.ceil(NEGLIGIBLE / (servers * (load - 1 - math.log(load)))) + 1
    if terms <= TERMS:
        turn = np.arange(1, terms + 1) * servers
        mean = turn * load
        return float((pdtrc(turn - 1, mean) - pdtrc(turn, mean) / load).sum())
    offered = load * servers
    unity = np.exp(2j * math.pi * np.arange(1, servers) / servers)
    roots = -lambertw(-load * math.exp(-load) * unity) / load
    queue = (1 / (1 - roots)).real.sum() + (offered**2 - servers * (servers - 1)) / (2 * (servers - offered))
    return float(queue) / offered


def _present(sources: int, servers: int, ratio: float) -> Array:
    """(sources + 1,): shares of time with n customers at the servers, or waiting for one."""
    count = np.arange(1, sources + 1)
    steps = np.log((sources - count + 1) * ratio / np.minimum(count, servers))
    logs = np.concatenate(([0.0], np.cumsum(steps)))
    shares = np.exp(logs - logs.max())
    return np.asarray(shares / shares.sum())
