"""Numbers to claims: every amount of a text with what it measures, between whom, when, and how firmly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from landbridge.claims.claim import Claim
from landbridge.claims.grammar import indicators, timing
from landbridge.claims.grammar.amounts import Amount, amounts
from landbridge.claims.grammar.blocks import Sentence
from landbridge.claims.grammar.carrying import carried
from landbridge.claims.grammar.counting import counted, ordinal, ranked
from landbridge.claims.grammar.currencies import settled
from landbridge.claims.grammar.indicators import unit_class
from landbridge.claims.grammar.measuring import measured
from landbridge.claims.grammar.modality import asserted
from landbridge.claims.grammar.periods import periods
from landbridge.claims.grammar.places import mentions
from landbridge.claims.grammar.ranks import Rank, ranks
from landbridge.claims.grammar.scene import TRADE, Draft, Scene, Text
from landbridge.claims.grammar.speakers import speaker_at
from landbridge.claims.grammar.unnamed import unnamed

# Tried in this order; the first that knows what an amount measures decides.
_RULES = (counted, measured, carried, unnamed)
_MOST_NUMBERS = 60
_LANDS = frozenset({"country", "region", "macro", "demonym", "pair"})
# Signs of program text, which speaks of exports and imports all the time.
_CODE = re.compile(r"[{}]|=>|==|\w\(\)|\w\([\"’]|// ")
# How far around a sentence they are looked for: a paragraph may be as long as the text.
_AROUND = 2_000
# A number in digits has at most so many groups: `1 234 567.8`.
_DIGITS, _GROUPS = re.compile(r"\d+"), 4


def quantities(text: Text) -> tuple[Claim, ...]:
    """Every quantity, change and target with a value that the text states, by place in the text."""
    found: list[Claim] = []
    last: Draft | None = None
    for number, sentence in enumerate(text.sentences):
        if last is not None and last.block != sentence.block:
            last = None
        drafts = list(_drafts(text, number, sentence, last))
        for draft in drafts:
            found += _claims(text, draft)
        if drafts:
            last = drafts[-1]
    return tuple(sorted(_unique(found), key=lambda claim: (claim.start, claim.end)))


def _drafts(text: Text, number: int, sentence: Sentence, last: Draft | None) -> Iterator[Draft]:
    scene = _scene(text, number, sentence)
    if scene is None:
        return
    found_ranks = ranks(text.text, *scene.span, text.language)
    usable = [
        one
        for one in scene.amounts
        if not any(rank.start < one.end and one.start < rank.end for rank in found_ranks)
    ]
    previous = last
    items: list[Amount | Rank] = [*usable, *found_ranks]
    for item in sorted(items, key=lambda one: one.start):
        draft = ranked(scene, item, previous) if isinstance(item, Rank) else _draft(scene, item, previous)
        if draft is not None:
            yield draft
            previous = draft


def _draft(scene: Scene, amount: Amount, previous: Draft | None) -> Draft | None:
    kind = unit_class(amount.unit)
    if not scene.text.domain:
        return _in_passing(scene, amount, kind, previous)
    if kind == "ordinal":
        return ordinal(scene, amount, previous)
    for rule in _RULES:
        draft = rule(scene, amount, kind, previous)
        if draft is not None:
            return draft
    return None


def _in_passing(scene: Scene, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
    """What a text on something else, or a note of two lines, says of trade: a flow with its unit and a place beside it."""
    pair = len(scene.text.dyad) == 2 or not scene.text.dyad
    named = any(one.form in _LANDS for one in scene.named) or (
        pair and scene.words.both.search(scene.said, *scene.span)
    )
    if not named or not amount.unit:
        return None
    draft = measured(scene, amount, kind, previous)
    if draft is None and previous is not None:
        draft = carried(scene, amount, kind, previous)
    return draft if draft is not None and draft.indicator in TRADE else None


def _scene(text: Text, number: int, sentence: Sentence) -> Scene | None:
    """A sentence with everything in it, None where there is no number."""
    span = (sentence.start, sentence.end)
    words = indicators.words(text.language)
    # A line with so many numbers is a table, which no sentence rule can read; one of digits alone is seen at a glance.
    if len(_DIGITS.findall(text.text, *span)) > _GROUPS * _MOST_NUMBERS:
        return None
    whole = text.blocks[sentence.block]
    left, right = max(whole.start, span[0] - _AROUND), min(whole.end, span[1] + _AROUND)
    if _CODE.search(text.text, left, right):
        return None
    found = tuple(
        one for one in amounts(text.text, *span, text.language) if asserted(text.text, one, *span, words)
    )
    if len(found) > _MOST_NUMBERS:
        return None
    if not found and not ranks(text.text, *span, text.language):
        return None
    moments = periods(text.text, *span, text.language)
    named = mentions(text.text, *span, text.language)
    earlier = text.sentences[number - 1] if number else sentence
    wider = earlier.start if earlier.block == sentence.block else sentence.start
    # Numbers in dates and names are none; a span of years may be both a date and a duration.
    usable = tuple(
        one
        for one in found
        if not any(place.start <= one.number < place.end for place in named)
        and (
            unit_class(one.unit) == "span"
            or not any(moment.start < one.end and one.number < moment.end for moment in moments)
        )
    )
    usable = tuple(settled(one, named, text.dyad) for one in usable)
    turn = speaker_at(text.turns, sentence.start)
    return Scene(
        text,
        number,
        sentence,
        indicators.words(text.language),
        indicators.cues(text.text, *span, text.language, wider=wider),
        tuple(moments),
        # `5 млрд долл. США`: a name inside an amount is part of its currency.
        tuple(one for one in named if not any(money.number < one.start < money.end for money in found)),
        usable,
        turn.home if turn else (),
    )


def _claims(text: Text, draft: Draft) -> Iterator[Claim]:
    """The claim of a draft, or one for each of the years it holds for."""
    turn = speaker_at(text.turns, draft.amount.number)
    words = indicators.words(text.language)
    # Parties that a continuation took from the claim before are not those that the readings were made for.
    readings = {
        slot: values
        for slot, values in draft.readings.items()
        if slot != "parties" or values[0] == draft.parties
    }
    for moment in draft.when.each():
        yield Claim(
            quote=text.text[draft.start : draft.end],
            start=draft.start,
            end=draft.end,
            kind=draft.kind,
            indicator=draft.indicator,
            subject=" ".join(draft.subject.split()),
            parties=draft.parties,
            direction=draft.direction,
            period=moment.period if moment else None,
            asof=moment.asof if moment else None,
            period_inferred=timing.inferred(moment, text.dated, words, annual=draft.indicator in TRADE)
            if moment
            else None,
            value=round(draft.value, 6),
            unit=draft.unit,
            comparator=draft.comparator,
            speaker=turn.speaker if turn else None,
            readings=readings,
            rule=draft.rule,
        )


def _unique(found: Sequence[Claim]) -> list[Claim]:
    """Each claim once: what one block says twice of the same period is one claim."""
    return list(
        {
            (one.start, one.end, one.indicator, one.value, one.period, one.comparator): one for one in found
        }.values()
    )
