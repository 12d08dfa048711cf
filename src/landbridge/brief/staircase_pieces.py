"""A route in pieces for a picture: stretches by one mode, and the steps between them, with what each takes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from landbridge.brief.text import Name
from landbridge.corridors.amounts import Amount, total
from landbridge.corridors.cost import HOURS_A_DAY, Leg
from landbridge.corridors.network import Network
from landbridge.corridors.routing import Route
from landbridge.provenance import Citation, Figure, Source, Status

CODE = "landbridge.corridors.routing.routes"
Point = tuple[float, float]
"""Days and USD/t so far."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch or step of a route: its legs, and where it begins and ends (days and USD/t so far)."""

    kind: str
    mode: str
    legs: tuple[Leg, ...]
    start: Point
    end: Point
    days: Figure
    money: Figure
    length: Figure | None


def pieces(route: Route, network: Network, sources: Mapping[str, Source]) -> tuple[Piece, ...]:
    """The stretches and steps of a route in order; the sums of their days and dollars are those of the route."""
    out: list[Piece] = []
    at = (0.0, 0.0)
    for (kind, what), members in itertools.groupby(route.legs, key=_alike):
        legs = tuple(members)
        hours, money = total((leg.hours for leg in legs), "h"), total((leg.usd_t for leg in legs), "USD")
        length = total((leg.length_km for leg in legs), "km")
        name = f"{spot(network, legs[0].origin)} to {spot(network, legs[-1].destination)}, {kind} {what}"
        cell = f"route:{route.legs[0].origin}-{route.legs[-1].destination}/{legs[0].id}"
        end = (at[0] + hours.value / HOURS_A_DAY, at[1] + money.value)
        out.append(
            Piece(
                *(kind, legs[0].mode, legs, at, end),
                _figure(f"Time, {name}", hours.scaled(1 / HOURS_A_DAY, "days"), cell, sources),
                _figure(f"Cost of a tonne, {name}", money, cell, sources),
                _figure(f"Length, {name}", length, cell, sources) if kind == "line" else None,
            )
        )
        at = end
    return tuple(out)


def _alike(leg: Leg) -> tuple[str, str]:
    """What makes neighbouring legs one piece: lines of one mode, a crossing and its change of gauge."""
    kind = "crossing" if leg.kind == "gauge" else leg.kind
    return kind, leg.mode if kind == "line" else leg.id


def _figure(measure: str, amount: Amount, cell: str, sources: Mapping[str, Source]) -> Figure:
    """An amount as a figure: cited after its first source, assumed where it has none."""
    known = [sources[name] for name in amount.source if name in sources]
    status = Status(amount.status) if known and amount.status else Status.ASSUMED
    return Figure(
        *(measure, amount.value, amount.unit, "", status),
        low=amount.low,
        high=amount.high,
        citation=Citation(known[0]) if known else None,
        cell=cell,
        code=CODE,
        note=f"Sources: {' '.join(amount.source)}" if len(known) > 1 else "",
    )


def named(network: Network, node: str) -> Name:
    """A node as a typed part, by its name."""
    return Name(spot(network, node), f"node/{node}")


def spot(network: Network, node: str) -> str:
    """The name of a node without what it is ("Bakhty, road post"): the picture says that itself."""
    return network.nodes[node].name.partition(", ")[0]
