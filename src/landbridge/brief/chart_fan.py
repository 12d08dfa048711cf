"""A fan of paths: what was counted, the median of what may follow, and the ranges that hold half and nine in ten of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from landbridge import codes
from landbridge.brief.chart_lines import Box, Point, Room, gaps, label_dates, put
from landbridge.brief.chart_surface import FAINT, INK, MUTED, PALETTE, PAPER, Axis, Surface, observed
from landbridge.brief.chart_time import middle
from landbridge.brief.chart_words import Show, Words, lay, stack
from landbridge.brief.document import Chart, Fan, Mark, Series, Spoke
from landbridge.brief.text import Date, Name, Part, Writer
from landbridge.errors import UnknownLabel
from landbridge.provenance import Figure, Status, derive

if TYPE_CHECKING:
    from landbridge.prospects.basis import Basis
    from landbridge.prospects.outlook import Band

_CODE = "landbridge.brief.chart_fan"
_LEFT, _RIGHT, _TOP = 14.0, 22.0, 40.0
_BESIDE, _MOST_MARKS = 12.0, 4
_GAP_DASH, _OTHER_DASH, _PATH_DASH = (1.5, 4), (6, 4), (7, 3)
# How dark the two bands are. On paper without colour they are a light and a middle grey.
_MOST, _HALF = 0.15, 0.3
_SWATCH = (22.0, 11.0)
_SIZE = 13.0
_APART = 110.0


def draw_fan(data: Fan, show: Show, width: float) -> Surface:
    """The fan on a surface `width` px wide, with its key under the axis."""
    narrow = width < 480
    size = _SIZE - 0.5 if narrow else _SIZE
    bottom = 270.0 if narrow else 310.0
    room_for_words = width - _SWATCH[0] - 16
    keys = [lay(part, show, width=room_for_words, size=size, lines=2) for part in _keys(data)]
    named = _named(data, show, size - 0.5)
    gutter = max((words.width + _BESIDE + 2 for _, words in named), default=_RIGHT)
    surface = Surface(
        width,
        bottom + 40 + sum(words.height + 7 for words in keys),
        *_axes(data, width - max(gutter, _RIGHT), bottom),
    )
    room = Room(width, bottom + 9)
    _scale(surface, show, data.start[1], room)
    _bands(surface, data, room)
    for place, series in enumerate(data.history):
        _counted(surface, series, PALETTE[place % len(PALETTE)], room)
    _median(surface, data, room)
    _beside(surface, named, room)
    _values(surface, data, show, size, room)
    spoken = (data.start[0], *(spoke.date for spoke in data.spokes))
    dates = [date for series in data.history for date, _ in series.points] + list(spoken)
    label_dates(
        surface,
        list(dict.fromkeys(dates)),
        show,
        bottom + 20,
        tuple({mark.date: None for mark in data.marks}),
    )
    _key(surface, keys, len(data.history), bottom + 40)
    return surface


def _keys(data: Fan) -> tuple[Part, ...]:
    return (*(series.label for series in data.history), data.median, data.half, data.most)


def _named(data: Fan, show: Show, size: float) -> list[tuple[Mark, Words]]:
    """The marks at the fan's end with their words, highest first: these stand at the right, outside the bands."""
    end = max((middle(spoke.date) for spoke in data.spokes), default=0.0)
    found = [
        (
            mark,
            stack(
                lay(mark.label, show, width=_APART, size=size),
                lay(mark.figure, show, width=_APART, size=size),
            ),
        )
        for mark in data.marks
        if middle(mark.date) >= end
    ]
    return sorted(found, key=lambda item: -item[0].figure.point)


def _beside(surface: Surface, named: list[tuple[Mark, Words]], room: Room) -> None:
    """Write what stands at the right, pushed apart where targets lie close together."""
    tops: list[float] = []
    for place, (mark, words) in enumerate(named):
        wanted = surface.y.px(mark.figure.point) - words.height / 2
        tops.append(max(wanted, tops[-1] + named[place - 1][1].height + 4 if tops else 4.0))
    floor = surface.y.range[0]
    for place in reversed(range(len(named))):
        tops[place] = min(tops[place], floor - named[place][1].height)
        floor = tops[place] - 4
    for (mark, words), top in zip(named, tops, strict=True):
        left = surface.x.px(middle(mark.date)) + _BESIDE
        surface.text(words, left, top + words.size)
        room.boxes.append(Box(left, top, left + words.width, top + words.height))


def _scale(surface: Surface, show: Show, like: Figure, room: Room) -> None:
    """Thin lines at round values with the value at the left, and the axis at nothing."""
    left, right = surface.x.value(0.0), surface.x.domain[1]
    surface.rule((left, 0.0), (right, 0.0), FAINT)
    for value in rounds(surface.y.domain[1]):
        surface.rule((left, value), (right, value), FAINT, width=0.6)
        # A mark of the scale measures nothing: it is no figure of the page.
        said = show(Figure("scale", value, like.unit, like.period, Status.ASSUMED))
        words = lay(Name(said, "scale of the chart"), show, width=surface.width, size=12.0)
        y = surface.y.px(value)
        surface.text(words, 0.0, y - 3, colour=MUTED)
        room.boxes.append(Box(0.0, y - 3 - words.height, words.width, y))


def rounds(top: float) -> list[float]:
    """Two to five round values above zero and not above `top`: ones, twos or fives of a power of ten."""
    power = 10.0 ** math.floor(math.log10(top))
    step = next(size * power for size in (0.2, 0.5, 1.0, 2.0, 5.0) if top / (size * power) < _MOST_MARKS + 1)
    return [step * count for count in range(1, math.floor(top / step) + 1)]


def _axes(data: Fan, right: float, bottom: float) -> tuple[Axis, Axis]:
    """Time across to `right` px, values up from zero to the highest thing shown."""
    counted = [(date, figure.point) for series in data.history for date, figure in series.points]
    marks = [(mark.date, mark.figure.point) for mark in data.marks]
    ahead = [(spoke.date, _high(spoke)) for spoke in data.spokes]
    times = [middle(date) for date, _ in (*counted, *marks, *ahead)]
    top = max(value for _, value in (*counted, *marks, *ahead))
    return Axis((min(times), max(times)), (_LEFT, right)), Axis((0.0, top), (bottom, _TOP))


def _high(spoke: Spoke) -> float:
    return spoke.middle.point if spoke.middle.high is None else spoke.middle.high


def _low(spoke: Spoke) -> float:
    return spoke.middle.point if spoke.middle.low is None else spoke.middle.low


def _bands(surface: Surface, data: Fan, room: Room) -> None:
    """Two bands that open where the count ends, each with thin edges, so that they part without colour too."""
    time, value = middle(data.start[0]), data.start[1].point
    most = [(time, value, value), *((middle(item.date), _low(item), _high(item)) for item in data.spokes)]
    half = [(time, value, value)]
    for item in data.spokes:
        low, high = item.inner.low, item.inner.high
        assert low is not None
        assert high is not None
        half.append((middle(item.date), low, high))
    for edges, opacity in ((most, _MOST), (half, _HALF)):
        surface.area(edges, PALETTE[0], opacity=opacity)
        for side in (1, 2):
            places = [(edge[0], edge[side]) for edge in edges]
            surface.line(places, PALETTE[0], width=0.8)
            for before, after in pairwise(places):
                room.dots += _sampled(surface, before, after)


def _counted(surface: Surface, series: Series, colour: str, room: Room) -> None:
    """A counted line: dotted across years that nobody counted, hollow dots for what is not a count."""
    points = sorted(((middle(date), figure) for date, figure in series.points), key=lambda point: point[0])
    open_after = gaps([time for time, _ in points])
    for (before, one), (after, other) in pairwise(points):
        dash: Sequence[float] = _GAP_DASH if before in open_after else _OTHER_DASH if series.dashed else ()
        surface.line([(before, one.point), (after, other.point)], colour, dash=dash)
        room.dots += _sampled(surface, (before, one.point), (after, other.point))
    for time, figure in points:
        fill = colour if observed(figure) else PAPER
        surface.symbol((time, figure.point), colour, fill=fill, size=28, figure=figure)


def _median(surface: Surface, data: Fan, room: Room) -> None:
    """The middle of the paths, in ink and dashed: it is no count."""
    points = [(middle(data.start[0]), data.start[1].point)]
    points += [(middle(spoke.date), spoke.middle.point) for spoke in data.spokes]
    surface.line(points, INK, dash=_PATH_DASH, width=2.0)
    for before, after in pairwise(points):
        room.dots += _sampled(surface, before, after)
    for spoke in data.spokes:
        at = (middle(spoke.date), spoke.middle.point)
        surface.symbol(at, INK, fill=PAPER, size=26, figure=spoke.middle)


def _values(surface: Surface, data: Fan, show: Show, size: float, room: Room) -> None:
    """Words beside the diamonds of targets, the newest count, the highest and the first."""
    for mark in data.marks:
        at = (middle(mark.date), mark.figure.point)
        surface.symbol(at, INK, fill=PAPER, shape="diamond", size=120, figure=mark.figure)
        x, y = surface.x.px(at[0]), surface.y.px(at[1])
        room.boxes.append(Box(x - 8, y - 8, x + 8, y + 8))
    end = max(middle(spoke.date) for spoke in data.spokes)
    for mark in (mark for mark in data.marks if middle(mark.date) < end):
        words = stack(
            lay(mark.label, show, width=surface.width * 0.3, size=size - 0.5, lines=3),
            lay(mark.figure, show, width=surface.width, size=size - 0.5),
        )
        put(surface, words, (middle(mark.date), mark.figure.point), INK, room, must=True)
    for place, series in enumerate(data.history):
        points = [(middle(date), figure) for date, figure in series.points]
        newest = max(points, key=lambda point: point[0])
        peak = max(points, key=lambda point: point[1].point)
        telling = [newest, min(points, key=lambda point: point[0])]
        # Beside the newest count the peak's words could not be told from its own.
        if abs(surface.x.px(peak[0]) - surface.x.px(newest[0])) > _APART:
            telling.append(peak)
        for time, figure in dict.fromkeys(telling):
            words = lay(figure, show, width=surface.width, size=size - 0.5)
            put(surface, words, (time, figure.point), PALETTE[place % len(PALETTE)], room, must=False)


def _sampled(surface: Surface, before: Point, after: Point) -> list[Point]:
    """Places in px along a stretch, dense enough to feel it run through words."""
    x0, y0 = surface.x.px(before[0]), surface.y.px(before[1])
    x1, y1 = surface.x.px(after[0]), surface.y.px(after[1])
    steps = max(2, int(max(abs(x1 - x0), abs(y1 - y0)) / 4))
    return [(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps) for step in range(steps + 1)]


def _key(surface: Surface, keys: list[Words], lines: int, top: float) -> None:
    """What each look means, one under the other: counted lines, the median, the two bands."""
    left, (across, high) = 2.0, _SWATCH
    for place, words in enumerate(keys):
        centre = top + words.leading / 2
        ends = [
            (surface.x.value(left), surface.y.value(centre)),
            (surface.x.value(left + across), surface.y.value(centre)),
        ]
        if place < lines:
            surface.line(ends, PALETTE[place % len(PALETTE)], dash=_OTHER_DASH if place else ())
        elif place == lines:
            surface.line(ends, INK, dash=_PATH_DASH, width=2.0)
        else:
            _swatch(surface, left, centre - high / 2, half=place == lines + 1)
        surface.text(words, left + across + 10, top + words.size)
        top += words.height + 7


def _swatch(surface: Surface, left: float, top: float, *, half: bool) -> None:
    """A patch as dark as its band: the inner band lies on the outer one, so it is laid twice."""
    across, high = _SWATCH
    low, upper = surface.y.value(top + high), surface.y.value(top)
    edges = [(surface.x.value(x), low, upper) for x in (left, left + across)]
    for opacity in (_MOST, _HALF) if half else (_MOST,):
        surface.area(edges, PALETTE[0], opacity=opacity)
    for side in (1, 2):
        surface.line([(edge[0], edge[side]) for edge in edges], PALETTE[0], width=0.8)


def chart(say: Writer, stands: Basis, fan: Sequence[Band], targets: Iterable[tuple[Date, Figure]]) -> Chart:
    """The chart of a forecast: the series it continues, its paths by year, and targets at their deadlines."""
    marks = tuple(Mark(date, figure, say("target")) for date, figure in targets)
    spokes = tuple(Spoke(Date(band.year), band.middle, _inner(band)) for band in fan)
    last = spokes[-1]
    whole = derive(
        f"{last.middle.measure}, nine paths in ten", None, last.middle.unit, (last.middle,), _CODE,
        low=_low(last), high=_high(last), period=last.date.period,
    )  # fmt: skip
    see = (
        say(
            "Dark band: half of the paths; light band: nine in ten. A diamond outside them is rarely reached."
        )
        if marks
        else say("Dark band: half of the paths that may follow; light band: nine in ten.")
    )
    return Chart(
        "prospects",
        say("Trade both ways, and the paths it may take")
        if stands.held.indicator == "trade_turnover"
        else say("Trade, and the paths it may take"),
        see,
        say(
            "Fan chart: a line of counts, from its end a dashed median inside a dark and a light band that widen, and a "
            "diamond for each target at its deadline."
        ),
        Fan(
            _history(say, stands),
            _start(stands),
            spokes,
            say("median of the paths, {year}: {value}", year=last.date, value=last.middle),
            say("half of the paths, {year}: {range}", year=last.date, range=last.inner),
            say("nine paths in ten, {year}: {range}", year=last.date, range=whole),
            marks,
        ),
    )


def _inner(band: Band) -> Figure:
    low, high = band.inner
    figure = band.middle
    return derive(
        f"{figure.measure}, half of the paths", None, figure.unit, figure.inputs, figure.code,
        low=low, high=high, period=band.year, status=figure.status, note="The range holds half of the paths.",
    )  # fmt: skip


def _history(say: Writer, stands: Basis) -> tuple[Series, ...]:
    """The reporter's own count and, where it fell silent, the partner's that stands in for it."""

    def line(who: str, years: dict[str, Figure], dashed: bool) -> Series:
        said = say("counted by {who}", who=Name(who, f"counter {who}"))
        return Series(said, tuple((Date(year), figure) for year, figure in sorted(years.items())), dashed)

    held = stands.held
    counter = f"{_called(held.reporter)}, {held.definition}"
    if stands.mirror is None:
        return (line(counter, stands.years, False),)
    other = f"{_called(stands.mirror.partner)}, {stands.mirror.definition}"
    return line(counter, held.years, False), line(other, stands.years, True)


def _called(reporter: str) -> str:
    """A place by its name; the reporter of a user's own series as the file has it."""
    try:
        return codes.place(reporter).name
    except UnknownLabel:
        return reporter


def _start(stands: Basis) -> tuple[Date, Figure]:
    """Where the fan opens: the newest count, carried over to the silent reporter's where a partner's stands in."""
    latest = stands.latest
    if stands.mirror is not None:
        latest = derive(
            f"{latest.measure}, at the ratio of {stands.mirror.reporter}'s count",
            latest.point * stands.mirror.ratio.point,
            latest.unit,
            (latest, stands.mirror.ratio),
            _CODE,
        )
    return Date(max(stands.years)), latest


_MARGIN = 20.0


def picture_of(path: Path, basis: Basis, fan: Sequence[Band], target: tuple[int, Figure] | None) -> None:
    """Write the fan as an SVG that stands alone: title, what to see, unit and source in it, and no style from outside."""
    from functools import partial

    from landbridge.brief import charts, writing
    from landbridge.brief.catalogue import catalogue
    from landbridge.brief.numbers import show

    say = Writer(catalogue("en"))
    marks = [] if target is None else [(Date(str(target[0])), target[1])]
    made = chart(say, basis, fan, marks)
    display = partial(show, locale="en")
    drawn = charts.standing(made, display)
    root = _framed(drawn, made, _origin(say, basis), display)
    writing.replace(path, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _origin(say: Writer, stands: Basis) -> Part:
    """Unit and sources of a picture that leaves its page."""
    cited = {
        figure.citation.source.id: figure.citation.source
        for figure in (*stands.held.years.values(), *stands.years.values())
        if figure.citation is not None
    }
    names = tuple(
        Name(", ".join(filter(None, (source.publisher, source.published))), source.id)
        for source in cited.values()
    )
    return say(
        "{unit}, current prices. Counts: {sources}. Paths: Landbridge.",
        unit=Name(stands.series.unit, f"unit {stands.series.unit}"),
        sources=names,
    )


def _framed(drawn: ElementTree.Element, made: Chart, origin: Part, show: Show) -> ElementTree.Element:
    """The picture on white between its words."""
    wide = float(drawn.attrib["viewBox"].split()[2])
    high = float(drawn.attrib["viewBox"].split()[3])
    head = [lay(made.title, show, width=wide, size=18, bold=True), lay(made.see, show, width=wide, size=13)]
    foot = lay(origin, show, width=wide, size=12, lines=6)
    above = _MARGIN + sum(words.height + 6 for words in head)
    whole = above + high + 12 + foot.height + _MARGIN
    root = ElementTree.Element(
        "svg", dict(drawn.attrib) | {"viewBox": f"0 0 {wide + 2 * _MARGIN:g} {whole:g}"}
    )
    root.attrib |= {"width": f"{wide + 2 * _MARGIN:g}", "height": f"{whole:g}"}
    for spoken in [node for node in drawn if node.tag in ("title", "desc")]:
        drawn.remove(spoken)
        root.append(spoken)
    ElementTree.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": PAPER})
    top = _MARGIN
    for words in head:
        _write(root, words, top)
        top += words.height + 6
    inside = ElementTree.SubElement(root, "g", {"transform": f"translate({_MARGIN:g},{above:g})"})
    inside.extend(list(drawn))
    _write(root, foot, above + high + 12)
    return root


def _write(root: ElementTree.Element, words: Words, top: float) -> None:
    for place, text in enumerate(words.texts):
        node = ElementTree.SubElement(
            root,
            "text",
            {
                "x": f"{_MARGIN:g}",
                "y": f"{top + words.size + place * words.leading:g}",
                "font-size": f"{words.size:g}px",
                "font-weight": "600" if words.bold else "400",
                "fill": INK,
            },
        )
        node.text = text
