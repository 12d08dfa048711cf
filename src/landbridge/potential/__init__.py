"""Potential: what trade would be normal between two places, and where the gap is."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landbridge.release import Data

__all__ = ["potential"]


def potential(data: Data, place_a: str, place_b: str, **options: Any) -> Any:
    """What `place_a` would be expected to sell `place_b`: two countries, or two places of which one is a region.

    Countries (ISO 3166-1 alpha-3) give a `countries.CountryPotential`, regions (ISO 3166-2) what `regions.potential`
    finds; options are those of either. Raises `UnknownLabel` for a code that no list holds.
    """
    from landbridge import codes

    kinds = {codes.place(place).kind for place in (place_a, place_b)}
    room = "countries" if kinds == {"country"} else "regions"
    return import_module(f"landbridge.potential.{room}").potential(data, place_a, place_b, **options)


class _Room(ModuleType):
    """The package called by its own name: `landbridge.potential(data, "CHN", "RUS")`."""

    def __call__(self, *places: Any, **options: Any) -> Any:
        return potential(*places, **options)


sys.modules[__name__].__class__ = _Room
