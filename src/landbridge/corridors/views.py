"""Results as flat tables: amounts as a column with the value and two more, `_low` and `_high`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import polars as pl

from landbridge.corridors.amounts import Amount, total
from landbridge.corridors.choice import Rerouted, SelectedLink
from landbridge.corridors.network import FAMILY, Capacity, Crossing, Network, Volume
from landbridge.corridors.routing import Route, Routes

# Columns with an amount, and the attribute of a route that holds it.
_ROUTE_AMOUNTS: Mapping[str, str] = {
    "length_km": "length_km",
    "hours": "hours",
    "cost_usd_t": "usd_t",
    "generalised_usd_t": "generalised_usd_t",
    "ad_valorem_pct": "ad_valorem_pct",
    "emissions_kg_t": "kg_t",
}
_LEG_AMOUNTS: Mapping[str, tuple[str, str]] = {
    "length_km": ("length_km", "km"),
    "hours": ("hours", "h"),
    "cost_usd_t": ("usd_t", "USD/t"),
    "emissions_kg_t": ("kg_t", "kg CO2e/t"),
}
_WORDS, _NUMBER, _COUNT = pl.String(), pl.Float64(), pl.Int64()
Schema = dict[str, pl.DataType]


def route_rows(found: Routes) -> pl.DataFrame:
    """One row per route, cheapest first; no row where there is no route."""
    schema: Schema = {"rank": _COUNT, "via": _WORDS, "modes": _WORDS}
    for name in _ROUTE_AMOUNTS:
        schema |= _ends(name)
    schema |= {"share_pct": _NUMBER, "status": _WORDS}
    told = via_words(found.routes)
    rows = [_route(rank, *both) for rank, both in enumerate(zip(found.routes, told, strict=True), start=1)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def via_words(routes: Sequence[Route]) -> list[str]:
    """`Route.via` of each in words; where several would read alike, with the mode at each change, and the first too if
    that does not part them.
    """
    plain = [", ".join(route.via) for route in routes]
    modal = [
        ", ".join(f"{place} ({mode})" if mode else place for place, mode in route.stations)
        for route in routes
    ]
    begun = [
        ", ".join(filter(None, (FAMILY[route.modes[0]] if route.modes else "", words)))
        for route, words in zip(routes, modal, strict=True)
    ]
    once, twice = Counter(plain), Counter(modal)
    return [
        short if once[short] == 1 else longer if twice[longer] == 1 else longest
        for short, longer, longest in zip(plain, modal, begun, strict=True)
    ]


def _route(rank: int, route: Route, via: str) -> list[object]:
    amounts = chain.from_iterable(_three(getattr(route, held)) for held in _ROUTE_AMOUNTS.values())
    share = None if route.share is None else 100 * route.share
    return [rank, via, ", ".join(route.modes), *amounts, share, route.status]


def leg_rows(found: Routes) -> pl.DataFrame:
    """One row per leg with its own amounts and, as `total_...`, the sums from the origin to its end."""
    schema: Schema = {
        "rank": _COUNT,
        "leg": _COUNT,
        **dict.fromkeys(("kind", "id", "mode", "origin", "destination"), _WORDS),
    }
    for name in _LEG_AMOUNTS:
        schema |= _ends(name) | _ends(f"total_{name}")
    schema["status"] = _WORDS
    rows: list[list[object]] = []
    for rank, route in enumerate(found.routes, start=1):
        so_far = {name: Amount.nothing(unit) for name, (_, unit) in _LEG_AMOUNTS.items()}
        for number, leg in enumerate(route.legs, start=1):
            row: list[object] = [rank, number, leg.kind, leg.id, leg.mode, leg.origin, leg.destination]
            for name, (held, unit) in _LEG_AMOUNTS.items():
                own: Amount = getattr(leg, held)
                so_far[name] = total((so_far[name], own), unit)
                row += [*_three(own), *_three(so_far[name])]
            rows.append([*row, leg.status])
    return pl.DataFrame(rows, schema=schema, orient="row")


def rerouted_rows(found: Rerouted) -> pl.DataFrame:
    """The routes before and after a closure in one table."""
    both = {"before": found.before, "after": found.after}
    return pl.concat(
        [route_rows(routes).select(pl.lit(when).alias("when"), pl.all()) for when, routes in both.items()]
    )


def user_rows(found: SelectedLink) -> pl.DataFrame:
    """One row per flow with the part of it over the selected line or crossing."""
    schema: Schema = {
        **dict.fromkeys(("origin", "destination", "sector"), _WORDS),
        **dict.fromkeys(("amount", "share_pct", "used"), _NUMBER),
        "why": _WORDS,
    }
    rows = [
        [
            user.flow.origin,
            user.flow.destination,
            user.flow.cargo.sector,
            user.flow.amount,
            100 * user.share,
            user.used,
            user.why,
        ]
        for user in found.users
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


_CROSSING_WORDS = ("name", "a", "b", "mode_a", "mode_b", "country_a", "country_b")
_CROSSING_AMOUNTS: Mapping[str, str] = {
    "hours": "hours",
    "charge_usd_t": "charge",
    "gauge_hours": "gauge_hours",
    "gauge_usd_t": "gauge_usd_t",
}


def crossing_rows(network: Network) -> pl.DataFrame:
    """One row per crossing: every amount with its range, status and sources; empty where nothing is held."""
    schema: Schema = {"crossing": _WORDS, **dict.fromkeys(_CROSSING_WORDS, _WORDS), "length_km": _NUMBER}
    for name in _CROSSING_AMOUNTS:
        schema |= _ends(name) | {f"{name}_status": _WORDS, f"{name}_source": _WORDS}
    schema |= {"hours_year": _WORDS, "gauge_break": pl.Boolean()}
    for name in ("capacity", "volume"):
        schema |= _ends(name)
        schema |= {f"{name}_{part}": _WORDS for part in ("unit", "status", "source", "year")}
    schema |= {"open_from": _WORDS, "record": _WORDS, "closed": pl.Boolean(), "note": _WORDS}
    rows = [_crossing(crossing, crossing.id in network.closed) for crossing in network.crossings.values()]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _crossing(crossing: Crossing, closed: bool) -> list[object]:
    row: list[object] = [crossing.id, *(getattr(crossing, name) for name in _CROSSING_WORDS)]
    row.append(crossing.length.value)
    for held in _CROSSING_AMOUNTS.values():
        row += _known(getattr(crossing, held))
    row += [crossing.hours_year, crossing.gauge_break]
    for measured in (crossing.capacity, crossing.volume):
        row += _measured(measured)
    return [*row, crossing.open_from, crossing.record, closed, crossing.note]


def _ends(name: str) -> Schema:
    return {name: _NUMBER, f"{name}_low": _NUMBER, f"{name}_high": _NUMBER}


def _three(amount: Amount | None) -> Iterable[float | None]:
    return (None, None, None) if amount is None else (amount.value, amount.low, amount.high)


def _known(amount: Amount | None) -> list[object]:
    words = ("", "") if amount is None else (amount.status, " ".join(amount.source))
    return [*_three(amount), *words]


def _measured(measured: Capacity | Volume | None) -> list[object]:
    if measured is None:
        return [None, None, None, "", "", "", ""]
    amount = measured.amount
    return [*_three(amount), amount.unit, amount.status, " ".join(amount.source), measured.year]
