"""The page on the Belt and Road shows what its script computes; the chain behind it is the one the page describes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import build_belt_and_road as chain  # noqa: E402
from landbridge.release import Data  # noqa: E402

TEXT = chain.PAGE.read_text("utf-8")


@pytest.fixture(scope="module")
def show(held: Data) -> chain.Showcase:
    return chain.Showcase(held)


def test_the_page_is_what_the_script_writes(show: chain.Showcase) -> None:
    assert sorted(re.findall(r"<!-- table: ([\w-]+) -->", TEXT)) == sorted(chain.PARTS)
    assert chain.refreshed(TEXT, show) == TEXT, "run: python scripts/build_belt_and_road.py"


def test_published_figures_are_those_of_the_ledger(held: Data) -> None:
    """The table repeats what the ledger holds on the transport projects, so they cannot drift apart."""
    said = {
        (statement.number, statement.number) if statement.low is None else (statement.low, statement.high)
        for statement in held.ledger.statements
        if (statement.subject, statement.property) == ("measure/belt-and-road-transport", "effect")
    }
    found = {ends for (measure, _), ends in chain.published().items() if measure != "value of a day"}
    assert found == said


def test_cost_falls_by_days_saved_times_the_value_of_a_day(show: chain.Showcase) -> None:
    """By hand for one pair and one sector: machines from China to Poland, all at the low end."""
    pairs = {
        (i, j): km for i, j, km in show.data.pairs.select("exporter", "importer", "distance_km").iter_rows()
    }
    port = show.data.corridors.network.transfer("road", "sea", "ALL")
    assert port is not None
    speed = show.data.corridors.network.parameter("sea", "ALL", "speed_km_day")
    days = pairs["CHN", "POL"] * chain.DETOUR[0] / speed.high + 2 * port.hours.low / 24
    i, j = (show.places.index(place) for place in ("CHN", "POL"))
    s = show.accounts.sectors.index("C28")
    made = show.ours(chain.AMONG, chain.HUMMELS_SCHAUR, chain.LOW)[s, i, j]
    assert made == pytest.approx(1 - 0.017 * days * 0.006)
    assert show.ours(chain.AMONG, chain.HUMMELS_SCHAUR, chain.LOW)[s, i, i] == 1.0


def test_nothing_happens_to_services_nor_outside_the_reach(show: chain.Showcase) -> None:
    hat = show.ours(chain.AMONG, chain.OWN, chain.HIGH)
    assert np.all(hat[~show.goods] == 1.0)
    assert f"{show.goods.sum()} sectors of goods" in TEXT
    usa, deu = (show.places.index(place) for place in ("USA", "DEU"))
    assert np.all(hat[:, usa, deu] == 1.0)
    wide = show.ours(chain.EVERYWHERE, chain.OWN, chain.HIGH)
    assert np.any(wide[:, usa, deu] < 1.0)


def test_half_the_days_are_half_the_cost(show: chain.Showcase) -> None:
    whole = show.cost_change(show.ours(chain.AMONG, chain.OWN, chain.CENTRAL))
    half = show.cost_change(show.ours(chain.AMONG, chain.OWN, chain.CENTRAL, show.days / 2))
    assert half == pytest.approx(whole / 2)


def test_no_change_no_gain_and_gains_grow_with_the_change(show: chain.Showcase) -> None:
    none, small, large = (
        show.solved(1 + factor * (show.theirs(chain.AMONG, chain.LOW) - 1)) for factor in (0.0, 0.5, 1.0)
    )
    assert abs(none.income) < 1e-8
    assert 0 < small.income < large.income
    assert 0 < small.trade < large.trade


def test_days_hold_published_times(show: chain.Showcase) -> None:
    """30 days by sea from Shanghai to Hamburg (Rail Engineer, 2018); 14 by rail to Moscow (Hubei Daily, 2022)."""
    at = {place: position for position, place in enumerate(show.places)}
    for pair, published in ((("CHN", "DEU"), 30), (("CHN", "RUS"), 14)):
        low, _, high = (show.days[end][at[pair[0]], at[pair[1]]] for end in range(3))
        assert low < published < high


def test_the_ratio_needs_more_days_than_any_way_takes(show: chain.Showcase) -> None:
    """What the page says of 0.9: at Hummels and Schaur's values of a day it takes 43 to 150 days."""
    low, high = show.published["value of a day", "goods"]
    assert (round(0.9 / (high / 100)), round(0.9 / (low / 100))) == (43, 150)
    assert show.mean_days(chain.CENTRAL) < 43


def test_the_summary_in_words_is_that_of_the_numbers(show: chain.Showcase) -> None:
    """`a tenth to a fifth`, `several times`: held to the numbers, so that a new release cannot leave them behind."""
    low, high = show.published["trade costs", "participants"]
    for values, least, most in ((chain.OWN, 0.07, 0.15), (chain.HUMMELS_SCHAUR, 0.15, 0.25)):
        assert (
            least
            < show.cost_change(show.ours(chain.AMONG, values, chain.CENTRAL)) / ((low + high) / 2)
            < most
        )
    assert show.cost_change(show.ours(chain.AMONG, chain.OWN, chain.HIGH)) > high
    assert show.cost_change(show.ours(chain.AMONG, chain.HUMMELS_SCHAUR, chain.HIGH)) < high
    gain = show.published["welfare", "participants"][1]
    assert gain > 3 * show.solved(show.theirs(chain.EVERYWHERE, chain.HIGH)).income
