"""Validation by pseudo-regions: countries merged into two groups, their trade split again, compared with what is known.

What is known of pseudo-regions is what would be known of regions: sizes, distances, the trade of both groups by sector,
and, by case, some of the margins. Spread is measured on economies that the coverage is not reported for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadSample
from landbridge.potential.balancing import Side, balance
from landbridge.potential.prior import GRAVITY, PROPORTIONAL, Assumptions, Drawn, gravity

Array = NDArray[np.float64]

PROBABILITIES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
# What is known of the margins of a cell: of no cell anything; some are, but neither of this cell's; one of them; both;
# or the margins of all cells.
MARGINS = ("none", "neither", "one", "both", "all")
CELL, ROW = "cell", "row"
LEVELS = ("cell total", "cell item", "row total", "row item")
# The share of rows and columns whose margin is known in the cases between none and all.
KNOWN = 0.25
REPEATS, BLOCK = 5, 5000
PRIORS = (GRAVITY, PROPORTIONAL)


@dataclass(frozen=True, slots=True)
class World:
    """What the pseudo-regions are made of: `flows` (item, economy, economy) in money, home sales zero; `sizes`
    (economy); `distance_km` and `touching` (economy, economy).
    """

    flows: Array
    sizes: Array
    distance_km: Array
    touching: NDArray[np.bool_]

    def __post_init__(self) -> None:
        n = self.sizes.size
        if (
            self.flows.shape[1:] != (n, n)
            or self.distance_km.shape != (n, n)
            or self.touching.shape != (n, n)
        ):
            raise BadSample("flows, distances and borders do not have one row and column for each size.")


@dataclass(frozen=True, slots=True)
class Compared:
    """Known flows against the central split of them: `ratios` known over split (cell), `spread` (draw, cell) what the
    draws of the parameters alone give over the central split, `correlations` of logs, one a grouping.
    """

    ratios: Array = field(repr=False)
    spread: Array = field(repr=False)
    correlations: Array = field(repr=False)


Key = tuple[str, str, str]
"""Level, prior, margins."""


@dataclass(frozen=True, slots=True)
class Validation:
    """One row for each level, prior and set of margins. Columns: docs/reference/tables.md, `region_validation.csv`."""

    frame: pl.DataFrame
    groupings: int
    seed: int

    def table(self) -> pl.DataFrame:
        """The frame."""
        return self.frame


def validate(
    world: World,
    *,
    splits: int = 10,
    groupings: int = 20,
    sizes: tuple[int, int] = (5, 15),
    draws: int = 60,
    seed: int = 1,
    assumed: Assumptions | None = None,
) -> Validation:
    """Merges and splits again.

    Each of `splits` divides the economies by lot into two halves. In either half `groupings` pairs of groups with
    `sizes` members are formed. The spread of known over split flows comes from the first half; coverage, error and
    correlation are those of the second half, with that spread.
    """
    rng = np.random.default_rng(seed)
    given = assumed or Assumptions()
    pooled: dict[Key, list[Array]] = {}
    held: dict[Key, list[tuple[Compared, float, float]]] = {}
    for _ in range(splits):
        order = rng.permutation(world.sizes.size)
        half = order.size // 2
        tuned = _pool(_groupings(world, order[:half], groupings, sizes, draws, rng, given))
        judged = _pool(_groupings(world, order[half:], groupings, sizes, draws, rng, given))
        for key in sorted(tuned.keys() & judged.keys()):
            pooled.setdefault(key, []).append(tuned[key].ratios)
            quantiles = np.quantile(tuned[key].ratios, PROBABILITIES)
            at_80, at_90 = (_coverage(judged[key], quantiles, nominal, rng) for nominal in (0.8, 0.9))
            held.setdefault(key, []).append((judged[key], at_80, at_90))
    rows = [_row(key, np.concatenate(pooled[key]), held[key], splits * groupings) for key in sorted(held)]
    return Validation(pl.DataFrame(rows), 2 * splits * groupings, seed)


def sample(quantiles: Array, count: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Ratios drawn from their quantiles at `PROBABILITIES`: linear in logs between them, flat beyond the last.

    A quantile of zero (a flow that was not there) is drawn as zero.
    """
    return from_quantiles(np.array(PROBABILITIES), quantiles, rng.uniform(size=count))


def from_quantiles(probabilities: Array, quantiles: Array, at: Array) -> Array:
    """The quantile function through (probabilities, quantiles), both (n,), at probabilities `at`."""
    tiny = 1e-12
    logs = np.interp(at, probabilities, np.log(np.maximum(quantiles, tiny)))
    values = np.exp(logs)
    positive = quantiles[quantiles > 0]
    if positive.size == 0:
        return np.zeros_like(at)
    # Between a zero and a positive quantile there is nothing to interpolate in logs: the zero holds.
    return np.where(values < positive[0], 0.0, values) if quantiles[0] == 0 else values


def _groupings(
    world: World,
    pool: NDArray[np.int64],
    count: int,
    sizes: tuple[int, int],
    draws: int,
    rng: np.random.Generator,
    assumed: Assumptions,
) -> Iterator[dict[Key, Compared]]:
    for _ in range(count):
        most = min(sizes[1], pool.size // 2)
        first, second = rng.integers(min(sizes[0], most), most + 1, size=2)
        members = rng.permutation(pool)[: first + second]
        yield split_again(world, members[:first], members[first:], draws, rng, assumed)


def split_again(
    world: World,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    draws: int,
    rng: np.random.Generator,
    assumed: Assumptions,
) -> dict[Key, Compared]:
    """Merges `first` and `second` (positions of economies) into two pseudo-countries and splits their trade again."""
    flows = np.stack(
        [world.flows[:, first[:, None], second], world.flows[:, second[:, None], first].swapaxes(1, 2)]
    )
    known = flows.sum(axis=1)
    out: dict[Key, Compared] = {}
    if np.any(known.sum(axis=(1, 2)) <= 0):
        return out
    rows_known, columns_known = rng.random(first.size) < KNOWN, rng.random(second.size) < KNOWN
    cuts = world.distance_km[first[:, None], second], world.touching[first[:, None], second]
    for kind in PRIORS:
        sizes = world.sizes[None, first], world.sizes[None, second]
        prior = gravity(*sizes, *cuts, assumed, draws, rng, kind)
        for case in ("none", "some", "all"):
            rows = _side(world, known.sum(axis=2), first, rows_known, case, prior.softness)
            columns = _side(world, known.sum(axis=1), second, columns_known, case, prior.softness)
            cells = _solve(prior, known.sum(axis=(1, 2)), rows, columns)
            _compare(out, kind, case, flows, cells, rows_known, columns_known)
    return out


def _solve(prior: Drawn, totals: Array, rows: Side, columns: Side) -> Array:
    values = np.broadcast_to(prior.values, (prior.values.shape[0], 2, *prior.values.shape[2:]))
    return balance(values, totals[None], rows, columns).values


def _side(
    world: World,
    sums: Array,
    members: NDArray[np.int64],
    known: NDArray[np.bool_],
    case: str,
    softness: Array,
) -> Side:
    """`sums` (direction, member) are the true margins; only those that the case tells are looked at."""
    side = Side.unknown(2, members.size, softness.size)
    if case == "none":
        return side
    told = np.ones_like(known) if case == "all" else known
    side.low[:, :2] = np.where(told, sums, 0.0)
    side.high[:, :2] = np.where(told, sums, np.inf)
    # Trade with all partners, as it is published for regions, is a soft target for the others.
    everyone = world.flows[:, members].sum(axis=(0, 2)) + world.flows[:, :, members].sum(axis=(0, 1))
    side.target[:, :2] = sums.sum(axis=1, keepdims=True) * everyone / everyone.sum()
    side.power[:, :2] = softness[:, None, None] * (~told & (everyone > 0))
    return side


def _compare(
    out: dict[Key, Compared],
    kind: str,
    case: str,
    flows: Array,
    cells: Array,
    rows_known: NDArray[np.bool_],
    columns_known: NDArray[np.bool_],
) -> None:
    """Adds ratios of known to split flows, total and by item, of cells and of rows not known."""
    total = flows.sum(axis=(1, 2, 3))
    by_item = flows.sum(axis=(2, 3))
    for level, known, split in (
        (CELL, flows, cells),
        (ROW, flows.sum(axis=3, keepdims=True), cells.sum(axis=3, keepdims=True)),
    ):
        central = split[0]
        # Where a known margin of zero leaves nothing to split there is nothing to compare.
        open_ = np.all(central > 0, axis=0)
        relative = split[1:] / np.where(central > 0, central, 1.0)
        told = rows_known[:, None].astype(np.int64) + (columns_known[None, :] if level == CELL else 0)
        told = np.broadcast_to(told, central.shape[1:]).astype(np.int64)
        for label, cases in _cases(case, level, told):
            chosen = cases & open_
            if not chosen.any():
                continue
            whole = known.sum(axis=1)[:, chosen].ravel(), central[:, chosen].ravel()
            out[f"{level} total", kind, label] = _against(
                *whole, relative[:, :, chosen].reshape(relative.shape[0], -1)
            )
            share = central[:, None] * (by_item / total[:, None])[:, :, None, None]
            here = np.argwhere(by_item > 0)
            flat = [np.concatenate([part[d, k][chosen] for d, k in here]) for part in (known, share)]
            spread = np.concatenate([relative[:, d][:, chosen] for d, _ in here], axis=1)
            out[f"{level} item", kind, label] = _against(flat[0], flat[1], spread)


def _against(known: Array, split: Array, spread: Array) -> Compared:
    there = known > 0
    logs = np.log(known[there]), np.log(split[there])
    varied = there.sum() > 2 and min(part.std() for part in logs) > 1e-9
    return Compared(known / split, spread, np.array([np.corrcoef(*logs)[0, 1]] if varied else []))


def _cases(case: str, level: str, told: NDArray[np.int64]) -> list[tuple[str, NDArray[np.bool_]]]:
    if level == ROW:
        # A row that is known needs no split.
        return (
            []
            if case == "all"
            else [("none" if case == "none" else "neither", told == (0 if case == "some" else told))]
        )
    if case == "some":
        return [("neither", told == 0), ("one", told == 1), ("both", told == 2)]
    return [(case, np.ones_like(told, dtype=bool))]


def _pool(found: Iterator[dict[Key, Compared]]) -> dict[Key, Compared]:
    parts: dict[Key, list[Compared]] = {}
    for grouping in found:
        for key, compared in grouping.items():
            parts.setdefault(key, []).append(compared)
    return {
        key: Compared(
            np.concatenate([item.ratios for item in items]),
            np.concatenate([item.spread for item in items], axis=1),
            np.concatenate([item.correlations for item in items]),
        )
        for key, items in parts.items()
    }


def _coverage(judged: Compared, quantiles: Array, nominal: float, rng: np.random.Generator) -> float:
    """Share of known flows inside the interval that parameters and idiosyncratic spread give together, in per cent."""
    inside = 0
    for start in range(0, judged.ratios.size, BLOCK):
        # Each draw of the parameters meets several of the idiosyncratic part, so that few draws do not narrow the ends.
        part = np.tile(judged.spread[:, start : start + BLOCK], (REPEATS, 1))
        drawn = part * sample(quantiles, part.shape, rng)
        low, high = np.quantile(drawn, [(1 - nominal) / 2, (1 + nominal) / 2], axis=0)
        known = judged.ratios[start : start + BLOCK]
        inside += int(np.sum((known >= low) & (known <= high)))
    return 100 * inside / judged.ratios.size


def _row(
    key: Key, tuned: Array, judged: Sequence[tuple[Compared, float, float]], groupings: int
) -> dict[str, str | int | float]:
    known = np.concatenate([compared.ratios for compared, _, _ in judged])
    at_80 = [covered for _, covered, _ in judged]
    quantiles = {
        f"q{round(1000 * p):03d}": float(q)
        for p, q in zip(PROBABILITIES, np.quantile(tuned, PROBABILITIES), strict=True)
    }
    return {
        "level": key[0],
        "prior": key[1],
        "margins": key[2],
        "groupings": groupings,
        "cells": known.size,
        "zero_pct": float(100 * np.mean(known == 0)),
        "coverage_80_pct": float(np.mean(at_80)),
        "coverage_80_lowest_pct": float(np.min(at_80)),
        "coverage_80_highest_pct": float(np.max(at_80)),
        "coverage_90_pct": float(np.mean([covered for _, _, covered in judged])),
        "median_abs_log_error": float(np.median(np.abs(np.log(known[known > 0])))),
        "correlation": float(np.mean(np.concatenate([compared.correlations for compared, _, _ in judged]))),
        **quantiles,
    }
