"""What a verification has at hand beside the claim itself: the data, the date, the other claims, whose side speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from landbridge import codes
from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.spans import Span, span
from landbridge.errors import UnknownLabel
from landbridge.release import Data

WORLD = "World"
# Names that texts use for macro-regions beside the names of the code lists.
_ALSO = {
    "Russian Far East": "RU-FD-FAREAST",
    "Far East": "RU-FD-FAREAST",
    "Southeast China maritime provinces": "CN-SOUTHEAST-COAST",
    "Yangtze River Basin": "CN-YANGTZE-UPMID",
}
_COUNTS = re.compile(r"\b(customs|statistic\w*|official data|officials?|according to)\b", re.IGNORECASE)
_SHORTEST_STEM = 4
_REACH = 400
# A full stop ends a sentence only before a blank and a capital letter; that inside 1.3 does not.
_ENDS = re.compile(r"[!?。！？\n]|\.\s{1,3}(?=[^a-zа-я])|\.$")


@dataclass(frozen=True)
class Context:
    """`dated` is when the claims were made (YYYY, YYYY-MM or YYYY-MM-DD), or nothing; `homes` maps speakers to places.

    `day` is the day by which evidence must have been published to count; without one, all counts. `text` is the text of
    the claims, where it is at hand: their sentences say more than their quotes.
    """

    data: Data
    claims: Sequence[Claim] = ()
    dated: str = ""
    homes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    day: str = ""
    text: str = ""

    @cached_property
    def texts(self) -> frozenset[str]:
        """The sources whose claims the ledger holds: a text that is checked cannot be its own witness."""
        return frozenset(s.source for s in self.data.ledger.history if s.kind == "claim")

    @cached_property
    def _sides(self) -> Mapping[str, str]:
        """Speaker → country: as given, else from the posts that the claims themselves name."""
        found: dict[str, str] = {}
        for claim in self.claims:
            home = {country(party) for party in claim.parties} - {""}
            if claim.indicator == "person_role" and len(home) == 1:
                name = claim.subject.partition(":")[0].strip()
                found.setdefault(name, home.pop())
        return found | {name: country(place) for name, place in self.homes.items() if country(place)}

    def side(self, claim: Claim) -> str:
        """The country whose statistics the claim may be expected to quote; empty where nothing says so."""
        said = claim.speaker or ""
        if said in self._sides:
            return self._sides[said]
        parties = tuple(dict.fromkeys(filter(None, (country(party) for party in claim.parties))))
        texts = [said] if said else []
        if _COUNTS.search(claim.quote[:2_000]):
            texts.append(claim.quote[:2_000])
        for text in texts:
            named = [code for code in parties if names_place(text, code)]
            if len(named) == 1:
                return named[0]
        return ""

    @cached_property
    def kept(self) -> dict[object, tuple[Any, ...]]:
        """What was read before: claims of one text ask for the same series again and again."""
        return {}

    @property
    def year(self) -> int | None:
        """The year in which the claims were made, where it is known."""
        return int(self.dated[:4]) if self.dated[:4].isdigit() else None

    def span(self, claim: Claim) -> Span | None:
        """The period of the claim, stated or inferred."""
        return span(claim.moment) if claim.moment else None

    def around(self, claim: Claim) -> tuple[str, str]:
        """What stands before and behind the quote in its own sentence; empty where the text is not at hand."""
        return around(self.text, claim)

    def sentence(self, claim: Claim) -> str:
        """The sentence of the claim, as far as it is known."""
        before, after = self.around(claim)
        return f"{before}{claim.quote[:2_000]}{after}"

    def name(self, code: str) -> str:
        """The English name of a place."""
        return self.data.names.get(resolved(code), code)


def around(text: str, claim: Claim) -> tuple[str, str]:
    """What stands before and behind the quote of a claim in its own sentence."""
    if text[claim.start : claim.end] != claim.quote:
        return "", ""
    before = _ENDS.split(text[max(0, claim.start - _REACH) : claim.start])[-1]
    return before, _ENDS.split(text[claim.end : claim.end + _REACH], maxsplit=1)[0]


def unknown(parties: Sequence[str]) -> tuple[str, ...]:
    """The parties that are no place of the code lists."""
    return tuple(party for party in parties if party != WORLD and not country(party))


def resolved(party: str) -> str:
    """The code of a party, where it is a name of a macro-region that has one."""
    return _macro_regions().get(party, party)


@lru_cache(maxsize=1)
def _macro_regions() -> Mapping[str, str]:
    return {place.name: place.code for place in codes.places("macro")} | _ALSO


def country(party: str) -> str:
    """The country of a place; empty for what is no place of the code lists."""
    try:
        return codes.place(resolved(party)).country
    except UnknownLabel:
        return ""


def is_country(party: str) -> bool:
    """True for the code of a country."""
    return country(party) == party != ""


def names_place(text: str, code: str) -> bool:
    """Whether a text names a country, its people or its bodies: words that begin as its name does.

    `Belarusian`, `Russian`, `Chinese` begin with the name less its last letter; short and composite names are looked for as
    they are. Other demonyms are not known here: then nothing is said about the side.
    """
    name = codes.place(code).name
    stem = name[:-1] if name.isalpha() and len(name) > _SHORTEST_STEM else name
    return re.search(rf"\b{re.escape(stem)}", text, re.IGNORECASE) is not None
