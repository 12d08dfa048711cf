"""Obstacles out of files: what stands between two countries and is in neither the network nor the tariffs.

One file a pair, laid out like this:

    between: [CHN, RUS]
    obstacles:
      - id: payment
        kind: settlement
        label: Payments as before
        benchmark: Banks pay at once, as they did before the sanctions.
        barriers: [barrier/payment-refusals-china]
        also: []
        note: What the size rests on, and what it leaves out.
        changes:
          - {kind: settlement, between: [CHN, RUS], fee_pct: [-6, 0], share_pct: 50, source: assumed}

Changes are those of scenarios. They say how far the obstacle is relaxed, so a cost that falls is negative; the first one
carries the main size. Accounts are of one year: what began later is in none of its flows, and a relaxation of it is the same
friction with the sign turned, the fall of cost that ending it would bring to a trade of that year's size and pattern.

`computed_from` lists the sources of a main size that its author reckoned and no source prints. In a scenario such a size is
assumed; an obstacle with it counts as sourced, because every number that enters the size can be looked up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator

from landbridge.errors import BadFile, BadUsage, Problem, nearest
from landbridge.planning.bottlenecks.candidate import ASSUMED, SOURCED, Candidate, Step, size_of
from landbridge.planning.bottlenecks.candidate import KINDS as CANDIDATES
from landbridge.scenarios.changes import KINDS as CHANGES
from landbridge.scenarios.changes import Change, Text
from landbridge.scenarios.forms import Fault, Form, refused, spelled
from landbridge.scenarios.forms import Path as Way
from landbridge.scenarios.sizes import Cited, as_source
from landbridge.scenarios.spec import Scenario
from landbridge.scenarios.words import Country
from landbridge.sources.guard import all_there, yaml_file
from landbridge.sources.outline import keys_twice, lines, odd_numbers, outline

KINDS = ("documents", "capacity", "access", "settlement", "information")
"""Kinds of obstacle that files hold; those of the network and of tariffs the program makes itself."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LAYOUT = "Write `between: [CHN, RUS]` and `obstacles:`, a list of mappings with id, kind, label, benchmark, changes."


def _id(given: Any) -> str:
    if isinstance(given, str) and _ID.fullmatch(given):
        return given
    raise refused(f"{given!r} is no id.", "Write small letters, digits and hyphens, such as documents-china.")


def _kind(given: Any) -> str:
    if given in KINDS:
        return str(given)
    valid = f"Valid: {', '.join(KINDS)}."
    if given in CANDIDATES:
        why = "The program makes these obstacles from the network and the table of tariffs."
        raise refused(f"obstacles of kind {given!r} are not written in a file.", valid, why)
    close = nearest(str(given), KINDS)
    hint = f"Nearest valid: {', '.join(close)}." if close else ""
    raise refused(f"no kind of obstacle is called {given!r}.", valid, hint)


def _said(given: Any) -> str:
    if isinstance(given, str) and given.strip():
        return given.strip()
    raise refused("there are no words here.", "Say it in words.")


def _change(given: Any) -> Change:
    """A change of a scenario; every fault of it, with the way to it."""
    if not isinstance(given, Mapping):
        raise refused("a change is a mapping that begins with `kind:`.", f"Valid: {', '.join(CHANGES)}.")
    kind = given.get("kind")
    form = CHANGES.get(kind) if isinstance(kind, str) else None
    if form is None:
        close = nearest(str(kind), CHANGES)
        hint = f"Nearest valid: {', '.join(close)}." if close else ""
        what = f"no kind of change is called {kind!r}." if "kind" in given else "the key 'kind' is missing."
        fault = Fault(("kind",) if "kind" in given else (), what, hint, f"Valid kinds: {', '.join(CHANGES)}.")
        raise refused(what, faults=[fault])
    made, found = form.attempt(given)
    if made is None:
        raise refused("the change is wrong.", faults=found)
    return made


def _citation(given: Any) -> Cited:
    source = as_source(given)
    if isinstance(source, Cited):
        return source
    raise refused(
        "nothing is computed from an assumption.",
        "Name the publisher and the url, or leave computed_from out.",
    )


def _listed(given: Any) -> Any:
    return tuple(given) if isinstance(given, list) else given


_Words = Annotated[str, PlainValidator(_said)]
_Names = Annotated[tuple[_Words, ...], BeforeValidator(_listed)]


class _Entry(Form):
    """An obstacle as written."""

    example = "{id: payment, kind: settlement, label: ..., benchmark: ..., note: ..., changes: [...]}"

    id: Annotated[str, PlainValidator(_id)]
    kind: Annotated[str, PlainValidator(_kind)]
    label: _Words
    benchmark: _Words
    barriers: _Names = ()
    also: _Names = ()
    joins: _Names = ()
    note: Text = ""
    computed_from: Annotated[
        tuple[Annotated[Cited, PlainValidator(_citation)], ...], BeforeValidator(_listed)
    ] = ()
    changes: Annotated[
        tuple[Annotated[Change, PlainValidator(_change)], ...], BeforeValidator(_listed), Field(min_length=1)
    ]

    def unfit_values(self) -> Iterator[Fault]:
        """Changes that do not go together, a first one without a size, a citation of what is cited already."""
        _, found = Scenario.attempt({"name": self.id, "changes": self.changes})
        yield from found
        try:
            _, _, stated = size_of(self.changes[0])
        except BadUsage as error:
            what = "The first change carries the size of the obstacle."
            yield Fault(("changes", 0), error.problems[0].what, what, error.problems[0].remedy)
            return
        if stated == SOURCED and self.computed_from:
            yield Fault(
                ("computed_from",),
                "the main size has a source of its own.",
                remedy="Leave computed_from out, or call the size assumed.",
            )

    def candidate(self) -> Candidate:
        """The obstacle as what may be relaxed."""
        size, unit, stated = size_of(self.changes[0])
        every = all(isinstance(change.source, Cited) for change in self.changes[1:])
        first = self.changes[0].source
        cited = self.computed_from or ((first,) if isinstance(first, Cited) else ())
        return Candidate(
            self.id,
            self.kind,
            self.label,
            self.benchmark,
            tuple(Step(change) for change in self.changes),
            size,
            unit,
            SOURCED if every and (stated == SOURCED or self.computed_from) else ASSUMED,
            " ".join(self.note.split()),
            self.also,
            self.barriers,
            joins=self.joins,
            cited=cited,
        )


def _entry(given: Any) -> _Entry:
    if not isinstance(given, Mapping):
        raise refused("an obstacle is a mapping that begins with `id:`.", _Entry.example)
    made, found = _Entry.attempt(given)
    if made is None:
        raise refused("the obstacle is wrong.", faults=found)
    return made


class _File(Form):
    """A file as written."""

    example = _LAYOUT

    between: Annotated[tuple[Country, Country], BeforeValidator(_listed)]
    obstacles: Annotated[
        tuple[Annotated[_Entry, PlainValidator(_entry)], ...], BeforeValidator(_listed), Field(min_length=1)
    ]

    def unfit_values(self) -> Iterator[Fault]:
        """A pair of one country, and changes that are about others."""
        if self.between[0] == self.between[1]:
            yield Fault(("between",), "the two countries are the same.", remedy="Name two.")
        for at, entry in enumerate(self.obstacles):
            for number, change in enumerate(entry.changes):
                if not set(self.between) & set(change.named()):
                    yield Fault(
                        ("obstacles", at, "changes", number),
                        f"the change names neither {self.between[0]} nor {self.between[1]}.",
                        remedy="An obstacle between two countries changes a flow of one of them.",
                    )


@dataclass(frozen=True, slots=True)
class Obstacles:
    """The obstacles of a file, and the two countries between which they stand."""

    between: tuple[str, str]
    candidates: tuple[Candidate, ...]


def read(path: Path | str) -> Obstacles:
    """The obstacles in a YAML file; raises `BadFile` with every problem of the file and its line."""
    path = Path(path)
    all_there([path])
    content = yaml_file(path)
    tree = outline(path)
    problems = [*keys_twice(tree, path.name), *odd_numbers(tree, path.name)]
    if not isinstance(content, Mapping):
        raise BadFile([*problems, Problem("this is no file of obstacles.", path.name, remedy=_LAYOUT)])
    made, found = _File.attempt(content)
    found += _crossed(content)
    found_at = lines(tree)
    told = sorted(((_line(fault.path, found_at), fault) for fault in found), key=lambda item: item[0])
    problems += [fault.problem(_place(path.name, line, fault.path, content)) for line, fault in told]
    if problems or made is None:
        raise BadFile(problems)
    return Obstacles(made.between, tuple(entry.candidate() for entry in made.obstacles))


def for_pair(files: Mapping[str, Path], a: str, b: str) -> tuple[Candidate, ...]:
    """The obstacles that the files hold between two countries, named in either order."""
    held = [read(files[name]) for name in sorted(files)]
    return tuple(one for item in held if set(item.between) == {a, b} for one in item.candidates)


def _crossed(content: Mapping[Any, Any]) -> list[Fault]:
    """Ids written twice and references to none, told even where obstacles are wrong in themselves."""
    listed = content.get("obstacles")
    entries = [
        (at, item) for at, item in enumerate(listed if isinstance(listed, list) else []) if _mapped(item)
    ]
    counted = Counter(str(item["id"]) for _, item in entries if "id" in item)
    found: list[Fault] = []
    seen: set[str] = set()
    for at, item in entries:
        own = str(item.get("id", ""))
        if own in seen:
            found.append(
                Fault(("obstacles", at, "id"), f"the id {own!r} is used twice.", remedy="Give it another.")
            )
        seen.add(own)
        for key in ("also", "joins"):
            named = item.get(key)
            for number, name in enumerate(named if isinstance(named, list) else []):
                if str(name) in counted and str(name) != own:
                    continue
                close = nearest(str(name), [other for other in counted if other != own])
                hint = f"Nearest valid: {', '.join(close)}." if close else ""
                found.append(
                    Fault(("obstacles", at, key, number), f"no other obstacle is called {name!r}.", hint)
                )
    return found


def _mapped(item: Any) -> bool:
    return isinstance(item, Mapping)


def _line(path: Way, found_at: Mapping[Way, int]) -> int:
    """The line of a fault, or of what holds it."""
    return next((found_at[path[:end]] for end in range(len(path), -1, -1) if path[:end] in found_at), 0)


def _place(name: str, line: int, path: Way, content: Mapping[Any, Any]) -> str:
    """File, line, obstacle and the way inside it: `chn-rus.yaml, line 9, payment, changes 1, fee_pct`."""
    shown = spelled(path)
    if len(path) > 1 and path[0] == "obstacles" and isinstance(path[1], int):
        entry = content["obstacles"][path[1]]
        called = str(entry.get("id", "")) if _mapped(entry) else ""
        shown = ", ".join(filter(None, (called or spelled(path[:2]), spelled(path[2:]))))
    return ", ".join(filter(None, (name, f"line {line}" if line else "", shown)))
