"""What is wrong with the records of a ledger as wholes, and what is odd about them.

Wrong is what cannot be: a tie of one place, an end before its beginning, a part that is its own whole. It is refused. Odd is
what a source may say all the same, such as a sign of life before a tie began: it is named, until a note explains it. Dates
that contradict each other are wrong within one source, and odd between two: sources may contradict each other.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from landbridge import codes
from landbridge.ledger import schema
from landbridge.ledger.records import Ledger, Record
from landbridge.ledger.statement import ASSUMED, Statement
from landbridge.provenance import Status

_ORDER = (("signed", "in_force"), ("in_force", "expires"), ("signed", "expires"), ("since", "until"))
# What is said to have happened; what lies ahead is a plan.
_DONE = ("since", "signed", "opened", "active", "activity", "outcome")
_SIGNS = ("active", "activity", "meeting")
# The kind of record that a property names; where none stands here, one of the record's own kind.
_NAMED = {"document": "document", "mechanism": "mechanism", "against": "barrier", "same_as": "zone"}
_TREES = ("parent", "replaces")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or odd with a record.

    `statements` are the ids of those that show it. `hangs_on` is what would have to be known for it: (record, property), or
    (record, "") for a record at all; where a file fails to say just that, the finding is none of its own.
    """

    subject: str
    what: str
    statements: tuple[str, ...] = ()
    odd: bool = False
    hangs_on: tuple[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}"


def check(ledger: Ledger) -> list[str]:
    """What is wrong with the records as a whole, each thing once; see `findings`."""
    return list(dict.fromkeys(str(found) for found in findings(ledger) if not found.odd))


def oddities(ledger: Ledger) -> list[str]:
    """What is odd about the records as a whole, each thing once; see `findings`."""
    return list(dict.fromkeys(str(found) for found in findings(ledger) if found.odd))


def findings(ledger: Ledger) -> Iterator[Finding]:
    """Everything wrong or odd: missing properties, orphans, circles, dates out of order, ties that tie nothing."""
    known = {record.subject: record.kind for record in ledger.records()}
    for record in ledger.records():
        kind = schema.kind(record.kind)
        for prop in kind.properties.values():
            stated = record.all(prop.name)
            if not stated and (prop.required or any(record.all(name) for name in prop.required_with)):
                why = "" if prop.required else f" {prop.doc}"
                yield Finding(
                    record.subject,
                    f"{prop.name} is missing.{why}",
                    hangs_on=(record.subject, prop.name),
                )
            if prop.type == "record":
                for statement in stated:
                    yield from _named(record, statement, known)
        if record.kind == "twinning" and record.text("umbrella") != "true":
            yield from _no_tie(record)
        yield from _out_of_order(record)
        yield from _ahead(record)
        yield from _beside_its_life(record)
        yield from _members(record)
    yield from _circles(ledger)
    for statement in ledger.history:
        if statement.source != ASSUMED and statement.source not in ledger.sources:
            what = f"source {statement.source!r} is not in the list of sources."
            yield Finding(statement.subject, what, (statement.id,))
        if statement.supersedes and ledger.statement(statement.supersedes) is None:
            what = f"supersedes {statement.supersedes}, which is not there."
            yield Finding(statement.subject, what, (statement.id,))


def _named(record: Record, statement: Statement, known: Mapping[str, str]) -> Iterator[Finding]:
    """A record that is named but not there, or not of the kind that is meant."""
    wanted = _NAMED.get(statement.property, record.kind)
    found = known.get(statement.text)
    if found == wanted:
        return
    if found is not None:
        what = f"{statement.property} names {statement.text}, which is a {found} and no {wanted}."
        yield Finding(record.subject, what, (statement.id,))
        return
    others = [name for name, kind in known.items() if kind == wanted and name != record.subject]
    close = difflib.get_close_matches(statement.text, others, 1)
    hint = f" Nearest: {close[0]}." if close else ""
    what = f"{statement.property} names {statement.text}, which is not there.{hint}"
    yield Finding(record.subject, what, (statement.id,), hangs_on=(statement.text, ""))


def _no_tie(record: Record) -> Iterator[Finding]:
    """Parties between which no tie can be: one alone, one within another, all of one country."""
    known = {place.code: place for place in codes.places()}
    for statement in record.all("parties"):
        places = [known[code] for code in dict.fromkeys(statement.places) if code in known]
        inside = [
            (part, whole)
            for part in places
            for whole in places
            if part is not whole and (part.code in whole.members or part.country == whole.code)
        ]
        if len(places) < 2:
            what = f"a tie has two sides, and {statement.text} is one place."
        elif inside:
            part, whole = inside[0]
            what = f"{part} lies in {whole}; a tie is between two places."
        elif len({place.country for place in places}) < 2:
            what = f"{statement.text} lie in one country; ties across a border are held here."
        else:
            continue
        yield Finding(record.subject, what, (statement.id,))


def _out_of_order(record: Record) -> Iterator[Finding]:
    """Dates out of legal order, each pair of dates once however many sources state it; between sources it is odd."""
    for earlier, later in _ORDER:
        told: set[tuple[str, str]] = set()
        pairs = [(first, second) for first in record.all(earlier) for second in record.all(later)]
        # What one source says against itself comes first: it is not odd but wrong.
        for first, second in sorted(pairs, key=lambda pair: pair[0].source != pair[1].source):
            if (first.text, second.text) in told or not _after(first.text, second.text):
                continue
            told.add((first.text, second.text))
            what = f"{earlier} {first.text} is after {later} {second.text}"
            yield from _contradiction(record, what, second, first)


def _contradiction(record: Record, what: str, said: Statement, against: Statement) -> Iterator[Finding]:
    """Two statements that cannot both hold: wrong within one source, between two odd until one of them has a note."""
    shown = (said.id, against.id)
    if said.source == against.source:
        told = f"{what}. One source says both: correct one, or cite each document by a source of its own."
        yield Finding(record.subject, told, shown)
    elif not (said.note or against.note):
        sources = f"{said.source} and {against.source}"
        told = f"{what}: {sources} contradict each other. Say in a note which is right, or why both."
        yield Finding(record.subject, told, shown, odd=True)


def _own_or_latest(statements: Sequence[Statement], source: str) -> Statement | None:
    """The latest date that a source gives itself, else that of any source."""
    own = [statement for statement in statements if statement.source == source]
    return max(own or statements, key=lambda statement: _end(statement.text), default=None)


def _own_or_earliest(statements: Sequence[Statement], source: str) -> Statement | None:
    """The earliest date that a source gives itself, else that of any source."""
    own = [statement for statement in statements if statement.source == source]
    return min(own or statements, key=lambda statement: statement.text, default=None)


def _after(first: str, second: str) -> bool:
    """Whether one date begins after another, compared at the coarser precision, so that 2018 does not precede 2018-05."""
    length = min(len(first.partition("/")[0]), len(second.partition("/")[0]))
    if any(letter in first + second for letter in "HQ"):
        length = 4
    return first[:length] > second[:length]


def _end(period: str) -> str:
    """Where a period ends; empty where it is open."""
    begins, slash, ends = period.partition("/")
    return ends.strip(".") if slash else begins


def _day_after(recorded: str) -> str:
    # Days of entry are those of Greenwich; east of it the next one may have begun.
    try:
        return (date.fromisoformat(recorded) + timedelta(days=1)).isoformat()
    except ValueError:
        return recorded


def _ahead(record: Record) -> Iterator[Finding]:
    """What is said to have happened after the day on which it was entered."""
    if record.intended:
        return
    for name in _DONE:
        for statement in record.all(name):
            # The words of a sign of life are dated by their period; other dates are values themselves.
            is_date = schema.kind(record.kind).property(name).type == "date"
            moment = statement.text if is_date else statement.period
            if _after(moment, _day_after(statement.recorded)) and statement.status is not Status.FORECAST:
                what = (
                    f"{name} {moment} lies after {statement.recorded}, the day of entry. "
                    "What is only planned has the status `forecast`."
                )
                yield Finding(record.subject, what, (statement.id,))


def _beside_its_life(record: Record) -> Iterator[Finding]:
    """Signs of life after the end of a record, as one source or two tell it, and before its beginning, which is odd."""
    began = min((statement.text for statement in record.all("since")), default="")
    ends = record.all("until")
    for name in _SIGNS:
        for statement in record.all(name):
            if not statement.period:
                continue
            ended = _own_or_latest(ends, statement.source)
            if ended is not None and _after(statement.period, _end(ended.text)):
                what = f"{name} of {statement.period} is after its end, until {ended.text}"
                yield from _contradiction(record, what, statement, ended)
            if began and _after(began, _end(statement.period)) and not statement.note:
                what = (
                    f"{name} of {statement.period} is before its beginning, since {began}. "
                    "If the source says so, say in a note how that can be."
                )
                yield Finding(record.subject, what, (statement.id,), odd=True)


def _members(record: Record) -> Iterator[Finding]:
    """Memberships that reach beyond the life of what they are memberships of."""
    begins, ends = record.all("since"), record.all("until")
    for statement in record.all("member"):
        began, ended = _own_or_earliest(begins, statement.source), _own_or_latest(ends, statement.source)
        begun = statement.valid_from
        if began is not None and begun and _after(began.text, _end(begun)):
            what = f"member {statement.text} from {begun} is before its beginning, since {began.text}"
            yield from _contradiction(record, what, statement, began)
        for moment in filter(None, (begun, statement.valid_to)):
            if ended is not None and _after(moment, _end(ended.text)):
                what = f"member {statement.text} at {moment} is after its end, until {ended.text}"
                yield from _contradiction(record, what, statement, ended)


def _circles(ledger: Ledger) -> Iterator[Finding]:
    """Records that are parts or successors of themselves, directly or through others."""
    for name in _TREES:
        above: dict[str, dict[str, str]] = {}
        for record in ledger.records():
            above[record.subject] = {statement.text: statement.id for statement in record.all(name)}
        for subject in above:
            if circle := _back(subject, above):
                way = " → ".join(circle)
                what = (
                    f"{name} names the record itself."
                    if len(circle) == 2
                    else f"{name} leads in a circle: {way}."
                )
                yield Finding(subject, what, (above[subject][circle[1]],))


def _back(subject: str, above: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The shortest way by which a record leads back to itself; empty where none does."""
    ways = [[subject, named] for named in above[subject]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        if way[-1] == subject:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, named] for named in above.get(way[-1], ())]
    return []
