"""Delay at a crossing over its load, where nobody counts the line: a curve with an envelope, not a number.

What is known of a post is how many vehicles a day it passes, about how many lanes it has, and over what range services and
arrivals may vary. The mean wait then follows from the load alone, and near full load a small error of either volume or
capacity moves it without bound: hence a curve. Above capacity there is no mean wait, only a line that grows by the excess
(a fluid). Vehicles and days in, hours out; a post serves first come first served.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.corridors.queues import Array, Findings, ggc

HOURS = 24.0
LOADS = (
    *(round(0.05 * step, 2) for step in range(1, 18)),
    *(round(0.9 + 0.01 * step, 2) for step in range(9)),
)

Span = tuple[float, float, float]
"""Low, middle, high."""


@dataclass(frozen=True, slots=True)
class Post:
    """A crossing as a queue: `capacity` in vehicles a day at the hours it works, all lanes busy; `servers` lanes, scv of
    services and of times between arrivals each as (low, middle, high); `hours_open` a day (arrivals come round the clock).
    """

    capacity: float
    servers: tuple[int, int, int]
    service_scv: Span
    arrival_scv: Span
    hours_open: float = HOURS

    def __post_init__(self) -> None:
        found = Findings()
        found.number("capacity", self.capacity, above=True)
        if found.number("hours_open", self.hours_open, above=True) > HOURS:
            found.add(f"{self.hours_open!r} is more than {HOURS:g} hours a day.", "hours_open")
        for where in ("servers", "service_scv", "arrival_scv"):
            span = getattr(self, where)
            for value in span:
                if where == "servers":
                    found.whole(where, value)
                else:
                    found.number(where, value)
            if len(span) != 3 or list(span) != sorted(span):
                found.add(f"{span!r} is not a low, a middle and a high value in this order.", where)
        found.settle()


@dataclass(frozen=True, slots=True)
class DelayCurve:
    """Mean wait in hours, without service, by load (K,): middle values of the post, and the envelope of all its ranges."""

    post: Post
    load: Array
    low: Array
    value: Array
    high: Array


@dataclass(frozen=True, slots=True)
class Delay:
    """Mean wait in hours at one load; None at or above capacity, where `growth` (vehicles a day) is what the line gains."""

    arrivals: float
    load: float
    low: float | None
    value: float | None
    high: float | None
    growth: float


@dataclass(frozen=True, slots=True)
class CapacityChange:
    """The same arrivals at a post before and after. `factor`: middle wait after over middle wait before, None where
    there was no steady state on one side.
    """

    before: Delay
    after: Delay
    factor: float | None


@dataclass(frozen=True, slots=True)
class LoadRange:
    """What can be said of a load. `high` is None where nothing known keeps capacity above the arrivals. `contradicted`: more
    has passed than the least stated capacity, so that figure is no ceiling.
    """

    low: float
    high: float | None
    contradicted: bool


@dataclass(frozen=True, slots=True)
class Fluid:
    """A line as a fluid: `line` vehicles at the end of each period (K,); `longest`; `waited`: vehicle-days in all;
    `wait_last`: days ahead of one who joins at the end, at the last capacity.
    """

    line: Array
    longest: float
    waited: float
    wait_last: float


@dataclass(frozen=True, slots=True)
class Clearing:
    """`last_served`: days until the last of those now in line is through, whoever joins behind; `line_gone`: days until
    nobody waits, None if more arrive than pass.
    """

    last_served: float
    line_gone: float | None


def delay_curve(post: Post, loads: Sequence[float] = LOADS) -> DelayCurve:
    """Mean wait over `loads`, each from 0 to below 1: Kimura's G/G/c at the daily mean rate, and the wait of the night.

    A post open H of 24 hours makes those who come at night wait: as a fluid (24 - H)^2 / (2 (24 - load H)) on average, added
    to the wait of the line. For such posts the sum overstates: against simulations at loads of 0.3 to 0.95 by 1 to 21 per
    cent, most where a lane passes few vehicles a day. Posts open round the clock have the error of
    `queues.ggc` alone: small with Poisson arrivals, large below a load of 0.9 with others, so the edge of the envelope that
    rests on bursty arrivals is too low there.
    """
    found = Findings()
    wrong = [load for load in loads if not 0 <= load < 1]
    if wrong or not len(loads):
        found.add(
            f"{wrong} are not loads from 0 to below 1.", "loads", "Above, loading.fluid gives the line."
        )
    found.settle()
    found_at = np.array([_waits(post, float(load)) for load in loads])
    return DelayCurve(post, np.array(loads, dtype=np.float64), *found_at.T)


def delay(post: Post, arrivals: float) -> Delay:
    """The wait at a post with `arrivals` a day, or the growth of its line."""
    found = Findings()
    arrivals = found.number("arrivals", arrivals)
    found.settle()
    load = arrivals / post.capacity
    if load >= 1:
        return Delay(arrivals, load, None, None, None, arrivals - post.capacity)
    low, value, high = _waits(post, load)
    return Delay(arrivals, load, low, value, high, 0.0)


def capacity_change(arrivals: float, before: Post, after: Post) -> CapacityChange:
    """The same `arrivals` a day at a post as it is and as it will be (capacity, lanes, hours)."""
    was, will = delay(before, arrivals), delay(after, arrivals)
    factor = will.value / was.value if was.value and will.value is not None else None
    return CapacityChange(was, will, factor)


def load_range(arrivals: float, stated: tuple[float, float], throughput: float | None = None) -> LoadRange:
    """The load that `arrivals` a day may be, given the least and most capacity `stated` and the most that was ever seen to
    pass a day over a sustained time, `throughput`: what has passed can pass.
    """
    found = Findings()
    arrivals = found.number("arrivals", arrivals)
    least, most = (found.number("stated", value, above=True) for value in stated)
    seen = 0.0 if throughput is None else found.number("throughput", throughput, above=True)
    if least > most:
        found.add(f"{stated!r} is not a least and a most capacity in this order.", "stated")
    found.settle()
    held = max(least, seen)
    high = arrivals / held if arrivals < held else None
    return LoadRange(arrivals / max(most, seen), high, max(arrivals, seen) > least)


def fluid(
    arrivals: Sequence[float], capacity: Sequence[float], *, period: float = 1.0, line: float = 0.0
) -> Fluid:
    """A line through periods of `period` days with these rates a day (K,) each, starting from `line` vehicles."""
    found = Findings()
    period, line = found.number("period", period, above=True), found.number("line", line)
    rates = [found.number("arrivals", value) for value in arrivals]
    passed = [found.number("capacity", value) for value in capacity]
    if len(rates) != len(passed) or not rates:
        found.add(
            f"{len(rates)} arrivals and {len(passed)} capacities are not one each a period.", "arrivals"
        )
    found.settle()
    lines, waited, longest = [], 0.0, line
    for rate, through in zip(rates, passed, strict=True):
        growth = rate - through
        # Where the line runs out within the period, only the triangle up to there counts.
        lasts = period if line + growth * period >= 0 else line / -growth
        ended = max(0.0, line + growth * period)
        waited += (line + ended) / 2 * lasts
        line = ended
        longest = max(longest, line)
        lines.append(line)
    last = line / passed[-1] if passed[-1] > 0 else (math.inf if line > 0 else 0.0)
    return Fluid(np.array(lines), longest, waited, last)


def clearing(line: float, capacity: float, arrivals: float = 0.0) -> Clearing:
    """How long a standing `line` lasts at `capacity` a day with `arrivals` a day joining behind."""
    found = Findings()
    line, arrivals = found.number("line", line), found.number("arrivals", arrivals)
    capacity = found.number("capacity", capacity, above=True)
    found.settle()
    gone = line / (capacity - arrivals) if arrivals < capacity else (None if line > 0 else 0.0)
    return Clearing(line / capacity, gone)


def night_wait(load: float, hours_open: float) -> float:
    """Mean wait in hours at a post closed at night, as a fluid: the line builds up from closing to opening and clears."""
    return (HOURS - hours_open) ** 2 / (2 * (HOURS - load * hours_open))


def _waits(post: Post, load: float) -> Span:
    """Least, middle and most mean wait in hours over the ranges of the post."""

    def wait(servers: int, service_scv: float, arrival_scv: float) -> float:
        mean = servers * HOURS / post.capacity
        line = ggc(
            load * servers / mean, mean, servers, service_scv=service_scv, arrival_scv=arrival_scv
        ).wait
        return line + night_wait(load, post.hours_open)

    corners = [
        wait(servers, service, arrival)
        for servers, service, arrival in itertools.product(
            {post.servers[0], post.servers[2]},
            {post.service_scv[0], post.service_scv[2]},
            {post.arrival_scv[0], post.arrival_scv[2]},
        )
    ]
    middle = wait(post.servers[1], post.service_scv[1], post.arrival_scv[1])
    return min(corners), middle, max(corners)
