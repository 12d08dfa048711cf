"""Where things stand in a YAML file that has been found sound: lines for messages, and slips that YAML hides."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from landbridge.errors import Problem

_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


def outline(path: Path) -> yaml.Node | None:
    """The tree of a file that `guard.yaml_file` has read before, so it is small, sound, and free of aliases."""
    node: yaml.Node | None = yaml.compose(path.read_text("utf-8-sig"), Loader=yaml.SafeLoader)
    return node


def keys_twice(node: yaml.Node | None, name: str) -> list[Problem]:
    """Keys of the file `name` that are written twice in one mapping, of which YAML would take the last."""
    problems: list[tuple[int, Problem]] = []
    left = [node]
    while left:
        node = left.pop()
        if isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if str(key.value) in seen:
                    what = f"the key {key.value!r} is written twice, first in line {seen[str(key.value)]}."
                    problems.append(
                        (line, Problem(what, f"{name}, line {line}", remedy="Delete one of the two."))
                    )
                seen.setdefault(str(key.value), line)
                left.append(value)
        elif isinstance(node, yaml.SequenceNode):
            left += node.value
    return [problem for _, problem in sorted(problems, key=lambda item: item[0])]


def odd_numbers(node: yaml.Node | None, name: str) -> list[Problem]:
    """Numbers that YAML reads as others than they look: 1:30 is 90, 012 is ten, 1_000 a thousand."""
    problems: list[tuple[int, Problem]] = []
    left = [node]
    while left:
        node = left.pop()
        if isinstance(node, yaml.MappingNode):
            left += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            left += node.value
        elif isinstance(node, yaml.ScalarNode) and node.tag in _NUMBERS:
            text = node.value
            digits = text.lstrip("+-")
            octal = len(digits) > 1 and digits[0] == "0" and digits.isdigit()
            if octal or not _PLAIN.fullmatch(text):
                line = node.start_mark.line + 1
                why = "YAML reads a colon as minutes, a leading zero as base eight, and drops underscores."
                remedy = "Write it with digits and a point, such as 1.5, or in quotes if it is text."
                what = f"{text!r} is no plain number."
                problems.append((line, Problem(what, f"{name}, line {line}", why, remedy)))
    return [problem for _, problem in sorted(problems, key=lambda item: item[0])]


def lines(node: yaml.Node | None) -> dict[tuple[str | int, ...], int]:
    """The line on which each key and list entry begins, by its path: `("changes", 0, "hours")`."""
    found: dict[tuple[str | int, ...], int] = {}
    left: list[tuple[tuple[str | int, ...], yaml.Node | None]] = [((), node)]
    while left:
        path, node = left.pop()
        if node is None:
            continue
        found.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                found[(*path, str(key.value))] = key.start_mark.line + 1
                left.append(((*path, str(key.value)), value))
        elif isinstance(node, yaml.SequenceNode):
            left += [((*path, at), item) for at, item in enumerate(node.value)]
    return found
