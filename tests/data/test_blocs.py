"""Who is bound to whom in 2022: the membership table against itself and against the published list of pairs."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl
import pytest

import landbridge as lb
from landbridge.flows.accounts import REST

YEAR = "2022"
BINDING = {"free trade area", "customs union", "economic union", "preferential"}
# Left out of the table: preferences for lists of goods among many (19, 317, 15, 24), a plan that was never carried out
# (152), and rows that put the Democratic Republic of the Congo where the Republic of the Congo is a member (47).
LEFT_OUT = {15, 19, 24, 47, 152, 317}
# Held, and absent from the list of pairs: its rows of the Eurasian union end in 2018 and those of MERCOSUR in 2010.
FALSE_GAPS = {("BLR", "KAZ"), ("BLR", "RUS"), ("KAZ", "RUS"), ("ARG", "BRA")}


@pytest.fixture(scope="module")
def rows(root: Path) -> list[dict[str, str]]:
    with (root / "tables" / "agreements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def places() -> set[str]:
    return {place for place in lb.load().accounts.places if place != REST}


def bound(rows: list[dict[str, str]], year: str = YEAR) -> set[tuple[str, str]]:
    members: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        if row["form"] in BINDING and row["from"][:4] <= year and not (row["to"] and row["to"][:4] < year):
            members[row["agreement"]].append((row["member"], row["side"]))
    found = set()
    for held in members.values():
        for one, side in held:
            for other, facing in held:
                if one < other and (not side or side != facing):
                    found.add((one, other))
    return found


def members(rows: list[dict[str, str]], agreement: str, year: str = YEAR) -> set[str]:
    return {
        row["member"]
        for row in rows
        if row["agreement"] == agreement
        and row["from"][:4] <= year
        and not (row["to"] and row["to"][:4] < year)
    }


def test_blocs_have_their_members(rows: list[dict[str, str]]) -> None:
    union = members(rows, "eu")
    assert len(union) == 27
    assert "GBR" not in union
    assert members(rows, "eea") == union | {"ISL", "NOR"}
    assert members(rows, "efta") == {"CHE", "ISL", "NOR"}
    assert members(rows, "usmca") == {"CAN", "MEX", "USA"}
    assert members(rows, "pacific-alliance") == {"CHL", "COL", "MEX", "PER"}
    assert members(rows, "mercosur") == {"ARG", "BRA"}
    assert len(members(rows, "cptpp")) == 11
    assert len(members(rows, "afta")) == 10
    assert len(members(rows, "afcfta")) == 11


def test_agreements_of_the_union_bind_all_of_it_to_one_partner(rows: list[dict[str, str]]) -> None:
    union = members(rows, "eu")
    sides: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["agreement"].startswith("eu-"):
            sides[row["agreement"]][row["side"]] += 1
            assert (row["member"] in union) == (row["side"] == "EU"), row
    assert len(sides) == 22
    for agreement, found in sides.items():
        assert found == Counter({"EU": 27, agreement.removeprefix("eu-").upper(): 1}), agreement
    assert ("FRA", "GBR") in bound(rows)
    assert ("FRA", "USA") not in bound(rows)
    assert ("CHN", "FRA") not in bound(rows)


def test_what_the_blocs_leave_out(rows: list[dict[str, str]], places: set[str]) -> None:
    """Of the pairs of the table's economies less than half are bound, those of China and Russia not among them."""
    held = {pair for pair in bound(rows) if set(pair) <= places}
    assert 1300 < len(held) < 1500
    assert ("CHN", "RUS") not in held
    assert ("BLR", "CHN") not in held
    assert ("BLR", "RUS") in held
    assert ("CHN", "HKG") in held
    assert ("NZL", "TWN") in held


def test_rows_known_from_memory_cite_nobody(rows: list[dict[str, str]]) -> None:
    for row in rows:
        if row["note"].endswith("membership from general knowledge"):
            assert (row["status"], row["source"]) == ("assumed", ""), row


def test_pairs_bound_in_2022_are_those_of_the_published_list(
    shared: Path, rows: list[dict[str, str]], places: set[str]
) -> None:
    listed = pl.read_parquet(shared / "data/geography/rta_pairs.parquet").filter(
        pl.col("year") == int(YEAR),
        pl.col("origin").is_in(list(places)) & pl.col("destination").is_in(list(places)),
        pl.col("origin") < pl.col("destination"),
    )
    kept = listed.filter(~pl.col("agreement_id").is_in(list(LEFT_OUT)))
    held = {pair for pair in bound(rows) if set(pair) <= places}
    assert set(kept.select("origin", "destination").rows()) - held == set()
    assert held - set(listed.select("origin", "destination").rows()) == FALSE_GAPS


def test_blocs_began_when_the_published_list_says(shared: Path, rows: list[dict[str, str]]) -> None:
    """Members of blocs and of their agreements: the first year of any of their pairs under the same agreement."""
    listed = pl.read_parquet(shared / "data/geography/rta_pairs.parquet")
    names = {
        "usmca": 291,
        "cptpp": 281,
        "pafta": 118,
        "ecowas": 103,
        "eu-jpn": 284,
        "eu-gbr": 285,
        "efta-chl": 97,
    }
    compared = 0
    for agreement, number in names.items():
        begun = {
            row["origin"]: row["year"]
            for row in listed.filter(agreement_id=number)
            .group_by("origin")
            .agg(pl.col("year").min())
            .to_dicts()
        }
        for row in rows:
            if row["agreement"] == agreement and row["status"] == "reported":
                assert int(row["from"]) == begun[row["member"]], row
                compared += 1
    assert compared > 70
