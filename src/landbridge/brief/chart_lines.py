"""Lines over time: direct labels at the ends, hollow dots for what nobody counted, dotted stretches where years miss."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from landbridge.brief.chart_surface import FAINT, INK, MUTED, PALETTE, PAPER, Anchor, Axis, Surface, observed
from landbridge.brief.chart_time import middle
from landbridge.brief.chart_words import Show, Words, lay, stack
from landbridge.brief.document import Lines, Mark, Series
from landbridge.brief.text import Date
from landbridge.provenance import Figure

_LINE_DASH, _GAP_DASH = (6, 4), (1.5, 4)
_BESIDE = 9
_LEFT = 14.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of px that words or a mark take up."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether two rectangles overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom


@dataclass(frozen=True, slots=True)
class _Line:
    """One series made ready to draw: its points in time order, its colour and the words at its end."""

    series: Series
    points: tuple[tuple[float, Figure], ...]
    colour: str
    name: Words
    value: Words

    @property
    def width(self) -> float:
        return max(self.name.width, self.value.width)

    @property
    def height(self) -> float:
        return self.name.height + self.value.leading

    @property
    def telling(self) -> list[tuple[float, Figure]]:
        """The points that get a value beside them, most telling first: the peak and the first."""
        peak = max(self.points, key=lambda point: point[1].point)
        chosen = [peak, self.points[0]]
        return [point for point in dict.fromkeys(chosen) if point != self.points[-1]]


@dataclass
class Room:
    """What is taken in the picture: boxes of words and points along the lines (px)."""

    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    dots: list[Point] = field(default_factory=list)

    def cost(self, box: Box) -> float:
        """How badly a box would stand: overlaps weigh most, then lines running through it."""
        if box.left < 0 or box.right > self.width or box.top < 0 or box.bottom > self.height:
            return 1000.0
        return 100.0 * sum(box.meets(other) for other in self.boxes) + sum(
            box.holds(dot) for dot in self.dots
        )


def draw_lines(data: Lines, show: Show, width: float) -> Surface:
    """The lines on a surface `width` px wide."""
    narrow = width < 480
    size = 12.5 if narrow else 13
    limit = width * (0.3 if narrow else 0.27)
    lines = [
        _Line(
            series,
            tuple(
                (middle(date), figure)
                for date, figure in sorted(series.points, key=lambda point: middle(point[0]))
            ),
            PALETTE[place % len(PALETTE)],
            lay(series.label, show, width=limit, size=size, lines=3, bold=True),
            lay(max(series.points, key=lambda point: middle(point[0]))[1], show, width=limit, size=size),
        )
        for place, series in enumerate(data.series)
        if series.points
    ]
    bottom = 270.0 if narrow else 300.0
    surface = Surface(width, bottom + 32, *_axes(lines, data.marks, width, 44, bottom))
    surface.rule((surface.x.value(0), 0), (surface.x.value(width), 0), FAINT)
    room = Room(width, bottom)
    for line in lines:
        _draw(surface, line)
        room.dots += _sampled(surface, line)
    for target in data.marks:
        at = (middle(target.date), target.figure.point)
        surface.symbol(at, INK, fill=PAPER, shape="diamond", size=110, figure=target.figure)
        x, y = surface.x.px(at[0]), surface.y.px(at[1])
        room.boxes.append(Box(x - 7, y - 7, x + 7, y + 7))
    _label_ends(surface, lines, room)
    for target in data.marks:
        words = stack(
            lay(target.label, show, width=width * 0.3, size=size - 0.5, lines=3),
            lay(target.figure, show, width=width, size=size - 0.5),
        )
        put(surface, words, (middle(target.date), target.figure.point), INK, room, must=True)
    for line in lines:
        for time, figure in line.telling:
            words = lay(figure, show, width=width, size=size - 0.5)
            put(surface, words, (time, figure.point), line.colour, room, must=False)
    dates = [date for series in data.series for date, _ in series.points]
    label_dates(surface, dates, show, bottom + 20, tuple(target.date for target in data.marks))
    return surface


def label_dates(
    surface: Surface, dates: list[Date], show: Show, baseline: float, also: tuple[Date, ...] = ()
) -> None:
    """Write dates under the axis: from the last back every one, or every second, third … as they fit, then the first.

    `also` are dates that stand in any case, such as that of a target.
    """
    laid = {date: lay(date, show, width=surface.width, size=12) for date in (*dates, *also)}
    centres = {
        date: min(max(surface.x.px(middle(date)), words.width / 2 + 1), surface.width - words.width / 2 - 1)
        for date, words in laid.items()
    }

    def apart(first: Date, second: Date) -> bool:
        gap = abs(centres[first] - centres[second])
        return gap >= (laid[first].width + laid[second].width) / 2 + 12

    steady = sorted(dict.fromkeys(dates), key=middle)[::-1]
    strides = (steady[::stride] for stride in range(1, len(steady) + 1))
    chosen = next(found for found in strides if all(apart(*pair) for pair in pairwise(found)))
    for date in (*also, steady[-1]):
        if date not in chosen:
            chosen = [*(other for other in chosen if apart(date, other)), date]
    for date in chosen:
        surface.text(laid[date], centres[date], baseline, colour=MUTED, anchor="center")


def _axes(
    lines: list[_Line], targets: tuple[Mark, ...], width: float, top: float, bottom: float
) -> tuple[Axis, Axis]:
    """Time across, values up from zero, with room at the right for the words at the ends of the lines."""
    times = [time for line in lines for time, _ in line.points] + [middle(target.date) for target in targets]
    first, last = min(times), max(times)
    if first == last:
        first, last = first - 0.5, last + 0.5
    right = width - 16.0
    for line in lines:
        share = (line.points[-1][0] - first) / (last - first)
        if share > 0:
            right = min(right, _LEFT + (width - 2 - _BESIDE - line.width - _LEFT) / share)
    values = [figure.point for line in lines for _, figure in line.points]
    values += [target.figure.point for target in targets]
    low, high = min(0.0, *values), max(0.0, *values)
    return Axis((first, last), (_LEFT, right)), Axis((low, high if high > low else low + 1), (bottom, top))


def gaps(times: list[float]) -> set[float]:
    """The times after which a line has no value for longer than its usual step."""
    ordered = sorted(times)
    usual = min((after - before for before, after in pairwise(ordered)), default=1.0)
    return {before for before, after in pairwise(ordered) if after - before > usual * 1.6}


def _draw(surface: Surface, line: _Line) -> None:
    """Solid (or dashed) where periods follow each other, thinly dotted across periods that nobody reported."""
    places = [(time, figure.point) for time, figure in line.points]
    open_after = gaps([time for time, _ in places])
    run = places[:1]
    for before, after in pairwise(places):
        if before[0] in open_after:
            _stretch(surface, run, line)
            surface.line([before, after], line.colour, width=1.6, dash=_GAP_DASH)
            run = []
        run = [*run, after]
    _stretch(surface, run, line)
    ends = (line.points[0], line.points[-1], *line.telling)
    for point in line.points:
        if len(line.points) <= 14 or not observed(point[1]) or point in ends:
            fill = line.colour if observed(point[1]) else PAPER
            surface.symbol((point[0], point[1].point), line.colour, fill=fill, size=28, figure=point[1])


def _stretch(surface: Surface, run: list[Point], line: _Line) -> None:
    if len(run) > 1:
        surface.line(run, line.colour, dash=_LINE_DASH if line.series.dashed else ())


def _sampled(surface: Surface, line: _Line) -> list[Point]:
    """Places in px along a line, dense enough to feel it run through words."""
    out: list[Point] = []
    for (t0, before), (t1, after) in pairwise(line.points):
        (x0, y0), (x1, y1) = _px(surface, (t0, before.point)), _px(surface, (t1, after.point))
        steps = max(2, int(max(abs(x1 - x0), abs(y1 - y0)) / 4))
        out += [(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps) for step in range(steps + 1)]
    return out


def _px(surface: Surface, at: Point) -> Point:
    return surface.x.px(at[0]), surface.y.px(at[1])


def _label_ends(surface: Surface, lines: list[_Line], room: Room) -> None:
    """Name and last value at the end of each line, pushed apart where lines end close together."""
    ordered = sorted(lines, key=lambda line: surface.y.px(line.points[-1][1].point))
    tops: list[float] = []
    for line in ordered:
        wanted = surface.y.px(line.points[-1][1].point) - line.height / 2
        tops.append(max(wanted, tops[-1] + ordered[len(tops) - 1].height + 6 if tops else 4.0))
    floor = surface.height - 26
    for place in reversed(range(len(ordered))):
        tops[place] = min(tops[place], floor - ordered[place].height)
        floor = tops[place] - 6
    for line, top in zip(ordered, tops, strict=True):
        x = surface.x.px(line.points[-1][0]) + _BESIDE
        surface.text(line.name, x, top + line.name.size, colour=line.colour)
        surface.text(line.value, x, top + line.name.height + line.value.size, colour=line.colour)
        room.boxes.append(Box(x - 2, top, x + line.width, top + line.height))


def put(surface: Surface, words: Words, at: Point, colour: str, room: Room, *, must: bool) -> None:
    """Write words near a place where they disturb least; left out where they would overlap, unless they `must` stand."""
    x, y = _px(surface, at)
    options: list[tuple[float, int, Anchor, Box]] = []
    for top in (y - 10 - words.height, y + 9, y - words.height / 2):
        places: tuple[tuple[Anchor, float], ...] = (
            ("left", x - 6),
            ("center", x - words.width / 2),
            ("right", x + 6 - words.width),
            ("right", x - 11 - words.width),
            ("left", x + 11),
        )
        for anchor, left in places:
            box = Box(left, top, left + words.width, top + words.height)
            options.append((room.cost(box), len(options), anchor, box))
    cost, _, anchor, box = min(options, key=lambda option: option[:2])
    if cost >= (100 if not must else 5000):
        return
    place = {"left": box.left, "center": (box.left + box.right) / 2, "right": box.right}[anchor]
    surface.text(words, place, box.top + words.size, colour=colour, anchor=anchor)
    room.boxes.append(box)
