"""Ledger files to statements. All problems of a file are found before anything is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from landbridge.errors import BadFile, Problem
from landbridge.ledger.asserted import claims
from landbridge.ledger.entered import entries
from landbridge.ledger.forms import SourceForm
from landbridge.ledger.noting import Reading
from landbridge.ledger.parsing import MAX_BYTES, parse
from landbridge.ledger.statement import Statement
from landbridge.provenance import Source


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """What one ledger file holds: its statements, and the sources it brings along."""

    statements: tuple[Statement, ...]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Sifted:
    """What could be read of one ledger file, and every problem of what could not.

    `lines` are those of the statements by id, `record_lines` where an entry on a record begins first, `source_lines`
    those of the sources, `recorded_line` that of the day at the head. `failed` are the things of which the file speaks
    without being understood: (record, property), or (record, "") for a whole entry.
    """

    file: LedgerFile
    problems: tuple[Problem, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    record_lines: Mapping[str, int] = field(default_factory=dict)
    source_lines: Mapping[str, int] = field(default_factory=dict)
    recorded_line: int = 0
    failed: frozenset[tuple[str, str]] = frozenset()


def read_file(path: Path, places: Iterable[str], *, trusted: bool = False) -> list[Statement]:
    """The statements of one ledger file; see `read`."""
    return list(read(path, places, trusted=trusted).statements)


def read(path: Path, places: Iterable[str], *, trusted: bool = False) -> LedgerFile:
    """One ledger file, a register or a file of claims.

    `places` are the valid place codes. `trusted` skips the guards against hostile YAML (for the embedded release,
    whose hash is checked). Raises `BadFile` with every problem and its line.
    """
    found = sift(path, places, trusted=trusted)
    if found.problems:
        raise BadFile(found.problems)
    return found.file


def sift(path: Path, places: Iterable[str], *, trusted: bool = False) -> Sifted:
    """One ledger file as far as it can be read, with every problem of the rest; see `read`."""
    name = path.name
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    try:
        parsed = parse(raw, name, trusted=trusted)
    except BadFile as error:
        return Sifted(LedgerFile(()), error.problems)
    reading = Reading(name, frozenset(places), parsed, list(parsed.problems))
    if not isinstance(parsed.content, dict):
        reading.wrong(
            (),
            "this is not a ledger file: it holds no keys `recorded`, `recorder` and `entries`.",
            remedy="Compare with docs/reference/ledger.md.",
        )
        return Sifted(LedgerFile(()), tuple(reading.problems))
    found = claims(reading) if "claims" in parsed.content else entries(reading)
    statements = tuple(found)
    sources, source_lines = _sources(reading)
    return Sifted(
        LedgerFile(statements, sources),
        tuple(reading.problems),
        reading.lines,
        reading.record_lines,
        source_lines,
        parsed.line("recorded"),
        frozenset(reading.failed),
    )


def _sources(reading: Reading) -> tuple[tuple[Source, ...], dict[str, int]]:
    """The sources that a file brings; of one that is wrong only its id is kept, so that who cites it is not wrong too."""
    found: dict[str, Source] = {}
    lines: dict[str, int] = {}
    for position, stated in enumerate(reading.listed("sources")):
        try:
            source = Source(**SourceForm.model_validate(stated).model_dump())
        except ValidationError as error:
            reading.invalid(error, ("sources", position), "sources.")
            named = str(stated.get("id", "")) if isinstance(stated, dict) else ""
            source = Source(named, "", "", "", "", "")
        if source.id in found:
            reading.wrong(
                ("sources", position),
                f"source {source.id} stands twice.",
                remedy="Keep one, or give one another id.",
            )
        found[source.id] = source
        lines[source.id] = reading.parsed.line("sources", position)
    return tuple(found.values()), lines
