"""Periods as places on a time axis."""

from __future__ import annotations

import re

from landbridge.brief.text import Date

_STEPS = {"H": 6, "Q": 3}


def span(date: Date) -> tuple[float, float]:
    """Begin and end of a period in fractional years; an open period is the year it begins with."""
    begins, _, ends = date.period.partition("/")
    first = _moment(begins)
    return (first[0], first[1] if ends in ("", "..") else _moment(ends)[1])


def middle(date: Date) -> float:
    """The middle of a period in fractional years."""
    first, last = span(date)
    return (first + last) / 2


def year(date: Date) -> Date:
    """The year in which a period begins."""
    return Date(date.period[:4])


def _moment(text: str) -> tuple[float, float]:
    if found := re.fullmatch(r"(\d{4})", text):
        return float(found[1]), float(found[1]) + 1
    if found := re.fullmatch(r"(\d{4})-([HQ])([1-4])", text):
        months = _STEPS[found[2]]
        begins = int(found[1]) + (int(found[3]) - 1) * months / 12
        return begins, begins + months / 12
    if found := re.fullmatch(r"(\d{4})-(\d\d)(?:-(\d\d))?", text):
        month = int(found[1]) + (int(found[2]) - 1) / 12
        if found[3] is None:
            return month, month + 1 / 12
        day = month + (int(found[3]) - 1) / 372
        return day, day + 1 / 372
    raise ValueError(f"{text!r} is not a period that a chart can place in time.")
