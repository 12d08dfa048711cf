"""Potential as a counterfactual: the pair's trade costs at the level of named peers, who gains it and who loses it.

Solution concept `conditional` (Yotov, Piermartini, Monteiro and Larch 2016, chapter 2): output and expenditure of every
place and sector stay as they are, sales at home included, and the multilateral resistances are solved again.
With X_ij = phi_ij A_i B_j that is the biproportional scaling of the new phi to the old sums of rows and columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadUsage, OutsideSupport, UnknownLabel
from landbridge.potential import countries, dense
from landbridge.potential.conditional import CONCEPT, TOLERANCE
from landbridge.potential.country_result import NOT_A_FORECAST, Observed
from landbridge.potential.dense import Array
from landbridge.potential.expected import Fitted
from landbridge.potential.panel import Panel, of_accounts
from landbridge.provenance import Figure, Status, Unavailable, derive

if TYPE_CHECKING:
    from landbridge.release import Data

BAND = (2 / 3, 3 / 2)
QUARTILES = (0.25, 0.75)
SIGMA = (5.0, 8.0, 10.0)
LARGEST = 10
RULE = (
    f"the {LARGEST} pairs with the largest expected trade in goods among those of the exporter and of the importer with "
    f"third countries at {BAND[0]:.2f} to {BAND[1]:.2f} times the pair's distance"
)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PeerCounterfactual:
    """Trade of a pair if its access to each other were that of its peers, by sector; US dollars, `simulated`.

    `residual` is the largest relative gap of row and column sums at the solution (markets clear). `frame` and `shifts`
    have the columns of `table` and `losers`.
    """

    exporter: str
    importer: str
    period: str
    peers: tuple[Pair, ...]
    rule: str
    concept: str
    residual: float
    frame: pl.DataFrame
    shifts: pl.DataFrame
    notes: tuple[str, ...]
    _observed: Observed = field(repr=False, compare=False)

    def figure(self, item: str = "all", of: str = "change") -> Figure | Unavailable:
        """`change` or `counterfactual` of a sector, or of all of them, as a figure that rests on the observed cells."""
        if of not in ("change", "counterfactual"):
            raise UnknownLabel("figure of a counterfactual", of, ("change", "counterfactual"))
        sectors = [code for code in self.frame["item"].to_list() if code != "all"]
        if item not in ("all", *sectors):
            raise UnknownLabel("item of this counterfactual", item, ["all", *sectors])
        row = self.frame.filter(item=item).row(0, named=True)
        seen = self._observed(row["name"], tuple(sectors) if item == "all" else (item,))
        if isinstance(seen, Unavailable):
            return seen
        named = ", ".join(f"{one} to {other}" for one, other in self.peers)
        return derive(
            f"{of} of sales at the peers' level of access, {row['name']}, {self.exporter} to {self.importer}",
            row["counterfactual_usd"] - (seen.point if of == "change" else 0.0),
            "USD",
            (seen,),
            "landbridge.potential.peers.peers",
            low=min(row["counterfactual_low_usd"], row["counterfactual_usd"])
            - (seen.point if of == "change" else 0.0),
            high=max(row["counterfactual_high_usd"], row["counterfactual_usd"])
            - (seen.point if of == "change" else 0.0),
            status=Status.SIMULATED,
            note=f"Solution concept {self.concept}, markets clear to {self.residual:.0e}. Peers: {named}. {self.notes[0]}",
        )

    def table(self) -> pl.DataFrame:
        """One row a sector and one for all of them (`item` = all), largest change first.

        item, name, observed_usd, counterfactual_usd with its range between the peers' quartiles, change_usd, change_pct,
        access (observed trade over the product of both effects, the peers' level = 1), peers_used, cost_change_pct with
        its range over the assumed elasticities (minus is cheaper), reason where a sector was left as it is, concept,
        residual, status.
        """
        return self.frame

    def losers(self) -> pl.DataFrame:
        """Whose sales change: side, place, change_usd, all sectors together, losses first.

        Sides: other sellers to the importer, its own producers, other buyers from the exporter, its own buyers.
        """
        return self.shifts


def peers(
    data: Data,
    exporter: str,
    importer: str,
    to: Sequence[str | Pair] = (),
    *,
    items: Sequence[str] | None = None,
    both: bool = False,
    only_better: bool = False,
) -> PeerCounterfactual:
    """Solve the deliveries for intermediate use again with the pair's access at the geometric mean of its peers'.

    `to` names peers: ordered pairs (exporter, importer), or countries, each of which stands for its purchases
    from the exporter and its sales to the importer. Without `to` they are chosen by `RULE`, goods together, and named in
    the result. `items` are sectors, all goods sectors by default; `both` moves the opposite direction too, to the level of
    the peers turned round; `only_better` leaves sectors alone where the pair is already at the peers' level or above,
    which makes the answer a gain by construction. Raises `OutsideSupport` where no sector has a peer to compare with.
    """
    world = of_accounts(data.accounts, data.agreements)
    seller, buyer = world.place(exporter), world.place(importer)
    if seller == buyer:
        raise BadUsage(f"{exporter} twice: a pair has two places.", remedy="Name two countries.")
    whole = countries.fitted(world)
    chosen = _named(world, exporter, importer, to) if to else _nearest(world, whole, seller, buyer)
    sectors = (
        [world.item(code) for code in items]
        if items is not None
        else list(world.items[world.item("goods")].parts)
    )
    if any(world.items[at].parts for at in sectors):
        raise BadUsage(
            "`items` are single sectors; sums are made from them.", remedy="Name sectors, such as C26."
        )
    flows = _with_home(data, world)[sectors]
    moves = [(seller, buyer, chosen)]
    if both:
        moves.append((buyer, seller, [(other, one) for one, other in chosen]))
    seed, columns = _seed(world, whole, sectors, flows, moves, only_better)
    sums = [np.tile(flows.sum(axis=axis), (len(seed), 1)) for axis in (2, 1)]
    solved = dense.balance(seed.reshape(-1, *flows.shape[1:]), *sums, tolerance=TOLERANCE).reshape(seed.shape)
    new, ends = solved[0], solved[1:, :, seller, buyer]
    return PeerCounterfactual(
        exporter,
        importer,
        world.period,
        tuple((world.places[one], world.places[other]) for one, other in chosen),
        "named" if to else RULE,
        CONCEPT,
        _residual(flows, new),
        _table(world, sectors, flows, (new, ends), seller, buyer, columns, _residual(flows, new)),
        _shifts(world, flows, new, seller, buyer),
        (
            "Output and spending of every place and sector are held fixed, so what the pair gains others lose: no income "
            "is created and no price is paid.",
            "Access is what is left of observed trade when both effects are taken out; distance is in it. The level of "
            "peers says what such a cost would mean, not how to reach it.",
            "The range is that of the peers' quartiles: where it spans the observed value, the choice of peers decides the "
            "sign.",
            NOT_A_FORECAST,
        ),
        lambda name, parts: countries.observed_cells(data.by_sector, exporter, importer, name, parts),
    )


def _with_home(data: Data, world: Panel) -> Array:
    """Deliveries in US dollars, sales at home included, (sector, exporter, importer) in the order of the panel."""
    at = [data.accounts.places.index(place) for place in world.places]
    return np.asarray(1e6 * data.accounts.intermediate[np.ix_(range(len(data.accounts.sectors)), at, at)])


def _named(world: Panel, exporter: str, importer: str, to: Sequence[str | Pair]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for peer in to:
        wanted = [(exporter, peer), (peer, importer)] if isinstance(peer, str) else [peer]
        pairs += [(world.place(one), world.place(other)) for one, other in wanted if one != other]
    own = (world.place(exporter), world.place(importer))
    kept = [pair for pair in dict.fromkeys(pairs) if pair != own]
    if not kept:
        raise BadUsage("the pair cannot be its own peer.", remedy="Name other countries or pairs.")
    return kept


def _access(world: Panel, whole: Fitted, item: int) -> Array:
    """Observed trade over the product of exporter's and importer's effect, (N, N); zero where one took no part."""
    scale = np.exp(whole.solution.a[item][:, None] + whole.solution.b[item][None, :])
    return np.where(
        whole.solution.used[item] & (scale > 0), world.flows[item] / np.where(scale > 0, scale, 1.0), 0.0
    )


def _nearest(world: Panel, whole: Fitted, seller: int, buyer: int) -> list[tuple[int, int]]:
    goods = world.item("goods")
    supported = whole.supported[goods]
    distance = np.exp(world.regressors[world.terms.index("log(distance_km)")])
    ratio = distance / distance[seller, buyer]
    fits = supported & (ratio >= BAND[0]) & (ratio <= BAND[1])
    candidates = [(seller, int(at)) for at in np.flatnonzero(fits[seller]) if at != buyer]
    candidates += [(int(at), buyer) for at in np.flatnonzero(fits[:, buyer]) if at != seller]
    largest = sorted(candidates, key=lambda pair: (-whole.left_out[goods][pair], pair))[:LARGEST]
    if not largest:
        raise OutsideSupport(
            "no third country lies at a comparable distance with enough trade.",
            remedy="Name peers yourself: peers(data, exporter, importer, to=[...]).",
        )
    return largest


def _seed(
    world: Panel,
    whole: Fitted,
    sectors: Sequence[int],
    flows: Array,
    moves: Sequence[tuple[int, int, Sequence[tuple[int, int]]]],
    only_better: bool,
) -> tuple[Array, dict[str, list[str | float | int | None]]]:
    """Flows with the moved cells at their peers' access, before markets clear, and the columns that describe the move.

    The first of (3, sector, exporter, importer) has the peers' geometric mean, the others their lower and upper quartile.
    """
    seed = np.repeat(flows[None], 1 + len(QUARTILES), axis=0)
    columns: dict[str, list[str | float | int | None]] = {
        "access": [],
        "peers_used": [],
        "ratio": [],
        "reason": [],
    }
    moved = False
    for row, item in enumerate(sectors):
        access = _access(world, whole, item)
        for number, (seller, buyer, chosen) in enumerate(moves):
            levels = [
                float(access[pair]) for pair in chosen if access[pair] > 0 and whole.supported[item][pair]
            ]
            reason = whole.solution.reason[item]
            if not reason and not whole.supported[item, seller, buyer]:
                reason = "the pair is outside the support of the estimate"
            if not reason and not levels:
                reason = "no peer trades enough of it"
            own = float(access[seller, buyer])
            level = float(np.exp(np.mean(np.log(levels)))) if levels and not reason else None
            if level is not None and only_better and own >= level:
                reason = "the pair is at the level of its peers or above"
            elif level is not None:
                effects = whole.solution.a[item, seller] + whole.solution.b[item, buyer]
                spread = np.quantile(np.log(levels), QUARTILES)
                seed[:, row, seller, buyer] = np.exp(effects + np.array([np.log(level), *spread]))
                moved = True
            if number == 0:
                columns["access"].append(None if level is None else own / level)
                columns["ratio"].append(None if level is None or own == 0 else level / own)
                columns["peers_used"].append(len(levels))
                columns["reason"].append(reason or None)
    if not moved:
        raise OutsideSupport(
            "in none of the sectors do the peers trade with the pair's partners.",
            remedy="Name other peers, or other sectors.",
        )
    return seed, columns


def _residual(flows: Array, new: Array) -> float:
    """Largest relative gap between the sums of the solution and those that were to be kept."""
    gaps = []
    for axis in (1, 2):
        kept, found = flows.sum(axis=axis), new.sum(axis=axis)
        gaps.append(float((np.abs(found - kept) / np.where(kept > 0, kept, 1.0)).max()))
    return max(gaps)


def _table(
    world: Panel,
    sectors: Sequence[int],
    flows: Array,
    solved: tuple[Array, Array],
    seller: int,
    buyer: int,
    columns: dict[str, list[str | float | int | None]],
    residual: float,
) -> pl.DataFrame:
    before, after = flows[:, seller, buyer], solved[0][:, seller, buyer]
    names = [(world.items[at].code, world.items[at].name) for at in sectors]
    ratio = [None if value is None else float(value) for value in columns["ratio"]]
    costs = {
        name: [None if value is None else 100.0 * (value ** (1.0 / (1.0 - sigma)) - 1.0) for value in ratio]
        for name, sigma in zip(("first", "cost_change_pct", "last"), SIGMA, strict=True)
    }
    ends = [
        (None, None) if one is None or two is None else (min(one, two), max(one, two))
        for one, two in zip(costs["first"], costs["last"], strict=True)
    ]

    def whole(values: NDArray[np.float64]) -> list[float]:
        return [float(values.sum()), *map(float, values)]

    old, new_ = whole(before), whole(after)
    frame = pl.DataFrame(
        {
            "item": ["all", *(code for code, _ in names)],
            "name": [f"All {len(names)} sectors", *(name for _, name in names)],
            "observed_usd": old,
            "counterfactual_usd": new_,
            "counterfactual_low_usd": whole(solved[1][0]),
            "counterfactual_high_usd": whole(solved[1][1]),
            "change_usd": [two - one for one, two in zip(old, new_, strict=True)],
            "change_pct": [
                100.0 * (two / one - 1.0) if one > 0 else None for one, two in zip(old, new_, strict=True)
            ],
            "access": [None, *columns["access"]],
            "peers_used": [None, *columns["peers_used"]],
            "cost_change_pct": [None, *costs["cost_change_pct"]],
            "cost_change_low_pct": [None, *(low for low, _ in ends)],
            "cost_change_high_pct": [None, *(high for _, high in ends)],
            "reason": [None, *columns["reason"]],
            "concept": [CONCEPT] * (1 + len(names)),
            "residual": [residual] * (1 + len(names)),
            "status": [Status.SIMULATED.value] * (1 + len(names)),
        },
        schema_overrides={"peers_used": pl.Int64, "reason": pl.String},
    )
    rest = frame[1:].sort("change_usd", "item", descending=[True, False])
    return pl.concat([frame[:1], rest])


def _shifts(world: Panel, flows: Array, new: Array, seller: int, buyer: int) -> pl.DataFrame:
    change = (new - flows).sum(axis=0)
    one, other = world.places[seller], world.places[buyer]
    rows: list[tuple[str, str, float]] = []
    for at, place in enumerate(world.places):
        if at not in (seller, buyer):
            rows.append((f"other sellers to {other}", place, float(change[at, buyer])))
            rows.append((f"other buyers from {one}", place, float(change[seller, at])))
    rows.append((f"producers at home in {other}", other, float(change[buyer, buyer])))
    rows.append((f"buyers at home in {one}", one, float(change[seller, seller])))
    schema = {"side": pl.String, "place": pl.String, "change_usd": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("change_usd", "side", "place")
