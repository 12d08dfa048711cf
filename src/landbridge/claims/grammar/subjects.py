"""What narrows a flow or names a part: `exports of cars`, `services trade`, `timber` in `timber 30 percent of exports`."""

from __future__ import annotations

import re

from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.indicators import Cue
from landbridge.claims.grammar.scene import FLOWS, Scene

_WORD = re.compile(r"[^\W\d_][\w’-]*")
# At most so many words of a phrase behind or before the words for a flow.
_BEHIND, _BEFORE = 4, 2
_LONGEST = 6


def flow_subject(scene: Scene, cue: Cue) -> str:
    """The words for a flow with what narrows them: the goods behind `of` or `in`, or right before."""
    said = scene.said[cue.start : cue.end]
    if cue.measure.indicator not in FLOWS:
        return said
    start, end = _before(scene, cue), _behind(scene, cue)
    return " ".join(scene.said[start:end].split())


def subject_of(scene: Scene, amount: Amount) -> str:
    """The subject of an amount in words, empty where none stands before it."""
    start, end = span_of(scene, amount)
    return scene.said[start:end]


def span_of(scene: Scene, amount: Amount) -> tuple[int, int]:
    """Up to six words before the amount's verb, as the subject of a measure that nobody has a name for."""
    left = max(scene.part(amount)[0], scene.own(amount)[0])
    lead = re.split(r"[,;:(—–]", scene.said[left : amount.start])[-1]
    begin = amount.start - len(lead)
    said = list(_WORD.finditer(lead))
    words = scene.words
    verbs = [
        place
        for place, match in enumerate(said)
        if match[0].casefold() in words.ends
        or any(pattern.fullmatch(match[0]) for pattern in (words.done, words.up, words.down))
    ]
    kept = (said[: verbs[-1]] if verbs and verbs[-1] > 0 else said)[-_LONGEST:]
    while kept and kept[0][0].casefold() in words.ends:
        kept = kept[1:]
    # `or 29 per cent` names nothing.
    if not kept:
        return amount.start, amount.start
    return begin + kept[0].start(), begin + kept[-1].end()


def _behind(scene: Scene, cue: Cue) -> int:
    joint = scene.words.syntax["goods_behind"].match(scene.said, cue.end, scene.span[1])
    if joint is None or _place_at(scene, joint.end()):
        return cue.end
    stop = cue.end
    for number, match in enumerate(_WORD.finditer(scene.said, joint.end(), scene.span[1])):
        gap = scene.said[stop if number else joint.end() : match.start()]
        ends = match[0].casefold() in scene.words.ends and match[0].casefold() != "and"
        if number >= _BEHIND or gap.strip() or ends or _place_at(scene, match.start()):
            break
        if (
            scene.words.done.fullmatch(match[0])
            or scene.words.up.fullmatch(match[0])
            or scene.words.down.fullmatch(match[0])
        ):
            break
        stop = match.end()
    return stop


def _before(scene: Scene, cue: Cue) -> int:
    """Where the words that narrow a flow from before begin: no place, no pronoun, no adjective of size."""
    words = list(_WORD.finditer(scene.said, max(scene.span[0], cue.start - 40), cue.start))
    start = cue.start
    for match in reversed(words[-_BEFORE:]):
        plain = match[0].casefold()
        if (
            scene.said[match.end() : start].strip()
            or plain in scene.words.ends
            or plain in scene.words.light
            or _place_at(scene, match.start())
        ):
            break
        if scene.words.syntax["broad"].fullmatch(match[0]) or match[0].endswith(("’s", "’")):
            break
        start = match.start()
    return start


def _place_at(scene: Scene, place: int) -> bool:
    return any(one.start <= place < one.end for one in scene.named)
