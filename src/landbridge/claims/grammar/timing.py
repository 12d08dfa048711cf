"""Which of a sentence's moments an amount belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.dating import resolve
from landbridge.claims.grammar.indicators import Words
from landbridge.claims.grammar.linking import distance
from landbridge.claims.grammar.periods import Moment

# A moment that opens the sentence frames all of it and is never further away than this.
_FRAMING = 7.0
# At most so many characters stand before a moment that opens its sentence (`For example, in 2006`).
_OPENING = 16
_VAGUE = 10.0
# A moment this close behind an amount belongs to it (`412 in 2022`).
_RIGHT_BEHIND = 4
# How far back the words stand that hold an amount against another (`compared with some `).
_AGAINST = 20
_FARTHEST = 24.0
_OTHER_AMOUNT, _NEXT = 6.0, 30


@dataclass(frozen=True, slots=True)
class When:
    """The moment of a claim: none, one, or several years for each of which it is said."""

    moments: tuple[Moment, ...] = ()

    @property
    def empty(self) -> bool:
        """True where the sentence dates nothing."""
        return not self.moments

    @property
    def deadline(self) -> bool:
        """True where the moment is the end of a time to come."""
        return any(one.role == "deadline" for one in self.moments)

    def anaphoric(self, words: Words) -> bool:
        """True for `in the same year`: the moment is that of the claim before."""
        return (
            len(self.moments) == 1
            and not self.moments[0].period
            and bool(words.syntax["same"].search(self.moments[0].asof or ""))
        )

    def each(self) -> Iterator[Moment | None]:
        """The moments one by one, None where there is none."""
        yield from self.moments or (None,)


def when(
    text: str,
    amount: Amount,
    moments: Sequence[Moment],
    amounts: Sequence[Amount],
    span: tuple[int, int],
    words: Words,
) -> When:
    """The moment nearest to the amount, barriers and other amounts between them counted; not what it is compared with."""
    best: tuple[float, Moment] | None = None
    for one in moments:
        if (
            (one.role == "base" and not _held_against(text, one, amount, words))
            or _compared(text, one, amount, amounts, words)
            or (one.start < amount.end and amount.start < one.end)
        ):
            continue
        cost = _cost(text, amount, one, moments, amounts, span, words)
        if cost <= _FARTHEST and (best is None or cost < best[0]):
            best = (cost, one)
    if best is None:
        return When()
    chosen = best[1]
    if chosen.role == "each":
        return When(
            tuple(
                one
                for one in moments
                if one.role == "each" and (one.start, one.end) == (chosen.start, chosen.end)
            )
        )
    return When((chosen,))


def _held_against(text: str, one: Moment, amount: Amount, words: Words) -> bool:
    """True for the moment of the very amount that another is held against (`from 24 billion in 2021 to 31 billion`)."""
    return (
        0 <= one.start - amount.end <= _RIGHT_BEHIND
        and words.syntax["against"].search(text[max(0, amount.start - _AGAINST) : amount.start]) is not None
    )


def _compared(text: str, one: Moment, amount: Amount, amounts: Sequence[Amount], words: Words) -> bool:
    """True for the moment of what this amount is held against (`from 412 in 2022 to 455`, `the level of 2018`)."""
    if words.syntax["level_of"].search(text[max(0, one.start - 24) : one.start]):
        return True
    for other in amounts:
        if other is not amount and 0 <= one.start - other.end <= _RIGHT_BEHIND:
            return (
                words.syntax["against"].search(text[max(0, other.start - _AGAINST) : other.start]) is not None
            )
    return False


def inferred(moment: Moment, dated: str, words: Words, *, annual: bool) -> str | None:
    """The period that words of the text's own time stand for, given its date."""
    if moment.period or not dated:
        return None
    if words.syntax["now"].match(moment.asof or ""):
        # What is counted by the year and told as of now is the last year that was whole.
        return str(int(dated[:4]) - 1) if annual else dated[:4]
    return resolve(moment, dated)


def _cost(
    text: str,
    amount: Amount,
    one: Moment,
    moments: Sequence[Moment],
    amounts: Sequence[Amount],
    span: tuple[int, int],
    words: Words,
) -> float:
    if one.end <= amount.start:
        left, right, extra = one.end, amount.start, 0.0
        between = sum(one.end <= other.start and other.end <= amount.start for other in amounts)
        # A moment right behind an earlier amount belongs to that one.
        taken = any(0 <= one.start - other.end <= 4 for other in amounts if other.end <= one.start)
        extra += _OTHER_AMOUNT * between if taken else 1.0 * between
        opening = one.start - span[0] <= _OPENING
    else:
        left, right, extra, opening = amount.end, one.start, 0.5, False
        extra += _OTHER_AMOUNT * sum(
            amount.end <= other.start and other.end <= one.start for other in amounts
        )
        # `grew from 1.2 billion to 3.4 billion in 2022`: the level it came from is of another time.
        came_from = words.syntax["from_level"].search(text[max(span[0], amount.start - 16) : amount.start])
        if came_from and any(amount.end <= other.start and other.end <= one.start for other in amounts):
            extra += _FARTHEST
        # `163 million, in 2020 — 152`: behind a comma a moment opens what comes next.
        nexts = any(0 <= other.start - one.end <= _NEXT for other in amounts)
        extra += _OTHER_AMOUNT if nexts and words.syntax["next_clause"].search(text[left:right]) else 0.0
    cut = words.syntax["hard"].search(text, left, right) is not None
    # `in recent years` says less than a year that is named; words that nothing resolves never frame a sentence.
    vague = not one.period and not one.relative
    cost = distance(text, left, right, words) + extra + (_VAGUE if vague else 0.0)
    if cut:
        return cost + (_FARTHEST if not one.period else 10.0)
    return min(cost, _FRAMING) if opening and not vague else cost
