"""Numbers to claims: each amount of a sentence with what it measures, between whom, when, and how firmly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from landbridge.claims.claim import Claim, Slot
from landbridge.claims.grammar import indicators, linking, modality, parties, timing
from landbridge.claims.grammar.amounts import Amount, amounts
from landbridge.claims.grammar.blocks import Block, Sentence
from landbridge.claims.grammar.indicators import COUNT, MONEY, PERCENT, TIMES, Words, unit_class
from landbridge.claims.grammar.periods import Moment, periods
from landbridge.claims.grammar.places import Mention, mentions
from landbridge.claims.grammar.ranks import Rank, ranks
from landbridge.claims.grammar.speakers import Turn, speaker_at
from landbridge.claims.languages import Language

FLOWS = frozenset(
    {"trade_turnover", "exports", "imports", "total_foreign_trade", "total_exports", "total_imports"}
)
_TRADE = FLOWS | {f"{name}_growth" for name in FLOWS} | {"basket_share", "trade_share", "export_positions"}
_DURATIONS = frozenset(
    {"partner_rank_duration", "relations_age", "negotiation_duration", "project_duration", "loan_term"}
)
# Measures that no list names are reported as `other` only in these units; a bare count needs its noun.
_FREE = frozenset(
    {MONEY, PERCENT, "mass", "length_km", "length_m", "area_km2", "area_m2", "containers", "physical", TIMES}
)
_BACKWARD = re.compile(
    r"^(?:it|this|that|these|they|the (?:figure|volume|indicator|amount|number|share|same))\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text made ready: one blank for every kind of blank, its blocks, sentences, speakers and the places it is about."""

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
    moment: timing.When
    comparator: str
    rule: str
    block: int
    sentence: int
    readings: dict[str, tuple[Slot, ...]] = field(default_factory=dict)


def quantities(text: Text) -> tuple[Claim, ...]:
    """Every quantity, change and target with a value that the text states, by place in the text."""
    found: list[Claim] = []
    last: Draft | None = None
    for number, sentence in enumerate(text.sentences):
        if last is not None and last.block != sentence.block:
            last = None
        drafts = list(_sentence(text, number, sentence, last))
        for draft in drafts:
            found += _claims(text, draft)
        if drafts:
            last = drafts[-1]
    return tuple(sorted(_unique(found), key=lambda claim: (claim.start, claim.end)))


def _sentence(text: Text, number: int, sentence: Sentence, last: Draft | None) -> Iterator[Draft]:
    words = indicators.words(text.language)
    span = (sentence.start, sentence.end)
    found_amounts = amounts(text.text, *span, text.language)
    found_ranks = ranks(text.text, *span, text.language)
    if not found_amounts and not found_ranks:
        return
    moments = periods(text.text, *span, text.language)
    named = mentions(text.text, *span, text.language)
    cues = indicators.cues(text.text, *span, text.language)
    usable = [
        one
        for one in found_amounts
        if not any(rank.start < one.end and one.start < rank.end for rank in found_ranks)
        and (unit_class(one.unit) == "span" or not _inside(one, moments))
        and not _inside_name(one, named)
    ]
    turn = speaker_at(text.turns, sentence.start)
    scene = _Scene(
        text,
        number,
        sentence,
        words,
        cues,
        tuple(moments),
        tuple(named),
        tuple(usable),
        turn.home if turn else (),
    )
    previous = last
    for item in sorted([*usable, *found_ranks], key=lambda one: one.start):
        draft = scene.rank(item, previous) if isinstance(item, Rank) else scene.amount(item, previous)
        if draft is not None:
            yield draft
            previous = draft


def _inside(amount: Amount, moments: Sequence[Moment]) -> bool:
    return any(one.start < amount.end and amount.number < one.end for one in moments)


def _inside_name(amount: Amount, named: Sequence[Mention]) -> bool:
    return any(one.start < amount.end and amount.number < one.end for one in named)


@dataclass(frozen=True, slots=True)
class _Scene:
    """One sentence with everything found in it."""

    text: Text
    number: int
    sentence: Sentence
    words: Words
    cues: tuple[indicators.Cue, ...]
    moments: tuple[Moment, ...]
    named: tuple[Mention, ...]
    amounts: tuple[Amount, ...]
    home: tuple[str, ...]

    @property
    def span(self) -> tuple[int, int]:
        return self.sentence.start, self.sentence.end

    def rank(self, rank: Rank, previous: Draft | None) -> Draft | None:
        """A rank as a draft."""
        amount = Amount(rank.start, rank.end, rank.start, rank.value, "rank", rank.comparator, "rank")
        return self._draft(
            amount,
            rank.indicator,
            "quantity",
            "rank",
            rank.value,
            (rank.start, rank.end),
            previous,
            2,
            "out",
            "rank",
        )

    def amount(self, amount: Amount, previous: Draft | None) -> Draft | None:
        """An amount as a draft, or None where nothing says what it measures."""
        kind = unit_class(amount.unit)
        if kind == "ordinal":
            return self._ordinal(amount, previous)
        for rule in (self._counted, self._measured, self._carried, self._other):
            draft = rule(amount, kind, previous)
            if draft is not None:
                return draft
        return None

    def _ordinal(self, amount: Amount, previous: Draft | None) -> Draft | None:
        """An anniversary, or the meeting that is the second of its year."""
        noun = indicators.phrase(self.text.text, amount, self.span[1], self.text.language)
        said = self.text.text[noun[0] : noun[1]].casefold()
        behind = self.text.text[amount.end : min(self.span[1], amount.end + 60)].casefold()
        lead = self.text.text[max(self.span[0], amount.start - 12) : amount.start].casefold()
        if said.startswith("anniversary"):
            links = linking.link(self.text.text, amount, self.cues, self.amounts, linking.LEVEL, self.words)
            ages = [item for item in links if item.indicator == "relations_age"]
            if not ages:
                return None
            stop = max(noun[1], ages[0].cue.end)
            return self._draft(
                amount,
                "relations_age",
                "quantity",
                "years",
                amount.value,
                (amount.start, stop),
                previous,
                2,
                "",
                "anniversary",
            )
        # A consecutive year of a rank: `for the 12th consecutive year`.
        if re.match(r"(?:consecutive|straight|successive|year running|year in a row)", said) or re.match(
            r"\s*year (?:in a row|running)", behind
        ):
            if any(cue.measure.indicator == "partner_rank_duration" for cue in self.cues):
                stop = noun[1] if noun[1] > amount.end else amount.end
                return self._draft(
                    amount,
                    "partner_rank_duration",
                    "quantity",
                    "years",
                    amount.value,
                    (amount.start, stop),
                    previous,
                    2,
                    "",
                    "rank duration",
                )
            return None
        meets = re.match(r"(?:meeting|summit|visit|talks|encounter)", said)
        if meets and (
            re.search(r"(?:their|his|her)\s*$", lead) or re.search(r"this year|in \d{4}|since", behind)
        ):
            return self._draft(
                amount,
                "leader_meetings",
                "quantity",
                "count",
                amount.value,
                (amount.start, noun[1]),
                previous,
                2,
                "",
                "ordinal meeting",
            )
        return None

    def _counted(self, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
        """A number whose noun phrase names a thing that is counted."""
        text = self.text.text
        if kind not in (COUNT, TIMES) or (
            kind == TIMES and amount.form != "digits" and amount.form != "words"
        ):
            return None
        if kind == TIMES:
            return self._met(amount, previous)
        noun = indicators.phrase(text, amount, self.span[1], self.text.language)
        entry = indicators.counted(text, noun, self.span, self.text.language) if noun[1] > noun[0] else None
        if entry is None and noun[1] == noun[0] and amount.scale in (1.0, 1e3, 1e6):
            entry = self._noun_before(amount)
        if entry is None:
            return None
        item, begin, stop = entry
        unit = item.unit
        return self._draft(
            amount,
            item.indicator,
            item.kind,
            unit,
            amount.value,
            (min(amount.start, begin), max(amount.end, stop)),
            previous,
            2,
            "out",
            "count",
        )

    def _noun_before(self, amount: Amount) -> tuple[indicators.Counted, int, int] | None:
        """`the number of tourists reached 300 thousand`: what is counted stands before."""
        text = self.text.text
        lead = list(
            re.finditer(
                r"\b(?:number|count|total(?: number)?|amount|flow|volume) of ",
                text[self.span[0] : amount.start],
                re.IGNORECASE,
            )
        )
        if not lead:
            return None
        begin = self.span[0] + lead[-1].end()
        stop = min(begin + 60, amount.start)
        cut = re.search(
            r"[,;:(—–]|\d|\b(?:has|have|had|was|were|is|are|will|would|reached|grew|rose|fell|exceeded|increased|decreased|amounted|stood|totall?ed|hit|to)\b",
            text[begin:stop],
        )
        stop = begin + cut.start() if cut else stop
        if linking.distance(text, stop, amount.start, self.words) > 9:
            return None
        return indicators.counted(text, (begin, stop), self.span, self.text.language)

    def _met(self, amount: Amount, previous: Draft | None) -> Draft | None:
        """`have met 13 times`: times that count meetings, not a factor."""
        lead = self.text.text[max(self.span[0], amount.start - 40) : amount.start]
        if re.search(
            r"\b(?:met|meeting|visited|meet|seen each other|held talks|spoken)\b[\w ,]{0,25}$",
            lead,
            re.IGNORECASE,
        ):
            begin = self.span[0] if amount.start - self.span[0] < 140 else amount.start - 40
            return self._draft(
                amount,
                "leader_meetings",
                "quantity",
                "count",
                amount.value,
                (begin, amount.end),
                previous,
                2,
                "",
                "times met",
            )
        return None

    def _measured(self, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
        """An amount with a unit beside words that name a measure."""
        form = linking.construction(self.text.text, amount, *self.span, self.words)
        sought = amount
        if kind == COUNT:
            sought = self._in_money(amount, previous)
            if sought is amount:
                return None
            kind = MONEY
        links = linking.link(self.text.text, sought, self.cues, self.amounts, form, self.words)
        links = tuple(item for item in links if self._plausible(item, amount, kind))
        if not links:
            return None
        chosen = self._finer(links, amount)
        if previous is not None and self._elliptic(amount, chosen, previous, kind):
            return None
        measure, indicator = chosen.cue.measure, chosen.indicator
        if indicator in ("basket_share", "trade_share"):
            indicator = self._share_of(chosen, amount)
        value = sought.value * (
            linking.sign(self.text.text, amount, *self.span, self.words)
            if form == linking.GROWTH and kind == PERCENT
            else 1.0
        )
        begin, stop = min(chosen.cue.start, amount.start), max(chosen.cue.end, amount.end)
        changed = form == linking.GROWTH and (indicator.endswith("_growth") or kind == MONEY)
        draft = self._draft(
            sought,
            indicator,
            "change" if changed else "quantity",
            sought.unit,
            value,
            (begin, stop),
            previous,
            measure.parties,
            measure.flow,
            f"measure {measure.indicator}",
        )
        if draft is None:
            return None
        ties = tuple(dict.fromkeys(item.indicator for item in links if item.cost - chosen.cost < 1.5))
        readings = dict(draft.readings)
        if len(ties) > 1:
            readings["indicator"] = (draft.indicator, *(name for name in ties if name != draft.indicator))
        if sought.unit != amount.unit:
            readings["unit"] = (sought.unit, "count")
        return replace(draft, subject=self.text.text[chosen.cue.start : chosen.cue.end], readings=readings)

    def _plausible(self, item: linking.Link, amount: Amount, kind: str) -> bool:
        # Durations say what they measure close by; further off they are mere spans of time.
        if item.indicator in _DURATIONS:
            return item.cost <= 14 and not (
                _inside(amount, self.moments) and item.indicator != "partner_rank_duration"
            )
        return True

    def _finer(self, links: Sequence[linking.Link], amount: Amount) -> linking.Link:
        """The nearest cue, or one nearly as near that is more telling: the longer words."""
        best = links[0]
        for item in links[1:]:
            longer = (item.cue.end - item.cue.start) - (best.cue.end - best.cue.start)
            if item.cost - best.cost <= 1.0 and longer > 8:
                best = item
        return best

    def _elliptic(self, amount: Amount, chosen: linking.Link, previous: Draft, kind: str) -> bool:
        """True where the cue found was used up by the amount before, and this amount continues that one."""
        return (
            previous.sentence == self.number
            and chosen.cue.end <= previous.amount.start
            and previous.start <= chosen.cue.start
            and chosen.indicator == previous.indicator
        )

    def _share_of(self, item: linking.Link, amount: Amount) -> str:
        """A share of exports is a partner's where a place is its subject, else that of goods in the basket."""
        text = self.text.text
        said = text[item.cue.start : item.cue.end].casefold()
        if not re.search(r"export|import|basket|structure|deliver|suppl|shipment|sales|goods|commodit", said):
            return "trade_share"
        if re.search(r"basket|structure|basis|bulk|core|backbone|composition|mainstay", said):
            return "basket_share"
        left, _ = parties.clause(text, amount.start, *self.span)
        subject = [
            one
            for one in self.named
            if left <= one.start and one.end <= amount.start and one.form != "organisation"
        ]
        for one in reversed(subject):
            gap = text[one.end : amount.start]
            if (
                len(gap) < 40
                and re.match(
                    r"[’']?s?\s*(?:share|account|is|was|made|mak|takes?|took|absorb|receiv|bought|buys?|represent|alone|itself|now|already|still|,| |responsible|with)",
                    gap,
                )
                and not re.match(r"[’']s? (?!share)", gap)
            ):
                return "trade_share"
        to_place = re.match(
            r"[^.;,]{0,60}\b(?:go(?:es)?|went|came|comes?|destined|sent|shipped|sold|bound) (?:to|from|for) ",
            text[amount.end : self.span[1]],
        )
        return "trade_share" if to_place else "basket_share"

    def _in_money(self, amount: Amount, previous: Draft | None) -> Amount:
        """A number without unit, as money where the measure before it is money: scale and currency carried over."""
        text = self.text.text
        noun = indicators.phrase(text, amount, self.span[1], self.text.language)
        if (
            noun[1] > noun[0]
            or amount.form not in ("digits", "words")
            or text[amount.end : amount.end + 3] == " of"
        ):
            return amount
        currency = self._currency(previous)
        if amount.scale >= 1e6:
            return replace(amount, unit=currency or "USD")
        if (
            previous is not None
            and previous.sentence == self.number
            and unit_class(previous.unit) == MONEY
            and amount.scale == 1.0
        ):
            scale = previous.amount.scale
            if scale >= 1e3 and (
                amount.value < 1000 and not amount.value.is_integer() or _dashed(text, amount)
            ):
                return replace(amount, value=amount.value * scale, unit=previous.unit, scale=scale)
        return amount

    def _currency(self, previous: Draft | None) -> str:
        for one in self.amounts:
            if unit_class(one.unit) == MONEY:
                return one.unit
        return previous.unit if previous is not None and unit_class(previous.unit) == MONEY else ""

    def _carried(self, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
        """An amount that says nothing of what it measures continues the claim before it."""
        text = self.text.text
        if previous is None or amount.form == "none":
            return None
        same = previous.sentence == self.number
        opening = _BACKWARD.match(text[self.span[0] : self.span[1]])
        if not same and not (opening and self.number - previous.sentence <= 1):
            return None
        between = text[previous.end : amount.start] if same else ""
        if same and len(between) > 90:
            return None
        noun = indicators.phrase(text, amount, self.span[1], self.text.language)
        prior = unit_class(previous.unit)
        carried, indicator = amount, previous.indicator
        if kind == COUNT and not (noun[1] > noun[0]):
            if prior == MONEY and amount.scale >= 1e6:
                carried = replace(amount, unit=previous.unit)
            elif prior == MONEY and same and _dashed(text, amount) and previous.amount.scale >= 1e3:
                carried = replace(
                    amount,
                    value=amount.value * previous.amount.scale,
                    unit=previous.unit,
                    scale=previous.amount.scale,
                )
            elif prior == COUNT or previous.unit in ("persons", "passengers", "count"):
                if not same or not (
                    _dashed(text, amount)
                    or amount.scale >= 1e3
                    or re.search(
                        r"\b(?:against|from|to|and|by|of)\s*$",
                        text[max(self.span[0], amount.start - 12) : amount.start],
                    )
                ):
                    return None
                carried = replace(amount, unit=previous.unit)
            else:
                return None
        elif kind in (PERCENT, TIMES):
            form = linking.construction(text, amount, *self.span, self.words)
            if prior == kind or previous.indicator.endswith("_growth"):
                indicator = previous.indicator
            elif form == linking.GROWTH and previous.indicator in FLOWS:
                indicator = f"{previous.indicator}_growth"
            elif form == linking.SHARE and previous.indicator == "soybean_imports":
                indicator = "soybean_import_share"
            else:
                return None
        elif kind != prior:
            return None
        value = carried.value
        changed = indicator.endswith("_growth")
        if changed and kind == PERCENT:
            value *= linking.sign(text, amount, *self.span, self.words)
            if (
                linking.construction(text, amount, *self.span, self.words) == linking.LEVEL
                and previous.value < 0
            ):
                value = -abs(value)
        base = previous.kind if previous.kind != "target" else ("change" if changed else "quantity")
        draft = self._draft(
            carried,
            indicator,
            "change" if changed else base,
            carried.unit,
            value,
            (amount.start, amount.end),
            previous,
            previous.wanted,
            previous.flow,
            "carried",
        )
        if draft is None:
            return None
        who, way = self._turned(amount, previous, draft)
        kind_now = draft.kind
        if (
            previous.kind == "target"
            and same
            and draft.kind == "quantity"
            and not self.words.done.search(between)
        ):
            kind_now = "target"
        return replace(draft, parties=who, direction=way, subject=previous.subject, kind=kind_now)

    def _turned(self, amount: Amount, previous: Draft, draft: Draft) -> tuple[tuple[str, ...], str | None]:
        """The parties of a continued claim: those before, but for a place that the continuation names itself."""
        text = self.text.text
        near = [
            one
            for one in self.named
            if amount.end <= one.start <= amount.end + 40
            and not re.search(r"[,;]", text[amount.end : one.start])
            and one.form != "organisation"
        ]
        if not near or previous.sentence != self.number:
            return (draft.parties if near else previous.parties), (
                draft.direction if near else previous.direction
            )
        code = near[0].codes[0]
        if code in previous.parties or len(previous.parties) != 2:
            if near[0].form == "demonym" and len(previous.parties) == 1:
                return (code, *previous.parties), f"{code}->{previous.parties[0]}"
            return previous.parties, previous.direction
        origin, _, destination = (previous.direction or "").partition("->")
        kept = origin if origin else previous.parties[0]
        lead = text[amount.end : near[0].start].casefold()
        if re.search(r"\bfrom\b", lead) and destination:
            return (code, destination), f"{code}->{destination}"
        return (kept, code), (f"{kept}->{code}" if origin else None)

    def _other(self, amount: Amount, kind: str, previous: Draft | None) -> Draft | None:
        """A measure or count that the vocabulary has no word for, in a text and sentence on cooperation."""
        text = self.text.text
        if not self.text.domain or not self.words.domain.search(text, *self.span):
            return None
        if kind in ("span", "ordinal") or amount.form in ("multiple", "none") or kind == TIMES:
            return None
        noun = indicators.phrase(text, amount, self.span[1], self.text.language)
        if kind == COUNT:
            return self._other_count(amount, noun, previous)
        if kind not in _FREE:
            return None
        joined = re.match(r" of (?:the |its |their |our )?", text[amount.end : self.span[1]])
        if joined:
            last = replace(amount, end=amount.end + joined.end())
            noun = indicators.phrase(text, last, self.span[1], self.text.language)
        if noun[1] == noun[0]:
            noun = self._subject_before(amount)
        if noun[1] == noun[0]:
            return None
        form = linking.construction(text, amount, *self.span, self.words)
        changed = form == linking.GROWTH and kind == PERCENT
        value = amount.value * (linking.sign(text, amount, *self.span, self.words) if changed else 1.0)
        span = (min(amount.start, noun[0]), max(amount.end, noun[1]))
        draft = self._draft(
            amount,
            "other",
            "change" if changed else "quantity",
            amount.unit,
            value,
            span,
            previous,
            2,
            "",
            "other measure",
        )
        return replace(draft, subject=text[noun[0] : noun[1]]) if draft else None

    def _other_count(self, amount: Amount, noun: tuple[int, int], previous: Draft | None) -> Draft | None:
        text = self.text.text
        said = text[noun[0] : noun[1]]
        plural = re.search(r"\w{3,}s$|people$|men$", said) is not None
        if (
            not said
            or not plural
            or amount.value < 2
            or re.search(
                r"\b(?:times|steps|aspects|ways|sides|things|reasons|parties|leaders|issues|areas|directions|words|points|hands|heads|presidents|priorities|questions|stages|parts|kinds|types|fields|sectors|decades|countries|sessions|factors|phases|hours|groups|states|neighbours|nations|categories|spheres)$",
                said,
                re.IGNORECASE,
            )
        ):
            return None
        unit = (
            "persons"
            if re.search(
                r"(?:people|workers|residents|citizens|specialists|experts|employees|children|doctors|teachers|men|women|visitors|migrants|inhabitants)$",
                said,
                re.IGNORECASE,
            )
            else "count"
        )
        draft = self._draft(
            amount,
            "other",
            "quantity",
            unit,
            amount.value,
            (amount.start, noun[1]),
            previous,
            2,
            "",
            "other count",
        )
        return replace(draft, subject=said) if draft else None

    def _subject_before(self, amount: Amount) -> tuple[int, int]:
        """Up to six words before the amount's verb, as the subject of a measure nobody has a name for."""
        text = self.text.text
        left, _ = parties.clause(text, amount.start, *self.span)
        lead = re.split(r"[,;:(—–]", text[left : amount.start])[-1]
        begin = amount.start - len(lead)
        said = [match for match in re.finditer(r"[^\W\d_][\w’'-]*", lead)]
        verbs = [
            place
            for place, match in enumerate(said)
            if match[0].casefold() in self.words.ends
            or self.words.done.fullmatch(match[0])
            or self.words.up.fullmatch(match[0])
            or self.words.down.fullmatch(match[0])
        ]
        kept = said[: verbs[-1]] if verbs and verbs[-1] > 0 else said
        kept = kept[-6:]
        return (begin + kept[0].start(), begin + kept[-1].end()) if kept else (amount.start, amount.start)

    def _draft(
        self,
        amount: Amount,
        indicator: str,
        kind: str,
        unit: str,
        value: float,
        span: tuple[int, int],
        previous: Draft | None,
        wanted: int,
        flow: str,
        rule: str,
    ) -> Draft | None:
        """The claim with its parties, moment and kind; None where nobody is named or meant."""
        text = self.text.text
        part = parties.clause(text, amount.start, *self.span)
        before = previous.parties if previous is not None else ()
        frame = parties.Frame(self.text.dyad, self.home, before)
        who = parties.parties(text, span, part, self.named, frame, wanted, self.words)
        if not who and not self.text.domain:
            return None
        way = parties.direction(text, span, part, self.named, who, flow, frame) if flow else None
        when = timing.when(text, amount, self.moments, self.amounts, self.span, self.words)
        carried = None
        if when.empty and previous is not None and indicator in _TRADE and previous.indicator in _TRADE:
            carried = previous.moment
        if when.anaphoric and previous is not None:
            carried = previous.moment
        readings: dict[str, tuple[Slot, ...]] = {}
        if carried is not None and carried.moments:
            when = carried
            if previous is not None and previous.sentence != self.number and carried.moments[0].period:
                readings["period"] = (carried.moments[0].period, None)
        plan = modality.ahead(text, amount.start, amount.end, *self.span, self.words, deadline=when.deadline)
        comparator = amount.comparator or self._said_of_verb(amount, previous) or "="
        return Draft(
            amount,
            indicator,
            "target" if plan and rule != "rank" else kind,
            unit,
            value,
            *span,
            text[span[0] : span[1]],
            who,
            way,
            flow,
            wanted,
            when,
            comparator,
            rule,
            self.sentence.block,
            self.number,
            readings,
        )

    def _said_of_verb(self, amount: Amount, previous: Draft | None) -> str:
        """`exceeded the mark of 5 billion`, `fell short of`: a verb further off that says how near the number is."""
        lead = self.text.text[max(self.span[0], amount.start - 45) : amount.start]
        match = re.search(
            r"\b(?P<over>exceed\w*|surpass\w*|topp\w+|cross\w*|overtook|pass(?:ed|ing)|more than)(?P<gap> (?:[\w’-]+ ){0,3})$",
            lead,
            re.IGNORECASE,
        )
        return (
            ">"
            if match and re.search(r"\b(?:mark|level|threshold|figure|milestone|line)\b", match["gap"])
            else ""
        )


def _dashed(text: str, amount: Amount) -> bool:
    """True for a number behind a dash or colon, which stands for a verb left out: `exports — 3.5`."""
    return re.search(r"[—–:]\s*$|\s-\s*$", text[max(0, amount.start - 4) : amount.start]) is not None


def _claims(text: Text, draft: Draft) -> Iterator[Claim]:
    """The claim of a draft, or one for each of the years it holds for."""
    turn = speaker_at(text.turns, draft.amount.number)
    for when in draft.moment.each():
        inferred = timing.inferred(when, text.dated, annual=draft.indicator in _TRADE) if when else None
        yield Claim(
            quote=text.text[draft.start : draft.end],
            start=draft.start,
            end=draft.end,
            kind=draft.kind,
            indicator=draft.indicator,
            subject=" ".join(draft.subject.split()),
            parties=draft.parties,
            direction=draft.direction,
            period=when.period if when else None,
            asof=when.asof if when else None,
            period_inferred=inferred,
            value=round(draft.value, 6),
            unit=draft.unit,
            comparator=draft.comparator,
            speaker=turn.speaker if turn else None,
            readings=draft.readings,
            rule=draft.rule,
        )


def _unique(found: Sequence[Claim]) -> list[Claim]:
    key: Callable[[Claim], tuple[object, ...]] = lambda one: (
        one.start,
        one.end,
        one.indicator,
        one.value,
        one.period,
        one.comparator,
    )  # noqa: E731
    return list({key(one): one for one in found}.values())
