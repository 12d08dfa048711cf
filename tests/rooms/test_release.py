"""The release: what is in the folder is what the manifest says, and what its tables answer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from landbridge.errors import BadUsage, BrokenRelease, NotHeld, UnknownLabel
from landbridge.provenance import Figure, Unavailable
from landbridge.release import Data, embedded, load, manifest
from landbridge.release.observations import INDICATORS, Agreements


@pytest.fixture(scope="module")
def data() -> Data:
    return load(release=embedded())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A release folder small enough to damage: the embedded one without its flows."""
    target = tmp_path / "release"
    shutil.copytree(embedded(), target, ignore=shutil.ignore_patterns("flows"))
    whole = manifest.read(target)
    made = manifest.compose(target, whole.vintages, whole.statements)
    (target / manifest.FILE).write_text(made.to_json(), "utf-8")
    return target


def test_the_embedded_release_is_what_its_manifest_says() -> None:
    assert manifest.verify(embedded()) == []


def test_the_manifest_is_canonical() -> None:
    text = (embedded() / manifest.FILE).read_text("utf-8")
    assert manifest.read(embedded()).to_json() == text


def test_damage_is_named(copy: Path) -> None:
    assert manifest.verify(copy) == []
    changed = copy / "tables" / "totals.parquet"
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(bytes(content))
    (copy / "sources.csv").unlink()
    (copy / "extra.txt").write_text("x")
    assert manifest.verify(copy) == [
        "extra.txt: not in the manifest",
        "sources.csv: missing",
        "tables/totals.parquet: changed",
    ]


def test_a_manifest_that_was_edited_is_noticed(copy: Path) -> None:
    path = copy / manifest.FILE
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(content | {"id": "0" * 12}), "utf-8")
    assert manifest.verify(copy) == ["manifest.json: its id is not the hash of its files"]


@pytest.mark.parametrize(
    "content",
    [
        '{"layout": 2}',
        "[]",
        "{",
        '"x"',
        '{"layout": 1}',
        '{"layout": 1, "id": "x", "files": {}, "vintages": 3, "statements": {}}',
    ],
)
def test_a_manifest_of_another_layout_or_none_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / manifest.FILE).write_text(content, "utf-8")
    with pytest.raises(BrokenRelease) as refused:
        manifest.read(tmp_path)
    assert "manifest.json" in str(refused.value)


def test_a_folder_without_a_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenRelease, match="no release"):
        load(release=tmp_path)


def test_a_damaged_table_is_refused_with_a_remedy(copy: Path) -> None:
    (copy / "tables" / "totals.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(BrokenRelease, match="landbridge check"):
        load(release=copy).totals  # noqa: B018


@pytest.mark.parametrize("date", ["2026", "2026-02-30", "2026-13-01", "yesterday", "20261121", "٢٠٢٦-11-21"])
def test_as_of_takes_days_that_exist(data: Data, date: str) -> None:
    with pytest.raises(BadUsage, match="not a date"):
        data.at(date)


def test_as_of_narrows_the_ledger_and_is_shown(data: Data) -> None:
    assert data.at("2000-01-01").ledger.statements == ()
    assert data.at("2000-01-01").as_of == "2000-01-01"
    assert data.at("9998-01-01").as_of == data.as_of == max(data.manifest.statements.values())
    assert len(data.at(data.as_of).ledger.statements) == len(data.ledger.statements)


def agreements(*rows: tuple[str, str, str | None]) -> Agreements:
    columns = ("agreement", "name", "form", "member", "from", "to", "side", "status", "source", "note")
    made = [
        ("x", "X", "bloc", member, begins, ends, None, "assumed", None, None) for member, begins, ends in rows
    ]
    return Agreements(pl.DataFrame(made, schema=dict.fromkeys(columns, pl.String), orient="row"))


@pytest.mark.parametrize(
    ("on", "held"),
    [
        ("2014", False),
        ("2015", True),
        ("2015-05-28", False),
        ("2015-05-29", True),
        ("2019", True),
        ("2022", True),
        ("2022-05", True),
        ("2022-12-31", True),
        ("2023", False),
        ("2023-01-01", False),
    ],
)
def test_membership_covers_its_first_and_last_day_at_any_precision(on: str, held: bool) -> None:
    table = agreements(("RUS", "2015-05-29", None), ("BLR", "2015", "2022"))
    assert bool(table.in_force("RUS", "BLR", on)) is held
    assert bool(table.in_force("BLR", "RUS", on)) is held


def test_leaving_and_coming_back_are_two_memberships() -> None:
    table = agreements(("RUS", "2000", None), ("BLR", "2001", "2005-06"), ("BLR", "2010-02", None))
    assert [bool(table.in_force("RUS", "BLR", year)) for year in ("2000", "2005", "2007", "2010")] == [
        False,
        True,
        False,
        True,
    ]


def test_russia_and_belarus_shared_the_eurasian_union_in_the_year_of_the_accounts(data: Data) -> None:
    def held(a: str, b: str, on: str) -> set[str]:
        return {ours.name for ours, _ in data.agreements.in_force(a, b, on)}

    assert any("Eurasian Economic Union" in name for name in held("RUS", "BLR", "2022"))
    assert not any("Eurasian Economic Union" in name for name in held("RUS", "BLR", "2013"))
    assert not any("Eurasian Economic Union" in name for name in held("RUS", "CHN", "2022"))


def test_observations_are_cited_figures_oldest_first(data: Data) -> None:
    series = data.observations.series("CN-HL", "population")
    assert series
    assert [figure.period for figure in series] == sorted(figure.period for figure in series)
    latest = data.observations.latest("CN-HL", "population")
    assert latest == series[-1]
    assert isinstance(latest, Figure)
    assert latest.unit == "persons"
    assert latest.citation is not None
    assert "Heilongjiang" in latest.measure
    for place, indicator in data.observations.frame.select("place", "indicator").unique().rows():
        assert data.observations.series(place, indicator)


def test_what_is_not_observed_is_unavailable_not_zero(data: Data) -> None:
    missing = data.observations.latest("VUT", "output")
    assert isinstance(missing, Unavailable)
    assert "not in this release" in str(missing)
    with pytest.raises(UnknownLabel) as refused:
        data.observations.latest("CN-HL", "populaton")
    assert refused.value.nearest[0] == "population"
    assert set(data.observations.frame["indicator"].unique()) <= set(INDICATORS)


def test_trade_that_is_not_held_names_what_is(data: Data) -> None:
    with pytest.raises(NotHeld, match="Held: by sector"):
        data.trade.year(1999)
    with pytest.raises(UnknownLabel):
        data.trade.year(2022, "hs4")
    with pytest.raises(NotHeld, match="load csv"):
        data.trade.best("BY-VI", "CN-HL")
    assert data.trade.best("CHN", "RUS").classification == "hs2"
    assert data.trade.best("DEU", "FRA").classification == "sector"


def test_members_of_one_side_are_not_bound_to_each_other() -> None:
    data = load()
    year = "2022"

    def bound(a: str, b: str) -> set[str]:
        return {ours.agreement for ours, _ in data.agreements.in_force(a, b, year)}

    assert "eaeu-vnm" in bound("RUS", "VNM")
    assert "eaeu-vnm" in bound("VNM", "BLR")
    assert "eaeu-vnm" not in bound("RUS", "BLR")
    assert "eaeu" in bound("RUS", "BLR")
