"""How well the grammar reads: its claims against annotated ones. The same rules that the published scores follow.

A claim with a value matches an annotated row where document, unit and value (within 0.5 %) are equal and the spans overlap.
It is *right in every slot* where also kind, indicator, period (stated or inferred), comparator and the set of parties are
equal. A claim without a value matches by document, overlapping spans, kind and indicator. A row matches once, and so does
a claim. Rows and claims with most slots in common are paired first, so that a score is never more than the best pairing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbridge.claims.claim import Claim

TOLERANCE = 0.005
# Kinds of rows that are scored by their value. Claims with a value count, whatever their kind.
NUMERIC = ("quantity", "change", "target", "twinning")
SLOTS = ("kind", "indicator", "period", "comparator", "parties")


@dataclass(frozen=True, slots=True)
class Gold:
    """One annotated claim, with or without a value."""

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

    @property
    def kind(self) -> str:
        """The annotated kind; for a claim that nothing matches, its own."""
        return self.gold.kind if self.gold else self.claim.kind if self.claim else ""

    @property
    def indicator(self) -> str:
        """The annotated indicator; for a claim that nothing matches, its own."""
        return self.gold.indicator if self.gold else self.claim.indicator if self.claim else ""


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall of the matches, and the share of them that are right in every slot."""

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
        """Claims that were read, of those that are scored."""
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
    def right(self) -> int:
        """Matches that are right in every slot."""
        return sum(pair.gold is not None and pair.claim is not None and not pair.wrong for pair in self.pairs)

    @property
    def whole(self) -> float:
        """The share of matches that are right in every slot; 0 where nothing matches."""
        return self.right / self.matched if self.matched else 0.0

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

    def by(self, of: Callable[[Pair], str]) -> dict[str, Score]:
        """The score of each group of pairs that `of` names: by kind, by indicator, by document."""
        groups: dict[str, list[Pair]] = {}
        for pair in self.pairs:
            groups.setdefault(of(pair), []).append(pair)
        return {name: Score(tuple(pairs)) for name, pairs in sorted(groups.items())}


def together(scores: Iterable[Score]) -> Score:
    """One score of all their pairs: every row and every claim counts once."""
    return Score(tuple(pair for score in scores for pair in score.pairs))


def gold(path: Path) -> tuple[Gold, ...]:
    """The rows with a value of an annotation file (JSON lines)."""
    return tuple(row for row in _annotated(path) if row.value is not None and row.kind in NUMERIC)


def gold_statements(path: Path) -> tuple[Gold, ...]:
    """The rows without a value of an annotation file: agreements, events, barriers, measures and so on."""
    return tuple(row for row in _annotated(path) if row.value is None)


def _annotated(path: Path) -> Iterable[Gold]:
    return (Gold.of(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip())


def score(annotated: Iterable[Gold], read: Mapping[str, Sequence[Claim]]) -> Score:
    """Match the claims with a value of each document with its annotated rows, pairs with most slots in common first."""
    return _scored(annotated, read, lambda claim: claim.numeric, _equal)


def score_statements(annotated: Iterable[Gold], read: Mapping[str, Sequence[Claim]]) -> Score:
    """Match the claims without a value of each document with its annotated rows, by span, kind and indicator."""
    return _scored(annotated, read, lambda claim: not claim.numeric, _same)


def _scored(
    annotated: Iterable[Gold],
    read: Mapping[str, Sequence[Claim]],
    counts: Callable[[Claim], bool],
    equal: Callable[[Gold, Claim], bool],
) -> Score:
    pairs: list[Pair] = []
    by_document: dict[str, list[Gold]] = {}
    for row in annotated:
        by_document.setdefault(row.doc, []).append(row)
    for doc in sorted({*by_document, *read}):
        claims = [claim for claim in read.get(doc, ()) if counts(claim)]
        pairs += _match(doc, by_document.get(doc, []), claims, equal)
    return Score(tuple(pairs))


def _match(
    doc: str, rows: Sequence[Gold], claims: Sequence[Claim], equal: Callable[[Gold, Claim], bool]
) -> list[Pair]:
    possible = sorted(
        (sum(_slot(claim, slot) != getattr(row, slot) for slot in SLOTS), -_overlap(row, claim), i, j)
        for i, row in enumerate(rows)
        for j, claim in enumerate(claims)
        if equal(row, claim)
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


def _same(row: Gold, claim: Claim) -> bool:
    return (row.kind, row.indicator) == (claim.kind, claim.indicator) and _overlap(row, claim) > 0


def _overlap(row: Gold, claim: Claim) -> int:
    return min(row.end, claim.end) - max(row.start, claim.start)


def _slot(claim: Claim, slot: str) -> Any:
    if slot == "parties":
        return frozenset(claim.parties)
    return (claim.period or claim.period_inferred) if slot == "period" else getattr(claim, slot)
