"""Verifying: readings set beside statistics, beside themselves and beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landbridge.claims.reading import Reading
from landbridge.claims.verdicts import against
from landbridge.claims.verdicts.contradictions import across, within
from landbridge.claims.verdicts.findings import Finding
from landbridge.claims.verdicts.verdict import OUTCOMES, Verdict
from landbridge.claims.wording import said
from landbridge.release import Data, load

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Verdicts:
    """What statistics say of each claim, and what arithmetic, dates and other texts say without them.

    `verdicts[i]` holds one verdict for each claim of `readings[i]`, in order. `within[i]` holds what the text says of
    itself, `across` the pairs of claims of two texts that agree or cannot both be right.
    """

    readings: tuple[Reading, ...]
    verdicts: tuple[tuple[Verdict, ...], ...]
    within: tuple[tuple[Finding, ...], ...]
    across: tuple[Finding, ...]
    release: str
    as_of: str

    def each(self) -> Iterator[tuple[Reading, Verdict]]:
        """Every verdict with the reading that its claim stands in."""
        for reading, verdicts in zip(self.readings, self.verdicts, strict=True):
            for verdict in verdicts:
                yield reading, verdict

    def findings(self) -> tuple[Finding, ...]:
        """Every finding: of each text alone, then across texts."""
        return (*(finding for found in self.within for finding in found), *self.across)

    def counts(self) -> dict[str, int]:
        """How many claims met each outcome, in the order of the outcomes."""
        found = Counter(verdict.outcome for _, verdict in self.each())
        return {outcome: found[outcome] for outcome in OUTCOMES}

    def rows(self) -> list[dict[str, Any]]:
        """One plain row a claim: where it stands, what it says, and its verdict with the evidence."""
        return [
            {
                "document": reading.document.name,
                "title": reading.document.title,
                "start": verdict.claim.start,
                "end": verdict.claim.end,
                "quote": said(verdict.claim),
                "kind": verdict.claim.kind,
                "indicator": verdict.claim.indicator,
                "parties": list(verdict.claim.parties),
                "speaker": verdict.claim.speaker,
            }
            | verdict.row()
            for reading, verdict in self.each()
        ]

    def table(self) -> pl.DataFrame:
        """The verdicts as a flat frame; lists are written out with `; ` between."""
        import polars as pl

        flat = []
        for row in self.rows():
            claimed, held = row.pop("claimed"), row.pop("held")
            shown = [
                f"{item['value']:.6g} {item['unit']} ({item['definition']})"
                for item in held
                if item["value"] is not None
            ]
            flat.append(
                row
                | {"parties": " ".join(row["parties"]), "cells": "; ".join(row["cells"])}
                | {name: claimed[name] for name in claimed}
                | {"held": "; ".join(shown)}
            )
        return pl.DataFrame(flat, infer_schema_length=None)


def verify(readings: Sequence[Reading], data: Data | None = None, *, as_of: str = "") -> Verdicts:
    """Verdicts on every claim of some readings.

    `data` is the release (the embedded one without it). With `as_of` only what was recorded by that day is held against the
    claims, and claims of a text without a date count as made then.
    """
    held = load() if data is None else data
    if as_of:
        held = held.at(as_of)
    verdicts = tuple(
        against.verify(
            reading.claims,
            held,
            as_of=reading.document.dated or as_of,
            homes=reading.homes,
            text=reading.document.text,
        )
        for reading in readings
    )
    return Verdicts(
        tuple(readings),
        verdicts,
        tuple(within(reading.document, reading.claims) for reading in readings),
        across([(reading.document, reading.claims) for reading in readings]) if len(readings) > 1 else (),
        held.manifest.id,
        held.as_of,
    )
