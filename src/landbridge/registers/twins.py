"""The register of twinned regions and cities: single ties, ties rolled up to regions and countries, counts beside them.

A tie says that two places promised each other contact. It does not say that anybody trades, travels or invests more for
it: no effect of twinning is estimated here, and none should be read into these counts. A tie without a sign of life in the
ledger is not a dead tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from landbridge import codes
from landbridge.codes import Place
from landbridge.errors import BadUsage
from landbridge.ledger import Record, Statement
from landbridge.provenance import Figure
from landbridge.registers.dormancy import Dormancy, dormancy
from landbridge.registers.moments import dated, day
from landbridge.registers.twin_doubles import is_city, perhaps_one
from landbridge.release import Data

NO_EFFECT = (
    "Twinning is a promise of contact. Whether twinned places trade, travel or invest more than others is not estimated "
    "here, and these counts do not show it."
)
LEVELS = ("region", "city", "district")
# The liveliest first: of two entries that are perhaps one tie the livelier shows what is known.
_STATES = ("alive", "dormant", "unknown", "ended")
# A tie of more places than this is a council of many, not a tie of two or three.
_FEW = 5


@dataclass(frozen=True, slots=True)
class Tie:
    """One tie as the ledger knows it, with whether it shows signs of life on the day of the question.

    `perhaps` are other records that are perhaps the same tie: written in two ways, or of cities that are regions.
    """

    record: Record
    parties: tuple[str, ...]
    life: Dormancy
    document: Record | None = None
    perhaps: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        """`region`, `city` or `district`."""
        return self.record.text("level")

    @property
    def name(self) -> str:
        """The two cities, or the names of the regions."""
        return self.record.text("name") or " and ".join(codes.place(code).name for code in self.parties)

    @property
    def of_many(self) -> bool:
        """True for a council of many regions or of whole macro-regions, which is a tie of no single pair."""
        return len(self.parties) > _FEW or any(codes.place(code).kind == "macro" for code in self.parties)

    def takes_in(self, a: str, b: str) -> bool:
        """Whether it is a council of many regions to which both belong, by name or within a macro-region."""
        return self.of_many and all(within(code) & set(self.parties) for code in (a, b))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything the ledger says of it."""
        return self.record.statements

    @property
    def of_regions(self) -> bool:
        """True for a tie of regions, and for one of two cities that are regions themselves, as Beijing and Moscow are."""
        if self.level == "region":
            return True
        seats = {place.capital for place in map(codes.place, self.parties) if is_city(place)}
        return (
            self.level == "city"
            and len(seats) == len(self.parties)
            and set(self.name.split(" and ")) == seats
        )

    def pairs(self, country_a: str, country_b: str) -> tuple[tuple[str, str], ...]:
        """The pairs of places across the border that it ties; a country stands for a region not known."""
        sides = [
            [code for code in self.parties if codes.place(code).country == country]
            for country in (country_a, country_b)
        ]
        return () if self.of_many else tuple((a, b) for a in sides[0] for b in sides[1])

    def row(self) -> dict[str, Any]:
        """Plain columns; `ids` lead to the statements behind."""
        last = self.life.last_sign
        sources = {said.source: self.record.sources.get(said.source) for said in self.statements}
        return {
            "record": self.record.subject,
            "name": self.name,
            "level": self.level,
            "places": " ".join(self.parties),
            "form": self.record.text("form") or None,
            "since": _hedged(self.record.all("since")),
            "until": self.record.text("until") or None,
            "document": self.document.subject if self.document else None,
            "last_activity": _sign(last) if last else None,
            "last_activity_period": (last.period or last.as_of or None) if last else None,
            "state": self.life.state,
            "state_since": self.life.since or None,
            "why": self.life.why,
            "rule": self.life.rule,
            "perhaps_one": " ".join(self.perhaps) or None,
            "sources": len(sources),
            "weak_only": all(source is not None and source.weak for source in sources.values()),
            "ids": " ".join(said.id for said in self.statements),
        }


@dataclass(frozen=True, slots=True)
class Links:
    """What ties two places, rolled up: ties of regions, of cities and of districts are counted apart and never added.

    `a` and `b` are two regions, or two countries; a country in the place of a region holds the cities whose region is not
    known. `region_tie` is false where none is held that has not ended. `of_many` are councils of many regions that take in
    both: they stand beside, as ties of no single pair. `stated` are numbers of city pairs that a source states of this
    pair, to compare with the city ties held.
    """

    a: str
    b: str
    region_ties: tuple[Tie, ...]
    city_ties: tuple[Tie, ...]
    district_ties: tuple[Tie, ...]
    of_many: tuple[Tie, ...] = ()
    stated: tuple[Figure, ...] = ()

    @property
    def region_tie(self) -> bool:
        """Whether a tie of the regions themselves is held that has not ended."""
        return any(tie.of_regions and tie.life.state != "ended" for tie in self.ties)

    @property
    def ties(self) -> tuple[Tie, ...]:
        """Every tie of the pair, councils of many left out."""
        return (*self.region_ties, *self.city_ties, *self.district_ties)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements behind all of them."""
        return tuple(said for tie in (*self.ties, *self.of_many) for said in tie.statements)

    @property
    def counted(self) -> tuple[tuple[Tie, str], ...]:
        """Every tie with its state, those that are perhaps one counted once: by the widest level and the liveliest state."""
        found: list[tuple[Tie, str]] = []
        told: set[str] = set()
        for tie in self.ties:
            if tie.record.subject in told:
                continue
            same = [tie, *(other for other in self.ties if other.record.subject in tie.perhaps)]
            told |= {other.record.subject for other in same}
            found.append((tie, min((other.life.state for other in same), key=_STATES.index)))
        return tuple(found)

    @property
    def notes(self) -> tuple[str, ...]:
        """Which of the ties are perhaps one and counted once."""
        here = {tie.record.subject for tie in self.ties}
        groups = {frozenset((tie.record.subject, *tie.perhaps)) & here for tie in self.ties if tie.perhaps}
        return tuple(
            f"Perhaps one tie, counted once: {' and '.join(sorted(group))}."
            for group in sorted(groups, key=sorted)
            if len(group) > 1
        )

    def row(self) -> dict[str, Any]:
        """Plain columns. What has ended is counted as `ended` and in no level."""
        counted = self.counted
        states = [state for _, state in counted]
        levels = [tie.level for tie, state in counted if state != "ended"]
        begun = [said.text for tie in self.ties for said in tie.record.all("since")]
        return {
            "a": self.a,
            "a_name": codes.place(self.a).name,
            "b": self.b,
            "b_name": codes.place(self.b).name,
            "region_tie": self.region_tie,
            "region_ties": levels.count("region"),
            "city_ties": levels.count("city"),
            "district_ties": levels.count("district"),
            "councils_of_many": sum(tie.life.state != "ended" for tie in self.of_many),
            "alive": states.count("alive"),
            "dormant": states.count("dormant"),
            "unknown": states.count("unknown"),
            "ended": states.count("ended") + sum(tie.life.state == "ended" for tie in self.of_many),
            "earliest_since": min(begun, default=None),
            "perhaps_one": " ".join(self.notes) or None,
            "stated_city_pairs": _stated(self.stated),
            "records": " ".join(tie.record.subject for tie in (*self.ties, *self.of_many)),
        }


@dataclass(frozen=True, slots=True)
class Count:
    """A number that a source gives for many ties at once. It stands beside the ties held and is never added to them."""

    record: Record
    statement: Statement

    @property
    def figure(self) -> Figure:
        """The number with its source."""
        return self.record.figure(self.statement)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statement behind it."""
        return (self.statement,)

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        figure = self.figure
        return {
            "record": self.record.subject,
            "name": self.record.name,
            "counted": self.statement.note or self.statement.property.replace("_", " "),
            "comparator": figure.comparator,
            "value_count": figure.value,
            "low_count": figure.low,
            "high_count": figure.high,
            "period": figure.period or None,
            "status": figure.status.value,
            "speaker": self.statement.speaker or None,
            "source": self.statement.source,
            "id": self.statement.id,
        }


def ties(
    data: Data,
    today: str,
    *,
    between: tuple[str, str] | None = None,
    place: Sequence[str] = (),
    levels: Sequence[str] = LEVELS,
    years: float | None = None,
) -> tuple[Tie, ...]:
    """The single ties of the ledger by level and name, counts over many and ties that begin only later left out.

    `between` takes two places (a country stands for its regions), `place` several of which one must take part; `years` is
    the silence after which a tie counts as dormant, if not the rule's. Raises `BadUsage` for a level that does not exist.
    """
    for level in levels:
        if level not in LEVELS:
            raise BadUsage(f"{level!r} is no level of a tie.", remedy=f"Levels: {', '.join(LEVELS)}.")
    now = day(today)
    sides = [within(code) for code in between] if between else []
    wanted = frozenset(code for item in place for code in within(item))
    same = perhaps_one(data.ledger.records("twinning"))
    found = [
        _tie(data, record, today, years, same.get(record.subject, ()))
        for record in data.ledger.records("twinning")
        if record.standing
        and not _planned(record, now)
        and record.text("level") in levels
        and all(side & set(record.parties) for side in sides)
        and (not wanted or wanted & set(record.parties))
    ]
    return tuple(sorted(found, key=lambda tie: (LEVELS.index(tie.level), tie.name, tie.record.subject)))


def counts(data: Data, *, between: tuple[str, str] | None = None) -> tuple[Count, ...]:
    """The numbers that sources give for many ties at once, of two countries or of all."""
    sides = [within(codes.place(code).country) for code in between] if between else []
    return tuple(
        Count(record, said)
        for record in data.ledger.records("twinning")
        if record.text("umbrella") == "true" and all(side & set(record.parties) for side in sides)
        for said in record.quantities()
    )


def roll_up(data: Data, a: str, b: str, today: str, *, years: float | None = None) -> tuple[Links, ...]:
    """The ties of two countries (or regions) by pair of regions, pairs with a tie of the regions first.

    Only pairs that some tie names. Raises `BadUsage` where the two lie in one country.
    """
    first, second = _across(a, b)
    found = ties(data, today, between=(a, b), years=years)
    single: dict[tuple[str, str], list[Tie]] = {}
    for tie in found:
        for pair in tie.pairs(first.country, second.country):
            if pair[0] in within(a) and pair[1] in within(b):
                single.setdefault(pair, []).append(tie)
    linked = [
        _links(*pair, held, [tie for tie in found if tie.takes_in(*pair)]) for pair, held in single.items()
    ]
    return tuple(
        sorted(
            linked,
            key=lambda item: (
                not item.region_ties,
                -len(item.city_ties),
                -len(item.district_ties),
                item.a,
                item.b,
            ),
        )
    )


def between(data: Data, a: str, b: str, today: str, *, years: float | None = None) -> Links:
    """Everything that ties two places, each tie once whatever the number of regions it names."""
    _across(a, b)
    found = ties(data, today, between=(a, b), years=years)
    return _links(a, b, [tie for tie in found if not tie.of_many], [tie for tie in found if tie.of_many])


def dormant(data: Data, a: str, b: str, today: str, *, years: float | None = None) -> tuple[Tie, ...]:
    """The ties of two places that look dormant by the rule; those of which nothing is heard are not among them."""
    return tuple(tie for tie in ties(data, today, between=(a, b), years=years) if tie.life.state == "dormant")


def within(code: str) -> frozenset[str]:
    """The codes under which a place may take part: its own, those inside it, and the macro-regions it belongs to."""
    place = codes.place(code)
    around = [macro.code for macro in codes.places("macro", place.country) if _overlap(place, macro)]
    return frozenset((code, *place.members, *around))


def _overlap(place: Place, macro: Place) -> bool:
    return place.kind == "country" or place.code in macro.members


def _across(a: str, b: str) -> tuple[Place, Place]:
    first, second = codes.place(a), codes.place(b)
    if first.country == second.country:
        raise BadUsage(
            f"{first} and {second} lie in one country.", remedy="Name places on two sides of a border."
        )
    return first, second


def _planned(record: Record, now: date) -> bool:
    """Whether every beginning that a source gives lies ahead: what is planned does not tie anybody yet."""
    begins = [when.first for said in record.all("since") if (when := dated(said, own=True)) is not None]
    return bool(begins) and min(begins) > now


def _tie(data: Data, record: Record, today: str, years: float | None, same: tuple[str, ...]) -> Tie:
    named = record.text("document")
    document = next((item for item in data.ledger.records("document") if item.subject == named), None)
    done = () if document is None else (*document.all("activity"), *document.all("outcome"))
    life = dormancy(record, today, years, also=done, kept=data.as_of)
    return Tie(record, parties_of(record), life, document, same)


def parties_of(record: Record) -> tuple[str, ...]:
    """The places that a tie names, each once, whatever the number of sources; a region stands for its country."""
    named = tuple(dict.fromkeys(record.parties))
    inside = {codes.place(code).country for code in named if codes.place(code).kind != "country"}
    return tuple(code for code in named if code not in inside)


def _links(a: str, b: str, single: Iterable[Tie], many: Iterable[Tie]) -> Links:
    by_level: dict[str, list[Tie]] = {level: [] for level in LEVELS}
    for tie in single:
        by_level[tie.level].append(tie)
    stated = tuple(
        tie.record.figure(said) for tie in by_level["region"] for said in tie.record.quantities("city_pairs")
    )
    region, city, district = (tuple(by_level[level]) for level in LEVELS)
    return Links(a, b, region, city, district, tuple(many), stated)


def _stated(figures: Sequence[Figure]) -> str | None:
    """Numbers of city pairs as sources state them, each with its date."""
    said = [
        f"{'' if f.comparator == '=' else f.comparator}{f.point:.0f} ({f.period or 'undated'})"
        for f in figures
    ]
    return "; ".join(said) or None


def _hedged(dates: Sequence[Statement]) -> str | None:
    """The dates that sources give, each once, with the hedge of the source."""
    said = dict.fromkeys(f"{'' if date.comparator == '=' else date.comparator}{date.text}" for date in dates)
    return "; ".join(said) or None


def _sign(statement: Statement) -> str:
    return "it begins" if statement.property in ("since", "signed", "in_force") else statement.text
