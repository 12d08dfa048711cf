"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from landbridge.errors import BadUsage

_REMEDY = "Choose another place with --out or --xlsx."


def replace(path: Path, content: bytes) -> None:
    """Write `content` to `path` through a temporary file beside it; what was there stays if writing fails.

    A link stays a link: the file it points to is replaced, and keeps its permissions. Raises `BadUsage` where the
    folder is missing or cannot be written to, and as `refuse` does.
    """
    refuse(path)
    target = Path(os.path.realpath(path))
    beside = ""
    try:
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else _fresh()
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}-", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; a brief is a file like any other.
        Path(beside).chmod(mode)
        Path(beside).replace(target)
    except OSError as error:
        if beside:
            Path(beside).unlink(missing_ok=True)
        raise BadUsage(
            f"cannot write the file: {error.strerror or error}.",
            where=str(path),
            cause="The folder does not exist, is not writable, or the name is that of a folder.",
            remedy=_REMEDY,
        ) from None


def refuse(path: Path) -> None:
    """Raise `BadUsage` if what stands at `path` must not be replaced: a folder, device or pipe, or a read-only file."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise BadUsage(
            f"cannot write the file: {error.strerror or error}.", where=str(path), remedy=_REMEDY
        ) from None
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a device or pipe"
        raise BadUsage(f"this is {what}, not a file.", where=str(path), remedy=_REMEDY)
    # The superuser may write to anything, so what the owner has protected is told from the mode.
    if not (mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) and os.access(path, os.W_OK)):
        raise BadUsage(
            "the file is read-only.",
            where=str(path),
            remedy="Make it writable (`chmod u+w`), or choose another place with --out or --xlsx.",
        )


def _fresh() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
