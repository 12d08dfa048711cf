"""Meetings of a mechanism: those that the ledger states of it, joined with the events that are the same meetings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Status
from landbridge.registers.dormancy import Dormancy, dormancy
from landbridge.registers.moments import Dated, dated, day
from landbridge.registers.numbering import edition, missing

# Which events may be meetings of a mechanism. Presidents who meet on the day of a commission do not meet as the commission.
_FORMS = {"summit": ("meeting", "summit")}
_OTHERWISE = ("meeting",)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a mechanism. `announced` is true where every source spoke before the day.

    `edition` is its number as the words count it, None where they do not. `statements` say so; `event` is the record of
    the same meeting among the events, empty where there is none.
    """

    mechanism: str
    period: str
    edition: int | None
    text: str
    announced: bool
    event: str
    statements: tuple[Statement, ...]

    def row(self) -> dict[str, Any]:
        """Plain columns; the ids lead to the statements."""
        return {
            "mechanism": self.mechanism,
            "date": self.period or None,
            "edition": self.edition,
            "meeting": self.text,
            "state": "announced; no source held says that it took place" if self.announced else "held",
            "event": self.event or None,
            "speakers": "; ".join(dict.fromkeys(s.speaker for s in self.statements if s.speaker)) or None,
            "sources": "; ".join(dict.fromkeys(s.source for s in self.statements)),
            "ids": " ".join(statement.id for statement in self.statements),
        }


def meetings(ledger: Ledger, record: Record) -> tuple[Meeting, ...]:
    """Every meeting of a mechanism that the ledger holds, by date; undated ones last.

    Two sources that speak of the same days and do not count them differently speak of one meeting. An event is a meeting
    of the mechanism where its series bears the mechanism's name, or where it has the same parties and the days of a
    meeting that the mechanism states.
    """
    groups: list[tuple[Dated | None, list[Statement]]] = []
    for said in record.all("meeting"):
        when = dated(said)
        same = next((held for other, held in groups if _same(when, said, other, held)), None)
        if same is None:
            groups.append((when, [said]))
        else:
            same.append(said)
    events = _events(ledger, record, [when for when, _ in groups if when is not None])
    found: list[Meeting] = []
    for when, held in groups:
        # What a source saw comes before what one announced.
        held.sort(key=lambda said: (said.status is Status.FORECAST, said.id))
        at = next((i for i, (_, day_of) in enumerate(events) if _overlap(when, day_of)), None)
        event = None if at is None else events.pop(at)[0]
        period = when.period if when else ""
        found.append(_meeting(record.subject, period, held[0].text, held, event))
    found += [_meeting(record.subject, when.period, event.name, (), event) for event, when in events]
    return tuple(sorted(found, key=lambda item: (not item.period, item.period, item.text)))


def _same(when: Dated | None, said: Statement, other: Dated | None, held: Sequence[Statement]) -> bool:
    numbers = {edition(item.text) for item in (said, *held)} - {None}
    return other is not None and _overlap(when, other) and len(numbers) < 2


def _meeting(
    subject: str, period: str, text: str, held: Sequence[Statement], event: Record | None
) -> Meeting:
    statements = (*held, *(event.all("date") if event else ()))
    return Meeting(
        subject,
        period,
        edition(text) or (edition(event.name) if event else None),
        text,
        all(said.status is Status.FORECAST for said in statements),
        event.subject if event else "",
        statements,
    )


def _events(ledger: Ledger, record: Record, days: Iterable[Dated]) -> list[tuple[Record, Dated]]:
    known = tuple(days)
    forms = _FORMS.get(record.text("form"), _OTHERWISE)
    found = []
    for event in ledger.records("event"):
        said = event.first("date")
        when = dated(said, own=True) if said is not None and event.text("form") in forms else None
        if when is None:
            continue
        named = event.text("series").casefold() == record.name.casefold()
        same_parties = set(event.parties) == set(record.parties)
        if named or (same_parties and any(_overlap(meeting, when) for meeting in known)):
            found.append((event, when))
    return found


def _overlap(one: Dated | None, other: Dated) -> bool:
    return one is not None and one.first <= other.last and other.first <= one.last


def lacking(found: Iterable[Meeting]) -> tuple[int, ...]:
    """The numbers of meetings that must have been held, by the count of later ones, and that the ledger lacks."""
    return missing((meeting.edition for meeting in found if meeting.edition is not None), 1)


def state(ledger: Ledger, record: Record, today: str, kept: str = "", years: float | None = None) -> Dormancy:
    """The dormancy of a mechanism; meetings that only an event shows, or shows as held, are signs of life too."""
    also = [
        said
        for meeting in meetings(ledger, record)
        for said in meeting.statements
        if said.property == "date" and _adds(said, meeting.statements)
    ]
    return dormancy(record, today, years, also, kept)


def _adds(said: Statement, statements: Iterable[Statement]) -> bool:
    """Whether an event's date shows what the mechanism's own statements of the meeting do not."""
    own = [other for other in statements if other.property != "date"]
    seen = any(other.status is not Status.FORECAST for other in own)
    return not own or (not seen and said.status is not Status.FORECAST)


def last(found: Iterable[Meeting], today: str) -> Meeting | None:
    """The last meeting that had begun by a day, held or announced."""
    now = day(today)
    begun = [
        meeting
        for meeting in found
        if any((when := _when(said)) is not None and when.first <= now for said in meeting.statements)
    ]
    return begun[-1] if begun else None


def _when(said: Statement) -> Dated | None:
    return dated(said, own=said.property == "date")
