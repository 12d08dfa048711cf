"""Periods in the form of the ledger, put together and compared."""

from __future__ import annotations

from datetime import date


def compose(year: int, shape: str) -> str | None:
    """The period of a part of a year: nothing, `05`, `05-14`, `H1`, `Q3`, or two of them with a slash; None for no such day.

    A stretch whose end comes before its beginning began in the year before: November to March.
    """
    first, _, last = shape.partition("/")
    if not last:
        return _one(year, first)
    begins, ends = _one(year - (first > last), first), _one(year, last)
    return None if begins is None or ends is None else f"{begins}/{ends}"


def _one(year: int, shape: str) -> str | None:
    if not shape:
        return str(year)
    if shape[0] in "HQ":
        return f"{year}-{shape}"
    month, _, day = shape.partition("-")
    try:
        date(year, int(month), int(day or 1))
    except ValueError:
        return None
    return f"{year}-{shape}"


def ordered(first: str, last: str) -> bool:
    """True where the second of two moments comes after the first and both are told in the same way."""
    if set("HQ") & {*first, *last}:
        return len(first) == len(last) and first[5:6] == last[5:6] and first < last
    length = min(len(first), len(last))
    return first[:length] < last[:length]
