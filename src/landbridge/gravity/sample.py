"""From a frame to the arrays of an estimation, with an account of every row that is left out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import BadSample, Problem
from landbridge.gravity.formula import Factor, Formula, Log, Term, column_of, shifts
from landbridge.gravity.frames import columns_of, known, table_of, usable
from landbridge.gravity.levels import (
    SHOWN,
    Labels,
    Levels,
    Mask,
    Rows,
    code,
    combine,
    levels,
    parts,
    repeated,
    rows_of,
    variants,
)
from landbridge.gravity.regressors import Periods, Regressors

Array = NDArray[np.float64]
INTERCEPT = "(Intercept)"
_PRODUCTS = ("sector", "product", "industry", "item")


@dataclass(frozen=True, slots=True)
class Request:
    """What one call asked for, read but not yet compared with a frame."""

    formula: Formula
    estimator: str
    effects: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    weights: str | None = None
    offset: Factor | None = None
    key: tuple[str, ...] | None = None
    exporter: str = "exporter"
    importer: str = "importer"
    time: str = "year"

    @property
    def numbers(self) -> dict[str, None]:
        """Columns that must be numbers."""
        factors = [self.formula.response, *self.right]
        names = [*map(column_of, factors), *([self.weights] if self.weights else [])]
        return dict.fromkeys(names)

    @property
    def right(self) -> tuple[Factor, ...]:
        """Every factor right of `~`, the offset of the call last."""
        return (*self.formula.right, *([self.offset] if self.offset else []))

    @property
    def offsets(self) -> tuple[Factor, ...]:
        """Every offset, of the formula and of the call."""
        return (*self.formula.offsets, *([self.offset] if self.offset else []))

    @property
    def shifted(self) -> bool:
        """Whether a lag or lead is asked for."""
        return any(next(shifts(factor), None) is not None for factor in self.right)

    def keys(self, held: Sequence[str]) -> tuple[str, ...]:
        """Columns that must be unique together: those named, else exporter, importer, time and product if held."""
        if self.key is not None:
            return self.key
        if self.exporter not in held or self.importer not in held:
            return ()
        names = (self.exporter, self.importer, self.time, *_PRODUCTS)
        return tuple(dict.fromkeys(name for name in names if name in held))

    def labels(self, held: Sequence[str]) -> dict[str, None]:
        """Columns that name levels, pairs or periods."""
        names = [part for name in (*self.effects, *self.clusters) for part in parts(name)]
        names += self.keys(held)
        if self.shifted:
            names += [self.exporter, self.importer, self.time]
        return dict.fromkeys(names)


@dataclass(frozen=True, slots=True)
class Drop:
    """Rows left out for one reason: how many, and the first of them by their number in the frame, from 0."""

    reason: str
    rows: int
    first: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows of an estimation. N rows, K regressors.

    `y` (N,), `x` (N, K) in columns, `offset` and `weights` (N,) or None, `rows` (N,) their numbers in the frame. `rows_in`
    equals N plus the rows in `dropped`.
    """

    y: Array
    x: Array
    terms: tuple[str, ...]
    offset: Array | None
    weights: Array | None
    effects: tuple[Levels, ...]
    clusters: tuple[Levels, ...]
    rows: Rows
    rows_in: int
    dropped: tuple[Drop, ...] = ()
    notes: tuple[str, ...] = ()

    def without(self, mask: Mask, reason: str) -> Sample:
        """The sample without the rows of a mask (N,), which are added to the account."""
        if not mask.any():
            return self
        keep, gone = ~mask, self.rows[mask]
        return replace(
            self,
            y=self.y[keep],
            x=np.asfortranarray(self.x[keep]),
            offset=None if self.offset is None else self.offset[keep],
            weights=None if self.weights is None else self.weights[keep],
            effects=tuple(effect.of(keep) for effect in self.effects),
            clusters=tuple(cluster.of(keep) for cluster in self.clusters),
            rows=self.rows[keep],
            dropped=_added(self.dropped, Drop(reason, gone.size, tuple(gone[:SHOWN].tolist()))),
        )

    def only(self, columns: NDArray[np.int64]) -> Sample:
        """The sample with some of its regressors."""
        terms = tuple(self.terms[at] for at in columns)
        return replace(self, x=np.asfortranarray(self.x[:, columns]), terms=terms)


def _added(drops: tuple[Drop, ...], new: Drop) -> tuple[Drop, ...]:
    """The account with one more entry; a second round for the same reason is added to the first."""
    for at, old in enumerate(drops):
        if old.reason == new.reason:
            first = tuple(sorted((*old.first, *new.first))[:SHOWN])
            return (*drops[:at], Drop(old.reason, old.rows + new.rows, first), *drops[at + 1 :])
    return (*drops, new)


@dataclass(slots=True)
class _Account:
    """Which rows are left, what was dropped, and what is wrong."""

    alive: Mask
    drops: list[Drop] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def drop(self, mask: Mask, reason: str) -> None:
        mask = mask & self.alive
        if mask.any():
            where = np.flatnonzero(mask)
            self.drops.append(Drop(reason, where.size, tuple(where[:SHOWN].tolist())))
            self.alive &= ~mask

    def refuse(self, mask: Mask, what: str, column: str, cause: str, remedy: str) -> None:
        """Note a problem of the living rows in a mask."""
        mask = mask & self.alive
        if mask.any():
            self.problems.append(Problem(what, f"{column}, {rows_of(mask)}", cause, remedy))


def read(frame: Any, request: Request) -> Sample:
    """The sample of a call.

    Raises `BadUsage` where the call names what the frame does not have, and `BadSample` with every problem of the rows.
    """
    held = columns_of(frame)
    numbers, labelled = request.numbers, request.labels(held)
    known([*numbers, *labelled], held)
    table = table_of(frame, list(dict.fromkeys([*numbers, *labelled])))
    usable(table, list(numbers), list(labelled))
    if table.height == 0:
        raise BadSample("the frame has no rows.", remedy="Check the filter that made it.")
    labels = {name: code(name, table[name]) for name in labelled}
    account = _Account(np.ones(table.height, np.bool_))
    _same_spelling(labels, request, account)
    unique = _unique_keys(labels, request.keys(held), account)
    _calendar(labels, request, account)
    periods = Periods.of(labels, request.keys(held), request) if request.shifted and unique else None
    for name in labelled:
        missing = labels[name].missing
        needed = name in {part for each in (*request.effects, *request.clusters) for part in parts(each)}
        if needed and missing is not None:
            account.drop(missing, f"missing: {name}")
    regressors = Regressors(table, periods)
    _finite(table, request, regressors, account)
    y, factors, weights = _evaluated(request, regressors, account)
    _enough(y, labels, request, account)
    if account.problems:
        raise BadSample(account.problems)
    return _sample(request, y, factors, weights, labels, account)


def _same_spelling(labels: dict[str, Labels], request: Request, account: _Account) -> None:
    sides = [labels[name] for name in (request.exporter, request.importer) if name in labels]
    account.problems += variants(sides)
    for name, column in labels.items():
        if name not in (request.exporter, request.importer):
            account.problems += variants([column])


def _unique_keys(labels: dict[str, Labels], key: Sequence[str], account: _Account) -> bool:
    """Whether no two rows have the same key; rows that miss a part of it are not compared."""
    if not key:
        return True
    columns = [labels[name] for name in key]
    codes, places = combine(columns)
    again = repeated(codes, places[0].size)
    for column in columns:
        if column.missing is not None:
            again &= ~column.missing
    account.refuse(
        again,
        f"{int(again.sum()):,} rows repeat the {', '.join(key)} of an earlier row.",
        "key",
        "A file was appended twice, or the rows differ in a column that the key does not name.",
        "Drop or add up the repeats, or name the whole key: key=[...].",
    )
    return not again.any()


def _calendar(labels: dict[str, Labels], request: Request, account: _Account) -> None:
    """A missing year is a note for effects and a refusal for lags."""
    time = labels.get(request.time)
    if time is None:
        return
    if not time.values.dtype.is_integer():
        if request.shifted:
            what = "lags and leads need years as whole numbers."
            account.problems.append(Problem(what, f"column {request.time}", remedy="Cast it to integers."))
        return
    years = time.values.to_list()
    step = math.gcd(*(after - before for before, after in pairwise(years)))
    absent = sorted(set(range(years[0], years[-1], step)) - set(years)) if step and years else []
    if absent:
        named = ", ".join(map(str, absent[:SHOWN])) + (" and others" if len(absent) > SHOWN else "")
        spacing = "annual" if step == 1 else f"every {step} years"
        account.notes.append(f"No row is of {request.time} {named}; the others are {spacing}.")
    asked = dict.fromkeys(shift for factor in request.right for shift in shifts(factor))
    for shift in asked:
        wanted = {year - shift.years for year in years} - set(years)
        gaps = sorted(year for year in wanted if years[0] < year < years[-1])
        if gaps:
            named = ", ".join(map(str, gaps[:SHOWN])) + (" and others" if len(gaps) > SHOWN else "")
            account.problems.append(
                Problem(
                    f"`{shift}` needs {request.time} {named}, which no row is of.",
                    f"column {request.time}",
                    "A year of the panel is missing, or the panel is not annual.",
                    "Load that year, take a shift that is a multiple of the spacing, or give the lag as a column.",
                )
            )


def _finite(table: pl.DataFrame, request: Request, regressors: Regressors, account: _Account) -> None:
    """Missing cells are dropped; NaN and infinite ones are a problem."""
    for name in request.numbers:
        missing = regressors.missing(name)
        bad = ~np.isfinite(regressors.column(name))
        if missing is not None:
            bad &= ~missing
        account.refuse(
            bad,
            "a value is not a number or infinite.",
            f"column {name}",
            "A division by zero or a logarithm before the call.",
            "Mend it, or make it missing: `fill_nan(None)`.",
        )
        # A column that is only ever used in another period may well be missing in this one.
        if missing is not None and name in _present(request):
            account.drop(missing, f"missing: {name}")


def _present(request: Request) -> set[str]:
    """Columns used in the row's own period."""
    own = [factor for factor in request.right if next(shifts(factor), None) is None]
    return {
        *map(column_of, own),
        column_of(request.formula.response),
        *([request.weights] if request.weights else []),
    }


def _evaluated(
    request: Request, regressors: Regressors, account: _Account
) -> tuple[Array, dict[Factor, Array], Array | None]:
    """Response, factors and weights for all rows of the frame; what cannot be had is dropped or a problem."""
    response = request.formula.response
    inner = response.of if isinstance(response, Log) else response
    trade = regressors.values(inner)
    if isinstance(response, Log) or request.estimator == "ppml":
        account.refuse(
            trade < 0,
            "trade is negative.",
            f"column {column_of(response)}",
            "Re-exports were subtracted, or balances taken for flows.",
            "Correct these rows, or drop them and say so.",
        )
    if isinstance(response, Log):
        account.drop(trade == 0, f"zero has no log: {response}")
    weights = regressors.values(regressors.plain(request.weights)) if request.weights else None
    if weights is not None:
        remedy = "Give weights above zero."
        account.refuse(weights < 0, "a weight is negative.", f"column {request.weights}", "", remedy)
        account.drop(weights == 0, f"weight of zero: {request.weights}")
    factors: dict[Factor, Array] = {}
    for factor in request.right:
        factors[factor] = values = regressors.values(factor)
        if next(shifts(factor), None) is not None:
            account.drop(np.isnan(values) & ~regressors.unlogged(factor), f"not held: {factor}")
    y = regressors.values(response)
    for logged, bad in regressors.outside.items():
        if logged != response:
            account.refuse(
                bad,
                f"`{logged}` takes the log of a value that is zero or negative.",
                f"column {column_of(logged)}",
                "A distance of zero inside a country, or a missing value written as 0.",
                "Give these rows a positive value, make them missing, or drop them.",
            )
    return y, factors, weights


def _enough(y: Array, labels: dict[str, Labels], request: Request, account: _Account) -> None:
    """Problems of the rows that are left as a whole."""
    left = int(account.alive.sum())
    if left == 0:
        lost = "; ".join(f"{drop.reason} ({drop.rows:,} rows)" for drop in account.drops)
        account.problems.append(Problem("no row is left.", cause=f"Dropped: {lost}."))
        return
    if request.estimator == "ppml" and not (y[account.alive] > 0).any():
        what, remedy = "all trade is zero.", "Check the unit and the filter."
        account.problems.append(Problem(what, f"column {column_of(request.formula.response)}", remedy=remedy))
    for side in (request.exporter, request.importer):
        if not any(side in parts(name) for name in request.effects):
            continue
        codes = labels[side].codes[account.alive]
        if (codes == codes[0]).all():
            only = labels[side].values[int(codes[0])]
            what = f"there is one {side} only, {only!r}, so its effect leaves nothing to compare."
            remedy = "Add the other places, or leave this effect out."
            account.problems.append(Problem(what, f"column {side}", remedy=remedy))
    columns = len(request.formula.terms)
    if left <= columns:
        what = f"{left:,} rows are left for {columns:,} regressors."
        account.problems.append(Problem(what, remedy="Add rows, or take regressors out."))


def _sample(
    request: Request,
    y: Array,
    factors: dict[Factor, Array],
    weights: Array | None,
    labels: dict[str, Labels],
    account: _Account,
) -> Sample:
    whole = bool(account.alive.all())
    rows = np.flatnonzero(account.alive)

    def kept(values: Array) -> Array:
        return values if whole else values[rows]

    def grouped(names: Sequence[str]) -> Iterator[Levels]:
        for name in names:
            made = levels(name, labels)
            yield made if whole else made.of(account.alive)

    constant = request.formula.constant and not request.effects
    x = np.empty((rows.size, constant + len(request.formula.terms)), order="F")
    if constant:
        x[:, 0] = 1.0
    for at, term in enumerate(request.formula.terms, constant):
        x[:, at] = kept(product(term, factors))
    offset = sum((kept(factors[factor]) for factor in request.offsets), np.zeros(rows.size))
    return Sample(
        np.ascontiguousarray(kept(y)),
        x,
        ((INTERCEPT,) if constant else ()) + tuple(map(str, request.formula.terms)),
        offset if request.offsets else None,
        None if weights is None else kept(weights),
        tuple(grouped(request.effects)),
        tuple(grouped(request.clusters)),
        rows,
        account.alive.size,
        tuple(account.drops),
        tuple(account.notes),
    )


def product(term: Term, factors: dict[Factor, Array]) -> Array:
    """A regressor (N,) from its factors."""
    made = factors[term.factors[0]]
    for factor in term.factors[1:]:
        made = made * factors[factor]
    return made
