"""Which moments tell one fact: stated by several sources of a record, or held by several registers.

Joined are, within a record, the same words or number at compatible times, and single dates one of which lies within the
other; across records, a meeting that is also an event, a tie that began with its document, a barrier or a halt of payments
of which the source of an event tells in like words, and the same beginning (a bridge, a rule) where day and countries agree
and the names share a word that is not the name of a place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from landbridge import codes
from landbridge.ledger import Ledger, Record, schema
from landbridge.provenance import Status
from landbridge.registers.meetings import meetings
from landbridge.registers.naming import name_of
from landbridge.registers.timeline_words import Draft

# Words that names of agreements, openings and rules share whatever they are about.
_COMMON = frozenset(
    (
        "start",
        "opening",
        "opened",
        "between",
        "with",
        "from",
        "into",
        "agreement",
        "memorandum",
        "decree",
        "decision",
        "contract",
        "rule",
        "rules",
        "mutual",
        "their",
        "crossing",
        "region",
        "oblast",
        "krai",
        "president",
        "cooperation",
        "trade",
        "which",
        "year",
        "years",
        # Adjectives and people of the countries, which the lists of places do not hold.
        "russian",
        "chinese",
        "belarusian",
        "citizens",
    )
)
# Days between the first and the last of the longest month: a year is too long to tell two openings apart.
_MONTH = 30
_HAPPENED = frozenset((("event", "date"), ("document", "signed")))
_TOLD = frozenset((("mechanism", "meeting"), ("project", "stage")))
# Properties that often tell of what another statement holds in full, and which statements those are.
_SIGNS: Mapping[tuple[str, str], frozenset[tuple[str, str]]] = MappingProxyType(
    {
        ("twinning", "active"): _HAPPENED,
        ("document", "activity"): _HAPPENED | _TOLD,
        ("document", "outcome"): _HAPPENED | _TOLD,
        ("event", "followed"): _HAPPENED | _TOLD,
        ("mechanism", "since"): frozenset((("event", "date"),)),
        ("project", "stage"): frozenset(
            (("project", "announced"), ("project", "committed"), ("project", "contracted"))
        ),
        ("fund", "since"): frozenset((("fund", "capital"),)),
        ("settlement", "happened"): frozenset((("event", "date"),)),
        ("barrier", "since"): frozenset((("event", "date"),)),
    }
)
# Words that a text must share with an event to tell of it, where its parties may be fewer.
_TELLING_WORDS = 2
_HOMES: Mapping[str, int] = MappingProxyType({"event": 0, "document": 1})


def merged(ledger: Ledger, found: Sequence[Draft]) -> tuple[tuple[Draft, ...], ...]:
    """The drafts in groups, each of one fact."""
    met = _met(ledger, found)
    groups: list[list[Draft]] = []
    for item in found:
        same = [group for group in groups if any(_one(item, other, met) for other in group)]
        if not same:
            groups.append([item])
            continue
        same[0].append(item)
        for other in same[1:]:
            same[0].extend(other)
            groups.remove(other)
    return tuple(tuple(group) for group in _attached(groups))


def _attached(groups: list[list[Draft]]) -> list[list[Draft]]:
    """The groups with signs of life put to the one event or document that they tell of, the best one of several."""
    kept = [group for group in groups if not all(_is_sign(item) for item in group)]
    # A stage may be the sign of a sum and the home of what an event or a document tells: it finds its place first.
    groups = sorted(groups, key=lambda group: group[0].record.kind != "project")
    for group in groups:
        if not all(_is_sign(item) for item in group):
            continue
        homes = [other for other in kept if any(_sign_of(item, whole) for item in group for whole in other)]
        if homes:
            min(
                homes, key=lambda home: min(_HOMES.get(whole.record.kind, len(_HOMES)) for whole in home)
            ).extend(group)
        else:
            kept.append(group)
    return kept


def _is_sign(item: Draft) -> bool:
    said = item.statements[0]
    return (said.kind, said.property) in _SIGNS and bool(item.period)


def _sign_of(sign: Draft, whole: Draft) -> bool:
    """Whether a sign of life tells of what another draft holds: one source, one time, the same parties."""
    mine, theirs = sign.statements[0], whole.statements[0]
    if sign.period != whole.period or (theirs.kind, theirs.property) not in _SIGNS[mine.kind, mine.property]:
        return False
    if mine.property == "stage":
        return sign.record.subject == whole.record.subject and mine.text == theirs.property
    if mine.kind == theirs.kind == "fund":
        return sign.record.subject == whole.record.subject
    if theirs.property == "meeting" and mine.text.casefold() != theirs.text.casefold():
        return False
    if theirs.property == "stage":
        same = _countries(sign.record) == _countries(whole.record)
        return (
            same and mine.source == theirs.source and bool(_words(mine.text) & _words(name_of(whole.record)))
        )
    sources = {said.source for said in sign.statements} & {said.source for said in whole.statements}
    if mine.kind in ("settlement", "barrier"):
        # Why a barrier began stands in its note; its name is that of the barrier.
        own = _words(mine.note if mine.kind == "barrier" else mine.text)
        theirs_too = _words(" ".join((whole.what, name_of(whole.record))))
        inside = _countries(sign.record) <= _countries(whole.record)
        return bool(sources) and inside and len(own & theirs_too) >= _TELLING_WORDS
    return bool(sources) and set(sign.record.parties) == set(whole.record.parties)


def _met(ledger: Ledger, found: Sequence[Draft]) -> dict[str, str]:
    """Statement of a meeting, by the mechanism or the event → the name of the meeting that it is of."""
    mechanisms = {item.record.subject: item.record for item in found if item.record.kind == "mechanism"}
    return {
        said.id: f"{record.subject}#{number}"
        for record in mechanisms.values()
        for number, meeting in enumerate(meetings(ledger, record))
        if meeting.period
        for said in meeting.statements
    }


def _one(item: Draft, other: Draft, met: dict[str, str]) -> bool:
    mine, theirs = item.statements[0], other.statements[0]
    if mine.id in met and theirs.id in met:
        return met[mine.id] == met[theirs.id]
    if item.record.subject == other.record.subject:
        return _restated(item, other)
    if item.first is None or other.first is None:
        return False
    return _tie(item.record, other.record, item, other) or _same_beginning(item, other)


def _restated(item: Draft, other: Draft) -> bool:
    """Two statements of one record that say the same thing of the same time."""
    mine, theirs = item.statements[0], other.statements[0]
    if not _compatible(item, other):
        return False
    if {mine.property, theirs.property} == {"member", "since"}:
        # Its founders are members from its first day.
        return "leaves" not in item.what + other.what
    if {mine.property, theirs.property} == {"stage", "planned_opening"}:
        opens = {mine.text, theirs.text} & {"operating", "completed"}
        return bool(opens) and {mine.status, theirs.status} == {Status.FORECAST}
    if mine.property != theirs.property:
        return False
    if schema.kind(mine.kind).property(mine.property).type == "date":
        return item.first is not None and item.what == other.what
    if mine.is_quantity:
        own = (mine.number, mine.low, mine.high, mine.unit)
        return own == (theirs.number, theirs.low, theirs.high, theirs.unit) and item.what == other.what
    # `from` and `until` of one rule are two moments: their words differ.
    return item.what.casefold() == other.what.casefold()


def _compatible(item: Draft, other: Draft) -> bool:
    """Whether one of two times lies within the other; two without a time are compatible."""
    if item.first is None or item.last is None or other.first is None or other.last is None:
        return item.first is None and other.first is None
    within = item.first >= other.first and item.last <= other.last
    return within or (other.first >= item.first and other.last <= item.last)


def _tie(one: Record, two: Record, item: Draft, other: Draft) -> bool:
    """A tie of twins that begins with the signature of its own document."""
    for tie, paper, left, right in ((one, two, item, other), (two, one, other, item)):
        if tie.kind == "twinning" and tie.text("document") == paper.subject:
            since, signed = left.statements[0].property == "since", right.statements[0].property == "signed"
            return since and signed and _compatible(item, other)
    return False


def _same_beginning(item: Draft, other: Draft) -> bool:
    if not (item.begins and other.begins and _within_month(item) and _within_month(other)):
        return False
    if not _compatible(item, other):
        return False
    if Status.FORECAST in {item.statements[0].status, other.statements[0].status}:
        return False
    one, two = item.record, other.record
    return _countries(one) == _countries(two) and bool(_words(name_of(one)) & _words(name_of(two)))


def _within_month(item: Draft) -> bool:
    return item.first is not None and item.last is not None and (item.last - item.first).days <= _MONTH


def _countries(record: Record) -> frozenset[str]:
    return frozenset(codes.place(code).country for code in record.places)


@lru_cache(maxsize=1)
def _place_words() -> frozenset[str]:
    return frozenset(word for place in codes.places() for word in _split(place.name))


@lru_cache(maxsize=4096)
def _words(name: str) -> frozenset[str]:
    return _split(name) - _COMMON - _place_words()


def _split(name: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[^\W\d_]{4,}", name.casefold()))
