"""docs/questions.md: a row for each system of cooperation, and every command in it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landbridge import codes

PAGE = Path(__file__).parents[2] / "docs" / "questions.md"
ROW = re.compile(r"^\| (?P<number>\d+) \|(?P<cells>.*)\|$", re.MULTILINE)
COMMAND = re.compile(r"`(landbridge [^`]+)`")


def rows() -> dict[int, list[str]]:
    """Number of a system → name, question, commands, what is not known."""
    text = PAGE.read_text("utf-8")
    return {
        int(found["number"]): [cell.strip() for cell in found["cells"].split(" | ")]
        for found in ROW.finditer(text)
    }


def test_every_system_has_its_row() -> None:
    held = {system.number: [system.name, system.question] for system in codes.systems()}
    assert {number: cells[:2] for number, cells in rows().items()} == held
    assert len(held) == 29


def test_every_row_has_a_command_and_says_what_is_not_known() -> None:
    for number, (_, _, commands, unknown) in rows().items():
        assert COMMAND.findall(commands), f"system {number} has no command"
        assert len(unknown.split()) >= 5, f"system {number} does not say what is not known"


@pytest.mark.parametrize(
    "line", sorted({line for cells in rows().values() for line in COMMAND.findall(cells[2])})
)
def test_the_command_answers(line: str, landbridge: Callable[[str], Any]) -> None:
    answer = landbridge(line)
    assert answer.exit_code == 0, answer.output
    if line.split()[1] == "brief":
        assert list(Path.cwd().glob("brief-*.html")), "no page was written"
    else:
        assert answer.stdout.count("\n") > 2, f"no rows: {answer.output}"
