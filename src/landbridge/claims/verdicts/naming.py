"""Whether a record of the ledger is the thing that a claim names: telling words, and numbers of editions."""

from __future__ import annotations

import re

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.context import Context, country, resolved
from landbridge.ledger import Record

_LONGEST = 2_000
_WORD = re.compile(r"[^\W\d_]{4,}")
_EDITION = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\b", re.ASCII)
# Words that name what is measured, or any meeting, and no single thing.
_GENERAL = frozenset(
    (
        "agreement",
        "amount",
        "annual",
        "between",
        "capital",
        "construction",
        "cooperation",
        "cost",
        "economic",
        "from",
        "held",
        "initial",
        "international",
        "invested",
        "joint",
        "modernisation",
        "modernization",
        "number",
        "project",
        "projects",
        "size",
        "that",
        "this",
        "total",
        "trade",
        "value",
        "volume",
        "with",
        "year",
    )
)


def telling(context: Context, text: str, claim: Claim) -> set[str]:
    """The words of a text that tell one thing from another: not the parties, not what any such thing is called."""
    names = {
        context.name(place)[:4].lower()
        for party in claim.parties
        for place in {resolved(party), country(party)} - {""}
    }
    stems = tuple(name for name in names if len(name) == 4)
    words = {word.lower() for word in _WORD.findall(text[:_LONGEST])} - _GENERAL
    return {word for word in words if not stems or not word.startswith(stems)}


def touches(context: Context, record: Record, claim: Claim) -> bool:
    """Whether claim and record share two telling words (or the only one of the record), and no edition speaks against it."""
    said = f"{claim.subject} {claim.quote}"
    own = telling(context, record.name, claim)
    one, other = set(_EDITION.findall(record.name)), set(_EDITION.findall(said[:_LONGEST]))
    if one and other and not one & other:
        return False
    return bool(own) and len(own & telling(context, said, claim)) >= min(2, len(own))


def same(context: Context, record: Record, claim: Claim) -> bool:
    """Whether the record surely is the thing: the telling words of the claim are the record's, none more and none less.

    The subject of the claim is read, or without one its quote. A fund for farming is not the fund.
    """
    own = telling(context, record.name, claim)
    return bool(own) and own == telling(context, claim.subject or claim.quote, claim)
