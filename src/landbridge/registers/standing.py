"""Where each record of a register stands on a day: its stage, and whether it shows signs of life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import get_args

from landbridge.ledger import Record, schema
from landbridge.registers.dormancy import Dormancy, State, dormancy
from landbridge.registers.dormancy_rules import RULES, rule_of
from landbridge.registers.moments import dated, day
from landbridge.release.data import Data

_LIVES: tuple[str, ...] = get_args(State)
ENDED, AHEAD, LATER, NO_END = "ended", "ahead", "ends later", "no end known"

_STAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "document": (
            *("intended", "signed", "in force", "active", "with an outcome", "over", "replaced"),
            "unknown",
        ),
        "event": ("held", "announced only", "ahead", "undated"),
        "project": schema.kind("project").property("stage").codes,
        "barrier": (ENDED, AHEAD, LATER, NO_END),
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """`stage` is how far a record got, in the words of its kind; empty where its kind has no stages.

    `life` is its dormancy, None for kinds that cannot be dormant; `perhaps` are records that are perhaps the same thing.
    """

    stage: str = ""
    life: Dormancy | None = None
    perhaps: tuple[str, ...] = ()


def standings(data: Data, kind: str, today: str) -> Mapping[str, Standing]:
    """Where every record of a kind stands on a day, by subject."""
    return _BY_KIND.get(kind, _plain)(data, kind, today)


def states_of(kind: str) -> tuple[str, ...]:
    """Every stage and state that a record of a kind may have; empty for kinds that have neither."""
    return (*_STAGES.get(kind, ()), *(_LIVES if any(name.startswith(kind) for name in RULES) else ()))


def _plain(data: Data, kind: str, today: str) -> Mapping[str, Standing]:
    day(today)
    return {
        record.subject: Standing(_span(record, today), _life(data, record, today))
        for record in data.ledger.records(kind)
    }


def _life(data: Data, record: Record, today: str) -> Dormancy | None:
    return None if rule_of(record) is None else dormancy(record, today, kept=data.as_of)


def _span(record: Record, today: str) -> str:
    """Whether a barrier stands on a day, by what is said of its beginning and its end; empty for other kinds."""
    if record.kind != "barrier":
        return ""
    now = day(today)
    ends = [item for s in record.all("until") if (item := dated(s, own=True)) is not None]
    begins = [item for s in record.all("since") if (item := dated(s, own=True)) is not None]
    if ends and max(item.last for item in ends) < now:
        return ENDED
    if begins and min(item.first for item in begins) > now:
        return AHEAD
    return LATER if ends else NO_END


def _mechanisms(data: Data, kind: str, today: str) -> Mapping[str, Standing]:
    from landbridge.registers.meetings import state

    ledger = data.ledger
    return {
        record.subject: Standing(life=state(ledger, record, today, data.as_of))
        for record in ledger.records(kind)
    }


def _twinnings(data: Data, kind: str, today: str) -> Mapping[str, Standing]:
    from landbridge.registers.twins import ties

    single = {tie.record.subject: Standing(life=tie.life, perhaps=tie.perhaps) for tie in ties(data, today)}
    return {**_plain(data, kind, today), **single}


def _documents(data: Data, kind: str, today: str) -> Mapping[str, Standing]:
    from landbridge.registers.documents import documents

    single = {item.record.subject: Standing(item.reached, item.dormancy) for item in documents(data, today)}
    return {**_plain(data, kind, today), **single}


def _events(data: Data, kind: str, today: str) -> Mapping[str, Standing]:
    from landbridge.registers.events import events

    return {item.record.subject: Standing(item.state) for item in events(data, today)}


def _projects(data: Data, kind: str, today: str) -> Mapping[str, Standing]:
    from landbridge.registers.projects.stages import current

    found = {}
    for record in data.ledger.records(kind):
        stage = current(record, today)
        found[record.subject] = Standing(stage.code if stage else "", _life(data, record, today))
    return found


_BY_KIND: Mapping[str, Callable[[Data, str, str], Mapping[str, Standing]]] = MappingProxyType(
    {
        "mechanism": _mechanisms,
        "twinning": _twinnings,
        "document": _documents,
        "event": _events,
        "project": _projects,
    }
)
