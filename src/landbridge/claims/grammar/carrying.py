"""Amounts that say nothing of what they measure and continue the claim before: `exports — 3.5`, `and by 32% this year`."""

from __future__ import annotations

import re
from dataclasses import replace

from landbridge.claims.grammar import indicators, linking
from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.counting import refers_back
from landbridge.claims.grammar.indicators import COUNT, MONEY, PERCENT, TIMES, unit_class
from landbridge.claims.grammar.measuring import dashed
from landbridge.claims.grammar.scene import FLOWS, Draft, Scene
from landbridge.claims.grammar.subjects import subject_of

# A claim is continued in its own sentence or the next two, and over no more than so many characters of a sentence.
_SENTENCES, _CHARACTERS = 2, 90
_NEARBY = 40
_THINGS = frozenset({"count", "persons", "passengers"})


def carried(scene: Scene, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
    """The claim before, with this amount for its value; None where this amount does not continue it."""
    previous = _before(scene, amount, kind, previous)
    if previous is None or amount.form == "none":
        return None
    same = previous.sentence == scene.number
    # `another 22`, `of which 18`, `only 64`: more, or a part, of what was spoken of.
    leads_on = (
        scene.elliptic(amount)
        or dashed(scene, amount)
        or scene.words.syntax["another"].search(scene.before(amount, 16))
    )
    apart = not same or len(scene.said[previous.end : amount.start]) > _CHARACTERS or kind == COUNT
    if not leads_on and apart:
        return None
    if kind == COUNT:
        filled, indicator = _filled(scene, amount, previous), previous.indicator
    else:
        filled, indicator = amount, _continued(scene, amount, kind, previous)
    if filled is None or not indicator:
        return None
    changed = indicator.endswith("_growth") or (kind == TIMES and indicator == "other")
    value = filled.value
    if changed and kind == PERCENT:
        value *= linking.sign(scene.said, amount, *scene.span, scene.words)
        if (
            linking.construction(scene.said, amount, *scene.span, scene.words) == linking.LEVEL
            and previous.value < 0
        ):
            value = -abs(value)
    plain = "twinning" if previous.kind == "twinning" else "quantity"
    draft = scene.draft(
        filled,
        indicator,
        kind="change" if changed else plain,
        unit=filled.unit,
        value=value,
        span=(amount.start, amount.end),
        previous=previous,
        rule="carried",
        wanted=previous.wanted,
        flow=previous.flow,
    )
    if draft is None:
        return None
    who, way = _turned(scene, amount, previous, draft)
    still = previous.kind == "target" and same and draft.kind == plain
    hoped = still and not scene.words.done.search(scene.said, previous.end, amount.start)
    # `52 are planned, of which 18 are in operation`.
    told = (
        same and kind == COUNT and scene.words.syntax["in_fact"].match(scene.said, amount.end, scene.span[1])
    )
    what = plain if told else "target" if hoped else draft.kind
    subject = previous.subject
    if indicator == "basket_share" and (part := subject_of(scene, amount)):
        # `timber 30 per cent`: another part of the same basket.
        subject = f"{part}: {previous.subject.rpartition(': ')[2]}"
    return replace(draft, parties=who, direction=way, subject=subject, kind=what)


def _before(scene: Scene, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
    """The claim that an amount of this class may continue: the last one, or the last of its class not too far back."""
    last = previous
    # `Of these, 23 are in operation` counts things, whatever sum was named in between.
    things = (
        kind == COUNT
        and amount.scale == 1.0
        and scene.words.syntax["verb_next"].match(scene.said, amount.end)
    )
    while last is not None and scene.number - last.sentence <= _SENTENCES:
        if (
            last.unit in _THINGS
            if things
            else kind in (COUNT, PERCENT, TIMES) or unit_class(last.unit) == kind
        ):
            return last
        last = last.earlier
    return None


def _filled(scene: Scene, amount: Amount, previous: Draft) -> Amount | None:
    """A bare number with the unit and scale of the claim before, or None where it counts something of its own."""
    noun = scene.phrase(amount)
    spelt_one = amount.form == "words" and amount.value == 1
    if amount.form not in ("digits", "words") or spelt_one or refers_back(scene, amount):
        return None
    if noun[1] > noun[0] and _names_something(scene, noun):
        return None
    prior, scale = unit_class(previous.unit), previous.amount.scale
    if prior == MONEY:
        if amount.scale >= 1e3:
            return replace(amount, unit=previous.unit)
        # `20 in energy` behind a sum counts something of its own.
        if scale < 1e3 or not scene.words.syntax["closed"].match(scene.behind(amount, 20)):
            return None
        return replace(amount, value=amount.value * scale, unit=previous.unit, scale=scale)
    if prior == PERCENT:
        return (
            replace(amount, unit="%")
            if dashed(scene, amount) or scene.words.syntax["another"].search(scene.before(amount, 14))
            else None
        )
    if previous.unit in _THINGS:
        return replace(amount, unit=previous.unit)
    if previous.unit and amount.scale == 1.0 and scale >= 1e3 and amount.value < 1000:
        return replace(amount, value=amount.value * scale, unit=previous.unit, scale=scale)
    return replace(amount, unit=previous.unit) if amount.scale >= 1e3 and previous.unit else None


def _names_something(scene: Scene, noun: tuple[int, int]) -> bool:
    """True for a noun phrase that may be counted: its last word is a plural, or the pack counts it."""
    said = scene.said[noun[0] : noun[1]]
    return bool(scene.words.syntax["plural"].search(said)) or (
        indicators.counted(scene.said, noun, scene.span, scene.text.language) is not None
    )


def _continued(scene: Scene, amount: Amount, kind: str, previous: Draft) -> str:
    """What an amount with a unit of its own measures when it continues a claim; empty where it cannot."""
    prior = unit_class(previous.unit)
    if kind not in (PERCENT, TIMES):
        return previous.indicator if kind == prior else ""
    form = linking.construction(scene.said, amount, *scene.span, scene.words)
    base = previous.indicator.removesuffix("_growth")
    # `grew by $7 billion, or 29 per cent`: what the sum before says of a change, this says in parts.
    told_again = previous.kind == "change" and prior == MONEY and form != linking.SHARE
    if (form == linking.GROWTH or told_again) and base in FLOWS:
        return f"{base}_growth"
    if previous.indicator.endswith("_growth") or prior == kind == PERCENT:
        return previous.indicator
    if form == linking.SHARE and previous.indicator == "soybean_imports":
        return "soybean_import_share"
    # The change of something that has no indicator of its own for changes.
    return "other" if form == linking.GROWTH and kind == TIMES else ""


def _turned(
    scene: Scene, amount: Amount, previous: Draft, draft: Draft
) -> tuple[tuple[str, ...], str | None]:
    """The parties of a continued claim: those before, but for a place that the continuation names itself."""
    if previous.wanted == 1 and previous.flow == "in":
        return draft.parties, draft.direction
    left, right = scene.own(amount)
    if scene.words.we.search(scene.said, left, right) and len(scene.text.dyad) == 2:
        return scene.text.dyad, previous.direction if set(previous.parties) == set(scene.text.dyad) else None
    near = [
        one
        for one in scene.named
        if amount.end <= one.start <= min(amount.end + _NEARBY, right)
        and one.form != "organisation"
        and not re.search(r"[,;]", scene.said[amount.end : one.start])
    ]
    if not near:
        return (
            (previous.parties, previous.direction) if previous.parties else (draft.parties, draft.direction)
        )
    code = near[0].codes[0]
    if code in previous.parties or len(previous.parties) != 2 or previous.sentence != scene.number:
        return (
            (previous.parties, previous.direction)
            if code in previous.parties
            else (draft.parties, draft.direction)
        )
    origin, _, destination = (previous.direction or "").partition("->")
    if destination and scene.words.syntax["from"].search(scene.said[amount.end : near[0].start]):
        return (code, destination), f"{code}->{destination}"
    kept = origin or previous.parties[0]
    return (kept, code), f"{kept}->{code}" if origin else None
