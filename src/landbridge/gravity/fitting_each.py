"""One equation fitted sector by sector, in one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from landbridge.errors import BadSample, BadUsage, LandbridgeError, NotConverged, Problem
from landbridge.gravity.fitting import fit
from landbridge.gravity.frames import columns_of, known, table_of, usable
from landbridge.gravity.levels import Rows
from landbridge.gravity.result import Fit

_ROW = "row of the whole frame"


@dataclass(frozen=True, slots=True)
class Fits:
    """Fits by the labels of the column `by`, and the refusals of those that could not be fitted."""

    by: str
    fits: Mapping[Any, Fit]
    refused: Mapping[Any, LandbridgeError]

    def table(self) -> pl.DataFrame:
        """The tables of all fits below one another, with the column `by` first."""
        made = [
            part.table().insert_column(0, pl.Series(self.by, [label] * len(part.terms)))
            for label, part in self.fits.items()
        ]
        return pl.concat(made)

    @property
    def failures(self) -> pl.DataFrame:
        """What was not fitted: the column `by`, and `reason`."""
        reasons = [str(error) for error in self.refused.values()]
        labels = list(self.refused) or pl.Series([], dtype=pl.String)
        return pl.DataFrame({self.by: labels, "reason": pl.Series(reasons, dtype=pl.String)})

    @property
    def dropped(self) -> pl.DataFrame:
        """Rows left out of each fit: the column `by`, `reason`, `rows`, `first_rows` (numbers in the whole frame)."""
        labels = [label for label, part in self.fits.items() for _ in part.drops]
        made = pl.concat([part.dropped for part in self.fits.values()])
        return made.insert_column(0, pl.Series(self.by, labels or pl.Series([], dtype=pl.String)))

    def summary(self) -> str:
        """How many were fitted, why the others were not, and each summary."""
        return "\n\n".join(
            ["\n".join(self.before()), *(f"{label}\n{part}" for label, part in self.fits.items())]
        )

    def before(self) -> tuple[str, ...]:
        """How many were fitted, and why the others were not."""
        total = len(self.fits) + len(self.refused)
        head = f"{len(self.fits)} of {total} fitted, by {self.by}."
        return (head, *(f"Not fitted: {label}: {error}" for label, error in self.refused.items()))

    def __getitem__(self, label: Any) -> Fit:
        if label in self.refused:
            raise self.refused[label]
        return self.fits[label]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fits)

    def __len__(self) -> int:
        return len(self.fits)

    def __str__(self) -> str:
        return self.summary()


def fit_each(
    frame: Any, formula: str, by: str = "sector", *args: Any, executor: Executor | None = None, **options: Any
) -> Fits:
    """`fit` for the rows of every label of the column `by`, in the order in which labels are first met.

    `args` and `options` are those of `fit`; rows are numbered in the whole frame, but within their label where a refusal
    names them. With an `executor` of `concurrent.futures` labels are fitted side by side. A
    label whose rows are refused or do not converge is kept in `refused` with its reason; where none can be fitted, all
    reasons are raised as `BadSample`. A wrong call is raised at once. Rows without a label are refused.
    """
    if not isinstance(by, str):
        raise BadUsage(
            f"by must be the name of a column, not a {type(by).__name__}.", remedy='Write by="sector".'
        )
    known([by], columns_of(frame))
    table = table_of(frame)
    usable(table, [], [by])
    if table[by].null_count():
        count = table[by].null_count()
        raise BadSample(
            f"{count:,} rows have no label.", where=f"column {by}", remedy="Fill or drop them first."
        )
    parts = table.with_row_index(_ROW).partition_by(by, as_dict=True, maintain_order=True)
    groups = {key[0]: rows for key, rows in parts.items()}
    made: dict[Any, Fit | LandbridgeError]
    if executor is None:
        made = {label: _fitted(rows, formula, args, options) for label, rows in groups.items()}
    else:
        running: dict[Any, Future[Fit | LandbridgeError]] = {
            label: executor.submit(_fitted, rows, formula, args, options) for label, rows in groups.items()
        }
        made = {label: future.result() for label, future in running.items()}
    fits = {
        label: _numbered(part, groups[label][_ROW].to_numpy())
        for label, part in made.items()
        if isinstance(part, Fit)
    }
    refused = {label: part for label, part in made.items() if isinstance(part, LandbridgeError)}
    if not fits:
        raise BadSample(
            [Problem(str(error), f"{by} {label}") for label, error in refused.items()]
            or [Problem("the frame has no rows.", remedy="Check the filter that made it.")]
        )
    return Fits(by, fits, refused)


def _numbered(fit: Fit, rows: Rows) -> Fit:
    """The fit of some rows of a frame, with their numbers in the whole of it."""
    drops = tuple(replace(drop, first=tuple(rows[list(drop.first)].tolist())) for drop in fit.drops)
    return replace(fit, drops=drops, rows=rows[fit.rows].astype(np.int64))


def _fitted(
    rows: pl.DataFrame, formula: str, args: tuple[Any, ...], options: dict[str, Any]
) -> Fit | LandbridgeError:
    """A fit, or why there is none; returned and not raised, so that one label does not stop the others."""
    try:
        return fit(rows, formula, *args, **options)
    except (BadSample, NotConverged) as error:
        return error
