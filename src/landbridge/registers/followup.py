"""What followed an event within one and two years: what the ledger holds of the same places, and their trade.

It is what came after, not what the event brought about. Most of it would have come without the event; nothing here tells
the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from landbridge import codes
from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Figure, Status
from landbridge.registers.events import Event, event
from landbridge.registers.moments import Dated, after, dated, day
from landbridge.registers.trade_after import TradeAfter, trade_after
from landbridge.release.data import Data

READING = "what followed; not what the event brought about"
YEARS = (1, 2)
SAME, INSIDE = "the same places", "places inside them"
# What counts as something new, by kind: the properties that date its beginning, and what to call it.
_NEW = {
    "document": (("signed",), "document signed"),
    "project": (("talks_began", "stage", "announced"), "project begun"),
    "twinning": (("since",), "twinning begun"),
    "mechanism": (("since",), "mechanism begun"),
    "fund": (("since",), "fund founded"),
    "zone": (("since",), "zone founded"),
}
_OWN_DATE = ("signed", "talks_began", "since")


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing that came after an event. `within` is 1 or 2, the years after which it had come.

    `certain` is false where its date is too coarse to tell that it came after the event and within the years.
    `closeness` says whether it names the same places as the event or places inside them.
    """

    record: Record
    what: str
    period: str
    within: int
    certain: bool
    closeness: str
    statement: Statement

    def row(self) -> dict[str, Any]:
        """Plain columns; the id leads to the statement that dates it."""
        return {
            "what": self.what,
            "record": self.record.subject,
            "name": self.statement.text if self.what == "said to have followed" else self.record.name,
            "date": self.period,
            "within_years": self.within,
            "certain": self.certain,
            "places": self.closeness,
            "reading": READING,
            "source": self.statement.source,
            "id": self.statement.id,
        }


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What followed one event. `open` are those of one and two years that are not over on the day of the question.

    `why_nothing` says why nothing can be looked for, as where an event names one country only or has no date.
    """

    event: Event
    followed: tuple[Followed, ...]
    trade: tuple[TradeAfter, ...]
    open: tuple[int, ...]
    why_nothing: str

    def within(self, years: int, what: str = "") -> tuple[Followed, ...]:
        """What had come after so many years, all of it or one sort."""
        return tuple(item for item in self.followed if item.within <= years and what in ("", item.what))

    def row(self) -> dict[str, Any]:
        """One row for the event: counts after one and two years, and the change of trade of its first pair."""
        row: dict[str, Any] = {
            "event": self.event.record.subject,
            "name": self.event.record.name,
            "date": self.event.when.period if self.event.when else None,
            "event_state": self.event.state,
        }
        for years in YEARS:
            found = self.within(years)
            same = [item for item in found if item.closeness == SAME]
            row[f"followed_{years}y"] = None if self.why_nothing else len(found)
            row[f"followed_{years}y_same_places"] = None if self.why_nothing else len(same)
        first = self.trade[0] if self.trade else None
        for years in YEARS:
            change = first.change(years) if first else None
            row[f"trade_change_{years}y_pct"] = change.value if isinstance(change, Figure) else None
        row["trade_of"] = f"{first.a} {first.b}" if first else None
        row["trade_note"] = (
            None if self.trade or self.why_nothing else "no yearly series of these places is held"
        )
        row["trade_counted_by"] = first.counted_by if first else None
        row["open"] = (
            "; ".join(f"the {('first', 'second')[years - 1]} year is not over" for years in self.open) or None
        )
        row["reading"] = self.why_nothing or READING
        return row

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One row for each thing that followed, the earliest first."""
        return tuple(item.row() for item in self.followed)


def follow_up(data: Data, subject: str, today: str) -> FollowUp:
    """What the ledger and the trade tables hold of the places of an event for the two years after it.

    Looked for are documents signed, projects, twinnings, mechanisms, funds and zones begun after the last day of the
    event and by `today`, whose parties lie on two sides of the event; plans are left out. Raises `UnknownLabel` for an
    unknown event.
    """
    held = event(data, subject, today)
    now = day(today)
    if held.when is None:
        return FollowUp(
            held, (), (), (), "The day of the event is not known, so nothing can be said to follow it."
        )
    if held.when.first > now:
        return FollowUp(held, (), (), YEARS, "The event lies ahead.")
    open_years = tuple(years for years in YEARS if after(held.when.last, years) > now)
    if len(_countries(held.record.parties)) < 2:
        why = "The event names places of one country only, so there is no pair to look at."
        return FollowUp(held, (), (), open_years, why)
    found = [*_said(held, now), *_new(data.ledger, held, now)]
    found.sort(key=lambda item: (item.within, item.period, item.record.subject, item.statement.id))
    return FollowUp(held, tuple(found), trade_after(data, held.record.parties, held.when), open_years, "")


def follow_ups(data: Data, today: str) -> tuple[FollowUp, ...]:
    """What followed every event but shocks, which nobody held in order that something might follow."""
    return tuple(
        follow_up(data, record.subject, today)
        for record in data.ledger.records("event")
        if record.text("form") != "shock"
    )


def _said(held: Event, now: date) -> Iterator[Followed]:
    """What a source itself names as having followed."""
    for said in held.record.all("followed"):
        when = dated(said)
        if when is not None and (placed := _placed(held, when, now)) and said.status is not Status.FORECAST:
            yield Followed(held.record, "said to have followed", when.period, *placed, SAME, said)


def _new(ledger: Ledger, held: Event, now: date) -> Iterator[Followed]:
    for record in ledger.records(*_NEW):
        names, what = _NEW[record.kind]
        closeness = _closeness(held.record.parties, record.parties) if record.standing else ""
        began = _began(record, names) if closeness else None
        if began is not None and (placed := _placed(held, began, now)):
            counted = record.text("type") == "set"
            stage = began.statement.text if began.statement.property == "stage" else ""
            words = (
                "documents signed, counted together" if counted else f"project: {stage}" if stage else what
            )
            yield Followed(record, words, began.period, *placed, closeness, began.statement)


def _began(record: Record, names: Sequence[str]) -> Dated | None:
    """The earliest date that a record's beginning has, plans and assumptions left out."""
    found = [
        item
        for name in names
        for said in record.all(name)
        if said.status not in (Status.FORECAST, Status.ASSUMED)
        and (item := dated(said, own=name in _OWN_DATE)) is not None
    ]
    return min(found, key=lambda item: (item.first, item.statement.id), default=None)


def _placed(held: Event, when: Dated, now: date) -> tuple[int, bool] | None:
    """(Years within which something came, whether its date is fine enough to tell); None where it came not or later."""
    assert held.when is not None
    begins = held.when.last + timedelta(days=1)
    if when.last < begins or when.first > now:
        return None
    for years in YEARS:
        end = after(held.when.last, years)
        if when.last <= end:
            return years, when.first >= begins
        if when.first <= end:
            return years, False
    return None


def _closeness(parties: Sequence[str], others: Sequence[str]) -> str:
    """Whether a record names two sides of an event: its places, or places inside them; empty where it does not."""
    exact = set(parties) & set(others)
    if len(_countries(exact)) >= 2:
        return SAME
    inside = {other for other in others if other in exact or any(_lies_in(other, party) for party in parties)}
    return INSIDE if len(_countries(inside)) >= 2 else ""


def _lies_in(inner: str, outer: str) -> bool:
    place, around = codes.place(inner), codes.place(outer)
    return inner != outer and (place.country == outer or inner in around.members)


def _countries(places: Sequence[str] | set[str]) -> set[str]:
    return {codes.place(code).country for code in places}
