"""Solve the worked scenarios and write what the brief and the docs quote: tables/worked_scenarios.csv and tables of a page.

    python scripts/build_scenarios.py

Every file of tables/scenarios/ is solved with draws; runs are kept, so that an interrupted build goes on. `--pages` writes
the tables of docs/explanation/worked-scenarios.md anew from the csv, with `ROLES`, and solves nothing. Rebuild the
release afterwards.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from math import floor, log10
from pathlib import Path
from typing import Any

from landbridge.release import Data, embedded, load
from landbridge.scenarios.headlines import GROUPS
from landbridge.scenarios.making import solve
from landbridge.scenarios.reading import read
from landbridge.scenarios.run import Run
from landbridge.scenarios.views import names

ROOT = Path(__file__).parents[1]
SCENARIOS = ROOT / "tables" / "scenarios"
TABLE = ROOT / "tables" / "worked_scenarios.csv"
PAGE = ROOT / "docs" / "explanation" / "worked-scenarios.md"
# In the order of the page: obstacles first, then what was signed, then stress, then soya and its feasible part.
SLUGS = (
    "halve-border-time",
    "tariff-free-food",
    "settlement-friction",
    "belarus-china-services",
    "slowdown-and-devaluation",
    "soya",
    "soya-within-crop",
)
DRAWS, SEED = 500, 1
# What a scenario is beside an obstacle, and what decides how its numbers are read.
ROLES = {
    "halve-border-time": (
        "obstacle removed",
        "the waits were measured on other borders of China; how much goes by rail is assumed",
    ),
    "tariff-free-food": (
        "obstacle removed",
        "China's duties are cited for few lines: its rates, and with them the revenue it forgoes, are assumed",
    ),
    "settlement-friction": (
        "obstacle added",
        "fees and delays are reported by few firms; how many pay them is assumed",
    ),
    "belarus-china-services": (
        "obstacle removed",
        "the sign is put in: the size is assumed, from nothing up to a rise that a party to it forecast as the least",
    ),
    "slowdown-and-devaluation": (
        "stress",
        "its sizes are assumed, and the loss is mostly what was put in",
    ),
    "soya": ("not feasible", "more than Russia grows"),
    "soya-within-crop": ("what if", "all that the crop has grown by, at most, goes to China"),
}
VARIANCE = tuple(f"variance_{group}_pct" for group in GROUPS)
ERRORS = tuple(f"variance_{group}_error_pct" for group in GROUPS)
# Name in the csv and name in the table of a run.
COLUMNS = {
    "measure": "measure",
    "place": "place",
    "exporter": "exporter",
    "importer": "importer",
    "unit": "unit",
    "value": "central",
    "low": "low",
    "high": "high",
    "prior_low": "prior_low",
    "prior_high": "prior_high",
    "spread": "prior_spread",
    "verdict": "verdict",
    "reason": "reason",
    **{name: name for name in (*VARIANCE, *ERRORS)},
}
HEADER = (
    "slug",
    "title",
    "role",
    "caveat",
    *COLUMNS,
    "draws",
    "seed",
    "run",
    "concept",
    "closure",
    "residual",
)
BLOCK = re.compile(
    r"<!-- table: (?P<slug>[\w-]+) -->\n(?P<body>.*?)<!-- end of table: (?P=slug) -->", re.DOTALL
)
VERDICT = re.compile(
    r"(?P<before><!-- end of table: (?P<slug>[\w-]+) -->\n\n)\*\*Verdict\.\*\* [A-Z]{3} [^.]*\."
)

Row = Mapping[str, Any]


def solved(slug: str, data: Data, runs: Path, workers: int | None) -> Run:
    """The run of a worked scenario with all its draws."""
    scenario = read(SCENARIOS / f"{slug}.yaml")
    return solve(scenario, data, draws=DRAWS, seed=SEED, runs=runs, workers=workers)


def rows(slug: str, run: Run) -> list[dict[str, str]]:
    """The headlines of a run as rows of the csv."""
    shared = {
        "slug": slug,
        "title": run.scenario.name,
        **described(slug),
        "draws": str(run.inputs["draws"]),
        "seed": str(SEED),
        "run": run.id,
    }
    return [
        {
            **shared,
            **{name: _cell(row[column]) for name, column in COLUMNS.items()},
            **{name: _cell(row[name]) for name in ("concept", "closure", "residual")},
        }
        for row in run.table().to_dicts()
    ]


def described(slug: str) -> dict[str, str]:
    """The columns that say what a scenario is."""
    return dict(zip(("role", "caveat"), ROLES[slug], strict=True))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def write(found: Iterable[Row]) -> None:
    """The csv, in the order of `SLUGS`; a column that a row was solved without stays empty."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)


def held() -> dict[str, list[dict[str, str]]]:
    """The rows of the csv by slug, with what the scenarios are as it is said here."""
    out: dict[str, list[dict[str, str]]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            out.setdefault(row["slug"], []).append({**row, **described(row["slug"])})
    return out


def shown(found: Sequence[Row]) -> str:
    """The results of a scenario as a Markdown table: one line for each measure, per cent beside million dollars."""
    head = ("change in", "%", "draws", "imputations", "million USD", "draws", "verdict")
    lines = [head, ("---",) * len(head)]
    called = names()
    for percent, money in _together(found):
        what = (
            f"real income, {called[percent['place']]}"
            if percent["place"]
            else f"trade, {called[percent['exporter']]} to {called[percent['importer']]}"
        )
        word = percent["verdict"]
        if money["verdict"] != word:
            word = f"{word}; in dollars {money['verdict']}"
        lines.append(
            (
                what,
                signed(percent["value"]),
                span(percent["low"], percent["high"]),
                span(percent["prior_low"], percent["prior_high"]),
                signed(money["value"], 1e6),
                span(money["low"], money["high"], 1e6),
                word,
            )
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n\n" + causes(found)


def causes(found: Sequence[Row]) -> str:
    """Where the range over draws comes from, as a Markdown table of shares of variance with their standard errors."""
    called = names()
    lines: list[tuple[str, ...]] = [
        ("share of variance of the per cent, %", *GROUPS),
        ("---",) * (len(GROUPS) + 1),
    ]
    for percent, _ in _together(found):
        if percent["measure"] == "real income":
            shares = (_share(percent, *names) for names in zip(VARIANCE, ERRORS, strict=True))
            lines.append((called[percent["place"]], *shares))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _share(row: Row, share: str, error: str) -> str:
    if not row[share]:
        return "none"
    return f"{float(row[share]):.0f}" + (f" ± {float(row[error]):.0f}" if row.get(error) else "")


def _together(found: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Per cent and dollars of the same measure."""
    return list(zip(found[::2], found[1::2], strict=True))


def signed(text: str, scale: float = 1.0) -> str:
    """Three significant digits with a sign, no exponent."""
    number = float(text) / scale
    if number == 0:
        return "0"
    places = 2 - floor(log10(abs(number)))
    return f"{round(number, places):+,.{max(places, 0)}f}".replace("-", "−")


def span(low: str, high: str, scale: float = 1.0) -> str:
    """A range, from low to high."""
    return f"{signed(low, scale)} to {signed(high, scale)}"


def refreshed(text: str, found: Mapping[str, Sequence[Row]]) -> str:
    """A page with its tables of results and the verdicts under them written anew."""

    def part(block: re.Match[str]) -> str:
        slug = block["slug"]
        return f"<!-- table: {slug} -->\n\n{shown(found[slug]).strip()}\n\n<!-- end of table: {slug} -->"

    def told(block: re.Match[str]) -> str:
        return f"{block['before']}**Verdict.** {verdicts(found[block['slug']])}."

    return VERDICT.sub(told, BLOCK.sub(part, text))


def verdicts(found: Sequence[Row]) -> str:
    """Verdicts on real income in per cent, in the order of the table: `CHN gain, RUS undetermined`."""
    income = [row for row in found if row["measure"] == "real income" and row["unit"] == "%"]
    return ", ".join(f"{row['place']} {row['verdict']}" for row in income)


def main() -> None:
    """Parse the call, solve, write the csv and the tables of the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=Path, default=ROOT / "runs", help="folder that keeps runs")
    parser.add_argument("--workers", type=int, help="processes; else as many as there are cores")
    parser.add_argument(
        "--only", nargs="+", choices=SLUGS, default=SLUGS, help="solve these, keep other rows"
    )
    parser.add_argument("--pages", action="store_true", help="only the tables of the page, from the csv")
    asked = parser.parse_args()
    if not asked.pages:
        data = load(release=embedded())
        found = held() if TABLE.exists() else {}
        for slug in asked.only:
            run = solved(slug, data, asked.runs, asked.workers)
            found[slug] = rows(slug, run)
            print(slug, run.id, *(f"{count} failed: {why}" for why, count in run.failures), flush=True)
    else:
        found = held()
    write(row for slug in SLUGS for row in found.get(slug, ()))
    PAGE.write_text(refreshed(PAGE.read_text("utf-8"), held()), "utf-8")


if __name__ == "__main__":
    main()
