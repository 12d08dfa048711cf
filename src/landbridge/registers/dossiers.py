"""Sector dossiers: what two places trade, build, sign, hinder and plan in one sector, joined on a page.

Sectors are defined in `dossiers.yaml`. A part of which nothing is held is named as missing, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from landbridge import codes
from landbridge.errors import BadUsage, NotHeld
from landbridge.ledger import Record, Statement
from landbridge.provenance import Figure, Unavailable, derive
from landbridge.provenance.status import weakest
from landbridge.registers.depth import Depth, depth_of
from landbridge.registers.dossier_tariffs import is_duty, rate_of
from landbridge.registers.dossier_words import Scope, match, names, scope
from landbridge.registers.moments import day
from landbridge.registers.naming import name_of
from landbridge.registers.nearness import near, places_of
from landbridge.registers.sector_facts import detail
from landbridge.registers.timeline import touching
from landbridge.registers.timeline_words import figures
from landbridge.release.data import Data

if TYPE_CHECKING:
    from landbridge.flows.trade import TradeFlows

__all__ = ["PARTS", "Dossier", "Gap", "Line", "dossier", "names"]

# Part of the page → the kinds of record on it.
_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "published figures": ("trade",),
        "projects": ("project",),
        "documents": ("document",),
        "mechanisms": ("mechanism",),
        "events": ("event",),
        "targets": ("target",),
        "barriers": ("barrier",),
        "measures": ("measure",),
        "steps at the border": ("step",),
        "routes": ("corridor", "crossing"),
        "funds": ("fund",),
        "zones": ("zone",),
        "actors": ("actor",),
        "people": ("people",),
        "information": ("information",),
    }
)
PARTS = ("flows", "tariffs", *_KINDS)
"""The parts of a dossier, in order."""
# Records of one side alone that belong on the page: its own acts, exports to all, bodies.
_ONE_SIDED = ("trade", "document", "actor", "zone", "project")
# Links that make a record part of a sector because another one is: kind, property, kind of the other. What was concluded
# under a broad agreement is not of the sector for that.
_LINKS = (
    ("measure", "against", "barrier"),
    ("project", "document", "document"),
    ("project", "parent", "project"),
    ("document", "replaces", "document"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a dossier: a record with what it comes to, or a figure. `found_by` says why it is on the page."""

    part: str
    what: str
    detail: str
    found_by: str
    near: str = ""
    record: Record | None = None
    figure: Figure | None = None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements behind a record; empty for a figure, which has its own chain."""
        return self.record.statements if self.record is not None else ()

    def row(self) -> dict[str, Any]:
        """Plain columns; `ids` lead to the statements, `figure` to the chain of a figure."""
        held, figure = self.record, self.figure
        status = (
            figure.status.value
            if figure is not None
            else weakest(item.status for item in held.statements).value
            if held is not None
            else None
        )
        return {
            "part": self.part,
            "record": None if held is None else held.subject,
            "what": self.what,
            "detail": self.detail or None,
            "value": None if figure is None else figure.value,
            "low": None if figure is None else figure.low,
            "high": None if figure is None else figure.high,
            "unit": None if figure is None else figure.unit,
            "period": (figure.period or None) if figure is not None else None,
            "weakest_status": status,
            "found_by": self.found_by,
            "near": self.near or None,
            "figure": None if figure is None else figure.id,
            "ids": " ".join(item.id for item in self.statements) or None,
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of the page on which nothing, or not all, is held."""

    part: str
    why: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {"part": self.part, "missing": self.why}


@dataclass(frozen=True, slots=True)
class Dossier:
    """One sector between two places on a day."""

    sector: Scope
    a: str
    b: str
    today: str
    lines: tuple[Line, ...]
    depth: Depth
    missing: tuple[Gap, ...]

    def part(self, name: str) -> tuple[Line, ...]:
        """The lines of one part."""
        return tuple(line for line in self.lines if line.part == name)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """Every line as plain columns."""
        return tuple(line.row() for line in self.lines)

    def summary(self) -> tuple[dict[str, Any], ...]:
        """One row a part: how many lines, what they are in short, and what is missing."""
        gaps: dict[str, list[str]] = {}
        for gap in self.missing:
            gaps.setdefault(gap.part, []).append(gap.why)
        rows: list[dict[str, Any]] = [
            {
                "part": name,
                "lines": len(held := self.part(name)),
                "what": _short(held),
                "missing": " ".join(gaps.get(name, ())) or None,
            }
            for name in PARTS
        ]
        furthest = {
            "part": "depth",
            "lines": len(self.depth.evidence),
            "what": self.depth.furthest or None,
            "missing": self.depth.why,
        }
        return (*rows, furthest)


def dossier(data: Data, name: str, a: str, b: str, today: str) -> Dossier:
    """The dossier of a sector between two places on a day.

    Of a region its country's records stand on the page too, and its country's flows where the region has none of its own;
    `near` of a line says so. Raises `UnknownLabel` for an unknown
    sector or place, `BadUsage` for one place twice.
    """
    day(today)
    sector = scope(name)
    if codes.place(a).code == codes.place(b).code:
        raise BadUsage(f"{a} is named twice.", remedy="Name two places.")
    lines: list[Line] = []
    missing: list[Gap] = []
    found = tuple(_records(data, sector, a, b))
    _flows(data, sector, (a, b), lines, missing)
    _tariffs(data, sector, (a, b), lines, missing, [record for record, _, _ in found], today)
    by_part = {kind: part for part, kinds in _KINDS.items() for kind in kinds}
    lines += [
        Line(by_part[record.kind], name_of(record), detail(record, today), why, lies, record)
        for record, why, lies in found
    ]
    for part in _KINDS:
        if not any(line.part == part for line in lines):
            missing.append(Gap(part, f"The ledger holds no {part} of this sector between {a} and {b}."))
    traded = [line for line in lines if line.part in ("flows", "published figures")]
    projects = [line.record for line in lines if line.part == "projects" and line.record is not None]
    depth = depth_of(projects, [_sale(line, sector) for line in traded if _sold(line)], today)
    lines.sort(key=lambda line: PARTS.index(line.part))
    return Dossier(sector, a, b, today, tuple(lines), depth, tuple(missing))


def _flows(data: Data, sector: Scope, ends: tuple[str, str], lines: list[Line], missing: list[Gap]) -> None:
    """Trade both ways by industry and by chapter, each code by itself, and the sum of those that hold nothing else.

    Where none is held of a region, that of the countries stands on the page under the countries' own names, and is marked.
    """
    for by, listed in (("sector", sector.sectors), ("hs2", sector.chapters)):
        pair, what = ends, "industry" if by == "sector" else "chapter"
        try:
            held = data.trade.best(*pair, None, by)
        except NotHeld:
            around = (codes.place(ends[0]).country, codes.place(ends[1]).country)
            found = _held(data, around, by) if around != ends and around[0] != around[1] else None
            if found is None:
                missing.append(Gap("flows", f"By {what}: no trade between {ends[0]} and {ends[1]} is held."))
                continue
            pair, held = around, found
            named = " and ".join(codes.place(code).name for code in pair)
            why = f"By {what}: no flow between {ends[0]} and {ends[1]} is held; those listed are of {named} as a whole."
            missing.append(Gap("flows", why))
        near_by = (
            "" if pair == ends else f"of {pair[0]} and {pair[1]} as a whole, not of {ends[0]} and {ends[1]}"
        )
        for exporter, importer in permutations(pair):
            _one_way(sector, by, listed, held, (exporter, importer), near_by, lines, missing)


def _held(data: Data, pair: tuple[str, str], by: str) -> TradeFlows | None:
    try:
        return data.trade.best(*pair, None, by)
    except NotHeld:
        return None


def _one_way(
    sector: Scope,
    by: str,
    listed: Mapping[str, bool],
    held: TradeFlows,
    ends: tuple[str, str],
    near_by: str,
    lines: list[Line],
    missing: list[Gap],
) -> None:
    """The flows of one direction by the codes of one classification, and their sum."""
    exporter, importer = ends
    way = f"{exporter} to {importer}"
    recorded = set(held.between(exporter, importer)["item"].to_list())
    whole: list[Figure] = []
    for code, own in listed.items():
        figure = held.item(exporter, importer, code) if code in recorded else None
        name = codes.sector(code).name if by == "sector" else codes.chapter(code).name
        # Some industries and chapters have one name and count different goods.
        basis = f"{'industry' if by == 'sector' else 'chapter'} {code}"
        label = f"{name} ({basis})"
        if not isinstance(figure, Figure):
            why = "no flow is recorded, which is not zero" if figure is None else str(figure)
            missing.append(Gap("flows", f"{label}, {way}: {why}."))
            continue
        reason = f"{basis} of the sector"
        covers = "" if own else "holds other goods too"
        lines.append(Line("flows", f"{label}, {way}", covers, reason, near_by, figure=figure))
        whole += [figure] if own else []
    if len(whole) > 1:
        lines.append(_sum(sector, whole, ends, by, near_by))


def _sum(sector: Scope, parts: list[Figure], ends: tuple[str, str], by: str, near_by: str) -> Line:
    exporter, importer = ends
    # A part without a range counts with its value at both ends.
    lows = [part.point if part.low is None else part.low for part in parts]
    highs = [part.point if part.high is None else part.high for part in parts]
    ranged = any(part.low is not None for part in parts)
    figure = derive(
        f"{sector.title}, {exporter} to {importer}, codes that hold nothing else",
        sum(part.point for part in parts),
        "USD",
        parts,
        "landbridge.registers.dossiers.dossier",
        low=sum(lows) if ranged else None,
        high=sum(highs) if ranged else None,
    )
    kind = "industries" if by == "sector" else "chapters"
    what = f"{sector.title}, {exporter} to {importer}, by {'industry' if by == 'sector' else 'chapter'}"
    return Line("flows", what, f"sum of {len(parts)} {kind}", "sum", near_by, figure=figure)


def _tariffs(
    data: Data,
    sector: Scope,
    ends: tuple[str, str],
    lines: list[Line],
    missing: list[Gap],
    records: Sequence[Record],
    today: str,
) -> None:
    """What each side levies on the industries of the sector; for regions, what their countries levy.

    Where no duty of a country is cited, that of a member of its customs union counts, for their tariff is one.
    """
    for seller, buyer in permutations(codes.place(end).country for end in ends):
        unknown = []
        for code in sector.sectors:
            rate, union = rate_of(data, buyer, seller, code, today)
            if isinstance(rate, Unavailable):
                unknown.append(code)
                continue
            what = f"Duty of {buyer} on {codes.sector(code).name} from {seller}{union}"
            lines.append(Line("tariffs", what, rate.note, f"industry {code} of the sector", figure=rate))
        if unknown:
            why = f"No duty of {buyer} on {', '.join(unknown)} from {seller} is cited: unknown, not zero."
            single = [name_of(record) for record in records if is_duty(record, buyer, seller)]
            if single:
                why += f" Duties on single goods stand among the barriers: {'; '.join(single)}."
            missing.append(Gap("tariffs", why))


def _records(data: Data, sector: Scope, a: str, b: str) -> Iterator[tuple[Record, str, str]]:
    """The records of the sector that touch both places or are one side's own, with why and how near."""
    held: dict[str, tuple[Record, str]] = {}
    everywhere: dict[str, tuple[Record, str]] = {}
    kinds = tuple(kind for group in _KINDS.values() for kind in group)
    for record in data.ledger.records(*kinds):
        if (lies := _lies(record, a, b)) is None:
            continue
        everywhere[record.subject] = (record, lies)
    reasons: dict[str, str] = {}
    for subject, (record, _) in everywhere.items():
        if (hit := match(sector, record)) is not None:
            reasons[subject] = str(hit)
    _follow(everywhere, reasons)
    for subject in everywhere:
        if subject in reasons:
            held[subject] = everywhere[subject]
    for subject in sorted(held):
        record, lies = held[subject]
        yield record, reasons[subject], _alone(record, reasons[subject], lies, a, b)


def _alone(record: Record, reason: str, lies: str, a: str, b: str) -> str:
    """How an actor of one side lies: one that only a word brought here is not known to work with the other side."""
    if record.kind != "actor" or not lies.endswith(" alone") or reason.startswith("an actor of"):
        return lies
    other = b if lies == f"{a} alone" else a
    return f"{lies}; nothing held ties it to {other}"


def _follow(everywhere: Mapping[str, tuple[Record, str]], reasons: dict[str, str]) -> None:
    """Adds what the records found point at, or what points at them, until nothing more is found."""
    grown = True
    while grown:
        before = len(reasons)
        for subject, (record, _) in everywhere.items():
            for kind, name, _other in _LINKS:
                for said in record.all(name) if record.kind == kind else ():
                    if said.text in reasons and subject not in reasons:
                        reasons[subject] = f"its {name} is {said.text}"
                    # A project of the sector brings its agreement along; a measure does not bring its barrier.
                    if name == "document" and subject in reasons and said.text in everywhere:
                        reasons.setdefault(said.text, f"the document of {subject}")
        grown = len(reasons) > before
    named = {
        said.text.casefold(): subject
        for subject in reasons
        if everywhere[subject][0].kind == "project"
        for said in everywhere[subject][0].all("actor")
    }
    for subject, (record, _) in everywhere.items():
        if record.kind == "actor" and subject not in reasons:
            name = record.name.casefold()
            for words, project in named.items():
                if name in words:
                    reasons[subject] = f"an actor of {project}"


def _lies(record: Record, a: str, b: str) -> str | None:
    """How a record lies to the two places, in words; None where it belongs to neither pair nor side."""
    sides = touching(record, a, b, wide=True)
    if sides is not None:
        return "; ".join(str(item) for item in sides if item.via != item.place)
    if record.kind not in _ONE_SIDED:
        return None
    countries = {codes.place(code).country for code in places_of(record)}
    for side in (a, b):
        if near(record, side) is not None and countries <= {codes.place(side).country}:
            return f"{side} alone"
    return None


def _sold(line: Line) -> bool:
    if line.figure is not None:
        # What the countries trade shows nothing of two of their regions.
        return line.figure.point > 0 and line.found_by != "sum" and not line.near
    return line.record is not None and bool(_sales(line.record))


def _sales(record: Record) -> tuple[Statement, ...]:
    two_sided = len(set(record.parties)) > 1
    return tuple(record.quantities("exports", "imports", "turnover")) if two_sided else ()


def _sale(line: Line, sector: Scope) -> tuple[str, bool, tuple[str, ...]]:
    """What was sold, whether it is of this sector alone, and the ids behind."""
    if line.figure is not None:
        code = line.found_by.split()[1]
        own = {**sector.sectors, **sector.chapters}[code]
        return line.what, own, (line.figure.id,)
    assert line.record is not None
    return line.what, True, tuple(item.id for item in _sales(line.record))


def _short(lines: Iterable[Line]) -> str | None:
    """Up to three lines in words, sums first, and how many more there are."""
    ordered = sorted(lines, key=lambda line: line.found_by != "sum")
    words = []
    for line in ordered[:3]:
        figure = line.figure
        words.append(
            f"{line.what}: {figures(figure.point)} {figure.unit}{f' ({line.near})' if line.near else ''}"
            if figure is not None
            else f"{line.what} ({line.near})"
            if "nothing held ties it" in line.near
            else line.what
        )
    more = len(ordered) - len(words)
    return "; ".join((*words, *([f"{more} more"] if more > 0 else []))) or None
