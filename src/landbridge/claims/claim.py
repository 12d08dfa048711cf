"""What a text asserts: one claim, with the words that make it and the slots it fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

# The slots in which a claim is told apart from another; the order is that of the rows printed.
SLOTS = (
    "quote",
    "start",
    "end",
    "kind",
    "indicator",
    "subject",
    "parties",
    "direction",
    "period",
    "asof",
    "period_inferred",
    "value",
    "unit",
    "comparator",
    "speaker",
)
Slot = str | int | float | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One assertion, after the vocabulary of claims (docs/reference/vocabulary.md).

    `quote` is `text[start:end]` of the document. `value` is in the base unit (`5.08 billion dollars` is 5080000000 USD) and
    None where only a direction or an intention is stated. `period` is what the text states; `asof` holds words that date a
    claim by the time of writing, and `period_inferred` our reading of them. `readings` maps a slot to every value it may
    have, the likeliest first, where the words allow several; the slot itself holds the likeliest. `rule` names the rule
    of the grammar that found the claim, `grade` how far rules of that kind are to be trusted (docs/explanation/claims.md).
    """

    quote: str
    start: int
    end: int
    kind: str
    indicator: str
    subject: str
    parties: tuple[str, ...] = ()
    direction: str | None = None
    period: str | None = None
    asof: str | None = None
    period_inferred: str | None = None
    value: float | None = None
    unit: str | None = None
    comparator: str | None = None
    speaker: str | None = None
    readings: Mapping[str, tuple[Slot, ...]] = field(default_factory=lambda: MappingProxyType({}))
    rule: str = ""
    grade: str = ""

    def row(self) -> dict[str, Any]:
        """The claim as plain values, ready for JSON."""
        out: dict[str, Any] = {slot: getattr(self, slot) for slot in SLOTS}
        out["parties"] = list(self.parties)
        out["readings"] = {
            slot: [list(value) if isinstance(value, tuple) else value for value in values]
            for slot, values in self.readings.items()
        }
        return out | {"rule": self.rule, "grade": self.grade}

    @property
    def numeric(self) -> bool:
        """True where the claim carries a value."""
        return self.value is not None

    @property
    def moment(self) -> str:
        """The period stated, else the one inferred, else nothing."""
        return self.period or self.period_inferred or ""
