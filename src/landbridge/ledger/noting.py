"""What is found wrong while a ledger file is read, each thing at its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from landbridge.errors import Problem, nearest
from landbridge.ledger.forms import FORMS
from landbridge.ledger.parsing import Parsed

PLAIN = "Write plain digits, such as 22000000, 0.5 or 2.2e+7."


@dataclass(slots=True)
class Reading:
    """The state of reading one file: what was found wrong so far, and where everything stands."""

    name: str
    places: frozenset[str]
    parsed: Parsed
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    record_lines: dict[str, int] = field(default_factory=dict)
    failed: set[tuple[str, str]] = field(default_factory=set)

    def listed(self, key: str) -> list[Any]:
        """The list under a key of the head; empty where there is none."""
        stated = self.parsed.content.get(key)
        return stated if isinstance(stated, list) else []

    def wrong(self, path: Sequence[str | int], what: str, cause: str = "", remedy: str = "") -> None:
        """Note a problem at the line of what lies at `path`."""
        line = self.parsed.line(*path)
        where = f"{self.name}, line {line}" if line else self.name
        self.problems.append(Problem(what, where, cause, remedy))

    def invalid(self, error: ValidationError, path: Sequence[str | int] = (), about: str = "") -> None:
        """Note what a form refuses, each part at its line; `about` stands before the names of the slots."""
        for problem in error.errors():
            slot = ".".join(str(item) for item in problem["loc"] if not isinstance(item, int))
            remedy = "See docs/reference/ledger.md."
            named = f"{about}{slot}".rstrip(".: ")
            self.wrong(
                (*path, *problem["loc"]), f"{named}: {_amiss(problem, FORMS[error.title])}.", remedy=remedy
            )


def _amiss(problem: Any, keys: Sequence[str]) -> str:
    """What pydantic found; for a key that does not exist the nearest of its form, or all of them where none is near."""
    said = str(problem["msg"]).removeprefix("Value error, ")
    said = said[0].lower() + said[1:]
    if problem["type"] in ("float_type", "int_type"):
        return f"{said}. {PLAIN.removesuffix('.')}"
    if problem["type"] != "extra_forbidden":
        return said
    close = nearest(str(problem["loc"][-1]), keys, 1)
    return f"there is no such key; {f'nearest valid: {close[0]}' if close else 'valid: ' + ', '.join(keys)}"
