"""A workspace: all of a load or none of it, whatever happens; nothing lost, nothing counted twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from landbridge.errors import BadFile, BadUsage, BrokenRelease, NotHeld, UnknownLabel
from landbridge.release import load as load_data
from landbridge.release import objects
from landbridge.release.loading import load
from landbridge.release.workspace import Workspace, default_workspace

MAP = """
about: A test table.
tested_against_live_download: true
period: {column: year, formats: [yyyy]}
product: {column: hs}
value: {column: value, currency: USD}
exporter: {column: from, by: code}
importer: {column: to, by: code}
nomenclature: HS17
"""


def baci(folder: Path, year: int = 2022, version: str = "V202501", value: float = 5.0) -> Path:
    path = folder / f"BACI_HS17_Y{year}_{version}.csv"
    rows = [f"{year},156,643,010121,{value},1", f"{year},643,156,270900,7,2", f"{year},490,156,854231,3,1"]
    path.write_text("\n".join(["t,i,j,k,v,q", *rows]) + "\n")
    return path


def snapshot(folder: Path) -> dict[str, bytes]:
    """Everything a reader of the workspace can see."""
    if not (folder / "workspace.json").exists():
        return {}
    space = Workspace.open(folder)
    seen = {name: (folder / name).read_bytes() for item in space.loads for name in item.objects()}
    assert space.verify() == []
    return seen | {
        "rows": space.trade().collect().write_csv().encode(),
        "index": (folder / "workspace.json").read_bytes(),
    }


def test_a_load_is_reported_stored_and_read_back(tmp_path: Path) -> None:
    report = load(tmp_path / "w", "baci", [baci(tmp_path), baci(tmp_path, 2023)])
    table = report.table()
    assert table.columns == [
        "file",
        "kind",
        "rows_in",
        "rows_kept",
        "reason",
        "count",
        "value_usd",
        "example",
    ]
    per_file = table.group_by("file").agg(pl.col("count").sum(), pl.col("rows_in").first())
    assert per_file["count"].to_list() == per_file["rows_in"].to_list() == [3, 3]
    assert table.filter(pl.col("reason") != "kept")["example"].to_list() == ["line 4: 490"] * 2
    assert [row["count"] for row in report.dropped()] == [1, 1]
    space = Workspace.open(tmp_path / "w")
    assert space.years() == [2022, 2023]
    rows = space.trade(2022).collect()
    assert rows["value_usd"].sum() == 12_000
    sources = space.sources()
    assert set(rows["source"]) == {space.loads[0].source} < set(sources)
    assert "BACI HS17, 2022, version 202501" in sources[space.loads[0].source].title
    raw = tmp_path / "w" / space.loads[0].objects()[1]
    assert raw.read_bytes() == baci(tmp_path).read_bytes()
    assert json.loads(raw.with_suffix(".json").read_text())["file"] == "BACI_HS17_Y2022_V202501.csv"


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path / "w", "baci", [baci(tmp_path)])
    before = snapshot(tmp_path / "w")
    report = load(tmp_path / "w", "baci", [baci(tmp_path)])
    assert report.loads == ()
    assert "already loaded" in report.notes[0]
    assert snapshot(tmp_path / "w") == before


def test_a_later_edition_of_a_year_replaces_the_earlier_and_keeps_it(tmp_path: Path) -> None:
    load(tmp_path / "w", "baci", [baci(tmp_path)])
    report = load(tmp_path / "w", "baci", [baci(tmp_path, version="V202601", value=6.0)])
    assert any("replaces BACI HS17, 2022, version 202501" in note for note in report.notes)
    space = Workspace.open(tmp_path / "w")
    assert space.trade(2022).collect()["value_usd"].sum() == 13_000
    assert len(space.loads) == 2
    assert len(space.current) == 1
    assert space.verify() == []


def test_the_later_file_counts_where_two_hold_the_same_flow(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(MAP)
    for name, value in (("a", 1), ("b", 2)):
        text = f"year,from,to,hs,value\n2022,CHN,RUS,010121,{value}\n2022,CHN,BLR,01012{value},5\n"
        (tmp_path / f"{name}.csv").write_text(text)
        load(tmp_path / "w", "csv", [tmp_path / f"{name}.csv"], map=str(tmp_path / "map.yaml"))
    rows = Workspace.open(tmp_path / "w").trade().collect()
    assert rows.filter(pl.col("importer") == "RUS")["value_usd"].to_list() == [2.0]
    assert rows.height == 3


def test_the_same_file_through_another_map_replaces_the_first_reading(tmp_path: Path) -> None:
    data = tmp_path / "a.csv"
    data.write_text("year,from,to,hs,value\n2022,CHN,RUS,010121,1\n")
    for name, text in (("one", MAP), ("two", MAP.replace("USD}", "USD, scale: 1000}"))):
        (tmp_path / f"{name}.yaml").write_text(text)
        load(tmp_path / "w", "csv", [data], map=str(tmp_path / f"{name}.yaml"))
    space = Workspace.open(tmp_path / "w")
    assert space.trade().collect()["value_usd"].to_list() == [1000.0]
    assert space.verify() == []


def test_one_bad_file_keeps_the_good_one_out_and_all_problems_are_told(tmp_path: Path) -> None:
    load(tmp_path / "w", "baci", [baci(tmp_path)])
    before = snapshot(tmp_path / "w")
    bad = [tmp_path / f"BACI_HS17_Y{year}_V202501.csv" for year in (2019, 2020)]
    for path in bad:
        path.write_text("t,i,j,k,v,q\n1999,1,2,3,4,5\n")
    with pytest.raises(BadFile) as refusal:
        load(tmp_path / "w", "baci", [baci(tmp_path, 2023), *bad])
    assert all(path.name in str(refusal.value) for path in bad)
    assert snapshot(tmp_path / "w") == before
    assert not (tmp_path / "w" / ".staging").exists()


def test_a_file_of_which_no_row_is_left_is_refused_with_the_reasons(tmp_path: Path) -> None:
    path = tmp_path / "BACI_HS17_Y2022_V202501.csv"
    path.write_text("t,i,j,k,v,q\n2022,490,643,010121,1,1\n")
    with pytest.raises(BadFile, match="1 x exporter is a group"):
        load(tmp_path / "w", "baci", [path])


STEPS = ("replace", "fsync", "mkdir", "unlink", "rmdir", "open")


def power_cut(monkeypatch: pytest.MonkeyPatch, at: int) -> Callable[[], int]:
    """From the `at`-th call that touches the disk on, every one fails, clean-up included."""
    count = 0

    def broken(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **keywords: Any) -> Any:
            nonlocal count
            count += 1
            if count >= at:
                raise KeyboardInterrupt
            return function(*args, **keywords)

        return call

    for name in STEPS:
        monkeypatch.setattr(os, name, broken(getattr(os, name)))
    return lambda: count


@pytest.mark.parametrize("fresh", [True, False])
def test_cut_off_at_any_step_the_workspace_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: bool
) -> None:
    folder = tmp_path / "w"
    if not fresh:
        load(folder, "baci", [baci(tmp_path)])
    new = baci(tmp_path, 2023)
    before = snapshot(folder)
    outcomes = set()
    for at in range(1, 200):
        with monkeypatch.context() as patch:
            power_cut(patch, at)
            try:
                load(folder, "baci", [new])
                done = True
            except KeyboardInterrupt:
                done = False
        if done:
            break
        after = snapshot(folder)
        # The index is replaced in one step: what was loaded is there as a whole or not at all.
        whole = after != before
        if whole:
            assert Workspace.open(folder).years() == ([2023] if fresh else [2022, 2023])
            break
        outcomes.add(at)
    assert len(outcomes) > 10
    load(folder, "baci", [new])
    assert 2023 in Workspace.open(folder).years()
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    space = Workspace.open(folder)
    held = {name for item in space.loads for name in item.objects()}
    assert files == held | {"workspace.json", ".lock"}, "what a cut-off load left behind is swept"


@pytest.mark.parametrize("call", ["replace", "fsync"])
@pytest.mark.parametrize("at", [1, 3])
def test_a_killed_process_leaves_the_workspace_and_frees_the_lock(tmp_path: Path, call: str, at: int) -> None:
    folder = tmp_path / "w"
    load(folder, "baci", [baci(tmp_path)])
    before = snapshot(folder)
    script = f"""
import os, sys
from landbridge.release.loading import load
real, count = os.{call}, 0
def dying(*args, **keywords):
    global count
    count += 1
    if count == {at}:
        os._exit(9)
    return real(*args, **keywords)
os.{call} = dying
load(sys.argv[1], "baci", [sys.argv[2]])
"""
    ended = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(baci(tmp_path, 2023))], check=False
    )
    assert ended.returncode == 9
    assert snapshot(folder) == before
    load(folder, "baci", [baci(tmp_path, 2023)])
    assert Workspace.open(folder).years() == [2022, 2023]


def test_two_loads_at_once_are_refused(tmp_path: Path) -> None:
    with objects.locked(tmp_path / "w"), pytest.raises(NotHeld, match="another load"):
        load(tmp_path / "w", "baci", [baci(tmp_path)])
    load(tmp_path / "w", "baci", [baci(tmp_path)])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"layout": 1}',
        b'{"layout": 1, "loads": [{"sha256": "../../etc/passwd"}]}',
        b'{"layout": 0, "loads": []}',
        b'{"layout": 9, "loads": []}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_index_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "w"
    load(folder, "baci", [baci(tmp_path)])
    (folder / "workspace.json").write_bytes(content)
    kept = {path for path in folder.rglob("*") if path.is_file()}
    for attempt in (lambda: Workspace.open(folder), lambda: load(folder, "baci", [baci(tmp_path, 2023)])):
        with pytest.raises(BrokenRelease, match=r"workspace\.json"):
            attempt()
    assert (folder / "workspace.json").read_bytes() == content
    assert {path for path in folder.rglob("*") if path.is_file()} == kept


def test_layouts_of_other_versions_are_named(tmp_path: Path) -> None:
    (tmp_path / "workspace.json").write_text('{"layout": 9, "loads": []}')
    with pytest.raises(BrokenRelease, match="layout 9, newer than 1"):
        Workspace.open(tmp_path)


@pytest.mark.parametrize("damage", ["cut", "gone", "foreign"])
def test_a_damaged_table_is_noticed(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "w"
    load(folder, "baci", [baci(tmp_path)])
    table = next((folder / "trade").iterdir())
    content = table.read_bytes()
    if damage == "gone":
        table.unlink()
    elif damage == "cut":
        table.write_bytes(content[:-100])
    else:
        pl.DataFrame({"x": [1]}).write_parquet(table)
    with pytest.raises(BrokenRelease):
        Workspace.open(folder).trade().collect()


def test_a_foreign_folder_is_not_made_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BadUsage, match="neither a workspace nor an empty folder"):
        load(tmp_path, "baci", [baci(tmp_path)])


def test_calls_that_make_no_sense(tmp_path: Path) -> None:
    path = baci(tmp_path)
    with pytest.raises(UnknownLabel, match="baci"):
        load(tmp_path / "w", "bacci", [path])
    with pytest.raises(BadUsage, match="map"):
        load(tmp_path / "w", "csv", [path])
    with pytest.raises(BadUsage, match="map"):
        load(tmp_path / "w", "baci", [path], map="china-customs-province")
    with pytest.raises(BadUsage, match="no file"):
        load(tmp_path / "w", "baci", [])
    assert not (tmp_path / "w").exists()


def test_where_the_workspace_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANDBRIDGE_WORKSPACE", raising=False)
    assert default_workspace() == Path("landbridge-data")
    monkeypatch.setenv("LANDBRIDGE_WORKSPACE", str(tmp_path / "w"))
    assert default_workspace() == tmp_path / "w"
    assert default_workspace(tmp_path) == tmp_path
    assert Workspace.find(None, tmp_path / "w") is None
    with pytest.raises(NotHeld, match="landbridge load"):
        Workspace.find(tmp_path / "w", tmp_path)


def test_an_empty_workspace_has_the_columns_of_a_full_one(tmp_path: Path) -> None:
    load(tmp_path / "w", "baci", [baci(tmp_path)])
    empty = Workspace.open_or_create(tmp_path / "new").trade().collect()
    assert empty.height == 0
    assert empty.schema == Workspace.open(tmp_path / "w").trade().collect().schema


def test_a_release_in_the_place_of_a_workspace_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(NotHeld, match=r"this is a release.*lb\.load\(release=\.\.\.\)"):
        load_data(tmp_path)
    with pytest.raises(BadUsage, match="this is a release"):
        Workspace.open_or_create(tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["manifest.json"]
