"""Lists of twinned cities and regions into a workspace's ledger: `landbridge load twins FILE...`.

Each tie becomes a record `twinning/<place>-<place>`, the two in the order of the alphabet, so that the same list gives the
same records whenever it is loaded. A tie that the ledger knows already, in whichever order and from whichever source,
keeps the record it has: the list is then one more source of it, not another tie.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from landbridge import codes
from landbridge.errors import BadFile, Problem
from landbridge.ledger import Ledger, LedgerFile, Statement
from landbridge.provenance import Source, Status, content_id
from landbridge.registers.twin_doubles import cuts, doubles, pairs
from landbridge.registers.twin_rows import Stated, folded, known_by
from landbridge.registers.twin_tables import TwinTable, read, some
from landbridge.release import Data
from landbridge.release.own_ledger import load_read
from landbridge.release.workspace import Workspace
from landbridge.sources.guard import all_there
from landbridge.sources.model import refuse

RECORDER = "landbridge load twins"
UNSTATED = "not stated"
_CALLED = "The list calls it: "


@dataclass(frozen=True, slots=True)
class Origin:
    """Who published a list: what the user says of it, for all files of one call."""

    publisher: str = ""
    licence: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class TwinReport:
    """What a load of lists did: one row a file, the rows left out and why, what the user should know, new statements."""

    rows: tuple[dict[str, object], ...]
    dropped: tuple[dict[str, object], ...]
    notes: tuple[str, ...]
    added: int


def load_twins(
    workspace: Workspace,
    files: Sequence[Path],
    data: Data,
    origin: Origin = Origin(),
    *,
    recorded: str | None = None,
) -> TwinReport:
    """Append the ties of `files` to the workspace's ledger, all of them or none.

    `data` is what is held already, the workspace included; `recorded` the day of entry, today if not given. Loading a
    file again adds nothing. Raises `BadFile` with the problems of all files; nothing is written then.
    """
    all_there(files)
    day = recorded or datetime.now(UTC).date().isoformat()
    tables: list[tuple[Path, TwinTable]] = []
    problems: list[Problem] = []
    for path in files:
        try:
            tables.append((path, read(path)))
        except BadFile as error:
            problems += error.problems
    refuse(problems)
    known = _Known(data.ledger)
    found = [(path, statements_of(table, known, origin, day)) for path, table in tables]
    report = load_read(workspace, found, data, "twins")
    rows = tuple(
        {
            "file": path.name,
            "kind": "twins",
            "rows_in": table.rows_in,
            "rows_kept": table.rows_kept,
            "ties": len(table.ties),
            "held_before": known.held(table),
            **{name: loaded[name] for name in ("statements", "sources")},
        }
        for (path, table), loaded in zip(tables, report.rows, strict=True)
    )
    dropped = tuple(
        {"file": path.name, "reason": item.reason, "count": item.count, "example": item.example}
        for path, table in tables
        for item in table.left_out
    )
    notes = [note for _, table in tables for note in (*_left_out(table), *table.notes)]
    notes += [note for _, table in tables for note in misspelt(data.ledger, table)]
    said = [statement for _, file in found for statement in file.statements]
    notes += twice(data.ledger, said)
    return TwinReport(rows, dropped, tuple(notes), report.added)


def _left_out(table: TwinTable) -> list[str]:
    """A note for each reason for which rows of a list were left out, with their number and the first of them."""
    return [
        f"{table.file}: left out, {item.count} of {table.rows_in} rows: {item.reason}: {some(item.examples)}."
        for item in table.left_out
    ]


def statements_of(table: TwinTable, known: _Known, origin: Origin, recorded: str) -> LedgerFile:
    """The ties of one list as statements, each under the record that it has or gets."""
    sources: dict[str, Source] = {}
    statements: list[Statement] = []
    for stated in table.ties:
        subject = known.subject(stated)
        source = _source(stated, table.file, origin)
        held = known.source(source, subject)
        if held is None:
            sources[source.id] = source
        said = _said(stated, subject, held or source.id, recorded)
        statements += [statement for statement in said if not known.says(statement)]
    return LedgerFile(tuple(statements), tuple(sources.values()))


def twice(ledger: Ledger, said: Iterable[Statement]) -> list[str]:
    """Notes on ties that stand under two names, one of them at least in `said`, as far as names and places show it."""
    new = tuple(said)
    whole = Ledger([*ledger.history, *new], ledger.sources)
    fresh = {statement.subject for statement in new}
    return [
        f"perhaps one tie under two names, {group.why}: {' and '.join(record.subject for record in group.records)}."
        for group in doubles(whole.records("twinning"))
        if any(record.subject in fresh for record in group.records)
    ]


def misspelt(ledger: Ledger, table: TwinTable) -> list[str]:
    """A note on the cities of a list that another in the same country is called but for blanks, case or hyphens.

    Known are the cities of the ties that are held, the seats of regions, and what the list says above.
    """
    known: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for place in codes.places("region"):
        if place.capital:
            known[place.country, _bare(place.capital)][place.capital] = None
    for record in ledger.records("twinning"):
        countries = {codes.place(code).country for code in record.parties}
        for city in (city for cut in cuts(record) for city in cut):
            for country in countries:
                known[country, _bare(city)][city] = None
    told: dict[str, None] = {}
    for stated in table.ties:
        for name, code in zip(stated.names, stated.parties, strict=False):
            spelt = known[codes.place(code).country, _bare(name)]
            if spelt and name not in spelt:
                told[f"{name} (line {stated.line}), held as {' and '.join(spelt)}"] = None
            spelt[name] = None
    found = list(told)
    return [f"{table.file}: perhaps a city that is known, spelt otherwise: {some(found)}."] if found else []


def _bare(name: str) -> str:
    """A name without what lists write in many ways: case, blanks, hyphens, apostrophes."""
    return re.sub(r"[\s\-‐–—'’]+", "", name).casefold()


def _source(stated: Stated, file: str, origin: Origin) -> Source:
    """The source of one row: the one it names itself, else the publisher that the user named, else the file alone."""
    if stated.publisher:
        publisher, title, url = stated.publisher, f"As named in the list {file}", stated.url
    else:
        publisher = origin.publisher or f"the list {file}, publisher not named"
        title, url = f"List of twinned places, file {file}", stated.url or origin.url
    licence = origin.licence or UNSTATED
    words = folded(stated.publisher or Path(file).stem)[:40].strip("-") or "list"
    name = f"{words}-{content_id('', [publisher, title, url, licence])[:6]}"
    # Without a publisher nobody answers for the list.
    return Source(
        f"twins-{name}",
        publisher,
        title,
        "",
        url,
        licence,
        "list",
        weak=not (stated.publisher or origin.publisher),
    )


def _said(stated: Stated, subject: str, source: str, recorded: str) -> Iterator[Statement]:
    shared: dict[str, Any] = {
        "subject": subject,
        "kind": "twinning",
        "source": source,
        "status": Status.REPORTED,
        "recorded": recorded,
        "recorder": RECORDER,
        # Not the number of the line: a row that is added above would make every statement below it a new one.
        "locator": stated.title,
    }
    yield Statement(**shared, property="parties", text=" ".join(stated.parties), note=stated.note)
    yield Statement(**shared, property="level", text=stated.level, note=stated.level_note)
    if stated.names:
        yield Statement(**shared, property="name", text=" and ".join(stated.names))
    for name in ("form", "until", "remark"):
        if text := getattr(stated, name):
            yield Statement(**shared, property=name, text=text)
    if stated.since:
        about = "~" if stated.since_note.casefold().startswith(("approximate", "about")) else "="
        yield Statement(
            **shared, property="since", text=stated.since, note=stated.since_note, comparator=about
        )


class _Known:
    """The ties that have a record, and the names that are taken."""

    def __init__(self, ledger: Ledger) -> None:
        self._before = {record.subject for record in ledger.records("twinning")}
        self._held = {_key(statement) for statement in ledger.history}
        self._spoken = {(statement.subject, statement.source) for statement in ledger.history}
        self._sources: dict[str, list[str]] = defaultdict(list)
        for source in ledger.sources.values():
            for mark in _marks(source):
                self._sources[mark].append(source.id)
        self._parties: dict[str, frozenset[str]] = {}
        # Of a province that is a city, the tie of the two regions and that of the two cities are two records.
        self._of_regions: set[str] = set()
        self._regional: dict[frozenset[str], str] = {}
        self._cities: dict[frozenset[str], list[str]] = defaultdict(list)
        for record in ledger.records():
            self._parties[record.subject] = frozenset(record.parties)
            if record.kind == "twinning" and record.standing:
                self._remember(record.subject, record.text("level"), frozenset(record.parties), pairs(record))

    def subject(self, stated: Stated) -> str:
        """The record of a tie: the one it has, else a new name of its own."""
        parties = frozenset(stated.parties)
        if not stated.names:
            held = self._regional.get(parties)
            own = _slug(codes.place(code).name for code in parties)
            named_cities: list[frozenset[str]] = []
        else:
            words = [_word(name, code) for name, code in zip(stated.names, stated.parties, strict=True)]
            named_cities = [frozenset(map(known_by, stated.names))]
            own = _slug(words)
            turned = "-".join(sorted(words, reverse=True))
            named = [*self._cities[named_cities[0]], own, f"twinning/{turned}"]
            held = next(
                (
                    name
                    for name in named
                    if name not in self._of_regions and _agree(self._parties.get(name), parties)
                ),
                None,
            )
        if held is not None:
            return held
        if own in self._parties:
            own = "-".join([own, *sorted(code.lower() for code in parties)])
        self._parties[own] = parties
        self._remember(own, stated.level, parties, named_cities)
        return own

    def source(self, source: Source, subject: str) -> str | None:
        """The id under which a source is held already, by its address or its publisher and title; None where it is not.

        Of several the one that speaks of the record.
        """
        same = [name for mark in _marks(source) for name in self._sources[mark]]
        return min(same, key=lambda name: ((subject, name) not in self._spoken, name), default=None)

    def says(self, statement: Statement) -> bool:
        """Whether the ledger holds that this source says this of the record, in whichever words around it."""
        if _key(statement) in self._held:
            return True
        # The words of a list for a relation are its form, which is held in our own.
        words = statement.property == "remark" and statement.text.startswith(_CALLED)
        return words and (statement.subject, statement.source) in self._spoken

    def held(self, table: TwinTable) -> int:
        """How many ties of a list had a record before."""
        return sum(self.subject(stated) in self._before for stated in table.ties)

    def _remember(
        self, subject: str, level: str, parties: frozenset[str], cities: Iterable[frozenset[str]]
    ) -> None:
        if level == "region":
            self._of_regions.add(subject)
            self._regional.setdefault(parties, subject)
        for pair in cities:
            self._cities[pair].append(subject)


def _key(statement: Statement) -> tuple[str, str, str, str]:
    """What is said, of what, by whom; places count in any order."""
    parties = statement.property == "parties"
    text = " ".join(sorted(statement.places)) if parties else statement.text
    return statement.subject, statement.property, text, statement.source


def _marks(source: Source) -> list[str]:
    """By what a source is known again: its address, whatever the scheme, else its publisher and title."""
    address = re.sub(r"^https?://(www\.)?", "", source.url.strip().casefold()).partition("#")[0].rstrip("/")
    named = f"{source.publisher} | {source.title}".casefold()
    return [address] if address else [named] if source.title else []


def _slug(words: Iterable[str]) -> str:
    return "twinning/" + "-".join(sorted(folded(word) or word for word in words))


def _word(name: str, code: str) -> str:
    """A city in a record's name; one that is written in another script goes by its region and a mark of its own."""
    return folded(name) or f"{code.lower()}-{content_id('', name)[:6]}"


def _agree(held: frozenset[str] | None, stated: frozenset[str]) -> bool:
    """Whether two ties of the same names may be one: the same places, a country standing for a region not known."""
    if held is None:
        return False
    sides = [_by_country(parties) for parties in (held, stated)]
    return sides[0].keys() == sides[1].keys() and all(
        sides[0][country] == sides[1][country] or country in (sides[0][country], sides[1][country])
        for country in sides[0]
    )


def _by_country(parties: Iterable[str]) -> Mapping[str, str]:
    """The first region named in each country, or the country where no region is."""
    sides: dict[str, str] = {}
    for code in sorted(parties, key=lambda code: (codes.place(code).kind == "country", code)):
        sides.setdefault(codes.place(code).country, code)
    return sides
