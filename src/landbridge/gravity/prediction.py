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
from landbridge.gravity.regressors import Periods, Regressors
from landbridge.gravity.result import Array, Fit
from landbridge.gravity.sample import INTERCEPT, product

_SEED = 20240229
_FREE = 1e-6


def predict(fit: Fit, frame: Any) -> pl.DataFrame:
    """`row, fitted` of a new frame; missing where a cell is missing or a lag is not held.

    Raises `UnknownLabel` for a label that was not in the sample, `OutsideSupport` for a combination of effects that the
    sample does not identify, `BadSample` for a log of what is not positive.
    """
    held = columns_of(frame)
    request = fit.request
    numbers = list(dict.fromkeys(map(column_of, request.right)))
    labelled = list(dict.fromkeys(name for effect in fit.absorbed for name in effect.columns))
    shifted = [request.exporter, request.importer, request.time] if request.shifted else []
    shifted = list(dict.fromkeys([*shifted, *(request.keys(held) if request.shifted else ())]))
    known([*numbers, *labelled, *shifted], held)
    table = table_of(frame, list(dict.fromkeys([*numbers, *labelled, *shifted])))
    usable(table, numbers, [*labelled, *shifted])
    labels = {name: code(name, table[name]) for name in shifted}
    periods = Periods.of(labels, shifted, request) if shifted else None
    linear = _linear(fit, Regressors(table, periods))
    for values in _effects(fit, table):
        linear = linear + values
    fitted = pl.Series("fitted", np.exp(linear) if fit.estimator == "ppml" else linear, nan_to_null=True)
    return pl.DataFrame([pl.Series("row", np.arange(table.height)), fitted])


def _linear(fit: Fit, regressors: Regressors) -> Array:
    """Offsets and regressors of the new rows."""
    factors = {factor: regressors.values(factor) for factor in fit.request.right}
    problems = [
        Problem(f"`{logged}` takes the log of a value that is zero or negative.", f"{rows_of(bad)}")
        for logged, bad in regressors.outside.items()
    ]
    if problems:
        raise BadSample(problems)
    linear: Array = np.zeros(regressors.table.height)
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
    free = _unidentified(fit)
    stray = np.abs(
        sum((part[place] for part, place in zip(free, places, strict=True)), np.zeros(table.height))
    )
    apart = (stray > _FREE) & np.all([place >= 0 for place in places], axis=0)
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
        unseen = (table[column].is_not_null() & ~given.is_in(used.implode())).to_numpy()
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


def _unidentified(fit: Fit) -> tuple[Array, ...]:
    """A random shift of the effects that no row of the sample would notice.

    A new row whose effects it moves is not identified (with probability one): drawn at random, it has a part in every
    direction that the sample leaves free.
    """
    codes = tuple(effect.codes for effect in fit.absorbed)
    draw = np.random.default_rng(_SEED)
    shift = [draw.standard_normal(effect.count) for effect in fit.absorbed]
    seen = sum((part[code] for part, code in zip(shift, codes, strict=True)), np.zeros(fit.n))
    return tuple(part - back for part, back in zip(shift, recover(seen, codes), strict=True))
