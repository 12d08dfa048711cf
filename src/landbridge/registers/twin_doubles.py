"""Ties that are perhaps one: held under two names, as far as names and places show it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from landbridge import codes
from landbridge.codes import Place
from landbridge.ledger import Record
from landbridge.registers.twin_rows import known_by

TWO_WAYS = "written in two ways"
CITY_REGIONS = "of cities that are regions themselves"


@dataclass(frozen=True, slots=True)
class Doubles:
    """Records that are perhaps one tie, and why."""

    why: str
    records: tuple[Record, ...]


def doubles(records: Iterable[Record]) -> tuple[Doubles, ...]:
    """Groups of ties that are perhaps one: of the same words and places, or of two cities that are regions themselves."""
    groups: dict[tuple[object, ...], list[Record]] = defaultdict(list)
    for record in records:
        if not record.standing or not record.parties:
            continue
        parties = frozenset(record.parties)
        words = tuple(sorted(record.subject.partition("/")[2].split("-")))
        groups[TWO_WAYS, words, parties].append(record)
        if _of_city_regions(record, parties):
            groups[CITY_REGIONS, "", parties].append(record)
    return tuple(Doubles(str(why), tuple(found)) for (why, *_), found in groups.items() if len(found) > 1)


def perhaps_one(records: Iterable[Record]) -> Mapping[str, tuple[str, ...]]:
    """For each tie that is perhaps one with others: its record → those others, by name."""
    found: dict[str, set[str]] = defaultdict(set)
    for group in doubles(records):
        names = {record.subject for record in group.records}
        for name in names:
            found[name] |= names - {name}
    return MappingProxyType({name: tuple(sorted(others)) for name, others in found.items()})


def is_city(place: Place) -> bool:
    """Whether a region is a city by itself, as Beijing and Saint Petersburg are."""
    return place.kind == "region" and place.name.removesuffix(" City") == place.capital


def cuts(record: Record) -> tuple[tuple[str, str], ...]:
    """The two cities that a record's name may mean; a city may have an `and` in its own name."""
    if record.text("level") == "region":
        return ()
    parts = record.text("name").split(" and ")
    return tuple((" and ".join(parts[:at]), " and ".join(parts[at:])) for at in range(1, len(parts)))


def pairs(record: Record) -> list[frozenset[str]]:
    """As `cuts`, case and accents off, in any order."""
    return [frozenset(map(known_by, cut)) for cut in cuts(record)]


def _of_city_regions(record: Record, parties: Iterable[str]) -> bool:
    """Whether a record ties places each of which is a city and a region at once, as the regions or as the cities."""
    places = [codes.place(code) for code in parties]
    if not all(is_city(place) for place in places):
        return False
    if record.text("level") == "region":
        return True
    seats = frozenset(known_by(place.capital) for place in places)
    return any(_seats(pair) == _seats(seats) for pair in pairs(record))


def _seats(names: Iterable[str]) -> frozenset[str]:
    # Lists write `St. Petersburg`, `St Petersburg` and `Saint Petersburg`.
    return frozenset(re.sub(r"^st-", "saint-", name) for name in names)
