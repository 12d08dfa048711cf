"""`landbridge fit` as a shell sees it: a specification in, a table out, and every mistake in it told at once."""

from __future__ import annotations

import inspect
import json
import re
import shlex
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml

import landbridge as lb
from landbridge.gravity import Specification
from landbridge.gravity.spec import specification

SPEC = """
data: trade.csv
formula: trade ~ log(distance) + agreement
effects: [exporter^year, importer^year]
cluster: exporter^importer
"""


Call = Callable[..., Any]


@pytest.fixture
def trade() -> pl.DataFrame:
    """Six places, four years, two sectors; the third sector is empty of trade."""
    draw = np.random.default_rng(11)
    places = ("BLR", "CHN", "KAZ", "MNG", "POL", "RUS")
    rows = [
        row
        for row in product(places, places, range(2018, 2022), ("grain", "steel", "tea"))
        if row[0] != row[1]
    ]
    frame = pl.DataFrame(rows, schema=["exporter", "importer", "year", "sector"], orient="row").with_columns(
        distance=pl.Series(draw.uniform(500, 9000, len(rows)).round(1)),
        agreement=pl.Series(draw.integers(0, 2, len(rows))),
    )
    mean = 1e6 * frame["distance"].to_numpy() ** -0.8 * np.exp(0.3 * frame["agreement"].to_numpy())
    noise = pl.Series((mean * draw.gamma(3, 1 / 3, len(rows))).round(3))
    return frame.with_columns(trade=pl.when(pl.col("sector") == "tea").then(0.0).otherwise(noise))


@pytest.fixture
def fitted(call: Call, trade: pl.DataFrame) -> Call:
    """Runs `landbridge fit spec.yaml ...` in a folder with the data and the specification given."""
    grain = trade.filter(pl.col("sector") == "grain")
    grain.write_csv("trade.csv")
    trade.write_parquet("sectors.parquet")
    spoilt = grain.with_columns(
        trade=pl.when(pl.int_range(pl.len()) == 3)
        .then(pl.lit("n/a"))
        .otherwise(pl.col("trade").cast(pl.String))
    )
    spoilt.write_csv("text.csv")
    grain.with_columns(day=pl.date("year", 1, 1)).write_parquet("days.parquet")
    Path("twice.csv").write_text("exporter,trade,trade\nBLR,1,2\n", "utf-8")
    Path("folder.csv").mkdir()

    def made(spec: str, *options: str) -> Any:
        Path("spec.yaml").write_text(spec, "utf-8")
        return call(shlex.join(["fit", "spec.yaml", *options]))

    return made


def test_the_rows_are_those_of_the_table(fitted: Call, trade: pl.DataFrame) -> None:
    ran = fitted(SPEC, "--json")
    assert ran.code == 0, ran.err
    assert list(ran.json) == ["schema", "verb", "release", "as_of", "rows", "notes", "dropped"]
    assert (ran.json["schema"], ran.json["verb"]) == ("landbridge/fit/1", "fit")
    fit = lb.gravity.fit(
        trade.filter(pl.col("sector") == "grain"),
        "trade ~ log(distance) + agreement",
        ["exporter^year", "importer^year"],
        cluster="exporter^importer",
    )
    rows = fit.table().to_dicts()
    assert [row["term"] for row in ran.json["rows"]] == ["log(distance)", "agreement"]
    for told, row in zip(ran.json["rows"], rows, strict=True):
        assert list(told) == list(row)
        assert told["estimate"] == pytest.approx(row["estimate"], rel=1e-12)
        assert told["std_error"] == pytest.approx(row["std_error"], rel=1e-12)
    assert ran.json["dropped"] == []
    assert ran.json["notes"] == list(fit.before())


def test_notes_say_convergence_rows_and_convention_on_stderr(fitted: Call) -> None:
    ran = fitted(SPEC + "convention: fixest\nreset: true\n")
    assert ran.code == 0, ran.err
    assert ran.out.split()[:3] == ["term", "estimate", "std_error"]
    assert "log(distance)" in ran.out
    converged, rows, errors, reset, *_ = ran.err.splitlines()
    assert "converged in" in converged
    assert rows == "120 rows in, 120 used; dropped: none."
    assert "30 clusters" in errors
    assert "convention fixest" in errors
    assert reset.startswith("RESET (Ramsey)")


def test_rows_can_be_chosen_and_written(fitted: Call, trade: pl.DataFrame, tmp_path: Path) -> None:
    spec = SPEC.replace("trade.csv", "sectors.parquet") + (
        "where:\n  sector: steel\n  year: {between: [2019, 2021]}\n  exporter: {in: [BLR, CHN, RUS, KAZ]}\n"
        "estimator: ols\n"
    ).replace("estimator: ols\n", "")
    ran = fitted(spec, "--out", "table.csv", "--json")
    assert ran.code == 0, ran.err
    chosen = trade.filter(
        (pl.col("sector") == "steel")
        & (pl.col("year") > 2018)
        & pl.col("exporter").is_in(["BLR", "CHN", "RUS", "KAZ"])
    )
    assert ran.json["notes"][0] == f"where: {chosen.height} of {trade.height} rows kept."
    assert "written: table.csv" in ran.json["notes"]
    assert pl.read_csv(tmp_path / "table.csv").to_dicts() == ran.json["rows"]


def test_sector_by_sector_with_the_one_that_cannot_be_fitted(fitted: Call) -> None:
    spec = SPEC.replace("trade.csv", "sectors.parquet") + "by: sector\n"
    ran = fitted(spec, "--json")
    assert ran.code == 0, ran.err
    assert [row["sector"] for row in ran.json["rows"]] == ["grain", "grain", "steel", "steel"]
    assert ran.json["notes"][0] == "2 of 3 fitted, by sector."
    assert "tea" in ran.json["notes"][1]
    assert "all trade is zero" in ran.json["notes"][1]


def test_dropped_rows_are_in_the_answer(fitted: Call, tmp_path: Path) -> None:
    frame = pl.read_csv(tmp_path / "trade.csv")
    frame.with_columns(
        distance=pl.when(pl.int_range(pl.len()) == 4).then(None).otherwise("distance")
    ).write_csv(tmp_path / "trade.csv")
    ran = fitted(SPEC, "--json")
    assert ran.json["dropped"] == [{"reason": "missing: distance", "rows": 1, "first_rows": [4]}]


def test_all_mistakes_of_a_specification_are_told_at_once(fitted: Call) -> None:
    wrong = """
efects: [exporter]
data: trade.csv
formula: trade ~ log(distance
estimator: poison
level: 95
where: {year: {beetween: [1, 2]}}
"""
    ran = fitted(wrong, "--json")
    assert (ran.code, ran.out) == (1, "")
    body = json.loads(ran.err)
    assert body["error"] == "BadFile"
    told = {problem["where"].partition(", ")[2]: problem for problem in body["problems"]}
    assert set(told) == {"efects", "formula", "estimator", "level", "where.year.beetween"}
    assert "effects" in told["efects"]["cause"]
    assert "between" in told["where.year.beetween"]["cause"]
    assert "'ppml' or 'ols'" in told["estimator"]["what"]


@pytest.mark.parametrize(
    ("spec", "options", "code", "error", "said"),
    [
        ("- a\n- b\n", (), 1, "BadFile", "no specification"),
        ("formula: trade ~ agreement\n", (), 1, "BadFile", "'data' is missing"),
        (SPEC.replace("trade.csv", "absent.csv"), (), 2, "BadUsage", "no such file"),
        (SPEC.replace("trade.csv", "spec.yaml"), (), 1, "BadFile", "cannot be read as a table"),
        (SPEC + "where: {yeer: 2020}\n", (), 2, "UnknownLabel", "year"),
        (SPEC + "where: {exporter: NO}\n", (), 1, "BadFile", "in quotes"),
        (SPEC + "where: {year: '2020'}\n", (), 1, "BadFile", "without quotes"),
        (SPEC + "where: {year: 1999}\n", (), 1, "BadSample", "no rows"),
        (SPEC.replace("agreement", "agremeent"), (), 2, "UnknownLabel", "agreement"),
        (SPEC.replace("log(distance)", "log(agreement)"), (), 1, "BadSample", "log(agreement)"),
        (SPEC, ("--out", "table.xlsx"), 2, "BadUsage", "csv or parquet"),
        (SPEC, ("--out", "absent/table.csv"), 2, "BadUsage", "no such folder"),
        (SPEC, ("--out", "folder.csv"), 2, "BadUsage", "this is a folder"),
        (SPEC + "where: {year: .nan}\n", (), 1, "BadFile", "not a number"),
        (SPEC + "where: {distance: {between: [0, .inf]}}\n", (), 1, "BadFile", "infinite"),
        (SPEC + "where: {year: 2020.5}\n", (), 1, "BadSample", "no rows"),
        (SPEC + "where: {year: {between: [2020, 2018]}}\n", (), 1, "BadFile", "smaller value first"),
        (SPEC.replace("trade.csv", "days.parquet") + "where: {day: 2020}\n", (), 1, "BadFile", "holds Date"),
        (SPEC + "where: {year: null}\n", (), 1, "BadFile", "Write `where:"),
        (SPEC.replace("trade.csv", "~nouser9/x.csv"), (), 1, "BadFile", "nobody's"),
        (SPEC + "data: other.csv\n", (), 1, "BadFile", "written twice, first in line 2"),
        (SPEC + "where: {year: 2018, year: 2019}\n", (), 1, "BadFile", "'year' is written twice"),
        (SPEC.replace("trade.csv", "twice.csv"), (), 1, "BadFile", "columns have the same name: 'trade'"),
        (SPEC.replace("trade.csv", "text.csv"), (), 2, "BadUsage", "these are not: 'n/a'"),
        (SPEC + "level: .nan\n", (), 1, "BadFile", "level: 0.95"),
        (SPEC + "weights: [distance]\n", (), 1, "BadFile", "weights: column"),
        (SPEC + "5: x\n", (), 1, "BadFile", "Valid keys"),
    ],
)
def test_refusals(
    fitted: Call, spec: str, options: tuple[str, ...], code: int, error: str, said: str
) -> None:
    ran = fitted(spec, *options, "--json")
    assert (ran.code, ran.out) == (code, "")
    body = json.loads(ran.err)
    assert body["error"] == error
    assert said in json.dumps(body["problems"])
    assert all(problem["remedy"] or "formula" in problem["where"] for problem in body["problems"])


def test_fractions_are_compared_with_whole_numbers(fitted: Call) -> None:
    ran = fitted(SPEC + "where: {year: [2018.0, 2019], distance: {between: [0, 9000.5]}}\n", "--json")
    assert ran.code == 0
    assert any("of 120 rows kept" in note for note in ran.json["notes"])


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_the_example_of_the_documentation_runs(
    root: Path, fitted: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    page = root / "docs/howto/estimate-gravity.md"
    names: dict[str, Any] = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), names)
    shown = capsys.readouterr().out
    assert "6,400 rows in, 6,400 used" in shown
    spec, *others = blocks(page, "yaml")
    ran = fitted(spec, "--json")
    assert ran.code == 0, ran.err
    for told, row in zip(ran.json["rows"], names["fit"].table().to_dicts(), strict=True):
        assert told["estimate"] == pytest.approx(row["estimate"], rel=1e-6)
    for text in others:
        specification(yaml.safe_load(text), "the page")


def test_every_key_argument_and_result_is_documented(root: Path) -> None:
    text = (root / "docs/reference/gravity.md").read_text("utf-8")
    public = [name for name in dir(lb.gravity.Fit) if not name.startswith("_")]
    # What `predict` and `effects` are made from; a reader of results has no use for them.
    inner = {"request", "steps", "level", "drops", "weights", "offset", "absorbed", "cluster_codes", "x"}
    inner |= {"level_effects", "formula", "estimator"}
    arguments = list(inspect.signature(lb.gravity.fit).parameters)
    for name in {*Specification.model_fields, *arguments, *public} - inner:
        assert re.search(rf"`{name}[`(]", text), name
