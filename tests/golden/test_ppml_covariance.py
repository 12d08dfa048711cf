"""Standard errors that others published or computed: R fixest 0.14.2, and chapter 1 of the Advanced Guide.

The coefficients come from our own kernels, so a standard error here can only be right if the fit is. Tolerances: 1e-5
for fixest, whose iid and robust errors depend on where it stops; 1e-6 for the full-precision tables.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from landbridge.gravity.covariance import Convention, Covariance, Kind, parameters, sandwich
from landbridge.gravity.least_squares import least_squares
from landbridge.gravity.ppml import poisson
from landbridge.gravity.separation import separated

pytestmark = pytest.mark.shared

YEARS = (1986, 1990, 1994, 1998, 2002, 2006)


@dataclass(frozen=True, slots=True)
class Fitted:
    beta: np.ndarray
    within: np.ndarray
    score: np.ndarray
    hessian: np.ndarray
    effects: tuple[np.ndarray, ...]
    model: str
    kept: np.ndarray

    def covariance(self, kind: Kind, convention: Convention, *clusters: np.ndarray) -> Covariance:
        return sandwich(
            self.within,
            self.score,
            self.hessian,
            kind=kind,
            clusters=clusters,
            convention=convention,
            parameters=parameters(self.beta.size, self.effects, clusters),
            model=self.model,  # type: ignore[arg-type]
        )


def dense(*columns: pl.Series) -> np.ndarray:
    return (
        pl.DataFrame(columns)
        .select(pl.struct(pl.all()).rank("dense") - 1)
        .to_series()
        .to_numpy()
        .astype(np.int32)
    )


def fit(y: np.ndarray, x: np.ndarray, effects: tuple[np.ndarray, ...], model: str) -> Fitted:
    kept = np.ones(y.size, dtype=bool)
    if model == "poisson":
        kept = ~separated(y, x, effects).rows
        y, x = y[kept], x[kept]
        effects = tuple(
            np.unique(effect[kept], return_inverse=True)[1].astype(np.int32) for effect in effects
        )
        made = poisson(y, x, effects)
        return Fitted(made.beta, made.within, y - made.mu, made.mu, effects, model, kept)
    line = least_squares(y, x, effects)
    return Fitted(line.beta, line.within, line.residual, np.ones(y.size), effects, model, kept)


@cache
def trade(shared: Path) -> tuple[Fitted, dict[str, np.ndarray]]:
    frame = pl.read_parquet(shared / "anchors/ppml/fixest_trade.parquet")
    codes = {name: dense(frame[name]) for name in ("destination", "origin", "product", "year")}
    x = np.log(frame["dist_km"].to_numpy())[:, None]
    effects = tuple(codes[name] for name in ("origin", "destination", "product", "year"))
    return fit(frame["value_eur"].to_numpy(), x, effects, "poisson"), codes


@cache
def guide(shared: Path) -> pl.DataFrame:
    """The panel of the guide with the variables of its tables."""
    frame = pl.read_parquet(shared / "anchors/agtpa/panel.parquet").filter(pl.col("year").is_in(YEARS))
    domestic = pl.col("exporter") == pl.col("importer")
    log_dist = pl.col("dist").log()
    frame = frame.with_columns(
        pl.col("trade").sum().over("exporter", "year").alias("output"),
        pl.col("trade").sum().over("importer", "year").alias("spending"),
        domestic.alias("domestic"),
        log_dist.alias("log_dist"),
        (domestic * log_dist).alias("ldi"),
        domestic.cast(pl.Int8).alias("smc"),
        pl.when(domestic).then(pl.lit(0)).otherwise(pl.col("pair_id")).alias("pair2"),
        pl.when(domestic).then(pl.col("pair_id")).otherwise(pl.lit(0)).alias("brdr"),
    )
    years = [
        pl.when(domestic).then(0.0).otherwise(log_dist * (pl.col("year") == year)).alias(f"ld{year}")
        for year in YEARS
    ]
    borders = [((~domestic) & (pl.col("year") == year)).cast(pl.Int8).alias(f"ib{year}") for year in YEARS]
    return frame.with_columns(*years, *borders)


def table(shared: Path, name: str) -> tuple[dict[str, Any], Fitted, np.ndarray]:
    """Expected results, our fit, and the pair clusters of its rows."""
    file = json.loads((shared / "anchors/agtpa/chapter1_tables.json").read_text())
    wanted = file["full_precision"]["results"][name]
    left, right = wanted["formula"].split("~")
    terms, _, absorbed = right.partition("|")
    frame = guide(shared)
    if not {"ldi", "smc", "pair2", "brdr"} & {*terms.split("+"), *absorbed.split("+")}:
        frame = frame.filter(~pl.col("domestic"))
    if left == "log_trade":
        frame = frame.filter(pl.col("trade") > 0)
    columns = {"ey": ("exporter", "year"), "iy": ("importer", "year"), "pair2": ("pair2",), "brdr": ("brdr",)}
    effects = tuple(dense(*(frame[column] for column in columns[each])) for each in absorbed.split("+"))
    y = frame["trade"].to_numpy()
    x = frame.select(terms.split("+")).to_numpy().astype(np.float64)
    poisson_model = wanted["method"] == "fepois"
    made = fit(y if poisson_model else np.log(y), x, effects, "poisson" if poisson_model else "least_squares")
    return wanted, made, dense(frame["pair_id"].filter(pl.Series(made.kept)))


@pytest.mark.parametrize(
    ("name", "kind", "convention", "ways"),
    [
        ("iid", "iid", "fixest", ()),
        ("hetero", "robust", "fixest", ()),
        ("cluster_Origin", "cluster", "fixest", ("origin",)),
        ("cluster_Origin_ssc_adj_false", "cluster", "stata", ("origin",)),
        ("twoway_Origin_Destination", "cluster", "fixest", ("origin", "destination")),
    ],
)
def test_five_kinds_of_standard_error_of_fixest(
    shared: Path, name: str, kind: Kind, convention: Convention, ways: tuple[str, ...]
) -> None:
    wanted = json.loads((shared / "anchors/ppml/fixest_anchors.json").read_text())
    made, codes = trade(shared)
    assert made.beta[0] == pytest.approx(wanted["coef"], rel=1e-7)
    found = made.covariance(kind, convention, *(codes[way] for way in ways))
    assert found.std_error[0] == pytest.approx(wanted["se"][name], rel=1e-5)
    assert found.repair == 0.0


POISSON = ("t1c4_ppml_fe", "t2c2", "t2c3", "t2c4", "t2c5", "t3c2", "t3c3", "t3c4", "t3c5", "t3c6", "t3c7")
LEAST_SQUARES = ("t1c3_ols_fe", "t2c1", "t3c1")


@pytest.mark.parametrize("name", [*POISSON, *LEAST_SQUARES])
def test_covariance_matrices_of_the_advanced_guide(shared: Path, name: str) -> None:
    wanted, made, pairs = table(shared, name)
    assert made.kept.sum() == wanted["n"]
    assert made.beta == pytest.approx(np.array(list(wanted["coef"].values())), rel=1e-6)
    found = made.covariance("cluster", "stata", pairs)
    errors = np.array(list(wanted["se"].values()))
    assert found.std_error == pytest.approx(errors, rel=1e-6)
    matrix = np.array(wanted["vcov"])
    assert np.abs(found.matrix - matrix) == pytest.approx(0.0, abs=2e-6 * np.max(np.diag(matrix)))
    # Element by element against the two standard errors: no covariance may hide behind a larger one.
    assert (found.matrix - matrix) / np.outer(errors, errors) == pytest.approx(0.0, abs=3e-6)


@pytest.mark.parametrize("name", POISSON)
def test_convention_of_fixest_in_the_advanced_guide(shared: Path, name: str) -> None:
    wanted, made, pairs = table(shared, name)
    found = made.covariance("cluster", "fixest", pairs)
    # pyfixest counts a nested effect otherwise than R's fixest; none of these effects is nested in the pairs.
    assert found.std_error == pytest.approx(
        np.array(list(wanted["se_pyfixest_default_ssc"].values())), rel=1e-6
    )


@pytest.mark.parametrize(
    ("name", "column"), [("t1c4", "t1c4_ppml_fe"), ("t3c3", "t3c3"), ("t3c4", "t3c4"), ("t3c6", "t3c6")]
)
def test_both_conventions_of_fixest_in_r(shared: Path, name: str, column: str) -> None:
    anchors = json.loads((shared / "anchors/ppml/fixest_anchors.json").read_text())["agtpa_panel"][name]
    _, made, pairs = table(shared, column)
    for place, convention in ((1, "fixest"), (2, "stata")):
        wanted = np.array([values[place] for values in anchors.values()])
        # R printed seven significant digits.
        found = made.covariance("cluster", convention, pairs)  # type: ignore[arg-type]
        assert found.std_error == pytest.approx(wanted, rel=1e-5)


def test_annual_three_way_panel(shared: Path) -> None:
    """99,981 rows; effects of 2,346 pairs of both directions and one of all domestic flows, which no cluster holds."""
    wanted = json.loads((shared / "anchors/ppml/fixest_anchors.json").read_text())["agtpa_panel"][
        "annual_3way"
    ]
    frame = pl.read_parquet(shared / "anchors/agtpa/panel.parquet")
    domestic = (frame["exporter"] == frame["importer"]).to_numpy()
    pair = frame["pair_id"].to_numpy()
    effects = (
        dense(frame["exporter"], frame["year"]),
        dense(frame["importer"], frame["year"]),
        dense(pl.Series("pair", np.where(domestic, 0, pair))),
    )
    made = fit(
        frame["trade"].to_numpy(), frame.select("rta").to_numpy().astype(np.float64), effects, "poisson"
    )
    assert made.kept.sum() == wanted["n"]
    assert made.beta[0] == pytest.approx(wanted["rta"][0], rel=1e-6)
    found = made.covariance("cluster", "fixest", dense(frame["pair_id"]))
    assert found.parameters == 1 + 1449 + 1449 + 2347 - 2
    assert found.std_error[0] == pytest.approx(wanted["rta"][1], rel=1e-5)
