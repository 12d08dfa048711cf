"""Runs on disk: found again by content, whole or refused, damaged and foreign parts made anew."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import small_world as small
from landbridge.errors import BadFile, BadUsage, NotHeld, UnknownLabel
from landbridge.scenarios import ensemble, making
from landbridge.scenarios.making import load_run, solve
from landbridge.scenarios.run import Run
from landbridge.scenarios.spec import dump


def made(runs: Path, *, draws: int = 0, seed: int = 1, world: int = 7, **more: Any) -> Run:
    with ThreadPoolExecutor(1) as threads:
        return solve(
            small.scenario(**more), small.world(world), draws=draws, seed=seed, runs=runs, executor=threads
        )


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run with draws, for tests that copy it."""
    return made(tmp_path_factory.mktemp("runs"), draws=52)


@pytest.fixture
def copied(drawn: Run, tmp_path: Path) -> Path:
    assert drawn.folder is not None
    folder = tmp_path / "runs" / drawn.id
    shutil.copytree(drawn.folder, folder)
    return folder


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The portions that are solved from here on."""
    names: list[str] = []
    inner = ensemble.work

    def work(task: ensemble.Task) -> ensemble.Done:
        names.append(task.name)
        return inner(task)

    monkeypatch.setattr(making, "work", work)
    return names


def test_nothing_is_written_unless_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = solve(small.scenario(), small.world())
    assert run.folder is None
    assert not list(tmp_path.iterdir())


def test_a_run_read_again_is_the_same(drawn: Run) -> None:
    assert drawn.folder is not None
    again = load_run(drawn.folder)
    assert again.id == drawn.id
    assert dump(again.scenario) == dump(drawn.scenario)
    assert again.notes == drawn.notes
    for ours, theirs in (
        (drawn.table(), again.table()),
        (drawn.variance().frame, again.variance().frame),
        (drawn.priors().frame, again.priors().frame),
        (drawn.sectors("CHN").frame, again.sectors("CHN").frame),
        (drawn.diversion("CHN", "RUS").frame, again.diversion("CHN", "RUS").frame),
        (drawn.trade("KAZ", "BLR").frame, again.trade("KAZ", "BLR").frame),
    ):
        assert ours.equals(theirs)
    assert [figure.chain() for figure in drawn.figures()] == [figure.chain() for figure in again.figures()]


def test_the_manifest_says_what_went_in(drawn: Run) -> None:
    assert drawn.folder is not None
    held = json.loads((drawn.folder / "manifest.json").read_text())
    inputs = held["inputs"]
    assert held["id"] == drawn.id
    assert inputs["scenario"]["changes"][0]["change_pct"] == {"low": -8.0, "value": -5.0, "high": -2.0}
    assert inputs["accounts_sha256"] == small.world().accounts.fingerprint
    assert inputs["tables_sha256"] == {"tables/elasticities.parquet": "0" * 64}
    assert (inputs["draws"], inputs["seed"]) == (52, 1)
    assert set(inputs["versions"]) == {"landbridge", "numpy", "scipy"}
    assert len(inputs["code_sha256"]) == 64
    theta = next(item for item in inputs["parameters"] if item["name"] == "theta C20")
    assert (theta["low"], theta["value"], theta["high"]) == (2.0, 5.0, 7.0)


def test_the_same_question_is_answered_from_the_folder(
    copied: Path, worked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*given: Any) -> Any:
        raise AssertionError("the central solution was made again")

    monkeypatch.setattr(making, "solve_central", never)
    before = {path: path.stat().st_mtime_ns for path in copied.rglob("*")}
    again = made(copied.parent, draws=52)
    assert again.id == copied.name
    assert not worked
    assert before == {path: path.stat().st_mtime_ns for path in copied.rglob("*")}


def test_another_question_is_another_run(tmp_path: Path) -> None:
    ids = {
        made(tmp_path).id,
        made(tmp_path, model="without-links").id,
        made(tmp_path, deficits="removed").id,
        made(tmp_path, name="another").id,
        made(tmp_path, world=8).id,
    }
    assert len(ids) == 5
    assert {path.name for path in tmp_path.iterdir()} == ids
    # A seed that nothing is drawn with changes nothing.
    assert made(tmp_path, seed=9).id in ids


def test_other_code_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made(tmp_path)
    monkeypatch.setattr("landbridge.scenarios.inputs.code_digest", lambda: "f" * 64)
    assert made(tmp_path).id != first.id


@pytest.mark.parametrize("harm", ["cut", "changed", "gone", "no seal", "foreign"])
def test_a_bad_portion_is_refused_on_reading_and_made_anew(
    drawn: Run, copied: Path, worked: list[str], tmp_path: Path, harm: str
) -> None:
    path = sorted((copied / "draws").glob("*.parquet"))[1]
    content, seal = path.read_bytes(), path.with_name(f"{path.name}.seal")
    if harm == "cut":
        path.write_bytes(content[:-100])
    elif harm == "changed":
        path.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    elif harm == "gone":
        path.unlink()
    elif harm == "no seal":
        seal.unlink()
    else:
        other = made(tmp_path / "other", draws=52, seed=2).folder
        assert other is not None
        worked.clear()
        for name in (path.name, seal.name):
            shutil.copy(other / "draws" / name, path.with_name(name))
    with pytest.raises(BadFile, match="not whole"):
        load_run(copied)
    again = made(copied.parent, draws=52)
    assert worked == [path.stem]
    assert again.table().equals(drawn.table())
    assert load_run(copied).table().equals(drawn.table())


@pytest.mark.parametrize(
    "name", ["central.json", "flows.parquet", "sectors.parquet", "pairs.parquet", "about.json"]
)
def test_a_bad_central_file_is_made_anew(drawn: Run, copied: Path, worked: list[str], name: str) -> None:
    (copied / name).write_bytes((copied / name).read_bytes()[:-1])
    with pytest.raises(BadFile, match="not whole"):
        load_run(copied)
    assert made(copied.parent, draws=52).table().equals(drawn.table())
    assert not worked
    assert load_run(copied).table().equals(drawn.table())


def test_a_changed_manifest_is_refused(copied: Path) -> None:
    path = copied / "manifest.json"
    path.write_text(path.read_text().replace('"draws": 52', '"draws": 53'))
    with pytest.raises(BadFile, match="not the hash of its inputs"):
        load_run(copied)
    path.write_text("{")
    with pytest.raises(BadFile, match="cannot be read"):
        load_run(copied)


def test_no_drafts_are_left(drawn: Run) -> None:
    assert drawn.folder is not None
    names = [path.name for path in drawn.folder.rglob("*") if path.is_file()]
    assert not [name for name in names if name.startswith(".")]
    assert all(name.endswith(".seal") or f"{name}.seal" in names for name in names)


def test_runs_are_found_by_folder_id_and_beginning(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path, name="another")
    assert first.folder is not None
    for named in (first.folder, first.id, first.id[:6], first.id[2:8]):
        assert load_run(named, tmp_path).id == first.id
    with pytest.raises(BadUsage, match="begins the ids of 2 runs") as several:
        load_run("r-", tmp_path)
    assert second.id in str(several.value)
    with pytest.raises(UnknownLabel, match="no run is called 'r-zzzz'"):
        load_run("r-zzzz", tmp_path)
    with pytest.raises(NotHeld, match="there are no runs here"):
        load_run("r-zzzz", tmp_path / "empty")
    with pytest.raises(BadUsage, match=r"holds no manifest\.json"):
        load_run(tmp_path)


def test_a_file_is_no_folder_for_runs(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(BadUsage, match="not a folder"):
        made(tmp_path / "runs")
