"""The English pack of claims without what only one article has taught it: for scores with that article left out.

Nothing in the grammar is trained, so leaving an article out cannot mean training on the others. It means: every entry of
`indicators.yaml` and `syntax.yaml` that says something in this article, and in none of the other annotated texts, is taken
away, and so is every alternative inside an entry (`a|b|c`, at any depth) without which the entry would say something else in
this article but not in the others. An entry says something where its expression matches. Number words, dates, names of
places and forms of attribution stay: they are lists of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from sys import modules
from types import MappingProxyType
from typing import Any

from landbridge.claims.grammar import ready
from landbridge.claims.languages import Language
from landbridge.claims.reading import Reading

PARTS = ("indicators", "syntax")
# Keys under which a measure or a noun has a label and not an expression; so has `units`, a list.
LABELS = frozenset({"growth", "share", "parties", "flow", "unit", "kind", "indicator"})


@dataclass
class LeftOut:
    """A pack without what only `article` has taught it; `entries` and `alternatives` say what is gone."""

    article: str
    others: Sequence[str]
    entries: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # The rules see texts with one kind of blank, dash and apostrophe.
        self.article = ready._even(self.article)
        self.others = [ready._even(text) for text in self.others]

    def pack(self, whole: Language) -> Language:
        """The pack without them. It has the code of the whole one, by which names of places are found."""
        lists = dict(whole.lists) | {
            name: MappingProxyType(self._mapping(whole.part(name))) for name in PARTS
        }
        return Language(whole.code, MappingProxyType(lists))

    def _mapping(self, entries: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: self._kept(name, item) for name, item in entries.items()}
        return {name: item for name, item in kept.items() if item is not None}

    def _kept(self, key: str, entry: Any) -> Any:
        if key == "units" or (key in LABELS and isinstance(entry, str)):
            return entry
        if isinstance(entry, Mapping):
            return self._mapping(entry)
        if isinstance(entry, list):
            return [kept for item in entry if (kept := self._kept(key, item)) is not None]
        if isinstance(entry, str):
            return self._expression(entry, droppable=key != "needs")
        return entry

    def _expression(self, entry: str, *, droppable: bool) -> str | None:
        """An entry without its alternatives that only the article needs; None where only the article needs the entry."""
        here = _matches(entry, self.article)
        if not here and not _AHEAD.search(entry):
            return entry
        if droppable and here and not any(_matches(entry, text) for text in self.others):
            self.entries.append(entry)
            return None
        there = [_matches(entry, text) for text in self.others]
        gone: list[tuple[int, int]] = []
        for span in alternatives(entry):
            if any(start <= span[0] and span[1] <= end for start, end in gone):
                continue
            shorter = without(entry, [span])
            if _matches(shorter, self.article) == here:
                continue
            if all(_matches(shorter, text) == found for text, found in zip(self.others, there, strict=True)):
                gone.append(span)
                self.alternatives.append(entry[slice(*span)])
        return without(entry, gone)


# A negative condition says something by what does not match.
_AHEAD = re.compile(r"\(\?<?!")


def _matches(expression: str, text: str) -> list[tuple[int, int]]:
    """Where an expression matches. `$` ends what stands before an amount, which may be anywhere in a text."""
    bare = expression.removesuffix("$")
    edge = "" if bare != expression or expression.startswith("\\") else r"\b"
    return [found.span() for found in re.finditer(rf"{edge}(?:{bare})(?!\w)", text, re.IGNORECASE)]


def alternatives(expression: str) -> Iterator[tuple[int, int]]:
    """The spans of all alternatives in an expression, outer ones before those inside them."""
    groups: list[tuple[int, list[int]]] = [(0, [])]
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(expression):
        char = expression[at]
        if char == "\\":
            at += 1
        elif char == "[":
            at = expression.index("]", at + 2)
        elif char == "(":
            opening = re.compile(r"\((?:\?(?:P<\w+>|<?[=!:]))?").match(expression, at)
            assert opening is not None
            groups.append((opening.end(), []))
            at = opening.end() - 1
        elif char == "|":
            groups[-1][1].append(at)
        elif char == ")":
            found += _split(*groups.pop(), at)
        at += 1
    found += _split(*groups.pop(), len(expression))
    yield from sorted(found, key=lambda span: (span[0], -span[1]))


def _split(start: int, bars: list[int], end: int) -> list[tuple[int, int]]:
    edges = [start - 1, *bars, end]
    return [(left + 1, right) for left, right in pairwise(edges)] if bars else []


def without(expression: str, spans: Sequence[tuple[int, int]]) -> str:
    """An expression in which the alternatives at `spans` match nothing."""
    for start, end in sorted(spans, reverse=True):
        expression = f"{expression[:start]}(?!){expression[end:]}"
    return expression


@contextmanager
def forgotten() -> Iterator[None]:
    """The compiled lists of the packs are made anew inside, and once more behind."""
    _forget()
    try:
        yield
    finally:
        _forget()


def _forget() -> None:
    for name, module in list(modules.items()):
        if name.startswith("landbridge.claims.grammar"):
            for item in vars(module).values():
                if callable(getattr(item, "cache_clear", None)):
                    item.cache_clear()


def read_with(pack: Language, reading: Reading) -> Reading:
    """A document read anew, with another pack."""
    with forgotten():
        found = ready.understand(reading.document.text, pack, dated=reading.document.dated)
    return Reading(reading.document, found.claims, found.homes, found.parties, pack.code)
