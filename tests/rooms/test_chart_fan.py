"""The fan of paths as a picture: every number in it has its origin, and it can be read without colour."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

import sample_document as sample
from landbridge.brief import charts, page
from landbridge.brief.catalogue import catalogue
from landbridge.brief.chart_fan import chart, draw_fan, picture_of, rounds
from landbridge.brief.document import Chart, Document, Fan, Section
from landbridge.brief.numbers import show
from landbridge.brief.text import Date, Writer
from landbridge.forecasting.series import prepared
from landbridge.prospects.basis import Basis
from landbridge.prospects.counted import TURNOVER, Held
from landbridge.prospects.mirror import Mirror, mirrored
from landbridge.prospects.outlook import Band
from landbridge.provenance import Figure, Status, Unavailable, derive

SVG = "{http://www.w3.org/2000/svg}"
YEARS = {str(year): sample.fig("turnover", value, period=str(year)) for year, value in zip(
    range(2016, 2026), (70e9, 84e9, 107e9, 111e9, 108e9, 147e9, 190e9, 240e9, 245e9, 228e9), strict=True)}  # fmt: skip
TARGET = sample.fig("target", 4e11, period="2030", status=Status.CLAIMED)


def stands(last: int = 2025, others: dict[str, Figure] | None = None) -> Basis:
    """A series up to a year; with `others` it fell silent and a partner's count goes on."""
    years = {year: figure for year, figure in YEARS.items() if int(year) <= last}
    held = Held(
        TURNOVER, "CHN", "RUS", ("RUS", "customs statistics"), years, (),
        {("CHN", "customs statistics"): others} if others else {},
    )  # fmt: skip
    stand_in = mirrored(held)
    assert not isinstance(stand_in, Unavailable)
    used = stand_in.years if isinstance(stand_in, Mirror) else years
    series = prepared(
        [int(year) for year in used],
        [figure.point for figure in used.values()],
        unit="USD",
        counters="x",
        name="turnover",
    )
    return Basis(held, series, used, stand_in if isinstance(stand_in, Mirror) else None)


def bands(basis: Basis, count: int = 5) -> tuple[Band, ...]:
    found = []
    for step in range(1, count + 1):
        year = str(basis.series.last + step)
        middle = derive(
            f"path {year}", 228e9 + 1e10 * step, "USD", tuple(basis.years.values()), "test.bands",
            low=228e9 - 2e10 * step, high=228e9 + 7e10 * step, period=year, status=Status.FORECAST,
        )  # fmt: skip
        found.append(Band(year, middle, (228e9 - 5e9 * step, 228e9 + 3e10 * step)))
    return tuple(found)


def fan(basis: Basis, count: int = 5) -> Chart:
    return chart(Writer(catalogue()), basis, bands(basis, count), [(Date("2030"), TARGET)])


def drawn(made: Chart) -> list[ElementTree.Element]:
    wide, narrow = charts.draw(made, show).split("\n<svg", 1)
    return [ElementTree.fromstring(wide), ElementTree.fromstring("<svg" + narrow)]


def texts(root: ElementTree.Element) -> str:
    return " ".join("".join(node.itertext()) for node in root.iter(f"{SVG}text"))


@pytest.mark.parametrize("count", [1, 5])
def test_every_number_in_the_fan_is_tied_to_its_figure(count: int) -> None:
    made = fan(stands(), count)
    known = {figure.id: show(figure) for figure in charts.figures(made)}
    for root in drawn(made):
        for node in root.iter(f"{SVG}tspan"):
            if any(sign.isdigit() for sign in node.text or "") and "data-figure" in node.attrib:
                assert node.text == known[node.attrib["data-figure"]]
        said = texts(root)
        # The target, the newest count, and for the last year the median and both ranges are written out.
        last = 2025 + count
        top, under = 228 + 7 * 10 * count, 228 - 2 * 10 * count
        for words in ("USD 400 billion", "USD 228 billion", f"USD {under}–{top} billion", str(last)):
            assert words in said, (words, said)


def test_bands_differ_without_colour_and_have_edges() -> None:
    root = drawn(fan(stands()))[0]
    filled = [node for node in root.iter(f"{SVG}path") if node.get("fill-opacity")]
    shades = {float(node.get("fill-opacity", "1")) for node in filled}
    assert len(shades) == 2
    assert max(shades) >= 1.5 * min(shades)
    # Two bands and their patches in the key; the inner patch is laid on the outer one, as in the picture.
    assert len(filled) == 5


def test_the_diamond_stands_at_its_year_and_level() -> None:
    """A target above the ninety-fifth percentile lies above the light band's upper edge in its year."""
    for level, above in ((9e11, True), (3e11, False)):
        mark = replace(TARGET, value=level)
        made = chart(Writer(catalogue()), stands(), bands(stands()), [(Date("2030"), mark)])
        root = drawn(made)[0]
        diamond = next(node for node in root.iter(f"{SVG}path") if node.get("data-figure") == mark.id)
        x, y = (float(part) for part in re.findall(r"[\d.]+", diamond.get("transform", ""))[:2])
        outer = min(
            (node for node in root.iter(f"{SVG}path") if node.get("fill-opacity")),
            key=lambda node: float(node.get("fill-opacity", "1")),
        )
        points = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+),([\d.]+)", outer.get("d", ""))]
        edge = [py for px, py in points if abs(px - x) < 0.6]
        assert edge, "the band ends where the diamond stands"
        assert (y < min(edge)) is above


def test_both_settings_keep_their_width_and_readable_words() -> None:
    for root, width in zip(drawn(fan(stands())), (charts.WIDE, charts.NARROW), strict=True):
        assert root.get("viewBox", "").split()[2] == f"{width:g}"
        assert min(float(node.get("font-size", "12px")[:-2]) for node in root.iter(f"{SVG}text")) >= 12


def test_a_silent_reporter_is_shown_with_the_partner_that_stands_in() -> None:
    theirs = {year: replace(figure, value=figure.point * 1.02) for year, figure in YEARS.items()}
    basis = stands(2021, theirs)
    assert basis.mirror is not None
    made = fan(basis)
    assert isinstance(made.data, Fan)
    own, other = made.data.history
    assert (own.points[-1][0].period, other.points[-1][0].period) == ("2021", "2025")
    assert other.dashed
    assert not own.dashed
    start = made.data.start[1]
    assert start.point == pytest.approx(228e9 * 1.02 / 1.02, rel=1e-9)
    assert basis.mirror.ratio in start.inputs
    said = texts(drawn(made)[0])
    assert "Russia" in said
    assert "China" in said


def test_the_picture_stands_alone(tmp_path: Path) -> None:
    basis, path = stands(), tmp_path / "fan.svg"
    picture_of(path, basis, bands(basis), (2030, TARGET))
    text = path.read_text("utf-8")
    assert "var(" not in text
    root = ElementTree.fromstring(text)
    said = texts(root)
    for words in (
        "USD 400 billion",
        "half of the paths",
        "nine in ten",
        sample.TEST.publisher,
        "current prices",
    ):
        assert words in said, words
    picture_of(path, basis, bands(basis), None)
    assert "target" not in texts(ElementTree.fromstring(path.read_text("utf-8")))


def test_page_and_json_carry_the_numbers_of_the_fan() -> None:
    made = fan(stands())
    document = Document(
        ("CHN", "RUS"), sample.say("t"), sample.say("s"), (), (Section("prospects", sample.say("p"), (made,)),),
        (), "r", "2026-01-01", "en", "0",
    )  # fmt: skip
    html = page.render(document)
    assert "Nine paths in ten" in html
    plain = json.loads(json.dumps(document.to_dict()))
    data = plain["sections"][0]["blocks"][0]["data"]
    assert data["block"] == "fan"
    held = plain["figures"]
    assert [held[spoke["middle"]["figure"]]["value"] for spoke in data["spokes"]] == [
        228e9 + 1e10 * step for step in range(1, 6)
    ]
    assert held[data["spokes"][-1]["inner"]["figure"]]["low"] == 203e9
    assert held[data["marks"][0]["figure"]["figure"]]["value"] == 4e11


def test_targets_stand_beside_the_bands_and_the_scale_has_round_values() -> None:
    """Words over the edges of the bands could not be read; without a scale no height could be told."""
    near = sample.fig("nearer target", 3e11, period="2030", status=Status.CLAIMED)
    stand = stands()
    made = chart(Writer(catalogue()), stand, bands(stand), [(Date("2030"), TARGET), (Date("2030"), near)])
    assert isinstance(made.data, Fan)
    for width in (charts.WIDE, charts.NARROW):
        surface = draw_fan(made.data, show, width)
        end = surface.x.range[1]
        laid = [words for words in surface.words.values() if words.texts[0] == "target"]
        assert len(laid) == 2
        boxes = []
        for (_, size, _, _), rows in surface._texts.items():
            for row in rows:
                words = surface.words[row["key"]]
                if words in laid:
                    left, top = surface.x.px(row["x"]), surface.y.px(row["y"]) - size
                    assert left > end + 6
                    assert left + words.width <= width
                    boxes.append((top, top + words.height))
        first, second = sorted(boxes)
        assert first[1] <= second[0]
    root = drawn(made)[0]
    for value in ("USD 200 billion", "USD 400 billion"):
        assert value in texts(root)


@pytest.mark.parametrize(
    ("top", "marks"), [(637.7, [200, 400, 600]), (100.0, [50, 100]), (9.0, [2, 4, 6, 8]), (1.3, [0.5, 1.0])]
)
def test_the_marks_of_the_scale_are_few_and_round(top: float, marks: list[float]) -> None:
    assert rounds(top) == pytest.approx(marks)
