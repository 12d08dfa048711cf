"""One project of a foreign package, read field by field, which remembers what was read so that nothing is lost unseen."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from landbridge.ledger.forms import is_period

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Fields:
    """A JSON object with the paths of the leaves that were read. A field of the wrong type is as good as absent."""

    root: dict[str, Any]
    read: set[Path] = field(default_factory=set)

    def get(self, *path: str | int) -> Any:
        """What stands at a path, or None; this alone does not count as reading it."""
        node: Any = self.root
        for step in path:
            if isinstance(step, str) and isinstance(node, dict):
                node = node.get(step)
            elif isinstance(step, int) and isinstance(node, list) and step < len(node):
                node = node[step]
            else:
                return None
        return node

    def text(self, *path: str | int) -> str:
        """A text, on one line; empty where there is none."""
        found = self.get(*path)
        if not isinstance(found, str) or not found.strip():
            return ""
        self.read.add(path)
        return " ".join(found.split())

    def day(self, *path: str | int) -> str:
        """The day of a date and time; empty where there is none. The time of day is dropped: no register needs it."""
        found = self.get(*path)
        if not isinstance(found, str) or "T" not in found or not is_period(found[:10]):
            return ""
        self.read.add(path)
        return found[:10]

    def money(self, *path: str | int) -> tuple[float, str] | None:
        """An amount with its currency; None where either is missing. It counts as read only once it is `took`."""
        amount, currency = self.get(*path, "amount"), self.get(*path, "currency")
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not isinstance(currency, str):
            return None
        # A whole number of JSON has no largest size, and one of 400 digits is no float.
        return (float(amount) if abs(amount) <= sys.float_info.max else math.inf), currency

    def took(self, *path: str | int) -> None:
        """Count a sum of money as read."""
        self.read |= {(*path, "amount"), (*path, "currency")}

    def texts(self, *path: str | int) -> list[str]:
        """The texts of a list."""
        found = self.get(*path)
        count = len(found) if isinstance(found, list) else 0
        return [text for number in range(count) if (text := self.text(*path, number))]

    def each(self, *path: str | int) -> Iterator[Path]:
        """The paths of the members of a list of objects."""
        found = self.get(*path)
        for number in range(len(found) if isinstance(found, list) else 0):
            yield (*path, number)

    def skip(self, *path: str | int) -> None:
        """Count everything under a path as read: it was told again elsewhere."""
        node = self.get(*path)
        if node is not None:
            self.read |= set(leaves(node, path))

    def unread(self) -> tuple[Path, ...]:
        """The leaves that nobody read."""
        return tuple(path for path in leaves(self.root) if path not in self.read)


def leaves(node: Any, at: Path = ()) -> Iterator[Path]:
    """The path of everything in a JSON value that holds no more values."""
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from leaves(value, (*at, key))
    elif isinstance(node, list) and node:
        for number, value in enumerate(node):
            yield from leaves(value, (*at, number))
    else:
        yield at


def pattern(path: Path) -> str:
    """A path without its numbers: `contractingProcesses[].summary.title`."""
    return re.sub(r"\.\[\]", "[]", ".".join("[]" if isinstance(step, int) else step for step in path))
