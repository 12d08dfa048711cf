"""The pages on corridors, queues and bottlenecks say what tables, views and rules say: no column without its line."""

from __future__ import annotations

import csv
import dataclasses
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import build_corridor_pages as pages  # noqa: E402
from landbridge.corridors import (  # noqa: E402  # noqa: E402
    Corridors,
    choice,
    cost,
    network,
    queues,
    reading,
    rerouted,
    select_link,
    uncertainty,
)
from landbridge.planning.bottlenecks import (  # noqa: E402
    Bottlenecks,
    Candidate,
    bottlenecks,
    candidate,
    gathered,
    obstacles,
    result,
    shipped,
)
from landbridge.release import Data  # noqa: E402

TABLES = (ROOT / "docs" / "reference" / "tables.md").read_text("utf-8")
ROUTES = (ROOT / "docs" / "reference" / "corridors.md").read_text("utf-8")
RANKING = (ROOT / "docs" / "reference" / "bottlenecks.md").read_text("utf-8")
EXPLAINED = {page.stem: page.read_text("utf-8") for page in pages.PAGES}
CSV = (*reading.COLUMNS, "network_checks", "belt_and_road")


def section(text: str, heading: str) -> str:
    """From a heading that begins so to the next of its level or above."""
    found = re.search(
        rf"^(#+) {re.escape(heading)}[^\n]*\n(.*?)(?=^#{{1,3}} |\Z)", text, re.DOTALL | re.MULTILINE
    )
    assert found, heading
    return found[2]


def named(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


@pytest.mark.parametrize("name", CSV)
def test_every_column_of_a_table_is_documented_in_its_section(name: str) -> None:
    with (ROOT / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    told = named(section(TABLES, f"`tables/{name}.csv`"))
    assert not set(header) - told
    assert not set(reading.COLUMNS.get(name, ())) - set(header)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("network_nodes", network.NODE_KINDS),
        ("network_links", network.MODES),
        ("network_modes", tuple(network.UNITS)),
    ],
)
def test_every_word_of_a_closed_list_is_documented(name: str, words: tuple[str, ...]) -> None:
    assert set(words) <= named(section(TABLES, f"`tables/{name}.csv`"))


def test_units_of_parameters_are_those_of_the_code() -> None:
    told = section(TABLES, "`tables/network_modes.csv`")
    for name, unit in network.UNITS.items():
        (row,) = (
            line for line in told.splitlines() if line.startswith("| ") and f"`{name}`" in line.split("|")[1]
        )
        assert unit in row, name


def test_every_key_of_a_file_of_obstacles_is_documented() -> None:
    told = section(TABLES, "`tables/obstacles/*.yaml`")
    assert set(obstacles._Entry.model_fields) | set(obstacles._File.model_fields) <= named(told)
    assert set(obstacles.KINDS) <= named(told)


@pytest.fixture(scope="module")
def held_routes(held: Data) -> tuple[Corridors, Any]:
    return held.corridors, held.corridors.routes("CN-CQ", "BY-MI", sector="C28")


def bare(columns: list[str]) -> set[str]:
    """Names without the ends of ranges, which the page explains once."""
    return {re.sub(r"_(low|high)$", "", name) for name in columns}


def test_every_column_of_routes_and_legs_is_documented(held_routes: tuple[Corridors, Any]) -> None:
    corridors, found = held_routes
    for heading, frame in (
        ("`route --show routes`", found.table()),
        ("`route --show legs`", found.legs()),
        ("`crossings`, `Corridors.crossings()`", corridors.crossings()),
    ):
        assert frame.height, heading
        assert not bare(frame.columns) - named(section(ROUTES, heading)), heading
        assert not named_columns(ROUTES, heading) - set(frame.columns), heading


def named_columns(text: str, heading: str) -> set[str]:
    """The names in the first column of the first table of a section."""
    first: list[str] = []
    for line in section(text, heading).splitlines():
        if line.startswith("| `"):
            first += re.findall(r"`(\w+)`", line.split("|")[1])
        elif first:
            break
    return set(first)


def test_every_group_of_the_uncertainty_is_documented(held_routes: tuple[Corridors, Any]) -> None:
    _, found = held_routes
    told = named(section(ROUTES, "`route --show uncertainty`"))
    for route in found.routes:
        assert set(uncertainty(route, found.cargo, draws=50).shares) <= told


def test_every_column_of_use_and_closures_is_documented(held_routes: tuple[Corridors, Any]) -> None:
    corridors, found = held_routes
    crossing = found.routes[0].crossings[0]
    flow = choice.Flow("CN-CQ", "BY-MI", found.cargo, 1.0)
    told = named(section(ROUTES, "Use, closures, feeding lines"))
    assert set(corridors.use.table().columns) <= told
    assert set(select_link(corridors.network, [flow], crossing).table().columns) <= told
    moved = rerouted(corridors.network, "CN-CQ", "BY-MI", found.cargo, without=[crossing]).table()
    assert moved.columns[0] == "when"
    assert {"when", "before", "after"} <= told


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("landbridge crossings --curve zabaikalsk-manzhouli-road --lanes 17 --json", "`crossings`"),
        (
            "landbridge crossings --curve zabaikalsk-manzhouli-road --lanes 17 --arrivals 300 --json",
            "`crossings`",
        ),
        ("landbridge crossings --users zabaikalsk-manzhouli-rail --json", "`crossings`"),
        ("landbridge route CN-CQ BY-MI --sector C28 --show uncertainty --json", "`route --show uncertainty`"),
    ],
)
def test_every_field_of_a_verb_is_documented(
    line: str, heading: str, landbridge: Callable[[str], Any]
) -> None:
    import json

    answer = landbridge(line)
    assert answer.exit_code == 0, answer.output
    fields = set(json.loads(answer.stdout)["rows"][0])
    listed = named(section(ROUTES, heading)) | named(section(TABLES, "`tables/network_use.csv`"))
    assert not bare(sorted(fields)) - listed - {"share_pct"}


def test_functions_the_page_names_exist() -> None:
    """Every `module.name` of the section on queues is there."""
    from importlib import import_module

    for module, name in re.findall(
        r"`(queues|simulation|loading|assignment)\.(\w+)", section(ROUTES, "Queues and")
    ):
        assert hasattr(import_module(f"landbridge.corridors.{module}"), name), name


@pytest.fixture(scope="module")
def ranked(held: Data) -> Bottlenecks:
    few = [one for one in gathered(held, "CHN", "RUS") if one.kind in ("documents", "gauge")]
    return bottlenecks(held, "CHN", "RUS", candidates=few, draws=10, workers=1)


def test_every_column_of_a_ranking_is_documented_and_no_other(ranked: Bottlenecks) -> None:
    told = re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in rows_of("`.table()`")))
    assert sorted(told) == sorted(ranked.table().columns)
    assert sorted(told) == sorted(result.TYPES)
    others = named(section(RANKING, "The other tables"))
    for frame in (
        ranked.rank_table(),
        ranked.together_table(),
        ranked.uncosted_table(),
        ranked.topic_table(),
    ):
        assert set(frame.columns) <= others


def rows_of(heading: str) -> list[str]:
    return [line for line in section(RANKING, heading).splitlines() if line.startswith("| `")]


def test_every_key_of_a_held_ranking_is_documented(ranked: Bottlenecks) -> None:
    record = inspect.getmodule(shipped)
    assert record is not None
    assert set(record.record(ranked)) == named_columns(TABLES, "`tables/bottlenecks/*.json`")


def test_every_field_and_argument_is_documented() -> None:
    fields = {field.name for field in dataclasses.fields(Candidate)}
    assert fields <= named(section(RANKING, "`Candidate` and `Step`"))
    assert set(inspect.signature(bottlenecks).parameters) == named_columns(RANKING, "`lb.bottlenecks`")
    assert set(candidate.KINDS) <= named(section(RANKING, "`Candidate` and `Step`"))
    assert set(candidate.KINDS.values()) <= named(section(RANKING, "`.table()`"))


def test_shares_of_each_status_are_those_of_the_tables() -> None:
    text = EXPLAINED["corridors"]
    assert pages.refreshed(text, ["statuses"]) == text, "run: python scripts/build_corridor_pages.py"


def test_headlines_are_those_of_the_rankings_held() -> None:
    text = EXPLAINED["bottlenecks"]
    assert pages.refreshed(text, ["rankings"]) == text, "run: python scripts/build_corridor_pages.py"


def test_errors_of_the_approximations_are_measured() -> None:
    """The rows of five lanes are simulated anew; the others take longer and come from the same call."""
    text = EXPLAINED["crossings-as-queues"]
    shown = [row for row in text.splitlines() if re.match(r"\| \d+ \| 0\.\d+ \|", row)]
    assert len(shown) == len(pages.CASES) * len(pages.SCVS)
    for row in pages.error_rows(pages.errors([(5, 0.5), (5, 0.8)])):
        assert f"| {' | '.join(row)} |" in shown
    worst = max(abs(float(row.split("|")[4].replace("−", "-"))) for row in shown)
    assert 39 <= worst < 40
    kimura = [abs(float(row.split("|")[5].replace("−", "-"))) for row in shown]
    assert max(kimura) < 6


def test_assumed_constants_in_words_are_those_of_the_code() -> None:
    text = re.sub(r"\s+", " ", EXPLAINED["corridors"])
    low, value, high = cost.RELIABILITY_RATIO.ends
    assert f"$\\rho = {value:g}$ sure hours ({low:g} to {high:g}), assumed" in text
    low, value, high = choice.LOGIT_SCALE.ends
    assert f"$\\lambda = {value:g}$ ({low:g} to {high:g}), assumed" in text


def test_rules_of_the_ranking_in_words_are_those_of_the_code() -> None:
    from landbridge.planning.bottlenecks import solving

    text = re.sub(r"\s+", " ", EXPLAINED["bottlenecks"])
    assert (result.MOST_ASSUMED, solving.TOP, solving.CHECKED) == (0.5, 10, 40)
    assert "above one half" in text
    assert "the top ten in any draw" in text
    assert "forty cells drawn at random" in text
    assert result.NOT_RANKABLE in text


def test_scatter_of_the_curve_is_that_of_the_verb() -> None:
    from landbridge.cli import crossings

    assert crossings.SERVICE_SCV == (0.25, 1.0, 2.0)
    assert crossings.ARRIVAL_SCV == (1.0, 1.0, 4.0)
    text = re.sub(r"\s+", " ", EXPLAINED["crossings-as-queues"])
    assert "0.25, 1 and 2 for services and 1, 1 and 4 for arrivals" in text


def test_what_drives_the_range_is_what_the_page_says(held: Data) -> None:
    """Value of time for machinery; change of gauge and charges at the crossing for timber."""
    for sector, groups in (("C28", ["value of time"]), ("A02", ["gauge change", "crossing charges"])):
        country = ("CN-CQ", "BY-MI") if sector == "C28" else ("RU-KHA", "CN-HL")
        found = held.corridors.routes(*country, best=1, sector=sector)
        shares = uncertainty(found.routes[0], found.cargo).shares
        assert sum(shares[name] for name in groups) > 0.5, shares


def test_bursts_are_as_far_off_as_the_page_says() -> None:
    """17 lanes, arrivals of scv 4: 8 % low at load 0.95, a third low at 0.8; from one simulation of two million."""
    from landbridge.corridors.simulation import simulate

    for load, low, high in ((0.95, -18.0, 2.0), (0.8, -40.0, -26.0)):
        run = simulate(17 * load, 1.0, 17, arrival_scv=4.0, service_scv=1.0, customers=2_000_000)
        made = queues.ggc(17 * load, 1.0, 17, service_scv=1.0, arrival_scv=4.0).wait
        assert low < 100 * (made / run.wait - 1) < high
