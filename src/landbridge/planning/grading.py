"""Evidence grades A to E, by rule (docs/explanation/evidence-grades.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from landbridge.provenance import Figure, Status

AGREE = 0.10
_OFFICIAL = (Status.REPORTED, Status.MIRRORED, Status.RECONCILED)

NOTHING = "No figure stands behind it."
ASSUMED = "An assumption enters it."
SAID = "It rests on what speakers say or expect."
REPEATED = "It repeats past counts into the future, where no count is."
WEAK = "It rests on estimates, or on counts whose source is weak or does not name its side."
AGREED = "Two official counts of the same thing lie within a tenth of each other."
OFFICIAL = "It rests on official counts, of one side only or further than a tenth apart."


@dataclass(frozen=True, slots=True)
class Grade:
    """A letter and the sentence that says why, one of this module's."""

    letter: str
    why: str


def grade(figures: Sequence[Figure], counts: Mapping[str, Figure] | None = None) -> Grade:
    """The grade of an answer that rests on `figures`: how independent, official and direct they are.

    `counts` are the sides' own counts of the thing in question by reporter, empty for a side not named; two official
    ones that agree make the difference between A and B. A: two sides' official counts of one thing within a tenth of
    each other. B: official counts, one side only or further apart. C: estimates, imputations, or counts whose source is
    weak or does not say by whose statistics. D: claims and forecasts. E: assumptions, or no figure at all.
    """
    if not figures:
        return Grade("E", NOTHING)
    counts = counts or {}
    statuses = {item.status for figure in figures for item in (figure, *_leaves(figure))}
    if Status.ASSUMED in statuses:
        return Grade("E", ASSUMED)
    if statuses & {Status.CLAIMED, Status.FORECAST, Status.SIMULATED}:
        said = any(leaf.status not in _OFFICIAL for figure in figures for leaf in _leaves(figure))
        return Grade("D", SAID if said else REPEATED)
    # A total whose source does not say by whose statistics it counts cannot pass for either side's official count.
    sideless = "" in counts and counts[""] in figures
    if sideless or any(_weak(figure) for figure in figures) or not statuses <= set(_OFFICIAL):
        return Grade("C", WEAK)
    official = [figure for reporter, figure in counts.items() if reporter and not _weak(figure)]
    return Grade("A", AGREED) if _agree(official) else Grade("B", OFFICIAL)


def _agree(figures: Sequence[Figure]) -> bool:
    values = [figure.point for figure in figures if figure.status in _OFFICIAL]
    same = {(figure.unit, figure.period) for figure in figures}
    return len(values) > 1 and len(same) == 1 and max(values) <= (1 + AGREE) * min(values)


def _weak(figure: Figure) -> bool:
    return any(leaf.citation is not None and leaf.citation.source.weak for leaf in _leaves(figure))


def _leaves(figure: Figure) -> list[Figure]:
    if not figure.inputs:
        return [figure]
    return [leaf for item in figure.inputs for leaf in _leaves(item)]
