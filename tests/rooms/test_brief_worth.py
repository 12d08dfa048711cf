"""What removing an obstacle is worth: the chart of signed ranges, and the section that shows it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree

import pytest

import landbridge as lb
import sample_document as sample
from landbridge.brief import charts
from landbridge.brief.chart_spread import draw_spread
from landbridge.brief.document import Chart, Effect, Refusal, Section, Spread, Table
from landbridge.brief.numbers import show
from landbridge.brief.text import Name, atoms
from landbridge.provenance import Figure, Status
from landbridge.release import Data
from landbridge.release.worked import (
    ADDED,
    DOLLARS,
    GAIN,
    LOSS,
    NOT_FEASIBLE,
    PERCENT,
    REAL_INCOME,
    REMOVED,
    STRESS,
    UNDETERMINED,
)

SVG = "{http://www.w3.org/2000/svg}"
HOLLOW = "fill:var(--paper"
_ROWS = (
    ("Half the time at all rail crossings on the long border between the two", 56.4, 23.8, 72.0, 32.5, 57.7, "gain"),
    ("Soya", -5.06, -50.5, 78.1, -31.4, 50.7, "undetermined"),
    ("Payments", -440.3, -711.3, -133.1, -441.7, -267.3, "loss"),
)  # fmt: skip


def effect(row: tuple[Any, ...], group: str = "", scale: float = 1e6) -> Effect:
    words, value, low, high, least, most, verdict = row
    status = Status.SIMULATED
    return Effect(
        Name(words, f"scenario {words}"),
        sample.fig(f"{words} {group}", value * scale, status=status, low=low * scale, high=high * scale),
        sample.fig(f"{words} {group} methods", None, status=status, low=least * scale, high=most * scale),
        verdict,
        sample.say(group) if group else None,
    )


def chart(*effects: Effect) -> Chart:
    words = sample.say("Changes of income"), sample.say("One gains."), sample.say("Marks around zero.")
    return Chart("worth", *words, Spread(effects, sample.say("loses"), sample.say("gains")))


SPREAD = chart(*(effect(row) for row in _ROWS))
PANELS = chart(
    *(effect(row, "Scale of millions") for row in _ROWS),
    *(effect(row, "Scale of billions", 1e9) for row in _ROWS[1:]),
)


def drawn(made: Chart) -> tuple[ElementTree.Element, ElementTree.Element]:
    wide, narrow = charts.draw(made, show).split("\n<svg", 1)
    return ElementTree.fromstring(wide), ElementTree.fromstring("<svg" + narrow)


@pytest.fixture(scope="module")
def data() -> Data:
    return lb.load()


def spoken(part: Any) -> str:
    return "".join(piece if isinstance(piece, str) else show(piece) for piece in atoms(part))


def section(data: Data, a: str, b: str) -> Section:
    return next(part for part in lb.brief(data, a, b).document.body if part.id == "worth")


@pytest.fixture(scope="module")
def pair(data: Data) -> Section:
    return section(data, "CHN", "RUS")


@pytest.mark.parametrize("made", [SPREAD, PANELS], ids=["one scale", "two scales"])
def test_every_digit_of_the_picture_is_the_display_of_a_figure(made: Chart) -> None:
    known = {figure.id: show(figure) for figure in charts.figures(made)}
    for root in drawn(made):
        written = set()
        for node in root.iter():
            if any(sign.isdigit() for sign in node.text or ""):
                assert node.text == known[node.attrib["data-figure"]]
                written.add(node.attrib["data-figure"])
        assert isinstance(made.data, Spread)
        assert written == {row.figure.id for row in made.data.effects}


def test_a_verdict_is_told_by_fill_and_shape_besides_colour() -> None:
    assert charts.traits(SPREAD) == {"spread"}
    assert isinstance(SPREAD.data, Spread)
    for root in drawn(SPREAD):
        # The last shape of a figure is its mark; the first is the band of draws.
        marks = {node.get("data-figure"): node for node in root.iter(f"{SVG}path") if node.get("data-figure")}
        gain, open_, loss = (marks[row.figure.id] for row in SPREAD.data.effects)
        assert HOLLOW in open_.get("style", "")
        assert HOLLOW not in gain.get("style", "") + loss.get("style", "")
        assert "A" in gain.get("d", "")
        assert "A" in open_.get("d", "")
        assert "A" not in loss.get("d", "")
        assert gain.get("style") != loss.get("style")


def test_marks_stand_on_their_side_of_zero_inside_their_ranges() -> None:
    for width in (charts.WIDE, charts.NARROW):
        surface = draw_spread(SPREAD.data, show, width)  # type: ignore[arg-type]
        dots = {row["key"]: row["x"] for rows in surface._symbols.values() for row in rows}
        bands = {row["key"]: (row["x"], row["x2"]) for row in surface._boxes}
        upright = [row["x"] for row in surface._rules if row["x"] == row["x2"]]
        zero = max(set(upright), key=upright.count) if width < 480 else upright[0]
        scale = set()
        for row in SPREAD.data.effects:  # type: ignore[union-attr]
            low, high = bands[row.figure.id]
            assert 0 <= low <= dots[row.figure.id] <= high <= width
            # One linear scale: dollars to px are the same everywhere.
            scale.add(round((dots[row.figure.id] - zero) / row.figure.point, 12))
        assert len(scale) == 1
        assert scale.pop() > 0


def test_words_do_not_overlap_nor_leave_the_picture() -> None:
    for made in (SPREAD, PANELS):
        for width in (charts.WIDE, charts.NARROW):
            surface = draw_spread(made.data, show, width)  # type: ignore[arg-type]
            boxes = []
            for (anchor, *_), rows in surface._texts.items():
                for row in rows:
                    words = surface.words[row["key"]]
                    left = row["x"] - (words.width if anchor == "right" else 0)
                    top = row["y"] - words.size * 0.75
                    boxes.append((left, top, left + words.width, top + words.height - words.size * 0.45))
            for place, one in enumerate(boxes):
                assert one[0] >= -0.5
                assert one[2] <= width + 0.5
                assert one[3] <= surface.height
                for other in boxes[place + 1 :]:
                    apart = (
                        one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                    )
                    assert apart, (one, other)


def test_groups_have_scales_of_their_own() -> None:
    surface = draw_spread(PANELS.data, show, charts.WIDE)  # type: ignore[arg-type]
    dots = {row["key"]: row["x"] for rows in surface._symbols.values() for row in rows}
    millions, billions = (PANELS.data.effects[place].figure for place in (2, 4))  # type: ignore[union-attr]
    assert billions.point == pytest.approx(1000 * millions.point)
    assert dots[billions.id] == pytest.approx(dots[millions.id], abs=1)
    written = {"".join(words.texts) for words in surface.words.values()}
    assert {"Scale of millions", "Scale of billions", "loses", "gains"} <= written


def test_nothing_at_all_still_makes_a_picture() -> None:
    nought = effect(("Nothing", 0.0, 0.0, 0.0, 0.0, 0.0, "undetermined"))
    assert charts.draw(chart(nought), show).count("<svg") == 2


def test_each_country_has_its_chart_and_every_figure_its_chain(pair: Section, data: Data) -> None:
    made = [block for block in pair.blocks if isinstance(block, Chart)]
    assert [block.id for block in made] == ["worth-CHN", "worth-RUS"]
    document = lb.brief(data, "CHN", "RUS").document
    known = document.figures()
    for place, block in zip(("CHN", "RUS"), made, strict=True):
        assert isinstance(block.data, Spread)
        assert len(block.data.effects) >= 3
        for row in block.data.effects:
            assert isinstance(row.label, Name)
            slug = row.label.record.removeprefix("scenario ")
            assert row.figure == data.worked.figure(slug, REAL_INCOME, place, DOLLARS)
            both = {data.worked.verdict(slug, REAL_INCOME, place, unit) for unit in (DOLLARS, PERCENT)}
            # Undetermined in one unit is undetermined.
            assert row.verdict == (both.pop() if len(both) == 1 else UNDETERMINED)
            assert {row.figure.id, row.methods.id, row.figure.inputs[0].id} <= set(known)
        hollow = [row for row in block.data.effects if row.verdict == "undetermined"]
        wide, narrow = drawn(block)
        for root in (wide, narrow):
            styles = {
                node.get("data-figure"): node.get("style", "")
                for node in root.iter(f"{SVG}path")
                if node.get("data-figure")
            }
            assert [row for row in block.data.effects if HOLLOW in styles[row.figure.id]] == hollow
    sources = {source.id for source in document.sources}
    cited = {figure.citation.source.id for figure in known.values() if figure.citation is not None}
    assert cited <= sources


def test_scales_differ_by_less_than_the_widest_ratio(pair: Section) -> None:
    for block in (block for block in pair.blocks if isinstance(block, Chart)):
        assert isinstance(block.data, Spread)
        reach: dict[str, list[float]] = {}
        for row in block.data.effects:
            numbers = (row.figure.value, row.figure.low, row.figure.high, row.methods.low, row.methods.high)
            widest = max(abs(number) for number in numbers if number is not None)
            reach.setdefault(str(row.group), []).append(widest)
        for found in reach.values():
            assert max(found) <= 12 * min(found)
        assert len(reach) < len(block.data.effects)


def test_the_section_says_what_it_is_what_is_undetermined_and_what_is_left_out(
    pair: Section, data: Data
) -> None:
    words = json.dumps(lb.brief(data, "CHN", "RUS").to_dict(), ensure_ascii=False)
    assert "It is not a forecast: who reads it as what happens next year misreads it" in words
    tables = {block.name: block for block in pair.blocks if isinstance(block, Table)}
    results = tables["worth"]
    slugs = data.worked.between("CHN", "RUS")
    assert len(results.rows) == 2 * len(slugs)
    open_ = {
        (str(getattr(row[0], "record", "")).removeprefix("scenario "), getattr(row[2], "code", ""))
        for row in results.rows
        if "undetermined" in spoken(row[1])
    }
    assert open_
    said = [spoken(sentence) for block in pair.blocks for sentence in getattr(block, "sentences", ())]
    reasons = " ".join(text for text in said if text.startswith("Undetermined, because"))
    for slug, place in open_:
        assert f"{data.worked.title(slug)} ({lb.codes.place(place).name})" in reasons
    left_out = {getattr(row[1], "text", "") for row in tables["worth left out"].rows}
    assert left_out == {item for slug in slugs for item in data.worked.not_captured(slug)}
    commands = {getattr(row[1], "code", "") for row in tables["worth commands"].rows}
    assert commands == {data.worked.command(slug) for slug in slugs}
    for row in tables["worth uncertainty"].rows:
        slug, place = (
            str(getattr(row[0], "record", "")).removeprefix("scenario "),
            getattr(row[1], "code", ""),
        )
        shares = data.worked.shares(slug, REAL_INCOME, place, DOLLARS)
        errors = data.worked.errors(slug, REAL_INCOME, place, DOLLARS)
        shown = [[piece for piece in atoms(cell) if isinstance(piece, Figure)] for cell in row[2:] if cell]
        held = [
            [item for item in (share, errors.get(name)) if item is not None] for name, share in shares.items()
        ]
        assert shown == held
        assert held
    assumed = tables["worth assumptions"].rows
    assert len(assumed) == sum(len(data.worked.assumptions(slug)) for slug in slugs)


def test_only_obstacles_are_called_the_largest_and_others_stand_apart(pair: Section, data: Data) -> None:
    worked = data.worked
    title = worked.title("soya")
    for block in (block for block in pair.blocks if isinstance(block, Chart)):
        assert isinstance(block.data, Spread)
        slugs = [
            str(getattr(row.label, "record", "")).removeprefix("scenario ") for row in block.data.effects
        ]
        roles = [worked.role(slug) for slug in slugs]
        others = [place for place, role in enumerate(roles) if role not in (REMOVED, ADDED)]
        assert {STRESS, NOT_FEASIBLE} <= {roles[place] for place in others}
        assert others == list(range(others[0], len(roles))), "obstacles first"
        for row, role in zip(block.data.effects, roles, strict=True):
            heading = spoken(row.group)
            assert ("A stress, not an obstacle" in heading) == (role == STRESS)
            assert ("Not feasible at present: more than Russia grows" in heading) == (role == NOT_FEASIBLE)
            assert heading.startswith("Obstacles.") == (role in (REMOVED, ADDED))
        named = spoken(block.see)
        for verdict, word in ((GAIN, "gain"), (LOSS, "loss")):
            rows = [
                row for row, role in zip(block.data.effects, roles, strict=True)
                if role in (REMOVED, ADDED) and row.verdict == verdict
            ]  # fmt: skip
            assert (f"Largest determined {word} among the obstacles" in named) == bool(rows)
            if rows:
                best = max(rows, key=lambda row: abs(row.figure.point))
                assert f"Largest determined {word} among the obstacles: {spoken(best.label)}" in named
        assert title not in named
    results = next(block for block in pair.blocks if isinstance(block, Table) and block.name == "worth")
    soya = [row for row in results.rows if spoken(row[0]) == title]
    assert soya
    assert all(spoken(row[1]).startswith("not feasible; ") for row in soya)
    # Being without it is worth the loss: said of what adds an obstacle, and of nothing else.
    (sentence,) = (
        text
        for block in pair.blocks
        for item in getattr(block, "sentences", ())
        if "worth the loss shown" in (text := spoken(item))
    )
    for slug in worked.between("CHN", "RUS"):
        assert (worked.title(slug) in sentence) == (worked.role(slug) == ADDED)
    points = " ".join(spoken(item) for block in pair.blocks for item in getattr(block, "items", ()))
    assert all(worked.caveat(slug) in points for slug in worked.between("CHN", "RUS"))


def test_the_order_of_a_pair_does_not_hide_a_scenario(data: Data) -> None:
    found = section(data, "BLR", "CHN")
    assert [block.id for block in found.blocks if isinstance(block, Chart)] == ["worth-BLR", "worth-CHN"]
    results = next(block for block in found.blocks if isinstance(block, Table) and block.name == "worth")
    first = results.rows[0]
    assert getattr(first[0], "record", "") == "scenario belarus-china-services"
    assert isinstance(first[6], Figure)
    # Trade that a scenario does not name is unknown, not zero.
    assert any(row[6] is None for row in results.rows)


def test_a_pair_without_a_scenario_is_told_how_to_write_one(data: Data) -> None:
    found = section(data, "DEU", "FRA")
    assert [type(block) for block in found.blocks] == [Refusal]
    remedy = found.blocks[0].remedy  # type: ignore[union-attr]
    assert remedy is not None
    assert "landbridge solve scenario.yaml" in "".join(
        piece if isinstance(piece, str) else show(piece) for piece in remedy.parts()
    )
    outside = section(data, "CHN", "MNG")
    assert [type(block) for block in outside.blocks] == [Refusal]
    assert "Mongolia" in str(outside.blocks[0].why)  # type: ignore[union-attr]


def test_the_page_shows_the_chart_as_a_table_with_both_ranges(data: Data) -> None:
    html = lb.brief(data, "CHN", "RUS").html
    at = html.index('id="chart-worth-CHN"')
    chart_html = html[at : html.index("</figure>", at)]
    assert "a hollow grey circle undetermined" in chart_html
    assert "Range of imputations" in chart_html
    row = next(
        part for part in chart_html.split("<tr>") if ">Half the border time" in part and "<td>" in part
    )
    cells = [re.sub("<[^>]*>", "", cell) for cell in row.split("<td>")[1:3]]
    assert cells[0] == "gain"
    assert cells[1].startswith("Obstacles.")
    assert html.index('id="potential"') < html.index('id="worth"') < html.index('id="ties"')


def test_a_brief_solves_nothing() -> None:
    script = (
        "import sys, landbridge as lb; lb.brief(lb.load(), 'CHN', 'RUS').document; "
        "print([name for name in sys.modules if name == 'numba' or name.startswith(('landbridge.scenarios',"
        " 'landbridge.equilibrium'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
