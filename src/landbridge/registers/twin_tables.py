"""Tables of twinned places, read row by row: what a list of cities or of regions states, and what is wrong with it.

Two layouts are known by their header. A list of cities has one tie a row and, for each side, a city, its country and,
where somebody has found it, its region. A list of regions has codes on both sides, several apart by commas.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path

import numpy as np

from landbridge.codes.matching import plain
from landbridge.errors import BadFile
from landbridge.flows.distance import great_circle_km
from landbridge.registers.twin_rows import (
    CITIES,
    REGIONS,
    Reading,
    Stated,
    city_row,
    known_by,
    region_row,
    require_plain,
)
from landbridge.sources.guard import LIMITS, MIB, bad_byte, plain_text, regular_file

# A list of every twinned city of the world is far below this; what is larger is another table.
LARGEST = 50 * MIB
# Two lines whose cities lie this close on both sides are shown as perhaps one tie written twice. Town and district of one
# name share a point; quarters of one city lie farther apart.
_SAME_KM = 1.0
# No city has so many twins; where a file says otherwise, its points are not compared with each other.
_MOST_TWINS = 1000
REPEATED = "the same tie stands there twice"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that were not kept, for one reason, each in words."""

    reason: str
    examples: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.examples)

    @property
    def example(self) -> str:
        """The first of them."""
        return self.examples[0]


@dataclass(frozen=True, slots=True)
class TwinTable:
    """What a file states. `rows_in` is the rows kept plus those counted in `left_out`."""

    file: str
    rows_in: int
    rows_kept: int
    ties: tuple[Stated, ...]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


def read(path: Path, *, largest: int = LARGEST) -> TwinTable:
    """The ties that one csv file states. Raises `BadFile` with every problem of the file and its line."""
    reading = Reading(path.name)
    lines = list(_lines(path, largest))
    header = [cell.strip() for cell in lines[0][1]]
    cities = _layout(header, path.name)
    rows = _rows(lines[1:], header, reading)
    for line, row in rows:
        before = len(reading.problems)
        require_plain(line, row, reading)
        if len(reading.problems) == before:
            (city_row if cities else region_row)(line, row, reading)
    kept = _without_repeats(reading)
    if reading.problems:
        raise BadFile([problem for _, problem in sorted(reading.problems, key=itemgetter(0))])
    if not rows:
        raise BadFile("there is no row under the header.", where=path.name, remedy="Download the file again.")
    left = tuple(LeftOut(reason, tuple(found)) for reason, found in reading.left.items() if found)
    count = len(rows) - sum(item.count for item in left)
    return TwinTable(path.name, len(rows), count, tuple(kept), left, tuple(_notes(reading, kept)))


def _lines(path: Path, largest: int) -> Iterator[tuple[int, list[str]]]:
    plain_text(regular_file(path, largest), path.name)
    if problem := bad_byte(path, path.name, "utf-8", LIMITS.line):
        raise BadFile([replace(problem, remedy="Save the table as UTF-8 and load it again.")])
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline().rstrip("\r\n")
        delimiter = max((",", ";", "\t"), key=first.count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as error:
            raise BadFile(
                f"not csv: {error}.",
                where=f"{path.name}, line {reader.line_num}",
                cause="A quote is never closed, or stands inside a cell.",
            ) from None


def _layout(header: Sequence[str], name: str) -> bool:
    """True for a list of cities, False for one of regions; raises `BadFile` for a header that is neither."""
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise BadFile(f"the header has {', '.join(twice)} twice.", where=f"{name}, line 1")
    for layout in (CITIES, REGIONS):
        if set(layout) <= set(header):
            return layout is CITIES
    near = max((CITIES, REGIONS), key=lambda layout: len(set(layout) & set(header)))
    missing = [column for column in near if column not in header]
    raise BadFile(
        f"the header has no column {', '.join(missing)}.",
        where=f"{name}, line 1",
        cause=f"It has: {', '.join(plain(column[:30]) for column in header[:15] if column) or 'nothing'}.",
        remedy=f"A list of cities has the columns {', '.join(CITIES)}; a list of regions has {', '.join(REGIONS)}. "
        "See docs/howto/load-twins.md.",
    )


def _rows(
    lines: Iterable[tuple[int, list[str]]], header: Sequence[str], reading: Reading
) -> list[tuple[int, dict[str, str]]]:
    rows = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            reading.wrong(
                line,
                f"{len(cells)} cells where the header has {len(header)}.",
                "The file is cut off there, or a cell holds an unquoted delimiter.",
            )
            continue
        # A line break within a quoted cell is a space: no name of a place has one.
        rows.append((line, {name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=True)}))
    return rows


def _without_repeats(reading: Reading) -> list[Stated]:
    """Every tie once. Rows that say the same again are counted; two that differ in what they say are a problem."""
    first: dict[object, Stated] = {}
    again: dict[int, tuple[Stated, Stated]] = {}
    for stated in reading.ties:
        earlier = first.setdefault(stated.identity, stated)
        if earlier is stated:
            continue
        told = [(tie.level, tie.form, tie.since, tie.until, tie.remark) for tie in (earlier, stated)]
        if told[0] == told[1]:
            again[stated.line] = (stated, earlier)
        else:
            reading.wrong(
                stated.line,
                f"{stated.title} stands in line {earlier.line} already, with another date, form, level or remark.",
                remedy="Keep the row that is right.",
            )
    kept = list(first.values())
    lines = {stated.line for stated in kept}
    reading.left[REPEATED] += [
        f"line {line}: {stated.title}, as in line {earlier.line}"
        for line, (stated, earlier) in again.items()
        if line not in lines
    ]
    return kept


def _notes(reading: Reading, kept: Sequence[Stated]) -> Iterator[str]:
    if reading.placeless:
        yield (
            f"{reading.name}: {len(reading.placeless)} cities have no region, and are kept under their country: "
            f"{some(reading.placeless)}."
        )
    if reading.one_point:
        yield f"{reading.name}: one point for both cities, so one of them is wrong: {some(reading.one_point)}."
    if misplaced := list(_misplaced(reading.ties)):
        yield f"{reading.name}: the part of a city has another region than the city: {some(misplaced)}."
    lines = {stated.line for stated in kept}
    points = [(stated, point) for stated, point in reading.points if stated.line in lines]
    if doubtful := list(_near_repeats(points)):
        yield f"{reading.name}: perhaps one tie written twice, both kept: {some(doubtful)}."


def some(items: Sequence[str], shown: int = 10) -> str:
    """The first of many things in one line, and how many more there are."""
    more = len(items) - shown
    return "; ".join(items[:shown]) + (f"; and {more} more" if more > 0 else "")


def _near_repeats(points: Sequence[tuple[Stated, tuple[float, ...]]]) -> Iterator[str]:
    """Ties of one city with two others that lie at one point: a town written in two ways, or with its district."""
    groups: dict[str, list[tuple[Stated, tuple[float, ...]]]] = defaultdict(list)
    for stated, point in points:
        # A list may name the two cities in either order.
        for own, other in ((0, 1), (1, 0)) if stated.names else ():
            place = f"{stated.parties[own]} {known_by(stated.names[own])}"
            groups[place].append((stated, point[2 * other : 2 * other + 2]))
    for group in groups.values():
        if len(group) > _MOST_TWINS:
            continue
        at = np.array([point for _, point in group])
        near = np.triu(great_circle_km(at, at) < _SAME_KM, 1)
        for i, j in np.argwhere(near).tolist():
            first, second = group[i][0], group[j][0]
            yield f"{first.title} (line {first.line}) and {second.title} (line {second.line})"


def _misplaced(ties: Sequence[Stated]) -> Iterator[str]:
    """Parts of cities, written `Part (City)`, whose region is not the one that the file gives for the city."""
    sides = [
        (name, code, tie)
        for tie in ties
        if tie.names
        for name, code in zip(tie.names, tie.parties, strict=True)
    ]
    regions = {name: code for name, code, _ in sides}
    for name, code, tie in sides:
        whole = name.rpartition("(")[2].removesuffix(")") if name.endswith(")") else ""
        if whole in regions and regions[whole] != code:
            yield f"{name} is in {code}, {whole} in {regions[whole]} (line {tie.line})"
