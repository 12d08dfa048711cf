"""How large a change is and who says so: ranges within bounds, and sources."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, PlainValidator
from pydantic_core import CoreSchema, core_schema

from landbridge.errors import BadUsage
from landbridge.scenarios.forms import Fault, Form, refused

ASSUMED = "assumed"
FITTED = "fitted"

# Beyond this no unit has a meaning, and whole numbers may not fit a float.
_ENDLESS = 1e15

# Signs that look like a minus and are none to YAML.
_DASHED = re.compile("[\u2212\u2012-\u2015\ufe63\uff0d] *[0-9]+([.][0-9]+)?")

_RANGE = "Write a number, [low, high], or {value: , low: , high: } with low <= value <= high."
_SOURCE = "Write `source: assumed`, or `source: {publisher: Who, url: https://...}`."


@dataclass(frozen=True, slots=True, init=False)
class Range:
    """A size with its uncertainty: `low <= value <= high`. Half of the mass lies on either side of `value`.

    `Range(5)` is certain, `Range(6, 9)` has its central value in the middle, `Range(6, 9, value=7)` names it.
    """

    low: float
    value: float
    high: float

    def __init__(self, low: float, high: float | None = None, *, value: float | None = None) -> None:
        top = low if high is None else high
        given = (low, (low + top) / 2 if value is None else value, top)
        if not all(math.isfinite(number) for number in given) or not given[0] <= given[1] <= given[2]:
            low_text, text, high_text = (f"{number:g}" for number in given)
            raise BadUsage(
                f"low {low_text}, value {text}, high {high_text} is no range.",
                remedy="Give finite numbers with low <= value <= high.",
            )
        for name, number in zip(("low", "value", "high"), given, strict=True):
            object.__setattr__(self, name, float(number))

    @property
    def certain(self) -> bool:
        """Whether low and high are the same."""
        return self.low == self.high

    def written(self) -> float | list[float] | dict[str, float]:
        """The shortest way to write the range in a file."""
        if self.certain:
            return self.value
        if self.value == (self.low + self.high) / 2:
            return [self.low, self.high]
        return self.record()

    def record(self) -> dict[str, float]:
        """The three numbers by name."""
        return {"low": self.low, "value": self.value, "high": self.high}


@dataclass(frozen=True, slots=True)
class Bound:
    """Unit and bounds of a size, both included unless `above`, and what else than a number may be written."""

    unit: str
    low: float
    high: float
    above: bool = False
    why: str = ""
    words: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    @property
    def spelled(self) -> str:
        """The bounds in words."""
        begin, end = ("above", "and at most") if self.above else ("from", "to")
        return f"{begin} {self.low:,.12g} {end} {self.high:,.12g}"

    def read(self, given: Any) -> Range | str:
        """The range that an author wrote; raises what validators raise."""
        if isinstance(given, str) and given in self.words:
            return given
        size = as_range(given, self.words)
        for end in dict.fromkeys((size.low, size.value, size.high)):
            if not self.low <= end <= self.high or (self.above and end == self.low):
                raise refused(
                    f"{end:,.12g} is impossible here; sizes are {self.spelled} ({self.unit}).",
                    cause=self.why,
                )
        return size


def as_range(given: Any, words: tuple[str, ...] = ()) -> Range:
    """A range out of a number, a pair, a mapping or a `Range`; raises what validators raise."""
    if isinstance(given, Range):
        return given
    remedy = _RANGE + (f" Or the word {', '.join(words)}." if words else "")
    if isinstance(given, Mapping):
        unknown = [str(key) for key in given if key not in ("value", "low", "high")]
        if unknown or "low" not in given or "high" not in given:
            raise refused(
                f"a range with the keys {', '.join(map(str, given)) or 'none'} is not known.", remedy
            )
        numbers = [given["low"], given.get("value"), given["high"]]
        if numbers[1] is None:
            del numbers[1]
    elif isinstance(given, Sequence) and not isinstance(given, str):
        numbers = list(given)
        if len(numbers) != 2:
            raise refused(f"a range has two ends; here are {len(numbers)} values.", remedy)
    else:
        numbers = [given]
    # YAML reads `on` as true, which Python counts as one.
    for number in numbers:
        if isinstance(number, str) and _DASHED.fullmatch(number.strip()):
            plain = f"-{number.strip()[1:].strip()}"
            raise refused(
                f"{number!r} is no number.",
                f"Write it with a hyphen: {plain}.",
                "Its sign is a dash or the minus of printed text, which YAML does not read.",
            )
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise refused(f"{number!r} is no number.", remedy)
        if not abs(number) < _ENDLESS:
            raise refused(f"{str(number)[:20]} is no size.", remedy)
    if numbers[0] > numbers[-1]:
        low, high = numbers[0], numbers[-1]
        raise refused(
            f"the low end {low:g} is above the high end {high:g}.",
            f"Swap them: [low, high] is [{high:g}, {low:g}].",
            "More negative is lower." if low < 0 else "",
        )
    try:
        return Range(numbers[0], numbers[-1], value=numbers[1] if len(numbers) == 3 else None)
    except BadUsage as error:
        raise refused(error.problems[0].what, remedy) from None


def _day(given: Any) -> Any:
    """YAML reads 2024-02-28 as a date and 2024 as a number; both are text here."""
    if isinstance(given, datetime.date) or (isinstance(given, int) and not isinstance(given, bool)):
        return str(given)
    return given


def _link(given: Any) -> Any:
    if not isinstance(given, str) or not given.startswith(("https://", "http://")) or len(given.split()) != 1:
        raise refused(
            f"{given!r} is no address.", "Write the address of the page, beginning with https:// or http://."
        )
    return given


def _said(given: Any) -> Any:
    if not isinstance(given, str) or not given.strip():
        raise refused("there are no words here.", "Name who published it, in words.")
    return given


class Cited(Form):
    """Where a size was read: who published it and where; `words` are the sentence that says it."""

    first = ("publisher", "url")
    example = "source: {publisher: Who, url: https://...}"

    publisher: Annotated[str, PlainValidator(_said)]
    url: Annotated[str, PlainValidator(_link)]
    title: str = ""
    date: Annotated[str, BeforeValidator(_day)] = ""
    words: str = ""

    def __str__(self) -> str:
        title = self.title and f"“{self.title}”"
        return ", ".join(part for part in (self.publisher, title, self.date, self.url) if part)


def as_source(given: Any) -> Cited | str:
    """`assumed`, or a citation; raises what validators raise."""
    if isinstance(given, Cited) or given == ASSUMED:
        return given  # type: ignore[no-any-return]
    if isinstance(given, Mapping):
        made, found = Cited.attempt(given)
        if made is None:
            raise refused("the source is not whole.", faults=found)
        return made
    raise refused(f"{given!r} is no source.", _SOURCE)


Source = Annotated[Cited | str, PlainValidator(as_source)]


def no_source(example: str) -> Fault:
    """The fault of a change that does not say where its size comes from."""
    return Fault(
        (), "the size has no source.", f"Whoever reads the result must know who says so. {_SOURCE}", example
    )
