"""Periods of a sentence: which time is named, and which part it plays in what is said.

`in 2022` is when something was; `by 2030` when it shall be; `since 2013` when it began; `by the end of 2021` of a past state, and
`as of October 2022`, at what time it stood; `compared with 2021` what it is measured by; `in 2020 and 2021` each of two years.
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
# No lead is longer than this, and nothing farther away is compared.
_LOOK_BACK, _COMPARED_WITHIN = 48, 90
# Leads that belong to what is compared or owned, not to the time.
_OUTSIDE = frozenset({"beside", "base", "over"})


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that a sentence names.

    `period` is what the words state, in the form of the ledger; None where they count from the date of the text, which `asof` then
    holds verbatim. Words that only compare (`year-on-year`) have neither. `role` is `at`, `deadline`, `since`, `asof`,
    `base` (what something is compared with) or `each` (one of several years named together, all with the same span).
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
        elif len(date.periods) == 2 and (before := around.between.search(sentence, 0, date.start)):
            joined.append(replace(date, start=before.start(), periods=("/".join(date.periods),), needs=""))
        else:
            joined.append(date)
    return joined


def _stretch(sentence: str, first: Date, last: Date, around: _Around) -> Date | None:
    """One stretch from the first date to the last, where the words between them make one."""
    if len(first.periods) != 1 or len(last.periods) != 1 or "/" in first.periods[0] + last.periods[0]:
        return None
    if first.base or last.base or not ordered(first.periods[0], last.periods[0]):
        return None
    between = sentence[first.end : last.start]
    start, whole = first.start, around.through.fullmatch(between) is not None
    if not whole and around.both.fullmatch(between):
        before = around.between.search(sentence, max(0, first.start - _LOOK_BACK), first.start)
        # `late 2021 and most of 2022` is one stretch; `in 2020 and 2021` are two years.
        whole = before is not None or bool(first.part and last.part)
        start = before.start() if before else start
    if not whole:
        return None
    return Date(start, last.end, (f"{first.periods[0]}/{last.periods[0]}",))


def _moments(
    sentence: str, date: Date, reached: int, around: _Around, language: Language
) -> tuple[Moment, ...]:
    """What one date comes to; nothing where it turns out to be a number or a name."""
    lead = around.lead.search(sentence, max(reached, date.start - _LOOK_BACK), date.start)
    roles = around.roles[plain(lead["lead"])] if lead else frozenset[str]()
    tail = around.tail.match(sentence, date.end)
    behind = around.tails[plain(tail["tail"])] if tail else ""
    if date.needs and not _real(sentence, date, lead, behind, around, language):
        return ()
    role = _role(sentence, date, lead, roles, behind, reached, around, language)
    start, end = date.start, date.end
    if lead and role != BASE and not roles <= _OUTSIDE:
        start = lead.start()
    if tail and behind in ("since", "limit") and role in (SINCE, DEADLINE, ASOF):
        end = tail.end()
    if not date.periods:
        if not date.timed or date.relative == "?base":
            return (Moment(start, end, None, sentence[start:end] if date.timed else None, role),)
        relative = date.relative
        if relative.startswith(("?", "weekday?")) and tense(sentence, start, end, language) == PLAN:
            relative = relative.replace("?", ">")
        return (Moment(start, end, None, sentence[start:end], role, relative),)
    if role == SINCE:
        return (Moment(start, end, f"{date.periods[0].partition('/')[0]}/..", None, role),)
    if role == AT and len(date.periods) > 1:
        role = EACH
    return tuple(Moment(start, end, period, None, role) for period in date.periods)


def _role(
    sentence: str,
    date: Date,
    lead: re.Match[str] | None,
    roles: frozenset[str],
    behind: str,
    reached: int,
    around: _Around,
    language: Language,
) -> str:
    """The part a date plays, after the words before and behind it."""
    before = lead.start() if lead else date.start
    clause = sentence[_clause(sentence, before, reached) : before]
    stretch = any("/" in period for period in date.periods)
    day = any(len(period) == 10 for period in date.periods)
    if date.base or behind == "base" or "base" in roles:
        return BASE
    if "over" in roles and not stretch and not day and behind != "since" and around.change.search(clause):
        # Where the same word leads to a deadline, only what has happened is measured.
        if "limit" not in roles or tense(sentence, date.start, date.end, language) == PAST:
            return BASE
    if _compared(clause, around) or (date.relative == "?base" and before > reached and clause.strip()):
        return BASE
    if behind == "limit" or "limit" in roles:
        return ASOF if tense(sentence, date.start, date.end, language) == PAST else DEADLINE
    if behind == "since" or roles & {"since", "from"}:
        # `from January to August` ends, and so does not go on.
        return AT if "from" in roles and (stretch or "/" in date.relative) else SINCE
    if "edge" in roles and date.part in ("end", "begin"):
        return ASOF
    return ASOF if "asof" in roles else AT


def _clause(sentence: str, end: int, reached: int) -> int:
    """Where the clause begins that ends at `end`, not before the moment before it."""
    begin = max(reached, end - _COMPARED_WITHIN)
    return max((match.end() for match in CLAUSE.finditer(sentence, begin, end)), default=begin)


def _compared(clause: str, around: _Around) -> bool:
    """True where the clause before a date says `compared with 27 million`, `up from $5 billion`."""
    for match in reversed(list(around.compared.finditer(clause))):
        rest = clause[match.end() :]
        if not any(sign.isdigit() for sign in rest) or around.stops.search(rest):
            continue
        if match["sure"] or (around.amount.search(rest) is not None and len(rest) <= 40):
            return True
    return False


def _real(
    sentence: str,
    date: Date,
    lead: re.Match[str] | None,
    behind: str,
    around: _Around,
    language: Language,
) -> bool:
    """True where the words around a date that may be none say that it is one."""
    if date.needs == "lead":
        return lead is not None
    part = language.part("periods")
    counted = words(language).counted.match(sentence, date.end) is not None
    number = int(date.periods[-1][:4])
    if lead is not None:
        word = plain(lead["lead"])
        if around.counting.search(sentence, max(0, date.start - _LOOK_BACK), date.start):
            return False
        weak = word in part.get("weak_leads", ())
        if counted and (number % 100 == 0 or (weak and lead.start() > 0)):
            return False
        # `from 2019 to 2,500 units` counts.
        towards = around.through.match(sentence, date.end)
        if "from" in around.roles[word] and towards is not None:
            return not sentence[towards.end() : towards.end() + 1].isdigit()
        return True
    if counted:
        return False
    if behind:
        return sentence[: date.start].rstrip().endswith(("the", "The")) or not sentence[: date.start].strip()
    left, right = sentence[: date.start].rstrip()[-1:], sentence[date.end :].lstrip()[:1]
    if left == "(" or right == ")":
        return True
    opens = not left or around.opening.fullmatch(sentence, 0, date.start) is not None
    opens = opens or left in ";—–"
    return opens and (around.verbs.match(sentence, date.end) is not None or (right and right in ":—–"))
