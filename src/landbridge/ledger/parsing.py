"""The YAML of a ledger file, guarded: plain mappings, lists and words, nothing that unfolds, builds or hides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from landbridge.codes.matching import plain, unfit
from landbridge.errors import BadFile, Problem

MAX_BYTES = 5_000_000
MAX_DEPTH = 12

# YAML 1.1 reads 12:30:45 as 45045, 012 as ten, 0x10 as sixteen and 1_000 as a thousand. Whoever writes them in a
# ledger means a time, a code or a slip: only plain decimals are numbers, the rest stays the text that was written.
# So do dates: a day that does not exist is then one problem of one field, not the end of the reading. The number of
# digits is bounded because Python refuses to read an integer of thousands of them.
_Loader: Any = type("_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})
_NUMBERS = {
    "tag:yaml.org,2002:int": r"[-+]?(0|[1-9][0-9]{0,400})",
    "tag:yaml.org,2002:float": r"[-+]?((0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}
_KEPT = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag in _KEPT]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern in _NUMBERS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^({_pattern})$"), list("-+0123456789."))


@dataclass(frozen=True, slots=True)
class Parsed:
    """The content of a YAML file, where its parts stand, and what is wrong with its texts."""

    content: Any
    node: yaml.Node | None
    problems: tuple[Problem, ...] = ()

    def line(self, *path: str | int) -> int:
        """The line of what lies at `path` (keys and positions), or of the nearest part around it; 0 for none."""
        node, line = self.node, 0
        for step in path:
            if isinstance(node, yaml.MappingNode):
                found = next(((key, value) for key, value in node.value if key.value == step), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line + 1, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                break
        return line


def parse(raw: bytes, name: str, *, trusted: bool) -> Parsed:
    """The content of a YAML file, with its lines.

    `trusted` skips the guards. Raises `BadFile` for a file that is too large, not UTF-8, not YAML, nested too deeply,
    or that uses aliases or tags. A key that stands twice and a character that no text may hold are reported in
    `problems`; such characters are written out in `content`.
    """
    if len(raw) > MAX_BYTES:
        raise BadFile(
            f"the file has more than {MAX_BYTES:,} bytes, the most that a ledger file may have.",
            where=name,
            remedy="Split it into several files.",
        )
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadFile(
            "the file is not UTF-8.",
            where=f"{name}, line {line}",
            remedy="Save it as UTF-8 and load it again.",
        ) from None
    problems: list[Problem] = []
    try:
        if not trusted:
            problems += _hidden(enumerate(text.split("\n"), 1), name)
            text = plain(text)
            _refuse_tricks(text, name)
        loader = _Loader(text)
        node = loader.get_single_node()
        if not trusted and node is not None:
            problems += _hidden(_escaped(node), name)
        content = None if node is None else loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        what = getattr(error, "problem", None) or "the YAML cannot be read"
        broken = Problem(f"{what}.", where, remedy="Compare with docs/reference/ledger.md.")
        raise BadFile([*problems, broken]) from None
    if not trusted:
        problems += _twice(node, name)
    return Parsed(content, node, tuple(problems))


def _hidden(texts: Iterable[tuple[int, str]], name: str) -> Iterator[Problem]:
    """A problem for each of `texts` (line and words) with characters that no text may hold."""
    for line, text in texts:
        if found := unfit(text):
            yield Problem(
                f"the text holds {', '.join(found)}.",
                f"{name}, line {line}",
                "Control characters and marks of direction cannot be seen, and break what shows the text.",
                "Delete them.",
            )


def _escaped(node: yaml.Node) -> Iterator[tuple[int, str]]:
    """Line and words of every key and value whose escapes (`"\\u0007"`) hide something; they are made plain."""
    if isinstance(node, yaml.ScalarNode):
        yield node.start_mark.line + 1, node.value
        node.value = plain(node.value)
        return
    for item in node.value:
        for part in item if isinstance(item, tuple) else (item,):
            yield from _escaped(part)


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
