"""The YAML of a ledger file, guarded: plain mappings, lists and words, nothing that unfolds, builds or hides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from landbridge.errors import BadFile, Problem

MAX_BYTES = 5_000_000
MAX_DEPTH = 12
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(raw: bytes, name: str, *, trusted: bool) -> tuple[Any, list[int]]:
    """The content of a YAML file and the lines on which its entries (or claims) begin.

    `trusted` skips the guards. Raises `BadFile` for a file that is too large, not UTF-8, not YAML, nested too deeply,
    or that uses aliases, tags or the same key twice.
    """
    if len(raw) > MAX_BYTES:
        raise BadFile(
            f"the file has more than {MAX_BYTES:,} bytes, the most that a ledger file may have.",
            where=name,
            remedy="Split it into several files.",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadFile(
            "the file is not UTF-8.",
            where=f"{name}, line {line}",
            remedy="Save it as UTF-8 and load it again.",
        ) from None
    try:
        if not trusted:
            _refuse_tricks(text, name)
        loader = _Loader(text)
        node = loader.get_single_node()
        content = None if node is None else loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        what = getattr(error, "problem", None) or "the YAML cannot be read"
        raise BadFile(f"{what}.", where=where, remedy="Compare with docs/reference/ledger.md.") from None
    if not trusted and (twice := list(_twice(node, name))):
        raise BadFile(twice)
    return content, _entry_lines(node)


def _refuse_tricks(text: str, name: str) -> None:
    # An alias can blow a few bytes up into gigabytes, a tag can name what is to be built, and deep nesting
    # exhausts the parser; no ledger file needs any of them.
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            what, remedy = "YAML aliases (*name) are not accepted.", "Write the value out."
        elif (tag := getattr(event, "tag", None)) is not None:
            what, remedy = f"YAML tags ({tag}) are not accepted.", "Write the plain value."
        elif depth > MAX_DEPTH:
            what, remedy = f"the YAML is nested more than {MAX_DEPTH} deep.", "See docs/reference/ledger.md."
        else:
            continue
        line = event.start_mark.line + 1 if event.start_mark else "?"
        raise BadFile(what, where=f"{name}, line {line}", remedy=remedy)


def _twice(node: yaml.Node | None, name: str) -> Iterator[Problem]:
    # YAML readers keep the last of two equal keys and lose the other without a word.
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _twice(item, name)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                yield Problem(
                    f"the key {key.value!r} stands twice in one mapping.",
                    f"{name}, line {key.start_mark.line + 1}",
                    remedy="Keep one, or write its values as a list.",
                )
            seen.add(str(key.value))
            yield from _twice(value, name)


def _entry_lines(node: yaml.Node | None) -> list[int]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in ("entries", "claims") and isinstance(value, yaml.SequenceNode):
                return [item.start_mark.line + 1 for item in value.value]
    return []
