"""How typed parts read: numbers with scale and unit, periods as words. The only place where digits are written."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from landbridge.brief.catalogue import catalogue
from landbridge.brief.text import Atom, Code, Date, Label, Name, Quote
from landbridge.provenance import Figure
from landbridge.units import unit

_CURRENCIES = {"USD", "CNY", "RUB", "BYN", "EUR"}
Translate = Callable[[str], str]


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
    text = quantity(values, figure.unit, locale)
    return text if figure.unit == "rank" else _hedged(figure.comparator, text, catalogue(locale).gettext)


def show_range(figure: Figure, locale: str = "en") -> str:
    """The range around a figure with its unit, empty where none is known."""
    if figure.low is None or figure.high is None:
        return ""
    return quantity([figure.low, figure.high], figure.unit, locale)


def quantity(values: list[float], code: str, locale: str = "en") -> str:
    """One value, or the two ends of a range, in unit `code`; large ones in millions, billions or trillions."""
    words = catalogue(locale)
    _ = words.gettext
    measure = unit(code)
    largest = max(abs(value) for value in values)
    scale = next((size for size in (1e12, 1e9, 1e6) if measure.scaled and largest >= 0.99995 * size), 1.0)
    ends = [_decimal(value / scale, largest / scale, locale) for value in values]
    # A dash beside a minus would be read as one.
    apart = len(ends) == 2 and min(values) < 0
    text = _("{low} to {high}").format(low=ends[0], high=ends[1]) if apart else "–".join(ends)
    text = _scaled(scale, text, _)
    if code in _CURRENCIES:
        return f"{code} {text}"
    if code == "%":
        return f"{text} %"
    if code == "pp":
        return _("{number} points").format(number=text)
    if not measure.label:
        return text
    single = values == [1.0] and measure.one
    return f"{text} {_(measure.one) if single else _(measure.label)}"


def _scaled(scale: float, digits: str, _: Translate) -> str:
    match scale:
        case 1e12:
            return _("{digits} trillion").format(digits=digits)
        case 1e9:
            return _("{digits} billion").format(digits=digits)
        case 1e6:
            return _("{digits} million").format(digits=digits)
        case _unscaled:
            return digits


def _hedged(comparator: str, text: str, _: Translate) -> str:
    match comparator:
        case "~":
            return _("about {quantity}").format(quantity=text)
        case ">":
            return _("more than {quantity}").format(quantity=text)
        case "<":
            return _("less than {quantity}").format(quantity=text)
        case ">=":
            return _("at least {quantity}").format(quantity=text)
        case "<=":
            return _("up to {quantity}").format(quantity=text)
        case _exact:
            return text


@lru_cache(maxsize=65_536)
def _decimal(value: float, largest: float, locale: str) -> str:
    if value == round(value) and largest < 1e6:
        return str(format_decimal(value, format="#,##0", locale=locale)).replace("-", "−")
    places = 0 if largest >= 1000 else 1 if largest >= 10 else 2
    if 0 < abs(value) < 0.1 and (largest < 1 or round(value, places) == 0):
        # Small shares keep two significant digits rather than vanish into zero; beside a larger end they need not.
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
    _ = catalogue(locale).gettext
    if ends == "..":
        return _("since {moment}").format(moment=_moment(begins, locale))
    if re.fullmatch(r"\d{4}-\d\d", begins) and re.fullmatch(r"\d{4}-\d\d", ends) and begins[:4] == ends[:4]:
        return f"{_month(begins, 'MMMM', locale)}–{_month(ends, 'MMMM', locale)} {ends[:4]}"
    return f"{_moment(begins, locale)} – {_moment(ends, locale)}"


def _moment(text: str, locale: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return str(format_date(date.fromisoformat(text), "d MMMM yyyy", locale=locale))
    if re.fullmatch(r"\d{4}-\d\d", text):
        return _month(text, "MMMM yyyy", locale)
    _ = catalogue(locale).gettext
    match text[4:]:
        case "-H1":
            return _("first half of {year}").format(year=text[:4])
        case "-H2":
            return _("second half of {year}").format(year=text[:4])
        case "-Q1":
            return _("first quarter of {year}").format(year=text[:4])
        case "-Q2":
            return _("second quarter of {year}").format(year=text[:4])
        case "-Q3":
            return _("third quarter of {year}").format(year=text[:4])
        case "-Q4":
            return _("fourth quarter of {year}").format(year=text[:4])
        case _plain:
            return text


def _month(text: str, pattern: str, locale: str) -> str:
    return str(format_date(date.fromisoformat(text + "-01"), pattern, locale=locale))
