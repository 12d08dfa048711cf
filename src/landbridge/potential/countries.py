"""Potential of a pair of countries: expected trade with the pair left out, what is normal, and the gap.

gap = expected - observed: plus is trade that is missing, minus is trade above what is expected.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from landbridge.errors import BadUsage, UnknownLabel
from landbridge.potential import expected as kernel
from landbridge.potential import panel as panels
from landbridge.potential.country_result import (
    ABOVE,
    BELOW,
    CODE,
    NOT_A_FORECAST,
    REFUSED,
    SUM,
    WITHIN,
    ZERO_SUM,
    CountryPotential,
    Line,
    Observed,
)
from landbridge.potential.dense import Dense
from landbridge.potential.expected import CONFIDENCE, NORMAL, WINDOW, Fitted, LeftOut, Support
from landbridge.potential.influence import Information
from landbridge.potential.panel import Panel
from landbridge.provenance import Citation, Figure, Source, Status, Unavailable, derive

if TYPE_CHECKING:
    from landbridge.flows.trade import TradeFlows
    from landbridge.release import Data
    from landbridge.release.observations import Agreements

LOADED = "loaded"
METHOD = (
    "Poisson pseudo-maximum likelihood by item on {what} with exporter and importer effects; regressors {terms}. "
    "The pair's two cells are left out and the equation is solved again; there is no effect of the pair."
)


def potential(
    data: Data,
    exporter: str,
    importer: str,
    *,
    by: str | None = None,
    year: int | None = None,
    support: Support | None = None,
) -> CountryPotential:
    """Expected against observed sales of `exporter` to `importer`, two countries (ISO 3166-1 alpha-3).

    Without `by`, deliveries for intermediate use by sector in the release's own table; `loaded` (or `hs2`) takes the
    chapters of loaded world trade in `year` or the newest. Raises `NotHeld` where the data do not hold the pair, or too
    few others to compare with.
    """
    if exporter == importer:
        raise BadUsage(f"{exporter} twice: potential is about two places.", remedy="Name two countries.")
    if by in (None, "sector"):
        held = data.accounts.year
        if year not in (None, held):
            raise BadUsage(
                f"the table by sector is of {held}, not {year}.", remedy="Leave out the year, or load trade."
            )
        world = panels.of_accounts(data.accounts, data.agreements)
    else:
        by = _chapters(by)
        year = year or max(data.trade.years(by), default=0)
        loads = tuple(load.source for load in data.workspace.current) if data.workspace else ()
        world = _loaded(_Held(data.agreements, loads, data.trade.year(year, by).year, by, data))

    # Expected, normal and gap of a line all stand on the same cell.
    @cache
    def observed(name: str, parts: tuple[str, ...]) -> Figure | Unavailable:
        flows = data.by_sector if by in (None, "sector") else data.trade.year(int(world.period), by)
        return observed_cells(flows, exporter, importer, name, parts)

    return _of_panel(world, exporter, importer, observed, support or Support())


def expected(
    frame: Any,
    formula: str,
    exporter: str,
    importer: str,
    *,
    item: str | None = None,
    columns: tuple[str, str] = ("exporter", "importer"),
    source: Source | None = None,
    support: Support | None = None,
) -> CountryPotential:
    """The same for a frame of one's own: one row a pair (and `item`), values in US dollars.

    `formula` as in `gravity.fit`, for example `value_usd ~ log(distance_km) + contiguous`, without effects: those of
    exporters and importers are always there. `columns` name the two sides. With a `source` figures can be made.
    """
    world = panels.of_frame(frame, formula, item=item, exporter=columns[0], importer=columns[1])

    def observed(name: str, parts: tuple[str, ...]) -> Figure | Unavailable:
        if source is None:
            return Unavailable("The frame was handed over without its source.", "Pass source=Source(...).")
        value = world.flows[world.item(parts[0]), world.place(exporter), world.place(importer)]
        return Figure(
            measure=f"sales, {name}, {exporter} to {importer}",
            value=float(value),
            unit="USD",
            period=world.period,
            status=Status.REPORTED,
            citation=Citation(source, f"{exporter} to {importer}"),
        )

    return _of_panel(world, exporter, importer, observed, support or Support())


def _chapters(by: str) -> str:
    if by not in (LOADED, "hs2"):
        raise UnknownLabel(
            "classification for potential",
            by,
            ("sector", LOADED, "hs2"),
            remedy="Single products of six digits have too few sellers for an equation each.",
        )
    return "hs2"


@dataclass(frozen=True, slots=True)
class _Held:
    """One year of loaded trade, told from others by the loads of its workspace."""

    agreements: Agreements
    loads: tuple[str, ...]
    year: int
    by: str
    data: Data = field(compare=False)


@lru_cache(maxsize=2)
def _loaded(held: _Held) -> Panel:
    flows = held.data.trade.year(held.year, held.by)
    return panels.of_flows(flows, held.data.pairs, held.data.agreements)


@lru_cache(maxsize=4)
def _fit(world: Panel, support: Support) -> Fitted:
    return kernel.solve(world.flows, world.regressors, world.known, support)


@lru_cache(maxsize=16)
def _refit(fitted: Fitted, one: int, other: int) -> tuple[Dense, Information]:
    return kernel.without_pair(fitted, one, other)


def fitted(world: Panel, support: Support | None = None) -> Fitted:
    """The equations of a panel, solved once and kept."""
    return _fit(world, support or Support())


def left_out(world: Panel, exporter: str, importer: str, support: Support | None = None) -> LeftOut:
    """The pair's expectations item by item, exact; both directions share one solution."""
    seller, buyer = world.place(exporter), world.place(importer)
    whole = fitted(world, support)
    return kernel.leave_out(whole, _refit(whole, *sorted((seller, buyer))), seller, buyer)


def _of_panel(
    world: Panel, exporter: str, importer: str, observed: Observed, support: Support
) -> CountryPotential:
    seller, buyer = world.place(exporter), world.place(importer)
    whole, left = fitted(world, support), left_out(world, exporter, importer, support)
    rca, share = _capability(world, seller)
    lines = []
    for at, item in enumerate(world.items):
        able = (rca[at], share[at]) if item.kind != "aggregate" else (None, None)
        kind = "equation of the sum" if item.kind == "aggregate" else item.kind
        known = bool(world.known[at, seller, buyer])
        lines.append(_line(item.code, item.name, kind, left, at, known, *able))
        if item.parts:
            total = kernel.together(whole, left, np.array(item.parts), seller, buyer)
            lines.append(_line(item.code + SUM, item.name, "sum of items", total, 0, known))
    refused = [line for line in lines if line.verdict == REFUSED and line.kind not in ("sum of items",)]
    notes = (
        NOT_A_FORECAST,
        ZERO_SUM,
        f"Normal is the range of the {100 * NORMAL[0]:.0f}th to {100 * NORMAL[1]:.0f}th of a hundred other pairs, among "
        f"the {WINDOW} nearest in expected size, each left out in its turn.",
        f"{len(refused)} of {len(world.items)} items are refused: at least {support.partners} other partners on either "
        f"side, leverage up to {support.leverage:g}, expected trade from {support.floor:,.0f} US dollars and an interval "
        f"that spans at most {support.span:g} times are asked for.",
        "A sum of items leaves out the refused ones, on both sides of the comparison.",
    )
    method = METHOD.format(what=world.what, terms=", ".join(world.terms))
    return CountryPotential(
        exporter, importer, world.period, tuple(lines), notes, method, world.dropped, world, whole, observed
    )


def _line(
    code: str,
    name: str,
    kind: str,
    left: LeftOut,
    at: int,
    known: bool,
    rca: float | None = None,
    share: float | None = None,
) -> Line:
    observed = float(left.observed[at]) if known else None
    if left.reason[at] or observed is None:
        return Line(code, name, kind, observed, *(None,) * 8, REFUSED, left.reason[at], rca, share)
    middle = float(left.expected[at])
    width = math.exp(CONFIDENCE * float(left.log_error[at]))
    low, high = float(left.normal_low[at]), float(left.normal_high[at])
    verdict = ABOVE if observed > high else BELOW if observed < low else WITHIN
    return Line(
        code, name, kind, observed, middle, middle / width, middle * width, low, high, float(left.percentile[at]),
        float(left.in_sample[at]), middle - observed, verdict, "", rca, share,
    )  # fmt: skip


def _capability(world: Panel, seller: int) -> tuple[list[float | None], list[float | None]]:
    """Revealed comparative advantage of a seller and its share in per cent of what all sell, by item; sales abroad."""
    abroad = np.where(world.known, world.flows, 0.0).sum(axis=2)
    single = [at for at, item in enumerate(world.items) if item.kind != "aggregate"]
    own, everyone = abroad[:, seller], abroad.sum(axis=1)
    share = float(own[single].sum() / everyone[single].sum())
    parts = [float(one / whole) if whole > 0 else None for one, whole in zip(own, everyone, strict=True)]
    advantage = [None if part is None or share == 0 else part / share for part in parts]
    return advantage, [None if part is None else 100 * part for part in parts]


def observed_cells(
    flows: TradeFlows, exporter: str, importer: str, name: str, parts: tuple[str, ...]
) -> Figure | Unavailable:
    """The observed cell as a figure, of sectors the part for intermediate use; the sum where there are several."""
    held = set(flows.between(exporter, importer)["item"].to_list())
    cells = []
    for code in parts:
        cell = flows.item(exporter, importer, code) if code in held else None
        if isinstance(cell, Figure):
            cells.append(cell.inputs[0] if flows.classification == "sector" else cell)
    if not cells:
        return Unavailable(
            f"No flow of {name} from {exporter} to {importer} is recorded.", "Missing is not zero."
        )
    if len(parts) == 1:
        return cells[0]
    value = math.fsum(cell.point for cell in cells)
    return derive(
        f"observed sales, {name}, {exporter} to {importer}", value, "USD", cells, CODE + "potential"
    )
