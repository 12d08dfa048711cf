"""Collect every text that a brief shows into src/landbridge/brief/locale/brief.pot, for translators.

    python scripts/extract_messages.py

Messages stand in `say("...")` and `_("...")` in the code and the page templates, and in the tables of statuses and
units. The file has no dates and no line numbers, so that it changes only when a message does.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

from landbridge.brief.statuses import meaning
from landbridge.provenance import Status
from landbridge.units import UNITS

ROOT = Path(__file__).parents[1]
ROOM = ROOT / "src" / "landbridge" / "brief"
TARGET = ROOM / "locale" / "brief.pot"
KEYWORDS = ("say", "_", "gettext")
_SPARE = (
    "Project-Id-Version",
    "Report-Msgid",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
)


def messages() -> Iterator[tuple[str, str]]:
    """Every message with the file it stands in, relative to the top of the repository."""
    for path in sorted(ROOM.rglob("*")):
        found = _in_code(path) if path.suffix == ".py" else _in_template(path) if path.suffix == ".j2" else ()
        for message in found:
            yield message, path.relative_to(ROOT).as_posix()
    for status in Status:
        yield meaning(status), "src/landbridge/brief/statuses.py"
    for unit in UNITS.values():
        if unit.label:
            yield unit.label, "src/landbridge/units.py"
        if unit.one:
            yield unit.one, "src/landbridge/units.py"


def _in_code(path: Path) -> Iterator[str]:
    # Babel's own reader of Python passes over a message that stands in the arguments of another one's.
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            first = node.args[0]
            if name in KEYWORDS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _in_template(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for _, _, message, _ in babel_extract(file, KEYWORDS, (), {}):
            yield str(message)


def template() -> str:
    """The text of the .pot file."""
    catalog = Catalog(
        fuzzy=False, header_comment="# Texts of a brief. Written by scripts/extract_messages.py."
    )
    for message, place in messages():
        catalog.add(message, locations=[(place, 0)])
    out = io.BytesIO()
    write_po(out, catalog, width=110, sort_output=True, include_lineno=False)
    lines = out.getvalue().decode("utf-8").split("\n")
    return "\n".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in _SPARE)))


def main() -> None:
    """Write the file and say how many messages it has."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(template(), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(dict(messages()))} messages")


if __name__ == "__main__":
    main()
