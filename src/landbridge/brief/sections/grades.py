"""Evidence grades A to E, by rule (docs/explanation/evidence-grades.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from landbridge.brief.setting import Setting
from landbridge.brief.text import Code, Sentence
from landbridge.provenance import Figure, Status

_OFFICIAL = (Status.REPORTED, Status.MIRRORED, Status.RECONCILED)
AGREE = 0.10


def grade(
    setting: Setting, figures: Sequence[Figure], counts: Mapping[str, Figure] | None = None
) -> tuple[Code, Sentence]:
    """The grade of an answer that rests on `figures`: how independent, official and direct they are.

    `counts` are the sides' own counts of the thing in question by reporter, empty for a side not named; two official
    ones that agree make the difference between A and B. A: two sides' official counts of one thing within a tenth of
    each other. B: official counts, one side only or further apart. C: estimates, imputations, or counts whose source is
    weak or does not say by whose statistics. D: claims and forecasts. E: assumptions, or no figure at all.
    """
    say = setting.say
    if not figures:
        return Code("E"), say("No figure stands behind it.")
    counts = counts or {}
    statuses = {item.status for figure in figures for item in (figure, *_leaves(figure))}
    if Status.ASSUMED in statuses:
        return Code("E"), say("An assumption enters it.")
    if statuses & {Status.CLAIMED, Status.FORECAST, Status.SIMULATED}:
        said = any(leaf.status not in _OFFICIAL for figure in figures for leaf in _leaves(figure))
        return Code("D"), (
            say("It rests on what speakers say or expect.")
            if said
            else say("It repeats past counts into the future, where no count is.")
        )
    # A total whose source does not say by whose statistics it counts cannot pass for either side's official count.
    sideless = "" in counts and counts[""] in figures
    if sideless or any(_weak(figure) for figure in figures) or not statuses <= set(_OFFICIAL):
        return Code("C"), say(
            "It rests on estimates, or on counts whose source is weak or does not name its side."
        )
    official = [figure for reporter, figure in counts.items() if reporter and not _weak(figure)]
    if _agree(official):
        return Code("A"), say("Two official counts of the same thing lie within a tenth of each other.")
    return Code("B"), say("It rests on official counts, of one side only or further than a tenth apart.")


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
