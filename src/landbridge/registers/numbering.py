"""Numbers of meetings and editions: read from words, missing ones named."""

from __future__ import annotations

import re
from collections.abc import Iterable

from landbridge.claims.verdicts.editions import numbered

# `The first meeting of the year` counts within the year, not within the series.
_WITHIN_YEAR = re.compile(r"\bof (?:the|this) (?:year|month|season)\b", re.IGNORECASE)


def edition(text: str) -> int | None:
    """The number that words such as `Fifth meeting` or `32nd fair` give; None where they give none."""
    found = None if _WITHIN_YEAR.search(text) else numbered(text)
    return None if found is None else found[0]


def missing(numbers: Iterable[int], begin: int | None = None) -> tuple[int, ...]:
    """The whole numbers that lack between `begin` (else the least) and the greatest."""
    known = set(numbers)
    first = min(known, default=1) if begin is None else begin
    return tuple(number for number in range(first, max(known, default=0)) if number not in known)


def in_runs(numbers: Iterable[int]) -> str:
    """Numbers for people, runs drawn together: `1 to 6, 8`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
