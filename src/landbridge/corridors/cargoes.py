"""Which cargo is meant: everyday words for sectors, and whose values stand in where a pair has none of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from landbridge import codes
from landbridge.corridors.amounts import Amount
from landbridge.errors import UnknownLabel

# What people call a cargo, and the sectors that hold it; of several, the one that holds most of it comes first.
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "coal": ("B05",),
        "oil": ("B06", "C19"),
        "gas": ("B06",),
        "fuel": ("C19", "B05", "B06"),
        "timber": ("A02", "C16"),
        "potash": ("C20",),
        "grain": ("A01",),
        "cars": ("C29",),
        "machinery": ("C28",),
    }
)


def require_sector(label: str) -> None:
    """Nothing for the code of a sector; else `UnknownLabel` with what holds it, the nearest codes, or all of goods."""
    try:
        codes.sector(label)
    except UnknownLabel as error:
        word = label.strip().casefold()
        held = WORDS.get(word) or WORDS.get(word.removesuffix("s"))
        if held:
            remedy = f"{word} is inside {named(held)}."
        elif error.nearest:
            raise
        else:
            goods = (one.code for one in codes.sectors() if one.code[0] in "ABC")
            remedy = f"Sectors of goods: {named(goods)}."
        raise UnknownLabel("sector", label, (), remedy=remedy) from None


def named(sectors: Iterable[str]) -> str:
    """Codes with their names, apart by commas."""
    names = {one.code: one.name for one in codes.sectors()}
    return ", ".join(f"{code} ({names[code]})" if code in names else code for code in sectors)


def lender(exporter: str, importer: str) -> tuple[str, str]:
    """The pair whose values of a tonne stand in: China with Russia, in the direction that fits, else out of China."""
    return ("RUS", "CHN") if importer == "CHN" != exporter else ("CHN", "RUS")


def lent(amount: Amount) -> Amount:
    """A value of a tonne borrowed from another pair: half of its low end to twice its high end, and assumed."""
    return Amount(0.5 * amount.low, amount.value, 2.0 * amount.high, amount.unit, "assumed")
