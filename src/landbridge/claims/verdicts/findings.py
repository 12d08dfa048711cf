"""What the checks that need no statistics find: addresses, findings, the values a stated figure allows, the words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.verdicts.tolerance import ABOUT, rounding
from landbridge.codes import place
from landbridge.errors import UnknownLabel

# `holds`: the stated figures can all be true at once. `implied`: the figures say something of a value that the text does not
# give, so nothing is compared. `conflicts`: they cannot all be true. `implausible`: out of any bound we know of.
# `contradiction`: two claims about the same thing that cannot both be right.
Outcome = Literal["holds", "implied", "conflicts", "implausible", "contradiction"]
# Sums of decimal numbers miss by a few units of the last bit.
_SLACK = 1e-9
# Whole things that a text counts one by one: a figure written out in full is exact.
_COUNTED = frozenset(("count", "rank", "persons", "passengers"))
# Words that say a value was not quite reached, where the comparator `~` cannot tell from which side.
_ALMOST = re.compile(r"\b(?:almost|nearly|just under|почти|без малого)\b|近|将近|接近", re.IGNORECASE)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where a claim stands: the document, the hash of its text, and the span with its words."""

    document: str
    text_sha256: str
    start: int
    end: int
    quote: str

    def row(self) -> dict[str, str | int]:
        """The address as plain values, ready for JSON."""
        return {
            "document": self.document,
            "text_sha256": self.text_sha256,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says about one or more claims.

    `low`, `high` and `unit` are what was computed, where something was; None is open. `tolerance` says how the figures were
    read. A pair of claims that agree is a finding of the check `agrees`, whose outcome is `holds`.
    """

    check: str
    outcome: Outcome
    claims: tuple[Address, ...]
    says: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    tolerance: str = ""

    def row(self) -> dict[str, Any]:
        """The finding as plain values, ready for JSON."""
        return {
            "check": self.check,
            "outcome": self.outcome,
            "claims": [address.row() for address in self.claims],
            "says": self.says,
            "computed": {"low": self.low, "high": self.high, "unit": self.unit},
            "tolerance": self.tolerance,
        }


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`, both taken in; an infinite end is open."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"no interval from {self.low!r} to {self.high!r}")

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def times(self, other: Interval) -> Interval:
        """Products of values that are not negative."""
        return Interval(_product(self.low, other.low), _product(self.high, other.high))

    def over(self, other: Interval) -> Interval:
        """Quotients of values that are not negative; a divisor that may be zero leaves the upper end open."""
        low = 0.0 if math.isinf(other.high) or self.low == 0 else _quotient(self.low, other.high)
        return Interval(low, math.inf if math.isinf(self.high) else _quotient(self.high, other.low))

    def below(self, other: Interval) -> bool:
        """True where every value here is smaller than every value there."""
        return self.high < other.low and other.low - self.high > _SLACK * max(abs(self.high), abs(other.low))

    def meets(self, other: Interval) -> bool:
        """True where the two have a value in common."""
        return not self.below(other) and not other.below(self)

    def common(self, other: Interval) -> Interval:
        """The values in both; for intervals that meet only through the slack of floating point, the point between."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(min(low, high), max(low, high))

    def map(self, function: Callable[[float], float]) -> Interval:
        """The values after a function that rises throughout."""
        return Interval(function(self.low), function(self.high))

    @property
    def bounded(self) -> bool:
        """True where neither end is open."""
        return math.isfinite(self.low) and math.isfinite(self.high)


def _product(one: float, other: float) -> float:
    return 0.0 if one == 0 or other == 0 else one * other


def _quotient(one: float, other: float) -> float:
    return one / other if other > 0 else math.inf


def usable(claim: Claim) -> bool:
    """True where a claim has a value and a unit with which one can reckon."""
    return claim.value is not None and math.isfinite(claim.value) and bool(claim.unit)


def stated(claim: Claim) -> Interval:
    """The values that a claim allows, by its comparator and by the digits in which its quote writes the figure.

    `>` and `>=` are open above, `<` and `<=` below, down to what the unit admits. `~` admits the hedge of `tolerance.ABOUT`
    beyond the rounding, from below alone where the words are `almost` or `nearly`. Beside a decline, a comparator
    speaks of its size: `fell by more than 10 %` allows -20.
    """
    if claim.value is None or not claim.unit:
        raise ValueError("a claim without a value or a unit allows no interval")
    floor = _floor(claim)
    if claim.value < 0:
        size = _magnitude(-claim.value, claim, -floor)
        return Interval(-size.high, -size.low)
    held = _magnitude(claim.value, claim, math.inf)
    low = floor if claim.comparator in ("<", "<=") else max(floor, held.low)
    return Interval(min(low, held.high), held.high)


def _floor(claim: Claim) -> float:
    if claim.unit == "%":
        return -100.0 if claim.indicator.endswith("_growth") else 0.0
    return 1.0 if claim.unit == "rank" else 0.0


def _magnitude(value: float, claim: Claim, ceiling: float) -> Interval:
    half = half_width(value, claim)
    ceiling = max(ceiling, value + half)
    if claim.comparator == "~":
        hedge = half + ABOUT * value
        almost = _ALMOST.search(claim.quote[:_LONGEST])
        return Interval(value - hedge, value if almost else value + hedge)
    if claim.comparator in (">", ">="):
        return Interval(value if claim.comparator == ">" else value - half, ceiling)
    if claim.comparator in ("<", "<="):
        return Interval(min(0.0, value - half), value if claim.comparator == "<" else value + half)
    return Interval(value - half, value + half)


def half_width(value: float, claim: Claim) -> float:
    """By how much the figure as written may differ from what was measured."""
    half = rounding(value, claim.unit or "", claim.quote)[0]
    return 0.0 if claim.unit in _COUNTED and half <= 0.5 else half


def ratio(claim: Claim) -> Interval | None:
    """Growth as the level after over the level before; None where the words allow no such reading."""
    held = stated(claim)
    if claim.unit == "%":
        return held.map(lambda points: max(0.0, 1 + points / 100))
    return held if claim.unit == "x" and held.low >= 0 else None


# The indicators whose subject is the flow between the parties: only words for goods or services set two apart.
FLOWS = frozenset(
    ("trade_turnover", "exports", "imports", "total_foreign_trade", "total_exports", "total_imports")
)
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+){0,4}")
# Words that any flow of trade may be called by.
_CALLED = """a all among an and annual at between bilateral both by commodity countries current export exports flow flows for
foreign from goods import imports in into its merchandise mutual of on our overall s sales supplies the their to total trade
trading turnover value volume volumes with двусторонний взаимный внешняя внешний внешнеторговый из импорт к объем объём
оборот общий с товаров товарооборот торговли торговля торговый экспорт"""
_EMPTY_WORDS = frozenset(_CALLED.split())


def about(claim: Claim) -> frozenset[str]:
    """The words that set the subject of a claim apart from another claim with the same indicator and parties.

    For trade flows the names of places are left out, because the parties hold them, and so are words that every such flow is
    called by; what remains names goods. For all other indicators every word of the subject counts.
    """
    words = [found[0] for found in _WORD.finditer(claim.subject[:_LONGEST])]
    stem = claim.indicator.removesuffix("_growth")
    if stem not in FLOWS:
        return frozenset(word.lower() for word in words) - {"a", "an", "and", "of", "the", "in"}
    kept = {word.lower() for word in words[1:] if not word[0].isupper()}
    if words and not _is_place(words[0], claim.parties):
        kept.add(words[0].lower())
    return frozenset(kept) - _EMPTY_WORDS


def _is_place(word: str, parties: tuple[str, ...]) -> bool:
    """True for a capitalised first word that names a party: a part of its name, or an adjective made from one."""
    if not word[0].isupper():
        return False
    if word.isupper() or re.fullmatch(r"[A-ZА-Я]\w+-[A-ZА-Я]\w+", word):
        return True
    return any(word[:4].lower() in _beginnings(party) for party in parties)


@lru_cache(maxsize=1_024)
def _beginnings(party: str) -> frozenset[str]:
    try:
        names = " ".join(place(party).names.values())
    except UnknownLabel:
        names = party
    return frozenset(found[0][:4].lower() for found in _WORD.finditer(names))


def address(document: Document, claim: Claim) -> Address:
    """Where a claim stands."""
    return Address(document.name, document.text_sha256, claim.start, claim.end, claim.quote)


def finding(
    check: str,
    outcome: Outcome,
    document: Document,
    claims: tuple[Claim, ...],
    words: str,
    computed: Interval | None = None,
    unit: str = "",
    tolerance: str = "",
    **slots: str,
) -> Finding:
    """A finding about claims of one document, in the words of `WORDS[words]`."""
    return Finding(
        check,
        outcome,
        tuple(address(document, claim) for claim in claims),
        say(words, **slots),
        *ends(computed),
        unit,
        tolerance,
    )


def ends(computed: Interval | None) -> tuple[float | None, float | None]:
    """The two ends, None for an open one."""
    if computed is None:
        return None, None
    low, high = (end if math.isfinite(end) else None for end in (computed.low, computed.high))
    return low, high


def say(words: str, **slots: str) -> str:
    """A sentence of `WORDS` with its slots filled."""
    sentence = WORDS[words].format(**slots)
    return sentence[:1].upper() + sentence[1:]


_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_SUFFIX = MappingProxyType({"%": " per cent", "x": " times", "count": "", "rank": "", "ratio": " times"})
_COMPARED = MappingProxyType(
    {"~": "about ", ">": "above ", "<": "below ", ">=": "at least ", "<=": "at most "}
)


def figure(value: float, unit: str) -> str:
    """A value for readers."""
    suffix = _SUFFIX.get(unit, f" {unit}")
    for scale, name in _SCALES:
        if abs(value) >= scale:
            return f"{value / scale:.4g} {name}{suffix}"
    number = f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"
    return f"{number}{suffix}"


def shown(claim: Claim) -> str:
    """The value of a claim for readers, with its comparator."""
    if claim.value is None:
        return "no figure"
    before = "rank " if claim.unit == "rank" else ""
    return f"{before}{_COMPARED.get(claim.comparator or '', '')}{figure(claim.value, claim.unit or '')}"


def extent(held: Interval, unit: str) -> str:
    """An interval for readers."""
    if math.isinf(held.high):
        return "any value" if math.isinf(held.low) else f"at least {figure(held.low, unit)}"
    if math.isinf(held.low):
        return f"at most {figure(held.high, unit)}"
    low, high = figure(held.low, unit), figure(held.high, unit)
    return low if low == high else f"{low} to {high}"


# All sentences of the checks, so that a catalogue of messages can take their place. No figure stands in them.
WORDS = MappingProxyType(
    {
        "growth_holds": "Growth of {growth} to {later} in {period} means {implied} in {before}; the text gives "
        "{base}. Both hold where {before} was {common}.",
        "growth_conflicts": "Growth of {growth} to {later} in {period} means {implied} in {before}; the text "
        "gives {base}. No value fits both.",
        "base_implied": "Growth of {growth} to {known} in {period} means {implied} in {before}; the text gives "
        "no figure for {before}.",
        "level_implied": "Growth of {growth} from {known} in {before} means {implied} in {period}; the text "
        "gives no figure for {period}.",
        "increment_implied": "If the {part} are what is added, growth of {growth} starts from {added}; if they "
        "are all, from {level}. The text gives neither.",
        "shares_hold": "The shares {shares} of one whole come to {sum} together, which one whole can hold.",
        "shares_conflict": "The shares {shares} of one whole come to {sum} together: more than the whole. Either "
        "the groups overlap or a figure is wrong.",
        "product_holds": "{share} of {total} is {implied}; the text gives {part} for that part.",
        "product_conflicts": "{share} of {total} is {implied}; the text gives {part} for that part. No value "
        "fits both.",
        "product_implied": "{share} of {total} is {implied}; the text gives no figure for that part.",
        "sum_holds": "The two directions {parts} come to {sum}; the turnover stated is {total}.",
        "sum_conflicts": "The two directions {parts} come to {sum}; the turnover stated is {total}. No value "
        "fits both, unless the figures follow different definitions.",
        "part_holds": "{parts} fit into the total of {total}.",
        "part_conflicts": "{parts} come to {sum}, more than the total of {total}.",
        "year_holds": "{part} in {months} fit into {total} in {year}.",
        "year_conflicts": "{part} in {months} are more than {total} in the whole of {year}.",
        "average_holds": "{total} over {count} is {average} for each.",
        "average_implausible": "{total} over {count} is {average} for each, above {bound} ({why}). {instead}",
        "rank_conflicts": "Two holders of {rank} are named {among} at one time.",
        "outcome_holds": "The text says that a target of {target} for {period} was {told}; it gives {value} for "
        "{period}.",
        "outcome_conflicts": "The text says that a target of {target} for {period} was {told}, but gives {value} "
        "for {period}.",
        "record_holds": "{period} is called {record}; no other year of the text contradicts it.",
        "record_conflicts": "{period} with {value} is called {record}, but {other} has {rival}.",
        "failed_early": "A target for {deadline} is said to be missed in a text of {dated}: its deadline lay "
        "ahead.",
        "failed_holds": "A target for {deadline} is said to be missed in a text of {dated}, after its deadline.",
        "after_text": "{period} is told as past or present in a text of {dated}, which is earlier.",
        "reversed": "The period {period} ends before it begins.",
        "deadline_passed": "{period} is told as still to come in a text of {dated}, which is later.",
        "out_of_bounds": "{value} as {indicator} is beyond {bound}: {why}.",
        "not_whole": "{value} as {indicator} is no whole number, though such things are counted one by one.",
        "two_values": "Two figures for {what} in {period}: {one} and {other}. They cannot both be right, unless "
        "they follow different definitions or one was revised.",
        "two_targets": "Two targets for {what} with one deadline, {period}: {one} and {other}.",
        "two_deadlines": "One target for {what}, {one}, with two deadlines: {first} and {second}. It may have "
        "been put off, or there are two targets.",
        "two_editions": "Editions {one} and {other} of one event ({name}) in one year, {year}. Either it is held "
        "more than once a year or one of them is wrong.",
        "one_edition_twice": "Edition {one} of one event ({name}) in two years, {first} and {second}.",
        "editions_backward": "Edition {one} in {first}, but edition {other} in {second}, of one event ({name}): "
        "a later edition before an earlier one.",
        "editions_dense": "Edition {one} in {first} and edition {other} in {second} of one event ({name}): more "
        "editions than years between.",
        "editions_hold": "Edition {one} in {first} and edition {other} in {second} of one event ({name}): that "
        "fits at most one edition a year. Nothing more follows.",
        "agrees": "Both texts give the same for {what} in {period}: {one} and {other}. Whether one has it from "
        "the other is not known, so this is no independent confirmation.",
        "agrees_speaker": "Both texts give the same for {what} in {period}: {one} and {other}. Both have it from "
        "{source}, so this is no independent confirmation.",
    }
)
