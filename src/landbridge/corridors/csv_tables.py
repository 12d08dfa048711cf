"""One CSV file as a table of text, or what is wrong with the file in words of its own rows."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from landbridge.errors import Problem

_ASKED = "a table is a CSV file: UTF-8, a header row, columns separated by commas"


def table_of(path: Path) -> pl.DataFrame | Problem:
    """The table in a file, every cell text and empty cells null; row 1 is the header.

    A `Problem` for what is not UTF-8, has another separator, an open quote, or a row of another width than its header.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(
            "is not UTF-8 text.", f"{path}, byte {error.start + 1}", remedy="Save it as CSV in UTF-8."
        )
    except OSError as error:
        return Problem(f"cannot be read: {error.strerror or error}.", str(path))
    head = text.split("\n", 1)[0]
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if mark in head and "," not in head:
            return Problem(f"the columns are separated by {name}; write commas.", f"{path}, row 1")
    return _rows(path, text)


def _rows(path: Path, text: str) -> pl.DataFrame | Problem:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    held: list[list[str]] = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            opened = "unexpected end of data" in str(error)
            what = "opens a quote that is never closed." if opened else "has a quote in the middle of a cell."
            if not opened and "expected after" not in str(error):
                what = f"is no row of a table: {error}."
            where = f"{path}, row {len(held) + 1}"
            return Problem(what, where, remedy='Close it, or write "" for a quote within a quoted cell.')
        # A line without anything is no row, but is counted, so that rows are named as an editor shows them.
        held.append(cells)
    if not held or not any(held[0]):
        return Problem("is empty.", str(path), remedy=f"{_ASKED[0].upper()}{_ASKED[1:]}.")
    header = [name.strip() for name in held[0]]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        return Problem(
            f"has the column {', '.join(twice)} more than once.", f"{path}, row 1", remedy="Keep one."
        )
    for number, cells in enumerate(held[1:], start=2):
        if cells and len(cells) != len(header):
            return Problem(
                f"has {len(cells)} cells, but the header has {len(header)} columns.",
                f"{path}, row {number}",
                remedy="Put a cell with a comma in it between quotes.",
            )
    names = [name or f"column {at}" for at, name in enumerate(header, start=1)]
    rows = [[cell or None for cell in cells] for cells in held[1:] if cells]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
