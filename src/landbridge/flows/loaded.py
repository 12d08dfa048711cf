"""One year of trade out of tables in which several reporters and periods stand side by side. Nothing is added
twice.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from landbridge.errors import NotHeld

MONTHS = 12
# Which account of a flow counts where several are held: reconciled data, then the importer's, then the
# exporter's.
_ACCOUNT = (
    pl.when(pl.col("status") == "reconciled")
    .then(0)
    .when(pl.col("reporter") == pl.col("importer"))
    .then(1)
    .when(pl.col("reporter") == pl.col("exporter"))
    .then(2)
    .otherwise(3)
)


def one_account(rows: pl.LazyFrame, year: int, classification: str) -> pl.DataFrame:
    """The columns of `TradeFlows` for `year` by `hs2` or `hs6`.

    `rows`: exporter, importer, period, product, value_usd, reporter, basis, status, source. For each pair one
    account counts (see `_ACCOUNT`; within it the first nomenclature, source and basis by name), and of it the
    rows for the whole year or, without them, twelve months. Chapters come from six-digit rows where there are
    any. Raises `NotHeld` where nothing is left.
    """
    pair = ["exporter", "importer"]
    digits = pl.col("product").str.len_chars()
    held = (
        rows.filter(
            (pl.col("period").str.slice(0, 4) == str(year))
            & pl.col("product").str.contains(r"^\d+$")
            & pl.col("value_usd").is_not_null()
            & (digits.is_in([6]) if classification == "hs6" else digits.is_in([2, 6]))
        )
        .with_columns(
            account=_ACCOUNT.cast(pl.Int8),
            whole=pl.col("period").str.len_chars() == 4,
            digits=digits.cast(pl.Int8),
            series=pl.concat_str(
                "nomenclature", "source", "basis", "reporter", separator="|", ignore_nulls=True
            ),
        )
        .collect()
    )
    months = pl.col("period").filter(~pl.col("whole")).n_unique().over([*pair, "series", "digits"])
    annual = pl.col("whole").any().over([*pair, "series", "digits"])
    held = held.filter(pl.when(annual).then(pl.col("whole")).otherwise(months == MONTHS))
    held = held.filter(pl.col("account") == pl.col("account").min().over(pair))
    held = held.filter(pl.col("series") == pl.col("series").min().over(pair))
    held = held.filter(pl.col("digits") == pl.col("digits").max().over(pair))
    if held.is_empty():
        raise NotHeld(
            f"the workspace holds no complete year {year} by {classification}.",
            cause="Its rows are totals, other digits, or fewer than twelve months.",
            remedy="Load a full year of six-digit products.",
        )
    item = pl.col("product") if classification == "hs6" else pl.col("product").str.slice(0, 2)
    keys = ["exporter", "importer", "item", "status", "source"]
    held = held.with_columns(item=item).sort(*keys, "value_usd")
    # Rows are added one after the other in this order: the last bits of a sum must not depend on threads.
    groups = held.select(pl.struct(keys).rle_id()).to_series().to_numpy()
    sums = np.bincount(groups, weights=held["value_usd"].cast(pl.Float64).to_numpy())
    first = np.flatnonzero(np.diff(groups.astype(np.int64), prepend=-1))
    return held.select(keys)[first].with_columns(
        value_usd=pl.Series(sums),
        low_usd=pl.lit(None, pl.Float64),
        high_usd=pl.lit(None, pl.Float64),
    )
