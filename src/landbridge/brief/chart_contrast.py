"""Observed against expected: a band for what is normal, a tick for what is expected, a dot for what is traded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from landbridge.brief.chart_surface import FAINT, INK, MUTED, PALETTE, Axis, Surface
from landbridge.brief.chart_words import Show, Words, lay
from landbridge.brief.document import Against, Contrast

_BAND = 13.0
_GAP = 14.0


@dataclass(frozen=True, slots=True)
class _Row:
    label: Words
    observed: Words
    expected: Words


def draw_contrast(data: Contrast, show: Show, width: float) -> Surface:
    """The rows on a surface `width` px wide, on a logarithmic scale; numbers stand in two columns at the right.

    On a phone the label stands above its band. A flow of nothing has its dot at the left end of the scale.
    """
    narrow = width < 480
    size = 12.5 if narrow else 13
    heads = [
        lay(part, show, width=width / 4, size=size, lines=1, bold=True)
        for part in (data.observed, data.expected)
    ]
    rows = [
        _Row(
            lay(row.label, show, width=width - 8 if narrow else width * 0.32, size=size, lines=2),
            lay(row.observed, show, width=width, size=size),
            lay(row.expected, show, width=width, size=size),
        )
        for row in data.rows
    ]
    columns = [
        max(head.width, *(words.width for words in column))
        for head, column in zip(
            heads, ([row.observed for row in rows], [row.expected for row in rows]), strict=True
        )
    ]
    right = width - columns[1] - _GAP
    across = right - columns[0] - _GAP
    left = 6.0 if narrow else max(row.label.width for row in rows) + _GAP
    tops, height = _tops(rows, narrow)
    surface = Surface(
        width,
        height,
        Axis(_domain(data.rows), (left, max(across, left + 60))),
        Axis((0, height), (0, height)),
    )
    for head, end in zip(heads, (right - _GAP / 2, width), strict=True):
        surface.text(head, end, size + 1, anchor="right")
    surface.rule((surface.x.value(0), size + 8), (surface.x.value(width), size + 8), FAINT)
    for row, words, top in zip(data.rows, rows, tops, strict=True):
        middle = _label(surface, words.label, top, narrow)
        _marks(surface, row, middle)
        baseline = middle + size * 0.35
        surface.text(words.observed, right - _GAP / 2, baseline, anchor="right")
        surface.text(words.expected, width, baseline, anchor="right", colour=MUTED)
    return surface


def _tops(rows: list[_Row], narrow: bool) -> tuple[list[float], float]:
    top, tops = 30.0, []
    for row in rows:
        tops.append(top)
        top += row.label.height + _BAND + 16 if narrow else max(row.label.height, _BAND) + 10
    return tops, top + 2


def _domain(rows: tuple[Against, ...]) -> tuple[float, float]:
    """Ends of the scale in powers of ten: the least and largest positive number, with a little room."""
    numbers = [
        number
        for row in rows
        for number in (row.observed.point, row.expected.point, row.normal.low, row.normal.high)
        if number is not None and number > 0
    ]
    if not numbers:
        return 0.0, 1.0
    low, high = math.log10(min(numbers)), math.log10(max(numbers))
    room = max(0.04 * (high - low), 0.02)
    return low - 2 * room, high + room


def _label(surface: Surface, label: Words, top: float, narrow: bool) -> float:
    """Writes the label and returns where the middle of the band stands."""
    if narrow:
        surface.text(label, 0, top + label.size)
        return top + label.height + 5 + _BAND / 2
    middle = top + max(label.height, _BAND) / 2
    surface.text(label, surface.x.range[0] - _GAP, middle - label.height / 2 + label.size - 1, anchor="right")
    return middle


def _marks(surface: Surface, row: Against, middle: float) -> None:
    place = partial(_power, least=surface.x.domain[0])
    upper, lower = middle - _BAND / 2, middle + _BAND / 2
    expected, observed = row.expected, row.observed
    low, high = (expected.point if end is None else end for end in (row.normal.low, row.normal.high))
    surface.box((place(low), upper), (place(high), lower), FAINT, fill=FAINT, figure=row.normal)
    surface.rule((place(expected.point), upper - 2), (place(expected.point), lower + 2), INK, width=2)
    outside = observed.point < low or observed.point > high
    colour = PALETTE[1] if outside else PALETTE[0]
    shape = "diamond" if outside else "circle"
    surface.symbol(
        (place(observed.point), middle), colour, fill=colour, shape=shape, size=62, figure=observed
    )


def _power(value: float, least: float) -> float:
    """A value on the scale: its power of ten, at the left end where it is nothing."""
    return max(math.log10(value), least) if value > 0 else least
