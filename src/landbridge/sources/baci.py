"""BACI of CEPII as it is published: one csv file a year with the columns t, i, j, k, v, q.

Year, exporter, importer (numbers of UN Comtrade), six-digit product of the Harmonized System, value in
thousand current US dollars, quantity in tonnes. Values are reconciled from both partners' reports and valued
f.o.b. (Gaulier and Zignago, 2010, BACI: International Trade Database at the Product-Level, CEPII working
paper 2010-23).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
from landbridge.sources.places import country_codes, country_numbers

COLUMNS = ("t", "i", "j", "k", "v", "q")
_NAME = re.compile(
    r"BACI_(?P<nomenclature>HS\d\d)_Y(?P<year>\d{4})_V(?P<version>[0-9A-Za-z]+)\.csv", re.IGNORECASE
)
_COUNTRIES = re.compile(r"country_codes.*\.csv", re.IGNORECASE)
_PRODUCTS = re.compile(r"product_codes.*\.csv", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Edition:
    """What the name of a BACI file says: revision of the Harmonized System, year, version."""

    nomenclature: str
    year: str
    version: str


def edition(name: str) -> Edition:
    """The edition a file `name` states.

    Raises `BadFile` where the name was changed, as the cells do not state it.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise BadFile(
            "the name does not say which edition of BACI this is.",
            where=name,
            cause="Revision of the Harmonized System and version stand only in the name.",
            remedy="Give the file its published name back, for example BACI_HS17_Y2022_V202501.csv.",
        )
    return Edition(match["nomenclature"].upper(), match["year"], match["version"])


def is_country_file(name: str) -> bool:
    """Whether `name` is that of BACI's list of country codes."""
    return _COUNTRIES.fullmatch(name) is not None


def is_product_file(name: str) -> bool:
    """Whether `name` is that of BACI's list of product codes, which nothing here needs."""
    return _PRODUCTS.fullmatch(name) is not None


def read_countries(
    path: Path, *, scratch: Path, name: str = "", limits: Limits = LIMITS
) -> Mapping[int, str]:
    """Alpha-3 codes by BACI number from the list published with the data.

    Entries that are no ISO country are left out.
    """
    text = sound_csv(
        path,
        scratch=scratch,
        name=name,
        encodings=("utf-8", "cp1252"),
        needed=("country_code", "country_iso3"),
        limits=limits,
    )
    with readable(text.where):
        found = (
            text.scan().select(pl.col("country_code").cast(pl.Int64, strict=False), "country_iso3").collect()
        )
    codes = {
        number: iso3 for number, iso3 in found.iter_rows() if number is not None and iso3 in country_codes()
    }
    if not codes:
        raise BadFile(
            "no line of the list names a country.", where=text.where, remedy="Load it as published."
        )
    return codes


def read(
    path: Path,
    *,
    scratch: Path,
    name: str = "",
    countries: Mapping[int, str] | None = None,
    limits: Limits = LIMITS,
) -> Loaded:
    """One year of BACI. `name` is the file's published name, `countries` what `read_countries` gave.

    Raises `BadFile` for a last line without a line end, cells that cannot be read, another year than the name
    states, product codes that lost their leading zeros, and pairs and products that occur twice. Rows of groups
    and areas that are no country are dropped.
    """
    said = edition(name or path.name)
    text = sound_csv(path, scratch=scratch, name=name, needed=COLUMNS, limits=limits)
    if not text.ended:
        raise BadFile(
            "the last line has no line end.",
            where=text.where,
            cause="Published files have one; without it the download was probably cut short, and the last number with it.",
            remedy="Load it again; if the file is whole, add a line end.",
        )
    quantity = pl.when(~pl.col("q").is_in(["NA", "NaN", ".", "-"])).then(pl.col("q"))
    rows = text.scan().with_columns(
        number(pl.col("v")).alias("value_kusd"),
        number(quantity).alias("quantity_t"),
        pl.col("i").cast(pl.Int64, strict=False).alias("i_number"),
        pl.col("j").cast(pl.Int64, strict=False).alias("j_number"),
        quantity.alias("q"),
    )
    _require_sound(rows, text, said)
    known = dict(country_numbers() if countries is None else countries)
    rows = rows.with_columns(
        pl.col("i_number").replace_strict(known, default=None, return_dtype=pl.String).alias("exporter"),
        pl.col("j_number").replace_strict(known, default=None, return_dtype=pl.String).alias("importer"),
        pl.lit(said.year).alias("period"),
        pl.col("k").alias("product"),
        pl.lit(said.nomenclature).alias("nomenclature"),
        (pl.col("value_kusd") * 1000).alias("value_usd"),
        pl.lit("").alias("reporter"),
        pl.lit("fob").alias("basis"),
        pl.lit("reconciled").alias("status"),
    )
    rows = rows.with_columns(
        first_reason(
            (
                pl.col("exporter").is_null(),
                "exporter is a group or area, not an ISO 3166 country",
                pl.col("i"),
            ),
            (
                pl.col("importer").is_null(),
                "importer is a group or area, not an ISO 3166 country",
                pl.col("j"),
            ),
            (
                ~pl.col("k").str.contains(r"^\d{6}$").fill_null(False),
                "product is not a six-digit HS code",
                pl.col("k"),
            ),
        )
    )
    notes = [f"BACI {said.nomenclature}, {said.year}, version {said.version}.", *text.notes]
    loaded = settle(rows.select(*SCHEMA, "row", "reason", "culprit"), text.where, text.row_word, notes)
    require_one_row(loaded.frame, KEY, text.where, "The file was joined twice.")
    return loaded


def _require_sound(rows: pl.LazyFrame, text: CsvText, said: Edition) -> None:
    lost = "A spreadsheet or program read the codes as numbers and dropped their leading zeros."
    as_csv = "Load the file as published, or use `load csv` with a map that has `restore_zeros: true`."
    other = "The name and the content of the file disagree."
    checks = (
        Check(pl.col("t").fill_null("") != said.year, "t", f"the year is not {said.year}", other),
        Check(pl.col("i").is_not_null() & pl.col("i_number").is_null(), "i", "the exporter is not a number"),
        Check(pl.col("j").is_not_null() & pl.col("j_number").is_null(), "j", "the importer is not a number"),
        Check(
            pl.col("k").str.contains(r"^\d{1,5}$"), "k", "the product has fewer than six digits", lost, as_csv
        ),
        Check(pl.col("v").is_not_null() & pl.col("value_kusd").is_null(), "v", "the value is not a number"),
        Check(pl.col("value_kusd") < 0, "v", "the value is negative"),
        Check(
            pl.col("q").is_not_null() & pl.col("quantity_t").is_null(), "q", "the quantity is not a number"
        ),
    )
    rows = rows.with_columns(pl.col("t").fill_null(""))
    require(rows, checks, text.where, text.row_word)
