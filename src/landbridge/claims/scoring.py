"""How well the grammar reads: its claims against annotated ones. The same rules that the published scores follow.

A match is: the same document, overlapping spans, and equal value (within 0.5 %) and unit; it is *right in every slot* where also
kind, indicator, period (stated or inferred), comparator and the set of parties are equal. An annotated row matches once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbridge.claims.claim import Claim

TOLERANCE = 0.005
NUMERIC = ("quantity", "change", "target", "twinning")
SLOTS = ("kind", "indicator", "period", "comparator", "parties")


@dataclass(frozen=True, slots=True)
class Gold:
    """One annotated claim."""

    doc: str
    start: int
    end: int
    kind: str
    indicator: str
    parties: frozenset[str]
    period: str | None
    value: float | None
    unit: str | None
    comparator: str | None
    quote: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Gold:
        """A row of an annotation file."""
        return cls(
            row["doc"],
            row["start"],
            row["end"],
            row["kind"],
            row["indicator"],
            frozenset(row["parties"]),
            row["period"] or row["period_inferred"],
            row["value"],
            row["unit"],
            row["comparator"],
            row["quote"],
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """An annotated row with the claim that matches it, or either of them alone."""

    gold: Gold | None
    claim: Claim | None
    doc: str

    @property
    def wrong(self) -> tuple[str, ...]:
        """The slots in which the two differ."""
        if self.gold is None or self.claim is None:
            return ()
        return tuple(slot for slot in SLOTS if _slot(self.claim, slot) != getattr(self.gold, slot))


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall for value, unit and span, and the share of matches that are right in every slot."""

    pairs: tuple[Pair, ...]

    @property
    def matched(self) -> int:
        """Annotated rows that a claim matches."""
        return sum(pair.gold is not None and pair.claim is not None for pair in self.pairs)

    @property
    def given(self) -> int:
        """Annotated rows."""
        return sum(pair.gold is not None for pair in self.pairs)

    @property
    def found(self) -> int:
        """Numeric claims that were read."""
        return sum(pair.claim is not None for pair in self.pairs)

    @property
    def precision(self) -> float:
        """Matched claims over claims read; 1 where none was read."""
        return self.matched / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Matched rows over annotated rows; 1 where none was given."""
        return self.matched / self.given if self.given else 1.0

    @property
    def whole(self) -> float:
        """The share of matches that are right in every slot."""
        right = sum(
            pair.gold is not None and pair.claim is not None and not pair.wrong for pair in self.pairs
        )
        return right / self.matched if self.matched else 0.0

    def slots(self) -> dict[str, float]:
        """For each slot the share of matches in which it is right."""
        wrong = Counter(slot for pair in self.pairs for slot in pair.wrong)
        return {slot: 1 - wrong[slot] / self.matched if self.matched else 0.0 for slot in SLOTS}

    def confusion(self) -> dict[tuple[str, str], int]:
        """How often an annotated indicator was read as another, `-` for rows without a claim and claims without a row."""
        found = Counter(
            (pair.gold.indicator if pair.gold else "-", pair.claim.indicator if pair.claim else "-")
            for pair in self.pairs
        )
        return {key: count for key, count in sorted(found.items()) if key[0] != key[1]}

    def of(self, doc: str) -> Score:
        """The score of one document."""
        return Score(tuple(pair for pair in self.pairs if pair.doc == doc))


def gold(path: Path) -> tuple[Gold, ...]:
    """The numeric rows of an annotation file (JSON lines)."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return tuple(Gold.of(row) for row in rows if row["value"] is not None and row["kind"] in NUMERIC)


def score(annotated: Iterable[Gold], read: Mapping[str, Sequence[Claim]]) -> Score:
    """Match the claims of each document with its annotated rows: the pairs with most slots in common first."""
    pairs: list[Pair] = []
    by_document: dict[str, list[Gold]] = {}
    for row in annotated:
        by_document.setdefault(row.doc, []).append(row)
    for doc in sorted({*by_document, *read}):
        rows = by_document.get(doc, [])
        claims = [claim for claim in read.get(doc, ()) if claim.numeric and claim.kind in NUMERIC]
        pairs += _match(doc, rows, claims)
    return Score(tuple(pairs))


def _match(doc: str, rows: Sequence[Gold], claims: Sequence[Claim]) -> list[Pair]:
    possible = sorted(
        (
            (sum(_slot(claim, slot) != getattr(row, slot) for slot in SLOTS), -_overlap(row, claim), i, j)
            for i, row in enumerate(rows)
            for j, claim in enumerate(claims)
            if _equal(row, claim)
        )
    )
    taken_rows: set[int] = set()
    taken_claims: set[int] = set()
    pairs = []
    for _, _, i, j in possible:
        if i not in taken_rows and j not in taken_claims:
            taken_rows.add(i)
            taken_claims.add(j)
            pairs.append(Pair(rows[i], claims[j], doc))
    pairs += [Pair(row, None, doc) for i, row in enumerate(rows) if i not in taken_rows]
    pairs += [Pair(None, claim, doc) for j, claim in enumerate(claims) if j not in taken_claims]
    return pairs


def _equal(row: Gold, claim: Claim) -> bool:
    if row.value is None or claim.value is None or row.unit != claim.unit or _overlap(row, claim) <= 0:
        return False
    return abs(row.value - claim.value) <= TOLERANCE * abs(row.value)


def _overlap(row: Gold, claim: Claim) -> int:
    return min(row.end, claim.end) - max(row.start, claim.start)


def _slot(claim: Claim, slot: str) -> Any:
    if slot == "parties":
        return frozenset(claim.parties)
    return (claim.period or claim.period_inferred) if slot == "period" else getattr(claim, slot)
