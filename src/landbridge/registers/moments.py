"""Days and spans of days for the registers: what `today` means, what lies within how many years of what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from landbridge.claims.verdicts.dates import Days, days
from landbridge.errors import BadUsage
from landbridge.ledger import Statement

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


@dataclass(frozen=True, slots=True)
class Dated:
    """A statement with the days it speaks of."""

    statement: Statement
    period: str
    days: Days

    @property
    def first(self) -> date:
        """The first day it may mean."""
        return self.days.first

    @property
    def last(self) -> date:
        """The last day it may mean; for an open end the first, which is all that is sure."""
        return self.days.last or self.days.first


@lru_cache(maxsize=4096)
def span(period: str) -> Days | None:
    """The days of a period as the ledger writes it; None for what is no period."""
    return days(period) if period else None


def day(today: str) -> date:
    """The day on which a question is asked: the last one of a year or month. Raises `BadUsage` for what is no date."""
    found = span(today)
    if found is None or found.last is None or "/" in today:
        raise BadUsage(f"{today!r} is not a date.", remedy="Write it as 2022, 2022-06 or 2022-06-30.")
    return found.last


def after(moment: date, years: float) -> date:
    """The day so many years later, whole months counted; 29 February gives 28 February where there is none."""
    months = round(years * 12)
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for shorter in range(4):
        try:
            return date(year, month + 1, moment.day - shorter)
        except ValueError:
            continue
    raise BadUsage(f"there is no day {years:g} years after {moment}.")


def dated(statement: Statement, *, own: bool = False) -> Dated | None:
    """The statement with the days it is about; None where it is undated.

    With `own`, the text itself is the date (signed, since, expires). Else it is the period, or failing that the time
    at which the source spoke.
    """
    period = statement.text if own else statement.period or statement.valid_from or statement.as_of
    found = span(period)
    return None if found is None else Dated(statement, period, found)


def years_between(earlier: date, later: date) -> float:
    """How many years lie between two days, to a tenth."""
    return round((later - earlier) / timedelta(days=365.25), 1)


def elapsed(earlier: date, later: date, limit: float) -> str:
    """How long lies between two days, for people: finer where it is near a limit of so many years.

    Within half a year of the limit in months, and in days too where the months are those of the limit.
    """
    years = years_between(earlier, later)
    if abs(years - limit) > 0.5:
        return counted(years)
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    if after(earlier, months / 12) > later:
        months -= 1
    days = (later - after(earlier, months / 12)).days if months == round(limit * 12) else 0
    parts = [
        f"{number} {name}{'' if number == 1 else 's'}"
        for number, name in ((months // 12, "year"), (months % 12, "month"), (days, "day"))
        if number
    ]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else "less than a month"


def in_words(period: str) -> str:
    """A period for people: `8 September 2017`, `June 2019`, `2023`, `2020 to 2022`."""
    begins, slash, ends = period.partition("/")
    if not slash or ends == begins:
        return _moment(begins)
    return f"{_moment(begins)} onwards" if ends == ".." else f"{_moment(begins)} to {_moment(ends)}"


def on_or_in(period: str) -> str:
    """When something happened: `on 8 September 2017`, `in June 2019`, `between 2020 and 2022` where the day is not known."""
    begins, slash, ends = period.partition("/")
    if slash:
        return (
            f"after {in_words(begins)}"
            if ends == ".."
            else f"between {in_words(begins)} and {in_words(ends)}"
        )
    return f"{'on' if len(period) == 10 else 'in'} {in_words(period)}"


def _moment(text: str) -> str:
    year, _, rest = text.partition("-")
    if rest[:1] in ("H", "Q") and rest:
        part = ("first", "second", "third", "fourth")[int(rest[1]) - 1]
        return f"the {part} {'half' if rest[0] == 'H' else 'quarter'} of {year}"
    month, _, number = rest.partition("-")
    if not month:
        return year
    named = f"{_MONTHS[int(month) - 1]} {year}"
    return f"{int(number)} {named}" if number else named


def counted(years: float) -> str:
    """`1 year`, `2 years`, `1.5 years`."""
    return f"{years:g} year{'' if years == 1 else 's'}"
