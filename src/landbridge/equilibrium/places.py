"""Places that share a country, with or without people who move between them.

The endowment equilibrium of `armington`, in which the factor of a place is its people. Within a country people choose
where to live; between countries nobody moves (Redding, 2016; Allen and Arkolakis, 2014). In changes, with L people, x log
price of a good at the seller's door, E' spending, P price index, a agglomeration, b congestion:

    w = exp(x) L^a,   output w L,   welfare of a place  V = E' / (E P L) * L^-b
    mobility eps:      L[n] = V[n]^eps / sum_m share[m] V[m]^eps        over the places m of the country
    mobility infinite: V[n] the same in all places of the country

which is one equation, log V[n] - log L[n] / eps = log of the country's welfare, with sum_m share[m] L[m] = 1.

People's tastes for places differ by a Frechet law with shape eps; that works like congestion of 1 / eps. The equilibrium
is unique if agglomeration does not exceed congestion + 1 / mobility (Allen and Arkolakis, 2014, theorem 2, shown for one
country with symmetric trade costs and balanced trade; used here as the limit in general). Beyond it several
equilibria may exist, and which one is found would be chance: such a call is refused.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from landbridge.equilibrium.checks import Findings
from landbridge.equilibrium.checks import deficits as treatment
from landbridge.equilibrium.endowment import (
    HALVINGS,
    LONGEST_STEP,
    ROUNDING,
    ROUNDS,
    SMALL_STEP,
    Cleared,
    Market,
    State,
    anchors,
    approach,
    at,
    clear,
    earning,
    market_after,
    result,
    rounding,
    slopes,
    unsolved,
)
from landbridge.equilibrium.parts import Parts
from landbridge.equilibrium.result import ADDITIVE, MULTIPLICATIVE, Array, Equilibrium
from landbridge.errors import NotConverged, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Spatial(Equilibrium):
    """An equilibrium of places in countries. Beside the fields of `Equilibrium`, of which `wage_hat` is per head and
    `real_income_hat` of the place as a whole:

    `population_hat` (N,); `real_income_per_head_hat` (N,): without what congestion and tastes do; `countries`: labels in
    order of first appearance (C); `welfare_hat` (C,): of a country's people. With mobility it is expected welfare, the
    same wherever people live; without, the mean of `real_income_hat` weighted with base spending.
    """

    population_hat: Array
    real_income_per_head_hat: Array
    countries: tuple[str, ...]
    welfare_hat: Array


@dataclass(frozen=True, slots=True)
class _People:
    """Who may move where: `home` (N,) number of the country, `share` (N,) of its people, `stay` = 1 / mobility."""

    home: Parts
    share: Array
    stay: float
    agglomeration: float
    congestion: float


@dataclass(frozen=True, slots=True)
class _Spread:
    """A state with log people `moved` (N,), log welfare of countries `welfare` (C,), and what is wrong: `uneven` (N,) log
    welfare of places against that of their country, `missing` (C,) people who are nowhere.
    """

    state: State
    moved: Array
    welfare: Array
    uneven: Array
    missing: Array


def spatial(
    flows: Any,
    *,
    theta: float,
    cost_hat: Any,
    country: Sequence[str],
    population: Any = None,
    mobility: float | None = None,
    agglomeration: float = 0.0,
    congestion: float = 0.0,
    deficits: str = ADDITIVE,
    tol: float = 1e-12,
) -> Spatial:
    """The equilibrium after trade costs changed, of places that share countries.

    `flows`, `theta`, `cost_hat`, `deficits` as in `armington`; `country`: label of the country of each place (N).
    `mobility`: None, nobody moves, and the answer is that of `armington`; a number, the elasticity of people to welfare;
    infinity, free movement until welfare is the same (then `additive` deficits, which do not move with the people, often
    have no equilibrium). `population` (N,): people before, needed with mobility.
    `agglomeration` >= 0: productivity rises by L^a; `congestion` >= 0: amenities fall by L^b.
    """
    word = treatment(deficits)
    market, flows = market_after(flows, theta, cost_hat, word)
    countries, people = _people(len(flows), country, population, mobility, agglomeration, congestion)
    if people.stay == math.inf:
        found = result(flows, market, clear(market, tol), "spatial GE")
        spending = np.bincount(people.home, market.spending)
        welfare = np.bincount(people.home, market.spending * found.real_income_hat) / spending
        return _of(found, np.zeros(len(flows)), countries, welfare)
    history: list[float] = []

    def solve(of: Market, start: _Spread | None) -> tuple[_Spread, bool]:
        return _newton(of, people, start, len(countries), tol, history)

    spread, method, solved = approach(market, solve)
    if not solved:
        raise _unsettled(market, spread, history)
    found = result(flows, market, Cleared(spread.state, tuple(history), method), "spatial GE")
    unsettled = max(np.abs(spread.uneven).max(), np.abs(spread.missing).max())
    return _of(found, spread.moved, countries, np.exp(spread.welfare), float(unsettled))


def _unsettled(market: Market, spread: _Spread, history: list[float]) -> NotConverged:
    """Why there is no result; with mobility, deficits fixed in value are the usual reason."""
    if market.closure != ADDITIVE or not (np.abs(market.deficit) > 0.01 * market.output).any():
        return unsolved(market, spread.state, history)
    return NotConverged(
        f"people and markets did not settle: after {len(history):,} rounds a gap of {history[-1]:.1e} is left.",
        cause="A deficit fixed in value does not move with the people. A place that must keep its surplus loses income "
        "per head with everyone who leaves, and may empty.",
        remedy='Use deficits="multiplicative" or "removed", or less mobility.',
    )


def _of(
    found: Equilibrium, moved: Array, countries: tuple[str, ...], welfare: Array, unsettled: float = 0.0
) -> Spatial:
    given = {field.name: getattr(found, field.name) for field in fields(Equilibrium)}
    people = np.exp(moved)
    given["wage_hat"] = found.output_hat / people
    given["residual"] = max(found.residual, unsettled)
    return Spatial(
        **given,
        population_hat=people,
        real_income_per_head_hat=found.real_income_hat / people,
        countries=countries,
        welfare_hat=welfare,
    )


def _people(
    places: int,
    country: Sequence[str],
    population: Any,
    mobility: float | None,
    agglomeration: float,
    congestion: float,
) -> tuple[tuple[str, ...], _People]:
    found = Findings()
    if len(country) != places:
        found.of_call.append(Problem(f"{len(country)} labels for {places} places.", "country"))
    for value, name in ((agglomeration, "agglomeration"), (congestion, "congestion")):
        if not 0 <= value < math.inf:
            found.of_call.append(Problem(f"{value!r}: a finite number, 0 or more, is needed.", name))
    stay = math.inf
    if mobility is not None:
        if not isinstance(mobility, int | float) or not mobility > 0:
            what = f"{mobility!r}: a number above 0, infinity for free movement, or None for nobody moves."
            found.of_call.append(Problem(what, "mobility"))
        elif population is None:
            found.of_call.append(Problem("people move, but how many live where is not said.", "population"))
        else:
            stay = 1 / mobility
            if agglomeration > congestion + stay:
                found.of_call.append(
                    Problem(
                        f"{agglomeration:g} exceeds congestion + 1/mobility = {congestion + stay:g}.",
                        "agglomeration",
                        "Several equilibria may then exist (Allen and Arkolakis, 2014, theorem 2).",
                        "Lower agglomeration or mobility, or raise congestion.",
                    )
                )
    people = np.ones(places) if population is None else found.positive(population, (places,), "population")
    found.settle()
    countries = tuple(dict.fromkeys(str(label) for label in country))
    home = np.array([countries.index(str(label)) for label in country], dtype=np.intp)
    share = people / np.bincount(home, people)[home]
    return countries, _People(home, share, stay, float(agglomeration), float(congestion))


def _spread(market: Market, people: _People, x: Array, moved: Array, welfare: Array) -> _Spread:
    state = at(market, x, market.output * np.exp((1 + people.agglomeration) * moved))
    with np.errstate(invalid="ignore"):
        spending = np.log(
            state.spending / market.spending, where=state.spending > 0, out=np.full_like(x, -np.inf)
        )
    worth = spending - state.log_price_index - (1 + people.congestion) * moved
    uneven = worth - people.stay * moved - welfare[people.home]
    missing = np.bincount(people.home, people.share * np.exp(moved)) - 1
    return _Spread(state, moved, welfare, uneven, np.asarray(missing, dtype=np.float64))


def _drift(market: Market, state: State) -> Array:
    return market.total(state.income) - market.total(market.output)


def _newton(
    market: Market, people: _People, start: _Spread | None, countries: int, tol: float, history: list[float]
) -> tuple[_Spread, bool]:
    """Newton in log prices, log people and log welfare of countries at once; steps shortened as in `armington`."""
    places = len(market.output)
    nothing = np.zeros(places)
    now = start or _spread(market, people, nothing, nothing, np.zeros(countries))
    now = _spread(market, people, now.state.x, now.moved, now.welfare)
    anchor = anchors(market, now.state)
    history.append(_residual(market, now))
    for _ in range(ROUNDS):
        wrong = np.concatenate([now.state.gap + anchor * _drift(market, now.state), now.uneven, now.missing])
        try:
            step = np.linalg.solve(_jacobian(market, people, now, anchor, countries), -wrong)
        except np.linalg.LinAlgError:
            return now, False
        tried, taken = _shortened(market, people, now, np.asarray(step, dtype=np.float64), anchor)
        if tried is None:
            return now, False
        now = tried
        history.append(_residual(market, now))
        if history[-1] <= tol and taken * (1 + market.theta) <= SMALL_STEP:
            return now, True
    return now, False


def _jacobian(market: Market, people: _People, now: _Spread, anchor: Array, countries: int) -> Array:
    """Rows: markets, welfare of places, people of countries. Columns: log prices, log people, welfare of countries."""
    state, places = now.state, len(market.output)
    more = 1 + people.agglomeration
    pinned = np.outer(anchor, state.income) * (market.part[:, None] == market.part)
    spent = np.diag(state.income / state.spending)
    if market.closure == MULTIPLICATIVE:
        rise = (state.income - state.spending) / market.total(state.income)
        spent = np.eye(places) + rise * (market.part[:, None] == market.part)
    made = np.zeros((2 * places + countries, 2 * places + countries))
    prices, heads = slice(places), slice(places, 2 * places)
    made[prices, prices] = slopes(market, state) + pinned
    made[prices, heads] = more * (earning(market, state) + pinned)
    made[heads, prices] = spent - state.shares.T
    made[heads, heads] = more * spent - (1 + people.congestion + people.stay) * np.eye(places)
    lives = np.equal.outer(people.home, np.arange(countries)).astype(np.float64)
    made[heads, 2 * places :] = -lives
    made[2 * places :, heads] = lives.T * (people.share * np.exp(now.moved))
    return made


def _residual(market: Market, now: _Spread) -> float:
    drift = np.abs(_drift(market, now.state)) / market.total(market.output)
    market_gap = (np.abs(now.state.gap) / now.state.income).max()
    return float(max(market_gap, drift.max(), np.abs(now.uneven).max(), np.abs(now.missing).max()))


def _merit(market: Market, now: _Spread, anchor: Array) -> float:
    if not now.state.spending.min() > 0:
        return math.inf
    gap = (now.state.gap + anchor * _drift(market, now.state)) / market.output
    return float(gap @ gap + now.uneven @ now.uneven + now.missing @ now.missing)


def _shortened(
    market: Market, people: _People, now: _Spread, step: Array, anchor: Array
) -> tuple[_Spread | None, float]:
    places = len(market.output)
    longest = float(np.abs(step).max())
    if not math.isfinite(longest):
        return None, math.inf
    before = _merit(market, now, anchor)
    digits = ROUNDING * (
        1 + max(float(np.abs(values).max()) for values in (now.state.x, now.moved, now.welfare))
    )
    least = rounding(market, now.state, anchor) + digits**2 * (now.uneven.size + now.missing.size)
    share = min(1.0, LONGEST_STEP / longest) if longest > 0 else 1.0
    for _ in range(HALVINGS):
        x, moved, welfare = np.split(share * step, (places, 2 * places))
        tried = _spread(market, people, now.state.x + x, now.moved + moved, now.welfare + welfare)
        if _merit(market, tried, anchor) <= max((1 - 0.2 * share) * before, least):
            return tried, share * longest
        share /= 2
    return None, math.inf
