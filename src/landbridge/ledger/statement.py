"""One property of one subject, as one source states it."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from landbridge.provenance import Citation, Figure, Source, Span, Status, content_id


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says about one property of one record.

    `text` holds words, dates, codes and place lists; `number`, `low`, `high` hold quantities in the base unit `unit`.
    `period` is the time the value is about; `valid_from` and `valid_to` when it held; `as_of` when the source spoke;
    `recorded` when it was entered. `detail` holds the slots of a claim. The id is the hash of everything but who
    recorded it and when: reading the same source twice adds nothing.
    """

    subject: str
    kind: str
    property: str
    source: str
    status: Status
    recorded: str
    recorder: str
    text: str = ""
    number: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    comparator: str = "="
    period: str = ""
    valid_from: str = ""
    valid_to: str = ""
    as_of: str = ""
    locator: str = ""
    start: int | None = None
    end: int | None = None
    sha256: str = ""
    speaker: str = ""
    note: str = ""
    supersedes: str = ""
    detail: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    id: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "detail", MappingProxyType(dict(self.detail)))
        object.__setattr__(self, "id", content_id("s-", self.content()))

    def content(self) -> dict[str, Any]:
        """The identifying content: every field that is set, but for who recorded it and when."""
        out: dict[str, Any] = {}
        for name in _CONTENT:
            value = getattr(self, name)
            if value is None or value == "" or value == {}:
                continue
            out[name] = repr(float(value)) if name in _NUMBERS else dict(value) if name == "detail" else value
        return out

    @builtins.property
    def is_quantity(self) -> bool:
        """True where the statement holds a number or a range."""
        return self.number is not None or (self.low is not None and self.high is not None)

    @builtins.property
    def places(self) -> tuple[str, ...]:
        """The place codes in a statement of type place or places."""
        return tuple(self.text.split())

    def citation(self, sources: Mapping[str, Source]) -> Citation | None:
        """The citation, or None for what is assumed."""
        if self.source == ASSUMED:
            return None
        span = None if self.start is None or self.end is None else Span(self.start, self.end, self.sha256)
        return Citation(sources[self.source], self.locator, span, self.speaker)

    def figure(self, measure: str, sources: Mapping[str, Source]) -> Figure:
        """The statement as a figure; `measure` says in words what is measured."""
        return Figure(
            measure=measure,
            value=self.number,
            unit=self.unit,
            period=self.period or self.as_of,
            status=self.status,
            low=self.low,
            high=self.high,
            citation=self.citation(sources),
            cell=f"ledger:{self.id}",
            note=self.note,
            comparator=self.comparator,
        )


ASSUMED = "assumed"
_NUMBERS = ("number", "low", "high")
_CONTENT = tuple(
    name for name in Statement.__dataclass_fields__ if name not in ("id", "recorded", "recorder")
)
