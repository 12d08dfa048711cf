"""Ledger files to statements. All problems of a file are found before anything is refused."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from landbridge.errors import BadFile, LandbridgeError, Problem, nearest
from landbridge.ledger import schema
from landbridge.ledger.forms import KEYS, RECORD, ClaimsForm, EntryForm, RegisterForm, ValueForm, is_period
from landbridge.ledger.parsing import MAX_BYTES, parse
from landbridge.ledger.statement import ASSUMED, Statement
from landbridge.provenance import Source, Status
from landbridge.units import unit as unit_named

_LARGEST = 1e300
_PLAIN = "Write plain digits, such as 22000000, 0.5 or 2.2e+7."
# What may fall below zero: shares and their changes, ratios, indices, balances of money ...
_SIGNED_DIMENSIONS = ("share", "share difference", "ratio", "index", "money")
# ... and changes in any unit.
_SIGNED_NAMES = ("growth", "effect", "size")


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
        line = self.lines[position] if 0 <= position < len(self.lines) else 0
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
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    parsed = parse(raw, name, trusted=trusted)
    content = parsed.content
    reading = _Reading(name, frozenset(places), parsed.lines, list(parsed.problems))
    if not isinstance(content, dict):
        reading.wrong(
            -1,
            "this is not a ledger file: it holds no keys `recorded`, `recorder` and `entries`.",
            remedy="Compare with docs/reference/ledger.md.",
        )
        raise BadFile(reading.problems)
    model = ClaimsForm if "claims" in content else RegisterForm
    try:
        document = model.model_validate(content)
    except ValidationError as error:
        for problem in error.errors():
            position = next((item for item in problem["loc"] if isinstance(item, int)), -1)
            slot = ".".join(str(item) for item in problem["loc"] if not isinstance(item, int))
            reading.wrong(position, f"{slot}: {_amiss(problem)}.", remedy="See docs/reference/ledger.md.")
        raise BadFile(reading.problems) from None
    found = _claims(document, reading) if isinstance(document, ClaimsForm) else _register(document, reading)
    statements = tuple(found)
    if reading.problems:
        raise BadFile(reading.problems)
    brought = document.sources if isinstance(document, RegisterForm) else []
    return LedgerFile(statements, tuple(Source(**item.model_dump()) for item in brought))


def _amiss(problem: Any) -> str:
    """What pydantic found, with the nearest key for one that does not exist."""
    said = str(problem["msg"]).removeprefix("Value error, ")
    said = said[0].lower() + said[1:]
    if problem["type"] in ("float_type", "int_type"):
        return f"{said}. {_PLAIN.removesuffix('.')}"
    if problem["type"] != "extra_forbidden":
        return said
    close = nearest(str(problem["loc"][-1]), KEYS, 1)
    return f"there is no such key; nearest valid: {close[0]}" if close else "there is no such key"


def _register(document: RegisterForm, reading: _Reading) -> Iterator[Statement]:
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
                for problem in error.errors():
                    slot = ".".join(map(str, problem["loc"]))
                    reading.wrong(position, f"{entry.record}, {name}: {slot}: {_amiss(problem)}.")


def _values(prop: schema.Property, stated: Any) -> Iterator[ValueForm]:
    if prop.type == "places":
        yield ValueForm.model_validate(stated if isinstance(stated, dict) else {"value": stated})
        return
    many = stated if isinstance(stated, list) else [stated]
    if len(many) > 1 and not prop.many:
        raise BadFile("is stated more than once, but may be stated once only.")
    for item in many:
        yield ValueForm.model_validate(item if isinstance(item, dict) else {"value": item})


def _statement(
    document: RegisterForm,
    entry: EntryForm,
    kind: schema.Kind,
    prop: schema.Property,
    value: ValueForm,
    places: frozenset[str],
) -> Statement:
    status = value.status or entry.status or (Status.ASSUMED if entry.source == ASSUMED else Status.REPORTED)
    if (entry.source == ASSUMED) != (status is Status.ASSUMED):
        raise BadFile("what is assumed has no source, and what has no source is assumed.")
    for period in (value.period, value.from_, value.to, value.as_of, entry.as_of):
        if period and not is_period(period):
            raise BadFile(f"{period!r} is not a period.", remedy="See docs/reference/ledger.md, Periods.")
    if value.from_ and value.to and not is_period(f"{value.from_}/{value.to}"):
        raise BadFile(f"from {value.from_} to {value.to} is not a span of time.")
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


def _quantity(prop: schema.Property, value: ValueForm, status: Status) -> dict[str, Any]:
    unit = value.unit or (prop.units[0] if len(prop.units) == 1 and prop.units[0] != "any" else "")
    if not unit:
        raise BadFile("a number needs a unit.", remedy="Allowed: " + ", ".join(prop.units) + ".")
    unit_named(unit)
    if prop.units != ("any",) and unit not in prop.units:
        raise BadFile(f"unit {unit!r} is not one of {', '.join(prop.units)}.")
    number = value.value
    if number is not None and (isinstance(number, bool) or not isinstance(number, int | float)):
        raise BadFile(f"{number!r} is not a number.", remedy=_PLAIN)
    _require_sound((number, value.low, value.high), unit, prop.name)
    if (value.low is None) != (value.high is None) or (number is None and value.low is None):
        raise BadFile("needs a value, or low and high, or all three.")
    if value.low is not None and value.high is not None:
        if value.low > value.high:
            raise BadFile("low is above high.")
        if number is not None and not value.low <= number <= value.high:
            raise BadFile("the value lies outside low and high.")
    if status is Status.ASSUMED and value.low is None:
        raise BadFile("what is assumed must be a range.", remedy="Give low and high instead of a value.")
    return {
        "number": None if number is None else float(number),
        "low": value.low,
        "high": value.high,
        "unit": unit,
    }


def _require_sound(numbers: Iterable[float | None], unit: str, name: str) -> None:
    """Refuse numbers that are not finite, too large to add up, or below zero where `unit` counts or measures things.

    `name` is the property, or the indicator of a claim.
    """
    signed = unit_named(unit).dimension in _SIGNED_DIMENSIONS or name.rpartition("_")[2] in _SIGNED_NAMES
    for number in numbers:
        if number is None:
            continue
        try:
            finite = math.isfinite(number)
        except OverflowError:
            finite = False
        if not finite:
            raise BadFile("the value is not a finite number.")
        if not -_LARGEST < number < _LARGEST:
            raise BadFile(f"the value {number:g} is larger than {_LARGEST:g}, the most that a value may be.")
        if number < 0 and not signed:
            raise BadFile(
                f"the value {number:g} {unit} is below zero.",
                cause="A number of things, a length, a mass or a time cannot be negative.",
                remedy="Delete the sign; a fall is stated as growth, in %.",
            )


def _text(prop: schema.Property, value: ValueForm, places: frozenset[str]) -> str:
    raw = value.value
    if raw is None or value.unit or value.low is not None:
        raise BadFile(f"takes a {prop.type}, not a quantity.")
    if prop.type in ("place", "places"):
        codes = raw if isinstance(raw, list) and prop.type == "places" else [raw]
        if not codes:
            raise BadFile("names no place.")
        for code in codes:
            if not isinstance(code, str) or code not in places:
                raise BadFile(
                    f"{code!r} is not a place code.", remedy="`landbridge sources --places` lists them."
                )
        return " ".join(codes)
    if isinstance(raw, list | dict | bytes | set):
        raise BadFile(f"takes one {prop.type}, not a list or mapping.")
    text = "true" if raw is True else "false" if raw is False else str(raw).strip()
    if not text:
        raise BadFile("is empty.", remedy="Leave the property out where nothing is known.")
    if prop.type == "date" and not is_period(text):
        raise BadFile(f"{text!r} is not a date.", remedy="See docs/reference/ledger.md, Periods.")
    if prop.type == "code" and text not in prop.codes:
        raise BadFile(f"{text!r} is not one of {', '.join(prop.codes)}.")
    if prop.type == "flag" and text not in ("true", "false"):
        raise BadFile(f"{text!r} is neither true nor false.")
    if prop.type == "record" and not RECORD.fullmatch(text):
        raise BadFile(f"{text!r} is not a record.")
    return text


def _claims(document: ClaimsForm, reading: _Reading) -> Iterator[Statement]:
    for position, claim in enumerate(document.claims):
        start, end = claim.at
        if not 0 <= start < end:
            reading.wrong(position, f"at: [{start}, {end}] is not a span.")
        unknown = [code for code in claim.parties if code not in reading.places]
        if unknown:
            reading.wrong(position, f"parties: {', '.join(unknown)} is no place code.")
        quantity = claim.value is not None or claim.low is not None
        if (claim.low is None) != (claim.high is None):
            reading.wrong(position, "a range needs low and high.")
        elif claim.low is not None and claim.high is not None and claim.low > claim.high:
            reading.wrong(position, "low is above high.")
        try:
            if quantity:
                _require_sound((claim.value, claim.low, claim.high), claim.unit, claim.indicator)
        except LandbridgeError as error:
            reading.wrong(position, str(error))
        if quantity != ("{value}" in claim.asserts):
            reading.wrong(position, "asserts needs {value} exactly where a value is given.")
        if "{period}" in claim.asserts and not (claim.period or claim.period_inferred):
            reading.wrong(position, "asserts speaks of a {period}, but none is given.")
        if any(sign.isnumeric() for sign in claim.asserts):
            reading.wrong(position, "a digit stands in asserts.", remedy="Use {value} and {period}.")
        for period in (claim.period, claim.period_inferred):
            if period and not is_period(period):
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
            supersedes=claim.supersedes,
            detail={key: value for key, value in detail.items() if value},
        )
