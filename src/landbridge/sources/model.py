"""What every reader hands on: kept rows in one layout, and an account of every row that was not kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl
from polars.exceptions import PanicException, PolarsError

from landbridge.codes.matching import plain
from landbridge.errors import BadFile, Problem

SCHEMA: dict[str, type[pl.DataType]] = {
    "exporter": pl.String,
    "importer": pl.String,
    "period": pl.String,
    "product": pl.String,
    "nomenclature": pl.String,
    "value_usd": pl.Float64,
    "quantity_t": pl.Float64,
    "reporter": pl.String,
    "basis": pl.String,
    "status": pl.String,
}
"""Columns of a trade table. `exporter`, `importer`: ISO 3166-1 alpha-3 or ISO 3166-2. `period`: `2022` or
`2022-03`. `product`: HS code with its leading zeros, or `TOTAL`. `nomenclature`: `HS17`, ... `value_usd` in
dollars and `quantity_t` in tonnes; null is missing, never zero. `reporter`: who counted, empty for reconciled
data. `basis`: `fob`, `cif` or `unstated`. `status`: `reported`, `mirrored` or `reconciled`."""

KEY = ("exporter", "importer", "period", "product", "nomenclature", "reporter", "basis", "status")
SHOWN = 20
"""So many problems of a file are listed; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows not kept for one `reason`: how many, what they were worth in dollars, and where the first one
    stands.
    """

    reason: str
    count: int
    value_usd: float
    example: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as read. `frame` is lazy, has the columns of `SCHEMA` and lives as long as the file it was read
    from.

    `rows_in` equals the rows of `frame` plus the counts in `dropped`, and `value_in_usd` (the sum of all
    readable values, in dollars) equals the sum of `frame` plus the values in `dropped`; whoever stores the
    frame checks both.
    """

    frame: pl.LazyFrame
    dropped: tuple[Dropped, ...]
    rows_in: int
    value_in_usd: float
    notes: tuple[str, ...] = ()

    @property
    def rows_kept(self) -> int:
        """Rows of `frame`, by the account."""
        return self.rows_in - sum(item.count for item in self.dropped)


@dataclass(frozen=True, slots=True)
class Check:
    """Cells of `column` for which `bad` holds make the whole file unusable, because `cause`.

    `remedy` says what helps.
    """

    bad: pl.Expr
    column: str
    what: str
    cause: str = ""
    remedy: str = ""


@contextmanager
def readable(where: str) -> Iterator[None]:
    """Turns whatever the table engine raises inside into a `BadFile` about `where`."""
    try:
        yield
    except (PolarsError, PanicException, OSError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise BadFile(
            "the rows cannot be read as a table.",
            where=where,
            cause=f"The reader says: {first[:200]}.",
            remedy="Open the file in a text editor, or download it again.",
        ) from error


def refuse(problems: Sequence[Problem], total: int | None = None) -> None:
    """Raises `BadFile` with at most `SHOWN` of `problems` if there are any; `total` is their true number."""
    if not problems:
        return
    rest = (len(problems) if total is None else total) - SHOWN
    shown = list(problems[:SHOWN])
    if rest > 0:
        shown.append(Problem(f"and {rest:,} more problems like these.", where=shown[0].where.split(",")[0]))
    raise BadFile(shown)


def require(rows: pl.LazyFrame, checks: Sequence[Check], where: str, row_word: str) -> None:
    """Raises `BadFile` listing the cells of `rows` that fail a check.

    `rows` has a column `row` with its number.
    """
    bad = pl.any_horizontal([check.bad.fill_null(False) for check in checks])
    cells = [pl.when(check.bad).then(pl.col(check.column)).alias(str(at)) for at, check in enumerate(checks)]
    with readable(where):
        found = rows.filter(bad).select("row", *cells).head(SHOWN + 1).collect(engine="streaming")
        total = found.height
        if total > SHOWN:
            total = int(rows.filter(bad).select(pl.len()).collect(engine="streaming").item())
    problems = []
    for record in found.iter_rows(named=True):
        for at, check in enumerate(checks):
            if record[str(at)] is not None:
                what = f"{check.what}: {record[str(at)][:60]!r}."
                problems.append(
                    Problem(what, f"{where}, {row_word} {record['row']}", check.cause, check.remedy)
                )
                break
    refuse(problems, total)


def settle(
    rows: pl.LazyFrame, where: str, row_word: str, notes: Sequence[str] = (), merge: bool = False
) -> Loaded:
    """Splits `rows` into kept and dropped and adds both up.

    `rows` has the columns of `SCHEMA`, `row` (its number), `reason` (null where the row is kept) and
    `culprit` (the cell to show). With `merge`, kept rows with the same key are added together: values are
    added where known, a quantity is missing as soon as one of its parts is.
    """
    kept = rows.filter(pl.col("reason").is_null()).select(SCHEMA.keys())
    with readable(where):
        sums = rows.group_by("reason", "culprit").agg(
            pl.len().alias("count"), pl.col("value_usd").sum(), pl.col("row").min()
        )
        account = sums.collect(engine="streaming").sort("reason", "row", nulls_last=True)
        dropped = _reasons(account.filter(pl.col("reason").is_not_null()), row_word)
        if merge:
            kept = _merged(kept)
            before = int(account.filter(pl.col("reason").is_null())["count"].sum())
            again = before - int(kept.select(pl.len()).collect(engine="streaming").item())
            if again:
                dropped.append(
                    Dropped("added to the row of the same places, period and product", again, 0.0, "")
                )
    return Loaded(
        kept, tuple(dropped), int(account["count"].sum()), float(account["value_usd"].sum()), tuple(notes)
    )


def _reasons(account: pl.DataFrame, row_word: str) -> list[Dropped]:
    out = []
    for (reason,), group in account.group_by("reason", maintain_order=True):
        culprits = [plain(str(cell)[:40]) for cell in group["culprit"].head(6) if cell is not None]
        example = f"{row_word} {group['row'][0]}"
        if culprits:
            also = (
                f" (also {', '.join(culprits[1:])}{', ...' if group.height > 6 else ''})"
                if culprits[1:]
                else ""
            )
            example += f": {culprits[0]}{also}"
        out.append(Dropped(str(reason), int(group["count"].sum()), float(group["value_usd"].sum()), example))
    return out


def _merged(kept: pl.LazyFrame) -> pl.LazyFrame:
    value, quantity = pl.col("value_usd"), pl.col("quantity_t")
    return (
        kept.group_by(KEY)
        .agg(
            pl.when(value.is_not_null().any()).then(value.sum()).alias("value_usd"),
            pl.when(quantity.is_not_null().all()).then(quantity.sum()).alias("quantity_t"),
        )
        .select(SCHEMA.keys())
        .sort(KEY)
    )


def first_reason(*reasons: tuple[pl.Expr, str, pl.Expr]) -> list[pl.Expr]:
    """Columns `reason` and `culprit` from (condition, reason, cell to show), the first that holds."""
    reason = pl.coalesce([pl.when(bad).then(pl.lit(text)) for bad, text, _ in reasons])
    culprit = pl.coalesce([pl.when(bad).then(cell.fill_null("")) for bad, _, cell in reasons])
    return [reason.alias("reason"), culprit.alias("culprit")]


def number(cell: pl.Expr) -> pl.Expr:
    """`cell` (text) as a finite float; null where it is empty or is not one."""
    value = cell.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def require_one_row(
    kept: pl.LazyFrame, key: Sequence[str], where: str, cause: str = "", remedy: str = ""
) -> None:
    """Raises `BadFile` naming the flows for which `kept` has more than one row with the same `key`."""
    with readable(where):
        # Hashes, eight bytes a row, tell whether there is anything to look for; whole keys take far more.
        hashes = kept.select(pl.struct(list(key)).hash().alias("hash")).collect(engine="streaming")["hash"]
        if hashes.n_unique() == len(hashes):
            return
        counted = kept.group_by(list(key)).agg(pl.len().alias("count")).filter(pl.col("count") > 1)
        found = counted.collect(engine="streaming").sort(list(key))
    problems = []
    for row in found.iter_rows(named=True):
        flow = " to ".join((row["exporter"], row["importer"]))
        what = f"{flow}, {row['period']}, product {row['product']}: {row['count']} rows."
        problems.append(Problem(what, where, cause, remedy))
    refuse(problems)
