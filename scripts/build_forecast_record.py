"""Back-test the forecasting models on reference panels of bilateral trade, and write the record that probabilities quote.

    python scripts/build_forecast_record.py --agtpa FOLDER --trade FOLDER

FOLDER of `--agtpa` holds panel.parquet (69 countries, 1986-2006), that of `--trade` holds wiod_bilateral_1995_2011.parquet,
china_partner_totals_2014_2025.parquet and chn_rus_monthly_2017_2024.csv. The panels are not shipped; the record is:
tables/forecast_panels.csv, forecast_models.csv, forecast_skill.csv, forecast_reliability.csv, forecast_errors.csv and
forecast_left_out.csv. Writes the tables of docs/explanation/forecast-record.md between its markers too. The same panels,
seed and versions give the same bytes, whatever the number of workers.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from landbridge.cli.progress import bars
from landbridge.forecasting.backtest import GRAVITY, Panel, Trials, rolling
from landbridge.forecasting.models import suited
from landbridge.forecasting.record import Record, record, seasonal_rows

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "forecast-record.md"
BLOCK = re.compile(
    r"<!-- table: (?P<name>[\w-]+) -->\n(?P<body>.*?)<!-- end of table: (?P=name) -->", re.DOTALL
)
AGTPA, WIOD, CHINA, MONTHLY = "agtpa", "wiod", "china", "china-russia-monthly"

# All of this was set before any score was seen. Six observations, so that 2020 is among the years forecast: the panel of
# China's partners begins in 2014. Six years ahead is the longest step that a late origin can be scored at.
LEAST, HORIZON, MONTHS = 6, 6, 12
LATE = {AGTPA: 2000, WIOD: 2006, CHINA: 2019}
ORIGINS = {
    AGTPA: tuple(range(1991, 2006)),
    WIOD: tuple(range(2000, 2011)),
    CHINA: tuple(range(2019, 2025)),
    MONTHLY: tuple(range(12 * 2019 + 11, 12 * 2023 + 12, 3)),
}
# A target is set for trade worth speaking of; below ten million dollars WIOD's rounding to a million is an error of its own.
SMALLEST_USD = 10e6
# Titles, publishers and licences as stated where the figures came from.
PANELS: Mapping[str, tuple[str, str, str]] = {
    AGTPA: (
        "Exports of each of 69 countries to each other, manufacturing, USD at current prices; with domestic sales",
        "Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade Policy Analysis, WTO; data as carried by "
        "pachadotdev/tradepolicy at 342a655",
        "CC BY 4.0",
    ),
    WIOD: (
        "Sales of each of 41 economies to each other, goods and services, USD at current prices; with domestic sales",
        "World Input-Output Database, release 2013, own aggregation; as carried by bquast/wiod at 59a28ac",
        "none stated with the figures",
    ),
    CHINA: (
        "Exports to, imports from and turnover with China as reported by each partner, USD at current prices",
        "UN Comtrade; as carried by joaquimrcarvalho/cipf-comtrade at 5008b54",
        "none stated",
    ),
    MONTHLY: (
        "China's exports to and imports from Russia by month and their sum, as reported by China, USD at current prices",
        "UN Comtrade; as carried by SamiNakibETU/Russia_China_relationship at cf1c079",
        "data as at source",
    ),
}


def sampled(panel: Panel, origins: Sequence[int], count: int, seed: int) -> Panel:
    """At most `count` series, drawn from those that are large enough in some origin year."""
    at = [origin - panel.first for origin in origins]
    large = np.flatnonzero((np.nan_to_num(panel.values[:, at]) >= panel.smallest).any(axis=1))
    chosen = np.random.default_rng(seed).permutation(large)[:count]
    return panel.rows(np.sort(chosen).tolist())


def square(name: str, frame: pl.DataFrame, first: int, last: int) -> Panel:
    """All ordered pairs of a panel with domestic sales; `frame`: year, exporter, importer, value in million USD.

    Income of an exporter is what it sold to anyone, itself included; that of an importer what it bought.
    """
    places = sorted(frame["exporter"].unique().to_list())
    at = {place: k for k, place in enumerate(places)}
    cube = np.full((len(places), len(places), last - first + 1), np.nan)
    rows = frame.select("exporter", "importer", "year", "value").iter_rows()
    for exporter, importer, year, value in rows:
        cube[at[exporter], at[importer], year - first] = value
    pairs = [(i, j) for i in range(len(places)) for j in range(len(places)) if i != j]
    one, other = (np.array([pair[k] for pair in pairs]) for k in (0, 1))
    sold, bought = cube.sum(axis=1), cube.sum(axis=0)
    return Panel(
        name=name,
        frequency="year",
        first=first,
        values=cube[one, other],
        labels=tuple(f"{places[i]}-{places[j]}" for i, j in pairs),
        exporter_income=sold[one],
        importer_income=bought[other],
        world=cube.sum(axis=(0, 1)),
        smallest=SMALLEST_USD / 1e6,
    )


def agtpa(folder: Path) -> Panel:
    """Manufacturing exports between 69 countries."""
    frame = pl.read_parquet(folder / "panel.parquet").rename({"trade": "value"})
    return square(AGTPA, frame, 1986, 2006)


def wiod(folder: Path) -> Panel:
    """Sales between 41 economies."""
    frame = pl.read_parquet(folder / "wiod_bilateral_1995_2011.parquet").rename({"total_musd": "value"})
    return square(WIOD, frame, 1995, 2011)


def china(folder: Path) -> Panel:
    """China's trade with each partner, counted by the partner."""
    frame = pl.read_parquet(folder / "china_partner_totals_2014_2025.parquet")
    # What China reports as imports from itself are re-imports, no trade of a pair.
    frame = frame.filter(pl.col("partner_iso3").ne_missing("CHN"))
    names = sorted(frame["partner"].unique().to_list())
    at = {name: k for k, name in enumerate(names)}
    codes = dict(frame.select("partner", "partner_iso3").iter_rows())
    both = np.full((2, len(names), 12), np.nan)
    columns = ("partner", "year", "exports_of_china_usd", "imports_of_china_usd")
    for name, year, exports, imports in frame.select(columns).iter_rows():
        both[:, at[name], year - 2014] = [np.nan if cell is None else cell for cell in (exports, imports)]
    shown = [codes[name] or name for name in names]
    return Panel(
        name=CHINA,
        frequency="year",
        first=2014,
        values=np.concatenate([both[0], both[1], both.sum(axis=0)]),
        labels=tuple(
            label.format(name) for label in ("CHN-{}", "{}-CHN", "turnover CHN {}") for name in shown
        ),
        smallest=SMALLEST_USD,
    )


def monthly(folder: Path) -> Panel:
    """China's trade with Russia by month."""
    frame = pl.read_csv(folder / "chn_rus_monthly_2017_2024.csv").sort("month")
    there, back = frame["chn_exports_to_rus_bn_usd"].to_numpy(), frame["rus_exports_to_chn_bn_usd"].to_numpy()
    labels = ("CHN-RUS", "RUS-CHN", "turnover CHN RUS")
    values = np.stack([there, back, there + back]).astype(np.float64)
    return Panel(MONTHLY, "month", 12 * 2017, values, labels)


def panels(agtpa_folder: Path, trade: Path, sample: int, seed: int) -> tuple[Panel, ...]:
    """The panels as they are back-tested."""
    squares = (agtpa(agtpa_folder), wiod(trade), china(trade))
    drawn = tuple(sampled(panel, ORIGINS[panel.name], sample, seed) for panel in squares)
    return (*drawn, monthly(trade))


def described(held: Sequence[Panel], trials: Trials) -> pl.DataFrame:
    """What each panel is, where it came from, and how much of it entered."""
    rows = []
    for panel in held:
        title, source, licence = PANELS[panel.name]
        mine = trials.take(trials.panel == panel.name)
        keys = zip(mine.series.tolist(), mine.origin.tolist(), strict=True)
        rows.append(
            {
                "panel": panel.name,
                "title": title,
                "source": source,
                "licence": licence,
                "series": len(panel.labels),
                "series_entered": int(np.unique(mine.series).size),
                "cases": len(set(keys)),
                "first_origin": int(mine.year.min()),
                "last_origin": int(mine.year.max()),
                "first_late_origin": LATE.get(panel.name),
            }
        )
    return pl.DataFrame(rows)


def built(
    held: Sequence[Panel], workers: int, seed: int, progress: Callable[[str, int, int], None] | None
) -> tuple[Record, Trials]:
    """The record of the annual panels, with the monthly rows beside."""
    yearly = (*suited(1), GRAVITY)
    trials = rolling(
        held,
        models={panel.name: yearly if panel.frequency == "year" else suited(12) for panel in held},
        origins=ORIGINS,
        horizon={panel.name: HORIZON if panel.frequency == "year" else MONTHS for panel in held},
        least=LEAST,
        workers=workers,
        progress=progress,
    )
    by_month = trials.panel == MONTHLY
    annual = trials.take(~by_month)
    narrow = replace(annual, error=annual.error[:, :HORIZON], growth=annual.growth[:, :HORIZON])
    made = record(narrow, LATE, HORIZON, seed)
    months = pl.DataFrame(list(seasonal_rows(trials.take(by_month), (1, 3, 6, 12))))
    if months.width:
        made = replace(made, skill=pl.concat([made.skill, months], how="diagonal_relaxed"))
    return made, trials


def rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Four significant digits: what a record can bear."""
    return frame.with_columns(pl.col(pl.Float64).round_sig_figs(4))


def written(made: Record, trials: Trials, held: Sequence[Panel], folder: Path) -> dict[str, pl.DataFrame]:
    """Write all tables."""
    errors = made.errors.with_columns(pl.col("^z[0-9]+$").round(3))
    tables = {
        "panels": described(held, trials),
        "models": rounded(made.models),
        "skill": rounded(made.skill),
        "reliability": rounded(made.reliability),
        "errors": errors,
        "left_out": made.left,
    }
    for name, frame in tables.items():
        frame.write_csv(folder / f"forecast_{name}.csv")
    return tables


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _with(value: object, error: object) -> str:
    return _cell(value) + (f" ± {error:.2f}" if isinstance(error, float) else "")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of the page."""
    lines = [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]
    return "\n".join(lines)


STRAYS = (
    "panel",
    "rows with a range",
    "mean said outside it",
    "reached more often than said",
    "reached less often than said",
    "largest distance, points",
)


def strays(curve: pl.DataFrame, chosen: str) -> list[tuple[str, ...]]:
    """By panel, in how many rows of the reliability table the mean said lies outside the row's own 90 % range.

    Rows are all rules, bins and spans of years ahead of the chosen model; spans overlap, so they are no independent tests.
    """
    held = curve.filter(pl.col("model") == chosen)
    rows = []
    for panel in held["panel"].unique().sort().to_list():
        mine = held.filter(pl.col("panel") == panel)
        ranged = mine.drop_nulls(["came_low", "came_high"])
        more = ranged.filter(pl.col("said") < pl.col("came_low"))
        less = ranged.filter(pl.col("said") > pl.col("came_high"))
        far = pl.concat([more, less]).select((pl.col("came") - pl.col("said")).abs().max()).item()
        counts = (ranged.height, more.height + less.height, more.height, less.height)
        rows.append((panel, *map(str, counts), "" if far is None else f"{100 * far:.0f}"))
    return rows


def page_parts(tables: Mapping[str, pl.DataFrame], chosen: str) -> dict[str, str]:
    """The tables of the page."""
    skill = tables["skill"]
    late = skill.filter((pl.col("part") == "late") & pl.col("horizon").is_null())
    steps = skill.filter(
        (pl.col("part") == "late") & (pl.col("model") == chosen) & pl.col("horizon").is_not_null()
    )
    curve = tables["reliability"].filter(
        (pl.col("panel") == "all")
        & (pl.col("model") == chosen)
        & (pl.col("first_step") == 1)
        & (pl.col("last_step") == HORIZON)
    )
    months = skill.filter(pl.col("panel") == MONTHLY)
    return {
        "panels": table(
            ("panel", "what", "source", "licence", "series", "series and origins", "origins", "late from"),
            [
                (
                    row["panel"],
                    row["title"],
                    row["source"],
                    row["licence"],
                    f"{row['series_entered']} of {row['series']}",
                    str(row["cases"]),
                    f"{row['first_origin']}–{row['last_origin']}",
                    str(row["first_late_origin"] or ""),
                )
                for row in tables["panels"].iter_rows(named=True)
            ],
        ),
        "models": table(
            ("model", "early ratio", "early ratio by panel", "late ratio", "verdict"),
            [
                (
                    row["model"],
                    "" if row["early_ratio"] is None else f"{row['early_ratio']:.3f}",
                    row["early_by_panel"],
                    "" if row["late_ratio"] is None else f"{row['late_ratio']:.3f}",
                    row["reason"],
                )
                for row in tables["models"].iter_rows(named=True)
            ],
        ),
        "late": table(
            (
                "panel",
                "model",
                "error relative to naive",
                "CRPS skill",
                "Brier skill",
                "cases",
                "origin years",
            ),
            [
                (
                    row["panel"],
                    row["model"],
                    _with(row["relative_error"], row["relative_error_se"]),
                    _with(row["crps_skill"], row["crps_skill_se"]),
                    _with(row["brier_skill"], row["brier_skill_se"]),
                    str(row["cases"]),
                    str(row["origin_years"]),
                )
                for row in late.sort("panel", "model").iter_rows(named=True)
            ],
        ),
        "steps": table(
            (
                "panel",
                "years ahead",
                "relative",
                "CRPS skill",
                "in 50 %",
                "in 80 %",
                "in 95 %",
                "cases",
                "origin years",
            ),
            [
                (
                    row["panel"],
                    str(row["horizon"]),
                    _with(row["relative_error"], row["relative_error_se"]),
                    _with(row["crps_skill"], row["crps_skill_se"]),
                    *(_with(row[f"coverage_{k}"], row[f"coverage_{k}_se"]) for k in (50, 80, 95)),
                    str(row["cases"]),
                    str(row["origin_years"]),
                )
                for row in steps.sort("panel", "horizon").iter_rows(named=True)
            ],
        ),
        "reliability": table(
            (
                "rule",
                "said, %",
                "mean said",
                "came true",
                "90 % range",
                "probabilities",
                "forecasts",
                "origin years",
                "target years",
            ),
            [
                (
                    row["rule"],
                    f"{100 * row['low']:.0f}–{100 * row['high']:.0f}",
                    f"{row['said']:.2f}",
                    f"{row['came']:.2f}",
                    "" if row["came_low"] is None else f"{row['came_low']:.2f}–{row['came_high']:.2f}",
                    *(str(row[name]) for name in ("cases", "forecasts", "origin_years", "target_years")),
                )
                for row in curve.iter_rows(named=True)
            ],
        ),
        "strays": table(STRAYS, strays(tables["reliability"], chosen)),
        "months": table(
            ("model", "months ahead", "error relative to seasonal naive", "cases", "origin years"),
            [
                (
                    row["model"],
                    str(row["horizon"]),
                    _with(row["relative_error"], row["relative_error_se"]),
                    str(row["cases"]),
                    str(row["origin_years"]),
                )
                for row in months.iter_rows(named=True)
            ],
        ),
        "left-out": table(
            ("panel", "model", "reason", "series and origins"),
            [
                (row["panel"], row["model"] or "all", row["reason"], str(row["count"]))
                for row in tables["left_out"].iter_rows(named=True)
            ],
        ),
    }


def filled(text: str, parts: Mapping[str, str]) -> str:
    """The page with its tables written anew."""

    def anew(match: re.Match[str]) -> str:
        name = match["name"]
        return f"<!-- table: {name} -->\n\n{parts[name]}\n\n<!-- end of table: {name} -->"

    return BLOCK.sub(anew, text)


def main() -> None:
    """Parse the call, back-test, write the tables and the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--agtpa", type=Path, required=True)
    parser.add_argument("--trade", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=1000, help="series of one panel at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "tables")
    options = parser.parse_args()
    begun = time.monotonic()
    held = panels(options.agtpa, options.trade, options.sample, options.seed)
    with bars() as progress:
        made, trials = built(held, options.workers, options.seed, progress)
    options.out.mkdir(parents=True, exist_ok=True)
    tables = written(made, trials, held, options.out)
    if options.out == ROOT / "tables" and PAGE.exists():
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(filled(page, page_parts(tables, made.chosen)), encoding="utf-8")
    print(f"chosen: {made.chosen}; kept: {', '.join(made.kept)}; {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
