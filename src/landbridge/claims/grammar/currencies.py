"""Which currency a name that several countries share stands for: the country that the sentence or the text names says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from landbridge.claims.grammar.amounts import Amount
from landbridge.claims.grammar.parties import country
from landbridge.claims.grammar.places import Mention
from landbridge.codes.matching import rows


def settled(amount: Amount, named: Sequence[Mention], dyad: tuple[str, ...]) -> Amount:
    """The amount with the one currency of those it may have that belongs to a country named, else as it is.

    Where the sentence names several such countries, or none, the text's two places are asked; what stays open stays `XXX`.
    """
    if not amount.shared:
        return amount
    for places in ([code for one in named for code in one.codes], list(dyad)):
        lands = {_alpha2().get(country(code), "") for code in places}
        fitting = [unit for unit in amount.shared if unit[:2] in lands]
        if len(fitting) == 1:
            return replace(amount, unit=fitting[0])
    return amount


@lru_cache(maxsize=1)
def _alpha2() -> dict[str, str]:
    return {row["code"]: row["alpha2"] for row in rows("countries")}
