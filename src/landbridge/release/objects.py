"""Files put into a folder all at once or not at all.

Order of a commit: everything is written and forced to disk in a staging folder on the same file system; the
objects are renamed into place under names derived from their content, where nothing refers to them yet; last,
the index is replaced in one step. Killed before that step, the folder reads as it did; what was left behind
is swept by the next writer.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from landbridge.errors import NotHeld

STAGING = ".staging"
LOCK = ".lock"
_OBJECT = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,8}")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the only right to write into `folder`.

    The system gives it back when the process ends, however it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise NotHeld(
                "another load is writing into this workspace.",
                where=str(folder),
                remedy="Wait until it has ended.",
            ) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """An empty folder inside `folder` for work that is thrown away afterwards unless it was committed."""
    place = folder / STAGING
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sweep(folder: Path, referenced: frozenset[str]) -> None:
    """Removes objects (relative names under `raw/` and `trade/`) that no index refers to: a killed load left
    them.
    """
    for path in [*folder.glob("raw/*/*"), *folder.glob("trade/*")]:
        if _OBJECT.fullmatch(path.name) and path.relative_to(folder).as_posix() not in referenced:
            path.unlink()


def copy_hashed(source: Path, target: Path) -> tuple[str, int]:
    """Copies `source` and returns SHA-256 and size of what was written."""
    digest = hashlib.sha256()
    size = 0
    with source.open("rb") as file, target.open("wb") as out:
        while chunk := file.read(2**20):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return digest.hexdigest(), size


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def commit(folder: Path, objects: Mapping[str, Path], index: str, content: str) -> None:
    """Moves `objects` (relative name to staged file) into `folder`, then replaces the file `index` by
    `content`.
    """
    for path in objects.values():
        _flush(path)
    for name, path in objects.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    for parent in {(folder / name).parent for name in objects}:
        _flush(parent)
        _flush(parent.parent)
    draft = folder / STAGING / index
    draft.write_text(content, encoding="utf-8")
    _flush(draft)
    draft.replace(folder / index)
    _flush(folder)


def _flush(path: Path) -> None:
    """Forces a file or the names in a folder to disk."""
    if path.is_dir() and sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
