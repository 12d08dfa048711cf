"""The entries of a register to statements: what one source says about one record, property by property."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from landbridge.errors import BadFile, LandbridgeError
from landbridge.ledger import schema
from landbridge.ledger.forms import (
    FIRST_YEAR,
    LAST_YEAR,
    RECORD,
    EntryForm,
    RegisterForm,
    ValueForm,
    is_period,
    within_reach,
)
from landbridge.ledger.noting import PLAIN, Reading
from landbridge.ledger.statement import ASSUMED, Statement
from landbridge.provenance import Status
from landbridge.units import MONEY
from landbridge.units import unit as unit_named

_LARGEST = 1e300
# Words that fill a place without saying anything.
_EVASIONS = ("n/a", "na", "none", "unknown", "not known", "tbd", "todo", "tba", "null", "empty")
_SILENT = "Leave the property out where nothing is known."
_EVASIVE = "Write what the source says, or `not stated by the source`."
# What may fall below zero: shares and their changes, ratios, indices, balances of money ...
_SIGNED_DIMENSIONS = ("share", "share difference", "ratio", "index", "money")
# ... and changes in any unit.
_SIGNED_NAMES = ("growth", "effect", "size")


def entries(reading: Reading) -> Iterator[Statement]:
    """The statements of a register; problems are noted in `reading`."""
    try:
        head = RegisterForm.model_validate(reading.parsed.content)
    except ValidationError as error:
        reading.invalid(error)
        # Nothing that is read under a broken head is kept; it is read for its problems.
        kind = reading.parsed.content.get("kind")
        head = RegisterForm.model_construct(
            recorded="", recorder="", kind=kind if isinstance(kind, str) else "", entries=[], sources=[]
        )
    for position, stated in enumerate(reading.listed("entries")):
        at = ("entries", position)
        try:
            entry = EntryForm.model_validate(stated)
        except ValidationError as error:
            reading.invalid(error, at, "entries.")
            if isinstance(stated, dict):
                reading.failed.add((str(stated.get("record")), ""))
            continue
        yield from _entry(head, entry, at, reading)


def _entry(
    head: RegisterForm, entry: EntryForm, at: tuple[str | int, ...], reading: Reading
) -> Iterator[Statement]:
    if not RECORD.fullmatch(entry.record):
        reading.wrong((*at, "record"), f"record {entry.record!r} is not of the form kind/slug.")
        return
    reading.failed.add((entry.record, ""))
    spelt = entry.record.partition("/")[0]
    try:
        kind = schema.kind(entry.kind or head.kind or spelt)
    except LandbridgeError as error:
        reading.wrong((*at, "kind" if entry.kind else "record"), str(error))
        return
    if spelt != kind.name:
        reading.wrong(
            (*at, "record"),
            f"{entry.record} is entered as a {kind.name}.",
            "The word before the slash is the kind of the record.",
            f"Write {kind.name}/{entry.record.partition('/')[2]}, or give the entry `kind: {spelt}`.",
        )
        return
    reading.failed.discard((entry.record, ""))
    reading.record_lines.setdefault(entry.record, reading.parsed.line(*at))
    for name, stated in entry.says.items():
        place = (*at, "says", name)
        before = len(reading.problems)
        try:
            prop = kind.property(name)
            many = _many(prop, stated)
        except LandbridgeError as error:
            many = []
            reading.wrong(place, f"{entry.record}, {name}: {error}")
        for position, item in enumerate(many):
            spot = (*place, position)
            try:
                value = ValueForm.model_validate(item if isinstance(item, dict) else {"value": item})
                made = _statement(head, entry, kind, prop, value, reading.places)
            except ValidationError as error:
                reading.invalid(error, spot, f"{entry.record}, {name}: ")
            except LandbridgeError as error:
                reading.wrong(spot, f"{entry.record}, {name}: {error}")
            else:
                reading.lines[made.id] = reading.parsed.line(*spot)
                yield made
        if len(reading.problems) > before:
            reading.failed.add((entry.record, name))


def _many(prop: schema.Property, stated: Any) -> list[Any]:
    """The values of a property one by one; a list of places is one value."""
    many = [stated] if prop.type == "places" or not isinstance(stated, list) else stated
    if len(many) > 1 and not prop.many:
        raise BadFile("is stated more than once, but may be stated once only.")
    return many


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
        _require_reach(period)
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
    only = prop.units[0] if len(prop.units) == 1 and prop.units[0] not in ("any", MONEY) else ""
    unit = value.unit or only
    if not unit:
        raise BadFile("a number needs a unit.", remedy=f"Allowed: {prop.allowed}.")
    unit_named(unit)
    if not prop.takes(unit):
        raise BadFile(f"unit {unit!r} is not one of {prop.allowed}.")
    number = value.value
    if number is not None and (isinstance(number, bool) or not isinstance(number, int | float)):
        raise BadFile(f"{number!r} is not a number.", remedy=PLAIN)
    require_sound((number, value.low, value.high), unit, prop.name)
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


def require_sound(numbers: Iterable[float | None], unit: str, name: str) -> None:
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


def _require_reach(period: str) -> None:
    """Refuse years that a ledger cannot mean."""
    if not within_reach(period):
        raise BadFile(
            f"{period!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}.",
            cause="A stand-in for a date that is not known, or a slip.",
            remedy="Leave out what the source does not state; an open end is written 2013/..",
        )


def says_nothing(text: str) -> bool:
    """True for words without a letter or a digit, such as `?` or `-`."""
    return not any(sign.isalnum() for sign in text)


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
        if twice := [code for code in dict.fromkeys(codes) if codes.count(code) > 1]:
            raise BadFile(f"names {', '.join(twice)} twice.", remedy="Name each place once.")
        return " ".join(codes)
    if isinstance(raw, list | dict | bytes | set):
        raise BadFile(f"takes one {prop.type}, not a list or mapping.")
    text = "true" if raw is True else "false" if raw is False else str(raw).strip()
    if not text:
        raise BadFile("is empty.", remedy=_SILENT)
    if prop.type == "text" and (says_nothing(text) or (prop.compulsory and text.casefold() in _EVASIONS)):
        raise BadFile(f"{text!r} says nothing.", remedy=_EVASIVE if prop.compulsory else _SILENT)
    if prop.type == "date" and not is_period(text):
        raise BadFile(f"{text!r} is not a date.", remedy="See docs/reference/ledger.md, Periods.")
    if prop.type == "date":
        _require_reach(text)
    if prop.type == "code" and text not in prop.codes:
        raise BadFile(f"{text!r} is not one of {', '.join(prop.codes)}.")
    if prop.type == "flag" and text not in ("true", "false"):
        raise BadFile(f"{text!r} is neither true nor false.")
    if prop.type == "record" and not RECORD.fullmatch(text):
        raise BadFile(f"{text!r} is not a record.")
    return text
