"""Calls and rows that would give a wrong number, a traceback or no end: refused, with reason and remedy."""

from __future__ import annotations

import resource
from collections.abc import Callable
from itertools import permutations, product
from typing import Any

import numpy as np
import polars as pl
import pytest

import landbridge as lb
from landbridge.errors import BadSample, BadUsage, LandbridgeError, OutsideSupport, UnknownLabel
from landbridge.gravity import Newton

BOTH = ["exporter^year", "importer^year"]
THREE = [*BOTH, "exporter^importer"]
PLACES = ("BLR", "CHN", "DEU", "KAZ", "POL", "RUS")
ROW = pl.int_range(pl.len())


@pytest.fixture(scope="module")
def panel() -> pl.DataFrame:
    """6 x 5 pairs, 4 years, no zero: nothing is dropped."""
    draw = np.random.default_rng(3)
    rows = [row for row in product(PLACES, PLACES, range(2001, 2005)) if row[0] != row[1]]
    n = len(rows)
    return pl.DataFrame(rows, schema=["exporter", "importer", "year"], orient="row").with_columns(
        trade=pl.Series(draw.gamma(2, 5, n)),
        dist=pl.Series(draw.uniform(2, 9, n)),
        rta=pl.Series(draw.integers(0, 2, n)),
        weight=pl.Series(draw.uniform(0.5, 2, n)),
    )


def put(row: int, **cells: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(
        **{name: pl.when(row == ROW).then(pl.lit(cell)).otherwise(name) for name, cell in cells.items()}
    )


def told(error: LandbridgeError) -> str:
    assert all(problem.remedy for problem in error.problems), error
    return str(error)


# Multilateral resistances


def test_levels_of_resistances_are_refused_with_pair_effects(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "trade ~ rta", THREE)
    with pytest.raises(OutsideSupport, match="not identified") as refused:
        fit.multilateral_resistance("DEU")
    assert "base=" in told(refused.value)
    assert "without exporter^importer" in told(refused.value)


def test_changes_of_resistances_do_not_depend_on_the_order_of_effects(panel: pl.DataFrame) -> None:
    made = [
        lb.gravity.fit(panel, "trade ~ rta", list(effects))
        .multilateral_resistance("DEU", sigma=5, base=2001)
        .table()
        .sort("side", "place", "year")
        for effects in permutations(THREE)
    ]
    assert set(made[0]["base"]) == {"2001"}
    assert made[0].filter(pl.col("year") == 2001)["resistance"].to_numpy() == pytest.approx(1.0)
    assert made[0]["resistance"].std() > 0.05  # type: ignore[operator]
    for other in made[1:]:
        assert other["resistance"].to_numpy() == pytest.approx(made[0]["resistance"].to_numpy(), rel=1e-7)


def test_changes_of_resistances_solve_the_system_in_changes(panel: pl.DataFrame) -> None:
    """With a pair effect in the cost t, outward[i] = sum_j t[i,j] E[j] / inward[j] holds in every year for one choice of
    levels, so that shares of fitted trade weight the changes: outward'[i] = sum_j share[i,j] t'[i,j] E'[j] / inward'[j].
    """
    fit = lb.gravity.fit(panel, "trade ~ rta", THREE)
    made = fit.multilateral_resistance("DEU", base=2001)
    cells = panel.with_columns(
        fitted=pl.Series(fit.fitted), cost=(fit.estimates[0] * pl.col("rta")).exp()
    ).with_columns(e=pl.col("trade").sum().over("importer", "year"))
    then = cells.filter(pl.col("year") == 2001).select(
        "exporter",
        "importer",
        cost0="cost",
        e0="e",
        share=pl.col("fitted") / pl.col("fitted").sum().over("exporter"),
    )
    both = (
        cells.join(then, on=["exporter", "importer"])
        .join(made.inward.select("year", importer="place", inward="resistance"), on=["importer", "year"])
        .group_by("exporter", "year")
        .agg(
            (
                pl.col("share")
                * pl.col("cost")
                / pl.col("cost0")
                * pl.col("e")
                / pl.col("e0")
                / pl.col("inward")
            ).sum()
        )
        .join(made.outward.select("year", "resistance", exporter="place"), on=["exporter", "year"])
    )
    assert both["share"].to_numpy() == pytest.approx(both["resistance"].to_numpy(), rel=1e-7)


def test_changes_are_ratios_of_levels_where_there_are_levels(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "trade ~ rta", BOTH)
    levels = fit.multilateral_resistance("DEU").table().sort("side", "place", "year")
    changes = fit.multilateral_resistance("DEU", base=2002).table().sort("side", "place", "year")
    ratio = levels.with_columns(
        pl.col("resistance")
        / pl.col("resistance").filter(pl.col("year") == 2002).first().over("side", "place")
    )
    assert changes["resistance"].to_numpy() == pytest.approx(ratio["resistance"].to_numpy(), rel=1e-9)
    with pytest.raises(UnknownLabel, match="2010"):
        fit.multilateral_resistance("DEU", base=2010)
    with pytest.raises(BadUsage, match="by one period"):
        lb.gravity.fit(panel, "trade ~ rta", ["exporter", "importer"]).multilateral_resistance(base=2001)


def test_a_place_without_the_base_year_has_no_change(panel: pl.DataFrame) -> None:
    late = panel.filter((pl.col("exporter") != "POL") | (pl.col("year") > 2001))
    made = lb.gravity.fit(late, "trade ~ rta", THREE).multilateral_resistance("DEU", base=2001)
    missing = made.outward.filter(pl.col("resistance").is_null())
    assert set(missing["place"]) == {"POL"}
    assert missing.height == 3
    assert made.inward["resistance"].null_count() == 0


@pytest.mark.parametrize("sigma", [0.5, 1, float("nan"), float("inf"), "5", True])
def test_an_elasticity_is_a_number_above_one(panel: pl.DataFrame, sigma: Any) -> None:
    fit = lb.gravity.fit(panel, "trade ~ rta", BOTH)
    with pytest.raises(BadUsage, match="sigma"):
        fit.multilateral_resistance(sigma=sigma)


# Rows


@pytest.mark.parametrize("formula", ["trade ~ lag(rta, 1)", "trade ~ rta + log(lead(dist, 1))"])
@pytest.mark.parametrize("key", [[], None, ["exporter", "importer", "year", "flow"]])
def test_a_lag_needs_rows_that_are_told_apart(
    panel: pl.DataFrame, formula: str, key: list[str] | None
) -> None:
    twice = pl.concat([panel.with_columns(flow=1), panel.with_columns(flow=2, rta=1 - pl.col("rta"))])
    if key and "flow" in key:
        assert lb.gravity.fit(twice, formula, BOTH, key=key).n == 180
        return
    for rows in (twice, twice.sample(fraction=1.0, shuffle=True, seed=1)):
        with pytest.raises(BadSample, match="120 rows repeat") as refused:
            lb.gravity.fit(rows, formula, BOTH, key=key)
        assert "key=[...]" in told(refused.value)
    assert lb.gravity.fit(twice, "trade ~ rta", BOTH, key=[]).n == 240


def test_predictions_with_lags_need_rows_that_are_told_apart(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "trade ~ lag(rta, 1)", ["exporter", "importer"])
    with pytest.raises(BadSample, match="repeat an earlier one"):
        fit.predict(pl.concat([panel, panel.head(3)]))
    with pytest.raises(BadSample, match="whole numbers"):
        fit.predict(panel.with_columns(pl.col("year").cast(pl.String)))
    assert fit.predict(panel)["fitted"].null_count() == 30


@pytest.mark.parametrize("year", [20_010, 200_000_000, 2**62, -1, -(2**63) + 1, 2**63 - 1])
def test_absurd_years_are_refused_by_row_and_cost_nothing(panel: pl.DataFrame, year: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for formula in ("trade ~ rta", "trade ~ lag(rta, 1)"):
        with pytest.raises(BadSample, match=f"{year} is no year") as refused:
            lb.gravity.fit(put(7, year=year)(panel), formula, BOTH)
        assert "column year, row 7" in told(refused.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_years_of_any_width_of_integer_are_told_apart(panel: pl.DataFrame) -> None:
    large = panel.with_columns(code=pl.lit(2**63, pl.UInt64) + pl.col("year").cast(pl.UInt64))
    fit = lb.gravity.fit(large, "trade ~ rta", ["exporter^code", "importer^code"])
    assert fit.estimates == pytest.approx(lb.gravity.fit(panel, "trade ~ rta", BOTH).estimates)
    with pytest.raises(BadSample, match="is no year"):
        lb.gravity.fit(large.drop("year"), "trade ~ rta", ["exporter^code"], time="code")


def test_missing_years_are_named_from_the_first(panel: pl.DataFrame) -> None:
    wide = panel.with_columns(pl.when(pl.col("year") == 2004).then(9999).otherwise("year").alias("year"))
    note = lb.gravity.fit(wide, "trade ~ rta", BOTH).notes[0]
    assert note == "No row is of year 2004, 2005, 2006, 2007, 2008 and others; the others are annual."
    some = panel.with_columns(
        year=pl.col("year").replace_strict({2001: 1990, 2002: 1994, 2003: 2002, 2004: 2006})
    )
    note = lb.gravity.fit(some, "trade ~ rta", BOTH).notes[0]
    assert note == "No row is of year 1998; the others are every 4 years."


@pytest.mark.parametrize("effects", [[], ["exporter", "importer"], BOTH, THREE])
@pytest.mark.parametrize("level", [1.0, 3.0])
def test_constant_trade_is_a_perfect_fit(panel: pl.DataFrame, effects: list[str], level: float) -> None:
    with pytest.raises(BadSample, match="perfect") as refused:
        lb.gravity.fit(panel.with_columns(trade=pl.lit(level)), "trade ~ rta", effects)
    told(refused.value)


@pytest.mark.parametrize("factor", ["lag(log(dist), 1)", "log(lag(dist, 1))", "lag(log(dist)^2, 1)"])
def test_a_log_inside_a_lag_is_refused_like_any_other(panel: pl.DataFrame, factor: str) -> None:
    with pytest.raises(BadSample, match="zero or negative") as refused:
        lb.gravity.fit(put(4, dist=0.0)(panel), f"trade ~ {factor}", BOTH)
    # Row 4 is of 2001; row 5, of 2002, takes its value from there.
    assert "column dist, row 5:" in told(refused.value)
    # The last year's value is nobody's lag.
    assert lb.gravity.fit(put(7, dist=0.0)(panel), f"trade ~ {factor}", BOTH).n == 90


def test_too_large_and_too_small_numbers_are_refused(panel: pl.DataFrame) -> None:
    for spoil, formula, said in (
        (put(3, dist=1e200), "trade ~ dist", "beyond 1e\\+100"),
        (put(3, dist=1e60), "trade ~ dist^2", "too large"),
        (put(3, dist=1e60, weight=1e60), "trade ~ dist:weight", "too large"),
    ):
        with pytest.raises(BadSample, match=said) as refused:
            lb.gravity.fit(spoil(panel), formula, BOTH)
        told(refused.value)
    with pytest.raises(BadSample, match="all trade is below"):
        lb.gravity.fit(panel.with_columns(pl.col("trade") * 1e-300), "trade ~ rta", BOTH)


@pytest.mark.parametrize("other", ["RU\u200bS", "ＲUS", "rus", "RUS\u00a0", "\ufeffRUS"])
def test_labels_that_look_alike_are_refused(panel: pl.DataFrame, other: str) -> None:
    with pytest.raises(BadSample, match="labels differ only by") as refused:
        lb.gravity.fit(put(2, importer=other)(panel), "trade ~ rta", BOTH)
    assert "importer row 2" in told(refused.value)


def test_nan_is_refused_and_null_is_missing(panel: pl.DataFrame) -> None:
    empty = lb.gravity.fit(put(5, dist=None)(panel), "trade ~ dist", BOTH)
    assert empty.dropped.rows() == [("missing: dist", 1, [5])]
    nan = put(5, dist=float("nan"))(panel)
    with pytest.raises(BadSample, match="column dist, row 5"):
        lb.gravity.fit(nan, "trade ~ dist", BOTH)
    mended = lb.gravity.fit(nan.with_columns(pl.col("dist").fill_nan(None)), "trade ~ dist", BOTH)
    assert mended.estimates.tolist() == empty.estimates.tolist()


def test_a_pandas_nan_is_missing_like_a_null(panel: pl.DataFrame) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    cells = {name: panel[name].to_list() for name in panel.columns}
    cells["dist"][5] = float("nan")
    fit = lb.gravity.fit(pandas.DataFrame(cells), "trade ~ dist", BOTH)
    assert fit.dropped.rows() == [("missing: dist", 1, [5])]


def test_a_table_that_its_library_cannot_give_is_refused(panel: pl.DataFrame) -> None:
    broken = panel.lazy().with_columns(dist=pl.col("exporter").str.to_integer(strict=True))
    with pytest.raises(BadUsage, match="Its library says") as refused:
        lb.gravity.fit(broken, "trade ~ dist", BOTH)
    told(refused.value)


def test_it_is_said_where_repeated_rows_are_not_looked_for(panel: pl.DataFrame) -> None:
    renamed = panel.rename({"exporter": "origin", "importer": "destination"})
    effects = ["origin^year", "destination^year"]
    fit = lb.gravity.fit(pl.concat([renamed, renamed]), "trade ~ rta", effects)
    assert "no column is called exporter or importer" in fit.notes[0]
    assert "exporter=" in fit.notes[0]
    with pytest.raises(BadSample, match="120 rows repeat"):
        lb.gravity.fit(
            pl.concat([renamed, renamed]), "trade ~ rta", effects, exporter="origin", importer="destination"
        )
    assert not lb.gravity.fit(renamed, "trade ~ rta", effects, key=[]).notes
    assert not lb.gravity.fit(panel, "trade ~ rta", BOTH).notes


def test_effects_of_years_are_estimated_with_one_exporter(panel: pl.DataFrame) -> None:
    one = panel.filter(pl.col("exporter") == "RUS")
    fit = lb.gravity.fit(one, "trade ~ rta", ["exporter^year", "importer"])
    other = lb.gravity.fit(one, "trade ~ rta", ["year", "importer"])
    assert fit.estimates == pytest.approx(other.estimates)
    for effects in (["exporter", "year"], BOTH):
        with pytest.raises(BadSample, match="one exporter only, 'RUS'"):
            lb.gravity.fit(one, "trade ~ rta", effects)


def test_text_that_should_be_numbers_is_named_by_row(panel: pl.DataFrame) -> None:
    text = panel.with_columns(pl.col("trade").cast(pl.String))
    with pytest.raises(BadUsage, match="cast") as refused:
        lb.gravity.fit(text, "trade ~ rta", BOTH)
    told(refused.value)
    with pytest.raises(BadUsage, match=r"rows 4, 9: .* these are not: 'NA', '1,5'") as refused:
        lb.gravity.fit(put(4, trade="NA")(put(9, trade="1,5")(text)), "trade ~ rta", BOTH)
    told(refused.value)


def test_a_cluster_with_one_group_is_named(panel: pl.DataFrame) -> None:
    with pytest.raises(BadSample, match="cluster block: it has one group only") as refused:
        lb.gravity.fit(
            panel.with_columns(block=pl.lit(1)), "trade ~ rta", BOTH, cluster=["block", "exporter"]
        )
    told(refused.value)


# The call


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"weights": np.ones(120)}, "weights must be the name of a column"),
        ({"weights": ""}, "weights is an empty name"),
        ({"offset": 5}, "offset must be the name of a column"),
        ({"exporter": None}, "exporter must be the name of a column"),
        ({"effects": 5}, "effects must be a column name or a list"),
        ({"effects": [("exporter", "year")]}, "effects must be"),
        ({"effects": ["exporter^"]}, "joins a name to nothing"),
        ({"effects": ["exporter^exporter"]}, "a column with itself"),
        ({"cluster": 5}, "cluster must be"),
        ({"cluster": np.arange(120)}, "cluster must be a column name or a list of them, not a ndarray"),
        ({"key": 5}, "key must be"),
        ({"level": "0.95"}, "a confidence level lies between 0 and 1"),
        ({"level": float("nan")}, "a confidence level lies between 0 and 1"),
        ({"settings": {"tolerance": 1e-8}}, "settings must be a Newton"),
        ({"reset": "no"}, "reset='no': it is True or False"),
        ({"estimator": None}, "no estimator is called None"),
    ],
)
def test_arguments_of_a_wrong_type(panel: pl.DataFrame, options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadUsage) as refused:
        lb.gravity.fit(panel, "trade ~ rta", **({"effects": BOTH} | options))
    assert said in told(refused.value)


def test_one_name_is_a_key_of_one_column(panel: pl.DataFrame) -> None:
    numbered = panel.with_row_index("number")
    assert lb.gravity.fit(numbered, "trade ~ rta", BOTH, key="number").n == 120
    with pytest.raises(BadSample, match="repeat the year of an earlier row"):
        lb.gravity.fit(panel, "trade ~ rta", BOTH, key="year")


@pytest.mark.parametrize(
    "options",
    [
        {"tolerance": 0.0},
        {"tolerance": 1e3},
        {"tolerance": float("nan")},
        {"tolerance": "1e-9"},
        {"iterations": 0},
        {"iterations": 2.5},
        {"inner": -1},
        {"forcing": 1.0},
        {"within": True},
    ],
)
def test_settings_without_meaning(options: dict[str, Any]) -> None:
    with pytest.raises(BadUsage) as refused:
        Newton(**options)
    assert next(iter(options)) in told(refused.value)


def test_every_problem_of_a_call_has_a_remedy(panel: pl.DataFrame) -> None:
    for formula, options in (
        ("trade ~ zzz", {}),
        ("zz ~ zzz", {}),
        ("trade ~ rta", {"effects": ["region"]}),
        ("trade ~ exporter", {}),
        ("trade ~ rta", {"covariance": "cluster", "convention": "sas", "level": 2}),
    ):
        with pytest.raises(BadUsage) as refused:
            lb.gravity.fit(panel, formula, **options)  # type: ignore[arg-type]
        told(refused.value)


def test_sectors_are_labels(panel: pl.DataFrame) -> None:
    with pytest.raises(BadUsage, match="fractions"):
        lb.gravity.fit_each(panel, "trade ~ rta", "dist")
    with pytest.raises(BadUsage, match="by must be"):
        lb.gravity.fit_each(panel, "trade ~ rta", ["year"])  # type: ignore[arg-type]


# Bias correction


def test_the_result_tells_the_covariance_that_the_table_shows(panel: pl.DataFrame) -> None:
    fit = lb.gravity.fit(panel, "trade ~ rta", THREE, bias_correction=True, convention="fixest")
    assert fit.corrected is not None
    held = fit.to_dict()
    assert held["covariance"]["matrix"][0][0] ** 0.5 == pytest.approx(
        held["table"][0]["std_error"], rel=1e-12
    )
    assert held["covariance"]["clusters"] == [{"name": "exporter^importer", "count": 30}]
    assert (held["covariance"]["kind"], held["covariance"]["convention"]) == ("cluster", "stata")
    before = held["uncorrected"]
    assert before["covariance"]["kind"] == "robust"
    assert before["covariance"]["convention"] == "fixest"
    assert before["covariance"]["matrix"][0][0] ** 0.5 == pytest.approx(before["table"][0]["std_error"])
    assert (
        "cluster by exporter^importer (30 clusters), corrected for leverage, convention stata"
        in fit.summary()
    )
    assert "Standard errors: robust" not in fit.summary()
    plain = lb.gravity.fit(panel, "trade ~ rta", THREE)
    assert plain.to_dict()["uncorrected"] is None
    assert "Standard errors: robust, convention stata" in plain.summary()


@pytest.mark.parametrize(
    ("effects", "said"),
    [
        (BOTH, "pair effects"),
        ([*BOTH, "year"], "pair effects"),
        ([*BOTH, "exporter^importer^year"], "pair effects"),
        (["exporter", "importer", "exporter^importer"], "pair effects"),
        (["exporter^block", "importer^block", "exporter^importer"], "pair effects"),
        ([*BOTH, "exporter"], "third effect of pairs"),
        ([*BOTH, "block"], "third effect of pairs"),
        ([*BOTH, "turn"], "third effect of pairs"),
    ],
)
def test_the_correction_is_for_effects_of_pairs(panel: pl.DataFrame, effects: list[str], said: str) -> None:
    frame = panel.with_columns(
        block=(ROW // 4) % 5,
        turn=pl.concat_str("exporter", "importer", (pl.col("year") > 2002).cast(pl.String)),
    )
    with pytest.raises(BadUsage, match=said) as refused:
        lb.gravity.fit(frame, "trade ~ rta", effects, bias_correction=True)
    told(refused.value)


def test_pairs_may_be_numbered_either_way_round(panel: pl.DataFrame) -> None:
    either = panel.with_columns(
        pair=pl.concat_str(
            pl.min_horizontal("exporter", "importer"), pl.max_horizontal("exporter", "importer")
        )
    )
    assert lb.gravity.fit(either, "trade ~ rta", [*BOTH, "pair"], bias_correction=True).corrected is not None
    with pytest.raises(BadUsage, match="one way of clustering"):
        lb.gravity.fit(either, "trade ~ rta", THREE, cluster=["exporter", "importer"], bias_correction=True)


# Predictions


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"year": pl.lit("abc")}, UnknownLabel, "'abc'"),
        ({"exporter": pl.lit(5)}, UnknownLabel, "'5'"),
        ({"dist": pl.lit(float("nan"))}, BadSample, "column dist"),
        ({"dist": pl.lit(float("inf"))}, BadSample, "column dist"),
        ({"dist": pl.lit(0.0)}, BadSample, "zero or negative"),
        ({"weight": pl.lit(1e6)}, BadSample, "too large a number"),
    ],
)
def test_new_rows_that_have_no_prediction(
    panel: pl.DataFrame, change: dict[str, pl.Expr], error: type[LandbridgeError], said: str
) -> None:
    fit = lb.gravity.fit(
        panel.with_columns(trade=pl.col("trade") * pl.col("weight").exp()), "trade ~ log(dist) + weight", BOTH
    )
    with pytest.raises(error) as refused:
        fit.predict(panel.head(3).with_columns(**change))
    assert said in told(refused.value)
    rows = fit.predict(panel.head(3).with_columns(dist=pl.lit(None, pl.Float64)))
    assert rows["fitted"].null_count() == 3
