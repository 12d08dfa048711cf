"""Records as views: what the statements say of a subject, at a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from landbridge.errors import UnknownLabel
from landbridge.ledger import schema
from landbridge.ledger.statement import Statement
from landbridge.provenance import Figure, Source, Status

# A record with more parties than this is an umbrella over many places rather than a tie of two.
_FEW = 5
_BEGINNINGS = ("date", "since", "signed", "in_force", "opened", "announced")


@dataclass(frozen=True, slots=True)
class Record:
    """Everything the ledger says of one subject."""

    subject: str
    kind: str
    statements: tuple[Statement, ...]
    sources: Mapping[str, Source]

    def all(self, name: str) -> tuple[Statement, ...]:
        """The statements of one property, by period."""
        return tuple(
            sorted(
                (s for s in self.statements if s.property == name), key=lambda s: (s.period or s.as_of, s.id)
            )
        )

    def first(self, name: str) -> Statement | None:
        """The first statement of a property, or None: of one that has a single value the one that was recorded first.

        What somebody enters later beside it does not take its place; only what supersedes it does.
        """
        found = self.all(name)
        prop = schema.kind(self.kind).properties.get(name)
        if prop is None or prop.many:
            return found[0] if found else None
        return min(found, key=lambda statement: statement.recorded, default=None)

    def says(self, statement: Statement) -> bool:
        """Whether the record says already what a statement says, be it by another source; places count in any order."""
        return any(
            _value(said) == _value(statement)
            or (said.text and statement.property == "parties" and {*said.places} == {*statement.places})
            for said in self.all(statement.property)
        )

    def text(self, name: str) -> str:
        """The words of a property stated once; empty where nothing is said."""
        found = self.first(name)
        return found.text if found else ""

    @property
    def name(self) -> str:
        """The record's name, or its slug."""
        return self.text("name") or self.subject.partition("/")[2]

    @property
    def places(self) -> tuple[str, ...]:
        """Every place that the record names as a party, member or neighbour."""
        found: dict[str, None] = {}
        for statement in self.statements:
            if statement.property in ("parties", "member", "near"):
                found.update(dict.fromkeys(statement.places))
            elif statement.kind == "claim":
                found.update(dict.fromkeys(statement.detail.get("parties", "").split()))
        return tuple(found)

    @property
    def parties(self) -> tuple[str, ...]:
        """The places on whose behalf the record stands."""
        # Each once: several sources may name the same ones.
        return tuple(
            dict.fromkeys(code for s in self.statements if s.property == "parties" for code in s.places)
        )

    @property
    def intended(self) -> bool:
        """True for a document that is only wished or planned."""
        return self.text("intended") == "true"

    @property
    def standing(self) -> bool:
        """False for what is only intended, and for a count over many ties, which is no tie itself."""
        return not self.intended and self.text("umbrella") != "true"

    def figure(self, statement: Statement) -> Figure:
        """One of the record's quantities as a figure."""
        return statement.figure(f"{self.name}: {statement.property.replace('_', ' ')}", self.sources)

    def quantities(self, *names: str) -> Iterator[Statement]:
        """The statements that hold a number, in the order of properties in the schema."""
        for name in names or tuple(schema.kind(self.kind).properties):
            yield from (statement for statement in self.all(name) if statement.is_quantity)


class Ledger:
    """A frozen set of statements, seen as records. `at` narrows it to what was recorded by a date."""

    def __init__(self, statements: Iterable[Statement], sources: Mapping[str, Source]) -> None:
        unique = {statement.id: statement for statement in statements}
        superseded = {statement.supersedes for statement in unique.values() if statement.supersedes}
        self._all: tuple[Statement, ...] = tuple(unique.values())
        self._standing = tuple(statement for statement in self._all if statement.id not in superseded)
        self.sources = sources

    def at(self, recorded_by: str) -> Ledger:
        """The ledger as it was known on a date (YYYY-MM-DD)."""
        return Ledger((s for s in self._all if s.recorded <= recorded_by), self.sources)

    def on(self, date: str) -> Ledger:
        """What held on a date (YYYY, YYYY-MM or YYYY-MM-DD): records and memberships begun by then and not over.

        The other clock beside `at`. A year counts as covered by what began by its end and was not over at its
        beginning. A record begins at the earliest of its own dates; where it has none, with the earliest moment that
        its statements are about or were made at. A claim begins likewise. What states no beginning and no end is kept:
        nothing says that it did not hold.
        """
        # A claim with a time in the text's own words alone ("last year") is as old as the other claims of its text.
        texts = {s.source: s.as_of for s in self._standing if s.kind == "claim" and s.as_of}
        spans = {
            record.subject: (
                _begins(record)
                or (texts.get(record.statements[0].source, "") if record.kind == "claim" else ""),
                record.text("until"),
            )
            for record in self.records()
        }
        return Ledger(
            (
                s
                for s in self._standing
                if _holds(*spans[s.subject], date) and _holds(s.valid_from, s.valid_to, date)
            ),
            self.sources,
        )

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement that stands, superseded ones left out."""
        return self._standing

    @property
    def history(self) -> tuple[Statement, ...]:
        """Every statement, superseded ones too."""
        return self._all

    @cached_property
    def _records(self) -> dict[str, Record]:
        grouped: dict[str, list[Statement]] = defaultdict(list)
        for statement in self._standing:
            grouped[statement.subject].append(statement)
        return {
            subject: Record(subject, said[0].kind, tuple(said), self.sources)
            for subject, said in grouped.items()
        }

    @cached_property
    def _by_id(self) -> dict[str, Statement]:
        return {statement.id: statement for statement in self._all}

    def statement(self, identifier: str) -> Statement | None:
        """The statement with that id, standing or superseded."""
        return self._by_id.get(identifier)

    def record(self, subject: str) -> Record:
        """The record of that name; raises `UnknownLabel` with the nearest ones."""
        try:
            return self._records[subject]
        except KeyError:
            raise UnknownLabel("record", subject, self._records) from None

    @cached_property
    def _in_order(self) -> tuple[tuple[Record, frozenset[str]], ...]:
        """Every record with the places it names, by subject."""
        ordered = sorted(self._records.values(), key=lambda record: record.subject)
        return tuple((record, frozenset(record.places)) for record in ordered)

    def records(self, *kinds: str) -> tuple[Record, ...]:
        """The records of some kinds (all, if none is named), by subject."""
        return tuple(record for record, _ in self._in_order if not kinds or record.kind in kinds)

    def between(self, side_a: Sequence[str], side_b: Sequence[str], *kinds: str) -> tuple[Record, ...]:
        """The records that touch both sides; a side is a set of place codes that all stand for it."""
        a, b = frozenset(side_a), frozenset(side_b)
        return tuple(
            record
            for record, places in self._in_order
            if (not kinds or record.kind in kinds) and a & places and b & places
        )

    def tying(self, a: str, b: str, *kinds: str) -> tuple[Record, ...]:
        """The records that stand between two places by name: no wish, no count, no umbrella over many places."""
        return tuple(
            record
            for record in self.between((a,), (b,), *kinds)
            if record.standing
            and {a, b} <= {*record.parties, *record.text("near").split()}
            and len(record.parties) <= _FEW
        )


def _value(statement: Statement) -> tuple[str, float | None, float | None, float | None, str]:
    return statement.text, statement.number, statement.low, statement.high, statement.unit


def _begins(record: Record) -> str:
    """The earliest of a record's own dates, else of the moments of its statements; empty where nothing is dated."""
    own = [s.text for name in _BEGINNINGS for s in record.all(name) if s.text]
    moments = own or [moment for statement in record.statements for moment in _moments(statement)]
    return min((_first_day(moment) for moment in moments), default="")


def _moments(statement: Statement) -> Iterator[str]:
    # The period of what lies ahead is its deadline: a target for 2030 holds before 2030.
    if statement.kind != "target" and statement.status is not Status.FORECAST:
        yield from filter(None, (statement.period, statement.detail.get("period_inferred", "")))
    if statement.as_of:
        yield statement.as_of


def _first_day(period: str) -> str:
    """Where a period begins, halves and quarters by their first month."""
    begins = period.partition("/")[0]
    year, _, part = begins.partition("-")
    if part[:1] in ("H", "Q"):
        months = 6 if part[0] == "H" else 3
        return f"{year}-{(int(part[1]) - 1) * months + 1:02}"
    return begins


def _holds(begins: str, ends: str, date: str) -> bool:
    """Whether a span covers a date, compared at the coarser precision of the two; an empty end is open."""
    begun = not begins or begins[: len(date)] <= date[: len(begins)]
    over = bool(ends) and ends[: len(date)] < date[: len(ends)]
    return begun and not over
