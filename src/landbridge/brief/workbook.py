"""A brief as a workbook: numbers as numbers in base units, everything else as text that no program will run."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from landbridge.brief import writing
from landbridge.brief.catalogue import catalogue
from landbridge.brief.document import Document, Table
from landbridge.brief.numbers import show
from landbridge.brief.statuses import meaning, used
from landbridge.brief.text import Part, atoms, plain
from landbridge.provenance import Figure

_LONGEST_NAME, _LONGEST_TEXT = 31, 32767
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

Cell = str | float | None


def write(document: Document, path: Path) -> None:
    """Write every table of the document to `path`: `About`, a sheet each, `Figures` and `Sources`.

    A column that ever holds a figure is followed by its unit, period, status, range, source and figure id, and by its
    hedge where any of its figures has one (about, more than). A cell of words with figures in it stays text, hedges
    included; the ids stand beside it. What was at `path` stays if writing fails; raises
    `BadUsage` where nothing can be written.
    """
    writing.replace(path, _content(document))


def _content(document: Document) -> bytes:
    buffer = io.BytesIO()
    _ = catalogue(document.language).gettext
    # No string may turn into a formula, link or number on its way into a cell.
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": _words(document.title), "created": datetime.fromisoformat(document.as_of)})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    names = _names([_("About"), *(table.name for table in document.tables()), _("Figures"), _("Sources")])
    sheets = [book.add_worksheet(name) for name in names]
    _fill(sheets[0], head, (_("About"), ""), _about(document, names[1:-2], _))
    sheets[0].set_column(0, 0, 26)
    sheets[0].set_column(1, 1, 90)
    for sheet, table in zip(sheets[1:-2], document.tables(), strict=True):
        columns, rows = _table(table, _)
        _fill(sheet, head, columns, rows)
    _fill(sheets[-2], head, *_figures(document, _))
    _fill(sheets[-1], head, *_sources(document, _))
    book.close()
    return buffer.getvalue()


def _words(part: Part) -> str:
    return plain(part, partial(show, locale="en"))


def _names(wanted: Iterable[str]) -> list[str]:
    """Sheet names as the format allows them: at most 31 characters, none of `[]:*?/\\`, each once."""
    taken: dict[str, None] = {}
    out: list[str] = []
    for name in wanted:
        clean = _FORBIDDEN.sub(" ", name).strip(" '") or "Table"
        if clean.casefold() == "history":
            clean = "History of records"
        for attempt in count(1):
            tail = "" if attempt == 1 else f" {attempt}"
            candidate = clean[: _LONGEST_NAME - len(tail)].strip(" '") + tail
            if candidate.casefold() not in taken:
                break
        taken[candidate.casefold()] = None
        out.append(candidate)
    return out


def _about(document: Document, names: Sequence[str], _: Callable[[str], str]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = [
        (_("Title"), _words(document.title)),
        (_("Subtitle"), _words(document.subtitle)),
        (_("As of"), document.as_of),
        (_("Release"), document.release),
        (_("Version"), document.version),
        (
            _("How to read"),
            _("Numbers are in base units (dollars, tonnes, persons); the unit stands beside each."),
        ),
        ("", _("An empty cell is unknown, not zero. Where only a range is known, the value is empty.")),
        ("", _("Every figure has an id. To walk it back to its source: landbridge explain ID")),
    ]
    rows += [(status.value, _(meaning(status))) for status in used(document.figures().values())]
    for name, table in zip(names, document.tables(), strict=True):
        note = "" if table.note is None else " " + _words(table.note)
        rows.append((name, _words(table.title) + "." + note))
    return rows


def _table(table: Table, _: Callable[[str], str]) -> tuple[list[str], list[tuple[Cell, ...]]]:
    companions = (_("unit"), _("period"), _("status"), _("low"), _("high"), _("source"), _("figure"))
    measured = [
        any(_within(row[place]) for row in table.rows if row[place] is not None)
        for place in range(len(table.columns))
    ]
    hedged = [any(_hedge(row[place], _) for row in table.rows) for place in range(len(table.columns))]
    columns: list[str] = []
    for column, numbers, hedges in zip(table.columns, measured, hedged, strict=True):
        name = _words(column)
        beside = (*companions[:-2], *([_("hedge")] if hedges else []), *companions[-2:])
        columns += [name, *(f"{name}: {companion}" for companion in beside)] if numbers else [name]
    rows = []
    for row in table.rows:
        cells: list[Cell] = []
        for part, numbers, hedges in zip(row, measured, hedged, strict=True):
            here = _cells(part) if numbers else [None if part is None else _words(part)]
            cells += [*here[:-2], _hedge(part, _), *here[-2:]] if hedges else here
        rows.append(tuple(cells))
    return columns, rows


def _hedge(part: Part | None, _: Callable[[str], str]) -> str | None:
    """The comparator of a figure in words, as a page says it; None where its value is exact."""
    match part.comparator if isinstance(part, Figure) else "=":
        case "~":
            said = _("about {quantity}")
        case ">":
            said = _("more than {quantity}")
        case "<":
            said = _("less than {quantity}")
        case ">=":
            said = _("at least {quantity}")
        case "<=":
            said = _("up to {quantity}")
        case _exact:
            return None
    return said.format(quantity="").strip()


def _cells(part: Part | None) -> list[Cell]:
    """A cell and its seven companions."""
    if part is None:
        return [None] * 8
    if isinstance(part, Figure):
        return [
            part.value,
            part.unit,
            part.period,
            part.status.value,
            part.low,
            part.high,
            _source(part),
            part.id,
        ]
    found = _within(part)
    statuses = "; ".join(dict.fromkeys(figure.status.value for figure in found))
    return [_words(part), None, None, statuses, None, None, None, "; ".join(figure.id for figure in found)]


def _within(part: Part | None) -> list[Figure]:
    return [] if part is None else [atom for atom in atoms(part) if isinstance(atom, Figure)]


def _source(figure: Figure) -> str:
    return figure.citation.source.id if figure.citation is not None else ""


def _figures(document: Document, _: Callable[[str], str]) -> tuple[list[str], list[tuple[Cell, ...]]]:
    columns = [
        _("figure"), _("what"), _("value"), _("low"), _("high"), _("unit"), _("period"), _("status"), _("hedge"),
        _("source"), _("citation"), _("cell"), _("computed by"), _("from"), _("note"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            item.id, item.measure, item.value, item.low, item.high, item.unit, item.period, item.status.value,
            _hedge(item, _), _source(item),
            str(item.citation) if item.citation is not None else "", item.cell, item.code,
            "; ".join(below.id for below in item.inputs), item.note,
        )
        for item in document.figures().values()
    ]  # fmt: skip
    return columns, rows


def _sources(document: Document, _: Callable[[str], str]) -> tuple[list[str], list[tuple[Cell, ...]]]:
    columns = [
        _("source"),
        _("publisher"),
        _("title"),
        _("published"),
        _("address"),
        _("licence"),
        _("kind"),
        _("weak"),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            item.id,
            item.publisher,
            item.title,
            item.published,
            item.url,
            item.licence,
            item.kind,
            _("weak") * item.weak,
        )
        for item in document.sources
    ]
    return columns, rows


def _fill(sheet: Worksheet, head: Format, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> None:
    """A header in the first row, one record a row; numbers as numbers, all else as strings."""
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, head)
        longest = max([len(str(row[place])) for row in rows[:200] if row[place] is not None], default=0)
        sheet.set_column(place, place, min(max(len(column) * 0.7, longest, 8), 48) + 1)
    for line, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(line, place, cell[:_LONGEST_TEXT])
            elif cell is not None:
                sheet.write_number(line, place, cell)
    sheet.freeze_panes(1, 1)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
