"""The verb `crossings`: every crossing, who uses one, and how its delay grows with its load."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbridge import codes
from landbridge.cli.options import span
from landbridge.cli.output import answer
from landbridge.cli.routes import corridors
from landbridge.corridors import Corridors, Crossing
from landbridge.corridors.loading import Post, delay, delay_curve
from landbridge.corridors.network import FAMILY
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.release import Data
from landbridge.release import load as load_data

Row = dict[str, Any]

_MODES = ("rail", "road")
# Squared coefficients of variation, low, middle and high: services from regular to twice as scattered as exponential ones,
# arrivals from Poisson to convoys. Nobody has measured them at these posts.
SERVICE_SCV = (0.25, 1.0, 2.0)
ARRIVAL_SCV = (1.0, 1.0, 4.0)
_MINUTE = 1 / 60
# A queue counts vehicles; of these units one is one vehicle.
_A_DAY = ("vehicles/day", "trucks/day", "trains/day")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call of `crossings` asks for."""

    between: tuple[str, str] | None = None
    country: str | None = None
    mode: str | None = None
    users: str | None = None
    curve: str | None = None
    lanes: str | None = None
    capacity: str | None = None
    arrivals: float | None = None
    network: Path | None = None


def crossings(asked: Asked, *, as_json: bool) -> None:
    """Dispatch on what is to be shown."""
    _check(asked)
    data = load_data()
    held = corridors(data, asked.network)
    if asked.users is not None:
        rows, shown, notes = _users(held, asked.users)
    elif asked.curve is not None:
        rows, shown, notes = _curve(held, asked.curve, asked)
    else:
        rows, shown, notes = _all(data, held, asked)
    answer("crossings", data, rows if as_json else shown, as_json=as_json, notes=notes)


_Answer = tuple[list[Row], list[Row], list[str]]


def _check(asked: Asked) -> None:
    """Refuses options that would go unheard."""
    if asked.users is not None and asked.curve is not None:
        raise BadUsage("--users and --curve are two views.", remedy="Ask for one of them.")
    single = asked.users is not None or asked.curve is not None
    if single and (asked.between or asked.country or asked.mode):
        raise BadUsage(
            "--between, --country and --mode choose among all crossings.",
            remedy="Leave them out; --users and --curve name one.",
        )
    if asked.curve is None and (asked.lanes or asked.capacity or asked.arrivals is not None):
        raise BadUsage("--lanes, --capacity and --arrivals belong to --curve ID.", remedy="Add it.")
    if asked.curve is not None and asked.lanes is None:
        raise BadUsage(
            "--curve needs --lanes: how many lanes or tracks serve is not held.",
            remedy="Write --lanes 6, or --lanes 4,6,8 where it is not known well.",
        )
    if asked.between and asked.country:
        raise BadUsage("--between and --country exclude each other.", remedy="Give one of them.")
    if asked.mode is not None and asked.mode not in _MODES:
        raise UnknownLabel("mode of a crossing", asked.mode, _MODES, remedy=f"Valid: {', '.join(_MODES)}.")


def _all(data: Data, held: Corridors, asked: Asked) -> _Answer:
    wanted: tuple[str, ...] = asked.between or ((asked.country,) if asked.country else ())
    for label in wanted:
        place = codes.place(label)
        if place.kind != "country":
            raise BadUsage(f"{place} is no country.", remedy=f"Name its country, {place.country}.")
    if len(set(wanted)) < len(wanted):
        raise BadUsage(f"{wanted[0]} is named twice.", remedy="Name the neighbour second.")
    rows: list[Row] = [
        row
        for row in held.crossings().iter_rows(named=True)
        if set(wanted) <= {row["country_a"], row["country_b"]}
        and (asked.mode is None or FAMILY[row["mode_a"]] == asked.mode)
    ]
    if not rows:
        pairs = sorted({f"{one.country_a}-{one.country_b}" for one in held.network.crossings.values()})
        raise NotHeld(
            f"no crossing {'between ' if len(wanted) > 1 else 'of '}{' and '.join(wanted) or 'any country'}"
            f"{f' by {asked.mode}' if asked.mode else ''} is held.",
            cause=f"Borders with crossings held: {', '.join(pairs) or 'none'}.",
            remedy="Free borders, such as that of Belarus with Russia, are lines of the network.",
        )
    known: dict[str, int] = {}
    for row in rows:
        known[row["hours_status"]] = known.get(row["hours_status"], 0) + 1
    told = ", ".join(
        f"{count} {status}" for status, count in sorted(known.items(), key=lambda item: -item[1])
    )
    notes = [
        f"{len(rows)} crossings; their hours: {told}.",
        "Hours are formalities and waiting, without the change of gauge. Claimed: said by one with an interest in it.",
        "`landbridge crossings --users ID` says who uses one, `--curve ID --lanes N` how its delay grows with its load.",
    ]
    return rows, [_spoken(row) for row in rows], notes


def _spoken(row: Row) -> Row:
    """A crossing for a reader: ranges in words, quantities with their units and years."""
    return {
        "crossing": row["crossing"],
        "border": f"{row['country_a']}-{row['country_b']}",
        "hours": _ranged(row, "hours"),
        "known": _dated(row["hours_status"], row["hours_year"]),
        "source": _first(row["hours_source"]),
        "gauge, h": _ranged(row, "gauge_hours") if row["gauge_break"] else "",
        "USD/t": _ranged(row, "charge_usd_t"),
        "capacity": _measured(row, "capacity"),
        "volume": _dated(_measured(row, "volume"), row["volume_year"]),
        **({"closed": "closed"} if row["closed"] else {}),
    }


def _measured(row: Row, name: str) -> str:
    return "" if row[name] is None else f"{_ranged(row, name)} {row[f'{name}_unit']}"


def _first(sources: str) -> str:
    """The first of several sources and how many more there are: JSON names them all."""
    first, *more = sources.split() or [""]
    return f"{first} +{len(more)}" if more else first


def _dated(words: str, year: str) -> str:
    return f"{words}, {year}" if year else words


def _ranged(row: Row, name: str) -> str:
    value, low, high = (row[name + end] for end in ("", "_low", "_high"))
    if value is None:
        return ""
    return _digits(value) if low == high else f"{_digits(value)} ({_digits(low)}–{_digits(high)})"


def _digits(value: float) -> str:
    """Four digits that matter, all written out: no power of ten is left to the reader."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    places = 3 if value == 0 else max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _waited(row: Row) -> str:
    """A delay in hours with its range; less than a minute is not told apart."""
    if row["delay_h"] is None:
        return "none: the line grows"
    ends = [
        "under 0.02 h" if row[f"delay_h{end}"] < _MINUTE else _digits(round(row[f"delay_h{end}"], 2))
        for end in ("", "_low", "_high")
    ]
    return ends[0] if len(set(ends)) == 1 else f"{ends[0]} ({ends[1]}–{ends[2]})"


def _whole(vehicles: float) -> str:
    """Vehicles as a whole number."""
    return "under 1" if 0 < vehicles < 1 else f"{vehicles:,.0f}"


def _crossing(held: Corridors, label: str, also: tuple[str, ...] = ()) -> Crossing | None:
    """The crossing of this id, None for one of the words in `also`; raises `UnknownLabel` with the nearest."""
    known = held.network.crossings
    if label not in known and label not in also:
        raise UnknownLabel(
            "crossing", label, (*known, *also), remedy="`landbridge crossings` lists every crossing."
        )
    return known.get(label)


def _users(held: Corridors, label: str) -> _Answer:
    """Which flows use a crossing, a pipeline, the sea or the air, the largest shares first."""
    used = dict.fromkeys(row.crossing for row in held.use.rows)
    _crossing(held, label, tuple(used))
    if label not in used:
        raise NotHeld(
            f"no flow is held to use {label}.",
            cause="Shares are held between China, Russia and Belarus; transit counts at the Chinese side.",
            remedy=f"Held: {', '.join(used)}.",
        )
    rows: list[Row] = [
        {
            "exporter": row.exporter,
            "importer": row.importer,
            "sector": row.sector,
            "name": codes.sector(row.sector).name,
            "mode": row.mode,
            "share_pct": row.share.value,
            "share_pct_low": row.share.low,
            "share_pct_high": row.share.high,
            "status": row.share.status,
            "source": " ".join(row.share.source),
            "year": row.year,
            "note": row.note,
        }
        for row in held.use.users(label)
    ]
    shown = [
        {
            **{name: row[name] for name in ("exporter", "importer", "sector", "name", "mode")},
            "share of the flow's value, %": _ranged(row, "share_pct"),
            **{name: row[name] for name in ("status", "source", "year")},
        }
        for row in rows
    ]
    return rows, shown, [f"Parts of the value of each flow that pass {label}; the rest of it goes elsewhere."]


def _curve(held: Corridors, label: str, asked: Asked) -> _Answer:
    """Delay over load, or with arrivals the delay at one load: at the low, middle and high capacity held."""
    crossing = _crossing(held, label)
    assert crossing is not None
    capacity, unit, known = _capacity(crossing, asked)
    posts = [_post(value, asked) for value in capacity]
    notes = [
        f"Capacity {_three(capacity)} {unit} ({known}); {asked.lanes} lanes; squared variation of services "
        f"{_three(SERVICE_SCV)}, of times between arrivals {_three(ARRIVAL_SCV)} (both assumed); open round the clock.",
        "Mean wait in the line without the service itself, Kimura's approximation of a queue with several servers; the "
        "range is the envelope over all of these.",
    ]
    hours = crossing.hours
    notes.append(
        f"All hours held at {label}, formalities included, are {_three(hours.ends)} ({hours.status}): what a line of "
        "this load does not explain is papers, checks, convoys and days on which less passes."
    )
    if asked.arrivals is None:
        notes.insert(0, f"{_passed(crossing)} So this is a curve and not a number.")
        return *_loads(posts), notes
    rows, shown = _what_if(posts, asked.arrivals)
    if rows[1]["growth_vehicles_day"] is not None:
        growth = rows[1]["growth_vehicles_day"]
        notes.insert(
            0,
            f"At the middle capacity the load is {rows[1]['load']:.2f}: the line at {label} has no mean delay and grows by "
            f"{_whole(growth)} a day, {_whole(7 * growth)} in a week. From a load of one on it never clears by itself.",
        )
    return rows, shown, [*notes, _passed(crossing)]


def _passed(crossing: Crossing) -> str:
    """What is held of how many come to a crossing."""
    if crossing.volume is None:
        return f"How many arrive at {crossing.id} is not published."
    amount, year = crossing.volume.amount, crossing.volume.year
    sources = f", after {' '.join(amount.source)}" if amount.source else ""
    passed = (
        f"{_digits(amount.value)} {amount.unit} passed{f' in {year}' if year else ''} "
        f"({amount.status}{sources})"
    )
    if amount.unit in _A_DAY:
        return f"At {crossing.id} {passed}; how many more arrived and waited is not held."
    return f"How many arrive a day at {crossing.id} is not published; {passed}."


def _post(capacity: float, asked: Asked) -> Post:
    lanes = span("--lanes", asked.lanes or "")
    if any(value != round(value) for value in lanes):
        raise BadUsage(f"--lanes {asked.lanes}: lanes are whole.", remedy="Write --lanes 6 or --lanes 4,6,8.")
    return Post(capacity, (int(lanes[0]), int(lanes[1]), int(lanes[2])), SERVICE_SCV, ARRIVAL_SCV)


def _capacity(crossing: Crossing, asked: Asked) -> tuple[tuple[float, float, float], str, str]:
    """Vehicles a day as (low, middle, high), their unit, and how they are known."""
    held = crossing.capacity
    unit = held.amount.unit if held is not None else ""
    if asked.capacity is not None:
        named = (
            unit if unit in _A_DAY else "trains/day" if FAMILY[crossing.mode_a] == "rail" else "vehicles/day"
        )
        return span("--capacity", asked.capacity), named, "as you gave it"
    if held is None or unit not in _A_DAY:
        amount = "" if held is None else f" Its capacity is held in {unit}: {held.amount.value:g}."
        raise NotHeld(
            f"how many vehicles a day {crossing.id} can pass is not held.{amount}",
            remedy="Give it with --capacity 500, or --capacity 400,500,600.",
        )
    sources = f", after {' '.join(held.amount.source)}" if held.amount.source else ""
    year = f" {held.year}" if held.year else ""
    low, value, high = held.amount.ends
    return (low, value, high), unit, f"{held.amount.status}{year}{sources}"


def _loads(posts: list[Post]) -> tuple[list[Row], list[Row]]:
    curves = [delay_curve(post) for post in posts]
    middle = curves[1]
    rows: list[Row] = [
        {
            "load": float(load),
            "vehicles_day": float(load) * middle.post.capacity,
            "delay_h": float(middle.value[at]),
            "delay_h_low": min(float(curve.low[at]) for curve in curves),
            "delay_h_high": max(float(curve.high[at]) for curve in curves),
        }
        for at, load in enumerate(middle.load)
    ]
    shown = [
        {
            "load": f"{row['load']:.2f}",
            "vehicles a day": f"{row['vehicles_day']:,.0f}",
            "delay, hours": _waited(row),
        }
        for row in rows
    ]
    return rows, shown


def _what_if(posts: list[Post], arrivals: float) -> tuple[list[Row], list[Row]]:
    """The delay with these arrivals at low, middle and high capacity; from a load of one on no delay but a growing line."""
    found = [delay(post, arrivals) for post in posts]
    rows: list[Row] = [
        {
            "capacity": name,
            "vehicles_day": post.capacity,
            "load": one.load,
            "delay_h": one.value,
            "delay_h_low": one.low,
            "delay_h_high": one.high,
            "growth_vehicles_day": None if one.load < 1 else one.growth,
        }
        for name, post, one in zip(("low", "middle", "high"), posts, found, strict=True)
    ]
    shown = [
        {
            "capacity": row["capacity"],
            "vehicles a day": _whole(row["vehicles_day"]),
            "load": f"{row['load']:.2f}",
            "delay, hours": _waited(row),
            "growth of the line a day": ""
            if row["delay_h"] is not None
            else _whole(row["growth_vehicles_day"]),
        }
        for row in rows
    ]
    return rows, shown


def _three(ends: tuple[float, float, float]) -> str:
    low, value, high = map(_digits, ends)
    return value if ends[0] == ends[2] else f"{value} ({low} to {high})"
