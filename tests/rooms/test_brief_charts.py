"""Charts: every digit is a typed part, words do not overlap, nothing uncounted looks counted."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import sample_document as sample
from landbridge.brief import charts
from landbridge.brief.chart_surface import Axis, Surface, trace
from landbridge.brief.chart_time import span
from landbridge.brief.chart_timeline import draw_timeline
from landbridge.brief.chart_words import Run, Words, lay, stack
from landbridge.brief.document import Bar, Bars, Chart, Lines, Series
from landbridge.brief.numbers import show
from landbridge.brief.text import Date, Label, Name
from landbridge.errors import UntracedDigit
from landbridge.provenance import Status

SVG = "{http://www.w3.org/2000/svg}"
ALL = (
    sample.LINES,
    sample.BARS,
    sample.GROUPED,
    sample.INTERLEAVED,
    sample.CONTRAST,
    sample.timeline(14),
    sample.timeline(60, "strip"),
)


def drawn(chart: Chart) -> tuple[ElementTree.Element, ElementTree.Element]:
    wide, narrow = charts.draw(chart, show).split("\n<svg", 1)
    return ElementTree.fromstring(wide), ElementTree.fromstring("<svg" + narrow)


def digits(text: str | None) -> bool:
    return any(sign.isdigit() for sign in text or "")


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.id)
def test_every_digit_belongs_to_a_typed_part(chart: Chart) -> None:
    known = {figure.id: show(figure) for figure in charts.figures(chart)}
    for root in drawn(chart):
        for node in root.iter():
            if digits(node.text):
                tied = [name for name in node.attrib if name.startswith("data-")]
                assert tied, f"{node.tag} {node.text!r}"
                if node.tag == f"{SVG}tspan" and tied == ["data-figure"]:
                    assert node.text == known[node.attrib["data-figure"]]
            assert not digits(node.tail)


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.id)
def test_picture_scales_speaks_and_asks_nothing_from_outside(chart: Chart) -> None:
    for root, width in zip(drawn(chart), (charts.WIDE, charts.NARROW), strict=True):
        assert root.get("viewBox", "").split()[2] == f"{width:g}"
        assert "width" not in root.attrib
        assert root.get("role") == "img"
        title, desc = root[0], root[1]
        assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
        assert root.get("aria-labelledby") == title.get("id")
        assert desc.text == "".join(
            piece if isinstance(piece, str) else show(piece) for piece in chart.alternative.parts()
        )
        text = ElementTree.tostring(root, encoding="unicode")
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
        assert "aria-roledescription" not in text
        sizes = [float(node.get("font-size", "12px").removesuffix("px")) for node in root.iter(f"{SVG}text")]
        assert min(sizes) >= 12


def test_values_of_all_bars_and_of_line_ends_are_written() -> None:
    for root in drawn(sample.BARS):
        written = {node.get("data-figure") for node in root.iter(f"{SVG}tspan")}
        assert {figure.id for figure in charts.figures(sample.BARS)} <= written
    for root in drawn(sample.LINES):
        written = {node.get("data-figure") for node in root.iter(f"{SVG}tspan")}
        assert {sample.TURNOVER[0].id, sample.TURNOVER[-1].id, sample.EXPORTS[-1].id, sample.MIRROR[-1].id,
                sample.TARGET.id, sample.FORECAST.id} <= written  # fmt: skip


def test_a_contrast_tells_outside_from_normal_by_shape_and_words() -> None:
    assert charts.traits(sample.CONTRAST) == {"normal"}
    for root in drawn(sample.CONTRAST):
        written = {node.get("data-figure") for node in root.iter(f"{SVG}tspan")}
        rows = sample.CONTRAST.data.rows  # type: ignore[union-attr]
        assert {figure.id for row in rows for figure in (row.observed, row.expected)} <= written
        bands = {node.get("data-figure") for node in root.iter(f"{SVG}path")}
        assert {row.normal.id for row in rows} <= bands
        shapes = {
            node.get("data-figure"): (node.get("d") or "").count("A")
            for node in root.iter(f"{SVG}path")
            if node.get("data-figure")
        }
        machinery, food, fish = (row.observed.id for row in rows)
        # Above and below normal are diamonds, the middle one is round.
        assert shapes[machinery] == shapes[fish] == 0
        assert shapes[food] > 0


def test_an_injected_title_is_refused() -> None:
    surface = Surface(100, 100, Axis((0, 1), (0, 100)), Axis((0, 1), (0, 100)))
    surface.text(lay(Name("Alpha", "place/alpha"), show, width=90, size=12), 10, 10)
    svg = surface.svg()
    assert trace(svg, surface.words, {}, show).find("text") is not None
    with pytest.raises(UntracedDigit, match="2023"):
        trace(svg.replace("</svg>", "<text>Trade in 2023</text></svg>"), surface.words, {}, show)
    with pytest.raises(UntracedDigit):
        trace(svg.replace("Alpha", "Alpha 7"), surface.words, {}, show)


def test_words_that_do_not_read_as_their_part_are_refused() -> None:
    surface = Surface(100, 100, Axis((0, 1), (0, 100)), Axis((0, 1), (0, 100)))
    surface.text(Words(((Run("USD 9 billion", sample.TURNOVER[0]),),), "", 12), 10, 10)
    with pytest.raises(UntracedDigit):
        surface.traced(show)
    plain = Surface(100, 100, Axis((0, 1), (0, 100)), Axis((0, 1), (0, 100)))
    plain.text(Words(((Run("12 of them"),),), "", 12), 10, 10)
    with pytest.raises(UntracedDigit):
        plain.traced(show)


def test_what_nobody_counted_is_hollow() -> None:
    assert charts.traits(sample.BARS) == {"hollow", "ranges"}
    assert charts.traits(sample.LINES) == {"hollow", "gaps"}
    assert charts.traits(sample.timeline(14)) == set()
    wide, _ = drawn(sample.BARS)
    looks = {node.get("data-figure"): node.get("style", "") for node in wide.iter(f"{SVG}path")}
    for figure in charts.figures(sample.BARS):
        filled = "fill:var(--series-a" in looks[figure.id]
        assert filled is (figure.status is Status.REPORTED), figure


def test_missing_years_are_bridged_by_dots_not_by_a_line() -> None:
    points = tuple((Date(item.period), item) for item in sample.EXPORTS)
    gap = Chart("gap", *(sample.LINES.title,) * 3, Lines((Series(sample.say("exports"), points),)))
    whole = Chart("whole", *(sample.LINES.title,) * 3, Lines((Series(sample.say("exports"), points[2:]),)))
    assert "1.5,4" in charts.draw(gap, show)
    assert "1.5,4" not in charts.draw(whole, show)


def test_odd_data_still_make_a_picture() -> None:
    title = sample.LINES.title
    one = Lines((Series(sample.say("one"), ((Date("2024"), sample.TURNOVER[-1]),)),))
    nothing = sample.fig("nothing", 0.0)
    flat = Bars((Bar(Label("Nothing", "none"), nothing),))
    for data in (one, flat, Lines((Series(sample.say("zero"), ((Date("2023"), nothing),)),))):
        assert charts.draw(Chart("odd", title, title, title, data), show).count("<svg") == 2


def test_words_of_a_timeline_do_not_overlap() -> None:
    for count, width in ((14, charts.WIDE), (25, charts.WIDE), (25, charts.NARROW)):
        surface = draw_timeline(sample.timeline(count).data, show, width)
        boxes = []
        for (anchor, _, _, _), rows in surface._texts.items():
            for row in rows:
                words = surface.words[row["key"]]
                left = surface.x.px(row["x"]) - (words.width / 2 if anchor == "center" else 0)
                top = row["y"] - words.size * 0.75
                boxes.append((left, top, left + words.width, top + words.height - words.size * 0.45))
        for place, one in enumerate(boxes):
            assert one[0] >= -0.5
            assert one[2] <= width + 0.5
            for other in boxes[place + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (one, other)


def test_many_happenings_become_a_strip_without_words() -> None:
    wide, _ = drawn(sample.timeline(60, "strip"))
    assert len([node for node in wide.iter(f"{SVG}path") if "A" in node.get("d", "")]) == 60
    text = ElementTree.tostring(wide, encoding="unicode")
    assert "Protocol on crossings" not in text
    assert 'data-date="2001"' in text


def test_figures_are_never_broken_and_cut_words_keep_their_full_text() -> None:
    words = lay(
        (Label("Wood and products of wood and cork", "C16"), sample.COST), show, width=80, size=13, lines=9
    )
    assert show(sample.COST) in words.texts
    cut = lay(Label("Wood and products of wood and cork", "C16"), show, width=80, size=13, lines=2)
    assert cut.cut
    assert cut.texts[-1].endswith("…")
    assert stack(cut, words).cut
    wide, _ = drawn(sample.BARS)
    titles = [node.text or "" for node in wide.iter(f"{SVG}title")]
    assert any(title.endswith("articles of straw") for title in titles)


@pytest.mark.parametrize(
    ("period", "begins", "ends"),
    [
        ("2023", 2023, 2024),
        ("2024-H2", 2024.5, 2025),
        ("2024-Q1", 2024, 2024.25),
        ("2024-01/2024-06", 2024, 2024.5),
        ("2013/..", 2013, 2014),
    ],
)
def test_periods_have_a_place_in_time(period: str, begins: float, ends: float) -> None:
    assert span(Date(period)) == pytest.approx((begins, ends))


def test_a_period_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        span(Date("soon"))
