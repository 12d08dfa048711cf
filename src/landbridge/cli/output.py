"""Answers on stdout: one JSON object or a table; notes and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from landbridge.codes.matching import plain
from landbridge.release import Data

Row = Mapping[str, Any]


def answer(
    verb: str,
    data: Data | None,
    rows: Sequence[Row],
    *,
    as_json: bool,
    notes: Iterable[str] = (),
    dropped: Iterable[Row] = (),
    columns: Sequence[str] = (),
    more: Mapping[str, Sequence[Row]] | None = None,
) -> None:
    """Print rows. `columns` chooses and orders what a table shows; JSON always has every column.

    `more` are further lists that JSON alone has, each under its key.
    """
    if as_json:
        body = {
            "schema": f"landbridge/{verb}/1",
            "verb": verb,
            "release": data.manifest.id if data else None,
            "as_of": data.as_of if data else None,
            "rows": [dict(row) for row in rows],
            "notes": list(notes),
            "dropped": [dict(row) for row in dropped],
            **{key: [dict(row) for row in found] for key, found in (more or {}).items()},
        }
        print(json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False))
        return
    if rows:
        _table(rows, columns or list(rows[0]))
    for note in notes:
        print(plain(note), file=sys.stderr)


def _table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in columns:
        numeric = any(isinstance(row.get(name), int | float) for row in rows)
        shown.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        # Text, not str: a cell from a user's file must not be read as markup.
        shown.add_row(*(Text(_cell(row.get(name))) for name in columns))
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = 200
    console.print(shown)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    # A control character of a user's file would be obeyed by the terminal.
    return plain(str(value))
