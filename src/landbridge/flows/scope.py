"""What an indicator counts: the values of trade flows by place and item, what they include, and whether they are the
world's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.flows.indices import Array, Number
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Figure, Status, Unavailable, derive, weakest

WITH_FINAL = "including imputed final demand"
INTERMEDIATES = "intermediates only"
PRODUCTS = "recorded goods"
Codes = NDArray[np.int64]

_KERNELS = "landbridge.flows.indices."
LOAD_WORLD = "Load a world year with `landbridge load baci FILE`, or ask by sector."
# Fewer partners than this are a selection, not all.
FEWEST = 10
# Of all ordered pairs, the world's trade records more than half; one reporter with all its partners far less.
_PAIRS_RECORDED = 0.25


@dataclass(frozen=True)
class Scope:
    """The part of `flows` that counts: `column` of its frame, in words `basis`."""

    flows: TradeFlows = field(repr=False)
    basis: str
    column: str

    @property
    def places(self) -> tuple[str, ...]:
        """The places of the rows of `exports` and `imports`."""
        return self.flows.places

    @property
    def items(self) -> tuple[str, ...]:
        """The items of the columns of `exports` and `imports`."""
        return self.flows.items

    @cached_property
    def rows(self) -> tuple[Codes, Codes, Codes, Array]:
        """Exporter, importer and item as positions, and value, each (rows,); rows without a value are left out."""
        held = self.counted
        where = [
            held[name].cast(pl.Enum(labels)).to_physical().cast(pl.Int64).to_numpy()
            for name, labels in (("exporter", self.places), ("importer", self.places), ("item", self.items))
        ]
        return where[0], where[1], where[2], held[self.column].cast(pl.Float64).to_numpy()

    @cached_property
    def counted(self) -> pl.DataFrame:
        """The rows of the frame that hold a value above zero."""
        return self.flows.frame.filter(pl.col(self.column) > 0)

    @cached_property
    def exports(self) -> Array:
        """Exports to all, (places, items), US dollars."""
        return self._summed(0)

    @cached_property
    def imports(self) -> Array:
        """Imports from all, (places, items), US dollars."""
        return self._summed(1)

    def _summed(self, side: int) -> Array:
        # One row after the other in the order of the frame, so the last bits do not depend on threads.
        shape = (len(self.places), len(self.items))
        exporter, importer, item, value = self.rows
        cell = (importer if side else exporter) * shape[1] + item
        sums = np.bincount(cell, weights=value, minlength=shape[0] * shape[1])
        return np.asarray(sums.reshape(shape), dtype=np.float64)

    def status(self, rows: pl.DataFrame | None = None, least: Status = Status.REPORTED) -> str:
        """The weakest status of `rows`, or of all that is counted, and no stronger than `least`.

        Deliveries for intermediate use are reconciled whatever the status of the whole cell.
        """
        if self.basis == INTERMEDIATES:
            return weakest((Status.RECONCILED, least)).value
        held = (self.counted if rows is None else rows)["status"].unique().to_list()
        return weakest((least, *map(Status, held))).value

    def place(self, *names: str) -> None:
        """Raises `UnknownLabel` for places not held."""
        for name in names:
            if name not in self.places:
                raise UnknownLabel(f"place in the trade flows of {self.flows.year}", name, self.places)

    def require_world(self, why: str) -> None:
        """Raises `NotHeld`, saying `why` the world is needed, where the flows are those of a few places."""
        gap = world_gap(self.flows)
        if gap is not None:
            raise NotHeld(f"{why}. {gap.reason}", remedy=gap.remedy)

    def require_side(self, why: str, *, exporter: str | None = None, importer: str | None = None) -> None:
        """Raises `NotHeld`, saying `why`, where the trade of one place is held with a few partners only."""
        gap = side_gap(self.flows, exporter=exporter, importer=importer)
        if gap is not None:
            raise NotHeld(f"{why}. {gap.reason}", remedy=gap.remedy)


def scope(flows: TradeFlows, *, intermediates_only: bool = False) -> Scope:
    """What counts of `flows`; raises `BadUsage` where goods are not divided into intermediate and final use."""
    if flows.classification != "sector":
        if intermediates_only:
            raise BadUsage(
                "flows by product are not divided into intermediate and final use.",
                remedy="Use flows by sector.",
            )
        return Scope(flows, PRODUCTS, "value_usd")
    if intermediates_only:
        return Scope(flows, INTERMEDIATES, "intermediate_usd")
    return Scope(flows, WITH_FINAL, "value_usd")


def world_gap(flows: TradeFlows) -> Unavailable | None:
    """Why world totals cannot be formed, if they cannot: fewer than ten places, or one reporter and its partners."""
    what = f"Flows of {flows.year} by {flows.classification} are held for"
    if len(flows.places) < FEWEST:
        return Unavailable(
            f"{what} {', '.join(flows.places)} only.", "Load a world trade data set, or ask by sector."
        )
    pairs = flows.frame.select(pl.struct("exporter", "importer").n_unique()).item()
    possible = len(flows.places) * (len(flows.places) - 1)
    if pairs >= _PAIRS_RECORDED * possible:
        return None
    return Unavailable(
        f"{what} {pairs} of the {possible} ordered pairs of {len(flows.places)} places: "
        "the trade of some places, not of the world.",
        "Load a world trade data set, or ask by sector.",
    )


def side_gap(
    flows: TradeFlows, *, exporter: str | None = None, importer: str | None = None
) -> Unavailable | None:
    """Why all sales of `exporter`, or all purchases of `importer`, cannot be formed, if they cannot."""
    if world_gap(flows) is None:
        return None
    side, other, place = (
        ("exporter", "importer", exporter) if exporter else ("importer", "exporter", importer)
    )
    partners = flows.frame.filter(pl.col(side) == place)[other].unique().sort().to_list()
    if len(partners) >= FEWEST:
        return None
    named = f" ({', '.join(partners)})" if partners else ""
    trade = "exports" if exporter else "imports"
    return Unavailable(
        f"The {trade} of {place} in {flows.year} by {flows.classification} are held with "
        f"{len(partners)} partners{named} only.",
        LOAD_WORLD,
    )


def index_figure(
    measure: str,
    code: str,
    value: Callable[[], Number],
    *inputs: Figure | Unavailable,
    unit: str = "index",
    note: str = "",
) -> Figure | Unavailable:
    """What a kernel of `indices`, named `code`, finds, as a figure derived from `inputs`; or why there is none."""
    known: list[Figure] = []
    for figure in inputs:
        if isinstance(figure, Unavailable):
            return figure
        known.append(figure)
    found = value()
    return (
        found
        if isinstance(found, Unavailable)
        else derive(measure, found, unit, known, _KERNELS + code, note=note)
    )


def known_column(values: Array | Unavailable, where: NDArray[np.bool_]) -> pl.Series:
    """A column of `values`, empty where nothing was there to divide by."""
    if isinstance(values, Unavailable):
        return pl.Series([None] * len(where), dtype=pl.Float64)
    return pl.Series(
        [value if known else None for value, known in zip(values.tolist(), where.tolist(), strict=True)],
        dtype=pl.Float64,
    )
