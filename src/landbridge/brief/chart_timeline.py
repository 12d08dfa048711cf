"""Timelines: lanes of dots with words that do not overlap, a list on a phone, a strip of dots where there are many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from landbridge.brief.chart_lines import Box, label_dates
from landbridge.brief.chart_surface import FAINT, MUTED, PALETTE, Axis, Surface
from landbridge.brief.chart_time import middle, year
from landbridge.brief.chart_words import Show, Words, lay
from landbridge.brief.document import Happening, Timeline
from landbridge.brief.text import Part

_MOST_WITH_WORDS = 25


def draw_timeline(data: Timeline, show: Show, width: float) -> Surface:
    """The happenings on a surface `width` px wide."""
    lanes = {
        lane: [item for item in data.happenings if item.lane == lane]
        for lane in dict.fromkeys(item.lane for item in data.happenings)
    }
    if len(data.happenings) > _MOST_WITH_WORDS:
        return _strip(data, lanes, show, width)
    if width < 480:
        return _list(lanes, show, width)
    return _lanes(data, lanes, show, width)


def _time(data: Timeline, width: float) -> Axis:
    times = [middle(item.date) for item in data.happenings]
    first, last = int(min(times)), int(max(times)) + 1
    return Axis((first, last), (10, width - 10))


def _dot(surface: Surface, time: float, y: float, colour: str, size: float = 60) -> None:
    surface.symbol((time, y), colour, fill=colour, size=size)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A happening with its words: on which side of the lane (1 below, -1 above), and where, seen from the lane."""

    item: Happening
    date: Words
    words: Words
    side: int
    box: Box

    def top(self, line: float) -> float:
        """Top of the words in px where the lane runs at `line`."""
        return line + self.box.top if self.side > 0 else line - self.box.bottom


def _lanes(data: Timeline, lanes: dict[Part, list[Happening]], show: Show, width: float) -> Surface:
    """Lanes under each other, words below and above each in the first row that is free."""
    x = _time(data, width)
    plans: list[tuple[Part, list[_Placed], float, float]] = []
    top = 0.0
    for lane, items in lanes.items():
        placed = _place(items, x, show, width)
        line = top + 26 + max((one.box.bottom for one in placed if one.side < 0), default=4.0)
        plans.append((lane, placed, top, line))
        top = line + max((one.box.bottom for one in placed if one.side > 0), default=8.0) + 20
    surface = Surface(width, top + 16, x, Axis((0, top + 16), (0, top + 16)))
    for place, (lane, placed, head, line) in enumerate(plans):
        colour = PALETTE[place % len(PALETTE)]
        surface.text(lay(lane, show, width=width, size=13, lines=1, bold=True), 0, head + 14, colour=colour)
        surface.rule((x.value(0), line), (x.value(width), line), FAINT)
        for one in placed:
            at, near = (
                middle(one.item.date),
                one.box.top if one.box.left < x.px(middle(one.item.date)) else one.box.bottom,
            )
            surface.rule((at, line), (at, line + one.side * near), FAINT)
            _dot(surface, at, line, colour)
            surface.text(one.date, one.box.left, one.top(line) + 11, colour=MUTED)
            surface.text(one.words, one.box.left, one.top(line) + one.date.leading + 11)
    label_dates(surface, [year(item.date) for item in data.happenings], show, top + 10)
    return surface


def _place(items: list[Happening], x: Axis, show: Show, width: float) -> list[_Placed]:
    """Words for the happenings of one lane, the latest first, on the side where they stand nearer to the lane.

    Placing from the right keeps the thin line from a dot to its words left of all words placed before it.
    """
    placed: list[_Placed] = []
    stems: dict[int, list[Box]] = {1: [], -1: []}
    for item in sorted(items, key=lambda item: -middle(item.date)):
        words = lay(item.label, show, width=148, size=12.5, lines=3)
        date = lay(item.date, show, width=190, size=12)
        at, broad = x.px(middle(item.date)), max(words.width, date.width)
        found = []
        for side in (1, -1):
            taken = [one.box for one in placed if one.side == side] + stems[side]
            box = _free(taken, min(at + 5, width - broad), broad, date.leading + words.height)
            found.append((box.top, -side, box))
        _, turned, box = min(found, key=lambda option: option[:2])
        placed.append(_Placed(item, date, words, -turned, box))
        stems[-turned].append(Box(at - 1, 0, at + 1, box.top))
    return placed


def _free(taken: list[Box], left: float, width: float, height: float) -> Box:
    """The box at `left` nearest to the lane that meets none of those taken."""
    tries = [12.0, *sorted(box.bottom + 6 for box in taken if box.bottom > 6)]
    boxes = [Box(left, near, left + width + 8, near + height) for near in tries]
    return next((box for box in boxes if not any(box.meets(other) for other in taken)), boxes[-1])


def _list(lanes: dict[Part, list[Happening]], show: Show, width: float) -> Surface:
    """A list down the page, lane by lane, for narrow screens."""
    drawn: list[tuple[str, float, Words, Words | None]] = []
    tails: list[tuple[float, float]] = []
    top = 0.0
    for place, (lane, items) in enumerate(lanes.items()):
        colour = PALETTE[place % len(PALETTE)]
        drawn.append((colour, top + 14, lay(lane, show, width=width, size=13, lines=2, bold=True), None))
        top += drawn[-1][2].height + 12
        begins = top + 8
        for item in sorted(items, key=lambda item: middle(item.date)):
            date = lay(item.date, show, width=width - 28, size=12)
            words = lay(item.label, show, width=width - 28, size=13, lines=3)
            drawn.append((colour, top + 12, date, words))
            tails.append((begins, top + 8))
            top += date.leading + words.height + 10
        top += 12
    surface = Surface(width, top, Axis((0, width), (0, width)), Axis((0, top), (0, top)))
    for begins, group in groupby(tails, key=lambda tail: tail[0]):
        surface.rule((8, begins), (8, max(end for _, end in group)), FAINT, width=1.5)
    for colour, baseline, first, second in drawn:
        if second is None:
            surface.text(first, 0, baseline, colour=colour)
            continue
        _dot(surface, 8, baseline - 4, colour)
        surface.text(first, 22, baseline, colour=MUTED)
        surface.text(second, 22, baseline + first.leading + 1)
    return surface


def _strip(data: Timeline, lanes: dict[Part, list[Happening]], show: Show, width: float) -> Surface:
    """One dot a happening, stacked by year: how much happened when. The table beneath has the words."""
    x = _time(data, width)
    column = (x.range[1] - x.range[0]) / (x.domain[1] - x.domain[0])
    step = min(11.0, max(5.0, column - 2))
    abreast = max(1, int((column - 3) // step))
    heights: list[float] = []
    for items in lanes.values():
        most = max(Counter(year(item.date) for item in items).values())
        heights.append(30 + -(-most // abreast) * step)
    total = sum(heights) + 14 * len(heights)
    surface = Surface(width, total + 14, x, Axis((0, total + 14), (0, total + 14)))
    top = 0.0
    for place, ((lane, items), height) in enumerate(zip(lanes.items(), heights, strict=True)):
        colour = PALETTE[place % len(PALETTE)]
        surface.text(lay(lane, show, width=width, size=13, lines=1, bold=True), 0, top + 14, colour=colour)
        floor = top + height
        surface.rule((x.value(0), floor), (x.value(width), floor), FAINT)
        seen: Counter[str] = Counter()
        for item in sorted(items, key=lambda item: middle(item.date)):
            begins = year(item.date)
            layer, slot = divmod(seen[begins.period], abreast)
            seen[begins.period] += 1
            px = x.px(float(begins.period)) + column / 2 + (slot - (abreast - 1) / 2) * step
            _dot(
                surface, x.value(px), floor - step / 2 - 1 - layer * step, colour, size=(step - 2) ** 2 * 0.8
            )
        top = floor + 14
    label_dates(surface, [year(item.date) for item in data.happenings], show, total + 8)
    return surface
