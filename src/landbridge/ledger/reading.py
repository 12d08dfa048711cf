"""Ledger files to statements. All problems of a file are found before anything is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from landbridge.errors import BadFile, LandbridgeError, Problem
from landbridge.ledger import schema
from landbridge.ledger.statement import ASSUMED, Statement
from landbridge.provenance import Source, Status
from landbridge.units import unit as unit_named

MAX_BYTES = 5_000_000
PERIOD = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-H[12]|-Q[1-4])?"
    r"(/(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-H[12]|-Q[1-4])?|\.\.))?"
)
RECORD = re.compile(r"[a-z]+/[a-z0-9][a-z0-9-]*")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _words(value: object) -> object:
    """Dates and years that YAML reads as such, back to the words written."""
    return value if value is None or isinstance(value, str | list | dict) else str(value)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Value(_Strict):
    """A value with what belongs to it."""

    value: Any = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    period: str = ""
    from_: str = Field("", alias="from")
    to: str = ""
    as_of: str = ""
    comparator: str = Field("=", pattern=r"^(=|~|>|<|>=|<=)$")
    speaker: str = ""
    locator: str = ""
    status: Status | None = None
    note: str = ""
    supersedes: str = ""

    _period = field_validator("period", "from_", "to", "as_of", mode="before")(_words)


class _Entry(_Strict):
    record: str
    says: dict[str, Any]
    source: str
    kind: str = ""
    locator: str = ""
    speaker: str = ""
    status: Status | None = None
    as_of: str = ""

    _as_of = field_validator("as_of", mode="before")(_words)


class _Source(_Strict):
    """A source that a file brings along, for ledgers that are not the project's own."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    publisher: str
    title: str = ""
    published: str = ""
    url: str = Field("", pattern=r"^(https?://.*)?$")
    licence: str = ""
    kind: str = ""
    weak: bool = False

    _published = field_validator("published", mode="before")(_words)


class _Register(_Strict):
    recorded: str
    recorder: str
    entries: list[_Entry]
    kind: str = ""
    sources: list[_Source] = []

    _recorded = field_validator("recorded", mode="before")(_words)


class _Claim(_Strict):
    at: tuple[int, int]
    system: int = Field(ge=1, le=29)
    kind: str
    indicator: str
    asserts: str
    parties: list[str] = []
    direction: str = ""
    period: str = ""
    period_inferred: str = ""
    asof: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    comparator: str = Field("=", pattern=r"^(=|~|>|<|>=|<=)$")
    speaker: str = ""
    note: str = ""
    beside: str = ""

    _period = field_validator("period", "period_inferred", "asof", mode="before")(_words)


class _Claims(_Strict):
    recorded: str
    recorder: str
    source: str
    sha256: str
    claims: list[_Claim]
    document: str = ""
    title: str = ""
    asof: str = ""
    asof_inferred: bool = False

    _recorded = field_validator("recorded", "asof", mode="before")(_words)


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """What one ledger file holds: its statements, and the sources it brings along."""

    statements: tuple[Statement, ...]
    sources: tuple[Source, ...] = ()


@dataclass(slots=True)
class _Reading:
    """The state of reading one file: what was found wrong so far, and where each entry begins."""

    name: str
    places: frozenset[str]
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def at(self, position: int) -> str:
        line = self.lines[position] if position < len(self.lines) else 0
        return f"{self.name}, line {line}" if line else self.name

    def wrong(self, position: int, what: str, cause: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(what, self.at(position), cause, remedy))


def read_file(path: Path, places: Iterable[str], *, trusted: bool = False) -> list[Statement]:
    """The statements of one ledger file; see `read`."""
    return list(read(path, places, trusted=trusted).statements)


def read(path: Path, places: Iterable[str], *, trusted: bool = False) -> LedgerFile:
    """One ledger file, a register or a file of claims.

    `places` are the valid place codes. `trusted` skips the guards against hostile YAML (for the embedded release,
    whose hash is checked). Raises `BadFile` with every problem and its line.
    """
    name = path.name
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        raise BadFile(
            f"the file has {len(raw):,} bytes; a ledger file may have {MAX_BYTES:,}.",
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
            _refuse_aliases(text, name)
        node = yaml.compose(text, Loader=_Loader)
        content = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        what = getattr(error, "problem", None) or "the YAML cannot be read"
        raise BadFile(f"{what}.", where=where, remedy="Compare with docs/reference/ledger.md.") from None
    reading = _Reading(name, frozenset(places), _entry_lines(node))
    model = _Claims if isinstance(content, dict) and "claims" in content else _Register
    try:
        document = model.model_validate(content)
    except ValidationError as error:
        for problem in error.errors():
            position = next((item for item in problem["loc"] if isinstance(item, int)), 0)
            slot = ".".join(str(item) for item in problem["loc"] if not isinstance(item, int))
            reading.wrong(
                position, f"{slot}: {problem['msg'].lower()}.", remedy="See docs/reference/ledger.md."
            )
        raise BadFile(reading.problems) from None
    found = _claims(document, reading) if isinstance(document, _Claims) else _register(document, reading)
    statements = tuple(found)
    if reading.problems:
        raise BadFile(reading.problems)
    brought = document.sources if isinstance(document, _Register) else []
    return LedgerFile(statements, tuple(Source(**item.model_dump()) for item in brought))


def _refuse_aliases(text: str, name: str) -> None:
    # An alias can blow a few bytes up into gigabytes; no ledger file needs one.
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise BadFile(
                "YAML aliases (*name) are not accepted.",
                where=f"{name}, line {event.start_mark.line + 1 if event.start_mark else '?'}",
                remedy="Write the value out.",
            )


def _entry_lines(node: yaml.Node | None) -> list[int]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in ("entries", "claims") and isinstance(value, yaml.SequenceNode):
                return [item.start_mark.line + 1 for item in value.value]
    return []


def _register(document: _Register, reading: _Reading) -> Iterator[Statement]:
    for position, entry in enumerate(document.entries):
        if not RECORD.fullmatch(entry.record):
            reading.wrong(position, f"record {entry.record!r} is not of the form kind/slug.")
            continue
        try:
            kind = schema.kind(entry.kind or document.kind or entry.record.partition("/")[0])
        except LandbridgeError as error:
            reading.wrong(position, str(error))
            continue
        for name, stated in entry.says.items():
            try:
                prop = kind.property(name)
                for value in _values(prop, stated):
                    yield _statement(document, entry, kind, prop, value, reading.places)
            except LandbridgeError as error:
                reading.wrong(position, f"{entry.record}, {name}: {error}")
            except ValidationError as error:
                first = error.errors()[0]
                slot = ".".join(map(str, first["loc"]))
                reading.wrong(position, f"{entry.record}, {name}: {slot} {first['msg'].lower()}.")


def _values(prop: schema.Property, stated: Any) -> Iterator[_Value]:
    if prop.type == "places":
        yield _Value.model_validate(stated if isinstance(stated, dict) else {"value": stated})
        return
    many = stated if isinstance(stated, list) else [stated]
    if len(many) > 1 and not prop.many:
        raise BadFile("is stated more than once, but may be stated once only.")
    for item in many:
        yield _Value.model_validate(item if isinstance(item, dict) else {"value": item})


def _statement(
    document: _Register,
    entry: _Entry,
    kind: schema.Kind,
    prop: schema.Property,
    value: _Value,
    places: frozenset[str],
) -> Statement:
    status = value.status or entry.status or (Status.ASSUMED if entry.source == ASSUMED else Status.REPORTED)
    if (entry.source == ASSUMED) != (status is Status.ASSUMED):
        raise BadFile("what is assumed has no source, and what has no source is assumed.")
    for period in (value.period, value.from_, value.to, value.as_of, entry.as_of):
        if period and not PERIOD.fullmatch(period):
            raise BadFile(f"{period!r} is not a period.", remedy="See docs/reference/ledger.md, Periods.")
    shared: dict[str, Any] = {
        "subject": entry.record,
        "kind": kind.name,
        "property": prop.name,
        "source": entry.source,
        "status": status,
        "recorded": document.recorded,
        "recorder": document.recorder,
        "comparator": value.comparator,
        "period": value.period,
        "valid_from": value.from_,
        "valid_to": value.to,
        "as_of": value.as_of or entry.as_of,
        "locator": value.locator or entry.locator,
        "speaker": value.speaker or entry.speaker,
        "note": value.note,
        "supersedes": value.supersedes,
    }
    if prop.type == "number":
        return Statement(**shared, **_quantity(prop, value, status))
    return Statement(**shared, text=_text(prop, value, places))


def _quantity(prop: schema.Property, value: _Value, status: Status) -> dict[str, Any]:
    unit = value.unit or (prop.units[0] if len(prop.units) == 1 and prop.units[0] != "any" else "")
    if not unit:
        raise BadFile("a number needs a unit.", remedy="Allowed: " + ", ".join(prop.units) + ".")
    unit_named(unit)
    if prop.units != ("any",) and unit not in prop.units:
        raise BadFile(f"unit {unit!r} is not one of {', '.join(prop.units)}.")
    number = value.value
    if number is not None and (isinstance(number, bool) or not isinstance(number, int | float)):
        raise BadFile(f"{number!r} is not a number.", remedy="Write plain digits, such as 22000000.")
    if number is None and (value.low is None or value.high is None):
        raise BadFile("needs a value, or low and high.")
    if value.low is not None and value.high is not None and value.low > value.high:
        raise BadFile("low is above high.")
    if status is Status.ASSUMED and value.low is None:
        raise BadFile("what is assumed must be a range.", remedy="Give low and high instead of a value.")
    return {
        "number": None if number is None else float(number),
        "low": value.low,
        "high": value.high,
        "unit": unit,
    }


def _text(prop: schema.Property, value: _Value, places: frozenset[str]) -> str:
    raw = value.value
    if raw is None or value.unit or value.low is not None:
        raise BadFile(f"takes a {prop.type}, not a quantity.")
    if prop.type in ("place", "places"):
        codes = raw if isinstance(raw, list) else [raw]
        for code in codes:
            if code not in places:
                raise BadFile(
                    f"{code!r} is not a place code.", remedy="`landbridge sources --places` lists them."
                )
        return " ".join(codes)
    text = "true" if raw is True else "false" if raw is False else str(raw).strip()
    if prop.type == "date" and not PERIOD.fullmatch(text):
        raise BadFile(f"{text!r} is not a date.", remedy="See docs/reference/ledger.md, Periods.")
    if prop.type == "code" and text not in prop.codes:
        raise BadFile(f"{text!r} is not one of {', '.join(prop.codes)}.")
    if prop.type == "flag" and text not in ("true", "false"):
        raise BadFile(f"{text!r} is neither true nor false.")
    if prop.type == "record" and not RECORD.fullmatch(text):
        raise BadFile(f"{text!r} is not a record.")
    return text


def _claims(document: _Claims, reading: _Reading) -> Iterator[Statement]:
    for position, claim in enumerate(document.claims):
        start, end = claim.at
        if not 0 <= start < end:
            reading.wrong(position, f"at: [{start}, {end}] is not a span.")
        unknown = [code for code in claim.parties if code not in reading.places]
        if unknown:
            reading.wrong(position, f"parties: {', '.join(unknown)} is no place code.")
        quantity = claim.value is not None or claim.low is not None
        try:
            if quantity:
                unit_named(claim.unit)
        except LandbridgeError as error:
            reading.wrong(position, str(error))
        if quantity != ("{value}" in claim.asserts):
            reading.wrong(position, "asserts needs {value} exactly where a value is given.")
        if any(sign.isnumeric() for sign in claim.asserts):
            reading.wrong(position, "a digit stands in asserts.", remedy="Use {value} and {period}.")
        for period in (claim.period, claim.period_inferred):
            if period and not PERIOD.fullmatch(period):
                reading.wrong(position, f"{period!r} is not a period.")
        detail = {
            "kind": claim.kind,
            "indicator": claim.indicator,
            "system": str(claim.system),
            "parties": " ".join(claim.parties),
            "direction": claim.direction,
            "period_inferred": claim.period_inferred,
            "beside": claim.beside,
        }
        yield Statement(
            subject=f"claim/{document.source}-{start}-{end}-{claim.indicator.replace('_', '-')}",
            kind="claim",
            property="asserts",
            source=document.source,
            status=Status.CLAIMED,
            recorded=document.recorded,
            recorder=document.recorder,
            text=claim.asserts,
            number=claim.value,
            low=claim.low,
            high=claim.high,
            unit=claim.unit,
            comparator=claim.comparator,
            period=claim.period,
            as_of=document.asof if not claim.asof else "",
            start=start,
            end=end,
            sha256=document.sha256,
            speaker=claim.speaker,
            note=" ".join(filter(None, (claim.asof and f"as of: {claim.asof}.", claim.note))),
            detail={key: value for key, value in detail.items() if value},
        )
