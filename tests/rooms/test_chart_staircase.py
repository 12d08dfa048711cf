"""The staircase of a route: its path is the route's, borders stand out, nothing overlaps, every digit is traced."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest

from landbridge.brief import chart_staircase as chart
from landbridge.brief.chart_lines import Box
from landbridge.brief.chart_placing import Spot, arranged
from landbridge.brief.chart_surface import PALETTE
from landbridge.brief.chart_words import breadth
from landbridge.corridors.routing import Route, routes
from landbridge.provenance import Source
from small_network import machines, ore, small

SVG = "{http://www.w3.org/2000/svg}"
SOURCES = {
    "hummels-schaur-2013": Source(
        "hummels-schaur-2013", "A review", "Time", "2013", "https://example.org", ""
    )
}


def ways() -> list[Route]:
    """Rail with a change of gauge, road, and rail and ship."""
    network = small()
    found = list(routes(network, "R1", "C1", machines(), best=4).routes)
    found += routes(
        network, "R1", "C2", ore(), modes=("rail", "sea"), without=("north-rail", "south-rail")
    ).routes
    found += routes(network, "R1", "C2", machines(), modes=("road",)).routes
    return found


WAYS = ways()
IDS = [f"{number} {' '.join(way.via)}" for number, way in enumerate(WAYS)]


def drawn(way: Route) -> ElementTree.Element:
    return ElementTree.fromstring(chart.staircase(way, small(), SOURCES, "abc123").svg.encode())


def test_the_ways_have_what_can_be_drawn() -> None:
    kinds = {leg.kind for way in WAYS for leg in way.legs}
    assert kinds == {"line", "crossing", "gauge", "transfer", "terminal"}


@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_pieces_run_from_nought_to_the_sums_of_the_route(way: Route) -> None:
    found = chart.pieces(way, small(), SOURCES)
    assert found[0].start == (0.0, 0.0)
    assert all(before.end == after.start for before, after in pairwise(found))
    assert found[-1].end == pytest.approx((way.hours.value / 24, way.usd_t.value))
    assert sum(one.days.point for one in found) == pytest.approx(way.hours.value / 24)
    assert sum(one.length.point for one in found if one.length) + 12 * len(way.crossings) == pytest.approx(
        way.length_km.value
    )
    crossings = [one for one in found if one.kind == "crossing"]
    assert [one.legs[0].id for one in crossings] == list(way.crossings)
    gauges = sum(leg.kind == "gauge" for leg in way.legs)
    assert sum(len(one.legs) for one in crossings) == len(crossings) + gauges


@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_title_and_labels_say_what_the_route_takes(way: Route) -> None:
    root = drawn(way)
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text is not None
    assert title.text.startswith(
        f"From {small().nodes[way.legs[0].origin].name} to {small().nodes[way.legs[-1].destination].name} a tonne of "
    )
    assert f"{round(way.hours.value / 24, 1 if way.hours.value / 24 < 20 else None):g} days" in title.text
    assert ("at borders" in title.text) == bool(way.crossings)
    written = " ".join("".join(node.itertext()) for node in root.iter(f"{SVG}text"))
    assert "Days under way" in written
    assert "US dollars a tonne" in written
    assert "abc123" in written
    for leg in way.legs:
        if leg.kind == "line" and leg.hours.value > 0.1 * way.hours.value:
            assert chart._MODES[leg.mode][0] in written


@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_borders_stand_out_as_thick_steps_on_a_band(way: Route) -> None:
    root = drawn(way)
    thick = [node for node in root.iter(f"{SVG}path") if node.get("stroke-width") == "6"]
    assert len(thick) == len(way.crossings)
    assert all(PALETTE[1] in (node.get("style") or "") for node in thick)
    bands = [node for node in root.iter(f"{SVG}path") if f"fill:{chart._BAND}" in (node.get("style") or "")]
    assert len(bands) == len(way.crossings)


@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_every_digit_is_a_typed_part_or_a_number_of_a_scale(way: Route) -> None:
    root = drawn(way)
    for node in root.iter():
        if any(sign.isdigit() for sign in node.text or "") and node.tag in (f"{SVG}text", f"{SVG}tspan"):
            assert node.get("class") == "scale" or any(name.startswith("data-") for name in node.attrib), (
                node.text
            )
    ticks = [node for node in root.iter(f"{SVG}text") if node.get("class") == "scale"]
    assert 8 <= len(ticks) <= 24
    assert float((ticks[0].text or "").replace(",", "")) == 0


def boxes(root: ElementTree.Element) -> list[tuple[str, Box]]:
    """Every line of words with the room it takes, from the same widths as the drawing."""
    out = []
    for node in root.iter(f"{SVG}text"):
        across, down = 0.0, 0.0
        if node.get("transform"):
            across, down = map(float, re.findall(r"-?[\d.]+", node.get("transform", ""))[:2])
        across, down = across + float(node.get("x", 0)), down + float(node.get("y", 0))
        size = float(node.get("font-size", "12px").removesuffix("px"))
        lines, step = [""], 0.0
        for part in node:
            if part.get("dy"):
                lines.append("")
                step = float(part.get("dy", 0))
            lines[-1] += "".join(part.itertext())
        lines[0] = lines[0] or (node.text or "")
        for number, line in enumerate(lines):
            wide = breadth(line, size, node.get("font-weight") == "600") / 1.03
            left = across - {"middle": wide / 2, "end": wide}.get(node.get("text-anchor", ""), 0.0)
            base = down + number * step
            out.append((line, Box(left, base - 0.72 * size, left + wide, base + 0.1 * size)))
    return out


@pytest.mark.parametrize("width", [chart.WIDTH, 640.0])
@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_words_stay_inside_and_do_not_overlap(way: Route, width: float) -> None:
    root = ElementTree.fromstring(chart.staircase(way, small(), SOURCES, "abc123", width=width).svg.encode())
    high = float(root.get("height", 0))
    found = boxes(root)
    assert len(found) > 15
    for words, box in found:
        assert box.left >= 0, words
        assert box.right <= width, words
        assert box.top >= 0, words
        assert box.bottom <= high, words
    for (one, first), (other, second) in combinations(found, 2):
        assert not first.meets(second), (one, other)


def test_the_picture_stands_alone() -> None:
    text = chart.staircase(WAYS[0], small(), SOURCES, "abc123").svg
    assert text.startswith("<?xml")
    assert "var(--" not in text
    assert "href" not in text
    root = drawn(WAYS[0])
    assert root.get("width") == f"{chart.WIDTH:g}"
    assert root.get("role") == "img"
    assert root.find(f"{SVG}desc") is not None


def test_figures_of_the_picture_rest_on_pieces_and_are_no_stronger() -> None:
    found = chart.staircase(WAYS[0], small(), SOURCES, "abc123")
    ids = set(re.findall(r'data-figure="([^" ]+)"', found.svg))
    assert ids <= {figure.id for figure in found.figures}
    whole = next(figure for figure in found.figures if figure.measure == "Time from origin to destination")
    assert sum(figure.point for figure in whole.inputs) == pytest.approx(whole.point)
    assert whole.status.value == "assumed"
    assert (whole.low, whole.high) == (
        pytest.approx(WAYS[0].hours.low / 24),
        pytest.approx(WAYS[0].hours.high / 24),
    )


@pytest.mark.parametrize("up", [True, False])
def test_words_give_way_without_covering_each_other(up: bool) -> None:
    wanted = [Spot(Box(10.0 * k, 100, 10.0 * k + 80, 130), (10.0 * k, 140 if up else 90)) for k in range(7)]
    found = arranged(wanted, within=(0, 500), up=up)
    assert all(not a.box.meets(b.box) for a, b in combinations([spot.box and spot for spot in found], 2))
    for before, after in zip(wanted, found, strict=True):
        assert (after.box.top <= before.box.top) if up else (after.box.top >= before.box.top)
        assert after.place == before.place
    assert not any(
        spot.tied and spot.crosses(other.box) for spot in found for other in found if other is not spot
    )
