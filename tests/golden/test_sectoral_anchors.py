"""Many-sector equilibria on real tables: autarky against published gains, the world of 2011, the embedded account.

Costinot and Rodriguez-Clare (2014), Table 1: solved by sending all trade costs to infinity, not by the closed form. Full
precision as in their replication package (SandersBas/NBBQTSM@ec58d4c); 1e-8 of real income, as the solver stops at 1e-10.

WIOD, release 2013, 2011: 41 places, 35 sectors, sales in whole millions of dollars, with what such tables hold: stocks run
down, sectors without output, more inputs than output.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import landbridge as lb
from landbridge.equilibrium import baseline, gains_from_trade, solve
from landbridge.equilibrium.economy import Baseline
from landbridge.errors import BadBaseline

Array = np.ndarray


@pytest.mark.shared
@pytest.mark.parametrize("column", ["multi_noint", "multi_int"])
def test_autarky_costs_the_published_gains(column: str, shared: Path) -> None:
    with np.load(shared / "anchors/crc2014/wiod2008_34x31.npz") as held:
        package = dict(held)
    told = json.loads((shared / "anchors/crc2014/expected_gains.json").read_text("utf-8"))["full_precision"]
    assert [row["country"] for row in told] == package["countries"].tolist()
    # alpha_tilde[using sector, place, input]; ours is inputs[input, using sector, place].
    links = package["alpha_tilde_sjk"].transpose(2, 0, 1) if column == "multi_int" else None
    flows, theta = package["X_ijs"].transpose(2, 0, 1), package["epsilon_s"]
    # Without links the flows do not bear out the final shares; settling keeps the shares that gains hang on.
    base = baseline(flows, links, final_share=package["beta_js"].T)
    assert len(base.repairs) == (links is None)
    shut = np.where(np.eye(34, dtype=bool), 1.0, np.inf) * np.ones((31, 1, 1))
    found = solve(base, theta=theta, cost_hat=shut, deficits="removed")
    # What a deficit adds to spending is lost with trade but is no gain from it: real wages, not real income.
    lost = 1 - found.wage_hat / found.price_index_hat
    assert 100 * lost == pytest.approx(np.array([row[column] for row in told]), abs=1e-6)
    assert found.real_income_hat * base.spending / base.value_added == pytest.approx(1 - lost, rel=1e-9)


@pytest.fixture(scope="module")
def wiod(shared: Path) -> dict[str, Array]:
    with np.load(shared / "data/io/wiod_2011.npz") as held:
        return dict(held)


def account(table: dict[str, Array], *, clip: bool) -> tuple[Array, Array]:
    """Flows and input shares of the table; with `clip`, sales below zero (stocks run down) taken as zero."""
    inner = table["Z_musd"].reshape(41, 35, 41, 35).astype(float)
    final = table["F_musd"].reshape(41, 35, 41, 5).astype(float)
    flows = (inner.sum(axis=3) + final.sum(axis=3)).transpose(1, 0, 2)
    if clip:
        flows = np.maximum(flows, 0.0)
    used, output = inner.sum(axis=0).transpose(0, 2, 1), flows.sum(axis=2)
    return flows, np.divide(used, output, out=np.zeros_like(used), where=output > 0)


@pytest.fixture(scope="module")
def world(wiod: dict[str, Array]) -> Baseline:
    """The table, mended where it is refused: see the test below."""
    flows, inputs = account(wiod, clip=True)
    inputs[:, 23, 25] /= inputs[:, 23, 25].sum() * 1.001
    return baseline(flows, inputs)


@pytest.mark.shared
def test_a_published_table_is_refused_by_cell_and_then_settled(
    wiod: dict[str, Array], world: Baseline
) -> None:
    """25 bilateral sales are below zero; water transport of Luxembourg uses 1.125 of what it makes; in six cells stocks
    run down exceed all final use, by 0.012 % of the world's.
    """
    flows, inputs = account(wiod, clip=False)
    with pytest.raises(BadBaseline, match=r"\[1, 23, 40\] = -163, .* and 20 more"):
        baseline(flows, inputs)
    flows, inputs = account(wiod, clip=True)
    assert wiod["countries"][25] == "LUX"
    with pytest.raises(BadBaseline, match=r"inputs above output in \[sector, place\] \[23, 25\] = 1.125\."):
        baseline(flows, inputs)
    assert world.repairs[0] == (
        "negative final use set to zero in 6 cells (0.0119 % of all final use), first [sector, place] (1, 3), (1, 16), "
        "(1, 21), (1, 22), (1, 32)"
    )
    assert "0.124 % of all sales moved" in world.repairs[1]
    assert len(world.repairs) == 2
    assert (world.output == 0).sum() == 22


@pytest.mark.shared
@pytest.mark.parametrize("deficits", ["additive", "multiplicative", "removed"])
def test_a_tariff_in_the_world_of_2011(wiod: dict[str, Array], world: Baseline, deficits: str) -> None:
    still = solve(world, theta=4.0)
    assert np.abs(still.real_income_hat - 1).max() < 1e-10
    china, america = (wiod["countries"].tolist().index(code) for code in ("CHN", "USA"))
    levied = np.zeros_like(world.flows)
    levied[:16, china, america] = 0.1
    found = solve(world, theta=4.0, tariff_new=levied, deficits=deficits)
    assert found.residual <= 1e-10
    new = world.flows * found.flows_hat
    assert new.sum() == pytest.approx(world.flows.sum(), rel=1e-9)
    assert found.tariff_revenue[america] == pytest.approx(0.1 * new[:16, china, america].sum(), rel=1e-12)
    assert np.flatnonzero(found.tariff_revenue).tolist() == [america]
    without = solve(world, theta=4.0, deficits=deficits)
    assert found.real_income_hat[china] < without.real_income_hat[china]
    assert (found.flows_hat / without.flows_hat)[3, china, america] < 1.1**-3


@pytest.mark.shared
def test_autarky_in_the_world_of_2011_is_the_closed_form(world: Baseline) -> None:
    """Some places make nothing of a good that they buy: with those left open, and all else closed, the other places lose
    what the closed form says.
    """
    lone = (np.diagonal(world.flows, axis1=1, axis2=2) == 0) & (world.purchases > 0)
    whole = np.flatnonzero(~lone.any(axis=0))
    assert whole.size > 20
    flows, inputs = world.flows[:, whole][:, :, whole], world.inputs[:, :, whole]
    base = baseline(flows, inputs, final_share=world.final_share[:, whole])
    shut = np.where(np.eye(whole.size, dtype=bool), 1.0, np.inf) * np.ones((35, 1, 1))
    found = solve(base, theta=5.0, cost_hat=shut, deficits="removed")
    held = gains_from_trade(base.flows, base.inputs, theta=5.0, final_share=base.final_share)
    assert 1 - found.wage_hat / found.price_index_hat == pytest.approx(held.lost, abs=1e-8)


@pytest.mark.parametrize("name", lb.load().accounts.variants)
def test_every_imputation_of_the_embedded_account_solves(name: str) -> None:
    """Dearer trade between China and Russia, both ways, in all sectors: both lose, and their trade with each other falls."""
    account = lb.load().accounts.variant(name)
    base = baseline(account.flows, account.inputs)
    assert base.final_share == pytest.approx(account.final_share, abs=1e-9)
    still = solve(base, theta=5.0)
    assert np.abs(still.real_income_hat - 1).max() < 1e-10
    china, russia = account.places.index("CHN"), account.places.index("RUS")
    cost_hat = np.ones_like(account.flows)
    cost_hat[:, china, russia] = cost_hat[:, russia, china] = 1.1
    found = solve(base, theta=5.0, cost_hat=cost_hat)
    assert found.residual <= 1e-10
    new = account.flows * found.flows_hat
    assert new.sum() == pytest.approx(account.flows.sum(), rel=1e-9)
    assert found.real_income_hat[china] < 1
    assert found.real_income_hat[russia] < found.real_income_hat[china]
    assert new[:, china, russia].sum() < 0.8 * account.flows[:, china, russia].sum()
    others = np.delete(found.real_income_hat, [china, russia])
    assert np.abs(others - 1).max() < 1 - found.real_income_hat[russia]
