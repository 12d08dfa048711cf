"""Trade of a pair before an event and in the two full years after it, out of one series of one reporter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from landbridge import codes
from landbridge.provenance import Figure, Status, Unavailable, derive
from landbridge.registers.moments import Dated
from landbridge.release.data import Data
from landbridge.release.region_trade import ALL_GOODS, TURNOVER

Years = Mapping[int, Figure]


@dataclass(frozen=True, slots=True)
class TradeAfter:
    """Turnover of one pair: the last full year before an event, and the first two full years after it.

    All figures are of one series (`counted_by`), so that a change is no change of counting. Years that the series lacks are
    not in `years`.
    """

    a: str
    b: str
    counted_by: str
    base: int
    last: int
    years: Years

    def change(self, after: int) -> Figure | Unavailable:
        """The change from the last full year before the event to the `after`-th full year after it, in per cent."""
        year = self.last + after
        for needed in (self.base, year):
            if needed not in self.years:
                return Unavailable(f"The series of {self.counted_by or 'nobody'} does not hold {needed}.")
        before, then = self.years[self.base], self.years[year]
        if before.point <= 0:
            return Unavailable(f"Trade in {self.base} was nothing, so a change has no per cent.")
        return derive(
            f"Change of trade of {codes.place(self.a).name} with {codes.place(self.b).name}, {self.base} to {year}, "
            f"as counted by {self.counted_by}",
            100 * (then.point / before.point - 1),
            "%",
            (before, then),
            "landbridge.registers.trade_after.TradeAfter.change",
            note="It is what followed the event, not its effect.",
        )

    def row(self) -> dict[str, Any]:
        """Plain columns; `figures` are the ids of the values and changes."""
        changes = [self.change(years) for years in (1, 2)]
        held = [*self.years.values(), *(item for item in changes if isinstance(item, Figure))]
        row: dict[str, Any] = {
            "a": self.a,
            "b": self.b,
            "counted_by": self.counted_by or None,
            "base_year": self.base,
            "base_usd": self.years[self.base].point if self.base in self.years else None,
        }
        for years, item in enumerate(changes, start=1):
            year = self.last + years
            row[f"year_{years}"] = year
            row[f"year_{years}_usd"] = self.years[year].point if year in self.years else None
            row[f"change_{years}_pct"] = item.value if isinstance(item, Figure) else None
            row[f"why_not_{years}"] = item.reason if isinstance(item, Unavailable) else None
        row["reading"] = "what followed; not the effect of the event"
        row["figures"] = " ".join(figure.id for figure in held) or None
        return row


def trade_after(data: Data, parties: Sequence[str], when: Dated) -> tuple[TradeAfter, ...]:
    """Trade of every pair of parties of two countries for which a series holds the year before, countries first."""
    base, last = when.first.year - 1, when.last.year
    wanted = (base, last + 1, last + 2)
    found = []
    for one, other in combinations(dict.fromkeys(parties), 2):
        places = codes.place(one), codes.place(other)
        if places[0].country == places[1].country:
            continue
        held = [item for item in _series(data, one, other) if base in item[1]]
        if not held:
            continue
        counted_by, years = max(held, key=lambda item: _fitness(item, wanted))
        chosen = {year: years[year] for year in wanted if year in years}
        found.append(TradeAfter(one, other, counted_by, base, last, chosen))
    return tuple(sorted(found, key=lambda item: (not _countries(item), item.a, item.b)))


def _fitness(item: tuple[str, dict[int, Figure]], wanted: Sequence[int]) -> tuple[int, bool, int, str]:
    """Which series to take: the one that holds most of the years asked for, statistics before what somebody said."""
    name, years = item
    said = any(
        figure.status is not Status.REPORTED
        or (figure.citation is not None and bool(figure.citation.speaker))
        for figure in years.values()
    )
    return sum(year in years for year in wanted), not said, len(years), name


def _countries(item: TradeAfter) -> bool:
    return codes.place(item.a).kind == codes.place(item.b).kind == "country"


def _series(data: Data, one: str, other: str) -> Iterator[tuple[str, dict[int, Figure]]]:
    """(Who counts, year → turnover in dollars) of every yearly series of a pair."""
    first, second = codes.place(one), codes.place(other)
    if first.kind == second.kind == "country":
        for (reporter, series), years in data.totals.turnover_by_series(one, other).items():
            if reporter:
                exact = {int(year): figure for year, figure in years.items() if figure.comparator == "="}
                yield (
                    f"{codes.place(reporter).name} ({series})" if series else codes.place(reporter).name,
                    exact,
                )
        return
    region, country = (first, second) if second.kind == "country" else (second, first)
    if region.kind == "region" and country.kind == "country":
        yield from _of_region(data, region.code, country.code)


def _of_region(data: Data, region: str, country: str) -> Iterator[tuple[str, dict[int, Figure]]]:
    by_source: dict[str, dict[int, Figure]] = {}
    for item in data.region_trade.of(region, country):
        cited = item.figure.citation
        plain = item.measure == TURNOVER and item.whole_year and item.scope == ALL_GOODS and not item.suspect
        if plain and cited is not None and item.figure.unit == "USD" and item.figure.comparator == "=":
            by_source.setdefault(cited.source.id, {})[item.year] = item.figure
    for source, years in by_source.items():
        yield f"source {source}", years
