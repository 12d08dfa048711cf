"""A user's own data: files loaded into a folder, content-addressed, with an account of every row left out.

`workspace.json` lists the loads; `raw/` keeps each file as it came with a sidecar, `trade/` the table made of
it. Names are hashes of content, so the same file is never kept twice and a damaged one is noticed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from landbridge.errors import (
    BadFile,
    BadUsage,
    BrokenRelease,
    LandbridgeError,
    NotHeld,
)
from landbridge.ledger import Statement
from landbridge.provenance import Source
from landbridge.release import manifest, objects
from landbridge.sources import SCHEMA
from landbridge.sources.guard import parquet_file, regular_file

LAYOUT = 1
INDEX = "workspace.json"
KINDS = ("baci", "comtrade", "csv")
LEDGER = "ledger.sqlite"
# With the journal that SQLite leaves where a first write was broken off.
_OWN = {INDEX, LEDGER, f"{LEDGER}-journal", objects.LOCK, objects.STAGING, "raw", "trade"}
_RELEASE = (
    "In Python read it with `lb.load(release=...)`; a workspace is a folder that `landbridge load KIND FILE` made, "
    "and is named with `--workspace`."
)
_HASH = Field(pattern=r"^[0-9a-f]{64}$")
_PUBLISHERS = {
    "baci": ("CEPII", "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37"),
    "comtrade": ("United Nations, UN Comtrade", "https://comtradeplus.un.org/"),
}


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DroppedRows(_Record):
    """Rows left out for one reason."""

    reason: str
    count: int
    value_usd: float
    example: str


class Load(_Record):
    """One file in the workspace.

    `replaced_by` is the hash of the file that took its place in `Workspace.trade`.
    """

    kind: Literal["baci", "comtrade", "csv"]
    file: str
    sha256: Annotated[str, _HASH]
    size: int
    suffix: Annotated[str, Field(pattern=r"^[a-z0-9]{1,8}$")]
    title: str
    map_sha256: Annotated[str, _HASH] | None = None
    table_sha256: Annotated[str, _HASH]
    rows_in: int
    rows_kept: int
    value_in_usd: float
    value_kept_usd: float
    years: list[int]
    dropped: list[DroppedRows]
    notes: list[str]
    loaded_at: datetime
    replaced_by: Annotated[str, _HASH] | None = None

    @property
    def source(self) -> str:
        """The id under which figures cite this load."""
        return f"loaded-{self.table_sha256[:10]}"

    @property
    def table_name(self) -> str:
        """Where its table lies in the workspace."""
        return f"trade/{self.table_sha256}.parquet"

    def objects(self) -> tuple[str, ...]:
        """Everything in the workspace that belongs to it."""
        raw = f"raw/{self.sha256[:2]}/{self.sha256}"
        names = [self.table_name, f"{raw}.{self.suffix}", f"{raw}.json"]
        if self.map_sha256 is not None:
            names.append(f"raw/{self.map_sha256[:2]}/{self.map_sha256}.yaml")
        return tuple(names)


class Index(_Record):
    """What `workspace.json` holds."""

    layout: Literal[1] = 1
    loads: list[Load]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder of loads, as it stood when it was opened."""

    folder: Path
    loads: tuple[Load, ...] = ()
    # Whether a year is whole in a classification, once somebody has looked: (year, classification). The tables of a
    # workspace that is open do not change, so an answer stays true as long as it lives.
    whole: dict[tuple[int, str], bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def open(cls, folder: str | Path) -> Workspace:
        """The workspace in `folder`.

        Raises `NotHeld` where there is none and `BrokenRelease` where it is damaged.
        """
        place = Path(folder)
        if not (place / INDEX).is_file():
            if (place / manifest.FILE).is_file():
                raise NotHeld("this is a release, not a workspace.", where=str(place), remedy=_RELEASE)
            raise NotHeld(
                "there is no workspace here.",
                where=str(place),
                remedy="Make one with `landbridge load KIND FILE`.",
            )
        return cls(place, read_index(place))

    @classmethod
    def find(cls, named: str | Path | None, default: Path) -> Workspace | None:
        """The workspace the user `named`, which must exist, else the one at `default` if there is one."""
        if named is not None:
            return cls.open(named)
        return cls.open(default) if (default / INDEX).exists() else None

    @classmethod
    def open_or_create(cls, folder: str | Path) -> Workspace:
        """The workspace in `folder`, or a new, empty one that the first load will write.

        A foreign folder is refused.
        """
        place = Path(folder)
        if (place / INDEX).exists():
            return cls.open(place)
        if (place / manifest.FILE).is_file():
            raise BadUsage(
                "this is a release, not a workspace; nothing was written.",
                where=str(place),
                remedy="Name another folder with `--workspace`.",
            )
        if place.exists() and not (place.is_dir() and {item.name for item in place.iterdir()} <= _OWN):
            raise BadUsage(
                "this is neither a workspace nor an empty folder.",
                where=str(place),
                remedy="Name another folder with `--workspace`; nothing was written.",
            )
        return cls(place)

    @property
    def exists(self) -> bool:
        """False for a workspace that its first load has yet to write."""
        return (self.folder / INDEX).exists()

    @property
    def current(self) -> tuple[Load, ...]:
        """Loads that no later one replaced, oldest first."""
        return tuple(load for load in self.loads if load.replaced_by is None)

    def years(self) -> list[int]:
        """Years with at least one row."""
        return sorted({year for load in self.current for year in load.years})

    def trade(self, year: int | None = None) -> pl.LazyFrame:
        """Rows of all loads, or of one year: the columns of `sources.SCHEMA`, `kind` and `source` (a key of
        `sources()`).

        Rows of different kinds and reporters stand side by side and must not be added together. Where two
        files of the same kind hold the same flow, the one loaded later counts.
        """
        frames = {kind: [self._scan(load) for load in self.current if load.kind == kind] for kind in KINDS}
        parts = frames.pop("baci")
        same = ["exporter", "importer", "period", "product", "reporter"]
        for found in frames.values():
            if len(found) > 1:
                parts.append(pl.concat(found).unique(same, keep="last", maintain_order=True))
            parts += found if len(found) == 1 else []
        columns: dict[str, type[pl.DataType]] = {**SCHEMA, "kind": pl.String, "source": pl.String}
        rows = pl.concat(parts) if parts else pl.LazyFrame(schema=columns)
        return rows if year is None else rows.filter(pl.col("period").str.slice(0, 4) == str(year))

    def sources(self) -> Mapping[str, Source]:
        """What each load is cited as, by its id."""
        out = {}
        for load in self.current:
            publisher, url = _PUBLISHERS.get(load.kind, ("loaded by the user", ""))
            title, day = f"{load.title} (file {load.file})", load.loaded_at.date().isoformat()
            out[load.source] = Source(
                load.source, publisher, title, f"loaded {day}", url, "as at source", "dataset"
            )
        return MappingProxyType(out)

    def ledger(self) -> tuple[list[Statement], Mapping[str, Source]]:
        """The user's own statements and the sources that came with them."""
        path = self.folder / LEDGER
        if not path.exists():
            return [], {}
        # Here, because the store brings a database library that most commands do without.
        from landbridge.ledger.store import Store

        store = Store(path)
        try:
            return store.statements(), store.sources()
        finally:
            store.close()

    def verify(self) -> list[str]:
        """Objects that are missing or whose content no longer has the hash in their name."""
        wrong = []
        for name in sorted({name for load in self.loads for name in load.objects()}):
            path = self.folder / name
            if not path.is_file():
                wrong.append(f"{name}: missing")
            elif path.suffix != ".json" and objects.sha256(path) != path.stem:
                wrong.append(f"{name}: changed")
        return wrong

    def _scan(self, load: Load) -> pl.LazyFrame:
        path = self.folder / load.table_name
        try:
            rows = pl.scan_parquet(parquet_file(path), glob=False)
            if dict(rows.collect_schema()) != SCHEMA:
                raise BadFile("the table has other columns.", where=path.name)
        except (LandbridgeError, OSError, pl.exceptions.PolarsError) as error:
            raise BrokenRelease(
                f"the table of {load.file} is damaged.",
                where=str(path),
                cause=f"{error}",
                remedy="Move the workspace away and load the files again; the originals are under raw/.",
            ) from None
        return rows.with_columns(pl.lit(load.kind).alias("kind"), pl.lit(load.source).alias("source"))


def default_workspace(option: str | Path | None = None) -> Path:
    """Where the workspace is: `option`, else $LANDBRIDGE_WORKSPACE, else ./landbridge-data."""
    return Path(option or os.environ.get("LANDBRIDGE_WORKSPACE") or "landbridge-data")


def read_index(folder: Path) -> tuple[Load, ...]:
    """The loads listed in `folder`; raises `BrokenRelease` where the list is damaged or not whole."""
    path = folder / INDEX
    away = "Nothing was changed. Restore the file from a copy, or move the folder away and load again."
    try:
        content = json.loads(regular_file(path, 64 * 2**20).read_text("utf-8"))
    except (BadFile, ValueError, RecursionError, OSError) as error:
        raise BrokenRelease(
            "the list of loads cannot be read.", where=str(path), cause=f"{error}", remedy=away
        ) from None
    layout = content.get("layout") if isinstance(content, dict) else None
    if isinstance(layout, int) and layout != LAYOUT:
        other = "newer" if layout > LAYOUT else "older"
        raise BrokenRelease(
            f"the workspace has layout {layout}, {other} than {LAYOUT}, which this Landbridge reads.",
            where=str(path),
            remedy="Use the Landbridge it was made with, or load the files under raw/ into a new workspace.",
        )
    try:
        loads = Index.model_validate_json(json.dumps(content)).loads
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        cause = f"{'.'.join(map(str, first['loc']))}: {first['msg']}."
        raise BrokenRelease(
            "the list of loads is damaged.", where=str(path), cause=cause, remedy=away
        ) from None
    missing = [item.file for item in loads if not (folder / item.table_name).is_file()]
    if missing:
        cause = f"The tables of {', '.join(missing[:5])} are gone."
        raise BrokenRelease("the workspace is not whole.", where=str(folder), cause=cause, remedy=away)
    return tuple(loads)
