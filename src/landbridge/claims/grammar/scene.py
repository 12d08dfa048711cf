"""One sentence with everything found in it, and the making of a claim out of an amount."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from landbridge.claims.claim import Slot
from landbridge.claims.grammar import indicators, modality, parties, timing
from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.blocks import Block, Sentence
from landbridge.claims.grammar.periods import Moment
from landbridge.claims.grammar.places import Mention
from landbridge.claims.grammar.speakers import Turn
from landbridge.claims.languages import Language

FLOWS = frozenset(
    {"trade_turnover", "exports", "imports", "total_foreign_trade", "total_exports", "total_imports"}
)
# What is told year by year, so that a sentence without a date goes on with the year of the one before.
TRADE = FLOWS | {f"{name}_growth" for name in FLOWS} | {"basket_share", "trade_share", "export_positions"}
# Sentences back that a claim may be continued from.
_REMEMBERED = 2
# Marks behind which a new thought begins.
_STOPS = (",", ":", ";", "(", "—", "–")
_LETTERS = re.compile(r"[^\W\d_][\w’-]*")


@dataclass(frozen=True, slots=True)
class Text:
    """A text made ready: one blank for every kind of blank, its blocks, sentences, speakers and the places it is about.

    `domain` is False for a text that hardly speaks of trade, investment or cooperation.
    """

    text: str
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    turns: tuple[Turn, ...]
    dyad: tuple[str, ...]
    language: Language
    dated: str = ""
    domain: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim in the making, with what the next amount may inherit from it."""

    amount: Amount
    indicator: str
    kind: str
    unit: str
    value: float
    start: int
    end: int
    subject: str
    parties: tuple[str, ...]
    direction: str | None
    flow: str
    wanted: int
    when: timing.When
    comparator: str
    rule: str
    block: int
    sentence: int
    readings: dict[str, tuple[Slot, ...]] = field(default_factory=dict)
    earlier: Draft | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One sentence: its amounts, moments, places and the words that name measures."""

    text: Text
    number: int
    sentence: Sentence
    words: indicators.Words
    cues: tuple[indicators.Cue, ...]
    moments: tuple[Moment, ...]
    named: tuple[Mention, ...]
    amounts: tuple[Amount, ...]
    home: tuple[str, ...]

    @property
    def span(self) -> tuple[int, int]:
        """Where the sentence begins and ends."""
        return self.sentence.start, self.sentence.end

    @property
    def said(self) -> str:
        """The whole text; every offset counts in it."""
        return self.text.text

    def before(self, amount: Amount, most: int) -> str:
        """At most so many characters of the sentence before an amount."""
        return self.said[max(self.span[0], amount.start - most) : amount.start]

    def behind(self, amount: Amount, most: int) -> str:
        """At most so many characters of the sentence behind an amount."""
        return self.said[amount.end : min(self.span[1], amount.end + most)]

    def phrase(self, amount: Amount) -> tuple[int, int]:
        """The noun phrase right behind an amount."""
        return indicators.phrase(self.said, amount, self.span[1], self.text.language)

    def own(self, amount: Amount) -> tuple[int, int]:
        """The part of the sentence between the amounts before and behind."""
        left = max((one.end for one in self.amounts if one.end <= amount.start), default=self.span[0])
        right = min((one.start for one in self.amounts if one.start >= amount.end), default=self.span[1])
        return left, right

    def part(self, amount: Amount) -> tuple[int, int]:
        """The part of the sentence around an amount that no semicolon or `while` cuts off."""
        return parties.clause(self.said, amount.start, *self.span, self.words)

    def dated(self, amount: Amount, *, stated: bool = False) -> bool:
        """True for a number that is part of a date; with `stated` only of one that the text states itself."""
        return any(
            one.start < amount.end and amount.number < one.end and (one.period or not stated)
            for one in self.moments
        )

    def elliptic(self, amount: Amount) -> bool:
        """True where nothing but light words stand between the amount before (or the clause's start) and this one.

        Such an amount says nothing of what it measures: `exports — 3.5; and 4.2 the year before`, `it got to 0.5`.
        """
        left = max(self.own(amount)[0], self.part(amount)[0])
        left = max(left, *(self.said.rfind(mark, left, amount.start) + 1 for mark in _STOPS))
        return all(
            match[0].casefold() in self.words.light or self._in_moment(match.start())
            for match in _LETTERS.finditer(self.said, left, amount.start)
        )

    def _in_moment(self, place: int) -> bool:
        return any(one.start <= place < one.end for one in self.moments)

    def draft(
        self,
        amount: Amount,
        indicator: str,
        *,
        kind: str,
        unit: str,
        value: float,
        span: tuple[int, int],
        previous: Draft | None,
        rule: str,
        wanted: int = 2,
        flow: str = "",
    ) -> Draft | None:
        """The claim with its parties, moment and kind; None where nobody is named or meant."""
        part = self.part(amount)
        frame = parties.Frame(self.text.dyad, self.home, previous.parties if previous is not None else ())
        way: str | None = None
        if wanted == 1 and flow == "in":
            earlier = (
                previous.direction if previous is not None and previous.sentence == self.number else None
            )
            who, way = parties.buying(self.said, self.own(amount), self.named, frame, earlier, self.words)
        else:
            who = parties.parties(self.said, span, part, self.named, frame, wanted, self.words)
            if flow:
                way = self._way(amount, span, who, flow, frame, previous)
        if not who and not self.text.domain:
            return None
        when, readings = self._when(amount, indicator, rule, previous)
        if who and not any(
            part[0] <= one.start < part[1] and set(one.codes) & set(who) for one in self.named
        ):
            # Nobody is named here: the text's two places, or those of the claim before, are meant.
            readings = {**readings, "parties": (who, ())}
        if amount.shared:
            readings = {**readings, "unit": (unit, *(one for one in amount.shared if one != unit))}
        # `100 by 2025, against 68 now`: what a goal is held against is no goal.
        against = self.words.syntax["against"].search(self.before(amount, 16)) is not None
        if against and when.deadline:
            when = timing.When()
        planned = (
            rule != "rank"
            and not against
            and modality.ahead(
                self.said, amount.start, amount.end, *self.span, self.words, deadline=when.deadline
            )
        )
        return Draft(
            amount,
            indicator,
            "target" if planned else kind,
            unit,
            value,
            *span,
            self.said[span[0] : span[1]],
            who,
            way,
            flow,
            wanted,
            when,
            modality.denied(self.said, amount, self.span[0], self.words)
            or amount.comparator
            or self._passed(amount)
            or "=",
            rule,
            self.sentence.block,
            self.number,
            readings,
            previous if previous is not None and self.number - previous.sentence <= _REMEMBERED else None,
        )

    def _way(
        self,
        amount: Amount,
        span: tuple[int, int],
        who: tuple[str, ...],
        flow: str,
        frame: parties.Frame,
        previous: Draft | None,
    ) -> str | None:
        """Which way a flow goes; one that names no place goes the way of the flow before, or back."""
        left, right = self.own(amount)
        near = [one for one in self.named if left <= one.start < right]
        same = previous is not None and previous.sentence == self.number and set(previous.parties) == set(who)
        if near or not same or previous is None or not previous.direction:
            part = (left, right) if near else self.part(amount)
            return parties.direction(self.said, span, part, self.named, who, flow, frame, self.words)
        origin, _, destination = previous.direction.partition("->")
        return previous.direction if flow == previous.flow else f"{destination}->{origin}"

    def _when(
        self, amount: Amount, indicator: str, rule: str, previous: Draft | None
    ) -> tuple[timing.When, dict[str, tuple[Slot, ...]]]:
        """The moment of the sentence, else that of the claim before where series of trade are told on."""
        when = timing.when(self.said, amount, self.moments, self.amounts, self.span, self.words)
        anaphoric = when.anaphoric(self.words)
        if previous is None or previous.sentence == self.number:
            goes_on = anaphoric
        else:
            told_on = rule == "carried" or (
                indicator in TRADE
                and previous.indicator in TRADE
                and not self.words.syntax["present"].search(self.before(amount, 40))
            )
            goes_on = anaphoric or (when.empty and told_on)
        if not goes_on or previous is None or previous.when.empty or previous.when.deadline:
            return when, {}
        stated = previous.when.moments[0].period
        return previous.when, {"period": (stated, None)} if stated else {}

    def _passed(self, amount: Amount) -> str:
        """`exceeded the mark of 5 billion`: a verb further off that says how near the number is."""
        if self.words.syntax["nearly"].search(self.before(amount, 40)):
            return "~"
        match = self.words.syntax["passing"].search(self.before(amount, 45))
        return ">" if match and self.words.syntax["threshold"].search(match["gap"]) else ""
