"""The drawing surface of a chart: Altair layers of marks and words, turned into SVG whose every digit is traced."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.etree import ElementTree

import altair as alt
import vl_convert

from landbridge.brief.chart_words import Show, Words
from landbridge.brief.text import Atom, Code, Date, Label, Name, Quote, refuse_digits
from landbridge.errors import UntracedDigit
from landbridge.provenance import Figure, Status

# Okabe and Ito's order of hues, darkened until text in them reads on white (contrast above 4.5 to 1).
PALETTE = ("#0b5c8f", "#b4450c", "#0a7055", "#7d3c78", "#7a5c00")
INK, MUTED, FAINT, PAPER = "#222222", "#5f6368", "#c4c8cc", "#ffffff"
_VARIABLES = {
    **dict(zip(PALETTE, (f"--series-{letter}" for letter in "abcde"), strict=True)),
    INK: "--ink",
    MUTED: "--muted",
    FAINT: "--faint",
    PAPER: "--paper",
}
_OBSERVED = (Status.REPORTED, Status.MIRRORED, Status.RECONCILED)
Anchor = Literal["left", "center", "right"]
_LOOKS = (("stroke", alt.Stroke), ("fill", alt.Fill))
_SVG = "{http://www.w3.org/2000/svg}"
_GEOMETRY = ("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "text-anchor", "font-size", "font-weight")
_STROKES = ("stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "fill-opacity")


def observed(figure: Figure) -> bool:
    """Whether somebody counted or reconciled the figure; all else is drawn hollow."""
    return figure.status in _OBSERVED


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear scale from `domain` (data) to `range` (px)."""

    domain: tuple[float, float]
    range: tuple[float, float]

    def px(self, value: float) -> float:
        """Where a value stands."""
        (low, high), (first, last) = self.domain, self.range
        return first + (value - low) / (high - low) * (last - first)

    def value(self, px: float) -> float:
        """The value that stands at `px`."""
        (low, high), (first, last) = self.domain, self.range
        return low + (px - first) / (last - first) * (high - low)


@dataclass
class Surface:
    """Collects marks in data coordinates and words in px; drawn in this order: areas, boxes, rules, lines, dots, words."""

    width: float
    height: float
    x: Axis
    y: Axis
    words: dict[str, Words] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    _areas: list[tuple[dict[str, Any], list[dict[str, float]]]] = field(default_factory=list)
    _boxes: list[dict[str, Any]] = field(default_factory=list)
    _rules: list[dict[str, Any]] = field(default_factory=list)
    _lines: list[tuple[dict[str, Any], list[dict[str, float]]]] = field(default_factory=list)
    _symbols: dict[tuple[str, float], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    _texts: dict[tuple[Anchor, float, bool, str], list[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _data: dict[str, list[Any]] = field(default_factory=dict)

    def line(
        self,
        points: Iterable[tuple[float, float]],
        colour: str,
        *,
        width: float = 2.2,
        dash: Sequence[float] = (),
    ) -> None:
        """A line through points in data coordinates."""
        look = {"strokeWidth": width, "color": colour, "strokeJoin": "round"} | (
            {"strokeDash": dash} if dash else {}
        )
        self._lines.append((look, [{"x": x, "y": y, "order": order} for order, (x, y) in enumerate(points)]))

    def area(self, edges: Iterable[tuple[float, float, float]], colour: str, *, opacity: float) -> None:
        """A band between a lower and an upper edge, (x, low, high) in data coordinates, through which the paper shows."""
        look = {"color": colour, "opacity": 1, "fillOpacity": opacity}
        self._areas.append((look, [{"x": x, "y": low, "y2": high} for x, low, high in edges]))

    def rule(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, *, width: float = 1.0
    ) -> None:
        """A straight line between two places in data coordinates."""
        ends = {"x": start[0], "y": start[1], "x2": end[0], "y2": end[1]}
        self._rules.append(ends | {"stroke": colour, "width": width})

    def symbol(
        self, at: tuple[float, float], colour: str, *, fill: str, shape: str = "circle", size: float = 40,
        figure: Figure | None = None,
    ) -> None:  # fmt: skip
        """A dot or diamond at a place in data coordinates; `size` is its area in square px."""
        row = {"x": at[0], "y": at[1], "stroke": colour, "fill": fill, "key": self._figure(figure)}
        self._symbols[shape, size].append(row)

    def box(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, *, fill: str,
        figure: Figure | None = None,
    ) -> None:  # fmt: skip
        """A rectangle between two corners in data coordinates."""
        corners = {"x": start[0], "y": start[1], "x2": end[0], "y2": end[1]}
        self._boxes.append(corners | {"stroke": colour, "fill": fill, "key": self._figure(figure)})

    def text(self, words: Words, px: float, py: float, *, colour: str = INK, anchor: Anchor = "left") -> None:
        """Words whose first baseline stands at (`px`, `py`)."""
        if not words.lines:
            return
        key = f"words-{len(self.words)}"
        self.words[key] = words
        row = {
            "x": self.x.value(px),
            "y": self.y.value(py),
            "text": _printable("\n".join(words.texts)),
            "key": key,
        }
        self._texts[anchor, words.size, words.bold, colour].append(row)

    def svg(self) -> str:
        """The picture as Vega draws it, before tracing."""
        chart = alt.LayerChart(
            layer=list(self._layers()),
            width=self.width,
            height=self.height,
            padding=0,
            autosize=alt.AutoSizeParams(type="none"),
            config=alt.Config(background="transparent", view=alt.ViewConfig(stroke=None, clip=False)),
        )
        # Altair's own validation costs six times the building; the layers are a closed set under test. Data are put in
        # by name afterwards, because Altair copies whatever it holds again at every step.
        specification = chart.to_dict(validate=False)
        specification["datasets"] = self._data
        return str(vl_convert.vegalite_to_svg(specification))

    def _named(self, rows: list[Any]) -> Any:
        name = f"layer-{len(self._data)}"
        self._data[name] = rows
        return alt.NamedData(name=name)

    def _layers(self) -> Iterator[Any]:
        # Channels are spelt out, because Altair's shorthand ("x:Q") costs more than all the drawing.
        place = {"x": _across(alt.X, "x", self.x), "y": _across(alt.Y, "y", self.y)}
        ends = {"x2": alt.X2(field="x2"), "y2": alt.Y2(field="y2")}
        stroke, fill = (channel(field=name, type="nominal", scale=None) for name, channel in _LOOKS)
        looks = {"stroke": stroke, "fill": fill, "description": alt.Description(field="key", type="nominal")}
        for area, edges in self._areas:
            yield self._layer(edges, alt.MarkDef(type="area", **area), **place, y2=ends["y2"])
        if self._boxes:
            yield self._layer(
                self._boxes, alt.MarkDef(type="rect", strokeWidth=1.4), **place, **ends, **looks
            )
        if self._rules:
            width = alt.StrokeWidth(field="width", type="quantitative", scale=None)
            yield self._layer(
                self._rules, alt.MarkDef(type="rule"), **place, **ends, stroke=stroke, strokeWidth=width
            )
        for line, points in self._lines:
            order = alt.Order(field="order", type="quantitative")
            yield self._layer(points, alt.MarkDef(type="line", **line), **place, order=order)
        for (shape, size), rows in self._symbols.items():
            dots = alt.MarkDef(type="point", shape=shape, size=size, strokeWidth=1.6, opacity=1)
            yield self._layer(rows, dots, **place, **looks)
        for (anchor, size, bold, colour), rows in self._texts.items():
            texts = alt.MarkDef(
                type="text", align=anchor, baseline="alphabetic", fontSize=size, fontWeight=600 if bold else 400,
                color=colour, lineBreak="\n", lineHeight=round(size * 1.25, 1), limit=0,
            )  # fmt: skip
            words = alt.Text(field="text", type="nominal")
            yield self._layer(rows, texts, **place, text=words, description=looks["description"])

    def _layer(self, rows: list[Any], mark: Any, **channels: Any) -> Any:
        # Built in one go: every `.mark_…()` and `.encode()` would copy the chart whole.
        return alt.Chart(self._named(rows), mark=mark, encoding=alt.FacetedEncoding(**channels))

    def traced(self, show: Show) -> ElementTree.Element:
        """The picture with every text tied to its part; raises `UntracedDigit` where a digit has none."""
        return trace(self.svg(), self.words, self.figures, show)

    def _figure(self, figure: Figure | None) -> str:
        if figure is None:
            return "none"
        self.figures[figure.id] = figure
        return figure.id


def _printable(text: str) -> str:
    """Without control characters: one of them in a label would end the drawing program, not just the drawing."""
    return "".join(
        sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cn", "Cs")
    )


def _across(channel: Any, name: str, axis: Axis) -> Any:
    """A position channel without an axis: what stands there is written, not measured off."""
    scale = alt.Scale(domain=list(axis.domain), range=list(axis.range), nice=False, zero=False)
    return channel(field=name, type="quantitative", axis=None, scale=scale)


def mark(atom: Atom) -> dict[str, str]:
    """The attribute that says which typed part an element shows."""
    match atom:
        case Figure():
            return {"data-figure": atom.id}
        case Date():
            return {"data-date": atom.period}
        case Code():
            return {"data-code": atom.code}
        case Label():
            return {"data-label": atom.code}
        case Name():
            return {"data-name": atom.record}
        case Quote():
            return {"data-quote": atom.statement}


def marks(found: Iterable[str | Atom]) -> dict[str, str]:
    """The attributes of an element that shows several typed parts: ids apart by blanks."""
    out: dict[str, list[str]] = {}
    for atom in found:
        if not isinstance(atom, str):
            for name, value in mark(atom).items():
                out.setdefault(name, []).append(value)
    return {name: " ".join(dict.fromkeys(values)) for name, values in out.items()}


@dataclass(frozen=True, slots=True)
class _Known:
    """What may stand in a picture: words and figures by the keys under which they were handed to Vega."""

    words: Mapping[str, Words]
    figures: Mapping[str, Figure]
    show: Show


def trace(
    svg: str, words: Mapping[str, Words], figures: Mapping[str, Figure], show: Show
) -> ElementTree.Element:
    """Vega's SVG as a lean tree in which every text is a typed part's display or holds no digit.

    Vega hands each mark's key through as `aria-label`; a text without a known key, or that no longer reads as its
    words do, raises `UntracedDigit` if it holds a digit.
    """
    root = ElementTree.fromstring(svg)
    lean = ElementTree.Element("svg", {"viewBox": root.get("viewBox", "")})
    for child in root:
        _copy(child, lean, _Known(words, figures, show))
    return lean


def _copy(
    node: ElementTree.Element,
    parent: ElementTree.Element,
    known: _Known,
) -> None:
    tag = node.tag.removeprefix(_SVG)
    if tag in ("text", "title", "desc"):
        _copy_text(node, parent, tag, known)
        return
    if tag == "g":
        target = parent
        if node.get("transform", "translate(0,0)") != "translate(0,0)":
            target = ElementTree.SubElement(parent, "g", {"transform": _rounded(node.get("transform", ""))})
        for child in node:
            _copy(child, target, known)
    elif tag in ("path", "line", "rect") and _visible(node):
        figure = known.figures.get(node.get("aria-label", ""))
        ElementTree.SubElement(parent, tag, _look(node) | (mark(figure) if figure else {}))


def _visible(node: ElementTree.Element) -> bool:
    stroke, fill = node.get("stroke", "none"), node.get("fill", "none")
    return "background" not in node.get("class", "") and (stroke, fill) != ("none", "none")


def _copy_text(node: ElementTree.Element, parent: ElementTree.Element, tag: str, known: _Known) -> None:
    lines = tuple("".join(part.itertext()) for part in node) or ("".join(node.itertext()),)
    laid = known.words.get(node.get("aria-label", ""))
    if laid is None or laid.texts != lines:
        refuse_digits(" ".join(lines), where="a chart")
        plain = ElementTree.SubElement(parent, tag, _look(node))
        plain.text = " ".join(lines)
        return
    text = ElementTree.SubElement(parent, "text", _look(node))
    if laid.cut:
        title = ElementTree.SubElement(
            text, "title", marks(run.atom for line in laid.lines for run in line if run.atom)
        )
        title.text = laid.full
    for number, line in enumerate(laid.lines):
        row = text
        if number:
            row = ElementTree.SubElement(text, "tspan", {"x": "0", "dy": f"{laid.leading:g}"})
        for run in line:
            if run.atom is None:
                refuse_digits(run.text, where="a chart")
            elif run.text not in known.show(run.atom):
                raise UntracedDigit(f"a chart shows {run.text!r} for {run.atom!r}.", where="a chart")
            piece = ElementTree.SubElement(row, "tspan", mark(run.atom) if run.atom else {})
            piece.text = run.text


def _look(node: ElementTree.Element) -> dict[str, str]:
    """Geometry as attributes; colours as variables of the page, each with the literal colour to fall back on."""
    out = {name: _rounded(node.get(name, "")) for name in _GEOMETRY if node.get(name)}
    out |= {name: node.get(name, "") for name in _STROKES if node.get(name)}
    style = [f"{name}:{_colour(node.get(name, ''))}" for name in ("fill", "stroke") if node.get(name)]
    if node.get("stroke") and not node.get("fill"):
        style.insert(0, "fill:none")
    if style:
        out["style"] = ";".join(style)
    return out


def _colour(literal: str) -> str:
    name = _VARIABLES.get(literal)
    return f"var({name},{literal})" if name else literal


def _rounded(text: str) -> str:
    return re.sub(r"-?\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}", text)
