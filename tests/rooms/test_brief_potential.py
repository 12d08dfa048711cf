"""The sections on potential: what is expected beside what is traded, plainly either way, and never as a forecast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import landbridge as lb
from landbridge import codes
from landbridge.brief.catalogue import catalogue
from landbridge.brief.document import Chart, Contrast, Refusal, Section, Table
from landbridge.brief.numbers import show
from landbridge.brief.sections import regional_potential
from landbridge.brief.setting import Setting
from landbridge.brief.text import Writer, atoms
from landbridge.provenance import Figure, Status
from landbridge.release import Data
from landbridge.release.loading import load as load_files


@pytest.fixture(scope="module")
def data() -> Data:
    return lb.load()


def section(data: Data, a: str, b: str, name: str) -> Section:
    return next(part for part in lb.brief(data, a, b).document.body if part.id == name)


def said(node: Any) -> str:
    sentences = [
        s for block in node.blocks for s in (*getattr(block, "sentences", ()), *getattr(block, "items", ()))
    ]
    return shown(sentences)


def shown(sentences: list[Any]) -> str:
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
    found = section(data, "BY-VI", "CN-HL", "regional-potential")
    words = said(found)
    assert shown([found.title]) == "Bounds on the trade of the two"
    assert words.count("deliveries for use in production: what is published allows USD 0–") == 2
    assert words.count("goods for final use come on top") == 2
    assert words.count("An estimate inside them is refused") == 2
    assert "goods by customs count" not in words
    # The section on the two places prints totals of all partners, so that none at all would be wrong.
    (none,) = [block for block in found.blocks if isinstance(block, Refusal)]
    assert "None by partner is held" in shown([none.why])


def test_chapters_say_that_customs_count_them_and_where_the_method_failed(data: Data) -> None:
    words = said(section(data, "CN-HL", "RU-PRI", "regional-potential"))
    assert words.count("goods by customs count: what is published allows") == 2
    assert "final use" not in words
    assert "several provinces came out too low, Heilongjiang by far" in words


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


def test_the_note_of_the_table_follows_what_is_loaded(tmp_path: Path) -> None:
    """Two chapters counted: they are, and the rest is not said to be either counted or zero."""
    (tmp_path / "own.csv").write_text(
        "year,province,partner,flow,hs,value\n2023,CN-HL,RUS,X,840110,300000000\n2023,CN-HL,RUS,X,640110,200000000\n"
    )
    (tmp_path / "map.yaml").write_text(
        "about: Made up for this test.\ntested_against_live_download: true\n"
        "period: {column: year, formats: [yyyy]}\nproduct: {column: hs}\nvalue: {column: value, currency: USD}\n"
        "home: {column: province, by: code, within: CHN}\npartner: {column: partner, by: code}\n"
        "direction: {column: flow, exports: [X], imports: [M]}\nnomenclature: HS17\nreporter: CHN\n"
    )
    load_files(tmp_path / "space", "csv", [tmp_path / "own.csv"], str(tmp_path / "map.yaml"))
    loaded = lb.load(tmp_path / "space")

    def notes(a: str, b: str) -> dict[str, str]:
        found = regional_potential.section(
            Setting(loaded, Writer(catalogue()), codes.place(a), codes.place(b))
        )
        tables = [block for block in found.blocks if isinstance(block, Table)]
        return {block.name: shown([block.note]) for block in tables if block.name.startswith("bounds")}

    country = notes("CN-HL", "RUS")
    assert "Items without bounds are counted in the files" in country["bounds CN-HL-RUS"]
    assert "no figure of a region by product is held" in country["bounds RUS-CN-HL"]
    assert "rest on your own files" in notes("CN-HL", "RU-PRI")["bounds CN-HL-RU-PRI"]
