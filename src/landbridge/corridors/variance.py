"""Which part of what is not known about a route comes from what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from landbridge.corridors.amounts import Amount
from landbridge.corridors.cost import HOURS_A_DAY, RELIABILITY_RATIO, Cargo, Stay
from landbridge.corridors.routing import Route
from landbridge.corridors.states import Floats
from landbridge.errors import BadUsage

_MOVING = ("lengths", "speeds", "freight rates", "reliability")
_CARGO = ("value of time", "value of a tonne")
# Pairings of draws for the variance of all groups together: enough that chance covariance is below one per cent.
_PAIRINGS = 64


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What the ad-valorem equivalent of a route does over draws, in % of the value of the cargo.

    `mean`, `low` and `high` (5th and 95th percentile) and `variance` over draws; `shares` the first-order share of
    each group in the variance (Sobol's main effect: the variance of the mean given the group), largest first,
    and `interaction` what remains to one. With nothing uncertain, `variance` is zero and `shares` is empty.
    """

    mean: float
    low: float
    high: float
    variance: float
    shares: dict[str, float]
    interaction: float


def uncertainty(route: Route, cargo: Cargo, draws: int = 500, seed: int = 1) -> Uncertainty:
    """Shares of the variance of the ad-valorem equivalent of `route` for `cargo`, by group of inputs.

    Groups are drawn independently: freight rates, speeds, lengths, reliability (the spread of times and the weight
    it is given), crossing hours, crossing charges, gauge change, transfers, terminals, documents, value of time and value
    of a tonne. All amounts of a group move together, from their low ends over their values to their high ends
    in triangular draws, as in the envelopes of a route. Each group is freely combined with `draws` draws of the
    others, so for a sum the shares add up to one and a remainder is interaction. The same seed gives the same
    result. Raises `BadUsage` for fewer than 50 draws.
    """
    if draws < 50:
        raise BadUsage(f"{draws} draws are too few for shares of a variance.", remedy="Ask for 50 or more.")
    stays = tuple(dict.fromkeys(stay.group for leg in route.legs for stay in leg.stays))
    groups = (*_MOVING, *stays, *_CARGO)
    rng = np.random.default_rng(seed)
    # One stratum a draw, so that each group covers its range evenly.
    even = (np.arange(draws) + rng.uniform(size=(len(groups), draws))) / draws
    drawn = dict(zip(groups, rng.permuted(even, axis=1), strict=True))
    model = _model(route, cargo)
    mixed = {
        name: np.concatenate([rng.permutation(values) for _ in range(_PAIRINGS)])
        for name, values in drawn.items()
    }
    outcomes = model(mixed)
    variance = float(outcomes.var())
    low, high = np.quantile(outcomes, (0.05, 0.95))
    mean = float(outcomes.mean())
    if variance <= (1e-12 * mean) ** 2:
        return Uncertainty(mean, float(low), float(high), 0.0, {}, 0.0)
    shares = {}
    for name in groups:
        alone = {other: values[None, :] for other, values in drawn.items()} | {name: drawn[name][:, None]}
        shares[name] = float(model(alone).mean(axis=1).var()) / variance
    held = {name: share for name, share in sorted(shares.items(), key=lambda item: -item[1]) if share > 0}
    return Uncertainty(mean, float(low), float(high), variance, held, 1.0 - sum(held.values()))


def _model(route: Route, cargo: Cargo) -> Callable[[dict[str, Floats]], Floats]:
    """The ad-valorem equivalent (%) as a function of draws between 0 and 1 by group, in any shapes that broadcast."""
    # Moves with the same parameters are one move, and stays of one group one stay: sums are then over few terms.
    alike: dict[tuple[Amount, Amount, Amount], list[Amount]] = {}
    stays: dict[str, list[Stay]] = {}
    for leg in route.legs:
        for move in leg.moves:
            alike.setdefault((move.speed, move.rate, move.spread), []).append(move.length)
        for stay in leg.stays:
            stays.setdefault(stay.group, []).append(stay)

    def outcome(draw: dict[str, Floats]) -> Floats:
        money, hours, spread = np.zeros(1), np.zeros(1), np.zeros(1)
        for (speed, rate, share), lengths in alike.items():
            length = _sum(lengths, draw["lengths"])
            money = money + length * _at(rate, draw["freight rates"])
            time = length * HOURS_A_DAY / _at(speed, draw["speeds"])
            hours = hours + time
            spread = spread + time * _at(share, draw["reliability"])
        for group, parts in stays.items():
            money = money + _sum((stay.usd_t for stay in parts), draw[group])
            hours = hours + _sum((stay.hours for stay in parts), draw[group])
        weighed = hours + _at(RELIABILITY_RATIO, draw["reliability"]) * spread
        value, day = _at(cargo.usd_t, draw["value of a tonne"]), _at(cargo.day_pct, draw["value of time"])
        found: Floats = 100 * money / value + day / HOURS_A_DAY * weighed
        return found

    return outcome


def _sum(amounts: Iterable[Amount], draw: Floats) -> Floats:
    found = np.zeros(1)
    for amount in amounts:
        found = found + _at(amount, draw)
    return found


def _at(amount: Amount, draw: Floats) -> Floats:
    """The triangular quantile of an amount at draws between 0 and 1."""
    low, value, high = amount.ends
    width = high - low
    if width == 0:
        return np.full(1, value)
    left, right = value - low, high - value
    turn = left / width
    found: Floats = np.where(
        draw < turn, low + np.sqrt(draw * width * left), high - np.sqrt((1 - draw) * width * right)
    )
    return found
