"""Evidence grades follow docs/explanation/evidence-grades.md, rule by rule."""

from __future__ import annotations

import pytest

import landbridge as lb
from landbridge.brief.catalogue import catalogue
from landbridge.brief.sections.grades import grade
from landbridge.brief.setting import Setting, setting
from landbridge.brief.text import Writer
from landbridge.provenance import Citation, Figure, Source, Status, derive

STRONG = Citation(Source("s", "Customs", "Totals", "2024", "", "facts only"))
WEAK = Citation(Source("w", "A blog", "Copy", "2024", "", "facts only", weak=True))


@pytest.fixture(scope="module")
def pair() -> Setting:
    return setting(lb.load(), Writer(catalogue()), "CHN", "RUS")


def count(value: float, status: Status = Status.REPORTED, citation: Citation = STRONG) -> Figure:
    return Figure("Trade", value, "USD", "2024", status, citation=citation)


def test_no_figure_and_an_assumption_give_e(pair: Setting) -> None:
    assumed = Figure("x", None, "USD", "2024", Status.ASSUMED, low=1, high=2)
    assert grade(pair, [])[0].code == "E"
    assert grade(pair, [derive("y", 1.0, "USD", (count(1), assumed), "code")])[0].code == "E"


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.FORECAST, Status.SIMULATED])
def test_what_is_said_or_expected_gives_d(pair: Setting, status: Status) -> None:
    assert grade(pair, [count(1, status)])[0].code == "D"


def test_estimates_and_weak_or_sideless_sources_give_c(pair: Setting) -> None:
    assert grade(pair, [count(1, Status.IMPUTED)])[0].code == "C"
    assert grade(pair, [count(1, citation=WEAK)])[0].code == "C"
    sideless = count(100)
    assert grade(pair, [sideless], {"": sideless})[0].code == "C"


def test_two_official_counts_that_agree_give_a_and_nothing_less_does(pair: Setting) -> None:
    ours = count(100)
    assert grade(pair, [ours], {"CHN": ours, "RUS": count(105)})[0].code == "A"
    assert grade(pair, [ours], {"CHN": ours, "RUS": count(115)})[0].code == "B"
    assert grade(pair, [ours], {"CHN": ours})[0].code == "B"
    assert grade(pair, [ours], {"CHN": ours, "RUS": count(101, citation=WEAK)})[0].code == "B"
    assert grade(pair, [ours], {"CHN": ours, "": count(101)})[0].code == "B"
