"""Shocks measured on series: by month against the own past, by year beside other partners; with what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import NotConverged
from landbridge.forecasting.counterfactual import (
    LEAST_DATES,
    LEAST_MONTHS,
    LEAST_SYNTHETIC,
    Counterfactual,
    Refusal,
    structural,
    synthetic,
)
from landbridge.forecasting.series import written
from landbridge.prospects.shock_events import Blow, hit_partners
from landbridge.prospects.shock_outcome import Outcome
from landbridge.prospects.shock_series import Line, beside, by_year, words
from landbridge.provenance import Status, Unavailable, derive
from landbridge.release import Data

WINDOW = {"month": 24, "year": 3}
"""How long after a shock it is followed, in periods; less where the next one comes first. Conventions."""
TRENDS_APART = 5.0
"""From how many points between the two trends a reader is told. Convention."""
_LEAST = {"month": LEAST_MONTHS, "year": LEAST_SYNTHETIC}
_CODE = "landbridge.prospects.shocks.recovery"


def monthly(
    line: Line | Unavailable, part: str, blows: Sequence[Blow], asked: Callable[[Blow], bool]
) -> list[Outcome]:
    """The blows asked for on a series by month, oldest first.

    Earlier ones are measured too: what they left behind decides whether a later one can be told.
    """
    method = "own past, by month"
    if isinstance(line, Unavailable):
        return [Outcome(blow, part, method, None, line, line) for blow in blows if asked(blow)]
    last = max((place for place, blow in enumerate(blows) if asked(blow)), default=-1)
    found: list[Outcome] = []
    hit = np.zeros(line.series.values.size, dtype=bool)
    for place, blow in enumerate(blows[: last + 1]):
        before = blow.start - line.series.first
        until = _until(blow, blows[place + 1 :], line)
        entangled = _entangled(blow, found)
        result = entangled or _carried(line, before, until, hit, season=12, placebos=asked(blow))
        fixed = None
        if isinstance(result, Counterfactual) and asked(blow):
            try:
                plain = structural(
                    line.series.values, season=12, before=before, until=until, trend="fixed", placebos=False
                )
            except NotConverged:
                plain = Refusal("not converged")
            fixed = None if isinstance(plain, Refusal) else 100 * math.expm1(plain.total[1])
        outcome = _told(blow, part, method, line, result, until, fixed, ())
        found.append(outcome)
        back = result.recovered if isinstance(result, Counterfactual) else None
        hit[max(before, 0) : max(until, 0) if back is None else before + max(back, 1)] = True
    return [outcome for outcome in found if asked(outcome.blow)]


def alone(line: Line, blows: Sequence[Blow]) -> list[Outcome]:
    """Every blow on a series by year that has no other partners beside it."""
    found: list[Outcome] = []
    hit = np.zeros(line.series.values.size, dtype=bool)
    for place, blow in enumerate(blows):
        before, until = blow.start - line.series.first, _until(blow, blows[place + 1 :], line)
        result = _entangled(blow, found) or _carried(line, before, until, hit, season=1)
        found.append(_told(blow, line.part, "own past, by year", line, result, until, None, ()))
        hit[max(before, 0) : max(until, 0)] = True
    return found


def yearly(data: Data, a: str, b: str, part: str, blows: Sequence[Blow]) -> list[Outcome]:
    """Every blow beside other partners: the series that was followed longest before it, of those that hold the year."""
    method = "beside other partners, by year"
    found: list[Outcome] = []
    lines = by_year(data, a, b, part)
    for place, blow in enumerate(blows):
        fitting = [line for line in lines if line.series.first < blow.start <= line.series.last]
        if not fitting:
            missing = Unavailable(
                f"No yearly series of {words(a, b, part)} runs through {blow.since}.",
                "Load totals of this pair.",
            )
            found.append(Outcome(blow, part, method, None, missing, missing))
            continue
        line = min(fitting, key=lambda held: (held.series.first, -held.series.last))
        before, until = blow.start - line.series.first, _until(blow, blows[place + 1 :], line)
        last = line.series.first + until - 1
        line = beside(data, a, b, line, until, hit_partners(data, a, b, line.series.first, last))
        result = _entangled(blow, found) or _beside(line, before, until)
        found.append(_told(blow, part, method, line, result, until, None, _notes(blow, line, found)))
    return found


def _until(blow: Blow, later: Sequence[Blow], line: Line) -> int:
    """How far a blow is followed: its window, the next blow, or the end of the series."""
    end = blow.start + WINDOW[blow.frequency]
    if later:
        end = min(end, later[0].start)
    return min(end - line.series.first, int(line.series.values.size))


def _entangled(blow: Blow, earlier: Sequence[Outcome]) -> Unavailable | None:
    """A refusal where an earlier blow, not known to have passed, lies within the past that the later is measured against."""
    for outcome in reversed(earlier):
        if blow.start - outcome.blow.start >= _LEAST[blow.frequency]:
            continue
        if blow.frequency == "year" and outcome.blow.worldwide:
            continue  # other partners were hit alike
        if isinstance(outcome.found, Unavailable) or outcome.found.recovered is None:
            state = "could not be measured" if isinstance(outcome.found, Unavailable) else "had not passed"
            return Unavailable(
                f"Overlaps with an earlier shock ({outcome.blow.name}, {outcome.blow.since}), which {state} in this series; "
                "the two cannot be told apart."
            )
    return None


def _carried(
    line: Line, before: int, until: int, hit: NDArray[np.bool_], *, season: int, placebos: bool = True
) -> Counterfactual | Unavailable:
    try:
        found = structural(
            line.series.values,
            season=season,
            before=before,
            until=until,
            shocked=hit.tolist(),
            placebos=placebos,
        )
    except NotConverged as error:
        return Unavailable(error.problems[0].what, error.problems[0].remedy)
    return Unavailable(_sentence(found.reason), found.remedy) if isinstance(found, Refusal) else found


def _beside(line: Line, before: int, until: int) -> Counterfactual | Unavailable:
    donors = line.donor_values
    if donors is None:
        donors = np.ones((line.series.values.size, 0))
    found = synthetic(line.series.values[:until], donors[:until], before=before)
    return Unavailable(_sentence(found.reason), found.remedy) if isinstance(found, Refusal) else found


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:]


def _notes(blow: Blow, line: Line, earlier: Sequence[Outcome]) -> tuple[str, ...]:
    said = []
    if blow.worldwide:
        said.append(
            "A shock that hit every partner: the gap is the difference from the other partners, not the whole effect."
        )
    inside = [
        outcome.blow.since for outcome in earlier if line.series.first <= outcome.blow.start < blow.start
    ]
    if inside:
        said.append(f"The years before hold other shocks ({', '.join(dict.fromkeys(inside))}).")
    if line.dropped:
        said.append(f"Left out of the comparison: {', '.join(line.dropped)}.")
    return tuple(said)


def _told(
    blow: Blow,
    part: str,
    method: str,
    line: Line,
    found: Counterfactual | Unavailable,
    until: int,
    fixed: float | None,
    notes: tuple[str, ...],
) -> Outcome:
    """An outcome with its figure and with what a reader has to know about it."""
    if isinstance(found, Unavailable):
        return Outcome(blow, part, method, line, found, found)
    low, point, high = (100 * math.expm1(value) for value in found.total)
    more = list(notes)
    if fixed is not None and (fixed * point < 0 or abs(fixed - point) > TRENDS_APART):
        more.append(
            f"With a trend that does not bend the gap is {fixed:+.0f} %: the answer rests on the trend in part."
        )
    if found.weights:
        shares = [
            f"{name} {share:.0%}"
            for name, share in zip(line.donors, found.weights, strict=True)
            if share >= 0.005
        ]
        more.append(f"Mix: {', '.join(shares)}.")
        more.append(
            f"With {found.placebos} placebo partners the share cannot be below {1 / (1 + found.placebos):.2f}."
        )
        if found.at_dates:
            farthest = max(found.at_dates, key=abs)
            more.append(f"Put at earlier years, the largest mean gap is {100 * math.expm1(farthest):+.0f} %.")
    elif found.placebos < LEAST_DATES:
        more.append(f"{found.placebos} placebo dates before it: too few to say how rare the gap is.")
    over = f"first {found.over} {blow.frequency}{'s' if found.over > 1 else ''}"
    inputs = (*line.between(0, until), *line.donor_figures) if found.weights else line.between(0, until)
    effect = derive(
        f"{line.words}: gap to what it would have been, {over} from {blow.since}",
        point,
        "%",
        inputs,
        _CODE,
        period=f"{blow.since}/{written(blow.start + found.over - 1, blow.frequency)}",
        low=min(low, point),
        high=max(high, point),
        status=Status.ESTIMATED,
        note=(
            f"Method: {method}. Range: "
            + ("as far as the placebo partners went." if found.weights else "90 % of predictions.")
            + " What else happened at that time is in it; no cause is claimed."
        ),
    )
    return Outcome(blow, part, method, line, found, effect, fixed, tuple(more))
