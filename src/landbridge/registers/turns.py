"""One writer at a time: the ledger of a workspace opened for writing when one's turn has come."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from landbridge.errors import NotHeld
from landbridge.ledger.store import Store
from landbridge.release import objects
from landbridge.release.workspace import INDEX, LEDGER, Index

# How long, in seconds, a writer waits for others; one write takes a fraction of a second.
_PATIENCE = 30.0


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
        store = Store(folder / LEDGER)
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
