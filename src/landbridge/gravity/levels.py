"""Labels as whole numbers: columns, interactions of columns such as `exporter^year`, and rows of other periods."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge.errors import Problem

Codes = NDArray[np.int32]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
_TABLE = 2**22
_WIDE = 2**62
SHOWN = 5
"""So many rows or labels are named in a message; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Labels:
    """One column: `values` in ascending order; `codes` (N,) point into it; `missing` (N,) or None if none is."""

    column: str
    values: pl.Series
    codes: Codes
    missing: Mask | None


@dataclass(frozen=True, slots=True)
class Levels:
    """One effect or cluster: `codes` (N,) with every level occupied, and of each of its L levels the `places` (L,)
    within the `labels` of its columns.
    """

    name: str
    columns: tuple[str, ...]
    codes: Codes
    places: tuple[Codes, ...]
    labels: tuple[pl.Series, ...]

    @property
    def count(self) -> int:
        """The number of levels."""
        return int(self.places[0].size)

    def of(self, rows: Mask) -> Levels:
        """The same for some rows; levels that no longer occur are gone."""
        codes, present = dense(self.codes[rows], self.count)
        places = tuple(place[present] for place in self.places)
        return Levels(self.name, self.columns, codes, places, self.labels)

    def frame(self) -> pl.DataFrame:
        """One row a level, one column a column."""
        parts = zip(self.columns, self.labels, self.places, strict=True)
        return pl.DataFrame([labels.gather(place).alias(column) for column, labels, place in parts])


def code(column: str, cells: pl.Series) -> Labels:
    """Number the labels of a column. Floats must be whole numbers (see `fractions`)."""
    count = cells.null_count()
    missing = cells.is_null().to_numpy() if count else None
    if count == cells.len():
        # One level that nobody will see, so that combinations have a width.
        return Labels(column, cells.head(1), np.zeros(cells.len(), np.int32), missing)
    kind = cells.dtype
    if kind == pl.Boolean or kind.is_float() or kind.is_decimal():
        cells = cells.cast(pl.Int64)
    if isinstance(kind, pl.Categorical | pl.Enum):
        cells = cells.cast(pl.String)
    if cells.dtype == pl.String:
        values = cells.unique().drop_nulls().sort()
        codes = cells.cast(pl.Enum(values)).to_physical().fill_null(0).to_numpy().astype(np.int32)
        return Labels(column, values.alias(column), codes, missing)
    physical = cells.to_physical()
    if int(physical.max()) - int(physical.min()) >= _WIDE or int(physical.max()) >= _WIDE:  # type: ignore[arg-type]
        # Differences of such numbers overflow; they are sorted instead.
        values = cells.unique().drop_nulls().sort()
        found = values.to_physical().search_sorted(physical.fill_null(physical.min()))
        return Labels(column, values.alias(column), found.to_numpy().astype(np.int32), missing)
    numbers = physical.cast(pl.Int64)
    low = numbers.min()
    shifted = (numbers.fill_null(low) - low).to_numpy()
    codes, present = dense(shifted, int(shifted.max()) + 1)
    values = (pl.Series(column, present) + low).cast(cells.to_physical().dtype).cast(cells.dtype)
    return Labels(column, values, codes, missing)


def fractions(cells: pl.Series) -> bool:
    """Whether a column holds numbers that are not whole, so that it cannot name levels."""
    if not (cells.dtype.is_float() or cells.dtype.is_decimal()):
        return False
    numbers = cells.drop_nulls().cast(pl.Float64)
    return not (numbers.is_finite() & (numbers == numbers.floor())).all()


def dense(codes: NDArray[np.integer], size: int) -> tuple[Codes, Rows]:
    """Codes in 0..size-1 renumbered without gaps, and the old code of each new one; order is kept."""
    if size <= _TABLE + 4 * codes.size:
        present = np.flatnonzero(np.bincount(codes, minlength=size))
        if present.size == size:
            return codes.astype(np.int32, copy=False), present
        renumbered = np.zeros(size, np.int32)
        renumbered[present] = np.arange(present.size, dtype=np.int32)
        return renumbered[codes], present
    present, found = np.unique(codes, return_inverse=True)
    return found.astype(np.int32), present


def combine(columns: Sequence[Labels]) -> tuple[Codes, tuple[Codes, ...]]:
    """Codes of the combinations of labels that occur, and of each of them its place in every column."""
    codes = columns[0].codes
    places: tuple[Codes, ...] = (np.arange(columns[0].values.len(), dtype=np.int32),)
    if len(columns) == 1:
        codes, present = dense(codes, columns[0].values.len())
        return codes, (present.astype(np.int32),)
    for column in columns[1:]:
        width = column.values.len()
        joint = codes.astype(np.int64) * width + column.codes
        codes, present = dense(joint, places[0].size * width)
        before, last = np.divmod(present, width)
        places = (*(place[before] for place in places), last.astype(np.int32))
    return codes, places


def levels(name: str, columns: Mapping[str, Labels]) -> Levels:
    """The levels of an effect or cluster such as `exporter^year`."""
    names = parts(name)
    chosen = [columns[part] for part in names]
    codes, places = combine(chosen)
    return Levels(name, names, codes, places, tuple(part.values for part in chosen))


def sides(effects: Sequence[Levels], exporter: str, importer: str) -> tuple[Levels, Levels] | None:
    """The exporter and the importer effect over the same groups (years, sectors), if there are both."""
    for seller in effects:
        for buyer in effects:
            mine, theirs = set(seller.columns), set(buyer.columns)
            one_each = exporter in mine - theirs and importer in theirs - mine
            if one_each and mine - {exporter} == theirs - {importer}:
                return seller, buyer
    return None


def groups(effect: Levels, apart: str) -> Codes:
    """Codes (N,) of what an effect is made of besides one column: of its years, say."""
    rest = [
        Labels(column, labels, place, None)
        for column, labels, place in zip(effect.columns, effect.labels, effect.places, strict=True)
        if column != apart
    ]
    return combine(rest)[0][effect.codes] if rest else np.zeros(effect.codes.size, np.int32)


def members(effect: Levels, column: str, numbers: Mapping[str, int]) -> Codes:
    """Codes (N,) of one column of an effect, in a common list of labels as text."""
    at = effect.columns.index(column)
    listed = effect.labels[at].cast(pl.String).to_list()
    known = np.array([numbers.get(label, -1) for label in listed], np.int32)
    return known[effect.places[at]][effect.codes]


def parts(name: str) -> tuple[str, ...]:
    """The columns of an effect: `exporter^year` has two."""
    return tuple(part.strip() for part in name.split("^"))


def repeated(codes: Codes, count: int) -> Mask:
    """Rows whose code an earlier row already has; `count` codes occur."""
    if count == codes.size:
        return np.zeros(codes.size, np.bool_)
    again = np.ones(codes.size, np.bool_)
    first = np.empty(count, np.int64)
    # Written from the last row to the first, so that the first one stays.
    first[codes[::-1]] = np.arange(codes.size)[::-1]
    again[first] = False
    return again


def other_period(group: Codes, groups: int, years: NDArray[np.int64], shift: int) -> Rows:
    """For each row the row of its group `shift` years earlier, or -1. No two rows share group and year."""
    low, span = int(years.min()), int(years.max() - years.min()) + 1
    slot = group.astype(np.int64) * span + (years - low)
    wanted = years - low - shift
    inside = (wanted >= 0) & (wanted < span)
    goal = np.where(inside, slot - shift, 0)
    if groups * span <= _TABLE + 4 * group.size:
        table = np.full(groups * span, -1, np.int64)
        table[slot] = np.arange(group.size)
        return np.where(inside, table[goal], -1)
    order = np.argsort(slot, kind="stable")
    at = np.minimum(np.searchsorted(slot[order], goal), group.size - 1)
    found = order[at]
    return np.where(inside & (slot[found] == goal), found, -1)


def rows_of(mask: Mask) -> str:
    """`rows 3, 17 and 2 more`: which rows a mask means, counted from 0."""
    where = np.flatnonzero(mask)
    named = ", ".join(str(row) for row in where[:SHOWN])
    rest = f" and {where.size - SHOWN:,} more" if where.size > SHOWN else ""
    return f"row{'s' if where.size > 1 else ''} {named}{rest}"


def variants(columns: Sequence[Labels]) -> list[Problem]:
    """Text labels that look alike (see `_folded`), within the columns together."""
    spellings: dict[str, dict[str, None]] = {}
    for column in columns:
        if column.values.dtype == pl.String:
            for label in column.values.drop_nulls():
                spellings.setdefault(_folded(label), {})[label] = None
    problems = []
    for found in spellings.values():
        if len(found) > 1:
            where = _first(columns, list(found))
            named = ", ".join(map(repr, found))
            what = f"labels differ only by blanks or case, width or signs that cannot be seen: {named}."
            cause = "They would be taken for different places or products."
            remedy = "Write them alike: `str.strip_chars()` and `str.normalize('NFKC')` help."
            problems.append(Problem(what, where, cause, remedy))
    return problems


def _folded(label: str) -> str:
    """A label without case, surplus blanks, signs of no width and forms of full width (Unicode NFKC, category Cf)."""
    if label.isascii():
        return " ".join(label.split()).casefold()
    seen = "".join(
        sign for sign in unicodedata.normalize("NFKC", label) if unicodedata.category(sign) != "Cf"
    )
    return " ".join(seen.split()).casefold()


def _first(columns: Sequence[Labels], labels: Sequence[str]) -> str:
    """Where each label is first found."""
    found = []
    for label in labels:
        for column in columns:
            place = column.values.index_of(label)
            if place is not None:
                found.append(f"{column.column} row {int(np.argmax(column.codes == place))}")
                break
    return ", ".join(found)
