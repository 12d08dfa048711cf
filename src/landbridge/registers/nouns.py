"""The registers by noun: which kind of record each keeps, and which properties its rows are made of.

Imports nothing, so that the command line can name the registers without loading them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Noun:
    """One register. `noun` is what a user types, `kind` the kind of record of the ledger's schema.

    `begins` and `ends` are properties that date a record, the first one stated counts; `form` is the property that says
    of what sort it is; `about` are those that say in a few words what it is about.
    """

    noun: str
    kind: str
    doc: str
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    form: str = ""
    about: tuple[str, ...] = ()


_ALL = (
    Noun(
        "mechanisms",
        "mechanism",
        "Councils, commissions, blocs, summits and initiatives.",
        ("since",),
        ("until",),
        "form",
        ("sector", "act"),
    ),
    Noun(
        "documents",
        "document",
        "Treaties, agreements, programmes and memoranda, from signature to expiry.",
        ("signed", "in_force"),
        ("expires",),
        "type",
        ("subject", "sector"),
    ),
    Noun("twins", "twinning", "Sister regions and sister cities.", ("since",), ("until",), "form"),
    Noun(
        "events",
        "event",
        "Fairs, forums, visits and summits, with what came of them.",
        ("date",),
        (),
        "form",
        ("series", "place"),
    ),
    Noun(
        "projects",
        "project",
        "Construction, investment and industrial undertakings, with stages and sums.",
        ("talks_began", "stage"),
        (),
        "",
        ("sector", "place"),
    ),
    Noun("funds", "fund", "Investment funds and credit lines.", ("since",), (), "", ("sector", "sponsor")),
    Noun("zones", "zone", "Industrial parks and cooperation zones.", ("since",), (), "", ("place", "sector")),
    Noun(
        "barriers",
        "barrier",
        "What stands in the way: rules, shortages, costs, fears.",
        ("since",),
        ("until",),
        "form",
        ("product", "side"),
    ),
    Noun(
        "measures", "measure", "Proposed actions that would lower a barrier.", about=("addressee", "against")
    ),
    Noun(
        "steps",
        "step",
        "Documents and procedures that a consignment needs at a border.",
        about=("side", "mode", "cargo", "electronic"),
    ),
    Noun(
        "people",
        "people",
        "Trips, students, flights, visas, surveys, content; each with its definition.",
        form="form",
        about=("definition",),
    ),
    Noun("settlements", "settlement", "How trade is paid: currencies, refusals, fees, delays."),
    Noun("actors", "actor", "Bodies and offices that play a part.", about=("role", "sector")),
    Noun(
        "information",
        "information",
        "What can be read on a topic, and in which languages.",
        about=("topic", "language"),
    ),
)
NOUNS: Mapping[str, Noun] = MappingProxyType({item.noun: item for item in _ALL})
KINDS: Mapping[str, Noun] = MappingProxyType({item.kind: item for item in _ALL})
