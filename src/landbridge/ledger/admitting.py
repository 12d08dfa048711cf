"""Ledger files of a user's own held against what is known: every problem of all of them at once, each at its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from landbridge.errors import BadFile, Problem
from landbridge.ledger.reading import LedgerFile, Sifted, sift
from landbridge.ledger.records import Ledger
from landbridge.ledger.soundness import Finding, findings
from landbridge.provenance import Source

# The day has begun somewhere on Earth fourteen hours before it does in Greenwich.
_EARLIEST_ZONE = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Admission:
    """Files and what they hold, what is wrong with them, and what is odd about it."""

    found: tuple[tuple[Path, LedgerFile], ...]
    problems: tuple[Problem, ...] = ()
    odd: tuple[str, ...] = ()


def admit(paths: Sequence[Path], places: Iterable[str], held: Ledger, *, today: str = "") -> Admission:
    """Files as they may join the ledger `held`; raises `BadFile` with the problems of all of them.

    They may refer to each other. `today` is the day of entry, after which nothing can have been recorded; that of the clock,
    in whichever time zone it comes first, if not given.
    """
    looked = examine(paths, places, held, today=today)
    if looked.problems:
        raise BadFile(looked.problems)
    return looked


def examine(paths: Sequence[Path], places: Iterable[str], held: Ledger, *, today: str = "") -> Admission:
    """As `admit`, with the problems listed rather than raised."""
    names = tuple(places)
    sifted = [(path, _sifted(path, names)) for path in paths]
    now = datetime.now(UTC)
    day = max(today, (now + _EARLIEST_ZONE).date().isoformat())
    problems = [problem for path, one in sifted for problem in (*one.problems, *_untimely(path, one, day))]
    problems += _clashes(sifted, held)
    broken, odd = _together(sifted, held, today or now.date().isoformat())
    found = tuple((path, one.file) for path, one in sifted)
    order = {path.name: position for position, path in enumerate(paths)}
    told = sorted(dict.fromkeys([*problems, *broken]), key=lambda problem: _spot(problem.where, order))
    return Admission(found, tuple(told), odd)


def _spot(where: str, order: Mapping[str, int]) -> tuple[int, int]:
    """Where a problem stands among the files and in its own."""
    name, _, line = where.rpartition(", line ")
    return order.get(name or where, -1), int(line) if name and line.isdigit() else 0


def _sifted(path: Path, places: Iterable[str]) -> Sifted:
    if path.is_file():
        return sift(path, places)
    remedy = "Name a single file, not a folder."
    return Sifted(LedgerFile(()), (Problem("this is not a file.", str(path), remedy=remedy),))


def _untimely(path: Path, one: Sifted, day: str) -> Iterator[Problem]:
    """A file that says it was recorded after the day of entry: nobody can have, and it would move `today`."""
    said = max((statement.recorded for statement in one.file.statements), default="")
    if said > day:
        yield Problem(
            f"recorded {said} lies in the future.",
            f"{path.name}, line {one.recorded_line}",
            remedy="Write the day on which the entries were made.",
        )


def _clashes(sifted: Sequence[tuple[Path, Sifted]], held: Ledger) -> Iterator[Problem]:
    """Sources under an id that is held, or brought by another file, with other content."""
    known: dict[str, Source] = dict(held.sources)
    for path, one in sifted:
        for source in one.file.sources:
            if known.setdefault(source.id, source) != source and source.publisher:
                yield Problem(
                    f"source {source.id} is already held with other content.",
                    f"{path.name}, line {one.source_lines[source.id]}",
                    remedy="Give your source an id of its own.",
                )


def _together(
    sifted: Sequence[tuple[Path, Sifted]], held: Ledger, day: str
) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """What is wrong and what is odd with the files and the ledger together that was not so with the ledger alone.

    They count as recorded on the day of entry, as they will be, whatever the files say of themselves.
    """
    before = {str(found) for found in findings(held)}
    new = [replace(item, recorded=day) for _, one in sifted for item in one.file.statements]
    brought = {source.id: source for _, one in sifted for source in one.file.sources}
    whole = Ledger([*held.history, *new], {**held.sources, **brought})
    failed = frozenset[tuple[str, str]]().union(*(one.failed for _, one in sifted))
    own = [
        found
        for found in findings(whole)
        if str(found) not in before
        # What the file says of it is refused already; that it is missing would be told for the second time.
        and not failed & {found.hangs_on, (found.subject, "")}
    ]
    wrong = [Problem(str(found), _place(found, sifted)) for found in own if not found.odd]
    odd = [f"{_place(found, sifted)}: odd: {found}" for found in own if found.odd]
    return tuple(dict.fromkeys(wrong)), tuple(dict.fromkeys(odd))


def _place(finding: Finding, sifted: Sequence[tuple[Path, Sifted]]) -> str:
    """The file and line that a finding is about: of the statement that shows it, else of the record's first."""
    for path, one in sifted:
        for name in finding.statements:
            if line := one.lines.get(name):
                return f"{path.name}, line {line}"
    for path, one in sifted:
        if line := one.record_lines.get(finding.subject):
            return f"{path.name}, line {line}"
    return ", ".join(path.name for path, _ in sifted)
