"""Things that are counted: `35 infrastructure projects`, `the number of tourists reached`, `have met 13 times`, ranks."""

from __future__ import annotations

from dataclasses import replace

from landbridge.claims.grammar import indicators, linking, parties
from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.indicators import COUNT, TIMES, Counted
from landbridge.claims.grammar.ranks import Rank
from landbridge.claims.grammar.scene import Draft, Scene

# The words between a counted noun before the number and the number, at most.
_NOUN_BEFORE, _SUBJECT_BEFORE = 9.0, 12.0
# Things counted that go from one place to another; the rest are where they are.
_MOVING = frozenset(
    {
        "air_passengers",
        "daily_border_traffic",
        "export_goods_count",
        "export_positions",
        "flights",
        "students",
        "tourists",
    }
)
# `the two countries`, `these three reactors`: no count but a name for what was spoken of.
_FEW = 5


def ranked(scene: Scene, rank: Rank, previous: Draft | None) -> Draft | None:
    """A rank among partners or investors."""
    amount = Amount(rank.start, rank.end, rank.start, rank.value, "rank", rank.comparator, "rank")
    draft = scene.draft(
        amount,
        rank.indicator,
        kind="quantity",
        unit="rank",
        value=rank.value,
        span=(rank.start, rank.end),
        previous=previous,
        rule="rank",
    )
    who = parties.ranked(scene.said, (rank.start, rank.end), scene.span, scene.named, scene.words)
    return replace(draft, parties=who) if draft and len(who) == 2 else draft


def ordinal(scene: Scene, amount: Amount, previous: Draft | None) -> Draft | None:
    """An anniversary, the year of a rank that is not the first, or the meeting that is the second of its year."""
    behind = scene.behind(amount, 60)
    if scene.words.syntax["anniversary"].match(behind):
        links = linking.link(scene.said, amount, scene.cues, scene.amounts, linking.LEVEL, scene.words)
        age = next((item for item in links if item.indicator == "relations_age"), None)
        return (
            _plain(scene, amount, "relations_age", "years", age.cue.end, previous, "anniversary")
            if age
            else None
        )
    if (match := scene.words.syntax["consecutive"].match(behind)) and any(
        cue.measure.indicator == "partner_rank_duration" for cue in scene.cues
    ):
        return _plain(
            scene,
            amount,
            "partner_rank_duration",
            "years",
            amount.end + match.end(),
            previous,
            "rank duration",
        )
    match = scene.words.syntax["meeting"].match(behind)
    if match and (
        scene.words.syntax["their"].search(scene.before(amount, 12))
        or scene.words.syntax["this_year"].search(behind)
    ):
        return _plain(
            scene, amount, "leader_meetings", "count", amount.end + match.end(), previous, "ordinal meeting"
        )
    return None


def counted(scene: Scene, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
    """A number whose noun phrase names a thing that the vocabulary counts."""
    if kind == TIMES:
        return _met(scene, amount, previous)
    if kind != COUNT:
        return None
    noun = scene.phrase(amount)
    if refers_back(scene, amount):
        return None
    entry = (
        indicators.counted(scene.said, noun, scene.span, scene.text.language) if noun[1] > noun[0] else None
    )
    if entry is None and noun[1] == noun[0]:
        entry = _noun_before(scene, amount)
    if entry is None:
        return None
    item, begin, stop = entry
    span = (min(amount.start, begin), max(amount.end, stop))
    return scene.draft(
        amount,
        item.indicator,
        kind=item.kind,
        unit=item.unit,
        value=amount.value,
        span=span,
        previous=previous,
        rule="count",
        flow="out" if item.indicator in _MOVING else "",
    )


def refers_back(scene: Scene, amount: Amount) -> bool:
    """True for `the two countries`, `these three`: a name for what was spoken of, no count of it."""
    if amount.form != "words" or amount.value > _FEW or amount.scale != 1.0:
        return False
    # A comparator may have swallowed the article: `the two`.
    return (
        scene.words.syntax["known"].search(scene.said[max(scene.span[0], amount.number - 8) : amount.number])
        is not None
    )


def _noun_before(scene: Scene, amount: Amount) -> tuple[Counted, int, int] | None:
    """`the number of tourists reached 300 thousand`: what is counted stands before."""
    lead = list(scene.words.syntax["number_of"].finditer(scene.said, scene.span[0], amount.start))
    if not lead:
        return _grown(scene, amount)
    begin = lead[-1].end()
    cut = scene.words.syntax["verb"].search(scene.said, begin, min(begin + 60, amount.start))
    stop = cut.start() if cut else min(begin + 60, amount.start)
    if linking.distance(scene.said, stop, amount.start, scene.words) > _NOUN_BEFORE:
        return None
    return indicators.counted(scene.said, (begin, stop), scene.span, scene.text.language)


def _grown(scene: Scene, amount: Amount) -> tuple[Counted, int, int] | None:
    """`tourist arrivals tripled, to 370,000`: a large number behind `to`, its noun the subject of the sentence."""
    if not scene.words.syntax["reached"].search(scene.before(amount, 10)) or amount.value < 100:
        return None
    left, _ = scene.part(amount)
    entry = indicators.counted(scene.said, (left, amount.start), scene.span, scene.text.language)
    near = entry and linking.distance(scene.said, entry[2], amount.start, scene.words) <= _SUBJECT_BEFORE
    return entry if near else None


def _met(scene: Scene, amount: Amount, previous: Draft | None) -> Draft | None:
    """`have met 13 times`: times that count meetings, not a factor."""
    match = (
        scene.words.syntax["met"].search(scene.before(amount, 40))
        if amount.form in ("digits", "words")
        else None
    )
    if match is None:
        return None
    begin = max(scene.span[0], amount.start - 40) + match.start()
    amount_span = (begin, amount.end)
    return scene.draft(
        amount,
        "leader_meetings",
        kind="quantity",
        unit="count",
        value=amount.value,
        span=amount_span,
        previous=previous,
        rule="times met",
    )


def _plain(
    scene: Scene, amount: Amount, indicator: str, unit: str, stop: int, previous: Draft | None, rule: str
) -> Draft | None:
    span = (amount.start, max(stop, amount.end))
    return scene.draft(
        amount,
        indicator,
        kind="quantity",
        unit=unit,
        value=amount.value,
        span=span,
        previous=previous,
        rule=rule,
    )
