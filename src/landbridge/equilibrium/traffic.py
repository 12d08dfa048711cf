"""Places tied by the links of a transport network, with people who move and links that slow down as they fill.

Allen and Arkolakis (2022), The welfare effects of transportation infrastructure improvements, *Review of Economic Studies*
89. Goods find their way through the network: every walk from i to j is used, the cheaper the more, so that trade costs
follow from link costs and the traffic of a link from who trades with whom,

    tau^(1-sigma) = (I - K)^-1,   K = kappa^(1-sigma) on links,   kappa_kl = kappa_bar_kl Xi_kl^lambda,

the walk of no links included: tau_ii < 1. The congestion parameter lambda of that paper comes from roads of the United
States. For other modes, railways above all, there is no such estimate: vary it, and report how results hang on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from landbridge.equilibrium.checks import Findings, cells
from landbridge.equilibrium.parts import components
from landbridge.equilibrium.result import Array
from landbridge.errors import BadNetwork, NotConverged, Problem

ROUNDS, HALVINGS = 200, 40
LONGEST_STEP = 2.0
# Largest root of K at the start of a solve with congestion, where costs depend on traffic not yet known.
START = 0.5


@dataclass(frozen=True, slots=True)
class NetworkEquilibrium:
    """N places; world income is 1, so that money and traffic are shares of it. Exists only when solved.

    `wages`, `labour`, `price_index` (N,); `welfare`: real wage times amenity, the same everywhere; `trade` and `tau`
    (exporter, importer): value and iceberg cost from place to place; `link_traffic` (from, to): value of all goods that
    use the link, a good that passes twice counted twice, 0 where there is no link; `link_cost`: its cost with
    congestion, inf where there is no link. `residual`: largest gap of an income, a welfare or a link cost, each taken
    anew from `tau`, relative to its size. `sigma`, `alpha`, `beta`, `congestion`: what it was solved with.
    """

    wages: Array
    labour: Array
    welfare: float
    price_index: Array
    trade: Array
    tau: Array
    link_traffic: Array
    link_cost: Array
    residual: float
    iterations: int
    sigma: float
    alpha: float
    beta: float
    congestion: float

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            held = getattr(self, name)
            if isinstance(held, np.ndarray):
                held.flags.writeable = False


def network_equilibrium(
    productivity: Any,
    amenity: Any,
    kappa_bar: Any,
    *,
    sigma: float,
    alpha: float = 0.0,
    beta: float = 0.0,
    congestion: float = 0.0,
    total_labour: float = 1.0,
    tol: float = 1e-10,
) -> NetworkEquilibrium:
    """Where people live and what flows on every link, for given links.

    `productivity`, `amenity` (N,): those of a place before externalities, above 0. `kappa_bar` (from, to): iceberg cost
    of a link before congestion, inf where there is none; links run one way, so that a road has two. `sigma` > 1:
    elasticity of substitution, the trade elasticity plus 1. `alpha`, `beta`: elasticities of productivity and of
    amenity to people (`beta` negative: crowding). `congestion` >= 0, lambda of the paper: elasticity of a link's cost
    to the value of its traffic, world income being 1. `tol` bounds `residual`.

    Raises `BadNetwork` where links do not join all places both ways, naming the islands, and where links are so cheap
    that endless detours cost nothing; `BadUsage` where `alpha + beta` > 0 allows several equilibria (Allen and Arkolakis
    2014, theorem 2); `NotConverged` otherwise. With congestion the equilibrium is the one found from an even start.
    """
    net = _Net.of(productivity, amenity, kappa_bar, sigma, alpha, beta, congestion, total_labour, tol)
    point, iterations = _newton(net, net.start(), 0.01 * tol)
    return _told(net, point, iterations, tol)


def link_elasticities(found: NetworkEquilibrium) -> Array:
    """d ln welfare / d ln kappa_bar of every link (from, to), others fixed; 0 where there is no link.

    By implicit differentiation of the equilibrium. Without congestion and externalities it is minus `link_traffic`
    (the paper's proposition for the efficient case); with either it is not, and links may change rank.
    """
    income = found.wages * found.labour
    slopes, rest = _slopes(
        income, found.labour / found.labour.sum(), found.link_traffic,
        found.sigma - 1, found.alpha, found.beta, found.congestion,
    )  # fmt: skip
    wanted = np.zeros(slopes.shape[1])
    wanted[-1] = 1.0
    multiplier = np.linalg.lstsq(slopes.T, wanted, rcond=None)[0]
    places = income.size
    into, outof = multiplier[:places] / rest, multiplier[places : 2 * places] / rest
    # A dearer link has less traffic, and each gap holds the log of the traffic into and out of a place.
    less = (found.sigma - 1) / (1 + (found.sigma - 1) * found.congestion)
    return np.asarray(-less * found.link_traffic * (into[None, :] + outof[:, None]))


@dataclass(frozen=True, slots=True)
class _Net:
    """What is given. `pull` (N, N): -theta ln kappa_bar, -inf where there is no link."""

    productivity: Array
    amenity: Array
    kappa_bar: Array
    pull: Array
    theta: float
    alpha: float
    beta: float
    congestion: float
    people: float

    @classmethod
    def of(
        cls,
        productivity: Any,
        amenity: Any,
        kappa_bar: Any,
        sigma: float,
        alpha: float,
        beta: float,
        congestion: float,
        total_labour: float,
        tol: float,
    ) -> _Net:
        found = Findings()
        places = max(int(np.size(productivity)), 1)
        skill = found.positive(productivity, (places,), "productivity")
        worth = found.positive(amenity, (places,), "amenity")
        cost = found.costs(kappa_bar, (places, places))
        looped = np.isfinite(np.diag(cost))
        if kappa_bar is None or looped.any():
            what = "kappa_bar (from, to) is the cost of a link between two places, inf where there is none"
            what += f"; links of a place to itself: {np.flatnonzero(looped)[:5].tolist()}."
            found.of_call.append(Problem(what, "kappa_bar", remedy="Set the diagonal to inf."))
        _parameters(found, sigma, alpha, beta, congestion, total_labour, tol)
        found.settle()
        theta = float(sigma) - 1
        with np.errstate(divide="ignore"):
            pull = -theta * np.log(cost)
        _joined(np.isfinite(cost))
        if congestion == 0:
            _finite(pull)
        return cls(
            skill, worth, cost, pull, theta, float(alpha), float(beta), float(congestion), float(total_labour)
        )

    @property
    def damped(self) -> float:
        """Elasticity of a link's traffic to what pulls it, when the traffic slows itself down."""
        return 1.0 / (1.0 + self.theta * self.congestion)

    def start(self) -> Array:
        """Even incomes; log of P^-theta, of Pi^-theta and of welfare, (2N + 1,)."""
        places = self.productivity.size
        table = np.exp(self.pull)
        if self.congestion > 0:
            table *= START / _largest_root(table)
        price = np.linalg.solve(np.eye(places) - table.T, self.productivity**self.theta)
        market = np.linalg.solve(np.eye(places) - table, 1.0 / (places * price))
        welfare = np.log(self.amenity).mean() + np.log(price).mean() / self.theta
        return np.concatenate([np.log(price), np.log(market), [welfare]])

    def state(self, point: Array) -> tuple[Array, Array, Array]:
        """Logs of wages and of labour (N,), and traffic (N, N), at a point."""
        places, theta = self.productivity.size, self.theta
        price, market, welfare = point[:places], point[places : 2 * places], point[-1]
        # Income w L = (w / A)^-theta Pi^-theta and welfare W = w u / P, with A and u moved by people: linear in logs.
        sells = theta * np.log(self.productivity) + market
        lives = welfare - np.log(self.amenity) - price / theta
        joint = (1 + theta) * self.beta - (1 - theta * self.alpha)
        wage = (self.beta * sells - (1 - theta * self.alpha) * lives) / joint
        labour = ((1 + theta) * lives - sells) / joint
        traffic = np.exp(self.damped * (self.pull + price[:, None] + market[None, :]))
        return wage, labour, traffic

    def gaps(self, point: Array) -> tuple[Array, Array]:
        """Log gaps of the equilibrium, (2N + 2,), and its slopes, (2N + 2, 2N + 1): what a place sells and what comes in is
        what it buys and what goes out, both P^-theta Pi^-theta; people and world income add up.
        """
        places = self.productivity.size
        wage, labour, traffic = self.state(point)
        income, people = np.exp(wage + labour), np.exp(labour)
        passing = point[:places] + point[places : 2 * places]
        gaps = np.concatenate(
            [
                passing - np.log(income + traffic.sum(axis=0)),
                passing - np.log(income + traffic.sum(axis=1)),
                [np.log(people.sum() / self.people), np.log(income.sum())],
            ]
        )
        parameters = (self.theta, self.alpha, self.beta, self.congestion)
        return gaps, _slopes(income, people / people.sum(), traffic, *parameters)[0]


def _slopes(
    income: Array, people: Array, traffic: Array, theta: float, alpha: float, beta: float, congestion: float
) -> tuple[Array, Array]:
    """Slopes of the gaps by log P^-theta, log Pi^-theta and log welfare; and what passes a place, (N,): income and
    traffic. `people` are shares.
    """
    places = income.size
    joint = (1 + theta) * beta - (1 - theta * alpha)
    damped = 1.0 / (1.0 + theta * congestion)
    # Logs of labour and of income by those of (P^-theta, Pi^-theta, welfare) of the place.
    labour = np.array([-(1 + theta) / theta, -1.0, 1 + theta]) / joint
    earned = labour + np.array([(1 - theta * alpha) / theta, beta, -(1 - theta * alpha)]) / joint
    price, market = slice(0, places), slice(places, 2 * places)
    coming, going = traffic.sum(axis=0), traffic.sum(axis=1)
    out = np.zeros((2 * places + 2, 2 * places + 1))
    for rows, passing in ((price, coming), (market, going)):
        part = income / (income + passing)
        out[rows, price] = np.diag(1.0 - earned[0] * part)
        out[rows, market] = np.diag(1.0 - earned[1] * part)
        out[rows, -1] = -earned[2] * part
    # Traffic of a link follows the price index where it starts and the market where it ends.
    into = damped * traffic.T / (income + coming)[:, None]
    outof = damped * traffic / (income + going)[:, None]
    out[price, price] -= into
    out[price, market] -= np.diag(into.sum(axis=1))
    out[market, price] -= np.diag(outof.sum(axis=1))
    out[market, market] -= outof
    for row, moves, weight in ((-2, labour, people), (-1, earned, income / income.sum())):
        out[row, price], out[row, market], out[row, -1] = moves[0] * weight, moves[1] * weight, moves[2]
    return out, income + coming


def _newton(net: _Net, point: Array, tol: float) -> tuple[Array, int]:
    """Newton on the log gaps; one of them is redundant at the solution, so steps are least squares. Steps are shortened
    until the gaps shrink.
    """
    gaps, slopes = net.gaps(point)
    for count in range(1, ROUNDS + 1):
        step = -np.linalg.lstsq(slopes, gaps, rcond=None)[0]
        size, before = float(np.abs(step).max()), float(gaps @ gaps)
        if size <= tol:
            return point + step, count
        share = min(1.0, LONGEST_STEP / size)
        for _ in range(HALVINGS):
            tried = point + share * step
            with np.errstate(over="ignore", invalid="ignore"):
                new, slope = net.gaps(tried)
            if np.isfinite(new).all() and float(new @ new) < before:
                break
            share /= 2
        else:
            if before < 1e-20:
                return point, count
            break
        point, gaps, slopes = tried, new, slope
    raise NotConverged(
        f"no equilibrium of the network was found: the largest log gap is {np.abs(gaps).max():.1e}.",
        cause="Links may be so cheap that no finite trade cost exists, or places so unlike that some are all but empty.",
        remedy="Check kappa_bar; try a smaller sigma, or a smaller congestion.",
    )


def _told(net: _Net, point: Array, iterations: int, tol: float) -> NetworkEquilibrium:
    """The answer, its gaps taken anew from trade costs between places."""
    places, theta = net.productivity.size, net.theta
    wage, labour, traffic = net.state(point)
    wages, people, income = np.exp(wage), np.exp(labour), np.exp(wage + labour)
    traffic = np.where(np.isfinite(net.kappa_bar), traffic, 0.0)
    link = np.full_like(traffic, math.inf)
    used = traffic > 0
    link[used] = net.kappa_bar[used] * traffic[used] ** net.congestion
    reach = np.linalg.inv(np.eye(places) - link**-theta)
    offer = (wages / (net.productivity * people**net.alpha)) ** -theta
    shares = reach * offer[:, None]
    price = shares.sum(axis=0)
    trade = shares / price * income
    passed = (price[:, None] * link**-theta) * (reach @ (income / price))
    welfare = math.exp(point[-1])
    each = wages * net.amenity * people**net.beta * price ** (1 / theta)
    gaps = (
        trade.sum(axis=1) / income - 1,
        each / welfare - 1,
        passed[used] / traffic[used] - 1,
        [people.sum() / net.people - 1, income.sum() - 1],
    )
    residual = max(float(np.abs(gap).max()) for gap in gaps if len(gap))
    if not residual <= tol:
        raise NotConverged(
            f"the equilibrium of the network holds to {residual:.1e}, not to {tol:.1e}.",
            cause="Rounding is of this size where detours are almost free.",
            remedy="Ask for a larger tol.",
        )
    return NetworkEquilibrium(
        wages=wages,
        labour=people,
        welfare=welfare,
        price_index=price ** (-1 / theta),
        trade=trade,
        tau=np.asarray(reach ** (-1 / theta), dtype=np.float64),
        link_traffic=traffic,
        link_cost=link,
        residual=residual,
        iterations=iterations,
        sigma=theta + 1,
        alpha=net.alpha,
        beta=net.beta,
        congestion=net.congestion,
    )


def _parameters(
    found: Findings, sigma: float, alpha: float, beta: float, congestion: float, people: float, tol: float
) -> None:
    asked = (
        (sigma, "sigma", 1 < sigma < math.inf, "above 1"),
        (alpha, "alpha", -1 <= alpha <= 1, "from -1 to 1"),
        (beta, "beta", -1 <= beta < 1, "from -1 to below 1"),
        (congestion, "congestion", 0 <= congestion < math.inf, "0 or more"),
        (people, "total_labour", 0 < people < math.inf, "above 0"),
        (tol, "tol", 0 < tol < 1, "between 0 and 1"),
    )
    for value, name, fine, wanted in asked:
        if not fine:
            found.of_call.append(Problem(f"{value!r}: a number {wanted} is needed.", name))
    if alpha + beta > 0:
        found.of_call.append(
            Problem(
                f"alpha + beta = {alpha + beta:g} is above 0.",
                "alpha",
                "Several equilibria may then exist (Allen and Arkolakis 2014, theorem 2).",
                "Lower alpha, or make beta more negative.",
            )
        )


def _joined(links: Any) -> None:
    """Raises where some places cannot be reached from others, naming the groups."""
    group = components(links, one_way=True)
    count = int(group.max()) + 1
    if count == 1:
        return
    sizes = np.bincount(group)
    islands = [np.flatnonzero(group == at) for at in np.argsort(sizes, kind="stable")[:-1]]
    told = "; ".join(
        ", ".join(map(str, island[:5])) + (" ..." if island.size > 5 else "") for island in islands[:5]
    )
    more = f" and {len(islands) - 5} more" if len(islands) > 5 else ""
    raise BadNetwork(
        f"links do not join all places both ways: apart from the largest group lie the islands [{told}]{more}.",
        where="kappa_bar",
        cause="A link is missing, or runs one way only.",
        remedy="Add the missing link in both directions, or leave the places out.",
    )


def _finite(pull: Array) -> None:
    """Raises where the sum over all walks has no end: the largest root of K is 1 or more."""
    table = np.exp(pull)
    root = _largest_root(table)
    if root < 1:
        return
    cheapest = np.where(table + table.T > 0, table * table.T, 0.0)
    raise BadNetwork(
        f"no finite trade cost: the largest root of kappa_bar^(1 - sigma) is {root:.4g}, and has to be below 1.",
        where="kappa_bar",
        cause="Links are so cheap, or so many at a place, that endless detours are used; cheapest there and back "
        f"[from, to] {cells(cheapest == cheapest.max())}.",
        remedy="Raise link costs (an iceberg cost is above 1) or sigma.",
    )


def _largest_root(table: Array) -> float:
    return float(np.abs(np.linalg.eigvals(table)).max())
