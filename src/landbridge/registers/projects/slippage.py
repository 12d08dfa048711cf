"""Slippage: openings as they were announced over time against the opening itself, and how long projects took
from talks on.

Times are known to the day, the month or the year, so a delay is a range: from the shortest that the stated
times allow to the longest. Medians are given from five cases on, for fewer are a list and no statistic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from statistics import median
from typing import Any, Literal

from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Status, Unavailable
from landbridge.registers.moments import Dated, day, span
from landbridge.registers.projects.family import Family
from landbridge.registers.projects.gate import Ranking, rank
from landbridge.registers.projects.money import Claim, claimed_on, claims, said_by, said_until
from landbridge.registers.projects.stages import OPEN, OVER, Reached, current, opening, reached

# Below five cases a median is one project's date, and the next project would move it anywhere.
FEWEST = 5
_MONTH = timedelta(days=365.25 / 12)
# How a ledger file marks a planned date that is no opening of the project: by the first words of its note, which then
# name the milestone, such as full capacity or a further unit.
_LATER = "later milestone:"

State = Literal[
    "opened",
    "opened before any plan held",
    "no plan of the opening held",
    "awaited",
    "planned time passed, no opening recorded",
    "frozen",
    "cancelled",
]


@dataclass(frozen=True, slots=True)
class Plan:
    """One opening as it was announced: `first` and `last` are the days that the stated time may mean."""

    statement: Statement
    planned: str
    first: date
    last: date
    claimed_on: str
    by: str

    @property
    def milestone(self) -> str:
        """What is planned: the opening, or a later milestone of a project that opens before."""
        note = self.statement.note
        return note[len(_LATER) :].strip() if note.lower().startswith(_LATER) else "opening"

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "milestone": self.milestone,
            "planned": self.planned,
            "claimed_on": self.claimed_on or None,
            "by": self.by,
            "source": self.statement.source,
            "note": self.statement.note or None,
            "id": self.statement.id,
        }


@dataclass(frozen=True, slots=True)
class Delay:
    """Months from a planned opening to the opening; below zero where it opened early, None where no bound is known."""

    low_months: float | None
    high_months: float


@dataclass(frozen=True, slots=True)
class Case:
    """One project with the plans of its opening in the order in which they were announced, its opening and the delays.

    `later` are plans of later milestones, such as full capacity: they measure no delay of the opening.

    `against_first` measures from the first plan held and `against_last` from the last one made before the
    opening; both are None where it is not known to have opened. `overdue_months` is how long ago the latest
    planned time had passed on the day of the question, where no opening is on record: a silence of the ledger,
    which may be one of the project.
    """

    record: str
    name: str
    state: State
    plans: tuple[Plan, ...]
    later: tuple[Plan, ...]
    opened: Reached | None
    against_first: Delay | None
    against_last: Delay | None
    overdue_months: float | None

    @property
    def moves(self) -> tuple[str, ...]:
        """The planned openings in the order of their announcement. One that was said again unchanged is no move."""
        return tuple(planned for planned, _ in groupby(plan.planned for plan in self.plans))

    @property
    def milestones(self) -> tuple[tuple[str, str], ...]:
        """Later milestones as (time, what), each once: of words that begin alike for one time the fullest stay."""
        said = dict.fromkeys((plan.planned, plan.milestone) for plan in self.later)
        return tuple(
            (when, what)
            for when, what in said
            if not any(when == then and other != what and other.startswith(what) for then, other in said)
        )

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        first, last = self.against_first, self.against_last
        behind = self.opened.statements if self.opened else ()
        return {
            "record": self.record,
            "name": self.name,
            "state": self.state,
            "planned": " → ".join(self.moves),
            "later": "; ".join(f"{when}: {what}" for when, what in self.milestones),
            "plans": [plan.row() for plan in self.plans],
            "later_milestones": [plan.row() for plan in self.later],
            "opened": self.opened.words if self.opened else None,
            "delay_low_months": first.low_months if first else None,
            "delay_high_months": first.high_months if first else None,
            "delay_against_last_plan_low_months": last.low_months if last else None,
            "delay_against_last_plan_high_months": last.high_months if last else None,
            "overdue_months": self.overdue_months,
            "ids": [*(plan.statement.id for plan in (*self.plans, *self.later)), *(s.id for s in behind)],
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """Medians over cases, each as the range that the cases' own ranges allow; `late` counts those surely late."""

    cases: int
    median_low: float
    median_high: float
    least: float
    most: float
    late: int
    unit: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "cases": self.cases,
            f"median_low_{self.unit}": self.median_low,
            f"median_high_{self.unit}": self.median_high,
            f"least_{self.unit}": self.least,
            f"most_{self.unit}": self.most,
            "surely_late": self.late,
        }


@dataclass(frozen=True, slots=True)
class Slippage:
    """Every project with a planned opening, and the summary over those that opened."""

    cases: tuple[Case, ...]
    summary: Summary | Unavailable

    def rows(self) -> list[dict[str, Any]]:
        """One row a project."""
        return [case.row() for case in self.cases]


@dataclass(frozen=True, slots=True)
class Journey:
    """How long a project took from the beginning of talks over the works to the opening, in years, each as
    (low, high).

    `phase` counts the phases of a project whose works are first on record after an opening; None where there is one
    way from talks to opening. `stated` are durations that sources give themselves; they may contradict the dates and
    are shown beside them.
    """

    record: str
    name: str
    phase: int | None
    talks: Dated | None
    works: Reached | None
    opened: Reached | None
    talks_to_works: tuple[float | None, float] | None
    works_to_opening: tuple[float | None, float] | None
    talks_to_opening: tuple[float | None, float] | None
    stated: tuple[Claim, ...]

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        out: dict[str, Any] = {
            "record": self.record,
            "name": self.name,
            "phase": self.phase,
            "talks_began": self.talks.period if self.talks else None,
            "works_on_record": self.works.words if self.works else None,
            "opened": self.opened.words if self.opened else None,
        }
        for name in ("talks_to_works", "works_to_opening", "talks_to_opening"):
            found = getattr(self, name)
            out[f"{name}_low_years"] = found[0] if found else None
            out[f"{name}_high_years"] = found[1] if found else None
        out["stated"] = [claim.row() for claim in self.stated]
        held = [self.talks.statement] if self.talks else []
        for reached_at in filter(None, (self.works, self.opened)):
            held += reached_at.statements
        out["ids"] = [*dict.fromkeys(s.id for s in held), *(c.statement.id for c in self.stated)]
        return out


@dataclass(frozen=True, slots=True)
class Journeys:
    """Every project of which two of talks, works and opening are dated, or a duration is stated; and a summary."""

    journeys: tuple[Journey, ...]
    summary: Summary | Unavailable

    def rows(self) -> list[dict[str, Any]]:
        """One row a project."""
        return [journey.row() for journey in self.journeys]


def slippage(ledger: Ledger, today: str, subjects: Iterable[str] | None = None) -> Slippage:
    """Planned openings against openings, for all projects with a plan or for some.

    A plan is a `planned_opening`, or a stage operating or completed that was only expected. Of several plans in
    one announcement (units of a plant) the earliest counts, as the opening is that of the first part.
    """
    records = _records(ledger, subjects)
    cases = tuple(case for record in records if (case := _case(record, today)) is not None)
    delays = [case.against_first for case in cases if case.against_first is not None]
    ranges = [(d.low_months, d.high_months) for d in delays if d.low_months is not None]
    return Slippage(cases, _summary(ranges, "months", "projects with a planned and an actual opening"))


def journeys(ledger: Ledger, today: str, subjects: Iterable[str] | None = None) -> Journeys:
    """From talks to works to opening. Works are dated by when they are first on record, maybe after they began."""
    found = tuple(j for r in _records(ledger, subjects) for j in _journeys(r, ledger, today))
    whole = [j.talks_to_opening for j in found if j.talks_to_opening is not None]
    ranges = [(low, high) for low, high in whole if low is not None]
    return Journeys(found, _summary(ranges, "years", "projects with dated talks and a dated opening"))


def longest_delays(ledger: Ledger, today: str) -> Ranking:
    """Projects by the delay that is sure, after the gate of safety; those that have not opened have no rank."""
    delays = {case.record: case.against_first for case in slippage(ledger, today).cases}

    def sure(record: Record) -> float | None:
        found = delays.get(record.subject)
        return None if found is None else found.low_months

    return rank((ledger.record(subject) for subject in delays), today, sure, "months")


def _records(ledger: Ledger, subjects: Iterable[str] | None) -> tuple[Record, ...]:
    """The projects asked for; else all but headline sets, whose plans are those of their parts."""
    if subjects is None:
        family = Family.of(ledger)
        return tuple(record for record in ledger.records("project") if not family.umbrella(record))
    return tuple(ledger.record(subject) for subject in dict.fromkeys(subjects))


def _case(record: Record, today: str) -> Case | None:
    made = _plans(record, today)
    if not made:
        return None
    plans = tuple(plan for plan in made if plan.milestone == "opening")
    later = tuple(plan for plan in made if plan.milestone != "opening")
    opened = opening(record, today)
    before = [p for p in plans if opened is None or _made(p) is None or _made(p) <= opened.last]  # type: ignore[operator]
    against_first = _delay(_earliest(before, first=True), opened)
    against_last = _delay(_earliest(before, first=False), opened)
    last = max((plan.last for plan in plans), default=None)
    now, stage = day(today), current(record, today)
    state: State = "awaited"
    if opened is not None:
        state = "opened" if before else "opened before any plan held"
    elif stage is not None and stage.code in OVER:
        state = "frozen" if stage.code == "frozen" else "cancelled"
    elif last is None:
        state = "no plan of the opening held"
    elif last < now:
        state = "planned time passed, no opening recorded"
    overdue = round((now - last) / _MONTH, 1) if last is not None and state.startswith("planned") else None
    return Case(
        record.subject, record.name, state, plans, later, opened, against_first, against_last, overdue
    )


def _plans(record: Record, today: str) -> tuple[Plan, ...]:
    found = []
    for statement in (*record.all("planned_opening"), *record.all("stage")):
        if not said_until(statement, record.sources, today) or statement.status is Status.ASSUMED:
            continue
        if statement.property == "stage":
            if statement.status is not Status.FORECAST or statement.text not in OPEN:
                continue
            when = statement.period
        else:
            when = statement.text
        days = span(when)
        if days is None:
            continue
        moment, _ = claimed_on(statement, record.sources)
        by = said_by(statement, record.sources)
        found.append(Plan(statement, when, days.first, days.last or days.first, moment, by))
    return tuple(sorted(found, key=lambda p: (_made(p) or date.min, p.first, p.statement.id)))


def _made(plan: Plan) -> date | None:
    found = span(plan.claimed_on)
    return None if found is None else found.first


def _earliest(plans: Sequence[Plan], *, first: bool) -> Plan | None:
    """The first or the last announcement; of several openings in it the earliest."""
    if not plans:
        return None
    chosen = plans[0] if first else plans[-1]
    same = [
        p for p in plans if (p.claimed_on, p.statement.source) == (chosen.claimed_on, chosen.statement.source)
    ]
    return min(same, key=lambda p: (p.first, p.statement.id))


def _delay(plan: Plan | None, opened: Reached | None) -> Delay | None:
    if plan is None or opened is None:
        return None
    low = None if opened.first is None else round((opened.first - plan.last) / _MONTH, 1)
    return Delay(low, round((opened.last - plan.first) / _MONTH, 1))


def _journeys(record: Record, ledger: Ledger, today: str) -> Iterator[Journey]:
    """The way of a project; two where works are first on record after an opening, which are those of a later phase."""
    began = [
        Dated(s, s.text, days)
        for s in record.all("talks_began")
        if said_until(s, record.sources, today) and (days := span(s.text)) is not None
    ]
    talks = min(began, key=lambda d: (d.last, d.statement.id), default=None)
    works, opened = reached(record, today, "construction"), opening(record, today)
    stated = claims(ledger, record.subject, today, "duration")
    if sum(item is not None for item in (talks, works, opened)) < 2 and not stated:
        return
    if works is not None and opened is not None and works.first is not None and works.first > opened.last:
        yield _journey(record, 1, talks, None, opened, stated)
        yield _journey(record, 2, None, works, opening(record, today, after=works.first), ())
    else:
        yield _journey(record, None, talks, works, opened, stated)


def _journey(
    record: Record,
    phase: int | None,
    talks: Dated | None,
    works: Reached | None,
    opened: Reached | None,
    stated: tuple[Claim, ...],
) -> Journey:
    start = (talks.first, talks.last) if talks else None
    return Journey(
        record.subject,
        record.name,
        phase,
        talks,
        works,
        opened,
        _years(start, works),
        _years((works.first, works.last) if works else None, opened),
        _years(start, opened),
        stated,
    )


def _years(start: tuple[date | None, date] | None, end: Reached | None) -> tuple[float | None, float] | None:
    """The shortest and the longest time between two moments; the shortest is None where the end has no lower bound.

    None altogether where the end comes before the start.
    """
    if start is None or end is None or start[0] is None or end.last < start[0]:
        return None
    year = timedelta(days=365.25)
    low = None if end.first is None else max(0.0, round((end.first - start[1]) / year, 1))
    return low, round((end.last - start[0]) / year, 1)


def _summary(ranges: Sequence[tuple[float, float]], unit: str, what: str) -> Summary | Unavailable:
    """Medians of the lower and of the upper ends. The true median lies between them, as a median never falls
    when a value rises.
    """
    if len(ranges) < FEWEST:
        return Unavailable(
            f"Too few for a median: the ledger holds {len(ranges)} {what}, and {FEWEST} are needed.",
            "Read the list, or enter more projects with both dates.",
        )
    lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
    return Summary(
        len(ranges), median(lows), median(highs), min(lows), max(highs), sum(low > 0 for low in lows), unit
    )
