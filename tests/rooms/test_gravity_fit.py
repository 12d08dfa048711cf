"""`fit` against the same model written out densely, and everything that it refuses, drops and tells."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import chdtrc, gammaln, stdtr, stdtrit, xlogy

import landbridge as lb
from landbridge.errors import BadSample, BadUsage, NotConverged, NotHeld, OutsideSupport, UnknownLabel
from landbridge.gravity import Fit, Newton

BOTH = ["exporter^year", "importer^year"]
PLACES = ("BLR", "CHN", "DEU", "KAZ", "MNG", "POL", "RUS", "USA")
YEARS = (2001, 2002, 2003, 2004, 2005)


@pytest.fixture(scope="module")
def panel() -> pl.DataFrame:
    """8 x 8 places, 5 years, domestic trade included; gamma noise, some true zeros, no row to drop."""
    draw = np.random.default_rng(20220224)
    rows = list(product(PLACES, PLACES, YEARS))
    n = len(rows)
    near = {pair: draw.uniform(0, 2) for pair in product(PLACES, PLACES)}
    size = {key: draw.normal() for key in product(range(2), PLACES, YEARS)}
    frame = pl.DataFrame(rows, schema=["exporter", "importer", "year"], orient="row").with_columns(
        pair=pl.concat_str(
            pl.min_horizontal("exporter", "importer"), pl.max_horizontal("exporter", "importer")
        ),
        dist=pl.Series([100 * np.exp(near[tuple(sorted(row[:2]))]) for row in rows]),  # type: ignore[index]
        border=pl.Series(draw.integers(0, 2, n)),
        rta=pl.Series(draw.integers(0, 2, n)),
        weight=pl.Series(draw.uniform(0.5, 2, n)),
        known=pl.Series(draw.normal(0, 0.3, n)),
    )
    mean = np.exp(
        2
        - 0.9 * np.log(frame["dist"].to_numpy() / 100)
        + 0.4 * frame["rta"].to_numpy()
        + np.array([size[0, row[0], row[2]] + size[1, row[1], row[2]] for row in rows])
    )
    trade = mean * draw.gamma(2, 0.5, n) * (draw.uniform(size=n) > 0.05)
    return frame.with_columns(trade=pl.Series(trade))


def dummies(frame: pl.DataFrame, names: list[str]) -> np.ndarray:
    """One column a level of every effect."""
    parts = []
    for name in names:
        cells = frame.select(
            pl.concat_str([pl.col(c).cast(pl.String) for c in name.split("^")], separator="^")
        )
        labels = cells.to_series()
        parts.append((labels.to_numpy()[:, None] == labels.unique().sort().to_numpy()[None, :]).astype(float))
    return np.column_stack(parts)


def dense_poisson(
    y: np.ndarray, x: np.ndarray, d: np.ndarray, w: np.ndarray, o: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Iterated weighted least squares on all columns by the pseudo-inverse: beta (K,), mu (N,), x within (N, K)."""
    columns = np.column_stack([x, d])
    mu = (y + y.mean()) / 2
    for _ in range(60):
        root = np.sqrt(w * mu)[:, None]
        working = np.log(mu) - o + (y - mu) / mu
        beta = np.linalg.lstsq(columns * root, working * root[:, 0], rcond=1e-12)[0]
        before, mu = mu, np.exp(columns @ beta + o)
        if np.allclose(mu, before, rtol=1e-13, atol=0.0):
            break
    else:
        raise AssertionError("the dense model did not converge")
    root = np.sqrt(w * mu)[:, None]
    within = x - d @ np.linalg.lstsq(d * root, x * root, rcond=1e-12)[0]
    return beta[: x.shape[1]], mu, within


def dense_sandwich(
    within: np.ndarray, score: np.ndarray, hessian: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Bread, meat of sums by group, bread, with the factor G/(G-1)."""
    bread = np.linalg.inv(within.T @ (within * hessian[:, None]))
    each = [(within * score[:, None])[groups == group].sum(axis=0) for group in np.unique(groups)]
    meat = np.array(each).T @ np.array(each)
    return np.asarray(bread @ meat @ bread * len(each) / (len(each) - 1))


@pytest.mark.parametrize("effects", [BOTH, ["exporter", "importer", "year"], [*BOTH, "pair"]])
@pytest.mark.parametrize("extras", [{}, {"weights": "weight"}, {"offset": "known"}])
def test_ppml_equals_the_dense_model(panel: pl.DataFrame, effects: list[str], extras: dict[str, str]) -> None:
    names = ["rta", "border"] if "pair" in effects else ["rta", "border", "log(dist)"]
    fit = lb.gravity.fit(panel, f"trade ~ {' + '.join(names)}", effects, cluster="pair", **extras)  # type: ignore[arg-type]
    x = panel.with_columns(pl.col("dist").log().alias("log(dist)")).select(names).to_numpy().astype(float)
    w = panel["weight"].to_numpy() if "weights" in extras else np.ones(panel.height)
    o = panel["known"].to_numpy() if "offset" in extras else np.zeros(panel.height)
    y = panel["trade"].to_numpy()
    beta, mu, within = dense_poisson(y, x, dummies(panel, effects), w, o)
    assert fit.terms == tuple(names)
    assert fit.estimates == pytest.approx(beta, rel=1e-8)
    assert fit.fitted == pytest.approx(mu, rel=1e-7)
    covariance = dense_sandwich(within, w * (y - mu), w * mu, panel["pair"].to_numpy())
    assert fit.covariance.matrix == pytest.approx(covariance, rel=1e-6, abs=1e-12)
    assert fit.n == fit.rows_in == panel.height
    assert fit.dropped.is_empty()
    assert fit.clusters == (("pair", 36),)
    assert fit.deviance == pytest.approx(2 * (w * (xlogy(y, y / mu) - (y - mu))).sum(), rel=1e-9)
    assert fit.log_likelihood == pytest.approx((w * (xlogy(y, mu) - mu - gammaln(y + 1))).sum(), rel=1e-9)


def test_least_squares_equals_the_dense_model(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "log(trade) ~ rta + log(dist)", BOTH, cluster="pair", estimator="ols")
    rows = panel.filter(pl.col("trade") > 0)
    x = rows.select(pl.col("rta").cast(pl.Float64), pl.col("dist").log()).to_numpy()
    y, d = rows["trade"].log().to_numpy(), dummies(rows, BOTH)
    beta = np.linalg.lstsq(np.column_stack([x, d]), y, rcond=1e-12)[0]
    left = y - np.column_stack([x, d]) @ beta
    within = x - d @ np.linalg.lstsq(d, x, rcond=1e-12)[0]
    assert fit.estimates == pytest.approx(beta[:2], rel=1e-8)
    n, k = rows.height, 2 + 40 + 40 - 1
    covariance = dense_sandwich(within, left, np.ones(n), rows["pair"].to_numpy()) * (n - 1) / (n - k)
    assert fit.covariance.matrix == pytest.approx(covariance, rel=1e-7, abs=1e-12)
    zeros = panel.height - n
    assert fit.dropped.rows() == [
        ("zero has no log: log(trade)", zeros, fit.dropped["first_rows"][0].to_list())
    ]
    assert panel["trade"].gather(fit.dropped["first_rows"][0]).to_list() == [0.0] * 5
    assert fit.predict()["fitted"].to_numpy() == pytest.approx(y - left, rel=1e-8)


def test_a_constant_is_there_only_without_effects(panel: pl.DataFrame) -> None:
    with_it = lb.gravity.fit(panel, "trade ~ log(dist)")
    assert with_it.terms == ("(Intercept)", "log(dist)")
    # The first-order condition of a constant: fitted trade adds up to trade.
    assert with_it.fitted.sum() == pytest.approx(panel["trade"].sum(), rel=1e-10)
    assert lb.gravity.fit(panel, "trade ~ 0 + log(dist)").terms == ("log(dist)",)


def test_the_table(panel: pl.DataFrame) -> None:
    ols = lb.gravity.fit(panel, "log(trade) ~ rta", BOTH, cluster="pair", estimator="ols")
    table = ols.table()
    assert table.columns == ["term", "estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high"]
    _, beta, error, ratio, tail, low, high = table.row(0)
    assert ratio == pytest.approx(beta / error)
    assert tail == pytest.approx(2 * stdtr(35, -abs(ratio)), rel=1e-9)
    assert (low, high) == pytest.approx(
        (beta - stdtrit(35, 0.975) * error, beta + stdtrit(35, 0.975) * error)
    )
    ppml = lb.gravity.fit(panel, "trade ~ rta", BOTH, cluster="pair", level=0.9).table().row(0)
    assert ppml[6] - ppml[1] == pytest.approx(1.6448536269514722 * ppml[2])


def test_order_of_rows_and_names_of_places_do_not_matter(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "trade ~ rta + log(dist)", BOTH, cluster="pair")
    other = panel.sample(fraction=1, shuffle=True, seed=3).with_columns(
        pl.col("exporter", "importer").replace(dict(zip(PLACES, reversed(PLACES), strict=True)))
    )
    again = lb.gravity.fit(other.lazy(), "trade ~ rta + log(dist)", BOTH, cluster="pair")
    assert again.estimates == pytest.approx(fit.estimates, rel=1e-9)
    assert again.std_errors == pytest.approx(fit.std_errors, rel=1e-8)
    coded = other.with_columns(pl.col("exporter", "importer").cast(pl.Categorical), year=pl.col("year") * 1.0)
    assert lb.gravity.fit(coded, "trade ~ rta + log(dist)", BOTH).estimates == pytest.approx(
        fit.estimates, rel=1e-9
    )


def test_interactions_and_powers_are_products(panel: pl.DataFrame) -> None:
    made = lb.gravity.fit(panel, "trade ~ log(dist)*rta + log(dist)^2", BOTH)
    by_hand = panel.with_columns(l=pl.col("dist").log()).with_columns(
        lr=pl.col("l") * pl.col("rta"), ll=pl.col("l") ** 2
    )
    given = lb.gravity.fit(by_hand, "trade ~ l + rta + lr + ll", BOTH)
    assert made.terms == ("log(dist)", "rta", "log(dist):rta", "log(dist)^2")
    assert made.estimates == pytest.approx(given.estimates, rel=1e-9)


def test_lags_and_leads_go_by_the_value_of_time(panel: pl.DataFrame) -> None:
    shuffled = panel.sample(fraction=1, shuffle=True, seed=7)
    by_hand = panel.sort("year").with_columns(
        before=pl.col("rta").shift(2).over("exporter", "importer"),
        after=pl.col("rta").shift(-1).over("exporter", "importer"),
    )
    fit = lb.gravity.fit(shuffled, "trade ~ rta + lag(rta, 2) + lead(rta, 1)", BOTH, cluster="pair")
    given = lb.gravity.fit(by_hand.drop_nulls(), "trade ~ rta + before + after", BOTH, cluster="pair")
    assert fit.n == given.n == 64 * 2
    assert fit.estimates == pytest.approx(given.estimates, rel=1e-9)
    assert fit.std_errors == pytest.approx(given.std_errors, rel=1e-8)
    assert fit.dropped.select("reason", "rows").rows() == [
        ("not held: lag(rta, 2)", 128),
        ("not held: lead(rta, 1)", 64),
    ]


def test_a_pair_that_misses_a_year_loses_only_the_lags_that_need_it(panel: pl.DataFrame) -> None:
    here = (pl.col("exporter") == "CHN") & (pl.col("importer") == "RUS") & (pl.col("year") == 2002)
    fit = lb.gravity.fit(panel.filter(~here), "trade ~ lag(rta, 1)", BOTH)
    assert fit.dropped.select("reason", "rows").rows() == [("not held: lag(rta, 1)", 64 + 1)]
    assert fit.n == 320 - 1 - 65


def test_every_row_is_accounted_for(panel: pl.DataFrame) -> None:
    row = pl.int_range(pl.len())
    lone = pl.DataFrame({"exporter": ["ATG"], "importer": ["CHN"], "year": [2001], "trade": [3.0]})
    empty = panel.filter(pl.col("exporter") == "BLR").with_columns(exporter=pl.lit("ZZZ"), trade=pl.lit(0.0))
    frame = pl.concat(
        [
            panel.with_columns(
                trade=pl.when(row == 3).then(None).otherwise("trade"),
                dist=pl.when(row.is_in([3, 10, 11])).then(None).otherwise("dist"),
                importer=pl.when(row == 20).then(None).otherwise("importer"),
                weight=pl.when(row == 30).then(0.0).otherwise("weight"),
            ),
            empty.head(7),
            lone.with_columns(dist=pl.lit(50.0), weight=pl.lit(1.0)),
        ],
        how="diagonal",
    )
    fit = lb.gravity.fit(frame, "trade ~ log(dist)", ["exporter", "importer^year"], weights="weight")
    told = {reason: (rows, first) for reason, rows, first in fit.dropped.rows()}
    assert told == {
        "missing: importer": (1, [20]),
        "missing: trade": (1, [3]),
        "missing: dist": (2, [10, 11]),
        "weight of zero: weight": (1, [30]),
        "singleton: alone in a level of an effect": (1, [327]),
        "separated: all zero in a level of exporter": (7, [320, 321, 322, 323, 324]),
    }
    assert fit.rows_in == 328 == fit.n + fit.dropped["rows"].sum()
    assert not set(fit.rows) & {3, 10, 11, 20, 30, *range(320, 328)}
    kept = lb.gravity.fit(
        frame, "trade ~ log(dist)", ["exporter", "importer^year"], weights="weight", keep_singletons=True
    )
    assert kept.n == fit.n + 1
    assert kept.estimates == pytest.approx(fit.estimates, rel=1e-9)


def test_rows_separated_by_a_regressor_are_told_apart(panel: pl.DataFrame) -> None:
    marked = (
        pl.col("year").is_in([2002, 2004]) & (pl.col("exporter") == "USA") & (pl.col("importer") != "USA")
    )
    frame = panel.with_columns(
        embargo=marked.cast(pl.Int8), trade=pl.when(marked).then(0.0).otherwise("trade")
    )
    fit = lb.gravity.fit(frame, "trade ~ rta + embargo", ["exporter", "importer"])
    assert fit.dropped.select("reason", "rows").rows() == [
        ("separated: zero, and told apart by the regressors", 14)
    ]
    assert fit.terms == ("rta",)
    assert [(item.term, item.reason) for item in fit.omitted] == [("embargo", "absorbed")]


def test_regressors_that_cannot_be_estimated_are_named(panel: pl.DataFrame) -> None:
    frame = panel.with_columns(
        size=pl.col("exporter").rank("dense") * pl.col("year"), again=2 * pl.col("rta") - pl.col("border")
    )
    fit = lb.gravity.fit(frame, "trade ~ size + rta + border + again", BOTH)
    assert fit.terms == ("rta", "border")
    assert [(item.term, item.reason) for item in fit.omitted] == [
        ("size", "absorbed"),
        ("again", "collinear"),
    ]
    assert "Not estimated: size (absorbed)." in fit.summary()


def change(where: pl.Expr, **cells: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(
        **{name: pl.when(where).then(value).otherwise(name) for name, value in cells.items()}
    )


ROW = pl.int_range(pl.len())
REFUSED: dict[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], dict[str, Any], list[str]]] = {
    "negative trade": (
        change(ROW.is_in([4, 9]), trade=-1.0),
        {},
        ["trade is negative", "rows 4, 9", "Correct these rows"],
    ),
    "nan": (change(ROW == 5, border=float("nan")), {}, ["column border, row 5", "fill_nan"]),
    "infinite": (change(ROW == 6, dist=float("inf")), {}, ["column dist, row 6", "infinite"]),
    "repeated keys": (
        lambda frame: pl.concat([frame, frame.head(2)]),
        {},
        ["2 rows repeat the exporter, importer, year", "rows 320, 321", "key=[...]"],
    ),
    "zero in a log": (
        change(ROW < 7, dist=0.0),
        {},
        ["`log(dist)`", "rows 0, 1, 2, 3, 4 and 2 more", "positive"],
    ),
    "a blank in a label": (
        change(ROW == 8, exporter=pl.lit("BLR ")),
        {},
        ["'BLR', 'BLR '", "exporter row 0, exporter row 8", "strip"],
    ),
    "case of a label": (change(ROW == 8, importer=pl.lit("usa")), {}, ["'USA', 'usa'", "importer row 8"]),
    "all zero": (change(ROW >= 0, trade=0.0), {}, ["all trade is zero"]),
    "one exporter": (
        lambda frame: frame.filter(pl.col("exporter") == "RUS"),
        {},
        ["one exporter only, 'RUS'"],
    ),
    "one importer": (
        lambda frame: frame.filter(pl.col("importer") == "RUS"),
        {},
        ["one importer only, 'RUS'"],
    ),
    "no rows": (lambda frame: frame.clear(), {}, ["no rows"]),
    "no row left": (change(ROW >= 0, trade=None), {}, ["no row is left", "missing: trade (320 rows)"]),
    "a year missing, with lags": (
        lambda frame: frame.filter(pl.col("year") != 2003),
        {"formula": "trade ~ lag(rta, 1)"},
        ["`lag(rta, 1)` needs year 2003", "Load that year"],
    ),
    "perfect fit": (
        lambda frame: frame.with_columns(trade=3.0 * pl.col("dist")),
        {"formula": "trade ~ log(dist)"},
        ["perfect"],
    ),
    "nothing varies": (
        lambda frame: frame,
        {"effects": [*BOTH, "pair"], "formula": "trade ~ log(dist)"},
        ["absorbed"],
    ),
    "too fine effects": (
        lambda frame: frame,
        {"effects": ["exporter^importer^year"]},
        ["no row is left", "singleton"],
    ),
    "too few rows": (lambda frame: frame.head(2), {"effects": []}, ["2 rows are left for 3 regressors"]),
    "negative weight": (
        change(ROW == 2, weight=-1.0),
        {"weights": "weight"},
        ["a weight is negative", "row 2"],
    ),
    "one cluster": (lambda frame: frame.with_columns(all=pl.lit(1)), {"cluster": "all"}, ["one group only"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_rows_and_remedy(name: str, panel: pl.DataFrame) -> None:
    spoil, options, said = REFUSED[name]
    options = {"formula": "trade ~ rta + border + log(dist)", "effects": BOTH} | options
    with pytest.raises(BadSample) as refused:
        lb.gravity.fit(spoil(panel), **options)
    for words in said:
        assert words in str(refused.value)


def test_problems_of_a_sample_are_told_together(panel: pl.DataFrame) -> None:
    spoilt = change(ROW == 4, trade=-1.0)(
        change(ROW == 5, dist=-3.0)(change(ROW == 6, exporter=pl.lit("blr"))(panel))
    )
    with pytest.raises(BadSample) as refused:
        lb.gravity.fit(spoilt, "trade ~ log(dist)", BOTH)
    assert len(refused.value.problems) == 3


@pytest.mark.parametrize(
    ("formula", "options", "error", "said"),
    [
        ("trade ~ distance", {}, UnknownLabel, "'distance'"),
        ("trade ~ rta", {"effects": ["exportr"]}, UnknownLabel, "exporter"),
        ("trade ~ rta", {"cluster": "pairs"}, UnknownLabel, "pair"),
        ("trad ~ rtaa", {}, BadUsage, "2 problems"),
        ("trade ~ exporter", {}, BadUsage, 'effects=["exporter"]'),
        ("trade ~ rta", {"effects": ["dist"]}, BadUsage, "fractions"),
        ("log(trade) ~ rta", {}, BadUsage, "estimator='ols'"),
        ("trade ~ rta", {"estimator": "poisson"}, BadUsage, "ppml"),
        ("trade ~ rta", {"covariance": "cluster"}, BadUsage, "no cluster"),
        ("trade ~ rta", {"covariance": "iid", "cluster": "pair"}, BadUsage, "a cluster"),
        ("trade ~ rta", {"convention": "state"}, BadUsage, "stata"),
        ("trade ~ rta", {"level": 95}, BadUsage, "0.95"),
        ("trade ~ 1", {}, BadUsage, "no regressor"),
        ("trade ~ rta", {"bias_correction": True, "effects": BOTH}, BadUsage, "pair effects"),
    ],
)
def test_a_wrong_call_is_told_apart_from_wrong_rows(
    panel: pl.DataFrame, formula: str, options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as refused:
        lb.gravity.fit(panel, formula, **options)
    assert said in str(refused.value)


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(BadUsage, match="not a table"):
        lb.gravity.fit([[1, 2]], "trade ~ rta")


def test_a_missing_year_is_a_note_for_effects(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel.filter(pl.col("year") != 2003), "trade ~ rta", BOTH)
    assert fit.notes[0] == "No row is of year 2003; the others are annual."
    assert not lb.gravity.fit(panel.filter(pl.col("year") % 2 == 1), "trade ~ rta", BOTH).notes


def test_what_does_not_converge_has_no_result(panel: pl.DataFrame) -> None:
    with pytest.raises(NotConverged):
        lb.gravity.fit(panel, "trade ~ rta + log(dist)", BOTH, settings=Newton(iterations=1))


def test_predictions_of_rows_used_and_of_new_rows(panel: pl.DataFrame) -> None:
    apart = (pl.col("exporter") == "CHN") & (pl.col("importer") == "RUS") & (pl.col("year") == 2004)
    fit = lb.gravity.fit(panel.filter(~apart), "trade ~ log(dist)*rta + offset(known)", BOTH)
    assert fit.predict(panel.filter(~apart))["fitted"].to_numpy() == pytest.approx(
        fit.predict()["fitted"].to_numpy()
    )
    new = panel.filter(apart).drop("trade", "weight")
    values = dict(zip(fit.terms, fit.estimates, strict=True))
    seller = fit.effects("exporter^year").filter(pl.col("level") == "CHN^2004")["estimate"][0]
    buyer = fit.effects("importer^year").filter(pl.col("level") == "RUS^2004")["estimate"][0]
    log_dist, rta = np.log(new["dist"][0]), new["rta"][0]
    linear = seller + buyer + new["known"][0] + values["log(dist)"] * log_dist
    linear += values["rta"] * rta + values["log(dist):rta"] * log_dist * rta
    assert fit.predict(new)["fitted"][0] == pytest.approx(np.exp(linear), rel=1e-9)
    gone = fit.predict(new.with_columns(dist=None))
    assert gone.rows() == [(0, None)]


def test_predictions_outside_the_sample_are_refused(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "trade ~ rta", [*BOTH, "exporter^importer"])
    new = panel.head(2)
    with pytest.raises(UnknownLabel, match=r"'RUSS'.*RUS.*Also unseen: XXX"):
        fit.predict(new.with_columns(exporter=pl.Series(["RUSS", "XXX"])))
    with pytest.raises(UnknownLabel, match="'2010'"):
        fit.predict(new.with_columns(year=pl.lit(2010)))
    there = (pl.col("exporter") == "CHN") & (pl.col("importer") == "RUS")
    less = lb.gravity.fit(panel.filter(~there), "trade ~ rta", [*BOTH, "exporter^importer"])
    with pytest.raises(OutsideSupport, match=r"no row of CHN\^RUS"):
        less.predict(panel.filter(there))
    two = (pl.col("exporter") < "KAZ") == (pl.col("importer") < "KAZ")
    parts = lb.gravity.fit(panel.filter(two), "trade ~ rta", BOTH)
    with pytest.raises(OutsideSupport, match="nothing ties together"):
        parts.predict(panel.filter(~two))
    assert parts.predict(panel.filter(two))["fitted"].to_numpy() == pytest.approx(parts.fitted)


def test_multilateral_resistances_solve_the_structural_system(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "trade ~ log(dist) + rta", BOTH)
    made = fit.multilateral_resistance("DEU", sigma=5)
    beta = dict(zip(fit.terms, fit.estimates, strict=True))
    both = (
        panel.with_columns(
            cost=(beta["log(dist)"] * pl.col("dist").log() + beta["rta"] * pl.col("rta")).exp(),
            y=pl.col("trade").sum().over("exporter", "year"),
            e=pl.col("trade").sum().over("importer", "year"),
        )
        .drop("trade")
        .join(
            made.outward.drop("trade").rename({"place": "exporter", "resistance": "out"}),
            on=["exporter", "year"],
        )
        .join(
            made.inward.drop("trade").rename({"place": "importer", "resistance": "in"}),
            on=["importer", "year"],
        )
    )
    inward = both.group_by("importer", "year").agg(
        (pl.col("cost") * pl.col("y") / pl.col("out")).sum(), pl.col("in").first()
    )
    outward = both.group_by("exporter", "year").agg(
        (pl.col("cost") * pl.col("e") / pl.col("in")).sum(), pl.col("out").first()
    )
    assert inward["cost"].to_numpy() == pytest.approx(inward["in"].to_numpy(), rel=1e-7)
    assert outward["cost"].to_numpy() == pytest.approx(outward["out"].to_numpy(), rel=1e-7)
    base = made.inward.filter(pl.col("place") == "DEU")
    assert base["resistance"].to_list() == pytest.approx([1.0] * 5)
    assert made.inward["index"].to_numpy() == pytest.approx(made.inward["resistance"].to_numpy() ** (1 / -4))
    assert set(made.table()["normalised_by"]) == {"DEU"}
    with pytest.raises(UnknownLabel):
        fit.multilateral_resistance("DE")
    with pytest.raises(BadUsage, match="sigma"):
        fit.multilateral_resistance(sigma=0.5)
    with pytest.raises(NotHeld, match="exporter and importer effects"):
        lb.gravity.fit(panel, "trade ~ rta", ["exporter^year"]).multilateral_resistance()
    with pytest.raises(UnknownLabel):
        fit.effects("exporter")


def test_a_result_tells_convergence_and_rows_first_and_holds_no_frame(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "trade ~ rta", BOTH, cluster=["exporter", "importer"], convention="fixest")
    first, second, third, *_ = str(fit).splitlines()
    assert "converged in" in first
    assert second == "320 rows in, 320 used; dropped: none."
    assert "exporter (8 clusters) and importer (8 clusters), convention fixest" in third
    assert str(fit).splitlines()[-2].split() == fit.table().columns
    assert fit.iterations.height == len(fit.steps) > 1
    assert not [f.name for f in fields(Fit) if isinstance(getattr(fit, f.name), pl.DataFrame | pl.LazyFrame)]
    told = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    assert told["table"] == fit.table().to_dicts()
    assert told["covariance"]["clusters"] == [
        {"name": "exporter", "count": 8},
        {"name": "importer", "count": 8},
    ]


def test_fits_by_sector_equal_single_fits_and_keep_refusals(panel: pl.DataFrame) -> None:
    other = panel.with_columns(trade=pl.col("trade").sqrt())
    frame = pl.concat(
        [
            panel.with_columns(sector=pl.lit("steel")),
            other.with_columns(
                sector=pl.lit("grain"), border=pl.when(ROW == 4).then(None).otherwise("border")
            ),
            other.with_columns(sector=pl.lit("tea"), trade=pl.lit(0.0)),
        ]
    )
    made = lb.gravity.fit_each(frame, "trade ~ rta + border", "sector", BOTH, cluster="pair")
    alone = lb.gravity.fit(other.filter(ROW != 4), "trade ~ rta + border", BOTH, cluster="pair")
    assert list(made) == ["steel", "grain"]
    assert made["grain"].table().equals(alone.table())
    assert made.table().columns == ["sector", *alone.table().columns]
    assert made.table()["sector"].to_list() == ["steel", "steel", "grain", "grain"]
    assert made.dropped.rows() == [("grain", "missing: border", 1, [320 + 4])]
    assert made["grain"].predict()["row"].to_list() == [320 + row for row in range(320) if row != 4]
    assert made.failures["sector"].to_list() == ["tea"]
    assert "all trade is zero" in made.failures["reason"][0]
    assert "Not fitted: tea" in str(made)
    with pytest.raises(BadSample, match="all trade is zero"):
        made["tea"]
    with ThreadPoolExecutor(2) as pool:
        side = lb.gravity.fit_each(
            frame, "trade ~ rta + border", "sector", BOTH, cluster="pair", executor=pool
        )
    assert side.table().equals(made.table())
    with pytest.raises(BadSample, match="tea"):
        lb.gravity.fit_each(frame.filter(pl.col("sector") == "tea"), "trade ~ rta", effects=BOTH)
    with pytest.raises(UnknownLabel, match="sector"):
        lb.gravity.fit_each(frame, "trade ~ rta", by="sectr")
    with pytest.raises(BadSample, match="no label"):
        lb.gravity.fit_each(frame.with_columns(sector=None), "trade ~ rta")


def test_the_bias_correction_moves_estimates_and_widens_errors(panel: pl.DataFrame) -> None:
    effects = [*BOTH, "exporter^importer"]
    plain = lb.gravity.fit(panel, "trade ~ rta", effects, cluster="exporter^importer")
    fit = lb.gravity.fit(panel, "trade ~ rta", effects, cluster="exporter^importer", bias_correction=True)
    assert fit.corrected is not None
    assert fit.table(corrected=False).equals(plain.table())
    assert fit.table()["estimate"].to_list() == fit.corrected.beta.tolist()
    assert fit.table()["estimate"][0] == pytest.approx(plain.estimates[0] - fit.corrected.bias[0])
    assert fit.table()["std_error"][0] > plain.std_errors[0]
    assert any("Weidner and Zylkin" in note for note in fit.notes)
    with pytest.raises(BadUsage, match="bias_correction=True"):
        plain.table(corrected=True)


def test_reset_is_the_test_of_a_squared_predictor(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "trade ~ rta + log(dist)", BOTH, cluster="pair", reset=True)
    wider = panel.with_columns(square=pl.Series(fit.linear - fit.linear.mean()) ** 2)
    again = lb.gravity.fit(wider, "trade ~ rta + log(dist) + square", BOTH, cluster="pair")
    statistic = again.table().filter(pl.col("term") == "square")["statistic"][0]
    assert fit.reset is not None
    assert fit.reset.statistic == pytest.approx(statistic**2, rel=1e-6)
    assert fit.reset.p_value == pytest.approx(chdtrc(1, statistic**2), rel=1e-6)
    assert "RESET (Ramsey)" in fit.summary()
    with pytest.raises(BadUsage, match="RESET"):
        lb.gravity.fit(panel, "log(trade) ~ rta", BOTH, estimator="ols", reset=True)


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("year", pl.col("year").cast(pl.Float64)),
        ("year", pl.col("year").cast(pl.UInt8, strict=False).fill_null(0) + pl.col("year").cast(pl.Int16)),
        ("year", pl.date("year", 1, 1)),
        ("year", pl.col("year").cast(pl.String)),
        ("year", pl.col("year").cast(pl.Decimal(10, 2))),
        ("exporter", pl.col("exporter").cast(pl.Enum(PLACES))),
        ("exporter", pl.col("exporter").rank("dense") * 1_000_000_007),
    ],
)
def test_labels_may_be_of_any_kind(panel: pl.DataFrame, column: str, cells: pl.Expr) -> None:
    formula, options = "trade ~ rta + log(dist)", {"cluster": "pair", "effects": BOTH}
    fit = lb.gravity.fit(panel, formula, **options)  # type: ignore[arg-type]
    other = panel.with_columns(cells.alias(column))
    again = lb.gravity.fit(other, formula, **options)  # type: ignore[arg-type]
    assert again.estimates == pytest.approx(fit.estimates, rel=1e-9)
    assert [effect.count for effect in again.absorbed] == [40, 40]
    assert again.predict(other)["fitted"].to_numpy() == pytest.approx(fit.fitted, rel=1e-8)


def test_a_column_without_any_label_loses_every_row_by_name(panel: pl.DataFrame) -> None:
    empty = panel.with_columns(region=pl.lit(None, dtype=pl.String))
    with pytest.raises(BadSample, match=r"missing: region \(320 rows\)"):
        lb.gravity.fit(empty, "trade ~ rta", ["region^year"])
    assert lb.gravity.fit(empty.with_columns(sector=None), "trade ~ rta", BOTH).n == 320


def test_importing_the_package_loads_none_of_the_heavy_parts() -> None:
    heavy = "{'numba', 'polars', 'scipy', 'narwhals', 'numpy'}"
    code = f"import sys, landbridge as lb; lb.gravity; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
