"""Any csv of trade with a map file that says what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from landbridge.errors import BadFile
from landbridge.sources.guard import LIMITS, CsvText, Limits, sound_csv
from landbridge.sources.model import (
    KEY,
    SCHEMA,
    Check,
    Loaded,
    first_reason,
    number,
    readable,
    require,
    require_one_row,
    settle,
)
from landbridge.sources.places import fold, labels
from landbridge.sources.tablemap import Direction, PlaceColumn, ProductColumn, QuantityColumn, TableMap

_PERIODS = {
    "yyyy": (r"^((?:19|20)\d\d)$", False),
    "yyyymm": (r"^((?:19|20)\d\d)(0[1-9]|1[0-2])$", False),
    "yyyy-mm": (r"^((?:19|20)\d\d)-(0[1-9]|1[0-2])$", False),
    "mm/yyyy": (r"^(0[1-9]|1[0-2])/((?:19|20)\d\d)$", True),
    "yyyy年mm月": (r"^((?:19|20)\d\d)年(0[1-9]|1[0-2])月$", False),
}


def read(
    path: Path, table_map: TableMap, *, scratch: Path, name: str = "", limits: Limits = LIMITS
) -> Loaded:
    """One csv file read through `table_map`. `name` is the name the user knows the file by.

    Raises `BadFile` for unreadable periods, values and quantities, codes that lost leading zeros (unless the
    map restores them) and, with `repeats: refuse`, keys that occur twice. Rows of places that no code list
    holds are dropped.
    """
    text = sound_csv(
        path,
        scratch=scratch,
        name=name,
        encodings=table_map.encodings,
        delimiters=table_map.delimiters,
        needed=table_map.columns,
        limits=limits,
    )
    # Prefixed, as a file may well call its columns what the columns here are called.
    cells = text.scan().rename({column: _name(column) for column in text.header})
    if table_map.missing:
        empty = pl.col([_name(column) for column in text.header])
        cells = cells.with_columns(pl.when(~empty.is_in(table_map.missing)).then(empty).name.keep())
    notes = [*text.notes, *_about(table_map, text.where)]
    rows = _with_numbers(cells, table_map, text)
    exports = _exports(table_map.direction, text.where)
    restored, product = _product(table_map.product)
    rows = rows.with_columns(product.alias("product"), restored.alias("restored"), exports.alias("is_export"))
    _require_sound(rows, table_map, text)
    rows = _with_places(rows, table_map, text.where)
    with readable(text.where):
        again = int(rows.select(pl.col("restored").fill_null(False).sum()).collect(engine="streaming").item())
    if again:
        notes.append(f"{text.where}: leading zeros put back in {again:,} product codes, as the map asks.")
    rows = rows.with_columns(
        _nomenclature(table_map).alias("nomenclature"),
        pl.lit(table_map.reporter).alias("reporter"),
        _basis(table_map).alias("basis"),
        pl.lit(table_map.status).alias("status"),
    )
    loaded = settle(
        rows.select(*SCHEMA, "row", "reason", "culprit"),
        text.where,
        text.row_word,
        notes,
        table_map.repeats == "add",
    )
    if table_map.repeats == "refuse":
        cause = "The table is split by something the map does not name, or was joined twice."
        remedy = "If the rows are parts of one flow, put `repeats: add` into the map."
        require_one_row(loaded.frame, KEY, text.where, cause, remedy)
    return loaded


def _name(column: str) -> str:
    return f"cell {column}"


def _cell(column: str) -> pl.Expr:
    return pl.col(_name(column))


def _about(table_map: TableMap, where: str) -> Iterable[str]:
    yield f"{where}: {table_map.about}"
    if not table_map.tested_against_live_download:
        untested = "this map has not been tested against a live download"
        yield f"{where}: {untested}; compare a few sums with the publisher's."
    yield from (f"{where}: {note}" for note in table_map.notes)


def _decimal(cell: pl.Expr, table_map: TableMap) -> pl.Expr:
    if table_map.thousands:
        # Only between groups of three digits: 1,5 with a comma for thousands is a mistake, not fifteen.
        grouped = cell.str.contains(rf"^[+-]?\d{{1,3}}(?:[{table_map.thousands}]\d{{3}})+(?:\D\d*)?$")
        cell = (
            pl.when(grouped).then(cell.str.replace_all(table_map.thousands, "", literal=True)).otherwise(cell)
        )
    if table_map.decimal == ".":
        return number(cell)
    point = pl.lit(None, pl.String) if table_map.decimal == "," else cell
    return number(
        pl.when(cell.str.contains(".", literal=True))
        .then(point)
        .otherwise(cell.str.replace(",", ".", literal=True))
    )


def _with_numbers(cells: pl.LazyFrame, table_map: TableMap, text: CsvText) -> pl.LazyFrame:
    value = _decimal(_cell(table_map.value.column), table_map) * table_map.value.scale
    parts = [_tonnes(part, table_map) for part in _quantities(table_map, text)]
    quantity = pl.coalesce(parts) if parts else pl.lit(None, pl.Float64)
    return cells.with_columns(
        value.alias("value_usd"), quantity.alias("quantity_t"), _period(table_map).alias("period")
    )


def _quantities(table_map: TableMap, text: CsvText) -> list[QuantityColumn]:
    """The quantities of the map that the file has: they may be missing, as nothing depends on them."""
    return [
        part
        for part in table_map.quantity
        if {part.column, part.unit_column or part.column} <= set(text.header)
    ]


def _tonnes(part: QuantityColumn, table_map: TableMap) -> pl.Expr:
    amount = _decimal(_cell(part.column), table_map)
    if part.unit_column is None:
        return amount * part.tonnes_per_unit
    return amount * _cell(part.unit_column).replace_strict(
        part.tonnes_per, default=None, return_dtype=pl.Float64
    )


def _period(table_map: TableMap) -> pl.Expr:
    cell = _cell(table_map.period.column)
    ways = []
    for way in table_map.period.formats:
        pattern, month_first = _PERIODS[way]
        if way == "yyyy":
            ways.append(cell.str.extract(pattern, 1))
        else:
            year, month = (2, 1) if month_first else (1, 2)
            ways.append(cell.str.extract(pattern, year) + "-" + cell.str.extract(pattern, month))
    return pl.coalesce(ways)


def _product(column: ProductColumn) -> tuple[pl.Expr, pl.Expr]:
    cell = _cell(column.column)
    short = cell.str.contains(rf"^[1-9]\d{{{column.digits - 2}}}$")
    whole = pl.when(short).then("0" + cell).otherwise(cell) if column.restore_zeros else cell
    valid = whole.str.contains(rf"^\d{{{column.digits}}}$")
    return short & column.restore_zeros, pl.when(valid).then(whole.str.slice(0, column.keep))


def _exports(direction: Direction | None, where: str) -> pl.Expr:
    if direction is None or direction.always is not None:
        return pl.lit(direction is None or direction.always == "exports")
    if direction.column is not None:
        words = dict.fromkeys(direction.exports, True) | dict.fromkeys(direction.imports, False)
        return _cell(direction.column).replace_strict(words, default=None, return_dtype=pl.Boolean)
    exports = any(word.casefold() in where.casefold() for word in direction.exports)
    imports = any(word.casefold() in where.casefold() for word in direction.imports)
    if exports == imports:
        raise BadFile(
            "the file does not say whether it holds exports or imports.",
            where=where,
            cause="The table has no such column and the file name does not tell.",
            remedy=f"Put one of {', '.join([*direction.exports, *direction.imports])} into the file name.",
        )
    return pl.lit(exports)


def _require_sound(rows: pl.LazyFrame, table_map: TableMap, text: CsvText) -> None:
    product, value = table_map.product, _name(table_map.value.column)
    lost = "A spreadsheet or program read the codes as numbers and dropped their leading zeros."
    formats = f"The map allows {', '.join(table_map.period.formats)}."
    signs = f"The map says decimal {table_map.decimal!r}, thousands {table_map.thousands!r}."
    short = rf"^[1-9]\d{{{product.digits - 2}}}$"
    checks = [
        Check(pl.col("period").is_null(), "shown period", "the period cannot be read", formats),
        Check(
            pl.col(value).is_not_null() & pl.col("value_usd").is_null(),
            value,
            "the value is not a number",
            signs,
        ),
        Check(pl.col("value_usd") < 0, value, "the value is negative"),
    ]
    if not product.restore_zeros:
        what = f"the product has {product.digits - 1} digits where the map says {product.digits}"
        remedy = "Put `restore_zeros: true` under `product` in the map if that is so."
        checks.append(
            Check(_cell(product.column).str.contains(short), _name(product.column), what, lost, remedy)
        )
    for part in _quantities(table_map, text):
        unread = _cell(part.column).is_not_null() & _decimal(_cell(part.column), table_map).is_null()
        checks.append(Check(unread, _name(part.column), "the quantity is not a number", signs))
    if table_map.direction is not None and table_map.direction.column is not None:
        words = "The map lists other words."
        checks.append(
            Check(pl.col("is_export").is_null(), "shown direction", "neither exports nor imports", words)
        )
    shown = [_cell(table_map.period.column).fill_null("").alias("shown period")]
    if table_map.direction is not None and table_map.direction.column is not None:
        shown.append(_cell(table_map.direction.column).fill_null("").alias("shown direction"))
    require(rows.with_columns(shown), checks, text.where, text.row_word)


def _with_places(rows: pl.LazyFrame, table_map: TableMap, where: str) -> pl.LazyFrame:
    if table_map.exporter is not None and table_map.importer is not None:
        sides = {"exporter": table_map.exporter, "importer": table_map.importer}
    else:
        assert table_map.home is not None
        assert table_map.partner is not None
        sides = {"home": table_map.home, "partner": table_map.partner}
    found = {side: _place(rows, column, where) for side, column in sides.items()}
    rows = rows.with_columns(code.alias(f"{side} code") for side, code in found.items())
    unknown = []
    for side, column in sides.items():
        held = f"a region of {column.within}" if column.within else "a country"
        reason = f"{side} is not {held} in the code list"
        unknown.append((pl.col(f"{side} code").is_null(), reason, _cell(column.column)))
    product = table_map.product
    unknown.append(
        (
            pl.col("product").is_null(),
            f"product is not an HS code of {product.digits} digits",
            _cell(product.column),
        )
    )
    if "exporter" in sides:
        exporter, importer = pl.col("exporter code"), pl.col("importer code")
    else:
        home, partner = pl.col("home code"), pl.col("partner code")
        exporter = pl.when(pl.col("is_export")).then(home).otherwise(partner)
        importer = pl.when(pl.col("is_export")).then(partner).otherwise(home)
    return rows.with_columns(exporter.alias("exporter"), importer.alias("importer"), *first_reason(*unknown))


def _place(rows: pl.LazyFrame, column: PlaceColumn, where: str) -> pl.Expr:
    cell = _cell(column.column) if column.first is None else _cell(column.column).str.slice(0, column.first)
    known = {
        **labels(column.by, column.within),
        **{fold(label): code for label, code in column.aliases.items()},
    }
    with readable(where):
        seen = (
            rows.select(cell.unique().alias("label"))
            .collect(engine="streaming")["label"]
            .drop_nulls()
            .to_list()
        )
    codes = {label: known[fold(label)] for label in seen if fold(label) in known}
    return cell.replace_strict(codes, default=None, return_dtype=pl.String)


def _nomenclature(table_map: TableMap) -> pl.Expr:
    named = table_map.nomenclature
    if isinstance(named, str):
        return pl.lit(named)
    year = pl.col("period").str.slice(0, 4).cast(pl.Int64, strict=False)
    out: pl.Expr = pl.lit("HS")
    for start in sorted(named):
        out = pl.when(year >= start).then(pl.lit(named[start])).otherwise(out)
    return out


def _basis(table_map: TableMap) -> pl.Expr:
    basis = table_map.basis
    if isinstance(basis, str):
        return pl.lit(basis)
    exports, imports = basis.get("exports", "unstated"), basis.get("imports", "unstated")
    return pl.when(pl.col("is_export")).then(pl.lit(exports)).otherwise(pl.lit(imports))
