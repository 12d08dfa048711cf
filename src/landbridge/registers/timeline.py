"""The timeline of a pair: every dated moment of every record between two sides, one line each, in order.

A moment is what began, happened, ended or falls due: meetings, signatures, stages, events, memberships, rules, deadlines.
Figures of a year (trade, trips, freight) are no moments and stand in their own registers. One fact that several sources
state, or that several registers hold, is one line that names them all (`landbridge.registers.timeline_merging`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from landbridge import codes
from landbridge.errors import BadUsage
from landbridge.ledger import Record, Statement
from landbridge.provenance import Source, Status
from landbridge.registers.membership import belonging
from landbridge.registers.moments import day, in_words, span
from landbridge.registers.naming import name_of
from landbridge.registers.nearness import AROUND, Near, near
from landbridge.registers.timeline_merging import merged
from landbridge.registers.timeline_words import Draft, drafts
from landbridge.release.data import Data

KINDS = (
    "mechanism",
    "document",
    "twinning",
    "event",
    "project",
    "fund",
    "zone",
    "barrier",
    "target",
    "crossing",
    "people",
    "step",
    "settlement",
)
"""The kinds of record that have moments. Actors, sources of information and published figures have none."""
# Kinds of which a record without any moment is worth a line: it should have a date. The others are mostly figures.
_DATED = frozenset(
    ("mechanism", "document", "twinning", "event", "project", "fund", "zone", "barrier", "target")
)
# A mechanism of two countries is theirs from its first day.
_PAIR = 2
# What has one date, so that two dates of it are a difference between sources.
_SINGLE = ("signed", "in_force", "expires", "since", "until", "opened", "date", "talks_began")
# Which register tells a fact best where several hold it: what happened before the paper, the paper before the rule.
_TELLS = ("event", "document", "mechanism", "twinning", "project", "crossing", "zone", "people")


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline. `period` is the time as the ledger writes it, the most exact of those stated.

    `state` is `past`, `ahead`, `deadline passed`, `deadline ahead`, `was expected` (foreseen for a time that is over: only
    another line can say that it came) or `no date`. `records` are all the registers' records of the fact, the one that
    tells it first.
    """

    period: str
    first: date | None
    last: date | None
    kind: str
    what: str
    state: str
    records: tuple[Record, ...]
    statements: tuple[Statement, ...]
    sources: Mapping[str, Source]
    near: str
    note: str = ""

    @property
    def year(self) -> int | None:
        """The year under which it stands; None where it has no date."""
        return None if self.first is None else self.first.year

    @property
    def said_by(self) -> tuple[str, ...]:
        """Everyone who says so, each once: the speaker and where it was said."""
        return tuple(dict.fromkeys(_voice(item, self.sources) for item in self.statements))

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The statuses of its statements, strongest first."""
        return tuple(sorted({item.status for item in self.statements}, key=lambda status: status.rank))

    @property
    def line(self) -> str:
        """The line in words: when, what, who says so, how it is known."""
        when = f"{in_words(self.period)}: " if self.period else ""
        return f"{when}{self.what} ({'; '.join(self.said_by)}; {', '.join(self.statuses)})"

    def row(self) -> dict[str, Any]:
        """Plain columns; the ids lead to the statements."""
        return {
            "year": self.year,
            "date": self.period or None,
            "when": in_words(self.period) if self.period else None,
            "kind": self.kind,
            "what": self.what,
            "state": self.state,
            "said_by": "; ".join(self.said_by),
            "status": ", ".join(self.statuses),
            "note": self.note or None,
            "near": self.near or None,
            "records": " ".join(record.subject for record in self.records),
            "sources": " ".join(dict.fromkeys(item.source for item in self.statements)),
            "ids": " ".join(item.id for item in self.statements),
        }


@dataclass(frozen=True, slots=True)
class Timeline:
    """The moments between two places, oldest first, and apart from them what has no date."""

    a: str
    b: str
    today: str
    moments: tuple[Moment, ...]
    undated: tuple[Moment, ...]

    @property
    def years(self) -> Mapping[int, tuple[Moment, ...]]:
        """Year → its moments, in order."""
        found: dict[int, list[Moment]] = {}
        for item in self.moments:
            if item.year is not None:
                found.setdefault(item.year, []).append(item)
        return MappingProxyType({year: tuple(items) for year, items in found.items()})

    def rows(self) -> tuple[dict[str, Any], ...]:
        """Every line as plain columns, those without a date last."""
        return tuple(item.row() for item in (*self.moments, *self.undated))

    def text(self) -> str:
        """The timeline to read: a heading for each year, one line for each moment."""
        parts = [
            line
            for year, items in self.years.items()
            for line in (str(year), *(f"  {item.line}" for item in items))
        ]
        if self.undated:
            parts += ["No date is held", *(f"  {item.line}" for item in self.undated)]
        return "\n".join(parts)


def timeline(
    data: Data, a: str, b: str, today: str, *, kinds: Collection[str] = (), wide: bool = False
) -> Timeline:
    """The timeline between two places as it stood on a day: what the ledger dates later is not looked at, unless it had
    been foreseen by then.

    Of a country everything in it counts; of a region its own records and those of macro-regions that hold it, and with
    `wide` also those of its country. `kinds` keeps some kinds of `KINDS`. Raises `UnknownLabel` for an unknown place,
    `BadUsage` for one place twice or a kind without moments.
    """
    now = day(today)
    if codes.place(a).code == codes.place(b).code:
        raise BadUsage(f"{a} is named twice.", remedy="Name two places.")
    if unknown := sorted(set(kinds) - set(KINDS)):
        raise BadUsage(
            f"{', '.join(unknown)}: no kind of record with moments.", remedy=f"Valid: {', '.join(KINDS)}."
        )
    ledger = data.ledger
    found: list[Draft] = []
    lies: dict[str, str] = {}
    for record in ledger.records(*(kinds or KINDS)):
        sides = touching(record, a, b, wide=wide)
        if sides is None:
            continue
        lies[record.subject] = "; ".join(str(item) for item in sides if item.via != item.place)
        every = tuple(drafts(record))
        own = [
            item
            for item in (_by_then(draft, now, ledger.sources) for draft in every)
            if item is not None and _concerns(item, a, b)
        ]
        if record.kind == "mechanism":
            own = [_told_of(item, a, b) for item in own if _while_both(item, a, b)]
        # What has moments, none of them of this pair, is no record without a date.
        found += own or ([_bare(record)] if not every and _wants_date(record, now) else [])
    groups = merged(ledger, found)
    lines = [_moment(group, now, ledger.sources, lies) for group in groups]
    shown = _differing(lines)
    held = [item for item in shown if item.first is not None]
    bare = [item for item in shown if item.first is None]
    held.sort(key=lambda item: (item.first, item.last, _rank(item.kind), item.what))
    bare.sort(key=lambda item: (_rank(item.kind), item.what))
    return Timeline(a, b, today, tuple(held), tuple(bare))


def touching(record: Record, a: str, b: str, *, wide: bool = False) -> tuple[Near, Near] | None:
    """How a record stands to two places; None where it does not touch both.

    With `wide`, the country round a region counts.
    """
    sides = near(record, a), near(record, b)
    if sides[0] is None or sides[1] is None:
        return None
    for side in sides:
        if side is not None and side.word == AROUND and not wide and codes.place(side.via).kind == "country":
            return None
    return sides[0], sides[1]


def _by_then(item: Draft, now: date, sources: Mapping[str, Source]) -> Draft | None:
    """A draft as it stood on a day; None for what came later, unless a source had foreseen it by then."""
    main, *more = item.statements
    if not (_come(item, now) or _told_by(main, now, sources)):
        return None
    kept = [
        said for said in more if not said.period or (held := span(said.period)) is None or held.first <= now
    ]
    if len(kept) == len(more):
        return item
    # What came of an event is told in its line: the line is written anew without what came later.
    dropped = {said.id for said in more} - {said.id for said in kept}
    record = replace(item.record, statements=tuple(s for s in item.record.statements if s.id not in dropped))
    return next((draft for draft in drafts(record) if draft.statements[0].id == main.id), item)


def _come(item: Draft, now: date) -> bool:
    """Whether a moment may have come by a day; a span from one date to another has when its last day has."""
    if item.first is None or item.last is None:
        return False
    return (item.last if "/" in item.period else item.first) <= now


def _told_by(said: Statement, now: date, sources: Mapping[str, Source]) -> bool:
    """Whether a source spoke by a day; of one whose day is not known only that it was entered by then is sure."""
    source = sources.get(said.source)
    spoke = span(said.as_of or (source.published if source else "")) or span(said.recorded)
    return spoke is not None and spoke.first <= now


def _wants_date(record: Record, now: date) -> bool:
    """Whether a record without any moment is a line of its own: estimates of the literature happened at no time."""
    papers = [source for s in record.statements if (source := record.sources.get(s.source)) is not None]
    literature = bool(papers) and all(source.kind == "paper" for source in papers)
    told = any(_told_by(said, now, record.sources) for said in record.statements)
    return record.kind in _DATED and not literature and told


def _concerns(item: Draft, a: str, b: str) -> bool:
    """Whether a draft is about the two places: the joining of a third member is not."""
    if item.statements[0].property != "member":
        return True
    for code in item.statements[0].places:
        place = codes.place(code)
        for side in (a, b):
            if code == side or side in place.members or place.country == side:
                return True
    return False


def _while_both(item: Draft, a: str, b: str) -> bool:
    """Whether a line of a mechanism falls into the time in which both places belonged to it, as far as that is dated."""
    if item.first is None or item.last is None:
        return True
    return all(
        any(
            ((begun := span(held.begins)) is None or item.last >= begun.first)
            and ((over := span(held.ends)) is None or over.last is None or item.first <= over.last)
            for held in belonging(item.record, place)
        )
        for place in (a, b)
    )


def _told_of(item: Draft, a: str, b: str) -> Draft:
    """A line of a mechanism of more than two countries, with whose beginning in it no source dates."""
    many = len({codes.place(code).country for code in item.record.places}) > _PAIR
    if not many or item.first is None:
        return item
    undated = [place for place in (a, b) if all(not held.begins for held in belonging(item.record, place))]
    if not undated:
        return item
    named = " and ".join(codes.place(place).name for place in undated)
    note = f"since when {named} {'belong' if len(undated) > 1 else 'belongs'} to it is not held"
    return replace(item, note="; ".join(filter(None, (item.note, note))))


def _bare(record: Record) -> Draft:
    """A record of which no moment is held."""
    said = record.first("name") or record.statements[0]
    return Draft(record, name_of(record), "", None, None, (said,))


def _moment(
    group: tuple[Draft, ...], now: date, sources: Mapping[str, Source], lies: Mapping[str, str]
) -> Moment:
    """One line out of the drafts of one fact: told by the best register, dated by the most exact source."""
    main = min(group, key=_telling)
    exact = min(group, key=_width)
    group = tuple(sorted(group, key=lambda draft: draft.statements[0].id))
    statements = {item.id: item for draft in (main, *group) for item in draft.statements}
    records = {draft.record.subject: draft.record for draft in (main, *group)}
    return Moment(
        exact.period,
        exact.first,
        exact.last,
        main.record.kind,
        main.what,
        _state(group, exact, now),
        tuple(records.values()),
        tuple(statements.values()),
        sources,
        lies[main.record.subject],
        "; ".join(filter(None, (main.note, *_beside(group, main)))),
    )


def _beside(group: Iterable[Draft], main: Draft) -> Iterable[str]:
    """What rules and payments say of a happening in words of their own."""
    told = (item for item in group if item.record.kind in ("barrier", "settlement"))
    return dict.fromkeys(f"also: {item.what}" for item in told if item.what != main.what)


def _state(group: Iterable[Draft], exact: Draft, now: date) -> str:
    if exact.first is None or exact.last is None:
        return "no date"
    members = tuple(group)
    if any(item.deadline for item in members):
        return "deadline passed" if exact.last < now else "deadline ahead"
    if exact.first > now:
        return "ahead"
    # A beginning that only forecasts tell is over only if someone saw it.
    foreseen = all(_foreseen(item.statements[0]) for item in members)
    if foreseen:
        return "was expected" if exact.last < now else "ahead"
    return "past"


def _foreseen(said: Statement) -> bool:
    # A plan is one whatever the status of the report on it.
    return said.status is Status.FORECAST or said.property == "planned_opening"


def _differing(lines: list[Moment]) -> list[Moment]:
    """Dates of one happening on which sources do not agree stay apart, and each line says so."""
    by: dict[tuple[str, str], list[int]] = {}
    for place, item in enumerate(lines):
        first = item.statements[0]
        if first.property in _SINGLE and item.period:
            by.setdefault((first.subject, first.property), []).append(place)
    found = list(lines)
    for places in by.values():
        for place in places if len(places) > 1 else ():
            others = ", ".join(in_words(lines[other].period) for other in places if other != place)
            words = f"sources differ: also given as {others}"
            found[place] = replace(found[place], note="; ".join(filter(None, (found[place].note, words))))
    return found


def _rank(kind: str) -> int:
    return _TELLS.index(kind) if kind in _TELLS else len(_TELLS)


def _strength(item: Draft) -> int:
    return item.statements[0].status.rank


def _telling(item: Draft) -> tuple[int, bool, int, int, str]:
    """What makes a draft the one to tell a fact: its register, the whole before a member, the status, the words."""
    first = item.statements[0]
    return (_rank(item.record.kind), first.property == "member", _strength(item), -len(item.what), first.id)


def _width(item: Draft) -> tuple[int, int, str]:
    if item.first is None or item.last is None:
        return (10**7, 0, "")
    return ((item.last - item.first).days, _strength(item), item.statements[0].id)


def _voice(said: Statement, sources: Mapping[str, Source]) -> str:
    source = sources.get(said.source)
    place = (source.publisher or source.id) if source is not None else "assumed, no source"
    return f"{said.speaker}, in {place}" if said.speaker else place
