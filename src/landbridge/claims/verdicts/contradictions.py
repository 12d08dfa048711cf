"""What cannot be true together: within one text (all checks of this room that need no statistics), and across texts.

Claims are grouped by what they are about and sorted by value, so that the time taken grows with the number of claims and
not with the number of pairs. In each group every claim that something speaks against is shown with the nearest value that
does, not with every one: a thousand texts against one make a thousand pairs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.verdicts.arithmetic import arithmetic
from landbridge.claims.verdicts.dates import chronology
from landbridge.claims.verdicts.editions import Edition, edition, misfit
from landbridge.claims.verdicts.entries import READ
from landbridge.claims.verdicts.findings import (
    FLOWS,
    Address,
    Finding,
    Interval,
    Outcome,
    about,
    address,
    ends,
    ratio,
    say,
    shown,
    stated,
    usable,
)
from landbridge.claims.verdicts.magnitudes import magnitudes
from landbridge.claims.verdicts.measured import scope
from landbridge.claims.verdicts.parts import read_parts
from landbridge.claims.verdicts.spans import Span, span

_TOLD = frozenset(("quantity", "change"))
_FACTOR = "ratio"
# Words by which a figure was found and that say nothing of what it is of.
_CUES_NAMED = (
    """accounted accounts accounting for share shares percent per cent makes made up was were to by total"""
)
_CUES = frozenset(_CUES_NAMED.split())
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class _Item:
    """A claim in a group: `text` is the hash of its text, which tells texts apart; `held` the values it allows.

    `told` is what the sentence says that the figure is of, beside what the slots hold: the part and the whole of a share,
    and of a flow what is traded.
    """

    claim: Claim
    at: Address
    text: str
    held: Interval
    span: Span
    told: object = None

    @property
    def order(self) -> tuple[float, float, Address, str]:
        """An order that does not depend on that of the documents."""
        return self.held.low, self.held.high, self.at, self.claim.indicator


_Pair = tuple[_Item, _Item]


def within(document: Document, claims: Sequence[Claim]) -> tuple[Finding, ...]:
    """What the claims of one text say against each other, against its date and against any bound; also what holds.

    The findings come in the order of the text.
    """
    found = [
        *arithmetic(document, claims),
        *chronology(document, claims),
        *magnitudes(document, claims),
        *_disagreements(((document, claims),), apart=False),
    ]
    return tuple(sorted(set(found), key=_place))


def across(readings: Sequence[tuple[Document, Sequence[Claim]]]) -> tuple[Finding, ...]:
    """What the claims of several texts say against each other, as pairs with both addresses; also what agrees.

    A text that is given twice (by the hash of its content) counts once, under the first of its names. The order of the
    documents does not matter.
    """
    once: dict[str, tuple[Document, Sequence[Claim]]] = {}
    for document, claims in sorted(readings, key=lambda reading: reading[0].name):
        once.setdefault(document.text_sha256, (document, claims))
    found = [*_disagreements(tuple(once.values()), apart=True), *_agreements(tuple(once.values()))]
    return tuple(sorted(set(found), key=_place))


def _place(found: Finding) -> tuple[object, ...]:
    return found.claims, found.check, found.says


Readings = Sequence[tuple[Document, Sequence[Claim]]]
_Groups = Mapping[tuple[object, ...], list[_Item]]


def _disagreements(readings: Readings, apart: bool) -> Iterator[Finding]:
    """Two values of one thing, two targets of one deadline, two deadlines of one target, editions that do not fit."""
    items = _items(readings)
    for group in _values(items).values():
        for one, other in _disjoint(group, apart):
            yield _pair("two_values", "contradiction", one, other, period=one.span.words())
    if apart:
        # Inside one text a target is often told with its first deadline and with the next.
        for group in _goals(items).values():
            for one, other in _disjoint([_by_time(item) for item in group], apart):
                yield _pair(
                    "two_deadlines",
                    "contradiction",
                    one,
                    other,
                    first=one.claim.moment,
                    second=other.claim.moment,
                )
    for group in _deadlines(items).values():
        for one, other in _disjoint(group, apart):
            yield _pair("two_targets", "contradiction", one, other, period=one.claim.moment)
    yield from _editions(readings, apart)


def _items(readings: Readings) -> tuple[_Item, ...]:
    """The claims with a value and a period that can be set against others; growth as a factor."""
    return tuple(_each(readings))


def _each(readings: Readings) -> Iterator[_Item]:
    for document, claims in readings:
        parts = read_parts(document, claims)
        for index, claim in enumerate(claims):
            held = span(claim.moment) if usable(claim) else None
            if held is None or held.open:
                continue
            allowed = ratio(claim) if claim.indicator.endswith("_growth") else stated(claim)
            subject = claim.indicator.removesuffix("_growth")
            told = parts.get(index) or scope(claim)
            if allowed is not None and (subject in FLOWS or about(claim) - _CUES or told):
                yield _Item(claim, address(document, claim), document.text_sha256, allowed, held, told)


def _thing(item: _Item) -> tuple[object, ...]:
    claim = item.claim
    unit = _FACTOR if claim.indicator.endswith("_growth") else claim.unit
    return claim.indicator, frozenset(claim.parties), claim.direction or "", about(claim), unit, item.told


def _grouped(items: Iterable[_Item], key: Callable[[_Item], object]) -> _Groups:
    groups: dict[tuple[object, ...], list[_Item]] = {}
    for item in items:
        groups.setdefault((*_thing(item), key(item)), []).append(item)
    return groups


def _values(items: Iterable[_Item]) -> _Groups:
    return _grouped((i for i in items if i.claim.kind in _TOLD), lambda item: item.span)


def _deadlines(items: Iterable[_Item]) -> _Groups:
    # A deadline `by the end of 2018` and one `2018` are one.
    targets = (item for item in items if item.claim.kind == "target")
    return _grouped(targets, lambda item: item.span.last // 12)


def _goals(items: Iterable[_Item]) -> _Groups:
    targets = (item for item in items if item.claim.kind == "target")
    return _grouped(targets, lambda item: f"{item.claim.value:.6g}")


def _by_time(item: _Item) -> _Item:
    """The same claim with its deadline in the place of its value: two that do not meet are two deadlines."""
    last = item.span.last // 12
    return _Item(item.claim, item.at, item.text, Interval(last, last), item.span, item.told)


def _disjoint(group: Sequence[_Item], apart: bool) -> tuple[_Pair, ...]:
    """Each item with the nearest item above and below whose values it does not share; `apart`: of another text.

    Every item that any other speaks against is in at least one pair, and there are at most two pairs for each item.
    """
    if len(group) < 2:
        return ()
    rising = sorted(group, key=lambda item: item.order)
    lows = [item.held.low for item in rising]
    onward = _changes(rising)
    by_high = sorted(group, key=lambda item: (item.held.high, item.order))
    highs = [item.held.high for item in by_high]
    back = [len(by_high) - 1 - index for index in _changes(by_high[::-1])][::-1]
    pairs: dict[tuple[Address, Address], _Pair] = {}
    for item in group:
        at = bisect_right(lows, item.held.high + _SLACK * abs(item.held.high))
        if at < len(rising) and apart and rising[at].text == item.text:
            at = onward[at]
        if at < len(rising):
            _note(pairs, item, rising[at])
        at = bisect_left(highs, item.held.low - _SLACK * abs(item.held.low)) - 1
        if at >= 0 and apart and by_high[at].text == item.text:
            at = back[at]
        if at >= 0:
            _note(pairs, by_high[at], item)
    return tuple(pairs.values())


def _changes(items: Sequence[_Item]) -> list[int]:
    """For each position, the next one that is of another text; the length where there is none."""
    out = [len(items)] * len(items)
    for index in range(len(items) - 2, -1, -1):
        out[index] = index + 1 if items[index + 1].text != items[index].text else out[index + 1]
    return out


def _note(pairs: dict[tuple[Address, Address], _Pair], one: _Item, other: _Item) -> None:
    # Two readings of the same words are no two claims.
    if one.text == other.text and one.at.start < other.at.end and other.at.start < one.at.end:
        return
    first, second = sorted((one, other), key=lambda item: item.at)
    pairs[first.at, second.at] = (first, second)


def _pair(words: str, outcome: Outcome, one: _Item, other: _Item, **slots: str) -> Finding:
    inferred = "; a period was inferred" if not (one.claim.period and other.claim.period) else ""
    common = one.held.common(other.held) if outcome == "holds" else None
    return Finding(
        "agrees" if outcome == "holds" else words,
        outcome,
        (one.at, other.at),
        say(words, what=_what(one.claim), one=shown(one.claim), other=shown(other.claim), **slots),
        *ends(common),
        _unit(one.claim) if common else "",
        READ + inferred,
    )


def _unit(claim: Claim) -> str:
    return "x" if claim.indicator.endswith("_growth") else claim.unit or ""


def _what(claim: Claim) -> str:
    who = claim.direction or " and ".join(claim.parties)
    return f"{claim.indicator.replace('_', ' ')} ({who})" if who else claim.indicator.replace("_", " ")


def _agreements(readings: Readings) -> Iterator[Finding]:
    """Values of two texts that meet, each linked to the next; bounds without an end agree with too much to count."""
    sources = {document.text_sha256: _sources(claims) for document, claims in readings}
    for group in _values(_items(readings)).values():
        rising = sorted((item for item in group if item.held.bounded), key=lambda item: item.order)
        for item, at in zip(rising, _changes(rising), strict=True):
            if at == len(rising) or not item.held.meets(rising[at].held):
                continue
            one, other = sorted((item, rising[at]), key=lambda item: item.at)
            shared = {one.claim.speaker} & {other.claim.speaker} - {None, ""} or sources[one.text] & sources[
                other.text
            ]
            period = item.span.words()
            if shared:
                yield _pair(
                    "agrees_speaker", "holds", one, other, period=period, source=min(filter(None, shared))
                )
            else:
                yield _pair("agrees", "holds", one, other, period=period)


def _sources(claims: Sequence[Claim]) -> frozenset[str]:
    return frozenset(
        claim.subject for claim in claims if claim.indicator == "information_source" and claim.subject
    )


def _editions(readings: Readings, apart: bool) -> Iterator[Finding]:
    """Editions of one event beside each other in the order of years, and in the order of their numbers."""
    groups: dict[frozenset[str], list[Edition]] = {}
    for document, claims in readings:
        for claim in claims:
            found = edition(address(document, claim), claim)
            if found is not None:
                groups.setdefault(found.words, []).append(found)
    for group in groups.values():
        by_year = sorted(group, key=lambda item: (item.year, item.number, item.at))
        by_number = sorted(group, key=lambda item: (item.number, item.year, item.at))
        seen: set[tuple[Address, Address]] = set()
        for ordered in (by_year, by_number):
            for one, other in _beside(ordered, apart):
                if (one.at, other.at) not in seen:
                    seen.add((one.at, other.at))
                    yield from misfit(one, other)


def _beside(ordered: Sequence[Edition], apart: bool) -> Iterator[tuple[Edition, Edition]]:
    """Each with the next one, of another text where `apart`; in the order of their years."""
    following = len(ordered)
    for index in range(len(ordered) - 2, -1, -1):
        same = apart and ordered[index].at.text_sha256 == ordered[index + 1].at.text_sha256
        following = following if same else index + 1
        if following < len(ordered):
            one, other = sorted(
                (ordered[index], ordered[following]), key=lambda item: (item.year, item.number, item.at)
            )
            yield one, other
