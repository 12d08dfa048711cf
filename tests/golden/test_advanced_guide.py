"""Chapter 1 of An Advanced Guide to Trade Policy Analysis, reproduced: every printed table and the full precision behind.

Yotov, Piermartini, Monteiro and Larch (2016), Tables 1 to 3, in the R edition (pachadotdev/tradepolicy@342a655); the same
models at full precision with covariance matrices, computed independently; and R fixest 0.14.2 on its own trade data.

Tolerances. Printed: half a unit of the last printed digit, for nothing else is known of the number behind it. Full
precision: 1e-6 relative for coefficients and standard errors, because the maximum is unique and both sides are converged
to 1e-10; covariances 1e-6 of the two standard errors, so that a covariance near zero is judged on their scale. fixest:
1e-7 for coefficients, 1e-5 for standard errors, because its own iteration stops there.

One printed column is wrong: Table 3, column 3 (domestic effects by country). Its numbers are not the maximum of the
likelihood; three other programs and this one agree on rta = 0.4085 where the table has 0.5916. The test holds both facts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import landbridge as lb
from landbridge.gravity import Fit

pytestmark = pytest.mark.shared

YEARS = (1986, 1990, 1994, 1998, 2002, 2006)
BOTH = ["exporter^year", "importer^year"]
TRAITS = "cntg + lang + clny"
BY_YEAR = " + ".join(f"log_dist_{year}" for year in YEARS)
BORDERS = " + ".join(f"intl_border_{year}" for year in YEARS[:-1])
LAGS = "rta + rta_lag4 + rta_lag8 + rta_lag12"

# Model: left side and regressors, effects, whether domestic trade is in, name at full precision, column as printed.
MODELS: dict[str, tuple[str, list[str], bool, str | None]] = {
    "T1.1 iid": ("log(trade) ~ log_dist + cntg + lang + clny + log_y + log_e", [], False, None),
    "T1.1": ("log(trade) ~ log_dist + cntg + lang + clny + log_y + log_e", [], False, "t1c1_ols"),
    "T1.2": (
        "log(trade) ~ log_dist + cntg + lang + clny + log_y + log_e + log_remoteness_exp + log_remoteness_imp",
        [],
        False,
        "t1c2_ols_remote",
    ),
    "T1.3": (f"log(trade) ~ log_dist + {TRAITS}", BOTH, False, "t1c3_ols_fe"),
    "T1.4": (f"trade ~ log_dist + {TRAITS}", BOTH, False, "t1c4_ppml_fe"),
    "T2.1": (f"log(trade) ~ {BY_YEAR} + {TRAITS}", BOTH, False, "t2c1"),
    "T2.2": (f"trade ~ {BY_YEAR} + {TRAITS}", BOTH, False, "t2c2"),
    "T2.3": (f"trade ~ {BY_YEAR} + {TRAITS} + log_dist_intra", BOTH, True, "t2c3"),
    "T2.4": (f"trade ~ {BY_YEAR} + {TRAITS} + log_dist_intra + smctry", BOTH, True, "t2c4"),
    "T2.5": (f"trade ~ {BY_YEAR} + {TRAITS}", [*BOTH, "domestic"], True, "t2c5"),
    "T3.1": (f"log(trade) ~ log_dist + {TRAITS} + rta", BOTH, False, "t3c1"),
    "T3.2": (f"trade ~ log_dist + {TRAITS} + rta", BOTH, False, "t3c2"),
    "T3.3": (f"trade ~ log_dist + {TRAITS} + rta", [*BOTH, "domestic"], True, "t3c3"),
    "T3.4": ("trade ~ rta", [*BOTH, "pair"], True, "t3c4"),
    "T3.5": ("trade ~ rta + rta_lead4", [*BOTH, "pair"], True, "t3c5"),
    "T3.6": (f"trade ~ {LAGS}", [*BOTH, "pair"], True, "t3c6"),
    "T3.7": (f"trade ~ {LAGS} + {BORDERS}", [*BOTH, "pair"], True, "t3c7"),
}
PRINTED_WRONG = "T3.3"
SHORT = {"Intercept": "(Intercept)", "ldi": "log_dist_intra", "smc": "smctry", "lrx": "log_remoteness_exp"}
SHORT |= {"lrm": "log_remoteness_imp"}
SHORT |= {f"ld{year}": f"log_dist_{year}" for year in YEARS} | {
    f"ib{year}": f"intl_border_{year}" for year in YEARS
}


@pytest.fixture(scope="module")
def expected(shared: Path) -> Any:
    return json.loads((shared / "anchors/agtpa/chapter1_tables.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def panel(shared: Path) -> pl.DataFrame:
    """The years of the tables, with the variables of the guide; domestic trade counts in output and remoteness."""
    frame = pl.read_parquet(shared / "anchors/agtpa/panel.parquet").filter(pl.col("year").is_in(YEARS))
    home = pl.col("exporter") == pl.col("importer")
    by_exporter, by_importer = ["exporter", "year"], ["importer", "year"]
    frame = frame.with_columns(
        log_dist=pl.col("dist").log(),
        y=pl.col("trade").sum().over(by_exporter),
        e=pl.col("trade").sum().over(by_importer),
    )
    return frame.with_columns(
        pl.col("y", "e").log().name.prefix("log_"),
        log_remoteness_exp=(pl.col("dist") * pl.col("e").sum().over(by_exporter) / pl.col("e"))
        .sum()
        .over(by_exporter)
        .log(),
        log_remoteness_imp=(pl.col("dist") * pl.col("y").sum().over(by_importer) / pl.col("y"))
        .sum()
        .over(by_importer)
        .log(),
        smctry=home.cast(pl.Int8),
        log_dist_intra=pl.when(home).then("log_dist").otherwise(0.0),
        domestic=pl.when(home).then("exporter").otherwise(pl.lit("international")),
        pair=pl.when(home).then(0).otherwise("pair_id"),
        **{
            f"log_dist_{year}": pl.when(~home & (pl.col("year") == year)).then("log_dist").otherwise(0.0)
            for year in YEARS
        },
        **{f"intl_border_{year}": (~home & (pl.col("year") == year)).cast(pl.Int8) for year in YEARS},
    )


@pytest.fixture(scope="module")
def fitted(panel: pl.DataFrame) -> Callable[[str, str], Fit]:
    """The fit of a model of `MODELS` under a convention, made once."""

    @cache
    def made(name: str, convention: str) -> Fit:
        formula, effects, domestic, _ = MODELS[name]
        rows = panel if domestic else panel.filter(pl.col("exporter") != pl.col("importer"))
        ols = formula.startswith("log")
        return lb.gravity.fit(
            rows,
            formula,
            effects,
            cluster=None if name.endswith("iid") else "pair_id",
            covariance="iid" if name.endswith("iid") else None,
            estimator="ols" if ols else "ppml",
            convention=convention,  # type: ignore[arg-type]
        )

    return made


def full(expected: Any, name: str) -> Any:
    return expected["full_precision"]["results"][MODELS[name][3]]


def column(expected: Any, name: str) -> Any:
    """A model as it was printed."""
    return expected["printed"]["models"][list(MODELS).index(name)]


def numbers(fit: Fit, terms: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and covariance in the order of `terms`."""
    at = [fit.terms.index(term) for term in terms]
    return fit.estimates[at], fit.covariance.matrix[np.ix_(at, at)]


@pytest.mark.parametrize("name", [name for name in MODELS if name != PRINTED_WRONG])
def test_printed_tables(name: str, expected: Any, fitted: Callable[[str, str], Fit]) -> None:
    """Yotov et al. (2016), Tables 1-3, R edition. Half a unit of the last of four printed decimals."""
    printed = column(expected, name)
    fit = fitted(name, "stata")
    assert fit.n == printed["n"]
    assert fit.r_squared == pytest.approx(printed["r2_or_pseudo"], abs=0.5e-4)
    terms = list(printed["coef"])
    beta, covariance = numbers(fit, terms)
    given = np.array([printed["coef"][term] for term in terms])
    assert np.abs(beta - given[:, 0]).max() <= 0.5e-4 + 1e-12
    errors = np.sqrt(np.diag(covariance))
    if fit.estimator == "ols" and fit.clusters:
        # The R edition scales clustered errors of every model by G/(G-1) alone; the others use (N-1)/(N-K) as well here.
        errors *= np.sqrt((fit.n - fit.covariance.parameters) / (fit.n - 1))
    assert np.abs(errors - given[:, 1]).max() <= 0.5e-4 + 1e-12


@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if model[3]])
def test_full_precision(name: str, expected: Any, fitted: Callable[[str, str], Fit]) -> None:
    """The same models converged to 1e-10 by another program; 1e-6 relative, the maximum being unique."""
    known = full(expected, name)
    fit = fitted(name, "stata")
    assert fit.n == known["n"]
    terms = [SHORT.get(term, term) for term in known["coef"]]
    beta, covariance = numbers(fit, terms)
    errors = np.array(list(known["se"].values()))
    assert beta == pytest.approx(np.array(list(known["coef"].values())), rel=1e-6)
    assert np.sqrt(np.diag(covariance)) == pytest.approx(errors, rel=1e-6)
    assert np.abs((covariance - np.array(known["vcov"])) / np.outer(errors, errors)).max() < 1e-6


@pytest.mark.parametrize(
    "name", [name for name, model in MODELS.items() if model[3] and "log(" not in model[0]]
)
def test_the_convention_of_fixest(name: str, expected: Any, fitted: Callable[[str, str], Fit]) -> None:
    """(N-1)/(N-K) times G/(G-1), effects nested in the cluster not counted: the other convention of the field."""
    known = full(expected, name)["se_pyfixest_default_ssc"]
    fit = fitted(name, "fixest")
    _, covariance = numbers(fit, [SHORT.get(term, term) for term in known])
    assert np.sqrt(np.diag(covariance)) == pytest.approx(np.array(list(known.values())), rel=1e-6)


def test_the_column_printed_wrong(
    expected: Any, panel: pl.DataFrame, fitted: Callable[[str, str], Fit]
) -> None:
    """Table 3, column 3: the printed point has a lower likelihood than ours, so it is no maximum."""
    fit = fitted(PRINTED_WRONG, "stata")
    beta, _ = numbers(fit, ["log_dist", "cntg", "lang", "clny", "rta"])
    assert beta == pytest.approx([-0.8003, 0.3932, 0.2437, -0.1822, 0.4085], abs=0.5e-4)
    printed = {term: pair[0] for term, pair in column(expected, PRINTED_WRONG)["coef"].items()}
    assert printed["rta"] == 0.5916
    # The other printed coefficients held, log_dist and all effects free: better than the printed point, worse than ours.
    others = sum((pl.col(term) * value for term, value in printed.items() if term != "log_dist"), pl.lit(0.0))
    held = lb.gravity.fit(
        panel.with_columns(others=others), "trade ~ log_dist", fit.request.effects, offset="others"
    )
    assert held.n == fit.n
    assert held.log_likelihood is not None
    assert fit.log_likelihood is not None
    assert held.log_likelihood < fit.log_likelihood - 1


@pytest.mark.parametrize(("name", "worth"), [(f"T2.{at}", "pct_chg") for at in range(1, 6)])
def test_change_of_the_distance_effect(
    name: str, worth: str, expected: Any, fitted: Callable[[str, str], Fit]
) -> None:
    """Table 2, last row: 100 (b2006 - b1986) / b1986 with its standard error by the delta method."""
    known = full(expected, name)[worth]
    beta, covariance = numbers(fitted(name, "stata"), ["log_dist_1986", "log_dist_2006"])
    assert 100 * (beta[1] - beta[0]) / beta[0] == pytest.approx(known["est"], rel=1e-5)
    slope = 100 * np.array([-beta[1] / beta[0] ** 2, 1 / beta[0]])
    assert np.sqrt(slope @ covariance @ slope) == pytest.approx(known["se"], rel=1e-5)


@pytest.mark.parametrize("name", ["T3.5", "T3.6", "T3.7"])
def test_total_effect_of_agreements(name: str, expected: Any, fitted: Callable[[str, str], Fit]) -> None:
    """Table 3: the sum of the agreement's coefficients over time, with its standard error."""
    known = full(expected, name)["sum_rta"]
    fit = fitted(name, "stata")
    beta, covariance = numbers(fit, [term for term in fit.terms if term.startswith("rta")])
    assert beta.sum() == pytest.approx(known["est"], rel=1e-6)
    assert np.sqrt(covariance.sum()) == pytest.approx(known["se"], rel=1e-6)


def test_dropped_rows_of_the_pair_model(fitted: Callable[[str, str], Fit]) -> None:
    """28,566 rows in, 28,482 used: 14 pairs of 6 years never trade, and are named."""
    fit = fitted("T3.4", "stata")
    assert fit.rows_in == fit.n + fit.dropped["rows"].sum()
    assert fit.dropped.select("reason", "rows").rows() == [("separated: all zero in a level of pair", 84)]


def test_lags_by_value_of_time_equal_the_lags_of_the_panel(
    shared: Path, fitted: Callable[[str, str], Fit]
) -> None:
    """`lag(rta, 4)` over the annual panel, against the column that the guide's own authors computed."""
    frame = pl.read_parquet(shared / "anchors/agtpa/panel.parquet")
    made, given = (
        lb.gravity.fit(
            frame.filter(pl.col("year") >= first),
            f"trade ~ rta + {term}",
            [*BOTH, "pair_id"],
            cluster="pair_id",
        )
        for term, first in (("lag(rta, 4)", 1986), ("rta_lag4", 1990))
    )
    assert made.terms == ("rta", "lag(rta, 4)")
    assert dict(made.dropped.select("reason", "rows").rows())["not held: lag(rta, 4)"] == 4 * 69**2
    assert made.estimates == pytest.approx(given.estimates, rel=1e-8)
    assert made.std_errors == pytest.approx(given.std_errors, rel=1e-8)


def test_fixest_trade_data(shared: Path) -> None:
    """R fixest 0.14.2: fepois(Euros ~ log(dist_km) | Origin + Destination + Product + Year), five kinds of error."""
    known = json.loads((shared / "anchors/ppml/fixest_anchors.json").read_text("utf-8"))
    frame = pl.read_parquet(shared / "anchors/ppml/fixest_trade.parquet")

    def fit(**options: Any) -> Fit:
        return lb.gravity.fit(
            frame,
            "value_eur ~ log(dist_km)",
            ["origin", "destination", "product", "year"],
            convention=options.pop("convention", "fixest"),
            exporter="origin",
            importer="destination",
            **options,
        )

    robust = fit()
    assert robust.n == 38_325
    assert robust.estimates[0] == pytest.approx(known["coef"], rel=1e-7)
    assert robust.deviance == pytest.approx(known["deviance"], rel=1e-10)
    assert robust.log_likelihood == pytest.approx(known["loglik"], rel=1e-10)
    errors = {
        "hetero": robust,
        "iid": fit(covariance="iid"),
        "cluster_Origin": fit(cluster="origin"),
        "cluster_Origin_ssc_adj_false": fit(cluster="origin", convention="stata"),
        "twoway_Origin_Destination": fit(cluster=["origin", "destination"]),
    }
    for kind, made in errors.items():
        assert made.std_errors[0] == pytest.approx(known["se"][kind], rel=1e-5), kind


def test_annual_three_way_panel(shared: Path) -> None:
    """R fixest 0.14.2 on the annual panel; its seven printed decimals, and 1e-5 for the error."""
    known = json.loads((shared / "anchors/ppml/fixest_anchors.json").read_text("utf-8"))["agtpa_panel"]
    # As in Table 3, domestic trade shares one pair effect: 2,347 levels, which fixest counts as parameters.
    home = pl.col("exporter") == pl.col("importer")
    frame = pl.read_parquet(shared / "anchors/agtpa/panel.parquet")
    frame = frame.with_columns(pair=pl.when(home).then(0).otherwise("pair_id"))
    fit = lb.gravity.fit(frame, "trade ~ rta", [*BOTH, "pair"], cluster="pair_id", convention="fixest")
    assert [effect.count for effect in fit.absorbed] == [1449, 1449, 2347]
    assert fit.rows_in == known["annual_3way"]["n"] == 99_981
    assert fit.estimates[0] == pytest.approx(known["annual_3way"]["rta"][0], abs=0.5e-7)
    assert fit.std_errors[0] == pytest.approx(known["annual_3way"]["rta"][1], rel=1e-5)
