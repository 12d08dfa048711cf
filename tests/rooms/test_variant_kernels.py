"""Kernels behind the variants, on invented economies: whatever is imputed, the world closes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from landbridge.flows.variants import NAMES, Given, complete, impute

Array = NDArray[np.float64]


def world(seed: int, sectors: int = 3, places: int = 5) -> tuple[Given, tuple[Array, Array], Array]:
    """A known table, ratios and distances."""
    rng = np.random.default_rng(seed)
    output = rng.uniform(50, 100, (sectors, places))
    by_user = rng.uniform(0.05, 0.15, (sectors, sectors, places))
    origin = rng.uniform(0.2, 1, (sectors, places, places)) + 4 * np.eye(places)
    origin /= origin.sum(axis=1, keepdims=True)
    intermediate = origin * np.einsum("ksj,sj->kj", by_user, output)[:, None, :]
    home = np.einsum("kjj->kj", origin)
    given = Given(
        intermediate,
        by_user,
        by_user * (1 - home)[:, None, :],
        1 - by_user.sum(axis=0),
        output - intermediate.sum(axis=2),
        output,
    )
    assert np.all(given.other_sales > 0)
    kilometres = rng.uniform(100, 9000, (places, places))
    ratios = rng.uniform(0.2, 3, sectors), rng.uniform(0.2, 3, sectors)
    return given, ratios, kilometres + kilometres.T


@pytest.mark.parametrize("name", NAMES)
def test_what_is_made_is_used_by_someone(name: str) -> None:
    given, ratios, kilometres = world(1)
    closed = impute(name, given, ratios, kilometres, 0.06)
    made = complete(given, closed, 0.3)
    sold = given.intermediate.sum(axis=2) + closed.final.sum(axis=2) + closed.to_rest
    np.testing.assert_allclose(sold, given.output, rtol=1e-9)
    # Inputs from the rest of the world are the deliveries from abroad times one rate a place; the rest is final.
    used = np.einsum("ksj,sj->kj", made.rest_inputs, given.output)
    abroad = ~np.eye(5, dtype=bool)
    crossing = (given.intermediate * abroad).sum(axis=1)
    rate = made.bought.sum(axis=0) / (crossing + (closed.final * abroad).sum(axis=1)).sum(axis=0)
    np.testing.assert_allclose(used, crossing * rate, rtol=1e-12)
    assert np.all(made.bought > used)
    np.testing.assert_allclose(made.bought.sum(axis=0), closed.from_rest, rtol=1e-12)
    # The rest of the world: home and foreign supply equal its use, in every sector.
    rest = made.rest
    np.testing.assert_allclose(
        rest.domestic + closed.to_rest.sum(axis=1), rest.inputs @ rest.output + rest.final, rtol=1e-12
    )
    np.testing.assert_allclose(rest.domestic + made.bought.sum(axis=1), rest.output, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_places_does_not_matter(name: str) -> None:
    given, ratios, kilometres = world(2)
    order = np.array([3, 0, 4, 2, 1])
    turned = Given(
        given.intermediate[:, order][:, :, order],
        given.by_user[:, :, order],
        given.imported[:, :, order],
        given.primary_share[:, order],
        given.other_sales[:, order],
        given.output[:, order],
    )
    first = impute(name, given, ratios, kilometres, 0.06)
    second = impute(name, turned, ratios, kilometres[order][:, order], 0.06)
    np.testing.assert_allclose(second.final, first.final[:, order][:, :, order], rtol=1e-7)
    np.testing.assert_allclose(
        complete(turned, second, 0.3).bought, complete(given, first, 0.3).bought[:, order]
    )


def test_priors_differ_and_freeing_trade_changes_every_one() -> None:
    given, ratios, kilometres = world(3)
    totals = [impute(name, given, ratios, kilometres, 0.06).final[:, 0, 1].sum() for name in NAMES]
    assert len({round(float(total), 6) for total in totals}) == 8
    by_ratio, by_distance, middle = (
        impute(name, given, ratios, kilometres, 0.06).final[:, 0, 1:].sum()
        for name in ("ratios free", "distance free", "composite free")
    )
    assert min(by_ratio, by_distance) * 0.98 < middle < max(by_ratio, by_distance) * 1.02


def test_inputs_from_the_rest_of_the_world_leave_half_of_what_is_left() -> None:
    given, ratios, kilometres = world(4)
    tight = given.by_user.copy()
    # One column that uses nearly all it makes, as a few of the source do.
    tight[:, 1, 2] *= 0.995 / tight[:, 1, 2].sum()
    imported = given.imported / given.by_user * tight
    capped = Given(
        given.intermediate, tight, imported, 1 - tight.sum(axis=0), given.other_sales, given.output
    )
    closed = impute("ratios free", capped, ratios, kilometres, 0.06)
    made = complete(capped, closed, 0.3)
    taken = made.rest_inputs.sum(axis=0)
    assert taken[1, 2] == pytest.approx(0.5 * 0.005)
    assert np.all(taken < capped.primary_share)
    assert np.count_nonzero(np.isclose(taken, 0.5 * capped.primary_share)) == 1
