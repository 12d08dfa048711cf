"""One writer at a time: the ledger of a workspace opened for writing when one's turn has come, and what may refuse it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.exc import OperationalError

from landbridge.errors import NotHeld
from landbridge.ledger.store import Store
from landbridge.release import objects
from landbridge.release.workspace import INDEX, LEDGER, Index

# How long, in seconds, a writer waits for others; one write takes a fraction of a second.
_PATIENCE = 30.0
# Codes of SQLite.
_FULL, _READONLY, _BUSY, _IO, _CLOSED = 13, 8, 5, 10, 14
_REFUSED: Mapping[int, tuple[str, str]] = {
    _FULL: ("the disk is full; nothing was added.", "Make room and add it again."),
    _READONLY: ("the ledger is read-only; nothing was added.", "Make the workspace writable (`chmod u+w`)."),
    _BUSY: ("another program holds the ledger; nothing was added.", "Close it and add it again."),
    _CLOSED: ("the ledger cannot be opened for writing; nothing was added.", "Look who owns the workspace."),
    _IO: ("the disk refused to write; nothing was added.", "Look whether it is full or damaged."),
}


class _Ledger(Store):
    """The store of a workspace, which says of a refusal of the disk that it is one."""

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with super()._guarded():
            try:
                yield
            except OperationalError as error:
                told = _REFUSED.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
                if told is None:
                    raise
                raise NotHeld(told[0], where=str(self.path), cause=f"{error.orig}.", remedy=told[1]) from None


@contextmanager
def turn(folder: Path) -> Iterator[Store]:
    """The only right to write into a workspace, with its ledger open; a new one is made first."""
    with ExitStack() as held:
        try:
            _wait(held, folder)
            _prepare(folder)
        except OSError as error:
            raise NotHeld(
                f"the workspace cannot be written to: {error.strerror or error}; nothing was added.",
                where=str(folder),
                cause="The folder is read-only, belongs to somebody else, or the disk is full.",
                remedy="Make it writable, or name another with `--workspace`.",
            ) from None
        store = _Ledger(folder / LEDGER)
        held.callback(store.close)
        yield store


def _wait(held: ExitStack, folder: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            held.enter_context(objects.locked(folder))
            return
        except NotHeld:
            if time.monotonic() > end:
                raise
            # Uneven, so that two writers do not keep step and one of them starve.
            time.sleep(random.uniform(0.001, 0.02))


def _prepare(folder: Path) -> None:
    """Make the ledger and the list of loads where they are missing, at once and before anything is written into them.

    Killed in between, the folder holds nothing by which it would not be known as a workspace.
    """
    index, ledger = folder / INDEX, folder / LEDGER
    if index.exists() and ledger.exists():
        return
    with objects.staging(folder) as place:
        made = {}
        if not ledger.exists():
            Store(place / LEDGER).close()
            made[LEDGER] = place / LEDGER
        empty = Index(loads=[]).model_dump_json(indent=1) + "\n"
        objects.commit(folder, made, INDEX, index.read_text("utf-8") if index.exists() else empty)
