"""Dated shocks of the ledger: which of them concern a pair, and which no series can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from landbridge import codes
from landbridge.forecasting.series import Frequency, written
from landbridge.release import Data

WORLDWIDE = "Worldwide"
"""What the ledger gives as the place of a shock that hit every country."""
NEAR_MONTHS = 3
"""Shocks that begin within this many months of each other are taken together. Convention."""


@dataclass(frozen=True, slots=True)
class Shock:
    """One dated shock of the ledger. `date` is a day, month or year; `worldwide` shocks hit every partner alike."""

    subject: str
    name: str
    date: str
    parties: tuple[str, ...]
    worldwide: bool
    sources: tuple[str, ...]

    def begins(self, frequency: Frequency) -> int | None:
        """The first period of which it covers the greater part; None where its date is too coarse for that."""
        year, month, day = (*(int(part) for part in self.date.partition("/")[0].split("-")), 0, 0)[:3]
        if frequency == "year":
            return year + (month > 6)
        return 12 * year + month - 1 + (day > 15) if month else None

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "shock": self.subject,
            "name": self.name,
            "date": self.date,
            "parties": " ".join(self.parties),
            "worldwide": self.worldwide,
            "sources": " ".join(self.sources),
        }

    def concerns(self, a: str, b: str) -> bool:
        """True where it hit the trade of the pair: all partners', that of one of the two with everybody, or theirs."""
        if self.worldwide:
            return True
        countries = {codes.place(party).country for party in self.parties}
        return {a, b} <= countries or countries in ({a}, {b})


@dataclass(frozen=True, slots=True)
class Blow:
    """One or several shocks that no series tells apart, with the period from which they count."""

    shocks: tuple[Shock, ...]
    frequency: Frequency
    start: int

    @property
    def worldwide(self) -> bool:
        """Whether one of them hit every partner."""
        return any(shock.worldwide for shock in self.shocks)

    @property
    def name(self) -> str:
        """Their names."""
        return "; ".join(shock.name for shock in self.shocks)

    @property
    def since(self) -> str:
        """The period from which they count, as people write it."""
        return written(self.start, self.frequency)


def every(data: Data) -> tuple[Shock, ...]:
    """Every shock of the ledger, by date."""
    found = [
        Shock(
            record.subject,
            record.name,
            record.text("date"),
            record.parties,
            record.text("place") == WORLDWIDE,
            tuple(dict.fromkeys(said.source for said in record.statements)),
        )
        for record in data.ledger.records("event")
        if record.text("form") == "shock"
    ]
    return tuple(sorted(found, key=lambda shock: (shock.date, shock.subject)))


def together(known: Sequence[Shock], frequency: Frequency) -> list[Blow]:
    """Shocks that a series of this frequency cannot tell apart, put together."""
    dated = [(start, shock) for shock in known if (start := shock.begins(frequency)) is not None]
    dated.sort(key=lambda pair: (pair[0], pair[1].subject))
    reach = NEAR_MONTHS if frequency == "month" else 0
    found: list[Blow] = []
    last = 0
    for start, shock in dated:
        if found and start - last <= reach:
            blow = found[-1]
            found[-1] = Blow((*blow.shocks, shock), frequency, blow.start)
        else:
            found.append(Blow((shock,), frequency, start))
        last = start
    return found


def hit_partners(data: Data, a: str, b: str, first: int, last: int) -> dict[str, str]:
    """Partners with a shock of their own in the years `first` to `last`, who do not show what would have been; and why."""
    found: dict[str, str] = {}
    for shock in every(data):
        start = shock.begins("year")
        if shock.worldwide or start is None or not first <= start <= last:
            continue
        countries = {codes.place(party).country for party in shock.parties}
        for country in sorted(countries - {a, b}):
            if countries == {country} or (countries & {a, b} and not {a, b} <= countries):
                found.setdefault(country, f"hit itself: {shock.name}, {shock.date}")
    return found
