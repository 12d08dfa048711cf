"""The vocabulary of topics: under which one word stands what sources teach in words of their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from landbridge.errors import BadFile, Problem

_FILE = "topics.yaml"


def topic_of(words: str) -> str:
    """The topic that the words stand for: their own where the vocabulary does not know them."""
    return _topics().get(_plain(words), words)


def read(text: bytes | str, where: str) -> Mapping[str, str]:
    """Every wording of a vocabulary, in plain form, with its topic; raises `BadFile` where a wording has two topics."""
    raw = yaml.safe_load(text)
    found: dict[str, str] = {}
    problems = []
    for topic, aliases in raw.items():
        for words in (topic, *aliases):
            held = found.setdefault(_plain(words), topic)
            if held != topic:
                problems.append(Problem(f"{words!r} stands under {held!r} and under {topic!r}.", where))
    if problems:
        raise BadFile(problems)
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def _topics() -> Mapping[str, str]:
    return read(files("landbridge.registers").joinpath(_FILE).read_bytes(), _FILE)


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())
