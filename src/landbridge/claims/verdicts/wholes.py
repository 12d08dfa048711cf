"""Arithmetic inside one text, second part: parts against totals, part-years against years, averages, ranks, records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.dates import outcomes
from landbridge.claims.verdicts.entries import READ, Book, Entry, nearest
from landbridge.claims.verdicts.findings import FLOWS, Finding, Interval, extent, figure, finding, shown
from landbridge.claims.verdicts.magnitudes import PASSENGERS_ABOARD
from landbridge.claims.verdicts.spans import Span, calendar_year, span

# Flows that add up over the months of a year.
_CUMULATIVE = (*sorted(FLOWS), "air_passengers", "rail_cargo_volume", "soybean_imports", "tourists")
# The trade of a pair, and the trade of one of them with the world that it is a part of.
_TOTAL_OF = {
    "trade_turnover": "total_foreign_trade",
    "exports": "total_exports",
    "imports": "total_imports",
    "soybean_imports": "soybean_imports",
}


@dataclass(frozen=True, slots=True)
class _Average:
    """What each of several things has at most, why, and what must be meant where it has more."""

    total: str
    count: str
    bound: float
    why: str
    instead: str


# Bounds are assumed and generous.
_AVERAGES = (
    _Average(
        "air_passengers",
        "flights",
        PASSENGERS_ABOARD,
        "assumed: no aircraft carries so many",
        "The flights counted cannot be single ones; routes may be meant.",
    ),
    _Average(
        "investment_projects_value",
        "investment_projects_count",
        1e11,
        "assumed: more than the dearest projects known",
        "Either figure may be of another set of projects.",
    ),
)


def wholes(held: Book, claims: Sequence[Claim]) -> Iterator[Finding]:
    """The checks of this part over the entries of one text, and over the `claims` without a value that go with them."""
    yield from _directions(held)
    yield from _parts(held)
    yield from _years(held)
    yield from _averages(held)
    yield from _ranks(held)
    yield from _targets(held, claims)
    yield from _records(held, claims)


def listed(entries: Iterable[Entry]) -> str:
    """The values of entries for readers, the first twenty of them."""
    return ", ".join(shown(entry.claim) for entry in islice(entries, 20))


def _directions(held: Book) -> Iterator[Finding]:
    """Both directions of trade against the turnover; one direction alone must not exceed it."""
    sides: dict[tuple[object, ...], dict[object, list[Entry]]] = {}
    for entry in held.of("exports", "imports"):
        if len(entry.who) == 2:
            side = entry.flow if all(entry.flow) else entry.claim.indicator
            sides.setdefault(_pair(entry), {}).setdefault(side, []).append(entry)
    for total in held.of("trade_turnover"):
        found = {side: nearest(total, group) for side, group in sides.get(_pair(total), {}).items()}
        parts = {side: part for side, part in found.items() if part is not None and part.beside(total)}
        if len(parts) == 2 and _opposite(*parts):
            yield _summed(held, total, tuple(parts.values()))
        else:
            yield from (_contained(held, total, (part,)) for part in parts.values())


def _pair(entry: Entry) -> tuple[object, ...]:
    return entry.who, entry.about, entry.time, entry.target, entry.unit


def _opposite(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return one == other[::-1]
    return isinstance(one, str) and isinstance(other, str)


def _summed(held: Book, total: Entry, parts: Sequence[Entry]) -> Finding:
    both = parts[0].allows + parts[1].allows
    fits = both.meets(total.allows)
    return finding(
        "directions_of_turnover",
        "holds" if fits else "conflicts",
        held.document,
        (total.claim, *(part.claim for part in parts)),
        "sum_holds" if fits else "sum_conflicts",
        both,
        total.unit,
        READ,
        parts=listed(parts),
        sum=extent(both, total.unit),
        total=shown(total.claim),
    )


def _contained(held: Book, total: Entry, parts: Sequence[Entry]) -> Finding:
    together = sum((part.allows for part in parts[1:]), parts[0].allows)
    fits = not total.allows.below(together)
    return finding(
        "parts_of_total",
        "holds" if fits else "conflicts",
        held.document,
        (total.claim, *(part.claim for part in parts)),
        "part_holds" if fits else "part_conflicts",
        together,
        total.unit,
        READ,
        parts=listed(parts),
        sum=extent(together, total.unit),
        total=shown(total.claim),
    )


def _parts(held: Book) -> Iterator[Finding]:
    """Trade with single partners against trade with the world."""
    for name, whole in _TOTAL_OF.items():
        groups: dict[tuple[object, ...], dict[str, Entry]] = {}
        for part in held.of(name):
            for owner, partner in _owners(part):
                group = groups.setdefault((owner, *_kept(part)), {})
                known = group.get(partner)
                if known is None or part.allows.low < known.allows.low:
                    group[partner] = part
        for total in held.of(whole):
            owner = _owner(total)
            group = groups.get((owner, *_kept(total)), {})
            if name == whole and "World" not in total.flow:
                continue
            parts = [part for part in islice(group.values(), 200) if part.beside(total)]
            if parts:
                yield _contained(held, total, parts)


def _kept(entry: Entry) -> tuple[object, ...]:
    """What a part and its total have in common; the indicator itself names the goods where it is of soybeans."""
    goods = entry.about if entry.claim.indicator in FLOWS else frozenset()
    return goods, entry.time, entry.target, entry.unit


def _owners(part: Entry) -> Iterator[tuple[str, str]]:
    """(Whose total the flow is a part of, with whom); countries alone, because a region lies inside another partner."""
    origin, destination = part.flow
    countries = sorted(code for code in part.who if len(code) == 3 and code.isupper())
    if len(part.who) != 2 or len(countries) != 2 or "World" in part.flow:
        return
    if part.claim.indicator == "trade_turnover":
        yield countries[0], countries[1]
        yield countries[1], countries[0]
    elif origin and destination:
        yield (origin, destination) if part.claim.indicator == "exports" else (destination, origin)


def _owner(total: Entry) -> str:
    return next(iter(total.who)) if len(total.who) == 1 else ""


def _years(held: Book) -> Iterator[Finding]:
    """A part of a year against the whole of it, for what adds up over the months."""
    for entry in held.of(*_CUMULATIVE):
        months = entry.span
        if months is None or entry.target or not months.within or months.year:
            continue
        whole = calendar_year(int(months.within))
        year = held.level(entry, entry.claim.indicator, whole, False)
        if year is None or year.unit != entry.unit:
            continue
        fits = not year.allows.below(entry.allows)
        yield finding(
            "part_of_year",
            "holds" if fits else "conflicts",
            held.document,
            (entry.claim, year.claim),
            "year_holds" if fits else "year_conflicts",
            None,
            "",
            READ,
            part=shown(entry.claim),
            total=shown(year.claim),
            months=months.words(),
            year=months.within,
        )


def _averages(held: Book) -> Iterator[Finding]:
    """A total over the number of things that it is spread over."""
    for average in _AVERAGES:
        for total in held.of(average.total):
            near = [
                count
                for count in held.near(average.count, total)
                if count.beside(total) and count.who == total.who and count.target == total.target
            ]
            count = nearest(total, near)
            if count is None or count.allows.low <= 0:
                continue
            each = total.allows.over(count.allows)
            fits = each.low <= average.bound
            yield finding(
                "average_per_item",
                "holds" if fits else "implausible",
                held.document,
                (total.claim, count.claim),
                "average_holds" if fits else "average_implausible",
                each,
                total.unit,
                READ,
                total=shown(total.claim),
                count=f"{shown(count.claim)} {average.count.replace('_', ' ')}",
                average=extent(each, total.unit),
                bound=figure(average.bound, total.unit),
                why=average.why,
                instead=average.instead,
            )


def _ranks(held: Book) -> Iterator[Finding]:
    """One rank among the same holders given to two, where the subjects say among whom (`A among the partners of B`)."""
    groups: dict[tuple[object, ...], list[tuple[str, Entry]]] = {}
    for entry in held.of("partner_rank", "investor_rank"):
        holder, _, among = entry.claim.subject.lower().partition(" among ")
        if among and entry.claim.comparator == "=" and not entry.target:
            key = (entry.claim.indicator, among.strip(), entry.time, entry.claim.value)
            groups.setdefault(key, []).append((holder.strip(), entry))
    for group in groups.values():
        for (holder, one), (rival, other) in pairwise(group):
            if holder != rival and one.beside(other):
                yield finding(
                    "rank_taken_twice",
                    "conflicts",
                    held.document,
                    (one.claim, other.claim),
                    "rank_conflicts",
                    None,
                    "rank",
                    "exact",
                    rank=shown(one.claim),
                    among=f"among {one.claim.subject.partition(' among ')[2][:120]}",
                )


def _targets(held: Book, claims: Sequence[Claim]) -> Iterator[Finding]:
    """A target said to be met or missed, against the value that the text gives for its period."""
    entries = {id(entry.claim): entry for indicator in held.by_indicator for entry in held.of(indicator)}
    for statement, claim in outcomes(claims):
        target = entries.get(id(claim))
        if target is None or target.span is None:
            continue
        value = held.level(target, claim.indicator, target.span, False)
        if value is None or value.unit != target.unit:
            continue
        met = statement.indicator == "target_met"
        goal = Interval(target.allows.low, target.allows.low) if met else target.allows
        against = value.allows.below(goal) if met else target.allows.below(value.allows)
        yield finding(
            "target_outcome",
            "conflicts" if against else "holds",
            held.document,
            (claim, statement, value.claim),
            "outcome_conflicts" if against else "outcome_holds",
            None,
            "",
            READ,
            target=shown(claim),
            period=target.span.words(),
            told="met" if met else "missed",
            value=shown(value.claim),
        )


def _records(held: Book, claims: Sequence[Claim]) -> Iterator[Finding]:
    """A year called the highest or the lowest, against the other whole years of the same series."""
    series: dict[tuple[object, ...], list[Entry]] = {}
    for entry in held.of("trade_turnover", "exports", "imports"):
        if entry.span is not None and entry.span.year and not entry.target:
            key = (entry.claim.indicator, entry.who, entry.claim.direction or "")
            series.setdefault(key, []).append(entry)
    for record in claims:
        if record.indicator not in ("record_high", "record_low"):
            continue
        names = ("exports", "imports") if record.direction else ("trade_turnover",)
        year = span(record.moment)
        for name in names:
            group = series.get((name, frozenset(record.parties) - {"World"}, record.direction or ""), [])
            if year is not None and (found := _record(held, record, year, group)) is not None:
                yield found


def _record(held: Book, record: Claim, year: Span, group: Sequence[Entry]) -> Finding | None:
    own = next((entry for entry in group if entry.span == year), None)
    if own is None:
        return None
    others = [
        entry for entry in group if entry.span != year and entry.about == own.about and entry.unit == own.unit
    ]
    if not others:
        return None
    highest = record.indicator == "record_high"
    slots = {
        "period": year.words(),
        "value": shown(own.claim),
        "record": "the highest" if highest else "the lowest",
    }
    for other in others:
        if own.allows.below(other.allows) if highest else other.allows.below(own.allows):
            claims = (record, own.claim, other.claim)
            slots |= {"other": other.span.words() if other.span else "", "rival": shown(other.claim)}
            return finding(
                "record", "conflicts", held.document, claims, "record_conflicts", None, "", READ, **slots
            )
    compared = (record, own.claim, *(entry.claim for entry in islice(others, 20)))
    return finding("record", "holds", held.document, compared, "record_holds", None, "", READ, **slots)
