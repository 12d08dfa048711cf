"""Ways over land: symmetric, never through a place farther away, and none across a sea."""

from __future__ import annotations

import polars as pl

import landbridge as lb
from landbridge.planning.ways import borders_between


def test_neighbours_have_their_own_border_alone() -> None:
    assert borders_between(lb.load().pairs, "CHN", "RUS") == {frozenset(("CHN", "RUS"))}


def test_ways_are_the_same_in_both_directions() -> None:
    pairs = lb.load().pairs
    for a, b in (("BLR", "CHN"), ("DEU", "CHN"), ("KAZ", "BLR"), ("VNM", "RUS")):
        assert borders_between(pairs, a, b) == borders_between(pairs, b, a)


def test_between_belarus_and_china_lie_russia_kazakhstan_and_mongolia_but_not_poland() -> None:
    borders = borders_between(lb.load().pairs, "BLR", "CHN")
    assert {frozenset(("CHN", "RUS")), frozenset(("KAZ", "RUS")), frozenset(("CHN", "MNG"))} <= borders
    assert not any("POL" in border for border in borders)


def test_no_land_way_leads_over_the_sea() -> None:
    pairs = lb.load().pairs
    for a, b in (("USA", "CHN"), ("VUT", "NRU"), ("JPN", "RUS")):
        assert borders_between(pairs, a, b) == frozenset()


def test_a_line_of_four_countries() -> None:
    line = "ABCD"
    rows = [
        (here, there, abs(i - j) * 100.0, abs(i - j) == 1)
        for i, here in enumerate(line)
        for j, there in enumerate(line)
        if i != j
    ]
    schema = {
        "exporter": pl.String,
        "importer": pl.String,
        "distance_km": pl.Float64,
        "contiguous": pl.Boolean,
    }
    pairs = pl.DataFrame(rows, schema=schema, orient="row")
    expected = {frozenset("AB"), frozenset("BC"), frozenset("CD")}
    assert borders_between(pairs, "A", "D") == borders_between(pairs, "D", "A") == expected
