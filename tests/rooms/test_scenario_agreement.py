"""The coefficient of agreements that a scenario takes from the release."""

from __future__ import annotations

import numpy as np
import pytest

import landbridge as lb
from landbridge.potential import panel
from landbridge.potential.dense import fit
from landbridge.release import Data
from landbridge.scenarios import agreement
from landbridge.scenarios.making import solve

AGREED = lb.Agreement(between=("CHN", "RUS"), sectors=("goods",), coefficient="fitted")


@pytest.fixture(scope="module")
def data() -> Data:
    return lb.load()


def test_the_coefficient_is_that_of_the_dense_estimator(data: Data) -> None:
    world = panel.of_accounts(data.accounts, data.agreements)
    goods = [item.code for item in world.items].index("goods")
    dense = fit(world.flows[goods : goods + 1], world.regressors, world.known[goods : goods + 1])
    value, error = agreement.fitted(data)
    assert value == pytest.approx(float(dense.beta[0, -1]), rel=1e-7)
    assert 0.02 < error < 0.3


def test_an_agreement_in_force_takes_it_and_trade_rises_by_less_than_it_says(data: Data) -> None:
    run = solve(lb.Scenario("agreement", [AGREED]), data)
    taken = next(item for item in run.inputs["parameters"] if "fitted" in item["name"])
    value, error = agreement.fitted(data)
    assert taken["value"] == pytest.approx(value)
    assert taken["high"] - taken["low"] == pytest.approx(2 * 1.959964 * error, rel=1e-6)
    made = run.trade("RUS", "CHN").table().filter(unit="%")["central"][0]
    # Prices answer, so trade moves by less than the coefficient says at given prices.
    assert 0 < made < 100 * np.expm1(value)
