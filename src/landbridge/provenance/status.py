"""The status of a value: how it came to be known, strongest first (docs/notation.md states the order)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """How a value came to be known. The order of the members is the order of strength, strongest first."""

    REPORTED = "reported"
    MIRRORED = "mirrored"
    RECONCILED = "reconciled"
    ESTIMATED = "estimated"
    IMPUTED = "imputed"
    ASSUMED = "assumed"
    SIMULATED = "simulated"
    CLAIMED = "claimed"
    FORECAST = "forecast"

    @property
    def rank(self) -> int:
        """Position in the order of strength; 0 is the strongest."""
        return _RANK[self]


_RANK = {status: position for position, status in enumerate(Status)}


def weakest(statuses: Iterable[Status]) -> Status:
    """The weakest of `statuses`: a derived value is never stronger than its weakest input. Needs at least one."""
    return max(statuses, key=lambda status: status.rank)
