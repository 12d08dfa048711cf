"""A scenario out of a YAML file or a mapping: all its problems at once, with lines and nearest valid words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from landbridge.errors import BadFile, Problem, nearest
from landbridge.scenarios.changes import KINDS, Change
from landbridge.scenarios.forms import Fault, spelled
from landbridge.scenarios.forms import Path as Way
from landbridge.scenarios.spec import Scenario
from landbridge.sources.guard import all_there, yaml_file
from landbridge.sources.outline import keys_twice, lines, odd_numbers, outline

_EXAMPLE = "Write `name:` and `changes:`; docs/reference/scenarios.md has an example of every kind."


def read(path: Path | str) -> Scenario:
    """The scenario in a YAML file; raises `BadFile` with every problem of the file and its line."""
    path = Path(path)
    all_there([path])
    try:
        content = yaml_file(path)
    except BadFile as error:
        raise BadFile([_told(problem, path) for problem in error.problems]) from None
    tree = outline(path)
    slips = [*keys_twice(tree, path.name), *odd_numbers(tree, path.name)]
    return _made(content, path.name, lines(tree), slips)


_LONG = "A scenario is a page of text: write one file for each."
_MENDED = {
    "the file is empty.": ("", _EXAMPLE),
    "this is not a file.": ("", "Name the YAML file of one scenario, not a folder or a device."),
    "the file is nested too deeply.": ("A scenario has no list inside a list inside a list.", _EXAMPLE),
}
"""Cause and remedy of refusals that `guard` words for files of every kind, for scenarios."""


def _told(problem: Problem, path: Path) -> Problem:
    """A refusal of a file as one of a scenario: other remedies, and a word about encodings."""
    if problem.what in _MENDED:
        cause, remedy = _MENDED[problem.what]
        return replace(problem, cause=cause, remedy=remedy)
    if problem.what.startswith("the file has ") and "MiB" in problem.what:
        return replace(problem, remedy=_LONG)
    if problem.what == "not a readable YAML file.":
        data = path.read_bytes()
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            where = f"{path.name}, line {data[: error.start].count(10) + 1}"
            why = "Another program saved it in another encoding, such as UTF-16 or Windows-1251."
            return Problem("the file is no text in UTF-8.", where, why, "Save the file as UTF-8.")
        return replace(problem, remedy=problem.remedy or _EXAMPLE)
    return problem


def scenario(content: Any, where: str = "") -> Scenario:
    """The scenario in a mapping laid out like a file; raises `BadFile` with every problem. `where` names its origin."""
    return _made(content, where, {}, [])


def _made(content: Any, where: str, found_at: Mapping[Way, int], slips: list[Problem]) -> Scenario:
    if not isinstance(content, Mapping):
        raise BadFile([*slips, Problem("this is no scenario.", where, remedy=_EXAMPLE)])
    changes, faults, kinds = _changes(content.get("changes"))
    made, more = Scenario.attempt({**content, "changes": changes})
    # A change that is wrong itself is missing from the list, so what the list lacks or how it numbers says nothing.
    faults += [fault for fault in more if fault.path[:1] != ("changes",) or not faults]
    told = sorted(((_line(fault.path, found_at), fault) for fault in faults), key=lambda item: item[0])
    problems = slips + [fault.problem(_place(line, fault.path, where, kinds)) for line, fault in told]
    if problems or made is None:
        raise BadFile(problems)
    return made


def _changes(given: Any) -> tuple[list[Change], list[Fault], dict[int, str]]:
    """The changes that are good, the faults of the others, and the kind of each by its position."""
    if not isinstance(given, list | tuple) or not given:
        what = "there are no changes." if not given else "changes are a list."
        return [], [Fault(("changes",), what, remedy=_EXAMPLE)], {}
    made: list[Change] = []
    faults: list[Fault] = []
    kinds: dict[int, str] = {}
    for at, item in enumerate(given):
        if isinstance(item, Change):
            made.append(item)
            continue
        form, wrong = _form(item)
        if form is not None:
            kinds[at] = item["kind"]
            change, wrong = form.attempt(item)
            made += [] if change is None else [change]
        faults += [fault.under("changes", at) for fault in wrong]
    return made, faults, kinds


def _form(item: Any) -> tuple[type[Change] | None, list[Fault]]:
    if not isinstance(item, Mapping):
        return None, [Fault((), "a change is a mapping that begins with `kind:`.", remedy=_EXAMPLE)]
    valid = f"Valid: {', '.join(KINDS)}."
    if "kind" not in item:
        return None, [Fault((), "the key 'kind' is missing.", remedy=valid)]
    kind = item["kind"]
    if isinstance(kind, str) and kind in KINDS:
        return KINDS[kind], []
    close = nearest(str(kind), KINDS)
    hint = f"Nearest valid: {', '.join(close)}." if close else ""
    return None, [Fault(("kind",), f"no kind of change is called {kind!r}.", hint, valid)]


def _line(path: Way, found_at: Mapping[Way, int]) -> int:
    """The line of a fault, or of what holds it; 0 where nothing has lines."""
    return next((found_at[path[:end]] for end in range(len(path), -1, -1) if path[:end] in found_at), 0)


def _place(line: int, path: Way, where: str, kinds: Mapping[int, str]) -> str:
    """File, line and way of a fault: `cut.yaml, line 7, changes 2 (tariff), to_pct`."""
    shown = spelled(path)
    if len(path) > 1 and path[0] == "changes" and path[1] in kinds:
        head = spelled(path[:2])
        shown = shown.replace(head, f"{head} ({kinds[int(path[1])]})", 1)
    return ", ".join(filter(None, (where, f"line {line}" if line else "", shown)))
