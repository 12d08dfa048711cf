"""How a language writes numbers: the list `numbers` of its pack, compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from landbridge.claims.languages import Language

# ISO 4217 for no currency: a name that several countries share, before the country is known.
SHARED = "XXX"
BLANK = "[ \t\u00a0\u2009\u202f]"
_NOTHING = "(?!)"
_WORDS_IN_CAPITALS = frozenset(
    (
        "ALL",
        "TOP",
        "TRY",
        "CUP",
        "MAD",
        "BAM",
        "SOS",
        "ANG",
        "GEL",
        "LAK",
        "DEM",
        "ITL",
        "SIT",
        "PEN",
        "MOP",
        "NIO",
    )
)


@dataclass(frozen=True, slots=True)
class Numerals:
    """Patterns and tables of the number words of a language.

    `number` matches one number with what belongs to it, in the groups `before` and `after` (currency), `digits` or
    `words`, `half`, `inside`, `scale` and `unit`. A pattern of something that the language does not have matches nothing.
    """

    number: re.Pattern[str]
    multiple: re.Pattern[str]
    out_of: re.Pattern[str]
    fraction: re.Pattern[str]
    none: re.Pattern[str]
    ordinal: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    reaching: re.Pattern[str]
    naming: re.Pattern[str]
    pronoun: re.Pattern[str]
    growing: re.Pattern[str]
    joint: re.Pattern[str]
    further: re.Pattern[str]
    size: re.Pattern[str]
    opening: tuple[str, ...]
    steps: tuple[str, ...]
    exact: Mapping[str, tuple[str, float]]
    comparators: Mapping[str, str]
    after_comparators: Mapping[str, str]
    currencies: Mapping[str, str]
    shared: Mapping[str, tuple[str, ...]]
    scales: Mapping[str, float]
    money_scales: frozenset[str]
    units: Mapping[str, tuple[str, float]]
    words: Mapping[str, float]
    parts: Mapping[str, float]
    multiples: Mapping[str, float]
    fractions: Mapping[str, float]
    ordinals: Mapping[str, float]
    decimal: str

    def spelt(self, written: str) -> float:
        """The number that words stand for: `twenty-five`, `two hundred and fifty`, `a dozen`, `half a` (billion)."""
        if (part := self.parts.get(folded(written))) is not None:
            return part
        total = 0.0
        for word in re.split(r"[\s\u00a0-]+", written.casefold()):
            factor = self.scales.get(word, 0.0)
            if factor:
                total = max(total, 1.0) * factor
            else:
                total += self.words.get(word, 0.0)
        return total

    def nth(self, written: str) -> float:
        """The number of an ordinal: `third`, `70th`."""
        value = self.ordinals.get(folded(written))
        return float(re.sub(r"\D", "", written)) if value is None else value


@lru_cache(maxsize=8)
def numerals(language: Language) -> Numerals:
    """The numerals of a language."""
    part = language.part("numbers")
    spaced = bool(part.get("spaced", True))
    signs, behind = (_turned(part.get(name, {})) for name in ("before", "after"))
    units = {
        folded(str(word)): (str(unit), float(factor))
        for word, (unit, factor) in part.get("units", {}).items()
    }
    units |= {folded(str(word)): ("x", 1.0) for word in part.get("times", ())}
    currencies = {
        folded(str(word)): str(unit)
        for name in ("currencies_before", "currencies_after")
        for word, unit in part.get(name, {}).items()
    }
    shared = {
        folded(str(word)): tuple(map(str, found)) for word, found in part.get("currencies_shared", {}).items()
    }
    currencies |= dict.fromkeys(shared, SHARED) | _world(language.code)
    multiples, fractions, ordinals, words = (
        _numbers(part.get(name, {})) for name in ("multiples", "fractions", "ordinals", "words")
    )
    # `sevenfold`, `ten-fold`: the number and its ending in one word.
    multiples |= {
        f"{word}{join}{end}": value
        for word, value in words.items()
        for end in part.get("folds", ())
        for join in ("", "-")
    }
    # A sign (`~`) may be such a word too, so that no edge of words need stand before it.
    edge, lead = (r"\b", r"(?<!\w)") if spaced else ("", "")
    opening = tuple(str(word) for word in part.get("range_opening", ()))
    fillers = any_of(part.get("fillers", ())) or _NOTHING
    return Numerals(
        number=_number(part, units, spaced=spaced),
        multiple=_pattern(
            rf"{edge}(?P<word>{any_of(multiples)}){edge}"
            rf"(?!(?:{BLANK}|-)(?:{any_of(part.get('multiples_unless', ())) or _NOTHING})\b)",
            multiples,
        ),
        out_of=_pattern(
            rf"\b(?P<some>{any_of(words)}|\d{{1,2}}) (?:{any_of(part.get('out_of', ()))}) (?:every )?"
            rf"(?P<all>{any_of(part.get('wholes', ()))})\b",
            part.get("out_of"),
        ),
        fraction=_fraction(part, fractions, units),
        none=_pattern(rf"{edge}(?:{any_of(part.get('none', ()))}){edge}", part.get("none")),
        ordinal=_pattern(rf"\b(?:{any_of(ordinals)}|\d{{1,3}}{part.get('ordinal_ending', '')})\b", ordinals),
        before=_pattern(rf"{lead}(?P<word>{any_of(signs)})(?:{BLANK}+(?:{fillers}))?{BLANK}*$", signs),
        after=_pattern(rf"(?:{BLANK}|-)*(?P<word>{any_of(behind)}){edge}", behind),
        reaching=_pattern(rf"{edge}(?:{any_of(part.get('reaching', ()))}){edge}", part.get("reaching")),
        naming=_pattern(
            rf"(?:^|[\s(\u00a0])(?:{any_of(part.get('naming', ()))})\.?{BLANK}*[-–]?$", part.get("naming")
        ),
        pronoun=_pattern(rf"\s+(?:{any_of(part.get('pronoun_before', ()))})\b", part.get("pronoun_before")),
        growing=_pattern(rf"{edge}(?:{any_of(part.get('growing', ()))})", part.get("growing")),
        joint=_joint([str(word) for word in part.get("range", ())], spaced=spaced),
        further=re.compile(
            rf"{BLANK}(?:(?:{any_of(part.get('joining', ())) or _NOTHING}){BLANK})?", re.IGNORECASE
        ),
        size=_pattern(rf"{BLANK}(?:{any_of(part.get('sizes', ()))})\b", part.get("sizes")),
        opening=opening,
        steps=tuple(str(word) for word in part.get("steps", ())),
        exact={
            str(word): (str(unit), float(factor))
            for word, (unit, factor) in part.get("units_exact", {}).items()
        },
        comparators=signs,
        after_comparators=behind,
        currencies=currencies,
        shared=shared,
        scales=_numbers(part.get("scales", {})),
        money_scales=frozenset(folded(str(word)) for word in part.get("money_scales", ())),
        units=units,
        words=words | {folded(str(word)): 1.0 for word in part.get("articles", ())},
        parts=_numbers(part.get("parts", {})),
        multiples=multiples,
        fractions=fractions,
        ordinals=ordinals,
        decimal=str(part.get("decimal", ".")),
    )


def folded(word: str | None) -> str:
    """A word as it stands in the tables: small letters, single blanks."""
    return re.sub(r"[\s\u00a0]+", " ", word or "").strip().casefold()


def any_of(words: Iterable[Any]) -> str:
    """An alternation of plain words, the longest first, with blanks of any kind."""
    ordered = sorted({str(word) for word in words}, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace("\\ ", f"{BLANK}+") for word in ordered)


def _number(part: Mapping[str, Any], units: Mapping[str, Any], *, spaced: bool) -> re.Pattern[str]:
    gap = f"(?:{BLANK}|-)?" if spaced else f"{BLANK}?"
    close = r"(?![^\W\d_])" if spaced else ""
    digits = (
        rf"\d{{1,3}}(?:[,'’]\d{{3}})+(?:\.\d+)?|\d{{1,3}}(?:{BLANK}\d{{3}})+(?:[.,]\d+)?(?!\d)"
        rf"|\d{{1,3}}(?:\.\d{{3}})+,\d+|\d{{1,3}}(?:\.\d{{3}}){{2,}}|\d+(?:[.,]\d+)?"
    )
    scales = any_of(part.get("scales", ())) or _NOTHING
    codes = rf"(?-i:(?:{'|'.join(sorted(_codes()))})(?![^\W\d_]))" if spaced else "|".join(sorted(_codes()))
    named = [*part.get("currencies_shared", ()), *(_world_names(part))]
    before, after = (
        f"{codes}|{any_of([*part.get(f'currencies_{side}', ()), *named])}" for side in ("before", "after")
    )
    half = any_of(part.get("half_more", ())) or _NOTHING
    # `2400多亿`, `300+ million`, `300 or more tonnes`: how near a number is, before its scale or before its unit.
    inside = any_of(part.get("inside", ())) or _NOTHING
    behind = any_of(word for words in part.get("after", {}).values() for word in words) or _NOTHING
    near = rf"\+|(?:{BLANK}|-)(?:{behind})" if spaced else _NOTHING
    spelt = _words(part, spaced=spaced)
    # `5 (five) million`, as contracts have it.
    again = rf"(?:{BLANK}?\((?:{spelt})\))?" if spaced else ""
    # `3x4`, `12 m3`, `$1 $2`: letters and signs that a digit follows are no unit; behind a word it is a footnote's.
    short = {word for word in units if word != "%" and len(word) < 3} if spaced else set[str]()
    unit = rf"(?:{any_of(set(units) - short) or _NOTHING}){close}|(?:{any_of(short) or _NOTHING})(?!\w)"
    scaled, measured = rf"{gap}(?:{scales}){close}", rf"{gap}(?:(?:{after})(?!\w)|{unit})"
    return re.compile(
        rf"(?:(?<![^\W\d_])(?P<before>{before}){BLANK}?)?(?:(?P<digits>{digits}){again}|(?P<words>{spelt}))"
        rf"(?P<half>{BLANK}+(?:{half})\b)?(?P<inside>{inside}|(?:{near})(?={scaled}|{measured}))?"
        rf"(?:{gap}(?P<scale>{scales}){close}(?P<near>(?:{near})(?={measured}))?)?"
        rf"(?:{gap}(?:(?P<after>{after})(?:{close}(?<=\w)|(?!\w))|(?P<unit>{unit})))?",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    """Every currency code in use (ISO 4217, as Babel lists them) but those that are words in capitals too."""
    from babel.numbers import list_currencies

    return (
        frozenset(code for code in list_currencies() if code.isascii() and code[0] != "X")
        - _WORDS_IN_CAPITALS
    )


@lru_cache(maxsize=8)
def _world(code: str) -> dict[str, str]:
    """The codes, and in English every full name of a currency (`Kenyan shillings`), each with its code."""
    found = {folded(one): one for one in _codes()}
    if code.startswith("en"):
        found |= _names()
    return found


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from babel import Locale
    from babel.numbers import get_currency_name

    english = Locale("en")
    return {
        folded(name): code
        for code in sorted(_codes())
        for count in (1, 2)
        if (name := get_currency_name(code, count=count, locale=english)) and "(" not in name and " " in name
    }


def _world_names(part: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_names()) if part.get("articles") else ()


def _words(part: Mapping[str, Any], *, spaced: bool) -> str:
    """Spelt numbers: `twenty-five`, `two hundred and fifty`, `a dozen`, `half a` and `a` before a scale.

    What follows within one number is smaller than what went before: `five and six` are two.
    """
    if not spaced:
        return any_of(part.get("words", ())) or _NOTHING
    sizes: dict[str, list[str]] = {"hundreds": [], "tens": [], "ones": [], "rest": []}
    for word, value in _numbers(part.get("words", {})).items():
        tens = 20 <= value < 100 and value % 10 == 0
        size = "hundreds" if value >= 100 else "tens" if tens else "ones" if 1 <= value < 10 else "rest"
        sizes[size].append(word)
    hundreds, tens_, ones, rest = (any_of(words) or _NOTHING for words in sizes.values())
    joining = any_of(part.get("joining", ())) or _NOTHING
    articles = any_of(part.get("articles", ())) or _NOTHING
    parts = any_of(part.get("parts", ())) or _NOTHING
    scales = any_of(part.get("scales", ())) or _NOTHING
    inside = any_of(part.get("inner_scales", ())) or _NOTHING
    apart = f"(?:{BLANK}|-)"
    scaled = rf"(?={BLANK}+(?:{scales})\b)"
    below = rf"(?:(?:{tens_})(?:{apart}(?:{ones}))?|{ones}|{rest})"
    hundred = rf"(?:{hundreds}|(?:{articles}|{below}){apart}(?:{inside}))"
    whole = rf"(?:{hundred}(?:{apart}(?:(?:{joining}){BLANK})?{below})?|{below})"
    return rf"\b(?:(?:{parts}){scaled}|{whole}|(?:{articles}){scaled})(?!\w)"


def _fraction(
    part: Mapping[str, Any], fractions: Mapping[str, float], units: Mapping[str, Any]
) -> re.Pattern[str]:
    """`a third of`, `two thirds`, `half`; not `third quarter`, `the second half`, `half a billion`, `half an hour`."""
    counts = any_of([*part.get("words", ()), *part.get("articles", ())])
    alone = any_of(part.get("fraction_alone", ())) or _NOTHING
    scales, measures = (any_of(words) or _NOTHING for words in (part.get("scales", ()), units))
    unscaled = rf"(?!{BLANK}+(?:of{BLANK}+)?an?{BLANK}+(?:{scales})\b|{BLANK}+an?{BLANK}+(?:{measures})\b)"
    ahead = rf"(?={BLANK}+(?:{any_of(part.get('fraction_before', ())) or _NOTHING})\b|[.,;:)!?”\"]|$)"
    return _pattern(
        rf"\b(?:(?P<count>{counts})(?:{BLANK}|-)+(?P<part>{any_of(fractions)})|(?P<alone>{alone}))\b{unscaled}{ahead}",
        fractions,
    )


def _joint(words: list[str], *, spaced: bool) -> re.Pattern[str]:
    """What stands between the two ends of a range: a mark with or without blanks, or a word between blanks."""
    marks, spelt = (
        any_of(word for word in words if word.isalpha() is letters) or _NOTHING for letters in (False, True)
    )
    apart = "+" if spaced else "*"
    return re.compile(rf"{BLANK}*({marks}){BLANK}*|{BLANK}{apart}({spelt}){BLANK}{apart}", re.IGNORECASE)


def _pattern(pattern: str, words: Any) -> re.Pattern[str]:
    return re.compile(pattern if words else _NOTHING, re.IGNORECASE)


def _numbers(table: Mapping[Any, Any]) -> dict[str, float]:
    return {folded(str(word)): float(value) for word, value in table.items()}


def _turned(table: Mapping[str, Iterable[Any]]) -> dict[str, str]:
    """Sign by word, from the words by sign."""
    return {folded(str(word)): sign for sign, found in table.items() for word in found}
