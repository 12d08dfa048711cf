"""What every section of a brief needs: the data, the two places, and the words."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from landbridge import codes
from landbridge.brief.likely import Likely, likely
from landbridge.brief.text import Date, Label, Name, Part, Writer
from landbridge.codes import Place
from landbridge.errors import BadUsage
from landbridge.flows.totals import Counted
from landbridge.ledger import Ledger, Record, Statement
from landbridge.planning.targets import Scored, newest_value, scorecard
from landbridge.provenance import Figure, derive
from landbridge.release import Data

if TYPE_CHECKING:
    from landbridge.prospects.scorecard import Entry
    from landbridge.prospects.shipped import Book

_SHOWN = 3
_CLAUSE = re.compile(r";\s*")


@dataclass(frozen=True)
class Setting:
    """Two places, side by side. For regions, `nation_a` and `nation_b` are the countries they lie in."""

    data: Data
    say: Writer
    a: Place
    b: Place

    @property
    def regional(self) -> bool:
        """True where at least one of the two places is a region."""
        return "region" in (self.a.kind, self.b.kind)

    @property
    def two_regions(self) -> bool:
        """True where both places are regions."""
        return self.a.kind == self.b.kind == "region"

    @cached_property
    def nation_a(self) -> Place:
        """The country of the first place."""
        return codes.place(self.a.country)

    @cached_property
    def nation_b(self) -> Place:
        """The country of the second place."""
        return codes.place(self.b.country)

    @cached_property
    def nations(self) -> Setting:
        """The same setting between the two countries; countries are their own, so that nothing is read twice."""
        return Setting(self.data, self.say, self.nation_a, self.nation_b) if self.regional else self

    @cached_property
    def turnover(self) -> dict[str, dict[str, Figure]]:
        """Reporter → year → trade both ways between the two countries."""
        return self.data.totals.turnover_by_reporter(self.nation_a.code, self.nation_b.code)

    @cached_property
    def series(self) -> dict[Counted, dict[str, Figure]]:
        """(Reporter, series) → year → trade both ways; only years of one series compare."""
        return self.data.totals.turnover_by_series(self.nation_a.code, self.nation_b.code)

    @cached_property
    def targets(self) -> tuple[Scored, ...]:
        """The targets between the two countries or anything in them, with what came of them."""
        sides = self.nations
        pair = (self.nation_a.code, self.nation_b.code)
        return scorecard(self.ledger, self.data.totals, sides.side_a, sides.side_b, pair, self.data.as_of)

    @cached_property
    def scorecard(self) -> tuple[Entry, ...]:
        """Every target of the ledger, with who set it when, growth needed and got, and revisions."""
        from landbridge.prospects.scorecard import scorecard as every

        return every(self.data)

    @cached_property
    def continued(self) -> dict[Counted, dict[str, Figure]]:
        """The one series that the newest count of turnover belongs to; empty where none is held."""
        newest = newest_value(self.turnover)
        return {
            counted: years
            for counted, years in self.series.items()
            if newest is not None and newest[1] in years.values()
        }

    @cached_property
    def outlooks(self) -> Book | None:
        """What the release holds on the future of the two countries, made before."""
        from landbridge.prospects.shipped import book

        return book(self.data, self.nation_a.code, self.nation_b.code)

    @cached_property
    def likely(self) -> tuple[Likely, ...]:
        """The open targets of trade between the two countries, each with its probability."""
        return likely(self.data, self.outlooks, self.targets, self.nation_a.code, self.nation_b.code)

    @property
    def ledger(self) -> Ledger:
        """The ledger in force."""
        return self.data.ledger

    @cached_property
    def side_a(self) -> tuple[str, ...]:
        """Every code that stands for the first side: the place, and for a country all that lies in it."""
        return _side(self.a)

    @cached_property
    def side_b(self) -> tuple[str, ...]:
        """Every code that stands for the second side."""
        return _side(self.b)

    def between(self, *kinds: str) -> tuple[Record, ...]:
        """The records that touch both sides."""
        return self.ledger.between(self.side_a, self.side_b, *kinds)

    def naming_both(self, *kinds: str) -> tuple[Record, ...]:
        """The records that name both places themselves, or a macro-region that holds them."""
        return self.ledger.between(_named(self.a), _named(self.b), *kinds)

    def tying(self, *kinds: str) -> tuple[Record, ...]:
        """The records that stand between the two places by name: no wish, no count, no umbrella over many regions."""
        return self.ledger.tying(self.a.code, self.b.code, *kinds)

    def naming_one(self, *kinds: str) -> tuple[Record, ...]:
        """The records that name one of two regions and the other's country, but not both regions."""
        both = {record.subject for record in self.naming_both(*kinds)}
        found = {
            record.subject: record
            for here, there in ((self.a, self.b), (self.b, self.a))
            if here.kind == "region"
            for record in self.ledger.between(_named(here), _side(codes.place(there.country)), *kinds)
            if record.subject not in both
        }
        return tuple(found[subject] for subject in sorted(found))

    def obstacles(self) -> tuple[Record, ...]:
        """The barriers between the two countries; one that a third country imposes is none of theirs."""
        sides = {*self.nations.side_a, *self.nations.side_b}
        return tuple(
            record
            for record in self.nations.between("barrier")
            if not record.text("side") or set(record.text("side").split()) <= sides
        )

    def place(self, code: str) -> Label:
        """A place by its name."""
        return Label(codes.place(code).name, code)

    def reporter(self, code: str) -> Part:
        """Who counts: a place, or words where the source does not say."""
        return self.place(code) if code else self.say("side not stated")

    def counter(self, counted: Counted) -> Part:
        """Who counts and, where the same place keeps several series, which of them."""
        reporter, series = counted
        if sum(who == reporter for who, _ in self.series) < 2:
            return self.reporter(reporter)
        return self.say(
            "{who}, {series}", who=self.reporter(reporter), series=Name(series, f"series {series}")
        )


def setting(data: Data, say: Writer, a: str, b: str) -> Setting:
    """The setting for two place codes; refuses one place with itself and macro-regions, naming the remedy."""
    first, second = codes.place(a), codes.place(b)
    if first.code == second.code:
        raise BadUsage(
            f"a brief needs two different places, not {a} twice.", remedy="Name the partner second."
        )
    if first.country == second.country:
        raise BadUsage(
            f"{first} and {second} lie in the same country.",
            remedy="Landbridge compares places across a border: name a place in another country.",
        )
    for item in (first, second):
        if item.kind == "macro" or item.code == "ROW":
            members = f" It holds {', '.join(item.members)}." if item.members else ""
            raise BadUsage(
                f"{item} is not a country or first-level region.{members}", remedy="Name one of those."
            )
    return Setting(data, say, first, second)


def _side(item: Place) -> tuple[str, ...]:
    if item.kind != "country":
        return _named(item)
    macros = [macro.code for macro in codes.places("macro") if macro.country == item.code]
    return (item.code, *item.members, *macros)


def _named(item: Place) -> tuple[str, ...]:
    macros = [macro.code for macro in codes.places("macro") if item.code in macro.members]
    return (item.code, *macros)


def name(record: Record) -> Name:
    """A record by its name; a twinning, which has none, by the places it joins."""
    text = record.text("name")
    if not text:
        places = [codes.place(code).name for code in dict.fromkeys(record.parties)]
        shown = places if len(places) <= _SHOWN else [*places[:_SHOWN], "others"]
        text = " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
    return Name(text, record.subject)


def property_name(statement: Statement) -> Name:
    """What a statement is about, in words."""
    return Name(statement.property.replace("_", " "), f"property {statement.property}")


def coded(statement: Statement) -> Name:
    """A code of the ledger's schema, in words."""
    return Name(statement.text.replace("-", " "), statement.id)


def words(statement: Statement) -> Name:
    """What a statement says, in the ledger's own words."""
    return Name(statement.text, statement.id)


def when(statement: Statement) -> Date | None:
    """The period a statement is about."""
    period = statement.period or statement.as_of
    return Date(period) if period else None


def remark(statement: Statement) -> Name | None:
    """The note of a statement up to the first clause that holds a digit; `…` says that the figure's chain holds more.

    A clause is never taken out of the middle: what follows it might then say something else.
    """
    clauses = _CLAUSE.split(statement.note) if statement.note else []
    kept = list(itertools.takewhile(lambda clause: not any(map(str.isdigit, clause)), clauses))
    if not clauses:
        return None
    more = [] if len(kept) == len(clauses) else ["…"]
    return Name("; ".join([*kept, *more]), statement.id)


def dated(setting: Setting, statement: Statement) -> Part:
    """A stated date with the source's own hedge."""
    date = Date(statement.text or statement.period)
    return setting.say("about {date}", date=date) if statement.comparator == "~" else date


def said_by(setting: Setting, statement: Statement) -> Part:
    """Who said so: the speaker and the publisher, or that it is assumed."""
    source = setting.ledger.sources.get(statement.source)
    if source is None:
        return setting.say("assumed")
    publisher = Name(source.publisher, source.id)
    if statement.speaker:
        return setting.say(
            "{speaker}, in {publisher}", speaker=Name(statement.speaker, statement.id), publisher=publisher
        )
    return publisher


def who_says(setting: Setting, record: Record) -> Part:
    """Everybody who says something of a record, each once."""
    once = {(statement.speaker, statement.source): statement for statement in reversed(record.statements)}
    return tuple(said_by(setting, statement) for statement in reversed(once.values()))


def figures_of(record: Record, *names: str) -> list[tuple[Statement, Figure]]:
    """The quantities of a record with their figures."""
    return [(statement, record.figure(statement)) for statement in record.quantities(*names)]


def ends(figure: Figure) -> Figure | None:
    """The range of a figure as a figure of its own, to stand in a column; None where it has none."""
    if figure.low is None or figure.high is None:
        return None
    return derive(
        f"{figure.measure}, range",
        None,
        figure.unit,
        (figure,),
        "landbridge.brief.setting.ends",
        low=figure.low,
        high=figure.high,
        note=figure.note,
    )
