"""The verb `fit`: a specification file, the data it names, one estimation or one a sector."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from landbridge.cli.output import answer
from landbridge.errors import BadFile, BadUsage
from landbridge.gravity import Fit, Fits, fit, fit_each
from landbridge.gravity.spec import data_path, specification
from landbridge.sources.guard import LIMITS, all_there, parquet_file, plain_text, regular_file, yaml_file
from landbridge.sources.model import readable, refuse
from landbridge.sources.outline import keys_twice, outline

_WRITTEN = (".csv", ".parquet")


def run(path: Path, *, as_json: bool, out: Path | None) -> None:
    """Fit what a specification says; rows are those of `.table()`."""
    if out is not None:
        _writable(out)
    all_there([path])
    content = yaml_file(path)
    refuse(keys_twice(outline(path), path.name))
    spec = specification(content, path.name)
    frame, kept = spec.chosen(table_of(data_path(spec, path)))
    options = spec.options()
    if spec.by is not None:
        options["by"] = spec.by
    made: Fit | Fits = (fit if spec.by is None else fit_each)(frame, spec.formula, **options)
    table = made.table()
    notes = [*([kept] if kept else []), *_notes(made)]
    if out is not None:
        _write(table, out)
        notes.append(f"written: {out}")
    answer("fit", None, table.to_dicts(), as_json=as_json, notes=notes, dropped=made.dropped.to_dicts())


def _writable(out: Path) -> None:
    """Raises `BadUsage` for a file that could not be written, before anything is estimated."""
    if out.suffix not in _WRITTEN:
        what, remedy = "the table is written as csv or parquet.", "End the name in .csv or .parquet."
    elif not out.parent.is_dir():
        what, remedy = "there is no such folder.", "Make the folder first, or name another."
    elif out.is_dir():
        what, remedy = "this is a folder.", "Name a file in it."
    else:
        return
    raise BadUsage(f"--out {out}: {what}", remedy=remedy)


def _write(table: pl.DataFrame, out: Path) -> None:
    try:
        if out.suffix == ".csv":
            table.write_csv(out)
        else:
            table.write_parquet(out)
    except OSError as error:
        raise BadUsage(
            f"--out {out}: the file cannot be written.",
            cause=f"The system says: {error.strerror or error}.",
            remedy="Name a file in a folder where you may write.",
        ) from None


def _notes(made: Fit | Fits) -> list[str]:
    """What must be known before the estimates are read, of every fit."""
    if isinstance(made, Fit):
        return list(made.before())
    parts = [f"{label}: {line}" for label, part in made.fits.items() for line in part.before()]
    return [*made.before(), *parts]


def table_of(path: Path) -> pl.DataFrame:
    """The rows of a csv or parquet file; raises `BadUsage` if there is none, `BadFile` if it is no table."""
    all_there([path])
    with readable(path.name):
        if path.suffix == ".parquet":
            return pl.read_parquet(parquet_file(path))
        plain_text(regular_file(path, LIMITS.csv), path.name)
        header = pl.read_csv(path, has_header=False, n_rows=1, infer_schema=False, glob=False).row(0)
        again = [name for name in dict.fromkeys(header) if header.count(name) > 1]
        if again:
            raise BadFile(
                f"columns have the same name: {', '.join(map(repr, again))}.",
                where=f"{path.name}, line 1",
                remedy="Give every column a name of its own.",
            )
        return pl.read_csv(path, infer_schema_length=None, glob=False)
