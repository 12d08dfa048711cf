"""A text made ready for the rules, and every rule applied to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from landbridge.claims.claim import Claim
from landbridge.claims.grammar.assembling import quantities
from landbridge.claims.grammar.blocks import Block, blocks, sentences
from landbridge.claims.grammar.dating import resolve
from landbridge.claims.grammar.dyad import context
from landbridge.claims.grammar.indicators import Words, words
from landbridge.claims.grammar.periods import AT, Moment
from landbridge.claims.grammar.places import mentions
from landbridge.claims.grammar.scene import Text
from landbridge.claims.grammar.speakers import speakers
from landbridge.claims.grammar.statements import statements
from landbridge.claims.languages import Language

# Every kind of blank, dash and apostrophe to one, a character for a character: offsets stay those of the text.
_SAME = str.maketrans(
    {
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t",
            " ",
        ),
        **dict.fromkeys("\u2010\u2011\u2012\u2212\ufe63\uff0d\u00ad", "-"),
        **dict.fromkeys("'`´‘ʼ＇", "’"),
        "\u2015": "—",
        "％": "%",
        "．": ".",
        "﹪": "%",
    }
)
# A text speaks of the field if it uses so many different words of trade, investment and cooperation.
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Understood:
    """What the rules find in a text: its claims, the places of its speakers, and the places it is about."""

    claims: tuple[Claim, ...]
    homes: Mapping[str, str]
    parties: tuple[str, ...]


def claims_of(text: str, language: Language, *, dated: str = "") -> tuple[Claim, ...]:
    """Every claim that the rules find in a text: see `understand`."""
    return understand(text, language, dated=dated).claims


def understand(text: str, language: Language, *, dated: str = "") -> Understood:
    """Every claim that the rules find in a text, by place in the text; offsets are code points of `text`."""
    even = _even(text)
    parts = blocks(even)
    even = _unbroken(even, parts)
    split = sentences(even, parts, language)
    turns = speakers(even, parts, split, language)
    dyad = context(even, parts, language)
    domain = _of_the_field(even, words(language))
    ready = Text(even, parts, split, turns, dyad.parties, language, dated, domain)
    found = [*quantities(ready)]
    if domain:
        found += statements(
            even,
            parts,
            split,
            turns,
            lambda a, b: mentions(even, a, b, language),
            language,
            dyad=dyad.parties,
        )
    exact = [_dated(_with_words(claim, text), dated) for claim in found]
    homes = {turn.speaker: turn.home[0] for turn in turns if turn.home}
    ordered = sorted(exact, key=lambda claim: (claim.start, claim.end, claim.indicator))
    return Understood(tuple(ordered), MappingProxyType(homes), dyad.parties)


def _unbroken(text: str, parts: tuple[Block, ...]) -> str:
    """The text with line breaks inside its paragraphs made blanks."""
    pieces, done = [], 0
    for block in parts:
        inside = text[block.start : block.end]
        if "\n" in inside or "\r" in inside:
            pieces += [text[done : block.start], inside.replace("\n", " ").replace("\r", " ")]
            done = block.end
    return "".join([*pieces, text[done:]]) if pieces else text


def _even(text: str) -> str:
    """The text with look-alikes made one and digits of other scripts written in ours, position by position."""
    evened = text.translate(_SAME)
    if re.search(r"[^\x00-\x7f]", evened) and any(char.isdecimal() and char > "\x7f" for char in evened):
        evened = "".join(
            str(unicodedata.decimal(char)) if char > "\x7f" and char.isdecimal() else char for char in evened
        )
    return evened


def _dated(claim: Claim, dated: str) -> Claim:
    """The claim with its words of time resolved, where it has nothing else and the text has a date."""
    if not dated or not claim.asof or claim.period or claim.period_inferred:
        return claim
    moment = Moment(claim.start, claim.end, None, claim.asof, AT)
    return replace(claim, period_inferred=resolve(moment, dated))


def _of_the_field(text: str, known: Words) -> bool:
    """True for a text on trade, investment or cooperation; a mention of a border or a bridge does not make one."""
    return len({match[0].casefold().rstrip("s") for match in known.domain.finditer(text)}) >= _FEWEST_WORDS


def _with_words(claim: Claim, text: str) -> Claim:
    quote = text[claim.start : claim.end]
    return claim if quote == claim.quote else replace(claim, quote=quote)
