"""Shares in a sentence: which part, of which whole. `Energy accounted for 60 % of Russia's exports to China`.

The part is the noun before the verb or behind the figure; the whole is what stands behind `of`, and where a list goes on
without repeating it, the whole of the figure before. What cannot be read is empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.verdicts.context import around

_FIGURE = re.compile(r"[\d.,]{1,12}\s{0,2}(?:%|per\s?cent(?:age points)?)", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:account(?:s|ed|ing)?(?: for)?|ma[kd]es? up|making up|constitut\w{1,4}|represent\w{0,3}|compris\w{1,3}"
    r"|form(?:s|ed)|was|were|is|are|stood|took|for|with|at|reached|amounted|equal\w{0,3})\b",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[,;:()–—]|\b(?:and|while|whereas|but)\b", re.IGNORECASE)
_OF = re.compile(r"^\s{0,3}(?:of|in)\s{1,3}(?P<whole>[^,;:()]{3,120})", re.IGNORECASE)
_SHARE_OF = re.compile(
    r"\bshare\s{1,3}(?:of|in)\s{1,3}(?P<part>[^,;:()]{2,60}?)\s{1,3}in\s{1,3}(?P<whole>.{3,80})", re.I
)
_WHOLE_ENDS = re.compile(
    r"\b(?:and|while|was|were|is|are|in\s+\d{4}|by\s+\d{4}|last|this|compared|against|up from)\b", re.I
)
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_EMPTY_NAMED = """a about accounted accounts all almost an another approximately around at by for from in its just last
late more most nearly of on only other over percent per cent share shares some that the their then there
this to total year years overall roughly up"""
_EMPTY = frozenset(_EMPTY_NAMED.split())
_MOST_WORDS = 3
_LEADING = re.compile(r"^\s{0,3}of\s{1,3}(?P<whole>[^,;:()]{3,120}),", re.IGNORECASE)
_FLOW = re.compile(
    r"\b(?:exports?|imports?|trade|turnover|supplies|deliveries|sales|basket|cargo|output)\b", re.IGNORECASE
)
_LINK = re.compile(r"^\s{0,3}(?:was|were|is|are|came from|consisted of)\b", re.IGNORECASE)
_LONGEST = 2_000
_DIGITS = re.compile(r"\d{1,6}(?:[.,]\d{1,6})?")
_SAME_VALUE = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """A share in words: the part and the whole, without small words, in small letters."""

    part: frozenset[str]
    whole: frozenset[str]


def read_parts(document: Document, claims: Sequence[Claim]) -> dict[int, Part]:
    """For each share of some claims, by its place in the sequence, the part and the whole that its sentence names."""
    found: dict[int, Part] = {}
    shares = sorted((claim.start, index) for index, claim in enumerate(claims) if _is_share(claim))
    carried: tuple[int, frozenset[str]] = (-1, frozenset())
    for _, index in shares:
        claim = claims[index]
        before, after = around(document.text, claim)
        if not before and not after and document.text[claim.start : claim.end] != claim.quote:
            continue
        begins = claim.start - len(before)
        part, whole = _part_and_whole(before, claim.quote, after, claim.value)
        if not whole and carried[0] == begins:
            whole = carried[1]
        if whole:
            carried = (begins, whole)
        if part or whole:
            found[index] = Part(part, whole)
    return _carried_back(claims, document, shares, found)


def _carried_back(
    claims: Sequence[Claim], document: Document, shares: Sequence[tuple[int, int]], found: dict[int, Part]
) -> dict[int, Part]:
    """`60 % energy, 30 % timber, 25 % food of exports`: the whole stands behind the last of the list."""
    ahead: tuple[int, frozenset[str]] = (-1, frozenset())
    for start, index in reversed(shares):
        held = found.get(index)
        if held is None:
            continue
        begins = start - len(around(document.text, claims[index])[0])
        if not held.whole and ahead[0] == begins:
            found[index] = Part(held.part, ahead[1])
        elif held.whole:
            ahead = (begins, held.whole)
    return found


def _is_share(claim: Claim) -> bool:
    return claim.unit == "%" and claim.value is not None and not claim.indicator.endswith("_growth")


def _figure(quote: str, value: float | None) -> re.Match[str] | None:
    """The figure of a quote that has the value; a quote may hold those before it too. Else the last one."""
    found = list(_FIGURE.finditer(quote[:_LONGEST]))
    for one in found:
        digits = _DIGITS.match(one[0])
        if digits and value is not None and abs(float(digits[0].replace(",", ".")) - value) < _SAME_VALUE:
            return one
    return found[-1] if found else None


def _part_and_whole(
    before: str, quote: str, after: str, value: float | None
) -> tuple[frozenset[str], frozenset[str]]:
    figure = _figure(quote, value)
    lead = before + (quote[: figure.start()] if figure else quote)
    tail = (quote[figure.end() :] if figure else "") + after
    whole, behind = _behind(tail)
    if told := _SHARE_OF.search(lead):
        return _telling(told["part"]), _telling(told["whole"])
    if behind:
        return behind, whole or _ahead(lead)
    return _before(lead), whole


def _ahead(lead: str) -> frozenset[str]:
    """The whole before the figure: `exports were 60 % energy`, or `of all exports, 60 % was energy`."""
    verb = _VERB.search(lead)
    if found := _LEADING.search(lead):
        return _telling(found["whole"])
    subject = _BREAK.split(lead[: verb.start()])[-1] if verb else ""
    return _telling(max(_WHOLE_ENDS.split(subject), key=len)) if _FLOW.search(subject) else frozenset()


def _behind(tail: str) -> tuple[frozenset[str], frozenset[str]]:
    """(The whole, the part) behind a figure: `of exports`, or `food of exports`, or `timber`."""
    if found := _OF.match(tail):
        return _telling(_WHOLE_ENDS.split(found["whole"])[0]), frozenset()
    clause = _LINK.sub("", _BREAK.split(tail, maxsplit=1)[0])
    noun, joined, whole = clause.partition(" of ")
    part = _telling(noun) if len(_WORD.findall(noun)) <= _MOST_WORDS else frozenset()
    return (_telling(_WHOLE_ENDS.split(whole)[0]) if joined and part else frozenset()), part


def _before(lead: str) -> frozenset[str]:
    """The noun before the verb, or before the figure where the verb is left out."""
    verbs = list(_VERB.finditer(lead))
    clause = _BREAK.split(lead[: verbs[-1].start()] if verbs else lead)
    words = [word for word in _WORD.findall(clause[-1]) if word.lower() not in _EMPTY]
    return frozenset(word.lower() for word in words[-_MOST_WORDS:])


def _telling(words: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(words)) - _EMPTY
