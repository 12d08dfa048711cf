"""What must hold between the figures of the transport and trade registers, whatever their sources say.

A misplaced zero, a swapped direction or a plan entered as an outcome breaks one of these; single statements
are checked by the general editorial tests.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

REGISTERS = ("crossings", "pipelines", "corridors", "trade", "tariffs", "border_time_value")
COUNTRY_OF_PREFIX = {"RU": "RUS", "CN": "CHN", "BY": "BLR"}
# Parts are rounded one by one by their publishers, so a sum may miss the total by a little.
ROUNDING = 0.01


class Said(NamedTuple):
    record: str
    prop: str
    source: str
    status: str
    item: dict[str, Any]

    @property
    def scope(self) -> str:
        """The first clause of the note: direction or part that the number covers."""
        return re.split(r"[;,]", str(self.item.get("note", "")))[0].strip()


def entries(root: Path) -> Iterator[dict[str, Any]]:
    for name in REGISTERS:
        file = root / "tables" / "ledger" / "registers" / f"{name}.yaml"
        yield from yaml.safe_load(file.read_text(encoding="utf-8"))["entries"]


@pytest.fixture(scope="module")
def numbers(root: Path) -> list[Said]:
    """Every statement with a number."""
    found = []
    for entry in entries(root):
        for prop, said in entry["says"].items():
            for item in said if isinstance(said, list) else [said]:
                if isinstance(item, dict) and ("value" in item or "low" in item):
                    status = item.get("status", entry.get("status", "reported"))
                    found.append(Said(entry["record"], prop, entry["source"], status, item))
    assert len(found) > 400
    return found


def test_a_crossing_has_a_place_on_each_side(root: Path) -> None:
    said: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for entry in entries(root):
        if entry["record"].startswith("crossing/"):
            for prop in ("parties", "near"):
                if prop in entry["says"]:
                    said[entry["record"]][prop] = entry["says"][prop]
    assert len(said) > 15
    for record, props in said.items():
        near = {COUNTRY_OF_PREFIX.get(place[:2], place) if "-" in place else place for place in props["near"]}
        assert near == set(props["parties"]), record


def test_both_directions_are_the_sum_of_each(numbers: list[Said]) -> None:
    groups: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for said in numbers:
        words = set(re.findall(r"\w+", str(said.item.get("note", ""))))
        whole = not words & {"only", "transit"} and said.item.get("comparator", "=") != ">"
        if whole and said.prop in ("cargo", "volume"):
            key = (said.record, said.prop, said.source, str(said.item.get("period")), said.item["unit"])
            groups[key][said.scope] = said.item.get("value", 0)
    compared = 0
    for where, by_scope in groups.items():
        if "both directions" in by_scope:
            total = by_scope["both directions"]
            parts = [by_scope[way] for way in ("Russia to China", "China to Russia") if way in by_scope]
            assert sum(parts) <= total * (1 + ROUNDING), where
            if len(parts) == 2:
                assert sum(parts) == pytest.approx(total, rel=ROUNDING), where
            compared += bool(parts)
    assert compared >= 5


def test_zabaikalsk_rail_is_the_largest_part_of_the_rail_crossings(numbers: list[Said]) -> None:
    """Exports through four crossings stay within the published total, and Zabaikalsk leads."""
    rails = (
        "zabaikalsk-manzhouli",
        "grodekovo-suifenhe",
        "kamyshovaya-hunchun",
        "nizhneleninskoye-tongjiang",
    )
    single: dict[str, dict[str, float]] = defaultdict(dict)
    total: dict[str, float] = {}
    for said in numbers:
        if said.item.get("note", "").split(";")[0] == "Russia to China" and said.item["unit"] == "t":
            period = str(said.item.get("period"))
            if said.record == "corridor/russia-china-rail-crossings":
                total[period] = said.item["value"]
            for rail in rails:
                if said.record == f"crossing/{rail}-rail":
                    single[period][rail] = said.item["value"]
    complete = {
        period: parts for period, parts in single.items() if len(parts) == len(rails) and period in total
    }
    assert len(complete) >= 2
    for period, parts in complete.items():
        assert 0.9 * total[period] <= sum(parts.values()) <= total[period] * (1 + ROUNDING), period
        assert max(parts, key=lambda rail: parts[rail]) == rails[0], period


def test_turnover_is_exports_plus_imports(numbers: list[Said]) -> None:
    groups: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for said in numbers:
        if said.prop in ("turnover", "exports", "imports") and "only" not in str(said.item.get("note", "")):
            key = (said.record, said.source, str(said.item.get("period")), said.item["unit"])
            groups[key][said.prop] = said.item["value"]
    full = {key: sides for key, sides in groups.items() if len(sides) == 3}
    assert len(full) >= 8
    for where, sides in full.items():
        assert sides["exports"] + sides["imports"] == pytest.approx(sides["turnover"], rel=ROUNDING), where


def test_a_longer_part_of_a_year_is_not_smaller(numbers: list[Said]) -> None:
    """January to July holds January to April; half-years from January count as January to June."""
    series: dict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
    for said in numbers:
        months = re.fullmatch(r"(\d{4})-(?:H1|01/\1-(\d\d))", str(said.item.get("period")))
        if months and said.prop in ("cargo", "volume", "turnover") and said.status == "reported":
            scope = str(said.item.get("note", "")).split(";")[0]
            key = (said.record, said.prop, said.item["unit"], months[1], scope)
            month = int(months[2] or 6)
            series[key][month] = max(said.item["value"], series[key].get(month, 0))
    long = {key: values for key, values in series.items() if len(values) > 1}
    assert len(long) >= 5
    for where, values in long.items():
        ordered = [values[month] for month in sorted(values)]
        assert ordered == sorted(ordered), where


def test_a_plan_is_not_an_outcome(numbers: list[Said]) -> None:
    worded = re.compile(r"\b(plan|goal|proposal|expected|expectation|agreed, )", re.IGNORECASE)
    plans = [said for said in numbers if worded.search(str(said.item.get("note", "")))]
    planned_network = [said for said in plans if "planned network" in str(said.item["note"])]
    derived = [said for said in plans if said.status == "estimated"]
    plans = [said for said in plans if said not in planned_network and said not in derived]
    assert len(plans) > 15
    assert [said for said in plans if said.status != "forecast"] == []
    assert {said.status for said in planned_network} == {"simulated"}
