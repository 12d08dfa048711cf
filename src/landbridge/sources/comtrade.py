"""UN Comtrade as its API returns it: JSON (`{"data": [...]}` or the bare list), or the csv of the same
columns.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from landbridge.errors import BadFile, Problem
from landbridge.sources.guard import LIMITS, Limits, plain_text, regular_file, sound_csv
from landbridge.sources.model import (
    SCHEMA,
    SHOWN,
    Check,
    Loaded,
    first_reason,
    number,
    refuse,
    require,
    require_one_row,
    settle,
)
from landbridge.sources.places import country_numbers

NEEDED = (
    "period",
    "reporterCode",
    "partnerCode",
    "flowCode",
    "cmdCode",
    "classificationCode",
    "primaryValue",
)
OPTIONAL = (
    "typeCode",
    "partner2Code",
    "motCode",
    "mosCode",
    "customsCode",
    "fobvalue",
    "cifvalue",
    "netWgt",
    "isNetWgtEstimated",
)
NOMENCLATURES = {
    f"H{number}": f"HS{year}" for number, year in enumerate(("92", "96", "02", "07", "12", "17", "22"))
}
# Sizes at which the API cuts an answer without saying so: the public preview, and calls with a key.
_CUTS = (500, 100_000, 250_000)
_GROUP = ["exporter", "importer", "period", "nomenclature", "reporter"]


def read(path: Path, *, scratch: Path, name: str = "", limits: Limits = LIMITS) -> Loaded:
    """One answer of the API. Exports are the reporter's to the partner, imports the partner's to the
    reporter.

    Dropped, with the reason: the world and areas as partners, flows that are part of others (re-exports),
    breakdowns by second partner, transport or customs procedure, services, other classifications than HS,
    totals and headings whose finer rows are in the same file. A net weight of 0 counts as missing: the API
    writes it where no weight is known. The price basis is that of the column which the value equals, else
    unstated.
    """
    where = name or path.name
    if _is_json(path, where, limits):
        cells, notes = _records(path, where)
        word = "record"
    else:
        text = sound_csv(
            path, scratch=scratch, name=name, encodings=("utf-8", "cp1252"), needed=NEEDED, limits=limits
        )
        here = [column for column in OPTIONAL if column in text.header]
        cells, notes, word = text.scan().select("row", *NEEDED, *here), list(text.notes), text.row_word
    there = cells.collect_schema().names()
    cells = cells.with_columns(
        pl.lit(None, pl.String).alias(column) for column in OPTIONAL if column not in there
    ).with_columns(
        number(pl.col("primaryValue")).alias("value_usd"),
        number(pl.col("fobvalue")).alias("fob"),
        number(pl.col("cifvalue")).alias("cif"),
        number(pl.col("netWgt")).alias("weight_kg"),
        pl.col("reporterCode").cast(pl.Int64, strict=False).alias("reporter_number"),
        pl.col("partnerCode").cast(pl.Int64, strict=False).alias("partner_number"),
    )
    _require_sound(cells, where, word)
    rows = _repeats(_finest(_canonical(cells)))
    loaded = settle(rows.select(*SCHEMA, "row", "reason", "culprit"), where, word, notes)
    cause = "Answers of different dates were joined, or a breakdown has no code of its own."
    require_one_row(loaded.frame, [*_GROUP, "product"], where, cause)
    if loaded.rows_in in _CUTS:
        cut = (
            f"{where}: exactly {loaded.rows_in:,} rows, where the API cuts its answers; some may be missing."
        )
        return Loaded(loaded.frame, loaded.dropped, loaded.rows_in, loaded.value_in_usd, (*loaded.notes, cut))
    return loaded


def _is_json(path: Path, where: str, limits: Limits) -> bool:
    plain_text(regular_file(path, limits.csv), where)
    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in (b"{", b"["):
        regular_file(path, limits.json)
        return True
    return False


def _records(path: Path, where: str) -> tuple[pl.LazyFrame, list[str]]:
    try:
        answer = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        cause = f"{str(error)[:200]}. The download was cut off, or the text is not UTF-8 JSON."
        raise BadFile(
            "not a readable JSON file.", where=where, cause=cause, remedy="Download it again."
        ) from None
    data = answer.get("data") if isinstance(answer, dict) else answer
    if not isinstance(data, list) or not all(isinstance(record, dict) for record in data):
        said = answer.get("error") or answer.get("message") if isinstance(answer, dict) else None
        cause = f"It says: {str(said)[:200]!r}." if said else "It has no list of records called `data`."
        raise BadFile(
            "not an answer with data from the API.", where=where, cause=cause, remedy="Repeat the request."
        )
    if not data:
        raise BadFile(
            "the answer holds no records.", where=where, remedy="Ask for a period and flow that are reported."
        )
    count = answer.get("count") if isinstance(answer, dict) else None
    if isinstance(count, int) and count > len(data):
        raise BadFile(
            f"the answer announces {count:,} records and holds {len(data):,}.",
            where=where,
            cause="It was cut off.",
        )
    columns = [*NEEDED, *OPTIONAL]
    problems = []
    for at, record in enumerate(data, 1):
        missing = [column for column in NEEDED if column not in record]
        odd = [column for column in columns if isinstance(record.get(column), (list, dict))]
        if missing or odd:
            what = f"no {', '.join(missing)}." if missing else f"{', '.join(odd)}: not a single value."
            problems.append(Problem(what, f"{where}, record {at}"))
    refuse(problems[: SHOWN + 1], len(problems))
    frame = pl.DataFrame(
        {column: [_text(record.get(column)) for record in data] for column in columns},
        schema=dict.fromkeys(columns, pl.String),
    )
    return frame.with_row_index("row", offset=1).lazy(), []


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    return str(cell).strip() or None


def _require_sound(cells: pl.LazyFrame, where: str, word: str) -> None:
    periods = r"^((19|20)\d\d|(19|20)\d\d(0[1-9]|1[0-2]))$"
    lost = "Codes were read as numbers and lost their leading zeros."
    checks = (
        Check(
            ~pl.col("period").fill_null("").str.contains(periods),
            "period",
            "the period is not YYYY or YYYYMM",
        ),
        Check(pl.col("reporter_number").is_null(), "reporterCode", "the reporter is not a number"),
        Check(pl.col("partner_number").is_null(), "partnerCode", "the partner is not a number"),
        Check(
            pl.col("cmdCode").str.contains(r"^\d(\d\d)*$")
            & pl.col("classificationCode").str.starts_with("H"),
            "cmdCode",
            "an HS code with an odd number of digits",
            lost,
            "Load the file as the API gave it.",
        ),
        Check(
            pl.col("primaryValue").is_not_null() & pl.col("value_usd").is_null(),
            "primaryValue",
            "not a number",
        ),
        Check(pl.col("value_usd") < 0, "primaryValue", "the value is negative"),
        Check(
            pl.col("netWgt").is_not_null() & pl.col("weight_kg").is_null(),
            "netWgt",
            "the weight is not a number",
        ),
    )
    empty = [pl.col(column).fill_null("") for column in ("period", "reporterCode", "partnerCode")]
    require(cells.with_columns(empty), checks, where, word)


def _canonical(cells: pl.LazyFrame) -> pl.LazyFrame:
    known = dict(country_numbers())
    reporter = pl.col("reporter_number").replace_strict(known, default=None, return_dtype=pl.String)
    partner = pl.col("partner_number").replace_strict(known, default=None, return_dtype=pl.String)
    flow, code, period = pl.col("flowCode").str.to_uppercase(), pl.col("cmdCode"), pl.col("period")
    exports = flow == "X"
    month = period.str.slice(0, 4) + "-" + period.str.slice(4, 2)
    basis = (
        pl.when(pl.col("cif").is_not_null() & (pl.col("cif") == pl.col("value_usd")) & ~exports)
        .then(pl.lit("cif"))
        .when(pl.col("fob").is_not_null() & (pl.col("fob") == pl.col("value_usd")))
        .then(pl.lit("fob"))
        .otherwise(pl.lit("unstated"))
    )
    classification = pl.col("classificationCode").str.to_uppercase()
    rows = cells.with_columns(
        pl.when(exports).then(reporter).otherwise(partner).alias("exporter"),
        pl.when(exports).then(partner).otherwise(reporter).alias("importer"),
        pl.when(period.str.len_chars() == 6).then(month).otherwise(period).alias("period"),
        code.str.to_uppercase().alias("product"),
        classification.replace_strict(NOMENCLATURES, default=classification).alias("nomenclature"),
        pl.when(pl.col("weight_kg") > 0).then(pl.col("weight_kg") / 1000).alias("quantity_t"),
        reporter.alias("reporter"),
        basis.alias("basis"),
        pl.lit("reported").alias("status"),
    )
    hs = classification.is_in([*NOMENCLATURES, "HS"])
    return rows.with_columns(
        first_reason(
            (_beyond("typeCode", "C"), "services, not goods", pl.col("typeCode")),
            (
                ~hs.fill_null(False),
                "classification is not the Harmonized System",
                pl.col("classificationCode"),
            ),
            (
                ~flow.is_in(["X", "M"]).fill_null(False),
                "flow is part of exports or imports already counted",
                flow,
            ),
            (
                pl.col("partner_number") == 0,
                "partner is the world: the sum of the other rows",
                pl.col("partnerCode"),
            ),
            (
                reporter.is_null(),
                "reporter is a group or area, not an ISO 3166 country",
                pl.col("reporterCode"),
            ),
            (partner.is_null(), "partner is a group or area, not an ISO 3166 country", pl.col("partnerCode")),
            (
                _beyond("partner2Code", "0"),
                "breakdown by second partner, would multiply the total",
                pl.col("partner2Code"),
            ),
            (_beyond("motCode", "0"), "breakdown by transport, would multiply the total", pl.col("motCode")),
            (
                _beyond("mosCode", "0"),
                "breakdown by mode of supply, would multiply the total",
                pl.col("mosCode"),
            ),
            (
                _beyond("customsCode", "C00"),
                "breakdown by customs procedure, would multiply the total",
                pl.col("customsCode"),
            ),
            (
                ~pl.col("product").str.contains(r"^(TOTAL|\d{2}|\d{4}|\d{6})$").fill_null(False),
                "product is not an HS code of two, four or six digits",
                code,
            ),
        )
    )


def _beyond(column: str, total: str) -> pl.Expr:
    """Whether a row is one of a breakdown: `column` is filled with anything but the code of the `total`."""
    return pl.col(column).is_not_null() & (pl.col(column) != total)


def _finest(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Drops totals and headings of which finer rows are kept: adding levels together would multiply the
    trade.
    """
    kept = rows.filter(pl.col("reason").is_null()).select(*_GROUP, "product")
    codes = kept.filter(pl.col("product") != "TOTAL")
    above = [
        codes.with_columns(pl.lit("TOTAL").alias("product")),
        codes.filter(pl.col("product").str.len_chars() > 2).with_columns(pl.col("product").str.slice(0, 2)),
        codes.filter(pl.col("product").str.len_chars() > 4).with_columns(pl.col("product").str.slice(0, 4)),
    ]
    covered = pl.concat(above).unique().with_columns(pl.lit(True).alias("covered"))
    rows = rows.join(covered, on=[*_GROUP, "product"], how="left", maintain_order="left")
    double = pl.col("reason").is_null() & pl.col("covered").fill_null(False)
    return _also(rows, double, "total or heading whose finer rows are in the file", pl.col("cmdCode"))


def _repeats(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Drops rows that say the same as an earlier one, as overlapping requests give them."""
    kept = pl.col("reason").is_null()
    again = kept & (
        pl.col("row").rank("ordinal").over([*_GROUP, "product", "value_usd", kept.alias("kept")]) > 1
    )
    return _also(rows, again, "repeats an earlier row", pl.col("cmdCode"))


def _also(rows: pl.LazyFrame, when: pl.Expr, reason: str, culprit: pl.Expr) -> pl.LazyFrame:
    return rows.with_columns(
        pl.when(when).then(pl.lit(reason)).otherwise(pl.col("reason")).alias("reason"),
        pl.when(when).then(culprit).otherwise(pl.col("culprit")).alias("culprit"),
    )
