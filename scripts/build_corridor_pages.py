"""Write the parts of the pages on corridors, queues and bottlenecks that repeat tables or a simulation.

    python scripts/build_corridor_pages.py

Shares of each status in the network's tables, errors of the approximations of queues, and the headlines of the rankings
that the release holds. Each part stands between `<!-- part: NAME -->` and `<!-- end of part: NAME -->`; a test compares.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from landbridge.corridors.queues import ALLEN_CUNNEEN, KIMURA
from landbridge.corridors.simulation import ApproximationError, approximation_error

ROOT = Path(__file__).parents[1]
TABLES = ROOT / "tables"
DOCS = ROOT / "docs" / "explanation"
PAGES = (DOCS / "corridors.md", DOCS / "crossings-as-queues.md", DOCS / "bottlenecks.md")
BLOCK = re.compile(
    r"<!-- part: (?P<name>[\w-]+) -->\n(?P<body>.*?)<!-- end of part: (?P=name) -->", re.DOTALL
)
STATUSES = ("reported", "estimated", "claimed", "assumed")
# What is counted: name of the part, table, and the column of the status; a row without the quantity counts nowhere.
COUNTED = (
    ("lengths of lines", "network_links", "length_km_status"),
    ("capacities of lines", "network_links", "capacity_status"),
    ("hours at crossings", "network_crossings", "hours_status"),
    ("charges at crossings", "network_crossings", "charge_usd_t_status"),
    ("hours of a change of gauge", "network_crossings", "gauge_hours_status"),
    ("capacities of crossings", "network_crossings", "capacity_status"),
    ("volumes at crossings", "network_crossings", "volume_status"),
    ("speeds, rates, emissions, terminals", "network_modes", "status"),
    ("hours of transfers", "network_transfers", "hours_status"),
    ("who uses what", "network_use", "status"),
    ("value of a tonne", "unit_values", "status"),
)
# Lanes and loads at which the approximations are shown: a small post, and the lanes of Zabaikalsk before and after.
CASES = ((5, 0.5), (5, 0.8), (17, 0.8), (17, 0.95), (28, 0.8), (28, 0.95))
SCVS = (0.25, 2.0, 4.0)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines: list[Sequence[str]] = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def counts() -> Mapping[str, Counter[str]]:
    """How many values of each status the tables of the network hold, by part."""
    found = {}
    for part, name, column in COUNTED:
        with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[part] = Counter(row[column] for row in csv.DictReader(file) if row[column])
    return found


def statuses() -> str:
    """Shares of each status, by part and altogether."""
    held = dict(counts())
    held["all"] = sum(held.values(), Counter())
    rows = []
    for part, found in held.items():
        whole = found.total()
        rows.append(
            (
                part,
                f"{whole:,}",
                *(f"{100 * found[name] / whole:.0f}" if found[name] else "" for name in STATUSES),
            )
        )
    return table(("part", "values", *(f"{name}, %" for name in STATUSES)), rows)


def errors(cases: Sequence[tuple[int, float]] = CASES) -> list[ApproximationError]:
    """Both approximations against simulation, for lanes and loads."""
    return [
        one
        for servers, load in cases
        for one in approximation_error(loads=(load,), service_scvs=SCVS, servers=(servers,))
    ]


def error_rows(found: Iterable[ApproximationError]) -> list[tuple[str, ...]]:
    """A row for each number of lanes, load and scatter: error of either approximation, half-width of the simulation."""
    cases: dict[tuple[int, float, float], dict[str, ApproximationError]] = {}
    for one in found:
        cases.setdefault((one.servers, one.load, one.service_scv), {})[one.method] = one
    return [
        (
            f"{servers}",
            f"{load:g}",
            f"{scv:g}",
            f"{held[ALLEN_CUNNEEN].error_pct:+.1f}".replace("-", "−"),
            f"{held[KIMURA].error_pct:+.1f}".replace("-", "−"),
            f"{100 * held[KIMURA].half_width / held[KIMURA].simulated:.1f}",
        )
        for (servers, load, scv), held in cases.items()
    ]


def approximations() -> str:
    """Errors in per cent of the simulated wait."""
    head = ("lanes", "load", "variation of services", "Allen–Cunneen, %", "Kimura, %", "simulation, ± %")
    return table(head, error_rows(errors()))


def rankings() -> str:
    """What the rankings held with the release say."""
    held = [json.loads(path.read_text("utf-8")) for path in sorted((TABLES / "bottlenecks").glob("*.json"))]
    if not held:
        return "No ranking is held with the release yet; `landbridge bottlenecks CHN RUS` makes one.\n"
    rows = [
        (
            " and ".join(one["places"]),
            f"{len(one['rows'])}",
            f"{sum(row['evidence'] == 'sourced' for row in one['rows'])}",
            f"{one['draws']}",
            "" if one["assumed_share"] is None else f"{100 * one['assumed_share']:.0f}",
            one["headline"],
        )
        for one in held
    ]
    head = (
        "pair",
        "candidates",
        "of sourced size",
        "draws",
        "variance of ranks due to assumptions, %",
        "headline",
    )
    return table(head, rows)


PARTS: Mapping[str, Callable[[], str]] = {
    "statuses": statuses,
    "approximations": approximations,
    "rankings": rankings,
}


def refreshed(text: str, parts: Iterable[str] = tuple(PARTS)) -> str:
    """A page with these of its parts written anew."""
    wanted = set(parts)

    def part(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in wanted:
            return found[0]
        return f"<!-- part: {name} -->\n\n{PARTS[name]()}\n<!-- end of part: {name} -->"

    return BLOCK.sub(part, text)


def main() -> None:
    """Write the pages."""
    for page in PAGES:
        page.write_text(refreshed(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
