"""Dates written in a sentence, before it is asked what part they play in it.

What a date may look like is said by the list `periods` of a language pack, entry by entry: the reader that understands it,
and a template. In a template a blank stands for blanks, `[x]` for `x` or nothing, `(x|y)` for one of both, `~` for what
joins the two ends of a range, and a name in braces for a word of the pack or a number: `{Y}` a year of 1900 to 2100, `{R}` a
year that the date of the text gives (`last year`), `{A}` either, `{M}` a month, `{D}` its day, `{O}` an ordinal, `{N}` a
count, `{W}` a day of the week. Every slot and gap is bounded, so that each template takes time linear in the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from landbridge.claims.grammar.spans import compose
from landbridge.claims.languages import Language

YEAR = r"(?:19\d\d|20\d\d|2100)(?!\d)"
_DASH = "[-–—‑‐−‒]"
_SLOT = re.compile(r"\{(\w+)\}|(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Date:
    """A date in a sentence.

    `periods` are what it comes to where its words say so, else `relative` says what it has to do with the date of the text
    (see `landbridge.claims.grammar.dating`); `timed` is False for words that compare without naming a time
    (`year-on-year`). `needs` names what must stand around the words to make a date of them: nothing, `lead` (`in` before
    `May`), or `year` (a bare number that may be a count). `part` is `part`, `end` or `begin` of the time named. `void` words
    look like a date that does not exist: they hide the dates inside them.
    """

    start: int
    end: int
    periods: tuple[str, ...] = ()
    relative: str = ""
    needs: str = ""
    part: str = ""
    base: bool = False
    timed: bool = True
    void: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The list of a language, made ready: expressions and look-ups."""

    spaced: bool
    capitals: bool
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    ordinals: Mapping[str, int]
    counts: Mapping[str, int]
    years: Mapping[str, str]
    last: Mapping[str, str]
    phrases: Mapping[str, str]
    base_phrases: Mapping[str, bool]
    templates: tuple[tuple[str, re.Pattern[str], frozenset[str]], ...]
    present: Mapping[str, re.Pattern[str]]
    fixed: re.Pattern[str]
    listed: re.Pattern[str]
    stretch: re.Pattern[str]
    counted: re.Pattern[str]


def plain(words: str) -> str:
    """Words as the look-ups hold them."""
    return " ".join(words.replace("’", "'").casefold().split())


def either(words: Any) -> str:
    """An expression for one of several words, the longest first; nothing matches where there are none."""
    found = sorted({str(word) for word in words}, key=lambda word: (-len(word), word))
    return (
        "(?:"
        + "|".join(re.escape(word).replace(r"\ ", r"\s{1,3}").replace("'", "['’]") for word in found)
        + ")"
        if found
        else r"(?!)"
    )


@lru_cache(maxsize=8)
def words(language: Language) -> Words:
    """The list `periods` of a language, made ready once."""
    part = language.part("periods")
    spaced = bool(part.get("spaced", True))
    names = _names(part)
    slots = _slots(part, names)
    edge = (r"(?<![\w$€£¥₽№#+@])(?<!\d[.,:/-])", r"(?!\w)") if spaced else (r"(?<!\d)(?<!\d[.,])", "")

    def whole(pattern: str) -> re.Pattern[str]:
        return re.compile(edge[0] + pattern + edge[1], re.IGNORECASE)

    # Without blanks between words only the mark tells a year from a count.
    mark = rf"(?:\s?{either(part['year_mark'])}){'?' if spaced else ''}" if part.get("year_mark") else ""
    comma = r"(?:\s?,\s{1,3}|、)"
    joint = either(part.get("and", ()))
    if spaced:
        joint = rf",?\s{{1,3}}{joint}\s{{1,3}}"
    year = slots["Y"].replace("(?P<Y>", "(?:")
    gap = r"\s{1,3}" if spaced else ""
    ahead = part.get("stretches", {})
    count = rf"(?:(?:{slots['N'].replace('(?P<N>', '(?:')}|\d{{1,3}}|{either(ahead.get('vague', ()))}){gap})?"
    stretch = rf"(?:{either(ahead.get('before', ()))}{gap}{count}{either(ahead.get('units', ()))}"
    stretch += rf"|{either(ahead.get('before_one', ()))}{gap}{either(ahead.get('units_one', ()))})"
    return Words(
        spaced=spaced,
        capitals=bool(part.get("capitals")),
        **names,
        templates=tuple(
            (
                str(how),
                whole(_compile(str(say), slots, spaced)),
                frozenset(re.findall(r"\{(\w+)\}", str(say))),
            )
            for how, say in part.get("dates", ())
        ),
        present={
            "Y": re.compile(YEAR),
            "R": re.compile(either(part.get("years", {}) and names["years"]), re.IGNORECASE),
            "M": re.compile(either(names["months"]), re.IGNORECASE),
            "O": re.compile(either(names["ordinals"]), re.IGNORECASE),
            "N": re.compile(slots["N"], re.IGNORECASE),
            "W": re.compile(either(names["weekdays"]), re.IGNORECASE),
        },
        fixed=whole(either([*names["phrases"], *names["base_phrases"], *names["years"]])),
        listed=whole(rf"{year}{mark}(?:(?:{comma}{year}{mark}){{0,12}}{joint}{year}{mark})?"),
        stretch=whole(rf"(?:{either(ahead.get('leads', ()))}{gap})?{stretch}"),
        counted=re.compile(rf"\s{{1,3}}{either(part.get('counted', ()))}(?!\w)", re.IGNORECASE),
    )


def _names(part: Mapping[str, Any]) -> dict[str, Any]:
    """The look-ups of a pack: words to numbers, and words to their distance from the date of the text."""

    def keyed(groups: Mapping[Any, Any]) -> dict[str, Any]:
        return {plain(str(word)): key for key, group in groups.items() for word in group}

    return {
        "months": keyed(dict(enumerate(part.get("months", ()), start=1))),
        "weekdays": {plain(str(day)): number for number, day in enumerate(part.get("weekdays", ()))},
        "ordinals": keyed(part.get("ordinals", {})) | keyed(part.get("halves", {})),
        "counts": {plain(str(word)): number for number, word in enumerate(part.get("counts", ()), start=1)},
        "years": keyed(part.get("years", {})),
        "last": {plain(str(word)): str(key) for word, key in part.get("last", {}).items()},
        "phrases": keyed(part.get("phrases", {})),
        "base_phrases": {
            plain(word): how == "dated"
            for how, group in part.get("base_phrases", {}).items()
            for word in group
        },
    }


def _slots(part: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, str]:
    """What each name in braces stands for."""
    units = either(part.get("units", ()))
    kept = either(part.get("decade_ends", ()))
    # Not `2018.5`, `2018-style`, `2018 tonnes`.
    no_amount = rf"(?![.,:]\d|[-‐‑](?!H[12]|Q[1-4]|{kept}(?!\w))[^\W\d_]|\s?{units}(?!\w)|\s?%)"
    year = rf"{YEAR}{no_amount}"
    month, day = either(names["months"]), r"(?:\d\d|[1-9])(?!\d)"
    alone = rf"(?![.,]\d|\s?{units}(?!\w))"
    relative, mark = either(names["years"]), either(part.get("year_mark", ()))
    dash = rf"\s?{_DASH}\s?"
    through = either(part.get("through", ()))
    blank = r"\s{1,3}" if part.get("spaced", True) else r"\s?"
    return {
        "Y": f"(?P<Y>{year})",
        "Y2": f"(?P<Y2>{year})",
        "YY": r"(?P<YY>\d\d)(?!\d|[.,:/-]\d)",
        "R": f"(?P<R>{relative})",
        "A": f"(?:(?P<Y>{year})(?:\\s?{mark})?|(?P<R>{relative}))",
        "M": f"(?P<M>{month})",
        "M2": f"(?P<M2>{month})",
        # The first of two months may leave the word `month` to the second.
        "m": r"(?P<M>1[0-2]|0?[1-9])(?!\d)",
        "D": f"(?P<D>{day})(?:st|nd|rd|th)?{alone}",
        "D2": f"(?P<D2>{day})(?:st|nd|rd|th)?{alone}",
        "O": f"(?P<O>{either(part.get('ordinals', {}) and [w for g in part['ordinals'].values() for w in g])})",
        "H": f"(?P<O>{either([w for g in part.get('halves', {}).values() for w in g])})",
        "N": rf"(?P<N>{either(names['counts'])}|1[0-2]|[1-9])(?!\d)",
        "W": f"(?P<W>{either(names['weekdays'])})",
        "last": f"(?P<last>{either(names['last'])})",
        "q": "(?P<O>[1-4])",
        "q2": "(?P<O2>[1-4])(?!\\d)",
        "mm": r"(?P<M>\d\d?)(?!\d)",
        "dd": r"(?P<D>\d\d?)(?!\d)",
        "mark": mark,
        "~": rf"(?:{dash}|{blank}{through}{blank})",
    }


def _compile(template: str, slots: Mapping[str, str], spaced: bool) -> str:
    """The expression of a template."""
    signs = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|", "?": "?", "~": slots["~"]}
    signs |= {" ": r"\s{1,3}", "'": "['’]", "-": "[-‐‑]"}
    return "".join(
        slots[found[1]] if found[1] else signs.get(found[2], re.escape(found[2]))
        for found in _SLOT.finditer(template)
    )


def dates(sentence: str, language: Language) -> tuple[Date, ...]:
    """The dates of a sentence in order; of those that overlap the longest, and of equals the one listed first."""
    ready = words(language)
    found = [*_fixed(sentence, ready), *_templates(sentence, ready), *_years(sentence, ready)]
    kept: list[Date] = []
    for date in sorted(found, key=lambda date: (date.start - date.end, date.start)):
        if all(date.end <= other.start or other.end <= date.start for other in kept):
            kept.append(date)
    return tuple(sorted((date for date in kept if not date.void), key=lambda date: date.start))


def _fixed(sentence: str, ready: Words) -> Iterator[Date]:
    """Words that are a time, or a comparison with one, as they stand."""
    for match in ready.fixed.finditer(sentence):
        said, span = plain(match[0]), match.span()
        if said in ready.base_phrases:
            yield Date(
                *span, relative="?base", base=not ready.base_phrases[said], timed=ready.base_phrases[said]
            )
        elif said in ready.years:
            yield Date(*span, relative=_relative(ready.years[said], ""))
        else:
            code = ready.phrases[said]
            if code in ("end", "begin"):
                yield Date(*span, relative="+0:12" if code == "end" else "+0:01", part=code)
            else:
                part = "end" if code.endswith("-end") else ""
                yield Date(*span, relative=_relative(code, "") if code[:1] in "+-" else code, part=part)
    for match in ready.stretch.finditer(sentence):
        yield Date(*match.span())


def _relative(anchor: str, shape: str) -> str:
    """The code of a part of a year that the date of the text gives; empty where it does not."""
    return f"{anchor}:{shape}" if anchor else ""


def _years(sentence: str, ready: Words) -> Iterator[Date]:
    """Numbers that may be years, alone or in a list."""
    if not ready.present["Y"].search(sentence):
        return
    for match in ready.listed.finditer(sentence):
        found = tuple(re.findall(YEAR, match[0]))
        yield Date(*match.span(), periods=tuple(dict.fromkeys(found)), needs="year")


def _templates(sentence: str, ready: Words) -> Iterator[Date]:
    """What the templates of the pack find."""
    has = {name for name, pattern in ready.present.items() if pattern.search(sentence)}
    needed = {"Y": "Y", "Y2": "Y", "R": "R", "M": "M", "M2": "M", "O": "O", "H": "O", "N": "N", "W": "W"}
    for how, pattern, slots in ready.templates:
        if any(needed[slot] not in has for slot in slots if slot in needed):
            continue
        if "A" in slots and not has & {"Y", "R"}:
            continue
        for match in pattern.finditer(sentence):
            date = _read(how, match, sentence, ready)
            if date is not None:
                yield date


def _read(how: str, match: re.Match[str], sentence: str, ready: Words) -> Date | None:
    """The date a template found; None where its words are none after all."""
    said = {name: words for name, words in match.groupdict().items() if words is not None}
    if ready.capitals and any(said[name][0].islower() for name in ("M", "M2", "W") if name in said):
        return None
    counted = ready.counted.match(sentence, match.end()) is not None
    year = int(said["Y"]) if "Y" in said else None
    # `December 4 companies`, `in May, 2000 people`: the number belongs to what follows.
    if counted and ((year is None and "D" in said) or (year is not None and year % 100 == 0)):
        return None
    if year is None and any(int(said[name]) > 31 for name in ("D", "D2") if name in said):
        return None
    # `from 1950 to 2018 units`; a dash between them makes years of both.
    if how == "range" and counted and not re.search(_DASH, match[0]):
        return None
    needs = "lead" if how.startswith("bare_") or how == "day_of_week" else ""
    part = how if how in ("part", "end", "begin") else ""
    if how in ("range", "short", "spelled", "rolling", "slashed"):
        period = _absolute(how, said, ready)
        return Date(*match.span(), (period,), part=part) if period else None
    if how == "ago":
        return Date(*match.span(), relative=f"-{_count(said['N'], ready)}:")
    if "W" in said:
        code = f"weekday{ready.last.get(plain(said.get('last', '')), '?')}{ready.weekdays[plain(said['W'])]}"
        return Date(*match.span(), relative=code, needs=needs)
    shapes = _shapes(how.removeprefix("bare_").removeprefix("near_").removeprefix("each_"), said, ready)
    if shapes is None:
        return None
    if how == "each_month":
        shapes = (shapes[0][:2], shapes[0][-2:])
    base = how == "base"
    if year is not None:
        periods = tuple(compose(year, shape) for shape in shapes)
        real = tuple(period for period in periods if period)
        return Date(*match.span(), real, "", needs, part, base, void=len(real) < len(periods))
    anchor = (
        ready.years[plain(said["R"])] if "R" in said else ready.last.get(plain(said.get("last", "")), "?")
    )
    shape = {"end": "12", "begin": "01"}.get(part, "") if shapes[0] == "" else shapes[0]
    # A leap year lets 29 February pass; the year is not known.
    void = compose(2000, shape) is None
    return Date(*match.span(), (), _relative(anchor, shape), needs, part, base, void=void)


def _absolute(how: str, said: Mapping[str, str], ready: Words) -> str | None:
    """The period of the forms whose year is not one number."""
    year = int(said["Y"])
    if how == "range":
        return f"{year}/{said['Y2']}" if said["Y2"] > said["Y"] else None
    if how == "short":
        last = year // 100 * 100 + int(said["YY"])
        return f"{year}/{last}" if last > year else None
    if how == "spelled":
        return f"{year}/{year + 9}" if year % 10 == 0 and year < 2100 else None
    if how == "slashed":
        first, second = int(said["D"]), int(said["M"])
        # Either order is in use; only the year is certain where both numbers may be the month.
        if first <= 12 and second <= 12 and first != second:
            return str(year)
        return compose(year, f"{min(first, second):02}-{max(first, second):02}")
    month, length = ready.months[plain(said["M"])], _count(said.get("N", "12"), ready)
    begins = 12 * year + month - length
    return f"{begins // 12}-{begins % 12 + 1:02}/{year}-{month:02}" if length > 1 else f"{year}-{month:02}"


def _count(said: str, ready: Words) -> int:
    return int(said) if said.isdecimal() else ready.counts[plain(said)]


def _ordinal(said: str, ready: Words) -> int | None:
    return int(said) if said.isdecimal() else ready.ordinals.get(plain(said))


def _shapes(how: str, said: Mapping[str, str], ready: Words) -> tuple[str, ...] | None:
    """The parts of a year that a date names, as the period forms write them behind the year; None where there is none."""
    if how in ("month", "day", "days", "months", "iso"):
        return _calendar(said, ready)
    if how in ("end", "begin", "part") and "M" in said:
        return _calendar(said, ready)
    if how in ("half", "quarter"):
        number = _ordinal(said.get("O", "4"), ready)
        if number is None or (how == "half" and number > 2):
            return None
        return (f"{how[0].upper()}{number}",)
    if how == "span":
        begins, ends = int(said["O"]), int(said["O2"])
        return (f"{3 * begins - 2:02}/{3 * ends:02}",) if begins < ends else None
    if how in ("first", "last", "quarters"):
        number = _count(said["N"], ready) if "N" in said else 3
        if how == "quarters" and not 1 <= number <= 4:
            return None
        months = 3 * number if how == "quarters" else number
        if how == "last":
            return (f"{13 - months:02}/12",) if months > 1 else ("12",)
        return (f"01/{months:02}",) if months > 1 else ("01",)
    return ("",)


def _calendar(said: Mapping[str, str], ready: Words) -> tuple[str, ...]:
    """Months and days, one or a stretch."""

    def number(name: str) -> str:
        month = said[name]
        return f"{int(month) if month.isdecimal() else ready.months[plain(month)]:02}"

    first = number("M")
    last = number("M2") if "M2" in said else first
    if "D" not in said:
        return (first if "M2" not in said else f"{first}/{last}",)
    begins = f"{first}-{int(said['D']):02}"
    if "D2" not in said:
        return (begins,)
    return (f"{begins}/{last}-{int(said['D2']):02}",)
