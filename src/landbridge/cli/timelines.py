"""The timeline of a pair: `ties A B --timeline`."""

from __future__ import annotations

import sys
from pathlib import Path

from landbridge.cli import register_rooms as rooms
from landbridge.codes.matching import plain
from landbridge.registers.timeline import timeline


def between(
    a: str, b: str, kind: str | None, options: tuple[str | None, str | None, Path | None, bool]
) -> None:
    """The timeline as a text to read, or as rows in JSON."""
    asked = rooms.ask("ties timeline", *options)
    found = timeline(asked.data, a, b, asked.today, kinds=(kind,) if kind else ())
    notes = [f"As of {asked.today}: {len(found.moments)} moments with a date, {len(found.undated)} without."]
    if asked.as_json or not found.rows():
        nothing = f"The ledger holds no moment between {a} and {b}."
        rooms.tell(asked, found.rows(), notes=notes, nothing=nothing)
        return
    for line in found.text().splitlines():
        # A control character of a user's file would be obeyed by the terminal.
        print(plain(line))
    for note in notes:
        print(note, file=sys.stderr)
