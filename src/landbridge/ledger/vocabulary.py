"""The vocabulary of claims as data: which kinds of claim there are, what they may be about, and in which units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Indicator:
    """What claims may be about: the kinds of claim and the units that go with it."""

    name: str
    kinds: tuple[str, ...]
    units: tuple[str, ...]


@lru_cache(maxsize=1)
def vocabulary() -> tuple[tuple[str, ...], Mapping[str, Indicator]]:
    """The kinds of claim, and the indicators by name (docs/reference/vocabulary.md)."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    raw = yaml.load(files("landbridge.ledger").joinpath("vocabulary.yaml").read_bytes(), Loader=loader)
    found = {
        name: Indicator(name, tuple(spec["kinds"]), tuple(spec.get("units", ())))
        for name, spec in raw["indicators"].items()
    }
    return tuple(raw["kinds"]), found
