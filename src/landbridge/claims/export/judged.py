"""What an export needs of a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.review import claim_id
from landbridge.provenance import content_id


class Judged(Protocol):
    """A claim with what follows for it; `evidence` holds items with a `cell`, and a `figure` that has an id."""

    @property
    def claim(self) -> Claim:
        """The claim."""

    @property
    def outcome(self) -> str:
        """One of the keys of `claimreview.RATINGS`."""

    @property
    def definition(self) -> str:
        """The definition under which it was compared."""

    @property
    def evidence(self) -> Sequence[Any]:
        """What it was compared with."""

    @property
    def reason(self) -> str:
        """Why, in our words."""


def references(verdict: Judged) -> tuple[str, ...]:
    """The cells and ids of figures that a verdict rests on, each once."""
    found: dict[str, None] = {}
    for item in verdict.evidence:
        for cell in str(getattr(item, "cell", "") or "").split("; "):
            found.setdefault(cell)
        found.setdefault(str(getattr(getattr(item, "figure", None), "id", "") or ""))
    found.pop("", None)
    return tuple(found)


def verdict_id(document: Document, verdict: Judged) -> str:
    """The id of a verdict: the same claim, outcome, definition and evidence give the same id."""
    parts = [claim_id(document, verdict.claim), verdict.outcome, verdict.definition]
    return content_id("v-", [*parts, *references(verdict)])
