"""How the ledger's words and those of OC4IDS 0.9.5 stand for each other, and where they do not.

The standard (Open Contracting Partnership and CoST, https://standard.open-contracting.org/infrastructure/) is
about public works: it knows no announced, negotiated or frozen project and no currency-free promise. What has
no counterpart is reported and left out, not bent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from landbridge.units import CURRENCIES

VERSION = "0.9"
RELEASE = "0.9.5"
# The closed lists of the standard that this product writes.
STATUSES = (
    "identification",
    "preparation",
    "implementation",
    "completion",
    "maintenance",
    "decommissioning",
    "decommissioned",
    "cancelled",
)
TYPES = ("construction", "rehabilitation", "replacement", "expansion", "decommissioning")

# Implementation covers procurement in the standard, so a signed contract belongs there; maintenance is its word
# for operation.
STATUS_OF_STAGE: Mapping[str, str] = MappingProxyType(
    {
        "announced": "identification",
        "negotiated": "identification",
        "committed": "preparation",
        "contracted": "implementation",
        "construction": "implementation",
        "completed": "completion",
        "operating": "maintenance",
        "cancelled": "cancelled",
    }
)
# The way back goes to the weakest stage that the status proves. A project in preparation need not be committed
# to.
STAGE_OF_STATUS: Mapping[str, str] = MappingProxyType(
    {
        "identification": "announced",
        "preparation": "announced",
        "implementation": "committed",
        "completion": "completed",
        "maintenance": "operating",
        "cancelled": "cancelled",
    }
)
# The ledger names sectors in words; the first list whose word stands in them gives the code.
_SECTORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("energy.hydropower", ("hydropower", "hydroelectric")),
    ("energy.solar", ("solar",)),
    ("energy.wind", ("wind power", "wind energy")),
    ("energy", ("energy", "electricity", "gas", "oil", "nuclear", "coal")),
    ("transport.rail", ("rail", "railway")),
    ("transport.road", ("road", "highway", "bridge")),
    ("transport.air", ("airport", "air transport", "aviation")),
    ("transport.water", ("port", "ports", "waterway", "shipping")),
    ("transport", ("transport", "logistics")),
    ("communications", ("communications", "telecommunications", "digital", "internet")),
    ("health", ("health", "hospital", "medicine", "biomedicine")),
    ("education", ("education", "university", "school")),
    ("waterAndWaste", ("water supply", "waste", "sanitation")),
    ("economy", ("agriculture", "agri-food", "agribusiness", "science", "environment")),
    ("socialHousing", ("housing",)),
    ("naturalResources", ("forestry", "timber")),
)
# What a name says of the works. Nothing else in the ledger does, so other projects are exported without a type.
_TYPES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("rehabilitation", ("reconstruction", "modernisation", "renovation", "repair")),
    ("expansion", ("expansion", "extension", "widening", "upgrade")),
    ("replacement", ("replacement",)),
    ("construction", ("construction", "building")),
)
# What an actor is said to be, and its role in the standard.
_ROLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("publicAuthority", ("owner", "developer", "sponsor of the project")),
    ("funder", ("lender", "lenders", "funder", "investor", "investors", "financier")),
    ("supplier", ("contractor", "contractors", "supplier", "builder")),
    ("buyer", ("buyer",)),
    ("procuringEntity", ("customer", "procuring entity", "client")),
    ("administrativeEntity", ("contract administrator",)),
)
_WORDS = {
    "publicAuthority": "developer",
    "funder": "funder",
    "supplier": "supplier",
    "buyer": "buyer",
    "procuringEntity": "procuring entity",
    "administrativeEntity": "contract administrator",
}
# The currencies that release 0.9.5 of the standard lists; newer codes of ISO 4217 are not among them.
LISTED = CURRENCIES - {"SLE", "VED", "XCG", "ZWG"}
KINDS_OF_SUM: Mapping[str, str] = MappingProxyType(
    {
        "announced": "Sum announced",
        "committed": "Sum committed",
        "contracted": "Sum contracted",
        "disbursed": "Sum paid out",
    }
)
# What the ids of projects begin with that did not bring one along; not registered with the standard.
PREFIX = "landbridge"
METRIC = "landbridge-"
PLACES = "landbridge-places"
SECTORS = "landbridge-sectors"
RECORDS = "landbridge-records"
ACTORS = "landbridge-actors"
# The note of a remark that is the description of a project in a package.
DESCRIPTION = "description in OC4IDS"
# The description of a document of a package that is a source of what the package says.
SOURCE = "Source of statements on the project"
_NOTE = re.compile(r"OC4IDS id (.+)")


def sector(words: str) -> str:
    """The code of the standard for a sector in words; empty where it has none, as for factories."""
    return _first(words, _SECTORS)


def work(name: str) -> str:
    """The type of works that a project's name tells; empty where it tells none."""
    return _first(name, _TYPES)


def actor(text: str) -> tuple[str, str, tuple[str, ...]]:
    """An actor as the ledger writes it, `name, what it is`, as its name, the words after it, and its roles.

    There are no roles where the words name none that the standard knows.
    """
    name, _, said = text.partition(",")
    return name.strip(), said.strip(), _every(said, _ROLES)


def role_words(role: str) -> str:
    """How the ledger says a role of the standard, so that reading it gives the role again."""
    return _WORDS.get(role, re.sub(r"([A-Z])", r" \1", role).lower())


def _first(words: str, table: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return next(iter(_every(words, table)), "")


def _every(words: str, table: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    found = f" {' '.join(re.findall(r'[a-z-]+', words.lower()))} "
    return tuple(code for code, named in table if any(f" {word} " in found for word in named))


def project_id(subject: str, prefix: str, note: str = "") -> str:
    """The id of a project in a package: the one it came with, else `prefix` and the slug of its record."""
    given = _NOTE.search(note)
    return given.group(1) if given else f"{prefix}-{subject.partition('/')[2]}"


def note_of_id(identifier: str) -> str:
    """How the ledger keeps the id that a project came with: in the note of its name."""
    return f"OC4IDS id {identifier}"
