"""Loading files into a workspace: all of a call's files or none, whatever happens in between."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from landbridge.codes.matching import plain
from landbridge.errors import BadFile, BadUsage, Problem, UnknownLabel
from landbridge.release import objects
from landbridge.release.workspace import INDEX, KINDS, DroppedRows, Index, Load, Workspace, read_index
from landbridge.sources import Limits, Loaded, TableMap, baci, comtrade, read_map, table
from landbridge.sources.guard import LIMITS, all_there, regular_file
from landbridge.sources.model import readable
from landbridge.sources.tablemap import map_path


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did: the loads added, and in `notes` what the user should know."""

    loads: tuple[Load, ...]
    notes: tuple[str, ...]

    def table(self) -> pl.DataFrame:
        """One row per file and outcome: `kept`, then each reason for dropping.

        `count` adds up to `rows_in`.
        """
        rows = []
        for load in self.loads:
            head = {
                "file": load.file,
                "kind": load.kind,
                "rows_in": load.rows_in,
                "rows_kept": load.rows_kept,
            }
            rows.append(
                head
                | {"reason": "kept", "count": load.rows_kept, "value_usd": load.value_kept_usd, "example": ""}
            )
            rows += [head | item.model_dump() for item in load.dropped]
        columns = {"file": pl.String, "kind": pl.String, "rows_in": pl.Int64, "rows_kept": pl.Int64}
        columns |= {"reason": pl.String, "count": pl.Int64, "value_usd": pl.Float64, "example": pl.String}
        return pl.DataFrame(rows, schema=columns)

    def dropped(self) -> list[dict[str, str | int | float]]:
        """The rows of `table()` that say what was left out."""
        return [{"file": load.file, **item.model_dump()} for load in self.loads for item in load.dropped]


def load(
    workspace: Workspace | str | Path,
    kind: str,
    files: Sequence[str | Path],
    map: str | None = None,
    *,
    limits: Limits = LIMITS,
) -> LoadReport:
    """Brings `files` of one `kind` into the workspace, all of them or none; `map` names the map of `csv`
    files.

    A file that is there already is left alone, with a note. A new edition of the same BACI year, and a file
    read through another map, replace the earlier load; its table stays in the folder. Raises `BadFile` with
    the problems of all files, and `BadUsage` for files that do not exist.
    """
    if kind not in KINDS:
        raise UnknownLabel("kind of file", kind, KINDS, remedy=f"Valid: {', '.join(KINDS)}.")
    if (map is not None) != (kind == "csv"):
        raise BadUsage(
            "`csv` needs a map, and only `csv` takes one.", remedy="Use `--map FILE` or `--map PRESET`."
        )
    if not files:
        raise BadUsage("no file is named.", remedy="Use `landbridge load KIND FILE...`.")
    all_there([Path(file) for file in files])
    folder = (
        workspace.folder if isinstance(workspace, Workspace) else Workspace.open_or_create(workspace).folder
    )
    chosen = None if map is None else map_path(map)
    table_map = None if chosen is None else read_map(chosen, limits)
    with objects.locked(folder):
        known = read_index(folder) if (folder / INDEX).exists() else ()
        objects.sweep(folder, frozenset(name for item in known for name in item.objects()))
        with objects.staging(folder) as scratch:
            loading = _Loading(scratch, kind, table_map, chosen, limits)
            added, notes = loading.read([Path(file) for file in files], known)
            if added:
                index = Index(loads=_in_order(known, added, notes))
                objects.commit(folder, loading.staged, INDEX, index.model_dump_json(indent=1) + "\n")
    return LoadReport(tuple(added), tuple(notes))


class _Loading:
    """One call of `load` at work in its staging folder."""

    def __init__(
        self, scratch: Path, kind: str, table_map: TableMap | None, map_file: Path | None, limits: Limits
    ) -> None:
        self.scratch, self.kind, self.table_map, self.limits = scratch, kind, table_map, limits
        self.staged: dict[str, Path] = {}
        self.countries: Mapping[int, str] | None = None
        self.map_sha256: str | None = None
        if map_file is not None:
            copy = scratch / "map.yaml"
            self.map_sha256, _ = objects.copy_hashed(map_file, copy)
            self.staged[f"raw/{self.map_sha256[:2]}/{self.map_sha256}.yaml"] = copy

    def read(self, files: Sequence[Path], known: Sequence[Load]) -> tuple[list[Load], list[str]]:
        """Reads every file; problems of all of them are raised together."""
        added: list[Load] = []
        notes: list[str] = []
        problems: list[Problem] = []
        here: set[tuple[str, str, str | None]] = {
            (item.sha256, item.kind, item.map_sha256) for item in known if item.replaced_by is None
        }
        if self.kind == "baci":
            files = self._lists(files, notes)
        for at, path in enumerate(files):
            try:
                made = self._one(path, at, here)
            except BadFile as error:
                problems += error.problems
                continue
            if made is None:
                notes.append(f"{path.name}: already loaded, left as it is.")
                continue
            added.append(made)
            here.add((made.sha256, made.kind, made.map_sha256))
            notes += made.notes
        if problems:
            raise BadFile(problems)
        return added, notes

    def _lists(self, files: Sequence[Path], notes: list[str]) -> list[Path]:
        """Takes BACI's lists of countries and products out of `files`."""
        trade = []
        for path in files:
            if baci.is_country_file(path.name):
                self.countries = baci.read_countries(path, scratch=self.scratch, limits=self.limits)
                notes.append(f"{path.name}: {len(self.countries)} countries read.")
            elif baci.is_product_file(path.name):
                notes.append(f"{path.name}: not needed, left out.")
            else:
                trade.append(path)
        if not trade:
            raise BadUsage(
                "only lists of codes are named, no trade.", remedy="Name the BACI_HS.._Y...._V....csv too."
            )
        return trade

    def _one(self, path: Path, at: int, here: set[tuple[str, str, str | None]]) -> Load | None:
        regular_file(path, self.limits.csv)
        raw = self.scratch / f"{at}.raw"
        sha256, size = objects.copy_hashed(path, raw)
        if (sha256, self.kind, self.map_sha256) in here:
            return None
        loaded, title = self._parse(raw, path.name)
        if loaded.rows_kept == 0:
            why = "; ".join(f"{item.count:,} x {item.reason}" for item in loaded.dropped)
            raise BadFile("not one row could be kept.", where=path.name, cause=f"Dropped: {why}.")
        made = self.scratch / f"{at}.parquet"
        with readable(path.name):
            loaded.frame.sink_parquet(made)
            kept = pl.scan_parquet(made)
            rows, value = kept.select(pl.len(), pl.col("value_usd").sum()).collect().row(0)
            years = kept.select(pl.col("period").str.slice(0, 4).cast(pl.Int64).unique().sort()).collect()
        lost = sum(item.value_usd for item in loaded.dropped)
        if rows != loaded.rows_kept or not math.isclose(
            value + lost, loaded.value_in_usd, rel_tol=1e-9, abs_tol=1.0
        ):
            raise BadFile(
                "rows in and rows kept and dropped do not add up.",
                where=path.name,
                cause="Please report this.",
            )
        suffix = path.suffix.lower().lstrip(".")
        entry = Load(
            kind=self.kind,  # type: ignore[arg-type]
            file=plain(path.name),
            sha256=sha256,
            size=size,
            suffix=suffix if suffix.isascii() and suffix.isalnum() and len(suffix) <= 8 else "raw",
            title=title,
            map_sha256=self.map_sha256,
            table_sha256=objects.sha256(made),
            rows_in=loaded.rows_in,
            rows_kept=rows,
            value_in_usd=loaded.value_in_usd,
            value_kept_usd=value,
            years=years["period"].to_list(),
            dropped=[
                DroppedRows(
                    reason=item.reason, count=item.count, value_usd=item.value_usd, example=item.example
                )
                for item in loaded.dropped
            ],
            notes=list(loaded.notes),
            loaded_at=datetime.now(UTC).replace(microsecond=0),
        )
        self._stage(entry, path, raw, made, at)
        return entry

    def _parse(self, raw: Path, name: str) -> tuple[Loaded, str]:
        if self.kind == "baci":
            said = baci.edition(name)
            title = f"BACI {said.nomenclature}, {said.year}, version {said.version}"
            read = baci.read(
                raw, scratch=self.scratch, name=name, countries=self.countries, limits=self.limits
            )
            return read, title
        if self.kind == "comtrade":
            return comtrade.read(
                raw, scratch=self.scratch, name=name, limits=self.limits
            ), "Answer of the UN Comtrade API"
        assert self.table_map is not None
        return table.read(
            raw, self.table_map, scratch=self.scratch, name=name, limits=self.limits
        ), self.table_map.about

    def _stage(self, entry: Load, path: Path, raw: Path, made: Path, at: int) -> None:
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0).isoformat()
        sidecar = self.scratch / f"{at}.json"
        content = {
            "file": path.name,
            "size": entry.size,
            "sha256": entry.sha256,
            "kind": entry.kind,
            "modified": modified,
        }
        sidecar.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        table_name, raw_name, sidecar_name = entry.objects()[:3]
        self.staged |= {table_name: made, raw_name: raw, sidecar_name: sidecar}


def _in_order(known: Sequence[Load], added: Sequence[Load], notes: list[str]) -> list[Load]:
    """All loads, oldest first; those whose place a later one takes are marked."""
    out = list(known)
    for new in added:
        for at, old in enumerate(out):
            same_year = old.kind == new.kind == "baci" and old.years == new.years
            if old.replaced_by is None and (same_year or old.sha256 == new.sha256):
                notes.append(f"{new.file}: replaces {old.title} ({old.file}).")
                out[at] = old.model_copy(update={"replaced_by": new.sha256})
        out.append(new)
    return out
