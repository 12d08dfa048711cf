"""Estimate what trade agreements did to trade, from two panels, and count what twinnings would need: a table.

    python scripts/build_agreement_effects.py --world PANEL.parquet --agtpa PANEL.parquet

World: exports of every country every four years 1964-2016 with the agreement in force (UN Comtrade and World Bank Deep Trade
Agreements, as in the data set `trade` of the R package penppml, tomzylkin/penppml@e6a4e23). AGTPA: 69 countries yearly
1986-2006 with sales at home (Yotov, Piermartini, Monteiro and Larch, 2016, as in pachadotdev/tradepolicy@342a655, CC BY
4.0). Neither panel is shipped; the estimates are. Writes tables/agreement_effects.csv. Same panels and seed, same file.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from landbridge.gravity import NotIdentified, Staggered, robust, staggered
from landbridge.gravity.event_study.aggregation import Effect
from landbridge.gravity.event_study.checks import PreTrend, Reassigned
from landbridge.gravity.event_study.robust import Robust

_BEGIN, _END = "<!-- table: agreement-effects -->\n", "<!-- end of table: agreement-effects -->"
PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "agreements.md"
OUT = Path(__file__).parents[1] / "tables" / "agreement_effects.csv"
DRAWS, FEWER, SEED = 99, 39, 1
WORLD, AGTPA, TWINS = "penppml-trade-1964-2016", "agtpa-1986-2006", ""
# Exports that the panel has as zero although the flow is known not to have been: reports that are missing.
_LOST = {("KOR", "CHN"): (1988,), ("RUS", "BLR"): (2000, 2004, 2008)}
_LOST |= {("ZAF", to): tuple(range(1964, 2009, 4)) for to in ("BWA", "LSO", "NAM", "SWZ")}
# Saudi Arabia reported nothing for 1988; which partners are concerned shows in the years around it.
_UNREPORTED, _LARGE_USD = ("SAU", 1988), 1e8
_COLUMNS = {
    **dict.fromkeys(("panel", "question", "estimator", "name"), pl.String),
    "at": pl.Int64,
    **dict.fromkeys(
        ("log", "std_error", "low", "high", "percent", "percent_low", "percent_high"), pl.Float64
    ),
    "p_value": pl.Float64,
    **dict.fromkeys(("cells", "rows"), pl.Int64),
    **dict.fromkeys(("verdict", "status", "source", "note"), pl.String),
}


def world(path: Path) -> pl.DataFrame:
    """The world panel in millions of dollars, without the zeros that are missing reports."""
    table = pl.read_parquet(path).select(
        "exporter",
        "importer",
        pl.col("year").cast(pl.Int64),
        (pl.col("export_value_usd") / 1e6).alias("trade"),
        pl.col("agreement_id").is_not_null().cast(pl.Int8).alias("treated"),
    )
    lost = [(i, j, year) for (i, j), years in _LOST.items() for year in years]
    seller, year = _UNREPORTED
    around = table.filter(
        (pl.col("exporter") == seller)
        & pl.col("year").is_in([year - 4, year + 4])
        & (pl.col("trade") > _LARGE_USD / 1e6)
    )
    both = around.group_by("importer").len().filter(pl.col("len") == 2)["importer"].sort()
    lost += [(seller, partner, year) for partner in both]
    gone = pl.DataFrame(
        lost, schema={"exporter": pl.String, "importer": pl.String, "year": pl.Int64}, orient="row"
    ).with_columns(lost=pl.lit(True))
    table = table.join(gone, on=["exporter", "importer", "year"], how="left")
    false = pl.col("lost").fill_null(False) & (pl.col("trade") == 0)
    print(f"missing reports taken out: {table.filter(false).height} rows")
    return table.filter(~false).drop("lost")


def agtpa(path: Path, every: int = 1) -> pl.DataFrame:
    """The panel of the Advanced Guide, all years or every so many."""
    table = pl.read_parquet(path).with_columns(pl.col("year").cast(pl.Int64))
    first = 1986
    return table.filter((pl.col("year") - first) % every == 0).select(
        "exporter", "importer", "year", "trade", pl.col("rta").alias("treated")
    )


def of(table: pl.DataFrame, members: tuple[str, ...]) -> pl.DataFrame:
    """Agreements of some countries: other pairs that ever had an agreement are left out, so that controls never had one."""
    ever = pl.col("treated").max().over("exporter", "importer") == 1
    theirs = pl.col("exporter").is_in(members) | pl.col("importer").is_in(members)
    return table.filter(~ever | theirs)


def told(
    panel: str, question: str, found: Staggered | NotIdentified, source: str
) -> Iterator[dict[str, Any]]:
    """The rows of one answer."""
    same = {"panel": panel, "question": question, "verdict": found.verdict, "source": source}
    if isinstance(found, NotIdentified):
        yield {**same, "estimator": "extended PPML", "name": "not identified", "note": str(found)}
        return
    same["status"] = "estimated"
    kept = "; ".join(f"{name.replace('_', ' ')} {count}" for name, count in found.counts.items())
    left = "; ".join(f"{each.reason}: {each.rows} rows of {each.pairs} pairs" for each in found.left_out)
    note = f"{kept}. Left out: {left or 'nothing'}. Errors by {' and '.join(found.cluster)}"
    note += ", corrected for leverage" if found.corrected else ", not corrected for leverage"
    yield {**same, "estimator": "extended PPML", **_row(found.overall), "note": note}
    for each in (found.by_trade, *found.by_event, *found.by_cohort):
        yield {**same, "estimator": "extended PPML", **_row(each)}
    yield {
        **same,
        "estimator": "three-way PPML",
        **_row(found.plain),
        "note": "one dummy; biased where effects differ",
    }
    if found.imputed is not None:
        yield {**same, "estimator": "imputation PPML", "name": "overall by rows", **_log(found.imputed)}
    yield from ({**same, **row} for row in _checks(found))


def _checks(found: Staggered) -> Iterator[dict[str, Any]]:
    test = found.pre_trend
    if isinstance(test, PreTrend):
        note = f"chi squared {test.statistic:.2f} with {test.degrees_of_freedom} degrees of freedom"
        yield {"estimator": "check", "name": "pre-trend", "p_value": test.p_value, "note": note}
        yield from ({"estimator": "check", **_row(lead)} for lead in test.leads)
    else:
        yield {"estimator": "check", "name": "pre-trend", "note": str(test)}
    if isinstance(found.shifted, Effect):
        yield {"estimator": "check", **_row(found.shifted)}
    else:
        yield {"estimator": "check", "name": "earlier dates", "note": str(found.shifted)}
    if isinstance(found.reassigned, Reassigned):
        drawn = found.reassigned
        note = f"{drawn.draws.size} draws of dates for {drawn.pairs} partnerships without an agreement, seed {drawn.seed}"
        row = {"std_error": drawn.spread, "p_value": drawn.p_value, "note": note, **_log(drawn.mean)}
        yield {"estimator": "check", "name": "random dates", **row}
        smallest = _log(drawn.detectable(found.level))
        yield {"estimator": "power", "name": "detectable by random dates", **smallest}
    yield {"estimator": "power", "name": "detectable by standard error", **_log(found.detectable)}


def _row(each: Effect) -> dict[str, Any]:
    return each.row()


def _log(value: float) -> dict[str, float]:
    import math

    return {"log": value, "percent": 100 * math.expm1(value)}


def beside(panel: str, question: str, found: Robust | NotIdentified, source: str) -> Iterator[dict[str, Any]]:
    """Callaway and Sant'Anna's estimates."""
    same = {"panel": panel, "question": question, "estimator": "Callaway–Sant'Anna", "source": source}
    if isinstance(found, NotIdentified):
        yield {**same, "name": "not identified", "verdict": found.verdict, "note": str(found)}
        return
    note = f"{found.pairs} pairs that trade in every period; {found.left_out} left out"
    for each in (found.as_they_are, found.adjusted):
        if each is not None:
            yield {**same, **_row(each), "status": "estimated", "note": note}


def twinnings() -> Iterator[dict[str, Any]]:
    """What is held of twinnings, and of trade between the places they join."""
    from landbridge.release import load

    data = load()
    ties = [record for record in data.ledger.records("twinning") if record.standing]
    dated = [tie for tie in ties if tie.text("since")]
    regional = [tie for tie in dated if tie.text("level") == "region"]
    trade = data.region_trade.frame.filter(pl.col("partner").is_not_null())
    # Codes of regions have a hyphen, codes of countries none.
    between = trade.filter(pl.col("partner").str.contains("-")).height
    countries = trade.height - between
    found = NotIdentified(
        "trade between two twinned places is not reported anywhere that is held; regions report trade with whole countries, "
        "so a pair has no row before or after its twinning.",
        "Hand over flows between places, with dates, to `landbridge prospects effect FILE`.",
        {
            "twinnings": len(ties),
            "with_a_date": len(dated),
            "regional_with_a_date": len(regional),
            "flows_between_two_regions": between,
            "flows_of_regions_with_a_country": countries,
        },
    )
    yield from told("ledger", "twinnings", found, TWINS)


def answers(questions: list[tuple[str, str, pl.DataFrame, str, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """Every question in turn, with its seconds on the screen."""
    for panel, question, table, source, options in questions:
        start = time.perf_counter()
        found = staggered(table, **options)
        spent = time.perf_counter() - start
        print(f"{panel}, {question}: {found.verdict}, {spent:.0f} s", flush=True)
        if isinstance(found, Staggered):
            print(
                f"  extended {found.overall.percent:.1f} %, three-way {found.plain.percent:.1f} %", flush=True
            )
        yield from told(panel, question, found, source)
        if "cluster" not in options and isinstance(found, Staggered):
            yield from beside(panel, question, robust(table), source)


def page(table: pl.DataFrame) -> None:
    """Write the summary of the table into its page, between the markers."""
    lines = [
        "| panel, question | verdict | extended | by trade | one dummy | imputed | CS | before | earlier | random |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    asked = table.select("panel", "question").unique(maintain_order=True)
    for panel, question in asked.rows():
        rows = table.filter((pl.col("panel") == panel) & (pl.col("question") == question)).to_dicts()
        held = {(row["estimator"], row["name"]): row for row in rows}
        verdict = held.get(("extended PPML", "overall by rows"), rows[0])["verdict"]
        earlier = next((row for row in rows if "periods earlier" in row["name"]), None)
        cells = [
            _interval(held.get(("extended PPML", "overall by rows"))),
            _interval(held.get(("extended PPML", "overall by trade"))),
            _interval(held.get(("three-way PPML", "plain"))),
            _interval(held.get(("imputation PPML", "overall by rows"))),
            _interval(held.get(("Callaway–Sant'Anna", "logs adjusted"))),
            _p(held.get(("check", "pre-trend"))),
            _p(earlier),
            _p(held.get(("check", "random dates"))),
        ]
        lines.append(f"| {panel}, {question} | {verdict} | {' | '.join(cells)} |")
    text = PAGE.read_text("utf-8")
    before, marker, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (marker and end):
        raise SystemExit(f"{PAGE}: the markers of the table are missing.")
    PAGE.write_text(before + marker + "\n".join(lines) + "\n" + end + after, "utf-8")


def _interval(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    if row["percent_low"] is None:
        return f"{row['percent']:.1f}"
    return f"{row['percent']:.1f} ({row['percent_low']:.1f} to {row['percent_high']:.1f})"


def _p(row: dict[str, Any] | None) -> str:
    return "" if row is None or row["p_value"] is None else f"{row['p_value']:.3f}"


def main() -> None:
    """Build the table and the part of the page that shows it; with `--page` only the latter, from the table as it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--world", type=Path, metavar="FILE")
    parser.add_argument("--agtpa", type=Path, metavar="FILE")
    parser.add_argument("--page", action="store_true", help="only write the page, from the table as it is")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    if asked.page:
        page(pl.read_csv(asked.out, infer_schema_length=None))
        return
    if asked.world is None or asked.agtpa is None:
        parser.error("both --world and --agtpa are needed, or --page alone.")
    everything = world(asked.world)
    drawn = {"draws": DRAWS, "seed": SEED}
    # A large panel takes a second a draw and more.
    fewer = {"draws": FEWER, "seed": SEED}
    countries = {"cluster": ("exporter", "importer")}
    guide, spaced = agtpa(asked.agtpa), agtpa(asked.agtpa, 4)
    rows = [
        *twinnings(),
        *answers(
            [
                ("AGTPA every 4 years", "all agreements", spaced, AGTPA, drawn),
                ("AGTPA every 4 years", "all agreements, errors by country", spaced, AGTPA, countries),
                (
                    "world every 4 years",
                    "agreements of Russia and Belarus",
                    of(everything, ("RUS", "BLR")),
                    WORLD,
                    drawn,
                ),
                ("world every 4 years", "agreements of China", of(everything, ("CHN",)), WORLD, fewer),
                ("AGTPA yearly", "all agreements", guide, AGTPA, fewer),
                ("world every 4 years", "all agreements", everything, WORLD, fewer),
            ]
        ),
    ]
    table = pl.DataFrame([{name: row.get(name) for name in _COLUMNS} for row in rows], schema=_COLUMNS)
    numbers = [name for name, kind in _COLUMNS.items() if kind == pl.Float64]
    table.with_columns(pl.col(numbers).round_sig_figs(7)).write_csv(asked.out)
    page(table)
    print(f"{table.height} rows: {asked.out}")


if __name__ == "__main__":
    main()
