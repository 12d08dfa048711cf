"""Targets beside what was reached, and assertions that a target was met or missed, or that a year was a record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.asking import dating
from landbridge.claims.verdicts.context import Context, resolved, unknown
from landbridge.claims.verdicts.flow import EXPORTS, TURNOVER, Flow, arrow, flows
from landbridge.claims.verdicts.judging import Asked, unheld
from landbridge.claims.verdicts.measured import measured
from landbridge.claims.verdicts.needs import topic_needed, trade_needed
from landbridge.claims.verdicts.series import in_unit, levels
from landbridge.claims.verdicts.spans import Span, later, span
from landbridge.claims.verdicts.verdict import (
    CONFLICTS,
    CONSISTENT,
    CONSISTENT_UNDER,
    Evidence,
    Held,
    Verdict,
    beside,
    shown,
)

_LEVELS = ("trade_turnover", "exports", "imports")
# Targets named side by side are one goal in steps: as many code points apart as a sentence may have. Assumed.
_NEAR = 400
_TRADE = re.compile(r"\b(?:trade|turnover)\b|товарооборот|贸易", re.IGNORECASE)


def target(context: Context, claim: Claim) -> Verdict:
    """A target states an intention, which no statistic bears out or refutes; what was reached stands beside it."""
    words = "A target states what is meant or hoped, which statistics can neither bear out nor refute."
    reached = _reached(context, claim)
    period = context.span(claim)
    asked = Asked(f"the level at the deadline, to be set beside it: {_needed(context, claim, period)}")
    if not reached:
        if claim.value is None or period is None:
            return unheld(claim, asked, words=f"{words} It states no value with a deadline.")
        if (other := measured(claim, context.sentence(claim))) is not None:
            return unheld(claim, Asked(other.needed), words=f"{words} It is of {other.scope}: {other.why}.")
        return unheld(claim, asked, words=f"{words} No level of {period.words()} is held.")
    said = "; ".join(
        f"{_outcome(claim, item)} by the count of {_counter(context, item)}: {_value(item)}"
        for item in reached
    )
    items = tuple(beside(item, context.dated, "reached at the deadline") for item in reached)
    reason = f"{words} Its deadline has passed in the data: {said}. {dating(claim)}".strip()
    return Verdict(claim, "not_checkable", "", items, reason)


def _needed(context: Context, claim: Claim, period: Span | None) -> str:
    meant = flows(claim) if claim.indicator in _LEVELS else ()
    if not meant:
        return topic_needed(claim)
    return trade_needed(context, meant[0], period.words() if period else "")


def _reached(context: Context, claim: Claim) -> list[Held]:
    """The levels at the deadline of a target, of statistics only: each reporter's and series' own."""
    period = context.span(claim)
    if claim.value is None or period is None or period.open or claim.indicator not in _LEVELS:
        return []
    if measured(claim, context.sentence(claim)) is not None or unknown(claim.parties):
        return []
    whole = span(str(period.last // 12)) if not period.year else period
    held = [
        item
        for flow in flows(claim)
        for item in levels(context, flow)
        if item.span == whole and item.main and item.binding
    ]
    return list(in_unit(held, claim.unit or ""))


def _outcome(claim: Claim, item: Held) -> str:
    return "reached" if _is_met(claim, item) else "missed"


def _is_met(claim: Claim, item: Held) -> bool:
    assert item.figure is not None
    assert claim.value is not None
    return item.figure.point >= claim.value


def _counter(context: Context, item: Held) -> str:
    return context.name(item.reporter) if item.reporter else "a source not named"


def _value(item: Held) -> str:
    assert item.figure is not None
    return f"{shown(item.figure.point, item.figure.unit)} [{item.figure.id}]"


def outcome(context: Context, claim: Claim) -> Verdict:
    """`target_met` or `target_missed`: the targets that the text named before, against the levels at their deadlines."""
    said_met = claim.indicator == "target_met"
    goals = _goals(context, claim)
    if not goals:
        needed = "the target that is meant: parties, value and deadline"
        return unheld(claim, Asked(needed), words="No target with a value and a deadline stands before it.")
    steps = [(goal, _reached(context, goal)) for goal in goals]
    items = tuple(
        _judged(context, goal, item, said_met=said_met) for goal, reached in steps for item in reached
    )
    missing = next((goal for goal, reached in steps if not reached), None)
    if missing is not None:
        words = f"No level at the deadline {missing.moment} is held."
        asked = Asked(_needed(context, missing, context.span(missing)))
        return unheld(claim, asked, items, words)
    findings = " ".join(_finding(context, goal, reached) for goal, reached in steps)
    reason = f"{findings} {_ahead(context, goals)}".strip()
    agreeing = [item for item in items if item.agrees]
    names = ", ".join(f"{shown(goal.value or 0, goal.unit or '')} by {goal.moment}" for goal in goals)
    definition = f"level at the deadline against the target: {names}"
    if len(agreeing) == len(items):
        return Verdict(claim, CONSISTENT, definition, items, reason, "the target itself, without tolerance")
    if agreeing:
        under = f"{definition}; as in {agreeing[0].definition}"
        return Verdict(claim, CONSISTENT_UNDER, under, items, reason, "the target itself, without tolerance")
    return Verdict(claim, CONFLICTS, definition, items, reason, "the target itself, without tolerance")


def _goals(context: Context, claim: Claim) -> list[Claim]:
    """The targets meant: what the statement itself names, else those with its deadline, else the group just before it.

    A statement that names a deadline speaks of no target with another.
    """
    if own := [goal for other in context.claims if (goal := _named(claim, other)) is not None]:
        return own
    parties = {resolved(party) for party in claim.parties}
    known = [
        other
        for other in context.claims
        if other.kind == "target"
        and other.value is not None
        and other.moment
        and other.indicator in _LEVELS
        and (not parties or {resolved(party) for party in other.parties} == parties)
    ]
    if claim.moment:
        return [goal for goal in known if goal.moment[:4] == claim.moment[:4]]
    found: list[Claim] = []
    reach = claim.start
    for goal in sorted((g for g in known if g.start <= claim.start), key=lambda g: g.end, reverse=True):
        if reach - goal.end > _NEAR:
            break
        found.append(goal)
        reach = goal.start
    return found[::-1]


def _named(claim: Claim, other: Claim) -> Claim | None:
    """A target inside the words of the statement: `trade of 200 billion by 2020 never happened` names it."""
    inside = claim.start <= other.start and other.end <= claim.end and other is not claim
    if not inside or other.value is None or not other.moment or other.unit not in ("USD", "CNY"):
        return None
    if other.indicator in _LEVELS:
        return replace(other, kind="target")
    if other.indicator == "other" and _TRADE.search(f"{other.quote[:200]} {other.subject[:200]}"):
        return replace(
            other, kind="target", indicator="trade_turnover", parties=other.parties or claim.parties
        )
    return None


def _judged(context: Context, goal: Claim, item: Held, *, said_met: bool) -> Evidence:
    """One level beside one target; it agrees where it was reached as the text says."""
    shown_item = beside(item, context.dated)
    assert item.figure is not None
    assert goal.value is not None
    return Evidence(
        definition=f"target {shown(goal.value, goal.unit or '')} by {goal.moment}: {item.definition}",
        value=shown_item.value,
        low=shown_item.low,
        high=shown_item.high,
        unit=shown_item.unit,
        period=shown_item.period,
        figure=item.figure,
        reporter=item.reporter,
        basis=item.basis,
        tolerance="the target itself",
        agrees=_is_met(goal, item) is said_met,
        cell=shown_item.cell,
        gap_pct=100 * (goal.value / item.figure.point - 1) if item.figure.point else None,
        note=shown_item.note,
    )


def _finding(context: Context, goal: Claim, items: Sequence[Held]) -> str:
    assert goal.value is not None
    parts = []
    for item in items:
        assert item.figure is not None
        gap = 100 * (item.figure.point / goal.value - 1) if goal.value else 0.0
        who = _counter(context, item)
        parts.append(f"{_outcome(goal, item)} by the count of {who}, {_value(item)}, {gap:+.1f} %")
    return f"{shown(goal.value, goal.unit or '')} by {goal.moment}: {'; '.join(parts)}."


def _ahead(context: Context, goals: Sequence[Claim]) -> str:
    """A remark where a deadline had not passed when the text was written."""
    ahead = [goal.moment for goal in goals if later(goal.moment, context.dated) is True]
    return f"When it was said, the deadline {', '.join(ahead)} had not passed." if ahead else ""


def record(context: Context, claim: Claim) -> Verdict:
    """`record_high` or `record_low`: a year against every year of the same series that is held up to then."""
    ends = arrow(claim) or (tuple(map(resolved, claim.parties)) if len(claim.parties) == 2 else ())
    period = context.span(claim)
    if len(ends) != 2 or period is None or not period.year:
        return unheld(claim, Asked("the year and the two places that are meant"))
    flow = Flow(EXPORTS, *ends) if arrow(claim) else Flow(TURNOVER, *sorted(ends))
    if (other := measured(claim, context.sentence(claim))) is not None:
        return unheld(claim, Asked(other.needed), words=f"The record is of {other.scope}: {other.why}.")
    asked = Asked(f"{trade_needed(context, flow, period.words())}, and every year before it")
    found = list(_records(context, claim, flow, period))
    if not found:
        return unheld(claim, asked)
    items = tuple(item for item, _ in found)
    agreeing = [item for item in items if item.agrees]
    reason = (
        f"{' '.join(words for _, words in found)} Years before those held may differ. {dating(claim)}".strip()
    )
    if not agreeing:
        return Verdict(claim, CONFLICTS, items[0].definition, items, reason)
    return Verdict(claim, CONSISTENT_UNDER, agreeing[0].definition, items, reason)


def _records(context: Context, claim: Claim, flow: Flow, period: Span) -> Iterator[tuple[Evidence, str]]:
    """One series after the other that holds the year and others before it, with what it says."""
    series: dict[tuple[str, str, str], dict[str, Held]] = {}
    for item in levels(context, flow):
        if item.span is not None and item.span.year and item.main and item.binding:
            key = (item.reporter, item.series.split("|")[0], item.basis)
            series.setdefault(key, {}).setdefault(item.span.year, item)
    for years in series.values():
        before = {year: item for year, item in years.items() if year < period.year}
        if period.year not in years or not before:
            continue
        mine = years[period.year]
        high = claim.indicator == "record_high"
        pick = max if high else min
        rival = pick(before.values(), key=lambda item: item.figure.point if item.figure else 0.0)
        assert mine.figure is not None
        assert rival.figure is not None
        holds = mine.figure.point >= rival.figure.point if high else mine.figure.point <= rival.figure.point
        shown_item = beside(mine, context.dated)
        extreme = "highest" if high else "lowest"
        span_held = f"{min(before)} to {period.year}"
        yield (
            Evidence(
                definition=f"{extreme} of the years {span_held} held: {mine.definition}",
                value=shown_item.value,
                low=shown_item.low,
                high=shown_item.high,
                unit=shown_item.unit,
                period=shown_item.period,
                figure=mine.figure,
                reporter=mine.reporter,
                basis=mine.basis,
                tolerance="none",
                agrees=holds,
                cell=shown_item.cell,
                note=shown_item.note,
            ),
            f"{_counter(context, mine)} counts {_value(mine)}; the {extreme} of {len(before)} earlier years held is "
            f"{_value(rival)}.",
        )
