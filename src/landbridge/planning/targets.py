"""Stated targets against what happened: met, late, missed or open, by whose statistics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from landbridge.flows.totals import YEAR, Counted, Totals
from landbridge.ledger import Ledger, Record
from landbridge.provenance import Figure, Status, Unavailable, derive

MET, LATE, MISSED, OPEN, DISPUTED = "met", "met late", "missed", "open", "met by one side's count only"
UNCOUNTED, UNMEASURED = "deadline passed, not counted yet", "not measurable"
SKIPPED = "deadline's year not counted"


@dataclass(frozen=True, slots=True)
class Scored:
    """One target with what came of it.

    `outcomes` are the values in the deadline year, by reporter; `reached` the first year in which any reporter's value
    was at least the target, of one that is met late the first such year after the deadline; `needed_growth` what an open
    target needs a year from the last value, in per cent. `why`: the reason of one that is not measurable.
    """

    record: Record
    target: Figure
    deadline: str
    verdict: str
    outcomes: tuple[tuple[str, Figure], ...]
    reached: str
    needed_growth: Figure | Unavailable
    why: str = ""


def scorecard(
    ledger: Ledger,
    totals: Totals,
    side_a: Sequence[str],
    side_b: Sequence[str],
    pair: tuple[str, str],
    today: str,
) -> tuple[Scored, ...]:
    """Every target in the ledger between two sides, by deadline.

    `pair` are the countries whose turnover measures it; `today` (YYYY-MM-DD) decides which deadlines have passed.
    """
    scored = [
        score(record, totals, pair, today)
        for record in ledger.between(side_a, side_b, "target")
        if record.first("value") is not None
    ]
    return tuple(sorted(scored, key=lambda item: (item.deadline, item.record.subject)))


def score(record: Record, totals: Totals, pair: tuple[str, str], today: str) -> Scored:
    """One target that states a value, held against the turnover of two countries as of `today` (YYYY-MM-DD)."""
    stated = record.first("value")
    assert stated is not None
    target = record.figure(stated)
    deadline = stated.period
    why = _unmeasured(record, target, deadline, pair)
    series = {} if why else totals.turnover_by_reporter(*pair)
    if not any(series.values()):
        why = why or "No yearly series of this trade is held."
        return Scored(record, target, deadline, UNMEASURED, (), "", Unavailable(why), why)
    outcomes = tuple((reporter, years[deadline]) for reporter, years in series.items() if deadline in years)
    years_reached = sorted(
        year
        for years in series.values()
        for year, figure in years.items()
        if figure.point >= target.point and year >= (record.text("announced")[:4] or "0")
    )
    after = next((year for year in years_reached if year > deadline), "")
    verdict = _verdict(target, deadline, outcomes, after, series, today)
    # A level that was lost again and regained counts as late from when it came back.
    reached = after if verdict == LATE else next(iter(years_reached), "")
    return Scored(
        record,
        target,
        deadline,
        verdict,
        outcomes,
        reached,
        _needed(target, deadline, series),
    )


def _unmeasured(record: Record, target: Figure, deadline: str, pair: tuple[str, str]) -> str:
    """Every reason why no count can be set beside a target; empty where one can."""
    indicator = record.text("indicator")
    why = []
    if indicator != "trade_turnover":
        why.append(f"no series of {indicator or 'an unstated indicator'} is held")
    elif target.unit != "USD":
        why.append(f"stated in {target.unit}, and trade is counted in US dollars")
    if not deadline:
        why.append("no deadline is stated")
    elif not YEAR.fullmatch(deadline) and indicator == "trade_turnover":
        why.append(f"the deadline {deadline} is no single year")
    if not all(code in pair for code in record.parties) and indicator == "trade_turnover":
        why.append("a party is no country of its own, and turnover is counted between countries")
    said = "; ".join(why)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _verdict(
    target: Figure,
    deadline: str,
    outcomes: tuple[tuple[str, Figure], ...],
    after: str,
    series: dict[str, dict[str, Figure]],
    today: str,
) -> str:
    met = [figure.point >= target.point for _, figure in outcomes]
    if met:
        if all(met):
            return MET
        if any(met):
            return DISPUTED
        return LATE if after else MISSED
    latest = max(year for years in series.values() for year in years)
    if latest < deadline:
        # A level reached before its time may be lost again: only the count of the deadline's year decides.
        return OPEN if deadline >= today[:4] else UNCOUNTED
    # Nobody's series holds the deadline's year; what others hold says nothing of it.
    return SKIPPED


def _needed(target: Figure, deadline: str, series: dict[str, dict[str, Figure]]) -> Figure | Unavailable:
    newest = newest_value(series)
    if newest is None:
        return Unavailable("No turnover is held to start from.")
    year, last = newest
    ahead = int(deadline) - int(year)
    if ahead <= 0:
        return Unavailable("The deadline has passed.")
    if last.point <= 0:
        return Unavailable("The newest turnover is zero: no growth leads from it to the target.")
    growth = 100 * ((target.point / last.point) ** (1 / ahead) - 1)
    return derive(
        "Yearly growth needed to reach the target",
        growth,
        "%",
        (last, target),
        "landbridge.planning.targets",
        period=f"{year}/{deadline}",
        note="Constant yearly growth from the newest published turnover to the target.",
    )


def newest_value(series: dict[str, dict[str, Figure]]) -> tuple[str, Figure] | None:
    """The newest year of any reporter with its figure; of several reporters the one that `longest` names."""
    _, years = longest(series)
    return (max(years), years[max(years)]) if years else None


def past_growth(series: Mapping[Counted, dict[str, Figure]], horizon: int) -> Figure | Unavailable:
    """The lowest and highest yearly growth over all past spans of `horizon` years, in per cent.

    Each span lies within one statistical series; the spans of all series are pooled, so that one side's short boom
    does not pass for the whole past.
    """
    spans = [
        (years[begin], years[end])
        for years in series.values()
        for begin in years
        if (end := str(int(begin) + horizon)) in years
        and years[begin].point > 0
        and comparable(years[begin], years[end])
    ]
    if len(spans) < 3:
        return Unavailable("The series are too short to say what past growth was over such a span.")
    rates = [100 * ((last.point / first.point) ** (1 / horizon) - 1) for first, last in spans]
    inputs = tuple(dict.fromkeys(figure for span in spans for figure in span))
    return derive(
        "Yearly growth over past spans of the same length, lowest to highest",
        None,
        "%",
        inputs,
        "landbridge.planning.targets.past_growth",
        low=min(rates),
        high=max(rates),
        note=f"{len(spans)} spans of {horizon} years, each within one statistical series; they overlap.",
    )


def outlook(last: Figure, series: Mapping[Counted, dict[str, Figure]], until: int) -> Figure | Unavailable:
    """What past growth would bring by a year: the `last` value grown at the lowest and the highest past rate.

    A range of what has happened before over spans of the same length; neither a forecast with a hit-rate nor a
    probability.
    """
    horizon = until - int(last.period[:4])
    if horizon <= 0:
        return Unavailable("That year has passed.")
    growth = past_growth(series, horizon)
    if isinstance(growth, Unavailable):
        return growth
    assert growth.low is not None
    assert growth.high is not None
    ends = [last.point * (1 + rate / 100) ** horizon for rate in (growth.low, growth.high)]
    return derive(
        "Trade if past growth repeats, lowest to highest",
        None,
        last.unit,
        (last, growth),
        "landbridge.planning.targets.outlook",
        period=str(until),
        low=min(ends),
        high=max(ends),
        status=Status.FORECAST,
        note="Not a probability: it repeats the slowest and the fastest past span of the same length.",
    )


def longest(series: dict[str, dict[str, Figure]]) -> tuple[str, dict[str, Figure]]:
    """The reporter with the newest yearly series, and the series; empty where none is held.

    Of several equally new ones a named reporter comes first, then the longest series.
    """
    named = {reporter: years for reporter, years in series.items() if years}
    if not named:
        return "", {}
    reporter = max(named, key=lambda name: (max(named[name]), bool(name), len(named[name]), name))
    return reporter, named[reporter]


def comparable(first: Figure, last: Figure) -> bool:
    """Whether two years are of one statistical series: the same measure, counter and series, in the same unit."""
    return (first.measure, first.unit) == (last.measure, last.unit)


def growth_between(first: Figure, last: Figure) -> Figure | Unavailable:
    """The change between two years of one series, in per cent; `Unavailable` across series."""
    if not comparable(first, last):
        return Unavailable("The two years are of different series, which count different things.")
    if first.point <= 0 or not math.isfinite(first.point):
        return Unavailable("The earlier value is zero.")
    return derive(
        "Change on the earlier year",
        100 * (last.point / first.point - 1),
        "%",
        (first, last),
        "landbridge.planning.targets.growth_between",
        period=last.period,
    )
