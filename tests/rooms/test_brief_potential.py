"""The sections on potential: what is expected beside what is traded, plainly either way, and never as a forecast."""

from __future__ import annotations

from typing import Any

import pytest

import landbridge as lb
from landbridge.brief.document import Chart, Contrast, Refusal, Section, Table
from landbridge.brief.numbers import show
from landbridge.brief.text import atoms
from landbridge.provenance import Figure, Status
from landbridge.release import Data


@pytest.fixture(scope="module")
def data() -> Data:
    return lb.load()


def section(data: Data, a: str, b: str, name: str) -> Section:
    return next(part for part in lb.brief(data, a, b).document.body if part.id == name)


def said(node: Any) -> str:
    sentences = [
        s for block in node.blocks for s in (*getattr(block, "sentences", ()), *getattr(block, "items", ()))
    ]
    return " ".join(
        "".join(piece if isinstance(piece, str) else show(piece) for piece in atoms(sentence))
        for sentence in sentences
    )


@pytest.fixture(scope="module")
def pair(data: Data) -> Section:
    return section(data, "CHN", "RUS", "potential")


def test_both_ways_are_said_with_their_verdict_and_what_potential_is_not(pair: Section, data: Data) -> None:
    words = said(pair)
    assert "neither a forecast nor a recommendation" in words
    for way in (("CHN", "RUS"), ("RUS", "CHN")):
        # One equation for the sum and the sum of the sectors' equations may differ: both are said.
        for item in ("goods", "goods-sum"):
            assert lb.potential(data, *way).line(item).verdict in words
            expected = lb.potential(data, *way).figure(item)
            assert isinstance(expected, Figure)
            assert show(expected) in words


def test_the_chart_shows_traded_expected_and_normal_of_the_same_sector(pair: Section, data: Data) -> None:
    charts = [block for block in pair.blocks if isinstance(block, Chart)]
    assert len(charts) == 2
    for chart in charts:
        assert isinstance(chart.data, Contrast)
        for row in chart.data.rows:
            assert row.observed.status is Status.RECONCILED
            assert row.expected.status is row.normal.status is Status.ESTIMATED
            assert row.normal.low is not None
            assert row.normal.high is not None
            assert row.normal.low < row.normal.high
            # The three stand on one observed cell.
            assert row.expected.inputs[0].id == row.observed.id
    outside = {
        line.item
        for way in (("CHN", "RUS"), ("RUS", "CHN"))
        for line in lb.potential(data, *way).lines
        if line.kind == "sector" and line.verdict in ("above normal", "below normal")
    }
    drawn = {row.label.code for chart in charts for row in chart.data.rows}  # type: ignore[union-attr]
    assert outside <= drawn, "what the sentence above a chart names is in it"


def test_gaps_are_ranked_and_every_sector_has_a_verdict_or_a_reason(pair: Section) -> None:
    gains = next(block for block in pair.blocks if isinstance(block, Table) and block.name == "gains CHN-RUS")
    values = [row[2].point for row in gains.rows if isinstance(row[2], Figure)]
    assert values == sorted(values, reverse=True)
    assert min(values) > 0
    assert all(row[2].status is Status.SIMULATED for row in gains.rows if isinstance(row[2], Figure))
    whole = next(
        block for block in pair.blocks if isinstance(block, Table) and block.name == "normal CHN-RUS"
    )
    assert len(whole.rows) == 53
    assert all(row[7] is not None for row in whole.rows)
    refused = [row for row in whole.rows if row[3] is None]
    assert refused
    assert all(row[5] is None and row[6] is None for row in refused)


def test_a_country_outside_the_accounts_is_refused_by_name(data: Data) -> None:
    found = section(data, "CHN", "MNG", "potential")
    assert [type(block) for block in found.blocks] == [Refusal]
    why = found.blocks[0].why  # type: ignore[union-attr]
    assert any("Mongolia" in str(getattr(piece, "text", piece)) for piece in why.parts())


def test_regions_of_belarus_get_bounds_and_no_estimate(data: Data) -> None:
    words = said(section(data, "BY-VI", "CN-HL", "regional-potential"))
    assert "what is published allows USD 0–" in words
    assert words.count("An estimate inside them is refused") == 2


def test_the_estimate_of_two_regions_lies_inside_its_bounds(data: Data) -> None:
    found = section(data, "CN-HL", "RU-PRI", "regional-potential")
    tables = [block for block in found.blocks if isinstance(block, Table) and block.name.startswith("bounds")]
    assert len(tables) == 2
    for table in tables:
        for row in table.rows:
            bounds, estimate = row[2], row[3]
            assert isinstance(bounds, Figure)
            assert isinstance(estimate, Figure)
            assert bounds.low is not None
            assert bounds.high is not None
            assert bounds.low <= estimate.point <= bounds.high
            assert estimate.status is Status.ESTIMATED
