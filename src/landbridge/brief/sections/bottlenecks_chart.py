"""The chart of bottlenecks: the largest gains with their ranges, sourced and assumed sizes told apart."""

from __future__ import annotations

import itertools

from landbridge.brief import document
from landbridge.brief.document import Chart, Ranking
from landbridge.brief.sections.ranked import Ranked, Row
from landbridge.brief.text import Date, Part, Sentence

_BARS = 12


def chart(held: Ranked) -> Chart:
    """The largest gains of both places together."""
    say = held.setting.say
    rows = held.rows[:_BARS]
    return Chart(
        "bottlenecks",
        say("The largest gains from relaxing one obstacle, for both together"),
        _see(held, rows),
        say(
            "A bar for each obstacle from zero to the median gain, with a thin line over four of five draws; filled where "
            "the size of the change has a source, hollow where it is assumed. The table below holds every number."
        ),
        Ranking(
            tuple(document.Ranked(_label(held, row), held.gain(row), _sourced(row)) for row in rows),
            say("size with a source"),
            say("size assumed"),
        ),
    )


def _sourced(row: Row) -> bool:
    return bool(row["evidence"] == "sourced")


def _label(held: Ranked, row: Row) -> Part:
    if _sourced(row):
        return held.label(row)
    return held.setting.say("{label} (size assumed)", label=held.label(row))


def _see(held: Ranked, rows: tuple[Row, ...]) -> Sentence:
    """The unit, what is largest of either kind, and whether the ranges lie apart."""
    say = held.setting.say
    out = say(
        "US dollars a year of real income, in the economy of {year}.", year=Date(str(held.shipped.year))
    )
    largest = {kind: next((row for row in rows if _sourced(row) is kind), None) for kind in (True, False)}
    sourced, assumed = largest[True], largest[False]
    if sourced is not None:
        told = say(
            "Largest with a source: {label}, {gain}.", label=held.label(sourced), gain=held.gain(sourced)
        )
        out = say("{first} {second}", first=out, second=told)
    if assumed is not None:
        told = say(
            "Largest with an assumed size: {label}, {gain}.",
            label=held.label(assumed),
            gain=held.gain(assumed),
        )
        out = say("{first} {second}", first=out, second=told)
    if _overlap(held, rows):
        out = say(
            "{first} {second}", first=out, second=say("Where thin lines overlap, the order is not settled.")
        )
    return out


def _overlap(held: Ranked, rows: tuple[Row, ...]) -> bool:
    """Whether the ranges of two rows that follow each other overlap."""
    spans = [(held.gain(row).low, held.gain(row).high) for row in rows]
    return any(
        low is not None and other is not None and low <= other
        for (low, _), (_, other) in itertools.pairwise(spans)
    )
