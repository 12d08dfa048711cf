"""Charts as inline SVG: drawn by Altair and vl-convert from typed data alone, in a wide and a narrow setting.

There are no numeric axes: values are written where they stand, each tied to its figure. Both settings are in the
text that `draw` returns; the page's style sheet shows the one that fits the screen.
"""

from __future__ import annotations

import re
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from xml.etree import ElementTree

import vl_convert

from landbridge.brief.chart_bars import draw_bars, ranged
from landbridge.brief.chart_contrast import draw_contrast
from landbridge.brief.chart_fan import draw_fan
from landbridge.brief.chart_lines import draw_lines, gaps
from landbridge.brief.chart_ranking import draw_ranking
from landbridge.brief.chart_spread import draw_spread
from landbridge.brief.chart_surface import Surface, marks, observed
from landbridge.brief.chart_time import middle
from landbridge.brief.chart_timeline import draw_timeline
from landbridge.brief.chart_words import Show
from landbridge.brief.document import (
    Bars,
    Chart,
    Contrast,
    Fan,
    Lines,
    Ranking,
    Section,
    Series,
    Spread,
    Timeline,
)
from landbridge.brief.text import atoms, plain
from landbridge.provenance import Figure

WIDE, NARROW = 660.0, 340.0


@cache
def _room() -> ThreadPoolExecutor:
    """One thread for all drawing: the program that draws works without the interpreter's lock, and takes one at a time."""
    return ThreadPoolExecutor(1, thread_name_prefix="charts")


def wake() -> None:
    """Begin to load the drawing program; its first picture takes half a second in which the caller can work."""
    mark = {"data": {"values": [{}]}, "mark": "point"}
    _room().submit(vl_convert.vegalite_to_svg, mark)


def drawing(section: Section, show: Show) -> dict[str, Future[str]]:
    """The charts of a section by id, drawn as by `draw`: begun now, ready when they are asked for."""
    return {
        block.id: _room().submit(draw, block, show) for block in section.blocks if isinstance(block, Chart)
    }


def draw(chart: Chart, show: Show) -> str:
    """Two `<svg>` elements, classes `wide` and `narrow`, each with `<title>` and `<desc>` from the chart's words.

    Raises `UntracedDigit` where a digit in the picture is not the display of a typed part of the chart.
    """
    return "\n".join(
        _svg(chart, show, setting, width) for setting, width in (("wide", WIDE), ("narrow", NARROW))
    )


def figures(chart: Chart) -> tuple[Figure, ...]:
    """The figures that a chart shows, in its order."""
    match chart.data:
        case Lines(series, targets):
            found = [figure for line in series for _, figure in line.points]
            found += [target.figure for target in targets]
        case Fan(history, start, spokes):
            found = [figure for line in history for _, figure in line.points] + [start[1]]
            found += [figure for spoke in spokes for figure in (spoke.middle, spoke.inner)]
            found += [target.figure for target in chart.data.marks]
            key = (chart.data.median, chart.data.half, chart.data.most)
            found += [atom for atom in atoms(key) if isinstance(atom, Figure)]
        case Bars(bars):
            found = [bar.figure for bar in bars]
        case Contrast(rows):
            found = [figure for row in rows for figure in (row.observed, row.expected, row.normal)]
        case Spread(effects):
            found = [figure for row in effects for figure in (row.figure, row.methods)]
        case Ranking(ranked):
            found = [row.figure for row in ranked]
        case Timeline():
            found = []
    return tuple({figure.id: figure for figure in found}.values())


def traits(chart: Chart) -> frozenset[str]:
    """What a chart's note must explain: `hollow` marks of figures nobody counted, `gaps` in lines, `ranges` of bars,
    bands of what is `normal`, the `spread` of draws and methods, the rows of a `ranking`.
    """
    shown = figures(chart)
    found = {"hollow"} if any(not observed(figure) for figure in shown) else set()
    match chart.data:
        case Contrast():
            # Its own words say what the band and the dot are; nothing in it is hollow for its status.
            found = {"normal"}
        case Spread():
            # All of it is the outcome of a model; hollow here is what is undetermined.
            found = {"spread"}
        case Ranking():
            # Hollow is here what rests on an assumed size.
            found = {"ranking"}
        case Fan(history):
            # The key under it says what is counted and what is not; its targets and paths were never to be counted.
            found = {"gaps"} if _broken(history) else set()
        case Lines(series, _):
            found |= {"gaps"} if _broken(series) else set()
        case Bars():
            found |= (
                {"ranges"} if any(figure.value is not None and ranged(figure) for figure in shown) else set()
            )
    return frozenset(found)


def _broken(lines: tuple[Series, ...]) -> bool:
    return any(gaps([middle(date) for date, _ in line.points]) for line in lines)


def standing(chart: Chart, show: Show) -> ElementTree.Element:
    """The wide setting as a tree with plain colours, for a picture without a page around it."""
    root = _tree(chart, show, "picture", WIDE)
    for node in root.iter():
        if "style" in node.attrib:
            node.set("style", re.sub(r"var\(--[a-z-]+,([^)]*)\)", r"\1", node.attrib["style"]))
    return root


def _svg(chart: Chart, show: Show, setting: str, width: float) -> str:
    return ElementTree.tostring(_tree(chart, show, setting, width), encoding="unicode")


def _tree(chart: Chart, show: Show, setting: str, width: float) -> ElementTree.Element:
    root = _surface(chart, show, width).traced(show)
    name = f"{chart.id}-{setting}"
    root.attrib |= {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": f"picture {setting}",
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-desc",
        "font-family": "Helvetica Neue, Helvetica, Arial, Liberation Sans, Noto Sans, sans-serif",
    }
    for place, (tag, part) in enumerate((("title", chart.title), ("desc", chart.alternative))):
        element = ElementTree.Element(tag, {"id": f"{name}-{tag}"} | marks(atoms(part)))
        element.text = plain(part, show)
        root.insert(place, element)
    return root


def _surface(chart: Chart, show: Show, width: float) -> Surface:
    match chart.data:
        case Lines():
            return draw_lines(chart.data, show, width)
        case Fan():
            return draw_fan(chart.data, show, width)
        case Bars():
            return draw_bars(chart.data, show, width)
        case Contrast():
            return draw_contrast(chart.data, show, width)
        case Spread():
            return draw_spread(chart.data, show, width)
        case Ranking():
            return draw_ranking(chart.data, show, width)
        case Timeline():
            return draw_timeline(chart.data, show, width)
