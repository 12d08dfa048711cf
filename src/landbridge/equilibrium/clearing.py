"""The fixed point of a many-sector economy: prices given wages, spending given prices, wages given sales.

A round goes through the three in this order and uses the newest of each; `rounds` holds its passes over the tables.
What a place buys from itself is solved for at once through its input table (`dom`, `content`), because it is most of
what there is; Anderson acceleration sees to the rest. Arrays of a round are (place, sector), so that a place's input
table meets contiguous vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landbridge.equilibrium import existence, rounds
from landbridge.equilibrium.acceleration import Anderson
from landbridge.equilibrium.economy import Baseline, own_content
from landbridge.equilibrium.parts import by_part, parts
from landbridge.equilibrium.result import ADDITIVE, MULTIPLICATIVE, Array

MEMORY = 6
QUICK, PATIENT, WITHIN = 80, 150, 200
STEPS = (0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
# Terms of the geometric series that stands for the inverse of a place's own input table.
TERMS, TERMS_PATIENT = 2, 12
TINY = 1e-300
# A gap of a hundredth is far from the end: there a mix of earlier steps is not to be trusted blindly.
FAR = 0.01
# Rounds after which a patient solve forgets earlier steps: many that are almost the same say nothing.
RENEWED = 40
BACKED = 12
# Least slope of a labour market: a place that hardly trades has none, and would be pushed anywhere.
SLOPE = 1e-3
# The same where the balance of trade is known without sales at home.
SLOPE_OF_TRADE = 1e-300
# Below this part of earnings a place hardly trades.
RARE = 1e-6
# What sales and purchases abroad may be off, as a part of both.
BALANCE = 1e-8


@dataclass(frozen=True, slots=True)
class Shock:
    """What is given to a solve. `theta` (S,); `share` (S, exporter, importer): baseline shares of purchases times the
    change of cost and tariff to the power -theta; `net`: the same over one plus the new tariff, or `share` itself;
    `deficits`.
    """

    theta: Array
    share: Array
    net: Array
    deficits: str


@dataclass(frozen=True, slots=True)
class Solved:
    """The fixed point, (place, sector) where two axes are told: log changes of `wage` (N,) and `price`; `purchases`
    in money; log change of unit `cost`; `spending` (N,); the largest gap of the last round, and of each; the most that
    trade of a place is `unbalanced`, as a part of it.
    """

    wage: Array
    price: Array
    cost: Array
    purchases: Array
    spending: Array
    gap: float
    history: tuple[float, ...]
    unbalanced: float


@dataclass(frozen=True, slots=True)
class _Steering:
    """Weights of the steps: `dom` (N, S) share bought at home, `content` (N, S) own value added in a unit of output made
    with inputs from home, `step` (N,) log wage per log gap of the labour market.
    """

    dom: Array
    content: Array
    step: Array


class _Economy:
    """The baseline in the layout of a round. `steering` changes on the way, `left` is what a solve that failed leaves
    behind.
    """

    def __init__(self, base: Baseline, shock: Shock) -> None:
        self.base, self.shock = base, shock
        _, places = base.shape
        self.theta = np.ascontiguousarray(np.broadcast_to(shock.theta, (places, shock.theta.size)))
        self.own, self.final = base.own, base.final
        self.bought = np.ascontiguousarray(base.purchases.T)
        self.live = (self.bought > 0).astype(np.float64)
        self.dead = None if self.live.all() else self.live == 0
        self.taxed = shock.net is not shock.share
        self.levy = shock.share - shock.net if self.taxed else shock.share
        self.parts = parts(shock.share.sum(axis=0))
        self.outputs = by_part(base.output.sum(axis=0), self.parts)
        self.left: tuple[Array, tuple[float, ...]] = (base.spending, ())
        self.deficit = base.deficit if shock.deficits == ADDITIVE else np.zeros(places)
        self.ratio = 1.0 + base.deficit / base.value_added
        if shock.deficits == ADDITIVE and self.outputs.size > 1:
            existence.tied(base, self.parts)
        existence.both_ways(base, shock.share, shock.deficits)
        self.steering = self._steer(
            base.home_share, base.home, base.output.T, base.rivalry, base.value_added, base.content
        )

    def transfer(self, earned: Array) -> Array:
        """The deficit by its rule, (N,), where places earn `earned`."""
        if self.shock.deficits != MULTIPLICATIVE:
            return self.deficit
        # One factor for each part of the world that trades, so that its deficits add up to zero.
        factor = by_part(earned, self.parts) / by_part(self.ratio * earned, self.parts)
        return np.asarray((self.ratio * factor[self.parts] - 1.0) * earned)

    def unbalanced(self, wage: Array, level: Array, demand: Array) -> tuple[Array, Array]:
        """What trade of a place and its deficit are off, in money, and its exports and imports together, both (N,)."""
        exports, imports = np.empty(wage.size), np.empty(wage.size)
        rounds.balance(self.shock.net, level, demand, exports, imports)
        off = exports + self.transfer(np.exp(wage) * self.base.value_added) - imports
        return off, exports + imports

    def income(self, wage: Array, level: Array, demand: Array) -> Array:
        """Final spending, (N,): earnings, the deficit by its rule, and tariff revenue."""
        earned = np.exp(wage) * self.base.value_added
        spent = earned + self.transfer(earned)
        if self.taxed:
            levied = np.empty_like(level)
            rounds.reach(self.levy, level, levied)
            spent = spent + (demand * levied).sum(axis=1)
        return np.asarray(spent)

    def found(self, total: Array) -> Array:
        """Log prices, (N, S), at which purchases are shared out as `total` says: costs to the power -theta by share,
        summed over exporters (equation 4). Sets `total` to 1 where nothing is bought; raises where no supplier is
        left.
        """
        if self.dead is not None:
            total[self.dead] = 1.0
        if total.min() <= 0:
            existence.supplied(total)
        return np.asarray(np.log(total) / -self.theta)

    def drift(self, sold: Array) -> Array:
        """Log of gross output over that of the baseline, for each part of the world: what the numeraire is off."""
        return np.asarray(np.log(by_part(sold.sum(axis=1), self.parts) / self.outputs))

    def mean(self, values: Array) -> Array:
        """Mean of `values` (N,) weighted with value added, over the part of the world each place trades with."""
        weight = self.base.value_added
        return np.asarray((by_part(weight * values, self.parts) / by_part(weight, self.parts))[self.parts])

    def steer(self, wage: Array, level: Array, demand: Array) -> None:
        """Take the weights of the steps from the current point."""
        new = self.shock.net * level.T[:, :, None]
        new *= demand.T[:, None, :]
        bought = new.sum(axis=1) + TINY
        at = np.arange(wage.size)
        home = np.ascontiguousarray(new[:, at, at].T)
        rivalry = np.einsum("sij,sij,sj->is", new, new, 1.0 / bought)
        dom = home / bought.T
        content = own_content(self.base.needs, self.own, dom)
        earned = np.exp(wage) * self.base.value_added
        self.steering = self._steer(dom, home, new.sum(axis=2).T, rivalry, earned, content, SLOPE_OF_TRADE)

    def _steer(
        self,
        dom: Array,
        home: Array,
        output: Array,
        rivalry: Array,
        earned: Array,
        content: Array,
        slope: float = SLOPE,
    ) -> _Steering:
        # Own-wage slope of the labour market, first order: sales lost to rivals everywhere, less income spent at home.
        lost = (self.theta * content**2 * np.maximum(output - rivalry, 0.0)).sum(axis=1) / earned
        kept = (content * home).sum(axis=1) / (content * output).sum(axis=1)
        return _Steering(dom, content, 1.0 / np.maximum(lost + 1.0 - kept, slope))


def fixed_point(base: Baseline, shock: Shock, tol: float) -> Solved:
    """Solves to `tol`, the largest relative gap of any labour market, price or market for a good in a place, and until
    what a place sells and buys abroad balances with its deficit to `BALANCE` of its trade: a place that hardly trades
    has a cleared labour market at any wage.

    Quickly, all three at once; where that does not lead to the end, as after a very large shock, patiently: prices
    and then purchases for given wages, and only then the wages. Raises `NotConverged` with the reason where it can be
    told: a market without a supplier left, a deficit that cannot be paid, or rounds spent without progress.
    """
    economy = _Economy(base, shock)
    # Steps that leave the range of numbers are looked for and not taken.
    with np.errstate(over="ignore", invalid="ignore"):
        return _quickly(economy, tol) or _patiently(economy, tol, None) or _by_steps(base, shock, tol)


def _quickly(economy: _Economy, tol: float) -> Solved | None:
    """Prices, purchases and wages moved once each a round, and accelerated together; None if that does not lead to
    the end.
    """
    base, steering = economy.base, economy.steering
    own, theta = economy.own, economy.theta
    places, sectors = own.shape
    point = np.zeros(places + 3 * places * sectors)
    anderson = Anderson(point.size, places + 2 * places * sectors, MEMORY)
    total, sold, rise = (np.empty((places, sectors)) for _ in range(3))
    labour, ahead = np.empty(places), np.empty(places)
    history: list[float] = []
    for _ in range(QUICK):
        target = point.copy()
        wage, price, spent, cost = _views(target, places, sectors)

        rounds.reach(economy.shock.share, np.exp(-theta * cost), total)
        gap = rounds.settle_prices(
            base.needs, own, steering.dom, economy.live, economy.found(total), wage, TERMS, price, cost
        )
        level = np.exp(-theta * cost)
        purchases = economy.bought * np.exp(spent)
        demand = purchases * np.exp(theta * price)
        rounds.sales(economy.shock.net, level, demand, sold)
        income = economy.income(wage, level, demand)
        gap_goods = rounds.settle_markets(
            base.needs, own, economy.final, steering.dom, sold, income, purchases, TERMS, rise, labour, ahead
        )
        earned = np.exp(wage) * base.value_added
        drift = economy.drift(sold)
        gap = _largest(gap, gap_goods, labour / earned - 1.0, drift, price, purchases)
        history.append(gap)
        if gap <= tol:
            off, trade = economy.unbalanced(wage, level, demand)
            worst = _part(off, trade)
            if worst > BALANCE:
                return None
            return Solved(wage, price, cost, purchases, income, gap, tuple(history), worst)
        if gap > 1e3 * history[0] or income.min() <= 0:
            return None
        # The labour market with what the moved purchases will add at home.
        push = np.clip(steering.step * np.log(np.maximum(ahead / earned, 0.1)), -0.7, 0.7)
        wage += push
        rounds.advance(
            push, np.log1p(np.maximum(rise, -0.9)), steering.dom, steering.content, price, spent, cost
        )
        mixed = anderson.step(point, target - point)
        # The unit of money is no matter of the mix, which would carry old drifts on and on.
        _rescale(mixed, drift[economy.parts] + economy.mean(mixed[:places] - point[:places]), sectors)
        point = mixed
    return None


def _by_steps(base: Baseline, shock: Shock, tol: float) -> Solved:
    """Lets the shock in by steps in logarithms, each solved patiently from the last; flows that are closed are closed
    at once.
    """
    changed = (base.share > 0) & (shock.share > 0)
    rate = np.divide(shock.share, base.share, out=np.ones_like(base.share), where=changed)
    net = np.divide(shock.net, shock.share, out=np.ones_like(rate), where=changed)
    start = None
    for part in STEPS:
        share = np.where(changed, base.share * rate**part, shock.share)
        taken = shock if part == 1 else Shock(shock.theta, share, share * net, shock.deficits)
        economy = _Economy(base, taken)
        start = _patiently(economy, tol if part == 1 else 1e-6, start)
        if start is None:
            break
    else:
        if start is not None:
            return start
    raise existence.unsolved(base, shock.deficits, *economy.left)


def _patiently(economy: _Economy, tol: float, start: Solved | None) -> Solved | None:
    """Prices for given wages, purchases for given prices, both to the end, and then the wages, which alone are
    accelerated. None if that does not lead to the end, with what is left in `economy.left`.
    """
    base, own, theta = economy.base, economy.own, economy.theta
    places, sectors = own.shape
    wage, price, spent = np.zeros(places), np.zeros((places, sectors)), np.zeros((places, sectors))
    if start is not None:
        wage, price = start.wage.copy(), start.price.copy()
        ratio = np.maximum(start.purchases, TINY) / np.maximum(economy.bought, TINY)
        spent = np.log(ratio) * economy.live
    cost, total, sold, rise = (np.zeros((places, sectors)) for _ in range(4))
    labour, ahead = np.empty(places), np.empty(places)
    anderson = Anderson(places, places, MEMORY, longest=0.5)
    diagonal = np.arange(places)
    at_home = np.ascontiguousarray(economy.shock.share[:, diagonal, diagonal].T)
    alone = np.bincount(economy.parts)[economy.parts] == 1
    history: list[float] = []
    # A price that is off moves flows by theta times as much.
    inner = 0.1 * tol / max(1.0, float(theta.max()) / 10.0)
    moved, backed = np.zeros(places), 0
    for _ in range(PATIENT):
        for _ in range(WITHIN):
            cost[...] = own * wage[:, None] + (base.needs @ price[:, :, None])[:, :, 0]
            level = np.exp(-theta * cost)
            rounds.reach(economy.shock.share, level, total)
            found = economy.found(total)
            dom = at_home * level / total
            gap_price = rounds.settle_prices(
                base.needs, own, dom, economy.live, found, wage, TERMS_PATIENT, price, cost
            )
            if gap_price <= inner:
                break
        level = np.exp(-theta * cost)
        for _ in range(WITHIN):
            purchases = economy.bought * np.exp(spent)
            demand = purchases * np.exp(theta * price)
            rounds.sales(economy.shock.net, level, demand, sold)
            income = economy.income(wage, level, demand)
            gap_goods = rounds.settle_markets(
                base.needs,
                own,
                economy.final,
                dom,
                sold,
                income,
                purchases,
                TERMS_PATIENT,
                rise,
                labour,
                ahead,
            )
            if gap_goods <= inner:
                break
            spent += np.log1p(np.maximum(rise, -0.9))
        earned = np.exp(wage) * base.value_added
        drift = economy.drift(sold)[economy.parts]
        off, trade = economy.unbalanced(wage, level, demand)
        off = np.where(alone, 0.0, off)
        gap = _largest(gap_price, gap_goods, off / earned, drift, price, purchases)
        worst = _part(off, trade)
        history.append(max(gap, worst * tol / BALANCE))
        if gap <= tol and worst <= BALANCE:
            return Solved(wage, price, cost, purchases, income, gap, tuple(history), worst)
        if income.min() <= 0 and backed < BACKED:
            # A step too far leaves a place with fixed debts nothing: go half of it back, then a quarter.
            moved = moved * (0.5 if backed else -0.5)
            backed += 1
            wage, price, spent = wage + moved, price + moved[:, None], spent + moved[:, None]
            anderson.forget()
            continue
        if gap == np.inf or income.min() <= 0 or max(gap_price, gap_goods) > 1e3 * inner + 1e-6:
            break
        backed = 0
        economy.steer(wage, level, demand)
        # Where places hardly trade the slope of the labour market is lost to rounding, that of trade is not.
        part = trade / earned
        least = np.where(part < RARE, 0.5 * (1.0 + theta.min()) * part + TINY, 0.0)
        push = np.log1p(np.maximum(off / earned, -0.9)) / np.maximum(1.0 / economy.steering.step, least)
        push = np.where(alone, 0.0, np.clip(push, -0.5, 0.5))
        moved = -drift
        if np.abs(off / earned).max() > inner or worst > BALANCE:
            if len(history) % RENEWED == 0 or _astray(history):
                anderson.forget()
            # Relative wages alone are mixed: where places hardly trade, the numeraire would drown them.
            mixed = anderson.step(wage, push) - wage
            moved = moved + mixed - economy.mean(mixed)
        wage = wage + moved
        price += moved[:, None]
        spent += moved[:, None]
    economy.left = (income, tuple(history))
    return None


def _part(off: Array, trade: Array) -> float:
    """The largest imbalance as a part of a place's trade; none where it has no trade."""
    return float((np.abs(off) / np.where(trade > 0, trade, np.inf)).max())


def _astray(history: list[float]) -> bool:
    """Whether mixing leads away: far from the end, the gap has risen much or stands still."""
    if len(history) == 1 or history[-1] <= FAR:
        return False
    now, before = history[-1], history[-2]
    return now > 3 * min(history[-4:]) or abs(now - before) < 1e-3 * before


def _largest(price: float, goods: float, labour: Array, drift: Array, *state: Array) -> float:
    """The largest gap; infinite where any number of the state has left the range of numbers."""
    gaps = (price, goods, float(np.abs(labour).max()), float(np.abs(drift).max()))
    sound = np.isfinite(gaps).all() and all(np.isfinite(array.sum()) for array in state)
    return max(gaps) if sound else np.inf


def _views(point: Array, places: int, sectors: int) -> tuple[Array, Array, Array, Array]:
    """Logs of wage (N,), price, purchases over the baseline's, and unit cost (N, S), as views of one vector."""
    blocks = point[places:].reshape(3, places, sectors)
    return point[:places], blocks[0], blocks[1], blocks[2]


def _rescale(point: Array, drift: Array, sectors: int) -> None:
    """Takes a drift of the numeraire (N,) out of everything that is in money. Unit costs follow, their shares adding
    up to one.
    """
    places = drift.size
    point[:places] -= drift
    point[places:].reshape(3, places, sectors)[...] -= drift[:, None]
