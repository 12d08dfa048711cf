"""Which words of a sentence an amount belongs to: what it measures, whether it is a change, a share or a plan."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.indicators import MONEY, PERCENT, TIMES, Cue, Words, longest, unit_class

LEVEL, GROWTH, SHARE = "level", "growth", "share"
# Words between an amount and what it belongs to, barriers counted as so many words; beyond this nothing is linked.
FARTHEST_BEFORE, FARTHEST_BEHIND = 28.0, 12.0
# A word behind the amount is less likely to be what it measures than one before it, unless only `in` or `of` stands between.
_BEHIND = 2.5
_WORD = re.compile(r"[^\W_][\w’'.-]*|[;:,()]|[—–]")
_OTHER_AMOUNT = 4.0
_TAKEN, _CLOSE = 6.0, 20
# A verb of change this near is the amount's own.
_NEXT_TO = 20
_ASIDE = re.compile(r"\([^()]{0,200}\)")


@dataclass(frozen=True, slots=True)
class Link:
    """What an amount measures: the cue, the form in which it is measured, and how far the cue stands away."""

    cue: Cue
    form: str
    indicator: str
    cost: float


def construction(text: str, amount: Amount, start: int, end: int, words: Words) -> str:
    """Whether an amount is a level, a change or a share, by the words around it.

    Only per cents and multiples can be changes or shares here; a sum that something grew *by* is a change too.
    """
    kind = unit_class(amount.unit)
    if amount.signed:
        return GROWTH
    before = text[max(start, amount.start - 70) : amount.start]
    behind = text[amount.end : min(end, amount.end + 48)]
    # What stands beyond a hard stop, or beyond another number, is about something else.
    before = re.split(r"[;(]|\d", before)[-1]
    behind = re.split(r"[;,)]|\d", behind)[0]
    last = _last(before, words.up, words.down)
    if kind not in (PERCENT, TIMES):
        by = words.syntax["changed_by"].search(before + " ")
        return GROWTH if by and last >= 0 else LEVEL
    if kind == TIMES:
        return GROWTH
    lead = text[max(start, amount.start - 90) : amount.start]
    if words.syntax["share_moved"].search(lead):
        return SHARE
    ahead = text[amount.end : min(end, amount.end + 60)]
    if words.syntax["from_level"].search(lead) and words.syntax["to_level"].match(ahead):
        return SHARE if words.share.search(ahead) or " of " in ahead else LEVEL
    grown = last >= 0 or words.plain.search(behind) or _first(behind, words.up, words.down)
    shared = _last(before, words.share)
    # `decreased 3.4 % in Chile` says where, not of what.
    if last >= 0 and len(before) - last < _NEXT_TO and words.syntax["in_place"].match(behind):
        return GROWTH
    of = words.syntax["share_of"].match(behind)
    # The year that qualifies (`in 2020`) is a number too, and so cut off from `behind`.
    if of and not words.syntax["qualified"].match(text, amount.end, end):
        return SHARE if not words.syntax["just_by"].search(before) else GROWTH
    if grown and last >= shared:
        return GROWTH
    return SHARE if shared >= 0 else (GROWTH if grown else LEVEL)


def sign(text: str, amount: Amount, start: int, end: int, words: Words) -> float:
    """-1 where the words around a change say that something fell, else 1."""
    if amount.signed:
        return 1.0
    before = re.split(r"[;(]|\d", text[max(start, amount.start - 70) : amount.start])[-1]
    behind = re.split(r"[;,)]|\d", text[amount.end : min(end, amount.end + 48)])[0]
    up, down = _last(before, words.up), _last(before, words.down)
    if max(up, down) >= 0:
        return -1.0 if down > up else 1.0
    fall, rise = words.down.search(behind), words.up.search(behind)
    if fall and (not rise or fall.start() < rise.start()):
        return -1.0
    return 1.0


def signed(text: str, amount: Amount, form: str, start: int, end: int, words: Words) -> float:
    """The value of a change with its direction: a decline is negative, a fall by a factor is less than one."""
    kind = unit_class(amount.unit)
    if form != GROWTH or kind not in (PERCENT, MONEY, TIMES):
        return amount.value
    direction = sign(text, amount, start, end, words)
    if kind != TIMES:
        return amount.value * direction
    smaller = words.syntax["times_smaller"].match(text, amount.end, end) is not None
    falls = amount.form in ("digits", "words") and (smaller or direction < 0)
    return round(1 / amount.value, 6) if falls and amount.value > 1 else amount.value


def link(
    text: str, amount: Amount, found: Sequence[Cue], others: Iterable[Amount], form: str, words: Words
) -> tuple[Link, ...]:
    """The cues that `amount` may belong to, the nearest first."""
    kind = unit_class(amount.unit)
    fitting = [(cue, _indicator(cue, kind, form)) for cue in found]
    usable = longest(cue for cue, indicator in fitting if indicator)
    others = [one for one in others if one is not amount and unit_class(one.unit) == kind]
    links = []
    for cue in usable:
        if cue.start < amount.number < cue.end:
            cost = 0.0
        elif cue.end <= amount.end:
            cost = distance(text, cue.end, amount.start, words)
            cost += _OTHER_AMOUNT * sum(cue.end <= one.start and one.end <= amount.start for one in others)
            if cost > FARTHEST_BEFORE:
                continue
        else:
            between = text[amount.end : cue.start]
            cost = distance(text, amount.end, cue.start, words)
            cost = 0.5 if words.syntax["joined"].fullmatch(between) else cost + _BEHIND
            # `13.2 billion, imports — 18 billion`: a word for a measure right before an amount is that one's.
            cost += _TAKEN * any(0 <= one.start - cue.end <= _CLOSE for one in others)
            cost += _OTHER_AMOUNT * sum(amount.end <= one.start and one.end <= cue.start for one in others)
            if cost > FARTHEST_BEHIND:
                continue
        links.append(Link(cue, form, _indicator(cue, kind, form), cost))
    return tuple(
        sorted(links, key=lambda item: (item.cost, -(item.cue.end - item.cue.start), item.cue.start))
    )


def distance(text: str, start: int, end: int, words: Words) -> float:
    """Words between two places of a sentence, barriers of the pack counted as so many."""
    cost = 0.0
    # What stands in brackets is beside the point.
    between = _ASIDE.sub(" ", text[start:end])
    for match in _WORD.finditer(between):
        cost += words.barriers.get(match[0].casefold(), 1.0 if match[0][0].isalnum() else 0.0)
    return cost


def _indicator(cue: Cue, kind: str, form: str) -> str:
    """What the cue's measure is called for this class of amounts, empty where it cannot be meant."""
    measure = cue.measure
    if kind in (PERCENT, TIMES):
        if form == GROWTH:
            return measure.growth or (
                measure.indicator if kind in measure.units and _is_effect(measure.indicator) else ""
            )
        if kind in measure.units:
            return measure.indicator
        return measure.share if form == SHARE and kind == PERCENT else ""
    return measure.indicator if kind in measure.units else ""


def _is_effect(indicator: str) -> bool:
    # What a project adds to output, and the rate of interest, are themselves worded as changes.
    return indicator in ("gdp_effect", "interest_rate", "debt_to_gdp")


def _last(text: str, *patterns: re.Pattern[str]) -> int:
    return max((match.start() for pattern in patterns for match in pattern.finditer(text)), default=-1)


def _first(text: str, *patterns: re.Pattern[str]) -> bool:
    return any(pattern.search(text) for pattern in patterns)
