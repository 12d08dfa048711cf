"""The manifest of a release: what is in the folder, with hashes, licences and vintages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landbridge.errors import BrokenRelease

LAYOUT = 1
FILE = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`id` is the hash over all file hashes; `statements` lists every ledger id with the date it was recorded."""

    id: str
    files: Mapping[str, str]
    vintages: tuple[Mapping[str, str], ...]
    statements: Mapping[str, str]

    def to_json(self) -> str:
        """Canonical text: sorted keys, one trailing newline."""
        content = {
            "layout": LAYOUT,
            "id": self.id,
            "files": dict(self.files),
            "vintages": [dict(vintage) for vintage in self.vintages],
            "statements": dict(self.statements),
        }
        return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def compose(folder: Path, vintages: tuple[Mapping[str, str], ...], statements: Mapping[str, str]) -> Manifest:
    """The manifest of the files that lie in `folder` now."""
    files = {
        path.relative_to(folder).as_posix(): digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != FILE
    }
    joined = "\n".join(f"{name} {value}" for name, value in files.items())
    return Manifest(hashlib.sha256(joined.encode()).hexdigest()[:12], files, vintages, statements)


def read(folder: Path) -> Manifest:
    """The manifest written in `folder`; raises `BrokenRelease` where it is missing, damaged or of another layout."""
    path = folder / FILE
    try:
        content: Any = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BrokenRelease(
            "there is no release here.", where=str(folder), remedy="Name a folder that holds a manifest.json."
        ) from None
    except (ValueError, OSError) as error:
        raise BrokenRelease("the manifest cannot be read.", where=str(path), cause=f"{error}.") from None
    layout = content.get("layout") if isinstance(content, dict) else None
    if layout != LAYOUT:
        raise BrokenRelease(
            f"the release has layout {layout}; this Landbridge reads {LAYOUT}.",
            where=str(path),
            remedy="Use the Landbridge it was built with, or rebuild it with scripts/build_release.py.",
        )
    try:
        return Manifest(content["id"], content["files"], tuple(content["vintages"]), content["statements"])
    except (KeyError, TypeError) as error:
        raise BrokenRelease(
            "the manifest is not whole.", where=str(path), cause=f"{error} is missing."
        ) from None


def verify(folder: Path) -> list[str]:
    """The files of a release that are missing, changed or not in its manifest."""
    manifest = read(folder)
    now = compose(folder, manifest.vintages, manifest.statements)
    wrong = [f"{name}: missing" for name in manifest.files.keys() - now.files.keys()]
    wrong += [f"{name}: not in the manifest" for name in now.files.keys() - manifest.files.keys()]
    wrong += [
        f"{name}: changed"
        for name in manifest.files.keys() & now.files.keys()
        if manifest.files[name] != now.files[name]
    ]
    if not wrong and manifest.id != now.id:
        wrong.append(f"{FILE}: its id is not the hash of its files")
    return sorted(wrong)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
