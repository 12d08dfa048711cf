"""The estimate behind the worked example of Stata's ge_gravity: what joining the EU did to trade, 2000 to 2014.

Trade among 44 economies in 2000, 2005, 2010 and 2014 from the World Input-Output Database, release 2016, with the example's
dummies (VKudlay/GEGravity@a5c1db9, file TradeData0014): PPML on international flows only, with exporter-year, importer-year
and pair effects. The example's results (TradeData0014_Results) have the partial effect 0.224249005.

Tolerances: 1e-7 for that number, which Stata stored in single precision (6e-8); 1e-7 relative for coefficients and
standard errors at full precision, computed independently.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import landbridge as lb

pytestmark = pytest.mark.shared


def test_the_partial_effect_of_enlargement(shared: Path) -> None:
    rows = pl.read_parquet(shared / "data" / "trade" / "wiod_trade_domestic.parquet")
    fit = lb.gravity.fit(
        rows.filter(pl.col("exporter") != pl.col("importer")),
        "trade_musd ~ eu_enlargement + other_fta",
        ["exporter^year", "importer^year", "exporter^importer"],
        cluster="exporter^importer",
    )
    assert fit.terms == ("eu_enlargement", "other_fta")
    assert fit.n == 7568
    assert fit.estimates[0] == pytest.approx(0.224249005317688, rel=1e-7)
    anchor = json.loads((shared / "anchors" / "zylkin" / "anchor.json").read_text("utf-8"))["ppml"]
    assert fit.estimates.tolist() == pytest.approx(list(anchor["coef"].values()), rel=1e-7)
    assert fit.std_errors.tolist() == pytest.approx(list(anchor["se"].values()), rel=1e-7)
