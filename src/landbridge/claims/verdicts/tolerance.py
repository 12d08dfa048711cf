"""How near is near enough: every constant with its reason, and the range of values that a claim admits.

A number in a text says as much about its own precision as about the world: `5.08 billion` leaves room for half a
hundredth of a billion, `about 84 million` for more. A statistic has room too: it is rounded, hedged or revised.
A claim agrees with a figure where the two ranges meet.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from landbridge.provenance import Figure, Status
from landbridge.release.region_trade import ABOUT as HEDGE

# `About`, `nearly`, `almost`: five per cent on each side beyond the rounding. Assumed; the same reading as that of the
# hedges of sources in release/region_trade.py.
ABOUT = HEDGE
# `Over 55 million` is said of 55 to 60, hardly of 90: a value up to a tenth beyond a one-sided bound agrees without a
# remark, one further off agrees and is remarked upon. Assumed.
BEYOND = 0.10
# Zeros before the decimal point are ambiguous: `200 billion` may be rounded to one, two or three digits. They are read
# as digits, but no narrower than half a per cent of the value. Assumed.
FLOOR = 0.005
# `Twice`, `2 times`: half a unit would be a quarter of the value; a tenth is admitted instead. Assumed.
FACTOR = 0.10
# `A third`, `a quarter`, written as words: shares rounded to a fraction, in percentage points. Assumed.
FRACTION_POINTS = 2.5
_FRACTIONS = (10.0, 20.0, 25.0, 100 / 3, 40.0, 50.0, 60.0, 200 / 3, 75.0, 80.0)
# Two vintages of one year of one count: the largest difference that the release holds is 0.55 % (China with Russia,
# 2020: 107.76 billion as first published, 108.35 billion as the monthly reports add up).
REVISION = 0.006
# Parts of a year are revised more than years, because corrections come after the year is over. Assumed; the release holds
# no two vintages of one part of a year to measure it by.
REVISION_OF_MONTHS = 0.02
# On a logarithmic scale nearer to ten times than to once: the mark of a slipped digit, scale word or currency.
SLIP = math.sqrt(10)
# A value that far from every year held nearby is out of order even where its own year is not held.
ORDER = 10.0
# How many years to either side count as nearby. Assumed: trade of the pairs held at most trebled within three years.
NEARBY = 3
# By how much one side's count of a flow may exceed the other's before a part is called larger than its whole. The
# largest difference between turnovers of one year that the release holds unmarked is 14 % (Belarus and China, 2022).
MIRROR = 1.25

# The same for changes, in percentage points: the largest difference between two sides' changes of one year that the release
# holds is 4.3 (China and Russia, 2020). Assumed.
MIRROR_POINTS = 10.0

_WRITTEN = re.compile(r"\d{1,3}(?:[ ,\u00a0\u2009\u202f]\d{3}){1,6}(?:\.\d{1,12})?|\d{1,18}(?:[.,]\d{1,12})?")
_LONGEST = 2_000
_ONE_BY_ONE = frozenset(("count", "persons", "passengers", "rank", "years", "months"))


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`; None is open. `words` say why these ends."""

    low: float | None
    high: float | None
    words: str = ""

    def meets(self, other: Range) -> bool:
        """True where the two have a value in common."""
        return _below(self.low, other.high) and _below(other.low, self.high)

    def wider(self, slack: float) -> Range:
        """The same range with `slack` more on both sides."""
        low = None if self.low is None else self.low - slack
        high = None if self.high is None else self.high + slack
        return Range(low, high, self.words)


def _below(low: float | None, high: float | None) -> bool:
    # Sums of decimal numbers miss by a few units of the last bit.
    return low is None or high is None or low <= high + 1e-9 * max(abs(low), abs(high))


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a claim admits: values in `sure` agree; those in `wide` agree with a remark (a bound much understated)."""

    sure: Range
    wide: Range


def admitted(value: float, unit: str, comparator: str, quote: str) -> Admitted:
    """The values that a claimed `value` admits, by the digits in which `quote` writes it and by its comparator.

    A comparator beside a decline speaks of its size: `fell by more than 20 %` is -20 with `>` and admits -25.
    """
    if value < 0:
        mirrored = admitted(-value, unit, comparator, quote)
        return Admitted(_negated(mirrored.sure), _negated(mirrored.wide))
    half, why = rounding(value, unit, quote)
    if comparator == "~":
        both = Range(
            value - half - ABOUT * value,
            value + half + ABOUT * value,
            f"{why}, and {ABOUT:.0%} for the hedge",
        )
        return Admitted(both, both)
    if comparator in (">", ">="):
        words = f"one-sided: {value:g} and more, remarked upon beyond {BEYOND:.0%}"
        far = value * SLIP if value > 0 else None
        return Admitted(Range(value, value * (1 + BEYOND), words), Range(value, far, words))
    if comparator in ("<", "<="):
        words = f"one-sided: {value:g} and less, remarked upon beyond {BEYOND:.0%}"
        if unit == "rank":
            return Admitted(Range(1, value, words), Range(1, value, words))
        return Admitted(Range(value * (1 - BEYOND), value, words), Range(value / SLIP, value, words))
    both = Range(value - half, value + half, why)
    return Admitted(both, both)


def _negated(held: Range) -> Range:
    low = None if held.high is None else -held.high
    return Range(low, None if held.low is None else -held.low, held.words)


def rounding(value: float, unit: str, quote: str = "") -> tuple[float, str]:
    """Half a unit of the last digit in which `value` is written, and words for it.

    The digits are looked for in `quote`; a value written in words, or known without its words, is read by its own
    significant digits.
    """
    written = _digits(value, quote[:_LONGEST]) if quote else None
    if written is not None:
        half, ambiguous = written
        why = "half a unit of the last digit stated"
    elif unit == "%" and quote and any(abs(value - share) < 0.01 for share in _FRACTIONS):
        return FRACTION_POINTS, f"a fraction in words: {FRACTION_POINTS} percentage points"
    else:
        half, ambiguous = _significant(value)
        why = "half a unit of the last significant digit"
    if unit == "x" and half > FACTOR * value:
        return FACTOR * value, f"{FACTOR:.0%} of a factor in whole numbers"
    if unit in _ONE_BY_ONE and half < 0.5:
        half = 0.5
    if ambiguous and half < FLOOR * value:
        return FLOOR * value, f"{FLOOR:.1%}, because zeros at the end may be rounding"
    return half, why


def _digits(value: float, quote: str) -> tuple[float, bool] | None:
    """(Half a unit, whether zeros at the end are ambiguous) of the number in `quote` that makes `value`."""
    for found in _WRITTEN.finditer(quote):
        for whole, decimals in _readings(found[0]):
            number = float(f"{whole}.{decimals or 0}")
            if number == 0:
                if value == 0:
                    return 0.5 * 10 ** -len(decimals), False
                continue
            power = math.log10(value / number) if value > 0 else -1.0
            if abs(power - round(power)) < 1e-9 and 0 <= round(power) <= 15:
                scale = 10.0 ** round(power)
                return 0.5 * 10 ** -len(decimals) * scale, not decimals and whole.endswith("0")
    return None


def _readings(written: str) -> tuple[tuple[str, str], ...]:
    """(Whole part, decimals) of a written number; a comma with three digits behind it may be either sign."""
    bare = re.sub(r"[ \u00a0\u2009\u202f]", "", written)
    grouped = bare.replace(",", "").partition(".")
    readings = [(grouped[0], grouped[2])]
    if bare.count(",") == 1 and "." not in bare:
        whole, _, decimals = bare.partition(",")
        readings.append((whole, decimals))
    return tuple(readings)


def _significant(value: float) -> tuple[float, bool]:
    if value == 0:
        return 0.5, False
    mantissa, exponent = f"{abs(value):.11e}".split("e")
    digits = mantissa.replace(".", "").rstrip("0")
    if len(digits) == 1 and int(exponent) > 0:
        # One digit and nothing but zeros: the zeros are read as digits, down to units.
        return 0.5, True
    return 0.5 * 10.0 ** (int(exponent) - len(digits) + 1), False


def stands_for(figure: Figure) -> Range:
    """The values that a held figure may stand for: its range, its own hedge, the digits it is printed with."""
    if figure.low is not None and figure.high is not None:
        return Range(figure.low, figure.high, "range of the figure")
    value = figure.point
    half = 0.0 if figure.inputs else rounding(abs(value), figure.unit)[0]
    half = min(half, ABOUT * abs(value)) if figure.unit not in _ONE_BY_ONE else 0.0
    if figure.comparator == "~":
        return Range(value - ABOUT * abs(value) - half, value + ABOUT * abs(value) + half, "hedged")
    if figure.comparator in (">", ">="):
        return Range(value, value + BEYOND * abs(value), "a lower bound")
    if figure.comparator in ("<", "<="):
        return Range(value - BEYOND * abs(value), value, "an upper bound")
    return Range(value - half, value + half, "as published")


def weak(figure: Figure) -> bool:
    """True where a figure is a claim, a forecast or assumed itself: it may bear a claim out, but cannot refute one."""
    return figure.status.rank > Status.IMPUTED.rank
