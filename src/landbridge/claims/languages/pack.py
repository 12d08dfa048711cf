"""A language pack: the word lists in `languages/<code>/*.yaml`, read once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml

from landbridge.errors import UnknownLabel

_CODES = ("en", "ru", "zh")
_CJK = re.compile("[\u4e00-\u9fff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z]")
# Letters of the beginning decide; a text does not change its language for the grammar half-way.
_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Language:
    """The word lists of one language. `lists` maps the stem of each file of the pack to its content.

    A part that a pack does not have is an empty mapping: the rules that need it then find nothing.
    """

    code: str
    lists: Mapping[str, Mapping[str, Any]]

    def part(self, name: str) -> Mapping[str, Any]:
        """One list of the pack, empty where the pack does not have it."""
        return self.lists.get(name, MappingProxyType({}))

    def __hash__(self) -> int:
        return hash(self.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Language) and other.code == self.code


def languages() -> tuple[str, ...]:
    """The codes of the languages that have a pack."""
    return _CODES


@lru_cache(maxsize=len(_CODES))
def language(code: str) -> Language:
    """The pack of a language; raises `UnknownLabel` with the codes that exist."""
    if code not in _CODES:
        raise UnknownLabel("language", code, _CODES, remedy=f"Valid: {', '.join(_CODES)}.")
    folder = resources.files("landbridge.claims.languages").joinpath(code)
    found = {
        item.name.removesuffix(".yaml"): yaml.load(
            item.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".yaml")
    }
    return Language(code, MappingProxyType({name: MappingProxyType(part) for name, part in found.items()}))


def detect(text: str) -> Language:
    """The language of a text by its script: Chinese, Russian, else English."""
    head = text[:_LOOKED_AT]
    chinese, cyrillic, latin = (len(script.findall(head)) for script in (_CJK, _CYRILLIC, _LATIN))
    # A Chinese character says about as much as three letters.
    if 3 * chinese > max(cyrillic, latin):
        return language("zh")
    return language("ru") if cyrillic > latin else language("en")
