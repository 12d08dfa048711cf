"""Places and sectors as a scenario names them: codes of the lists, and a few words for several at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from landbridge import codes
from landbridge.codes.matching import unknown
from landbridge.errors import UnknownLabel
from landbridge.scenarios.forms import refused

ALL = "all"
REST = "ROW"

FOOD = ("A01", "A03", "C10T12")
FUELS = ("B05", "B06", "C19")
ORES = ("B07", "B08")
TRANSPORT = ("H49", "H50", "H51", "H52", "H53")


@lru_cache(maxsize=1)
def groups() -> Mapping[str, tuple[str, ...]]:
    """The sectors behind each word that stands for several, in the order of the code list.

    Goods are the sectors of agriculture, mining and manufacturing, everything else is services: so throughout the program.
    """
    every = tuple(sector.code for sector in codes.sectors())
    goods = tuple(code for code in every if code[0] in "ABC")
    made = {"C10T12", "C19"}
    return MappingProxyType(
        {
            ALL: every,
            "goods": goods,
            "services": tuple(code for code in every if code not in goods),
            "agriculture": tuple(code for code in goods if code[0] == "A"),
            "food": FOOD,
            "fuels": FUELS,
            "ores": ORES,
            "manufactures": tuple(code for code in goods if code[0] == "C" and code not in made),
            "transport": TRANSPORT,
        }
    )


def expanded(words: Iterable[str]) -> tuple[str, ...]:
    """The sector codes behind codes and words, in the order of the code list, each once."""
    wanted = {code for word in words for code in groups().get(word, (word,))}
    return tuple(code for code in groups()[ALL] if code in wanted)


@lru_cache(maxsize=1)
def _sector_spellings() -> dict[str, tuple[str, ...]]:
    named = {f"{item.code} ({item.name})": (item.code, item.name) for item in codes.sectors()}
    return {**{word: (word,) for word in groups()}, **named}


def _sector(given: Any) -> str:
    if isinstance(given, str) and (given in groups() or given in groups()[ALL]):
        return given
    problem = unknown("sector or group of sectors", given, _sector_spellings()).problems[0]
    raise refused(problem.what, problem.remedy or f"Groups: {', '.join(groups())}.")


def _listed(given: Any) -> Any:
    """One word is a list of one."""
    return [given] if isinstance(given, str) else given


def country(given: Any) -> str:
    """A country by its alpha-3 code, or the rest of the world; raises what validators raise."""
    if given == REST:
        return REST
    if isinstance(given, list | tuple):
        raise refused(
            "one place is named here, not a list.",
            "Write its code without brackets; for several places write a change for each.",
        )
    if not isinstance(given, str):
        raise refused(
            f"{given!r} is no place.", 'YAML reads NO, ON and YES as true or false; write "NO" in quotes.'
        )
    try:
        place = codes.place(given)
    except UnknownLabel as error:
        raise refused(error.problems[0].what, error.problems[0].remedy) from None
    if place.kind != "country":
        raise refused(
            f"{place} is a region.",
            f"Name the country, {place.country}.",
            "The input-output accounts hold countries only.",
        )
    return given


def _end(given: Any) -> str:
    return ALL if given == ALL else country(given)


def _two(given: tuple[str, ...]) -> tuple[str, ...]:
    if len(given) != 2 or given[0] == given[1]:
        raise refused(
            "a pair is two different places.", "Write [CHN, RUS], or [CHN, all] for one with every other."
        )
    return given


def _several(given: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(given)) < max(2, len(given)):
        raise refused("members are two or more different places.", "Write [BLR, CHN], each once.")
    return given


Country = Annotated[str, PlainValidator(country)]
End = Annotated[str, PlainValidator(_end)]
Pair = Annotated[tuple[End, ...], AfterValidator(_two)]
Members = Annotated[tuple[Country, ...], AfterValidator(_several)]
Sectors = Annotated[
    tuple[Annotated[str, PlainValidator(_sector)], ...], BeforeValidator(_listed), Field(min_length=1)
]
