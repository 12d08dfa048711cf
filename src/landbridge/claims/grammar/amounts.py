"""Numbers with their units in a sentence: sums, shares, measures, counts, multiples, fractions, ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from landbridge.claims.grammar.numerals import SHARED, Numerals, folded, numerals
from landbridge.claims.languages import Language

# More digits than this measure nothing.
_MOST_DIGITS = 15
# How far back the words are looked at that say what a number is no count of, how near it is, or that it grew to it.
_NAMED_BY, _NEARNESS, _GROWTH, _ORDINAL = 24, 40, 60, 9
_TEN_OF_SAME = 10
# A plus or minus before a per cent, itself behind a blank or bracket.
_SIGN = re.compile(r"(?:^|[\s(])(?P<sign>[-–+])$")
# Telephone numbers; digits joined by more than one dash: dates, catalogue and account numbers.
_TELEPHONE = re.compile(
    r"(?:\+\d{1,3}[ -]?)?\(\d{2,5}\) ?\d{1,4}(?:[ -]\d{2,4}){1,4}"
    r"|\+(?!\d{1,3}(?: \d{3})+(?! ?\d))\d{1,3}(?:[ -]\d{1,5}){2,5}"
)
_DASHED = re.compile(r"\d{1,9}(?:[-–]\d{1,9}){2}")
_THOUSAND = 1e3


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the text.

    `start`, `end` span the comparator, currency, number, scale and unit; `number` is where the number itself begins.
    `value` is in the base unit of `unit`; `unit` is empty for a bare number, `count` for `not a single`, `ordinal` for
    ordinals, `XXX` for a currency that several countries call so, until one of `shared` is chosen. `signed` marks a per
    cent with a sign before it, which is a change (`(-7.8%)`). `scale` is the factor of scale word and unit (1 without),
    kept for numbers that leave theirs out. `comparator` is empty where no word says one. `form` is `digits`, `words`,
    `fraction`, `multiple`, `none` (not a single) or `ordinal`. `other` is the other end of a range.
    """

    start: int
    end: int
    number: int
    value: float
    unit: str
    comparator: str
    form: str
    scale: float = 1.0
    other: float | None = None
    signed: bool = False
    shared: tuple[str, ...] = ()

    @property
    def bare(self) -> bool:
        """True for a number without unit."""
        return not self.unit


def amounts(text: str, start: int, end: int, language: Language) -> tuple[Amount, ...]:
    """The amounts in `text[start:end]`, in order, without overlap.

    A range gives two amounts over one span: the lower end with comparator `>=`, the upper with `<=`. Numbers that name
    (`Article 5`, `Flight 302`), that stand inside words or codes, and those with more than 15 digits are left out. Years are
    not told from numbers here: whoever knows the periods of the sentence leaves those out.
    """
    words = numerals(language)
    found = [
        _near(text, _fraction(match, words), words, start)
        for match in words.fraction.finditer(text, start, end)
        if not words.ordinal.search(text, max(start, match.start() - _ORDINAL), match.start())
    ]
    for pattern, reading in ((words.out_of, _out_of), (words.none, _none)):
        found += [
            _near(text, reading(match, words), words, start)
            for match in pattern.finditer(text, start, end)
            if not _overlaps(match, found)
        ]
    found += _numbers(text, start, end, words, found)
    for pattern, reading in ((words.multiple, _multiple), (words.ordinal, _ordinal)):
        found += [
            _near(text, reading(match, words), words, start)
            for match in pattern.finditer(text, start, end)
            if not _overlaps(match, found)
        ]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.comparator != ">=")))


def _numbers(text: str, start: int, end: int, words: Numerals, before: list[Amount]) -> list[Amount]:
    """The numbers in digits or words, those that make a range or a longer number put together."""
    found: list[Amount] = []
    taken = start
    telephones = list(_TELEPHONE.finditer(text, start, end))
    for match in words.number.finditer(text, start, end):
        if match.start() < taken or _overlaps(match, before):
            continue
        if any(one.start() < match.end() and match.start() < one.end() for one in telephones):
            continue
        amount = _read(text, match, words, start)
        if amount is not None:
            amount = _near(text, _added(text, amount, words, start), words, start)
            for one in _range(text, amount, words):
                found.append(one)
                taken = max(taken, one.end)
    return found


def _overlaps(match: re.Match[str], found: list[Amount]) -> bool:
    return any(one.start < match.end() and match.start() < one.end for one in found[-_TEN_OF_SAME:])


def _read(
    text: str, match: re.Match[str], words: Numerals, start: int, *, joined: bool = False
) -> Amount | None:
    """The amount of a match, or None for digits that name something or are part of a code."""
    digits = match["digits"]
    at = match.start("digits") if digits else match.start("words")
    if digits and (
        _inside_code(text, match, joined=joined)
        or (not match["before"] and words.naming.search(text, max(start, at - _NAMED_BY), at))
    ):
        return None
    value = _digits(digits, words.decimal) if digits else words.spelt(match["words"])
    currency = words.currencies.get(folded(match["before"] or match["after"]), "")
    scale_word = folded(match["scale"])
    scale = words.scales.get(scale_word, 1.0)
    unit, factor = (
        (currency, 1.0)
        if currency or not match["unit"]
        else words.exact.get(match["unit"]) or words.units[folded(match["unit"])]
    )
    if scale_word in words.money_scales and not unit:
        # `80m long` is a length; elsewhere a letter alone says too little.
        if scale_word not in words.units or not words.size.match(text, match.end()):
            return None
        scale, (unit, factor) = 1.0, words.units[scale_word]
    value = (value + 0.5 if match["half"] else value) * scale
    spelt_one = not digits and value == 1 and not unit and scale == 1.0
    if spelt_one and words.pronoun.match(text, match.end()):
        return None
    first = match.start("before") if match["before"] else at
    form = "digits" if digits else "words"
    mark = (match["inside"] or match["near"] or "").lstrip("-")
    near = ">" if mark == "+" else words.after_comparators.get(folded(mark), "")
    # As many digits as a number may have, and few enough to hide that 67.57 times 1e9 is no whole number.
    value = float(f"{value * factor:.{_MOST_DIGITS}g}")
    sign = _SIGN.search(text, max(start, first - 2), first) if unit == "%" and digits else None
    if sign is None:
        shared = words.shared.get(folded(match["before"] or match["after"]), ()) if unit == SHARED else ()
        return Amount(first, match.end(), at, value, unit, near, form, scale * factor, shared=shared)
    value = value if sign["sign"] == "+" else -value
    return Amount(sign.start("sign"), match.end(), at, value, unit, near, form, scale * factor, signed=True)


def _added(text: str, amount: Amount, words: Numerals, start: int) -> Amount:
    """The amount with the smaller number right behind it: `one thousand two hundred`, `5 million 300 thousand tonnes`."""
    least = amount.scale
    while amount.bare and least >= _THOUSAND:
        gap = words.further.match(text, amount.end)
        match = words.number.match(text, gap.end()) if gap else None
        second = _read(text, match, words, start, joined=True) if match and not match["before"] else None
        if match is None or second is None or second.signed or second.comparator:
            break
        known = words.exact.get(match["unit"]) or words.units.get(folded(match["unit"]))
        factor = known[1] if known else 1.0
        scaled = second.scale >= _THOUSAND * factor
        # Digits without a scale of their own begin something else: `of 5 million 300 were`.
        if second.value >= least * factor or not (scaled or amount.form == second.form == "words"):
            break
        value = amount.value * factor + second.value
        least, scale = second.scale / factor, amount.scale * factor
        amount = replace(amount, end=second.end, value=value, unit=second.unit, scale=scale)
    return amount


def _inside_code(text: str, match: re.Match[str], *, joined: bool) -> bool:
    """True for digits that are part of a word, a date, a time, a score, a telephone number or an address."""
    begin, stop = match.start("digits"), match.end("digits")
    if sum(char.isdigit() for char in match["digits"]) > _MOST_DIGITS:
        return True
    before = " " if match["before"] or joined or not begin else text[begin - 1]
    further = text[begin - 2] if begin > 1 else " "
    after, beyond = (text[place] if place < len(text) else " " for place in (stop, stop + 1))
    attached = bool(match["scale"] or match["unit"] or match["after"])
    if (
        (before.isalnum() and before.isascii())
        or before in "_#@/\\:"
        or (before in ".," and further.isdigit())
    ):
        return True
    # `alert(1)` is a call, not a number.
    if before == "(" and further.isalnum() and not attached:
        return True
    # `COVID-19`, `123-45`; a dash with a blank before it is a dash of the sentence.
    if (before in "-–" and further.isalnum()) or _DASHED.match(text, begin):
        return True
    if not attached and (before == "+" or (after.isalpha() and after.isascii())):
        return True
    return after == "@" or (after in ":/.," and beyond.isdigit())


def _digits(written: str, decimal: str) -> float:
    """The number that digits with marks stand for: `1,234.5`, `1 234,5`, `3,5`, `1.234.567`."""
    plain = re.sub(r"[\s\u00a0\u2009\u202f'’]", "", written)
    for mark in ".,":
        if plain.count(mark) > 1:
            plain = plain.replace(mark, "")
    if "." in plain and "," in plain:
        thousands = "." if plain.rfind(",") > plain.rfind(".") else ","
        return float(plain.replace(thousands, "").replace(",", "."))
    mark = "," if "," in plain else "."
    whole, _, rest = plain.partition(mark)
    # Three digits behind a mark that is not the language's decimal one are a group of thousands.
    grouped = len(rest) == 3 and mark != decimal and len(whole) <= 3 and whole != "0"
    return float(whole + rest if grouped else f"{whole}.{rest or 0}")


def _near(text: str, amount: Amount, words: Numerals, start: int) -> Amount:
    """The amount with the word before or behind it that says how near it is meant."""
    begin, sign, stop = amount.start, amount.comparator, amount.end
    left = max(start, begin - _NEARNESS)
    if (match := words.before.search(text[left:begin])) is not None:
        sign = words.comparators[folded(match["word"])]
        begin = left + match.start("word")
        # `increase up to 100` names where something goes, not a limit.
        if sign == "<=" and words.reaching.search(text, max(start, begin - _GROWTH), begin):
            sign = "="
    elif (match := words.after.match(text, stop)) is not None:
        sign, stop = words.after_comparators[folded(match["word"])], match.end()
    elif text[stop : stop + 1] == "+":
        sign, stop = ">", stop + 1
    return replace(amount, start=begin, end=stop, comparator=sign)


def _range(text: str, amount: Amount, words: Numerals) -> Iterator[Amount]:
    """The amount, or the two ends of the range that begins with it."""
    second = _second(text, amount, words)
    if second is None:
        yield amount
        return
    low = amount
    if low.scale == 1.0 and (low.bare or second.bare or low.unit == second.unit):
        low = replace(low, value=low.value * second.scale, unit=second.unit or low.unit, scale=second.scale)
    elif low.bare:
        low = replace(low, unit=second.unit)
    if second.bare and low.unit:
        factor = low.scale if second.scale == 1.0 else 1.0
        second = replace(second, value=second.value * factor, unit=low.unit, scale=second.scale * factor)
    if low.value >= second.value:
        yield amount
        return
    yield replace(low, end=second.end, comparator=">=", other=second.value)
    yield replace(second, start=amount.start, comparator="<=", other=low.value)


def _second(text: str, amount: Amount, words: Numerals) -> Amount | None:
    """The number that ends a range, if `amount` begins one."""
    joint = words.joint.match(text, amount.end)
    if joint is None:
        return None
    lead = text[max(0, amount.start - _GROWTH) : amount.start].casefold().rstrip()
    first, *others = words.opening or ("",)
    opened = lead.endswith(tuple(others)) if others else False
    word = folded(joint[2])
    # `between 8 and 10` is a range, `8 and 10` are two numbers; `grew from 3 to 5` names two levels.
    if (word in ("and", "и", "和") and not opened) or (
        word and first and lead.endswith(first) and words.growing.search(lead)
    ):
        return None
    # `rose by 300 million to 2.1 billion`: a step and a level.
    if word and lead.endswith(words.steps) and words.growing.search(lead):
        return None
    after = words.number.match(text, joint.end())
    second = _read(text, after, words, amount.start, joined=True) if after else None
    if second is None or not (amount.bare or second.bare or amount.unit == second.unit):
        return None
    return second


def _multiple(match: re.Match[str], words: Numerals) -> Amount:
    value = words.multiples[folded(match["word"])]
    return Amount(match.start(), match.end(), match.start(), value, "x", "", "multiple")


def _fraction(match: re.Match[str], words: Numerals) -> Amount:
    times = words.words.get(folded(match["count"]), 1.0)
    value = times * words.fractions[folded(match["part"] or match["alone"])]
    return Amount(match.start(), match.end(), match.start(), round(value, 4), "%", "", "fraction")


def _out_of(match: re.Match[str], words: Numerals) -> Amount:
    some, whole = (
        words.words.get(folded(match[name])) or words.scales.get(folded(match[name])) or float(match[name])
        for name in ("some", "all")
    )
    return Amount(
        match.start(), match.end(), match.start(), round(100 * some / whole, 4), "%", "", "fraction"
    )


def _none(match: re.Match[str], _: Numerals) -> Amount:
    return Amount(match.start(), match.end(), match.start(), 0.0, "count", "=", "none")


def _ordinal(match: re.Match[str], words: Numerals) -> Amount:
    return Amount(match.start(), match.end(), match.start(), words.nth(match[0]), "ordinal", "=", "ordinal")
