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


@dataclass(frozen=True, slots=True)
class Total:
    """One published total. `reporter` is the place whose statistics count it, empty where the source does not say."""

    exporter: str
    importer: str
    measure: str
    period: str
    reporter: str
    basis: PriceBasis
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
            by = f", as counted by {self._name(reporter)}" if reporter else ""
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
            yield Total(
                exporter, importer, measure, row["period"], reporter, PriceBasis(row["basis"]), figure
            )

    def _name(self, code: str) -> str:
        return self._names.get(code, code)

    def turnover_by_reporter(self, place_a: str, place_b: str) -> dict[str, dict[str, Figure]]:
        """Reporter → year → turnover. A published turnover comes first; else the sum of the reporter's two flows.

        Of several published figures of one reporter and year the exact one comes before a hedged one, and a strong
        source before a weak one; the others stay in `turnover`.
        """
        found: dict[str, dict[str, Figure]] = {}
        for total in sorted(self.turnover(place_a, place_b), key=_preference):
            if YEAR.fullmatch(total.period):
                found.setdefault(total.reporter, {}).setdefault(total.period, total.figure)
        there = self.flow_by_reporter(place_a, place_b)
        back = self.flow_by_reporter(place_b, place_a)
        for reporter in there.keys() & back.keys():
            for year in there[reporter].keys() & back[reporter].keys():
                pair = (there[reporter][year], back[reporter][year])
                added = derive(
                    f"Trade between {self._name(place_a)} and {self._name(place_b)}, both ways, "
                    f"as counted by {self._name(reporter)}",
                    pair[0].point + pair[1].point,
                    "USD",
                    pair,
                    "landbridge.flows.totals.Totals.turnover_by_reporter",
                    note=" ".join(
                        ("Sum of the reporter's two flows.", *dict.fromkeys(item.note for item in pair))
                    ),
                    comparator="=" if all(item.comparator == "=" for item in pair) else "~",
                )
                found.setdefault(reporter, {}).setdefault(year, added)
        return {reporter: dict(sorted(years.items())) for reporter, years in sorted(found.items())}

    def flow_by_reporter(self, exporter: str, importer: str) -> dict[str, dict[str, Figure]]:
        """Reporter → year → exports of `exporter` to `importer`; preferences as in `turnover_by_reporter`."""
        found: dict[str, dict[str, Figure]] = {}
        for total in sorted(self.flow(exporter, importer), key=_preference):
            if total.reporter and YEAR.fullmatch(total.period):
                found.setdefault(total.reporter, {}).setdefault(total.period, total.figure)
        return {reporter: dict(sorted(years.items())) for reporter, years in found.items()}

    def mirror(self, exporter: str, importer: str) -> tuple[MirrorGap, ...]:
        """The years in which both sides published the same flow, oldest first, with the gap between them."""
        by_reporter = self.flow_by_reporter(exporter, importer)
        ours, theirs = by_reporter.get(exporter, {}), by_reporter.get(importer, {})
        return tuple(gap(ours[year], theirs[year]) for year in sorted(ours.keys() & theirs.keys()))


def _preference(total: Total) -> tuple[bool, bool, str]:
    figure = total.figure
    weak = figure.citation is not None and figure.citation.source.weak
    return (figure.comparator != "=", weak, figure.id)
