"""Figures, statuses, units and refusals: what every number in a brief rests on."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.errors import BadFile, BadUsage, Problem, UnitMismatch, UnknownLabel, nearest
from landbridge.provenance import Citation, Figure, Source, Span, Status, content_id, derive, weakest
from landbridge.units import UNITS, PriceBasis, require_same, unit

SOURCE = Source("gacc-2024", "GACC", "Trade by country", "2025-01-18", "https://example.org", "facts only")
CITED = Citation(SOURCE, "table 2")


def figure(**changes: object) -> Figure:
    base = {
        "measure": "Exports",
        "value": 1.5,
        "unit": "USD",
        "period": "2024",
        "status": Status.REPORTED,
        "citation": CITED,
        "cell": "totals:a",
    }
    return Figure(**{**base, **changes})  # type: ignore[arg-type]


def test_ids_are_the_same_on_every_machine_and_in_every_year() -> None:
    # Pinned: a change here breaks every id that anybody has written down.
    assert content_id("f-", {"b": 1, "a": "é"}) == "f-vjmpxkcigy"
    assert figure().id == "f-lhfpmulqe4"
    assert figure(value=None, low=1, high=2.0).id == "f-kf7ibgbmjs"
    assert derive("Sum", 3.0, "USD", (figure(), figure(period="2023")), "here").id == "f-3tvix7ws3l"


CHANGES = {
    "measure": "Imports",
    "value": 1.50000000001,
    "unit": "CNY",
    "period": "2023",
    "status": Status.MIRRORED,
    "cell": "totals:b",
    "code": "elsewhere",
    "comparator": "~",
    "low": 1.0,
    "high": 2.0,
    "inputs": (figure(period="2020"),),
    "citation": Citation(SOURCE, "table 3"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_id_differs_when_its_content_differs(name: str) -> None:
    assert figure(**{name: CHANGES[name]}).id != figure().id


def test_an_id_differs_by_source_and_span() -> None:
    other = Citation(replace(SOURCE, id="gacc-2025"), "table 2")
    spanned = [Citation(SOURCE, "table 2", Span(1, end)) for end in (5, 6)]
    assert len({figure(citation=item).id for item in (CITED, other, *spanned)}) == 4


def test_whole_numbers_and_floats_of_one_value_are_one_figure() -> None:
    assert figure(value=2).id == figure(value=2.0).id


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("slot", ["value", "low", "high"])
def test_nan_and_infinity_are_no_figures(slot: str, bad: float) -> None:
    with pytest.raises(ValueError, match="Unavailable"):
        figure(**{slot: bad})


def test_a_figure_needs_a_value_or_a_range_and_an_origin() -> None:
    with pytest.raises(ValueError, match="both ends"):
        figure(value=None, low=1.0)
    with pytest.raises(ValueError, match="citation"):
        figure(citation=None)
    with pytest.raises(UnknownLabel):
        figure(unit="dollars")
    assert figure(citation=None, status=Status.ASSUMED, low=1.0, high=2.0).point == 1.5


@given(
    st.lists(st.sampled_from(list(Status)), min_size=1), st.lists(st.sampled_from(list(Status)), min_size=1)
)
def test_the_weakest_status_is_a_maximum_over_any_grouping(some: list[Status], more: list[Status]) -> None:
    both = weakest([*some, *more])
    assert both is weakest([weakest(some), weakest(more)])
    assert both in (*some, *more)
    assert all(both.rank >= status.rank for status in (*some, *more))


def test_a_derived_figure_is_never_stronger_than_its_inputs() -> None:
    for first, second in itertools.product(Status, repeat=2):
        inputs = (figure(status=first), figure(status=second))
        assert derive("x", 1.0, "USD", inputs, "code").status is weakest((first, second))
        assert derive("x", 1.0, "USD", inputs, "code", status=Status.REPORTED).status is weakest(
            (first, second)
        )
    assert derive("x", 1.0, "USD", (figure(),), "code", status=Status.FORECAST).status is Status.FORECAST


@pytest.mark.parametrize(
    ("periods", "made"),
    [(("2024", "2024"), "2024"), (("2024", "2019"), "2019/2024"), (("", "2024"), "2024"), (("", ""), "")],
)
def test_a_derived_figure_carries_the_period_of_its_inputs(periods: tuple[str, ...], made: str) -> None:
    inputs = [figure(period=period) for period in periods]
    assert derive("x", 1.0, "USD", inputs, "code").period == made
    assert derive("x", 1.0, "USD", inputs, "code", period="2030").period == "2030"


def test_the_chain_leads_to_publisher_and_address() -> None:
    chain = derive("Double", 3.0, "USD", (figure(note="as printed"),), "landbridge.x").chain()
    leaf = chain["inputs"][0]
    assert chain["code"] == "landbridge.x"
    assert (leaf["citation"], leaf["url"], leaf["note"]) == (str(CITED), SOURCE.url, "as printed")
    assert "GACC" in leaf["citation"]
    assert "table 2" in leaf["citation"]


def test_unknown_labels_name_the_nearest_valid_ones() -> None:
    with pytest.raises(UnknownLabel) as refused:
        unit("usd")
    assert refused.value.nearest[0] == "USD"
    assert refused.value.exit_code == 2
    assert nearest("zabaikalsk", ["manzhouli", "zabaykalsk"]) == ("zabaykalsk",)
    assert nearest("qqqq", UNITS) == ()


@pytest.mark.parametrize("mixed", [("USD", "CNY"), ("t", "TEU"), (PriceBasis.FOB, PriceBasis.CIF)])
def test_units_currencies_and_price_bases_refuse_to_mix(mixed: tuple[str, str]) -> None:
    assert require_same("a sum", mixed[0], mixed[0]) == mixed[0]
    with pytest.raises(UnitMismatch) as refused:
        require_same("a sum", *mixed)
    assert all(name in str(refused.value) for name in mixed)
    assert refused.value.problems[0].remedy


def test_several_problems_are_shown_together() -> None:
    error = BadFile([Problem("first is wrong.", "a.yaml, line 3"), Problem("second is wrong.")])
    assert str(error).startswith("2 problems:")
    assert "a.yaml, line 3: first is wrong." in str(error)
    assert error.exit_code == 1
    assert BadUsage("x").problems[0].as_dict() == {"what": "x", "where": "", "cause": "", "remedy": ""}
