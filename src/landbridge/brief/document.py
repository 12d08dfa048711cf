"""The document model of a brief: sections of blocks made of typed parts. A page, a workbook and JSON show the same model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from landbridge.brief.text import Atom, Code, Date, Label, Name, Part, Quote, Sentence, atoms
from landbridge.provenance import Figure, Source


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that belong together."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences, one point each."""

    items: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: Sentence


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the questions on page one, with its answer and an evidence grade A to E."""

    question: Sentence
    answer: Sentence
    grade: Code
    why_this_grade: Sentence


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is asked but cannot be answered, why, and what would change that."""

    what: Sentence
    why: Sentence
    remedy: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of typed cells. `None` is an empty cell: nothing known, never zero. `name` is its sheet in a workbook.

    A page shows the first `shown` rows, or all; the workbook and JSON always have every row. `fold` lets a page close it.
    """

    name: str
    title: Sentence
    columns: tuple[Sentence, ...]
    rows: tuple[tuple[Part | None, ...], ...]
    note: Sentence | None = None
    fold: bool = False
    shown: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart."""

    label: Part
    points: tuple[tuple[Date, Figure], ...]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A single point that a chart shows beside its lines, such as a target."""

    date: Date
    figure: Figure
    label: Part


@dataclass(frozen=True, slots=True)
class Lines:
    """Values over time, one or more series of one unit."""

    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoke:
    """One period of a fan: the median with the range that holds nine paths in ten, and the range that holds half of them."""

    date: Date
    middle: Figure
    inner: Figure


@dataclass(frozen=True, slots=True)
class Fan:
    """What was counted and the paths that may follow. The fan opens at `start`; `marks` stand apart, such as targets.

    `half` and `most` name the ranges that hold half of the paths and nine in ten, `median` the middle.
    """

    history: tuple[Series, ...]
    start: tuple[Date, Figure]
    spokes: tuple[Spoke, ...]
    median: Part
    half: Part
    most: Part
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; a figure with low and high gets a whisker."""

    label: Part
    figure: Figure
    group: Part | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Values side by side, of one unit, in the order given; `group` colours or facets them."""

    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """What is observed against what is expected, and the range of what is normal."""

    label: Part
    observed: Figure
    expected: Figure
    normal: Figure


@dataclass(frozen=True, slots=True)
class Contrast:
    """Observed beside expected values of one unit, on a scale of ratios; `observed` and `expected` head the numbers."""

    rows: tuple[Against, ...]
    observed: Part
    expected: Part


@dataclass(frozen=True, slots=True)
class Effect:
    """A change with its range, what other methods make of it, and the verdict: `gain`, `loss` or `undetermined`.

    Effects of one `group` share a scale; the group says which.
    """

    label: Part
    figure: Figure
    methods: Figure
    verdict: str
    group: Part | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Changes of one unit on both sides of zero, in the order given; `losses` and `gains` head the two sides."""

    effects: tuple[Effect, ...]
    losses: Part
    gains: Part


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row of a ranking; `sourced` tells whether what it rests on has a source or is assumed."""

    label: Part
    figure: Figure
    sourced: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """Medians with their ranges, of one unit, in the order given; `sourced` and `assumed` name the two kinds of rows."""

    rows: tuple[Ranked, ...]
    sourced: Part
    assumed: Part


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of a timeline."""

    date: Date
    label: Part
    lane: Part


@dataclass(frozen=True, slots=True)
class Timeline:
    """Dated happenings in lanes."""

    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: title, what to see in it, a text alternative, and typed data. Unit and sources are read off the data."""

    id: str
    title: Sentence
    see: Sentence
    alternative: Sentence
    data: Lines | Fan | Bars | Contrast | Spread | Ranking | Timeline


Block = Heading | Paragraph | Points | Answer | Refusal | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its blocks."""

    id: str
    title: Sentence
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A brief. `pair` are the two place codes; `sources` those that its figures and names rest on."""

    pair: tuple[str, str]
    title: Sentence
    subtitle: Sentence
    front: tuple[Section, ...]
    body: tuple[Section, ...]
    sources: tuple[Source, ...]
    release: str
    as_of: str
    language: str
    version: str

    @property
    def sections(self) -> tuple[Section, ...]:
        """Front page and body in order."""
        return self.front + self.body

    def figures(self, *, on_page: bool = False) -> dict[str, Figure]:
        """Every figure, and every figure under one, by id in order of first appearance.

        `on_page` leaves out those in rows that a page does not show.
        """
        found: dict[str, Figure] = {}
        for figure in _figures(self.sections, on_page):
            _collect(figure, found)
        return found

    def tables(self) -> tuple[Table, ...]:
        """Every table of the document, in order."""
        return tuple(
            block for section in self.sections for block in section.blocks if isinstance(block, Table)
        )

    def to_dict(self) -> dict[str, Any]:
        """The model as plain data (JSON): typed parts become objects with one telling key."""
        return {
            "schema": "landbridge/brief/1",
            "verb": "brief",
            "pair": list(self.pair),
            "release": self.release,
            "version": self.version,
            "as_of": self.as_of,
            "language": self.language,
            "title": _data(self.title),
            "subtitle": _data(self.subtitle),
            "sections": [_data(section) for section in self.sections],
            "figures": {identifier: figure.record() for identifier, figure in self.figures().items()},
            "sources": [_data(source) for source in self.sources],
        }


def _collect(figure: Figure, found: dict[str, Figure]) -> None:
    if figure.id not in found:
        found[figure.id] = figure
        for item in figure.inputs:
            _collect(item, found)


def _figures(node: Any, on_page: bool) -> Iterator[Figure]:
    if isinstance(node, Table) and on_page and node.shown is not None:
        node = replace(node, rows=node.rows[: node.shown], shown=None)
    if isinstance(node, Figure):
        yield node
    elif isinstance(node, Sentence):
        yield from (atom for atom in atoms(node) if isinstance(atom, Figure))
    elif isinstance(node, tuple | list):
        for item in node:
            yield from _figures(item, on_page)
    elif is_dataclass(node) and not isinstance(node, Atom):
        for spec in fields(node):
            yield from _figures(getattr(node, spec.name), on_page)


def _data(node: Any) -> Any:
    match node:
        case Figure():
            return {"figure": node.id}
        case Sentence():
            return [piece if isinstance(piece, str) else _data(piece) for piece in atoms(node)]
        case Date():
            return {"date": node.period}
        case Code():
            return {"code": node.code}
        case Label():
            return {"label": node.text, "code": node.code}
        case Name():
            return {"name": node.text, "record": node.record}
        case Quote():
            return {"quote": node.text, "statement": node.statement}
        case tuple() | list():
            return [_data(item) for item in node]
        case _ if is_dataclass(node):
            out = {spec.name: _data(getattr(node, spec.name)) for spec in fields(node)}
            return out if isinstance(node, Source) else {"block": type(node).__name__.lower(), **out}
        case _:
            return node
