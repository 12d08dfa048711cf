"""Ranks: `largest trading partner`, `among the top five`, `second-biggest investor`, `ranks third among the partners`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from landbridge.claims.languages import Language

PARTNER, INVESTOR = "partner_rank", "investor_rank"


@dataclass(frozen=True, slots=True)
class Rank:
    """A rank that a sentence states: 1 is the first; `<=` where only a top group is named."""

    start: int
    end: int
    value: float
    comparator: str
    indicator: str


def ranks(text: str, start: int, end: int, language: Language) -> tuple[Rank, ...]:
    """The ranks among partners or investors that `text[start:end]` states, in order, without overlap."""
    grammar = _grammar(language)
    if grammar is None:
        return ()
    found: list[Rank] = []
    for pattern in (grammar.group, grammar.placed, grammar.single):
        for match in pattern.finditer(text, start, end):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            named = match.groupdict()
            if pattern is grammar.single and grammar.one_of.search(
                text[max(start, match.start() - 24) : match.start()]
            ):
                continue
            number = named.get("number") or named.get("later")
            value = 1.0 if not number else grammar.value(number)
            sign = "<=" if pattern is grammar.group else "="
            indicator = (
                INVESTOR
                if "invest" in match["body"].casefold() or "capital" in match["body"].casefold()
                else PARTNER
            )
            found.append(Rank(match.start(), match.end(), value, sign, indicator))
    return tuple(sorted(found, key=lambda one: one.start))


@dataclass(frozen=True, slots=True)
class _Grammar:
    group: re.Pattern[str]
    placed: re.Pattern[str]
    single: re.Pattern[str]
    one_of: re.Pattern[str]
    numbers: dict[str, float]

    def value(self, word: str) -> float:
        folded = word.casefold()
        return self.numbers[folded] if folded in self.numbers else float(re.sub(r"\D", "", word))


@lru_cache(maxsize=8)
def _grammar(language: Language) -> _Grammar | None:
    part, numerals = language.part("indicators").get("ranks"), language.part("numbers")
    if not part:
        return None
    sole, group = "|".join(part["sole"]), "|".join(part["group"])
    ordinals = "|".join([*numerals["ordinals"], rf"\d{{1,2}}{numerals['ordinal_ending']}"])
    cardinals = "|".join([*(str(word) for word in numerals["words"]), r"\d{1,2}"])
    body = f"(?P<body>{'|'.join(part['bodies'])})"
    spaced = bool(numerals.get("spaced", True))
    edge, gap = (r"\b", " ") if spaced else ("", "")
    between = r"(?:[\w’'-]+ ){0,3}" if spaced else ""
    flags = re.IGNORECASE

    def any_(name: str) -> str:
        return "|".join(part.get(name, ())) or "(?!)"

    return _Grammar(
        group=re.compile(
            rf"{edge}(?:{any_('among')})(?: \w+){{0,2}} (?:(?P<number>{cardinals}) (?:{group})"
            rf"|(?:{group})[ -](?P<later>{cardinals})) {between}{body}{edge}",
            flags,
        ),
        placed=re.compile(
            rf"{edge}(?:{any_('placed')}) (?:{any_('fillers')})*(?P<number>{ordinals})(?: (?:{any_('place')}))?(?: \w+)?"
            rf" (?:{any_('within')}) (?:{any_('owners')})*{between}{body}{edge}",
            flags,
        ),
        single=re.compile(
            rf"{edge}(?:(?P<number>{ordinals})[ -])?(?:{sole}){gap}{between}{body}{edge}", flags
        ),
        one_of=re.compile(any_("one_of"), flags),
        numbers={
            str(word).casefold(): float(value)
            for table in ("ordinals", "words")
            for word, value in numerals[table].items()
        },
    )
