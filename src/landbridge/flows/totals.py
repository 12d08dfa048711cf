"""Published totals of trade between two places: every reporter's series side by side, before anything is reconciled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from landbridge.flows.mirror import MirrorGap, gap
from landbridge.provenance import Citation, Figure, Source, Status, derive
from landbridge.units import PriceBasis

YEAR = re.compile(r"\d{4}")
FLOW, TURNOVER = "flow", "turnover"
Counted = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Total:
    """One published total.

    `reporter` is the place whose statistics count it, empty where the source does not say; `series` names which of its
    statistics. `suspect` marks a value that its own source or neighbours cast doubt on; no series takes it up.
    """

    exporter: str
    importer: str
    measure: str
    period: str
    reporter: str
    series: str
    basis: PriceBasis
    suspect: bool
    figure: Figure


class Totals:
    """The published totals of a release. Columns of `frame`: docs/reference/tables.md, `totals.csv`."""

    def __init__(self, frame: pl.DataFrame, sources: Mapping[str, Source], names: Mapping[str, str]) -> None:
        self.frame = frame
        self._sources = sources
        self._names = names

    def flow(self, exporter: str, importer: str) -> tuple[Total, ...]:
        """Every published total of the exports of one place to another, by period and reporter."""
        chosen = (
            (pl.col("exporter") == exporter) & (pl.col("importer") == importer) & (pl.col("measure") == FLOW)
        )
        return tuple(self._read(chosen))

    def turnover(self, place_a: str, place_b: str) -> tuple[Total, ...]:
        """Every published total of trade both ways, by period and reporter."""
        first, second = sorted((place_a, place_b))
        chosen = (
            (pl.col("exporter") == first) & (pl.col("importer") == second) & (pl.col("measure") == TURNOVER)
        )
        return tuple(self._read(chosen))

    def _read(self, chosen: pl.Expr) -> Iterator[Total]:
        rows = self.frame.filter(chosen).sort("period", "reporter", "source", maintain_order=True)
        for row in rows.iter_rows(named=True):
            exporter, importer, measure = row["exporter"], row["importer"], row["measure"]
            reporter = row["reporter"] or ""
            what = (
                f"Exports of {self._name(exporter)} to {self._name(importer)}"
                if measure == FLOW
                else f"Trade between {self._name(exporter)} and {self._name(importer)}, both ways"
            )
            by = f", as counted by {self._name(reporter)} ({row['series']})" if reporter else ""
            figure = Figure(
                measure=what + by,
                value=row["value_usd"],
                unit="USD",
                period=row["period"],
                status=Status(row["status"]),
                citation=Citation(self._sources[row["source"]]),
                cell=f"totals:{exporter}>{importer}/{measure}/{row['period']}/{reporter or '-'}/{row['source']}",
                note=" ".join(filter(None, (f"Price basis: {row['basis']}.", row["note"]))),
                comparator=row["comparator"] or "=",
            )
            basis, suspect = PriceBasis(row["basis"]), row["suspect"] == "1"
            series = row["series"] or ""
            yield Total(exporter, importer, measure, row["period"], reporter, series, basis, suspect, figure)

    def _name(self, code: str) -> str:
        return self._names.get(code, code)

    def turnover_by_series(
        self, place_a: str, place_b: str, *, doubted: bool = False
    ) -> dict[Counted, dict[str, Figure]]:
        """(Reporter, series) → year → turnover: a published one first, else the sum of the series' two flows.

        Only within one series do years compare: two statistics of one country may count different things. With `doubted`
        values that their own source or neighbours cast doubt on are taken too.
        """
        found: dict[Counted, dict[str, Figure]] = {}
        for total in sorted(self.turnover(place_a, place_b), key=_preference):
            if YEAR.fullmatch(total.period) and (doubted or not total.suspect):
                years = found.setdefault((total.reporter, total.series), {})
                years.setdefault(total.period, total.figure)
        first, second = sorted((place_a, place_b))
        there, back = (
            self.flow_by_series(*way, doubted=doubted) for way in ((first, second), (second, first))
        )
        for counted in there.keys() & back.keys():
            for year in there[counted].keys() & back[counted].keys():
                pair = (there[counted][year], back[counted][year])
                reporter, series = counted
                added = derive(
                    f"Trade between {self._name(first)} and {self._name(second)}, both ways, "
                    f"as counted by {self._name(reporter)} ({series})",
                    pair[0].point + pair[1].point,
                    "USD",
                    pair,
                    "landbridge.flows.totals.Totals.turnover_by_series",
                    note="Sum of the two flows, exports free on board and imports with freight and insurance as a rule.",
                    comparator="=" if all(item.comparator == "=" for item in pair) else "~",
                )
                found.setdefault(counted, {}).setdefault(year, added)
        return {counted: dict(sorted(years.items())) for counted, years in sorted(found.items())}

    def turnover_by_reporter(self, place_a: str, place_b: str) -> dict[str, dict[str, Figure]]:
        """Reporter → year → turnover; where a reporter has several series for a year, an exact one of the longest."""
        return _by_reporter(self.turnover_by_series(place_a, place_b))

    def flow_by_reporter(self, exporter: str, importer: str) -> dict[str, dict[str, Figure]]:
        """Reporter → year → exports of `exporter` to `importer`; preferences as in `turnover_by_reporter`."""
        return _by_reporter(self.flow_by_series(exporter, importer))

    def flow_by_series(
        self, exporter: str, importer: str, *, doubted: bool = False
    ) -> dict[Counted, dict[str, Figure]]:
        """(Reporter, series) → year → exports of `exporter` to `importer`; only within one series do years compare."""
        found: dict[Counted, dict[str, Figure]] = {}
        for total in sorted(self.flow(exporter, importer), key=_preference):
            if total.reporter and YEAR.fullmatch(total.period) and (doubted or not total.suspect):
                years = found.setdefault((total.reporter, total.series), {})
                years.setdefault(total.period, total.figure)
        return found

    def mirror(self, exporter: str, importer: str) -> tuple[MirrorGap, ...]:
        """The years in which both sides published the same flow, oldest first, with the gap between them."""
        by_reporter = self.flow_by_reporter(exporter, importer)
        ours, theirs = by_reporter.get(exporter, {}), by_reporter.get(importer, {})
        return tuple(gap(ours[year], theirs[year]) for year in sorted(ours.keys() & theirs.keys()))


def _by_reporter(series: dict[Counted, dict[str, Figure]]) -> dict[str, dict[str, Figure]]:
    chosen: dict[str, dict[str, Figure]] = {}
    for reporter in sorted({reporter for reporter, _ in series}):
        held = [years for (who, _), years in sorted(series.items()) if who == reporter]
        chosen[reporter] = {
            year: min(
                (years for years in held if year in years),
                key=lambda years: (years[year].comparator != "=", -len(years)),
            )[year]
            for year in sorted({year for years in held for year in years})
        }
    return chosen


def _preference(total: Total) -> tuple[bool, bool, str]:
    figure = total.figure
    weak = figure.citation is not None and figure.citation.source.weak
    return (figure.comparator != "=", weak, figure.id)
