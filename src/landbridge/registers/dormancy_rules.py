"""The rules of dormancy: how long each kind of record may be silent, and what counts as a sign of life.

The limits are conventions of this project, not findings. Each has its reason beside it, which the rows of
views repeat, so that a reader may judge by another limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from landbridge.ledger import Record


@dataclass(frozen=True, slots=True)
class Rule:
    """When a kind of record counts as dormant.

    `years` is the silence it may bear, None where silence says nothing; `signs` are the properties that show it at work,
    `founding` those that only say that it began, `ending` the one that says when it ends. `scheduled` holds where it is
    meant to last to a stated end and no longer; `telling` is false for kinds of which the ledger is no chronicle, so that
    its silence tells nothing. `reason` says why the limit is what it is.
    """

    name: str
    years: float | None
    signs: tuple[str, ...]
    founding: tuple[str, ...]
    ending: str
    reason: str
    scheduled: bool = False
    telling: bool = True


_MEETS = ("meeting", "member", "co_chair")
_COUNCIL = Rule(
    "council or commission",
    3,
    _MEETS,
    ("since",),
    "until",
    "Such bodies mean to meet every year; one meeting put off and one held late are borne, three years are more than that.",
)
# The ledger lists only those meetings of leaders that a text it read speaks of.
_SUMMIT = Rule(
    "series of summits",
    2,
    _MEETS,
    ("since",),
    "until",
    "Leaders who meet in a series are taken to do so every year or two; the ledger is no chronicle of their meetings.",
    telling=False,
)
# A programme without meetings of its own shows itself in documents and projects, which come less often than meetings.
_INITIATIVE = Rule(
    "initiative",
    4,
    _MEETS,
    ("since",),
    "until",
    "An initiative has no fixed meetings; what shows it at work comes less often than the meetings of a council.",
    telling=False,
)
# What rests on a treaty holds whether or not anybody meets.
_TREATY = Rule(
    "bloc or union",
    None,
    ("meeting", "member"),
    ("since",),
    "until",
    "It rests on a treaty, which holds until an act ends it, whether or not anybody reports a meeting.",
)
_THEMATIC = Rule(
    "thematic year",
    1,
    ("meeting",),
    ("since",),
    "until",
    "It is meant for stated years and ends with them.",
    scheduled=True,
)
# A rule of two years would call many a living tie dormant.
_TWINNING = Rule(
    "twinning",
    3,
    ("active",),
    ("since",),
    "until",
    "Twinned places are taken to exchange a visit a year, seldom reported; three years bear two that went unseen.",
)
# An agreement is heard of again when a programme under it is renewed.
_DOCUMENT = Rule(
    "document",
    4,
    ("activity", "outcome"),
    ("signed", "in_force"),
    "expires",
    "An agreement binds without being talked about; programmes under it are taken to run for up to four years.",
)
# Builders, funds and zones are asked for figures every year, but the ledger holds only some of their answers.
_YEARLY = "It is asked for figures every year; the ledger holds only some of the answers."
_PROJECT = Rule(
    "project",
    2,
    ("stage", "announced", "committed", "contracted", "disbursed", "capacity"),
    ("talks_began",),
    "",
    _YEARLY,
    telling=False,
)
_FUND = Rule(
    "fund", 2, ("capital", "invested", "number", "discloses"), ("since",), "", _YEARLY, telling=False
)
_ZONE = Rule(
    "zone",
    2,
    ("residents", "declared_investment", "invested", "exports", "jobs"),
    ("since",),
    "",
    _YEARLY,
    telling=False,
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "mechanism/council": _COUNCIL,
        "mechanism/commission": _COUNCIL,
        "mechanism/summit": _SUMMIT,
        "mechanism/initiative": _INITIATIVE,
        "mechanism/bloc": _TREATY,
        "mechanism/union": _TREATY,
        "mechanism/agreement-area": _TREATY,
        "mechanism/thematic-year": _THEMATIC,
        "twinning": _TWINNING,
        "document": _DOCUMENT,
        "project": _PROJECT,
        "fund": _FUND,
        "zone": _ZONE,
    }
)
# Properties that only date a beginning.
FOUNDING = frozenset(name for rule in RULES.values() for name in rule.founding)


def rule_of(record: Record) -> Rule | None:
    """The rule for a record, by its kind and form; None for kinds that cannot be dormant."""
    return RULES.get(record.kind) or RULES.get(f"{record.kind}/{record.text('form')}")
