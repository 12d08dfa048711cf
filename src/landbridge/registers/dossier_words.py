"""What belongs to a sector: its industries, its chapters, and the words that find its records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from landbridge import codes
from landbridge.errors import BadFile, UnknownLabel
from landbridge.ledger import Record, Statement, schema

# Where a record says what it is about, in the order in which the reason is given.
FIELDS = (
    "sector",
    "product",
    "cargo",
    "subject",
    "topic",
    "name",
    "purpose",
    "description",
    "indicator",
)
_KEYS = {"title", "sectors", "chapters", "words", "except", "note"}
_COVERS = ("whole", "part")


@dataclass(frozen=True, slots=True)
class Scope:
    """One sector as `dossiers.yaml` defines it.

    `sectors` and `chapters` map codes to True where the code holds nothing else, False where it holds other goods too.
    """

    name: str
    title: str
    sectors: Mapping[str, bool]
    chapters: Mapping[str, bool]
    words: tuple[str, ...]
    exceptions: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Match:
    """Why a record belongs to a sector: a word of its definition in what a statement says."""

    word: str
    statement: Statement

    def __str__(self) -> str:
        return f"“{self.word}” in its {self.statement.property}"


def names() -> tuple[str, ...]:
    """The names of all sectors, in the order of the file."""
    return tuple(_scopes())


def scope(name: str) -> Scope:
    """The sector of that name; raises `UnknownLabel` with the nearest ones."""
    try:
        return _scopes()[name]
    except KeyError:
        raise UnknownLabel("sector dossier", name, names(), remedy=f"Valid: {', '.join(names())}.") from None


def match(sector: Scope, record: Record) -> Match | None:
    """Why a record belongs to a sector, by the most telling of its properties; None where no word stands there."""
    known = schema.kind(record.kind).properties
    for field in FIELDS:
        for said in record.all(field) if field in known else ():
            if word := found(sector, said.text):
                return Match(word, said)
    return None


def found(sector: Scope, text: str) -> str:
    """The first word of a sector that stands in a text outside its exceptions; empty where none does."""
    left = text
    for phrase in sector.exceptions:
        left = _pattern(phrase).sub(" ", left)
    hits = [(hit.start(), -len(word), word) for word in sector.words if (hit := _pattern(word).search(left))]
    return min(hits)[2] if hits else ""


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    """A whole word or phrase, in any case, with or without a plural s."""
    inner = r"\s+".join(re.escape(part) for part in word.split())
    return re.compile(rf"(?<![\w-]){inner}(?:e?s)?(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _scopes() -> Mapping[str, Scope]:
    where = files("landbridge.registers").joinpath("dossiers.yaml")
    return read(where.read_text(encoding="utf-8"), "dossiers.yaml")


def read(text: str, where: str) -> Mapping[str, Scope]:
    """The sectors that a file defines; raises `BadFile` with everything that is wrong in it."""
    raw = yaml.safe_load(text)
    problems: list[str] = []
    scopes: dict[str, Scope] = {}
    for name, entry in (raw or {}).items():
        if not isinstance(entry, dict) or set(entry) != _KEYS:
            problems.append(f"{name}: the keys must be {', '.join(sorted(_KEYS))}.")
            continue
        problems += [f"{name}: {problem}" for problem in _problems(entry)]
        scopes[name] = Scope(
            str(name),
            str(entry["title"]),
            MappingProxyType({str(code): covers == "whole" for code, covers in entry["sectors"].items()}),
            MappingProxyType({str(code): covers == "whole" for code, covers in entry["chapters"].items()}),
            tuple(map(str, entry["words"])),
            tuple(map(str, entry["except"])),
            str(entry["note"]),
        )
    if problems:
        raise BadFile("\n".join(problems), where=where)
    return MappingProxyType(scopes)


def _problems(entry: Mapping[str, Mapping[object, object]]) -> Iterable[str]:
    known = {
        "sectors": {item.code for item in codes.sectors()},
        "chapters": {item.code for item in codes.chapters()},
    }
    for key, valid in known.items():
        for code, covers in entry[key].items():
            if code not in valid:
                yield f"{code!r} is none of the {key} held."
            if covers not in _COVERS:
                yield f"{code} covers {covers!r}; it must be {' or '.join(_COVERS)}."
    if not entry["words"]:
        yield "it has no words."
