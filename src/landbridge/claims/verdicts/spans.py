"""Periods as stretches of months, so that a claim and a series can be asked whether they mean the same time."""

from __future__ import annotations

import re
from dataclasses import dataclass

from landbridge.ledger.forms import is_period

# Written out, because the calendar module follows the locale of the machine.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_PARTS = {"H1": (1, 6), "H2": (7, 12), "Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12)}
_MOMENT = re.compile(r"(\d{4})(?:-(?:(\d\d)(?:-\d\d)?|([HQ]\d)))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Months `first` to `last`, both taken in, counted from the year 0. `open` has no stated end; then `last` is `first`."""

    first: int
    last: int
    open: bool = False

    @property
    def whole_years(self) -> bool:
        """True from a January to a December."""
        return not self.open and self.first % 12 == 0 and self.last % 12 == 11

    @property
    def year(self) -> str:
        """The calendar year that it is, else nothing."""
        return str(self.first // 12) if self.whole_years and self.last - self.first == 11 else ""

    @property
    def within(self) -> str:
        """The calendar year in which all of it lies, else nothing."""
        return str(self.first // 12) if not self.open and self.first // 12 == self.last // 12 else ""

    @property
    def months(self) -> tuple[str, ...]:
        """Every month of it, as YYYY-MM."""
        return tuple(f"{month // 12:04}-{month % 12 + 1:02}" for month in range(self.first, self.last + 1))

    def back(self, years: int = 1) -> Span:
        """The same months so many years earlier."""
        return Span(self.first - 12 * years, self.last - 12 * years)

    def covers(self, other: Span) -> bool:
        """True where `other` lies inside."""
        return self.first <= other.first and other.last <= self.last

    def words(self) -> str:
        """The span for readers."""
        if self.year:
            return f"calendar year {self.year}"
        if self.whole_years:
            return f"years {self.first // 12} to {self.last // 12}"
        if self.first == self.last:
            return _named(self.first)
        if self.within:
            return f"{_MONTHS[self.first % 12]}–{_named(self.last)}"
        return f"{_named(self.first)} to {_named(self.last)}"


def _named(month: int) -> str:
    return f"{_MONTHS[month % 12]} {month // 12}"


def span(period: str) -> Span | None:
    """The months of a period as the ledger writes it (docs/reference/ledger.md); None for what is no such period."""
    if not is_period(period):
        return None
    begins, _, ends = period.partition("/")
    first = _bounds(begins)
    last = first if ends in ("", "..") else _bounds(ends)
    if first is None or last is None or last[1] < first[0]:
        return None
    return Span(first[0], first[0], True) if ends == ".." else Span(first[0], last[1])


def calendar_year(year: int) -> Span:
    """January to December of a year."""
    return Span(year * 12, year * 12 + 11)


def _bounds(moment: str) -> tuple[int, int] | None:
    found = _MOMENT.fullmatch(moment)
    if found is None:
        return None
    year = int(found[1]) * 12
    if found[2]:
        return year + int(found[2]) - 1, year + int(found[2]) - 1
    first, last = _PARTS[found[3]] if found[3] else (1, 12)
    return year + first - 1, year + last - 1


def later(one: str, other: str) -> bool | None:
    """Whether the date `one` is after `other`, at the coarser precision of the two; None where either is not known."""
    if not one or not other:
        return None
    length = min(len(one), len(other))
    return one[:length] > other[:length]
