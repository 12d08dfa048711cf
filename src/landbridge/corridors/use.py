"""Who uses what: the part of each sector's flow that passes a crossing, a pipeline, the sea or the air."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landbridge.corridors.amounts import Amount, total
from landbridge.errors import BadFile, NotHeld, Problem, UnknownLabel

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("exporter", "importer", "sector", "mode", "crossing")
# Central shares are written with one decimal or two; their sum may miss one hundred by the rounding.
ROUNDING_PCT = 0.5


@dataclass(frozen=True, slots=True)
class UseRow:
    """The part (% of the value) of a sector's flow from `exporter` to `importer` that goes by `mode` over `crossing`:
    the id of a crossing, of a pipeline's line, or the word `sea` or `air`.
    """

    exporter: str
    importer: str
    sector: str
    mode: str
    crossing: str
    share: Amount
    year: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """The allocation of flows to crossings. Build one with `Use.of` or `Use.of_frame`."""

    rows: tuple[UseRow, ...]

    @classmethod
    def of(cls, rows: Iterable[UseRow]) -> Use:
        """The allocation in these rows.

        Raises `BadFile` with every share that cannot be, every row given twice, and every flow whose central shares do
        not add up to 100 %.
        """
        held = tuple(rows)
        found = []
        seen = set()
        whole: dict[tuple[str, str, str], float] = {}
        for row in held:
            where = f"use of {row.crossing} by {row.exporter}-{row.importer} {row.sector} ({row.mode})"
            found += [Problem(f"share {words}.", where) for words in row.share.problems()]
            if row.share.high > 100:
                found.append(Problem(f"share is above 100 %: {row.share.high:g}.", where))
            key = (row.exporter, row.importer, row.sector, row.mode, row.crossing)
            if key in seen:
                found.append(Problem("is there twice.", where, remedy="Keep one row."))
            seen.add(key)
            whole[key[:3]] = whole.get(key[:3], 0.0) + row.share.value
        for flow, share in whole.items():
            if abs(share - 100) > ROUNDING_PCT:
                found.append(
                    Problem(f"central shares add up to {share:g} %, not 100.", "use by " + " ".join(flow))
                )
        if found:
            raise BadFile(found)
        return cls(held)

    @classmethod
    def of_frame(cls, frame: pl.DataFrame) -> Use:
        """The allocation in a frame like network_use.csv; raises `BadFile` as `of`, or for what cannot be read."""
        from landbridge.corridors.reading import RowProblem, rows_of, together

        found: list[RowProblem] = []
        rows = [
            UseRow(
                row.needed("exporter"),
                row.needed("importer"),
                row.needed("sector"),
                row.needed("mode"),
                row.needed("crossing"),
                share=row.needed_amount("share_pct", "%", evidence=""),
                year=row.words("year"),
                note=row.words("note"),
            )
            for row in rows_of("network_use", frame, found)
        ]
        if found:
            raise BadFile(together(found))
        return cls.of(rows)

    def share(self, exporter: str, importer: str, sector: str, crossing: str) -> Amount:
        """The part of a flow that passes a crossing (or pipeline, `sea`, `air`), in % of its value.

        A crossing the flow is not said to use has none of it, for the shares of a flow add up to all of it. Raises
        `NotHeld` when nothing is held on the flow and `UnknownLabel` when no flow at all uses the crossing.
        """
        self._known(crossing)
        flow = [
            row
            for row in self.rows
            if (row.exporter, row.importer, row.sector) == (exporter, importer, sector)
        ]
        if not flow:
            raise NotHeld(
                f"which crossings {exporter}-{importer} {sector} uses is not held.",
                remedy="Flows that are held: see `table()`.",
            )
        used = [row.share for row in flow if row.crossing == crossing]
        if not used:
            worst = total((row.share for row in flow), "%")
            return Amount(0.0, 0.0, 0.0, "%", worst.status, worst.source)
        both = total(used, "%")
        # Two modes over one crossing: their high ends together may pass all there is.
        return Amount(both.low, both.value, min(both.high, 100.0), "%", both.status, both.source)

    def users(self, crossing: str) -> tuple[UseRow, ...]:
        """The rows of a crossing, largest share first; raises `UnknownLabel` when no flow uses it."""
        self._known(crossing)
        return tuple(
            sorted((row for row in self.rows if row.crossing == crossing), key=lambda row: -row.share.value)
        )

    def table(self) -> pl.DataFrame:
        """One row per flow, mode and crossing: share_pct with `_low` and `_high`, status, source, year, note."""
        import polars as pl

        words, number = pl.String(), pl.Float64()
        schema: dict[str, pl.DataType] = {
            **dict.fromkeys(COLUMNS, words),
            **dict.fromkeys(("share_pct", "share_pct_low", "share_pct_high"), number),
            **dict.fromkeys(("status", "source", "year", "note"), words),
        }
        rows = [
            [
                *(row.exporter, row.importer, row.sector, row.mode, row.crossing),
                *(row.share.value, row.share.low, row.share.high, row.share.status),
                *(" ".join(row.share.source), row.year, row.note),
            ]
            for row in self.rows
        ]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _known(self, crossing: str) -> None:
        held = dict.fromkeys(row.crossing for row in self.rows)
        if crossing not in held:
            raise UnknownLabel("crossing, pipeline or sea or air of a flow", crossing, held)
