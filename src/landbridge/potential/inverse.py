"""Inverse gravity: the tariff equivalent of all that divides two countries, from their trade alone (Novy 2013)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from landbridge import codes
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.flows.accounts import InputOutput
from landbridge.flows.trade import ACCOUNTS_SOURCE
from landbridge.potential.dense import Array
from landbridge.provenance import Citation, Figure, Status, Unavailable, derive

if TYPE_CHECKING:
    from landbridge.release import Data

SIGMA = (5.0, 8.0, 10.0)
"""Elasticity of substitution: low, centre and high, as in Novy (2013) and the survey he follows. Assumed."""


@dataclass(frozen=True, slots=True)
class TariffEquivalents:
    """How dear it is for two places to trade with each other rather than each at home, in per cent of the price.

    One number for both directions: the geometric mean of the two, symmetric by construction. `frame` has the columns of
    `table`.
    """

    place_a: str
    place_b: str
    period: str
    frame: pl.DataFrame
    notes: tuple[str, ...]
    _inputs: Callable[[str, str, str], tuple[Figure, ...]] = field(repr=False, compare=False)

    def figure(self, place_a: str, place_b: str, item: str = "goods") -> Figure | Unavailable:
        """The tariff equivalent of a pair of the table as a figure that rests on the four observed flows."""
        rows = self.frame.filter(place_a=place_a, place_b=place_b, item=item)
        if rows.is_empty():
            held = [
                f"{one} {other} {of}"
                for one, other, of in self.frame.select("place_a", "place_b", "item").rows()
            ]
            raise UnknownLabel("pair and item of these costs", f"{place_a} {place_b} {item}", held)
        row = rows.row(0, named=True)
        if row["tariff_equivalent_pct"] is None:
            return Unavailable(row["reason"], "Without trade both ways and at home there is no such cost.")
        return derive(
            f"tariff equivalent of all trade costs, {row['name']}, {place_a} and {place_b}",
            row["tariff_equivalent_pct"],
            "%",
            self._inputs(place_a, place_b, item),
            "landbridge.potential.inverse.tariff_equivalent",
            low=row["low_pct"],
            high=row["high_pct"],
            status=Status.ASSUMED,
            note=" ".join(self.notes),
        )

    def table(self) -> pl.DataFrame:
        """place_a, place_b, item, name, tariff_equivalent_pct, low_pct, high_pct, reason, status.

        The pair first, then the pairs it is compared with; `low_pct` belongs to the highest elasticity. Without trade in
        one of the four cells the number is null and `reason` says which.
        """
        return self.frame


def tariff_equivalent(
    at_home_a: Array | float,
    at_home_b: Array | float,
    there: Array | float,
    back: Array | float,
    sigma: float,
) -> Array:
    """tau = (x_aa x_bb / (x_ab x_ba))^(1 / (2 (sigma - 1))) - 1 (Novy 2013, eq. 9); all four flows positive, sigma > 1."""
    exponent = 1.0 / (2.0 * (sigma - 1.0))
    ratio = np.log(at_home_a) + np.log(at_home_b) - np.log(there) - np.log(back)
    return np.asarray(np.expm1(exponent * ratio), dtype=np.float64)


def tariff_equivalents(
    data: Data,
    place_a: str,
    place_b: str,
    *,
    peers: Sequence[str] = (),
    items: Sequence[str] | None = None,
    sigma: tuple[float, float, float] = SIGMA,
) -> TariffEquivalents:
    """Novy's measure on deliveries for intermediate use, goods together and by goods sector; `items` names others.

    `peers` are third countries: the table then holds the pair of each of the two places with each of them. The range
    of `sigma` (low, centre, high) is assumed, so the numbers are.
    """
    if not 1 < sigma[0] <= sigma[1] <= sigma[2]:
        raise BadUsage(f"sigma={sigma}: give low, centre and high in this order, above 1.")
    if place_a == place_b:
        raise BadUsage(
            f"{place_a} twice: a cost of trade is between two places.", remedy="Name two countries."
        )
    accounts = data.accounts
    goods = [code for code in accounts.sectors if code[0] in "ABC"]
    wanted = ["goods", *goods] if items is None else list(items)
    pairs = [
        (place_a, place_b),
        *((side, peer) for peer in peers for side in (place_a, place_b) if peer != side),
    ]
    rows = [_row(accounts, one, other, item, goods, sigma) for one, other in pairs for item in wanted]
    text = ("place_a", "place_b", "item", "name", "reason", "status")
    schema = {name: pl.String if name in text else pl.Float64 for name in _COLUMNS}
    return TariffEquivalents(
        place_a,
        place_b,
        str(accounts.year),
        pl.DataFrame(rows, schema=schema, orient="row"),
        (
            "One number for both directions, symmetric by construction: a barrier on one side only is halved.",
            f"It holds everything that divides the two more than each is divided within: distance, tariffs, rules, taste. "
            f"The elasticity is assumed: {sigma[1]:g}, from {sigma[0]:g} to {sigma[2]:g}.",
            "Deliveries for intermediate use only; those at home are in it, final sales are imputed and stay out.",
        ),
        lambda one, other, item: _figures(data, one, other, item, goods if item == "goods" else [item]),
    )


def _figures(data: Data, one: str, other: str, item: str, items: Sequence[str]) -> tuple[Figure, ...]:
    """The four flows between and within two places."""
    found = _cells(data.accounts, one, other, items)
    if isinstance(found, Unavailable):
        return ()
    sides = ((one, one), (other, other), (one, other), (other, one))
    return tuple(
        Figure(
            measure=f"sales for intermediate use, {item}, {seller} to {buyer}",
            value=1e6 * value,
            unit="USD",
            period=str(data.accounts.year),
            status=Status.RECONCILED,
            citation=Citation(
                data.sources[ACCOUNTS_SOURCE],
                f"intermediate deliveries {data.accounts.year}, {item}, {seller} to {buyer}, basic prices",
            ),
            cell=f"deliveries:{data.accounts.year}/{item}/{seller}/{buyer}#intermediate_musd",
        )
        for (seller, buyer), value in zip(sides, found, strict=True)
    )


_COLUMNS = (
    *(
        "place_a",
        "place_b",
        "item",
        "name",
        "tariff_equivalent_pct",
        "low_pct",
        "high_pct",
        "reason",
        "status",
    ),
)


def _row(
    accounts: InputOutput,
    one: str,
    other: str,
    item: str,
    goods: Sequence[str],
    sigma: tuple[float, float, float],
) -> tuple[str | float | None, ...]:
    name = "All goods" if item == "goods" else codes.sector(item).name
    found = _cells(accounts, one, other, goods if item == "goods" else [item])
    if isinstance(found, Unavailable):
        return one, other, item, name, None, None, None, found.reason, Status.ASSUMED.value
    low, middle, high = (100.0 * float(tariff_equivalent(*found, s)) for s in (sigma[2], sigma[1], sigma[0]))
    # More trade with each other than at home turns the order of the elasticities round.
    low, high = min(low, high), max(low, high)
    return one, other, item, name, middle, low, high, None, Status.ASSUMED.value


def _cells(
    accounts: InputOutput, one: str, other: str, items: Sequence[str]
) -> tuple[float, float, float, float] | Unavailable:
    a, b = accounts.place(one), accounts.place(other)
    cube = accounts.intermediate[[accounts.sector(item) for item in items]].sum(axis=0)
    cells = {
        (one, one): cube[a, a],
        (other, other): cube[b, b],
        (one, other): cube[a, b],
        (other, one): cube[b, a],
    }
    empty = [f"{seller} to {buyer}" for (seller, buyer), value in cells.items() if not value > 0]
    if empty:
        return Unavailable(f"No trade is recorded from {', '.join(empty)}.")
    first, second, there, back = (float(value) for value in cells.values())
    return first, second, there, back
