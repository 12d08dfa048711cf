"""Single figures about places, and who belonged to which agreement when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from landbridge.errors import UnknownLabel
from landbridge.provenance import Citation, Figure, Source, Status, Unavailable

INDICATORS = {
    "population": "Population",
    "output": "Gross regional product",
    "gdp": "Gross domestic product",
    "gdp_share": "Share of the country's gross domestic product",
    "exports": "Exports to all partners",
    "imports": "Imports from all partners",
    "trade_by_trader": "Exports plus imports, by location of the trading enterprise",
    "trade_by_origin": "Exports plus imports, by place of origin or final destination",
}


class Observations:
    """One figure about one place at a time. Columns of `frame`: docs/reference/tables.md, `observations.csv`."""

    def __init__(self, frame: pl.DataFrame, sources: Mapping[str, Source], names: Mapping[str, str]) -> None:
        self.frame = frame
        self._sources = sources
        self._names = names

    def series(self, place: str, indicator: str) -> tuple[Figure, ...]:
        """Every figure of one indicator of one place, oldest first."""
        if indicator not in INDICATORS:
            raise UnknownLabel("indicator of a place", indicator, INDICATORS)
        chosen = (pl.col("place") == place) & (pl.col("indicator") == indicator)
        rows = self.frame.filter(chosen).sort("period", "source").iter_rows(named=True)
        return tuple(
            Figure(
                measure=f"{INDICATORS[indicator]}, {self._names.get(place, place)}",
                value=row["value"],
                unit=row["unit"],
                period=row["period"],
                status=Status(row["status"]),
                citation=Citation(self._sources[row["source"]]),
                cell=f"observations:{place}/{indicator}/{row['period']}/{row['source']}",
                note=row["note"] or "",
            )
            for row in rows
        )

    def latest(self, place: str, indicator: str) -> Figure | Unavailable:
        """The newest figure, or why there is none."""
        found = self.series(place, indicator)
        if found:
            return found[-1]
        return Unavailable(
            f"{INDICATORS[indicator]} of {self._names.get(place, place)} is not in this release."
        )


@dataclass(frozen=True, slots=True)
class Membership:
    """One member of one agreement over time; an empty `ends` means still in force.

    `side` tells the parties of an agreement between a bloc and a partner apart; members of one side are not bound to
    each other by it. It is empty where every member is bound to every other.
    """

    agreement: str
    name: str
    form: str
    member: str
    begins: str
    ends: str
    side: str
    status: Status
    source: str
    note: str


class Agreements:
    """Who belonged to what, when."""

    def __init__(self, frame: pl.DataFrame) -> None:
        renamed = frame.rename({"from": "begins", "to": "ends"})
        self.memberships = tuple(
            Membership(
                row["agreement"],
                row["name"],
                row["form"],
                row["member"],
                row["begins"] or "",
                row["ends"] or "",
                row["side"] or "",
                Status(row["status"]),
                row["source"] or "",
                row["note"] or "",
            )
            for row in renamed.iter_rows(named=True)
        )
        self._held: dict[str, dict[str, dict[str, Membership]]] = {}

    def in_force(self, place_a: str, place_b: str, on: str) -> tuple[tuple[Membership, Membership], ...]:
        """The agreements that bound two places to each other on a date (YYYY, YYYY-MM or YYYY-MM-DD), by name.

        A year counts as covered when the membership began by its end and had not ended at its beginning.
        """
        both = [
            (members[place_a], members[place_b])
            for members in self._members(on).values()
            if place_a in members and place_b in members
        ]
        bound = [(ours, theirs) for ours, theirs in both if not ours.side or ours.side != theirs.side]
        return tuple(sorted(bound, key=lambda pair: pair[0].name))

    def _members(self, on: str) -> dict[str, dict[str, Membership]]:
        """Memberships that held on a date, by agreement and member; kept, because a table of pairs asks many times."""
        if on not in self._held:
            held: dict[str, dict[str, Membership]] = {}
            for membership in self.memberships:
                # Compared at the coarser precision, so that an end in 2022 still covers 2022-05.
                begun = membership.begins[: len(on)] <= on
                last = membership.ends[: len(on)]
                over = bool(last) and last < on[: len(last)]
                if begun and not over:
                    held.setdefault(membership.agreement, {})[membership.member] = membership
            self._held[on] = held
        return self._held[on]
