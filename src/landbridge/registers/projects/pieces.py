"""The pieces of a headline taken apart: a project under it or beside it, and a sum with what of it is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landbridge.registers.projects.money import Claim, Held, Total, amount


@dataclass(frozen=True, slots=True)
class Part:
    """One project under a headline, or a candidate for it.

    `held` is what it holds by kind and unit. `inside` are records under it whose sums are contained in its own
    and are not added. `why` says why it is listed.
    """

    record: str
    name: str
    sector: str
    stage: str
    held: tuple[Held, ...]
    inside: tuple[str, ...]
    why: str

    def row(self) -> dict[str, Any]:
        """Plain columns; sums as a list with who said them and when."""
        return {
            "record": self.record,
            "name": self.name,
            "sector": self.sector or None,
            "stage": self.stage or None,
            "sums": [claim.row() for held in self.held for claim in held.claims],
            "inside": list(self.inside),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Remainder:
    """One sum of the headline with what of it is named and what is not, all in its own unit.

    `named` is the sum of the parts, `candidates` of the candidates; `unnamed_low` and `unnamed_high` what is
    left when only the parts are taken off, below zero where the parts say more than the headline. `share` is
    the named share of the headline in per cent, low and high. `number` is how many projects the same claim
    counts, `largest` the candidate that weighs most.
    """

    claim: Claim
    number: Claim | None
    named: Total
    candidates: Total
    unnamed_low: float
    unnamed_high: float
    comparator: str
    share_low_pct: float
    share_high_pct: float
    largest: tuple[Part, Held] | None

    def row(self) -> dict[str, Any]:
        """Plain columns; money is in `unit`."""
        low, high = self.claim.bounds
        return {
            "kind": self.claim.kind,
            "unit": self.claim.statement.unit,
            "headline_low": low,
            "headline_high": high,
            "headline_comparator": self.claim.statement.comparator,
            "converted": self.claim.converted,
            "projects_count": None if self.number is None else self.number.statement.number,
            "claimed_on": self.claim.claimed_on or None,
            "by": self.claim.by,
            "named_low": self.named.low,
            "named_high": self.named.high,
            "named_comparator": self.named.comparator,
            "named_parts": len(self.named.parts),
            "candidates_low": self.candidates.low,
            "candidates_high": self.candidates.high,
            "candidate_records": len(self.candidates.parts),
            "unnamed_low": self.unnamed_low,
            "unnamed_high": self.unnamed_high,
            "unnamed_comparator": self.comparator,
            "named_low_pct": self.share_low_pct,
            "named_high_pct": self.share_high_pct,
            "headline": self.claim.words,
            "named": self._said(self.named, "none"),
            "unnamed": self._left if self.named.parts else "all of it",
            "candidates": self._said(self.candidates, "none with a sum") + self._most,
            "largest_candidate": self.largest[0].record if self.largest else None,
            "ids": [self.claim.statement.id, *(c.statement.id for c in self.named.claims)],
        }

    def _said(self, total: Total, nothing: str) -> str:
        """A sum over records in words, with how many records are in it."""
        if not total.parts:
            return nothing
        count = len(total.parts)
        known = f"{amount(total.low, total.high, total.comparator)} {total.unit}"
        return f"{known} by {count} record{'s' * (count > 1)}"

    @property
    def _most(self) -> str:
        """That one candidate makes up most of them, where it does."""
        if self.largest is None or len(self.candidates.parts) < 2:
            return ""
        part, held = self.largest
        return f", {amount(held.low, held.high, held.comparator)} {held.unit} of them {part.name}"

    @property
    def _left(self) -> str:
        return f"{amount(self.unnamed_low, self.unnamed_high, self.comparator)} {self.claim.statement.unit}"
