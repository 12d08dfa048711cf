"""What people decided about claims: one append-only table beside the statements of a workspace's ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    DDL,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    event,
    inspect,
    literal,
    select,
)
from sqlalchemy.dialects.sqlite import insert

from landbridge.ledger import Statement

# The ledger's own tables, so that a decision and the statement it makes are written in one transaction.
from landbridge.ledger.store import SOURCES, STATEMENTS, Store, row_of
from landbridge.provenance import Source, content_id


class Action(StrEnum):
    """What can be decided about a claim. All but `lapse` are decided by a person."""

    ACCEPT = "accept"
    CORRECT = "correct"
    REJECT = "reject"
    MERGE = "merge"
    LAPSE = "lapse"


BY_PEOPLE = tuple(action.value for action in Action if action is not Action.LAPSE)
STANDING = (Action.ACCEPT, Action.CORRECT)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about one claim, as of one text.

    `claim` is the id of the claim, `row` what the program had read (`Claim.row()`), `corrected` the slots that the
    person put in its place, `into` the claim that it repeats. `document` is the document's name, `sha256`,
    `text_sha256` and `extractor` what it was then. `decided` is the moment in UTC. `statement` is the statement that
    the decision added to the ledger: the claim for accept and correct, else the one that withdraws it; empty where it
    added none. `origin` is where the text came from, by which its later versions are known: a full path, an address or a
    given name (`review.origin_of`); empty for what has none, so that the decision belongs to the text alone.
    """

    claim: str
    action: Action
    by: str
    reason: str
    decided: str
    document: str
    sha256: str
    text_sha256: str
    extractor: str
    row: Mapping[str, Any] = field(hash=False)
    corrected: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    into: str = ""
    statement: str = ""
    origin: str = ""
    id: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "row", MappingProxyType(dict(self.row)))
        object.__setattr__(self, "corrected", MappingProxyType(dict(self.corrected)))
        # A decision without an origin has the id that it had before decisions kept one.
        named = [name for name in _WORDS if name != _ORIGIN or self.origin]
        content = [str(getattr(self, name)) for name in named]
        slots = [json.dumps(dict(part), sort_keys=True) for part in (self.row, self.corrected)]
        object.__setattr__(self, "id", content_id("d-", content + slots))

    def record(self) -> dict[str, Any]:
        """The decision as plain values, ready for JSON."""
        out: dict[str, Any] = {"id": self.id} | {name: str(getattr(self, name)) for name in _WORDS}
        return out | {"row": dict(self.row), "corrected": dict(self.corrected)}


_ORIGIN = "origin"
_WORDS = tuple(name for name in Decision.__dataclass_fields__ if name not in ("id", "row", "corrected"))
_metadata = MetaData()
_decisions = Table(
    "claim_decision",
    _metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String, unique=True, nullable=False),
    *(Column(name, String, nullable=False) for name in (*_WORDS, "row", "corrected")),
)
for _verb in ("UPDATE", "DELETE"):
    event.listen(
        _decisions,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER claim_decision_no_{_verb.lower()} BEFORE {_verb} ON claim_decision "
            "BEGIN SELECT RAISE(ABORT, 'what was decided is never changed or deleted'); END"
        ),
    )


class DecisionStore(Store):
    """The ledger of a workspace with the decisions about claims in it."""

    def record(
        self, decisions: Sequence[Decision], statements: Sequence[Statement], sources: Sequence[Source]
    ) -> None:
        """Add decisions, the statements they make and the sources these cite: all of it or nothing."""
        cited = [{name: str(getattr(item, name)) for name in Source.__dataclass_fields__} for item in sources]
        rows = [
            {name: str(getattr(item, name)) for name in _WORDS}
            | {
                "id": item.id,
                "row": json.dumps(dict(item.row)),
                "corrected": json.dumps(dict(item.corrected)),
            }
            for item in decisions
        ]
        with self._guarded(), self._engine.begin() as connection:
            # Said outright, because the driver would begin only after the table is made, and then not hold it all.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _metadata.create_all(connection)
            if not _has_origin(connection):
                connection.exec_driver_sql(
                    f"ALTER TABLE claim_decision ADD COLUMN {_ORIGIN} VARCHAR NOT NULL DEFAULT ''"
                )
            if statements:
                connection.execute(
                    insert(STATEMENTS).on_conflict_do_nothing(), [row_of(item) for item in statements]
                )
            if cited:
                connection.execute(insert(SOURCES).on_conflict_do_nothing(), cited)
            if rows:
                connection.execute(insert(_decisions).on_conflict_do_nothing(), rows)

    def decisions(self) -> tuple[Decision, ...]:
        """Every decision, oldest first."""
        with self._guarded(), self._engine.connect() as connection:
            if not inspect(connection).has_table("claim_decision"):
                return ()
            columns = [column for column in _decisions.c if column.name != _ORIGIN]
            origin = _decisions.c[_ORIGIN] if _has_origin(connection) else literal("").label(_ORIGIN)
            query = select(*columns, origin).order_by(_decisions.c.position)
            return tuple(_decision(dict(row._mapping)) for row in connection.execute(query))


def _has_origin(connection: Connection) -> bool:
    """False for a table of a workspace from before decisions kept an origin."""
    return any(column["name"] == _ORIGIN for column in inspect(connection).get_columns("claim_decision"))


def _decision(row: dict[str, Any]) -> Decision:
    words = {name: row[name] for name in _WORDS}
    words["action"] = Action(words["action"])
    return Decision(**words, row=json.loads(row["row"]), corrected=json.loads(row["corrected"]))
