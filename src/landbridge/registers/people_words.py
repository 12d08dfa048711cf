"""What a number about people counts, in words: the answer of a survey, the direction of a journey, what grows."""

from __future__ import annotations

import re

from landbridge.ledger import Record, Statement
from landbridge.registers.naming import name_of

# Clauses of a note that speak of method or time and not of what is counted.
_ASIDE = re.compile(
    r"\basked\b|\binferred\b|\bprinted\b|in the year\b|academic year|^almost\b|^nearly\b|said to|according to"
    r"|^before they|^last quarter|\bno level stated|is not said$|^Ministry\b"
)
_BASIS = re.compile(r"^on the (?!new)")


def counted(record: Record, said: Statement) -> str:
    """What one number counts. Of several that one source gives for one time its note tells them apart.

    A number whose note says nothing of its object counts what the record is named for.
    """
    clauses = [clause.strip() for clause in said.note.split(";")] if said.note else []
    basis = next((clause for clause in clauses if _BASIS.search(clause)), "")
    own = [clause for clause in clauses if clause and clause != basis and not _ASIDE.search(clause)]
    if said.property == "growth":
        return f"change of {own[0] if own else name_of(record)}, {basis or 'against an unstated base'}"
    if record.text("form") == "survey":
        return own[0] if own and _several(record, said) else name_of(record)
    return "; ".join(own) or name_of(record)


def _several(record: Record, said: Statement) -> bool:
    """Whether several numbers of a survey are of one time: each is an answer, and the note says which."""
    return sum(item.period == said.period for item in record.quantities(said.property)) > 1
