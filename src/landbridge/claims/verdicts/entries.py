"""The claims of one text that carry a value, indexed so that a check finds what it may set against each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.verdicts.dates import NEAR, together
from landbridge.claims.verdicts.findings import Interval, about, stated, usable
from landbridge.claims.verdicts.spans import Span, span

READ = "figures read by their digits; about is a hedge on both sides; over and under are open on one side"
Time = tuple[Span | None, str]
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim with a value, as the checks see it. `who` is the parties without the world."""

    claim: Claim
    who: frozenset[str]
    about: frozenset[str]
    span: Span | None
    allows: Interval

    @property
    def unit(self) -> str:
        """The unit of the value."""
        return self.claim.unit or ""

    @property
    def target(self) -> bool:
        """True for what is planned; all else is told as a fact."""
        return self.claim.kind == "target"

    @property
    def flow(self) -> tuple[str, str]:
        """From where to where, empty where the text does not say."""
        origin, _, destination = (self.claim.direction or "").partition("->")
        return origin, destination

    @property
    def time(self) -> Time:
        """What two entries must have in common to be of one time: the period, else the words that date them."""
        return self.span, "" if self.span else (self.claim.asof or "").lower()

    def beside(self, other: Entry) -> bool:
        """True where both are of one time: one period, or none and close together."""
        return self.time == other.time and (self.span is not None or together(self.claim, other.claim))


Held = tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The entries of one document, always in the order of the text.

    `by_series` is keyed by indicator, parties, direction, subject, span and whether a target; `by_flow` by
    indicator, direction, time and whether a target.
    """

    document: Document
    by_indicator: Mapping[str, Held]
    by_series: Mapping[tuple[object, ...], Held]
    by_flow: Mapping[tuple[object, ...], Held]

    def of(self, *indicators: str) -> Iterator[Entry]:
        """The entries of some indicators."""
        for indicator in indicators:
            yield from self.by_indicator.get(indicator, ())

    def near(self, indicator: str, entry: Entry) -> Held:
        """The entries of an indicator that stand close to another."""
        held = self.by_indicator.get(indicator, ())
        low = bisect_left(held, entry.claim.start - NEAR, key=_start)
        return held[low : bisect_right(held, entry.claim.end + NEAR, key=_start)]

    def level(self, like: Entry, indicator: str, held: Span | None, target: bool) -> Entry | None:
        """The entry of the series of `like` in a period that stands nearest to it in the text."""
        key = (indicator, like.who, like.claim.direction or "", like.about, held, target)
        return nearest(like, self.by_series.get(key, ()))

    def flowing(self, like: Entry, indicator: str, origin: str, destination: str) -> Entry | None:
        """The entry of an indicator from one place to another, of the time of `like`, that stands nearest to it."""
        key = (indicator, (origin, destination), like.time, like.target)
        found = nearest(like, self.by_flow.get(key, ()))
        return found if found is not None and found.beside(like) else None


def _start(entry: Entry) -> int:
    return entry.claim.start


def nearest(like: Entry, held: Sequence[Entry]) -> Entry | None:
    """The one of some entries, given in the order of the text, that begins nearest to `like`."""
    at = bisect_left(held, like.claim.start, key=_start)
    # Several may begin at one place; the first of them stands for all.
    before = bisect_left(held, held[at - 1].claim.start, key=_start) if at > 0 else 0
    return min(
        (held[index] for index in {before, at} if index < len(held)),
        key=lambda entry: (abs(entry.claim.start - like.claim.start), entry.claim.start),
        default=None,
    )


def book(document: Document, claims: Sequence[Claim]) -> Book:
    """The entries of a document; the order of the claims does not matter."""
    by_indicator: dict[str, list[Entry]] = {}
    by_series: dict[tuple[object, ...], list[Entry]] = {}
    by_flow: dict[tuple[object, ...], list[Entry]] = {}
    for claim in sorted(filter(usable, claims), key=order):
        who = frozenset(claim.parties) - {"World"}
        entry = Entry(claim, who, about(claim), span(claim.moment), stated(claim))
        by_indicator.setdefault(claim.indicator, []).append(entry)
        series = (claim.indicator, who, claim.direction or "", entry.about, entry.span, entry.target)
        by_series.setdefault(series, []).append(entry)
        by_flow.setdefault((claim.indicator, entry.flow, entry.time, entry.target), []).append(entry)
    return Book(document, _held(by_indicator), _held(by_series), _held(by_flow))


def order(claim: Claim) -> tuple[int, int, str, str, float]:
    """The order of the text; claims on one span follow each other by what they say."""
    return claim.start, claim.end, claim.indicator, claim.moment, claim.value or 0.0


def _held(groups: dict[_Key, list[Entry]]) -> dict[_Key, Held]:
    return {key: tuple(group) for key, group in groups.items()}
