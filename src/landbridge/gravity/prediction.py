"""Fitted values of new rows, from labels that were in the sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from landbridge.errors import BadSample, OutsideSupport, Problem, UnknownLabel
from landbridge.gravity.absorb import recover
from landbridge.gravity.formula import column_of
from landbridge.gravity.frames import columns_of, known, table_of, usable
from landbridge.gravity.levels import SHOWN, Levels, code, rows_of
from landbridge.gravity.periods import Periods, ambiguous, repeats, whole_key
from landbridge.gravity.regressors import LARGEST, Regressors, without_value
from landbridge.gravity.result import Array, Fit
from landbridge.gravity.sample import INTERCEPT, product

_SEED = 20240229
FREE = 1e-6
"""A random shift (see `unidentified`) that moves a sum of effects by more than this is not rounding."""


def predict(fit: Fit, frame: Any) -> pl.DataFrame:
    """`row, fitted` of a new frame; missing where a cell is missing or a lag is not held.

    Raises `UnknownLabel` for a label that was not in the sample, `OutsideSupport` for a combination of effects that the
    sample does not identify, `BadSample` for NaN and infinite values, logs of what is not positive, fitted values beyond
    the range of numbers, and rows that repeat the key that a lag needs.
    """
    held = columns_of(frame)
    request = fit.request
    numbers = list(dict.fromkeys(map(column_of, request.right)))
    labelled = list(dict.fromkeys(name for effect in fit.absorbed for name in effect.columns))
    shifted = list(whole_key(request.keys(held), request)) if request.shifted else []
    known([*numbers, *labelled, *shifted], held)
    table = table_of(frame, list(dict.fromkeys([*numbers, *labelled, *shifted])))
    usable(table, numbers, [*labelled, *shifted])
    linear = _linear(fit, Regressors(table, _periods(fit, table, shifted)))
    for values in _effects(fit, table):
        linear = linear + values
    with np.errstate(over="ignore"):
        fitted = np.exp(linear) if fit.estimator == "ppml" else linear
    if (large := np.isinf(fitted)).any():
        raise BadSample(
            "the fitted value is too large a number.",
            where=rows_of(large),
            cause="A regressor is far outside the sample, or in another unit.",
            remedy="Give the regressors in the units of the sample.",
        )
    rows = pl.Series("row", np.arange(table.height))
    return pl.DataFrame([rows, pl.Series("fitted", fitted, nan_to_null=True)])


def _periods(fit: Fit, table: pl.DataFrame, key: list[str]) -> Periods | None:
    """The years of the new rows, where a lag needs them; raises `BadSample` for rows that repeat the key."""
    if not key:
        return None
    labels = {name: code(name, table[name]) for name in key}
    if (again := repeats(labels, key)).any():
        raise BadSample([ambiguous(again, key)])
    if (made := Periods.of(labels, key, fit.request)) is None and table.height:
        raise BadSample(
            "lags and leads need years as whole numbers.",
            where=f"column {fit.request.time}",
            remedy="Cast it to integers.",
        )
    return made


def _linear(fit: Fit, regressors: Regressors) -> Array:
    """Offsets and regressors of the new rows, NaN where a cell is missing or a lag is not held."""
    every = np.ones(regressors.table.height, np.bool_)
    factors = {factor: regressors.values(factor) for factor in fit.request.right}
    problems = [
        Problem(
            f"a value is not a number, infinite or beyond {LARGEST:.0e}.",
            f"column {name}, {rows_of(bad)}",
            remedy="Mend it, or make it missing: `fill_nan(None)`.",
        )
        for name in dict.fromkeys(map(column_of, fit.request.right))
        if (bad := regressors.unusable(name)).any()
    ]
    problems += without_value(regressors, fit.request.right, every)
    if problems:
        raise BadSample(problems)
    linear: Array = np.zeros(every.size)
    for factor in fit.request.offsets:
        linear = linear + factors[factor]
    estimates = dict(zip(fit.terms, fit.estimates, strict=True))
    linear = linear + estimates.get(INTERCEPT, 0.0)
    for term in fit.request.formula.terms:
        if str(term) in estimates:
            linear = linear + estimates[str(term)] * product(term, factors)
    return linear


def _effects(fit: Fit, table: pl.DataFrame) -> list[Array]:
    """The effects of the new rows, NaN where a label is missing."""
    if not fit.absorbed:
        return []
    places = [_places(effect, table) for effect in fit.absorbed]
    estimates = fit.level_effects()
    free = unidentified(fit)
    stray = np.abs(
        sum((part[place] for part, place in zip(free, places, strict=True)), np.zeros(table.height))
    )
    apart = (stray > FREE) & np.all([place >= 0 for place in places], axis=0)
    if apart.any():
        raise OutsideSupport(
            "the effects of these rows belong to parts of the sample that nothing ties together.",
            where=rows_of(apart),
            cause="Exporters and importers that never meet in the sample have no common scale.",
            remedy="Add trade that ties the parts together, or predict within one part.",
        )
    return [
        np.where(place >= 0, estimate[place], np.nan)
        for estimate, place in zip(estimates, places, strict=True)
    ]


def _places(effect: Levels, table: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The level of every new row, -1 where a label is missing."""
    cells = []
    for column, labels, place in zip(effect.columns, effect.labels, effect.places, strict=True):
        used = labels.gather(np.unique(place))
        given = table[column]
        if given.dtype != used.dtype:
            given = given.cast(used.dtype, strict=False)
        # What cannot be turned into the sample's kind of label was not in the sample either.
        unseen = (table[column].is_not_null() & ~given.is_in(used.implode()).fill_null(False)).to_numpy()
        if unseen.any():
            names = [
                str(label) for label in table[column].filter(pl.Series(unseen)).unique(maintain_order=True)
            ]
            also = f"Also unseen: {', '.join(names[1:SHOWN])}. " if len(names) > 1 else ""
            remedy = (
                also + "A place, year or pair that was not in the sample has no effect; add it and fit again."
            )
            where = f"column {column}, {rows_of(unseen)}"
            raise UnknownLabel(
                f"{column} of the sample", names[0], used.cast(pl.String), where=where, remedy=remedy
            )
        cells.append(given.alias(column))
    asked = pl.DataFrame(cells)
    levels = effect.frame().with_row_index("place of level")
    found = asked.join(levels, on=list(effect.columns), how="left", maintain_order="left")["place of level"]
    absent = found.is_null() & ~asked.select(pl.any_horizontal(pl.all().is_null())).to_series()
    if absent.any():
        first = "^".join(map(str, asked.filter(absent).row(0)))
        raise OutsideSupport(
            f"the sample holds no row of {first}, so its {effect.name} effect is not estimated.",
            where=rows_of(absent.to_numpy()),
            cause="The pair or year was never in the sample, or all its trade was zero.",
            remedy="Leave these rows out, or fit without this effect.",
        )
    return found.cast(pl.Int64).fill_null(-1).to_numpy()


def unidentified(fit: Fit) -> tuple[Array, ...]:
    """A random shift of the effects that no row of the sample would notice.

    A new row whose effects it moves is not identified (with probability one): drawn at random, it has a part in every
    direction that the sample leaves free.
    """
    codes = tuple(effect.codes for effect in fit.absorbed)
    draw = np.random.default_rng(_SEED)
    shift = [draw.standard_normal(effect.count) for effect in fit.absorbed]
    seen = sum((part[code] for part, code in zip(shift, codes, strict=True)), np.zeros(fit.n))
    return tuple(part - back for part, back in zip(shift, recover(seen, codes), strict=True))
