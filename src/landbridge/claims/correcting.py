"""The slots of a claim that a person may correct: read, checked, and put in place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from landbridge.claims.claim import SLOTS, Claim
from landbridge.codes import systems
from landbridge.errors import BadUsage, Problem, UnknownLabel

# What belongs to the ledger alone: the system of cooperation, and the claim in the reviewer's words.
LEDGER_SLOTS = ("system", "asserts")
CORRECTABLE = (*(slot for slot in SLOTS if slot != "quote"), *LEDGER_SLOTS)
_NEEDED = ("start", "end", "kind", "indicator", "subject", "parties")
_NUMBER = re.compile(r"[-+]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][-+]?\d{1,3})?", re.ASCII)
_COMPARATORS = ("=", "~", ">", "<", ">=", "<=")


def claim_of(row: Mapping[str, Any]) -> Claim:
    """The claim whose `row()` this is."""
    slots = {name: row[name] for name in SLOTS if name in row}
    slots["parties"] = tuple(row.get("parties") or ())
    readings = {
        slot: tuple(tuple(value) if isinstance(value, list) else value for value in values)
        for slot, values in (row.get("readings") or {}).items()
    }
    return Claim(**slots, readings=readings, rule=row.get("rule", ""), grade=row.get("grade", ""))


def corrected_claim(claim: Claim, corrected: Mapping[str, Any]) -> Claim:
    """The claim with a person's corrections in place; slots they settled are no longer ambiguous."""
    slots = {name: value for name, value in corrected.items() if name not in LEDGER_SLOTS}
    if not slots:
        return claim
    if "parties" in slots:
        slots["parties"] = tuple(slots["parties"])
    readings = {slot: values for slot, values in claim.readings.items() if slot not in slots}
    return replace(claim, **slots, readings=readings)


def read_slots(
    claim: Claim, corrected: Mapping[str, Any], text: str, where: str
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The corrections that can be read, as plain values, the quote following its span; and what is wrong with the others."""
    out: dict[str, Any] = {}
    problems: list[Problem] = []
    for slot, given in corrected.items():
        try:
            if slot not in CORRECTABLE:
                raise UnknownLabel("slot of a claim", slot, CORRECTABLE, where=where)
            out[slot] = _value(slot, given, where)
        except BadUsage as refusal:
            problems += refusal.problems
    if "start" in out or "end" in out:
        start, end = out.get("start", claim.start), out.get("end", claim.end)
        if 0 <= start < end <= len(text):
            out["quote"] = text[start:end]
        else:
            told = f"[{start}, {end}] is no span of the text, which has {len(text)} characters."
            problems.append(Problem(told, where))
            out = {slot: value for slot, value in out.items() if slot not in ("start", "end")}
    changed = corrected_claim(claim, out)
    if out and not problems and changed == claim and not set(out) & set(LEDGER_SLOTS):
        problems.append(
            Problem("the correction changes nothing.", where, remedy="Accept the claim as it is.")
        )
    return out, tuple(problems)


def _value(slot: str, given: Any, where: str) -> Any:
    if given is None or given == "":
        if slot in _NEEDED:
            raise BadUsage(f"{slot}: may not be empty.", where=where)
        return None
    if slot in ("start", "end", "system"):
        return _whole(slot, given, where)
    if slot == "value":
        return _number(given, where)
    if slot == "parties":
        listed = re.split(r"[\s,]+", given.strip()) if isinstance(given, str) else list(given)
        if not listed or not all(isinstance(item, str) and item for item in listed):
            raise BadUsage("parties: needs place codes, such as CHN RUS.", where=where)
        return listed
    if not isinstance(given, str):
        raise BadUsage(f"{slot}: {json.dumps(given, default=str)} is not a text.", where=where)
    if slot == "comparator" and given not in _COMPARATORS:
        raise UnknownLabel(
            "comparator", given, _COMPARATORS, where=where, remedy=f"Valid: {' '.join(_COMPARATORS)}"
        )
    return given


def _whole(slot: str, given: Any, where: str) -> int:
    if isinstance(given, str) and re.fullmatch(r"\d{1,12}", given, re.ASCII):
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int):
        raise BadUsage(f"{slot}: {given!r} is not a whole number.", where=where)
    if slot == "system" and given not in {system.number for system in systems()}:
        raise BadUsage(
            f"system: there is none with the number {given}.", where=where, remedy="They run from 1 to 29."
        )
    return given


def _number(given: Any, where: str) -> float:
    if isinstance(given, str):
        if not _NUMBER.fullmatch(given):
            raise BadUsage(
                f"value: {given!r} is not a number.", where=where, remedy="Write 5080000000 or 5.08e9."
            )
        given = float(given)
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise BadUsage(
            f"value: {given!r} is not a number.", where=where, remedy="Write 5080000000 or 5.08e9."
        )
    try:
        number = float(given)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise BadUsage("value: is not a finite number.", where=where)
    return number
