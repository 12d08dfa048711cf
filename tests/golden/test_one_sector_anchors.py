"""One-sector equilibria, reproduced: the border removal of the Advanced Guide and the enlargement of the European Union.

Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade Policy Analysis, chapter 2, application 1: the
original Stata output for 69 countries. Tolerance 1e-4 in per cent: the published costs are estimated by a Poisson fit that
stops at its own tolerance, and an independent port reaches 7e-5.

Zylkin's ge_gravity example (VKudlay/GEGravity@a5c1db9, TradeData0014_Results): welfare of 44 economies, additive deficits,
theta 4. Tolerance 1e-6 against Stata, which stored single precision; 1e-9 against an independent solution given with
eleven significant digits after the point.

Allen and Arkolakis (2022) on a 3x3 grid, solved independently in levels; 1e-8, as the solution is given.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import landbridge as lb
from landbridge.equilibrium.endowment import armington
from landbridge.equilibrium.guide import GuideResult, ge_ppml
from landbridge.equilibrium.places import spatial

pytestmark = pytest.mark.shared

REFERENCE = "DEU"
SIGMA = 7.0


@pytest.fixture(scope="module")
def published(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "anchors/agtpa/ch2_app1_border_removal_stata.csv").sort("country")


@pytest.fixture(scope="module")
def manufactures(shared: Path) -> pl.DataFrame:
    """The cross-section of 2006, ordered by exporter and importer."""
    panel = pl.read_parquet(shared / "anchors/agtpa/panel.parquet").filter(pl.col("year") == 2006)
    return panel.sort("exporter", "importer").with_columns(
        log_dist=pl.col("dist").log(), border=(pl.col("exporter") != pl.col("importer")).cast(pl.Int8)
    )


@pytest.fixture(scope="module")
def costs(manufactures: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Trade, and the estimated logs of trade costs with and without the border."""
    fit = lb.gravity.fit(manufactures, "trade ~ log_dist + cntg + border", ["exporter", "importer"])
    regressors = manufactures.select(fit.terms).to_numpy().astype(float)
    without = np.where(np.array(fit.terms) == "border", 0.0, fit.estimates)
    square = (69, 69)
    trade = manufactures["trade"].to_numpy().reshape(square)
    return trade, (regressors @ fit.estimates).reshape(square), (regressors @ without).reshape(square)


@pytest.fixture(scope="module")
def results(
    published: pl.DataFrame, costs: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> dict[str, GuideResult]:
    trade, cost, cost_new = costs
    place = published["country"].to_list().index(REFERENCE)
    return {
        stopping: ge_ppml(
            trade, sigma=SIGMA, log_cost=cost, log_cost_new=cost_new, reference=place, stopping=stopping
        )
        for stopping in ("guide", "converged")
    }


COLUMNS = [
    "change_Xi_CDL",
    "change_Xi_FULL",
    "change_price_FULL",
    "change_IMR_FULL",
    "change_rGDP_FULL",
    "Y_BLN",
]


@pytest.mark.parametrize("column", COLUMNS)
def test_border_removal_as_published(
    column: str, published: pl.DataFrame, results: dict[str, GuideResult]
) -> None:
    assert results["guide"].iterations == 5
    found = getattr(results["guide"], column.lower())
    assert np.abs(found - published[column].to_numpy()).max() < 1e-4


def test_the_published_loop_stops_short_of_convergence(
    published: pl.DataFrame, results: dict[str, GuideResult]
) -> None:
    """How far the published numbers are from the fixed point, by column; the conditional step has no loop."""
    known = {
        "change_Xi_FULL": 9.3,
        "change_price_FULL": 0.23,
        "change_IMR_FULL": 0.11,
        "change_rGDP_FULL": 0.08,
    }
    for column, distance in known.items():
        found = getattr(results["converged"], column.lower())
        assert np.abs(found - published[column].to_numpy()).max() == pytest.approx(distance, rel=0.05)
    assert results["converged"].change_xi_cdl == pytest.approx(results["guide"].change_xi_cdl, abs=1e-9)
    assert results["converged"].history[-1] < 1e-10 < results["guide"].history[-1]


def test_with_balanced_trade_the_converged_loop_is_the_endowment_equilibrium(
    costs: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Two formulations: fits repeated to a fixed point, and Newton in exact hat algebra. 1e-9."""
    trade, cost, cost_new = costs
    even = trade + trade.T
    loop = ge_ppml(even, sigma=SIGMA, log_cost=cost, log_cost_new=cost_new, reference=0, stopping="converged")
    # Hat algebra needs the fitted flows as its base: the loop lets costs and fixed effects explain all of trade.
    fitted = scaled(np.exp(cost), even.sum(axis=1), even.sum(axis=0))
    at_once = armington(fitted, theta=SIGMA - 1, cost_hat=np.exp((cost_new - cost) / (1 - SIGMA)))
    assert 1 + loop.change_rgdp_full / 100 == pytest.approx(at_once.real_income_hat, rel=1e-9)
    price = 1 + loop.change_price_full / 100
    assert price / price[0] == pytest.approx(at_once.wage_hat / at_once.wage_hat[0], rel=1e-9)


def scaled(table: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Plain biproportional scaling, until it stands still."""
    for _ in range(100_000):
        table = table * (rows / table.sum(axis=1))[:, None]
        ratio = columns / table.sum(axis=0)
        table = table * ratio
        if np.abs(ratio - 1).max() < 1e-14:
            return table
    raise AssertionError("scaling did not end")


def test_enlargement_of_the_union(shared: Path) -> None:
    rows = pl.read_parquet(shared / "data/trade/wiod_trade_domestic.parquet").sort("exporter", "importer")
    anchor: Any = json.loads((shared / "anchors/zylkin/anchor.json").read_text("utf-8"))
    known = pl.read_csv(shared / "anchors/zylkin/welfare_additive.csv").sort("exporter")
    base, last = rows.filter(pl.col("year") == 2000), rows.filter(pl.col("year") == 2014)
    apart = (base["exporter"] != base["importer"]).to_numpy()
    joined = (
        (last["eu_enlargement"] == 1).to_numpy() & (base["eu_enlargement"] == 0).to_numpy() & apart
    ).reshape(44, 44)
    assert joined.sum() == 572
    theta = anchor["theta"]
    cost_hat = np.where(joined, np.exp(-anchor["partial_effect"] / theta), 1.0)
    flows = base["trade_musd"].cast(pl.Float64).to_numpy().reshape(44, 44)
    found = armington(flows, theta=theta, cost_hat=cost_hat)
    assert known["exporter"].to_list() == base["exporter"].unique().sort().to_list()
    assert found.real_income_hat == pytest.approx(known["welfare_hat_stata"].to_numpy(), abs=1e-6)
    for column, ours in (
        ("welfare_hat_independent", found.real_income_hat),
        ("w_hat", found.wage_hat),
        ("P_hat", found.price_index_hat),
    ):
        assert ours == pytest.approx(known[column].to_numpy(), abs=1e-9), column
    # What the README of the anchor warns of: wages over prices is another number where there are deficits.
    assert np.abs(found.wage_hat / found.price_index_hat - found.real_income_hat).max() > 1e-4


def grid(anchor: Any, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    """Costs, flows, wages, people and welfare of a case, in levels."""
    case = anchor["cases"][name]
    power = 1 - case["sigma"]
    walks = np.zeros((9, 9))
    for link, kappa in case["kappa"].items():
        walks[tuple(int(node) for node in link.split("-"))] = kappa**power
    tau = np.linalg.inv(np.eye(9) - walks) ** (1 / power)
    wage, people = np.array(case["w"]), np.array(case["L"])
    weights = (tau * (wage / np.array(anchor["A_bar"]))[:, None]) ** power
    return tau, weights / weights.sum(axis=0) * wage * people, wage, people, case["W"]


@pytest.mark.parametrize(
    ("start", "end"), [("efficient", "congestion_only"), ("congestion_only", "efficient")]
)
def test_free_movement_on_a_grid(start: str, end: str, shared: Path) -> None:
    """From the flows of one case and the change of costs alone: wages, people and welfare of the other."""
    anchor = json.loads((shared / "anchors/transport/allen_arkolakis_3x3.json").read_text("utf-8"))
    tau, flows, wage, people, welfare = grid(anchor, start)
    tau_new, flows_new, wage_new, people_new, welfare_new = grid(anchor, end)
    theta = anchor["cases"][start]["theta"]
    found = spatial(
        flows,
        theta=theta,
        cost_hat=tau_new / tau,
        country=["grid"] * 9,
        population=people,
        mobility=float("inf"),
    )
    assert found.population_hat * people == pytest.approx(people_new, rel=1e-8)
    assert found.wage_hat * wage == pytest.approx(wage_new, rel=1e-8)
    assert found.welfare_hat * welfare == pytest.approx(welfare_new, rel=1e-8)
    assert found.flows_hat * flows == pytest.approx(flows_new, rel=1e-7)
