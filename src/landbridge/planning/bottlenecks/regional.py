"""The same question for two regions: what their own traders would save on their own routes, to first order.

The accounts hold countries, so nothing is solved here and no dollars are given: trade between two regions is not
published. What is known is the way between them and what a tonne of each sector is worth; savings are in per cent of the
value of what moves both ways, with the sectors weighted as in the trade of their countries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from landbridge import codes
from landbridge.codes import Place
from landbridge.corridors.choice import LOGIT_SCALE, with_shares
from landbridge.corridors.network import FAMILY
from landbridge.corridors.routing import Routes
from landbridge.errors import NotHeld
from landbridge.planning.bottlenecks import obstacles
from landbridge.planning.bottlenecks.candidate import Candidate
from landbridge.planning.bottlenecks.derived import Behind, on_the_way, tariffs
from landbridge.planning.bottlenecks.effects import Slopes
from landbridge.planning.bottlenecks.programme import Programme
from landbridge.release import Data
from landbridge.scenarios.context import context as context_of
from landbridge.scenarios.plan import Context, Known, Use
from landbridge.scenarios.sizes import ASSUMED
from landbridge.scenarios.words import groups

Array = NDArray[np.float64]

BEST = 3
CONCEPT = "first order, on the pair's own routes"
# What asks for a solved market; a saving on a route says nothing of it.
_NATIONAL = ("capacity",)


@dataclass(frozen=True, slots=True)
class Way:
    """Part of each flow between two places that uses each line or crossing, and the part of each flow in their trade.

    `users` by line or crossing; `weights` by (exporter, importer, sector), countries, adding up to one.
    """

    users: dict[str, tuple[Use, ...]]
    weights: dict[tuple[str, str, str], float]


def way(data: Data, a: Place, b: Place) -> Way:
    """The routes between two places, sector by sector and both ways, shared out by their cost.

    Raises `NotHeld` where no route leads, or no sector's tonne and day are valued.
    """
    found: dict[str, list[Use]] = {}
    weights: dict[tuple[str, str, str], float] = {}
    flows, sectors, places = data.accounts.flows, data.accounts.sectors, data.accounts.places
    for origin, destination in ((a, b), (b, a)):
        ends = origin.country, destination.country
        for sector in groups()["goods"]:
            if (*ends, sector) not in data.corridors.unit_values or sector not in data.corridors.day_pct:
                continue
            routes = data.corridors.routes(origin.code, destination.code, best=BEST, sector=sector)
            if not routes.routes:
                raise NotHeld(f"no route leads from {origin} to {destination}.", cause=routes.why)
            cell = sectors.index(sector), places.index(ends[0]), places.index(ends[1])
            weights[(*ends, sector)] = float(flows[cell])
            for name, share in _shares(routes).items():
                found.setdefault(name, []).append(Use(*ends, sector, share))
    total = sum(weights.values())
    if not total > 0:
        raise NotHeld(f"no trade in goods is held between {a.country} and {b.country}.")
    return Way(
        {name: tuple(uses) for name, uses in found.items()},
        {cell: value / total for cell, value in weights.items()},
    )


def _shares(routes: Routes) -> dict[str, Known]:
    """Part of a flow, in per cent, that uses each line or crossing; its range is that of how sharply cost decides."""
    parts: dict[str, list[float]] = {}
    for at, scale in enumerate((LOGIT_SCALE.low, LOGIT_SCALE.value, LOGIT_SCALE.high)):
        for route in with_shares(routes, replace(LOGIT_SCALE, value=scale)).routes:
            for name in route.uses:
                parts.setdefault(name, [0.0, 0.0, 0.0])[at] += 100.0 * (route.share or 0.0)
    return {name: Known(min(share), share[1], max(share), ASSUMED, ASSUMED) for name, share in parts.items()}


def context(data: Data, held: Way) -> Context:
    """What is known, with the routes of the pair in the place of the crossings that its countries use."""
    return replace(context_of(data), crossings=held.users)


def candidates(data: Data, a: Place, b: Place, held: Way) -> tuple[Candidate, ...]:
    """What stands in the way between two places: what lies on their routes, and what their countries set."""
    behind: Behind = {name: {name: 1.0} for name in held.users}
    named = [
        one for one in obstacles.for_pair(data.obstacles, a.country, b.country) if one.kind not in _NATIONAL
    ]
    return (*named, *on_the_way(data, behind, (a.country, b.country)), *tariffs(data, a.country, b.country))


def slopes(programme: Programme, held: Way, draws: int) -> Slopes:
    """What a cost is worth to the traders of two places: minus the weight of the flow, for exports of either.

    Per cent of the value of all that moves: (draws, 2, cells), the first place's exports, then the second's.
    """
    costs, rates = programme.cells
    sides = list(dict.fromkeys(cell[0] for cell in held.weights))
    named = programme.context

    def table(cells: Sequence[tuple[int, int, int]]) -> Array:
        out = np.zeros((2, len(cells)))
        for at, (s, i, j) in enumerate(cells):
            flow = named.places[i], named.places[j], named.sectors[s]
            if flow in held.weights:
                out[sides.index(flow[0]), at] = -100.0 * held.weights[flow]
        return np.broadcast_to(out, (draws, *out.shape))

    return Slopes(
        (sides[0], sides[-1]),
        {cell: at for at, cell in enumerate(costs)},
        {cell: at for at, cell in enumerate(rates)},
        np.ones((draws, 2)),
        table(costs),
        table(rates),
    )


def words(data: Data, held: Way, a: Place, b: Place) -> tuple[str, ...]:
    """What must be known of a regional ranking before it is read."""
    modes: dict[str, float] = {}
    for name, uses in held.users.items():
        line = data.corridors.network.lines.get(name)
        if line is not None:
            part = max(use.share_pct.value for use in uses)
            modes[FAMILY[line.mode]] = max(modes.get(FAMILY[line.mode], 0.0), part)
    shown = ", ".join(sorted(modes))
    return (
        f"Savings are in per cent of the value of all that moves between {a.name} and {b.name} both ways, to first order: "
        "trade between regions is not published, so no dollars are given and no market is solved.",
        f"The {BEST} cheapest routes are shared out by their cost (modes: {shown}); sectors are weighted as in the trade of "
        f"{codes.place(a.country).name} with {codes.place(b.country).name}.",
        "A tariff saved is revenue lost to a budget: it is a saving of traders, not of their countries.",
    )
