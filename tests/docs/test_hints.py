"""Every command that a message of the package names exists, so that a next step can be taken."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

import landbridge
from landbridge.cli.app import app

ROOT = Path(landbridge.__file__).parent
COMMAND = re.compile(r"\blandbridge (?P<verb>[a-z][\w-]*)(?: (?P<second>[a-z][\w-]*))?")
# Words that follow the name of the package in prose, not on a command line.
PROSE = frozenset(("is", "was", "and", "or", "in", "at", "of", "on", "as", "does", "has", "reads", "that"))
GROUP: Any = typer.main.get_group(app)
FILES = sorted(ROOT.rglob("*.py"))


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Every text of a module with its line; what a formatted text fills in is left out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "\0" for part in node.values)
            yield node.lineno, "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def wrong(text: str) -> Iterator[str]:
    """The commands in a text that do not exist."""
    for found in COMMAND.finditer(text):
        verb, second = found["verb"], found["second"]
        # A word that a formatted text goes on with is not whole.
        if verb in PROSE or text[found.end("verb") :].startswith("\0"):
            continue
        below = getattr(GROUP.commands.get(verb), "commands", {})
        if verb not in GROUP.commands:
            yield f"landbridge {verb}"
        elif below and second and second not in below:
            yield f"landbridge {verb} {second}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_named_in_messages_exist(path: Path) -> None:
    found = [
        f"line {line}: {what}"
        for line, text in texts(path.read_text("utf-8"))
        for what in wrong(" ".join(text.split()) if "\0" not in text else text)
    ]
    assert found == []


def test_a_verb_that_does_not_exist_is_seen() -> None:
    assert list(wrong("Ask `landbridge routes`, or `landbridge twins lists`.")) == [
        "landbridge routes",
        "landbridge twins lists",
    ]
    assert (
        list(wrong("Ask `landbridge route A B`, `landbridge twins list` or `landbridge twins show X`.")) == []
    )
    assert next(iter(texts("f'landbridge {noun} show'")))[1] == "landbridge \0 show"
