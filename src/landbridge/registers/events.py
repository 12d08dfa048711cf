"""The register of events: series and their editions, who took part, what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from landbridge.claims.verdicts.editions import numbered
from landbridge.ledger import Record, Statement
from landbridge.provenance import Figure, Status
from landbridge.registers.moments import Dated, dated, day, span
from landbridge.registers.numbering import edition, in_runs, missing
from landbridge.release.data import Data

State = Literal["held", "announced only", "ahead", "undated"]


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it stood on a day.

    `series` is the one that it is said to belong to, or the one that its name counts it in (`series_stated` tells which);
    `number` is its edition, as stated or as the name counts it. `state` is `announced only` where its day has passed and
    every source spoke before it.
    """

    record: Record
    series: str
    series_stated: bool
    number: int | None
    when: Dated | None
    state: State

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that the ledger says of it."""
        return self.record.statements

    @property
    def participants(self) -> tuple[Figure, ...]:
        """How many took part, by every source; the note of each says who is counted."""
        return tuple(self.record.figure(said) for said in self.record.quantities("participants"))

    @property
    def contracts(self) -> tuple[Figure, ...]:
        """Sums of the contracts that are said to have been signed there."""
        return tuple(self.record.figure(said) for said in self.record.quantities("contracts"))

    def row(self) -> dict[str, Any]:
        """Plain columns; `figures` are the ids of the numbers, which are never added to each other."""
        record = self.record
        numbers = (*self.participants, *self.contracts)
        return {
            "event": record.subject,
            "name": record.name,
            "form": record.text("form"),
            "series": self.series or None,
            "series_from": (("stated" if self.series_stated else "its name") if self.series else None),
            "edition": self.number,
            "date": self.when.period if self.when else None,
            "state": self.state,
            "place": record.text("place") or None,
            "mode": record.text("mode") or None,
            "parties": " ".join(record.parties),
            "participants": "; ".join(map(_counted, self.participants)) or None,
            "contracts": "; ".join(map(_counted, self.contracts)) or None,
            "results": "; ".join(_told(said) for said in record.all("result")) or None,
            "followed": "; ".join(_told(said) for said in record.all("followed")) or None,
            "sources": "; ".join(dict.fromkeys(said.source for said in record.statements)),
            "figures": " ".join(figure.id for figure in numbers) or None,
        }


@dataclass(frozen=True, slots=True)
class Series:
    """One series of events, the editions that the ledger holds by date, and what is odd about their count.

    `gaps` are numbers between the least and the greatest that the ledger lacks; `twice` numbers that two editions bear;
    `backward` pairs of editions of which the later bears the lower number.
    """

    name: str
    stated: bool
    editions: tuple[Event, ...]
    gaps: tuple[int, ...]
    twice: tuple[int, ...]
    backward: tuple[tuple[Event, Event], ...]

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        dates = [event.when.period for event in self.editions if event.when]
        return {
            "series": self.name,
            "series_from": "stated" if self.stated else "names",
            "editions": len(self.editions),
            "numbers": in_runs({event.number for event in self.editions if event.number is not None}) or None,
            "first": dates[0] if dates else None,
            "last": dates[-1] if dates else None,
            "missing": in_runs(self.gaps) or None,
            "twice": in_runs(self.twice) or None,
            "backward": "; ".join(
                f"{one.record.subject}, {other.record.subject}" for one, other in self.backward
            )
            or None,
            "events": " ".join(event.record.subject for event in self.editions),
        }


def event(data: Data, subject: str, today: str) -> Event:
    """One event on a day; raises `UnknownLabel` with the nearest ones."""
    return _seen(data.ledger.record(subject if "/" in subject else f"event/{subject}"), today)


def events(data: Data, today: str) -> tuple[Event, ...]:
    """Every event, by date, undated ones last."""
    found = (_seen(record, today) for record in data.ledger.records("event"))
    return tuple(sorted(found, key=_by_date))


def series(data: Data, today: str) -> tuple[Series, ...]:
    """Every series, by name: those that events are said to belong to, and those that their names count."""
    grouped: dict[str, list[Event]] = {}
    for item in events(data, today):
        if item.series:
            grouped.setdefault(item.series.casefold(), []).append(item)
    found = [_series(held) for held in grouped.values()]
    return tuple(sorted(found, key=lambda item: item.name.casefold()))


def _series(held: list[Event]) -> Series:
    counted = [item for item in held if item.number is not None]
    numbers = [item.number for item in counted if item.number is not None]
    stated = [item for item in held if item.series_stated]
    backward = tuple(
        (one, other)
        for one, other in pairwise(counted)
        if one.when
        and other.when
        and one.when.last < other.when.first
        and (one.number or 0) > (other.number or 0)
    )
    return Series(
        (stated or held)[0].series,
        bool(stated),
        tuple(held),
        missing(numbers),
        tuple(sorted({number for number in numbers if numbers.count(number) > 1})),
        backward,
    )


def _seen(record: Record, today: str) -> Event:
    stated = record.text("series")
    own = record.first("edition")
    number = edition(record.name) if own is None or own.number is None else int(own.number)
    counted = numbered(record.name) if not stated and number is not None else None
    when = happening(record)
    return Event(
        record,
        stated or (counted[1] if counted else ""),
        bool(stated),
        number,
        when,
        _state(record, when, today),
    )


def happening(record: Record) -> Dated | None:
    """When an event took place, or was to: what a source saw comes before what one announced."""
    said = sorted(record.all("date"), key=lambda item: (item.status is Status.FORECAST, item.id))
    found: Iterable[Dated | None] = (dated(item, own=True) for item in said)
    return next((item for item in found if item is not None), None)


def _state(record: Record, when: Dated | None, today: str) -> State:
    now = day(today)
    if when is None:
        return "undated"
    if when.first > now:
        return "ahead"
    announced = all(_announces(record, said) for said in record.all("date"))
    # What came of it shows that it was held, whoever announced it.
    shown = any(said.status is not Status.FORECAST for said in record.all("result"))
    return "announced only" if announced and not shown else "held"


def _announces(record: Record, said: Statement) -> bool:
    """Whether a source only foresaw the day: it says so, or it spoke before the day came."""
    source = record.sources.get(said.source)
    spoke = span(said.as_of or (source.published if source else ""))
    when = dated(said, own=True)
    early = spoke is not None and spoke.last is not None and when is not None and spoke.last < when.first
    return said.status is Status.FORECAST or early


def _by_date(item: Event) -> tuple[bool, str, str]:
    return (item.when is None, item.when.first.isoformat() if item.when else "", item.record.subject)


def _counted(figure: Figure) -> str:
    hedge = {"=": "", "~": "about ", ">": "more than ", "<": "fewer than "}.get(
        figure.comparator, f"{figure.comparator} "
    )
    number = f"{figure.low:g} to {figure.high:g}" if figure.value is None else f"{figure.value:,.0f}"
    unit = "" if figure.unit == "count" else f" {figure.unit}"
    forecast = figure.status is Status.FORECAST and "expected" not in figure.note
    expected = ", expected" if forecast else ""
    return f"{hedge}{number}{unit}" + (f" ({figure.note}{expected})" if figure.note else expected)


def _told(said: Statement) -> str:
    return f"{said.text} ({said.note})" if said.note else said.text
