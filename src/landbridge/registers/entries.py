"""One record as it is typed on a command line, made into the entries of a ledger file.

What was typed goes through the same reader as a file, so that it is held to the same rules. A value is written plainly,
or as a YAML mapping in braces with the keys of docs/reference/ledger.md. Plain values may carry more: `10e9 CNY @2018` is
a number with unit and period, `5..7 days` a range, `~120 count` a number with its hedge, `Fifth session @2024-05` words
with their period.
"""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landbridge.codes.matching import unfit
from landbridge.errors import BadFile, LandbridgeError, Problem, UnknownLabel
from landbridge.ledger import ASSUMED, LedgerFile, read, schema
from landbridge.ledger.forms import RECORD, is_period
from landbridge.ledger.parsing import parse
from landbridge.provenance import Source, Status, content_id

_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_QUANTITY = re.compile(
    rf"(?P<sign>>=|<=|[~<>=])?\s*(?P<low>{_NUMBER})(?:\.\.(?P<high>{_NUMBER}))?(?:\s+(?P<unit>\S.*))?"
)
_PERIOD = re.compile(r"(?P<value>.*?)\s*@(?P<period>\d[^@\s]*)", re.DOTALL)
_WHERE = re.compile(r"options, line (\d+)")
# The lines before the first entry in the text that `_text` makes.
_HEAD = 4
_PLACEHOLDER = "not-named"
_OPTIONS = {
    "by": "--by",
    "record": "--id",
    "source": "--source",
    "locator": "--locator",
    "speaker": "--speaker",
}
_STATUSES = tuple(status.value for status in Status)


@dataclass(frozen=True, slots=True)
class Origin:
    """A source that the ledger does not hold yet. Nothing but the publisher must be known."""

    publisher: str = ""
    title: str = ""
    published: str = ""
    url: str = ""
    licence: str = ""
    kind: str = ""
    weak: bool = False

    def source(self, named: str) -> dict[str, Any]:
        """The source as a ledger file brings it along, under the id `named` or one made of its content."""
        content = {name: getattr(self, name) for name in Origin.__dataclass_fields__}
        words = re.sub(r"[^a-z0-9]+", "-", self.publisher.lower())[:40].strip("-") or "source"
        return {"id": named or f"{words}-{content_id('', [str(v) for v in content.values()])[:6]}", **content}


@dataclass(frozen=True, slots=True)
class Form:
    """One record as it was typed: its slug, `NAME=VALUE` for each thing said, who says so, who enters it.

    `said_on` is when the source spoke; `beside` says that another value than the one held may stand beside it.
    """

    kind: str
    record: str
    sets: tuple[str, ...]
    by: str
    source: str = ""
    origin: Origin = Origin()
    locator: str = ""
    speaker: str = ""
    status: str = ""
    said_on: str = ""
    beside: bool = False

    @property
    def subject(self) -> str:
        """The record with its kind."""
        return self.record if "/" in self.record else f"{self.kind}/{self.record}"


@dataclass(frozen=True, slots=True)
class Value:
    """One thing said: the option as it was typed, its property, and the keys of its value."""

    option: str
    name: str
    keys: Mapping[str, Any]


def file_of(
    form: Form,
    places: Iterable[str],
    sources: Mapping[str, Source],
    recorded: str,
    stated: Iterable[str] = (),
) -> LedgerFile:
    """The statements and sources of a form. `sources` are those held, `stated` the properties held of the record.

    Raises `BadFile` with everything that is wrong.
    """
    problems, whole = incomplete(form, sources), True
    values: list[Value] = []
    for text in form.sets:
        try:
            values.append(value_of(form.kind, text))
        except LandbridgeError as error:
            whole = False
            problems += [replace(item, where=_shown(text)) for item in error.problems]
    kind = schema.kind(form.kind)
    names = [value.name for value in values]
    problems += [
        Problem(f"{name} is stated more than once, but may be stated once only.", f"--set {name}")
        for name in dict.fromkeys(names)
        if names.count(name) > 1 and name in kind.properties and not kind.properties[name].many
    ]
    lacking = [
        prop.name
        for prop in kind.properties.values()
        if (prop.required or {*prop.required_with} & {*names, *stated})
        and prop.name not in {*names, *stated}
        and whole
    ]
    problems += [
        Problem(f"{name} is missing.", form.subject, remedy=f"{kind.property(name).doc} Add --set {name}=...")
        for name in lacking
    ]
    try:
        made = read_values(form, values, places, recorded)
    except BadFile as error:
        raise BadFile(_once([*problems, *error.problems])) from None
    if problems:
        raise BadFile(_once(problems))
    return made


def read_values(form: Form, values: Sequence[Value], places: Iterable[str], recorded: str) -> LedgerFile:
    """What the reader of ledger files makes of some values; its problems name the options."""
    text = _text(form, values, recorded)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "options"
        path.write_text(text, "utf-8", errors="replace", newline="\n")
        try:
            return read(path, places)
        except BadFile as error:
            raise BadFile([_at_option(problem, values) for problem in error.problems]) from None


def value_of(kind: str, text: str) -> Value:
    """What `NAME=VALUE` says. Raises `BadFile` or `UnknownLabel` for what cannot be understood."""
    name, equals, stated = text.partition("=")
    name = name.strip()
    if not equals or not name:
        raise BadFile("this is not of the form NAME=VALUE.", remedy="Such as --set since=2013.")
    prop = schema.kind(kind).property(name)
    return Value(_shown(text), name, keys_of(prop, stated.strip()))


def keys_of(prop: schema.Property, stated: str) -> dict[str, Any]:
    """The keys of one value as a ledger file has them: `value` alone, or with unit, period and more."""
    if hidden := unfit(stated):
        raise BadFile(
            f"the text holds {', '.join(hidden)}.",
            cause="Control characters and marks of direction cannot be seen.",
            remedy="Delete them.",
        )
    if stated.startswith("{"):
        return _mapping(stated)
    period: dict[str, Any] = {}
    if tail := _PERIOD.fullmatch(stated):
        if not is_period(tail["period"]):
            raise BadFile(
                f"{tail['period']!r} is not a period.",
                cause="What stands behind the last @ and begins with a digit is read as one.",
                remedy="Write @2024, @2024-05 or @2020/2024; docs/reference/ledger.md, Periods.",
            )
        stated, period = tail["value"], {"period": tail["period"]}
    if prop.type == "number" and (found := _QUANTITY.fullmatch(stated)):
        return _quantity(found) | period
    if prop.type == "places":
        return {"value": re.split(r"[\s,]+", stated)} | period
    return {"value": stated} | period


def _quantity(found: re.Match[str]) -> dict[str, Any]:
    out: dict[str, Any] = {"unit": found["unit"]} if found["unit"] else {}
    if found["sign"]:
        out["comparator"] = found["sign"]
    ends = [float(end) for end in (found["low"], found["high"]) if end]
    if not all(map(math.isfinite, ends)):
        raise BadFile(f"{found[0]!r} is too large.")
    return out | ({"value": ends[0]} if len(ends) == 1 else {"low": ends[0], "high": ends[1]})


def _mapping(stated: str) -> dict[str, Any]:
    content = parse(stated.encode(errors="replace"), "value", trusted=False)
    if content.problems:
        raise BadFile([replace(problem, where="") for problem in content.problems])
    if not isinstance(content.content, dict):
        raise BadFile("this is not a mapping.", remedy="Write {value: 120, unit: count, period: 2023}.")
    return {str(key): value for key, value in content.content.items()}


def incomplete(form: Form, sources: Mapping[str, Source]) -> list[Problem]:
    """What is wrong with a form apart from the values in it; `sources` are those held."""
    wrong = []
    for name, option in _OPTIONS.items():
        if hidden := unfit(str(getattr(form, name))):
            wrong.append(Problem(f"the text holds {', '.join(hidden)}.", option, remedy="Delete them."))
    if not _is_status(form.status):
        unknown = UnknownLabel("status", form.status, _STATUSES, where="--status")
        wrong += [replace(item, remedy=f"Valid: {', '.join(_STATUSES)}.") for item in unknown.problems]
    if form.said_on and not is_period(form.said_on):
        remedy = "Write 2024, 2024-05 or 2024-05-17."
        wrong.append(Problem(f"{form.said_on!r} is not a period.", "--said", remedy=remedy))
    if not form.by.strip():
        wrong.append(Problem("--by is missing.", remedy="Name who enters it; nothing is entered by nobody."))
    if not form.record:
        wrong.append(
            Problem("--id is missing.", remedy="Give the record a slug, such as vitebsk-heilongjiang.")
        )
    elif not RECORD.fullmatch(form.subject) or not form.subject.startswith(f"{form.kind}/"):
        wrong.append(
            Problem(
                f"{form.record!r} is no name of a record of the kind {form.kind}.",
                "--id",
                remedy="Use small letters, digits and hyphens, such as vitebsk-heilongjiang.",
            )
        )
    if not form.sets:
        wrong.append(Problem("nothing is said of it.", "--set", remedy="Add --set NAME=VALUE at least once."))
    return wrong + _no_source(form, sources)


def _no_source(form: Form, sources: Mapping[str, Source]) -> list[Problem]:
    brought = {
        name: getattr(form.origin, name) for name in Origin.__dataclass_fields__ if getattr(form.origin, name)
    }
    if form.origin.publisher:
        return []
    if brought:
        options = ", ".join("--source-kind" if name == "kind" else f"--{name}" for name in brought)
        return [Problem(f"{options}: a new source needs its publisher.", remedy="Add --publisher NAME.")]
    if not form.source:
        return [
            Problem(
                "nothing says who says so.",
                "--source",
                remedy="Name a source that is held (`landbridge sources`), bring one with --publisher, or write "
                "--source assumed, which needs ranges instead of numbers.",
            )
        ]
    if form.source != ASSUMED and form.source not in sources:
        unknown = UnknownLabel("source", form.source, sources, where="--source")
        remedy = "`landbridge sources` lists all; with --publisher you bring a new one."
        return [replace(problem, remedy=remedy) for problem in unknown.problems]
    return []


def _text(form: Form, values: Sequence[Value], recorded: str) -> str:
    """A ledger file with one entry a line; JSON is YAML."""
    source: dict[str, Any] = form.origin.source(form.source) if form.origin.publisher else {}
    shared = {
        "record": form.subject if RECORD.fullmatch(form.subject) else f"{form.kind}/{_PLACEHOLDER}",
        "source": source.get("id", form.source) or ASSUMED,
        **({"locator": form.locator} if form.locator else {}),
        **({"speaker": form.speaker} if form.speaker else {}),
        **({"status": form.status} if form.status and _is_status(form.status) else {}),
        **({"as_of": form.said_on} if form.said_on and is_period(form.said_on) else {}),
    }
    entries = [{**shared, "says": {value.name: dict(value.keys)}} for value in values]
    head = [
        "{",
        f'"recorded": {_json(recorded)}, "recorder": {_json(form.by)}, "kind": {_json(form.kind)},',
        f'"sources": {_json([source] if source else [])},',
        '"entries": [',
    ]
    assert len(head) == _HEAD
    return "\n".join([*head, ",\n".join(map(_json, entries)), "]}"]) + "\n"


def _is_status(text: str) -> bool:
    return not text or text in _STATUSES


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _at_option(problem: Problem, values: Sequence[Value]) -> Problem:
    """A problem of the text that was made, at the option that it came from."""
    if problem.what.startswith("sources."):
        return replace(problem, where="the source")
    found = _WHERE.fullmatch(problem.where)
    position = int(found[1]) - _HEAD - 1 if found else -1
    if not 0 <= position < len(values):
        return replace(problem, where="")
    value = values[position]
    # The option says already which record and property it is about.
    what = re.sub(rf"^[a-z]+/[a-z0-9-]+, {re.escape(value.name)}: ", "", problem.what)
    return replace(problem, what=what, where=value.option)


def _shown(text: str) -> str:
    """An option for people, not longer than a line."""
    short = text if len(text) <= 60 else f"{text[:59]}…"
    return f"--set {short}"


def _once(problems: Iterable[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
