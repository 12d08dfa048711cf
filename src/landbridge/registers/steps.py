"""Steps of a consignment: which documents and procedures it needs on a route, and which go in electronic form.

The route gives the countries and crossings passed; the ledger gives the steps that each country's side asks for. A step is
listed as needed only where a source names it for this way, or for goods both ways; one that is held for the other way alone
is set apart, as is one that hangs on the goods. What the ledger does not say is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from landbridge import codes
from landbridge.corridors.network import FAMILY
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.ledger import Ledger, Record, Statement, schema
from landbridge.provenance.status import weakest
from landbridge.registers.moments import day, span
from landbridge.registers.naming import name_of
from landbridge.release.data import Data

if TYPE_CHECKING:
    from landbridge.corridors.routing import Route

Way = Literal["this way", "part of the way", "the other way"]
_WAYS: tuple[Way, ...] = ("this way", "part of the way", "the other way")
UNKNOWN = "unknown"
DIFFER = "sources differ"
_PER_HOUR = {"h": 1.0, "days": 24.0}


@dataclass(frozen=True, slots=True)
class Passage:
    """The way that the steps are asked for: countries in order, the modes by which borders are passed, crossings by id.

    A country that is left and entered again stands as often as it is entered: CHN, RUS, KAZ, RUS.
    """

    countries: tuple[str, ...]
    modes: tuple[str, ...]
    crossings: tuple[str, ...]

    @property
    def sides(self) -> tuple[str, ...]:
        """Every country passed, once, in the order in which it is first entered."""
        return tuple(dict.fromkeys(self.countries))


@dataclass(frozen=True, slots=True)
class Electronic:
    """Whether an electronic form is accepted on a day: yes, no, partly, planned, `sources differ` or unknown.

    `since` is the day from which a source says so, empty where it names none; `said_on` the day on which it was said.
    """

    state: str
    since: str
    said_on: str
    statements: tuple[Statement, ...]

    @property
    def status(self) -> str:
        """The weakest status of those who say so; empty where nobody does."""
        return weakest(item.status for item in self.statements).value if self.statements else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One document or procedure that one side asks for.

    `way` is `the other way` where the ledger names it only for goods that go back, `part of the way` where it names it
    for goods that start or end at a country which is only passed here. `goods` is empty where it is needed for
    all; `fits` is True where the goods asked about are named in it, None where that cannot be told. `hours` is the time it
    takes as (low, high), None where no source states one.
    """

    record: Record
    side: str
    way: Way
    goods: str
    fits: bool | None
    electronic: Electronic
    hours: tuple[float, float] | None
    timed_by: tuple[Statement, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that the ledger says of it."""
        return self.record.statements

    @property
    def needed(self) -> str:
        """For whom it is needed, as far as the ledger tells."""
        if self.way == "the other way":
            return "held for the other way only; whether it is needed this way is unknown"
        if self.way == "part of the way":
            ends = self.record.parties
            between = f"between {ends[0]} and {ends[-1]}"
            way = between if both_ways(self.record) else f"from {ends[0]} to {ends[-1]}"
            return f"held for goods {way}; whether it is needed in transit is unknown"
        if not self.goods:
            return "every consignment"
        return f"if the goods are: {self.goods}"

    def row(self) -> dict[str, Any]:
        """Plain columns; the ids lead to the statements."""
        record, form = self.record, self.electronic
        low, high = self.hours or (None, None)
        return {
            "step": record.subject,
            "name": name_of(record),
            "side": self.side,
            "mode": " ".join(item.text for item in record.all("mode")) or None,
            "needed": self.needed,
            "both_ways": both_ways(record),
            "names_your_goods": self.fits,
            "issuer": record.text("issuer") or None,
            "electronic": form.state,
            "electronic_since": form.since or None,
            "electronic_said_on": form.said_on or None,
            "electronic_status": form.status or None,
            "electronic_note": "; ".join(dict.fromkeys(s.note for s in form.statements if s.note)) or None,
            "hours_low": low,
            "hours_high": high,
            "weakest_status": weakest(item.status for item in record.statements).value,
            "sources": " ".join(dict.fromkeys(item.source for item in record.statements)),
            "ids": " ".join(item.id for item in record.statements),
        }


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps on a way on a day. `unknown` says in words what the ledger does not tell."""

    passage: Passage
    cargo: str
    on: str
    steps: tuple[Step, ...]
    unknown: tuple[str, ...]

    @property
    def needed(self) -> tuple[Step, ...]:
        """The steps of this way that every consignment needs, or that name the goods asked about."""
        return tuple(item for item in self.steps if item.way == "this way" and (not item.goods or item.fits))

    @property
    def hours(self) -> tuple[float, float] | None:
        """The stated hours of the needed steps added up, low and high; None where none states any.

        It is a floor of paper work only as far as `timed` goes; steps may run side by side.
        """
        held = [item.hours for item in self.needed if item.hours is not None]
        return (sum(low for low, _ in held), sum(high for _, high in held)) if held else None

    @property
    def timed(self) -> int:
        """How many of the needed steps have a stated time."""
        return sum(item.hours is not None for item in self.needed)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """Every step as plain columns."""
        return tuple(item.row() for item in self.steps)

    def summary(self) -> tuple[dict[str, Any], ...]:
        """One row a country passed: how many steps every consignment needs there, and how many by electronic form."""
        found = []
        for country in self.passage.sides:
            own = [item for item in self.needed if item.side == country]
            states = [item.electronic.state for item in own]
            counts = {
                f"electronic_{name.replace(' ', '_')}": states.count(name)
                for name in ("yes", "partly", "planned", "no", DIFFER, UNKNOWN)
            }
            held = [item.hours for item in own if item.hours is not None]
            found.append(
                {
                    "side": country,
                    "steps": len(own),
                    **counts,
                    "hours_low": sum(low for low, _ in held) if held else None,
                    "hours_high": sum(high for _, high in held) if held else None,
                    "with_hours": len(held),
                }
            )
        return tuple(found)


def steps(data: Data, origin: str, destination: str, mode: str = "", cargo: str = "", on: str = "") -> Steps:
    """The steps of a consignment from one place to another on a day (that of the data without `on`).

    The cheapest route by `mode` (rail, road, sea, air; any without it) gives countries and crossings. `cargo` are words for
    the goods, compared with those of each step. Raises `BadUsage` for a mode that is none and `NotHeld` where no route leads
    there.
    """
    modes = tuple(code for code in schema.kind("step").property("mode").codes if code != "any")
    if mode and mode not in modes:
        raise UnknownLabel("mode", mode, modes, remedy=f"Valid: {', '.join(modes)}.")
    found = data.corridors.routes(origin, destination, best=1, modes=(mode,) if mode else None)
    if not found.routes:
        raise NotHeld(
            f"no route leads from {origin} to {destination}{f' by {mode}' if mode else ''}.",
            cause=found.why,
            remedy=f"Leave the mode out, or look what `landbridge route {origin} {destination}` says.",
        )
    return along(data.ledger, _passage(data, found.routes[0]), cargo, on or data.as_of)


def along(ledger: Ledger, passage: Passage, cargo: str, on: str) -> Steps:
    """The steps of a consignment on a way that is known: countries in the order in which they are passed."""
    day(on)
    if len(set(passage.countries)) < 2:
        raise BadUsage("the way crosses no border.", remedy="Name places in two countries.")
    found = [
        _step(record, way, cargo, on)
        for record in ledger.records("step")
        if _by(record, passage.modes) and (way := _way(record, passage.countries)) is not None
    ]
    place = {country: number for number, country in enumerate(passage.sides)}
    found.sort(key=lambda s: (_WAYS.index(s.way), place[s.side], bool(s.goods), name_of(s.record)))
    held = Steps(passage, cargo, on, tuple(found), ())
    return Steps(passage, cargo, on, tuple(found), tuple(_unknown(held)))


def _passage(data: Data, route: Route) -> Passage:
    network = data.corridors.network
    countries: list[str] = []
    crossings: list[str] = []
    modes: dict[str, None] = {}
    for leg in route.legs:
        ends = {network.nodes[node].country for node in (leg.origin, leg.destination)}
        if len(ends) > 1 and leg.mode in FAMILY:
            modes[FAMILY[leg.mode]] = None
        for node in (leg.origin, leg.destination):
            country = network.nodes[node].country
            if country and (not countries or countries[-1] != country):
                countries.append(country)
        if leg.kind == "crossing":
            crossings.append(leg.id)
    return Passage(tuple(countries), tuple(modes), tuple(crossings))


def _by(record: Record, modes: Sequence[str]) -> bool:
    own = {item.text for item in record.all("mode")}
    return not own or "any" in own or not own.isdisjoint(modes)


def _way(record: Record, countries: Sequence[str]) -> Way | None:
    """Whether a step lies on the way: its side is passed and with it another of its parties. None where not.

    The first party on the way is where goods come from, the last where they go, as the register writes parties; of a step
    that is held both ways the order says nothing.
    """
    side = codes.place(record.text("side")).country
    parties = dict.fromkeys(codes.place(code).country for code in record.parties)
    passed = [country for country in parties if country in countries]
    if side not in countries or len({*passed, side}) < 2 or len(passed) < 2:
        return None
    # A country may be left and entered again: goods come from where it is first entered, and go to where it is last.
    first, last = countries.index(passed[0]), _last(countries, passed[-1])
    if first > last and not both_ways(record):
        return "the other way"
    whole = countries[0] != countries[-1] and {countries[0], countries[-1]} <= set(passed)
    return "this way" if whole else "part of the way"


def _last(countries: Sequence[str], country: str) -> int:
    return len(countries) - 1 - countries[::-1].index(country)


def both_ways(record: Record) -> bool:
    """Whether a source names the step for goods that go either way."""
    return any(said.text == "true" for said in record.all("both_ways"))


def _step(record: Record, way: Way, cargo: str, on: str) -> Step:
    goods = record.text("cargo")
    every = not goods or goods.casefold().startswith("all goods")
    fits = None if every or not cargo else _names(goods, cargo) or None
    timed = tuple(said for said in record.all("hours") if said.is_quantity)
    hours = _hours(timed[-1]) if timed else None
    side = codes.place(record.text("side")).country
    return Step(record, side, way, "" if every else goods, fits, electronic(record, on), hours, timed[-1:])


def _names(goods: str, cargo: str) -> bool:
    """Whether the goods of a step name what is asked about. That they do not proves nothing."""
    words = [word for word in cargo.casefold().split() if len(word) > 2]
    return bool(words) and any(word.rstrip("s") in goods.casefold() for word in words)


def electronic(record: Record, on: str) -> Electronic:
    """Whether the electronic form of a step is accepted on a day, by the newest of what was said of it by then."""
    now = day(on)
    said = []
    for item in record.all("electronic"):
        begins, ends = span(item.valid_from or item.period or item.as_of), span(item.valid_to)
        if begins is not None and begins.first > now:
            continue
        if ends is not None and ends.last is not None and ends.last < now:
            continue
        said.append((begins.first.isoformat() if begins is not None else "", item))
    if not said:
        return Electronic(UNKNOWN, "", "", ())
    newest = max(moment for moment, _ in said)
    chosen = tuple(item for moment, item in said if moment == newest)
    states = {item.text for item in chosen}
    since = min((item.valid_from for item in chosen if item.valid_from), default="")
    told = max((item.as_of or item.period for item in chosen), default="")
    return Electronic(states.pop() if len(states) == 1 else DIFFER, since, told, chosen)


def _hours(said: Statement) -> tuple[float, float]:
    times = _PER_HOUR[said.unit]
    low = said.low if said.low is not None else said.number
    high = said.high if said.high is not None else said.number
    assert low is not None
    assert high is not None
    return (low * times, high * times)


def _unknown(found: Steps) -> Iterable[str]:
    needed = found.needed
    for country in found.passage.sides:
        if not any(item.side == country for item in found.steps):
            yield f"No step of {codes.place(country).name} is held on this way."
        elif not any(item.side == country for item in needed):
            yield f"No step of {codes.place(country).name} is held that every consignment needs this way."
    if needed and found.timed < len(needed):
        untimed = len(needed) - found.timed
        yield f"How long {untimed} of {len(needed)} steps take is not stated by any source; hours are no total."
    dark = [name_of(item.record) for item in needed if item.electronic.state == UNKNOWN]
    if dark:
        yield f"Whether these go in electronic form is not known: {'; '.join(dark)}."
    guessed = [name_of(item.record) for item in needed if _assumed(item)]
    if guessed:
        yield f"These are held from general knowledge, without a source: {'; '.join(guessed)}."
    passing = [item for item in found.steps if item.way == "part of the way"]
    if passing:
        yield f"{len(passing)} steps are held for goods of a country that is only passed; transit is not spoken of."
    conditional = [item for item in found.steps if item.way == "this way" and item.goods and not item.fits]
    if conditional:
        yield f"{len(conditional)} more steps hang on the goods; compare them with yours."


def _assumed(item: Step) -> bool:
    return all(said.source == "assumed" for said in item.record.statements)
