"""`Panel`: trade between all pairs by item with what explains it, as full matrices, and where the matrices come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge import codes
from landbridge.errors import BadSample, BadUsage, NotHeld, Problem, UnknownLabel
from landbridge.flows.accounts import REST, InputOutput
from landbridge.flows.trade import TradeFlows
from landbridge.potential.dense import Array, Mask
from landbridge.release.observations import Agreements

TERMS = ("log(distance_km)", "contiguous", "common_language", "agreement")
FREE_TRADE = ("free trade area", "customs union", "economic union")
"""Forms of agreement that count; those on a list of goods, without preferences, and blocs do not."""
PLACES = 20
"""Fewer places than this do not make a world to compare with."""


class Item(NamedTuple):
    """A sector, product or sum with an equation of its own; `parts` are the items it adds up, if any."""

    code: str
    name: str
    kind: str
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One year of trade between N places in S items, US dollars.

    `flows` (S, N, N) item, exporter, importer; `known` (S, N, N): cells abroad that hold a recorded value, zero or not;
    `regressors` (K, N, N) named by `terms`, zero for pairs without a row. `dropped` holds reasons and counts of rows
    left out.
    """

    items: tuple[Item, ...]
    places: tuple[str, ...]
    flows: Array
    known: Mask
    regressors: Array
    terms: tuple[str, ...]
    period: str
    what: str
    dropped: tuple[tuple[str, int], ...] = ()

    def place(self, code: str) -> int:
        """Position of a place; raises `NotHeld`."""
        if code not in self.places:
            raise NotHeld(
                f"{code} is not among the {len(self.places)} places of {self.what}.",
                cause="Potential is estimated for places with trade of their own in the data.",
                remedy="Name one of them, or hand over a frame that holds it: `potential.expected(frame, ...)`.",
            )
        return self.places.index(code)

    def item(self, code: str) -> int:
        """Position of an item; raises `UnknownLabel`."""
        held = [item.code for item in self.items]
        if code not in held:
            raise UnknownLabel("item of the estimate", code, held)
        return held.index(code)


def agreement_matrix(agreements: Agreements, places: Sequence[str], year: int) -> Array:
    """1 where a free trade area, customs or economic union bound two places in `year`, (N, N); as `Agreements.in_force`."""
    on = str(year)
    at = {code: position for position, code in enumerate(places)}
    held: dict[str, dict[int, str]] = {}
    for member in agreements.memberships:
        last = member.ends[: len(on)]
        current = member.begins[: len(on)] <= on and not (last and last < on[: len(last)])
        if current and member.form in FREE_TRADE and member.member in at:
            held.setdefault(member.agreement, {})[at[member.member]] = member.side
    bound = np.zeros((len(places), len(places)))
    for members in held.values():
        positions = np.array(list(members), dtype=np.int64)
        sides = np.array(list(members.values()))
        apart = (sides[:, None] != sides[None, :]) | (sides == "")[:, None]
        bound[np.ix_(positions, positions)] = np.maximum(bound[np.ix_(positions, positions)], apart)
    np.fill_diagonal(bound, 0.0)
    return bound


def regressors(pairs: pl.DataFrame, agreements: Agreements, places: Sequence[str], year: int) -> Array:
    """The regressors of `TERMS` for all pairs of `places`, (K, N, N); `pairs` as in the release."""
    size = len(places)
    wanted = pl.Series("place", list(places))
    rows = pairs.filter(
        pl.col("exporter").is_in(wanted.implode()) & pl.col("importer").is_in(wanted.implode())
    )
    grid = rows.sort("exporter", "importer")
    order = np.argsort(np.array(places))
    back = np.argsort(order)
    if grid.height != size * size:
        missing = sorted(set(places) - set(rows["exporter"].to_list()))
        raise NotHeld(
            "distances are not held for every pair of places.",
            where=", ".join(missing[:5]),
            remedy="Hand over a frame with distances of your own: `potential.expected(frame, ...)`.",
        )

    def matrix(column: str) -> Array:
        values = grid[column].cast(pl.Float64).to_numpy().reshape(size, size)
        return np.asarray(values[np.ix_(back, back)])

    return np.stack(
        [
            np.log(matrix("distance_km")),
            matrix("contiguous"),
            matrix("common_language"),
            agreement_matrix(agreements, places, year),
        ]
    )


def _sums(goods: Sequence[int], rest: Sequence[int]) -> tuple[Item, ...]:
    return (
        Item("goods", "All goods", "aggregate", tuple(goods)),
        Item("services", "All services, utilities and construction", "aggregate", tuple(rest)),
        Item("all", "All goods and services", "aggregate", tuple(sorted((*goods, *rest)))),
    )


def with_sums(flows: Array, sums: Iterable[Item]) -> Array:
    """`flows` (S, N, N) with the sums of the parts of each aggregate behind it."""
    return np.concatenate([flows, *(flows[list(item.parts)].sum(axis=0)[None] for item in sums)])


@lru_cache(maxsize=2)
def of_accounts(accounts: InputOutput, agreements: Agreements) -> Panel:
    """Deliveries for intermediate use of the 80 economies by sector, and three sums; final sales never enter.

    They are imputed with the help of distance, so an equation on them would find what was put in.
    """
    places = tuple(place for place in accounts.places if place != REST)
    at = [accounts.places.index(place) for place in places]
    flows = 1e6 * accounts.intermediate[np.ix_(range(len(accounts.sectors)), at, at)]
    sectors = [codes.sector(code) for code in accounts.sectors]
    goods = [position for position, sector in enumerate(sectors) if sector.code[0] in "ABC"]
    rest = [position for position in range(len(sectors)) if position not in set(goods)]
    sums = _sums(goods, rest)
    items = (*(Item(sector.code, sector.name, "sector") for sector in sectors), *sums)
    flows = with_sums(flows, sums)
    known = np.broadcast_to(~np.eye(len(places), dtype=np.bool_), flows.shape)
    return Panel(
        items,
        places,
        flows,
        known,
        regressors(accounts.frame("pairs"), agreements, places, accounts.year),
        TERMS,
        str(accounts.year),
        "deliveries for intermediate use in the OECD table",
    )


def of_flows(flows: TradeFlows, pairs: pl.DataFrame, agreements: Agreements) -> Panel:
    """Loaded trade by product. A pair with any row has zero where a product has none; a pair without rows is unknown."""
    near = set(pairs["exporter"].unique().to_list())
    frame = flows.frame.filter(
        pl.col("exporter").is_in(list(near)) & pl.col("importer").is_in(list(near)),
        pl.col("exporter") != pl.col("importer"),
        pl.col("value_usd").is_not_null(),
    )
    sells, buys = set(frame["exporter"].unique().to_list()), set(frame["importer"].unique().to_list())
    places = tuple(sorted(sells & buys))
    if len(places) < PLACES:
        raise NotHeld(
            f"trade of {flows.year} by {flows.classification} is held among {len(places)} places only.",
            cause=f"What is normal is read from the trade of at least {PLACES} places with each other.",
            remedy="Load a BACI year of the whole world with `landbridge load baci FILE`, or take the 50 sectors.",
        )
    kept = frame.filter(pl.col("exporter").is_in(list(places)) & pl.col("importer").is_in(list(places)))
    names = tuple(sorted(kept["item"].unique().to_list()))
    cube = np.zeros((len(names), len(places), len(places)))
    at = tuple(
        kept[column].cast(pl.Enum(values)).to_physical().cast(pl.Int64).to_numpy()
        for column, values in (("item", names), ("exporter", places), ("importer", places))
    )
    np.add.at(cube, at, kept["value_usd"].to_numpy())
    titles = {chapter.code: chapter.name for chapter in codes.chapters()}
    total = Item("all", "All recorded goods", "aggregate", tuple(range(len(names))))
    recorded = cube.sum(axis=0) > 0
    return Panel(
        (*(Item(name, titles.get(name, name), "product") for name in names), total),
        places,
        with_sums(cube, [total]),
        np.broadcast_to(recorded, (len(names) + 1, *recorded.shape)),
        regressors(pairs, agreements, places, flows.year),
        TERMS,
        str(flows.year),
        f"loaded trade by {flows.classification}",
        (("rows of places outside the panel", flows.frame.height - kept.height),),
    )


def of_frame(
    frame: Any,
    formula: str,
    *,
    item: str | None = None,
    exporter: str = "exporter",
    importer: str = "importer",
) -> Panel:
    """A user's rows, one a pair and item, read like those of `gravity.fit`; `formula` as there, without effects.

    Rows without a value are unknown and left out, those of sales at home too. Raises `BadSample` with all problems.
    """
    from landbridge.gravity.formula import parse
    from landbridge.gravity.sample import Request, read

    key = (exporter, importer, *([item] if item else []))
    request = Request(
        parse(formula), "ppml", (exporter, importer), (item,) if item else (), key=key, exporter=exporter, importer=importer
    )  # fmt: skip
    sample = read(frame, request)
    if sample.offset is not None:
        raise BadUsage("an offset cannot be left out with the pair.", remedy="Make it a regressor.")
    sides = [effect.frame()[effect.name].cast(pl.String) for effect in sample.effects]
    places = tuple(sorted({*sides[0].to_list(), *sides[1].to_list()}))
    if min(len(side) for side in sides) < PLACES:
        raise BadSample(
            f"the frame has {len(sides[0])} exporters and {len(sides[1])} importers.",
            cause=f"What is normal is read from the trade of at least {PLACES} places with each other.",
            remedy="Hand over the trade of more places, not only that of the pair.",
        )
    where = [
        np.array([places.index(label) for label in side.to_list()])[effect.codes]
        for side, effect in zip(sides, sample.effects, strict=True)
    ]
    groups = sample.clusters[0] if item else None
    names = groups.frame()[groups.name].cast(pl.String).to_list() if groups else ["all"]
    at = (groups.codes if groups else np.zeros(len(sample.y), dtype=np.int64), *where)
    abroad = where[0] != where[1]
    size = len(places)
    flows, known = np.zeros((len(names), size, size)), np.zeros((len(names), size, size), dtype=np.bool_)
    flows[at] = sample.y
    known[at] = abroad
    explained = np.zeros((sample.x.shape[1], size, size))
    explained[:, where[0], where[1]] = sample.x.T
    _same_in_all_items(explained[:, where[0], where[1]].T, sample.x, sample.rows)
    dropped = [(drop.reason, drop.rows) for drop in sample.dropped]
    if not abroad.all():
        dropped.append(("sales at home", int((~abroad).sum())))
    return Panel(
        tuple(Item(name, name if item else "All trade", "item") for name in names),
        places,
        flows,
        known,
        explained,
        sample.terms,
        "",
        "the frame",
        tuple(dropped),
    )


def _same_in_all_items(held: Array, given: Array, rows: NDArray[np.int64]) -> None:
    wrong = np.flatnonzero((held != given).any(axis=1))
    if wrong.size:
        raise BadSample(
            [
                Problem(
                    f"{wrong.size:,} rows give a pair another regressor than its other items have.",
                    f"rows {', '.join(str(rows[at]) for at in wrong[:5])}",
                    "A regressor that differs by item, or a join that went wrong.",
                    "Give a pair one value of each regressor, or fit the items apart.",
                )
            ]
        )
