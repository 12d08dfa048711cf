"""Code lists: places, sectors, products and systems of cooperation. Labels match exactly."""

from landbridge.codes.places import Place, place, places
from landbridge.codes.products import (
    Chapter,
    Sector,
    System,
    chapter,
    chapters,
    sector,
    sectors,
    system,
    systems,
)

__all__ = [
    "Chapter",
    "Place",
    "Sector",
    "System",
    "chapter",
    "chapters",
    "place",
    "places",
    "sector",
    "sectors",
    "system",
    "systems",
]
