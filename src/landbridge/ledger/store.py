"""The append-only store of statements: SQLite through SQLAlchemy. What is in it can be superseded, never changed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    DDL,
    Column,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError, OperationalError

from landbridge.errors import BrokenRelease, NotHeld
from landbridge.ledger.statement import Statement
from landbridge.provenance import Source, Status

SCHEMA_VERSION = 1
# Codes of SQLite for refusals of the disk or of its keeper, which leave the file as it was: what to say, and what to do.
_FULL, _READONLY, _BUSY, _IO, _CLOSED = 13, 8, 5, 10, 14
_REFUSED: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        _FULL: ("the disk is full", "Make room and do it again."),
        _READONLY: ("the ledger is read-only", "Make the workspace writable (`chmod u+w`)."),
        _BUSY: ("another program holds the ledger", "Close it and do it again."),
        _CLOSED: (
            "the ledger cannot be opened",
            "Look who owns the workspace, and whether the disk is full.",
        ),
        _IO: ("the disk refused to read or write", "Look whether it is full or damaged."),
    }
)
_NUMBERS = {"number": Float, "low": Float, "high": Float, "start": Integer, "end": Integer}
_metadata = MetaData()
STATEMENTS = Table(
    "statement",
    _metadata,
    Column("id", String, primary_key=True),
    *(
        Column(name, _NUMBERS.get(name, String), nullable=name in _NUMBERS)
        for name in Statement.__dataclass_fields__
        if name != "id"
    ),
)
SOURCES = Table(
    "source",
    _metadata,
    *(Column(name, String, primary_key=name == "id") for name in Source.__dataclass_fields__),
)
for _held, _verb in itertools.product((STATEMENTS, SOURCES), ("UPDATE", "DELETE")):
    event.listen(
        _held,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER {_held.name}_no_{_verb.lower()} BEFORE {_verb} ON {_held.name} "
            "BEGIN SELECT RAISE(ABORT, 'what the ledger holds is never changed or deleted'); END"
        ),
    )


class Store:
    """Statements in one SQLite file. Adding the same statement twice adds nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine: Engine = create_engine(f"sqlite:///{path}")
        with self._guarded("nothing was added"), self._engine.begin() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar()
            if version not in (0, SCHEMA_VERSION):
                raise BrokenRelease(
                    f"the ledger has schema version {version}; this Landbridge reads {SCHEMA_VERSION}.",
                    where=str(path),
                    remedy="Use the Landbridge that wrote it, or load the ledger files again into a new workspace.",
                )
            if version == 0:
                _metadata.create_all(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def _guarded(self, kept: str = "") -> Iterator[None]:
        """A disk that refuses and a damaged file are each named as such, wherever it happens.

        `kept` says what a refusal leaves undone.
        """
        try:
            yield
        except OperationalError as error:
            told = _REFUSED.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
            if told is None:
                raise self._damaged(error) from None
            what = f"{told[0]}; {kept}." if kept else f"{told[0]}."
            raise NotHeld(what, where=str(self.path), cause=f"{error.orig}.", remedy=told[1]) from None
        except (DatabaseError, ValueError, TypeError) as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> BrokenRelease:
        return BrokenRelease(
            "the ledger of this workspace cannot be read.",
            where=str(self.path),
            cause=f"{getattr(error, 'orig', error)}.",
            remedy="Restore it from a copy; Landbridge has not changed it.",
        )

    def append(self, statements: Iterable[Statement], sources: Iterable[Source] = ()) -> int:
        """Add statements and the sources they cite in one transaction; returns how many statements were new."""
        rows = [row_of(statement) for statement in statements]
        cited = [{name: str(getattr(item, name)) for name in Source.__dataclass_fields__} for item in sources]
        if not rows:
            return 0
        with self._guarded("nothing was added"), self._engine.begin() as connection:
            before = len(self)
            connection.execute(insert(STATEMENTS).on_conflict_do_nothing(), rows)
            if cited:
                connection.execute(insert(SOURCES).on_conflict_do_nothing(), cited)
            after = connection.exec_driver_sql("SELECT count(*) FROM statement").scalar()
        return int(after or 0) - before

    def __len__(self) -> int:
        with self._guarded(), self._engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM statement").scalar() or 0)

    def statements(self, recorded_by: str = "9999") -> list[Statement]:
        """Every statement recorded by that date, in the order of their ids."""
        query = select(STATEMENTS).where(STATEMENTS.c.recorded <= recorded_by).order_by(STATEMENTS.c.id)
        with self._guarded(), self._engine.connect() as connection:
            return [_statement(dict(row._mapping)) for row in connection.execute(query)]

    def sources(self) -> dict[str, Source]:
        """Every source that came with the statements, by id."""
        with self._guarded(), self._engine.connect() as connection:
            rows = [dict(row._mapping) for row in connection.execute(select(SOURCES).order_by(SOURCES.c.id))]
        return {row["id"]: Source(**row | {"weak": row["weak"] == "True"}) for row in rows}

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def row_of(statement: Statement) -> dict[str, Any]:
    """A statement as a row of the table of statements."""
    row = {name: getattr(statement, name) for name in Statement.__dataclass_fields__}
    return row | {
        "status": statement.status.value,
        "detail": json.dumps(dict(statement.detail), sort_keys=True),
    }


def _statement(row: dict[str, Any]) -> Statement:
    row.pop("id")
    return Statement(**row | {"status": Status(row["status"]), "detail": json.loads(row["detail"])})
