"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from landbridge.errors import BadUsage


def replace(path: Path, content: bytes) -> None:
    """Write `content` to `path` through a temporary file beside it; what was there stays if writing fails.

    Raises `BadUsage` where the folder is missing or cannot be written to.
    """
    beside = ""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; a brief is a file like any other.
        mask = os.umask(0)
        os.umask(mask)
        Path(beside).chmod(0o666 & ~mask)
        Path(beside).replace(path)
    except OSError as error:
        if beside:
            Path(beside).unlink(missing_ok=True)
        raise BadUsage(
            f"cannot write the file: {error.strerror or error}.",
            where=str(path),
            cause="The folder does not exist, is not writable, or the name is that of a folder.",
            remedy="Choose another place with --out or --xlsx.",
        ) from None
