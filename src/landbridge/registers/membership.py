"""Who belongs to a mechanism on a date, and by which path: named, through its macro-region, or through its country."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from landbridge import codes
from landbridge.codes import Place
from landbridge.errors import BadUsage
from landbridge.ledger import Record, Statement
from landbridge.provenance import Status
from landbridge.registers.dormancy import Dormancy
from landbridge.registers.meetings import state
from landbridge.registers.moments import day
from landbridge.release.data import Data

Path = Literal["named", "macro-region", "country", "in part"]
# The closest path first: a region that is named is meant more closely than one that lies in a country that is.
PATHS: tuple[Path, ...] = ("named", "macro-region", "country", "in part")
# Paths that tell regions of one country apart; the path by country covers all of them alike.
REGIONAL: tuple[Path, ...] = ("named", "macro-region")


@dataclass(frozen=True, slots=True)
class Membership:
    """How a place belongs to a mechanism. `via` is the code that the mechanism names; `statement` says so."""

    place: str
    path: Path
    via: str
    begins: str
    ends: str
    statement: Statement

    @property
    def assumed(self) -> bool:
        """True where no source says so."""
        return self.statement.status is Status.ASSUMED

    def words(self) -> str:
        """The path for people."""
        via = codes.place(self.via).name
        words = {
            "named": "named as a party" if self.statement.property == "parties" else "named member",
            "macro-region": f"through its macro-region {via}",
            "country": f"through its country {via}",
            "in part": f"in part, through {via}",
        }[self.path]
        return f"{words} (assumed)" if self.assumed else words


@dataclass(frozen=True, slots=True)
class Cover:
    """One mechanism that covers a pair of places on a date, and by which path on each side."""

    record: Record
    a: Membership
    b: Membership
    dormancy: Dormancy

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What says that both belong to it."""
        return once((self.a.statement, self.b.statement))

    @property
    def path(self) -> Path:
        """The looser of the two paths."""
        return max(self.a.path, self.b.path, key=PATHS.index)

    def row(self) -> dict[str, Any]:
        """Plain columns; the ids lead to the statements behind the membership."""
        begins = (self.record.text("since"), self.a.begins, self.b.begins)
        ends = (self.record.text("until"), self.a.ends, self.b.ends)
        return {
            "mechanism": self.record.subject,
            "name": self.record.name,
            "form": self.record.text("form"),
            "level": self.record.text("level") or None,
            "a": self.a.place,
            "path_a": self.a.words(),
            "b": self.b.place,
            "path_b": self.b.words(),
            "since": max(begins) or None,
            "until": min(filter(None, ends), default=None),
            "state": self.dormancy.state,
            "why": self.dormancy.why,
            "ids": " ".join(statement.id for statement in self.statements),
        }


def once(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Statements in their order, each once."""
    return tuple({statement.id: statement for statement in statements}.values())


def members(record: Record) -> tuple[Membership, ...]:
    """Every place that a record names as a member or, where it names none in it, as a party; by code."""
    named = [
        Membership(said.text, "named", said.text, said.valid_from, said.valid_to, said)
        for said in record.all("member")
    ]
    within = {code for item in named for code in _around(item.place)}
    parties = [
        Membership(code, "named", code, "", "", said)
        for said in record.all("parties")
        for code in said.places
        if code not in within
    ]
    return tuple(sorted((*named, *parties), key=lambda item: (item.place, item.begins, item.statement.id)))


def belonging(record: Record, place: str) -> tuple[Membership, ...]:
    """Every membership by which a place belongs to a mechanism at any time, all of the closest path that there is.

    A membership whose beginning no source dates has an empty `begins`. Empty where the mechanism names members inside a
    macro-region or country, and the place is none of them.
    """
    every, asked = members(record), codes.place(place)
    for path in PATHS:
        found = tuple(item for item in every if _path(codes.place(item.place), asked) == path)
        if found:
            return tuple(replace(item, place=place, path=path) for item in found)
    return ()


def _path(named: Place, asked: Place) -> Path | None:
    """By which path a place belongs that is, lies in, or holds the one that a mechanism names."""
    if named.code == asked.code:
        return "named"
    if asked.code in named.members:
        return "macro-region"
    if named.code == asked.country:
        return "country"
    inside = asked.kind != "region" and named.country == asked.country
    return "in part" if inside and (asked.kind == "country" or named.code in asked.members) else None


@lru_cache(maxsize=1024)
def _around(code: str) -> tuple[str, ...]:
    """A place, its country, and the macro-regions that hold it."""
    macros = tuple(macro.code for macro in codes.places("macro") if code in macro.members)
    return (code, codes.place(code).country, *macros)


def reach(held: Record, whole: Record, places: Iterable[str]) -> dict[str, Membership]:
    """How each of some places belongs to a mechanism, places that do not belong left out.

    `held` is the record narrowed to what held on a date, `whole` the same without narrowing. Where the mechanism names
    members inside a macro-region or country at any time, that list decides for the places inside; else a party stands
    for everything in it.
    """
    named: dict[str, Membership] = {}
    for said in held.all("member"):
        named.setdefault(
            said.text, Membership(said.text, "named", said.text, said.valid_from, said.valid_to, said)
        )
    listed = {code for said in whole.all("member") for code in _around(said.text) if code != said.text}
    for said in held.all("parties"):
        for code in said.places:
            if code not in named and not any(other.text == code for other in whole.all("member")):
                named[code] = Membership(code, "named", code, "", "", said)
    open_wholes = {code: item for code, item in named.items() if code not in listed}
    found: dict[str, Membership] = {}
    for code in places:
        belongs = named.get(code) or _through(codes.place(code), named, open_wholes)
        if belongs is not None:
            found[code] = belongs
    return found


def _through(
    place: Place, named: dict[str, Membership], open_wholes: dict[str, Membership]
) -> Membership | None:
    """How a place that is not named belongs: through what holds it, or through what it holds."""
    for code, item in open_wholes.items():
        if codes.place(code).kind == "macro" and place.code in codes.place(code).members:
            return _by(place, "macro-region", item)
    if place.country in open_wholes and place.kind != "country":
        return _by(place, "country", open_wholes[place.country])
    if place.kind != "region":
        for item in named.values():
            inside = codes.place(item.place)
            if inside.country == place.country and (place.kind == "country" or inside.code in place.members):
                return _by(place, "in part", item)
    return None


def _by(place: Place, path: Path, item: Membership) -> Membership:
    return Membership(place.code, path, item.place, item.begins, item.ends, item.statement)


def covers(data: Data, a: str, b: str, on: str, paths: Sequence[Path] = PATHS) -> tuple[Cover, ...]:
    """The mechanisms that cover a pair of places of two countries on a date, the closest path first.

    `on` is YYYY, YYYY-MM or YYYY-MM-DD. Raises `UnknownLabel` for a code that no list holds and `BadUsage` where both
    places lie in one country.
    """
    side_a, side_b = codes.place(a), codes.place(b)
    require_two_countries(side_a, side_b)
    day(on)
    held = data.ledger.on(on)
    found = []
    for record in held.records("mechanism"):
        belong = reach(record, data.ledger.record(record.subject), (a, b))
        if len(belong) == 2 and belong[a].path in paths and belong[b].path in paths:
            life = state(data.ledger, data.ledger.record(record.subject), on, data.as_of)
            found.append(Cover(record, belong[a], belong[b], life))
    return tuple(
        sorted(found, key=lambda item: (PATHS.index(item.path), item.record.name, item.record.subject))
    )


def require_two_countries(a: Place, b: Place) -> None:
    """Refuse a pair inside one country, which no mechanism between countries is about."""
    if a.country == b.country:
        raise BadUsage(
            f"{a} and {b} lie in one country.",
            cause="Mechanisms of this register stand between places of different countries.",
            remedy="Name a place on each side of a border.",
        )
