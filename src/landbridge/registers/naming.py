"""What to call a record, and the moment of a statement, in rows for people."""

from __future__ import annotations

from landbridge import codes
from landbridge.ledger import Record, Statement, schema

# More places than this would fill the line in which they stand for a missing name.
_SHOWN = 4


def name_of(record: Record) -> str:
    """The name of a record, or the places it joins where it has none."""
    if name := record.text("name"):
        return name
    places = [codes.place(code).name for code in dict.fromkeys(record.parties)]
    shown = places if len(places) <= _SHOWN else [*places[: _SHOWN - 1], "others"]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else record.name


def moment_of(statement: Statement) -> str:
    """The time that a statement is about: its text where that is a date, else its period; empty where it has none."""
    if schema.kind(statement.kind).property(statement.property).type == "date":
        return statement.text
    return statement.period or statement.valid_from or statement.as_of
