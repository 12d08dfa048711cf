"""Places: countries (ISO 3166-1 alpha-3), regions (ISO 3166-2) and macro-regions (a list of our own)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from landbridge.codes.matching import rows, unknown
from landbridge.errors import UnknownLabel

KINDS = ("country", "region", "macro")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the code lists.

    `kind` is `country`, `region` or `macro`; `country` is the alpha-3 code of the country it lies in (its own
    for a country). `names` holds `en`, `ru` and `zh`. `capital` is the seat of a region, `lat` and `lon` its
    degrees north and east; they are empty or None elsewhere. `members` are the region codes inside a country
    or macro-region, empty for a region and for a country whose regions are not held. `note` says whose
    definition a macro-region follows.
    """

    code: str
    country: str
    kind: str
    names: Mapping[str, str] = field(hash=False)
    capital: str = ""
    lat: float | None = None
    lon: float | None = None
    members: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """The English name."""
        return self.names["en"]

    def __str__(self) -> str:
        return f"{self.code} ({self.name})"


def place(code: str) -> Place:
    """The place with this exact code; raises `UnknownLabel` with the codes nearest by code or name."""
    try:
        return _places()[code]
    except KeyError:
        raise unknown("place", code, _spellings()) from None


def places(kind: str | None = None, country: str | None = None) -> tuple[Place, ...]:
    """All places in the order of the lists, or those of one `kind`, or in one `country` (itself included)."""
    if kind is not None and kind not in KINDS:
        raise UnknownLabel("kind of place", kind, KINDS, remedy=f"Valid: {', '.join(KINDS)}.")
    if country is not None and place(country).kind != "country":
        inside = place(place(country).country)
        raise UnknownLabel("country", country, (), remedy=f"It lies in {inside}.")
    return tuple(
        item for item in _places().values() if kind in (None, item.kind) and country in (None, item.country)
    )


def _names(row: dict[str, str]) -> Mapping[str, str]:
    return MappingProxyType({language: row[f"name_{language}"] for language in ("en", "ru", "zh")})


@lru_cache(maxsize=1)
def _places() -> Mapping[str, Place]:
    regions = rows("regions")
    inside: dict[str, list[str]] = {}
    for row in regions:
        inside.setdefault(row["country"], []).append(row["code"])
    country_of = {row["code"]: row["country"] for row in regions}
    found = [
        Place(row["code"], row["code"], "country", _names(row), members=tuple(inside.get(row["code"], ())))
        for row in rows("countries")
    ]
    found += [
        Place(
            row["code"],
            row["country"],
            "region",
            _names(row),
            capital=row["capital_en"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
        )
        for row in regions
    ]
    for row in rows("macro_regions"):
        members = tuple(row["members"].split())
        country = country_of[members[0]]
        found.append(Place(row["code"], country, "macro", _names(row), members=members, note=row["note"]))
    return MappingProxyType({item.code: item for item in found})


@lru_cache(maxsize=1)
def _spellings() -> Mapping[str, tuple[str, ...]]:
    """What a user may type for a place: code, names, capital; a country's other ISO codes."""
    more = {row["code"]: (row["alpha2"], row["numeric"]) for row in rows("countries")}
    return {
        str(item): (item.code, *item.names.values(), item.capital, *more.get(item.code, ()))
        for item in _places().values()
    }
