"""Frames of any library, as Polars, and what is said of columns that they do not have or cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import polars as pl
from narwhals.exceptions import NarwhalsError
from polars.exceptions import PolarsError

from landbridge.errors import BadUsage, Problem, UnknownLabel
from landbridge.gravity.levels import SHOWN, fractions, rows_of

_COLUMNS = 12
"""So many columns are named in a refusal."""


def table_of(frame: Any, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Some columns of any frame that Narwhals knows, as Polars; raises `BadUsage` for what is no frame."""
    try:
        made = nw.from_native(frame)
    except TypeError:
        raise BadUsage(
            f"a {type(frame).__name__} is not a table.",
            remedy="Hand over a frame of Polars, pandas, PyArrow or another library that Narwhals knows.",
        ) from None
    except NarwhalsError as error:
        raise _unreadable(error) from None
    try:
        if columns is not None:
            made = made.select(columns)
        whole = made.collect(backend="polars") if isinstance(made, nw.LazyFrame) else made
        return whole.to_polars()
    except (ValueError, TypeError, NotImplementedError, NarwhalsError, PolarsError) as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> BadUsage:
    first = " ".join(str(error).split()) or type(error).__name__
    return BadUsage(
        "the table cannot be read.",
        cause=f"Its library says: {first[:200]}",
        remedy="Give every column a name of its own, and one kind of values: numbers or text.",
    )


def columns_of(frame: Any) -> list[str]:
    """The column names of any frame; raises `BadUsage` for what is no frame."""
    if isinstance(frame, pl.DataFrame):
        return frame.columns
    try:
        return list(map(str, nw.from_native(frame).collect_schema().names()))
    except (TypeError, NarwhalsError):
        return table_of(frame).columns


def known(names: Sequence[str], held: Sequence[str]) -> None:
    """Raises `UnknownLabel`, or `BadUsage` listing several, for names that are no columns."""
    shown = ", ".join(map(str, held[:_COLUMNS])) + (" and others" if len(held) > _COLUMNS else "")
    remedy = f"The frame has: {shown or 'no column'}."
    wrong = [
        UnknownLabel("column", name, held, remedy=remedy) for name in dict.fromkeys(names) if name not in held
    ]
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise BadUsage([problem for error in wrong for problem in error.problems])


def usable(table: pl.DataFrame, numbers: Sequence[str], labels: Sequence[str]) -> None:
    """Raises `BadUsage` listing columns of the wrong kind: text in the formula, fractions as an effect."""
    problems = []
    for name in numbers:
        kind = table[name].dtype
        if kind in (pl.String, pl.Categorical, pl.Enum):
            problems.append(_text(name, table[name].cast(pl.String)))
        elif not (kind.is_numeric() or kind in (pl.Boolean, pl.Null)):
            what = f"the formula needs numbers, and this column holds {kind}."
            problems.append(Problem(what, f"column {name}", remedy="Turn it into numbers."))
    for name in labels:
        if fractions(table[name]):
            what = "an effect, cluster or key needs labels, and this column holds fractions."
            problems.append(Problem(what, f"column {name}", remedy="Put it into the formula, or round it."))
    if problems:
        raise BadUsage(problems)


def _text(name: str, cells: pl.Series) -> Problem:
    """What is said of text where numbers are needed: the cells that are no number, unless none or most of them is."""
    stray = (
        cells.is_not_null() & cells.str.strip_chars().cast(pl.Float64, strict=False).is_null()
    ).to_numpy()
    what = "the formula needs numbers, and this column holds text."
    where = f"column {name}"
    if not stray.any():
        return Problem(
            what,
            where,
            "Every cell can be read as a number.",
            f'Turn it into numbers: `pl.col("{name}").cast(pl.Float64)`.',
        )
    if 2 * stray.sum() > cells.len() - cells.null_count():
        return Problem(what, where, remedy=f'Make it a fixed effect: effects=["{name}"].')
    named = ", ".join(map(repr, cells.filter(pl.Series(stray)).unique(maintain_order=True)[:SHOWN]))
    return Problem(
        what,
        f"{where}, {rows_of(stray)}",
        f"The other cells are numbers, and these are not: {named}.",
        "Mend these cells, or leave them empty if the value is missing.",
    )
