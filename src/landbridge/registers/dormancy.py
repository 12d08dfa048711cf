"""Dormancy: whether a tie shows signs of life, by a stated rule that is explained for each record.

The ledger is never complete, so its silence is not the silence of the tie. A record is called dormant only where the
ledger has shown it at work and then shows nothing for longer than the limit. Where it never showed it at work, or
misses most of its meetings by their own count, or keeps no chronicle of its kind, the state is unknown. The limits stand
in `dormancy_rules`; a caller may set another. docs/explanation/registers-life-cycles.md describes the rules for readers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from landbridge import codes
from landbridge.ledger import Record, Statement
from landbridge.provenance import Status
from landbridge.registers.before import began_before
from landbridge.registers.dormancy_rules import FOUNDING, Rule, rule_of
from landbridge.registers.moments import (
    Dated,
    after,
    counted,
    dated,
    day,
    elapsed,
    in_words,
    on_or_in,
    span,
)
from landbridge.registers.numbering import edition

State = Literal["alive", "dormant", "unknown", "ended"]


@dataclass(frozen=True, slots=True)
class Dormancy:
    """Whether a record is alive, and by what rule.

    `since` is the time from which the state holds as far as the ledger shows: the last sign of life (alive), the day on
    which the silence passed the limit (dormant), the end (ended); empty where the state is unknown. `review` is the day on
    which a living record becomes dormant unless another sign is entered; empty where no such day is known.
    """

    state: State
    since: str
    last_sign: Statement | None
    rule: str
    why: str
    review: str = ""

    def row(self) -> dict[str, Any]:
        """Plain columns; the id leads to the statement that is the last sign of life."""
        return {
            "state": self.state,
            "state_since": self.since or None,
            "review": self.review or None,
            "last_sign": None if self.last_sign is None else said(self.last_sign),
            "last_sign_id": None if self.last_sign is None else self.last_sign.id,
            "rule": self.rule,
            "why": self.why,
        }


def dormancy(
    record: Record,
    today: str,
    years: float | None = None,
    also: Iterable[Statement] = (),
    kept: str = "",
) -> Dormancy:
    """Whether a record shows signs of life on a day, by the rule for its kind.

    `today` is the day of the question (a year or month stands for its last day); `years` sets another limit than the
    rule's; `also` are statements of other records that show this one at work, such as the meetings of its series. What
    lies after `today` is not looked at. `kept` is the day up to which the ledger was kept (`Data.as_of`): silence after
    it is that of the ledger. What is assumed is no sign of life: nobody saw it.
    """
    now = day(today)
    rule = rule_of(record)
    if rule is None:
        return Dormancy(
            "unknown", "", None, "none", f"There is no rule of dormancy for the kind {record.kind}."
        )
    if not record.standing or record.text("type") == "set":
        return Dormancy("unknown", "", None, "none", "It is a count or an intention, not a tie of its own.")
    limit = rule.years if years is None or rule.years is None else years
    words = f"{rule.name}: {_limit(limit)} {rule.reason}"
    begun = _beginnings(record, rule)
    if begun and min(item.first for item in begun) > now:
        begins = in_words(min(begun, key=lambda item: item.first).period)
        return Dormancy("unknown", "", None, words, f"It begins only later: {begins}.")
    sign = _last(record, (*_of(record, rule.signs), *also), now)
    ending = _ended(record, rule, sign, words, now)
    if ending is not None:
        return ending
    found = _by_signs(record, rule, limit, sign, begun, words, kept, now)
    against = _against(record, rule, sign, now)
    return replace(found, why=f"{found.why} {against}") if against else found


def _by_signs(
    record: Record,
    rule: Rule,
    limit: float | None,
    sign: Dated | None,
    begun: Sequence[Dated],
    words: str,
    kept: str,
    now: date,
) -> Dormancy:
    """The state of what has not ended, by its last sign of life."""
    if limit is None:
        return _lasting(sign, begun, words, now)
    firm = (item for item in begun if item.first <= now and item.statement.status is not Status.ASSUMED)
    founded = max(firm, key=_order, default=None)
    if sign is None and founded is None:
        return Dormancy("unknown", "", None, words, f"The ledger holds no sign of life. {_SILENT}")
    last = max(filter(None, (sign, founded)), key=_order)
    if rule.scheduled and (planned := _planned(record, rule)) is not None and planned.last >= now:
        why = f"It is meant to last until {in_words(planned.period)}."
        return Dormancy("alive", last.period, last.statement, words, why, planned.last.isoformat())
    seen = min(last.last, now)
    over = after(seen, limit)
    about = f"{_about(record, last)}, {elapsed(seen, now, limit)} before {in_words(now.isoformat())}"
    if now <= over:
        why = f"{about}; that is within the limit of {counted(limit)}."
        return Dormancy("alive", last.period, last.statement, words, why, over.isoformat())
    blind = _blind(record, rule, sign, over, kept)
    if blind:
        return Dormancy("unknown", "", None if sign is None else last.statement, words, f"{about}. {blind}")
    why = f"{about}; the ledger holds nothing later, and the limit is {counted(limit)}."
    return Dormancy("dormant", over.isoformat(), last.statement, words, why)


_SILENT = "Silence of the ledger is not silence of the tie."
# A ledger that misses more than half of the meetings that are known to have been counted is no witness of a pause.
_WITNESS = 0.5


def _limit(years: float | None) -> str:
    return "no limit." if years is None else f"dormant after {counted(years)} without a sign of life."


def _blind(record: Record, rule: Rule, sign: Dated | None, over: date, kept: str) -> str:
    """Why the ledger's silence past the limit says nothing; empty where it does say something."""
    if sign is None:
        return f"The ledger has never shown it at work. {_SILENT}"
    if not rule.telling:
        return f"The ledger is no chronicle of such things. {_SILENT}"
    if kept and day(kept) <= over:
        return f"The ledger was kept only up to {in_words(kept)}. {_SILENT}"
    numbers = {number for s in record.all("meeting") if (number := edition(s.text)) is not None}
    if numbers and len(numbers) < _WITNESS * max(numbers):
        missed = f"Of at least {max(numbers)} meetings by their own count the ledger holds {len(numbers)}."
        return f"{missed} {_SILENT}"
    return ""


def _lasting(sign: Dated | None, begun: Sequence[Dated], words: str, now: date) -> Dormancy:
    """The state of what rests on a treaty: alive from its beginning to its end."""
    first = min((item for item in begun if item.first <= now), key=lambda item: item.first, default=sign)
    if first is None:
        return Dormancy("unknown", "", None, words, f"The ledger holds no sign of life. {_SILENT}")
    why = f"In force since {in_words(first.period)}; no act that ended it is held."
    return Dormancy("alive", first.period, (sign or first).statement, words, why)


def _ended(record: Record, rule: Rule, sign: Dated | None, words: str, now: date) -> Dormancy | None:
    """The state of what is over: by an act or by its own terms, or, where the end was only planned, unknown."""
    end = _planned(record, rule)
    if end is None or end.last >= now or _outlived(end, sign):
        return None
    when = on_or_in(end.period)
    last = None if sign is None else sign.statement
    if end.statement.status in (Status.FORECAST, Status.ASSUMED):
        why = f"It was to end {when}; no source held says whether it did or was prolonged."
        return Dormancy("unknown", "", last, words, why)
    terms = " unless it was prolonged, of which nothing is held" if rule.ending == "expires" else ""
    return Dormancy("ended", end.period, last, words, f"It ended {when}{terms}.")


def _outlived(end: Dated, sign: Dated | None) -> bool:
    return sign is not None and sign.first > end.last


def _against(record: Record, rule: Rule, sign: Dated | None, now: date) -> str:
    """That an end which has passed and a later sign of life contradict each other; empty where they do not."""
    end = _planned(record, rule)
    if end is None or sign is None or end.last >= now or not _outlived(end, sign):
        return ""
    planned = "planned " if end.statement.status is Status.FORECAST else ""
    return (
        f"Its {planned}end of {in_words(end.period)} stands against a sign of life of {in_words(sign.period)}: "
        "either it was prolonged, or one of the two is wrong."
    )


def _planned(record: Record, rule: Rule) -> Dated | None:
    """The latest end that is stated."""
    ends = [item for s in record.all(rule.ending) if (item := dated(s, own=True)) is not None]
    return max(ends, key=_order, default=None)


def _beginnings(record: Record, rule: Rule) -> tuple[Dated, ...]:
    found = (dated(statement, own=True) for statement in _of(record, rule.founding))
    return tuple(item for item in found if item is not None)


def _of(record: Record, names: Iterable[str]) -> tuple[Statement, ...]:
    return tuple(statement for name in names for statement in record.all(name))


def _last(record: Record, statements: Iterable[Statement], now: date) -> Dated | None:
    """The latest sign of life that had been seen by a day; one that happened comes before one that was announced."""
    return max(_signs(record, statements, now), key=_order, default=None)


def _signs(record: Record, statements: Iterable[Statement], now: date) -> Iterator[Dated]:
    for statement in statements:
        # That somebody belongs or leads, said at some time, is no happening; that they joined or took office is one.
        standing = statement.property in ("member", "co_chair") and not (
            statement.period or statement.valid_from
        )
        if statement.status is Status.ASSUMED or standing or began_before(record, statement):
            continue
        # The dates of other records that show this one at work stand in their text.
        found = dated(statement, own=statement.property in ("date", "signed"))
        if statement.status is Status.FORECAST:
            found = _announced(record, statement, found)
        if found is not None and found.first <= now:
            yield found


def _announced(record: Record, statement: Statement, held: Dated | None) -> Dated | None:
    """An announcement shows life on the day it was made, not on the day it speaks of; undated ones show none."""
    source = record.sources.get(statement.source)
    made = statement.as_of or (source.published if source else "")
    found = span(made)
    if found is None:
        return None
    announced = Dated(statement, made, found)
    return held if held is not None and held.last < announced.first else announced


def _order(item: Dated) -> tuple[date, bool, str]:
    return (item.last, item.statement.status is not Status.FORECAST, item.statement.id)


def _about(record: Record, item: Dated) -> str:
    statement = item.statement
    source = record.sources.get(statement.source)
    by = "" if source is None else f" ({source.publisher})"
    if statement.status is Status.FORECAST:
        return (
            f"Last sign of life: an announcement of {in_words(item.period)}{by}: {said(statement)}, of which no source "
            "held says that it took place"
        )
    if statement.property in FOUNDING:
        return f"The last thing dated is its {said(statement)}, {in_words(item.period)}{by}"
    return f"Last sign of life: {said(statement)}, {in_words(item.period)}{by}"


_NAMED = {
    "since": "beginning",
    "signed": "signature",
    "in_force": "entry into force",
    "talks_began": "beginning of talks",
}


def said(statement: Statement) -> str:
    """What a statement says, in a few words for people."""
    if statement.property == "member":
        return f"{codes.place(statement.text).name} becomes a member"
    if statement.property == "co_chair":
        return f"{statement.text} takes office"
    if statement.property == "date":
        return statement.subject.partition("/")[2].replace("-", " ")
    return _NAMED.get(statement.property) or statement.text or statement.property.replace("_", " ")
