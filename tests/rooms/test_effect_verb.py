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
