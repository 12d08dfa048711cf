"""What a timeline says of one statement: its moment, and the line in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from landbridge import codes
from landbridge.ledger import Record, Statement
from landbridge.registers.before import began_before
from landbridge.registers.moments import Dated, dated, in_words, span
from landbridge.registers.naming import name_of

# Properties whose text is a date. The name of the record stands for {name}.
_DATES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("mechanism", "since"): "Begins: {name}",
        ("mechanism", "until"): "Ends: {name}",
        ("document", "signed"): "Signed: {name}",
        ("document", "in_force"): "In force: {name}",
        ("document", "expires"): "Ends unless prolonged: {name}",
        ("twinning", "since"): "Twins from then: {name}",
        ("twinning", "until"): "Twins no longer: {name}",
        ("project", "talks_began"): "Talks begin on {name}",
        ("project", "planned_opening"): "Planned opening: {name}",
        ("fund", "since"): "Founded: {name}",
        ("zone", "since"): "Founded: {name}",
        ("barrier", "since"): "Barrier from then: {name}",
        ("barrier", "until"): "Barrier ends: {name}",
        ("crossing", "opened"): "Opens: {name}",
    }
)
# Properties with words and a period of their own.
_TEXTS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("mechanism", "meeting"): "{name}: {text}",
        ("document", "obligation"): "Promise of {name}: {text}",
        ("document", "outcome"): "{name}, outcome: {text}",
        ("document", "activity"): "{name}, done under it: {text}",
        ("twinning", "active"): "{name}: {text}",
        ("event", "followed"): "After {name}: {text}",
        ("project", "procurement"): "{name}: {text}",
        ("settlement", "happened"): "{text}",
    }
)
_STAGES: Mapping[str, str] = MappingProxyType(
    {
        "announced": "announced",
        "negotiated": "being negotiated",
        "committed": "committed",
        "contracted": "contracted",
        "construction": "under construction",
        "operating": "in operation",
        "completed": "completed",
        "frozen": "frozen",
        "cancelled": "cancelled",
    }
)
_SUMS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("project", "announced"): "{name}: {amount} announced",
        ("project", "committed"): "{name}: {amount} committed",
        ("project", "contracted"): "{name}: {amount} contracted",
        ("project", "disbursed"): "{name}: {amount} paid out",
        ("fund", "capital"): "{name}: capital of {amount}",
        ("fund", "invested"): "{name}: {amount} invested",
    }
)
_HEDGES = MappingProxyType(
    {"~": "about ", ">": "more than ", "<": "less than ", ">=": "at least ", "<=": "at most "}
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A moment before it is joined with others that tell the same. `begins` marks the start of something in use.

    The first of `statements` is the one that dates it.
    """

    record: Record
    what: str
    period: str
    first: date | None
    last: date | None
    statements: tuple[Statement, ...]
    deadline: bool = False
    begins: bool = False
    note: str = ""


def drafts(record: Record) -> Iterator[Draft]:
    """Every moment that a record states; those whose words have no date carry an empty period."""
    name = name_of(record)
    for said in record.statements:
        key = (said.kind, said.property)
        if key in _DATES:
            yield _draft(
                record,
                _DATES[key].format(name=name),
                said,
                dated(said, own=True),
                begins=key in (("document", "in_force"), ("crossing", "opened"), ("zone", "since")),
            )
        elif key in _TEXTS:
            form = "{name}, begun before it: {text}" if began_before(record, said) else _TEXTS[key]
            yield _told(record, form.format(name=name, text=said.text), said)
        elif key in _SUMS:
            yield _draft(record, _SUMS[key].format(name=name, amount=amount(said)), said, dated(said))
        elif key == ("project", "stage"):
            begins = said.text in ("operating", "completed")
            yield _draft(record, f"{name}: {_STAGES[said.text]}", said, dated(said), begins=begins)
        elif key == ("project", "depth"):
            yield _draft(record, f"{name}: cooperation reaches {said.text}", said, dated(said))
        elif key == ("event", "date"):
            yield _event(record, name, said)
        elif said.kind == "target":
            yield from _target(record, name, said)
        else:
            yield from _validity(record, name, said)


def amount(said: Statement) -> str:
    """A quantity in words, with the hedge of its source: `about 2.5 billion USD`."""
    hedge = _HEDGES.get(said.comparator, "")
    if said.number is None:
        assert said.low is not None
        assert said.high is not None
        number = f"{figures(said.low)} to {figures(said.high)}"
    else:
        number = figures(said.number)
    return (
        f"{hedge}{number}{'' if said.unit == '%' else ' '}{'' if said.unit == 'count' else said.unit}".strip()
    )


def figures(number: float) -> str:
    """A number for reading: `2.5 billion`, `1,300`, `0.6`."""
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(number) >= size:
            return f"{number / size:.4g} {word}"
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.6g}"


def _draft(
    record: Record,
    what: str,
    said: Statement,
    when: Dated | None,
    *,
    deadline: bool = False,
    begins: bool = False,
    more: tuple[Statement, ...] = (),
) -> Draft:
    # A single source may hedge the date itself.
    hedge = "about then" if said.comparator == "~" and not said.is_quantity else ""
    note = "; ".join(filter(None, (hedge, said.note)))
    if when is None:
        return Draft(record, what, "", None, None, (said, *more), deadline, begins, note)
    return Draft(record, what, when.period, when.first, when.last, (said, *more), deadline, begins, note)


def _told(record: Record, words: str, said: Statement) -> Draft:
    """What has a period of its own; the time at which it was told stands in for it, but never for a deadline."""
    if said.property == "obligation":
        held = span(said.period)
        when = None if held is None else Dated(said, said.period, held)
        return _draft(record, words, said, when, deadline=when is not None)
    made = _draft(record, words, said, dated(said))
    if said.period or not made.period:
        return made
    return replace(made, note="; ".join(filter(None, (made.note, "the date is that of the report"))))


def _event(record: Record, name: str, said: Statement) -> Draft:
    """An event with where it was and, in the same line, what came of it."""
    results = tuple(item for item in record.all("result") if not item.period)
    own = tuple(item for item in record.all("result") if item.period)
    sums = record.all("contracts")
    parts = [f"{name}{f' ({place})' if (place := record.text('place')) else ''}"]
    parts += [f"result: {item.text}" for item in (*results, *own)]
    parts += [f"contracts of {amount(item)} are said to have been signed" for item in sums]
    more = (*results, *own, *sums)
    begins = record.text("form") == "opening"
    return _draft(record, "; ".join(parts), said, dated(said, own=True), begins=begins, more=more)


def _target(record: Record, name: str, said: Statement) -> Iterator[Draft]:
    value = record.first("value")
    aim = f" ({amount(value)} by {in_words(value.period)})" if value is not None and value.period else ""
    if said.property == "announced":
        who = "; ".join(dict.fromkeys(item.text for item in record.all("announcer")))
        by = f", by {who}" if who else ""
        yield _draft(record, f"Target set{by}: {name}{aim}", said, dated(said, own=True))
    if said.property == "value":
        words = f"Target falls due: {name}, {amount(said)}"
        held = span(said.period)
        when = None if held is None else Dated(said, said.period, held)
        yield _draft(record, words, said, when, deadline=True)


def _validity(record: Record, name: str, said: Statement) -> Iterator[Draft]:
    """The beginning and end of a membership, a rule, a rate or an electronic form."""
    for moment, begins in ((said.valid_from, True), (said.valid_to, False)):
        held = span(moment)
        if held is None:
            continue
        when = Dated(said, moment, held)
        rule = said.property == "regime"
        yield _draft(record, _held(said, name, begins), said, when, begins=begins and rule)


def _held(said: Statement, name: str, begins: bool) -> str:
    if said.property == "member":
        places = ", ".join(codes.place(code).name for code in said.places)
        return f"{places} {'joins' if begins else 'leaves'} {name}"
    if said.property == "co_chair":
        return f"{name}: {said.text} {'becomes' if begins else 'ceases to be'} co-chair"
    if said.property == "electronic":
        form = {"yes": "accepted", "no": "not accepted", "partly": "partly accepted", "planned": "planned"}
        words = f"{name}: electronic form {form[said.text]}"
        return words if begins else f"{words}, until then"
    value = amount(said) if said.is_quantity else said.text
    of = f" ({said.note})" if said.is_quantity and said.note else ""
    words = f"{name}: {value}{of}"
    return f"{words}, from then" if begins else f"{words}, until then"
