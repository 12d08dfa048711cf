"""From a frame to the arrays of an estimation, with an account of every row that is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
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
    levels,
    parts,
    rows_of,
    variants,
)
from landbridge.gravity.periods import Periods, ambiguous, calendar, repeats, whole_key
from landbridge.gravity.regressors import LARGEST, Regressors, without_value

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
    unique = _unique_keys(labels, request.keys(held), request, account)
    account.notes += _uncompared(held, request)
    problems, notes = calendar(labels, request)
    account.problems += problems
    account.notes += notes
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


def _unique_keys(labels: dict[str, Labels], key: Sequence[str], request: Request, account: _Account) -> bool:
    """Whether no two rows have the same key, nor, where a lag is asked for, the key that names one row for it."""
    again = repeats(labels, key) if key else np.zeros(account.alive.size, np.bool_)
    account.refuse(
        again,
        f"{int(again.sum()):,} rows repeat the {', '.join(key)} of an earlier row.",
        "key",
        "A file was appended twice, or the rows differ in a column that the key does not name.",
        "Drop or add up the repeats, or name the whole key: key=[...].",
    )
    if not request.shifted or again.any():
        return not again.any()
    whole = whole_key(key, request)
    again = repeats(labels, whole)
    if again.any():
        account.problems.append(ambiguous(again, whole))
    return not again.any()


def _uncompared(held: Sequence[str], request: Request) -> list[str]:
    """A note where repeated rows are not looked for, because the columns of the two places are not found."""
    absent = [name for name in (request.exporter, request.importer) if name not in held]
    if request.key is not None or not absent:
        return []
    return [
        f"Repeated rows were not looked for: no column is called {' or '.join(absent)}. "
        "Say exporter=... and importer=... if they have other names, or key=[...]."
    ]


def _finite(table: pl.DataFrame, request: Request, regressors: Regressors, account: _Account) -> None:
    """Missing cells are dropped; NaN and infinite ones are a problem."""
    for name in request.numbers:
        missing = regressors.missing(name)
        account.refuse(
            regressors.unusable(name),
            f"a value is not a number, infinite or beyond {LARGEST:.0e}.",
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
    weights = regressors.column(request.weights) if request.weights else None
    if weights is not None:
        remedy = "Give weights above zero."
        account.refuse(weights < 0, "a weight is negative.", f"column {request.weights}", "", remedy)
        account.drop(weights == 0, f"weight of zero: {request.weights}")
    factors: dict[Factor, Array] = {}
    for factor in request.right:
        factors[factor] = values = regressors.values(factor)
        if next(shifts(factor), None) is not None:
            unlogged = regressors.unlogged(factor)
            empty = np.isnan(values)
            account.drop(empty if unlogged is None else empty & ~unlogged, f"not held: {factor}")
    account.problems += without_value(regressors, request.right, account.alive)
    return regressors.values(response), factors, weights


def _enough(y: Array, labels: dict[str, Labels], request: Request, account: _Account) -> None:
    """Problems of the rows that are left as a whole."""
    left = int(account.alive.sum())
    if left == 0:
        lost = "; ".join(f"{drop.reason} ({drop.rows:,} rows)" for drop in account.drops)
        remedy = "Fill or correct these columns, or leave out what needs them."
        account.problems.append(Problem("no row is left.", cause=f"Dropped: {lost}.", remedy=remedy))
        return
    if request.estimator == "ppml" and not (y[account.alive] > 0).any():
        what, remedy = "all trade is zero.", "Check the unit and the filter."
        account.problems.append(Problem(what, f"column {column_of(request.formula.response)}", remedy=remedy))
    elif request.estimator == "ppml" and y[account.alive].max() < 1 / LARGEST:
        what, remedy = f"all trade is below {1 / LARGEST:.0e}.", "Take a smaller unit."
        account.problems.append(Problem(what, f"column {column_of(request.formula.response)}", remedy=remedy))
    for side, other in ((request.exporter, request.importer), (request.importer, request.exporter)):
        if not _opposed(side, other, request.effects):
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


def _opposed(side: str, other: str, effects: Sequence[str]) -> bool:
    """Whether an effect compares places of one side: it is of the side alone, or the other side has one over the same
    groups. An effect such as exporter^year beside one of importers is the effect of years, if there is one exporter.
    """
    sets = [set(parts(name)) for name in effects]
    return any(
        mine == {side} or (side in mine and other not in mine and mine - {side} | {other} in sets)
        for mine in sets
    )


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
        with np.errstate(over="ignore", under="ignore"):
            x[:, at] = kept(product(term, factors))
    large = [
        str(request.formula.terms[at - constant])
        for at in np.flatnonzero(~(np.abs(x) <= LARGEST).all(axis=0))
    ]
    if large:
        raise BadSample(
            f"products of columns are too large a number: {', '.join(large)}.",
            cause="Columns in small units are multiplied.",
            remedy="Divide them by a thousand or a million first.",
        )
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
