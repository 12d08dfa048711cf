"""The verb `fit`: a specification file, the data it names, one estimation or one a sector."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from landbridge.cli.output import answer
from landbridge.errors import BadUsage
from landbridge.gravity import Fit, Fits, fit, fit_each
from landbridge.gravity.spec import data_path, specification
from landbridge.sources.guard import LIMITS, all_there, parquet_file, plain_text, regular_file, yaml_file
from landbridge.sources.model import readable

_WRITTEN = (".csv", ".parquet")


def run(path: Path, *, as_json: bool, out: Path | None) -> None:
    """Fit what a specification says; rows are those of `.table()`."""
    if out is not None and out.suffix not in _WRITTEN:
        raise BadUsage(
            f"--out {out}: the table is written as csv or parquet.",
            remedy="End the name in .csv or .parquet.",
        )
    all_there([path])
    spec = specification(yaml_file(path), path.name)
    frame, kept = spec.chosen(_table(data_path(spec, path)))
    options = spec.options()
    if spec.by is not None:
        options["by"] = spec.by
    made: Fit | Fits = (fit if spec.by is None else fit_each)(frame, spec.formula, **options)
    table = made.table()
    notes = [*([kept] if kept else []), *_notes(made)]
    if out is not None:
        if out.suffix == ".csv":
            table.write_csv(out)
        else:
            table.write_parquet(out)
        notes.append(f"written: {out}")
    answer("fit", None, table.to_dicts(), as_json=as_json, notes=notes, dropped=made.dropped.to_dicts())


def _notes(made: Fit | Fits) -> list[str]:
    """What must be known before the estimates are read, of every fit."""
    if isinstance(made, Fit):
        return list(made.before())
    parts = [f"{label}: {line}" for label, part in made.fits.items() for line in part.before()]
    return [*made.before(), *parts]


def _table(path: Path) -> pl.DataFrame:
    """The rows of a csv or parquet file; raises `BadUsage` if there is none, `BadFile` if it is no table."""
    all_there([path])
    with readable(path.name):
        if path.suffix == ".parquet":
            return pl.read_parquet(parquet_file(path))
        plain_text(regular_file(path, LIMITS.csv), path.name)
        return pl.read_csv(path, infer_schema_length=None, glob=False)
