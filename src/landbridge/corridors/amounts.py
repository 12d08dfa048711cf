"""A number with its range, its unit and how it is known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from landbridge.provenance import Status


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` between `low` and `high`, in `unit`, with its `status` and the ids of its sources.

    Nothing is checked here, so that a table with ten wrong amounts can be refused once, with all ten: see
    `problems`. Sums and products are envelopes: the low end is all parts low together, the high end all parts
    high together, which is wider than the range of a sum of independent parts. An exact nothing (the length
    of a transfer) has no status.
    """

    low: float
    value: float
    high: float
    unit: str
    status: str
    source: tuple[str, ...] = ()

    @classmethod
    def nothing(cls, unit: str) -> Amount:
        """An exact zero, which weakens no sum."""
        return cls(0.0, 0.0, 0.0, unit, "")

    @property
    def ends(self) -> tuple[float, float, float]:
        """`(low, value, high)`."""
        return self.low, self.value, self.high

    def problems(self, *, positive: bool = False) -> list[str]:
        """What is wrong with it, in words: not a number, negative (or zero), out of order, no such status."""
        found = []
        if not all(map(math.isfinite, self.ends)):
            return ["is not a finite number"]
        least = min(self.ends)
        if least < 0:
            found.append(f"is negative: {least:g} {self.unit}")
        elif positive and least == 0:
            found.append(f"is 0 {self.unit}, which must be above zero")
        if not self.low <= self.value <= self.high:
            found.append(f"is out of order: low {self.low:g}, value {self.value:g}, high {self.high:g}")
        if self.status not in _STATUSES:
            found.append(f"has the status {self.status!r}, which is none of {', '.join(_STATUSES)}")
        return found

    def times(self, other: Amount, unit: str) -> Amount:
        """The product of two amounts that are not negative, in `unit`."""
        low, value, high = (mine * theirs for mine, theirs in zip(self.ends, other.ends, strict=True))
        return Amount(low, value, high, unit, weakest_of((self, other)), _sources((self, other)))

    def over(self, other: Amount, unit: str) -> Amount:
        """The quotient by a positive amount, in `unit`: low over high, value over value, high over low."""
        ends = (self.low / other.high, self.value / other.value, self.high / other.low)
        return Amount(*ends, unit, weakest_of((self, other)), _sources((self, other)))

    def scaled(self, factor: float, unit: str = "") -> Amount:
        """The amount times a plain number that is not negative; `unit` replaces the unit when given."""
        low, value, high = (end * factor for end in self.ends)
        return replace(self, low=low, value=value, high=high, unit=unit or self.unit)


_STATUSES = tuple(status.value for status in Status)
# By strength, an exact nothing first. Sums over legs are many, so the order is laid out once.
_BY_RANK = ("", *_STATUSES)
_RANK = {name: position for position, name in enumerate(_BY_RANK)}


def total(amounts: Iterable[Amount], unit: str) -> Amount:
    """The sum as an envelope: all low together, all high together. Status of the weakest part, sources of all."""
    parts = tuple(amounts)
    if len(parts) == 1:
        return replace(parts[0], unit=unit)
    low, value, high = (math.fsum(part.ends[end] for part in parts) for end in range(3))
    return Amount(low, value, high, unit, weakest_of(parts), _sources(parts))


def weakest_of(amounts: Iterable[Amount]) -> str:
    """The weakest status among `amounts`; empty when all of them are exact nothings."""
    found = max((_RANK[amount.status] for amount in amounts), default=0)
    return _BY_RANK[found]


def _sources(amounts: Iterable[Amount]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for amount in amounts for source in amount.source))
