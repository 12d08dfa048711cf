"""Kernels that complete an input-output table whose final demand by destination is not published.

Everything here is arrays in, frozen results out. Axis order is always (sector, exporter, importer); money is
in one common unit. What the numbers mean, and what they do not, is told in docs/explanation/imputation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import LandbridgeError

Array = NDArray[np.float64]


class NotBalanced(LandbridgeError):
    """No table with these totals was found. Correct the totals or the prior."""


@dataclass(frozen=True, slots=True)
class Balanced:
    """A table that meets its margins: `values` (rows, columns), `rounds`, largest relative `residual`."""

    values: Array
    rounds: int
    residual: float


@dataclass(frozen=True, slots=True)
class Closed:
    """Final sales by destination of a world closed by a rest-of-the-world account.

    `final` (sector, exporter, importer); `to_rest` (sector, exporter): all sales to the rest of the world,
    whatever their use; `from_rest` (importer): all purchases from it; `rounds` and `residual` of the
    balancing.
    """

    final: Array
    to_rest: Array
    from_rest: Array
    rounds: int
    residual: float


@dataclass(frozen=True, slots=True)
class RestOfWorld:
    """The assumed economy behind the rest-of-the-world account.

    `output`, `final`, `domestic` (sector): gross output, final use, sales at home; `inputs` (input sector,
    using sector): inputs per unit of output.
    """

    output: Array
    final: Array
    domestic: Array
    inputs: Array


def balance(
    prior: Array, row_totals: Array, column_totals: Array, *, tol: float = 1e-9, max_rounds: int = 5000
) -> Balanced:
    """The table nearest to `prior` in relative entropy that has the given totals (RAS, biproportional
    fitting).

    `prior` (rows, columns) >= 0; `row_totals` (rows,), `column_totals` (columns,) >= 0 with equal sums. Zeros
    of the prior stay zero. Raises `NotBalanced` when the totals cannot be met or were not met to `tol`
    (relative) within `max_rounds`: a result that did not converge does not exist. Source: Bacharach (1970),
    Biproportional Matrices; the entropy reading is that of Kullback and Leibler.
    """
    _check_margins(prior, row_totals, column_totals)
    values = np.array(prior, dtype=np.float64)
    residual = np.inf
    for done in range(1, max_rounds + 1):
        values *= _ratio(column_totals, values.sum(axis=0))[None, :]
        values *= _ratio(row_totals, values.sum(axis=1))[:, None]
        residual = _largest_miss(values.sum(axis=0), column_totals)
        if residual <= tol:
            return Balanced(values, done, residual)
    worst = int(np.argmax(np.abs(values.sum(axis=0) - column_totals)))
    raise NotBalanced(
        f"the table misses its column totals by {residual:.2e} (relative) after {max_rounds} rounds.",
        where=f"column {worst}",
        cause="The prior's zeros leave too little room for these totals, or they are met only in the limit.",
        remedy="Give small positive cells where sales are possible, or allow more rounds or a larger tol.",
    )


def _check_margins(prior: Array, row_totals: Array, column_totals: Array) -> None:
    if prior.shape != (row_totals.size, column_totals.size):
        raise NotBalanced(
            f"the prior has shape {prior.shape}, the totals ask for {(row_totals.size, column_totals.size)}.",
            remedy="Give one total for each row and each column.",
        )
    for name, array in (("prior", prior), ("row totals", row_totals), ("column totals", column_totals)):
        if not np.all(np.isfinite(array)) or np.any(array < 0):
            raise NotBalanced(
                f"the {name} hold negative or missing numbers.",
                cause="Balancing by proportions is defined for numbers that are zero or positive.",
                remedy="Treat negative entries (inventories, subsidies) apart and drop missing ones.",
            )
    rows, columns = float(row_totals.sum()), float(column_totals.sum())
    if abs(rows - columns) > 1e-9 * max(rows, columns, 1.0):
        raise NotBalanced(
            f"row totals add up to {rows:.6g}, column totals to {columns:.6g}.",
            cause="What is sold must equal what is bought.",
            remedy="Correct the totals, or scale one side and say so.",
        )
    for axis, name, totals in ((1, "row", row_totals), (0, "column", column_totals)):
        empty = np.flatnonzero((prior.sum(axis=axis) == 0) & (totals > 0))
        if empty.size:
            raise NotBalanced(
                f"{empty.size} {name}(s) have a total but only zeros in the prior, first: {empty[0]}.",
                cause="A zero of the prior stays zero.",
                remedy=f"Give these {name}s a prior, or set their totals to zero.",
            )


def _ratio(target: Array, actual: Array) -> Array:
    """Target over actual, 1 where both are zero."""
    return np.divide(target, actual, out=np.ones_like(target, dtype=np.float64), where=actual > 0)


def _largest_miss(actual: Array, target: Array) -> float:
    scale = np.where(target > 0, target, 1.0)
    return float(np.max(np.abs(actual - target) / scale, initial=0.0))


def with_row_sums(prior: Array, row_totals: Array) -> Array:
    """`prior` (sector, exporter, importer) scaled so that each seller's row adds up to `row_totals` (sector,
    exporter).

    A seller with a total but no prior (private households as employers, as a rule) sells at home only.
    """
    filled = np.array(prior, dtype=np.float64)
    sector, exporter = np.nonzero((filled.sum(axis=2) == 0) & (row_totals > 0))
    filled[sector, exporter, exporter] = 1.0
    return filled * _ratio(row_totals, filled.sum(axis=2))[:, :, None]


def ratio_prior(intermediate: Array, domestic_ratio: Array, cross_border_ratio: Array) -> Array:
    """Final sales in proportion to intermediate deliveries (sector, exporter, importer), one ratio a sector
    and side.

    `domestic_ratio` applies to deliveries at home, `cross_border_ratio` (both (sector,)) to those abroad.
    With ratios of one this is the prior 'where the intermediates go'.
    """
    home = np.eye(intermediate.shape[1], dtype=bool)[None]
    return intermediate * np.where(home, domestic_ratio[:, None, None], cross_border_ratio[:, None, None])


def distance_prior(sales: Array, absorption: Array, distance_km: Array, elasticity: float = -1.0) -> Array:
    """Final sales by size and distance of the destination, home share of each seller kept.

    From `sales` (sector, exporter, importer) only each seller's home sales and its total abroad are used; the
    latter goes to destinations in proportion to `absorption` (importer) times `distance_km` (exporter,
    importer) to the power `elasticity`. The default, -1, is the customary size of the distance effect
    (Disdier and Head 2008).
    """
    places = np.arange(sales.shape[1])
    home = sales[:, places, places]
    abroad = sales.sum(axis=2) - home
    pull = absorption[None, :] * distance_km**elasticity
    pull[places, places] = 0.0
    pull /= pull.sum(axis=1, keepdims=True)
    out: Array = abroad[:, :, None] * pull[None]
    out[:, places, places] = home
    return out


def geometric_mean(first: Array, second: Array) -> Array:
    """Cell by cell geometric mean: the prior half-way between two, in the metric that balancing preserves."""
    return np.asarray(np.sqrt(first * second), dtype=np.float64)


def close_world(
    prior: Array,
    intermediate: Array,
    other_sales: Array,
    primary: Array,
    rest_share: float,
    *,
    absorption_free: bool = False,
    tol: float = 1e-9,
    max_rounds: int = 5000,
) -> Closed:
    """Final sales by destination, and trade with a rest-of-the-world account, from what a table does give.

    `prior` and `intermediate` (sector, exporter, importer); `other_sales` (sector, exporter): what a seller
    sold besides intermediates to the places of the table, that is final demand anywhere plus all sales to the
    rest of the world; `primary` (importer): output less intermediate inputs bought from the places of the
    table (value added, taxes, inputs from the rest of the world); their sums agree. `rest_share`: trade with
    the rest of the world as a share of cross-border trade among the places (assumed).

    Columns follow from the identity final purchases = primary - net exports to the places - sales to the
    rest. With total trade of each place taken as balanced this is `primary - purchases from the rest`; the
    account of the rest of the world then balances too. With `absorption_free` no such assumption is made:
    sellers' priors decide alone.
    """
    _, n, _ = intermediate.shape
    abroad = ~np.eye(n, dtype=bool)
    level = with_row_sums(prior, other_sales)
    crossing = (level + intermediate) * abroad
    start = np.concatenate([level, rest_share * crossing.sum(axis=2)[:, :, None]], axis=2)
    from_rest = rest_share * crossing.sum(axis=(0, 1))
    if absorption_free:
        values = with_row_sums_rest(start, other_sales)
        return Closed(values[:, :, :n], values[:, :, n], from_rest, 1, 0.0)
    columns = np.append(primary - from_rest, from_rest.sum())
    columns *= other_sales.sum() / columns.sum()
    flat = balance(start.reshape(-1, n + 1), other_sales.ravel(), columns, tol=tol, max_rounds=max_rounds)
    values = flat.values.reshape(start.shape)
    return Closed(values[:, :, :n], values[:, :, n], from_rest, flat.rounds, flat.residual)


def with_row_sums_rest(start: Array, row_totals: Array) -> Array:
    """Rows of `start` (sector, exporter, importer and rest) scaled to `row_totals` (sector, exporter)."""
    return start * _ratio(row_totals, start.sum(axis=2))[:, :, None]


def rest_of_world(
    inputs: Array, final_mix: Array, exports: Array, imports: Array, size: float
) -> RestOfWorld:
    """An economy for the rest-of-the-world account: average technology, average final mix, trade as imputed.

    `inputs` (input sector, using sector): input coefficients taken over from the places of the table;
    `final_mix`, `exports`, `imports` (sector); `size`: its final use in money, equal to its value added
    because its trade is balanced. Output solves output = inputs @ output + final use + exports - imports
    (Leontief). Raises `NotBalanced` where a sector would have to export more than it makes.
    """
    final = size * final_mix / final_mix.sum()
    output = np.linalg.solve(np.eye(len(final)) - inputs, final + exports - imports)
    domestic = output - exports
    short = np.flatnonzero(domestic < 0)
    if short.size:
        raise NotBalanced(
            f"the rest of the world exports more than it makes in {short.size} sector(s), first: {short[0]}.",
            cause="Its assumed size is too small for its assumed trade.",
            remedy="Assume a larger size or a smaller share of trade.",
        )
    return RestOfWorld(output, final, domestic, inputs)
