"""Editions of fairs and forums that are counted: `32nd`, `XI`, `sixth`, `第32届`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.context import country, names_place
from landbridge.claims.verdicts.findings import Address, Finding, Outcome, say
from landbridge.claims.verdicts.spans import span

# Events that are counted and held once a year, as a rule; meetings of heads of state come as they come.
_COUNTED_EVENTS = frozenset(("fair", "forum", "regional_days"))
_UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = (
    "ten",
    "eleven",
    "twelf",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = ("twent", "thirt", "fort", "fift", "sixt", "sevent", "eight", "ninet")
_IN_WORDS = {word: number for number, word in enumerate(_UNITS, start=1)}
_IN_WORDS |= {f"{teen}th": number for number, teen in enumerate(_TEENS, start=10)}
_IN_WORDS |= {f"{ten}ieth": 10 * number for number, ten in enumerate(_TENS, start=2)}
_IN_WORDS |= {
    f"{ten}y-{unit}": 10 * tens + units
    for tens, ten in enumerate(_TENS, start=2)
    for units, unit in enumerate(_UNITS, start=1)
}
_CHINESE = {digit: number for number, digit in enumerate("一二三四五六七八九", start=1)}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ROMAN_FORM = re.compile(r"C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ORDINAL = re.compile(
    r"\b(?P<digits>\d{1,3})(?:st|nd|rd|th|-?(?:й|я|е|ый|ая|ое|ий))\b|第(?P<chinese>[\d一二三四五六七八九十]{1,4})届"
    r"|\b(?P<roman>[IVXLC]{1,8})\b|\b(?P<word>" + "|".join(sorted(_IN_WORDS, key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_JOINING = frozenset(("a", "an", "and", "at", "for", "in", "of", "on", "the", "to", "и", "в", "на", "по"))
# Words that any event may carry or lose.
_JOINING |= {"annual", "international", "международный", "международная"}
_PLACED = ("in", "at", "on", "в", "на")
_EVENTS_NAMED = """expo exposition exhibition fair forum festival conference congress summit session
meeting days week show"""
_EVENTS = frozenset(_EVENTS_NAMED.split())
_SAME = {"exposition": "expo", "sino": "CHN", "russo": "RUS"}
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of an event in a year. `words` are those of its name, in no order: names are turned about."""

    at: Address
    number: int
    year: int
    name: str
    words: frozenset[str]


def edition(at: Address, claim: Claim) -> Edition | None:
    """The edition that an event claims to be; None where it gives no number, no name or no single year."""
    held = span(claim.moment)
    if claim.kind != "event" or claim.indicator not in _COUNTED_EVENTS or held is None or not held.within:
        return None
    # A subject may be a whole sentence: where and when an edition was held is no part of its name.
    found = next(
        (
            one
            for text in (_proper(claim.subject), _proper(claim.quote), claim.subject)
            if (one := numbered(text)) and one[1]
        ),
        None,
    )
    if found is None:
        return None
    number, name = found
    words = frozenset(_alike(word, claim.parties) for word in _WORD.findall(name)) - _JOINING
    return Edition(at, number, int(held.within), name, words) if words else None


def _alike(word: str, parties: tuple[str, ...]) -> str:
    """A word of a name as it counts: `China`, `Chinese` and `Sino-` are one, so are `Expo` and `Exposition`."""
    bare = word.lower()
    if bare in _SAME:
        return _SAME[bare]
    # The beginnings of names tell the countries of the claim, and their adjectives with them.
    homes = {country(party) for party in parties} - {""}
    return next((home for home in sorted(homes) if names_place(bare, home)), bare)


def numbered(text: str) -> tuple[int, str] | None:
    """(Number, name without it) of an event; None where it carries no number."""
    text = text[:_LONGEST]
    for found in _ORDINAL.finditer(text):
        number = _number(found)
        if number:
            return number, " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())
    return None


def _number(found: re.Match[str]) -> int | None:
    if found["digits"]:
        return int(found["digits"])
    if found["word"]:
        return _IN_WORDS[found["word"].lower()]
    if found["chinese"]:
        return _chinese(found["chinese"])
    # A small letter is no numeral, and one letter alone is as likely an initial.
    roman = found["roman"]
    if not roman.isupper() or (len(roman) == 1 and roman not in "VX") or not _ROMAN_FORM.fullmatch(roman):
        return None
    values = [_ROMAN[letter] for letter in roman]
    return sum(
        -value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True)
    )


def _chinese(digits: str) -> int | None:
    if digits.isascii():
        return int(digits)
    tens, ten, units = digits.partition("十")
    if not ten:
        return _CHINESE.get(digits)
    # 十 is ten, 十二 twelve, 三十二 thirty-two.
    high, low = _CHINESE.get(tens or "一"), _CHINESE.get(units) if units else 0
    return None if high is None or low is None else 10 * high + low


def _proper(quote: str) -> str:
    """The number and the name in a sentence: the ordinal and the capitalised words behind it."""
    quote = quote[:_LONGEST]
    for found in _ORDINAL.finditer(quote):
        if not _number(found):
            continue
        kept: list[str] = []
        for word in quote[found.end() :].split():
            bare = word.strip("“”‘’\"'«»()")
            if not bare or not (bare[0].isupper() or bare in _JOINING or bare.rstrip(",.;:") in _EVENTS):
                break
            kept.append(bare.rstrip(",.;:"))
            if bare[-1] in ",.;:":
                break
        # `the Fair in Harbin`: the place behind the name is where it was held.
        for joint in _PLACED:
            if joint in kept and any(word.lower() in _EVENTS for word in kept[: kept.index(joint)]):
                kept = kept[: kept.index(joint)]
        while kept and kept[-1] in _JOINING:
            kept.pop()
        return f"{found[0]} {' '.join(kept)}"
    return ""


def misfit(one: Edition, other: Edition) -> Iterator[Finding]:
    """What follows from two editions of one event, given in the order of their years."""
    years, numbers = other.year - one.year, other.number - one.number
    if years == 0 and numbers == 0:
        return
    outcome: Outcome = "contradiction"
    if years == 0:
        words = "two_editions"
    elif numbers == 0:
        words = "one_edition_twice"
    elif numbers < 0:
        words = "editions_backward"
    elif numbers > years:
        words, outcome = "editions_dense", "implausible"
    else:
        words, outcome = "editions_hold", "holds"
    first, second = sorted((one.at, other.at))
    yield Finding(
        "editions",
        outcome,
        (first, second),
        say(
            words,
            one=str(one.number),
            other=str(other.number),
            first=str(one.year),
            second=str(other.year),
            year=str(one.year),
            name=one.name[:120],
        ),
        tolerance="numbers and years as stated",
    )
