"""A ranking: a bar from zero to the median, a thin line over the range, filled where sourced and hollow where assumed."""

from __future__ import annotations

from dataclasses import dataclass

from landbridge.brief.chart_surface import INK, MUTED, PALETTE, PAPER, Axis, Surface
from landbridge.brief.chart_words import Show, Words, lay
from landbridge.brief.document import Ranked, Ranking

_BAR = 13.0
_GAP = 12.0
_KEY = 12.0
_FILLED, _HOLLOW = PALETTE[0], PALETTE[1]


@dataclass(frozen=True, slots=True)
class _Row:
    ranked: Ranked
    label: Words
    value: Words
    top: float


def draw_ranking(data: Ranking, show: Show, width: float) -> Surface:
    """The rows on a surface `width` px wide, on one linear scale with zero on it; the value stands at the right.

    On a phone the label stands above its bar. Shape, fill and words tell sourced from assumed, not colour alone.
    """
    narrow = width < 480
    size = 12.5 if narrow else 13
    rows, bottom = _rows(data, show, width, size, narrow=narrow)
    left = 2.0 if narrow else max((row.label.width for row in rows), default=0.0) + _GAP
    right = width - max((row.value.width for row in rows), default=0.0) - _GAP
    across = Axis(_domain(data), (left, max(right, left + 60)))
    surface = Surface(width, bottom, across, Axis((0, bottom), (0, bottom)))
    _legend(surface, data, show, size, narrow=narrow)
    for row in rows:
        _row(surface, row, narrow=narrow)
    if rows and not narrow:
        surface.rule((0, rows[0].top - 4), (0, bottom - 4), INK, width=1.2)
    return surface


def _rows(
    data: Ranking, show: Show, width: float, size: float, *, narrow: bool
) -> tuple[tuple[_Row, ...], float]:
    """The laid-out rows under the legend, and where they end."""
    top = 50.0 if narrow else 34.0
    out = []
    for ranked in data.rows:
        room = width - 8 if narrow else width * 0.42
        label = lay(ranked.label, show, width=room, size=size, lines=2 if narrow else 3)
        out.append(_Row(ranked, label, lay(ranked.figure, show, width=width, size=size), top))
        top += label.height + _BAR + 16 if narrow else max(label.height, _BAR) + 10
    return tuple(out), top + 4


def _domain(data: Ranking) -> tuple[float, float]:
    figures = [row.figure for row in data.rows]
    numbers = [
        number
        for figure in figures
        for number in (figure.value, figure.low, figure.high)
        if number is not None
    ]
    low, high = min(0.0, *numbers, 0.0), max(0.0, *numbers, 0.0)
    across = (high - low) or 1.0
    return low - (0.02 * across if low < 0 else 0.0), low + 1.02 * across


def _legend(surface: Surface, data: Ranking, show: Show, size: float, *, narrow: bool) -> None:
    """What a filled and what a hollow bar is, above the bars; on a phone under each other."""
    place, base = 0.0, 6.0
    for part, colour, fill in ((data.sourced, _FILLED, _FILLED), (data.assumed, _HOLLOW, PAPER)):
        words = lay(part, show, width=surface.width - 30, size=size, lines=1, bold=True)
        ends = surface.x.value(place + 1), surface.x.value(place + 1 + _KEY)
        surface.box((ends[0], base), (ends[1], base + _KEY), colour, fill=fill)
        surface.text(words, place + _KEY + 7, base + _KEY - 1, colour=colour)
        if narrow:
            base += 20
        else:
            place += _KEY + words.width + 34


def _row(surface: Surface, row: _Row, *, narrow: bool) -> None:
    label, figure = row.label, row.ranked.figure
    if narrow:
        surface.text(label, 0, row.top + label.size)
        middle = row.top + label.height + 5 + _BAR / 2
    else:
        middle = row.top + max(label.height, _BAR) / 2
        first = middle - label.height / 2 + label.size - 1
        surface.text(label, surface.x.range[0] - _GAP, first, anchor="right")
    colour, fill = (_FILLED, _FILLED) if row.ranked.sourced else (_HOLLOW, PAPER)
    upper, lower = middle - _BAR / 2, middle + _BAR / 2
    surface.box((0.0, upper), (figure.point, lower), colour, fill=fill, figure=figure)
    if figure.low is not None and figure.high is not None:
        # On a filled bar a rim of paper keeps the line of the range readable; on a hollow one it would cut the outline.
        rim = ((PAPER, 3.6),) if row.ranked.sourced else ()
        for tint, width in (*rim, (MUTED, 1.6)):
            surface.rule((figure.low, middle), (figure.high, middle), tint, width=width)
            for end in (figure.low, figure.high):
                surface.rule((end, middle - 4), (end, middle + 4), tint, width=width)
    if narrow:
        surface.rule((0.0, upper - 3), (0.0, lower + 3), INK, width=1.2)
    surface.text(row.value, surface.width, middle + row.value.size * 0.35, anchor="right")
