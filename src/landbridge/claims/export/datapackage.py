"""Claims and ledgers as Data Packages: `datapackage.json` beside CSV files with Table Schemas, licences and sources.

The CSV files are UTF-8 with every cell in quotation marks. A text that a spreadsheet would take for a formula (it
begins with `=`, `+`, `-`, `@`, a tab or a line break) has an apostrophe before it, and a text that begins with an
apostrophe has another; to read a text cell back, take one leading apostrophe away (`tables.unquoted`). Numbers are never
changed. An empty cell means that nothing is known or said.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from landbridge.claims.acceptance import source_of
from landbridge.claims.claim import Claim
from landbridge.claims.decisions import Decision
from landbridge.claims.document import Document
from landbridge.claims.export.judged import Judged
from landbridge.claims.export.tables import (
    Field,
    Resource,
    cells,
    claims_table,
    decisions_table,
    sources_table,
    statements_table,
    verdicts_table,
)
from landbridge.claims.review import State
from landbridge.codes.matching import plain
from landbridge.errors import BadUsage
from landbridge.ledger import Ledger
from landbridge.provenance import Source

FILE = "datapackage.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_QUOTING = (
    "A text that a spreadsheet would take for a formula has an apostrophe before it; a text that begins with an "
    "apostrophe has another. Take one leading apostrophe away to read a text."
)
COMPILATION: Mapping[str, str] = {
    "name": "Apache-2.0",
    "path": "https://www.apache.org/licenses/LICENSE-2.0",
    "title": "Apache License 2.0, for the compilation; rights in the sources remain with their publishers",
}


def ledger_package(
    folder: Path, ledger: Ledger, *, name: str = "landbridge-ledger", licence: Mapping[str, str] = COMPILATION
) -> Path:
    """Write a ledger, all versions of its statements, as a Data Package into a new folder."""
    cited = {statement.source for statement in ledger.history}
    sources = [source for key, source in ledger.sources.items() if key in cited]
    tables = (statements_table(ledger), sources_table(sources))
    return write(folder, tables, sources, name=name, title="Ledger of Landbridge", licence=licence)


def claims_package(
    folder: Path,
    readings: Sequence[tuple[Document, Sequence[Claim]]],
    *,
    states: Mapping[str, State],
    decisions: Iterable[Decision] = (),
    verdicts: Iterable[tuple[Document, Iterable[Judged]]] = (),
    name: str = "landbridge-claims",
    licence: Mapping[str, str] = COMPILATION,
) -> Path:
    """Write the claims of some documents, with decisions and verdicts on them, as a Data Package into a new folder."""
    sources = list(
        {source.id: source for source in (source_of(document) for document, _ in readings)}.values()
    )
    tables = (
        claims_table(readings, states),
        decisions_table(decisions),
        verdicts_table(verdicts),
        sources_table(sources),
    )
    return write(folder, tables, sources, name=name, title="Claims read by Landbridge", licence=licence)


def write(
    folder: Path,
    tables: Sequence[Resource],
    sources: Iterable[Source],
    *,
    name: str,
    title: str,
    licence: Mapping[str, str],
) -> Path:
    """Write `tables` into `folder`, which must be new or empty: all of it or nothing. Returns the descriptor's path."""
    if not _NAME.fullmatch(name):
        raise BadUsage(
            f"{name!r} is no name of a package.", remedy="Use lower case, digits, `.`, `_` and `-`."
        )
    if not {"name", "path"} & set(licence):
        raise BadUsage("a licence needs a `name` or a `path`.", remedy="Such as name CC-BY-4.0.")
    folder = Path(folder)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise BadUsage(
            "this is not a new or empty folder; nothing was written.",
            where=str(folder),
            remedy="Name another folder.",
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.parent / f".{folder.name}-{secrets.token_hex(4)}"
    draft.mkdir()
    try:
        resources = [_resource(draft, table) for table in tables]
        package = {
            "profile": "tabular-data-package",
            "name": name,
            "title": title,
            "description": _QUOTING,
            "licenses": [dict(licence)],
            "sources": [_source(source) for source in sorted(sources, key=lambda item: item.id)],
            "resources": resources,
        }
        # A package without sources leaves the list out, as the standard asks.
        content = {key: value for key, value in package.items() if value != []}
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        (draft / FILE).write_text(text, encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder / FILE


def _resource(folder: Path, table: Resource) -> dict[str, Any]:
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(field.name for field in table.fields)
    rows.writerows([plain(cell) for cell in cells(row, table.fields)] for row in table.rows)
    raw = out.getvalue().encode("utf-8")
    (folder / f"{table.name}.csv").write_bytes(raw)
    schema: dict[str, Any] = {
        "fields": [_field(field) for field in table.fields],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "description": table.about,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(raw),
        "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"},
        "schema": schema,
    }


def _field(field: Field) -> dict[str, Any]:
    out: dict[str, Any] = {"name": field.name, "type": field.type, "description": field.about}
    rules: dict[str, Any] = {}
    if field.required:
        rules["required"] = True
    if field.one_of:
        rules["enum"] = list(field.one_of)
    return out | ({"constraints": rules} if rules else {})


def _source(source: Source) -> dict[str, str]:
    words = {"title": f"{source.publisher}: {source.title}" if source.title else source.publisher}
    return words | ({"path": source.url} if source.url else {}) | {"licence": source.licence, "id": source.id}
