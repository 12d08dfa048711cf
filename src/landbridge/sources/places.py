"""From the codes and names that publishers write to ISO 3166."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from landbridge.codes import places
from landbridge.codes.matching import rows

By = Literal["code", "alpha2", "numeric", "name"]

# Numbers that UN Comtrade and BACI use for a wider statistical territory, or kept after a change, instead of
# the ISO 3166 number of the country: France with Monaco and overseas departments, Italy, Norway with Svalbard
# and Jan Mayen, India, Switzerland with Liechtenstein, the United States with Puerto Rico and the Virgin
# Islands.
UN_NUMBERS: Mapping[int, str] = MappingProxyType(
    {251: "FRA", 381: "ITA", 579: "NOR", 699: "IND", 757: "CHE", 842: "USA"}
)


@lru_cache(maxsize=1)
def country_numbers() -> Mapping[int, str]:
    """Alpha-3 codes by number: ISO 3166-1, and the six numbers of `UN_NUMBERS`."""
    iso = {int(row["numeric"]): row["code"] for row in rows("countries") if row["numeric"].isdigit()}
    return MappingProxyType(iso | dict(UN_NUMBERS))


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """All ISO 3166-1 alpha-3 codes."""
    return frozenset(country_numbers().values())


@lru_cache(maxsize=32)
def labels(by: By, within: str = "") -> Mapping[str, str]:
    """Codes by folded label: of the countries, or of the regions of country `within`.

    `code` takes ISO codes, `alpha2` and `numeric` those of countries, `name` the English, Russian and Chinese
    names of the code list. A name that two places share is left out.
    """
    if by == "numeric":
        return MappingProxyType({str(number): code for number, code in country_numbers().items()})
    if by == "alpha2":
        return MappingProxyType(
            {fold(row["alpha2"]): row["code"] for row in rows("countries") if row["alpha2"]}
        )
    found = places("region", within) if within else places("country")
    found = tuple(item for item in found if within or item.code in country_codes())
    if by == "code":
        return MappingProxyType({fold(item.code): item.code for item in found})
    out: dict[str, str] = {}
    shared: set[str] = set()
    for item in found:
        for name in filter(None, map(fold, item.names.values())):
            if out.setdefault(name, item.code) != item.code:
                shared.add(name)
    return MappingProxyType({name: code for name, code in out.items() if name not in shared})


def fold(label: str) -> str:
    """`label` without case, surrounding or doubled blanks; a number without leading zeros; `ё` as `е`."""
    text = " ".join(label.split()).casefold().replace("ё", "е")
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else text
