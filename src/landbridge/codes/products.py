"""Sectors (OECD inter-country tables), chapters of the Harmonized System, and the systems of cooperation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from landbridge.codes.matching import rows, unknown


@dataclass(frozen=True, slots=True)
class Sector:
    """One of the fifty industries of the OECD inter-country input-output tables; `group` is one of six."""

    code: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A two-digit chapter of the Harmonized System."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class System:
    """A system of cooperation: its number in docs/questions.md and the question it answers."""

    number: int
    name: str
    question: str


def sector(code: str) -> Sector:
    """The sector with this exact code; raises `UnknownLabel` with the codes nearest by code or name."""
    try:
        return _sectors()[code]
    except KeyError:
        raise unknown("sector", code, _spellings(_sectors())) from None


def chapter(code: str) -> Chapter:
    """The chapter with this exact two-digit code; raises `UnknownLabel` as `sector` does."""
    try:
        return _chapters()[code]
    except KeyError:
        raise unknown("chapter", code, _spellings(_chapters())) from None


def system(number: int) -> System:
    """The system of cooperation with this number; raises `UnknownLabel` naming the numbers there are."""
    try:
        return _systems()[number]
    except KeyError:
        spellings = {f"{item.number} ({item.name})": (str(item.number), item.name) for item in systems()}
        raise unknown("system of cooperation", number, spellings) from None


def sectors() -> tuple[Sector, ...]:
    """All sectors, in the order of the published tables."""
    return tuple(_sectors().values())


def chapters() -> tuple[Chapter, ...]:
    """All chapters, by code."""
    return tuple(_chapters().values())


def systems() -> tuple[System, ...]:
    """All systems of cooperation, by number."""
    return tuple(_systems().values())


@lru_cache(maxsize=1)
def _sectors() -> Mapping[str, Sector]:
    return MappingProxyType({r["code"]: Sector(r["code"], r["name_en"], r["group"]) for r in rows("sectors")})


@lru_cache(maxsize=1)
def _chapters() -> Mapping[str, Chapter]:
    return MappingProxyType({r["code"]: Chapter(r["code"], r["name_en"]) for r in rows("chapters")})


@lru_cache(maxsize=1)
def _systems() -> Mapping[int, System]:
    listed = [System(int(row["number"]), row["name_en"], row["question"]) for row in rows("systems")]
    return MappingProxyType({item.number: item for item in listed})


def _spellings(items: Mapping[str, Sector] | Mapping[str, Chapter]) -> dict[str, tuple[str, str]]:
    return {f"{code} ({item.name})": (code, item.name) for code, item in items.items()}
