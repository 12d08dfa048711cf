"""A register handed on: statements as CSV or JSON, a Data Package, and for projects OC4IDS.

What is exported are the statements themselves, superseded ones too, so that nothing is lost or added up on the way:
whoever reads them can make the same records. In CSV every cell stands in quotation marks, and a text that a spreadsheet
would take for a formula has an apostrophe before it, as in Data Packages.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbridge.claims.export.datapackage import ledger_package
from landbridge.claims.export.tables import cells, sources_table, statements_table
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.ledger import Ledger
from landbridge.registers.naming import name_of
from landbridge.registers.nouns import Noun
from landbridge.release.data import Data

FORMATS = ("csv", "json", "datapackage", "oc4ids")
SCHEMA = "landbridge/register-export/1"


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export made: its `text`, or for a Data Package the `path` of its descriptor.

    `left_out` are records and statements that the format has no place for, with the reason.
    """

    format: str
    records: int
    statements: int
    text: str = ""
    path: Path | None = None
    left_out: tuple[dict[str, Any], ...] = ()

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "format": self.format,
            "records": self.records,
            "statements": self.statements,
            "path": str(self.path) if self.path else None,
        }


def export(
    data: Data, noun: Noun, format: str, *, today: str, on: str = "", folder: Path | None = None
) -> Exported:
    """The statements of one register; with `on` those that held on a date.

    `folder` is where a Data Package goes and must be new or empty; the other formats are text. Raises `UnknownLabel` for
    another format and `BadUsage` for one that the register has not, or for a folder with a text.
    """
    formats = FORMATS if noun.kind == "project" else FORMATS[:-1]
    if format not in FORMATS:
        raise UnknownLabel("format", format, formats, remedy=f"Valid: {', '.join(formats)}.")
    if format not in formats:
        raise BadUsage("only projects have a form in OC4IDS.", remedy=f"Valid: {', '.join(formats)}.")
    if (format == "datapackage") != (folder is not None):
        raise BadUsage("a Data Package needs a folder, and only it takes one.", remedy="Name a new folder.")
    held = of_kind(data.ledger.on(on) if on else data.ledger, noun.kind)
    counts = (len(held.records()), len(held.history))
    if folder is not None:
        path = ledger_package(folder, held, name=f"landbridge-{noun.noun}")
        return Exported(format, *counts, path=path)
    if format == "oc4ids":
        return _oc4ids(data.ledger.on(on) if on else data.ledger, today, counts)
    return Exported(
        format, *counts, text=_csv(held) if format == "csv" else _json(data, noun, held, on, today)
    )


def of_kind(ledger: Ledger, kind: str) -> Ledger:
    """The part of a ledger that speaks of one kind of record, superseded statements included."""
    return Ledger((item for item in ledger.history if item.kind == kind), ledger.sources)


def _csv(ledger: Ledger) -> str:
    table = statements_table(ledger)
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(field.name for field in table.fields)
    rows.writerows([plain(cell) for cell in cells(row, table.fields)] for row in table.rows)
    return out.getvalue()


def _json(data: Data, noun: Noun, ledger: Ledger, on: str, today: str) -> str:
    said: dict[str, list[dict[str, Any]]] = {}
    for row in statements_table(ledger).rows:
        kept = {name: value for name, value in row.items() if value not in (None, "")}
        said.setdefault(str(row["subject"]), []).append(kept)
    cited = {statement.source for statement in ledger.history}
    records = [
        {"record": record.subject, "name": name_of(record), "statements": said[record.subject]}
        for record in ledger.records()
    ]
    body = {
        "schema": SCHEMA,
        "register": noun.noun,
        "kind": noun.kind,
        "release": data.manifest.id,
        "recorded_by": data.recorded_by if data.recorded_by != "9999" else None,
        "on": on or None,
        "today": today,
        "records": records,
        "sources": list(sources_table(source for key, source in ledger.sources.items() if key in cited).rows),
    }
    return json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _oc4ids(ledger: Ledger, today: str, counts: tuple[int, int]) -> Exported:
    # The mapping of projects is a room of its own; other formats need none of it.
    from landbridge.registers.oc4ids.exporting import package

    made = package(ledger, today)
    left = tuple(item.row() for item in made.left_out)
    return Exported("oc4ids", *counts, text=made.text(), left_out=left)
