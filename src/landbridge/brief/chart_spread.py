"""Changes on both sides of zero: a band for the draws, a thin line for other methods, a mark for the central value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from landbridge.brief.chart_surface import FAINT, INK, MUTED, PALETTE, PAPER, Axis, Surface
from landbridge.brief.chart_words import Show, Words, lay
from landbridge.brief.document import Effect, Spread

_BAND = 13.0
_GAP = 14.0
_HEADING = 26.0
# Colour, fill and shape by verdict, so that none of them has to be told apart by colour alone.
_LOOKS = {
    "gain": (PALETTE[0], PALETTE[0], "circle"),
    "loss": (PALETTE[1], PALETTE[1], "diamond"),
    "undetermined": (MUTED, PAPER, "circle"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    effect: Effect
    label: Words
    value: Words
    top: float
    axis: Axis


@dataclass(frozen=True, slots=True)
class _Panel:
    """The rows of one scale: its heading, where that stands, and where the rows end."""

    heading: Words | None
    top: float
    rows: tuple[_Row, ...]
    bottom: float


def draw_spread(data: Spread, show: Show, width: float) -> Surface:
    """The rows on a surface `width` px wide; every group has a linear scale of its own, with zero on it.

    The value stands at the right. On a phone the label stands above its band.
    """
    narrow = width < 480
    size = 12.5 if narrow else 13
    sides = [lay(part, show, width=width / 3, size=size, lines=1) for part in (data.losses, data.gains)]
    panels = _panels(data, show, width, size, narrow=narrow)
    height = panels[-1].bottom if panels else 20.0
    surface = Surface(width, height, Axis((0, width), (0, width)), Axis((0, height), (0, height)))
    for panel in panels:
        _frame(surface, panel, sides, narrow=narrow)
        for row in panel.rows:
            _row(surface, row, narrow=narrow)
    return surface


def _panels(data: Spread, show: Show, width: float, size: float, *, narrow: bool) -> list[_Panel]:
    labels = {
        place: lay(
            effect.label,
            show,
            width=width - 8 if narrow else width * 0.36,
            size=size,
            lines=2 if narrow else 3,
        )
        for place, effect in enumerate(data.effects)
    }
    values = [lay(effect.figure, show, width=width, size=size) for effect in data.effects]
    left = 6.0 if narrow else max((words.width for words in labels.values()), default=0.0) + _GAP
    right = width - max((words.width for words in values), default=0.0) - _GAP
    out: list[_Panel] = []
    top = 0.0
    for group, found in groupby(enumerate(data.effects), key=lambda item: item[1].group):
        members = list(found)
        axis = Axis(_domain([effect for _, effect in members]), (left, max(right, left + 60)))
        heading = None if group is None else lay(group, show, width=width, size=size, lines=3, bold=True)
        first = top
        top += (0.0 if heading is None else heading.height + _HEADING - heading.size) + size + 12
        rows = []
        for place, effect in members:
            rows.append(_Row(effect, labels[place], values[place], top, axis))
            label = labels[place].height
            top += label + _BAND + 16 if narrow else max(label, _BAND) + 12
        out.append(_Panel(heading, first, tuple(rows), top))
        top += 10
    return out


def _domain(effects: Sequence[Effect]) -> tuple[float, float]:
    """Ends of the scale: all that is drawn, zero, and room on either side of zero for the words that stand there."""
    numbers = [
        number
        for effect in effects
        for figure in (effect.figure, effect.methods)
        for number in (figure.value, figure.low, figure.high)
        if number is not None
    ]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    across = (high - low) or 1.0
    return min(low - 0.02 * across, -0.06 * across), max(high + 0.02 * across, 0.06 * across)


def _frame(surface: Surface, panel: _Panel, sides: Sequence[Words], *, narrow: bool) -> None:
    """Heading, the line of zero, and what lies on its two sides, where there is room to say so.

    On a phone the line is drawn row by row, because the labels lie across it.
    """
    axis = panel.rows[0].axis
    zero, (left, right) = axis.px(0.0), axis.range
    base = panel.top
    if panel.heading is not None:
        surface.text(panel.heading, 0, base + panel.heading.size + 3)
        base += panel.heading.height + _HEADING - panel.heading.size
    losses, gains = sides
    line = base + losses.size
    surface.rule(
        (zero, line - losses.size + 1), (zero, line + 4 if narrow else panel.bottom - 4), INK, width=1.2
    )
    if zero - 8 - losses.width >= left - _GAP:
        surface.text(losses, zero - 8, line, anchor="right", colour=MUTED)
    if zero + 8 + gains.width <= right + _GAP:
        surface.text(gains, zero + 8, line, colour=MUTED)


def _row(surface: Surface, row: _Row, *, narrow: bool) -> None:
    label, axis, effect = row.label, row.axis, row.effect
    if narrow:
        surface.text(label, 0, row.top + label.size)
        middle = row.top + label.height + 5 + _BAND / 2
    else:
        middle = row.top + max(label.height, _BAND) / 2
        surface.text(label, axis.range[0] - _GAP, middle - label.height / 2 + label.size - 1, anchor="right")
    colour, fill, shape = _LOOKS[effect.verdict]
    low, high = effect.figure.low, effect.figure.high
    if low is not None and high is not None:
        corners = (axis.px(low), middle - _BAND / 2), (axis.px(high), middle + _BAND / 2)
        surface.box(*corners, FAINT, fill=FAINT, figure=effect.figure)
    if narrow:
        zero = axis.px(0.0)
        surface.rule((zero, middle - _BAND / 2 - 3), (zero, middle + _BAND / 2 + 3), INK, width=1.2)
    ends = [axis.px(end) for end in (effect.methods.low, effect.methods.high) if end is not None]
    surface.rule((ends[0], middle), (ends[-1], middle), INK, width=1.2)
    for end in ends:
        surface.rule((end, middle - 4), (end, middle + 4), INK, width=1.2)
    at = (axis.px(effect.figure.point), middle)
    surface.symbol(at, colour, fill=fill, shape=shape, size=62, figure=effect.figure)
    words = MUTED if effect.verdict == "undetermined" else INK
    surface.text(row.value, surface.width, middle + row.value.size * 0.35, anchor="right", colour=words)
