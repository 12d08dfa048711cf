"""Two partners' reports of one flow, side by side. Nothing is reconciled here."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from landbridge.provenance import Figure, Unavailable, derive
from landbridge.units import require_same


@dataclass(frozen=True, slots=True)
class MirrorGap:
    """Both reports of a flow and their difference in per cent of the exporter's report."""

    exporter_report: Figure
    importer_report: Figure
    gap_pct: Figure | Unavailable

    def table(self) -> pl.DataFrame:
        """One row a report, the gap in the last column of both."""
        gap = self.gap_pct.value if isinstance(self.gap_pct, Figure) else None
        return pl.DataFrame(
            [
                {
                    "side": side,
                    "value": f.value,
                    "unit": f.unit,
                    "period": f.period,
                    "status": f.status.value,
                    "gap_pct": gap,
                }
                for side, f in (("exporter", self.exporter_report), ("importer", self.importer_report))
            ]
        )


def gap(exporter_report: Figure, importer_report: Figure) -> MirrorGap:
    """The mirror gap: 100 (importer's report - exporter's report) / exporter's report.

    Importers mostly count freight and insurance to their border (c.i.f.), exporters do not (f.o.b.), so a gap
    of some per cent is expected; a much larger or a negative one points to re-exports, confidentiality,
    timing or missing reports (Yeats 1995; Gaulier and Zignago 2010). Raises `UnitMismatch` for different
    units. Reports of different periods, or an exporter's report of zero, give `Unavailable`.
    """
    unit = require_same("a mirror gap", exporter_report.unit, importer_report.unit)
    found: Figure | Unavailable
    if exporter_report.period != importer_report.period:
        found = Unavailable(
            f"The reports are for different periods: {exporter_report.period} and {importer_report.period}.",
            "Compare reports of the same period.",
        )
    elif exporter_report.point <= 0:
        found = Unavailable(
            f"The exporter's report is {exporter_report.point:g} {unit}: there is nothing to relate to."
        )
    else:
        found = derive(
            f"mirror gap: {importer_report.measure} against {exporter_report.measure}",
            100 * (importer_report.point / exporter_report.point - 1),
            "%",
            (exporter_report, importer_report),
            "landbridge.flows.mirror.gap",
            note="In per cent of the exporter's report; imports mostly include freight and insurance.",
        )
    return MirrorGap(exporter_report, importer_report, found)
