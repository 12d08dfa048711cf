"""How near a record stands to a place: it names the place, something inside it, or something around it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from landbridge import codes
from landbridge.ledger import Record, schema

NAMED, INSIDE, AROUND = "named", "inside", "around"
_WORDS = (NAMED, INSIDE, AROUND)


@dataclass(frozen=True, slots=True)
class Near:
    """A record names `via`, which is the place asked for, lies inside it, or around it."""

    place: str
    word: str
    via: str

    @property
    def rank(self) -> int:
        """0 for the place itself, 1 inside it, 2 around it."""
        return _WORDS.index(self.word)

    def __str__(self) -> str:
        """For people: `BY-VI named`, `BY-VI through BLR around it`."""
        return (
            f"{self.place} named" if self.word == NAMED else f"{self.place} through {self.via} {self.word} it"
        )


@lru_cache(maxsize=512)
def _codes_near(code: str) -> dict[str, str]:
    """Every code under which a place may be meant → how it lies to it. Raises `UnknownLabel` for an unknown place."""
    place = codes.place(code)
    found = {code: NAMED} | dict.fromkeys(place.members, INSIDE)
    for macro in codes.places("macro", place.country):
        if place.kind == "country":
            found[macro.code] = INSIDE
        elif place.code in macro.members:
            found[macro.code] = AROUND
    return found if place.kind == "country" else {**found, place.country: AROUND}


def near(record: Record, code: str, absent: Collection[str] = ()) -> Near | None:
    """How near a record stands to a place, by the closest code that it names; None where it does not touch it.

    `absent` are codes that it names, but not for the date asked about.
    """
    found = _codes_near(code)
    named = [
        Near(code, found[other], other)
        for other in places_of(record)
        if other in found and other not in absent
    ]
    return min(named, key=lambda item: (item.rank, item.via), default=None)


def not_members(held: Record, whole: Record) -> frozenset[str]:
    """The places that a record names as members at some time, but not on the date to which `held` is narrowed.

    Its parties are those of all times; where the membership of one is dated, the dates decide.
    """
    return frozenset(item.text for item in whole.all("member")) - {item.text for item in held.all("member")}


def places_of(record: Record) -> tuple[str, ...]:
    """Every place that any statement of a record names, each once."""
    kind = schema.kind(record.kind)
    held = (s for s in record.statements if kind.property(s.property).type in ("place", "places"))
    return tuple(dict.fromkeys(code for statement in held for code in statement.places))
