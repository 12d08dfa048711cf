"""Time against cost along a route: a path from origin to destination on which borders stand out as steps.

Days under way run across, US dollars a tonne up, both added up from the origin. Moving is steep, waiting is flat. A stretch
is all that goes by one mode, a step a border (with its change of gauge), a transfer, or loading at an end. Unlike the
charts of a brief, this one has scales, because the place of a border on the path is what it is about; their numbers are put
in after everything else is traced, for they are a ruler and no figures.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from landbridge import codes
from landbridge.brief import numbers
from landbridge.brief.chart_lines import Box
from landbridge.brief.chart_placing import Spot, arranged
from landbridge.brief.chart_surface import INK, MUTED, PALETTE, PAPER, Anchor, Axis, Surface
from landbridge.brief.chart_words import Words, lay
from landbridge.brief.staircase_pieces import CODE, Piece, Point, named, pieces
from landbridge.brief.text import Atom, Code, Label, Name, Part, Sentence, plain
from landbridge.corridors.cost import HOURS_A_DAY
from landbridge.corridors.network import Network
from landbridge.corridors.routing import Route
from landbridge.provenance import Figure, Source, derive

WIDTH = 900.0
_LEFT, _RIGHT, _FOOT, _PLOT = 62.0, 24.0, 46.0, 400.0
_SIZE, _TITLE = 13.0, 18.0
_GRID, _BAND = "#e8eaec", "#fbeee6"
_BORDER = PALETTE[1]
_SOURCES = 4
# The part of the whole route, in days or dollars, that a stretch needs to be seen.
_SEEN = 0.02
# A mode's name and colour. Colour is never alone: every stretch has its name beside it.
_MODES = {
    "rail-1435": ("Rail, 1435 mm gauge", PALETTE[0]),
    "rail-1520": ("Rail, 1520 mm gauge", PALETTE[2]),
    "road": ("Road", PALETTE[3]),
    "sea": ("Sea", PALETTE[4]),
    "air": ("Air", INK),
    "crude-pipe": ("Crude oil pipeline", INK),
    "gas-pipe": ("Gas pipeline", INK),
}
_FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, Noto Sans, sans-serif"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture as a whole SVG document, and every figure written in it."""

    svg: str
    figures: tuple[Figure, ...]


def staircase(
    route: Route, network: Network, sources: Mapping[str, Source], release: str = "", *, width: float = WIDTH
) -> Drawn:
    """The staircase of a route as an SVG document of its own, at least 600 px wide: title, path, scales, sources."""
    width = max(width, 600.0)
    found = pieces(route, network, sources)
    hours, money = (
        derive(f"{what} from origin to destination", sum(getattr(one, held).point for one in found), unit,
               [getattr(one, held) for one in found], CODE, low=low, high=high)
        for what, held, unit, low, high in (
            ("Time", "days", "days", route.hours.low / HOURS_A_DAY, route.hours.high / HOURS_A_DAY),
            ("Cost of a tonne", "money", "USD", route.usd_t.low, route.usd_t.high),
        )
    )  # fmt: skip
    title, range_, origin = (
        _title(route, network, found, hours, money),
        _range(route, hours, money),
        _from(route, sources, release),
    )
    inside = width - 2 * _RIGHT
    head = lay(title, _show, width=inside, size=_TITLE, lines=3, bold=True)
    under = lay(range_, _show, width=inside, size=_SIZE, lines=2)
    foot = lay(origin, _show, width=inside, size=12, lines=4)
    top = 16 + head.height + 6 + under.height + 34
    lower = sum(one.kind != "line" for one in found)
    bottom = top + max(_PLOT, 44.0 * lower)
    height = bottom + _FOOT + foot.height + 14
    ticks = _ticks(found[-1].end[0]), _ticks(found[-1].end[1])
    surface = Surface(
        *(width, height),
        Axis((0.0, ticks[0][-1]), (_LEFT, width - _RIGHT)),
        Axis((0.0, ticks[1][-1]), (bottom, top)),
    )
    surface.text(head, _RIGHT, 16 + head.size)
    surface.text(under, _RIGHT, 16 + head.height + 6 + under.size, colour=MUTED)
    surface.text(foot, _RIGHT, bottom + _FOOT + foot.size, colour=MUTED)
    _scales(surface, ticks)
    _path(surface, found)
    _labels(surface, network, found)
    root = surface.traced(_show)
    _numbers(root, surface, ticks)
    return Drawn(
        _document(root, width, height, plain(title, _show), plain(range_, _show)),
        tuple({figure.id: figure for one in (head, under, *surface.words.values()) for figure in _in(one)}.values()),
    )  # fmt: skip


def _title(route: Route, network: Network, found: Sequence[Piece], hours: Figure, money: Figure) -> Sentence:
    """The answer in a sentence."""
    ends = {
        "origin": named(network, route.legs[0].origin),
        "destination": named(network, route.legs[-1].destination),
    }
    whole: dict[str, Part] = {**ends, "cargo": _cargo(route), "hours": hours, "money": money}
    borders = [one for one in found if one.kind == "crossing"]
    if not borders:
        return Sentence(
            "From {origin} to {destination} a tonne of {cargo} takes {hours} and {money}, without a border.",
            tuple(whole.items()),
        )
    whole["waiting"] = derive(
        "Time at borders", sum(one.days.point for one in borders), "days", [one.days for one in borders], CODE
    )
    whole["charged"] = derive(
        "Cost of a tonne at borders",
        sum(one.money.point for one in borders),
        "USD",
        [one.money for one in borders],
        CODE,
    )
    return Sentence(
        "From {origin} to {destination} a tonne of {cargo} takes {hours} and {money}; {waiting} and {charged} of it "
        "at borders.",
        tuple(whole.items()),
    )


def _cargo(route: Route) -> Part:
    known = {sector.code: sector.name for sector in codes.sectors()}
    name = known.get(route.cargo.sector, "cargo")
    return Label(name[:1].lower() + name[1:], route.cargo.sector)


def _range(route: Route, hours: Figure, money: Figure) -> Sentence:
    """How far the numbers may be off, in the words of their ends."""
    slots: dict[str, Part] = {"status": Code(route.status)}
    for name, figure in (("hours", hours), ("money", money)):
        slots[name] = Figure(
            *(f"{figure.measure}, range", None, figure.unit, "", figure.status),
            low=figure.low,
            high=figure.high,
            inputs=(figure,),
            code=CODE,
        )
    return Sentence(
        "All low ends together or all high ends: {hours}, {money}. Weakest evidence in it: {status}.",
        tuple(slots.items()),
    )


def _from(route: Route, sources: Mapping[str, Source], release: str) -> Sentence:
    """Who is cited most along the route, and the release."""
    counted: dict[str, int] = {}
    for leg in route.legs:
        for name in (*leg.length_km.source, *leg.hours.source, *leg.usd_t.source):
            counted[name] = counted.get(name, 0) + 1
    publishers: dict[str, str] = {}
    for name in sorted(counted, key=lambda name: (-counted[name], name)):
        if name in sources:
            publishers.setdefault(sources[name].publisher, name)
    named = tuple(Name(text, f"source/{name}") for text, name in list(publishers.items())[:_SOURCES])
    more = " and others" if len(publishers) > _SOURCES else ""
    slots: list[tuple[str, Part]] = [("sources", named)] if named else []
    words = "Sources: {sources}" + more + "." if named else "Everything in it is assumed."
    if release:
        slots.append(("release", Code(release)))
        words += " Landbridge, release {release}."
    return Sentence(words, tuple(slots))


def _show(part: Atom) -> str:
    """A typed part as written here: with no more digits than a range this wide deserves."""
    if not isinstance(part, Figure):
        return numbers.show(part)
    short = part.unit == "days" and part.value is not None and part.value < 2
    scale, unit = (HOURS_A_DAY, "h") if short else (1.0, part.unit)
    value, low, high = (
        None if end is None else _rounded(scale * end) for end in (part.value, part.low, part.high)
    )
    return numbers.show_figure(replace(part, value=value, low=low, high=high, unit=unit))


def _rounded(value: float) -> float:
    return float(round(value)) if value >= 20 else round(value, 1) if value >= 1 else float(f"{value:.1g}")


def _ticks(largest: float) -> list[float]:
    """Round numbers from nought to above `largest`, five to nine of them."""
    rough = largest / 7 if largest > 0 else 1.0
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    return [step * count for count in range(math.ceil(1.02 * largest / step) + 1)]


def _scales(surface: Surface, ticks: tuple[Sequence[float], Sequence[float]]) -> None:
    """Faint lines at round numbers, and what they measure in words."""
    across, up = ticks
    for value in across:
        surface.rule((value, 0.0), (value, up[-1]), _GRID)
    for value in up:
        surface.rule((0.0, value), (across[-1], value), _GRID)
    days = lay(Sentence("Days under way"), _show, width=300, size=_SIZE)
    cost = lay(Sentence("US dollars a tonne, so far"), _show, width=300, size=_SIZE)
    surface.text(days, surface.x.range[1], surface.y.range[0] + 36, anchor="right", colour=MUTED)
    surface.text(cost, _RIGHT, surface.y.range[1] - 12, colour=MUTED)


def _path(surface: Surface, found: Sequence[Piece]) -> None:
    """Borders as bands over the whole height and thick steps, the rest as lines in the colour of its mode."""
    ceiling = surface.y.domain[1]
    for one in found:
        if one.kind == "crossing":
            surface.box((one.start[0], 0.0), (one.end[0], ceiling), _BAND, fill=_BAND)
    for one in found:
        border = one.kind == "crossing"
        dash = (2.0, 3.0) if one.kind in ("terminal", "transfer") else ()
        surface.line([one.start, one.end], _colour(one), width=6.0 if border else 3.0, dash=dash)
    for one in found[:-1]:
        surface.symbol(one.end, INK, fill=PAPER, size=22)
    for point in (found[0].start, found[-1].end):
        surface.symbol(point, INK, fill=INK, size=46)


def _colour(one: Piece) -> str:
    if one.kind == "crossing":
        return _BORDER
    return _MODES[one.mode][1] if one.kind == "line" else MUTED


def _labels(surface: Surface, network: Network, found: Sequence[Piece]) -> None:
    """Stretches and the start above the path, steps below it, so that neither covers it.

    A stretch too short to be seen has no words; `--show legs` has its numbers.
    """
    path = [found[0].start, *(one.end for one in found)]
    limit = 0.42 * (surface.x.range[1] - surface.x.range[0])
    seen = [one for one in found if one.kind != "line" or _visible(one, path[-1])]
    upper = [one for one in seen if one.kind == "line" or one is found[0]]
    lower = [one for one in seen if one not in upper]
    for shown, over in ((upper, True), (lower, False)):
        words = [_words(network, one, limit) for one in shown]
        wanted = [_beside(surface, path, one, two, over=over) for one, two in zip(shown, words, strict=True)]
        for one, two, spot in zip(
            shown, words, arranged(wanted, within=surface.y.range, up=over), strict=True
        ):
            _write(surface, spot, two, _colour(one), "right" if over and one is not found[0] else "left")


def _visible(one: Piece, whole: Point) -> bool:
    return any(end - start > _SEEN * all_ for start, end, all_ in zip(one.start, one.end, whole, strict=True))


def _words(network: Network, one: Piece, limit: float) -> tuple[Words, Words]:
    """The name of a piece in bold, and what it takes."""
    a, b = named(network, one.legs[0].origin), named(network, one.legs[-1].destination)
    match one.kind:
        case "line":
            name: Part = Label(_MODES[one.mode][0], one.mode)
        case "crossing" if any(leg.kind == "gauge" for leg in one.legs):
            name = Sentence("{a} to {b}: border and gauge", (("a", a), ("b", b)))
        case "crossing":
            name = Sentence("{a} to {b}: border", (("a", a), ("b", b)))
        case "transfer":
            name = Sentence("Transfer in {a}", (("a", a),))
        case _terminal:
            name = Sentence("Terminal in {a}", (("a", a),))
    taken: list[tuple[str, Part]] = [("days", one.days), ("money", one.money)]
    said = "{days}, {money}"
    if one.length is not None:
        taken.append(("length", one.length))
        said = "{length}, {days}, {money}"
    return (
        lay(name, _show, width=limit, size=_SIZE, lines=2, bold=one.kind in ("line", "crossing")),
        lay(Sentence(said, tuple(taken)), _show, width=limit, size=_SIZE, lines=2),
    )


def _beside(
    surface: Surface, path: Sequence[Point], one: Piece, words: tuple[Words, Words], *, over: bool
) -> Spot:
    """Words to the upper left of the middle of a piece, over all of the path beneath them, or to its lower right."""
    wide, high = max(part.width for part in words), sum(part.height for part in words)
    ends = surface.x.px(one.start[0]), surface.x.px(one.end[0])
    middle = (ends[0] + ends[1]) / 2
    if over:
        right = max(middle - 10, surface.x.range[0] + 8 + wide)
        edge = surface.y.px(_height(path, surface.x.value(right))) - 8
        box = Box(right - wide, edge - high, right, edge)
        # Where the edge of the picture has pushed the words on, they are about the place beside them.
        px = min(max(middle, right + 10), ends[1])
    else:
        left = min(middle + 10, surface.x.range[1] - wide)
        edge = surface.y.px(_height(path, surface.x.value(left))) + 8
        box, px = Box(left, edge, left + wide, edge + high), middle
    days = surface.x.value(px)
    return Spot(box, (px, surface.y.px(_height(path, days))))


def _write(surface: Surface, spot: Spot, words: tuple[Words, Words], colour: str, anchor: Anchor) -> None:
    """Head and rest in their box, with a thin line to their place where it is some way off."""
    box = spot.box
    if spot.tied:
        ends = [(surface.x.value(px), surface.y.value(py)) for px, py in (spot.place, spot.near)]
        surface.rule(ends[0], ends[1], MUTED, width=0.8)
    across = box.right if anchor == "right" else box.left
    head, rest = words
    surface.text(head, across, box.top + head.size, anchor=anchor, colour=colour)
    surface.text(rest, across, box.top + head.height + rest.size, anchor=anchor)


def _height(path: Sequence[Point], days: float) -> float:
    """The cost so far on the path after so many days; beyond its ends, that at the end."""
    place = bisect_right([point[0] for point in path], days)
    if place == 0:
        return path[0][1]
    if place == len(path):
        return path[-1][1]
    (first, low), (last, high) = path[place - 1], path[place]
    return low + (high - low) * (days - first) / (last - first)


def _in(words: Words) -> list[Figure]:
    return [run.atom for line in words.lines for run in line if isinstance(run.atom, Figure)]


def _numbers(
    root: ElementTree.Element, surface: Surface, ticks: tuple[Sequence[float], Sequence[float]]
) -> None:
    """The numbers of the two scales."""
    look = {"class": "scale", "font-size": "12px", "style": f"fill:{MUTED}"}
    across, up = ticks
    for value in across:
        place = {
            "x": f"{surface.x.px(value):.1f}",
            "y": f"{surface.y.range[0] + 17:.1f}",
            "text-anchor": "middle",
        }
        ElementTree.SubElement(root, "text", look | place).text = f"{value:g}"
    for value in up:
        place = {"x": f"{_LEFT - 8:.1f}", "y": f"{surface.y.px(value) + 4:.1f}", "text-anchor": "end"}
        ElementTree.SubElement(root, "text", look | place).text = f"{value:,g}"


def _document(root: ElementTree.Element, width: float, height: float, title: str, more: str) -> str:
    """The picture as a document that stands alone: on white, with plain colours and words for those who cannot see it."""
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "width": f"{width:g}",
        "height": f"{height:g}",
        "viewBox": f"0 0 {width:g} {height:g}",
        "role": "img",
        "aria-labelledby": "staircase-title",
        "aria-describedby": "staircase-desc",
        "font-family": _FONT,
    }
    root.insert(0, ElementTree.Element("rect", {"width": "100%", "height": "100%", "fill": PAPER}))
    for place, (tag, text) in enumerate((("title", title), ("desc", more))):
        element = ElementTree.Element(tag, {"id": f"staircase-{tag}"})
        element.text = text
        root.insert(place, element)
    # Colours as variables are for a page; not every program that opens a file knows them.
    text = re.sub(r"var\(--[\w-]+,(#\w+)\)", r"\1", ElementTree.tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'
