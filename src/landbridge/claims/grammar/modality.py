"""Whether a number is a fact told or a thing hoped for."""

from __future__ import annotations

from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.indicators import Words

# Words that a subject has before its number, at most: `the new line and 14`.
_SUBJECT = 4
# How far before a number the words that deny it may stand.
_DENIAL = 48


def ahead(text: str, at: int, stop: int, start: int, end: int, words: Words, *, deadline: bool) -> bool:
    """True where the words around the amount at `at` to `stop` speak of a goal, hope or expectation.

    The last word of planning before the amount decides, unless a word of having happened stands after it; a deadline alone
    suffices where nothing says that it was met.
    """
    lead = text[start:at]
    cut = [match.end() for match in words.syntax["hard"].finditer(lead)]
    lead = lead[cut[-1] :] if cut else lead
    planned = max((match.end() for match in words.target.finditer(lead)), default=-1)
    done = max((match.end() for match in words.done.finditer(lead)), default=-1)
    if planned > done or (planned >= 0 and planned == done):
        return True
    if done < 0 and deadline:
        return True
    # `630 lorries and 164 buses will cross`, with nothing told before as having happened.
    if len(lead.split()) <= _SUBJECT and words.syntax["will_behind"].match(text[stop:end]):
        return True
    return words.syntax["planned_behind"].match(text[stop:end]) is not None and not (done > planned >= 0)


def asserted(text: str, amount: Amount, start: int, end: int, words: Words) -> bool:
    """False for a number that is asked about, made a condition or denied: `has it reached 5 billion?`, `if it reaches`."""
    if text[end - 1] in "?？":
        return False
    lead = text[start : amount.start]
    conditional = words.syntax["condition"].match(lead) is not None and "," not in lead
    return not conditional and words.syntax["denied"].search(lead[-_DENIAL:]) is None


def denied(text: str, amount: Amount, start: int, words: Words) -> str:
    """The comparator of a level that is said not to be reached or passed: `<` or `<=`, empty where nothing is denied."""
    lead = text[max(start, amount.number - _DENIAL) : amount.number]
    if words.syntax["not_reached"].search(lead):
        return "<"
    return "<=" if words.syntax["not_passed"].search(lead) else ""
