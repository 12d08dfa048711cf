"""Laws of potential: two formulations agree, sums hold, deletion is exact, and intervals cover what they promise."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

import landbridge as lb
from landbridge.errors import NotConverged
from landbridge.potential import countries, dense, expected, inverse, panel, peers, rivals
from landbridge.potential.influence import information, quadratic_forms

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def data() -> lb.Data:
    return lb.load()


@pytest.fixture(scope="module")
def world(data: lb.Data) -> panel.Panel:
    return panel.of_accounts(data.accounts, data.agreements)


@pytest.fixture(scope="module")
def whole(world: panel.Panel) -> expected.Fitted:
    return countries.fitted(world)


def sample(seed: int = 1, sectors: int = 3, size: int = 12) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Flows with zeros, a party that sells nothing and cells outside the sample; two regressors, not symmetric."""
    rng = np.random.default_rng(seed)
    z = np.stack([rng.normal(size=(size, size)), (rng.random((size, size)) < 0.3).astype(float)])
    effects = rng.normal(size=(sectors, size, 1)) + rng.normal(size=(sectors, 1, size))
    y = np.exp(effects - 0.8 * z[0] + 0.5 * z[1]) * rng.gamma(0.5, 2.0, (sectors, size, size))
    y *= rng.random(y.shape) > 0.25
    y[0, 4] = 0.0
    used = np.broadcast_to(~np.eye(size, dtype=bool), y.shape).copy()
    used[:, 2, 7] = False
    return y, z, used


def by_dummies(y: Array, z: Array, used: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Poisson maximum likelihood with a column of ones for every place: iterated weighted least squares, one sector."""
    size = len(y)
    kept = used & (np.where(used, y, 0).sum(1) > 0)[:, None] & (np.where(used, y, 0).sum(0) > 0)[None, :]
    i, j = np.nonzero(kept)
    x = np.column_stack([*(z[k, i, j] for k in range(len(z))), np.eye(size)[i], np.eye(size)[j]])
    value = y[i, j]
    mean = (value + value.mean()) / 2
    eta = np.log(mean)
    for _ in range(200):
        root = np.sqrt(mean)
        working = eta + (value - mean) / mean
        coefficients = np.linalg.lstsq(root[:, None] * x, root * working, rcond=1e-12)[0]
        eta = x @ coefficients
        mean = np.exp(eta)
    fitted = np.zeros_like(y)
    fitted[i, j] = mean
    return coefficients[: len(z)], fitted


def test_dense_equals_least_squares_on_dummies() -> None:
    y, z, used = sample()
    made = dense.fit(y, z, used)
    assert made.reason == ("", "", "")
    for sector in range(len(y)):
        beta, mean = by_dummies(y[sector], z, used[sector])
        np.testing.assert_allclose(made.beta[sector], beta, rtol=0, atol=1e-8)
        np.testing.assert_allclose(made.mean[sector], mean, rtol=1e-8, atol=1e-12)
    assert not made.sells[0, 4]
    assert made.mean[0, 4].sum() == 0


def test_dense_equals_the_estimator_of_gravity(
    data: lb.Data, world: panel.Panel, whole: expected.Fitted
) -> None:
    """Coefficients to 1e-8 for sectors with few zeros, with many, and for the sum."""
    gravity: ModuleType = pytest.importorskip("landbridge.gravity")
    i, j = np.nonzero(~np.eye(len(world.places), dtype=bool))
    names = ("distance", "contiguous", "language", "agreement")
    for item in ("B06", "C28", "G", "all"):
        at = world.item(item)
        frame = pl.DataFrame(
            {
                "exporter": [world.places[n] for n in i],
                "importer": [world.places[n] for n in j],
                "trade": world.flows[at, i, j],
                **{name: world.regressors[k, i, j] for k, name in enumerate(names)},
            }
        )
        made = gravity.fit(frame, f"trade ~ {' + '.join(names)}", effects=["exporter", "importer"])
        np.testing.assert_allclose(
            whole.solution.beta[at], made.table()["estimate"].to_numpy(), rtol=0, atol=1e-8
        )


def test_fitted_sums_are_observed_sums(world: panel.Panel, whole: expected.Fitted) -> None:
    y = np.where(whole.solution.used, world.flows, 0.0)
    for axis in (1, 2):
        seen, found = y.sum(axis=axis), whole.solution.mean.sum(axis=axis)
        # Row and column sums are the first-order conditions of the effects, solved to a relative 1e-10.
        np.testing.assert_allclose(found, seen, rtol=3e-10, atol=1e-3)
    assert sum(bool(reason) for reason in whole.solution.reason) == 1  # households as employers sell nothing


def test_a_maximum_that_does_not_exist_is_told_apart() -> None:
    y, z, used = sample()
    apart = y.copy()
    apart[:, :6, 6:] = apart[:, 6:, :6] = 0.0
    assert all("groups" in reason for reason in dense.fit(apart, z, used).reason)
    only_zeros = y.copy()
    only_zeros[:, z[1] == 1] = 0.0
    assert all("does not vary" in reason for reason in dense.fit(only_zeros, z, used).reason)
    assert dense.fit(np.zeros_like(y), z, used).reason == ("no trade in any cell",) * 3


def test_balance_is_biproportional_scaling() -> None:
    rng = np.random.default_rng(3)
    seed = rng.gamma(0.3, 1.0, (2, 9, 9)) + 50 * np.eye(9)
    rows, columns = rng.random((2, 9)) + 0.1, rng.random((2, 9)) + 0.1
    columns *= (rows.sum(1) / columns.sum(1))[:, None]
    scaled = seed.copy()
    for _ in range(20000):
        scaled *= (rows / scaled.sum(2))[:, :, None]
        scaled *= (columns / scaled.sum(1))[:, None, :]
    np.testing.assert_allclose(dense.balance(seed, rows, columns), scaled, rtol=1e-9)
    with pytest.raises(NotConverged):
        dense.balance(seed * (np.arange(9) != 3), rows, columns)


def test_leverages_equal_those_of_the_whole_information_matrix() -> None:
    y, z, used = sample()
    made = dense.fit(y, z, used)
    own, cross = quadratic_forms(information(made, z), z)
    for sector in range(3):
        i, j = np.nonzero(made.used[sector])
        x = np.column_stack([z[0, i, j], z[1, i, j], np.eye(12)[i], np.eye(12)[j]])
        inverse_information = np.linalg.pinv(
            (x * made.mean[sector][i, j][:, None]).T @ x, rcond=1e-12, hermitian=True
        )
        np.testing.assert_allclose(
            own[sector][i, j], np.einsum("ca,ab,cb->c", x, inverse_information, x), rtol=1e-7
        )
        back = np.column_stack([z[0, j, i], z[1, j, i], np.eye(12)[j], np.eye(12)[i]])
        both = made.used[sector][j, i]
        np.testing.assert_allclose(
            cross[sector][i, j][both],
            np.einsum("ca,ab,cb->c", x, inverse_information, back)[both],
            rtol=1e-6,
            atol=1e-10,
        )


def test_the_error_of_a_prediction_equals_the_sandwich_in_full() -> None:
    y, z, used = sample(seed=5)
    whole = expected.solve(y, z, used, expected.Support(partners=2, floor=0.0))
    refit = expected.without_pair(whole, 3, 9)
    found = expected.log_error(whole, *refit, 3, 9)
    for sector in range(3):
        made = refit[0]
        i, j = np.nonzero(made.used[sector])
        x = np.column_stack([z[0, i, j], z[1, i, j], np.eye(12)[i], np.eye(12)[j]])
        mean = made.mean[sector][i, j]
        bread = np.linalg.pinv((x * mean[:, None]).T @ x, rcond=1e-12, hermitian=True)
        aim = np.concatenate([z[:, 3, 9], np.eye(12)[3], np.eye(12)[9]]) @ bread
        scores = x * (y[sector][i, j] - mean)[:, None]
        plain = aim @ (scores.T @ scores) @ aim
        ways = []
        for side, parties in ((i, made.sells), (j, made.buys)):
            groups = parties[sector].sum()
            sums = np.eye(12)[side].T @ scores
            ways.append(aim @ (sums.T @ sums) @ aim * groups / (groups - 1))
        assert found[sector] == pytest.approx(np.sqrt(max(plain, sum(ways) - plain)), rel=1e-6)


def test_what_the_pair_trades_does_not_enter_what_is_expected_of_it(world: panel.Panel) -> None:
    a, b = world.place("CHN"), world.place("RUS")
    items = [world.item(code) for code in ("C20", "C28", "G")]
    small = replace(
        world,
        items=tuple(world.items[at] for at in items),
        flows=world.flows[items],
        known=world.known[items],
    )
    more = small.flows.copy()
    more[:, a, b] *= 7.0
    more[:, b, a] = 0.0
    other = replace(small, flows=more)
    for seller, buyer in (("CHN", "RUS"), ("RUS", "CHN")):
        one = countries.left_out(small, seller, buyer)
        two = countries.left_out(other, seller, buyer)
        np.testing.assert_allclose(one.expected, two.expected, rtol=1e-8)
        np.testing.assert_allclose(one.log_error, two.log_error, rtol=1e-6)
    inside = [countries.fitted(each).solution.mean[:, a, b] for each in (small, other)]
    assert (inside[1] > 1.3 * inside[0]).all()


def test_one_step_deletion_is_near_the_exact_one(world: panel.Panel, whole: expected.Fitted) -> None:
    """Over a sample of supported pairs: half within a thousandth, nine of ten within three per cent."""
    rng = np.random.default_rng(11)
    errors = []
    for code in ("A01", "C20", "C28", "K"):
        at = world.item(code)
        pairs = np.argwhere(np.triu(whole.supported[at] & whole.supported[at].T))
        chosen = pairs[rng.choice(len(pairs), 40, replace=False)]
        used = np.repeat(whole.known[at][None], len(chosen), axis=0)
        for row, (one, other) in enumerate(chosen):
            used[row, one, other] = used[row, other, one] = False
        exact = dense.fit(np.repeat(world.flows[at][None], len(chosen), axis=0), world.regressors, used)
        for one, other in ((0, 1), (1, 0)):
            i, j = chosen[:, one], chosen[:, other]
            row = np.arange(len(chosen))
            eta = (
                exact.a[row, i]
                + exact.b[row, j]
                + np.einsum("rk,kr->r", exact.beta, world.regressors[:, i, j])
            )
            errors.append(np.abs(np.log(whole.left_out[at, i, j]) - eta))
    error = np.concatenate(errors)
    assert np.median(error) < 1e-3
    assert np.quantile(error, 0.9) < 0.03


def test_the_normal_range_covers_what_it_promises(world: panel.Panel, whole: expected.Fitted) -> None:
    """Eighty per cent of all supported cells lie in their range, and not far from that at any size or leverage."""
    inside, leverage, rank = [], [], []
    for at in range(len(world.items)):
        kept = whole.supported[at]
        if kept.sum() < 150:
            continue
        sizes = whole.left_out[at][kept]
        order = np.argsort(sizes)
        ratios = (whole.flows[at][kept] / sizes)[order]
        logs = np.log(sizes[order])
        weights = whole.leverage[at][kept][order]
        count = min(expected.WINDOW, len(ratios) - 1)
        for cell in range(len(ratios)):
            low, high = max(0, cell - count), min(len(ratios), cell + count + 1)
            near = np.r_[low:cell, cell + 1 : high]
            near = near[np.argpartition(np.abs(logs[near] - logs[cell]), count - 1)[:count]]
            bottom, top = np.partition(ratios[near], (count // 10, count - 1 - count // 10))[
                [count // 10, count - 1 - count // 10]
            ]
            inside.append(bottom <= ratios[cell] <= top)
        leverage.append(weights)
        rank.append(np.arange(len(ratios))[::-1])
    held, weight, place = np.array(inside), np.concatenate(leverage), np.concatenate(rank)
    assert len(held) > 60_000
    assert held.mean() == pytest.approx(0.80, abs=0.01)
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7)):
        band = (weight >= low) & (weight < high)
        assert band.sum() > 300
        assert 0.72 < held[band].mean() < 0.88, (low, high)
    for first, last in ((0, 30), (30, 300), (300, 5000)):
        band = (place >= first) & (place < last)
        assert 0.76 < held[band].mean() < 0.90, (first, last)


def test_gaps_of_a_country_add_up_to_zero_over_its_partners(data: lb.Data) -> None:
    found = countries.potential(data, "CHN", "RUS")
    for item in ("goods", "C28", "G"):
        sums = found.adding_up(item)
        size = abs(sums.gap_usd)
        assert size > 1e6
        assert abs(sums.exporter_sum_usd) < 1e-6 * size
        assert abs(sums.importer_sum_usd) < 1e-6 * size
        assert (np.sign(sums.table()["gap_usd"].to_numpy()) == -np.sign(sums.gap_usd)).all()


def test_rivals_hold_exactly_what_is_lacking(data: lb.Data) -> None:
    held = rivals.rivals(data, "RUS", "C28")
    table = held.table()
    assert abs(held.balance_usd) < 1e-6 * held.surplus_usd
    assert table["share_of_surplus_pct"].sum() == pytest.approx(100)
    assert table.filter(pl.col("gap_usd") > 0)["gap_usd"].sum() == pytest.approx(held.surplus_usd, rel=1e-6)
    own = countries.potential(data, "CHN", "RUS").adding_up("C28").gap_usd
    assert table.filter(supplier="CHN")["gap_usd"][0] == pytest.approx(own)


def test_markets_clear_and_diversion_adds_up(data: lb.Data) -> None:
    made = peers.peers(data, "CHN", "RUS", to=["KAZ"], items=["C20", "C22", "C28"])
    assert made.concept == "conditional"
    assert made.residual < 1e-11
    change = made.table().filter(item="all")["change_usd"][0]
    losers = made.losers()
    assert change > 1e8
    for sides in (
        ("other sellers to RUS", "producers at home in RUS"),
        ("other buyers from CHN", "buyers at home in CHN"),
    ):
        assert losers.filter(pl.col("side").is_in(sides))["change_usd"].sum() == pytest.approx(
            -change, rel=1e-9
        )


def test_moving_to_its_own_level_changes_nothing(data: lb.Data, world: panel.Panel) -> None:
    """The identity shock: balancing what is balanced gives it back."""
    at = [data.accounts.places.index(place) for place in world.places]
    flows = data.accounts.intermediate[np.ix_(range(4, 30), at, at)]
    again = dense.balance(flows, flows.sum(2), flows.sum(1))
    np.testing.assert_allclose(again, flows, rtol=1e-9, atol=1e-12)


def test_the_gain_of_an_expectation_is_the_scaling_of_the_table_by_hand(data: lb.Data) -> None:
    """An independent formulation: iterate rows and columns by turns (RAS) until the old sums are back."""
    found = countries.potential(data, "RUS", "CHN")
    row = found.opportunities().filter(item="C20").row(0, named=True)
    accounts = data.accounts
    places = [place for place in accounts.places if place != "ROW"]
    at = [accounts.places.index(place) for place in places]
    table = 1e6 * accounts.intermediate[accounts.sector("C20")][np.ix_(at, at)]
    i, j = places.index("RUS"), places.index("CHN")
    new = table.copy()
    new[i, j] = row["expected_usd"]
    for _ in range(4000):
        new *= np.divide(table.sum(1), new.sum(1), out=np.ones(len(at)), where=new.sum(1) > 0)[:, None]
        new *= np.divide(table.sum(0), new.sum(0), out=np.ones(len(at)), where=new.sum(0) > 0)[None, :]
    assert row["gain_usd"] == pytest.approx(new[i, j] - table[i, j], rel=1e-8)


def test_the_range_of_peers_is_that_of_their_quartiles_and_can_decide_the_sign(data: lb.Data) -> None:
    whole = peers.peers(data, "CHN", "RUS").table().row(0, named=True)
    assert whole["counterfactual_low_usd"] < whole["counterfactual_usd"] < whole["counterfactual_high_usd"]
    one = peers.peers(data, "CHN", "RUS", to=[("CHN", "KAZ")]).table().row(0, named=True)
    assert one["counterfactual_low_usd"] == pytest.approx(one["counterfactual_usd"], rel=1e-10)
    assert whole["counterfactual_low_usd"] < whole["observed_usd"] < whole["counterfactual_high_usd"]


def test_peers_better_in_every_sector_only_add(data: lb.Data) -> None:
    freely = peers.peers(data, "RUS", "CHN", to=["IDN", "IND"])
    upward = peers.peers(data, "RUS", "CHN", to=["IDN", "IND"], only_better=True)
    moved = upward.table().filter(pl.col("reason").is_null() & (pl.col("item") != "all"))
    assert 0 < moved.height < freely.table().filter(pl.col("reason").is_null()).height - 1
    assert moved["change_usd"].min() > 0
    assert moved["access"].max() < 1


def test_tariff_equivalents_give_back_the_costs_of_a_gravity_world() -> None:
    """Anderson and van Wincoop (2003) trade with symmetric costs and none at home: Novy's measure returns them."""
    rng = np.random.default_rng(4)
    cost = 1 + rng.random((6, 6))
    cost = (cost + cost.T) / 2
    np.fill_diagonal(cost, 1.0)
    sigma = 6.0
    x = rng.random((6, 1)) * cost ** (1 - sigma) * rng.random((1, 6))
    found = inverse.tariff_equivalent(x[1, 1], x[4, 4], x[1, 4], x[4, 1], sigma)
    assert float(found) == pytest.approx(cost[1, 4] - 1, rel=1e-12)
    # By hand: (100 * 100 / (10 * 10)) ** (1 / 14) - 1 = 10 ** (1 / 7) - 1.
    assert float(inverse.tariff_equivalent(100.0, 100.0, 10.0, 10.0, 8.0)) == pytest.approx(10 ** (1 / 7) - 1)


def test_tariff_equivalents_are_symmetric(data: lb.Data) -> None:
    there = inverse.tariff_equivalents(data, "CHN", "RUS").table()
    back = inverse.tariff_equivalents(data, "RUS", "CHN").table()
    np.testing.assert_allclose(
        there["tariff_equivalent_pct"].to_numpy(), back["tariff_equivalent_pct"].to_numpy(), rtol=1e-12
    )
