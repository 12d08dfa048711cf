"""Which series can tell what a shock did to a pair: trade by month, by year beside other partners, and what is too short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from landbridge import codes
from landbridge.errors import BadSample
from landbridge.flows.totals import YEAR, Counted
from landbridge.forecasting.counterfactual import LEAST_YEARS
from landbridge.forecasting.series import Frequency, Series, prepared
from landbridge.prospects.counted import EXPORTS, IMPORTS, TURNOVER
from landbridge.provenance import Figure, Unavailable
from landbridge.release import Data

PARTS = (EXPORTS, IMPORTS, TURNOVER)
# Other parts of a relation, by the kinds of record in the ledger that count them.
OTHER_PARTS = {
    "people": ("people",),
    "freight": ("corridor",),
    "crossings": ("crossing",),
    "regions": ("trade",),
}
_LEAST_HELD = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One series of one part of a relation, with the figures behind it, one for each of its values.

    `donors` are other partners with their values float64[T, J] over its first T years; `dropped` why others were left out.
    """

    part: str
    words: str
    series: Series
    figures: tuple[tuple[Figure, ...], ...]
    donors: tuple[str, ...] = ()
    donor_values: NDArray[np.float64] | None = None
    donor_figures: tuple[Figure, ...] = ()
    dropped: tuple[str, ...] = ()

    def between(self, first: int, last: int) -> tuple[Figure, ...]:
        """The figures of the periods from `first` to before `last`, counted from the beginning of the series."""
        return tuple(figure for held in self.figures[first:last] for figure in held)


@dataclass(frozen=True, slots=True)
class TooShort:
    """A part of the relation that the ledger counts in too few years: the longest series held, and which years."""

    part: str
    counted: str
    years: tuple[int, ...]

    @property
    def reason(self) -> str:
        """Why it cannot be said what a shock did to it."""
        if not self.counted:
            return f"No series by year about {self.part} is held."
        return (
            f"Longest series about {self.part}: {self.counted}, held for {', '.join(map(str, self.years))}; trend and "
            f"spread need {LEAST_YEARS} years in a row before the shock."
        )


def directions(a: str, b: str, part: str) -> tuple[tuple[str, str], ...]:
    """The flows that a part of the trade between two places adds up."""
    both = {EXPORTS: ((a, b),), IMPORTS: ((b, a),), TURNOVER: ((a, b), (b, a))}
    return both[part]


def by_month(data: Data, a: str, b: str, part: str) -> Line | Unavailable:
    """The newest run of months without a hole."""
    flows = [
        {figure.period: figure for figure in data.monthly.series(*flow)} for flow in directions(a, b, part)
    ]
    months = sorted(set.intersection(*(set(flow) for flow in flows)))
    what = words(a, b, part)
    if len(months) < _LEAST_HELD:
        return Unavailable(
            f"{what[:1].upper()}{what[1:]}, by month, is not held.", "Load monthly trade of this pair."
        )
    held = [tuple(flow[month] for flow in flows) for month in months]
    periods = [12 * int(month[:4]) + int(month[5:]) - 1 for month in months]
    return _line(part, f"{what}, by month", periods, held, "month", "monthly trade")


def by_year(data: Data, a: str, b: str, part: str) -> tuple[Line, ...]:
    """Every yearly series of the pair, one for each reporter and statistics."""
    if part == TURNOVER:
        held = data.totals.turnover_by_series(a, b)
    else:
        held = data.totals.flow_by_series(*directions(a, b, part)[0])
    found = []
    for counted, years in sorted(held.items()):
        exact = {int(year): figure for year, figure in years.items() if figure.comparator == "="}
        if len(exact) < _LEAST_HELD or not counted[0]:
            continue
        line = _line(
            part,
            f"{words(a, b, part)}, as counted by {counted[0]} ({counted[1]})",
            sorted(exact),
            [(exact[year],) for year in sorted(exact)],
            "year",
            counted[0],
        )
        if isinstance(line, Line):
            found.append(line)
    return tuple(found)


def words(a: str, b: str, part: str) -> str:
    """What a part is, in words."""
    said = {EXPORTS: f"exports of {a} to {b}", IMPORTS: f"exports of {b} to {a}"}
    return said.get(part, f"trade between {a} and {b}, both ways")


def _line(
    part: str,
    what: str,
    periods: list[int],
    held: list[tuple[Figure, ...]],
    frequency: Frequency,
    counter: str,
) -> Line | Unavailable:
    values = [sum(figure.point for figure in figures) for figures in held]
    try:
        series = prepared(
            periods,
            values,
            unit=held[0][0].unit,
            counters=counter,
            name=what,
            frequency=frequency,
            repair=("latest run",),
            least=_LEAST_HELD,
        )
    except BadSample as refused:
        return Unavailable(f"{what}: {refused.problems[0].what}", refused.problems[0].remedy)
    kept = tuple(figures for period, figures in zip(periods, held, strict=True) if period >= series.first)
    return Line(part, what, series, kept)


def beside(data: Data, a: str, b: str, line: Line, until: int, excluded: dict[str, str]) -> Line:
    """The line with other partners of whichever of the two places has more of them over its first `until` years.

    `excluded` are partners hit by a shock of their own, with the reason.
    """
    exporter = directions(a, b, line.part)[0][0]
    years = [str(period) for period in line.series.periods.tolist()[:until]]
    every = [
        _partners(data, hub, other, hub == exporter, line.part, years, excluded)
        for hub, other in ((a, b), (b, a))
    ]
    held, dropped = max(every, key=lambda found: len(found[0]))
    if not held:
        return replace(line, dropped=dropped)
    names = tuple(sorted(held))
    values = np.array([[figure.point for figure in held[name]] for name in names]).T
    figures = tuple(figure for name in names for figure in held[name])
    return replace(line, donors=names, donor_values=values, donor_figures=figures, dropped=dropped)


def _partners(
    data: Data, hub: str, other: str, outward: bool, part: str, years: list[str], excluded: dict[str, str]
) -> tuple[dict[str, list[Figure]], tuple[str, ...]]:
    frame = data.totals.frame
    pairs = set(zip(frame["exporter"].to_list(), frame["importer"].to_list(), strict=True))
    partners = {one if two == hub else two for one, two in pairs if hub in (one, two)} - {hub, other}
    found: dict[str, list[Figure]] = {}
    dropped = []
    for partner in sorted(partners):
        if codes.place(partner).kind != codes.place(other).kind:
            continue
        if partner in excluded:
            dropped.append(f"{partner} ({excluded[partner]})")
            continue
        series = _same_part(data, hub, partner, outward, part)
        whole = [known for known in series.values() if all(_exact(known, year) for year in years)]
        if whole:
            found[partner] = [whole[0][year] for year in years]
        else:
            dropped.append(f"{partner} (not counted in all of {years[0]} to {years[-1]})")
    return found, tuple(dropped)


def _same_part(
    data: Data, hub: str, partner: str, outward: bool, part: str
) -> dict[Counted, dict[str, Figure]]:
    """The partner's trade with the hub that runs the way of the line's."""
    if part == TURNOVER:
        return data.totals.turnover_by_series(hub, partner)
    return data.totals.flow_by_series(*((hub, partner) if outward else (partner, hub)))


def _exact(years: dict[str, Figure], year: str) -> bool:
    return year in years and years[year].comparator == "="


def other_parts(data: Data, a: str, b: str) -> tuple[Line | TooShort, ...]:
    """What the ledger counts of the pair besides trade: the longest series of each part, where it is long enough."""
    side_a, side_b = _side(a), _side(b)
    found: list[Line | TooShort] = []
    for part, kinds in OTHER_PARTS.items():
        held: dict[tuple[str, str, str], dict[int, Figure]] = defaultdict(dict)
        for record in data.ledger.between(side_a, side_b, *kinds):
            for said in record.statements:
                if said.is_quantity and said.comparator == "=" and YEAR.fullmatch(said.period):
                    counted = (record.subject, said.property, said.unit)
                    held[counted].setdefault(int(said.period), record.figure(said))
        if not held:
            found.append(TooShort(part, "", ()))
            continue
        longest = max(held, key=lambda counted: (len(held[counted]), counted))
        years = held[longest]
        subject, measured, unit = longest
        line = _line(
            part,
            f"{subject}, {measured}, {unit}",
            sorted(years),
            [(years[year],) for year in sorted(years)],
            "year",
            subject,
        )
        if isinstance(line, Line) and line.series.values.size > LEAST_YEARS:
            found.append(line)
        else:
            found.append(TooShort(part, f"{subject}, {measured}", tuple(sorted(years))))
    return tuple(found)


def _side(place: str) -> tuple[str, ...]:
    return (place, *(inner.code for inner in _inside(place)))


def _inside(place: str) -> Iterable[codes.Place]:
    return (inner for inner in codes.places(country=place) if inner.code != place)
