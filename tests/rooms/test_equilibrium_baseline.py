"""What describes no economy is refused with its cells, all problems at once; what is off by little is settled and told."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import sectoral_levels as made
from landbridge.equilibrium import baseline, caliendo_parro, solve
from landbridge.errors import BadBaseline, BadUsage, LandbridgeError, UnknownLabel

Array = np.ndarray


def sound() -> made.Small:
    return made.small(2, zeros=0.0)


def cell(array: Array, value: float, *where: int) -> Array:
    changed = np.array(array, dtype=float)
    changed[where] = value
    return changed


def refused(message: str, *arguments: Array, **more: Array) -> BadBaseline:
    with pytest.raises(BadBaseline, match=re.escape(message)) as refusal:
        baseline(*arguments, **more)
    assert refusal.value.exit_code == 1
    return refusal.value


@pytest.mark.parametrize("value", [-3.0, math.nan, math.inf])
def test_sales_are_finite_numbers_of_zero_or_more(value: float) -> None:
    drawn = sound()
    refused(
        f"[sector, exporter, importer] [1, 0, 3] = {value:g}", cell(drawn.flows, value, 1, 0, 3), drawn.inputs
    )


def test_a_place_sells_and_buys() -> None:
    drawn = sound()
    flows = drawn.flows.copy()
    flows[:, 1, :] = flows[:, :, 2] = 0.0
    refusal = refused("sells nothing: exporter [1]", flows, drawn.inputs)
    assert len(refusal.problems) == 2
    assert "buys nothing: importer [2]" in str(refusal)


def test_shapes() -> None:
    drawn = sound()
    refused("shape (3, 4, 3); flows[sector, exporter, importer]", drawn.flows[:, :, :3], drawn.inputs)
    refused("shape (4, 4)", drawn.flows[0], drawn.inputs)
    refused("not an array of real numbers", [["a"]], None)  # type: ignore[arg-type]
    for name, wrong in (
        ("inputs", drawn.inputs[:2]),
        ("tariff", drawn.tariff[0]),
        ("final_share", np.ones((3, 5))),
    ):
        with pytest.raises(LandbridgeError, match=rf"{name}: shape .*, where .* is needed"):
            baseline(drawn.flows, **{name: wrong})
    base = baseline(drawn.flows, drawn.inputs)
    for name in ("cost_hat", "tariff_new"):
        with pytest.raises(BadUsage, match=rf"{name}: shape \(4, 4\), where \(3, 4, 4\) is needed"):
            solve(base, theta=4.0, **{name: np.ones((4, 4))})
    with pytest.raises(BadUsage, match=r"theta: shape \(2,\).*one number or 3"):
        solve(base, theta=[4.0, 5.0])


def test_inputs_are_parts_of_output() -> None:
    drawn = sound()
    inputs = drawn.inputs.copy()
    inputs[:, 1, 2] = 0.5
    refused("inputs above output in [sector, place] [1, 2] = 1.5", drawn.flows, inputs)
    refused("[0, 1, 3] = -0.1", drawn.flows, cell(drawn.inputs, -0.1, 0, 1, 3))
    refused("[2, 0, 0] = nan", drawn.flows, cell(drawn.inputs, math.nan, 2, 0, 0))
    inputs = drawn.inputs.copy()
    inputs[:, :, 3] = 1 / 3
    assert "a place without value added: place [3]" in str(refused("[3]", drawn.flows, inputs))


def test_final_shares_add_up_to_one() -> None:
    drawn = sound()
    share = baseline(drawn.flows, drawn.inputs).final_share
    refused(
        "add up to 1; place [1] = 1.2", drawn.flows, drawn.inputs, final_share=1.0 * share * [1, 1.2, 1, 1]
    )
    refused("[0, 2] = -0.25", drawn.flows, drawn.inputs, final_share=cell(share, -0.25, 0, 2))


def test_all_problems_are_said_at_once() -> None:
    drawn = sound()
    refusal = refused(
        "flows",
        cell(drawn.flows, math.nan, 0, 1, 2),
        cell(drawn.inputs, -1.0, 0, 0, 1),
        final_share=np.full((3, 4), 2.0),
        tariff=cell(drawn.tariff, -1.5, 1, 2, 0),
    )
    assert {problem.where for problem in refusal.problems} == {"flows", "inputs", "final_share", "tariff"}
    inputs = drawn.inputs.copy()
    inputs[:, 1, 2] = 0.5
    refusal = refused("inputs above output", drawn.flows, inputs, final_share=np.full((3, 4), 0.5))
    assert "final shares of a place add up to 1" in str(refusal)


def test_what_is_used_or_wanted_is_bought() -> None:
    """Money spent on a good that nobody delivers would leave the world."""
    drawn = sound()
    flows = drawn.flows.copy()
    flows[1, :, 2] = 0.0
    inputs = 0.4 * drawn.inputs
    refused("sectors use what the place does not buy in [sector, place] [1, 2]", flows, inputs)
    inputs[1, :, 2] = 0.0
    share = baseline(flows, inputs).final_share
    assert share[1, 2] == 0
    wanted = 0.9 * share
    wanted[1] += 0.1
    refused(
        "final demand for what the place does not buy in [sector, place] [1, 2] = 0.1",
        flows,
        inputs,
        final_share=wanted,
    )


def test_a_place_needs_something_to_spend() -> None:
    flows = np.array([[[1.0, 60.0], [1.0, 50.0]]])
    refused("nothing to spend on final use: place [0]", flows, cell(np.zeros((1, 1, 2)), 0.5, 0, 0, 0))


def short_of(part: float) -> tuple[Array, Array]:
    """Flows and inputs of which sectors use more of good 1 in place 2 than is bought, by `part` of the world's final use."""
    drawn = sound()
    flows, inputs = drawn.flows.copy(), drawn.inputs.copy()
    base = baseline(flows, inputs)
    lacking = base.final_share[1, 2] * base.spending[2] + part * base.spending.sum()
    flows[1, 2, 2] -= lacking
    used = inputs[1, 1, 2] * lacking  # what the good no longer made no longer uses of itself
    flows[1, 2, 2] -= used / (1 - inputs[1, 1, 2])
    return flows, inputs


def test_little_negative_final_use_is_set_to_zero_and_told() -> None:
    flows, inputs = short_of(0.002)
    base = baseline(flows, inputs)
    assert len(base.repairs) == 2
    assert base.repairs[0].startswith("negative final use set to zero in 1 cells (0.2")
    assert base.repairs[0].endswith("first [sector, place] (1, 2)")
    assert "flows settled to the final shares" in base.repairs[1]
    assert base.final_share[1, 2] == 0
    found = solve(base, theta=4.0, cost_hat=1.1 * np.ones_like(flows))
    assert found.repairs == base.repairs
    assert np.abs(base.flows / flows - 1).max() < 0.1


def test_much_negative_final_use_is_refused() -> None:
    flows, inputs = short_of(0.03)
    refusal = refused("sectors use more than the place buys in 1 cells, 3.", flows, inputs)
    assert "[sector, place] [1, 2] = -" in str(refusal)


def test_final_shares_that_the_flows_bear_out_change_nothing() -> None:
    drawn = sound()
    derived = baseline(drawn.flows, drawn.inputs, tariff=drawn.tariff)
    stated = baseline(drawn.flows, drawn.inputs, tariff=drawn.tariff, final_share=derived.final_share)
    assert stated.repairs == ()
    assert np.array_equal(stated.flows, drawn.flows)
    shock = {"theta": 4.0, "cost_hat": drawn.cost_hat}
    one, other = solve(derived, **shock), solve(stated, **shock)
    assert one.real_income_hat == pytest.approx(other.real_income_hat, rel=1e-13)


@pytest.mark.parametrize("seed", range(6))
def test_other_final_shares_settle_the_flows_and_nothing_else(seed: int) -> None:
    """Shares of suppliers, inputs, tariffs, deficits and world output stay; final use is then in the shares given."""
    drawn = made.small(seed, 3, 5)
    before = baseline(drawn.flows, drawn.inputs, tariff=drawn.tariff)
    wanted = before.final_share * np.random.default_rng(seed).uniform(0.8, 1.2, (3, 5))
    wanted /= wanted.sum(axis=0)
    base = baseline(drawn.flows, drawn.inputs, tariff=drawn.tariff, final_share=wanted)
    assert base.final_share == pytest.approx(wanted, rel=1e-12)
    assert base.share == pytest.approx(before.share, rel=1e-9, abs=1e-15)
    assert base.deficit == pytest.approx(before.deficit, abs=1e-9 * base.flows.sum())
    assert base.flows.sum() == pytest.approx(before.flows.sum(), rel=1e-12)
    final = base.purchases - np.einsum("ksj,sj->kj", base.inputs, base.output)
    assert final / final.sum(axis=0) == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    told = re.fullmatch(
        r"flows settled to the final shares, which missed the accounts by up to (\S+) % of a place's spending; "
        r"(\S+) % of all sales moved",
        base.repairs[0],
    )
    assert told is not None
    missed = np.abs(before.final_share - wanted).max()
    assert float(told[1]) == pytest.approx(100 * missed, rel=0.01)
    assert float(told[2]) == pytest.approx(
        100 * np.abs(base.flows - drawn.flows).sum() / drawn.flows.sum(), rel=0.01
    )
    found = solve(base, theta=4.0)
    assert np.abs(found.flows_hat - 1).max() < 1e-9


def test_settling_keeps_parts_of_the_world_apart() -> None:
    """Two pairs of places that do not trade with each other keep what each of them makes."""
    drawn = made.small(4, 2, 2, zeros=0.0, taxed=False)
    flows, inputs = np.zeros((2, 4, 4)), np.concatenate([drawn.inputs, drawn.inputs], axis=2)
    flows[:, :2, :2], flows[:, 2:, 2:] = drawn.flows, 3 * drawn.flows
    share = baseline(flows, inputs).final_share
    share = (share + 0.2) / (share + 0.2).sum(axis=0)
    base = baseline(flows, inputs, final_share=share)
    assert base.flows[:, :2, :2].sum() == pytest.approx(drawn.flows.sum(), rel=1e-12)
    assert base.flows[:, 2:, 2:] == pytest.approx(3 * base.flows[:, :2, :2], rel=1e-9)


def test_accounts_are_in_one_piece() -> None:
    """By hand: one good, half of the value of place 0's output is inputs, place 1 levies a quarter on it."""
    flows = np.array([[[40.0, 20.0], [10.0, 30.0]]])
    base = baseline(
        flows,
        np.array([[[0.5, 0.2]]]),
        tariff=np.array([[[0.0, 0.25], [0.0, 0.0]]]),
    )
    assert base.output.tolist() == [[60.0, 40.0]]
    assert base.purchases.tolist() == [[50.0, 55.0]]
    assert base.value_added.tolist() == [30.0, 32.0]
    assert base.revenue.tolist() == [0.0, 5.0]
    assert base.deficit.tolist() == [-10.0, 10.0]
    assert base.spending.tolist() == [20.0, 47.0]
    assert base.shape == (1, 2)


def test_bad_shocks_are_refused() -> None:
    drawn = sound()
    base = baseline(drawn.flows, drawn.inputs)
    with pytest.raises(BadUsage, match=r"theta.*above 0") as refusal:
        solve(base, theta=-4.0, cost_hat=0 * drawn.cost_hat, tariff_new=drawn.tariff - 2)
    assert len(refusal.value.problems) == 3
    assert refusal.value.exit_code == 2
    with pytest.raises(BadUsage, match=r"\[1, 1, 2\] = nan"):
        solve(base, theta=4.0, cost_hat=cell(drawn.cost_hat, math.nan, 1, 1, 2))
    with pytest.raises(UnknownLabel, match="removed"):
        caliendo_parro(drawn.flows, drawn.inputs, theta=4.0, deficits="remove")
