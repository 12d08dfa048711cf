"""Periods of a sentence: which time is named, and which part it plays in what is said.

`in 2022` is when something was; `by 2030` when it shall be; `since 2013` when it began; `by the end of 2021` of a past
state, and `as of October 2022`, at what time it stood; `compared with 2021` what it is measured by; `in 2020 and 2021`
each of two years.
The words before and after a date decide, then the tense (`landbridge.claims.grammar.tense`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from landbridge.claims.grammar.dates import Date, dates, either, plain, words
from landbridge.claims.grammar.spans import ordered
from landbridge.claims.grammar.tense import CLAUSE, PAST, PLAN, tense
from landbridge.claims.languages import Language

AT, DEADLINE, SINCE, ASOF, BASE, EACH = "at", "deadline", "since", "asof", "base", "each"
# In characters: no lead is longer, nothing farther away is compared, and no amount after `from` is longer.
_LOOK_BACK, _COMPARED_WITHIN, _AMOUNT_WITHIN = 48, 90, 40
# Leads that belong to what is compared or owned, not to the time.
_OUTSIDE = frozenset({"beside", "base", "over", "horizon"})


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that a sentence names.

    `period` is what the words state, in the form of the ledger; None where they count from the date of the text, and
    `asof` then holds them verbatim. Words that only compare (`year-on-year`) have neither. `role` is `at`, `deadline`,
    `since`, `asof`, `base` (what something is compared with) or `each` (one of several years named together, all with
    the same span).
    `relative` says what the words of `asof` have to do with the date of the text (see `dating.resolve`).
    """

    start: int
    end: int
    period: str | None
    asof: str | None
    role: str
    relative: str = ""


@dataclass(frozen=True, slots=True)
class _Around:
    """Expressions for what stands around a date."""

    lead: re.Pattern[str]
    roles: Mapping[str, frozenset[str]]
    tail: re.Pattern[str]
    tails: Mapping[str, str]
    through: re.Pattern[str]
    between: re.Pattern[str]
    both: re.Pattern[str]
    compared: re.Pattern[str]
    stops: re.Pattern[str]
    change: re.Pattern[str]
    amount: re.Pattern[str]
    counting: re.Pattern[str]
    opening: re.Pattern[str]
    verbs: re.Pattern[str]


@lru_cache(maxsize=8)
def _around(language: Language) -> _Around:
    part = language.part("periods")
    spaced = bool(part.get("spaced", True))
    gap, edge, stop = (r"\s{1,3}", r"(?<!\w)", r"(?!\w)") if spaced else (r"\s?", "", "")
    roles: dict[str, set[str]] = {}
    for role, group in part.get("leads", {}).items():
        for word in group:
            roles.setdefault(plain(str(word)), set()).add(role)
    tails = {plain(str(word)): role for role, group in part.get("tails", {}).items() for word in group}
    articles = rf"(?:{either(part.get('articles', ()))}{gap}){{0,2}}" if part.get("articles") else ""

    def one(name: str) -> str:
        return rf"{edge}{either(part.get(name, ()))}{stop}"

    return _Around(
        lead=re.compile(rf"{edge}(?P<lead>{either(roles)}){gap}{articles}$", re.IGNORECASE),
        roles={word: frozenset(found) for word, found in roles.items()},
        tail=re.compile(rf"{gap}(?P<tail>{either(tails)}){stop}", re.IGNORECASE),
        tails=tails,
        through=re.compile(
            rf"\s?[-–—−‑]\s?|(?:{gap}|,\s){either(part.get('through', ()))}{gap}{articles}", re.IGNORECASE
        ),
        between=re.compile(rf"{edge}{either(part.get('between', ()))}{gap}{articles}$", re.IGNORECASE),
        both=re.compile(rf"(?:{gap}|,\s){either(part.get('and', ()))}{gap}{articles}", re.IGNORECASE),
        compared=re.compile(
            rf"{edge}(?:(?P<sure>{either(part.get('compared', ()))})|{either(part.get('compared_from', ()))}){stop}",
            re.IGNORECASE,
        ),
        stops=re.compile(one("compared_stops"), re.IGNORECASE),
        change=re.compile(rf"(?:{one('changes')}|%)", re.IGNORECASE),
        amount=re.compile(
            rf"[$€£¥₽]|\d\s?%|\d\s?{either(part.get('scales', ()))}{stop}|{one('scales')}", re.IGNORECASE
        ),
        counting=re.compile(rf"{one('counting')}\s{{1,3}}(?:the\s)?$", re.IGNORECASE),
        opening=re.compile(rf"\W{{0,3}}(?:{either(part.get('openers', ()))}\s{{1,3}})?", re.IGNORECASE),
        verbs=re.compile(rf"\s{{1,3}}{either(part.get('year_verbs', ()))}{stop}", re.IGNORECASE),
    )


def periods(text: str, start: int, end: int, language: Language) -> tuple[Moment, ...]:
    """The moments that a span of the text (a sentence) names, in order; they overlap only where several share one span."""
    sentence = text[start:end]
    around = _around(language)
    found: list[Moment] = []
    reached = 0
    for date in _joined(sentence, dates(sentence, language), around):
        moments = _moments(sentence, date, reached, around, language)
        found += (replace(moment, start=moment.start + start, end=moment.end + start) for moment in moments)
        reached = max((moment.end for moment in moments), default=date.end)
    return tuple(found)


def _joined(sentence: str, found: tuple[Date, ...], around: _Around) -> list[Date]:
    """Dates with those that begin and end one stretch made one: `from March 2021 to June 2023`."""
    joined: list[Date] = []
    for date in found:
        last = joined[-1] if joined else None
        if last is not None and (one := _stretch(sentence, last, date, around)) is not None:
            joined[-1] = one
        elif len(date.periods) == 2 and (before := _between(sentence, date, around)):
            joined.append(replace(date, start=before.start(), periods=("/".join(date.periods),), needs=""))
        else:
            joined.append(date)
    return joined


def _stretch(sentence: str, first: Date, last: Date, around: _Around) -> Date | None:
    """One stretch from the first date to the last, where the words between them make one."""
    if len(first.periods) != 1 or len(last.periods) != 1 or "/" in first.periods[0] + last.periods[0]:
        return None
    # Two bare numbers are found together where they are years.
    if (
        first.base
        or last.base
        or first.needs == last.needs == "year"
        or not ordered(first.periods[0], last.periods[0])
    ):
        return None
    between = sentence[first.end : last.start]
    start, whole = first.start, around.through.fullmatch(between) is not None
    if not whole and around.both.fullmatch(between):
        before = _between(sentence, first, around)
        # `late 2021 and most of 2022` is one stretch; `in 2020 and 2021` are two years.
        whole = before is not None or bool(first.part and last.part)
        start = before.start() if before else start
    if not whole:
        return None
    return Date(start, last.end, (f"{first.periods[0]}/{last.periods[0]}",))


def _between(sentence: str, date: Date, around: _Around) -> re.Match[str] | None:
    """The word before a date that says that a stretch begins with it."""
    return around.between.search(sentence, max(0, date.start - _LOOK_BACK), date.start)


def _moments(
    sentence: str, date: Date, reached: int, around: _Around, language: Language
) -> tuple[Moment, ...]:
    """What one date comes to; nothing where it turns out to be a number or a name."""
    beside = _beside(sentence, date, reached, around)
    if date.needs and not _real(sentence, date, beside, around, language):
        return ()
    role = _role(sentence, date, beside, around, language)
    start, end = date.start, date.end
    if beside.lead and role != BASE and not beside.roles <= _OUTSIDE:
        start = beside.begins
    if beside.tail in ("since", "limit") and role in (SINCE, DEADLINE, ASOF):
        end = beside.ends
    said = sentence[start:end]
    if not date.periods:
        if not date.timed:
            return (Moment(start, end, None, None, role),)
        relative = "" if date.relative == "?base" else date.relative
        if relative.startswith(("?", "weekday?")) and tense(sentence, start, end, language) == PLAN:
            relative = relative.replace("?", ">")
        return (Moment(start, end, None, said, role, relative),)
    if role == SINCE:
        return (Moment(start, end, f"{date.periods[0].partition('/')[0]}/..", None, role),)
    if role == AT and len(date.periods) > 1:
        role = EACH
    return tuple(Moment(start, end, period, None, role) for period in date.periods)


@dataclass(frozen=True, slots=True)
class _Beside:
    """The words before a date and behind it: where they begin and end, what they are, and what they make of it."""

    begins: int
    ends: int
    lead: str
    roles: frozenset[str]
    tail: str
    reached: int


def _beside(sentence: str, date: Date, reached: int, around: _Around) -> _Beside:
    lead = around.lead.search(sentence, max(reached, date.start - _LOOK_BACK), date.start)
    tail = around.tail.match(sentence, date.end)
    word = plain(lead["lead"]) if lead else ""
    return _Beside(
        begins=lead.start() if lead else date.start,
        ends=tail.end() if tail else date.end,
        lead=word,
        roles=around.roles[word] if lead else frozenset(),
        tail=around.tails[plain(tail["tail"])] if tail else "",
        reached=reached,
    )


def _role(sentence: str, date: Date, beside: _Beside, around: _Around, language: Language) -> str:
    """The part a date plays, after the words before and behind it."""
    roles, tail = beside.roles, beside.tail
    clause = sentence[_clause(sentence, beside.begins, beside.reached) : beside.begins]
    stretch = "/" in date.relative or any("/" in period for period in date.periods)
    if date.base or tail == "base" or "base" in roles or _compared(clause, around):
        return BASE
    if date.relative == "?base" and clause.strip():
        return BASE
    limit = tail == "limit" or bool(roles & {"limit", "horizon"})
    past = not limit or tense(sentence, date.start, date.end, language) == PAST
    # Where one word leads both to a deadline and to what is measured by, only what has happened is measured.
    if "over" in roles and not stretch and tail != "since" and past and around.change.search(clause):
        days = any(len(period) == len("2023-05-14") for period in date.periods)
        if not days:
            return BASE
    if limit:
        return ASOF if past else DEADLINE
    if tail == "since" or roles & {"since", "from"}:
        # `from January to August` ends, and so does not go on.
        return AT if "from" in roles and stretch else SINCE
    if "edge" in roles and date.part in ("end", "begin"):
        return ASOF
    return ASOF if "asof" in roles else AT


def _clause(sentence: str, end: int, reached: int) -> int:
    """Where the clause begins that ends at `end`, not before the moment before it."""
    begin = max(reached, end - _COMPARED_WITHIN)
    return max((match.end() for match in CLAUSE.finditer(sentence, begin, end)), default=begin)


def _compared(clause: str, around: _Around) -> bool:
    """True where the clause before a date says `compared with 27 million`, `up from $5 billion`."""
    for match in around.compared.finditer(clause):
        rest = clause[match.end() :]
        if not any(sign.isdigit() for sign in rest) or around.stops.search(rest):
            continue
        if match["sure"] or (around.amount.search(rest) is not None and len(rest) <= _AMOUNT_WITHIN):
            return True
    return False


def _real(sentence: str, date: Date, beside: _Beside, around: _Around, language: Language) -> bool:
    """True where the words around a date that may be none say that it is one."""
    if date.needs == "lead":
        return bool(beside.lead)
    counted = words(language).counted.match(sentence, date.end) is not None
    if beside.lead:
        if around.counting.search(sentence, max(0, date.start - _LOOK_BACK), date.start):
            return False
        weak = beside.lead in language.part("periods").get("weak_leads", ()) and beside.begins > 0
        if counted and (weak or int(date.periods[-1]) % 100 == 0):
            return False
        # `over 2000` may be a count: only a change is told over a year.
        if beside.roles <= _OUTSIDE and "over" in beside.roles:
            told = sentence[_clause(sentence, beside.begins, beside.reached) : beside.begins]
            if around.change.search(told) is None:
                return False
        # `from 2019 to 2,500 units` counts.
        towards = around.through.match(sentence, date.end) if "from" in beside.roles else None
        return towards is None or not sentence[towards.end() : towards.end() + 1].isdigit()
    if counted:
        return False
    before = sentence[: date.start].rstrip()
    if beside.tail == "base":
        return True
    if beside.tail:
        return not before or before.casefold().endswith("the")
    if before.endswith("(") or sentence[date.end : date.end + 1] == ")":
        return True
    opens = (
        before[-1:] in ("", ";", "—", "–") or around.opening.fullmatch(sentence, 0, date.start) is not None
    )
    behind = sentence[date.end :].lstrip()[:1]
    return opens and (around.verbs.match(sentence, date.end) is not None or behind in (":", "—", "–"))
