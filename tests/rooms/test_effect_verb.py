"""The verb `effect`: columns by option or map, dates as first years, and a refusal that is an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from dated_panel import answered, world
from landbridge.cli import effects
from landbridge.errors import BadFile, BadSample, BadUsage

app = typer.Typer()
app.command()(effects.effect)


def run(*args: object) -> dict[str, Any]:
    made = CliRunner().invoke(app, [*map(str, args), "--json"], catch_exceptions=False)
    assert made.exit_code == 0
    told: dict[str, Any] = json.loads(made.stdout)
    return told


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return world(3, countries=10, years=6, starts=(2, 4), spread=0.2)


def test_a_map_of_columns_and_first_years_give_the_same_as_the_dummy(
    frame: pl.DataFrame, tmp_path: Path
) -> None:
    since = pl.col("year").filter(pl.col("treated") == 1).min().over("exporter", "importer")
    dated = frame.with_columns(since.alias("twinned_in")).drop("treated", "true").rename({"trade": "value"})
    dated.write_csv(tmp_path / "flows.csv")
    (tmp_path / "map.yaml").write_text("outcome: value\nsince: twinned_in\n", "utf-8")
    told = run(tmp_path / "flows.csv", "--map", tmp_path / "map.yaml", "--draws", 0)
    found = answered(frame)
    assert told["rows"][0]["log"] == pytest.approx(found.overall.log, rel=1e-9)
    assert told["rows"][0]["verdict"] == found.verdict
    assert told["answer"][0]["counts"] == dict(found.counts)


def test_what_is_not_identified_is_answered_and_not_refused(frame: pl.DataFrame, tmp_path: Path) -> None:
    frame.with_columns(treated=pl.lit(1)).write_csv(tmp_path / "flows.csv")
    told = run(tmp_path / "flows.csv")
    assert told["rows"][0]["verdict"] == "not identified"
    assert "since its first row" in told["rows"][0]["reason"]
    assert {"name": "treated_partnerships", "count": 0} in told["counts"]


def test_what_cannot_be_meant_is_refused(frame: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    frame.with_columns(since=pl.lit("May 2003")).write_csv(path)
    with pytest.raises(BadUsage, match="exclude each other"):
        run(path, "--treated", "treated", "--since", "since")
    with pytest.raises(BadSample, match="years are needed"):
        run(path, "--since", "since")
    (tmp_path / "map.yaml").write_text("result: trade\n", "utf-8")
    with pytest.raises(BadFile, match="by role"):
        run(path, "--map", tmp_path / "map.yaml")
    with pytest.raises(BadUsage, match="view"):
        run(path, "--show", "everything")


def dated(frame: pl.DataFrame) -> pl.DataFrame:
    """The panel with first years instead of the dummy."""
    since = pl.col("year").filter(pl.col("treated") == 1).min().over("exporter", "importer")
    return frame.with_columns(since.alias("since"))


@pytest.mark.parametrize("kind", [pl.Float64, pl.Boolean])
def test_a_policy_may_be_written_as_fractions_or_truths(
    frame: pl.DataFrame, tmp_path: Path, kind: type[pl.DataType]
) -> None:
    frame.with_columns(pl.col("treated").cast(kind)).write_csv(tmp_path / "flows.csv")
    told = run(tmp_path / "flows.csv", "--draws", 0)
    assert told["rows"][0]["log"] == pytest.approx(answered(frame).overall.log, rel=1e-12)


def test_sides_of_different_kinds_are_refused(frame: pl.DataFrame, tmp_path: Path) -> None:
    coded = pl.col("exporter").rank("dense").cast(pl.Int64)
    frame.with_columns(coded.alias("exporter")).write_csv(tmp_path / "flows.csv")
    with pytest.raises(BadSample, match="exporters are Int64 and importers String"):
        run(tmp_path / "flows.csv", "--draws", 0)


def test_pairs_with_several_first_years_are_named_with_other_faults(
    frame: pl.DataFrame, tmp_path: Path
) -> None:
    start = dated(frame).filter(pl.col("since").is_not_null()).row(0, named=True)
    here = (pl.col("exporter") == start["exporter"]) & (pl.col("importer") == start["importer"])
    odd = pl.when(here & (pl.col("year") == pl.col("year").max())).then(2003.5).otherwise(pl.col("since"))
    dated(frame).with_columns(odd.alias("since")).write_csv(tmp_path / "flows.csv")
    with pytest.raises(BadSample) as refused:
        run(tmp_path / "flows.csv", "--since", "since", "--draws", 0)
    said = str(refused.value)
    assert f"{start['exporter']}–{start['importer']}" in said
    assert "1 cells are no whole years" in said
    assert len(refused.value.problems) == 2


def test_an_empty_column_of_first_years_identifies_nothing(frame: pl.DataFrame, tmp_path: Path) -> None:
    frame.with_columns(since=pl.lit(None, pl.Int64)).write_csv(tmp_path / "flows.csv")
    told = run(tmp_path / "flows.csv", "--since", "since", "--draws", 0)
    assert told["rows"][0]["verdict"] == "not identified"
    assert told["rows"][0]["reason"] == "no pair has the policy."


def test_the_joint_level_of_the_checks_is_told(frame: pl.DataFrame) -> None:
    found = answered(frame)
    assert len(found.checks) == 2
    assert found.joint_level == pytest.approx(0.1)
    assert found.to_dict()["checks_joint_level"] == found.joint_level
    assert any("each of 2 checks, uncorrected: up to 10 %" in line for line in found.before())
