"""Measures and counts that the vocabulary has no word for: claims of the indicator `other`, named by their noun phrase."""

from __future__ import annotations

import re
from dataclasses import replace

from landbridge.claims.grammar import linking
from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.counting import refers_back
from landbridge.claims.grammar.indicators import COUNT, MONEY, PERCENT, TIMES
from landbridge.claims.grammar.scene import Draft, Scene

_UNITS = frozenset(
    {MONEY, PERCENT, TIMES, "mass", "length_km", "length_m", "area_km2", "area_m2", "containers", "physical"}
)
_LETTERS = re.compile(r"[^\W\d_][\w’'-]*")
_MOST_WORDS = 6
# Fewer things than this are counted in passing, unless their sentence speaks of a place or of the field.
_MANY = 100


def unnamed(scene: Scene, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
    """A claim of the indicator `other`, in a text on trade and cooperation; None for what measures nothing."""
    if not scene.text.domain or amount.form == "none":
        return None
    if kind == COUNT:
        return _thing(scene, amount, previous)
    return _measure(scene, amount, kind, previous) if kind in _UNITS else None


def _measure(scene: Scene, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
    noun = scene.phrase(amount)
    if joined := scene.words.syntax["of_them"].match(scene.said, amount.end, scene.span[1]):
        noun = scene.phrase(replace(amount, end=joined.end()))
    if noun[1] == noun[0]:
        noun = _subject(scene, amount)
    form = linking.construction(scene.said, amount, *scene.span, scene.words)
    subject = scene.said[noun[0] : noun[1]] or (previous.subject if previous is not None else "")
    if not subject or (kind == TIMES and form != linking.GROWTH):
        return None
    changed = form == linking.GROWTH and kind in (PERCENT, TIMES)
    falling = changed and kind == PERCENT
    value = amount.value * (linking.sign(scene.said, amount, *scene.span, scene.words) if falling else 1.0)
    draft = scene.draft(
        amount,
        "other",
        kind="change" if changed else "quantity",
        unit=amount.unit,
        value=value,
        span=(min(amount.start, noun[0]), max(amount.end, noun[1])),
        previous=previous,
        rule="unnamed measure",
        wanted=0,
    )
    return replace(draft, subject=subject) if draft else None


def _thing(scene: Scene, amount: Amount, previous: Draft | None) -> Draft | None:
    begin, stop = scene.phrase(amount)
    # The phrase may run into its verb (`6,200 trains ran`): it ends with the first plural.
    plural = next(
        (
            match
            for match in _LETTERS.finditer(scene.said, begin, stop)
            if scene.words.syntax["plural"].search(match[0])
        ),
        None,
    )
    noun = (begin, plural.end()) if plural else (begin, begin)
    said = scene.said[noun[0] : noun[1]]
    about = bool(scene.named) or scene.words.domain.search(scene.said, *scene.span) is not None
    named = (
        scene.words.syntax["plural"].search(said)
        and not scene.words.vague.search(said)
        and not refers_back(scene, amount)
    )
    if not named or amount.value < 2 or not (about or amount.value >= _MANY):
        return None
    draft = scene.draft(
        amount,
        "other",
        kind="quantity",
        unit="persons" if scene.words.persons.search(said) else "count",
        value=amount.value,
        span=(amount.start, noun[1]),
        previous=previous,
        rule="unnamed count",
        wanted=0,
    )
    return replace(draft, subject=said) if draft else None


def _subject(scene: Scene, amount: Amount) -> tuple[int, int]:
    """Up to six words before the amount's verb, as the subject of a measure that nobody has a name for."""
    left, _ = scene.part(amount)
    lead = re.split(r"[,;:(—–]", scene.said[left : amount.start])[-1]
    begin = amount.start - len(lead)
    said = list(_LETTERS.finditer(lead))
    words = scene.words
    verbs = [
        place
        for place, match in enumerate(said)
        if match[0].casefold() in words.ends
        or any(pattern.fullmatch(match[0]) for pattern in (words.done, words.up, words.down))
    ]
    kept = (said[: verbs[-1]] if verbs and verbs[-1] > 0 else said)[-_MOST_WORDS:]
    # `or 29 per cent` names nothing.
    if all(match[0].casefold() in words.ends for match in kept):
        return amount.start, amount.start
    return begin + kept[0].start(), begin + kept[-1].end()
