"""Bars side by side: a label, a bar from zero, a whisker where a range is known, the value at the end."""

from __future__ import annotations

from itertools import groupby

from landbridge.brief.chart_surface import FAINT, INK, MUTED, PALETTE, PAPER, Axis, Surface, observed
from landbridge.brief.chart_words import Show, Words, lay
from landbridge.brief.document import Bar, Bars
from landbridge.brief.text import Part
from landbridge.provenance import Figure

_THICK = 15.0
_HEADING = 26.0


def draw_bars(data: Bars, show: Show, width: float) -> Surface:
    """The bars on a surface `width` px wide; labels stand left of the bars, on a phone above them."""
    narrow = width < 480
    size = 12.5 if narrow else 13
    labels = [
        lay(bar.label, show, width=width - 8 if narrow else width * 0.34, size=size, lines=2)
        for bar in data.bars
    ]
    values = [lay(bar.figure, show, width=width, size=size) for bar in data.bars]
    groups = list(dict.fromkeys(bar.group for bar in data.bars if bar.group is not None))
    runs = [group for group, _ in groupby(bar.group for bar in data.bars)]
    facets = len(groups) > 1 and len(runs) == len(set(runs))
    colours = {group: PALETTE[place % len(PALETTE)] for place, group in enumerate(groups)}
    coloured = 1 < len(groups) <= len(PALETTE)
    for place in range(len(labels) - 1, 0, -1):
        # A label that only repeats the one above, such as a crossing in two seasons, is said once.
        if coloured and not facets and data.bars[place].label == data.bars[place - 1].label:
            labels[place] = Words((), labels[place].full, size)
    rows, height = _rows(data.bars, labels, narrow=narrow, facets=facets, legend=coloured and not facets)
    surface = Surface(
        width, height, _across(data.bars, labels, values, width, narrow), Axis((0, height), (0, height))
    )
    if coloured and not facets:
        _legend(surface, groups, colours, show, size)
    previous: Part | None = None
    for place, (bar, label, value, top) in enumerate(zip(data.bars, labels, values, rows, strict=True)):
        if facets and (place == 0 or bar.group != previous):
            if bar.group is not None:
                heading = lay(bar.group, show, width=width, size=size, lines=1, bold=True)
                surface.text(heading, 0, top - 9, colour=colours[bar.group] if coloured else INK)
            previous = bar.group
        colour = colours[bar.group] if coloured and bar.group is not None else PALETTE[0]
        _bar(surface, bar.figure, label, value, top, colour, narrow=narrow)
    zero = [(rows[0] - 4, rows[-1] + _row(labels[-1], narrow) - 4)] if not facets else []
    for first, last in zero:
        if not narrow:
            surface.rule((0, first), (0, last), FAINT)
    return surface


def ranged(figure: Figure) -> bool:
    """Whether a figure has a range wider than a point."""
    low, high = _ends(figure)
    return low < high


def _row(label: Words, narrow: bool) -> float:
    """Height of a row in px."""
    if not label.lines:
        return _THICK + 10
    return label.height + _THICK + 17 if narrow else max(label.height, _THICK) + 10


def _rows(
    bars: tuple[Bar, ...], labels: list[Words], *, narrow: bool, facets: bool, legend: bool
) -> tuple[list[float], float]:
    """Top of each row in px, and the height of all."""
    top = 34.0 if legend else 6.0
    rows: list[float] = []
    for place, label in enumerate(labels):
        if facets and (place == 0 or bars[place].group != bars[place - 1].group):
            top += _HEADING if place == 0 else _HEADING + 10
        rows.append(top)
        top += _row(label, narrow)
    return rows, top + 4


def _ends(figure: Figure) -> tuple[float, float]:
    numbers = [number for number in (figure.value, figure.low, figure.high) if number is not None]
    return min(numbers), max(numbers)


def _across(
    bars: tuple[Bar, ...], labels: list[Words], values: list[Words], width: float, narrow: bool
) -> Axis:
    """The value axis from zero, with room left for labels and right for the longest value that stands there."""
    left = 1.0 if narrow else max(label.width for label in labels) + 12
    low = min(0.0, *(_ends(bar.figure)[0] for bar in bars), 0.0)
    high = max(0.0, *(_ends(bar.figure)[1] for bar in bars), 0.0)
    if low == high:
        high = low + 1
    if low < 0:
        left += max(value.width for bar, value in zip(bars, values, strict=True) if bar.figure.point < 0) + 8
    right = width - 1.0
    for bar, value in zip(bars, values, strict=True):
        share = (max(_ends(bar.figure)[1], 0.0) - low) / (high - low)
        if share > 0 and bar.figure.point >= 0:
            right = min(right, left + (width - value.width - 10 - left) / share)
    return Axis((low, high), (left, max(right, left + 40)))


def _bar(
    surface: Surface, figure: Figure, label: Words, value: Words, top: float, colour: str, *, narrow: bool
) -> None:
    if narrow:
        surface.text(label, 0, top + label.size)
        # Without a label of its own a bar moves up towards the one it belongs with.
        middle = top + (label.height + 4 if label.lines else -6) + _THICK / 2
    else:
        middle = top + max(label.height, _THICK) / 2
        first = middle - label.height / 2 + label.size - 1
        if surface.x.domain[0] < 0:
            surface.text(label, 0, first)
        else:
            surface.text(label, surface.x.range[0] - 10, first, anchor="right")
    upper, lower = middle - _THICK / 2, middle + _THICK / 2
    low, high = _ends(figure)
    if figure.value is not None:
        fill = colour if observed(figure) else PAPER
        surface.box((0, upper), (figure.value, lower), colour, fill=fill, figure=figure)
    else:
        surface.box((low, upper + 3), (high, lower - 3), colour, fill=PAPER, figure=figure)
    if figure.value is not None and ranged(figure):
        for start, end in (
            ((low, middle), (high, middle)),
            *(((x, middle - 4), (x, middle + 4)) for x in (low, high)),
        ):
            surface.rule(start, end, PAPER, width=4)
        for start, end in (
            ((low, middle), (high, middle)),
            *(((x, middle - 4), (x, middle + 4)) for x in (low, high)),
        ):
            surface.rule(start, end, MUTED if observed(figure) else colour, width=1.6)
    if figure.point < 0:
        surface.text(value, surface.x.px(low) - 7, middle + value.size * 0.35, anchor="right")
    else:
        surface.text(value, surface.x.px(max(high, 0.0)) + 7, middle + value.size * 0.35)


def _legend(surface: Surface, groups: list[Part], colours: dict[Part, str], show: Show, size: float) -> None:
    """Names of the groups in their colours, in one line above the bars."""
    left = 0.0
    for group in groups:
        words = lay(group, show, width=surface.width / len(groups) - 30, size=size, lines=1, bold=True)
        x = surface.x.value(left), surface.x.value(left + 12)
        surface.box((x[0], 6), (x[1], 18), colours[group], fill=colours[group])
        surface.text(words, left + 18, 17, colour=colours[group])
        left += words.width + 40
