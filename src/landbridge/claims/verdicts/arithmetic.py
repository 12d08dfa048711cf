"""Arithmetic inside one text: growth against levels, shares against one whole, shares of a total against a part.

Every figure is an interval (`findings.stated`); a check asks whether values exist that fit all figures at once. Where some
do, the figures hold together, which is no proof that they are true. Two figures are set against each other only where
indicator, parties, direction, subject and time agree; a claim without a period, only with others close by that have none
either and are dated by the same words. Totals, averages, ranks and records: `wholes`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.verdicts.entries import READ, Book, Entry, book, nearest, order
from landbridge.claims.verdicts.findings import Finding, Interval, extent, finding, ratio, shown
from landbridge.claims.verdicts.parts import Part, read_parts
from landbridge.claims.verdicts.spans import Span
from landbridge.claims.verdicts.wholes import listed, wholes

_WHOLE = Interval(0, 100)
# What growth is measured against, where the text names a year for it.
_AGAINST = re.compile(
    r"(?:against|compared (?:with|to)|relative to|from|than in|versus|over|since|по сравнению с|против|относительно|比|较)"
    r"\s{0,3}(?:the\s{1,3})?(?:levels?\s{1,3}(?:of|in)\s{1,3})?((?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_TAIL = 60
_LONGEST = 2_000
_SENTENCE_ENDS = re.compile(r"[;!?\n]|\.\s")
# Shares by origin, and what they are shares of.
_SHARES_OF = {"soybean_import_share": "soybean_imports"}
# More subjects than any text tells of one basket: a list so long is not one of parts.
_MOST_PARTS = 200
_Told = Mapping[int, tuple[Entry, Part]]


def arithmetic(document: Document, claims: Sequence[Claim]) -> tuple[Finding, ...]:
    """What the figures of one text say about each other; the order of the claims does not matter."""
    held = book(document, claims)
    told = _told(document, held)
    return (
        *_growth(held),
        *_increments(held),
        *_shares(held, told),
        *_baskets(held, told),
        *_products(held),
        *wholes(held, claims),
    )


def _growth(held: Book) -> Iterator[Finding]:
    """Growth against the levels of its period and of the one before: level = ratio x level before."""
    for indicator in sorted(name for name in held.by_indicator if name.endswith("_growth")):
        stem = indicator.removesuffix("_growth")
        for entry in held.of(indicator):
            factor, base = ratio(entry.claim), _base(held.document, entry)
            if factor is None or base is None or factor.high <= 0:
                continue
            later = held.level(entry, stem, entry.span, entry.target)
            before = held.level(entry, stem, base, False)
            if later is not None and before is not None and later.unit == before.unit:
                yield _confronted(held.document, entry, factor, base, later, before)
            elif later is not None:
                yield _implied(held.document, entry, later, later.allows.over(factor), base, "base")
            elif before is not None:
                yield _implied(held.document, entry, before, before.allows.times(factor), base, "level")


def _base(document: Document, entry: Entry) -> Span | None:
    """The period that growth is measured against: the year that the words name, else the same months a year earlier."""
    held = entry.span
    if held is None or held.open or not held.within:
        return None
    tail = document.text[entry.claim.end : entry.claim.end + _TAIL]
    named = _AGAINST.search(entry.claim.quote[:_LONGEST] + _SENTENCE_ENDS.split(tail, maxsplit=1)[0])
    if named is None or int(named[1]) >= int(held.within):
        return held.back()
    return held.back(int(held.within) - int(named[1]))


def _confronted(
    document: Document, entry: Entry, factor: Interval, base: Span, later: Entry, before: Entry
) -> Finding:
    implied = later.allows.over(factor)
    fits = before.allows.meets(implied)
    computed = before.allows.common(implied) if fits else implied
    return finding(
        "growth_against_level",
        "holds" if fits else "conflicts",
        document,
        (before.claim, later.claim, entry.claim),
        "growth_holds" if fits else "growth_conflicts",
        computed,
        later.unit,
        READ,
        growth=shown(entry.claim),
        later=shown(later.claim),
        base=shown(before.claim),
        period=_words(entry.span),
        before=_words(base),
        implied=extent(implied, later.unit),
        common=extent(computed, later.unit),
    )


def _implied(
    document: Document, entry: Entry, known: Entry, implied: Interval, base: Span, what: str
) -> Finding:
    return finding(
        f"implied_{what}",
        "implied",
        document,
        (known.claim, entry.claim),
        f"{what}_implied",
        implied,
        known.unit,
        READ,
        growth=shown(entry.claim),
        known=shown(known.claim),
        period=_words(entry.span),
        before=_words(base),
        implied=extent(implied, known.unit),
    )


def _words(held: Span | None) -> str:
    return held.words() if held else ""


def _increments(held: Book) -> Iterator[Finding]:
    """Growth of air traffic beside passengers of some flights: the passengers may be what is added, or all."""
    for entry in held.of("air_traffic_growth"):
        if entry.unit != "%" or entry.allows.low <= 0:
            continue
        near = [
            other
            for other in held.near("air_passengers", entry)
            if other.beside(entry) and other.who == entry.who and other.target == entry.target
        ]
        part = nearest(entry, near)
        if part is None:
            continue
        added = part.allows.over(entry.allows.map(lambda points: points / 100))
        level = part.allows.over(entry.allows.map(lambda points: 1 + points / 100))
        yield finding(
            "implied_base",
            "implied",
            held.document,
            (part.claim, entry.claim),
            "increment_implied",
            added,
            part.unit,
            READ,
            part=shown(part.claim),
            growth=shown(entry.claim),
            added=extent(added, part.unit),
            level=extent(level, part.unit),
        )


def _told(document: Document, held: Book) -> dict[int, tuple[Entry, Part]]:
    """By the identity of its claim, each share whose sentence names part and whole; origins stand in the slots."""
    entries = [
        entry
        for indicator in sorted(held.by_indicator)
        if indicator not in _SHARES_OF
        for entry in held.of(indicator)
        if entry.unit == "%" and not entry.target
    ]
    found = read_parts(document, [entry.claim for entry in entries])
    return {
        id(entries[index].claim): (entries[index], part)
        for index, part in found.items()
        if part.part and part.whole
    }


def _shares(held: Book, told: _Told) -> Iterator[Finding]:
    """Shares of one whole, as the sentences name part and whole, whatever indicator they were read as."""
    groups: dict[tuple[object, ...], dict[frozenset[str], Entry]] = {}
    for entry, words in sorted(told.values(), key=lambda item: order(item[0].claim)):
        group = groups.setdefault((words.whole, entry.time), {})
        known = group.get(words.part)
        if known is None or entry.allows.low < known.allows.low:
            group[words.part] = entry
    for group in groups.values():
        named = list(group)
        # A part whose words narrow another one down lies inside it.
        parts = [
            entry for words, entry in group.items() if not any(other < words for other in named[:_MOST_PARTS])
        ]
        if 1 < len(parts) <= _MOST_PARTS and all(part.beside(parts[0]) for part in parts):
            yield _together(held, parts)


def _together(held: Book, parts: Sequence[Entry]) -> Finding:
    total = sum((part.allows for part in parts[1:]), parts[0].allows)
    fits = not _WHOLE.below(total)
    return finding(
        "shares_of_one_whole",
        "holds" if fits else "conflicts",
        held.document,
        tuple(part.claim for part in parts),
        "shares_hold" if fits else "shares_conflict",
        total,
        "%",
        READ,
        shares=listed(parts),
        sum=extent(total, "%"),
    )


def _baskets(held: Book, told: _Told) -> Iterator[Finding]:
    """Shares of one basket, or of several origins in one import: together no more than the whole."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in held.of("basket_share", "soybean_import_share"):
        if entry.unit != "%" or entry.target or not entry.about or id(entry.claim) in told:
            continue
        by_origin = entry.claim.indicator == "soybean_import_share"
        if by_origin and not entry.flow[1]:
            continue
        whole: object = entry.flow[1] if by_origin else (entry.who, entry.claim.direction or "")
        groups.setdefault((entry.claim.indicator, whole, entry.time), []).append(entry)
    for group in groups.values():
        parts = _origins(group) if group[0].claim.indicator in _SHARES_OF else _apart(group)
        if len(parts) < 2 or not all(part.beside(parts[0]) for part in parts):
            continue
        yield _together(held, parts)


def _origins(group: Sequence[Entry]) -> tuple[Entry, ...]:
    """One entry per origin, the smallest, whatever the goods are called."""
    by_origin: dict[str, Entry] = {}
    for entry in group:
        known = by_origin.get(entry.flow[0])
        if entry.flow[0] and (known is None or entry.allows.low < known.allows.low):
            by_origin[entry.flow[0]] = entry
    return tuple(by_origin.values()) if len(by_origin) <= _MOST_PARTS else ()


def _apart(group: Sequence[Entry]) -> tuple[Entry, ...]:
    """One entry per subject, the smallest, and none whose subject only narrows another one down."""
    by_subject: dict[frozenset[str], Entry] = {}
    for entry in group:
        known = by_subject.get(entry.about)
        if known is None or entry.allows.low < known.allows.low:
            by_subject[entry.about] = entry
    if len(by_subject) > _MOST_PARTS:
        return ()
    return tuple(
        entry for subject, entry in by_subject.items() if not any(other < subject for other in by_subject)
    )


def _products(held: Book) -> Iterator[Finding]:
    """A share times its total against the part: part = share x total."""
    for entry in held.of(*_SHARES_OF):
        origin, destination = entry.flow
        if entry.unit != "%" or not origin or not destination:
            continue
        name = _SHARES_OF[entry.claim.indicator]
        total = held.flowing(entry, name, "World", destination)
        part = held.flowing(entry, name, origin, destination)
        if total is None or (part is not None and part.unit != total.unit):
            continue
        implied = total.allows.times(entry.allows.map(lambda points: points / 100))
        fits = part is not None and part.allows.meets(implied)
        yield finding(
            "share_of_total",
            "implied" if part is None else "holds" if fits else "conflicts",
            held.document,
            (total.claim, entry.claim, *((part.claim,) if part else ())),
            "product_implied" if part is None else "product_holds" if fits else "product_conflicts",
            implied,
            total.unit,
            READ,
            share=shown(entry.claim),
            total=shown(total.claim),
            part=shown(part.claim) if part else "",
            implied=extent(implied, total.unit),
        )
