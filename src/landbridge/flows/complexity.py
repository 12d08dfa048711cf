"""Economic complexity: what a table of places and items says of both, and how near a new item lies.

First the kernels, on a matrix (places, items) of zeros and ones, one where a place sells an item with revealed
advantage; then `complexity`, which applies them to trade flows. docs/explanation/indicators.md tells what the numbers
do not mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from landbridge.errors import BadSample, BadUsage, NotConverged
from landbridge.flows.accounts import REST
from landbridge.flows.indices import Array, advantage_matrix
from landbridge.flows.scope import Scope, scope
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Unavailable

Index = NDArray[np.int64]

ROUNDS = 19
# Eigenvalues nearer than this are one: their vectors can be turned into one another freely.
_TIE = 1e-9
# Values that differ by rounding alone share a rank.
_DECIMALS = 9
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class EconomicComplexity:
    """`eci` (places kept,) and `pci` (items kept,), each with mean zero and population standard deviation one.

    `places` and `items` are the positions kept in the matrix: those with nothing are left out. `eigenvalues` are the
    second and the third; where they are close, small changes of the data move the index much. `alignment` is the
    correlation of `eci` with diversity, whose sign was chosen positive.
    """

    eci: Array
    pci: Array
    places: Index
    items: Index
    eigenvalues: tuple[float, float]
    alignment: float


@dataclass(frozen=True, slots=True)
class Fitness:
    """`fitness` (places kept,) and `complexity` (items kept,) after `rounds` rounds, each with mean one.

    `change` is the largest relative change of a fitness in the last round: how far from settled it was.
    """

    fitness: Array
    complexity: Array
    places: Index
    items: Index
    rounds: int
    change: float


def economic_complexity(matrix: ArrayLike) -> EconomicComplexity:
    """Economic and product complexity index of `matrix` (places, items) (Hidalgo and Hausmann 2009; Hausmann et al. 2014).

    With diversity k_c and ubiquity k_p, ECI is the eigenvector of the second largest eigenvalue of
    sum_p M_cp M_c'p / (k_c k_p), and PCI of an item the mean ECI of who sells it, rescaled. The matrix is similar to a
    symmetric one, which is solved for the smaller side: D^-1/2 M U^-1 M' D^-1/2. The sign makes ECI rise with
    diversity. Raises `BadSample` where the answer is not unique: a matrix in separate parts, equal eigenvalues, no
    relation to diversity.
    """
    held, places, items = _kept(matrix)
    parts = int(_parts(held).max()) + 1
    if parts > 1:
        raise BadSample(
            f"the table of places and items falls into {parts} parts that share no item.",
            cause="Between such parts complexity has no common scale.",
            remedy="Compute each part by itself, or lower the threshold of revealed advantage.",
        )
    diversity, ubiquity = held.sum(axis=1), held.sum(axis=0)
    scaled = held / np.sqrt(ubiquity) / np.sqrt(diversity)[:, None]
    by_place = len(places) <= len(items)
    values, vectors = np.linalg.eigh(scaled @ scaled.T if by_place else scaled.T @ scaled)
    second, third = float(values[-2]), float(values[-3]) if len(values) > 2 else 0.0
    if second - max(third, 0.0) <= _TIE:
        raise BadSample(
            "the second and third eigenvalues of the table are equal, so that complexity has no unique direction.",
            cause="The table is too regular, for instance all places sell the same items.",
            remedy="Use finer items or another threshold of revealed advantage.",
        )
    vector = vectors[:, -2]
    eci = _standardised(
        vector / np.sqrt(diversity) if by_place else held @ (vector / np.sqrt(ubiquity)) / diversity
    )
    spread = diversity.std()
    alignment = float((eci * (diversity - diversity.mean())).mean() / spread) if spread > 0 else 0.0
    if abs(alignment) <= _TIE:
        raise BadSample(
            "complexity is unrelated to the number of items that places sell, so that its sign is undetermined.",
            cause="All places sell equally many items, or the table is symmetric.",
            remedy="Use finer items or another threshold of revealed advantage.",
        )
    eci = eci if alignment > 0 else -eci
    pci = _standardised(eci @ held / ubiquity)
    return EconomicComplexity(eci, pci, places, items, (second, third), abs(alignment))


def fitness(matrix: ArrayLike, rounds: int = ROUNDS) -> Fitness:
    """Fitness of places and complexity of items after `rounds` rounds from ones (Tacchella et al. 2012, equation 1).

    Fitness is the sum of the complexities of what a place sells; complexity one over the sum of one over the fitness of
    who sells it; both are divided by their mean in each round. Raises `NotConverged` where a fitness fades to zero,
    which happens in tables of some shapes (Pugliese, Zaccaria and Pietronero 2016) when rounds are many.
    """
    if rounds < 1:
        raise BadUsage(f"fitness needs at least one round, not {rounds}.", remedy="Ask for 19 or more.")
    held, places, items = _kept(matrix)
    fit, quality = np.ones(len(places)), np.ones(len(items))
    change = 0.0
    for done in range(1, rounds + 1):
        next_fit = held @ quality
        quality = 1 / ((1 / fit) @ held)
        next_fit, quality = next_fit / next_fit.mean(), quality / quality.mean()
        change = float(np.max(np.abs(next_fit / fit - 1)))
        fit = next_fit
        if min(fit.min(), quality.min()) < 1e-150:
            raise NotConverged(
                f"the fitness of {int((fit < 1e-150).sum())} places fades to zero after {done} rounds.",
                cause="In a table of this shape the limit of the method is zero for some places.",
                remedy=f"Ask for fewer than {done} rounds, and compare ranks rather than values.",
            )
    return Fitness(fit, quality, places, items, rounds, change)


def proximity(matrix: ArrayLike) -> Array:
    """Proximity of items, (items, items): the smaller of the two shares of sellers of one that also sell the other.

    phi_pq = sum_c M_cp M_cq / max(k_p, k_q) (Hidalgo et al. 2007); one on the diagonal, zero for items nobody sells.
    """
    held = _binary(matrix)
    return np.concatenate(list(_proximities(held)), axis=0)


def density(matrix: ArrayLike) -> Array:
    """Density around each item, (places, items): the share of its proximities that lead to what the place sells.

    omega_cp = sum_q M_cq phi_pq / sum_q phi_pq, the item itself included (Hidalgo et al. 2007); distance is one less
    density. Zero for items nobody sells. Proximities are made in blocks, so that memory stays with one block.
    """
    held = _binary(matrix)
    out, start = np.zeros(held.shape), 0
    for block in _proximities(held):
        total = block.sum(axis=1)
        near = held @ block.T
        stop = start + len(block)
        out[:, start:stop] = np.divide(near, total, out=np.zeros_like(near), where=total > 0)
        start = stop
    return out


def outlook(matrix: ArrayLike, near: Array, pci: Array) -> Array:
    """Complexity outlook of places, (places,): sum of density x PCI over the items a place does not sell.

    `near` is `density(matrix)`, `pci` (items,) (Hausmann et al. 2014, technical box 5.4).
    """
    return np.asarray(((1 - _binary(matrix)) * near) @ pci, dtype=np.float64)


def parts(matrix: ArrayLike) -> Index:
    """The part of the table each place with any item belongs to, (places kept,); parts share no item."""
    held, _, _ = _kept(matrix)
    return _parts(held)


def ranks(values: Array) -> Index:
    """Rank of each value, one for the largest; equal ones, but for rounding, share the better rank."""
    rounded = np.round(values, _DECIMALS)
    return 1 + len(values) - np.searchsorted(np.sort(rounded), rounded, side="right").astype(np.int64)


def _binary(matrix: ArrayLike) -> Array:
    held = np.asarray(matrix, dtype=np.float64)
    if held.ndim != 2 or not bool(((held == 0) | (held == 1)).all()):
        raise BadUsage(
            "complexity needs a table (places, items) of zeros and ones.",
            remedy="Mark with one where revealed advantage is at least one: `advantage_matrix(exports) >= 1`.",
        )
    return held


def _kept(matrix: ArrayLike) -> tuple[Array, Index, Index]:
    """The table without empty rows and columns, and the positions of those left."""
    held = _binary(matrix)
    places, items = np.flatnonzero(held.any(axis=1)), np.flatnonzero(held.any(axis=0))
    if min(len(places), len(items)) < 2:
        raise BadSample(
            f"{len(places)} places and {len(items)} items with any advantage are too few to compare.",
            remedy="Use trade of more places, or finer items.",
        )
    if (len(places), len(items)) != held.shape:
        held = held[np.ix_(places, items)]
    return held, places, items


def _parts(held: Array) -> Index:
    part = np.full(len(held), -1, dtype=np.int64)
    count = 0
    while (part < 0).any():
        reached = np.zeros(len(held), dtype=bool)
        reached[np.argmax(part < 0)] = True
        size = 0
        while size < reached.sum():
            size = int(reached.sum())
            reached = held @ (reached.astype(np.float64) @ held > 0).astype(np.float64) > 0
        part[reached] = count
        count += 1
    return part


def _standardised(values: Array) -> Array:
    return np.asarray((values - values.mean()) / values.std(), dtype=np.float64)


def _proximities(held: Array) -> Iterator[Array]:
    """Rows of the proximity of items, (items of a block, items), block after block."""
    # Counts of places are whole numbers far below 2^24, so single precision holds them exactly.
    counted, ubiquity = held.astype(np.float32), held.sum(axis=0)
    for start in range(0, held.shape[1], _BLOCK):
        block = slice(start, start + _BLOCK)
        together = (counted[:, block].T @ counted).astype(np.float64)
        larger = np.maximum(ubiquity[block, None], ubiquity[None, :])
        yield np.divide(together, larger, out=np.zeros_like(together), where=larger > 0)


@dataclass(frozen=True, slots=True)
class Complexity:
    """Complexity of places and items in the trade of one year.

    `basis` says what is counted. `excluded_places` and `excluded_items` have no revealed advantage in anything, or
    nobody has it in them; the rest of the world is no place. `eigenvalues` and `fitness_change` say how firm the two
    indices stand.
    """

    year: int
    classification: str
    basis: str
    status: str
    excluded_places: tuple[str, ...]
    excluded_items: tuple[str, ...]
    eigenvalues: tuple[float, float]
    fitness_rounds: int
    fitness_change: float
    places: pl.DataFrame = field(repr=False)
    items: pl.DataFrame = field(repr=False)

    def table(self) -> pl.DataFrame:
        """One row a place, by ECI: eci, eci_rank, fitness, fitness_rank, outlook, diversity (items with advantage)."""
        return self.places

    def products(self) -> pl.DataFrame:
        """One row an item, by PCI: pci, pci_rank, quality (complexity of the fitness method), ubiquity (places)."""
        return self.items


def complexity(
    flows: TradeFlows,
    *,
    intermediates_only: bool = False,
    threshold: float = 1.0,
    rounds: int = ROUNDS,
) -> Complexity:
    """ECI, PCI, fitness and outlook of the places in `flows`, with advantage from `threshold` on.

    Raises `NotHeld` where the flows are not those of the world, `BadSample` where the indices do not exist.
    """
    table = advantages(flows, intermediates_only=intermediates_only, threshold=threshold)
    matrix, counted = table.matrix, table.scope
    kept = matrix[np.ix_(table.place_rows, table.item_columns)]
    found, fit = economic_complexity(kept), fitness(kept, rounds)
    ahead = outlook(kept, density(kept), found.pci)
    places = [counted.places[row] for row in table.place_rows]
    items = [counted.items[column] for column in table.item_columns]
    status = table.status
    of_places = pl.DataFrame(
        {
            "place": places,
            "eci": found.eci,
            "eci_rank": ranks(found.eci),
            "fitness": fit.fitness,
            "fitness_rank": ranks(fit.fitness),
            "outlook": ahead,
            "diversity": kept.sum(axis=1).astype(np.int64),
            "status": [status] * len(places),
        }
    ).sort("eci_rank", "place")
    of_items = pl.DataFrame(
        {
            "item": items,
            "pci": found.pci,
            "pci_rank": ranks(found.pci),
            "quality": fit.complexity,
            "ubiquity": kept.sum(axis=0).astype(np.int64),
            "status": [status] * len(items),
        }
    ).sort("pci_rank", "item")
    return Complexity(
        year=flows.year,
        classification=flows.classification,
        basis=counted.basis,
        status=status,
        excluded_places=tuple(place for place in counted.places if place not in set(places)),
        excluded_items=tuple(item for item in counted.items if item not in set(items)),
        eigenvalues=found.eigenvalues,
        fitness_rounds=fit.rounds,
        fitness_change=fit.change,
        places=of_places,
        items=of_items,
    )


@dataclass(frozen=True, slots=True)
class Advantages:
    """Who sells what with revealed advantage: `matrix` (places, items) of zeros and ones by `scope`'s order.

    `place_rows` and `item_columns` are the rows and columns that hold any one, without the rest of the world.
    """

    scope: Scope
    rca: Array
    matrix: Array
    place_rows: Index
    item_columns: Index
    status: str


def advantages(flows: TradeFlows, *, intermediates_only: bool = False, threshold: float = 1.0) -> Advantages:
    """Revealed advantage of every place in every item, one from `threshold` on.

    Raises `NotHeld` where the flows are not those of the world, and `BadSample`, naming the smaller parts, where the
    table falls apart.
    """
    if not threshold > 0:
        raise BadUsage(f"a threshold of revealed advantage must be positive, not {threshold:g}.")
    counted = scope(flows, intermediates_only=intermediates_only)
    counted.require_world("Complexity compares all places in all items")
    rca = advantage_matrix(counted.exports)
    if isinstance(rca, Unavailable):
        raise BadSample(rca.reason, remedy=rca.remedy)
    matrix = (rca >= threshold).astype(np.float64)
    matrix[[row for row, place in enumerate(counted.places) if place == REST]] = 0.0
    rows, columns = np.flatnonzero(matrix.any(axis=1)), np.flatnonzero(matrix.any(axis=0))
    part = parts(matrix)
    if part.max() > 0:
        largest = np.bincount(part).argmax()
        apart = [counted.places[rows[at]] for at in np.flatnonzero(part != largest)]
        raise BadSample(
            f"{', '.join(apart)} share no item of advantage with the other places.",
            cause="Between parts that share no item complexity has no common scale.",
            remedy="Leave these places out of the flows, or lower `threshold`.",
        )
    return Advantages(counted, rca, matrix, rows, columns, counted.status())
