"""Measures and counts that the vocabulary has no word for: claims of the indicator `other`, named by their noun phrase."""

from __future__ import annotations

import re
from dataclasses import replace

from landbridge.claims.grammar import linking
from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.counting import refers_back
from landbridge.claims.grammar.indicators import COUNT, MONEY, PERCENT, TIMES
from landbridge.claims.grammar.places import mentions
from landbridge.claims.grammar.scene import Draft, Scene
from landbridge.claims.grammar.subjects import span_of

_UNITS = frozenset(
    {MONEY, PERCENT, TIMES, "mass", "length_km", "length_m", "area_km2", "area_m2", "containers", "physical"}
)
_LETTERS = re.compile(r"[^\W\d_][\w’'-]*")
# Fewer things than this are counted in passing, unless their sentence speaks of a place or of the field.
_MANY = 100
# How far around a sentence words of the field are looked for, and the length of a line of a list.
_AROUND, _LINE = 1_000, 90


def unnamed(scene: Scene, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
    """A claim of the indicator `other`, in a text on trade and cooperation; None for what measures nothing."""
    if not scene.text.domain or amount.form == "none":
        return None
    vague = kind in (COUNT, "physical") or amount.form == "fraction"
    if vague and previous is None and not _at_home(scene):
        return None
    if kind == COUNT:
        return _thing(scene, amount, previous)
    return _measure(scene, amount, kind, previous) if kind in _UNITS else None


def _at_home(scene: Scene) -> bool:
    """True where the paragraph, or what leads to a line of a list, speaks of the field or of a place."""
    if scene.named:
        return True
    block = scene.text.blocks[scene.sentence.block]
    line = block.end - block.start <= _LINE
    left = max(block.start, scene.span[0] - _AROUND) if not line else max(0, block.start - _AROUND)
    right = min(block.end, scene.span[1] + _AROUND)
    if any(words.search(scene.said, left, right) for words in (scene.words.domain, scene.words.both)):
        return True
    return bool(mentions(scene.said, left, right, scene.text.language))


def _measure(scene: Scene, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
    noun = scene.phrase(amount)
    if joined := scene.words.syntax["of_them"].match(scene.said, amount.end, scene.span[1]):
        noun = scene.phrase(replace(amount, end=joined.end()))
    if noun[1] == noun[0]:
        noun = span_of(scene, amount)
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
