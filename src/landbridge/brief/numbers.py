"""How typed parts read: numbers with scale and unit, periods as words. The only place where digits are written."""

from __future__ import annotations

import math
import re
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from landbridge.brief.text import Atom, Code, Date, Label, Name, Quote
from landbridge.provenance import Figure
from landbridge.units import unit

_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_HEDGES = {"~": "about ", ">": "more than ", "<": "less than ", ">=": "at least ", "<=": "up to ", "=": ""}
_CURRENCIES = {"USD", "CNY", "RUB", "BYN", "EUR"}


def show(part: Atom, locale: str = "en") -> str:
    """A typed part as a reader sees it."""
    match part:
        case Figure():
            return show_figure(part, locale)
        case Date():
            return show_period(part.period, locale)
        case Code():
            return part.code
        case Label() | Name() | Quote():
            return part.text


def show_figure(figure: Figure, locale: str = "en") -> str:
    """The value (or the range, where only a range is known) with its unit: `USD 240.1 billion`, `5–7 days`."""
    numbers = [figure.value] if figure.value is not None else [figure.low, figure.high]
    values = [number for number in numbers if number is not None]
    if len(values) == 2 and values[0] == values[1]:
        values = values[:1]
    hedge = "" if figure.unit == "rank" else _HEDGES[figure.comparator]
    return hedge + quantity(values, figure.unit, locale)


def show_range(figure: Figure, locale: str = "en") -> str:
    """The range around a figure with its unit, empty where none is known."""
    if figure.low is None or figure.high is None:
        return ""
    return quantity([figure.low, figure.high], figure.unit, locale)


def quantity(values: list[float], code: str, locale: str = "en") -> str:
    """One value, or the two ends of a range, in unit `code`; large ones in millions, billions or trillions."""
    measure = unit(code)
    largest = max(abs(value) for value in values)
    scale, word = 1.0, ""
    if measure.scaled:
        scale, word = next(((size, name) for size, name in _SCALES if largest >= size), (1.0, ""))
    digits = "–".join(_decimal(value / scale, largest / scale, locale) for value in values)
    if code in _CURRENCIES:
        return f"{code} {digits} {word}".rstrip()
    if code == "%":
        return f"{digits} %"
    if code == "pp":
        return f"{digits} points"
    if code == "x":
        return f"{digits} times"
    label = measure.label
    if values == [1.0] and label.split(" ")[0].endswith("s"):
        first, _, rest = label.partition(" ")
        label = f"{first.removesuffix('s')} {rest}".rstrip()
    return " ".join(piece for piece in (digits, word, label) if piece)


def _decimal(value: float, largest: float, locale: str) -> str:
    if value == round(value) and largest < 1e6:
        return str(format_decimal(value, format="#,##0", locale=locale)).replace("-", "−")
    places = 0 if largest >= 1000 else 1 if largest >= 10 else 2
    if 0 < abs(value) < 0.1:
        # Small shares keep two significant digits rather than vanish into zero.
        places = 1 - math.floor(math.log10(abs(value)))
    text = str(
        format_decimal(
            round(value, places), format="#,##0." + "#" * places if places else "#,##0", locale=locale
        )
    )
    return text.replace("-", "−")


def show_period(period: str, locale: str = "en") -> str:
    """A period in words: `2023-01/2023-08` is `January–August 2023`, `2013/..` is `since 2013`."""
    begins, slash, ends = period.partition("/")
    if not slash:
        return _moment(begins, locale)
    if ends == "..":
        return f"since {_moment(begins, locale)}"
    if re.fullmatch(r"\d{4}-\d\d", begins) and re.fullmatch(r"\d{4}-\d\d", ends) and begins[:4] == ends[:4]:
        return f"{_month(begins, 'MMMM', locale)}–{_month(ends, 'MMMM', locale)} {ends[:4]}"
    return f"{_moment(begins, locale)} – {_moment(ends, locale)}"


def _moment(text: str, locale: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return str(format_date(date.fromisoformat(text), "d MMMM yyyy", locale=locale))
    if re.fullmatch(r"\d{4}-\d\d", text):
        return _month(text, "MMMM yyyy", locale)
    if re.fullmatch(r"\d{4}-H[12]", text):
        return f"{'first' if text.endswith('1') else 'second'} half of {text[:4]}"
    if re.fullmatch(r"\d{4}-Q[1-4]", text):
        return f"{('first', 'second', 'third', 'fourth')[int(text[-1]) - 1]} quarter of {text[:4]}"
    return text


def _month(text: str, pattern: str, locale: str) -> str:
    return str(format_date(date.fromisoformat(text + "-01"), pattern, locale=locale))
