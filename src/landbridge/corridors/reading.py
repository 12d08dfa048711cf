"""Reading a network from tables: polars frames, or a user's folder of five CSV files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from landbridge.corridors.amounts import Amount
from landbridge.corridors.csv_tables import table_of
from landbridge.corridors.network import (
    UNITS,
    Capacity,
    Crossing,
    Line,
    Network,
    Node,
    Parameter,
    Transfer,
    Volume,
)
from landbridge.errors import BadFile, BadNetwork, Problem

# Rows named one by one when many share a problem.
_SHOWN = 8
_ENDS = ("low", "value", "high")
_FIVE = (*_ENDS, "status", "source")


def _five(*prefixes: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{name}" for prefix in prefixes for name in _FIVE)


# The columns a table must have; others are let pass unread.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "network_nodes": ("node", "name", "kind", "place", "country", "locode", "lat", "lon", "source", "note"),
    "network_links": (
        *("link", "a", "b", "mode"),
        *_five("length_km", "capacity"),
        *("capacity_unit", "capacity_year", "one_way", "note"),
    ),
    "network_crossings": (
        *("crossing", "name", "a", "b", "mode_a", "mode_b", "country_a", "country_b", "length_km"),
        *_five("hours", "charge_usd_t", "gauge_hours", "gauge_usd_t", "capacity"),
        *("hours_year", "gauge_break", "capacity_unit", "capacity_year"),
        *(f"volume_{name}" for name in ("value", "unit", "status", "source", "year")),
        *("open_from", "record", "note"),
    ),
    "network_modes": (
        "mode",
        "country",
        "parameter",
        "low",
        "value",
        "high",
        "unit",
        "status",
        "source",
        "note",
    ),
    "network_transfers": ("mode_a", "mode_b", "country", *_five("hours", "usd_t"), "note"),
    "network_use": (
        *("exporter", "importer", "sector", "mode", "crossing"),
        *("share_pct_low", "share_pct_value", "share_pct_high", "status", "source", "year", "note"),
    ),
    "unit_values": (
        *("exporter", "importer", "sector", "usd_t_low", "usd_t_value", "usd_t_high"),
        *("status", "source", "year", "note"),
    ),
}
# The five that make a network, in the order of `from_frames`.
TABLES = ("network_nodes", "network_links", "network_crossings", "network_modes", "network_transfers")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one row of a table; row 1 of a file is its header, and stands for the table itself."""

    table: str
    number: int
    what: str
    remedy: str = ""


@dataclass(slots=True)
class Row:
    """One row of a table: cells as words and numbers, with what is wrong noted in `problems`."""

    table: str
    number: int
    cells: Mapping[str, Any]
    problems: list[RowProblem] = field(repr=False)

    def wrong(self, what: str, remedy: str = "") -> None:
        """Note a problem of this row."""
        self.problems.append(RowProblem(self.table, self.number, what, remedy))

    def words(self, name: str) -> str:
        """The cell as text without blanks around it; empty when the cell is."""
        cell = self.cells[name]
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return "" if cell is None else str(cell).strip()

    def needed(self, name: str) -> str:
        """The cell as text; a problem when it is empty."""
        text = self.words(name)
        if not text:
            self.wrong(f"{name} is empty.")
        return text

    def number_of(self, name: str) -> float | None:
        """The cell as a number, None when it is empty; a problem when it is not a finite number."""
        cell = self.cells[name]
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.wrong(f"{name} is {cell!r}, which is not a finite number.")
            return 0.0
        return number

    def needed_number(self, name: str) -> float:
        """The cell as a number; a problem when it is empty."""
        number = self.number_of(name)
        if number is None:
            self.wrong(f"{name} is empty.")
        return number or 0.0

    def flag(self, name: str) -> bool:
        """The cell as yes (1) or no (0 or empty)."""
        text = self.words(name).casefold()
        if text not in {"", "0", "1", "true", "false"}:
            self.wrong(f"{name} is {text!r}; write 1 or 0.")
        return text in {"1", "true"}

    def amount(self, prefix: str, unit: str, evidence: str = "") -> Amount | None:
        """The amount in the three columns of `prefix`; None when all three numbers are empty.

        Status and source stand in columns of the prefix `evidence`, or of none. A value without a range is a
        point. A range without a value is a problem: nothing is put in its middle.
        """
        head = f"{prefix}_" if prefix else ""
        low, value, high = (self.number_of(head + name) for name in _ENDS)
        if value is None:
            if low is not None or high is not None:
                self.wrong(f"{head}value is empty beside a range.", "Give the central value as well.")
            return None
        status = self.needed(f"{evidence}status")
        source = tuple(self.words(f"{evidence}source").split())
        return Amount(
            value if low is None else low, value, value if high is None else high, unit, status, source
        )

    def evident(self, prefix: str, unit: str) -> Amount | None:
        """The amount in the five columns of `prefix`."""
        return self.amount(prefix, unit, f"{prefix}_")

    def needed_amount(self, prefix: str, unit: str, evidence: str | None = None) -> Amount:
        """The amount of `prefix`; a problem when it is empty, for missing is not zero."""
        before = len(self.problems)
        found = self.amount(prefix, unit, f"{prefix}_" if evidence is None else evidence)
        if found is None and len(self.problems) == before:
            self.wrong(
                f"{prefix or 'its'}{'_' if prefix else ' '}value is empty, and missing is not zero.",
                "Give a range with the status assumed where nothing better is held.",
            )
        return found or Amount.nothing(unit)

    def capacity(self) -> Capacity | None:
        """The capacity with its unit; a unit without a number is a problem."""
        unit = self.words("capacity_unit")
        before = len(self.problems)
        found = self.evident("capacity", unit)
        if found is None:
            if unit and len(self.problems) == before:
                self.wrong(
                    f"capacity_unit says {unit!r} but no capacity is given.", "Give it, or empty the unit."
                )
            return None
        if not unit:
            self.wrong("capacity_value has no capacity_unit.")
        return Capacity(found, self.words("capacity_year"))

    def volume(self) -> Volume | None:
        """What passed: a single value with its unit."""
        value = self.number_of("volume_value")
        if value is None:
            return None
        status = self.needed("volume_status")
        source = tuple(self.words("volume_source").split())
        amount = Amount(value, value, value, self.needed("volume_unit"), status, source)
        return Volume(amount, self.words("volume_year"))


def from_frames(
    nodes: pl.DataFrame,
    links: pl.DataFrame,
    crossings: pl.DataFrame,
    modes: pl.DataFrame,
    transfers: pl.DataFrame,
) -> Network:
    """The network of five tables with the columns of `COLUMNS`, typed or as text.

    Raises `BadNetwork`: first with every missing column and every cell that cannot be read (table and row), then,
    when all can be read, with every problem of the network itself.
    """
    found: list[RowProblem] = []
    tables = dict(zip(TABLES, (nodes, links, crossings, modes, transfers), strict=True))
    rows = {name: tuple(rows_of(name, frame, found)) for name, frame in tables.items()}
    parts = (
        [_node(row) for row in rows["network_nodes"]],
        [_line(row) for row in rows["network_links"]],
        [_crossing(row) for row in rows["network_crossings"]],
        [_parameter(row) for row in rows["network_modes"]],
        [_transfer(row) for row in rows["network_transfers"]],
    )
    if found:
        raise BadNetwork(together(found))
    return Network.of(*parts)


def from_folder(path: str | Path) -> Network:
    """The network in a folder with network_nodes.csv, network_links.csv, network_crossings.csv, network_modes.csv
    and network_transfers.csv (UTF-8, a header row, empty cell = not held).

    Raises `BadFile` when files are absent or are no CSV, `BadNetwork` like `from_frames`.
    """
    folder = Path(path)
    absent = [f"{name}.csv" for name in TABLES if not (folder / f"{name}.csv").is_file()]
    if absent:
        raise BadFile(
            f"a network needs five files; not there: {', '.join(absent)}.",
            where=str(folder),
            remedy="Copy the tables of that name from a release and change them.",
        )
    frames, found = [], []
    for name in TABLES:
        read = table_of(folder / f"{name}.csv")
        if isinstance(read, Problem):
            found.append(read)
        else:
            frames.append(read)
    if found:
        raise BadFile(found)
    return from_frames(*frames)


def together(found: Iterable[RowProblem]) -> list[Problem]:
    """The problems with the rows that share one named together, so that a fault of a whole column is one line."""
    alike: dict[tuple[str, str, str], list[int]] = {}
    for problem in found:
        alike.setdefault((problem.table, problem.what, problem.remedy), []).append(problem.number)
    made = []
    for (table, what, remedy), numbers in alike.items():
        shown = ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")
        many = f" ({len(numbers)} rows)" if len(numbers) > _SHOWN else ""
        rows = f"row{'s' if len(numbers) > 1 else ''} {shown}{many}"
        made.append(Problem(what, f"{table}, {rows}", remedy=remedy))
    return made


def rows_of(name: str, frame: pl.DataFrame, found: list[RowProblem]) -> Iterator[Row]:
    """The rows of a table; none when it lacks columns, which are noted."""
    lacking = [column for column in COLUMNS[name] if column not in frame.columns]
    if lacking:
        found.append(
            RowProblem(name, 1, f"has no column {', '.join(lacking)}.", "Add them; cells may be empty.")
        )
        return
    # Row 1 of a file is its header.
    for number, cells in enumerate(frame.iter_rows(named=True), start=2):
        yield Row(name, number, cells, found)


def _node(row: Row) -> Node:
    return Node(
        row.needed("node"),
        row.needed("name"),
        row.needed("kind"),
        place=row.words("place"),
        country=row.needed("country"),
        lat=row.needed_number("lat"),
        lon=row.needed_number("lon"),
        locode=row.words("locode"),
        source=tuple(row.words("source").split()),
        note=row.words("note"),
    )


def _line(row: Row) -> Line:
    return Line(
        row.needed("link"),
        row.needed("a"),
        row.needed("b"),
        row.needed("mode"),
        row.needed_amount("length_km", "km"),
        row.capacity(),
        row.flag("one_way"),
        row.words("note"),
    )


def _crossing(row: Row) -> Crossing:
    # The stations face each other: a length without a range or a source is an estimate from their places.
    length = row.needed_number("length_km")
    return Crossing(
        row.needed("crossing"),
        row.needed("name"),
        row.needed("a"),
        row.needed("b"),
        row.needed("mode_a"),
        row.needed("mode_b"),
        row.needed("country_a"),
        row.needed("country_b"),
        length=Amount(length, length, length, "km", "estimated"),
        hours=row.needed_amount("hours", "h"),
        charge=row.needed_amount("charge_usd_t", "USD/t"),
        gauge_break=row.flag("gauge_break"),
        gauge_hours=row.evident("gauge_hours", "h"),
        gauge_usd_t=row.evident("gauge_usd_t", "USD/t"),
        capacity=row.capacity(),
        volume=row.volume(),
        hours_year=row.words("hours_year"),
        open_from=row.words("open_from"),
        record=row.words("record"),
        note=row.words("note"),
    )


def _parameter(row: Row) -> Parameter:
    name = row.needed("parameter")
    return Parameter(
        row.needed("mode"),
        row.needed("country"),
        name,
        row.needed_amount("", UNITS.get(name, row.words("unit")), evidence=""),
        row.words("note"),
    )


def _transfer(row: Row) -> Transfer:
    return Transfer(
        row.needed("mode_a"),
        row.needed("mode_b"),
        row.needed("country"),
        row.needed_amount("hours", "h"),
        row.needed_amount("usd_t", "USD/t"),
        row.words("note"),
    )
