"""The section on the bottleneck, the third answer and the routes of a brief, on a ranking made by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import landbridge as lb
from landbridge.brief import charts
from landbridge.brief.catalogue import catalogue
from landbridge.brief.document import Answer, Bars, Chart, Points, Ranking, Refusal, Section, Table
from landbridge.brief.numbers import show
from landbridge.brief.sections import answers, bottlenecks, corridors, unknown
from landbridge.brief.setting import Setting, setting
from landbridge.brief.text import Code, Name, Writer, atoms
from landbridge.brief.tracing import find
from landbridge.provenance import Figure, Status
from landbridge.release import Data

SVG = "{http://www.w3.org/2000/svg}"
HOLLOW = "fill:var(--paper"
# candidate, label, size, unit, gains (median, low, high) of both and median of each, first, top three, break-even
ROWS: tuple[tuple[Any, ...], ...] = (
    ("papers", "Papers as data", (-44.0, -22.0, -9.0), "h", (1800.0, 600.0, 4400.0), (500.0, 1300.0), None, None, -15.4),
    ("payments", "Payments at once", (-6.0, -3.0, 0.0), "%", (1300.0, 590.0, 2800.0), (360.0, 940.0), 95.0, 100.0, None),
    ("duty", "Duty on vehicles", (-10.0, -10.0, -10.0), "%", (270.0, 80.0, 630.0), (320.0, -41.0), 0.0, 45.0, None),
    ("post", "Hours at a post", (-262.0, -32.0, -9.0), "h", (210.0, 94.0, 490.0), (60.0, 150.0), 5.0, 55.0, None),
    ("gauge", "Change of gauge", (-48.0, -12.0, -4.0), "h", (90.0, 50.0, 240.0), (35.0, 61.0), None, None, None),
)  # fmt: skip
TOPICS = [
    ["size of “Papers as data”", 0.31],
    ["who uses the post", 0.12],
    ["a day", 0.05],
    ["the rest", 0.01],
]
TOGETHER = {
    "parts": "post + gauge",
    "gain_alone_musd": 300.0,
    "gain_together_musd": 400.0,
    "extra_musd": 100.0,
}
TRUST = {
    "record": "barrier/business-climate-russia",
    "name": "Business climate",
    "form": "investment-climate",
    "grade": "E",
    "why": "No figure stands behind it.",
}


def row(place: int, item: tuple[Any, ...], places: tuple[str, str]) -> dict[str, Any]:
    name, label, size, unit, both, each, first, third, even = item
    made: dict[str, Any] = {"rank": place, "candidate": name, "kind": "time at a crossing", "label": label}
    made |= {
        "benchmark": "the best post, 2 h",
        "size_unit": unit,
        "evidence": "assumed" if first is None else "sourced",
        "source": None,
    }
    made |= {"place_a": places[0], "place_b": places[1], "solved": "exactly" if place < 4 else "first order"}
    made |= dict(zip(("size_low", "size_value", "size_high"), size, strict=True))
    made |= {"p_first_pct": first, "p_top3_pct": third, "break_even_size": even, "break_even_factor": even}
    made |= dict(zip((f"gain_{end}_musd" for end in ("value", "low", "high")), both, strict=True))
    for side, gain in zip("ab", each, strict=True):
        made |= {
            f"gain_{side}_{end}_musd": gain + off for end, off in (("value", 0), ("low", -9), ("high", 9))
        }
    return made


def ranking(places: tuple[str, str] = ("CHN", "RUS"), **other: Any) -> dict[str, Any]:
    return {
        "schema": "landbridge/bottlenecks/1",
        "places": list(places),
        "headline": "Not rankable on present evidence.",
        "rankable": False,
        "assumed_share": 0.5628,
        "draws": 200,
        "seed": 1,
        "year": 2022,
        "topics": TOPICS,
        "together": [],
        "uncosted": [TRUST],
        "notes": ["headline", "what gains are", "4 of 5 candidates are solved exactly."],
        "rows": [row(place, item, places) for place, item in enumerate(ROWS, 1)],
    } | other


Held = Callable[..., Setting]


@pytest.fixture
def held(tmp_path: Path) -> Held:
    """A setting of two places in a release that holds one ranking, or none."""

    def make(a: str, b: str, kept: dict[str, Any] | None) -> Setting:
        data = lb.load()
        path = tmp_path / "pair.json"
        path.write_text(json.dumps(kept), encoding="utf-8")
        # What the release's folder would give.
        data.__dict__["rankings"] = {} if kept is None else {"pair": path}
        return setting(data, Writer(catalogue()), a, b)

    return make


def spoken(part: Any) -> str:
    return "".join(piece if isinstance(piece, str) else show(piece) for piece in atoms(part))


def said(section: Section) -> str:
    """Every sentence of a section outside tables and charts."""
    found: list[str] = []
    for block in section.blocks:
        found += [spoken(item) for item in getattr(block, "sentences", ())]
        found += [spoken(item) for item in getattr(block, "items", ())]
    return " ".join(found)


def tables(section: Section) -> dict[str, Table]:
    return {block.name: block for block in section.blocks if isinstance(block, Table)}


def only_chart(section: Section) -> Chart:
    (chart,) = (block for block in section.blocks if isinstance(block, Chart))
    return chart


def pictures(chart: Chart) -> Iterator[ElementTree.Element]:
    wide, narrow = charts.draw(chart, show).split("\n<svg", 1)
    yield from (ElementTree.fromstring(text) for text in (wide, "<svg" + narrow))


def test_above_half_nothing_is_ranked_and_the_page_says_what_to_measure(held: Held) -> None:
    text = said(bottlenecks.section(held("CHN", "RUS", ranking())))
    assert text.startswith(
        "Not rankable on present evidence: 56.3 % of the variance of ranks is due to assumptions. Measure next: "
        "size of “Papers as data”, who uses the post, a day. "
    )
    assert "the rest" not in text
    # The largest of all is assumed, so it is not the likeliest.
    assert (
        "the likeliest to rank first is “Payments at once”: in 95 % of draws, worth USD 1.3 billion" in text
    )


def test_below_half_the_likeliest_is_named_first(held: Held) -> None:
    text = said(bottlenecks.section(held("CHN", "RUS", ranking(rankable=True, assumed_share=0.3))))
    assert text.startswith(
        "Payments at once: ranks first in 95 % of draws among obstacles whose size is sourced; 30 % of the variance of "
        "ranks is due to assumptions. Relaxing it is worth USD 1.3 billion (USD 0.59–2.8 billion) a year"
    )
    assert "Not rankable" not in text


def test_sizes_that_are_all_assumed_rank_nothing(held: Held) -> None:
    rows = [item for item in ranking()["rows"] if item["evidence"] == "assumed"]
    text = said(bottlenecks.section(held("CHN", "RUS", ranking(rankable=True, assumed_share=0.3, rows=rows))))
    assert text.startswith("Every size is assumed, so nothing is ranked.")
    unvaried = said(bottlenecks.section(held("CHN", "RUS", ranking(assumed_share=None))))
    assert unvaried.startswith("Not rankable on present evidence: no rank varies between draws.")


def test_the_headline_of_the_page_is_that_of_the_ranking(held: Held) -> None:
    from landbridge.planning.bottlenecks.result import NOT_RANKABLE

    text = said(bottlenecks.section(held("CHN", "RUS", ranking())))
    assert text.casefold().startswith(NOT_RANKABLE)


def test_sourced_and_assumed_bars_differ_in_fill_and_in_words(held: Held) -> None:
    here = held("CHN", "RUS", ranking())
    chart = only_chart(bottlenecks.section(here))
    assert isinstance(chart.data, Ranking)
    assert [made.sourced for made in chart.data.rows] == [False, True, True, True, False]
    assert [spoken(made.label).endswith("(size assumed)") for made in chart.data.rows] == [
        True,
        False,
        False,
        False,
        True,
    ]
    assert charts.traits(chart) == {"ranking"}
    for picture in pictures(chart):
        looks = {node.get("data-figure"): node.get("style", "") for node in picture.iter(f"{SVG}path")}
        assert [HOLLOW in looks[made.figure.id] for made in chart.data.rows] == [
            True,
            False,
            False,
            False,
            True,
        ]
        shown = "".join(picture.itertext())
        assert "size with a source" in shown
        assert "USD 1.8 billion" in shown
    seen = spoken(chart.see)
    assert "Largest with a source: Payments at once, USD 1.3 billion." in seen
    assert "Largest with an assumed size: Papers as data, USD 1.8 billion." in seen
    assert "2022" in seen
    assert "the order is not settled" in seen


def test_bars_are_as_long_as_their_medians_and_losses_lie_left_of_zero(held: Held) -> None:
    kept = ranking()
    kept["rows"][4] |= {"gain_value_musd": -900.0, "gain_low_musd": -1000.0, "gain_high_musd": -800.0}
    chart = only_chart(bottlenecks.section(held("CHN", "RUS", kept)))
    assert isinstance(chart.data, Ranking)
    for picture in pictures(chart):
        spans = {}
        for node in picture.iter(f"{SVG}path"):
            if node.get("data-figure"):
                # M left,top h width v height h -width Z, moved by nothing.
                numbers = [float(item) for item in node.get("d", "").replace("M", " ").replace("h", " ").replace(
                    "v", " ").replace("Z", "").replace(",", " ").split()]  # fmt: skip
                spans[node.get("data-figure")] = (numbers[0], numbers[0] + numbers[2])
        ends = [sorted(spans[made.figure.id]) for made in chart.data.rows]
        zero = ends[0][0]
        scale = (ends[0][1] - zero) / 1800.0
        for (left, right), made in zip(ends, chart.data.rows, strict=True):
            median = made.figure.point / 1e6
            assert left == pytest.approx(zero + scale * min(median, 0.0), abs=0.3)
            assert right == pytest.approx(zero + scale * max(median, 0.0), abs=0.3)


def test_twelve_bars_fifteen_rows_and_all_of_them_in_the_model(held: Held) -> None:
    kept = ranking()
    kept["rows"] = [
        kept["rows"][1]
        | {"candidate": f"post-{place}", "label": f"Post {place}", "gain_value_musd": 90.0 - place}
        for place in range(1, 31)
    ]
    section = bottlenecks.section(held("CHN", "RUS", kept))
    chart = only_chart(section)
    assert isinstance(chart.data, Ranking)
    assert len(chart.data.rows) == 12
    for name in ("bottlenecks", "bottleneck sizes"):
        assert len(tables(section)[name].rows) == 30
        assert tables(section)[name].shown == 15


def test_a_referee_finds_gain_of_each_chances_and_break_even(held: Held) -> None:
    section = bottlenecks.section(held("CHN", "RUS", ranking()))
    cells = {spoken(line[0]): line for line in tables(section)["bottlenecks"].rows}
    figures = {name: [cell for cell in line if isinstance(cell, Figure)] for name, line in cells.items()}
    assert [show(cell) for cell in figures["Papers as data"]] == [
        "−22 hours", "USD 1.8 billion", "USD 0.6–4.4 billion", "USD 500 million", "USD 1.3 billion", "−15.4 hours",
    ]  # fmt: skip
    duty = cells["Duty on vehicles"]
    # A duty taken away moves income: what one gains, the other may lose.
    assert show(duty[6]) == "USD −41 million"  # type: ignore[arg-type]
    assert [show(cell) for cell in duty[7:9]] == ["0 %", "45 %"]  # type: ignore[arg-type]
    assert duty[9] is None, "no break-even for a size with a source"
    assert cells["Change of gauge"][7:] == (None, None, None), "not even all of it would do"
    assert all(cell.status is Status.SIMULATED for cell in figures["Payments at once"][1:])
    sizes = {
        spoken(line[0]): [spoken(cell) for cell in line if cell]
        for line in tables(section)["bottleneck sizes"].rows
    }
    assert sizes["Hours at a post"][2] == "the best post, 2 h"
    assert sizes["Hours at a post"][-1] == "first order"
    assert sizes["Papers as data"][-1] == "solved exactly"
    assert "4 of 5 candidates are solved exactly" in spoken(tables(section)["bottleneck sizes"].note)


def test_places_keep_their_columns_when_asked_in_the_other_order(held: Held) -> None:
    section = bottlenecks.section(held("RUS", "CHN", ranking()))
    table = tables(section)["bottlenecks"]
    heads = [spoken(head) for head in table.columns]
    line = next(line for line in table.rows if spoken(line[0]) == "Duty on vehicles")
    shown = dict(zip(heads, line, strict=True))
    assert show(shown["of China"]) == "USD 320 million"  # type: ignore[arg-type]
    assert show(shown["of Russia"]) == "USD −41 million"  # type: ignore[arg-type]


def test_pairs_that_only_pay_together_are_shown_or_said_to_be_none(held: Held) -> None:
    section = bottlenecks.section(held("CHN", "RUS", ranking()))
    assert "none brings more than its sum" in said(section)
    assert "bottlenecks together" not in tables(section)
    section = bottlenecks.section(held("CHN", "RUS", ranking(together=[TOGETHER])))
    assert "none brings more" not in said(section)
    (line,) = tables(section)["bottlenecks together"].rows
    assert [spoken(cell) for cell in line] == [
        "Hours at a post + Change of gauge", "USD 300 million", "USD 400 million", "USD 100 million",
    ]  # fmt: skip


def test_topics_carry_their_share_and_what_has_no_cost_stands_apart(held: Held) -> None:
    section = bottlenecks.section(held("CHN", "RUS", ranking()))
    assert [
        (spoken(topic), spoken(share)) for topic, share in tables(section)["bottlenecks to measure"].rows
    ][:2] == [
        ("size of “Papers as data”", "31 %"),
        ("who uses the post", "12 %"),
    ]
    (line,) = tables(section)["bottlenecks without a cost"].rows
    assert [spoken(cell) for cell in line] == [
        "Business climate", "investment climate", "E", "No figure stands behind it.",
    ]  # fmt: skip
    ranked = {spoken(line[0]) for line in tables(section)["bottlenecks"].rows}
    assert "Business climate" not in ranked
    assert "never squeezed into it" in said(section)


def test_the_section_says_what_a_gain_is_not(held: Held) -> None:
    points = [
        block
        for block in bottlenecks.section(held("CHN", "RUS", ranking())).blocks
        if isinstance(block, Points)
    ]
    text = " ".join(spoken(item) for block in points for item in block.items)
    for words in (
        "free of what it would cost",
        "long run",
        "relaxed alone",
        "by rail or road",
        "moves income",
    ):
        assert words in text


def test_regions_get_the_national_ranking_and_are_told_so(held: Held) -> None:
    here = held("CN-HL", "RU-AMU", ranking())
    section = bottlenecks.section(here)
    text = said(section)
    assert "This ranking is national: it is of China and Russia, not of the two places asked for" in text
    assert "landbridge bottlenecks CN-HL RU-AMU" in text
    assert "bottlenecks" in tables(section)
    assert "national" not in said(bottlenecks.section(held("CHN", "RUS", ranking())))


@pytest.mark.parametrize("kept", [None, ranking(("BLR", "CHN")), ranking(rows=[])])
def test_without_a_ranking_of_the_pair_the_page_says_what_makes_one(
    held: Held, kept: dict[str, Any] | None
) -> None:
    section = bottlenecks.section(held("CHN", "RUS", kept))
    (refusal,) = section.blocks
    assert isinstance(refusal, Refusal)
    assert refusal.remedy is not None
    assert "landbridge bottlenecks CHN RUS" in spoken(refusal.remedy)


def test_a_country_outside_the_accounts_cannot_be_ranked(held: Held) -> None:
    (refusal,) = bottlenecks.section(held("CHN", "MNG", None)).blocks
    assert isinstance(refusal, Refusal)
    assert "Mongolia" in spoken(refusal.why)
    assert refusal.remedy is None


def third(here: Setting) -> Answer:
    found = answers.section(here).blocks[2]
    assert isinstance(found, Answer)
    assert spoken(found.question) == "What is the bottleneck?"
    return found


def test_the_third_answer_is_the_ranking_where_one_is_held(held: Held) -> None:
    answer = third(held("CHN", "RUS", ranking()))
    text = spoken(answer.answer)
    assert text.startswith("Not rankable on present evidence: 56.3 %")
    assert "Payments at once" in text
    # The sizes under the gains are assumed or unsourced, so the grade is the lowest.
    assert answer.grade == Code("E")
    region = spoken(third(held("CN-HL", "RU-AMU", ranking())).answer)
    assert region.startswith("Of China and Russia, the countries: Not rankable")
    assert "On record with a size: waiting at" in region
    assert third(held("CN-HL", "RU-AMU", ranking())).grade == Code("E")
    none = spoken(third(held("CHN", "RUS", None)).answer)
    assert none.startswith("No ranking by worth is held for this pair; on record with a size: waiting at")


def test_the_gaps_know_that_a_ranking_is_held(held: Held) -> None:
    def verdicts(kept: dict[str, Any] | None) -> list[str]:
        (table,) = unknown.section(held("CHN", "RUS", kept)).blocks
        assert isinstance(table, Table)
        return [spoken(line[2]) for line in table.rows]

    assert verdicts(ranking()).count("a ranking, in a section above") == 1
    assert "a ranking, in a section above" not in verdicts(None)


def test_the_page_holds_the_section_and_every_number_can_be_walked_back(held: Held) -> None:
    here = held("CHN", "RUS", ranking())
    made = lb.brief(here.data, "CHN", "RUS")
    html = made.html
    assert html.index('id="worth"') < html.index('id="bottlenecks"') < html.index('id="ties"')
    at = html.index('id="chart-bottlenecks"')
    chart = html[at : html.index("</figure>", at)]
    assert "A filled bar rests on a size with a source, a hollow one on an assumed size." in chart
    assert ">size assumed<" in chart
    figure = only_chart(bottlenecks.section(here)).data.rows[0].figure  # type: ignore[union-attr]
    chain = find(here.data, figure.id, pair=("CHN", "RUS"))
    assert chain["inputs"][0]["measure"] == "Papers as data: size of the relaxation"
    assert {source.id for source in made.document.sources} >= {"oecd-icio-2025"}


@pytest.fixture(scope="module")
def data() -> Data:
    return lb.load()


def routes(data: Data, a: str, b: str) -> Section:
    return corridors.section(setting(data, Writer(catalogue()), a, b))


@pytest.mark.parametrize(("a", "b"), [("CHN", "RUS"), ("BY-VI", "CN-HL"), ("RUS", "CN-HL")])
def test_routes_are_the_three_cheapest_by_land_or_sea_and_add_up(data: Data, a: str, b: str) -> None:
    section = routes(data, a, b)
    table = tables(section)["routes"]
    assert 1 <= len(table.rows) <= 3
    costs = []
    for over, modes, share, length, time, money, value, gas in table.rows:
        assert over is not None
        assert not {"air", "crude pipe", "gas pipe"} & {spoken(mode) for mode in modes}  # type: ignore[union-attr]
        assert isinstance(share, Figure)
        assert share.status is Status.SIMULATED
        for cell in (length, time, money, value, gas):
            figure = next(piece for piece in atoms(cell) if isinstance(piece, Figure))  # type: ignore[arg-type]
            assert figure.value is not None
            assert figure.value > 0
        (days,) = (piece for piece in list(atoms(time))[:1] if isinstance(piece, Figure))  # type: ignore[arg-type]
        (hours,) = days.inputs
        assert days.point == pytest.approx(hours.point / 24)
        assert hours.point == pytest.approx(math.fsum(part.point for part in hours.inputs))
        # A ship crosses no border post.
        waits = any("waiting and formalities" in part.measure for part in hours.inputs)
        assert waits or "sea" in {spoken(mode) for mode in modes}  # type: ignore[union-attr]
        costs.append(share.inputs[0].point)
    assert costs == sorted(costs), "cheapest first, time and money together"
    assert math.fsum(line[2].point for line in table.rows) == pytest.approx(100)  # type: ignore[union-attr]
    (chart,) = (block for block in section.blocks if isinstance(block, Chart) and block.id == "route-time")
    assert isinstance(chart.data, Bars)
    parts = [bar.figure.point for bar in chart.data.bars]
    assert parts == sorted(parts, reverse=True)


def test_routes_agree_with_what_the_network_answers(data: Data) -> None:
    table = tables(routes(data, "CHN", "RUS"))["routes"]
    shown = [piece for piece in atoms(table.title) if not isinstance(piece, str)]
    assert [show(piece) for piece in shown[:2]] == ["Beijing", "Moscow"]
    found = data.corridors.routes("CHN", "RUS", sector=shown[2].code, modes=("rail", "road", "sea"))  # type: ignore[union-attr]
    assert len(found.routes) == len(table.rows)
    for route, line in zip(found.routes, table.rows, strict=True):
        money = next(piece for piece in atoms(line[5]) if isinstance(piece, Figure))  # type: ignore[arg-type]
        assert (money.low, money.value, money.high) == pytest.approx(route.usd_t.ends)
        assert [name.record for name in line[0]] == [f"crossing {item}" for item in route.crossings]  # type: ignore[union-attr]
        assert all(isinstance(name, Name) for name in line[0])  # type: ignore[union-attr]


def test_a_pair_outside_the_network_is_refused_with_a_way_out(data: Data) -> None:
    first = routes(data, "DEU", "FRA").blocks[0]
    assert isinstance(first, Refusal)
    assert first.remedy is not None
    assert "landbridge route" in spoken(first.remedy)
