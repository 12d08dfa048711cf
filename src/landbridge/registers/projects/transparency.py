"""Which items of disclosure the ledger holds of a project or a fund, and which are missing.

The items are those of the CoST Infrastructure Data Standard, each with the field of OC4IDS that it fills
(transparency.yaml). The score is a share of items, no rating: a project may be open and bad, or sound and
silent. It counts what the ledger holds, so a low score may be the ledger's; the list of what is missing is the
request to make.

A question about a day in the past asks what had been disclosed by then. Pages without a date leave that open before
the day on which they were entered, so the score of such a day is a range.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from landbridge.errors import BadUsage
from landbridge.ledger import Record, Statement
from landbridge.provenance import Status, Unavailable
from landbridge.registers.moments import day, span
from landbridge.registers.oc4ids import mapping
from landbridge.registers.projects.money import claimed_on, said_by, said_until
from landbridge.registers.projects.stages import happened

State = Literal["held", "undated", "missing", "not due", "not kept"]
# The states that statements show, by whether these were out by the day.
_SHOWN: tuple[tuple[State, bool | None], ...] = (("held", True), ("undated", None))


@dataclass(frozen=True, slots=True)
class Condition:
    """What in the ledger counts as an item."""

    property: str
    codes: tuple[str, ...] = ()
    role: str = ""
    words: tuple[str, ...] = ()
    outcome: bool = False
    dated: bool = False

    def met(self, statement: Statement) -> bool:
        """Whether one statement of the property is the item. What is assumed was published by nobody."""
        if statement.status is Status.ASSUMED or (self.outcome and statement.status is Status.FORECAST):
            return False
        text = statement.text.lower()
        return (
            (not self.codes or statement.text in self.codes)
            and (not self.role or self.role in mapping.actor(statement.text)[2])
            and (not self.words or any(re.search(rf"\b{re.escape(w)}", text) for w in self.words))
            and (not self.dated or bool(statement.period or statement.as_of))
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that ought to be published, and the field of OC4IDS for it.

    `holds` is empty where the ledger keeps nothing of the kind. `due` are the stages from which on it can
    exist.
    """

    id: str
    group: str
    title: str
    field: str
    holds: tuple[Condition, ...]
    due: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One item for one record: `held` with what shows it, `missing`, `not due` yet, or `not kept` in a ledger.

    `undated` is what the ledger holds today from pages of which nothing tells whether they were out by the day asked
    about.
    """

    item: Item
    state: State
    statements: tuple[Statement, ...]
    by: str

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "item": self.item.id,
            "title": self.item.title,
            "group": self.item.group,
            "oc4ids_field": self.item.field,
            "state": self.state,
            "by": self.by or None,
            "ids": [statement.id for statement in self.statements],
        }


@dataclass(frozen=True, slots=True)
class Transparency:
    """The items of one record with their states, and the share of those due that is held."""

    record: str
    name: str
    kind: str
    answers: tuple[Answer, ...]

    def among(self, state: State) -> tuple[Answer, ...]:
        """The items in one state."""
        return tuple(answer for answer in self.answers if answer.state == state)

    @property
    def missing(self) -> tuple[Item, ...]:
        """What a request for disclosure would list."""
        return tuple(answer.item for answer in self.among("missing"))

    @property
    def score_pct(self) -> float | Unavailable:
        """The share in per cent of items surely held: held ÷ (held + undated + missing)."""
        return self._share(len(self.among("held")))

    @property
    def score_high_pct(self) -> float | Unavailable:
        """The same share where everything undated was out by then; equal to `score_pct` where nothing is undated."""
        return self._share(len(self.among("held")) + len(self.among("undated")))

    def _share(self, held: int) -> float | Unavailable:
        due = sum(len(self.among(state)) for state in ("held", "undated", "missing"))
        return 100 * held / due if due else Unavailable("No item is due.")

    def row(self) -> dict[str, Any]:
        """Plain columns; the lists name items."""
        shares = {"score_pct": self.score_pct, "score_high_pct": self.score_high_pct}
        return {
            "record": self.record,
            "name": self.name,
            **{name: None if isinstance(at, Unavailable) else at for name, at in shares.items()},
            **{f"{state.replace(' ', '_')}_count": len(self.among(state)) for state in get_args(State)},
            **{
                state.replace(" ", "_"): [answer.item.title for answer in self.among(state)]
                for state in get_args(State)
                if state != "not due"
            },
        }

    def rows(self) -> list[dict[str, Any]]:
        """One row an item."""
        return [{"record": self.record, **answer.row()} for answer in self.answers]


@lru_cache(maxsize=1)
def items() -> Mapping[str, tuple[Item, ...]]:
    """The items by kind of record."""
    raw = yaml.safe_load(files(__package__).joinpath("transparency.yaml").read_bytes())
    return {kind: tuple(_item(entry) for entry in entries) for kind, entries in raw["kinds"].items()}


def _item(entry: dict[str, Any]) -> Item:
    holds = tuple(
        Condition(
            one["property"],
            tuple(one.get("codes", ())),
            one.get("role", ""),
            tuple(one.get("words", ())),
            bool(one.get("outcome", False)),
            bool(one.get("dated", False)),
        )
        for one in entry["holds"]
    )
    due = tuple(entry.get("due", ()))
    return Item(entry["id"], entry["group"], entry["title"], entry["field"], holds, due)


def transparency(record: Record, today: str) -> Transparency:
    """What had been disclosed of a project or a fund by `today`, item by item; `BadUsage` for other kinds of record."""
    listed = items().get(record.kind)
    if listed is None:
        raise BadUsage(
            f"{record.subject} has no list of items.", remedy=f"There are lists for: {', '.join(items())}."
        )
    passed = {stage.code for stage in happened(record, today)} if record.kind == "project" else set()
    answers = tuple(_answer(record, item, passed, today) for item in listed)
    return Transparency(record.subject, record.name, record.kind, answers)


def _answer(record: Record, item: Item, passed: set[str], today: str) -> Answer:
    found = [
        (statement, _out_by(record, statement, today))
        for condition in item.holds
        for statement in record.all(condition.property)
        if condition.met(statement)
    ]
    for state, wanted in _SHOWN:
        shown = tuple(statement for statement, out in found if out is wanted)
        if shown:
            names = dict.fromkeys(said_by(statement, record.sources) for statement in shown)
            return Answer(item, state, shown, "; ".join(names))
    if not item.holds:
        return Answer(item, "not kept", (), "")
    if item.due and not passed & set(item.due):
        return Answer(item, "not due", (), "")
    return Answer(item, "missing", (), "")


def _out_by(record: Record, statement: Statement, today: str) -> bool | None:
    """Whether a statement had been published by a day; None where nothing tells.

    What was entered by the day was out by then. The time that a statement is about is no date of publication, but a
    page that tells of later events, be it in another statement, came after them.
    """
    dated = claimed_on(statement, record.sources)[1] in ("as_of", "published")
    if dated or statement.recorded <= day(today).isoformat():
        return said_until(statement, record.sources, today)
    told = (
        span(period)
        for other in record.statements
        if other.source == statement.source and other.status is not Status.FORECAST
        for period in (other.period, other.as_of)
    )
    later = any(about is not None and about.first > day(today) for about in told)
    return False if later else None
