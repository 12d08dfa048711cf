"""What the status of a figure means to a reader, and the letter that stands beside figures that nobody reported."""

from __future__ import annotations

from collections.abc import Iterable

from landbridge.provenance import Figure, Status

_MEANINGS = {
    Status.REPORTED: "as its publisher states it",
    Status.MIRRORED: "taken from what the partner reports",
    Status.RECONCILED: "worked out from two reports that differ",
    Status.ESTIMATED: "computed from other figures by a method with error",
    Status.IMPUTED: "filled in where nobody reported",
    Status.ASSUMED: "an assumption without a source, or resting in part on one",
    Status.SIMULATED: "the outcome of a model, not of the world",
    Status.CLAIMED: "said by an interested party, not confirmed",
    Status.FORECAST: "a plan or an expectation, not an outcome",
}


def meaning(status: Status) -> str:
    """One plain clause on a status, as a message of the catalogue."""
    return _MEANINGS[status]


def flag(status: Status) -> str:
    """The letter beside a figure: the first of its status, none where the figure is reported."""
    return "" if status is Status.REPORTED else status.value[0]


def used(figures: Iterable[Figure]) -> list[Status]:
    """The statuses that occur, strongest first."""
    return sorted({figure.status for figure in figures}, key=lambda status: status.rank)
