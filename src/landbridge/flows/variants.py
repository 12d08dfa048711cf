"""The whole account under each of the eight imputations of final sales.

A release holds the deliveries of the central imputation cell by cell; of the other seven it holds only the ends of
their range and their totals by pair. Here they are made again from what the release does hold, by the same
steps that made it: scripts/build_accounts.py calls the functions of this file. Axis order is always (sector,
exporter, importer); money is million US dollars. docs/explanation/imputation.md says what the variants mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BrokenRelease
from landbridge.flows.imputation import (
    Closed,
    NotBalanced,
    RestOfWorld,
    close_world,
    distance_prior,
    geometric_mean,
    ratio_prior,
    rest_of_world,
    with_row_sums,
)

if TYPE_CHECKING:
    from landbridge.flows.accounts import InputOutput

Array = NDArray[np.float64]

PRIORS = ("composite", "intermediates", "ratios", "distance")
FREE = " free"
REST = "ROW"
NAMES = (*PRIORS, *(name + FREE for name in PRIORS))
# Final use below zero by no more than this share of what a place buys is rounding of sums, not a fault.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Account:
    """A closed input-output account under one imputation of final sales, all places and `ROW`.

    `flows` (sector, exporter, importer): all sales, those at home included, million US dollars; sums over importers
    are gross output. `inputs` (input sector, using sector, place): inputs per unit of gross output from all places.
    `final_share` (sector, place): share of each sector in final purchases. Labels in the order of the axes.
    """

    name: str
    sectors: tuple[str, ...]
    places: tuple[str, ...]
    flows: Array
    inputs: Array
    final_share: Array


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of the economies before anything is imputed.

    `intermediate` (sector, exporter, importer): deliveries for intermediate use; `by_user` and `imported` (input
    sector, using sector, importer): inputs per unit of output from the economies, all and bought abroad;
    `primary_share` (sector, place): one less their sum; `other_sales`, `output` (sector, place): sales besides
    those deliveries, and gross output.
    """

    intermediate: Array
    by_user: Array
    imported: Array
    primary_share: Array
    other_sales: Array
    output: Array

    @property
    def primary(self) -> Array:
        """Output less inputs from the economies, (place,)."""
        return np.asarray((self.primary_share * self.output).sum(axis=0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Completed:
    """An imputation together with the rest of the world that it implies.

    `bought` (sector, importer): purchases from the rest of the world; `rest_inputs` (input sector, using sector,
    importer): inputs from there per unit of output; `rest`: its own economy.
    """

    closed: Closed
    bought: Array
    rest_inputs: Array
    rest: RestOfWorld


def impute(
    name: str, given: Given, ratios: tuple[Array, Array], distance_km: Array, rest_trade: float
) -> Closed:
    """Final sales by destination under the imputation `name`.

    `ratios`: final over intermediate sales at home and across borders, both (sector,); `distance_km` (exporter,
    importer); `rest_trade`: trade with the rest of the world as a share of cross-border trade among the economies.
    """
    return close_world(
        _prior(name.removesuffix(FREE), given, ratios, distance_km),
        given.intermediate,
        given.other_sales,
        given.primary,
        rest_trade,
        absorption_free=name.endswith(FREE),
    )


def _prior(name: str, given: Given, ratios: tuple[Array, Array], distance_km: Array) -> Array:
    """Where final sales are likely to go, (sector, exporter, importer), rows adding up to `other_sales`."""
    if name == "intermediates":
        ones = np.ones(len(given.output))
        return with_row_sums(ratio_prior(given.intermediate, ones, ones), given.other_sales)
    by_ratio = with_row_sums(ratio_prior(given.intermediate, *ratios), given.other_sales)
    if name == "ratios":
        return by_ratio
    by_distance = distance_prior(by_ratio, given.primary, distance_km)
    return by_distance if name == "distance" else geometric_mean(by_ratio, by_distance)


def imports_from_rest(given: Given, closed: Closed) -> tuple[Array, Array, Array]:
    """Purchases from the rest of the world, spread like purchases from the other economies.

    Returns total by (sector, importer), the part that is intermediate (sector, importer), and inputs per unit
    of output (input sector, using sector, importer).
    """
    abroad = _abroad(given.intermediate)
    used = (given.intermediate * abroad).sum(axis=1)
    bought = used + (closed.final * abroad).sum(axis=1)
    rate = closed.from_rest / bought.sum(axis=0)
    inputs = given.imported * rate[None, None, :]
    # A few columns of the source are capped so close to one that little room is left: the rest is then final use.
    room = 0.5 * given.primary_share
    total = inputs.sum(axis=0)
    inputs *= np.minimum(1.0, np.divide(room, total, out=np.ones_like(total), where=total > 0))[None]
    return bought * rate[None, :], np.einsum("ksj,sj->kj", inputs, given.output), inputs


def complete(given: Given, closed: Closed, rest_size: float) -> Completed:
    """The rest of the world of an imputation: average technology, average final mix, the trade imputed.

    `rest_size`: its final use as a share of that of the economies (assumed).
    """
    bought, used, rest_inputs = imports_from_rest(given, closed)
    weights = given.output / given.output.sum(axis=1, keepdims=True)
    average = np.einsum("ksj,sj->ks", given.by_user + rest_inputs, weights)
    final_all = closed.final.sum(axis=1) + bought - used
    rest = rest_of_world(
        average,
        final_all.sum(axis=1),
        bought.sum(axis=1),
        closed.to_rest.sum(axis=1),
        rest_size * float(final_all.sum()),
    )
    return Completed(closed, bought, rest_inputs, rest)


def account(name: str, accounts: InputOutput) -> Account:
    """The account under the imputation `name`, made from what the release holds.

    The central one is what is published; the others are `recomputed`.
    """
    if name == accounts.notes["central"]:
        return Account(
            name, accounts.sectors, accounts.places, accounts.flows, accounts.inputs, accounts.final_share
        )
    return recomputed(name, accounts)


def recomputed(name: str, accounts: InputOutput) -> Account:
    """The account under the imputation `name`, by the steps that made the release.

    Output, deliveries for intermediate use and inputs from the economies are those of the release. The rest is imputed
    anew: final sales, trade with `ROW`, inputs from there, and the economy of `ROW`. Raises `NotBalanced` where that
    gives no account.
    """
    given = given_by(accounts)
    economies = [place for place in accounts.places if place != REST]
    closed = impute(
        name,
        given,
        accounts.final_use_ratios,
        _distances(accounts, economies),
        float(accounts.notes["rest_trade"]["value"]),
    )
    completed = complete(given, closed, float(accounts.notes["rest_size"]["value"]))
    # The rest of the world comes last in the kernels and in its alphabetical place in the account.
    labels = [*economies, REST]
    order = np.array([labels.index(place) for place in accounts.places])
    flows = _flows(given, completed)[:, order][:, :, order]
    inputs = np.concatenate(
        [given.by_user + completed.rest_inputs, completed.rest.inputs[:, :, None]], axis=2
    )
    inputs = np.ascontiguousarray(inputs[:, :, order])
    return Account(
        name,
        accounts.sectors,
        accounts.places,
        np.ascontiguousarray(flows),
        inputs,
        _final_share(name, flows, inputs),
    )


def given_by(accounts: InputOutput) -> Given:
    """What a release says of its economies, as consistent to the last bit as its makers' table was.

    The release rounds deliveries and input shares apart. Each row of inputs (input sector, place) is therefore scaled
    to use exactly what is delivered, by a few parts in a million; value added follows. Inputs bought abroad are read
    off those bought from the rest of the world, which the build made proportional to them. Where the build capped
    those, the cap is all that is known of them.
    """
    economies = np.array([place != REST for place in accounts.places])
    output = accounts.output[:, economies]
    intermediate = accounts.intermediate[:, economies][:, :, economies]
    final = accounts.final[:, economies][:, :, economies]
    undivided = accounts.undivided
    share = accounts.inputs_from_economies[:, :, economies]
    by_user = share * _over(intermediate.sum(axis=1), _used(share, output), zero=0.0)[:, None, :]
    abroad = _abroad(intermediate)
    delivered = (intermediate * abroad).sum(axis=1)
    bought = delivered + (final * abroad).sum(axis=1)
    rate = undivided[:, ~economies][:, 0, economies].sum(axis=0) / bought.sum(axis=0)
    imported = accounts.inputs_from_rest[:, :, economies] / rate[None, None, :]
    # Never more than is delivered from abroad: rounding must not make final use negative.
    imported *= np.minimum(1.0, _over(delivered, _used(imported, output), zero=1.0))[:, None, :]
    return Given(
        intermediate,
        by_user,
        imported,
        (1 - by_user.sum(axis=0)) * (output > 0),
        final.sum(axis=2) + undivided[:, economies][:, :, ~economies][:, :, 0],
        output,
    )


def _flows(given: Given, completed: Completed) -> Array:
    """All sales, (sector, exporter, importer), the rest of the world last."""
    sectors, n = given.output.shape
    flows = np.zeros((sectors, n + 1, n + 1))
    flows[:, :n, :n] = given.intermediate + completed.closed.final
    flows[:, :n, n] = completed.closed.to_rest
    flows[:, n, :n] = completed.bought
    flows[:, n, n] = completed.rest.domestic
    return flows


def _final_share(name: str, flows: Array, inputs: Array) -> Array:
    """Share of each sector in final purchases, (sector, place), from purchases less intermediate use."""
    bought = flows.sum(axis=1)
    final = bought - _used(inputs, flows.sum(axis=2))
    short = np.count_nonzero(final < -ROUNDING * bought.sum(axis=0))
    over = np.count_nonzero(inputs.sum(axis=0) >= 1)
    if short or over:
        raise NotBalanced(
            f"in the variant {name} {short} cell(s) use more than is bought and {over} more than they make.",
            cause="The release holds deliveries and input shares that do not fit each other.",
            remedy="`landbridge check` names damaged files; rebuild the release.",
        )
    final = np.maximum(final, 0.0)
    return np.ascontiguousarray(final / final.sum(axis=0, keepdims=True))


def _distances(accounts: InputOutput, economies: list[str]) -> Array:
    """Kilometres between economies, which are in alphabetical order, (exporter, importer)."""
    frame = accounts.frame("pairs")
    frame = frame.filter(frame["exporter"].is_in(economies) & frame["importer"].is_in(economies))
    n = len(economies)
    if frame.height != n * n:
        raise BrokenRelease(
            f"{n * n - frame.height} distances between economies of the account are missing.",
            where="pairs.parquet",
            remedy="Reinstall, or rebuild the release.",
        )
    kilometres = frame.sort("exporter", "importer")["distance_km"].to_numpy()
    return kilometres.astype(np.float64).reshape(n, n)


def _abroad(cube: Array) -> NDArray[np.bool_]:
    """False where seller and buyer are the same place, (1, exporter, importer)."""
    return ~np.eye(cube.shape[1], dtype=bool)[None]


def _used(inputs: Array, output: Array) -> Array:
    """Intermediate use by input sector and place."""
    return np.asarray(np.einsum("ksj,sj->kj", inputs, output), dtype=np.float64)


def _over(target: Array, actual: Array, *, zero: float) -> Array:
    """Target over actual, `zero` where nothing is there to be scaled."""
    return np.divide(target, actual, out=np.full_like(target, zero), where=actual > 0)
