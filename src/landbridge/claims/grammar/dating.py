"""The day at which a text speaks, and the periods that words counted from it come to."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from landbridge.claims.grammar.blocks import Block, Sentence, blocks, sentences
from landbridge.claims.grammar.dates import either, words
from landbridge.claims.grammar.periods import ASOF, AT, DEADLINE, EACH, SINCE, Moment, periods
from landbridge.claims.grammar.spans import compose
from landbridge.claims.grammar.tense import PAST, PLAN, PRESENT, tense
from landbridge.claims.languages import Language, detect

_DATED = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(\d\d))?)?", re.ASCII)
_CODE = re.compile(r"([+-]\d{1,2}|[?<>]):(.*)")
_STEP = re.compile(r"(month|quarter|day)([+-]\d)")
_CLOCK = re.compile(
    r"\b\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\.?)?(?:\s?\(?[A-Z]{2,4}(?:[+-]\d{1,2})?\)?)?", re.IGNORECASE
)
# A place in capitals before the date, and an agency or a dash behind: the beginning of a news report.
_WIRE = re.compile(r"[^\W\d_][^\W_]*(?:[ -][^\W\d_]+){0,3},\s+")
_WIRE_ENDS = re.compile(r"\s*(?:\([^()]{2,40}\)|[,.]?\s*/[^/]{2,40}/)?\s*[-–—.:]")
_HEAD_BLOCKS, _HEAD_LINE = 12, 120
# Dates farther down tell nothing new about the day of a text.
_MOST_SENTENCES = 5_000


def resolve(moment: Moment, dated: str) -> str | None:
    """The period that words counted from the date of the text come to; `dated` is a year, month or day (1900 to 2100).

    None where the period is stated, where it needs a day that `dated` does not hold, and where words are too vague to
    have one: `currently`, `in recent years`, `the same year`. `in November` is the last one that had begun; said of the
    future, the next. A part of a year that is running while the text speaks is left open.
    """
    known = _DATED.fullmatch(dated)
    if moment.period is not None or known is None:
        return None
    code = moment.relative or _code(moment.asof or "")
    year, month, day = (int(part) if part else None for part in known.groups())
    if year is None or not 1900 <= year <= 2100:
        return None
    found = _period(code, year, month, day)
    if found is None or moment.role != SINCE:
        return found
    return f"{found.partition('/')[0]}/.."


@lru_cache(maxsize=256)
def _code(asof: str) -> str:
    """The code of words that came without their sentence."""
    found = [moment.relative for moment in periods(asof, 0, len(asof), detect(asof)) if moment.relative]
    return found[0] if len(found) == 1 else ""


def _period(code: str, year: int, month: int | None, day: int | None) -> str | None:
    part = _CODE.fullmatch(code)
    if part is not None:
        anchor, shape = part.groups()
        of = year + int(anchor) if anchor[0] in "+-" else _year(anchor, shape, year, month, day)
        return compose(of, shape) if of is not None else None
    step = _STEP.fullmatch(code)
    if step is not None:
        return _step(step[1], int(step[2]), year, month, day)
    if code.startswith("weekday"):
        return _weekday(code[7], int(code[8:]), year, month, day)
    if code == "month-end":
        return f"{year}-{month:02}" if month else None
    ends = {
        # A year that ends in 0 may close a decade or open one.
        "decade-end": year - year % 10 + 10 if year % 10 else None,
        "mid-century": year - year % 100 + 50 if year % 100 < 50 else None,
        "century-end": year - year % 100 + 100 if year % 100 else None,
    }
    found = ends.get(code)
    return str(found) if found is not None else None


def _year(anchor: str, shape: str, year: int, month: int | None, day: int | None) -> int | None:
    """The year of a part of a year that came without one."""
    if not shape:
        return None
    if month is None:
        return None if anchor == "<" else year
    begins, ends = _bounds(shape)
    now = (month, day if day is not None else 31)
    if anchor == "<":
        return year if ends[0] < month else year - 1
    if anchor == ">":
        return year if ends >= (month, day or 1) else year + 1
    if begins[0] == ends[0]:
        return year if begins <= now else year - 1
    if begins <= now and ends[0] > month:
        return None
    return year if ends[0] <= month else year - 1


def _bounds(shape: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last month of a part of a year, with the day it begins in the first and may end in the last."""
    if shape[0] in "HQ":
        length = 6 if shape[0] == "H" else 3
        last = length * int(shape[1])
        return (last - length + 1, 1), (last, 31)
    first, _, end = shape.partition("/")
    end = end or first
    return (int(first[:2]), int(first[3:] or 1)), (int(end[:2]), int(end[3:] or 31))


def _step(unit: str, by: int, year: int, month: int | None, day: int | None) -> str | None:
    if month is None:
        return None
    if unit == "month":
        at = 12 * year + month - 1 + by
        return f"{at // 12}-{at % 12 + 1:02}"
    if unit == "quarter":
        at = 4 * year + (month - 1) // 3 + by
        return f"{at // 4}-Q{at % 4 + 1}"
    spoken = _day(year, month, day)
    return (spoken + timedelta(days=by)).isoformat() if spoken else None


def _weekday(anchor: str, number: int, year: int, month: int | None, day: int | None) -> str | None:
    spoken = _day(year, month, day)
    if spoken is None:
        return None
    if anchor == ">":
        return (spoken + timedelta(days=(number - spoken.weekday()) % 7)).isoformat()
    back = (spoken.weekday() - number) % 7
    return (spoken - timedelta(days=back or (7 if anchor == "<" else 0))).isoformat()


def _day(year: int, month: int | None, day: int | None) -> date | None:
    """A day well inside the calendar, so that steps from it exist."""
    try:
        return date(year, month or 0, day or 0) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def text_date(text: str, language: Language) -> str:
    """The day, month or year at which a text speaks, or nothing where what it states leaves doubt.

    A line at the top that is a date, names itself one of publication or opens a news report decides. Else a month that the
    text calls its present, told of in two sentences and nothing later; else the year of the latest part-year figures
    of a text that says `this year` or `in November`, where nothing whole of that year is told.
    """
    parts = blocks(text)
    head = _dateline(text, parts, language)
    return head or _told(text, sentences(text, parts, language)[:_MOST_SENTENCES], language)


def _dateline(text: str, parts: tuple[Block, ...], language: Language) -> str:
    part = language.part("periods")
    labels = re.compile(rf"(?<!\w){either(part.get('datelines', ()))}(?!\w)", re.IGNORECASE)
    names = re.compile(either(words(language).weekdays), re.IGNORECASE)
    for block in parts[:_HEAD_BLOCKS]:
        line = text[block.start : min(block.end, block.start + _HEAD_LINE)]
        found = [m for m in periods(line, 0, len(line), language) if m.period and len(m.period) in (7, 10)]
        if not found or found[0].role not in (AT, ASOF) or "H" in found[0].period or "Q" in found[0].period:  # type: ignore[operator]
            continue
        first = found[0]
        opening = _WIRE.fullmatch(line[: first.start])
        if opening is not None and opening[0].isupper() and _WIRE_ENDS.match(line, first.end):
            return first.period or ""
        if block.end - block.start > _HEAD_LINE or len({moment.period for moment in found}) > 1:
            continue
        rest = line[: first.start] + " " + line[first.end :]
        label = labels.match(rest.lstrip())
        rest = names.sub("", _CLOCK.sub("", labels.sub("", rest)))
        left = [sign for sign in rest if sign.isalnum()]
        if not left or (label is not None and len(left) <= 40):
            return first.period or ""
    return ""


def _told(text: str, parts: tuple[Sentence, ...], language: Language) -> str:
    """The time a text speaks at, after what it tells."""
    present_words = frozenset(language.part("periods").get("present_year", ()))
    stated: list[tuple[str, int]] = []
    present: set[str] = set()
    deictic = False
    for number, part in enumerate(parts):
        for moment in periods(text, part.start, part.end, language):
            span = (text[part.start : part.end], moment.start - part.start, moment.end - part.start, language)
            time = tense(*span)
            if moment.role not in (AT, ASOF, EACH) or time == PLAN:
                continue
            if moment.period is not None:
                stated.append((moment.period, number))
                if tense(*span, of=(PAST, PLAN, PRESENT)) == PRESENT:
                    present.add(moment.period)
            elif moment.role != DEADLINE:
                anchor = moment.relative.partition(":")[0]
                deictic = deictic or anchor in present_words or (anchor == "?" and time == PAST)
    return _month_of(stated, present) or (_year_of(stated) if deictic else "")


def _end(period: str) -> str:
    return period.rpartition("/")[2]


def _months(period: str) -> bool:
    """True where a period is part of a year."""
    return len(_end(period)) > 4


def _month_of(stated: list[tuple[str, int]], present: set[str]) -> str:
    """The month of what a text tells as going on, where a second sentence tells of it and none of a later one."""
    for period in sorted(present, reverse=True):
        month = period[:7]
        if not _months(period) or month != _end(period)[:7] or month[5] in "HQ":
            continue
        told = {number for other, number in stated if _end(other)[:7] == month}
        if len(told) > 1 and all(_end(other)[:7] <= month for other, _ in stated):
            return month
    return ""


def _year_of(stated: list[tuple[str, int]]) -> str:
    """The year of the latest figures, of a part of it, where a second sentence tells of it or of the year before."""
    years = [int(_end(period)[:4]) for period, _ in stated]
    if not years:
        return ""
    latest = max(years)
    whole = any(
        year == latest and not _months(period) for year, (period, _) in zip(years, stated, strict=True)
    )
    near = {number for year, (_, number) in zip(years, stated, strict=True) if year >= latest - 1}
    return "" if whole or len(near) < 2 else str(latest)
