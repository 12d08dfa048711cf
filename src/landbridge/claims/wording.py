"""Numbers and periods of a claim in words, for sentences of the ledger that hold `{value}` and `{period}` in their place."""

from __future__ import annotations

import re

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.spans import span

# The rule of a claim that was not read in a text but comes from a ledger.
LEDGER = "ledger"
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_HEDGES = {"~": "about ", ">": "more than ", "<": "less than ", ">=": "at least ", "<=": "up to "}
# What is counted or ranked is named by the sentence around it.
_UNITS = {"count": "", "rank": "", "ratio": "", "x": "times"}
_MONTHS = re.compile(r"\d{4}-(?:\d\d|H[12]|Q[1-4])(?:/\d{4}-\d\d)?", re.ASCII)


def fill(text: str, claim: Claim) -> str:
    """A sentence with the value and the period of a claim in their places; where there is none, the place is left empty."""
    filled = text.replace("{value}", value_in_words(claim)).replace("{period}", period_in_words(claim.moment))
    return " ".join(filled.split())


def said(claim: Claim) -> str:
    """What a claim says, in the words of its text; for one that a ledger holds in those of its editors, filled in."""
    return fill(claim.quote, claim) if claim.rule == LEDGER else claim.quote


def value_in_words(claim: Claim) -> str:
    """The value with its hedge and unit, none of its digits lost: `more than 5.0812 billion USD`."""
    if claim.value is None:
        return ""
    number = f"{claim.value:,.12g}"
    for scale, word in _SCALES:
        if abs(claim.value) >= scale:
            number = f"{claim.value / scale:,.12g} {word}"
            break
    unit = claim.unit or ""
    return f"{_HEDGES.get(claim.comparator or '', '')}{number} {_UNITS.get(unit, unit)}".strip()


def period_in_words(period: str) -> str:
    """A period of the ledger for readers: `2022-01/2022-05` is `January–May 2022`, `2013/..` is `since 2013`."""
    begins, slash, ends = period.partition("/")
    if ends == "..":
        return f"since {period_in_words(begins)}"
    found = span(period) if _MONTHS.fullmatch(period) else None
    return found.words() if found else f"{begins} to {ends}" if slash else period
