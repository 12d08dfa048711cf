"""The verb `route`: the cheapest ways between two places, what they are made of, and a picture of the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landbridge import codes
from landbridge.cli.options import span
from landbridge.cli.output import answer
from landbridge.corridors import Amount, Cargo, Corridors, Routes, from_folder, uncertainty
from landbridge.corridors.cargoes import require_sector
from landbridge.corridors.choice import LOGIT_SCALE
from landbridge.corridors.views import via_words
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.release import Data
from landbridge.release import load as load_data

Row = dict[str, Any]

_VIEWS = ("routes", "legs", "uncertainty")
_LINES = ("line",)
_GATES = {"sea": "port", "air": "airport"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call of `route` asks for, beside the two ends."""

    best: int = 3
    sector: str | None = None
    modes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    show: str = "routes"
    picture: Path | None = None
    network: Path | None = None
    tonne_usd: str | None = None
    day_pct: str | None = None


def route(origin: str, destination: str, asked: Asked, *, as_json: bool) -> None:
    """Find the routes; show them, their legs or what their range comes from; draw the first."""
    if asked.show not in _VIEWS:
        raise UnknownLabel("view of a route", asked.show, _VIEWS, remedy=f"Valid: {', '.join(_VIEWS)}.")
    if asked.picture is not None:
        _drawable(asked.picture)
    data = load_data()
    held = corridors(data, asked.network)
    cargo = _cargo(held, origin, destination, asked)
    found = held.routes(
        origin,
        destination,
        best=asked.best,
        cargo=cargo,
        modes=asked.modes or None,
        without=asked.without,
    )
    if not found.routes:
        raise NotHeld(found.why, remedy="`landbridge crossings` lists what can be crossed, and how.")
    countries = tuple(held.network.nodes[end].country for end in (found.origin, found.destination))
    notes = [*_cargo_notes(held, cargo, asked, (countries[0], countries[1]))]
    notes += [*_ends(held, (origin, destination), found), *_notes(found, asked)]
    if asked.picture is not None:
        notes.append(_draw(asked.picture, found, held, data))
    rows, shown = _VIEW[asked.show](found)
    answer("route", data, rows if as_json else shown, as_json=as_json, notes=notes)


def corridors(data: Data, folder: Path | None) -> Corridors:
    """The release's corridors, on the network of a folder where one is named."""
    if folder is None:
        return data.corridors
    if not folder.is_dir():
        raise BadUsage(
            "there is no such folder.",
            where=str(folder),
            remedy="Name one with the five tables of a network.",
        )
    return replace(data.corridors, network=from_folder(folder))


def _cargo(held: Corridors, origin: str, destination: str, asked: Asked) -> Cargo:
    """The cargo of the sector between the two countries, or one of the caller's own."""
    if asked.sector is not None:
        require_sector(asked.sector)
    if (asked.tonne_usd is None) != (asked.day_pct is None):
        raise BadUsage(
            "a cargo of your own needs both --tonne-usd and --day-pct.",
            remedy="Add the other one, or neither.",
        )
    if asked.tonne_usd is not None and asked.day_pct is not None:
        tonne, day = span("--tonne-usd", asked.tonne_usd), span("--day-pct", asked.day_pct)
        return Cargo(
            asked.sector or "own", Amount(*tonne, "USD/t", "assumed"), Amount(*day, "%/day", "assumed")
        )
    ends = held.node(origin), held.node(destination)
    if ends[0] == ends[1]:
        raise BadUsage(
            f"{origin} and {destination} are one node, {ends[0].id}.",
            remedy="Name two places, or nodes in them.",
        )
    try:
        return held.cargo(ends[0].country, ends[1].country, asked.sector)
    except NotHeld as error:
        raise NotHeld(
            [
                replace(problem, remedy="Give a cargo of your own: --tonne-usd 2000 --day-pct 0.6.")
                for problem in error.problems
            ]
        ) from None


def _cargo_notes(held: Corridors, cargo: Cargo, asked: Asked, ends: tuple[str, str]) -> Iterable[str]:
    """What is carried and what its time is worth, how both are known, and whose values they are."""
    own = asked.tonne_usd is not None
    what = "as you gave it" if own else f"{cargo.sector} ({codes.sector(cargo.sector).name})"
    why = "" if own or asked.sector else f" No sector was named: this is {held.usual(*ends)[1]}."
    yield (
        f"Cargo {what}: a tonne is worth {_words(cargo.usd_t, 'USD')}; a day costs {_words(cargo.day_pct, '% of that')}."
        + why
    )
    lending = held.values_from(*ends)
    if not own and lending is not None and lending != ends:
        yield (
            f"No value of a tonne is held from {ends[0]} to {ends[1]}: it is borrowed from {lending[0]} to {lending[1]}, "
            "its range widened to half of the low and twice the high end."
        )


def _words(amount: Amount, unit: str) -> str:
    """An amount in words: value, unit, range, status and sources."""
    known = f"{amount.status}, after {' '.join(amount.source)}" if amount.source else amount.status
    value = f"{unit} {_number(amount.value)}" if unit == "USD" else f"{_number(amount.value)} {unit}"
    if amount.low == amount.high:
        return f"{value} ({known})"
    return f"{value} ({_number(amount.low)} to {_number(amount.high)}; {known})"


def _ends(held: Corridors, asked: tuple[str, str], found: Routes) -> Iterable[str]:
    """Which node stands for a place that is none."""
    for label, node in zip(asked, (found.origin, found.destination), strict=True):
        if label != node:
            yield f"{label} stands for {held.network.nodes[node].name} ({node})."


def _notes(found: Routes, asked: Asked) -> Iterable[str]:
    """How the numbers are known and what their ranges and shares mean."""
    if set(asked.modes) in ({"sea"}, {"air"}):
        yield (
            f"By {asked.modes[0]}, with road and rail between either place and its {_GATES[asked.modes[0]]}: "
            "the one they reach at least cost without crossing a controlled border."
        )
    if len(found.routes) < asked.best:
        yield (
            f"{len(found.routes)} of {asked.best} ways: every other passes all that one of these passes, and costs more."
        )
    lengths = _by_status(leg.length_km for one in found.routes for leg in one.legs if leg.kind in _LINES)
    hours = _by_status(leg.hours for one in found.routes for leg in one.legs)
    yield f"How it is known, by the weakest part: of the kilometres of lines {lengths}; of the hours {hours}."
    yield (
        "Ranges are envelopes: all low ends together, all high ends together. That is wider than a likely range."
    )
    if len(found.routes) > 1:
        low, middle, high = (f"{end:g}" for end in LOGIT_SCALE.ends)
        yield (
            f"Shares are among these routes alone: logit with path sizes, scale {middle} ({low} to {high}; "
            f"{LOGIT_SCALE.status})."
        )


def _by_status(amounts: Iterable[Amount]) -> str:
    """The parts of a sum by status, in per cent."""
    parts: dict[str, float] = {}
    for amount in amounts:
        if amount.status:
            parts[amount.status] = parts.get(amount.status, 0.0) + amount.value
    whole = sum(parts.values())
    shown = sorted(parts.items(), key=lambda part: -part[1])
    return ", ".join(f"{_percent(part / whole)} % {status}" for status, part in shown if whole) or "none"


def _percent(part: float) -> str:
    return "under 1" if 0 < part < 0.005 else f"{100 * part:.0f}"


def _routes(found: Routes) -> tuple[list[Row], list[Row]]:
    rows = found.table().to_dicts()
    return rows, [
        {
            "rank": row["rank"],
            "via": row["via"] or "no crossing",
            "km": f"{row['length_km']:,.0f}",
            "hours": _ranged(row, "hours"),
            "days": f"{row['hours'] / 24:.1f}",
            "cost USD/t": _ranged(row, "cost_usd_t"),
            "time and cost, % of value": _ranged(row, "ad_valorem_pct"),
            "kg CO2e/t": _ranged(row, "emissions_kg_t"),
            "share %": row["share_pct"],
            "status": row["status"],
        }
        for row in rows
    ]


def _legs(found: Routes) -> tuple[list[Row], list[Row]]:
    rows = found.legs().to_dicts()
    return rows, [
        {
            "rank": row["rank"],
            "kind": row["kind"],
            "id": row["id"],
            "mode": row["mode"],
            "to": row["destination"],
            "km": row["length_km"],
            "hours": _ranged(row, "hours"),
            "USD/t": _ranged(row, "cost_usd_t"),
            "km so far": f"{row['total_length_km']:,.0f}",
            "days so far": f"{row['total_hours'] / 24:.1f}",
            "USD/t so far": _ranged(row, "total_cost_usd_t"),
            "status": row["status"],
        }
        for row in rows
    ]


def _uncertainty(found: Routes) -> tuple[list[Row], list[Row]]:
    """For each route, the share of the variance of its ad-valorem cost that each group of inputs makes."""
    rows: list[Row] = []
    for rank, (one, via) in enumerate(zip(found.routes, via_words(found.routes), strict=True), 1):
        drawn = uncertainty(one, found.cargo)
        whole = {"mean_pct": drawn.mean, "low_pct": drawn.low, "high_pct": drawn.high}
        parts = {**drawn.shares, "interaction": drawn.interaction} if drawn.shares else {}
        rows += [
            {"rank": rank, "via": via, "group": group, "share_pct": 100 * share, **whole}
            for group, share in parts.items()
        ]
    shown = [
        {
            "rank": row["rank"],
            "what is not known": row["group"],
            "share of variance %": f"{row['share_pct']:.1f}",
            "time and cost, % of value": f"{row['mean_pct']:.3g} ({row['low_pct']:.3g} to {row['high_pct']:.3g})",
        }
        for row in rows
    ]
    return rows, shown


_VIEW = {"routes": _routes, "legs": _legs, "uncertainty": _uncertainty}


def _ranged(row: Row, name: str) -> str:
    value, low, high = (row[name + end] for end in ("", "_low", "_high"))
    if low == high:
        return _number(value)
    return f"{_number(value)} ({_number(low)} to {_number(high)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _drawable(path: Path) -> None:
    """Refuse, before anything is computed, a picture that cannot be written."""
    from landbridge.brief import writing

    if path.suffix.lower() != ".svg":
        raise BadUsage(
            f"--picture {path}: pictures are drawn as SVG.",
            remedy=f"Name it {path.with_suffix('.svg').name}; every browser and office program opens it.",
        )
    try:
        writing.refuse(path)
    except BadUsage as error:
        remedy = "Choose another place with --picture."
        raise BadUsage([replace(problem, remedy=remedy) for problem in error.problems]) from None


def _draw(path: Path, found: Routes, held: Corridors, data: Data) -> str:
    from landbridge.brief import chart_staircase, tracing, writing

    drawn = chart_staircase.staircase(found.routes[0], held.network, data.sources, data.manifest.id)
    try:
        writing.replace(path, drawn.svg.encode())
    except BadUsage as error:
        remedy = "Choose another place with --picture."
        raise BadUsage([replace(problem, remedy=remedy) for problem in error.problems]) from None
    tracing.remember(data.manifest.id, drawn.figures)
    return f"Wrote {path}."
