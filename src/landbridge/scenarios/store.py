"""A folder of runs. A run lies under the hash of its inputs, so the same question is found again and never mixed up.

`manifest.json` says what went in; `central.json`, `flows.parquet`, `sectors.parquet`, `pairs.parquet` are the central
solutions; `draws/` holds the portions of the ensemble. Beside every file lies a seal, `NAME.seal`: the run it belongs to
and its SHA-256. A file is written under another name and renamed, its seal last, so what carries a good seal is whole;
a file without one, changed, or of another run counts as missing.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadFile, BadUsage, NotHeld, UnknownLabel
from landbridge.provenance.figure import content_id
from landbridge.scenarios.ensemble import Done
from landbridge.scenarios.outcomes import Layout

Array = NDArray[np.float64]

MANIFEST = "manifest.json"
SCHEMA = "landbridge/run/1"
DEFAULT = Path("runs")
_LARGEST = 200 * 2**20


def run_id(inputs: Mapping[str, Any]) -> str:
    """The id of a run: a hash of everything that goes in."""
    return content_id("r-", _text(inputs))


def _text(value: Any) -> Any:
    """Numbers as text, so that the id does not depend on how a platform prints them."""
    if isinstance(value, Mapping):
        return {str(key): _text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_text(item) for item in value]
    return repr(value) if isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Store:
    """One run in a folder of runs; `folder` is the run's own."""

    folder: Path
    id: str

    @classmethod
    def begin(cls, runs: Path, inputs: Mapping[str, Any]) -> Store:
        """The place of a run with these inputs; its manifest is written unless it is there."""
        if runs.exists() and not runs.is_dir():
            raise BadUsage("this is not a folder.", where=str(runs), remedy="Name a folder for runs.")
        made = cls(runs / run_id(inputs), run_id(inputs))
        (made.folder / "draws").mkdir(parents=True, exist_ok=True)
        content = {"schema": SCHEMA, "id": made.id, "inputs": inputs}
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        if made.read(MANIFEST) != text.encode():
            made.write(MANIFEST, text.encode())
        return made

    @classmethod
    def open(cls, folder: Path) -> tuple[Store, dict[str, Any]]:
        """A run that lies in `folder`, and its inputs; raises `BadFile` where the manifest is not what was written."""
        try:
            content = json.loads((folder / MANIFEST).read_text("utf-8"))
            inputs, named = content["inputs"], content["id"]
            known = content["schema"] == SCHEMA
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadFile(
                "the manifest of the run cannot be read.",
                where=str(folder / MANIFEST),
                cause=f"{type(error).__name__}: {error}.",
                remedy="Solve the scenario again.",
            ) from None
        if not known or run_id(inputs) != named:
            raise BadFile(
                "the manifest of the run was changed: its id is not the hash of its inputs.",
                where=str(folder / MANIFEST),
                remedy="Solve the scenario again.",
            )
        return cls(folder, named), inputs

    def write(self, name: str, content: bytes) -> None:
        """Put a file and its seal in place, each in one step."""
        self._replace(name, content)
        seal = {"run": self.id, "sha256": hashlib.sha256(content).hexdigest()}
        self._replace(f"{name}.seal", json.dumps(seal).encode())

    def _replace(self, name: str, content: bytes) -> None:
        target = self.folder / name
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(target)

    def read(self, name: str) -> bytes | None:
        """A file whose seal holds; None where it is missing, damaged, or of another run."""
        path = self.folder / name
        try:
            seal = json.loads((self.folder / f"{name}.seal").read_text("utf-8"))
            if path.stat().st_size > _LARGEST:
                return None
            content = path.read_bytes()
        except (OSError, ValueError):
            return None
        whole = {"run": self.id, "sha256": hashlib.sha256(content).hexdigest()}
        return content if seal == whole else None

    def write_frame(self, name: str, frame: pl.DataFrame) -> None:
        """Put a table in place."""
        held = io.BytesIO()
        frame.write_parquet(held)
        self.write(name, held.getvalue())

    def read_frame(self, name: str) -> pl.DataFrame | None:
        """A table whose seal holds, else None."""
        content = self.read(name)
        return None if content is None else pl.read_parquet(io.BytesIO(content))

    def write_portion(self, done: Done, layout: Layout, names: tuple[str, ...], values: Array) -> None:
        """Keep a portion of the ensemble: rows, parameters drawn, outcomes, and why a row has none."""
        failed = dict(done.failed)
        rows = sorted([*done.rows.tolist(), *failed])
        at = {row: position for position, row in enumerate(done.rows.tolist())}
        columns: dict[str, Any] = {
            "row": rows,
            "reason": pl.Series([failed.get(row) for row in rows], dtype=pl.String),
        }
        columns |= {f"drawn {name}": values[:, i] for i, name in enumerate(names)}
        for i, name in enumerate(layout.names):
            cells = [done.outcomes[at[row], i] if row in at else None for row in rows]
            columns[name] = pl.Series(cells, dtype=pl.Float64)
        self.write_frame(f"draws/{done.name}.parquet", pl.DataFrame(columns))

    def read_portion(
        self,
        name: str,
        layout: Layout,
        rows: Sequence[int],
        names: tuple[str, ...],
        values: Array | None = None,
    ) -> Done | None:
        """A portion kept earlier, if it is whole and of exactly these rows and, where given, drawn `values`."""
        frame = self.read_frame(f"draws/{name}.parquet")
        drawn = [f"drawn {item}" for item in names]
        if frame is None or frame.columns != ["row", "reason", *drawn, *layout.names]:
            return None
        if frame["row"].to_list() != list(rows):
            return None
        if drawn and values is not None and not np.array_equal(frame.select(drawn).to_numpy(), values):
            return None
        good = frame.filter(pl.col("reason").is_null())
        bad = frame.filter(pl.col("reason").is_not_null()).select("row", "reason").rows()
        outcomes = np.ascontiguousarray(good.select(layout.names).to_numpy(), dtype=np.float64)
        return Done(name, good["row"].to_numpy().astype(np.int64), outcomes, tuple(bad))


def find(named: str | Path, runs: Path = DEFAULT) -> Path:
    """The folder of a run: a path, an id, or the beginning of one in `runs`."""
    path = Path(named)
    if (path / MANIFEST).is_file():
        return path
    word = str(named)
    held = sorted(item.parent.name for item in runs.glob(f"*/{MANIFEST}"))
    match = [item for item in held if item == word] or [
        item for item in held if word and item.startswith((word, f"r-{word}"))
    ]
    if len(match) == 1:
        return runs / match[0]
    if match:
        raise BadUsage(
            f"{word!r} begins the ids of {len(match)} runs: {', '.join(match[:5])}.",
            where=str(runs),
            remedy="Write more of the id.",
        )
    if path.exists():
        raise BadUsage(
            "this is not a run: it holds no manifest.json.",
            where=str(path),
            remedy="Name the folder that `landbridge solve` wrote, or an id.",
        )
    if not held:
        raise NotHeld(
            f"no run is called {word!r}, and there are no runs here.",
            where=str(runs),
            remedy="`landbridge solve FILE` makes one; --runs names another folder.",
        )
    raise UnknownLabel("run", word, held, where=str(runs), remedy=f"Held: {', '.join(held[:5])}.")
