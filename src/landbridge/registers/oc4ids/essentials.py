"""What the published schema asks of every object of a project: required fields, types, closed lists (essentials.yaml)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from landbridge.errors import Problem
from landbridge.registers.oc4ids import mapping

# Every number of a package lies below this one, as every value of the ledger does: beyond it nothing is counted in any
# currency, and floats end not far above.
LARGEST = 1e300
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
# Codes of ISO 4217 that the list of the standard has besides: metals, tests, no currency.
_BESIDES = ("XAG", "XAU", "XPD", "XPT", "XTS", "XXX")


@dataclass(frozen=True, slots=True)
class Shape:
    """One object of the standard: what it must have, and the form of each field."""

    required: tuple[str, ...]
    fields: Mapping[str, str]


@lru_cache(maxsize=1)
def shapes() -> Mapping[str, Shape]:
    """The objects by name."""
    raw = yaml.safe_load(files(__package__).joinpath("essentials.yaml").read_bytes())
    return {name: Shape(tuple(one["required"]), dict(one["fields"] or {})) for name, one in raw.items()}


def faults(node: Any, form: str, where: str) -> Iterator[Problem]:
    """Everything in a value that its form forbids, each with its place."""
    if form.startswith("["):
        yield from _list(node, form[1:-1], where)
    elif form in shapes():
        yield from _object(node, shapes()[form], where)
    elif form.startswith("code "):
        yield from _code(node, form.split()[1:], where)
    elif form != "any" and not (isinstance(node, bool) and form in ("number", "integer")):
        if not _FORMS[form](node):
            yield Problem(f"{_shown(node)} is no {_WORDS.get(form, form)}.", where)
        elif form == "number" and abs(node) >= LARGEST:
            yield Problem("this number is too large to be one.", where)
    elif form != "any":
        yield Problem(f"{_shown(node)} is no {form}.", where)


def is_instant(value: Any) -> bool:
    """A date and time with its zone, of a day that there is."""
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    try:
        date.fromisoformat(found.group(1))
    except ValueError:
        return False
    return True


def is_uri(value: Any) -> bool:
    """An address with its scheme."""
    return isinstance(value, str) and _URI.fullmatch(value) is not None


def _object(node: Any, shape: Shape, where: str) -> Iterator[Problem]:
    if not isinstance(node, dict):
        yield Problem(f"{_shown(node)} is no object.", where)
        return
    for name in shape.required:
        if name not in node:
            yield Problem(f"this has no {name}.", where)
    for name, value in node.items():
        form = shape.fields.get(name)
        if form is not None:
            yield from faults(value, form, f"{where}.{name}" if where else name)


def _list(node: Any, form: str, where: str) -> Iterator[Problem]:
    if not isinstance(node, list):
        yield Problem(f"{_shown(node)} is no list.", where)
        return
    for number, value in enumerate(node):
        yield from faults(value, form, f"{where}[{number}]")
    if any(value in node[:number] for number, value in enumerate(node)):
        yield Problem("a member stands twice in this list.", where)


def _code(node: Any, valid: list[str], where: str) -> Iterator[Problem]:
    if node not in valid:
        yield Problem(f"{_shown(node)} is not in the list.", where, remedy=f"Valid: {', '.join(valid)}.")


def _shown(node: Any) -> str:
    text = repr(node) if not isinstance(node, int) or node.bit_length() < 200 else "a number of many digits"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _number(node: Any) -> bool:
    return isinstance(node, int) or (isinstance(node, float) and math.isfinite(node))


_FORMS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "text": lambda node: isinstance(node, str),
        "instant": is_instant,
        "uri": is_uri,
        "email": lambda node: isinstance(node, str) and "@" in node,
        "number": _number,
        "integer": lambda node: isinstance(node, int),
        "text or number": lambda node: isinstance(node, str) or _number(node),
        "boolean": lambda node: isinstance(node, bool),
        "currency": lambda node: isinstance(node, str) and (node in mapping.LISTED or node in _BESIDES),
        "country": lambda node: isinstance(node, str) and re.fullmatch("[A-Z]{2}", node) is not None,
    }
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "instant": "date and time such as 2024-05-31T00:00:00Z",
        "uri": "URI",
        "currency": "currency of the list of the standard",
        "country": "code of two letters",
    }
)
