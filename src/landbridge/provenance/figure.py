"""A number that can be walked back to where it came from."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from landbridge.provenance.citation import Citation
from landbridge.provenance.status import Status, weakest
from landbridge.units import unit as unit_named


def content_id(prefix: str, content: object) -> str:
    """`prefix` and ten characters of the SHA-256 of `content` as canonical JSON: same content, same id, everywhere.

    Numbers come as text, so that ids do not depend on the platform's formatting.
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).digest()
    return prefix + base64.b32encode(digest).decode().lower()[:10]


def _digits(number: float | None) -> str | None:
    """A number at twelve significant digits: what ids rest on, so that the last bits of a sum do not change them."""
    return None if number is None else f"{number:.12g}"


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A statistic that cannot be computed, and why. Stands where a number would; never NaN."""

    reason: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.reason} {self.remedy}".strip()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with unit, period, status and the chain that made it.

    `value`, `low` and `high` are in the base unit `unit`; where the evidence is a range alone, `value` is None and
    both ends are given. `measure` says in words
    what is measured. A figure read from somewhere has a `citation` and a `cell` (`table:key`); a derived one has
    `inputs` and the dotted name of the `code` that combined them. `comparator` keeps a source's own hedge: `=`,
    `~` (about), `>` (more than), `<`, `>=`, `<=`.
    """

    measure: str
    value: float | None
    unit: str
    period: str
    status: Status
    low: float | None = None
    high: float | None = None
    citation: Citation | None = None
    cell: str = ""
    inputs: tuple[Figure, ...] = ()
    code: str = ""
    note: str = ""
    comparator: str = "="
    id: str = field(init=False, default="")

    def __post_init__(self) -> None:
        unit_named(self.unit)
        numbers = [number for number in (self.value, self.low, self.high) if number is not None]
        if any(not math.isfinite(number) for number in numbers):
            raise ValueError(f"{self.measure}: NaN or infinity is not a figure; use Unavailable(reason).")
        if self.value is None and len(numbers) < 2:
            raise ValueError(f"{self.measure}: a figure without a value needs both ends of its range.")
        if self.citation is None and not self.inputs and self.status is not Status.ASSUMED:
            raise ValueError(f"{self.measure}: a figure needs a citation, inputs, or the status assumed.")
        object.__setattr__(self, "id", content_id("f-", self._content()))

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = {
            "measure": self.measure,
            "value": _digits(self.value),
            "unit": self.unit,
            "period": self.period,
            "status": self.status.value,
            "cell": self.cell,
            "code": self.code,
            "comparator": self.comparator,
            "inputs": [figure.id for figure in self.inputs],
        }
        if self.low is not None or self.high is not None:
            content["range"] = [_digits(self.low), _digits(self.high)]
        if self.citation is not None:
            span = self.citation.span
            content["source"] = [
                self.citation.source.id,
                self.citation.locator,
                span and [span.start, span.end],
            ]
        return content

    @property
    def point(self) -> float:
        """The value, or the middle of the range where only a range is known. For charts and sums, not for text."""
        if self.value is not None:
            return self.value
        assert self.low is not None
        assert self.high is not None
        return (self.low + self.high) / 2

    def record(self) -> dict[str, Any]:
        """The figure alone as plain data; its inputs by their ids."""
        out: dict[str, Any] = {"id": self.id, "measure": self.measure, "value": self.value}
        for name in ("low", "high"):
            if getattr(self, name) is not None:
                out[name] = getattr(self, name)
        out |= {"unit": self.unit, "period": self.period, "status": self.status.value}
        if self.comparator != "=":
            out["comparator"] = self.comparator
        for name in ("cell", "code", "note"):
            if getattr(self, name):
                out[name] = getattr(self, name)
        if self.citation is not None:
            out["citation"] = str(self.citation)
            out["url"] = self.citation.source.url
            out["source"] = self.citation.source.id
            out["licence"] = self.citation.source.licence
            if self.citation.source.weak:
                out["weak"] = True
        if self.inputs:
            out["inputs"] = [figure.id for figure in self.inputs]
        return out

    def chain(self) -> dict[str, Any]:
        """The figure and everything under it as plain data: what `landbridge explain` shows."""
        out = self.record()
        if self.inputs:
            out["inputs"] = [figure.chain() for figure in self.inputs]
        return out


def derive(
    measure: str,
    value: float | None,
    unit: str,
    inputs: Sequence[Figure],
    code: str,
    *,
    period: str | None = None,
    low: float | None = None,
    high: float | None = None,
    note: str = "",
    status: Status | None = None,
    comparator: str = "=",
) -> Figure:
    """A figure computed from `inputs` by `code`; it carries their weakest status and, unless given, their common period."""
    if period is None:
        moments = sorted({moment for figure in inputs for moment in figure.period.split("/") if moment})
        period = "/".join(dict.fromkeys((moments[0], moments[-1]))) if moments else ""
    lowest = weakest(figure.status for figure in inputs)
    return Figure(
        measure=measure,
        value=value,
        unit=unit,
        period=period,
        status=lowest if status is None else weakest((lowest, status)),
        low=low,
        high=high,
        inputs=tuple(inputs),
        code=code,
        note=note,
        comparator=comparator,
    )
